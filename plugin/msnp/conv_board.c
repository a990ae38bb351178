/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Switchboards, and what they say.
 */
#include "conv_priv.h"

#include <string.h>

#define DECLINES_MAX  20 /* of invitations, on a switchboard */
#define DECLINES_TIME ((int64_t)60 * 1000)

/* --- the wires ------------------------------------------------------------------------------ */

char *conv_board_session(const msnp_switchboard_config *config)
{
    return g_strdup_printf("%s %u %s", config->host, config->port, config->session);
}

conv_board *conv_board_open(msnp_conversations *all, const msnp_switchboard_config *config,
                            conv *chat, const char *who, int64_t now)
{
    conv_board *w = g_new0(conv_board, 1);

    w->number = ++all->last_board != 0 ? all->last_board : ++all->last_board;
    w->sb = msnp_switchboard_new(config);
    w->session = config->session != NULL ? conv_board_session(config) : NULL;
    w->chat = chat;
    w->id = chat != NULL ? chat->id.chat : 0;
    w->who = g_strdup(who);
    w->used = ++all->last_use;
    w->typed = MSNP_NEVER;
    g_queue_init(&w->sent);
    g_ptr_array_add(all->boards, w);
    msnp_switchboard_set_trace(w->sb, all->trace);
    msnp_switchboard_start(w->sb, now);
    conv_board_touch(all, w);
    return w;
}

void conv_board_free(gpointer data)
{
    conv_board *w = data;

    msnp_switchboard_free(w->sb);
    g_queue_clear_full(&w->sent, conv_part_free);
    g_free(w->session);
    g_free(w->ringer);
    g_free(w->who);
    g_free(w);
}

void conv_board_touch(msnp_conversations *all, conv_board *w)
{
    if (w->dirty)
        return;
    w->dirty = true;
    g_queue_push_tail(&all->dirty, w);
}

static void forget_in(GHashTable *table, const conv_board *w)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        conv *t = value;
        if (t->opening == w || t->current == w)
            t->gathering = MSNP_NEVER;
        t->opening = t->opening == w ? NULL : t->opening;
        t->current = t->current == w ? NULL : t->current;
        t->sender = t->sender == w ? NULL : t->sender;
    }
}

/* Nobody knows it any more; what its machine still has to say comes, then it is freed. */
static void conv_board_drop(msnp_conversations *all, conv_board *w)
{
    guint at;

    forget_in(all->people, w);
    forget_in(all->chats, w);
    if (g_ptr_array_find(all->boards, w, &at))
        g_ptr_array_steal_index_fast(all->boards, at);
    all->rerun = true;
    conv_board_touch(all, w);
}

void conv_board_leave(msnp_conversations *all, conv_board *w, msnp_err err)
{
    conv_board_lose_sent(all, w, err, 0);
    msnp_switchboard_leave(w->sb);
    conv_board_drop(all, w);
    w->chat = NULL;
}

/* Is nobody here, and nobody expected? */
static bool is_deserted(const conv_board *w)
{
    return msnp_switchboard_n_members(w->sb) == 0 && msnp_switchboard_n_calls(w->sb) == 0;
}

conv *conv_board_conv(msnp_conversations *all, const conv_board *w)
{
    if (w->chat != NULL)
        return w->chat;
    return w->who != NULL ? conv_with(all, w->who, false) : NULL;
}

bool conv_board_is_with(const conv_board *w, const char *who)
{
    return w->chat == NULL && msnp_switchboard_step(w->sb) == MSNP_STEP_ONLINE &&
           msnp_switchboard_n_members(w->sb) == 1 && msnp_switchboard_has(w->sb, who);
}

conv_board *conv_board_with(const msnp_conversations *all, const char *who)
{
    conv_board *best = NULL;

    for (guint i = 0; i < all->boards->len; i++) {
        conv_board *w = g_ptr_array_index(all->boards, i);
        if (conv_board_is_with(w, who) && (best == NULL || w->used > best->used))
            best = w;
    }
    return best;
}

/* --- who is there --------------------------------------------------------------------------- */

static void report_joined(msnp_conversations *all, const conv *chat, const char *account,
                          const char *name, bool initial)
{
    conv_push(all, (msnp_event){.type = MSNP_EVENT_CHAT_JOINED,
                                .chat_member = {.chat = chat->id.chat,
                                                .account = account,
                                                .name = name,
                                                .initial = initial}});
}

static void report_left(msnp_conversations *all, conv *chat, const char *account, bool lost)
{
    chat->thinned = true;
    conv_push(all, (msnp_event){
                       .type = MSNP_EVENT_CHAT_LEFT,
                       .chat_member = {.chat = chat->id.chat, .account = account, .lost = lost}});
}

/* The talk for which we are opening it; NULL if nobody waits for it. */
static conv *opened_for(const msnp_conversations *all, const conv_board *w)
{
    GHashTableIter iter;
    gpointer value;

    if (w->chat != NULL)
        return w->chat->opening == w ? w->chat : NULL;
    g_hash_table_iter_init(&iter, all->people);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((conv *)value)->opening == w)
            return value;
    return NULL;
}

static void hold_chat(conv_board *w, conv *chat)
{
    w->chat = chat;
    w->id = chat->id.chat;
    chat->current = w;
}

void conv_board_become_chat(msnp_conversations *all, conv_board *w, conv *chat, int64_t now)
{
    conv *waits = opened_for(all, w);
    size_t n = msnp_switchboard_n_members(w->sb);
    const char *from = w->said || w->session == NULL ? w->who : NULL;

    conv_push(all, (msnp_event){.type = MSNP_EVENT_CHAT_BEGUN,
                                .begun = {.chat = chat->id.chat, .from = from}});
    hold_chat(w, chat);
    for (size_t i = 0; i < n; i++) {
        const msnp_switchboard_person *person = msnp_switchboard_member(w->sb, i);
        /* A third person, who comes into a conversation, is news. */
        bool initial = i + 1 < n || n == 1 || from == NULL;
        report_joined(all, chat, person->account, person->name, initial);
    }
    /* What waits is for one person alone: it needs another switchboard. */
    if (waits != NULL) {
        waits->opening = NULL;
        conv_not_opened(all, waits, MSNP_ERR_CLOSED, 0, now);
    }
}

/* Is this a chat that was lost with just the people who are here? */
static bool is_lost_chat(const conv *chat, const conv_board *w)
{
    size_t n = msnp_switchboard_n_members(w->sb);
    bool lost = chat->current == NULL && chat->opening == NULL && chat->request == 0 &&
                !chat->closed && chat->to_recall->len == n;

    for (size_t i = 0; lost && i < n; i++)
        lost = conv_to_recall_has(chat, msnp_switchboard_member(w->sb, i)->account);
    return lost;
}

/*
 * The chat that somebody continues here, after its switchboard was closed because nobody said
 * anything for long, or broke; NULL if there is none.
 */
static conv *continued_chat(const msnp_conversations *all, const conv_board *w)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, all->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (is_lost_chat(value, w))
            return value;
    return NULL;
}

static void continue_chat(msnp_conversations *all, conv_board *w, conv *chat)
{
    hold_chat(w, chat);
    for (size_t i = 0; i < msnp_switchboard_n_members(w->sb); i++) {
        const msnp_switchboard_person *person = msnp_switchboard_member(w->sb, i);
        conv_to_recall_remove(chat, person->account);
        report_joined(all, chat, person->account, person->name, false);
    }
}

/* With several people in it, this is a chat. */
static void widen(msnp_conversations *all, conv_board *w, int64_t now)
{
    conv *waits = opened_for(all, w);
    conv *lost = waits == NULL && !w->said ? continued_chat(all, w) : NULL;

    if (lost != NULL) {
        continue_chat(all, w, lost);
        return;
    }
    conv *chat = conv_new_chat(all, false);

    if (chat != NULL) {
        conv_board_become_chat(all, w, chat, now);
        return;
    }
    conv_board_leave(all, w, MSNP_ERR_FULL);
    if (waits != NULL)
        conv_give_up(all, waits, MSNP_ERR_FULL, 0, now);
}

/* Somebody is in a switchboard that is open. */
static void conv_may_send(msnp_conversations *all, conv *t, conv_board *w, int64_t now)
{
    if (t->opening == w) {
        t->opening = NULL;
        t->current = w->chat != NULL ? w : NULL;
    }
    t->inviting = false;
    /* Where nothing waits to be said, this is all that was wanted. */
    if (t->waiting.length == 0)
        t->attempts = 0;
    conv_run(all, t, now);
}

static void joined_chat(msnp_conversations *all, conv_board *w, const char *account,
                        const char *name, int64_t now)
{
    conv *chat = w->chat;
    bool open = msnp_switchboard_step(w->sb) == MSNP_STEP_ONLINE;
    bool opening = chat->opening == w;
    bool first = opening && !chat->thinned && msnp_switchboard_n_members(w->sb) == 1;

    conv_gathered(chat, w);
    conv_to_recall_remove(chat, account);
    report_joined(all, chat, account, name, first || (w->session != NULL && !open));
    /* Before that got_open() does it. */
    if (open)
        conv_may_send(all, chat, w, now);
}

static void joined_alone(msnp_conversations *all, conv_board *w, const char *account, int64_t now)
{
    conv *t = conv_with(all, account, false);

    g_free(w->who);
    w->who = g_strdup(account);
    /* Before that got_open() does it. */
    if (t != NULL && msnp_switchboard_step(w->sb) == MSNP_STEP_ONLINE)
        conv_may_send(all, t, w, now);
}

static void got_joined(msnp_conversations *all, conv_board *w, const char *account,
                       const char *name, int64_t now)
{
    w->used = ++all->last_use;
    if (w->chat != NULL)
        joined_chat(all, w, account, name, now);
    else if (msnp_switchboard_n_members(w->sb) == 1)
        joined_alone(all, w, account, now);
    else if (w->said || w->session == NULL)
        widen(all, w, now);
    /* Else nobody said anything yet: that is no reason for a window. */
}

/* The switchboard took us in: who rang us may have gone, and who is here can be written to. */
static void got_open(msnp_conversations *all, conv_board *w, int64_t now)
{
    conv *t = conv_board_conv(all, w);

    if (w->chat != NULL && w->chat->opening == w)
        conv_gather(w->chat, w, now);
    if (is_deserted(w))
        conv_board_leave(all, w, MSNP_ERR_NOBODY);
    else if (t != NULL && msnp_switchboard_n_members(w->sb) > 0)
        conv_may_send(all, t, w, now);
}

static void got_left(msnp_conversations *all, conv_board *w, const char *account, bool idle,
                     int64_t now)
{
    conv *t = w->chat != NULL ? w->chat : conv_with(all, account, false);
    conv *waits = opened_for(all, w);
    bool chat = w->chat != NULL;

    /* An answer says nothing about who is not there any more, if somebody else is. */
    conv_board_lose_sent_to(all, w, account);
    if (chat) {
        report_left(all, t, account, idle);
        if (idle)
            conv_to_recall_add(t, account);
    }
    if (is_deserted(w))
        conv_board_leave(all, w, MSNP_ERR_NOBODY);
    else if (!chat && msnp_switchboard_n_members(w->sb) == 1)
        joined_alone(all, w, msnp_switchboard_member(w->sb, 0)->account, now);
    /* Came and went before anything could be sent: that was an attempt, too. */
    if (waits != NULL && ((!chat && waits == t) || !g_ptr_array_find(all->boards, w, NULL))) {
        waits->opening = NULL;
        conv_not_opened(all, waits, MSNP_ERR_CLOSED, 0, now);
    } else if (t != NULL) {
        conv_run(all, t, now);
    }
}

static void got_call_failed(msnp_conversations *all, conv_board *w, const char *account,
                            msnp_err err, unsigned number, int64_t now)
{
    conv *t = w->chat != NULL ? w->chat : conv_with(all, account, false);
    /* It may have rung us meanwhile, whoever it is. */
    bool elsewhere = w->chat == NULL && conv_board_with(all, account) != NULL;
    bool hopeless =
        !elsewhere && (is_deserted(w) || (t != NULL && w->chat == NULL && t->opening == w));

    if (w->chat != NULL) {
        conv_to_recall_remove(t, account);
        conv_gathered(t, w);
        conv_report_call_failed(all, t, account, err, number);
    } else if (t != NULL && t->opening == w) {
        t->opening = NULL;
    }
    if (is_deserted(w))
        conv_board_leave(all, w, MSNP_ERR_NOBODY);
    if (t != NULL && hopeless)
        conv_give_up(all, t, err, number, now);
    else if (t != NULL)
        conv_run(all, t, now);
}

/* --- what is said --------------------------------------------------------------------------- */

/* Who invites without an end is not answered without an end: the server would throw us out. */
static bool may_decline(conv_board *w, int64_t now)
{
    if (w->declined == 0 || now >= w->declined_at + DECLINES_TIME) {
        w->declined = 0;
        w->declined_at = now;
    }
    return w->declined++ < DECLINES_MAX;
}

static void decline(msnp_conversations *all, conv_board *w, const msnp_message *message,
                    int64_t now)
{
    msnp_buf payload;

    if (!may_decline(w, now))
        return;
    msnp_message_write_decline(&payload, message->invite.cookie, message->invite.file);
    (void)msnp_switchboard_reply(w->sb, msnp_buf_view(&payload));
    msnp_buf_clear(&payload);
    conv_board_touch(all, w);
}

static void report_said(msnp_conversations *all, const conv_board *w, const msnp_event *event,
                        const msnp_message *message)
{
    unsigned chat = w->id;
    bool typing = message->kind == MSNP_MESSAGE_TYPING;
    bool invite = message->kind == MSNP_MESSAGE_INVITE;

    conv_push(all, (msnp_event){
                       .type = typing ? MSNP_EVENT_TYPING : MSNP_EVENT_MESSAGE,
                       .said = {.conversation = {chat, chat != 0 ? NULL : event->received.account},
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
static bool is_unnamed_chat(const conv_board *w)
{
    return w->chat == NULL && msnp_switchboard_step(w->sb) == MSNP_STEP_ONLINE &&
           msnp_switchboard_n_members(w->sb) > 1;
}

static void got_said(msnp_conversations *all, conv_board *w, const msnp_event *event,
                     const msnp_message *message, int64_t now)
{
    conv *t;

    w->used = ++all->last_use;
    if (is_unnamed_chat(w))
        widen(all, w, now);
    w->said = true;
    t = w->id == 0 ? conv_with(all, event->received.account, false) : NULL;
    /* The window opens again. */
    if (t != NULL)
        t->closed = false;
    /* With more people here it is not known who is meant. */
    if (message->kind == MSNP_MESSAGE_INVITE && w->id == 0)
        decline(all, w, message, now);
    report_said(all, w, event, message);
}

static void got_message(msnp_conversations *all, conv_board *w, const msnp_event *event,
                        int64_t now)
{
    msnp_message message;

    msnp_message_read(&message, (msnp_str){event->received.data, event->received.len});
    if (is_shown(&message))
        got_said(all, w, event, &message, now);
    else if (message.kind == MSNP_MESSAGE_TYPING && !is_unnamed_chat(w))
        report_said(all, w, event, &message);
    msnp_message_clear(&message);
}

/* --- the end -------------------------------------------------------------------------------- */

static void lose_members(msnp_conversations *all, conv *chat, const msnp_switchboard *sb)
{
    for (size_t i = 0; i < msnp_switchboard_n_members(sb); i++) {
        const char *account = msnp_switchboard_member(sb, i)->account;
        report_left(all, chat, account, true);
        conv_to_recall_add(chat, account);
    }
}

static void lose_calls(msnp_conversations *all, conv *chat, const msnp_switchboard *sb,
                       msnp_err err, unsigned number)
{
    for (size_t i = 0; i < msnp_switchboard_n_calls(sb); i++) {
        const char *account = msnp_switchboard_called(sb, i)->account;
        conv_to_recall_remove(chat, account);
        conv_report_call_failed(all, chat, account, err, number);
    }
}

static void got_failed(msnp_conversations *all, conv_board *w, const msnp_failure *failure,
                       int64_t now)
{
    conv *waits = opened_for(all, w);
    conv *t = conv_board_conv(all, w);
    conv *chat = w->chat;
    /* What is too long came from the server: not what the user would understand by it. */
    msnp_err err = failure->err == MSNP_ERR_TOO_LONG ? MSNP_ERR_MALFORMED : failure->err;

    conv_board_lose_sent(all, w, err, failure->number);
    if (chat != NULL)
        lose_members(all, chat, w->sb);
    if (chat != NULL && waits == NULL) {
        lose_calls(all, chat, w->sb, err, failure->number);
        /* Some had come, but nothing was sent yet. */
        if (chat->gathering != MSNP_NEVER)
            waits = chat;
    }
    conv_board_drop(all, w);
    conv_push(all, (msnp_event){.type = MSNP_EVENT_CLOSE, .conn = w->number});
    if (t != NULL && t != waits)
        conv_run(all, t, now);
    if (waits != NULL)
        conv_not_opened(all, waits, err, failure->number, now);
}

static void handle(msnp_conversations *all, conv_board *w, msnp_event *event, int64_t now)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
    case MSNP_EVENT_WRITE:
    case MSNP_EVENT_CLOSE:
    case MSNP_EVENT_TRACE:
        event->conn = w->number;
        conv_push(all, *event);
        break;
    case MSNP_EVENT_SB_OPEN:
        got_open(all, w, now);
        break;
    case MSNP_EVENT_SB_JOINED:
        got_joined(all, w, event->member.account, event->member.name, now);
        break;
    case MSNP_EVENT_SB_LEFT:
        got_left(all, w, event->member.account, event->member.idle, now);
        break;
    case MSNP_EVENT_SB_CALL_FAILED:
        got_call_failed(all, w, event->call_failed.account, event->call_failed.cause.err,
                        event->call_failed.cause.number, now);
        break;
    case MSNP_EVENT_SB_ANSWERED:
        conv_board_answered(all, w, event->answered.tag, event->answered.cause.err,
                            event->answered.cause.number, now);
        break;
    case MSNP_EVENT_SB_RECEIVED:
        got_message(all, w, event, now);
        break;
    case MSNP_EVENT_FAILED:
        got_failed(all, w, &event->failure, now);
        break;
    default:
        break;
    }
}

/* Of a switchboard that was left: the goodbye, and what was said before. */
static void handle_rest(msnp_conversations *all, conv_board *w, msnp_event *event, int64_t now)
{
    /* It had failed already, so that there was nothing to leave. */
    if (event->type == MSNP_EVENT_FAILED)
        event->type = MSNP_EVENT_CLOSE;
    if (event->type == MSNP_EVENT_WRITE || event->type == MSNP_EVENT_CLOSE ||
        event->type == MSNP_EVENT_TRACE || event->type == MSNP_EVENT_SB_RECEIVED)
        handle(all, w, event, now);
}

static void work_at(msnp_conversations *all, conv_board *w, int64_t now)
{
    msnp_event event;

    while (msnp_switchboard_next(w->sb, &event)) {
        if (g_ptr_array_find(all->boards, w, NULL))
            handle(all, w, &event, now);
        else
            handle_rest(all, w, &event, now);
    }
}

/* They may wait for something that a switchboard took along, or have nothing left to do. */
static void run_all(msnp_conversations *all, GHashTable *table, int64_t now)
{
    GList *list = g_hash_table_get_values(table);

    /* Each of them forgets itself at most. */
    for (GList *l = list; l != NULL; l = l->next)
        conv_run(all, l->data, now);
    g_list_free(list);
}

void conv_work(msnp_conversations *all, int64_t now)
{
    conv_board *w;

    do {
        while ((w = g_queue_pop_head(&all->dirty)) != NULL) {
            /* It stays marked: what it asks for itself meanwhile is handled in the same turn. */
            work_at(all, w, now);
            w->dirty = false;
            if (!g_ptr_array_find(all->boards, w, NULL))
                conv_board_free(w);
        }
        if (all->rerun) {
            all->rerun = false;
            run_all(all, all->people, now);
            run_all(all, all->chats, now);
        }
    } while (!g_queue_is_empty(&all->dirty));
}
