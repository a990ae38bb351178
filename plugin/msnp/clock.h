/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The deadlines of a part. Times are milliseconds of a monotonic clock; the caller passes them in.
 */
#ifndef MSNP_CLOCK_H
#define MSNP_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Silence in one step of the sign-in: what arrives slowly is not given up. */
#define MSNP_STEP_TIMEOUT ((int64_t)30 * 1000)
/* The whole sign-in but for the lists: one byte now and then does not prolong it for ever. */
#define MSNP_SIGN_IN_TIMEOUT ((int64_t)5 * 60 * 1000)
#define MSNP_NEVER           INT64_MAX

typedef struct {
    int64_t step;  /* deadline of the current step, or MSNP_NEVER */
    int64_t total; /* deadline of the whole sign-in */
    int64_t held;  /* when the clock was paused; MSNP_NEVER while it runs */
} msnp_clock;

/* No deadlines, running. */
void msnp_clock_init(msnp_clock *clock);
/* Pauses the clock while the user is asked something. No effect if it is paused already. */
void msnp_clock_hold(msnp_clock *clock, int64_t now);
/* Lets it run again; all deadlines move by the length of the pause. */
void msnp_clock_resume(msnp_clock *clock, int64_t now);
/* The time of this clock, from which deadlines count: `now`, or when it was paused. */
int64_t msnp_clock_time(const msnp_clock *clock, int64_t now);
/* Has a deadline passed? Never while it is paused. */
bool msnp_clock_expired(const msnp_clock *clock, int64_t now);
/* The earliest deadline; MSNP_NEVER for none, or while it is paused. */
int64_t msnp_clock_next(const msnp_clock *clock);

#endif
