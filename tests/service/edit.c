/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The commands that change lists, names, privacy and phone numbers. A handler refuses first what no
 * client may send, then does what is set to go wrong, and then returns an error number or 0.
 */
#include "edit.h"

#include <string.h>

#include "names.h"
#include "presence.h"

/* Longer names of items than these are no mistake any more. */
#define ITEM_MAX_LENGTH 3

static gboolean step_fails(conn *c, const char *step)
{
    return step_apply(c, step) != STEP_NORMAL;
}

gboolean edit_fails(conn *c, const char *verb, const char *list)
{
    g_autofree char *step = g_strconcat("ns-", verb, NULL);
    g_autofree char *low = list ? g_ascii_strdown(list, -1) : NULL;
    g_autofree char *longer = list ? g_strconcat(step, "-", low, NULL) : NULL;

    return (longer && step_fails(c, longer)) || step_fails(c, step);
}

static void finish_edit(conn *c, guint error)
{
    if (error)
        msnp_error(c, error);
}

/* The bit of a list that clients may change, 0 for others. */
static guint list_from_name(const char *name)
{
    return g_str_equal(name, "FL")   ? SERVICE_FL
           : g_str_equal(name, "AL") ? SERVICE_AL
           : g_str_equal(name, "BL") ? SERVICE_BL
                                     : 0;
}

/* Why this ADD or REM is none that a client may send, NULL if it is fine. */
static const char *check_list(const request *req, const char *group_word)
{
    guint list = list_from_name(req->words[2]);
    guint64 id;

    if (!list)
        return "a list that a client cannot change";
    if (group_word && list != SERVICE_FL)
        return "a group on another list than FL";
    if (group_word && !reader_number(group_word, G_MAXUINT, &id))
        return "a group that is no number";
    return NULL;
}

static guint64 number_of(const char *word)
{
    guint64 number = 0;

    reader_number(word, G_MAXUINT, &number);
    return number;
}

/* As the account is registered, or in lower case; the caller frees it. */
static char *spelling(const conn *c, const char *address)
{
    const account *a = find_account(c->svc, address);

    return a ? g_strdup(a->address) : g_ascii_strdown(address, -1);
}

/* ADD */

static gboolean exists(const conn *c, const char *address)
{
    const person *p = person_find(c->svc, address);

    return find_account(c->svc, address) || (p && p->known) ||
           contact_find(c->msnp.person, address) || knob_on(c->svc, "any-account");
}

static gboolean is_full(const conn *c, guint list)
{
    static const struct {
        guint list;
        const char *knob;
        guint most;
    } limits[] = {{SERVICE_FL, "limit-fl", 600},
                  {SERVICE_AL, "limit-al", 1500},
                  {SERVICE_BL, "limit-bl", 1200}};

    for (guint i = 0; i < G_N_ELEMENTS(limits); i++)
        if (limits[i].list == list)
            return c->msnp.person->on_list[i] >=
                   knob_number(c->svc, limits[i].knob, limits[i].most);
    return FALSE;
}

static contact *put_on(conn *c, const char *address, guint list, const char *word)
{
    person *me = c->msnp.person;
    contact *ct = contact_get(me, address);
    g_autofree char *nickname = name_decode(word);

    /* A contact has one name. It is the one it got when it became a contact. */
    if (!knob_on(c->svc, "no-nicknames") && (!ct->nickname || list == SERVICE_FL))
        contact_set_nickname(ct, nickname);
    contact_set_lists(me, ct, ct->lists | list);
    return ct;
}

/* Returns the version that was named. */
static guint32 answer_add(conn *c, const request *req)
{
    guint32 version = person_touch(c->svc, c->msnp.person);
    g_autofree char *text = name_decode(req->words[4]);
    g_autofree char *name = name_encode(c->svc, text);
    g_autofree char *shown = spelling(c, req->words[3]);

    conn_printf(c, "ADD %" G_GUINT64_FORMAT " %s %u %s %s%s%s\r\n", c->trid, req->words[2], version,
                shown, name, req->n_words > 5 ? " " : "", req->n_words > 5 ? req->words[5] : "");
    return version;
}

static guint add_elsewhere(conn *c, const request *req, guint list)
{
    const char *address = req->words[3];
    const contact *ct = contact_find(c->msnp.person, address);
    guint opposite = list == SERVICE_AL ? SERVICE_BL : SERVICE_AL;

    if (contact_on(ct, list))
        return 215;
    if (contact_on(ct, opposite) && !knob_on(c->svc, "al-and-bl"))
        return 219;
    if (is_full(c, list))
        return 210;
    put_on(c, address, list, req->words[4]);
    answer_add(c, req);
    if (list == SERVICE_BL)
        reverse_blocked(c->svc, c->msnp.person, address);
    presence_update(c->svc, c->msnp.person);
    return 0;
}

static guint forward_error(const conn *c, const contact *ct, const char *group_word)
{
    gboolean fixed = knob_on(c->svc, "group-0-fixed");
    guint64 id = group_word ? number_of(group_word) : 0;

    if (group_word && !group_find(c->msnp.person, id))
        return 224;
    if (!contact_on(ct, SERVICE_FL))
        return is_full(c, SERVICE_FL) ? 210 : 0;
    if (!group_word)
        return knob_on(c->svc, "add-again") ? 0 : 215;
    return contact_in_group(ct, (guint)id) && !(fixed && id == 0) ? 215 : 0;
}

/* What a client is told about a contact that is new on its list. */
static void introduce(conn *c, const char *address, guint32 version)
{
    g_autofree char *shown = spelling(c, address);

    conn_printf(c, "BPR %u %s PHH\r\nBPR %u %s PHW\r\nBPR %u %s PHM\r\nBPR %u %s MOB N\r\n",
                version, shown, version, shown, version, shown, version, shown);
    presence_initial(c, address);
}

static guint add_forward(conn *c, const request *req)
{
    const char *address = req->words[3];
    const char *group_word = req->n_words > 5 ? req->words[5] : NULL;
    contact *ct = contact_find(c->msnp.person, address);
    gboolean stranger = !ct;
    gboolean there = contact_on(ct, SERVICE_FL);
    guint error = forward_error(c, ct, group_word);
    guint32 version;

    if (error)
        return error;
    if (!there)
        ct = put_on(c, address, SERVICE_FL, req->words[4]);
    if (group_word)
        contact_join(ct, (guint)number_of(group_word), there && !knob_on(c->svc, "group-0-fixed"));
    version = answer_add(c, req);
    if (!there && !(stranger && knob_on(c->svc, "add-bare")))
        introduce(c, address, version);
    reverse_added(c->svc, c->msnp.person, address);
    return 0;
}

void edit_add(conn *c, const request *req)
{
    const char *why = check_list(req, req->n_words > 5 ? req->words[5] : NULL);
    guint list = list_from_name(req->words[2]);
    const char *address = req->words[3];

    if (!why)
        why = name_check(req->words[4]);
    if (why)
        conn_bad(c, why);
    else if (edit_fails(c, "add", req->words[2]))
        return;
    else if (!address_valid(address))
        finish_edit(c, 201);
    else if (!exists(c, address))
        finish_edit(c, 205);
    else
        finish_edit(c, list == SERVICE_FL ? add_forward(c, req) : add_elsewhere(c, req, list));
}

/* REM */

void edit_drop_forward(conn *c, contact *ct)
{
    presence_forget(c, ct->address);
    contact_set_lists(c->msnp.person, ct, ct->lists & ~(guint)SERVICE_FL);
}

static void answer_rem(conn *c, const request *req)
{
    g_autofree char *shown = spelling(c, req->words[3]);

    conn_printf(c, "REM %" G_GUINT64_FORMAT " %s %u %s%s%s\r\n", c->trid, req->words[2],
                person_touch(c->svc, c->msnp.person), shown, req->n_words > 4 ? " " : "",
                req->n_words > 4 ? req->words[4] : "");
}

static guint rem_elsewhere(conn *c, const request *req, contact *ct, guint list)
{
    contact_set_lists(c->msnp.person, ct, ct->lists & ~list);
    answer_rem(c, req);
    presence_update(c->svc, c->msnp.person);
    return 0;
}

static guint rem_forward(conn *c, const request *req, contact *ct)
{
    edit_drop_forward(c, ct);
    answer_rem(c, req);
    reverse_removed(c->svc, c->msnp.person, req->words[3]);
    return 0;
}

static guint rem_from_group(conn *c, const request *req, contact *ct)
{
    guint64 id = number_of(req->words[4]);

    if (!group_find(c->msnp.person, id))
        return 224;
    if (!contact_in_group(ct, (guint)id))
        return 225;
    if (!contact_leave(ct, (guint)id) && !knob_on(c->svc, "rem-keeps-fl"))
        return rem_forward(c, req, ct);
    answer_rem(c, req);
    if (knob_on(c->svc, "rem-group-rl"))
        reverse_removed(c->svc, c->msnp.person, req->words[3]);
    return 0;
}

static guint rem(conn *c, const request *req)
{
    guint list = list_from_name(req->words[2]);
    contact *ct = contact_find(c->msnp.person, req->words[3]);

    if (!exists(c, req->words[3]) && knob_on(c->svc, "rem-205"))
        return 205;
    if (!contact_on(ct, list))
        return 216;
    if (list != SERVICE_FL)
        return rem_elsewhere(c, req, ct, list);
    return req->n_words > 4 ? rem_from_group(c, req, ct) : rem_forward(c, req, ct);
}

void edit_rem(conn *c, const request *req)
{
    const char *why = check_list(req, req->n_words > 4 ? req->words[4] : NULL);

    if (why)
        conn_bad(c, why);
    else if (!edit_fails(c, "rem", req->words[2]))
        finish_edit(c, rem(c, req));
}

/* REA */

static gboolean is_forbidden(const conn *c, const char *word, const char *text)
{
    const char *forbidden = knob_get(c->svc, "forbidden-word");
    g_autofree char *low = g_utf8_casefold(text, -1);
    g_autofree char *looked_for = forbidden ? g_utf8_casefold(forbidden, -1) : NULL;

    /* Who looks for words does not decode; an escaped byte is three. */
    return forbidden && strstr(low, looked_for) && strlen(word) != 3 * strlen(text);
}

static guint rename_somebody(conn *c, const char *address, const char *name)
{
    person *me = c->msnp.person;
    gboolean exact = knob_on(c->svc, "rea-exact");
    gboolean own = exact ? g_str_equal(address, c->msnp.handle)
                         : g_ascii_strcasecmp(address, c->msnp.handle) == 0;
    contact *ct = contact_find(me, address);

    if (own) {
        g_free(me->friendly);
        me->friendly = g_strdup(name);
        return 0;
    }
    if (!ct)
        return 216;
    if (!knob_on(c->svc, "no-nicknames"))
        contact_set_nickname(ct, name);
    return 0;
}

static guint rea(conn *c, const char *address, const char *word)
{
    g_autofree char *name = name_decode(word);
    g_autofree char *again = name_encode(c->svc, name);
    guint error;

    if (++c->msnp.n_rea > knob_number(c->svc, "rea-limit", G_MAXUINT))
        return 800;
    if (is_forbidden(c, word, name))
        return 209;
    error = rename_somebody(c, address, name);
    if (error)
        return error;
    conn_printf(c, "REA %" G_GUINT64_FORMAT " %u %s %s\r\n", c->trid,
                person_touch(c->svc, c->msnp.person), address, again);
    presence_update(c->svc, c->msnp.person);
    return 0;
}

void edit_rea(conn *c, const request *req)
{
    const char *why = name_check(req->words[3]);

    if (why)
        conn_bad(c, why);
    else if (!edit_fails(c, "rea", NULL))
        finish_edit(c, rea(c, req->words[2], req->words[3]));
}

/* GTC and BLP */

static void set_privacy(conn *c, const request *req, item which, const char *const *values)
{
    const char *value = req->words[2];
    person *me = c->msnp.person;
    g_autofree char *verb = g_ascii_strdown(item_name(which), -1);

    if (!g_strv_contains(values, value)) {
        conn_bad(c, "GTC or BLP with a value that it does not have");
        return;
    }
    if (edit_fails(c, verb, NULL))
        return;
    if (g_str_equal(person_item(me, which), value)) {
        msnp_error(c, 218);
        return;
    }
    person_set_item(me, which, value);
    conn_printf(c, "%s %" G_GUINT64_FORMAT " %u %s\r\n", item_name(which), c->trid,
                person_touch(c->svc, me), value);
    presence_update(c->svc, me);
}

void edit_gtc(conn *c, const request *req)
{
    static const char *const values[] = {"A", "N", NULL};

    set_privacy(c, req, ITEM_GTC, values);
}

void edit_blp(conn *c, const request *req)
{
    static const char *const values[] = {"AL", "BL", NULL};

    set_privacy(c, req, ITEM_BLP, values);
}

/* PRP */

static const char *check_phone(item which, const char *word)
{
    gboolean switches = which == ITEM_MOB || which == ITEM_MBE;
    g_autofree char *text = NULL;
    const char *why;

    if (!word)
        return NULL;
    if (switches)
        return g_str_equal(word, "Y") || g_str_equal(word, "N") ? NULL : "neither Y nor N";
    why = name_check(word);
    if (why)
        return why;
    text = name_decode(word);
    if (g_utf8_strlen(text, -1) > PHONE_MAX_LENGTH)
        return "a phone number is too long";
    return NULL;
}

static void set_phone(conn *c, item which, const char *word)
{
    person *me = c->msnp.person;
    const char *enabled = person_item(me, ITEM_MBE);
    gboolean refused = which == ITEM_MOB && g_strcmp0(enabled, "Y") != 0;
    g_autofree char *value = refused ? g_strdup("N") : word ? name_decode(word) : NULL;
    g_autofree char *again = value ? name_encode(c->svc, value) : NULL;

    if (refused && !enabled && knob_on(c->svc, "mob-silent"))
        return;
    person_set_item(me, which, value);
    conn_printf(c, "PRP %" G_GUINT64_FORMAT " %u %s%s%s\r\n", c->trid, person_touch(c->svc, me),
                item_name(which), again ? " " : "", again ? again : "");
    reverse_phone(c->svc, me, which);
}

void edit_prp(conn *c, const request *req)
{
    const char *word = req->n_words > 3 ? req->words[3] : NULL;
    item which = item_from_name(req->words[2]);
    gboolean known = which < N_PHONES;
    const char *why = known ? check_phone(which, word) : NULL;

    if (!known && strlen(req->words[2]) > ITEM_MAX_LENGTH)
        why = "PRP with an item that cannot be one";
    if (why)
        conn_bad(c, why);
    else if (edit_fails(c, "prp", NULL))
        return;
    else if (!known)
        msnp_error(c, 715);
    else
        set_phone(c, which, word);
}
