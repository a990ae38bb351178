/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the service can relay of messages like those in which a file goes through it: between two
 * sockets that do nothing else, each in a process of its own. The yardstick for the plugin.
 */
#include "bench.h"
#include "people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MB     1000000
#define DATA   1202 /* bytes of a file in a message */
#define HEADER 48
#define FOOTER "\0\0\0\2"

static void die(const char *what)
{
    fprintf(stderr, "raw: %s\n", what);
    exit(1);
}

/* --- the receiver ----------------------------------------------------------------------------- */

/* What came and was not looked at yet, of one connection. */
typedef struct {
    int fd;
    gsize start;
    gsize end;
    char bytes[1 << 16];
} stream;

static void more(stream *s)
{
    ssize_t n;

    memmove(s->bytes, s->bytes + s->start, s->end - s->start);
    s->end -= s->start;
    s->start = 0;
    n = read(s->fd, s->bytes + s->end, sizeof s->bytes - s->end);
    if (n <= 0)
        die("the switchboard has closed");
    s->end += (gsize)n;
}

/* The next line, which ends in a LF. */
static const char *next_line(stream *s)
{
    const char *line, *lf;

    while (!(lf = memchr(s->bytes + s->start, '\n', s->end - s->start)))
        more(s);
    line = s->bytes + s->start;
    s->start = (gsize)(lf + 1 - s->bytes);
    return line;
}

static void skip_bytes(stream *s, gsize n)
{
    while (s->end - s->start < n)
        more(s);
    s->start += n;
}

/* The length of the payload that follows this line. */
static gsize payload_of(const char *line)
{
    const char *digits = strchr(line, '\n') - 1;

    while (digits[-1] != ' ')
        digits--;
    return strtoul(digits, NULL, 10);
}

static void await_line(stream *s, const char *start)
{
    while (strncmp(next_line(s), start, strlen(start)) != 0)
        ;
}

static gint64 receive(stream *s, guint messages)
{
    while (messages > 0) {
        const char *line = next_line(s);

        if (strncmp(line, "MSG ", 4) != 0)
            continue;
        skip_bytes(s, payload_of(line));
        messages--;
    }
    return g_get_monotonic_time();
}

/* --- the sender ------------------------------------------------------------------------------- */

static void put_number(char *at, guint64 value, guint bytes)
{
    for (guint i = 0; i < bytes; i++)
        at[i] = (char)(value >> 8 * i);
}

static void append_message(GString *out, const char *whom, guint n, guint64 total)
{
    guint64 offset = (guint64)n * DATA;
    gsize length = MIN(DATA, total - offset);
    g_autofree char *head = g_strdup_printf(
        "MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: %s\r\n\r\n",
        whom);
    char header[HEADER] = {0};

    put_number(header, 1234567890, 4);
    put_number(header + 4, 77, 4);
    put_number(header + 8, offset, 8);
    put_number(header + 16, total, 8);
    put_number(header + 24, length, 4);
    put_number(header + 28, 0x01000030, 4);
    put_number(header + 32, 4711, 4);
    g_string_append_printf(out, "MSG %u D %" G_GSIZE_FORMAT "\r\n%s", n + 2,
                           strlen(head) + HEADER + length + 4, head);
    g_string_append_len(out, header, HEADER);
    g_string_set_size(out, out->len + length);
    memset(out->str + out->len - length, 'x', length);
    g_string_append_len(out, FOOTER, 4);
}

static void write_all(int fd, const GString *bytes)
{
    for (gsize at = 0; at < bytes->len;) {
        ssize_t n = write(fd, bytes->str + at, bytes->len - at);

        if (n <= 0)
            die("cannot write");
        at += (gsize)n;
    }
}

/* At most `window` of them have no ACK at a time. */
static void give(stream *s, const char *whom, guint64 total, guint window)
{
    guint messages = (guint)((total + DATA - 1) / DATA);
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint sent = 0, known = 0; known < messages;) {
        g_string_truncate(out, 0);
        for (; sent < messages && sent - known < window; sent++)
            append_message(out, whom, sent, total);
        write_all(s->fd, out);
        do {
            if (strncmp(next_line(s), "ACK ", 4) != 0)
                die("a message was not acknowledged");
            known++;
        } while (memchr(s->bytes + s->start, '\n', s->end - s->start));
    }
}

/* --- both ------------------------------------------------------------------------------------- */

/* What the receiver's process, which is over then, says: when it had all. */
static gint64 move(stream ends[2], const char *whom, guint64 total, guint window)
{
    int channel[2];
    gint64 done;
    GPid process = -1;

    if (pipe(channel) != 0 || (process = fork()) < 0)
        die("no process");
    if (process == 0) {
        done = receive(&ends[1], (guint)((total + DATA - 1) / DATA));
        _exit(write(channel[1], &done, sizeof done) != sizeof done);
    }
    give(&ends[0], whom, total, window);
    if (read(channel[0], &done, sizeof done) != sizeof done)
        die("not all has arrived");
    close(channel[0]);
    close(channel[1]);
    waitpid(process, NULL, 0);
    return done;
}

static gboolean sign_in(user *users[2])
{
    gint64 until = client_until(PATIENCE);

    for (guint i = 0; i < 2; i++)
        user_sign_in(users[i]);
    while (!(users[0]->online && users[1]->online) && client_turn(until))
        ;
    return users[0]->online && users[1]->online;
}

int bench_raw(char **words)
{
    static stream ends[2];
    const people_plan plan = {.knobs = people_knobs("one", 0), .accounts = 2};
    guint megabytes = number_of(words[0]);
    guint window = number_of(words[1]);
    people *others = people_start(words[2], &plan);
    const user_config configs[2] = {people_config(others, 0), people_config(others, 1)};
    user *users[2];
    gint64 start, end;

    start_client(words[2]);
    for (guint i = 0; i < 2; i++)
        users[i] = user_new(&configs[i]);
    if (!sign_in(users))
        die("cannot sign in");
    for (guint i = 0; i < 2; i++) {
        ends[i].fd = people_enter(others, i);
        await_line(&ends[i], i == 0 ? "USR 1 OK" : "ANS 1 OK");
    }
    await_line(&ends[0], "JOI ");
    start = g_get_monotonic_time();
    end = move(ends, configs[1].address, (guint64)megabytes * MB, window);
    printf("raw megabytes=%u window=%u ms=%.1f mb_s=%.1f\n", megabytes, window,
           (double)(end - start) / 1e3, megabytes * 1e6 / (double)(end - start));
    for (guint i = 0; i < 2; i++) {
        close(ends[i].fd);
        user_free(users[i]);
    }
    client_stop();
    people_end(others);
    return 0;
}
