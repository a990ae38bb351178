/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What robots say and hear of MSNP2P, each in the way of one of the clients of its time.
 */
#include "p2p.h"

#include <string.h>

#include "knobs.h"
#include "robots.h"

typedef struct {
    guint32 ack_id;
    guint64 total;
    gboolean must; /* else it may be acknowledged, or not */
} owing;

typedef struct {
    char *branch;
    guint code; /* expected; 0: any, or none */
    gboolean answered;
} question;

static const char *knob(const service *svc, const char *name)
{
    return knob_get(svc, name);
}

gboolean p2p_knob_is(const service *svc, const char *name, const char *value)
{
    return g_strcmp0(knob_get(svc, name), value) == 0;
}

/* Is this word in the list that a knob holds? */
static gboolean knob_has(const service *svc, const char *name, const char *word)
{
    g_auto(GStrv) words = g_strsplit(knob(svc, name) ? knob(svc, name) : "", ",", -1);

    return g_strv_contains((const char *const *)words, word);
}

/* Peers */

static void question_free(gpointer data)
{
    question *q = data;

    g_free(q->branch);
    g_free(q);
}

static void text_free(gpointer data)
{
    g_string_free(data, TRUE);
}

void p2p_peer_free(gpointer data)
{
    p2p_peer *p = data;

    board_unref(p->board);
    g_hash_table_unref(p->owed);
    g_hash_table_unref(p->asked);
    g_hash_table_unref(p->open);
    g_free(p);
}

p2p_peer *p2p_peer_get(service *svc, const person *speaker, const person *client)
{
    p2p_peer *p;

    for (guint i = 0; i < svc->p2p_peers->len; i++) {
        p = g_ptr_array_index(svc->p2p_peers, i);
        if (p->robot == speaker && p->client == client)
            return p;
    }
    p = g_new0(p2p_peer, 1);
    p->svc = svc;
    p->robot = speaker;
    p->client = client;
    p->identifier = g_random_int() >> 1;
    p->owed = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    p->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, question_free);
    p->open = g_hash_table_new_full(NULL, NULL, NULL, text_free);
    g_ptr_array_add(svc->p2p_peers, p);
    return p;
}

void p2p_bad(const p2p_peer *p, const char *format, ...)
{
    g_autofree char *why = NULL;
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    why = g_strdup_vprintf(format, args);
    va_end(args);
    text = g_strconcat("bad: ", why, NULL);
    log_event(p->svc, SERVICE_N_ROLES, text);
}

char *p2p_guid(void)
{
    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *upper = g_ascii_strup(uuid, -1);

    return g_strconcat("{", upper, "}", NULL);
}

/* Saying */

void p2p_move_to(p2p_peer *p, board *b)
{
    board_ref(b);
    board_unref(p->board);
    p->board = b;
}

static void move_to_new(p2p_peer *p)
{
    board *b = board_new(p->svc);

    p2p_move_to(p, b);
    board_join(b, (person *)p->robot, NULL);
    invite(b, (person *)p->robot, (person *)p->client, NULL, 0);
    board_unref(b);
}

/* Alone in a board a robot waits for whom it has called. */
gboolean p2p_has_place(const p2p_peer *p)
{
    return p->board && board_has(p->board, p->robot) &&
           (board_has(p->board, p->client) || p->board->members->len == 1);
}

board *p2p_place(p2p_peer *p)
{
    if (!p2p_has_place(p))
        move_to_new(p);
    return p->board;
}

/* In the numbering of old clients the message after the first one goes back by three. */
guint32 p2p_next(p2p_peer *p)
{
    gboolean jumps = knob_on(p->svc, "p2p-old-identifiers") && (p->n_said == 1 || p->n_said == 4);

    p->n_said++;
    p->identifier += jumps ? (p->n_said == 2 ? (guint32)-3 : 2) : 1;
    return p->identifier;
}

static char *make_head(const p2p_peer *p)
{
    const char *kind = knob(p->svc, "p2p-dest");
    const char *address = person_address(p->svc, p->client);
    g_autofree char *other = NULL;

    if (!kind)
        return g_strdup_printf("P2P-Dest: %s\r\n", address);
    if (g_str_equal(kind, "none"))
        return g_strdup("");
    if (g_str_equal(kind, "other"))
        return g_strdup("P2P-Dest: somebody.else@example.com\r\n");
    if (g_str_equal(kind, "guid"))
        return g_strdup_printf("P2P-Dest: %s;{9D1E5D23-4C2A-4E0B-8C55-21B1E1D3A9F0}\r\n", address);
    if (g_str_equal(kind, "source"))
        return g_strdup_printf("P2P-Dest: %s\r\nP2P-Src: %s;{9D1E5D23-4C2A-4E0B-8C55-21B1E1D3A9F0}"
                               "\r\n",
                               address, person_address(p->svc, p->robot));
    other = g_ascii_strup(address, -1);
    return g_strdup_printf("p2p-DEST: %s\r\n", other);
}

void p2p_put(p2p_peer *p, const p2p_header *h, const char *data)
{
    g_autofree char *head = make_head(p);
    GString *payload = p2p_write(head, h, data);

    board_say(p2p_place(p), p->robot, payload->str, payload->len);
    g_string_free(payload, TRUE);
}

/* This waits for its P2P-ACK. */
void p2p_owe(p2p_peer *p, const p2p_header *h, p2p_debt debt)
{
    owing *o = g_new0(owing, 1);

    o->ack_id = h->ack_id;
    o->total = h->total;
    o->must = debt == OWES_ACK;
    g_hash_table_replace(p->owed, GUINT_TO_POINTER(h->identifier), o);
}

guint32 p2p_say(p2p_peer *p, guint32 session, guint32 flags, const char *bytes, gsize length,
                p2p_debt debt)
{
    guint piece = knob_number(p->svc, "p2p-piece", P2P_PIECE);
    p2p_header h = {.session = session,
                    .identifier = p2p_next(p),
                    .total = length,
                    .flags = flags,
                    .footer = knob_number(p->svc, "p2p-footer", 0)};

    do {
        h.length = (guint32)MIN(piece, length - h.offset);
        h.ack_id = g_random_int() | 1;
        if (debt != OWES_NOTHING)
            p2p_owe(p, &h, debt);
        p2p_put(p, &h, bytes + h.offset);
        h.offset += h.length;
    } while (h.offset < length);
    return h.identifier;
}

/* `what` as the knob p2p-no-ack names it. */
void p2p_acknowledge(p2p_peer *p, const p2p_header *of, const char *what)
{
    gboolean ended = g_str_equal(what, "bye") && knob_on(p->svc, "p2p-bye-ended");
    p2p_header h = {.session = of->session,
                    .total = of->total,
                    .flags = ended ? P2P_ENDED : P2P_ACK,
                    .ack_id = of->identifier,
                    .ack_uid = of->ack_id,
                    .ack_size = of->total};

    if (knob_has(p->svc, "p2p-no-ack", what))
        return;
    h.identifier = p2p_next(p);
    p2p_put(p, &h, NULL);
}

/* SLP */

/* Another spelling of the lines between the first one and the body. */
static void spell(GString *headers, const char *manner)
{
    g_auto(GStrv) lines = g_strsplit(headers->str, "\r\n", -1);

    g_string_truncate(headers, 0);
    for (guint i = g_strv_length(lines); i > 0; i--) {
        g_autofree char *name = g_strndup(lines[i - 1], strcspn(lines[i - 1], ":"));
        g_autofree char *other = g_ascii_strdown(name, -1);
        const char *value = lines[i - 1] + strlen(name);

        if (*lines[i - 1])
            g_string_append_printf(headers, "%s%s\r\n",
                                   g_str_equal(manner, "reversed") ? name : other,
                                   g_strchomp((char *)value));
    }
    g_string_append(headers, "SChannelState: 0\r\nCapabilities-Flags: 1\r\n");
}

static void drop_returns(GString *text)
{
    g_auto(GStrv) lines = g_strsplit(text->str, "\r\n", -1);
    g_autofree char *joined = g_strjoinv("\n", lines);

    g_string_assign(text, joined);
}

GString *p2p_slp(const p2p_peer *p, const char *start, const char *branch, guint cseq,
                 const char *call, const char *type, const char *body)
{
    const char *manner = knob(p->svc, "p2p-headers");
    const char *to = person_address(p->svc, p->client);
    const char *from = person_address(p->svc, p->robot);
    GString *headers = g_string_new(NULL);
    GString *text = g_string_new(NULL);

    g_string_append_printf(headers,
                           "To: <msnmsgr:%s>\r\nFrom: <msnmsgr:%s>\r\n"
                           "Via: MSNSLP/1.0/TLP ;branch=%s\r\nCSeq: %u \r\nCall-ID: %s\r\n"
                           "Max-Forwards: 0\r\nContent-Type: %s\r\n",
                           to, from, branch, cseq, call, type);
    g_string_append_printf(headers, "Content-Length: %" G_GSIZE_FORMAT "\r\n", strlen(body) + 1);
    if (manner)
        spell(headers, manner);
    if (g_str_has_suffix(start, " "))
        g_string_append_printf(text, "%sMSNMSGR:%s MSNSLP/1.0\r\n", start,
                               p2p_knob_is(p->svc, "p2p-headers", "reversed") ? from : to);
    else
        g_string_append_printf(text, "MSNSLP/1.0 %s\r\n", start);
    g_string_append_printf(text, "%s\r\n%s", headers->str, body);
    g_string_free(headers, TRUE);
    if (p2p_knob_is(p->svc, "p2p-headers", "bare"))
        drop_returns(text);
    else
        g_string_append_c(text, '\0');
    return text;
}

/* Takes the text. */
guint32 p2p_say_slp(p2p_peer *p, GString *slp, p2p_debt debt)
{
    guint32 flags = knob_on(p->svc, "p2p-new-flags") ? 0x01000000 : 0;
    guint32 identifier;

    if (knob_on(p->svc, "p2p-elsewhere"))
        move_to_new(p);
    identifier = p2p_say(p, 0, flags, slp->str, slp->len, debt);
    g_string_free(slp, TRUE);
    return identifier;
}

void p2p_ask(p2p_peer *p, const char *call, const char *branch, guint code)
{
    question *q = g_new0(question, 1);

    q->branch = g_strdup(branch);
    q->code = code;
    g_hash_table_replace(p->asked, g_strdup(call), q);
}

/* The client's answers */

static void on_answer(p2p_peer *p, const char *text)
{
    g_autofree char *call = p2p_field(text, "Call-ID");
    g_autofree char *via = p2p_field(text, "Via");
    g_autofree char *cseq = p2p_field(text, "CSeq");
    guint code = (guint)g_ascii_strtoull(text + strlen("MSNSLP/1.0 "), NULL, 10);
    file *f = p2p_file_find(p, call, 0);
    question *q = g_hash_table_lookup(p->asked, call);
    const char *branch = f ? f->p2p->branch : q ? q->branch : NULL;

    if (!branch) {
        p2p_bad(p, "an answer to nothing");
        return;
    }
    if (!strstr(via, branch) && !(f && f->shown.state >= SERVICE_FILE_DONE))
        p2p_bad(p, "an answer with another branch than the request");
    if (!g_str_equal(cseq, "1 "))
        p2p_bad(p, "an answer whose CSeq is not the next one");
    if (q && q->answered && code != 603)
        p2p_bad(p, "a second answer");
    if (q && q->code && q->code != code)
        p2p_bad(p, "%u is the answer where %u is right", code, q->code);
    if (q)
        q->answered = TRUE;
    if (f)
        p2p_file_answered(f, code, text);
}

static void on_bye(p2p_peer *p, const p2p_header *h, const char *text)
{
    g_autofree char *call = p2p_field(text, "Call-ID");
    file *f = p2p_file_find(p, call, 0);

    if (f && f->p2p->deaf)
        return;
    p2p_acknowledge(p, h, "bye");
    if (!f) {
        if (!g_hash_table_contains(p->asked, call))
            p2p_bad(p, "BYE to nothing");
        return;
    }
    f->p2p->next = WAITS_NOTHING;
    g_hash_table_remove(p->owed, GUINT_TO_POINTER(f->p2p->data));
    file_ended(f, SERVICE_FILE_FAILED, "BYE");
}

static void on_slp(p2p_peer *p, const p2p_header *h, const GString *whole)
{
    const char *why = p2p_check_slp(person_address(p->svc, p->client),
                                    person_address(p->svc, p->robot), whole->str, whole->len);

    if (why)
        p2p_bad(p, "%s", why);
    if (g_str_has_prefix(whole->str, "BYE ")) {
        on_bye(p, h, whole->str);
    } else if (g_str_has_prefix(whole->str, "INVITE ")) {
        p2p_acknowledge(p, h, "invite");
        p2p_file_invited(p, whole->str);
    } else {
        p2p_acknowledge(p, h, "answer");
        on_answer(p, whole->str);
    }
}

static void join(p2p_peer *p, const p2p_header *h, const char *data)
{
    gpointer key = GUINT_TO_POINTER(h->identifier);
    GString *whole = g_hash_table_lookup(p->open, key);

    if (!whole) {
        whole = g_string_new(NULL);
        g_hash_table_insert(p->open, key, whole);
    }
    if (h->offset != whole->len)
        p2p_bad(p, "a piece of SLP that does not follow the one before");
    g_string_append_len(whole, data, h->length);
    if (whole->len < h->total)
        return;
    g_hash_table_steal(p->open, key);
    on_slp(p, h, whole);
    g_string_free(whole, TRUE);
}

/* Hearing */

static void on_ack(p2p_peer *p, const p2p_header *h)
{
    gpointer key = GUINT_TO_POINTER(h->ack_id);
    const owing *o = g_hash_table_lookup(p->owed, key);

    if (!o) {
        p2p_bad(p, "a P2P-ACK for nothing");
        return;
    }
    if (h->ack_uid != o->ack_id || h->ack_size != o->total)
        p2p_bad(p, "a P2P-ACK of something else");
    g_hash_table_remove(p->owed, key);
    for (guint i = 0; i < p->svc->files->len; i++) {
        file *f = g_ptr_array_index(p->svc->files, i);

        if (f->p2p && f->robot == p->robot && f->client == p->client && f->shown.sending)
            p2p_file_acked(f, h->ack_id);
    }
}

void p2p_hear(board *b, const person *speaker, const person *client, const char *payload,
              gsize length)
{
    p2p_peer *p = p2p_peer_get(b->svc, speaker, client);
    const char *body = g_strstr_len(payload, (gssize)length, "\r\n\r\n");
    g_autofree char *head = body ? g_strndup(payload, (gsize)(body - payload)) : g_strdup("");
    g_autofree char *dest = p2p_field(head, "P2P-Dest");
    p2p_header h;

    /* In a chat everybody gets everything. */
    if (!body || g_ascii_strcasecmp(dest, person_address(b->svc, speaker)) != 0 ||
        !p2p_read(body + 4, length - (gsize)(body + 4 - payload), &h))
        return;
    p2p_move_to(p, b);
    if (h.flags & P2P_DATA)
        p2p_file_data(p, &h, body + 4 + P2P_HEADER);
    else if (h.flags == P2P_ACK)
        on_ack(p, &h);
    else if (h.flags == P2P_NAK)
        p2p_file_nak(p, &h);
    else
        join(p, &h, body + 4 + P2P_HEADER);
}

/* What the test sees */

static gboolean is_open(const question *q)
{
    return q->code && !q->answered;
}

guint service_robot_waits(const service *self, const char *address)
{
    const person *speaker = person_find(self, address);
    guint n = 0;

    for (guint i = 0; i < self->p2p_peers->len; i++) {
        const p2p_peer *p = g_ptr_array_index(self->p2p_peers, i);
        g_autoptr(GList) owed = g_hash_table_get_values(p->owed);
        g_autoptr(GList) asked = g_hash_table_get_values(p->asked);

        for (const GList *l = owed; p->robot == speaker && l; l = l->next)
            n += ((const owing *)l->data)->must;
        for (const GList *l = asked; p->robot == speaker && l; l = l->next)
            n += is_open(l->data);
    }
    return n;
}
