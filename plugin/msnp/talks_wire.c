/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Switchboards, and what they say.
 */
#include "talks_priv.h"

#include <string.h>

#define DECLINES_MAX  20 /* of invitations, on a switchboard */
#define DECLINES_TIME ((int64_t)60 * 1000)

/* --- the wires ------------------------------------------------------------------------------ */

char *wire_session(const msnp_sb_config *config)
{
    return g_strdup_printf("%s %u %s", config->host, config->port, config->session);
}

wire *wire_open(msnp_talks *talks, const msnp_sb_config *config, talk *chat, const char *who,
                int64_t now)
{
    wire *w = g_new0(wire, 1);

    w->number = ++talks->last_wire != 0 ? talks->last_wire : ++talks->last_wire;
    w->sb = msnp_sb_new(config);
    w->session = config->session != NULL ? wire_session(config) : NULL;
    w->chat = chat;
    w->place = chat != NULL ? chat->place.chat : 0;
    w->who = g_strdup(who);
    w->used = ++talks->last_use;
    w->typed = MSNP_NEVER;
    g_queue_init(&w->sent);
    g_ptr_array_add(talks->wires, w);
    msnp_sb_set_trace(w->sb, talks->trace);
    msnp_sb_start(w->sb, now);
    wire_touch(talks, w);
    return w;
}

void wire_free(gpointer data)
{
    wire *w = data;

    msnp_sb_free(w->sb);
    g_queue_clear_full(&w->sent, talk_part_free);
    g_free(w->session);
    g_free(w->ringer);
    g_free(w->who);
    g_free(w);
}

void wire_touch(msnp_talks *talks, wire *w)
{
    if (w->dirty)
        return;
    w->dirty = true;
    g_queue_push_tail(&talks->dirty, w);
}

static void forget_in(GHashTable *table, const wire *w)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        talk *t = value;
        if (t->opening == w || t->current == w)
            t->gathering = MSNP_NEVER;
        t->opening = t->opening == w ? NULL : t->opening;
        t->current = t->current == w ? NULL : t->current;
        t->sender = t->sender == w ? NULL : t->sender;
    }
}

/* Nobody knows it any more; what its machine still has to say comes, then it is freed. */
static void wire_drop(msnp_talks *talks, wire *w)
{
    guint at;

    forget_in(talks->people, w);
    forget_in(talks->chats, w);
    if (g_ptr_array_find(talks->wires, w, &at))
        g_ptr_array_steal_index_fast(talks->wires, at);
    talks->rerun = true;
    wire_touch(talks, w);
}

void wire_leave(msnp_talks *talks, wire *w, msnp_err err)
{
    wire_lose_sent(talks, w, err, 0);
    msnp_sb_leave(w->sb);
    wire_drop(talks, w);
    w->chat = NULL;
}

/* Is nobody here, and nobody expected? */
static bool is_deserted(const wire *w)
{
    return msnp_sb_n_members(w->sb) == 0 && msnp_sb_n_calls(w->sb) == 0;
}

talk *wire_talk(msnp_talks *talks, const wire *w)
{
    if (w->chat != NULL)
        return w->chat;
    return w->who != NULL ? talks_with(talks, w->who, false) : NULL;
}

bool wire_is_with(const wire *w, const char *who)
{
    return w->chat == NULL && msnp_sb_step(w->sb) == MSNP_STEP_ONLINE &&
           msnp_sb_n_members(w->sb) == 1 && msnp_sb_has(w->sb, who);
}

wire *wire_with(const msnp_talks *talks, const char *who)
{
    wire *best = NULL;

    for (guint i = 0; i < talks->wires->len; i++) {
        wire *w = g_ptr_array_index(talks->wires, i);
        if (wire_is_with(w, who) && (best == NULL || w->used > best->used))
            best = w;
    }
    return best;
}

/* --- who is there --------------------------------------------------------------------------- */

static void tell_joined(msnp_talks *talks, const talk *chat, const char *account, const char *name,
                        bool initial)
{
    talks_push(talks, (msnp_event){.type = MSNP_EVENT_CHAT_JOINED,
                                   .chat_member = {.chat = chat->place.chat,
                                                   .account = account,
                                                   .name = name,
                                                   .initial = initial}});
}

static void tell_left(msnp_talks *talks, talk *chat, const char *account, bool lost)
{
    chat->thinned = true;
    talks_push(
        talks,
        (msnp_event){.type = MSNP_EVENT_CHAT_LEFT,
                     .chat_member = {.chat = chat->place.chat, .account = account, .lost = lost}});
}

/* The talk for which we are opening it; NULL if nobody waits for it. */
static talk *opened_for(const msnp_talks *talks, const wire *w)
{
    GHashTableIter iter;
    gpointer value;

    if (w->chat != NULL)
        return w->chat->opening == w ? w->chat : NULL;
    g_hash_table_iter_init(&iter, talks->people);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((talk *)value)->opening == w)
            return value;
    return NULL;
}

static void hold_chat(wire *w, talk *chat)
{
    w->chat = chat;
    w->place = chat->place.chat;
    chat->current = w;
}

void wire_become_chat(msnp_talks *talks, wire *w, talk *chat, int64_t now)
{
    talk *waits = opened_for(talks, w);
    size_t n = msnp_sb_n_members(w->sb);
    const char *from = w->said || w->session == NULL ? w->who : NULL;

    talks_push(talks, (msnp_event){.type = MSNP_EVENT_CHAT_BEGUN,
                                   .begun = {.chat = chat->place.chat, .from = from}});
    hold_chat(w, chat);
    for (size_t i = 0; i < n; i++) {
        const msnp_sb_person *person = msnp_sb_member(w->sb, i);
        /* A third person, who comes into a conversation, is news. */
        bool initial = i + 1 < n || n == 1 || from == NULL;
        tell_joined(talks, chat, person->account, person->name, initial);
    }
    /* What waits is for one person alone: it needs another switchboard. */
    if (waits != NULL) {
        waits->opening = NULL;
        talk_not_opened(talks, waits, MSNP_ERR_CLOSED, 0, now);
    }
}

/* Is this a chat that was lost with just the people who are here? */
static bool is_lost_chat(const talk *chat, const wire *w)
{
    size_t n = msnp_sb_n_members(w->sb);
    bool lost = chat->current == NULL && chat->opening == NULL && chat->request == 0 &&
                !chat->closed && chat->absent->len == n;

    for (size_t i = 0; lost && i < n; i++)
        lost = talk_misses(chat, msnp_sb_member(w->sb, i)->account);
    return lost;
}

/*
 * The chat that somebody continues here, after its switchboard was closed because nobody said
 * anything for long, or broke; NULL if there is none.
 */
static talk *continued_chat(const msnp_talks *talks, const wire *w)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, talks->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (is_lost_chat(value, w))
            return value;
    return NULL;
}

static void continue_chat(msnp_talks *talks, wire *w, talk *chat)
{
    hold_chat(w, chat);
    for (size_t i = 0; i < msnp_sb_n_members(w->sb); i++) {
        const msnp_sb_person *person = msnp_sb_member(w->sb, i);
        talk_found(chat, person->account);
        tell_joined(talks, chat, person->account, person->name, false);
    }
}

/* With several people in it, this is a chat. */
static void widen(msnp_talks *talks, wire *w, int64_t now)
{
    talk *waits = opened_for(talks, w);
    talk *lost = waits == NULL && !w->said ? continued_chat(talks, w) : NULL;

    if (lost != NULL) {
        continue_chat(talks, w, lost);
        return;
    }
    talk *chat = talks_new_chat(talks, false);

    if (chat != NULL) {
        wire_become_chat(talks, w, chat, now);
        return;
    }
    wire_leave(talks, w, MSNP_ERR_FULL);
    if (waits != NULL)
        talk_give_up(talks, waits, MSNP_ERR_FULL, 0, now);
}

/* Somebody is in a switchboard that is open. */
static void talk_may_send(msnp_talks *talks, talk *t, wire *w, int64_t now)
{
    if (t->opening == w) {
        t->opening = NULL;
        t->current = w->chat != NULL ? w : NULL;
    }
    t->inviting = false;
    /* Where nothing waits to be said, this is all that was wanted. */
    if (t->waiting.length == 0)
        t->attempts = 0;
    talk_run(talks, t, now);
}

static void joined_chat(msnp_talks *talks, wire *w, const char *account, const char *name,
                        int64_t now)
{
    talk *chat = w->chat;
    bool open = msnp_sb_step(w->sb) == MSNP_STEP_ONLINE;
    bool opening = chat->opening == w;
    bool first = opening && !chat->thinned && msnp_sb_n_members(w->sb) == 1;

    talk_gathered(chat, w);
    talk_found(chat, account);
    tell_joined(talks, chat, account, name, first || (w->session != NULL && !open));
    /* Before that got_open() does it. */
    if (open)
        talk_may_send(talks, chat, w, now);
}

static void joined_alone(msnp_talks *talks, wire *w, const char *account, int64_t now)
{
    talk *t = talks_with(talks, account, false);

    g_free(w->who);
    w->who = g_strdup(account);
    /* Before that got_open() does it. */
    if (t != NULL && msnp_sb_step(w->sb) == MSNP_STEP_ONLINE)
        talk_may_send(talks, t, w, now);
}

static void got_joined(msnp_talks *talks, wire *w, const char *account, const char *name,
                       int64_t now)
{
    w->used = ++talks->last_use;
    if (w->chat != NULL)
        joined_chat(talks, w, account, name, now);
    else if (msnp_sb_n_members(w->sb) == 1)
        joined_alone(talks, w, account, now);
    else if (w->said || w->session == NULL)
        widen(talks, w, now);
    /* Else nobody said anything yet: that is no reason for a window. */
}

/* The switchboard took us in: who rang us may have gone, and who is here can be written to. */
static void got_open(msnp_talks *talks, wire *w, int64_t now)
{
    talk *t = wire_talk(talks, w);

    if (w->chat != NULL && w->chat->opening == w)
        talk_gather(w->chat, w, now);
    if (is_deserted(w))
        wire_leave(talks, w, MSNP_ERR_NOBODY);
    else if (t != NULL && msnp_sb_n_members(w->sb) > 0)
        talk_may_send(talks, t, w, now);
}

static void got_left(msnp_talks *talks, wire *w, const char *account, bool idle, int64_t now)
{
    talk *t = w->chat != NULL ? w->chat : talks_with(talks, account, false);
    talk *waits = opened_for(talks, w);
    bool chat = w->chat != NULL;

    /* An answer says nothing about who is not there any more, if somebody else is. */
    wire_lose_sent_to(talks, w, account);
    if (chat) {
        tell_left(talks, t, account, idle);
        if (idle)
            talk_miss(t, account);
    }
    if (is_deserted(w))
        wire_leave(talks, w, MSNP_ERR_NOBODY);
    else if (!chat && msnp_sb_n_members(w->sb) == 1)
        joined_alone(talks, w, msnp_sb_member(w->sb, 0)->account, now);
    /* Came and went before anything could be sent: that was an attempt, too. */
    if (waits != NULL && ((!chat && waits == t) || !g_ptr_array_find(talks->wires, w, NULL))) {
        waits->opening = NULL;
        talk_not_opened(talks, waits, MSNP_ERR_CLOSED, 0, now);
    } else if (t != NULL) {
        talk_run(talks, t, now);
    }
}

static void got_call_failed(msnp_talks *talks, wire *w, const char *account, msnp_err err,
                            unsigned number, int64_t now)
{
    talk *t = w->chat != NULL ? w->chat : talks_with(talks, account, false);
    /* It may have rung us meanwhile, whoever it is. */
    bool elsewhere = w->chat == NULL && wire_with(talks, account) != NULL;
    bool hopeless =
        !elsewhere && (is_deserted(w) || (t != NULL && w->chat == NULL && t->opening == w));

    if (w->chat != NULL) {
        talk_found(t, account);
        talk_gathered(t, w);
        talk_tell_call_failed(talks, t, account, err, number);
    } else if (t != NULL && t->opening == w) {
        t->opening = NULL;
    }
    if (is_deserted(w))
        wire_leave(talks, w, MSNP_ERR_NOBODY);
    if (t != NULL && hopeless)
        talk_give_up(talks, t, err, number, now);
    else if (t != NULL)
        talk_run(talks, t, now);
}

/* --- what is said --------------------------------------------------------------------------- */

/* Who invites without an end is not answered without an end: the server would throw us out. */
static bool may_decline(wire *w, int64_t now)
{
    if (w->declined == 0 || now >= w->declined_at + DECLINES_TIME) {
        w->declined = 0;
        w->declined_at = now;
    }
    return w->declined++ < DECLINES_MAX;
}

static void decline(msnp_talks *talks, wire *w, const msnp_message *message, int64_t now)
{
    msnp_buf payload;

    if (!may_decline(w, now))
        return;
    msnp_message_write_decline(&payload, message->invite.cookie, message->invite.file);
    (void)msnp_sb_reply(w->sb, msnp_buf_view(&payload));
    msnp_buf_clear(&payload);
    wire_touch(talks, w);
}

static void tell_said(msnp_talks *talks, const wire *w, const msnp_event *event,
                      const msnp_message *message)
{
    unsigned chat = w->place;
    bool typing = message->kind == MSNP_MESSAGE_TYPING;
    bool invite = message->kind == MSNP_MESSAGE_INVITE;

    talks_push(talks, (msnp_event){
                          .type = typing ? MSNP_EVENT_TALK_TYPING : MSNP_EVENT_TALK_MESSAGE,
                          .said = {.place = {chat, chat != 0 ? NULL : event->received.account},
                                   .who = event->received.account,
                                   .name = event->received.name,
                                   .kind = message->kind,
                                   .text = invite ? message->invite.application : message->text,
                                   .file = message->invite.file ? message->invite.file_name : NULL,
                                   .size = message->invite.file_size,
                                   .format = message->format}});
}

/* Is there anything in it for the user to see? */
static bool is_shown(const msnp_message *message)
{
    switch (message->kind) {
    case MSNP_MESSAGE_TEXT:
        return *message->text != '\0';
    case MSNP_MESSAGE_NUDGE:
    case MSNP_MESSAGE_INVITE:
        return true;
    default:
        return false;
    }
}

/* Several people are here, and we are, but it is no chat yet. */
static bool is_unnamed_chat(const wire *w)
{
    return w->chat == NULL && msnp_sb_step(w->sb) == MSNP_STEP_ONLINE &&
           msnp_sb_n_members(w->sb) > 1;
}

static void got_said(msnp_talks *talks, wire *w, const msnp_event *event,
                     const msnp_message *message, int64_t now)
{
    talk *t;

    w->used = ++talks->last_use;
    if (is_unnamed_chat(w))
        widen(talks, w, now);
    w->said = true;
    t = w->place == 0 ? talks_with(talks, event->received.account, false) : NULL;
    /* The window opens again. */
    if (t != NULL)
        t->closed = false;
    /* With more people here it is not known who is meant. */
    if (message->kind == MSNP_MESSAGE_INVITE && w->place == 0)
        decline(talks, w, message, now);
    tell_said(talks, w, event, message);
}

static void got_message(msnp_talks *talks, wire *w, const msnp_event *event, int64_t now)
{
    msnp_message message;

    msnp_message_read(&message, (msnp_str){event->received.data, event->received.len});
    if (is_shown(&message))
        got_said(talks, w, event, &message, now);
    else if (message.kind == MSNP_MESSAGE_TYPING && !is_unnamed_chat(w))
        tell_said(talks, w, event, &message);
    msnp_message_clear(&message);
}

/* --- the end -------------------------------------------------------------------------------- */

static void lose_members(msnp_talks *talks, talk *chat, const msnp_sb *sb)
{
    for (size_t i = 0; i < msnp_sb_n_members(sb); i++) {
        const char *account = msnp_sb_member(sb, i)->account;
        tell_left(talks, chat, account, true);
        talk_miss(chat, account);
    }
}

static void lose_calls(msnp_talks *talks, talk *chat, const msnp_sb *sb, msnp_err err,
                       unsigned number)
{
    for (size_t i = 0; i < msnp_sb_n_calls(sb); i++) {
        const char *account = msnp_sb_called(sb, i)->account;
        talk_found(chat, account);
        talk_tell_call_failed(talks, chat, account, err, number);
    }
}

static void got_failed(msnp_talks *talks, wire *w, const msnp_failure *failure, int64_t now)
{
    talk *waits = opened_for(talks, w);
    talk *t = wire_talk(talks, w);
    talk *chat = w->chat;
    /* What is too long came from the server: not what the user would understand by it. */
    msnp_err err = failure->err == MSNP_ERR_TOO_LONG ? MSNP_ERR_MALFORMED : failure->err;

    wire_lose_sent(talks, w, err, failure->number);
    if (chat != NULL)
        lose_members(talks, chat, w->sb);
    if (chat != NULL && waits == NULL) {
        lose_calls(talks, chat, w->sb, err, failure->number);
        /* Some had come, but nothing was sent yet. */
        if (chat->gathering != MSNP_NEVER)
            waits = chat;
    }
    wire_drop(talks, w);
    talks_push(talks, (msnp_event){.type = MSNP_EVENT_CLOSE, .conn = w->number});
    if (t != NULL && t != waits)
        talk_run(talks, t, now);
    if (waits != NULL)
        talk_not_opened(talks, waits, err, failure->number, now);
}

static void handle(msnp_talks *talks, wire *w, msnp_event *event, int64_t now)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
    case MSNP_EVENT_WRITE:
    case MSNP_EVENT_CLOSE:
    case MSNP_EVENT_TRACE:
        event->conn = w->number;
        talks_push(talks, *event);
        break;
    case MSNP_EVENT_SB_OPEN:
        got_open(talks, w, now);
        break;
    case MSNP_EVENT_SB_JOINED:
        got_joined(talks, w, event->member.account, event->member.name, now);
        break;
    case MSNP_EVENT_SB_LEFT:
        got_left(talks, w, event->member.account, event->member.idle, now);
        break;
    case MSNP_EVENT_SB_CALL_FAILED:
        got_call_failed(talks, w, event->call_failed.account, event->call_failed.cause.err,
                        event->call_failed.cause.number, now);
        break;
    case MSNP_EVENT_SB_ANSWERED:
        wire_answered(talks, w, event->answered.tag, event->answered.cause.err,
                      event->answered.cause.number, now);
        break;
    case MSNP_EVENT_SB_RECEIVED:
        got_message(talks, w, event, now);
        break;
    case MSNP_EVENT_FAILED:
        got_failed(talks, w, &event->failure, now);
        break;
    default:
        break;
    }
}

/* Of a switchboard that was left: the goodbye, and what was said before. */
static void handle_rest(msnp_talks *talks, wire *w, msnp_event *event, int64_t now)
{
    /* It had failed already, so that there was nothing to leave. */
    if (event->type == MSNP_EVENT_FAILED)
        event->type = MSNP_EVENT_CLOSE;
    if (event->type == MSNP_EVENT_WRITE || event->type == MSNP_EVENT_CLOSE ||
        event->type == MSNP_EVENT_TRACE || event->type == MSNP_EVENT_SB_RECEIVED)
        handle(talks, w, event, now);
}

static void work_at(msnp_talks *talks, wire *w, int64_t now)
{
    msnp_event event;

    while (msnp_sb_next(w->sb, &event)) {
        if (g_ptr_array_find(talks->wires, w, NULL))
            handle(talks, w, &event, now);
        else
            handle_rest(talks, w, &event, now);
    }
}

/* They may wait for something that a switchboard took along, or have nothing left to do. */
static void run_all(msnp_talks *talks, GHashTable *table, int64_t now)
{
    GList *all = g_hash_table_get_values(table);

    /* Each of them forgets itself at most. */
    for (GList *l = all; l != NULL; l = l->next)
        talk_run(talks, l->data, now);
    g_list_free(all);
}

void talks_work(msnp_talks *talks, int64_t now)
{
    wire *w;

    do {
        while ((w = g_queue_pop_head(&talks->dirty)) != NULL) {
            /* It stays marked: what it asks for itself meanwhile is handled in the same turn. */
            work_at(talks, w, now);
            w->dirty = false;
            if (!g_ptr_array_find(talks->wires, w, NULL))
                wire_free(w);
        }
        if (talks->rerun) {
            talks->rerun = false;
            run_all(talks, talks->people, now);
            run_all(talks, talks->chats, now);
        }
    } while (!g_queue_is_empty(&talks->dirty));
}
