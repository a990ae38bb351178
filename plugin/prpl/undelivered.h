/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error messages for undelivered messages. No message is lost silently: its text is shown again
 * below the reason, in the window of the conversation, or in a dialog if there is none.
 */
#ifndef PRPL_UNDELIVERED_H
#define PRPL_UNDELIVERED_H

#include "account.h"

/*
 * Life cycle: before the sign-in, when the connection closes, when the account is no longer in use.
 */
void prpl_undelivered_open(prpl_account *self);
void prpl_undelivered_close(prpl_account *self);
void prpl_undelivered_free(prpl_account *self);

/*
 * Why somebody could not be reached: a translated sentence or two, which the caller frees. `who` is
 * the address, `name` the name to show; both are NULL for a chat.
 */
char *prpl_undelivered_reason(const prpl_account *self, const char *who, const char *name,
                              msnp_cause cause);

/* MSNP_EVENT_UNDELIVERED, shown soon: parts of one text become one message. */
void prpl_undelivered_add(prpl_account *self, const msnp_event *event);
/* The same for a text that did not, or perhaps not, get to a mobile phone. */
void prpl_undelivered_page(prpl_account *self, const char *who, const char *text, msnp_cause cause,
                           bool maybe);
/* Shows the added reports to the user. */
void prpl_undelivered_show(prpl_account *self);
/* Reports at once that a text (NULL: a nudge) was rejected before sending. */
void prpl_undelivered_refused(prpl_account *self, msnp_conversation_id id, const char *text,
                              msnp_err err);

#endif
