/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages that did not arrive, in words. No message disappears without a word: the text is shown
 * again, below the reason, in the window of the conversation, or in a dialog if it was closed.
 */
#ifndef MSN_UNDELIVERED_H
#define MSN_UNDELIVERED_H

#include "account.h"

/*
 * Why somebody (NULL: the people of a chat) could not be reached: a translated sentence or two. The
 * caller frees it.
 */
char *msn_undelivered_reason(const char *name, msnp_err err, unsigned number);

/* MSNP_EVENT_TALK_UNDELIVERED, to be told soon: parts of one text become one message. */
void msn_undelivered_add(msn_account *self, const msnp_event *event);
/* Tells the user what was added. */
void msn_undelivered_tell(msn_account *self);
/* Tells the user that a text (NULL: a nudge) was not even taken. */
void msn_undelivered_refused(msn_account *self, msnp_place place, const char *text, msnp_err err);
/* Forgets what was not told. */
void msn_undelivered_free(msn_account *self);

#endif
