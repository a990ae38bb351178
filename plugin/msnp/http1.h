/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The syntax of HTTP/1.x: a request writer and a reader of response heads.
 */
#ifndef MSNP_HTTP1_H
#define MSNP_HTTP1_H

#include "framer.h"
#include "url.h"

#define MSNP_HTTP_HEAD_MAX    65536 /* bytes in a response head */
#define MSNP_HTTP_REQUEST_MAX 16384
#define MSNP_HTTP_BODY_MAX    ((size_t)64 * 1024 * 1024) /* nobody keeps a whole body */

typedef struct {
    unsigned status;  /* 100..599 */
    unsigned minor;   /* of HTTP/1.minor */
    msnp_str headers; /* the header block, with its empty line */
    size_t len;       /* bytes of the whole head */
} msnp_http_head;

/* A request; everything is borrowed. */
typedef struct {
    const char *method;
    const msnp_url *url;        /* for the target and the Host header */
    unsigned minor;             /* of HTTP/1.minor */
    const char *const *headers; /* name, value, name, ..., NULL; or NULL for none */
    bool keep;                  /* ask the server to leave the connection open */
    bool absolute;              /* the target is the whole URL: it goes to a proxy */
    msnp_str body;              /* with its Content-Length, unless `ptr` is NULL */
} msnp_http_request;

/*
 * Appends the request: its line, its headers, Host, Connection (keep-alive or close),
 * Content-Length, and the body. MSNP_ERR_TOO_LONG if it does not fit.
 */
msnp_err msnp_http_write(msnp_buf *out, const msnp_http_request *request);

/*
 * Reads a response head from the beginning of `data`: MSNP_MORE if it is not complete yet, MSNP_BAD
 * if it is no HTTP/1.x response, holds a NUL or cannot fit MSNP_HTTP_HEAD_MAX. Interim (1xx)
 * responses are returned like any other. The views borrow from `data`.
 */
msnp_result msnp_http_head_parse(msnp_http_head *head, msnp_str data);
/*
 * The same for data that grows from call to call: `scanned` (0 at first, kept by the caller) avoids
 * scanning it all again each time.
 */
msnp_result msnp_http_head_resume(msnp_http_head *head, msnp_str data, size_t *scanned);
/*
 * Does the head give the length of the body, unambiguously and at most MSNP_HTTP_BODY_MAX? Sets
 * `body` to it. If not, the body ends with the connection.
 */
bool msnp_http_counts_body(const msnp_http_head *head, size_t *body);
/* Does the body come in chunks (RFC 9112, 7.1)? Then it has no length from the start. */
bool msnp_http_is_chunked(const msnp_http_head *head);
/*
 * Does the connection take another request after this response? Only if the server announces that
 * and the length of the body, and that is at most MSNP_HTTP_HEAD_MAX; sets `body` to it.
 */
bool msnp_http_keeps_open(const msnp_http_head *head, size_t *body);
/*
 * Does the server say that it closes the connection? HTTP/1.0 does unless it says otherwise (RFC
 * 9112, 9.3). For those who are not hurt by a server that says nothing and closes it all the same.
 */
bool msnp_http_closes(const msnp_http_head *head);

#endif
