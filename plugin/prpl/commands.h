/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user can do about conversations besides talking: the commands /invite and /nudge, items of
 * menus; and the signals of libpurple that conversations need.
 */
#ifndef PRPL_COMMANDS_H
#define PRPL_COMMANDS_H

#include "account.h"

/* prpl: with the plugin. */
gboolean prpl_commands_load(PurplePlugin *plugin);
gboolean prpl_commands_unload(PurplePlugin *plugin);
/* prpl: the menu of a buddy. */
GList *prpl_commands_of_node(PurpleBlistNode *node);
/* Before the sign-in: libpurple loads plugins before it has the signals to listen to. */
void prpl_commands_open(prpl_account *self);
/* The connection goes: closes what is still open. */
void prpl_commands_close(prpl_account *self);
/* When nothing of the account is in use any more. */
void prpl_commands_free(prpl_account *self);

#endif
