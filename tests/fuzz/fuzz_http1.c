/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The head of an HTTP response, and header blocks. The input is a response.
 */
#include "fuzz.h"
#include "http1.h"
#include "mime.h"

#include <string.h>

#define NAMES_MAX 64

static bool is_trimmed(msnp_str text)
{
    return text.len == 0 ||
           (!memchr(" \t\r\n", text.ptr[0], 4) && !memchr(" \t\r\n", text.ptr[text.len - 1], 4));
}

/* The nth value of a name is found by its name. */
static void check_get(msnp_str block, msnp_str name, msnp_str value, unsigned nth)
{
    char *key = msnp_str_dup(name);
    char *found = msnp_mime_get(block, key, nth);

    CHECK(found);
    CHECK(!strpbrk(found, "\r\n"));
    CHECK(strlen(found) <= value.len);
    if (!memchr(value.ptr, '\r', value.len) && !memchr(value.ptr, '\n', value.len) &&
        !memchr(value.ptr, 0, value.len))
        CHECK(msnp_str_is(value, found));
    msnp_secret_free(found);
    g_free(key);
}

/* Returns whether the block had its empty line. */
static bool check_block(msnp_str block)
{
    GPtrArray *seen = g_ptr_array_new_with_free_func(g_free);
    msnp_mime mime;
    msnp_str name;
    msnp_str value;
    size_t left = block.len + 1;
    char *none;

    msnp_mime_init(&mime, block);
    while (msnp_mime_next(&mime, &name, &value)) {
        unsigned nth = 0;
        char *key;

        CHECK(fuzz_is_inside(name, block.ptr, block.len));
        CHECK(fuzz_is_inside(value, block.ptr, block.len));
        CHECK(is_trimmed(name) && is_trimmed(value));
        CHECK(!memchr(name.ptr, ':', name.len));
        CHECK(mime.rest.len < left);
        left = mime.rest.len;
        if (seen->len == NAMES_MAX)
            continue;
        if (memchr(name.ptr, 0, name.len))
            continue; /* cannot be asked for */
        key = g_ascii_strdown(name.ptr, (gssize)name.len);
        for (unsigned i = 0; i < seen->len; i++)
            nth += !strcmp(seen->pdata[i], key);
        g_ptr_array_add(seen, key);
        check_get(block, name, value, nth);
    }
    CHECK(fuzz_is_inside(mime.rest, block.ptr, block.len));
    CHECK(mime.ended || mime.rest.len == 0);
    CHECK(!msnp_mime_next(&mime, &name, &value));
    none = msnp_mime_get(block, "Authentication-Info", NAMES_MAX * 1000);
    CHECK(!none || block.len > NAMES_MAX * 1000);
    g_free(none);
    g_ptr_array_unref(seen);
    return mime.ended;
}

/* The head is found with its last byte, not before, and what follows does not change it. */
static void check_head(const msnp_http_head *head, msnp_str data)
{
    msnp_http_head again;

    CHECK(head->status >= 100 && head->status <= 599);
    CHECK(head->len <= data.len && head->len <= MSNP_HTTP_HEAD_MAX);
    CHECK(fuzz_is_inside(head->headers, data.ptr, head->len));
    CHECK(head->headers.ptr + head->headers.len == data.ptr + head->len);
    CHECK(!memchr(data.ptr, 0, head->len));
    CHECK(msnp_http_head_parse(&again, (msnp_str){data.ptr, head->len}) == MSNP_DONE);
    CHECK(again.len == head->len && again.status == head->status);
    CHECK(again.headers.ptr == head->headers.ptr && again.headers.len == head->headers.len);
    for (size_t len = head->len - 1; len > 0 && head->len - len < 40; len--)
        CHECK(msnp_http_head_parse(&again, (msnp_str){data.ptr, len}) == MSNP_MORE);
}

/* With one more header it must not stay open. */
static void check_shut_with(const msnp_http_head *head, const char *header)
{
    GString *text = g_string_new(header);
    msnp_http_head more = *head;
    size_t body;

    g_string_append_len(text, head->headers.ptr, (gssize)head->headers.len);
    more.headers = (msnp_str){text->str, text->len};
    CHECK_TEXT(!msnp_http_keeps_open(&more, &body), header);
    g_string_free(text, TRUE);
}

/* It stays open only if it says so, and says in one way where the body ends. */
static void check_keeps_open(const msnp_http_head *head)
{
    size_t body = 0;
    char *connection;
    char *length;
    char *digits;

    if (!msnp_http_keeps_open(head, &body))
        return;
    CHECK(body <= MSNP_HTTP_HEAD_MAX);
    connection = msnp_mime_get(head->headers, "Connection", 0);
    length = msnp_mime_get(head->headers, "Content-Length", 0);
    CHECK(connection && length);
    CHECK_TEXT(strcasestr(connection, "keep-alive"), connection);
    digits = length + strspn(length, "0");
    CHECK(*length && strspn(digits, "0123456789") == strlen(digits));
    CHECK(g_ascii_strtoull(length, NULL, 10) == body);
    g_free(connection);
    g_free(length);
    check_shut_with(head, "Content-Length: 0\r\n");
    check_shut_with(head, "Transfer-Encoding: chunked\r\n");
    check_shut_with(head, "Connection: close\r\n");
    check_shut_with(head, "Connection: keep-alive\r\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msnp_str text = {(const char *)data, size};
    msnp_http_head head;
    msnp_http_head part;
    msnp_result result = msnp_http_head_parse(&head, text);

    if (result == MSNP_DONE) {
        check_head(&head, text);
        check_keeps_open(&head);
        CHECK(check_block(head.headers));
    } else if (result == MSNP_MORE) {
        CHECK(size < MSNP_HTTP_HEAD_MAX);
        /* What is unfinished as a whole was never finished, nor broken, before. */
        CHECK(msnp_http_head_parse(&part, (msnp_str){text.ptr, size / 2}) == MSNP_MORE);
    } else {
        /* It was not complete before it broke, or it was not broken by its beginning. */
        CHECK(msnp_http_head_parse(&part, (msnp_str){text.ptr, size / 2}) != MSNP_DONE);
    }
    check_block(text);
    return 0;
}
