/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver.h"

#include "boards.h"
#include "events.h"
#include "lists.h"

#include <string.h>

#define START      ((int64_t)100000) /* of the clock; not 0, so that a forgotten `now` shows */
#define SECRET_MIN 6                 /* shorter ones can be in a text by accident */
#define TICKS_MAX  1000
#define WIRES_MAX  400

/* A connection of a machine. */
typedef struct {
    bool asked; /* CONNECT came */
    bool open;
    bool over;       /* FAILED, left or signed out: nothing may follow */
    msnp_err failed; /* the error in FAILED */
} channel;

struct driver {
    const transcript *script;
    msnp_ns *ns;
    msnp_passport *passport;
    msnp_net net; /* of the two that follow */
    boards_switchboard switchboard;
    msnp_conversations *conversations;
    channel sides[N_SIDES];
    channel wires[WIRES_MAX]; /* of the conversations */
    size_t edits;             /* that have no result yet */
    bool merged;              /* an edit was divided into others meanwhile */
    GQueue outputs;           /* output */
    GPtrArray *secrets;       /* texts that no trace may show */
    GPtrArray *traces;        /* all of them */
    GPtrArray *said;          /* texts that the user wanted to be sent */
    msnp_cache *memory;       /* which login server the nexus named */
    int64_t now;
    bool challenged; /* Passport has credentials */
    char *challenge; /* waits to be given to Passport */
    char *ticket;    /* waits to be given to the notification server */
    char *fault;
};

const char *side_name(script_side side)
{
    static const char *const names[] = {"ns", "passport", "switchboard", "conversations"};

    return names[side];
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

static channel *channel_of(script_driver *driver, script_side side, unsigned wire)
{
    if (wire >= WIRES_MAX || (wire > 0 && side != SIDE_CONVERSATIONS)) {
        found(driver, "%s: has no wire %u", side_name(side), wire);
        wire = 0;
    }
    return wire ? &driver->wires[wire] : &driver->sides[side];
}

static void check_secret(script_driver *driver, const char *trace, const char *secret)
{
    if (strstr(trace, secret))
        found(driver, "a trace shows a secret: %s", trace);
}

/* What came before is looked at again: often a trace shows first what an event tells then. */
static void add_secret(script_driver *driver, const char *text)
{
    if (strlen(text) < SECRET_MIN)
        return;
    g_ptr_array_add(driver->secrets, g_strdup(text));
    for (unsigned i = 0; i < driver->traces->len; i++)
        check_secret(driver, driver->traces->pdata[i], text);
}

/* --- what came out -------------------------------------------------------------------------- */

static void output_free(script_output *out)
{
    g_string_free(out->text, TRUE);
    g_free(out);
}

static bool is_from(const script_output *out, script_side side, unsigned wire, bool bytes)
{
    return out && out->side == side && out->wire == wire && out->bytes == bytes;
}

/*
 * Of several wires it is not defined in which order they and the events are served, only that in
 * each of them.
 */
static script_output *find_output(const script_driver *driver, script_side side, unsigned wire,
                                  bool bytes)
{
    const GList *at = driver->outputs.head;

    while (at && driver->conversations && !is_from(at->data, side, wire, bytes))
        at = at->next;
    return at && is_from(at->data, side, wire, bytes) ? at->data : NULL;
}

static void add_output(script_driver *driver, script_side side, unsigned wire, bool bytes,
                       GString *text)
{
    script_output *last = g_queue_peek_tail(&driver->outputs);

    if (driver->conversations && bytes)
        last = find_output(driver, side, wire, bytes);
    if (bytes && is_from(last, side, wire, bytes)) {
        g_string_append_len(last->text, text->str, (gssize)text->len);
        g_string_free(text, TRUE);
        return;
    }
    last = g_new0(script_output, 1);
    *last = (script_output){side, wire, bytes, text};
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
    for (unsigned i = 0; i < driver->secrets->len; i++)
        check_secret(driver, text, driver->secrets->pdata[i]);
    g_ptr_array_add(driver->traces, g_strdup(text));
}

static void check_order(script_driver *driver, script_side from, const msnp_event *event)
{
    const channel *c = channel_of(driver, from, event->conn);

    if (c->over && event->type != MSNP_EVENT_TRACE)
        found(driver, "%s: %s comes after the end", side_name(from), msnp_event_name(event->type));
    if (event->type == MSNP_EVENT_WRITE && !c->open)
        found(driver, "%s: writes without a connection", side_name(from));
    if (event->type == MSNP_EVENT_WRITE && event->write.len == 0)
        found(driver, "%s: writes nothing", side_name(from));
    if (event->type == MSNP_EVENT_CONNECT && event->connect.tls != (from == SIDE_PASSPORT))
        found(driver, "%s: TLS must be for Passport and only for it", side_name(from));
    if (event->type == MSNP_EVENT_CLOSE && !c->asked)
        found(driver, "%s: closes what it did not open", side_name(from));
    if (from == SIDE_CONVERSATIONS && (event->type == MSNP_EVENT_CONNECT) == c->asked &&
        event->conn)
        found(driver, "talks: wire %u is opened twice, or not yet", event->conn);
}

/* Before there is a challenge, Passport has nothing to tell about the account. */
static void check_reticence(script_driver *driver, const msnp_event *event)
{
    char *bytes = g_strndup(event->write.data, event->write.len);

    for (unsigned i = 0; i < driver->secrets->len; i++) {
        if (strstr(bytes, driver->secrets->pdata[i]))
            found(driver, "passport: sends a secret before there is a challenge");
    }
    if (strstr(bytes, "Authorization:") || strchr(bytes, '@') || strstr(bytes, "%40"))
        found(driver, "passport: sends credentials before there is a challenge");
    g_free(bytes);
}

/* A text that could not be delivered is one that the user said, or parts of it. */
static void check_undelivered(script_driver *driver, const char *text)
{
    for (unsigned i = 0; text && i < driver->said->len; i++) {
        if (strstr(driver->said->pdata[i], text))
            return;
    }
    if (text)
        found(driver, "talks: nobody said what was not delivered: %s", text);
}

/* What becomes of the connection with this event. */
static void follow(script_driver *driver, script_side from, const msnp_event *event)
{
    channel *c = channel_of(driver, from, event->conn);

    switch (event->type) {
    case MSNP_EVENT_FAILED:
        c->failed = event->failure.err;
        c->open = false;
        c->over = true;
        break;
    case MSNP_EVENT_CONNECT:
        c->asked = true;
        c->open = false;
        break;
    case MSNP_EVENT_CLOSE:
        c->open = false;
        c->over = from == SIDE_SWITCHBOARD || from == SIDE_CONVERSATIONS;
        break;
    default:
        break;
    }
}

/* What the event tells that no trace may show, and that the other machine waits for. */
static void keep(script_driver *driver, const msnp_event *event)
{
    bool both = !strcmp(driver->script->machine, "both");

    switch (event->type) {
    case MSNP_EVENT_CHALLENGE:
        add_secret(driver, event->challenge);
        g_free(driver->challenge);
        driver->challenge = both ? g_strdup(event->challenge) : NULL;
        break;
    case MSNP_EVENT_TICKET:
        add_secret(driver, event->ticket);
        g_free(driver->ticket);
        driver->ticket = both ? g_strdup(event->ticket) : NULL;
        break;
    case MSNP_EVENT_LOGIN_SERVER:
        msnp_cache_set_login(driver->memory, driver->script->nexus_url, event->login_server,
                             driver->now);
        break;
    case MSNP_EVENT_SWITCHBOARD:
        add_secret(driver, event->switchboard.cookie);
        break;
    case MSNP_EVENT_RUNG:
        add_secret(driver, event->ring.cookie);
        break;
    default:
        break;
    }
}

static void check_event(script_driver *driver, script_side from, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_TRACE:
        check_trace(driver, event->trace.text);
        break;
    case MSNP_EVENT_WRITE:
        if (from == SIDE_PASSPORT && !driver->challenged)
            check_reticence(driver, event);
        break;
    case MSNP_EVENT_NO_PIPELINING:
        if (!driver->script->pipelining)
            found(driver, "ns: never sent a command before its turn");
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
    case MSNP_EVENT_UNDELIVERED:
        check_undelivered(driver, event->undelivered.text);
        break;
    case MSNP_EVENT_FAILED:
        if (from == SIDE_CONVERSATIONS)
            found(driver, "talks: conversations do not fail");
        break;
    default:
        break;
    }
}

static bool is_told(const transcript *script, const msnp_event *event)
{
    return (event->type != MSNP_EVENT_STEP || script->steps) &&
           (event->type != MSNP_EVENT_TRACE || script->traces);
}

static void take(script_driver *driver, script_side from, const msnp_event *event)
{
    check_order(driver, from, event);
    check_event(driver, from, event);
    follow(driver, from, event);
    keep(driver, event);
    if (event->type == MSNP_EVENT_WRITE)
        add_output(driver, from, event->conn, true,
                   g_string_new_len(event->write.data, (gssize)event->write.len));
    else if (is_told(driver->script, event))
        add_output(driver, from, 0, false, events_text(event));
}

static void make_passport(script_driver *driver)
{
    const transcript *script = driver->script;
    msnp_passport_config config = {
        .nexus_url = script->nexus_url,
        .login_url = script->login_url,
        .known_login = msnp_cache_login(driver->memory, script->nexus_url, driver->now),
    };

    msnp_passport_free(driver->passport);
    driver->sides[SIDE_PASSPORT] = (channel){0};
    driver->challenged = false;
    driver->passport = msnp_passport_new(&config);
    msnp_passport_set_trace(driver->passport, true);
}

static void give_credentials(script_driver *driver, const char *account, const char *challenge)
{
    msnp_credentials credentials = {
        .account = account,
        .password = driver->script->password,
        .challenge = challenge,
    };

    add_secret(driver, challenge);
    driver->challenged = true;
    msnp_passport_sign_in(driver->passport, &credentials, driver->now);
}

/* To the machine that waits for it, or to a new one. */
static void give_challenge(script_driver *driver, const char *account, const char *challenge)
{
    bool waits = driver->passport && !driver->challenged && !driver->sides[SIDE_PASSPORT].over;

    if (!waits)
        make_passport(driver);
    give_credentials(driver, account, challenge);
    if (!waits)
        msnp_passport_start(driver->passport, driver->now);
}

/* The deadline of a machine, MSNP_NEVER if it does not exist. */
static int64_t deadline_of(const script_driver *driver, script_side side)
{
    int64_t deadline = MSNP_NEVER;

    if (side == SIDE_NS && driver->ns)
        deadline = msnp_ns_deadline(driver->ns);
    if (side == SIDE_PASSPORT && driver->passport)
        deadline = msnp_passport_deadline(driver->passport);
    if (side == SIDE_SWITCHBOARD && driver->switchboard.machine)
        deadline = msnp_switchboard_deadline(driver->switchboard.machine);
    if (side == SIDE_CONVERSATIONS && driver->conversations)
        deadline = msnp_conversations_deadline(driver->conversations);
    return deadline;
}

/* A machine that is over wants no more ticks and is at its last step. */
static void check_over(script_driver *driver, script_side of)
{
    if (!driver->sides[of].over)
        return;
    if (deadline_of(driver, of) != MSNP_NEVER)
        found(driver, "%s: has a deadline after its end", side_name(of));
    if (strcmp(driver_step(driver, of), msnp_step_name(MSNP_STEP_OFFLINE)) != 0)
        found(driver, "%s: is over, but its step is %s", side_name(of), driver_step(driver, of));
}

/* The switchboards that the conversations have are those whose connections are not closed. */
static void check_conversations(script_driver *driver)
{
    size_t wires = 0;

    for (unsigned i = 1; i < WIRES_MAX; i++)
        wires += driver->wires[i].asked && !driver->wires[i].over;
    if (msnp_conversations_n_switchboards(driver->conversations) != wires)
        found(driver, "talks: has %zu wires, and should %zu",
              msnp_conversations_n_switchboards(driver->conversations), wires);
    if (wires == 0 && deadline_of(driver, SIDE_CONVERSATIONS) != MSNP_NEVER)
        found(driver, "talks: has a deadline without a wire");
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

/*
 * That of a switchboard is the only connection there is, and has no number in its transcripts. It
 * is closed after a failure, too: that is nothing to mention.
 */
static void take_from_net(script_driver *driver)
{
    bool single = driver->switchboard.machine != NULL;
    msnp_event event;

    while (msnp_event_queue_pop(&driver->net.events, &event)) {
        if (single)
            event.conn = 0;
        if (!single || event.type != MSNP_EVENT_CLOSE || !driver->sides[SIDE_SWITCHBOARD].over)
            take(driver, single ? SIDE_SWITCHBOARD : SIDE_CONVERSATIONS, &event);
    }
}

/* What comes by a callback: all that was queued before it came earlier. */
static void take_report(gpointer data, const char *text)
{
    script_driver *driver = data;
    script_side from = driver->conversations ? SIDE_CONVERSATIONS : SIDE_SWITCHBOARD;
    channel *c = &driver->sides[from];

    take_from_net(driver);
    if (c->over && !g_str_has_prefix(text, "SB_RECEIVED "))
        found(driver, "%s: %s comes after the end", side_name(from), text);
    if (g_str_has_prefix(text, "FAILED ")) {
        c->open = false;
        c->over = true;
    }
    add_output(driver, from, 0, false, g_string_new(text));
}

static void ask_switchboard(gpointer data, unsigned request, int64_t now)
{
    char *text = g_strdup_printf("ASK_SWITCHBOARD %u", request);

    (void)now;
    take_report(data, text);
    g_free(text);
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
        take_from_net(driver);
        if (driver->challenge) {
            give_challenge(driver, msnp_ns_handle(driver->ns), driver->challenge);
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
    check_over(driver, SIDE_SWITCHBOARD);
    if (driver->ns)
        check_roster(driver);
    if (driver->switchboard.machine && boards_switchboard_fault(driver->switchboard.machine))
        found(driver, "switchboard: %s", boards_switchboard_fault(driver->switchboard.machine));
    if (driver->conversations)
        check_conversations(driver);
}

/* --- what goes in --------------------------------------------------------------------------- */

static void start_ns(script_driver *driver, const transcript *script)
{
    msnp_ns_config config = {
        .account = script->account,
        .host = script->host,
        .port = script->port,
        .pipelining = script->pipelining,
    };

    if (!msnp_status_from_code(msnp_str_of(script->status), &config.status))
        found(driver, "unknown status in the header: %s", script->status);
    driver->ns = msnp_ns_new(&config);
    msnp_ns_set_trace(driver->ns, true);
    msnp_ns_start(driver->ns, driver->now);
}

static void start_switchboard(script_driver *driver, const transcript *script)
{
    driver->switchboard.config = (msnp_switchboard_config){
        .account = script->account,
        .host = script->host,
        .port = (uint16_t)script->port,
        .cookie = script->cookie,
        .session = script->session,
    };

    add_secret(driver, script->cookie);
    driver->switchboard.report = take_report;
    driver->switchboard.data = driver;
    boards_begin_switchboard(&driver->switchboard, &driver->net, driver->now);
}

static void start_conversations(script_driver *driver, const transcript *script)
{
    static const msnp_conversations_ops ops = {.ask_switchboard = ask_switchboard};

    add_secret(driver, script->cookie);
    driver->conversations = msnp_conversations_new(&driver->net, &ops, driver);
    msnp_conversations_set_account(driver->conversations, script->account);
}

/* Before there is a challenge. */
static void start_passport(script_driver *driver)
{
    make_passport(driver);
    msnp_passport_start(driver->passport, driver->now);
}

static void start_machine(script_driver *driver, const transcript *script)
{
    bool passport = !strcmp(script->machine, "passport");

    if (passport && !script->overlap) {
        give_challenge(driver, script->account, script->challenge);
    } else if (passport) {
        start_passport(driver);
    } else if (!strcmp(script->machine, "switchboard")) {
        start_switchboard(driver, script);
    } else if (!strcmp(script->machine, "conversations")) {
        start_conversations(driver, script);
    } else {
        start_ns(driver, script);
        if (script->overlap)
            start_passport(driver);
    }
}

script_driver *driver_new(const transcript *script)
{
    script_driver *made = g_new0(script_driver, 1);
    char *encoded = g_uri_escape_string(script->password, NULL, FALSE);
    char *pair = g_strdup_printf("pwd=%s", encoded);

    made->script = script;
    made->now = START;
    msnp_net_init(&made->net, true);
    g_queue_init(&made->outputs);
    made->secrets = g_ptr_array_new_with_free_func(g_free);
    made->traces = g_ptr_array_new_with_free_func(g_free);
    made->said = g_ptr_array_new_with_free_func(g_free);
    made->memory = msnp_cache_new();
    msnp_cache_set_login(made->memory, script->nexus_url, script->known_login, made->now);
    add_secret(made, pair);
    /* The word itself is no secret where it is the password of the example. */
    if (strcmp(script->password, "password") != 0) {
        add_secret(made, script->password);
        add_secret(made, encoded);
    }
    g_free(pair);
    g_free(encoded);
    start_machine(made, script);
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
    msnp_switchboard_free(driver->switchboard.machine);
    msnp_conversations_free(driver->conversations);
    msnp_net_clear(&driver->net);
    msnp_cache_free(driver->memory);
    while ((out = g_queue_pop_head(&driver->outputs)))
        output_free(out);
    g_ptr_array_unref(driver->secrets);
    g_ptr_array_unref(driver->traces);
    g_ptr_array_unref(driver->said);
    g_free(driver->challenge);
    g_free(driver->ticket);
    g_free(driver->fault);
    g_free(driver);
}

/* What the machine says about it, MSNP_OK if it says nothing. */
static msnp_err feed_machine(script_driver *driver, script_side to, unsigned wire, const char *data,
                             size_t len)
{
    switch (to) {
    case SIDE_NS:
        return msnp_ns_feed(driver->ns, data, len, driver->now);
    case SIDE_PASSPORT:
        return msnp_passport_feed(driver->passport, data, len, driver->now);
    default:
        msnp_net_received(&driver->net, wire ? wire : driver->net.last, (msnp_str){data, len},
                          driver->now);
        return MSNP_OK;
    }
}

/* Feeds and compares what feed() returns with what the events say. */
static void feed(script_driver *driver, script_side to, unsigned wire, const char *data, size_t len)
{
    /* A copy of exactly this size: a sanitizer sees who reads beyond it. */
    char *copy = len ? g_malloc(len) : NULL;
    channel *c = channel_of(driver, to, wire);
    msnp_err err;

    if (len)
        memcpy(copy, data, len);
    c->failed = MSNP_OK;
    err = feed_machine(driver, to, wire, copy, len);
    g_free(copy);
    pump(driver);
    if (err != c->failed && (to == SIDE_NS || to == SIDE_PASSPORT))
        found(driver, "%s: feed() says \"%s\", the events say \"%s\"", side_name(to),
              msnp_err_name(err), msnp_err_name(c->failed));
}

void driver_feed(script_driver *driver, script_side to, unsigned wire, const char *data, size_t len)
{
    if (driver_is_open(driver, to, wire))
        feed(driver, to, wire, data, len);
}

static int64_t next_deadline(const script_driver *driver)
{
    int64_t next = MSNP_NEVER;

    for (int side = 0; side < N_SIDES; side++)
        next = MIN(next, deadline_of(driver, (script_side)side));
    return next;
}

static void tick(script_driver *driver)
{
    if (driver->ns)
        msnp_ns_tick(driver->ns, driver->now);
    if (driver->passport)
        msnp_passport_tick(driver->passport, driver->now);
    if (driver->switchboard.machine)
        msnp_switchboard_tick(driver->switchboard.machine, driver->now);
    if (driver->conversations)
        msnp_conversations_tick(driver->conversations, driver->now);
    pump(driver);
    if (next_deadline(driver) <= driver->now)
        found(driver, "after a tick the next deadline is not in the future");
}

/* A tick that nobody asked for must do nothing: what is to happen at a time has a deadline. */
static void tick_at_last(script_driver *driver, bool jump)
{
    bool asked = jump || next_deadline(driver) <= driver->now;
    guint before = driver->outputs.length;

    tick(driver);
    if (!asked && driver->outputs.length > before)
        found(driver, "something happened at a time for which there was no deadline");
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
    tick_at_last(driver, jump);
}

static void do_connected(script_driver *driver, script_side to, unsigned wire)
{
    channel_of(driver, to, wire)->open = true;
    /* What it reports from within is of the next step. */
    driver->switchboard.step = "ACCOUNT";
    if (to == SIDE_NS)
        msnp_ns_connected(driver->ns, driver->now);
    else if (to == SIDE_PASSPORT)
        msnp_passport_connected(driver->passport, driver->now);
    else
        msnp_net_connected(&driver->net, wire ? wire : driver->net.last, driver->now);
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
        driver->edits += !driver->sides[SIDE_NS].over;
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
    else if (g_str_has_prefix(what, "ask-switchboard "))
        msnp_ns_ask_switchboard(
            driver->ns, (unsigned)g_ascii_strtoull(what + strlen("ask-switchboard "), NULL, 10),
            driver->now);
    else if (!strcmp(what, "sign-out"))
        msnp_ns_sign_out(driver->ns);
    else if (!strcmp(what, "hold"))
        msnp_ns_hold(driver->ns, driver->now);
    else if (!strcmp(what, "resume"))
        msnp_ns_resume(driver->ns, driver->now);
    else
        return false;
    return true;
}

/* The connection that it asked for cannot be made. If there is none, that changes nothing. */
static void do_connect_failed(script_driver *driver)
{
    channel *c = &driver->sides[SIDE_PASSPORT];
    msnp_step before = msnp_passport_step(driver->passport);
    bool connecting = before == MSNP_STEP_NEXUS_CONNECT || before == MSNP_STEP_LOGIN_CONNECT;
    bool goes_on = msnp_passport_connect_failed(driver->passport, driver->now);
    msnp_step after = msnp_passport_step(driver->passport);

    if (c->open)
        found(driver, "passport: the connection stands");
    if (connecting)
        c->over = !goes_on;
    if (goes_on ? after != MSNP_STEP_NEXUS_CONNECT
                : after != (connecting ? MSNP_STEP_OFFLINE : before))
        found(driver, "passport: what unreached() says is not what it does");
}

static bool do_for_passport(script_driver *driver, const char *what)
{
    if (g_str_has_prefix(what, "challenge "))
        give_credentials(driver, driver->script->account, what + strlen("challenge "));
    else if (!strcmp(what, "connect-failed"))
        do_connect_failed(driver);
    else if (!strcmp(what, "hold"))
        msnp_passport_hold(driver->passport, driver->now);
    else if (!strcmp(what, "resume"))
        msnp_passport_resume(driver->passport, driver->now);
    else
        return false;
    return true;
}

static void do_for_boards(script_driver *driver, script_side to, const char *what)
{
    char *fault =
        to == SIDE_SWITCHBOARD
            ? boards_do_switchboard(driver->switchboard.machine, what, driver->now)
            : boards_do_conversations(driver->conversations, what, driver->now, driver->said);

    if (fault)
        found(driver, "%s: %s", side_name(to), fault);
    g_free(fault);
}

static bool has_machine(const script_driver *driver, script_side side)
{
    const void *const machines[] = {driver->ns, driver->passport, driver->switchboard.machine,
                                    driver->conversations};

    return machines[side] != NULL;
}

/* "connected", "close", and the number of a wire if the machine has several. */
static bool is_about_wire(script_side to, const char *what, const char *intent, unsigned *wire)
{
    size_t length = strlen(intent);

    *wire = 0;
    if (strncmp(what, intent, length) != 0)
        return false;
    if (to == SIDE_CONVERSATIONS && what[length] == ' ')
        *wire = (unsigned)g_ascii_strtoull(what + length + 1, NULL, 10);
    return to == SIDE_CONVERSATIONS ? *wire > 0 : !what[length];
}

void driver_do(script_driver *driver, script_side to, const char *what)
{
    unsigned wire;

    if (!has_machine(driver, to)) {
        found(driver, "there is no %s machine", side_name(to));
        return;
    }
    if (is_about_wire(to, what, "connected", &wire)) {
        do_connected(driver, to, wire);
    } else if (is_about_wire(to, what, "close", &wire)) {
        channel_of(driver, to, wire)->open = false;
        feed(driver, to, wire, NULL, 0);
    } else if (to == SIDE_SWITCHBOARD || to == SIDE_CONVERSATIONS) {
        do_for_boards(driver, to, what);
    } else if (!(to == SIDE_NS ? do_for_ns(driver, what) : do_for_passport(driver, what))) {
        found(driver, "cannot do: %s", what);
    }
    pump(driver);
    if (!strcmp(what, "sign-out")) {
        driver->sides[to].over = true;
        check_over(driver, to);
    }
}

bool driver_is_open(const script_driver *driver, script_side side, unsigned wire)
{
    return channel_of((script_driver *)driver, side, wire)->open;
}

const char *driver_step(const script_driver *driver, script_side side)
{
    if (side == SIDE_NS && driver->ns)
        return msnp_step_name(msnp_ns_step(driver->ns));
    if (side == SIDE_PASSPORT && driver->passport)
        return msnp_step_name(msnp_passport_step(driver->passport));
    if (side == SIDE_SWITCHBOARD && driver->switchboard.machine)
        return boards_switchboard_step(&driver->switchboard);
    return "";
}

char *driver_state(const script_driver *driver, const char *what)
{
    if (driver->ns)
        return lists_describe(driver->ns, what);
    if (driver->switchboard.machine)
        return boards_describe_switchboard(driver->switchboard.machine, what);
    return driver->conversations ? boards_describe_conversations(driver->conversations, what)
                                 : NULL;
}

char *driver_whole_state(const script_driver *driver)
{
    return driver->ns ? lists_describe_all(driver->ns) : g_strdup("");
}

script_output *driver_output(const script_driver *driver)
{
    return g_queue_peek_head(&((script_driver *)driver)->outputs);
}

script_output *driver_output_from(const script_driver *driver, script_side side, unsigned wire,
                                  bool bytes)
{
    return find_output(driver, side, wire, bytes);
}

void driver_drop_output(script_driver *driver, script_output *out)
{
    g_queue_remove(&driver->outputs, out);
    output_free(out);
}

const char *driver_fault(const script_driver *driver)
{
    return driver->fault;
}
