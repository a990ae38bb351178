/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbered connections, and whom they belong to. */
#include "expect.h"
#include "net.h"
#include "ns_base.h"

#include <string.h>

/* A part: what it heard, and what it does then. */
typedef struct {
    msnp_net *net;
    GString *heard;
    bool closes; /* the connection that it hears of */
} part;

static void hear(part *p, unsigned conn, const char *what, msnp_str bytes)
{
    /* What was given stays as it is, whatever is done to the connection. */
    if (p->closes)
        msnp_net_close(p->net, conn);
    g_string_append_printf(p->heard, "%s %u", what, conn);
    if (bytes.len > 0)
        g_string_append_printf(p->heard, " %.*s", (int)bytes.len, bytes.ptr);
    g_string_append_c(p->heard, '\n');
}

static void connected(gpointer data, unsigned conn, int64_t now)
{
    g_assert_cmpint(now, ==, 7);
    hear(data, conn, "connected", (msnp_str){0});
}

static void failed(gpointer data, unsigned conn, const msnp_connect_error *why, int64_t now)
{
    g_assert_cmpint(now, ==, 7);
    hear(data, conn, "failed", msnp_str_of(why->text));
}

static void received(gpointer data, unsigned conn, msnp_str bytes, int64_t now)
{
    g_assert_cmpint(now, ==, 7);
    hear(data, conn, "received", bytes);
}

static const msnp_conn_ops ops = {.connected = connected, .failed = failed, .received = received};

static unsigned make_conn(part *p, msnp_conn_kind kind)
{
    return msnp_net_connect(p->net, kind, "host", 1863, &ops, p);
}

static void expect_heard(part *p, const char *text)
{
    g_assert_cmpstr(p->heard->str, ==, text);
    g_string_truncate(p->heard, 0);
}

/* The events that wait, as "TYPE conn text". */
static void expect_events(msnp_net *net, const char *text)
{
    GString *got = g_string_new(NULL);
    msnp_event event;

    while (msnp_event_queue_pop(&net->events, &event)) {
        g_string_append_printf(got, "%s %u", msnp_event_name(event.type), event.conn);
        if (event.type == MSNP_EVENT_WRITE)
            g_string_append_printf(got, " %.*s", (int)event.write.len, event.write.data);
        else if (event.type == MSNP_EVENT_TRACE)
            g_string_append_printf(got, " %s %s", event.trace.sent ? ">>>" : "<<<",
                                   event.trace.text);
        else if (event.type == MSNP_EVENT_CONNECT)
            g_string_append_printf(got, " %s:%u%s%s", event.connect.host, event.connect.port,
                                   event.connect.tls ? " tls" : "",
                                   event.connect.switchboard ? " switchboard" : "");
        g_string_append_c(got, '\n');
    }
    g_assert_cmpstr(got->str, ==, text);
    g_string_free(got, TRUE);
}

static void happens(msnp_net *net, unsigned conn)
{
    msnp_net_connected(net, conn, 7);
    msnp_net_received(net, conn, msnp_str_of("bytes"));
    msnp_net_received(net, conn, (msnp_str){0});
    while (msnp_net_serve(net, 7))
        continue;
    msnp_net_failed(net, conn, &(msnp_connect_error){.text = "why"}, 7);
}

#define ALL_OF(n) "connected " #n "\nreceived " #n " bytes\nreceived " #n "\nfailed " #n " why\n"

static void begin(msnp_net *net, part *p, bool trace)
{
    msnp_net_init(net, trace);
    *p = (part){net, g_string_new(NULL), false};
}

static void end(msnp_net *net, part *p)
{
    expect_heard(p, "");
    msnp_net_clear(net);
    g_string_free(p->heard, TRUE);
}

/* Each has a number of its own, by which its part hears of it. */
static void test_numbers(void)
{
    msnp_net net;
    part one;
    part two = {&net, g_string_new(NULL), false};

    begin(&net, &one, false);
    g_assert_cmpuint(make_conn(&one, MSNP_CONN_SERVICE), ==, 1);
    g_assert_cmpuint(make_conn(&two, MSNP_CONN_PASSPORT), ==, 2);
    g_assert_cmpuint(make_conn(&one, MSNP_CONN_SWITCHBOARD), ==, 3);
    expect_events(&net, "CONNECT 1 host:1863\nCONNECT 2 host:1863 tls\n"
                        "CONNECT 3 host:1863 switchboard\n");
    happens(&net, 1);
    happens(&net, 3);
    expect_heard(&one, ALL_OF(1) ALL_OF(3));
    happens(&net, 2);
    expect_heard(&two, ALL_OF(2));
    msnp_net_close(&net, 2);
    g_assert_cmpuint(make_conn(&two, MSNP_CONN_PASSPORT), ==, 4);
    /* No number is given out twice while it is in use, and none is 0. */
    net.last = G_MAXUINT;
    g_assert_cmpuint(make_conn(&two, MSNP_CONN_PASSPORT), ==, 2);
    g_assert_cmpuint(make_conn(&two, MSNP_CONN_PASSPORT), ==, 5);
    g_string_free(two.heard, TRUE);
    end(&net, &one);
}

/* Nothing is heard of one that is closed, or that there never was, and nothing can be done to it.
 */
static void test_closed(void)
{
    static const unsigned numbers[] = {0, 1, 2, G_MAXUINT};
    msnp_net net;
    part p;

    begin(&net, &p, true);
    msnp_net_close(&net, make_conn(&p, MSNP_CONN_SERVICE));
    /* Nobody has heard of it yet. */
    expect_events(&net, "");
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_assert_false(msnp_net_has(&net, numbers[i]));
        happens(&net, numbers[i]);
        msnp_net_write(&net, numbers[i], msnp_str_of("bytes"));
        msnp_net_close(&net, numbers[i]);
        expect_events(&net, "");
        msnp_net_drop_writes(&net, numbers[i]);
    }
    end(&net, &p);
}

/* A part may close its connection while it hears of it: whatever it hears is the last. */
static void test_closes_itself(void)
{
    msnp_net net;
    part p;

    begin(&net, &p, false);
    p.closes = true;
    make_conn(&p, MSNP_CONN_SERVICE);
    make_conn(&p, MSNP_CONN_SERVICE);
    make_conn(&p, MSNP_CONN_SERVICE);
    expect_events(&net, "CONNECT 1 host:1863\nCONNECT 2 host:1863\nCONNECT 3 host:1863\n");
    happens(&net, 1);
    msnp_net_received(&net, 2, msnp_str_of("bytes"));
    msnp_net_serve(&net, 7);
    happens(&net, 2);
    msnp_net_failed(&net, 3, &(msnp_connect_error){.text = "why"}, 7);
    happens(&net, 3);
    expect_heard(&p, "connected 1\nreceived 2 bytes\nfailed 3 why\n");
    expect_events(&net, "CLOSE 1\nCLOSE 2\nCLOSE 3\n");
    end(&net, &p);
}

/*
 * Bytes wait until they are served, a few at a time, in turns: every second one is for
 * switchboards, and none of these is served twice before the others. What a connection had goes
 * with it.
 */
static void test_turns(void)
{
    static const msnp_conn_kind kinds[] = {MSNP_CONN_SERVICE, MSNP_CONN_PASSPORT,
                                           MSNP_CONN_SWITCHBOARD, MSNP_CONN_SWITCHBOARD};
    msnp_net net;
    part p;
    char *many = g_strnfill(MSNP_SERVE_MAX, 'm');
    char *more = g_strconcat(many, "end", NULL);
    char *both = g_strdup_printf("received 1 %s\nreceived 1 end\n", many);

    begin(&net, &p, false);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        make_conn(&p, kinds[i]);
    for (unsigned i = 0; i < 3 * 4; i++)
        msnp_net_received(&net, 4 - i % 4, msnp_str_of((char[]){(char)('a' + i / 4), '\0'}));
    expect_heard(&p, "");
    for (int i = 0; i < 7; i++)
        g_assert_true(msnp_net_serve(&net, 7));
    expect_heard(&p, "received 1 a\nreceived 3 a\nreceived 2 a\nreceived 4 a\n"
                     "received 1 b\nreceived 3 b\nreceived 2 b\n");
    msnp_net_close(&net, 2);
    msnp_net_close(&net, 4);
    msnp_net_serve_switchboards(&net, 7);
    expect_heard(&p, "received 3 c\n");
    g_assert_true(msnp_net_serve(&net, 7));
    g_assert_false(msnp_net_serve(&net, 7));
    expect_heard(&p, "received 1 c\n");
    msnp_net_received(&net, 1, msnp_str_of(more));
    while (msnp_net_serve(&net, 7))
        continue;
    expect_heard(&p, both);
    msnp_net_received(&net, 3, msnp_str_of("left"));
    g_free(many);
    g_free(more);
    g_free(both);
    end(&net, &p);
}

/* What was not taken out yet is not written any more: on this connection, and only writes. */
static void test_drop_writes(void)
{
    msnp_net net;
    part p;

    begin(&net, &p, false);
    make_conn(&p, MSNP_CONN_SERVICE);
    make_conn(&p, MSNP_CONN_SERVICE);
    expect_events(&net, "CONNECT 1 host:1863\nCONNECT 2 host:1863\n");
    msnp_net_write(&net, 1, msnp_str_of("a"));
    msnp_net_write(&net, 2, msnp_str_of("b"));
    msnp_net_write(&net, 1, msnp_str_of("c"));
    msnp_net_drop_writes(&net, 1);
    msnp_net_write(&net, 1, msnp_str_of("d"));
    msnp_net_close(&net, 1);
    expect_events(&net, "WRITE 2 b\nWRITE 1 d\nCLOSE 1\n");
    end(&net, &p);
}

/* Lines are traced as they are sent, without what is secret; only if that is wanted. */
static void test_trace(void)
{
    static const char *const args[] = {"TWN", "S", "t=ticket", NULL};
    static const struct {
        bool trace;
        const char *events;
    } table[] = {
        {false, "CONNECT 1 host:1863\nWRITE 1 USR 4 TWN S t=ticket\r\n\n"},
        {true,
         "CONNECT 1 host:1863\nTRACE 1 >>> USR 4 TWN S ***\n"
         "WRITE 1 USR 4 TWN S t=ticket\r\n\nTRACE 1 <<< XFR 7 SB *** *** ***\nTRACE 1 <<< text\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_net net;
        part p;
        begin(&net, &p, table[i].trace);
        make_conn(&p, MSNP_CONN_SERVICE);
        g_assert_cmpint(msnp_net_send(&net, 1, &msnp_ns_verbs, "USR", 4, args, (msnp_str){0}), ==,
                        MSNP_OK);
        msnp_net_trace_line(&net, 1, &msnp_ns_verbs, msnp_str_of("XFR 7 SB a:1 CKI cookie"), 0,
                            NS_ONLINE);
        msnp_net_trace(&net, 1, false, "text");
        expect_events(&net, table[i].events);
        end(&net, &p);
    }
}

/* What cannot be a command is neither sent nor traced. */
static void test_not_sent(void)
{
    static const char *const bad[] = {"a b", NULL};
    static const char *const good[] = {"a", NULL};
    char *payload = repeated("x", MSNP_LINE_MAX + MSNP_PAYLOAD_MAX);
    msnp_net net;
    part p;

    begin(&net, &p, true);
    make_conn(&p, MSNP_CONN_SERVICE);
    expect_events(&net, "CONNECT 1 host:1863\n");
    g_assert_cmpint(msnp_net_send(&net, 1, &msnp_ns_verbs, "USR", 4, bad, (msnp_str){0}), !=,
                    MSNP_OK);
    g_assert_cmpint(msnp_net_send(&net, 1, &msnp_ns_verbs, "USR", 4, good, msnp_str_of(payload)),
                    ==, MSNP_ERR_TOO_LONG);
    expect_events(&net, "");
    g_free(payload);
    end(&net, &p);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/numbers", test_numbers);
    g_test_add_func("/net/closed", test_closed);
    g_test_add_func("/net/closes-itself", test_closes_itself);
    g_test_add_func("/net/turns", test_turns);
    g_test_add_func("/net/drop-writes", test_drop_writes);
    g_test_add_func("/net/trace", test_trace);
    g_test_add_func("/net/not-sent", test_not_sent);
    return g_test_run();
}
