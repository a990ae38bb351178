/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a message looks. The input is the value of its header; it is also read as a list of pairs, as
 * a hexadecimal number, and as a font's name.
 */
#include "fuzz.h"

#include <string.h>

static void check_pairs(msnp_str text, char sign)
{
    msnp_str list = text;
    msnp_str name;
    msnp_str value;
    size_t left = list.len + 1;

    while (msnp_take_pair(&list, sign, &name, &value)) {
        CHECK(list.len < left);
        left = list.len;
        CHECK(fuzz_is_inside(list, text.ptr, text.len));
        CHECK(fuzz_is_inside(name, text.ptr, text.len));
        CHECK(fuzz_is_inside(value, text.ptr, text.len));
        CHECK(!name.len || (!memchr(name.ptr, sign, name.len) && !memchr(name.ptr, ';', name.len)));
        CHECK(!value.len || !memchr(value.ptr, ';', value.len));
        CHECK(!name.len ||
              (!g_ascii_isspace(name.ptr[0]) && !g_ascii_isspace(name.ptr[name.len - 1])));
    }
    CHECK(list.len == 0);
}

static void check_hex(msnp_str text)
{
    static const uint64_t limits[] = {0, 9, 0xffffff, 0x10ffff, UINT64_MAX};
    char *string = msnp_str_dup(text);

    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        uint64_t value = 12345;
        guint64 expected = 12345;
        /* g_ascii_string_to_unsigned() takes a prefix 0x for a part of the number. */
        bool good = text.len > 0 && strspn(string, "0123456789abcdefABCDEF") == text.len &&
                    g_ascii_string_to_unsigned(string, 16, 0, limits[i], &expected, NULL);

        CHECK(msnp_parse_hex(text, limits[i], &value) == good);
        CHECK(value == (good ? expected : 12345));
    }
    g_free(string);
}

static void check_font(msnp_str text)
{
    msnp_format format;
    char *string = msnp_str_dup(text);

    msnp_format_init(&format);
    CHECK(msnp_format_is_plain(&format));
    msnp_format_set_font(&format, string);
    CHECK(msnp_format_is_plain(&format) == !*format.font);
    fuzz_check_format(&format);
    g_free(string);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msnp_str text = {(const char *)data, size};
    msnp_format format;

    msnp_format_read(&format, text);
    fuzz_check_format(&format);
    check_pairs(text, '=');
    check_pairs(text, ':');
    check_hex(text);
    check_font(text);
    return 0;
}
