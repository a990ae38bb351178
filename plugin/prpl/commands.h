/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user can do about conversations besides talking: the commands /invite and /nudge, items of
 * menus.
 */
#ifndef PRPL_COMMANDS_H
#define PRPL_COMMANDS_H

#include "account.h"

/* With the plugin. */
void prpl_commands_load(void);
void prpl_commands_unload(void);
/* With the first account: hears of it when the menu of a window is opened. */
void prpl_commands_listen(PurplePlugin *plugin);
/* prpl: the menu of a buddy. */
GList *prpl_commands_menu(PurpleBlistNode *node);

/* Before the sign-in; when the connection goes; and when nothing of the account is in use any more.
 */
void prpl_commands_open(prpl_account *self);
void prpl_commands_close(prpl_account *self);
void prpl_commands_free(prpl_account *self);

#endif
