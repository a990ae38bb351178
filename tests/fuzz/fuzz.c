/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_failed(const char *file, int line, const char *condition, const char *text)
{
    fprintf(stderr, "%s:%d: must be true: %s %s\n", file, line, condition, text);
    abort();
}

fuzz_input fuzz_input_of(const uint8_t *data, size_t size)
{
    return (fuzz_input){data, size, {size ? (const char *)data : "", size}};
}

uint8_t fuzz_byte(fuzz_input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

msnp_str fuzz_bytes(fuzz_input *input, size_t len)
{
    msnp_str view = {(const char *)input->at, MIN(len, input->left)};

    input->at += view.len;
    input->left -= view.len;
    return view;
}

msnp_str fuzz_line(fuzz_input *input)
{
    const uint8_t *end = input->left ? memchr(input->at, '\n', input->left) : NULL;
    msnp_str line = fuzz_bytes(input, end ? (size_t)(end - input->at) : input->left);

    if (end)
        fuzz_byte(input);
    return line;
}

char *fuzz_line_dup(fuzz_input *input)
{
    msnp_str line = fuzz_line(input);

    return g_strndup(line.ptr, line.len);
}

GString *fuzz_line_crlf(fuzz_input *input)
{
    msnp_str line = fuzz_line(input);
    GString *bytes = g_string_new_len(line.ptr, (gssize)line.len);

    return g_string_append(bytes, "\r\n");
}

bool fuzz_is_inside(msnp_str view, const void *start, size_t len)
{
    uintptr_t from = (uintptr_t)start;
    uintptr_t at = (uintptr_t)view.ptr;

    return view.len == 0 || (at >= from && at - from <= len && view.len <= len - (at - from));
}

bool fuzz_is_graph(msnp_str view)
{
    for (size_t i = 0; i < view.len; i++) {
        if (view.ptr[i] < '!' || view.ptr[i] > '~')
            return false;
    }
    return true;
}

void fuzz_check_format(const msnp_format *format)
{
    CHECK_TEXT(!heard_format_fault(format), heard_format_fault(format));
}

size_t fuzz_piece(uint32_t *state, size_t left)
{
    *state = *state * 1664525u + 1013904223u;
    /* Mostly a few bytes, now and then very many. */
    return MIN(left, 1 + ((*state >> 24) < 16 ? (*state >> 8) % 5000 : (*state >> 16) % 9));
}

void fuzz_check_drive(const drive *d)
{
    CHECK_TEXT(!drive_fault(d), drive_fault(d));
}

void fuzz_feed_line(drive *d, drive_part side, unsigned conn, fuzz_input *input)
{
    GString *bytes = fuzz_line_crlf(input);

    drive_feed(d, side, conn, bytes->str, bytes->len);
    g_string_free(bytes, TRUE);
}

void fuzz_feed_bytes(drive *d, drive_part side, unsigned conn, fuzz_input *input)
{
    msnp_str bytes = fuzz_bytes(input, fuzz_byte(input));

    drive_feed(d, side, conn, bytes.ptr, bytes.len);
}

void fuzz_feed_text(drive *d, unsigned conn, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    drive_feed(d, DRIVE_SWITCHBOARD, conn, text, strlen(text));
    g_free(text);
}

void fuzz_feed_message(drive *d, unsigned conn, const char *who, msnp_str payload)
{
    GString *bytes = g_string_new(NULL);

    g_string_printf(bytes, "MSG %s Name %" G_GSIZE_FORMAT "\r\n", who, payload.len);
    g_string_append_len(bytes, payload.ptr, (gssize)payload.len);
    drive_feed(d, DRIVE_SWITCHBOARD, conn, bytes->str, bytes->len);
    g_string_free(bytes, TRUE);
}

void fuzz_log(GString *log, drive *d)
{
    char *text = drive_take_all(d);

    g_string_append(log, text);
    g_free(text);
}

void fuzz_compare(GString *one, GString *other)
{
    CHECK_TEXT(g_string_equal(one, other), one->str);
    g_string_free(one, TRUE);
    g_string_free(other, TRUE);
}
