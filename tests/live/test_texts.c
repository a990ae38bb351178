/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of errors, row by row: from what went wrong to libpurple's reason (does the client
 * reconnect by itself?) and to the text. No client runs here.
 */
#include "errors.h"

#include <errno.h>
#include <string.h>

#define NETWORK  PURPLE_CONNECTION_ERROR_NETWORK_ERROR
#define SETTINGS PURPLE_CONNECTION_ERROR_INVALID_SETTINGS
#define AUTH     PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED
#define OTHER    PURPLE_CONNECTION_ERROR_OTHER_ERROR

/* What each problem must say besides its own words: 1 host, 2 port, 4 number, 8 step, 16 detail. */
enum { HOST = 1, PORT = 2, NUMBER = 4, STEP = 8, DETAIL = 16 };

static const struct {
    msn_problem problem;
    PurpleConnectionError reason;
    unsigned says;
    const char *words;
} rows[] = {
    {MSN_PROBLEM_ACCOUNT_NAME, PURPLE_CONNECTION_ERROR_INVALID_USERNAME, 0, "e-mail address"},
    {MSN_PROBLEM_SERVER_NAME, SETTINGS, 0, "server or the port"},
    {MSN_PROBLEM_PROXY_SETTINGS, SETTINGS, 0, "proxy"},
    {MSN_PROBLEM_URL, SETTINGS, 0, "https://"},
    {MSN_PROBLEM_SWITCHED_OFF, SETTINGS, HOST, "switched off"},
    {MSN_PROBLEM_NAME_NOT_FOUND, NETWORK, HOST | PORT, "not found"},
    {MSN_PROBLEM_REFUSED, NETWORK, HOST | PORT, "refused"},
    {MSN_PROBLEM_CONNECT_TIMEOUT, NETWORK, HOST | PORT | STEP, "in time"},
    {MSN_PROBLEM_UNREACHABLE, NETWORK, HOST | PORT | DETAIL, "failed"},
    {MSN_PROBLEM_PROXY, NETWORK, HOST | PORT | DETAIL, "proxy"},
    {MSN_PROBLEM_NO_TLS, PURPLE_CONNECTION_ERROR_NO_SSL_SUPPORT, 0, "TLS"},
    {MSN_PROBLEM_HANDSHAKE, PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR, HOST | PORT, "encrypted"},
    {MSN_PROBLEM_CERT_UNTRUSTED, PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED, HOST, "not sent to it"},
    {MSN_PROBLEM_CERT_SELF_SIGNED, PURPLE_CONNECTION_ERROR_CERT_SELF_SIGNED, HOST, "itself"},
    {MSN_PROBLEM_CERT_EXPIRED, PURPLE_CONNECTION_ERROR_CERT_EXPIRED, HOST, "expired"},
    {MSN_PROBLEM_CERT_NOT_ACTIVATED, PURPLE_CONNECTION_ERROR_CERT_NOT_ACTIVATED, HOST, "yet"},
    {MSN_PROBLEM_CERT_WRONG_NAME, PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH, HOST, "name"},
    {MSN_PROBLEM_CERT_REVOKED, PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR, HOST, "revoked"},
    {MSN_PROBLEM_CERT_OTHER, PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR, HOST, "not accepted"},
    {MSN_PROBLEM_CLOSED, NETWORK, HOST | PORT | STEP, "closed"},
    {MSN_PROBLEM_TIMEOUT, NETWORK, HOST | PORT | STEP, "in time"},
    {MSN_PROBLEM_LOST, NETWORK, HOST | PORT, "lost"},
    {MSN_PROBLEM_DEAD, NETWORK, HOST, "not answer any more"},
    {MSN_PROBLEM_MALFORMED, NETWORK, HOST | PORT | STEP, "protocol"},
    {MSN_PROBLEM_TOO_LONG, NETWORK, HOST | PORT | STEP, "more than"},
    {MSN_PROBLEM_VERSION, SETTINGS, HOST | PORT, "MSNP8"},
    {MSN_PROBLEM_TRANSFERS, OTHER, HOST | PORT, "without an end"},
    {MSN_PROBLEM_BUSY, NETWORK, HOST | NUMBER, "busy"},
    {MSN_PROBLEM_DOWN, NETWORK, HOST | NUMBER, "maintenance"},
    {MSN_PROBLEM_TOO_FAST, NETWORK, HOST | NUMBER, "too many attempts"},
    {MSN_PROBLEM_TICKET, AUTH, HOST | NUMBER, "exactly as it was registered"},
    {MSN_PROBLEM_UNVERIFIED, OTHER, NUMBER, "verified"},
    {MSN_PROBLEM_CONSENT, OTHER, NUMBER, "parent"},
    {MSN_PROBLEM_BANNED, OTHER, NUMBER, "suspended"},
    {MSN_PROBLEM_CHALLENGE, NETWORK, HOST | NUMBER, "test question"},
    {MSN_PROBLEM_NUMBER, NETWORK, HOST | NUMBER | STEP, "error"},
    {MSN_PROBLEM_NUMBER_FINAL, OTHER, HOST | NUMBER | STEP, "refuses"},
    {MSN_PROBLEM_ELSEWHERE, PURPLE_CONNECTION_ERROR_NAME_IN_USE, 0, "another place"},
    {MSN_PROBLEM_SHUTDOWN, NETWORK, HOST, "shut down"},
    {MSN_PROBLEM_SIGNED_OUT, NETWORK, HOST, "signed this account out"},
    {MSN_PROBLEM_PASSWORD, AUTH, 0, "wrong"},
    {MSN_PROBLEM_PASSWORD_TEXT, AUTH, DETAIL, "wrong"},
    {MSN_PROBLEM_HTTP_TEMPORARY, NETWORK, HOST | NUMBER | STEP, "now"},
    {MSN_PROBLEM_HTTP_PERMANENT, SETTINGS, HOST | NUMBER | STEP, "Passport server"},
    {MSN_PROBLEM_HTTP_TEXT, OTHER, HOST | NUMBER | DETAIL, "refuses"},
    {MSN_PROBLEM_NO_LOGIN, SETTINGS, HOST, "no login server"},
    {MSN_PROBLEM_NO_TICKET, OTHER, HOST, "no usable ticket"},
    {MSN_PROBLEM_INSECURE, OTHER, HOST, "without encryption"},
    {MSN_PROBLEM_REDIRECTS, OTHER, HOST, "without an end"},
};
G_STATIC_ASSERT(G_N_ELEMENTS(rows) == MSN_N_PROBLEMS);

static void test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        msn_error error = {.problem = rows[i].problem,
                           .step = MSNP_STEP_LOGIN,
                           .host = "some.example",
                           .port = 4711,
                           .number = 815,
                           .detail = "in their own words"};
        char *text = msn_error_text(&error);
        const char *parts[] = {"some.example", "4711", "815", msn_step_text(MSNP_STEP_LOGIN),
                               "in their own words"};

        g_test_message("row %u: %s", (unsigned)i, text);
        g_assert_cmpint(msn_error_reason(&error), ==, rows[i].reason);
        g_assert_nonnull(strstr(text, rows[i].words));
        for (size_t part = 0; part < G_N_ELEMENTS(parts); part++)
            g_assert_cmpint(strstr(text, parts[part]) != NULL, ==, (rows[i].says >> part) & 1);
        g_assert_null(strpbrk(text, "{}"));
        g_free(text);
    }
}

/* Whether the client reconnects by itself is what the user feels of a reason. */
static void test_reconnects(void)
{
    static const msn_problem stays[] = {MSN_PROBLEM_ELSEWHERE, MSN_PROBLEM_PASSWORD,
                                        MSN_PROBLEM_TICKET,    MSN_PROBLEM_CERT_UNTRUSTED,
                                        MSN_PROBLEM_INSECURE,  MSN_PROBLEM_SWITCHED_OFF};
    static const msn_problem returns[] = {MSN_PROBLEM_SHUTDOWN, MSN_PROBLEM_BUSY, MSN_PROBLEM_DEAD,
                                          MSN_PROBLEM_REFUSED, MSN_PROBLEM_LOST};

    for (size_t i = 0; i < G_N_ELEMENTS(stays); i++)
        g_assert_true(
            purple_connection_error_is_fatal(msn_error_reason(&(msn_error){.problem = stays[i]})));
    for (size_t i = 0; i < G_N_ELEMENTS(returns); i++)
        g_assert_false(purple_connection_error_is_fatal(
            msn_error_reason(&(msn_error){.problem = returns[i]})));
}

static void test_failures(void)
{
    static const struct {
        msnp_failure failure;
        msn_problem problem;
    } cases[] = {
        {{.err = MSNP_ERR_ACCOUNT}, MSN_PROBLEM_ACCOUNT_NAME},
        {{.err = MSNP_ERR_SERVER_NAME}, MSN_PROBLEM_SERVER_NAME},
        {{.err = MSNP_ERR_URL}, MSN_PROBLEM_URL},
        {{.err = MSNP_ERR_CLOSED, .step = MSNP_STEP_CLIENT}, MSN_PROBLEM_CLOSED},
        {{.err = MSNP_ERR_CLOSED, .step = MSNP_STEP_ONLINE}, MSN_PROBLEM_LOST},
        {{.err = MSNP_ERR_TIMEOUT, .step = MSNP_STEP_CLIENT}, MSN_PROBLEM_TIMEOUT},
        {{.err = MSNP_ERR_TIMEOUT, .step = MSNP_STEP_NEXUS_CONNECT, .host = "a.example"},
         MSN_PROBLEM_CONNECT_TIMEOUT},
        {{.err = MSNP_ERR_TIMEOUT, .step = MSNP_STEP_CONNECT, .host = "messenger.hotmail.com"},
         MSN_PROBLEM_SWITCHED_OFF},
        {{.err = MSNP_ERR_DEAD}, MSN_PROBLEM_DEAD},
        {{.err = MSNP_ERR_MALFORMED}, MSN_PROBLEM_MALFORMED},
        {{.err = MSNP_ERR_INCOMPLETE}, MSN_PROBLEM_MALFORMED},
        /* These are about conversations, and never end an account's connection. */
        {{.err = MSNP_ERR_NOBODY}, MSN_PROBLEM_MALFORMED},
        {{.err = MSNP_ERR_FULL}, MSN_PROBLEM_MALFORMED},
        {{.err = MSNP_ERR_REFUSED}, MSN_PROBLEM_MALFORMED},
        {{.err = MSNP_ERR_UNREACHABLE}, MSN_PROBLEM_MALFORMED},
        {{.err = MSNP_ERR_TOO_LONG}, MSN_PROBLEM_TOO_LONG},
        {{.err = MSNP_ERR_VERSION}, MSN_PROBLEM_VERSION},
        {{.err = MSNP_ERR_TRANSFERS}, MSN_PROBLEM_TRANSFERS},
        {{.err = MSNP_ERR_SERVER, .number = 910}, MSN_PROBLEM_BUSY},
        {{.err = MSNP_ERR_SERVER, .number = 600}, MSN_PROBLEM_BUSY},
        {{.err = MSNP_ERR_SERVER, .number = 601}, MSN_PROBLEM_DOWN},
        {{.err = MSNP_ERR_SERVER, .number = 500}, MSN_PROBLEM_DOWN},
        {{.err = MSNP_ERR_SERVER, .number = 800}, MSN_PROBLEM_TOO_FAST},
        {{.err = MSNP_ERR_SERVER, .number = 911, .step = MSNP_STEP_ACCOUNT},
         MSN_PROBLEM_NUMBER_FINAL},
        {{.err = MSNP_ERR_SERVER, .number = 710}, MSN_PROBLEM_NUMBER_FINAL},
        {{.err = MSNP_ERR_SERVER, .number = 924}, MSN_PROBLEM_UNVERIFIED},
        {{.err = MSNP_ERR_SERVER, .number = 923}, MSN_PROBLEM_CONSENT},
        {{.err = MSNP_ERR_SERVER, .number = 511}, MSN_PROBLEM_BANNED},
        {{.err = MSNP_ERR_SERVER, .number = 540}, MSN_PROBLEM_CHALLENGE},
        {{.err = MSNP_ERR_SERVER, .number = 715}, MSN_PROBLEM_NUMBER},
        {{.err = MSNP_ERR_SERVER, .number = 999}, MSN_PROBLEM_NUMBER},
        {{.err = MSNP_ERR_TICKET, .number = 911}, MSN_PROBLEM_TICKET},
        {{.err = MSNP_ERR_PASSWORD}, MSN_PROBLEM_PASSWORD},
        {{.err = MSNP_ERR_PASSWORD, .text = "no"}, MSN_PROBLEM_PASSWORD_TEXT},
        {{.err = MSNP_ERR_HTTP_STATUS, .number = 404}, MSN_PROBLEM_HTTP_PERMANENT},
        {{.err = MSNP_ERR_HTTP_STATUS, .number = 503}, MSN_PROBLEM_HTTP_TEMPORARY},
        {{.err = MSNP_ERR_HTTP_STATUS, .number = 429}, MSN_PROBLEM_HTTP_TEMPORARY},
        {{.err = MSNP_ERR_HTTP_STATUS, .number = 403, .text = "no"}, MSN_PROBLEM_HTTP_TEXT},
        {{.err = MSNP_ERR_HTTP_STATUS, .number = 503, .text = "no"}, MSN_PROBLEM_HTTP_TEMPORARY},
        {{.err = MSNP_ERR_NO_LOGIN}, MSN_PROBLEM_NO_LOGIN},
        {{.err = MSNP_ERR_NO_TICKET}, MSN_PROBLEM_NO_TICKET},
        {{.err = MSNP_ERR_INSECURE, .host = "a.example"}, MSN_PROBLEM_INSECURE},
        {{.err = MSNP_ERR_INSECURE}, MSN_PROBLEM_URL},
        {{.err = MSNP_ERR_REDIRECTS}, MSN_PROBLEM_REDIRECTS},
        {{.err = MSNP_ERR_ELSEWHERE}, MSN_PROBLEM_ELSEWHERE},
        {{.err = MSNP_ERR_SHUTDOWN}, MSN_PROBLEM_SHUTDOWN},
        {{.err = MSNP_ERR_SIGNED_OUT}, MSN_PROBLEM_SIGNED_OUT},
    };
    bool seen[MSNP_N_ERRS] = {[MSNP_OK] = true};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(msn_error_of_failure(&cases[i].failure).problem, ==, cases[i].problem);
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
        msn_problem problem;
    } cases[] = {
        {"a.example", NULL, ECONNREFUSED, false, MSN_PROBLEM_REFUSED},
        {"a.example", NULL, ETIMEDOUT, false, MSN_PROBLEM_CONNECT_TIMEOUT},
        {"a.example", NULL, EHOSTUNREACH, false, MSN_PROBLEM_UNREACHABLE},
        {"a.example", "Error resolving a.example:\nName or service not known", 0, false,
         MSN_PROBLEM_NAME_NOT_FOUND},
        {"a.example", "", 0, false, MSN_PROBLEM_LOST},
        {"a.example", NULL, ECONNREFUSED, true, MSN_PROBLEM_PROXY},
        {"messenger.hotmail.com", NULL, ECONNREFUSED, false, MSN_PROBLEM_SWITCHED_OFF},
        {"messenger.hotmail.com", NULL, ECONNREFUSED, true, MSN_PROBLEM_SWITCHED_OFF},
        {"nexus.passport.com", "Error resolving it", 0, false, MSN_PROBLEM_SWITCHED_OFF},
        {"nothotmail.com", NULL, ECONNREFUSED, false, MSN_PROBLEM_REFUSED},
        {"hotmail.com.example", NULL, ECONNREFUSED, false, MSN_PROBLEM_REFUSED},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *text = cases[i].text != NULL ? cases[i].text : g_strerror(cases[i].number);
        g_assert_cmpint(msn_problem_of_connect(cases[i].host, text, cases[i].proxied), ==,
                        cases[i].problem);
    }
}

/* Only a refused password is forgotten and asked for anew. */
static void test_blame(void)
{
    for (int i = 0; i < MSN_N_PROBLEMS; i++) {
        msn_error error = {.problem = (msn_problem)i};
        bool password = i == MSN_PROBLEM_PASSWORD || i == MSN_PROBLEM_PASSWORD_TEXT;
        g_assert_cmpint(msn_error_blames_password(&error), ==, password);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/texts/rows", test_rows);
    g_test_add_func("/texts/reconnects", test_reconnects);
    g_test_add_func("/texts/failures", test_failures);
    g_test_add_func("/texts/connect", test_connect_texts);
    g_test_add_func("/texts/blame", test_blame);
    return g_test_run();
}
