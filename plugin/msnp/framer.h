/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Splits the stream of a connection into commands with their payloads.
 */
#ifndef MSNP_FRAMER_H
#define MSNP_FRAMER_H

#include "cmd.h"

typedef enum {
    MSNP_MORE, /* no complete frame: feed more bytes */
    MSNP_DONE, /* a frame was returned */
    MSNP_BAD   /* the stream is broken: close it */
} msnp_result;

typedef struct {
    const msnp_verbs *verbs; /* the table for this kind of server */
    msnp_buf in;
    size_t scanned; /* bytes of `in` known to contain no line end */
    size_t needed;  /* minimum size of the next frame */
    size_t used;    /* bytes of the frame returned last, dropped at the next call */
    msnp_err err;   /* the reason for MSNP_BAD */
} msnp_framer;

/* An empty framer for a new stream; borrows the table. */
void msnp_framer_init(msnp_framer *framer, const msnp_verbs *verbs);
/* Frees and wipes its contents; it can be used like a new one. */
void msnp_framer_clear(msnp_framer *framer);
/*
 * Takes bytes. If msnp_framer_next() is called until it returns MSNP_MORE after each call, any
 * amount up to MSNP_FEED_MAX is accepted, and at most one incomplete frame is stored.
 */
#define MSNP_FEED_MAX 16384
msnp_err msnp_framer_feed(msnp_framer *framer, const void *data, size_t len);
/*
 * Returns the next command with its payload. Lines end with CR LF or LF; empty lines are skipped.
 * `cmd` is borrowed until the next call for this framer; `line` (may be NULL) is the raw line
 * without its end, for msnp_cmd_redact().
 */
msnp_result msnp_framer_next(msnp_framer *framer, msnp_cmd *cmd, msnp_str *line);
/* Has a part of a command arrived, and the rest has not? */
bool msnp_framer_is_amid(const msnp_framer *framer);

#endif
