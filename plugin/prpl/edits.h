/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error messages for failed edits of the server's lists.
 */
#ifndef PRPL_EDITS_H
#define PRPL_EDITS_H

#include "account.h"

/*
 * Life cycle: before the sign-in; when the connection closes (warns about unfinished edits); when
 * the account is no longer in use.
 */
void prpl_edits_open(prpl_account *self);
void prpl_edits_close(prpl_account *self);
void prpl_edits_free(prpl_account *self);

/* Why an edit failed: a translated sentence or two; the caller frees it. */
char *prpl_edits_reason(msnp_cause cause);

/*
 * Reports a failure to the user once no edit waits any more: several become one message. Dropped
 * when the connection closes.
 */
void prpl_edits_report(prpl_account *self, const msnp_edit *edit, msnp_cause cause);
/* Shows the reported failures, if no edit waits. */
void prpl_edits_show_reports(prpl_account *self);

#endif
