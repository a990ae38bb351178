/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "account.h"

#include "log.h"

#include <string.h>

int64_t prpl_now(void)
{
    return g_get_monotonic_time() / 1000;
}

prpl_account *prpl_account_of(PurpleConnection *gc)
{
    return gc != NULL ? purple_connection_get_protocol_data(gc) : NULL;
}

void prpl_account_ref(prpl_account *self)
{
    self->refs++;
}

void prpl_account_unref(prpl_account *self)
{
    if (--self->refs > 0)
        return;
    self->ops->destroy(self);
    msnp_ns_free(self->ns);
    msnp_passport_free(self->passport);
    msnp_talks_free(self->talks);
    g_hash_table_destroy(self->switchboards);
    g_ptr_array_free(self->reports, TRUE);
    g_free(self);
}

/* --- wires ---------------------------------------------------------------------------------- */

static bool is_login(const prpl_wire *wire)
{
    return wire == &wire->account->login;
}

static bool is_switchboard(const prpl_wire *wire)
{
    return wire->number != 0;
}

static void wire_connected(prpl_link *link, gpointer data)
{
    prpl_wire *wire = data;
    prpl_account *self = wire->account;

    (void)link;
    if (is_switchboard(wire))
        msnp_talks_connected(self->talks, wire->number, prpl_now());
    else if (is_login(wire))
        msnp_passport_connected(self->passport, prpl_now());
    else
        msnp_ns_connected(self->ns, prpl_now());
    prpl_account_pump(self);
}

/*
 * It said more than can be handled now: it is not read until that is done. The others are, so that
 * who talks without an end does not silence them.
 */
static void pause_switchboard(prpl_account *self, unsigned number)
{
    const prpl_wire *wire = prpl_account_switchboard(self, number);

    if (wire == NULL || wire->link == NULL)
        return;
    prpl_link_pause(wire->link, true);
    self->pausing = true;
}

static void wire_received(prpl_link *link, const char *bytes, size_t len, gpointer data)
{
    prpl_wire *wire = data;
    prpl_account *self = wire->account;
    unsigned number;

    (void)link;
    /* What went wrong comes out as an event. */
    if (is_switchboard(wire))
        msnp_talks_feed(self->talks, wire->number, bytes, len, prpl_now());
    else if (is_login(wire))
        (void)msnp_passport_feed(self->passport, bytes, len, prpl_now());
    else
        (void)msnp_ns_feed(self->ns, bytes, len, prpl_now());
    if (len == 0)
        prpl_wire_close(wire);
    number = wire->number;
    /* Somebody runs a main loop inside of what we are doing: nothing is handled before it ends. */
    bool busy = self->pumping;
    prpl_account_ref(self);
    prpl_account_pump(self);
    if (number != 0 && (busy || self->backlog != 0))
        pause_switchboard(self, number);
    prpl_account_unref(self);
}

/* A conversation without a switchboard is the conversation's trouble, not the account's. */
static void switchboard_failed(prpl_wire *wire)
{
    prpl_account *self = wire->account;

    prpl_log(self->account, "switchboard %u could not be reached", wire->number);
    msnp_talks_feed(self->talks, wire->number, "", 0, prpl_now());
    prpl_wire_close(wire);
    prpl_account_pump(self);
}

/* The machine may go elsewhere; its host is needed for the text even if it does. */
static void login_failed(prpl_account *self, prpl_error *error)
{
    char *host = g_strdup(error->host);

    error->host = host;
    prpl_account_ref(self);
    self->ops->connect_failed(self, error);
    prpl_account_pump(self);
    prpl_account_unref(self);
    g_free(host);
}

static void wire_failed(prpl_link *link, prpl_problem problem, const char *text, gpointer data)
{
    prpl_wire *wire = data;
    prpl_account *self = wire->account;
    prpl_error error = {.problem = problem};

    (void)link;
    if (is_switchboard(wire)) {
        switchboard_failed(wire);
        return;
    }
    char *detail = text != NULL ? msnp_text_clean(text, strlen(text), SIZE_MAX) : NULL;
    error.detail = detail;
    if (is_login(wire)) {
        error.step = msnp_passport_step(self->passport);
        error.host = msnp_passport_host(self->passport, &error.port);
        login_failed(self, &error);
    } else {
        error.step = msnp_ns_step(self->ns);
        error.host = msnp_ns_host(self->ns, &error.port);
        prpl_account_finish(self, &error);
    }
    g_free(detail);
}

/* Nobody knows how long a person thinks: the machines' clocks stand still meanwhile. */
static void set_asking(prpl_wire *wire, bool asking)
{
    prpl_account *self = wire->account;

    if (wire->asking == asking)
        return;
    wire->asking = asking;
    wire->asked = wire->asked || asking;
    prpl_log(self->account, asking ? "a person is asked about a certificate"
                                   : "nobody is asked about a certificate any more");
    if (asking) {
        msnp_ns_hold(self->ns, prpl_now());
        msnp_passport_hold(self->passport, prpl_now());
    } else {
        msnp_ns_resume(self->ns, prpl_now());
        msnp_passport_resume(self->passport, prpl_now());
    }
}

static void wire_asking(prpl_link *link, bool asking, gpointer data)
{
    prpl_wire *wire = data;

    (void)link;
    set_asking(wire, asking);
    prpl_account_pump(wire->account);
}

static const prpl_link_ops wire_ops = {.connected = wire_connected,
                                       .received = wire_received,
                                       .failed = wire_failed,
                                       .asking = wire_asking};

void prpl_wire_connect(prpl_wire *wire, const char *host, uint16_t port, bool tls)
{
    prpl_log(wire->account->account, "connecting to %s %s port %u", wire->name, host, port);
    prpl_wire_close(wire);
    wire->link = prpl_link_open(wire->account->account, host, port, tls, &wire_ops, wire);
}

void prpl_wire_close(prpl_wire *wire)
{
    /* A question that is open vanishes with the link, and nobody will say so. */
    set_asking(wire, false);
    prpl_link_close(wire->link);
    wire->link = NULL;
}

static void wire_free(gpointer data)
{
    prpl_wire *wire = data;

    prpl_wire_close(wire);
    g_free(wire);
}

prpl_wire *prpl_account_switchboard(const prpl_account *self, unsigned number)
{
    return g_hash_table_lookup(self->switchboards, GUINT_TO_POINTER(number));
}

void prpl_account_open_switchboard(prpl_account *self, unsigned number, const char *host,
                                   uint16_t port)
{
    prpl_wire *wire = g_new0(prpl_wire, 1);

    *wire = (prpl_wire){.account = self, .name = "switchboard", .number = number};
    g_hash_table_replace(self->switchboards, GUINT_TO_POINTER(number), wire);
    prpl_wire_connect(wire, host, port, false);
}

void prpl_account_close_switchboard(prpl_account *self, unsigned number)
{
    g_hash_table_remove(self->switchboards, GUINT_TO_POINTER(number));
}

void prpl_account_resume_switchboards(prpl_account *self)
{
    GHashTableIter iter;
    gpointer value;

    if (!self->pausing)
        return;
    self->pausing = false;
    g_hash_table_iter_init(&iter, self->switchboards);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const prpl_wire *wire = value;
        if (wire->link != NULL)
            prpl_link_pause(wire->link, false);
    }
}

void prpl_account_drop_passport(prpl_account *self)
{
    prpl_wire_close(&self->login);
    g_clear_pointer(&self->passport, msnp_passport_free);
}

prpl_account *prpl_account_new(PurpleAccount *account, const prpl_account_ops *ops)
{
    PurpleConnection *gc = purple_account_get_connection(account);
    prpl_account *self = g_new0(prpl_account, 1);

    self->gc = gc;
    self->account = account;
    self->refs = 1;
    self->service = (prpl_wire){.account = self, .name = "service"};
    self->login = (prpl_wire){.account = self, .name = "Passport"};
    self->switchboards = g_hash_table_new_full(NULL, NULL, NULL, wire_free);
    self->talks = msnp_talks_new();
    self->over = MSNP_ERR_SIGNED_OUT;
    self->reports = g_ptr_array_new_with_free_func(g_free);
    self->ops = ops;
    purple_connection_set_protocol_data(gc, self);
    return self;
}

void prpl_account_pump(prpl_account *self)
{
    self->ops->pump(self);
}

static gboolean pump_now(gpointer data)
{
    prpl_account *self = data;

    self->soon = 0;
    prpl_account_pump(self);
    return G_SOURCE_REMOVE;
}

void prpl_account_hang_up(prpl_account *self, const char *who)
{
    if (prpl_account_is_over(self))
        return;
    msnp_talks_close(self->talks, (msnp_place){.who = who}, prpl_now());
    /* Not at once: who asks for it may be in the middle of the buddy list. */
    if (self->soon == 0)
        self->soon = purple_timeout_add(0, pump_now, self);
}

void prpl_account_edit(prpl_account *self, const msnp_edit *edit)
{
    msnp_ns_edit(self->ns, edit, prpl_now());
    prpl_account_pump(self);
}

static void release(prpl_account *self)
{
    prpl_wire_close(&self->service);
    prpl_wire_close(&self->login);
    g_hash_table_remove_all(self->switchboards);
    if (self->timer != 0)
        purple_timeout_remove(self->timer);
    if (self->backlog != 0)
        purple_timeout_remove(self->backlog);
    if (self->soon != 0)
        purple_timeout_remove(self->soon);
    self->timer = self->backlog = self->soon = 0;
}

bool prpl_account_is_over(const prpl_account *self)
{
    return self->finished || self->closed;
}

static msnp_err why_over(prpl_problem problem)
{
    switch (problem) {
    case PRPL_PROBLEM_ELSEWHERE:
        return MSNP_ERR_ELSEWHERE;
    case PRPL_PROBLEM_SHUTDOWN:
        return MSNP_ERR_SHUTDOWN;
    default:
        return MSNP_ERR_CLOSED;
    }
}

void prpl_account_finish(prpl_account *self, const prpl_error *error)
{
    if (prpl_account_is_over(self))
        return;
    self->finished = true;
    self->over = why_over(error->problem);

    char *text = prpl_error_text(error);
    PurpleConnectionError reason = prpl_error_reason(error);
    /* Without this the client would try the same password again, silently. */
    if (prpl_error_blames_password(error) && !purple_account_get_remember_password(self->account))
        purple_account_set_password(self->account, NULL);
    release(self);
    prpl_log(self->account, "over at step %s: %s", msnp_step_name(error->step), text);
    purple_connection_error_reason(self->gc, reason, text);
    g_free(text);
}

void prpl_account_end_talks(prpl_account *self)
{
    msnp_talks_end(self->talks, self->over, prpl_now());
    self->ops->farewell(self);
}

/* Says goodbye, if the sign-in got so far, without going through the handlers of events. */
static void say_out(prpl_account *self)
{
    msnp_event event;

    msnp_ns_sign_out(self->ns);
    while (msnp_ns_next(self->ns, &event))
        if (event.type == MSNP_EVENT_WRITE && self->service.link != NULL)
            prpl_link_write(self->service.link, event.write.data, event.write.len);
}

void prpl_account_close(PurpleConnection *gc)
{
    prpl_account *self = prpl_account_of(gc);

    if (self == NULL)
        return;
    prpl_account_end_talks(self);
    if (!self->finished)
        say_out(self);
    self->closed = true;
    release(self);
    purple_connection_set_protocol_data(gc, NULL);
    prpl_account_unref(self);
}
