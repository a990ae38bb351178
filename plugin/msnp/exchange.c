/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exchange.h"

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
        exchange->state = MSNP_EXCHANGE_IN_BODY;
        return MSNP_EXCHANGE_HEAD;
    }
    skip(data, part);
    if (exchange->in.len == exchange->in.cap)
        return break_off(exchange, MSNP_ERR_TOO_LONG);
    return result == MSNP_BAD ? break_off(exchange, MSNP_ERR_MALFORMED) : MSNP_EXCHANGE_MORE;
}

static msnp_exchange_result feed_body(msnp_exchange *exchange, msnp_str *data)
{
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
    if (exchange->state != MSNP_EXCHANGE_IN_BODY || exchange->counted)
        return break_off(exchange, MSNP_ERR_CLOSED);
    exchange->state = MSNP_EXCHANGE_IDLE;
    return MSNP_EXCHANGE_DONE;
}
