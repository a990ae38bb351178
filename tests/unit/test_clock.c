/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deadlines, and how they wait while somebody is asked something. */
#include "clock.h"

#include <glib.h>

static void test_expiry(void)
{
    msnp_clock clock;
    msnp_clock_init(&clock);
    g_assert_cmpint(msnp_clock_next(&clock), ==, MSNP_NEVER);
    g_assert_false(msnp_clock_expired(&clock, 0));
    g_assert_false(msnp_clock_expired(&clock, MSNP_NEVER - 1));

    clock.step = 100;
    clock.total = 200;
    g_assert_cmpint(msnp_clock_next(&clock), ==, 100);
    g_assert_false(msnp_clock_expired(&clock, 99));
    g_assert_true(msnp_clock_expired(&clock, 100));
    clock.step = 300;
    g_assert_cmpint(msnp_clock_next(&clock), ==, 200);
    g_assert_false(msnp_clock_expired(&clock, 199));
    g_assert_true(msnp_clock_expired(&clock, 200));
    clock.total = MSNP_NEVER;
    g_assert_cmpint(msnp_clock_next(&clock), ==, 300);
    g_assert_true(msnp_clock_expired(&clock, 300));
}

static void test_hold(void)
{
    msnp_clock clock;
    msnp_clock_init(&clock);
    clock.step = 100;
    clock.total = 200;
    msnp_clock_hold(&clock, 90);
    g_assert_cmpint(msnp_clock_next(&clock), ==, MSNP_NEVER);
    g_assert_false(msnp_clock_expired(&clock, 1000));
    msnp_clock_hold(&clock, 500); /* it stands since 90 all the same */
    msnp_clock_resume(&clock, 1000);
    g_assert_cmpint(msnp_clock_next(&clock), ==, 1010);
    g_assert_false(msnp_clock_expired(&clock, 1009));
    g_assert_true(msnp_clock_expired(&clock, 1010));
    g_assert_cmpint(clock.total, ==, 1110);
    msnp_clock_resume(&clock, 5000); /* it runs already */
    g_assert_cmpint(msnp_clock_next(&clock), ==, 1010);

    msnp_clock_hold(&clock, 1000);
    msnp_clock_resume(&clock, 1000);
    g_assert_cmpint(msnp_clock_next(&clock), ==, 1010);
}

/* Never stays never, and does not wrap around. */
static void test_hold_never(void)
{
    msnp_clock clock;
    msnp_clock_init(&clock);
    msnp_clock_resume(&clock, 10);
    g_assert_cmpint(msnp_clock_next(&clock), ==, MSNP_NEVER);
    msnp_clock_hold(&clock, 10);
    msnp_clock_resume(&clock, 1000);
    g_assert_cmpint(msnp_clock_next(&clock), ==, MSNP_NEVER);
    clock.total = 2000;
    msnp_clock_hold(&clock, 1500);
    msnp_clock_resume(&clock, 1600);
    g_assert_cmpint(clock.step, ==, MSNP_NEVER);
    g_assert_cmpint(clock.total, ==, 2100);
}

/* Deadlines count from the time by the clock, so one set while it is held is not late. */
static void test_time(void)
{
    msnp_clock clock;
    msnp_clock_init(&clock);
    g_assert_cmpint(msnp_clock_time(&clock, 100), ==, 100);
    msnp_clock_hold(&clock, 200);
    g_assert_cmpint(msnp_clock_time(&clock, 200), ==, 200);
    g_assert_cmpint(msnp_clock_time(&clock, 900), ==, 200);
    clock.step = msnp_clock_time(&clock, 900) + 50;
    msnp_clock_resume(&clock, 1000);
    g_assert_cmpint(msnp_clock_next(&clock), ==, 1050);
    g_assert_cmpint(msnp_clock_time(&clock, 1001), ==, 1001);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock/expiry", test_expiry);
    g_test_add_func("/clock/hold", test_hold);
    g_test_add_func("/clock/hold-never", test_hold_never);
    g_test_add_func("/clock/time", test_time);
    return g_test_run();
}
