/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages in HTML, and the emoticons in them. The input is read as HTML, and as text that is to
 * become HTML. If it is short and ends with '*', it is read many times in a row as well.
 */
#include "fuzz.h"
#include "html.h"
#include "shortcuts.h"

#include <string.h>

#define REPEATED_LEN 32    /* longest input that is repeated */
#define REPEATED_MAX 40000 /* bytes of all repetitions */
#define SECONDS_MAX  5     /* far more than they need */

/* Takes off one of the tags that may be written. */
static bool skip_tag(const char **at)
{
    static const char *const tags[] = {
        "<b>",     "</b>",    "<i>",  "</i>",
        "<u>",     "</u>",    "<s>",  "</s>",
        "</font>", "</span>", "<br>", "<span style=\"direction:rtl;text-align:right;\">"};

    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
        if (g_str_has_prefix(*at, tags[i])) {
            *at += strlen(tags[i]);
            return true;
        }
    }
    return false;
}

static bool skip_entity(const char **at)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;"};

    for (size_t i = 0; i < G_N_ELEMENTS(entities); i++) {
        if (g_str_has_prefix(*at, entities[i])) {
            *at += strlen(entities[i]);
            return true;
        }
    }
    return false;
}

/* The value of an attribute up to its quote: no markup in it. */
static void skip_value(const char **at, const char *html)
{
    while (**at && **at != '"') {
        CHECK_TEXT(!strchr("<>\n", **at), html);
        if (**at == '&')
            CHECK_TEXT(skip_entity(at), html);
        else
            ++*at;
    }
    CHECK_TEXT(*(*at)++ == '"', html);
}

static void skip_font(const char **at, const char *html)
{
    *at += strlen("<font");
    if (g_str_has_prefix(*at, " face=\"")) {
        *at += strlen(" face=\"");
        skip_value(at, html);
    }
    if (g_str_has_prefix(*at, " color=\"#")) {
        *at += strlen(" color=\"#");
        CHECK_TEXT(strspn(*at, "0123456789abcdef") == 6, html);
        skip_value(at, html);
    }
    CHECK_TEXT(*(*at)++ == '>', html);
}

/* Only the markup that we mean, everything else is text. */
static void check_markup(const char *html)
{
    unsigned fonts = 0;

    for (const char *at = html; *at;) {
        if (g_str_has_prefix(at, "<font")) {
            CHECK_TEXT(fonts++ == 0, html);
            skip_font(&at, html);
        } else if (*at == '<') {
            CHECK_TEXT(skip_tag(&at), html);
        } else if (*at == '&') {
            CHECK_TEXT(skip_entity(&at), html);
        } else {
            CHECK_TEXT(!strchr(">\"\n\r", *at), html);
            at++;
        }
    }
}

static bool is_seen(const char *text)
{
    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        if (!g_unichar_isspace(c) && g_unichar_type(c) != G_UNICODE_FORMAT)
            return true;
    }
    return false;
}

/* The text in this format is HTML out of which comes the same. */
static void check_written(const char *text, const msnp_format *format, const char *expected)
{
    char *html = prpl_html_write(text, format);
    msnp_format again;
    char *same = prpl_html_read(html, &again);

    check_markup(html);
    CHECK_TEXT(!strcmp(same, expected), html);
    CHECK_TEXT(!is_seen(expected) || heard_same_format(&again, format), html);
    g_free(same);
    g_free(html);
}

static void check_shortcut(const char *shortcut, const char *picture, void *text)
{
    CHECK_TEXT(strstr(text, shortcut) != NULL && *picture != '\0', text);
}

static void check_repeated(const char *string, size_t len)
{
    GString *many = g_string_new(NULL);
    gint64 before = g_get_monotonic_time();
    msnp_format format;
    char *text;

    while (many->len < REPEATED_MAX)
        g_string_append_len(many, string, (gssize)len);
    text = prpl_html_read(many->str, &format);
    prpl_shortcuts_find(text, check_shortcut, text);
    CHECK_TEXT(g_get_monotonic_time() - before < SECONDS_MAX * G_TIME_SPAN_SECOND, string);
    g_free(text);
    g_string_free(many, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *string = msnp_str_dup((msnp_str){(const char *)data, size});
    size_t len = strlen(string);
    char *clean = msnp_text_clean_lines(msnp_str_of(string));
    msnp_format format;
    char *text = prpl_html_read(string, &format);

    CHECK_TEXT(heard_is_clean_text(text), text);
    CHECK_TEXT(heard_is_clean_text(clean), clean);
    CHECK(strlen(text) <= 4 * len);
    fuzz_check_format(&format);
    prpl_shortcuts_find(text, check_shortcut, text);
    check_written(text, &format, text);
    check_written(string, &format, clean);
    /* The same with a font that is anything. */
    msnp_format_set_font(&format, string);
    check_written(string, &format, clean);
    if (len > 0 && len <= REPEATED_LEN && string[len - 1] == '*')
        check_repeated(string, len);
    g_free(text);
    g_free(clean);
    g_free(string);
    return 0;
}
