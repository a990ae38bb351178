/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The model of the lists: who has whom on which list and in which groups. Nothing here talks to
 * anybody.
 */
#ifndef SERVICE_LISTS_H
#define SERVICE_LISTS_H

#include "internal.h"

typedef enum { ITEM_PHH, ITEM_PHW, ITEM_PHM, ITEM_MOB, ITEM_MBE, ITEM_GTC, ITEM_BLP, N_ITEMS } item;

/* The first of these are told to others, the next is the account's own affair. */
#define N_SHOWN_PHONES (ITEM_MOB + 1)
#define N_PHONES       (ITEM_MBE + 1)

/* Of group 0, until it is renamed. */
#define GROUP_0_NAME "Other Contacts"

typedef struct {
    guint id;
    char *name;
} group;

typedef struct {
    char *address;  /* lower case */
    char *nickname; /* NULL if none was given */
    guint lists;    /* of SERVICE_FL ...; an entry with none goes away */
    GArray *groups; /* ids, ascending; empty for group 0 alone */
    GList link;     /* in person.order */
} contact;

/* Somebody with lists. It need not be a registered account, and stays until the service ends. */
struct person {
    char *address;     /* lower case */
    char *friendly;    /* NULL if it was never changed */
    char state[4];     /* in which it appears without a client; empty for offline */
    guint32 client_id; /* that it shows without a client */
    gboolean known;    /* as good as registered */
    guint32 version;   /* of the lists */
    char *items[N_ITEMS];
    GPtrArray *groups;    /* group *, ascending by id; never without group 0 */
    GHashTable *contacts; /* address -> contact * */
    GQueue order;         /* of the contacts, oldest first */
    guint on_list[4];     /* how many are on FL, AL, BL, RL */
    conn *session;        /* the one that is signed in, or NULL; no reference */
};

/* NULL if there is none; person_get() makes one then. The letter case does not matter. */
person *person_find(const service *self, const char *address);
person *person_get(service *self, const char *address);
void person_free(gpointer data);

/* Empties the lists of a person. */
void person_clear(person *p);

/* What others see: the registered spelling of the address, and the friendly name. */
const char *person_address(const service *self, const person *p);
const char *person_name(const service *self, const person *p);

/* The registered spelling of any address; it is in lower case if it is not registered. */
const char *spelling_of(const service *self, const contact *ct);

/* The value of an item (GTC and BLP always have one), NULL if it is not set. */
const char *person_item(const person *p, item which);
void person_set_item(person *p, item which, const char *value);
/* N_ITEMS if there is none of this name. */
item item_from_name(const char *name);
const char *item_name(item which);

/*
 * The lists of a person have changed: the version grows and the file is written soon. Returns the
 * version to name to the client, which may be counted by session.
 */
guint32 person_touch(service *self, person *p);

/* NULL if there is none. */
contact *contact_find(const person *p, const char *address);
/* Finds it, or makes one that is on no list yet. */
contact *contact_get(person *p, const char *address);
void contact_set_nickname(contact *ct, const char *nickname);
/* Without any list the entry is gone afterwards; off the forward list it leaves its groups. */
void contact_set_lists(person *p, contact *ct, guint lists);
gboolean contact_on(const contact *ct, guint lists);

gboolean contact_in_group(const contact *ct, guint id);
/* `keep_0`: who was in no group has been in group 0, and stays there. */
void contact_join(contact *ct, guint id, gboolean keep_0);
/* Returns FALSE if it was in no other group. */
gboolean contact_leave(contact *ct, guint id);
/* "1,3"; empty for none. The caller frees it. */
char *contact_groups(const contact *ct);
/* The reverse; FALSE if that makes no sense. */
gboolean contact_set_groups(contact *ct, const char *groups);

group *group_find(const person *p, guint64 id);
group *group_named(const person *p, const char *name);
/* With an id of its own, or the lowest one that is free. */
group *group_add(person *p, const char *name, gboolean lowest);
void group_insert(person *p, guint id, const char *name);
void group_remove(person *p, const group *g);

/* keep.c: writes the file soon, if there is one, or at once. */
void keep_soon(service *self);
void keep_now(service *self);

#endif
