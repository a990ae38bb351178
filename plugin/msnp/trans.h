/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transaction ids and pending commands. Every transaction ends exactly once: by its reply, by an
 * error number, by its deadline, or with the connection.
 */
#ifndef MSNP_TRANS_H
#define MSNP_TRANS_H

#include "clock.h"

#include <glib.h>

#define MSNP_TRANS_MAX     256 /* pending commands */
#define MSNP_TRANS_TIMEOUT ((int64_t)30 * 1000)
/* How much later a deadline may become. */
#define MSNP_TRANS_PATIENCE ((int64_t)5 * 60 * 1000)

typedef struct {
    uint32_t id;
    char name[4];     /* the verb that was sent */
    unsigned context; /* at the sender's disposal */
    int64_t deadline;
    int64_t first; /* the deadline that it began with */
} msnp_pending;

typedef struct {
    uint32_t last;   /* the last id used */
    GArray *pending; /* msnp_pending, oldest first */
} msnp_trans;

/* Initialises: nothing is pending, ids start at 1. */
void msnp_trans_init(msnp_trans *trans);
/* Frees its contents; initialise it before using it again. */
void msnp_trans_clear(msnp_trans *trans);
/* For a new connection: drops everything; ids start at 1 again. */
void msnp_trans_restart(msnp_trans *trans);
/* An id for a command whose reply is ignored. */
uint32_t msnp_trans_id(msnp_trans *trans);
/* An id for a command whose reply is awaited; 0 if too many are pending. */
uint32_t msnp_trans_begin(msnp_trans *trans, const char *name, unsigned context, int64_t deadline);
/* Ends the transaction `id`; false (and `ended` unchanged) if it is not pending. */
bool msnp_trans_end(msnp_trans *trans, uint32_t id, msnp_pending *ended);
/* The same, but only if it began with this verb (NULL: any). */
bool msnp_trans_end_named(msnp_trans *trans, uint32_t id, const char *name, msnp_pending *ended);
/*
 * The transaction `id` was answered: those that began after it were behind it in a queue, and get
 * at least this deadline, unless it is more than MSNP_TRANS_PATIENCE later than their first one.
 * `id` 0: all of them do.
 */
void msnp_trans_extend(msnp_trans *trans, uint32_t id, int64_t deadline);
/* Is the transaction `id` pending? */
bool msnp_trans_waits(const msnp_trans *trans, uint32_t id);
/* Is it the oldest pending one? */
bool msnp_trans_is_oldest(const msnp_trans *trans, uint32_t id);
/* Ends the oldest transaction whose deadline has passed; false if there is none. */
bool msnp_trans_expire(msnp_trans *trans, int64_t now, msnp_pending *ended);
/* The earliest deadline, MSNP_NEVER for none. */
int64_t msnp_trans_next(const msnp_trans *trans);

#endif
