/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One HTTP request and its response at a time, on a connection that is given from outside as bytes:
 * who owns the connection writes what msnp_exchange_ask() made, and feeds what comes. Of the
 * response it keeps the head alone, up to MSNP_HTTP_HEAD_MAX bytes with all interim (1xx)
 * responses before it; the body is passed on in pieces.
 */
#ifndef MSNP_EXCHANGE_H
#define MSNP_EXCHANGE_H

#include "http1.h"

typedef enum {
    MSNP_EXCHANGE_MORE, /* all bytes were taken, and more must come */
    MSNP_EXCHANGE_HEAD, /* the head is complete; said once */
    MSNP_EXCHANGE_BODY, /* a piece of the body */
    MSNP_EXCHANGE_DONE, /* the response is complete; what is left does not belong to it */
    MSNP_EXCHANGE_BAD   /* it is no response, or nothing was asked: close the connection */
} msnp_exchange_result;

typedef enum {
    MSNP_EXCHANGE_IDLE,    /* nothing is asked, or all was answered */
    MSNP_EXCHANGE_ASKED,   /* nothing of the response has come */
    MSNP_EXCHANGE_IN_HEAD, /* a part of it has */
    MSNP_EXCHANGE_IN_BODY, /* the head has, more must come */
    MSNP_EXCHANGE_BROKEN
} msnp_exchange_state;

typedef struct {
    msnp_exchange_state state;
    msnp_http_head head; /* from MSNP_EXCHANGE_HEAD until the next response begins */
    bool keeps_open;     /* of that: when it is complete, the connection takes another request */
    bool counted;        /* of that: it said how long the body is */
    msnp_str piece;      /* with MSNP_EXCHANGE_BODY: a part of what was fed */
    msnp_err err;        /* with MSNP_EXCHANGE_BAD: _MALFORMED, _TOO_LONG (a head) or _CLOSED */
    msnp_buf in;
    size_t interim; /* bytes of `in` that interim responses took */
    size_t scanned; /* bytes after those that were looked at */
    size_t left;    /* bytes of a counted body that have not come */
} msnp_exchange;

/* Nothing is asked. */
void msnp_exchange_init(msnp_exchange *exchange);
/* Frees and wipes what it holds; it is as new afterwards. */
void msnp_exchange_clear(msnp_exchange *exchange);
/*
 * Appends the request to `out`, and forgets any other one: what is fed from now on is its response.
 * The head of the one before stays until then. MSNP_ERR_TOO_LONG if it does not fit.
 */
msnp_err msnp_exchange_ask(msnp_exchange *exchange, const msnp_http_request *request,
                           msnp_buf *out);
/*
 * Takes bytes off the beginning of `data` and says what they are. Call it until it says
 * MSNP_EXCHANGE_MORE, or the rest is of no interest.
 */
msnp_exchange_result msnp_exchange_feed(msnp_exchange *exchange, msnp_str *data);
/*
 * The peer closed the connection. MSNP_EXCHANGE_DONE if that ends a body without a length,
 * MSNP_EXCHANGE_BAD if something is missing or nothing was asked.
 */
msnp_exchange_result msnp_exchange_closed(msnp_exchange *exchange);

#endif
