/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pace.h"

#include <glib.h>

int64_t msnp_pace_next(const msnp_pace *pace, const msnp_pace_limit *limit)
{
    return pace->until - (limit->burst - 1) * limit->every;
}

bool msnp_pace_allows(const msnp_pace *pace, const msnp_pace_limit *limit, int64_t now)
{
    return msnp_pace_next(pace, limit) <= now;
}

void msnp_pace_count(msnp_pace *pace, const msnp_pace_limit *limit, int64_t now)
{
    pace->until = MAX(pace->until, now) + limit->every;
}

bool msnp_pace_take(msnp_pace *pace, const msnp_pace_limit *limit, int64_t now)
{
    bool allowed = msnp_pace_allows(pace, limit, now);

    if (allowed)
        msnp_pace_count(pace, limit, now);
    return allowed;
}

bool msnp_pace_is_idle(const msnp_pace *pace, int64_t now)
{
    return pace->until <= now;
}
