/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shown.h"

#include "process.h"
#include "terminal.h"

#define FINCH_COLUMNS 72 /* of 80: what surrounds a text takes some */
#define WORD_MAX      70 /* characters of a name where a line cannot be broken: a SHA-256 fits */
#define WORD_HEAD     45
#define WORD_TAIL     20 /* the extension is there */

char *prpl_shown_text(const char *text)
{
    return text != NULL && prpl_process_is_finch() ? prpl_terminal_wrap(text, FINCH_COLUMNS)
                                                   : g_strdup(text);
}

/* Can a line be broken next to this character? Also between ideographs. */
static bool is_break(gunichar c)
{
    return g_unichar_break_type(c) == G_UNICODE_BREAK_SPACE || g_unichar_iswide(c);
}

char *prpl_shown_file_name(const char *name)
{
    GString *shown = g_string_new(NULL);

    while (*name != '\0') {
        const char *end = name;
        long len = 0;
        while (*end != '\0' && !is_break(g_utf8_get_char(end))) {
            end = g_utf8_next_char(end);
            len++;
        }
        if (len > WORD_MAX) {
            g_string_append_len(shown, name, g_utf8_offset_to_pointer(name, WORD_HEAD) - name);
            g_string_append(shown, "\xe2\x80\xa6"); /* ... */
            name = g_utf8_offset_to_pointer(end, -WORD_TAIL);
        }
        if (*end != '\0')
            end = g_utf8_next_char(end);
        g_string_append_len(shown, name, end - name);
        name = end;
    }
    return g_string_free(shown, FALSE);
}

char *prpl_shown_label(const char *label)
{
    return prpl_process_is_pidgin() ? g_strdup(label) : prpl_terminal_label(label);
}

char *prpl_shown_setting(const char *label)
{
    return g_strconcat(label, prpl_process_is_finch() ? ": " : NULL, NULL);
}
