/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "edits.h"

#include "buddies.h"
#include "dialogs.h"
#include "log.h"
#include "shown.h"

#include <glib/gi18n-lib.h>

#define REPORTS_SHOWN 10 /* in one message */

/* What fails meanwhile becomes one message. */
static const msnp_pace_limit message_limit = {5, 20000};

struct prpl_edits {
    GPtrArray *reports; /* char *: what failed and why, alternating; no more than are shown */
    guint n_reports;    /* with those that are only counted */
    msnp_pace messages; /* that were shown */
    guint timer;        /* until the next one may be shown */
};

/* What failed, as a translated sentence; the caller frees it. */
static char *describe_failure(const prpl_account *self, const msnp_edit *edit)
{
    switch (edit->kind) {
    case MSNP_EDIT_ADD:
        if (edit->to != NULL && prpl_buddies_is_listed(prpl_buddies_contact(self, edit->account)))
            return g_strdup_printf(
                _("%s is on the contact list, but could not be added to the group \"%s\"."),
                edit->account, edit->to);
        return g_strdup_printf(_("%s could not be added to the contact list."), edit->account);
    case MSNP_EDIT_REMOVE:
        return g_strdup_printf(_("%s could not be removed from the contact list."), edit->account);
    case MSNP_EDIT_MOVE:
        return g_strdup_printf(_("%s could not be moved to another group."), edit->account);
    case MSNP_EDIT_ALLOW:
        return g_strdup_printf(_("%s could not be added to the allow list."), edit->account);
    case MSNP_EDIT_BLOCK:
        return g_strdup_printf(_("%s could not be blocked."), edit->account);
    case MSNP_EDIT_RENAME_GROUP:
        return g_strdup_printf(_("The group \"%s\" could not be renamed."), edit->from);
    case MSNP_EDIT_REMOVE_GROUP:
        return g_strdup_printf(_("The group \"%s\" could not be removed from the service."),
                               edit->from);
    case MSNP_EDIT_NAME:
        return g_strdup(_("Your nickname could not be changed."));
    case MSNP_EDIT_PHONE:
        return g_strdup(_("Your phone number could not be changed."));
    case MSNP_EDIT_ALLOW_UNLISTED:
        return g_strdup(_("The privacy setting could not be changed."));
    case MSNP_EDIT_PROMPT_ON_ADD:
        return g_strdup(_("The setting for people who add you could not be changed."));
    case MSNP_EDIT_PAGES:
        return g_strdup(_("The setting for messages to your mobile phone could not be changed."));
    case MSNP_N_EDITS:
        break;
    }
    return g_strdup("");
}

static char *reason_of_number(unsigned number)
{
    switch (msnp_server_error_find(number)->trouble) {
    case MSNP_TROUBLE_NO_ACCOUNT:
        return g_strdup(_("The service has no account with this address."));
    case MSNP_TROUBLE_BAD_NAME:
        return g_strdup(_("The service did not accept this address or value."));
    case MSNP_TROUBLE_FORBIDDEN:
        return g_strdup(_("The name contains a word that the service does not allow, or your "
                          "e-mail address has not been verified."));
    case MSNP_TROUBLE_FULL:
        return g_strdup(_("The list is full."));
    case MSNP_TROUBLE_GROUPS:
        return g_strdup(_("There are already too many groups."));
    case MSNP_TROUBLE_NO_GROUP:
        return g_strdup(
            _("The service does not have this group, or does not allow it to be changed."));
    case MSNP_TROUBLE_NOT_EMPTY:
        return g_strdup(_("The group still contains contacts."));
    case MSNP_TROUBLE_TAKEN:
        return g_strdup(_("There is already a group with this name."));
    case MSNP_TROUBLE_LONG:
        return g_strdup(_("The group name is too long for the service."));
    case MSNP_TROUBLE_TOO_FAST:
        return g_strdup(_("Too many changes in a short time. Wait a minute, then try again."));
    case MSNP_TROUBLE_BUSY:
    case MSNP_TROUBLE_DOWN:
        return g_strdup(_("The service is temporarily unavailable. Try again later."));
    default:
        return g_strdup_printf(_("The service rejected the request (error %u)."), number);
    }
}

char *prpl_edits_reason(msnp_cause cause)
{
    switch (cause.err) {
    case MSNP_ERR_SERVER:
        return reason_of_number(cause.number);
    case MSNP_ERR_TIMEOUT:
        return g_strdup(_("The service did not respond."));
    case MSNP_ERR_ACCOUNT:
        return g_strdup(_("This is not a valid e-mail address."));
    case MSNP_ERR_TOO_LONG:
        return g_strdup(_("The name or number is too long for the service."));
    case MSNP_ERR_INCOMPLETE:
        return g_strdup(_("The service did not send the complete list, so this change would not be "
                          "safe. Sign in again, then retry."));
    default:
        return g_strdup(_("The service sent an unexpected reply."));
    }
}

/* --- reporting to the user ------------------------------------------------------------------ */

void prpl_edits_report_failure(prpl_account *self, char *failure, char *reason)
{
    GPtrArray *reports = self->edits->reports;

    prpl_log(self->account, "to be reported: %s %s", failure, reason);
    if (self->edits->n_reports++ < REPORTS_SHOWN) {
        g_ptr_array_add(reports, failure);
        g_ptr_array_add(reports, reason);
    } else {
        g_free(failure);
        g_free(reason);
    }
}

void prpl_edits_report(prpl_account *self, const msnp_edit *edit, msnp_cause cause)
{
    prpl_edits_report_failure(self, describe_failure(self, edit), prpl_edits_reason(cause));
}

/* The failures as a list, the last line is how many more there are. */
static char *list_reports(const GPtrArray *reports, guint n)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < reports->len; i += 2)
        g_string_append_printf(text, "%s%s %s", i > 0 ? "\n" : "",
                               (char *)g_ptr_array_index(reports, i),
                               (char *)g_ptr_array_index(reports, i + 1));
    if (n > reports->len / 2) {
        guint rest = n - reports->len / 2;
        g_string_append_c(text, '\n');
        g_string_append_printf(
            /* Translators: changes that failed, below a list of the first ones */
            text, g_dngettext(GETTEXT_PACKAGE, "And %u more.", "And %u more.", rest), rest);
    }
    return g_string_free(text, FALSE);
}

static gboolean show_later(gpointer data)
{
    prpl_account *self = data;

    self->edits->timer = 0;
    prpl_edits_show_reports(self);
    return G_SOURCE_REMOVE;
}

/* May a message be shown now? If not, a timer tries again. */
static bool may_show(prpl_account *self)
{
    struct prpl_edits *edits = self->edits;
    int64_t now = prpl_account_now();

    if (msnp_pace_take(&edits->messages, &message_limit, now))
        return true;
    int64_t wait = msnp_pace_next(&edits->messages, &message_limit) - now;
    edits->timer = purple_timeout_add((guint)wait, show_later, self);
    return false;
}

void prpl_edits_show_reports(prpl_account *self)
{
    GPtrArray *reports = self->edits->reports;
    guint n = self->edits->n_reports;

    if (n == 0 || self->edits->timer != 0 || msnp_session_edits_waiting(self->session) > 0 ||
        !may_show(self))
        return;
    self->edits->reports = g_ptr_array_new_with_free_func(g_free);
    self->edits->n_reports = 0;
    if (n == 1) {
        prpl_dialogs_tell(self, self->gc, PURPLE_NOTIFY_MSG_WARNING, g_ptr_array_index(reports, 0),
                          g_ptr_array_index(reports, 1));
    } else {
        char *text = list_reports(reports, n);
        prpl_dialogs_tell(self, self->gc, PURPLE_NOTIFY_MSG_WARNING, _("Some changes failed."),
                          text);
        g_free(text);
    }
    g_ptr_array_free(reports, TRUE);
}

/* --- unfinished edits ----------------------------------------------------------------------- */

static void warn(const char *account, guint n)
{
    char *text = g_strdup_printf(
        g_dngettext(GETTEXT_PACKAGE,
                    "%u change to the contact list of %s was not confirmed before the connection "
                    "was closed. When you sign in again, you will see what the service has saved.",
                    "%u changes to the contact list of %s were not confirmed before the connection "
                    "was closed. When you sign in again, you will see what the service has saved.",
                    n),
        n, account);
    char *shown = prpl_shown_text(text);
    gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_MESSAGE, NULL, account);

    prpl_dialogs_set_count(dialog, n);
    /* Without a handle: with the connection's, the message would be closed with it. */
    prpl_dialogs_opened(dialog,
                        purple_notify_message(NULL, PURPLE_NOTIFY_MSG_WARNING, account,
                                              _("Your last changes may not have been saved."),
                                              shown, prpl_dialogs_dismissed, dialog));
    g_free(shown);
    g_free(text);
}

void prpl_edits_warn(prpl_account *self, guint own)
{
    guint waiting = (guint)msnp_session_edits_waiting(self->session);
    guint n = waiting - MIN(own, waiting);
    char *account = g_strdup(purple_account_get_username(self->account));
    gpointer earlier = prpl_dialogs_find(PRPL_DIALOG_MESSAGE, account);

    if (n > 0 && earlier != NULL) {
        /* Not one more for each connection that breaks. */
        n += prpl_dialogs_count(earlier);
        prpl_dialogs_close(earlier);
    }
    if (n > 0)
        warn(account, n);
    g_free(account);
}

/* --- life ----------------------------------------------------------------------------------- */

void prpl_edits_open(prpl_account *self)
{
    self->edits = g_new0(struct prpl_edits, 1);
    self->edits->reports = g_ptr_array_new_with_free_func(g_free);
}

void prpl_edits_close(prpl_account *self)
{
    if (self->edits->timer != 0)
        purple_timeout_remove(self->edits->timer);
    self->edits->timer = 0;
}

void prpl_edits_free(prpl_account *self)
{
    g_ptr_array_free(self->edits->reports, TRUE);
    g_clear_pointer(&self->edits, g_free);
}
