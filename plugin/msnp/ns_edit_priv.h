/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ns_edit.c, which works at the edits, and ns_plan.c, which says what they need next, share.
 * Nobody else includes this.
 */
#ifndef MSNP_NS_EDIT_PRIV_H
#define MSNP_NS_EDIT_PRIV_H

#include "ns_base.h"

typedef enum {
    DO_NOTHING, /* the goal is reached */
    DO_FAIL,    /* it cannot be reached: why */
    DO_ADD,     /* list, group (0: without) */
    DO_REM,     /* list, group (0: without) */
    DO_ADD_GROUP,
    DO_RENAME_GROUP,
    DO_REMOVE_GROUP,
    DO_NAME,
    DO_SETTING /* BLP, GTC, PRP */
} ns_action;

/* A command. */
typedef struct {
    ns_action action;
    unsigned list;
    uint32_t group;
    bool again;     /* DO_REM: the contact leaves the group only to join it again */
    msnp_cause why; /* DO_FAIL */
} ns_step;

typedef struct {
    msnp_edit edit; /* its strings are owned */
    ns_step step;   /* the command that waits for its answer */
    bool waiting;
    unsigned commands;  /* sent so far */
    GArray *journal;    /* ns_step: what the server confirmed, or may have done; oldest first */
    msnp_cause failure; /* MSNP_OK while it has not failed */
    guint undo;         /* once it failed: so much of the journal is to be undone */
    bool crossed;       /* it was on the opposite list, which we did not know */
    bool escape;        /* the name was refused: try it with every byte escaped */
} ns_job;

/*
 * The command that is missing for what the edit wants, as the roster is now: DO_NOTHING if it is
 * reached, DO_FAIL if it cannot be.
 */
ns_step ns_plan(const msnp_ns *ns, const ns_job *job);
/* The id of a group, 0 if there is none of that name (or none is meant). */
uint32_t ns_plan_group_id(const msnp_ns *ns, const char *name);
/*
 * The encoded text, by percent signs, each byte of it if `all`; NULL if it is longer than `cap`
 * bytes; the caller frees it.
 */
char *ns_plan_encode(const char *text, size_t cap, bool all);
/* Is it at most so long, encoded? */
bool ns_plan_fits(const char *text, size_t cap);

#endif
