/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error messages for failed edits of the server's lists.
 */
#ifndef PRPL_EDITS_H
#define PRPL_EDITS_H

#include "account.h"

/*
 * Before the sign-in; when the connection goes, which says what it leaves undone, if anything; and
 * when nothing of the account is in use any more.
 */
void prpl_edits_open(prpl_account *self);
void prpl_edits_close(prpl_account *self);
void prpl_edits_free(prpl_account *self);

/* Why it could not be done: a translated sentence or two; the caller frees it. */
char *prpl_edits_reason(msnp_cause cause);

/*
 * Reports a failure to the user, once no edit waits any more: several become one message. Nothing
 * is left of it when the connection goes.
 */
void prpl_edits_report(prpl_account *self, const msnp_edit *edit, msnp_cause cause);
/* Shows what was reported, if no edit waits. */
void prpl_edits_show_reports(prpl_account *self);

#endif
