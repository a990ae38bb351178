/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "events.h"

#include "lists.h"
#include "script.h"

#include <string.h>

char *events_address(const char *host, uint16_t port)
{
    if (!host)
        return g_strdup("-");
    return g_strdup_printf(strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
}

char *events_conversation(msnp_conversation_id id)
{
    return id.chat ? g_strdup_printf("#%u", id.chat) : g_strdup(id.who);
}

static void append_taken(GString *text, char *word)
{
    g_string_append_c(text, ' ');
    g_string_append(text, word);
    g_free(word);
}

static void append_word(GString *text, const char *word)
{
    append_taken(text, g_strdup(word ? word : "-"));
}

static void append_quoted(GString *text, const char *words)
{
    append_taken(text, words ? script_escape(words, strlen(words), true) : g_strdup("-"));
}

static void append_address(GString *text, const char *host, uint16_t port)
{
    append_taken(text, events_address(host, port));
}

static void append_error(GString *text, msnp_err err, unsigned number)
{
    g_string_append_printf(text, " %s %u", msnp_err_name(err), number);
}

static void append_flag(GString *text, const char *name, bool set)
{
    if (set)
        append_word(text, name);
}

/* --- notification server and Passport ------------------------------------------------------- */

static void write_session(GString *text, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        append_address(text, event->connect.host, event->connect.port);
        append_flag(text, "tls", event->connect.tls);
        break;
    case MSNP_EVENT_STEP:
        append_word(text, msnp_step_name(event->step.step));
        break;
    case MSNP_EVENT_CHALLENGE:
        append_word(text, event->challenge);
        break;
    case MSNP_EVENT_TICKET:
        append_word(text, event->ticket);
        break;
    case MSNP_EVENT_LOGIN_SERVER:
        append_word(text, event->login_server ? event->login_server : "none");
        break;
    case MSNP_EVENT_SIGNED_IN:
        append_word(text, event->signed_in.handle);
        append_quoted(text, event->signed_in.friendly);
        break;
    case MSNP_EVENT_ONLINE:
    case MSNP_EVENT_STATUS:
        append_word(text, msnp_status_code(event->status));
        break;
    case MSNP_EVENT_STATUS_FAILED:
        append_word(text, msnp_status_code(event->status_failed.wanted));
        g_string_append_printf(text, " %u", event->status_failed.number);
        break;
    case MSNP_EVENT_ROSTER:
        append_word(text, event->complete ? "complete" : "incomplete");
        break;
    case MSNP_EVENT_CONTACT:
        append_word(text, event->contact.account);
        lists_news_write(text, event->contact.news);
        break;
    case MSNP_EVENT_EDITED:
        g_string_append_c(text, ' ');
        lists_edit_write(text, &event->edited.edit);
        append_error(text, event->edited.cause.err, event->edited.cause.number);
        break;
    case MSNP_EVENT_FAILED:
        append_word(text, msnp_err_name(event->failure.err));
        append_word(text, msnp_step_name(event->failure.step));
        append_address(text, event->failure.host, event->failure.port);
        g_string_append_printf(text, " %u", event->failure.number);
        append_quoted(text, event->failure.text);
        break;
    case MSNP_EVENT_TRACE:
        append_word(text, event->trace.sent ? ">>>" : "<<<");
        append_quoted(text, event->trace.text);
        break;
    default:
        break;
    }
}

/* --- about switchboards --------------------------------------------------------------------- */

static void write_board(GString *text, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_SWITCHBOARD:
        g_string_append_printf(text, " %u", event->switchboard.request);
        append_address(text, event->switchboard.host, event->switchboard.port);
        append_word(text, event->switchboard.cookie);
        break;
    case MSNP_EVENT_NO_SWITCHBOARD:
        g_string_append_printf(text, " %u", event->no_switchboard.request);
        append_error(text, event->no_switchboard.cause.err, event->no_switchboard.cause.number);
        break;
    case MSNP_EVENT_RUNG:
        append_word(text, event->ring.session);
        append_address(text, event->ring.host, event->ring.port);
        append_word(text, event->ring.cookie);
        append_word(text, event->ring.account);
        append_quoted(text, event->ring.name);
        break;
    default:
        break;
    }
}

/* --- conversations -------------------------------------------------------------------------- */

static void append_content(GString *text, const msnp_event *event)
{
    switch (event->said.kind) {
    case MSNP_MESSAGE_TEXT:
        append_word(text, "TEXT");
        append_quoted(text, event->said.text);
        if (!msnp_format_is_plain(&event->said.format))
            append_taken(text, msnp_format_write(&event->said.format));
        break;
    case MSNP_MESSAGE_NUDGE:
        append_word(text, "NUDGE");
        break;
    case MSNP_MESSAGE_INVITE:
        append_word(text, "INVITE");
        append_quoted(text, event->said.text);
        if (event->said.file) {
            append_quoted(text, event->said.file);
            g_string_append_printf(text, " %" G_GUINT64_FORMAT, event->said.size);
        }
        break;
    default:
        append_word(text, "(of a kind that is never told)");
        break;
    }
}

static void append_chat(GString *text, unsigned chat)
{
    g_string_append_printf(text, " #%u", chat);
}

static void write_conversation(GString *text, const msnp_event *event)
{
    switch (event->type) {
    case MSNP_EVENT_MESSAGE:
    case MSNP_EVENT_TYPING:
        append_taken(text, events_conversation(event->said.conversation));
        append_word(text, event->said.who);
        append_quoted(text, event->said.name);
        if (event->type == MSNP_EVENT_MESSAGE)
            append_content(text, event);
        break;
    case MSNP_EVENT_UNDELIVERED:
        append_taken(text, events_conversation(event->undelivered.conversation));
        append_quoted(text, event->undelivered.text);
        append_error(text, event->undelivered.cause.err, event->undelivered.cause.number);
        append_flag(text, "maybe", event->undelivered.maybe);
        break;
    case MSNP_EVENT_CHAT_BEGUN:
        append_chat(text, event->begun.chat);
        append_word(text, event->begun.from);
        break;
    case MSNP_EVENT_CHAT_JOINED:
        append_chat(text, event->chat_member.chat);
        append_word(text, event->chat_member.account);
        append_quoted(text, event->chat_member.name);
        append_flag(text, "initial", event->chat_member.initial);
        break;
    case MSNP_EVENT_CHAT_LEFT:
        append_chat(text, event->chat_member.chat);
        append_word(text, event->chat_member.account);
        append_flag(text, "lost", event->chat_member.lost);
        break;
    case MSNP_EVENT_CHAT_CALL_FAILED:
        append_chat(text, event->chat_call_failed.chat);
        append_word(text, event->chat_call_failed.account);
        append_error(text, event->chat_call_failed.cause.err, event->chat_call_failed.cause.number);
        break;
    default:
        break;
    }
}

GString *events_text(const msnp_event *event)
{
    GString *text = g_string_new(msnp_event_name(event->type));

    write_session(text, event);
    write_board(text, event);
    write_conversation(text, event);
    if (event->conn)
        g_string_append_printf(text, " on %u", event->conn);
    return text;
}
