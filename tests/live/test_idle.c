/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accounts to which nothing happens: the keep-alive, and apart from that the client sleeps. What
 * takes a minute is looked at in the same minute.
 */
#include "blist_helpers.h"
#include "dns_helpers.h"

#define ACCOUNTS 2
#define PERIOD   30 /* seconds of silence after which the server is asked whether it is there */

/* What libpurple has to save after a sign-in. */
#define OTHER_CALLS 10

static service *svc;

/* Until all accounts were asked and answered so often in all, and the answers are read. */
static void wait_for_pings(guint n)
{
    gint64 begun = g_get_monotonic_time();

    live_wait(service_count(svc, "NS <<< QNG*") == n * ACCOUNTS, PERIOD + 5);
    /* Both may be late, so that they go out together; the patience above is for slow machines. */
    live_check(g_get_monotonic_time() - begun < (PERIOD + 10) * G_USEC_PER_SEC);
    client_idle(1);
    live_check_count(svc, "NS >>> PNG", n * ACCOUNTS);
}

static void test_idle(void)
{
    user *users[ACCOUNTS];

    dns_begin();
    svc = live_service();
    users[0] = live_user(svc);
    users[1] = live_user_named(svc, BOB);
    for (guint i = 0; i < ACCOUNTS; i++)
        live_settled(users[i]);
    g_assert_cmpuint(dns_asked("localhost"), ==, 1);
    live_check(client_plugin_timers() == ACCOUNTS);

    /* A timer of the sign-in that is a little too early is left alone: the first period counts
     * only as one in which hardly anything happens. */
    client_forget_turns();
    service_forget_transcript(svc);
    wait_for_pings(1);
    g_assert_cmpuint(client_plugin_calls(), <=, ACCOUNTS * 3);
    g_assert_cmpuint(client_calls() - client_plugin_calls(), <=, OTHER_CALLS);

    /* The timer that sends PNG, and its answer. */
    client_forget_turns();
    wait_for_pings(2);
    g_assert_cmpuint(client_plugin_calls(), ==, ACCOUNTS * 2);
    g_assert_cmpuint(client_calls(), ==, ACCOUNTS * 2);
    g_assert_cmpuint(service_reads(svc, SERVICE_NOTIFICATION), ==, ACCOUNTS * 2);
    live_check_count(svc, "* >>> *", ACCOUNTS * 2);

    /* What was known of the name is too old now. */
    user_sign_out(users[0]);
    live_online(users[0]);
    g_assert_cmpuint(dns_asked("localhost"), ==, 2);
    live_end_lists(svc, users, ACCOUNTS);
    dns_end();
}

static void add_tests(void)
{
    live_add("/idle/minute", test_idle, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
