/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * SYN: the lists as a whole, as they are or as a broken server would send them.
 */
#include <string.h>

#include "msnp.h"
#include "names.h"
#include "presence.h"

/* A group that has no LSG line. */
#define UNKNOWN_GROUP 4711

/* After so many LST lines comes something broken, if that is set. */
#define BAD_EVERY 5

/* What is being put together for one client. */
typedef struct {
    conn *c;
    const person *owner;
    GString *text;
    guint lists; /* LST lines so far, broken ones too */
} reply;

static void append_privacy(reply *r)
{
    g_string_append_printf(r->text, "GTC %s\r\nBLP %s\r\n", person_item(r->owner, ITEM_GTC),
                           person_item(r->owner, ITEM_BLP));
}

static void append_phones(reply *r, const char *verb, const person *p, int n)
{
    for (int i = 0; i < n; i++) {
        g_autofree char *word = p->items[i] ? name_encode(r->c->svc, p->items[i]) : NULL;

        if (word)
            g_string_append_printf(r->text, "%s %s%s%s\r\n", verb, item_name((item)i),
                                   *word ? " " : "", word);
    }
}

static void append_groups(reply *r)
{
    for (guint i = 0; i < r->owner->groups->len; i++) {
        const group *g = g_ptr_array_index(r->owner->groups, i);
        g_autofree char *name = name_encode(r->c->svc, g->name);

        g_string_append_printf(r->text, "LSG %u %s 0\r\n", g->id, name);
    }
    if (knob_on(r->c->svc, "syn-bad-lines"))
        g_string_append(r->text, "LSG\r\nLSG 5\r\nLSG x Nowhere 0\r\nLSG -1 Minus 0\r\nPRP\r\n"
                                 "LSG 99999999999999999999 Far 0\r\nGTC\r\nBLP perhaps\r\n");
}

/* The last word of an LST line, with the space before it; the caller frees it. */
static char *group_word(const reply *r, const contact *ct)
{
    g_autofree char *ids = contact_groups(ct);
    gboolean forward = contact_on(ct, SERVICE_FL);

    if (!forward && !knob_on(r->c->svc, "lst-groups"))
        return g_strdup("");
    if (forward && knob_on(r->c->svc, "syn-unknown-group"))
        return g_strdup_printf(" %s%s%d", ids, *ids ? "," : "", UNKNOWN_GROUP);
    return g_strconcat(" ", *ids ? ids : "0", NULL);
}

static void append_bad_lines(reply *r)
{
    static const char *const lists[] = {
        "LST",
        "LST nameless@example.com",
        "LST bitless@example.com Bitless",
        "LST wordy@example.com Wordy many 0",
        "LST negative@example.com Negative -3 0",
        "LST nobody Nobody 3 0",
        "LST nowhere@example.com Nowhere 99999999999999999999 0",
    };
    static const char *const others[] = {"BPR", "BPR XYZ 1", "BPR 12 nobody@example.com",
                                         "PRP PHQ 5"};
    guint turn = r->lists / BAD_EVERY;

    g_string_append_printf(r->text, "%s\r\n%s\r\n", others[turn % G_N_ELEMENTS(others)],
                           lists[turn % G_N_ELEMENTS(lists)]);
    r->lists++;
}

static void append_contact(reply *r, const contact *ct)
{
    const service *svc = r->c->svc;
    const char *address = spelling_of(svc, ct);
    g_autofree char *nickname = name_encode(svc, ct->nickname ? ct->nickname : address);
    g_autofree char *groups = group_word(r, ct);
    const person *p = person_find(svc, ct->address);

    for (int times = knob_on(svc, "syn-twice") ? 2 : 1; times > 0; times--) {
        if (knob_on(svc, "syn-bad-lines") && r->lists % BAD_EVERY == 0)
            append_bad_lines(r);
        g_string_append_printf(r->text, "LST %s %s %u%s\r\n", address, nickname, ct->lists, groups);
        r->lists++;
        if (p && presence_allows(p, r->owner->address))
            append_phones(r, "BPR", p, N_SHOWN_PHONES);
    }
}

static void append_contacts(reply *r)
{
    guint middle = knob_on(r->c->svc, "syn-late")
                       ? g_queue_get_length((GQueue *)&r->owner->order) / 2
                       : G_MAXUINT;
    guint n = 0;

    for (const GList *l = r->owner->order.head; l; l = l->next) {
        if (n++ == middle)
            presence_batch(r->c, r->text);
        append_contact(r, l->data);
    }
}

/* The first line: how many LST and LSG lines there are, or so it says. */
static char *announcement(const reply *r)
{
    const service *svc = r->c->svc;
    guint less = knob_number(svc, "syn-lst-less", 0);
    guint lists = r->lists + knob_number(svc, "syn-lst-more", 0);
    guint groups = r->owner->groups->len + knob_number(svc, "syn-lsg-more", 0);

    return g_strdup_printf("SYN %" G_GUINT64_FORMAT " %u %u %u\r\n", r->c->trid, r->c->msnp.version,
                           lists > less ? lists - less : 0, groups);
}

static void send_lines(conn *c, const GString *text)
{
    const char *p = text->str;

    if (!knob_on(c->svc, "syn-dribble")) {
        conn_send(c, p, (gssize)text->len);
        return;
    }
    while (*p) {
        gsize length = strcspn(p, "\n") + 1;

        conn_send(c, p, (gssize)length);
        p += length;
    }
}

static void send_lists(conn *c)
{
    reply r = {c, c->msnp.person, g_string_new(NULL), 0};
    gboolean groups_last = knob_on(c->svc, "syn-groups-last");
    g_autofree char *first = NULL;

    append_privacy(&r);
    append_phones(&r, "PRP", r.owner, N_PHONES);
    if (!groups_last)
        append_groups(&r);
    append_contacts(&r);
    if (groups_last)
        append_groups(&r);
    first = announcement(&r);
    g_string_prepend(r.text, first);
    send_lines(c, r.text);
    g_string_free(r.text, TRUE);
}

void online_syn(conn *c, const request *req)
{
    const service *svc = c->svc;
    const person *owner = c->msnp.person;
    guint64 version = 0;
    step_result step;

    if (!reader_number(req->words[2], G_MAXUINT32, &version)) {
        conn_bad(c, "SYN without a list version");
        return;
    }
    step = step_apply(c, "ns-syn");
    if (step == STEP_NOTHING)
        return;
    c->msnp.stage = STAGE_SYNCED;
    c->msnp.version = knob_on(svc, "session-versions") ? (guint32)version + 1 : owner->version;
    if (step == STEP_REPLIED)
        return;
    if (version != 0 && version == owner->version && !knob_on(svc, "syn-full"))
        conn_printf(c, "SYN %" G_GUINT64_FORMAT " %u\r\n", c->trid, owner->version);
    else
        send_lists(c);
}
