/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages on their way: waiting, sent, told of.
 */
#include "conv_priv.h"

#include <string.h>

void conv_part_free(gpointer data)
{
    conv_part *part = data;

    g_free(part->text);
    g_free(part);
}

/* --- telling -------------------------------------------------------------------------------- */

static void report_one(msnp_conversations *all, const conv_part *part, const char *text,
                       msnp_err err, unsigned number, bool maybe)
{
    conv_push(all,
              (msnp_event){
                  .type = MSNP_EVENT_UNDELIVERED,
                  .undelivered = {part->of->id, part->nudge ? NULL : text, {err, number}, maybe}});
}

/* Parts of a message that follow each other are told as one. */
void conv_report(msnp_conversations *all, GQueue *parts, msnp_err err, unsigned number, bool maybe)
{
    GString *text = g_string_new(NULL);
    conv_part *part;

    while ((part = g_queue_pop_head(parts)) != NULL) {
        const conv_part *next = g_queue_peek_head(parts);
        g_string_append(text, part->text);
        if (next == NULL || next->message != part->message) {
            report_one(all, part, text->str, err, number, maybe);
            g_string_truncate(text, 0);
        }
        conv_part_free(part);
    }
    g_string_free(text, TRUE);
}

void conv_report_call_failed(msnp_conversations *all, const conv *chat, const char *account,
                             msnp_err err, unsigned number)
{
    conv_push(all, (msnp_event){.type = MSNP_EVENT_CHAT_CALL_FAILED,
                                .chat_call_failed = {chat->id.chat, account, {err, number}}});
}

void conv_board_lose_sent(msnp_conversations *all, conv_board *w, msnp_err err, unsigned number)
{
    for (const GList *l = w->sent.head; l != NULL; l = l->next) {
        const conv_part *part = l->data;
        part->of->n_sent--;
    }
    conv_report(all, &w->sent, err, number, true);
}

void conv_board_lose_sent_to(msnp_conversations *all, conv_board *w, const char *who)
{
    GQueue lost = G_QUEUE_INIT;

    for (GList *l = w->sent.head, *next; l != NULL; l = next) {
        conv_part *part = l->data;
        next = l->next;
        if (part->of->id.chat != 0 || g_ascii_strcasecmp(part->of->id.who, who) != 0)
            continue;
        part->of->n_sent--;
        g_queue_unlink(&w->sent, l);
        g_queue_push_tail_link(&lost, l);
        all->rerun = true;
    }
    conv_report(all, &lost, MSNP_ERR_NOBODY, 0, true);
}

/* --- sending -------------------------------------------------------------------------------- */

static bool write_part(msnp_conversations *all, conv_board *w, conv_part *part, int64_t now)
{
    msnp_buf payload;

    if (part->nudge)
        msnp_message_write_nudge(&payload);
    else
        msnp_message_write_text(&payload, msnp_str_of(part->text), &part->format);
    /* 0 is no tag. */
    part->tag = ++all->last_tag != 0 ? all->last_tag : ++all->last_tag;
    bool sent = msnp_switchboard_send(w->sb, part->tag, msnp_buf_view(&payload), now);
    msnp_buf_clear(&payload);
    return sent;
}

static void send_waiting(msnp_conversations *all, conv *t, conv_board *w, int64_t now)
{
    while (!g_queue_is_empty(&t->waiting) &&
           msnp_switchboard_unanswered(w->sb) < MSNP_CONVERSATION_WINDOW) {
        conv_part *part = g_queue_peek_head(&t->waiting);
        if (!write_part(all, w, part, now))
            break;
        g_queue_push_tail(&w->sent, g_queue_pop_head(&t->waiting));
        t->n_sent++;
        t->sender = w;
        t->attempts = 0;
        w->said = true;
        w->typed = MSNP_NEVER;
    }
    conv_board_touch(all, w);
}

static bool is_usable(const conv_board *w)
{
    return w != NULL && msnp_switchboard_step(w->sb) == MSNP_STEP_ONLINE &&
           msnp_switchboard_n_members(w->sb) > 0;
}

/* Where the talk can send now; NULL for nowhere. */
static conv_board *find_board(const msnp_conversations *all, const conv *t)
{
    /* Who is called back in a moment is to hear it, too. */
    if (t->id.chat != 0)
        return is_usable(t->current) && t->gathering == MSNP_NEVER ? t->current : NULL;
    /* Not on another one while something is unanswered: it could overtake. */
    if (t->n_sent > 0)
        return t->sender != NULL && conv_board_is_with(t->sender, t->id.who) ? t->sender : NULL;
    return conv_board_with(all, t->id.who);
}

/* --- opening -------------------------------------------------------------------------------- */

bool conv_wants_board(const conv *t)
{
    return t->waiting.length > 0 || t->inviting;
}

static bool is_busy(const conv *t)
{
    bool coming =
        t->current != NULL && (msnp_switchboard_step(t->current->sb) != MSNP_STEP_ONLINE ||
                               msnp_switchboard_n_calls(t->current->sb) > 0);

    return t->request != 0 || t->opening != NULL || coming || t->n_sent > 0;
}

static void ask(msnp_conversations *all, conv *t)
{
    if (++all->last_request == 0)
        all->last_request = 1;
    t->request = all->last_request;
    conv_push(all, (msnp_event){.type = MSNP_EVENT_ASK_SWITCHBOARD, .request = all->last_request});
}

static bool has_unanswered(const conv_board *w)
{
    return w != NULL && w->sent.length > 0;
}

/* Forgets the talk if nothing of it is left to do. */
static void settle(msnp_conversations *all, conv *t)
{
    bool over = !conv_wants_board(t) && t->n_sent == 0;
    unsigned chat = t->id.chat;

    /* What was sent where the chat is held may be of the conversation that it grew from. */
    if (!over || (chat != 0 && (!t->closed || has_unanswered(t->current))))
        return;
    if (t->closed) {
        conv_board *w;
        if (t->opening != NULL)
            conv_board_leave(all, t->opening, MSNP_ERR_CLOSED);
        if (t->current != NULL)
            conv_board_leave(all, t->current, MSNP_ERR_CLOSED);
        while (chat == 0 && (w = conv_board_with(all, t->id.who)) != NULL)
            conv_board_leave(all, w, MSNP_ERR_CLOSED);
    } else if (t->request != 0 || t->opening != NULL) {
        return;
    }
    if (chat != 0) {
        g_hash_table_remove(all->chats, GUINT_TO_POINTER(chat));
    } else {
        char *key = g_ascii_strdown(t->id.who, -1);
        g_hash_table_remove(all->people, key);
        g_free(key);
    }
}

void conv_call_back(conv *t, conv_board *w, int64_t now)
{
    for (guint i = 0; i < t->to_recall->len; i++)
        msnp_switchboard_call(w->sb, g_ptr_array_index(t->to_recall, i), now);
}

void conv_gather(conv *t, const conv_board *w, int64_t now)
{
    bool calls = msnp_switchboard_n_calls(w->sb) > 0;

    /* Once for all that waits: who comes and goes does not keep it waiting. */
    if (calls && t->patience == MSNP_NEVER)
        t->patience = now + MSNP_CHAT_GATHER;
    t->gathering = calls && now < t->patience ? t->patience : MSNP_NEVER;
}

void conv_gathered(conv *t, const conv_board *w)
{
    if (msnp_switchboard_n_calls(w->sb) == 0)
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
        all->rerun = true;
    }
}

/* Who left a chat without wanting to is called before something is said. */
static void complete_chat(msnp_conversations *all, conv *t, int64_t now)
{
    if (t->waiting.length == 0 || !is_usable(t->current) || t->gathering != MSNP_NEVER ||
        t->to_recall->len == 0 || msnp_switchboard_n_calls(t->current->sb) > 0 ||
        now >= t->patience)
        return;
    conv_call_back(t, t->current, now);
    conv_gather(t, t->current, now);
    conv_board_touch(all, t->current);
}

void conv_run(msnp_conversations *all, conv *t, int64_t now)
{
    conv_board *w;

    if (t->id.chat != 0)
        complete_chat(all, t, now);
    w = find_board(all, t);
    if (w != NULL) {
        t->inviting = false;
        send_waiting(all, t, w, now);
    } else if (conv_wants_board(t) && !is_busy(t)) {
        if (t->id.chat == 0 || t->to_recall->len > 0)
            ask(all, t);
        else
            conv_report(all, &t->waiting, MSNP_ERR_NOBODY, 0, false);
    }
    settle(all, t);
}

/* Is it worth another try, on another switchboard? */
static bool may_pass(msnp_err err, unsigned number)
{
    switch (err) {
    case MSNP_ERR_CLOSED:
    case MSNP_ERR_UNREACHABLE:
    case MSNP_ERR_TIMEOUT:
    case MSNP_ERR_MALFORMED:
        return true;
    case MSNP_ERR_SERVER:
        switch (msnp_server_error_find(number)->trouble) {
        case MSNP_TROUBLE_TOO_FAST:
        case MSNP_TROUBLE_BUSY:
        case MSNP_TROUBLE_HIDDEN:
        case MSNP_TROUBLE_OFFLINE:
            return false;
        default:
            return number >= MSNP_NUMBER_NO_SWITCHBOARD;
        }
    default:
        return false;
    }
}

void conv_not_opened(msnp_conversations *all, conv *t, msnp_err err, unsigned number, int64_t now)
{
    t->attempts++;
    if (t->attempts < ATTEMPTS_MAX && may_pass(err, number))
        conv_run(all, t, now);
    else
        conv_give_up(all, t, err, number, now);
}

void conv_give_up(msnp_conversations *all, conv *t, msnp_err err, unsigned number, int64_t now)
{
    t->attempts = 0;
    t->inviting = false;
    t->gathering = t->patience = MSNP_NEVER;
    conv_report(all, &t->waiting, err, number, false);
    for (guint i = 0; t->to_recall != NULL && i < t->to_recall->len; i++)
        conv_report_call_failed(all, t, g_ptr_array_index(t->to_recall, i), err, number);
    if (t->to_recall != NULL)
        g_ptr_array_set_size(t->to_recall, 0);
    conv_run(all, t, now);
}

/* --- answers -------------------------------------------------------------------------------- */

static conv_part *take_part(conv_board *w, uint32_t tag)
{
    for (GList *l = w->sent.head; l != NULL; l = l->next) {
        conv_part *part = l->data;
        if (part->tag == tag) {
            g_queue_delete_link(&w->sent, l);
            return part;
        }
    }
    return NULL;
}

void conv_board_answered(msnp_conversations *all, conv_board *w, uint32_t tag, msnp_err err,
                         unsigned number, int64_t now)
{
    conv_part *part = take_part(w, tag);
    GQueue failed = G_QUEUE_INIT;

    /* Told already, but it has taken room until now. */
    if (part == NULL) {
        conv *waits = conv_board_conv(all, w);
        if (waits != NULL)
            conv_run(all, waits, now);
        return;
    }

    conv *t = part->of;
    t->n_sent--;
    if (err == MSNP_OK) {
        conv_part_free(part);
    } else {
        bool maybe = err != MSNP_ERR_REFUSED && err != MSNP_ERR_SERVER;
        g_queue_push_tail(&failed, part);
        conv_report(all, &failed, err, number, maybe);
    }
    /* There is room again for the other one that sends here, too. */
    if (w->chat != NULL && w->chat != t)
        conv_run(all, w->chat, now);
    conv_run(all, t, now);
}
