/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ns_edit.c, which works at the edits, and ns_plan.c, which says what they need next, share.
 * Nobody else includes this.
 */
#ifndef MSNP_NS_JOB_H
#define MSNP_NS_JOB_H

#include "ns_priv.h"

typedef enum {
    DO_NOTHING, /* the goal is reached */
    DO_FAIL,    /* it cannot be reached: err, number */
    DO_ADD,     /* list, group (0: without) */
    DO_REM,     /* list, group (0: without) */
    DO_ADD_GROUP,
    DO_RENAME_GROUP,
    DO_REMOVE_GROUP,
    DO_NAME,
    DO_SETTING /* BLP, GTC, PRP */
} ns_action;

typedef struct {
    ns_action action;
    unsigned list;
    uint32_t group;
    msnp_err err;
    unsigned number;
} ns_step;

typedef struct {
    msnp_edit edit; /* its strings are owned */
    ns_step step;   /* the command that waits for its answer */
    bool waiting;
    unsigned commands; /* sent so far */
    bool left;         /* the contact is out of a group... */
    uint32_t rest;     /* ...and this is the one it stays in */
    bool joined;       /* and was put into the other */
    uint32_t made;     /* a group that was made for this edit */
    bool blocked;      /* it may be on the block list by now: nobody answered */
    bool given;        /* the contact was put on the allow list */
    unsigned taken;    /* the list, allow or block, that the contact was taken off */
    bool undoing;      /* it failed: what is half done is taken back */
    bool homeless;     /* the contact has to go back into the group that it left */
    msnp_err err;      /* why it failed, and the error number */
    unsigned number;
    bool crossed; /* it was on the opposite list, which we did not know */
    bool escape;  /* the name was refused: try it with every byte escaped */
    bool set;     /* the name or the number was taken */
} ns_job;

/*
 * The command that is missing for what the edit wants, as the roster is now: DO_NOTHING if it is
 * reached, DO_FAIL if it cannot be.
 */
ns_step ns_plan(const msnp_ns *ns, const ns_job *job);
/* The id of a group, 0 if there is none of that name (or none is meant). */
uint32_t ns_group_id(const msnp_ns *ns, const char *name);
/*
 * The encoded text, by percent signs, each byte of it if `all`; NULL if it is longer than `cap`
 * bytes; the caller frees it.
 */
char *ns_encoded(const char *text, size_t cap, bool all);
/* Is it at most so long, encoded? */
bool ns_fits(const char *text, size_t cap);

#endif
