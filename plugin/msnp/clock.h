/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deadlines of a machine. Time is milliseconds of a clock that never jumps; the machines are told
 * it and never ask.
 */
#ifndef MSNP_CLOCK_H
#define MSNP_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define MSNP_STEP_TIMEOUT    ((int64_t)30 * 1000) /* one step of the sign-in */
#define MSNP_SIGN_IN_TIMEOUT ((int64_t)90 * 1000) /* all of it */
#define MSNP_NEVER           INT64_MAX

typedef struct {
    int64_t step;  /* when the step ends, MSNP_NEVER for no deadline */
    int64_t total; /* when the whole ends */
    int64_t held;  /* since when the clock stands still, MSNP_NEVER when it runs */
} msnp_clock;

/* No deadlines, running. */
void msnp_clock_init(msnp_clock *clock);
/* Stops the clock (a person is being asked something). Stopping twice is stopping once. */
void msnp_clock_hold(msnp_clock *clock, int64_t now);
/* Lets it run again; all deadlines move by as long as it stood. */
void msnp_clock_resume(msnp_clock *clock, int64_t now);
/* The time by this clock: `now`, or the moment since which it is held. Deadlines count from it. */
int64_t msnp_clock_time(const msnp_clock *clock, int64_t now);
/* Has a deadline passed? Never while it is held. */
bool msnp_clock_expired(const msnp_clock *clock, int64_t now);
/* The earliest deadline, MSNP_NEVER for none or while held. */
int64_t msnp_clock_next(const msnp_clock *clock);

#endif
