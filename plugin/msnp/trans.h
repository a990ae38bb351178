/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transaction ids and the commands that wait for an answer. Every transaction ends exactly once: by
 * its answer, by an error number, by its deadline, or with the connection.
 */
#ifndef MSNP_TRANS_H
#define MSNP_TRANS_H

#include "clock.h"

#include <glib.h>

#define MSNP_TRANS_MAX     256 /* commands waiting at a time */
#define MSNP_TRANS_TIMEOUT ((int64_t)30 * 1000)

typedef struct {
    uint32_t id;
    char name[4];     /* the verb that was sent */
    unsigned context; /* whatever the sender wants to remember */
    int64_t deadline;
} msnp_pending;

typedef struct {
    uint32_t last;   /* the id given out last */
    GArray *pending; /* msnp_pending, oldest first */
} msnp_trans;

/* Nothing waits, ids start at 1. */
void msnp_trans_init(msnp_trans *trans);
/* Frees what it holds; it must be initialised again before it is used again. */
void msnp_trans_clear(msnp_trans *trans);
/* A new connection: forgets everything, ids start at 1 again. */
void msnp_trans_restart(msnp_trans *trans);
/* An id for a command whose answer nobody waits for. */
uint32_t msnp_trans_id(msnp_trans *trans);
/* An id for a command that waits for an answer; 0 if too many wait already. */
uint32_t msnp_trans_begin(msnp_trans *trans, const char *name, unsigned context, int64_t deadline);
/* Ends the transaction `id`; false (`ended` untouched) if none of that id waits. */
bool msnp_trans_end(msnp_trans *trans, uint32_t id, msnp_pending *ended);
/* The same, but only if it was begun under this name (NULL: any). */
bool msnp_trans_end_named(msnp_trans *trans, uint32_t id, const char *name, msnp_pending *ended);
/* Does the transaction `id` wait for its answer? */
bool msnp_trans_waits(const msnp_trans *trans, uint32_t id);
/* Does it, and longer than all others? */
bool msnp_trans_is_oldest(const msnp_trans *trans, uint32_t id);
/* Ends the oldest transaction whose deadline has passed; false if there is none. */
bool msnp_trans_expire(msnp_trans *trans, int64_t now, msnp_pending *ended);
/* The earliest deadline, MSNP_NEVER for none. */
int64_t msnp_trans_next(const msnp_trans *trans);

#endif
