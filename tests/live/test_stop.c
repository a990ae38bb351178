/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ends at each point of a sign-in: the user signs out, the server closes or resets the connection,
 * or it stops in the middle of an answer.
 */
#include "dns_helpers.h"
#include "service_helpers.h"

#include <string.h>

typedef struct {
    const char *step;  /* of the service */
    const char *seen;  /* the entry of the transcript that says that we are there */
    gboolean passport; /* is it a server of Passport's? */
} place;

static const place places[] = {
    {"ds-connect", "DS >>> VER *", FALSE},       {"ds-ver", "DS >>> VER *", FALSE},
    {"ds-cvr", "DS >>> CVR *", FALSE},           {"ds-usr", "DS >>> USR *", FALSE},
    {"ns-connect", "NS >>> VER *", FALSE},       {"ns-ver", "NS >>> VER *", FALSE},
    {"ns-cvr", "NS >>> CVR *", FALSE},           {"ns-usr-i", "NS >>> USR * TWN I *", FALSE},
    {"nexus-connect", "NEXUS open", TRUE},       {"nexus", "NEXUS >>> GET *", TRUE},
    {"login-connect", "LOGIN open", TRUE},       {"login", "LOGIN >>> GET *", TRUE},
    {"ns-usr-s", "NS >>> USR * TWN S *", FALSE}, {"ns-syn", "NS >>> SYN *", FALSE},
    {"ns-chg", "NS >>> CHG *", FALSE},
};

static void set_fault(service *svc, const char *step, const char *fault)
{
    g_autofree char *knob = g_strdup_printf("%s.%s", step, fault);

    live_set(svc, knob);
}

/* --- the user signs out ----------------------------------------------------------------------- */

/* Passport goes on by itself: until it has got as far as it can. */
static gboolean is_passport_at_rest(const place *p)
{
    return p->passport || client_debug_has(": step LOGIN_READY (") ||
           client_debug_has(": step LOGIN (");
}

/* Signs out, after which nothing is left, sent or begun. */
static void leave_nothing(service *svc, user *u)
{
    user_sign_out(u);
    live_check(user_is_offline(u));
    live_check(client_plugin_timers() == 0);
    live_check(client_plugin_watches() == 0);
    live_wait(live_connections(svc) == 0, 2);
    client_idle(0.05);
    live_check_count(svc, "* >>> *", 0);
    live_check_count(svc, "* open", 0);
    live_check(u->n_errors == 0);
}

static void test_sign_out(gconstpointer data)
{
    const place *p = data;
    service *svc = live_service();
    user *u = live_user(svc);

    set_fault(svc, p->step, "silent");
    user_sign_in(u);
    live_wait(service_count(svc, p->seen) == 1 && is_passport_at_rest(p), 10);
    /* Whatever else is to come at this point has come. */
    client_idle(0.05);
    live_check(!u->online && !u->error);
    service_forget_transcript(svc);
    leave_nothing(svc, u);
    live_check(u->n_connected == 0);
    live_check(u->n_disconnected == 1);

    /* The account is as good as new. */
    g_autofree char *knob = g_strdup_printf("%s.silent", p->step);
    service_unset(svc, knob);
    live_online(u);
    live_end(svc, u);
}

/*
 * The same while the dispatch server has not said anything yet, and Passport is as far as it gets
 * without a challenge.
 */
static void test_sign_out_early(gconstpointer data)
{
    const place *p = data;
    service *svc = live_service_with("ds-ver.silent", NULL);
    user *u = live_user(svc);

    set_fault(svc, p->step, "silent");
    user_sign_in(u);
    if (g_str_equal(p->step, "login"))
        live_wait(client_debug_has("meanwhile: step LOGIN_READY"), 10);
    else
        live_wait(service_count(svc, p->seen) == 1, 10);
    /* Each goes its own way there. */
    live_wait(service_count(svc, "DS >>> VER *") == 1, 10);
    client_idle(0.05);
    live_check(!u->online && !u->error);
    live_check_count(svc, "LOGIN >>> *", 0);
    service_forget_transcript(svc);
    leave_nothing(svc, u);
    live_end(svc, u);
}

typedef struct {
    const char *name;
    const char *knob;
    gboolean fresh; /* is each sign-in to be one to an unknown service? */
} moments;

static const moments any_moment[] = {
    {"known", NULL, FALSE},
    {"unknown", "one-passport", TRUE},
    {"stepwise", "no-pipelining=close", TRUE},
    {"second-ticket", "no-early-syn=error", TRUE},
};

static void stop_after(user *u, guint turns)
{
    gint64 until = client_until(10);

    user_sign_in(u);
    for (guint i = 0; i < turns && !u->online && !u->error && client_turn(until); i++)
        ;
    live_check(!u->error);
}

/* After every single turn of the main loop, from the first one on until it would be online. */
static void test_any_moment(gconstpointer data)
{
    const moments *m = data;
    guint stride = g_getenv("LIVE_SUBSET") ? 9 : 1;
    service *svc = live_service();
    user *u = live_user(svc);
    guint turns;
    guint online = 0;

    /* How many turns real lookups take is a matter of chance. */
    dns_begin();
    live_set(svc, "keep-alive");
    if (m->knob)
        live_set(svc, m->knob);
    live_online(u);
    live_offline(svc, u);
    for (turns = 0; online < 3 && turns < 2000; turns += stride) {
        if (m->fresh)
            live_check(client_reload_plugin());
        stop_after(u, turns);
        online += u->online;
        user_sign_out(u);
        live_check(user_is_offline(u));
        live_check(client_plugin_timers() == 0);
        live_check(client_plugin_watches() == 0);
    }
    live_check(online == 3);
    g_test_message("%u turns", turns);
    /* Its request may have been on the way when the end came. */
    live_wait(live_connections(svc) == 0, 5);
    live_check(u->n_errors == 0);
    live_end(svc, u);
    dns_end();
}

/* The user interface ends it in the middle of what the plugin is telling it. */
static guint progress_to_stop_at;

static void stop_in_progress(user *u)
{
    if (u->progress->len == progress_to_stop_at && !u->error)
        user_sign_out(u);
}

/* Until there are no more texts: how many there are depends on which server is the quickest. */
static void test_in_progress(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    u->hook = stop_in_progress;
    for (progress_to_stop_at = 1; !u->online; progress_to_stop_at++) {
        user_sign_in(u);
        live_wait(user_is_offline(u) || u->online, 10);
        if (u->online)
            break;
        live_check(client_plugin_timers() == 0);
        live_check(client_plugin_watches() == 0);
        live_wait(live_connections(svc) == 0, 5);
    }
    live_check(progress_to_stop_at > 4);
    live_check(u->progress->len < progress_to_stop_at);
    live_check(u->n_errors == 0);
    u->hook = NULL;
    live_end(svc, u);
}

/* An error, and the user is faster than libpurple, which ends the connection a moment later. */
static void test_after_error(void)
{
    service *svc = live_service_with("ns-usr-i.close", NULL);
    user *u = live_user(svc);

    user_sign_in(u);
    live_wait(u->error, 10);
    live_check(!user_is_offline(u));
    user_sign_out(u);
    live_check(user_is_offline(u));
    client_idle(0.05);
    live_check(u->n_errors == 1);
    live_check(u->n_disconnected == 1);
    live_end(svc, u);
}

/* The account is removed while it signs in, and while it is signed in. */
static void test_removed(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        service *svc = live_service_with("latency=20", NULL);
        user *u = live_user(svc);

        user_sign_in(u);
        live_wait(service_count(svc, places[i].seen) == 1, 10);
        user_free(u);
        live_check(client_plugin_timers() == 0);
        live_check(client_plugin_watches() == 0);
        live_wait(live_connections(svc) == 0, 5);
        live_end(svc, NULL);
    }
}

/* --- the server goes -------------------------------------------------------------------------- */

/*
 * An error that names the host and lets the client try again. During a TLS handshake libpurple does
 * not tell a lost connection from other failures.
 */
static void check_lost(user *u, const place *p)
{
    gboolean handshake = p->passport && g_str_has_suffix(p->step, "-connect") &&
                         u->reason == PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR;

    live_check(u->n_errors == 1);
    live_check(handshake || u->reason == PURPLE_CONNECTION_ERROR_NETWORK_ERROR);
    live_check(strstr(u->error, p->passport ? "localhost" : "127.0.0.1"));
    live_check(!u->fatal);
    live_check(u->n_connected == 0);
}

static void fails_at(const place *p, const char *fault)
{
    service *svc = live_service();
    user *u = live_user(svc);

    set_fault(svc, p->step, fault);
    user_sign_in(u);
    live_wait(u->error && user_is_offline(u), 10);
    check_lost(u, p);
    live_wait(live_connections(svc) == 0, 2);
    live_check_count(svc, "* >>> OUT*", 0);
    live_end(svc, u);
}

static void test_close(gconstpointer data)
{
    fails_at(data, "close");
}

static void test_reset(gconstpointer data)
{
    fails_at(data, "reset");
}

/* Half an answer, and then the end. */
static void test_torn(gconstpointer data)
{
    const place *p = data;
    service *svc = live_service();
    user *u = live_user(svc);

    set_fault(svc, p->step,
              p->passport ? "reply=HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nPassp"
                          : "reply=MSG Hotmail Hotmail 20\\r\\nMIME-Ver");
    set_fault(svc, p->step, "close");
    user_sign_in(u);
    live_wait(u->error && user_is_offline(u), 10);
    check_lost(u, p);
    live_wait(live_connections(svc) == 0, 2);
    live_end(svc, u);
}

/* The notification server goes while the servers of Passport are asked. */
static void test_gone_meanwhile(gconstpointer data)
{
    const place *p = data;
    service *svc = live_service();
    user *u = live_user(svc);

    set_fault(svc, p->step, "silent");
    user_sign_in(u);
    live_wait(service_count(svc, p->seen) == 1 && live_is_challenged(), 10);
    live_check(live_hang_up(svc, SERVICE_NOTIFICATION) == 1);
    live_failed(u, 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", NULL);
    live_check(u->n_errors == 1);
    live_wait(live_connections(svc) == 0, 2);
    live_end(svc, u);
}

/* Online, and then the network breaks. */
static void test_reset_online(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_online(u);
    live_set(svc, "ns-chg.reset");
    user_set_status(u, "busy");
    live_failed(u, 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", NULL);
    live_check(u->n_errors == 1);
    service_unset(svc, "ns-chg.reset");
    live_online(u);
    live_end(svc, u);
}

static void add_tests(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        static const struct {
            const char *name;
            void (*function)(gconstpointer data);
            gboolean subset;
        } tests[] = {
            {"sign-out", test_sign_out, TRUE},
            {"close", test_close, FALSE},
            {"reset", test_reset, FALSE},
            {"torn", test_torn, FALSE},
        };

        for (guint k = 0; k < G_N_ELEMENTS(tests); k++) {
            gboolean subset = tests[k].subset || (k == 1 && i % 3 == 0);
            g_autofree char *path = g_strdup_printf("/stop/%s/%s", tests[k].name, places[i].step);

            live_add_data(path, &places[i], tests[k].function, subset);
        }
        if (places[i].passport) {
            g_autofree char *gone = g_strdup_printf("/stop/gone-meanwhile/%s", places[i].step);
            g_autofree char *early = g_strdup_printf("/stop/sign-out-early/%s", places[i].step);

            live_add_data(gone, &places[i], test_gone_meanwhile, TRUE);
            live_add_data(early, &places[i], test_sign_out_early, TRUE);
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(any_moment); i++) {
        g_autofree char *path = g_strdup_printf("/stop/any-moment/%s", any_moment[i].name);

        live_add_data(path, &any_moment[i], test_any_moment, TRUE);
    }
    live_add("/stop/in-progress", test_in_progress, TRUE);
    live_add("/stop/after-error", test_after_error, TRUE);
    live_add("/stop/removed", test_removed, TRUE);
    live_add("/stop/reset-online", test_reset_online, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
