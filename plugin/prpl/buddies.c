/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buddies.h"

#include "process.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The setting in which clients (or a plugin of theirs) store notes about a buddy. */
#define NOTES "notes"
/* Names of groups whose keys are kept: more than a service has. */
#define KEYS_MAX 1024

/* --- addresses ------------------------------------------------------------------------------ */

char *prpl_buddies_normalized(const prpl_account *self, const char *who)
{
    return g_strdup(purple_normalize(self->account, who));
}

char *prpl_buddies_address(const char *who)
{
    return g_strstrip(g_utf8_make_valid(who, -1));
}

const msnp_contact *prpl_buddies_contact(const prpl_account *self, const char *who)
{
    return msnp_roster_find(msnp_session_roster(self->session),
                            msnp_str_of(purple_normalize(self->account, who)));
}

bool prpl_buddies_is_listed(const msnp_contact *contact)
{
    return contact != NULL && (contact->lists & MSNP_LIST_FORWARD) != 0;
}

/* --- groups --------------------------------------------------------------------------------- */

const char *prpl_buddies_default_group(void)
{
    return dgettext("pidgin", "Buddies");
}

/* The msnp_name_key() of a group, borrowed until the next call. Each costs some microseconds. */
static const char *key_of(const char *name)
{
    prpl_process *process = prpl_process_get();

    if (process->name_keys == NULL)
        process->name_keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    char *key = g_hash_table_lookup(process->name_keys, name);
    if (key == NULL) {
        if (g_hash_table_size(process->name_keys) >= KEYS_MAX)
            g_hash_table_remove_all(process->name_keys);
        key = msnp_name_key(name);
        g_hash_table_insert(process->name_keys, g_strdup(name), key);
    }
    return key;
}

const char *prpl_buddies_server_group(const prpl_account *self, const char *name)
{
    if (name == NULL || *key_of(name) == '\0')
        return NULL;
    bool none = strcmp(name, prpl_buddies_default_group()) == 0 &&
                msnp_roster_group_named(msnp_session_roster(self->session), name) == NULL;
    return none ? NULL : name;
}

PurpleGroup *prpl_buddies_find_group(const prpl_account *self, const msnp_group *group)
{
    PurpleGroup *found = purple_find_group(group->name);
    PurpleBlistNode *node = found == NULL ? purple_blist_get_root() : NULL;

    for (; node != NULL && found == NULL; node = node->next) {
        const char *name =
            PURPLE_BLIST_NODE_IS_GROUP(node) ? purple_group_get_name((PurpleGroup *)node) : "";
        /* It may be the place of another of the server's groups. */
        if (strcmp(key_of(name), group->key) == 0 &&
            msnp_roster_group_named(msnp_session_roster(self->session), name) == group)
            found = (PurpleGroup *)node;
    }
    return found;
}

PurpleGroup *prpl_buddies_local_group(const char *name)
{
    PurpleGroup *group = purple_find_group(name);

    if (group != NULL)
        return group;
    group = purple_group_new(name);
    PurpleBlistNode *last = purple_blist_get_root();
    while (last != NULL && last->next != NULL)
        last = last->next;
    char *found = g_strdup(purple_group_get_name(group));
    purple_blist_add_group(group, last);
    group = purple_find_group(found);
    g_free(found);
    return group;
}

/* --- rows of the buddy list ----------------------------------------------------------------- */

bool prpl_buddies_is_there(PurpleAccount *account, const char *who, const PurpleBuddy *buddy)
{
    GSList *buddies = purple_find_buddies(account, who);
    bool there = g_slist_find(buddies, buddy) != NULL;

    g_slist_free(buddies);
    return there;
}

bool prpl_buddies_remains(const prpl_account *self, const char *who, const PurpleBuddy *buddy)
{
    return !prpl_account_is_over(self) && prpl_buddies_is_there(self->account, who, buddy);
}

void prpl_buddies_redraw_row(PurpleBuddy *buddy)
{
    PurpleBlistUiOps *ops = purple_blist_get_ui_ops();

    if (ops != NULL && ops->update != NULL)
        ops->update(purple_get_blist(), PURPLE_BLIST_NODE(buddy));
}

void prpl_buddies_redraw(prpl_account *self, const char *who)
{
    GSList *buddies = purple_find_buddies(self->account, who);

    for (GSList *l = buddies; l != NULL && !prpl_account_is_over(self); l = l->next)
        if (l == buddies || prpl_buddies_is_there(self->account, who, l->data))
            prpl_buddies_redraw_row(l->data);
    g_slist_free(buddies);
}

/* --- what the user wrote about a buddy ------------------------------------------------------ */

static bool is_something(const char *text)
{
    return text != NULL && *text != '\0';
}

static void give_notes(PurpleBlistNode *from, PurpleBlistNode *to)
{
    char *notes = g_strdup(purple_blist_node_get_string(from, NOTES));

    if (is_something(notes) && !is_something(purple_blist_node_get_string(to, NOTES)))
        purple_blist_node_set_string(to, NOTES, notes);
    g_free(notes);
}

static void give_icon(PurpleBlistNode *from, PurpleBlistNode *to)
{
    PurpleStoredImage *icon = purple_buddy_icons_node_find_custom_icon(from);

    if (icon == NULL)
        return;
    if (!purple_buddy_icons_node_has_custom_icon(to)) {
        size_t size = purple_imgstore_get_size(icon);
        gpointer data = g_malloc(size);
        memcpy(data, purple_imgstore_get_data(icon), size);
        purple_buddy_icons_node_set_custom_icon(to, data, size);
    }
    purple_imgstore_unref(icon);
}

static void give_buddys_notes(PurpleBuddy *from, PurpleBuddy *to)
{
    give_notes(PURPLE_BLIST_NODE(from), PURPLE_BLIST_NODE(to));
}

static void give_persons_notes(PurpleBuddy *from, PurpleBuddy *to)
{
    give_notes(PURPLE_BLIST_NODE(purple_buddy_get_contact(from)),
               PURPLE_BLIST_NODE(purple_buddy_get_contact(to)));
}

static void give_persons_icon(PurpleBuddy *from, PurpleBuddy *to)
{
    give_icon(PURPLE_BLIST_NODE(purple_buddy_get_contact(from)),
              PURPLE_BLIST_NODE(purple_buddy_get_contact(to)));
}

static void give_persons_alias(PurpleBuddy *from, PurpleBuddy *to)
{
    char *alias = g_strdup(purple_buddy_get_contact(from)->alias);

    if (is_something(alias) && !is_something(purple_buddy_get_contact(to)->alias))
        purple_blist_alias_contact(purple_buddy_get_contact(to), alias);
    g_free(alias);
}

static void give_buddys_alias(PurpleBuddy *from, PurpleBuddy *to)
{
    char *alias = g_strdup(purple_buddy_get_local_buddy_alias(from));

    if (is_something(alias) && !is_something(purple_buddy_get_local_buddy_alias(to)))
        purple_blist_alias_buddy(to, alias);
    g_free(alias);
}

void prpl_buddies_give_own_data(PurpleBuddy *from, PurpleBuddy *to)
{
    static void (*const gifts[])(PurpleBuddy * from, PurpleBuddy * to) = {
        give_buddys_notes, give_persons_notes, give_persons_icon, give_persons_alias,
        give_buddys_alias};
    PurpleAccount *account = purple_buddy_get_account(from);
    char *who = g_strdup(purple_buddy_get_name(from));

    for (size_t i = 0; i < G_N_ELEMENTS(gifts); i++)
        if (prpl_buddies_is_there(account, who, from) && prpl_buddies_is_there(account, who, to))
            gifts[i](from, to);
    g_free(who);
}

bool prpl_buddies_have_own_data(PurpleBuddy *buddy)
{
    PurpleContact *person = purple_buddy_get_contact(buddy);
    PurpleBlistNode *nodes[] = {PURPLE_BLIST_NODE(buddy), PURPLE_BLIST_NODE(person)};

    if (is_something(purple_buddy_get_local_buddy_alias(buddy)) || is_something(person->alias))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(nodes); i++)
        if (is_something(purple_blist_node_get_string(nodes[i], NOTES)) ||
            purple_buddy_icons_node_has_custom_icon(nodes[i]))
            return true;
    return false;
}
