/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user does in the buddy list, for the server. Names of groups and addresses mean the same
 * on both sides only by way of the functions below.
 */
#include "blist_priv.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* --- names ---------------------------------------------------------------------------------- */

const char *prpl_default_group(void)
{
    return dgettext("pidgin", "Buddies");
}

const char *prpl_server_group(const prpl_account *self, const char *name)
{
    const GArray *groups = msnp_session_roster(self->session)->groups;

    if (name == NULL)
        return NULL;
    if (msnp_roster_group_named(msnp_session_roster(self->session), name) != NULL)
        return name;
    for (guint i = 0; i < groups->len; i++)
        if (g_utf8_collate(g_array_index(groups, msnp_group, i).name, name) == 0)
            return g_array_index(groups, msnp_group, i).name;
    return strcmp(name, prpl_default_group()) == 0 ? NULL : name;
}

PurpleGroup *prpl_local_group(const char *name)
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

char *prpl_normalized(const prpl_account *self, const char *who)
{
    return g_strdup(purple_normalize(self->account, who));
}

char *prpl_address_of(PurpleBuddy *buddy)
{
    return g_strstrip(g_strdup(purple_buddy_get_name(buddy)));
}

char *prpl_removal_key(const prpl_account *self, const char *who, const char *group)
{
    return g_strconcat(purple_normalize(self->account, who), "\n", group, NULL);
}

/* --- edits ---------------------------------------------------------------------------------- */

/* The account whose list the user edits; NULL if it is we who do it, or nobody is signed in. */
static prpl_account *editing(PurpleConnection *gc)
{
    prpl_account *self = prpl_account_of(gc);

    return self != NULL && !prpl_account_is_over(self) && !self->blist->own_moves ? self : NULL;
}

void prpl_blist_add_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group)
{
    prpl_account *self = editing(gc);
    char *who = prpl_address_of(buddy);

    if (self != NULL) {
        const char *name = group != NULL ? purple_group_get_name(group) : NULL;
        msnp_edit edit = {
            .kind = MSNP_EDIT_ADD, .account = who, .to = prpl_server_group(self, name)};
        g_hash_table_remove(self->blist->offered, purple_normalize(self->account, who));
        prpl_account_edit(self, &edit);
    }
    g_free(who);
}

void prpl_blist_add_buddy_with_invite(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group,
                                      const char *message)
{
    (void)message; /* the protocol has no place for it */
    prpl_blist_add_buddy(gc, buddy, group);
}

void prpl_blist_remove_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group)
{
    prpl_account *self = editing(gc);
    const char *alias = purple_buddy_get_local_buddy_alias(buddy);
    const char *name = group != NULL ? purple_group_get_name(group) : NULL;
    char *who = prpl_address_of(buddy);

    /* What is no address is on no server. */
    if (self != NULL && name != NULL && msnp_account_valid(who)) {
        msnp_edit edit = {
            .kind = MSNP_EDIT_REMOVE, .account = who, .from = prpl_server_group(self, name)};
        if (alias != NULL)
            g_hash_table_insert(self->blist->removed, prpl_removal_key(self, who, name),
                                g_strdup(alias));
        prpl_account_edit(self, &edit);
    }
    g_free(who);
}

static void move(prpl_account *self, const char *name, const char *from, const char *to)
{
    char *who = g_strstrip(g_strdup(name));
    msnp_edit edit = {.kind = MSNP_EDIT_MOVE, .account = who, .from = from, .to = to};

    if (g_strcmp0(from, to) != 0)
        prpl_account_edit(self, &edit);
    g_free(who);
}

void prpl_blist_move_buddy(PurpleConnection *gc, const char *who, const char *from, const char *to)
{
    prpl_account *self = editing(gc);

    if (self != NULL)
        move(self, who, prpl_server_group(self, from), prpl_server_group(self, to));
}

/* "No group" has no name on the server: its contacts come or go one by one. */
static void move_all(prpl_account *self, const GList *buddies, const char *from, const char *to)
{
    msnp_edit removal = {.kind = MSNP_EDIT_REMOVE_GROUP, .from = from};

    prpl_account_ref(self);
    for (const GList *l = buddies; l != NULL && !prpl_account_is_over(self); l = l->next)
        move(self, purple_buddy_get_name(l->data), from, to);
    if (from != NULL && !prpl_account_is_over(self))
        prpl_account_edit(self, &removal);
    prpl_account_unref(self);
}

void prpl_blist_rename_group(PurpleConnection *gc, const char *from, PurpleGroup *group,
                             GList *moved)
{
    prpl_account *self = editing(gc);
    const char *name = purple_group_get_name(group);

    if (self == NULL)
        return;

    msnp_edit edit = {.kind = MSNP_EDIT_RENAME_GROUP,
                      .from = prpl_server_group(self, from),
                      .to = prpl_server_group(self, name)};
    if (edit.from != NULL && edit.to != NULL) {
        g_queue_push_tail(&self->blist->renames, g_strdup(name));
        prpl_account_edit(self, &edit);
    } else {
        move_all(self, moved, edit.from, edit.to);
    }
}

void prpl_blist_remove_group(PurpleConnection *gc, PurpleGroup *group)
{
    prpl_account *self = editing(gc);
    msnp_edit edit = {.kind = MSNP_EDIT_REMOVE_GROUP};

    if (self == NULL)
        return;
    edit.from = prpl_server_group(self, purple_group_get_name(group));
    if (edit.from != NULL)
        prpl_account_edit(self, &edit);
}
