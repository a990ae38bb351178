/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of the session with a switchboard what no transcript can hold: secrets, limits, the calls. */
#include "drive.h"
#include "expect.h"
#include "watch.h"

#include <string.h>

#define OWN "example@passport.com"

static const msnp_switchboard_config asked = {
    .account = OWN, .host = "207.46.108.37", .port = 1863, .cookie = "17262740.1050826919"};
static const msnp_switchboard_config rung = {.account = OWN,
                                             .host = "207.46.108.38",
                                             .port = 1864,
                                             .cookie = "849102291.520491932",
                                             .session = "11752013"};

/* Bob is there. The next id is 3. */
static drive *with_bob(void)
{
    drive *d = drive_sb(&asked);
    drive_start(d);
    drive_connected(d);
    drive_feed(d, "USR 1 OK " OWN " x\r\n");
    drive_call(d, "bob@example.com");
    drive_feed(d, "JOI bob@example.com Bob\r\n");
    drive_forget(d);
    return d;
}

/* No cookie, no text and no name in the traces, no cookie left in memory. */
static void test_secrets(void)
{
    static const char *const secrets[] = {"849102291.520491932", "17262740.1050826919"};
    static const char *const hidden[] = {"hush", "Caroline", "Robert", "MyName"};
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++)
        watch_secret(secrets[i]);
    for (size_t i = 0; i < 4; i++) {
        drive *d = drive_sb(i % 2 == 0 ? &asked : &rung);
        d->piece = i < 2 ? 0 : 1;
        drive_start(d);
        if (i > 0) {
            drive_connected(d);
            drive_feed(d, "IRO 1 1 1 carol@example.com Caroline\r\nUSR 1 OK " OWN
                          " MyName\r\nANS 1 OK\r\n");
            drive_call(d, "bob@example.com");
            drive_feed(d, "CAL 2 RINGING 5\r\nJOI bob@example.com Robert\r\n");
            drive_feed(d, "MSG bob@example.com Robert 8\r\nTop hushUSR 5 " OWN
                          " 849102291.520491932\r\n");
            drive_send(d, 1, "Top hush");
            drive_send(d, 0, "Top hush");
            drive_feed(d, "ACK 3\r\nBYE bob@example.com\r\n217 9 hush\r\nZZZ hush\r\n");
            g_assert_nonnull(strstr(d->traces->str, ">>> MSG 4 *** *** (8 bytes of payload)\n"));
        }
        drive_leave(d);
        for (size_t k = 0; k < G_N_ELEMENTS(secrets); k++)
            g_assert_null(strstr(d->traces->str, secrets[k]));
        for (size_t k = 0; k < G_N_ELEMENTS(hidden); k++)
            g_assert_null(strstr(d->traces->str, hidden[k]));
        drive_forget(d);
        drive_done(d);
    }
    watch_reset();
}

/* Before it is connected, nothing happens. */
static void test_not_connected(void)
{
    drive *d = drive_sb(&asked);
    expect_events(d, "CONNECT 207.46.108.37:1863");
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_CONNECT);
    drive_feed(d, "USR 1 OK\r\n");
    g_assert_false(drive_send(d, 1, "x"));
    expect_silence(d);
    drive_leave(d);
    expect_events(d, "CLOSE");
    drive_done(d);
    msnp_switchboard_free(NULL);
}

/* We leave in the middle: what people said before is reported nevertheless, of the rest nothing. */
static void test_left_before_read(void)
{
    static const struct {
        const char *rest;
        const char *more; /* that is reported, NULL for nothing */
    } table[] = {
        {"BYE bob@example.com\r\nJOI bob@example.com B\r\nACK 3\r\n"
         "MSG bob@example.com B 2\r\nyz911 1\r\nOUT\r\nMSG x\r\nA",
         "SB_RECEIVED bob@example.com \"B\" yz"},
        {"ZZ\r\nMSG bob@example.com B 1\r\nx", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = with_bob();
        char *late = g_strconcat("MSG bob@example.com B 1\r\nx", table[i].rest, NULL);
        g_assert_true(drive_send(d, 1, "x"));
        drive_forget(d);
        d->leaves = true;
        drive_feed(d, late);
        expect_events(d, "SB_RECEIVED bob@example.com \"B\" x", "WRITE OUT|", "CLOSE",
                      table[i].more);
        g_assert_false(msnp_net_has(&d->net, d->net.last));
        drive_done(d);
        g_free(late);
    }
}

/* More than a switchboard can hold are not taken for members. */
static void test_crowd(void)
{
    drive *d = with_bob();
    for (unsigned i = 1; i < MSNP_SWITCHBOARD_MEMBERS_MAX + 5; i++) {
        char *line = g_strdup_printf("JOI p%u@example.com x\r\n", i);
        drive_feed(d, line);
        g_free(line);
    }
    g_assert_cmpuint(msnp_switchboard_n_members(d->sb), ==, MSNP_SWITCHBOARD_MEMBERS_MAX);
    g_assert_true(msnp_switchboard_has(d->sb, "p99@example.com"));
    g_assert_false(msnp_switchboard_has(d->sb, "p100@example.com"));
    drive_forget(d);
    drive_feed(d, "BYE p1@example.com\r\nJOI p100@example.com x\r\n");
    expect_events(d, "SB_LEFT p1@example.com", "SB_JOINED p100@example.com \"x\"");
    drive_done(d);
}

/* So many may be without an answer; a call that is not noted then has its end as well. */
static void test_too_many_unanswered(void)
{
    drive *d = with_bob();
    for (unsigned i = 0; i < 256; i++)
        g_assert_true(drive_send(d, i + 1, "x"));
    drive_forget(d);
    g_assert_false(drive_send(d, 1000, "x"));
    expect_silence(d);
    g_assert_cmpuint(msnp_switchboard_unanswered(d->sb), ==, 256);
    g_assert_true(drive_send(d, 0, "x"));
    drive_call(d, "carol@example.com");
    expect_events(d, "WRITE MSG 259 U 1|x");
    drive_wait(d, 1);
    drive_feed(d, "ACK 3\r\n");
    expect_events(d, "SB_ANSWERED 1 ok");
    g_assert_true(drive_send(d, 1000, "x"));
    drive_forget(d);
    drive_wait(d, 1);
    drive_feed(d, "ZZZ\r\n");
    drive_wait(d, MSNP_SWITCHBOARD_CALL_TIMEOUT);
    drive_tick(d);
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_ONLINE);
    g_assert_nonnull(strstr(d->events->str, "SB_CALL_FAILED carol@example.com timeout\n"));
    drive_forget(d);
    drive_done(d);
}

static void test_trace(void)
{
    for (int on = 0; on < 2; on++) {
        drive *d = drive_sb(&asked);
        d->net.trace = on;
        drive_connected(d);
        drive_feed(d, "ZZZ\r\n");
        g_assert_cmpint(d->traces->len > 0, ==, on);
        drive_forget(d);
        drive_done(d);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* First: the other tests leave the same texts in memory, which the core gets next. */
    g_test_add_func("/switchboard/secrets", test_secrets);
    g_test_add_func("/switchboard/not-connected", test_not_connected);
    g_test_add_func("/switchboard/left-before-read", test_left_before_read);
    g_test_add_func("/switchboard/crowd", test_crowd);
    g_test_add_func("/switchboard/too-many-unanswered", test_too_many_unanswered);
    g_test_add_func("/switchboard/trace", test_trace);
    return g_test_run();
}
