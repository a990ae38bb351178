/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each way in which a sign-in fails: what the client is told about it, in which words, whether it
 * may try again by itself, and what becomes of the password.
 */
#include "service_helpers.h"

#include <string.h>
#include <unistd.h>

/* --- the password ----------------------------------------------------------------------------- */

static user *user_with(service *svc, const char *password, gboolean remember)
{
    user_config config = live_config(svc);

    config.password = password;
    config.remember = remember;
    return user_new(&config);
}

static void test_wrong_password(void)
{
    service *svc = live_service();
    user *u = user_with(svc, LIVE_WRONG, TRUE);

    /* The server's own words, decoded. */
    live_refused(u, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
                 "password is wrong. The server's message: \"",
                 "Type your e-mail address and password correctly", NULL);
    live_check(u->fatal);
    live_check(!strchr(u->error, '%'));
    live_check_count(svc, "LOGIN >>> GET*", 1);
    live_check_count(svc, "NS >>> USR * TWN S *", 0);
    /* It was saved; the user may know better. */
    g_assert_cmpstr(purple_account_get_password(u->account), ==, LIVE_WRONG);
    /* With the right one it works. */
    purple_account_set_password(u->account, LIVE_PASSWORD);
    live_online(u);
    live_end(svc, u);
}

static void test_wrong_password_plain(void)
{
    service *svc = live_service_with("401-plain", NULL);
    user *u = user_with(svc, LIVE_WRONG, TRUE);

    live_refused(u, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED, "password", NULL);
    live_end(svc, u);
}

/* Words that are no fit for a screen. */
static void test_wrong_password_text(void)
{
    service *svc =
        live_service_with("cbtxt=Zut%20%C3%A9%21%00%07%1B%0D%0A%3Cb%3E%20%FF%E2%80%AEend", NULL);
    user *u = user_with(svc, LIVE_WRONG, TRUE);

    live_refused(u, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED, "Zut \xc3\xa9!", "end", NULL);
    live_check(!strpbrk(u->error, "\a\r\x1b"));
    live_check(!strstr(u->error, "\xe2\x80\xae"));
    live_end(svc, u);
}

/* Not saved: it is forgotten, so that the next sign-in asks. */
static void test_forgotten(void)
{
    service *svc = live_service();
    user *u = user_with(svc, LIVE_WRONG, FALSE);

    live_refused(u, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED, NULL);
    g_assert_null(purple_account_get_password(u->account));
    user_sign_in(u);
    live_wait(client_open_dialog(DIALOG_FIELDS), 5);
    client_fill_password(client_open_dialog(DIALOG_FIELDS), LIVE_PASSWORD);
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    client_forget_dialogs();
    live_end(svc, u);
}

/* What has nothing to do with the password leaves it alone. */
static void test_kept(void)
{
    service *svc = live_service_with("nexus-status=500", NULL);
    user *u = user_with(svc, LIVE_PASSWORD, FALSE);

    live_refused(u, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, NULL);
    g_assert_cmpstr(purple_account_get_password(u->account), ==, LIVE_PASSWORD);
    service_unset(svc, "nexus-status");
    live_online(u);
    live_check(client_dialogs()->len == 0);
    live_end(svc, u);
}

/* --- what the servers say --------------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *knobs; /* separated by | */
    PurpleConnectionError reason;
    const char *words[3]; /* that are in its text */
} row;

#define NETWORK    PURPLE_CONNECTION_ERROR_NETWORK_ERROR
#define PASSWORD   PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED
#define ENCRYPTION PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR
#define OTHER      PURPLE_CONNECTION_ERROR_OTHER_ERROR
#define SETTINGS   PURPLE_CONNECTION_ERROR_INVALID_SETTINGS

static const row rows[] = {
    {"ticket-911", "usr-error=911", PASSWORD, {NULL}},
    {"ticket-917", "usr-error=917", PASSWORD, {NULL}},
    {"ticket-928", "usr-error=928", PASSWORD, {NULL}},
    {"busy-910", "usr-error=910", NETWORK, {"busy"}},
    {"busy-921", "usr-error=921", NETWORK, {"busy"}},
    {"busy-600", "usr-error=600", NETWORK, {NULL}},
    {"down-500", "usr-error=500", NETWORK, {NULL}},
    {"down-601", "usr-error=601", NETWORK, {NULL}},
    {"down-914", "usr-error=914", NETWORK, {NULL}},
    {"banned-511", "usr-error=511", OTHER, {"suspended"}},
    {"consent-923", "usr-error=923", OTHER, {"parent"}},
    {"unverified-924", "usr-error=924", OTHER, {"verified"}},
    {"fast-800", "usr-error=800", NETWORK, {NULL}},
    {"unknown-999", "usr-error=999", NETWORK, {"999"}},
    {"ver-busy", "ns-ver.reply=601 {trid}\\r\\n|ns-ver.close", NETWORK, {NULL}},
    {"syn-error", "ns-syn.reply=603 {trid}\\r\\n|ns-syn.close", NETWORK, {NULL}},
    {"chg-error", "ns-chg.reply=800 {trid}\\r\\n|ns-chg.close", NETWORK, {NULL}},

    {"no-ticket", "no-ticket", OTHER, {"localhost"}},
    {"no-dalogin", "no-dalogin", SETTINGS, {"localhost"}},
    {"nexus-404", "nexus-status=404", SETTINGS, {"404", "localhost"}},
    {"nexus-500", "nexus-status=500", NETWORK, {"500", "localhost"}},
    {"nexus-503", "nexus-status=503", NETWORK, {"503", "localhost"}},
    {"login-404", "login-status=404", SETTINGS, {"404", "localhost"}},
    {"login-500", "login-status=500", NETWORK, {"500", "localhost"}},
    {"login-401", "login-status=401", PASSWORD, {NULL}},
    {"redirect-http", "login-redirect-to=http://localhost:80/login2.srf", OTHER, {"unencrypted"}},
    {"redirect-port", "login-redirect-to=https://localhost:99999/x", SETTINGS, {NULL}},
    {"nexus-redirect-http", "nexus-redirect-to=http://localhost:80/", OTHER, {"unencrypted"}},
    {"redirect-loop", "redirect-loop", OTHER, {"localhost"}},
    {"redirect-long", "login-redirects=50", OTHER, {"localhost"}},

    {"garbage-ds", "ds-ver.reply=\\x00\\xff\\xfe!\\r\\n", SETTINGS, {"127.0.0.1", "MSNP8"}},
    {"garbage-ns",
     "ns-cvr.reply=220 hello, this is mail\\r\\nHTTP/1.1 400\\r\\n\\r\\n",
     NETWORK,
     {"127.0.0.1"}},
    {"garbage-web",
     "ds-ver.reply=HTTP/1.1 400 Bad Request\\r\\n\\r\\n|ds-ver.close",
     SETTINGS,
     {"127.0.0.1", "MSNP8"}},
    {"garbage-nexus",
     "nexus.reply=SSH-2.0-OpenSSH_9.2\\r\\n\\r\\n|nexus.close",
     NETWORK,
     {"localhost"}},
    {"garbage-login",
     "login.reply=\\x00\\x01\\x02\\r\\n\\r\\n|login.close",
     NETWORK,
     {"localhost"}},
    {"short-usr", "ns-usr-i.reply=USR {trid}\\r\\n", NETWORK, {"127.0.0.1"}},
    {"short-xfr", "ds-usr.reply=XFR {trid}\\r\\n", NETWORK, {"127.0.0.1"}},
    {"short-ok", "ns-usr-s.reply=USR {trid}\\r\\n", NETWORK, {"127.0.0.1"}},
    {"huge-payload", "ns-usr-s.reply=MSG Hotmail Hotmail 4294967295\\r\\n", NETWORK, {NULL}},
    {"negative-payload", "ns-usr-s.reply=MSG Hotmail Hotmail -1\\r\\n", NETWORK, {NULL}},
    {"not-tls", "nexus-connect.reply=HTTP/1.1 200 OK\\r\\n\\r\\n", ENCRYPTION, {"localhost"}},
    {"xfr-nowhere", "ns-address=127.0.0.1:99999", NETWORK, {NULL}},
    {"xfr-circle",
     "ds-usr.reply=XFR {trid} NS {ds} 0 {ds}\\r\\n|ds-usr.close",
     OTHER,
     {"127.0.0.1"}},
};

static void test_row(gconstpointer data)
{
    const row *r = data;
    g_auto(GStrv) knobs = g_strsplit(r->knobs, "|", -1);
    service *svc = live_service();
    user *u = live_user(svc);

    for (guint i = 0; knobs[i]; i++)
        live_set(svc, knobs[i]);
    live_refused(u, r->reason, r->words[0], r->words[1], r->words[2], NULL);
    live_check(u->fatal == (r->reason != NETWORK && r->reason != ENCRYPTION));
    live_check(strlen(u->error) > 20);
    live_wait(live_connections(svc) == 0, 5);
    /* Nothing of a sign-in that failed is announced to anybody. */
    live_check_count(svc, "* >>> OUT*", 0);
    live_end(svc, u);
}

/* The server speaks no dialect that we do: trying again is no use. */
static void test_version(gconstpointer data)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_check(service_set(svc, "ds-ver.reply", data));
    live_refused(u, SETTINGS, "127.0.0.1", "MSNP8", NULL);
    live_check(u->fatal);
    live_end(svc, u);
}

/* Passport is content and the notification server is not: the letters of the address may be it. */
static void test_ticket_letter_case(void)
{
    service *svc = live_service_with("escargot", NULL);
    user_config config = live_config(svc);
    user *u;

    config.address = "Alice@example.com";
    u = user_new(&config);
    live_refused(u, PASSWORD, "upper and lower case", NULL);
    live_check_count(svc, "LOGIN <<< *da-status=success*", 1);
    live_end(svc, u);
}

/* --- servers that are not there --------------------------------------------------------------- */

/* Names that have to fail whatever the network here is like; the others are looked up as usual. */
static gboolean resolve_host(PurpleDnsQueryData *query,
                             PurpleDnsQueryResolvedCallback resolved G_GNUC_UNUSED,
                             PurpleDnsQueryFailedCallback failed)
{
    const char *host = purple_dnsquery_get_host(query);

    if (!g_str_has_suffix(host, ".hotmail.com") && !g_str_has_suffix(host, ".invalid"))
        return FALSE;
    failed(query, "Name or service not known");
    return TRUE;
}

static PurpleDnsQueryUiOps dns_ops = {.resolve_host = resolve_host};

static void test_unknown_name(void)
{
    service *svc = live_service();
    user_config config = live_config(svc);
    user *u;

    purple_dnsquery_set_ui_ops(&dns_ops);
    config.server = "does-not-exist.invalid";
    u = user_new(&config);
    live_refused(u, NETWORK, "does-not-exist.invalid", NULL);
    purple_dnsquery_set_ui_ops(NULL);
    live_check(!strcasestr(u->error, "Microsoft"));
    /* Passport may have been reached meanwhile. */
    live_check_count(svc, "DS open", 0);
    live_check_count(svc, "NS open", 0);
    live_check_count(svc, "LOGIN >>> *", 0);
    live_end(svc, u);
}

/* With everything as it is when an account is made. */
static void test_historic_name(gconstpointer data)
{
    user_config config = {.address = LIVE_ADDRESS, .password = LIVE_PASSWORD, .remember = TRUE};
    service *svc = live_service();
    user *u;

    purple_dnsquery_set_ui_ops(&dns_ops);
    config.server = data;
    u = user_new(&config);
    live_refused(u, SETTINGS, "messenger.hotmail.com", "Microsoft", NULL);
    purple_dnsquery_set_ui_ops(NULL);
    live_end(svc, u);
}

static void test_refused(void)
{
    service *svc = live_service();
    user_config config = live_config(svc);
    g_autofree char *port = NULL;
    user *u;

    config.port = live_closed_port();
    port = g_strdup_printf("%d", config.port);
    u = user_new(&config);
    live_refused(u, NETWORK, "127.0.0.1", port, "refused", NULL);
    live_end(svc, u);
}

/* Whichever server it is, the text says which. */
static void test_refused_ns(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    g_autofree char *port = g_strdup_printf("%d", live_closed_port());
    g_autofree char *knob = g_strdup_printf("ns-address=127.0.0.1:%s", port);

    live_set(svc, knob);
    live_refused(u, NETWORK, "127.0.0.1", port, "refused", NULL);
    live_end(svc, u);
}

/* An address that the user has never heard of is not all that the text says. */
static void test_refused_ns_elsewhere(void)
{
    service *svc = live_service();
    user_config config = live_config(svc);
    g_autofree char *knob = g_strdup_printf("ns-address=127.0.0.1:%d", live_closed_port());
    user *u;

    config.server = "localhost";
    u = user_new(&config);
    live_set(svc, knob);
    live_refused(u, NETWORK, "localhost redirected the sign-in to 127.0.0.1", "refused", NULL);
    live_end(svc, u);
}

static void test_refused_nexus(void)
{
    service *svc = live_service();
    user_config config = live_config(svc);
    g_autofree char *port = g_strdup_printf("%d", live_closed_port());
    g_autofree char *url = g_strdup_printf("https://localhost:%s/rdr/pprdr.asp", port);
    user *u;

    config.nexus_url = url;
    u = user_new(&config);
    live_refused(u, NETWORK, "localhost", port, "\"Passport nexus URL\"", NULL);
    live_check(!strstr(u->error, "\"Server\""));
    live_end(svc, u);
}

static void test_refused_login(void)
{
    service *svc = live_service();
    user_config config = live_config(svc);
    g_autofree char *port = g_strdup_printf("%d", live_closed_port());
    g_autofree char *url = g_strdup_printf("https://localhost:%s/login2.srf", port);
    user *u;

    config.login_url = url;
    u = user_new(&config);
    live_refused(u, NETWORK, "localhost", port, "\"Passport login URL\"", NULL);
    live_check(!strstr(u->error, "\"Server\""));
    live_end(svc, u);
}

/* --- settings that cannot be used ------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *address;
    const char *server;
    int port;
    const char *nexus_url;
    const char *login_url;
} setting;

static const setting settings[] = {
    {"address-no-at", "alice", NULL, 0, NULL, NULL},
    {"address-blank", "al ice@example.com", NULL, 0, NULL, NULL},
    {"address-foreign", "\xc3\xa9ve@example.com", NULL, 0, NULL, NULL},
    {"server-empty", NULL, "", 0, NULL, NULL},
    {"server-blank", NULL, "not a host", 0, NULL, NULL},
    {"server-url", NULL, "https://example.com/", 0, NULL, NULL},
    {"port-negative", NULL, NULL, -5, NULL, NULL},
    {"port-large", NULL, NULL, 70000, NULL, NULL},
    {"nexus-http", NULL, NULL, 0, "http://localhost/rdr/pprdr.asp", NULL},
    {"nexus-nonsense", NULL, NULL, 0, "https://", NULL},
    {"login-http", NULL, NULL, 0, NULL, "http://localhost/login2.srf"},
};

static void test_setting(gconstpointer data)
{
    const setting *s = data;
    service *svc = live_service();
    user_config config = live_config(svc);
    user *u;

    if (s->address)
        config.address = s->address;
    if (s->server)
        config.server = s->server;
    if (s->port)
        config.port = s->port;
    if (s->nexus_url)
        config.nexus_url = s->nexus_url;
    if (s->login_url)
        config.login_url = s->login_url;
    u = user_new(&config);
    user_sign_in(u);
    /* Haze does not survive an error inside login(). */
    live_check(!u->error);
    live_wait(u->error && user_is_offline(u), 10);
    live_check(u->reason == SETTINGS || u->reason == PURPLE_CONNECTION_ERROR_INVALID_USERNAME);
    live_check((u->reason == PURPLE_CONNECTION_ERROR_INVALID_USERNAME) == (s->address != NULL));
    live_check(u->fatal);
    live_check(u->n_errors == 1);
    live_check(!s->server || strstr(u->error, "Enter the server of your service"));
    live_check(!(s->nexus_url || s->login_url) || strstr(u->error, "\"Passport login URL\""));
    live_check_count(svc, "* >>> Authorization*", 0);
    live_end(svc, u);
}

static void add_tests(void)
{
    live_add("/password/wrong", test_wrong_password, TRUE);
    live_add("/password/wrong-plain", test_wrong_password_plain, FALSE);
    live_add("/password/wrong-text", test_wrong_password_text, FALSE);
    live_add("/password/forgotten", test_forgotten, TRUE);
    live_add("/password/kept", test_kept, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/error/%s", rows[i].name);

        live_add_data(path, &rows[i], test_row, FALSE);
    }
    live_add_data("/error/version-none", "VER {trid} 0\\r\\n", test_version, FALSE);
    live_add_data("/error/version-other", "VER {trid} MSNP18 CVR0\\r\\n", test_version, FALSE);
    live_add("/error/ticket-letter-case", test_ticket_letter_case, FALSE);
    live_add("/absent/unknown-name", test_unknown_name, FALSE);
    live_add_data("/absent/historic-name", NULL, test_historic_name, FALSE);
    live_add_data("/absent/historic-name-typed", "Messenger.Hotmail.com", test_historic_name,
                  FALSE);
    live_add("/absent/refused", test_refused, TRUE);
    live_add("/absent/refused-ns", test_refused_ns, FALSE);
    live_add("/absent/refused-ns-elsewhere", test_refused_ns_elsewhere, FALSE);
    live_add("/absent/refused-nexus", test_refused_nexus, FALSE);
    live_add("/absent/refused-login", test_refused_login, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
        g_autofree char *path = g_strdup_printf("/setting/%s", settings[i].name);

        live_add_data(path, &settings[i], test_setting, FALSE);
    }
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
