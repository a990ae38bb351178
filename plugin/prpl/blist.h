/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The buddy list: synchronizes libpurple's list with the server's, and sends the user's changes to
 * the server. The server's list wins, except for changes made offline (see marks.h), which are
 * offered to the server.
 */
#ifndef PRPL_BLIST_H
#define PRPL_BLIST_H

#include "account.h"

/* Before the sign-in, when the connection is closed, and when the account is no longer in use. */
void prpl_blist_open(prpl_account *self);
void prpl_blist_close(prpl_account *self);
void prpl_blist_free(prpl_account *self);

/*
 * The lists arrived, or the account came online: after both, the buddy list is synchronized, a part
 * in each iteration of the main loop.
 */
void prpl_blist_roster(prpl_account *self, bool complete);
void prpl_blist_online(prpl_account *self);
/* A contact changed. */
void prpl_blist_contact(prpl_account *self, const char *account, unsigned news);
/* An edit succeeded or failed: its subject is synchronized with the server. */
void prpl_blist_edited(prpl_account *self, const msnp_edit *edit, msnp_err err, unsigned number);
/* Is the server's list complete? */
bool prpl_blist_is_complete(const prpl_account *self);
/* Redraws the buddy's row. */
void prpl_blist_redraw(prpl_account *self, const char *who);

/* prpl: the user edits the list. */
void prpl_blist_add_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group);
void prpl_blist_add_buddy_with_invite(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group,
                                      const char *message);
void prpl_blist_remove_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group);
void prpl_blist_move_buddy(PurpleConnection *gc, const char *who, const char *from, const char *to);
void prpl_blist_rename_group(PurpleConnection *gc, const char *from, PurpleGroup *group,
                             GList *moved);
void prpl_blist_remove_group(PurpleConnection *gc, PurpleGroup *group);

#endif
