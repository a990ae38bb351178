/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "drive.h"

#include "codec.h"
#include "expect.h"
#include "guard.h"
#include "watch.h"

#include <string.h>

static bool next_event(drive *d, msnp_event *event)
{
    bool any;
    watch_on();
    if (d->ns != NULL)
        any = msnp_ns_next(d->ns, event);
    else if (d->passport != NULL)
        any = msnp_passport_next(d->passport, event);
    else
        any = msnp_event_queue_pop(&d->net.events, event);
    watch_off();
    /* That of a switchboard is the only one. */
    if (any && d->sb != NULL)
        event->conn = 0;
    return any;
}

msnp_step drive_step(const drive *d)
{
    static const msnp_step steps[] = {[MSNP_SWITCHBOARD_CONNECTING] = MSNP_STEP_CONNECT,
                                      [MSNP_SWITCHBOARD_GREETING] = MSNP_STEP_ACCOUNT,
                                      [MSNP_SWITCHBOARD_OPEN] = MSNP_STEP_ONLINE,
                                      [MSNP_SWITCHBOARD_OVER] = MSNP_STEP_OFFLINE};
    if (d->sb != NULL)
        return steps[msnp_switchboard_get_state(d->sb)];
    return d->ns != NULL ? msnp_ns_step(d->ns) : msnp_passport_step(d->passport);
}

int64_t drive_deadline(const drive *d)
{
    if (d->ns != NULL)
        return msnp_ns_deadline(d->ns);
    if (d->passport != NULL)
        return msnp_passport_deadline(d->passport);
    return d->sb != NULL ? msnp_switchboard_deadline(d->sb)
                         : msnp_conversations_deadline(d->conversations);
}

static void append_write(GString *out, msnp_str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        char c = bytes.ptr[i];
        if (c == '\r' && i + 1 < bytes.len && bytes.ptr[i + 1] == '\n') {
            g_string_append_c(out, '|');
            i++;
        } else if (g_ascii_isprint(c) && c != '|') {
            g_string_append_c(out, c);
        } else {
            g_string_append_printf(out, "\\x%02x", (unsigned)(unsigned char)c);
        }
    }
}

/* Unlike a formatted one, it leaves no copy in memory that the core gets next. */
static void append_secret(GString *out, const char *text)
{
    g_string_append_c(out, ' ');
    g_string_append(out, text);
}

static void append_failure(drive *d, const msnp_failure *failure)
{
    g_string_append_printf(d->events, " %s at %s", msnp_err_name(failure->err),
                           msnp_step_name(failure->step));
    g_assert_cmpint(failure->host != NULL, ==, failure->port != 0);
    if (failure->host != NULL)
        g_string_append_printf(d->events, " with %s:%u", failure->host, failure->port);
    if (failure->err == MSNP_ERR_SERVER || failure->err == MSNP_ERR_TICKET ||
        failure->err == MSNP_ERR_HTTP_STATUS)
        g_string_append_printf(d->events, " %u", failure->number);
    if (failure->text != NULL) {
        g_string_append_printf(d->events, " \"%s\"", failure->text);
        g_string_append(d->texts, failure->text);
        g_assert_true(g_utf8_validate(failure->text, -1, NULL));
    }
}

static void append_news(GString *out, unsigned news)
{
    static const char *const names[] = {"presence", "name", "phones", "lists"};
    g_assert_cmpuint(news, !=, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if ((news >> i & 1) != 0)
            g_string_append_printf(out, " %s", names[i]);
    }
    g_assert_cmpuint(news >> G_N_ELEMENTS(names), ==, 0);
}

static void append_edit(GString *out, const msnp_edit *edit)
{
    g_string_append_printf(out, " %s", msnp_edit_name(edit->kind));
    if (edit->account != NULL)
        g_string_append_printf(out, " %s", edit->account);
    if (edit->from != NULL || edit->to != NULL)
        g_string_append_printf(out, " %s>%s", edit->from != NULL ? edit->from : "-",
                               edit->to != NULL ? edit->to : "-");
    if (edit->kind == MSNP_EDIT_PHONE)
        g_string_append_printf(out, " %s", msnp_phone_code(edit->phone));
    if (edit->text != NULL)
        g_string_append_printf(out, " \"%s\"", edit->text);
    if (edit->kind == MSNP_EDIT_ALLOW_UNLISTED || edit->kind == MSNP_EDIT_PROMPT_ON_ADD)
        g_string_append(out, edit->on ? " on" : " off");
}

static void append_edited(GString *out, const msnp_event *event)
{
    append_edit(out, &event->edited.edit);
    g_string_append_printf(out, " %s", msnp_err_name(event->edited.cause.err));
    if (event->edited.cause.err == MSNP_ERR_SERVER)
        g_string_append_printf(out, " %u", event->edited.cause.number);
    else
        g_assert_cmpuint(event->edited.cause.number, ==, 0);
}

/* The error, and its number if it has one. */
static void append_error(GString *out, msnp_err err, unsigned number)
{
    g_string_append_printf(out, " %s", msnp_err_name(err));
    if (err == MSNP_ERR_SERVER)
        g_string_append_printf(out, " %u", number);
    else
        g_assert_cmpuint(number, ==, 0);
}

static void append_id(GString *out, msnp_conversation_id id)
{
    g_assert_true((id.chat != 0) == (id.who == NULL));
    if (id.chat != 0)
        g_string_append_printf(out, " #%u", id.chat);
    else
        g_string_append_printf(out, " %s", id.who);
}

static void append_quoted(GString *out, const char *text)
{
    g_string_append(out, " \"");
    append_write(out, msnp_str_of(text));
    g_string_append_c(out, '"');
}

static void append_said(GString *out, const msnp_event *event)
{
    static const char *const kinds[] = {[MSNP_MESSAGE_TEXT] = "TEXT",
                                        [MSNP_MESSAGE_NUDGE] = "NUDGE",
                                        [MSNP_MESSAGE_INVITE] = "INVITE"};
    append_id(out, event->said.conversation);
    g_string_append_printf(out, " %s", event->said.who);
    if (event->type == MSNP_EVENT_TYPING)
        return;
    g_assert_cmpuint(event->said.kind, <, G_N_ELEMENTS(kinds));
    append_quoted(out, event->said.name);
    g_string_append_printf(out, " %s", kinds[event->said.kind]);
    if (event->said.text != NULL)
        append_quoted(out, event->said.text);
    if (event->said.file != NULL) {
        append_quoted(out, event->said.file);
        g_string_append_printf(out, " %" G_GUINT64_FORMAT, event->said.size);
    }
}

static void append_undelivered(GString *out, const msnp_event *event)
{
    append_id(out, event->undelivered.conversation);
    if (event->undelivered.text != NULL)
        append_quoted(out, event->undelivered.text);
    else
        g_string_append(out, " nudge");
    append_error(out, event->undelivered.cause.err, event->undelivered.cause.number);
    g_string_append(out, event->undelivered.maybe ? " maybe" : "");
}

static void append_chat(GString *out, const msnp_event *event)
{
    if (event->type == MSNP_EVENT_CHAT_BEGUN) {
        g_string_append_printf(out, " #%u", event->begun.chat);
        if (event->begun.from != NULL)
            g_string_append_printf(out, " from %s", event->begun.from);
    } else if (event->type == MSNP_EVENT_CHAT_CALL_FAILED) {
        g_string_append_printf(out, " #%u %s", event->chat_call_failed.chat,
                               event->chat_call_failed.account);
        append_error(out, event->chat_call_failed.cause.err, event->chat_call_failed.cause.number);
    } else {
        g_string_append_printf(out, " #%u %s", event->chat_member.chat, event->chat_member.account);
        g_assert_true((event->type == MSNP_EVENT_CHAT_JOINED) == (event->chat_member.name != NULL));
        if (event->chat_member.name != NULL)
            append_quoted(out, event->chat_member.name);
        g_string_append(out, event->chat_member.initial ? " initial" : "");
        g_string_append(out, event->chat_member.lost ? " lost" : "");
    }
}

/* What the conversations report, and the session about switchboards. */
static void append_conversation(GString *out, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_SWITCHBOARD:
        g_string_append_printf(out, " %u %s:%u", event->switchboard.request,
                               event->switchboard.host, event->switchboard.port);
        append_secret(out, event->switchboard.cookie);
        break;
    case MSNP_EVENT_NO_SWITCHBOARD:
        g_string_append_printf(out, " %u", event->no_switchboard.request);
        append_error(out, event->no_switchboard.cause.err, event->no_switchboard.cause.number);
        break;
    case MSNP_EVENT_RUNG:
        g_string_append_printf(out, " %s %s:%u", event->ring.session, event->ring.host,
                               event->ring.port);
        append_secret(out, event->ring.cookie);
        g_string_append_printf(out, " %s", event->ring.account);
        append_quoted(out, event->ring.name);
        break;
    case MSNP_EVENT_MESSAGE:
    case MSNP_EVENT_TYPING:
        append_said(out, event);
        break;
    case MSNP_EVENT_UNDELIVERED:
        append_undelivered(out, event);
        break;
    case MSNP_EVENT_CHAT_BEGUN:
    case MSNP_EVENT_CHAT_JOINED:
    case MSNP_EVENT_CHAT_LEFT:
    case MSNP_EVENT_CHAT_CALL_FAILED:
        append_chat(out, event);
        break;
    default:
        break;
    }
}

/* Where the value of this header or parameter begins; NULL if it is not there. */
static const char *value_of(msnp_str payload, const char *name)
{
    const char *at = memmem(payload.ptr, payload.len, name, strlen(name));
    return at != NULL ? at + strlen(name) : NULL;
}

/* A message of the conversations, in short: "MSG id A length", then its headers and its body. */
static bool append_message(GString *out, const msnp_event *event)
{
    msnp_str bytes = {event->write.data, event->write.len};
    const char *line_end = value_of(bytes, "\r\n");
    const char *type = value_of(bytes, "\r\nContent-Type: ");
    const char *body = value_of(bytes, "\r\n\r\n");
    unsigned id = 0;
    if (bytes.len < 4 || memcmp(bytes.ptr, "MSG ", 4) != 0 || type == NULL || body == NULL)
        return false;
    for (const char *p = bytes.ptr + 4; g_ascii_isdigit(*p); p++)
        id = id * 10 + (unsigned)(*p - '0');
    g_assert_cmpuint(bytes.ptr + bytes.len - line_end, <=, MSNP_MESSAGE_MAX);
    if (g_str_has_prefix(type, "text/plain")) {
        g_string_append_printf(out, "SAY %u %u \"", event->conn, id);
        append_write(out, (msnp_str){body, (size_t)(bytes.ptr + bytes.len - body)});
        g_string_append_c(out, '"');
    } else if (g_str_has_prefix(type, "text/x-msnmsgr-datacast")) {
        g_string_append_printf(out, "NUDGE %u %u", event->conn, id);
    } else if (g_str_has_prefix(type, "text/x-msmsgscontrol")) {
        g_string_append_printf(out, "TYPE %u", event->conn);
    } else {
        const char *code = value_of(bytes, "Cancel-Code: ");
        g_assert_nonnull(code);
        g_string_append_printf(out, "DECLINE %u ", event->conn);
        while (g_ascii_isgraph(*code))
            g_string_append_c(out, *code++);
    }
    g_string_append_c(out, '\n');
    return true;
}

static void take(drive *d, const msnp_event *event)
{
    g_assert_false(d->over);
    if (event->type == MSNP_EVENT_TRACE) {
        for (const char *p = event->trace.text; *p != '\0'; p++)
            g_assert_true(g_ascii_isprint(*p));
        g_string_append_printf(d->traces, "%s %s\n", event->trace.sent ? ">>>" : "<<<",
                               event->trace.text);
        return;
    }
    if (event->type == MSNP_EVENT_STEP) {
        g_string_append_printf(d->steps, "%s%s", d->steps->len > 0 ? " " : "",
                               msnp_step_name(event->step.step));
        d->announced = event->step.step;
        return;
    }

    if (event->type == MSNP_EVENT_WRITE)
        g_string_append_len(d->written, event->write.data, (gssize)event->write.len);
    if (event->type == MSNP_EVENT_WRITE && d->conversations != NULL &&
        append_message(d->events, event))
        return;
    g_string_append(d->events, msnp_event_name(event->type));
    g_assert_true(event->conn == 0 || d->conversations != NULL);
    if (event->conn != 0)
        g_string_append_printf(d->events, " %u", event->conn);
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        g_string_append_printf(d->events, " %s%s:%u", event->connect.tls ? "tls " : "",
                               event->connect.host, event->connect.port);
        break;
    case MSNP_EVENT_WRITE:
        g_assert_cmpuint(event->write.len, >, 0);
        g_string_append_c(d->events, ' ');
        append_write(d->events, (msnp_str){event->write.data, event->write.len});
        break;
    case MSNP_EVENT_CHALLENGE:
        append_secret(d->events, event->challenge);
        break;
    case MSNP_EVENT_TICKET:
        append_secret(d->events, event->ticket);
        d->over = true;
        break;
    case MSNP_EVENT_LOGIN_SERVER:
        g_string_append_printf(d->events, " %s",
                               event->login_server != NULL ? event->login_server : "none");
        break;
    case MSNP_EVENT_SIGNED_IN:
        g_string_append_printf(d->events, " %s \"%s\"", event->signed_in.handle,
                               event->signed_in.friendly);
        g_assert_cmpstr(event->signed_in.handle, ==, msnp_ns_handle(d->ns));
        break;
    case MSNP_EVENT_ONLINE:
    case MSNP_EVENT_STATUS:
        g_string_append_printf(d->events, " %s", msnp_status_code(event->status));
        break;
    case MSNP_EVENT_STATUS_FAILED:
        g_string_append_printf(d->events, " %s %u", msnp_status_code(event->status_failed.wanted),
                               event->status_failed.number);
        break;
    case MSNP_EVENT_ROSTER:
        g_string_append(d->events, event->complete ? " complete" : " incomplete");
        break;
    case MSNP_EVENT_CONTACT:
        g_string_append_printf(d->events, " %s", event->contact.account);
        append_news(d->events, event->contact.news);
        break;
    case MSNP_EVENT_EDITED:
        append_edited(d->events, event);
        break;
    case MSNP_EVENT_FAILED:
        append_failure(d, &event->failure);
        d->over = true;
        break;
    default:
        append_conversation(d->events, event);
        break;
    }
    g_string_append_c(d->events, '\n');
}

/* Text that may be shown: whatever was made of it, cleaning it again changes nothing. */
static void check_text(const char *text)
{
    if (text == NULL)
        return;
    char *clean = msnp_text_clean(text, strlen(text), strlen(text));
    g_assert_cmpstr(text, ==, clean);
    g_assert_cmpstr(text, !=, "");
    g_free(clean);
}

static void check_contact(const msnp_roster *roster, const msnp_contact *contact)
{
    bool forward = (contact->lists & MSNP_LIST_FORWARD) != 0;
    g_assert_true(msnp_account_valid(contact->account));
    g_assert_true(msnp_roster_find(roster, msnp_str_of(contact->account)) == contact);
    g_assert_cmpuint(contact->lists & ~(unsigned)MSNP_LIST_ALL, ==, 0);
    g_assert_true(forward || !contact->online);
    g_assert_true(contact->online || !contact->unseen);
    check_text(contact->name);
    g_assert_true(contact->name == NULL ||
                  g_ascii_strcasecmp(contact->name, contact->account) != 0);
    for (size_t i = 0; i < MSNP_N_PHONES; i++)
        check_text(contact->phones[i]);
    g_assert_true(forward || msnp_contact_n_groups(contact) == 0);
    for (size_t i = 0; i < msnp_contact_n_groups(contact); i++) {
        g_assert_nonnull(msnp_roster_group(roster, msnp_contact_group_at(contact, i)));
        for (size_t k = 0; k < i; k++)
            g_assert_cmpuint(msnp_contact_group_at(contact, i), !=,
                             msnp_contact_group_at(contact, k));
    }
}

/* What holds of the lists whatever the server says. */
static void check_roster(const msnp_roster *roster)
{
    for (guint i = 0; i < roster->groups->len; i++) {
        const msnp_group *group = &g_array_index(roster->groups, msnp_group, i);
        g_assert_cmpuint(group->id, !=, 0);
        g_assert_true(msnp_roster_group(roster, group->id) == group);
        check_text(group->name);
    }
    for (size_t i = 0; i < MSNP_N_PHONES; i++)
        check_text(roster->phones[i]);
    g_assert_cmpuint(g_hash_table_size(roster->by_account), ==, msnp_roster_size(roster));
    for (size_t i = 0; i < msnp_roster_size(roster); i++)
        check_contact(roster, msnp_roster_at(roster, i));
}

void drive_drain(drive *d)
{
    msnp_event event;
    while (next_event(d, &event))
        take(d, &event);
    g_assert_false(next_event(d, &event));

    if (d->conversations != NULL)
        return;
    if (d->ns != NULL)
        check_roster(msnp_ns_roster(d->ns));
    msnp_step step = drive_step(d);
    if (d->over) {
        g_assert_true(step == MSNP_STEP_OFFLINE ||
                      (d->passport != NULL && step == MSNP_STEP_ONLINE));
        g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    } else if (step != MSNP_STEP_OFFLINE && d->sb == NULL) {
        g_assert_cmpint(step, ==, d->announced);
    }
}

/*
 * What the tests write down holds secrets, and the core must not be blamed for what it finds in
 * memory: such a string has room enough from the beginning, and is wiped.
 */
static GString *new_record(void)
{
    return g_string_sized_new(1 << 16);
}

static void free_record(GString *record)
{
    memset(record->str, 0, record->allocated_len);
    g_string_free(record, TRUE);
}

static drive *drive_new(void)
{
    drive *d = g_new0(drive, 1);
    d->now = DRIVE_BEGIN;
    d->events = new_record();
    d->steps = new_record();
    d->written = new_record();
    d->traces = new_record();
    d->texts = new_record();
    d->announced = MSNP_STEP_IDLE;
    return d;
}

drive *drive_ns(const msnp_ns_config *config)
{
    drive *d = drive_new();
    d->ns = msnp_ns_new(config);
    msnp_ns_set_trace(d->ns, true);
    drive_drain(d);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    return d;
}

drive *drive_passport(const msnp_passport_config *config, const msnp_credentials *credentials)
{
    drive *d = drive_new();
    d->passport = msnp_passport_new(config);
    msnp_passport_set_trace(d->passport, true);
    drive_drain(d);
    if (credentials != NULL)
        drive_sign_in(d, credentials);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    return d;
}

/* --- reports by callbacks: they come behind all that was queued before ----------------------- */

static GString *begin_report(drive *d, const char *what)
{
    msnp_event event;
    while (next_event(d, &event))
        take(d, &event);
    g_string_append(d->events, what);
    return d->events;
}

static void sb_opened(gpointer owner, int64_t now)
{
    (void)now;
    g_string_append_c(begin_report(owner, "SB_OPEN"), '\n');
}

static void sb_joined(gpointer owner, const char *account, const char *name, int64_t now)
{
    GString *out = begin_report(owner, "SB_JOINED ");
    (void)now;
    g_string_append(out, account);
    append_quoted(out, name);
    g_string_append_c(out, '\n');
}

static void sb_left(gpointer owner, const char *account, bool idle, int64_t now)
{
    GString *out = begin_report(owner, "SB_LEFT ");
    (void)now;
    g_string_append_printf(out, "%s%s\n", account, idle ? " idle" : "");
}

static void sb_call_failed(gpointer owner, const char *account, msnp_cause cause, int64_t now)
{
    GString *out = begin_report(owner, "SB_CALL_FAILED ");
    (void)now;
    g_string_append(out, account);
    append_error(out, cause.err, cause.number);
    g_string_append_c(out, '\n');
}

static void sb_answered(gpointer owner, uint32_t tag, msnp_cause cause, int64_t now)
{
    GString *out = begin_report(owner, "SB_ANSWERED");
    (void)now;
    g_string_append_printf(out, " %u", tag);
    append_error(out, cause.err, cause.number);
    g_string_append_c(out, '\n');
}

static void sb_received(gpointer owner, const char *account, const char *name, msnp_str payload,
                        int64_t now)
{
    drive *d = owner;
    GString *out = begin_report(d, "SB_RECEIVED ");
    (void)now;
    g_string_append(out, account);
    append_quoted(out, name);
    g_string_append_c(out, ' ');
    append_write(out, payload);
    g_string_append_c(out, '\n');
    if (d->leaves)
        msnp_switchboard_leave(d->sb);
}

static void sb_failed(gpointer owner, msnp_cause cause)
{
    drive *d = owner;
    GString *out = begin_report(d, "FAILED");
    append_error(out, cause.err, cause.number);
    g_string_append_c(out, '\n');
    d->over = true;
}

static void sb_handled(gpointer owner, int64_t now)
{
    (void)owner;
    (void)now;
}

drive *drive_sb(const msnp_switchboard_config *config)
{
    static const msnp_switchboard_ops ops = {.opened = sb_opened,
                                             .joined = sb_joined,
                                             .left = sb_left,
                                             .call_failed = sb_call_failed,
                                             .answered = sb_answered,
                                             .received = sb_received,
                                             .failed = sb_failed,
                                             .handled = sb_handled};
    drive *d = drive_new();
    msnp_net_init(&d->net, true);
    watch_on();
    d->sb = msnp_switchboard_new(&d->net, config, &ops, d, d->now);
    watch_off();
    drive_drain(d);
    return d;
}

static void asked(gpointer owner, unsigned request, int64_t now)
{
    drive *d = owner;
    GString *out = begin_report(d, "ASK_SWITCHBOARD");
    g_string_append_printf(out, " %u\n", request);
    if (d->ends)
        msnp_conversations_end(d->conversations, MSNP_ERR_ELSEWHERE, now);
}

drive *drive_conversations(const char *account)
{
    static const msnp_conversations_ops ops = {.ask_switchboard = asked};
    drive *d = drive_new();
    msnp_net_init(&d->net, true);
    d->conversations = msnp_conversations_new(&d->net, &ops, d);
    msnp_conversations_set_account(d->conversations, account);
    drive_drain(d);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    return d;
}

void drive_start(drive *d)
{
    watch_on();
    if (d->ns != NULL)
        msnp_ns_start(d->ns, d->now);
    else if (d->passport != NULL)
        msnp_passport_start(d->passport, d->now);
    watch_off();
    drive_drain(d);
}

void drive_connected(drive *d)
{
    watch_on();
    if (d->ns != NULL)
        msnp_ns_connected(d->ns, d->now);
    else if (d->passport != NULL)
        msnp_passport_connected(d->passport, d->now);
    else
        msnp_net_connected(&d->net, d->sb != NULL ? d->net.last : d->wire, d->now);
    watch_off();
    drive_drain(d);
}

static void feed_piece(drive *d, const void *data, size_t len)
{
    guarded place = guard_after(data, len);
    watch_on();
    if (d->ns != NULL)
        d->fed = msnp_ns_feed(d->ns, place.data, len, d->now);
    else if (d->passport != NULL)
        d->fed = msnp_passport_feed(d->passport, place.data, len, d->now);
    else
        msnp_net_received(&d->net, d->sb != NULL ? d->net.last : d->wire,
                          (msnp_str){place.data, len}, d->now);
    watch_off();
    guard_free(&place);
    drive_drain(d);
}

void drive_feed_bytes(drive *d, const void *data, size_t len)
{
    size_t piece = d->piece > 0 ? d->piece : MAX(len, 1);
    for (size_t at = 0; at < len; at += piece)
        feed_piece(d, (const char *)data + at, MIN(piece, len - at));
}

void drive_feed(drive *d, const char *text)
{
    drive_feed_bytes(d, text, strlen(text));
}

void drive_closed(drive *d)
{
    feed_piece(d, "", 0);
}

void drive_ticket(drive *d, const char *ticket)
{
    watch_on();
    d->fed = msnp_ns_ticket(d->ns, ticket, d->now);
    watch_off();
    drive_drain(d);
}

void drive_sign_in(drive *d, const msnp_credentials *credentials)
{
    watch_on();
    msnp_passport_sign_in(d->passport, credentials, d->now);
    watch_off();
    drive_drain(d);
}

bool drive_connect_failed(drive *d)
{
    watch_on();
    bool elsewhere = msnp_passport_connect_failed(d->passport, d->now);
    watch_off();
    drive_drain(d);
    if (drive_step(d) == MSNP_STEP_OFFLINE && !d->over) {
        d->over = true;
        drive_drain(d);
    }
    return elsewhere;
}

void drive_set_status(drive *d, msnp_status status)
{
    msnp_ns_set_status(d->ns, status, d->now);
    drive_drain(d);
}

void drive_edit(drive *d, const msnp_edit *edit)
{
    watch_on();
    msnp_ns_edit(d->ns, edit, d->now);
    watch_off();
    drive_drain(d);
}

void drive_sign_out(drive *d)
{
    watch_on();
    msnp_ns_sign_out(d->ns);
    watch_off();
    drive_drain(d);
    d->over = true;
    drive_drain(d);
}

void drive_ask(drive *d, unsigned request)
{
    msnp_ns_ask_switchboard(d->ns, request, d->now);
    drive_drain(d);
}

void drive_call(drive *d, const char *account)
{
    msnp_switchboard_call(d->sb, account, d->now);
    drive_drain(d);
}

bool drive_send(drive *d, uint32_t tag, const char *payload)
{
    bool sent = msnp_switchboard_send(d->sb, tag, msnp_str_of(payload), d->now);
    drive_drain(d);
    return sent;
}

void drive_leave(drive *d)
{
    watch_on();
    msnp_switchboard_leave(d->sb);
    watch_off();
    drive_drain(d);
    d->over = true;
    drive_drain(d);
}

void drive_wait(drive *d, int64_t ms)
{
    d->now += ms;
}

void drive_tick(drive *d)
{
    watch_on();
    if (d->ns != NULL)
        msnp_ns_tick(d->ns, d->now);
    else if (d->passport != NULL)
        msnp_passport_tick(d->passport, d->now);
    else if (d->sb != NULL)
        msnp_switchboard_tick(d->sb, d->now);
    else
        msnp_conversations_tick(d->conversations, d->now);
    watch_off();
    drive_drain(d);
    g_assert_cmpint(drive_deadline(d), >, d->now);
}

void drive_sleep(drive *d, int64_t ms)
{
    g_assert_cmpint(drive_deadline(d), ==, d->now + ms);
    g_assert_cmpuint(d->events->len, ==, 0);
    d->now += ms - 1;
    drive_tick(d);
    expect_silence(d);
    d->now += 1;
    drive_tick(d);
    g_assert_cmpuint(d->events->len, >, 0);
}

static void compare(const char *where, const char *what, const char *got, const char *const *lines)
{
    GString *want = g_string_new(NULL);
    for (; *lines != NULL; lines++)
        g_string_append_printf(want, "%s\n", *lines);
    if (strcmp(got, want->str) != 0)
        g_error("%s: got %s:\n%snot:\n%s", where, what, got, want->str);
    g_string_free(want, TRUE);
}

void drive_expect(const char *where, drive *d, const char *const *events)
{
    compare(where, "these events", d->events->str, events);
    g_string_truncate(d->events, 0);
}

static void append_phones(GString *out, char *const phones[MSNP_N_PHONES])
{
    for (size_t i = 0; i < MSNP_N_PHONES; i++) {
        if (phones[i] != NULL)
            g_string_append_printf(out, " %s \"%s\"", msnp_phone_code((msnp_phone)i), phones[i]);
    }
}

static void append_contact(GString *out, const msnp_contact *contact)
{
    g_string_append_printf(out, "%s \"%s\" ", contact->account,
                           contact->name != NULL ? contact->name : "");
    for (size_t i = 0; i < 4; i++) {
        if ((contact->lists >> i & 1) != 0)
            g_string_append_c(out, "FABR"[i]);
    }
    g_string_append(out, contact->lists == 0 ? "- " : " ");
    for (size_t i = 0; i < msnp_contact_n_groups(contact); i++)
        g_string_append_printf(out, "%s%u", i > 0 ? "," : "", msnp_contact_group_at(contact, i));
    if (msnp_contact_n_groups(contact) == 0)
        g_string_append_c(out, '-');
    g_string_append_printf(out, " %s%s%s",
                           contact->online ? msnp_status_code(contact->status) : "FLN",
                           contact->unseen ? "?" : "", contact->pages ? " MOB" : "");
    append_phones(out, contact->phones);
    g_string_append_c(out, '\n');
}

void drive_expect_roster(const char *where, drive *d, const char *const *lines)
{
    const msnp_roster *roster = msnp_ns_roster(d->ns);
    GString *got = g_string_new(NULL);
    g_string_append_printf(got, "%s %s", roster->prompt_on_add ? "A" : "N",
                           roster->allow_unlisted ? "AL" : "BL");
    append_phones(got, roster->phones);
    g_string_append_c(got, '\n');
    for (guint i = 0; i < roster->groups->len; i++) {
        const msnp_group *group = &g_array_index(roster->groups, msnp_group, i);
        g_string_append_printf(got, "%u \"%s\"\n", group->id, group->name);
    }
    for (size_t i = 0; i < msnp_roster_size(roster); i++)
        append_contact(got, msnp_roster_at(roster, i));
    compare(where, "these lists", got->str, lines);
    g_string_free(got, TRUE);
}

void drive_expect_contact(const char *where, drive *d, const char *account, const char *line)
{
    const msnp_contact *contact = msnp_roster_find(msnp_ns_roster(d->ns), msnp_str_of(account));
    const char *const lines[] = {line, NULL};
    GString *got = g_string_new(NULL);
    if (contact != NULL)
        append_contact(got, contact);
    compare(where, "this contact", got->str, lines);
    g_string_free(got, TRUE);
}

void drive_expect_steps(const char *where, drive *d, const char *steps)
{
    if (strcmp(d->steps->str, steps) != 0)
        g_error("%s: got the steps %s, not %s", where, d->steps->str, steps);
    g_string_truncate(d->steps, 0);
}

void drive_forget(drive *d)
{
    g_string_truncate(d->events, 0);
    g_string_truncate(d->steps, 0);
}

/* Whatever one does to a machine that is at its end: nothing more comes out. */
static void prod(drive *d)
{
    drive_connected(d);
    drive_feed(d, "USR 4 OK example@passport.com x 1 0\r\nCHL 0 1\r\nOUT OTH\r\n");
    drive_feed(d, "HTTP/1.1 200 OK\r\nAuthentication-Info: Passport1.4 from-PP='x'\r\n\r\n");
    drive_closed(d);
    drive_feed(d, "USR 1 OK x y\r\nJOI a@b.c A\r\nMSG a@b.c A 1\r\nxACK 1\r\nOUT\r\n");
    drive_start(d);
    if (d->sb != NULL) {
        drive_call(d, "late@example.com");
        g_assert_false(drive_send(d, 1, "late"));
        g_assert_false(drive_send(d, 0, "late"));
        msnp_switchboard_leave(d->sb);
    }
    if (d->passport != NULL) {
        drive_sign_in(d, &(msnp_credentials){"late@example.com", NULL, "late"});
        g_assert_false(drive_connect_failed(d));
    }
    if (d->ns != NULL) {
        drive_ticket(d, "ticket");
        drive_ask(d, 4711);
        drive_set_status(d, MSNP_STATUS_BRB);
        drive_edit(d, &(msnp_edit){.kind = MSNP_EDIT_PROMPT_ON_ADD});
        drive_edit(d, &(msnp_edit){.kind = MSNP_EDIT_ADD, .account = "no account"});
        msnp_ns_sign_out(d->ns);
    }
    drive_wait(d, 1000000);
    drive_tick(d);
    expect_silence(d);
}

void drive_done(drive *d)
{
    expect_silence(d);
    if (d->over)
        prod(d);
    watch_on();
    msnp_ns_free(d->ns);
    msnp_passport_free(d->passport);
    msnp_switchboard_free(d->sb);
    msnp_conversations_free(d->conversations);
    if (d->sb != NULL || d->conversations != NULL)
        msnp_net_clear(&d->net);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    free_record(d->events);
    free_record(d->steps);
    free_record(d->written);
    free_record(d->traces);
    free_record(d->texts);
    g_free(d);
}
