/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user does in the buddy list, as edits for the server.
 */
#ifndef PRPL_BLIST_EDIT_H
#define PRPL_BLIST_EDIT_H

#include "account.h"

/* prpl */
void prpl_blist_edit_add_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group);
void prpl_blist_edit_add_buddy_with_invite(PurpleConnection *gc, PurpleBuddy *buddy,
                                           PurpleGroup *group, const char *message);
void prpl_blist_edit_remove_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group);
void prpl_blist_edit_move_buddy(PurpleConnection *gc, const char *who, const char *from,
                                const char *to);
void prpl_blist_edit_rename_group(PurpleConnection *gc, const char *from, PurpleGroup *group,
                                  GList *moved);
void prpl_blist_edit_remove_group(PurpleConnection *gc, PurpleGroup *group);

#endif
