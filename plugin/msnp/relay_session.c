/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sessions of files, from their invitation to their end, and the texts about them.
 */
#include "relay_priv.h"

#include <string.h>

/* Of one person: what we decline without asking the user. */
static const msnp_pace_limit refusal_limit = {8, 7500};

/* The server's number for a MSG that is none to it. */
#define BAD_MESSAGE 282
#define ANSWERS_MAX 2 /* that were lost */

static const msnp_cause no_cause = {MSNP_OK, 0};
static const msnp_way_calls way_calls;

/* --- what we say ---------------------------------------------------------------------------- */

/*
 * Sends a text, in as many pieces as it needs, and clears it. `carry`: as in relay_send(), `last`
 * is set here. Returns its identifier.
 */
static uint32_t send_text(relay_peer *peer, relay_carry *carry, msnp_buf *text, int64_t now)
{
    msnp_str rest = msnp_buf_view(text);
    msnp_p2p_header header = {.identifier = relay_identifier(peer),
                              .total = rest.len,
                              .ack_id = relay_random(peer->relay)};

    while (rest.len > 0) {
        msnp_str piece = {rest.ptr, MIN(rest.len, MSNP_P2P_PIECE)};

        rest = (msnp_str){rest.ptr + piece.len, rest.len - piece.len};
        if (carry != NULL)
            carry->last = rest.len == 0;
        relay_send(peer, carry, &header, piece, MSNP_P2P_FOOTER_SLP, now);
        header.offset += piece.len;
    }
    msnp_buf_clear(text);
    return header.identifier;
}

/* Says a short text, which is cleared, where the peer's came from: it can be a chat. */
static void answer_text(relay_peer *peer, msnp_buf *text, int64_t now)
{
    msnp_str whole = msnp_buf_view(text);
    msnp_p2p_header header = {.identifier = relay_identifier(peer),
                              .total = whole.len,
                              .ack_id = relay_random(peer->relay)};

    relay_answer(peer, &header, whole, now);
    msnp_buf_clear(text);
}

static char *new_guid(msnp_relay *relay)
{
    const uint32_t random[] = {relay->draw(), relay->draw(), relay->draw(), relay->draw()};
    char guid[MSNP_GUID_LENGTH + 1];

    msnp_slp_guid(guid, random);
    return g_strdup(guid);
}

/* To the request that has this branch. */
static msnp_slp_about about(const relay_peer *peer, const char *call, const char *branch,
                            uint32_t session)
{
    return (msnp_slp_about){.to = peer->who,
                            .from = peer->relay->account,
                            .branch = branch,
                            .call = call,
                            .session = session};
}

static void answer_invitation(relay_file *f, unsigned code, int64_t now)
{
    msnp_slp_about this = about(f->peer, f->call, f->branch, f->session);
    relay_carry carry = {.file = f->number, .peer = f->peer, .what = OF_ANSWER};
    msnp_buf text;

    msnp_slp_write_answer(&text, &this, code, f->cseq);
    (void)send_text(f->peer, &carry, &text, now);
}

/* To an invitation that becomes no session. Who sends too many gets none. */
static void refuse(relay_peer *peer, const msnp_slp *slp, unsigned code, int64_t now)
{
    msnp_slp_about this = about(peer, slp->call, slp->branch, slp->session);
    msnp_buf text;

    if (slp->call == NULL || slp->branch == NULL ||
        !msnp_pace_take(&peer->refusals, &refusal_limit, now))
        return;
    msnp_slp_write_answer(&text, &this, code, slp->cseq);
    answer_text(peer, &text, now);
}

void relay_bye(relay_file *f, int64_t now)
{
    relay_carry carry = {.file = f->number, .peer = f->peer, .what = OF_BYE};
    char *branch = new_guid(f->peer->relay);
    msnp_slp_about this = about(f->peer, f->call, branch, 0);
    msnp_buf text;

    msnp_slp_write_bye(&text, &this);
    (void)send_text(f->peer, &carry, &text, now);
    g_free(branch);
}

/* --- the end -------------------------------------------------------------------------------- */

/* It is remembered for a while, since messages about it may be on their way. */
static void retire(relay_file *f, int64_t now)
{
    GPtrArray *files = f->peer->files;
    relay_file *oldest = NULL;
    unsigned n = 0;

    relay_set_state(f, RELAY_OVER, now + MSNP_RELAY_REMEMBER);
    g_clear_pointer(&f->ahead, g_free);
    f->ahead_len = 0;
    for (guint i = 0; i < files->len; i++) {
        relay_file *other = g_ptr_array_index(files, i);
        if (other->state != RELAY_OVER || other->deadline <= now)
            continue;
        n++;
        if (oldest == NULL || other->deadline < oldest->deadline)
            oldest = other;
    }
    if (n <= MSNP_RELAY_ENDED_MAX)
        return;
    oldest->deadline = now;
    relay_due(f->peer->relay, now);
}

void relay_finish(relay_file *f, msnp_file_end end, msnp_cause cause, int64_t now)
{
    if (f->state == RELAY_OVER)
        return;
    retire(f, now);
    f->way.reports->over(f->way.owner, end, cause, now);
}

/*
 * Ends it before its time. To a sender who has nothing left to send, BYE alone would say that all
 * of it has arrived: some clients say it then.
 */
static void break_off(relay_file *f, int64_t now)
{
    if (!f->sending && f->accepted)
        answer_invitation(f, 603, now);
    relay_bye(f, now);
}

void relay_fail(relay_file *f, msnp_file_end end, int64_t now)
{
    if (f->state == RELAY_OVER)
        return;
    break_off(f, now);
    relay_finish(f, end, no_cause, now);
}

/* --- sessions ------------------------------------------------------------------------------- */

relay_file *relay_find(const relay_peer *peer, uint32_t session)
{
    for (guint i = 0; i < peer->files->len; i++) {
        relay_file *f = g_ptr_array_index(peer->files, i);
        if (f->session == session)
            return f;
    }
    return NULL;
}

/* The session with this Call-ID, which can be NULL. */
static relay_file *find_by_call(const relay_peer *peer, const char *call)
{
    for (guint i = 0; i < peer->files->len && call != NULL; i++) {
        relay_file *f = g_ptr_array_index(peer->files, i);
        if (g_ascii_strcasecmp(f->call, call) == 0)
            return f;
    }
    return NULL;
}

/* The session that a text is about. */
static relay_file *find_by_text(const relay_peer *peer, const msnp_slp *slp)
{
    relay_file *f = find_by_call(peer, slp->call);

    return f == NULL && slp->session != 0 ? relay_find(peer, slp->session) : f;
}

static bool is_full(const relay_peer *peer, bool sending)
{
    unsigned n = 0;

    for (guint i = 0; i < peer->files->len; i++) {
        const relay_file *f = g_ptr_array_index(peer->files, i);
        n += f->state != RELAY_OVER && f->sending == sending;
    }
    return n >= MSNP_RELAY_FILES_MAX;
}

/* Can a session have this number? */
static bool is_free(const relay_peer *peer, uint32_t session)
{
    return session != 0 && session != MSNP_P2P_INK_SESSION && relay_find(peer, session) == NULL;
}

void relay_file_free(gpointer data)
{
    relay_file *f = data;

    g_hash_table_remove(f->peer->relay->files, GUINT_TO_POINTER(f->number));
    g_free(f->call);
    g_free(f->branch);
    g_free(f->ahead);
    g_free(f);
}

static relay_file *file_new(relay_peer *peer, uint32_t session, const char *call,
                            const char *branch)
{
    msnp_relay *relay = peer->relay;
    relay_file *f = g_new0(relay_file, 1);

    do
        relay->last_file++;
    while (relay->last_file == 0 ||
           g_hash_table_contains(relay->files, GUINT_TO_POINTER(relay->last_file)));
    f->way.calls = &way_calls;
    f->peer = peer;
    f->number = relay->last_file;
    f->session = session;
    f->call = g_strdup(call);
    f->branch = g_strdup(branch);
    f->deadline = MSNP_NEVER;
    g_ptr_array_add(peer->files, f);
    g_hash_table_insert(relay->files, GUINT_TO_POINTER(f->number), f);
    return f;
}

/* --- texts of the peer ---------------------------------------------------------------------- */

/* Somebody offers a file. */
static void got_offer(relay_peer *peer, const msnp_slp *slp, const char *name, bool contact,
                      int64_t now)
{
    const msnp_relay *relay = peer->relay;
    msnp_way_offer offer = {
        .who = peer->who, .name = name, .contact = contact, .file = slp->file, .size = slp->size};

    if (!is_free(peer, slp->session)) {
        refuse(peer, slp, 500, now);
        return;
    }
    if (is_full(peer, false)) {
        refuse(peer, slp, 603, now);
        return;
    }
    relay_file *f = file_new(peer, slp->session, slp->call, slp->branch);
    f->cseq = slp->cseq;
    f->size = slp->size;
    relay_set_state(f, RELAY_OFFERED, now + MSNP_RELAY_ANSWER);
    if (relay->ops->offered(relay->owner, &f->way, &offer, now))
        return;
    refuse(peer, slp, 603, now);
    retire(f, now);
}

/* Receiving: was it accepted, and not taken back? An empty file is over at once. */
static bool stands(const relay_file *f)
{
    return !f->sending && f->accepted && (f->state != RELAY_OVER || f->received == f->size);
}

/* The same invitation again: the same answer, unless that was taken back. */
static void got_repetition(relay_file *f, int64_t now)
{
    if (f->sending || f->state == RELAY_OFFERED)
        return;
    answer_invitation(f, stands(f) ? 200 : 603, now);
}

/* True: the user can be told of `extra`. */
static bool got_invitation(relay_peer *peer, const msnp_slp *slp, const char *name, bool contact,
                           msnp_extra *extra, int64_t now)
{
    relay_file *known = find_by_call(peer, slp->call);

    if (known != NULL) {
        got_repetition(known, now);
        return false;
    }
    switch (slp->offer) {
    case MSNP_SLP_FILE:
        if (!peer->relay->welcome) {
            refuse(peer, slp, 603, now);
            *extra = MSNP_EXTRA_FILE;
            return true;
        }
        if (slp->call != NULL && slp->branch != NULL)
            got_offer(peer, slp, name, contact, now);
        return false;
    case MSNP_SLP_EXTRA:
        refuse(peer, slp, 603, now);
        *extra = slp->extra;
        return true;
    case MSNP_SLP_OBJECT:
        refuse(peer, slp, 603, now);
        return false;
    default:
        refuse(peer, slp, 500, now);
        return false;
    }
}

/* A direct connection is asked for: the answer keeps the sender of the file here. */
static void got_transport(relay_peer *peer, const relay_file *f, const msnp_slp *slp, int64_t now)
{
    msnp_slp_about this = about(peer, slp->call, slp->branch, 0);
    msnp_buf text;

    if (f == NULL || (f->state == RELAY_OVER && !stands(f))) {
        refuse(peer, slp, 603, now);
        return;
    }
    if (slp->call == NULL || slp->branch == NULL)
        return;
    msnp_slp_write_no_transport(&text, &this, slp->cseq, slp->hashed);
    answer_text(peer, &text, now);
}

/*
 * Who has all of a file of ours says so (P2P-ACK) before BYE. Without that, BYE can be the end of
 * it as some clients say it, or that of a user who cancels while the last bytes are on their way.
 * Before the service has passed these on, it can only be the latter.
 */
static msnp_file_end end_of(const relay_file *f)
{
    if (f->sending)
        return f->state == RELAY_SENT ? MSNP_FILE_UNCONFIRMED : MSNP_FILE_CANCELLED_THERE;
    return f->accepted && f->received == f->size ? MSNP_FILE_DONE : MSNP_FILE_CANCELLED_THERE;
}

void relay_ended_there(relay_file *f, int64_t now)
{
    /* All of it is here, and is being saved. */
    if (f->state == RELAY_COMPLETE)
        return;
    if (f->state != RELAY_SENT) {
        relay_finish(f, end_of(f), no_cause, now);
    } else if (!f->parting) {
        f->parting = true;
        relay_set_state(f, RELAY_SENT, now + MSNP_RELAY_PARTING);
    }
}

/* Anything but 200, which some clients send to cancel as well, in either role. */
static void got_refusal(relay_file *f, unsigned code, int64_t now)
{
    bool asked = f->state == RELAY_INVITED || f->state == RELAY_ASKED;

    if (f->state == RELAY_COMPLETE)
        return;
    if (asked && code != 603)
        relay_finish(f, MSNP_FILE_FAILED_THERE, no_cause, now);
    else
        relay_finish(f, asked ? MSNP_FILE_DECLINED_THERE : MSNP_FILE_CANCELLED_THERE, no_cause,
                     now);
}

static void got_answer(relay_file *f, const msnp_slp *slp, int64_t now)
{
    bool asked = f->state == RELAY_INVITED || f->state == RELAY_ASKED;

    if (slp->code != 200)
        got_refusal(f, slp->code, now);
    else if (slp->subject == MSNP_SLP_TRANSPORT_ANSWER)
        return;
    else if (asked)
        relay_file_start(f, now);
    /* Who accepts what was withdrawn has not heard of that. */
    else if (f->sending && f->state == RELAY_OVER && !f->accepted)
        relay_bye(f, now);
}

static bool is_from(const relay_peer *peer, const msnp_slp *slp)
{
    const char *own = peer->relay->account;

    return slp->from != NULL && g_ascii_strcasecmp(slp->from, peer->who) == 0 &&
           (slp->to == NULL || g_ascii_strcasecmp(slp->to, own) == 0);
}

/* A whole text: acknowledged first, then answered. */
bool relay_got_text(relay_peer *peer, const msnp_p2p_header *header, const msnp_slp *slp,
                    const char *name, bool contact, msnp_extra *extra, int64_t now)
{
    relay_file *f = find_by_text(peer, slp);

    if (!is_from(peer, slp) || !relay_ack_text(peer, header, now))
        return false;
    if (slp->kind == MSNP_SLP_INVITE && slp->subject == MSNP_SLP_SESSION)
        return got_invitation(peer, slp, name, contact, extra, now);
    if (slp->kind == MSNP_SLP_INVITE && slp->subject == MSNP_SLP_TRANSPORT)
        got_transport(peer, f, slp, now);
    else if (slp->kind == MSNP_SLP_INVITE && slp->subject != MSNP_SLP_TRANSPORT_ANSWER)
        refuse(peer, slp, 500, now);
    else if (f != NULL && slp->kind == MSNP_SLP_BYE)
        relay_ended_there(f, now);
    else if (f != NULL && slp->kind == MSNP_SLP_ANSWER)
        got_answer(f, slp, now);
    return false;
}

/* --- what became of our messages ------------------------------------------------------------ */

/* A switchboard can end, or a network break, for other reasons. */
static bool may_be_accident(msnp_cause cause)
{
    return cause.err == MSNP_ERR_CLOSED || cause.err == MSNP_ERR_TIMEOUT;
}

/*
 * Did the service, which never carried any, refuse the one that we sent, leave it without an
 * answer, or end the switchboard for it?
 */
static bool looks_refused(const relay_carry *carry, msnp_cause cause)
{
    return carry->board != 0 && !carry->peer->relay->proved &&
           (cause.err == MSNP_ERR_REFUSED || cause.err == MSNP_ERR_MALFORMED ||
            cause.number == BAD_MESSAGE || may_be_accident(cause));
}

static void invite_carried(relay_file *f, const relay_carry *carry, msnp_cause cause, int64_t now)
{
    msnp_relay *relay = f->peer->relay;

    if (f->state != RELAY_INVITED)
        return;
    if (cause.err == MSNP_OK) {
        if (carry->last)
            relay_set_state(f, RELAY_INVITED, now + MSNP_RELAY_PROBE);
    } else if (looks_refused(carry, cause)) {
        relay->refused = relay->failed || !may_be_accident(cause);
        relay->failed = true;
        relay_finish(f, MSNP_FILE_NO_P2P, no_cause, now);
    } else {
        relay_finish(f, MSNP_FILE_UNSENT, cause, now);
    }
}

/* Who accepts is not given up because a switchboard ended: the answer goes out on another one. */
static void answer_carried(relay_file *f, msnp_cause cause, int64_t now)
{
    if (cause.err == MSNP_OK || f->state != RELAY_ACCEPTED)
        return;
    f->broken = f->broken || (cause.err != MSNP_ERR_SERVER && cause.err != MSNP_ERR_REFUSED);
    if (++f->losses <= ANSWERS_MAX)
        answer_invitation(f, 200, now);
    /* Else one may have arrived: the file comes, or does not. */
    else if (!f->broken)
        relay_finish(f, MSNP_FILE_UNSENT, cause, now);
}

/* A sender who has not heard that we gave up would take the file for received. */
static void bye_carried(relay_file *f, msnp_cause cause, int64_t now)
{
    if (!f->sending && cause.err != MSNP_OK && cause.err != MSNP_ERR_SERVER &&
        f->losses++ < ANSWERS_MAX)
        break_off(f, now);
}

void relay_text_carried(relay_file *f, const relay_carry *carry, msnp_cause cause, int64_t now)
{
    if (carry->what == OF_INVITE)
        invite_carried(f, carry, cause, now);
    else if (carry->what == OF_ANSWER)
        answer_carried(f, cause, now);
    else
        bye_carried(f, cause, now);
}

/* --- time ----------------------------------------------------------------------------------- */

void relay_expire(relay_file *f, int64_t now)
{
    switch (f->state) {
    case RELAY_INVITED:
        relay_fail(f, MSNP_FILE_NO_P2P, now);
        break;
    case RELAY_ASKED:
        relay_fail(f, MSNP_FILE_EXPIRED, now);
        break;
    case RELAY_OFFERED:
        answer_invitation(f, 603, now);
        relay_finish(f, MSNP_FILE_EXPIRED, no_cause, now);
        break;
    case RELAY_SENT:
        if (f->parting)
            relay_finish(f, end_of(f), no_cause, now);
        else
            relay_fail(f, f->broken ? MSNP_FILE_UNCONFIRMED : MSNP_FILE_DONE, now);
        break;
    case RELAY_OVER:
        (void)g_ptr_array_remove(f->peer->files, f);
        break;
    default:
        relay_fail(f, MSNP_FILE_SILENT, now);
        break;
    }
}

/* --- the owner ------------------------------------------------------------------------------ */

static void way_accept(msnp_way *way, int64_t now)
{
    relay_file *f = (relay_file *)way;

    if (f->state != RELAY_OFFERED)
        return;
    f->accepted = true;
    relay_set_state(f, RELAY_ACCEPTED, now + MSNP_RELAY_SILENCE);
    answer_invitation(f, 200, now);
    if (f->size == 0)
        relay_file_begin(f, now);
}

static void way_decline(msnp_way *way, int64_t now)
{
    relay_file *f = (relay_file *)way;

    if (f->state == RELAY_OVER)
        return;
    answer_invitation(f, 603, now);
    retire(f, now);
}

static void way_put(msnp_way *way, const char *bytes, size_t len, int64_t now)
{
    relay_file_put((relay_file *)way, bytes, len, now);
}

static void way_stored(msnp_way *way, int64_t now)
{
    relay_file *f = (relay_file *)way;

    if (f->state != RELAY_COMPLETE)
        return;
    if (f->size > 0)
        relay_ack(f->peer, &f->last, true, now);
    relay_finish(f, MSNP_FILE_DONE, no_cause, now);
}

static void way_cancel(msnp_way *way, msnp_file_end why, int64_t now)
{
    relay_file *f = (relay_file *)way;

    (void)why;
    if (f->state == RELAY_OFFERED) {
        way_decline(way, now);
        return;
    }
    if (f->state == RELAY_OVER)
        return;
    break_off(f, now);
    retire(f, now);
}

static const msnp_way_calls way_calls = {.accept = way_accept,
                                         .decline = way_decline,
                                         .put = way_put,
                                         .stored = way_stored,
                                         .cancel = way_cancel};

/* A number for a session that other clients can read as a signed one. */
static uint32_t new_session(relay_peer *peer)
{
    uint32_t session;

    do
        session = relay_random(peer->relay) & INT32_MAX;
    while (!is_free(peer, session));
    return session;
}

msnp_way *msnp_relay_send(msnp_relay *relay, const char *who, const char *name, uint64_t size,
                          int64_t now)
{
    relay_peer *peer = relay_peer_of(relay, who, now);

    if (peer == NULL || is_full(peer, true))
        return NULL;
    char *call = new_guid(relay);
    char *branch = new_guid(relay);
    relay_file *f = file_new(peer, new_session(peer), call, branch);
    relay_carry carry = {.file = f->number, .peer = peer, .what = OF_INVITE};
    msnp_slp_about this = about(peer, f->call, f->branch, f->session);
    msnp_buf text;

    g_free(call);
    g_free(branch);
    f->sending = true;
    f->size = size;
    relay_set_state(f, RELAY_INVITED, MSNP_NEVER);
    msnp_slp_write_offer(&text, &this, name, size);
    f->invite = send_text(peer, &carry, &text, now);
    return &f->way;
}
