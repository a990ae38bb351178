/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is remembered of a nexus: the login server that it named, for all accounts, until a login
 * fails there; and what of it is saved with the account for the next start of the client.
 */
#include "dns_helpers.h"
#include "service_helpers.h"

#include <string.h>
#include <unistd.h>

#define BOB      "bob@example.com"
#define NETWORK  PURPLE_CONNECTION_ERROR_NETWORK_ERROR
#define PASSWORD PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED
#define SETTINGS PURPLE_CONNECTION_ERROR_INVALID_SETTINGS
#define OTHER    PURPLE_CONNECTION_ERROR_OTHER_ERROR

/* Signs in and out again, and forgets what was said. */
static void learn(service *svc, user *u)
{
    live_online(u);
    live_check_count(svc, "NEXUS open", 1);
    live_offline(svc, u);
    service_forget_transcript(svc);
}

static user *second_user(service *svc)
{
    user_config config = live_config(svc);

    service_add_account(svc, BOB, LIVE_PASSWORD, NULL);
    config.address = BOB;
    return user_new(&config);
}

static void test_next_time(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    learn(svc, u);
    for (guint i = 1; i <= 2; i++) {
        live_online(u);
        live_check_count(svc, "NEXUS open", 0);
        live_check_count(svc, "LOGIN open", i);
        live_offline(svc, u);
    }
    live_end(svc, u);
}

static void test_other_account(void)
{
    service *svc = live_service();
    user *users[] = {live_user(svc), second_user(svc)};

    learn(svc, users[0]);
    live_online(users[1]);
    live_check_count(svc, "NEXUS open", 0);
    live_end_all(svc, users, 2);
}

static const char *saved(const user *u)
{
    return purple_account_get_string(u->account, "cache", "");
}

/* What a client that starts finds with the account, saved so many seconds ago. */
static void save(service *svc, user *u, const char *login, gint64 age)
{
    g_autofree char *text = g_strdup_printf("login %s %s %" G_GINT64_FORMAT, service_nexus_url(svc),
                                            login, g_get_real_time() / G_USEC_PER_SEC - age);

    purple_account_set_string(u->account, "nexus_url", service_nexus_url(svc));
    purple_account_set_string(u->account, "cache", text);
    live_check(client_reload_plugin());
}

/* The first sign-in of a process is like a later one, and asks for each name anew. */
static void test_restarted(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    dns_begin();
    learn(svc, u);
    g_assert_cmpuint(dns_asked("localhost"), ==, 1);
    live_check(strstr(saved(u), "login ") == saved(u));
    live_check(!strstr(saved(u), LIVE_PASSWORD) && !strstr(saved(u), "from-PP"));
    live_check(client_reload_plugin());
    live_online(u);
    live_check_count(svc, "NEXUS open", 0);
    g_assert_cmpuint(dns_asked("localhost"), ==, 2);
    live_end(svc, u);
    dns_end();
}

/* What was saved is too old, comes from a clock that was wrong, or is nothing that we saved. */
static void test_not_usable(gconstpointer age)
{
    service *svc = live_service();
    user *u = live_user(svc);

    save(svc, u, service_login_url(svc), GPOINTER_TO_INT(age));
    live_online(u);
    live_check_count(svc, "NEXUS open", 1);
    live_check(strstr(saved(u), service_login_url(svc)) != NULL);
    live_end(svc, u);
}

/* A login server that is gone meanwhile: the nexus is asked, and what it says is saved. */
static void test_saved_stale(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    g_autofree char *gone = g_strdup_printf("https://localhost:%d/", live_closed_port());

    save(svc, u, gone, 60);
    live_online(u);
    live_check_count(svc, "NEXUS open", 1);
    live_check(strstr(saved(u), gone) == NULL);
    live_check(strstr(saved(u), service_login_url(svc)) != NULL);
    live_end(svc, u);
}

static gboolean was_told(const user *u, const char *text)
{
    for (guint i = 0; i < u->progress->len; i++)
        if (strstr(g_ptr_array_index(u->progress, i), text))
            return TRUE;
    return FALSE;
}

/*
 * Who gets the password is in the log; and the user is told of a login server that is not in the
 * domain of the service or its nexus, whether the nexus names it or it is remembered.
 */
static void test_outside(void)
{
    service *svc = live_service();
    user_config config = live_config(svc);
    const char *rest = strstr(config.nexus_url, "://localhost");
    g_autofree char *nexus = g_strconcat("https://127.0.0.1", rest + strlen("://localhost"), NULL);
    user *u = live_user(svc);
    user *led;

    live_online(u);
    live_check(!was_told(u, "localhost"));
    live_check(strstr(client_debug_log(), "address and password go to localhost\n") != NULL);
    live_offline(svc, u);
    user_free(u);
    config.nexus_url = nexus;
    led = user_new(&config);
    service_forget_transcript(svc);
    for (guint i = 0; i < 2; i++) {
        client_forget_debug_log();
        live_online(led);
        live_check(was_told(led, "Your password is being sent to localhost, a server outside"));
        live_check(strstr(client_debug_log(), "go to localhost, outside the domain") != NULL);
        live_check_count(svc, "NEXUS open", 1);
        live_offline(svc, led);
    }
    live_end(svc, led);
}

/* What is forgotten is forgotten in all accounts, also in one that is not signed in. */
static void test_saved_forgotten(void)
{
    service *svc = live_service();
    user *users[] = {live_user(svc), second_user(svc)};

    learn(svc, users[0]);
    live_check(*saved(users[0]) != '\0');
    g_assert_cmpstr(saved(users[0]), ==, saved(users[1]));
    live_check(service_set(svc, "usr-error", "911"));
    live_refused(users[1], PASSWORD, NULL);
    g_assert_cmpstr(saved(users[0]), ==, "");
    g_assert_cmpstr(saved(users[1]), ==, "");
    live_end_all(svc, users, 2);
}

/* What one service is like says nothing about another. */
static void test_other_service(void)
{
    service *svc = live_service();
    service *other = live_service();
    user *users[] = {live_user(svc), second_user(other)};

    learn(svc, users[0]);
    learn(other, users[1]);
    live_online(users[0]);
    live_online(users[1]);
    live_check_count(svc, "NEXUS open", 0);
    live_check_count(other, "NEXUS open", 0);
    live_end(svc, users[0]);
    live_end(other, users[1]);
}

/* The account's nexus is another one now, which sends us on to the first. */
static void test_other_nexus(void)
{
    service *svc = live_service();
    service *other = live_service();
    user *u = live_user(svc);

    live_check(service_set(other, "nexus-redirect-to", service_nexus_url(svc)));
    learn(svc, u);
    purple_account_set_string(u->account, "nexus_url", service_nexus_url(other));
    live_online(u);
    live_check_count(other, "NEXUS >>> GET *", 1);
    live_check_count(svc, "NEXUS >>> GET *", 1);
    live_offline(svc, u);
    purple_account_set_string(u->account, "nexus_url", service_nexus_url(svc));
    live_online(u);
    live_check_count(svc, "NEXUS open", 1);
    live_end(svc, u);
    live_end(other, NULL);
}

/* One account has a login server of its own, to which the others are not sent. */
static void test_login_url(void)
{
    service *svc = live_service_with("challenge-any", NULL);
    service *other = live_service_with("challenge-any", NULL);
    user *users[] = {live_user(svc), second_user(other)};

    learn(svc, users[0]);
    learn(other, users[1]); /* now it knows the challenge */
    service_add_account(svc, BOB, LIVE_PASSWORD, NULL);
    live_check(service_set(other, "login-redirect-to", service_login_url(svc)));
    purple_account_set_int(users[1]->account, "port", service_port(svc, SERVICE_DISPATCH));
    purple_account_set_string(users[1]->account, "nexus_url", service_nexus_url(svc));
    purple_account_set_string(users[1]->account, "login_url", service_login_url(other));
    live_online(users[1]);
    live_online(users[0]);
    live_check_count(svc, "NEXUS open", 0);
    live_check_count(other, "NEXUS open", 0);
    live_check_count(svc, "LOGIN open", 2);
    live_check_count(other, "LOGIN open", 1);
    live_end_all(svc, users, 2);
    live_end(other, NULL);
}

/* --- a login server that fails ---------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *knobs; /* separated by | */
    PurpleConnectionError reason;
} failure;

static const failure failures[] = {
    {"closed", "login.close", NETWORK},
    {"reset", "login.reset", NETWORK},
    {"no-handshake", "login-connect.close", NETWORK},
    {"404", "login-status=404", SETTINGS},
    {"500", "login-status=500", NETWORK},
    {"junk", "login.reply=\\x00\\x01\\x02\\r\\n\\r\\n|login.close", NETWORK},
    {"no-ticket", "no-ticket", OTHER},
    {"redirects", "redirect-loop", OTHER},
    {"redirect-http", "login-redirect-to=http://localhost:80/", OTHER},
};

static void set_all(service *svc, const char *knobs, gboolean on)
{
    g_auto(GStrv) each = g_strsplit(knobs, "|", -1);

    for (guint i = 0; each[i]; i++) {
        g_auto(GStrv) parts = g_strsplit(each[i], "=", 2);

        if (on)
            live_set(svc, each[i]);
        else
            service_unset(svc, parts[0]);
    }
}

/* The nexus names a good one meanwhile: the user sees nothing of it. */
static void test_replaced(gconstpointer data)
{
    const failure *f = data;
    service *svc = live_service();
    user *u = live_user(svc);

    learn(svc, u);
    set_all(svc, f->knobs, TRUE);
    user_sign_in(u);
    live_wait(service_count(svc, "NEXUS open") == 1 || u->error, 10);
    set_all(svc, f->knobs, FALSE);
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_check(u->n_errors == 0);
    live_check_count(svc, "NEXUS >>> GET*", 1);
    live_check_count(svc, "NS open", 1);
    live_offline(svc, u);
    service_forget_transcript(svc);
    /* Now that is what is known. */
    live_online(u);
    live_check_count(svc, "NEXUS open", 0);
    live_end(svc, u);
}

/* It names the same one, which fails once more: the error is the one that it always was. */
static void test_fails_again(gconstpointer data)
{
    const failure *f = data;
    service *svc = live_service();
    user *u = live_user(svc);

    learn(svc, u);
    set_all(svc, f->knobs, TRUE);
    user_sign_in(u);
    live_wait(u->error && user_is_offline(u), 20);
    /* During a handshake libpurple does not tell a lost connection from other failures. */
    live_check(u->reason == f->reason || (g_str_equal(f->name, "no-handshake") &&
                                          u->reason == PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR));
    live_check(strstr(u->error, "localhost"));
    live_check(u->n_errors == 1);
    live_check_count(svc, "NEXUS >>> GET*", 1);
    live_check_count(svc, "NS open", 1);
    set_all(svc, f->knobs, FALSE);
    live_online(u);
    live_end(svc, u);
}

/* Nobody listens there any more. */
static void test_gone(void)
{
    service *svc = live_service_with("challenge-any", NULL);
    user *u = live_user(svc);
    g_autofree char *answer =
        g_strdup_printf("HTTP/1.1 200 OK\\r\\nPassportURLs: DALogin=127.0.0.1:%d/login2.srf\\r\\n"
                        "Content-Length: 0\\r\\n\\r\\n",
                        live_closed_port());
    g_autofree char *knob = g_strdup_printf("nexus.reply=%s", answer);

    live_set(svc, knob);
    live_refused(u, NETWORK, "127.0.0.1", "refused", NULL);
    live_check_count(svc, "NEXUS open", 1);
    service_unset(svc, "nexus.reply");
    live_online(u);
    live_check_count(svc, "NEXUS open", 2);
    live_check_count(svc, "LOGIN open", 1);
    live_end(svc, u);
}

/* --- what is the person's, or the service's, affair ------------------------------------------- */

/* The login server is believed, this time; whether it is the right one is asked the next time. */
static void test_wrong_password(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    learn(svc, u);
    purple_account_set_password(u->account, LIVE_WRONG);
    live_refused(u, PASSWORD, "password", NULL);
    live_check_count(svc, "NEXUS open", 0);
    live_check_count(svc, "LOGIN >>> GET*", 1);
    purple_account_set_password(u->account, LIVE_PASSWORD);
    for (guint i = 0; i < 2; i++) {
        live_online(u);
        live_check_count(svc, "NEXUS open", 1);
        live_offline(svc, u);
    }
    live_end(svc, u);
}

/* The nexus has just said so. */
static void test_wrong_password_at_first(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    purple_account_set_password(u->account, LIVE_WRONG);
    live_refused(u, PASSWORD, "password", NULL);
    purple_account_set_password(u->account, LIVE_PASSWORD);
    live_online(u);
    live_check_count(svc, "NEXUS open", 1);
    live_end(svc, u);
}

/* The notification server does not take such tickets: perhaps they are from elsewhere. */
static void test_ticket_refused(gconstpointer knob)
{
    service *svc = live_service();
    user *u = live_user(svc);
    g_auto(GStrv) parts = g_strsplit(knob, "=", 2);

    learn(svc, u);
    live_set(svc, knob);
    user_sign_in(u);
    live_wait(u->error && user_is_offline(u), 10);
    live_check_count(svc, "NEXUS open", 0);
    service_unset(svc, parts[0]);
    live_online(u);
    live_check_count(svc, "NEXUS open", 1);
    live_end(svc, u);
}

/* It has taken the ticket: what happens then has nothing to do with Passport. */
static void test_ticket_taken(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    learn(svc, u);
    live_set(svc, "ns-syn.close");
    live_refused(u, NETWORK, "127.0.0.1", NULL);
    service_unset(svc, "ns-syn.close");
    live_online(u);
    live_check_count(svc, "NEXUS open", 0);
    live_end(svc, u);
}

/* For whom a person has vouched, that is for once: the next time somebody else may have to. */
static void test_vouched_for(void)
{
    service *svc = live_service_with("nexus-cert=unknown-ca", NULL);
    user *u = live_user(svc);

    user_sign_in(u);
    live_wait(client_open_dialog(DIALOG_QUESTION), 10);
    live_check(client_press_named(client_open_dialog(DIALOG_QUESTION), "Accept"));
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    client_forget_dialogs();
    live_offline(svc, u);
    /* libpurple knows the certificate now, and nobody is asked. */
    for (guint i = 0; i < 2; i++) {
        live_online(u);
        live_check_count(svc, "NEXUS open", 2);
        live_offline(svc, u);
    }
    live_end(svc, u);
}

/*
 * Who has looked at a certificate is not asked again in the same sign-in; where nobody could look,
 * the nexus may know a better login server.
 */
static void test_certificate(gconstpointer data)
{
    gboolean asks = GPOINTER_TO_INT(data);
    service *svc = live_service();
    user *u = live_user(svc);

    learn(svc, u);
    client_forget_certificates();
    live_set(svc, "login-cert=expired");
    client_set_manners(asks ? CLIENT_ASKS : CLIENT_CANNOT_ASK);
    user_sign_in(u);
    if (asks) {
        live_wait(client_open_dialog(DIALOG_QUESTION), 10);
        live_check(client_press_named(client_open_dialog(DIALOG_QUESTION), "Reject"));
    }
    live_wait(u->error && user_is_offline(u), 10);
    live_check(u->fatal && u->n_errors == 1);
    live_check_count(svc, "NEXUS open", asks ? 0 : 1);
    live_check_count(svc, "LOGIN open", asks ? 1 : 2);
    live_check_count(svc, "LOGIN >>> *", 0);
    live_check(client_dialogs()->len == (asks ? 1 : 0));
    client_forget_dialogs();
    service_unset(svc, "login-cert");
    live_online(u);
    live_check_count(svc, "NEXUS open", 1);
    live_end(svc, u);
}

/* The user leaves while the nexus is asked once more. */
static void test_signs_out(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    learn(svc, u);
    live_set(svc, "login.close");
    live_set(svc, "nexus.silent");
    user_sign_in(u);
    live_wait(service_count(svc, "NEXUS >>> GET*") == 1, 10);
    user_sign_out(u);
    live_check(user_is_offline(u));
    live_check(client_plugin_timers() == 0);
    live_check(client_plugin_watches() == 0);
    service_unset(svc, "login.close");
    service_unset(svc, "nexus.silent");
    live_online(u);
    live_check_count(svc, "NEXUS >>> GET*", 2);
    live_check(u->n_errors == 0);
    live_end(svc, u);
}

/* --- logs of older plugins -------------------------------------------------------------------- */

/* The path below the logs, made. */
static char *in_logs(const char *protocol, const char *path, const char *name)
{
    g_autofree char *dir = g_build_filename(purple_user_dir(), "logs", protocol, path, NULL);

    g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
    return g_build_filename(dir, name, NULL);
}

static void put_in_logs(const char *protocol, const char *path, const char *name)
{
    g_autofree char *file = in_logs(protocol, path, name);

    g_assert_true(g_file_set_contents(file, protocol, -1, NULL));
}

static void link_in_logs(const char *protocol, const char *path, const char *name, const char *to)
{
    g_autofree char *file = in_logs(protocol, path, name);

    g_assert_cmpint(symlink(to, file), ==, 0);
}

static gboolean has_log(const char *protocol, const char *path, const char *text)
{
    g_autofree char *file = g_build_filename(purple_user_dir(), "logs", protocol, path, NULL);
    g_autofree char *found = NULL;

    return g_file_get_contents(file, &found, NULL, NULL) && strcmp(found, text) == 0;
}

/* They are moved to those of this one; where one of them is a link, nothing that it leads to is. */
static void test_logs(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    put_in_logs("msn", LIVE_ADDRESS "/" BOB, "old.txt");
    put_in_logs("msn", LIVE_ADDRESS "/" BOB, "lost.txt");
    put_in_logs("msnp8", LIVE_ADDRESS "/" BOB, "new.txt");
    link_in_logs("msnp8", LIVE_ADDRESS "/" BOB, "lost.txt", "nowhere.txt");
    put_in_logs("elsewhere", "", "its.txt");
    link_in_logs("msn", LIVE_ADDRESS, "linked", "../../elsewhere");
    put_in_logs("msnp8", LIVE_ADDRESS "/linked", "own.txt");
    live_online(u);
    live_check(has_log("msnp8", LIVE_ADDRESS "/" BOB "/old.txt", "msn"));
    live_check(has_log("msnp8", LIVE_ADDRESS "/" BOB "/new.txt", "msnp8"));
    live_check(has_log("msn", LIVE_ADDRESS "/" BOB "/lost.txt", "msn"));
    live_check(has_log("elsewhere", "its.txt", "elsewhere"));
    live_end(svc, u);
}

static void add_tests(void)
{
    live_add("/remembered/next-time", test_next_time, TRUE);
    live_add("/remembered/other-account", test_other_account, TRUE);
    live_add("/remembered/restarted", test_restarted, TRUE);
    live_add_data("/remembered/saved/old", GINT_TO_POINTER(24 * 60 * 60), test_not_usable, FALSE);
    live_add_data("/remembered/saved/future", GINT_TO_POINTER(-600), test_not_usable, FALSE);
    live_add("/remembered/saved/stale", test_saved_stale, FALSE);
    live_add("/remembered/outside", test_outside, FALSE);
    live_add("/remembered/saved/forgotten", test_saved_forgotten, TRUE);
    live_add("/remembered/other-service", test_other_service, FALSE);
    live_add("/remembered/other-nexus", test_other_nexus, FALSE);
    live_add("/remembered/login-url", test_login_url, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(failures); i++) {
        g_autofree char *replaced = g_strdup_printf("/remembered/replaced/%s", failures[i].name);
        g_autofree char *fails = g_strdup_printf("/remembered/fails-again/%s", failures[i].name);

        live_add_data(replaced, &failures[i], test_replaced, i % 4 == 0);
        live_add_data(fails, &failures[i], test_fails_again, FALSE);
    }
    live_add("/remembered/gone", test_gone, TRUE);
    live_add("/remembered/wrong-password", test_wrong_password, TRUE);
    live_add("/remembered/wrong-password-at-first", test_wrong_password_at_first, FALSE);
    live_add_data("/remembered/ticket-refused/911", "usr-error=911", test_ticket_refused, FALSE);
    live_add_data("/remembered/ticket-refused/928", "usr-error=928", test_ticket_refused, FALSE);
    live_add_data("/remembered/ticket-refused/910", "usr-error=910", test_ticket_refused, TRUE);
    live_add_data("/remembered/ticket-refused/closed", "ns-usr-s.close", test_ticket_refused,
                  FALSE);
    live_add("/remembered/ticket-taken", test_ticket_taken, FALSE);
    live_add("/remembered/vouched-for", test_vouched_for, TRUE);
    live_add_data("/remembered/certificate/asks", GINT_TO_POINTER(TRUE), test_certificate, TRUE);
    live_add_data("/remembered/certificate/cannot-ask", GINT_TO_POINTER(FALSE), test_certificate,
                  FALSE);
    live_add("/remembered/logs", test_logs, FALSE);
    live_add("/remembered/signs-out", test_signs_out, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
