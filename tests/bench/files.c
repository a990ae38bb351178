/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file from one client to another, each a process of its own: over a connection of the plugin's,
 * through the service, or through what libpurple itself has for IRC (DCC), to compare with.
 */
#include "bench.h"
#include "irc.h"
#include "people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MB      1000000
#define TIMES   5                           /* that the file is moved */
#define QUIET   0.3                         /* what signing in leaves to be done (seconds) */
#define DRAWING (G_PRIORITY_HIGH_IDLE + 20) /* GTK's priority for that */
#define LOOK    5 /* milliseconds; how often one client looks at what the other does */

/* What both processes know of one client. */
typedef struct {
    gboolean ready; /* to send or receive */
    gboolean over;  /* so is the transfer, on this side */
    gboolean whole;
    gboolean same;   /* of the receiver: is what came what was sent? */
    gint64 accepted; /* when; monotonic time is the same for both */
    gint64 first;    /* byte was there */
    gint64 last;
    double cpu;  /* milliseconds */
    long peak;   /* how much its memory grew, KiB */
    double turn; /* the longest of its main loop, milliseconds */
    double turn_cpu;
    double undrawn; /* the longest time in which it could not redraw, milliseconds */
} side;

static struct {
    side *givers; /* shared by both processes, one for each time; as the next ones */
    side *takers;
    side *own; /* of this process, now */
    gboolean through_service;
    char *from;
    char *to;
    long memory; /* of this client before */
    gint64 woken;
    double woken_cpu;
    gint64 drawn;
} transfer;

/* --- what is measured ------------------------------------------------------------------------- */

static void end_turn(void)
{
    side *own = transfer.own;

    if (own->over)
        return;
    own->turn = MAX(own->turn, (double)(g_get_monotonic_time() - transfer.woken) / 1e3);
    own->turn_cpu = MAX(own->turn_cpu, cpu_ms() - transfer.woken_cpu);
}

/* A turn is all that happens between two times at which the main loop looks around. */
static gint look_around(GPollFD *fds, guint n, gint timeout)
{
    end_turn();
    gint ready = g_poll(fds, n, timeout);
    transfer.woken = g_get_monotonic_time();
    transfer.woken_cpu = cpu_ms();
    return ready;
}

/* Clients do it when there is nothing that is more important. */
static gboolean redraw(gpointer data)
{
    gint64 now = g_get_monotonic_time();

    (void)data;
    if (!transfer.own->over)
        transfer.own->undrawn = MAX(transfer.own->undrawn, (double)(now - transfer.drawn) / 1e3);
    transfer.drawn = now;
    return G_SOURCE_CONTINUE;
}

static void begin_measuring(void)
{
    side *own = transfer.own;

    forget_peak();
    transfer.memory = memory_kib("VmRSS:");
    g_main_context_set_poll_func(NULL, look_around);
    own->turn = 0;
    own->turn_cpu = 0;
    own->cpu = cpu_ms();
    transfer.woken = g_get_monotonic_time();
    transfer.woken_cpu = own->cpu;
    own->undrawn = 0;
    transfer.drawn = transfer.woken;
}

static void end_measuring(void)
{
    side *own = transfer.own;

    if (own->over)
        return;
    own->cpu = cpu_ms() - own->cpu;
    own->last = g_get_monotonic_time();
    own->peak = MAX(peak_kib() - transfer.memory, 0);
    end_turn();
    redraw(NULL);
    own->over = TRUE;
}

/* --- the file --------------------------------------------------------------------------------- */

static void make_file(guint bytes)
{
    g_autofree guint32 *words = g_new(guint32, bytes / sizeof(guint32) + 1);
    guint32 value = 1;

    for (guint i = 0; i <= bytes / sizeof(guint32); i++)
        words[i] = value = value * 1664525 + 1013904223;
    if (!g_file_set_contents(transfer.from, (const char *)words, bytes, NULL))
        perror(transfer.from);
}

static gboolean is_same(void)
{
    g_autoptr(GMappedFile) from = g_mapped_file_new(transfer.from, FALSE, NULL);
    g_autoptr(GMappedFile) to = g_mapped_file_new(transfer.to, FALSE, NULL);

    return from && to && g_mapped_file_get_length(from) == g_mapped_file_get_length(to) &&
           memcmp(g_mapped_file_get_contents(from), g_mapped_file_get_contents(to),
                  g_mapped_file_get_length(from)) == 0;
}

/* --- libpurple -------------------------------------------------------------------------------- */

static void was_offered(PurpleXfer *xfer, gpointer data)
{
    (void)data;
    begin_measuring();
    transfer.own->accepted = g_get_monotonic_time();
    purple_xfer_request_accepted(xfer, transfer.to);
}

static void on_progress(PurpleXfer *xfer, double percent)
{
    (void)xfer;
    (void)percent;
    if (transfer.own->first == 0)
        transfer.own->first = g_get_monotonic_time();
}

static void has_completed(PurpleXfer *xfer, gpointer data)
{
    (void)xfer;
    (void)data;
    transfer.own->whole = TRUE;
    end_measuring();
}

static void was_cancelled(PurpleXfer *xfer, gpointer data)
{
    (void)xfer;
    (void)data;
    end_measuring();
}

static void prepare(side *own, const char *ca_dir)
{
    static PurpleXferUiOps ops = {.update_progress = on_progress};
    static int handle;
    void *xfers;

    transfer.own = own;
    start_client(ca_dir);
    g_timeout_add_full(DRAWING, 1, redraw, NULL, NULL);
    xfers = purple_xfers_get_handle();
    purple_xfers_set_ui_ops(&ops);
    /* No router is asked, nor what address the world sees. */
    purple_prefs_set_bool("/purple/network/map_ports", FALSE);
    purple_prefs_set_bool("/purple/network/auto_ip", FALSE);
    purple_prefs_set_string("/purple/network/public_ip", "127.0.0.1");
    purple_signal_connect(xfers, "file-recv-request", &handle, PURPLE_CALLBACK(was_offered), NULL);
    purple_signal_connect(xfers, "file-recv-complete", &handle, PURPLE_CALLBACK(has_completed),
                          NULL);
    purple_signal_connect(xfers, "file-send-complete", &handle, PURPLE_CALLBACK(has_completed),
                          NULL);
    purple_signal_connect(xfers, "file-recv-cancel", &handle, PURPLE_CALLBACK(was_cancelled), NULL);
    purple_signal_connect(xfers, "file-send-cancel", &handle, PURPLE_CALLBACK(was_cancelled), NULL);
}

static gboolean wake(gpointer data)
{
    (void)data;
    return G_SOURCE_CONTINUE;
}

static gboolean wait_for(const volatile gboolean *condition)
{
    gint64 until = client_until(PATIENCE);
    guint clock = g_timeout_add(LOOK, wake, NULL);

    while (!*condition && g_get_monotonic_time() < until)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(clock);
    return *condition;
}

static user *sign_in(const user_config *config)
{
    user *u = user_new(config);

    /* IRC would have the next offer wait. */
    purple_account_set_int(u->account, "ratelimit-interval", 0);
    purple_account_set_bool(u->account, "files_through_service", transfer.through_service);
    user_sign_in(u);
    if (!wait_for(&u->online))
        fprintf(stderr, "%s does not sign in: %s\n", config->address, u->error ? u->error : "-");
    client_idle(QUIET);
    return u;
}

static void take(const user_config *config, const char *ca_dir)
{
    prepare(transfer.takers, ca_dir);
    user *u = sign_in(config);
    for (guint i = 0; i < TIMES && u->online; i++) {
        transfer.own = &transfer.takers[i];
        transfer.own->ready = TRUE;
        wait_for(&transfer.own->over);
        wait_for(&transfer.givers[i].over);
        transfer.own->same = is_same();
        unlink(transfer.to);
    }
    user_free(u);
    client_stop();
    exit(0);
}

static void give(const user_config *config, const char *whom, const char *ca_dir)
{
    prepare(transfer.givers, ca_dir);
    user *u = sign_in(config);
    for (guint i = 0; i < TIMES && u->online && wait_for(&transfer.takers[i].ready); i++) {
        transfer.own = &transfer.givers[i];
        begin_measuring();
        serv_send_file(user_connection(u), whom, transfer.from);
        wait_for(&transfer.own->over);
        wait_for(&transfer.takers[i].over);
    }
    user_free(u);
    client_stop();
}

/* --- both ------------------------------------------------------------------------------------- */

static void print_side(const char *name, const side *s, guint megabytes)
{
    printf(" cpu_%s=%.3f peak_%s=%ld turn_%s=%.2f turn_cpu_%s=%.2f undrawn_%s=%.2f", name,
           s->cpu / megabytes, name, s->peak, name, s->turn, name, s->turn_cpu, name, s->undrawn);
}

static gboolean print_transfer(const char *way, guint megabytes, const side *out, const side *in)
{
    double ms = (double)(MAX(in->last, out->last) - in->accepted) / 1e3;

    if (!in->whole || !out->whole || !in->same)
        return FALSE;
    printf("files way=%s megabytes=%u ms=%.1f mb_s=%.1f first=%.1f", way, megabytes, ms,
           megabytes * 1e3 / ms, (double)(in->first - in->accepted) / 1e3);
    print_side("out", out, megabytes);
    print_side("in", in, megabytes);
    putchar('\n');
    return TRUE;
}

static void move(const user_config configs[2], const char *whom, const char *ca_dir)
{
    GPid receiver = fork();

    if (receiver == 0)
        take(&configs[1], ca_dir);
    give(&configs[0], whom, ca_dir);
    waitpid(receiver, NULL, 0);
}

static void move_by_irc(const char *ca_dir)
{
    int port = irc_start();
    const user_config configs[2] = {
        {.protocol = "prpl-irc", .address = "bench0@127.0.0.1", .port = port},
        {.protocol = "prpl-irc", .address = "bench1@127.0.0.1", .port = port}};

    move(configs, "bench1", ca_dir);
    irc_end();
}

static void move_by_msnp(const char *ca_dir)
{
    const people_plan plan = {.knobs = people_knobs("one", 0), .accounts = 2, .friends = TRUE};
    people *others = people_start(ca_dir, &plan);
    const user_config configs[2] = {people_config(others, 0), people_config(others, 1)};

    move(configs, configs[1].address, ca_dir);
    people_end(others);
}

int bench_files(char **words)
{
    guint megabytes = number_of(words[1]);
    gboolean done = TRUE;
    side *sides = mmap(NULL, 2 * TIMES * sizeof(side), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (sides == MAP_FAILED)
        return skip("memory cannot be shared here");
    transfer.through_service = strcmp(words[0], "service") == 0;
    transfer.givers = sides;
    transfer.takers = sides + TIMES;
    transfer.from = g_build_filename(words[2], "sent", NULL);
    transfer.to = g_build_filename(words[2], "received", NULL);
    make_file(megabytes * MB);
    if (strcmp(words[0], "irc") == 0)
        move_by_irc(words[3]);
    else
        move_by_msnp(words[3]);
    unlink(transfer.from);
    for (guint i = 0; i < TIMES && done; i++)
        done = print_transfer(words[0], megabytes, &transfer.givers[i], &transfer.takers[i]);
    if (!done)
        fprintf(stderr, "%s: the file did not arrive\n", words[0]);
    return done ? 0 : 1;
}
