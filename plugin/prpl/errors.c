/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "errors.h"

#include "process.h"
#include "settings.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * The table. A text tells what happened, with which server, and what the user can do. Placeholders:
 * {host} and {port} of the peer, {proxy}, {service} for the name that the user knows it by,
 * {number}, {step}, {detail}, {chosen} for the name of the chosen service, and {server_setting} and
 * the like for settings.
 */
typedef struct {
    PurpleConnectionError reason;
    bool step; /* append a sentence with the step of the sign-in */
    bool via;  /* ... and one with the proxy, which may have sent or swallowed this */
    const char *text;
    const char *proxied; /* used instead through a proxy */
    /* Used instead for the nexus, the login server, or a server that the service redirected to. */
    const char *nexus, *login, *moved;
    const char *chosen; /* ... or in place of all that name settings with an address */
} row;

static const row rows[] = {
    [PRPL_PROBLEM_ACCOUNT_NAME] = {.reason = PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
                                   .text = N_(
                                       "The account's address is not valid. Sign in with your "
                                       "complete e-mail address, such as somebody@example.com.")},
    [PRPL_PROBLEM_SERVER_NAME] =
        {.reason = PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         .text = /* xgettext: python-brace-format */
         N_("The account's setting \"{server_setting}\" or \"{port_setting}\" is not valid. Enter "
            "the server of your service, without \"http://\", and a port from 1 to 65535.")},
    [PRPL_PROBLEM_PROXY_SETTINGS] = {.reason = PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
                                     .text = N_("The account's proxy settings are not valid. Check "
                                                "the type, host and port of the proxy.")},
    [PRPL_PROBLEM_URL] =
        {.reason = PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         .text = /* xgettext: python-brace-format */
         N_("The account's setting \"{nexus_setting}\" or \"{login_setting}\" is not valid. Enter "
            "a URL that begins with https://, or leave the setting empty.")},
    [PRPL_PROBLEM_SWITCHED_OFF] =
        {.reason = PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         .text = /* xgettext: python-brace-format */
         N_("{host} belongs to Microsoft's own Messenger service, which has been shut down. Choose "
            "your service in the account's setting \"{service_setting}\", or enter its server in "
            "\"{server_setting}\"."),
         .nexus = /* xgettext: python-brace-format */
         N_("{host} belongs to Microsoft's own Messenger service, which has been shut down. Check "
            "the account's settings \"{nexus_setting}\" and \"{login_setting}\"."),
         .login = /* xgettext: python-brace-format */
         N_("{host} belongs to Microsoft's own Messenger service, which has been shut down. Check "
            "the account's settings \"{nexus_setting}\" and \"{login_setting}\"."),
         .chosen = /* xgettext: python-brace-format */
         N_("{host} belongs to Microsoft's own Messenger service, which has been shut down.")},
    [PRPL_PROBLEM_NAME_NOT_FOUND] =
        {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("The server {host} was not found. Check your network connection and the account's "
            "setting \"{server_setting}\"."),
         .nexus = /* xgettext: python-brace-format */
         N_("The Passport nexus {host} was not found. Check your network connection and the "
            "account's setting \"{nexus_setting}\"."),
         .login = /* xgettext: python-brace-format */
         N_("The Passport login server {host} was not found. Check your network connection and the "
            "account's settings \"{nexus_setting}\" and \"{login_setting}\"."),
         .moved = /* xgettext: python-brace-format */
         N_("{service} redirected the sign-in to {host}, which was not found."),
         .chosen = /* xgettext: python-brace-format */
         N_("The server {host} was not found. Check your network connection.")},
    [PRPL_PROBLEM_REFUSED] =
        {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("{host} refused the connection on port {port}. The service may be down, or the "
            "account's setting \"{server_setting}\" or \"{port_setting}\" may be wrong."),
         .nexus = /* xgettext: python-brace-format */
         N_("The Passport nexus {host} refused the connection on port {port}. The service may be "
            "down, or the account's setting \"{nexus_setting}\" may be wrong."),
         .login = /* xgettext: python-brace-format */
         N_("The Passport login server {host} refused the connection on port {port}. The service "
            "may be down, or the account's setting \"{nexus_setting}\" or \"{login_setting}\" may "
            "be wrong."),
         .moved = /* xgettext: python-brace-format */
         N_("{service} redirected the sign-in to {host}, which refused the connection on port "
            "{port}. The service may be down."),
         .chosen = /* xgettext: python-brace-format */
         N_("{host} refused the connection on port {port}. The service may be down.")},
    [PRPL_PROBLEM_CONNECT_TIMEOUT] =
        {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         .step = true,
         .text = /* xgettext: python-brace-format */
         N_("The connection to {host} port {port} timed out."),
         .proxied = /* xgettext: python-brace-format */
         N_("The connection to {host} port {port} through the proxy {proxy} timed out. Check the "
            "proxy settings: the proxy may not allow this connection, or may require a user name "
            "and password.")},
    [PRPL_PROBLEM_UNREACHABLE] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                                  .text = /* xgettext: python-brace-format */
                                  N_("Could not connect to {host} port {port}: {detail}")},
    [PRPL_PROBLEM_PROXY] =
        {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("Could not connect to {host} port {port} through the proxy {proxy}. Check the proxy "
            "settings: the proxy may not allow this connection, or may require a user name and "
            "password.")},
    [PRPL_PROBLEM_PROXY_TEXT] =
        {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("Could not connect to {host} port {port} through the proxy {proxy}. Check the proxy "
            "settings: the proxy may not allow this connection, or may require a user name and "
            "password. Error message: \"{detail}\"")},
    [PRPL_PROBLEM_GATEWAY_URL] =
        {.reason = PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         .text = /* xgettext: python-brace-format */
         N_("The account's setting \"{gateway_setting}\" is not a valid URL. Enter an address that "
            "begins with http:// or https://, or leave it empty.")},
    [PRPL_PROBLEM_GATEWAY_UNREACHABLE] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                                          .text = /* xgettext: python-brace-format */
                                          N_("Could not connect to the HTTP gateway {host} port "
                                             "{port}. Check the account's settings "
                                             "\"{method_setting}\" and \"{gateway_setting}\".")},
    [PRPL_PROBLEM_GATEWAY_SILENT] =
        {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("The HTTP gateway {host} did not reply in the way that is expected from one. Check the "
            "account's settings \"{method_setting}\" and \"{gateway_setting}\".")},
    [PRPL_PROBLEM_GATEWAY_STATUS] =
        {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("{host} is not an HTTP gateway of the service, or does not work at the moment: it "
            "replied with HTTP status {number}. Check the account's settings "
            "\"{method_setting}\" and \"{gateway_setting}\".")},
    [PRPL_PROBLEM_GATEWAY_FORBIDDEN] =
        {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("{host} is not an HTTP gateway of the service, or does not work at the moment: it "
            "replied with HTTP status {number}. Check the account's settings "
            "\"{method_setting}\" and \"{gateway_setting}\"."),
         .proxied = /* xgettext: python-brace-format */
         N_("Could not connect to {host} port {port} through the proxy {proxy}. Check the proxy "
            "settings: the proxy may not allow this connection, or may require a user name and "
            "password.")},
    [PRPL_PROBLEM_NO_TLS] = {.reason = PURPLE_CONNECTION_ERROR_NO_SSL_SUPPORT,
                             .text =
                                 N_("This client does not support encrypted connections, which are "
                                    "required to sign in. Install TLS support for libpurple.")},
    [PRPL_PROBLEM_HANDSHAKE] =
        {.reason = PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("Could not establish an encrypted connection to {host} port {port}. The server may "
            "support only outdated versions of TLS."),
         .proxied = /* xgettext: python-brace-format */
         N_("Could not establish an encrypted connection to {host} port {port} through the proxy "
            "{proxy}. The proxy may not allow it, or the server may support only outdated versions "
            "of TLS.")},
    [PRPL_PROBLEM_CERT_UNTRUSTED] =
        {.reason = PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED,
         .text = /* xgettext: python-brace-format */
         N_("The certificate of {host} was rejected: it is not signed by a trusted certificate "
            "authority. Your password was not sent to this server.")},
    [PRPL_PROBLEM_CERT_SELF_SIGNED] =
        {.reason = PURPLE_CONNECTION_ERROR_CERT_SELF_SIGNED,
         .text = /* xgettext: python-brace-format */
         N_("The certificate of {host} was rejected: it is self-signed. Your password was not sent "
            "to this server.")},
    [PRPL_PROBLEM_CERT_EXPIRED] =
        {.reason = PURPLE_CONNECTION_ERROR_CERT_EXPIRED,
         .text = /* xgettext: python-brace-format */
         N_("The certificate of {host} was rejected: it has expired. Check this computer's clock. "
            "Your password was not sent to this server.")},
    [PRPL_PROBLEM_CERT_NOT_ACTIVATED] =
        {.reason = PURPLE_CONNECTION_ERROR_CERT_NOT_ACTIVATED,
         .text = /* xgettext: python-brace-format */
         N_("The certificate of {host} was rejected: it is not valid yet. Check this computer's "
            "clock. Your password was not sent to this server.")},
    [PRPL_PROBLEM_CERT_WRONG_NAME] =
        {.reason = PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH,
         .text = /* xgettext: python-brace-format */
         N_("The certificate of {host} was rejected: it was issued for a different host name. Your "
            "password was not sent to this server.")},
    [PRPL_PROBLEM_CERT_REVOKED] = {.reason = PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR,
                                   .text = /* xgettext: python-brace-format */
                                   N_("The certificate of {host} was rejected: it has been "
                                      "revoked. Your password was not sent to this server.")},
    [PRPL_PROBLEM_CERT_OTHER] =
        {.reason = PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("The certificate of {host} was rejected. Your password was not sent to this server.")},
    [PRPL_PROBLEM_CLOSED] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                             .step = true,
                             .via = true,
                             .text = /* xgettext: python-brace-format */
                             N_("{service} closed the connection.")},
    [PRPL_PROBLEM_TIMEOUT] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                              .step = true,
                              .via = true,
                              .text = /* xgettext: python-brace-format */
                              N_("{service} did not respond in time.")},
    [PRPL_PROBLEM_LOST] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                           .text = /* xgettext: python-brace-format */
                           N_("The connection to {service} was lost.")},
    [PRPL_PROBLEM_DEAD] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                           .text = /* xgettext: python-brace-format */
                           N_("{service} stopped responding. The connection was closed.")},
    [PRPL_PROBLEM_MALFORMED] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                                .step = true,
                                .via = true,
                                .text = /* xgettext: python-brace-format */
                                N_("{service} sent an unexpected reply.")},
    [PRPL_PROBLEM_TOO_LONG] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                               .step = true,
                               .via = true,
                               .text = /* xgettext: python-brace-format */
                               N_("{service} sent more data than the protocol allows.")},
    [PRPL_PROBLEM_VERSION] =
        {.reason = PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         .text = /* xgettext: python-brace-format */
         N_("{host} port {port} does not support MSNP8, the protocol of this account. Check the "
            "account's settings \"{server_setting}\" and \"{port_setting}\"."),
         .chosen = /* xgettext: python-brace-format */
         N_("{host} port {port} does not support MSNP8, the protocol of this account.")},
    [PRPL_PROBLEM_TRANSFERS] =
        {.reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("Too many server redirects; the last one was to {host} port {port}.")},
    [PRPL_PROBLEM_BUSY] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                           .text = /* xgettext: python-brace-format */
                           N_("{service} is too busy (error {number}).")},
    [PRPL_PROBLEM_DOWN] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                           .text = /* xgettext: python-brace-format */
                           N_("{service} is temporarily unavailable (error {number}).")},
    [PRPL_PROBLEM_TOO_FAST] =
        {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("{service} reported too many attempts in a short time (error {number}).")},
    [PRPL_PROBLEM_TICKET] = {.reason = PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
                             .text = /* xgettext: python-brace-format */
                             N_("Your password was accepted, but {service} rejected the account "
                                "(error {number}). Enter the e-mail address exactly as you "
                                "registered it, including upper and lower case.")},
    [PRPL_PROBLEM_UNVERIFIED] = {.reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR,
                                 .text = /* xgettext: python-brace-format */
                                 N_("The e-mail address of this account has not been verified "
                                    "(error {number}). Verify it on the service's website first.")},
    [PRPL_PROBLEM_CONSENT] =
        {.reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("This is a child's account that still needs a parent's consent (error {number}).")},
    [PRPL_PROBLEM_BANNED] = {.reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR,
                             .text = /* xgettext: python-brace-format */
                             N_("The service has suspended this account (error {number}).")},
    [PRPL_PROBLEM_CHALLENGE] =
        {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("{service} rejected this client: it failed the server's challenge (error {number}).")},
    [PRPL_PROBLEM_NUMBER] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                             .step = true,
                             .text = /* xgettext: python-brace-format */
                             N_("{service} reported error {number}.")},
    [PRPL_PROBLEM_NUMBER_FINAL] =
        {.reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         .step = true,
         .text = /* xgettext: python-brace-format */
         N_("{service} refused to sign this account in (error {number}).")},
    [PRPL_PROBLEM_ELSEWHERE] = {.reason = PURPLE_CONNECTION_ERROR_NAME_IN_USE,
                                .text = N_("You have signed in from another location. The service "
                                           "allows only one sign-in per account.")},
    [PRPL_PROBLEM_SHUTDOWN] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                               .text = /* xgettext: python-brace-format */
                               N_("{service} is shutting down for maintenance.")},
    [PRPL_PROBLEM_SIGNED_OUT] = {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                                 .text = /* xgettext: python-brace-format */
                                 N_("{service} signed this account out.")},
    [PRPL_PROBLEM_PASSWORD] = {.reason = PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
                               .text = N_("The e-mail address or password is wrong.")},
    [PRPL_PROBLEM_PASSWORD_TEXT] =
        {.reason = PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
         .text = /* xgettext: python-brace-format */
         N_("The e-mail address or password is wrong. The server's message: \"{detail}\"")},
    [PRPL_PROBLEM_HTTP_TEMPORARY] =
        {.reason = PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
         .step = true,
         .text = /* xgettext: python-brace-format */
         N_("The Passport server {host} is temporarily unavailable (HTTP status {number}).")},
    [PRPL_PROBLEM_HTTP_PERMANENT] =
        {.reason = PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         .step = true,
         .text = /* xgettext: python-brace-format */
         N_("{host} did not respond like a Passport server (HTTP status {number}). Check the "
            "account's settings \"{server_setting}\" and \"{nexus_setting}\"."),
         .login = /* xgettext: python-brace-format */
         N_("{host} did not respond like a Passport login server (HTTP status {number}). Check the "
            "account's settings \"{nexus_setting}\" and \"{login_setting}\"."),
         .chosen = /* xgettext: python-brace-format */
         N_("{host} did not respond like a Passport server (HTTP status {number}).")},
    [PRPL_PROBLEM_HTTP_TEXT] = {.reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR,
                                .text = /* xgettext: python-brace-format */
                                N_("The Passport server {host} refused to sign this account in "
                                   "(HTTP status {number}). The server's message: \"{detail}\"")},
    [PRPL_PROBLEM_NO_LOGIN] =
        {.reason = PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
         .text = /* xgettext: python-brace-format */
         N_("{host} is not a Passport nexus: it named no login server. Check the account's "
            "settings \"{server_setting}\" and \"{nexus_setting}\"."),
         .chosen = /* xgettext: python-brace-format */
         N_("{host} is not a Passport nexus: it named no login server.")},
    [PRPL_PROBLEM_NO_TICKET] =
        {.reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("The Passport login server {host} did not issue a valid ticket.")},
    [PRPL_PROBLEM_INSECURE] = {.reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR,
                               .text = /* xgettext: python-brace-format */
                               N_("{host} redirected the sign-in to an unencrypted address. The "
                                  "redirect was blocked; your password was not sent there.")},
    [PRPL_PROBLEM_REDIRECT_URL] = {.reason = PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
                                   .text = /* xgettext: python-brace-format */
                                   N_("{host} redirected the sign-in to an invalid address.")},
    [PRPL_PROBLEM_REDIRECTS] =
        {.reason = PURPLE_CONNECTION_ERROR_OTHER_ERROR,
         .text = /* xgettext: python-brace-format */
         N_("Too many redirects from the Passport service; the last one was to {host}.")},
};
G_STATIC_ASSERT(G_N_ELEMENTS(rows) == PRPL_N_PROBLEMS);

static const char outdated_text[] = /* xgettext: python-brace-format */
    N_("The built-in addresses of {chosen} may be outdated. If its website has new ones, set the "
       "account's setting \"{service_setting}\" to \"{other_service}\", and enter them in "
       "\"{server_setting}\" and \"{nexus_setting}\".");

static const char *const step_texts[] = {
    /* Translators: this and what follows is what happens now, and goes into "Sign-in step: ..." */
    [MSNP_STEP_IDLE] = N_("Starting"),
    [MSNP_STEP_CONNECT] = N_("Connecting to the server"),
    [MSNP_STEP_VERSION] = N_("Negotiating the protocol"),
    [MSNP_STEP_CLIENT] = N_("Sending the client version"),
    [MSNP_STEP_ACCOUNT] = N_("Sending the account name"),
    [MSNP_STEP_PASSPORT] = N_("Waiting for Passport"),
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

const char *prpl_errors_step_text(msnp_step step)
{
    return _(step_texts[step]);
}

char *prpl_errors_shutdown_text(unsigned minutes)
{
    if (minutes == 0)
        return g_strdup(_("The service will soon shut down for maintenance."));
    return g_strdup_printf(
        g_dngettext(GETTEXT_PACKAGE, "The service will shut down for maintenance in %u minute.",
                    "The service will shut down for maintenance in %u minutes.", minutes),
        minutes);
}

/* Hosts in these domains belonged to the Microsoft service, which was shut down. */
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
 * libpurple reports a name that does not resolve only as text: "Error resolving HOST", sometimes
 * with the resolver's message. In any language it is built from these translations.
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

/*
 * When a SOCKS4 proxy rejects a connection, libpurple reports whatever error some call had before,
 * which usually is one of these. No connection fails with them.
 */
static bool is_left_over(const char *text)
{
    return strcmp(text, g_strerror(EINPROGRESS)) == 0 || strcmp(text, g_strerror(EAGAIN)) == 0;
}

prpl_problem prpl_errors_problem_of_connect(const char *host, const char *text, bool proxied)
{
    bool known = text != NULL && *text != '\0';

    if (is_historic(host))
        return PRPL_PROBLEM_SWITCHED_OFF;
    if (proxied && (!known || is_left_over(text)))
        return PRPL_PROBLEM_PROXY;
    if (proxied)
        return PRPL_PROBLEM_PROXY_TEXT;
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
        /* Its text states that the password was accepted: true only after Passport. */
        return step == MSNP_STEP_TICKET ? PRPL_PROBLEM_TICKET : PRPL_PROBLEM_NUMBER_FINAL;
    case MSNP_TROUBLE_UNVERIFIED:
        return PRPL_PROBLEM_UNVERIFIED;
    case MSNP_TROUBLE_CONSENT:
        return PRPL_PROBLEM_CONSENT;
    case MSNP_TROUBLE_BANNED:
        return PRPL_PROBLEM_BANNED;
    case MSNP_TROUBLE_CHALLENGE:
        return PRPL_PROBLEM_CHALLENGE;
    default: /* errors of lists: not in a sign-in */
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

static prpl_problem problem_of_gateway(const msnp_failure *failure)
{
    const prpl_problem problem = (prpl_problem)failure->code;

    if (failure->step == MSNP_STEP_IDLE)
        return PRPL_PROBLEM_GATEWAY_URL;
    /* Proxies that refuse an http gateway say it in this way. */
    if (failure->number == 401 || failure->number == 403 || failure->number == 407)
        return PRPL_PROBLEM_GATEWAY_FORBIDDEN;
    /* A web page, as networks show it that want to be paid: its status says nothing. */
    if (failure->code == 0 && (failure->number == 0 || failure->number == 200))
        return PRPL_PROBLEM_GATEWAY_SILENT;
    if (failure->number != 0)
        return PRPL_PROBLEM_GATEWAY_STATUS;
    switch (problem) {
    case PRPL_PROBLEM_NAME_NOT_FOUND:
    case PRPL_PROBLEM_REFUSED:
    case PRPL_PROBLEM_UNREACHABLE:
    case PRPL_PROBLEM_HANDSHAKE: /* perhaps it is http */
        return PRPL_PROBLEM_GATEWAY_UNREACHABLE;
    default: /* proxies, TLS, certificates: what they say is about any peer */
        return problem;
    }
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
    case MSNP_ERR_GATEWAY:
        return problem_of_gateway(failure);
    case MSNP_ERR_URL:
        /* Without a peer that sent it, the URL is from the settings. */
        return failure->host != NULL ? PRPL_PROBLEM_REDIRECT_URL : PRPL_PROBLEM_URL;
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
        /* As above. */
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
    case MSNP_ERR_INCOMPLETE: /* only for lists */
    case MSNP_ERR_NOBODY:     /* only for messages */
    case MSNP_ERR_REFUSED:
    case MSNP_ERR_FULL:
    case MSNP_ERR_ONE_PIECE:
    case MSNP_N_ERRS:
        break;
    }
    return PRPL_PROBLEM_MALFORMED;
}

prpl_error prpl_errors_of_failure(const msnp_failure *failure)
{
    return (prpl_error){.problem = problem_of_failure(failure),
                        .step = failure->step,
                        .host = failure->host,
                        .port = failure->port,
                        .number = failure->number,
                        .detail = failure->text};
}

PurpleConnectionError prpl_errors_reason(const prpl_error *error)
{
    return rows[error->problem].reason;
}

bool prpl_errors_blames_password(const prpl_error *error)
{
    return error->problem == PRPL_PROBLEM_PASSWORD || error->problem == PRPL_PROBLEM_PASSWORD_TEXT;
}

bool prpl_errors_blames_certificate(prpl_problem problem)
{
    switch (problem) {
    case PRPL_PROBLEM_CERT_UNTRUSTED:
    case PRPL_PROBLEM_CERT_SELF_SIGNED:
    case PRPL_PROBLEM_CERT_EXPIRED:
    case PRPL_PROBLEM_CERT_NOT_ACTIVATED:
    case PRPL_PROBLEM_CERT_WRONG_NAME:
    case PRPL_PROBLEM_CERT_REVOKED:
    case PRPL_PROBLEM_CERT_OTHER:
        return true;
    default:
        return false;
    }
}

/* Replaces {name} with the value of that name; leaves other braces. */
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

static bool is_nexus(const prpl_error *error)
{
    return error->step == MSNP_STEP_NEXUS_CONNECT || error->step == MSNP_STEP_NEXUS;
}

static bool is_login(const prpl_error *error)
{
    return error->step == MSNP_STEP_LOGIN_CONNECT || error->step == MSNP_STEP_LOGIN_READY ||
           error->step == MSNP_STEP_LOGIN;
}

/*
 * The name that the user knows the peer by: the server of the settings, or the host name for
 * Passport.
 */
static const char *service_of(const prpl_error *error)
{
    if (error->service != NULL && !is_nexus(error) && !is_login(error))
        return error->service;
    return error->host != NULL ? error->host : "?";
}

/* Did the service redirect us to a server that is not in the settings? */
static bool is_moved(const prpl_error *error)
{
    return error->host != NULL && g_ascii_strcasecmp(service_of(error), error->host) != 0;
}

static const char *text_of(const prpl_error *error)
{
    const row *r = &rows[error->problem];

    if (r->proxied != NULL && error->proxy != NULL)
        return r->proxied;
    if (r->moved != NULL && is_moved(error))
        return r->moved;
    if (r->chosen != NULL && error->chosen != NULL)
        return r->chosen;
    if (r->nexus != NULL && is_nexus(error))
        return r->nexus;
    if (r->login != NULL && is_login(error))
        return r->login;
    return r->text;
}

static bool is_gateway(prpl_problem problem)
{
    return problem == PRPL_PROBLEM_GATEWAY_UNREACHABLE || problem == PRPL_PROBLEM_GATEWAY_SILENT ||
           problem == PRPL_PROBLEM_GATEWAY_STATUS;
}

/* Can it come of an address that belongs to somebody else by now, or to nobody? */
static bool doubts_address(prpl_problem problem)
{
    switch (problem) {
    case PRPL_PROBLEM_SWITCHED_OFF:
    case PRPL_PROBLEM_NAME_NOT_FOUND:
    case PRPL_PROBLEM_REFUSED:
    case PRPL_PROBLEM_CONNECT_TIMEOUT:
    case PRPL_PROBLEM_UNREACHABLE:
    case PRPL_PROBLEM_PROXY:
    case PRPL_PROBLEM_PROXY_TEXT:
    case PRPL_PROBLEM_HANDSHAKE:
    case PRPL_PROBLEM_CLOSED:
    case PRPL_PROBLEM_TIMEOUT:
    case PRPL_PROBLEM_LOST:
    case PRPL_PROBLEM_MALFORMED:
    case PRPL_PROBLEM_TOO_LONG:
    case PRPL_PROBLEM_VERSION:
    case PRPL_PROBLEM_HTTP_PERMANENT:
    case PRPL_PROBLEM_NO_LOGIN:
    case PRPL_PROBLEM_INSECURE:
    case PRPL_PROBLEM_REDIRECT_URL:
    case PRPL_PROBLEM_REDIRECTS:
        return true;
    default:
        return is_gateway(problem) || prpl_errors_blames_certificate(problem);
    }
}

/* May a built-in address be outdated? Not once its server has spoken like one of the service. */
static bool may_be_outdated(const prpl_error *error)
{
    bool first_words = error->step >= MSNP_STEP_CONNECT && error->step <= MSNP_STEP_ACCOUNT;

    return error->chosen != NULL && doubts_address(error->problem) &&
           (is_nexus(error) || (first_words && (is_gateway(error->problem) || !is_moved(error))));
}

/* Only during the sign-in. */
static bool names_step(const prpl_error *error)
{
    return rows[error->problem].step && error->step != MSNP_STEP_IDLE &&
           error->step < MSNP_STEP_ONLINE;
}

char *prpl_errors_outside_text(const char *host)
{
    const char *const values[][2] = {{"{host}", host}, {NULL, NULL}};

    /* xgettext: python-brace-format */
    return fill_in(_("Your password is being sent to {host}, a server outside the domain of your "
                     "service."),
                   values);
}

const char *prpl_errors_setting(const char *label, const char *name)
{
    return prpl_process_is_bitlbee() ? name : _(label);
}

char *prpl_errors_text(const prpl_error *error)
{
    char port[8], number[16];

    g_snprintf(port, sizeof port, "%u", error->port);
    g_snprintf(number, sizeof number, "%u", error->number);
    const char *const values[][2] = {
        {"{host}", error->host != NULL ? error->host : "?"},
        {"{port}", port},
        {"{proxy}", error->proxy != NULL ? error->proxy : "?"},
        {"{service}", service_of(error)},
        {"{number}", number},
        {"{step}", prpl_errors_step_text(error->step)},
        {"{detail}", error->detail != NULL ? error->detail : ""},
        {"{chosen}", error->chosen != NULL ? error->chosen->name : "?"},
        {"{service_setting}", prpl_errors_setting(PRPL_LABEL_SERVICE, PRPL_SETTING_SERVICE)},
        {"{other_service}", prpl_errors_setting(PRPL_LABEL_OTHER, PRPL_SERVICE_OTHER)},
        {"{server_setting}", prpl_errors_setting(PRPL_LABEL_SERVER, PRPL_SETTING_SERVER)},
        {"{port_setting}", prpl_errors_setting(PRPL_LABEL_PORT, PRPL_SETTING_PORT)},
        {"{nexus_setting}", prpl_errors_setting(PRPL_LABEL_NEXUS, PRPL_SETTING_NEXUS)},
        {"{login_setting}", prpl_errors_setting(PRPL_LABEL_LOGIN, PRPL_SETTING_LOGIN)},
        {"{method_setting}", prpl_errors_setting(PRPL_LABEL_METHOD, PRPL_SETTING_METHOD)},
        {"{gateway_setting}", prpl_errors_setting(PRPL_LABEL_GATEWAY, PRPL_SETTING_GATEWAY)},
        {NULL, NULL},
    };
    bool step = names_step(error);
    bool via = step && rows[error->problem].via && error->proxy != NULL;
    const char *const sentences[] = {
        _(text_of(error)),
        /* xgettext: python-brace-format */
        step ? _("Sign-in step: {step}.") : NULL,
        /* xgettext: python-brace-format */
        via ? _("The connection goes through the proxy {proxy}.") : NULL,
        may_be_outdated(error) ? _(outdated_text) : NULL,
    };
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(sentences); i++) {
        if (sentences[i] == NULL)
            continue;
        char *sentence = fill_in(sentences[i], values);
        g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", sentence);
        g_free(sentence);
    }
    return g_string_free(text, FALSE);
}
