/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSNSLP: the texts by which sessions of MSNP2P are invited to, accepted, declined and ended; they
 * look like those of SIP. And the context of an invitation that offers a file.
 *
 *     INVITE MSNMSGR:bob@example.net MSNSLP/1.0        or    MSNSLP/1.0 200 OK
 *     To, From, Via (a branch), CSeq, Call-ID, Max-Forwards, Content-Type, Content-Length
 *     (empty line, body, NUL)
 *
 * Every field may be missing, and every one is hostile.
 */
#ifndef MSNP_SLP_H
#define MSNP_SLP_H

#include "buf.h"
#include "types.h"

#define MSNP_SLP_ID_MAX 128 /* bytes of a branch or Call-ID that is echoed; no longer one is */

typedef enum {
    MSNP_SLP_INVITE,
    MSNP_SLP_BYE,
    MSNP_SLP_OTHER, /* another request: acknowledged, not answered */
    MSNP_SLP_ANSWER
} msnp_slp_kind;

/* What the body is about, by Content-Type. */
typedef enum {
    MSNP_SLP_SESSION,          /* ...-sessionreqbody */
    MSNP_SLP_TRANSPORT,        /* ...-transreqbody: asks for a direct connection */
    MSNP_SLP_TRANSPORT_ANSWER, /* ...-transrespbody: its answer, or where the other side listens */
    MSNP_SLP_CLOSE,            /* ...-sessionclosebody */
    MSNP_SLP_UNKNOWN           /* none, or another one */
} msnp_slp_subject;

/* What an invitation to a session offers or asks for, by EUF-GUID. */
typedef enum {
    MSNP_SLP_FILE,
    MSNP_SLP_FILE_BAD,  /* a file, but its context cannot be read */
    MSNP_SLP_OBJECT,    /* wants a picture or emoticon of ours, as clients do on their own */
    MSNP_SLP_EXTRA,     /* what the user can be told of: `extra` */
    MSNP_SLP_INCOMPLETE /* no EUF-GUID */
} msnp_slp_offer;

typedef struct {
    msnp_slp_kind kind;
    unsigned code; /* ANSWER: 200, 603, ...; 0 if it is no number */
    char *from;    /* accounts, as written; NULL if there is none */
    char *to;
    char *branch; /* echoed byte for byte, with its braces; NULL: none, or a strange one */
    char *call;   /* Call-ID, likewise */
    unsigned cseq;
    msnp_slp_subject subject;
    uint32_t session;     /* SessionID; 0 if there is none, or it is no number of 32 bits */
    msnp_slp_offer offer; /* INVITE about SESSION */
    msnp_extra extra;     /* EXTRA */
    char *file;           /* FILE: a safe name, "" if nothing of it is left; else NULL */
    uint64_t size;        /* FILE: bytes */
    bool hashed;          /* TRANSPORT: has a Hashed-Nonce */
} msnp_slp;

/*
 * Parses a text, up to its first NUL. False if it is none. msnp_slp_clear() frees what it holds,
 * also after false.
 */
bool msnp_slp_read(msnp_slp *slp, msnp_str text);
void msnp_slp_clear(msnp_slp *slp);

/* A new GUID with braces, for a branch or Call-ID, from four random numbers. */
#define MSNP_GUID_LENGTH 38
void msnp_slp_guid(char guid[MSNP_GUID_LENGTH + 1], const uint32_t random[4]);

/* Who speaks about which session. Borrowed. */
typedef struct {
    const char *to; /* accounts */
    const char *from;
    const char *branch;
    const char *call;
    uint32_t session; /* SessionID; 0: not named */
} msnp_slp_about;

/*
 * Write a text, its NUL included. Each initialises `out`, which the caller clears; accounts, branch
 * and Call-ID are limited (MSNP_ACCOUNT_MAX, MSNP_SLP_ID_MAX), so that it always fits.
 */
/* Offers a file: `name` is UTF-8, without directories; cut to 259 UTF-16 units, with its extension.
 */
void msnp_slp_write_offer(msnp_buf *out, const msnp_slp_about *about, const char *name,
                          uint64_t size);
/* The answer to the request with `about->branch`, whose CSeq this was: 200, 603 or 500. */
void msnp_slp_write_answer(msnp_buf *out, const msnp_slp_about *about, unsigned code,
                           unsigned cseq);
/* To a request for a direct connection: 200, we do not listen. So its sender stays here. */
void msnp_slp_write_no_transport(msnp_buf *out, const msnp_slp_about *about, unsigned cseq,
                                 bool hashed);
void msnp_slp_write_bye(msnp_buf *out, const msnp_slp_about *about);

#endif
