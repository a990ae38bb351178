/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Passport: from the challenge to the ticket, and every way in which that can fail. */
#include "doc.h"
#include "drive.h"
#include "expect.h"
#include "slow.h"
#include "watch.h"

#include <string.h>

static const msnp_credentials user = {DOC_ACCOUNT, DOC_PASSWORD, DOC_CHALLENGE};

static const msnp_passport_config documented = {.nexus_url = DOC_NEXUS_URL};

/* The login server is configured, so tests of the login need no nexus. */
static const msnp_passport_config direct = {.login_url = "https://login.passport.com/login2.srf"};

/* The nexus named this login server, which is gone to. */
#define NAMES(url, place) "LOGIN_SERVER " url "\nCONNECT tls " place

static const size_t pieces[] = {0, 1, 2, 3, 7, 100};

/* The text in the form of a WRITE event; valid until the next call. */
static const char *write_of(const char *text)
{
    static char *shown;
    char **lines = g_strsplit(text, "\r\n", -1);
    char *joined = g_strjoinv("|", lines);
    g_strfreev(lines);
    g_free(shown);
    shown = g_strconcat("WRITE ", joined, NULL);
    g_free(joined);
    return shown;
}

static void test_document(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        drive *d = drive_passport(&documented, &user);
        d->piece = pieces[i];
        expect_silence(d);
        drive_start(d);
        expect_events(d, "CONNECT tls nexus.passport.com:443");
        drive_connected(d);
        expect_events(d, write_of(DOC_NEXUS_REQUEST));
        drive_feed(d, DOC_NEXUS_ANSWER);
        expect_events(d, NAMES("https://login.passport.com/login2.srf", "login.passport.com:443"));
        drive_connected(d);
        expect_events(d, write_of(DOC_LOGIN_REQUEST));
        drive_feed(d, DOC_LOGIN_REDIRECT);
        expect_events(d, "CONNECT tls loginnet.passport.com:443");
        drive_connected(d);
        expect_events(d, write_of(DOC_LOGIN_REQUEST_2));
        drive_feed(d, DOC_LOGIN_ANSWER);
        expect_events(d, "CLOSE", "TICKET " DOC_TICKET);
        expect_steps(d, "NEXUS_CONNECT NEXUS LOGIN_CONNECT LOGIN LOGIN_CONNECT LOGIN");
        g_assert_cmpint(drive_step(d), ==, MSNP_STEP_ONLINE);
        g_assert_cmpstr(d->written->str, ==,
                        DOC_NEXUS_REQUEST DOC_LOGIN_REQUEST DOC_LOGIN_REQUEST_2);
        drive_done(d);
    }
}

/* Asks the login server, whose request is not what the test is about. */
static drive *at_login_as(const msnp_passport_config *config, const msnp_credentials *credentials)
{
    drive *d = drive_passport(config, credentials);
    drive_start(d);
    drive_connected(d);
    drive_forget(d);
    return d;
}

static drive *at_login(const msnp_passport_config *config)
{
    return at_login_as(config, &user);
}

static drive *at_nexus(void)
{
    return at_login(&documented);
}

static void check_answer(drive *(*begin)(void), const char *answer, const char *events,
                         size_t piece, size_t split)
{
    drive *d = begin();
    d->piece = piece;
    const char *const want[] = {events, NULL};
    drive_feed_bytes(d, answer, split);
    drive_feed_bytes(d, answer + split, strlen(answer) - split);
    drive_expect(G_STRLOC, d, *events != '\0' ? want : want + 1);
    drive_done(d);
}

/* Whole, in pieces, and at every split. */
static void check_answer_all_ways(drive *(*begin)(void), const char *answer, const char *events)
{
    size_t len = strlen(answer);
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++)
        check_answer(begin, answer, events, pieces[i], 0);
    for (size_t split = 1; split < len; split += slow_step())
        check_answer(begin, answer, events, 0, split);
}

#define NEXUS_SAYS(urls)  "HTTP/1.1 200 OK\r\nPassportURLs: " urls "\r\n\r\n"
#define NEXUS_FAILS(what) "FAILED " what " at NEXUS with nexus.passport.com:443"

static void test_nexus(void)
{
    static const struct {
        const char *answer;
        const char *events;
    } table[] = {
        {DOC_NEXUS_ANSWER,
         NAMES("https://login.passport.com/login2.srf", "login.passport.com:443")},
        {NEXUS_SAYS("DALogin=host/x"), NAMES("https://host/x", "host:443")},
        {NEXUS_SAYS("DALogin=https://host/login"), NAMES("https://host/login", "host:443")},
        {NEXUS_SAYS("DALogin=HTTPS://host:8443/login"),
         NAMES("https://host:8443/login", "host:8443")},
        {NEXUS_SAYS("DALogin=host:8443"), NAMES("https://host:8443/", "host:8443")},
        {NEXUS_SAYS("DALogin=https://host"), NAMES("https://host/", "host:443")},
        {NEXUS_SAYS("DALogin=https://[::1]:8443/x"), NAMES("https://[::1]:8443/x", "::1:8443")},
        {NEXUS_SAYS("dalogin=host/x"), NAMES("https://host/x", "host:443")},
        {NEXUS_SAYS("DALOGIN=host/x,DARealm=y"), NAMES("https://host/x", "host:443")},
        {NEXUS_SAYS("DARealm=x, DALogin=host/x, ConfigVersion=11"),
         NAMES("https://host/x", "host:443")},
        {NEXUS_SAYS("DARealm=x , DALogin=host/x , ConfigVersion=11"),
         NAMES("https://host/x", "host:443")},
        {NEXUS_SAYS(",,prompt,=,x=,DALogin=host/x,"), NAMES("https://host/x", "host:443")},
        {NEXUS_SAYS("DALogin=host/x?a=b&c=d"), NAMES("https://host/x?a=b&c=d", "host:443")},
        {"HTTP/1.0 200 OK\r\nPassporturls: DALogin=host/x\r\n\r\n",
         NAMES("https://host/x", "host:443")},
        {"HTTP/1.1 200 OK\r\nPASSPORTURLS:DALogin=host/x\r\n\r\n",
         NAMES("https://host/x", "host:443")},
        {"HTTP/1.1 200 OK\nPassportURLs: DALogin=host/x\n\n", NAMES("https://host/x", "host:443")},
        {"HTTP/1.1 200 OK\r\nPassportURLs: DARealm=x,\r\n DALogin=host/x\r\n\r\n",
         NAMES("https://host/x", "host:443")},
        {"HTTP/1.1 100 Continue\r\n\r\n" NEXUS_SAYS("DALogin=host/x"),
         NAMES("https://host/x", "host:443")},
        {"HTTP/1.1 200 OK\r\nX-PassportURLs: DALogin=evil/x\r\nPassportURLs: DALogin=host/x\r\n"
         "\r\nPassportURLs: DALogin=evil/x\r\n\r\n",
         NAMES("https://host/x", "host:443")},
        {NEXUS_SAYS("DALogin=http://host/x"), NEXUS_FAILS("insecure")},
        {NEXUS_SAYS("DALogin=ftp://host/x"), NEXUS_FAILS("insecure")},
        {NEXUS_SAYS("DALogin=user@host/x"), NEXUS_FAILS("url")},
        {NEXUS_SAYS("DALogin=host:0/x"), NEXUS_FAILS("url")},
        {NEXUS_SAYS("DALogin=/x"), NEXUS_FAILS("url")},
        {NEXUS_SAYS("DALogin="), NEXUS_FAILS("no-login")},
        {NEXUS_SAYS("DALogin"), NEXUS_FAILS("no-login")},
        {NEXUS_SAYS("XDALogin=host/x"), NEXUS_FAILS("no-login")},
        {NEXUS_SAYS("DARealm=DALogin=host/x"), NEXUS_FAILS("no-login")},
        {NEXUS_SAYS(""), NEXUS_FAILS("no-login")},
        {"HTTP/1.1 200 OK\r\n\r\n", NEXUS_FAILS("no-login")},
        {"HTTP/1.1 200 OK\r\n\r\nPassportURLs: DALogin=host/x\r\n\r\n", NEXUS_FAILS("no-login")},
        {"HTTP/1.1 204 No Content\r\n\r\n", NEXUS_FAILS("http-status") " 204"},
        {"HTTP/1.1 401 Unauthorized\r\n\r\n", NEXUS_FAILS("http-status") " 401"},
        {"HTTP/1.1 403 Forbidden\r\n\r\n", NEXUS_FAILS("http-status") " 403"},
        {"HTTP/1.1 404 Not Found\r\n\r\n", NEXUS_FAILS("http-status") " 404"},
        {"HTTP/1.1 500 Oops\r\n\r\n", NEXUS_FAILS("http-status") " 500"},
        {"HTTP/1.1 503 Busy\r\n\r\n", NEXUS_FAILS("http-status") " 503"},
        {"HTTP/1.1 302 Found\r\n\r\n", NEXUS_FAILS("http-status") " 302"},
        {"HTTP/1.1 302 Found\r\nLocation: https://other/y\r\n\r\n", "CONNECT tls other:443"},
        {"HTTP/1.1 301 Moved\r\nlocation:/y\r\n\r\n", "CONNECT tls nexus.passport.com:443"},
        {"HTTP/1.1 302 Found\r\nLocation: http://other/y\r\n\r\n", NEXUS_FAILS("insecure")},
        {"HTTP/1.1 302 Found\r\nLocation: /rdr/pprdr.asp\r\n\r\n", NEXUS_FAILS("redirects")},
        {"SSH-2.0-OpenSSH_9.2\r\n", NEXUS_FAILS("malformed")},
        {"<html>\r\n\r\n", NEXUS_FAILS("malformed")},
        {"HTTP/1.1 2x0 OK\r\n\r\n", NEXUS_FAILS("malformed")},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].answer);
        check_answer_all_ways(at_nexus, table[i].answer, table[i].events);
    }
}

static drive *at_direct(void)
{
    return at_login(&direct);
}

#define LOGIN_SAYS(info)  "HTTP/1.1 200 OK\r\nAuthentication-Info: Passport1.4 " info "\r\n\r\n"
#define LOGIN_REFUSES(w)  "HTTP/1.1 401 No\r\nWWW-Authenticate: Passport1.4 " w "\r\n\r\n"
#define LOGIN_FAILS(what) "FAILED " what " at LOGIN with login.passport.com:443"
#define GOT(ticket)       "CLOSE\nTICKET " ticket

static void test_login(void)
{
    static const struct {
        const char *answer;
        const char *events;
    } table[] = {
        {DOC_LOGIN_ANSWER, GOT(DOC_TICKET)},
        {LOGIN_SAYS("da-status=success,from-PP='0123456789abcdef0123'"),
         GOT("0123456789abcdef0123")},
        {LOGIN_SAYS("da-status=success,from-PP='t=1,2=3&p=4',ru=http://x"), GOT("t=1,2=3&p=4")},
        {LOGIN_SAYS("da-status=success,from-PP=abc,ru=http://x"), GOT("abc")},
        {LOGIN_SAYS("da-status=success,from-PP=t=a&p=b"), GOT("t=a&p=b")},
        {LOGIN_SAYS("da-status=success,FROM-PP='%41+%2C'"), GOT("%41+%2C")},
        {LOGIN_SAYS("da-status=success, from-PP='abc' ,ru=x"), GOT("abc")},
        {LOGIN_SAYS("from-PP='abc'"), GOT("abc")},
        {"HTTP/1.1 200 OK\nauthentication-info:passport1.4 from-PP='abc'\n\n", GOT("abc")},
        {"HTTP/1.1 200 OK\r\nAuthentication-Info: Negotiate x\r\nAUTHENTICATION-INFO: Passport1.4 "
         "da-status=success,\r\n\tfrom-PP='abc'\r\n\r\n200: OK",
         GOT("abc")},
        {"HTTP/1.1 100 Continue\r\n\r\n" LOGIN_SAYS("from-PP='abc'"), GOT("abc")},
        {"HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n" LOGIN_SAYS(
             "from-PP='abc'"),
         GOT("abc")},
        /* What looks like the parameter but is another, or part of another. */
        {LOGIN_SAYS("xfrom-PP='a',from-PPx='b',x='from-PP=c',from-PP='d'"), GOT("d")},

        {LOGIN_SAYS("da-status=success,from-PP=''"), LOGIN_FAILS("no-ticket")},
        {LOGIN_SAYS("da-status=success,from-PP="), LOGIN_FAILS("no-ticket")},
        {LOGIN_SAYS("da-status=success,from-PP"), LOGIN_FAILS("no-ticket")},
        {LOGIN_SAYS("da-status=success"), LOGIN_FAILS("no-ticket")},
        {LOGIN_SAYS("da-status=success,from-PP='a b'"), LOGIN_FAILS("no-ticket")},
        {LOGIN_SAYS("da-status=success,from-PP='a\tb'"), LOGIN_FAILS("no-ticket")},
        {LOGIN_SAYS("da-status=success,from-PP='a\rb'"), LOGIN_FAILS("no-ticket")},
        {LOGIN_SAYS("da-status=success,from-PP='a\r\n b'"), LOGIN_FAILS("no-ticket")},
        {LOGIN_SAYS("da-status=success,from-PP='a\x01"
                    "b'"),
         LOGIN_FAILS("no-ticket")},
        {LOGIN_SAYS("da-status=success,from-PP='a\x7f'"), LOGIN_FAILS("no-ticket")},
        {"HTTP/1.1 200 OK\r\n\r\n", LOGIN_FAILS("no-ticket")},
        {"HTTP/1.1 200 OK\r\nAuthentication-Info: from-PP='abc'\r\n\r\n", LOGIN_FAILS("no-ticket")},
        {"HTTP/1.1 200 OK\r\nAuthentication-Info: Basic from-PP='abc'\r\n\r\n",
         LOGIN_FAILS("no-ticket")},
        {"HTTP/1.1 200 OK\r\n\r\nAuthentication-Info: Passport1.4 from-PP='abc'\r\n\r\n",
         LOGIN_FAILS("no-ticket")},
        {"HTTP/1.1 200 OK\r\nX: Authentication-Info: Passport1.4 from-PP='abc'\r\n\r\n",
         LOGIN_FAILS("no-ticket")},
        /* The server's own words go with it. */
        {LOGIN_SAYS("da-status=failed,cbtxt=No%20way"), LOGIN_FAILS("password") " \"No way\""},

        {DOC_LOGIN_REFUSAL, LOGIN_FAILS("password") " \"" DOC_REFUSAL_TEXT "\""},
        {LOGIN_REFUSES("da-status=failed"), LOGIN_FAILS("password")},
        {LOGIN_REFUSES("da-status=failed,cbtxt="), LOGIN_FAILS("password")},
        {LOGIN_REFUSES("da-status=failed,cbtxt=%20%0A"), LOGIN_FAILS("password")},
        {LOGIN_REFUSES("da-status=failed,CBTXT=a+b%2"), LOGIN_FAILS("password") " \"a+b%2\""},
        {LOGIN_REFUSES("cbtxt=%E2%80%AEa%0D%0Ab%C2%9B%FF%3Cb%3E,x"),
         LOGIN_FAILS("password") " \"a  b \xef\xbf\xbd<b>\""},
        {LOGIN_REFUSES("cbtxt=It%27s%2C%20wrong,prompt"),
         LOGIN_FAILS("password") " \"It's, wrong\""},
        {"HTTP/1.1 401 Unauthorized\r\n\r\n", LOGIN_FAILS("password")},
        {"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nwww-authenticate: Passport1.4 "
         "cbtxt=b\r\n\r\n",
         LOGIN_FAILS("password") " \"b\""},
        /* A ticket counts only with success. */
        {"HTTP/1.1 401 No\r\nAuthentication-Info: Passport1.4 from-PP='abc'\r\n\r\n",
         LOGIN_FAILS("password")},

        {"HTTP/1.1 400 x\r\n\r\n", LOGIN_FAILS("http-status") " 400"},
        {"HTTP/1.1 403 x\r\n\r\n", LOGIN_FAILS("http-status") " 403"},
        {"HTTP/1.1 404 x\r\n\r\n", LOGIN_FAILS("http-status") " 404"},
        {"HTTP/1.1 405 x\r\n\r\n", LOGIN_FAILS("http-status") " 405"},
        {"HTTP/1.1 500 x\r\n\r\n", LOGIN_FAILS("http-status") " 500"},
        {"HTTP/1.1 502 x\r\n\r\n", LOGIN_FAILS("http-status") " 502"},
        {"HTTP/1.1 503 x\r\n\r\n", LOGIN_FAILS("http-status") " 503"},
        {"HTTP/1.1 204 x\r\n\r\n", LOGIN_FAILS("http-status") " 204"},
        {"HTTP/1.1 302 x\r\n\r\n", LOGIN_FAILS("http-status") " 302"},
        {"HTTP/1.1 304 x\r\nLocation: https://other/\r\n\r\n", LOGIN_FAILS("http-status") " 304"},

        {"HTTP/1.1 301 x\r\nLocation: https://other/y\r\n\r\n", "CONNECT tls other:443"},
        {"HTTP/1.1 302 x\r\nLOCATION:https://other/y\r\n\r\n", "CONNECT tls other:443"},
        {"HTTP/1.1 303 x\r\nLocation: https://other:99/y\r\n\r\n", "CONNECT tls other:99"},
        {"HTTP/1.1 307 x\r\nLocation: //other/y\r\n\r\n", "CONNECT tls other:443"},
        {"HTTP/1.1 302 x\r\nLocation: /y\r\n\r\n", "CONNECT tls login.passport.com:443"},
        {"HTTP/1.1 302 x\r\nLocation: y\r\n\r\n", "CONNECT tls login.passport.com:443"},
        {"HTTP/1.1 302 x\r\nLocation: ?y\r\n\r\n", "CONNECT tls login.passport.com:443"},
        {"HTTP/1.1 302 x\r\nLocation: https://login.passport.com:443/login2.srf#x\r\n\r\n",
         LOGIN_FAILS("redirects")},
        {"HTTP/1.1 302 x\r\nLocation: HTTPS://LOGIN.passport.com/login2.srf\r\n\r\n",
         LOGIN_FAILS("redirects")},
        {"HTTP/1.1 302 x\r\nLocation: http://login.passport.com/login2.srf\r\n\r\n",
         LOGIN_FAILS("insecure")},
        {"HTTP/1.1 302 x\r\nLocation: HTTP://other/\r\n\r\n", LOGIN_FAILS("insecure")},
        {"HTTP/1.1 302 x\r\nLocation: ftp://other/\r\n\r\n", LOGIN_FAILS("insecure")},
        {"HTTP/1.1 302 x\r\nLocation: javascript:alert(1)\r\n\r\n", LOGIN_FAILS("insecure")},
        {"HTTP/1.1 302 x\r\nLocation: https://user@other/\r\n\r\n", LOGIN_FAILS("url")},
        {"HTTP/1.1 302 x\r\nLocation: https://other:70000/\r\n\r\n", LOGIN_FAILS("url")},
        {"HTTP/1.1 302 x\r\nLocation: https://other/a b\r\n\r\n", LOGIN_FAILS("url")},
        {"HTTP/1.1 302 x\r\nLocation:\r\n\r\n", LOGIN_FAILS("url")},

        {"garbage\r\n", LOGIN_FAILS("malformed")},
        {"HTTP/2 200\r\n", LOGIN_FAILS("malformed")},
        {"HTTP/1.1 100 Continue\r\n\r\ngarbage\r\n", LOGIN_FAILS("malformed")},
        {"\r\n", LOGIN_FAILS("malformed")},
        {"HTTP/1.1 200 OK\r\nAuthentication-Info: Passport1.4 from-PP='abc'\r\n", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].answer);
        check_answer_all_ways(at_direct, table[i].answer, table[i].events);
    }
    drive *d = at_direct();
    drive_feed_bytes(d, "HTTP/1.1 200 OK\r\nX: \0\r\n\r\n", 26);
    expect_events(d, LOGIN_FAILS("malformed"));
    drive_done(d);
}

/* The path and query of each URL reach the request, and the host its header. */
static void test_targets(void)
{
    static const struct {
        const char *url;
        const char *first;
        const char *host;
    } table[] = {
        {"host", "GET / HTTP/1.1\r\n", "Host: host\r\n"},
        {"https://host:8443/a/b?c=d", "GET /a/b?c=d HTTP/1.1\r\n", "Host: host:8443\r\n"},
        {"https://host?c=d", "GET /?c=d HTTP/1.1\r\n", "Host: host\r\n"},
        {"HTTPS://HOST/A#b", "GET /A HTTP/1.1\r\n", "Host: host\r\n"},
        {"https://[::1]:8443", "GET / HTTP/1.1\r\n", "Host: [::1]:8443\r\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_passport_config config = direct;
        config.login_url = table[i].url;
        drive *d = at_login(&config);
        say(table[i].url);
        g_assert_true(g_str_has_prefix(d->written->str, table[i].first));
        g_assert_nonnull(strstr(d->written->str, table[i].host));
        drive_done(d);
    }
    /* By way of a redirect, with the very same header. */
    static const struct {
        const char *location;
        const char *request;
    } redirects[] = {
        {"https://other:99/y?z",
         "GET /y?z HTTP/1.1\r\n" DOC_AUTHORIZATION "Host: other:99\r\nConnection: close\r\n\r\n"},
        {"//other",
         "GET / HTTP/1.1\r\n" DOC_AUTHORIZATION "Host: other\r\nConnection: close\r\n\r\n"},
        {"/y", "GET /y HTTP/1.1\r\n" DOC_AUTHORIZATION
               "Host: login.passport.com\r\nConnection: close\r\n\r\n"},
        {"y", "GET /y HTTP/1.1\r\n" DOC_AUTHORIZATION
              "Host: login.passport.com\r\nConnection: close\r\n\r\n"},
        {"?y", "GET /login2.srf?y HTTP/1.1\r\n" DOC_AUTHORIZATION
               "Host: login.passport.com\r\nConnection: close\r\n\r\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(redirects); i++) {
        drive *d = at_direct();
        char *answer =
            g_strdup_printf("HTTP/1.1 302 x\r\nLocation: %s\r\n\r\n", redirects[i].location);
        drive_feed(d, answer);
        drive_forget(d);
        drive_connected(d);
        expect_events(d, write_of(redirects[i].request));
        drive_done(d);
        g_free(answer);
    }
}

/* Follows `count` redirects, to a new place each time. */
static void follow(drive *d, unsigned count)
{
    for (unsigned i = 1; i <= count; i++) {
        char *answer = g_strdup_printf("HTTP/1.1 302 x\r\nLocation: https://hop%u/\r\n\r\n", i);
        char *event = g_strdup_printf("CONNECT tls hop%u:443", i);
        drive_feed(d, answer);
        expect_events(d, event);
        drive_connected(d);
        drive_forget(d);
        g_free(event);
        g_free(answer);
    }
}

static void test_redirects(void)
{
    for (unsigned count = 1; count <= MSNP_REDIRECTS_MAX; count++) {
        drive *d = at_direct();
        follow(d, count);
        drive_feed(d, DOC_LOGIN_ANSWER);
        expect_events(d, "CLOSE", "TICKET " DOC_TICKET);
        drive_done(d);

        /* In a circle, however long. */
        d = at_direct();
        follow(d, count);
        char *failure = g_strdup_printf("FAILED redirects at LOGIN with hop%u:443", count);
        drive_feed(d, "HTTP/1.1 302 x\r\nLocation: https://login.passport.com/login2.srf\r\n\r\n");
        expect_events(d, failure);
        drive_done(d);
        g_free(failure);
    }
    drive *d = at_direct();
    follow(d, MSNP_REDIRECTS_MAX);
    drive_feed(d, "HTTP/1.1 302 x\r\nLocation: https://hop6/\r\n\r\n");
    expect_events(d, "FAILED redirects at LOGIN with hop5:443");
    drive_done(d);

    /* The nexus has its own count. */
    d = at_nexus();
    follow(d, MSNP_REDIRECTS_MAX);
    drive_feed(d, DOC_NEXUS_ANSWER);
    expect_events(d, NAMES("https://login.passport.com/login2.srf", "login.passport.com:443"));
    drive_connected(d);
    drive_forget(d);
    follow(d, MSNP_REDIRECTS_MAX);
    drive_feed(d, DOC_LOGIN_ANSWER);
    expect_events(d, "CLOSE", "TICKET " DOC_TICKET);
    drive_done(d);

    d = at_nexus();
    follow(d, MSNP_REDIRECTS_MAX);
    drive_feed(d, "HTTP/1.1 302 x\r\nLocation: https://hop6/\r\n\r\n");
    expect_events(d, "FAILED redirects at NEXUS with hop5:443");
    drive_done(d);
}

/* Nexus and login may be the same URL of the same server. */
static void test_same_server(void)
{
    drive *d = at_nexus();
    drive_feed(d, NEXUS_SAYS("DALogin=nexus.passport.com/rdr/pprdr.asp"));
    expect_events(d, NAMES(DOC_NEXUS_URL, "nexus.passport.com:443"));
    drive_connected(d);
    drive_forget(d);
    drive_feed(d, DOC_LOGIN_ANSWER);
    expect_events(d, "CLOSE", "TICKET " DOC_TICKET);
    drive_done(d);
}

/* Before the connection is verified, and to anything but https, no password is written. */
static void test_password_stays(void)
{
    static const char *const answers[] = {
        NEXUS_SAYS("DALogin=http://login.passport.com/login2.srf"),
        "HTTP/1.1 302 x\r\nLocation: http://nexus.passport.com/\r\n\r\n",
        "HTTP/1.1 401 x\r\n\r\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        drive *d = at_nexus();
        drive_feed(d, answers[i]);
        drive_forget(d);
        drive_connected(d);
        g_assert_cmpstr(d->written->str, ==, DOC_NEXUS_REQUEST);
        drive_done(d);
    }
    /* After it was sent once: nothing goes to where http leads. */
    drive *d = at_direct();
    size_t written = d->written->len;
    drive_feed(d, "HTTP/1.1 302 x\r\nLocation: http://login.passport.com/\r\n\r\n");
    expect_events(d, LOGIN_FAILS("insecure"));
    drive_connected(d);
    g_assert_cmpuint(d->written->len, ==, written);
    drive_done(d);

    /* The server speaks before we may. */
    d = drive_passport(&documented, &user);
    drive_connected(d);
    drive_feed(d, DOC_NEXUS_ANSWER);
    drive_tick(d);
    expect_silence(d);
    drive_start(d);
    expect_events(d, "CONNECT tls nexus.passport.com:443");
    drive_feed(d, DOC_NEXUS_ANSWER);
    expect_silence(d);
    drive_connected(d);
    drive_connected(d);
    expect_events(d, write_of(DOC_NEXUS_REQUEST));
    drive_feed(d, DOC_NEXUS_ANSWER);
    expect_events(d, NAMES("https://login.passport.com/login2.srf", "login.passport.com:443"));
    drive_feed(d, DOC_LOGIN_ANSWER);
    drive_start(d);
    expect_silence(d);
    g_assert_cmpstr(d->written->str, ==, DOC_NEXUS_REQUEST);
    drive_connected(d);
    drive_connected(d);
    expect_events(d, write_of(DOC_LOGIN_REQUEST));
    drive_done(d);
}

static void test_login_url(void)
{
    drive *d = drive_passport(&direct, &user);
    drive_start(d);
    expect_events(d, "CONNECT tls login.passport.com:443");
    drive_connected(d);
    expect_events(d, write_of(DOC_LOGIN_REQUEST));
    expect_steps(d, "LOGIN_CONNECT LOGIN");
    drive_done(d);

    /* Both are there: the nexus is not asked. */
    msnp_passport_config config = direct;
    config.nexus_url = DOC_NEXUS_URL;
    d = drive_passport(&config, &user);
    drive_start(d);
    expect_events(d, "CONNECT tls login.passport.com:443");
    drive_done(d);

    config.login_url = "";
    d = drive_passport(&config, &user);
    drive_start(d);
    expect_events(d, "CONNECT tls nexus.passport.com:443");
    drive_done(d);
}

static void test_config(void)
{
    char *long_password = repeated("x", MSNP_PASSWORD_MAX + 1);
    const struct {
        msnp_credentials credentials;
        msnp_passport_config config;
        const char *events;
    } table[] = {
        {{"example", "pw", "ct=1"}, {"host", NULL, NULL}, "FAILED account at IDLE"},
        {{"", "pw", "ct=1"}, {"host", NULL, NULL}, "FAILED account at IDLE"},
        {{NULL, "pw", "ct=1"}, {"host", NULL, NULL}, "FAILED account at IDLE"},
        {{"a b@c", "pw", "ct=1"}, {"host", NULL, NULL}, "FAILED account at IDLE"},
        {{"a@b", NULL, "ct=1"}, {"host", NULL, NULL}, "FAILED password at IDLE"},
        {{"a@b", long_password, "ct=1"}, {"host", NULL, NULL}, "FAILED password at IDLE"},
        {{"a@b", long_password + 1, "ct=1"}, {"host", NULL, NULL}, "CONNECT tls host:443"},
        {{"a@b", "pw", NULL}, {"host", NULL, NULL}, "FAILED malformed at IDLE"},
        {{"a@b", "pw", ""}, {"host", NULL, NULL}, "FAILED malformed at IDLE"},
        {{"a@b", "pw", "ct=1 x"}, {"host", NULL, NULL}, "FAILED malformed at IDLE"},
        {{"a@b", "pw", "ct=1\r\nX: y"}, {"host", NULL, NULL}, "FAILED malformed at IDLE"},
        {{"a@b", "pw", "ct=1"}, {NULL, NULL, NULL}, "FAILED url at IDLE"},
        {{"a@b", "pw", "ct=1"}, {"", "", NULL}, "FAILED url at IDLE"},
        {{"a@b", "pw", "ct=1"}, {"http://host/", NULL, NULL}, "FAILED insecure at IDLE"},
        {{"a@b", "pw", "ct=1"}, {"user@host", NULL, NULL}, "FAILED url at IDLE"},
        {{"a@b", "pw", "ct=1"}, {"host", "http://host/", NULL}, "FAILED insecure at IDLE"},
        {{"a@b", "pw", "ct=1"}, {"host", "https://host:0/", NULL}, "FAILED url at IDLE"},
        {{"a@b", "pw", "ct=1"}, {"host/x", "other/y", NULL}, "CONNECT tls other:443"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_test_message("row %zu", i);
        drive *d = drive_passport(&table[i].config, &table[i].credentials);
        uint16_t port = 7;
        g_assert_null(msnp_passport_host(d->passport, &port));
        g_assert_cmpuint(port, ==, 0);
        drive_start(d);
        expect_events(d, table[i].events);
        drive_done(d);
    }
    g_free(long_password);
    msnp_passport_free(NULL);
}

static void test_host(void)
{
    drive *d = drive_passport(&documented, &user);
    uint16_t port = 7;
    drive_start(d);
    g_assert_cmpstr(msnp_passport_host(d->passport, &port), ==, "nexus.passport.com");
    g_assert_cmpuint(port, ==, 443);
    drive_connected(d);
    drive_feed(d, NEXUS_SAYS("DALogin=https://[::1]:99/"));
    g_assert_cmpstr(msnp_passport_host(d->passport, &port), ==, "::1");
    g_assert_cmpuint(port, ==, 99);
    drive_forget(d);
    drive_done(d);
}

/* Every byte that a password can hold arrives as it is, and none splits the header. */
static void test_password_bytes(void)
{
    char password[256];
    for (int byte = 1; byte < 256; byte++)
        password[byte - 1] = (char)byte;
    password[255] = '\0';
    msnp_credentials credentials = user;
    credentials.password = password;
    drive *d = at_login_as(&direct, &credentials);
    const char *begin = strstr(d->written->str, ",pwd=");
    g_assert_nonnull(begin);
    begin += 5;
    const char *end = strchr(begin, ',');
    g_assert_nonnull(end);
    g_assert_true(g_str_has_prefix(end, "," DOC_CHALLENGE "\r\nHost:"));
    for (const char *p = begin; p < end; p++)
        g_assert_true(g_ascii_isalnum(*p) || strchr("%-._~", *p) != NULL);
    size_t len;
    char *decoded = msnp_percent_decode((msnp_str){begin, (size_t)(end - begin)}, &len);
    expect_view(((msnp_str){decoded, len}), password, 255);
    g_free(decoded);
    drive_done(d);

    static const struct {
        const char *password;
        const char *coded;
    } table[] = {
        {"a,b=c'd\"e f", ",pwd=a%2Cb%3Dc%27d%22e%20f,"},
        {"p%41", ",pwd=p%2541,"},
        {"gr\xc3\xbc\xc3\x9f", ",pwd=gr%C3%BC%C3%9F,"},
        {"a+b", ",pwd=a%2Bb,"},
        {"", ",pwd=,"},
        {"\r\nX-Evil: y", ",pwd=%0D%0AX-Evil%3A%20y,"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        credentials.password = table[i].password;
        d = at_login_as(&direct, &credentials);
        g_assert_nonnull(strstr(d->written->str, table[i].coded));
        drive_done(d);
    }
    credentials = user;
    credentials.account = "a,pwd=x@b";
    d = at_login_as(&direct, &credentials);
    g_assert_nonnull(strstr(d->written->str, ",sign-in=a%2Cpwd%3Dx%40b,pwd=password,"));
    drive_done(d);

    /* The longest of everything still fits. */
    char *longest = repeated("\xff", MSNP_PASSWORD_MAX);
    credentials = user;
    credentials.password = longest;
    d = drive_passport(&direct, &credentials);
    drive_start(d);
    drive_connected(d);
    drive_forget(d);
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_LOGIN);
    drive_done(d);
    g_free(longest);

    /* A challenge that does not fit is an error, not half a request. */
    char *challenge = repeated("c", 16384);
    credentials = user;
    credentials.challenge = challenge;
    d = drive_passport(&direct, &credentials);
    drive_start(d);
    drive_connected(d);
    expect_events(d, "CONNECT tls login.passport.com:443",
                  "FAILED too-long at LOGIN_CONNECT with login.passport.com:443");
    drive_done(d);
    g_free(challenge);
}

static void test_ticket_limit(void)
{
    for (size_t over = 0; over < 2; over++) {
        char *ticket = repeated("t", MSNP_TICKET_MAX + over);
        char *answer = g_strdup_printf(LOGIN_SAYS("from-PP='%s',x"), ticket);
        char *event = g_strconcat("TICKET ", ticket, NULL);
        drive *d = at_direct();
        drive_feed(d, answer);
        if (over)
            expect_events(d, LOGIN_FAILS("no-ticket"));
        else
            expect_events(d, "CLOSE", event);
        drive_done(d);
        g_free(event);
        g_free(answer);
        g_free(ticket);
    }
}

static void test_head_limit(void)
{
    static const size_t sizes[] = {0, 1000, 4096};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        char *value = repeated("x", 65536);
        char *answer = g_strconcat("HTTP/1.1 200 OK\r\nX: ", value, NULL);
        drive *d = at_direct();
        d->piece = sizes[i];
        drive_feed(d, answer);
        expect_events(d, LOGIN_FAILS("too-long"));
        drive_done(d);
        g_free(answer);
        g_free(value);
    }
    /* Nor do interim answers without an end keep it busy for ever. */
    drive *d = at_direct();
    for (int n = 0; n < 1000 && !d->over; n++)
        drive_feed(d, "HTTP/1.1 100 Continue\r\n\r\n");
    if (!d->over) {
        drive_wait(d, MSNP_STEP_TIMEOUT);
        drive_tick(d);
        expect_events(d, LOGIN_FAILS("timeout"));
    }
    drive_forget(d);
    drive_done(d);
}

static void test_closed(void)
{
    static const struct {
        const char *fed;
        bool connected;
        const char *failure;
    } nexus[] = {
        {NULL, false, "FAILED closed at NEXUS_CONNECT with nexus.passport.com:443"},
        {NULL, true, "FAILED closed at NEXUS with nexus.passport.com:443"},
        {"HTTP/1.1 200 OK\r\n", true, "FAILED closed at NEXUS with nexus.passport.com:443"},
        {DOC_NEXUS_ANSWER, true, "FAILED closed at LOGIN_CONNECT with login.passport.com:443"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(nexus); i++) {
        drive *d = drive_passport(&documented, &user);
        drive_start(d);
        if (nexus[i].connected)
            drive_connected(d);
        if (nexus[i].fed != NULL)
            drive_feed(d, nexus[i].fed);
        drive_forget(d);
        drive_closed(d);
        g_assert_cmpint(d->fed, ==, MSNP_ERR_CLOSED);
        expect_events(d, nexus[i].failure);
        drive_done(d);
    }
    /* After each byte of the answer but the last. */
    for (size_t n = 0; n < strlen(DOC_LOGIN_ANSWER); n++) {
        drive *d = at_direct();
        drive_feed_bytes(d, DOC_LOGIN_ANSWER, n);
        expect_silence(d);
        drive_closed(d);
        expect_events(d, LOGIN_FAILS("closed"));
        drive_done(d);
    }
    drive *d = at_direct();
    drive_feed(d, DOC_LOGIN_ANSWER);
    drive_forget(d);
    drive_closed(d);
    expect_silence(d);
    drive_done(d);

    /* Nothing was opened yet. */
    d = drive_passport(&documented, &user);
    drive_closed(d);
    expect_silence(d);
    drive_start(d);
    expect_events(d, "CONNECT tls nexus.passport.com:443");
    drive_done(d);
}

/* Each step has its own 30 seconds. */
static void test_deadlines(void)
{
    static const struct {
        unsigned calls; /* how many of connected, feed, connected are made */
        const char *failure;
    } table[] = {
        {0, "FAILED timeout at NEXUS_CONNECT with nexus.passport.com:443"},
        {1, "FAILED timeout at NEXUS with nexus.passport.com:443"},
        {2, "FAILED timeout at LOGIN_CONNECT with login.passport.com:443"},
        {3, "FAILED timeout at LOGIN with login.passport.com:443"},
        {4, "FAILED timeout at LOGIN_CONNECT with loginnet.passport.com:443"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = drive_passport(&documented, &user);
        drive_start(d);
        for (unsigned n = 0; n < table[i].calls; n++) {
            drive_wait(d, MSNP_STEP_TIMEOUT - 1);
            drive_tick(d);
            if (n % 2 == 0)
                drive_connected(d);
            else
                drive_feed(d, n == 1 ? DOC_NEXUS_ANSWER : DOC_LOGIN_REDIRECT);
        }
        drive_forget(d);
        drive_sleep(d, MSNP_STEP_TIMEOUT);
        expect_events(d, table[i].failure);
        drive_done(d);
    }
}

/* A trickle of bytes does not prolong it. */
static void test_trickle(void)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nX: yyyyyyyyyy";
    drive *d = at_direct();
    for (int n = 0; n < 29; n++) {
        drive_wait(d, 1000);
        drive_feed_bytes(d, &head[n], 1);
        drive_tick(d);
        expect_silence(d);
    }
    drive_sleep(d, 1000);
    expect_events(d, LOGIN_FAILS("timeout"));
    drive_done(d);
}

static void test_hold(void)
{
    drive *d = drive_passport(&documented, &user);
    drive_start(d);
    drive_forget(d);
    drive_wait(d, 10000);
    msnp_passport_hold(d->passport, d->now);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    drive_wait(d, 1000000);
    drive_tick(d);
    expect_silence(d);
    msnp_passport_hold(d->passport, d->now);
    msnp_passport_resume(d->passport, d->now);
    msnp_passport_resume(d->passport, d->now + 5000);
    drive_sleep(d, 20000);
    expect_events(d, "FAILED timeout at NEXUS_CONNECT with nexus.passport.com:443");
    drive_done(d);
}

/* Feeding says why it failed, in agreement with the event. */
static void test_feed_result(void)
{
    static const struct {
        const char *answer;
        msnp_err err;
    } table[] = {
        {DOC_LOGIN_ANSWER, MSNP_OK},
        {DOC_LOGIN_REDIRECT, MSNP_OK},
        {"HTTP/1.1 200", MSNP_OK},
        {"garbage\r\n", MSNP_ERR_MALFORMED},
        {DOC_LOGIN_REFUSAL, MSNP_ERR_PASSWORD},
        {"HTTP/1.1 500 x\r\n\r\n", MSNP_ERR_HTTP_STATUS},
        {"HTTP/1.1 200 x\r\n\r\n", MSNP_ERR_NO_TICKET},
        {"HTTP/1.1 302 x\r\nLocation: http://x/\r\n\r\n", MSNP_ERR_INSECURE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = at_direct();
        drive_feed(d, table[i].answer);
        say(table[i].answer);
        g_assert_cmpstr(msnp_err_name(d->fed), ==, msnp_err_name(table[i].err));
        drive_forget(d);
        drive_done(d);
    }
}

/* The number belongs to errors that have one. */
static void test_number(void)
{
    static const struct {
        const char *answer;
        msnp_err err;
        unsigned number;
    } table[] = {
        {"HTTP/1.1 500 x\r\n\r\n", MSNP_ERR_HTTP_STATUS, 500},
        {"HTTP/1.1 401 x\r\n\r\n", MSNP_ERR_PASSWORD, 0},
        {"HTTP/1.1 200 x\r\n\r\n", MSNP_ERR_NO_TICKET, 0},
        {"HTTP/1.1 302 x\r\nLocation: http://x/\r\n\r\n", MSNP_ERR_INSECURE, 0},
        {"x\r\n", MSNP_ERR_MALFORMED, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_passport *passport = msnp_passport_new(&direct);
        msnp_event event;
        msnp_passport_sign_in(passport, &user, 0);
        msnp_passport_start(passport, 0);
        msnp_passport_connected(passport, 0);
        msnp_passport_feed(passport, table[i].answer, strlen(table[i].answer), 0);
        do
            g_assert_true(msnp_passport_next(passport, &event));
        while (event.type != MSNP_EVENT_FAILED);
        say(table[i].answer);
        g_assert_cmpint(event.failure.err, ==, table[i].err);
        g_assert_cmpuint(event.failure.number, ==, table[i].number);
        g_assert_false(msnp_passport_next(passport, &event));
        msnp_passport_free(passport);
    }
}

/* Nothing of it stays in memory or gets into trace or failure, however the session ends. */
static void test_secrets(void)
{
    static const char *const answers[] = {
        DOC_LOGIN_ANSWER,
        DOC_LOGIN_REDIRECT,
        DOC_LOGIN_REFUSAL,
        LOGIN_SAYS("from-PP='t=a b" DOC_TICKET "'"),
        "HTTP/1.1 500 x\r\nAuthentication-Info: Passport1.4 from-PP='" DOC_TICKET "'\r\n\r\n",
        "HTTP/1.1 302 x\r\nLocation: http://host/\r\n\r\n",
        "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP='" DOC_TICKET "\r\n",
        "garbage\r\n",
        "",
    };
    static const char *const secrets[] = {"hunter2&more", "hunter2%26more", DOC_TPF,
                                          "53*1hAu8ADuD3TEwdXoOMi08sD"};
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            for (size_t n = 0; n < G_N_ELEMENTS(secrets); n++)
                watch_secret(secrets[n]);
            msnp_credentials credentials = user;
            credentials.password = "hunter2&more";
            drive *d = drive_passport(&documented, &credentials);
            d->piece = pieces[k];
            drive_start(d);
            drive_connected(d);
            drive_feed(d, DOC_NEXUS_ANSWER);
            drive_connected(d);
            drive_feed(d, answers[i]);
            drive_forget(d);
            g_assert_nonnull(strstr(d->written->str, "hunter2%26more"));
            g_assert_cmpuint(d->traces->len, >, 0);
            for (size_t n = 0; n < G_N_ELEMENTS(secrets); n++) {
                g_assert_null(strstr(d->traces->str, secrets[n]));
                g_assert_null(strstr(d->texts->str, secrets[n]));
            }
            g_test_message("answer %zu in pieces of %zu", i, pieces[k]);
            drive_done(d);
            watch_reset();
        }
    }
    /* Events that nobody took are wiped as well. */
    watch_secret("hunter2%26more");
    watch_secret("hunter2&more");
    watch_on();
    msnp_credentials credentials = user;
    credentials.password = "hunter2&more";
    msnp_passport *passport = msnp_passport_new(&direct);
    msnp_passport_sign_in(passport, &credentials, 0);
    msnp_passport_start(passport, 0);
    msnp_passport_connected(passport, 0);
    msnp_passport_free(passport);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    watch_reset();
}

/* The trace can be switched off, and is off at first. */
static void test_trace(void)
{
    for (int on = 0; on < 2; on++) {
        msnp_passport *passport = msnp_passport_new(&direct);
        msnp_event event;
        unsigned traces = 0;
        if (on) {
            msnp_passport_set_trace(passport, false);
            msnp_passport_set_trace(passport, true);
        }
        msnp_passport_sign_in(passport, &user, 0);
        msnp_passport_start(passport, 0);
        msnp_passport_connected(passport, 0);
        while (msnp_passport_next(passport, &event))
            traces += event.type == MSNP_EVENT_TRACE;
        g_assert_cmpint(traces > 0, ==, on);
        msnp_passport_free(passport);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* First: the other tests leave the same texts in memory, which the core gets next. */
    g_test_add_func("/passport/secrets", test_secrets);
    g_test_add_func("/passport/document", test_document);
    g_test_add_func("/passport/nexus", test_nexus);
    g_test_add_func("/passport/login", test_login);
    g_test_add_func("/passport/targets", test_targets);
    g_test_add_func("/passport/redirects", test_redirects);
    g_test_add_func("/passport/same-server", test_same_server);
    g_test_add_func("/passport/password-stays", test_password_stays);
    g_test_add_func("/passport/login-url", test_login_url);
    g_test_add_func("/passport/config", test_config);
    g_test_add_func("/passport/host", test_host);
    g_test_add_func("/passport/password-bytes", test_password_bytes);
    g_test_add_func("/passport/ticket-limit", test_ticket_limit);
    g_test_add_func("/passport/head-limit", test_head_limit);
    g_test_add_func("/passport/closed", test_closed);
    g_test_add_func("/passport/deadlines", test_deadlines);
    g_test_add_func("/passport/trickle", test_trickle);
    g_test_add_func("/passport/hold", test_hold);
    g_test_add_func("/passport/feed-result", test_feed_result);
    g_test_add_func("/passport/number", test_number);
    g_test_add_func("/passport/trace", test_trace);
    return g_test_run();
}
