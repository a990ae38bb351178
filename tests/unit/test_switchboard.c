/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of a switchboard what no transcript can hold: limits, the calls. */
#include "driven.h"

#include <string.h>

#define OWN "example@passport.com"
#define BOB "bob@example.com"

typedef struct {
    drive *d;
    bool leaves; /* when a message is reported */
} listener;

static void hear(gpointer data, const heard *what)
{
    listener *o = data;

    if (o->leaves && what->kind == HEARD_RECEIVED)
        msnp_switchboard_leave(drive_switchboard(o->d));
    o->leaves = o->leaves && what->kind != HEARD_RECEIVED;
}

static drive *begin(listener *o)
{
    const drive_config config = {.part = DRIVE_SWITCHBOARD,
                                 .account = OWN,
                                 .host = "207.46.108.37",
                                 .port = 1863,
                                 .cookie = "17262740.1050826919",
                                 .hear = o != NULL ? hear : NULL,
                                 .data = o};

    return drive_new(&config);
}

static void feed(drive *d, const char *text)
{
    driven_feed(d, DRIVE_SWITCHBOARD, text);
}

static void does(drive *d, const char *what)
{
    drive_do(d, DRIVE_SWITCHBOARD, what);
}

/* Bob is there. The next id is 3. */
static drive *with_bob(listener *o)
{
    drive *d = begin(o);

    does(d, "connected");
    feed(d, "USR 1 OK " OWN " x\r\n");
    does(d, "call " BOB);
    feed(d, "JOI " BOB " Bob\r\n");
    driven_forget(d);
    return d;
}

/* Before it is connected, nothing happens. */
static void test_not_connected(void)
{
    drive *d = begin(NULL);

    expect_out(d, "EV CONNECT 207.46.108.37:1863");
    g_assert_cmpstr(drive_step(d, DRIVE_SWITCHBOARD), ==, "CONNECTING");
    does(d, "not-sent 1 x");
    expect_silence(d);
    does(d, "leave");
    expect_out(d, "EV CLOSE");
    does(d, "leave");
    does(d, "not-sent 1 x");
    driven_done(d);
    msnp_switchboard_free(NULL);
}

/* We leave in the middle: what people said before is reported nevertheless, of the rest nothing. */
static void test_left_before_read(void)
{
    static const struct {
        const char *rest;
        const char *more; /* that is reported, NULL for nothing */
    } table[] = {
        {"BYE " BOB "\r\nJOI " BOB " B\r\nACK 3\r\nMSG " BOB " B 2\r\nyz911 1\r\nOUT\r\nMSG x\r\nA",
         "EV RECEIVED " BOB " \"B\" \"yz\""},
        {"ZZ\r\nMSG " BOB " B 1\r\nx", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        listener o = {0};
        drive *d = o.d = with_bob(&o);
        char *late = g_strconcat("MSG " BOB " B 1\r\nx", table[i].rest, NULL);
        does(d, "send 1 x");
        driven_forget(d);
        o.leaves = true;
        feed(d, late);
        expect_out(d, "EV RECEIVED " BOB " \"B\" \"x\"", "C OUT\\r\\n", "EV CLOSE", table[i].more);
        g_assert_cmpuint(drive_n_conns(d), ==, 0);
        driven_done(d);
        g_free(late);
    }
}

/* More than a switchboard can hold are not taken for members. */
static void test_crowd(void)
{
    drive *d = with_bob(NULL);
    const msnp_switchboard *sb = drive_switchboard(d);

    for (unsigned i = 1; i < MSNP_SWITCHBOARD_MEMBERS_MAX + 5; i++) {
        char *line = g_strdup_printf("JOI p%u@example.com x\r\n", i);
        feed(d, line);
        g_free(line);
    }
    g_assert_cmpuint(msnp_switchboard_n_members(sb), ==, MSNP_SWITCHBOARD_MEMBERS_MAX);
    g_assert_true(msnp_switchboard_has(sb, "p99@example.com"));
    g_assert_false(msnp_switchboard_has(sb, "p100@example.com"));
    driven_forget(d);
    feed(d, "BYE p1@example.com\r\nJOI p100@example.com x\r\n");
    expect_out(d, "EV LEFT p1@example.com", "EV JOINED p100@example.com \"x\"");
    driven_done(d);
}

/* So many may be without an answer; a call that is not noted then has its end as well. */
static void test_too_many_unanswered(void)
{
    drive *d = with_bob(NULL);

    for (unsigned i = 0; i < 256; i++)
        driven_do(d, DRIVE_SWITCHBOARD, "send %u x", i + 1);
    driven_forget(d);
    does(d, "not-sent 1000 x");
    expect_silence(d);
    g_assert_cmpuint(msnp_switchboard_unanswered(drive_switchboard(d)), ==, 256);
    does(d, "send 0 x");
    does(d, "call carol@example.com");
    expect_out(d, "C MSG 259 U 1\\r\\nx");
    feed(d, "ACK 3\r\n");
    expect_out(d, "EV ANSWERED 1 ok 0");
    does(d, "send 1000 x");
    driven_forget(d);
    drive_advance(d, 1, false);
    feed(d, "ZZZ\r\n");
    drive_advance(d, MSNP_SWITCHBOARD_CALL_TIMEOUT, true);
    g_assert_cmpstr(drive_step(d, DRIVE_SWITCHBOARD), ==, "OPEN");
    expect_last(d, "EV CALL_FAILED carol@example.com timeout 0");
    driven_done(d);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/switchboard/not-connected", test_not_connected);
    g_test_add_func("/switchboard/left-before-read", test_left_before_read);
    g_test_add_func("/switchboard/crowd", test_crowd);
    g_test_add_func("/switchboard/too-many-unanswered", test_too_many_unanswered);
    return g_test_run();
}
