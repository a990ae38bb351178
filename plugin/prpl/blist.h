/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Synchronizes libpurple's buddy list with the server's lists. The server's list wins, except for
 * changes made here offline (see sync_state.h): those are offered to the server.
 */
#ifndef PRPL_BLIST_H
#define PRPL_BLIST_H

#include "account.h"

/*
 * Life cycle: before the sign-in, when the connection closes, when the account is no longer in use.
 */
void prpl_blist_open(prpl_account *self);
void prpl_blist_close(prpl_account *self);
void prpl_blist_free(prpl_account *self);

/*
 * The lists arrived, or the account came online: after both, the buddy list is synchronized, in
 * slices.
 */
void prpl_blist_roster(prpl_account *self, bool complete);
void prpl_blist_online(prpl_account *self);
/* Is a turn to follow, soon? */
bool prpl_blist_has_work(const prpl_account *self);
/* Goes on with what had to wait for prpl_account_leave(). */
void prpl_blist_go_on(prpl_account *self);
/* GTC, BLP or PRP changed. */
void prpl_blist_setting(prpl_account *self);
/* A contact changed. */
void prpl_blist_contact(prpl_account *self, const char *account, unsigned news);
/* An edit succeeded or failed: its subject is synchronized with the server. */
void prpl_blist_edited(prpl_account *self, const msnp_edit *edit, msnp_cause cause);

/* Are we changing libpurple's list now, and not the user? */
bool prpl_blist_is_changing(const prpl_account *self);
/*
 * The user adds a buddy, removes one from a group (`alias` may be NULL), renames a group; an edit
 * follows. Remembers it, to undo it if the server rejects it.
 */
void prpl_blist_user_adds(prpl_account *self, const char *who);
void prpl_blist_user_removes(prpl_account *self, const char *who, const char *group,
                             const char *alias);
void prpl_blist_user_renames(prpl_account *self, const char *name);

#endif
