/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "codec.h"

#include <string.h>

#define FLAG_CHARS 8 /* most tags after a black flag, with their end */

/* The product id with which MSNP8 clients of the time answered CHL. */
const char msnp_product_id[] = "msmsgs@msnmsgr.com";
static const char product_key[] = "Q1P7W2E4J9R8U3S5";

static bool parse_number(msnp_str text, unsigned base, uint64_t max, uint64_t *value)
{
    uint64_t result = 0;

    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        int digit = g_ascii_xdigit_value(text.ptr[i]);
        if (digit < 0 || (unsigned)digit >= base)
            return false;
        if ((uint64_t)digit > max || result > (max - (uint64_t)digit) / base)
            return false;
        result = result * base + (uint64_t)digit;
    }
    *value = result;
    return true;
}

uint16_t msnp_get_u16(const void *at)
{
    uint16_t value;

    memcpy(&value, at, sizeof value);
    return GUINT16_FROM_LE(value);
}

uint32_t msnp_get_u32(const void *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return GUINT32_FROM_LE(value);
}

uint64_t msnp_get_u64(const void *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof value);
    return GUINT64_FROM_LE(value);
}

void msnp_put_u32(void *at, uint32_t value)
{
    value = GUINT32_TO_LE(value);
    memcpy(at, &value, sizeof value);
}

void msnp_put_u64(void *at, uint64_t value)
{
    value = GUINT64_TO_LE(value);
    memcpy(at, &value, sizeof value);
}

bool msnp_parse_uint(msnp_str text, uint64_t max, uint64_t *value)
{
    return parse_number(text, 10, max, value);
}

bool msnp_parse_hex(msnp_str text, uint64_t max, uint64_t *value)
{
    return parse_number(text, 16, max, value);
}

/* Takes off everything up to `sign`, and the sign; the whole text if there is none. */
static msnp_str take_until(msnp_str *text, char sign)
{
    const char *end = text->len > 0 ? memchr(text->ptr, sign, text->len) : NULL;
    msnp_str part = {text->ptr, end != NULL ? (size_t)(end - text->ptr) : text->len};
    size_t taken = part.len + (end != NULL);

    *text = (msnp_str){text->ptr + taken, text->len - taken};
    return part;
}

static msnp_str trim(msnp_str text)
{
    while (text.len > 0 && g_ascii_isspace(text.ptr[0]))
        text = (msnp_str){text.ptr + 1, text.len - 1};
    while (text.len > 0 && g_ascii_isspace(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

bool msnp_take_pair(msnp_str *list, char sign, msnp_str *name, msnp_str *value)
{
    if (list->len == 0)
        return false;
    msnp_str pair = take_until(list, ';');
    *name = trim(take_until(&pair, sign));
    *value = trim(pair);
    return true;
}

/* "%XX" of a byte. */
static void to_hex(char byte, char coded[3])
{
    static const char hex[] = "0123456789ABCDEF";

    coded[0] = '%';
    coded[1] = hex[(unsigned char)byte >> 4];
    coded[2] = hex[(unsigned char)byte & 15];
}

msnp_err msnp_percent_encode(msnp_buf *out, const char *text)
{
    char coded[3];

    for (const char *p = text; *p != '\0'; p++) {
        bool raw = g_ascii_isalnum(*p) || strchr("-._~", *p) != NULL;
        to_hex(*p, coded);
        msnp_err err = msnp_buf_append(out, raw ? p : coded, raw ? 1 : 3);
        if (err != MSNP_OK)
            return err;
    }
    return MSNP_OK;
}

/* Would it not arrive as it is? Escargot splits lines at any white space. */
static bool ends_parameter(gunichar c)
{
    return c == '%' || g_unichar_iscntrl(c) || g_unichar_isspace(c);
}

char *msnp_name_encode(const char *name, bool all)
{
    GString *out = g_string_sized_new(strlen(name));
    char coded[3];

    for (const char *p = name; *p != '\0';) {
        bool raw = !all && !ends_parameter(g_utf8_get_char(p));
        for (const char *next = g_utf8_next_char(p); p < next; p++) {
            to_hex(*p, coded);
            g_string_append_len(out, raw ? p : coded, raw ? 1 : 3);
        }
    }
    return g_string_free(out, FALSE);
}

char *msnp_percent_decode(msnp_str text, size_t *len)
{
    char *result = g_malloc(text.len + 1);
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%' && text.len - i > 2 && g_ascii_isxdigit(text.ptr[i + 1]) &&
            g_ascii_isxdigit(text.ptr[i + 2])) {
            int byte =
                g_ascii_xdigit_value(text.ptr[i + 1]) * 16 + g_ascii_xdigit_value(text.ptr[i + 2]);
            result[n++] = (char)byte;
            i += 2;
        } else {
            result[n++] = text.ptr[i];
        }
    }
    result[n] = '\0';
    if (len != NULL)
        *len = n;
    return result;
}

typedef struct {
    gunichar first, last;
} char_range;

static bool is_among(gunichar c, const char_range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/*
 * Format characters that stay: the joiners, the directional marks (which do not override), and
 * signs that are visible in spite of their category. Tags are a matter of their own.
 */
static bool is_shaping(gunichar c)
{
    static const char_range ranges[] = {{0x0600, 0x0605}, {0x061C, 0x061C},   {0x06DD, 0x06DD},
                                        {0x070F, 0x070F}, {0x0890, 0x0891},   {0x08E2, 0x08E2},
                                        {0x200C, 0x200F}, {0x110BD, 0x110BD}, {0x110CD, 0x110CD}};

    return is_among(c, ranges, G_N_ELEMENTS(ranges));
}

static bool is_tag(gunichar c)
{
    return c >= 0xE0020 && c <= 0xE007F;
}

/* What turns the direction of the text around it, has no meaning here, or hides something. */
static bool is_unfit_for_names(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);

    return (type == G_UNICODE_FORMAT && !is_shaping(c)) || type == G_UNICODE_SURROGATE ||
           type == G_UNICODE_PRIVATE_USE;
}

/*
 * Does it show anything? White space, marks and joiners do not, nor what only changes how another
 * character looks, nor the letters and signs that are blank.
 */
static bool is_seen(gunichar c)
{
    static const char_range blanks[] = {
        {0x034F, 0x034F}, {0x061C, 0x061C}, {0x115F, 0x1160},   {0x17B4, 0x17B5},  {0x180B, 0x180F},
        {0x200C, 0x200F}, {0x2065, 0x2065}, {0x2800, 0x2800},   {0x3164, 0x3164},  {0xFE00, 0xFE0F},
        {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFF8}, {0x1D159, 0x1D159}, {0xE0000, 0xE0FFF}};

    return !g_unichar_isspace(c) && !is_among(c, blanks, G_N_ELEMENTS(blanks));
}

/* Valid in UTF-8 but not in XML, and libpurple stores names in XML files. */
static bool is_noncharacter(gunichar c)
{
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

static bool is_separator(gunichar c)
{
    return c == 0x2028 || c == 0x2029;
}

/* One character of untrusted text, at least one byte; U+FFFD for invalid bytes. */
static gunichar take_valid(const char *text, size_t len, size_t *taken)
{
    /* GLib takes a NUL for the end; here it is another control character. */
    gunichar c = *text != '\0' ? g_utf8_get_char_validated(text, (gssize)len) : 0;
    bool valid = c < 0x110000;

    *taken = valid ? (size_t)g_unichar_to_utf8(c, NULL) : 1;
    return valid && !is_noncharacter(c) ? c : 0xFFFD;
}

/* The same, sanitized for display in one line. */
static gunichar take_char(const char *text, size_t len, size_t *taken)
{
    gunichar c = take_valid(text, len, taken);

    return g_unichar_iscntrl(c) || is_separator(c) ? ' ' : c;
}

/*
 * The tags after a black flag that make the flag of a region of it: small letters and digits, and
 * the end. Returns their length in bytes, and in characters; 0 if they are not that.
 */
static size_t flag_length(const char *text, size_t len, size_t *chars)
{
    size_t at = 0;
    size_t taken;

    for (*chars = 1; *chars <= FLAG_CHARS && at < len; (*chars)++) {
        gunichar c = take_valid(text + at, len - at, &taken);
        char ascii = (char)(c & 0x7F);
        at += taken;
        if (c == 0xE007F)
            return *chars > 1 ? at : 0;
        if (!is_tag(c) || !(g_ascii_islower(ascii) || g_ascii_isdigit(ascii)))
            return 0;
    }
    return 0;
}

char *msnp_text_clean(const char *text, size_t len, size_t max_chars)
{
    GString *result = g_string_sized_new(len);
    size_t chars = 0;
    size_t end = 0; /* after the last character that is not white space */
    bool seen = false;
    size_t taken, tags;

    for (size_t at = 0; at < len && chars < max_chars; at += taken) {
        gunichar c = take_char(text + at, len - at, &taken);
        if (is_unfit_for_names(c) || (g_unichar_isspace(c) && end == 0))
            continue;
        g_string_append_unichar(result, c);
        chars++;
        size_t flag = c == 0x1F3F4 ? flag_length(text + at + taken, len - at - taken, &tags) : 0;
        if (flag > 0 && tags <= max_chars - chars) {
            g_string_append_len(result, text + at + taken, (gssize)flag);
            chars += tags;
            taken += flag;
        }
        if (!g_unichar_isspace(c))
            end = result->len;
        seen = seen || is_seen(c);
    }
    if (!seen)
        end = 0;
    g_string_truncate(result, end);
    /* Thousands of names may be stored: release the spare bytes. */
    return g_realloc(g_string_free(result, FALSE), end + 1);
}

char *msnp_name_key(const char *name)
{
    char *clean = msnp_text_clean(name, strlen(name), SIZE_MAX);
    GString *seen = g_string_sized_new(strlen(clean));

    for (const char *p = clean; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (is_seen(c) || is_tag(c) || g_unichar_isspace(c))
            g_string_append_unichar(seen, c);
    }
    g_free(clean);
    char *key = g_utf8_normalize(seen->str, (gssize)seen->len, G_NORMALIZE_ALL_COMPOSE);
    g_string_free(seen, TRUE);
    return g_strstrip(key);
}

gunichar msnp_text_take(msnp_str *text)
{
    size_t taken;
    gunichar c = take_valid(text->ptr, text->len, &taken);

    if (c == '\r' && text->len > 1 && text->ptr[1] == '\n')
        taken++;
    *text = (msnp_str){text->ptr + taken, text->len - taken};
    if (c == '\r' || is_separator(c))
        return '\n';
    if (c == '\n' || c == '\t')
        return c;
    bool format = g_unichar_type(c) == G_UNICODE_FORMAT && !is_shaping(c) && !is_tag(c);
    return g_unichar_iscntrl(c) || format ? 0 : c;
}

char *msnp_text_clean_lines(msnp_str text)
{
    GString *result = g_string_sized_new(text.len);

    while (text.len > 0) {
        gunichar c = msnp_text_take(&text);
        if (c != 0)
            g_string_append_unichar(result, c);
    }
    return g_string_free(result, FALSE);
}

char *msnp_text_decode(msnp_str text, size_t max_chars)
{
    size_t len;
    char *decoded = msnp_percent_decode(text, &len);
    char *clean = msnp_text_clean(decoded, len, max_chars);

    g_free(decoded);
    return clean;
}

bool msnp_is_word(const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        if (!g_ascii_isgraph(*p))
            return false;
    return *text != '\0';
}

bool msnp_account_valid(const char *account)
{
    const char *at = strchr(account, '@');

    return msnp_is_word(account) && strlen(account) <= MSNP_ACCOUNT_MAX && at != NULL &&
           at != account && at[1] != '\0';
}

void msnp_account_fold(const char *account, char folded[MSNP_ACCOUNT_MAX + 1])
{
    char *text = g_strstrip(g_utf8_make_valid(account, -1));
    size_t len = strlen(text);

    if (len > MSNP_ACCOUNT_MAX)
        len = (size_t)(g_utf8_find_prev_char(text, text + MSNP_ACCOUNT_MAX + 1) - text);
    for (size_t i = 0; i < len; i++)
        folded[i] = g_ascii_tolower(text[i]);
    folded[len] = '\0';
    g_free(text);
}

void msnp_challenge_digest(msnp_str challenge, char digest[MSNP_DIGEST_LENGTH + 1])
{
    GChecksum *md5 = g_checksum_new(G_CHECKSUM_MD5);

    g_checksum_update(md5, (const guchar *)challenge.ptr, (gssize)challenge.len);
    g_checksum_update(md5, (const guchar *)product_key, (gssize)strlen(product_key));
    g_strlcpy(digest, g_checksum_get_string(md5), MSNP_DIGEST_LENGTH + 1);
    g_checksum_free(md5);
}
