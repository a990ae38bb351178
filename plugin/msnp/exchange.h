/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One HTTP request and its response at a time, without a connection of its own: the owner writes
 * what msnp_exchange_ask() made, and feeds the bytes received. Only the head of the response is
 * kept, up to MSNP_HTTP_HEAD_MAX bytes including interim (1xx) responses; the body is passed on in
 * pieces, without its chunks.
 */
#ifndef MSNP_EXCHANGE_H
#define MSNP_EXCHANGE_H

#include "http1.h"

typedef enum {
    MSNP_EXCHANGE_MORE, /* all bytes were taken; feed more */
    MSNP_EXCHANGE_HEAD, /* the head is complete; returned once */
    MSNP_EXCHANGE_BODY, /* a piece of the body */
    MSNP_EXCHANGE_DONE, /* the response is complete; remaining bytes do not belong to it */
    MSNP_EXCHANGE_BAD   /* not a response, or no request: close the connection */
} msnp_exchange_result;

typedef enum {
    MSNP_EXCHANGE_IDLE,    /* no request, or the response is complete */
    MSNP_EXCHANGE_ASKED,   /* request sent */
    MSNP_EXCHANGE_IN_HEAD, /* a part of the head has arrived */
    MSNP_EXCHANGE_IN_BODY, /* the head has arrived, the body has not */
    MSNP_EXCHANGE_BROKEN
} msnp_exchange_state;

typedef struct {
    msnp_exchange_state state;
    msnp_http_head head; /* from MSNP_EXCHANGE_HEAD until the next response begins */
    bool keeps_open;     /* of `head`: the connection takes another request after it */
    bool counted;        /* of `head`: it has the length of the body */
    msnp_str piece;      /* with MSNP_EXCHANGE_BODY: a part of what was fed */
    msnp_err err; /* with MSNP_EXCHANGE_BAD: _MALFORMED, _TOO_LONG (not the body) or _CLOSED */
    msnp_buf in;
    size_t interim; /* bytes of `in` that interim responses took */
    size_t scanned; /* bytes after those that were scanned */
    size_t left;    /* bytes missing of a body of known length, or of this chunk */
    bool chunked;   /* the body comes in chunks */
    enum { CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_END, CHUNK_TRAILER } chunk;
    size_t overhead; /* bytes of this size line, or of the trailer */
    bool digits;     /* the size line has a digit; the line of the trailer has something */
} msnp_exchange;

/* No request yet. */
void msnp_exchange_init(msnp_exchange *exchange);
/* Frees and wipes its contents; it can be used like a new one. */
void msnp_exchange_clear(msnp_exchange *exchange);
/*
 * Appends the request to `out`; the bytes fed from now on are its response. The previous head stays
 * valid until they arrive. MSNP_ERR_TOO_LONG if the request does not fit.
 */
msnp_err msnp_exchange_ask(msnp_exchange *exchange, const msnp_http_request *request,
                           msnp_buf *out);
/*
 * Takes bytes off the beginning of `data` and returns what they are. Call it until it returns
 * MSNP_EXCHANGE_MORE, or the rest does not matter.
 */
msnp_exchange_result msnp_exchange_feed(msnp_exchange *exchange, msnp_str *data);
/*
 * The peer closed the connection. MSNP_EXCHANGE_DONE if that ends a body without a length,
 * MSNP_EXCHANGE_BAD if something is missing or there was no request.
 */
msnp_exchange_result msnp_exchange_closed(msnp_exchange *exchange);

#endif
