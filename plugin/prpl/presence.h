/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statuses: libpurple's types for those of MSNP8; reports the user's status to the service, and the
 * statuses of contacts to libpurple.
 */
#ifndef PRPL_PRESENCE_H
#define PRPL_PRESENCE_H

#include "account.h"

/* prpl: the status types of an account, in the order of menus; the caller frees the list. */
GList *prpl_presence_types(PurpleAccount *account);
/* The status for the service: the account's active one, or idle if the user is. */
msnp_status prpl_presence_wanted(const prpl_account *self);
/* Sends it to the service if it changed. */
void prpl_presence_send(prpl_account *self);
/* prpl: the user chose another status, became idle, or returned. */
void prpl_presence_set_status(PurpleAccount *account, PurpleStatus *status);
void prpl_presence_set_idle(PurpleConnection *gc, int seconds);
/* The name of a status, translated; static. */
const char *prpl_presence_name(msnp_status status);
/* Do all of these buddies (PurpleBuddy *) already show the presence of the contact? */
bool prpl_presence_is_shown(const prpl_account *self, GSList *buddies, const msnp_contact *contact);
/* Reports the presence of a contact to libpurple. */
void prpl_presence_show(prpl_account *self, const msnp_contact *contact);
/* Notifies the user that the service rejected a status. */
void prpl_presence_failed(prpl_account *self, msnp_status wanted, unsigned number);

#endif
