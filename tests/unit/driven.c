/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driven.h"

#include <string.h>

/* What came out; the caller frees it. */
static char *take(const char *where, drive *d)
{
    if (drive_fault(d) != NULL)
        g_error("%s: %s", where, drive_fault(d));
    return drive_take_all(d);
}

void driven_expect(const char *where, drive *d, const char *const *lines)
{
    char *got = take(where, d);
    char *joined = g_strjoinv("\n", (char **)lines);
    char *want = g_strconcat(joined, *joined != '\0' ? "\n" : "", NULL);

    if (strcmp(got, want) != 0)
        g_error("%s: came out:\n%sand not:\n%s", where, got, want);
    g_free(joined);
    g_free(want);
    g_free(got);
}

void driven_expect_last(const char *where, drive *d, const char *line)
{
    char *got = take(where, d);
    char *want = g_strconcat("\n", line, "\n", NULL);

    if (!g_str_has_suffix(got, want) && strcmp(got, want + 1) != 0)
        g_error("%s: came out:\n%swhich does not end in:\n%s", where, got, line);
    g_free(want);
    g_free(got);
}

void driven_forget(drive *d)
{
    g_free(take(G_STRLOC, d));
}

void driven_done(drive *d)
{
    expect_silence(d);
    drive_free(d);
}

void driven_do(drive *d, drive_part side, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *what = g_strdup_vprintf(format, args);
    va_end(args);
    drive_do(d, side, what);
    g_free(what);
}

void driven_feed(drive *d, drive_part side, const char *text)
{
    drive_feed(d, side, 0, text, strlen(text));
}
