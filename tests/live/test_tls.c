/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Certificates: the password goes only where the certificate is good, or where the user said so.
 */
#include "dns_helpers.h"
#include "service_helpers.h"

#include <string.h>
#include <unistd.h>

typedef struct {
    const char *kind;
    PurpleConnectionError reason;
} certificate;

static const certificate bad[] = {
    {"expired", PURPLE_CONNECTION_ERROR_CERT_EXPIRED},
    {"wrong-host", PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH},
    {"unknown-ca", PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED},
    {"self-signed", PURPLE_CONNECTION_ERROR_CERT_SELF_SIGNED},
};

static void set_certificate(service *svc, const char *server, const char *kind)
{
    g_autofree char *knob = g_strdup_printf("%s-cert=%s", server, kind);

    live_set(svc, knob);
}

/* No credentials have left this client. */
static void check_nothing_sent(service *svc, const char *server)
{
    g_autofree char *requests = g_strdup_printf("%s >>> *", server);

    live_check_count(svc, requests, 0);
    live_check_count(svc, "* >>> Authorization*", 0);
}

static gboolean is_certificate_error(PurpleConnectionError reason)
{
    return reason == PURPLE_CONNECTION_ERROR_CERT_NOT_PROVIDED ||
           reason == PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED ||
           reason == PURPLE_CONNECTION_ERROR_CERT_EXPIRED ||
           reason == PURPLE_CONNECTION_ERROR_CERT_NOT_ACTIVATED ||
           reason == PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH ||
           reason == PURPLE_CONNECTION_ERROR_CERT_FINGERPRINT_MISMATCH ||
           reason == PURPLE_CONNECTION_ERROR_CERT_SELF_SIGNED ||
           reason == PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR;
}

static void test_good(gconstpointer data)
{
    service *svc = live_service();
    user *u = live_user(svc);

    client_set_manners((client_manners)GPOINTER_TO_INT(data));
    live_online(u);
    live_check(client_dialogs()->len == 0);
    live_end(svc, u);
}

/* Nobody can be asked: an error at once, which says why and where. */
static void test_cannot_ask(const certificate *c, const char *server, client_manners manners)
{
    service *svc = live_service();
    user *u = live_user(svc);
    g_autofree char *upper = g_ascii_strup(server, -1);

    set_certificate(svc, server, c->kind);
    client_set_manners(manners);
    user_sign_in(u);
    live_failed(u, 5, c->reason, "localhost", NULL);
    live_check(u->fatal);
    live_check(u->n_errors == 1);
    live_check(client_dialogs()->len == 0);
    check_nothing_sent(svc, upper);
    live_end(svc, u);
}

static void test_nexus_cannot_ask(gconstpointer data)
{
    test_cannot_ask(data, "nexus", CLIENT_CANNOT_ASK);
}

static void test_login_cannot_ask(gconstpointer data)
{
    test_cannot_ask(data, "login", CLIENT_CANNOT_ASK);
}

static void test_cannot_question(gconstpointer data)
{
    test_cannot_ask(data, "login", CLIENT_CANNOT_QUESTION);
}

/* Nobody can be asked, but Pidgin or Finch has asked about this very certificate. */
static void test_asked_elsewhere(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    g_autofree char *dir =
        g_build_filename(g_get_home_dir(), ".purple/certificates/x509/tls_peers", NULL);
    g_autofree char *file = g_build_filename(dir, "localhost", NULL);
    g_autofree char *certificates = g_path_get_dirname(service_ca_file(svc));
    g_autofree char *one = g_build_filename(certificates, "unknown-ca.pem", NULL);

    g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
    live_check(symlink(one, file) == 0);
    set_certificate(svc, "login", "unknown-ca");
    client_set_manners(CLIENT_CANNOT_ASK);
    live_online(u);
    user_sign_out(u);
    set_certificate(svc, "login", "self-signed");
    user_sign_in(u);
    live_failed(u, 5, PURPLE_CONNECTION_ERROR_CERT_SELF_SIGNED, "localhost", NULL);
    live_check(unlink(file) == 0);
    live_end(svc, u);
}

static dialog *wait_for_question(user *u)
{
    live_wait(client_open_dialog(DIALOG_QUESTION) || u->error, 10);
    live_check(!u->error);
    live_check(strstr(client_open_dialog(DIALOG_QUESTION)->text, "localhost"));
    return client_open_dialog(DIALOG_QUESTION);
}

static void test_reject(gconstpointer data)
{
    const certificate *c = data;
    service *svc = live_service();
    user *u = live_user(svc);
    dialog *question;

    set_certificate(svc, "login", c->kind);
    user_sign_in(u);
    question = wait_for_question(u);
    client_idle(0.1);
    check_nothing_sent(svc, "LOGIN");
    live_check(client_press_named(question, "Reject"));
    live_wait(u->error && user_is_offline(u), 5);
    live_check(is_certificate_error(u->reason));
    live_check(strstr(u->error, "localhost"));
    live_check(u->fatal);
    live_check(u->n_errors == 1);
    check_nothing_sent(svc, "LOGIN");
    live_check(client_count_dialogs(DIALOG_QUESTION) == 1);
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    live_end(svc, u);
}

static void test_accept(gconstpointer data)
{
    const certificate *c = data;
    service *svc = live_service();
    user *u = live_user(svc);
    dialog *question;

    set_certificate(svc, "nexus", c->kind);
    user_sign_in(u);
    question = wait_for_question(u);
    client_idle(0.1);
    check_nothing_sent(svc, "NEXUS");
    live_check(client_press_named(question, "Accept"));
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    live_end(svc, u);
}

/* Two servers with two bad certificates: each is asked about, and both can be accepted. */
static void test_two_questions(void)
{
    service *svc = live_service_with("nexus-cert=unknown-ca", "login-cert=expired", NULL);
    user *u = live_user(svc);

    user_sign_in(u);
    live_check(client_press_named(wait_for_question(u), "Accept"));
    live_check(client_press_named(wait_for_question(u), "Accept"));
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_check(client_count_dialogs(DIALOG_QUESTION) == 2);
    client_forget_dialogs();
    live_end(svc, u);
}

/* What was accepted is not asked again, by the same client. */
static void test_remembered(void)
{
    service *svc = live_service_with("nexus-cert=self-signed", "login-cert=self-signed", NULL);
    user *u = live_user(svc);

    user_sign_in(u);
    live_check(client_press_named(wait_for_question(u), "Accept"));
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_offline(svc, u);
    live_online(u);
    live_check(client_count_dialogs(DIALOG_QUESTION) == 1);
    client_forget_dialogs();
    live_end(svc, u);
}

static user *user_at_login(service *svc, const char *address, const char *host)
{
    user_config config = live_config(svc);
    g_autofree char *url =
        g_strdup_printf("https://%s:%u/login2.srf", host, service_port(svc, SERVICE_LOGIN));

    service_add_account(svc, address, LIVE_PASSWORD, NULL);
    config.address = address;
    config.login_url = url;
    return user_new(&config);
}

/* The open question about this host. */
static dialog *question_about(const char *host)
{
    for (guint i = 0; i < client_dialogs()->len; i++) {
        dialog *d = g_ptr_array_index(client_dialogs(), i);

        if (d->open && d->kind == DIALOG_QUESTION && strstr(d->text, host))
            return d;
    }
    return NULL;
}

/*
 * Who accepted a certificate for one host has not accepted it for another that shows the same one,
 * neither while that question is open, nor later, nor in another spelling of the host.
 */
static void test_other_host(gconstpointer data)
{
    static const char *const others[] = {"127.0.0.1", "localhost.", "other.test"};
    const certificate *c = data;
    service *svc = live_service();
    user *users[] = {user_at_login(svc, LIVE_ADDRESS, "localhost"),
                     user_at_login(svc, "bob@example.com", others[0])};

    dns_begin();
    for (guint i = 1; i < G_N_ELEMENTS(others); i++)
        dns_set(others[i], "127.0.0.1");
    set_certificate(svc, "login", c->kind);
    user_sign_in(users[0]);
    user_sign_in(users[1]);
    live_wait(question_about("localhost") && question_about(others[0]), 10);
    live_check(client_press_named(question_about("localhost"), "Accept"));
    live_wait(users[0]->online || users[0]->error, 10);
    live_check(users[0]->online);
    live_check(question_about(others[0]) && !users[1]->error);
    live_check_count(svc, "LOGIN >>> GET*", 1);
    user_sign_out(users[1]);
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *url = g_strdup_printf("https://%s:%u/login2.srf", others[i],
                                               service_port(svc, SERVICE_LOGIN));

        purple_account_set_string(users[1]->account, "login_url", url);
        user_sign_in(users[1]);
        live_wait(question_about(others[i]) || users[1]->error, 10);
        live_check(question_about(others[i]));
        live_check(client_press_named(question_about(others[i]), "Reject"));
        live_wait(users[1]->error && user_is_offline(users[1]), 5);
    }
    live_check_count(svc, "LOGIN >>> GET*", 1);
    client_forget_dialogs();
    live_end_all(svc, users, G_N_ELEMENTS(users));
    dns_end();
}

/* Signing out while the question is open takes the question away. */
static void test_stop_while_asked(void)
{
    service *svc = live_service_with("nexus-cert=unknown-ca", NULL);
    user *u = live_user(svc);

    user_sign_in(u);
    wait_for_question(u);
    user_sign_out(u);
    live_wait(user_is_offline(u), 5);
    live_check(!client_open_dialog(DIALOG_QUESTION));
    live_wait(live_connections(svc) == 0, 5);
    live_check(u->n_errors == 0);
    check_nothing_sent(svc, "NEXUS");
    client_forget_dialogs();
    live_end(svc, u);
}

/* ... and signing in again begins afresh. */
static void test_again_while_asked(void)
{
    service *svc = live_service_with("nexus-cert=unknown-ca", NULL);
    user *u = live_user(svc);

    user_sign_in(u);
    wait_for_question(u);
    user_sign_out(u);
    live_wait(user_is_offline(u), 5);
    service_unset(svc, "nexus-cert");
    live_online(u);
    live_check(client_count_dialogs(DIALOG_QUESTION) == 1);
    client_forget_dialogs();
    live_end(svc, u);
}

/* The notification server goes while the question is open: that ends it all. */
static void test_closed_while_asked(void)
{
    service *svc = live_service_with("nexus-cert=unknown-ca", NULL);
    user *u = live_user(svc);

    user_sign_in(u);
    wait_for_question(u);
    live_wait(live_is_challenged(), 10);
    live_check(live_hang_up(svc, SERVICE_NOTIFICATION) == 1);
    live_failed(u, 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", NULL);
    live_check(!client_open_dialog(DIALOG_QUESTION));
    client_forget_dialogs();
    live_end(svc, u);
}

/*
 * It goes before it has answered anything: it is connected to anew, of which the person who thinks
 * about Passport's certificate sees nothing.
 */
static void test_anew_while_asked(void)
{
    service *svc = live_service_with("nexus-cert=unknown-ca", "ns-ver.silent", NULL);
    user *u = live_user(svc);
    dialog *question;

    user_sign_in(u);
    question = wait_for_question(u);
    live_wait(service_count(svc, "NS >>> VER *") == 1, 10);
    service_unset(svc, "ns-ver.silent");
    live_check(live_hang_up(svc, SERVICE_NOTIFICATION) == 1);
    live_wait(service_count(svc, "NS <<< USR * TWN S *") == 1, 10);
    client_idle(0.1);
    live_check(question->open);
    check_nothing_sent(svc, "NEXUS");
    live_check(client_press_named(question, "Accept"));
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_check_count(svc, "NS open", 2);
    live_check_count(svc, "NEXUS open", 1);
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    live_end(svc, u);
}

static void add_tests(void)
{
    live_add_data("/tls/good/asks", GINT_TO_POINTER(CLIENT_ASKS), test_good, FALSE);
    live_add_data("/tls/good/cannot-ask", GINT_TO_POINTER(CLIENT_CANNOT_ASK), test_good, FALSE);
    live_add("/tls/asked-elsewhere", test_asked_elsewhere, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        static const struct {
            const char *name;
            void (*function)(gconstpointer data);
        } tests[] = {
            {"nexus-cannot-ask", test_nexus_cannot_ask},
            {"login-cannot-ask", test_login_cannot_ask},
            {"cannot-question", test_cannot_question},
            {"reject", test_reject},
            {"accept", test_accept},
            {"other-host", test_other_host},
        };

        for (guint k = 0; k < G_N_ELEMENTS(tests); k++) {
            g_autofree char *path = g_strdup_printf("/tls/%s/%s", bad[i].kind, tests[k].name);

            /* One kind is enough for the slow. */
            live_add_data(path, &bad[i], tests[k].function, i == 2);
        }
    }
    live_add("/tls/two-questions", test_two_questions, FALSE);
    live_add("/tls/remembered", test_remembered, FALSE);
    live_add("/tls/stop-while-asked", test_stop_while_asked, TRUE);
    live_add("/tls/again-while-asked", test_again_while_asked, FALSE);
    live_add("/tls/closed-while-asked", test_closed_while_asked, FALSE);
    live_add("/tls/anew-while-asked", test_anew_while_asked, TRUE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
