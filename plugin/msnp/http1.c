/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http1.h"

#include "codec.h"

#include <string.h>

msnp_err msnp_http_request(msnp_buf *out, const msnp_url *url, unsigned minor,
                           const char *authorization)
{
    const char *version = minor == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
    const char *before[] = {"GET ", url->target, version};
    msnp_err err = MSNP_OK;

    for (size_t i = 0; i < G_N_ELEMENTS(before) && err == MSNP_OK; i++)
        err = msnp_buf_append_text(out, before[i]);
    if (authorization != NULL) {
        const char *header[] = {"Authorization: ", authorization, "\r\n"};
        for (size_t i = 0; i < G_N_ELEMENTS(header) && err == MSNP_OK; i++)
            err = msnp_buf_append_text(out, header[i]);
    }
    if (err == MSNP_OK)
        err = msnp_buf_append_text(out, "Host: ");
    if (err == MSNP_OK)
        err = msnp_url_append_authority(out, url);
    if (err == MSNP_OK)
        err = msnp_buf_append_text(out, "\r\nConnection: close\r\n\r\n");
    return err;
}

/* "HTTP/1.x NNN" and then a space or nothing; with fewer bytes: could it still become that? */
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

msnp_result msnp_http_head_parse(msnp_http_head *head, msnp_str data)
{
    const char *end = data.ptr + data.len;
    const char *newline = data.len > 0 ? memchr(data.ptr, '\n', data.len) : NULL;
    msnp_str line = {data.ptr, newline != NULL ? (size_t)(newline - data.ptr) : data.len};

    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    msnp_result result = parse_status(line, newline != NULL, &head->status);
    if (result == MSNP_BAD)
        return MSNP_BAD;

    /* The head ends with the first line that is empty. */
    const char *start = newline;
    while (newline != NULL) {
        const char *next = newline + 1;
        if (next < end && *next == '\r')
            next++;
        if (next < end && *next == '\n') {
            head->len = (size_t)(next + 1 - data.ptr);
            head->headers = (msnp_str){start + 1, (size_t)(next - start)};
            bool fits = head->len <= MSNP_HTTP_HEAD_MAX;
            return fits && memchr(data.ptr, '\0', head->len) == NULL ? MSNP_DONE : MSNP_BAD;
        }
        newline = next < end ? memchr(next, '\n', (size_t)(end - next)) : NULL;
    }
    return data.len >= MSNP_HTTP_HEAD_MAX ? MSNP_BAD : MSNP_MORE;
}
