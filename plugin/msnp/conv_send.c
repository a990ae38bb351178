/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages in transit: waiting, sent, reported.
 */
#include "conv_priv.h"

#include <string.h>

/* The highest bit of a tag: it is of MSNP2P. So that is known when the part itself is gone. */
#define TAG_P2P UINT32_C(0x80000000)

void conv_part_free(gpointer data)
{
    conv_part *part = data;

    g_free(part->text);
    g_free((char *)part->payload.ptr);
    g_free(part);
}

/* --- reporting ------------------------------------------------------------------------------ */

static void report_one(msnp_conversations *all, const conv_part *part, const char *text,
                       msnp_cause cause, bool maybe)
{
    msnp_net_push(all->net, (msnp_event){.type = MSNP_EVENT_UNDELIVERED,
                                         .undelivered = {part->of->id, part->nudge ? NULL : text,
                                                         cause, maybe}});
}

static void add_result(msnp_conversations *all, const conv_part *part, msnp_cause cause)
{
    conv_add_result(all, &(conv_result){part->p2p, part->reference, part->board, cause});
}

/* Consecutive parts of a message are reported as one. */
void conv_report(msnp_conversations *all, GQueue *parts, msnp_cause cause, bool maybe)
{
    GString *text = g_string_new(NULL);
    conv_part *part;

    while ((part = g_queue_pop_head(parts)) != NULL) {
        const conv_part *next = g_queue_peek_head(parts);
        if (part->payload.ptr != NULL) {
            add_result(all, part, cause);
            conv_part_free(part);
            continue;
        }
        g_string_append(text, part->text);
        if (next == NULL || next->message != part->message) {
            report_one(all, part, text->str, cause, maybe);
            g_string_truncate(text, 0);
        }
        conv_part_free(part);
    }
    g_string_free(text, TRUE);
}

void conv_report_call_failed(msnp_conversations *all, const conv *chat, const char *account,
                             msnp_cause cause)
{
    msnp_net_push(all->net, (msnp_event){.type = MSNP_EVENT_CHAT_CALL_FAILED,
                                         .chat_call_failed = {chat->id.chat, account, cause}});
}

/* A sent part was acknowledged or reported. */
static void part_ends(const conv_part *part)
{
    conv *t = part->of;

    t->n_sent--;
    if (t->n_sent == 0)
        t->sender = NULL;
}

void conv_lose_sent(conv_board *b, msnp_cause cause)
{
    for (const GList *l = b->sent.head; l != NULL; l = l->next) {
        const conv_part *part = l->data;
        part_ends(part);
        conv_wake(b->all, part->of);
    }
    conv_report(b->all, &b->sent, cause, true);
}

void conv_lose_sent_to(conv_board *b, const char *who)
{
    GQueue lost = G_QUEUE_INIT;

    for (GList *l = b->sent.head, *next; l != NULL; l = next) {
        const conv_part *part = l->data;
        next = l->next;
        if (part->of->id.chat != 0 || g_ascii_strcasecmp(part->of->id.who, who) != 0)
            continue;
        part_ends(part);
        conv_wake(b->all, part->of);
        g_queue_unlink(&b->sent, l);
        g_queue_push_tail_link(&lost, l);
    }
    conv_report(b->all, &lost, (msnp_cause){MSNP_ERR_NOBODY, 0}, true);
}

/* --- sending -------------------------------------------------------------------------------- */

static uint32_t new_tag(msnp_conversations *all, bool p2p)
{
    /* 0 means "no tag". */
    all->last_tag = all->last_tag % (TAG_P2P - 1) + 1;
    return all->last_tag | (p2p ? TAG_P2P : 0);
}

static bool write_part(conv_board *b, conv_part *part, int64_t now)
{
    msnp_letter letter = part->p2p ? MSNP_LETTER_D : MSNP_LETTER_A;
    msnp_buf payload;

    part->tag = new_tag(b->all, part->p2p);
    if (part->payload.ptr != NULL)
        return msnp_switchboard_send(b->sb, letter, part->tag, part->payload, now);
    if (part->nudge)
        msnp_message_write_nudge(&payload);
    else
        msnp_message_write_text(&payload, msnp_str_of(part->text), &part->format);
    bool sent = msnp_switchboard_send(b->sb, letter, part->tag, msnp_buf_view(&payload), now);
    msnp_buf_clear(&payload);
    return sent;
}

static void send_from(GQueue *waiting, conv *t, conv_board *b, int64_t now)
{
    conv_part *part;

    while ((part = g_queue_peek_head(waiting)) != NULL &&
           b->window[part->p2p] < MSNP_CONVERSATION_WINDOW && write_part(b, part, now)) {
        g_queue_push_tail(&b->sent, g_queue_pop_head(waiting));
        part->board = b->number;
        b->window[part->p2p]++;
        t->n_sent++;
        t->sender = b;
        t->attempts = 0;
        if (part->p2p)
            continue;
        b->had_message = true;
        b->typed = MSNP_NEVER;
    }
}

/* What the user says comes first. */
static void send_waiting(conv *t, conv_board *b, int64_t now)
{
    send_from(&t->waiting, t, b, now);
    send_from(&t->p2p, t, b, now);
}

/* The switchboard on which the conversation can send now, or NULL. */
static conv_board *find_board(const msnp_conversations *all, const conv *t)
{
    /* People who are being recalled shall get the message, too. */
    if (t->id.chat != 0) {
        bool usable = t->current != NULL && conv_board_is_usable(t->current);
        return usable && t->gathering == MSNP_NEVER ? t->current : NULL;
    }
    /* No other one while something is unacknowledged: messages could overtake each other. */
    if (t->n_sent > 0)
        return conv_board_is_with(t->sender, t->id.who) ? t->sender : NULL;
    return conv_board_with(all, t->id.who);
}

/* --- opening -------------------------------------------------------------------------------- */

bool conv_is_waiting(const conv *t)
{
    return t->waiting.length > 0 || t->p2p.length > 0;
}

bool conv_wants_board(const conv *t)
{
    return conv_is_waiting(t) || t->inviting;
}

static bool is_busy(const conv *t)
{
    const conv_board *b = t->current;
    bool coming = b != NULL && (msnp_switchboard_get_state(b->sb) != MSNP_SWITCHBOARD_OPEN ||
                                msnp_switchboard_n_calls(b->sb) > 0);

    return t->request != 0 || t->opening != NULL || coming || t->n_sent > 0;
}

static void ask(msnp_conversations *all, conv *t)
{
    if (++all->last_request == 0)
        all->last_request = 1;
    t->request = all->last_request;
    g_hash_table_insert(all->requests, GUINT_TO_POINTER(t->request), t);
    g_queue_push_tail(&all->asking, GUINT_TO_POINTER(t->request));
}

static void leave_all_of(msnp_conversations *all, const conv *t)
{
    conv_hold *hold = t->id.chat == 0 ? conv_hold_of(all, t->id.who) : NULL;
    conv_board *b;

    if (t->opening != NULL)
        conv_board_leave(t->opening, MSNP_ERR_CLOSED);
    if (t->current != NULL)
        conv_board_leave(t->current, MSNP_ERR_CLOSED);
    if (hold != NULL) {
        hold->closed = true;
        return;
    }
    while (t->id.chat == 0 && (b = conv_board_with(all, t->id.who)) != NULL)
        conv_board_leave(b, MSNP_ERR_CLOSED);
}

/* Ends the conversation if it has nothing left to do. */
static void settle(msnp_conversations *all, conv *t)
{
    if (conv_wants_board(t) || t->n_sent > 0)
        return;
    /* Messages sent on its switchboard may belong to the conversation that became the chat. */
    if (t->id.chat != 0 && (!t->closed || (t->current != NULL && t->current->sent.length > 0)))
        return;
    if (t->closed)
        leave_all_of(all, t);
    else if (t->request != 0 || t->opening != NULL)
        return;
    conv_finish(all, t);
}

void conv_call_back(conv *t, conv_board *b, int64_t now)
{
    for (guint i = 0; i < t->to_recall->len; i++)
        msnp_switchboard_call(b->sb, g_ptr_array_index(t->to_recall, i), now);
}

void conv_gather(conv *t, const conv_board *b, int64_t now)
{
    bool calls = msnp_switchboard_n_calls(b->sb) > 0;

    /* One time limit for all waiting messages: people who join and leave do not extend it. */
    if (calls && t->patience == MSNP_NEVER)
        t->patience = now + MSNP_CHAT_GATHER;
    t->gathering = calls && now < t->patience ? t->patience : MSNP_NEVER;
}

void conv_gathered(conv *t, const conv_board *b)
{
    if (msnp_switchboard_n_calls(b->sb) == 0)
        t->gathering = MSNP_NEVER;
}

int64_t conv_next_expiry(const msnp_conversations *all)
{
    GHashTableIter iter;
    gpointer value;
    int64_t next = MSNP_NEVER;

    g_hash_table_iter_init(&iter, all->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        next = MIN(next, ((const conv *)value)->gathering);
    return next;
}

void conv_expire(msnp_conversations *all, int64_t now)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, all->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        conv *t = value;
        if (now < t->gathering)
            continue;
        t->gathering = MSNP_NEVER;
        conv_wake(all, t);
    }
}

/* Recalls people whom the chat lost before a message is sent. */
static void complete_chat(conv *t, int64_t now)
{
    if (t->waiting.length == 0 || t->current == NULL || !conv_board_is_usable(t->current) ||
        t->gathering != MSNP_NEVER || t->to_recall->len == 0 ||
        msnp_switchboard_n_calls(t->current->sb) > 0 || now >= t->patience)
        return;
    conv_call_back(t, t->current, now);
    conv_gather(t, t->current, now);
}

void conv_run(msnp_conversations *all, conv *t, int64_t now)
{
    conv_board *b;

    if (t->over)
        return;
    if (t->id.chat != 0)
        complete_chat(t, now);
    b = conv_wants_board(t) ? find_board(all, t) : NULL;
    if (b != NULL) {
        t->inviting = false;
        send_waiting(t, b, now);
    } else if (conv_wants_board(t) && !is_busy(t)) {
        if (t->id.chat == 0 || t->to_recall->len > 0)
            ask(all, t);
        else
            conv_report(all, &t->waiting, (msnp_cause){MSNP_ERR_NOBODY, 0}, false);
    }
    settle(all, t);
}

/* Is another attempt worthwhile, on another switchboard? */
static bool may_pass(msnp_cause cause)
{
    switch (cause.err) {
    case MSNP_ERR_CLOSED:
    case MSNP_ERR_UNREACHABLE:
    case MSNP_ERR_TIMEOUT:
    case MSNP_ERR_MALFORMED:
        return true;
    case MSNP_ERR_SERVER:
        switch (msnp_server_error_find(cause.number)->trouble) {
        case MSNP_TROUBLE_TOO_FAST:
        case MSNP_TROUBLE_BUSY:
        case MSNP_TROUBLE_HIDDEN:
        case MSNP_TROUBLE_OFFLINE:
            return false;
        default:
            return cause.number >= MSNP_NUMBER_NO_SWITCHBOARD;
        }
    default:
        return false;
    }
}

void conv_not_opened(msnp_conversations *all, conv *t, msnp_cause cause, int64_t now)
{
    t->attempts++;
    if (t->attempts < ATTEMPTS_MAX && may_pass(cause))
        conv_run(all, t, now);
    else
        conv_give_up(all, t, cause, now);
}

void conv_give_up(msnp_conversations *all, conv *t, msnp_cause cause, int64_t now)
{
    t->attempts = 0;
    t->inviting = false;
    t->gathering = t->patience = MSNP_NEVER;
    conv_report(all, &t->waiting, cause, false);
    conv_report(all, &t->p2p, cause, false);
    for (guint i = 0; t->to_recall != NULL && i < t->to_recall->len; i++)
        conv_report_call_failed(all, t, g_ptr_array_index(t->to_recall, i), cause);
    if (t->to_recall != NULL)
        g_ptr_array_set_size(t->to_recall, 0);
    conv_run(all, t, now);
}

/* --- acknowledgements ----------------------------------------------------------------------- */

static conv_part *take_part(conv_board *b, uint32_t tag)
{
    for (GList *l = b->sent.head; l != NULL; l = l->next) {
        conv_part *part = l->data;
        if (part->tag == tag) {
            g_queue_delete_link(&b->sent, l);
            return part;
        }
    }
    return NULL;
}

void conv_answered(conv_board *b, uint32_t tag, msnp_cause cause, int64_t now)
{
    conv_part *part = take_part(b, tag);
    GQueue failed = G_QUEUE_INIT;

    b->window[(tag & TAG_P2P) != 0]--;
    /* It was reported already, but took room in the window until now. */
    if (part == NULL) {
        conv *waits = conv_board_conv(b);
        if (waits != NULL)
            conv_run(b->all, waits, now);
        return;
    }

    conv *t = part->of;
    part_ends(part);
    if (cause.err == MSNP_OK) {
        if (part->p2p)
            add_result(b->all, part, cause);
        conv_part_free(part);
    } else {
        bool maybe = cause.err != MSNP_ERR_REFUSED && cause.err != MSNP_ERR_SERVER;
        g_queue_push_tail(&failed, part);
        conv_report(b->all, &failed, cause, maybe);
    }
    /* The other conversation that sends on this switchboard has room again, too. */
    if (b->chat != NULL && b->chat != t)
        conv_run(b->all, b->chat, now);
    conv_run(b->all, t, now);
}
