/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pulls the session's events and hands each to who knows what it means. No policy.
 */
#ifndef PRPL_PUMP_H
#define PRPL_PUMP_H

#include "account.h"

/*
 * Dispatches all events that wait, then sets the timer to the session's next deadline. Called from
 * inside a handler it only makes the outer call go on; the account stays valid until that returns,
 * even if libpurple closes it meanwhile. For prpl_account_new(); others call prpl_account_pump().
 */
void prpl_pump(prpl_account *self);

/*
 * Dispatches what conversations still have to tell at their end, all of it at once, even if the
 * account has failed or this is called from inside a handler.
 */
void prpl_pump_farewell(prpl_account *self);

#endif
