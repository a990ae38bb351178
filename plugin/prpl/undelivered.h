/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error messages for undelivered messages. No message is lost silently: its text is shown again
 * below the reason, in the window of the conversation, or in a dialog if that was closed.
 */
#ifndef PRPL_UNDELIVERED_H
#define PRPL_UNDELIVERED_H

#include "account.h"

/* Before the sign-in; when the connection goes; and when nothing of the account is in use any more.
 */
void prpl_undelivered_open(prpl_account *self);
void prpl_undelivered_close(prpl_account *self);
void prpl_undelivered_free(prpl_account *self);

/*
 * Why somebody could not be reached: a translated sentence or two, which the caller frees. `who` is
 * the address and `name` what the user calls that person; both are NULL for the people in a chat.
 */
char *prpl_undelivered_reason(const char *who, const char *name, msnp_cause cause);

/* MSNP_EVENT_UNDELIVERED, to be shown soon: parts of one text become one message. */
void prpl_undelivered_add(prpl_account *self, const msnp_event *event);
/* Shows the user what was added. */
void prpl_undelivered_show(prpl_account *self);
/* Reports to the user, at once, that a text (NULL: a nudge) was not taken. */
void prpl_undelivered_refused(prpl_account *self, msnp_conversation_id id, const char *text,
                              msnp_err err);

#endif
