/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of the session with dispatch and notification servers, what no transcript can tell: secrets in
 * memory, calls out of turn, limits. Its dialogues are in tests/scripts.
 */
#include "doc.h"
#include "drive.h"
#include "expect.h"
#include "watch.h"

#include <string.h>

static const msnp_ns_config documented = {
    .account = DOC_ACCOUNT,
    .host = DOC_DISPATCH,
    .port = 1863,
    .status = MSNP_STATUS_ONLINE,
};

static const msnp_step all_steps[] = {
    MSNP_STEP_IDLE,     MSNP_STEP_CONNECT, MSNP_STEP_VERSION, MSNP_STEP_CLIENT,   MSNP_STEP_ACCOUNT,
    MSNP_STEP_PASSPORT, MSNP_STEP_TICKET,  MSNP_STEP_LISTS,   MSNP_STEP_PRESENCE, MSNP_STEP_ONLINE,
};

static const size_t pieces[] = {0, 1, 7};

#define LISTS "SYN 5 27 0 1\r\nLSG 0 Other%20Contacts 0\r\n"

/* One step further. */
static void go_on(drive *d)
{
    switch (drive_step(d)) {
    case MSNP_STEP_IDLE:
        drive_start(d);
        break;
    case MSNP_STEP_CONNECT:
        drive_connected(d);
        break;
    case MSNP_STEP_VERSION:
        drive_feed(d, DOC_VER);
        break;
    case MSNP_STEP_CLIENT:
        drive_feed(d, DOC_CVR_ANSWER);
        break;
    case MSNP_STEP_ACCOUNT:
        drive_feed(d, DOC_USR_CHALLENGE);
        break;
    case MSNP_STEP_PASSPORT:
        drive_ticket(d, DOC_TICKET);
        break;
    case MSNP_STEP_TICKET:
        drive_feed(d, DOC_USR_OK DOC_PROFILE);
        break;
    case MSNP_STEP_LISTS:
        drive_feed(d, LISTS);
        break;
    default:
        drive_feed(d, "CHG 6 NLN 0\r\n");
        break;
    }
}

static void go_to(drive *d, msnp_step step)
{
    while (drive_step(d) != step)
        go_on(d);
    drive_forget(d);
}

static drive *at(msnp_step step)
{
    drive *d = drive_ns(&documented);
    go_to(d, step);
    return d;
}

/* --- secrets: first of all, for what other tests leave in memory the core gets next
 * --------------- */

static const char *const secrets[] = {"53*1hAu8ADuD3TEwdXoOMi08sD",
                                      DOC_TPF,
                                      DOC_MSPAUTH,
                                      DOC_DIGEST,
                                      "sid: 507",
                                      "203.0.113.7",
                                      "lc=1033"};
static const size_t n_wiped = 2; /* those of the list that are to be wiped, too */

/* A whole session, whose first server does not bear pipelining if there are two tries. */
static void test_secrets(void)
{
    for (size_t run = 0; run < 3 * G_N_ELEMENTS(pieces); run++) {
        msnp_ns_config config = documented;
        for (size_t n = 0; n < n_wiped; n++)
            watch_secret(secrets[n]);
        config.pipelining = run % 3 != 0;
        drive *d = drive_ns(&config);
        d->piece = pieces[run / 3];
        if (run % 3 == 2) {
            go_to(d, MSNP_STEP_PRESENCE);
            drive_feed(d, "715 6\r\n");
        }
        go_to(d, MSNP_STEP_ONLINE);
        /* Lines that do not look as they should. */
        drive_feed(d, DOC_CHL "USR 4 TWN S " DOC_TICKET "\r\nUSR  4 TWN S " DOC_TICKET "\r\n"
                              "ZZZ " DOC_TICKET "\r\nNOT 26\r\n53*1hAu8ADuD3TEwdXoOMi08sD");
        drive_feed(d, "911 4\r\nOUT SSD\r\n");
        drive_forget(d);
        g_assert_nonnull(strstr(d->traces->str, "<<< MSG Hotmail Hotmail 430"));
        g_assert_nonnull(strstr(d->traces->str, "<<< OUT SSD\n"));
        for (size_t n = 0; n < G_N_ELEMENTS(secrets); n++) {
            g_assert_null(strstr(d->traces->str, secrets[n]));
            g_assert_null(strstr(d->texts->str, secrets[n]));
        }
        drive_done(d);
        watch_reset();
    }
}

/* Events that nobody took are wiped as well. */
static void test_untaken(void)
{
    static const char answers[] = DOC_VER DOC_CVR_ANSWER "USR 3 TWN S secret-challenge\r\n";
    msnp_ns_config config = documented;

    config.pipelining = true;
    msnp_ns *ns = msnp_ns_new(&config);
    watch_secret("secret-challenge");
    watch_secret("secret-ticket");
    watch_on();
    msnp_ns_start(ns, 0);
    msnp_ns_connected(ns, 0);
    msnp_ns_feed(ns, answers, strlen(answers), 0);
    msnp_ns_ticket(ns, "secret-ticket", 0);
    msnp_ns_feed(ns, "", 0, 0);
    msnp_ns_free(ns);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    watch_reset();
}

/* No cookie stays in memory or comes into a trace, of good lines or of bad ones. */
static void test_cookies(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
        drive *d = at(MSNP_STEP_ONLINE);
        watch_secret("17262740.1050826919");
        watch_secret("849102291.520491932");
        d->piece = pieces[k];
        drive_ask(d, 1);
        drive_ask(d, 2);
        drive_feed(d, "XFR 7 SB a:1 CKI 17262740.1050826919\r\n"
                      "XFR 8 SB a:0 CKI 17262740.1050826919\r\n"
                      "XFR 9 SB a:1 17262740.1050826919\r\n"
                      "RNG 1 b:2 CKI 849102291.520491932 bob@example.com Bob\r\n"
                      "RNG 1 b:2 849102291.520491932 bob@example.com Bob\r\n"
                      "RNG 1 b:2 CKI 849102291.520491932\r\n");
        g_assert_null(strstr(d->traces->str, "17262740"));
        g_assert_null(strstr(d->traces->str, "849102291"));
        g_assert_nonnull(strstr(d->traces->str, "<<< XFR 7 SB"));
        drive_forget(d);
        drive_done(d);
        watch_reset();
    }
}

/* The trace is off at first, and can be switched. */
static void test_trace(void)
{
    for (int on = 0; on < 2; on++) {
        msnp_ns *ns = msnp_ns_new(&documented);
        msnp_event event;
        unsigned traces = 0;
        if (on) {
            msnp_ns_set_trace(ns, false);
            msnp_ns_set_trace(ns, true);
        }
        msnp_ns_start(ns, 0);
        msnp_ns_connected(ns, 0);
        msnp_ns_feed(ns, "QNG\r\n", 5, 0);
        while (msnp_ns_next(ns, &event))
            traces += event.type == MSNP_EVENT_TRACE;
        g_assert_cmpuint(traces, ==, on ? 2 : 0);
        msnp_ns_free(ns);
    }
}

/* --- calls ------------------------------------------------------------------------------------ */

static void test_config(void)
{
    static const struct {
        msnp_ns_config config;
        const char *events;
    } table[] = {
        {{NULL, "host", 1863, MSNP_STATUS_ONLINE, false}, "FAILED account at IDLE"},
        {{"a@b", NULL, 1863, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
        {{"a@b", "host", 65536, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
        {{"a@b", "host", G_MAXUINT, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = drive_ns(&table[i].config);
        drive_start(d);
        expect_events(d, table[i].events);
        drive_done(d);
    }
    msnp_ns_free(NULL);
}

/* A machine that was not started does nothing, one that was started does so once. */
static void test_order(void)
{
    drive *d = drive_ns(&documented);
    drive_connected(d);
    drive_feed(d, DOC_VER);
    drive_closed(d);
    drive_tick(d);
    expect_silence(d);
    drive_start(d);
    expect_events(d, "CONNECT messenger.hotmail.com:1863");
    drive_start(d);
    drive_feed(d, DOC_VER "OUT OTH\r\n");
    expect_silence(d);
    drive_connected(d);
    drive_connected(d);
    expect_events(d, "WRITE VER 1 MSNP8 CVR0|");
    drive_done(d);

    /* A ticket is wanted once, and when it is wanted. */
    for (size_t s = 0; s < G_N_ELEMENTS(all_steps); s++) {
        if (all_steps[s] == MSNP_STEP_PASSPORT)
            continue;
        d = at(all_steps[s]);
        drive_ticket(d, "ticket");
        expect_silence(d);
        drive_done(d);
    }
}

/* What is wanted before the start is remembered. */
static void test_before_start(void)
{
    drive *d = drive_ns(&documented);
    drive_set_status(d, MSNP_STATUS_PHONE);
    drive_ask(d, 5);
    expect_silence(d);
    go_to(d, MSNP_STEP_LISTS);
    drive_feed(d, LISTS);
    expect_events(d, "WRITE CHG 6 PHN 0|", "ROSTER complete");
    drive_feed(d, "CHG 6 PHN 0\r\n");
    expect_events(d, "ONLINE PHN", "WRITE XFR 7 SB|");
    drive_done(d);

    d = drive_ns(&documented);
    drive_sign_out(d);
    drive_forget(d); /* nothing to close, but closing it does no harm */
    drive_done(d);
}

/* What was not taken yet is not sent any more. */
static void test_sign_out(void)
{
    for (int pipelining = 0; pipelining < 2; pipelining++) {
        msnp_ns_config config = documented;
        msnp_event event;
        config.pipelining = pipelining;
        msnp_ns *ns = msnp_ns_new(&config);
        msnp_ns_start(ns, 0);
        msnp_ns_connected(ns, 0);
        if (pipelining)
            msnp_ns_feed(ns, "715 3\r\n", 7, 0);
        msnp_ns_sign_out(ns);
        g_assert_true(msnp_ns_next(ns, &event));
        g_assert_cmpint(event.type, ==, MSNP_EVENT_CLOSE);
        g_assert_false(msnp_ns_next(ns, &event));
        msnp_ns_free(ns);
    }
}

/* With whom it speaks, and as whom. */
static void test_host_and_handle(void)
{
    uint16_t port;
    drive *d = at(MSNP_STEP_ACCOUNT);
    g_assert_cmpstr(msnp_ns_host(d->ns, &port), ==, DOC_DISPATCH);
    g_assert_cmpuint(port, ==, 1863);
    g_assert_cmpstr(msnp_ns_handle(d->ns), ==, DOC_ACCOUNT);
    drive_feed(d, "XFR 3 NS hop:7\r\n");
    g_assert_cmpstr(msnp_ns_host(d->ns, &port), ==, "hop");
    g_assert_cmpuint(port, ==, 7);
    go_to(d, MSNP_STEP_TICKET);
    drive_feed(d, "USR 4 OK Example@Passport.com x 1 0\r\n");
    g_assert_cmpstr(msnp_ns_handle(d->ns), ==, "Example@Passport.com");
    drive_forget(d);
    drive_done(d);
}

/* Nothing wakes a machine that is on hold, in any step. */
static void test_hold(void)
{
    for (size_t s = 1; s < G_N_ELEMENTS(all_steps) - 1; s++) {
        drive *d = at(all_steps[s]);
        int64_t left = drive_deadline(d) - d->now;
        msnp_ns_hold(d->ns, d->now);
        g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
        drive_wait(d, 10 * MSNP_SIGN_IN_TIMEOUT);
        drive_tick(d);
        expect_silence(d);
        msnp_ns_resume(d->ns, d->now);
        g_assert_cmpint(drive_deadline(d), ==, d->now + left);
        drive_done(d);
    }
}

/* --- limits ----------------------------------------------------------------------------------- */

static void test_switchboards(void)
{
    for (int early = 0; early < 2; early++) {
        drive *d = at(early ? MSNP_STEP_LISTS : MSNP_STEP_ONLINE);
        for (unsigned i = 1; i <= MSNP_REQUESTS_MAX - 1; i++)
            drive_ask(d, i);
        drive_forget(d);
        drive_ask(d, 1000);
        drive_ask(d, 1001);
        g_assert_true(g_str_has_suffix(d->events->str, "NO_SWITCHBOARD 1001 full\n"));
        drive_forget(d);
        if (!early) {
            drive_feed(d, "XFR 7 SB a:1 CKI b\r\n");
            expect_events(d, "SWITCHBOARD 1 a:1 b");
            drive_ask(d, 1002);
            expect_events(d, "WRITE XFR 207 SB|");
        }
        drive_closed(d);
        drive_forget(d);
        drive_done(d);
    }
}

/* A lot at once, more than any buffer holds, is no error. */
static void test_long_lists(void)
{
    char *lists = repeated("LST somebody@example.com Somebody 11 0\r\n", 20000);
    drive *d = at(MSNP_STEP_LISTS);
    drive_feed(d, "SYN 5 1 20000 0\r\n");
    drive_feed(d, lists);
    expect_events(d, "WRITE CHG 6 NLN 0|", "ROSTER complete");
    drive_done(d);
    g_free(lists);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ns/secrets", test_secrets);
    g_test_add_func("/ns/untaken", test_untaken);
    g_test_add_func("/ns/cookies", test_cookies);
    g_test_add_func("/ns/trace", test_trace);
    g_test_add_func("/ns/config", test_config);
    g_test_add_func("/ns/order", test_order);
    g_test_add_func("/ns/before-start", test_before_start);
    g_test_add_func("/ns/sign-out", test_sign_out);
    g_test_add_func("/ns/host-and-handle", test_host_and_handle);
    g_test_add_func("/ns/hold", test_hold);
    g_test_add_func("/ns/switchboards", test_switchboards);
    g_test_add_func("/ns/long-lists", test_long_lists);
    return g_test_run();
}
