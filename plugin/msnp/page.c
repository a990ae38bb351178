/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include "codec.h"

#include <string.h>

#define TEL           "tel:"
#define NUMBER_CHARS  40   /* longest phone number of a sender */
#define WRITTEN_BYTES 4096 /* more than a text of MSNP_PAGE_CHARS can become */

/* --- reading -------------------------------------------------------------------------------- */

/* What was found so far. */
typedef struct {
    char *from;
    GString *text; /* NULL before TEXT begins */
    bool complete; /* TEXT has ended */
} findings;

static void element_begins(GMarkupParseContext *context, const char *element, const char **names,
                           const char **values, gpointer data, GError **error)
{
    findings *found = data;

    (void)context;
    (void)error;
    for (size_t i = 0; strcmp(element, "FROM") == 0 && names[i] != NULL; i++)
        if (strcmp(names[i], "name") == 0 && found->from == NULL)
            found->from = g_strdup(values[i]);
    if (strcmp(element, "TEXT") == 0 && found->text == NULL)
        found->text = g_string_new(NULL);
}

static void element_ends(GMarkupParseContext *context, const char *element, gpointer data,
                         GError **error)
{
    findings *found = data;

    (void)context;
    (void)error;
    found->complete = found->complete || strcmp(element, "TEXT") == 0;
}

static void got_text(GMarkupParseContext *context, const char *text, gsize len, gpointer data,
                     GError **error)
{
    findings *found = data;

    (void)context;
    (void)error;
    if (found->text != NULL && !found->complete)
        g_string_append_len(found->text, text, (gssize)len);
}

/* GMarkup knows neither document types nor entities of their own. */
static bool parse(findings *found, msnp_str payload)
{
    static const GMarkupParser parser = {
        .start_element = element_begins, .end_element = element_ends, .text = got_text};
    GMarkupParseContext *context =
        g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, found, NULL);
    char *valid = g_utf8_make_valid(payload.ptr, (gssize)payload.len);
    bool good = g_markup_parse_context_parse(context, valid, -1, NULL) &&
                g_markup_parse_context_end_parse(context, NULL);

    g_markup_parse_context_free(context);
    g_free(valid);
    return good;
}

/* "tel:+1 (206) 555-0100", without blanks. */
static bool is_phone(const char *name)
{
    const char *number = name + strlen(TEL);
    size_t len;

    if (g_ascii_strncasecmp(name, TEL, strlen(TEL)) != 0)
        return false;
    len = strspn(number, "+-.()0123456789");
    return len <= NUMBER_CHARS && number[len] == '\0' && strpbrk(number, "0123456789") != NULL;
}

/* Is there anything in it that can be seen? */
static bool is_visible(const char *text)
{
    char *line = msnp_text_clean(text, strlen(text), SIZE_MAX);
    bool visible = *line != '\0';

    g_free(line);
    return visible;
}

bool msnp_page_read(msnp_page *page, msnp_str payload)
{
    findings found = {0};
    bool good = payload.len <= MSNP_PAGE_MAX && parse(&found, payload);

    *page = (msnp_page){0};
    if (good && found.from != NULL && found.complete) {
        page->from = g_strstrip(g_steal_pointer(&found.from));
        page->text = msnp_text_clean_lines((msnp_str){found.text->str, found.text->len});
        good = (msnp_account_valid(page->from) || is_phone(page->from)) && is_visible(page->text);
    } else {
        good = false;
    }
    if (!good)
        msnp_page_clear(page);
    if (found.text != NULL)
        g_string_free(found.text, TRUE);
    g_free(found.from);
    return good;
}

void msnp_page_clear(msnp_page *page)
{
    g_free(page->from);
    g_free(page->text);
    *page = (msnp_page){0};
}

/* --- writing -------------------------------------------------------------------------------- */

void msnp_page_write(msnp_buf *out, const char *text)
{
    char reference[8];

    msnp_buf_init(out, WRITTEN_BYTES, false);
    msnp_buf_append_text(out, "<TEXT xml:space=\"preserve\">");
    for (; *text != '\0'; text++) {
        g_snprintf(reference, sizeof reference, strchr("&<>;^", *text) != NULL ? "&#x%X;" : "%c",
                   (unsigned)*text);
        msnp_buf_append_text(out, reference);
    }
    msnp_buf_append_text(out, "</TEXT>");
}
