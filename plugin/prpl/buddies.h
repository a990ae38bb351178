/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buddies and contacts, and how to get from one to the other. These functions translate addresses
 * and names of groups between libpurple and the server.
 */
#ifndef PRPL_BUDDIES_H
#define PRPL_BUDDIES_H

#include "account.h"

/* An address, normalized for libpurple; the caller frees it. */
char *prpl_buddies_normalized(const prpl_account *self, const char *who);
/* An address as typed, but UTF-8 and without surrounding blanks; the caller frees it. */
char *prpl_buddies_address(const char *who);

/*
 * The contact of this address in any spelling; NULL if the server has none. Borrowed until events
 * are dispatched again.
 */
const msnp_contact *prpl_buddies_contact(const prpl_account *self, const char *who);
/* Is it on the forward list? NULL is fine. */
bool prpl_buddies_is_listed(const msnp_contact *contact);

/* libpurple's default group for buddies; static. */
const char *prpl_buddies_default_group(void);
/*
 * The name for the server of a group of libpurple's list: `name`, by which the core finds the group
 * that looks the same. NULL for "no group", and if nothing in the name can be seen. Borrowed.
 */
const char *prpl_buddies_server_group(const prpl_account *self, const char *name);
/*
 * libpurple's group for one of the server's: that of the same name, or one that looks the same (a
 * client or service may have removed marks that nobody sees); NULL if there is none.
 */
PurpleGroup *prpl_buddies_find_group(const prpl_account *self, const msnp_group *group);
/*
 * libpurple's group of this name; if there is none, appends one. NULL if a handler of libpurple's
 * signals has removed it at once.
 */
PurpleGroup *prpl_buddies_local_group(const char *name);

/*
 * Is `buddy`, which may be dangling, still one of this address's? Check it after each call into
 * libpurple: handlers of its signals can remove buddies at any time.
 */
bool prpl_buddies_is_there(PurpleAccount *account, const char *who, const PurpleBuddy *buddy);
/* The same, where a handler may have ended the account as well: is there still something to do? */
bool prpl_buddies_remains(const prpl_account *self, const char *who, const PurpleBuddy *buddy);

/* Redraws the rows of all buddies of this address, or that of one. */
void prpl_buddies_redraw(prpl_account *self, const char *who);
void prpl_buddies_redraw_row(PurpleBuddy *buddy);

/* Does it have an alias, note or icon of the user's own that would be lost with it? */
bool prpl_buddies_have_own_data(PurpleBuddy *buddy);
/* Copies those to another buddy of the same address, unless that one has its own. */
void prpl_buddies_give_own_data(PurpleBuddy *from, PurpleBuddy *to);

#endif
