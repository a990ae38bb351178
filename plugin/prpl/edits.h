/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edits of the server's lists that failed, in words.
 */
#ifndef PRPL_EDITS_H
#define PRPL_EDITS_H

#include "account.h"

/* Why it could not be done: a translated sentence or two; the caller frees it. */
char *prpl_edit_reason(msnp_err err, unsigned number);

/*
 * Tells the user of a failure, once no edit waits any more: several become one message. Nothing is
 * left of it when the connection goes.
 */
void prpl_edit_report(prpl_account *self, const msnp_edit *edit, msnp_err err, unsigned number);
/* Shows what was reported, if no edit waits. */
void prpl_edit_show_reports(prpl_account *self);
/* The connection goes: says what it leaves undone, if anything. */
void prpl_edit_say_undone(prpl_account *self);

#endif
