/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signing in: how long it takes, and what it costs whom. */
#include "arrivals.h"
#include "bench.h"
#include "heap.h"
#include "people.h"
#include "profile.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define GROUPS_OF_LIST 30

/* What is done after the list is complete counts as well: so long is waited for it (seconds). */
#define QUIET 0.05

typedef struct {
    people *others;
    user *u;
    guint contacts;
} session;

typedef struct {
    double ms;
    double cpu; /* ms */
    double user_ms;
    double system_ms;
    double longest; /* ms in which the plugin kept the main loop */
    double heap;    /* bytes that stay */
    long peak;
    gint64 made_plugin;
    gint64 made_all;
} cost;

static session begin(const char *kind, guint round_trip, guint contacts, const char *dir)
{
    const people_plan plan = {.knobs = people_knobs(kind, round_trip),
                              .accounts = 1,
                              .contacts = contacts,
                              .groups = MIN(contacts, GROUPS_OF_LIST)};
    session s = {.others = people_start(dir, &plan), .contacts = contacts};

    start_client(dir);
    const user_config config = people_config(s.others, 0);
    s.u = user_new(&config);
    return s;
}

static int end(session *s, gboolean done)
{
    user_free(s->u);
    client_stop();
    people_end(s->others);
    return done ? 0 : 1;
}

static double milliseconds(struct timeval t)
{
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

/* All that only grows; reading it is cheap. */
static cost so_far(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (cost){.cpu = cpu_ms(),
                  .user_ms = milliseconds(usage.ru_utime),
                  .system_ms = milliseconds(usage.ru_stime),
                  .made_plugin = heap_of(HEAP_PLUGIN).made,
                  .made_all = heap_of_all().made};
}

/* Signs in and measures it. */
static gboolean sign_in(session *s, cost *c)
{
    forget_peak();
    client_forget_turns();
    size_t heap = heap_bytes();
    const cost before = so_far();
    gint64 started = g_get_monotonic_time();
    arrivals_expect(1, s->contacts, people_online(s->contacts));
    user_sign_in(s->u);
    if (!arrivals_wait(&s->u))
        return FALSE;
    client_idle(QUIET);
    *c = so_far();
    c->ms = (double)(arrivals_ended() - started) / 1e3;
    c->cpu -= before.cpu;
    c->user_ms -= before.user_ms;
    c->system_ms -= before.system_ms;
    c->heap = (double)heap_bytes() - (double)heap;
    c->made_plugin -= before.made_plugin;
    c->made_all -= before.made_all;
    c->longest = client_longest_turn() * 1e3;
    c->peak = peak_kib();
    return TRUE;
}

static gboolean sign_out(session *s)
{
    gint64 until = client_until(PATIENCE);

    user_sign_out(s->u);
    while (!user_is_offline(s->u) && client_turn(until))
        ;
    client_idle(QUIET);
    return user_is_offline(s->u);
}

static void print(char **words, const char *when, const cost *c)
{
    printf("signin service=%s rtt=%s contacts=%s when=%s ", words[0], words[1], words[2], when);
    if (heap_watching())
        printf("made_plugin=%" G_GINT64_FORMAT " made=%" G_GINT64_FORMAT "\n", c->made_plugin,
               c->made_all);
    else
        printf("ms=%.1f cpu=%.2f user=%.2f system=%.2f longest=%.1f heap=%.0f peak=%ld\n", c->ms,
               c->cpu, c->user_ms, c->system_ms, c->longest, c->heap, c->peak);
}

/* What the client saves with the account for its next start; the caller frees it. */
static char *saved_path(const char *dir)
{
    return g_strdup_printf("%s/saved-%ld", dir, (long)getppid());
}

/* The account is new. */
static gboolean sign_in_first(session *s, char **words)
{
    g_autofree char *path = saved_path(words[4]);
    cost c;
    gboolean done = sign_in(s, &c);

    if (done)
        print(words, "ever", &c);
    return done && g_file_set_contents(path, purple_account_get_string(s->u->account, "cache", ""),
                                       -1, NULL);
}

/* The client was started anew, with what was saved; and then it is used. */
static gboolean sign_in_again(session *s, char **words)
{
    g_autofree char *path = saved_path(words[4]);
    g_autofree char *saved = NULL;
    guint again = number_of(words[3]);
    cost c;
    gboolean done = g_file_get_contents(path, &saved, NULL, NULL);

    (void)g_unlink(path);
    if (done)
        purple_account_set_string(s->u->account, "cache", saved);
    done = done && sign_in(s, &c);
    if (done)
        print(words, "start", &c);
    for (guint i = 0; i < again && done; i++) {
        done = sign_out(s) && sign_in(s, &c);
        if (done)
            print(words, "later", &c);
    }
    return done;
}

/* A client in a process of its own, while the service stays the same. */
static gboolean in_process(session *s, gboolean (*work)(session *, char **), char **words)
{
    int status = 1;
    pid_t child = fork();

    if (child == 0) {
        start_client(words[4]);
        const user_config config = people_config(s->others, 0);
        s->u = user_new(&config);
        gboolean done = work(s, words);
        user_free(s->u);
        client_stop();
        fflush(stdout);
        _exit(done ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int bench_signin(char **words)
{
    guint contacts = number_of(words[2]);
    const people_plan plan = {.knobs = people_knobs(words[0], number_of(words[1])),
                              .gateway = people_gateway(words[0]),
                              .accounts = 1,
                              .contacts = contacts,
                              .groups = MIN(contacts, GROUPS_OF_LIST)};
    session s = {.others = people_start(words[4], &plan), .contacts = contacts};
    gboolean done = in_process(&s, sign_in_first, words) && in_process(&s, sign_in_again, words);

    people_end(s.others);
    return done ? 0 : 1;
}

/* --- whose time it is ----------------------------------------------------------------------- */

static void print_counts(char **words, const char *when)
{
    static const char *const names[MODULE_N] = {"plugin", "libpurple", "glib",
                                                "tls",    "libc",      "rest"};
    guint counts[MODULE_N];

    profile_count(counts);
    printf("profile service=%s contacts=%s when=%s", words[0], words[1], when);
    for (guint i = 0; i < MODULE_N; i++)
        printf(" %s=%u", names[i], counts[i]);
    putchar('\n');
}

static gboolean sign_in_watched(session *s)
{
    cost ignored;

    profile_go_on();
    gboolean done = sign_in(s, &ignored);
    profile_pause();
    return done;
}

/* With 0 times again the first sign-in is looked at, else only those after it. */
int bench_profile(char **words)
{
    guint again = number_of(words[2]);
    cost ignored;

    if (!profile_prepare())
        return skip("there is no profile here");
    session s = begin(words[0], 0, number_of(words[1]), words[3]);
    gboolean done = again == 0 ? sign_in_watched(&s) : sign_in(&s, &ignored);
    for (guint i = 0; i < again && done; i++)
        done = sign_out(&s) && sign_in_watched(&s);
    if (done)
        print_counts(words, again == 0 ? "ever" : "later");
    return end(&s, done);
}
