/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format.h"

#include "codec.h"

#include <string.h>

#define WHITE 0xFFFFFF

void msnp_format_init(msnp_format *format)
{
    *format = (msnp_format){.font = ""};
}

void msnp_format_set_font(msnp_format *format, const char *font)
{
    size_t first = strcspn(font, ",");
    char *clean = msnp_text_clean(font, first, MSNP_FONT_CHARS);

    g_strlcpy(format->font, clean, sizeof(format->font));
    g_free(clean);
}

/* On the wire red is the lowest byte, here the highest. The same function converts both ways. */
static uint32_t swap_red_and_blue(uint32_t colour)
{
    return (colour & 0xFF) << 16 | (colour & 0xFF00) | (colour >> 16 & 0xFF);
}

/* Each of these parses one value, and returns whether it was valid. */

static bool read_font(msnp_format *format, msnp_str value)
{
    char *font = msnp_percent_decode(value, NULL);

    msnp_format_set_font(format, font);
    g_free(font);
    return true;
}

static bool read_effects(msnp_format *format, msnp_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char effect = g_ascii_toupper(value.ptr[i]);
        format->bold |= effect == 'B';
        format->italic |= effect == 'I';
        format->underline |= effect == 'U';
        format->strike |= effect == 'S';
    }
    return true;
}

static bool read_colour(msnp_format *format, msnp_str value)
{
    uint64_t colour;

    if (!msnp_parse_hex(value, WHITE, &colour))
        return false;
    format->colour = swap_red_and_blue((uint32_t)colour);
    return true;
}

static bool read_direction(msnp_format *format, msnp_str value)
{
    format->rtl = msnp_str_is(value, "1");
    return format->rtl || msnp_str_is(value, "0");
}

void msnp_format_read(msnp_format *format, msnp_str value)
{
    static const struct {
        const char *key;
        bool (*read)(msnp_format *format, msnp_str value);
    } keys[] = {
        {"FN", read_font}, {"EF", read_effects}, {"CO", read_colour}, {"RL", read_direction}};
    bool known[G_N_ELEMENTS(keys)] = {false};
    msnp_str key, text;

    msnp_format_init(format);
    while (msnp_take_pair(&value, '=', &key, &text))
        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
            if (!known[i] && msnp_str_is_nocase(key, keys[i].key))
                known[i] = keys[i].read(format, text);
}

bool msnp_format_is_plain(const msnp_format *format)
{
    return format->font[0] == '\0' && !format->bold && !format->italic && !format->underline &&
           !format->strike && format->colour == 0 && !format->rtl;
}

static void write_font(GString *out, const char *font)
{
    msnp_buf coded;

    msnp_buf_init(&coded, 3 * MSNP_FONT_BYTES, false);
    if (msnp_percent_encode(&coded, font) == MSNP_OK) {
        msnp_str view = msnp_buf_view(&coded);
        g_string_append_len(out, view.ptr, (gssize)view.len);
    }
    msnp_buf_clear(&coded);
}

char *msnp_format_write(const msnp_format *format)
{
    GString *out = g_string_new("FN=");

    write_font(out, format->font);
    g_string_append_printf(out, "; EF=%s%s%s%s", format->bold ? "B" : "", format->italic ? "I" : "",
                           format->underline ? "U" : "", format->strike ? "S" : "");
    g_string_append_printf(out, "; CO=%x", swap_red_and_blue(format->colour));
    /* PF=22, a proportional sans-serif font, fits most; it is only a fallback. */
    g_string_append_printf(out, "; CS=0; PF=%s", format->font[0] != '\0' ? "22" : "0");
    if (format->rtl)
        g_string_append(out, "; RL=1");
    return g_string_free(out, FALSE);
}
