/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edits of the server's lists that failed, in words.
 */
#ifndef MSN_EDITS_H
#define MSN_EDITS_H

#include "account.h"

/* A copy that owns its strings, and its end. */
msnp_edit *msn_edit_copy(const msnp_edit *edit);
void msn_edit_free(msnp_edit *edit);

/* Why it could not be done: a translated sentence or two; the caller frees it. */
char *msn_edit_reason(msnp_err err, unsigned number);

/*
 * Tells the user of a failure, once no edit waits any more: several become one message. Nothing is
 * left of it when the connection goes.
 */
void msn_edit_report(msn_account *self, const msnp_edit *edit, msnp_err err, unsigned number);
/* Shows what was reported, if no edit waits. */
void msn_edit_show_reports(msn_account *self);
/* The connection goes: says what it leaves undone, if anything. */
void msn_edit_say_undone(msn_account *self);

#endif
