/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The buddy list: what the server's lists mean to libpurple's, and what the user does in
 * libpurple's means to the server. The server's list wins, but for what the user did while it could
 * not be told (see marks.h): that is offered to the server.
 */
#ifndef PRPL_BLIST_H
#define PRPL_BLIST_H

#include "account.h"

/* Before the sign-in; when the connection goes; and when nothing of the account is in use any more.
 */
void prpl_blist_open(prpl_account *self);
void prpl_blist_close(prpl_account *self);
void prpl_blist_free(prpl_account *self);

/*
 * The lists came, or the account came online: when both is so, the buddy list is brought in step, a
 * part in each turn of the main loop.
 */
void prpl_blist_roster(prpl_account *self, bool complete);
void prpl_blist_online(prpl_account *self);
/* Something is new of a contact. */
void prpl_blist_contact(prpl_account *self, const char *account, unsigned news);
/* An edit ended: what it was about is brought in step with the server, be it done or undone. */
void prpl_blist_edited(prpl_account *self, const msnp_edit *edit, msnp_err err, unsigned number);
/* Did all of the server's list come? */
bool prpl_blist_is_complete(const prpl_account *self);
/* Has the buddy's row be drawn anew. */
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
