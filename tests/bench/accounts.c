/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many accounts in one process: how long it takes to sign in all, and what an idle one keeps. */
#include "arrivals.h"
#include "bench.h"
#include "heap.h"
#include "people.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define GROUPS_OF_LIST 5
#define SITES          15

/* What was needed on the way has been given back after so long (seconds). */
#define QUIET 0.5

typedef struct {
    people *others;
    GPtrArray *users; /* user *; the first one was there before and is offline */
    guint accounts;
    guint contacts;
} crowd;

/* Each account needs some files on both sides. */
static void allow_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static user *add_user(crowd *c, guint number)
{
    const user_config config = people_config(c->others, number);
    user *u = user_new(&config);

    g_ptr_array_add(c->users, u);
    return u;
}

/* What libpurple and its libraries do only once: done with an account that does not count. */
static gboolean get_used_to_it(crowd *c)
{
    user *first = add_user(c, 0);
    gint64 until = client_until(PATIENCE);

    arrivals_expect(1, c->contacts, people_online(c->contacts));
    user_sign_in(first);
    if (!arrivals_wait(&first))
        return FALSE;
    client_idle(QUIET);
    user_sign_out(first);
    while (!user_is_offline(first) && client_turn(until))
        ;
    client_idle(QUIET);
    return user_is_offline(first);
}

static crowd begin(char **words)
{
    crowd c = {.accounts = number_of(words[1]), .contacts = number_of(words[2])};
    const people_plan plan = {.knobs = people_knobs(words[0], 0),
                              .accounts = c.accounts + 1,
                              .contacts = c.contacts,
                              .groups = GROUPS_OF_LIST};

    allow_files();
    c.others = people_start(words[3], &plan);
    start_client(words[3]);
    c.users = g_ptr_array_new();
    return c;
}

static gboolean sign_in_all(crowd *c)
{
    arrivals_expect(c->accounts, (c->accounts + 1) * c->contacts,
                    c->accounts * people_online(c->contacts));
    for (guint i = 1; i <= c->accounts; i++)
        user_sign_in(add_user(c, i));
    return arrivals_wait((user *const *)c->users->pdata + 1);
}

static int end(crowd *c, gboolean done)
{
    for (guint i = 0; i < c->users->len; i++)
        user_sign_out(g_ptr_array_index(c->users, i));
    g_ptr_array_foreach(c->users, (GFunc)(void (*)(void))user_free, NULL);
    g_ptr_array_unref(c->users);
    client_stop();
    people_end(c->others);
    return done ? 0 : 1;
}

static void print_heap(char **words, const crowd *c, const heap_share before[HEAP_N])
{
    static const char *const names[HEAP_N] = {"plugin", "libpurple", "tls", "rest"};

    printf("accounts service=%s accounts=%u contacts=%u", words[0], c->accounts, c->contacts);
    for (guint i = 0; i < HEAP_N; i++)
        printf(" heap_%s=%.0f", names[i],
               (double)(heap_of(i).bytes - before[i].bytes) / c->accounts);
    putchar('\n');
}

int bench_accounts(char **words)
{
    crowd c = begin(words);
    gboolean done = get_used_to_it(&c);
    heap_share before[HEAP_N];

    for (guint i = 0; i < HEAP_N; i++)
        before[i] = heap_of(i);
    size_t heap = heap_bytes();
    double cpu = cpu_ms();
    gint64 started = g_get_monotonic_time();
    done = done && sign_in_all(&c);
    client_idle(QUIET);
    cpu = cpu_ms() - cpu;
    if (done && heap_watching())
        print_heap(words, &c, before);
    else if (done)
        printf("accounts service=%s accounts=%u contacts=%u ms=%.1f cpu_each=%.2f heap=%.0f\n",
               words[0], c.accounts, c.contacts, (double)(arrivals_ended() - started) / 1e3,
               cpu / c.accounts, (double)(heap_bytes() - heap) / c.accounts);
    return end(&c, done);
}

int bench_sites(char **words)
{
    if (!heap_watch(TRUE))
        return skip("allocations cannot be counted here");
    crowd c = begin(words);
    gboolean done = get_used_to_it(&c) && sign_in_all(&c);

    client_idle(QUIET);
    if (done)
        heap_print_sites(TEST_BUILD_DIR "/libmsnp8.so", SITES);
    return end(&c, done);
}
