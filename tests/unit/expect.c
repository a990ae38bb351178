/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expect.h"

#include <string.h>

char *escaped(msnp_str bytes)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < bytes.len; i++) {
        char c = bytes.ptr[i];
        if (c == '\r')
            g_string_append(text, "\\r");
        else if (c == '\n')
            g_string_append(text, "\\n");
        else if (!g_ascii_isprint(c))
            g_string_append_printf(text, "\\x%02x", (unsigned)(unsigned char)c);
        else
            g_string_append_c(text, c);
    }
    return g_string_free(text, FALSE);
}

void expect_bytes(const char *where, msnp_str got, msnp_str want)
{
    if (got.len == want.len && (got.len == 0 || memcmp(got.ptr, want.ptr, got.len) == 0))
        return;
    char *got_text = escaped(got);
    char *want_text = escaped(want);
    g_error("%s: got %zu bytes \"%s\", not %zu bytes \"%s\"", where, got.len, got_text, want.len,
            want_text);
}

void say(const char *text)
{
    char *safe = escaped(msnp_str_of(text));
    g_test_message("\"%.200s\"", safe);
    g_free(safe);
}

char *repeated(const char *text, size_t count)
{
    GString *all = g_string_new(NULL);
    while (count-- > 0)
        g_string_append(all, text);
    return g_string_free(all, FALSE);
}
