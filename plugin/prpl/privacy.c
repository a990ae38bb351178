/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "privacy.h"

#include "buddies.h"
#include "dialogs.h"

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

/* Replaces one of libpurple's lists: adding one by one would search the whole list each time. */
static void fill(GSList **list, const msnp_roster *roster, bool (*belongs)(unsigned lists),
                 PurpleAccount *account)
{
    g_slist_free_full(g_steal_pointer(list), g_free);
    for (size_t i = msnp_roster_size(roster); i-- > 0;) {
        const msnp_contact *contact = msnp_roster_at(roster, i);
        if (belongs(contact->lists))
            *list = g_slist_prepend(*list, g_strdup(purple_normalize(account, contact->account)));
    }
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

void prpl_privacy_roster(prpl_account *self)
{
    const msnp_roster *roster = msnp_session_roster(self->session);

    (void)prpl_privacy_mode(self); /* all contacts are about to be shown */
    fill(&self->account->permit, roster, is_allowed, self->account);
    fill(&self->account->deny, roster, is_blocked, self->account);
    purple_blist_schedule_save();
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
    /* Messages of blocked people are dropped: hang up, so that they do not seem delivered. */
    if (is_blocked(lists))
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
