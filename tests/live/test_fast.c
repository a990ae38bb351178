/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signing in without waiting: Passport is asked at the same time as the service, though it is
 * trusted with nothing, and nobody is told of it, before there is a challenge; and commands that
 * can leave together do.
 */
#include "service_helpers.h"

#include <string.h>

#define NETWORK    PURPLE_CONNECTION_ERROR_NETWORK_ERROR
#define ENCRYPTION PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR
#define OTHER      PURPLE_CONNECTION_ERROR_OTHER_ERROR
#define SETTINGS   PURPLE_CONNECTION_ERROR_INVALID_SETTINGS

/*
 * Signs in to a dispatch server that has "ds-ver.silent"; not with a gateway to turn to, since that
 * would be done after a silence which a busy machine reaches in what these tests do meanwhile.
 */
static void sign_in_to_silence(service *svc, user *u)
{
    purple_account_set_string(u->account, "connection_method", "direct");
    user_sign_in(u);
    live_wait(service_count(svc, "DS >>> VER *") == 1, 10);
}

/* What that server was asked is answered after all. */
static void end_silence(service *svc)
{
    g_autofree char *answers =
        g_strdup_printf("VER 1 MSNP8 CVR0\r\nCVR 2 6.0 6.0 1.0 http://x http://y\r\n"
                        "XFR 3 NS 127.0.0.1:%u 0 127.0.0.1:1\r\n",
                        service_port(svc, SERVICE_NOTIFICATION));

    live_check(live_say(svc, SERVICE_DISPATCH, answers) == 1);
}

/* Twice: the first time it may only be that it wants one command at a time. */
static void go_away(service *svc)
{
    live_check(live_hang_up(svc, SERVICE_DISPATCH) == 1);
    live_wait(service_count(svc, "DS >>> VER *") == 2, 10);
    client_idle(0.05);
    live_check(live_hang_up(svc, SERVICE_DISPATCH) == 1);
}

static void wait_until_ready(user *u)
{
    live_wait(client_debug_has("meanwhile: step LOGIN_READY") || u->error, 10);
    client_idle(0.05);
    live_check(!u->error);
}

/* --- at the same time ------------------------------------------------------------------------- */

static const char *const overlap_order[] = {
    "NEXUS open",
    "NEXUS >>> GET *",
    "LOGIN open",
    "LOGIN tls: *",
    "NS open",
    "NS <<< USR * TWN S *",
    "LOGIN >>> GET *",
    "LOGIN >>> Authorization: Passport1.4 *",
    "NS >>> USR * TWN S *",
    NULL,
};

static void check_no_passport_progress(user *u)
{
    for (guint i = 0; i < u->progress->len; i++)
        live_check(!strstr(g_ptr_array_index(u->progress, i), "Passport"));
}

/* As long as nobody has asked for a ticket, Passport learns nothing of the account. */
static void test_overlap(void)
{
    service *svc = live_service_with("ds-ver.silent", NULL);
    user *u = live_user(svc);

    sign_in_to_silence(svc, u);
    wait_until_ready(u);
    live_check_count(svc, "NEXUS >>> GET *", 1);
    live_check_count(svc, "LOGIN open", 1);
    live_check_count(svc, "LOGIN >>> *", 0);
    live_check_count(svc, "NEXUS >>> *alice*", 0);
    live_check_count(svc, "* >>> *" LIVE_SECRET "*", 0);
    check_no_passport_progress(u);
    end_silence(svc);
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_check(live_in_order(svc, overlap_order));
    live_check_count(svc, "LOGIN open", 1);
    live_check_count(svc, "* >>> *pwd=" LIVE_SECRET "*", 1);
    live_end(svc, u);
}

/* Over a link with a delay the two go on side by side. */
static void test_overlap_delay(void)
{
    static const char *const order[] = {"NEXUS open", "DS <<< XFR *", NULL};
    service *svc = live_service_with("delay=50", NULL);
    user *u = live_user(svc);

    live_online(u);
    live_check(live_in_order(svc, order));
    live_end(svc, u);
}

/* Another server has another challenge: what Passport was doing for the first one is void. */
static void test_moved(void)
{
    service *svc = live_service_with("login.silent", NULL);
    user *u = live_user(svc);
    g_autofree char *line =
        g_strdup_printf("XFR 0 NS 127.0.0.1:%u\r\n", service_port(svc, SERVICE_NOTIFICATION));

    user_sign_in(u);
    live_wait(service_count(svc, "LOGIN >>> GET*") == 1, 10);
    service_unset(svc, "login.silent");
    live_check(live_say(svc, SERVICE_NOTIFICATION, line) == 1);
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_check_count(svc, "NS open", 2);
    live_check_count(svc, "LOGIN >>> Authorization*", 2);
    /* It has said already where that is. */
    live_check_count(svc, "NEXUS open", 1);
    live_end(svc, u);
}

/* --- what goes wrong too early ---------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *knobs; /* separated by | */
    PurpleConnectionError reason;
    const char *word;   /* in its text */
    gboolean reachable; /* else nobody listens where the nexus is to be */
} trouble;

static const trouble troubles[] = {
    {"unreachable", "ver-without-cvr0", NETWORK, "localhost", FALSE},
    {"nexus-404", "nexus-status=404", SETTINGS, "404", TRUE},
    {"nexus-503", "nexus-status=503", NETWORK, "503", TRUE},
    {"no-dalogin", "no-dalogin", SETTINGS, "localhost", TRUE},
    {"junk", "nexus.reply=SSH-2.0-OpenSSH_9.2\\r\\n\\r\\n|nexus.close", NETWORK, "localhost", TRUE},
    {"not-tls", "nexus-connect.reply=HTTP/1.1 200 OK\\r\\n\\r\\n", ENCRYPTION, "localhost", TRUE},
    {"http", "nexus-redirect-to=http://localhost:80/", OTHER, "unencrypted", TRUE},
    {"nexus-closed", "nexus.close", NETWORK, "localhost", TRUE},
    {"nexus-expired", "nexus-cert=expired", PURPLE_CONNECTION_ERROR_CERT_EXPIRED, "localhost",
     TRUE},
    {"login-unknown-ca", "login-cert=unknown-ca", PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED,
     "localhost", TRUE},
};

static void set_knobs(service *svc, const char *knobs)
{
    g_auto(GStrv) each = g_strsplit(knobs, "|", -1);

    for (guint i = 0; each[i]; i++)
        live_set(svc, each[i]);
}

/* Passport has failed, and nobody knows. */
static user *begin_trouble(service *svc, const trouble *t)
{
    user_config config = live_config(svc);
    g_autofree char *url = g_strdup_printf("https://localhost:%d/x", live_closed_port());
    user *u;

    live_set(svc, "ds-ver.silent");
    set_knobs(svc, t->knobs);
    client_set_manners(CLIENT_CANNOT_ASK);
    if (!t->reachable)
        config.nexus_url = url;
    u = user_new(&config);
    sign_in_to_silence(svc, u);
    live_wait(client_debug_has("meanwhile: step OFFLINE") || u->error, 10);
    client_idle(0.1);
    live_check(!u->error && !user_is_offline(u));
    check_no_passport_progress(u);
    return u;
}

/* It is told when there is a challenge that nobody can answer. */
static void test_told_later(gconstpointer data)
{
    const trouble *t = data;
    service *svc = live_service();
    user *u = begin_trouble(svc, t);

    end_silence(svc);
    live_failed(u, 10, t->reason, t->word, NULL);
    live_check(u->n_errors == 1);
    live_check_count(svc, "NS <<< USR * TWN S *", 1);
    live_check(service_count(svc, "NEXUS open") <= 1);
    live_check_count(svc, "* >>> Authorization*", 0);
    live_wait(live_connections(svc) == 0, 5);
    live_end(svc, u);
}

/* ... and never if there is none: it was the dispatch server. */
static void test_never_told(gconstpointer data)
{
    const trouble *t = data;
    service *svc = live_service();
    user *u = begin_trouble(svc, t);

    go_away(svc);
    live_failed(u, 5, NETWORK, "127.0.0.1", NULL);
    live_check(!strstr(u->error, "localhost") && !u->fatal);
    live_check(u->n_errors == 1);
    /* It was not asked again for the second connection. */
    live_check(service_count(svc, "NEXUS open") <= 1);
    live_end(svc, u);
}

/* After that, everything begins anew. */
static void test_not_held_for_ever(void)
{
    service *svc = live_service();
    user *u = begin_trouble(svc, &troubles[2]);

    go_away(svc);
    live_failed(u, 5, NETWORK, "127.0.0.1", NULL);
    service_unset(svc, "ds-ver.silent");
    service_unset(svc, "nexus-status");
    live_online(u);
    live_end(svc, u);
}

/* --- a person is asked too early -------------------------------------------------------------- */

static dialog *wait_for_question(user *u)
{
    live_wait(client_open_dialog(DIALOG_QUESTION) || u->error, 10);
    live_check(!u->error);
    client_idle(0.05);
    return client_open_dialog(DIALOG_QUESTION);
}

static user *begin_question(service *svc, const char *knob)
{
    user *u = live_user(svc);

    live_set(svc, "ds-ver.silent");
    live_set(svc, knob);
    sign_in_to_silence(svc, u);
    return u;
}

static void test_accepted(gconstpointer knob)
{
    service *svc = live_service();
    user *u = begin_question(svc, knob);

    live_check(client_press_named(wait_for_question(u), "Accept"));
    wait_until_ready(u);
    live_check_count(svc, "LOGIN >>> *", 0);
    end_silence(svc);
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    live_end(svc, u);
}

/* The challenge comes while the person still thinks. */
static void test_accepted_later(gconstpointer knob)
{
    service *svc = live_service();
    user *u = begin_question(svc, knob);
    dialog *question = wait_for_question(u);

    end_silence(svc);
    live_wait(live_is_challenged(), 10);
    client_idle(0.05);
    live_check(question->open && !u->error);
    live_check_count(svc, "* >>> Authorization*", 0);
    live_check(client_press_named(question, "Accept"));
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    live_end(svc, u);
}

static void test_rejected(gconstpointer knob)
{
    service *svc = live_service();
    user *u = begin_question(svc, knob);

    live_check(client_press_named(wait_for_question(u), "Reject"));
    client_idle(0.1);
    live_check(!u->error);
    end_silence(svc);
    live_wait(u->error && user_is_offline(u), 10);
    live_check(strstr(u->error, "localhost"));
    live_check(u->fatal && u->n_errors == 1);
    live_check_count(svc, "* >>> Authorization*", 0);
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    live_end(svc, u);
}

/* The question vanishes with the sign-in. */
static void test_asked_in_vain(gconstpointer knob)
{
    service *svc = live_service();
    user *u = begin_question(svc, knob);
    dialog *question = wait_for_question(u);

    go_away(svc);
    live_failed(u, 5, NETWORK, "127.0.0.1", NULL);
    live_check(!question->open);
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    live_end(svc, u);
}

/* --- one connection to Passport --------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *knobs;
    guint n_nexus; /* connections */
    guint n_login;
    guint n_passwords; /* requests that had it */
} passport;

static const passport passports[] = {
    {"two", "keep-alive", 1, 1, 1},
    {"one", "one-passport|keep-alive", 1, 0, 1},
    {"closing", "one-passport", 2, 0, 1},
    {"body", "one-passport|keep-alive|nexus-body=1", 1, 0, 1},
    {"long-body", "one-passport|keep-alive|nexus-body=5000", 1, 0, 1},
    /* Its last byte is waited for, though not for long. */
    {"short-body", "one-passport|keep-alive|nexus-body-short", 2, 0, 1},
    {"endless-body", "one-passport|keep-alive|nexus-body=200000", 2, 0, 1},
    {"dribble", "one-passport|keep-alive|nexus-body=20|dribble", 1, 0, 1},
    {"delay", "one-passport|keep-alive|nexus-body=5000|delay=5", 1, 0, 1},
    {"redirect", "one-passport|keep-alive|login-redirects=1", 2, 0, 2},
    {"once", "one-passport|http-once", 2, 0, 2},
    {"escargot", "one-passport|keep-alive|escargot", 1, 0, 1},
};

static void check_passport(service *svc, const passport *p)
{
    live_check_count(svc, "NEXUS open", p->n_nexus);
    live_check_count(svc, "LOGIN open", p->n_login);
    live_check_count(svc, "NEXUS >>> GET /rdr/pprdr.asp *", 1);
    live_check_count(svc, "* >>> Authorization: Passport1.4 *", p->n_passwords);
}

static void test_passport(gconstpointer data)
{
    const passport *p = data;
    service *svc = live_service();
    user *u = live_user(svc);

    set_knobs(svc, p->knobs);
    live_online(u);
    check_passport(svc, p);
    live_wait(service_connections(svc, SERVICE_NEXUS) == 0, 5);
    live_wait(service_connections(svc, SERVICE_LOGIN) == 0, 5);
    live_end(svc, u);
}

/* A connection that waits for the challenge may have had its time when that comes. */
static void test_passport_idle(gconstpointer knobs)
{
    service *svc = live_service_with("ds-ver.silent", "one-passport", "keep-alive", NULL);
    user *u = live_user(svc);

    set_knobs(svc, knobs);
    sign_in_to_silence(svc, u);
    wait_until_ready(u);
    live_wait(service_count(svc, "NEXUS close") == 1, 10);
    client_idle(0.1);
    live_check(!u->error);
    live_check_count(svc, "NEXUS open", 1);
    end_silence(svc);
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_check_count(svc, "NEXUS open", 2);
    live_check_count(svc, "* >>> Authorization: Passport1.4 *", 1);
    live_end(svc, u);
}

/* The wrong password is as wrong there. */
static void test_passport_refuses(void)
{
    service *svc = live_service_with("one-passport", "keep-alive", NULL);
    user_config config = live_config(svc);
    user *u;

    config.password = LIVE_WRONG;
    u = user_new(&config);
    live_refused(u, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED, "password", NULL);
    live_check_count(svc, "NEXUS open", 1);
    live_check_count(svc, "* >>> Authorization: Passport1.4 *", 1);
    live_end(svc, u);
}

/* --- what leaves together --------------------------------------------------------------------- */

#define GREETING 1 /* VER, CVR, USR */
#define TICKET   1 /* USR, SYN, CHG */

static void test_reads(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    service_populate(svc, LIVE_ADDRESS, 50, 3);
    for (guint i = 0; i < 2; i++) {
        live_online(u);
        client_idle(0.1);
        g_assert_cmpuint(service_reads(svc, SERVICE_DISPATCH), ==, GREETING);
        g_assert_cmpuint(service_reads(svc, SERVICE_NOTIFICATION), ==, GREETING + TICKET);
        g_assert_cmpuint(live_pieces(svc, SERVICE_NOTIFICATION), ==, GREETING + TICKET);
        live_offline(svc, u);
        service_forget_transcript(svc);
    }
    live_end(svc, u);
}

/* A status that is chosen in the last moment costs nothing, and is the only one that is shown. */
static const char *late_moment;

static void be_late(user *u)
{
    const char *text = u->progress->len > 0 ? u->progress->pdata[u->progress->len - 1] : "";

    if (late_moment && strstr(text, late_moment)) {
        late_moment = NULL;
        user_set_status(u, "lunch");
    }
}

static void test_late_status(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    late_moment = "Checking the password";
    u->hook = be_late;
    live_online(u);
    live_check(!late_moment);
    live_check_count(svc, "NS >>> CHG * LUN *", 1);
    live_check_count(svc, "NS >>> CHG *", 1);
    g_assert_cmpuint(service_reads(svc, SERVICE_NOTIFICATION), ==, GREETING + TICKET);
    live_end(svc, u);
}

/* --- round trips ------------------------------------------------------------------------------ */

#define DELAY      100 /* milliseconds each way */
#define ROUND_TRIP (2 * DELAY / 1000.0)

/* Seconds until the list is there. */
static double seconds_to_sign_in(user *u)
{
    live_online(u);
    return (double)(g_get_monotonic_time() - u->started) / G_USEC_PER_SEC;
}

static void check_round_trips(double seconds, double limit)
{
    g_test_message("%.1f round trips", seconds / ROUND_TRIP);
    /* Who is slowed down has other things to wait for as well. */
    if (client_scale() == 1.0)
        live_check(seconds < limit * ROUND_TRIP);
}

/*
 * TCP; TLS; nexus; login server; USR, SYN and CHG. The greeting of the service and its challenge
 * take place meanwhile. The nexus is not asked the next time.
 */
static void test_round_trips(void)
{
    service *svc = live_service_with("no-dispatch", "one-passport", "keep-alive", NULL);
    user *u = live_user(svc);
    g_autofree char *knob = g_strdup_printf("delay=%d", DELAY);

    live_set(svc, knob);
    service_populate(svc, LIVE_ADDRESS, 50, 3);
    check_round_trips(seconds_to_sign_in(u), 6);
    g_assert_cmpuint(service_reads(svc, SERVICE_DISPATCH), ==, GREETING + TICKET);
    g_assert_cmpuint(service_reads(svc, SERVICE_NEXUS), ==, 2);
    live_check_count(svc, "* open", 2);
    live_offline(svc, u);

    service_forget_transcript(svc);
    check_round_trips(seconds_to_sign_in(u), 5);
    g_assert_cmpuint(service_reads(svc, SERVICE_DISPATCH), ==, GREETING + TICKET);
    g_assert_cmpuint(service_reads(svc, SERVICE_NEXUS), ==, 1);
    live_check_count(svc, "* open", 2);
    live_offline(svc, u);
    live_end(svc, u);
}

static void add_tests(void)
{
    live_use_wall_clock();
    static const struct {
        const char *name;
        void (*function)(gconstpointer data);
    } questions[] = {
        {"accepted", test_accepted},
        {"accepted-later", test_accepted_later},
        {"rejected", test_rejected},
        {"in-vain", test_asked_in_vain},
    };

    live_add("/fast/overlap", test_overlap, TRUE);
    live_add("/fast/overlap-delay", test_overlap_delay, FALSE);
    live_add("/fast/moved", test_moved, TRUE);
    for (guint i = 0; i < G_N_ELEMENTS(troubles); i++) {
        g_autofree char *later = g_strdup_printf("/fast/told-later/%s", troubles[i].name);
        g_autofree char *never = g_strdup_printf("/fast/never-told/%s", troubles[i].name);

        live_add_data(later, &troubles[i], test_told_later, i % 4 == 0);
        live_add_data(never, &troubles[i], test_never_told, i % 4 == 0);
    }
    live_add("/fast/not-held-for-ever", test_not_held_for_ever, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(questions); i++) {
        g_autofree char *nexus = g_strdup_printf("/fast/asked/nexus/%s", questions[i].name);
        g_autofree char *login = g_strdup_printf("/fast/asked/login/%s", questions[i].name);

        live_add_data(nexus, "nexus-cert=unknown-ca", questions[i].function, FALSE);
        live_add_data(login, "login-cert=expired", questions[i].function, TRUE);
    }
    for (guint i = 0; i < G_N_ELEMENTS(passports); i++) {
        g_autofree char *path = g_strdup_printf("/fast/passport/%s", passports[i].name);

        live_add_data(path, &passports[i], test_passport, i == 1);
    }
    live_add_data("/fast/passport/idle", "http-idle=50", test_passport_idle, TRUE);
    live_add("/fast/passport/refuses", test_passport_refuses, FALSE);
    live_add("/fast/reads", test_reads, TRUE);
    live_add("/fast/late-status", test_late_status, FALSE);
    live_add("/fast/round-trips", test_round_trips, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
