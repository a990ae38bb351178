/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "details.h"

#include "buddies.h"
#include "dialogs.h"
#include "edits.h"
#include "presence.h"
#include "shown.h"
#include "sync_state.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static prpl_account *account_of(PurpleBuddy *buddy)
{
    return prpl_account_of(purple_account_get_connection(purple_buddy_get_account(buddy)));
}

/* The contact of a buddy; NULL if the account is not signed in, or the server does not list it. */
static const msnp_contact *contact_of(prpl_account *self, const char *who)
{
    const msnp_contact *contact = self != NULL ? prpl_buddies_contact(self, who) : NULL;

    return contact != NULL && contact->lists != 0 ? contact : NULL;
}

const char *prpl_details_emblem(PurpleBuddy *buddy)
{
    prpl_account *self = account_of(buddy);
    const msnp_contact *contact = contact_of(self, purple_buddy_get_name(buddy));
    unsigned number;

    /* Clients have an emblem of their own for blocked buddies. */
    if (prpl_sync_state_reason(buddy, &number) != PRPL_SYNC_LISTED)
        return "unavailable";
    if (contact == NULL || !prpl_buddies_is_listed(contact))
        return NULL;
    return (contact->lists & MSNP_LIST_REVERSE) == 0 ? "not-authorized" : NULL;
}

/* Why the buddy is not on the server, in plain text; NULL if it is. */
static char *explain(PurpleBuddy *buddy)
{
    unsigned number;
    char *text = NULL;

    switch (prpl_sync_state_reason(buddy, &number)) {
    case PRPL_SYNC_LISTED:
        break;
    case PRPL_SYNC_KEPT:
        text = g_strdup(_("This contact is no longer on the service's list. It stays here until "
                          "you remove it or add it again."));
        break;
    case PRPL_SYNC_REFUSED: {
        const msnp_cause cause = {number != 0 ? MSNP_ERR_SERVER : MSNP_ERR_TIMEOUT, number};
        char *reason = prpl_edits_reason(cause);
        text = g_strdup_printf(_("Not on the service's list: %s"), reason);
        g_free(reason);
        break;
    }
    }
    return text;
}

char *prpl_details_status_text(PurpleBuddy *buddy)
{
    PurplePresence *presence = purple_buddy_get_presence(buddy);
    PurpleStatus *status = purple_presence_get_active_status(presence);
    const char *text = NULL;
    unsigned number;

    /* There is little room; the tooltip has the details. */
    if (prpl_sync_state_reason(buddy, &number) != PRPL_SYNC_LISTED)
        text = _("Not on the service's list");
    else if (purple_status_is_online(status) && !purple_status_is_available(status))
        text = purple_status_get_name(status);
    return text != NULL ? g_markup_escape_text(text, -1) : NULL;
}

static void add_pair(PurpleNotifyUserInfo *info, const char *label, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    /* A break after the label would take the place of the space. */
    char *both = g_strdup_printf("%s: %s", label, text);
    char *shown = prpl_shown_text(both);
    char **lines = g_strsplit(shown + strlen(label) + strlen(": "), "\n", -1);
    /* Finch ignores breaks within a pair. */
    for (char **line = lines; *line != NULL; line++)
        purple_notify_user_info_add_pair_plaintext(info, line == lines ? label : NULL, *line);
    g_strfreev(lines);
    g_free(shown);
    g_free(both);
}

static char *names_of_groups(prpl_account *self, const msnp_contact *contact)
{
    GString *names = g_string_new(NULL);

    for (size_t i = 0; i < msnp_contact_n_groups(contact); i++) {
        const msnp_group *group = msnp_roster_group(msnp_session_roster(self->session),
                                                    msnp_contact_group_at(contact, i));
        if (group != NULL)
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", group->name);
    }
    return g_string_free(names, FALSE);
}

/* What the server provides about a contact. */
static void add_contact(prpl_account *self, const msnp_contact *contact, PurpleNotifyUserInfo *info)
{
    char *groups = names_of_groups(self, contact);

    if (prpl_buddies_is_listed(contact))
        /* Translators: those of a contact; there may be "None" */
        add_pair(info, _("Groups"), *groups != '\0' ? groups : _("None"));
    add_pair(info, _("Has you on their list"),
             (contact->lists & MSNP_LIST_REVERSE) != 0 ? _("Yes") : _("No"));
    /* Translators: a question about a contact; the answer is "Yes" or "No" */
    add_pair(info, _("Blocked"), (contact->lists & MSNP_LIST_BLOCK) != 0 ? _("Yes") : _("No"));
    add_pair(info, _("Home phone"), contact->phones[MSNP_PHONE_HOME]);
    add_pair(info, _("Work phone"), contact->phones[MSNP_PHONE_WORK]);
    add_pair(info, _("Mobile phone"), contact->phones[MSNP_PHONE_MOBILE]);
    if (msnp_roster_can_page(msnp_session_roster(self->session), contact))
        /* Translators: of a contact; the answer is "Yes" */
        add_pair(info, _("Accepts mobile messages"), _("Yes"));
    g_free(groups);
}

static const char *state_of(const msnp_contact *contact)
{
    return contact->online ? prpl_presence_name(contact->status) : _("Offline");
}

void prpl_details_tooltip(PurpleBuddy *buddy, PurpleNotifyUserInfo *info, gboolean full)
{
    prpl_account *self = account_of(buddy);
    const msnp_contact *contact = contact_of(self, purple_buddy_get_name(buddy));
    char *why = explain(buddy);

    if (contact != NULL) {
        /* Clients show a buddy's nickname themselves, and that somebody is offline. */
        if (contact->online)
            add_pair(info, _("Status"), state_of(contact));
        if (full)
            add_contact(self, contact, info);
    }
    /* Translators: the label of a sentence about a contact */
    add_pair(info, _("Note"), why);
    g_free(why);
}

/* --- Get Info ------------------------------------------------------------------------------- */

static const char *name_of(prpl_account *self, const msnp_contact *contact)
{
    GSList *buddies = purple_find_buddies(self->account, contact->account);
    const char *name = prpl_sync_state_name(buddies, contact);

    g_slist_free(buddies);
    return name;
}

void prpl_details_get_info(PurpleConnection *gc, const char *who)
{
    prpl_account *self = prpl_account_of(gc);
    const msnp_contact *contact = contact_of(self, who);
    PurpleNotifyUserInfo *info;

    if (self == NULL)
        return;
    info = purple_notify_user_info_new();
    add_pair(info, _("Nickname"), contact != NULL ? name_of(self, contact) : NULL);
    add_pair(info, _("E-mail address"), contact != NULL ? contact->account : who);
    if (contact != NULL) {
        if (prpl_buddies_is_listed(contact))
            add_pair(info, _("Status"), state_of(contact));
        add_contact(self, contact, info);
    } else {
        add_pair(info, _("Note"),
                 _("The service provides no information about people who are not on your lists."));
    }
    /* A copy: handlers can remove the buddy whose name it may be. */
    char *name = g_strdup(who);
    gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_INFO, self, name);
    prpl_dialogs_opened(dialog,
                        purple_notify_userinfo(gc, name, info, prpl_dialogs_dismissed, dialog));
    purple_notify_user_info_destroy(info);
    g_free(name);
}
