/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http1.h"

#include "codec.h"
#include "mime.h"

#include <string.h>

/* Appends the texts up to NULL, unless an error occurred before. */
static void append_all(msnp_buf *out, msnp_err *err, const char *const *texts)
{
    for (; *err == MSNP_OK && *texts != NULL; texts++)
        *err = msnp_buf_append_text(out, *texts);
}

#define APPEND(out, err, ...) append_all(out, err, (const char *const[]){__VA_ARGS__, NULL})

msnp_err msnp_http_write(msnp_buf *out, const msnp_http_request *request)
{
    const char *const *header = request->headers;
    msnp_err err = MSNP_OK;

    APPEND(out, &err, request->method, " ");
    if (request->absolute)
        APPEND(out, &err, request->url->http ? "http://" : "https://");
    if (request->absolute && err == MSNP_OK)
        err = msnp_url_append_authority(out, request->url);
    APPEND(out, &err, request->url->target,
           request->minor == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    for (; header != NULL && header[0] != NULL; header += 2)
        APPEND(out, &err, header[0], ": ", header[1], "\r\n");
    APPEND(out, &err, "Host: ");
    if (err == MSNP_OK)
        err = msnp_url_append_authority(out, request->url);
    APPEND(out, &err, "\r\nConnection: ", request->keep ? "keep-alive\r\n" : "close\r\n");
    if (request->body.ptr != NULL) {
        char length[32];
        g_snprintf(length, sizeof length, "%zu", request->body.len);
        APPEND(out, &err, "Content-Length: ", length, "\r\n");
    }
    APPEND(out, &err, "\r\n");
    return err == MSNP_OK ? msnp_buf_append(out, request->body.ptr, request->body.len) : err;
}

/* "HTTP/1.x NNN", then a space or the end. Incomplete: could it still become that? */
static msnp_result parse_status(msnp_str line, bool complete, unsigned *status)
{
    static const char shape[] = "HTTP/1.d ddd";
    uint64_t number;

    for (size_t i = 0; i < sizeof shape - 1; i++) {
        if (i == line.len)
            return complete ? MSNP_BAD : MSNP_MORE;
        bool fits = shape[i] == 'd' ? g_ascii_isdigit(line.ptr[i]) : line.ptr[i] == shape[i];
        if (!fits)
            return MSNP_BAD;
    }
    if (line.len > sizeof shape - 1 && line.ptr[sizeof shape - 1] != ' ')
        return MSNP_BAD;
    if (!msnp_parse_uint((msnp_str){line.ptr + 9, 3}, 599, &number) || number < 100)
        return MSNP_BAD;
    *status = (unsigned)number;
    return MSNP_DONE;
}

msnp_result msnp_http_head_resume(msnp_http_head *head, msnp_str data, size_t *scanned)
{
    const char *end = data.ptr + data.len;
    /* The first bytes are enough; the end of the line matters only if it is shorter. */
    msnp_str line = {data.ptr, MIN(data.len, 16)};
    const char *newline = line.len > 0 ? memchr(line.ptr, '\n', line.len) : NULL;

    if (newline != NULL)
        line.len = (size_t)(newline - line.ptr);
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    if (parse_status(line, newline != NULL, &head->status) == MSNP_BAD)
        return MSNP_BAD;
    head->minor = line.len > 7 && line.ptr[7] != '0';

    /* The head ends with the first empty line. There is none before `scanned`, but one may begin in
     * the two bytes before it. */
    const char *from = data.ptr + MIN(*scanned, data.len);
    from -= MIN(2, from - data.ptr);
    for (newline = from < end ? memchr(from, '\n', (size_t)(end - from)) : NULL; newline != NULL;) {
        const char *next = newline + 1;
        if (next < end && *next == '\r')
            next++;
        if (next < end && *next == '\n') {
            const char *start = memchr(data.ptr, '\n', data.len);
            head->len = (size_t)(next + 1 - data.ptr);
            head->headers = (msnp_str){start + 1, (size_t)(next - start)};
            bool fits = head->len <= MSNP_HTTP_HEAD_MAX;
            return fits && memchr(data.ptr, '\0', head->len) == NULL ? MSNP_DONE : MSNP_BAD;
        }
        newline = next < end ? memchr(next, '\n', (size_t)(end - next)) : NULL;
    }
    *scanned = data.len;
    return data.len >= MSNP_HTTP_HEAD_MAX ? MSNP_BAD : MSNP_MORE;
}

msnp_result msnp_http_head_parse(msnp_http_head *head, msnp_str data)
{
    size_t scanned = 0;

    return msnp_http_head_resume(head, data, &scanned);
}

/* Is this word in a comma-separated list? */
static bool has_word(const char *list, const char *word)
{
    for (const char *at = list; *at != '\0';) {
        at += strspn(at, ", ");
        msnp_str item = {at, strcspn(at, ", ")};
        if (msnp_str_is_nocase(item, word))
            return true;
        at += item.len;
    }
    return false;
}

/* The value of a header that occurs exactly once, else NULL. The caller frees it. */
static char *get_single(const msnp_http_head *head, const char *name)
{
    g_autofree char *again = msnp_mime_get(head->headers, name, 1);

    return again == NULL ? msnp_mime_get(head->headers, name, 0) : NULL;
}

bool msnp_http_counts_body(const msnp_http_head *head, size_t *body)
{
    g_autofree char *length = get_single(head, "Content-Length");
    g_autofree char *coding = msnp_mime_get(head->headers, "Transfer-Encoding", 0);
    uint64_t bytes = 0;
    bool counts = length != NULL && coding == NULL &&
                  msnp_parse_uint(msnp_str_of(length), MSNP_HTTP_BODY_MAX, &bytes);

    *body = (size_t)bytes;
    return counts;
}

bool msnp_http_is_chunked(const msnp_http_head *head)
{
    g_autofree char *coding = get_single(head, "Transfer-Encoding");
    g_autofree char *length = msnp_mime_get(head->headers, "Content-Length", 0);

    /* Both may be an attempt to smuggle something (RFC 9112, 6.3). */
    return coding != NULL && length == NULL && g_ascii_strcasecmp(coding, "chunked") == 0;
}

bool msnp_http_closes(const msnp_http_head *head)
{
    g_autofree char *connection = msnp_mime_get(head->headers, "Connection", 0);

    if (connection == NULL)
        return head->minor == 0;
    return has_word(connection, "close") ||
           (head->minor == 0 && !has_word(connection, "keep-alive"));
}

bool msnp_http_keeps_open(const msnp_http_head *head, size_t *body)
{
    g_autofree char *connection = get_single(head, "Connection");

    /* Do not reuse a connection after an ambiguous response. */
    return msnp_http_counts_body(head, body) && *body <= MSNP_HTTP_HEAD_MAX && connection != NULL &&
           has_word(connection, "keep-alive") && !has_word(connection, "close");
}
