/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "convo.h"

#include "buddies.h"
#include "errors.h"
#include "html.h"
#include "log.h"
#include "process.h"
#include "settings.h"
#include "undelivered.h"
#include "windows.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* Seconds. Peers repeat typing notices more often, and never send "stopped". */
#define TYPING_SHOWN 8

/* So many people of a chat are named in a sentence. */
#define OTHERS_NAMED 5
/* An attribute of somebody in a chat that the client does not show: explain_chat() is done. */
#define EXPLAINED "msnp8-explained"

/* A message has one format, without font size: clients should offer no more. */
#define FEATURES                                                                                 \
    (PURPLE_CONNECTION_HTML | PURPLE_CONNECTION_FORMATTING_WBFO | PURPLE_CONNECTION_NO_BGCOLOR | \
     PURPLE_CONNECTION_NO_FONTSIZE | PURPLE_CONNECTION_NO_URLDESC | PURPLE_CONNECTION_NO_IMAGES)

/* --- life ----------------------------------------------------------------------------------- */

void prpl_convo_open(prpl_account *self)
{
    self->gc->flags |= FEATURES;
}

/* --- incoming ------------------------------------------------------------------------------- */

bool prpl_convo_is_welcome(prpl_account *self, const char *who)
{
    return purple_privacy_check(self->account, who);
}

/* Why this person is not welcome, with what follows from that, and what to do about it. */
static void tell_unwelcome(prpl_account *self, PurpleConversation *conv, const char *consequence)
{
    const char *who = purple_conversation_get_name(conv);
    const msnp_contact *contact = prpl_buddies_contact(self, who);
    /* libpurple may know that this person is blocked before the service does. */
    bool blocked = purple_account_get_privacy_type(self->account) == PURPLE_PRIVACY_DENY_USERS ||
                   (contact != NULL && (contact->lists & MSNP_LIST_BLOCK) != 0);
    char *person = prpl_windows_person(self, who, NULL);
    char *reason = g_strdup_printf(
        blocked ? _("You have blocked %s.")
                : _("Only people on your allow list can send you messages, and %s is not on it."),
        person);

    /* Translators: leave "/unblock" as it is, it is a command */
    const char *offer = _("To unblock this person, type /unblock.");
    if (prpl_process_is_bitlbee())
        /* Translators: leave "allow" as it is, it is a command */
        offer = _("To unblock this person, use the command \"allow\".");
    char *line = g_strdup_printf("%s %s %s", reason, consequence, offer);
    prpl_windows_write(conv, PURPLE_MESSAGE_SYSTEM, line);
    g_free(person);
    g_free(reason);
    g_free(line);
}

/* Somebody whose messages are not shown has said something. */
static void tell_hidden(prpl_account *self, const char *who)
{
    PurpleConversation *conv = prpl_windows_find(self, (msnp_conversation_id){.who = who});

    /* Nobody opens a window in this way. */
    if (conv != NULL && prpl_windows_say_once(conv, PRPL_SAID_HIDDEN))
        tell_unwelcome(self, conv, _("A message from this person was not shown."));
}

/* The user writes to somebody. */
static void check_welcome(prpl_account *self, const char *who)
{
    PurpleConversation *conv = prpl_windows_find(self, (msnp_conversation_id){.who = who});

    if (conv == NULL)
        return;
    if (prpl_convo_is_welcome(self, who)) {
        (void)prpl_windows_unsay(conv, PRPL_SAID_BLOCKED);
        (void)prpl_windows_unsay(conv, PRPL_SAID_HIDDEN);
    } else if (prpl_windows_say_once(conv, PRPL_SAID_BLOCKED)) {
        tell_unwelcome(self, conv, _("You will not see the answers."));
    }
}

/*
 * An invitation to something that we do not support. The core declines it, except in chats, where
 * it may be meant for others.
 */
static char *describe_offer(const msnp_event *event, const char *person)
{
    bool chat = event->message.conversation.who == NULL;
    const char *what = event->message.text;
    const char *answer = chat ? _("Such invitations are not supported.")
                              : _("The invitation was declined because it is not supported.");
    char *offer;

    if (what != NULL && *what != '\0')
        /* Translators: who, and to what, as the other program calls it: "NetMeeting" */
        offer = g_strdup_printf(_("%s sent you an invitation to \"%s\"."), person, what);
    else
        offer = g_strdup_printf(_("%s sent you an invitation without a name."), person);
    char *text = g_strdup_printf("%s %s", offer, answer);
    g_free(offer);
    return text;
}

/* Offers of files reach the user as such unless the setting is off. */
static char *declined_file(const char *person)
{
    const char *setting = prpl_errors_setting(PRPL_LABEL_FILES, PRPL_SETTING_FILES);

    /* Translators: a person, and the label of a setting */
    return g_strdup_printf(_("%s wanted to send you a file through the service. It was declined "
                             "because \"%s\" is turned off in the account's settings."),
                           person, setting);
}

/* What newer clients send, and this one can only name. */
static char *describe_extra(msnp_extra extra, const char *person)
{
    switch (extra) {
    case MSNP_EXTRA_FILE:
        return declined_file(person);
    case MSNP_EXTRA_WINK:
        /* Translators: a wink is an animation of newer versions of MSN Messenger */
        return g_strdup_printf(_("%s sent a wink, which this client cannot show."), person);
    case MSNP_EXTRA_VOICE_CLIP:
        return g_strdup_printf(_("%s sent a voice clip, which this client cannot play."), person);
    case MSNP_EXTRA_INK:
        return g_strdup_printf(_("%s sent a handwritten message, which this client cannot show."),
                               person);
    case MSNP_EXTRA_WEBCAM:
        return g_strdup_printf(
            _("%s wants to show you a webcam, which this client does not support."), person);
    case MSNP_EXTRA_WEBCAM_ASKED:
        return g_strdup_printf(
            _("%s asked to see your webcam, which this client does not support."), person);
    case MSNP_EXTRA_GAME:
        return g_strdup_printf(_("%s invited you to a game, which this client does not support."),
                               person);
    case MSNP_EXTRA_INVITATION:
    case MSNP_N_EXTRAS:
        break;
    }
    return g_strdup_printf(_("%s sent an invitation that only newer clients support."), person);
}

/* The line of the system that says what came; NULL if it is somebody's words, or nothing. */
static char *describe(const msnp_event *event, const char *person)
{
    switch (event->message.kind) {
    case MSNP_MESSAGE_NUDGE:
        return g_strdup_printf(_("%s nudged everyone in this chat."), person);
    case MSNP_MESSAGE_INVITE:
        return describe_offer(event, person);
    case MSNP_MESSAGE_EXTRA:
        return describe_extra(event->message.extra, person);
    default:
        return NULL;
    }
}

/* What somebody said; NULL if it is no words. The caller frees it. */
static char *words_of(const msnp_event *event)
{
    const char *text = event->message.text;
    const char *speaker = event->message.speaker;

    switch (event->message.kind) {
    case MSNP_MESSAGE_TEXT:
        /* Clients name the bot as the sender: nobody can be taken for somebody else. */
        return speaker != NULL ? g_strdup_printf("<%s> %s", speaker, text) : g_strdup(text);
    case MSNP_MESSAGE_ACTION:
        /* All clients know this. */
        return g_strconcat("/me ", text, NULL);
    case MSNP_MESSAGE_PAGE:
        /* Translators: what somebody has sent from one */
        return g_strdup_printf(_("From a mobile phone: %s"), text);
    default:
        return NULL;
    }
}

/* The same as HTML; NULL if there is nothing to show. The caller frees it. */
static char *html_of_words(const msnp_event *event)
{
    const char *text = event->message.text;
    char *words = text != NULL && *text != '\0' ? words_of(event) : NULL;
    char *html = words != NULL ? prpl_html_write(words, &event->message.format) : NULL;

    g_free(words);
    return html;
}

/* A message as HTML; NULL if there is nothing to show. The caller frees it. */
static char *html_of(const prpl_account *self, const msnp_event *event, PurpleMessageFlags *flags)
{
    char *person = prpl_windows_person(self, event->message.who, event->message.name);
    char *line = describe(event, person);
    char *html = line != NULL ? prpl_windows_line(line) : html_of_words(event);

    *flags = PURPLE_MESSAGE_RECV;
    if (line != NULL)
        *flags |= PURPLE_MESSAGE_SYSTEM;
    if (event->message.kind == MSNP_MESSAGE_NUDGE)
        *flags |= PURPLE_MESSAGE_NOTIFY;
    g_free(person);
    g_free(line);
    return html;
}

/* Who else is in a chat, for a sentence; empty if nobody is. The caller frees it. */
static char *others_in(const prpl_account *self, PurpleConvChat *chat, const char *who)
{
    GString *names = g_string_new(NULL);
    int n = 0;

    for (GList *l = g_list_last(purple_conv_chat_get_users(chat)); l != NULL; l = l->prev) {
        const char *name = purple_conv_chat_cb_get_name(l->data);

        if (strcmp(name, who) == 0 || strcmp(name, purple_conv_chat_get_nick(chat)) == 0)
            continue;
        if (++n > OTHERS_NAMED) {
            g_string_append(names, ", ...");
            break;
        }
        char *person = prpl_windows_person(self, name, NULL);
        g_string_append_printf(names, "%s%s", n > 1 ? ", " : "", person);
        g_free(person);
    }
    return g_string_free(names, FALSE);
}

/* Once for each person in a chat: where it is said, and who gets the answer. */
static void explain_chat(prpl_account *self, PurpleConvChat *chat, const char *who)
{
    PurpleConvChatBuddy *member = purple_conv_chat_cb_find(chat, who);

    if (member == NULL || purple_conv_chat_cb_get_attribute(member, EXPLAINED) != NULL)
        return;
    char *others = others_in(self, chat, who);
    if (*others != '\0') {
        char *person = prpl_windows_person(self, who, NULL);
        char *text = g_strdup_printf(
            /* Translators: a person, the other people in the chat, the first person again */
            _("%s wrote the following in a group chat with %s. This client cannot show group "
              "chats: your reply goes only to %s."),
            person, others, person);
        char *html = prpl_windows_line(text);

        purple_conv_chat_cb_set_attribute(chat, member, EXPLAINED, "");
        serv_got_im(self->gc, who, html, PURPLE_MESSAGE_RECV | PURPLE_MESSAGE_SYSTEM, time(NULL));
        g_free(html);
        g_free(text);
        g_free(person);
    }
    g_free(others);
}

static void show_in_chat(prpl_account *self, unsigned chat, const char *who, const char *html,
                         PurpleMessageFlags flags)
{
    PurpleConversation *conv = purple_find_chat(self->gc, (int)chat);
    char *name = prpl_buddies_normalized(self, who);

    if (conv == NULL || prpl_windows_show_chats(conv)) {
        serv_got_chat_in(self->gc, (int)chat, name, flags, html, time(NULL));
    } else {
        explain_chat(self, PURPLE_CONV_CHAT(conv), name);
        if (!prpl_account_is_over(self))
            serv_got_im(self->gc, name, html, flags, time(NULL));
    }
    g_free(name);
}

/* Clients show only the address of who is no buddy, and would do so in each line. */
static void name_stranger(prpl_account *self, const char *who, const char *name)
{
    PurpleConversation *conv = prpl_windows_find(self, (msnp_conversation_id){.who = who});

    if (conv == NULL || *name == '\0' || purple_find_buddy(self->account, who) != NULL)
        return;
    bool first = prpl_windows_say_once(conv, PRPL_SAID_WHO);
    char *title = prpl_windows_short_person(self, who, name);
    char *person = prpl_windows_person(self, who, name);
    char *line = g_strdup_printf(_("%s is not on your contact list."), person);

    prpl_windows_set_title(conv, title);
    /* A handler can have closed the window. */
    conv = first && !prpl_account_is_over(self)
               ? prpl_windows_find(self, (msnp_conversation_id){.who = who})
               : NULL;
    if (conv != NULL)
        prpl_windows_write(conv, PURPLE_MESSAGE_SYSTEM, line);
    g_free(title);
    g_free(person);
    g_free(line);
}

static void show_to_one(prpl_account *self, const msnp_event *event, const char *html,
                        PurpleMessageFlags flags)
{
    /* Copies: handlers can end the account during these calls. */
    char *who = g_strdup(event->message.who);
    char *name = g_strdup(event->message.name);

    if (event->message.kind == MSNP_MESSAGE_NUDGE)
        purple_prpl_got_attention(self->gc, who, 0);
    else
        serv_got_im(self->gc, who, html, flags, time(NULL));
    if (!prpl_account_is_over(self))
        name_stranger(self, who, name);
    g_free(who);
    g_free(name);
}

static void show(prpl_account *self, const msnp_event *event, const char *html,
                 PurpleMessageFlags flags)
{
    const char *who = event->message.who;

    if (event->message.conversation.who == NULL)
        show_in_chat(self, event->message.conversation.chat, who, html, flags);
    else if (prpl_convo_is_welcome(self, who))
        show_to_one(self, event, html, flags);
    else
        tell_hidden(self, who);
}

void prpl_convo_message(prpl_account *self, const msnp_event *event)
{
    PurpleMessageFlags flags;
    bool incomplete = event->message.incomplete;
    char *html = html_of(self, event, &flags);

    if (html != NULL)
        show(self, event, html, flags);
    else
        prpl_log(self->account, "nothing to show in a message of %s", event->message.who);
    g_free(html);
    if (!incomplete || prpl_account_is_over(self))
        return;
    char *note = g_strdup_printf(
        /* Translators: the sign that stands in the message where something is missing */
        _("Parts of the message above did not arrive. They are marked with %s."), MSNP_TEXT_GAP);
    html = prpl_windows_line(note);
    show(self, event, html, PURPLE_MESSAGE_RECV | PURPLE_MESSAGE_SYSTEM);
    g_free(html);
    g_free(note);
}

void prpl_convo_typing(prpl_account *self, const msnp_event *event)
{
    char *who = g_strdup(event->message.who);

    if (event->message.conversation.who != NULL && purple_privacy_check(self->account, who))
        serv_got_typing(self->gc, who, TYPING_SHOWN, PURPLE_TYPING);
    g_free(who);
}

/* --- outgoing ------------------------------------------------------------------------------- */

static int send_text(prpl_account *self, msnp_conversation_id id, const char *text,
                     const msnp_format *format)
{
    if (*text == '\0')
        return 0;
    msnp_err err = msnp_session_say(self->session, id, text, format, prpl_account_now());
    if (err == MSNP_OK) {
        prpl_account_pump_soon(self);
        return 1;
    }
    prpl_undelivered_refused(self, id, text, err);
    /* For this error libpurple shows no message of its own. */
    return -ENOTCONN;
}

int prpl_convo_send(PurpleConnection *gc, msnp_conversation_id id, const char *html)
{
    prpl_account *self = prpl_account_of(gc);
    msnp_format format;

    if (self == NULL)
        return -ENOTCONN;
    char *text = prpl_html_read(html, &format);
    int result = send_text(self, id, text, &format);
    g_free(text);
    /* Now that the text cannot get lost: handlers of what is written here can end the account. */
    if (result > 0 && id.who != NULL) {
        prpl_account_ref(self);
        check_welcome(self, id.who);
        /* The end has reported the text, and libpurple cannot show it any more. */
        if (prpl_account_is_over(self))
            result = -ENOTCONN;
        prpl_account_unref(self);
    }
    return result;
}

int prpl_convo_send_im(PurpleConnection *gc, const char *who, const char *html,
                       PurpleMessageFlags flags)
{
    /* Whoever closes the window while libpurple sends from it takes the name with it. */
    if (who == NULL)
        return -EINVAL;
    char *address = prpl_buddies_address(who);
    int result = prpl_convo_send(gc, (msnp_conversation_id){.who = address}, html);

    (void)flags;
    g_free(address);
    return result;
}

unsigned prpl_convo_send_typing(PurpleConnection *gc, const char *who, PurpleTypingState state)
{
    prpl_account *self = prpl_account_of(gc);

    /* The protocol cannot express "stopped". */
    if (self == NULL || prpl_account_is_over(self) || state != PURPLE_TYPING)
        return 0;
    char *address = prpl_buddies_address(who);
    msnp_session_type(self->session, address, prpl_account_now());
    prpl_account_pump_soon(self);
    g_free(address);
    return (unsigned)(MSNP_TYPING_EVERY / 1000);
}

GList *prpl_convo_attention_types(PurpleAccount *account)
{
    prpl_process *process = prpl_process_get();

    (void)account;
    /* Without %s: libpurple would insert the name as HTML. */
    if (process->attention_types == NULL)
        process->attention_types = g_list_append(
            /* Translators: what MSN Messenger called this in your language */
            NULL, purple_attention_type_new("Nudge", _("Nudge"), _("You have been nudged!"),
                                            _("You sent a nudge.")));
    return process->attention_types;
}

gboolean prpl_convo_send_attention(PurpleConnection *gc, const char *who, guint type)
{
    prpl_account *self = prpl_account_of(gc);

    (void)type;
    if (self == NULL)
        return FALSE;
    char *address = prpl_buddies_address(who);
    msnp_err err = msnp_session_nudge(self->session, address, prpl_account_now());
    if (err == MSNP_OK)
        prpl_account_pump_soon(self);
    else
        prpl_undelivered_refused(self, (msnp_conversation_id){.who = address}, NULL, err);
    g_free(address);
    return err == MSNP_OK;
}

void prpl_convo_closed(PurpleConnection *gc, const char *who)
{
    prpl_account *self = prpl_account_of(gc);

    if (self == NULL || prpl_account_is_over(self))
        return;
    char *address = prpl_buddies_address(who);
    /* What arrived before gets a new window: this one is going. */
    prpl_account_hang_up(self, (msnp_conversation_id){.who = address});
    g_free(address);
}
