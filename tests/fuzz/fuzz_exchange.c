/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request and its response. The input is what the server sends: in one piece, byte by byte and in
 * pieces of seven it is the same response.
 */
#include "exchange.h"
#include "fuzz.h"

#include <string.h>

typedef struct {
    unsigned status; /* 0: there was no complete head */
    bool keeps_open;
    bool counted;
    msnp_exchange_result end;
    msnp_err err;
    size_t used; /* bytes of the input that belong to it */
    GString *body;
} response;

static void ask(msnp_exchange *exchange)
{
    char host[] = "host";
    char target[] = "/";
    msnp_url url = {.host = host, .port = MSNP_PORT_HTTPS, .target = target};
    msnp_http_request request = {.method = "GET", .url = &url};
    msnp_buf out;

    msnp_buf_init(&out, MSNP_HTTP_REQUEST_MAX, true);
    CHECK(msnp_exchange_ask(exchange, &request, &out) == MSNP_OK);
    msnp_buf_clear(&out);
}

static void take_head(response *got, const msnp_exchange *exchange)
{
    msnp_http_head again;
    msnp_str whole = {exchange->head.headers.ptr + exchange->head.headers.len - exchange->head.len,
                      exchange->head.len};

    CHECK(got->status == 0);
    CHECK(exchange->head.status >= 200);
    CHECK(fuzz_is_inside(whole, exchange->in.data, exchange->in.size));
    CHECK(msnp_http_head_parse(&again, whole) == MSNP_DONE);
    CHECK(again.status == exchange->head.status);
    CHECK(exchange->counted || !exchange->keeps_open);
    got->status = exchange->head.status;
    got->keeps_open = exchange->keeps_open;
    got->counted = exchange->counted;
}

/* False when the response is over, one way or the other. */
static bool feed(msnp_exchange *exchange, msnp_str data, response *got)
{
    for (;;) {
        msnp_str before = data;
        got->end = msnp_exchange_feed(exchange, &data);
        CHECK(fuzz_is_inside(data, before.ptr, before.len));
        CHECK(data.ptr + data.len == before.ptr + before.len);
        got->used += before.len - data.len;
        switch (got->end) {
        case MSNP_EXCHANGE_MORE:
            CHECK(data.len == 0);
            return true;
        case MSNP_EXCHANGE_HEAD:
            take_head(got, exchange);
            break;
        case MSNP_EXCHANGE_BODY:
            CHECK(got->status != 0);
            CHECK(exchange->piece.ptr == before.ptr && exchange->piece.len > 0);
            CHECK(exchange->piece.len == before.len - data.len);
            g_string_append_len(got->body, exchange->piece.ptr, (gssize)exchange->piece.len);
            break;
        case MSNP_EXCHANGE_DONE:
        case MSNP_EXCHANGE_BAD:
            return false;
        }
    }
}

static response respond(msnp_str input, size_t size)
{
    response got = {.body = g_string_new(NULL), .end = MSNP_EXCHANGE_MORE};
    msnp_exchange exchange;
    bool more = true;

    msnp_exchange_init(&exchange);
    ask(&exchange);
    for (size_t at = 0; at < input.len && more; at += size)
        more = feed(&exchange, (msnp_str){input.ptr + at, MIN(size, input.len - at)}, &got);
    CHECK(exchange.in.len <= MSNP_HTTP_HEAD_MAX);
    if (more)
        got.end = msnp_exchange_closed(&exchange);
    CHECK(got.end == MSNP_EXCHANGE_BAD || got.status != 0);
    if (got.end == MSNP_EXCHANGE_BAD) {
        got.err = exchange.err;
        CHECK(got.err == MSNP_ERR_MALFORMED || got.err == MSNP_ERR_TOO_LONG ||
              got.err == MSNP_ERR_CLOSED);
        CHECK(got.err == MSNP_ERR_CLOSED || got.status == 0);
    }
    /* Another request can follow, whatever came before. */
    ask(&exchange);
    msnp_str next = msnp_str_of("HTTP/1.1 404 x\r\n\r\n");
    CHECK(msnp_exchange_feed(&exchange, &next) == MSNP_EXCHANGE_HEAD);
    CHECK(exchange.head.status == 404 && next.len == 0);
    msnp_exchange_clear(&exchange);
    return got;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t pieces[] = {1, 7};
    msnp_str input = {(const char *)data, size};
    response whole = respond(input, MAX(size, 1));

    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        response got = respond(input, pieces[i]);
        CHECK(got.status == whole.status && got.end == whole.end);
        CHECK(got.keeps_open == whole.keeps_open && got.counted == whole.counted);
        CHECK(g_string_equal(got.body, whole.body));
        /* How much was looked at when it broke depends on the pieces, as does what is too long. */
        CHECK(got.end == MSNP_EXCHANGE_BAD || got.used == whole.used);
        CHECK(got.err == whole.err || size >= MSNP_HTTP_HEAD_MAX);
        g_string_free(got.body, TRUE);
    }
    g_string_free(whole.body, TRUE);
    return 0;
}
