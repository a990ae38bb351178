/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever somebody writes, in whatever format, is what the other one reads: through the HTML of
 * both clients and the messages between them, split where a reader would split it.
 *
 * ROUNDTRIP_SEED=N tries other texts than the usual ones.
 */
#include "codec.h"
#include "expect.h"
#include "html.h"
#include "looks.h"
#include "message.h"
#include "slow.h"

#include <string.h>

#define ROUNDS ((int)slow_choice(3000, 1000, 200))

/* More than the longest thing that is not split, in bytes. */
#define CLUSTER_MAX 64

/* --- what is written ---------------------------------------------------------------------------
 */

/* Markup and what looks like it, and what is hard to split. No piece ends the one before it. */
static const char *const pieces[] = {
    "<b>",
    "</b>",
    "<",
    ">",
    "&amp;",
    "&lt;",
    "&#65;",
    "&",
    ";",
    "\"",
    "'",
    "%20",
    "%",
    "%s",
    "<br>",
    "<!--",
    "-->",
    "<font color=\"red\">",
    "</span>",
    "<a href='http://x/'>",
    "\r\n",
    "\n",
    "\t",
    "  ",
    "\r",
    "\\",
    "EF=B; ",
    "\x01",
    "\x7f",
    "\xff",
    "\xe2\x82",
    "e\xcc\x81",                                    /* a combining mark */
    "a\xcc\x81\xcc\x82\xcc\x83\xcc\x84",            /* several */
    " \xcc\x81",                                    /* on a blank */
    "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", /* joined emoji */
    "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd",             /* one with a skin */
    "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa",             /* a flag */
    "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",             /* right to left */
    "\xe2\x80\x8f",
    "\xe2\x80\xae",
    "\xe2\x81\xa6", /* marks of direction */
    "\xe2\x80\xa8",
    "\xc2\xa0",
    "\xe3\x80\x80",
    "\xee\x80\x80",
    "\xef\xbf\xbf",
    "Content-Type: text/html\r\n\r\n",
    "word ",
    "longer words ",
};

static void add_random_char(GString *text, GRand *rand)
{
    static const gint32 ends[] = {0x80, 0x800, 0x10000, 0x110000};
    gunichar c = (gunichar)g_rand_int_range(rand, 1, ends[g_rand_int_range(rand, 0, 4)]);

    if (g_unichar_validate(c))
        g_string_append_unichar(text, c);
}

static void add_many(GString *text, const char *piece, gint32 n)
{
    for (gint32 i = 0; i < n; i++)
        g_string_append(text, piece);
}

/* Ends with something to be seen: what is not seen has no format. */
static char *random_text(GRand *rand)
{
    GString *text = g_string_new(NULL);
    bool blanks = g_rand_boolean(rand);
    gint32 n_pieces = (gint32)G_N_ELEMENTS(pieces);

    for (gint32 n = g_rand_int_range(rand, 0, g_rand_int_range(rand, 1, 300)); n > 0; n--) {
        gint32 kind = g_rand_int_range(rand, 0, 100);
        if (kind < 40)
            g_string_append(text, pieces[g_rand_int_range(rand, 0, n_pieces)]);
        else if (kind < 60)
            add_random_char(text, rand);
        else if (kind < 98)
            add_many(text, "x", g_rand_int_range(rand, 1, 20));
        else
            add_many(text, kind == 98 ? "x" : "\xe2\x82\xac", g_rand_int_range(rand, 1, 1600));
        if (blanks && g_rand_boolean(rand))
            g_string_append_c(text, ' ');
    }
    g_string_append_c(text, 'x');
    return g_string_free(text, FALSE);
}

static msnp_format random_format(GRand *rand)
{
    static const char *const fonts[] = {"",         "Arial",    "Comic Sans MS",
                                        "\"><b>&'", "a;b=c%20", "\xef\xbc\xad\xef\xbc\xb3",
                                        "A, B",     "&amp;",    "\xff\xe2\x80\xaez"};
    guint32 bits = g_rand_int(rand);
    gint32 font = g_rand_int_range(rand, 0, (gint32)G_N_ELEMENTS(fonts) + 3);
    msnp_format format = {.bold = bits & 1,
                          .italic = bits & 2,
                          .underline = bits & 4,
                          .strike = bits & 8,
                          .colour = bits & 16 ? bits >> 8 : 0,
                          .rtl = bits & 32};
    char *text = random_text(rand);
    bool is_known = font < (gint32)G_N_ELEMENTS(fonts);

    msnp_format_set_font(&format, is_known ? fonts[font] : text);
    g_free(text);
    return format;
}

/* --- what must hold ----------------------------------------------------------------------------
 */

static void expect_looks(const msnp_format *format, const msnp_format *expected)
{
    char *got = looks(format);
    char *want = looks(expected);

    g_assert_cmpstr(got, ==, want);
    g_free(got);
    g_free(want);
}

/* Out of the HTML comes what went in. */
static void expect_same_html(const char *text, const msnp_format *format, const char *clean)
{
    msnp_format got_format;
    char *html = prpl_html_write(text, format);
    char *got = prpl_html_read(html, &got_format);

    expect_text(msnp_str_of(got), clean);
    expect_looks(&got_format, format);
    g_free(got);
    g_free(html);
}

/* Does this character stand by itself, so that a text may be split before it? */
static bool begins(gunichar c)
{
    bool skin = c >= 0x1F3FB && c <= 0x1F3FF;
    bool jamo = (c >= 0x1160 && c <= 0x11FF) || (c >= 0xD7B0 && c <= 0xD7FB);
    bool tag = c >= 0xE0020 && c <= 0xE007F;
    bool letter = c == 0x0E33 || c == 0x0EB3 || c == 0xFF9E || c == 0xFF9F;

    return !g_unichar_ismark(c) && !skin && !jamo && !tag && !letter && c != 0x200C && c != 0x200D;
}

/* Is there white space before this place, and is what follows not joined to it? */
static bool is_behind_blank(const char *text, const char *at)
{
    return at > text && strchr(" \t\n", at[-1]) != NULL && begins(g_utf8_get_char(at));
}

/* The bytes that this much of a clean text takes in a payload. */
static size_t coded_size(const char *text, const char *end)
{
    size_t size = (size_t)(end - text);

    for (const char *p = text; p < end; p++)
        size += *p == '\n';
    return size;
}

/* The last place behind white space up to which the text needs at most `room` bytes, or NULL. */
static const char *last_blank(const char *text, size_t room)
{
    const char *last = NULL;
    size_t size = 0;

    for (const char *p = text; *p != '\0' && size <= room; p++) {
        last = is_behind_blank(text, p) ? p : last;
        size += *p == '\n' ? 2 : 1;
    }
    return last;
}

/* The text is split at `at` when there is room for `room` bytes. */
static void expect_good_split(const char *text, const char *at, size_t room)
{
    const char *before = g_utf8_prev_char(at);
    const char *last = last_blank(text, room);

    g_assert_cmpuint(coded_size(text, at), <=, room);
    g_assert_true(g_utf8_validate(text, at - text, NULL));
    if (*at == '\0')
        return;
    g_assert_cmpuint(coded_size(text, text + strlen(text)), >, room);
    /* There are more kinds of white space, it can be behind another one. */
    if (last != NULL && last != at)
        g_assert_true(at > last && g_unichar_isspace(g_utf8_get_char(before)));
    if (g_unichar_isspace(g_utf8_get_char(before)))
        return;
    g_assert_true(begins(g_utf8_get_char(at)));
    g_assert_cmphex(g_utf8_get_char(before), !=, 0x200D);
    g_assert_cmpuint(coded_size(text, at) + CLUSTER_MAX, >, room);
}

/* Sends one part, and returns the text that is received. */
static char *deliver(msnp_str part, const msnp_format *format)
{
    msnp_buf payload;
    msnp_message message;

    msnp_message_write_text(&payload, part, format);
    msnp_str view = msnp_buf_view(&payload);
    g_assert_cmpuint(view.len, <=, MSNP_MESSAGE_MAX);
    g_assert_true(g_utf8_validate(view.ptr, (gssize)view.len, NULL));
    msnp_message_read(&message, view);
    msnp_buf_clear(&payload);
    g_assert_cmpint(message.kind, ==, MSNP_MESSAGE_TEXT);
    expect_looks(&message.format, format);
    expect_view(part, message.text, strlen(message.text));
    char *text = g_strdup(message.text);
    msnp_message_clear(&message);
    return text;
}

/* The room that a payload has for text of this format. */
static size_t room_for_text(const msnp_format *format)
{
    msnp_buf payload;

    msnp_message_write_text(&payload, (msnp_str){"", 0}, format);
    size_t head = payload.len;
    msnp_buf_clear(&payload);
    g_assert_cmpuint(head, <, MSNP_MESSAGE_MAX / 2);
    return MSNP_MESSAGE_MAX - head;
}

/* Sends all parts, and returns all that is received. */
static char *deliver_all(const char *text, const msnp_format *format)
{
    GString *received = g_string_new(NULL);
    size_t room = room_for_text(format);

    for (const char *at = text; *at != '\0';) {
        size_t len = msnp_message_fit(msnp_str_of(at), format);
        g_assert_cmpuint(len, >, 0);
        expect_good_split(at, at + len, room);
        char *part = deliver((msnp_str){at, len}, format);
        g_string_append(received, part);
        g_free(part);
        at += len;
    }
    return g_string_free(received, FALSE);
}

static void test_roundtrip(void)
{
    const char *wanted = g_getenv("ROUNDTRIP_SEED");
    guint32 seed = wanted != NULL ? (guint32)g_ascii_strtoull(wanted, NULL, 10) : 20031;
    GRand *rand = g_rand_new_with_seed(seed);
    size_t parts = 0;

    g_test_message("ROUNDTRIP_SEED=%u", seed);
    for (int round = 0; round < ROUNDS; round++) {
        char *text = random_text(rand);
        char *clean = msnp_text_clean_lines(msnp_str_of(text));
        msnp_format format = random_format(rand);
        expect_same_html(text, &format, clean);
        char *received = deliver_all(clean, &format);
        g_assert_cmpstr(received, ==, clean);
        expect_same_html(received, &format, clean);
        parts += strlen(clean) > MSNP_MESSAGE_MAX;
        g_free(received);
        g_free(clean);
        g_free(text);
    }
    /* Enough of them had to be split. */
    g_assert_cmpuint(parts, >, ROUNDS / 10);
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/roundtrip", test_roundtrip);
    return g_test_run();
}
