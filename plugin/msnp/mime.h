/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Header blocks of MSG payloads and of HTTP. One lenient parser for both: any line end, any letter
 * case, folding, lines without a colon.
 */
#ifndef MSNP_MIME_H
#define MSNP_MIME_H

#include "buf.h"

typedef struct {
    msnp_str rest; /* still to be parsed; after the last header: the body */
    bool ended;    /* the empty line was found: `rest` is the body */
} msnp_mime;

/* Starts at the beginning of a block; borrows it. */
void msnp_mime_init(msnp_mime *mime, msnp_str block);
/*
 * The next header, name and value trimmed, the value not unfolded. Lines without a colon are
 * skipped. False at the end of the block.
 */
bool msnp_mime_next(msnp_mime *mime, msnp_str *name, msnp_str *value);
/* The bytes after the headers; empty if the headers do not end. Borrowed from the block. */
msnp_str msnp_mime_body(msnp_str block);
/* A copy with each line break and the blanks around it as one space; the caller frees it. */
char *msnp_mime_unfold(msnp_str value);
/*
 * The value of the `nth` (from 0) header of this name, unfolded; NULL if there is none. The caller
 * frees it.
 */
char *msnp_mime_get(msnp_str block, const char *name, unsigned nth);
/* Has the first header of this name this value, in any letter case? */
bool msnp_mime_is(msnp_str block, const char *name, const char *value);

#endif
