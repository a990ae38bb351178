/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file on a connection, in both roles: in one piece, byte by byte and at every split. */
#include "clock.h"
#include "escape.h"
#include "expect.h"
#include "ftp.h"
#include "slow.h"

#include <string.h>

#define BEGIN   ((int64_t)100000)
#define ACCOUNT "bob@example.com"
#define AUTH    93301

/* The owner, who puts and saves at once what is wanted. */
typedef struct {
    msnp_net net;
    msnp_ftp *ftp;
    GString *log;  /* what was written and called */
    GString *data; /* not in the log yet: pieces that follow one another are as one */
    int64_t now;
    unsigned conn;
    uint64_t put;    /* bytes */
    unsigned writes; /* how many there were */
    GString *sent;   /* what was written; NULL: forgotten */
    GString *file;   /* the data; likewise */
    bool waits;      /* does not start, put, or save */
    char stops;      /* stops in the callback that begins with this letter; 0: in none */
    bool over;
    bool closed;
} owner;

static void log_bytes(owner *o, const char *what, const char *bytes, size_t len)
{
    char *text = len < 100 ? escape_bytes(bytes, len, false) : g_strdup_printf("%zu", len);

    g_string_append_printf(o->log, "%s %s; ", what, text);
    g_free(text);
}

static void log_data(owner *o)
{
    if (o->data->len > 0)
        log_bytes(o, "=", o->data->str, o->data->len);
    g_string_truncate(o->data, 0);
}

/* Takes out all events: what was written, and whether it was closed. */
static void take_events(owner *o)
{
    msnp_event event;

    while (msnp_event_queue_pop(&o->net.events, &event)) {
        g_assert_cmpuint(event.conn, ==, o->conn);
        switch (event.type) {
        case MSNP_EVENT_WRITE:
            o->writes++;
            if (o->sent != NULL)
                g_string_append_len(o->sent, event.write.data, (gssize)event.write.len);
            log_data(o);
            log_bytes(o, ">", event.write.data, event.write.len);
            break;
        case MSNP_EVENT_CLOSE:
            log_data(o);
            g_string_append(o->log, "CLOSE; ");
            break;
        case MSNP_EVENT_CONNECT:
            g_assert_true(event.connect.file);
            g_assert_cmpstr(event.connect.host, ==, "192.0.2.7");
            g_assert_cmpuint(event.connect.port, ==, 6891);
            break;
        default:
            g_assert_cmpint(event.type, ==, MSNP_EVENT_TRACE);
            g_assert_null(strstr(event.trace.text, G_STRINGIFY(AUTH)));
        }
    }
}

static void heard(owner *o, const char *what)
{
    take_events(o);
    log_data(o);
    g_assert_false(o->closed);
    g_assert_false(o->over && *what != 'C');
    g_string_append_printf(o->log, "%s; ", what);
    if (o->stops == *what)
        msnp_ftp_stop(o->ftp, MSNP_FILE_CANCELLED, o->now);
}

static void on_greeted(gpointer data, msnp_ftp *ftp, int64_t now)
{
    (void)ftp;
    (void)now;
    heard(data, "greeted");
}

static void on_ready(gpointer data, msnp_ftp *ftp, int64_t now)
{
    const owner *o = data;

    heard(data, "ready");
    if (!o->waits)
        msnp_ftp_start(ftp, now);
}

/* A byte of the file, in which none is where it does not belong. */
static char byte_at(uint64_t at)
{
    return (char)(at % 251 + at / 65521);
}

static void on_wants(gpointer data, msnp_ftp *ftp, size_t most, int64_t now)
{
    owner *o = data;
    char *bytes = g_malloc(most);
    char *text = g_strdup_printf("wants %zu", most);

    heard(o, text);
    for (size_t i = 0; i < most; i++)
        bytes[i] = byte_at(o->put + i);
    if (!o->waits) {
        o->put += most;
        msnp_ftp_put(ftp, bytes, most, now);
    }
    g_free(text);
    g_free(bytes);
}

static void on_data(gpointer data, msnp_ftp *ftp, char *bytes, size_t len, int64_t now)
{
    owner *o = data;

    (void)now;
    take_events(o);
    g_assert_false(o->over);
    g_assert_cmpuint(len, >, 0);
    g_string_append_len(o->data, bytes, (gssize)len);
    if (o->file != NULL)
        g_string_append_len(o->file, bytes, (gssize)len);
    g_free(bytes);
    if (o->stops == '=')
        msnp_ftp_stop(ftp, MSNP_FILE_CANCELLED, o->now);
}

static void on_complete(gpointer data, msnp_ftp *ftp, int64_t now)
{
    const owner *o = data;

    heard(data, "complete");
    if (!o->waits)
        msnp_ftp_stored(ftp, now);
}

static void on_over(gpointer data, msnp_ftp *ftp, msnp_file_end end, int64_t now)
{
    owner *o = data;

    (void)ftp;
    (void)now;
    heard(data, msnp_file_end_name(end));
    o->over = true;
}

static void on_closed(gpointer data, msnp_ftp *ftp, int64_t now)
{
    owner *o = data;

    (void)ftp;
    (void)now;
    heard(data, "CLOSED");
    o->closed = true;
}

static msnp_file_end end_named(const char *name)
{
    unsigned end = 0;

    while (end < MSNP_N_FILE_ENDS && strcmp(msnp_file_end_name((msnp_file_end)end), name) != 0)
        end++;
    g_assert_cmpuint(end, <, MSNP_N_FILE_ENDS);
    return (msnp_file_end)end;
}

static const msnp_ftp_ops ops = {on_greeted,  on_ready, on_wants,  on_data,
                                 on_complete, on_over,  on_closed, NULL};
static const msnp_address address = {"192.0.2.7", 6891};

static owner *begin(bool sending, uint32_t size)
{
    const msnp_ftp_config config = {sending, ACCOUNT, AUTH, size};
    owner *o = g_new0(owner, 1);

    o->log = g_string_new(NULL);
    o->data = g_string_new(NULL);
    o->now = BEGIN;
    msnp_net_init(&o->net, true);
    o->ftp = msnp_ftp_connect(&o->net, &address, &config, &ops, o, o->now);
    o->conn = o->net.last;
    take_events(o);
    return o;
}

static void end(owner *o)
{
    msnp_ftp_free(o->ftp);
    msnp_net_clear(&o->net);
    g_string_free(o->log, TRUE);
    g_string_free(o->data, TRUE);
    g_free(o);
}

static void serve(owner *o)
{
    while (msnp_net_serve(&o->net, o->now))
        continue;
    take_events(o);
}

static void feed(owner *o, msnp_str bytes)
{
    msnp_net_received(&o->net, o->conn, bytes);
    serve(o);
}

/* The deadline passes, and no earlier moment makes a difference. */
static void let_pass(owner *o)
{
    int64_t deadline = msnp_ftp_deadline(o->ftp);

    g_assert_cmpint(deadline, !=, MSNP_NEVER);
    o->now = deadline - 1;
    msnp_ftp_tick(o->ftp, o->now);
    g_assert_cmpint(msnp_ftp_deadline(o->ftp), ==, deadline);
    o->now = deadline;
    msnp_ftp_tick(o->ftp, o->now);
}

static void act(owner *o, const char *what)
{
    if (strcmp(what, "connected") == 0)
        msnp_net_connected(&o->net, o->conn, o->now);
    else if (strcmp(what, "failed") == 0)
        msnp_net_failed(&o->net, o->conn, &(msnp_connect_error){.text = "x"}, o->now);
    else if (strcmp(what, "drained") == 0)
        msnp_net_drained(&o->net, o->conn, o->now);
    else if (strcmp(what, "close") == 0)
        msnp_net_received(&o->net, o->conn, (msnp_str){"", 0});
    else if (strcmp(what, "broke") == 0)
        msnp_net_broke(&o->net, o->conn);
    else if (strcmp(what, "late") == 0)
        let_pass(o);
    else if (strcmp(what, "start") == 0)
        msnp_ftp_start(o->ftp, o->now);
    else if (strcmp(what, "stored") == 0)
        msnp_ftp_stored(o->ftp, o->now);
    else if (strcmp(what, "waits") == 0)
        o->waits = true;
    else if (g_str_has_prefix(what, "wait "))
        o->now += g_ascii_strtoll(what + 5, NULL, 10) * 1000;
    else
        msnp_ftp_stop(o->ftp, end_named(what), o->now);
    serve(o);
}

/* A row of a table: what happens, "!" before what are no bytes, and what comes of it. */
typedef struct {
    uint32_t size;
    const char *steps;
    const char *log;
} row;

/* The bytes come `split` of them first, then in pieces of `size`. */
static void run(const row *r, bool sending, size_t split, size_t size)
{
    owner *o = begin(sending, r->size);
    char **steps = g_strsplit(r->steps, "|", -1);

    act(o, "connected");
    for (char **step = steps; *step != NULL; step++) {
        GString *bytes = g_string_new(NULL);
        if (**step == '!')
            act(o, *step + 1);
        else
            g_assert_true(escape_read(bytes, *step));
        for (size_t at = 0; at < bytes->len;) {
            size_t part = MIN(split > 0 ? split : size, bytes->len - at);
            feed(o, (msnp_str){bytes->str + at, part});
            at += part;
            split = split > part ? split - part : 0;
        }
        g_string_free(bytes, TRUE);
    }
    log_data(o);
    g_assert_cmpint(msnp_ftp_deadline(o->ftp) == MSNP_NEVER, ==, o->closed || o->waits);
    g_assert_cmpstr(o->log->str, ==, r->log);
    g_strfreev(steps);
    end(o);
}

static void run_rows(const row *rows, size_t n, bool sending)
{
    for (size_t i = 0; i < n; i++) {
        say(rows[i].steps);
        run(&rows[i], sending, 0, SIZE_MAX);
        run(&rows[i], sending, 0, 1);
        run(&rows[i], sending, 0, 7);
        for (size_t split = 1; split < strlen(rows[i].steps); split += slow_step())
            run(&rows[i], sending, split, SIZE_MAX);
    }
}

/* What a receiver says and hears until the data comes. */
#define R_HELLO "> VER MSNFTP\\r\\n; > USR bob@example.com 93301\\r\\n; greeted; "
#define R_GO    R_HELLO "ready; > TFR\\r\\n; "
#define HELLO   "VER MSNFTP\\r\\n"
#define FIL5    HELLO "FIL 5\\r\\n"
#define CCL     "> CCL\\r\\n; "
#define CLOSES  "CLOSE; CLOSED; "
/* Whatever comes after the end is neither heard nor answered, but not for ever. */
#define TRAIL "|x\\r\\nBYE 1\\r\\n\\x00\\x01\\x00y|!late"
/* Each end, then the wait for the peer. */
#define LINGERS CLOSES

static void test_receive(void)
{
    static const row table[] = {
        {5, FIL5 "\\x00\\x05\\x00hello|!close",
         R_GO "= hello; complete; > BYE 16777989\\r\\n; DONE; " CLOSES},
        /* Blocks of any length; an end that need not be told; a peer that does not close. */
        {5,
         FIL5
         "\\x00\\x00\\x00\\x00\\x02\\x00he\\x00\\x00\\x00\\x00\\x03\\x00llo\\x01\\x00\\x00|!late",
         R_GO "= hello; complete; > BYE 16777989\\r\\n; DONE; " CLOSES},
        {5, FIL5 "\\x00\\x05\\x00hello" TRAIL,
         R_GO "= hello; complete; > BYE 16777989\\r\\n; DONE; " CLOSES},
        {0, HELLO "FIL 0\\r\\n|!close", R_GO "complete; > BYE 16777989\\r\\n; DONE; " CLOSES},
        {300, HELLO "FIL 300\\r\\n\\x00\\x2c\\x01\\*300{x}|!broke",
         R_GO "= 300; complete; > BYE 16777989\\r\\n; DONE; " CLOSES},
        /* Greetings. */
        {0, "VER 3 MSNP MSNFTP X\\nFIL 0 x\\n|!close",
         R_GO "complete; > BYE 16777989\\r\\n; DONE; " CLOSES},
        {5, "\\r\\nver msnftp\\r\\n|!late|!close", "> VER MSNFTP\\r\\n; " CCL "CONFUSED; " CLOSES},
        {5, "VER msnftp\\r\\n|!late|!close", R_HELLO CCL "SILENT; " CLOSES},
        {5, "VER MSNFTPX\\r\\n" TRAIL, "> VER MSNFTP\\r\\n; " CCL "CONFUSED; " CLOSES},
        {5, "VER\\r\\n" TRAIL, "> VER MSNFTP\\r\\n; " CCL "CONFUSED; " CLOSES},
        {5, "FIL 5\\r\\n" TRAIL, "> VER MSNFTP\\r\\n; " CCL "CONFUSED; " CLOSES},
        {5, "VER MSNFTP\\x00\\r\\n" TRAIL, "> VER MSNFTP\\r\\n; " CCL "CONFUSED; " CLOSES},
        {5, HELLO HELLO TRAIL, R_HELLO CCL "CONFUSED; " CLOSES},
        {5, "VER \\*2043{x}\\n" TRAIL, "> VER MSNFTP\\r\\n; " CCL "CONFUSED; " CLOSES},
        {5, "VER MSNFTP\\*2037{x}|\\n" TRAIL, "> VER MSNFTP\\r\\n; " CCL "CONFUSED; " CLOSES},
        {5, HELLO "\\*2036{x}|!late|!late", R_HELLO CCL "SILENT; " CLOSES},
        {5, HELLO "\\*2037{x}" TRAIL, R_HELLO CCL "CONFUSED; " CLOSES},
        {5, "!late|!close", "> VER MSNFTP\\r\\n; " CCL "SILENT; " CLOSES},
        {5, "!close", "> VER MSNFTP\\r\\n; BROKEN; " CLOSES},
        {5, HELLO "|!close", R_HELLO "BROKEN; " CLOSES},
        /* The size. */
        {5, HELLO "FIL 6\\r\\n" TRAIL, R_HELLO CCL "WRONG_SIZE; " CLOSES},
        {5, HELLO "FIL 4294967301\\r\\n" TRAIL, R_HELLO CCL "WRONG_SIZE; " CLOSES},
        {5, HELLO "FIL -5\\r\\n" TRAIL, R_HELLO CCL "CONFUSED; " CLOSES},
        {5, HELLO "FIL\\r\\n" TRAIL, R_HELLO CCL "CONFUSED; " CLOSES},
        /* The sender ends it. */
        {5, HELLO "CCL\\r\\n", R_HELLO "CANCELLED_THERE; " CLOSES},
        {5, HELLO "BYE 2164261683\\r\\n", R_HELLO "CANCELLED_THERE; " CLOSES},
        {5, HELLO "BYE 16777987\\r\\n", R_HELLO "CONFUSED; " CLOSES},
        {5, HELLO "BYE 5\\r\\n", R_HELLO "FAILED_THERE; " CLOSES},
        {5, FIL5 "\\x01" TRAIL, R_GO "> BYE 2164261683\\r\\n; CANCELLED_THERE; " CLOSES},
        {5, FIL5 "\\x00\\x03\\x00hel\\x01\\x00\\x00|!close",
         R_GO "= hel; > BYE 2164261683\\r\\n; CANCELLED_THERE; " CLOSES},
        {5, FIL5 "|!close", R_GO "BROKEN; " CLOSES},
        {5, FIL5 "\\x00\\x05\\x00hell|!broke", R_GO "= hell; BROKEN; " CLOSES},
        {5, FIL5 "\\x00\\x05\\x00hell|!close", R_GO "= hell; BROKEN; " CLOSES},
        /* No block is longer than the rest of the file, nor anything but a block. */
        {5, FIL5 "\\x00\\x06\\x00hello!" TRAIL, R_GO CCL "CONFUSED; " CLOSES},
        {5, FIL5 "\\x00\\x04\\x00hell\\x00\\x02\\x00oh" TRAIL,
         R_GO "= hell; " CCL "CONFUSED; " CLOSES},
        {5, FIL5 "\\x02" TRAIL, R_GO CCL "CONFUSED; " CLOSES},
        {5, FIL5 "BYE 1\\r\\n" TRAIL, R_GO CCL "CONFUSED; " CLOSES},
        /* Only bytes of the file keep it alive. */
        {5, FIL5 "|!wait 29|\\x00\\x00\\x00|!wait 1|\\x00|!late|!close",
         R_GO CCL "SILENT; " CLOSES},
        {5, FIL5 "\\x00\\x05\\x00h|!wait 59|e|!wait 59|l|!late|!late",
         R_GO "= hel; " CCL "SILENT; " CLOSES},
        {5, FIL5 "\\x00\\x01\\x00h|!wait 59|\\x00\\x00\\x00|!late|!late",
         R_GO "= h; " CCL "SILENT; " CLOSES},
        /* Not started yet. */
        {5, "!waits|" FIL5 "|!start|\\x00\\x05\\x00hello|!stored|!stored|!late",
         R_GO "= hello; complete; > BYE 16777989\\r\\n; DONE; " CLOSES},
        {5, "!waits|" FIL5 "\\x00\\x05" TRAIL, R_HELLO "ready; " CCL "CONFUSED; " CLOSES},
        {5, "!waits|" FIL5 "\\x01" TRAIL,
         R_HELLO "ready; > BYE 2164261683\\r\\n; CANCELLED_THERE; " CLOSES},
        {5, "!waits|" FIL5 "|!late|!late", R_HELLO "ready; " CCL "SILENT; " CLOSES},
        /* Not saved yet. */
        {5, "!waits|" FIL5 "|!start|\\x00\\x05\\x00hello|!close|!stored",
         R_GO "= hello; complete; DONE; " CLOSES},
        {5, "!waits|" FIL5 "|!start|\\x00\\x05\\x00hello|!UNWRITABLE|!stored|!late",
         R_GO "= hello; complete; > BYE 2147942405\\r\\n; " CLOSES},
        {5, "!waits|" FIL5 "|!start|\\x00\\x05\\x00hello|!CANCELLED|!late",
         R_GO "= hello; complete; > BYE 2164261682\\r\\n; " CLOSES},
        {5, "!waits|" FIL5 "|!start|\\x00\\x05\\x00hello|!close|!CANCELLED",
         R_GO "= hello; complete; " CLOSES},
        /* The owner ends it. */
        {5, "!CANCELLED|!start|!CANCELLED|!late", "> VER MSNFTP\\r\\n; " CCL CLOSES},
        {5, FIL5 "\\x00\\x05\\x00hell|!CANCELLED" TRAIL, R_GO "= hell; " CCL CLOSES},
        {5, FIL5 "\\x00\\x05\\x00hell|!UNWRITABLE|!close",
         R_GO "= hell; > BYE 2147942405\\r\\n; " CLOSES},
    };

    run_rows(table, G_N_ELEMENTS(table), false);
}

/* What a sender says and hears. */
#define S_HELLO  "> VER MSNFTP\\r\\n; greeted; "
#define S_GO     S_HELLO "ready; > FIL 5\\r\\n; "
#define BLOCK    "> \\x00\\x05\\x00\\x00\\x01\\x02\\x03\\x04; "
#define S_MOVING S_GO "wants 5; " BLOCK
#define END      "> \\x01\\x00\\x00; "
#define USER     HELLO "USR BOB@example.com 93301\\r\\n"
#define TFR      USER "TFR\\r\\n"

static void test_send(void)
{
    static const row table[] = {
        {5, TFR "|!drained|BYE 16777989\\r\\n", S_MOVING "DONE; " CLOSES},
        {5, TFR "|BYE 16777987\\r\\n", S_MOVING "DONE; " CLOSES},
        {5, TFR "|!drained|!close", S_MOVING "DONE; " CLOSES},
        {5, TFR "|!drained|!drained|\\r\\n|!late|BYE 16777989\\r\\n",
         S_MOVING END "SILENT; " CLOSES},
        {5, TFR "|!close", S_MOVING "BROKEN; " CLOSES},
        {5, TFR "|!drained|!broke", S_MOVING "BROKEN; " CLOSES},
        {5, TFR "|!wait 59|!drained|!late|!late", S_MOVING END "SILENT; " CLOSES},
        {0, TFR "|!drained|BYE 16777989\\r\\n",
         S_HELLO "ready; > FIL 0\\r\\n; " END "DONE; " CLOSES},
        {0, TFR "|CCL\\r\\n|!close",
         S_HELLO "ready; > FIL 0\\r\\n; " END "CANCELLED_THERE; " CLOSES},
        {0, TFR "|!close", S_HELLO "ready; > FIL 0\\r\\n; " END "DONE; " CLOSES},
        /* Greetings. */
        /* It speaks first if nobody does: what was said may be lost, or late, but not twice. */
        {5, "!late|!late", "> VER MSNFTP\\r\\n; SILENT; " CLOSES},
        {5, "!waits|!late|VER MSNFTP\\r\\n|USR bob@example.com 93301\\r\\n|!late",
         "> VER MSNFTP\\r\\n; ready; SILENT; " CLOSES},
        {5, "!late|VER MSNFTP\\r\\n|VER MSNFTP\\r\\n", "> VER MSNFTP\\r\\n; CONFUSED; " CLOSES},
        {5, "VER MSNFTP\\r\\n|VER MSNFTP\\r\\n", S_HELLO "CONFUSED; " CLOSES},
        {5, HELLO "|!wait 29|USR bob@example.com 93301 x\\n|!late|!close",
         S_GO END "SILENT; " CLOSES},
        {5, "USR bob@example.com 93301\\r\\n", "CONFUSED; " CLOSES},
        {5, "VER MSNP8\\r\\n", "CONFUSED; " CLOSES},
        {5, "\\*2049{x}", "CONFUSED; " CLOSES},
        {5, HELLO "|!close", S_HELLO "BROKEN; " CLOSES},
        {5, HELLO "CCL\\r\\n", S_HELLO "CANCELLED_THERE; " CLOSES},
        {5, HELLO "BYE 1\\r\\n", S_HELLO "FAILED_THERE; " CLOSES},
        /* Whoever does not know both is not answered. */
        {5, HELLO "USR ann@example.com 93301\\r\\n", S_HELLO "CONFUSED; " CLOSES},
        {5, HELLO "USR bob@example.com 93302\\r\\n", S_HELLO "CONFUSED; " CLOSES},
        {5, HELLO "USR bob@example.com 4295060597\\r\\n", S_HELLO "CONFUSED; " CLOSES},
        {5, HELLO "USR bob@example.com\\r\\n", S_HELLO "CONFUSED; " CLOSES},
        {5, HELLO "TFR\\r\\n", S_HELLO "CONFUSED; " CLOSES},
        /* The receiver ends it; what it may still wait for comes, and what it says is heard. */
        {5, USER "CCL\\r\\n|!close", S_GO END "CANCELLED_THERE; " CLOSES},
        {5, USER "CCL\\r\\n|x\\r\\nBYE 2164261682\\r\\nx", S_GO END "CANCELLED_THERE; " CLOSES},
        {5, TFR "|CCL\\r\\n|!late", S_MOVING END "CANCELLED_THERE; " CLOSES},
        {5, TFR "|CCL\\r\\n\\*3000{x}", S_MOVING END "CANCELLED_THERE; " CLOSES},
        {5, TFR "|BYE 2164261682\\r\\n", S_MOVING "CANCELLED_THERE; " CLOSES},
        {5, TFR "|BYE 2147942405\\r\\n", S_MOVING "UNWRITABLE_THERE; " CLOSES},
        {5, TFR "|BYE 2164261694\\r\\n", S_MOVING "FAILED_THERE; " CLOSES},
        {5, TFR "|BYE x\\r\\n", S_MOVING "FAILED_THERE; " CLOSES},
        {5, TFR "|BYE\\r\\n", S_MOVING "FAILED_THERE; " CLOSES},
        {5, TFR "|TFR\\r\\n|!late", S_MOVING END "CONFUSED; " CLOSES},
        {5, USER "BYE 16777989\\r\\n", S_GO "CONFUSED; " CLOSES},
        /* Not started, or nothing put yet. */
        {5, "!waits|" USER "|!start|TFR\\r\\n|!late|!late", S_GO "wants 5; " END "SILENT; " CLOSES},
        {5, "!waits|" TFR, S_HELLO "ready; CONFUSED; " CLOSES},
        {5, "!waits|" USER "|!late", S_HELLO "ready; SILENT; " CLOSES},
        {5, "!waits|" USER "|!start|TFR\\r\\nBYE 16777989\\r\\n",
         S_GO "wants 5; CONFUSED; " CLOSES},
        {5, "!waits|" USER "|!start|TFR\\r\\n|!drained|!close", S_GO "wants 5; BROKEN; " CLOSES},
        /* The owner ends it. */
        {5, "!CANCELLED|!CANCELLED", CLOSES},
        {5, HELLO "|!OVER", S_HELLO CLOSES},
        {5, USER "|!CHANGED|!close", S_GO END CLOSES},
        {5, TFR "|!drained|!CHANGED|BYE 2164261683\\r\\n", S_MOVING END CLOSES},
    };

    run_rows(table, G_N_ELEMENTS(table), true);
}

/* Whatever the owner ends in a callback is over then and there. */
static void test_stop_inside(void)
{
    static const struct {
        bool sending;
        char in; /* the callback that begins with it */
        const char *steps;
        const char *log;
        bool whole; /* the bytes come at once, not one by one */
    } table[] = {
        {false, 'g', FIL5, R_HELLO CCL, false},
        {false, 'r', FIL5 "x", R_HELLO "ready; " CCL, false},
        {false, '=', FIL5 "\\x00\\x05\\x00hello", R_GO "= h; " CCL, false},
        {false, '=', FIL5 "\\x00\\x05\\x00hello", R_GO "= hello; " CCL, true},
        {false, '=', FIL5 "\\x00\\x02\\x00he\\x02", R_GO "= he; " CCL, true},
        {false, 'c', FIL5 "\\x00\\x05\\x00hello",
         R_GO "= hello; complete; > BYE 2164261682\\r\\n; ", false},
        {false, 'C', HELLO "FIL 6\\r\\n", R_HELLO CCL "WRONG_SIZE; ", false},
        {true, 'g', USER, "> VER MSNFTP\\r\\n; greeted; ", false},
        {true, 'r', TFR, S_HELLO "ready; ", false},
        {true, 'w', TFR, S_GO "wants 5; " END, false},
        {true, 'D', TFR "BYE 16777989\\r\\n", S_MOVING "DONE; ", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        owner *o = begin(table[i].sending, 5);
        GString *bytes = g_string_new(NULL);
        char *log = g_strconcat(table[i].log, CLOSES, NULL);
        say(table[i].steps);
        o->stops = table[i].in;
        g_assert_true(escape_read(bytes, table[i].steps));
        act(o, "connected");
        for (size_t at = 0; at < bytes->len; at += table[i].whole ? bytes->len : 1)
            feed(o, (msnp_str){bytes->str + at, table[i].whole ? bytes->len : 1});
        if (!o->closed)
            act(o, "late");
        log_data(o);
        g_assert_cmpstr(o->log->str, ==, log);
        g_string_free(bytes, TRUE);
        g_free(log);
        end(o);
    }
}

/* How it can begin and end besides. */
static void test_connections(void)
{
    owner *o = begin(false, 5);

    act(o, "failed");
    g_assert_cmpstr(o->log->str, ==, "NO_CONNECTION; CLOSE; CLOSED; ");
    end(o);

    o = begin(true, 5);
    act(o, "connected");
    msnp_ftp_free(o->ftp);
    o->ftp = NULL;
    g_assert_false(msnp_net_has(&o->net, o->conn));
    take_events(o);
    g_assert_cmpstr(o->log->str, ==, "CLOSE; ");
    end(o);
}

/* From what the sender wrote the receiver has to get the file. */
static void receive(const GString *sent, uint32_t size, size_t piece)
{
    owner *o = begin(false, size);

    o->file = g_string_new(NULL);
    act(o, "connected");
    for (size_t at = 0; at < sent->len; at += piece)
        feed(o, (msnp_str){sent->str + at, MIN(piece, sent->len - at)});
    g_assert_true(o->over);
    g_assert_nonnull(strstr(o->log->str, "complete; > BYE 16777989\\r\\n; DONE; "));
    g_assert_cmpuint(o->file->len, ==, size);
    for (size_t i = 0; i < size; i++)
        g_assert_cmpint(o->file->str[i], ==, byte_at(i));
    g_string_free(o->file, TRUE);
    end(o);
}

/* All blocks but the last have 2045 bytes, however many of them are put at a time. */
static void check_blocks(const GString *sent, uint32_t size)
{
    const char *at = strstr(sent->str, "FIL ");

    at = strchr(at, '\n') + 1;
    for (uint32_t left = size; left > 0;) {
        uint32_t len = MIN(left, 2045);
        g_assert_cmpint(at[0], ==, 0);
        g_assert_cmpuint((guint8)at[1] + 256U * (guint8)at[2], ==, len);
        at += 3 + len;
        left -= len;
    }
    g_assert_cmpint(at - sent->str, ==, sent->len);
}

static void test_sizes(void)
{
    static const uint32_t sizes[] = {
        1,     2044, 2045, 2046, 4090, MSNP_FTP_PUT_MAX - 1, MSNP_FTP_PUT_MAX, MSNP_FTP_PUT_MAX + 1,
        500000};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        owner *o = begin(true, sizes[i]);
        uint32_t puts = (sizes[i] + MSNP_FTP_PUT_MAX - 1) / MSNP_FTP_PUT_MAX;
        o->sent = g_string_new(NULL);
        act(o, "connected");
        feed(o, msnp_str_of("VER MSNFTP\r\nUSR " ACCOUNT " 93301\r\nTFR\r\n"));
        for (uint32_t n = 1; n <= puts; n++) {
            g_assert_cmpuint(o->put, ==, MIN(n * MSNP_FTP_PUT_MAX, sizes[i]));
            g_assert_cmpuint(o->writes, ==, 2 + n);
            act(o, "drained");
        }
        check_blocks(o->sent, sizes[i]);
        receive(o->sent, sizes[i], SIZE_MAX);
        receive(o->sent, sizes[i], 1460);
        receive(o->sent, sizes[i], 65536);
        g_string_free(o->sent, TRUE);
        end(o);
    }
}

/* Where little leaves, little is put at a time, so that something leaves in each minute. */
static void test_slow(void)
{
    static const struct {
        int seconds;     /* until it was drained */
        unsigned blocks; /* then wanted */
    } table[] = {{0, 31}, {11, 15}, {11, 7}, {11, 3}, {11, 1}, {59, 1}, {5, 1},
                 {0, 2},  {10, 2},  {0, 4},  {0, 8},  {0, 16}, {0, 31}};
    owner *o = begin(true, UINT32_MAX);

    act(o, "connected");
    feed(o, msnp_str_of("VER MSNFTP\r\nUSR " ACCOUNT " 93301\r\nTFR\r\n"));
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        uint64_t before = o->put;
        o->now += table[i].seconds * 1000;
        msnp_ftp_tick(o->ftp, o->now);
        act(o, "drained");
        g_assert_cmpuint(o->put - before, ==, table[i].blocks * MSNP_FTP_BLOCK);
    }
    end(o);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ftp/receive", test_receive);
    g_test_add_func("/ftp/send", test_send);
    g_test_add_func("/ftp/stop-inside", test_stop_inside);
    g_test_add_func("/ftp/connections", test_connections);
    g_test_add_func("/ftp/sizes", test_sizes);
    g_test_add_func("/ftp/slow", test_slow);
    return g_test_run();
}
