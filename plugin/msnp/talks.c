/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "talks.h"

#include "codec.h"
#include "talks_priv.h"

#include <string.h>

void talks_push(msnp_talks *talks, msnp_event event)
{
    msnp_event_queue_push(&talks->events, &event);
}

static void talk_free(gpointer data)
{
    talk *t = data;

    g_free((char *)t->place.who);
    g_queue_clear_full(&t->waiting, talk_part_free);
    if (t->absent != NULL)
        g_ptr_array_free(t->absent, TRUE);
    g_free(t);
}

msnp_talks *msnp_talks_new(void)
{
    msnp_talks *talks = g_new0(msnp_talks, 1);

    msnp_event_queue_init(&talks->events);
    talks->account = g_strdup("");
    talks->wires = g_ptr_array_new_with_free_func(wire_free);
    g_queue_init(&talks->dirty);
    talks->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, talk_free);
    talks->chats = g_hash_table_new_full(NULL, NULL, NULL, talk_free);
    return talks;
}

void msnp_talks_free(msnp_talks *talks)
{
    if (talks == NULL)
        return;
    /* Nothing is in the other queue: the events of all machines were taken out. */
    msnp_event_queue_clear(&talks->events);
    g_ptr_array_free(talks->wires, TRUE);
    g_hash_table_destroy(talks->people);
    g_hash_table_destroy(talks->chats);
    g_free(talks->account);
    g_free(talks);
}

void msnp_talks_set_account(msnp_talks *talks, const char *account)
{
    g_free(talks->account);
    talks->account = g_strdup(account);
}

void msnp_talks_count_from(msnp_talks *talks, unsigned last)
{
    talks->last_chat = last;
}

/* --- the talks ------------------------------------------------------------------------------ */

talk *talks_with(msnp_talks *talks, const char *who, bool make)
{
    char *key = g_ascii_strdown(who, -1);
    talk *t = g_hash_table_lookup(talks->people, key);

    if (t == NULL && make) {
        t = g_new0(talk, 1);
        t->place.who = g_strdup(who);
        t->gathering = t->patience = MSNP_NEVER;
        g_queue_init(&t->waiting);
        g_hash_table_insert(talks->people, g_steal_pointer(&key), t);
    }
    g_free(key);
    return t;
}

static talk *find_chat(const msnp_talks *talks, unsigned chat)
{
    return g_hash_table_lookup(talks->chats, GUINT_TO_POINTER(chat));
}

talk *talks_new_chat(msnp_talks *talks, bool own)
{
    if (g_hash_table_size(talks->chats) >= (own ? MSNP_TALKS_CHATS_MAX : MSNP_TALKS_DRAWN_MAX))
        return NULL;

    talk *t = g_new0(talk, 1);
    t->place.chat = ++talks->last_chat;
    g_queue_init(&t->waiting);
    t->absent = g_ptr_array_new_with_free_func(g_free);
    t->gathering = t->patience = MSNP_NEVER;
    g_hash_table_insert(talks->chats, GUINT_TO_POINTER(t->place.chat), t);
    return t;
}

static guint find_absent(const talk *t, const char *who)
{
    guint i = 0;

    while (i < t->absent->len && g_ascii_strcasecmp(g_ptr_array_index(t->absent, i), who) != 0)
        i++;
    return i;
}

void talk_miss(talk *t, const char *who)
{
    if (find_absent(t, who) == t->absent->len && t->absent->len < MSNP_SB_MEMBERS_MAX)
        g_ptr_array_add(t->absent, g_strdup(who));
}

bool talk_misses(const talk *t, const char *who)
{
    return find_absent(t, who) < t->absent->len;
}

void talk_found(talk *t, const char *who)
{
    guint at = find_absent(t, who);

    if (at < t->absent->len)
        g_ptr_array_remove_index(t->absent, at);
}

static talk *find_request_in(GHashTable *table, unsigned request)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((talk *)value)->request == request)
            return value;
    return NULL;
}

/* The talk that waits for the answer to this request, which is over with that; NULL for none. */
static talk *take_request(msnp_talks *talks, unsigned request)
{
    talk *t = request != 0 ? find_request_in(talks->people, request) : NULL;

    if (t == NULL && request != 0)
        t = find_request_in(talks->chats, request);
    if (t != NULL)
        t->request = 0;
    return t;
}

/* --- what the notification server says ------------------------------------------------------ */

static void open_for(msnp_talks *talks, talk *t, const msnp_sb_config *config, int64_t now)
{
    bool chat = t->place.chat != 0;

    t->opening = wire_open(talks, config, chat ? t : NULL, t->place.who, now);
    if (chat)
        talk_call_back(t, t->opening, now);
    else
        msnp_sb_call(t->opening->sb, t->place.who, now);
}

void msnp_talks_switchboard(msnp_talks *talks, unsigned request, const char *host, uint16_t port,
                            const char *cookie, int64_t now)
{
    talk *t = take_request(talks, request);
    msnp_sb_config config = {
        .account = talks->account, .host = host, .port = port, .cookie = cookie};

    if (t == NULL)
        return;
    /* Meanwhile the other side may have rung, and all is said. */
    if (!talk_wants_wire(t))
        talk_run(talks, t, now);
    else if (talks->wires->len >= MSNP_TALKS_WIRES_MAX)
        talk_give_up(talks, t, MSNP_ERR_FULL, 0, now);
    else
        open_for(talks, t, &config, now);
    talks_work(talks, now);
}

void msnp_talks_no_switchboard(msnp_talks *talks, unsigned request, msnp_err err, unsigned number,
                               int64_t now)
{
    talk *t = take_request(talks, request);

    if (t != NULL)
        talk_not_opened(talks, t, err, number, now);
    talks_work(talks, now);
}

/* Are we in this session already? Some servers ring again. */
static bool is_answered(const msnp_talks *talks, const msnp_sb_config *config)
{
    char *session = wire_session(config);
    bool answered = false;

    for (guint i = 0; i < talks->wires->len; i++) {
        const wire *w = g_ptr_array_index(talks->wires, i);
        answered = answered || g_strcmp0(w->session, session) == 0;
    }
    g_free(session);
    return answered;
}

/* Could it be left without a loss? */
static bool is_idle(const wire *w)
{
    return w->chat == NULL && w->sent.length == 0;
}

/*
 * How many switchboards were opened by this person, or by anybody (NULL); and which of those that
 * can be left was not used for longest, NULL for none.
 */
static unsigned count_rung(const msnp_talks *talks, const char *ringer, wire **stalest)
{
    unsigned n = 0;

    *stalest = NULL;
    for (guint i = 0; i < talks->wires->len; i++) {
        wire *w = g_ptr_array_index(talks->wires, i);
        if (w->ringer == NULL || (ringer != NULL && g_ascii_strcasecmp(w->ringer, ringer) != 0))
            continue;
        n++;
        if (is_idle(w) && (*stalest == NULL || w->used < (*stalest)->used))
            *stalest = w;
    }
    return n;
}

/* Sees that there is room for one more of this person, or of anybody; false if there is not. */
static bool make_room(msnp_talks *talks, const char *ringer, unsigned most)
{
    wire *stalest;

    if (count_rung(talks, ringer, &stalest) < most)
        return true;
    if (stalest != NULL)
        wire_leave(talks, stalest, MSNP_ERR_CLOSED);
    return stalest != NULL;
}

void msnp_talks_rung(msnp_talks *talks, const msnp_ring *ring, int64_t now)
{
    msnp_sb_config config = {.account = talks->account,
                             .host = ring->host,
                             .port = ring->port,
                             .cookie = ring->cookie,
                             .session = ring->session};

    if (!is_answered(talks, &config) && make_room(talks, ring->account, MSNP_TALKS_RINGER_MAX) &&
        make_room(talks, NULL, MSNP_TALKS_RUNG_MAX) && talks->wires->len < MSNP_TALKS_WIRES_MAX) {
        wire *w = wire_open(talks, &config, NULL, NULL, now);
        w->ringer = g_strdup(ring->account);
    }
    talks_work(talks, now);
}

/* --- what the switchboards say -------------------------------------------------------------- */

static wire *find_wire(const msnp_talks *talks, unsigned number)
{
    for (guint i = 0; i < talks->wires->len; i++) {
        wire *w = g_ptr_array_index(talks->wires, i);
        if (w->number == number)
            return w;
    }
    return NULL;
}

void msnp_talks_connected(msnp_talks *talks, unsigned number, int64_t now)
{
    wire *w = find_wire(talks, number);

    if (w == NULL)
        return;
    msnp_sb_connected(w->sb, now);
    wire_touch(talks, w);
    talks_work(talks, now);
}

void msnp_talks_feed(msnp_talks *talks, unsigned number, const void *data, size_t len, int64_t now)
{
    const char *bytes = data;
    wire *w = find_wire(talks, number);

    if (w == NULL)
        return;
    for (;;) {
        size_t part = MIN(len, MSNP_SB_FEED_MAX);
        msnp_sb_feed(w->sb, bytes, part, now);
        wire_touch(talks, w);
        talks_work(talks, now);
        /* It may be gone by now. */
        w = len > part ? find_wire(talks, number) : NULL;
        if (w == NULL)
            return;
        bytes += part;
        len -= part;
    }
}

void msnp_talks_tick(msnp_talks *talks, int64_t now)
{
    for (guint i = 0; i < talks->wires->len; i++) {
        wire *w = g_ptr_array_index(talks->wires, i);
        if (now >= msnp_sb_deadline(w->sb)) {
            msnp_sb_tick(w->sb, now);
            wire_touch(talks, w);
        }
    }
    talks_expire(talks, now);
    talks_work(talks, now);
}

int64_t msnp_talks_deadline(const msnp_talks *talks)
{
    int64_t next = talks_next_expiry(talks);

    for (guint i = 0; i < talks->wires->len; i++) {
        const wire *w = g_ptr_array_index(talks->wires, i);
        next = MIN(next, msnp_sb_deadline(w->sb));
    }
    return next;
}

bool msnp_talks_next(msnp_talks *talks, msnp_event *event)
{
    return msnp_event_queue_pop(&talks->events, event);
}

void msnp_talks_set_trace(msnp_talks *talks, bool trace)
{
    talks->trace = trace;
}

/* --- what the user does --------------------------------------------------------------------- */

static bool is_self(const msnp_talks *talks, const char *who)
{
    return g_ascii_strcasecmp(who, talks->account) == 0;
}

/* Where something is to be sent; NULL and why if that cannot be. */
static talk *find_place(msnp_talks *talks, msnp_place place, msnp_err *err)
{
    talk *t = NULL;

    *err = MSNP_OK;
    if (place.chat != 0)
        t = find_chat(talks, place.chat);
    else if (msnp_account_valid(place.who) && !is_self(talks, place.who))
        t = talks_with(talks, place.who, true);
    if (t == NULL)
        *err = place.chat != 0 ? MSNP_ERR_NOBODY : MSNP_ERR_ACCOUNT;
    else if (t->waiting.length >= MSNP_TALKS_WAITING_MAX)
        *err = MSNP_ERR_TOO_LONG;
    else if (place.chat != 0 && t->current == NULL && t->opening == NULL && t->request == 0 &&
             t->absent->len == 0)
        *err = MSNP_ERR_NOBODY;
    return *err == MSNP_OK ? t : NULL;
}

static talk_part *add_part(talk *t, unsigned message)
{
    talk_part *part = g_new0(talk_part, 1);

    part->of = t;
    part->message = message;
    if (g_queue_is_empty(&t->waiting))
        t->patience = MSNP_NEVER;
    g_queue_push_tail(&t->waiting, part);
    return part;
}

msnp_err msnp_talks_send(msnp_talks *talks, msnp_place place, const char *text,
                         const msnp_format *format, int64_t now)
{
    msnp_str rest = msnp_str_of(text);
    msnp_err err;
    talk *t;

    if (rest.len == 0)
        return MSNP_OK;
    if (rest.len > MSNP_TEXT_MAX)
        return MSNP_ERR_TOO_LONG;
    t = find_place(talks, place, &err);
    if (t == NULL)
        return err;
    talks->last_message++;
    while (rest.len > 0) {
        talk_part *part = add_part(t, talks->last_message);
        size_t n = msnp_message_fit(rest, format);
        part->text = g_strndup(rest.ptr, n);
        part->format = *format;
        rest = (msnp_str){rest.ptr + n, rest.len - n};
    }
    t->closed = false;
    talk_run(talks, t, now);
    talks_work(talks, now);
    return MSNP_OK;
}

msnp_err msnp_talks_nudge(msnp_talks *talks, const char *who, int64_t now)
{
    msnp_err err;
    talk *t = find_place(talks, (msnp_place){0, who}, &err);

    if (t == NULL)
        return err;

    talk_part *part = add_part(t, ++talks->last_message);
    part->text = g_strdup("");
    part->nudge = true;
    t->closed = false;
    talk_run(talks, t, now);
    talks_work(talks, now);
    return MSNP_OK;
}

void msnp_talks_type(msnp_talks *talks, const char *who, int64_t now)
{
    wire *w = wire_with(talks, who);
    msnp_buf payload;

    if (w == NULL || (w->typed != MSNP_NEVER && now < w->typed + MSNP_TALKS_TYPING))
        return;
    w->typed = now;
    msnp_message_write_typing(&payload, talks->account);
    (void)msnp_sb_send(w->sb, 0, msnp_buf_view(&payload), now);
    msnp_buf_clear(&payload);
    wire_touch(talks, w);
    talks_work(talks, now);
}

static void invite(msnp_talks *talks, talk *t, const char *who, int64_t now)
{
    wire *w = t->current != NULL ? t->current : t->opening;

    if (!msnp_account_valid(who) || is_self(talks, who)) {
        talk_tell_call_failed(talks, t, who, MSNP_ERR_ACCOUNT, 0);
    } else if (w != NULL) {
        if (t->opening != NULL)
            talk_miss(t, who);
        msnp_sb_call(w->sb, who, now);
        wire_touch(talks, w);
    } else {
        talk_miss(t, who);
        t->inviting = true;
        talk_run(talks, t, now);
    }
}

unsigned msnp_talks_chat(msnp_talks *talks, const char *who, const char *also, int64_t now)
{
    wire *w = wire_with(talks, who);
    talk *t = talks_new_chat(talks, true);

    if (t == NULL)
        return 0;

    unsigned chat = t->place.chat;
    if (w != NULL) {
        wire_become_chat(talks, w, t, now);
    } else {
        talks_push(talks, (msnp_event){.type = MSNP_EVENT_CHAT_BEGUN, .begun = {.chat = chat}});
        invite(talks, t, who, now);
    }
    if (also != NULL)
        invite(talks, t, also, now);
    talks_work(talks, now);
    return chat;
}

void msnp_talks_invite(msnp_talks *talks, unsigned chat, const char *who, int64_t now)
{
    talk *t = find_chat(talks, chat);

    if (t != NULL)
        invite(talks, t, who, now);
    talks_work(talks, now);
}

static void leave_all_with(msnp_talks *talks, const char *who)
{
    wire *w;

    while ((w = wire_with(talks, who)) != NULL)
        wire_leave(talks, w, MSNP_ERR_CLOSED);
}

void msnp_talks_close(msnp_talks *talks, msnp_place place, int64_t now)
{
    talk *t = place.chat != 0 ? find_chat(talks, place.chat) : talks_with(talks, place.who, false);

    if (t != NULL) {
        t->closed = true;
        t->inviting = false;
        talk_run(talks, t, now);
    } else if (place.chat == 0) {
        leave_all_with(talks, place.who);
    }
    talks_work(talks, now);
}

/* Everything that waits in these talks is told, and they are forgotten. */
static void end_all(msnp_talks *talks, GHashTable *table, msnp_err err)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        talk *t = value;
        talks_tell(talks, &t->waiting, err, 0, false);
    }
    g_hash_table_remove_all(table);
}

void msnp_talks_end(msnp_talks *talks, msnp_err err, int64_t now)
{
    msnp_event_queue_set_aside(&talks->events);
    while (talks->wires->len > 0)
        wire_leave(talks, g_ptr_array_index(talks->wires, 0), err);
    end_all(talks, talks->people, err);
    end_all(talks, talks->chats, err);
    talks_work(talks, now);
}

static size_t pending_in(GHashTable *table)
{
    GHashTableIter iter;
    gpointer value;
    size_t n = 0;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const talk *t = value;
        n += t->waiting.length + t->n_sent;
    }
    return n;
}

size_t msnp_talks_pending(const msnp_talks *talks)
{
    return pending_in(talks->people) + pending_in(talks->chats);
}

size_t msnp_talks_wires(const msnp_talks *talks)
{
    return talks->wires->len;
}

bool msnp_talks_is_open(const msnp_talks *talks, const char *who)
{
    return wire_with(talks, who) != NULL;
}
