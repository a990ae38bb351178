/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A peer that says more than can be handled at once, a client in which something runs a main loop
 * of its own, and what has arrived but was not read yet.
 */
#include "conv_helpers.h"
#include "fast_clock.h"

#include <string.h>
#include <time.h>

#define LONG_LIST 1000 /* contacts */
#define CROWD     60

/* What Bob says in four letters, as it comes on a switchboard. */
#define MORE(text)                                \
    "MSG " BOB " Bob 66\r\nMIME-Version: 1.0\r\n" \
    "Content-Type: text/plain; charset=UTF-8\r\n\r\n" text

static int handle;

static void say_to_client(service *svc, service_role role, GString *text)
{
    live_check(live_say(svc, role, text->str) == 1);
    g_string_free(text, TRUE);
}

/* --- a service that does not stop ------------------------------------------------------------- */

static guint changes; /* of somebody's status, in this turn of the main loop */

static void take_time(PurpleBuddy *buddy G_GNUC_UNUSED, PurpleStatus *before G_GNUC_UNUSED,
                      PurpleStatus *after G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    changes++;
    g_usleep(2000);
}

/* However long each thing takes: the rest of the client has its turn again and again. */
static void test_slices(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    GString *text = g_string_new(NULL);
    gint64 until = client_until(60);
    guint most = 0;

    live_contact(svc, BOB, NULL);
    for (guint i = 0; i < CROWD; i++) {
        g_autofree char *who = g_strdup_printf("p%u@example.com", i);

        service_put(svc, ALICE, who, SERVICE_FL | SERVICE_AL | SERVICE_RL, NULL, NULL);
        service_appear(svc, who, "AWY");
    }
    live_settled(u);
    fast_clock_set(FALSE);
    purple_signal_connect(purple_blist_get_handle(), "buddy-status-changed", &handle,
                          PURPLE_CALLBACK(take_time), NULL);
    for (guint i = 0; i < CROWD; i++)
        g_string_append_printf(text, "NLN BSY p%u@example.com P\r\n", i);
    g_string_append(text, "NLN LUN " BOB " Bob\r\n");
    say_to_client(svc, SERVICE_NOTIFICATION, text);
    while (!user_sees(u, BOB, "lunch") && client_turn(until)) {
        most = MAX(most, changes);
        changes = 0;
    }
    live_check(user_sees(u, BOB, "lunch"));
    most = MAX(most, changes);
    live_check(most > 0 && most < 20);
    purple_signals_disconnect_by_handle(&handle);
    fast_clock_set(TRUE);
    live_end_list(svc, u);
}

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What is said does not cost more because the list is long. */
static void test_settings(gconstpointer data)
{
    service *svc = live_service();
    user *u = live_user(svc);
    GString *text = g_string_new(NULL);
    double before;

    service_populate(svc, ALICE, LONG_LIST, 10);
    live_contact(svc, BOB, NULL);
    live_settled(u);
    for (guint i = 0; i < 1170; i++)
        g_string_append(text, data);
    g_string_append(text, "NLN LUN " BOB " Bob\r\n");
    before = cpu_seconds();
    say_to_client(svc, SERVICE_NOTIFICATION, text);
    live_wait(user_sees(u, BOB, "lunch"), 60);
    live_quiet();
    live_check(cpu_seconds() - before < (conv_is_slow() ? 4 : 1));
    live_check(client_dialogs()->len == 0);
    live_end_list(svc, u);
}

/* As many groups as there can be, with names that take long to compare. */
static void test_groups(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    for (guint i = 1; i < 256; i++) {
        g_autofree char *name = g_strdup_printf("%0120u", i);
        g_auto(GStrv) zeros = g_strsplit(name, "0", -1);
        g_autofree char *long_name = g_strjoinv("\u0416", zeros);

        service_add_group(svc, ALICE, long_name);
    }
    live_contact(svc, BOB, "255");
    live_settled(u);
    live_check(client_longest_turn() < (conv_is_slow() ? 2 : 0.2));
    live_end_list(svc, u);
}

/* Strangers who ring and are not there do not keep contacts from being heard, nor fill the memory.
 */
static void test_rings(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    GString *text = g_string_new(NULL);
    int port = live_closed_port();
    guint sockets;

    service_put(svc, ALICE, BOB, SERVICE_FL | SERVICE_AL | SERVICE_RL, NULL, NULL);
    live_settled(u);
    sockets = client_sockets();
    for (guint i = 0; i < 1000; i++)
        g_string_append_printf(text, "RNG %u 127.0.0.1:%d CKI 9.9 p%u@example.com P\r\n", i, port,
                               i);
    say_to_client(svc, SERVICE_NOTIFICATION, text);
    service_robot_ring(svc, BOB, ALICE);
    service_robot_say(svc, BOB, "hello");
    conv_saw(u, BOB, "< %s", ARIAL("hello"));
    live_quiet();
    live_check(client_sockets() <= sockets + 2 + 100);
    live_check(conv_n_windows(u) == 1);
    conv_end(svc, u);
}

/* --- what has arrived when the user leaves ---------------------------------------------------- */

/* Bob has rung and said something, and more of it is in the socket. */
static service *begin_with_more(user **u)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);

    *u = live_user(svc);
    service_put(svc, ALICE, BOB, SERVICE_FL | SERVICE_AL | SERVICE_RL, NULL, NULL);
    live_settled(*u);
    service_robot_ring(svc, BOB, ALICE);
    service_robot_say(svc, BOB, "hello");
    conv_saw(*u, BOB, "< %s", ARIAL("hello"));
    return svc;
}

/* It opens a new window, since the old one is on its way out. */
static void test_closed(void)
{
    user *u;
    service *svc = begin_with_more(&u);

    say_to_client(svc, SERVICE_SWITCHBOARD, g_string_new(MORE("more")));
    conv_close(u, BOB);
    live_check(conv_n_windows(u) == 0);
    conv_saw(u, BOB, "< more");
    live_check(conv_n_windows(u) == 1);
    live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
    conv_end(svc, u);
}

/* It is still shown, and logged. */
static void test_signed_out(void)
{
    user *u;
    service *svc = begin_with_more(&u);

    say_to_client(svc, SERVICE_SWITCHBOARD, g_string_new(MORE("more")));
    user_sign_out(u);
    conv_saw(u, BOB, "< more");
    conv_end(svc, u);
}

/* --- main loops of others --------------------------------------------------------------------- */

static struct {
    service *svc;
    char *lines; /* that come meanwhile; NULL when that is over */
} nested;

/* A dialog that waits for its answer in a main loop of its own. */
static void run_loop(void)
{
    g_autofree char *lines = g_steal_pointer(&nested.lines);
    gint64 until = client_until(1);

    if (!lines)
        return;
    live_say(nested.svc, SERVICE_NOTIFICATION, lines);
    while (g_get_monotonic_time() < until)
        client_turn(until);
}

/*
 * The lists and names that our code on the stack is just using stay as they are, whatever arrives:
 * even a move to another server, which has new lists. Afterwards it counts.
 */
static void test_nested(gconstpointer data)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_contact(svc, BOB, NULL);
    live_contact(svc, CAROL, NULL);
    service_appear(svc, BOB, "BSY");
    service_appear(svc, CAROL, "BSY");
    nested.svc = svc;
    nested.lines = g_strdup_printf("NLN BSY " BOB " Robert\r\nNLN BSY " CAROL " Caroline\r\n"
                                   "XFR 0 NS 127.0.0.1:%d 0 x\r\n",
                                   service_port(svc, SERVICE_NOTIFICATION));
    purple_signal_connect(purple_blist_get_handle(), data, &handle, PURPLE_CALLBACK(run_loop),
                          NULL);
    live_settled(u);
    live_check(!nested.lines);
    live_wait(service_count(svc, "NS <<< SYN *") == 2, 10);
    live_quiet();
    live_check(user_has(u, BOB, NO_GROUP) && user_has(u, CAROL, NO_GROUP));
    live_check(user_sees(u, BOB, "busy") && user_sees(u, CAROL, "busy"));
    purple_signals_disconnect_by_handle(&handle);
    live_end_list(svc, u);
}

static gboolean run_for_long(void)
{
    gint64 until = client_until(40);

    while (g_get_monotonic_time() < until)
        client_turn(until);
    return FALSE;
}

static gboolean read_once(void)
{
    live_check(client_plugin_watches() == 2);
    live_check(live_say(nested.svc, SERVICE_NOTIFICATION, "QNG\r\n") == 1);
    live_wait(client_plugin_watches() < 2, CONV_PATIENCE);
    live_check(client_plugin_watches() == 0);
    return FALSE;
}

/* As long as nothing is handled, nobody is read. */
static void test_paused(void)
{
    user *u;
    service *svc = begin_with_more(&u);

    nested.svc = svc;
    say_to_client(svc, SERVICE_SWITCHBOARD, g_string_new(MORE("more")));
    purple_signal_connect(purple_conversations_get_handle(), "receiving-im-msg", &handle,
                          PURPLE_CALLBACK(read_once), NULL);
    conv_saw(u, BOB, "< more");
    purple_signals_disconnect_by_handle(&handle);
    live_quiet();
    live_check(client_plugin_watches() == 2);
    conv_end(svc, u);
}

/* What came in time counts, even if all of that was handled later. */
static void test_late(void)
{
    user *u;
    service *svc = begin_with_more(&u);

    live_set(svc, "delay=50");
    purple_signal_connect(purple_blist_get_handle(), "buddy-status-changed", &handle,
                          PURPLE_CALLBACK(run_for_long), NULL);
    conv_send(u, BOB, "hi");
    live_wait(service_count(svc, "SB* >>> MSG *") == 1, CONV_PATIENCE);
    live_check(live_say(svc, SERVICE_NOTIFICATION, "NLN BSY " BOB " Bob\r\n") == 1);
    live_wait(user_sees(u, BOB, "busy"), CONV_PATIENCE);
    conv_saw(u, BOB, "> hi");
    live_quiet();
    purple_signals_disconnect_by_handle(&handle);
    conv_end(svc, u);
}

/* The last messages keep their order. */
static void test_last(void)
{
    user *u;
    service *svc = begin_with_more(&u);

    say_to_client(svc, SERVICE_SWITCHBOARD, g_string_new(MORE("more") MORE("last")));
    purple_signal_connect(purple_conversations_get_handle(), "receiving-im-msg", &handle,
                          PURPLE_CALLBACK(run_for_long), NULL);
    user_sign_out(u);
    conv_saw(u, BOB, "< more\n< last");
    purple_signals_disconnect_by_handle(&handle);
    conv_end(svc, u);
}

static void add_tests(void)
{
    static const char *const signals[] = {"buddy-added", "buddy-signed-on"};

    live_add("/pressure/slices", test_slices, FALSE);
    live_add("/pressure/groups", test_groups, FALSE);
    live_add_data("/pressure/settings/prompt", "GTC N\r\nGTC A\r\n", test_settings, FALSE);
    live_add_data("/pressure/settings/mode", "BLP BL\r\nBLP AL\r\n", test_settings, FALSE);
    live_add_data("/pressure/settings/adding",
                  "ADD 0 RL 9 " DAVE " Dave\r\nREM 0 RL 9 " DAVE "\r\n", test_settings, FALSE);
    live_add("/pressure/rings", test_rings, FALSE);
    live_add("/pressure/closed", test_closed, TRUE);
    live_add("/pressure/signed-out", test_signed_out, TRUE);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
        g_autofree char *path = g_strdup_printf("/pressure/nested/%s", signals[i]);

        live_add_data(path, signals[i], test_nested, FALSE);
    }
    live_add("/pressure/nested/paused", test_paused, TRUE);
    live_add("/pressure/nested/late", test_late, FALSE);
    live_add("/pressure/nested/last", test_last, TRUE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
