/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user does in the buddy list, for the server. Names of groups and addresses mean the same
 * on both sides only by way of the functions below.
 */
#include "blist_priv.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* --- names ---------------------------------------------------------------------------------- */

const char *msn_default_group(void)
{
    return dgettext("pidgin", "Buddies");
}

const char *msn_server_group(const msn_account *self, const char *name)
{
    const GArray *groups = msnp_ns_roster(self->ns)->groups;

    if (name == NULL)
        return NULL;
    if (msnp_roster_group_named(msnp_ns_roster(self->ns), name) != NULL)
        return name;
    for (guint i = 0; i < groups->len; i++)
        if (g_utf8_collate(g_array_index(groups, msnp_group, i).name, name) == 0)
            return g_array_index(groups, msnp_group, i).name;
    return strcmp(name, msn_default_group()) == 0 ? NULL : name;
}

PurpleGroup *msn_local_group(const char *name)
{
    PurpleGroup *group = purple_find_group(name);
    PurpleBlistNode *last = purple_blist_get_root();

    if (group != NULL)
        return group;
    while (last != NULL && last->next != NULL)
        last = last->next;
    group = purple_group_new(name);
    purple_blist_add_group(group, last);
    return group;
}

char *msn_normalized(const msn_account *self, const char *who)
{
    return g_strdup(purple_normalize(self->account, who));
}

char *msn_address_of(PurpleBuddy *buddy)
{
    return g_strstrip(g_strdup(purple_buddy_get_name(buddy)));
}

char *msn_removal_key(const msn_account *self, const char *who, const char *group)
{
    return g_strconcat(purple_normalize(self->account, who), "\n", group, NULL);
}

/* --- edits ---------------------------------------------------------------------------------- */

/* The account whose list the user edits; NULL if it is we who do it, or nobody is signed in. */
static msn_account *editing(PurpleConnection *gc)
{
    msn_account *self = msn_account_of(gc);

    return self != NULL && !msn_account_is_over(self) && !self->blist->own_moves ? self : NULL;
}

void msn_blist_add_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group)
{
    msn_account *self = editing(gc);
    char *who = msn_address_of(buddy);

    if (self != NULL) {
        const char *name = group != NULL ? purple_group_get_name(group) : NULL;
        msnp_edit edit = {
            .kind = MSNP_EDIT_ADD, .account = who, .to = msn_server_group(self, name)};
        g_hash_table_remove(self->blist->offered, purple_normalize(self->account, who));
        msn_account_edit(self, &edit);
    }
    g_free(who);
}

void msn_blist_add_buddy_with_invite(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group,
                                     const char *message)
{
    (void)message; /* the protocol has no place for it */
    msn_blist_add_buddy(gc, buddy, group);
}

void msn_blist_remove_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group)
{
    msn_account *self = editing(gc);
    const char *alias = purple_buddy_get_local_buddy_alias(buddy);
    const char *name = group != NULL ? purple_group_get_name(group) : NULL;
    char *who = msn_address_of(buddy);

    /* What is no address is on no server. */
    if (self != NULL && name != NULL && msnp_account_valid(who)) {
        msnp_edit edit = {
            .kind = MSNP_EDIT_REMOVE, .account = who, .from = msn_server_group(self, name)};
        if (alias != NULL)
            g_hash_table_insert(self->blist->removed, msn_removal_key(self, who, name),
                                g_strdup(alias));
        msn_account_edit(self, &edit);
    }
    g_free(who);
}

static void move(msn_account *self, const char *name, const char *from, const char *to)
{
    char *who = g_strstrip(g_strdup(name));
    msnp_edit edit = {.kind = MSNP_EDIT_MOVE, .account = who, .from = from, .to = to};

    if (g_strcmp0(from, to) != 0)
        msn_account_edit(self, &edit);
    g_free(who);
}

void msn_blist_move_buddy(PurpleConnection *gc, const char *who, const char *from, const char *to)
{
    msn_account *self = editing(gc);

    if (self != NULL)
        move(self, who, msn_server_group(self, from), msn_server_group(self, to));
}

/* "No group" has no name on the server: its contacts come or go one by one. */
static void move_all(msn_account *self, const GList *buddies, const char *from, const char *to)
{
    msnp_edit removal = {.kind = MSNP_EDIT_REMOVE_GROUP, .from = from};

    msn_account_ref(self);
    for (const GList *l = buddies; l != NULL && !msn_account_is_over(self); l = l->next)
        move(self, purple_buddy_get_name(l->data), from, to);
    if (from != NULL && !msn_account_is_over(self))
        msn_account_edit(self, &removal);
    msn_account_unref(self);
}

void msn_blist_rename_group(PurpleConnection *gc, const char *from, PurpleGroup *group,
                            GList *moved)
{
    msn_account *self = editing(gc);
    const char *name = purple_group_get_name(group);

    if (self == NULL)
        return;

    msnp_edit edit = {.kind = MSNP_EDIT_RENAME_GROUP,
                      .from = msn_server_group(self, from),
                      .to = msn_server_group(self, name)};
    if (edit.from != NULL && edit.to != NULL) {
        g_queue_push_tail(&self->blist->renames, g_strdup(name));
        msn_account_edit(self, &edit);
    } else {
        move_all(self, moved, edit.from, edit.to);
    }
}

void msn_blist_remove_group(PurpleConnection *gc, PurpleGroup *group)
{
    msn_account *self = editing(gc);
    msnp_edit edit = {.kind = MSNP_EDIT_REMOVE_GROUP};

    if (self == NULL)
        return;
    edit.from = msn_server_group(self, purple_group_get_name(group));
    if (edit.from != NULL)
        msn_account_edit(self, &edit);
}
