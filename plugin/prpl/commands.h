/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands /invite and /nudge, menu items about conversations, and the signals of libpurple
 * that conversations need.
 */
#ifndef PRPL_COMMANDS_H
#define PRPL_COMMANDS_H

#include "account.h"

/* prpl: when the plugin is loaded and unloaded. */
gboolean prpl_commands_load(PurplePlugin *plugin);
gboolean prpl_commands_unload(PurplePlugin *plugin);
/* prpl: the menu of a buddy. */
GList *prpl_commands_of_node(PurpleBlistNode *node);
/* Before the sign-in: libpurple loads plugins before it registers the signals. */
void prpl_commands_open(prpl_account *self);
/* Closes open dialogs, before the connection is closed. */
void prpl_commands_close(prpl_account *self);
/* When the account is no longer in use. */
void prpl_commands_free(prpl_account *self);

#endif
