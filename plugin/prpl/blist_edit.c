/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blist_edit.h"

#include "blist.h"
#include "buddies.h"

/* The account whose list the user edits; NULL if we are changing it, or it is not signed in. */
static prpl_account *editing(PurpleConnection *gc)
{
    prpl_account *self = prpl_account_of(gc);

    return self != NULL && !prpl_account_is_over(self) && !prpl_blist_is_changing(self) ? self
                                                                                        : NULL;
}

/*
 * After an authorization request clients propose the name that the request came with as an alias.
 * It is shown anyway, and an alias would stay when the person takes another name.
 */
static void drop_proposed_alias(prpl_account *self, const char *who, PurpleBuddy *buddy)
{
    const msnp_contact *contact = prpl_buddies_contact(self, who);
    char *name = contact != NULL ? g_strdup(contact->name) : NULL;

    if (name != NULL && prpl_buddies_is_there(self->account, who, buddy) &&
        purple_strequal(purple_buddy_get_local_buddy_alias(buddy), name)) {
        purple_blist_server_alias_buddy(buddy, name);
        if (prpl_buddies_remains(self, who, buddy))
            purple_blist_alias_buddy(buddy, NULL);
    }
    g_free(name);
}

void prpl_blist_edit_add_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group)
{
    prpl_account *self = editing(gc);
    char *who = prpl_buddies_address(purple_buddy_get_name(buddy));

    if (self != NULL) {
        const char *name = group != NULL ? purple_group_get_name(group) : NULL;
        msnp_edit edit = {
            .kind = MSNP_EDIT_ADD, .account = who, .to = prpl_buddies_server_group(self, name)};
        prpl_blist_user_adds(self, who);
        /* The edit may end the account. */
        prpl_account_ref(self);
        prpl_account_edit(self, &edit);
        if (!prpl_account_is_over(self))
            drop_proposed_alias(self, who, buddy);
        prpl_account_unref(self);
    }
    g_free(who);
}

void prpl_blist_edit_add_buddy_with_invite(PurpleConnection *gc, PurpleBuddy *buddy,
                                           PurpleGroup *group, const char *message)
{
    (void)message; /* the protocol has no such message */
    prpl_blist_edit_add_buddy(gc, buddy, group);
}

void prpl_blist_edit_remove_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group)
{
    prpl_account *self = editing(gc);
    const char *name = group != NULL ? purple_group_get_name(group) : NULL;
    char *who = prpl_buddies_address(purple_buddy_get_name(buddy));

    /* An invalid address is on no server. */
    if (self != NULL && name != NULL && msnp_account_valid(who)) {
        msnp_edit edit = {.kind = MSNP_EDIT_REMOVE,
                          .account = who,
                          .from = prpl_buddies_server_group(self, name)};
        prpl_blist_user_removes(self, who, name, purple_buddy_get_local_buddy_alias(buddy));
        prpl_account_edit(self, &edit);
    }
    g_free(who);
}

static void move(prpl_account *self, const char *name, const char *from, const char *to)
{
    char *who = prpl_buddies_address(name);
    msnp_edit edit = {.kind = MSNP_EDIT_MOVE, .account = who, .from = from, .to = to};

    if (g_strcmp0(from, to) != 0)
        prpl_account_edit(self, &edit);
    g_free(who);
}

void prpl_blist_edit_move_buddy(PurpleConnection *gc, const char *who, const char *from,
                                const char *to)
{
    prpl_account *self = editing(gc);

    if (self != NULL)
        move(self, who, prpl_buddies_server_group(self, from), prpl_buddies_server_group(self, to));
}

/* "No group" has no name on the server: moves its contacts one by one. */
static void move_all(prpl_account *self, const GList *buddies, const char *from, const char *to)
{
    msnp_edit removal = {.kind = MSNP_EDIT_REMOVE_GROUP, .from = from};

    /* The lists stay as they are until all is said. */
    prpl_account_enter(self);
    for (const GList *l = buddies; l != NULL && !prpl_account_is_over(self); l = l->next)
        move(self, purple_buddy_get_name(l->data), from, to);
    if (from != NULL && !prpl_account_is_over(self))
        prpl_account_edit(self, &removal);
    prpl_account_leave(self);
}

void prpl_blist_edit_rename_group(PurpleConnection *gc, const char *from, PurpleGroup *group,
                                  GList *moved)
{
    prpl_account *self = editing(gc);
    const char *name = purple_group_get_name(group);

    if (self == NULL)
        return;

    msnp_edit edit = {.kind = MSNP_EDIT_RENAME_GROUP,
                      .from = prpl_buddies_server_group(self, from),
                      .to = prpl_buddies_server_group(self, name)};
    if (edit.from != NULL && edit.to != NULL) {
        prpl_blist_user_renames(self, name);
        prpl_account_edit(self, &edit);
    } else {
        move_all(self, moved, edit.from, edit.to);
    }
}

void prpl_blist_edit_remove_group(PurpleConnection *gc, PurpleGroup *group)
{
    prpl_account *self = editing(gc);
    msnp_edit edit = {.kind = MSNP_EDIT_REMOVE_GROUP};

    if (self == NULL)
        return;
    edit.from = prpl_buddies_server_group(self, purple_group_get_name(group));
    if (edit.from != NULL)
        prpl_account_edit(self, &edit);
}
