/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Header blocks, as strict servers, lenient servers and hostile ones write them. */
#include "expect.h"
#include "guard.h"
#include "mime.h"

#include <string.h>

/* "[name=value]..." and, if the empty line was there, "|body". */
static char *describe(msnp_str block)
{
    msnp_mime mime;
    msnp_str name, value;
    GString *text = g_string_new(NULL);
    msnp_mime_init(&mime, block);
    while (msnp_mime_next(&mime, &name, &value))
        g_string_append_printf(text, "[%.*s=%.*s]", (int)name.len, name.ptr, (int)value.len,
                               value.ptr);
    g_assert_false(msnp_mime_next(&mime, &name, &value));
    if (mime.ended)
        g_string_append_printf(text, "|%.*s", (int)mime.rest.len, mime.rest.ptr);
    else
        g_assert_cmpuint(mime.rest.len, ==, 0);
    return g_string_free(text, FALSE);
}

static void test_blocks(void)
{
    static const struct {
        const char *block;
        const char *headers;
    } table[] = {
        {"", ""},
        {"\r\n", "|"},
        {"\n", "|"},
        {"\r\nbody", "|body"},
        {"\r\n\r\nbody", "|\r\nbody"},
        {"A: b\r\n\r\nbody", "[A=b]|body"},
        {"A: b\n\nbody", "[A=b]|body"},
        {"A: b\r\n\nbody", "[A=b]|body"},
        {"A: b\n\r\nbody", "[A=b]|body"},
        {"A: b\r\n", "[A=b]"},
        {"A: b", "[A=b]"},
        {"A:", "[A=]"},
        {"A:b\r\n", "[A=b]"},
        {"A:  \t b \t \r\n", "[A=b]"},
        {"A : b\r\n", "[A=b]"},
        {"A:\r\nB: c\r\n\r\n", "[A=][B=c]|"},
        {"A: b: c\r\n", "[A=b: c]"},
        {"A:::\r\n", "[A=::]"},
        {"A: 1\r\na: 2\r\nA: 3\r\n\r\n", "[A=1][a=2][A=3]|"},
        {"Age: \r\nBDayPre: 5\r\n\r\n", "[Age=][BDayPre=5]|"},
        /* Lines without a colon, or with nothing before it, are skipped. */
        {"garbage\r\nA: b\r\n\r\n", "[A=b]|"},
        {"A: b\r\ngarbage\r\nC: d\r\n\r\n", "[A=b][C=d]|"},
        {"garbage", ""},
        {": x\r\nA: b\r\n", "[A=b]"},
        {":\r\n\r\n", "|"},
        /* Folding. */
        {"A: b\r\n c\r\nD: e\r\n\r\n", "[A=b\r\n c][D=e]|"},
        {"A: b\n\tc\n\n", "[A=b\n\tc]|"},
        {"A:\r\n b\r\n", "[A=b]"},
        {" A: b\r\nC: d\r\n", "[C=d]"},
        {"A: b\r\n garbage", "[A=b\r\n garbage]"},
        {"A\r\n : b\r\n\r\n", "[A=b]|"},
        /* As messages have it: an empty block, no body, a body of nothing, lone CR. */
        {"\r\n\r\n", "|\r\n"},
        {"\r", "|"},
        {"\r\r", "|\r"},
        {"\n\r", "|\r"},
        {"A: b\rC: d\r\rbody", "[A=b][C=d]|body"},
        {"A: b\r\r\nbody", "[A=b]|body"},
        {"A: b\r c\rD: e\r\r", "[A=b\r c][D=e]|"},
        {"A: b\r\n\r\n", "[A=b]|"},
        {"A: b\r\n \r\n\r\nC: d", "[A=b]|C: d"},
        {"A: b\r\n\r\nC: d\r\n\r\ne", "[A=b]|C: d\r\n\r\ne"},
        {"A: 1\r\n\r\nA: 2\r\n", "[A=1]|A: 2\r\n"},
        {"\xc3\xa9: \xff\r\n", "[\xc3\xa9=\xff]"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        size_t len = strlen(table[i].block);
        for (int after = 0; after < 2; after++) {
            guarded place =
                after ? guard_after(table[i].block, len) : guard_before(table[i].block, len);
            char *headers = describe(guard_view(&place));
            g_test_message("row %zu", i);
            expect_text(msnp_str_of(headers), table[i].headers);
            g_free(headers);
            guard_free(&place);
        }
    }
}

static void test_get(void)
{
    static const char block[] = "Set-Cookie: a\r\n"
                                "Authentication-Info: Passport1.4 x\r\n"
                                "set-cookie:b\r\n"
                                "SET-COOKIE: \r\n"
                                "Folded: one\r\n two\r\n\t  three \r\n"
                                "Empty:\r\n"
                                "X: a:b\r\n"
                                "\r\n"
                                "Body: z\r\n";
    static const struct {
        const char *name;
        unsigned nth;
        const char *value;
    } table[] = {
        {"Set-Cookie", 0, "a"},
        {"Set-Cookie", 1, "b"},
        {"Set-Cookie", 2, ""},
        {"Set-Cookie", 3, NULL},
        {"Set-Cookie", G_MAXUINT, NULL},
        {"sEt-cOOkie", 0, "a"},
        {"authentication-info", 0, "Passport1.4 x"},
        {"AUTHENTICATION-INFO", 0, "Passport1.4 x"},
        {"Authentication", 0, NULL},
        {"Authentication-Info2", 0, NULL},
        {"Folded", 0, "one two three"},
        {"Empty", 0, ""},
        {"X", 0, "a:b"},
        {"a", 0, NULL},
        {"", 0, NULL},
        {"Body", 0, NULL},
    };
    guarded place = guard_after(block, sizeof(block) - 1);
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *value = msnp_mime_get(guard_view(&place), table[i].name, table[i].nth);
        g_test_message("%s %u", table[i].name, table[i].nth);
        g_assert_cmpstr(value, ==, table[i].value);
        g_free(value);
    }
    guard_free(&place);
    g_assert_null(msnp_mime_get((msnp_str){"", 0}, "A", 0));
    g_assert_null(msnp_mime_get((msnp_str){"\r\n", 2}, "A", 0));
    g_assert_null(msnp_mime_get((msnp_str){"\r\nA: b", 6}, "A", 0));
}

/* A message with headers that are doubled, missing, or in the body only. */
static void test_message(void)
{
    static const struct {
        const char *payload;
        const char *type; /* of the content; NULL: none */
    } table[] = {
        {"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHi", "text/plain"},
        {"Content-Type: a\r\nContent-Type: b\r\n\r\n", "a"},
        {"Content-Type:\r\nContent-Type: b\r\n\r\n", ""},
        {"Content-Type: a;\r\n charset=b\r\n\r\n", "a; charset=b"},
        {"content-type:a\rContent-Type: b\r\r", "a"},
        {"Content-Type: a", "a"},
        {"MIME-Version: 1.0\r\n\r\nContent-Type: a\r\n\r\n", NULL},
        {"\r\nContent-Type: a\r\n\r\n", NULL},
        {"\rContent-Type: a", NULL},
        {"Content-Type\r\n: a\r\n\r\n", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i].payload, strlen(table[i].payload));
        char *type = msnp_mime_get(guard_view(&place), "Content-Type", 0);
        say(table[i].payload);
        g_assert_cmpstr(type, ==, table[i].type);
        g_free(type);
        guard_free(&place);
    }
}

static void test_unfold(void)
{
    static const struct {
        const char *value;
        const char *unfolded;
    } table[] = {
        {"", ""},
        {"a", "a"},
        {"a  b", "a  b"},
        {"a\r\n b", "a b"},
        {"a \t\r\n\t b", "a b"},
        {"a\n b\n c", "a b c"},
        {"a\r b", "a b"},
        {"\r\n a", "a"},
        {"a\r\n ", "a"},
        {"a\r\n \r\n b", "a b"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i].value, strlen(table[i].value));
        char *unfolded = msnp_mime_unfold(guard_view(&place));
        say(table[i].value);
        g_assert_cmpstr(unfolded, ==, table[i].unfolded);
        g_free(unfolded);
        guard_free(&place);
    }
}

/* Whatever it is and wherever it is cut off: views inside the block, and an end. */
static void check_sane(msnp_str block, void *user)
{
    msnp_mime mime;
    msnp_str name, value;
    size_t count = 0;
    (void)user;
    msnp_mime_init(&mime, block);
    while (msnp_mime_next(&mime, &name, &value)) {
        g_assert_cmpuint(++count, <=, block.len);
        g_assert_true(name.ptr >= block.ptr && name.ptr + name.len <= block.ptr + block.len);
        g_assert_true(value.ptr >= block.ptr && value.ptr + value.len <= block.ptr + block.len);
    }
    char *got = msnp_mime_get(block, "A", 0);
    if (got != NULL) {
        g_assert_null(strchr(got, '\r'));
        g_assert_null(strchr(got, '\n'));
    }
    g_free(got);
}

static void test_anything(void)
{
    static const char block[] = "A: b\r\n c\r\nD\r\n \t\r\nE:\n\n\r\r\n :\0x\r\n";
    guard_prefixes(block, sizeof(block) - 1, check_sane, NULL);
    static const char alphabet[] = "Aa:  \t\r\n\r\n\0x";
    for (int round = 0; round < 20000; round++) {
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
    g_test_add_func("/mime/blocks", test_blocks);
    g_test_add_func("/mime/get", test_get);
    g_test_add_func("/mime/message", test_message);
    g_test_add_func("/mime/unfold", test_unfold);
    g_test_add_func("/mime/anything", test_anything);
    return g_test_run();
}
