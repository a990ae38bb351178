/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may see the account and send it messages. The server's allow list is libpurple's permit list,
 * its block list the deny list. Of libpurple's five modes MSNP8 has two: everyone except the block
 * list (BLP AL), and no one except the allow list (BLP BL).
 */
#ifndef PRPL_PRIVACY_H
#define PRPL_PRIVACY_H

#include "account.h"

/* Life cycle: before the sign-in, when the account is no longer in use. */
void prpl_privacy_open(prpl_account *self);
void prpl_privacy_free(prpl_account *self);
/* Synchronizes libpurple's mode and lists with the server's; prpl_privacy_tell_next() follows. */
void prpl_privacy_roster(prpl_account *self);
/*
 * Tells the client of one difference in the lists: BitlBee knows only whom it was told of. False if
 * there is none. A step of the buddy list's work, since a client may search or redraw its own list
 * each time.
 */
bool prpl_privacy_tell_next(prpl_account *self);
/* The same for one account. */
void prpl_privacy_contact(prpl_account *self, const char *who);
/*
 * The same for the mode only, after it changed, or the server rejected a change. True if it is
 * another one now. Clients show an emblem for contacts that it keeps out: redraw them.
 */
bool prpl_privacy_mode(prpl_account *self);
/* Is the contact on neither list, so that the mode decides whether they may see the account? */
bool prpl_privacy_depends_on_mode(const msnp_contact *contact);

/* prpl: the user changes them. */
void prpl_privacy_add_permit(PurpleConnection *gc, const char *who);
void prpl_privacy_add_deny(PurpleConnection *gc, const char *who);
void prpl_privacy_rem_permit(PurpleConnection *gc, const char *who);
void prpl_privacy_rem_deny(PurpleConnection *gc, const char *who);
void prpl_privacy_set_permit_deny(PurpleConnection *gc);

#endif
