/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The core alone: the framer, the parser, a notification server's lists and presence. */
#include "bench.h"
#include "framer.h"
#include "heap.h"
#include "msnp.h"
#include "ns.h"

#include <stdio.h>
#include <string.h>

#define GROUPS_OF_LIST 30
#define CONTACTS       1000    /* whose presence changes */
#define STREAM         1000000 /* bytes, for the framer */
#define ENOUGH         200     /* ms of work give a good average */

/* What one read from a socket gives at most. */
#define PIECE MSNP_FEED_MAX

/* --- repeating ------------------------------------------------------------------------------ */

/* What was needed for one of many equal things. */
typedef struct {
    double ns;
    double made; /* allocations */
} each;

/*
 * Does it again and again, each time `n` things; once if allocations are counted. `prepare` (may be
 * NULL) is not measured.
 */
static each repeat(void (*prepare)(gpointer), void (*work)(gpointer), gpointer data, guint n)
{
    double spent = 0;
    gint64 made = 0;
    guint times = 0;

    do {
        if (prepare)
            prepare(data);
        gint64 made_before = heap_of_all().made;
        double before = cpu_ms();
        work(data);
        spent += cpu_ms() - before;
        made += heap_of_all().made - made_before;
        times++;
    } while (spent < ENOUGH && !heap_watching());
    return (each){spent * 1e6 / times / n, (double)made / times / n};
}

/* --- lines ---------------------------------------------------------------------------------- */

/* A bit of all that a notification server says. */
static void add_lines(GString *out, guint i)
{
    static const char payload[] = "MIME-Version: 1.0\r\n"
                                  "Content-Type: text/x-msmsgsemailnotification\r\n"
                                  "\r\n"
                                  "From: Somebody\r\nSubject: Something\r\n";

    g_string_append_printf(out, "LST person%u@example.com Some%%20Person%%20%u 11 %u\r\n", i, i,
                           i % GROUPS_OF_LIST + 1);
    g_string_append_printf(out, "BPR PHM +1%%20(555)%%20%04u\r\n", i);
    g_string_append_printf(out, "ILN 7 NLN person%u@example.com Some%%20Person%%20%u\r\n", i, i);
    g_string_append_printf(out, "NLN AWY person%u@example.com Some%%20Person%%20%u\r\n", i, i);
    g_string_append_printf(out, "FLN person%u@example.com\r\n", i);
    g_string_append_printf(out, "REA %u %u person%u@example.com Another%%20Name\r\n", i, i, i);
    g_string_append_printf(out, "ADD 0 RL %u somebody%u@example.com Some%%20Body\r\n", i, i);
    g_string_append_printf(out, "MSG Hotmail Hotmail %u\r\n%s", (guint)strlen(payload), payload);
    g_string_append_printf(out, "CHG %u NLN\r\nQRY %u\r\nQNG\r\n", i, i);
}

#define KINDS 11 /* of lines that it adds */

static GString *make_stream(guint *commands)
{
    GString *out = g_string_new(NULL);

    for (*commands = 0; out->len < STREAM; *commands += KINDS)
        add_lines(out, *commands / KINDS % CONTACTS);
    return out;
}

/* --- framer and parser ---------------------------------------------------------------------- */

typedef struct {
    GString *bytes;
    guint found;
} stream;

static void frame(gpointer data)
{
    stream *s = data;
    msnp_framer framer;
    msnp_cmd cmd;

    s->found = 0;
    msnp_framer_init(&framer, &msnp_ns_verbs);
    for (size_t at = 0; at < s->bytes->len; at += PIECE) {
        (void)msnp_framer_feed(&framer, s->bytes->str + at, MIN(PIECE, s->bytes->len - at));
        while (msnp_framer_next(&framer, &cmd, NULL) == MSNP_DONE)
            s->found++;
    }
    msnp_framer_clear(&framer);
}

int bench_framer(char **words)
{
    guint commands;
    stream s = {.bytes = make_stream(&commands)};
    each one = repeat(NULL, frame, &s, commands);

    (void)words;
    if (heap_watching())
        printf("framer made=%.3f\n", one.made);
    else
        printf("framer ns=%.1f mb_s=%.1f\n", one.ns,
               (double)s.bytes->len / (one.ns * commands) * 1e3);
    g_string_free(s.bytes, TRUE);
    return s.found == commands ? 0 : 1;
}

typedef struct {
    GArray *lines; /* msnp_str */
    guint good;
} parsing;

static void parse(gpointer data)
{
    parsing *p = data;
    msnp_cmd cmd;

    p->good = 0;
    for (guint i = 0; i < p->lines->len; i++)
        if (msnp_cmd_parse(&cmd, &msnp_ns_verbs, g_array_index(p->lines, msnp_str, i)) == MSNP_OK)
            p->good++;
}

/* Lines of commands only: what the framer found, without payloads. */
static GArray *find_lines(const GString *bytes)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(msnp_str));
    size_t at = 0;

    while (at < bytes->len) {
        const char *start = bytes->str + at;
        size_t len = (size_t)(strstr(start, "\r\n") - start);
        msnp_str line = {start, len};
        msnp_cmd cmd;

        at += len + 2;
        if (msnp_cmd_parse(&cmd, &msnp_ns_verbs, line) == MSNP_OK && cmd.verb && cmd.verb->payload)
            at += (size_t)g_ascii_strtoull(cmd.argv[cmd.argc - 1].ptr, NULL, 10);
        g_array_append_val(lines, line);
    }
    return lines;
}

int bench_parse(char **words)
{
    guint commands;
    GString *bytes = make_stream(&commands);
    parsing p = {.lines = find_lines(bytes)};
    each one = repeat(NULL, parse, &p, commands);

    (void)words;
    if (heap_watching())
        printf("parse made=%.3f\n", one.made);
    else
        printf("parse ns=%.1f\n", one.ns);
    g_array_unref(p.lines);
    g_string_free(bytes, TRUE);
    return p.good == commands ? 0 : 1;
}

/* --- a session, and the server that it talks to --------------------------------------------- */

typedef struct {
    msnp_net net;
    msnp_ns *ns;
    unsigned conn;
    GString *heard; /* what the session wrote and the server has not answered */
    bool challenged;
    /* what is fed */
    guint contacts;
    GString *bytes;
    size_t heap; /* that feeding it needed */
} session;

static void drain(session *s)
{
    msnp_event event;

    do {
        while (msnp_event_queue_pop(&s->net.events, &event)) {
            if (event.type == MSNP_EVENT_WRITE)
                g_string_append_len(s->heard, event.write.data, (gssize)event.write.len);
            else if (event.type == MSNP_EVENT_CONNECT)
                s->conn = event.conn;
        }
    } while (msnp_net_serve(&s->net, 0));
}

static void feed(session *s, const GString *bytes)
{
    for (size_t at = 0; at < bytes->len; at += PIECE) {
        msnp_net_received(&s->net, s->conn,
                          (msnp_str){bytes->str + at, MIN(PIECE, bytes->len - at)});
        drain(s);
    }
}

/* The server's answer to a line; empty if it says nothing to it. */
static GString *answer(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 5);
    GString *out = g_string_new(NULL);
    const char *id = words[1] ? words[1] : "";

    if (g_str_has_prefix(line, "VER "))
        g_string_printf(out, "VER %s MSNP8 CVR0\r\n", id);
    else if (g_str_has_prefix(line, "CVR "))
        g_string_printf(out, "CVR %s 1 1 1 a b\r\n", id);
    else if (g_str_has_prefix(line, "USR ") && strcmp(words[3], "I") == 0)
        g_string_printf(out, "USR %s TWN S challenge\r\n", id);
    else if (g_str_has_prefix(line, "USR "))
        g_string_printf(out, "USR %s OK me@example.com Me 1 0\r\n", id);
    else if (g_str_has_prefix(line, "CHG "))
        g_string_printf(out, "%s\r\n", line);
    return out;
}

static char *next_line(session *s)
{
    const char *end = strstr(s->heard->str, "\r\n");

    if (!end)
        return NULL;
    char *line = g_strndup(s->heard->str, (gsize)(end - s->heard->str));
    g_string_erase(s->heard, 0, (gssize)strlen(line) + 2);
    return line;
}

/* Answers until the lists are asked for; the transaction id of that, or NULL if all is answered. */
static char *answer_until_sync(session *s)
{
    for (;;) {
        g_autofree char *line = next_line(s);

        if (!line)
            return NULL;
        if (g_str_has_prefix(line, "SYN ")) {
            g_auto(GStrv) words = g_strsplit(line, " ", 3);

            return g_strdup(words[1]);
        }
        GString *said = answer(line);
        feed(s, said);
        g_string_free(said, TRUE);
        if (s->challenged)
            msnp_ns_ticket(s->ns, "t=ticket&p=", 0);
        s->challenged = false;
        drain(s);
    }
}

static GString *make_list(const char *id, guint contacts)
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "SYN %s 27 %u %d\r\nGTC A\r\nBLP AL\r\n", id, contacts,
                           GROUPS_OF_LIST + 1);
    for (guint i = 0; i <= GROUPS_OF_LIST; i++)
        g_string_append_printf(out, "LSG %u Group%%20%u 0\r\n", i, i);
    for (guint i = 0; i < contacts; i++)
        g_string_append_printf(out, "LST person%u@example.com Some%%20Person%%20%u 11 %u\r\n", i, i,
                               i % GROUPS_OF_LIST + 1);
    return out;
}

static void session_clear(session *s)
{
    if (!s->ns)
        return;
    msnp_ns_free(s->ns);
    msnp_net_clear(&s->net);
    g_string_free(s->heard, TRUE);
    g_string_free(s->bytes, TRUE);
    s->ns = NULL;
}

static void connecting(gpointer owner, int64_t now)
{
    (void)owner;
    (void)now;
}

static void challenge(gpointer owner, const char *text, int64_t now)
{
    session *s = owner;

    (void)text;
    (void)now;
    s->challenged = true;
}

static void signed_in(gpointer owner, const char *handle, int64_t now)
{
    (void)owner;
    (void)handle;
    (void)now;
}

/* A new session that has just asked for its lists, and the bytes of these. */
static void ask_for_lists(gpointer data)
{
    static const msnp_ns_config config = {
        .account = "me@example.com", .host = "server", .port = 1863, .status = MSNP_STATUS_ONLINE};
    static const msnp_ns_ops ops = {
        .connecting = connecting, .challenge = challenge, .signed_in = signed_in};
    session *s = data;

    session_clear(s);
    msnp_net_init(&s->net, false);
    s->ns = msnp_ns_new(&config, &s->net, &ops, s);
    s->heard = g_string_new(NULL);
    msnp_ns_start(s->ns, 0);
    drain(s);
    msnp_net_connected(&s->net, s->conn, 0);
    drain(s);
    g_autofree char *id = answer_until_sync(s);
    s->bytes = make_list(id ? id : "?", s->contacts);
    s->heap = heap_bytes();
}

static void take_lists(gpointer data)
{
    session *s = data;

    feed(s, s->bytes);
}

static void note_heap(gpointer data)
{
    session *s = data;

    take_lists(s);
    s->heap = heap_bytes() - s->heap;
}

int bench_roster(char **words)
{
    session s = {.contacts = number_of(words[0])};

    ask_for_lists(&s);
    note_heap(&s);
    size_t heap = s.heap;
    each one = repeat(ask_for_lists, take_lists, &s, MAX(s.contacts, 1));
    gboolean done = msnp_roster_size(msnp_ns_roster(s.ns)) == s.contacts;
    if (heap_watching())
        printf("roster contacts=%u made=%.3f\n", s.contacts, one.made);
    else
        printf("roster contacts=%u ns=%.1f heap=%.1f\n", s.contacts, one.ns,
               (double)heap / MAX(s.contacts, 1));
    session_clear(&s);
    return done ? 0 : 1;
}

/* Everybody comes, does something else and goes. */
static GString *make_presence(guint *lines)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < CONTACTS; i++)
        g_string_append_printf(out, "NLN NLN person%u@example.com Some%%20Person%%20%u\r\n", i, i);
    for (guint i = 0; i < CONTACTS; i++)
        g_string_append_printf(out, "NLN AWY person%u@example.com Some%%20Person%%20%u\r\n", i, i);
    for (guint i = 0; i < CONTACTS; i++)
        g_string_append_printf(out, "FLN person%u@example.com\r\n", i);
    *lines = 3 * CONTACTS;
    return out;
}

int bench_presence(char **words)
{
    session s = {.contacts = CONTACTS};
    guint lines;

    (void)words;
    ask_for_lists(&s);
    take_lists(&s);
    g_free(answer_until_sync(&s));
    g_string_free(s.bytes, TRUE);
    s.bytes = make_presence(&lines);
    each one = repeat(NULL, take_lists, &s, lines);
    gboolean done = msnp_ns_step(s.ns) == MSNP_STEP_ONLINE;
    if (heap_watching())
        printf("presence made=%.3f\n", one.made);
    else
        printf("presence ns=%.1f\n", one.ns);
    session_clear(&s);
    return done ? 0 : 1;
}
