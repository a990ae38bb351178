/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "undelivered.h"

#include "dialogs.h"
#include "edits.h"
#include "log.h"
#include "process.h"
#include "windows.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DIALOG_CHARS 1000 /* characters of the text in a dialog */

/* Undelivered messages of one conversation with the same reason. */
typedef struct {
    unsigned chat;
    char *who; /* NULL: it is a chat */
    msnp_cause cause;
    bool maybe;
    bool page;     /* to a mobile phone */
    GString *text; /* NULL: a nudge */
} report;

struct prpl_undelivered {
    GQueue reports; /* report * */
    guint timer;    /* which shows them */
};

/* --- texts ---------------------------------------------------------------------------------- */

static char *reason_of_number(const char *name, unsigned number)
{
    /* For CAL, 216 means that the person blocks us; the table has its meaning for lists. */
    msnp_trouble trouble = number == MSNP_NUMBER_NOT_THERE
                               ? MSNP_TROUBLE_OFFLINE
                               : msnp_server_error_find(number)->trouble;

    switch (trouble) {
    case MSNP_TROUBLE_OFFLINE:
        if (name == NULL)
            return g_strdup(
                _("The people in this chat are offline, or are not accepting messages from you."));
        return g_strdup_printf(_("%s is offline, or is not accepting messages from you."), name);
    case MSNP_TROUBLE_HIDDEN:
        return g_strdup(
            _("You cannot send messages while you are invisible. Choose another status first."));
    case MSNP_TROUBLE_TOO_FAST:
        return g_strdup(_("Too many conversations or invitations in a short time. Wait a minute, "
                          "then try again."));
    default:
        return prpl_edits_reason((msnp_cause){MSNP_ERR_SERVER, number});
    }
}

char *prpl_undelivered_reason(const prpl_account *self, const char *who, const char *name,
                              msnp_cause cause)
{
    switch (cause.err) {
    case MSNP_ERR_SERVER:
        return reason_of_number(name, cause.number);
    case MSNP_ERR_ACCOUNT:
        /* The only valid address that is rejected is the user's own. */
        if (who != NULL && msnp_account_valid(who))
            return g_strdup(_("This is your own address."));
        if (name != NULL)
            return g_strdup_printf(_("%s is not a valid e-mail address."), name);
        break;
    case MSNP_ERR_NOBODY:
        if (name == NULL)
            return g_strdup(_("Everyone else has left this chat."));
        return g_strdup_printf(_("%s is no longer in the conversation."), name);
    case MSNP_ERR_REFUSED:
        return g_strdup(_("The service reported that delivery failed."));
    case MSNP_ERR_TOO_LONG:
        return g_strdup(
            _("The message is too long, or too many messages are already waiting to be sent."));
    case MSNP_ERR_ONE_PIECE:
        return g_strdup(_("Your encrypted message is too long for one message of the service. "
                          "Shorten it, or set up the encryption plugin to send it in pieces."));
    case MSNP_ERR_FULL:
        return g_strdup(_("Too many conversations are open. Close some of them first."));
    case MSNP_ERR_UNREACHABLE:
        if (self->proxy != NULL)
            return g_strdup_printf(
                _("Could not connect to the server for this conversation through the proxy %s. "
                  "Check the proxy settings: the proxy may not allow this connection, or may "
                  "require a user name and password."),
                self->proxy);
        return g_strdup(_("Could not connect to the server for this conversation."));
    case MSNP_ERR_TIMEOUT:
        return g_strdup(_("There was no response in time."));
    case MSNP_ERR_CLOSED:
    case MSNP_ERR_DEAD:
        return g_strdup(_("The connection was lost."));
    case MSNP_ERR_SIGNED_OUT:
        return g_strdup(_("You have signed out."));
    case MSNP_ERR_ELSEWHERE:
        return g_strdup(_("You have signed in from another location."));
    case MSNP_ERR_SHUTDOWN:
        return g_strdup(_("The service is shutting down."));
    default:
        break;
    }
    return prpl_edits_reason(cause);
}

static char *reason_of_page(const prpl_account *self, const char *who, const char *name,
                            msnp_cause cause)
{
    if (cause.err == MSNP_ERR_NOBODY)
        return g_strdup_printf(_("%s cannot receive messages on a mobile phone at the moment."),
                               name);
    if (cause.err == MSNP_ERR_FULL)
        return g_strdup(
            _("The message is too long, or too many messages are already waiting to be sent."));
    if (cause.err != MSNP_ERR_SERVER)
        return prpl_undelivered_reason(self, who, name, cause);
    switch (msnp_server_error_find(cause.number)->trouble) {
    case MSNP_TROUBLE_TOO_FAST:
        return g_strdup(_("Too many messages in a short time. Wait a minute, then try again."));
    case MSNP_TROUBLE_BUSY:
    case MSNP_TROUBLE_DOWN:
        return prpl_edits_reason(cause);
    default:
        return g_strdup_printf(
            _("The service could not send a message to the mobile phone of %s (error %u)."), name,
            cause.number);
    }
}

/* What happened to the text, in a line with it. The caller frees it. */
static char *quote(const report *entry, const char *text)
{
    return entry->maybe ? g_strdup_printf(_("This message may not have arrived: \"%s\""), text)
                        : g_strdup_printf(_("This message was not delivered: \"%s\""), text);
}

/* The consequence for the message, with its text below, from where it can be copied. */
static char *consequence_of(const report *entry, const char *text)
{
    /* Nobody can read the text. The user sees the readable one above. */
    if (entry->cause.err == MSNP_ERR_ONE_PIECE)
        return g_strdup(_("It was not delivered."));
    if (entry->text == NULL)
        return g_strdup(entry->maybe ? _("Your nudge may not have arrived.")
                                     : _("Your nudge was not delivered."));
    if (entry->page)
        return g_strdup_printf("%s\n%s",
                               entry->maybe
                                   ? _("This message may not have reached the mobile phone:")
                                   : _("This message was not sent to the mobile phone:"),
                               text);
    if (prpl_process_is_bitlbee())
        return quote(entry, text);
    return g_strdup_printf("%s\n%s",
                           entry->maybe ? _("This message may not have arrived:")
                                        : _("This message was not delivered:"),
                           text);
}

/* All that is to be said about it, with as much of the text. The caller frees it. */
static char *describe(const report *entry, const char *reason, const char *text)
{
    char *consequence = consequence_of(entry, text);
    char *all = g_strdup_printf("%s %s", reason, consequence);

    g_free(consequence);
    return all;
}

/* --- reports -------------------------------------------------------------------------------- */

static report *report_new(msnp_conversation_id id, const char *text, msnp_cause cause)
{
    report *made = g_new0(report, 1);

    made->chat = id.chat;
    made->who = g_strdup(id.who);
    made->cause = cause;
    made->text = text != NULL ? g_string_new(text) : NULL;
    return made;
}

static void report_free(gpointer data)
{
    report *entry = data;

    if (entry->text != NULL)
        g_string_free(entry->text, TRUE);
    g_free(entry->who);
    g_free(entry);
}

/* Can the event be added to this report? */
static bool belongs_to(const report *entry, const msnp_event *event)
{
    return entry->text != NULL && event->undelivered.text != NULL && !entry->page &&
           entry->chat == event->undelivered.conversation.chat &&
           g_strcmp0(entry->who, event->undelivered.conversation.who) == 0 &&
           entry->cause.err == event->undelivered.cause.err &&
           entry->cause.number == event->undelivered.cause.number &&
           entry->maybe == event->undelivered.maybe;
}

/* --- showing ------------------------------------------------------------------------------- */

/* There is no window (any more), and none is opened for this. */
static void show_dialog(const prpl_account *self, const report *entry, const char *name,
                        const char *reason)
{
    /*
     * With the handle of a closing connection, the message would be closed with it. The session may
     * be over although the event that says so is still waiting.
     */
    bool over = self->ending || prpl_account_is_over(self) || msnp_session_is_over(self->session);
    void *handle = over ? NULL : self->gc;
    const char *text = entry->text != NULL ? entry->text->str : "";
    char *primary = name != NULL ? g_strdup_printf(_("Your conversation with %s"), name)
                                 : g_strdup(_("Your group chat"));
    char *start = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), DIALOG_CHARS));
    char *cut = g_strdup_printf("%s%s", start, strlen(start) < strlen(text) ? "…" : "");
    char *secondary = describe(entry, reason, cut);

    prpl_dialogs_tell(self, handle, PURPLE_NOTIFY_MSG_ERROR, primary, secondary);
    g_free(primary);
    g_free(start);
    g_free(cut);
    g_free(secondary);
}

static void show(prpl_account *self, const report *entry)
{
    PurpleConversation *conv =
        prpl_windows_find(self, (msnp_conversation_id){.chat = entry->chat, .who = entry->who});
    char *name = entry->who != NULL ? prpl_windows_person(self, entry->who, NULL) : NULL;
    char *reason = entry->page ? reason_of_page(self, entry->who, name, entry->cause)
                               : prpl_undelivered_reason(self, entry->who, name, entry->cause);

    prpl_log(self->account, "not delivered: %s, number %u", msnp_err_name(entry->cause.err),
             entry->cause.number);
    if (conv != NULL) {
        char *all = describe(entry, reason, entry->text != NULL ? entry->text->str : "");
        prpl_windows_write(conv, PURPLE_MESSAGE_ERROR, all);
        g_free(all);
    } else {
        show_dialog(self, entry, name, reason);
    }
    g_free(name);
    g_free(reason);
}

void prpl_undelivered_show(prpl_account *self)
{
    report *entry;

    prpl_account_ref(self);
    while (!self->closed && (entry = g_queue_pop_head(&self->undelivered->reports)) != NULL) {
        show(self, entry);
        report_free(entry);
    }
    prpl_account_unref(self);
}

static gboolean timer_fired(gpointer data)
{
    prpl_account *self = data;

    self->undelivered->timer = 0;
    prpl_undelivered_show(self);
    return G_SOURCE_REMOVE;
}

/* Shows it soon. */
static void add(prpl_account *self, report *entry)
{
    g_queue_push_tail(&self->undelivered->reports, entry);
    /* At the end all of them are shown without a timer. */
    if (self->undelivered->timer == 0 && !self->ending)
        self->undelivered->timer = purple_timeout_add(0, timer_fired, self);
}

void prpl_undelivered_add(prpl_account *self, const msnp_event *event)
{
    report *last = g_queue_peek_tail(&self->undelivered->reports);

    if (last != NULL && belongs_to(last, event)) {
        g_string_append_printf(last->text, "\n%s", event->undelivered.text);
        return;
    }
    last = report_new(event->undelivered.conversation, event->undelivered.text,
                      event->undelivered.cause);
    last->maybe = event->undelivered.maybe;
    add(self, last);
}

void prpl_undelivered_page(prpl_account *self, const char *who, const char *text, msnp_cause cause,
                           bool maybe)
{
    report *entry = report_new((msnp_conversation_id){.who = who}, text, cause);

    entry->page = true;
    entry->maybe = maybe;
    add(self, entry);
}

void prpl_undelivered_refused(prpl_account *self, msnp_conversation_id id, const char *text,
                              msnp_err err)
{
    report *entry = report_new(id, text, (msnp_cause){err, 0});

    show(self, entry);
    report_free(entry);
}

/* --- life ----------------------------------------------------------------------------------- */

void prpl_undelivered_open(prpl_account *self)
{
    self->undelivered = g_new0(struct prpl_undelivered, 1);
    g_queue_init(&self->undelivered->reports);
}

void prpl_undelivered_close(prpl_account *self)
{
    if (self->undelivered->timer != 0)
        purple_timeout_remove(self->undelivered->timer);
    self->undelivered->timer = 0;
}

void prpl_undelivered_free(prpl_account *self)
{
    g_queue_clear_full(&self->undelivered->reports, report_free);
    g_clear_pointer(&self->undelivered, g_free);
}
