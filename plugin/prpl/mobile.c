/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mobile.h"

#include "buddies.h"
#include "dialogs.h"
#include "log.h"
#include "shown.h"
#include "undelivered.h"
#include "windows.h"

#include <glib/gi18n-lib.h>

bool prpl_mobile_is_reached(const prpl_account *self, const char *who)
{
    const msnp_contact *contact = prpl_buddies_contact(self, who);

    return contact != NULL && msnp_roster_can_page(msnp_session_roster(self->session), contact);
}

/* In the window of the conversation, like any message that the user sends: so it is in the log. */
static void show_sent(const prpl_account *self, const char *who, const char *text)
{
    PurpleConversation *conv = prpl_windows_find(self, (msnp_conversation_id){.who = who});

    if (conv == NULL) {
        purple_conversation_new(PURPLE_CONV_TYPE_IM, self->account, who);
        /* A handler can have closed it. */
        conv = !prpl_account_is_over(self)
                   ? prpl_windows_find(self, (msnp_conversation_id){.who = who})
                   : NULL;
    }
    if (conv == NULL)
        return;
    /* Translators: what the user has sent to one */
    char *line = g_strdup_printf(_("To the mobile phone: %s"), text);
    char *html = prpl_windows_line(line);

    purple_conv_im_write(PURPLE_CONV_IM(conv), NULL, html, PURPLE_MESSAGE_SEND, time(NULL));
    g_free(line);
    g_free(html);
}

static void send_text(prpl_account *self, const char *who, const char *text)
{
    msnp_err err = msnp_session_page(self->session, who, text, prpl_account_now());

    switch (err) {
    case MSNP_OK:
        show_sent(self, who, text);
        break;
    case MSNP_ERR_MALFORMED: /* nothing was typed */
        break;
    case MSNP_ERR_TOO_LONG:
        prpl_mobile_ask(self, who, text);
        break;
    default:
        prpl_undelivered_page(self, who, text, (msnp_cause){err, 0}, false);
        break;
    }
    if (!prpl_account_is_over(self))
        prpl_account_pump_soon(self);
}

static void text_chosen(gpointer dialog, const char *typed)
{
    char *who;
    /* A copy: it goes with the dialog. */
    char *text = g_strstrip(g_strdup(typed != NULL ? typed : ""));
    prpl_account *self = prpl_dialogs_answered(dialog, &who);

    if (self != NULL && !prpl_account_is_over(self)) {
        prpl_account_ref(self);
        send_text(self, who, text);
        prpl_account_unref(self);
    }
    g_free(text);
    g_free(who);
}

/* How long a text can be, and by how much this one is too long. The caller frees it. */
static char *describe_limit(const char *text)
{
    char *limit =
        g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "It can have at most %u character.",
                                    "It can have at most %u characters.", MSNP_PAGE_CHARS),
                        MSNP_PAGE_CHARS);

    if (text != NULL) {
        unsigned excess = (unsigned)g_utf8_strlen(text, -1) - MSNP_PAGE_CHARS;
        char *complaint = g_strdup_printf(
            g_dngettext(GETTEXT_PACKAGE, "This message is too long by %u character.",
                        "This message is too long by %u characters.", excess),
            excess);
        char *both = g_strdup_printf("%s %s", complaint, limit);

        g_free(complaint);
        g_free(limit);
        limit = both;
    }
    return limit;
}

void prpl_mobile_ask(prpl_account *self, const char *who, const char *text)
{
    char *address = prpl_buddies_address(who);
    char *person = prpl_windows_person(self, address, NULL);
    char *question = g_strdup_printf(_("Send a message to the mobile phone of %s"), person);
    char *limit = describe_limit(text);
    char *shown = prpl_shown_text(limit);
    char *account = g_strdup(purple_account_get_username(self->account));
    gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_INPUT, self, address);

    prpl_dialogs_opened(dialog,
                        purple_request_input(self->gc, account, question, shown, text, TRUE, FALSE,
                                             NULL, _("Send"), G_CALLBACK(text_chosen), _("Cancel"),
                                             G_CALLBACK(prpl_dialogs_dismissed), self->account,
                                             address, NULL, dialog));
    g_free(account);
    g_free(shown);
    g_free(limit);
    g_free(question);
    g_free(person);
    g_free(address);
}

void prpl_mobile_paged(prpl_account *self, const msnp_event *event)
{
    const char *who = event->paged.who;
    PurpleConversation *conv = prpl_windows_find(self, (msnp_conversation_id){.who = who});

    prpl_log(self->account, "message to a phone: %s, number %u",
             msnp_err_name(event->paged.cause.err), event->paged.cause.number);
    if (event->paged.cause.err != MSNP_OK) {
        prpl_undelivered_page(self, who, event->paged.text, event->paged.cause, event->paged.maybe);
    } else if (conv != NULL) {
        char *person = prpl_windows_person(self, who, NULL);
        char *line = g_strdup_printf(_("Your message was sent to the mobile phone of %s."), person);

        prpl_windows_write(conv, PURPLE_MESSAGE_SYSTEM, line);
        g_free(person);
        g_free(line);
    }
}
