/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "charset.h"

#include "codec.h"

#include <string.h>

#define WESTERN       "windows-1252"
#define CHARACTER_MAX 64 /* more than the bytes of UTF-8 that one character becomes */

/*
 * Is this a charset that clients use? Peers must not choose any converter of iconv: some are old
 * and little tested.
 */
static bool is_common(const char *charset)
{
    static const char *const names[] = {
        "us-ascii",     "utf-8",        "utf-16", "utf-16le",    "utf-16be",       "gb2312",
        "gbk",          "gb18030",      "big5",   "big5-hkscs",  "shift_jis",      "euc-jp",
        "iso-2022-jp",  "euc-kr",       "koi8-r", "koi8-u",      "ks_c_5601-1987", "tis-620",
        "windows-874",  "windows-1250", "cp1252", "iso-8859-1",  "iso-8859-2",     "iso-8859-3",
        "iso-8859-4",   "iso-8859-5",   "cp1251", "iso-8859-6",  "iso-8859-7",     "iso-8859-8",
        "iso-8859-9",   "iso-8859-10",  "cp1250", "iso-8859-13", "iso-8859-14",    "iso-8859-15",
        "windows-1251", "windows-1252", "cp932",  "cp936",       "cp949",          "cp950",
        "windows-1253", "windows-1254", "sjis",   "windows-31j", "windows-1255",   "windows-1256",
        "windows-1257", "windows-1258", "cp1253", "cp1254",      "latin1",         "ascii"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_ascii_strcasecmp(charset, names[i]) == 0)
            return true;
    return false;
}

/* The charset that is named, in lower case and without quotes, or NULL. The caller frees it. */
static char *read_charset(const char *content_type)
{
    msnp_str list = msnp_str_of(content_type);
    msnp_str name, value;

    while (msnp_take_pair(&list, '=', &name, &value)) {
        if (!msnp_str_is_nocase(name, "charset"))
            continue;
        char *charset = g_ascii_strdown(value.ptr, (gssize)value.len);
        return g_strstrip(g_strdelimit(charset, "\"'", ' '));
    }
    return NULL;
}

static bool is_one_of(const char *charset, const char *a, const char *b)
{
    return strcmp(charset, a) == 0 || strcmp(charset, b) == 0;
}

/*
 * The charset to convert from, NULL for UTF-8; static, or `named`. Without a name the text is in
 * the code page of the sender's Windows, of which the Western one is the best guess. That is also
 * what Windows calls ISO 8859-1.
 */
static const char *choose_charset(const char *named, msnp_str body)
{
    bool utf8 = g_utf8_validate_len(body.ptr, body.len, NULL);

    if (named == NULL || *named == '\0' || is_one_of(named, "us-ascii", "ascii"))
        return utf8 ? NULL : WESTERN;
    if (is_one_of(named, "iso-8859-1", "latin1"))
        return WESTERN;
    return is_common(named) && strcmp(named, "utf-8") != 0 ? named : NULL;
}

/*
 * Converts to UTF-8, with U+FFFD for each byte that is invalid; then `whole` becomes false. NULL if
 * this computer does not know the charset.
 */
static GString *convert(msnp_str body, const char *charset, bool *whole)
{
    GIConv converter = g_iconv_open("UTF-8", charset);
    char *from = (char *)body.ptr;
    gsize left = body.len;
    bool flushed = false;

    if (converter == (GIConv)-1)
        return NULL;

    GString *out = g_string_sized_new(body.len);
    while (!flushed) {
        char piece[256];
        char *to = piece;
        gsize room = sizeof piece;
        /* At the end comes what it held back, since another character might combine with it. */
        flushed = left == 0;
        gsize result = flushed ? g_iconv(converter, NULL, NULL, &to, &room)
                               : g_iconv(converter, &from, &left, &to, &room);
        /* It stops at an invalid byte, and where there is no room for another character. */
        bool invalid = !flushed && result == (gsize)-1 && room >= CHARACTER_MAX;
        g_string_append_len(out, piece, to - piece);
        if (invalid) {
            *whole = false;
            g_string_append(out, "\xef\xbf\xbd");
            from++;
            left--;
        }
    }
    g_iconv_close(converter);
    return out;
}

GString *msnp_charset_decode(const char *content_type, msnp_str body)
{
    char *named = read_charset(content_type);
    const char *charset = choose_charset(named, body);
    bool whole = true;
    GString *text = charset != NULL ? convert(body, charset, &whole) : NULL;

    /* The name may be wrong. */
    if (text != NULL && !whole && g_utf8_validate_len(body.ptr, body.len, NULL)) {
        g_string_free(text, TRUE);
        text = NULL;
    }
    g_free(named);
    return text;
}
