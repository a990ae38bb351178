/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pump.h"

#include "blist.h"
#include "chats.h"
#include "convo.h"
#include "dialogs.h"
#include "log.h"
#include "mail.h"
#include "mobile.h"
#include "presence.h"
#include "privacy.h"
#include "profile.h"
#include "saved.h"
#include "transfers.h"
#include "undelivered.h"
#include "windows.h"

#define PROGRESS_STEPS (MSNP_STEP_ONLINE + 1)

/* A timer that fires later than this is started once more, for this time (milliseconds). */
#define LATE_TIME  5000
#define LATE_PAUSE 10
/* One for a time that has passed before it is started fires after this time (milliseconds). */
#define MISSED_PAUSE 1000

/*
 * A timer that is too early by less than this (milliseconds) is kept: deadlines move with every
 * reply, and a needless tick now and then is cheaper than a new timer for each packet. A distant
 * keep-alive may be two seconds late, so that those of all accounts go out together.
 */
#define TIMER_SLACK 1000
#define FAR_AWAY    10000
/* GLib may fire a timer of whole seconds this much early (milliseconds), never more. */
#define ROUNDED_DOWN 250

/* --- the sign-in ---------------------------------------------------------------------------- */

/*
 * The steps of which the user is told: clients like BitlBee print a line for each. No text comes
 * twice, although a transfer starts over.
 */
static const msnp_step told_steps[] = {MSNP_STEP_CONNECT, MSNP_STEP_PASSPORT, MSNP_STEP_LOGIN,
                                       MSNP_STEP_LISTS};

/* The last of them that has been reached with this step. */
static msnp_step told_step(msnp_step step)
{
    msnp_step last = MSNP_STEP_IDLE;

    for (size_t i = 0; i < G_N_ELEMENTS(told_steps); i++)
        if (told_steps[i] <= step)
            last = told_steps[i];
    return last;
}

static void show_progress(prpl_account *self, msnp_step step)
{
    msnp_step told = told_step(step);

    if (purple_connection_get_state(self->gc) != PURPLE_CONNECTING || step >= MSNP_STEP_ONLINE ||
        told <= self->progress)
        return;
    self->progress = told;
    purple_connection_update_progress(self->gc, prpl_errors_step_text(told), told, PROGRESS_STEPS);
}

/*
 * Who gets the password is said if the user would not expect it, at any time, in place of the text
 * of this step.
 */
static void show_outsider(prpl_account *self, const char *host)
{
    char *text = prpl_errors_outside_text(host);

    self->progress = MAX(self->progress, MSNP_STEP_LOGIN);
    purple_connection_update_progress(self->gc, text, self->progress, PROGRESS_STEPS);
    g_free(text);
}

static void reached(prpl_account *self, const msnp_event *event)
{
    const char *host = msnp_session_shown(self->session, event->step.host);
    bool outside = event->step.outside;

    prpl_log(self->account, "%sstep %s (%s)", event->step.hidden ? "meanwhile: " : "",
             msnp_step_name(event->step.step), host != NULL ? host : "-");
    if (event->step.hidden)
        return;
    if (event->step.step == MSNP_STEP_LOGIN)
        prpl_log(self->account, "address and password go to %s%s", host,
                 outside ? ", outside the domain of the service" : "");
    if (event->step.step == MSNP_STEP_LOGIN && outside)
        show_outsider(self, host);
    else
        show_progress(self, event->step.step);
}

static void fail(prpl_account *self, const msnp_failure *failure)
{
    prpl_error error = prpl_errors_of_failure(failure);

    prpl_account_finish(self, &error);
}

/* libpurple does not report status changes during the sign-in. */
static void signed_in(prpl_account *self, const char *handle, const char *friendly)
{
    prpl_presence_send(self);
    purple_connection_set_display_name(self->gc, *friendly != '\0' ? friendly : handle);
}

static void online(prpl_account *self)
{
    self->starting = true;
    if (purple_connection_get_state(self->gc) != PURPLE_CONNECTED)
        purple_connection_set_state(self->gc, PURPLE_CONNECTED);
    self->starting = false;
    if (prpl_account_is_over(self))
        return;
    prpl_blist_online(self);
    /* Again: the user may have changed it since the first CHG. */
    prpl_presence_send(self);
}

/* Once for each announcement, where the user will see it. */
static void shutdown_announced(prpl_account *self, unsigned minutes)
{
    char *text = prpl_errors_shutdown_text(minutes);

    if (!prpl_windows_write_all(self, PURPLE_MESSAGE_SYSTEM, text) && !prpl_account_is_over(self))
        prpl_dialogs_tell(self, self->gc, PURPLE_NOTIFY_MSG_INFO, text, NULL);
    g_free(text);
}

static void edited(prpl_account *self, const msnp_edit *edit, msnp_cause cause)
{
    if (edit->kind == MSNP_EDIT_NAME)
        prpl_profile_named(self, edit->text, cause);
    else if (edit->kind == MSNP_EDIT_ALLOW_UNLISTED)
        prpl_blist_setting(self);
    if (!prpl_account_is_over(self))
        prpl_blist_edited(self, edit, cause);
}

/* --- events --------------------------------------------------------------------------------- */

/*
 * Handles events of connections; true if it was one. Bytes written in one turn leave in one piece.
 */
static bool handle_conn(prpl_account *self, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        prpl_account_connect(self, event);
        return true;
    case MSNP_EVENT_LISTEN:
        prpl_account_listen(self, event);
        return true;
    case MSNP_EVENT_WRITE:
        prpl_account_write(self, event->conn, event->write.data, event->write.len);
        return true;
    case MSNP_EVENT_CLOSE:
        prpl_account_disconnect(self, event->conn);
        return true;
    case MSNP_EVENT_TRACE:
        prpl_log_trace(self->account, prpl_account_conn_name(self, event->conn), event->trace.sent,
                       event->trace.text);
        return true;
    default:
        return false;
    }
}

/* Handles events of files; true if it was one. */
static bool handle_file(prpl_account *self, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_FILE_OFFERED:
        prpl_transfers_offered(self, event);
        return true;
    case MSNP_EVENT_FILE_STARTED:
        prpl_transfers_started(self, event);
        return true;
    case MSNP_EVENT_FILE_WANTED:
        prpl_transfers_wanted(self, event);
        return true;
    case MSNP_EVENT_FILE_REWIND:
        prpl_transfers_rewind(self, event);
        return true;
    case MSNP_EVENT_FILE_DATA:
        prpl_transfers_data(self, event);
        return true;
    case MSNP_EVENT_FILE_COMPLETE:
        prpl_transfers_complete(self, event);
        return true;
    case MSNP_EVENT_FILE_OTHER_WAY:
        prpl_transfers_other_way(self, event);
        return true;
    case MSNP_EVENT_FILE_ENDED:
        prpl_transfers_ended(self, event);
        return true;
    default:
        return false;
    }
}

/* Handles events of conversations; true if it was one. */
static bool handle_conversation(prpl_account *self, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_MESSAGE:
        prpl_convo_message(self, event);
        return true;
    case MSNP_EVENT_TYPING:
        prpl_convo_typing(self, event);
        return true;
    case MSNP_EVENT_PAGED:
        prpl_mobile_paged(self, event);
        return true;
    case MSNP_EVENT_UNDELIVERED:
        prpl_undelivered_add(self, event);
        return true;
    case MSNP_EVENT_CHAT_BEGUN:
        prpl_chats_begun(self, event);
        return true;
    case MSNP_EVENT_CHAT_JOINED:
        prpl_chats_joined(self, event);
        return true;
    case MSNP_EVENT_CHAT_LEFT:
        prpl_chats_left(self, event);
        return true;
    case MSNP_EVENT_CHAT_CALL_FAILED:
        prpl_chats_call_failed(self, event);
        return true;
    default:
        return false;
    }
}

/* Handles the other events. */
static void handle_account(prpl_account *self, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_STEP:
        reached(self, event);
        break;
    case MSNP_EVENT_PASSWORD:
        msnp_session_password(self->session, purple_connection_get_password(self->gc),
                              prpl_account_now());
        break;
    case MSNP_EVENT_STATUS_WANTED:
        prpl_presence_send(self);
        break;
    case MSNP_EVENT_CACHED:
        prpl_saved_store();
        break;
    case MSNP_EVENT_SIGNED_IN:
        signed_in(self, event->signed_in.handle, event->signed_in.friendly);
        break;
    case MSNP_EVENT_ONLINE:
        online(self);
        break;
    case MSNP_EVENT_ROSTER:
        prpl_blist_roster(self, event->complete);
        break;
    case MSNP_EVENT_SETTING:
        prpl_blist_setting(self);
        break;
    case MSNP_EVENT_CONTACT:
        prpl_blist_contact(self, event->contact.account, event->contact.news);
        break;
    case MSNP_EVENT_EDITED:
        edited(self, &event->edited.edit, event->edited.cause);
        break;
    case MSNP_EVENT_STATUS_FAILED:
        prpl_presence_failed(self, event->status_failed.wanted, event->status_failed.number);
        break;
    case MSNP_EVENT_MOVED:
        prpl_log(self->account, "the service moves this session to another server");
        break;
    case MSNP_EVENT_SHUTDOWN:
        shutdown_announced(self, event->minutes);
        break;
    case MSNP_EVENT_MAILBOX:
        prpl_mail_count(self, event->mailbox.unread, event->mailbox.risen);
        break;
    case MSNP_EVENT_MAIL:
        prpl_mail_new(self, event);
        break;
    case MSNP_EVENT_INBOX:
        prpl_mail_inbox(self, event->cause);
        break;
    case MSNP_EVENT_FAILED:
        fail(self, &event->failure);
        break;
    default:
        break; /* MSNP_EVENT_STATUS: libpurple shows it already */
    }
}

static void handle(prpl_account *self, const msnp_event *event)
{
    if (handle_conn(self, event))
        return;
    /* Handling it may take long: send what was written first. */
    prpl_account_flush(self);
    if (!handle_conversation(self, event) && !handle_file(self, event))
        handle_account(self, event);
}

static gboolean backlog_fired(gpointer data)
{
    prpl_account *self = data;

    self->backlog = 0;
    prpl_account_pump(self);
    return G_SOURCE_REMOVE;
}

/* Handles an event or, if there is none, some received bytes; false if there is nothing to do. */
static bool do_next(prpl_account *self, gint64 now)
{
    msnp_event event;

    if (!msnp_session_next(self->session, &event))
        return msnp_session_serve(self->session, now / 1000);
    handle(self, &event);
    return true;
}

/* Handles the events, and what has arrived, for one turn. */
static void dispatch(prpl_account *self)
{
    gint64 now = g_get_monotonic_time();
    gint64 until = now + prpl_turn_time(prpl_blist_has_work(self));

    while (!prpl_account_is_over(self) && do_next(self, now)) {
        now = g_get_monotonic_time();
        if (now < until || prpl_account_is_over(self))
            continue;
        /* What was written leaves in one piece with what is to be written next. */
        self->backlog = purple_timeout_add(PRPL_TURN_PAUSE, backlog_fired, self);
        return;
    }
    prpl_account_flush(self);
}

void prpl_pump_farewell(prpl_account *self)
{
    msnp_event event;

    prpl_account_enter(self);
    while (msnp_session_next(self->session, &event))
        /* Received messages still appear, but no new connection is made. */
        if (event.type == MSNP_EVENT_CACHED)
            prpl_saved_store();
        else if (event.type != MSNP_EVENT_CONNECT && event.type != MSNP_EVENT_LISTEN &&
                 !handle_conn(self, &event) && !handle_conversation(self, &event))
            (void)handle_file(self, &event);
    prpl_account_flush(self);
    self->busy--; /* nothing is left to be handled */
    prpl_account_unref(self);
}

/* --- time ----------------------------------------------------------------------------------- */

/*
 * The main loop was busy for long, or the computer slept, or there is a backlog: replies may be
 * waiting. Read them before reporting a time-out; but not for ever.
 */
static bool is_too_late(prpl_account *self)
{
    self->late =
        !self->late && (self->backlog != 0 || prpl_account_now() > self->timer_at + LATE_TIME);
    return self->late;
}

static gboolean timer_fired(gpointer data)
{
    prpl_account *self = data;

    /* A function of libpurple runs a main loop of its own: when it is done, set_timer(). */
    if (self->busy > 0) {
        self->timer = 0;
        self->again = true;
        return G_SOURCE_REMOVE;
    }
    self->timer = is_too_late(self) ? purple_timeout_add(LATE_PAUSE, timer_fired, self) : 0;
    if (self->timer == 0) {
        self->due = true;
        prpl_account_pump(self);
    }
    return G_SOURCE_REMOVE;
}

static guint start_timer(prpl_account *self, int64_t at, bool rough)
{
    int64_t wait = at - prpl_account_now();

    /* It has passed while nothing could be handled: what was to come before it may be waiting. */
    if (wait <= 0)
        wait = MISSED_PAUSE;
    /* The event loop rounds whole seconds. Round up: a tick too early would be in vain. */
    if (rough && wait >= FAR_AWAY) {
        int64_t seconds = (wait + ROUNDED_DOWN) / 1000 + 1;

        return purple_timeout_add_seconds((guint)MIN(seconds, G_MAXINT), timer_fired, self);
    }
    return purple_timeout_add((guint)MIN(wait, G_MAXINT), timer_fired, self);
}

static void set_timer(prpl_account *self)
{
    bool rough;
    int64_t next = msnp_session_deadline(self->session, &rough);

    if (self->timer != 0 && next >= self->timer_at && next < self->timer_at + TIMER_SLACK)
        return;
    if (self->timer != 0)
        purple_timeout_remove(self->timer);
    self->timer = 0;
    self->late = false;
    if (next == MSNP_NEVER)
        return;
    self->timer_at = next;
    self->timer = start_timer(self, next, rough);
}

static void tick(prpl_account *self)
{
    if (self->due)
        msnp_session_tick(self->session, prpl_account_now());
    self->due = false;
}

void prpl_pump(prpl_account *self)
{
    self->again = true;
    if (self->busy > 0)
        return;
    prpl_account_enter(self);
    tick(self);
    while (self->again && self->backlog == 0 && !prpl_account_is_over(self)) {
        self->again = false;
        dispatch(self);
        tick(self);
    }
    self->busy--;
    /* Not before the backlog is handled: the queue must not grow. */
    if (!prpl_account_is_over(self) && self->backlog == 0) {
        prpl_account_resume_reading(self);
        prpl_blist_go_on(self);
    }
    if (!prpl_account_is_over(self))
        set_timer(self);
    prpl_account_unref(self);
}
