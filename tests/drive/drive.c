/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "drive.h"

#include "drive_priv.h"
#include "escape.h"
#include "relay.h"
#include "roster_text.h"
#include "written.h"

#include <string.h>

#define SECRET_MIN 6 /* shorter ones can be in a text by accident */
#define TICKS_MAX  1000
#define PART_MIN   100 /* a text is divided only if it is much longer */

static const char *const part_names[] = {"ns",    "passport", "switchboard", "conversations",
                                         "files", "session"};

const char *drive_part_name(drive_part part)
{
    return part_names[part];
}

drive_part drive_part_of(const char *name)
{
    unsigned part = 0;

    while (part < DRIVE_N_PARTS && strcmp(name, part_names[part]) != 0)
        part++;
    return (drive_part)part;
}

G_GNUC_PRINTF(2, 3) void drive_found(drive *d, const char *format, ...)
{
    va_list args;

    if (d->fault)
        return;
    va_start(args, format);
    d->fault = g_strdup_vprintf(format, args);
    va_end(args);
}

const char *drive_fault(const drive *d)
{
    return d->fault;
}

/* --- secrets -------------------------------------------------------------------------------- */

static void check_secret(drive *d, const char *trace, const char *secret)
{
    if (strstr(trace, secret))
        drive_found(d, "a trace shows a secret: %s", trace);
}

/* What came before is looked at again: often a trace shows first what an event reports then. */
void drive_secret(drive *d, const char *text)
{
    msnp_str known = d->config.hostile;

    if (strlen(text) < SECRET_MIN ||
        (known.ptr && memmem(known.ptr, known.len, text, strlen(text))))
        return;
    g_ptr_array_add(d->secrets, g_strdup(text));
    for (unsigned i = 0; i < d->traces->len; i++)
        check_secret(d, d->traces->pdata[i], text);
}

/* What a peer said: one that is hostile may say it anywhere else, too. */
static void learn_secret(drive *d, const char *text)
{
    if (!d->config.hostile.ptr)
        drive_secret(d, text);
}

static void check_trace(drive *d, const char *text)
{
    for (unsigned i = 0; i < d->secrets->len; i++)
        check_secret(d, text, d->secrets->pdata[i]);
    g_ptr_array_add(d->traces, g_strdup(text));
}

/* Only a request to log in has a secret, and before there is a challenge nothing of the account. */
static void check_reticence(drive *d, msnp_str request)
{
    char *text = msnp_str_dup(request);
    bool login = strstr(text, "\r\nAuthorization:") != NULL;

    for (unsigned i = 0; i < d->secrets->len && !login; i++) {
        if (strstr(text, d->secrets->pdata[i]))
            drive_found(d, "passport: sends a secret to somebody who only asked the way");
    }
    if (!d->challenged &&
        (login || (!d->config.hostile.ptr && (strchr(text, '@') || strstr(text, "%40")))))
        drive_found(d, "passport: sends credentials before there is a challenge");
    g_free(text);
}

/* --- connections ---------------------------------------------------------------------------- */

drive_conn *drive_find_conn(const drive *d, unsigned conn)
{
    return conn > 0 && conn <= d->conns->len ? &g_array_index(d->conns, drive_conn, conn - 1)
                                             : NULL;
}

/* The number of the connection that this side opened last, 0 for none. */
static unsigned last_conn(const drive *d, drive_part side)
{
    for (unsigned i = d->conns->len; i > 0; i--)
        if (drive_find_conn(d, i)->side == side)
            return i;
    return 0;
}

static unsigned conn_of(const drive *d, drive_part side, unsigned conn)
{
    return conn ? conn : last_conn(d, side == DRIVE_CONVERSATIONS ? DRIVE_SWITCHBOARD : side);
}

bool drive_is_open(const drive *d, drive_part side, unsigned conn)
{
    const drive_conn *found = drive_find_conn(d, conn_of(d, side, conn));

    return found && found->state == CONN_OPEN;
}

static size_t count_of(const drive *d, drive_part side)
{
    size_t n = 0;

    for (unsigned i = 1; i <= d->conns->len; i++)
        n += drive_find_conn(d, i)->side == side && drive_find_conn(d, i)->state != CONN_CLOSED;
    return n;
}

/* Connections to a gateway. */
static size_t count_carriers(const drive *d)
{
    size_t n = 0;

    for (unsigned i = 1; i <= d->conns->len; i++)
        n += drive_find_conn(d, i)->gateway && drive_find_conn(d, i)->state != CONN_CLOSED;
    return n;
}

size_t drive_n_conns(const drive *d)
{
    size_t n = 0;

    for (unsigned i = 1; i <= d->conns->len; i++)
        n += drive_find_conn(d, i)->state != CONN_CLOSED;
    return n;
}

static bool has_many_conns(const drive *d)
{
    return d->config.part == DRIVE_CONVERSATIONS;
}

static drive_part side_of(const msnp_event *event)
{
    if (event->type == MSNP_EVENT_LISTEN || event->connect.file)
        return DRIVE_FILES;
    if (event->connect.tls && !event->connect.gateway)
        return DRIVE_PASSPORT;
    return event->connect.switchboard ? DRIVE_SWITCHBOARD : DRIVE_NS;
}

bool drive_is_asked(const drive *d, drive_part side, unsigned conn)
{
    const drive_conn *found = drive_find_conn(d, conn_of(d, side, conn));

    return found && found->state == CONN_ASKED;
}

drive_part drive_side_of(const drive *d, unsigned conn)
{
    const drive_conn *found = drive_find_conn(d, conn);

    return found ? found->side : DRIVE_SESSION;
}

static const msnp_roster *roster_of(const drive *d)
{
    if (d->session)
        return msnp_session_roster(d->session);
    return d->ns ? msnp_ns_roster(d->ns) : NULL;
}

/* The id of the session that a request is about, or NULL; the caller frees it. */
static char *id_of(const char *request)
{
    const char *end = strstr(request, " HTTP/");
    const char *id = strstr(request, "SessionID=");

    return id && end && id < end ? g_strndup(id + 10, (size_t)(end - id) - 10) : NULL;
}

/*
 * One request at a time; and in a session in which one was not answered there is none any more: it
 * may have been carried out. The session has not been opened if there is no id.
 */
static void follow_request(drive *d, drive_conn *conn, msnp_str bytes)
{
    char *text = msnp_str_dup(bytes);

    if (conn->exchange.state != MSNP_EXCHANGE_IDLE)
        drive_found(d, "asks the gateway before it has answered");
    conn->exchange.state = MSNP_EXCHANGE_ASKED;
    g_free(conn->asked);
    conn->asked = id_of(text);
    if (conn->asked && !d->config.hostile.ptr &&
        g_ptr_array_find_with_equal_func(d->doubtful, conn->asked, g_str_equal, NULL))
        drive_found(d, "goes on with a session that has an unanswered request");
    if (conn->asked)
        learn_secret(d, conn->asked);
    g_free(text);
}

/* Follows what the gateway answers. */
static void follow_response(drive_conn *conn, msnp_str bytes)
{
    msnp_exchange_result result = MSNP_EXCHANGE_BODY;

    while (result == MSNP_EXCHANGE_BODY || result == MSNP_EXCHANGE_HEAD)
        result = msnp_exchange_feed(&conn->exchange, &bytes);
}

static void end_conn(drive *d, drive_conn *conn)
{
    conn->state = CONN_CLOSED;
    if (conn->asked && conn->exchange.state != MSNP_EXCHANGE_IDLE)
        g_ptr_array_add(d->doubtful, g_strdup(conn->asked));
}

static void check_written(drive *d, drive_conn *conn, const msnp_event *event)
{
    msnp_str bytes = {event->write.data, event->write.len};
    const char *fault = conn->side == DRIVE_FILES ? NULL
                        : conn->gateway
                            ? written_gateway_fault(bytes, conn->proxied ? NULL : conn->host,
                                                    conn->side == DRIVE_NS)
                        : conn->side == DRIVE_NS       ? written_ns_fault(bytes)
                        : conn->side == DRIVE_PASSPORT ? written_request_fault(bytes, conn->host)
                                                       : written_switchboard_fault(bytes);

    if (fault)
        drive_found(d, "%s: %s", part_names[conn->side], fault);
    if (conn->side == DRIVE_NS && bytes.len > 4 && !memcmp(bytes.ptr, "PAG ", 4) &&
        !roster_of(d)->paging)
        drive_found(d, "ns: PAG to a server that does not have it");
    if (d->gateway && !conn->gateway && conn->state == CONN_ASKED)
        conn->state = CONN_OPEN; /* only the gateway knows when */
    if (conn->state != CONN_OPEN)
        drive_found(d, "writes on connection %u, which is not open", event->conn);
    if (conn->side == DRIVE_PASSPORT)
        check_reticence(d, bytes);
    if (conn->gateway)
        follow_request(d, conn, bytes);
}

/* They are numbered in order, and never again in the same way. */
static void add_conn(drive *d, const msnp_event *event)
{
    bool listens = event->type == MSNP_EVENT_LISTEN;
    drive_conn made = {.side = side_of(event),
                       .state = CONN_ASKED,
                       .port = listens,
                       .host = g_strdup(listens ? "port" : event->connect.host),
                       .gateway = !listens && event->connect.gateway,
                       .tls = !listens && event->connect.tls};
    drive_part part = d->config.part == DRIVE_CONVERSATIONS ? DRIVE_SWITCHBOARD : d->config.part;

    /* Those that travel through a gateway have numbers, too. */
    while (d->config.method != MSNP_METHOD_DIRECT && event->conn > d->conns->len + 1)
        g_array_append_val(d->conns, ((drive_conn){DRIVE_SESSION, .state = CONN_CLOSED}));
    if (event->conn != d->conns->len + 1)
        drive_found(d, "connection %u comes after %u", event->conn, d->conns->len);
    if (part != DRIVE_SESSION && made.side != part &&
        (made.side != DRIVE_FILES || !has_many_conns(d)))
        drive_found(d, "asks for a connection of another kind");
    msnp_exchange_init(&made.exchange);
    g_array_append_val(d->conns, made);
}

/* What becomes of a connection with this event. */
static void follow_conn(drive *d, const msnp_event *event)
{
    drive_conn *conn = drive_find_conn(d, event->conn);

    if (event->type == MSNP_EVENT_CONNECT || event->type == MSNP_EVENT_LISTEN) {
        add_conn(d, event);
        return;
    }
    if (!conn || (conn->state == CONN_CLOSED && event->type != MSNP_EVENT_TRACE)) {
        drive_found(d, "%s on connection %u, which is closed", msnp_event_name(event->type),
                    event->conn);
        return;
    }
    if (event->type == MSNP_EVENT_WRITE)
        check_written(d, conn, event);
    if (event->type == MSNP_EVENT_CLOSE)
        end_conn(d, conn);
}

/* --- what is heard -------------------------------------------------------------------------- */

static bool is_from(const drive_output *out, drive_part side, unsigned conn, bool bytes)
{
    return out && out->bytes == bytes && out->conn == conn &&
           (out->side == side || out->side == DRIVE_SESSION);
}

/*
 * Of several switchboards it is not defined in which order they and the events are served, only
 * that in each of them.
 */
drive_output *drive_output_from(const drive *d, drive_part side, unsigned conn, bool bytes)
{
    const GList *at = d->outputs.head;

    while (at && has_many_conns(d) && !is_from(at->data, side, conn, bytes))
        at = at->next;
    return at && is_from(at->data, side, conn, bytes) ? at->data : NULL;
}

static void output_free(gpointer data)
{
    drive_output *out = data;

    g_string_free(out->text, TRUE);
    g_free(out);
}

/* Takes over the text. */
static void add_output(drive *d, drive_part side, unsigned conn, bool bytes, GString *text)
{
    drive_output *last = g_queue_peek_tail(&d->outputs);

    if (has_many_conns(d) && bytes)
        last = drive_output_from(d, side, conn, bytes);
    if (bytes && is_from(last, side, conn, bytes)) {
        g_string_append_len(last->text, text->str, (gssize)text->len);
        g_string_free(text, TRUE);
        return;
    }
    last = g_new(drive_output, 1);
    *last = (drive_output){side, conn, bytes, text};
    g_queue_push_tail(&d->outputs, last);
}

/*
 * Is it of no interest that this connection is closed, because whoever drives the machine knows?
 * The peer closed it, or it failed, or the machine is over and has said why.
 */
static bool is_implied(const drive *d, const msnp_event *event)
{
    const drive_conn *conn = drive_find_conn(d, event->conn);

    return event->type == MSNP_EVENT_CLOSE && !has_many_conns(d) &&
           (d->failed || (conn && conn->lost));
}

/* That one connection takes the place of another needs no word either. */
static void flush_close(drive *d, const heard *next)
{
    bool replaced = next && next->kind == HEARD_EVENT && next->event.type == MSNP_EVENT_CONNECT &&
                    side_of(&next->event) == d->closing_side;

    if (d->closing && !replaced)
        add_output(d, d->closing_side, 0, false, d->closing);
    else if (d->closing)
        g_string_free(d->closing, TRUE);
    d->closing = NULL;
}

/* Data of a file comes in pieces of any length: those that follow each other are one. */
static bool joins_last(drive *d, const GString *text)
{
    const drive_output *last = g_queue_peek_tail(&d->outputs);
    const char *quote = strchr(text->str, '"');
    size_t same = (size_t)(quote - text->str) + 1;

    if (!last || last->bytes || last->text->len <= same ||
        strncmp(last->text->str, text->str, same) != 0)
        return false;
    g_string_truncate(last->text, last->text->len - 1);
    g_string_append(last->text, quote + 1);
    return true;
}

static void write_down(drive *d, const heard *what)
{
    const msnp_event *event = &what->event;
    const drive_conn *conn = drive_find_conn(d, event->conn);
    bool single = d->config.part != DRIVE_SESSION && !has_many_conns(d);
    drive_part side = d->config.part;
    unsigned number = has_many_conns(d) ? event->conn : 0;

    if (d->config.part == DRIVE_SESSION && conn)
        side = conn->side;
    if (what->kind == HEARD_EVENT && event->type == MSNP_EVENT_WRITE) {
        add_output(d, side, number, true,
                   g_string_new_len(event->write.data, (gssize)event->write.len));
        return;
    }
    GString *text = heard_write(what);
    if (what->kind == HEARD_EVENT && event->type == MSNP_EVENT_FILE_DATA && joins_last(d, text)) {
        g_string_free(text, TRUE);
        return;
    }
    if (event->conn && !single && conn &&
        (conn->side == DRIVE_SWITCHBOARD || conn->side == DRIVE_FILES))
        g_string_append_printf(text, " on %u", event->conn);
    if (what->kind == HEARD_EVENT && event->type == MSNP_EVENT_CLOSE && !has_many_conns(d)) {
        d->closing = text;
        d->closing_side = conn ? conn->side : side;
    } else {
        add_output(d, side, 0, false, text);
    }
}

/* Is it all of what was said, or parts of it in their order? */
static bool is_part_of(const char *text, const char *said)
{
    while (said && *text) {
        size_t same = MIN(strlen(text), PART_MIN);
        said = memmem(said, strlen(said), text, same);
        while (said && text[same] && text[same] == said[same])
            same++;
        text += same;
        said = said ? said + same : NULL;
    }
    return said;
}

/* A text that could not be delivered is one that the user said, without what arrived of it. */
static void check_undelivered(drive *d, const char *text)
{
    for (unsigned i = 0; text && i < d->said->len; i++) {
        if (is_part_of(text, d->said->pdata[i]))
            return;
    }
    if (text)
        drive_found(d, "nobody said what was not delivered: %s", text);
}

static size_t edits_of(const drive *d)
{
    if (d->session)
        return msnp_session_edits_waiting(d->session);
    return d->ns ? msnp_ns_edits_waiting(d->ns) : 0;
}

/* Who comes into a chat, or a switchboard (0), was not in it, who leaves it was. */
static void check_member(drive *d, unsigned chat, const char *who, bool comes)
{
    char *account = g_ascii_strdown(who, -1);
    char *key = g_strdup_printf("%u %s", chat, account);

    if (g_hash_table_contains(d->members, key) == comes)
        drive_found(d, "chat member comes twice, or was not there: %s", key);
    if (comes)
        g_hash_table_add(d->members, g_strdup(key));
    else
        g_hash_table_remove(d->members, key);
    g_free(key);
    g_free(account);
}

static bool is_of_passport(const msnp_event *event)
{
    return event->step.hidden ||
           (event->step.step >= MSNP_STEP_NEXUS_CONNECT && event->step.step <= MSNP_STEP_LOGIN);
}

/* Which parts say this. */
static bool may_say(drive_part part, msnp_event_type type)
{
    switch (type) {
    case MSNP_EVENT_CONNECT:
    case MSNP_EVENT_WRITE:
    case MSNP_EVENT_CLOSE:
    case MSNP_EVENT_TRACE:
    case MSNP_EVENT_LISTEN:
        return true;
    case MSNP_EVENT_PASSWORD:
    case MSNP_EVENT_STATUS_WANTED:
    case MSNP_EVENT_CACHED:
        return part == DRIVE_SESSION;
    case MSNP_EVENT_STEP:
    case MSNP_EVENT_FAILED:
        return part == DRIVE_SESSION || part == DRIVE_NS || part == DRIVE_PASSPORT;
    default:
        return part == DRIVE_SESSION ||
               part == (type >= MSNP_EVENT_MESSAGE ? DRIVE_CONVERSATIONS : DRIVE_NS);
    }
}

/* The number of the chat that this is about, 0 for none. */
static unsigned chat_of(const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_MESSAGE:
    case MSNP_EVENT_TYPING:
        return event->message.conversation.chat;
    case MSNP_EVENT_UNDELIVERED:
        return event->undelivered.conversation.chat;
    case MSNP_EVENT_CHAT_JOINED:
    case MSNP_EVENT_CHAT_LEFT:
        return event->chat_member.chat;
    case MSNP_EVENT_CHAT_CALL_FAILED:
        return event->chat_call_failed.chat;
    default:
        return 0;
    }
}

static void follow_event(drive *d, const msnp_event *event)
{
    if (!may_say(d->config.part, event->type))
        drive_found(d, "%s is not for this part to say", msnp_event_name(event->type));
    if (chat_of(event) > d->chats)
        drive_found(d, "%s of a chat that never was", msnp_event_name(event->type));
    if (event->conn)
        follow_conn(d, event);
    drive_files_follow(d, event);
    switch (event->type) {
    case MSNP_EVENT_TRACE:
        check_trace(d, event->trace.text);
        break;
    case MSNP_EVENT_CONTACT:
        if (!msnp_roster_find(roster_of(d), msnp_str_of(event->contact.account)))
            drive_found(d, "CONTACT is about nobody");
        break;
    case MSNP_EVENT_EDITED:
        d->edited++;
        d->merged = d->merged || (event->edited.edit.kind == MSNP_EDIT_RENAME_GROUP &&
                                  event->edited.cause.err == MSNP_OK);
        break;
    case MSNP_EVENT_PAGED:
        if (d->pages == 0)
            drive_found(d, "a message to a phone ends twice");
        else
            d->pages--;
        break;
    case MSNP_EVENT_UNDELIVERED:
        check_undelivered(d, event->undelivered.text);
        break;
    case MSNP_EVENT_CHAT_BEGUN:
        if (event->begun.chat != ++d->chats)
            drive_found(d, "chats are not numbered upwards");
        break;
    case MSNP_EVENT_CHAT_JOINED:
    case MSNP_EVENT_CHAT_LEFT:
        check_member(d, event->chat_member.chat, event->chat_member.account,
                     event->type == MSNP_EVENT_CHAT_JOINED);
        break;
    case MSNP_EVENT_PASSWORD:
        d->wants_password = true;
        break;
    case MSNP_EVENT_STATUS_WANTED:
        d->wants_status = true;
        break;
    case MSNP_EVENT_STEP:
        d->steps[is_of_passport(event) ? DRIVE_PASSPORT : DRIVE_NS] = event->step.step;
        break;
    case MSNP_EVENT_FAILED:
        if (d->passport && event->failure.step >= MSNP_STEP_ONLINE)
            drive_found(d, "passport: fails with its ticket");
        d->failed = d->over = true;
        break;
    default:
        break;
    }
}

/* What can be asked of a switchboard fits what it reports. */
static void check_report(drive *d, const heard *what)
{
    bool comes = what->kind == HEARD_JOINED;

    check_member(d, 0, what->account, comes);
    if (msnp_switchboard_has(d->switchboard, what->account) != comes)
        drive_found(d, "somebody %s", comes ? "came who is not there" : "left who is there");
    if (!g_ascii_strcasecmp(what->account, d->config.account))
        drive_found(d, "we are among the others");
}

/* Only what worked on another connection shows that. */
static void check_no_pipelining(drive *d)
{
    if (!d->config.pipelining)
        drive_found(d, "ns: never pipelined a command");
    if (d->no_pipelining || d->conns->len < 2)
        drive_found(d, "ns: cannot know that this server takes no pipelined commands");
    d->no_pipelining = true;
}

/* What the service gave us for signing in to its pages. */
static void learn_from_page(drive *d, const char *page)
{
    static const char field[] = "name=\"auth\" value=\"";
    const char *auth = page ? strstr(page, field) : NULL;

    if (!auth)
        return;
    auth += strlen(field);
    char *text = g_strndup(auth, strcspn(auth, "\""));
    learn_secret(d, text);
    g_free(text);
}

static void follow_call(drive *d, const heard *what)
{
    switch (what->kind) {
    case HEARD_CHALLENGE:
    case HEARD_TICKET:
        learn_secret(d, what->text);
        d->over = d->over || what->kind == HEARD_TICKET;
        break;
    case HEARD_LOGIN_SERVER:
        if (!d->session)
            msnp_cache_set_login(d->cache, d->config.nexus_url, what->text, d->now);
        break;
    case HEARD_NO_PIPELINING:
        check_no_pipelining(d);
        break;
    case HEARD_SWITCHBOARD:
        learn_secret(d, what->text);
        break;
    case HEARD_PAGE:
        learn_from_page(d, what->text);
        break;
    case HEARD_RUNG:
        learn_secret(d, what->ring->cookie);
        break;
    case HEARD_OPENED:
        if (msnp_switchboard_get_state(d->switchboard) != MSNP_SWITCHBOARD_OPEN)
            drive_found(d, "a switchboard opened that is not open");
        break;
    case HEARD_JOINED:
    case HEARD_LEFT:
        check_report(d, what);
        break;
    case HEARD_BROKE:
        d->failed = d->over = true;
        break;
    default:
        break;
    }
}

/* What may still come when all is over. */
static bool may_follow(const drive *d, const heard *what)
{
    if (what->kind == HEARD_RECEIVED)
        return !d->failed;
    return what->kind == HEARD_EVENT &&
           (what->event.type == MSNP_EVENT_TRACE || what->event.type == MSNP_EVENT_CLOSE);
}

static void hear(drive *d, const heard *what)
{
    char *fault = heard_fault(what);

    if (fault)
        drive_found(d, "%s", fault);
    g_free(fault);
    if (d->over && !may_follow(d, what)) {
        GString *text = heard_write(what);
        drive_found(d, "comes after the end: %s", text->str);
        g_string_free(text, TRUE);
    }
    /* What is done next, and its trace, says nothing about that. */
    if (what->kind != HEARD_EVENT ||
        (what->event.type != MSNP_EVENT_STEP && what->event.type != MSNP_EVENT_TRACE))
        flush_close(d, what);
    bool implied = what->kind == HEARD_EVENT && is_implied(d, &what->event);
    if (what->kind == HEARD_EVENT)
        follow_event(d, &what->event);
    else
        follow_call(d, what);
    if (d->config.hear)
        d->config.hear(d->config.data, what);
    bool wanted = what->kind != HEARD_EVENT ||
                  (what->event.type != MSNP_EVENT_STEP && what->event.type != MSNP_EVENT_TRACE) ||
                  (what->event.type == MSNP_EVENT_STEP ? d->config.steps : d->config.traces);
    if (!implied && wanted)
        write_down(d, what);
}

static bool take_event(drive *d, msnp_event *event)
{
    return d->session ? msnp_session_next(d->session, event)
                      : msnp_event_queue_pop(&d->net.events, event);
}

static bool serve(drive *d)
{
    if (d->session)
        return msnp_session_serve(d->session, d->now);

    bool served = msnp_net_serve(&d->net, d->now);
    drive_files_turn(d);
    return served;
}

/* What came on the connections is served only if nothing is on the stack. */
static bool next_event(drive *d, bool may_serve, msnp_event *event)
{
    while (!take_event(d, event))
        if (!may_serve || !serve(d))
            return false;
    return true;
}

/* What a session has put into its cache, or taken out: the event does not say what. */
static void hear_cached(drive *d)
{
    heard what = {.kind = HEARD_LOGIN_SERVER,
                  .text = msnp_cache_login(d->cache, d->config.nexus_url, d->now)};
    bool gateway = msnp_cache_gateway(d->cache, d->config.host, d->config.port, d->now);

    if (d->config.pipelining && !d->no_pipelining &&
        msnp_cache_no_pipelining(d->cache, d->config.host, d->config.port, d->now))
        what = (heard){.kind = HEARD_NO_PIPELINING};
    else if (gateway != d->by_gateway)
        what = (heard){.kind = HEARD_WAY, .text = gateway ? "gateway" : "direct"};
    d->by_gateway = gateway;
    hear(d, &what);
}

static void hear_events(drive *d, bool serve)
{
    heard what = {.kind = HEARD_EVENT};

    while (next_event(d, serve, &what.event)) {
        if (what.event.type == MSNP_EVENT_CACHED)
            hear_cached(d);
        else
            hear(d, &what);
    }
}

/* What comes by a call comes after all that was queued before it. */
void drive_hear_call(drive *d, int64_t now, const heard *what)
{
    if (now && now != d->now)
        drive_found(d, "is called at another time than it is");
    hear_events(d, false);
    hear(d, what);
}

/* --- what is so ----------------------------------------------------------------------------- */

static int64_t deadline_of(const drive *d)
{
    int64_t next = MSNP_NEVER;

    if (d->session)
        next = msnp_session_deadline(d->session, NULL);
    if (d->ns)
        next = MIN(next, msnp_ns_deadline(d->ns));
    if (d->passport)
        next = MIN(next, msnp_passport_deadline(d->passport));
    if (d->switchboard)
        next = MIN(next, msnp_switchboard_deadline(d->switchboard));
    if (d->conversations)
        next = MIN(next, msnp_conversations_deadline(d->conversations));
    if (d->transfers)
        next = MIN(next, msnp_transfers_deadline(d->transfers));
    return MIN(next, msnp_gateway_deadline(d->gateway));
}

int64_t drive_deadline(const drive *d)
{
    return deadline_of(d);
}

static void check_steps(drive *d)
{
    if (d->ns && d->over != (msnp_ns_step(d->ns) == MSNP_STEP_OFFLINE))
        drive_found(d, "ns: is over, or not, and does not say so");
    if (d->ns && !d->over && !msnp_account_valid(msnp_ns_handle(d->ns)))
        drive_found(d, "ns: has no account name");
    if (d->session && d->over != msnp_session_is_over(d->session))
        drive_found(d, "the session is over, or not, and does not say so");
    if (d->session && d->over && d->pages > 0)
        drive_found(d, "a message to a phone does not end");
    if (d->passport && d->over &&
        msnp_passport_step(d->passport) != (d->failed ? MSNP_STEP_OFFLINE : MSNP_STEP_ONLINE))
        drive_found(d, "passport: is over, and does not say so");
}

/* Every edit ends once, and the roster does not contradict itself. */
static void check_roster(drive *d)
{
    const char *fault = roster_text_fault(roster_of(d), true);
    size_t waiting = edits_of(d);

    if (fault)
        drive_found(d, "%s", fault);
    if (d->merged ? waiting + d->edited < d->edits : waiting + d->edited != d->edits)
        drive_found(d, "%zu edits wait and %zu ended, of %zu", waiting, d->edited, d->edits);
    d->edits = waiting;
    d->edited = 0;
    d->merged = false;
}

static void check_switchboard(drive *d)
{
    const msnp_switchboard *sb = d->switchboard;

    /* Not the other way round: its owner may leave it while it reports something. */
    if (d->over && msnp_switchboard_get_state(sb) != MSNP_SWITCHBOARD_OVER)
        drive_found(d, "a switchboard is over, and does not say so");
    if (msnp_switchboard_n_members(sb) > MSNP_SWITCHBOARD_MEMBERS_MAX ||
        msnp_switchboard_n_members(sb) != g_hash_table_size(d->members))
        drive_found(d, "there are not as many as were reported");
    for (size_t i = 0; i < msnp_switchboard_n_members(sb); i++) {
        const msnp_switchboard_person *person = msnp_switchboard_member(sb, i);
        if (!msnp_account_valid(person->account) ||
            !heard_is_clean(person->name, MSNP_NAME_CHARS) ||
            !msnp_switchboard_has(sb, person->account))
            drive_found(d, "somebody is there who cannot be");
        for (size_t k = 0; k < msnp_switchboard_n_calls(sb); k++)
            if (!g_ascii_strcasecmp(person->account, msnp_switchboard_called(sb, k)->account))
                drive_found(d, "somebody is there, and still called");
    }
}

/* The switchboards that the conversations have are those whose connections are not closed. */
static void check_conversations(drive *d)
{
    size_t n = msnp_conversations_n_switchboards(d->conversations);
    size_t open = drive_n_conns(d) - count_of(d, DRIVE_FILES) - count_carriers(d);

    if (msnp_transfers_pending(d->transfers) != drive_files_pending(d))
        drive_found(d, "%zu transfers, and %zu without a result",
                    msnp_transfers_pending(d->transfers), drive_files_pending(d));
    if (n > MSNP_SWITCHBOARDS_MAX)
        drive_found(d, "too many switchboards");
    if (n != open)
        drive_found(d, "%zu switchboards, and %zu connections", n, open);
    /* Files through the service are remembered for a while. */
    if (drive_n_conns(d) + drive_files_pending(d) == 0 && !d->gateway &&
        deadline_of(d) != MSNP_NEVER && (d->over || deadline_of(d) > d->now + MSNP_RELAY_REMEMBER))
        drive_found(d, "a deadline without a switchboard");
}

/* A session asks its adapter for what only that has. */
static bool answer(drive *d)
{
    bool asked = d->session && (d->wants_password || d->wants_status);

    if (d->wants_password) {
        d->wants_password = false;
        d->challenged = true;
        msnp_session_password(d->session, d->config.password, d->now);
    }
    if (d->wants_status) {
        d->wants_status = false;
        msnp_session_set_status(d->session, d->status, d->now);
    }
    return asked;
}

void drive_settle(drive *d)
{
    drive_files_turn(d);
    do
        hear_events(d, true);
    while (answer(d));
    flush_close(d, NULL);
    /* As its owner does, when it has heard of it. */
    if (d->switchboard && d->failed) {
        msnp_switchboard_leave(d->switchboard);
        hear_events(d, true);
    }
    if (d->over && deadline_of(d) != MSNP_NEVER)
        drive_found(d, "a deadline after the end");
    if (d->over && d->config.part != DRIVE_CONVERSATIONS && drive_n_conns(d) > 0)
        drive_found(d, "a connection after the end");
    check_steps(d);
    if (roster_of(d))
        check_roster(d);
    if (d->switchboard)
        check_switchboard(d);
    if (d->conversations)
        check_conversations(d);
}

void drive_end(drive *d)
{
    hear_events(d, true);
    d->over = true;
    drive_settle(d);
}

/* --- what goes in --------------------------------------------------------------------------- */

/* A copy: a sanitizer sees who reads beyond it, or keeps a view of it. */
static void receive(drive *d, unsigned conn, const void *data, size_t len)
{
    char *copy = msnp_str_dup((msnp_str){data, len});
    drive_conn *from = drive_find_conn(d, conn);

    if (len > 0)
        follow_response(from, (msnp_str){data, len});
    else if (from->exchange.state != MSNP_EXCHANGE_IDLE)
        (void)msnp_exchange_closed(&from->exchange);
    if (d->session)
        msnp_session_feed(d->session, conn, copy, len);
    else
        msnp_net_received(&d->net, conn, (msnp_str){copy, len});
    g_free(copy);
    drive_settle(d);
}

void drive_feed(drive *d, drive_part side, unsigned conn, const void *data, size_t len)
{
    if (len > 0 && drive_is_open(d, side, conn) &&
        !drive_find_conn(d, conn_of(d, side, conn))->port)
        receive(d, conn_of(d, side, conn), data, len);
}

void drive_connected(drive *d, drive_part side, unsigned conn)
{
    unsigned number = conn_of(d, side, conn);
    drive_conn *found = drive_find_conn(d, number);

    if (!found || found->state == CONN_CLOSED || found->port)
        return;
    found->state = CONN_OPEN;
    if (d->session)
        msnp_session_connected(d->session, number, d->now);
    else
        msnp_net_connected(&d->net, number, d->now);
    drive_settle(d);
}

void drive_closed(drive *d, drive_part side, unsigned conn)
{
    unsigned number = conn_of(d, side, conn);
    drive_conn *found = drive_find_conn(d, number);

    if (!found || found->state == CONN_CLOSED || found->port)
        return;
    found->lost = true;
    receive(d, number, NULL, 0);
    found = drive_find_conn(d, number);
    if (found->state != CONN_CLOSED)
        drive_found(d, "keeps connection %u, which the peer has closed", number);
}

void drive_connect_failed(drive *d, drive_part side, unsigned conn)
{
    static const msnp_connect_error why = {.code = 7, .text = "no route"};

    drive_connect_failed_by(d, side, conn, &why);
}

void drive_proxied(drive *d, drive_part side, unsigned conn, const char *authorization)
{
    unsigned number = conn_of(d, side, conn);
    drive_conn *found = drive_find_conn(d, number);

    if (!found || found->state != CONN_ASKED || !found->gateway || found->tls)
        return;
    found->proxied = true;
    if (authorization)
        drive_secret(d, authorization);
    msnp_session_proxied(d->session, number, authorization);
    drive_settle(d);
}

void drive_connect_failed_by(drive *d, drive_part side, unsigned conn,
                             const msnp_connect_error *why)
{
    unsigned number = conn_of(d, side, conn);
    drive_conn *found = drive_find_conn(d, number);

    if (!found || found->state != CONN_ASKED)
        return;
    found->lost = true;
    if (d->session)
        msnp_session_connect_failed(d->session, number, why, d->now);
    else
        msnp_net_failed(&d->net, number, why, d->now);
    drive_settle(d);
    if (drive_find_conn(d, number)->state != CONN_CLOSED)
        drive_found(d, "keeps connection %u, which could not be made", number);
}

static void tick(drive *d)
{
    if (d->session)
        msnp_session_tick(d->session, d->now);
    if (d->ns)
        msnp_ns_tick(d->ns, d->now);
    if (d->passport)
        msnp_passport_tick(d->passport, d->now);
    if (d->switchboard)
        msnp_switchboard_tick(d->switchboard, d->now);
    if (d->conversations)
        msnp_conversations_tick(d->conversations, d->now);
    if (d->transfers)
        msnp_transfers_tick(d->transfers, d->now);
    msnp_gateway_tick(d->gateway, d->now);
    drive_settle(d);
    if (deadline_of(d) <= d->now)
        drive_found(d, "after a tick the next deadline is not in the future");
}

/* A tick that nobody asked for must do nothing: what is to happen at a time has a deadline. */
static void tick_at_last(drive *d, bool jump)
{
    bool asked = jump || deadline_of(d) <= d->now;
    guint before = d->outputs.length;

    tick(d);
    if (!asked && d->outputs.length > before)
        drive_found(d, "something happened at a time for which there was no deadline");
}

void drive_advance(drive *d, int64_t ms, bool jump)
{
    int64_t end = d->now + ms;

    for (unsigned i = 0; !jump && deadline_of(d) < end && !d->fault; i++) {
        d->now = MAX(d->now, deadline_of(d));
        tick(d);
        if (i > TICKS_MAX)
            drive_found(d, "too many deadlines");
    }
    d->now = end;
    tick_at_last(d, jump);
}

void drive_edit(drive *d, const msnp_edit *edit)
{
    /* After the end there is nobody who could do it. */
    d->edits += !d->over;
    if (d->session)
        msnp_session_edit(d->session, edit, d->now);
    else
        msnp_ns_edit(d->ns, edit, d->now);
    drive_settle(d);
}

msnp_err drive_say(drive *d, msnp_conversation_id where, const char *text,
                   const msnp_format *format)
{
    msnp_err err;

    /* Before: what cannot be sent may be reported at once. */
    g_ptr_array_add(d->said, g_strdup(text));
    if (d->session)
        err = msnp_session_say(d->session, where, text, format, d->now);
    else
        err = msnp_conversations_send(d->conversations, where, text, format, d->now);
    if (err != MSNP_OK)
        g_ptr_array_set_size(d->said, (gint)d->said->len - 1);
    drive_settle(d);
    return err;
}

msnp_err drive_nudge(drive *d, const char *who)
{
    msnp_err err = d->session ? msnp_session_nudge(d->session, who, d->now)
                              : msnp_conversations_nudge(d->conversations, who, d->now);

    drive_settle(d);
    return err;
}

msnp_err drive_page(drive *d, const char *who, const char *text)
{
    msnp_err err = d->session ? msnp_session_page(d->session, who, text, d->now)
                              : msnp_ns_page(d->ns, who, text, d->now);

    d->pages += err == MSNP_OK;
    drive_settle(d);
    return err;
}

void drive_type(drive *d, const char *who)
{
    if (d->session)
        msnp_session_type(d->session, who, d->now);
    else
        msnp_conversations_type(d->conversations, who, d->now);
    drive_settle(d);
}

void drive_chat(drive *d, const char *who, const char *also)
{
    if (d->session)
        msnp_session_chat(d->session, who, also, d->now);
    else
        msnp_conversations_chat(d->conversations, who, also, d->now);
    drive_settle(d);
}

void drive_invite(drive *d, unsigned chat, const char *who)
{
    if (d->session)
        msnp_session_invite(d->session, chat, who, d->now);
    else
        msnp_conversations_invite(d->conversations, chat, who, d->now);
    drive_settle(d);
}

void drive_leave(drive *d, msnp_conversation_id where)
{
    if (d->session)
        msnp_session_leave(d->session, where, d->now);
    else
        msnp_conversations_close(d->conversations, where, d->now);
    drive_settle(d);
}

void drive_sign_in(drive *d, const char *account, const char *challenge)
{
    const msnp_credentials credentials = {
        .account = account, .password = d->config.password, .challenge = challenge};

    if (challenge)
        drive_secret(d, challenge);
    d->challenged = true;
    msnp_passport_sign_in(d->passport, &credentials, d->now);
    drive_settle(d);
}

/* --- life ----------------------------------------------------------------------------------- */

static void add_password(drive *d, const char *password)
{
    char *encoded = g_uri_escape_string(password, NULL, FALSE);
    char *pair = g_strdup_printf("pwd=%s", encoded);

    drive_secret(d, pair);
    /* The word itself is no secret where it is the password of the example. */
    if (strcmp(password, "password") != 0) {
        drive_secret(d, password);
        drive_secret(d, encoded);
    }
    g_free(pair);
    g_free(encoded);
}

drive *drive_new(const drive_config *config)
{
    drive *d = g_new0(drive, 1);

    d->config = *config;
    d->now = DRIVE_BEGIN;
    d->status = config->status;
    msnp_net_init(&d->net, true);
    d->conns = g_array_new(FALSE, FALSE, sizeof(drive_conn));
    g_queue_init(&d->outputs);
    d->secrets = g_ptr_array_new_with_free_func(g_free);
    d->traces = g_ptr_array_new_with_free_func(g_free);
    d->said = g_ptr_array_new_with_free_func(g_free);
    d->members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    d->doubtful = g_ptr_array_new_with_free_func(g_free);
    d->cache = msnp_cache_new();
    drive_files_new(d);
    drive_p2p_new(d);
    if (config->known_login)
        msnp_cache_set_login(d->cache, config->nexus_url, config->known_login, d->now);
    if (config->known_gateway)
        msnp_cache_set_gateway(d->cache, config->host, config->port, true, d->now);
    d->by_gateway = config->known_gateway;
    if (config->password)
        add_password(d, config->password);
    if (config->cookie)
        drive_secret(d, config->cookie);
    drive_start(d);
    drive_settle(d);
    return d;
}

void drive_free(drive *d)
{
    if (!d)
        return;
    msnp_ns_free(d->ns);
    msnp_passport_free(d->passport);
    msnp_switchboard_free(d->switchboard);
    msnp_transfers_free(d->transfers);
    msnp_conversations_free(d->conversations);
    msnp_session_free(d->session);
    msnp_net_clear(&d->net);
    msnp_gateway_free(d->gateway);
    msnp_cache_free(d->cache);
    for (unsigned i = 0; i < d->conns->len; i++) {
        drive_conn *conn = &g_array_index(d->conns, drive_conn, i);
        g_free(conn->host);
        g_free(conn->asked);
        msnp_exchange_clear(&conn->exchange);
    }
    g_array_free(d->conns, TRUE);
    g_queue_clear_full(&d->outputs, output_free);
    g_ptr_array_unref(d->secrets);
    g_ptr_array_unref(d->traces);
    g_ptr_array_unref(d->said);
    g_ptr_array_unref(d->doubtful);
    g_hash_table_destroy(d->members);
    g_hash_table_destroy(d->files);
    drive_p2p_free(d);
    g_free(d->fault);
    g_free(d);
}

msnp_ns *drive_ns(drive *d)
{
    return d->ns;
}

msnp_passport *drive_passport(drive *d)
{
    return d->passport;
}

msnp_switchboard *drive_switchboard(drive *d)
{
    return d->switchboard;
}

msnp_conversations *drive_conversations(drive *d)
{
    return d->conversations;
}

msnp_session *drive_session(drive *d)
{
    return d->session;
}

int64_t drive_now(const drive *d)
{
    return d->now;
}

bool drive_is_over(const drive *d)
{
    return d->over;
}

/* --- what is told of it --------------------------------------------------------------------- */

char *drive_whole_state(const drive *d)
{
    return roster_of(d) ? roster_text_all(roster_of(d), edits_of(d)) : g_strdup("");
}

char *drive_state(const drive *d, const char *what)
{
    return roster_of(d) ? roster_text_of(roster_of(d), edits_of(d), what) : drive_describe(d, what);
}

const char *drive_step(const drive *d, drive_part side)
{
    static const char *const states[] = {"CONNECTING", "GREETING", "OPEN", "OVER"};

    if (d->session && side <= DRIVE_PASSPORT)
        return msnp_step_name(d->over ? MSNP_STEP_OFFLINE : d->steps[side]);
    if (side == DRIVE_NS && d->ns)
        return msnp_step_name(msnp_ns_step(d->ns));
    if (side == DRIVE_PASSPORT && d->passport)
        return msnp_step_name(msnp_passport_step(d->passport));
    if (side == DRIVE_SWITCHBOARD && d->switchboard)
        return states[msnp_switchboard_get_state(d->switchboard)];
    return "";
}

drive_output *drive_output_first(const drive *d)
{
    return g_queue_peek_head((GQueue *)&d->outputs);
}

void drive_output_drop(drive *d, drive_output *out)
{
    g_queue_remove(&d->outputs, out);
    output_free(out);
}

char *drive_take_all(drive *d)
{
    GString *all = g_string_new(NULL);
    drive_output *out;

    while ((out = g_queue_pop_head(&d->outputs))) {
        char *text = out->bytes ? escape_bytes(out->text->str, out->text->len, false)
                                : g_strdup(out->text->str);
        if (out->conn > 1)
            g_string_append_printf(all, "C%u %s\n", out->conn, text);
        else
            g_string_append_printf(all, "%s %s\n", out->bytes ? "C" : "EV", text);
        g_free(text);
        output_free(out);
    }
    return g_string_free(all, FALSE);
}
