/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As much of HTTP/1.x as Passport needs: a request writer and a reader of response heads.
 */
#ifndef MSNP_HTTP1_H
#define MSNP_HTTP1_H

#include "framer.h"
#include "url.h"

#define MSNP_HTTP_HEAD_MAX    65536 /* bytes in a response head */
#define MSNP_HTTP_REQUEST_MAX 16384

typedef struct {
    unsigned status;  /* 100..599 */
    msnp_str headers; /* the header block, with its empty line */
    size_t len;       /* bytes of the whole head */
} msnp_http_head;

/*
 * Appends "GET target HTTP/1.minor", an Authorization header if `authorization` is not NULL, Host
 * and "Connection: close", or "keep-alive" if `keep`. MSNP_ERR_TOO_LONG if it does not fit.
 */
msnp_err msnp_http_request(msnp_buf *out, const msnp_url *url, unsigned minor,
                           const char *authorization, bool keep);

/*
 * Reads a response head from the beginning of `data`: MSNP_MORE if it is not complete yet, MSNP_BAD
 * if it is no HTTP/1.x response, holds a NUL or cannot fit MSNP_HTTP_HEAD_MAX. Interim (1xx)
 * responses are given out like any other. The views borrow from `data`.
 */
msnp_result msnp_http_head_parse(msnp_http_head *head, msnp_str data);
/*
 * The same for data that grows from call to call: `scanned` (0 at first, kept by the caller) spares
 * looking at all of it again each time.
 */
msnp_result msnp_http_head_resume(msnp_http_head *head, msnp_str data, size_t *scanned);
/*
 * Will the connection take another request after this response? Only if the server says so, and how
 * long the body is: `body` bytes, at most MSNP_HTTP_HEAD_MAX.
 */
bool msnp_http_keeps_open(const msnp_http_head *head, size_t *body);

#endif
