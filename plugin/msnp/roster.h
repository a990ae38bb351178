/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lists of an account as the server has them: contacts and their lists, groups, privacy, phone
 * numbers, and which contacts are online. A pure model: it accepts whatever the server reports,
 * within its limits.
 */
#ifndef MSNP_ROSTER_H
#define MSNP_ROSTER_H

#include "event.h"

#define MSNP_CONTACTS_MAX       20000 /* entries, on any list */
#define MSNP_GROUPS_MAX         256
#define MSNP_CONTACT_GROUPS_MAX 64  /* groups of one contact */
#define MSNP_NAME_CHARS         129 /* longest name of a person or group, like in other clients */
#define MSNP_NAME_BYTES         387 /* longest name, encoded, that any server accepts */
#define MSNP_PHONE_CHARS        95  /* longest phone number; Escargot closes after longer ones */

/* The lists, as bits of a contact's `lists`. */
enum {
    MSNP_LIST_FORWARD = 1, /* own contacts; their presence is reported */
    MSNP_LIST_ALLOW = 2,   /* may see the account and send it messages */
    MSNP_LIST_BLOCK = 4,   /* may not */
    MSNP_LIST_REVERSE = 8, /* have this account on their own list */
    MSNP_LISTS_PRIVACY = MSNP_LIST_ALLOW | MSNP_LIST_BLOCK,
    MSNP_LIST_ALL = 15
};

typedef struct {
    char *account;               /* as the server spells it; printable ASCII */
    char *name;                  /* clean text; NULL if there is none, or it is the account name */
    char *listed_name;           /* the one that the server's list has, which may be an older one */
    unsigned lists;              /* MSNP_LIST_...; 0: no longer on any list */
    bool online;                 /* on the forward list, and seen online */
    bool unseen;                 /* online before a transfer, not reported since */
    msnp_status status;          /* if online */
    bool has_client_id;          /* if online: the server has said which */
    uint32_t client_id;          /* what the contact's client announces, see p2p.h */
    bool pages;                  /* accepts messages on a mobile phone (MOB Y) */
    char *phones[MSNP_N_PHONES]; /* clean text, NULL if there is none */
    GArray *groups;              /* uint32_t group ids, none of them 0; NULL for none */
} msnp_contact;

typedef struct {
    uint32_t id;
    char *name; /* clean text, not empty */
    char *key;  /* its msnp_name_key() */
} msnp_group;

typedef struct {
    GPtrArray *contacts;         /* msnp_contact *; only ever grows, so that an index stays valid */
    GHashTable *by_account;      /* account in lower case -> msnp_contact * */
    size_t next_reused;          /* where the search for an entry on no list goes on */
    GArray *groups;              /* msnp_group; without group 0, "no group" */
    bool prompt_on_add;          /* GTC A: ask when somebody adds this account */
    bool allow_unlisted;         /* BLP AL: people on neither list may see this account */
    char *phones[MSNP_N_PHONES]; /* own numbers, clean text, NULL for none */
    bool mobile;                 /* MBE Y: the own mobile phone is set up for messages */
    bool pages;                  /* MOB Y: others may send messages to it */
    bool paging;                 /* this server passes messages to mobile phones */
} msnp_roster;

/* An empty roster with the defaults of a new account. */
msnp_roster *msnp_roster_new(void);
/* NULL is fine. */
void msnp_roster_free(msnp_roster *roster);

/* The contact with this account name, ignoring case; NULL if there is none. Borrowed. */
msnp_contact *msnp_roster_find(const msnp_roster *roster, msnp_str account);
/*
 * The same; creates it if necessary. NULL for an invalid account name, or if the roster is full. If
 * it is, entries on no list are used again.
 */
msnp_contact *msnp_roster_ensure(msnp_roster *roster, msnp_str account);
/*
 * What the client of this person announces (see p2p.h); false if that is not known, as of everybody
 * who is no contact, or not seen online.
 */
bool msnp_roster_client_id(const msnp_roster *roster, const char *account, uint32_t *id);
/* Is this person known to use a web page, which cannot exchange files? */
bool msnp_roster_is_on_web(const msnp_roster *roster, const char *account);
/* The number of entries, and an entry by its index. */
size_t msnp_roster_size(const msnp_roster *roster);
const msnp_contact *msnp_roster_at(const msnp_roster *roster, size_t index);

/* A group by its id, borrowed until the groups change; NULL if there is none. */
const msnp_group *msnp_roster_group(const msnp_roster *roster, uint32_t id);
/* The same by its name; if no group has this name, one whose name looks the same. */
const msnp_group *msnp_roster_group_named(const msnp_roster *roster, const char *name);
/* The same, if the contact is in it; of several, one in which it is. */
const msnp_group *msnp_roster_group_of(const msnp_roster *roster, const msnp_contact *contact,
                                       const char *name);
/*
 * Adds or renames a group. False if the roster is full. Group 0 is accepted and ignored, and so is
 * a group without a name: nobody could tell its contacts from those in no group.
 */
bool msnp_roster_set_group(msnp_roster *roster, uint32_t id, const char *name);
/* Removes a group, also from all contacts. */
void msnp_roster_remove_group(msnp_roster *roster, uint32_t id);
/* Is any contact in this group? */
bool msnp_roster_group_in_use(const msnp_roster *roster, uint32_t id);
/* Removes groups that do not exist from all contacts. */
void msnp_roster_prune(msnp_roster *roster);

/* The groups of a contact: how many, each by its index, and whether a group is one of them. */
size_t msnp_contact_n_groups(const msnp_contact *contact);
uint32_t msnp_contact_group_at(const msnp_contact *contact, size_t index);
bool msnp_contact_in_group(const msnp_contact *contact, uint32_t id);
/* Without effect if nothing would change, for group 0, and above the limit. */
void msnp_contact_join(msnp_contact *contact, uint32_t id);
void msnp_contact_leave(msnp_contact *contact, uint32_t id);
/* Removes it from the forward list: no groups, not online. */
void msnp_contact_forget(msnp_contact *contact);
/* Sets the name, as the server encoded it. True if it changed. */
bool msnp_contact_set_name(msnp_contact *contact, msnp_str encoded);
/*
 * The same with the name that the list has. That is the contact's name as well, unless presence
 * came first, which had the current one.
 */
bool msnp_contact_set_listed_name(msnp_contact *contact, msnp_str encoded);
/* The server's list now has the contact's name. */
void msnp_contact_name_listed(msnp_contact *contact);
/* Is its name one that the person has used since, not just the one that the list has? */
bool msnp_contact_name_is_current(const msnp_contact *contact);
/* Is it on the reverse list, but neither on the allow nor the block list? */
bool msnp_contact_is_undecided(const msnp_contact *contact);

/* Can messages be sent to the mobile phone of this contact? */
bool msnp_roster_can_page(const msnp_roster *roster, const msnp_contact *contact);
/* Sets an own phone number, "MBE" or "MOB" to its encoded value. True if it changed. */
bool msnp_roster_set_item(msnp_roster *roster, msnp_str item, msnp_str encoded);

/*
 * Sets "PHH", "PHW" or "PHM" to its encoded value ("" for none). True if it changed; false for
 * other items.
 */
bool msnp_phones_set(char *phones[MSNP_N_PHONES], msnp_str item, msnp_str encoded);

#endif
