/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What spares Passport waiting: it begins before there is a challenge, asks nexus and login server
 * on one connection, and knows a login server from an earlier time. And that no secret leaves it
 * sooner, or to anybody else, for all that.
 */
#include "doc.h"
#include "drive.h"
#include "expect.h"
#include "slow.h"
#include "watch.h"

#include <string.h>

#define PASSWORD "hunter2&more"
#define WRITTEN  "hunter2%26more" /* as it stands in a request */

static const msnp_credentials user = {DOC_ACCOUNT, PASSWORD, "ct=1,tpf=" DOC_TPF};

static const msnp_passport_config by_nexus = {.nexus_url = DOC_NEXUS_URL};
static const msnp_passport_config direct = {.login_url = "https://login.passport.com/login2.srf"};
static const msnp_passport_config known = {.nexus_url = DOC_NEXUS_URL,
                                           .known_login = "https://old.example.com/login"};

static const size_t pieces[] = {0, 1, 2, 3, 7, 100};

#define NEXUS     "CONNECT tls nexus.passport.com:443"
#define LOGIN     "CONNECT tls login.passport.com:443"
#define OLD       "CONNECT tls old.example.com:443"
#define NAMED     "LOGIN_SERVER https://login.passport.com/login2.srf"
#define FORGOTTEN "LOGIN_SERVER none"

#define ASKS_NEXUS                                                \
    "WRITE GET /rdr/pprdr.asp HTTP/1.0|Host: nexus.passport.com|" \
    "Connection: keep-alive||"
#define ASKS(target, host)                                                                      \
    "WRITE GET " target " HTTP/1.1|Authorization: Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2F" \
    "messenger%2Emsn%2Ecom,sign-in=example%40passport.com,pwd=" WRITTEN ",ct=1,tpf=" DOC_TPF    \
    "|Host: " host "|Connection: close||"
#define ASKS_LOGIN ASKS("/login2.srf", "login.passport.com")
#define ASKS_OLD   ASKS("/login", "old.example.com")

#define TICKET_ANSWER \
    "HTTP/1.1 200 OK\r\nAuthentication-Info: Passport1.4 from-PP='t=secret-ticket'\r\n\r\n"
#define GOT "CLOSE", "TICKET t=secret-ticket"

/* Nothing that is secret is on its way. */
static void check_unwritten(const drive *d)
{
    g_assert_null(strstr(d->written->str, WRITTEN));
    g_assert_null(strstr(d->written->str, PASSWORD));
    g_assert_null(strstr(d->written->str, DOC_TPF));
    g_assert_null(strstr(d->written->str, "Authorization"));
}

/* Waits for the challenge, without any hurry. */
static void check_ready(drive *d)
{
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_LOGIN_READY);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    drive_wait(d, 100 * MSNP_SIGN_IN_TIMEOUT);
    drive_tick(d);
    expect_silence(d);
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_LOGIN_READY);
    check_unwritten(d);
}

static void check_ticket(drive *d)
{
    drive_feed(d, TICKET_ANSWER);
    expect_events(d, GOT);
    drive_done(d);
}

/* At the login server, which has nothing to hear yet. */
static drive *at_ready(const msnp_passport_config *config)
{
    drive *d = drive_passport(config, NULL);
    drive_start(d);
    drive_connected(d);
    if (drive_step(d) == MSNP_STEP_NEXUS) {
        drive_feed(d, DOC_NEXUS_ANSWER);
        drive_connected(d);
    }
    drive_forget(d);
    check_ready(d);
    return d;
}

/* --- the challenge ---------------------------------------------------------------------------- */

/* Whenever it comes: the same is said to the same servers, and nothing sooner. */
static void test_challenge(void)
{
    enum { BEFORE_START, CONNECTING, ASKING, ANSWERING, TO_LOGIN, READY, MOMENTS };
    for (int moment = 0; moment < MOMENTS; moment++) {
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            drive *d = drive_passport(&by_nexus, moment == BEFORE_START ? &user : NULL);
            g_test_message("moment %d, pieces of %zu", moment, pieces[k]);
            d->piece = pieces[k];
            expect_silence(d);
            drive_start(d);
            expect_events(d, NEXUS);
            if (moment == CONNECTING)
                drive_sign_in(d, &user);
            drive_connected(d);
            expect_events(d, ASKS_NEXUS);
            if (moment == ASKING)
                drive_sign_in(d, &user);
            drive_feed_bytes(d, DOC_NEXUS_ANSWER, 40);
            if (moment == ANSWERING)
                drive_sign_in(d, &user);
            expect_silence(d);
            drive_feed(d, &DOC_NEXUS_ANSWER[40]);
            expect_events(d, NAMED, LOGIN);
            if (moment == TO_LOGIN)
                drive_sign_in(d, &user);
            expect_silence(d);
            check_unwritten(d);
            drive_connected(d);
            if (moment == READY) {
                expect_silence(d);
                check_ready(d);
                drive_sign_in(d, &user);
                expect_steps(d, "NEXUS_CONNECT NEXUS LOGIN_CONNECT LOGIN_READY LOGIN");
            }
            expect_events(d, ASKS_LOGIN);
            g_assert_cmpint(drive_step(d), ==, MSNP_STEP_LOGIN);
            g_assert_cmpint(drive_deadline(d), ==, d->now + MSNP_STEP_TIMEOUT);
            check_ticket(d);
        }
    }
}

/* The first one counts. */
static void test_twice(void)
{
    const msnp_credentials other = {"other@example.com", "other", "ct=2"};
    const msnp_credentials broken = {"nobody", NULL, ""};
    drive *d = drive_passport(&direct, &user);
    drive_sign_in(d, &other);
    drive_start(d);
    drive_sign_in(d, &broken);
    expect_events(d, LOGIN);
    drive_connected(d);
    expect_events(d, ASKS_LOGIN);
    drive_sign_in(d, &other);
    drive_sign_in(d, &broken);
    expect_silence(d);
    check_ticket(d);
}

/* What cannot be used ends it at once, wherever it is. */
static void test_refused(void)
{
    const struct {
        msnp_credentials credentials;
        const char *err;
    } table[] = {
        {{"nobody", PASSWORD, "ct=1"}, "account"},  {{NULL, PASSWORD, "ct=1"}, "account"},
        {{DOC_ACCOUNT, NULL, "ct=1"}, "password"},  {{DOC_ACCOUNT, PASSWORD, NULL}, "malformed"},
        {{DOC_ACCOUNT, PASSWORD, ""}, "malformed"}, {{DOC_ACCOUNT, PASSWORD, "a b"}, "malformed"},
    };
    static const struct {
        const char *step;
        const char *host;
    } steps[] = {{"NEXUS_CONNECT", "nexus.passport.com"},
                 {"NEXUS", "nexus.passport.com"},
                 {"LOGIN_CONNECT", "login.passport.com"},
                 {"LOGIN_READY", "login.passport.com"}};
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        for (size_t s = 0; s < G_N_ELEMENTS(steps); s++) {
            char *failure = g_strdup_printf("FAILED %s at %s with %s:443", table[i].err,
                                            steps[s].step, steps[s].host);
            drive *d = drive_passport(&by_nexus, NULL);
            drive_start(d);
            if (s >= 1)
                drive_connected(d);
            if (s >= 2)
                drive_feed(d, DOC_NEXUS_ANSWER);
            if (s >= 3)
                drive_connected(d);
            drive_forget(d);
            drive_sign_in(d, &table[i].credentials);
            expect_events(d, failure);
            check_unwritten(d);
            drive_done(d);
            g_free(failure);
        }
        /* No other login server would change that. */
        char *failure =
            g_strdup_printf("FAILED %s at LOGIN_READY with old.example.com:443", table[i].err);
        drive *d = at_ready(&known);
        drive_sign_in(d, &table[i].credentials);
        expect_events(d, failure);
        drive_done(d);
        g_free(failure);
    }
}

/* Without a challenge it fails as with one. */
static void test_failures(void)
{
    static const struct {
        unsigned calls; /* how many of connected, feed, connected are made */
        const char *at;
    } table[] = {
        {0, "NEXUS_CONNECT with nexus.passport.com:443"},
        {1, "NEXUS with nexus.passport.com:443"},
        {2, "LOGIN_CONNECT with login.passport.com:443"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        for (int close = 0; close < 2; close++) {
            char *failure =
                g_strdup_printf("FAILED %s at %s", close ? "closed" : "timeout", table[i].at);
            drive *d = drive_passport(&by_nexus, NULL);
            drive_start(d);
            if (table[i].calls >= 1)
                drive_connected(d);
            if (table[i].calls >= 2)
                drive_feed(d, DOC_NEXUS_ANSWER);
            drive_forget(d);
            if (close)
                drive_closed(d);
            else
                drive_sleep(d, MSNP_STEP_TIMEOUT);
            expect_events(d, failure);
            drive_done(d);
            g_free(failure);
        }
    }
    drive *d = drive_passport(&by_nexus, NULL);
    drive_start(d);
    drive_connected(d);
    drive_forget(d);
    drive_feed(d, "HTTP/1.0 404 x\r\n\r\n");
    expect_events(d, "FAILED http-status at NEXUS with nexus.passport.com:443 404");
    drive_done(d);
}

/* --- a connection that waits ------------------------------------------------------------------ */

/* Nobody is told that it is gone before it is needed. */
static void test_gone(void)
{
    drive *d = at_ready(&direct);
    drive_closed(d);
    g_assert_cmpint(d->fed, ==, MSNP_OK);
    expect_silence(d);
    check_ready(d);
    drive_closed(d);
    expect_silence(d);
    drive_sign_in(d, &user);
    expect_events(d, LOGIN);
    check_unwritten(d);
    g_assert_cmpint(drive_deadline(d), ==, d->now + MSNP_STEP_TIMEOUT);
    drive_connected(d);
    expect_events(d, ASKS_LOGIN);
    expect_steps(d, "LOGIN_CONNECT LOGIN");
    check_ticket(d);

    /* Nor does it wait for ever then. */
    d = at_ready(&direct);
    drive_closed(d);
    drive_sign_in(d, &user);
    drive_forget(d);
    drive_sleep(d, MSNP_STEP_TIMEOUT);
    expect_events(d, "FAILED timeout at LOGIN_CONNECT with login.passport.com:443");
    drive_done(d);

    d = at_ready(&direct);
    drive_closed(d);
    drive_sign_in(d, &user);
    drive_connected(d);
    drive_forget(d);
    /* This one did not wait: whoever closes it means it. */
    drive_closed(d);
    expect_events(d, "FAILED closed at LOGIN with login.passport.com:443");
    drive_done(d);
}

/* Gone when the request comes: asked again, once. */
static void test_gone_meanwhile(void)
{
    for (int ends = 0; ends < 3; ends++) {
        drive *d = at_ready(&direct);
        drive_sign_in(d, &user);
        expect_events(d, ASKS_LOGIN);
        drive_closed(d);
        g_assert_cmpint(d->fed, ==, MSNP_OK);
        expect_events(d, LOGIN);
        if (ends == 0) {
            drive_closed(d);
            expect_events(d, "FAILED closed at LOGIN_CONNECT with login.passport.com:443");
            drive_done(d);
            continue;
        }
        drive_connected(d);
        expect_events(d, ASKS_LOGIN);
        if (ends == 1) {
            check_ticket(d);
            continue;
        }
        drive_closed(d);
        expect_events(d, "FAILED closed at LOGIN with login.passport.com:443");
        drive_done(d);
    }
    /* Not if the answer had begun, or does not come. */
    for (size_t n = 1; n < strlen(TICKET_ANSWER); n++) {
        drive *d = at_ready(&direct);
        drive_sign_in(d, &user);
        drive_forget(d);
        drive_feed_bytes(d, TICKET_ANSWER, n);
        drive_closed(d);
        expect_events(d, "FAILED closed at LOGIN with login.passport.com:443");
        drive_done(d);
    }
    drive *d = at_ready(&direct);
    drive_sign_in(d, &user);
    drive_forget(d);
    drive_sleep(d, MSNP_STEP_TIMEOUT);
    expect_events(d, "FAILED timeout at LOGIN with login.passport.com:443");
    drive_done(d);
    /* Nor after a redirect: that connection is a new one. */
    d = at_ready(&direct);
    drive_sign_in(d, &user);
    drive_feed(d, "HTTP/1.1 302 x\r\nLocation: /other\r\n\r\n");
    drive_forget(d);
    drive_connected(d);
    expect_events(d, ASKS("/other", "login.passport.com"));
    drive_closed(d);
    expect_events(d, "FAILED closed at LOGIN with login.passport.com:443");
    drive_done(d);
}

/* What comes first is no answer: perhaps it was not meant for us. Asked again, once. */
static void test_farewell(void)
{
    static const char *const texts[] = {"x", "<html>\r\n", "\r\n\r\n", "HTTP/2 200\r\n",
                                        "HTTP/1.1 100 Continue\r\n\r\nbye"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            for (int again = 0; again < 2; again++) {
                drive *d = at_ready(&direct);
                d->piece = pieces[k];
                drive_sign_in(d, &user);
                expect_events(d, ASKS_LOGIN);
                drive_feed(d, texts[i]);
                g_assert_cmpint(d->fed, ==, MSNP_OK);
                expect_events(d, LOGIN);
                drive_connected(d);
                expect_events(d, ASKS_LOGIN);
                if (!again) {
                    check_ticket(d);
                    continue;
                }
                drive_feed(d, texts[i]);
                expect_events(d, "FAILED malformed at LOGIN with login.passport.com:443");
                drive_done(d);
            }
        }
    }
    /* An answer without an end is no misunderstanding, nor is what is read and says something. */
    char *header = repeated("x", 65536);
    char *answer = g_strconcat("HTTP/1.1 200 OK\r\nX: ", header, NULL);
    drive *d = at_ready(&direct);
    drive_sign_in(d, &user);
    drive_forget(d);
    drive_feed(d, answer);
    expect_events(d, "FAILED too-long at LOGIN with login.passport.com:443");
    drive_done(d);
    d = at_ready(&direct);
    drive_sign_in(d, &user);
    drive_forget(d);
    drive_feed(d, "HTTP/1.1 500 x\r\n\r\n");
    expect_events(d, "FAILED http-status at LOGIN with login.passport.com:443 500");
    drive_done(d);
    g_free(answer);
    g_free(header);
}

/* Who speaks before we do is not told the password there. */
static void test_talkative(void)
{
    static const char *const texts[] = {"x", "\r\n", TICKET_ANSWER, "HTTP/1.1 408 Timeout\r\n\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            for (int closed = 0; closed < 2; closed++) {
                drive *d = at_ready(&direct);
                d->piece = pieces[k];
                drive_feed(d, texts[i]);
                expect_events(d, "CLOSE");
                if (closed)
                    drive_closed(d);
                check_ready(d);
                drive_sign_in(d, &user);
                expect_events(d, LOGIN);
                drive_feed(d, texts[i]);
                expect_silence(d);
                check_unwritten(d);
                drive_connected(d);
                expect_events(d, ASKS_LOGIN);
                check_ticket(d);
            }
        }
    }
}

static void test_ready_calls(void)
{
    drive *d = at_ready(&direct);
    drive_start(d);
    drive_connected(d);
    expect_silence(d);
    check_ready(d);
    msnp_passport_hold(d->passport, d->now);
    check_ready(d);
    drive_sign_in(d, &user);
    expect_events(d, ASKS_LOGIN);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    drive_wait(d, 1000);
    msnp_passport_resume(d->passport, d->now);
    g_assert_cmpint(drive_deadline(d), ==, d->now + MSNP_STEP_TIMEOUT);
    check_ticket(d);

    uint16_t port;
    d = at_ready(&direct);
    g_assert_cmpstr(msnp_passport_host(d->passport, &port), ==, "login.passport.com");
    g_assert_cmpuint(port, ==, 443);
    drive_done(d);
}

/* Nowhere else to go: it is over, and somebody else says why. */
static void end_unreached(drive *d)
{
    drive_forget(d);
    g_assert_false(drive_connect_failed(d));
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_OFFLINE);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    drive_done(d);
}

/* The connection cannot be made. */
static void test_unreached(void)
{
    for (int challenge = 0; challenge < 2; challenge++) {
        drive *d = drive_passport(&by_nexus, challenge ? &user : NULL);
        drive_start(d);
        end_unreached(d);

        d = drive_passport(&by_nexus, challenge ? &user : NULL);
        drive_start(d);
        drive_connected(d);
        drive_feed(d, DOC_NEXUS_ANSWER);
        end_unreached(d);
    }
    drive *d = at_ready(&direct);
    drive_closed(d);
    drive_sign_in(d, &user);
    end_unreached(d);
}

/* Said of a connection that nobody asked for, or that stands already, it means nothing. */
static void test_unreached_out_of_turn(void)
{
    static const msnp_passport_config *const configs[] = {&by_nexus, &known};
    for (size_t i = 0; i < G_N_ELEMENTS(configs); i++) {
        drive *d = drive_passport(configs[i], NULL);
        g_assert_false(drive_connect_failed(d));
        drive_start(d);
        drive_connected(d);
        drive_forget(d);
        if (configs[i] == &by_nexus) {
            g_assert_cmpint(drive_step(d), ==, MSNP_STEP_NEXUS);
            g_assert_false(drive_connect_failed(d));
            drive_feed(d, DOC_NEXUS_ANSWER);
            drive_connected(d);
            drive_forget(d);
        }
        g_assert_false(drive_connect_failed(d));
        check_ready(d);
        drive_sign_in(d, &user);
        drive_forget(d);
        g_assert_false(drive_connect_failed(d));
        g_assert_cmpint(drive_step(d), ==, MSNP_STEP_LOGIN);
        check_ticket(d);
    }
}

/* --- one connection for both ------------------------------------------------------------------ */

#define KEEPS(length, login)                                                      \
    "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: " length "\r\n" \
    "PassportURLs: DALogin=" login "\r\n\r\n"
#define SELF        "nexus.passport.com/login2.srf"
#define NAMED_SELF  "LOGIN_SERVER https://" SELF
#define ASKS_SELF   ASKS("/login2.srf", "nexus.passport.com")
#define SELF_FAILED " with nexus.passport.com:443"

/* The nexus was asked. */
static drive *at_nexus(bool challenge)
{
    drive *d = drive_passport(&by_nexus, challenge ? &user : NULL);
    drive_start(d);
    drive_connected(d);
    drive_forget(d);
    return d;
}

/* The connection is used for the login request, at once or when the challenge is there. */
static void check_reused(drive *d, bool challenge)
{
    if (!challenge) {
        check_ready(d);
        drive_sign_in(d, &user);
    }
    expect_events(d, ASKS_SELF);
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_LOGIN);
    check_ticket(d);
}

/* The nexus named itself. */
static void take_named(drive *d)
{
    g_assert_true(g_str_has_prefix(d->events->str, NAMED_SELF "\n"));
    g_string_erase(d->events, 0, strlen(NAMED_SELF "\n"));
}

/* Another connection is asked for, and only that one gets the request. */
static void check_anew(drive *d, bool challenge)
{
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_LOGIN_CONNECT);
    check_unwritten(d);
    drive_connected(d);
    if (!challenge) {
        check_ready(d);
        drive_sign_in(d, &user);
    }
    expect_events(d, ASKS_SELF);
    check_ticket(d);
}

/* After the body, however it comes. */
static void test_reuse(void)
{
    static const char *const answers[] = {
        KEEPS("0", SELF),
        KEEPS("5", SELF) "12345",
        KEEPS("19", SELF) "HTTP/1.1 500 x\r\n\r\n\n",
        "HTTP/1.0 200 OK\r\nPassportURLs: DALogin=" SELF "\r\nconnection: Keep-Alive\r\n"
        "content-length: 3\r\n\r\nabc",
        "HTTP/1.1 100 Continue\r\n\r\n" KEEPS("3", SELF) "abc",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        size_t len = strlen(answers[i]);
        say(answers[i]);
        for (int challenge = 0; challenge < 2; challenge++) {
            for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
                drive *d = at_nexus(challenge);
                d->piece = pieces[k];
                drive_feed_bytes(d, answers[i], len - 1);
                check_unwritten(d);
                drive_feed_bytes(d, answers[i] + len - 1, 1);
                take_named(d);
                check_reused(d, challenge);
            }
            for (size_t split = 0; split <= len; split += slow_step()) {
                drive *d = at_nexus(challenge);
                drive_feed_bytes(d, answers[i], split);
                drive_feed_bytes(d, answers[i] + split, len - split);
                take_named(d);
                check_reused(d, challenge);
            }
        }
    }
}

static void test_reuse_steps(void)
{
    drive *d = at_nexus(true);
    drive_feed(d, KEEPS("0", SELF));
    expect_events(d, NAMED_SELF, ASKS_SELF);
    expect_steps(d, "LOGIN_CONNECT LOGIN");
    check_ticket(d);

    d = at_nexus(false);
    drive_feed(d, KEEPS("0", SELF));
    expect_events(d, NAMED_SELF);
    expect_steps(d, "LOGIN_CONNECT LOGIN_READY");
    drive_done(d);

    /* The challenge comes in the middle of the body. */
    d = at_nexus(false);
    drive_feed(d, KEEPS("5", SELF) "12");
    expect_events(d, NAMED_SELF);
    expect_steps(d, "LOGIN_CONNECT");
    drive_sign_in(d, &user);
    drive_feed(d, "34");
    /* Nobody has asked for a connection. */
    drive_connected(d);
    expect_silence(d);
    expect_steps(d, "");
    check_unwritten(d);
    drive_feed(d, "5");
    expect_events(d, ASKS_SELF);
    expect_steps(d, "LOGIN");
    check_ticket(d);

    /* Where the answer leads, is another connection. */
    d = at_nexus(true);
    drive_feed(d, KEEPS("0", SELF));
    drive_forget(d);
    drive_feed(d, "HTTP/1.1 302 x\r\nConnection: keep-alive\r\nContent-Length: 0\r\n"
                  "Location: /other\r\n\r\n");
    expect_events(d, NEXUS);
    drive_connected(d);
    expect_events(d, ASKS("/other", "nexus.passport.com"));
    drive_feed(d, "HTTP/1.1 401 x\r\n\r\n");
    expect_events(d, "FAILED password at LOGIN" SELF_FAILED);
    drive_done(d);
}

/* Where nothing says that it may be used again, or for whom, it is not. */
static void test_no_reuse(void)
{
    static const struct {
        const char *answer;
        const char *events;
    } table[] = {
        {"HTTP/1.1 200 OK\r\nPassportURLs: DALogin=" SELF "\r\n\r\n", NAMED_SELF "\n" NEXUS},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nPassportURLs: DALogin=" SELF "\r\n\r\n",
         NAMED_SELF "\n" NEXUS},
        {"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nPassportURLs: DALogin=" SELF "\r\n\r\n",
         NAMED_SELF "\n" NEXUS},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\nPassportURLs: DALogin=" SELF
         "\r\n\r\n",
         NAMED_SELF "\n" NEXUS},
        {"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n"
         "Content-Length: 0\r\nPassportURLs: DALogin=" SELF "\r\n\r\n",
         NAMED_SELF "\n" NEXUS},
        {KEEPS("0, 0", SELF), NAMED_SELF "\n" NEXUS},
        {KEEPS("65537", SELF), NAMED_SELF "\n" NEXUS},
        {KEEPS("-1", SELF), NAMED_SELF "\n" NEXUS},
        {KEEPS("0", "nexus.passport.com:444/x"),
         "LOGIN_SERVER https://nexus.passport.com:444/x\nCONNECT tls nexus.passport.com:444"},
        {KEEPS("0", "passport.com/x"),
         "LOGIN_SERVER https://passport.com/x\nCONNECT tls passport.com:443"},
        {KEEPS("0", "nexus.passport.com.example/x"),
         "LOGIN_SERVER https://nexus.passport.com.example/x\n"
         "CONNECT tls nexus.passport.com.example:443"},
        {KEEPS("3", "login.passport.com/login2.srf") "abc", NAMED "\n" LOGIN},
        {KEEPS("3", "login.passport.com/login2.srf"), NAMED "\n" LOGIN},
        {KEEPS("0", "http://nexus.passport.com/x"), "FAILED insecure at NEXUS" SELF_FAILED},
        {KEEPS("0", ""), "FAILED no-login at NEXUS" SELF_FAILED},
        {"HTTP/1.1 404 x\r\nConnection: keep-alive\r\nContent-Length: 0\r\n"
         "PassportURLs: DALogin=" SELF "\r\n\r\n",
         "FAILED http-status at NEXUS" SELF_FAILED " 404"},
        {"HTTP/1.1 302 x\r\nConnection: keep-alive\r\nContent-Length: 0\r\n"
         "Location: /elsewhere\r\n\r\n",
         NEXUS},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].answer);
        for (int challenge = 0; challenge < 2; challenge++) {
            for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
                const char *const want[] = {table[i].events, NULL};
                drive *d = at_nexus(challenge);
                d->piece = pieces[k];
                drive_feed(d, table[i].answer);
                drive_expect(G_STRLOC, d, want);
                check_unwritten(d);
                drive_done(d);
            }
        }
    }
    /* The same name is another server after a redirect to it. */
    drive *d = at_nexus(true);
    drive_feed(d, "HTTP/1.1 302 x\r\nLocation: https://other/\r\n\r\n");
    expect_events(d, "CONNECT tls other:443");
    drive_connected(d);
    drive_forget(d);
    drive_feed(d, KEEPS("0", SELF));
    expect_events(d, NAMED_SELF, NEXUS);
    check_anew(d, true);
    /* And whoever was redirected to is the one that can be used again. */
    d = at_nexus(true);
    drive_feed(d, "HTTP/1.1 302 x\r\nLocation: https://other/\r\n\r\n");
    drive_connected(d);
    drive_forget(d);
    drive_feed(d, KEEPS("2", "OTHER:443/x") "ab");
    expect_events(d, "LOGIN_SERVER https://other/x", ASKS("/x", "other"));
    check_ticket(d);
}

/* A body of the greatest length, also together with more than fits into the buffer at once. */
static void test_reuse_long(void)
{
    char *body = repeated("b", 65536);
    char *answer = g_strconcat(KEEPS("65536", SELF), body, NULL);
    static const size_t sizes[] = {0, 1000, 65535, 65536};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        for (int challenge = 0; challenge < 2; challenge++) {
            drive *d = at_nexus(challenge);
            d->piece = sizes[i];
            drive_feed_bytes(d, answer, strlen(answer) - 1);
            expect_events(d, NAMED_SELF);
            check_unwritten(d);
            drive_feed(d, "b");
            check_reused(d, challenge);

            d = at_nexus(challenge);
            d->piece = sizes[i];
            drive_feed(d, answer);
            take_named(d);
            check_reused(d, challenge);
        }
    }
    g_free(answer);
    g_free(body);
}

/* More than was announced: nobody knows what that would be the answer to. */
static void test_reuse_too_long(void)
{
    for (int challenge = 0; challenge < 2; challenge++) {
        drive *d = at_nexus(challenge);
        drive_feed(d, KEEPS("3", SELF) "1234");
        expect_events(d, NAMED_SELF, NEXUS);
        check_anew(d, challenge);

        d = at_nexus(challenge);
        drive_feed(d, KEEPS("3", SELF) "1");
        expect_events(d, NAMED_SELF);
        drive_feed(d, "234");
        expect_events(d, NEXUS);
        expect_steps(d, "LOGIN_CONNECT LOGIN_CONNECT");
        /* What still comes is not from the new one. */
        drive_feed(d, TICKET_ANSWER);
        expect_silence(d);
        check_anew(d, challenge);
    }
    /* Too late to be told from an answer, and for none. */
    drive *d = at_nexus(true);
    drive_feed(d, KEEPS("3", SELF) "123");
    expect_events(d, NAMED_SELF, ASKS_SELF);
    drive_feed(d, "4");
    expect_events(d, NEXUS);
    drive_connected(d);
    expect_events(d, ASKS_SELF);
    check_ticket(d);

    d = at_nexus(false);
    drive_feed(d, KEEPS("3", SELF) "123");
    expect_events(d, NAMED_SELF);
    drive_feed(d, "4");
    expect_events(d, "CLOSE");
    check_ready(d);
    drive_sign_in(d, &user);
    expect_events(d, NEXUS);
    check_anew(d, true);
}

/* Closed before the body was there, or afterwards: another connection, once. */
static void test_reuse_closed(void)
{
    for (int challenge = 0; challenge < 2; challenge++) {
        drive *d = at_nexus(challenge);
        drive_feed(d, KEEPS("3", SELF) "12");
        expect_events(d, NAMED_SELF);
        drive_closed(d);
        g_assert_cmpint(d->fed, ==, MSNP_OK);
        expect_events(d, NEXUS);
        check_anew(d, challenge);

        /* Of that body nothing is waited for on the new one. */
        d = at_nexus(false);
        drive_feed(d, KEEPS("3", SELF) "12");
        drive_closed(d);
        drive_connected(d);
        drive_forget(d);
        drive_feed(d, "3");
        expect_events(d, "CLOSE");
        check_ready(d);
        drive_done(d);

        d = at_nexus(challenge);
        drive_feed(d, KEEPS("3", SELF) "12");
        drive_closed(d);
        drive_forget(d);
        drive_closed(d);
        expect_events(d, "FAILED closed at LOGIN_CONNECT" SELF_FAILED);
        drive_done(d);

        d = at_nexus(challenge);
        drive_feed(d, KEEPS("3", SELF) "1");
        drive_wait(d, 1000);
        drive_feed(d, "2");
        drive_forget(d);
        /* A body that does not come is not needed. */
        drive_sleep(d, 2000);
        expect_events(d, NEXUS);
        drive_sleep(d, MSNP_STEP_TIMEOUT);
        expect_events(d, "FAILED timeout at LOGIN_CONNECT" SELF_FAILED);
        drive_done(d);

        /* In the middle of the head it is a failure as ever. */
        d = at_nexus(challenge);
        drive_feed(d, "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n");
        drive_closed(d);
        expect_events(d, "FAILED closed at NEXUS" SELF_FAILED);
        drive_done(d);
    }
    drive *d = at_nexus(true);
    drive_feed(d, KEEPS("3", SELF) "123");
    expect_events(d, NAMED_SELF, ASKS_SELF);
    drive_closed(d);
    expect_events(d, NEXUS);
    drive_connected(d);
    expect_events(d, ASKS_SELF);
    drive_closed(d);
    expect_events(d, "FAILED closed at LOGIN" SELF_FAILED);
    drive_done(d);

    d = at_nexus(true);
    drive_feed(d, KEEPS("3", SELF) "123");
    drive_forget(d);
    drive_feed(d, "H");
    drive_closed(d);
    expect_events(d, "FAILED closed at LOGIN" SELF_FAILED);
    drive_done(d);

    d = at_nexus(false);
    drive_feed(d, KEEPS("3", SELF) "123");
    expect_events(d, NAMED_SELF);
    drive_closed(d);
    check_ready(d);
    drive_sign_in(d, &user);
    expect_events(d, NEXUS);
    check_anew(d, true);
}

/* --- a login server that is known ------------------------------------------------------------- */

static drive *at_known(void)
{
    drive *d = drive_passport(&known, &user);
    drive_start(d);
    drive_connected(d);
    expect_events(d, OLD, ASKS_OLD);
    return d;
}

/* The nexus was not asked and is not; what it said still holds. */
static void test_known(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
        drive *d = at_known();
        d->piece = pieces[k];
        expect_steps(d, "LOGIN_CONNECT LOGIN");
        check_ticket(d);
    }
    drive *d = at_ready(&known);
    drive_sign_in(d, &user);
    expect_events(d, ASKS_OLD);
    check_ticket(d);

    /* By way of a redirect. */
    d = at_known();
    drive_feed(d, "HTTP/1.1 302 x\r\nLocation: https://other/y\r\n\r\n");
    expect_events(d, "CONNECT tls other:443");
    drive_connected(d);
    expect_events(d, ASKS("/y", "other"));
    check_ticket(d);

    /* What the user has set comes first. */
    msnp_passport_config config = known;
    config.login_url = "https://login.passport.com/login2.srf";
    d = drive_passport(&config, &user);
    drive_start(d);
    expect_events(d, LOGIN);
    drive_closed(d);
    expect_events(d, "FAILED closed at LOGIN_CONNECT with login.passport.com:443");
    drive_done(d);
}

/*
 * The nexus is asked after all, as if nothing had been known, and what it says is used; whether it
 * is something else or not.
 */
static void check_asked_again(drive *d, bool same)
{
    g_assert_cmpint(d->fed, ==, MSNP_OK);
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_NEXUS_CONNECT);
    g_assert_cmpint(drive_deadline(d), ==, d->now + MSNP_STEP_TIMEOUT);
    drive_feed(d, TICKET_ANSWER); /* from where we are no more */
    expect_silence(d);
    drive_connected(d);
    expect_events(d, ASKS_NEXUS);
    if (!same) {
        drive_feed(d, DOC_NEXUS_ANSWER);
        expect_events(d, NAMED, LOGIN);
        drive_connected(d);
        expect_events(d, ASKS_LOGIN);
        check_ticket(d);
        return;
    }
    drive_feed(d, "HTTP/1.0 200 x\r\nPassportURLs: DALogin=old.example.com/login\r\n\r\n");
    expect_events(d, "LOGIN_SERVER https://old.example.com/login", OLD);
    drive_connected(d);
    expect_events(d, ASKS_OLD);
    drive_feed(d, "HTTP/1.1 503 x\r\n\r\n");
    expect_events(d, "FAILED http-status at LOGIN with old.example.com:443 503");
    drive_done(d);
}

static void test_known_wrong(void)
{
    static const char *const answers[] = {
        "HTTP/1.1 404 x\r\n\r\n",
        "HTTP/1.1 403 x\r\n\r\n",
        "HTTP/1.1 500 x\r\nWWW-Authenticate: Passport1.4 cbtxt=Broken\r\n\r\n",
        "HTTP/1.1 204 x\r\n\r\n",
        "HTTP/1.1 200 x\r\n\r\n",
        "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP=''\r\n\r\n",
        "HTTP/1.1 302 x\r\n\r\n",
        "HTTP/1.1 302 x\r\nLocation: http://old.example.com/\r\n\r\n",
        "HTTP/1.1 302 x\r\nLocation: https://user@other/\r\n\r\n",
        "HTTP/1.1 302 x\r\nLocation: /login\r\n\r\n",
        "<html>\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        say(answers[i]);
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            drive *d = at_known();
            d->piece = pieces[k];
            drive_feed(d, answers[i]);
            expect_events(d, FORGOTTEN, NEXUS);
            check_asked_again(d, k % 2 == 1);
        }
    }
    char *head = repeated("x", 65536);
    char *answer = g_strconcat("HTTP/1.1 200 OK\r\nX: ", head, NULL);
    for (int same = 0; same < 2; same++) {
        drive *d = at_known();
        drive_feed(d, answer);
        expect_events(d, FORGOTTEN, NEXUS);
        check_asked_again(d, same);

        d = at_known();
        drive_feed(d, "HTTP/1.1 200");
        drive_closed(d);
        expect_events(d, FORGOTTEN, NEXUS);
        check_asked_again(d, same);

        d = at_known();
        drive_sleep(d, MSNP_STEP_TIMEOUT);
        expect_events(d, FORGOTTEN, NEXUS);
        check_asked_again(d, same);

        d = at_known();
        drive_feed(d, "HTTP/1.1 302 x\r\nLocation: https://other/\r\n\r\n");
        drive_connected(d);
        drive_forget(d);
        drive_feed(d, "HTTP/1.1 302 x\r\nLocation: https://old.example.com/login\r\n\r\n");
        expect_events(d, FORGOTTEN, NEXUS);
        check_asked_again(d, same);

        d = at_known();
        drive_feed(d, "HTTP/1.1 302 x\r\nLocation: https://other/\r\n\r\n");
        expect_events(d, "CONNECT tls other:443");
        g_assert_true(drive_connect_failed(d));
        expect_events(d, FORGOTTEN, NEXUS);
        check_asked_again(d, same);
    }
    g_free(answer);
    g_free(head);
}

/* Before the request: with or without a challenge. */
static void test_known_unreached(void)
{
    enum { UNREACHED, CLOSED, TIMEOUT, WAYS };
    for (int way = 0; way < WAYS; way++) {
        for (int challenge = 0; challenge < 2; challenge++) {
            drive *d = drive_passport(&known, challenge ? &user : NULL);
            drive_start(d);
            expect_events(d, OLD);
            if (way == UNREACHED)
                g_assert_true(drive_connect_failed(d));
            else if (way == CLOSED)
                drive_closed(d);
            else
                drive_sleep(d, MSNP_STEP_TIMEOUT);
            expect_events(d, FORGOTTEN, NEXUS);
            check_unwritten(d);
            if (!challenge)
                drive_sign_in(d, &user);
            check_asked_again(d, false);
        }
        /* Neither can the nexus be reached: that is it. */
        drive *d = drive_passport(&known, &user);
        drive_start(d);
        g_assert_true(drive_connect_failed(d));
        drive_forget(d);
        if (way == UNREACHED)
            g_assert_false(drive_connect_failed(d));
        else if (way == CLOSED)
            drive_closed(d);
        else
            drive_sleep(d, MSNP_STEP_TIMEOUT);
        if (way != UNREACHED)
            expect_events(d, way == CLOSED ? "FAILED closed at NEXUS_CONNECT" SELF_FAILED
                                           : "FAILED timeout at NEXUS_CONNECT" SELF_FAILED);
        check_unwritten(d);
        drive_done(d);
    }
    /* Gone while it waited, and not there any more. */
    drive *d = at_ready(&known);
    drive_closed(d);
    expect_silence(d);
    drive_sign_in(d, &user);
    expect_events(d, OLD);
    g_assert_true(drive_connect_failed(d));
    expect_events(d, FORGOTTEN, NEXUS);
    check_asked_again(d, false);

    /* Gone when the request comes: first it is tried once more. */
    d = at_ready(&known);
    drive_sign_in(d, &user);
    drive_forget(d);
    drive_closed(d);
    expect_events(d, OLD);
    drive_connected(d);
    expect_events(d, ASKS_OLD);
    drive_closed(d);
    expect_events(d, FORGOTTEN, NEXUS);
    check_asked_again(d, false);
}

/* What is remembered of no use: the nexus is asked at once. */
static void test_known_broken(void)
{
    static const char *const urls[] = {"", "http://old.example.com/", "https://user@old/", "a b"};
    for (size_t i = 0; i < G_N_ELEMENTS(urls); i++) {
        msnp_passport_config config = known;
        config.known_login = urls[i];
        drive *d = drive_passport(&config, &user);
        say(urls[i]);
        drive_start(d);
        expect_events(d, FORGOTTEN, NEXUS);
        check_asked_again(d, false);
    }
    /* Without a nexus there is nobody to ask. */
    msnp_passport_config config = known;
    config.nexus_url = NULL;
    drive *d = drive_passport(&config, &user);
    drive_start(d);
    drive_forget(d);
    g_assert_true(drive_connect_failed(d));
    expect_events(d, FORGOTTEN, "FAILED url at LOGIN_CONNECT with old.example.com:443");
    drive_done(d);
}

/* Who says that the password is wrong is believed, but not asked the next time. */
static void test_known_password(void)
{
    static const struct {
        const char *answer;
        const char *failure;
    } table[] = {
        {"HTTP/1.1 401 x\r\n\r\n", "FAILED password at LOGIN with old.example.com:443"},
        {"HTTP/1.1 401 x\r\nWWW-Authenticate: Passport1.4 cbtxt=No\r\n\r\n",
         "FAILED password at LOGIN with old.example.com:443 \"No\""},
        {"HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 da-status=failed,cbtxt=No\r\n\r\n",
         "FAILED password at LOGIN with old.example.com:443 \"No\""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            drive *d = at_known();
            d->piece = pieces[k];
            drive_feed(d, table[i].answer);
            g_assert_cmpint(d->fed, ==, MSNP_ERR_PASSWORD);
            expect_events(d, FORGOTTEN, table[i].failure);
            drive_done(d);
        }
    }
}

/* The nexus names itself, and its connection is used again. */
static void test_known_reuse(void)
{
    for (int challenge = 0; challenge < 2; challenge++) {
        drive *d = drive_passport(&known, challenge ? &user : NULL);
        drive_start(d);
        g_assert_true(drive_connect_failed(d));
        drive_connected(d);
        drive_forget(d);
        drive_feed(d, KEEPS("2", SELF) "ab");
        take_named(d);
        check_reused(d, challenge);
    }
}

/* Each server has its own count of redirects. */
static void test_known_redirects(void)
{
    drive *d = at_known();
    for (unsigned n = 1; n <= MSNP_REDIRECTS_MAX + 1; n++) {
        char *answer = g_strdup_printf("HTTP/1.1 302 x\r\nLocation: https://hop%u/\r\n\r\n", n);
        drive_feed(d, answer);
        if (n <= MSNP_REDIRECTS_MAX) {
            drive_connected(d);
            drive_forget(d);
        }
        g_free(answer);
    }
    expect_events(d, FORGOTTEN, NEXUS);
    drive_connected(d);
    for (unsigned n = 1; n <= MSNP_REDIRECTS_MAX; n++) {
        char *answer = g_strdup_printf("HTTP/1.1 302 x\r\nLocation: https://hop%u/\r\n\r\n", n);
        drive_feed(d, answer);
        drive_connected(d);
        g_free(answer);
    }
    drive_forget(d);
    drive_feed(d, DOC_NEXUS_ANSWER);
    expect_events(d, NAMED, LOGIN);
    drive_done(d);
}

/* A request that does not fit does not fit anywhere. */
static void test_known_too_long(void)
{
    char *challenge = repeated("c", 16384);
    const msnp_credentials credentials = {DOC_ACCOUNT, PASSWORD, challenge};
    drive *d = at_ready(&known);
    drive_sign_in(d, &credentials);
    expect_events(d, FORGOTTEN, NEXUS);
    drive_connected(d);
    drive_feed(d, DOC_NEXUS_ANSWER);
    drive_forget(d);
    drive_connected(d);
    expect_events(d, "FAILED too-long at LOGIN_CONNECT with login.passport.com:443");
    check_unwritten(d);
    drive_done(d);
    g_free(challenge);
}

/* --- secrets ---------------------------------------------------------------------------------- */

static void check_secrets(drive *d)
{
    static const char *const secrets[] = {PASSWORD, WRITTEN, DOC_TPF, "secret-ticket"};
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++) {
        g_assert_null(strstr(d->traces->str, secrets[i]));
        g_assert_null(strstr(d->texts->str, secrets[i]));
    }
    drive_forget(d);
    drive_done(d);
}

/* However it ends, nothing stays in memory or gets into a trace. */
static void test_secrets(void)
{
    static const char *const answers[] = {
        TICKET_ANSWER,
        "HTTP/1.1 500 x\r\nAuthentication-Info: Passport1.4 from-PP='secret-ticket'\r\n\r\n",
        "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP='secret-ticket\r\n\r\n",
        "HTTP/1.1 401 x\r\nAuthentication-Info: Passport1.4 from-PP='secret-ticket'\r\n\r\n",
        "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP='secret-ticket'\r\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            watch_secret(PASSWORD);
            watch_secret(WRITTEN);
            watch_secret(DOC_TPF);
            watch_secret("secret-ticket");
            g_test_message("answer %zu in pieces of %zu", i, pieces[k]);

            drive *d = drive_passport(&known, NULL);
            d->piece = pieces[k];
            drive_start(d);
            drive_connected(d);
            drive_sign_in(d, &user);
            drive_closed(d);
            drive_connected(d);
            drive_feed(d, answers[i]);
            if (drive_step(d) == MSNP_STEP_NEXUS_CONNECT) {
                drive_connected(d);
                drive_feed(d, KEEPS("2", SELF) "ab");
                drive_feed(d, answers[i]);
            }
            g_assert_nonnull(strstr(d->written->str, WRITTEN));
            check_secrets(d);

            /* Told and never asked for, or told what cannot be used. */
            d = drive_passport(&known, NULL);
            drive_start(d);
            drive_sign_in(d, &user);
            g_assert_true(drive_connect_failed(d));
            g_assert_false(drive_connect_failed(d));
            check_secrets(d);
            d = drive_passport(&direct, &user);
            check_secrets(d);
            d = drive_passport(&direct, &(msnp_credentials){DOC_ACCOUNT, PASSWORD, DOC_TPF " x"});
            check_secrets(d);
            watch_reset();
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* First: the other tests leave the same texts in memory, which the core gets next. */
    g_test_add_func("/passport-early/secrets", test_secrets);
    g_test_add_func("/passport-early/challenge", test_challenge);
    g_test_add_func("/passport-early/twice", test_twice);
    g_test_add_func("/passport-early/refused", test_refused);
    g_test_add_func("/passport-early/failures", test_failures);
    g_test_add_func("/passport-early/gone", test_gone);
    g_test_add_func("/passport-early/gone-meanwhile", test_gone_meanwhile);
    g_test_add_func("/passport-early/farewell", test_farewell);
    g_test_add_func("/passport-early/talkative", test_talkative);
    g_test_add_func("/passport-early/ready-calls", test_ready_calls);
    g_test_add_func("/passport-early/unreached", test_unreached);
    g_test_add_func("/passport-early/unreached-out-of-turn", test_unreached_out_of_turn);
    g_test_add_func("/passport-early/reuse", test_reuse);
    g_test_add_func("/passport-early/reuse-steps", test_reuse_steps);
    g_test_add_func("/passport-early/no-reuse", test_no_reuse);
    g_test_add_func("/passport-early/reuse-long", test_reuse_long);
    g_test_add_func("/passport-early/reuse-too-long", test_reuse_too_long);
    g_test_add_func("/passport-early/reuse-closed", test_reuse_closed);
    g_test_add_func("/passport-early/known", test_known);
    g_test_add_func("/passport-early/known-wrong", test_known_wrong);
    g_test_add_func("/passport-early/known-unreached", test_known_unreached);
    g_test_add_func("/passport-early/known-broken", test_known_broken);
    g_test_add_func("/passport-early/known-password", test_known_password);
    g_test_add_func("/passport-early/known-reuse", test_known_reuse);
    g_test_add_func("/passport-early/known-redirects", test_known_redirects);
    g_test_add_func("/passport-early/known-too-long", test_known_too_long);
    return g_test_run();
}
