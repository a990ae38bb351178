/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the service knows of the user: friendly name and phone numbers, and whether to ask when
 * somebody adds the account; with the account's menu.
 */
#ifndef PRPL_PROFILE_H
#define PRPL_PROFILE_H

#include "account.h"

/* Before the sign-in; when the connection goes; and when nothing of the account is in use any more.
 */
void prpl_profile_open(prpl_account *self);
void prpl_profile_close(prpl_account *self);
void prpl_profile_free(prpl_account *self);
/* The oldest change of the friendly name that waits was taken, or failed. */
void prpl_profile_named(prpl_account *self, const char *name, msnp_err err, unsigned number);

/* prpl: the account's menu; `context` is its connection. The caller frees the list. */
GList *prpl_profile_actions(PurplePlugin *plugin, gpointer context);
/* prpl: the friendly name as libpurple's "public alias". The functions may be NULL. */
void prpl_profile_set_alias(PurpleConnection *gc, const char *alias,
                            PurpleSetPublicAliasSuccessCallback success,
                            PurpleSetPublicAliasFailureCallback failure);
void prpl_profile_get_alias(PurpleConnection *gc, PurpleGetPublicAliasSuccessCallback success,
                            PurpleGetPublicAliasFailureCallback failure);

#endif
