/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reader.h"

#include <string.h>

#define LINE_MAX_LENGTH 8192
#define HEAD_MAX_LENGTH 32768
#define PAYLOAD_MAX     1664
#define BODY_MAX        65536

void request_free(request *req)
{
    if (!req)
        return;
    g_ptr_array_unref(req->lines);
    g_strfreev(req->words);
    if (req->payload)
        g_string_free(req->payload, TRUE);
    g_free(req);
}

static request *request_new(void)
{
    request *req = g_new0(request, 1);

    req->lines = g_ptr_array_new_with_free_func(g_free);
    return req;
}

static void request_split(request *req)
{
    req->words = g_strsplit(g_ptr_array_index(req->lines, 0), " ", -1);
    req->n_words = g_strv_length(req->words);
}

gboolean reader_number(const char *text, guint64 most, guint64 *number)
{
    guint64 value = 0;

    if (!*text || (text[0] == '0' && text[1]))
        return FALSE;
    for (; *text; text++) {
        if (!g_ascii_isdigit(*text))
            return FALSE;
        value = value * 10 + (guint64)(*text - '0');
        if (value > most)
            return FALSE;
    }
    *number = value;
    return TRUE;
}

/* Finds the line at `from` and checks its end and its bytes. `*length` is without CR LF. */
static read_result take_line(const GByteArray *in, gsize from, gsize *length, const char **why)
{
    const guint8 *start = in->data + from;
    const guint8 *end = in->len > from ? memchr(start, '\n', in->len - from) : NULL;
    gsize n;

    if (!end) {
        *why = "line too long";
        return in->len - from > LINE_MAX_LENGTH ? READ_BAD : READ_MORE;
    }
    n = (gsize)(end - start);
    *why = "line ends in a bare LF";
    if (n == 0 || start[n - 1] != '\r')
        return READ_BAD;
    n--;
    *why = "line too long";
    if (n > LINE_MAX_LENGTH)
        return READ_BAD;
    *why = "control character in a line";
    for (gsize i = 0; i < n; i++)
        if (start[i] < 0x20 || start[i] == 0x7f)
            return READ_BAD;
    *why = "line is not UTF-8";
    if (!g_utf8_validate((const char *)start, (gssize)n, NULL))
        return READ_BAD;
    *length = n;
    return READ_DONE;
}

static const char *check_words(const request *req)
{
    const char *verb = req->words[0];

    if (strlen(verb) != 3 || !g_ascii_isupper(verb[0]) || !g_ascii_isupper(verb[1]) ||
        !g_ascii_isupper(verb[2]))
        return "the verb is not three upper-case letters";
    for (guint i = 1; i < req->n_words; i++)
        if (!*req->words[i])
            return req->words[i + 1] ? "two spaces in a row" : "space at the end of a line";
    return NULL;
}

static gboolean has_payload(const char *verb)
{
    static const char *const verbs[] = {"QRY", "MSG", "PAG", "SDC", NULL};

    return g_strv_contains(verbs, verb);
}

read_result reader_msnp(GByteArray *in, request **req, const char **why)
{
    request *r;
    gsize length = 0;
    gsize total;
    guint64 payload = 0;
    read_result result = take_line(in, 0, &length, why);

    if (result != READ_DONE)
        return result;
    *why = "empty line";
    if (length == 0)
        return READ_BAD;
    r = request_new();
    g_ptr_array_add(r->lines, g_strndup((const char *)in->data, length));
    request_split(r);
    *why = check_words(r);
    total = length + 2;
    if (!*why && has_payload(r->words[0])) {
        if (!reader_number(r->words[r->n_words - 1], PAYLOAD_MAX, &payload))
            *why = "bad payload length";
        else if (in->len - total >= payload)
            r->payload = g_string_new_len((const char *)in->data + total, (gssize)payload);
        total += (gsize)payload;
    }
    if (*why || in->len < total) {
        request_free(r);
        return *why ? READ_BAD : READ_MORE;
    }
    g_byte_array_remove_range(in, 0, (guint)total);
    *req = r;
    return READ_DONE;
}

static gboolean is_token(const char *text, gsize length)
{
    if (length == 0)
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(text[i]) && !strchr("!#$%&'*+-.^_`|~", text[i]))
            return FALSE;
    return TRUE;
}

static const char *check_request_line(const request *req, gboolean to_proxy)
{
    if (req->n_words != 3 || !is_token(req->words[0], strlen(req->words[0])))
        return "the request line is not METHOD TARGET VERSION";
    if (req->words[1][0] != '/' && !(to_proxy && g_str_has_prefix(req->words[1], "http://")))
        return "the request target does not begin with a slash";
    for (const char *p = req->words[1]; *p; p++)
        if (*p < 0x21 || *p > 0x7e || *p == '#')
            return "the request target has a byte that it may not have";
    if (!g_str_equal(req->words[2], "HTTP/1.0") && !g_str_equal(req->words[2], "HTTP/1.1"))
        return "the version is neither HTTP/1.0 nor HTTP/1.1";
    return NULL;
}

static const char *check_header(const char *line)
{
    const char *colon = strchr(line, ':');
    gsize length = strlen(line);

    if (!colon || !is_token(line, (gsize)(colon - line)))
        return "a header has no proper name";
    if (colon[1] != ' ' || colon[2] == ' ' || line[length - 1] == ' ')
        return "a header is not written as \"Name: value\"";
    return NULL;
}

static const char *check_head(const request *req)
{
    guint times = 0;

    for (guint i = 1; i < req->lines->len; i++) {
        const char *why = check_header(g_ptr_array_index(req->lines, i));

        if (why)
            return why;
    }
    request_header(req, "Host", &times);
    if (times > 1 || (times == 0 && g_str_equal(req->words[2], "HTTP/1.1")))
        return "HTTP/1.1 wants exactly one Host header";
    request_header(req, "Authorization", &times);
    if (times > 1)
        return "more than one Authorization header";
    if (request_header(req, "Transfer-Encoding", NULL))
        return "the body has a transfer encoding";
    return NULL;
}

/* `*total` gets the length of the head. */
static read_result read_head(const GByteArray *in, gboolean to_proxy, request **req, gsize *total,
                             const char **why)
{
    request *r = request_new();
    gsize at = 0;
    gsize length = 0;
    read_result result;

    while ((result = take_line(in, at, &length, why)) == READ_DONE && length > 0) {
        g_ptr_array_add(r->lines, g_strndup((const char *)in->data + at, length));
        at += length + 2;
        *why = "request head too long";
        if (at > HEAD_MAX_LENGTH) {
            result = READ_BAD;
            break;
        }
    }
    if (result == READ_DONE && r->lines->len == 0) {
        *why = "no request line";
        result = READ_BAD;
    }
    if (result == READ_DONE) {
        request_split(r);
        *why = check_request_line(r, to_proxy);
        if (!*why)
            *why = check_head(r);
        result = *why ? READ_BAD : READ_DONE;
    }
    if (result != READ_DONE) {
        request_free(r);
        return result;
    }
    *total = at + 2;
    *req = r;
    return READ_DONE;
}

read_result reader_http(GByteArray *in, request **req, const char **why)
{
    gsize total = 0;
    request *r = NULL;
    read_result result = read_head(in, FALSE, &r, &total, why);
    const char *length = result == READ_DONE ? request_header(r, "Content-Length", NULL) : NULL;

    if (result == READ_DONE && length && !g_str_equal(length, "0")) {
        *why = "the request announces a body";
        request_free(r);
        return READ_BAD;
    }
    if (result != READ_DONE)
        return result;
    g_byte_array_remove_range(in, 0, (guint)total);
    *req = r;
    return READ_DONE;
}

read_result reader_gateway(GByteArray *in, request **req, const char **why)
{
    gsize total = 0;
    request *r = NULL;
    read_result result = read_head(in, TRUE, &r, &total, why);
    const char *length;
    guint64 body = 0;
    guint times = 0;

    if (result != READ_DONE)
        return result;
    *why = "the length of the body is missing, or makes no sense";
    length = request_header(r, "Content-Length", &times);
    if (times != 1 || !reader_number(length, BODY_MAX, &body))
        result = READ_BAD;
    else if (in->len - total < body)
        result = READ_MORE;
    if (result != READ_DONE) {
        request_free(r);
        return result;
    }
    r->payload = g_string_new_len((const char *)in->data + total, (gssize)body);
    g_byte_array_remove_range(in, 0, (guint)(total + body));
    *req = r;
    return READ_DONE;
}

const char *request_header(const request *req, const char *name, guint *times)
{
    const char *value = NULL;
    gsize length = strlen(name);
    guint n = 0;

    for (guint i = 1; i < req->lines->len; i++) {
        const char *line = g_ptr_array_index(req->lines, i);

        if (g_ascii_strncasecmp(line, name, length) != 0 || line[length] != ':')
            continue;
        value = value ? value : line + length + 1 + strspn(line + length + 1, " ");
        n++;
    }
    if (times)
        *times = n;
    return value;
}
