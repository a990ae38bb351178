/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error messages: the table from problems to libpurple's reasons, which decide whether the client
 * reconnects automatically, and to texts that users can act on.
 */
#ifndef PRPL_ERRORS_H
#define PRPL_ERRORS_H

#include "msnp.h"
#include "services.h"
#include <purple.h>

typedef enum {
    /* our own settings */
    PRPL_PROBLEM_ACCOUNT_NAME,
    PRPL_PROBLEM_SERVER_NAME,
    PRPL_PROBLEM_PROXY_SETTINGS,
    PRPL_PROBLEM_URL,
    /* reaching a server */
    PRPL_PROBLEM_SWITCHED_OFF, /* one of Microsoft's own */
    PRPL_PROBLEM_NAME_NOT_FOUND,
    PRPL_PROBLEM_REFUSED,
    PRPL_PROBLEM_CONNECT_TIMEOUT,
    PRPL_PROBLEM_UNREACHABLE, /* any other reason, with libpurple's message */
    PRPL_PROBLEM_PROXY,       /* any failure through a proxy */
    PRPL_PROBLEM_PROXY_TEXT,  /* with libpurple's message */
    /* the HTTP gateway */
    PRPL_PROBLEM_GATEWAY_URL,         /* the setting is no URL */
    PRPL_PROBLEM_GATEWAY_UNREACHABLE, /* with libpurple's message */
    PRPL_PROBLEM_GATEWAY_SILENT,
    PRPL_PROBLEM_GATEWAY_STATUS,    /* it is no gateway */
    PRPL_PROBLEM_GATEWAY_FORBIDDEN, /* the same, or a proxy refuses */
    /* TLS */
    PRPL_PROBLEM_NO_TLS,
    PRPL_PROBLEM_HANDSHAKE,
    /* the certificate */
    PRPL_PROBLEM_CERT_UNTRUSTED,
    PRPL_PROBLEM_CERT_SELF_SIGNED,
    PRPL_PROBLEM_CERT_EXPIRED,
    PRPL_PROBLEM_CERT_NOT_ACTIVATED,
    PRPL_PROBLEM_CERT_WRONG_NAME,
    PRPL_PROBLEM_CERT_REVOKED,
    PRPL_PROBLEM_CERT_OTHER,
    /* the connection */
    PRPL_PROBLEM_CLOSED,
    PRPL_PROBLEM_TIMEOUT,
    PRPL_PROBLEM_LOST, /* for an unknown reason */
    PRPL_PROBLEM_DEAD,
    PRPL_PROBLEM_MALFORMED,
    PRPL_PROBLEM_TOO_LONG,
    PRPL_PROBLEM_VERSION,
    PRPL_PROBLEM_TRANSFERS,
    /* errors of the server */
    PRPL_PROBLEM_BUSY,
    PRPL_PROBLEM_DOWN,
    PRPL_PROBLEM_TOO_FAST,
    PRPL_PROBLEM_TICKET,
    PRPL_PROBLEM_UNVERIFIED,
    PRPL_PROBLEM_CONSENT,
    PRPL_PROBLEM_BANNED,
    PRPL_PROBLEM_CHALLENGE,
    PRPL_PROBLEM_NUMBER,       /* worth retrying */
    PRPL_PROBLEM_NUMBER_FINAL, /* not worth retrying */
    PRPL_PROBLEM_ELSEWHERE,
    PRPL_PROBLEM_SHUTDOWN,
    PRPL_PROBLEM_SIGNED_OUT,
    /* Passport */
    PRPL_PROBLEM_PASSWORD,
    PRPL_PROBLEM_PASSWORD_TEXT, /* with the server's message */
    PRPL_PROBLEM_HTTP_TEMPORARY,
    PRPL_PROBLEM_HTTP_PERMANENT,
    PRPL_PROBLEM_HTTP_TEXT, /* with the server's message */
    PRPL_PROBLEM_NO_LOGIN,
    PRPL_PROBLEM_NO_TICKET,
    PRPL_PROBLEM_INSECURE,
    PRPL_PROBLEM_REDIRECT_URL, /* a server redirected to an invalid address */
    PRPL_PROBLEM_REDIRECTS,
    PRPL_N_PROBLEMS
} prpl_problem;

/* A problem and the values for its text. The strings are borrowed, and may be NULL. */
typedef struct {
    prpl_problem problem;
    msnp_step step;   /* the step of the sign-in */
    const char *host; /* the peer */
    uint16_t port;
    const char *proxy;          /* the proxy of the account's connections; NULL: none */
    const char *service;        /* the server of the settings, as the user typed it */
    const prpl_service *chosen; /* the service that was chosen by name; NULL: none */
    unsigned number;            /* the server's error number or HTTP status */
    const char *detail;         /* clean plain text: the server's or libpurple's message */
} prpl_error;

/* Converts a failure reported by the core. The strings are borrowed from it. */
prpl_error prpl_errors_of_failure(const msnp_failure *failure);
/* libpurple's reason for a problem. */
PurpleConnectionError prpl_errors_reason(const prpl_error *error);
/* The text for the user, translated; the caller frees it. */
char *prpl_errors_text(const prpl_error *error);
/* May the password be wrong, so that the client should ask for it again? */
bool prpl_errors_blames_password(const prpl_error *error);
/* Was the server's certificate rejected? */
bool prpl_errors_blames_certificate(prpl_problem problem);
/*
 * The problem for a failed connection to `host`, from libpurple's translated message. Microsoft's
 * own hosts have their own problem, SWITCHED_OFF. Through a proxy the message may be about the
 * proxy, so it is quoted.
 */
prpl_problem prpl_errors_problem_of_connect(const char *host, const char *text, bool proxied);

/*
 * The text for the step in which the password is sent to this host, which the user did not choose;
 * translated. The caller frees it.
 */
char *prpl_errors_outside_text(const char *host);
/*
 * The server has announced that it shuts down in so many minutes (0: it did not say when),
 * translated. The caller frees it.
 */
char *prpl_errors_shutdown_text(unsigned minutes);
/*
 * What the user knows a setting, or a choice, by: its label (PRPL_LABEL_...), translated, or in
 * BitlBee the name that one types. Static.
 */
const char *prpl_errors_setting(const char *label, const char *name);
/* The text of a step, translated, for progress and errors; static. */
const char *prpl_errors_step_text(msnp_step step);

#endif
