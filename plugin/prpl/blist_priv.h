/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the buddy list share. Nobody else includes this.
 */
#ifndef PRPL_BLIST_PRIV_H
#define PRPL_BLIST_PRIV_H

#include "blist.h"

typedef enum {
    OFFER,       /* what the user did offline is offered to the server */
    SERVER_WINS, /* it is undone */
    ADD_ONLY     /* the list is incomplete: nothing is taken away, nothing offered */
} policy;

struct prpl_blist {
    bool has_roster; /* the lists are there... */
    bool complete;   /* ...all of them */
    bool settled;    /* and libpurple's is in step with them */
    bool own_moves;  /* it is we who change libpurple's list now */
    guint timer;     /* of the next turn */

    /* The walk over all contacts. */
    bool walking;
    policy policy;
    size_t next;         /* from the last contact to the first: this many are still to come */
    GQueue strays;       /* char *, afterwards: buddies whom the server may not have */
    bool walk_again;     /* a group was renamed meanwhile */
    bool keep_strays;    /* they stay, whatever their marks say */
    GQueue offers;       /* msnp_edit *, and after that */
    GHashTable *offered; /* normalized names: those of the offers */

    /* What is done when no edit waits any more, by normalized names. */
    GQueue changed;         /* char *, of those to be brought in step with the server */
    GHashTable *is_changed; /* the same as a set; it owns the names */
    GHashTable *undone;     /* of those that the user added in vain */
    GHashTable *removed;    /* "name\ngroup" -> alias, of buddies that may have to come back */
    GHashTable *edited;     /* of those whom an edit was about */
    GQueue renames;         /* char *: what groups are called now, for each RENAME_GROUP edit */
    GQueue renamed;         /* char *, of those that ended: groups that go if they are empty */
};
typedef struct prpl_blist prpl_blist;

/* The group in which libpurple puts a buddy that is to be in none in particular; static. */
const char *prpl_default_group(void);
/*
 * What the server calls the group that is called so here: NULL for "no group". libpurple takes
 * names for the same that differ in the composition of their characters. Borrowed.
 */
const char *prpl_server_group(const prpl_account *self, const char *name);
/* libpurple's group of this name, made if there is none, after the others. */
PurpleGroup *prpl_local_group(const char *name);

/* As libpurple compares addresses; the caller frees it. */
char *prpl_normalized(const prpl_account *self, const char *who);
/* The address of a buddy: its name, as somebody typed it, without blanks; the caller frees it. */
char *prpl_address_of(PurpleBuddy *buddy);
/* The key of a buddy in prpl_blist.removed; the caller frees it. */
char *prpl_removal_key(const prpl_account *self, const char *who, const char *group);

#endif
