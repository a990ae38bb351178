/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Conversations: who is in which, and who is told what there.
 */
#include <string.h>

#include "names.h"
#include "robots.h"

typedef struct {
    const person *from;
    GString *payload;
} saying;

static void saying_free(gpointer data)
{
    saying *s = data;

    g_string_free(s->payload, TRUE);
    g_free(s);
}

static char *new_id(const service *svc)
{
    const char *kind = knob_get(svc, "sb-ids");
    g_autofree char *digits = NULL;

    if (kind && !g_str_equal(kind, "decimal"))
        return random_text("0123456789ABCDEF", 31);
    digits = random_text("0123456789", 7);
    return g_strconcat("1", digits, NULL);
}

board *board_new(service *svc)
{
    board *b = g_new0(board, 1);

    b->refs = 1;
    b->svc = svc;
    b->id = new_id(svc);
    b->members = g_ptr_array_new_with_free_func(g_free);
    return b;
}

board *board_ref(board *b)
{
    b->refs++;
    return b;
}

void board_unref(gpointer data)
{
    board *b = data;

    if (!b || --b->refs > 0)
        return;
    g_queue_clear_full(&b->unsaid, saying_free);
    g_ptr_array_unref(b->members);
    g_free(b->id);
    g_free(b);
}

void boards_end(service *svc)
{
    while (svc->boards->len > 0) {
        board *b = g_ptr_array_steal_index(svc->boards, svc->boards->len - 1);

        g_ptr_array_set_size(b->members, 0);
        board_unref(b);
    }
}

char *board_card(const board *b, const person *p)
{
    g_autofree char *name = name_encode(b->svc, person_name(b->svc, p));

    return g_strdup_printf("%s %s", person_address(b->svc, p), name);
}

GString *board_roll(const board *b, guint64 trid)
{
    GString *lines = g_string_new(NULL);

    for (guint i = 0; i < b->members->len; i++) {
        const member *m = g_ptr_array_index(b->members, i);
        g_autofree char *card = board_card(b, m->person);

        g_string_append_printf(lines, "IRO %" G_GUINT64_FORMAT " %u %u %s\r\n", trid, i + 1,
                               b->members->len, card);
    }
    return lines;
}

/* Members */

static const member *find_member(const board *b, const person *p, const conn *c, guint *place)
{
    for (guint i = 0; i < b->members->len; i++) {
        const member *m = g_ptr_array_index(b->members, i);

        if (m->person == p && (!c || m->conn == c)) {
            if (place)
                *place = i;
            return m;
        }
    }
    return NULL;
}

gboolean board_has(const board *b, const person *p)
{
    return find_member(b, p, NULL, NULL) != NULL;
}

static gboolean has_clients(const board *b)
{
    for (guint i = 0; i < b->members->len; i++)
        if (((const member *)g_ptr_array_index(b->members, i))->conn)
            return TRUE;
    return FALSE;
}

board *board_newest(const service *svc, const char *address)
{
    const person *p = person_find(svc, address);

    for (guint i = svc->boards->len; p && i > 0; i--) {
        board *b = g_ptr_array_index(svc->boards, i - 1);

        if (board_has(b, p))
            return b;
    }
    return NULL;
}

/* Sending can end connections, so that the members change on the way. */
static GPtrArray *clients_of(const board *b, const conn *but)
{
    GPtrArray *conns = g_ptr_array_new_with_free_func((GDestroyNotify)conn_unref);

    for (guint i = 0; i < b->members->len; i++) {
        const member *m = g_ptr_array_index(b->members, i);

        if (m->conn && m->conn != but)
            g_ptr_array_add(conns, conn_ref(m->conn));
    }
    return conns;
}

void board_send(board *b, const conn *but, const char *bytes, gsize length)
{
    g_autoptr(GPtrArray) conns = clients_of(b, but);

    for (guint i = 0; i < conns->len; i++)
        conn_send(g_ptr_array_index(conns, i), bytes, (gssize)length);
}

void board_send_rubbish(conn *c)
{
    static const char lines[] = "XYZ 12 what is this\r\n217\r\n999 4294967295 x\r\nJOI\r\nBYE\r\n"
                                "IRO 1 1\r\nIRO x y z nobody@example.com Nobody\r\nACK\r\n"
                                "ACK 4294967295\r\nNAK none\r\nCAL\r\nCAL 0 RINGING\r\nANS\r\n"
                                "USR 0 OK\r\nLST 1 2 3\r\nNLN NLN nobody@example.com Nobody 0\r\n";

    if (knob_on(c->svc, "sb-bad-lines"))
        conn_send(c, lines, -1);
}

static void tell(board *b, const conn *but, const char *verb, const char *end)
{
    g_autoptr(GPtrArray) conns = clients_of(b, but);
    g_autofree char *line = g_strdup_printf("%s %s\r\n", verb, end);

    for (guint i = 0; i < conns->len && !b->svc->ending; i++) {
        conn *c = g_ptr_array_index(conns, i);

        board_send_rubbish(c);
        conn_send(c, line, -1);
    }
}

/* Idleness */

static guint idle_limit(const board *b)
{
    return knob_number(b->svc, "sb-idle", 0);
}

void board_close(board *b)
{
    g_autoptr(GPtrArray) conns = clients_of(b, NULL);

    /* Nobody hears that the others leave. */
    g_ptr_array_set_size(b->members, 0);
    for (guint i = 0; i < conns->len; i++)
        conn_finish(g_ptr_array_index(conns, i));
    if (g_ptr_array_remove(b->svc->boards, b))
        board_unref(b);
}

static void end_for_idleness(board *b)
{
    for (guint i = 0; i < b->members->len; i++) {
        const member *m = g_ptr_array_index(b->members, i);
        g_autofree char *end = g_strdup_printf("%s 1", person_address(b->svc, m->person));

        tell(b, m->conn, "BYE", end);
    }
    board_close(b);
}

static void on_idle(gpointer data);

static void watch(board *b, guint ms)
{
    b->watched = TRUE;
    later(b->svc, ms, on_idle, board_ref(b), board_unref);
}

static void on_idle(gpointer data)
{
    board *b = data;
    guint limit = idle_limit(b);
    guint quiet = (guint)((g_get_monotonic_time() - b->last_said) / 1000);

    b->watched = FALSE;
    if (!limit || b->members->len == 0)
        return;
    if (quiet < limit)
        watch(b, limit - quiet);
    else
        end_for_idleness(b);
}

static void stay_awake(board *b)
{
    guint limit = idle_limit(b);

    b->last_said = g_get_monotonic_time();
    if (limit && !b->watched)
        watch(b, limit);
}

/* Coming and going */

static void say_the_unsaid(board *b)
{
    saying *s;

    while (has_clients(b) && (s = g_queue_pop_head(&b->unsaid)) != NULL) {
        if (board_has(b, s->from))
            board_relay(b, s->from, NULL, s->payload->str, s->payload->len);
        saying_free(s);
    }
}

void board_join(board *b, person *p, conn *c)
{
    g_autofree char *card = board_card(b, p);
    member *m = g_new0(member, 1);

    if (b->members->len == 0)
        g_ptr_array_add(b->svc->boards, board_ref(b));
    m->person = p;
    m->conn = c;
    g_ptr_array_add(b->members, m);
    stay_awake(b);
    tell(b, c, "JOI", card);
    say_the_unsaid(b);
}

/* Robots do not stay among themselves. */
static void end_if_empty(board *b)
{
    if (!has_clients(b))
        g_ptr_array_set_size(b->members, 0);
    if (b->members->len == 0 && g_ptr_array_remove(b->svc->boards, b))
        board_unref(b);
}

void board_leave(board *b, const person *p, const conn *c, gboolean idle)
{
    guint place = 0;
    g_autofree char *end = g_strdup_printf("%s%s", person_address(b->svc, p), idle ? " 1" : "");

    if (!find_member(b, p, c, &place))
        return;
    board_ref(b);
    g_ptr_array_remove_index(b->members, place);
    tell(b, NULL, "BYE", end);
    end_if_empty(b);
    board_unref(b);
}

/* Messages */

static void robots_hear(board *b, const person *from, const conn *c, const char *payload,
                        gsize length)
{
    for (guint i = 0; i < b->members->len; i++) {
        const member *m = g_ptr_array_index(b->members, i);
        robot *r = m->conn || m->person == from ? NULL : robot_find(b->svc, m->person);

        if (r)
            robot_hear(r, b, from, c, payload, length);
    }
}

void board_relay(board *b, const person *from, const conn *c, const char *payload, gsize length)
{
    g_autofree char *card = board_card(b, from);
    GString *bytes = g_string_new(NULL);

    g_string_printf(bytes, "MSG %s %" G_GSIZE_FORMAT "\r\n", card, length);
    g_string_append_len(bytes, payload, (gssize)length);
    board_ref(b);
    stay_awake(b);
    board_send(b, c, bytes->str, bytes->len);
    robots_hear(b, from, c, payload, length);
    board_unref(b);
    g_string_free(bytes, TRUE);
}

void board_say(board *b, const person *from, const char *payload, gsize length)
{
    saying *s;

    if (has_clients(b)) {
        board_relay(b, from, NULL, payload, length);
        return;
    }
    s = g_new0(saying, 1);
    s->from = from;
    s->payload = g_string_new_len(payload, (gssize)length);
    g_queue_push_tail(&b->unsaid, s);
}

/* What the test sees and does */

guint service_switchboards(const service *self, const char *address)
{
    const person *p = address ? person_find(self, address) : NULL;
    guint n = 0;

    if (!address)
        return self->boards->len;
    for (guint i = 0; p && i < self->boards->len; i++)
        if (board_has(g_ptr_array_index(self->boards, i), p))
            n++;
    return n;
}

static int by_address(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *service_partners(const service *self, const char *address)
{
    const person *p = person_find(self, address);
    const board *b = board_newest(self, address);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (!b)
        return NULL;
    for (guint i = 0; i < b->members->len; i++) {
        const member *m = g_ptr_array_index(b->members, i);

        if (m->person != p)
            g_ptr_array_add(names, (gpointer)person_address(self, m->person));
    }
    g_ptr_array_sort(names, by_address);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **)names->pdata);
}

/* The connections of this account to switchboards, each with a reference. */
static GPtrArray *find_conns(const service *self, const char *address)
{
    const person *p = person_find(self, address);
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)conn_unref);

    for (guint i = 0; p && i < self->conns->len; i++) {
        conn *c = g_ptr_array_index(self->conns, i);

        if (conn_open(c) && c->sb.person == p)
            g_ptr_array_add(found, conn_ref(c));
    }
    return found;
}

guint service_drop_switchboards(service *self, const char *address)
{
    g_autoptr(GPtrArray) found = find_conns(self, address);

    for (guint i = 0; i < found->len; i++)
        conn_shut(g_ptr_array_index(found, i));
    return found->len;
}

guint service_send_switchboards(service *self, const char *address, const char *bytes,
                                gssize length)
{
    g_autoptr(GPtrArray) found = find_conns(self, address);

    for (guint i = 0; i < found->len; i++)
        conn_send(g_ptr_array_index(found, i), bytes, length);
    return found->len;
}
