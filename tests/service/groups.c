/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The commands that change groups.
 */
#include <string.h>

#include "edit.h"
#include "names.h"
#include "presence.h"

#define GROUPS_MOST 30

/* Ids that are beyond what there can be. */
#define ID_BEYOND 30

/* Answers with an error number. Returns whether there was one. */
static gboolean refused(conn *c, guint error)
{
    if (error)
        msnp_error(c, error);
    return error != 0;
}

static guint name_error(const conn *c, const char *name, const group *self)
{
    const group *namesake = group_named(c->msnp.person, name);

    if (g_utf8_strlen(name, -1) > GROUP_NAME_MAX_LENGTH)
        return 229;
    if (namesake && namesake != self)
        return 228;
    return g_str_equal(name, "(No Group)") && knob_on(c->svc, "no-group-taken") ? 228 : 0;
}

/* Group 0 does not count. */
static guint new_group_error(const conn *c, const char *name)
{
    guint error = name_error(c, name, NULL);

    if (c->msnp.person->groups->len > knob_number(c->svc, "limit-groups", GROUPS_MOST))
        return 223;
    return error;
}

static const char *check_name(const char *word, const char *last)
{
    if (!g_str_equal(last, "0"))
        return "a group command that does not end in 0";
    return name_check(word);
}

void edit_adg(conn *c, const request *req)
{
    const char *why = check_name(req->words[2], req->words[3]);
    g_autofree char *name = why ? NULL : name_decode(req->words[2]);
    g_autofree char *again = why ? NULL : name_encode(c->svc, name);
    const group *g;

    if (why) {
        conn_bad(c, why);
        return;
    }
    if (edit_fails(c, "adg", NULL) || refused(c, new_group_error(c, name)))
        return;
    g = group_add(c->msnp.person, name, knob_on(c->svc, "low-group-ids"));
    conn_printf(c, "ADG %" G_GUINT64_FORMAT " %u %s %u 0\r\n", c->trid,
                person_touch(c->svc, c->msnp.person), again, g->id);
}

static guint reg_error(const conn *c, const group *g, const char *name)
{
    if (!g || (g->id == 0 && knob_on(c->svc, "group-0-fixed")))
        return 224;
    return name_error(c, name, g);
}

void edit_reg(conn *c, const request *req)
{
    const char *why = check_name(req->words[3], req->words[4]);
    g_autofree char *name = why ? NULL : name_decode(req->words[3]);
    g_autofree char *again = why ? NULL : name_encode(c->svc, name);
    const group *g;
    guint64 id = 0;

    if (!why && !reader_number(req->words[2], G_MAXUINT, &id))
        why = "REG of something that is no number";
    if (why) {
        conn_bad(c, why);
        return;
    }
    g = group_find(c->msnp.person, id);
    if (edit_fails(c, "reg", NULL) || refused(c, reg_error(c, g, name)))
        return;
    group_insert(c->msnp.person, (guint)id, name);
    conn_printf(c, "REG %" G_GUINT64_FORMAT " %u %s %s 0\r\n", c->trid,
                person_touch(c->svc, c->msnp.person), req->words[2], again);
}

/* Takes all contacts out of a group; those who were in no other one leave the list, unless that is
 * set otherwise. Returns the addresses of these. */
static GPtrArray *empty_group(conn *c, guint id)
{
    GPtrArray *gone = g_ptr_array_new_with_free_func(g_free);
    const GList *next;

    for (const GList *l = c->msnp.person->order.head; l; l = next) {
        contact *ct = l->data;

        next = l->next;
        if (!contact_on(ct, SERVICE_FL) || !contact_in_group(ct, id) || contact_leave(ct, id) ||
            knob_on(c->svc, "rmg-keeps"))
            continue;
        g_ptr_array_add(gone, g_strdup(ct->address));
        edit_drop_forward(c, ct);
    }
    return gone;
}

static guint rmg_error(const conn *c, const group *g)
{
    if (!g)
        return 224;
    if (g->id == 0)
        return knob_on(c->svc, "group-0-fixed") ? 224 : 230;
    return 0;
}

void edit_rmg(conn *c, const request *req)
{
    const group *g;
    guint64 id = 0;
    gboolean number = reader_number(req->words[2], G_MAXUINT, &id);
    GPtrArray *gone;

    g = group_find(c->msnp.person, id);
    if (!number || (!g && id >= ID_BEYOND && !knob_on(c->svc, "group-0-fixed"))) {
        conn_bad(c, "RMG of something that cannot be a group");
        return;
    }
    if (edit_fails(c, "rmg", NULL) || refused(c, rmg_error(c, g)))
        return;
    gone = empty_group(c, (guint)id);
    group_remove(c->msnp.person, g);
    conn_printf(c, "RMG %" G_GUINT64_FORMAT " %u %s\r\n", c->trid,
                person_touch(c->svc, c->msnp.person), req->words[2]);
    for (guint i = 0; i < gone->len; i++)
        reverse_removed(c->svc, c->msnp.person, g_ptr_array_index(gone, i));
    g_ptr_array_unref(gone);
}
