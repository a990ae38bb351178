/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "privacy.h"

#include "blist.h"

#include <glib/gi18n-lib.h>

/* --- from the server ------------------------------------------------------------------------ */

/* Replaces one of libpurple's lists: one by one would cost a search through all of it each time. */
static void fill(GSList **list, const msnp_roster *roster, unsigned bit, PurpleAccount *account)
{
    g_slist_free_full(g_steal_pointer(list), g_free);
    for (size_t i = msnp_roster_size(roster); i-- > 0;) {
        const msnp_contact *contact = msnp_roster_at(roster, i);
        if ((contact->lists & bit) != 0)
            *list = g_slist_prepend(*list, g_strdup(purple_normalize(account, contact->account)));
    }
}

void msn_privacy_mode(msn_account *self)
{
    const msnp_roster *roster = msnp_ns_roster(self->ns);
    PurplePrivacyType mode =
        roster->strangers ? PURPLE_PRIVACY_DENY_USERS : PURPLE_PRIVACY_ALLOW_USERS;

    if (purple_account_get_privacy_type(self->account) == mode)
        return;
    purple_account_set_privacy_type(self->account, mode);
    /* Clients show who is blocked. */
    for (size_t i = 0; i < msnp_roster_size(roster); i++) {
        const msnp_contact *contact = msnp_roster_at(roster, i);
        bool allowed = (contact->lists & MSNP_LIST_ALLOW) != 0;
        if ((contact->lists & MSNP_LIST_FORWARD) != 0 && !allowed)
            msn_blist_redraw(self, contact->account);
    }
}

void msn_privacy_roster(msn_account *self)
{
    const msnp_roster *roster = msnp_ns_roster(self->ns);

    msn_privacy_mode(self);
    fill(&self->account->permit, roster, MSNP_LIST_ALLOW, self->account);
    fill(&self->account->deny, roster, MSNP_LIST_BLOCK, self->account);
    purple_blist_schedule_save();
}

void msn_privacy_contact(msn_account *self, const char *who)
{
    const msnp_contact *contact = msnp_roster_find(msnp_ns_roster(self->ns), msnp_str_of(who));
    unsigned lists = contact != NULL ? contact->lists : 0;

    /* Without effect where it is so already; and not to be told to us. */
    if ((lists & MSNP_LIST_ALLOW) != 0)
        purple_privacy_permit_add(self->account, who, TRUE);
    else
        purple_privacy_permit_remove(self->account, who, TRUE);
    if ((lists & MSNP_LIST_BLOCK) != 0)
        purple_privacy_deny_add(self->account, who, TRUE);
    else
        purple_privacy_deny_remove(self->account, who, TRUE);
}

/* --- from the user -------------------------------------------------------------------------- */

static void set(PurpleConnection *gc, const char *who, msnp_edit_kind kind)
{
    msn_account *self = msn_account_of(gc);
    char *address = g_strstrip(g_strdup(who));
    msnp_edit edit = {.kind = kind, .account = address};

    if (self != NULL)
        msn_account_edit(self, &edit);
    g_free(address);
}

void msn_privacy_add_permit(PurpleConnection *gc, const char *who)
{
    set(gc, who, MSNP_EDIT_ALLOW);
}

void msn_privacy_add_deny(PurpleConnection *gc, const char *who)
{
    set(gc, who, MSNP_EDIT_BLOCK);
}

/*
 * Off one list is onto the other: who is on neither, and has this account on the list, would be
 * asked about again.
 */
void msn_privacy_rem_permit(PurpleConnection *gc, const char *who)
{
    set(gc, who, MSNP_EDIT_BLOCK);
}

void msn_privacy_rem_deny(PurpleConnection *gc, const char *who)
{
    set(gc, who, MSNP_EDIT_ALLOW);
}

void msn_privacy_set_permit_deny(PurpleConnection *gc)
{
    msn_account *self = msn_account_of(gc);
    PurplePrivacyType chosen = purple_account_get_privacy_type(purple_connection_get_account(gc));
    msnp_edit edit = {.kind = MSNP_EDIT_STRANGERS,
                      .on = chosen == PURPLE_PRIVACY_ALLOW_ALL ||
                            chosen == PURPLE_PRIVACY_DENY_USERS};

    /* While signing in libpurple says what it remembers, and the server what is. */
    if (self == NULL || !msn_blist_is_settled(self))
        return;
    msn_account_edit(self, &edit);
    if (chosen == PURPLE_PRIVACY_ALLOW_ALL)
        purple_notify_info(gc, NULL, _("People whom you blocked stay blocked."),
                           _("Everybody else may see you and write to you: this service knows no "
                             "setting for everybody without exception."));
    else if (chosen == PURPLE_PRIVACY_DENY_ALL || chosen == PURPLE_PRIVACY_ALLOW_BUDDYLIST)
        purple_notify_info(gc, NULL, _("Only people on your allow list may see you."),
                           _("This service knows no other setting of that kind. Take those off the "
                             "list who are not to see you."));
}
