/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Looking at the lists and changing them from outside.
 */
#include <string.h>

#include "msnp.h"
#include "presence.h"

/* Changes that nobody is told of */

guint service_add_group(service *self, const char *owner, const char *name)
{
    person *p = person_get(self, owner);
    const group *g = group_named(p, name);

    if (g)
        return g->id;
    g = group_add(p, name, knob_on(self, "low-group-ids"));
    person_touch(self, p);
    return g->id;
}

void service_rename_group(service *self, const char *owner, guint id, const char *name)
{
    person *p = person_get(self, owner);

    if (!group_find(p, id))
        return;
    group_insert(p, id, name);
    person_touch(self, p);
}

void service_remove_group(service *self, const char *owner, guint id)
{
    person *p = person_get(self, owner);
    const group *g = group_find(p, id);

    if (!g || id == 0)
        return;
    for (const GList *l = p->order.head; l; l = l->next)
        contact_leave(l->data, id);
    group_remove(p, g);
    person_touch(self, p);
}

void service_put(service *self, const char *owner, const char *who, guint lists,
                 const char *nickname, const char *groups)
{
    person *p = person_get(self, owner);
    contact *ct = contact_get(p, who);

    if (nickname)
        contact_set_nickname(ct, nickname);
    contact_set_groups(ct, groups ? groups : "");
    contact_set_lists(p, ct, lists);
    person_touch(self, p);
}

void service_set_phone(service *self, const char *owner, const char *name, const char *value)
{
    person *p = person_get(self, owner);
    item which = item_from_name(name);

    if (which >= N_PHONES)
        return;
    person_set_item(p, which, value);
    person_touch(self, p);
}

void service_set_privacy(service *self, const char *owner, const char *name, const char *value)
{
    person *p = person_get(self, owner);
    item which = item_from_name(name);

    if (which != ITEM_GTC && which != ITEM_BLP)
        return;
    person_set_item(p, which, value);
    person_touch(self, p);
}

/* One of the many. */
static void populate_one(service *self, person *owner, guint number, guint first_group,
                         guint groups)
{
    g_autofree char *address = g_strdup_printf("person%u@example.com", number);
    person *p = person_get(self, address);
    contact *ct = contact_get(owner, address);

    p->known = TRUE;
    g_free(p->friendly);
    p->friendly = g_strdup_printf("Person %u", number);
    g_strlcpy(p->state, number % 3 == 0 ? "NLN" : "", sizeof p->state);
    if (number % 5 == 0) {
        g_autofree char *phone = g_strdup_printf("+1 (555) %04u", number);

        person_set_item(p, ITEM_PHM, phone);
        person_set_item(p, ITEM_MOB, number % 2 ? "Y" : "N");
    }
    contact_set_nickname(ct, p->friendly);
    contact_set_lists(owner, ct, SERVICE_FL | SERVICE_AL | SERVICE_RL);
    if (groups)
        contact_join(ct, first_group + number % groups, FALSE);
}

void service_populate(service *self, const char *owner, guint contacts, guint groups)
{
    person *p = person_get(self, owner);
    const group *last = g_ptr_array_index(p->groups, p->groups->len - 1);
    guint first = last->id + 1;

    for (guint i = 0; i < groups; i++) {
        g_autofree char *name = g_strdup_printf("Group %u", first + i);

        group_insert(p, first + i, name);
    }
    for (guint i = 0; i < contacts; i++)
        populate_one(self, p, i, first, groups);
    person_touch(self, p);
}

/* What stands there */

guint service_lists(const service *self, const char *owner, const char *who)
{
    const contact *ct = contact_find(person_find(self, owner), who);

    return ct ? ct->lists : 0;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Ends the array and joins what is in it. */
static char *join_sorted(GPtrArray *names)
{
    g_ptr_array_sort(names, by_name);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

char *service_groups_of(const service *self, const char *owner, const char *who)
{
    const person *p = person_find(self, owner);
    const contact *ct = contact_find(p, who);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; ct && i < ct->groups->len; i++) {
        const group *g = group_find(p, g_array_index(ct->groups, guint, i));

        g_ptr_array_add(names, g ? g->name : (gpointer) "(none)");
    }
    return join_sorted(names);
}

char *service_group_names(const service *self, const char *owner)
{
    const person *p = person_find(self, owner);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; p && i < p->groups->len; i++) {
        const group *g = g_ptr_array_index(p->groups, i);

        if (g->id != 0)
            g_ptr_array_add(names, g->name);
    }
    return join_sorted(names);
}

guint service_n_entries(const service *self, const char *owner)
{
    const person *p = person_find(self, owner);

    return p ? p->order.length : 0;
}

guint32 service_version(const service *self, const char *owner)
{
    const person *p = person_find(self, owner);

    return p ? p->version : 0;
}

const char *service_friendly(const service *self, const char *owner)
{
    const person *p = person_find(self, owner);
    const account *a = find_account(self, owner);

    return p ? person_name(self, p) : a ? a->friendly : NULL;
}

const char *service_item(const service *self, const char *owner, const char *name)
{
    item which = item_from_name(name);

    return which == N_ITEMS ? NULL : person_item(person_find(self, owner), which);
}

/* Doing what clients do */

void service_appear(service *self, const char *address, const char *state)
{
    person *p = person_get(self, address);

    g_strlcpy(p->state, state ? state : "", sizeof p->state);
    p->known = TRUE;
    keep_soon(self);
    presence_update(self, p);
}

void service_set_client_id(service *self, const char *address, guint32 client_id)
{
    person *p = person_get(self, address);

    p->client_id = client_id;
    presence_update(self, p);
}

void service_say_name(service *self, const char *address, const char *name)
{
    person *p = person_get(self, address);

    g_free(p->friendly);
    p->friendly = g_strdup(name);
    keep_soon(self);
    presence_update(self, p);
}

/* Puts `who` on some lists and takes it off others. */
static person *act(service *self, const char *owner, const char *who, guint on, guint off)
{
    person *p = person_get(self, owner);
    contact *ct = contact_get(p, who);

    p->known = TRUE;
    contact_set_lists(p, ct, (ct->lists & ~off) | on);
    person_touch(self, p);
    presence_update(self, p);
    return p;
}

void service_act_add(service *self, const char *owner, const char *who)
{
    reverse_added(self, act(self, owner, who, SERVICE_FL | SERVICE_AL, SERVICE_BL), who);
}

void service_act_remove(service *self, const char *owner, const char *who)
{
    reverse_removed(self, act(self, owner, who, 0, SERVICE_FL), who);
}

void service_act_block(service *self, const char *owner, const char *who, gboolean blocked)
{
    act(self, owner, who, blocked ? SERVICE_BL : SERVICE_AL, blocked ? SERVICE_AL : SERVICE_BL);
}
