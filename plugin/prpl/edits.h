/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error messages for failed edits of the server's lists.
 */
#ifndef PRPL_EDITS_H
#define PRPL_EDITS_H

#include "account.h"

/*
 * Life cycle: before the sign-in, when the connection closes, when the account is no longer in use.
 */
void prpl_edits_open(prpl_account *self);
void prpl_edits_close(prpl_account *self);
void prpl_edits_free(prpl_account *self);
/*
 * Warns about unfinished edits, after the connection has closed: one message for all connections of
 * this account, as long as nobody has read it. So many of them are our own, not the user's.
 */
void prpl_edits_warn(prpl_account *self, guint own);

/* Why an edit failed: a translated sentence or two; the caller frees it. */
char *prpl_edits_reason(msnp_cause cause);

/*
 * Reports a failure to the user once no edit waits any more. Several become one message, and so do
 * those that follow too many messages. Dropped when the connection closes; all are in the debug
 * log.
 */
void prpl_edits_report(prpl_account *self, const msnp_edit *edit, msnp_cause cause);
/* The same for what is no edit: translated sentences, which it frees. */
void prpl_edits_report_failure(prpl_account *self, char *failure, char *reason);
/* Shows the reported failures, if no edit waits and not too many messages were shown before. */
void prpl_edits_show_reports(prpl_account *self);

#endif
