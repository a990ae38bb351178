/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "lists.h"

#include <string.h>

/* Ids of groups that the service chooses are below this while there is one free. */
#define GROUP_IDS 30

/* Contacts */

static void contact_free(gpointer data)
{
    contact *ct = data;

    g_free(ct->address);
    g_free(ct->nickname);
    g_array_unref(ct->groups);
    g_free(ct);
}

gboolean contact_on(const contact *ct, guint lists)
{
    return ct && (ct->lists & lists) != 0;
}

contact *contact_find(const person *p, const char *address)
{
    g_autofree char *key = g_ascii_strdown(address, -1);

    return p ? g_hash_table_lookup(p->contacts, key) : NULL;
}

contact *contact_get(person *p, const char *address)
{
    contact *ct = contact_find(p, address);

    if (ct)
        return ct;
    ct = g_new0(contact, 1);
    ct->address = g_ascii_strdown(address, -1);
    ct->groups = g_array_new(FALSE, FALSE, sizeof(guint));
    ct->link.data = ct;
    g_hash_table_insert(p->contacts, ct->address, ct);
    g_queue_push_tail_link(&p->order, &ct->link);
    return ct;
}

void contact_set_nickname(contact *ct, const char *nickname)
{
    g_free(ct->nickname);
    ct->nickname = g_strdup(nickname);
}

void contact_set_lists(person *p, contact *ct, guint lists)
{
    for (guint bit = 0; bit < G_N_ELEMENTS(p->on_list); bit++) {
        p->on_list[bit] -= (ct->lists >> bit) & 1u;
        p->on_list[bit] += (lists >> bit) & 1u;
    }
    ct->lists = lists;
    if (!(lists & SERVICE_FL))
        g_array_set_size(ct->groups, 0);
    if (lists)
        return;
    g_queue_unlink(&p->order, &ct->link);
    g_hash_table_remove(p->contacts, ct->address);
}

/* Groups of a contact */

/* Where an id is, or would have to be. */
static guint group_place(const contact *ct, guint id)
{
    guint i = 0;

    while (i < ct->groups->len && g_array_index(ct->groups, guint, i) < id)
        i++;
    return i;
}

static gboolean has_group(const contact *ct, guint id)
{
    guint place = group_place(ct, id);

    return place < ct->groups->len && g_array_index(ct->groups, guint, place) == id;
}

gboolean contact_in_group(const contact *ct, guint id)
{
    return has_group(ct, id) || (id == 0 && ct->groups->len == 0);
}

static void insert_group(contact *ct, guint id)
{
    if (!has_group(ct, id))
        g_array_insert_val(ct->groups, group_place(ct, id), id);
}

/* Being in group 0 alone is the same as being in none. */
static void drop_lone_0(contact *ct)
{
    if (ct->groups->len == 1 && g_array_index(ct->groups, guint, 0) == 0)
        g_array_set_size(ct->groups, 0);
}

void contact_join(contact *ct, guint id, gboolean keep_0)
{
    if (keep_0 && ct->groups->len == 0)
        insert_group(ct, 0);
    if (keep_0 || id != 0)
        insert_group(ct, id);
    drop_lone_0(ct);
}

gboolean contact_leave(contact *ct, guint id)
{
    gboolean others;

    if (has_group(ct, id))
        g_array_remove_index(ct->groups, group_place(ct, id));
    others = ct->groups->len > 0;
    drop_lone_0(ct);
    return others;
}

char *contact_groups(const contact *ct)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < ct->groups->len; i++)
        g_string_append_printf(text, "%s%u", i ? "," : "", g_array_index(ct->groups, guint, i));
    return g_string_free(text, FALSE);
}

gboolean contact_set_groups(contact *ct, const char *groups)
{
    g_auto(GStrv) ids = g_strsplit(groups, ",", -1);
    gboolean good = TRUE;

    g_array_set_size(ct->groups, 0);
    for (char **id = ids; *id && good; id++) {
        guint64 number = 0;

        good = reader_number(*id, G_MAXUINT, &number);
        if (good)
            insert_group(ct, (guint)number);
    }
    drop_lone_0(ct);
    return good;
}

/* Groups */

static void group_free(gpointer data)
{
    group *g = data;

    g_free(g->name);
    g_free(g);
}

group *group_find(const person *p, guint64 id)
{
    for (guint i = 0; i < p->groups->len; i++) {
        group *g = g_ptr_array_index(p->groups, i);

        if (g->id == id)
            return g;
    }
    return NULL;
}

group *group_named(const person *p, const char *name)
{
    for (guint i = 0; i < p->groups->len; i++) {
        group *g = g_ptr_array_index(p->groups, i);

        if (g_str_equal(g->name, name))
            return g;
    }
    return NULL;
}

static guint lowest_free_id(const person *p)
{
    guint id = 0;

    /* They are in order, so the first that is not at its place shows the gap. */
    while (id < p->groups->len && ((const group *)g_ptr_array_index(p->groups, id))->id == id)
        id++;
    return id;
}

void group_insert(person *p, guint id, const char *name)
{
    group *g = group_find(p, id);
    guint place = 0;

    if (!g) {
        g = g_new0(group, 1);
        g->id = id;
        while (place < p->groups->len &&
               ((const group *)g_ptr_array_index(p->groups, place))->id < id)
            place++;
        g_ptr_array_insert(p->groups, (int)place, g);
    }
    g_free(g->name);
    g->name = g_strdup(name);
}

group *group_add(person *p, const char *name, gboolean lowest)
{
    const group *last = g_ptr_array_index(p->groups, p->groups->len - 1);
    guint id = last->id + 1;

    if (lowest || id >= GROUP_IDS)
        id = lowest_free_id(p);
    group_insert(p, id, name);
    return group_find(p, id);
}

void group_remove(person *p, const group *g)
{
    g_ptr_array_remove(p->groups, (gpointer)g);
}

/* Items */

static const char *const item_names[N_ITEMS] = {
    [ITEM_PHH] = "PHH", [ITEM_PHW] = "PHW", [ITEM_PHM] = "PHM", [ITEM_MOB] = "MOB",
    [ITEM_MBE] = "MBE", [ITEM_GTC] = "GTC", [ITEM_BLP] = "BLP",
};

item item_from_name(const char *name)
{
    int i = 0;

    while (i < N_ITEMS && !g_str_equal(item_names[i], name))
        i++;
    return (item)i;
}

const char *item_name(item which)
{
    return item_names[which];
}

const char *person_item(const person *p, item which)
{
    if (p && p->items[which])
        return p->items[which];
    return which == ITEM_GTC ? "A" : which == ITEM_BLP ? "AL" : NULL;
}

void person_set_item(person *p, item which, const char *value)
{
    char *copy = g_strdup(value);

    g_free(p->items[which]);
    p->items[which] = copy;
}

/* People */

void person_clear(person *p)
{
    g_queue_init(&p->order);
    g_hash_table_remove_all(p->contacts);
    memset(p->on_list, 0, sizeof p->on_list);
    g_ptr_array_set_size(p->groups, 0);
    group_insert(p, 0, GROUP_0_NAME);
    for (int i = 0; i < N_ITEMS; i++)
        person_set_item(p, (item)i, NULL);
    g_clear_pointer(&p->friendly, g_free);
}

person *person_find(const service *self, const char *address)
{
    g_autofree char *key = g_ascii_strdown(address, -1);

    return g_hash_table_lookup(self->people, key);
}

person *person_get(service *self, const char *address)
{
    person *p = person_find(self, address);

    if (p)
        return p;
    p = g_new0(person, 1);
    p->address = g_ascii_strdown(address, -1);
    p->groups = g_ptr_array_new_with_free_func(group_free);
    p->contacts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, contact_free);
    person_clear(p);
    g_hash_table_insert(self->people, p->address, p);
    return p;
}

void person_free(gpointer data)
{
    person *p = data;

    person_clear(p);
    g_hash_table_unref(p->contacts);
    g_ptr_array_unref(p->groups);
    g_free(p->address);
    g_free(p);
}

const char *person_address(const service *self, const person *p)
{
    const account *a = find_account(self, p->address);

    return a ? a->address : p->address;
}

const char *person_name(const service *self, const person *p)
{
    const account *a = p->friendly ? NULL : find_account(self, p->address);

    return p->friendly ? p->friendly : a ? a->friendly : p->address;
}

const char *spelling_of(const service *self, const contact *ct)
{
    const account *a = find_account(self, ct->address);

    return a ? a->address : ct->address;
}

guint32 person_touch(service *self, person *p)
{
    p->version++;
    keep_soon(self);
    if (!p->session)
        return p->version;
    p->session->msnp.version++;
    return knob_on(self, "session-versions") ? p->session->msnp.version : p->version;
}
