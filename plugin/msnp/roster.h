/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lists of an account as the server keeps them: contacts and on which lists they are, groups,
 * privacy, phone numbers; and who of the contacts is online. A model only: it asks nobody, and it
 * believes what it is told within its limits.
 */
#ifndef MSNP_ROSTER_H
#define MSNP_ROSTER_H

#include "event.h"

#define MSNP_CONTACTS_MAX       20000 /* entries, on whatever list */
#define MSNP_GROUPS_MAX         256
#define MSNP_CONTACT_GROUPS_MAX 64  /* groups of one contact */
#define MSNP_NAME_CHARS         129 /* longest name that is shown: 387 encoded bytes */
#define MSNP_NAME_BYTES         387 /* longest friendly name that may be sent, encoded */
#define MSNP_GROUP_BYTES        61  /* longest name of a group, encoded */
#define MSNP_PHONE_BYTES        95  /* longest phone number, encoded */

/* The lists, as bits of a contact's `lists`. */
enum {
    MSNP_LIST_FORWARD = 1, /* own contacts; their presence is told */
    MSNP_LIST_ALLOW = 2,   /* may see the account and write to it */
    MSNP_LIST_BLOCK = 4,   /* may not */
    MSNP_LIST_REVERSE = 8, /* have this account on their own list */
    MSNP_LIST_ALL = 15
};

typedef struct {
    char *account;               /* as the server spells it; printable ASCII */
    char *name;                  /* clean text; NULL if the server knows none but the account */
    unsigned lists;              /* bits above; 0: was on some, is on none any more */
    bool online;                 /* on the forward list, and seen online */
    bool unseen;                 /* online before the session moved, and not mentioned since */
    msnp_status status;          /* if online */
    bool pages;                  /* takes messages on a mobile phone (MOB Y) */
    char *phones[MSNP_N_PHONES]; /* clean text, NULL if there is none */
    GArray *groups;              /* uint32_t ids of groups, none of them 0; NULL for none */
} msnp_contact;

typedef struct {
    uint32_t id;
    char *name; /* clean text, not empty */
} msnp_group;

typedef struct {
    GPtrArray *contacts;         /* msnp_contact *; an index stays valid, entries are only added */
    GHashTable *by_account;      /* account in lower case -> msnp_contact * */
    GArray *groups;              /* msnp_group; group 0, "no group", is none of them */
    bool prompt_on_add;          /* GTC A: ask when somebody adds this account */
    bool allow_unlisted;         /* BLP AL: who is on neither list may see this account */
    char *phones[MSNP_N_PHONES]; /* own numbers, clean text, NULL for none */
} msnp_roster;

/* An empty one, with the defaults of a new account. */
msnp_roster *msnp_roster_new(void);
/* NULL is fine. */
void msnp_roster_free(msnp_roster *roster);

/* The contact of this account, in whatever letter case; NULL if there is none. Borrowed. */
msnp_contact *msnp_roster_find(const msnp_roster *roster, msnp_str account);
/* The same, made anew if there is none. NULL if it is no account name, or the roster is full. */
msnp_contact *msnp_roster_ensure(msnp_roster *roster, msnp_str account);
/* How many entries there are, and each of them by its index. */
size_t msnp_roster_size(const msnp_roster *roster);
const msnp_contact *msnp_roster_at(const msnp_roster *roster, size_t index);

/* Borrowed until the groups next change; NULL if there is none. */
const msnp_group *msnp_roster_group(const msnp_roster *roster, uint32_t id);
const msnp_group *msnp_roster_group_named(const msnp_roster *roster, const char *name);
/*
 * Adds a group, or renames it. False if the name is empty or the roster is full. Group 0 is taken
 * and forgotten.
 */
bool msnp_roster_set_group(msnp_roster *roster, uint32_t id, const char *name);
/* Forgets it, also with all contacts. */
void msnp_roster_remove_group(msnp_roster *roster, uint32_t id);
/* Has any contact this group? */
bool msnp_roster_group_in_use(const msnp_roster *roster, uint32_t id);
/* Takes groups that do not exist away from all contacts. */
void msnp_roster_prune(msnp_roster *roster);

/* How many groups a contact is in, and whether it is in this one. */
size_t msnp_contact_n_groups(const msnp_contact *contact);
uint32_t msnp_contact_group_at(const msnp_contact *contact, size_t index);
bool msnp_contact_in_group(const msnp_contact *contact, uint32_t id);
/* Both are without effect if it is so already, for group 0, and above the limit. */
void msnp_contact_join(msnp_contact *contact, uint32_t id);
void msnp_contact_leave(msnp_contact *contact, uint32_t id);
/* Takes it off the forward list: no group, not online. */
void msnp_contact_forget(msnp_contact *contact);
/* Takes a name as it came over the wire. True if it is another one than before. */
bool msnp_contact_set_name(msnp_contact *contact, msnp_str encoded);
/* Somebody who has this account on the list, and was neither allowed nor blocked yet. */
bool msnp_contact_is_undecided(const msnp_contact *contact);

/*
 * Takes "PHH", "PHW" or "PHM" with its encoded value ("" for none). True if it is another value
 * than before; false, too, for another item.
 */
bool msnp_phones_set(char *phones[MSNP_N_PHONES], msnp_str item, msnp_str encoded);

#endif
