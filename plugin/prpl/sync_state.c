/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sync_state.h"

#include "buddies.h"

#include <string.h>

/* Settings of a buddy, saved in libpurple's list: these names and formats never change. */
#define STATE   "msnp8-in"      /* "+GROUP", "=GROUP" (in no group on the server), "!" (kept) */
#define REFUSED "msnp8-refused" /* 1 + the error number */
#define NAME    "msnp8-name"    /* the name on the server's list, "\n", the last name */

static const char *state_of(PurpleBuddy *buddy)
{
    return purple_blist_node_get_string(PURPLE_BLIST_NODE(buddy), STATE);
}

/*
 * libpurple writes its list to disk after each change, so avoid needless ones; and it does not tell
 * the client, who shows why a buddy is here.
 */
static void set_state(const prpl_account *self, PurpleBuddy *buddy, const char *state)
{
    PurpleBlistNode *node = PURPLE_BLIST_NODE(buddy);
    char *who = g_strdup(purple_buddy_get_name(buddy));
    unsigned number;
    prpl_sync_reason before = prpl_sync_state_reason(buddy, &number);
    bool there = true;

    /* What saves the list can change it, and end the account. */
    if (purple_blist_node_get_int(node, REFUSED) != 0) {
        purple_blist_node_remove_setting(node, REFUSED);
        there = prpl_buddies_remains(self, who, buddy);
    }
    if (there && g_strcmp0(state_of(buddy), state) != 0) {
        purple_blist_node_set_string(node, STATE, state);
        there = prpl_buddies_remains(self, who, buddy);
    }
    if (there && prpl_sync_state_reason(buddy, &number) != before)
        prpl_buddies_redraw_row(buddy);
    g_free(who);
}

void prpl_sync_state_set_here(const prpl_account *self, PurpleBuddy *buddy, bool in_group)
{
    const char *group = purple_group_get_name(purple_buddy_get_group(buddy));
    char *state = g_strconcat(in_group ? "+" : "=", group, NULL);

    set_state(self, buddy, state);
    g_free(state);
}

void prpl_sync_state_set_kept(const prpl_account *self, PurpleBuddy *buddy)
{
    set_state(self, buddy, "!");
}

bool prpl_sync_state_set_refused(PurpleBuddy *buddy, unsigned number)
{
    PurpleBlistNode *node = PURPLE_BLIST_NODE(buddy);

    if (purple_blist_node_get_int(node, REFUSED) == (int)number + 1)
        return false;
    purple_blist_node_set_int(node, REFUSED, (int)number + 1);
    return true;
}

void prpl_sync_state_forget_refused(PurpleBuddy *buddy)
{
    purple_blist_node_remove_setting(PURPLE_BLIST_NODE(buddy), REFUSED);
}

bool prpl_sync_state_is_set(PurpleBuddy *buddy)
{
    return state_of(buddy) != NULL;
}

const char *prpl_sync_state_group(PurpleBuddy *buddy)
{
    const char *state = state_of(buddy);

    return state != NULL && (*state == '+' || *state == '=') ? state + 1 : NULL;
}

bool prpl_sync_state_is_here(PurpleBuddy *buddy)
{
    return g_strcmp0(prpl_sync_state_group(buddy),
                     purple_group_get_name(purple_buddy_get_group(buddy))) == 0;
}

bool prpl_sync_state_in_no_group(PurpleBuddy *buddy)
{
    return prpl_sync_state_is_here(buddy) && *state_of(buddy) == '=';
}

prpl_sync_reason prpl_sync_state_reason(PurpleBuddy *buddy, unsigned *number)
{
    int refused = purple_blist_node_get_int(PURPLE_BLIST_NODE(buddy), REFUSED);

    *number = refused > 0 ? (unsigned)refused - 1 : 0;
    if (refused > 0)
        return PRPL_SYNC_REFUSED;
    return g_strcmp0(state_of(buddy), "!") == 0 ? PRPL_SYNC_KEPT : PRPL_SYNC_LISTED;
}

/* --- names ---------------------------------------------------------------------------------- */

void prpl_sync_state_keep_name(PurpleBuddy *buddy, const msnp_contact *contact)
{
    PurpleBlistNode *node = PURPLE_BLIST_NODE(buddy);
    const char *kept = purple_blist_node_get_string(node, NAME);
    const char *listed = contact->listed_name != NULL ? contact->listed_name : "";
    const char *name = contact->name != NULL ? contact->name : "";

    if (!msnp_contact_name_is_current(contact))
        return;
    if (strcmp(listed, name) == 0) {
        if (kept != NULL)
            purple_blist_node_remove_setting(node, NAME);
        return;
    }
    char *both = g_strconcat(listed, "\n", name, NULL);
    if (g_strcmp0(kept, both) != 0)
        purple_blist_node_set_string(node, NAME, both);
    g_free(both);
}

/* The name that is stored for one whom the server's list calls so; NULL if none is. */
static const char *kept_name(PurpleBuddy *buddy, const char *listed)
{
    const char *kept = purple_blist_node_get_string(PURPLE_BLIST_NODE(buddy), NAME);
    size_t len = listed != NULL ? strlen(listed) : 0;

    if (kept == NULL || strncmp(kept, listed != NULL ? listed : "", len) != 0 || kept[len] != '\n')
        return NULL;
    return kept + len + 1;
}

const char *prpl_sync_state_name(GSList *buddies, const msnp_contact *contact)
{
    if (msnp_contact_name_is_current(contact))
        return contact->name;
    for (GSList *l = buddies; l != NULL; l = l->next) {
        const char *kept = kept_name(l->data, contact->listed_name);
        if (kept != NULL)
            return *kept != '\0' ? kept : NULL;
    }
    return contact->name;
}
