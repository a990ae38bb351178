/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is shown of a contact: emblem, second line, tooltip, Get Info.
 */
#ifndef PRPL_DETAILS_H
#define PRPL_DETAILS_H

#include "account.h"

/* prpl: name of the picture in the corner of a buddy's icon; static, NULL for none. */
const char *prpl_details_emblem(PurpleBuddy *buddy);
/* prpl: the line below the name, as markup; NULL for none; the caller frees it. */
char *prpl_details_status_text(PurpleBuddy *buddy);
/* prpl: adds to the tooltip. */
void prpl_details_tooltip(PurpleBuddy *buddy, PurpleNotifyUserInfo *info, gboolean full);
/* prpl: the user wants to know all of somebody. */
void prpl_details_get_info(PurpleConnection *gc, const char *who);
/* Closes what that has opened, before the connection goes. */
void prpl_details_close(prpl_account *self);

#endif
