/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "privacy.h"

#include "buddies.h"
#include "dialogs.h"
#include "settings.h"
#include "windows.h"

#include <glib/gi18n-lib.h>

/* --- from the server ------------------------------------------------------------------------ */

static bool is_blocked(unsigned lists)
{
    return (lists & MSNP_LIST_BLOCK) != 0;
}

/* Escargot can have somebody on both lists; the block list wins (deviation 4). */
static bool is_allowed(unsigned lists)
{
    return (lists & MSNP_LIST_ALLOW) != 0 && !is_blocked(lists);
}

/* libpurple's lists, as an index. */
typedef enum { PERMIT, DENY, N_SIDES } side;

struct prpl_privacy {
    GQueue untold[N_SIDES]; /* char *: whom that list has got or lost; the client does not know */
};

/*
 * Replaces one of libpurple's lists: adding one by one would search the whole list each time. Who
 * is new or gone waits to be told.
 */
static void fill(prpl_account *self, side where, GSList **list, bool (*belongs)(unsigned lists))
{
    const msnp_roster *roster = msnp_session_roster(self->session);
    GQueue *untold = &self->privacy->untold[where];
    GHashTable *before = g_hash_table_new(g_str_hash, g_str_equal);
    GSList *old = g_steal_pointer(list);

    for (GSList *l = old; l != NULL; l = l->next)
        g_hash_table_add(before, l->data);
    for (size_t i = msnp_roster_size(roster); i-- > 0;) {
        const msnp_contact *contact = msnp_roster_at(roster, i);
        if (!belongs(contact->lists))
            continue;
        *list = g_slist_prepend(*list, prpl_buddies_normalized(self, contact->account));
        if (!g_hash_table_remove(before, (*list)->data))
            g_queue_push_head(untold, g_strdup((*list)->data));
    }
    for (GSList *l = old; l != NULL; l = l->next)
        if (g_hash_table_contains(before, l->data))
            g_queue_push_tail(untold, g_strdup(l->data));
    g_hash_table_destroy(before);
    g_slist_free_full(old, g_free);
}

/* Tells the client where this person is now. */
static void tell(const prpl_account *self, side where, const char *who)
{
    PurplePrivacyUiOps *ui = purple_privacy_get_ui_ops();
    const msnp_contact *contact = prpl_buddies_contact(self, who);
    unsigned lists = contact != NULL ? contact->lists : 0;
    void (*call)(PurpleAccount * account, const char *who);

    if (ui == NULL)
        return;
    if (where == PERMIT)
        call = is_allowed(lists) ? ui->permit_added : ui->permit_removed;
    else
        call = is_blocked(lists) ? ui->deny_added : ui->deny_removed;
    if (call != NULL)
        call(self->account, who);
}

bool prpl_privacy_tell_next(prpl_account *self)
{
    side where = self->privacy->untold[PERMIT].length > 0 ? PERMIT : DENY;
    char *who = g_queue_pop_head(&self->privacy->untold[where]);

    if (who != NULL)
        tell(self, where, who);
    g_free(who);
    return who != NULL;
}

bool prpl_privacy_depends_on_mode(const msnp_contact *contact)
{
    return (contact->lists & MSNP_LISTS_PRIVACY) == 0;
}

bool prpl_privacy_mode(prpl_account *self)
{
    const msnp_roster *roster = msnp_session_roster(self->session);
    PurplePrivacyType mode =
        roster->allow_unlisted ? PURPLE_PRIVACY_DENY_USERS : PURPLE_PRIVACY_ALLOW_USERS;

    if (purple_account_get_privacy_type(self->account) == mode)
        return false;
    purple_account_set_privacy_type(self->account, mode);
    return true;
}

/* Whom the client blocks, but not the service. The caller frees both. */
static GSList *blocked_here_only(const prpl_account *self)
{
    GSList *names = NULL;

    for (GSList *l = self->account->deny; l != NULL; l = l->next) {
        const msnp_contact *contact = prpl_buddies_contact(self, l->data);

        if (contact == NULL || !is_blocked(contact->lists))
            names = g_slist_prepend(names, g_strdup(l->data));
    }
    return g_slist_reverse(names);
}

/* Failures are reported to the user, and put the client's list right. */
static void block_all(prpl_account *self, GSList *names)
{
    for (GSList *l = names; l != NULL && !prpl_account_is_over(self); l = l->next) {
        char *address = prpl_buddies_address(l->data);
        const msnp_edit edit = {.kind = MSNP_EDIT_BLOCK, .account = address};

        prpl_account_edit(self, &edit);
        g_free(address);
    }
}

void prpl_privacy_roster(prpl_account *self)
{
    /* Whom another plugin or service knew stays blocked. Later the service alone decides. */
    bool first = prpl_settings_is_first(self->settings, self->account);
    GSList *more = first ? blocked_here_only(self) : NULL;

    (void)prpl_privacy_mode(self); /* all contacts are about to be shown */
    fill(self, PERMIT, &self->account->permit, is_allowed);
    fill(self, DENY, &self->account->deny, is_blocked);
    for (GSList *l = more; l != NULL; l = l->next)
        self->account->deny = g_slist_prepend(self->account->deny, g_strdup(l->data));
    purple_blist_schedule_save();
    block_all(self, more);
    g_slist_free_full(more, g_free);
}

/* Confirms it where the user was told that this person is blocked. */
static void tell_unblocked(prpl_account *self, const char *who)
{
    PurpleConversation *conv = prpl_windows_find(self, (msnp_conversation_id){.who = who});

    if (conv == NULL)
        return;
    bool blocked = prpl_windows_unsay(conv, PRPL_SAID_BLOCKED);
    bool hidden = prpl_windows_unsay(conv, PRPL_SAID_HIDDEN);
    if (!blocked && !hidden)
        return;
    char *person = prpl_windows_person(self, who, NULL);
    char *line = g_strdup_printf(_("You have unblocked %s."), person);
    prpl_windows_write(conv, PURPLE_MESSAGE_SYSTEM, line);
    g_free(person);
    g_free(line);
}

void prpl_privacy_contact(prpl_account *self, const char *who)
{
    const msnp_contact *contact = prpl_buddies_contact(self, who);
    unsigned lists = contact != NULL ? contact->lists : 0;

    /* No effect if it is so already. `local`: libpurple must not report it back to us. */
    if (is_allowed(lists))
        purple_privacy_permit_add(self->account, who, TRUE);
    else
        purple_privacy_permit_remove(self->account, who, TRUE);
    if (prpl_account_is_over(self))
        return;
    if (is_blocked(lists))
        purple_privacy_deny_add(self->account, who, TRUE);
    else
        purple_privacy_deny_remove(self->account, who, TRUE);
    if (prpl_account_is_over(self))
        return;
    /* Messages of blocked people are dropped: hang up, so that they do not seem delivered. */
    if (is_allowed(lists))
        tell_unblocked(self, who);
    else if (is_blocked(lists))
        prpl_account_hang_up(self, (msnp_conversation_id){.who = who});
}

/* --- from the user -------------------------------------------------------------------------- */

static void set(PurpleConnection *gc, const char *who, msnp_edit_kind kind)
{
    prpl_account *self = prpl_account_of(gc);
    char *address = prpl_buddies_address(who);
    msnp_edit edit = {.kind = kind, .account = address};

    if (self != NULL)
        prpl_account_edit(self, &edit);
    g_free(address);
}

void prpl_privacy_add_permit(PurpleConnection *gc, const char *who)
{
    set(gc, who, MSNP_EDIT_ALLOW);
}

void prpl_privacy_add_deny(PurpleConnection *gc, const char *who)
{
    set(gc, who, MSNP_EDIT_BLOCK);
}

/*
 * Removing from one list adds to the other: the user would be asked again about people on neither
 * list who have added this account.
 */
void prpl_privacy_rem_permit(PurpleConnection *gc, const char *who)
{
    set(gc, who, MSNP_EDIT_BLOCK);
}

void prpl_privacy_rem_deny(PurpleConnection *gc, const char *who)
{
    set(gc, who, MSNP_EDIT_ALLOW);
}

/* The user chose a mode that the service does not have, and got another one. */
static void explain_mode(prpl_account *self, PurplePrivacyType chosen)
{
    if (chosen == PURPLE_PRIVACY_ALLOW_ALL)
        prpl_dialogs_tell(self, self->gc, PURPLE_NOTIFY_MSG_INFO,
                          _("People you have blocked stay blocked."),
                          _("Everyone else can see you and send you messages: the service has no "
                            "\"allow everyone\" setting."));
    else if (chosen == PURPLE_PRIVACY_DENY_ALL || chosen == PURPLE_PRIVACY_ALLOW_BUDDYLIST)
        prpl_dialogs_tell(self, self->gc, PURPLE_NOTIFY_MSG_INFO,
                          _("Only people on your allow list can see you."),
                          _("The service has no other setting of this kind. Remove anyone who "
                            "should not see you from the list."));
}

void prpl_privacy_set_permit_deny(PurpleConnection *gc)
{
    prpl_account *self = prpl_account_of(gc);
    PurplePrivacyType chosen = purple_account_get_privacy_type(purple_connection_get_account(gc));
    bool allow_unlisted = chosen == PURPLE_PRIVACY_ALLOW_ALL || chosen == PURPLE_PRIVACY_DENY_USERS;
    msnp_edit edit = {.kind = MSNP_EDIT_ALLOW_UNLISTED, .on = allow_unlisted};

    /* When an account comes online, libpurple calls this with its stored mode. */
    if (self == NULL || prpl_account_is_over(self) || self->starting)
        return;
    prpl_account_ref(self);
    /* Never keep a mode that the service does not have: libpurple empties lists when leaving
     * one. */
    purple_account_set_privacy_type(self->account, allow_unlisted ? PURPLE_PRIVACY_DENY_USERS
                                                                  : PURPLE_PRIVACY_ALLOW_USERS);
    prpl_account_edit(self, &edit);
    if (!prpl_account_is_over(self))
        explain_mode(self, chosen);
    prpl_account_unref(self);
}

/* --- life ----------------------------------------------------------------------------------- */

void prpl_privacy_open(prpl_account *self)
{
    self->privacy = g_new0(struct prpl_privacy, 1);
    for (side where = PERMIT; where < N_SIDES; where++)
        g_queue_init(&self->privacy->untold[where]);
}

void prpl_privacy_free(prpl_account *self)
{
    for (side where = PERMIT; where < N_SIDES; where++)
        g_queue_clear_full(&self->privacy->untold[where], g_free);
    g_clear_pointer(&self->privacy, g_free);
}
