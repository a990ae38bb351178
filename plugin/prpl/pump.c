/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pump.h"

#include "blist.h"
#include "chats.h"
#include "convo.h"
#include "log.h"
#include "presence.h"
#include "privacy.h"
#include "profile.h"
#include "signin.h"

#define PROGRESS_STEPS (MSNP_STEP_ONLINE + 1)

/*
 * How long conversations may keep the main loop busy at a time (microseconds), and the pause after
 * that (milliseconds), in which a client with windows can draw them. A switchboard that says
 * something in this pause is not read any more until it is over: who says too much has to wait.
 */
#define TALKS_TIME  10000
#define TALKS_PAUSE 1

/* A timer that comes so much too late is given another turn, so much later (milliseconds). */
#define LATE_TIME  5000
#define LATE_PAUSE 10

/*
 * A timer that is so much too early (milliseconds) is left alone: deadlines move with every answer,
 * and one look too many now and then is cheaper than a new timer for each packet. A keep-alive that
 * is far away may come two seconds later, so that those of all accounts go out together.
 */
#define TIMER_SLACK 1000
#define FAR_AWAY    10000
/* GLib lets a timer of whole seconds come so much earlier (milliseconds), never more. */
#define ROUNDED_DOWN 250

/* The text is always true; the number only grows, although a transfer begins again from the top. */
static void show_progress(prpl_account *self, msnp_step step, const char *host)
{
    prpl_log(self->account, "step %s (%s)", msnp_step_name(step), host != NULL ? host : "-");
    if (purple_connection_get_state(self->gc) != PURPLE_CONNECTING || step >= MSNP_STEP_ONLINE ||
        step == MSNP_STEP_PASSPORT)
        return;
    self->progress = MAX(self->progress, step);
    purple_connection_update_progress(self->gc, prpl_step_text(step), self->progress,
                                      PROGRESS_STEPS);
}

/* What Passport does before it is needed concerns nobody. */
static void show_passport_progress(prpl_account *self, msnp_step step, const char *host)
{
    if (prpl_signin_is_challenged(self))
        show_progress(self, step, host);
    else
        prpl_log(self->account, "meanwhile: step %s (%s)", msnp_step_name(step), host);
}

/*
 * The service's machine lets Passport's watch the time, but for the limit of the whole sign-in; who
 * kept it waiting then is whom Passport's was talking to.
 */
static void fail(prpl_account *self, const msnp_failure *failure)
{
    msnp_failure really = *failure;

    if (failure->err == MSNP_ERR_TIMEOUT && failure->step == MSNP_STEP_PASSPORT &&
        self->passport != NULL) {
        really.step = msnp_passport_step(self->passport);
        really.host = msnp_passport_host(self->passport, &really.port);
    }
    prpl_error error = prpl_error_of_failure(&really);
    prpl_signin_blame(self, failure);
    prpl_account_finish(self, &error);
}

/* Writes of one moment go out in one piece. */
static void flush(const prpl_wire *wire)
{
    if (wire != NULL && wire->link != NULL)
        prpl_link_flush(wire->link);
}

static void flush_switchboard(prpl_account *self)
{
    if (self->unsent != 0)
        flush(prpl_account_switchboard(self, self->unsent));
    self->unsent = 0;
}

/* What both machines ask for. True if it was that. */
static bool handle_io(prpl_account *self, prpl_wire *wire, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        prpl_wire_connect(wire, event->connect.host, event->connect.port, event->connect.tls);
        return true;
    case MSNP_EVENT_WRITE:
        if (wire->link != NULL)
            prpl_link_write(wire->link, event->write.data, event->write.len);
        return true;
    case MSNP_EVENT_CLOSE:
        prpl_wire_close(wire);
        return true;
    case MSNP_EVENT_TRACE:
        prpl_log_wire(self->account, wire->name, event->trace.sent, event->trace.text);
        return true;
    default:
        return false;
    }
}

static void handle_online(prpl_account *self)
{
    self->starting = true;
    if (purple_connection_get_state(self->gc) != PURPLE_CONNECTED)
        purple_connection_set_state(self->gc, PURPLE_CONNECTED);
    self->starting = false;
    if (prpl_account_is_over(self))
        return;
    prpl_blist_online(self);
    /* And once more: the last steps took their time, too. */
    prpl_presence_send(self);
}

/* What the user did while the sign-in was going on was not told to us. */
static void handle_signed_in(prpl_account *self, const char *handle, const char *friendly)
{
    msnp_talks_set_account(self->talks, handle);
    prpl_presence_send(self);
    purple_connection_set_display_name(self->gc, *friendly != '\0' ? friendly : handle);
}

static void handle_edited(prpl_account *self, const msnp_edit *edit, msnp_err err, unsigned number)
{
    if (edit->kind == MSNP_EDIT_NAME)
        prpl_profile_named(self, edit->text, err, number);
    else if (edit->kind == MSNP_EDIT_ALLOW_UNLISTED)
        prpl_privacy_mode(self);
    if (!prpl_account_is_over(self))
        prpl_blist_edited(self, edit, err, number);
}

/* The user is told where Passport has got to; what it does now comes as events. */
static void handle_challenge(prpl_account *self, const char *challenge)
{
    msnp_step step =
        self->passport != NULL ? msnp_passport_step(self->passport) : MSNP_STEP_PASSPORT;
    uint16_t port;

    prpl_signin_challenged(self, challenge);
    if (!prpl_account_is_over(self) && step != MSNP_STEP_LOGIN_READY)
        show_progress(self, step, msnp_passport_host(self->passport, &port));
}

static void handle_ns(prpl_account *self, const msnp_event *event)
{
    if (event->type == MSNP_EVENT_CONNECT)
        prpl_signin_connecting(self);
    if (handle_io(self, &self->service, event))
        return;
    flush(&self->service); /* what follows may take its time */
    switch (event->type) {
    case MSNP_EVENT_STEP:
        show_progress(self, event->step.step, event->step.host);
        break;
    case MSNP_EVENT_FAILED:
        fail(self, &event->failure);
        break;
    case MSNP_EVENT_CHALLENGE:
        handle_challenge(self, event->challenge);
        break;
    case MSNP_EVENT_NO_PIPELINING:
        prpl_signin_learn_no_pipelining(self);
        break;
    case MSNP_EVENT_SIGNED_IN:
        handle_signed_in(self, event->signed_in.handle, event->signed_in.friendly);
        break;
    case MSNP_EVENT_ONLINE:
        handle_online(self);
        break;
    case MSNP_EVENT_ROSTER:
        prpl_blist_roster(self, event->complete);
        break;
    case MSNP_EVENT_CONTACT:
        prpl_blist_contact(self, event->contact.account, event->contact.news);
        break;
    case MSNP_EVENT_EDITED:
        handle_edited(self, &event->edited.edit, event->edited.cause.err,
                      event->edited.cause.number);
        break;
    case MSNP_EVENT_SWITCHBOARD:
        msnp_talks_switchboard(self->talks, event->switchboard.request, event->switchboard.host,
                               event->switchboard.port, event->switchboard.cookie, prpl_now());
        break;
    case MSNP_EVENT_NO_SWITCHBOARD:
        msnp_talks_no_switchboard(self->talks, event->no_switchboard.request,
                                  event->no_switchboard.cause.err,
                                  event->no_switchboard.cause.number, prpl_now());
        break;
    case MSNP_EVENT_RUNG:
        if (prpl_convo_welcome(self, event->ring.account))
            msnp_talks_rung(self->talks, &event->ring, prpl_now());
        break;
    case MSNP_EVENT_STATUS_FAILED:
        prpl_presence_failed(self, event->status_failed.wanted, event->status_failed.number);
        break;
    case MSNP_EVENT_MOVED:
        prpl_log(self->account, "the service moves this session to another server");
        break;
    default:
        break; /* MSNP_EVENT_STATUS: libpurple shows it already */
    }
}

static void handle_passport_failed(prpl_account *self, const msnp_failure *failure)
{
    prpl_error error = prpl_error_of_failure(failure);

    prpl_signin_failed(self, &error);
}

static void handle_passport(prpl_account *self, const msnp_event *event)
{
    if (handle_io(self, &self->login, event))
        return;
    switch (event->type) {
    case MSNP_EVENT_STEP:
        show_passport_progress(self, event->step.step, event->step.host);
        break;
    case MSNP_EVENT_LOGIN_SERVER:
        prpl_signin_learn_login(self, event->login_server);
        break;
    case MSNP_EVENT_TICKET:
        prpl_signin_got_ticket(self, event->ticket);
        break;
    case MSNP_EVENT_FAILED:
        handle_passport_failed(self, &event->failure);
        break;
    default:
        break;
    }
}

/* What the switchboards' machines ask for. */
static void handle_switchboard(prpl_account *self, const msnp_event *event)
{
    const prpl_wire *wire = prpl_account_switchboard(self, event->conn);

    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        prpl_account_open_switchboard(self, event->conn, event->connect.host, event->connect.port);
        break;
    case MSNP_EVENT_WRITE:
        if (event->conn != self->unsent)
            flush_switchboard(self);
        self->unsent = event->conn;
        if (wire != NULL && wire->link != NULL)
            prpl_link_write(wire->link, event->write.data, event->write.len);
        break;
    case MSNP_EVENT_CLOSE:
        prpl_account_close_switchboard(self, event->conn);
        break;
    default:
        prpl_log_wire(self->account, "switchboard", event->trace.sent, event->trace.text);
        break;
    }
}

static bool is_for_switchboard(const msnp_event *event)
{
    return event->type == MSNP_EVENT_WRITE || event->type == MSNP_EVENT_TRACE;
}

static void handle_talks(prpl_account *self, const msnp_event *event)
{
    if (!is_for_switchboard(event))
        flush_switchboard(self);
    switch (event->type) {
    case MSNP_EVENT_ASK_SWITCHBOARD:
        msnp_ns_ask_switchboard(self->ns, event->request, prpl_now());
        self->again = true;
        break;
    case MSNP_EVENT_TALK_MESSAGE:
        prpl_convo_message(self, event);
        break;
    case MSNP_EVENT_TALK_TYPING:
        prpl_convo_typing(self, event);
        break;
    case MSNP_EVENT_TALK_UNDELIVERED:
        prpl_convo_undelivered(self, event);
        break;
    case MSNP_EVENT_CHAT_BEGUN:
        prpl_chat_begun(self, event);
        break;
    case MSNP_EVENT_CHAT_JOINED:
        prpl_chat_joined(self, event);
        break;
    case MSNP_EVENT_CHAT_LEFT:
        prpl_chat_left(self, event);
        break;
    case MSNP_EVENT_CHAT_CALL_FAILED:
        prpl_chat_call_failed(self, event);
        break;
    default:
        handle_switchboard(self, event);
        break;
    }
}

static gboolean backlog_fired(gpointer data)
{
    prpl_account *self = data;

    self->backlog = 0;
    prpl_account_pump(self);
    return G_SOURCE_REMOVE;
}

/* As much as is good at a time. */
static void dispatch_talks(prpl_account *self)
{
    gint64 until = g_get_monotonic_time() + TALKS_TIME;
    msnp_event event;

    while (!prpl_account_is_over(self) && self->backlog == 0 &&
           msnp_talks_next(self->talks, &event)) {
        handle_talks(self, &event);
        if (!prpl_account_is_over(self) && g_get_monotonic_time() >= until)
            self->backlog = purple_timeout_add(TALKS_PAUSE, backlog_fired, self);
    }
    flush_switchboard(self);
}

void prpl_pump_farewell(prpl_account *self)
{
    msnp_event event;

    prpl_account_ref(self);
    while (msnp_talks_next(self->talks, &event)) {
        /* What was said before still appears; but nothing new begins. */
        if (event.type != MSNP_EVENT_CONNECT && event.type != MSNP_EVENT_ASK_SWITCHBOARD)
            handle_talks(self, &event);
    }
    flush_switchboard(self);
    prpl_account_unref(self);
}

static void dispatch_all(prpl_account *self)
{
    msnp_event event;

    do {
        self->again = false;
        while (!prpl_account_is_over(self) && msnp_ns_next(self->ns, &event))
            handle_ns(self, &event);
        flush(&self->service);
        /* Each time from the top: a handler may have replaced the machine. */
        while (!prpl_account_is_over(self) && self->passport != NULL &&
               msnp_passport_next(self->passport, &event)) {
            handle_passport(self, &event);
            self->again = true; /* it may have given the service's machine something to do */
        }
        flush(&self->login);
        dispatch_talks(self);
    } while (self->again && !prpl_account_is_over(self));
}

/*
 * Somebody kept the main loop busy for long, or the whole client slept: answers may lie in the
 * sockets. They are read first, before anybody is told that there was none.
 */
static bool is_too_late(prpl_account *self)
{
    self->late = !self->late && prpl_now() > self->timer_at + LATE_TIME;
    return self->late;
}

static gboolean timer_fired(gpointer data)
{
    prpl_account *self = data;

    self->timer = is_too_late(self) ? purple_timeout_add(LATE_PAUSE, timer_fired, self) : 0;
    if (self->timer != 0)
        return G_SOURCE_REMOVE;
    msnp_ns_tick(self->ns, prpl_now());
    if (self->passport != NULL)
        msnp_passport_tick(self->passport, prpl_now());
    msnp_talks_tick(self->talks, prpl_now());
    prpl_account_pump(self);
    return G_SOURCE_REMOVE;
}

static guint start_timer(prpl_account *self, int64_t at)
{
    int64_t wait = MAX(at - prpl_now(), 1);
    bool keep_alive =
        msnp_ns_step(self->ns) == MSNP_STEP_ONLINE && at < msnp_talks_deadline(self->talks);

    /* Whole seconds are rounded by the event loop; too early would be once more in vain. */
    if (keep_alive && wait >= FAR_AWAY) {
        int64_t seconds = (wait + ROUNDED_DOWN) / 1000 + 1;

        return purple_timeout_add_seconds((guint)MIN(seconds, G_MAXINT), timer_fired, self);
    }
    return purple_timeout_add((guint)MIN(wait, G_MAXINT), timer_fired, self);
}

static void set_timer(prpl_account *self)
{
    int64_t next = msnp_ns_deadline(self->ns);

    if (self->passport != NULL)
        next = MIN(next, msnp_passport_deadline(self->passport));
    next = MIN(next, msnp_talks_deadline(self->talks));
    if (self->timer != 0 && next >= self->timer_at && next < self->timer_at + TIMER_SLACK)
        return;
    if (self->timer != 0)
        purple_timeout_remove(self->timer);
    self->timer = 0;
    self->late = false;
    if (next == MSNP_NEVER)
        return;
    self->timer_at = next;
    self->timer = start_timer(self, next);
}

void prpl_pump(prpl_account *self)
{
    if (self->pumping) {
        self->again = true;
        return;
    }
    prpl_account_ref(self);
    self->pumping = true;
    dispatch_all(self);
    self->pumping = false;
    /* Not before all that came so far is handled: what waits must not grow. */
    if (!prpl_account_is_over(self) && self->backlog == 0)
        prpl_account_resume_switchboards(self);
    if (!prpl_account_is_over(self))
        set_timer(self);
    prpl_account_unref(self);
}
