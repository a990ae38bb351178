/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages as the clients of libpurple have them, to text and format, and back. */
#include "expect.h"
#include "guard.h"
#include "html.h"
#include "looks.h"
#include "slow.h"

#include <string.h>
#include <time.h>

/* Reads with the end of the HTML at a page that cannot be read; NULL as format: it is plain. */
static void expect_read(const char *html, const char *text, const char *looks_so)
{
    msnp_format format = {.font = "old", .bold = true, .colour = 5, .rtl = true};
    guarded place = guard_after(html, strlen(html) + 1);
    char *got = prpl_html_read(place.data, &format);
    char *got_looks = looks(&format);

    say(html);
    expect_text(msnp_str_of(got), text);
    g_assert_cmpstr(got_looks, ==, looks_so != NULL ? looks_so : "- - 000000");
    g_free(got_looks);
    g_free(got);
    guard_free(&place);
}

static void test_formats(void)
{
    static const struct {
        const char *html;
        const char *text;
        const char *format;
    } table[] = {
        {"plain", "plain", NULL},
        {"<b>x</b>", "x", "- B 000000"},
        {"<B>x</B>", "x", "- B 000000"},
        {"<strong>x</strong>", "x", "- B 000000"},
        {"<i>x</i>", "x", "- I 000000"},
        {"<EM>x</EM>", "x", "- I 000000"},
        {"<u>x</u>", "x", "- U 000000"},
        {"<ins>x</ins>", "x", "- U 000000"},
        {"<s>x</s>", "x", "- S 000000"},
        {"<STRIKE>x</STRIKE>", "x", "- S 000000"},
        {"<del>x</del>", "x", "- S 000000"},
        {"<b><i><u><s>x</s></u></i></b>", "x", "- BIUS 000000"},
        {"<h1>x</h1>", "x", "- B 000000"},
        {"<b >x", "x", "- B 000000"},
        {"<b\n>x", "x", "- B 000000"},
        {"<b/>x", "x", "- B 000000"},
        /* As Pidgin writes it. */
        {"<FONT COLOR=\"#ff0000\" FACE=\"Comic Sans MS\" SIZE=\"3\">x</FONT>", "x",
         "Comic Sans MS - ff0000"},
        {"<HTML><BODY BGCOLOR=\"#ffffff\"><FONT FACE=\"Arial\"><B>Hello</B> world</FONT></BODY>"
         "</HTML>",
         "Hello world", "Arial B 000000"},
        {"<SPAN style='direction:rtl;text-align:right;'>x</SPAN>", "x", "- - 000000 rtl"},
        {"<span style='font-weight: bold; font-family: X; color: #00ff00; text-decoration: "
         "underline'>x</span>",
         "x", "X BU 00ff00"},
        {"<span dir=rtl>x", "x", "- - 000000 rtl"},
        {"<p dir=\"RTL\">x", "x", "- - 000000 rtl"},
        {"<span dir=rtl><span dir=ltr>x", "x", NULL},
        /* Attributes: any quotes, any blanks, any order. */
        {"<font color=#ff0000>x", "x", "- - ff0000"},
        {"<font color=red face=Arial>x", "x", "Arial - ff0000"},
        {"<font color='red'face='Arial'>x", "x", "Arial - ff0000"},
        {"<font face = \"Arial\"\ncolor =\t'red' >x", "x", "Arial - ff0000"},
        {"<font color=red color=blue>x", "x", "- - ff0000"},
        {"<font colour=red xcolor=red color>x", "x", NULL},
        {"<font ==color=red>x", "x", NULL},
        {"<font face=\"a>b\">x", "x", "a>b - 000000"},
        {"<font face=\"&lt;b&gt; &amp; &quot;c&#39;\">x", "x", "<b> & \"c' - 000000"},
        {"<font face=\"Arial, Helvetica\">x", "x", "Arial - 000000"},
        {"<font face=\"\">x", "x", NULL},
        {"<font face=\"a\x01\n"
         "b\">x",
         "x", "a  b - 000000"},
        {"<span face=Arial color=red>x", "x", NULL},
        /* As on IRC, where the message begins with it. */
        {"\x02x\x02 y", "x y", "- B 000000"},
        {"x \x02y", "x y", NULL},
        {"\x02\x02x", "x", NULL},
        {"\x02\x1d\x1f\x1e\x16x", "x", "- BIUS 000000"},
        {"\x02\x1d\x0fx", "x", NULL},
        {"<i>\x02x</i>", "x", "- BI 000000"},
        {"\x03"
         "04red\x03 plain",
         "red plain", "- - ff0000"},
        {"\x03"
         "4,12red",
         "red", "- - ff0000"},
        {"\x03"
         "04,x",
         ",x", "- - ff0000"},
        {"\x03"
         "041",
         "1", "- - ff0000"},
        {"\x03"
         "04,123",
         "3", "- - ff0000"},
        {"\x03"
         "00x",
         "x", NULL},
        {"\x03"
         "99x",
         "x", NULL},
        {"\x03"
         "04\x03x",
         "x", NULL},
        {"<font color=lime>\x03"
         "04x",
         "x", "- - ff0000"},
        {"\x03,1", ",1", NULL},
        {"\x03", "", NULL},
        /* Colours. */
        {"<font color=\"#abc\">x", "x", "- - aabbcc"},
        {"<font color=\"#ABCDEF\">x", "x", "- - abcdef"},
        {"<font color=\"Lime\">x", "x", "- - 00ff00"},
        {"<font color=\"#12345\">x", "x", NULL},
        {"<font color=\"#12345g\">x", "x", NULL},
        {"<font color=\"#\">x", "x", NULL},
        {"<font color=\"ff0000\">x", "x", NULL},
        {"<font color=\"no such colour\">x", "x", NULL},
        {"<font color=red><font color=nonsense>x", "x", "- - ff0000"},
        /* Style sheets. */
        {"<span style=\"font-weight:700\">x", "x", "- B 000000"},
        {"<span style=\"font-weight:500\">x", "x", NULL},
        {"<b><span style=\"font-weight:normal\">x", "x", NULL},
        {"<span style=\"font-style: oblique\">x", "x", "- I 000000"},
        {"<i><span style=\"font-style: normal\">x", "x", NULL},
        {"<span style=\"text-decoration: underline line-through\">x", "x", "- US 000000"},
        {"<u><span style=\"text-decoration: none\">x", "x", "- U 000000"},
        {"<span style=\"font-family: 'Times New Roman', serif; COLOR : Red ;\">x", "x",
         "Times New Roman - ff0000"},
        {"<span style=\"font-family: &quot;A B&quot;\">x", "x", "A B - 000000"},
        {"<span style=\"background-color: red; color\">x", "x", NULL},
        {"<span style=\"direction: rtl; direction: ltr\">x", "x", NULL},
        {"<span style=\";;:;: x;color:red\">x", "x", "- - ff0000"},
        {"<p style=\"color: red\">x", "x", "- - ff0000"},
        /* The first character that is seen counts. */
        {"<b> </b>x", " x", NULL},
        {" \n\t<b>x</b>y",
         " \n\tx"
         "y",
         "- B 000000"},
        {"x<b>y</b>", "xy", NULL},
        {"<b>x</b><i>y</i>", "xy", "- B 000000"},
        {"<b></b><i>x</i>", "x", "- I 000000"},
        {"<b>\xe2\x80\x8e</b>x", "\xe2\x80\x8ex", NULL},
        {"<b>\xc2\xa0</b>x", "\xc2\xa0x", NULL},
        {"<b>&nbsp;</b>x", " x", NULL},
        {"<b>&#x202e;</b>x", "x", NULL},
        {"<b>", "", NULL},
        {"<b> </b>", " ", NULL},
        {"<b><img alt=x></b>", "x", "- B 000000"},
        {"<font color=red>x<font color=blue>y</font></font>", "xy", "- - ff0000"},
        {"<font color=red><font color=blue>x", "x", "- - 0000ff"},
        {"<font color=red><font color=blue></font>x", "x", "- - ff0000"},
        {"<font color=red face=A><font color=blue>x", "x", "A - 0000ff"},
        /* Tags that are not in pairs. */
        {"<b><i></b>x", "x", "- I 000000"},
        {"<b><i></i></i>x", "x", "- B 000000"},
        {"</b>x", "x", NULL},
        {"<b><strong></b>x", "x", "- B 000000"},
        {"<b><b></b>x", "x", "- B 000000"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        expect_read(table[i].html, table[i].text, table[i].format);
}

static void test_colour_names(void)
{
    static const struct {
        const char *name;
        const char *format;
    } table[] = {
        {"black", "- - 000000"},  {"silver", "- - c0c0c0"},  {"gray", "- - 808080"},
        {"white", "- - ffffff"},  {"maroon", "- - 800000"},  {"red", "- - ff0000"},
        {"purple", "- - 800080"}, {"fuchsia", "- - ff00ff"}, {"green", "- - 008000"},
        {"lime", "- - 00ff00"},   {"olive", "- - 808000"},   {"yellow", "- - ffff00"},
        {"navy", "- - 000080"},   {"blue", "- - 0000ff"},    {"teal", "- - 008080"},
        {"aqua", "- - 00ffff"},   {"grey", "- - 808080"},    {"magenta", "- - ff00ff"},
        {"cyan", "- - 00ffff"},   {"orange", "- - ffa500"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *html = g_strdup_printf("<font color=%s>x", table[i].name);
        expect_read(html, "x", table[i].format);
        g_free(html);
    }
}

#define RULE "----------"

static void test_text(void)
{
    static const struct {
        const char *html;
        const char *text;
    } table[] = {
        {"", ""},
        {"  a  b  ", "  a  b  "},
        {"a\tb", "a\tb"},
        /* Line breaks. */
        {"a<br>b", "a\nb"},
        {"a<BR/>b<br />c<br clear=\"all\"/>d<br\n/>e<Br/ >f", "a\nb\nc\nd\ne\nf"},
        {"a\nb", "a\nb"},
        {"a\r\nb\rc", "a\nb\nc"},
        {"a<br>\nb", "a\n\nb"},
        {"<br>", "\n"},
        {"<br>a<br>", "\na\n"},
        {"a<br><br>b", "a\n\nb"},
        {"a</br>b</ br>", "a\nb</ br>"},
        /* Blocks. */
        {"<p>a</p>", "a"},
        {"<p>a</p><p>b</p>", "a\nb"},
        {"<p>a<p>b", "a\nb"},
        {"<p>a</p>\n<p>b</p>", "a\nb"},
        {"<p>a</p><br><p>b</p>", "a\n\nb"},
        {"<p>a<br></p><p>b</p>", "a\nb"},
        {"a<div>b</div>c", "a\nb\nc"},
        {"<div>a</div><div><br></div><div>b</div>", "a\n\nb"},
        {"<div><p><div>a</div></p></div>", "a"},
        {"<ul><li>a</li><li>b</li></ul>c", "a\nb\nc"},
        {"a<hr>b", "a\n" RULE "\nb"},
        {"<HR/><p>a</p><hr width=\"50%\" /><hr>", RULE "\na\n" RULE "\n" RULE},
        {"a<hr>\nb</hr>", "a\n" RULE "\nb"},
        {"<p>  a</p>", "  a"},
        {"\n<p>a", "\na"},
        {"<p>\na", "\na"},
        /* Entities. */
        {"&amp;&lt;&gt;&quot;&apos;&nbsp;&copy;&reg;", "&<>\"' \xc2\xa9\xc2\xae"},
        {"&#39;&#x27;&#X27;&#8364;&#x20aC;&#x1F600;",
         "'''\xe2\x82\xac\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"&#0000000065;", "&#0000000065;"},
        {"&#000065;", "A"},
        {"&lt;b&gt;", "<b>"},
        {"&amp;lt;", "&lt;"},
        {"&amp;amp;", "&amp;"},
        {"a&b &c; &amp &; &#; &#x; &#xg; &#-1; & ", "a&b &c; &amp &; &#; &#x; &#xg; &#-1; & "},
        {"&#0;&#x0;&#xD800;&#xDFFF;&#x110000;&#4294967361;",
         "&#0;&#x0;&#xD800;&#xDFFF;&#x110000;&#4294967361;"},
        {"&AMP;&lt", "&AMP;&lt"},
        {"&", "&"},
        {"&#", "&#"},
        {"&amp", "&amp"},
        {"&#10;&#13;&#9;&#1;&#x7f;&#x85;", "\n\n\t"},
        {"&#x202e;&#x200e;&#xfdd0;", "\xe2\x80\x8e\xef\xbf\xbd"},
        /* Tags that say nothing to us, and comments. */
        {"<blink>a</blink><SUP class=x>b</SUP><code/>c", "abc"},
        {"<!DOCTYPE html>a<?xml version='1.0'?>b", "ab"},
        {"a<!-- <b>no</b> -->b", "ab"},
        {"a<!---->b<!-- - -- > -->c", "abc"},
        {"a<!--b", "a<!--b"},
        {"a<!--b<br>c", "a<!--b\nc"},
        {"a<!-b>", "a<!-b>"},
        /* What is no tag. */
        {"1 < 2 > 0", "1 < 2 > 0"},
        {"<3 </3> <> </> << >> <!> <?>", "<3 </3> <> </> << >> <!> <?>"},
        {"<", "<"},
        {"a<", "a<"},
        {"</", "</"},
        {"<b", "<b"},
        {"<b ", "<b "},
        {"a <b and <i>c</i>", "a <b and c"},
        {"<somebody@example.com>", "<somebody@example.com>"},
        {"<bob> <bob/> </bob> <o:p> <my-tag x='y'>c", "<bob> <bob/> </bob> <o:p> <my-tag x='y'>c"},
        {"<bob <b>x</b>>", "<bob x>"},
        {"&lt;<A HREF=\"mailto:bob@example.com\">bob@example.com</A>&gt;", "<bob@example.com>"},
        {"<http://example.com/>", "<http://example.com/>"},
        {"<b-> <b:> <b_> <b.c>", "<b-> <b:> <b_> <b.c>"},
        {"< b>", "< b>"},
        {"</ b>", "</ b>"},
        {"<\xc3\xa9>", "<\xc3\xa9>"},
        /* Quotes: a '>' in them ends no tag, unless they have no end. */
        {"<td y=\">\">a", "a"},
        {"<td y='\">'>a", "a"},
        {"<td y= \"<\">a", "a"},
        {"<td y=\">a", "a"},
        {"<td y='>a<i z=\">\">b", "a\">b"},
        {"<td don't>a<i>b's", "ab's"},
        {"<td \">a", "a"},
        {"<b y=\"", "<b y=\""},
        {"<b y=\"<i>", "<b y=\""},
        /* Links. */
        {"<a href=\"http://example.com/x\">here</a>", "here (http://example.com/x)"},
        {"<A HREF=\"http://example.com/\">http://example.com/</A>", "http://example.com/"},
        {"<a href=\"http://example.com/\">example.com</a>!", "example.com!"},
        {"<a href=\"https://example.com\">see example.com now</a>", "see example.com now"},
        {"<a href=\"mailto:a@b.c\">a@b.c</a>", "a@b.c"},
        {"<a href=\"mailto:a@b.c\">me</a>", "me (mailto:a@b.c)"},
        {"<a href=\"http://a/?x=1&amp;y=2\">q</a>", "q (http://a/?x=1&y=2)"},
        {"<a href=\"http://a/?x=1&amp;y=2\">http://a/?x=1&amp;y=2</a>", "http://a/?x=1&y=2"},
        {"<a href=\"http://a/\"></a>", "http://a/"},
        {"<a href=\"http://a/\"> <img></a>", " http://a/"},
        {"<a href=\"http://a/x\"><b>b</b>c</a>d", "bc (http://a/x)d"},
        {"<a href=\"http://a/x\">b", "b (http://a/x)"},
        {"<a href=\"http://a/x\">b<a href=\"http://c/x\">d</a>", "b (http://a/x)d (http://c/x)"},
        {"<a href=\"\">b</a><a>c</a><a name=x>d</a></a>", "bcd"},
        {"<a href=\"x\r\ny\">b</a>", "b (x  y)"},
        {"<a href=\"<b>\">c</a>", "c (<b>)"},
        {"example <a href=\"http://example\">x</a>", "example x (http://example)"},
        /* Images. */
        {"a<img src=\"x.png\" alt=\":-)\">b", "a:-)b"},
        {"a<IMG ID=\"5\">b", "ab"},
        {"a<img alt=\"\">b<img alt>c", "abc"},
        {"<img alt=\"a &lt;b&gt;\nc\">", "a <b> c"},
        {"<img alt=x>y</img>", "xy"},
        /* Characters. */
        {"a\x01\x1b\x7f"
         "b\xc2\x85"
         "c",
         "abc"},
        {"\xff\xc3(\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"a\xe2\x80\xae"
         "b\xe2\x80\x8f"
         "c\xe2\x80\x8d"
         "d",
         "ab\xe2\x80\x8f"
         "c\xe2\x80\x8d"
         "d"},
        {"a\xe2\x80\xa8"
         "b",
         "a\nb"},
        {"\xee\x80\x80", "\xee\x80\x80"},
        {"\xc2\xa0", "\xc2\xa0"},
        {"<b\x01>a", "<b>a"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_format format;
        guarded place = guard_after(table[i].html, strlen(table[i].html) + 1);
        char *text = prpl_html_read(place.data, &format);
        say(table[i].html);
        expect_text(msnp_str_of(text), table[i].text);
        g_free(text);
        guard_free(&place);
    }
}

static void test_write(void)
{
    static const struct {
        const char *format;
        const char *text;
        const char *html;
    } table[] = {
        {"- - 000000", "", ""},
        {"- - 000000", "Hello", "Hello"},
        {"- - 000000", "a<b>&\"'", "a&lt;b&gt;&amp;&quot;'"},
        {"- - 000000", " a  b\tc ", " a  b\tc "},
        {"- - 000000", "a\nb\n", "a<br>b<br>"},
        {"- - 000000", "a\r\nb\rc", "a<br>b<br>c"},
        {"- - 000000", "a\x01\xff\xe2\x80\xae", "a\xef\xbf\xbd"},
        {"- - 000000", "100% %s &amp;", "100% %s &amp;amp;"},
        {"- B 000000", "x", "<b>x</b>"},
        {"- I 000000", "x", "<i>x</i>"},
        {"- U 000000", "x", "<u>x</u>"},
        {"- S 000000", "x", "<s>x</s>"},
        {"- - 0000ff", "x", "<font color=\"#0000ff\">x</font>"},
        {"- - 00000f", "x", "<font color=\"#00000f\">x</font>"},
        {"MS Sans Serif - 000000", "x", "<font face=\"MS Sans Serif\">x</font>"},
        {"\"><b>&' - 000000", "x", "<font face=\"&quot;&gt;&lt;b&gt;&amp;'\">x</font>"},
        {"- - 000000 rtl", "x", "<span style=\"direction:rtl;text-align:right;\">x</span>"},
        {"A BIUS ff0000 rtl", "x\ny",
         "<span style=\"direction:rtl;text-align:right;\"><font face=\"A\" color=\"#ff0000\">"
         "<b><i><u><s>x<br>y</s></u></i></b></font></span>"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_format format = looking(table[i].format);
        guarded place = guard_after(table[i].text, strlen(table[i].text) + 1);
        char *html = prpl_html_write(place.data, &format);
        say(table[i].text);
        g_assert_cmpstr(html, ==, table[i].html);
        g_free(html);
        guard_free(&place);
    }
}

/* Tags that are open without an end: some depth is remembered, the others do no harm. */
static void test_depth(void)
{
    char *deep = repeated("<b><font color=red><div>", 100000);
    char *ends = repeated("</div></font></b>", 100000);
    char *html = g_strconcat(deep, "x", ends, "y", NULL);

    expect_read(html, "x\ny", "- B ff0000");
    g_free(html);
    html = g_strconcat("<i>", ends, "x", NULL);
    expect_read(html, "x", "- I 000000");
    g_free(html);
    g_free(ends);
    g_free(deep);
}

/* Reads a long text; how long that takes, of the processor's time: others do not count. */
static clock_t time_to_read(const char *begin, const char *piece)
{
    char *many = repeated(piece, slow_choice(400000, 400000, 40000) / strlen(piece));
    char *html = g_strconcat(begin, many, NULL);
    msnp_format format;
    clock_t before = clock();
    char *text = prpl_html_read(html, &format);
    clock_t needed = clock() - before;

    g_assert_cmpuint(strlen(text), <=, 4 * strlen(html));
    g_free(text);
    g_free(html);
    g_free(many);
    return needed;
}

static void expect_quick(const char *begin, const char *piece, clock_t limit)
{
    say(piece);
    g_assert_cmpint(time_to_read(begin, piece), <, limit);
}

/*
 * What makes a careless reader look for an end again and again, which takes it seconds to minutes,
 * while plain text of this size takes some hundredths of a second.
 */
static void test_linear(void)
{
    static const char *const pieces[] = {"<",
                                         "<a",
                                         "<a ",
                                         "</",
                                         "<!--",
                                         "<!",
                                         "&",
                                         "&#",
                                         "&amp",
                                         "<a b=\"",
                                         "<a b='\"",
                                         "<a b=\">\"",
                                         "<a ='<b\" =\"",
                                         "<a b=\"<",
                                         "<b>",
                                         "</b>",
                                         "<b></i>",
                                         "<p>",
                                         "\n",
                                         "<a href=x>",
                                         "<a href=x>y",
                                         "<a href=x",
                                         "<td y=>'",
                                         "<a href='x",
                                         "<!-- --",
                                         "<!-- -->",
                                         "\x02",
                                         "\x03,",
                                         "\xff"};
    static const char *const values[] = {"<", "&", "&#x", "=", "' ", "x"};
    /* Where each allocation is followed back to its caller, as under sanitizers, that takes long.
     */
    clock_t limit = 10 * time_to_read("", "x") + 4 * CLOCKS_PER_SEC;

    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++)
        expect_quick("", pieces[i], limit);
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        expect_quick("<font color=red face=\"", values[i], limit);
        expect_quick("<a href=", values[i], limit);
    }
    expect_quick("<a href='x'>", "x", limit);
    expect_quick("<!--", "-", limit);
}

static void check_sane(msnp_str html, void *user)
{
    msnp_format format, again;
    char *string = msnp_str_dup(html);
    (void)user;
    char *text = prpl_html_read(string, &format);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    char *written = prpl_html_write(text, &format);
    char *same = prpl_html_read(written, &again);
    g_assert_cmpstr(same, ==, text);
    char *looks_before = looks(&format);
    char *looks_now = looks(&again);
    g_assert_cmpstr(looks_now, ==, looks_before);
    g_free(looks_now);
    g_free(looks_before);
    g_free(same);
    g_free(written);
    g_free(text);
    g_free(string);
}

static void test_anything(void)
{
    static const char html[] = "<p><font color=\"#abc\" face='x'>a&amp;<!-- --><a href=\"y\">b</a>"
                               "<br/>&#x41; <span style='direction:rtl'>c</span></font>";
    static const char *const pieces[] = {"<",  ">", "/",    "b",    "a href", "=",   "\"",  "'",
                                         "br", "&", "amp;", "#6",   ";",      " ",   "\n",  "p",
                                         "x",  "!", "--",   "font", " color", "red", "\xff"};

    guard_prefixes(html, sizeof(html) - 1, check_sane, NULL);
    for (int round = 0; round < 5000; round++) {
        GString *random = g_string_new(NULL);
        for (int i = g_test_rand_int_range(0, 16); i > 0; i--)
            g_string_append(random, pieces[g_test_rand_int_range(0, (gint32)G_N_ELEMENTS(pieces))]);
        check_sane((msnp_str){random->str, random->len}, NULL);
        g_string_free(random, TRUE);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/html/formats", test_formats);
    g_test_add_func("/html/colour-names", test_colour_names);
    g_test_add_func("/html/text", test_text);
    g_test_add_func("/html/write", test_write);
    g_test_add_func("/html/depth", test_depth);
    g_test_add_func("/html/linear", test_linear);
    g_test_add_func("/html/anything", test_anything);
    return g_test_run();
}
