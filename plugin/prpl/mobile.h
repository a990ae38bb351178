/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to the mobile phones of contacts, where the service has that. It does not confirm them:
 * one that it has not rejected after some seconds counts as sent, and that is said in the window of
 * the conversation. What it rejects is shown again, with the reason (undelivered.h).
 */
#ifndef PRPL_MOBILE_H
#define PRPL_MOBILE_H

#include "account.h"

/* Can messages be sent to the mobile phone of this person? */
bool prpl_mobile_is_reached(const prpl_account *self, const char *who);
/* Asks the user for a message to the phone of this person; `text` (may be NULL) is there already.
 */
void prpl_mobile_ask(prpl_account *self, const char *who, const char *text);
/* MSNP_EVENT_PAGED. */
void prpl_mobile_paged(prpl_account *self, const msnp_event *event);

#endif
