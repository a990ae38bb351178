/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of the session with dispatch and notification servers what no transcript can hold: calls out of
 * turn, limits.
 */
#include "doc.h"
#include "driven.h"

#include <string.h>

static void feed(drive *d, const char *text)
{
    driven_feed(d, DRIVE_NS, text);
}

/* How a sign-in goes on from a step, by a DO: line or by bytes. */
static const struct {
    const char *step;
    const char *does;
    const char *bytes;
} steps[] = {
    {"CONNECT", "connected", NULL},
    {"VERSION", NULL, DOC_VER},
    {"CLIENT", NULL, DOC_CVR_ANSWER},
    {"ACCOUNT", NULL, DOC_USR_CHALLENGE},
    {"PASSPORT", "ticket t=1&p=2", NULL},
    {"TICKET", NULL, DOC_USR_OK DOC_PROFILE},
    {"LISTS", NULL, "SYN 5 27 0 1\r\nLSG 0 Other%20Contacts 0\r\n"},
    {"PRESENCE", NULL, "CHG 6 NLN 0\r\n"},
    {"ONLINE", NULL, NULL},
};

static drive *at(const char *step)
{
    static const drive_config config = {.part = DRIVE_NS,
                                        .account = DOC_ACCOUNT,
                                        .host = DOC_DISPATCH,
                                        .port = 1863,
                                        .status = MSNP_STATUS_ONLINE};
    drive *d = drive_new(&config);

    for (size_t i = 0; strcmp(steps[i].step, step) != 0; i++) {
        g_assert_cmpstr(drive_step(d, DRIVE_NS), ==, steps[i].step);
        if (steps[i].does != NULL)
            drive_do(d, DRIVE_NS, steps[i].does);
        else
            feed(d, steps[i].bytes);
    }
    g_assert_cmpstr(drive_step(d, DRIVE_NS), ==, step);
    driven_forget(d);
    return d;
}

/* A ticket is wanted once, and when it is wanted. It starts once, too. */
static void test_order(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        drive *d = at(steps[i].step);
        if (strcmp(steps[i].step, "PASSPORT") != 0)
            drive_do(d, DRIVE_NS, "ticket t=3&p=4");
        msnp_ns_start(drive_ns(d), drive_now(d));
        drive_settle(d);
        driven_done(d);
    }
    msnp_ns_free(NULL);
}

/* Nothing wakes it while it is on hold, in any step. */
static void test_hold(void)
{
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(steps); i++) {
        drive *d = at(steps[i].step);
        int64_t left = drive_deadline(d) - drive_now(d);
        drive_do(d, DRIVE_NS, "hold");
        g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
        drive_advance(d, 1000000, true);
        expect_silence(d);
        drive_do(d, DRIVE_NS, "resume");
        g_assert_cmpint(drive_deadline(d), ==, drive_now(d) + left);
        driven_done(d);
    }
}

/* So many switchboards can be asked for at a time, and no more. */
static void test_switchboards(void)
{
    static const char *const when[] = {"LISTS", "ONLINE"};

    for (size_t i = 0; i < G_N_ELEMENTS(when); i++) {
        drive *d = at(when[i]);
        for (unsigned n = 1; n <= MSNP_REQUESTS_MAX; n++)
            driven_do(d, DRIVE_NS, "ask-switchboard %u", n);
        driven_forget(d);
        drive_do(d, DRIVE_NS, "ask-switchboard 1001");
        expect_out(d, "EV NO_SWITCHBOARD 1001 full 0");
        if (i > 0) {
            feed(d, "XFR 7 SB a:1 CKI cookie1\r\n");
            expect_out(d, "EV SWITCHBOARD 1 a:1 cookie1");
            drive_do(d, DRIVE_NS, "ask-switchboard 1002");
            expect_out(d, "C XFR 207 SB\\r\\n");
        }
        driven_done(d);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ns/order", test_order);
    g_test_add_func("/ns/hold", test_hold);
    g_test_add_func("/ns/switchboards", test_switchboards);
    return g_test_run();
}
