/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * People who have put this account on their list: each is asked about once, until the user allows
 * or blocks them.
 */
#ifndef MSN_AUTHORIZE_H
#define MSN_AUTHORIZE_H

#include "account.h"

/* Before the sign-in; when the connection goes; and when nothing of the account is in use any more.
 */
void msn_authorize_open(msn_account *self);
void msn_authorize_close(msn_account *self);
void msn_authorize_free(msn_account *self);
/*
 * Asks about those who are undecided and were not asked about. Not while an edit waits: who changes
 * from one list to the other is on neither for a moment.
 */
void msn_authorize_look(msn_account *self);
/* Something is new of this one: a question about somebody who is decided upon is closed. */
void msn_authorize_contact(msn_account *self, const char *account);

#endif
