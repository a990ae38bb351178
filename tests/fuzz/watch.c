/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What holds for the events of the machines.
 */
#include "cmd.h"
#include "fuzz.h"
#include "lines.h"
#include "url.h"

#include <string.h>

#define INVITE_CHARS 64
#define FILE_CHARS   255

void fuzz_watch_init(fuzz_watch *watch, fuzz_machine machine)
{
    *watch = (fuzz_watch){.machine = machine};
    watch->wires = g_byte_array_new();
    watch->members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    watch->secrets = g_ptr_array_new();
    watch->log = g_string_new(NULL);
}

void fuzz_watch_clear(fuzz_watch *watch)
{
    g_free(watch->host);
    g_byte_array_unref(watch->wires);
    g_hash_table_destroy(watch->members);
    g_ptr_array_unref(watch->secrets);
    g_string_free(watch->log, TRUE);
}

void fuzz_watch_secret(fuzz_watch *watch, const char *secret, const fuzz_input *input)
{
    if (!input->whole.len || !memmem(input->whole.ptr, input->whole.len, secret, strlen(secret)))
        g_ptr_array_add(watch->secrets, (char *)secret);
}

void fuzz_watch_note(fuzz_watch *watch, const char *text, size_t number)
{
    g_string_append_printf(watch->log, " %s %" G_GSIZE_FORMAT, text ? text : "(null)", number);
}

static bool is_word(const char *text)
{
    return *text && !strpbrk(text, " \r\n\t");
}

void fuzz_check_error(msnp_err err, unsigned number)
{
    CHECK(err < MSNP_N_ERRS && number <= 999);
    CHECK((number != 0) == (err == MSNP_ERR_SERVER));
}

void fuzz_check_person(const char *account, const char *name)
{
    CHECK_TEXT(msnp_account_valid(account), account);
    CHECK(!name || fuzz_is_clean(name, MSNP_NAME_CHARS));
}

/* --- connections ---------------------------------------------------------------------------- */

uint8_t *fuzz_watch_wire(const fuzz_watch *watch, unsigned wire)
{
    return wire > 0 && wire <= watch->wires->len ? &watch->wires->data[wire - 1] : NULL;
}

size_t fuzz_watch_wires(const fuzz_watch *watch)
{
    size_t n = 0;

    for (unsigned i = 0; i < watch->wires->len; i++)
        n += watch->wires->data[i] != WIRE_CLOSED;
    return n;
}

static void watch_wire(fuzz_watch *watch, const msnp_event *event)
{
    uint8_t *state = fuzz_watch_wire(watch, event->conn);
    uint8_t asked = WIRE_ASKED;

    if (event->type == MSNP_EVENT_CONNECT) {
        /* They are numbered in order, and never again in the same way. */
        CHECK(event->conn == watch->wires->len + 1);
        g_byte_array_append(watch->wires, &asked, 1);
        return;
    }
    CHECK(state && (*state != WIRE_CLOSED || event->type == MSNP_EVENT_TRACE));
    CHECK(event->type != MSNP_EVENT_WRITE || *state == WIRE_OPEN);
    if (event->type == MSNP_EVENT_CLOSE)
        *state = WIRE_CLOSED;
}

static void watch_connect(fuzz_watch *watch, const msnp_event *event)
{
    CHECK(fuzz_is_host(event->connect.host));
    CHECK(event->connect.port > 0);
    CHECK(event->connect.tls == (watch->machine == FUZZ_PASSPORT));
    fuzz_watch_note(watch, event->connect.host, event->connect.port);
    g_free(watch->host);
    watch->host = g_strdup(event->connect.host);
    watch->connected = false;
    watch->moved_on = true;
    watch->connects++;
}

static void watch_failure(fuzz_watch *watch, const msnp_failure *failure)
{
    CHECK(failure->err > MSNP_OK && failure->err < MSNP_N_ERRS);
    CHECK(failure->step < MSNP_STEP_ONLINE || watch->machine != FUZZ_PASSPORT);
    CHECK(failure->step < MSNP_STEP_OFFLINE);
    CHECK(failure->host ? fuzz_is_host(failure->host) && failure->port : !failure->port);
    CHECK(!failure->text || (*failure->text && fuzz_is_clean(failure->text, 1000)));
    fuzz_watch_note(watch, msnp_err_name(failure->err), failure->step);
    fuzz_watch_note(watch, failure->host, failure->port);
    fuzz_watch_note(watch, failure->text, failure->number);
    watch->over = true;
    watch->connected = false;
    watch->moved_on = true;
}

static void watch_trace(fuzz_watch *watch, const char *text)
{
    CHECK_TEXT(fuzz_is_printable(text), text);
    for (unsigned i = 0; i < watch->secrets->len; i++)
        CHECK_TEXT(!strstr(text, watch->secrets->pdata[i]), text);
    fuzz_watch_note(watch, text, 0);
}

/* What every machine says; false if it is something else. */
static bool watch_machine(fuzz_watch *watch, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        watch_connect(watch, event);
        return true;
    case MSNP_EVENT_WRITE:
        CHECK(watch->connected || watch->machine == FUZZ_CONVERSATIONS);
        CHECK(event->write.len > 0);
        g_string_append_len(watch->log, event->write.data, (gssize)event->write.len);
        return true;
    case MSNP_EVENT_CLOSE:
        watch->connected = false;
        watch->moved_on = true;
        return true;
    case MSNP_EVENT_STEP:
        CHECK(watch->machine == FUZZ_NS || watch->machine == FUZZ_PASSPORT);
        CHECK(event->step.step > MSNP_STEP_IDLE && event->step.step < MSNP_N_STEPS);
        if (!watch->stepless)
            fuzz_watch_note(watch, event->step.host, event->step.step);
        return true;
    case MSNP_EVENT_FAILED:
        CHECK(watch->machine != FUZZ_CONVERSATIONS);
        watch_failure(watch, &event->failure);
        return true;
    case MSNP_EVENT_TRACE:
        watch_trace(watch, event->trace.text);
        return true;
    default:
        return false;
    }
}

/* --- the notification session, and Passport ------------------------------------------------- */

static void watch_edited(fuzz_watch *watch, const msnp_event *event)
{
    const msnp_edit *edit = &event->edited.edit;

    CHECK(edit->kind < MSNP_N_EDITS);
    fuzz_check_error(event->edited.cause.err, event->edited.cause.number);
    fuzz_watch_note(watch, msnp_edit_name(edit->kind), event->edited.cause.err);
    fuzz_watch_note(watch, edit->account, event->edited.cause.number);
    fuzz_watch_note(watch, edit->from, edit->phone);
    fuzz_watch_note(watch, edit->to, edit->on);
    fuzz_watch_note(watch, edit->text, 0);
    watch->edited++;
}

static void watch_board_events(fuzz_watch *watch, const msnp_event *event)
{
    const msnp_ring *ring = &event->ring;

    switch (event->type) {
    case MSNP_EVENT_SWITCHBOARD:
        CHECK(fuzz_is_host(event->switchboard.host) && event->switchboard.port > 0);
        CHECK(is_word(event->switchboard.cookie));
        fuzz_watch_note(watch, event->switchboard.host, event->switchboard.port);
        fuzz_watch_note(watch, event->switchboard.cookie, event->switchboard.request);
        break;
    case MSNP_EVENT_NO_SWITCHBOARD:
        CHECK(event->no_switchboard.cause.err != MSNP_OK);
        fuzz_check_error(event->no_switchboard.cause.err, event->no_switchboard.cause.number);
        fuzz_watch_note(watch, msnp_err_name(event->no_switchboard.cause.err),
                        event->no_switchboard.request);
        break;
    default:
        CHECK(fuzz_is_host(ring->host) && ring->port > 0);
        CHECK(is_word(ring->cookie) && is_word(ring->session));
        fuzz_check_person(ring->account, ring->name);
        fuzz_watch_note(watch, ring->host, ring->port);
        fuzz_watch_note(watch, ring->cookie, 0);
        fuzz_watch_note(watch, ring->session, 0);
        fuzz_watch_note(watch, ring->account, 0);
        fuzz_watch_note(watch, ring->name, 0);
        break;
    }
}

static void watch_ns(fuzz_watch *watch, const msnp_event *event)
{
    CHECK_TEXT(watch->machine == FUZZ_NS, msnp_event_name(event->type));
    switch (event->type) {
    case MSNP_EVENT_CHALLENGE:
        CHECK(*event->challenge);
        fuzz_watch_note(watch, event->challenge, 0);
        break;
    case MSNP_EVENT_SIGNED_IN:
        fuzz_check_person(event->signed_in.handle, event->signed_in.friendly);
        fuzz_watch_note(watch, event->signed_in.friendly, 0);
        break;
    case MSNP_EVENT_ONLINE:
    case MSNP_EVENT_STATUS:
        CHECK(event->status < MSNP_N_STATUSES);
        fuzz_watch_note(watch, msnp_status_code(event->status), 0);
        break;
    case MSNP_EVENT_STATUS_FAILED:
        CHECK(event->status_failed.wanted < MSNP_N_STATUSES);
        CHECK(event->status_failed.number <= 999);
        fuzz_watch_note(watch, msnp_status_code(event->status_failed.wanted),
                        event->status_failed.number);
        break;
    case MSNP_EVENT_ROSTER:
        fuzz_watch_note(watch, NULL, event->complete);
        break;
    case MSNP_EVENT_CONTACT:
        CHECK(msnp_account_valid(event->contact.account));
        CHECK(event->contact.news && event->contact.news < MSNP_NEW_LISTS * 2);
        fuzz_watch_note(watch, event->contact.account, event->contact.news);
        break;
    case MSNP_EVENT_EDITED:
        watch_edited(watch, event);
        break;
    case MSNP_EVENT_MOVED:
        break;
    case MSNP_EVENT_NO_PIPELINING:
        CHECK(!watch->no_pipelining && watch->connects > 1);
        watch->no_pipelining = true;
        break;
    default:
        watch_board_events(watch, event);
        break;
    }
}

static void watch_ticket(fuzz_watch *watch, const char *ticket)
{
    CHECK(watch->machine == FUZZ_PASSPORT);
    CHECK(strlen(ticket) <= MSNP_TICKET_MAX && is_word(ticket));
    fuzz_watch_note(watch, ticket, 0);
}

/* What the nexus said can be used as it is told. */
static void watch_login_server(fuzz_watch *watch, const char *login)
{
    msnp_url url = {0};
    char *text;

    CHECK(watch->machine == FUZZ_PASSPORT);
    fuzz_watch_note(watch, login, 0);
    if (!login)
        return;
    CHECK(msnp_url_parse(&url, msnp_str_of(login), NULL) == MSNP_OK);
    text = msnp_url_text(&url);
    CHECK_TEXT(!strcmp(text, login), login);
    g_free(text);
    msnp_url_clear(&url);
}

/* --- conversations -------------------------------------------------------------------------- */

static void check_id(const fuzz_watch *watch, msnp_conversation_id id)
{
    CHECK((id.chat != 0) == !id.who && id.chat <= watch->chats);
    CHECK(!id.who || msnp_account_valid(id.who));
}

static void check_said(const fuzz_watch *watch, const msnp_event *event)
{
    check_id(watch, event->said.conversation);
    fuzz_check_person(event->said.who, event->said.name);
    CHECK(event->said.kind == MSNP_MESSAGE_INVITE || !event->said.file);
    switch (event->said.kind) {
    case MSNP_MESSAGE_TEXT:
        CHECK_TEXT(*event->said.text && lines_are_clean(event->said.text), event->said.text);
        lines_check_format(&event->said.format);
        break;
    case MSNP_MESSAGE_INVITE:
        CHECK_TEXT(fuzz_is_clean(event->said.text, INVITE_CHARS), event->said.text);
        CHECK(!event->said.file || fuzz_is_clean(event->said.file, FILE_CHARS));
        break;
    case MSNP_MESSAGE_NUDGE:
        break;
    default:
        CHECK(event->type == MSNP_EVENT_TYPING);
        break;
    }
}

/* Who comes into a chat was not in it, who leaves it was. */
static void watch_member(fuzz_watch *watch, const msnp_event *event)
{
    char *account = g_ascii_strdown(event->chat_member.account, -1);
    char *key = g_strdup_printf("%u %s", event->chat_member.chat, account);

    fuzz_check_person(event->chat_member.account, event->chat_member.name);
    CHECK(event->chat_member.chat && event->chat_member.chat <= watch->chats);
    if (event->type == MSNP_EVENT_CHAT_JOINED) {
        CHECK(event->chat_member.name);
        CHECK_TEXT(g_hash_table_add(watch->members, g_strdup(key)), key);
    } else {
        CHECK_TEXT(g_hash_table_remove(watch->members, key), key);
    }
    g_free(key);
    g_free(account);
}

static void watch_conversations(fuzz_watch *watch, const msnp_event *event)
{
    CHECK_TEXT(watch->machine == FUZZ_CONVERSATIONS, msnp_event_name(event->type));
    switch (event->type) {
    case MSNP_EVENT_MESSAGE:
    case MSNP_EVENT_TYPING:
        check_said(watch, event);
        break;
    case MSNP_EVENT_UNDELIVERED:
        check_id(watch, event->undelivered.conversation);
        CHECK(event->undelivered.cause.err != MSNP_OK);
        fuzz_check_error(event->undelivered.cause.err, event->undelivered.cause.number);
        CHECK(!event->undelivered.text || *event->undelivered.text);
        break;
    case MSNP_EVENT_CHAT_BEGUN:
        CHECK(event->begun.chat == ++watch->chats);
        CHECK(!event->begun.from || msnp_account_valid(event->begun.from));
        break;
    case MSNP_EVENT_CHAT_JOINED:
    case MSNP_EVENT_CHAT_LEFT:
        watch_member(watch, event);
        break;
    default:
        CHECK(event->chat_call_failed.chat && event->chat_call_failed.chat <= watch->chats);
        CHECK(event->chat_call_failed.cause.err != MSNP_OK);
        fuzz_check_error(event->chat_call_failed.cause.err, event->chat_call_failed.cause.number);
        break;
    }
}

void fuzz_watch_event(fuzz_watch *watch, const msnp_event *event)
{
    CHECK(event->type < MSNP_N_EVENTS);
    CHECK_TEXT(!watch->over, msnp_event_name(event->type));
    CHECK(watch->machine == FUZZ_CONVERSATIONS || event->conn == 0);
    watch->events++;
    if (event->type != MSNP_EVENT_STEP || !watch->stepless)
        fuzz_watch_note(watch, msnp_event_name(event->type), event->conn);
    if (event->conn)
        watch_wire(watch, event);
    if (watch_machine(watch, event))
        CHECK(watch->machine != FUZZ_CONVERSATIONS || event->conn);
    else if (event->type == MSNP_EVENT_TICKET)
        watch_ticket(watch, event->ticket);
    else if (event->type == MSNP_EVENT_LOGIN_SERVER)
        watch_login_server(watch, event->login_server);
    else if (event->type < MSNP_EVENT_MESSAGE)
        watch_ns(watch, event);
    else
        watch_conversations(watch, event);
}
