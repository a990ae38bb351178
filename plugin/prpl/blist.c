/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blist.h"

#include "authorize.h"
#include "edits.h"
#include "log.h"
#include "presence.h"
#include "privacy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * How long one turn of the main loop may take (microseconds) while a long list is worked at, and
 * the pause after it (milliseconds): without one, a client with windows would not come to draw
 * them.
 */
#define TURN_TIME  10000
#define TURN_PAUSE 5

/* Settings of a buddy, kept by libpurple with the buddy list. */
#define MARK    "msnp8-in"      /* where the server had it, see make_mark() */
#define REFUSED "msnp8-refused" /* 1 + the error number that it was last refused with */

typedef enum {
    OFFER,      /* what the user did offline is offered to the server */
    SERVER_WINS /* it is undone */
} policy;

struct msn_blist {
    bool has_roster; /* the lists are there... */
    bool complete;   /* ...all of them */
    bool settled;    /* and libpurple's is in step with them */
    bool own_moves;  /* it is we who change libpurple's list now */
    guint timer;     /* of the next turn */

    /* The walk over all contacts. */
    bool walking;
    policy policy;
    size_t next;         /* from the last contact to the first: this many are still to come */
    GList *strays;       /* char *, afterwards: buddies whom the server may not have */
    GQueue offers;       /* msnp_edit *, and after that */
    char *emptied;       /* then this group goes, if it is empty */
    GHashTable *offered; /* of those added offline */

    /* What is done when no edit waits any more. Sets of normalized names: */
    GHashTable *changed; /* of those to be brought in step with the server */
    GHashTable *undone;  /* of those that the user added in vain */
    GHashTable *removed; /* "name\ngroup" -> alias, of buddies that may have to come back */
};
typedef struct msn_blist msn_blist;

/* --- small things --------------------------------------------------------------------------- */

static const char *default_group(void)
{
    /* Where libpurple puts a buddy that is to be in no group in particular. */
    return dgettext("pidgin", "Buddies");
}

/* What the server calls the group that is called so here: NULL for "no group". */
static const char *server_group(const msn_account *self, const char *name)
{
    bool plain = strcmp(name, default_group()) == 0 &&
                 msnp_roster_group_named(msnp_ns_roster(self->ns), name) == NULL;

    return plain ? NULL : name;
}

/* A new one comes last, so that they are in the order of the server. */
static PurpleGroup *local_group(const char *name)
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

static const msnp_contact *find_contact(const msn_account *self, const char *who)
{
    return msnp_roster_find(msnp_ns_roster(self->ns),
                            msnp_str_of(purple_normalize(self->account, who)));
}

static bool is_listed(const msnp_contact *contact)
{
    return contact != NULL && (contact->lists & MSNP_LIST_FORWARD) != 0;
}

static char *normalized(const msn_account *self, const char *who)
{
    return g_strdup(purple_normalize(self->account, who));
}

static void remember(GHashTable *set, const msn_account *self, const char *who)
{
    g_hash_table_add(set, normalized(self, who));
}

static bool is_remembered(GHashTable *set, const msn_account *self, const char *who)
{
    return g_hash_table_contains(set, purple_normalize(self->account, who));
}

/* --- marks ---------------------------------------------------------------------------------- */

/*
 * "=Buddies": it was in no group on the server, and here in this one. "+Friends": it was in a group
 * that is called so here. "!": it was removed from another computer, and kept here.
 */
static char *make_mark(PurpleBuddy *buddy, const msnp_contact *contact)
{
    const char *group = purple_group_get_name(purple_buddy_get_group(buddy));

    return g_strconcat(msnp_contact_n_groups(contact) == 0 ? "=" : "+", group, NULL);
}

static const char *get_mark(PurpleBuddy *buddy)
{
    return purple_blist_node_get_string(PURPLE_BLIST_NODE(buddy), MARK);
}

/* libpurple writes its list to the disk after each change: none is made without need. */
static void set_mark(PurpleBuddy *buddy, const char *mark)
{
    if (g_strcmp0(get_mark(buddy), mark) != 0)
        purple_blist_node_set_string(PURPLE_BLIST_NODE(buddy), MARK, mark);
    if (purple_blist_node_get_int(PURPLE_BLIST_NODE(buddy), REFUSED) != 0)
        purple_blist_node_remove_setting(PURPLE_BLIST_NODE(buddy), REFUSED);
}

static bool is_kept(PurpleBuddy *buddy)
{
    return g_strcmp0(get_mark(buddy), "!") == 0;
}

/* Was it here, where it is now, when the lists were last in step? */
static bool was_here(PurpleBuddy *buddy)
{
    const char *mark = get_mark(buddy);

    return mark != NULL && *mark != '\0' && !is_kept(buddy) &&
           strcmp(mark + 1, purple_group_get_name(purple_buddy_get_group(buddy))) == 0;
}

msn_buddy_reason msn_blist_reason(PurpleBuddy *buddy, unsigned *number)
{
    int refused = purple_blist_node_get_int(PURPLE_BLIST_NODE(buddy), REFUSED);

    *number = refused > 0 ? (unsigned)refused - 1 : 0;
    if (refused > 0)
        return MSN_BUDDY_REFUSED;
    return is_kept(buddy) ? MSN_BUDDY_REMOVED : MSN_BUDDY_LISTED;
}

/* Did the user write something about this one that would be lost with it? */
static bool has_own_data(PurpleBuddy *buddy)
{
    PurpleContact *person = purple_buddy_get_contact(buddy);
    PurpleBlistNode *nodes[] = {PURPLE_BLIST_NODE(buddy), PURPLE_BLIST_NODE(person)};
    const char *alias = purple_buddy_get_local_buddy_alias(buddy);

    if ((alias != NULL && *alias != '\0') || (person->alias != NULL && *person->alias != '\0'))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(nodes); i++) {
        const char *notes = purple_blist_node_get_string(nodes[i], "notes");
        if ((notes != NULL && *notes != '\0') || purple_buddy_icons_node_has_custom_icon(nodes[i]))
            return true;
    }
    return false;
}

/* --- how a contact looks -------------------------------------------------------------------- */

void msn_blist_redraw(msn_account *self, const char *who)
{
    PurpleBlistUiOps *ops = purple_blist_get_ui_ops();
    GSList *buddies = purple_find_buddies(self->account, who);

    for (GSList *l = buddies; l != NULL && ops != NULL && ops->update != NULL; l = l->next)
        ops->update(purple_get_blist(), l->data);
    g_slist_free(buddies);
}

static void show_name(msn_account *self, const msnp_contact *contact)
{
    PurpleBuddy *buddy = purple_find_buddy(self->account, contact->account);

    if (buddy != NULL && g_strcmp0(purple_buddy_get_server_alias(buddy), contact->name) != 0)
        serv_got_alias(self->gc, contact->account, contact->name);
}

/* --- where a contact is --------------------------------------------------------------------- */

static bool is_in_group(PurpleBuddy *buddy, const GPtrArray *groups)
{
    return g_ptr_array_find((GPtrArray *)groups, purple_buddy_get_group(buddy), NULL);
}

static PurpleBuddy *find_in(GSList *buddies, PurpleGroup *group)
{
    for (GSList *l = buddies; l != NULL; l = l->next)
        if (purple_buddy_get_group(l->data) == group)
            return l->data;
    return NULL;
}

/*
 * The groups in which a contact is to be. In none on the server: where it was put for want of one,
 * else in libpurple's default group.
 */
static GPtrArray *wanted_groups(const msn_account *self, const msnp_contact *contact,
                                GSList *buddies)
{
    GPtrArray *wanted = g_ptr_array_new();

    for (size_t i = 0; i < msnp_contact_n_groups(contact); i++) {
        const msnp_group *group =
            msnp_roster_group(msnp_ns_roster(self->ns), msnp_contact_group_at(contact, i));
        PurpleGroup *local = group != NULL ? local_group(group->name) : NULL;
        if (local != NULL && !g_ptr_array_find(wanted, local, NULL))
            g_ptr_array_add(wanted, local);
    }
    if (wanted->len > 0)
        return wanted;
    for (GSList *l = buddies; l != NULL && wanted->len == 0; l = l->next)
        if (was_here(l->data) && *get_mark(l->data) == '=')
            g_ptr_array_add(wanted, purple_buddy_get_group(l->data));
    if (wanted->len == 0)
        g_ptr_array_add(wanted, local_group(default_group()));
    return wanted;
}

/* The address of a buddy: its name, as somebody typed it, without blanks; the caller frees it. */
static char *address_of(PurpleBuddy *buddy)
{
    return g_strstrip(g_strdup(purple_buddy_get_name(buddy)));
}

static void offer(msn_account *self, msnp_edit_kind kind, PurpleBuddy *buddy, const char *from)
{
    char *who = address_of(buddy);
    msnp_edit edit = {.kind = kind,
                      .account = who,
                      .from = from,
                      .to =
                          server_group(self, purple_group_get_name(purple_buddy_get_group(buddy)))};

    g_queue_push_tail(&self->blist->offers, msn_edit_copy(&edit));
    g_free(who);
}

/*
 * This buddy is where the server does not have the contact, and was not there before: the user
 * moved it offline (then it is gone from a group that the server still has it in, which need not be
 * wanted any more), or added it there.
 */
static void offer_place(msn_account *self, PurpleBuddy *buddy, GSList *buddies, GPtrArray *wanted)
{
    const char *mark = get_mark(buddy);
    PurpleGroup *before =
        mark != NULL && !is_kept(buddy) && *mark != '\0' ? purple_find_group(mark + 1) : NULL;

    if (before != NULL && find_in(buddies, before) == NULL && g_ptr_array_remove(wanted, before))
        offer(self, MSNP_EDIT_MOVE, buddy, *mark == '+' ? mark + 1 : NULL);
    else
        offer(self, MSNP_EDIT_ADD, buddy, NULL);
}

/* As the first of the group: libpurple would look for the last one each time. */
static void put_into(msn_account *self, PurpleBuddy *buddy, PurpleGroup *group)
{
    PurpleContact *person = purple_contact_new();

    self->blist->own_moves = true;
    purple_blist_add_contact(person, group, NULL);
    purple_blist_add_buddy(buddy, person, group, NULL);
    self->blist->own_moves = false;
}

/* A copy too many goes; what the user called it stays with one that has no such name. */
static void remove_copy(PurpleBuddy *buddy, PurpleBuddy *other)
{
    const char *alias = purple_buddy_get_local_buddy_alias(buddy);

    if (alias != NULL && purple_buddy_get_local_buddy_alias(other) == NULL)
        purple_blist_alias_buddy(other, alias);
    purple_blist_remove_buddy(buddy);
}

/* The alias of a buddy whose removal failed, so that it comes back as it was. */
static void give_alias_back(msn_account *self, PurpleBuddy *buddy)
{
    char *key = g_strconcat(purple_normalize(self->account, purple_buddy_get_name(buddy)), "\n",
                            purple_group_get_name(purple_buddy_get_group(buddy)), NULL);
    const char *alias = g_hash_table_lookup(self->blist->removed, key);

    if (alias != NULL)
        purple_blist_alias_buddy(buddy, alias);
    g_hash_table_remove(self->blist->removed, key);
    g_free(key);
}

/* The buddy of a contact in this group: the one that is there, else one to spare, else a new one.
 */
static PurpleBuddy *fill_place(msn_account *self, const msnp_contact *contact, GSList *buddies,
                               PurpleGroup *group, GSList **surplus)
{
    PurpleBuddy *buddy = find_in(buddies, group);

    if (buddy == NULL && *surplus != NULL) {
        buddy = (*surplus)->data;
        *surplus = g_slist_delete_link(*surplus, *surplus);
        put_into(self, buddy, group);
    } else if (buddy == NULL) {
        buddy = purple_buddy_new(self->account, contact->account, NULL);
        /* Not later, by which clients would have to sort it in a second time. */
        buddy->server_alias = g_strdup(contact->name);
        put_into(self, buddy, group);
        give_alias_back(self, buddy);
    }

    char *mark = make_mark(buddy, contact);
    set_mark(buddy, mark);
    g_free(mark);
    return buddy;
}

/* Brings the buddies of a contact on the forward list in step with it. */
static void place(msn_account *self, const msnp_contact *contact, policy what)
{
    GSList *buddies = purple_find_buddies(self->account, contact->account);
    GPtrArray *wanted = wanted_groups(self, contact, buddies);
    GSList *surplus = NULL; /* copies in groups in which the contact is not */
    PurpleBuddy *staying = NULL;

    for (GSList *l = buddies; l != NULL; l = l->next) {
        if (is_in_group(l->data, wanted))
            continue;
        if (what == OFFER && !was_here(l->data) && !is_kept(l->data)) {
            staying = l->data;
            offer_place(self, staying, buddies, wanted);
        } else {
            surplus = g_slist_prepend(surplus, l->data);
        }
    }
    for (guint i = 0; i < wanted->len; i++)
        staying = fill_place(self, contact, buddies, g_ptr_array_index(wanted, i), &surplus);
    for (GSList *l = surplus; l != NULL; l = l->next)
        remove_copy(l->data, staying);
    g_slist_free(surplus);
    g_ptr_array_free(wanted, TRUE);
    g_slist_free(buddies);
}

/* A buddy that the server does not list as a contact (any more). */
static void place_stray(msn_account *self, PurpleBuddy *buddy, policy what)
{
    if (get_mark(buddy) == NULL) {
        if (what == SERVER_WINS)
            return;
        remember(self->blist->offered, self, purple_buddy_get_name(buddy));
        offer(self, MSNP_EDIT_ADD, buddy, NULL);
    } else if (!is_kept(buddy)) {
        if (!has_own_data(buddy)) {
            purple_blist_remove_buddy(buddy);
            return;
        }
        set_mark(buddy, "!");
        purple_prpl_got_user_status(self->account, purple_buddy_get_name(buddy), "offline", NULL);
    }
}

static void place_strays(msn_account *self, const char *who, policy what)
{
    GSList *buddies = purple_find_buddies(self->account, who);

    for (GSList *l = buddies; l != NULL; l = l->next)
        place_stray(self, l->data, what);
    g_slist_free(buddies);
}

static void show(msn_account *self, const msnp_contact *contact)
{
    show_name(self, contact);
    msn_presence_show(self, contact);
}

/* --- bringing it all in step ---------------------------------------------------------------- */

static void submit_offers(msn_account *self)
{
    msnp_edit *edit;

    while (!self->closed && self->blist != NULL &&
           (edit = g_queue_pop_head(&self->blist->offers)) != NULL) {
        msn_account_edit(self, edit);
        msn_edit_free(edit);
    }
}

/* True while there is something left to be done. */
static bool walk_on(msn_account *self)
{
    msn_blist *list = self->blist;
    const msnp_roster *roster = msnp_ns_roster(self->ns);

    if (list->next > 0) {
        const msnp_contact *contact = msnp_roster_at(roster, --list->next);
        if (is_listed(contact)) {
            place(self, contact, list->policy);
            show(self, contact);
        }
        return true;
    }
    if (list->strays != NULL) {
        char *who = list->strays->data;
        list->strays = g_list_delete_link(list->strays, list->strays);
        if (!is_listed(find_contact(self, who)))
            place_strays(self, who, list->policy);
        g_free(who);
        return true;
    }
    return false;
}

static void start_walk(msn_account *self, policy what)
{
    msn_blist *list = self->blist;

    list->walking = true;
    list->policy = what;
    list->next = msnp_roster_size(msnp_ns_roster(self->ns));
    g_list_free_full(g_steal_pointer(&list->strays), g_free);
    /* An incomplete list is no reason to think that anybody was removed. */
    if (what == SERVER_WINS || !list->complete)
        return;

    GSList *buddies = purple_find_buddies(self->account, NULL);
    for (GSList *l = buddies; l != NULL; l = l->next)
        list->strays =
            g_list_prepend(list->strays, normalized(self, purple_buddy_get_name(l->data)));
    g_slist_free(buddies);
}

static void remove_emptied(msn_account *self)
{
    char *name = g_steal_pointer(&self->blist->emptied);
    PurpleGroup *group = name != NULL ? purple_find_group(name) : NULL;

    self->blist->own_moves = true;
    if (group != NULL && PURPLE_BLIST_NODE(group)->child == NULL)
        purple_blist_remove_group(group);
    self->blist->own_moves = false;
    g_free(name);
}

static void end_walk(msn_account *self)
{
    msn_blist *list = self->blist;

    list->walking = false;
    remove_emptied(self);
    if (!list->settled)
        msn_log(self->account, "the buddy list is in step: %u contacts, %u offers",
                (unsigned)msnp_roster_size(msnp_ns_roster(self->ns)), list->offers.length);
    list->settled = true;
    submit_offers(self);
}

static void remove_unlisted(msn_account *self, const char *who)
{
    GSList *buddies = purple_find_buddies(self->account, who);

    for (GSList *l = buddies; l != NULL; l = l->next)
        if (get_mark(l->data) == NULL)
            purple_blist_remove_buddy(l->data);
    g_slist_free(buddies);
}

/* The next of those that something happened to; false if there is none. */
static bool settle_next(msn_account *self)
{
    GHashTableIter iter;
    gpointer who;

    g_hash_table_iter_init(&iter, self->blist->changed);
    if (!g_hash_table_iter_next(&iter, &who, NULL))
        return false;
    g_hash_table_iter_steal(&iter);

    const msnp_contact *contact = find_contact(self, who);
    bool undone = g_hash_table_remove(self->blist->undone, who);
    if (is_listed(contact)) {
        place(self, contact, SERVER_WINS);
        show(self, contact);
    } else if (undone) {
        remove_unlisted(self, who);
    } else {
        place_strays(self, who, SERVER_WINS);
    }
    msn_privacy_contact(self, who);
    msn_authorize_contact(self, who);
    msn_blist_redraw(self, who);
    g_free(who);
    return true;
}

/* True while there is something left to be done. */
static bool do_something(msn_account *self)
{
    /* What an edit has changed half is nothing to go by; its end brings us back here. */
    if (self->closed || self->finished || self->blist == NULL ||
        msnp_ns_edits_waiting(self->ns) > 0)
        return false;
    if (self->blist->walking) {
        if (!walk_on(self))
            end_walk(self);
        return true;
    }
    if (!self->blist->settled)
        return false;
    if (settle_next(self))
        return true;
    g_hash_table_remove_all(self->blist->removed);
    msn_authorize_look(self);
    return false;
}

static gboolean turn(gpointer data)
{
    msn_account *self = data;
    gint64 until = g_get_monotonic_time() + TURN_TIME;
    bool more = true;

    self->blist->timer = 0;
    msn_account_ref(self);
    while (more && g_get_monotonic_time() < until)
        more = do_something(self);
    if (more && self->blist != NULL && self->blist->timer == 0)
        self->blist->timer = purple_timeout_add(TURN_PAUSE, turn, self);
    msn_account_unref(self);
    return G_SOURCE_REMOVE;
}

/* Never at once: it may be that libpurple is in the middle of changing its list. */
static void wake(msn_account *self)
{
    if (self->blist != NULL && self->blist->timer == 0)
        self->blist->timer = purple_timeout_add(0, turn, self);
}

/* --- what the machine says ------------------------------------------------------------------ */

static void begin(msn_account *self)
{
    const msnp_roster *roster = msnp_ns_roster(self->ns);

    if (!self->blist->has_roster || purple_connection_get_state(self->gc) != PURPLE_CONNECTED)
        return;
    msn_privacy_roster(self);
    for (guint i = 0; i < roster->groups->len; i++)
        local_group(g_array_index(roster->groups, msnp_group, i).name);
    start_walk(self, self->blist->complete ? OFFER : SERVER_WINS);
    wake(self);
}

void msn_blist_roster(msn_account *self, bool complete)
{
    self->blist->has_roster = true;
    self->blist->complete = complete;
    begin(self);
}

void msn_blist_online(msn_account *self)
{
    if (!self->blist->walking && !self->blist->settled)
        begin(self);
}

void msn_blist_contact(msn_account *self, const char *account, unsigned news)
{
    const msnp_contact *contact = find_contact(self, account);

    if (contact == NULL)
        return;
    if (is_listed(contact))
        show(self, contact);
    if ((news & MSNP_NEW_LISTS) != 0) {
        remember(self->blist->changed, self, account);
        wake(self);
    } else if ((news & MSNP_NEW_PHONES) != 0) {
        msn_blist_redraw(self, account);
    }
}

/* Keeps with a buddy why the server did not take it. True if that is news. */
static bool note_refusal(msn_account *self, const char *who, unsigned number)
{
    GSList *buddies = purple_find_buddies(self->account, who);
    bool news = false;

    for (GSList *l = buddies; l != NULL; l = l->next) {
        PurpleBlistNode *node = l->data;
        if (purple_blist_node_get_int(node, REFUSED) != (int)number + 1) {
            purple_blist_node_set_int(node, REFUSED, (int)number + 1);
            news = true;
        }
    }
    g_slist_free(buddies);
    return news;
}

/* An ADD that failed: true if the user is to be told. */
static bool add_failed(msn_account *self, const char *who, msnp_err err, unsigned number)
{
    /* What is not even sent has the number that a server would have for it. */
    if (err == MSNP_ERR_ACCOUNT)
        number = 208;
    else if (err == MSNP_ERR_TOO_LONG)
        number = 229;
    if (is_remembered(self->blist->offered, self, who))
        return note_refusal(self, who, number);
    remember(self->blist->undone, self, who);
    return true;
}

void msn_blist_edited(msn_account *self, const msnp_edit *edit, msnp_err err, unsigned number)
{
    msn_blist *list = self->blist;
    bool failed = err != MSNP_OK;

    if (failed && (edit->kind != MSNP_EDIT_ADD || add_failed(self, edit->account, err, number)))
        msn_edit_report(self, edit, err, number);
    if (edit->account != NULL)
        remember(list->changed, self, edit->account);
    if (edit->kind == MSNP_EDIT_RENAME_GROUP && list->settled) {
        if (failed) {
            g_free(list->emptied);
            list->emptied = g_strdup(edit->to);
        }
        start_walk(self, SERVER_WINS);
    }
    /* Those that are still to be offered may fail, too. */
    if (list->offers.length == 0)
        msn_edit_show_reports(self);
    wake(self);
}

bool msn_blist_is_settled(const msn_account *self)
{
    return self->blist != NULL && self->blist->settled;
}

void msn_blist_open(msn_account *self)
{
    msn_blist *list = g_new0(msn_blist, 1);

    g_queue_init(&list->offers);
    list->offered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    list->changed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    list->undone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    list->removed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->blist = list;
}

void msn_blist_close(msn_account *self)
{
    msn_blist *list = g_steal_pointer(&self->blist);

    if (list->timer != 0)
        purple_timeout_remove(list->timer);
    g_list_free_full(list->strays, g_free);
    g_queue_clear_full(&list->offers, (GDestroyNotify)msn_edit_free);
    g_free(list->emptied);
    g_hash_table_destroy(list->offered);
    g_hash_table_destroy(list->changed);
    g_hash_table_destroy(list->undone);
    g_hash_table_destroy(list->removed);
    g_free(list);
}

/* --- what the user does --------------------------------------------------------------------- */

/* The account whose list the user edits; NULL if it is we who do it, or nobody is signed in. */
static msn_account *editing(PurpleConnection *gc)
{
    msn_account *self = msn_account_of(gc);

    return self != NULL && !self->finished && self->blist != NULL && !self->blist->own_moves ? self
                                                                                             : NULL;
}

void msn_blist_add_buddy(PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group)
{
    msn_account *self = editing(gc);

    if (self == NULL)
        return;

    char *who = address_of(buddy);
    msnp_edit edit = {.kind = MSNP_EDIT_ADD,
                      .account = who,
                      .to = server_group(self, purple_group_get_name(group))};
    g_hash_table_remove(self->blist->offered, purple_normalize(self->account, who));
    msn_account_edit(self, &edit);
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
    char *who = address_of(buddy);
    const char *alias = purple_buddy_get_local_buddy_alias(buddy);
    const char *name = purple_group_get_name(group);

    /* What is no address is on no server. */
    if (self != NULL && msnp_account_valid(who)) {
        msnp_edit edit = {
            .kind = MSNP_EDIT_REMOVE, .account = who, .from = server_group(self, name)};
        if (alias != NULL)
            g_hash_table_insert(self->blist->removed,
                                g_strconcat(purple_normalize(self->account, who), "\n", name, NULL),
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
        move(self, who, server_group(self, from), server_group(self, to));
}

void msn_blist_rename_group(PurpleConnection *gc, const char *from, PurpleGroup *group,
                            GList *moved)
{
    msn_account *self = editing(gc);

    if (self == NULL)
        return;

    msnp_edit edit = {.kind = MSNP_EDIT_RENAME_GROUP,
                      .from = server_group(self, from),
                      .to = server_group(self, purple_group_get_name(group))};
    if (edit.from != NULL && edit.to != NULL) {
        msn_account_edit(self, &edit);
        return;
    }
    /* "No group" has no name on the server: its contacts come or go one by one. */
    for (GList *l = moved; l != NULL && self->blist != NULL; l = l->next)
        move(self, purple_buddy_get_name(l->data), edit.from, edit.to);
    edit.kind = MSNP_EDIT_REMOVE_GROUP;
    if (edit.from != NULL && self->blist != NULL)
        msn_account_edit(self, &edit);
}

void msn_blist_remove_group(PurpleConnection *gc, PurpleGroup *group)
{
    msn_account *self = editing(gc);
    msnp_edit edit = {.kind = MSNP_EDIT_REMOVE_GROUP};

    if (self == NULL)
        return;
    edit.from = server_group(self, purple_group_get_name(group));
    if (edit.from != NULL)
        msn_account_edit(self, &edit);
}
