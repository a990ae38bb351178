/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way a file takes: over a connection of its own (direct.h), or through the service (relay.h).
 * This is what transfers.c asks of either, and what it hears.
 *
 * A way is begun by us (sending), or offered by a peer. From `over` or one of decline and cancel on
 * nobody refers to it any more: what it still has to do, it does alone, and frees itself.
 */
#ifndef MSNP_WAY_H
#define MSNP_WAY_H

#include "types.h"

typedef struct msnp_way msnp_way;

/* What a way is asked; `way` has not ended. */
typedef struct {
    /* Receiving, the answers to an offer. */
    void (*accept)(msnp_way *way, int64_t now);
    void (*decline)(msnp_way *way, int64_t now);
    /* Sending, after `wants`: so many bytes as were wanted. Borrowed for the call. */
    void (*put)(msnp_way *way, const char *bytes, size_t len, int64_t now);
    /* Receiving, after `complete`: all of it is saved; `over` follows. */
    void (*stored)(msnp_way *way, int64_t now);
    /* Ends it because of `why`, and tells the peer if it does not know; no `over` follows. */
    void (*cancel)(msnp_way *way, msnp_file_end why, int64_t now);
} msnp_way_calls;

/*
 * What a way reports to its owner, which may call the functions above from here. It may come from
 * within these functions, too: `over` from within `stored`, for example.
 */
typedef struct {
    /* Bytes can flow: at most once, before all of the following. */
    void (*started)(gpointer owner, int64_t now);
    /* Sending: `put` shall bring so many bytes. */
    void (*wants)(gpointer owner, size_t len, int64_t now);
    /*
     * Sending: the peer has lost something, and the next `put` that is wanted shall begin with the
     * byte at this offset; a `put` that was wanted before is still to come, and is not used. Can be
     * NULL for a way that never does.
     */
    void (*rewind)(gpointer owner, uint64_t offset, int64_t now);
    /* Receiving: bytes from g_malloc(), never none; the callee owns them. */
    void (*data)(gpointer owner, char *bytes, size_t len, int64_t now);
    /* Receiving: that was all; `stored` or `cancel` must follow. */
    void (*complete)(gpointer owner, int64_t now);
    /* The result, exactly once, unless it was declined or cancelled. `cause`: of UNSENT. */
    void (*over)(gpointer owner, msnp_file_end end, msnp_cause cause, int64_t now);
} msnp_way_reports;

/*
 * The beginning of each way. Who owns it sets `reports` and `owner`: of one that is offered before
 * the offer is answered with true, of one that we begin at once: nothing is reported earlier.
 */
struct msnp_way {
    const msnp_way_calls *calls;
    const msnp_way_reports *reports;
    gpointer owner;
};

/* What somebody offers. Strings are borrowed for the call. */
typedef struct {
    const char *who;  /* the peer, as the server spells it */
    const char *name; /* the peer's, clean text, may be empty */
    bool contact;     /* the peer is a contact */
    const char *file; /* a safe name, "" if there is none */
    uint64_t size;    /* bytes */
} msnp_way_offer;

#endif
