/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages on their way: waiting, sent, told of.
 */
#include "talks_priv.h"

#include <string.h>

void talk_part_free(gpointer data)
{
    talk_part *part = data;

    g_free(part->text);
    g_free(part);
}

/* --- telling -------------------------------------------------------------------------------- */

static void tell_one(msnp_talks *talks, const talk_part *part, const char *text, msnp_err err,
                     unsigned number, bool maybe)
{
    talks_push(talks,
               (msnp_event){.type = MSNP_EVENT_TALK_UNDELIVERED,
                            .undelivered = {
                                part->of->place, part->nudge ? NULL : text, {err, number}, maybe}});
}

/* Parts of a message that follow each other are told as one. */
void talks_tell(msnp_talks *talks, GQueue *parts, msnp_err err, unsigned number, bool maybe)
{
    GString *text = g_string_new(NULL);
    talk_part *part;

    while ((part = g_queue_pop_head(parts)) != NULL) {
        const talk_part *next = g_queue_peek_head(parts);
        g_string_append(text, part->text);
        if (next == NULL || next->message != part->message) {
            tell_one(talks, part, text->str, err, number, maybe);
            g_string_truncate(text, 0);
        }
        talk_part_free(part);
    }
    g_string_free(text, TRUE);
}

void talk_tell_call_failed(msnp_talks *talks, const talk *chat, const char *account, msnp_err err,
                           unsigned number)
{
    talks_push(talks, (msnp_event){.type = MSNP_EVENT_CHAT_CALL_FAILED,
                                   .chat_call_failed = {chat->place.chat, account, {err, number}}});
}

void wire_lose_sent(msnp_talks *talks, wire *w, msnp_err err, unsigned number)
{
    for (const GList *l = w->sent.head; l != NULL; l = l->next) {
        const talk_part *part = l->data;
        part->of->n_sent--;
    }
    talks_tell(talks, &w->sent, err, number, true);
}

void wire_lose_sent_to(msnp_talks *talks, wire *w, const char *who)
{
    GQueue lost = G_QUEUE_INIT;

    for (GList *l = w->sent.head, *next; l != NULL; l = next) {
        talk_part *part = l->data;
        next = l->next;
        if (part->of->place.chat != 0 || g_ascii_strcasecmp(part->of->place.who, who) != 0)
            continue;
        part->of->n_sent--;
        g_queue_unlink(&w->sent, l);
        g_queue_push_tail_link(&lost, l);
        talks->rerun = true;
    }
    talks_tell(talks, &lost, MSNP_ERR_NOBODY, 0, true);
}

/* --- sending -------------------------------------------------------------------------------- */

static bool write_part(msnp_talks *talks, wire *w, talk_part *part, int64_t now)
{
    msnp_buf payload;

    if (part->nudge)
        msnp_message_write_nudge(&payload);
    else
        msnp_message_write_text(&payload, msnp_str_of(part->text), &part->format);
    /* 0 is no tag. */
    part->tag = ++talks->last_tag != 0 ? talks->last_tag : ++talks->last_tag;
    bool sent = msnp_sb_send(w->sb, part->tag, msnp_buf_view(&payload), now);
    msnp_buf_clear(&payload);
    return sent;
}

static void send_waiting(msnp_talks *talks, talk *t, wire *w, int64_t now)
{
    while (!g_queue_is_empty(&t->waiting) && msnp_sb_unanswered(w->sb) < MSNP_TALKS_WINDOW) {
        talk_part *part = g_queue_peek_head(&t->waiting);
        if (!write_part(talks, w, part, now))
            break;
        g_queue_push_tail(&w->sent, g_queue_pop_head(&t->waiting));
        t->n_sent++;
        t->sender = w;
        t->attempts = 0;
        w->said = true;
        w->typed = MSNP_NEVER;
    }
    wire_touch(talks, w);
}

static bool is_usable(const wire *w)
{
    return w != NULL && msnp_sb_step(w->sb) == MSNP_STEP_ONLINE && msnp_sb_n_members(w->sb) > 0;
}

/* Where the talk can send now; NULL for nowhere. */
static wire *find_wire(const msnp_talks *talks, const talk *t)
{
    /* Who is called back in a moment is to hear it, too. */
    if (t->place.chat != 0)
        return is_usable(t->current) && t->gathering == MSNP_NEVER ? t->current : NULL;
    /* Not on another one while something is unanswered: it could overtake. */
    if (t->n_sent > 0)
        return t->sender != NULL && wire_is_with(t->sender, t->place.who) ? t->sender : NULL;
    return wire_with(talks, t->place.who);
}

/* --- opening -------------------------------------------------------------------------------- */

bool talk_wants_wire(const talk *t)
{
    return t->waiting.length > 0 || t->inviting;
}

static bool is_busy(const talk *t)
{
    bool coming = t->current != NULL && (msnp_sb_step(t->current->sb) != MSNP_STEP_ONLINE ||
                                         msnp_sb_n_calls(t->current->sb) > 0);

    return t->request != 0 || t->opening != NULL || coming || t->n_sent > 0;
}

static void ask(msnp_talks *talks, talk *t)
{
    if (++talks->last_request == 0)
        talks->last_request = 1;
    t->request = talks->last_request;
    talks_push(talks,
               (msnp_event){.type = MSNP_EVENT_ASK_SWITCHBOARD, .request = talks->last_request});
}

static bool has_unanswered(const wire *w)
{
    return w != NULL && w->sent.length > 0;
}

/* Forgets the talk if nothing of it is left to do. */
static void settle(msnp_talks *talks, talk *t)
{
    bool over = !talk_wants_wire(t) && t->n_sent == 0;
    unsigned chat = t->place.chat;

    /* What was sent where the chat is held may be of the conversation that it grew from. */
    if (!over || (chat != 0 && (!t->closed || has_unanswered(t->current))))
        return;
    if (t->closed) {
        wire *w;
        if (t->opening != NULL)
            wire_leave(talks, t->opening, MSNP_ERR_CLOSED);
        if (t->current != NULL)
            wire_leave(talks, t->current, MSNP_ERR_CLOSED);
        while (chat == 0 && (w = wire_with(talks, t->place.who)) != NULL)
            wire_leave(talks, w, MSNP_ERR_CLOSED);
    } else if (t->request != 0 || t->opening != NULL) {
        return;
    }
    if (chat != 0) {
        g_hash_table_remove(talks->chats, GUINT_TO_POINTER(chat));
    } else {
        char *key = g_ascii_strdown(t->place.who, -1);
        g_hash_table_remove(talks->people, key);
        g_free(key);
    }
}

void talk_call_back(talk *t, wire *w, int64_t now)
{
    for (guint i = 0; i < t->absent->len; i++)
        msnp_sb_call(w->sb, g_ptr_array_index(t->absent, i), now);
}

void talk_gather(talk *t, const wire *w, int64_t now)
{
    bool calls = msnp_sb_n_calls(w->sb) > 0;

    /* Once for all that waits: who comes and goes does not keep it waiting. */
    if (calls && t->patience == MSNP_NEVER)
        t->patience = now + MSNP_TALKS_GATHER;
    t->gathering = calls && now < t->patience ? t->patience : MSNP_NEVER;
}

void talk_gathered(talk *t, const wire *w)
{
    if (msnp_sb_n_calls(w->sb) == 0)
        t->gathering = MSNP_NEVER;
}

int64_t talks_next_expiry(const msnp_talks *talks)
{
    GHashTableIter iter;
    gpointer value;
    int64_t next = MSNP_NEVER;

    g_hash_table_iter_init(&iter, talks->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        next = MIN(next, ((const talk *)value)->gathering);
    return next;
}

void talks_expire(msnp_talks *talks, int64_t now)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, talks->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        talk *t = value;
        if (now < t->gathering)
            continue;
        t->gathering = MSNP_NEVER;
        talks->rerun = true;
    }
}

/* Who left a chat without wanting to is called before something is said. */
static void complete_chat(msnp_talks *talks, talk *t, int64_t now)
{
    if (t->waiting.length == 0 || !is_usable(t->current) || t->gathering != MSNP_NEVER ||
        t->absent->len == 0 || msnp_sb_n_calls(t->current->sb) > 0 || now >= t->patience)
        return;
    talk_call_back(t, t->current, now);
    talk_gather(t, t->current, now);
    wire_touch(talks, t->current);
}

void talk_run(msnp_talks *talks, talk *t, int64_t now)
{
    wire *w;

    if (t->place.chat != 0)
        complete_chat(talks, t, now);
    w = find_wire(talks, t);
    if (w != NULL) {
        t->inviting = false;
        send_waiting(talks, t, w, now);
    } else if (talk_wants_wire(t) && !is_busy(t)) {
        if (t->place.chat == 0 || t->absent->len > 0)
            ask(talks, t);
        else
            talks_tell(talks, &t->waiting, MSNP_ERR_NOBODY, 0, false);
    }
    settle(talks, t);
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

void talk_not_opened(msnp_talks *talks, talk *t, msnp_err err, unsigned number, int64_t now)
{
    t->attempts++;
    if (t->attempts < ATTEMPTS_MAX && may_pass(err, number))
        talk_run(talks, t, now);
    else
        talk_give_up(talks, t, err, number, now);
}

void talk_give_up(msnp_talks *talks, talk *t, msnp_err err, unsigned number, int64_t now)
{
    t->attempts = 0;
    t->inviting = false;
    t->gathering = t->patience = MSNP_NEVER;
    talks_tell(talks, &t->waiting, err, number, false);
    for (guint i = 0; t->absent != NULL && i < t->absent->len; i++)
        talk_tell_call_failed(talks, t, g_ptr_array_index(t->absent, i), err, number);
    if (t->absent != NULL)
        g_ptr_array_set_size(t->absent, 0);
    talk_run(talks, t, now);
}

/* --- answers -------------------------------------------------------------------------------- */

static talk_part *take_part(wire *w, uint32_t tag)
{
    for (GList *l = w->sent.head; l != NULL; l = l->next) {
        talk_part *part = l->data;
        if (part->tag == tag) {
            g_queue_delete_link(&w->sent, l);
            return part;
        }
    }
    return NULL;
}

void wire_answered(msnp_talks *talks, wire *w, uint32_t tag, msnp_err err, unsigned number,
                   int64_t now)
{
    talk_part *part = take_part(w, tag);
    GQueue failed = G_QUEUE_INIT;

    /* Told already, but it has taken room until now. */
    if (part == NULL) {
        talk *waits = wire_talk(talks, w);
        if (waits != NULL)
            talk_run(talks, waits, now);
        return;
    }

    talk *t = part->of;
    t->n_sent--;
    if (err == MSNP_OK) {
        talk_part_free(part);
    } else {
        bool maybe = err != MSNP_ERR_REFUSED && err != MSNP_ERR_SERVER;
        g_queue_push_tail(&failed, part);
        talks_tell(talks, &failed, err, number, maybe);
    }
    /* There is room again for the other one that sends here, too. */
    if (w->chat != NULL && w->chat != t)
        talk_run(talks, w->chat, now);
    talk_run(talks, t, now);
}
