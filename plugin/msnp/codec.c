/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "codec.h"

#include <string.h>

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

/* Encodes all but letters, digits and the bytes of `plain`; all if that is NULL. */
static msnp_err encode(msnp_buf *out, const char *text, const char *plain)
{
    static const char hex[] = "0123456789ABCDEF";

    for (const char *p = text; *p != '\0'; p++) {
        unsigned char byte = (unsigned char)*p;
        char coded[3] = {'%', hex[byte >> 4], hex[byte & 15]};
        bool raw = plain != NULL && (g_ascii_isalnum(*p) || strchr(plain, *p) != NULL);
        msnp_err err = raw ? msnp_buf_append(out, p, 1) : msnp_buf_append(out, coded, 3);
        if (err != MSNP_OK)
            return err;
    }
    return MSNP_OK;
}

msnp_err msnp_percent_encode(msnp_buf *out, const char *text)
{
    return encode(out, text, "-._~");
}

msnp_err msnp_percent_encode_all(msnp_buf *out, const char *text)
{
    return encode(out, text, NULL);
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

/*
 * Invisible characters that change how the text around them is shown. The two joiners stay: some
 * scripts need them.
 */
static bool is_invisible(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);
    bool joiner = c == 0x200C || c == 0x200D;

    return (type == G_UNICODE_FORMAT && !joiner) || type == G_UNICODE_SURROGATE ||
           type == G_UNICODE_PRIVATE_USE;
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

char *msnp_text_clean(const char *text, size_t len, size_t max_chars)
{
    GString *result = g_string_sized_new(len);
    size_t chars = 0;
    size_t end = 0; /* after the last character that is not white space */
    size_t taken;

    for (size_t at = 0; at < len && chars < max_chars; at += taken) {
        gunichar c = take_char(text + at, len - at, &taken);
        if (is_invisible(c) || (g_unichar_isspace(c) && end == 0))
            continue;
        g_string_append_unichar(result, c);
        chars++;
        if (!g_unichar_isspace(c))
            end = result->len;
    }
    g_string_truncate(result, end);
    /* Thousands of names may be stored: release the spare bytes. */
    return g_realloc(g_string_free(result, FALSE), end + 1);
}

/*
 * Format characters that stay in a text of several lines: the joiners, the directional marks (which
 * do not override), tags (used in flag emoji), and signs that are visible in spite of their
 * category.
 */
static bool is_shaping(gunichar c)
{
    static const struct {
        gunichar first, last;
    } ranges[] = {{0x0600, 0x0605},   {0x061C, 0x061C},  {0x06DD, 0x06DD}, {0x070F, 0x070F},
                  {0x0890, 0x0891},   {0x08E2, 0x08E2},  {0x200C, 0x200F}, {0x110BD, 0x110BD},
                  {0x110CD, 0x110CD}, {0xE0020, 0xE007F}};

    for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
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
    if (g_unichar_iscntrl(c) || (g_unichar_type(c) == G_UNICODE_FORMAT && !is_shaping(c)))
        return 0;
    return c;
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
