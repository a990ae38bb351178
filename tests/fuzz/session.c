/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

#include "cmd.h"

#include <string.h>

const char session_ticket[] = "t=53*1hAu8ADuD3TEwdXoOMi08sD&p=5eKBBC!yBH6ex5mftp";

const char *const session_sign_in[SESSION_SIGN_IN] = {
    "VER 1 MSNP8 CVR0\r\n",
    "CVR 2 6.0.0602 6.0.0602 1.0.0000 http://example.com/a http://example.com/\r\n",
    "USR 3 TWN S lc=1033,id=507,kpp=1,kv=5\r\n",
    "USR 4 OK example@passport.com example%20friendlyname 1 0\r\n",
    "SYN 5 0 0 0\r\n",
    "CHG 6 NLN 0\r\n",
};

/* Early or not, a sign-in has these commands in this order. */
static void check_turn(fuzz_session *session, const msnp_cmd *cmd)
{
    static const char *const turns[SESSION_SIGN_IN] = {"VER", "CVR", "USR", "USR", "SYN", "CHG"};
    uint32_t id = 0;

    if (cmd->argc == 0)
        return;
    CHECK(msnp_cmd_trid(cmd, &id) && id > session->last);
    session->last = id;
    if (session->begun < SESSION_SIGN_IN && strcmp(cmd->name, "QRY") != 0)
        CHECK_TEXT(!strcmp(cmd->name, turns[session->begun++]), cmd->name);
}

/* What is written is lines, each one a command; only QRY has a payload. */
static void check_written(fuzz_session *session, msnp_str bytes)
{
    const char *end = memchr(bytes.ptr, '\r', bytes.len);
    msnp_cmd cmd;
    size_t rest;

    CHECK(end && end + 1 < bytes.ptr + bytes.len && end[1] == '\n');
    rest = bytes.len - (size_t)(end + 2 - bytes.ptr);
    bytes.len -= rest + 2;
    CHECK(msnp_cmd_parse(&cmd, &msnp_ns_verbs, bytes) == MSNP_OK);
    CHECK(rest == (strcmp(cmd.name, "QRY") ? 0 : MSNP_DIGEST_LENGTH));
    for (size_t i = 0; i < cmd.argc; i++)
        CHECK(cmd.argv[i].len > 0 && fuzz_is_graph(cmd.argv[i]));
    check_turn(session, &cmd);
    if (cmd.argc > 0 && rest == 0) {
        g_string_truncate(session->asked, 0);
        g_string_append_len(session->asked, bytes.ptr, (gssize)bytes.len);
    }
}

/* One edit can become many, when one group becomes part of another. */
static bool is_merge(const msnp_event *event)
{
    return event->type == MSNP_EVENT_EDITED && event->edited.cause.err == MSNP_OK &&
           event->edited.edit.kind == MSNP_EDIT_RENAME_GROUP;
}

/* Each edit ends once, or waits. */
static void check_edits(fuzz_session *session, size_t ended, bool merged)
{
    size_t waiting = msnp_ns_edits_waiting(session->machine);

    if (merged)
        CHECK(waiting + ended >= session->edits);
    else
        CHECK(waiting + ended == session->edits);
    session->edits = waiting;
}

/* Each request ends once. */
static void check_request(fuzz_session *session, const msnp_event *event)
{
    unsigned request = event->type == MSNP_EVENT_SWITCHBOARD      ? event->switchboard.request
                       : event->type == MSNP_EVENT_NO_SWITCHBOARD ? event->no_switchboard.request
                                                                  : 0;

    if (request)
        CHECK(g_hash_table_remove(session->requests, GUINT_TO_POINTER(request)));
}

static void check_place(const fuzz_session *session)
{
    uint16_t port;
    const char *host = msnp_ns_host(session->machine, &port);

    CHECK(host ? fuzz_is_host(host) && port : !port);
    CHECK(msnp_account_valid(msnp_ns_handle(session->machine)) ||
          msnp_ns_step(session->machine) == MSNP_STEP_OFFLINE);
    if (session->watch.over) {
        CHECK(msnp_ns_step(session->machine) == MSNP_STEP_OFFLINE);
        CHECK(msnp_ns_deadline(session->machine) == MSNP_NEVER);
    }
}

/* `bytes` is what it may say something about, besides the time and its contacts and edits. */
static void pump(fuzz_session *session, size_t bytes)
{
    const msnp_roster *roster = msnp_ns_roster(session->machine);
    msnp_event event;
    /* Each of them is sent at most once in a step, and may end there. */
    size_t requests = g_hash_table_size(session->requests);
    bool merged = false;

    session->watch.events = 0;
    session->watch.edited = 0;
    while (msnp_ns_next(session->machine, &event)) {
        fuzz_watch_event(&session->watch, &event);
        merged = merged || is_merge(&event);
        check_request(session, &event);
        if (event.type == MSNP_EVENT_CONNECT) {
            session->begun = 0;
            session->last = 0;
        }
        if (event.type == MSNP_EVENT_WRITE)
            check_written(session, (msnp_str){event.write.data, event.write.len});
        if (event.type == MSNP_EVENT_CONTACT)
            CHECK(msnp_roster_find(roster, msnp_str_of(event.contact.account)));
    }
    /* The end of an edit: CONTACT, EDITED, and what the next one sends. */
    CHECK(session->watch.events <=
          16 + bytes + msnp_roster_size(roster) + 4 * session->watch.edited + 3 * requests);
    CHECK(session->pipelining || !session->watch.no_pipelining);
    check_edits(session, session->watch.edited, merged);
    check_place(session);
    fuzz_check_roster(roster, true);
}

/* A server that closes or says nothing is asked again once, and only if that can be our fault. */
static void check_again(fuzz_session *session, unsigned connects)
{
    session->again += session->watch.connects - connects;
    CHECK(session->again <= session->pipelining);
}

void session_tick(fuzz_session *session, int64_t ms)
{
    unsigned connects = session->watch.connects;

    session->now += ms;
    msnp_ns_tick(session->machine, session->now);
    pump(session, 0);
    check_again(session, connects);
    CHECK(msnp_ns_deadline(session->machine) > session->now);
}

void session_feed(fuzz_session *session, const void *data, size_t len)
{
    bool was_over = session->watch.over;
    unsigned connects = session->watch.connects;
    msnp_err err = msnp_ns_feed(session->machine, data, len, session->now);

    /* On a connection that was closed nothing can be said any more. */
    session->watch.connected = session->watch.connected && len > 0;
    pump(session, len);
    if (len == 0)
        check_again(session, connects);
    CHECK(err == MSNP_OK || (!was_over && session->watch.over));
}

void session_connected(fuzz_session *session)
{
    session->watch.connected = session->watch.connects > 0 && !session->watch.over;
    session->watch.moved_on = false;
    msnp_ns_connected(session->machine, session->now);
    pump(session, 0);
}

void session_give_ticket(fuzz_session *session, const char *text)
{
    msnp_err err = msnp_ns_ticket(session->machine, text, session->now);

    CHECK(err == MSNP_OK || err == MSNP_ERR_NO_TICKET);
    pump(session, strlen(text));
}

void session_set_status(fuzz_session *session, msnp_status status)
{
    msnp_ns_set_status(session->machine, status, session->now);
    pump(session, 0);
}

void session_edit(fuzz_session *session, const msnp_edit *edit)
{
    session->edits += !session->watch.over;
    msnp_ns_edit(session->machine, edit, session->now);
    pump(session, 0);
}

void session_ask(fuzz_session *session)
{
    if (!session->watch.over)
        g_hash_table_add(session->requests, GUINT_TO_POINTER(++session->last_request));
    msnp_ns_ask_switchboard(session->machine, session->last_request, session->now);
    pump(session, 0);
}

void session_sign_out(fuzz_session *session)
{
    bool was_over = session->watch.over;

    msnp_ns_sign_out(session->machine);
    pump(session, 0);
    CHECK(was_over || session->watch.moved_on);
    session->watch.over = true;
    pump(session, 0);
}

void session_begin(fuzz_session *session, const msnp_ns_config *config, const fuzz_input *input)
{
    *session = (fuzz_session){.now = 1000, .pipelining = config->pipelining};
    session->machine = msnp_ns_new(config);
    session->asked = g_string_new(NULL);
    session->requests = g_hash_table_new(NULL, NULL);
    fuzz_watch_init(&session->watch, FUZZ_NS);
    fuzz_watch_secret(&session->watch, session_ticket, input);
    msnp_ns_set_trace(session->machine, true);
    msnp_ns_start(session->machine, session->now);
    pump(session, 0);
}

void session_end(fuzz_session *session)
{
    msnp_ns_free(session->machine);
    fuzz_watch_clear(&session->watch);
    g_string_free(session->asked, TRUE);
    g_hash_table_destroy(session->requests);
}

void session_dialogue(fuzz_session *session, unsigned lines)
{
    session_connected(session);
    for (unsigned i = 0; i < lines; i++) {
        session_feed(session, session_sign_in[i], strlen(session_sign_in[i]));
        if (i + 1 == SESSION_UP_TO_CHALLENGE)
            session_give_ticket(session, session_ticket);
    }
}
