/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a contact is shown: emblem, second line, tooltip, Get Info.
 */
#ifndef PRPL_DETAILS_H
#define PRPL_DETAILS_H

#include "account.h"

/* prpl: the name of the emblem on a buddy's icon; static, NULL for none. */
const char *prpl_details_emblem(PurpleBuddy *buddy);
/* prpl: the line below the name, as markup; NULL for none; the caller frees it. */
char *prpl_details_status_text(PurpleBuddy *buddy);
/* prpl: adds to the tooltip. */
void prpl_details_tooltip(PurpleBuddy *buddy, PurpleNotifyUserInfo *info, gboolean full);
/* prpl: the user chose Get Info. */
void prpl_details_get_info(PurpleConnection *gc, const char *who);

#endif
