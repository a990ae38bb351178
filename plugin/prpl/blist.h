/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The buddy list: what the server's lists mean to libpurple's, and what the user does in
 * libpurple's means to the server. The server's list wins, but for what the user did while it could
 * not be told (see marks.h): that is offered to the server.
 */
#ifndef MSN_BLIST_H
#define MSN_BLIST_H

#include "account.h"

/* Before the sign-in; when the connection goes; and when nothing of the account is in use any more.
 */
void msn_blist_open(msn_account *self);
void msn_blist_close(msn_account *self);
void msn_blist_free(msn_account *self);

/*
 * The lists came, or the account came online: when both is so, the buddy list is brought in step, a
 * part in each turn of the main loop.
 */
void msn_blist_roster(msn_account *self, bool complete);
void msn_blist_online(msn_account *self);
/* Something is new of a contact. */
void msn_blist_contact(msn_account *self, const char *account, unsigned news);
/* An edit ended: what it was about is brought in step with the server, be it done or undone. */
void msn_blist_edited(msn_account *self, const msnp_edit *edit, msnp_err err, unsigned number);
/* Did all of the server's list come? */
bool msn_blist_is_complete(const msn_account *self);
/* Has the buddy's row be drawn anew. */
void msn_blist_redraw(msn_account *self, const char *who);

/* prpl: the user edits the list. */
void msn_blist_add_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group);
void msn_blist_add_buddy_with_invite(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group,
                                     const char *message);
void msn_blist_remove_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group);
void msn_blist_move_buddy(PurpleConnection *gc, const char *who, const char *from, const char *to);
void msn_blist_rename_group(PurpleConnection *gc, const char *from, PurpleGroup *group,
                            GList *moved);
void msn_blist_remove_group(PurpleConnection *gc, PurpleGroup *group);

#endif
