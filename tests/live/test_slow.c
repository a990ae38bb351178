/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What takes its time by nature: deadlines and the keep-alive. All cases run at the same time, each
 * with a service and an account of its own, from the first test on; each test then waits for its
 * own case.
 */
#include "service_helpers.h"

#include <string.h>

#define STEP_LIMIT  30.0 /* seconds that a step may take */
#define EARLY_LIMIT 10.0 /* the same, where it may be a misunderstanding */
#define TOLERANCE   5.0

typedef struct {
    service *svc;
    user *u;
} slow_case;

typedef struct {
    const char *name;
    const char *knobs;   /* separated by | */
    const char *host;    /* that has to be named */
    double limit;        /* how long that takes */
    guint n_connections; /* to the dispatch and notification servers */
} silence;

/*
 * Who says nothing at all is down. Who stops answering after the first command may not bear to get
 * several at once, and is asked once more, one by one.
 */
#define DOWN   STEP_LIMIT
#define HASTE  (EARLY_LIMIT + STEP_LIMIT)
#define TICKET (STEP_LIMIT + STEP_LIMIT)

static const silence silences[] = {
    {"ds-connect", "ds-connect.silent", "127.0.0.1", DOWN, 1},
    {"ds-ver", "ds-ver.silent", "127.0.0.1", DOWN, 1},
    {"ds-cvr", "ds-cvr.silent", "127.0.0.1", HASTE, 2},
    {"ds-usr", "ds-usr.silent", "127.0.0.1", HASTE, 2},
    {"ns-connect", "ns-connect.silent", "127.0.0.1", DOWN, 2},
    {"ns-ver", "ns-ver.silent", "127.0.0.1", DOWN, 2},
    {"ns-cvr", "ns-cvr.silent", "127.0.0.1", HASTE, 3},
    {"ns-usr-i", "ns-usr-i.silent", "127.0.0.1", HASTE, 3},
    {"nexus-connect", "nexus-connect.silent", "localhost", DOWN, 2},
    {"nexus", "nexus.silent", "localhost", DOWN, 2},
    {"login-connect", "login-connect.silent", "localhost", DOWN, 2},
    {"login", "login.silent", "localhost", DOWN, 2},
    {"ns-usr-s", "ns-usr-s.silent", "127.0.0.1", TICKET, 3},
    {"ns-syn", "ns-syn.silent", "127.0.0.1", TICKET, 3},
    {"ns-chg", "ns-chg.silent", "127.0.0.1", TICKET, 3},
    /* Both: Passport is not needed where there is no challenge. */
    {"ds-ver-and-nexus", "ds-ver.silent|nexus.silent", "127.0.0.1", DOWN, 1},
};

static gboolean started;
static slow_case silent[G_N_ELEMENTS(silences)];
static slow_case question;
static slow_case moved;      /* while a question was open */
static slow_case stale;      /* the login server that was remembered is silent */
static slow_case alive;      /* online, with nothing to say */
static slow_case dead;       /* online, and then not answered any more */
static slow_case unanswered; /* a change of status that is not answered */

/* Accounts of one protocol need names of their own. */
static void begin(slow_case *c, const char *knobs, const char *name)
{
    g_autofree char *address = g_strdup_printf("%s@example.com", name);
    g_auto(GStrv) each = g_strsplit(knobs ? knobs : "", "|", -1);
    user_config config;

    c->svc = live_service();
    for (guint i = 0; each[i]; i++)
        live_set(c->svc, each[i]);
    service_add_account(c->svc, address, LIVE_PASSWORD, NULL);
    config = live_config(c->svc);
    config.address = address;
    config.method = "direct"; /* how long that is waited for */
    c->u = user_new(&config);
}

/*
 * The notification server sends us elsewhere while a question is open: the question is void, and
 * the clock that stood still for it runs again, as the silence of the next server shows.
 */
static void start_moved(void)
{
    g_autofree char *line = NULL;

    begin(&moved, "nexus-cert=unknown-ca", "moved");
    live_set(moved.svc, "ns-usr-s.silent");
    line =
        g_strdup_printf("XFR 0 NS 127.0.0.1:%u\r\n", service_port(moved.svc, SERVICE_NOTIFICATION));
    user_sign_in(moved.u);
    live_wait(client_open_dialog(DIALOG_QUESTION), 10);
    service_unset(moved.svc, "nexus-cert");
    live_check(live_say(moved.svc, SERVICE_NOTIFICATION, line) == 1);
    live_wait(service_count(moved.svc, "NS >>> USR * TWN S *") == 1, 10);
    live_check(!client_open_dialog(DIALOG_QUESTION));
    client_forget_dialogs();
}

static void start_stale(void)
{
    begin(&stale, NULL, "stale");
    live_online(stale.u);
    live_offline(stale.svc, stale.u);
    service_forget_transcript(stale.svc);
    live_set(stale.svc, "login.silent");
    user_sign_in(stale.u);
}

static void start_all(void)
{
    if (started)
        return;
    started = TRUE;
    start_moved();
    start_stale();
    for (guint i = 0; i < G_N_ELEMENTS(silences); i++) {
        begin(&silent[i], silences[i].knobs, silences[i].name);
        user_sign_in(silent[i].u);
    }
    begin(&question, "nexus-cert=unknown-ca", "question");
    begin(&alive, NULL, "alive");
    begin(&dead, "ns-png.silent", "dead");
    begin(&unanswered, NULL, "unanswered");
    user_sign_in(question.u);
    user_sign_in(alive.u);
    user_sign_in(dead.u);
    user_sign_in(unanswered.u);
    live_wait(alive.u->online && dead.u->online && unanswered.u->online, 20);
    live_set(unanswered.svc, "ns-chg.silent");
    user_set_status(unanswered.u, "busy");
}

static double seconds_until_error(const user *u)
{
    return (double)(u->failed - u->started) / G_USEC_PER_SEC;
}

static void end_case(slow_case *c)
{
    live_end(c->svc, c->u);
}

/* A person who takes a minute to think about a certificate does not lose the sign-in. */
static void test_question(void)
{
    dialog *d;

    start_all();
    live_wait(client_open_dialog(DIALOG_QUESTION), 10);
    d = client_open_dialog(DIALOG_QUESTION);
    client_idle(STEP_LIMIT + 3);
    live_check(!question.u->error);
    live_check(d->open);
    live_check(client_press_named(d, "Accept"));
    live_wait(question.u->online || question.u->error, 10);
    live_check(question.u->online);
    live_check(client_count_dialogs(DIALOG_QUESTION) == 1);
    client_forget_dialogs();
    end_case(&question);
}

static void check_timeout(slow_case *c, const char *host, double limit)
{
    double seconds;

    live_failed(c->u, 2 * limit, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, host, NULL);
    seconds = seconds_until_error(c->u);
    g_test_message("%.1f s", seconds);
    live_check(seconds > limit - TOLERANCE);
    live_check(seconds < limit + TOLERANCE * client_scale());
    live_check(c->u->n_errors == 1);
    live_check(c->u->n_connected == (c == &stale ? 1 : 0));
    live_check(!c->u->fatal);
    live_wait(live_connections(c->svc) == 0, 5);
    end_case(c);
}

static void test_silence(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    slow_case *c = &silent[i];

    start_all();
    live_wait(c->u->error, 2 * silences[i].limit);
    live_check_count(c->svc, "?S open", silences[i].n_connections);
    check_timeout(c, silences[i].host, silences[i].limit);
}

static void test_moved(void)
{
    start_all();
    check_timeout(&moved, "127.0.0.1", TICKET);
}

/* The nexus may know of another one: it has its time as well. */
static void test_stale(void)
{
    start_all();
    live_wait(stale.u->error, 2 * 2 * DOWN);
    live_check_count(stale.svc, "NEXUS open", 1);
    live_check_count(stale.svc, "LOGIN >>> GET*", 2);
    live_check_count(stale.svc, "NS open", 1);
    check_timeout(&stale, "localhost", 2 * DOWN);
}

/* A change of status that is never answered is no reason to end the session. */
static void test_unanswered_status(void)
{
    start_all();
    live_wait(g_get_monotonic_time() - unanswered.u->started > 35 * G_USEC_PER_SEC, 60);
    live_check(unanswered.u->online);
    live_check(unanswered.u->n_errors == 0);
    client_forget_dialogs(); /* it may be told */
    end_case(&unanswered);
}

/* The keep-alive is not answered: noticed, and told apart from a connection that was closed. */
static void test_dead(void)
{
    start_all();
    live_failed(dead.u, 80, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", NULL);
    g_test_message("%.1f s", seconds_until_error(dead.u));
    live_check(seconds_until_error(dead.u) < 65 * client_scale());
    live_check(seconds_until_error(dead.u) > STEP_LIMIT);
    live_check(dead.u->n_errors == 1);
    live_check_count(dead.svc, "NS >>> PNG", 1);
    end_case(&dead);
}

/* ... and where it is answered, nothing happens. After all the others: it has been long enough. */
static void test_alive(void)
{
    start_all();
    live_wait(service_count(alive.svc, "NS <<< QNG") >= 1, 60);
    live_wait(g_get_monotonic_time() - alive.u->started > 58 * G_USEC_PER_SEC, 60);
    live_check(alive.u->online);
    live_check(alive.u->n_errors == 0);
    live_check(service_count(alive.svc, "NS >>> PNG") <= 2);
    live_check(service_count(alive.svc, "NS >>> PNG") == service_count(alive.svc, "NS <<< QNG"));
    end_case(&alive);
}

static void add_tests(void)
{
    live_add("/slow/question", test_question, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(silences); i++) {
        g_autofree char *path = g_strdup_printf("/slow/silence/%s", silences[i].name);

        live_add_data(path, GUINT_TO_POINTER(i), test_silence, FALSE);
    }
    live_add("/slow/moved-while-asked", test_moved, FALSE);
    live_add("/slow/stale", test_stale, FALSE);
    live_add("/slow/unanswered-status", test_unanswered_status, FALSE);
    live_add("/slow/dead", test_dead, FALSE);
    live_add("/slow/alive", test_alive, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
