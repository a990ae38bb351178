/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits until signing in is over: the lists are there, and who is online is shown as online. */
#ifndef BENCH_ARRIVALS_H
#define BENCH_ARRIVALS_H

#include "harness.h"

/* From now on so many accounts sign in that have so many buddies, of whom so many are online. */
void arrivals_expect(guint accounts, guint buddies, guint online);
/* Until all is there; FALSE, having said why, if it does not come. */
gboolean arrivals_wait(user *const *users);
/* When the last of it came (monotonic time). */
gint64 arrivals_ended(void);

#endif
