/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Input from the notification server, the clock and the user. Each call ends in a turn.
 */
#include "conversations.h"

#include "codec.h"
#include "conv_priv.h"

#include <string.h>

msnp_conversations *msnp_conversations_new(msnp_net *net, const msnp_conversations_ops *ops,
                                           gpointer owner)
{
    msnp_conversations *all = g_new0(msnp_conversations, 1);

    all->net = net;
    all->ops = ops;
    all->owner = owner;
    all->account = g_strdup("");
    all->boards = g_ptr_array_new_with_free_func(conv_board_free);
    all->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, conv_free);
    all->chats = g_hash_table_new_full(NULL, NULL, NULL, conv_free);
    all->requests = g_hash_table_new(NULL, NULL);
    all->over_boards = g_ptr_array_new_with_free_func(conv_board_free);
    all->over_convs = g_ptr_array_new_with_free_func(conv_free);
    return all;
}

void msnp_conversations_free(msnp_conversations *all)
{
    if (all == NULL)
        return;
    g_ptr_array_free(all->boards, TRUE);
    g_ptr_array_free(all->over_boards, TRUE);
    g_ptr_array_free(all->over_convs, TRUE);
    g_queue_clear_full(&all->results, g_free);
    if (all->holds != NULL)
        g_hash_table_destroy(all->holds);
    g_hash_table_destroy(all->requests);
    g_hash_table_destroy(all->people);
    g_hash_table_destroy(all->chats);
    if (all->paces != NULL)
        g_hash_table_destroy(all->paces);
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

/* --- the turn ------------------------------------------------------------------------------- */

/* The owner may call anything from here, except for replying to the request. */
static void ask_owner(msnp_conversations *all, unsigned request, int64_t now)
{
    /* The conversation may have given up meanwhile. */
    if (g_hash_table_contains(all->requests, GUINT_TO_POINTER(request)))
        all->ops->ask_switchboard(all->owner, request, now);
}

void conv_add_result(msnp_conversations *all, const conv_result *result)
{
    if (result->reference == 0)
        return;

    conv_result *copy = g_new(conv_result, 1);
    *copy = *result;
    g_queue_push_tail(&all->results, copy);
}

bool conv_tell_result(msnp_conversations *all, int64_t now)
{
    conv_result *result = g_queue_pop_head(&all->results);

    if (result == NULL)
        return false;
    if (result->p2p)
        all->ops->carried(all->owner, result->reference, result->board, result->cause, now);
    else
        all->ops->unsent(all->owner, result->reference, result->cause, now);
    g_free(result);
    return true;
}

/* Does one piece of pending work; false if there is none. */
static bool go_on(msnp_conversations *all, int64_t now)
{
    conv_board *b;
    conv *t;

    conv_board_close_left(all);
    if ((b = g_queue_pop_head(&all->failed)) != NULL) {
        if (!b->over)
            conv_board_failed(b, now);
    } else if ((t = g_queue_pop_head(&all->woken)) != NULL) {
        t->woken = false;
        conv_run(all, t, now);
    } else if (!g_queue_is_empty(&all->asking)) {
        ask_owner(all, GPOINTER_TO_UINT(g_queue_pop_head(&all->asking)), now);
    } else {
        return conv_tell_result(all, now);
    }
    return true;
}

void conv_turn(msnp_conversations *all, int64_t now)
{
    if (all->turning)
        return;
    all->turning = true;
    while (go_on(all, now))
        continue;
    all->turning = false;
    g_ptr_array_set_size(all->over_boards, 0);
    g_ptr_array_set_size(all->over_convs, 0);
}

void msnp_conversations_run(msnp_conversations *all, int64_t now)
{
    conv_turn(all, now);
}

/* --- from the notification server ----------------------------------------------------------- */

static void open_for(msnp_conversations *all, conv *t, const msnp_switchboard_config *config,
                     int64_t now)
{
    conv_board *b = conv_board_open(all, config, t, now);

    if (t->id.chat != 0)
        conv_call_back(t, b, now);
    else
        msnp_switchboard_call(b->sb, t->id.who, now);
}

void msnp_conversations_switchboard(msnp_conversations *all, unsigned request, const char *host,
                                    uint16_t port, const char *cookie, int64_t now)
{
    conv *t = conv_take_request(all, request);
    msnp_switchboard_config config = {
        .account = all->account, .host = host, .port = port, .cookie = cookie};

    if (t == NULL)
        return;
    /* The other side may have called us meanwhile, and everything was sent there. */
    if (!conv_wants_board(t))
        conv_run(all, t, now);
    else if (all->boards->len >= MSNP_SWITCHBOARDS_MAX)
        conv_give_up(all, t, (msnp_cause){MSNP_ERR_FULL, 0}, now);
    else
        open_for(all, t, &config, now);
    conv_turn(all, now);
}

void msnp_conversations_no_switchboard(msnp_conversations *all, unsigned request, msnp_cause cause,
                                       int64_t now)
{
    conv *t = conv_take_request(all, request);

    if (t != NULL)
        conv_not_opened(all, t, cause, now);
    conv_turn(all, now);
}

/* Are we in this session already? Repeated calls ring again (deviation 12). */
static bool is_answered(const msnp_conversations *all, const msnp_switchboard_config *config)
{
    char *session = conv_board_session(config);
    bool answered = false;

    for (guint i = 0; i < all->boards->len; i++) {
        const conv_board *b = g_ptr_array_index(all->boards, i);
        answered = answered || g_strcmp0(b->session, session) == 0;
    }
    g_free(session);
    return answered;
}

/* Can it be left without losing anything? */
static bool is_idle(const conv_board *b)
{
    return b->chat == NULL && b->sent.length == 0 &&
           (b->who == NULL || conv_hold_of(b->all, b->who) == NULL);
}

/* Whose switchboards are counted: of one person, of all strangers, of everybody. */
typedef enum { OF_PERSON, OF_STRANGERS, OF_ALL } callers;

static bool is_of(const conv_board *b, callers which, const char *person)
{
    if (b->ringer == NULL)
        return false;
    if (which == OF_PERSON)
        return g_ascii_strcasecmp(b->ringer, person) == 0;
    return which == OF_ALL || !b->contact;
}

/*
 * How many switchboards these people opened by calling us. `stalest`: the least recently used one
 * that can be left, or NULL.
 */
static unsigned count_rung(const msnp_conversations *all, callers which, const char *person,
                           conv_board **stalest)
{
    unsigned n = 0;

    *stalest = NULL;
    for (guint i = 0; i < all->boards->len; i++) {
        conv_board *b = g_ptr_array_index(all->boards, i);
        if (!is_of(b, which, person))
            continue;
        n++;
        if (is_idle(b) && (*stalest == NULL || b->used < (*stalest)->used))
            *stalest = b;
    }
    return n;
}

static bool leave_one(msnp_conversations *all, conv_board *b)
{
    if (b != NULL)
        conv_board_leave(b, MSNP_ERR_CLOSED);
    conv_board_close_left(all);
    return b != NULL;
}

/* Makes room for one more call; false if there is none. Strangers never take that of contacts. */
static bool make_room(msnp_conversations *all, const msnp_ring *ring)
{
    conv_board *of_person, *of_strangers, *of_all;

    if (count_rung(all, OF_PERSON, ring->account, &of_person) >= MSNP_SWITCHBOARDS_RINGER_MAX)
        return leave_one(all, of_person);

    unsigned strangers = count_rung(all, OF_STRANGERS, NULL, &of_strangers);
    bool full = count_rung(all, OF_ALL, NULL, &of_all) >= MSNP_SWITCHBOARDS_RUNG_MAX;
    if (!full && (ring->contact || strangers < MSNP_SWITCHBOARDS_STRANGERS_MAX))
        return true;
    return leave_one(all, ring->contact && of_strangers == NULL ? of_all : of_strangers);
}

/* Does this person talk to us already, or is the user about to say something to this person? */
static bool is_known(msnp_conversations *all, const char *who)
{
    conv_board *stalest;

    return count_rung(all, OF_PERSON, who, &stalest) > 0 || conv_board_with(all, who) != NULL ||
           conv_with(all, who, false) != NULL;
}

void msnp_conversations_rung(msnp_conversations *all, const msnp_ring *ring, int64_t now)
{
    msnp_switchboard_config config = {.account = all->account,
                                      .host = ring->host,
                                      .port = ring->port,
                                      .cookie = ring->cookie,
                                      .session = ring->session};

    if (all->ended == MSNP_OK && !is_answered(all, &config) &&
        conv_may_ring(all, ring, is_known(all, ring->account), now) && make_room(all, ring) &&
        all->boards->len < MSNP_SWITCHBOARDS_MAX) {
        conv_board *b = conv_board_open(all, &config, NULL, now);
        b->ringer = g_strdup(ring->account);
        b->contact = ring->contact;
    }
    conv_turn(all, now);
}

/* --- time ----------------------------------------------------------------------------------- */

void msnp_conversations_tick(msnp_conversations *all, int64_t now)
{
    /* A tick may remove switchboards from `boards`. */
    GPtrArray *boards = g_ptr_array_new();

    g_ptr_array_extend(boards, all->boards, NULL, NULL);
    for (guint i = 0; i < boards->len; i++) {
        conv_board *b = g_ptr_array_index(boards, i);
        if (!b->over)
            conv_board_hear(b, NULL, now);
        if (!b->over && now >= msnp_switchboard_deadline(b->sb))
            msnp_switchboard_tick(b->sb, now);
    }
    g_ptr_array_free(boards, TRUE);
    conv_expire(all, now);
    conv_turn(all, now);
}

int64_t msnp_conversations_deadline(const msnp_conversations *all)
{
    int64_t next = conv_next_expiry(all);

    for (guint i = 0; i < all->boards->len; i++) {
        const conv_board *b = g_ptr_array_index(all->boards, i);
        next = MIN(next, msnp_switchboard_deadline(b->sb));
        next = MIN(next, msnp_chunks_deadline(&b->chunks));
    }
    return next;
}

/* --- user actions --------------------------------------------------------------------------- */

static bool is_self(const msnp_conversations *all, const char *who)
{
    return g_ascii_strcasecmp(who, all->account) == 0;
}

/* The conversation to send to; NULL and the reason if that is not possible. */
static conv *find_conv(msnp_conversations *all, msnp_conversation_id id, msnp_err *err)
{
    conv *t = NULL;

    *err = all->ended;
    if (*err != MSNP_OK)
        return NULL;
    if (id.chat != 0)
        t = conv_chat(all, id.chat);
    else if (msnp_account_valid(id.who) && !is_self(all, id.who))
        t = conv_with(all, id.who, true);
    if (t == NULL)
        *err = id.chat != 0 ? MSNP_ERR_NOBODY : MSNP_ERR_ACCOUNT;
    else if (t->waiting.length >= MSNP_CONVERSATION_WAITING_MAX)
        *err = MSNP_ERR_TOO_LONG;
    else if (id.chat != 0 && conv_is_dead(t))
        *err = MSNP_ERR_NOBODY;
    return *err == MSNP_OK ? t : NULL;
}

static conv_part *add_part(conv *t, GQueue *waiting, unsigned message)
{
    conv_part *part = g_new0(conv_part, 1);

    part->of = t;
    part->message = message;
    if (g_queue_is_empty(&t->waiting))
        t->patience = MSNP_NEVER;
    g_queue_push_tail(waiting, part);
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
    if (msnp_message_is_one_piece(rest) && msnp_message_fit(rest, format) < rest.len) {
        msnp_net_push(all->net,
                      (msnp_event){.type = MSNP_EVENT_UNDELIVERED,
                                   .undelivered = {t->id, text, {MSNP_ERR_ONE_PIECE, 0}, false}});
        rest.len = 0;
    }
    while (rest.len > 0) {
        conv_part *part = add_part(t, &t->waiting, all->last_message);
        size_t n = msnp_message_fit(rest, format);
        part->text = g_strndup(rest.ptr, n);
        part->format = *format;
        rest = (msnp_str){rest.ptr + n, rest.len - n};
    }
    conv_reopen(all, id);
    conv_run(all, t, now);
    conv_turn(all, now);
    return MSNP_OK;
}

msnp_err msnp_conversations_nudge(msnp_conversations *all, const char *who, int64_t now)
{
    msnp_err err;
    conv *t = find_conv(all, (msnp_conversation_id){0, who}, &err);

    if (t == NULL)
        return err;

    conv_part *part = add_part(t, &t->waiting, ++all->last_message);
    part->text = g_strdup("");
    part->nudge = true;
    conv_reopen(all, (msnp_conversation_id){0, who});
    conv_run(all, t, now);
    conv_turn(all, now);
    return MSNP_OK;
}

void msnp_conversations_paged(msnp_conversations *all, const msnp_page *page, bool contact,
                              int64_t now)
{
    msnp_event event = {.type = MSNP_EVENT_MESSAGE,
                        .message = {.conversation = {.who = page->from},
                                    .who = page->from,
                                    .name = "",
                                    .kind = MSNP_MESSAGE_PAGE,
                                    .text = page->text}};

    msnp_format_init(&event.message.format);
    if (conv_may_page(all, page->from, contact, now))
        msnp_net_push(all->net, event);
}

static void send_payload(msnp_conversations *all, const char *who, bool p2p, unsigned reference,
                         msnp_str payload, int64_t now)
{
    msnp_err err;
    conv *t = find_conv(all, (msnp_conversation_id){0, who}, &err);

    if (t != NULL && p2p && t->p2p.length >= MSNP_CONVERSATION_WAITING_MAX) {
        err = MSNP_ERR_TOO_LONG;
        t = NULL;
    }
    if (t == NULL) {
        conv_add_result(all, &(conv_result){p2p, reference, 0, {err, 0}});
    } else {
        conv_part *part = add_part(t, p2p ? &t->p2p : &t->waiting, ++all->last_message);
        part->text = g_strdup("");
        part->payload = (msnp_str){msnp_str_dup(payload), payload.len};
        part->reference = reference;
        part->p2p = p2p;
        conv_run(all, t, now);
    }
}

void msnp_conversations_pass(msnp_conversations *all, const char *who, unsigned reference,
                             msnp_str payload, int64_t now)
{
    send_payload(all, who, false, reference, payload, now);
}

void msnp_conversations_carry(msnp_conversations *all, const char *who, unsigned reference,
                              msnp_str payload, int64_t now)
{
    send_payload(all, who, true, reference, payload, now);
}

void msnp_conversations_answer(msnp_conversations *all, msnp_str payload, int64_t now)
{
    if (all->answers != NULL)
        (void)msnp_switchboard_send(all->answers->sb, MSNP_LETTER_D, 0, payload, now);
}

bool msnp_conversations_may_offer(msnp_conversations *all, const char *who, int64_t now)
{
    return conv_may_offer(all, who, now);
}

void msnp_conversations_type(msnp_conversations *all, const char *who, int64_t now)
{
    conv_board *b = conv_board_with(all, who);
    msnp_buf payload;

    if (b == NULL || (b->typed != MSNP_NEVER && now < b->typed + MSNP_CONVERSATIONS_TYPING))
        return;
    b->typed = now;
    msnp_message_write_typing(&payload, all->account);
    (void)msnp_switchboard_send(b->sb, MSNP_LETTER_U, 0, msnp_buf_view(&payload), now);
    msnp_buf_clear(&payload);
    conv_turn(all, now);
}

static void invite(msnp_conversations *all, conv *t, const char *who, int64_t now)
{
    const conv_board *b = t->current != NULL ? t->current : t->opening;

    if (!msnp_account_valid(who) || is_self(all, who)) {
        conv_report_call_failed(all, t, who, (msnp_cause){MSNP_ERR_ACCOUNT, 0});
    } else if (b != NULL) {
        if (t->opening != NULL)
            conv_to_recall_add(t, who);
        msnp_switchboard_call(b->sb, who, now);
    } else {
        conv_to_recall_add(t, who);
        t->inviting = true;
        conv_run(all, t, now);
    }
}

/* How many chats that the user began can still be used? */
static unsigned count_own_chats(const msnp_conversations *all)
{
    GHashTableIter iter;
    gpointer value;
    unsigned n = 0;

    g_hash_table_iter_init(&iter, all->chats);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const conv *t = value;
        n += t->own && !conv_is_dead(t);
    }
    return n;
}

unsigned msnp_conversations_chat(msnp_conversations *all, const char *who, const char *also,
                                 int64_t now)
{
    conv_board *b = conv_board_with(all, who);

    if (all->ended != MSNP_OK || count_own_chats(all) >= MSNP_CHATS_MAX)
        return 0;

    conv *t = conv_new_chat(all);
    unsigned chat = t->id.chat;
    t->own = true;
    if (b != NULL) {
        conv_board_become_chat(b, t, now);
    } else {
        msnp_net_push(all->net,
                      (msnp_event){.type = MSNP_EVENT_CHAT_BEGUN, .begun = {.chat = chat}});
        invite(all, t, who, now);
    }
    if (also != NULL)
        invite(all, t, also, now);
    conv_turn(all, now);
    return chat;
}

static void add_person(GPtrArray *people, const char *account, const char *name)
{
    for (guint i = 0; i < people->len; i++) {
        const msnp_person *other = g_ptr_array_index(people, i);
        if (g_ascii_strcasecmp(other->account, account) == 0)
            return;
    }

    msnp_person *person = g_new(msnp_person, 1);
    *person = (msnp_person){g_strdup(account), g_strdup(name != NULL ? name : "")};
    g_ptr_array_add(people, person);
}

static void add_people(GPtrArray *people, const msnp_switchboard *sb)
{
    for (size_t i = 0; i < msnp_switchboard_n_members(sb); i++) {
        const msnp_switchboard_person *member = msnp_switchboard_member(sb, i);
        add_person(people, member->account, member->name);
    }
    for (size_t i = 0; i < msnp_switchboard_n_calls(sb); i++)
        add_person(people, msnp_switchboard_called(sb, i)->account, NULL);
}

GPtrArray *msnp_conversations_people(const msnp_conversations *all, unsigned chat)
{
    GPtrArray *people = g_ptr_array_new_with_free_func(msnp_person_free);
    const conv *t = conv_chat(all, chat);

    if (t == NULL)
        return people;
    const conv_board *b = t->current != NULL ? t->current : t->opening;
    if (b != NULL)
        add_people(people, b->sb);
    for (guint i = 0; i < t->to_recall->len; i++)
        add_person(people, g_ptr_array_index(t->to_recall, i), NULL);
    return people;
}

void msnp_conversations_invite(msnp_conversations *all, unsigned chat, const char *who, int64_t now)
{
    conv *t = conv_chat(all, chat);

    if (t != NULL)
        invite(all, t, who, now);
    conv_turn(all, now);
}

static void leave_all_with(const msnp_conversations *all, const char *who)
{
    conv_board *b;

    while ((b = conv_board_with(all, who)) != NULL)
        conv_board_leave(b, MSNP_ERR_CLOSED);
}

/* --- holding -------------------------------------------------------------------------------- */

conv_hold *conv_hold_of(const msnp_conversations *all, const char *who)
{
    char key[MSNP_ACCOUNT_MAX + 1];

    if (all->holds == NULL)
        return NULL;
    msnp_account_fold(who, key);
    return g_hash_table_lookup(all->holds, key);
}

void conv_reopen(msnp_conversations *all, msnp_conversation_id id)
{
    conv *t = id.chat != 0 ? conv_chat(all, id.chat) : conv_with(all, id.who, false);
    conv_hold *held = id.chat == 0 ? conv_hold_of(all, id.who) : NULL;

    if (t != NULL)
        t->closed = false;
    if (held != NULL)
        held->closed = false;
}

static void hold(msnp_conversations *all, const char *key)
{
    if (all->holds == NULL)
        all->holds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    conv_hold *held = g_hash_table_lookup(all->holds, key);
    if (held == NULL) {
        held = g_new0(conv_hold, 1);
        g_hash_table_insert(all->holds, g_strdup(key), held);
    }
    held->n++;
}

static void release(msnp_conversations *all, const char *key)
{
    conv_hold *held = all->holds != NULL ? g_hash_table_lookup(all->holds, key) : NULL;

    if (held == NULL || --held->n > 0)
        return;

    bool closed = held->closed;
    conv *t = conv_with(all, key, false);
    g_hash_table_remove(all->holds, key);
    if (closed && t != NULL)
        t->closed = true;
    else if (closed)
        leave_all_with(all, key);
}

void msnp_conversations_hold(msnp_conversations *all, const char *who, bool hold_it)
{
    char key[MSNP_ACCOUNT_MAX + 1];

    msnp_account_fold(who, key);
    if (hold_it)
        hold(all, key);
    else
        release(all, key);
}

bool msnp_conversations_has(msnp_conversations *all, msnp_conversation_id id)
{
    if (id.chat != 0)
        return conv_chat(all, id.chat) != NULL;
    return conv_with(all, id.who, false) != NULL || conv_board_with(all, id.who) != NULL;
}

/* Reports what has come of messages in parts: the user leaves. */
static void hear_all(const msnp_conversations *all, msnp_conversation_id id)
{
    for (guint i = 0; i < all->boards->len; i++) {
        conv_board *b = g_ptr_array_index(all->boards, i);
        if (id.chat != 0 ? b->chat_once == id.chat : conv_board_is_with(b, id.who))
            conv_board_hear(b, NULL, MSNP_NEVER);
    }
}

void msnp_conversations_close(msnp_conversations *all, msnp_conversation_id id, int64_t now)
{
    conv *t = id.chat != 0 ? conv_chat(all, id.chat) : conv_with(all, id.who, false);
    conv_hold *hold = id.chat == 0 ? conv_hold_of(all, id.who) : NULL;

    hear_all(all, id);
    if (t != NULL) {
        t->closed = true;
        t->inviting = false;
        conv_run(all, t, now);
    } else if (hold != NULL) {
        hold->closed = true;
    } else if (id.chat == 0) {
        leave_all_with(all, id.who);
    }
    conv_turn(all, now);
}

/* Reports everything that waits in these conversations, and ends them. */
static void end_all(msnp_conversations *all, GHashTable *table, msnp_err err)
{
    GList *list = g_list_reverse(g_hash_table_get_values(table));

    for (GList *l = list; l != NULL; l = l->next) {
        conv *t = l->data;
        conv_report(all, &t->waiting, (msnp_cause){err, 0}, false);
        conv_report(all, &t->p2p, (msnp_cause){err, 0}, false);
        conv_finish(all, t);
    }
    g_list_free(list);
}

void msnp_conversations_end(msnp_conversations *all, msnp_err err, int64_t now)
{
    if (all->ended != MSNP_OK)
        return;
    all->ended = err;
    while (all->boards->len > 0)
        conv_board_leave(g_ptr_array_index(all->boards, 0), err);
    end_all(all, all->people, err);
    end_all(all, all->chats, err);
    conv_turn(all, now);
}

static size_t pending_in(GHashTable *table)
{
    GHashTableIter iter;
    gpointer value;
    size_t n = 0;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const conv *t = value;
        n += t->waiting.length + t->p2p.length + t->n_sent;
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
