/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of Passport, what no transcript can tell: secrets in memory, calls out of turn, every byte of a
 * password, what depends on how bytes arrive. Its dialogues are in tests/scripts.
 */
#include "doc.h"
#include "drive.h"
#include "expect.h"
#include "watch.h"

#include <string.h>

#define PASSWORD "hunter2&more"
#define WRITTEN  "hunter2%26more" /* as it stands in a request */
#define TICKET   "secret-ticket"

static const msnp_credentials user = {DOC_ACCOUNT, PASSWORD, DOC_CHALLENGE};

static const msnp_passport_config by_nexus = {.nexus_url = DOC_NEXUS_URL};
static const msnp_passport_config direct = {.login_url = "https://login.passport.com/login2.srf"};
static const msnp_passport_config known = {.nexus_url = DOC_NEXUS_URL,
                                           .known_login = "https://old.example.com/login"};

static const size_t pieces[] = {0, 1, 7};

/* The nexus names itself, and its connection can be used again. */
#define SELF                                                             \
    "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n" \
    "PassportURLs: DALogin=nexus.passport.com/login\r\n\r\n"
#define NAMED "LOGIN_SERVER https://nexus.passport.com/login"
#define NEXUS "CONNECT tls nexus.passport.com:443"

/* At the connection that the first CONNECT was for. */
static drive *at(const msnp_passport_config *config, const msnp_credentials *credentials)
{
    drive *d = drive_passport(config, credentials);
    drive_start(d);
    drive_connected(d);
    drive_forget(d);
    return d;
}

/* --- secrets: first of all, for what other tests leave in memory the core gets next
 * --------------- */

static void watch_all(void)
{
    watch_secret(PASSWORD);
    watch_secret(WRITTEN);
    watch_secret(DOC_TPF);
    watch_secret(TICKET);
}

static void check_secrets(drive *d)
{
    static const char *const secrets[] = {PASSWORD, WRITTEN, DOC_TPF, TICKET};
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++) {
        g_assert_null(strstr(d->traces->str, secrets[i]));
        g_assert_null(strstr(d->texts->str, secrets[i]));
    }
    drive_forget(d);
    drive_done(d);
}

static const char *const answers[] = {
    "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP='" TICKET "'\r\n\r\n",
    "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP='a b" TICKET "'\r\n\r\n",
    "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP='" TICKET "\r\n\r\n",
    "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP='" TICKET "'\r\n",
    "HTTP/1.1 401 x\r\nAuthentication-Info: Passport1.4 from-PP='" TICKET "'\r\n\r\n",
    "HTTP/1.1 500 x\r\nAuthentication-Info: Passport1.4 from-PP='" TICKET "'\r\n\r\n",
    "HTTP/1.1 302 x\r\nLocation: http://host/\r\n\r\n",
    DOC_LOGIN_REDIRECT,
    "garbage\r\n",
    "",
};

/* However it ends: with the nexus, or with what is known and then the nexus. */
static void check_answer(const msnp_passport_config *config, const char *answer, size_t piece)
{
    drive *d = drive_passport(config, NULL);
    d->piece = piece;
    drive_start(d);
    drive_connected(d);
    drive_sign_in(d, &user);
    if (config->known_login != NULL) {
        drive_closed(d);
        drive_connected(d);
        drive_feed(d, answer);
        drive_connected(d);
    }
    drive_feed(d, SELF "abc");
    drive_feed(d, answer);
    g_assert_nonnull(strstr(d->written->str, WRITTEN));
    check_secrets(d);
}

static void test_secrets(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            g_test_message("answer %zu in pieces of %zu", i, pieces[k]);
            watch_all();
            check_answer(&by_nexus, answers[i], pieces[k]);
            check_answer(&known, answers[i], pieces[k]);
            watch_reset();
        }
    }
}

/* Told and never asked for, or told what cannot be used. */
static void test_unused(void)
{
    watch_all();
    drive *d = drive_passport(&known, &user);
    drive_start(d);
    g_assert_true(drive_connect_failed(d));
    g_assert_false(drive_connect_failed(d));
    check_secrets(d);
    check_secrets(drive_passport(&direct, &user));
    check_secrets(
        drive_passport(&direct, &(msnp_credentials){DOC_ACCOUNT, PASSWORD, DOC_TPF " x"}));

    /* Events that nobody took are wiped as well. */
    watch_on();
    msnp_passport *passport = msnp_passport_new(&direct);
    msnp_passport_sign_in(passport, &user, 0);
    msnp_passport_start(passport, 0);
    msnp_passport_connected(passport, 0);
    msnp_passport_free(passport);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    watch_reset();
}

/* The trace is off at first, and can be switched. */
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

/* --- calls ------------------------------------------------------------------------------------ */

static void test_config(void)
{
    static const struct {
        msnp_credentials credentials;
        msnp_passport_config config;
        const char *events;
    } table[] = {
        {{NULL, "pw", "ct=1"}, {"host", NULL, NULL}, "FAILED account at IDLE"},
        {{"a@b", NULL, "ct=1"}, {"host", NULL, NULL}, "FAILED password at IDLE"},
        {{"a@b", "pw", NULL}, {"host", NULL, NULL}, "FAILED malformed at IDLE"},
        {{"a@b", "pw", "ct=1"}, {NULL, NULL, NULL}, "FAILED url at IDLE"},
        {{"a@b", "", "ct=1"}, {"host", NULL, NULL}, "CONNECT tls host:443"},
        {{"a@b", "pw", "ct=1"}, {"host", NULL, ""}, "LOGIN_SERVER none\nCONNECT tls host:443"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = drive_passport(&table[i].config, &table[i].credentials);
        uint16_t port = 7;
        g_assert_null(msnp_passport_host(d->passport, &port));
        g_assert_cmpuint(port, ==, 0);
        drive_start(d);
        expect_events(d, table[i].events);
        drive_done(d);
    }
    msnp_passport_free(NULL);
}

/* Whoever speaks before we may is not heard, and nothing is said twice. */
static void test_order(void)
{
    static const char named[] = "HTTP/1.1 200 x\r\nPassportURLs: DALogin=https://[::1]:99/\r\n\r\n";
    uint16_t port;
    drive *d = drive_passport(&by_nexus, &user);
    drive_connected(d);
    drive_feed(d, named);
    drive_closed(d);
    drive_tick(d);
    expect_silence(d);
    g_assert_false(drive_connect_failed(d));
    drive_start(d);
    expect_events(d, NEXUS);
    drive_feed(d, named);
    drive_start(d);
    expect_silence(d);
    drive_connected(d);
    drive_connected(d);
    expect_events(d, "WRITE GET /rdr/pprdr.asp HTTP/1.0|Host: nexus.passport.com|"
                     "Connection: keep-alive||");
    g_assert_false(drive_connect_failed(d));
    g_assert_cmpstr(msnp_passport_host(d->passport, &port), ==, "nexus.passport.com");
    g_assert_cmpuint(port, ==, 443);
    drive_feed(d, named);
    expect_events(d, "LOGIN_SERVER https://[::1]:99/", "CONNECT tls ::1:99");
    g_assert_cmpstr(msnp_passport_host(d->passport, &port), ==, "::1");
    g_assert_cmpuint(port, ==, 99);
    drive_feed(d, answers[0]);
    expect_silence(d);
    drive_connected(d);
    size_t written = d->written->len;
    drive_connected(d);
    g_assert_cmpuint(d->written->len, ==, written);
    g_assert_false(drive_connect_failed(d));
    drive_forget(d);
    drive_done(d);
}

/* Where the connection waits for the challenge, nothing but that wakes it. */
static void test_ready(void)
{
    drive *d = at(&direct, NULL);
    drive_start(d);
    drive_connected(d);
    g_assert_false(drive_connect_failed(d));
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_LOGIN_READY);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    msnp_passport_hold(d->passport, d->now);
    drive_sign_in(d, &user);
    g_assert_nonnull(strstr(d->written->str, WRITTEN));
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    drive_wait(d, 1000);
    msnp_passport_resume(d->passport, d->now);
    g_assert_cmpint(drive_deadline(d), ==, d->now + MSNP_STEP_TIMEOUT);
    drive_forget(d);
    drive_done(d);
}

/* --- bytes ------------------------------------------------------------------------------------ */

/* Every byte that a password can hold arrives as it is, and none splits the header. */
static void test_password_bytes(void)
{
    char password[256];
    for (int byte = 1; byte < 256; byte++)
        password[byte - 1] = (char)byte;
    password[255] = '\0';
    drive *d = at(&direct, &(msnp_credentials){DOC_ACCOUNT, password, DOC_CHALLENGE});
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
}

/*
 * More than was announced, which came before the connection was used again: nobody knows what that
 * would be the answer to, so nothing is asked there.
 */
static void test_longer_page(void)
{
    for (int challenge = 0; challenge < 2; challenge++) {
        drive *d = at(&by_nexus, challenge ? &user : NULL);
        drive_feed(d, SELF "1234");
        expect_events(d, NAMED, NEXUS);
        drive_done(d);

        d = at(&by_nexus, challenge ? &user : NULL);
        drive_feed(d, SELF "1");
        expect_events(d, NAMED);
        drive_feed(d, "234");
        expect_events(d, NEXUS);
        /* What still comes is not from the new one, and of that page nothing is waited for there.
         */
        drive_feed(d, answers[0]);
        expect_silence(d);
        g_assert_null(strstr(d->written->str, WRITTEN));
        drive_connected(d);
        drive_sign_in(d, &user);
        g_assert_nonnull(strstr(d->written->str, WRITTEN));
        drive_forget(d);
        drive_done(d);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/passport/secrets", test_secrets);
    g_test_add_func("/passport/unused", test_unused);
    g_test_add_func("/passport/trace", test_trace);
    g_test_add_func("/passport/config", test_config);
    g_test_add_func("/passport/order", test_order);
    g_test_add_func("/passport/ready", test_ready);
    g_test_add_func("/passport/password-bytes", test_password_bytes);
    g_test_add_func("/passport/longer-page", test_longer_page);
    return g_test_run();
}
