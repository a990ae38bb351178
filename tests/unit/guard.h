/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Input for parsers, placed next to memory that cannot be touched: reading past it is a crash.
 */
#ifndef GUARD_H
#define GUARD_H

#include "buf.h"

#include <stddef.h>

typedef struct {
    char *data;
    size_t len;
    char *map;
    size_t size;
} guarded;

/* A copy of the bytes that ends where the forbidden page begins. */
guarded guard_after(const void *data, size_t len);
/* A copy of the bytes that begins where the forbidden page ends. */
guarded guard_before(const void *data, size_t len);
msnp_str guard_view(const guarded *place);
void guard_free(guarded *place);

/* Calls `check` with the text at both kinds of place. */
void guard_both(const void *data, size_t len, void (*check)(msnp_str text, void *user), void *user);
/* The same for every beginning of the text, from nothing to all of it. */
void guard_prefixes(const void *data, size_t len, void (*check)(msnp_str text, void *user),
                    void *user);

#endif
