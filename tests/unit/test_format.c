/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header that says how a message looks, as clients write it and as they should not. */
#include "expect.h"
#include "format.h"
#include "guard.h"
#include "looks.h"

#include <string.h>

#define FONT_31 "abcdefghijklmnopqrstuvwxyz01234"

static void expect_looks(const msnp_format *format, const char *expected)
{
    char *text = looks(format);

    g_assert_cmpstr(text, ==, expected);
    g_free(text);
}

static void expect_read(msnp_str value, const char *expected)
{
    msnp_format format = {.font = "old", .bold = true, .colour = 5, .rtl = true};

    msnp_format_read(&format, value);
    expect_looks(&format, expected);
}

static void check_read(msnp_str value, void *expected)
{
    expect_read(value, *(const char **)expected);
}

static void test_read(void)
{
    static struct {
        const char *value;
        const char *format;
    } table[] = {
        {"", "- - 000000"},
        {"FN=Arial; EF=I; CO=0; CS=0; PF=22", "Arial I 000000"},
        {"FN=MS%20Sans%20Serif; EF=; CO=0; CS=0; PF=22", "MS Sans Serif - 000000"},
        {"FN=Arial; EF=BI; CO=ff; CS=0; PF=22; RL=1", "Arial BI ff0000 rtl"},
        {"FN=Arial; EF=BISU; CO=ff00; CS=0; PF=22; RL=0", "Arial BIUS 00ff00"},
        {"EF=USIB", "- BIUS 000000"},
        {"EF=bius", "- BIUS 000000"},
        {"EF=BBB", "- B 000000"},
        {"EF=xB?I\xff", "- BI 000000"},
        {"EF", "- - 000000"},
        {"EF=I; EF=B", "- I 000000"},
        {"EF=; EF=B", "- - 000000"},
        /* Colours are blue, green, red. */
        {"CO=ff0000", "- - 0000ff"},
        {"CO=123456", "- - 563412"},
        {"CO=ABCdef", "- - efcdab"},
        {"CO=0000ff", "- - ff0000"},
        {"CO=f", "- - 0f0000"},
        {"CO=100", "- - 000100"},
        {"CO=00000000ff", "- - ff0000"},
        {"CO=1000000", "- - 000000"},
        {"CO=ffffffffffffffffff", "- - 000000"},
        {"CO=-1", "- - 000000"},
        {"CO=+1", "- - 000000"},
        {"CO=0xff", "- - 000000"},
        {"CO=#ff", "- - 000000"},
        {"CO=ff ff", "- - 000000"},
        {"CO=red", "- - 000000"},
        {"CO=", "- - 000000"},
        {"CO=\"><b>", "- - 000000"},
        {"CO=red; CO=ff; CO=ff00", "- - ff0000"},
        /* Right to left. */
        {"RL=1", "- - 000000 rtl"},
        {"RL=0; RL=1", "- - 000000"},
        {"RL=2; RL=1", "- - 000000 rtl"},
        {"RL=11", "- - 000000"},
        {"RL=", "- - 000000"},
        /* Any order, any blanks, any keys. */
        {"RL=1;CO=ff;EF=B;FN=A", "A B ff0000 rtl"},
        {"  FN = Arial ;\tEF = B\r\n ;; ;CO= ff;", "Arial B ff0000"},
        {"fn=Arial; ef=B; co=ff", "Arial B ff0000"},
        {"XX=1; FN=Arial; =; =5; FNX=no; F=no; CO", "Arial - 000000"},
        {"FN=a=b", "a=b - 000000"},
        {"EF=B;", "- B 000000"},
        {";EF=B", "- B 000000"},
        {"EF=B CO=ff", "- B 000000"},
        /* Fonts: percent coding, what is not fit to be shown, lists, length. */
        {"FN=", "- - 000000"},
        {"FN=; FN=Arial", "- - 000000"},
        {"FN=Arial; FN=Times", "Arial - 000000"},
        {"FN=Comic+Sans", "Comic+Sans - 000000"},
        {"FN=100%", "100% - 000000"},
        {"FN=%4", "%4 - 000000"},
        {"FN=%20Arial%20", "Arial - 000000"},
        {"FN=Arial%2C%20Helvetica", "Arial - 000000"},
        {"FN=%2CHelvetica", "- - 000000"},
        {"FN=a%3Bb", "a;b - 000000"},
        {"FN=a%0D%0Ab%09c", "a  b c - 000000"},
        {"FN=a%00b", "a - 000000"},
        {"FN=%22%3E%3Cb%3E", "\"><b> - 000000"},
        {"FN=%EF%BC%AD%EF%BC%B3", "\xef\xbc\xad\xef\xbc\xb3 - 000000"},
        {"FN=\xef\xbc\xad", "\xef\xbc\xad - 000000"},
        {"FN=a%FFb", "a\xef\xbf\xbd"
                     "b - 000000"},
        {"FN=a%E2%80%AEb", "ab - 000000"},
        {"FN=" FONT_31, FONT_31 " - 000000"},
        {"FN=" FONT_31 "X", FONT_31 " - 000000"},
        {"no format at all", "- - 000000"},
        {"=;=;=", "- - 000000"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].value);
        guard_both(table[i].value, strlen(table[i].value), check_read, &table[i].format);
    }
    expect_read((msnp_str){NULL, 0}, "- - 000000");
    expect_read((msnp_str){"EF=B\0;CO=ff", 11}, "- B ff0000");
}

/* The longest font takes all the room that there is. */
static void test_long_fonts(void)
{
    static const char *const letters[] = {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9d\x94\xb8"};

    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
        char *fits = repeated(letters[i], MSNP_FONT_CHARS);
        char *longer = repeated(letters[i], 1000);
        msnp_format format;
        msnp_format_init(&format);
        msnp_format_set_font(&format, longer);
        g_assert_cmpstr(format.font, ==, fits);
        char *written = msnp_format_write(&format);
        msnp_format again;
        msnp_format_read(&again, msnp_str_of(written));
        g_assert_cmpstr(again.font, ==, fits);
        g_free(written);
        g_free(longer);
        g_free(fits);
    }
}

static void test_set_font(void)
{
    static const struct {
        const char *font;
        const char *set;
    } table[] = {
        {"", ""},
        {"Arial", "Arial"},
        {" Arial\n", "Arial"},
        {"Arial, Helvetica, sans-serif", "Arial"},
        {"Arial ,x", "Arial"},
        {",x", ""},
        {"a\tb\x01"
         "c",
         "a b c"},
        {"\xff", "\xef\xbf\xbd"},
        {"abcdefghijklmnopqrstuvwxyz0123 x", "abcdefghijklmnopqrstuvwxyz0123"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_format format = {.font = "old", .bold = true, .colour = 7, .rtl = true};
        guarded place = guard_after(table[i].font, strlen(table[i].font) + 1);
        say(table[i].font);
        msnp_format_set_font(&format, place.data);
        g_assert_cmpstr(format.font, ==, table[i].set);
        g_assert_true(format.bold && format.rtl && format.colour == 7);
        guard_free(&place);
    }
}

static void test_write(void)
{
    static const struct {
        const char *format;
        const char *value;
    } table[] = {
        {"- - 000000", "FN=; EF=; CO=0; CS=0; PF=0"},
        {"Arial I 000000", "FN=Arial; EF=I; CO=0; CS=0; PF=22"},
        {"MS Sans Serif - ff0000", "FN=MS%20Sans%20Serif; EF=; CO=ff; CS=0; PF=22"},
        {"- B 00ff00", "FN=; EF=B; CO=ff00; CS=0; PF=0"},
        {"- U 0000ff", "FN=; EF=U; CO=ff0000; CS=0; PF=0"},
        {"- S 123456", "FN=; EF=S; CO=563412; CS=0; PF=0"},
        {"- BIUS 010203 rtl", "FN=; EF=BIUS; CO=30201; CS=0; PF=0; RL=1"},
        {"a;b=\"%\r\n - 000000", "FN=a%3Bb%3D%22%25%0D%0A; EF=; CO=0; CS=0; PF=22"},
        {"\xe2\x82\xac - 000000", "FN=%E2%82%AC; EF=; CO=0; CS=0; PF=22"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_format format = looking(table[i].format);
        char *value = msnp_format_write(&format);
        g_assert_cmpstr(value, ==, table[i].value);
        g_assert_cmpint(msnp_format_is_plain(&format), ==, i == 0);
        g_free(value);
    }
    /* What is no colour does not come out as one. */
    msnp_format format = {.colour = 0xFF123456};
    char *value = msnp_format_write(&format);
    g_assert_cmpstr(value, ==, "FN=; EF=; CO=563412; CS=0; PF=0");
    g_free(value);
}

/* Each member by itself is something to tell. */
static void test_plain(void)
{
    static const msnp_format table[] = {{.font = "x"},       {.bold = true},   {.italic = true},
                                        {.underline = true}, {.strike = true}, {.colour = 1},
                                        {.rtl = true}};
    msnp_format format;

    msnp_format_init(&format);
    g_assert_true(msnp_format_is_plain(&format));
    expect_looks(&format, "- - 000000");
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_assert_false(msnp_format_is_plain(&table[i]));
        char *value = msnp_format_write(&table[i]);
        char *same = looks(&table[i]);
        expect_read(msnp_str_of(value), same);
        g_free(same);
        g_free(value);
    }
}

static void check_sane(msnp_str value, void *user)
{
    msnp_format format, again;
    (void)user;
    msnp_format_read(&format, value);
    char *text = looks(&format);
    char *written = msnp_format_write(&format);
    msnp_format_read(&again, msnp_str_of(written));
    expect_looks(&again, text);
    g_free(written);
    g_free(text);
}

static void test_anything(void)
{
    static const char value[] = "FN=A%20b; EF=BI; CO=12; CS=0; PF=22; RL=1;=\0%\xff";
    guard_prefixes(value, sizeof(value) - 1, check_sane, NULL);
    static const char alphabet[] = "FNEFCORL==;;%20, bB1f\t\r\n\0\xff\xe2\x82\xac";
    for (int round = 0; round < 5000; round++) {
        char bytes[24];
        size_t len = (size_t)g_test_rand_int_range(0, sizeof(bytes) + 1);
        for (size_t i = 0; i < len; i++)
            bytes[i] = alphabet[g_test_rand_int_range(0, sizeof(alphabet) - 1)];
        guarded place = guard_after(bytes, len);
        check_sane(guard_view(&place), NULL);
        guard_free(&place);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/format/read", test_read);
    g_test_add_func("/format/long-fonts", test_long_fonts);
    g_test_add_func("/format/set-font", test_set_font);
    g_test_add_func("/format/write", test_write);
    g_test_add_func("/format/plain", test_plain);
    g_test_add_func("/format/anything", test_anything);
    return g_test_run();
}
