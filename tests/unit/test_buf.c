/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views, the capped buffer, and wiping. */
#include "buf.h"
#include "expect.h"
#include "guard.h"
#include "watch.h"

#include <string.h>

static void test_views(void)
{
    static const struct {
        const char *a;
        const char *b;
        bool is;
        bool nocase;
    } table[] = {
        {"", "", true, true},
        {"a", "", false, false},
        {"", "a", false, false},
        {"MSNP8", "MSNP8", true, true},
        {"MSNP8", "MSNP", false, false},
        {"MSNP", "MSNP8", false, false},
        {"msnp8", "MSNP8", false, true},
        {"DALogin", "dalogin", false, true},
        {"[", "{", false, false}, /* 0x20 apart, and no letters */
        {"@", "`", false, false},
        {"\xc3\x84", "\xc3\xa4", false, false}, /* letters, but not of ASCII */
        {"straight", "straighT", false, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i].a, strlen(table[i].a));
        g_test_message("\"%s\" \"%s\"", table[i].a, table[i].b);
        g_assert_cmpint(msnp_str_is(guard_view(&place), table[i].b), ==, table[i].is);
        g_assert_cmpint(msnp_str_is_nocase(guard_view(&place), table[i].b), ==, table[i].nocase);
        char *copy = msnp_str_dup(guard_view(&place));
        g_assert_cmpstr(copy, ==, table[i].a);
        g_free(copy);
        guard_free(&place);
    }
    msnp_str view = msnp_str_of("abc");
    expect_text(view, "abc");
    g_assert_cmpuint(msnp_str_of("").len, ==, 0);
    /* A NUL is a byte like others, and no end. */
    g_assert_false(msnp_str_is((msnp_str){"a\0b", 3}, "a"));
    g_assert_false(msnp_str_is_nocase((msnp_str){"a\0b", 3}, "a"));
    g_assert_false(msnp_str_is((msnp_str){"a", 2}, "a"));
    g_assert_false(msnp_str_is_nocase((msnp_str){"a", 2}, "a"));
    g_assert_true(msnp_str_is((msnp_str){NULL, 0}, ""));
    char *none = msnp_str_dup((msnp_str){NULL, 0});
    g_assert_cmpstr(none, ==, "");
    g_free(none);
}

static void assert_holds(const msnp_buf *buf, const char *text)
{
    msnp_str view = msnp_buf_view(buf);
    expect_text(view, text);
    g_assert_cmpuint(buf->len, ==, strlen(text));
}

static void test_append(void)
{
    msnp_buf buf;
    msnp_buf_init(&buf, 8, false);
    assert_holds(&buf, "");
    msnp_buf_consume(&buf, 5);
    assert_holds(&buf, "");
    g_assert_cmpint(msnp_buf_append(&buf, NULL, 0), ==, MSNP_OK);
    g_assert_cmpint(msnp_buf_append(&buf, "abcd", 4), ==, MSNP_OK);
    g_assert_cmpint(msnp_buf_append_text(&buf, "efgh"), ==, MSNP_OK);
    assert_holds(&buf, "abcdefgh");
    g_assert_cmpint(msnp_buf_append(&buf, "i", 1), ==, MSNP_ERR_TOO_LONG);
    g_assert_cmpint(msnp_buf_append(&buf, "i", 0), ==, MSNP_OK);
    assert_holds(&buf, "abcdefgh");
    msnp_buf_consume(&buf, 3);
    assert_holds(&buf, "defgh");
    g_assert_cmpint(msnp_buf_append_text(&buf, "ijkl"), ==, MSNP_ERR_TOO_LONG);
    assert_holds(&buf, "defgh");
    g_assert_cmpint(msnp_buf_append_text(&buf, "ijk"), ==, MSNP_OK);
    assert_holds(&buf, "defghijk");
    msnp_buf_consume(&buf, 100);
    assert_holds(&buf, "");
    /* A length that would wrap around. */
    g_assert_cmpint(msnp_buf_append_text(&buf, "abcd"), ==, MSNP_OK);
    g_assert_cmpint(msnp_buf_append(&buf, "x", SIZE_MAX), ==, MSNP_ERR_TOO_LONG);
    g_assert_cmpint(msnp_buf_append(&buf, "x", SIZE_MAX - 3), ==, MSNP_ERR_TOO_LONG);
    assert_holds(&buf, "abcd");
    msnp_buf_consume(&buf, SIZE_MAX);
    assert_holds(&buf, "");
    g_assert_cmpint(msnp_buf_append_text(&buf, "abcd"), ==, MSNP_OK);
    msnp_buf_clear(&buf);
    assert_holds(&buf, "");
    g_assert_cmpint(msnp_buf_append_text(&buf, "12345678"), ==, MSNP_OK);
    g_assert_cmpint(msnp_buf_append_text(&buf, "9"), ==, MSNP_ERR_TOO_LONG);
    assert_holds(&buf, "12345678");
    msnp_buf_clear(&buf);
    msnp_buf_clear(&buf);

    msnp_buf_init(&buf, 0, true);
    g_assert_cmpint(msnp_buf_append_text(&buf, ""), ==, MSNP_OK);
    g_assert_cmpint(msnp_buf_append_text(&buf, "a"), ==, MSNP_ERR_TOO_LONG);
    msnp_buf_clear(&buf);
}

/* The same random operations on the buffer and on a GString. */
static void test_model(void)
{
    for (int secret = 0; secret < 2; secret++) {
        const size_t cap = 5000;
        msnp_buf buf;
        msnp_buf_init(&buf, cap, secret == 1);
        GString *model = g_string_new(NULL);
        for (int round = 0; round < 20000; round++) {
            char piece[600];
            size_t len = (size_t)g_test_rand_int_range(0, sizeof(piece));
            if (g_test_rand_bit()) {
                memset(piece, 'a' + round % 26, len);
                bool fits = model->len + len <= cap;
                g_assert_cmpint(msnp_buf_append(&buf, piece, len), ==,
                                fits ? MSNP_OK : MSNP_ERR_TOO_LONG);
                if (fits)
                    g_string_append_len(model, piece, (gssize)len);
            } else {
                msnp_buf_consume(&buf, len);
                g_string_erase(model, 0, (gssize)MIN(len, model->len));
            }
            msnp_str view = msnp_buf_view(&buf);
            expect_view(view, model->str, model->len);
            g_assert_cmpuint(buf.start + buf.len, <=, buf.size);
        }
        g_string_free(model, TRUE);
        msnp_buf_clear(&buf);
    }
}

static void test_wipe(void)
{
    char secret[] = "hunter2hunter2";
    msnp_wipe(secret, 7);
    g_assert_cmpmem(secret, 7, "\0\0\0\0\0\0\0", 7);
    g_assert_cmpmem(secret + 7, 8, "hunter2", 8);
    msnp_wipe(NULL, 0);
    msnp_wipe(secret, 0);
    msnp_secret_free(NULL);

    /* The watch sees what it is meant to see. */
    watch_secret("hunter2");
    char *careless = g_strdup("my hunter2");
    char *careful = g_strdup("my hunter2");
    watch_on();
    msnp_secret_free(careful);
    g_assert_cmpuint(watch_found(), ==, 0);
    g_free(careless);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 1);
    watch_reset();
}

/* A secret buffer leaves nothing behind when it grows, is consumed, or goes. */
static void test_secret(void)
{
    watch_secret("hunter2");
    watch_on();
    msnp_buf buf;
    msnp_buf_init(&buf, 100000, true);
    for (int i = 0; i < 5000; i++) {
        g_assert_cmpint(msnp_buf_append_text(&buf, "hunter2 "), ==, MSNP_OK);
        if (i % 3 == 0)
            msnp_buf_consume(&buf, 5);
    }
    msnp_buf_clear(&buf);
    g_assert_cmpint(msnp_buf_append_text(&buf, "hunter2"), ==, MSNP_OK);
    msnp_buf_consume(&buf, 7);
    msnp_buf_clear(&buf);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);

    /* One that is not secret shows that this could have failed. */
    watch_on();
    msnp_buf_init(&buf, 100, false);
    g_assert_cmpint(msnp_buf_append_text(&buf, "hunter2"), ==, MSNP_OK);
    msnp_buf_clear(&buf);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 1);
    watch_reset();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/buf/views", test_views);
    g_test_add_func("/buf/append", test_append);
    g_test_add_func("/buf/model", test_model);
    g_test_add_func("/buf/wipe", test_wipe);
    g_test_add_func("/buf/secret", test_secret);
    return g_test_run();
}
