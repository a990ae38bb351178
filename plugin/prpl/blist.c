/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blist.h"

#include "authorize.h"
#include "buddies.h"
#include "edits.h"
#include "log.h"
#include "presence.h"
#include "privacy.h"
#include "settings.h"
#include "sync_state.h"

#include <string.h>

/* How often a person's new name is mentioned in a window. */
static const msnp_pace_limit name_limit = {1, 60000};

/* With this many synchronized buddies it is suspicious if the server has none of them any more. */
#define SUSPICIOUS 3

typedef enum {
    OFFER,       /* changes made here offline are offered to the server */
    SERVER_WINS, /* they are undone */
    ADD_ONLY     /* the list is incomplete: nothing is removed, nothing offered */
} policy;

struct prpl_blist {
    bool has_roster;       /* the lists have arrived... */
    bool complete;         /* ...all of them */
    bool settled;          /* and libpurple's list is synchronized */
    GHashTable *mentioned; /* normalized name -> msnp_pace *: new names that were mentioned */
    bool changing;         /* we are changing libpurple's list, not the user */
    guint timer;           /* for the next turn */
    bool waiting;          /* it fired while something was using the lists */

    /* The walk over all contacts. */
    bool walking;
    policy policy;
    guint groups;        /* of the server's groups, those at the end: still to be created */
    size_t next;         /* contacts still to process, from the last to the first */
    GQueue strays;       /* char *, processed next: buddies that the server may not have */
    bool walk_again;     /* a group was renamed meanwhile */
    bool keep_strays;    /* strays stay, whatever their sync states are */
    size_t redraw;       /* contacts still to be redrawn, from the last to the first */
    GQueue offers;       /* msnp_edit *, sent last */
    GHashTable *offered; /* the normalized names in the offers */

    /* Work for when no edit waits, by normalized names. */
    GQueue changed;         /* char *: to be synchronized with the server */
    GHashTable *is_changed; /* the same as keys, which it owns; privacy, too? */
    GHashTable *undone;     /* buddies whose ADD failed */
    GHashTable *removed;    /* "name\ngroup" -> alias of removed buddies that may be restored */
    GHashTable *edited;     /* subjects of edits */
    GQueue renames;         /* char *: the new name of the group, for each RENAME_GROUP edit */
    GQueue renamed;         /* char *, of edits that ended: groups to remove if empty */
};
typedef struct prpl_blist prpl_blist;

/* The key of a buddy in prpl_blist.removed; the caller frees it. */
static char *removal_key(const prpl_account *self, const char *who, const char *group)
{
    return g_strconcat(purple_normalize(self->account, who), "\n", group, NULL);
}

/* --- how a contact is shown ----------------------------------------------------------------- */

static bool is_called(GSList *buddies, const char *name)
{
    bool so = true;

    for (GSList *l = buddies; l != NULL; l = l->next)
        so = so && g_strcmp0(purple_buddy_get_server_alias(l->data), name) == 0;
    return so;
}

/* Somebody who changes the name all the time must not fill a window: then it changes silently. */
static bool may_mention(prpl_account *self, const char *who)
{
    msnp_pace *pace = g_hash_table_lookup(self->blist->mentioned, who);

    if (purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, who, self->account) == NULL)
        return true;
    if (pace == NULL) {
        pace = g_new0(msnp_pace, 1);
        g_hash_table_insert(self->blist->mentioned, g_strdup(who), pace);
    }
    return msnp_pace_take(pace, &name_limit, prpl_account_now());
}

static void change_silently(prpl_account *self, const char *who, const char *name)
{
    GSList *buddies = purple_find_buddies(self->account, who);

    for (GSList *l = buddies; l != NULL; l = l->next)
        if (prpl_buddies_remains(self, who, l->data))
            purple_blist_server_alias_buddy(l->data, name);
    g_slist_free(buddies);
}

static void show_name(prpl_account *self, const char *account, const char *name)
{
    char *who = prpl_buddies_normalized(self, account);

    if (may_mention(self, who))
        serv_got_alias(self->gc, account, name);
    else
        change_silently(self, who, name);
    g_free(who);
}

/*
 * Shows name and presence. Each lookup makes libpurple search all groups, so look up the buddies
 * once for both.
 */
static void show(prpl_account *self, const msnp_contact *contact)
{
    GSList *buddies = purple_find_buddies(self->account, contact->account);
    /* A copy: handlers may remove the buddy it is stored with. */
    char *name = g_strdup(prpl_sync_state_name(buddies, contact));
    bool called = is_called(buddies, name);
    bool shown = prpl_presence_is_shown(self, buddies, contact);

    for (GSList *l = buddies; l != NULL && !prpl_account_is_over(self); l = l->next)
        if (l == buddies || prpl_buddies_is_there(self->account, contact->account, l->data))
            prpl_sync_state_keep_name(l->data, contact);
    g_slist_free(buddies);
    if (!called && !prpl_account_is_over(self))
        show_name(self, contact->account, name);
    g_free(name);
    if (!shown && !prpl_account_is_over(self))
        prpl_presence_show(self, contact);
}

/* --- the groups of a contact ---------------------------------------------------------------- */

/* The names of the groups in which a contact should have buddies. */
typedef struct {
    GPtrArray *wanted;  /* because the server has it there */
    GPtrArray *offered; /* because the user moved or added it there offline */
    bool strays;        /* it has buddies in other groups */
} places;

static bool is_among(GPtrArray *names, PurpleGroup *group)
{
    for (guint i = 0; i < names->len; i++)
        if (purple_find_group(g_ptr_array_index(names, i)) == group)
            return true;
    return false;
}

/*
 * The group here for a contact that is in no group on the server: the one it was put into before,
 * else libpurple's default group.
 */
static const char *place_without_group(GSList *buddies)
{
    for (GSList *l = buddies; l != NULL; l = l->next)
        if (prpl_sync_state_in_no_group(l->data))
            return prpl_sync_state_group(l->data);
    return prpl_buddies_default_group();
}

static void find_wanted(const prpl_account *self, const msnp_contact *contact, GSList *buddies,
                        GPtrArray *wanted)
{
    for (size_t i = 0; i < msnp_contact_n_groups(contact); i++) {
        const msnp_group *group = msnp_roster_group(msnp_session_roster(self->session),
                                                    msnp_contact_group_at(contact, i));
        /* Two of the server's groups can be the same one here, but only if it is there already. */
        PurpleGroup *here = group != NULL ? prpl_buddies_find_group(self, group) : NULL;
        const char *name = here != NULL ? purple_group_get_name(here) : NULL;

        if (group != NULL && (here == NULL || !is_among(wanted, here)))
            g_ptr_array_add(wanted, g_strdup(name != NULL ? name : group->name));
    }
    if (wanted->len == 0)
        g_ptr_array_add(wanted, g_strdup(place_without_group(buddies)));
}

static void offer_free(gpointer data)
{
    msnp_edit_clear(data);
    g_free(data);
}

static void offer(prpl_account *self, msnp_edit_kind kind, PurpleBuddy *buddy, const char *from)
{
    char *who = prpl_buddies_address(purple_buddy_get_name(buddy));
    msnp_edit edit = {.kind = kind,
                      .account = who,
                      .from = from,
                      .to = prpl_buddies_server_group(
                          self, purple_group_get_name(purple_buddy_get_group(buddy)))};

    msnp_edit *copy = g_new(msnp_edit, 1);

    *copy = msnp_edit_copy(&edit);
    g_queue_push_tail(&self->blist->offers, copy);
    g_hash_table_add(self->blist->offered, prpl_buddies_normalized(self, who));
    g_free(who);
}

static bool has_buddy_in(GSList *buddies, PurpleGroup *group)
{
    for (GSList *l = buddies; l != NULL; l = l->next)
        if (purple_buddy_get_group(l->data) == group)
            return true;
    return false;
}

/* Removes the name of this group; false if it is not there. */
static bool take_out(GPtrArray *names, PurpleGroup *group)
{
    for (guint i = 0; i < names->len; i++)
        if (purple_find_group(g_ptr_array_index(names, i)) == group)
            return g_ptr_array_remove_index(names, i), true;
    return false;
}

/*
 * This buddy is in a group where the server does not have it, and never had: the user moved it
 * offline (then it has left a group that the server still has it in, which is no longer wanted), or
 * added it there.
 */
static void offer_place(prpl_account *self, PurpleBuddy *buddy, GSList *buddies, places *at)
{
    const char *name = prpl_sync_state_group(buddy);
    PurpleGroup *before = name != NULL ? purple_find_group(name) : NULL;

    g_ptr_array_add(at->offered, g_strdup(purple_group_get_name(purple_buddy_get_group(buddy))));
    if (before != NULL && !has_buddy_in(buddies, before) && take_out(at->wanted, before))
        offer(self, MSNP_EDIT_MOVE, buddy, prpl_buddies_server_group(self, name));
    else
        offer(self, MSNP_EDIT_ADD, buddy, NULL);
}

static bool is_stray(PurpleBuddy *buddy, const places *at)
{
    PurpleGroup *group = purple_buddy_get_group(buddy);

    return !is_among(at->wanted, group) && !is_among(at->offered, group);
}

/* Compares a contact with its buddies; changes no buddy yet. */
static void find_places(prpl_account *self, const msnp_contact *contact, policy what, places *at)
{
    GSList *buddies = purple_find_buddies(self->account, contact->account);
    unsigned number;

    at->wanted = g_ptr_array_new_with_free_func(g_free);
    at->offered = g_ptr_array_new_with_free_func(g_free);
    find_wanted(self, contact, buddies, at->wanted);
    for (GSList *l = buddies; l != NULL && what == OFFER; l = l->next)
        if (!is_among(at->wanted, purple_buddy_get_group(l->data)) &&
            !prpl_sync_state_is_here(l->data) &&
            prpl_sync_state_reason(l->data, &number) != PRPL_SYNC_KEPT)
            offer_place(self, l->data, buddies, at);
    at->strays = false;
    for (GSList *l = buddies; l != NULL && !at->strays; l = l->next)
        at->strays = is_stray(l->data, at);
    g_slist_free(buddies);
}

/*
 * A buddy of the contact in a group where none should be, or NULL. One that the server rejected
 * stays.
 */
static PurpleBuddy *find_spare(prpl_account *self, const char *who, const places *at)
{
    PurpleBuddy *spare = NULL;
    unsigned number;

    /* Avoids a search through all groups, which finds nothing for nearly every contact. */
    if (!at->strays)
        return NULL;

    GSList *buddies = purple_find_buddies(self->account, who);
    for (GSList *l = buddies; l != NULL; l = l->next)
        if (prpl_sync_state_reason(l->data, &number) != PRPL_SYNC_REFUSED && is_stray(l->data, at))
            spare = l->data;
    g_slist_free(buddies);
    return spare;
}

/* `person` may be dangling. */
static bool is_in_group(const PurpleContact *person, PurpleGroup *group)
{
    const PurpleBlistNode *node = PURPLE_BLIST_NODE(group)->child;

    while (node != NULL && node != (const PurpleBlistNode *)person)
        node = node->next;
    return node != NULL;
}

/*
 * Puts the buddy into a libpurple contact of its own at the top of the group. False if a handler
 * removed that, the group or the buddy at once, or added another one there. One that is in no group
 * yet stays the caller's then.
 */
static bool put_alone(prpl_account *self, const char *who, PurpleBuddy *buddy, const char *name)
{
    bool listed = purple_buddy_get_contact(buddy) != NULL;
    PurpleContact *person = purple_contact_new();
    PurpleGroup *group = purple_find_group(name);

    if (group == NULL) {
        purple_contact_destroy(person);
        return false;
    }
    purple_blist_add_contact(person, group, NULL);
    group = purple_find_group(name);
    if (group == NULL || !is_in_group(person, group))
        return false;
    if (prpl_account_is_over(self) ||
        purple_find_buddy_in_group(self->account, who, group) != NULL ||
        (listed && !prpl_buddies_is_there(self->account, who, buddy))) {
        if (PURPLE_BLIST_NODE(person)->child == NULL)
            purple_blist_remove_contact(person);
        return false;
    }
    purple_blist_add_buddy(buddy, person, group, NULL);
    return true;
}

/*
 * Moves the whole libpurple contact, with its alias and settings, unless it has other buddies, too.
 * To the top of the group: to append, libpurple would search for the end each time.
 */
static bool put_into(prpl_account *self, const char *who, PurpleBuddy *buddy, const char *name)
{
    PurpleContact *person = purple_buddy_get_contact(buddy);
    PurpleBlistNode *only = person != NULL ? PURPLE_BLIST_NODE(person)->child : NULL;
    PurpleGroup *group = purple_find_group(name);
    bool done = true;

    self->blist->changing = true;
    if (group == NULL || only == NULL || only->next != NULL)
        done = put_alone(self, who, buddy, name);
    else
        purple_blist_add_contact(person, group, NULL);
    self->blist->changing = false;
    return done;
}

static void add_new(prpl_account *self, const msnp_contact *contact, const char *group)
{
    char *key = removal_key(self, contact->account, group);
    /* Its removal may have failed: restore the alias. */
    const char *alias = g_hash_table_lookup(self->blist->removed, key);
    PurpleBuddy *buddy = purple_buddy_new(self->account, contact->account, alias);

    /* Set it before adding: clients would otherwise sort it in twice. */
    buddy->server_alias = g_strdup(contact->name);
    g_hash_table_remove(self->blist->removed, key);
    g_free(key);
    if (prpl_account_is_over(self) || !put_into(self, contact->account, buddy, group))
        purple_buddy_destroy(buddy);
}

static void add_or_move(prpl_account *self, const msnp_contact *contact, const places *at,
                        const char *group)
{
    PurpleBuddy *spare = find_spare(self, contact->account, at);

    if (spare != NULL)
        (void)put_into(self, contact->account, spare, group);
    else
        add_new(self, contact, group);
}

/* Makes sure that the contact has a buddy in this group. */
static void fill_place(prpl_account *self, const msnp_contact *contact, const places *at,
                       const char *name)
{
    PurpleGroup *group = prpl_buddies_local_group(name);

    if (group == NULL || prpl_account_is_over(self))
        return;
    if (purple_find_buddy_in_group(self->account, contact->account, group) == NULL) {
        char *here = g_strdup(purple_group_get_name(group));
        add_or_move(self, contact, at, here);
        group = purple_find_group(here);
        g_free(here);
        if (group == NULL || prpl_account_is_over(self))
            return;
    }
    PurpleBuddy *buddy = purple_find_buddy_in_group(self->account, contact->account, group);
    if (buddy != NULL)
        prpl_sync_state_set_here(self, buddy, msnp_contact_n_groups(contact) > 0);
}

/* Removes a surplus buddy; another one takes over what the user wrote about it. */
static void remove_copy(prpl_account *self, const char *who, PurpleBuddy *copy)
{
    GSList *buddies = purple_find_buddies(self->account, who);

    for (GSList *l = buddies; l != NULL; l = l->next)
        if (l->data != copy) {
            prpl_buddies_give_own_data(copy, l->data);
            break;
        }
    g_slist_free(buddies);
    if (prpl_buddies_remains(self, who, copy))
        purple_blist_remove_buddy(copy);
}

/* Synchronizes the buddies of a contact on the forward list. */
static void place(prpl_account *self, const msnp_contact *contact, policy what)
{
    places at;
    PurpleBuddy *spare;

    /* Existing buddies stay as they are: offline changes are still to be offered. */
    if (what == ADD_ONLY && purple_find_buddy(self->account, contact->account) != NULL)
        return;
    find_places(self, contact, what, &at);
    for (guint i = 0; i < at.wanted->len && !prpl_account_is_over(self); i++)
        fill_place(self, contact, &at, g_ptr_array_index(at.wanted, i));
    while (!prpl_account_is_over(self) && (spare = find_spare(self, contact->account, &at)) != NULL)
        remove_copy(self, contact->account, spare);
    g_ptr_array_free(at.wanted, TRUE);
    g_ptr_array_free(at.offered, TRUE);
}

/* --- buddies that the server does not list -------------------------------------------------- */

static void show_offline(prpl_account *self, const char *who, const PurpleBuddy *buddy)
{
    /* What is called for one of them is for all buddies of the address. */
    if (purple_presence_is_idle(purple_buddy_get_presence(buddy)))
        purple_prpl_got_user_idle(self->account, who, FALSE, 0);
    if (prpl_buddies_remains(self, who, buddy) &&
        purple_presence_is_online(purple_buddy_get_presence(buddy)))
        purple_prpl_got_user_status(self->account, who, "offline", NULL);
}

static void place_stray(prpl_account *self, const char *who, PurpleBuddy *buddy, policy what)
{
    unsigned number;
    bool kept = prpl_sync_state_reason(buddy, &number) == PRPL_SYNC_KEPT;

    if (!prpl_sync_state_is_set(buddy)) {
        if (what == OFFER)
            offer(self, MSNP_EDIT_ADD, buddy, NULL);
    } else if (!kept && what != ADD_ONLY) {
        /* A buddy moved here meanwhile may be in transit, not removed. */
        if (prpl_sync_state_is_here(buddy) && !prpl_buddies_have_own_data(buddy) &&
            !self->blist->keep_strays) {
            purple_blist_remove_buddy(buddy);
            return;
        }
        prpl_sync_state_set_kept(self, buddy);
    }
    if (prpl_buddies_remains(self, who, buddy))
        show_offline(self, who, buddy);
}

static void place_strays(prpl_account *self, const char *who, policy what)
{
    GSList *buddies = purple_find_buddies(self->account, who);

    for (GSList *l = buddies; l != NULL; l = l->next)
        if (prpl_buddies_remains(self, who, l->data))
            place_stray(self, who, l->data, what);
    g_slist_free(buddies);
}

/* Removes buddies whose ADD failed; but one that was rejected before stays, as it did then. */
static void remove_undone(prpl_account *self, const char *who)
{
    GSList *buddies = purple_find_buddies(self->account, who);
    unsigned number;

    for (GSList *l = buddies; l != NULL; l = l->next)
        if (prpl_buddies_remains(self, who, l->data) && !prpl_sync_state_is_set(l->data) &&
            prpl_sync_state_reason(l->data, &number) != PRPL_SYNC_REFUSED)
            purple_blist_remove_buddy(l->data);
    g_slist_free(buddies);
}

/* --- the walk ------------------------------------------------------------------------------- */

/*
 * Another service, or one that lost its data, must not empty the list: then buddies that it does
 * not have stay, and are not offered either.
 */
static bool is_suspicious(prpl_account *self, GSList *buddies)
{
    unsigned known = 0;
    bool any = false;

    /* The first that it has is the answer: the list may be long. */
    for (GSList *l = buddies; l != NULL && !any; l = l->next) {
        if (prpl_sync_state_group(l->data) == NULL)
            continue;
        known++;
        any = prpl_buddies_is_listed(prpl_buddies_contact(self, purple_buddy_get_name(l->data)));
    }
    return prpl_settings_is_other_service(self->settings, self->account) ||
           (known >= SUSPICIOUS && !any);
}

static void start_walk(prpl_account *self, policy what)
{
    prpl_blist *list = self->blist;
    GSList *buddies = purple_find_buddies(self->account, NULL);

    /* Also if this walk replaces one that had already begun to set sync states. */
    if (what == OFFER)
        list->keep_strays = (list->walking && list->keep_strays) || is_suspicious(self, buddies);
    list->walking = true;
    list->policy = what;
    list->next = msnp_roster_size(msnp_session_roster(self->session));
    g_queue_clear_full(&list->strays, g_free);
    for (GSList *l = buddies; l != NULL && what != SERVER_WINS; l = l->next)
        g_queue_push_head(&list->strays, g_strdup(purple_buddy_get_name(l->data)));
    g_slist_free(buddies);
}

/* Creates the next group, so that they have the server's order; false if all are there. */
static bool make_group(prpl_account *self)
{
    const GArray *groups = msnp_session_roster(self->session)->groups;
    prpl_blist *list = self->blist;

    list->groups = MIN(list->groups, groups->len);
    if (list->groups == 0)
        return false;
    const msnp_group *group = &g_array_index(groups, msnp_group, groups->len - list->groups--);
    if (prpl_buddies_find_group(self, group) == NULL)
        prpl_buddies_local_group(group->name);
    return true;
}

/* True while there is more to do. */
static bool walk_on(prpl_account *self)
{
    prpl_blist *list = self->blist;
    char *who;

    if (make_group(self))
        return true;
    if (list->next > 0) {
        const msnp_contact *contact =
            msnp_roster_at(msnp_session_roster(self->session), --list->next);
        if (prpl_buddies_is_listed(contact)) {
            place(self, contact, list->policy);
            if (!prpl_account_is_over(self))
                show(self, contact);
        }
        return true;
    }
    who = g_queue_pop_head(&list->strays);
    if (who != NULL && !prpl_buddies_is_listed(prpl_buddies_contact(self, who)))
        place_strays(self, who, list->policy);
    g_free(who);
    return who != NULL;
}

/*
 * Does another account of this protocol have a group of this name on its server? It would see our
 * changes to the group.
 */
static bool is_used_elsewhere(const prpl_account *self, const char *name)
{
    for (GList *l = purple_connections_get_all(); l != NULL; l = l->next) {
        PurpleAccount *account = purple_connection_get_account(l->data);
        const prpl_account *other =
            prpl_settings_is_ours(account) ? prpl_account_of(l->data) : NULL;
        if (other != NULL && other != self &&
            msnp_roster_group_named(msnp_session_roster(other->session), name) != NULL)
            return true;
    }
    return false;
}

/* Removes groups whose renaming failed and that are empty again. */
static void remove_renamed(prpl_account *self)
{
    char *name;

    while (!prpl_account_is_over(self) &&
           (name = g_queue_pop_head(&self->blist->renamed)) != NULL) {
        PurpleGroup *group = purple_find_group(name);
        if (group != NULL && PURPLE_BLIST_NODE(group)->child == NULL &&
            msnp_roster_group_named(msnp_session_roster(self->session), name) == NULL &&
            !is_used_elsewhere(self, name)) {
            self->blist->changing = true;
            purple_blist_remove_group(group);
            self->blist->changing = false;
        }
        g_free(name);
    }
}

static void submit_offers(prpl_account *self)
{
    msnp_edit *edit;

    while (!prpl_account_is_over(self) && (edit = g_queue_pop_head(&self->blist->offers)) != NULL) {
        prpl_account_edit(self, edit);
        offer_free(edit);
    }
}

static void end_walk(prpl_account *self)
{
    prpl_blist *list = self->blist;

    list->walking = false;
    remove_renamed(self);
    if (prpl_account_is_over(self))
        return;
    if (list->policy == OFFER) {
        list->keep_strays = false;
        purple_account_set_string(self->account, PRPL_SETTING_LISTED, self->settings->server);
    }
    if (!list->settled)
        prpl_log(self->account, "the buddy list is in step: %u contacts, %u offers",
                 (unsigned)msnp_roster_size(msnp_session_roster(self->session)),
                 list->offers.length);
    list->settled = true;
    if (list->walk_again)
        start_walk(self, SERVER_WINS);
    list->walk_again = false;
    submit_offers(self);
}

/* --- work for when no edit waits ------------------------------------------------------------ */

static void note_change(prpl_account *self, const char *who, bool privacy)
{
    char *name = prpl_buddies_normalized(self, who);
    bool before = g_hash_table_lookup(self->blist->is_changed, name) != NULL;

    if (!g_hash_table_contains(self->blist->is_changed, name))
        g_queue_push_tail(&self->blist->changed, g_strdup(name));
    g_hash_table_insert(self->blist->is_changed, name, GINT_TO_POINTER(privacy || before));
}

static void settle(prpl_account *self, const char *who, bool privacy)
{
    const msnp_contact *contact = prpl_buddies_contact(self, who);
    bool undone = g_hash_table_remove(self->blist->undone, who);
    bool edited = g_hash_table_remove(self->blist->edited, who);
    bool complete = self->blist->complete;

    if (prpl_buddies_is_listed(contact)) {
        place(self, contact, complete || edited ? SERVER_WINS : ADD_ONLY);
        if (!prpl_account_is_over(self))
            show(self, contact);
    } else if (undone) {
        remove_undone(self, who);
    } else {
        place_strays(self, who, complete ? SERVER_WINS : ADD_ONLY);
    }
    /* libpurple searches its whole lists for it. */
    if (privacy && !prpl_account_is_over(self))
        prpl_privacy_contact(self, who);
    if (!prpl_account_is_over(self))
        prpl_authorize_contact(self, who);
    if (!prpl_account_is_over(self))
        prpl_buddies_redraw(self, who);
}

/* The mode decides about those on neither list. */
static void redraw_next(prpl_account *self)
{
    const msnp_roster *roster = msnp_session_roster(self->session);
    prpl_blist *list = self->blist;

    list->redraw = MIN(list->redraw, msnp_roster_size(roster));
    if (list->redraw == 0)
        return;
    const msnp_contact *contact = msnp_roster_at(roster, --list->redraw);
    if (prpl_buddies_is_listed(contact) && prpl_privacy_depends_on_mode(contact))
        prpl_buddies_redraw(self, contact->account);
}

/* True while there is more to do. */
static bool do_something(prpl_account *self)
{
    prpl_blist *list = self->blist;
    char *who;

    /* A half-applied edit must not be used as a reference. The end of the edit brings us back
     * here. */
    if (prpl_account_is_over(self) || msnp_session_edits_waiting(self->session) > 0)
        return false;
    if (prpl_privacy_tell_next(self))
        return true;
    if (list->walking) {
        if (!walk_on(self) && !prpl_account_is_over(self))
            end_walk(self);
        return true;
    }
    if (!list->settled)
        return false;
    who = g_queue_pop_head(&list->changed);
    if (who != NULL) {
        bool privacy = g_hash_table_lookup(list->is_changed, who) != NULL;
        g_hash_table_remove(list->is_changed, who);
        settle(self, who, privacy);
        g_free(who);
        return true;
    }
    if (list->redraw > 0) {
        redraw_next(self);
        return true;
    }
    g_hash_table_remove_all(list->removed);
    return prpl_authorize_look(self);
}

static gboolean turn(gpointer data)
{
    prpl_account *self = data;
    gint64 until = g_get_monotonic_time() + prpl_turn_time(self->backlog != 0);
    bool more = true;

    self->blist->timer = 0;
    /* A function of libpurple runs a main loop of its own. */
    if (self->busy > 0) {
        self->blist->waiting = self->again = true;
        return G_SOURCE_REMOVE;
    }
    prpl_account_enter(self);
    while (more && g_get_monotonic_time() < until)
        more = do_something(self);
    if (more && !prpl_account_is_over(self) && self->blist->timer == 0)
        self->blist->timer = purple_timeout_add(PRPL_TURN_PAUSE, turn, self);
    prpl_account_leave(self);
    return G_SOURCE_REMOVE;
}

/* From a timer: libpurple may be in the middle of changing its list. */
static void wake(prpl_account *self)
{
    if (!prpl_account_is_over(self) && self->blist->timer == 0)
        self->blist->timer = purple_timeout_add(0, turn, self);
}

bool prpl_blist_has_work(const prpl_account *self)
{
    return self->blist->timer != 0;
}

void prpl_blist_go_on(prpl_account *self)
{
    if (self->blist->waiting)
        wake(self);
    self->blist->waiting = false;
}

/* --- from the session ----------------------------------------------------------------------- */

static void begin(prpl_account *self)
{
    if (!self->blist->has_roster || purple_connection_get_state(self->gc) != PURPLE_CONNECTED)
        return;
    prpl_privacy_roster(self);
    if (prpl_account_is_over(self))
        return;
    self->blist->groups = msnp_session_roster(self->session)->groups->len;
    start_walk(self, self->blist->complete ? OFFER : ADD_ONLY);
    wake(self);
}

void prpl_blist_roster(prpl_account *self, bool complete)
{
    self->blist->has_roster = true;
    self->blist->complete = complete;
    prpl_authorize_roster(self, complete);
    begin(self);
}

void prpl_blist_online(prpl_account *self)
{
    if (!self->blist->walking && !self->blist->settled)
        begin(self);
}

void prpl_blist_setting(prpl_account *self)
{
    /* Whoever is asked about somebody depends on GTC. */
    if (prpl_privacy_mode(self))
        self->blist->redraw = msnp_roster_size(msnp_session_roster(self->session));
    wake(self);
}

void prpl_blist_contact(prpl_account *self, const char *account, unsigned news)
{
    const msnp_contact *contact = prpl_buddies_contact(self, account);

    /* Before the account is online, show no contact as online; the walk will do it. */
    if (contact == NULL || purple_connection_get_state(self->gc) != PURPLE_CONNECTED)
        return;
    if (prpl_buddies_is_listed(contact))
        show(self, contact);
    if (prpl_account_is_over(self))
        return;
    if ((news & MSNP_NEW_LISTS) != 0) {
        note_change(self, account, (news & MSNP_NEW_PRIVACY) != 0);
        wake(self);
    } else if ((news & MSNP_NEW_PHONES) != 0) {
        prpl_buddies_redraw(self, account);
    }
}

/* Why an ADD failed, as a number to store. A command that was not sent gets a matching number. */
static unsigned refusal_number(msnp_cause cause)
{
    switch (cause.err) {
    case MSNP_ERR_ACCOUNT:
        return MSNP_NUMBER_BAD_ACCOUNT;
    case MSNP_ERR_TOO_LONG:
        return MSNP_NUMBER_GROUP_TOO_LONG;
    case MSNP_ERR_MALFORMED:
        return MSNP_NUMBER_BAD_PARAMETER;
    default:
        return cause.number;
    }
}

/* Stores with the buddies why the server rejected them. True if that is new. */
static bool note_refusal(prpl_account *self, const char *who, unsigned number)
{
    GSList *buddies = purple_find_buddies(self->account, who);
    bool news = false;

    for (GSList *l = buddies; l != NULL; l = l->next)
        if (prpl_buddies_remains(self, who, l->data) && !prpl_sync_state_is_set(l->data))
            news = prpl_sync_state_set_refused(l->data, number) || news;
    g_slist_free(buddies);
    return news;
}

/* The server accepted the contact, but not its group. */
static void note_groupless(prpl_account *self, const char *who)
{
    GSList *buddies = purple_find_buddies(self->account, who);

    for (GSList *l = buddies; l != NULL; l = l->next)
        if (prpl_buddies_remains(self, who, l->data))
            prpl_sync_state_forget_refused(l->data);
    g_slist_free(buddies);
}

/* An ADD failed. True if it should be reported to the user. */
static bool add_failed(prpl_account *self, const char *who, unsigned number)
{
    const msnp_contact *contact = prpl_buddies_contact(self, who);

    if (prpl_buddies_is_listed(contact) && msnp_contact_n_groups(contact) == 0) {
        note_groupless(self, who);
        return true;
    }
    if (g_hash_table_contains(self->blist->offered, purple_normalize(self->account, who)))
        return note_refusal(self, who, number);
    g_hash_table_add(self->blist->undone, prpl_buddies_normalized(self, who));
    return true;
}

/* Restores the name of a group, unless another account has buddies in it that would move, too. */
static void rename_back(const prpl_account *self, const char *from, const char *to)
{
    PurpleGroup *group = purple_find_group(to);

    if (group == NULL || purple_find_group(from) != NULL || is_used_elsewhere(self, to))
        return;
    for (PurpleBlistNode *person = PURPLE_BLIST_NODE(group)->child; person != NULL;
         person = person->next) {
        for (PurpleBlistNode *node = person->child; node != NULL; node = node->next)
            if (!PURPLE_BLIST_NODE_IS_BUDDY(node) ||
                purple_buddy_get_account((PurpleBuddy *)node) != self->account)
                return;
        if (!PURPLE_BLIST_NODE_IS_CONTACT(person))
            return;
    }
    self->blist->changing = true;
    purple_blist_rename_group(group, from);
    self->blist->changing = false;
}

static void group_renamed(prpl_account *self, const msnp_edit *edit, bool failed)
{
    prpl_blist *list = self->blist;
    char *name = g_queue_pop_head(&list->renames);

    if (name != NULL && failed)
        rename_back(self, edit->from, name);
    if (name != NULL)
        g_queue_push_tail(&list->renamed, name);
    if (prpl_account_is_over(self))
        return;
    if (list->walking)
        list->walk_again = true;
    else if (list->settled)
        start_walk(self, SERVER_WINS);
}

void prpl_blist_edited(prpl_account *self, const msnp_edit *edit, msnp_cause cause)
{
    prpl_blist *list = self->blist;
    bool failed = cause.err != MSNP_OK;
    /* What nobody asked for is no news if it fails; the debug log has it. */
    bool automatic = prpl_authorize_is_automatic(self, edit);

    if (failed)
        prpl_log(self->account, "edit %s failed: %s, number %u", msnp_edit_name(edit->kind),
                 msnp_err_name(cause.err), cause.number);
    bool news =
        failed && !automatic &&
        (edit->kind != MSNP_EDIT_ADD || add_failed(self, edit->account, refusal_number(cause)));
    if (prpl_account_is_over(self))
        return;
    if (news)
        prpl_edits_report(self, edit, cause);
    if (edit->account != NULL) {
        note_change(self, edit->account, true);
        g_hash_table_add(list->edited, prpl_buddies_normalized(self, edit->account));
    }
    if (edit->kind == MSNP_EDIT_RENAME_GROUP)
        group_renamed(self, edit, failed);
    /* Offers that are not sent yet may fail, too. */
    if (list->offers.length == 0)
        prpl_edits_show_reports(self);
    wake(self);
}

/* --- user actions --------------------------------------------------------------------------- */

bool prpl_blist_is_changing(const prpl_account *self)
{
    return self->blist->changing;
}

void prpl_blist_user_adds(prpl_account *self, const char *who)
{
    g_hash_table_remove(self->blist->offered, purple_normalize(self->account, who));
}

void prpl_blist_user_removes(prpl_account *self, const char *who, const char *group,
                             const char *alias)
{
    if (alias != NULL)
        g_hash_table_insert(self->blist->removed, removal_key(self, who, group), g_strdup(alias));
}

void prpl_blist_user_renames(prpl_account *self, const char *name)
{
    g_queue_push_tail(&self->blist->renames, g_strdup(name));
}

/* --- life ----------------------------------------------------------------------------------- */

void prpl_blist_open(prpl_account *self)
{
    prpl_blist *list = g_new0(prpl_blist, 1);

    g_queue_init(&list->strays);
    g_queue_init(&list->offers);
    g_queue_init(&list->changed);
    g_queue_init(&list->renames);
    g_queue_init(&list->renamed);
    list->mentioned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    list->edited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    list->offered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    list->is_changed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    list->undone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    list->removed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->blist = list;
}

void prpl_blist_close(prpl_account *self)
{
    if (self->blist->timer != 0)
        purple_timeout_remove(self->blist->timer);
    self->blist->timer = 0;
}

void prpl_blist_free(prpl_account *self)
{
    prpl_blist *list = g_steal_pointer(&self->blist);

    g_queue_clear_full(&list->strays, g_free);
    g_queue_clear_full(&list->offers, offer_free);
    g_queue_clear_full(&list->changed, g_free);
    g_hash_table_destroy(list->offered);
    g_hash_table_destroy(list->is_changed);
    g_hash_table_destroy(list->undone);
    g_hash_table_destroy(list->removed);
    g_hash_table_destroy(list->edited);
    g_hash_table_destroy(list->mentioned);
    g_queue_clear_full(&list->renames, g_free);
    g_queue_clear_full(&list->renamed, g_free);
    g_free(list);
}
