/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the live tests of the buddy list share: a person at the buddy list, as the usual clients let
 * one edit it, and questions about what can be seen there. All users of a client have one list.
 */
#ifndef LIVE_BLIST_HELPERS_H
#define LIVE_BLIST_HELPERS_H

#include "service_helpers.h"

/* Where libpurple puts who is in no group in particular. */
#define NO_GROUP "Buddies"

#define ALICE LIVE_ADDRESS
#define BOB   "bob@example.com"
#define CAROL "carol@example.com"
#define DAVE  "dave@example.com"

/* Registers an address, whose friendly name is the part before the "@" with a capital. */
void live_register(service *svc, const char *address);
/* The same, with a user for it. */
user *live_user_named(service *svc, const char *address);
/* A contact of ALICE, registered: on her FL, AL and RL, and she on the other's. */
void live_contact(service *svc, const char *address, const char *groups);

/*
 * Waits until nothing happens any more: no main loop source is ready, and the plugin has no timer
 * but one for each user who is online.
 */
void live_quiet(void);
/* Signs in, and waits until the buddy list is in step. */
void live_settled(user *u);
/* Ends it without any change on the way, and forgets the buddy list and its groups. */
void live_end_lists(service *svc, user *const *users, guint n);
void live_end_list(service *svc, user *u);

/* --- the person at the list ------------------------------------------------------------------- */

/* Each works as the usual clients do it. A group NULL is NO_GROUP. */
void user_add(user *self, const char *who, const char *alias, const char *group);
void user_remove(user *self, const char *who, const char *group);
/* The buddy alone, or with all that is one person with it. */
void user_move(user *self, const char *who, const char *from, const char *to);
void user_alias(user *self, const char *who, const char *alias);
void user_note(user *self, const char *who, const char *text);
void list_rename_group(const char *from, const char *to);
void list_delete_group(const char *name);
/* The item "Block" or "Unblock" of a buddy's menu. */
void user_toggle_block(user *self, const char *who);
/* Chooses one of the modes of the privacy dialog. */
void user_set_privacy(user *self, PurplePrivacyType type);
/* An item of the account's menu, by a word in its name; FALSE if there is none. */
gboolean user_action(user *self, const char *word);

/* --- what can be seen --------------------------------------------------------------------------
 */

/* The buddy in this group, or anywhere if it is NULL; NULL if there is none. */
PurpleBuddy *user_buddy(const user *self, const char *who, const char *group);
/* How many buddies the account has in all groups. */
guint user_n_buddies(const user *self);
/* The groups in which this one is a buddy, sorted, joined by ", "; the caller frees it. */
char *user_groups_of(const user *self, const char *who);
/* Is that what user_groups_of() says? */
gboolean user_has(const user *self, const char *who, const char *groups);
/*
 * Is that what service_groups_of() says of a contact on the forward list? Group 0 does not count:
 * it shows who is in no other, and some servers have others in it as well.
 */
gboolean service_has(service *svc, const char *owner, const char *who, const char *groups);
/* Does the service have this contact on exactly these lists? */
gboolean service_lists_are(service *svc, const char *owner, const char *who, guint lists);
/* The groups of the buddy list from top to bottom, joined by ", "; the caller frees it. */
char *list_groups(void);
/* Does the buddy have the status with this id ("offline" if so)? */
gboolean user_sees(const user *self, const char *who, const char *status);
/* The name under which the buddy is shown. */
const char *user_name_of(const user *self, const char *who);
/* Is `who` on libpurple's list of those who may see the account, or on that of those who may not?
 */
gboolean user_permits(const user *self, const char *who);
gboolean user_denies(const user *self, const char *who);
/* What the plugin says of a buddy; the caller frees it. Ends the test if it is no valid markup. */
char *user_status_text(const user *self, const char *who);
char *user_tooltip(const user *self, const char *who, gboolean full);
const char *user_emblem(const user *self, const char *who);

/* A newest open dialog of this kind whose text has all these words (ended by NULL). */
gboolean live_told(dialog_kind kind, ...) G_GNUC_NULL_TERMINATED;
/* The question of authorisation about this one that is open, or NULL. */
dialog *live_asked(const user *self, const char *who);
guint live_open_dialogs(dialog_kind kind);

/*
 * What libpurple said of buddies since live_forget_events(): "ALICE: BOB signed on",
 * "... signed off", "... status ID", "... idle", "... back", a line each, with addresses.
 */
const char *live_events(void);
/* Those about the buddies of one account; the caller frees it. */
char *live_events_of(const user *self);
void live_forget_events(void);

#endif
