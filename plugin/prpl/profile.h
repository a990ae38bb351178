/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the service knows of the user: friendly name and phone numbers, and whether to ask when
 * somebody adds the account; with the account's menu.
 */
#ifndef MSN_PROFILE_H
#define MSN_PROFILE_H

#include "account.h"

/* Before the sign-in; when the connection goes; and when nothing of the account is in use any more.
 */
void msn_profile_open(msn_account *self);
void msn_profile_close(msn_account *self);
void msn_profile_free(msn_account *self);
/* The oldest change of the friendly name that waits was taken, or failed. */
void msn_profile_named(msn_account *self, const char *name, msnp_err err, unsigned number);

/* prpl: the account's menu; `context` is its connection. The caller frees the list. */
GList *msn_profile_actions(PurplePlugin *plugin, gpointer context);
/* prpl: the friendly name as libpurple's "public alias". The functions may be NULL. */
void msn_profile_set_alias(PurpleConnection *gc, const char *alias,
                           PurpleSetPublicAliasSuccessCallback success,
                           PurpleSetPublicAliasFailureCallback failure);
void msn_profile_get_alias(PurpleConnection *gc, PurpleGetPublicAliasSuccessCallback success,
                           PurpleGetPublicAliasFailureCallback failure);

#endif
