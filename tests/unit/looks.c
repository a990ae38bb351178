/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "looks.h"

#include <stdlib.h>
#include <string.h>

char *looks(const msnp_format *format)
{
    GString *text = g_string_new(format->font[0] != '\0' ? format->font : "-");

    g_assert_true(g_utf8_validate(format->font, -1, NULL));
    g_assert_cmpint(g_utf8_strlen(format->font, -1), <=, MSNP_FONT_CHARS);
    g_assert_cmpuint(format->colour, <=, 0xFFFFFF);
    g_string_append_printf(text, " %s%s%s%s", format->bold ? "B" : "", format->italic ? "I" : "",
                           format->underline ? "U" : "", format->strike ? "S" : "");
    if (g_str_has_suffix(text->str, " "))
        g_string_append_c(text, '-');
    g_string_append_printf(text, " %06x%s", format->colour, format->rtl ? " rtl" : "");
    return g_string_free(text, FALSE);
}

msnp_format looking(const char *text)
{
    msnp_format format;
    char *font = g_strdup(text);

    msnp_format_init(&format);
    format.rtl = g_str_has_suffix(font, " rtl");
    if (format.rtl)
        *strrchr(font, ' ') = '\0';
    /* The font's name can have blanks: the other words stand behind it. */
    char *colour = strrchr(font, ' ');
    g_assert_nonnull(colour);
    *colour = '\0';
    char *effects = strrchr(font, ' ');
    g_assert_nonnull(effects);
    *effects = '\0';
    if (strcmp(font, "-") != 0)
        g_strlcpy(format.font, font, sizeof(format.font));
    format.bold = strchr(effects + 1, 'B') != NULL;
    format.italic = strchr(effects + 1, 'I') != NULL;
    format.underline = strchr(effects + 1, 'U') != NULL;
    format.strike = strchr(effects + 1, 'S') != NULL;
    format.colour = (uint32_t)strtoul(colour + 1, NULL, 16);
    g_free(font);
    return format;
}
