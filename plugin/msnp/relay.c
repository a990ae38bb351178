/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The people who exchange MSNP2P with us, and their messages.
 */
#include "relay.h"

#include "codec.h"
#include "relay_priv.h"

#include <string.h>

#define WINDOW_FIRST 4
#define SWEEP_EVERY  1000 /* milliseconds */

/*
 * Of one person: texts, and what else can be repeated, that are answered. Enough for as many files
 * as can be offered at a time, each with what belongs to it.
 */
static const msnp_pace_limit text_limit = {400, 200};

/* --- people --------------------------------------------------------------------------------- */

static void peer_free(gpointer data)
{
    relay_peer *peer = data;

    g_ptr_array_free(peer->files, TRUE);
    msnp_p2p_joins_expire(&peer->joins, &peer->relay->n_joins, MSNP_NEVER);
    g_free(peer->who);
    g_free(peer);
}

static relay_peer *find_peer(const msnp_relay *relay, const char *who)
{
    char key[MSNP_ACCOUNT_MAX + 1];

    msnp_account_fold(who, key);
    return g_hash_table_lookup(relay->peers, key);
}

/* Nothing goes on with this person. */
static gboolean is_forgettable(gpointer key, gpointer value, gpointer data)
{
    const relay_peer *peer = value;

    (void)key;
    (void)data;
    return peer->files->len == 0 && peer->outstanding == 0 && peer->joins.open.length == 0;
}

/* Is there room for one more? Forgets others, but not for each message of a flood. */
static bool has_room(msnp_relay *relay, int64_t now)
{
    if (g_hash_table_size(relay->peers) < MSNP_RELAY_PEERS_MAX)
        return true;
    if (now < relay->swept_at + SWEEP_EVERY)
        return false;
    relay->swept_at = now;
    return g_hash_table_foreach_remove(relay->peers, is_forgettable, NULL) > 0;
}

/* This person, made if need be; NULL if there are too many. */
relay_peer *relay_peer_of(msnp_relay *relay, const char *who, int64_t now)
{
    relay_peer *peer = find_peer(relay, who);
    char key[MSNP_ACCOUNT_MAX + 1];

    if (peer != NULL || !has_room(relay, now))
        return peer;
    peer = g_new0(relay_peer, 1);
    peer->relay = relay;
    peer->who = g_strdup(who);
    peer->identifier = relay->draw();
    peer->files = g_ptr_array_new_with_free_func(relay_file_free);
    peer->window = WINDOW_FIRST;
    peer->least = MSNP_NEVER;
    msnp_account_fold(who, key);
    g_hash_table_insert(relay->peers, g_strdup(key), peer);
    return peer;
}

bool msnp_relay_knows(const msnp_relay *relay, const char *who)
{
    const relay_peer *peer = find_peer(relay, who);
    uint32_t id = 0;
    bool has_id = relay->ops->client_id(relay->owner, who, &id);

    return peer != NULL && peer->speaks && peer->has_id == has_id && peer->id == id;
}

/* --- life ----------------------------------------------------------------------------------- */

msnp_relay *msnp_relay_new(uint32_t (*draw)(void), const msnp_relay_ops *ops, gpointer owner)
{
    msnp_relay *relay = g_new0(msnp_relay, 1);

    relay->draw = draw;
    relay->ops = ops;
    relay->owner = owner;
    relay->account = g_strdup("");
    relay->files = g_hash_table_new(NULL, NULL);
    relay->peers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, peer_free);
    relay->carries = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    relay->due = MSNP_NEVER;
    return relay;
}

void msnp_relay_free(msnp_relay *relay)
{
    if (relay == NULL)
        return;
    g_hash_table_destroy(relay->peers);
    g_hash_table_destroy(relay->files);
    g_hash_table_destroy(relay->carries);
    g_free(relay->account);
    g_free(relay);
}

void msnp_relay_set_account(msnp_relay *relay, const char *account)
{
    g_free(relay->account);
    relay->account = g_strdup(account);
}

void msnp_relay_set_welcome(msnp_relay *relay, bool welcome)
{
    relay->welcome = welcome;
}

bool msnp_relay_is_refused(const msnp_relay *relay)
{
    return relay->refused;
}

void relay_due(msnp_relay *relay, int64_t when)
{
    relay->due = MIN(relay->due, when);
}

void relay_set_state(relay_file *f, relay_state to, int64_t deadline)
{
    f->state = to;
    f->deadline = deadline;
    relay_due(f->peer->relay, deadline);
}

/* --- sending -------------------------------------------------------------------------------- */

uint32_t relay_identifier(relay_peer *peer)
{
    if (++peer->identifier == 0)
        peer->identifier = 1;
    return peer->identifier;
}

uint32_t relay_random(msnp_relay *relay)
{
    uint32_t value = relay->draw();

    return value != 0 ? value : 1;
}

static unsigned add_carry(msnp_relay *relay, const relay_carry *carry)
{
    gpointer key;

    do
        key = GUINT_TO_POINTER(++relay->last_carry);
    while (key == NULL || g_hash_table_contains(relay->carries, key));

    relay_carry *copy = g_new(relay_carry, 1);
    *copy = *carry;
    g_hash_table_insert(relay->carries, key, copy);
    return GPOINTER_TO_UINT(key);
}

void relay_send(relay_peer *peer, const relay_carry *carry, const msnp_p2p_header *header,
                msnp_str data, uint32_t footer, int64_t now)
{
    msnp_relay *relay = peer->relay;
    msnp_buf payload;

    msnp_p2p_write(&payload, peer->who, header, data, footer);
    relay->ops->send(relay->owner, peer->who, carry != NULL ? add_carry(relay, carry) : 0,
                     msnp_buf_view(&payload), now);
    msnp_buf_clear(&payload);
}

void relay_answer(const relay_peer *peer, const msnp_p2p_header *header, msnp_str data, int64_t now)
{
    const msnp_relay *relay = peer->relay;
    msnp_buf payload;

    msnp_p2p_write(&payload, peer->who, header, data, MSNP_P2P_FOOTER_SLP);
    relay->ops->answer(relay->owner, msnp_buf_view(&payload), now);
    msnp_buf_clear(&payload);
}

void relay_ack(relay_peer *peer, const msnp_p2p_header *header, bool later, int64_t now)
{
    msnp_p2p_header ack = msnp_p2p_ack_of(header, relay_identifier(peer));

    if (later)
        relay_send(peer, NULL, &ack, (msnp_str){"", 0}, MSNP_P2P_FOOTER_SLP, now);
    else
        relay_answer(peer, &ack, (msnp_str){"", 0}, now);
}

bool relay_ack_text(relay_peer *peer, const msnp_p2p_header *header, int64_t now)
{
    bool may = msnp_pace_take(&peer->texts, &text_limit, now);

    if (may)
        relay_ack(peer, header, false, now);
    return may;
}

/* --- messages of the peer ------------------------------------------------------------- */

/* Strangers take half of the room for incomplete texts: who is a contact finds some. */
static bool may_begin(const msnp_relay *relay, const msnp_p2p_header *header, bool contact)
{
    return contact || header->offset > 0 || header->length == header->total ||
           relay->n_joins < MSNP_P2P_JOINS_MAX / 2;
}

static bool got_slp(relay_peer *peer, const msnp_p2p_header *header, msnp_str data,
                    const char *name, bool contact, msnp_extra *extra, int64_t now)
{
    msnp_relay *relay = peer->relay;
    msnp_str text;
    msnp_slp slp;
    bool told = false;

    if (!may_begin(relay, header, contact))
        return false;
    msnp_p2p_joined joined = msnp_p2p_join(&peer->joins, &relay->n_joins, header, data, now, &text);
    relay_due(relay, msnp_p2p_joins_deadline(&peer->joins));
    if (joined != MSNP_P2P_WHOLE)
        return false;
    if (!msnp_slp_read(&slp, text)) {
        (void)relay_ack_text(peer, header, now);
    } else {
        told = relay_got_text(peer, header, &slp, name, contact, extra, now);
    }
    msnp_slp_clear(&slp);
    g_free((char *)text.ptr);
    return told;
}

/* Is it the last piece of its message? */
static bool is_last(const msnp_p2p_header *header)
{
    return header->offset + header->length == header->total;
}

static bool got_ink(relay_peer *peer, const msnp_p2p_header *header, msnp_extra *extra, int64_t now)
{
    if (is_last(header))
        (void)relay_ack_text(peer, header, now);
    *extra = MSNP_EXTRA_INK;
    return header->offset == 0 && header->length > 0;
}

static void got_data(relay_peer *peer, const msnp_p2p_header *header, msnp_str data, int64_t now)
{
    relay_file *f = relay_find(peer, header->session);

    if (f == NULL || f->sending)
        return;
    if (f->state == RELAY_ACCEPTED || f->state == RELAY_RECEIVING)
        relay_file_data(f, header, data, now);
    /* The end of it again, or the only piece of an empty file: the sender waits. */
    else if (f->state == RELAY_OVER && f->accepted && f->received == f->size &&
             header->total == f->size && is_last(header))
        (void)relay_ack_text(peer, header, now);
}

/* P2P-ACK. Some clients leave out all but the identifier of what they acknowledge. */
static void got_ack(relay_peer *peer, const msnp_p2p_header *header, int64_t now)
{
    for (guint i = 0; i < peer->files->len; i++) {
        relay_file *f = g_ptr_array_index(peer->files, i);
        if (!f->sending)
            continue;
        if (f->state == RELAY_INVITED && header->ack_id == f->invite) {
            relay_set_state(f, RELAY_ASKED, now + MSNP_RELAY_ANSWER);
            return;
        }
        if (f->data != 0 && header->ack_id == f->data) {
            relay_file_acked(f, now);
            return;
        }
    }
}

static void got_nak(const relay_peer *peer, const msnp_p2p_header *header, int64_t now)
{
    relay_file *f = relay_find(peer, header->session);

    if (f != NULL && f->sending && f->data == header->ack_id)
        relay_file_nak(f, header->ack_size, now);
}

/* The data is over: who receives takes no more of it. Without a session it acknowledges BYE. */
static void got_ended(const relay_peer *peer, const msnp_p2p_header *header, int64_t now)
{
    relay_file *f = header->session != 0 ? relay_find(peer, header->session) : NULL;

    if (f != NULL && f->sending)
        relay_finish(f, MSNP_FILE_CANCELLED_THERE, (msnp_cause){MSNP_OK, 0}, now);
    else if (f != NULL)
        relay_ended_there(f, now);
}

bool msnp_relay_got(msnp_relay *relay, const char *who, const char *name, bool contact,
                    msnp_str body, msnp_extra *extra, int64_t now)
{
    msnp_p2p_header header;
    msnp_str data;
    relay_peer *peer;

    if (relay->ended || !msnp_p2p_read(body, &header, &data) ||
        (peer = relay_peer_of(relay, who, now)) == NULL)
        return false;
    /* Some clients compare it with upper and lower case. */
    if (strcmp(peer->who, who) != 0) {
        g_free(peer->who);
        peer->who = g_strdup(who);
    }
    peer->speaks = true;
    peer->id = 0;
    peer->has_id = relay->ops->client_id(relay->owner, who, &peer->id);
    relay->proved = true;
    relay->failed = relay->refused = false;
    switch (msnp_p2p_kind_of(&header)) {
    case MSNP_P2P_IS_SLP:
        return got_slp(peer, &header, data, name, contact, extra, now);
    case MSNP_P2P_IS_PREPARATION:
        if (header.session == MSNP_P2P_INK_SESSION)
            return got_ink(peer, &header, extra, now);
        if (relay_find(peer, header.session) != NULL && is_last(&header))
            (void)relay_ack_text(peer, &header, now);
        break;
    case MSNP_P2P_IS_DATA:
        got_data(peer, &header, data, now);
        break;
    case MSNP_P2P_IS_ACK:
        got_ack(peer, &header, now);
        break;
    case MSNP_P2P_IS_NAK:
        got_nak(peer, &header, now);
        break;
    case MSNP_P2P_IS_ENDED:
        got_ended(peer, &header, now);
        break;
    default:
        break;
    }
    return false;
}

/* --- what became of our messages ------------------------------------------------------------ */

void msnp_relay_carried(msnp_relay *relay, unsigned reference, unsigned board, msnp_cause cause,
                        int64_t now)
{
    const relay_carry *found = g_hash_table_lookup(relay->carries, GUINT_TO_POINTER(reference));
    relay_carry carry;
    relay_file *f;

    if (found == NULL)
        return;
    carry = *found;
    carry.board = board;
    g_hash_table_remove(relay->carries, GUINT_TO_POINTER(reference));
    relay->proved = relay->proved || cause.err == MSNP_OK;
    f = g_hash_table_lookup(relay->files, GUINT_TO_POINTER(carry.file));
    if (carry.what == OF_PIECE)
        relay_file_carried(f, &carry, cause, now);
    else if (f != NULL)
        relay_text_carried(f, &carry, cause, now);
}

/* --- time ----------------------------------------------------------------------------------- */

static void tick_peer(relay_peer *peer, int64_t now)
{
    msnp_relay *relay = peer->relay;

    msnp_p2p_joins_expire(&peer->joins, &relay->n_joins, now);
    relay_due(relay, msnp_p2p_joins_deadline(&peer->joins));
    for (guint i = peer->files->len; i > 0; i--) {
        relay_file *f = g_ptr_array_index(peer->files, i - 1);
        int64_t deadline = f->deadline;

        if (now >= deadline)
            relay_expire(f, now);
        else
            relay_due(relay, deadline);
    }
}

static void tick_all(msnp_relay *relay, int64_t now)
{
    GHashTableIter iter;
    gpointer value;

    relay->due = MSNP_NEVER;
    g_hash_table_iter_init(&iter, relay->peers);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        tick_peer(value, now);
}

void msnp_relay_tick(msnp_relay *relay, int64_t now)
{
    /* The end of one session can be the time to forget another one. */
    while (now >= relay->due)
        tick_all(relay, now);
}

int64_t msnp_relay_deadline(const msnp_relay *relay)
{
    return relay->due;
}

void msnp_relay_end(msnp_relay *relay)
{
    relay->ended = true;
    g_hash_table_remove_all(relay->carries);
    g_hash_table_remove_all(relay->peers);
    relay->due = MSNP_NEVER;
}
