/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection of MSNFTP. The first byte chooses the role, whether the owner waits with what it
 * does, and stops; the second the size. What follows is the stream of the peer, delivered whole and
 * in pieces, with the same result, or (bit 3) a program of what happens.
 */
#include "clock.h"
#include "ftp.h"
#include "fuzz.h"

#include <string.h>

#define ACCOUNT "bob@example.com"
#define AUTH    7

typedef struct {
    msnp_net net;
    msnp_ftp *ftp;
    unsigned conn;
    int64_t now;
    uint32_t size;
    bool sending;
    bool waits;
    unsigned stop_in; /* the callback that it is stopped in; 0: none */
    GString *log;     /* what was called and written, without the pieces of data */
    GString *data;    /* put or received */
    GString *out;
    size_t wanted;
    bool started;
    bool complete;
    bool stored;
    bool stopped;
    bool over;
    bool closed;
} owner;

static void take_events(owner *o)
{
    msnp_event event;

    while (msnp_event_queue_pop(&o->net.events, &event))
        if (event.type == MSNP_EVENT_WRITE)
            g_string_append_len(o->out, event.write.data, (gssize)event.write.len);
}

static void stop(owner *o)
{
    bool open = !o->over && !o->stopped;

    o->stopped = o->stopped || open;
    msnp_ftp_stop(o->ftp, MSNP_FILE_CANCELLED, o->now);
}

static void called(owner *o, unsigned which, const char *what)
{
    CHECK(!o->closed);
    CHECK_TEXT(which == 6 || !o->over, what);
    CHECK_TEXT(which == 6 || !o->stopped, what);
    g_string_append_printf(o->log, "%s ", what);
    if (o->stop_in == which)
        stop(o);
}

static void on_greeted(gpointer data, msnp_ftp *ftp, int64_t now)
{
    (void)ftp;
    (void)now;
    called(data, 1, "greeted");
}

static void on_ready(gpointer data, msnp_ftp *ftp, int64_t now)
{
    owner *o = data;

    called(o, 2, "ready");
    o->started = !o->waits;
    if (!o->waits)
        msnp_ftp_start(ftp, now);
}

/* Less than is wanted has to be whole blocks. */
static void put(owner *o, size_t less)
{
    size_t len = o->wanted;

    if (less < len && (len - less) / MSNP_FTP_BLOCK > 0)
        len = (len - less) / MSNP_FTP_BLOCK * MSNP_FTP_BLOCK;
    if (len == 0 || o->over || o->stopped)
        return;
    char *bytes = g_malloc(len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(o->data->len + i);
    g_string_append_len(o->data, bytes, (gssize)len);
    o->wanted = 0;
    msnp_ftp_put(o->ftp, bytes, len, o->now);
    g_free(bytes);
}

static void on_wants(gpointer data, msnp_ftp *ftp, size_t most, int64_t now)
{
    owner *o = data;

    (void)ftp;
    (void)now;
    CHECK(o->sending && o->started && most > 0 && most <= MSNP_FTP_PUT_MAX);
    CHECK(most <= o->size - o->data->len && o->wanted == 0);
    o->wanted = most;
    called(o, 3, "wants");
    if (!o->waits)
        put(o, 0);
}

static void on_data(gpointer data, msnp_ftp *ftp, char *bytes, size_t len, int64_t now)
{
    owner *o = data;

    (void)ftp;
    (void)now;
    CHECK(!o->sending && o->started && !o->over && !o->stopped && !o->complete && len > 0);
    CHECK(len <= o->size - o->data->len);
    g_string_append_len(o->data, bytes, (gssize)len);
    g_free(bytes);
}

static void on_complete(gpointer data, msnp_ftp *ftp, int64_t now)
{
    owner *o = data;

    CHECK(!o->sending && o->started && !o->complete && o->data->len == o->size);
    o->complete = true;
    called(o, 4, "complete");
    if (o->waits || o->stopped)
        return;
    o->stored = true;
    msnp_ftp_stored(ftp, now);
}

static void on_over(gpointer data, msnp_ftp *ftp, msnp_file_end end, int64_t now)
{
    owner *o = data;

    (void)ftp;
    (void)now;
    CHECK(end < MSNP_N_FILE_ENDS);
    CHECK(end != MSNP_FILE_DONE || (o->data->len == o->size && (o->sending || o->stored)));
    called(o, 5, msnp_file_end_name(end));
    o->over = true;
}

static void on_closed(gpointer data, msnp_ftp *ftp, int64_t now)
{
    owner *o = data;

    (void)ftp;
    (void)now;
    CHECK(o->over || o->stopped);
    called(o, 6, "closed");
    o->closed = true;
    CHECK(!msnp_net_has(&o->net, o->conn));
}

static const msnp_ftp_ops ops = {on_greeted,  on_ready, on_wants,  on_data,
                                 on_complete, on_over,  on_closed, NULL};

static owner *begin(uint8_t role, uint32_t size)
{
    const msnp_ftp_config config = {role & 1, ACCOUNT, AUTH, size};
    const msnp_address where = {"192.0.2.7", 6891};
    owner *o = g_new0(owner, 1);

    o->sending = config.sending;
    o->size = size;
    o->waits = role & 2;
    o->stop_in = role & 4 ? 1 + (role >> 4) % 6 : 0;
    o->now = DRIVE_BEGIN;
    o->log = g_string_new(NULL);
    o->data = g_string_new(NULL);
    o->out = g_string_new(NULL);
    msnp_net_init(&o->net, true);
    o->ftp = msnp_ftp_connect(&o->net, &where, &config, &ops, o, o->now);
    o->conn = o->net.last;
    take_events(o);
    return o;
}

/* What the sender wrote is blocks with the bytes that were put, and perhaps one that ends them. */
static void check_blocks(const owner *o)
{
    char *fil = g_strdup_printf("VER MSNFTP\r\nFIL %u\r\n", o->size);
    size_t at = strlen(fil);
    size_t n = 0;

    if (g_str_has_prefix(o->out->str, fil)) {
        while (at < o->out->len && o->out->str[at] == 0) {
            size_t len = (guint8)o->out->str[at + 1] + 256U * (guint8)o->out->str[at + 2];
            CHECK(at + 3 + len <= o->out->len && n + len <= o->data->len);
            CHECK(!memcmp(o->out->str + at + 3, o->data->str + n, len));
            at += 3 + len;
            n += len;
            CHECK(len == MSNP_FTP_BLOCK || n == o->size);
        }
        CHECK(at == o->out->len ||
              (o->out->len == at + 3 && !memcmp(o->out->str + at, "\1\0\0", 3)));
        CHECK(n == o->data->len || o->over || o->stopped);
    }
    g_free(fil);
}

/* Returns what came of it; the caller frees that. */
static char *end(owner *o)
{
    take_events(o);
    CHECK(o->closed == (msnp_net_has(&o->net, o->conn) == false));
    CHECK(!o->closed || msnp_ftp_deadline(o->ftp) == MSNP_NEVER);
    if (o->sending)
        check_blocks(o);
    /* What is written before the end may be dropped with it, if it has not left yet. */
    char *out = g_compute_checksum_for_data(G_CHECKSUM_MD5, (guchar *)o->out->str, o->out->len);
    char *text = g_strdup_printf("%s| %" G_GSIZE_FORMAT " | %s", o->log->str, o->data->len,
                                 o->sending ? "" : out);
    g_free(out);
    msnp_ftp_free(o->ftp);
    CHECK(!msnp_net_has(&o->net, o->conn));
    msnp_net_clear(&o->net);
    g_string_free(o->log, TRUE);
    g_string_free(o->data, TRUE);
    g_string_free(o->out, TRUE);
    g_free(o);
    return text;
}

static void serve(owner *o)
{
    while (msnp_net_serve(&o->net, o->now))
        continue;
    take_events(o);
}

static void feed(owner *o, msnp_str bytes)
{
    if (bytes.len > 0)
        msnp_net_received(&o->net, o->conn, bytes);
    serve(o);
}

/* The stream, then an end; whole, or in pieces if `state` is not NULL. */
static char *run_stream(uint8_t role, uint32_t size, msnp_str stream, uint32_t *state)
{
    owner *o = begin((uint8_t)(role & ~2U), size);

    msnp_net_connected(&o->net, o->conn, o->now);
    while (stream.len > 0) {
        size_t len = state != NULL ? fuzz_piece(state, stream.len) : stream.len;
        feed(o, (msnp_str){stream.ptr, len});
        stream = (msnp_str){stream.ptr + len, stream.len - len};
    }
    msnp_net_received(&o->net, o->conn, (msnp_str){"", 0});
    serve(o);
    return end(o);
}

static void step(owner *o, fuzz_input *input)
{
    uint8_t op = fuzz_byte(input);

    switch (op % 12) {
    case 0:
        msnp_net_connected(&o->net, o->conn, o->now);
        break;
    case 1:
        msnp_net_failed(&o->net, o->conn, &(msnp_connect_error){.code = 1}, o->now);
        break;
    case 2:
        msnp_net_received(&o->net, o->conn, (msnp_str){"", 0});
        break;
    case 3:
        msnp_net_broke(&o->net, o->conn);
        break;
    case 4:
        o->now += fuzz_byte(input) * (int64_t)500;
        msnp_ftp_tick(o->ftp, o->now);
        break;
    case 5:
        msnp_net_drained(&o->net, o->conn, o->now);
        break;
    case 6:
        put(o, fuzz_byte(input) * (size_t)100);
        break;
    case 7:
        o->started = true;
        msnp_ftp_start(o->ftp, o->now);
        break;
    case 8:
        o->stored = o->stored || o->complete;
        msnp_ftp_stored(o->ftp, o->now);
        break;
    case 9:
        stop(o);
        break;
    case 10:
        feed(o, fuzz_bytes(input, fuzz_byte(input)));
        break;
    default: {
        GString *line = fuzz_line_crlf(input);
        feed(o, (msnp_str){line->str, line->len});
        g_string_free(line, TRUE);
    }
    }
    serve(o);
}

static void run_program(uint8_t role, uint32_t size, fuzz_input *input)
{
    owner *o = begin(role, size);
    bool connected = false;

    while (input->left > 0 && !o->closed) {
        /* Nothing else can happen on a connection before it is there, and that only once. */
        unsigned op = *input->at % 12;
        if ((op == 0 && connected) || (op == 1 && connected) ||
            (!connected && (op == 2 || op == 3 || op == 5 || op >= 10))) {
            fuzz_byte(input);
            continue;
        }
        connected = connected || op == 0;
        step(o, input);
    }
    g_free(end(o));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    uint8_t role = fuzz_byte(&input);
    /* One block and a piece, or some small number. */
    uint8_t small = fuzz_byte(&input);
    uint32_t bytes = small >= 250 ? (small - 249U) * 40000 : small;

    if (role & 8) {
        run_program(role, bytes, &input);
        return 0;
    }
    msnp_str stream = fuzz_bytes(&input, input.left);
    uint32_t state = 1;
    char *whole = run_stream(role, bytes, stream, NULL);
    char *pieces = run_stream(role, bytes, stream, &state);
    CHECK_TEXT(!strcmp(whole, pieces), pieces);
    g_free(whole);
    g_free(pieces);
    return 0;
}
