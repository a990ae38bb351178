/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request and its response on a connection, in one piece, byte by byte and at every split. */
#include "exchange.h"
#include "expect.h"
#include "guard.h"

#include <string.h>

static char host[] = "host";
static char target[] = "/x";
static const msnp_url url = {.host = host, .port = MSNP_PORT_HTTPS, .target = target};
static const msnp_http_request get = {.method = "GET", .url = &url, .minor = 1, .keep = true};

static void ask(msnp_exchange *exchange)
{
    msnp_buf out;

    msnp_buf_init(&out, MSNP_HTTP_REQUEST_MAX, true);
    g_assert_cmpint(msnp_exchange_ask(exchange, &get, &out), ==, MSNP_OK);
    expect_text(msnp_buf_view(&out),
                "GET /x HTTP/1.1\r\nHost: host\r\nConnection: keep-alive\r\n\r\n");
    g_assert_cmpint(exchange->state, ==, MSNP_EXCHANGE_ASKED);
    msnp_buf_clear(&out);
}

/*
 * Feeds a part of a stream: what was read is put down in `log`, pieces of a body in `body`. What is
 * left of the part does not belong to the response.
 */
static msnp_str feed(msnp_exchange *exchange, msnp_str part, GString *log, GString *body)
{
    for (;;) {
        switch (msnp_exchange_feed(exchange, &part)) {
        case MSNP_EXCHANGE_MORE:
            g_assert_cmpuint(part.len, ==, 0);
            return part;
        case MSNP_EXCHANGE_HEAD:
            g_string_append_printf(log, "%u%s%s ", exchange->head.status,
                                   exchange->keeps_open ? " keeps" : "",
                                   exchange->counted ? " counted" : "");
            break;
        case MSNP_EXCHANGE_BODY:
            g_assert_cmpuint(exchange->piece.len, >, 0);
            g_string_append_len(body, exchange->piece.ptr, (gssize)exchange->piece.len);
            break;
        case MSNP_EXCHANGE_DONE:
            g_assert_cmpint(exchange->state, ==, MSNP_EXCHANGE_IDLE);
            g_string_append_printf(log, "done ");
            return part;
        case MSNP_EXCHANGE_BAD:
            g_assert_cmpint(exchange->state, ==, MSNP_EXCHANGE_BROKEN);
            g_string_append_printf(log, "%s ", msnp_err_name(exchange->err));
            return part;
        }
    }
}

/*
 * The whole stream, first `split` bytes of it and then pieces of `size`, until it is done or bad.
 * Returns what came of it, and how many bytes were not needed.
 */
static char *read_stream(const char *stream, size_t len, size_t split, size_t size)
{
    msnp_exchange exchange;
    GString *log = g_string_new(NULL);
    GString *body = g_string_new(NULL);
    size_t at = 0;

    msnp_exchange_init(&exchange);
    ask(&exchange);
    for (size_t part = MIN(split, len); at < len; part = MIN(size, len - at)) {
        guarded place = guard_after(stream + at, part);
        msnp_str rest = feed(&exchange, guard_view(&place), log, body);
        at += part - rest.len;
        guard_free(&place);
        g_assert_cmpuint(exchange.in.len, <=, MSNP_HTTP_HEAD_MAX);
        if (exchange.state == MSNP_EXCHANGE_IDLE || exchange.state == MSNP_EXCHANGE_BROKEN)
            break;
    }
    if (exchange.state != MSNP_EXCHANGE_IDLE && exchange.state != MSNP_EXCHANGE_BROKEN)
        g_string_append_printf(log, "closed:%s ",
                               msnp_exchange_closed(&exchange) == MSNP_EXCHANGE_DONE ? "done"
                                                                                     : "bad");
    /* When it broke, how much of it was looked at depends on the pieces. */
    size_t left = exchange.state == MSNP_EXCHANGE_BROKEN ? 0 : len - at;
    char *body_text = escaped((msnp_str){body->str, body->len});
    g_string_append_printf(log, "[%s] %zu", body_text, left);
    g_free(body_text);
    g_string_free(body, TRUE);
    msnp_exchange_clear(&exchange);
    return g_string_free(log, FALSE);
}

#define OK    "HTTP/1.1 200 OK\r\n"
#define KEEPS "Connection: keep-alive\r\n"

static void test_responses(void)
{
    static const struct {
        const char *stream;
        size_t len;
        const char *want; /* what was read, the body, how many bytes do not belong to it */
    } table[] = {
#define ROW(stream, want) {stream, sizeof(stream) - 1, want}
        ROW("", "closed:bad [] 0"),
        ROW("H", "closed:bad [] 0"),
        ROW(OK, "closed:bad [] 0"),
        ROW(OK "\r\n", "200 closed:done [] 0"),
        ROW(OK "\r\nx\0y\r\n\r\n", "200 closed:done [x\\x00y\\r\\n\\r\\n] 0"),
        ROW(OK KEEPS "\r\nbody", "200 closed:done [body] 0"),
        ROW(OK "Content-Length: 4\r\n\r\nbody", "200 counted done [body] 0"),
        ROW(OK "Content-Length: 4\r\n\r\nbody and more", "200 counted done [body] 9"),
        ROW(OK "Content-Length: 4\r\n\r\nbod", "200 counted closed:bad [bod] 0"),
        ROW(OK "Content-Length: 4\r\n\r\n", "200 counted closed:bad [] 0"),
        ROW(OK KEEPS "Content-Length: 4\r\n\r\nbody", "200 keeps counted done [body] 0"),
        ROW(OK KEEPS "Content-Length: 4\r\n\r\nbody" OK, "200 keeps counted done [body] 17"),
        ROW(OK KEEPS "Content-Length: 0\r\n\r\n", "200 keeps counted done [] 0"),
        ROW(OK KEEPS "Content-Length: 0\r\n\r\nx", "200 keeps counted done [] 1"),
        ROW(OK "Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody", "200 closed:done [body] 0"),
        ROW(OK "Content-Length: 4x\r\n\r\nbody", "200 closed:done [body] 0"),
        ROW(OK "Content-Length: 67108865\r\n\r\nbody", "200 closed:done [body] 0"),
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"
        ROW(CHUNKED "4\r\nbody\r\n0\r\n\r\nx", "200 done [body] 1"),
        ROW(CHUNKED "1;a=b;c\r\nb\r\n03 \r\n\r\n\r\r\n0;x\r\nA: b\r\nC: d\r\n\r\n",
            "200 done [b\\r\\n\\r] 0"),
        ROW(CHUNKED "a\n0123456789\n0\n\n", "200 done [0123456789] 0"),
        ROW(CHUNKED "4\r\nbody", "200 closed:bad [body] 0"),
        ROW(CHUNKED "4\r\nbody\r\n0\r\n", "200 closed:bad [body] 0"),
        ROW(CHUNKED "4\r\nbodyx", "200 malformed [body] 0"),
        ROW(CHUNKED "\r\n", "200 malformed [] 0"),
        ROW(CHUNKED ";\r\n", "200 malformed [] 0"),
        ROW(CHUNKED "4x\r\nbody", "200 malformed [] 0"),
        ROW(CHUNKED "-4\r\nbody", "200 malformed [] 0"),
        ROW(CHUNKED "FFFFFFFFFFFFFFFFF\r\nbody", "200 malformed [] 0"),
        ROW(OK KEEPS "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            "200 closed:done [1\\r\\nx\\r\\n0\\r\\n\\r\\n] 0"),
        ROW("HTTP/1.0 401 no\nContent-Length: 1\n\n\n\n", "401 counted done [\\n] 1"),
        ROW("HTTP/1.1 302\r\n" KEEPS "\r\n", "302 closed:done [] 0"),
        /* Interim responses have no body, and say nothing of the real one. */
        ROW("HTTP/1.1 100 Continue\r\n\r\n", "closed:bad [] 0"),
        ROW("HTTP/1.1 100 Continue\r\n\r\n" OK KEEPS "Content-Length: 1\r\n\r\nb",
            "200 keeps counted done [b] 0"),
        ROW("HTTP/1.1 100\n" KEEPS "Content-Length: 9\n\nHTTP/1.1 103 x\r\n\r\n" OK "\r\nbody",
            "200 closed:done [body] 0"),
        ROW("HTTP/1.1 100 Continue\r\n\r\nbody", "malformed [] 0"),
        ROW("VER 0 MSNP8\r\n", "malformed [] 0"),
        ROW("HTTP/1.1 099 x\r\n\r\n", "malformed [] 0"),
        ROW(OK "A: \0\r\n\r\n", "malformed [] 0"),
#undef ROW
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *text = escaped((msnp_str){table[i].stream, table[i].len});
        say(text);
        for (size_t split = 1; split <= table[i].len + 1; split++) {
            char *rest = read_stream(table[i].stream, table[i].len, split, table[i].len + 1);
            g_assert_cmpstr(rest, ==, table[i].want);
            char *bytes = read_stream(table[i].stream, table[i].len, split, 1);
            g_assert_cmpstr(bytes, ==, table[i].want);
            g_free(bytes);
            g_free(rest);
        }
        g_free(text);
    }
}

static msnp_exchange_result feed_text(msnp_exchange *exchange, const char *text)
{
    msnp_str data = msnp_str_of(text);

    return msnp_exchange_feed(exchange, &data);
}

/* One after another on the same connection. The head stays until the next response begins. */
static void test_again(void)
{
    msnp_exchange exchange;
    msnp_exchange_init(&exchange);
    g_assert_cmpint(feed_text(&exchange, ""), ==, MSNP_EXCHANGE_MORE);
    for (unsigned i = 0; i < 3; i++) {
        ask(&exchange);
        if (i > 0)
            expect_text(exchange.head.headers, KEEPS "Content-Length: 1\r\n\r\n");
        msnp_str data = msnp_str_of(OK KEEPS "Content-Length: 1\r\n\r\nb");
        g_assert_cmpint(feed_text(&exchange, ""), ==, MSNP_EXCHANGE_MORE);
        g_assert_cmpint(exchange.state, ==, MSNP_EXCHANGE_ASKED);
        g_assert_cmpint(msnp_exchange_feed(&exchange, &data), ==, MSNP_EXCHANGE_HEAD);
        g_assert_cmpint(exchange.state, ==, MSNP_EXCHANGE_IN_BODY);
        g_assert_true(exchange.keeps_open);
        g_assert_cmpint(msnp_exchange_feed(&exchange, &data), ==, MSNP_EXCHANGE_BODY);
        expect_text(exchange.piece, "b");
        g_assert_cmpint(msnp_exchange_feed(&exchange, &data), ==, MSNP_EXCHANGE_DONE);
        g_assert_cmpint(msnp_exchange_feed(&exchange, &data), ==, MSNP_EXCHANGE_MORE);
    }
    /* In the middle of a response, as after a connection that broke. */
    for (unsigned i = 0; i < 3; i++) {
        static const char *const begun[] = {"HTTP/1.1 100 x\r\n\r\nHTTP/", OK "\r\nb", "bad"};
        ask(&exchange);
        feed_text(&exchange, begun[i]);
        g_assert_cmpint(exchange.state, !=, MSNP_EXCHANGE_ASKED);
        ask(&exchange);
        g_assert_cmpint(feed_text(&exchange, OK "\r\n"), ==, MSNP_EXCHANGE_HEAD);
        expect_text(exchange.head.headers, "\r\n");
    }
    /* It is as new when it was cleared. */
    msnp_exchange_clear(&exchange);
    g_assert_cmpint(exchange.state, ==, MSNP_EXCHANGE_IDLE);
    g_assert_cmpuint(exchange.head.status, ==, 0);
    g_assert_null(exchange.in.data);
    ask(&exchange);
    msnp_exchange_clear(&exchange);
}

/* Nobody was asked anything. */
static void test_not_asked(void)
{
    msnp_exchange exchange;
    msnp_exchange_init(&exchange);
    g_assert_cmpint(feed_text(&exchange, OK), ==, MSNP_EXCHANGE_BAD);
    g_assert_cmpint(exchange.err, ==, MSNP_ERR_MALFORMED);
    g_assert_cmpint(feed_text(&exchange, ""), ==, MSNP_EXCHANGE_BAD);
    g_assert_cmpint(feed_text(&exchange, OK "\r\n"), ==, MSNP_EXCHANGE_BAD);
    msnp_exchange_clear(&exchange);
    g_assert_cmpint(msnp_exchange_closed(&exchange), ==, MSNP_EXCHANGE_BAD);
    g_assert_cmpint(exchange.err, ==, MSNP_ERR_CLOSED);
    msnp_exchange_clear(&exchange);

    /* A request that does not fit is none. */
    msnp_buf out;
    msnp_buf_init(&out, 10, true);
    g_assert_cmpint(msnp_exchange_ask(&exchange, &get, &out), ==, MSNP_ERR_TOO_LONG);
    g_assert_cmpint(exchange.state, ==, MSNP_EXCHANGE_IDLE);
    msnp_buf_clear(&out);
    msnp_exchange_clear(&exchange);
}

/* There is one limit for the head and all that comes before it, and none for bodies. */
static void test_limits(void)
{
    static const char interim[] = "HTTP/1.1 100 x\r\nA: ";
    static const char end[] = "\r\n\r\n";
    static const char last[] = OK "\r\n";
    size_t room = MSNP_HTTP_HEAD_MAX - strlen(interim) - strlen(end) - strlen(last);
    for (size_t over = 0; over < 2; over++) {
        for (size_t size = 1000; size < 200000; size *= 10) {
            char *value = repeated("x", room + over);
            char *body = repeated("y", MSNP_HTTP_HEAD_MAX * 2);
            char *stream = g_strconcat(interim, value, end, last, body, NULL);
            msnp_exchange exchange;
            GString *log = g_string_new(NULL);
            GString *got = g_string_new(NULL);
            msnp_exchange_init(&exchange);
            ask(&exchange);
            for (msnp_str rest = msnp_str_of(stream); rest.len > 0;) {
                msnp_str part = {rest.ptr, MIN(rest.len, size)};
                feed(&exchange, part, log, got);
                if (exchange.state == MSNP_EXCHANGE_BROKEN)
                    break;
                rest.ptr += part.len;
                rest.len -= part.len;
            }
            g_assert_cmpstr(log->str, ==, over ? "too-long " : "200 ");
            g_assert_cmpuint(exchange.in.len, ==, MSNP_HTTP_HEAD_MAX);
            g_assert_cmpuint(got->len, ==, over ? 0 : strlen(body));
            msnp_exchange_clear(&exchange);
            g_string_free(got, TRUE);
            g_string_free(log, TRUE);
            g_free(stream);
            g_free(body);
            g_free(value);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/exchange/responses", test_responses);
    g_test_add_func("/exchange/again", test_again);
    g_test_add_func("/exchange/not-asked", test_not_asked);
    g_test_add_func("/exchange/limits", test_limits);
    return g_test_run();
}
