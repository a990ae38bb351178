/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user can do about conversations besides talking: the commands /invite and /nudge, items of
 * menus; and the signals of libpurple that conversations need.
 */
#ifndef MSN_COMMANDS_H
#define MSN_COMMANDS_H

#include "account.h"

/* prpl: with the plugin. */
gboolean msn_commands_load(PurplePlugin *plugin);
gboolean msn_commands_unload(PurplePlugin *plugin);
/* prpl: the menu of a buddy. */
GList *msn_commands_of_node(PurpleBlistNode *node);
/* Before the sign-in: libpurple loads plugins before it has the signals to listen to. */
void msn_commands_open(msn_account *self);
/* The connection goes: closes what is still open. */
void msn_commands_close(msn_account *self);
/* When nothing of the account is in use any more. */
void msn_commands_free(msn_account *self);

#endif
