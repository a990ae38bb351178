/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Messages to mobile phones (PAG), and from them (IPG).
 */
#include <string.h>

#include "msnp.h"
#include "presence.h"
#include "robots.h"

/* Something goes wrong with the phone. */
#define PAGE_FAILED 509

typedef struct {
    GString *text;   /* of TEXT, NULL if there is none */
    gboolean inside; /* TEXT */
} page;

static void element_begins(GMarkupParseContext *context G_GNUC_UNUSED, const char *name,
                           const char **names G_GNUC_UNUSED, const char **values G_GNUC_UNUSED,
                           gpointer data, GError **error)
{
    page *p = data;

    p->inside = g_str_equal(name, "TEXT");
    if (p->inside && p->text)
        g_set_error(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "two texts");
    else if (p->inside)
        p->text = g_string_new(NULL);
    else if (!strstr("PAGE PHONE LOC NUM", name))
        g_set_error(error, G_MARKUP_ERROR, G_MARKUP_ERROR_UNKNOWN_ELEMENT, "what is that");
}

static void element_ends(GMarkupParseContext *context G_GNUC_UNUSED, const char *name G_GNUC_UNUSED,
                         gpointer data, GError **error G_GNUC_UNUSED)
{
    ((page *)data)->inside = FALSE;
}

static void got_text(GMarkupParseContext *context G_GNUC_UNUSED, const char *text, gsize length,
                     gpointer data, GError **error G_GNUC_UNUSED)
{
    page *p = data;

    if (p->inside)
        g_string_append_len(p->text, text, (gssize)length);
}

/* The text of a payload; NULL if that is no good XML, or the text is empty. The caller frees it. */
static char *read_page(const char *payload)
{
    static const GMarkupParser parser = {
        .start_element = element_begins, .end_element = element_ends, .text = got_text};
    g_autofree char *whole = g_strconcat("<PAGE>", payload, "</PAGE>", NULL);
    page found = {NULL, FALSE};
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, (GMarkupParseFlags)0, &found, NULL);
    gboolean good = g_markup_parse_context_parse(context, whole, -1, NULL) &&
                    g_markup_parse_context_end_parse(context, NULL);
    char *text = found.text ? g_string_free(found.text, FALSE) : NULL;

    if (good && text && *text)
        return text;
    g_free(text);
    return NULL;
}

static gboolean is_reached(const person *p, const person *by)
{
    return p && g_strcmp0(person_item(p, ITEM_MOB), "Y") == 0 && presence_allows(p, by->address);
}

void page_pag(conn *c, const request *req)
{
    person *p = person_find(c->svc, req->words[2]);
    g_autofree char *text = read_page(req->payload->str);

    if (knob_on(c->svc, "no-paging")) {
        conn_bad(c, "PAG, whose payload this server takes for the next command");
        return;
    }
    if (!text) {
        conn_bad(c, "PAG with a payload that is no page");
        return;
    }
    if (step_apply(c, "ns-pag") != STEP_NORMAL)
        return;
    if (knob_on(c->svc, "pag-error") || !is_reached(p, c->msnp.person))
        msnp_error(c, knob_number(c->svc, "pag-error", PAGE_FAILED));
    else if (robot_find(c->svc, p))
        robot_paged(robot_find(c->svc, p), c->svc, c->msnp.handle, text);
}

guint service_page(service *self, const char *from, const char *who, const char *text)
{
    g_autofree char *xml =
        g_markup_printf_escaped("<NOTIFICATION id=\"0\" siteid=\"45705\" "
                                "siteurl=\"http://mobile.msn.com\"><TO name=\"%s\"/>"
                                "<FROM name=\"%s\"/><MSG id=\"0\"><BODY lcid=\"1033\">"
                                "<TEXT>%s</TEXT></BODY></MSG></NOTIFICATION>",
                                who, from, text);
    g_autofree char *command = g_strdup_printf("IPG %" G_GSIZE_FORMAT "\r\n%s", strlen(xml), xml);

    return service_send(self, who, command, -1);
}
