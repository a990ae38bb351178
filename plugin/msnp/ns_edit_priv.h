/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ns_edit.c (executes edits) and ns_plan.c (plans their next command) share. Nobody else
 * includes this.
 */
#ifndef MSNP_NS_EDIT_PRIV_H
#define MSNP_NS_EDIT_PRIV_H

#include "ns_base.h"

typedef enum {
    DO_NOTHING, /* the goal is reached */
    DO_FAIL,    /* it cannot be reached: see `why` */
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
    ns_step step;   /* the command to send, or pending */
    bool waiting;
    unsigned commands;    /* sent so far */
    GArray *journal;      /* ns_step: confirmed, or perhaps executed; oldest first */
    msnp_cause failure;   /* MSNP_OK unless it failed */
    guint undo;           /* after a failure: entries of the journal to undo */
    bool crossed;         /* the contact turned out to be on the opposite list */
    msnp_cause groupless; /* ADD: why the contact is added without a group; MSNP_OK: it is not */
    bool escape;          /* the name was rejected: send it with every byte escaped */
} ns_job;

/*
 * The next command that the edit needs, given the current roster. DO_NOTHING if the goal is
 * reached, DO_FAIL if it cannot be.
 */
ns_step ns_plan(const msnp_ns *ns, const ns_job *job);
/* The id of a group; 0 if there is no such group or `name` is NULL. */
uint32_t ns_plan_group_id(const msnp_ns *ns, const char *name);
/* Is it at most so long? NULL is fine. */
bool ns_plan_fits(const char *text, size_t max_chars);

#endif
