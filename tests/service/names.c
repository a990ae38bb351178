/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "names.h"

#include <string.h>

#include "msnp.h"

const char *name_check(const char *word)
{
    g_autofree char *text = g_uri_unescape_string(word, NULL);

    if (!text)
        return "a name is not percent-encoded as it should be";
    if (!g_utf8_validate(text, -1, NULL))
        return "a name is not UTF-8";
    if (g_utf8_strlen(text, -1) > NAME_MAX_LENGTH)
        return "a name is too long";
    /* There are servers that split lines at these as well. */
    for (const char *p = word; *p; p = g_utf8_next_char(p)) {
        gunichar ch = g_utf8_get_char(p);

        if (g_unichar_isspace(ch) || (ch >= 0x80 && ch < 0xa0))
            return "white space in a name is not encoded";
    }
    return NULL;
}

char *name_decode(const char *word)
{
    return g_uri_unescape_string(word, NULL);
}

/* Leaves all as it is that does not hurt the line. */
static char *encode_little(const char *text)
{
    GString *out = g_string_new(NULL);

    for (const char *p = text; *p; p++)
        if (strchr("% \r\n", *p))
            g_string_append_printf(out, "%%%02X", (guchar)*p);
        else
            g_string_append_c(out, *p);
    return g_string_free(out, FALSE);
}

char *name_encode(const service *self, const char *text)
{
    return knob_on(self, "raw-names") ? encode_little(text) : msnp_encode(text);
}

gboolean address_valid(const char *address)
{
    const char *at = strchr(address, '@');

    if (!at || at == address || !at[1] || strchr(at + 1, '@') ||
        strlen(address) > ADDRESS_MAX_LENGTH)
        return FALSE;
    for (const char *p = address; *p; p++)
        if (!g_ascii_isgraph(*p))
            return FALSE;
    return TRUE;
}
