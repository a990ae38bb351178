/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors as values. Texts for users are made, and translated, by the adapter.
 */
#ifndef MSNP_ERR_H
#define MSNP_ERR_H

#include <glib.h>
#include <stdbool.h>

/* X(symbol, name): one row for each way to fail. */
#define MSNP_ERR_LIST(X)                                                                         \
    X(MSNP_OK, "ok")                                                                             \
    X(MSNP_ERR_ACCOUNT, "account")         /* the account name is not valid */                   \
    X(MSNP_ERR_SERVER_NAME, "server-name") /* the configured server or port is not valid */      \
    X(MSNP_ERR_URL, "url")                 /* a nexus or login URL cannot be used */             \
    X(MSNP_ERR_CLOSED, "closed")           /* the peer closed the connection */                  \
    X(MSNP_ERR_UNREACHABLE, "unreachable") /* no connection to a switchboard could be made */    \
    X(MSNP_ERR_GATEWAY, "gateway")         /* no HTTP gateway could be reached, or it is none */ \
    X(MSNP_ERR_TIMEOUT, "timeout")         /* a step, or the whole sign-in, took too long */     \
    X(MSNP_ERR_DEAD, "dead")               /* the keep-alive got no reply */                     \
    X(MSNP_ERR_MALFORMED, "malformed")     /* the peer broke the protocol's grammar */           \
    X(MSNP_ERR_TOO_LONG, "too-long")       /* the peer (or we) exceeded a limit */               \
    X(MSNP_ERR_ONE_PIECE, "one-piece")     /* too long, and must not be split */                 \
    X(MSNP_ERR_VERSION, "version")         /* the server does not support MSNP8 */               \
    X(MSNP_ERR_TRANSFERS, "transfers")     /* too many transfers between servers */              \
    X(MSNP_ERR_SERVER, "server")           /* an error number, see msnp_server_error_find() */   \
    X(MSNP_ERR_TICKET, "ticket")           /* Passport's ticket was rejected (911 and others) */ \
    X(MSNP_ERR_PASSWORD, "password")       /* Passport rejected address or password */           \
    X(MSNP_ERR_HTTP_STATUS, "http-status") /* unexpected status from nexus or login server */    \
    X(MSNP_ERR_NO_LOGIN, "no-login")       /* the nexus named no login server */                 \
    X(MSNP_ERR_NO_TICKET, "no-ticket")     /* the login server gave no (usable) ticket */        \
    X(MSNP_ERR_INSECURE, "insecure")       /* redirected to something other than https */        \
    X(MSNP_ERR_REDIRECTS, "redirects")     /* redirected in a circle, or too often */            \
    X(MSNP_ERR_INCOMPLETE, "incomplete")   /* the lists are too incomplete for an edit */        \
    X(MSNP_ERR_NOBODY, "nobody")           /* no one is there to receive a message */            \
    X(MSNP_ERR_FULL, "full")               /* too many switchboards or chats at a time */        \
    X(MSNP_ERR_REFUSED, "refused")         /* a switchboard could not deliver a message (NAK) */ \
    X(MSNP_ERR_ELSEWHERE, "elsewhere")     /* OUT OTH: the account signed in elsewhere */        \
    X(MSNP_ERR_SHUTDOWN, "shutdown")       /* OUT SSD: the server is shutting down */            \
    X(MSNP_ERR_SIGNED_OUT, "signed-out")   /* OUT with no known reason */

typedef enum {
#define X(symbol, name) symbol,
    MSNP_ERR_LIST(X)
#undef X
        MSNP_N_ERRS
} msnp_err;

/* A short name for logs and tests, never NULL; static. */
const char *msnp_err_name(msnp_err err);

/* Error numbers that the code refers to; the table in err.c has more. */
enum {
    MSNP_NUMBER_BAD_PARAMETER = 201,
    MSNP_NUMBER_NO_ACCOUNT = 205,
    MSNP_NUMBER_BAD_ACCOUNT = 208,
    MSNP_NUMBER_FORBIDDEN = 209,     /* a forbidden word in a name, or an unverified account */
    MSNP_NUMBER_THERE_ALREADY = 215, /* on that list, in that group, in the switchboard */
    MSNP_NUMBER_NOT_THERE = 216,     /* not on that list; for CAL: that person blocks us */
    MSNP_NUMBER_MODE_ALREADY = 218,  /* privacy setting unchanged */
    MSNP_NUMBER_OPPOSITE_LIST = 219, /* already on the block list, or on the allow list */
    MSNP_NUMBER_NO_GROUP = 224,
    MSNP_NUMBER_NOT_IN_GROUP = 225,
    MSNP_NUMBER_GROUP_NOT_EMPTY = 227,
    MSNP_NUMBER_GROUP_TOO_LONG = 229, /* its name */
    MSNP_NUMBER_BAD_GROUP = 231,
    MSNP_NUMBER_NO_SWITCHBOARD = 280,
    MSNP_NUMBER_NO_TRANSFER = 281, /* to a switchboard */
    MSNP_NUMBER_INTERNAL = 500,    /* from here on the problem is on the server's side */
    MSNP_NUMBER_CHALLENGE = 540,
    MSNP_NUMBER_CALLS_TOO_FAST = 713,
    MSNP_NUMBER_UNEXPECTED = 715,
    MSNP_NUMBER_TOO_FAST = 800,
    MSNP_NUMBER_AUTHENTICATION = 911
};

/* What a server's error number means; the adapter has a text for each. */
typedef enum {
    MSNP_TROUBLE_OTHER,      /* unknown, or our own mistake */
    MSNP_TROUBLE_BUSY,       /* too many users or requests now */
    MSNP_TROUBLE_DOWN,       /* broken or closed for maintenance */
    MSNP_TROUBLE_TOO_FAST,   /* we changed something too often */
    MSNP_TROUBLE_TICKET,     /* the ticket was rejected */
    MSNP_TROUBLE_UNVERIFIED, /* the account's address was never verified */
    MSNP_TROUBLE_CONSENT,    /* a child's account without a parent's consent */
    MSNP_TROUBLE_BANNED,     /* the account is suspended */
    MSNP_TROUBLE_CHALLENGE,  /* our answer to CHL was wrong */
    MSNP_TROUBLE_NO_ACCOUNT, /* there is no account of that name */
    MSNP_TROUBLE_BAD_NAME,   /* not an account name, or an invalid value */
    MSNP_TROUBLE_FORBIDDEN,  /* a name with a forbidden word, or an unverified account */
    MSNP_TROUBLE_FULL,       /* the list is full */
    MSNP_TROUBLE_GROUPS,     /* there are too many groups */
    MSNP_TROUBLE_NO_GROUP,   /* there is no such group */
    MSNP_TROUBLE_NOT_EMPTY,  /* a group with contacts in it cannot be removed */
    MSNP_TROUBLE_TAKEN,      /* another group has that name */
    MSNP_TROUBLE_LONG,       /* the name of a group is too long */
    MSNP_TROUBLE_OFFLINE,    /* the person is offline, or does not accept calls from us */
    MSNP_TROUBLE_HIDDEN      /* not possible while invisible */
} msnp_trouble;

typedef struct {
    unsigned number;      /* 200..999 */
    const char *symbol;   /* for the log */
    msnp_trouble trouble; /* picks the text */
    bool retry;           /* at sign-in: may the client reconnect on its own? */
} msnp_server_error;

/*
 * The row of a server's error number. An unknown number has a row with number 0 (trouble OTHER,
 * retry). Never NULL; static.
 */
const msnp_server_error *msnp_server_error_find(unsigned number);

#endif
