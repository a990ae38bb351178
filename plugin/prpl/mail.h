/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mail: telling the user of it, and opening the inbox in a browser.
 */
#ifndef PRPL_MAIL_H
#define PRPL_MAIL_H

#include "account.h"

/*
 * Life cycle: before the sign-in, when the user signs out or the connection closes, when the
 * account is no longer in use. No page stays behind: it has a digest of the password in it.
 */
void prpl_mail_open(prpl_account *self);
void prpl_mail_close(prpl_account *self);
void prpl_mail_free(prpl_account *self);

/* MSNP_EVENT_MAILBOX: so many unread mails are in the inbox. */
void prpl_mail_count(prpl_account *self, unsigned unread, bool risen);
/* MSNP_EVENT_MAIL: the strings are borrowed from the event. */
void prpl_mail_new(prpl_account *self, const msnp_event *event);
/* MSNP_EVENT_INBOX: the page with the inbox can be opened, or why not. */
void prpl_mail_inbox(prpl_account *self, msnp_cause cause);

/* Has the account an inbox that can be opened? */
bool prpl_mail_has_inbox(const prpl_account *self);
/* In the account's menu: opens it. */
void prpl_mail_open_inbox(PurplePluginAction *action);

#endif
