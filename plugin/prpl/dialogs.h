/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dialogs that call us back. A client may sign out, close dialogs or answer them while it opens
 * one, and a dialog can outlive the session that it is about. So the callbacks get a number, which
 * stops being valid when the dialog has been answered or its account has closed.
 */
#ifndef PRPL_DIALOGS_H
#define PRPL_DIALOGS_H

#include "account.h"

typedef enum {
    PRPL_DIALOG_AUTHORIZATION,
    PRPL_DIALOG_INPUT,
    PRPL_DIALOG_CHOICE,
    PRPL_DIALOG_FIELDS,
    /* These need no answer: */
    PRPL_DIALOG_INFO,
    PRPL_DIALOG_MESSAGE,
    PRPL_DIALOG_MAIL /* libpurple closes it with the connection: not before, for Pidgin's sake */
} prpl_dialog_kind;

/*
 * A dialog is about to be opened. Returns the data for its callbacks, which is not NULL. It is
 * closed with the account, unless that is NULL; `who` is copied, and may be NULL.
 */
gpointer prpl_dialogs_new(prpl_dialog_kind kind, prpl_account *self, const char *who);
/*
 * To be called once libpurple has opened it: `handle` is libpurple's, NULL if there is no dialog.
 * Closes it at once if that was decided meanwhile.
 */
void prpl_dialogs_opened(gpointer data, void *handle);
/*
 * In a callback: the user has answered. Returns the account, and `who` for the caller to free
 * (NULL: it is not needed); NULL if the account has closed, or the dialog has been answered before.
 */
prpl_account *prpl_dialogs_answered(gpointer data, char **who);
/* As a callback: the user has closed it, and that is no answer. */
void prpl_dialogs_dismissed(gpointer data);

/* Closes the dialog; its callbacks have no effect any more. Does nothing if it is not open. */
void prpl_dialogs_close(gpointer data);
/* Closes all dialogs of the account; with NULL those of all accounts, and those of none. */
void prpl_dialogs_close_all(prpl_account *self);
/* Has the account an open dialog of this kind? */
bool prpl_dialogs_has(const prpl_account *self, prpl_dialog_kind kind);
/* A number that belongs to the dialog, 0 at first. */
void prpl_dialogs_set_count(gpointer data, guint count);
guint prpl_dialogs_count(gpointer data);
/* The open dialog of this kind about `who` that belongs to no account; NULL if there is none. */
gpointer prpl_dialogs_find(prpl_dialog_kind kind, const char *who);

/*
 * Shows a message that asks nothing. Its title is the account: the user may have several. `handle`
 * closes it, NULL: the user alone does.
 */
void prpl_dialogs_tell(const prpl_account *self, void *handle, PurpleNotifyMsgType type,
                       const char *primary, const char *secondary);
/* The same about an account that may not be signed in. */
void prpl_dialogs_tell_offline(PurpleAccount *account, void *handle, PurpleNotifyMsgType type,
                               const char *primary, const char *secondary);

#endif
