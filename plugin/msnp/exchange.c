/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange.h"

#include <string.h>

void msnp_exchange_init(msnp_exchange *exchange)
{
    *exchange = (msnp_exchange){.state = MSNP_EXCHANGE_IDLE};
    /* Tickets pass through here. */
    msnp_buf_init(&exchange->in, MSNP_HTTP_HEAD_MAX, true);
}

void msnp_exchange_clear(msnp_exchange *exchange)
{
    msnp_buf_clear(&exchange->in);
    msnp_exchange_init(exchange);
}

msnp_err msnp_exchange_ask(msnp_exchange *exchange, const msnp_http_request *request, msnp_buf *out)
{
    msnp_err err = msnp_http_write(out, request);

    if (err == MSNP_OK)
        exchange->state = MSNP_EXCHANGE_ASKED;
    return err;
}

static msnp_exchange_result break_off(msnp_exchange *exchange, msnp_err err)
{
    exchange->state = MSNP_EXCHANGE_BROKEN;
    exchange->err = err;
    return MSNP_EXCHANGE_BAD;
}

/* Parses the head after interim responses, which stay in `in`: one limit applies to all of them. */
static msnp_result read_head(msnp_exchange *exchange, msnp_str *rest)
{
    for (;;) {
        *rest = msnp_buf_view(&exchange->in);
        rest->ptr += exchange->interim;
        rest->len -= exchange->interim;
        msnp_result result = msnp_http_head_resume(&exchange->head, *rest, &exchange->scanned);
        if (result != MSNP_DONE || exchange->head.status >= 200)
            return result;
        exchange->interim += exchange->head.len;
        exchange->scanned = 0;
    }
}

static void skip(msnp_str *data, size_t len)
{
    data->ptr += len;
    data->len -= len;
}

static msnp_exchange_result feed_head(msnp_exchange *exchange, msnp_str *data)
{
    size_t part = MIN(data->len, exchange->in.cap - exchange->in.len);
    msnp_str rest;

    (void)msnp_buf_append(&exchange->in, data->ptr, part);
    msnp_result result = read_head(exchange, &rest);
    if (result == MSNP_DONE) {
        /* The bytes after the head are in this piece: the head was incomplete before. */
        skip(data, part - (rest.len - exchange->head.len));
        exchange->keeps_open = msnp_http_keeps_open(&exchange->head, &exchange->left);
        exchange->counted = msnp_http_counts_body(&exchange->head, &exchange->left);
        exchange->chunked = msnp_http_is_chunked(&exchange->head);
        exchange->chunk = CHUNK_SIZE;
        exchange->left = exchange->chunked ? 0 : exchange->left;
        exchange->overhead = 0;
        exchange->digits = false;
        exchange->state = MSNP_EXCHANGE_IN_BODY;
        return MSNP_EXCHANGE_HEAD;
    }
    skip(data, part);
    if (exchange->in.len == exchange->in.cap)
        return break_off(exchange, MSNP_ERR_TOO_LONG);
    return result == MSNP_BAD ? break_off(exchange, MSNP_ERR_MALFORMED) : MSNP_EXCHANGE_MORE;
}

/* Bytes of size lines and trailers, which nobody needs. */
#define CHUNK_OVERHEAD_MAX 4096

static void begin_chunk_part(msnp_exchange *exchange, int part)
{
    exchange->chunk = part;
    exchange->overhead = 0;
    exchange->digits = false;
}

/* A byte of a size line: hexadecimal digits, and perhaps an extension. */
static bool take_size(msnp_exchange *exchange, char byte)
{
    if (byte == '\n') {
        bool any = exchange->digits;
        begin_chunk_part(exchange, exchange->left > 0 ? CHUNK_DATA : CHUNK_TRAILER);
        return any;
    }
    if (exchange->chunk == CHUNK_EXTENSION)
        return true;
    if (g_ascii_isxdigit(byte)) {
        exchange->digits = true;
        exchange->left = exchange->left * 16 + (size_t)g_ascii_xdigit_value(byte);
        return exchange->left <= MSNP_HTTP_BODY_MAX;
    }
    exchange->chunk = CHUNK_EXTENSION;
    return exchange->digits && byte != '\0' && strchr("; \t\r", byte) != NULL;
}

/* The line break after a chunk. */
static bool take_end(msnp_exchange *exchange, char byte)
{
    if (byte == '\n')
        begin_chunk_part(exchange, CHUNK_SIZE);
    return byte == '\n' || (byte == '\r' && exchange->overhead == 1);
}

/* The header lines after the last chunk. An empty one ends them, and all. */
static bool take_trailer(msnp_exchange *exchange, char byte, bool *done)
{
    *done = byte == '\n' && !exchange->digits;
    exchange->digits = byte != '\n' && (exchange->digits || byte != '\r');
    return true;
}

/* RFC 9112, 7.1. */
static msnp_exchange_result feed_chunks(msnp_exchange *exchange, msnp_str *data)
{
    bool done = false;

    while (data->len > 0 && exchange->chunk != CHUNK_DATA) {
        char byte = *data->ptr;
        bool fine;

        skip(data, 1);
        if (++exchange->overhead > CHUNK_OVERHEAD_MAX)
            return break_off(exchange, MSNP_ERR_TOO_LONG);
        if (exchange->chunk == CHUNK_END)
            fine = take_end(exchange, byte);
        else if (exchange->chunk == CHUNK_TRAILER)
            fine = take_trailer(exchange, byte, &done);
        else
            fine = take_size(exchange, byte);
        if (!fine)
            return break_off(exchange, MSNP_ERR_MALFORMED);
        if (done) {
            exchange->state = MSNP_EXCHANGE_IDLE;
            return MSNP_EXCHANGE_DONE;
        }
    }
    if (data->len == 0)
        return MSNP_EXCHANGE_MORE;
    exchange->piece = (msnp_str){data->ptr, MIN(data->len, exchange->left)};
    exchange->left -= exchange->piece.len;
    skip(data, exchange->piece.len);
    if (exchange->left == 0)
        begin_chunk_part(exchange, CHUNK_END);
    return MSNP_EXCHANGE_BODY;
}

static msnp_exchange_result feed_body(msnp_exchange *exchange, msnp_str *data)
{
    if (exchange->chunked)
        return feed_chunks(exchange, data);

    size_t part = exchange->counted ? MIN(data->len, exchange->left) : data->len;

    if (exchange->counted && exchange->left == 0) {
        exchange->state = MSNP_EXCHANGE_IDLE;
        return MSNP_EXCHANGE_DONE;
    }
    if (part == 0)
        return MSNP_EXCHANGE_MORE;
    exchange->piece = (msnp_str){data->ptr, part};
    exchange->left -= exchange->counted ? part : 0;
    skip(data, part);
    return MSNP_EXCHANGE_BODY;
}

msnp_exchange_result msnp_exchange_feed(msnp_exchange *exchange, msnp_str *data)
{
    switch (exchange->state) {
    case MSNP_EXCHANGE_ASKED:
        if (data->len == 0)
            return MSNP_EXCHANGE_MORE;
        msnp_buf_clear(&exchange->in);
        exchange->interim = exchange->scanned = 0;
        exchange->state = MSNP_EXCHANGE_IN_HEAD;
        return feed_head(exchange, data);
    case MSNP_EXCHANGE_IN_HEAD:
        return feed_head(exchange, data);
    case MSNP_EXCHANGE_IN_BODY:
        return feed_body(exchange, data);
    case MSNP_EXCHANGE_IDLE:
        return data->len == 0 ? MSNP_EXCHANGE_MORE : break_off(exchange, MSNP_ERR_MALFORMED);
    case MSNP_EXCHANGE_BROKEN:
        break;
    }
    return MSNP_EXCHANGE_BAD;
}

msnp_exchange_result msnp_exchange_closed(msnp_exchange *exchange)
{
    if (exchange->state != MSNP_EXCHANGE_IN_BODY || exchange->counted || exchange->chunked)
        return break_off(exchange, MSNP_ERR_CLOSED);
    exchange->state = MSNP_EXCHANGE_IDLE;
    return MSNP_EXCHANGE_DONE;
}
