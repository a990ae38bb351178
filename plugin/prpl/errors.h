/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What went wrong, in words: the table from problems to libpurple's reasons (which decide whether
 * the client reconnects by itself) and to texts that a person can act on.
 */
#ifndef MSN_ERRORS_H
#define MSN_ERRORS_H

#include "msnp.h"
#include <purple.h>

typedef enum {
    /* our own settings */
    MSN_PROBLEM_ACCOUNT_NAME,
    MSN_PROBLEM_SERVER_NAME,
    MSN_PROBLEM_PROXY_SETTINGS,
    MSN_PROBLEM_URL,
    /* reaching a server */
    MSN_PROBLEM_SWITCHED_OFF, /* one of Microsoft's own */
    MSN_PROBLEM_NAME_NOT_FOUND,
    MSN_PROBLEM_REFUSED,
    MSN_PROBLEM_CONNECT_TIMEOUT,
    MSN_PROBLEM_UNREACHABLE, /* for another reason, which libpurple says */
    MSN_PROBLEM_PROXY,       /* whatever it is, there is a proxy on the way */
    /* TLS */
    MSN_PROBLEM_NO_TLS,
    MSN_PROBLEM_HANDSHAKE,
    MSN_PROBLEM_CERT_UNTRUSTED,
    MSN_PROBLEM_CERT_SELF_SIGNED,
    MSN_PROBLEM_CERT_EXPIRED,
    MSN_PROBLEM_CERT_NOT_ACTIVATED,
    MSN_PROBLEM_CERT_WRONG_NAME,
    MSN_PROBLEM_CERT_REVOKED,
    MSN_PROBLEM_CERT_OTHER,
    /* talking to it */
    MSN_PROBLEM_CLOSED,
    MSN_PROBLEM_TIMEOUT,
    MSN_PROBLEM_LOST, /* for a reason that nobody knows */
    MSN_PROBLEM_DEAD,
    MSN_PROBLEM_MALFORMED,
    MSN_PROBLEM_TOO_LONG,
    MSN_PROBLEM_VERSION,
    MSN_PROBLEM_TRANSFERS,
    /* what it says */
    MSN_PROBLEM_BUSY,
    MSN_PROBLEM_DOWN,
    MSN_PROBLEM_TOO_FAST,
    MSN_PROBLEM_TICKET,
    MSN_PROBLEM_UNVERIFIED,
    MSN_PROBLEM_CONSENT,
    MSN_PROBLEM_BANNED,
    MSN_PROBLEM_CHALLENGE,
    MSN_PROBLEM_NUMBER,       /* worth another try */
    MSN_PROBLEM_NUMBER_FINAL, /* not */
    MSN_PROBLEM_ELSEWHERE,
    MSN_PROBLEM_SHUTDOWN,
    MSN_PROBLEM_SIGNED_OUT,
    /* Passport */
    MSN_PROBLEM_PASSWORD,
    MSN_PROBLEM_PASSWORD_TEXT, /* the server says more */
    MSN_PROBLEM_HTTP_TEMPORARY,
    MSN_PROBLEM_HTTP_PERMANENT,
    MSN_PROBLEM_HTTP_TEXT, /* the server says why */
    MSN_PROBLEM_NO_LOGIN,
    MSN_PROBLEM_NO_TICKET,
    MSN_PROBLEM_INSECURE,
    MSN_PROBLEM_REDIRECTS,
    MSN_N_PROBLEMS
} msn_problem;

/* A problem with what its text needs. The strings are borrowed; they may be NULL. */
typedef struct {
    msn_problem problem;
    msnp_step step;   /* where the sign-in was */
    const char *host; /* with whom */
    uint16_t port;
    unsigned number;    /* the server's error number or HTTP status */
    const char *detail; /* clean plain text: the server's or libpurple's own words */
} msn_error;

/* The row of a failure that the core reported. */
msn_error msn_error_of_failure(const msnp_failure *failure);
/* libpurple's reason for it. */
PurpleConnectionError msn_error_reason(const msn_error *error);
/* The text for the user, translated; the caller frees it. */
char *msn_error_text(const msn_error *error);
/* May the password be wrong, so that it is to be asked for again? */
bool msn_error_blames_password(const msn_error *error);
/*
 * Which problem is a failure to reach `host`, of which libpurple has nothing but this (translated)
 * text to say? Microsoft's own hosts have a row of their own. With a proxy on the way the text may
 * be about the proxy, so that it is better shown as it is.
 */
msn_problem msn_problem_of_connect(const char *host, const char *text, bool proxied);

/* What a step of the sign-in does, translated, for progress and errors; static. */
const char *msn_step_text(msnp_step step);

#endif
