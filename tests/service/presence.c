/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each session remembers what it was last told about each contact. So whatever happens (a status, a
 * name, a block, an end), those are told who see something new, and nobody is told twice.
 */
#include "presence.h"

#include <string.h>

#include "msnp.h"
#include "names.h"

gboolean presence_is_state(const char *word)
{
    static const char *const states[] = {"NLN", "BSY", "IDL", "BRB", "AWY",
                                         "PHN", "LUN", "HDN", NULL};

    return g_strv_contains(states, word);
}

void presence_began(conn *c, person *p)
{
    c->msnp.person = p;
    c->msnp.told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    p->session = c;
}

void presence_ended(conn *c)
{
    person *p = c->msnp.person;

    if (!p || p->session != c)
        return;
    p->session = NULL;
    if (!c->svc->ending)
        presence_update(c->svc, p);
}

gboolean presence_allows(const person *p, const char *watcher)
{
    const contact *ct = contact_find(p, watcher);

    if (contact_on(ct, SERVICE_BL))
        return FALSE;
    return contact_on(ct, SERVICE_AL) || g_str_equal(person_item(p, ITEM_BLP), "AL");
}

const char *presence_outward(const person *p)
{
    const char *state = p->session ? p->session->msnp.status : p->state;

    return *state && !g_str_equal(state, "HDN") ? state : NULL;
}

/* "STATE ADDRESS NAME CLIENTID" as `watcher` sees it, NULL if it sees it offline. */
static char *view_of(const service *self, const person *p, const char *watcher)
{
    const char *state = p ? presence_outward(p) : NULL;
    g_autofree char *name = NULL;

    if (!state || !presence_allows(p, watcher))
        return NULL;
    name = name_encode(self, person_name(self, p));
    return g_strdup_printf("%s %s %s %" G_GUINT64_FORMAT, state, person_address(self, p), name,
                           p->session ? p->session->msnp.client_id : p->client_id);
}

/* Takes the view as told. Returns whether it is news. */
static gboolean remember(conn *c, const char *address, const char *view)
{
    if (g_strcmp0(g_hash_table_lookup(c->msnp.told, address), view) == 0)
        return FALSE;
    if (view)
        g_hash_table_replace(c->msnp.told, g_strdup(address), g_strdup(view));
    else
        g_hash_table_remove(c->msnp.told, address);
    return TRUE;
}

static void append_initial(conn *c, const contact *ct, GString *lines)
{
    const person *watcher = c->msnp.person;
    g_autofree char *view = view_of(c->svc, person_find(c->svc, ct->address), watcher->address);

    if (remember(c, ct->address, view) && view)
        g_string_append_printf(lines, "ILN %" G_GUINT64_FORMAT " %s\r\n", c->trid, view);
}

void presence_batch(conn *c, GString *lines)
{
    const person *watcher = c->msnp.person;

    for (const GList *l = watcher->order.head; l; l = l->next)
        if (contact_on(l->data, SERVICE_FL))
            append_initial(c, l->data, lines);
}

/* Nobody hears of others before the first CHG. */
static gboolean watches(const conn *c, const person *p)
{
    return c->msnp.status[0] &&
           contact_on(g_hash_table_lookup(c->msnp.person->contacts, p->address), SERVICE_FL);
}

void presence_initial(conn *c, const char *address)
{
    const contact *ct = contact_find(c->msnp.person, address);
    GString *lines = g_string_new(NULL);

    if (c->msnp.status[0] && contact_on(ct, SERVICE_FL))
        append_initial(c, ct, lines);
    conn_send(c, lines->str, (gssize)lines->len);
    g_string_free(lines, TRUE);
}

void presence_update(service *self, const person *p)
{
    g_autoptr(GPtrArray) sessions = find_sessions(self, NULL);

    for (guint i = 0; i < sessions->len; i++) {
        conn *c = g_ptr_array_index(sessions, i);
        g_autofree char *view = NULL;

        if (!watches(c, p))
            continue;
        view = view_of(self, p, c->msnp.person->address);
        if (!remember(c, p->address, view))
            continue;
        if (view)
            conn_printf(c, "NLN %s\r\n", view);
        else
            conn_printf(c, "FLN %s\r\n", person_address(self, p));
    }
}

void presence_forget(conn *c, const char *address)
{
    g_autofree char *key = g_ascii_strdown(address, -1);

    g_hash_table_remove(c->msnp.told, key);
}

conn *presence_listener(const person *p)
{
    conn *c = p->session;

    return c && conn_open(c) && c->msnp.stage == STAGE_SYNCED ? c : NULL;
}

/* A hint about the address book for later clients. Its payload has no line end. */
static void send_hint(conn *c)
{
    static const char body[] =
        "<NOTIFICATION id=\"0\" siteid=\"45705\" siteurl=\"http://contacts.example\">\r\n"
        "\t<TO pid=\"0x00000001:0x00000002\" name=\"%s\">\r\n"
        "\t\t<VIA agent=\"messenger\" />\r\n\t</TO>\r\n"
        "\t<MSG id=\"0\">\r\n\t\t<SUBSCR url=\"s.htm\" /><ACTION url=\"a.htm\" />\r\n"
        "\t\t<BODY>FLN nobody@example.com\r\nOUT OTH\r\n</BODY>\r\n\t</MSG>\r\n</NOTIFICATION>";
    g_auto(GStrv) parts = g_strsplit(body, "%s", 2);
    g_autofree char *payload = g_strconcat(parts[0], c->msnp.handle, parts[1], NULL);

    if (knob_on(c->svc, "not-after-rl"))
        conn_printf(c, "NOT %" G_GSIZE_FORMAT "\r\n%s", strlen(payload), payload);
}

void reverse_added(service *self, const person *owner, const char *who)
{
    person *other = person_get(self, who);
    contact *ct = contact_find(other, owner->address);
    gboolean stranger = !ct;
    g_autofree char *name = NULL;
    conn *c = presence_listener(other);
    guint32 version;

    if (contact_on(ct, SERVICE_RL))
        return;
    ct = contact_get(other, owner->address);
    contact_set_lists(other, ct, ct->lists | SERVICE_RL);
    if (stranger && !knob_on(self, "no-nicknames"))
        contact_set_nickname(ct, person_name(self, owner));
    version = person_touch(self, other);
    if (!c || (!stranger && knob_on(self, "rl-quiet")))
        return;
    name = name_encode(self, person_name(self, owner));
    conn_printf(c, "ADD 0 RL %u %s %s\r\n", version, person_address(self, owner), name);
    send_hint(c);
}

void reverse_removed(service *self, const person *owner, const char *who)
{
    person *other = person_find(self, who);
    contact *ct = contact_find(other, owner->address);
    guint32 version;
    conn *c;

    if (!contact_on(ct, SERVICE_RL))
        return;
    contact_set_lists(other, ct, ct->lists & ~(guint)SERVICE_RL);
    version = person_touch(self, other);
    c = presence_listener(other);
    if (!c)
        return;
    conn_printf(c, "REM 0 RL %u %s\r\n", version, person_address(self, owner));
    send_hint(c);
}

static void tell_phone(service *self, const person *p, item which, person *watcher)
{
    conn *c = presence_listener(watcher);
    g_autofree char *word = name_encode(self, p->items[which] ? p->items[which] : "");
    guint32 version = person_touch(self, watcher);

    if (c && presence_allows(p, watcher->address))
        conn_printf(c, "BPR %u %s %s%s%s\r\n", version, person_address(self, p), item_name(which),
                    *word ? " " : "", word);
}

void reverse_phone(service *self, const person *p, item which)
{
    g_autoptr(GList) people = g_hash_table_get_values(self->people);

    /* It is part of the lists of those who are not signed in, too. */
    for (const GList *l = people; which < N_SHOWN_PHONES && l; l = l->next)
        if (contact_on(contact_find(l->data, p->address), SERVICE_FL))
            tell_phone(self, p, which, l->data);
}

void reverse_blocked(service *self, const person *owner, const char *who)
{
    person *other = person_find(self, who);

    if (!other || !knob_on(self, "block-bpr") || !presence_listener(other) ||
        !contact_on(contact_find(other, owner->address), SERVICE_FL))
        return;
    conn_printf(presence_listener(other), "BPR %u %s PHH\r\n", person_touch(self, other),
                person_address(self, owner));
}
