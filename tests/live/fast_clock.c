/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fast_clock.h"
#include "service.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

/*
 * How long (milliseconds on the wall) the loop has to have been idle before each step of the clock.
 * What is sent over loopback is there at once, but on a busy computer "at once" takes a moment. One
 * step is at most as long as client_turn() waits, so that a deadline of 30 seconds is not reached
 * before the whole process was idle 600 times.
 */
#define GRACE 2

#define NSEC_PER_SEC  1000000000
#define NSEC_PER_MSEC 1000000

/* Written by the thread of the main loop alone, read by all. */
static gint64 ahead; /* of the wall, in nanoseconds */

/* --- what tells the time ---------------------------------------------------------------------- */

typedef int (*gettime_func)(clockid_t, struct timespec *);

static int wall(clockid_t id, struct timespec *ts)
{
    static gettime_func real;
    gettime_func function = __atomic_load_n(&real, __ATOMIC_RELAXED);

    if (!function) {
        function = (gettime_func)dlsym(RTLD_NEXT, "clock_gettime");
        __atomic_store_n(&real, function, __ATOMIC_RELAXED);
    }
    return function(id, ts);
}

static void put_forward(gint64 nanoseconds)
{
    __atomic_store_n(&ahead, ahead + nanoseconds, __ATOMIC_RELEASE);
}

/* Is this a clock that tells when things happen, and not how much the processor has worked? */
static gboolean is_shared(clockid_t id)
{
    return id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE || id == CLOCK_BOOTTIME ||
           id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE;
}

/* The program's own functions come before those of the C library, for all libraries it loads. */
#define FOR_ALL __attribute__((visibility("default")))

FOR_ALL int clock_gettime(clockid_t id, struct timespec *ts)
{
    int rc = wall(id, ts);
    gint64 nanoseconds;

    if (rc != 0 || !is_shared(id))
        return rc;
    nanoseconds = ts->tv_nsec + __atomic_load_n(&ahead, __ATOMIC_ACQUIRE);
    ts->tv_sec += (time_t)(nanoseconds / NSEC_PER_SEC);
    ts->tv_nsec = (long)(nanoseconds % NSEC_PER_SEC);
    return 0;
}

FOR_ALL int gettimeofday(struct timeval *restrict tv, void *restrict zone G_GNUC_UNUSED)
{
    struct timespec ts;

    if (clock_gettime(CLOCK_REALTIME, &ts) != 0)
        return -1;
    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;
    return 0;
}

FOR_ALL time_t time(time_t *result)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    if (result)
        *result = ts.tv_sec;
    return ts.tv_sec;
}

gint64 fast_clock_wall(void)
{
    struct timespec ts;

    wall(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * (gint64)G_USEC_PER_SEC + ts.tv_nsec / 1000;
}

/* --- the main loop ---------------------------------------------------------------------------- */

/*
 * Is nobody at work but this loop? Of a child of libpurple's it hears through a pipe, and a thread
 * of the service passes on what is delayed.
 */
static gboolean is_alone(const GPollFD *fds, guint n)
{
    struct stat info;

    for (guint i = 0; i < n; i++)
        if (fstat(fds[i].fd, &info) == 0 && S_ISFIFO(info.st_mode))
            return FALSE;
    return !service_is_delaying();
}

static gint poll_fast(GPollFD *fds, guint n, gint timeout)
{
    gint ready = g_poll(fds, n, 0);

    if (ready != 0 || timeout == 0)
        return ready;
    if (timeout <= GRACE || !is_alone(fds, n))
        return g_poll(fds, n, timeout);
    ready = g_poll(fds, n, GRACE);
    if (ready == 0)
        put_forward((timeout - GRACE) * (gint64)NSEC_PER_MSEC);
    return ready;
}

void fast_clock_set(gboolean fast)
{
    g_main_context_set_poll_func(NULL, fast ? poll_fast : NULL);
}
