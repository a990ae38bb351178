/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files of the buddy list, and included only by them.
 */
#ifndef PRPL_BLIST_PRIV_H
#define PRPL_BLIST_PRIV_H

#include "blist.h"

typedef enum {
    OFFER,       /* changes made offline are offered to the server */
    SERVER_WINS, /* they are undone */
    ADD_ONLY     /* the list is incomplete: nothing is removed or offered */
} policy;

struct prpl_blist {
    bool has_roster; /* the lists have arrived... */
    bool complete;   /* ...completely, */
    bool settled;    /* and libpurple's agrees with them */
    bool own_moves;  /* the plugin itself changes libpurple's list */
    guint timer;     /* for the next slice */

    /* The walk over all contacts. */
    bool walking;
    policy policy;
    size_t next;         /* contacts still to visit, from last to first */
    GQueue strays;       /* char *, then: buddies whom the server may not have */
    bool walk_again;     /* because a group was renamed meanwhile */
    bool keep_strays;    /* they stay, whatever their sync states */
    GQueue offers;       /* msnp_edit *, and finally */
    GHashTable *offered; /* normalized names of the offers */

    /* Work for when no edit is pending, by normalized name. */
    GQueue changed;         /* char *, contacts to synchronize with the server */
    GHashTable *is_changed; /* the same as a set; it owns the names */
    GHashTable *undone;     /* buddies whose addition failed */
    GHashTable *removed;    /* "name\ngroup" -> alias, buddies that may have to return */
    GHashTable *edited;     /* subjects of edits */
    GQueue renames;         /* char *: new group names, one for each RENAME_GROUP edit */
    GQueue renamed;         /* char *, groups of finished edits, removed if empty */
};
typedef struct prpl_blist prpl_blist;

/* The name of libpurple's default group; static. */
const char *prpl_default_group(void);
/*
 * The server's name of the group with this name here; NULL for "no group". libpurple ignores how
 * characters are composed when it compares names. Borrowed.
 */
const char *prpl_server_group(const prpl_account *self, const char *name);
/* libpurple's group of this name, created after the others if necessary. */
PurpleGroup *prpl_local_group(const char *name);

/* An address as libpurple compares it; the caller frees it. */
char *prpl_normalized(const prpl_account *self, const char *who);
/* The address of a buddy: its name as typed, without surrounding blanks; the caller frees it. */
char *prpl_address_of(PurpleBuddy *buddy);
/* The key of a buddy in prpl_blist.removed; the caller frees it. */
char *prpl_removal_key(const prpl_account *self, const char *who, const char *group);

#endif
