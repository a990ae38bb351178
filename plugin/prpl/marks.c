/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "marks.h"

#include <string.h>

/* Settings of a buddy, saved by libpurple with its list; so they never change. */
#define MARK    "msnp8-in"      /* "+GROUP", "=GROUP" (in no group on the server), "!" (kept) */
#define REFUSED "msnp8-refused" /* 1 + the error number */

/* What clients, by a plugin of theirs, call what the user wrote about somebody. */
#define NOTES "notes"

static const char *mark_of(PurpleBuddy *buddy)
{
    return purple_blist_node_get_string(PURPLE_BLIST_NODE(buddy), MARK);
}

/* libpurple writes its list to the disk after each change: none is made without need. */
static void set_mark(PurpleBuddy *buddy, const char *mark)
{
    if (g_strcmp0(mark_of(buddy), mark) != 0)
        purple_blist_node_set_string(PURPLE_BLIST_NODE(buddy), MARK, mark);
    if (purple_blist_node_get_int(PURPLE_BLIST_NODE(buddy), REFUSED) != 0)
        purple_blist_node_remove_setting(PURPLE_BLIST_NODE(buddy), REFUSED);
}

void prpl_mark_here(PurpleBuddy *buddy, bool in_group)
{
    const char *group = purple_group_get_name(purple_buddy_get_group(buddy));
    char *mark = g_strconcat(in_group ? "+" : "=", group, NULL);

    set_mark(buddy, mark);
    g_free(mark);
}

void prpl_mark_kept(PurpleBuddy *buddy)
{
    set_mark(buddy, "!");
}

bool prpl_mark_refused(PurpleBuddy *buddy, unsigned number)
{
    PurpleBlistNode *node = PURPLE_BLIST_NODE(buddy);

    if (purple_blist_node_get_int(node, REFUSED) == (int)number + 1)
        return false;
    purple_blist_node_set_int(node, REFUSED, (int)number + 1);
    return true;
}

bool prpl_is_marked(PurpleBuddy *buddy)
{
    return mark_of(buddy) != NULL;
}

const char *prpl_was_in(PurpleBuddy *buddy)
{
    const char *mark = mark_of(buddy);

    return mark != NULL && (*mark == '+' || *mark == '=') ? mark + 1 : NULL;
}

bool prpl_was_here(PurpleBuddy *buddy)
{
    return g_strcmp0(prpl_was_in(buddy), purple_group_get_name(purple_buddy_get_group(buddy))) == 0;
}

bool prpl_was_in_no_group(PurpleBuddy *buddy)
{
    return prpl_was_here(buddy) && *mark_of(buddy) == '=';
}

prpl_buddy_reason prpl_buddy_reason_of(PurpleBuddy *buddy, unsigned *number)
{
    int refused = purple_blist_node_get_int(PURPLE_BLIST_NODE(buddy), REFUSED);

    *number = refused > 0 ? (unsigned)refused - 1 : 0;
    if (refused > 0)
        return PRPL_BUDDY_REFUSED;
    return g_strcmp0(mark_of(buddy), "!") == 0 ? PRPL_BUDDY_KEPT : PRPL_BUDDY_LISTED;
}

static bool is_something(const char *text)
{
    return text != NULL && *text != '\0';
}

static void give_notes(PurpleBlistNode *from, PurpleBlistNode *to)
{
    const char *notes = purple_blist_node_get_string(from, NOTES);

    if (is_something(notes) && !is_something(purple_blist_node_get_string(to, NOTES)))
        purple_blist_node_set_string(to, NOTES, notes);
}

static void give_icon(PurpleBlistNode *from, PurpleBlistNode *to)
{
    PurpleStoredImage *icon = purple_buddy_icons_node_find_custom_icon(from);

    if (icon == NULL)
        return;
    if (!purple_buddy_icons_node_has_custom_icon(to)) {
        size_t size = purple_imgstore_get_size(icon);
        gpointer data = g_memdup2(purple_imgstore_get_data(icon), size);
        purple_buddy_icons_node_set_custom_icon(to, data, size);
    }
    purple_imgstore_unref(icon);
}

void prpl_give_own_data(PurpleBuddy *from, PurpleBuddy *to)
{
    PurpleContact *giver = purple_buddy_get_contact(from);
    PurpleContact *taker = purple_buddy_get_contact(to);
    const char *alias = purple_buddy_get_local_buddy_alias(from);

    give_notes(PURPLE_BLIST_NODE(from), PURPLE_BLIST_NODE(to));
    give_notes(PURPLE_BLIST_NODE(giver), PURPLE_BLIST_NODE(taker));
    give_icon(PURPLE_BLIST_NODE(giver), PURPLE_BLIST_NODE(taker));
    if (is_something(giver->alias) && !is_something(taker->alias))
        purple_blist_alias_contact(taker, giver->alias);
    if (is_something(alias) && !is_something(purple_buddy_get_local_buddy_alias(to)))
        purple_blist_alias_buddy(to, alias);
}

bool prpl_has_own_data(PurpleBuddy *buddy)
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
