/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "escape.h"

#define BYTES_MAX (1u << 20)

char *escape_bytes(const char *bytes, size_t len, bool quotes)
{
    GString *out = g_string_new(quotes ? "\"" : "");

    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        if (byte == '\r')
            g_string_append(out, "\\r");
        else if (byte == '\n')
            g_string_append(out, "\\n");
        else if (byte == '\t')
            g_string_append(out, "\\t");
        else if (byte == '\\' || (quotes && byte == '"'))
            g_string_append_printf(out, "\\%c", byte);
        else if (byte < 0x20 || byte == 0x7f)
            g_string_append_printf(out, "\\x%02X", byte);
        else
            g_string_append_c(out, (char)byte);
    }
    if (quotes)
        g_string_append_c(out, '"');
    return g_string_free(out, FALSE);
}

/* \*N{text}: the text N times. Returns what follows it, NULL if it is malformed. */
static const char *unescape_repeated(GString *out, const char *text)
{
    char *end;
    guint64 times = g_ascii_strtoull(text, &end, 10);
    const char *close = *end == '{' ? strchr(end, '}') : NULL;

    if (!close || times * (guint64)(close - end) > BYTES_MAX)
        return NULL;
    for (guint64 i = 0; i < times; i++)
        g_string_append_len(out, end + 1, close - end - 1);
    return close + 1;
}

/* Up to the end, or to `stop`. Returns where that is, NULL if the text is malformed. */
static const char *unescape_until(GString *out, const char *text, char stop)
{
    while (*text && *text != stop) {
        if (*text != '\\') {
            g_string_append_c(out, *text++);
            continue;
        }
        text++;
        switch (*text++) {
        case 'r':
            g_string_append_c(out, '\r');
            break;
        case 'n':
            g_string_append_c(out, '\n');
            break;
        case 't':
            g_string_append_c(out, '\t');
            break;
        case '\\':
            g_string_append_c(out, '\\');
            break;
        case '"':
            g_string_append_c(out, '"');
            break;
        case 'x':
            if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]))
                return NULL;
            g_string_append_c(
                out, (char)(g_ascii_xdigit_value(text[0]) * 16 + g_ascii_xdigit_value(text[1])));
            text += 2;
            break;
        case '*':
            text = unescape_repeated(out, text);
            if (!text)
                return NULL;
            break;
        default:
            return NULL;
        }
    }
    return text;
}

bool escape_read(GString *out, const char *text)
{
    return unescape_until(out, text, '\0') != NULL;
}

char *escape_unquote(const char **at)
{
    GString *out = g_string_new(NULL);
    const char *end = **at == '"' ? unescape_until(out, *at + 1, '"') : NULL;
    bool good = end && *end == '"' && (end[1] == ' ' || !end[1]);

    if (good)
        *at = end + 1 + (end[1] == ' ');
    return g_string_free(out, !good);
}
