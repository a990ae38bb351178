/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user's own friendly name, phone numbers and setting for people who add the account; the
 * account's menu.
 */
#ifndef PRPL_PROFILE_H
#define PRPL_PROFILE_H

#include "account.h"

/*
 * Life cycle: before the sign-in, when the connection closes, when the account is no longer in use.
 */
void prpl_profile_open(prpl_account *self);
void prpl_profile_close(prpl_account *self);
void prpl_profile_free(prpl_account *self);
/* The oldest pending change of the friendly name succeeded or failed. */
void prpl_profile_named(prpl_account *self, const char *name, msnp_cause cause);

/* prpl: the account's menu; `context` is its connection. The caller frees the list. */
GList *prpl_profile_actions(PurplePlugin *plugin, gpointer context);
/* prpl: the friendly name as libpurple's "public alias". The functions may be NULL. */
void prpl_profile_set_alias(PurpleConnection *gc, const char *alias,
                            PurpleSetPublicAliasSuccessCallback success,
                            PurpleSetPublicAliasFailureCallback failure);
void prpl_profile_get_alias(PurpleConnection *gc, PurpleGetPublicAliasSuccessCallback success,
                            PurpleGetPublicAliasFailureCallback failure);

#endif
