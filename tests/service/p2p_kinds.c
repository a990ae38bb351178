/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What else robots can send by MSNP2P: invitations to all that is no file, and what no client
 * should ever send. Each kind knows whether the client has to acknowledge and to answer it.
 */
#include <string.h>

#include "p2p.h"
#include "robots.h"

#define SESSIONBODY "application/x-msnmsgr-sessionreqbody"

/* Invitations: an EUF-GUID, and what is to be answered. */
static const struct {
    const char *kind;
    const char *guid;
    guint app;
} invitations[] = {
    {"picture", "{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}", 1},
    {"emoticon", "{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}", 11},
    {"webcam", "{4BD96FC0-AB17-4425-A14A-439185962DC8}", 4},
    {"webcam-request", "{1C9AA97E-9C05-4583-A3BD-908A196F1E92}", 4},
    {"game", "{6A13AF9C-5308-4F35-923A-67E8DDA40C2F}", 1},
    {"wink", "{E073B06B-636E-45B7-ACA4-6D4B5978C93C}", 1},
    {"folder", "{534142D5-1F2A-431F-A60C-B0CF723FDF7D}", 1},
    {"photos", "{41D3E74E-04A2-4B37-96F8-08ACDB610874}", 1},
    {"unknown", "{01234567-89AB-CDEF-0123-456789ABCDEF}", 7},
};

/* Invitations to a file whose context is another one (p2p_context()). */
static const struct {
    const char *kind;
    guint code;
} contexts[] = {
    {"short-context", 500}, {"tiny", 500}, {"bad-base64", 500}, {"background", 0}, {"v9", 0},
};

/* Headers, and a bit of data. What is 0 in identifier and ack_id is filled in. */
static const struct {
    const char *kind;
    p2p_header h;
} headers[] = {
    {"length-over-total", {.total = 10, .length = 100}},
    {"offset-over-total", {.offset = 100, .total = 101, .length = 100}},
    {"offset-huge", {.offset = G_MAXUINT64 - 9, .total = 100, .length = 100}},
    {"total-huge", {.total = G_GUINT64_CONSTANT(1) << 63, .length = 100}},
    {"total-too-much", {.total = 200000, .length = 100}},
    {"endless", {.total = 100000, .length = 100}},
    {"middle", {.offset = 1202, .total = 1302, .length = 100}},
    {"unopened", {.session = 4711, .total = 100, .length = 100, .flags = P2P_FILE_DATA}},
    {"unopened-huge",
     {.session = 4711,
      .offset = G_MAXUINT64 - 99,
      .total = G_MAXUINT64,
      .length = 100,
      .flags = P2P_FILE_DATA}},
    {"ack-of-nothing", {.total = 100, .flags = P2P_ACK, .ack_id = 17, .ack_uid = 4, .ack_size = 9}},
    {"nak-of-nothing", {.session = 4711, .flags = P2P_NAK, .ack_id = 17, .ack_size = 9}},
    {"ended-nothing", {.session = 4711, .flags = P2P_ENDED, .ack_id = 17}},
    {"reset-nothing", {.session = 4711, .flags = P2P_RESET, .ack_id = 17}},
    {"waiting", {.total = 100, .length = 100, .flags = 0x04}},
    {"fault", {.flags = 0x08}},
    {"handshake", {.total = 16, .length = 16, .flags = 0x100}},
    {"all-flags", {.total = 100, .length = 100, .flags = G_MAXUINT32}},
};

/* Takes the text; `must_ack`: else nobody knows. */
static void send_text(p2p_peer *p, GString *text, gboolean must_ack)
{
    p2p_say_slp(p, text, must_ack ? OWES_ACK : MAY_ACK);
}

/* An invitation without the line that begins so (NULL: with all of them). */
static void invite_to(p2p_peer *p, const char *type, const char *body, const char *lacks,
                      guint code)
{
    g_autofree char *call = p2p_guid();
    g_autofree char *branch = p2p_guid();
    GString *text = p2p_slp(p, "INVITE ", branch, 0, call, type, body);
    g_autofree char *line = lacks ? g_strdup_printf("\r\n%s: ", lacks) : NULL;
    char *found = line ? strstr(text->str, line) : NULL;

    if (found) {
        gsize at = (gsize)(found - text->str);

        g_string_erase(text, (gssize)at, (gssize)(2 + strcspn(found + 2, "\r")));
    }
    p2p_ask(p, call, branch, code);
    send_text(p, text, !lacks);
}

static char *body_of(const char *guid, guint app, const char *context)
{
    return g_strdup_printf("EUF-GUID: %s\r\nSessionID: %u\r\nAppID: %u\r\nContext: %s\r\n\r\n",
                           guid, 100 + (g_random_int() >> 2), app, context);
}

static void invite_to_file(p2p_peer *p, const char *context, const char *lacks, guint code)
{
    g_autofree char *encoded = p2p_context(context, "a.txt", 100);
    g_autofree char *body = body_of(P2P_FILE_GUID, 2, encoded);

    invite_to(p, SESSIONBODY, body, lacks, code);
}

static gboolean send_invitation(p2p_peer *p, const char *kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(invitations); i++)
        if (g_str_equal(kind, invitations[i].kind)) {
            g_autofree char *body =
                body_of(invitations[i].guid, invitations[i].app, "ezAwMDB9AA==");

            invite_to(p, SESSIONBODY, body, NULL, 603);
            return TRUE;
        }
    for (guint i = 0; i < G_N_ELEMENTS(contexts); i++)
        if (g_str_equal(kind, contexts[i].kind)) {
            invite_to_file(p, kind, NULL, contexts[i].code);
            return TRUE;
        }
    return FALSE;
}

static gboolean send_header(p2p_peer *p, const char *kind)
{
    static const char data[200] = "INVITE MSNMSGR:somebody MSNSLP/1.0\r\n";

    for (guint i = 0; i < G_N_ELEMENTS(headers); i++)
        if (g_str_equal(kind, headers[i].kind)) {
            p2p_header h = headers[i].h;

            h.identifier = p2p_next(p);
            h.ack_id = h.ack_id ? h.ack_id : h.identifier;
            p2p_put(p, &h, data);
            return TRUE;
        }
    return FALSE;
}

/* Those that are made in a way of their own. */

static void send_ink(p2p_peer *p)
{
    p2p_say(p, 64, 0, "i\0n\0k\0\0", 8, OWES_ACK);
}

static void send_no_slp(p2p_peer *p)
{
    send_text(p, g_string_new("Hello, this is no SLP."), TRUE);
}

static void send_other_type(p2p_peer *p)
{
    invite_to(p, "application/x-something", "Something: else\r\n\r\n", NULL, 500);
}

/* From somebody else than who sends it. */
static void send_forged(p2p_peer *p)
{
    g_autofree char *context = p2p_context("v2", "forged.txt", 100);
    g_autofree char *body = body_of(P2P_FILE_GUID, 2, context);
    GString *text = p2p_slp(p, "INVITE ", "{1}", 0, "{2}", SESSIONBODY, body);
    g_auto(GStrv) parts = NULL;
    g_autofree char *from = g_strdup_printf("From: <msnmsgr:%s>", person_address(p->svc, p->robot));

    parts = g_strsplit(text->str, from, 2);
    g_string_printf(text, "%sFrom: <msnmsgr:mallory@example.com>%s", parts[0], parts[1]);
    send_text(p, text, FALSE);
}

/* One byte less than a header has. */
static void send_short(p2p_peer *p)
{
    g_autofree char *head = g_strdup_printf("P2P-Dest: %s\r\n", person_address(p->svc, p->client));
    p2p_header h = {.identifier = 1, .ack_id = 1};
    GString *payload = p2p_write(head, &h, NULL);

    board_say(p2p_place(p), p->robot, payload->str, payload->len - 5);
    g_string_free(payload, TRUE);
}

/* The second piece repeats a byte of the first, leaves one out, or is of another whole. */
static void send_pieces(p2p_peer *p, guint64 offset, guint64 total)
{
    char data[200] = "INVITE MSNMSGR:somebody MSNSLP/1.0\r\n";
    p2p_header h = {.identifier = p2p_next(p), .total = 200, .length = 100, .ack_id = 1};

    p2p_put(p, &h, data);
    h.offset = offset;
    h.total = total;
    p2p_put(p, &h, data + 100);
}

static void send_overlap(p2p_peer *p)
{
    send_pieces(p, 99, 199);
}

static void send_gap(p2p_peer *p)
{
    send_pieces(p, 101, 201);
}

static void send_two_totals(p2p_peer *p)
{
    send_pieces(p, 100, 100 + 100 + 1);
}

static const struct {
    const char *kind;
    void (*send)(p2p_peer *p);
} others[] = {
    {"ink", send_ink},       {"no-slp", send_no_slp},         {"other-type", send_other_type},
    {"forged", send_forged}, {"short", send_short},           {"overlap", send_overlap},
    {"gap", send_gap},       {"two-totals", send_two_totals},
};

static gboolean send_kind(p2p_peer *p, const char *kind)
{
    if (g_str_has_prefix(kind, "lacks-")) {
        invite_to_file(p, "v2", kind + strlen("lacks-"), 0);
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        if (g_str_equal(kind, others[i].kind)) {
            others[i].send(p);
            return TRUE;
        }
    return send_header(p, kind) || send_invitation(p, kind);
}

gboolean service_robot_p2p(service *self, const char *address, const char *who, const char *kind)
{
    const person *speaker = person_find(self, address);
    const person *client = person_find(self, who);
    p2p_peer *p;

    if (!robot_find(self, speaker) || !client)
        return FALSE;
    p = p2p_peer_get(self, speaker, client);
    return send_kind(p, kind);
}
