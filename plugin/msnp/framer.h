/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stream of a connection cut into commands with their payloads.
 */
#ifndef MSNP_FRAMER_H
#define MSNP_FRAMER_H

#include "cmd.h"

typedef enum {
    MSNP_MORE, /* nothing complete: feed more bytes */
    MSNP_DONE, /* a frame was given out */
    MSNP_BAD   /* the stream is broken for good: close it */
} msnp_result;

typedef struct {
    const msnp_verbs *verbs; /* what kind of server it is */
    msnp_buf in;
    size_t scanned; /* bytes of `in` known to hold no line end */
    size_t needed;  /* bytes without which another look is in vain */
    size_t used;    /* bytes of the frame given out last, dropped at the next call */
    msnp_err err;   /* why it is bad */
} msnp_framer;

/* An empty framer, for a new stream of a kind of server; borrows the table. */
void msnp_framer_init(msnp_framer *framer, const msnp_verbs *verbs);
/* Frees and wipes what it holds; it is as new afterwards. */
void msnp_framer_clear(msnp_framer *framer);
/*
 * Takes bytes in. Call msnp_framer_next() until it says MSNP_MORE after each call; then any amount
 * up to MSNP_FEED_MAX is taken, and no more than one unfinished frame is ever kept.
 */
#define MSNP_FEED_MAX 16384
msnp_err msnp_framer_feed(msnp_framer *framer, const void *data, size_t len);
/*
 * The next command, complete with its payload. Lines end with CR LF or LF; empty lines are skipped.
 * `cmd` is borrowed until the next call for this framer; `line` (may be NULL) is the raw line
 * without its end, for msnp_cmd_redact().
 */
msnp_result msnp_framer_next(msnp_framer *framer, msnp_cmd *cmd, msnp_str *line);

#endif
