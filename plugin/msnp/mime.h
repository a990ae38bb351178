/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Header blocks, as in MSG payloads and in HTTP. One reader for both, lenient where servers and
 * people's clients differ: any line end, any letter case, folding, lines without a colon.
 */
#ifndef MSNP_MIME_H
#define MSNP_MIME_H

#include "buf.h"

typedef struct {
    msnp_str rest; /* what was not read yet; after the last header: the body */
    bool ended;    /* the empty line was seen, `rest` is the body */
} msnp_mime;

/* Reads from the beginning of a block; borrows it. */
void msnp_mime_init(msnp_mime *mime, msnp_str block);
/*
 * The next header: name and value trimmed, the value still folded if it was. Lines without a colon
 * are skipped. False at the end of the block.
 */
bool msnp_mime_next(msnp_mime *mime, msnp_str *name, msnp_str *value);
/* A copy of a value in which each line break, with the blanks around it, is one space; to be freed.
 */
char *msnp_mime_unfold(msnp_str value);
/*
 * The value of the `nth` (from 0) header of this name, unfolded; NULL if there is none. The caller
 * frees it.
 */
char *msnp_mime_get(msnp_str block, const char *name, unsigned nth);

#endif
