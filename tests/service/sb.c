/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The switchboard server: what comes on one connection to it.
 */
#include "sb.h"

#include <string.h>

#include "msnp.h"
#include "names.h"
#include "presence.h"

#define PATIENCE_MS 60000 /* with who connects and says nothing */

void sb_ended(conn *c)
{
    board *b = g_steal_pointer(&c->sb.board);

    if (!b)
        return;
    board_leave(b, c->sb.person, c, FALSE);
    board_unref(b);
}

static void refuse(conn *c)
{
    msnp_error(c, 911);
    conn_finish(c);
}

static void refuse_as_bad(conn *c, const char *why)
{
    msnp_error(c, 911);
    conn_bad(c, why);
}

static void accept_as(conn *c, const invitation *inv)
{
    c->sb.account = g_strdup(inv->spelling);
    c->sb.person = inv->person;
}

static void enter(conn *c, board *b)
{
    c->sb.waits = FALSE;
    if (!conn_open(c))
        return;
    c->sb.board = board_ref(b);
    board_join(b, c->sb.person, c);
}

static void on_usr(conn *c, const request *req)
{
    g_autofree char *replied = step_replied_word(c, "sb-usr", " OK ");
    step_result step = step_apply(c, "sb-usr");
    const invitation *inv;
    const char *why;
    g_autofree char *name = NULL;
    board *b;

    if (step == STEP_NOTHING || (step == STEP_REPLIED && !replied))
        return;
    inv = invitation_take(c->svc, req, &why);
    if (!inv) {
        why ? refuse_as_bad(c, why) : refuse(c);
        return;
    }
    accept_as(c, inv);
    name = name_encode(c->svc, person_name(c->svc, c->sb.person));
    if (step == STEP_NORMAL)
        conn_printf(c, "USR %" G_GUINT64_FORMAT " OK %s %s\r\n", c->trid, c->sb.account, name);
    board_send_rubbish(c);
    b = board_new(c->svc);
    enter(c, b);
    board_unref(b);
}

/* ANS that is accepted, and perhaps answered later. */
typedef struct {
    conn *conn;
    invitation *inv; /* stays as long as the service */
    gboolean quiet;  /* other bytes were sent instead of the answer */
} answer;

static void answer_free(gpointer data)
{
    answer *a = data;

    conn_unref(a->conn);
    g_free(a);
}

static void send_roll(conn *c, const board *b)
{
    GString *lines = board_roll(b, c->trid);

    g_string_append_printf(lines, "ANS %" G_GUINT64_FORMAT " OK\r\n", c->trid);
    conn_send(c, lines->str, (gssize)lines->len);
    g_string_free(lines, TRUE);
}

static void join(gpointer data)
{
    const answer *a = data;
    conn *caller = a->inv->caller;

    if (!conn_open(a->conn))
        return;
    if (!a->quiet)
        send_roll(a->conn, a->inv->board);
    board_send_rubbish(a->conn);
    enter(a->conn, a->inv->board);
    if (caller)
        invite_ringing(a->inv->board, caller, a->inv->trid);
}

/* An id that is wrong is answered in another way than a cookie that is. */
static void refuse_id(conn *c)
{
    if (!knob_on(c->svc, "escargot"))
        msnp_error(c, 911);
    conn_bad(c, "ANS with the id of another session");
}

static void on_ans(conn *c, const request *req)
{
    g_autofree char *replied = step_replied_word(c, "sb-ans", " OK");
    step_result step = step_apply(c, "sb-ans");
    guint delay = knob_number(c->svc, "joi-delay", 0);
    invitation *inv;
    const char *why;
    answer *a;

    if (step == STEP_NOTHING || (step == STEP_REPLIED && !replied))
        return;
    inv = invitation_take(c->svc, req, &why);
    if (inv && !g_str_equal(inv->board->id, req->words[4])) {
        refuse_id(c);
        return;
    }
    /* Whoever was rung twice comes in once. */
    if (!inv || board_has(inv->board, inv->person)) {
        why ? refuse_as_bad(c, why) : refuse(c);
        return;
    }
    accept_as(c, inv);
    c->sb.waits = TRUE;
    a = g_new0(answer, 1);
    a->conn = conn_ref(c);
    a->inv = inv;
    a->quiet = step == STEP_REPLIED;
    if (delay) {
        later(c->svc, delay, join, a, answer_free);
        return;
    }
    join(a);
    answer_free(a);
}

/* Why somebody cannot be called, as an error number; 0 if it can. */
static guint call_refusal(const conn *c, const char *address)
{
    const board *b = c->sb.board;
    const person *p = person_find(c->svc, address);
    gboolean today = knob_on(c->svc, "escargot");
    gboolean blocked;

    if (!address_valid(address))
        return 208;
    if (b->n_cals > knob_number(c->svc, "sb-cal-limit", G_MAXUINT))
        return 713;
    if (!p || !presence_outward(p))
        return p && board_has(b, p) ? 215 : 217;
    if (board_has(b, p))
        return 215;
    /* Today a stranger is let through even where strangers are blocked. */
    blocked = today ? contact_on(contact_find(p, c->sb.person->address), SERVICE_BL)
                    : !presence_allows(p, c->sb.person->address);
    if (blocked)
        return today ? 217 : 216;
    return 0;
}

static void on_cal(conn *c, const request *req)
{
    g_autofree char *replied = step_replied_word(c, "sb-cal", " RINGING");
    step_result step = step_apply(c, "sb-cal");
    board *b = c->sb.board;
    gboolean late = knob_on(c->svc, "joi-before-ringing");
    guint refusal;

    if (step == STEP_NOTHING || (step == STEP_REPLIED && !replied))
        return;
    b->n_cals++;
    refusal = call_refusal(c, req->words[2]);
    if (step == STEP_NORMAL && refusal)
        msnp_error(c, refusal);
    if (refusal)
        return;
    if (step == STEP_NORMAL && !late)
        invite_ringing(b, c, c->trid);
    invite(b, c->sb.person, person_get(c->svc, req->words[2]),
           step == STEP_NORMAL && late ? c : NULL, c->trid);
}

/* Messages */

static void answer_message(conn *c, const char *verb)
{
    board_send_rubbish(c);
    conn_printf(c, "%s %" G_GUINT64_FORMAT "\r\n", verb, c->trid);
}

static gboolean is_turn(const conn *c, const char *knob, guint n)
{
    guint every = knob_number(c->svc, knob, 0);

    return every && n % every == 0;
}

/* Whether a fault that is set has dealt with this message. */
static gboolean goes_wrong(conn *c, char letter, message_kind kind)
{
    /* What nobody expects an answer to is not meant. */
    if (letter != 'U' && step_apply(c, "sb-msg") != STEP_NORMAL)
        return TRUE;
    if (kind != MESSAGE_TEXT)
        return FALSE;
    c->sb.n_texts++;
    if (is_turn(c, "sb-close-every", c->sb.n_texts)) {
        conn_finish(c);
        return TRUE;
    }
    if (is_turn(c, "sb-nak-every", c->sb.n_texts)) {
        if (letter != 'U')
            answer_message(c, "NAK");
        return TRUE;
    }
    return is_turn(c, "sb-drop-every", c->sb.n_texts);
}

/* Faults of MSNP2P: whether one has dealt with this message. */
static gboolean goes_wrong_p2p(conn *c)
{
    c->sb.n_p2p++;
    c->svc->n_p2p++;
    if (knob_number(c->svc, "sb-p2p-close-at", 0) == c->svc->n_p2p) {
        board_close(c->sb.board);
        return TRUE;
    }
    if (is_turn(c, "sb-p2p-nak-every", c->sb.n_p2p)) {
        answer_message(c, "NAK");
        return TRUE;
    }
    return is_turn(c, "sb-p2p-drop-every", c->sb.n_p2p);
}

/* An ACK that comes later. */
typedef struct {
    conn *conn;
    guint64 trid;
} late_ack;

static void late_ack_free(gpointer data)
{
    conn_unref(((late_ack *)data)->conn);
    g_free(data);
}

static void send_late_ack(gpointer data)
{
    const late_ack *a = data;

    conn_printf(a->conn, "ACK %" G_GUINT64_FORMAT "\r\n", a->trid);
}

/* MSNP2P is acknowledged at once, whether or not anybody is there. */
static void relay_p2p(conn *c, const GString *payload)
{
    guint delay = knob_number(c->svc, "sb-p2p-ack-delay", 0);
    late_ack *a;

    if (step_apply(c, "sb-msg") != STEP_NORMAL || goes_wrong_p2p(c))
        return;
    if (is_turn(c, "sb-p2p-lose-every", c->sb.n_p2p)) {
        log_event(c->svc, c->role, "an ACK is lost");
    } else if (delay) {
        a = g_new0(late_ack, 1);
        a->conn = conn_ref(c);
        a->trid = c->trid;
        later(c->svc, delay, send_late_ack, a, late_ack_free);
    } else {
        answer_message(c, "ACK");
    }
    /* Robots may close it at once. */
    if (c->sb.board)
        board_relay(c->sb.board, c->sb.person, c, payload->str, payload->len);
}

static void on_msg(conn *c, const request *req)
{
    char letter = req->words[2][0];
    message_kind kind = MESSAGE_ELSE;
    gboolean alone = c->sb.board->members->len < 2;
    gboolean acks = letter == 'A' && !knob_on(c->svc, "sb-lose-ack");
    const char *why = "an acknowledgement letter other than U, N, A and D";

    /* Whoever announces MSNP2P has to bear it that a server may not know it. */
    if (letter == 'D' && knob_on(c->svc, "sb-no-p2p")) {
        conn_finish(c);
        return;
    }
    if (strlen(req->words[2]) == 1 && strchr("UNAD", letter))
        why = message_check(c->sb.account, letter, req->payload, &kind);
    if (why) {
        conn_bad(c, why);
        return;
    }
    if (kind == MESSAGE_P2P) {
        relay_p2p(c, req->payload);
        return;
    }
    if (goes_wrong(c, letter, kind))
        return;
    if (!alone)
        board_relay(c->sb.board, c->sb.person, c, req->payload->str, req->payload->len);
    if (alone && letter != 'U' && !knob_on(c->svc, "escargot"))
        answer_message(c, "NAK");
    else if (acks)
        answer_message(c, "ACK");
}

static void on_out(conn *c, const request *req G_GNUC_UNUSED)
{
    c->sb.parted = TRUE;
    if (c->in->len > 0)
        conn_bad(c, "input after OUT");
    else
        conn_finish(c);
}

/* Commands */

typedef struct {
    const char *verb;
    guint words; /* with verb and TrID */
    gboolean inside;
    gboolean has_trid;
    void (*handle)(conn *c, const request *req);
} command;

static const command commands[] = {
    {"USR", 4, FALSE, TRUE, on_usr},  {"ANS", 5, FALSE, TRUE, on_ans},
    {"CAL", 3, TRUE, TRUE, on_cal},   {"MSG", 4, TRUE, TRUE, on_msg},
    {"OUT", 1, FALSE, FALSE, on_out},
};

static const command *find_command(const char *verb)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        if (g_str_equal(commands[i].verb, verb))
            return &commands[i];
    return NULL;
}

static gboolean take_trid(conn *c, const char *word)
{
    guint64 trid = 0;

    if (!reader_number(word, G_MAXUINT32, &trid))
        return FALSE;
    c->trid = trid;
    if (trid <= c->sb.last_trid)
        return FALSE;
    c->sb.last_trid = trid;
    return TRUE;
}

/* Before the answer to USR or ANS a client has nothing to say but OUT. */
static gboolean is_too_early(const conn *c)
{
    static const char out[] = "OUT\r\n";

    return !c->sb.board && c->in->len > 0 &&
           (c->in->len != sizeof out - 1 || memcmp(c->in->data, out, sizeof out - 1) != 0);
}

static const char *check(conn *c, const command *com, const request *req)
{
    c->trid = 0;
    if (!com)
        return "unknown command";
    if (req->n_words != com->words)
        return "wrong number of parameters";
    if (com->has_trid && !take_trid(c, req->words[1]))
        return "the TrIDs do not rise";
    if (com->has_trid && com->inside != (c->sb.board != NULL))
        return com->inside ? "command before USR or ANS was answered" : "USR or ANS comes again";
    if (com->has_trid && !com->inside && (c->sb.waits || c->sb.account))
        return "USR or ANS comes again";
    return is_too_early(c) ? "more input before USR or ANS was answered" : NULL;
}

void sb_handle(conn *c, const request *req)
{
    const command *com = find_command(req->words[0]);
    const char *why = check(c, com, req);
    board *b = c->sb.board;

    if (why) {
        conn_bad(c, why);
        return;
    }
    /* Sending can end the connection, and with it the last hold on the board. */
    if (b)
        board_ref(b);
    if (!com->inside && com->has_trid) {
        g_free(c->account);
        c->account = g_strdup(req->words[2]);
    }
    com->handle(c, req);
    board_unref(b);
}

static void on_silence(gpointer data)
{
    conn *c = data;

    if (!c->sb.account)
        conn_finish(c);
}

void sb_begin(conn *c)
{
    later(c->svc, PATIENCE_MS, on_silence, conn_ref(c), (GDestroyNotify)conn_unref);
}
