/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data of a file that goes through the service: in pieces, which all have the identifier of the
 * one message that they are.
 */
#include "relay_priv.h"

#include <string.h>

#define READ_MAX    (MSNP_RELAY_WINDOW_MAX * MSNP_P2P_PIECE) /* bytes that are read ahead */
#define REWINDS_MAX 20                                       /* without getting further */
#define LOSSES_MAX  2                                        /* without an ACK between them */
#define NAKS_MAX    5

/*
 * How long an ACK may take beyond the shortest time of late, in milliseconds: then it waits behind
 * our own pieces, as a message of the user would. Below the first the window grows, above the
 * second it shrinks.
 */
#define DELAY_LITTLE 100
#define DELAY_MUCH   250

/* --- sending -------------------------------------------------------------------------------- */

/* Asks for the next bytes of the file if none are left. */
static void want(relay_file *f, int64_t now)
{
    uint64_t rest = f->size - f->sent;

    if (f->state != RELAY_SENDING || f->wanting || f->ahead_len > 0 || rest == 0)
        return;
    f->wanting = true;
    f->way.reports->wants(f->way.owner, (size_t)MIN(rest, READ_MAX), now);
}

static void drop_ahead(relay_file *f)
{
    g_clear_pointer(&f->ahead, g_free);
    f->ahead_at = f->ahead_len = 0;
}

void relay_file_put(relay_file *f, const char *bytes, size_t len, int64_t now)
{
    if (f->state != RELAY_SENDING || !f->wanting)
        return;
    f->wanting = false;
    relay_set_state(f, RELAY_SENDING, now + MSNP_RELAY_SILENCE);
    if (f->stale || len > f->size - f->sent) {
        f->stale = false;
        want(f, now);
        return;
    }
    drop_ahead(f);
    f->ahead = msnp_str_dup((msnp_str){bytes, len});
    f->ahead_len = len;
    relay_file_pump(f->peer, now);
}

static void send_piece(relay_file *f, int64_t now)
{
    msnp_str piece = {f->ahead != NULL ? f->ahead + f->ahead_at : "",
                      MIN(f->ahead_len, MSNP_P2P_PIECE)};
    msnp_p2p_header header = {.session = f->session,
                              .identifier = f->data,
                              .offset = f->sent,
                              .total = f->size,
                              .flags = MSNP_P2P_DATA | MSNP_P2P_FILE | MSNP_P2P_WLM,
                              .ack_id = relay_random(f->peer->relay)};
    relay_carry carry = {.file = f->number,
                         .peer = f->peer,
                         .what = OF_PIECE,
                         .generation = f->generation,
                         .start = f->sent,
                         .end = f->sent + piece.len,
                         .at = now};

    f->peer->outstanding++;
    f->outstanding++;
    f->sent += piece.len;
    f->whole = f->whole || f->sent == f->size;
    f->ahead_at += piece.len;
    f->ahead_len -= piece.len;
    relay_send(f->peer, &carry, &header, piece, MSNP_P2P_FOOTER_FILE, now);
}

/* The next file that has something to send; it goes to the end of the row. */
static relay_file *take_turn(const relay_peer *peer)
{
    for (guint i = 0; i < peer->files->len; i++) {
        relay_file *f = g_ptr_array_index(peer->files, i);
        if (f->state != RELAY_SENDING || f->ahead_len == 0)
            continue;
        (void)g_ptr_array_steal_index(peer->files, i);
        g_ptr_array_add(peer->files, f);
        return f;
    }
    return NULL;
}

void relay_file_pump(relay_peer *peer, int64_t now)
{
    relay_file *f;

    /* Several at once, in one packet, cost much less than one for each ACK. */
    if (peer->outstanding > peer->window / 2)
        return;
    while (peer->outstanding < peer->window && (f = take_turn(peer)) != NULL) {
        send_piece(f, now);
        want(f, now);
    }
}

void relay_file_start(relay_file *f, int64_t now)
{
    f->accepted = true;
    f->data = relay_identifier(f->peer);
    f->peer->least = MSNP_NEVER;
    relay_set_state(f, RELAY_SENDING, now + MSNP_RELAY_SILENCE);
    f->way.reports->started(f->way.owner, now);
    /* An empty file is one empty piece. */
    if (f->size == 0)
        send_piece(f, now);
    else
        want(f, now);
}

/*
 * Goes on from an earlier byte. What is on its way does not count any more. However bad the way is,
 * a file that gets on by a piece each time, taken all in all, will be there some day.
 */
static void rewind_to(relay_file *f, uint64_t offset, int64_t now)
{
    if (offset >= f->rewound + (uint64_t)REWINDS_MAX * MSNP_P2P_PIECE) {
        f->rewound = offset;
        f->rewinds = 0;
    }
    if (++f->rewinds > REWINDS_MAX) {
        relay_fail(f, MSNP_FILE_BROKEN, now);
        return;
    }
    relay_set_state(f, RELAY_SENDING, now + MSNP_RELAY_SILENCE);
    f->generation++;
    f->outstanding = 0;
    f->acked = f->sent = offset;
    f->stale = f->wanting;
    drop_ahead(f);
    f->way.reports->rewind(f->way.owner, offset, now);
    if (f->size == 0)
        send_piece(f, now);
    else
        want(f, now);
}

/* What the delay of its ACK says about the way to the service. */
static void adapt(relay_peer *peer, int64_t delay)
{
    peer->least = MIN(peer->least, delay);
    if (delay - peer->least > DELAY_MUCH)
        peer->window = MAX(peer->window / 2, 1);
    else if (delay - peer->least < DELAY_LITTLE)
        peer->window = MIN(peer->window + 1, MSNP_RELAY_WINDOW_MAX);
}

static void piece_arrived(relay_file *f, const relay_carry *carry, int64_t now)
{
    f->losses = 0;
    f->outstanding--;
    /* The service acknowledges what it has not passed on yet. That can be lost with a switchboard.
     */
    f->broken = f->broken || (f->board != 0 && f->board != carry->board);
    f->board = carry->board;
    /* Behind one without an answer it does not count before everything has arrived. */
    if (f->outstanding == 0)
        f->acked = f->sent;
    else if (carry->start == f->acked)
        f->acked = carry->end;
    if (f->acked == f->size)
        relay_set_state(f, RELAY_SENT, now + MSNP_RELAY_CONFIRM);
    else
        relay_set_state(f, RELAY_SENDING, now + MSNP_RELAY_SILENCE);
}

/* The switchboard has ended, or the service did not take it. */
static void piece_lost(relay_file *f, const relay_carry *carry, msnp_cause cause, int64_t now)
{
    bool refused = cause.err == MSNP_ERR_REFUSED;

    f->peer->window = MAX(f->peer->window / 2, 1);
    f->peer->least = MSNP_NEVER;
    /* Some receivers do not look where a piece belongs, and take the next one for it. */
    f->broken = f->broken || !refused || carry->end < f->sent;
    if (++f->losses > (refused ? NAKS_MAX : LOSSES_MAX))
        relay_finish(f, MSNP_FILE_BROKEN, cause, now);
    else
        rewind_to(f, f->acked, now);
}

void relay_file_carried(relay_file *f, const relay_carry *carry, msnp_cause cause, int64_t now)
{
    relay_peer *peer = carry->peer;

    peer->outstanding--;
    if (cause.err == MSNP_OK)
        adapt(peer, now - carry->at);
    if (f != NULL && f->state == RELAY_SENDING && carry->generation == f->generation) {
        if (cause.err == MSNP_OK)
            piece_arrived(f, carry, now);
        else
            piece_lost(f, carry, cause, now);
    }
    relay_file_pump(peer, now);
}

void relay_file_acked(relay_file *f, int64_t now)
{
    /* Even while some of it is sent again: it is not needed. */
    if (!f->whole || (f->state != RELAY_SENDING && f->state != RELAY_SENT))
        return;
    if (!f->parting)
        relay_bye(f, now);
    relay_finish(f, MSNP_FILE_DONE, (msnp_cause){MSNP_OK, 0}, now);
}

void relay_file_nak(relay_file *f, uint64_t offset, int64_t now)
{
    /* At what has not been sent yet it goes on anyway. */
    if ((f->state == RELAY_SENDING || f->state == RELAY_SENT) && offset < f->sent)
        rewind_to(f, offset, now);
}

/* --- receiving ------------------------------------------------------------------------------ */

void relay_file_begin(relay_file *f, int64_t now)
{
    relay_set_state(f, RELAY_RECEIVING, now + MSNP_RELAY_SILENCE);
    f->way.reports->started(f->way.owner, now);
    if (f->size > 0)
        return;
    relay_set_state(f, RELAY_COMPLETE, MSNP_NEVER);
    f->way.reports->complete(f->way.owner, now);
}

/* Something is missing: asks for it once, and waits for it. */
static void ask_again(relay_file *f, const msnp_p2p_header *header, int64_t now)
{
    msnp_p2p_header nak = {.session = f->session,
                           .total = f->size,
                           .flags = MSNP_P2P_NAK,
                           .ack_id = header->identifier,
                           .ack_uid = header->ack_id,
                           .ack_size = f->received};

    if (f->asked)
        return;
    f->asked = true;
    relay_set_state(f, f->state, now + MSNP_RELAY_GAP);
    nak.identifier = relay_identifier(f->peer);
    relay_send(f->peer, NULL, &nak, (msnp_str){"", 0}, MSNP_P2P_FOOTER_SLP, now);
}

static void save(relay_file *f, const msnp_p2p_header *header, msnp_str fresh, int64_t now)
{
    f->last = *header;
    f->asked = false;
    f->received += fresh.len;
    relay_set_state(f, RELAY_RECEIVING, now + MSNP_RELAY_SILENCE);
    f->way.reports->data(f->way.owner, msnp_str_dup(fresh), fresh.len, now);
    if (f->received < f->size)
        return;
    relay_set_state(f, RELAY_COMPLETE, MSNP_NEVER);
    f->way.reports->complete(f->way.owner, now);
}

void relay_file_data(relay_file *f, const msnp_p2p_header *header, msnp_str data, int64_t now)
{
    uint64_t end = header->offset + data.len;

    /* Some clients send one more, empty message after the last byte. */
    if (data.len == 0)
        return;
    if (header->total != f->size) {
        relay_fail(f, MSNP_FILE_WRONG_SIZE, now);
        return;
    }
    if (f->state == RELAY_ACCEPTED)
        relay_file_begin(f, now);
    if (header->offset > f->received) {
        ask_again(f, header, now);
    } else if (end > f->received) {
        size_t known = (size_t)(f->received - header->offset);
        save(f, header, (msnp_str){data.ptr + known, data.len - known}, now);
    }
}
