/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conversations.h"

#include "codec.h"
#include "conv_priv.h"

#include <string.h>

void conv_push(msnp_conversations *all, msnp_event event)
{
    msnp_event_queue_push(&all->events, &event);
}

static void conv_free(gpointer data)
{
    conv *t = data;

    g_free((char *)t->id.who);
    g_queue_clear_full(&t->waiting, conv_part_free);
    if (t->to_recall != NULL)
        g_ptr_array_free(t->to_recall, TRUE);
    g_free(t);
}

msnp_conversations *msnp_conversations_new(void)
{
    msnp_conversations *all = g_new0(msnp_conversations, 1);

    msnp_event_queue_init(&all->events);
    all->account = g_strdup("");
    all->boards = g_ptr_array_new_with_free_func(conv_board_free);
    g_queue_init(&all->dirty);
    all->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, conv_free);
    all->chats = g_hash_table_new_full(NULL, NULL, NULL, conv_free);
    return all;
}

void msnp_conversations_free(msnp_conversations *all)
{
    if (all == NULL)
        return;
    /* Nothing is in the other queue: the events of all machines were taken out. */
    msnp_event_queue_clear(&all->events);
    g_ptr_array_free(all->boards, TRUE);
    g_hash_table_destroy(all->people);
    g_hash_table_destroy(all->chats);
    g_free(all->account);
    g_free(all);
}

void msnp_conversations_set_account(msnp_conversations *all, const char *account)
{
    g_free(all->account);
    all->account = g_strdup(account);
}

void msnp_conversations_count_from(msnp_conversations *all, unsigned last)
{
    all->last_chat = last;
}

/* --- the talks ------------------------------------------------------------------------------ */

conv *conv_with(msnp_conversations *all, const char *who, bool make)
{
    char *key = g_ascii_strdown(who, -1);
    conv *t = g_hash_table_lookup(all->people, key);

    if (t == NULL && make) {
        t = g_new0(conv, 1);
        t->id.who = g_strdup(who);
        t->gathering = t->patience = MSNP_NEVER;
        g_queue_init(&t->waiting);
        g_hash_table_insert(all->people, g_steal_pointer(&key), t);
    }
    g_free(key);
    return t;
}

static conv *find_chat(const msnp_conversations *all, unsigned chat)
{
    return g_hash_table_lookup(all->chats, GUINT_TO_POINTER(chat));
}

conv *conv_new_chat(msnp_conversations *all, bool own)
{
    if (g_hash_table_size(all->chats) >= (own ? MSNP_CHATS_MAX : MSNP_CHATS_OF_OTHERS_MAX))
        return NULL;

    conv *t = g_new0(conv, 1);
    t->id.chat = ++all->last_chat;
    g_queue_init(&t->waiting);
    t->to_recall = g_ptr_array_new_with_free_func(g_free);
    t->gathering = t->patience = MSNP_NEVER;
    g_hash_table_insert(all->chats, GUINT_TO_POINTER(t->id.chat), t);
    return t;
}

static guint find_to_recall(const conv *t, const char *who)
{
    guint i = 0;

    while (i < t->to_recall->len &&
           g_ascii_strcasecmp(g_ptr_array_index(t->to_recall, i), who) != 0)
        i++;
    return i;
}

void conv_to_recall_add(conv *t, const char *who)
{
    if (find_to_recall(t, who) == t->to_recall->len &&
        t->to_recall->len < MSNP_SWITCHBOARD_MEMBERS_MAX)
        g_ptr_array_add(t->to_recall, g_strdup(who));
}

bool conv_to_recall_has(const conv *t, const char *who)
{
    return find_to_recall(t, who) < t->to_recall->len;
}

void conv_to_recall_remove(conv *t, const char *who)
{
    guint at = find_to_recall(t, who);

    if (at < t->to_recall->len)
        g_ptr_array_remove_index(t->to_recall, at);
}

static conv *find_request_in(GHashTable *table, unsigned request)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((conv *)value)->request == request)
            return value;
    return NULL;
}

/* The talk that waits for the answer to this request, which is over with that; NULL for none. */
static conv *take_request(msnp_conversations *all, unsigned request)
{
    conv *t = request != 0 ? find_request_in(all->people, request) : NULL;

    if (t == NULL && request != 0)
        t = find_request_in(all->chats, request);
    if (t != NULL)
        t->request = 0;
    return t;
}

/* --- what the notification server says ------------------------------------------------------ */

static void open_for(msnp_conversations *all, conv *t, const msnp_switchboard_config *config,
                     int64_t now)
{
    bool chat = t->id.chat != 0;

    t->opening = conv_board_open(all, config, chat ? t : NULL, t->id.who, now);
    if (chat)
        conv_call_back(t, t->opening, now);
    else
        msnp_switchboard_call(t->opening->sb, t->id.who, now);
}

void msnp_conversations_switchboard(msnp_conversations *all, unsigned request, const char *host,
                                    uint16_t port, const char *cookie, int64_t now)
{
    conv *t = take_request(all, request);
    msnp_switchboard_config config = {
        .account = all->account, .host = host, .port = port, .cookie = cookie};

    if (t == NULL)
        return;
    /* Meanwhile the other side may have rung, and all is said. */
    if (!conv_wants_board(t))
        conv_run(all, t, now);
    else if (all->boards->len >= MSNP_SWITCHBOARDS_MAX)
        conv_give_up(all, t, MSNP_ERR_FULL, 0, now);
    else
        open_for(all, t, &config, now);
    conv_work(all, now);
}

void msnp_conversations_no_switchboard(msnp_conversations *all, unsigned request, msnp_err err,
                                       unsigned number, int64_t now)
{
    conv *t = take_request(all, request);

    if (t != NULL)
        conv_not_opened(all, t, err, number, now);
    conv_work(all, now);
}

/* Are we in this session already? Some servers ring again. */
static bool is_answered(const msnp_conversations *all, const msnp_switchboard_config *config)
{
    char *session = conv_board_session(config);
    bool answered = false;

    for (guint i = 0; i < all->boards->len; i++) {
        const conv_board *w = g_ptr_array_index(all->boards, i);
        answered = answered || g_strcmp0(w->session, session) == 0;
    }
    g_free(session);
    return answered;
}

/* Could it be left without a loss? */
static bool is_idle(const conv_board *w)
{
    return w->chat == NULL && w->sent.length == 0;
}

/*
 * How many switchboards were opened by this person, or by anybody (NULL); and which of those that
 * can be left was not used for longest, NULL for none.
 */
static unsigned count_rung(const msnp_conversations *all, const char *ringer, conv_board **stalest)
{
    unsigned n = 0;

    *stalest = NULL;
    for (guint i = 0; i < all->boards->len; i++) {
        conv_board *w = g_ptr_array_index(all->boards, i);
        if (w->ringer == NULL || (ringer != NULL && g_ascii_strcasecmp(w->ringer, ringer) != 0))
            continue;
        n++;
        if (is_idle(w) && (*stalest == NULL || w->used < (*stalest)->used))
            *stalest = w;
    }
    return n;
}

/* Sees that there is room for one more of this person, or of anybody; false if there is not. */
static bool make_room(msnp_conversations *all, const char *ringer, unsigned most)
{
    conv_board *stalest;

    if (count_rung(all, ringer, &stalest) < most)
        return true;
    if (stalest != NULL)
        conv_board_leave(all, stalest, MSNP_ERR_CLOSED);
    return stalest != NULL;
}

void msnp_conversations_rung(msnp_conversations *all, const msnp_ring *ring, int64_t now)
{
    msnp_switchboard_config config = {.account = all->account,
                                      .host = ring->host,
                                      .port = ring->port,
                                      .cookie = ring->cookie,
                                      .session = ring->session};

    if (!is_answered(all, &config) && make_room(all, ring->account, MSNP_SWITCHBOARDS_RINGER_MAX) &&
        make_room(all, NULL, MSNP_SWITCHBOARDS_RUNG_MAX) &&
        all->boards->len < MSNP_SWITCHBOARDS_MAX) {
        conv_board *w = conv_board_open(all, &config, NULL, NULL, now);
        w->ringer = g_strdup(ring->account);
    }
    conv_work(all, now);
}

/* --- what the switchboards say -------------------------------------------------------------- */

static conv_board *find_board(const msnp_conversations *all, unsigned number)
{
    for (guint i = 0; i < all->boards->len; i++) {
        conv_board *w = g_ptr_array_index(all->boards, i);
        if (w->number == number)
            return w;
    }
    return NULL;
}

void msnp_conversations_connected(msnp_conversations *all, unsigned number, int64_t now)
{
    conv_board *w = find_board(all, number);

    if (w == NULL)
        return;
    msnp_switchboard_connected(w->sb, now);
    conv_board_touch(all, w);
    conv_work(all, now);
}

void msnp_conversations_feed(msnp_conversations *all, unsigned number, const void *data, size_t len,
                             int64_t now)
{
    const char *bytes = data;
    conv_board *w = find_board(all, number);

    if (w == NULL)
        return;
    for (;;) {
        size_t part = MIN(len, MSNP_SWITCHBOARD_FEED_MAX);
        msnp_switchboard_feed(w->sb, bytes, part, now);
        conv_board_touch(all, w);
        conv_work(all, now);
        /* It may be gone by now. */
        w = len > part ? find_board(all, number) : NULL;
        if (w == NULL)
            return;
        bytes += part;
        len -= part;
    }
}

void msnp_conversations_tick(msnp_conversations *all, int64_t now)
{
    for (guint i = 0; i < all->boards->len; i++) {
        conv_board *w = g_ptr_array_index(all->boards, i);
        if (now >= msnp_switchboard_deadline(w->sb)) {
            msnp_switchboard_tick(w->sb, now);
            conv_board_touch(all, w);
        }
    }
    conv_expire(all, now);
    conv_work(all, now);
}

int64_t msnp_conversations_deadline(const msnp_conversations *all)
{
    int64_t next = conv_next_expiry(all);

    for (guint i = 0; i < all->boards->len; i++) {
        const conv_board *w = g_ptr_array_index(all->boards, i);
        next = MIN(next, msnp_switchboard_deadline(w->sb));
    }
    return next;
}

bool msnp_conversations_next(msnp_conversations *all, msnp_event *event)
{
    return msnp_event_queue_pop(&all->events, event);
}

void msnp_conversations_set_trace(msnp_conversations *all, bool trace)
{
    all->trace = trace;
}

/* --- what the user does --------------------------------------------------------------------- */

static bool is_self(const msnp_conversations *all, const char *who)
{
    return g_ascii_strcasecmp(who, all->account) == 0;
}

/* Where something is to be sent; NULL and why if that cannot be. */
static conv *find_conv(msnp_conversations *all, msnp_conversation_id id, msnp_err *err)
{
    conv *t = NULL;

    *err = MSNP_OK;
    if (id.chat != 0)
        t = find_chat(all, id.chat);
    else if (msnp_account_valid(id.who) && !is_self(all, id.who))
        t = conv_with(all, id.who, true);
    if (t == NULL)
        *err = id.chat != 0 ? MSNP_ERR_NOBODY : MSNP_ERR_ACCOUNT;
    else if (t->waiting.length >= MSNP_CONVERSATION_WAITING_MAX)
        *err = MSNP_ERR_TOO_LONG;
    else if (id.chat != 0 && t->current == NULL && t->opening == NULL && t->request == 0 &&
             t->to_recall->len == 0)
        *err = MSNP_ERR_NOBODY;
    return *err == MSNP_OK ? t : NULL;
}

static conv_part *add_part(conv *t, unsigned message)
{
    conv_part *part = g_new0(conv_part, 1);

    part->of = t;
    part->message = message;
    if (g_queue_is_empty(&t->waiting))
        t->patience = MSNP_NEVER;
    g_queue_push_tail(&t->waiting, part);
    return part;
}

msnp_err msnp_conversations_send(msnp_conversations *all, msnp_conversation_id id, const char *text,
                                 const msnp_format *format, int64_t now)
{
    msnp_str rest = msnp_str_of(text);
    msnp_err err;
    conv *t;

    if (rest.len == 0)
        return MSNP_OK;
    if (rest.len > MSNP_TEXT_MAX)
        return MSNP_ERR_TOO_LONG;
    t = find_conv(all, id, &err);
    if (t == NULL)
        return err;
    all->last_message++;
    while (rest.len > 0) {
        conv_part *part = add_part(t, all->last_message);
        size_t n = msnp_message_fit(rest, format);
        part->text = g_strndup(rest.ptr, n);
        part->format = *format;
        rest = (msnp_str){rest.ptr + n, rest.len - n};
    }
    t->closed = false;
    conv_run(all, t, now);
    conv_work(all, now);
    return MSNP_OK;
}

msnp_err msnp_conversations_nudge(msnp_conversations *all, const char *who, int64_t now)
{
    msnp_err err;
    conv *t = find_conv(all, (msnp_conversation_id){0, who}, &err);

    if (t == NULL)
        return err;

    conv_part *part = add_part(t, ++all->last_message);
    part->text = g_strdup("");
    part->nudge = true;
    t->closed = false;
    conv_run(all, t, now);
    conv_work(all, now);
    return MSNP_OK;
}

void msnp_conversations_type(msnp_conversations *all, const char *who, int64_t now)
{
    conv_board *w = conv_board_with(all, who);
    msnp_buf payload;

    if (w == NULL || (w->typed != MSNP_NEVER && now < w->typed + MSNP_CONVERSATIONS_TYPING))
        return;
    w->typed = now;
    msnp_message_write_typing(&payload, all->account);
    (void)msnp_switchboard_send(w->sb, 0, msnp_buf_view(&payload), now);
    msnp_buf_clear(&payload);
    conv_board_touch(all, w);
    conv_work(all, now);
}

static void invite(msnp_conversations *all, conv *t, const char *who, int64_t now)
{
    conv_board *w = t->current != NULL ? t->current : t->opening;

    if (!msnp_account_valid(who) || is_self(all, who)) {
        conv_report_call_failed(all, t, who, MSNP_ERR_ACCOUNT, 0);
    } else if (w != NULL) {
        if (t->opening != NULL)
            conv_to_recall_add(t, who);
        msnp_switchboard_call(w->sb, who, now);
        conv_board_touch(all, w);
    } else {
        conv_to_recall_add(t, who);
        t->inviting = true;
        conv_run(all, t, now);
    }
}

unsigned msnp_conversations_chat(msnp_conversations *all, const char *who, const char *also,
                                 int64_t now)
{
    conv_board *w = conv_board_with(all, who);
    conv *t = conv_new_chat(all, true);

    if (t == NULL)
        return 0;

    unsigned chat = t->id.chat;
    if (w != NULL) {
        conv_board_become_chat(all, w, t, now);
    } else {
        conv_push(all, (msnp_event){.type = MSNP_EVENT_CHAT_BEGUN, .begun = {.chat = chat}});
        invite(all, t, who, now);
    }
    if (also != NULL)
        invite(all, t, also, now);
    conv_work(all, now);
    return chat;
}

void msnp_conversations_invite(msnp_conversations *all, unsigned chat, const char *who, int64_t now)
{
    conv *t = find_chat(all, chat);

    if (t != NULL)
        invite(all, t, who, now);
    conv_work(all, now);
}

static void leave_all_with(msnp_conversations *all, const char *who)
{
    conv_board *w;

    while ((w = conv_board_with(all, who)) != NULL)
        conv_board_leave(all, w, MSNP_ERR_CLOSED);
}

void msnp_conversations_close(msnp_conversations *all, msnp_conversation_id id, int64_t now)
{
    conv *t = id.chat != 0 ? find_chat(all, id.chat) : conv_with(all, id.who, false);

    if (t != NULL) {
        t->closed = true;
        t->inviting = false;
        conv_run(all, t, now);
    } else if (id.chat == 0) {
        leave_all_with(all, id.who);
    }
    conv_work(all, now);
}

/* Everything that waits in these talks is told, and they are forgotten. */
static void end_all(msnp_conversations *all, GHashTable *table, msnp_err err)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        conv *t = value;
        conv_report(all, &t->waiting, err, 0, false);
    }
    g_hash_table_remove_all(table);
}

void msnp_conversations_end(msnp_conversations *all, msnp_err err, int64_t now)
{
    msnp_event_queue_set_aside(&all->events);
    while (all->boards->len > 0)
        conv_board_leave(all, g_ptr_array_index(all->boards, 0), err);
    end_all(all, all->people, err);
    end_all(all, all->chats, err);
    conv_work(all, now);
}

static size_t pending_in(GHashTable *table)
{
    GHashTableIter iter;
    gpointer value;
    size_t n = 0;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const conv *t = value;
        n += t->waiting.length + t->n_sent;
    }
    return n;
}

size_t msnp_conversations_pending(const msnp_conversations *all)
{
    return pending_in(all->people) + pending_in(all->chats);
}

size_t msnp_conversations_n_switchboards(const msnp_conversations *all)
{
    return all->boards->len;
}

bool msnp_conversations_is_open(const msnp_conversations *all, const char *who)
{
    return conv_board_with(all, who) != NULL;
}
