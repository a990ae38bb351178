/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "robots.h"

#include <string.h>

#include "p2p.h"
#include "presence.h"

typedef enum { MANNERS_JOINS, MANNERS_ANSWERS, MANNERS_BUSY } manners;

typedef struct {
    guint n;
    char *last; /* body */
} heard;

struct robot {
    person *person;
    manners manners;
    GHashTable *heard; /* content type -> heard * */
    char *gift_name;   /* of a file that it sends when it is asked for a picture, or NULL */
    GBytes *gift;
};

static void heard_free(gpointer data)
{
    heard *h = data;

    g_free(h->last);
    g_free(h);
}

void robot_free(gpointer data)
{
    robot *r = data;

    g_hash_table_unref(r->heard);
    g_free(r->gift_name);
    g_clear_pointer(&r->gift, g_bytes_unref);
    g_free(r);
}

robot *robot_find(const service *svc, const person *p)
{
    return p ? g_hash_table_lookup(svc->robots, p->address) : NULL;
}

gboolean robot_joins(const robot *r)
{
    return r->manners != MANNERS_BUSY;
}

static robot *robot_get(service *svc, const char *address)
{
    person *p = person_get(svc, address);
    robot *r = robot_find(svc, p);

    if (r)
        return r;
    r = g_new0(robot, 1);
    r->person = p;
    r->heard = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, heard_free);
    g_hash_table_insert(svc->robots, g_strdup(p->address), r);
    return r;
}

void service_robot(service *self, const char *address, const char *name)
{
    robot *r = robot_get(self, address);

    r->manners = g_str_equal(name, "answers") ? MANNERS_ANSWERS
                 : g_str_equal(name, "busy")  ? MANNERS_BUSY
                                              : MANNERS_JOINS;
    if (!r->person->state[0])
        service_appear(self, address, "NLN");
}

void service_robot_gift(service *self, const char *address, const char *name, GBytes *content)
{
    robot *r = robot_get(self, address);

    r->gift_name = g_strdup(name);
    r->gift = g_bytes_ref(content);
}

void service_robot_give(service *self, const char *address, const char *who)
{
    const robot *r = robot_find(self, person_find(self, address));

    if (r && r->gift)
        service_robot_offer(self, address, who, r->gift_name, r->gift);
}

/* Hearing */

static void take_down(robot *r, const char *type, const char *body, gsize length)
{
    heard *h = g_hash_table_lookup(r->heard, type);

    if (!h) {
        h = g_new0(heard, 1);
        g_hash_table_insert(r->heard, g_strdup(type), h);
    }
    h->n++;
    g_free(h->last);
    h->last = g_strndup(body, length);
}

typedef struct {
    robot *robot;
    board *board;
    GString *payload;
} reply;

static void reply_free(gpointer data)
{
    reply *a = data;

    board_unref(a->board);
    g_string_free(a->payload, TRUE);
    g_free(a);
}

static void say_reply(gpointer data)
{
    const reply *a = data;

    if (board_has(a->board, a->robot->person))
        board_relay(a->board, a->robot->person, NULL, a->payload->str, a->payload->len);
}

static void reply_later(robot *r, board *b, guint ms, GString *payload)
{
    reply *a = g_new0(reply, 1);

    a->robot = r;
    a->board = board_ref(b);
    a->payload = payload;
    later(b->svc, ms, say_reply, a, reply_free);
}

static void reply_to(robot *r, board *b, const char *text)
{
    g_autofree char *words = g_strconcat("You said: ", text, NULL);
    g_autoptr(GPtrArray) parts = message_parts(words);

    reply_later(r, b, 0, message_typing(person_address(b->svc, r->person)));
    for (guint i = 0; i < parts->len; i++)
        reply_later(r, b, knob_number(b->svc, "robot-delay", 0), g_ptr_array_index(parts, i));
}

/* What became of a file, in its words. */
void robot_speak_of(robot *r, board *b, const service_file *f)
{
    const char *format = f->state == SERVICE_FILE_FAILED ? "Nothing came of \"%s\"."
                         : f->sending                    ? "You have \"%s\" now."
                                                         : "I have \"%s\" now. Thank you!";
    g_auto(GStrv) words = g_strsplit(format, "%s", 2);
    g_autofree char *text = g_strjoinv(f->name, words);

    if (r->manners == MANNERS_ANSWERS)
        reply_later(r, b, 0, message_text(text, NULL));
}

static gboolean asks_for_gift(const char *text)
{
    g_autofree char *folded = g_utf8_casefold(text, -1);

    return strstr(folded, "picture") != NULL;
}

void robot_hear(robot *r, board *b, const person *speaker, const conn *from, const char *payload,
                gsize length)
{
    gsize body = 0;
    g_autofree char *type = message_type(payload, length, &body);
    g_autofree char *text = g_strndup(payload + body, length - body);

    take_down(r, type, text, length - body);
    /* Two robots would never come to an end. */
    if (from && r->manners == MANNERS_ANSWERS && g_str_equal(type, "text/plain"))
        reply_to(r, b, text);
    if (from && r->gift && g_str_equal(type, "text/plain") && asks_for_gift(text))
        files_offer(b, r->person, from->sb.person, r->gift_name, r->gift);
    if (from && g_str_equal(type, "text/x-msmsgsinvite"))
        files_hear(b, r->person, from->sb.person, text);
    if (p2p_is_type(type) && p2p_speaks(b->svc, r->person))
        p2p_hear(b, r->person, speaker, payload, length);
}

void robot_paged(robot *r, service *svc, const char *from, const char *text)
{
    g_autofree char *answer = g_strconcat("You wrote: ", text, NULL);

    take_down(r, "page", text, strlen(text));
    if (r->manners == MANNERS_ANSWERS)
        service_page(svc, person_address(svc, r->person), from, answer);
}

static const heard *find_heard(const service *self, const char *address, const char *type)
{
    const robot *r = robot_find(self, person_find(self, address));
    g_autofree char *key = g_ascii_strdown(type, -1);

    return r ? g_hash_table_lookup(r->heard, key) : NULL;
}

guint service_robot_heard(const service *self, const char *address, const char *type)
{
    const heard *h = find_heard(self, address, type);

    return h ? h->n : 0;
}

const char *service_robot_last(const service *self, const char *address, const char *type)
{
    const heard *h = find_heard(self, address, type);

    return h ? h->last : NULL;
}

/* Acting. A robot rings whom it likes, even who has blocked it. */

/* Who can be rung at all: a client, or another robot. */
static person *find_callee(const service *self, const char *who)
{
    person *p = person_find(self, who);

    return p && (presence_listener(p) || robot_find(self, p)) ? p : NULL;
}

gboolean service_robot_ring(service *self, const char *address, const char *who)
{
    robot *r = robot_find(self, person_find(self, address));
    person *callee = find_callee(self, who);
    board *b;

    if (!r || !callee || !presence_listener(callee))
        return FALSE;
    b = board_new(self);
    board_join(b, r->person, NULL);
    invite(b, r->person, callee, NULL, 0);
    board_unref(b);
    return TRUE;
}

gboolean service_robot_invite(service *self, const char *address, const char *who)
{
    robot *r = robot_find(self, person_find(self, address));
    board *b = r ? board_newest(self, address) : NULL;
    person *callee = find_callee(self, who);

    if (!b || !callee || board_has(b, callee))
        return FALSE;
    invite(b, r->person, callee, NULL, 0);
    return TRUE;
}

gboolean service_robot_send(service *self, const char *address, const char *payload, gssize length)
{
    const robot *r = robot_find(self, person_find(self, address));
    board *b = r ? board_newest(self, address) : NULL;

    if (!b)
        return FALSE;
    board_say(b, r->person, payload, length < 0 ? strlen(payload) : (gsize)length);
    return TRUE;
}

/* Takes over the payload. */
static gboolean send_taken(service *self, const char *address, GString *payload)
{
    gboolean sent =
        payload && service_robot_send(self, address, payload->str, (gssize)payload->len);

    if (payload)
        g_string_free(payload, TRUE);
    return sent;
}

gboolean service_robot_say(service *self, const char *address, const char *text)
{
    g_autoptr(GPtrArray) parts = message_parts(text);
    gboolean said = TRUE;

    for (guint i = 0; i < parts->len; i++)
        said = send_taken(self, address, g_ptr_array_index(parts, i)) && said;
    return said;
}

gboolean service_robot_part(service *self, const char *address, const char *id, guint number,
                            guint n, const char *text)
{
    return send_taken(self, address, message_part(id, number, n, text, strlen(text)));
}

gboolean service_robot_say_as(service *self, const char *address, const char *speaker,
                              const char *text)
{
    return send_taken(self, address, message_text(text, speaker));
}

gboolean service_robot_act(service *self, const char *address, const char *text)
{
    return send_taken(self, address, message_datacast(4, text));
}

gboolean service_robot_extra(service *self, const char *address, const char *name)
{
    return send_taken(self, address,
                      g_str_equal(name, "nudge") ? message_datacast(1, NULL) : message_extra(name));
}

gboolean service_robot_leave(service *self, const char *address, gboolean idle)
{
    const robot *r = robot_find(self, person_find(self, address));
    board *b = r ? board_newest(self, address) : NULL;

    if (!b)
        return FALSE;
    board_leave(b, r->person, NULL, idle);
    return TRUE;
}
