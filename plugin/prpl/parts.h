/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of an account that know libpurple, and the moments of their lives.
 */
#ifndef PRPL_PARTS_H
#define PRPL_PARTS_H

#include "account.h"

/* Before the sign-in. */
void prpl_parts_open(prpl_account *self);
/*
 * The session ends, while windows and chats still take text: once, at libpurple's signal. Later
 * calls do nothing.
 */
void prpl_parts_sign_off(prpl_account *self);
/* The connection goes. */
void prpl_parts_close(prpl_account *self);
/* Nothing of the account is in use any more. */
void prpl_parts_free(prpl_account *self);

#endif
