/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The XML of messages to and from mobile phones. */
#include "expect.h"
#include "guard.h"
#include "page.h"

#include <string.h>

#define FROM  "<FROM name=\"bob@example.com\"/>"
#define TEXT  "<TEXT>hi</TEXT>"
#define BOB   "bob@example.com "
#define PHONE "<FROM name=\"tel:"

/* "sender text", or "-". */
static void check(msnp_str xml, void *want)
{
    msnp_page page;
    bool good = msnp_page_read(&page, xml);
    char *got = good ? g_strdup_printf("%s %s", page.from, page.text) : g_strdup("-");

    expect_text(msnp_str_of(got), want);
    g_assert_true(good || (page.from == NULL && page.text == NULL));
    msnp_page_clear(&page);
    g_free(got);
}

static void test_read(void)
{
    static const struct {
        const char *xml;
        const char *page;
    } table[] = {
        {"<NOTIFICATION ver=\"2\" id=\"1\"><TO name=\"a@b.c\"/>" FROM
         "<MSG pri=\"1\"><CAT Id=\"1\"/><BODY lcid=\"1033\">" TEXT "</BODY></MSG></NOTIFICATION>",
         BOB "hi"},
        {FROM TEXT, BOB "hi"},
        {TEXT FROM, BOB "hi"},
        {"<N><FROM pid='1' name=' bob@example.com '/><TEXT>a<B>b</B>c</TEXT></N>", BOB "abc"},
        /* The first ones count. */
        {FROM PHONE "1\"/>" TEXT "<TEXT>no</TEXT>", BOB "hi"},
        {"<FROM/>" FROM TEXT, BOB "hi"},
        {PHONE "+1(206)555-01.00\"/>" TEXT, "tel:+1(206)555-01.00 hi"},
        {"<FROM name=\"TEL:5\"/>" TEXT, "TEL:5 hi"},
        /* References, sections, and what looks like some. */
        {FROM "<TEXT>&lt;&#x26;&#62;&quot;&apos; &amp;lt;</TEXT>", BOB "<&>\"' &lt;"},
        {FROM "<TEXT><![CDATA[<b>&amp;]]></TEXT>", BOB "<b>&amp;"},
        {FROM "<!-- <TEXT>no</TEXT> -->" TEXT, BOB "hi"},
        {"<?xml version=\"1.0\"?>" FROM TEXT, BOB "hi"},
        /* Cleaned. */
        {FROM "<TEXT>a&#13;&#10;b\r\nc\xe2\x80\xae"
              "d\xff</TEXT>",
         BOB "a\nb\ncd\xef\xbf\xbd"},
        /* No page. */
        {"", "-"},
        {FROM, "-"},
        {TEXT, "-"},
        {FROM "<TEXT></TEXT>", "-"},
        {FROM "<TEXT> \n\xe2\x80\x8b </TEXT>", "-"},
        {FROM "<TEXT>hi", "-"},
        {FROM "<TEXT>hi</FROM>", "-"},
        {FROM "<text>hi</text>", "-"},
        {"<N>" FROM TEXT, "-"},
        {FROM TEXT "<", "-"},
        {"<FROM name=\"\"/>" TEXT, "-"},
        {"<FROM name=\"bob\"/>" TEXT, "-"},
        {"<FROM name=\"bob@example.com x\"/>" TEXT, "-"},
        {"<FROM nick=\"bob@example.com\"/>" TEXT, "-"},
        {PHONE "\"/>" TEXT, "-"},
        {PHONE "+\"/>" TEXT, "-"},
        {PHONE "+1 2\"/>" TEXT, "-"},
        {PHONE "1;x=2\"/>" TEXT, "-"},
        {PHONE "12345678901234567890123456789012345678901\"/>" TEXT, "-"},
        {FROM "<TEXT>&me;</TEXT>", "-"},
        {FROM "<TEXT>&#0;</TEXT>", "-"},
        /* Nothing of a document type counts. */
        {"<!DOCTYPE N [<!ENTITY me \"x\">]>" FROM "<TEXT>&me;</TEXT>", "-"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].xml);
        guard_both(table[i].xml, strlen(table[i].xml), check, (void *)table[i].page);
    }
}

static void test_limits(void)
{
    size_t room = MSNP_PAGE_MAX - strlen(FROM "<TEXT></TEXT>");

    for (size_t i = 0; i < 2; i++) {
        char *text = repeated("x", room + i);
        char *xml = g_strconcat(FROM "<TEXT>", text, "</TEXT>", NULL);
        char *page = i == 0 ? g_strconcat(BOB, text, NULL) : g_strdup("-");

        check(msnp_str_of(xml), page);
        g_free(page);
        g_free(xml);
        g_free(text);
    }
    /* As deep as it can be. */
    char *deep = repeated("<a>", MSNP_PAGE_MAX / 3);
    check(msnp_str_of(deep), (char *)"-");
    g_free(deep);
}

static void test_write(void)
{
    msnp_buf xml;
    char *longest = repeated(";", MSNP_PAGE_CHARS);

    msnp_page_write(&xml, "a&b <c> d;e^f \"'\xc3\xa9\n");
    expect_text(msnp_buf_view(&xml), "<TEXT xml:space=\"preserve\">a&#x26;b &#x3C;c&#x3E; "
                                     "d&#x3B;e&#x5E;f \"'\xc3\xa9\n</TEXT>");
    msnp_buf_clear(&xml);
    msnp_page_write(&xml, longest);
    g_assert_cmpuint(xml.len, ==,
                     strlen("<TEXT xml:space=\"preserve\"></TEXT>") +
                         MSNP_PAGE_CHARS * strlen("&#x3B;"));
    msnp_buf_clear(&xml);
    g_free(longest);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/page/read", test_read);
    g_test_add_func("/page/limits", test_limits);
    g_test_add_func("/page/write", test_write);
    return g_test_run();
}
