/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A clock that does not wait where nothing can happen.
 *
 * In a live test the client and the service are one process and one main loop. When that loop has
 * nothing to read or write, and only timers are left, nothing can happen before the next timer is
 * due: the clock is put forward to it. A deadline of half a minute passes in a second, and
 * everybody in the process agrees on the time, because the functions of the C library that tell it
 * are replaced: clock_gettime(), gettimeofday() and time().
 *
 * Where somebody outside of the loop is at work, the clock has to run like that on the wall. It
 * notices a child that looks up a name, and the thread that delays connections. Tests with threads
 * or proxies of their own say it themselves.
 */
#ifndef LIVE_FAST_CLOCK_H
#define LIVE_FAST_CLOCK_H

#include <glib.h>

/* From now on the default main context puts the clock forward, or (FALSE) leaves it alone. */
void fast_clock_set(gboolean fast);
/* The time on the wall, monotonic, in microseconds. */
gint64 fast_clock_wall(void);

#endif
