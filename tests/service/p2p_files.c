/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What robots do with files by MSNP2P, each in the way of one of the clients of its time.
 */
#include <string.h>

#include "knobs.h"
#include "p2p.h"
#include "robots.h"

#define BATCH       16 /* messages of data at once */
#define QUEUE       8  /* messages that wait on the way to the client */
#define PATIENCE_MS 50 /* between two looks whether the client is there again */
#define SESSIONBODY "application/x-msnmsgr-sessionreqbody"
#define REQBODY     "application/x-msnmsgr-transreqbody"
#define RESPBODY    "application/x-msnmsgr-transrespbody"
#define CLOSEBODY   "application/x-msnmsgr-sessionclosebody"

static const char *knob(const service *svc, const char *name)
{
    return knob_get(svc, name);
}

/* Files */

gboolean p2p_speaks(const service *svc, const person *speaker)
{
    return speaker->client_id >> 28 || knob_on(svc, "p2p-always");
}

void p2p_file_free(p2p_file *pf)
{
    if (!pf)
        return;
    g_free(pf->branch);
    g_free(pf);
}

static p2p_peer *peer_of(const file *f)
{
    return p2p_peer_get(f->svc, f->robot, f->client);
}

static file *make_file(p2p_peer *p, const char *name, guint64 size)
{
    file *f = file_new(p->board, p->robot, p->client, name);

    f->shown.size = size;
    f->p2p = g_new0(p2p_file, 1);
    return f;
}

/* By Call-ID, or by SessionID: the newest one. */
file *p2p_file_find(const p2p_peer *p, const char *call, guint32 session)
{
    for (guint i = p->svc->files->len; i > 0; i--) {
        file *f = g_ptr_array_index(p->svc->files, i - 1);

        if (f->p2p && f->robot == p->robot && f->client == p->client &&
            (call ? g_str_equal(f->cookie, call) : f->p2p->session == session))
            return f;
    }
    return NULL;
}

/* A request about a file, to which an answer is expected. */
static guint32 request_about(file *f, const char *method, const char *type, const char *body)
{
    p2p_peer *p = peer_of(f);

    g_free(f->p2p->branch);
    f->p2p->branch = p2p_guid();
    return p2p_say_slp(p, p2p_slp(p, method, f->p2p->branch, 0, f->cookie, type, body), OWES_ACK);
}

static void say_bye(file *f)
{
    request_about(f, "BYE ", CLOSEBODY, "\r\n");
}

/* The answer to the client's request; "603" may also withdraw the robot's own one. */
static void answer_about(file *f, const char *status)
{
    p2p_peer *p = peer_of(f);
    g_autofree char *body = g_strdup_printf("SessionID: %u\r\n\r\n", f->p2p->session);

    p2p_say_slp(p, p2p_slp(p, status, f->p2p->branch, 1, f->cookie, SESSIONBODY, body), OWES_ACK);
}

void p2p_cancel(file *f)
{
    const char *manner = knob(f->svc, "p2p-cancel");
    p2p_peer *p = peer_of(f);
    p2p_header h = {.session = f->p2p->session, .ack_id = f->p2p->data};

    if (f->shown.state >= SERVICE_FILE_DONE)
        return;
    if (g_strcmp0(manner, "603") == 0 ||
        (f->shown.state == SERVICE_FILE_OFFERED && !f->shown.sending))
        answer_about(f, "603 Decline");
    else
        say_bye(f);
    if (g_strcmp0(manner, "flags") == 0) {
        h.identifier = p2p_next(p);
        h.flags = f->shown.sending ? P2P_ENDED : P2P_RESET;
        h.ack_id = f->shown.sending ? h.identifier - 2 : f->p2p->data;
        p2p_put(p, &h, NULL);
    }
    f->p2p->next = WAITS_NOTHING;
    file_ended(f, SERVICE_FILE_FAILED, "the robot cancels");
}

/* The end for the speaker, without a word. */
static void give_up(file *f, const char *why)
{
    f->p2p->deaf = TRUE;
    g_hash_table_remove(peer_of(f)->owed, GUINT_TO_POINTER(f->p2p->data));
    f->p2p->next = WAITS_NOTHING;
    file_ended(f, SERVICE_FILE_FAILED, why);
}

/* Whether something is to happen now, at this byte; FALSE if the transfer goes on as if not. */
static gboolean act(file *f)
{
    const char *what = knob(f->svc, "p2p-then");
    const char *third = knob(f->svc, "p2p-third");
    p2p_peer *p = peer_of(f);

    if (!what || f->p2p->acted || f->shown.moved < knob_number(f->svc, "p2p-at", 0))
        return FALSE;
    f->p2p->acted = TRUE;
    file_log(f, "now: %s", what);
    if (g_str_equal(what, "cancel"))
        p2p_cancel(f);
    else if (g_str_equal(what, "close") && p->board)
        board_close(p->board);
    else if (g_str_equal(what, "leave") && p->board)
        board_leave(p->board, p->robot, NULL, FALSE);
    else if (g_str_equal(what, "third") && third)
        invite(p2p_place(p), (person *)p->robot, person_get(f->svc, third), NULL, 0);
    else if (g_str_equal(what, "stop"))
        f->p2p->next = WAITS_NOTHING;
    if (knob_on(f->svc, "p2p-gives-up") && !p2p_has_place(p))
        give_up(f, "the robot has left, or was left alone");
    return TRUE;
}

/* Sending */

static guint64 context_size(const file *f)
{
    const char *size = knob(f->svc, "p2p-size");

    return size ? g_ascii_strtoull(size, NULL, 10) : f->shown.size;
}

static void put_le(guchar *at, guint64 number, guint n)
{
    for (; n > 0; n--, number >>= 8)
        *at++ = (guchar)(number & 0xff);
}

/* Base64 of `length` bytes, in the way that is wanted. */
static char *encode(const char *kind, const guchar *bytes, gsize length)
{
    char *text = g_base64_encode(bytes, length);
    char *end = strchr(text, '=');

    if (g_str_equal(kind, "unpadded") && end)
        *end = '\0';
    if (g_str_equal(kind, "bad-base64"))
        text[100] = '!';
    return text;
}

char *p2p_context(const char *kind, const char *name, guint64 size)
{
    static const char preview[] = "\x89PNG\r\n\x1a\n and so on";
    static const struct {
        const char *kind;
        guint version, says, is;
    } kinds[] = {{"v3", 3, 638, 638},
                 {"v3-637", 3, 637, 637},
                 {"preview", 2, 574, 574},
                 {"short-context", 2, 574, 573},
                 {"tiny", 2, 574, 19},
                 {"v9", 9, 574, 574},
                 {"says-much", 2, G_MAXUINT32, 574}};
    guint version = 2, says = 574, is = 574;
    guchar bytes[700] = {0};
    glong units = 0;
    g_autofree gunichar2 *wide = g_utf8_to_utf16(name, -1, NULL, &units, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kind, kinds[i].kind)) {
            version = kinds[i].version;
            says = kinds[i].says;
            is = kinds[i].is;
        }
    put_le(bytes, says, 4);
    put_le(bytes + 4, version, 4);
    put_le(bytes + 8, size, 8);
    put_le(bytes + 16,
           g_str_equal(kind, "preview")      ? 0
           : g_str_equal(kind, "background") ? 4
                                             : 1,
           4);
    for (glong i = 0; i < MIN(units, 275); i++)
        put_le(bytes + 20 + 2 * i, wide[i], 2);
    put_le(bytes + 570, g_str_equal(kind, "background") ? 0xfffffffe : 0xffffffff, 4);
    if (g_str_equal(kind, "preview")) {
        memcpy(bytes + is, preview, sizeof preview - 1);
        is += sizeof preview - 1;
    }
    return encode(kind, bytes, is);
}

/* One piece; those that are wrong are not counted. */
static void put_data(file *f, guint64 offset, guint length, guint64 total)
{
    const char *flags = knob(f->svc, "p2p-flags");
    const char *bytes = g_bytes_get_data(f->content, NULL);
    p2p_peer *p = peer_of(f);
    p2p_header h = {.session = f->p2p->session,
                    .identifier = f->p2p->data,
                    .offset = offset,
                    .total = total,
                    .length = length,
                    .flags = flags ? (guint32)g_ascii_strtoull(flags, NULL, 16) : P2P_FILE_DATA,
                    .ack_id = g_random_int() | 1,
                    .footer = knob_number(f->svc, "p2p-footer", 2)};
    gboolean inside = offset <= f->shown.size && length <= f->shown.size - offset;

    if (inside && offset + length == f->shown.size)
        p2p_owe(p, &h, OWES_ACK);
    p2p_put(p, &h, bytes ? bytes + (inside ? offset : 0) : NULL);
}

void p2p_offer(board *b, const person *speaker, const person *client, const char *name,
               GBytes *content)
{
    const char *kind = knob(b->svc, "p2p-context");
    p2p_peer *p = p2p_peer_get(b->svc, speaker, client);
    file *f;
    g_autofree char *context = NULL;
    g_autofree char *body = NULL;

    p2p_move_to(p, b);
    f = make_file(p, name, g_bytes_get_size(content));
    f->cookie = p2p_guid();
    f->content = g_bytes_ref(content);
    f->shown.sending = TRUE;
    f->p2p->session = 100 + (g_random_int() >> 2);
    context = p2p_context(kind ? kind : "v2", name, context_size(f));
    body = g_strdup_printf("EUF-GUID: " P2P_FILE_GUID "\r\nSessionID: %u\r\nAppID: 2\r\n"
                           "Context: %s\r\n\r\n",
                           f->p2p->session, context);
    request_about(f, "INVITE ", SESSIONBODY, body);
    f->p2p->data = p2p_next(p);
    if (knob_on(f->svc, "p2p-early"))
        put_data(f, 0, (guint)MIN(f->shown.size / 2, P2P_PIECE), f->shown.size);
}

static void ask_for_transport(file *f)
{
    gboolean hashed = !p2p_knob_is(f->svc, "p2p-transport", "plain");

    f->p2p->next = WAITS_TRANSPORT;
    request_about(f, "INVITE ", REQBODY,
                  hashed ? "Bridges: TRUDPv1 TCPv1\r\nNetID: -873796291\r\n"
                           "Conn-Type: IP-Restrict-NAT\r\nUPnPNat: false\r\nICF: false\r\n"
                           "Hashed-Nonce: {2B73406F-5B9F-4C9B-9F0C-2F0D3C1C6E11}\r\n\r\n"
                         : "Bridges: TCPv1\r\nNetID: 0\r\nConn-Type: Firewall\r\n"
                           "UPnPNat: false\r\nICF: false\r\n\r\n");
}

/* Where the robot says that it listens, and nobody comes. */
static void ask_again(file *f)
{
    f->p2p->next = WAITS_SECOND;
    f->p2p->second =
        request_about(f, "INVITE ", RESPBODY,
                      "Bridge: TCPv1\r\nListening: true\r\n"
                      "Hashed-Nonce: {2B73406F-5B9F-4C9B-9F0C-2F0D3C1C6E11}\r\n"
                      "IPv4External-Addrs: 203.0.113.7\r\nIPv4External-Port: 6891\r\n"
                      "IPv4Internal-Addrs: 192.0.2.1\r\nIPv4Internal-Port: 6891\r\n\r\n");
}

static void ask_for_ack(p2p_peer *p)
{
    g_autofree char *call = p2p_guid();
    g_autofree char *branch = p2p_guid();

    p2p_say_slp(p,
                p2p_slp(p, "ACK ", branch, 0, call, "application/x-msnmsgr-transdestaddrupdate",
                        "IPv4ExternalAddrsAndPorts: 203.0.113.7:6891\r\n\r\n"),
                OWES_ACK);
}

static void pump_later(file *f, guint ms);

static void begin_sending(file *f)
{
    p2p_peer *p = peer_of(f);

    if (knob_on(f->svc, "p2p-ack-request"))
        ask_for_ack(p);
    if (knob_on(f->svc, "p2p-prepare"))
        p2p_say(p, f->p2p->session, 0, "\0\0\0\0", 4, OWES_ACK);
    f->p2p->next = MOVES;
    pump_later(f, 0);
}

/* What is wrong with the data at this byte, as p2p-then names it. */
static void send_wrong(file *f)
{
    const char *what = knob(f->svc, "p2p-then");
    guint length = (guint)MIN(100, f->shown.size);

    if (g_str_equal(what, "gap"))
        f->shown.moved += MIN(100, f->shown.size - 1 - f->shown.moved);
    else if (g_str_equal(what, "repeat"))
        put_data(f, f->shown.moved - MIN(f->shown.moved, 50), length, f->shown.size);
    else if (g_str_equal(what, "beyond"))
        put_data(f, G_MAXUINT64 - 10, length, f->shown.size);
    else if (g_str_equal(what, "longer"))
        put_data(f, f->shown.size - 1, length, f->shown.size);
    else if (g_str_equal(what, "other-total"))
        put_data(f, f->shown.moved, length, f->shown.size + 1000);
}

static void all_sent(file *f)
{
    p2p_peer *p = peer_of(f);
    p2p_header h = {.session = f->p2p->session,
                    .identifier = f->p2p->data,
                    .offset = f->shown.size,
                    .flags = P2P_FILE_DATA,
                    .ack_id = 1,
                    .footer = 2};

    if (knob_on(f->svc, "p2p-extra"))
        p2p_put(p, &h, NULL);
    if (p2p_knob_is(f->svc, "p2p-bye", "early"))
        say_bye(f);
}

static void put_next(file *f)
{
    guint at = knob_number(f->svc, "p2p-at", 0);
    guint64 length =
        MIN(knob_number(f->svc, "p2p-chunk", P2P_PIECE), f->shown.size - f->shown.moved);

    if (knob(f->svc, "p2p-then") && !f->p2p->acted && at > f->shown.moved)
        length = MIN(length, at - f->shown.moved);
    if (act(f)) {
        if (f->p2p->next == MOVES)
            send_wrong(f);
        return;
    }
    f->shown.moved += length;
    f->shown.state = SERVICE_FILE_MOVING;
    if (f->shown.moved == f->shown.size)
        f->p2p->next = WAITS_END;
    put_data(f, f->shown.moved - length, (guint)length, f->shown.size);
    if (f->shown.moved == f->shown.size)
        all_sent(f);
}

/* Is there a client that can take more? */
static gboolean is_ready(const p2p_peer *p)
{
    for (guint i = 0; p->board && i < p->board->members->len; i++) {
        const member *m = g_ptr_array_index(p->board->members, i);

        if (m->person == p->client)
            return !m->conn || m->conn->out.length < QUEUE;
    }
    return FALSE;
}

static void pump(gpointer data)
{
    file *f = data;
    p2p_peer *p = peer_of(f);
    guint slow = knob_number(f->svc, "p2p-slow", 0);

    f->p2p->pumping = FALSE;
    if (f->p2p->next != MOVES)
        return;
    if (!p2p_has_place(p) && knob_on(f->svc, "p2p-gives-up")) {
        give_up(f, "the robot was left alone");
        return;
    }
    p2p_place(p);
    for (guint i = 0; i < (slow ? 1 : BATCH) && f->p2p->next == MOVES && is_ready(p); i++) {
        put_next(f);
    }
    if (f->p2p->next == MOVES)
        pump_later(f, is_ready(p) ? slow : PATIENCE_MS);
}

static void pump_later(file *f, guint ms)
{
    if (!f->p2p->pumping)
        later(f->svc, ms, pump, f, NULL);
    f->p2p->pumping = TRUE;
}

static void on_data_acked(file *f)
{
    p2p_peer *p = peer_of(f);

    if (f->p2p->next != WAITS_END) {
        p2p_bad(p, "the data is acknowledged before its end");
        return;
    }
    f->p2p->next = WAITS_NOTHING;
    file_ended(f, SERVICE_FILE_DONE, "all of it was taken");
    if (!knob(f->svc, "p2p-bye") || p2p_knob_is(f->svc, "p2p-bye", "receiver"))
        say_bye(f);
    if (knob_on(f->svc, "p2p-leave") && p->board)
        board_leave(p->board, p->robot, NULL, FALSE);
}

void p2p_file_acked(file *f, guint32 identifier)
{
    if (f->p2p->next == WAITS_SECOND && f->p2p->second == identifier)
        begin_sending(f);
    else if (f->p2p->data == identifier && f->p2p->next != WAITS_NOTHING)
        on_data_acked(f);
}

void p2p_file_nak(p2p_peer *p, const p2p_header *h)
{
    file *f = p2p_file_find(p, NULL, h->session);

    if (!f || !f->shown.sending || !f->p2p->data || h->ack_id != f->p2p->data ||
        h->total != f->shown.size || h->ack_size > f->shown.moved) {
        p2p_bad(p, "a NAK for nothing");
        return;
    }
    file_log(f, "back to %" G_GUINT64_FORMAT, h->ack_size);
    if (f->p2p->next != MOVES && f->p2p->next != WAITS_END)
        return;
    g_hash_table_remove(p->owed, GUINT_TO_POINTER(f->p2p->data));
    f->shown.moved = h->ack_size;
    f->p2p->next = MOVES;
    pump_later(f, 0);
}

/* The client's answers */

static void on_accepted(file *f)
{
    f->shown.state = SERVICE_FILE_ACCEPTED;
    if (knob_on(f->svc, "p2p-transport"))
        ask_for_transport(f);
    else
        begin_sending(f);
}

static void on_transport_answer(file *f, guint code, const char *text)
{
    g_autofree char *listening = p2p_field(text, "Listening");
    const char *nonce =
        p2p_knob_is(f->svc, "p2p-transport", "plain") ? "\r\nNonce: " : "\r\nHashed-Nonce: ";

    if (code != 200 || !g_str_equal(listening, "false") || !strstr(text, nonce)) {
        p2p_bad(peer_of(f), "a direct connection is refused in another way");
        p2p_cancel(f);
    } else if (p2p_knob_is(f->svc, "p2p-transport", "second")) {
        ask_again(f);
    } else {
        begin_sending(f);
    }
}

void p2p_file_answered(file *f, guint code, const char *text)
{
    g_autofree char *why = g_strdup_printf("answered %u", code);

    if (f->shown.state >= SERVICE_FILE_DONE)
        return;
    if (f->p2p->next == WAITS_TRANSPORT)
        on_transport_answer(f, code, text);
    else if (f->p2p->next == WAITS_ANSWER && code == 200)
        on_accepted(f);
    else if (code != 200)
        give_up(f, why);
    else
        p2p_bad(peer_of(f), "a second answer");
}

/* Taking */

static const char *status_text(guint code)
{
    return code == 200   ? "200 OK"
           : code == 603 ? "603 DECLINE"
           : code == 500 ? "500 Internal Error"
                         : "480 Temporarily Unavailable";
}

static void got_all(file *f)
{
    p2p_peer *p = peer_of(f);

    f->p2p->next = WAITS_NOTHING;
    file_ended(f, SERVICE_FILE_DONE, "all of it arrived");
    if (f->p2p->data)
        p2p_acknowledge(p, &f->p2p->last, "data");
    if (p2p_knob_is(f->svc, "p2p-bye", "receiver"))
        say_bye(f);
    if (knob_on(f->svc, "p2p-leave") && p->board)
        board_leave(p->board, p->robot, NULL, FALSE);
}

static void decide(gpointer data)
{
    file *f = data;
    guint code = knob_number(f->svc, "p2p-answer", 200);

    if (!code || f->shown.state != SERVICE_FILE_OFFERED)
        return;
    if (code == 200) {
        f->shown.state = SERVICE_FILE_ACCEPTED;
        f->p2p->next = MOVES;
    }
    answer_about(f, status_text(code));
    if (code != 200)
        give_up(f, "the robot declines");
    else
        act(f);
}

void p2p_file_invited(p2p_peer *p, const char *text)
{
    g_autofree char *call = p2p_field(text, "Call-ID");
    g_autofree char *via = p2p_field(text, "Via");
    g_autofree char *session = p2p_field(text, "SessionID");
    g_autofree char *context = p2p_field(text, "Context");
    gsize length = 0;
    g_autofree guchar *bytes = g_base64_decode(context, &length);
    g_autofree gunichar2 *wide = g_new0(gunichar2, 261);
    g_autofree char *name = NULL;
    guint64 size = 0;
    file *f;

    if (p2p_file_find(p, call, 0) || length < 574) {
        p2p_bad(p, "the same invitation again, or one without its context");
        return;
    }
    for (guint i = 0; i < 8; i++)
        size |= (guint64)bytes[8 + i] << 8 * i;
    for (guint i = 0; i < 260; i++)
        wide[i] = (gunichar2)(bytes[20 + 2 * i] | bytes[21 + 2 * i] << 8);
    name = g_utf16_to_utf8(wide, -1, NULL, NULL, NULL);
    if (!name)
        p2p_bad(p, "the name of a file is not UTF-16");
    f = make_file(p, name ? name : "", size);
    f->sum = g_checksum_new(G_CHECKSUM_SHA256);
    f->cookie = g_steal_pointer(&call);
    f->p2p->branch = g_strdup(strchr(via, '{') ? strchr(via, '{') : "");
    f->p2p->session = (guint32)g_ascii_strtoull(session, NULL, 10);
    later(f->svc, knob_number(f->svc, "p2p-wait", 0), decide, f, NULL);
}

/* Asks for what comes next, once, and takes nothing else. */
static void ask_for_next(file *f)
{
    p2p_peer *p = peer_of(f);
    p2p_header h = {.session = f->p2p->session,
                    .total = f->shown.size,
                    .flags = P2P_NAK,
                    .ack_id = f->p2p->data,
                    .ack_uid = f->p2p->last.ack_id,
                    .ack_size = f->shown.moved};

    f->p2p->discards = TRUE;
    h.identifier = p2p_next(p);
    p2p_put(p, &h, NULL);
}

static void append(file *f, const char *data, gsize length)
{
    g_checksum_update(f->sum, (const guchar *)data, (gssize)length);
    f->shown.moved += length;
    f->shown.state = SERVICE_FILE_MOVING;
}

static void take_data(file *f, const p2p_header *h, const char *data)
{
    gboolean blind = knob_on(f->svc, "p2p-blind");
    guint64 known = blind ? 0 : f->shown.moved - MIN(f->shown.moved, h->offset);

    if (h->offset > f->shown.moved && !blind) {
        if (!f->p2p->discards)
            ask_for_next(f);
        return;
    }
    if (p2p_knob_is(f->svc, "p2p-then", "nak") && !f->p2p->acted &&
        h->offset + h->length > knob_number(f->svc, "p2p-at", 0)) {
        f->p2p->acted = TRUE;
        ask_for_next(f);
        return;
    }
    f->p2p->discards = FALSE;
    if (known < h->length)
        append(f, data + known, h->length - known);
    if (!(act(f) && f->p2p->next != MOVES) && f->shown.moved >= f->shown.size)
        got_all(f);
}

void p2p_file_data(p2p_peer *p, const p2p_header *h, const char *data)
{
    file *f = p2p_file_find(p, NULL, h->session);

    if (!f || f->shown.sending || f->shown.state == SERVICE_FILE_OFFERED) {
        p2p_bad(p, "data of a session that is not there, or not yet accepted");
        return;
    }
    if (f->p2p->next != MOVES)
        return;
    if (h->total != f->shown.size)
        p2p_bad(p, "data of another size than the invitation said");
    if (f->p2p->data && f->p2p->data != h->identifier)
        p2p_bad(p, "data with more than one identifier");
    f->p2p->data = h->identifier;
    f->p2p->last = *h;
    take_data(f, h, data);
}
