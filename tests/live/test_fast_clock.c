/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clock of these tests: where nothing can happen it goes on at once, for everybody in the same
 * way; where somebody outside is waited for it runs like that on the wall.
 */
#include "fast_clock.h"
#include "service_helpers.h"

#include <time.h>
#include <unistd.h>

/* Seconds on the wall since then. */
static double wall_since(gint64 begun)
{
    return (double)(fast_clock_wall() - begun) / G_USEC_PER_SEC;
}

static gboolean on_second(gpointer data)
{
    (*(guint *)data)++;
    return G_SOURCE_CONTINUE;
}

static void test_minute(void)
{
    gint64 begun_wall = fast_clock_wall();
    gint64 begun = g_get_monotonic_time();
    gint64 real = g_get_real_time();
    time_t seconds = time(NULL);
    guint ticks = 0;
    guint timer = purple_timeout_add(1000, on_second, &ticks);

    client_idle(60);
    g_assert_cmpfloat(wall_since(begun_wall), <, 50);
    g_assert_cmpint(g_get_monotonic_time() - begun, >=, 60 * G_USEC_PER_SEC);
    g_assert_cmpint(g_get_real_time() - real, >=, 60 * G_USEC_PER_SEC - 1000);
    g_assert_cmpint(time(NULL) - seconds, >=, 59);
    /* Each is late by what a turn takes, and on a busy machine that is much. */
    g_assert_cmpuint(ticks, >=, 30);
    g_assert_cmpuint(ticks, <=, 60);
    purple_timeout_remove(timer);
}

static void ignore(gpointer data, int fd, PurpleInputCondition condition)
{
    (void)data;
    (void)fd;
    (void)condition;
}

/* A child at the other end of a pipe needs its time. */
static void test_outside(void)
{
    gint64 begun = fast_clock_wall();
    int ends[2];
    guint watch;

    g_assert_cmpint(pipe(ends), ==, 0);
    watch = purple_input_add(ends[0], PURPLE_INPUT_READ, ignore, NULL);
    client_idle(0.5);
    g_assert_cmpfloat(wall_since(begun), >=, 0.49);
    purple_input_remove(watch);
    close(ends[0]);
    close(ends[1]);
}

static void add_tests(void)
{
    live_add("/fast-clock/minute", test_minute, FALSE);
    live_add("/fast-clock/outside", test_outside, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
