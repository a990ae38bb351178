/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The ways into a switchboard: cookies, XFR SB and RNG on the notification server.
 */
#include <string.h>
#include <time.h>

#include "msnp.h"
#include "presence.h"
#include "robots.h"

#define COOKIE_LIFE_US (120 * G_USEC_PER_SEC)

void invitation_free(gpointer data)
{
    invitation *inv = data;

    if (inv->caller)
        conn_unref(inv->caller);
    board_unref(inv->board);
    g_free(inv->cookie);
    g_free(inv->spelling);
    g_free(inv);
}

static char *new_cookie(const service *svc)
{
    const char *kind = knob_get(svc, "sb-ids");
    g_autofree char *first = NULL;
    g_autofree char *last = NULL;

    if (kind && !g_str_equal(kind, "decimal"))
        return random_text("0123456789abcdef", 20);
    first = random_text("0123456789", 8);
    last = random_text("0123456789", 8);
    return g_strdup_printf("1%s.%" G_GINT64_FORMAT ".1%s", first, (gint64)time(NULL), last);
}

/* For the client of this session. Takes the cookie. */
static invitation *invitation_new(const conn *session, char *cookie, board *b)
{
    invitation *inv = g_new0(invitation, 1);

    inv->cookie = cookie;
    inv->spelling = g_strdup(session->msnp.spelling);
    inv->person = session->msnp.person;
    inv->board = b ? board_ref(b) : NULL;
    inv->issued = g_get_monotonic_time();
    g_hash_table_replace(session->svc->invitations, g_strdup(cookie), inv);
    return inv;
}

static char *our_address(const service *svc, const char *knob)
{
    const char *elsewhere = knob_get(svc, knob);

    return elsewhere ? g_strdup(elsewhere)
                     : g_strdup_printf("127.0.0.1:%u", service_port(svc, SERVICE_SWITCHBOARD));
}

static guint xfr_refusal(conn *c)
{
    if (!c->msnp.status[0] || g_str_equal(c->msnp.status, "HDN"))
        return 913;
    if (c->msnp.n_xfr++ >= knob_number(c->svc, "sb-xfr-limit", G_MAXUINT))
        return 800;
    return 0;
}

void sb_xfr(conn *c, const request *req)
{
    step_result step;
    char *cookie;
    g_autofree char *address = NULL;
    guint refusal;

    if (!g_str_equal(req->words[2], "SB")) {
        msnp_error(c, 201);
        conn_bad(c, "XFR to something else than SB");
        return;
    }
    /* A cookie in other bytes that are set for this step is good, too. */
    cookie = step_replied_word(c, "ns-xfr-sb", " CKI ");
    step = step_apply(c, "ns-xfr-sb");
    if (cookie)
        invitation_new(c, cookie, NULL);
    if (step != STEP_NORMAL)
        return;
    refusal = xfr_refusal(c);
    if (refusal) {
        msnp_error(c, refusal);
        return;
    }
    address = our_address(c->svc, "xfr-sb-address");
    cookie = new_cookie(c->svc);
    invitation_new(c, cookie, NULL);
    conn_printf(c, "XFR %" G_GUINT64_FORMAT " SB %s CKI %s%s\r\n", c->trid, address, cookie,
                knob_on(c->svc, "xfr-sb-extra") ? " U messenger.msn.com 1" : "");
}

invitation *invitation_take(const service *svc, const request *req, const char **why)
{
    gboolean answers = g_str_equal(req->words[0], "ANS");
    invitation *inv = g_hash_table_lookup(svc->invitations, req->words[3]);

    *why = NULL;
    if (!inv || (inv->board != NULL) != answers)
        *why = "a cookie that was not given for this";
    else if (g_strcmp0(inv->spelling, req->words[2]) != 0)
        *why = "the account is not spelled as USR OK has told it, or the cookie is another's";
    else if (inv->is_used)
        *why = "a cookie is used twice";
    if (*why)
        return NULL;
    inv->is_used = TRUE;
    return g_get_monotonic_time() - inv->issued <= COOKIE_LIFE_US ? inv : NULL;
}

char *service_entry(service *self, const char *address, const char *into)
{
    g_autoptr(GPtrArray) sessions = find_sessions(self, address);
    board *b = into ? board_newest(self, into) : NULL;
    const invitation *inv;

    if (sessions->len == 0 || (into && !b))
        return NULL;
    inv = invitation_new(g_ptr_array_index(sessions, 0), new_cookie(self), b);
    return b ? g_strdup_printf("ANS 1 %s %s %s\r\n", inv->spelling, inv->cookie, b->id)
             : g_strdup_printf("USR 1 %s %s\r\n", inv->spelling, inv->cookie);
}

/* Ringing */

void invite_ringing(const board *b, conn *c, guint64 trid)
{
    conn_printf(c, "CAL %" G_GUINT64_FORMAT " RINGING %s\r\n", trid, b->id);
}

/* Somebody is called. */
typedef struct {
    board *board;
    person *caller;
    person *callee;
    conn *waiting;
    guint64 trid;
} call;

/* Takes the reference to `waiting`. */
static call *call_new(board *b, person *caller, person *callee, conn *waiting, guint64 trid)
{
    call *k = g_new0(call, 1);

    k->board = board_ref(b);
    k->caller = caller;
    k->callee = callee;
    k->waiting = waiting;
    k->trid = trid;
    return k;
}

static void call_free(gpointer data)
{
    call *k = data;

    board_unref(k->board);
    if (k->waiting)
        conn_unref(k->waiting);
    g_free(k);
}

static void ringing_if_waiting(call *k)
{
    if (k->waiting)
        invite_ringing(k->board, k->waiting, k->trid);
}

static void ring_client(call *k, conn *session)
{
    g_autofree char *address = our_address(k->board->svc, "ring-address");
    g_autofree char *card = board_card(k->board, k->caller);
    invitation *inv = invitation_new(session, new_cookie(k->board->svc), k->board);

    inv->caller = g_steal_pointer(&k->waiting);
    inv->trid = k->trid;
    conn_printf(session, "RNG %s %s CKI %s %s\r\n", k->board->id, address, inv->cookie, card);
}

static void robot_answers(gpointer data)
{
    call *k = data;

    if (k->board->members->len > 0 && !board_has(k->board, k->callee))
        board_join(k->board, k->callee, NULL);
    ringing_if_waiting(k);
}

static void ring(gpointer data)
{
    call *k = data;
    service *svc = k->board->svc;
    conn *session = presence_listener(k->callee);
    const robot *r = session ? NULL : robot_find(svc, k->callee);

    if (session)
        ring_client(k, session);
    else if (r && robot_joins(r))
        later(svc, knob_number(svc, "joi-delay", 0), robot_answers,
              call_new(k->board, k->caller, k->callee, g_steal_pointer(&k->waiting), k->trid),
              call_free);
    else
        ringing_if_waiting(k);
}

void invite(board *b, person *caller, person *callee, conn *waiting, guint64 trid)
{
    guint delay = knob_number(b->svc, "ring-delay", 0);
    call *k = call_new(b, caller, callee, waiting ? conn_ref(waiting) : NULL, trid);

    if (delay) {
        later(b->svc, delay, ring, k, call_free);
        return;
    }
    ring(k);
    call_free(k);
}
