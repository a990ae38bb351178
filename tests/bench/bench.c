/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One measurement for each run, so that the memory of one does not count for another. It prints
 * lines of "WHAT NAME=VALUE..."; bench.sh makes many of them, and report.awk makes tables.
 *
 *   bench-client WHAT WORD...         the table of commands is below
 *   bench-client count WHAT WORD...   the same, but counts allocations and takes no times
 */
#include "bench.h"

#include "harness.h"
#include "heap.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COUNTING "BENCH_COUNT"

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

long peak_kib(void)
{
    return memory_kib("VmHWM:");
}

void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    if (!file)
        return;
    fputs("5", file);
    fclose(file);
}

size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

guint number_of(const char *word)
{
    return (guint)g_ascii_strtoull(word, NULL, 10);
}

void start_client(const char *ca_dir)
{
    const client_options options = {
        .plugin_dir = TEST_BUILD_DIR,
        .ca_dir = ca_dir,
        .all_plugins = TRUE,
    };
    g_autofree char *text = NULL;

    if (!client_start(&options, &text)) {
        fprintf(stderr, "%s\n", text);
        exit(1);
    }
    /* As for most people: nobody reads the debug log. */
    purple_debug_set_ui_ops(NULL);
    purple_debug_set_enabled(FALSE);
}

int skip(const char *why)
{
    fprintf(stderr, "skipped: %s\n", why);
    return 0;
}

static int bench_about(char **words)
{
    (void)words;
    printf("about libpurple %s\n", purple_core_get_version());
    printf("about GLib %u.%u.%u\n", glib_major_version, glib_minor_version, glib_micro_version);
#ifdef __clang__
    printf("about compiler %s\n", __VERSION__);
#else
    printf("about compiler gcc %s\n", __VERSION__);
#endif
    return 0;
}

static const struct {
    const char *name;
    const char *words;
    int (*run)(char **words);
} commands[] = {
    {"about", "", bench_about},
    /* The core alone. */
    {"framer", "", bench_framer},
    {"parse", "", bench_parse},
    {"roster", "CONTACTS", bench_roster},
    {"presence", "", bench_presence},
    {"read", "MESSAGES", bench_read},
    {"open", "CONVERSATIONS", bench_open},
    /* Real libpurple; the certificates of the service are made in DIR. */
    {"signin", "one|classical|http|https ROUND_TRIP_MS CONTACTS TIMES_AGAIN DIR", bench_signin},
    {"profile", "one|classical CONTACTS TIMES_AGAIN DIR", bench_profile},
    {"accounts", "one|classical ACCOUNTS CONTACTS DIR", bench_accounts},
    {"sites", "one|classical ACCOUNTS CONTACTS DIR", bench_sites},
    {"in", "MESSAGES DIR", bench_in},
    {"out", "MESSAGES DIR", bench_out},
    {"many", "CONVERSATIONS DIR", bench_many},
    {"latency", "one|http|https ROUND_TRIP_MS TEXTS DIR", bench_latency},
    {"silence", "one|http|https MINUTES DIR", bench_silence},
    {"hostile", "FLOOD CONTACTS timed|watched DIR", bench_hostile},
    {"moves", "SECONDS DIR", bench_moves},
    {"raw", "MEGABYTES OUTSTANDING DIR", bench_raw},
    /* The file is made in FILES. */
    {"files", "irc|msnp|service MEGABYTES FILES DIR", bench_files},
};

static int usage(void)
{
    fputs("bench-client [count] WHAT WORD...\n", stderr);
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(stderr, "    %s %s\n", commands[i].name, commands[i].words);
    return 2;
}

static guint count_words(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    return g_strv_length(words);
}

static int run(int argc, char **argv)
{
    for (guint i = 0; argc > 1 && i < G_N_ELEMENTS(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0 &&
            (guint)argc == 2 + count_words(commands[i].words))
            return commands[i].run(argv + 2);
    return usage();
}

/* GLib reads before main() begins that it shall leave each small block to malloc(). */
static int run_counting(char **argv)
{
    g_setenv("G_SLICE", "always-malloc", TRUE);
    g_setenv(COUNTING, "1", TRUE);
    execv("/proc/self/exe", argv);
    perror("bench-client");
    return 1;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "count") == 0) {
        argv[1] = argv[0];
        return run_counting(argv + 1);
    }
    if (g_getenv(COUNTING) && !heap_watch(FALSE))
        return skip("allocations cannot be counted here");
    return run(argc, argv);
}
