/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Servers that do not bear commands before their turn: they get one at a time, on a second
 * connection the first time and at once from then on; and nobody is told anything. Those that have
 * to be waited for are all waited for at the same time.
 */
#include "conv_helpers.h"

#include <string.h>

#define ROBOT "robot@example.com"

/* How often a server is heard when everything waits for its turn. */
#define GREETING 3 /* VER, CVR, USR */
#define TICKET   3 /* USR, SYN, CHG */

typedef struct {
    const char *name;
    const char *haste;   /* what the server does not bear */
    gboolean dispatch;   /* is there a dispatch server? */
    guint n_connections; /* of the first sign-in, to dispatch and notification servers */
} row;

static const row rows[] = {
    {"close", "no-pipelining=close", TRUE, 3},
    {"error", "no-pipelining=error", TRUE, 3},
    {"close-alone", "no-pipelining=close", FALSE, 2},
    {"error-alone", "no-pipelining=error", FALSE, 2},
    {"syn-close", "no-early-syn=close", TRUE, 3},
    {"syn-error", "no-early-syn=error", TRUE, 3},
    {"syn-close-alone", "no-early-syn=close", FALSE, 2},
    {"syn-error-alone", "no-early-syn=error", FALSE, 2},
};

static const row slow_rows[] = {
    {"drop", "no-pipelining=drop", TRUE, 3},
    {"drop-alone", "no-pipelining=drop", FALSE, 2},
    {"syn-drop", "no-early-syn=drop", TRUE, 3},
    {"syn-drop-alone", "no-early-syn=drop", FALSE, 2},
};

/* A service like this, and somebody who has contacts there and two names of his own. */
typedef struct {
    service *svc;
    char *first;
    char *second;
    user *u;
    user *other;
} scene;

static user *new_user(service *svc, const char *address)
{
    user_config config = live_config(svc);

    config.address = address;
    return user_new(&config);
}

static void begin(scene *s, const row *r)
{
    s->svc = conv_service("answers", ROBOT, NULL);
    live_set(s->svc, r->haste);
    if (!r->dispatch)
        live_set(s->svc, "no-dispatch");
    s->first = g_strdup_printf("first-%s@example.com", r->name);
    s->second = g_strdup_printf("second-%s@example.com", r->name);
    live_register(s->svc, s->first);
    live_register(s->svc, s->second);
    live_register(s->svc, BOB);
    service_add_group(s->svc, s->first, "Near");
    service_put(s->svc, s->first, BOB, SERVICE_FL | SERVICE_AL | SERVICE_RL, "Bob", "1");
    service_appear(s->svc, BOB, "BSY");
    s->u = new_user(s->svc, s->first);
    s->other = new_user(s->svc, s->second);
    user_sign_in(s->u);
}

static void end(scene *s)
{
    user *users[] = {s->u, s->other};

    conv_end_all(s->svc, users, 2);
    g_free(s->first);
    g_free(s->second);
}

/* As if nothing had happened: the lists are there, and can be changed; people can be talked to. */
static void check_session(scene *s)
{
    live_check(user_has(s->u, BOB, "Near"));
    live_wait(user_sees(s->u, BOB, "busy"), 5);
    user_add(s->u, ROBOT, NULL, "Near");
    live_wait(service_has(s->svc, s->first, ROBOT, "Near"), 5);
    conv_send(s->u, ROBOT, "hello");
    live_wait(strstr(conv_unread(s->u, ROBOT), "< "), CONV_PATIENCE);
    conv_forget(s->u);
    conv_close(s->u, ROBOT);
    live_wait(service_switchboards(s->svc, NULL) == 0, 5);
    live_check(client_dialogs()->len == 0);
}

/* Everything waits for its turn, and no connection is made in vain. */
static void check_stepwise(scene *s, const row *r)
{
    guint dispatch = service_reads(s->svc, SERVICE_DISPATCH);
    guint notification = service_reads(s->svc, SERVICE_NOTIFICATION);

    live_check_count(s->svc, "?S open", r->dispatch ? 2 : 1);
    g_assert_cmpuint(dispatch, ==, r->dispatch ? GREETING : GREETING + TICKET);
    g_assert_cmpuint(notification, ==, r->dispatch ? GREETING + TICKET : 0);
}

static void test_session(scene *s, const row *r)
{
    live_check_count(s->svc, "?S open", r->n_connections);
    live_check(s->u->n_errors == 0);
    live_check(s->u->n_connected == 1 && s->u->n_disconnected == 0);
    live_check(service_sessions(s->svc, s->first) == 1);
    live_quiet();
    check_session(s);
    user_sign_out(s->u);
    live_wait(live_connections(s->svc) == 0, 5);

    service_forget_transcript(s->svc);
    live_online(s->u);
    check_stepwise(s, r);
    live_quiet();
    user_sign_out(s->u);
    live_wait(live_connections(s->svc) == 0, 5);

    service_forget_transcript(s->svc);
    live_online(s->other);
    check_stepwise(s, r);
    live_quiet();
    user_sign_out(s->other);
    live_wait(live_connections(s->svc) == 0, 5);
}

static void test_row(gconstpointer data)
{
    const row *r = data;
    scene s;

    begin(&s, r);
    live_wait(s.u->online || s.u->error, 20);
    live_check(s.u->online);
    test_session(&s, r);
    end(&s);
}

/* The challenge of the second connection is another one, and so has to be the ticket. */
static void test_new_ticket(void)
{
    service *svc = live_service_with("no-early-syn=close", NULL);
    user *u = live_user(svc);

    live_online(u);
    live_check_count(svc, "NS <<< USR * TWN S *", 2);
    live_check_count(svc, "LOGIN <<< *da-status=success*", 2);
    live_check_count(svc, "NS >>> USR * TWN S *", 2);
    live_check_count(svc, "NS <<< USR * OK *", 1);
    /* The nexus has nothing new to say. */
    live_check_count(svc, "NEXUS open", 1);
    live_end(svc, u);
}

/* --- those that drop what they do not bear ---------------------------------------------------- */

static scene scenes[G_N_ELEMENTS(slow_rows)];

/* One that still signs in is nothing that others could call quiet: all of them are waited for. */
static void test_slow_rows(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(slow_rows); i++)
        begin(&scenes[i], &slow_rows[i]);
    for (guint i = 0; i < G_N_ELEMENTS(slow_rows); i++)
        live_wait(scenes[i].u->online || scenes[i].u->error, 60);
    for (guint i = 0; i < G_N_ELEMENTS(slow_rows); i++) {
        g_test_message("%s", slow_rows[i].name);
        live_check(scenes[i].u->online);
        test_session(&scenes[i], &slow_rows[i]);
    }
    /* After that, since the groups of the buddy list go with the first. */
    for (guint i = 0; i < G_N_ELEMENTS(slow_rows); i++)
        end(&scenes[i]);
}

/* --- servers that are just down --------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *knob;
    guint n_dispatch; /* connections */
    guint n_notification;
} fault;

static const fault faults[] = {
    {"ds-connect", "ds-connect.close", 2, 0}, {"ds-ver", "ds-ver.close", 2, 0},
    {"ds-reset", "ds-ver.reset", 2, 0},       {"ds-usr", "ds-usr.close", 2, 0},
    {"ns-connect", "ns-connect.close", 1, 2}, {"ns-cvr", "ns-cvr.close", 1, 2},
    {"ns-usr-i", "ns-usr-i.close", 1, 2},     {"ns-usr-s", "ns-usr-s.close", 1, 2},
    {"ns-syn", "ns-syn.close", 1, 2},         {"ns-chg", "ns-chg.reset", 1, 2},
};

/* They get a second chance, and are not blamed for being impatient afterwards. */
static void test_fault(gconstpointer data)
{
    const fault *f = data;
    service *svc = live_service_with(f->knob, NULL);
    user *u = live_user(svc);
    g_auto(GStrv) parts = g_strsplit(f->knob, "=", 2);

    live_refused(u, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", NULL);
    live_check_count(svc, "DS open", f->n_dispatch);
    live_check_count(svc, "NS open", f->n_notification);
    service_unset(svc, parts[0]);
    live_wait(live_connections(svc) == 0, 5);
    service_forget_transcript(svc);
    live_online(u);
    g_assert_cmpuint(service_reads(svc, SERVICE_DISPATCH), ==, 1);
    g_assert_cmpuint(service_reads(svc, SERVICE_NOTIFICATION), ==, 2);
    live_end(svc, u);
}

/* Where nobody listens nobody has been impatient. */
static void test_refused(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    purple_account_set_int(u->account, "port", live_closed_port());
    live_refused(u, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", "refused", NULL);
    g_assert_cmpuint(u->progress->len, ==, 1);
    live_end(svc, u);
}

static void add_tests(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/stepwise/%s", rows[i].name);

        live_add_data(path, &rows[i], test_row, i % 3 == 0);
    }
    live_add("/stepwise/new-ticket", test_new_ticket, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *path = g_strdup_printf("/stepwise/down/%s", faults[i].name);

        live_add_data(path, &faults[i], test_fault, i % 4 == 0);
    }
    live_add("/stepwise/down/refused", test_refused, FALSE);
    live_add("/stepwise/dropped", test_slow_rows, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
