/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * People who have put this account on their list: each is asked about once, until the user allows
 * or blocks them.
 */
#ifndef PRPL_AUTHORIZE_H
#define PRPL_AUTHORIZE_H

#include "account.h"

/* Before the sign-in; when the connection goes; and when nothing of the account is in use any more.
 */
void prpl_authorize_open(prpl_account *self);
void prpl_authorize_close(prpl_account *self);
void prpl_authorize_free(prpl_account *self);
/*
 * Asks about those who are undecided and were not asked about. Not while an edit waits: who changes
 * from one list to the other is on neither for a moment.
 */
void prpl_authorize_look(prpl_account *self);
/* Something is new of this one: a question about somebody who is decided upon is closed. */
void prpl_authorize_contact(prpl_account *self, const char *account);

#endif
