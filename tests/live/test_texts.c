/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of errors, row by row: from what went wrong to libpurple's reason (does the client
 * reconnect by itself?) and to the text. No client runs here; which one it would be is said here.
 */
#include "errors.h"

#include <errno.h>
#include <string.h>

#define NETWORK  PURPLE_CONNECTION_ERROR_NETWORK_ERROR
#define SETTINGS PURPLE_CONNECTION_ERROR_INVALID_SETTINGS
#define AUTH     PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED
#define OTHER    PURPLE_CONNECTION_ERROR_OTHER_ERROR

static const char *client = "gtk-gaim";

const char *purple_core_get_ui(void)
{
    return client;
}

/* What each problem must say besides its own words; the proxy, if there is one. */
enum { HOST = 1, PORT = 2, NUMBER = 4, STEP = 8, DETAIL = 16, VIA = 32 };

static const struct {
    prpl_problem problem;
    PurpleConnectionError reason;
    unsigned says;
    const char *words;
} rows[] = {
    {PRPL_PROBLEM_ACCOUNT_NAME, PURPLE_CONNECTION_ERROR_INVALID_USERNAME, 0, "e-mail address"},
    {PRPL_PROBLEM_SERVER_NAME, SETTINGS, 0, "\"Server\" or \"Port\""},
    {PRPL_PROBLEM_PROXY_SETTINGS, SETTINGS, 0, "proxy"},
    {PRPL_PROBLEM_URL, SETTINGS, 0, "https://"},
    {PRPL_PROBLEM_SWITCHED_OFF, SETTINGS, HOST, "setting \"Service\""},
    {PRPL_PROBLEM_NAME_NOT_FOUND, NETWORK, HOST, "not found"},
    {PRPL_PROBLEM_REFUSED, NETWORK, HOST | PORT, "refused"},
    {PRPL_PROBLEM_CONNECT_TIMEOUT, NETWORK, HOST | PORT | STEP | VIA, "timed out"},
    {PRPL_PROBLEM_UNREACHABLE, NETWORK, HOST | PORT | DETAIL, "Could not connect"},
    {PRPL_PROBLEM_PROXY, NETWORK, HOST | PORT | VIA, "proxy"},
    {PRPL_PROBLEM_PROXY_TEXT, NETWORK, HOST | PORT | DETAIL | VIA, "Error message: \""},
    {PRPL_PROBLEM_GATEWAY_URL, SETTINGS, 0, "\"HTTP gateway URL\""},
    {PRPL_PROBLEM_GATEWAY_UNREACHABLE, NETWORK, HOST | PORT, "\"HTTP gateway URL\""},
    {PRPL_PROBLEM_GATEWAY_SILENT, NETWORK, HOST, "did not reply"},
    {PRPL_PROBLEM_GATEWAY_STATUS, NETWORK, HOST | NUMBER, "is not an HTTP gateway"},
    {PRPL_PROBLEM_GATEWAY_FORBIDDEN, NETWORK, HOST | NUMBER, "settings"},
    {PRPL_PROBLEM_NO_TLS, PURPLE_CONNECTION_ERROR_NO_SSL_SUPPORT, 0, "TLS"},
    {PRPL_PROBLEM_HANDSHAKE, PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR, HOST | PORT | VIA,
     "encrypted"},
    {PRPL_PROBLEM_CERT_UNTRUSTED, PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED, HOST,
     "trusted certificate authority"},
    {PRPL_PROBLEM_CERT_SELF_SIGNED, PURPLE_CONNECTION_ERROR_CERT_SELF_SIGNED, HOST, "self-signed"},
    {PRPL_PROBLEM_CERT_EXPIRED, PURPLE_CONNECTION_ERROR_CERT_EXPIRED, HOST, "expired"},
    {PRPL_PROBLEM_CERT_NOT_ACTIVATED, PURPLE_CONNECTION_ERROR_CERT_NOT_ACTIVATED, HOST, "yet"},
    {PRPL_PROBLEM_CERT_WRONG_NAME, PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH, HOST,
     "host name"},
    {PRPL_PROBLEM_CERT_REVOKED, PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR, HOST, "revoked"},
    {PRPL_PROBLEM_CERT_OTHER, PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR, HOST, "rejected"},
    {PRPL_PROBLEM_CLOSED, NETWORK, HOST | STEP | VIA, "closed"},
    {PRPL_PROBLEM_TIMEOUT, NETWORK, HOST | STEP | VIA, "in time"},
    {PRPL_PROBLEM_LOST, NETWORK, HOST, "lost"},
    {PRPL_PROBLEM_DEAD, NETWORK, HOST, "stopped responding"},
    {PRPL_PROBLEM_MALFORMED, NETWORK, HOST | STEP | VIA, "unexpected reply"},
    {PRPL_PROBLEM_TOO_LONG, NETWORK, HOST | STEP | VIA, "more data"},
    {PRPL_PROBLEM_VERSION, SETTINGS, HOST | PORT, "MSNP8"},
    {PRPL_PROBLEM_TRANSFERS, OTHER, HOST | PORT, "Too many server redirects"},
    {PRPL_PROBLEM_BUSY, NETWORK, HOST | NUMBER, "busy"},
    {PRPL_PROBLEM_DOWN, NETWORK, HOST | NUMBER, "temporarily unavailable"},
    {PRPL_PROBLEM_TOO_FAST, NETWORK, HOST | NUMBER, "too many attempts"},
    {PRPL_PROBLEM_TICKET, AUTH, HOST | NUMBER, "upper and lower case"},
    {PRPL_PROBLEM_UNVERIFIED, OTHER, NUMBER, "verified"},
    {PRPL_PROBLEM_CONSENT, OTHER, NUMBER, "parent"},
    {PRPL_PROBLEM_BANNED, OTHER, NUMBER, "suspended"},
    {PRPL_PROBLEM_CHALLENGE, NETWORK, HOST | NUMBER, "failed the server's challenge"},
    {PRPL_PROBLEM_NUMBER, NETWORK, HOST | NUMBER | STEP, "error"},
    {PRPL_PROBLEM_NUMBER_FINAL, OTHER, HOST | NUMBER | STEP, "refused to sign"},
    {PRPL_PROBLEM_ELSEWHERE, PURPLE_CONNECTION_ERROR_NAME_IN_USE, 0, "another location"},
    {PRPL_PROBLEM_SHUTDOWN, NETWORK, HOST, "shutting down"},
    {PRPL_PROBLEM_SIGNED_OUT, NETWORK, HOST, "signed this account out"},
    {PRPL_PROBLEM_PASSWORD, AUTH, 0, "wrong"},
    {PRPL_PROBLEM_PASSWORD_TEXT, AUTH, DETAIL, "server's message: \""},
    {PRPL_PROBLEM_HTTP_TEMPORARY, NETWORK, HOST | NUMBER | STEP, "temporarily"},
    {PRPL_PROBLEM_HTTP_PERMANENT, SETTINGS, HOST | NUMBER | STEP, "Passport server"},
    {PRPL_PROBLEM_HTTP_TEXT, OTHER, HOST | NUMBER | DETAIL, "server's message: \""},
    {PRPL_PROBLEM_NO_LOGIN, SETTINGS, HOST, "no login server"},
    {PRPL_PROBLEM_NO_TICKET, OTHER, HOST, "valid ticket"},
    {PRPL_PROBLEM_INSECURE, OTHER, HOST, "unencrypted"},
    {PRPL_PROBLEM_REDIRECT_URL, SETTINGS, HOST, "invalid address"},
    {PRPL_PROBLEM_REDIRECTS, OTHER, HOST, "Too many redirects"},
};
G_STATIC_ASSERT(G_N_ELEMENTS(rows) == PRPL_N_PROBLEMS);

static void check_row(size_t i, const char *proxy)
{
    prpl_error error = {.problem = rows[i].problem,
                        .step = MSNP_STEP_ACCOUNT,
                        .host = "some.example",
                        .port = 4711,
                        .proxy = proxy,
                        .number = 815,
                        .detail = "in their own words"};
    char *text = prpl_errors_text(&error);
    const char *parts[] = {"some.example",
                           "4711",
                           "815",
                           prpl_errors_step_text(MSNP_STEP_ACCOUNT),
                           "in their own words",
                           "proxy.example:3128"};
    unsigned says = proxy != NULL ? rows[i].says : rows[i].says & ~(unsigned)VIA;

    if (proxy != NULL && rows[i].problem == PRPL_PROBLEM_GATEWAY_FORBIDDEN)
        says = HOST | PORT | VIA;
    g_test_message("row %u: %s", (unsigned)i, text);
    g_assert_cmpint(prpl_errors_reason(&error), ==, rows[i].reason);
    g_assert_nonnull(strstr(text, rows[i].words));
    for (size_t part = 0; part < G_N_ELEMENTS(parts); part++)
        g_assert_cmpint(strstr(text, parts[part]) != NULL, ==, (says >> part) & 1);
    g_assert_null(strpbrk(text, "{}"));
    g_free(text);
}

static void test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_row(i, NULL);
        check_row(i, "proxy.example:3128");
    }
}

/* Which server failed decides which setting to look at, and whether the user knows its address. */
static void test_peers(void)
{
    static const struct {
        prpl_problem problem;
        msnp_step step;
        const char *service;
        const char *text;
    } cases[] = {
        {PRPL_PROBLEM_REFUSED, MSNP_STEP_CONNECT, "typed.example",
         "typed.example redirected the sign-in to some.example, which refused the connection on "
         "port 4711. The service may be down."},
        {PRPL_PROBLEM_REFUSED, MSNP_STEP_CONNECT, "Some.Example",
         "some.example refused the connection on port 4711. The service may be down, or the "
         "account's setting \"Server\" or \"Port\" may be wrong."},
        {PRPL_PROBLEM_REFUSED, MSNP_STEP_NEXUS_CONNECT, "typed.example",
         "The Passport nexus some.example refused the connection on port 4711. The service may be "
         "down, or the account's setting \"Passport nexus URL\" may be wrong."},
        {PRPL_PROBLEM_REFUSED, MSNP_STEP_LOGIN_CONNECT, "typed.example",
         "The Passport login server some.example refused the connection on port 4711. The service "
         "may be down, or the account's setting \"Passport nexus URL\" or \"Passport login URL\" "
         "may be wrong."},
        {PRPL_PROBLEM_NAME_NOT_FOUND, MSNP_STEP_CONNECT, "typed.example",
         "typed.example redirected the sign-in to some.example, which was not found."},
        {PRPL_PROBLEM_NAME_NOT_FOUND, MSNP_STEP_NEXUS_CONNECT, NULL,
         "The Passport nexus some.example was not found. Check your network connection and the "
         "account's setting \"Passport nexus URL\"."},
        {PRPL_PROBLEM_SWITCHED_OFF, MSNP_STEP_LOGIN_CONNECT, "typed.example",
         "some.example belongs to Microsoft's own Messenger service, which has been shut down. "
         "Check the account's settings \"Passport nexus URL\" and \"Passport login URL\"."},
        {PRPL_PROBLEM_HTTP_PERMANENT, MSNP_STEP_LOGIN, "typed.example",
         "some.example did not respond like a Passport login server (HTTP status 815). Check the "
         "account's settings \"Passport nexus URL\" and \"Passport login URL\". Sign-in step: "
         "Checking the password."},
        {PRPL_PROBLEM_LOST, MSNP_STEP_ONLINE, "typed.example",
         "The connection to typed.example was lost."},
        {PRPL_PROBLEM_LOST, MSNP_STEP_NEXUS_CONNECT, "typed.example",
         "The connection to some.example was lost."},
        {PRPL_PROBLEM_MALFORMED, MSNP_STEP_ONLINE, "typed.example",
         "typed.example sent an unexpected reply."},
        {PRPL_PROBLEM_MALFORMED, MSNP_STEP_NEXUS, "typed.example",
         "some.example sent an unexpected reply. Sign-in step: Asking the Passport nexus for the "
         "login server."},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        prpl_error error = {.problem = cases[i].problem,
                            .step = cases[i].step,
                            .host = "some.example",
                            .port = 4711,
                            .service = cases[i].service,
                            .number = 815};
        char *text = prpl_errors_text(&error);

        g_assert_cmpstr(text, ==, cases[i].text);
        g_free(text);
    }
}

/* Settings with addresses are named only in `except`, or because they cannot be used. */
static void check_names_no_address(prpl_problem problem, msnp_step step, const prpl_service *chosen,
                                   const char *except)
{
    char *text =
        prpl_errors_text(&(prpl_error){.problem = problem, .step = step, .chosen = chosen});
    char *excepted = strstr(text, except);

    if (excepted != NULL)
        *excepted = '\0';
    if (problem != PRPL_PROBLEM_SERVER_NAME && problem != PRPL_PROBLEM_URL &&
        (problem < PRPL_PROBLEM_GATEWAY_URL || problem > PRPL_PROBLEM_GATEWAY_FORBIDDEN))
        for (size_t i = 0; i < 3; i++)
            g_assert_null(strstr(text, ((const char *[]){"Server\"", "Port\"", "URL\""})[i]));
    g_free(text);
}

/*
 * Whoever chose a service by name has entered no address: no text names a setting with one, except
 * to say how to enter one if that of the service may be outdated.
 */
static void test_chosen(void)
{
#define OUTDATED                                                                                  \
    " The built-in addresses of CrossTalk may be outdated. If its website has new ones, set the " \
    "account's setting \"Service\" to \"Another service\", and enter them in \"Server\" and "     \
    "\"Passport nexus URL\"."
    static const struct {
        prpl_problem problem;
        msnp_step step;
        const char *host; /* NULL: the built-in one */
        const char *text;
    } cases[] = {
        {PRPL_PROBLEM_NAME_NOT_FOUND, MSNP_STEP_CONNECT, NULL,
         "The server ms.msgrsvcs.ctsrv.gay was not found. Check your network connection." OUTDATED},
        {PRPL_PROBLEM_REFUSED, MSNP_STEP_CONNECT, NULL,
         "ms.msgrsvcs.ctsrv.gay refused the connection on port 4711. The service may be "
         "down." OUTDATED},
        {PRPL_PROBLEM_VERSION, MSNP_STEP_VERSION, NULL,
         "ms.msgrsvcs.ctsrv.gay port 4711 does not support MSNP8, the protocol of this "
         "account." OUTDATED},
        {PRPL_PROBLEM_CERT_WRONG_NAME, MSNP_STEP_NEXUS_CONNECT, "nexus.example",
         "The certificate of nexus.example was rejected: it was issued for a different host name. "
         "Your password was not sent to this server." OUTDATED},
        {PRPL_PROBLEM_HTTP_PERMANENT, MSNP_STEP_NEXUS, "nexus.example",
         "nexus.example did not respond like a Passport server (HTTP status 815). Sign-in step: "
         "Asking the Passport nexus for the login server." OUTDATED},
        {PRPL_PROBLEM_NO_LOGIN, MSNP_STEP_NEXUS, "nexus.example",
         "nexus.example is not a Passport nexus: it named no login server." OUTDATED},
        {PRPL_PROBLEM_SWITCHED_OFF, MSNP_STEP_NEXUS_CONNECT, "nexus.example",
         "nexus.example belongs to Microsoft's own Messenger service, which has been shut "
         "down." OUTDATED},
        {PRPL_PROBLEM_GATEWAY_STATUS, MSNP_STEP_CONNECT, "gateway.example",
         "gateway.example is not an HTTP gateway of the service, or does not work at the moment: "
         "it replied with HTTP status 815. Check the account's settings \"Connection method\" and "
         "\"HTTP gateway URL\"." OUTDATED},
        /* These say that it is a server of the service, or that another one is to blame. */
        {PRPL_PROBLEM_REFUSED, MSNP_STEP_CONNECT, "moved.example",
         "ms.msgrsvcs.ctsrv.gay redirected the sign-in to moved.example, which refused the "
         "connection on port 4711. The service may be down."},
        {PRPL_PROBLEM_CLOSED, MSNP_STEP_TICKET, NULL,
         "ms.msgrsvcs.ctsrv.gay closed the connection. Sign-in step: Presenting the ticket."},
        {PRPL_PROBLEM_BUSY, MSNP_STEP_CONNECT, NULL,
         "ms.msgrsvcs.ctsrv.gay is too busy (error 815)."},
        {PRPL_PROBLEM_LOST, MSNP_STEP_ONLINE, NULL,
         "The connection to ms.msgrsvcs.ctsrv.gay was lost."},
        {PRPL_PROBLEM_REFUSED, MSNP_STEP_LOGIN_CONNECT, "login.example",
         "login.example refused the connection on port 4711. The service may be down."},
    };
    const prpl_service *chosen = prpl_services_find("crosstalk");

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = prpl_errors_text(
            &(prpl_error){.problem = cases[i].problem,
                          .step = cases[i].step,
                          .host = cases[i].host != NULL ? cases[i].host : chosen->server,
                          .port = 4711,
                          .service = chosen->server,
                          .chosen = chosen,
                          .number = 815});

        g_assert_cmpstr(text, ==, cases[i].text);
        g_free(text);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        for (msnp_step step = MSNP_STEP_CONNECT; step < MSNP_N_STEPS; step++)
            check_names_no_address(rows[i].problem, step, chosen, OUTDATED);
}

/* Who types the settings knows them by their names. */
static void test_settings_by_name(void)
{
    const struct {
        prpl_problem problem;
        msnp_step step;
        const prpl_service *chosen;
        const char *words;
    } cases[] = {
        {PRPL_PROBLEM_SERVER_NAME, MSNP_STEP_IDLE, NULL, "setting \"server\" or \"port\""},
        {PRPL_PROBLEM_URL, MSNP_STEP_IDLE, NULL, "setting \"nexus_url\" or \"login_url\""},
        {PRPL_PROBLEM_REFUSED, MSNP_STEP_NEXUS_CONNECT, NULL, "setting \"nexus_url\""},
        {PRPL_PROBLEM_SWITCHED_OFF, MSNP_STEP_CONNECT, NULL, "setting \"service\", or"},
        {PRPL_PROBLEM_CLOSED, MSNP_STEP_CONNECT, prpl_services_nth(0),
         "setting \"service\" to \"other\", and"},
    };

    client = "BitlBee";
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = prpl_errors_text(&(prpl_error){
            .problem = cases[i].problem, .step = cases[i].step, .chosen = cases[i].chosen});

        g_assert_nonnull(strstr(text, cases[i].words));
        g_free(text);
    }
    client = "gtk-gaim";
}

/* Whether the client reconnects by itself is what the user feels of a reason. */
static void test_reconnects(void)
{
    static const prpl_problem stays[] = {PRPL_PROBLEM_ELSEWHERE, PRPL_PROBLEM_PASSWORD,
                                         PRPL_PROBLEM_TICKET,    PRPL_PROBLEM_CERT_UNTRUSTED,
                                         PRPL_PROBLEM_INSECURE,  PRPL_PROBLEM_SWITCHED_OFF};
    static const prpl_problem returns[] = {PRPL_PROBLEM_SHUTDOWN, PRPL_PROBLEM_BUSY,
                                           PRPL_PROBLEM_DEAD, PRPL_PROBLEM_REFUSED,
                                           PRPL_PROBLEM_LOST};

    for (size_t i = 0; i < G_N_ELEMENTS(stays); i++)
        g_assert_true(purple_connection_error_is_fatal(
            prpl_errors_reason(&(prpl_error){.problem = stays[i]})));
    for (size_t i = 0; i < G_N_ELEMENTS(returns); i++)
        g_assert_false(purple_connection_error_is_fatal(
            prpl_errors_reason(&(prpl_error){.problem = returns[i]})));
}

static void test_failures(void)
{
    static const struct {
        msnp_failure failure;
        prpl_problem problem;
    } cases[] = {
        {{.err = MSNP_ERR_ACCOUNT}, PRPL_PROBLEM_ACCOUNT_NAME},
        {{.err = MSNP_ERR_SERVER_NAME}, PRPL_PROBLEM_SERVER_NAME},
        {{.err = MSNP_ERR_URL}, PRPL_PROBLEM_URL},
        {{.err = MSNP_ERR_URL, .host = "a.example"}, PRPL_PROBLEM_REDIRECT_URL},
        {{.err = MSNP_ERR_CLOSED, .step = MSNP_STEP_CLIENT}, PRPL_PROBLEM_CLOSED},
        {{.err = MSNP_ERR_CLOSED, .step = MSNP_STEP_ONLINE}, PRPL_PROBLEM_LOST},
        {{.err = MSNP_ERR_TIMEOUT, .step = MSNP_STEP_CLIENT}, PRPL_PROBLEM_TIMEOUT},
        {{.err = MSNP_ERR_TIMEOUT, .step = MSNP_STEP_NEXUS_CONNECT, .host = "a.example"},
         PRPL_PROBLEM_CONNECT_TIMEOUT},
        {{.err = MSNP_ERR_TIMEOUT, .step = MSNP_STEP_CONNECT, .host = "messenger.hotmail.com"},
         PRPL_PROBLEM_SWITCHED_OFF},
        {{.err = MSNP_ERR_DEAD}, PRPL_PROBLEM_DEAD},
        {{.err = MSNP_ERR_MALFORMED}, PRPL_PROBLEM_MALFORMED},
        {{.err = MSNP_ERR_INCOMPLETE}, PRPL_PROBLEM_MALFORMED},
        /* These are about conversations, and never end an account's connection. */
        {{.err = MSNP_ERR_NOBODY}, PRPL_PROBLEM_MALFORMED},
        {{.err = MSNP_ERR_FULL}, PRPL_PROBLEM_MALFORMED},
        {{.err = MSNP_ERR_ONE_PIECE}, PRPL_PROBLEM_MALFORMED},
        {{.err = MSNP_ERR_REFUSED}, PRPL_PROBLEM_MALFORMED},
        {{.err = MSNP_ERR_UNREACHABLE, .code = PRPL_PROBLEM_REFUSED}, PRPL_PROBLEM_REFUSED},
        {{.err = MSNP_ERR_TOO_LONG}, PRPL_PROBLEM_TOO_LONG},
        {{.err = MSNP_ERR_GATEWAY, .step = MSNP_STEP_IDLE}, PRPL_PROBLEM_GATEWAY_URL},
        {{.err = MSNP_ERR_GATEWAY, .step = MSNP_STEP_VERSION}, PRPL_PROBLEM_GATEWAY_SILENT},
        {{.err = MSNP_ERR_GATEWAY, .step = MSNP_STEP_VERSION, .number = 200},
         PRPL_PROBLEM_GATEWAY_SILENT},
        {{.err = MSNP_ERR_GATEWAY, .step = MSNP_STEP_CONNECT, .code = PRPL_PROBLEM_HANDSHAKE},
         PRPL_PROBLEM_GATEWAY_UNREACHABLE},
        {{.err = MSNP_ERR_GATEWAY, .step = MSNP_STEP_VERSION, .number = 404},
         PRPL_PROBLEM_GATEWAY_STATUS},
        {{.err = MSNP_ERR_GATEWAY, .step = MSNP_STEP_VERSION, .number = 407},
         PRPL_PROBLEM_GATEWAY_FORBIDDEN},
        {{.err = MSNP_ERR_GATEWAY, .step = MSNP_STEP_CONNECT, .code = PRPL_PROBLEM_REFUSED},
         PRPL_PROBLEM_GATEWAY_UNREACHABLE},
        {{.err = MSNP_ERR_GATEWAY,
          .step = MSNP_STEP_CONNECT,
          .code = PRPL_PROBLEM_CERT_SELF_SIGNED},
         PRPL_PROBLEM_CERT_SELF_SIGNED},
        {{.err = MSNP_ERR_VERSION}, PRPL_PROBLEM_VERSION},
        {{.err = MSNP_ERR_TRANSFERS}, PRPL_PROBLEM_TRANSFERS},
        {{.err = MSNP_ERR_SERVER, .number = 910}, PRPL_PROBLEM_BUSY},
        {{.err = MSNP_ERR_SERVER, .number = 600}, PRPL_PROBLEM_BUSY},
        {{.err = MSNP_ERR_SERVER, .number = 601}, PRPL_PROBLEM_DOWN},
        {{.err = MSNP_ERR_SERVER, .number = 500}, PRPL_PROBLEM_DOWN},
        {{.err = MSNP_ERR_SERVER, .number = 800}, PRPL_PROBLEM_TOO_FAST},
        {{.err = MSNP_ERR_SERVER, .number = 911, .step = MSNP_STEP_ACCOUNT},
         PRPL_PROBLEM_NUMBER_FINAL},
        {{.err = MSNP_ERR_SERVER, .number = 710}, PRPL_PROBLEM_NUMBER_FINAL},
        {{.err = MSNP_ERR_SERVER, .number = 924}, PRPL_PROBLEM_UNVERIFIED},
        {{.err = MSNP_ERR_SERVER, .number = 923}, PRPL_PROBLEM_CONSENT},
        {{.err = MSNP_ERR_SERVER, .number = 511}, PRPL_PROBLEM_BANNED},
        {{.err = MSNP_ERR_SERVER, .number = 540}, PRPL_PROBLEM_CHALLENGE},
        {{.err = MSNP_ERR_SERVER, .number = 715}, PRPL_PROBLEM_NUMBER},
        {{.err = MSNP_ERR_SERVER, .number = 999}, PRPL_PROBLEM_NUMBER},
        {{.err = MSNP_ERR_TICKET, .number = 911}, PRPL_PROBLEM_TICKET},
        {{.err = MSNP_ERR_PASSWORD}, PRPL_PROBLEM_PASSWORD},
        {{.err = MSNP_ERR_PASSWORD, .text = "no"}, PRPL_PROBLEM_PASSWORD_TEXT},
        {{.err = MSNP_ERR_HTTP_STATUS, .number = 404}, PRPL_PROBLEM_HTTP_PERMANENT},
        {{.err = MSNP_ERR_HTTP_STATUS, .number = 503}, PRPL_PROBLEM_HTTP_TEMPORARY},
        {{.err = MSNP_ERR_HTTP_STATUS, .number = 429}, PRPL_PROBLEM_HTTP_TEMPORARY},
        {{.err = MSNP_ERR_HTTP_STATUS, .number = 403, .text = "no"}, PRPL_PROBLEM_HTTP_TEXT},
        {{.err = MSNP_ERR_HTTP_STATUS, .number = 503, .text = "no"}, PRPL_PROBLEM_HTTP_TEMPORARY},
        {{.err = MSNP_ERR_NO_LOGIN}, PRPL_PROBLEM_NO_LOGIN},
        {{.err = MSNP_ERR_NO_TICKET}, PRPL_PROBLEM_NO_TICKET},
        {{.err = MSNP_ERR_INSECURE, .host = "a.example"}, PRPL_PROBLEM_INSECURE},
        {{.err = MSNP_ERR_INSECURE}, PRPL_PROBLEM_URL},
        {{.err = MSNP_ERR_REDIRECTS}, PRPL_PROBLEM_REDIRECTS},
        {{.err = MSNP_ERR_ELSEWHERE}, PRPL_PROBLEM_ELSEWHERE},
        {{.err = MSNP_ERR_SHUTDOWN}, PRPL_PROBLEM_SHUTDOWN},
        {{.err = MSNP_ERR_SIGNED_OUT}, PRPL_PROBLEM_SIGNED_OUT},
    };
    bool seen[MSNP_N_ERRS] = {[MSNP_OK] = true};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(prpl_errors_of_failure(&cases[i].failure).problem, ==, cases[i].problem);
        seen[cases[i].failure.err] = true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(seen); i++)
        g_assert_true(seen[i]);
}

static void test_connect_texts(void)
{
    static const struct {
        const char *host;
        const char *text; /* NULL: as the system words `number` */
        int number;
        bool proxied;
        prpl_problem problem;
    } cases[] = {
        {"a.example", NULL, ECONNREFUSED, false, PRPL_PROBLEM_REFUSED},
        {"a.example", NULL, ETIMEDOUT, false, PRPL_PROBLEM_CONNECT_TIMEOUT},
        {"a.example", NULL, EHOSTUNREACH, false, PRPL_PROBLEM_UNREACHABLE},
        {"a.example", "Error resolving a.example:\nName or service not known", 0, false,
         PRPL_PROBLEM_NAME_NOT_FOUND},
        {"a.example", "", 0, false, PRPL_PROBLEM_LOST},
        {"a.example", NULL, ECONNREFUSED, true, PRPL_PROBLEM_PROXY_TEXT},
        {"a.example", NULL, EINPROGRESS, true, PRPL_PROBLEM_PROXY},
        {"a.example", NULL, EAGAIN, true, PRPL_PROBLEM_PROXY},
        {"a.example", "", 0, true, PRPL_PROBLEM_PROXY},
        {"messenger.hotmail.com", NULL, ECONNREFUSED, false, PRPL_PROBLEM_SWITCHED_OFF},
        {"messenger.hotmail.com", NULL, ECONNREFUSED, true, PRPL_PROBLEM_SWITCHED_OFF},
        {"nexus.passport.com", "Error resolving it", 0, false, PRPL_PROBLEM_SWITCHED_OFF},
        {"nothotmail.com", NULL, ECONNREFUSED, false, PRPL_PROBLEM_REFUSED},
        {"hotmail.com.example", NULL, ECONNREFUSED, false, PRPL_PROBLEM_REFUSED},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *text = cases[i].text != NULL ? cases[i].text : g_strerror(cases[i].number);
        g_assert_cmpint(prpl_errors_problem_of_connect(cases[i].host, text, cases[i].proxied), ==,
                        cases[i].problem);
    }
}

/* Only a refused password is forgotten and asked for anew. */
static void test_blame(void)
{
    for (int i = 0; i < PRPL_N_PROBLEMS; i++) {
        prpl_error error = {.problem = (prpl_problem)i};
        bool password = i == PRPL_PROBLEM_PASSWORD || i == PRPL_PROBLEM_PASSWORD_TEXT;
        g_assert_cmpint(prpl_errors_blames_password(&error), ==, password);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/texts/rows", test_rows);
    g_test_add_func("/texts/peers", test_peers);
    g_test_add_func("/texts/chosen", test_chosen);
    g_test_add_func("/texts/settings-by-name", test_settings_by_name);
    g_test_add_func("/texts/reconnects", test_reconnects);
    g_test_add_func("/texts/failures", test_failures);
    g_test_add_func("/texts/connect", test_connect_texts);
    g_test_add_func("/texts/blame", test_blame);
    return g_test_run();
}
