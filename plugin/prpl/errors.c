/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "errors.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * The table. {host}, {port}, {number}, {step} and {detail} are filled in. A text says what
 * happened, with whom, and what the person in front of it can do.
 */
typedef struct {
    PurpleConnectionError reason;
    const char *text;
} row;

static const row rows[] = {
    [PRPL_PROBLEM_ACCOUNT_NAME] =
        {PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
         N_("The account is signed in by its complete e-mail address, like "
            "somebody@example.com. Check the address in the account's settings.")},
    [PRPL_PROBLEM_SERVER_NAME] =
        {PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         N_("The server or the port in the account's settings cannot be used. Enter a host name "
            "without http:// and a port from 1 to 65535.")},
    [PRPL_PROBLEM_PROXY_SETTINGS] = {PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
                                     N_("The proxy settings of this account cannot be used. Check "
                                        "them on the proxy page of the "
                                        "account's settings.")},
    [PRPL_PROBLEM_URL] =
        {PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         N_("The address of the Passport service is not a usable https:// URL. Check the "
            "Passport URLs in the account's advanced settings.")},
    [PRPL_PROBLEM_SWITCHED_OFF] =
        {PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         /* xgettext: python-brace-format */
         N_("{host} cannot be reached: it belongs to Microsoft's own Messenger service, which was "
            "switched off. To use the service of somebody else, enter its address as the server "
            "in the account's advanced settings.")},
    [PRPL_PROBLEM_NAME_NOT_FOUND] =
        {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         /* xgettext: python-brace-format */
         N_("The server name {host} (port {port}) was not found. Check the network, and "
            "whether the server name in the account's advanced settings is spelled "
            "correctly.")},
    [PRPL_PROBLEM_REFUSED] =
        {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         /* xgettext: python-brace-format */
         N_("{host} refused the connection on port {port}. The service may be down, or the port "
            "in the account's advanced settings may be wrong.")},
    [PRPL_PROBLEM_CONNECT_TIMEOUT] =
        {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         /* xgettext: python-brace-format */
         N_("{host} could not be reached on port {port} in time. Step of the sign-in: {step}.")},
    [PRPL_PROBLEM_UNREACHABLE] = {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                                  /* xgettext: python-brace-format */
                                  N_("The connection to {host} port {port} failed: {detail}")},
    [PRPL_PROBLEM_PROXY] = {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                            /* xgettext: python-brace-format */
                            N_("The connection to {host} port {port} through the proxy failed: "
                               "{detail}")},
    [PRPL_PROBLEM_NO_TLS] =
        {PURPLE_CONNECTION_ERROR_NO_SSL_SUPPORT,
         N_("This client cannot make encrypted connections, which the sign-in needs. Install the "
            "TLS support of libpurple.")},
    [PRPL_PROBLEM_HANDSHAKE] =
        {PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR,
         /* xgettext: python-brace-format */
         N_("No encrypted connection could be made to {host} port {port}. The server may allow "
            "only versions of TLS that are too old to be safe.")},
    [PRPL_PROBLEM_CERT_UNTRUSTED] =
        {PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED,
         /* xgettext: python-brace-format */
         N_("The certificate of {host} was not accepted: nobody whom this computer trusts has "
            "signed it. The password was not sent to it.")},
    [PRPL_PROBLEM_CERT_SELF_SIGNED] =
        {PURPLE_CONNECTION_ERROR_CERT_SELF_SIGNED,
         /* xgettext: python-brace-format */
         N_("The certificate of {host} was not accepted: the server signed it itself. The password "
            "was not sent to it.")},
    [PRPL_PROBLEM_CERT_EXPIRED] =
        {PURPLE_CONNECTION_ERROR_CERT_EXPIRED,
         /* xgettext: python-brace-format */
         N_("The certificate of {host} was not accepted: it has expired. Check this computer's "
            "clock. The password was not sent to it.")},
    [PRPL_PROBLEM_CERT_NOT_ACTIVATED] =
        {PURPLE_CONNECTION_ERROR_CERT_NOT_ACTIVATED,
         /* xgettext: python-brace-format */
         N_("The certificate of {host} was not accepted: it is not valid yet. Check this "
            "computer's clock. The password was not sent to it.")},
    [PRPL_PROBLEM_CERT_WRONG_NAME] =
        {PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH,
         /* xgettext: python-brace-format */
         N_("The certificate of {host} was not accepted: it is for a server of another name. The "
            "password was not sent to it.")},
    [PRPL_PROBLEM_CERT_REVOKED] =
        {PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR,
         /* xgettext: python-brace-format */
         N_("The certificate of {host} was not accepted: it was revoked. The password was not "
            "sent to it.")},
    [PRPL_PROBLEM_CERT_OTHER] =
        {PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR,
         /* xgettext: python-brace-format */
         N_("The certificate of {host} was not accepted. The password was not sent to it.")},
    [PRPL_PROBLEM_CLOSED] =
        {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         /* xgettext: python-brace-format */
         N_("{host} closed the connection (port {port}). Step of the sign-in: {step}.")},
    [PRPL_PROBLEM_TIMEOUT] =
        {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         /* xgettext: python-brace-format */
         N_("{host} did not answer in time (port {port}). Step of the sign-in: {step}.")},
    [PRPL_PROBLEM_LOST] = {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                           /* xgettext: python-brace-format */
                           N_("The connection to {host} port {port} was lost.")},
    [PRPL_PROBLEM_DEAD] = {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                           /* xgettext: python-brace-format */
                           N_("{host} does not answer any more; the connection was closed.")},
    [PRPL_PROBLEM_MALFORMED] =
        {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         /* xgettext: python-brace-format */
         N_("{host} sent something that does not belong to the protocol (port {port}). Step of "
            "the sign-in: {step}.")},
    [PRPL_PROBLEM_TOO_LONG] =
        {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         /* xgettext: python-brace-format */
         N_("{host} sent more than the protocol allows (port {port}). Step of the sign-in: "
            "{step}.")},
    [PRPL_PROBLEM_VERSION] =
        {PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         /* xgettext: python-brace-format */
         N_("{host} port {port} does not speak MSNP8, the protocol of this account. Check server "
            "and port in the account's advanced settings.")},
    [PRPL_PROBLEM_TRANSFERS] =
        {PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         /* xgettext: python-brace-format */
         N_("The service sent this client from server to server without an end; the last one was "
            "{host} port {port}.")},
    [PRPL_PROBLEM_BUSY] = {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                           /* xgettext: python-brace-format */
                           N_("{host} is too busy now (error {number}).")},
    [PRPL_PROBLEM_DOWN] =
        {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         /* xgettext: python-brace-format */
         N_("{host} is out of order or closed for maintenance now (error {number}).")},
    [PRPL_PROBLEM_TOO_FAST] =
        {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         /* xgettext: python-brace-format */
         N_("{host} says that there were too many attempts in a short time (error {number}).")},
    [PRPL_PROBLEM_TICKET] =
        {PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
         /* xgettext: python-brace-format */
         N_("E-mail address and password were right, but {host} refused the account all the "
            "same (error {number}). Type the e-mail address exactly as it was registered, "
            "with the same capital and small letters; often all of them are small.")},
    [PRPL_PROBLEM_UNVERIFIED] =
        {PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         /* xgettext: python-brace-format */
         N_("The e-mail address of this account was never verified (error {number}). Verify "
            "it on the web site of the service first.")},
    [PRPL_PROBLEM_CONSENT] =
        {PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         /* xgettext: python-brace-format */
         N_("This is the account of a child and waits for the consent of a parent (error "
            "{number}).")},
    [PRPL_PROBLEM_BANNED] = {PURPLE_CONNECTION_ERROR_OTHER_ERROR,
                             /* xgettext: python-brace-format */
                             N_("The service has suspended this account (error {number}).")},
    [PRPL_PROBLEM_CHALLENGE] =
        {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         /* xgettext: python-brace-format */
         N_("{host} did not accept this client: the answer to its test question was wrong "
            "(error {number}).")},
    [PRPL_PROBLEM_NUMBER] = {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                             /* xgettext: python-brace-format */
                             N_("{host} reports error {number}. Step of the sign-in: {step}.")},
    [PRPL_PROBLEM_NUMBER_FINAL] =
        {PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         /* xgettext: python-brace-format */
         N_("{host} refuses to sign this account in (error {number}). Step of the sign-in: "
            "{step}.")},
    [PRPL_PROBLEM_ELSEWHERE] =
        {PURPLE_CONNECTION_ERROR_NAME_IN_USE,
         N_("This account signed in from another place, and the service allows only one "
            "sign-in at a time.")},
    [PRPL_PROBLEM_SHUTDOWN] = {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                               /* xgettext: python-brace-format */
                               N_("{host} is being shut down for maintenance.")},
    [PRPL_PROBLEM_SIGNED_OUT] = {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                                 /* xgettext: python-brace-format */
                                 N_("{host} signed this account out.")},
    [PRPL_PROBLEM_PASSWORD] = {PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
                               N_("The e-mail address or the password is wrong.")},
    [PRPL_PROBLEM_PASSWORD_TEXT] =
        {PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
         /* xgettext: python-brace-format */
         N_("The e-mail address or the password is wrong. The server says: {detail}")},
    [PRPL_PROBLEM_HTTP_TEMPORARY] =
        {PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         /* xgettext: python-brace-format */
         N_("The Passport server {host} cannot answer now (HTTP status {number}). Step of the "
            "sign-in: {step}.")},
    [PRPL_PROBLEM_HTTP_PERMANENT] =
        {PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         /* xgettext: python-brace-format */
         N_("{host} did not answer like a Passport server (HTTP status {number}). Check the server "
            "and the Passport URLs in the account's advanced settings. Step of the sign-in: "
            "{step}.")},
    [PRPL_PROBLEM_HTTP_TEXT] =
        {PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         /* xgettext: python-brace-format */
         N_("The Passport server {host} refuses to sign this account in (HTTP status {number}). It "
            "says: {detail}")},
    [PRPL_PROBLEM_NO_LOGIN] =
        {PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         /* xgettext: python-brace-format */
         N_("{host} answered, but not as a Passport nexus: it named no login server. Check the "
            "server and the Passport URLs in the account's advanced settings.")},
    [PRPL_PROBLEM_NO_TICKET] = {PURPLE_CONNECTION_ERROR_OTHER_ERROR,
                                /* xgettext: python-brace-format */
                                N_("The Passport login server {host} gave no usable ticket.")},
    [PRPL_PROBLEM_INSECURE] =
        {PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         /* xgettext: python-brace-format */
         N_("{host} wants the password to be sent to an address without encryption. That "
            "was refused; the password was not sent to that address.")},
    [PRPL_PROBLEM_REDIRECTS] =
        {PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         /* xgettext: python-brace-format */
         N_("The Passport service sent this client from address to address without an end; the "
            "last one was {host}.")},
};
G_STATIC_ASSERT(G_N_ELEMENTS(rows) == PRPL_N_PROBLEMS);

static const char *const step_texts[] = {
    [MSNP_STEP_IDLE] = N_("Starting"),
    [MSNP_STEP_CONNECT] = N_("Connecting to the server"),
    [MSNP_STEP_VERSION] = N_("Agreeing on the protocol"),
    [MSNP_STEP_CLIENT] = N_("Sending the version of this client"),
    [MSNP_STEP_ACCOUNT] = N_("Sending the account name"),
    [MSNP_STEP_PASSPORT] = N_("Waiting for the Passport service"),
    [MSNP_STEP_NEXUS_CONNECT] = N_("Connecting to the Passport nexus"),
    [MSNP_STEP_NEXUS] = N_("Asking the Passport nexus for the login server"),
    [MSNP_STEP_LOGIN_CONNECT] = N_("Connecting to the Passport login server"),
    [MSNP_STEP_LOGIN_READY] = N_("Connecting to the Passport login server"),
    [MSNP_STEP_LOGIN] = N_("Checking the password"),
    [MSNP_STEP_TICKET] = N_("Presenting the ticket"),
    [MSNP_STEP_LISTS] = N_("Fetching the contact list"),
    [MSNP_STEP_PRESENCE] = N_("Setting the status"),
    [MSNP_STEP_ONLINE] = N_("Signed in"),
    [MSNP_STEP_OFFLINE] = N_("Signed out"),
};
G_STATIC_ASSERT(G_N_ELEMENTS(step_texts) == MSNP_N_STEPS);

const char *prpl_step_text(msnp_step step)
{
    return _(step_texts[step]);
}

/* Hosts under these names belonged to the service that Microsoft switched off. */
static bool is_historic(const char *host)
{
    static const char *const domains[] = {"hotmail.com", "passport.com", "passport.net", "msn.com",
                                          "microsoft.com"};

    for (size_t i = 0; host != NULL && i < G_N_ELEMENTS(domains); i++) {
        const char *tail =
            g_str_has_suffix(host, domains[i]) ? host + strlen(host) - strlen(domains[i]) : NULL;
        if (tail != NULL && (tail == host || tail[-1] == '.'))
            return true;
    }
    return false;
}

/*
 * libpurple reports a name that does not resolve with a text of its own: "Error resolving HOST" and
 * sometimes the resolver's words. Whatever language it is in, it is made from these messages.
 */
static bool is_resolver_text(const char *text)
{
    static const char *const messages[] = {"Error resolving %s:\n%s", "Error resolving %s"};

    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
        const char *message = dgettext("pidgin", messages[i]);
        const char *gap = strstr(message, "%s");
        if (gap != NULL && gap > message && strncmp(text, message, (size_t)(gap - message)) == 0)
            return true;
    }
    return false;
}

prpl_problem prpl_problem_of_connect(const char *host, const char *text, bool proxied)
{
    bool known = text != NULL && *text != '\0';

    if (is_historic(host))
        return PRPL_PROBLEM_SWITCHED_OFF;
    if (proxied && known)
        return PRPL_PROBLEM_PROXY;
    if (!known)
        return PRPL_PROBLEM_LOST;
    if (is_resolver_text(text))
        return PRPL_PROBLEM_NAME_NOT_FOUND;
    if (strstr(text, g_strerror(ECONNREFUSED)) != NULL)
        return PRPL_PROBLEM_REFUSED;
    if (strstr(text, g_strerror(ETIMEDOUT)) != NULL)
        return PRPL_PROBLEM_CONNECT_TIMEOUT;
    return PRPL_PROBLEM_UNREACHABLE;
}

static prpl_problem problem_of_number(unsigned number, msnp_step step)
{
    const msnp_server_error *error = msnp_server_error_find(number);

    switch (error->trouble) {
    case MSNP_TROUBLE_BUSY:
        return PRPL_PROBLEM_BUSY;
    case MSNP_TROUBLE_DOWN:
        return PRPL_PROBLEM_DOWN;
    case MSNP_TROUBLE_TOO_FAST:
        return PRPL_PROBLEM_TOO_FAST;
    case MSNP_TROUBLE_TICKET:
        /* What its text says of the password is true only when Passport was asked. */
        return step == MSNP_STEP_TICKET ? PRPL_PROBLEM_TICKET : PRPL_PROBLEM_NUMBER_FINAL;
    case MSNP_TROUBLE_UNVERIFIED:
        return PRPL_PROBLEM_UNVERIFIED;
    case MSNP_TROUBLE_CONSENT:
        return PRPL_PROBLEM_CONSENT;
    case MSNP_TROUBLE_BANNED:
        return PRPL_PROBLEM_BANNED;
    case MSNP_TROUBLE_CHALLENGE:
        return PRPL_PROBLEM_CHALLENGE;
    default: /* about lists: not what a sign-in is refused for */
        break;
    }
    return error->retry ? PRPL_PROBLEM_NUMBER : PRPL_PROBLEM_NUMBER_FINAL;
}

static prpl_problem problem_of_status(unsigned status, bool with_text)
{
    if (status >= 500 || status == 408 || status == 429)
        return PRPL_PROBLEM_HTTP_TEMPORARY;
    return with_text ? PRPL_PROBLEM_HTTP_TEXT : PRPL_PROBLEM_HTTP_PERMANENT;
}

static bool is_connecting(msnp_step step)
{
    return step == MSNP_STEP_CONNECT || step == MSNP_STEP_NEXUS_CONNECT ||
           step == MSNP_STEP_LOGIN_CONNECT;
}

static prpl_problem problem_of_failure(const msnp_failure *failure)
{
    switch (failure->err) {
    case MSNP_ERR_ACCOUNT:
        return PRPL_PROBLEM_ACCOUNT_NAME;
    case MSNP_ERR_SERVER_NAME:
        return PRPL_PROBLEM_SERVER_NAME;
    case MSNP_ERR_UNREACHABLE:
        return (prpl_problem)failure->code; /* from the link */
    case MSNP_ERR_URL:
        return PRPL_PROBLEM_URL;
    case MSNP_ERR_CLOSED:
        return failure->step == MSNP_STEP_ONLINE ? PRPL_PROBLEM_LOST : PRPL_PROBLEM_CLOSED;
    case MSNP_ERR_TIMEOUT:
        if (!is_connecting(failure->step))
            return PRPL_PROBLEM_TIMEOUT;
        return is_historic(failure->host) ? PRPL_PROBLEM_SWITCHED_OFF
                                          : PRPL_PROBLEM_CONNECT_TIMEOUT;
    case MSNP_ERR_DEAD:
        return PRPL_PROBLEM_DEAD;
    case MSNP_ERR_TOO_LONG:
        return PRPL_PROBLEM_TOO_LONG;
    case MSNP_ERR_VERSION:
        return PRPL_PROBLEM_VERSION;
    case MSNP_ERR_TRANSFERS:
        return PRPL_PROBLEM_TRANSFERS;
    case MSNP_ERR_SERVER:
        return problem_of_number(failure->number, failure->step);
    case MSNP_ERR_TICKET:
        return PRPL_PROBLEM_TICKET;
    case MSNP_ERR_PASSWORD:
        return failure->text != NULL ? PRPL_PROBLEM_PASSWORD_TEXT : PRPL_PROBLEM_PASSWORD;
    case MSNP_ERR_HTTP_STATUS:
        return problem_of_status(failure->number, failure->text != NULL);
    case MSNP_ERR_NO_LOGIN:
        return PRPL_PROBLEM_NO_LOGIN;
    case MSNP_ERR_NO_TICKET:
        return PRPL_PROBLEM_NO_TICKET;
    case MSNP_ERR_INSECURE:
        /* With nobody who asked for it, it stands in the settings. */
        return failure->host != NULL ? PRPL_PROBLEM_INSECURE : PRPL_PROBLEM_URL;
    case MSNP_ERR_REDIRECTS:
        return PRPL_PROBLEM_REDIRECTS;
    case MSNP_ERR_ELSEWHERE:
        return PRPL_PROBLEM_ELSEWHERE;
    case MSNP_ERR_SHUTDOWN:
        return PRPL_PROBLEM_SHUTDOWN;
    case MSNP_ERR_SIGNED_OUT:
        return PRPL_PROBLEM_SIGNED_OUT;
    case MSNP_OK:
    case MSNP_ERR_MALFORMED:
    case MSNP_ERR_INCOMPLETE: /* about lists */
    case MSNP_ERR_NOBODY:     /* about messages */
    case MSNP_ERR_REFUSED:
    case MSNP_ERR_FULL:
    case MSNP_N_ERRS:
        break;
    }
    return PRPL_PROBLEM_MALFORMED;
}

prpl_error prpl_error_of_failure(const msnp_failure *failure)
{
    return (prpl_error){.problem = problem_of_failure(failure),
                        .step = failure->step,
                        .host = failure->host,
                        .port = failure->port,
                        .number = failure->number,
                        .detail = failure->text};
}

PurpleConnectionError prpl_error_reason(const prpl_error *error)
{
    return rows[error->problem].reason;
}

bool prpl_error_blames_password(const prpl_error *error)
{
    return error->problem == PRPL_PROBLEM_PASSWORD || error->problem == PRPL_PROBLEM_PASSWORD_TEXT;
}

/* Fills {name} by the value of that name; other braces stay. */
static char *fill_in(const char *text, const char *const (*values)[2])
{
    GString *out = g_string_new(NULL);

    while (*text != '\0') {
        size_t plain = strcspn(text, "{");
        g_string_append_len(out, text, (gssize)plain);
        text += plain;
        if (*text == '\0')
            break;
        size_t i = 0;
        while (values[i][0] != NULL && !g_str_has_prefix(text, values[i][0]))
            i++;
        g_string_append(out, values[i][0] != NULL ? values[i][1] : "{");
        text += values[i][0] != NULL ? strlen(values[i][0]) : 1;
    }
    return g_string_free(out, FALSE);
}

char *prpl_error_text(const prpl_error *error)
{
    char port[8], number[16];

    g_snprintf(port, sizeof port, "%u", error->port);
    g_snprintf(number, sizeof number, "%u", error->number);
    const char *const values[][2] = {
        {"{host}", error->host != NULL ? error->host : "?"},
        {"{port}", port},
        {"{number}", number},
        {"{step}", prpl_step_text(error->step)},
        {"{detail}", error->detail != NULL ? error->detail : ""},
        {NULL, NULL},
    };
    return fill_in(_(rows[error->problem].text), values);
}
