/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, percent coding, the text of strangers, account names, the challenge digest. */
#include "codec.h"
#include "expect.h"
#include "guard.h"

#include <locale.h>
#include <string.h>

static void test_parse_uint(void)
{
    static const struct {
        const char *text;
        uint64_t max;
        bool ok;
        uint64_t value;
    } table[] = {
        {"0", 0, true, 0},
        {"0", 65536, true, 0},
        {"1", 0, false, 0},
        {"7", 7, true, 7},
        {"8", 7, false, 0},
        {"007", 7, true, 7},
        {"65536", 65536, true, 65536},
        {"65537", 65536, false, 0},
        {"655360", 65536, false, 0},
        {"4294967295", UINT32_MAX, true, UINT32_MAX},
        {"4294967296", UINT32_MAX, false, 0},
        {"4294967301", UINT32_MAX, false, 0},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"18446744073709551621", UINT64_MAX, false, 0},
        {"99999999999999999999999999", UINT64_MAX, false, 0},
        {"", 9, false, 0},
        {" ", 9, false, 0},
        {"-", 9, false, 0},
        {"+", 9, false, 0},
        {"-1", 9, false, 0},
        {"+1", 9, false, 0},
        {"-0", 9, false, 0},
        {" 1", 9, false, 0},
        {"1 ", 9, false, 0},
        {"1\r", 9, false, 0},
        {"1\n", 9, false, 0},
        {"0x1", 9, false, 0},
        {"x", 9, false, 0},
        {"a", 99, false, 0},
        {"1a", 99, false, 0},
        {"1.0", 99, false, 0},
        {"1e1", 99, false, 0},
        {"1,0", 99, false, 0},
        {"\xd9\xa1", 99, false, 0}, /* a digit, but not of ASCII */
        {"\xb9", 99, false, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        uint64_t value = 4711;
        guarded place = guard_after(table[i].text, strlen(table[i].text));
        say(table[i].text);
        g_assert_cmpint(msnp_parse_uint(guard_view(&place), table[i].max, &value), ==, table[i].ok);
        g_assert_cmpuint(value, ==, table[i].ok ? table[i].value : 4711);
        guard_free(&place);
    }
    uint64_t value = 4711;
    g_assert_false(msnp_parse_uint((msnp_str){"1\0", 2}, 100, &value));
    g_assert_false(msnp_parse_uint((msnp_str){NULL, 0}, 100, &value));
    g_assert_cmpuint(value, ==, 4711);
}

static void test_parse_hex(void)
{
    static const struct {
        const char *text;
        uint64_t max;
        bool ok;
        uint64_t value;
    } table[] = {
        {"0", 0, true, 0},
        {"f", 15, true, 15},
        {"F", 14, false, 0},
        {"aBcDeF", 0xFFFFFF, true, 0xABCDEF},
        {"1000000", 0xFFFFFF, false, 0},
        {"00000000ff", 0xFF, true, 0xFF},
        {"ffffffffffffffff", UINT64_MAX, true, UINT64_MAX},
        {"10000000000000000", UINT64_MAX, false, 0},
        {"", 9, false, 0},
        {"g", 99, false, 0},
        {"0x1", 99, false, 0},
        {"-1", 99, false, 0},
        {"+1", 99, false, 0},
        {" 1", 99, false, 0},
        {"1 ", 99, false, 0},
        {"\xb9", 99, false, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        uint64_t value = 4711;
        guarded place = guard_after(table[i].text, strlen(table[i].text));
        say(table[i].text);
        g_assert_cmpint(msnp_parse_hex(guard_view(&place), table[i].max, &value), ==, table[i].ok);
        g_assert_cmpuint(value, ==, table[i].ok ? table[i].value : 4711);
        guard_free(&place);
    }
    uint64_t value = 4711;
    g_assert_false(msnp_parse_hex((msnp_str){NULL, 0}, 100, &value));
    g_assert_cmpuint(value, ==, 4711);
}

static void test_take_pair(void)
{
    static const struct {
        const char *list;
        char sign;
        const char *pairs;
    } table[] = {
        {"", '=', ""},
        {"a=1", '=', "[a=1]"},
        {"a=1; b=2", '=', "[a=1][b=2]"},
        {" a\t= 1\r\n ;b =2 \f", '=', "[a=1][b=2]"},
        {"text/plain; charset=UTF-8", '=', "[text/plain=][charset=UTF-8]"},
        {"color: red; x:", ':', "[color=red][x=]"},
        {"a=b=c", '=', "[a=b=c]"},
        {"a:b=c", '=', "[a:b=c]"},
        {"a=1;", '=', "[a=1]"},
        {";;a=1", '=', "[=][=][a=1]"},
        {"=", '=', "[=]"},
        {"=1", '=', "[=1]"},
        {" ", '=', "[=]"},
        {"a b = c d", '=', "[a b=c d]"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i].list, strlen(table[i].list));
        msnp_str list = guard_view(&place);
        msnp_str name, value;
        GString *pairs = g_string_new(NULL);
        while (msnp_take_pair(&list, table[i].sign, &name, &value))
            g_string_append_printf(pairs, "[%.*s=%.*s]", (int)name.len, name.ptr, (int)value.len,
                                   value.ptr);
        say(table[i].list);
        g_assert_cmpstr(pairs->str, ==, table[i].pairs);
        g_string_free(pairs, TRUE);
        guard_free(&place);
    }
}

/* Text of several lines: what stays, what goes, what becomes something else. */
static void test_clean_lines(void)
{
    static const struct {
        const char *text;
        const char *clean;
    } table[] = {
        {"", ""},
        {"  a \t b  ", "  a \t b  "},
        {"\na\n\n", "\na\n\n"},
        {"a\r\nb\rc\nd\r\r\ne\r", "a\nb\nc\nd\n\ne\n"},
        {"a\xe2\x80\xa8"
         "b\xe2\x80\xa9"
         "c",
         "a\nb\nc"},
        {"\x01\x08\x0b\x0c\x1b\x7f\xc2\x80\xc2\x85\xc2\x9f", ""},
        {"\xff\xc3\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xed\xa0\x80\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xef\xbf\xbf\xef\xb7\x90\xf0\x9f\xbf\xbe", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        /* U+202A..E, U+2066..9, U+200B, U+2060, U+FEFF, U+00AD: gone. */
        {"\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae", ""},
        {"\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", ""},
        {"\xe2\x80\x8b\xe2\x81\xa0\xef\xbb\xbf\xc2\xad", ""},
        /* Joiners, marks of direction, an Arabic sign, a private character, a flag: all stay. */
        {"\xe2\x80\x8c\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c",
         "\xe2\x80\x8c\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c"},
        {"\xd8\x80\xdb\x9d\xee\x80\x80", "\xd8\x80\xdb\x9d\xee\x80\x80"},
        {"\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xbf",
         "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xbf"},
        {"e\xcc\x81\xc2\xa0\xe2\x80\x83", "e\xcc\x81\xc2\xa0\xe2\x80\x83"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i].text, strlen(table[i].text));
        char *clean = msnp_text_clean_lines(guard_view(&place));
        say(table[i].text);
        expect_text(msnp_str_of(clean), table[i].clean);
        g_free(clean);
        guard_free(&place);
    }
    char *clean = msnp_text_clean_lines((msnp_str){"a\0b\r", 4});
    g_assert_cmpstr(clean, ==, "ab\n");
    g_free(clean);
}

static void test_percent_encode(void)
{
    static const struct {
        const char *text;
        const char *coded;
    } table[] = {
        {"", ""},
        {"password", "password"},
        {"example@passport.com", "example%40passport.com"},
        {"AZaz09-._~", "AZaz09-._~"},
        {" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}", "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C%2F%3A%3B%3C%"
                                            "3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D"},
        {"\t\r\n\x01\x7f", "%09%0D%0A%01%7F"},
        {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac", "gr%C3%BC%C3%9F%20%E2%82%AC"},
        {"\xff\x80", "%FF%80"},
        {"%41", "%2541"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_buf out;
        msnp_buf_init(&out, 1000, false);
        g_assert_cmpint(msnp_percent_encode(&out, table[i].text), ==, MSNP_OK);
        expect_text(msnp_buf_view(&out), table[i].coded);
        msnp_buf_clear(&out);
        size_t len = strlen(table[i].coded);
        if (len > 0) {
            msnp_buf_init(&out, len - 1, false);
            g_assert_cmpint(msnp_percent_encode(&out, table[i].text), ==, MSNP_ERR_TOO_LONG);
            msnp_buf_clear(&out);
        }
        msnp_buf_init(&out, len, false);
        g_assert_cmpint(msnp_percent_encode(&out, table[i].text), ==, MSNP_OK);
        msnp_buf_clear(&out);
    }
    /* Every byte comes back, and nothing but what needs no coding stays as it is. */
    for (int byte = 1; byte < 256; byte++) {
        char text[2] = {(char)byte, '\0'};
        msnp_buf out;
        msnp_buf_init(&out, 10, true);
        g_assert_cmpint(msnp_percent_encode(&out, text), ==, MSNP_OK);
        bool plain = g_ascii_isalnum((char)byte) || strchr("-._~", byte) != NULL;
        g_assert_cmpuint(out.len, ==, plain ? 1 : 3);
        size_t len;
        char *decoded = msnp_percent_decode(msnp_buf_view(&out), &len);
        expect_view(((msnp_str){decoded, len}), text, 1);
        g_free(decoded);
        msnp_buf_clear(&out);
    }
}

static void test_name_encode(void)
{
    static const struct {
        const char *name;
        const char *coded;
    } table[] = {
        {"", ""},
        {"AZaz09!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~", "AZaz09!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"},
        {"a b%\t\r\n\x01\x7f", "a%20b%25%09%0D%0A%01%7F"},
        {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac", "gr\xc3\xbc\xc3\x9f%20\xe2\x82\xac"},
        {"\xe2\x80\x8f\xf0\x9f\x98\x80", "\xe2\x80\x8f\xf0\x9f\x98\x80"},
        /* All that Escargot would split a line at. */
        {"\xc2\x85\xc2\x9f\xc2\xa0", "%C2%85%C2%9F%C2%A0"},
        {"\xe1\x9a\x80\xe2\x80\x80\xe2\x80\x8a", "%E1%9A%80%E2%80%80%E2%80%8A"},
        {"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaf", "%E2%80%A8%E2%80%A9%E2%80%AF"},
        {"\xe2\x81\x9f\xe3\x80\x80", "%E2%81%9F%E3%80%80"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *coded = msnp_name_encode(table[i].name, false);
        g_assert_cmpstr(coded, ==, table[i].coded);
        g_free(coded);
        /* Every byte, and each comes back. */
        coded = msnp_name_encode(table[i].name, true);
        g_assert_cmpuint(strlen(coded), ==, 3 * strlen(table[i].name));
        char *decoded = msnp_percent_decode(msnp_str_of(coded), NULL);
        g_assert_cmpstr(decoded, ==, table[i].name);
        g_free(decoded);
        g_free(coded);
    }
    char *coded = msnp_name_encode("az-._~ \xc3\xbc", true);
    g_assert_cmpstr(coded, ==, "%61%7A%2D%2E%5F%7E%20%C3%BC");
    g_free(coded);
}

static void test_percent_decode(void)
{
    static const struct {
        const char *text;
        const char *decoded;
        size_t len;
    } table[] = {
        {"", "", 0},
        {"abc", "abc", 3},
        {"example%20friendlyname", "example friendlyname", 20},
        {"a+b", "a+b", 3},
        {"%41%4a%4A", "AJJ", 3},
        {"%", "%", 1},
        {"%%", "%%", 2},
        {"%4", "%4", 2},
        {"%4%41", "%4A", 3},
        {"%%41", "%A", 2},
        {"%zz%4g%g4", "%zz%4g%g4", 9},
        {"100%", "100%", 4},
        {"%2541", "%41", 3}, /* once, not twice */
        {"%00", "\0", 1},
        {"a%00b", "a\0b", 3},
        {"%FF%fe", "\xff\xfe", 2},
        {"\xc3\xa9%", "\xc3\xa9%", 3},
        {"%-1%+1% 1", "%-1%+1% 1", 9},
        {"%0x", "%0x", 3},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i].text, strlen(table[i].text));
        size_t len = 4711;
        char *decoded = msnp_percent_decode(guard_view(&place), &len);
        say(table[i].text);
        expect_view(((msnp_str){decoded, len}), table[i].decoded, table[i].len);
        g_assert_cmpint(decoded[len], ==, '\0');
        g_free(decoded);
        decoded = msnp_percent_decode(guard_view(&place), NULL);
        g_assert_cmpstr(decoded, ==, table[i].decoded);
        g_free(decoded);
        guard_free(&place);
    }
    size_t len;
    char *decoded = msnp_percent_decode((msnp_str){"a\0%62", 5}, &len);
    expect_view(((msnp_str){decoded, len}), "a\0b", 3);
    g_free(decoded);
}

#define FFFD "\xef\xbf\xbd"

#define TEXAS "\xf3\xa0\x81\xb5\xf3\xa0\x81\xb3\xf3\xa0\x81\xb4\xf3\xa0\x81\xb8\xf3\xa0\x81\xbf"
#define WALES                                                                                  \
    "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xb7\xf3\xa0\x81\xac\xf3\xa0" \
    "\x81\xb3\xf3\xa0\x81\xbf"

static void test_text_clean(void)
{
    static const struct {
        const char *text;
        size_t max;
        const char *clean;
    } table[] = {
        {"", 10, ""},
        {"hello", 10, "hello"},
        {"hello", 5, "hello"},
        {"hello", 4, "hell"},
        {"hello", 0, ""},
        {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", 99,
         "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"\xc3\xbc\xc3\xbc\xc3\xbc", 2, "\xc3\xbc\xc3\xbc"}, /* characters, not bytes */
        {"  a b  ", 99, "a b"},
        {"\r\n\t a\r\n", 99, "a"},
        {" \t ", 99, ""},
        /* Controls of both blocks, and the line separators. */
        {"a\rb\nc\td", 99, "a b c d"},
        {"a\x01"
         "b\x1b[31mc\x7f"
         "d",
         99, "a b [31mc d"},
        {"a\xc2\x85"
         "b\xc2\x9b"
         "31mc",
         99, "a b 31mc"},
        {"a\xe2\x80\xa8"
         "b\xe2\x80\xa9"
         "c",
         99, "a b c"},
        /* Turning the direction of writing: embedding, override, isolates, marks. */
        {"a\xe2\x80\xaa"
         "b\xe2\x80\xab"
         "c\xe2\x80\xac"
         "d\xe2\x80\xad"
         "e\xe2\x80\xae"
         "f",
         99, "abcdef"},
        {"a\xe2\x81\xa6"
         "b\xe2\x81\xa7"
         "c\xe2\x81\xa8"
         "d\xe2\x81\xa9"
         "e",
         99, "abcde"},
        /* Marks stay: they turn nothing around them. */
        {"a\xe2\x80\x8e"
         "b\xe2\x80\x8f"
         "c\xd8\x9c"
         "d",
         99,
         "a\xe2\x80\x8e"
         "b\xe2\x80\x8f"
         "c\xd8\x9c"
         "d"},
        {"\xe2\x80\x8f\xd7\x97\xe2\x80\x8f", 99, "\xe2\x80\x8f\xd7\x97\xe2\x80\x8f"},
        /* Signs that can be seen in spite of their category. */
        {"\xd8\x80\xd9\xa1\xdb\x9d", 99, "\xd8\x80\xd9\xa1\xdb\x9d"},
        /* The flags of Wales and of Texas; tags that are none of a flag; a flag that is cut. */
        {WALES "\xf0\x9f\x8f\xb4" TEXAS, 99, WALES "\xf0\x9f\x8f\xb4" TEXAS},
        {"a" TEXAS, 99, "a"},
        {"\xf0\x9f\x8f\xb4\xf3\xa0\x81\xb5\xf3\xa0\x81\xb3", 99, "\xf0\x9f\x8f\xb4"},
        {"\xf0\x9f\x8f\xb4\xf3\xa0\x81\xbf", 99, "\xf0\x9f\x8f\xb4"},
        {"\xf0\x9f\x8f\xb4\xf3\xa0\x81\x81\xf3\xa0\x81\xbf", 99, "\xf0\x9f\x8f\xb4"},
        {WALES, 7, WALES},
        {WALES, 6, "\xf0\x9f\x8f\xb4"},
        /* Nothing can be seen: marks, joiners, blank letters and signs, variation selectors. */
        {" \xe2\x80\x8f \xe2\x80\x8d", 99, ""},
        {"\xe2\xa0\x80", 99, ""},
        {"\xe3\x85\xa4\xe1\x85\x9f\xe1\x85\xa0\xef\xbe\xa0", 99, ""},
        {"\xef\xb8\x8f\xcd\x8f\xe1\xa0\x8b\xf3\xa0\x84\x80", 99, ""},
        {"\xe3\x85\xa4-\xe3\x85\xa4", 99, "\xe3\x85\xa4-\xe3\x85\xa4"},
        {"\xe2\x80\x8f\xe2\x80\x8fx", 2, ""},
        /* Invisible: zero-width space, word joiner, byte order mark, soft hyphen, tags. */
        {"a\xe2\x80\x8b"
         "b\xe2\x81\xa0"
         "c\xef\xbb\xbf"
         "d",
         99, "abcd"},
        {"a\xc2\xad"
         "b\xf3\xa0\x81\x81"
         "c",
         99, "abc"},
        /* Persian and some emoji cannot be written without the two joiners. */
        {"\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", 99, "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae"},
        {"a\xe2\x80\x8d"
         "b",
         99,
         "a\xe2\x80\x8d"
         "b"},
        /* They do not count. */
        {"\xe2\x80\xae\xe2\x80\xae"
         "ab",
         2, "ab"},
        /* Not invisible: accents of their own, vowels of Korean written in parts. */
        {"e\xcc\x81", 99, "e\xcc\x81"},
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 99, "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"},
        {"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", 99, "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"},
        /* No UTF-8: bytes of Latin-1, lone continuation, cut off in the middle, at the end. */
        {"caf\xe9", 99, "caf" FFFD},
        {"\x80", 99, FFFD},
        {"a\xffz", 99, "a" FFFD "z"},
        {"a\xe2\x82z", 99, "a" FFFD FFFD "z"},
        {"a\xe2\x82", 99, "a" FFFD FFFD},
        {"a\xc3", 99, "a" FFFD},
        {"\xf0\x9f\x98", 99, FFFD FFFD FFFD},
        /* Overlong: slash in two and in three bytes, NUL in two. */
        {"\xc0\xaf", 99, FFFD FFFD},
        {"\xe0\x80\xaf", 99, FFFD FFFD FFFD},
        {"\xc0\x80", 99, FFFD FFFD},
        /* A surrogate, and beyond the last character. */
        {"\xed\xa0\x80", 99, FFFD FFFD FFFD},
        {"\xf4\x90\x80\x80", 99, FFFD FFFD FFFD FFFD},
        {"\xf8\x88\x80\x80\x80", 99, FFFD FFFD FFFD FFFD FFFD},
        {"\xff\xff\xff", 2, FFFD FFFD},
        /* Markup is no business of this function. */
        {"<b>&amp;", 99, "<b>&amp;"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i].text, strlen(table[i].text));
        char *clean = msnp_text_clean(place.data, place.len, table[i].max);
        g_test_message("row %zu", i);
        expect_text(msnp_str_of(clean), table[i].clean);
        g_free(clean);
        guard_free(&place);
    }
    char *clean = msnp_text_clean("a\0b", 3, 99);
    g_assert_cmpstr(clean, ==, "a b");
    g_free(clean);
}

/* Whatever comes in: UTF-8 without controls comes out, no longer than asked for. */
static void check_clean(msnp_str text, void *user)
{
    (void)user;
    for (size_t max = 0; max < 6; max++) {
        char *clean = msnp_text_clean(text.ptr, text.len, max);
        g_assert_true(g_utf8_validate(clean, -1, NULL));
        g_assert_cmpint(g_utf8_strlen(clean, -1), <=, (glong)max);
        for (const char *p = clean; *p != '\0'; p = g_utf8_next_char(p))
            g_assert_false(g_unichar_iscntrl(g_utf8_get_char(p)));
        g_free(clean);
        clean = msnp_text_decode(text, max);
        g_assert_true(g_utf8_validate(clean, -1, NULL));
        g_free(clean);
    }
}

static void test_text_random(void)
{
    guard_prefixes("a\xc3\xa9%\xf0\x9f\x98\x80 %41\xe2\x80\xae%e2%80%ae\xff%C", 27, check_clean,
                   NULL);
    for (int round = 0; round < 3000; round++) {
        char bytes[12];
        for (size_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (char)(g_test_rand_bit() ? g_test_rand_int_range(0x80, 0x100)
                                                : g_test_rand_int_range(0, 0x80));
        guarded place = guard_after(bytes, (size_t)g_test_rand_int_range(0, sizeof(bytes) + 1));
        check_clean(guard_view(&place), NULL);
        guard_free(&place);
    }
}

/* Which names look the same. */
static void test_name_key(void)
{
    static const struct {
        const char *name;
        const char *key;
    } table[] = {
        {"Friends", "Friends"},
        {"friends", "friends"},
        {"\xe2\x80\x8f\xd7\x97 \xd7\x91\xe2\x80\x8f", "\xd7\x97 \xd7\x91"},
        {" \xe2\x80\x8e a\xc2\xa0\tb \xe2\x80\x8f ", "a  b"},
        {"\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", "\xd9\x85\xdb\x8c\xd8\xae"},
        {"\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4"},
        {"e\xcc\x81\xe2\x80\x8d", "\xc3\xa9"},
        {"\xe2\x91\xa0", "1"},
        {WALES, WALES},
        {"\xee\x80\x80x\xe3\x85\xa4", "x"},
        {"\xff", FFFD},
        {"\xe2\x80\x8f\xe2\xa0\x80 ", ""},
        {"", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *key = msnp_name_key(table[i].name);
        say(table[i].name);
        g_assert_cmpstr(key, ==, table[i].key);
        g_free(key);
    }
}

static void test_text_decode(void)
{
    static const struct {
        const char *text;
        size_t max;
        const char *clean;
    } table[] = {
        {"example%20friendlyname", 99, "example friendlyname"},
        {"%0d%0aInjected%3a%20x", 99, "Injected: x"},
        {"haven%E2%80%99t", 99, "haven\xe2\x80\x99t"},
        {"%E2%80%AEevil", 99, "evil"},
        {"caf%E9", 99, "caf" FFFD},
        {"%2525", 99, "%25"},
        {"a%20%20", 99, "a"},
        {"%61%62%63", 2, "ab"},
        {"a%00b", 99, "a b"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i].text, strlen(table[i].text));
        char *clean = msnp_text_decode(guard_view(&place), table[i].max);
        say(table[i].text);
        g_assert_cmpstr(clean, ==, table[i].clean);
        g_free(clean);
        guard_free(&place);
    }
}

static void test_account(void)
{
    static const struct {
        const char *account;
        bool ok;
    } table[] = {
        {"example@passport.com", true},
        {"a@b", true},
        {"Example.Name+tag@Passport.COM", true},
        {"", false},
        {"@", false},
        {"a@", false},
        {"@b", false},
        {"ab", false},
        {"example", false},
        {"exam ple@passport.com", false},
        {" a@b", false},
        {"a@b ", false},
        {"a@b\r", false},
        {"a@b\n", false},
        {"a@b\r\nOUT", false},
        {"a\t@b", false},
        {"a@b\x7f", false},
        {"a@b\x01", false},
        {"\xc3\xa9@b", false},
        {"a@b\xc2\xa0", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].account);
        g_assert_cmpint(msnp_account_valid(table[i].account), ==, table[i].ok);
    }
    char *local = repeated("a", MSNP_ACCOUNT_MAX - 2);
    char *longest = g_strconcat(local, "@b", NULL);
    char *longer = g_strconcat(local, "@bc", NULL);
    g_assert_true(msnp_account_valid(longest));
    g_assert_false(msnp_account_valid(longer));
    g_free(longer);
    g_free(longest);
    g_free(local);
}

static void test_account_fold(void)
{
    char *long_name = repeated("\xc3\x84", MSNP_ACCOUNT_MAX);
    char *cut = repeated("\xc3\x84", MSNP_ACCOUNT_MAX / 2);
    char *long_word = repeated("I", MSNP_ACCOUNT_MAX + 1);
    char *cut_word = repeated("i", MSNP_ACCOUNT_MAX);
    const struct {
        const char *account;
        const char *folded;
    } table[] = {
        {"bob@example.com", "bob@example.com"},
        {"IRMAK@EXAMPLE.COM", "irmak@example.com"},
        {" \tirmak@Example.com\r\n", "irmak@example.com"},
        {"\xc4\xb0\xc4\xb1I\xc3\x84", "\xc4\xb0\xc4\xb1i\xc3\x84"}, /* only ASCII folds */
        {"B\xe9\xff", "b" FFFD FFFD},
        {"\xf0\x9f\x98", FFFD FFFD FFFD},
        {"", ""},
        {" ", ""},
        {long_name, cut},
        {long_word, cut_word},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char folded[MSNP_ACCOUNT_MAX + 1];
        say(table[i].account);
        msnp_account_fold(table[i].account, folded);
        g_assert_cmpstr(folded, ==, table[i].folded);
    }
    g_free(cut_word);
    g_free(long_word);
    g_free(cut);
    g_free(long_name);
}

static void test_word(void)
{
    static const struct {
        const char *text;
        bool ok;
    } table[] = {
        {"x", true},
        {"t=53*1!$$&p=5", true},
        {"gr\xc3\xbc\xc3\x9f", false},
        {"%20", true},
        {"", false},
        {" ", false},
        {"a b", false},
        {"a ", false},
        {" a", false},
        {"a\r\nOUT", false},
        {"a\n", false},
        {"\ta", false},
        {"\x01", false},
        {"a\x1f", false},
        {"a\x7f", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].text);
        g_assert_cmpint(msnp_is_word(table[i].text), ==, table[i].ok);
    }
}

static void test_digest(void)
{
    static const struct {
        const char *challenge;
        const char *digest;
    } table[] = {
        {"15570131571988941333", "8f2f5a91b72102cd28355e9fc9000d6e"},
        {"12345678901234567890", "8ba1bb9d6dbf624fee31a2053af5fdd0"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char digest[MSNP_DIGEST_LENGTH + 1];
        guarded place = guard_after(table[i].challenge, strlen(table[i].challenge));
        msnp_challenge_digest(guard_view(&place), digest);
        g_assert_cmpstr(digest, ==, table[i].digest);
        guard_free(&place);
    }
    char digest[MSNP_DIGEST_LENGTH + 1];
    msnp_challenge_digest(msnp_str_of(""), digest);
    g_assert_cmpuint(strlen(digest), ==, MSNP_DIGEST_LENGTH);
    g_assert_cmpstr(msnp_product_id, ==, "msmsgs@msnmsgr.com");
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, ""); /* see turkish.sh */
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/codec/parse-uint", test_parse_uint);
    g_test_add_func("/codec/parse-hex", test_parse_hex);
    g_test_add_func("/codec/take-pair", test_take_pair);
    g_test_add_func("/codec/clean-lines", test_clean_lines);
    g_test_add_func("/codec/percent-encode", test_percent_encode);
    g_test_add_func("/codec/name-encode", test_name_encode);
    g_test_add_func("/codec/percent-decode", test_percent_decode);
    g_test_add_func("/codec/text-clean", test_text_clean);
    g_test_add_func("/codec/text-random", test_text_random);
    g_test_add_func("/codec/name-key", test_name_key);
    g_test_add_func("/codec/text-decode", test_text_decode);
    g_test_add_func("/codec/account", test_account);
    g_test_add_func("/codec/account-fold", test_account_fold);
    g_test_add_func("/codec/word", test_word);
    g_test_add_func("/codec/digest", test_digest);
    return g_test_run();
}
