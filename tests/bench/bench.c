/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One measurement, printed as one line of NAME=VALUE; bench.sh makes many and a table of them.
 *
 *   bench-client core N       the core alone reads a list of N contacts
 *   bench-client list N ...   real libpurple signs in to a service whose list has N contacts
 *   bench-client read N       the core alone reads N messages
 *   bench-client in N DIR     real libpurple is sent N messages at once
 *   bench-client out N DIR    real libpurple sends N messages
 *   bench-client open N       the core alone has N conversations
 *   bench-client many N DIR   real libpurple has N conversations
 *
 * Each is a process of its own, so that one's memory does not count for the other. DIR is for the
 * certificates of the service.
 */
#include "bench.h"
#include "harness.h"
#include "msnp.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GROUPS 30 /* of the core's list */

/* No contact has come for so long (seconds): the list is complete. */
#define QUIET 0.3

double cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

long memory_kib(const char *name)
{
    g_autofree char *status = NULL;
    const char *line = NULL;

    if (g_file_get_contents("/proc/self/status", &status, NULL, NULL))
        line = strstr(status, name);
    return line ? strtol(line + strlen(name) + 1, NULL, 10) : 0;
}

size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

void start_client(const char *ca_dir)
{
    const client_options options = {.plugin_dir = TEST_BUILD_DIR, .ca_dir = ca_dir};
    g_autofree char *text = NULL;

    if (!client_start(&options, &text)) {
        fprintf(stderr, "%s\n", text);
        exit(1);
    }
    /* As for most people: nobody reads the debug log. */
    purple_debug_set_ui_ops(NULL);
    purple_debug_set_enabled(FALSE);
}

/* --- the core -----------------------------------------------------------------------------------
 */

static GString *make_list(guint contacts)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "SYN 5 27 %u %d\r\nGTC A\r\nBLP AL\r\n", contacts, GROUPS + 1);
    for (guint i = 0; i <= GROUPS; i++)
        g_string_append_printf(out, "LSG %u Group%%20%u 0\r\n", i, i);
    for (guint i = 0; i < contacts; i++)
        g_string_append_printf(out, "LST person%u@example.com Some%%20Person%%20%u 11 %u\r\n", i, i,
                               i % GROUPS + 1);
    return out;
}

static void drain(msnp_ns *ns)
{
    msnp_event event;

    while (msnp_ns_next(ns, &event))
        ;
}

static void say(msnp_ns *ns, const char *text)
{
    (void)msnp_ns_feed(ns, text, strlen(text), 0);
    drain(ns);
}

static msnp_ns *signed_in(void)
{
    const msnp_ns_config config = {
        .account = "me@example.com", .host = "server", .port = 1863, .status = MSNP_STATUS_ONLINE};
    msnp_ns *ns = msnp_ns_new(&config);

    msnp_ns_start(ns, 0);
    msnp_ns_connected(ns, 0);
    drain(ns);
    say(ns, "VER 1 MSNP8 CVR0\r\n");
    say(ns, "CVR 2 1 1 1 a b\r\n");
    say(ns, "USR 3 TWN S challenge\r\n");
    (void)msnp_ns_ticket(ns, "ticket", 0);
    say(ns, "USR 4 OK me@example.com Me 1 0\r\n");
    return ns;
}

static int bench_core(guint contacts)
{
    GString *list = make_list(contacts);
    msnp_ns *ns = signed_in();
    size_t heap = heap_bytes();
    double before = cpu_ms();

    (void)msnp_ns_feed(ns, list->str, list->len, 0);
    drain(ns);
    printf("contacts=%u bytes=%" G_GSIZE_FORMAT " ms=%.3f heap=%" G_GSIZE_FORMAT "\n",
           (guint)msnp_roster_size(msnp_ns_roster(ns)), list->len, cpu_ms() - before,
           heap_bytes() - heap);
    msnp_ns_free(ns);
    g_string_free(list, TRUE);
    return 0;
}

/* --- libpurple ----------------------------------------------------------------------------------
 */

typedef struct {
    gint64 started; /* of the list: USR OK was read */
    double cpu;     /* then */
    size_t heap;
    long memory;
    gint64 ended; /* the last time that something was new of a contact */
    double ended_cpu;
    guint buddies;
    guint online;
} record;

static record measured;

static void note(void)
{
    measured.ended = g_get_monotonic_time();
    measured.ended_cpu = cpu_ms();
}

static void buddy_added(PurpleBuddy *buddy, gpointer data)
{
    (void)buddy;
    (void)data;
    measured.buddies++;
    note();
}

static void buddy_online(PurpleBuddy *buddy, gpointer data)
{
    (void)buddy;
    (void)data;
    measured.online++;
    note();
}

/* The step after USR OK is the one that fetches the list. */
static void progress(user *self)
{
    const char *text = g_ptr_array_index(self->progress, self->progress->len - 1);

    if (measured.started || !strstr(text, "Fetching the contact list"))
        return;
    measured.started = g_get_monotonic_time();
    measured.cpu = cpu_ms();
    measured.heap = heap_bytes();
    measured.memory = memory_kib("VmRSS:");
}

/* Until the list is there and nothing has happened for a while; the longest turn, in ms. */
static double wait_for_list(user *u, guint contacts)
{
    gint64 until = client_until(120);
    gint64 longest = 0;
    gint64 last = g_get_monotonic_time();
    gboolean quiet = FALSE;

    while (!quiet && !u->error && client_turn(until)) {
        gint64 now = g_get_monotonic_time();
        if (measured.started && last >= measured.started && measured.buddies < contacts)
            longest = MAX(longest, now - last);
        last = now;
        quiet = u->online && measured.buddies >= contacts &&
                (double)(now - MAX(measured.ended, measured.started)) / 1e6 > QUIET;
    }
    return (double)longest / 1e3;
}

static int bench_list(guint contacts, char **argv)
{
    const user_config config = {.address = argv[0],
                                .password = argv[1],
                                .server = "localhost",
                                .port = atoi(argv[2]),
                                .nexus_url = argv[3]};
    start_client(argv[4]);

    static int handle;
    purple_signal_connect(purple_blist_get_handle(), "buddy-added", &handle,
                          PURPLE_CALLBACK(buddy_added), NULL);
    purple_signal_connect(purple_blist_get_handle(), "buddy-signed-on", &handle,
                          PURPLE_CALLBACK(buddy_online), NULL);
    user *u = user_new(&config);
    u->hook = progress;
    user_sign_in(u);
    double longest = wait_for_list(u, contacts);
    gboolean done = !u->error && u->online && measured.buddies >= contacts;
    if (done)
        printf("contacts=%u online=%u ms=%.1f cpu=%.1f longest=%.1f heap=%" G_GSIZE_FORMAT
               " rss=%ld peak=%ld\n",
               measured.buddies, measured.online,
               (double)MAX(measured.ended - measured.started, 0) / 1e3,
               MAX(measured.ended_cpu - measured.cpu, 0), longest, heap_bytes() - measured.heap,
               memory_kib("VmRSS:") - measured.memory, memory_kib("VmHWM:"));
    else
        fprintf(stderr, "%u of %u contacts came: %s\n", measured.buddies, contacts,
                u->error ? u->error : "not in time");
    purple_signals_disconnect_by_handle(&handle);
    user_free(u);
    client_stop();
    return done ? 0 : 1;
}

int main(int argc, char **argv)
{
    guint n = argc > 2 ? (guint)atoi(argv[2]) : 0;

    if (argc == 3 && strcmp(argv[1], "core") == 0)
        return bench_core(n);
    if (argc == 8 && strcmp(argv[1], "list") == 0)
        return bench_list(n, argv + 3);
    if (argc == 3 && strcmp(argv[1], "read") == 0)
        return bench_read(n);
    if (argc == 4 && strcmp(argv[1], "in") == 0)
        return bench_in(n, argv[3]);
    if (argc == 4 && strcmp(argv[1], "out") == 0)
        return bench_out(n, argv[3]);
    if (argc == 3 && strcmp(argv[1], "open") == 0)
        return bench_open(n);
    if (argc == 4 && strcmp(argv[1], "many") == 0)
        return bench_many(n, argv[3]);
    fputs("bench-client core|read|open N | in|out|many N DIR |\n"
          "             list N ADDRESS PASSWORD PORT NEXUS_URL CA_DIR\n",
          stderr);
    return 2;
}
