/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error messages for failed edits of the server's lists.
 */
#ifndef PRPL_EDITS_H
#define PRPL_EDITS_H

#include "account.h"

/* Why an edit failed: a translated sentence or two; the caller frees it. */
char *prpl_edit_reason(msnp_err err, unsigned number);

/*
 * Reports a failure to the user once no edit is pending: several become one message. It is dropped
 * if the connection is closed before that.
 */
void prpl_edit_report(prpl_account *self, const msnp_edit *edit, msnp_err err, unsigned number);
/* Shows the reported failures, if no edit is pending. */
void prpl_edit_show_reports(prpl_account *self);
/* Before the connection is closed: tells the user about unconfirmed edits, if any. */
void prpl_edit_say_undone(prpl_account *self);

#endif
