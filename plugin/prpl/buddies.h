/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Buddies and contacts, and how to get from one to the other. Addresses and names of groups mean
 * the same to libpurple and to the server only by way of these functions.
 */
#ifndef PRPL_BUDDIES_H
#define PRPL_BUDDIES_H

#include "account.h"

/* An address as libpurple compares it; the caller frees it. */
char *prpl_buddies_normalized(const prpl_account *self, const char *who);
/* An address as somebody typed it, without blanks around it; the caller frees it. */
char *prpl_buddies_address(const char *who);

/*
 * The contact of this address, however it is written; NULL if the server has none. Borrowed
 * until events are dispatched again.
 */
const msnp_contact *prpl_buddies_contact(const prpl_account *self, const char *who);
/* Is it on the contact list? It may be NULL. */
bool prpl_buddies_is_listed(const msnp_contact *contact);

/* The group in which libpurple puts a buddy that is to be in none in particular; static. */
const char *prpl_buddies_default_group(void);
/*
 * What the server calls the group that is called so here: NULL for "no group". libpurple takes
 * names for the same that differ in the composition of their characters. Borrowed.
 */
const char *prpl_buddies_server_group(const prpl_account *self, const char *name);
/* libpurple's group of this name, made if there is none, after the others. */
PurpleGroup *prpl_buddies_local_group(const char *name);

/* Has the buddy's row be drawn anew. */
void prpl_buddies_redraw(prpl_account *self, const char *who);

/* Did the user write something about this one that would be lost with it: alias, note, icon? */
bool prpl_buddies_have_own_data(PurpleBuddy *buddy);
/* Gives all that to another buddy, where that one has nothing of the kind. */
void prpl_buddies_give_own_data(PurpleBuddy *from, PurpleBuddy *to);

#endif
