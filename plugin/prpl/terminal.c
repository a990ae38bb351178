/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "terminal.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

static unsigned width_of(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

/*
 * May a line end between these two characters, neither of which is a space? That is so beside those
 * of scripts without spaces, but punctuation stays with what it belongs to.
 */
static bool may_divide(gunichar before, gunichar after)
{
    GUnicodeType type = g_unichar_type(before);

    if (!g_unichar_iswide(before) && !g_unichar_iswide(after))
        return false;
    if (type == G_UNICODE_OPEN_PUNCTUATION || type == G_UNICODE_INITIAL_PUNCTUATION)
        return false;
    switch (g_unichar_type(after)) {
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
    case G_UNICODE_MODIFIER_LETTER: /* it makes the sound before it longer */
    case G_UNICODE_SPACE_SEPARATOR: /* those that are not to be broken at */
        return false;
    default:
        return !g_unichar_iszerowidth(after);
    }
}

/*
 * The length in bytes of the part at the start of `text` that cannot be divided, spaces before it
 * included; its columns.
 */
static size_t piece(const char *text, unsigned *columns)
{
    const char *s = text;
    gunichar last = 0;

    *columns = 0;
    for (; *s == ' '; s++)
        ++*columns;
    for (; *s != '\0' && *s != ' '; s = g_utf8_next_char(s)) {
        gunichar c = g_utf8_get_char(s);

        if (last != 0 && may_divide(last, c))
            break;
        *columns += width_of(c);
        last = c;
    }
    return (size_t)(s - text);
}

static void wrap_line(GString *out, const char *line, unsigned columns)
{
    unsigned used = 0;

    while (*line != '\0') {
        unsigned more;
        size_t len = piece(line, &more);

        if (used > 0 && used + more > columns) {
            size_t spaces = strspn(line, " ");

            line += spaces;
            len -= spaces;
            more -= (unsigned)spaces;
            if (len > 0)
                g_string_append_c(out, '\n');
            used = 0;
        }
        g_string_append_len(out, line, (gssize)len);
        used += more;
        line += len;
    }
}

char *prpl_terminal_wrap(const char *text, unsigned columns)
{
    GString *out = g_string_new(NULL);
    char **lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        if (line != lines)
            g_string_append_c(out, '\n');
        wrap_line(out, *line, columns);
    }
    g_strfreev(lines);
    return g_string_free(out, FALSE);
}

/* The length of a mark like "(_C)" at the start of `s`, or 0. */
static size_t added_mark(const char *s)
{
    if (!g_str_has_prefix(s, "(_") || s[2] == '\0')
        return 0;
    const char *end = g_utf8_next_char(s + 2);
    return *end == ')' ? (size_t)(end + 1 - s) : 0;
}

char *prpl_terminal_label(const char *label)
{
    GString *out = g_string_new(NULL);

    for (const char *s = label; *s != '\0';) {
        s += added_mark(s);
        if (*s == '_')
            s++;
        if (*s != '\0')
            g_string_append_c(out, *s++);
    }
    return g_string_free(out, FALSE);
}
