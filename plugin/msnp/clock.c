/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clock.h"

void msnp_clock_init(msnp_clock *clock)
{
    *clock = (msnp_clock){MSNP_NEVER, MSNP_NEVER, MSNP_NEVER};
}

void msnp_clock_hold(msnp_clock *clock, int64_t now)
{
    if (clock->held == MSNP_NEVER)
        clock->held = now;
}

void msnp_clock_resume(msnp_clock *clock, int64_t now)
{
    if (clock->held == MSNP_NEVER)
        return;
    if (clock->step != MSNP_NEVER)
        clock->step += now - clock->held;
    if (clock->total != MSNP_NEVER)
        clock->total += now - clock->held;
    clock->held = MSNP_NEVER;
}

int64_t msnp_clock_time(const msnp_clock *clock, int64_t now)
{
    return clock->held != MSNP_NEVER ? clock->held : now;
}

int64_t msnp_clock_next(const msnp_clock *clock)
{
    if (clock->held != MSNP_NEVER)
        return MSNP_NEVER;
    return clock->step < clock->total ? clock->step : clock->total;
}

bool msnp_clock_expired(const msnp_clock *clock, int64_t now)
{
    int64_t next = msnp_clock_next(clock);

    return next != MSNP_NEVER && now >= next;
}
