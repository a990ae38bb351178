/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pump.h"

#include "blist.h"
#include "log.h"
#include "presence.h"
#include "privacy.h"
#include "profile.h"

#define PROGRESS_STEPS (MSNP_STEP_ONLINE + 1)

/* The text is always true; the number only grows, although a transfer begins again from the top. */
static void show_progress(msn_account *self, msnp_step step, const char *host)
{
    msn_log(self->account, "step %s (%s)", msnp_step_name(step), host != NULL ? host : "-");
    if (purple_connection_get_state(self->gc) != PURPLE_CONNECTING || step == MSNP_STEP_ONLINE ||
        step == MSNP_STEP_PASSPORT)
        return;
    self->progress = MAX(self->progress, step);
    purple_connection_update_progress(self->gc, msn_step_text(step), self->progress,
                                      PROGRESS_STEPS);
}

/*
 * The service's machine lets Passport's watch the time, but for the limit of the whole sign-in; who
 * kept it waiting then is whom Passport's was talking to.
 */
static void fail(msn_account *self, const msnp_failure *failure)
{
    msnp_failure really = *failure;

    if (failure->err == MSNP_ERR_TIMEOUT && failure->step == MSNP_STEP_PASSPORT &&
        self->passport != NULL) {
        really.step = msnp_passport_step(self->passport);
        really.host = msnp_passport_host(self->passport, &really.port);
    }
    msn_error error = msn_error_of_failure(&really);
    msn_account_finish(self, &error);
}

/* What both machines ask for. True if it was that. */
static bool handle_io(msn_account *self, msn_wire *wire, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        msn_wire_connect(wire, event->connect.host, event->connect.port, event->connect.tls);
        return true;
    case MSNP_EVENT_WRITE:
        if (wire->link != NULL)
            msn_link_write(wire->link, event->write.data, event->write.len);
        return true;
    case MSNP_EVENT_CLOSE:
        msn_wire_close(wire);
        return true;
    case MSNP_EVENT_STEP:
        show_progress(self, event->step.step, event->step.host);
        return true;
    case MSNP_EVENT_TRACE:
        msn_log_wire(self->account, wire->name, event->trace.sent, event->trace.text);
        return true;
    case MSNP_EVENT_FAILED:
        fail(self, &event->failure);
        return true;
    default:
        return false;
    }
}

static void handle_online(msn_account *self)
{
    self->starting = true;
    if (purple_connection_get_state(self->gc) != PURPLE_CONNECTED)
        purple_connection_set_state(self->gc, PURPLE_CONNECTED);
    self->starting = false;
    if (msn_account_is_over(self))
        return;
    msn_blist_online(self);
    /* And once more: the last steps took their time, too. */
    msn_presence_send(self);
}

/* What the user did while the sign-in was going on was not told to us. */
static void handle_signed_in(msn_account *self, const char *handle, const char *friendly)
{
    msn_presence_send(self);
    purple_connection_set_display_name(self->gc, *friendly != '\0' ? friendly : handle);
}

static void handle_edited(msn_account *self, const msnp_edit *edit, msnp_err err, unsigned number)
{
    if (edit->kind == MSNP_EDIT_NAME)
        msn_profile_named(self, edit->text, err, number);
    else if (edit->kind == MSNP_EDIT_STRANGERS)
        msn_privacy_mode(self);
    if (!msn_account_is_over(self))
        msn_blist_edited(self, edit, err, number);
}

static void handle_ns(msn_account *self, const msnp_event *event)
{
    /* Another server: what Passport was doing was for the one that we leave. */
    if (event->type == MSNP_EVENT_CONNECT)
        msn_account_drop_passport(self);
    if (handle_io(self, &self->service, event))
        return;
    switch (event->type) {
    case MSNP_EVENT_CHALLENGE:
        msn_account_ask_passport(self, event->challenge);
        break;
    case MSNP_EVENT_SIGNED_IN:
        handle_signed_in(self, event->signed_in.handle, event->signed_in.friendly);
        break;
    case MSNP_EVENT_ONLINE:
        handle_online(self);
        break;
    case MSNP_EVENT_ROSTER:
        msn_blist_roster(self, event->complete);
        break;
    case MSNP_EVENT_CONTACT:
        msn_blist_contact(self, event->contact.account, event->contact.news);
        break;
    case MSNP_EVENT_EDITED:
        handle_edited(self, &event->edited.edit, event->edited.err, event->edited.number);
        break;
    case MSNP_EVENT_STATUS_FAILED:
        msn_presence_failed(self, event->status_failed.wanted, event->status_failed.number);
        break;
    case MSNP_EVENT_MOVED:
        msn_log(self->account, "the service moves this session to another server");
        break;
    default:
        break; /* MSNP_EVENT_STATUS: libpurple shows it already */
    }
}

static void handle_passport(msn_account *self, const msnp_event *event)
{
    if (!handle_io(self, &self->login, event) && event->type == MSNP_EVENT_TICKET)
        (void)msnp_ns_ticket(self->ns, event->ticket, msn_now());
}

static void dispatch_all(msn_account *self)
{
    msnp_event event;

    do {
        self->again = false;
        while (!msn_account_is_over(self) && msnp_ns_next(self->ns, &event))
            handle_ns(self, &event);
        /* Each time from the top: a handler may have replaced the machine. */
        while (!msn_account_is_over(self) && self->passport != NULL &&
               msnp_passport_next(self->passport, &event)) {
            handle_passport(self, &event);
            self->again = true; /* it may have given the service's machine something to do */
        }
    } while (self->again && !msn_account_is_over(self));
}

static gboolean timer_fired(gpointer data)
{
    msn_account *self = data;

    self->timer = 0;
    msnp_ns_tick(self->ns, msn_now());
    if (self->passport != NULL)
        msnp_passport_tick(self->passport, msn_now());
    msn_account_pump(self);
    return G_SOURCE_REMOVE;
}

/*
 * A timer that is too early is left alone: deadlines move with every answer, and one look too many
 * each half minute is cheaper than a new timer for each packet.
 */
static void set_timer(msn_account *self)
{
    int64_t next = msnp_ns_deadline(self->ns);

    if (self->passport != NULL)
        next = MIN(next, msnp_passport_deadline(self->passport));
    if (self->timer != 0 && next >= self->timer_at)
        return;
    if (self->timer != 0)
        purple_timeout_remove(self->timer);
    self->timer = 0;
    if (next == MSNP_NEVER)
        return;
    self->timer_at = next;
    self->timer =
        purple_timeout_add((guint)CLAMP(next - msn_now(), 1, G_MAXINT), timer_fired, self);
}

void msn_pump(msn_account *self)
{
    if (self->pumping) {
        self->again = true;
        return;
    }
    msn_account_ref(self);
    self->pumping = true;
    dispatch_all(self);
    self->pumping = false;
    if (!msn_account_is_over(self))
        set_timer(self);
    msn_account_unref(self);
}
