/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver.h"

#include "lists.h"

#include <string.h>

#define START      ((int64_t)100000) /* of the clock; not 0, so that a forgotten `now` shows */
#define SECRET_MIN 6                 /* shorter ones can be in a text by accident */
#define TICKS_MAX  1000

struct driver {
    const transcript *script;
    msnp_ns *ns;
    msnp_passport *passport;
    bool open[N_SIDES];
    bool over[N_SIDES];       /* FAILED, or signed out: nothing may follow */
    msnp_err failed[N_SIDES]; /* the error in FAILED */
    size_t edits;             /* that have no result yet */
    bool merged;              /* an edit was divided into others meanwhile */
    GQueue outputs;           /* output */
    GPtrArray *secrets;       /* texts that no trace may show */
    int64_t now;
    char *challenge; /* waits to be given to Passport */
    char *ticket;    /* waits to be given to the notification server */
    char *fault;
};

const char *side_name(script_side side)
{
    return side == SIDE_NS ? "ns" : "passport";
}

static G_GNUC_PRINTF(2, 3) void found(script_driver *driver, const char *format, ...)
{
    va_list args;

    if (driver->fault)
        return;
    va_start(args, format);
    driver->fault = g_strdup_vprintf(format, args);
    va_end(args);
}

static void add_secret(script_driver *driver, const char *text)
{
    if (strlen(text) >= SECRET_MIN)
        g_ptr_array_add(driver->secrets, g_strdup(text));
}

static char *host_and_port(const char *host, uint16_t port)
{
    if (!host)
        return g_strdup("-");
    return g_strdup_printf(strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
}

static char *quoted(const char *text)
{
    return text ? script_escape(text, strlen(text), true) : g_strdup("-");
}

/* --- events as text ------------------------------------------------------------------------- */

/* The event as a script has it. The strings of the event are checked by being read. */
static GString *event_text(const msnp_event *event)
{
    GString *text = g_string_new(msnp_event_name(event->type));
    char *host;
    char *words;

    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        host = host_and_port(event->connect.host, event->connect.port);
        g_string_append_printf(text, " %s%s", host, event->connect.tls ? " tls" : "");
        g_free(host);
        break;
    case MSNP_EVENT_STEP:
        g_string_append_printf(text, " %s", msnp_step_name(event->step.step));
        break;
    case MSNP_EVENT_CHALLENGE:
        g_string_append_printf(text, " %s", event->challenge);
        break;
    case MSNP_EVENT_TICKET:
        g_string_append_printf(text, " %s", event->ticket);
        break;
    case MSNP_EVENT_SIGNED_IN:
        words = quoted(event->signed_in.friendly);
        g_string_append_printf(text, " %s %s", event->signed_in.handle, words);
        g_free(words);
        break;
    case MSNP_EVENT_ONLINE:
    case MSNP_EVENT_STATUS:
        g_string_append_printf(text, " %s", msnp_status_code(event->status));
        break;
    case MSNP_EVENT_STATUS_FAILED:
        g_string_append_printf(text, " %s %u", msnp_status_code(event->status_failed.wanted),
                               event->status_failed.number);
        break;
    case MSNP_EVENT_ROSTER:
        g_string_append(text, event->complete ? " complete" : " incomplete");
        break;
    case MSNP_EVENT_CONTACT:
        g_string_append_printf(text, " %s", event->contact.account);
        lists_news_write(text, event->contact.news);
        break;
    case MSNP_EVENT_EDITED:
        g_string_append_c(text, ' ');
        lists_edit_write(text, &event->edited.edit);
        g_string_append_printf(text, " %s %u", msnp_err_name(event->edited.err),
                               event->edited.number);
        break;
    case MSNP_EVENT_FAILED:
        host = host_and_port(event->failure.host, event->failure.port);
        words = quoted(event->failure.text);
        g_string_append_printf(text, " %s %s %s %u %s", msnp_err_name(event->failure.err),
                               msnp_step_name(event->failure.step), host, event->failure.number,
                               words);
        g_free(words);
        g_free(host);
        break;
    case MSNP_EVENT_TRACE:
        words = quoted(event->trace.text);
        g_string_append_printf(text, " %s %s", event->trace.sent ? ">>>" : "<<<", words);
        g_free(words);
        break;
    case MSNP_EVENT_WRITE:
    case MSNP_EVENT_CLOSE:
    case MSNP_EVENT_MOVED:
    case MSNP_N_EVENTS:
        break;
    }
    return text;
}

/* --- what came out -------------------------------------------------------------------------- */

static void output_free(script_output *out)
{
    g_string_free(out->text, TRUE);
    g_free(out);
}

static void add_output(script_driver *driver, script_side from, bool bytes, GString *text)
{
    script_output *last = g_queue_peek_tail(&driver->outputs);

    if (bytes && last && last->bytes && last->side == from) {
        g_string_append_len(last->text, text->str, (gssize)text->len);
        g_string_free(text, TRUE);
        return;
    }
    last = g_new0(script_output, 1);
    last->side = from;
    last->bytes = bytes;
    last->text = text;
    g_queue_push_tail(&driver->outputs, last);
}

static void check_trace(script_driver *driver, const char *text)
{
    for (const char *at = text; *at; at++) {
        if (*at < 0x20 || *at > 0x7e) {
            found(driver, "a trace is not printable ASCII: %s", text);
            return;
        }
    }
    for (unsigned i = 0; i < driver->secrets->len; i++) {
        if (strstr(text, driver->secrets->pdata[i]))
            found(driver, "a trace shows a secret: %s", text);
    }
}

static void check_order(script_driver *driver, script_side from, const msnp_event *event)
{
    if (driver->over[from])
        found(driver, "%s: %s comes after the end", side_name(from), msnp_event_name(event->type));
    if (event->type == MSNP_EVENT_WRITE && !driver->open[from])
        found(driver, "%s: writes without a connection", side_name(from));
    if (event->type == MSNP_EVENT_WRITE && event->write.len == 0)
        found(driver, "%s: writes nothing", side_name(from));
    if (event->type == MSNP_EVENT_CONNECT && event->connect.tls != (from == SIDE_PASSPORT))
        found(driver, "%s: TLS must be for Passport and only for it", side_name(from));
}

static void take(script_driver *driver, script_side from, const msnp_event *event)
{
    check_order(driver, from, event);
    switch (event->type) {
    case MSNP_EVENT_WRITE:
        add_output(driver, from, true,
                   g_string_new_len(event->write.data, (gssize)event->write.len));
        return;
    case MSNP_EVENT_TRACE:
        check_trace(driver, event->trace.text);
        if (!driver->script->traces)
            return;
        break;
    case MSNP_EVENT_STEP:
        if (!driver->script->steps)
            return;
        break;
    case MSNP_EVENT_FAILED:
        driver->over[from] = true;
        driver->failed[from] = event->failure.err;
        driver->open[from] = false;
        break;
    case MSNP_EVENT_CONNECT:
    case MSNP_EVENT_CLOSE:
        driver->open[from] = false;
        break;
    case MSNP_EVENT_CHALLENGE:
        add_secret(driver, event->challenge);
        if (!strcmp(driver->script->machine, "both")) {
            g_free(driver->challenge);
            driver->challenge = g_strdup(event->challenge);
        }
        break;
    case MSNP_EVENT_TICKET:
        add_secret(driver, event->ticket);
        if (!strcmp(driver->script->machine, "both")) {
            g_free(driver->ticket);
            driver->ticket = g_strdup(event->ticket);
        }
        break;
    case MSNP_EVENT_CONTACT:
        if (!event->contact.news ||
            !msnp_roster_find(msnp_ns_roster(driver->ns), msnp_str_of(event->contact.account)))
            found(driver, "CONTACT tells nothing, or of nobody");
        break;
    case MSNP_EVENT_EDITED:
        driver->edits--;
        driver->merged = driver->merged || event->edited.edit.kind == MSNP_EDIT_RENAME_GROUP;
        break;
    case MSNP_EVENT_SIGNED_IN:
    case MSNP_EVENT_ONLINE:
    case MSNP_EVENT_STATUS:
    case MSNP_EVENT_STATUS_FAILED:
    case MSNP_EVENT_ROSTER:
    case MSNP_EVENT_MOVED:
    case MSNP_N_EVENTS:
        break;
    }
    add_output(driver, from, false, event_text(event));
}

static void start_passport(script_driver *driver, const char *account, const char *challenge)
{
    const transcript *script = driver->script;
    msnp_passport_config config = {
        .account = account,
        .password = script->password,
        .challenge = challenge,
        .nexus_url = script->nexus_url,
        .login_url = script->login_url,
    };

    msnp_passport_free(driver->passport);
    driver->open[SIDE_PASSPORT] = driver->over[SIDE_PASSPORT] = false;
    driver->failed[SIDE_PASSPORT] = MSNP_OK;
    driver->passport = msnp_passport_new(&config);
    msnp_passport_set_trace(driver->passport, true);
    msnp_passport_start(driver->passport, driver->now);
}

/* A machine that is over wants no more ticks and is at its last step. */
static void check_over(script_driver *driver, script_side of)
{
    int64_t deadline = MSNP_NEVER;

    if (!driver->over[of])
        return;
    if (of == SIDE_NS && driver->ns)
        deadline = msnp_ns_deadline(driver->ns);
    if (of == SIDE_PASSPORT && driver->passport)
        deadline = msnp_passport_deadline(driver->passport);
    if (deadline != MSNP_NEVER)
        found(driver, "%s: has a deadline after its end", side_name(of));
    if (strcmp(driver_step(driver, of), msnp_step_name(MSNP_STEP_OFFLINE)) != 0)
        found(driver, "%s: is over, but its step is %s", side_name(of), driver_step(driver, of));
}

/* Every edit ends once, and the roster does not contradict itself. */
static void check_roster(script_driver *driver)
{
    const char *fault = lists_fault(msnp_ns_roster(driver->ns));
    size_t waiting = msnp_ns_edits_waiting(driver->ns);

    if (fault)
        found(driver, "ns: %s", fault);
    if (waiting != driver->edits && !driver->merged)
        found(driver, "ns: %zu edits wait, and should %zu", waiting, driver->edits);
    driver->edits = waiting;
    driver->merged = false;
}

/* Takes all events out and does what an adapter does to join the machines. */
static void pump(script_driver *driver)
{
    msnp_event event;
    bool again = true;

    while (again) {
        again = false;
        while (driver->ns && msnp_ns_next(driver->ns, &event))
            take(driver, SIDE_NS, &event);
        while (driver->passport && msnp_passport_next(driver->passport, &event))
            take(driver, SIDE_PASSPORT, &event);
        if (driver->challenge) {
            start_passport(driver, msnp_ns_handle(driver->ns), driver->challenge);
            g_clear_pointer(&driver->challenge, g_free);
            again = true;
        }
        if (driver->ticket) {
            if (msnp_ns_ticket(driver->ns, driver->ticket, driver->now) != MSNP_OK)
                found(driver, "ns: refuses the ticket of passport");
            g_clear_pointer(&driver->ticket, g_free);
            again = true;
        }
    }
    check_over(driver, SIDE_NS);
    check_over(driver, SIDE_PASSPORT);
    if (driver->ns)
        check_roster(driver);
}

/* --- what goes in --------------------------------------------------------------------------- */

script_driver *driver_new(const transcript *script)
{
    script_driver *made = g_new0(script_driver, 1);
    char *encoded = g_uri_escape_string(script->password, NULL, FALSE);
    char *pair = g_strdup_printf("pwd=%s", encoded);

    made->script = script;
    made->now = START;
    g_queue_init(&made->outputs);
    made->secrets = g_ptr_array_new_with_free_func(g_free);
    add_secret(made, pair);
    /* The word itself is no secret where it is the password of the example. */
    if (strcmp(script->password, "password") != 0) {
        add_secret(made, script->password);
        add_secret(made, encoded);
    }
    g_free(pair);
    g_free(encoded);

    if (!strcmp(script->machine, "passport")) {
        add_secret(made, script->challenge);
        start_passport(made, script->account, script->challenge);
    } else {
        msnp_ns_config config = {
            .account = script->account,
            .host = script->host,
            .port = script->port,
        };

        if (!msnp_status_from_code(msnp_str_of(script->status), &config.status))
            found(made, "unknown status in the header: %s", script->status);
        made->ns = msnp_ns_new(&config);
        msnp_ns_set_trace(made->ns, true);
        msnp_ns_start(made->ns, made->now);
    }
    pump(made);
    return made;
}

void driver_free(script_driver *driver)
{
    script_output *out;

    if (!driver)
        return;
    msnp_ns_free(driver->ns);
    msnp_passport_free(driver->passport);
    while ((out = g_queue_pop_head(&driver->outputs)))
        output_free(out);
    g_ptr_array_unref(driver->secrets);
    g_free(driver->challenge);
    g_free(driver->ticket);
    g_free(driver->fault);
    g_free(driver);
}

/* Feeds and compares what feed() returns with what the events say. */
static void feed(script_driver *driver, script_side to, const char *data, size_t len)
{
    /* A copy of exactly this size: a sanitizer sees who reads beyond it. */
    char *copy = len ? g_memdup2(data, len) : NULL;
    msnp_err err;

    driver->failed[to] = MSNP_OK;
    if (to == SIDE_NS)
        err = msnp_ns_feed(driver->ns, copy, len, driver->now);
    else
        err = msnp_passport_feed(driver->passport, copy, len, driver->now);
    g_free(copy);
    pump(driver);
    if (err != driver->failed[to])
        found(driver, "%s: feed() says \"%s\", the events say \"%s\"", side_name(to),
              msnp_err_name(err), msnp_err_name(driver->failed[to]));
}

void driver_feed(script_driver *driver, script_side to, const char *data, size_t len)
{
    if (driver->open[to] && len)
        feed(driver, to, data, len);
}

static int64_t next_deadline(const script_driver *driver)
{
    int64_t ns = driver->ns ? msnp_ns_deadline(driver->ns) : MSNP_NEVER;
    int64_t passport = driver->passport ? msnp_passport_deadline(driver->passport) : MSNP_NEVER;

    return MIN(ns, passport);
}

static void tick(script_driver *driver)
{
    if (driver->ns)
        msnp_ns_tick(driver->ns, driver->now);
    if (driver->passport)
        msnp_passport_tick(driver->passport, driver->now);
    pump(driver);
    if (next_deadline(driver) <= driver->now)
        found(driver, "after a tick the next deadline is not in the future");
}

void driver_advance(script_driver *driver, int64_t ms, bool jump)
{
    int64_t end = driver->now + ms;

    for (unsigned i = 0; !jump && next_deadline(driver) < end && !driver->fault; i++) {
        driver->now = MAX(driver->now, next_deadline(driver));
        tick(driver);
        if (i > TICKS_MAX)
            found(driver, "too many deadlines");
    }
    driver->now = end;
    tick(driver);
}

static void do_connected(script_driver *driver, script_side to)
{
    driver->open[to] = true;
    if (to == SIDE_NS)
        msnp_ns_connected(driver->ns, driver->now);
    else
        msnp_passport_connected(driver->passport, driver->now);
}

static void do_ticket(script_driver *driver, const char *ticket, msnp_err expected)
{
    msnp_err err;

    if (expected == MSNP_OK)
        add_secret(driver, ticket);
    err = msnp_ns_ticket(driver->ns, ticket, driver->now);
    if (err != expected)
        found(driver, "ns_ticket() says \"%s\"", msnp_err_name(err));
}

static void do_edit(script_driver *driver, const char *text)
{
    lists_edit made;

    if (!lists_edit_read(&made, text)) {
        found(driver, "not an edit: %s", text);
    } else {
        /* After the end there is nobody who could do it. */
        driver->edits += !driver->over[SIDE_NS];
        msnp_ns_edit(driver->ns, &made.edit, driver->now);
    }
    lists_edit_clear(&made);
}

static bool do_for_ns(script_driver *driver, const char *what)
{
    msnp_status status;

    if (g_str_has_prefix(what, "ticket "))
        do_ticket(driver, what + strlen("ticket "), MSNP_OK);
    else if (g_str_has_prefix(what, "refused-ticket "))
        do_ticket(driver, what + strlen("refused-ticket "), MSNP_ERR_NO_TICKET);
    else if (g_str_has_prefix(what, "status ") &&
             msnp_status_from_code(msnp_str_of(what + strlen("status ")), &status))
        msnp_ns_set_status(driver->ns, status, driver->now);
    else if (g_str_has_prefix(what, "edit "))
        do_edit(driver, what + strlen("edit "));
    else if (!strcmp(what, "sign-out"))
        msnp_ns_sign_out(driver->ns);
    else
        return false;
    return true;
}

void driver_do(script_driver *driver, script_side to, const char *what)
{
    if (to == SIDE_NS ? !driver->ns : !driver->passport) {
        found(driver, "there is no %s machine", side_name(to));
        return;
    }
    if (!strcmp(what, "connected")) {
        do_connected(driver, to);
    } else if (!strcmp(what, "close")) {
        driver->open[to] = false;
        feed(driver, to, NULL, 0);
    } else if (!strcmp(what, "hold") && to == SIDE_NS) {
        msnp_ns_hold(driver->ns, driver->now);
    } else if (!strcmp(what, "hold")) {
        msnp_passport_hold(driver->passport, driver->now);
    } else if (!strcmp(what, "resume") && to == SIDE_NS) {
        msnp_ns_resume(driver->ns, driver->now);
    } else if (!strcmp(what, "resume")) {
        msnp_passport_resume(driver->passport, driver->now);
    } else if (to != SIDE_NS || !do_for_ns(driver, what)) {
        found(driver, "cannot do: %s", what);
    }
    pump(driver);
    if (!strcmp(what, "sign-out")) {
        driver->over[to] = true;
        check_over(driver, to);
    }
}

bool driver_is_open(const script_driver *driver, script_side side)
{
    return driver->open[side];
}

const char *driver_step(const script_driver *driver, script_side side)
{
    if (side == SIDE_NS && driver->ns)
        return msnp_step_name(msnp_ns_step(driver->ns));
    if (side == SIDE_PASSPORT && driver->passport)
        return msnp_step_name(msnp_passport_step(driver->passport));
    return "";
}

char *driver_roster(const script_driver *driver, const char *what)
{
    return driver->ns ? lists_describe(driver->ns, what) : NULL;
}

char *driver_whole_roster(const script_driver *driver)
{
    return driver->ns ? lists_describe_all(driver->ns) : g_strdup("");
}

script_output *driver_output(const script_driver *driver)
{
    return g_queue_peek_head(&((script_driver *)driver)->outputs);
}

void driver_drop_output(script_driver *driver)
{
    output_free(g_queue_pop_head(&driver->outputs));
}

const char *driver_fault(const script_driver *driver)
{
    return driver->fault;
}
