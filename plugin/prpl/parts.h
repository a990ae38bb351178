/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life cycles of all parts of an account.
 */
#ifndef PRPL_PARTS_H
#define PRPL_PARTS_H

#include "account.h"

/* Before the sign-in. */
void prpl_parts_open(prpl_account *self);
/*
 * The session ends, while windows and chats are still usable: at libpurple's signal "signing-off".
 * Later calls do nothing.
 */
void prpl_parts_sign_off(prpl_account *self);
/* The connection closes. */
void prpl_parts_close(prpl_account *self);
/* The account is no longer in use. */
void prpl_parts_free(prpl_account *self);

#endif
