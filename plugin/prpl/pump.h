/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pulls the session's events and hands each to the part that handles it. No policy.
 */
#ifndef PRPL_PUMP_H
#define PRPL_PUMP_H

#include "account.h"

/*
 * Dispatches all queued events, then sets the timer to the session's next deadline. Inside a
 * handler it only makes the outer call continue. The account stays valid until the outer call
 * returns, even if libpurple closes it meanwhile. For prpl_account_ops; others call
 * prpl_account_pump().
 */
void prpl_pump(prpl_account *self);

/*
 * Dispatches the last events of conversations, all at once, even if the account has failed or this
 * is called from inside a handler.
 */
void prpl_pump_farewell(prpl_account *self);

#endif
