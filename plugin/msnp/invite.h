/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bodies of text/x-msmsgsinvite: invitations to applications, of which this client supports
 * file transfer (MSNFTP), and what follows them: acceptance, addresses, cancellation.
 */
#ifndef MSNP_INVITE_H
#define MSNP_INVITE_H

#include "buf.h"

#define MSNP_FILE_SIZE_MAX   UINT32_MAX /* bytes: sizes have 32 bits in MSNFTP */
#define MSNP_FILE_NAME_BYTES 255        /* of a name, the longest that file systems have */
#define MSNP_ADDRESS_MAX     46         /* bytes of a written IP address, with its NUL */

typedef enum {
    MSNP_INVITE_OFFER,  /* INVITE */
    MSNP_INVITE_ACCEPT, /* ACCEPT: of the invitation, or the address of the side that listens */
    MSNP_INVITE_CANCEL  /* CANCEL */
} msnp_invite_command;

/* Why an invitation is cancelled; X(symbol, code on the wire). */
#define MSNP_CANCEL_LIST(X)                                                         \
    X(MSNP_CANCEL_REJECT, "REJECT")                      /* declined by the user */ \
    X(MSNP_CANCEL_NOT_INSTALLED, "REJECT_NOT_INSTALLED") /* not supported */        \
    X(MSNP_CANCEL_TIMEOUT, "TIMEOUT")                    /* withdrawn */            \
    X(MSNP_CANCEL_FTTIMEOUT, "FTTIMEOUT")                /* no connection */        \
    X(MSNP_CANCEL_FAIL, "FAIL")                          /* any other failure */    \
    X(MSNP_CANCEL_OUTBAND, "OUTBANDCANCEL")              /* its window was closed */

typedef enum {
#define X(symbol, code) symbol,
    MSNP_CANCEL_LIST(X)
#undef X
        MSNP_N_CANCELS
} msnp_cancel;

/* Where somebody listens. */
typedef struct {
    char host[MSNP_ADDRESS_MAX]; /* an IPv4 or IPv6 address, never a name; "" for none */
    uint16_t port;               /* 0 if host is "" */
} msnp_address;

/*
 * Is this an IPv4 or IPv6 address, without a scope, that somebody can have: not unspecified,
 * multicast or broadcast?
 */
bool msnp_address_host_valid(const char *host);
/* Is this valid address that of the computer itself? */
bool msnp_address_host_is_loopback(const char *host);

typedef struct {
    msnp_invite_command command;
    uint32_t cookie;
    /* INVITE; strings are owned, NULL otherwise. */
    char *application;  /* what is offered, clean text of one line, can be empty */
    bool file;          /* it offers a file by MSNFTP: the rest counts */
    char *file_name;    /* as sent, clean text of one line, can be empty; not safe as a name */
    bool sized;         /* it names the size */
    uint64_t file_size; /* bytes; anything if not `sized` */
    bool unreachable;   /* Connectivity: N: the sender of the file accepts no connections */
    /* ACCEPT. */
    msnp_address external; /* none if it has no valid one; never a name, a port 0, or an address
                              that can be nobody's (unspecified, multicast, broadcast) */
    msnp_address internal; /* likewise; none if it equals `external` */
    bool authorized;       /* it names an AuthCookie */
    uint32_t auth;         /* AuthCookie */
    bool sender_connects;  /* Sender-Connect: TRUE */
    /* CANCEL. */
    msnp_cancel why; /* MSNP_CANCEL_FAIL for unknown codes */
} msnp_invite;

/*
 * Parses a body. `content_type` is that of the message, for its charset. False if it is no
 * invitation, or has no valid cookie. msnp_invite_clear() frees what it holds, also after false.
 */
bool msnp_invite_read(msnp_invite *invite, const char *content_type, msnp_str body);
void msnp_invite_clear(msnp_invite *invite);

/* Where this account listens, and with which AuthCookie. */
typedef struct {
    msnp_address external;
    msnp_address internal; /* "" for none, or the same as `external`: then it is left out */
    uint32_t auth;
} msnp_listening;

/*
 * Write a payload, headers included, that always fits into a message. Each initialises `out`, which
 * the caller clears. `name` is UTF-8; control characters become spaces, and what is too long
 * (MSNP_FILE_NAME_BYTES) is left out before its extension.
 */
void msnp_invite_write_offer(msnp_buf *out, uint32_t cookie, const char *name, uint32_t size,
                             bool unreachable);
/* Accepts, without an address: the sender of the file listens. */
void msnp_invite_write_accept(msnp_buf *out, uint32_t cookie);
/* Where we listen; `sender_connects`: we are the receiver. */
void msnp_invite_write_address(msnp_buf *out, uint32_t cookie, const msnp_listening *where,
                               bool sender_connects);
void msnp_invite_write_cancel(msnp_buf *out, uint32_t cookie, msnp_cancel why);

/*
 * A name under which a received file can be saved, on any file system: without directories, control
 * characters and those that Windows forbids, not hidden, not reserved (CON, LPT1.txt), not too
 * long (the extension stays). "" if nothing of it is left. The caller frees it.
 */
char *msnp_invite_safe_name(const char *name);

#endif
