/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * People who added this account: the user is asked about each of them once, and allows or blocks
 * them. Only some questions are open at a time, and the others follow. If somebody removes the
 * account and adds it again, it takes a while until the user is asked again.
 */
#ifndef PRPL_AUTHORIZE_H
#define PRPL_AUTHORIZE_H

#include "account.h"

/*
 * Life cycle: before the sign-in, when the connection closes, when the account is no longer in use.
 */
void prpl_authorize_open(prpl_account *self);
void prpl_authorize_close(prpl_account *self);
void prpl_authorize_free(prpl_account *self);
/* The lists arrived. */
void prpl_authorize_roster(prpl_account *self, bool complete);
/*
 * Asks about undecided people. Not while an edit is pending: somebody who moves from one list to
 * the other is on neither for a moment. A few at a time: true if there are more to look at.
 */
bool prpl_authorize_look(prpl_account *self);
/*
 * A contact changed: closes the question about somebody who is no longer undecided, or considers
 * the contact at the next look.
 */
void prpl_authorize_contact(prpl_account *self, const char *account);
/*
 * An edit has ended: true if it allowed somebody without asking, since the user does not want to be
 * asked. Only the first call about an edit returns that.
 */
bool prpl_authorize_is_automatic(prpl_account *self, const msnp_edit *edit);
/* How many such edits have not ended. */
guint prpl_authorize_n_automatic(const prpl_account *self);

#endif
