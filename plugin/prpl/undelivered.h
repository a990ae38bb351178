/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages that did not arrive, in words. No message disappears without a word: the text is shown
 * again, below the reason, in the window of the conversation, or in a dialog if it was closed.
 */
#ifndef PRPL_UNDELIVERED_H
#define PRPL_UNDELIVERED_H

#include "account.h"

/*
 * Why somebody could not be reached: a translated sentence or two, which the caller frees. `who` is
 * the address and `name` what the user calls that person; both are NULL for the people in a chat.
 */
char *prpl_undelivered_reason(const char *who, const char *name, msnp_err err, unsigned number);

/* MSNP_EVENT_TALK_UNDELIVERED, to be told soon: parts of one text become one message. */
void prpl_undelivered_add(prpl_account *self, const msnp_event *event);
/* Tells the user what was added. */
void prpl_undelivered_tell(prpl_account *self);
/* Tells the user that a text (NULL: a nudge) was not even taken. */
void prpl_undelivered_refused(prpl_account *self, msnp_place place, const char *text, msnp_err err);
/* Forgets what was not told. */
void prpl_undelivered_free(prpl_account *self);

#endif
