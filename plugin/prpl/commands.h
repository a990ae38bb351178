/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user can do in conversations besides sending messages: /invite, /nudge, menu items.
 */
#ifndef PRPL_COMMANDS_H
#define PRPL_COMMANDS_H

#include "account.h"

/* When the plugin is loaded and unloaded. */
void prpl_commands_load(void);
void prpl_commands_unload(void);
/* With the first account: connects to the signal for opening the menu of a window. */
void prpl_commands_listen(PurplePlugin *plugin);
/* prpl: the menu of a buddy. */
GList *prpl_commands_menu(PurpleBlistNode *node);

#endif
