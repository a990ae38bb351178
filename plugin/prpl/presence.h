/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statuses: libpurple's types for those of MSNP8, the user's own status to the service,
 * those of contacts to libpurple.
 */
#ifndef PRPL_PRESENCE_H
#define PRPL_PRESENCE_H

#include "account.h"

/* prpl: the statuses of an account, in the order of menus; the caller frees the list. */
GList *prpl_presence_types(PurpleAccount *account);
/* What the service is to be told: the account's active status, made idle if the user is. */
msnp_status prpl_presence_wanted(const prpl_account *self);
/* Tells the service if that is something else than before. */
void prpl_presence_send(prpl_account *self);
/* prpl: the user chose another status, became idle, or is back. */
void prpl_presence_set_status(PurpleAccount *account, PurpleStatus *status);
void prpl_presence_set_idle(PurpleConnection *gc, int seconds);
/* The name of a status, translated; static. */
const char *prpl_presence_name(msnp_status status);
/* Do all of these buddies (PurpleBuddy *) show already whether the contact is online, and how? */
bool prpl_presence_is_shown(GSList *buddies, const msnp_contact *contact);
/* Tells libpurple whether a contact is online, and how. */
void prpl_presence_show(prpl_account *self, const msnp_contact *contact);
/* The service did not take a status; tells the user. */
void prpl_presence_failed(prpl_account *self, msnp_status wanted, unsigned number);

#endif
