/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The switchboards of the conversations, and their events.
 */
#include "conv_priv.h"

#include <string.h>

/* Of a switchboard: the server disconnects clients that send too much. */
static const msnp_pace_limit decline_limit = {20, 3000};

static const msnp_switchboard_ops board_ops;

/* --- beginning and end ---------------------------------------------------------------------- */

char *conv_board_session(const msnp_switchboard_config *config)
{
    return g_strdup_printf("%s %u %s", config->host, config->port, config->session);
}

conv_board *conv_board_open(msnp_conversations *all, const msnp_switchboard_config *config,
                            conv *opener, int64_t now)
{
    conv_board *b = g_new0(conv_board, 1);

    b->all = all;
    b->number = ++all->last_board;
    b->session = config->session != NULL ? conv_board_session(config) : NULL;
    b->used = ++all->last_use;
    b->typed = MSNP_NEVER;
    g_queue_init(&b->sent);
    g_ptr_array_add(all->boards, b);
    if (opener != NULL) {
        b->opener = opener;
        b->chat = opener->id.chat != 0 ? opener : NULL;
        b->chat_once = opener->id.chat;
        b->who = g_strdup(opener->id.who);
        opener->opening = b;
    }
    b->sb = msnp_switchboard_new(all->net, config, &board_ops, b, now);
    return b;
}

void conv_board_free(gpointer data)
{
    conv_board *b = data;

    msnp_switchboard_free(b->sb);
    g_queue_clear_full(&b->sent, conv_part_free);
    msnp_chunks_clear(&b->chunks);
    g_free(b->session);
    g_free(b->ringer);
    g_free(b->speaker);
    g_free(b->who);
    g_free(b);
}

/* Somebody joins it, or sends something. */
static void note_use(conv_board *b)
{
    b->used = ++b->all->last_use;
    b->all->latest = b;
}

/* No conversation waits for it any more. */
static void forget_opener(conv_board *b)
{
    if (b->opener != NULL)
        b->opener->opening = NULL;
    b->opener = NULL;
}

/* Detaches it from its conversations, which may go on elsewhere or be over. */
static void mark_over(conv_board *b)
{
    conv *chat = b->chat;
    guint at;

    conv_wake(b->all, conv_board_conv(b));
    conv_wake(b->all, b->opener);
    if (chat != NULL && (chat->opening == b || chat->current == b))
        chat->gathering = MSNP_NEVER;
    if (chat != NULL && chat->current == b)
        chat->current = NULL;
    forget_opener(b);
    if (b->all->latest == b)
        b->all->latest = NULL;
    if (g_ptr_array_find(b->all->boards, b, &at))
        g_ptr_array_steal_index_fast(b->all->boards, at);
    b->over = true;
    g_ptr_array_add(b->all->over_boards, b);
}

void conv_board_leave(conv_board *b, msnp_err err)
{
    conv_board_hear(b, NULL, MSNP_NEVER);
    conv_lose_sent(b, (msnp_cause){err, 0});
    mark_over(b);
    b->chat = NULL;
    g_queue_push_tail(&b->all->left, b);
}

void conv_board_close_left(msnp_conversations *all)
{
    const conv_board *b;

    while ((b = g_queue_pop_head(&all->left)) != NULL)
        msnp_switchboard_leave(b->sb);
}

/* --- state ---------------------------------------------------------------------------------- */

static bool is_open(const conv_board *b)
{
    return msnp_switchboard_get_state(b->sb) == MSNP_SWITCHBOARD_OPEN;
}

/* Is nobody there, and no call pending? */
static bool is_deserted(const conv_board *b)
{
    return msnp_switchboard_n_members(b->sb) == 0 && msnp_switchboard_n_calls(b->sb) == 0;
}

conv *conv_board_conv(const conv_board *b)
{
    if (b->chat != NULL)
        return b->chat;
    return b->who != NULL ? conv_with(b->all, b->who, false) : NULL;
}

bool conv_board_is_usable(const conv_board *b)
{
    return is_open(b) && msnp_switchboard_n_members(b->sb) > 0;
}

bool conv_board_is_with(const conv_board *b, const char *who)
{
    return b->chat == NULL && is_open(b) && msnp_switchboard_n_members(b->sb) == 1 &&
           msnp_switchboard_has(b->sb, who);
}

conv_board *conv_board_with(const msnp_conversations *all, const char *who)
{
    conv_board *best = NULL;

    /* So it costs nothing while one peer sends a lot. */
    if (all->latest != NULL && conv_board_is_with(all->latest, who))
        return all->latest;
    for (guint i = 0; i < all->boards->len; i++) {
        conv_board *b = g_ptr_array_index(all->boards, i);
        if (conv_board_is_with(b, who) && (best == NULL || b->used > best->used))
            best = b;
    }
    return best;
}

/* --- participants --------------------------------------------------------------------------- */

static void report_joined(const conv_board *b, const char *account, const char *name, bool initial)
{
    msnp_net_push(b->all->net, (msnp_event){.type = MSNP_EVENT_CHAT_JOINED,
                                            .chat_member = {.chat = b->chat->id.chat,
                                                            .account = account,
                                                            .name = name,
                                                            .initial = initial}});
}

static void report_left(const conv_board *b, const char *account, bool lost)
{
    b->chat->thinned = true;
    msnp_net_push(
        b->all->net,
        (msnp_event){.type = MSNP_EVENT_CHAT_LEFT,
                     .chat_member = {.chat = b->chat->id.chat, .account = account, .lost = lost}});
}

/* Who left, but not on purpose, is to be recalled: as many as can be in a chat. */
static void report_lost(const conv_board *b, const char *account)
{
    conv_to_recall_add(b->chat, account);
    report_left(b, account, conv_to_recall_has(b->chat, account));
}

static void hold_chat(conv_board *b, conv *chat)
{
    b->chat = chat;
    b->chat_once = chat->id.chat;
    chat->current = b;
}

/* Was anything said in it, or is about to be? */
static bool is_spoken_in(const conv_board *b)
{
    return b->had_message || b->opener != NULL;
}

void conv_board_become_chat(conv_board *b, conv *chat, int64_t now)
{
    conv *waits = b->opener;
    size_t n = msnp_switchboard_n_members(b->sb);
    const char *from = is_spoken_in(b) ? b->who : NULL;
    /* A third person who joins a conversation is not initial. */
    size_t initial = n > 1 && from != NULL ? n - 1 : n;

    msnp_net_push(b->all->net,
                  (msnp_event){.type = MSNP_EVENT_CHAT_BEGUN,
                               .begun = {.chat = chat->id.chat, .from = from, .members = initial}});
    hold_chat(b, chat);
    for (size_t i = 0; i < n; i++) {
        const msnp_switchboard_person *person = msnp_switchboard_member(b->sb, i);
        report_joined(b, person->account, person->name, i < initial);
    }
    /* Waiting messages are for one person only: they need another switchboard. */
    if (waits != NULL) {
        forget_opener(b);
        conv_not_opened(b->all, waits, (msnp_cause){MSNP_ERR_CLOSED, 0}, now);
    }
}

/* Did this chat lose its switchboard, and are these exactly its people? */
static bool is_lost_chat(const conv *chat, const conv_board *b)
{
    size_t n = msnp_switchboard_n_members(b->sb);
    bool lost = chat->current == NULL && chat->opening == NULL && chat->request == 0 &&
                !chat->closed && chat->to_recall->len == n;

    for (size_t i = 0; lost && i < n; i++)
        lost = conv_to_recall_has(chat, msnp_switchboard_member(b->sb, i)->account);
    return lost;
}

/*
 * The chat that somebody continues here after its switchboard went idle or broke; NULL if there is
 * none.
 */
static conv *continued_chat(const conv_board *b)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, b->all->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (is_lost_chat(value, b))
            return value;
    return NULL;
}

static void continue_chat(conv_board *b, conv *chat)
{
    hold_chat(b, chat);
    for (size_t i = 0; i < msnp_switchboard_n_members(b->sb); i++) {
        const msnp_switchboard_person *person = msnp_switchboard_member(b->sb, i);
        conv_to_recall_remove(chat, person->account);
        report_joined(b, person->account, person->name, false);
    }
}

static void lose_members(const conv_board *b)
{
    for (size_t i = 0; i < msnp_switchboard_n_members(b->sb); i++)
        report_lost(b, msnp_switchboard_member(b->sb, i)->account);
}

/* Makes it a chat: there are several people in it. */
static void widen(conv_board *b, int64_t now)
{
    bool fresh = b->opener == NULL && !b->had_message && !b->over;
    conv *chat = fresh ? continued_chat(b) : NULL;

    if (chat != NULL) {
        continue_chat(b, chat);
        return;
    }
    chat = conv_new_chat(b->all);
    conv_count_chat(b, now);
    conv_board_become_chat(b, chat, now);
    /* We have just left, and others joined before we did. */
    if (b->over) {
        lose_members(b);
        chat->current = NULL;
        b->chat = NULL;
    }
}

/* Somebody is in an open switchboard: messages can be sent. */
static void may_send(conv_board *b, conv *t, int64_t now)
{
    if (t->opening == b) {
        forget_opener(b);
        t->current = b->chat != NULL ? b : NULL;
    }
    t->inviting = false;
    /* Nothing waits to be sent: the attempt succeeded. */
    if (!conv_is_waiting(t))
        t->attempts = 0;
    conv_run(b->all, t, now);
}

static void joined_chat(conv_board *b, const char *account, const char *name, int64_t now)
{
    conv *chat = b->chat;
    bool first = chat->opening == b && !chat->thinned && msnp_switchboard_n_members(b->sb) == 1;

    conv_gathered(chat, b);
    conv_to_recall_remove(chat, account);
    report_joined(b, account, name, first || (b->session != NULL && !is_open(b)));
    /* If it is not open yet, got_opened() does it. */
    if (is_open(b))
        may_send(b, chat, now);
}

static void joined_alone(conv_board *b, const char *account, int64_t now)
{
    conv *t = conv_with(b->all, account, false);

    g_free(b->who);
    b->who = g_strdup(account);
    /* If it is not open yet, got_opened() does it. */
    if (t != NULL && is_open(b))
        may_send(b, t, now);
}

static void got_joined(conv_board *b, const char *account, const char *name, int64_t now)
{
    note_use(b);
    if (b->chat != NULL)
        joined_chat(b, account, name, now);
    else if (msnp_switchboard_n_members(b->sb) == 1)
        joined_alone(b, account, now);
    else if (is_spoken_in(b))
        widen(b, now);
    /* Otherwise nobody has sent a message yet: do not open a window. */
}

/* USR or ANS succeeded. The caller may have left already; if not, messages can be sent. */
static void got_opened(conv_board *b, int64_t now)
{
    conv *t = conv_board_conv(b);

    if (b->chat != NULL && b->chat->opening == b)
        conv_gather(b->chat, b, now);
    if (is_deserted(b))
        conv_board_leave(b, MSNP_ERR_NOBODY);
    else if (t != NULL && msnp_switchboard_n_members(b->sb) > 0)
        may_send(b, t, now);
}

static void got_left(conv_board *b, const char *account, bool idle, int64_t now)
{
    conv *chat = b->chat;
    conv *t = chat != NULL ? chat : conv_with(b->all, account, false);
    conv *waits = b->opener;

    conv_board_hear(b, account, MSNP_NEVER);
    /* If others are still there, an ACK does not prove that this person got the message. */
    conv_lose_sent_to(b, account);
    if (chat != NULL && idle)
        report_lost(b, account);
    else if (chat != NULL)
        report_left(b, account, false);
    if (is_deserted(b))
        conv_board_leave(b, MSNP_ERR_NOBODY);
    else if (chat == NULL && msnp_switchboard_n_members(b->sb) == 1)
        joined_alone(b, msnp_switchboard_member(b->sb, 0)->account, now);
    /* Joined and left before anything could be sent: counts as an attempt. */
    if (waits != NULL && ((chat == NULL && waits == t) || b->over)) {
        if (waits->opening == b)
            forget_opener(b);
        conv_not_opened(b->all, waits, (msnp_cause){MSNP_ERR_CLOSED, 0}, now);
    } else if (t != NULL) {
        conv_run(b->all, t, now);
    }
}

static void got_call_failed(conv_board *b, const char *account, msnp_cause cause, int64_t now)
{
    conv *chat = b->chat;
    conv *t = chat != NULL ? chat : conv_with(b->all, account, false);
    bool opening = t != NULL && chat == NULL && t->opening == b;
    /* That person may have called us meanwhile. */
    bool elsewhere = chat == NULL && conv_board_with(b->all, account) != NULL;
    bool hopeless = !elsewhere && (is_deserted(b) || opening);

    if (chat != NULL) {
        conv_to_recall_remove(chat, account);
        conv_gathered(chat, b);
        conv_report_call_failed(b->all, chat, account, cause);
    } else if (opening) {
        forget_opener(b);
    }
    if (is_deserted(b))
        conv_board_leave(b, MSNP_ERR_NOBODY);
    if (t != NULL && hopeless)
        conv_give_up(b->all, t, cause, now);
    else if (t != NULL)
        conv_run(b->all, t, now);
}

/* --- messages ------------------------------------------------------------------------------- */

static void decline(conv_board *b, const msnp_message *message, int64_t now)
{
    msnp_buf payload;

    /* In a chat the invitation may be meant for somebody else. */
    if (b->chat_once != 0 || !msnp_pace_take(&b->declines, &decline_limit, now))
        return;
    msnp_invite_write_cancel(&payload, message->invite.cookie,
                             message->invite.file ? MSNP_CANCEL_REJECT : MSNP_CANCEL_NOT_INSTALLED);
    (void)msnp_switchboard_reply(b->sb, msnp_buf_view(&payload));
    msnp_buf_clear(&payload);
}

/* The name of who speaks, if a bot passes on what others say. */
static const char *other_speaker(const msnp_message *message, const char *account, const char *name)
{
    const char *speaker = message->speaker;

    return speaker != NULL && strcmp(speaker, name) != 0 && strcmp(speaker, account) != 0 ? speaker
                                                                                          : NULL;
}

static void report_message(const conv_board *b, const char *account, const char *name,
                           const msnp_message *message, bool incomplete)
{
    unsigned chat = b->chat_once;
    bool typing = message->kind == MSNP_MESSAGE_TYPING;
    bool invite = message->kind == MSNP_MESSAGE_INVITE;

    msnp_net_push(
        b->all->net,
        (msnp_event){.type = typing ? MSNP_EVENT_TYPING : MSNP_EVENT_MESSAGE,
                     .message = {.conversation = {chat, chat != 0 ? NULL : account},
                                 .who = account,
                                 .name = name,
                                 .speaker = other_speaker(message, account, name),
                                 .kind = message->kind,
                                 .extra = message->extra,
                                 .incomplete = incomplete,
                                 .text = invite ? message->invite.application : message->text,
                                 .format = message->format}});
}

/* Does it contain anything to show to the user? */
static bool is_shown(const msnp_message *message)
{
    switch (message->kind) {
    case MSNP_MESSAGE_TEXT:
    case MSNP_MESSAGE_ACTION:
        return *message->text != '\0';
    case MSNP_MESSAGE_NUDGE:
    case MSNP_MESSAGE_INVITE:
    case MSNP_MESSAGE_EXTRA:
        return true;
    default:
        return false;
    }
}

/* May the user be interrupted by it? */
static bool is_welcome(conv_board *b, const char *account, const msnp_message *message, int64_t now)
{
    if (message->kind == MSNP_MESSAGE_NUDGE)
        return conv_may_nudge(b, account, now);
    return message->kind != MSNP_MESSAGE_EXTRA || conv_may_name(b, account, message->extra, now);
}

/*
 * Is it no chat yet, and what this person says in it is no private conversation: others are there,
 * or somebody else spoke first? Each switchboard belongs to one window.
 */
static bool is_unnamed_chat(const conv_board *b, const char *account)
{
    bool other = b->speaker != NULL && g_ascii_strcasecmp(b->speaker, account) != 0;

    return b->chat_once == 0 && (other || msnp_switchboard_is_group(b->sb));
}

/*
 * A file is offered, or this is about an earlier invitation: no message, and not said in a chat,
 * even if others hear it.
 */
static bool is_of_transfer(const msnp_message *message)
{
    switch (message->kind) {
    case MSNP_MESSAGE_ACCEPT:
    case MSNP_MESSAGE_CANCEL:
        return true;
    default:
        return message->kind == MSNP_MESSAGE_INVITE && message->invite.file;
    }
}

static void transfer_arrived(conv_board *b, const char *account, const char *name,
                             const msnp_message *message, int64_t now)
{
    const msnp_conversations *all = b->all;
    bool offer = message->kind == MSNP_MESSAGE_INVITE;

    note_use(b);
    bool taken = (!offer || conv_may_offer(b->all, account, now)) &&
                 all->ops->invited(all->owner, account, name, &message->invite, now);
    if (offer && !taken)
        decline(b, message, now);
}

/* Somebody says something, or a part of it: which window it belongs to is decided now. */
static void speak(conv_board *b, const char *account, int64_t now)
{
    note_use(b);
    if (is_unnamed_chat(b, account))
        widen(b, now);
    else if (b->speaker == NULL)
        b->speaker = g_strdup(account);
    b->had_message = true;
    /* The window will open again. */
    if (b->chat_once == 0)
        conv_reopen(b->all, (msnp_conversation_id){0, account});
}

static void message_arrived(conv_board *b, const char *account, const char *name,
                            const msnp_message *message, int64_t now)
{
    speak(b, account, now);
    if (message->kind == MSNP_MESSAGE_INVITE)
        decline(b, message, now);
    report_message(b, account, name, message, false);
}

void conv_board_hear(conv_board *b, const char *who, int64_t now)
{
    msnp_chunks_message next;

    while (msnp_chunks_take(&b->chunks, who, now, &next)) {
        if (is_shown(&next.message))
            report_message(b, next.who, next.name, &next.message, next.incomplete);
        msnp_chunks_message_clear(&next);
    }
}

/* Only those who are there; above the limit we do not know who is. */
static bool is_heard(const conv_board *b, const char *account)
{
    return msnp_switchboard_has(b->sb, account) ||
           msnp_switchboard_n_members(b->sb) >= MSNP_SWITCHBOARD_MEMBERS_MAX;
}

static void handle(conv_board *b, const char *account, const char *name, msnp_message *message,
                   int64_t now)
{
    if (!is_welcome(b, account, message, now))
        message->kind = MSNP_MESSAGE_OTHER;
    if (is_of_transfer(message))
        transfer_arrived(b, account, name, message, now);
    else if (is_shown(message))
        message_arrived(b, account, name, message, now);
    else if (message->kind == MSNP_MESSAGE_TYPING && !is_unnamed_chat(b, account))
        report_message(b, account, name, message, false);
    else
        msnp_switchboard_note(b->sb, "(nothing to show, or too often)");
}

/* Everybody in a chat hears what is for one of them. */
static bool is_for_us(const conv_board *b, const msnp_message *message)
{
    if (message->dest == NULL)
        return !msnp_switchboard_is_group(b->sb);
    return g_ascii_strcasecmp(message->dest, b->all->account) == 0;
}

/* The owner may call some functions from here. */
static bool ask_about_p2p(conv_board *b, const char *account, const char *name,
                          msnp_message *message, int64_t now)
{
    msnp_conversations *all = b->all;

    all->answers = b;
    bool named = all->ops->p2p(all->owner, account, name, message->body, &message->extra, now);
    all->answers = NULL;
    return named;
}

/* A message of MSNP2P is not said in a window or chat, unless something in it is to be named. */
static void p2p_arrived(conv_board *b, const char *account, const char *name, msnp_message *message,
                        int64_t now)
{
    msnp_conversations *all = b->all;

    if (all->ops->p2p == NULL || !is_for_us(b, message))
        return;
    /* What the service said before belongs before it. It can be why we leave. */
    while (conv_tell_result(all, now))
        continue;
    if (b->over)
        return;
    note_use(b);
    if (!ask_about_p2p(b, account, name, message, now))
        return;
    message->kind = MSNP_MESSAGE_EXTRA;
    handle(b, account, name, message, now);
}

static void hear_message(conv_board *b, const char *account, const char *name,
                         msnp_message *message, msnp_str payload, int64_t now)
{
    msnp_chunks_result result = msnp_chunks_keep(&b->chunks, account, name, message, payload, now);

    if (result == MSNP_CHUNKS_KEPT)
        speak(b, account, now);
    else if (result == MSNP_CHUNKS_WHOLE)
        handle(b, account, name, message, now);
    conv_board_hear(b, NULL, now);
}

static void got_message(conv_board *b, const char *account, const char *name, msnp_str payload,
                        int64_t now)
{
    msnp_message message;

    if (!is_heard(b, account))
        return;
    msnp_message_read(&message, payload);
    if (message.kind == MSNP_MESSAGE_P2P)
        p2p_arrived(b, account, name, &message, now);
    else
        hear_message(b, account, name, &message, payload, now);
    msnp_message_clear(&message);
}

/* --- failure -------------------------------------------------------------------------------- */

static void lose_calls(const conv_board *b, msnp_cause cause)
{
    for (size_t i = 0; i < msnp_switchboard_n_calls(b->sb); i++) {
        const char *account = msnp_switchboard_called(b->sb, i)->account;
        conv_to_recall_remove(b->chat, account);
        conv_report_call_failed(b->all, b->chat, account, cause);
    }
}

void conv_board_failed(conv_board *b, int64_t now)
{
    conv *waits = b->opener;
    conv *t = conv_board_conv(b);
    conv *chat = b->chat;
    msnp_cause cause = b->failed;

    /* The server exceeded a limit; to the user, "too long" would mean the message. */
    if (cause.err == MSNP_ERR_TOO_LONG)
        cause.err = MSNP_ERR_MALFORMED;
    conv_board_hear(b, NULL, MSNP_NEVER);
    conv_lose_sent(b, cause);
    if (chat != NULL)
        lose_members(b);
    if (chat != NULL && waits == NULL) {
        lose_calls(b, cause);
        /* Some people had joined, but nothing was sent yet: try another switchboard. */
        if (chat->gathering != MSNP_NEVER)
            waits = chat;
    }
    mark_over(b);
    msnp_switchboard_leave(b->sb);
    if (t != NULL && t != waits)
        conv_run(b->all, t, now);
    if (waits != NULL)
        conv_not_opened(b->all, waits, cause, now);
}

/* --- callbacks ------------------------------------------------------------------------------ */

static void board_opened(gpointer owner, int64_t now)
{
    conv_board *b = owner;

    got_opened(b, now);
    conv_board_close_left(b->all);
}

static void board_joined(gpointer owner, const char *account, const char *name, int64_t now)
{
    conv_board *b = owner;

    got_joined(b, account, name, now);
    conv_board_close_left(b->all);
}

static void board_left(gpointer owner, const char *account, bool idle, int64_t now)
{
    conv_board *b = owner;

    got_left(b, account, idle, now);
    conv_board_close_left(b->all);
}

static void board_call_failed(gpointer owner, const char *account, msnp_cause cause, int64_t now)
{
    conv_board *b = owner;

    got_call_failed(b, account, cause, now);
    conv_board_close_left(b->all);
}

static void board_answered(gpointer owner, uint32_t tag, msnp_cause cause, int64_t now)
{
    conv_board *b = owner;

    conv_answered(b, tag, cause, now);
    conv_board_close_left(b->all);
}

static void board_received(gpointer owner, const char *account, const char *name, msnp_str payload,
                           int64_t now)
{
    conv_board *b = owner;

    got_message(b, account, name, payload, now);
    conv_board_close_left(b->all);
}

/* This may be called from within a function that sends: the turn does the rest. */
static void board_failed(gpointer owner, msnp_cause cause)
{
    conv_board *b = owner;

    b->failed = cause;
    g_queue_push_tail(&b->all->failed, b);
}

static void board_handled(gpointer owner, int64_t now)
{
    conv_board *b = owner;

    conv_turn(b->all, now);
}

static const msnp_switchboard_ops board_ops = {
    .opened = board_opened,
    .joined = board_joined,
    .left = board_left,
    .call_failed = board_call_failed,
    .answered = board_answered,
    .received = board_received,
    .failed = board_failed,
    .handled = board_handled,
};
