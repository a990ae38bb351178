/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Header blocks with a body, as in messages. The input is a payload.
 */
#include "fuzz.h"
#include "mime.h"

#include <string.h>

/* Headers, each unfolded in a line of its own, then the body, if there is one. */
static char *describe(msnp_str block)
{
    GString *text = g_string_new(NULL);
    msnp_mime mime;
    msnp_str name;
    msnp_str value;
    size_t left = block.len + 1;

    msnp_mime_init(&mime, block);
    while (msnp_mime_next(&mime, &name, &value)) {
        char *unfolded = msnp_mime_unfold(value);
        char *again = msnp_mime_unfold(msnp_str_of(unfolded));

        CHECK(fuzz_is_inside(name, block.ptr, block.len));
        CHECK(fuzz_is_inside(value, block.ptr, block.len));
        CHECK(mime.rest.len < left);
        left = mime.rest.len;
        CHECK(!strpbrk(unfolded, "\r\n") && strlen(unfolded) <= value.len);
        /* A NUL is the end of what can be asked for, also in front of a blank. */
        CHECK_TEXT(memchr(value.ptr, 0, value.len) || !strcmp(unfolded, again), unfolded);
        g_string_append_len(text, name.ptr, (gssize)name.len);
        g_string_append_printf(text, "=%s\n", unfolded);
        g_free(again);
        g_free(unfolded);
    }
    CHECK(mime.ended || mime.rest.len == 0);
    CHECK(mime.rest.ptr + mime.rest.len == block.ptr + block.len);
    if (mime.ended) {
        g_string_append(text, "|");
        g_string_append_len(text, mime.rest.ptr, (gssize)mime.rest.len);
    }
    return g_string_free(text, FALSE);
}

static char *replaced(const char *text, const char *old, const char *new)
{
    char **parts = g_strsplit(text, old, -1);
    char *joined = g_strjoinv(new, parts);

    g_strfreev(parts);
    return joined;
}

/* The same with other line ends is the same. */
static void check_line_ends(const char *string, const char *line_end)
{
    char *other = replaced(string, "\r\n", line_end);
    char *before = describe(msnp_str_of(string));
    char *now = describe(msnp_str_of(other));
    char *expected = replaced(before, "\r\n", line_end);

    CHECK_TEXT(!strcmp(now, expected), now);
    g_free(expected);
    g_free(now);
    g_free(before);
    g_free(other);
}

/* What is asked for by its name comes from the headers, never from the body. */
static void check_body(msnp_str block)
{
    msnp_mime mime;
    msnp_str name;
    msnp_str value;
    bool there = false;

    msnp_mime_init(&mime, block);
    while (msnp_mime_next(&mime, &name, &value))
        there |= msnp_str_is_nocase(name, "Content-Type");
    char *type = msnp_mime_get(block, "content-TYPE", 0);
    CHECK((type != NULL) == there);
    g_free(type);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msnp_str block = {(const char *)data, size};
    char *string = msnp_str_dup(block);

    g_free(describe(block));
    check_body(block);
    /* A lone CR or LF could become a part of another line end. */
    if (!strstr(string, "\r\r") && !strstr(string, "\n\n"))
        check_line_ends(string, "\n");
    g_free(string);
    return 0;
}
