/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile.h"

#include <signal.h>
#include <time.h>
#include <ucontext.h>

#define INTERVAL    250000 /* nanoseconds */
#define SAMPLES_MAX (1 << 20)

static struct {
    timer_t timer;
    gboolean running;
    gpointer samples[SAMPLES_MAX];
    volatile sig_atomic_t n;
} profile;

#if defined(__x86_64__)
#define COUNTER(context) ((gpointer)(context)->uc_mcontext.gregs[REG_RIP])
#elif defined(__aarch64__)
#define COUNTER(context) ((gpointer)(context)->uc_mcontext.pc)
#endif

#ifdef COUNTER
static void on_signal(int number, siginfo_t *info, void *data)
{
    const ucontext_t *context = data;

    (void)number;
    (void)info;
    if (profile.n < SAMPLES_MAX)
        profile.samples[profile.n++] = COUNTER(context);
}

static void run(gboolean on)
{
    const struct itimerspec every = {{0, INTERVAL}, {0, INTERVAL}};
    const struct itimerspec never = {{0, 0}, {0, 0}};

    timer_settime(profile.timer, 0, on ? &every : &never, NULL);
}

/*
 * A clock of the processor's time ticks a few hundred times a second only. The other clocks are
 * finer, but go on while the main loop waits: then they have to stop.
 */
static gint wait_without_clock(GPollFD *fds, guint n, gint timeout)
{
    if (profile.running)
        run(FALSE);
    gint ready = g_poll(fds, n, timeout);
    if (profile.running)
        run(TRUE);
    return ready;
}

gboolean profile_prepare(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGPROF};

    if (sigaction(SIGPROF, &action, NULL) != 0 ||
        timer_create(CLOCK_MONOTONIC, &event, &profile.timer) != 0)
        return FALSE;
    g_main_context_set_poll_func(NULL, wait_without_clock);
    return TRUE;
}

void profile_go_on(void)
{
    profile.running = TRUE;
    run(TRUE);
}

void profile_pause(void)
{
    profile.running = FALSE;
    run(FALSE);
}

#else

gboolean profile_prepare(void)
{
    return FALSE;
}

void profile_go_on(void)
{
}

void profile_pause(void)
{
}

#endif

void profile_count(guint counts[MODULE_N])
{
    for (int i = 0; i < MODULE_N; i++)
        counts[i] = 0;
    for (int i = 0; i < profile.n; i++)
        counts[module_of(profile.samples[i])]++;
}
