/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits how often something happens: some times at once, then at a steady pace. Times are
 * milliseconds of a monotonic clock.
 */
#ifndef MSNP_PACE_H
#define MSNP_PACE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    unsigned burst; /* so often at once, at least once */
    int64_t every;  /* and then once in so many milliseconds */
} msnp_pace_limit;

/* What happened until now; all zero: nothing. */
typedef struct {
    int64_t until; /* when all of it is forgotten */
} msnp_pace;

/* From when on may it happen? Perhaps that is in the past. */
int64_t msnp_pace_next(const msnp_pace *pace, const msnp_pace_limit *limit);
/* May it happen now? */
bool msnp_pace_allows(const msnp_pace *pace, const msnp_pace_limit *limit, int64_t now);
/* It happens now, whether it may or not. */
void msnp_pace_count(msnp_pace *pace, const msnp_pace_limit *limit, int64_t now);
/* Counts it if it may happen now, and returns whether it may. */
bool msnp_pace_take(msnp_pace *pace, const msnp_pace_limit *limit, int64_t now);
/* Is it as if nothing had happened yet? */
bool msnp_pace_is_idle(const msnp_pace *pace, int64_t now);

#endif
