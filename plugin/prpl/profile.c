/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile.h"

#include "dialogs.h"
#include "edits.h"
#include "mail.h"
#include "shown.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A pending change of the friendly name. */
typedef struct {
    PurpleSetPublicAliasSuccessCallback success;
    PurpleSetPublicAliasFailureCallback failure;
} rename_wish;

struct prpl_profile {
    GQueue renames; /* rename_wish *, oldest first, in the order of the edits */
    GQueue readers; /* PurpleGetPublicAliasSuccessCallback: who wants to know the name */
    guint timer;    /* which calls the readers */
};

void prpl_profile_open(prpl_account *self)
{
    self->profile = g_new0(struct prpl_profile, 1);
    g_queue_init(&self->profile->renames);
    g_queue_init(&self->profile->readers);
}

void prpl_profile_close(prpl_account *self)
{
    if (self->profile->timer != 0)
        purple_timeout_remove(self->profile->timer);
    self->profile->timer = 0;
}

void prpl_profile_free(prpl_account *self)
{
    g_queue_clear_full(&self->profile->renames, g_free);
    g_queue_clear(&self->profile->readers);
    g_clear_pointer(&self->profile, g_free);
}

/* --- friendly name -------------------------------------------------------------------------- */

void prpl_profile_named(prpl_account *self, const char *name, msnp_cause cause)
{
    rename_wish *wish = g_queue_pop_head(&self->profile->renames);
    /* A copy: the callbacks can end the session. */
    char *shown = g_strdup(*name != '\0' ? name : msnp_session_handle(self->session));

    if (cause.err == MSNP_OK)
        purple_connection_set_display_name(self->gc, shown);
    if (wish != NULL && cause.err == MSNP_OK && wish->success != NULL) {
        wish->success(self->account, shown);
    } else if (wish != NULL && cause.err != MSNP_OK && wish->failure != NULL) {
        char *reason = prpl_edits_reason(cause);
        wish->failure(self->account, reason);
        g_free(reason);
    }
    g_free(wish);
    g_free(shown);
}

void prpl_profile_set_alias(PurpleConnection *gc, const char *alias,
                            PurpleSetPublicAliasSuccessCallback success,
                            PurpleSetPublicAliasFailureCallback failure)
{
    prpl_account *self = prpl_account_of(gc);
    char *name = g_strstrip(g_strdup(alias != NULL ? alias : ""));
    msnp_edit edit = {.kind = MSNP_EDIT_NAME, .text = name};

    if (self != NULL && !prpl_account_is_over(self)) {
        rename_wish *wish = g_new(rename_wish, 1);
        *wish = (rename_wish){success, failure};
        g_queue_push_tail(&self->profile->renames, wish);
        prpl_account_edit(self, &edit);
    }
    g_free(name);
}

static gboolean tell_readers(gpointer data)
{
    prpl_account *self = data;
    gpointer reader;

    self->profile->timer = 0;
    prpl_account_ref(self);
    while (!self->closed && (reader = g_queue_pop_head(&self->profile->readers)) != NULL) {
        char *name = g_strdup(purple_connection_get_display_name(self->gc));
        ((PurpleGetPublicAliasSuccessCallback)reader)(self->account, name);
        g_free(name);
    }
    prpl_account_unref(self);
    return G_SOURCE_REMOVE;
}

void prpl_profile_get_alias(PurpleConnection *gc, PurpleGetPublicAliasSuccessCallback success,
                            PurpleGetPublicAliasFailureCallback failure)
{
    prpl_account *self = prpl_account_of(gc);

    (void)failure;
    if (self == NULL || self->finished || success == NULL)
        return;
    /* It is known already, but callers do not expect the callback before this returns. */
    g_queue_push_tail(&self->profile->readers, (gpointer)success);
    if (self->profile->timer == 0)
        self->profile->timer = purple_timeout_add(0, tell_readers, self);
}

/* The account whose dialog was answered; NULL if it is not signed in any more. */
static prpl_account *answered(gpointer dialog)
{
    prpl_account *self = prpl_dialogs_answered(dialog, NULL);

    return self != NULL && !prpl_account_is_over(self) ? self : NULL;
}

static void name_chosen(gpointer dialog, const char *name)
{
    prpl_account *self = answered(dialog);

    if (self != NULL)
        prpl_profile_set_alias(self->gc, name, NULL, NULL);
}

static void ask_name(PurplePluginAction *action)
{
    PurpleConnection *gc = action->context;
    prpl_account *self = prpl_account_of(gc);

    if (self == NULL)
        return;
    char *account = g_strdup(purple_account_get_username(self->account));
    char *name = g_strdup(purple_connection_get_display_name(gc));
    char *text = prpl_shown_text(_("Everyone who has you on their contact list will see it."));
    gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_INPUT, self, NULL);
    prpl_dialogs_opened(dialog,
                        purple_request_input(gc, account, _("Choose your nickname"), text, name,
                                             FALSE, FALSE, NULL, _("OK"), G_CALLBACK(name_chosen),
                                             _("Cancel"), G_CALLBACK(prpl_dialogs_dismissed),
                                             self->account, NULL, NULL, dialog));
    g_free(text);
    g_free(name);
    g_free(account);
}

/* --- phone numbers -------------------------------------------------------------------------- */

static void change_phones(prpl_account *self, char *const numbers[MSNP_N_PHONES])
{
    prpl_account_enter(self);
    for (size_t i = 0; i < MSNP_N_PHONES; i++) {
        const msnp_edit edit = {
            .kind = MSNP_EDIT_PHONE, .phone = (msnp_phone)i, .text = numbers[i]};
        const char *known = msnp_session_roster(self->session)->phones[i];

        if (strcmp(numbers[i], known != NULL ? known : "") != 0)
            prpl_account_edit(self, &edit);
    }
    prpl_account_leave(self);
}

static void phones_chosen(gpointer dialog, PurpleRequestFields *fields)
{
    prpl_account *self = answered(dialog);
    char *numbers[MSNP_N_PHONES];

    /* All of them first: the fields go with the dialog, which a refusal can close. */
    for (size_t i = 0; i < MSNP_N_PHONES; i++) {
        const char *typed =
            purple_request_fields_get_string(fields, msnp_phone_code((msnp_phone)i));
        numbers[i] = g_strstrip(g_strdup(typed != NULL ? typed : ""));
    }
    if (self != NULL)
        change_phones(self, numbers);
    for (size_t i = 0; i < MSNP_N_PHONES; i++)
        g_free(numbers[i]);
}

static void ask_phones(PurplePluginAction *action)
{
    PurpleConnection *gc = action->context;
    prpl_account *self = prpl_account_of(gc);
    const char *const labels[] = {[MSNP_PHONE_HOME] = _("Home phone"),
                                  [MSNP_PHONE_WORK] = _("Work phone"),
                                  [MSNP_PHONE_MOBILE] = _("Mobile phone")};

    if (self == NULL)
        return;
    char *account = g_strdup(purple_account_get_username(self->account));
    PurpleRequestFields *fields = purple_request_fields_new();
    PurpleRequestFieldGroup *group = purple_request_field_group_new(NULL);
    char *text = prpl_shown_text(_("Everyone who has you on their contact list can see them. Leave "
                                   "a field empty to keep it private."));
    gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_FIELDS, self, NULL);

    purple_request_fields_add_group(fields, group);
    for (size_t i = 0; i < MSNP_N_PHONES; i++)
        purple_request_field_group_add_field(
            group,
            purple_request_field_string_new(msnp_phone_code((msnp_phone)i), labels[i],
                                            msnp_session_roster(self->session)->phones[i], FALSE));
    prpl_dialogs_opened(dialog,
                        purple_request_fields(gc, account, _("Enter your phone numbers"), text,
                                              fields, _("OK"), G_CALLBACK(phones_chosen),
                                              _("Cancel"), G_CALLBACK(prpl_dialogs_dismissed),
                                              self->account, NULL, NULL, dialog));
    g_free(text);
    g_free(account);
}

/* --- what others may do --------------------------------------------------------------------- */

/* Asks for one of two answers; `chosen` gets 1 for `yes`. */
static void ask_choice(PurpleConnection *gc, const char *question, bool now, const char *yes,
                       const char *no, void (*chosen)(gpointer dialog, int answer))
{
    prpl_account *self = prpl_account_of(gc);
    char *account = g_strdup(purple_account_get_username(self->account));
    char *text = prpl_shown_text(question);
    gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_CHOICE, self, NULL);

    prpl_dialogs_opened(dialog,
                        purple_request_choice(gc, account, text, NULL, now ? 1 : 0, _("OK"),
                                              G_CALLBACK(chosen), _("Cancel"),
                                              G_CALLBACK(prpl_dialogs_dismissed), self->account,
                                              NULL, NULL, dialog, yes, 1, no, 0, NULL));
    g_free(text);
    g_free(account);
}

static void answered_choice(gpointer dialog, msnp_edit_kind kind, int answer)
{
    prpl_account *self = answered(dialog);
    const msnp_edit edit = {.kind = kind, .on = answer != 0};

    if (self != NULL)
        prpl_account_edit(self, &edit);
}

static void adding_chosen(gpointer dialog, int ask)
{
    answered_choice(dialog, MSNP_EDIT_PROMPT_ON_ADD, ask);
}

static void ask_adding(PurplePluginAction *action)
{
    const prpl_account *self = prpl_account_of(action->context);

    if (self != NULL)
        ask_choice(action->context, _("When somebody adds you to their contact list:"),
                   msnp_session_roster(self->session)->prompt_on_add, _("Ask me"),
                   _("Allow them to see me and send me messages"), adding_chosen);
}

static void pages_chosen(gpointer dialog, int allow)
{
    answered_choice(dialog, MSNP_EDIT_PAGES, allow);
}

static void ask_pages(PurplePluginAction *action)
{
    const prpl_account *self = prpl_account_of(action->context);

    if (self != NULL)
        ask_choice(action->context,
                   _("When your contacts want to send messages to your mobile phone:"),
                   msnp_session_roster(self->session)->pages, _("Allow them"),
                   _("Do not allow them"), pages_chosen);
}

/* Is there a phone to which this service would send messages of others? */
static bool has_mobile(const prpl_account *self)
{
    const msnp_roster *roster = msnp_session_roster(self->session);

    return roster->paging && roster->mobile;
}

static GList *append_action(GList *actions, const char *label, void (*chosen)(PurplePluginAction *))
{
    char *shown = prpl_shown_label(label);

    actions = g_list_append(actions, purple_plugin_action_new(shown, chosen));
    g_free(shown);
    return actions;
}

GList *prpl_profile_actions(PurplePlugin *plugin, gpointer context)
{
    const prpl_account *self = context != NULL ? prpl_account_of(context) : NULL;
    GList *actions = NULL;

    (void)plugin;
    actions = append_action(actions, _("Set Nickname..."), ask_name);
    actions = append_action(actions, _("Set Phone Numbers..."), ask_phones);
    actions = append_action(actions, _("People Who Add You..."), ask_adding);
    if (self != NULL && prpl_mail_has_inbox(self))
        actions = append_action(actions, _("Open Hotmail Inbox"), prpl_mail_open_inbox);
    if (self != NULL && has_mobile(self))
        actions = append_action(actions, _("Messages to Your Mobile Phone..."), ask_pages);
    return actions;
}
