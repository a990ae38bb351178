/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event.h"

#include <string.h>

static const char *const step_names[] = {
#define X(symbol, name) [symbol] = (name),
    MSNP_STEP_LIST(X)
#undef X
};

static const char *const status_codes[] = {
#define X(symbol, code) [symbol] = (code),
    MSNP_STATUS_LIST(X)
#undef X
};

static const char *const phone_codes[] = {
#define X(symbol, code) [symbol] = (code),
    MSNP_PHONE_LIST(X)
#undef X
};

static const char *const edit_names[] = {
#define X(symbol, name) [symbol] = (name),
    MSNP_EDIT_LIST(X)
#undef X
};

static const char *const event_names[] = {
    [MSNP_EVENT_CONNECT] = "CONNECT",
    [MSNP_EVENT_WRITE] = "WRITE",
    [MSNP_EVENT_CLOSE] = "CLOSE",
    [MSNP_EVENT_STEP] = "STEP",
    [MSNP_EVENT_CHALLENGE] = "CHALLENGE",
    [MSNP_EVENT_TICKET] = "TICKET",
    [MSNP_EVENT_LOGIN_SERVER] = "LOGIN_SERVER",
    [MSNP_EVENT_NO_PIPELINING] = "NO_PIPELINING",
    [MSNP_EVENT_SIGNED_IN] = "SIGNED_IN",
    [MSNP_EVENT_ONLINE] = "ONLINE",
    [MSNP_EVENT_STATUS] = "STATUS",
    [MSNP_EVENT_STATUS_FAILED] = "STATUS_FAILED",
    [MSNP_EVENT_MOVED] = "MOVED",
    [MSNP_EVENT_FAILED] = "FAILED",
    [MSNP_EVENT_TRACE] = "TRACE",
    [MSNP_EVENT_ROSTER] = "ROSTER",
    [MSNP_EVENT_CONTACT] = "CONTACT",
    [MSNP_EVENT_EDITED] = "EDITED",
    [MSNP_EVENT_SWITCHBOARD] = "SWITCHBOARD",
    [MSNP_EVENT_NO_SWITCHBOARD] = "NO_SWITCHBOARD",
    [MSNP_EVENT_RUNG] = "RUNG",
    [MSNP_EVENT_SB_OPEN] = "SB_OPEN",
    [MSNP_EVENT_SB_JOINED] = "SB_JOINED",
    [MSNP_EVENT_SB_LEFT] = "SB_LEFT",
    [MSNP_EVENT_SB_CALL_FAILED] = "SB_CALL_FAILED",
    [MSNP_EVENT_SB_ANSWERED] = "SB_ANSWERED",
    [MSNP_EVENT_SB_RECEIVED] = "SB_RECEIVED",
    [MSNP_EVENT_ASK_SWITCHBOARD] = "ASK_SWITCHBOARD",
    [MSNP_EVENT_TALK_MESSAGE] = "TALK_MESSAGE",
    [MSNP_EVENT_TALK_TYPING] = "TALK_TYPING",
    [MSNP_EVENT_TALK_UNDELIVERED] = "TALK_UNDELIVERED",
    [MSNP_EVENT_CHAT_BEGUN] = "CHAT_BEGUN",
    [MSNP_EVENT_CHAT_JOINED] = "CHAT_JOINED",
    [MSNP_EVENT_CHAT_LEFT] = "CHAT_LEFT",
    [MSNP_EVENT_CHAT_CALL_FAILED] = "CHAT_CALL_FAILED",
};
G_STATIC_ASSERT(G_N_ELEMENTS(event_names) == MSNP_N_EVENTS);

const char *msnp_step_name(msnp_step step)
{
    return (size_t)step < G_N_ELEMENTS(step_names) ? step_names[step] : "UNKNOWN";
}

const char *msnp_event_name(msnp_event_type type)
{
    return (size_t)type < G_N_ELEMENTS(event_names) ? event_names[type] : "UNKNOWN";
}

const char *msnp_status_code(msnp_status status)
{
    return (size_t)status < G_N_ELEMENTS(status_codes) ? status_codes[status] : "NLN";
}

/* Where a code stands in a table; the size of the table if it does not. */
static size_t find_code(const char *const *codes, size_t n, msnp_str code)
{
    size_t i = 0;

    while (i < n && !msnp_str_is(code, codes[i]))
        i++;
    return i;
}

bool msnp_status_from_code(msnp_str code, msnp_status *status)
{
    size_t i = find_code(status_codes, G_N_ELEMENTS(status_codes), code);

    if (i < G_N_ELEMENTS(status_codes))
        *status = (msnp_status)i;
    return i < G_N_ELEMENTS(status_codes);
}

const char *msnp_phone_code(msnp_phone phone)
{
    return phone_codes[phone];
}

bool msnp_phone_from_code(msnp_str code, msnp_phone *phone)
{
    size_t i = find_code(phone_codes, G_N_ELEMENTS(phone_codes), code);

    if (i < G_N_ELEMENTS(phone_codes))
        *phone = (msnp_phone)i;
    return i < G_N_ELEMENTS(phone_codes);
}

const char *msnp_edit_name(msnp_edit_kind kind)
{
    return (size_t)kind < G_N_ELEMENTS(edit_names) ? edit_names[kind] : "UNKNOWN";
}

/*
 * Replaces each string that the event points to, either by a copy of its own or, when it is thrown
 * away, by nothing. Everything is wiped: which strings are secret need not be known here.
 */
static void own_text(const char **text, bool copy)
{
    if (copy)
        *text = g_strdup(*text);
    else
        msnp_secret_free((char *)*text);
}

/* The same for bytes of any kind. */
static void own_bytes(const char **data, size_t len, bool copy)
{
    if (copy) {
        *data = msnp_str_dup((msnp_str){*data, len});
    } else {
        msnp_wipe((char *)*data, len);
        g_free((char *)*data);
    }
}

static void own_strings(msnp_event *event, bool copy)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        own_text(&event->connect.host, copy);
        break;
    case MSNP_EVENT_WRITE:
        own_bytes(&event->write.data, event->write.len, copy);
        break;
    case MSNP_EVENT_STEP:
        own_text(&event->step.host, copy);
        break;
    case MSNP_EVENT_CHALLENGE:
        own_text(&event->challenge, copy);
        break;
    case MSNP_EVENT_TICKET:
        own_text(&event->ticket, copy);
        break;
    case MSNP_EVENT_LOGIN_SERVER:
        own_text(&event->login_server, copy);
        break;
    case MSNP_EVENT_SIGNED_IN:
        own_text(&event->signed_in.handle, copy);
        own_text(&event->signed_in.friendly, copy);
        break;
    case MSNP_EVENT_CONTACT:
        own_text(&event->contact.account, copy);
        break;
    case MSNP_EVENT_EDITED:
        own_text(&event->edited.edit.account, copy);
        own_text(&event->edited.edit.from, copy);
        own_text(&event->edited.edit.to, copy);
        own_text(&event->edited.edit.text, copy);
        break;
    case MSNP_EVENT_FAILED:
        own_text(&event->failure.host, copy);
        own_text(&event->failure.text, copy);
        break;
    case MSNP_EVENT_TRACE:
        own_text(&event->trace.text, copy);
        break;
    case MSNP_EVENT_SWITCHBOARD:
        own_text(&event->switchboard.host, copy);
        own_text(&event->switchboard.cookie, copy);
        break;
    case MSNP_EVENT_RUNG:
        own_text(&event->ring.session, copy);
        own_text(&event->ring.host, copy);
        own_text(&event->ring.cookie, copy);
        own_text(&event->ring.account, copy);
        own_text(&event->ring.name, copy);
        break;
    case MSNP_EVENT_SB_JOINED:
    case MSNP_EVENT_SB_LEFT:
        own_text(&event->member.account, copy);
        own_text(&event->member.name, copy);
        break;
    case MSNP_EVENT_SB_CALL_FAILED:
        own_text(&event->call_failed.account, copy);
        break;
    case MSNP_EVENT_SB_RECEIVED:
        own_text(&event->received.account, copy);
        own_text(&event->received.name, copy);
        own_bytes(&event->received.data, event->received.len, copy);
        break;
    case MSNP_EVENT_TALK_MESSAGE:
    case MSNP_EVENT_TALK_TYPING:
        own_text(&event->said.place.who, copy);
        own_text(&event->said.who, copy);
        own_text(&event->said.name, copy);
        own_text(&event->said.text, copy);
        own_text(&event->said.file, copy);
        break;
    case MSNP_EVENT_TALK_UNDELIVERED:
        own_text(&event->undelivered.place.who, copy);
        own_text(&event->undelivered.text, copy);
        break;
    case MSNP_EVENT_CHAT_BEGUN:
        own_text(&event->begun.from, copy);
        break;
    case MSNP_EVENT_CHAT_JOINED:
    case MSNP_EVENT_CHAT_LEFT:
        own_text(&event->chat_member.account, copy);
        own_text(&event->chat_member.name, copy);
        break;
    case MSNP_EVENT_CHAT_CALL_FAILED:
        own_text(&event->chat_call_failed.account, copy);
        break;
    case MSNP_EVENT_NO_SWITCHBOARD:
    case MSNP_EVENT_SB_OPEN:
    case MSNP_EVENT_SB_ANSWERED:
    case MSNP_EVENT_ASK_SWITCHBOARD:
    case MSNP_EVENT_CLOSE:
    case MSNP_EVENT_ONLINE:
    case MSNP_EVENT_STATUS:
    case MSNP_EVENT_STATUS_FAILED:
    case MSNP_EVENT_ROSTER:
    case MSNP_EVENT_MOVED:
    case MSNP_EVENT_NO_PIPELINING:
    case MSNP_N_EVENTS:
        break;
    }
}

static void event_free(gpointer data)
{
    msnp_event *event = data;

    if (event == NULL)
        return;
    own_strings(event, false);
    g_free(event);
}

void msnp_event_queue_init(msnp_event_queue *queue)
{
    g_queue_init(&queue->waiting);
    queue->current = NULL;
    g_queue_init(&queue->aside);
}

void msnp_event_queue_set_aside(msnp_event_queue *queue)
{
    if (queue->current != NULL)
        g_queue_push_tail(&queue->aside, g_steal_pointer(&queue->current));
}

void msnp_event_queue_clear(msnp_event_queue *queue)
{
    event_free(queue->current);
    queue->current = NULL;
    g_queue_clear_full(&queue->aside, event_free);
    msnp_event_queue_drop(queue);
}

void msnp_event_queue_drop(msnp_event_queue *queue)
{
    g_queue_clear_full(&queue->waiting, event_free);
}

void msnp_event_queue_push(msnp_event_queue *queue, const msnp_event *event)
{
    msnp_event *copy = g_memdup2(event, sizeof *event);

    own_strings(copy, true);
    g_queue_push_tail(&queue->waiting, copy);
}

bool msnp_event_queue_pop(msnp_event_queue *queue, msnp_event *event)
{
    event_free(queue->current);
    queue->current = g_queue_pop_head(&queue->waiting);
    if (queue->current == NULL)
        return false;
    *event = *queue->current;
    return true;
}
