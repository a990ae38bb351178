/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines.h"

#include "fuzz.h"

#include <string.h>

bool lines_are_clean(const char *text)
{
    static const struct {
        gunichar first;
        gunichar last;
    } marks[] = {{0x00, 0x08},     {0x0b, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},
                 {0x200b, 0x200b}, {0x2028, 0x202e}, {0x2060, 0x2064}, {0x2066, 0x206f},
                 {0xfdd0, 0xfdef}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}};

    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
            if (c >= marks[i].first && c <= marks[i].last)
                return false;
        }
    }
    return true;
}

bool lines_same_format(const msnp_format *a, const msnp_format *b)
{
    return !strcmp(a->font, b->font) && a->bold == b->bold && a->italic == b->italic &&
           a->underline == b->underline && a->strike == b->strike && a->colour == b->colour &&
           a->rtl == b->rtl;
}

void lines_check_format(const msnp_format *format)
{
    msnp_format none;
    msnp_format again;
    char *value = msnp_format_write(format);

    CHECK_TEXT(fuzz_is_clean(format->font, MSNP_FONT_CHARS), format->font);
    CHECK_TEXT(!strchr(format->font, ','), format->font);
    CHECK(format->colour <= 0xffffff);

    CHECK_TEXT(fuzz_is_printable(value), value);
    msnp_format_read(&again, msnp_str_of(value));
    CHECK_TEXT(lines_same_format(&again, format), value);
    msnp_format_init(&none);
    CHECK_TEXT(msnp_format_is_plain(format) == lines_same_format(format, &none), value);
    g_free(value);
}
