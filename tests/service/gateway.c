/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The HTTP gateway: what comes in POST requests goes to a notification server or switchboard, and
 * what that says is in the responses. Behind each tunnel is an ordinary connection of the service
 * (conn_tunnel), on the other end of a pair of sockets.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"
#include "knobs.h"

#define PATH      "/gateway/gateway.dll"
#define TYPE      "application/x-msn-messenger"
#define IDLE_MS   60000
#define PIECE_MAX (64 * 1024)

struct tunnel {
    service *svc;
    char *id;        /* the newest one */
    char *host;      /* as the client calls the server */
    conn *conn;      /* the server's end; a reference */
    int fd;          /* our end of the pair, -1 once the server has closed */
    GByteArray *out; /* what the server said and no response has had yet */
    gboolean busy;   /* a request is open */
    guint idle_timer;
};

typedef enum { OPEN, SEND, POLL } order_kind;

/* What a request asks for. */
typedef struct {
    order_kind kind;
    service_role role; /* of OPEN */
    char *text;        /* the host of OPEN, else the id of the session */
} order;

/* Tunnels */

static void hang_up(tunnel *t)
{
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
}

static void tunnel_free(gpointer data)
{
    tunnel *t = data;

    if (t->idle_timer)
        g_source_remove(t->idle_timer);
    hang_up(t);
    conn_unref(t->conn);
    g_byte_array_unref(t->out);
    g_free(t->host);
    g_free(t->id);
    g_free(t);
}

void gateway_begin(service *self)
{
    self->tunnels = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, tunnel_free);
    self->old_tunnels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void gateway_end(service *self)
{
    g_hash_table_unref(self->tunnels);
    g_hash_table_unref(self->old_tunnels);
}

static char *new_id(const service *svc)
{
    g_autofree char *number = NULL;
    g_autofree char *part = NULL;

    if (knob_on(svc, "gateway-plain")) {
        part = random_text("0123456789abcdef", 32);
        return g_strdup_printf("%.8s-%.4s-4%.3s-a%.3s-%.12s", part, part + 8, part + 12, part + 15,
                               part + 18);
    }
    number = random_text("123456789", 10);
    part = random_text("123456789", 5);
    return g_strdup_printf("%s.%s", number, part);
}

static gboolean on_idle(gpointer data)
{
    tunnel *t = data;

    t->idle_timer = 0;
    g_hash_table_remove(t->svc->tunnels, t->id);
    return G_SOURCE_REMOVE;
}

static void stay_awake(tunnel *t)
{
    if (t->idle_timer)
        g_source_remove(t->idle_timer);
    t->idle_timer = g_timeout_add(knob_number(t->svc, "gateway-idle", IDLE_MS), on_idle, t);
}

static tunnel *tunnel_new(service *svc, const order *o)
{
    const char *dispatch = knob_get(svc, "gateway-dispatch");
    gboolean first = o->role == SERVICE_NOTIFICATION && g_strcmp0(dispatch, o->text) == 0;
    tunnel *t = g_new0(tunnel, 1);
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
        g_error("no tunnel");
    t->svc = svc;
    t->id = new_id(svc);
    t->host = g_strdup(o->text);
    t->fd = pair[0];
    t->out = g_byte_array_new();
    t->conn = conn_tunnel(svc, first ? SERVICE_DISPATCH : o->role, pair[1]);
    g_hash_table_insert(svc->tunnels, t->id, t);
    return t;
}

/* The server reads what has come, and what it says to that is read. */
static void work(tunnel *t)
{
    guint8 bytes[PIECE_MAX];
    gssize n = 0;

    while (t->fd >= 0) {
        conn_advance(t->conn);
        n = recv(t->fd, bytes, sizeof bytes, 0);
        if (n > 0)
            g_byte_array_append(t->out, bytes, (guint)n);
        else
            break;
    }
    if (n == 0)
        hang_up(t);
}

static void feed(tunnel *t, const char *bytes, gsize length)
{
    while (length > 0 && t->fd >= 0) {
        gssize n = send(t->fd, bytes, length, MSG_NOSIGNAL);

        if (n > 0) {
            bytes += n;
            length -= (gsize)n;
        }
        work(t);
        /* It cannot be written to any more, but for what it takes later. */
        if (n <= 0)
            break;
    }
    work(t);
}

/* Only the newest id is valid, if it changes at all. */
static void renew_id(tunnel *t)
{
    service *svc = t->svc;

    if (knob_on(svc, "gateway-plain"))
        return;
    g_hash_table_steal(svc->tunnels, t->id);
    g_hash_table_add(svc->old_tunnels, t->id);
    t->id = new_id(svc);
    g_hash_table_insert(svc->tunnels, t->id, t);
}

/* Responses */

/* A fault that is set concerns this request, as the knobs gateway-at and gateway-once say. */
static gboolean is_meant(service *svc, const char *name)
{
    const char *at = knob_get(svc, "gateway-at");

    if (at && !g_pattern_match_simple(at, name))
        return FALSE;
    if (knob_on(svc, "gateway-once"))
        service_set(svc, "gateway-at", "never");
    return TRUE;
}

/* The value of a knob, if it concerns the request at hand. */
static const char *fault_get(const conn *c, const char *knob)
{
    return c->faulty ? knob_get(c->svc, knob) : NULL;
}

static gboolean asks_to_close(const request *req)
{
    const char *connection = request_header(req, "Connection", NULL);

    if (connection && g_ascii_strcasecmp(connection, "close") == 0)
        return TRUE;
    return g_str_equal(req->words[2], "HTTP/1.0") &&
           (!connection || g_ascii_strcasecmp(connection, "keep-alive") != 0);
}

static char *fill_header(gconstpointer data, const char *name)
{
    const tunnel *t = data;

    if (g_str_equal(name, "session"))
        return g_strdup(t->id);
    return g_str_equal(name, "ip") ? g_strdup(t->host) : NULL;
}

static void append_session(const conn *c, const tunnel *t, GString *answer)
{
    const char *other = fault_get(c, "gateway-header");
    gboolean plain = knob_on(t->svc, "gateway-plain");
    gboolean over = !plain && t->fd < 0 && t->out->len == 0;

    if (other) {
        GString *line = knobs_expand(other, fill_header, t);

        g_string_append_printf(answer, "%s\r\n", line->str);
        g_string_free(line, TRUE);
        return;
    }
    g_string_append_printf(answer, "X-MSN-Messenger: SessionID=%s; GW-IP=%s%s\r\n", t->id,
                           plain ? t->host : "127.0.0.1", over ? "; Session=close" : "");
}

/* As much of what the server said as one response may hold. */
static GString *take_body(const conn *c, tunnel *t)
{
    const char *most = fault_get(c, "gateway-piece");
    guint length = t->out->len;
    GString *body;

    if (most)
        length = MIN(length, knob_number(c->svc, "gateway-piece", 0));
    body = g_string_new_len((const char *)t->out->data, length);
    if (length > 0)
        g_byte_array_remove_range(t->out, 0, length);
    return body;
}

/* Chunks of seven bytes, and what may stand at the end. */
static void append_chunked(GString *answer, const GString *body)
{
    for (gsize at = 0; at < body->len; at += 7) {
        gsize length = MIN(body->len - at, 7);

        g_string_append_printf(answer, "%" G_GSIZE_MODIFIER "x;part=%" G_GSIZE_FORMAT "\r\n",
                               length, at / 7);
        g_string_append_len(answer, body->str + at, (gssize)length);
        g_string_append(answer, "\r\n");
    }
    g_string_append(answer, "0\r\nX-Trailer: yes\r\n\r\n");
}

static void append_body(const conn *c, GString *answer, const GString *body)
{
    const char *how = fault_get(c, "gateway-body");

    if (g_strcmp0(how, "chunked") == 0) {
        g_string_append(answer, "Transfer-Encoding: chunked\r\n\r\n");
        append_chunked(answer, body);
        return;
    }
    if (!how)
        g_string_append_printf(answer, "Content-Length: %" G_GSIZE_FORMAT "\r\n", body->len);
    g_string_append(answer, "\r\n");
    g_string_append_len(answer, body->str, (gssize)body->len);
}

static void send_answer(conn *c, GString *answer)
{
    guint whole = (guint)answer->len;
    guint cut = fault_get(c, "gateway-cut") ? knob_number(c->svc, "gateway-cut", 0) : whole;
    guint split = fault_get(c, "gateway-split") ? knob_number(c->svc, "gateway-split", 0) : 0;

    cut = MIN(cut, whole);
    conn_send_parted(c, answer->str, cut, MIN(split, cut));
    if (cut < whole || c->closes)
        conn_finish(c);
    else if (knob_on(c->svc, "http-idle"))
        conn_expect(c, knob_number(c->svc, "http-idle", 0));
    g_string_free(answer, TRUE);
}

static GString *begin_answer(conn *c, guint status)
{
    gboolean old = fault_get(c, "gateway-http10") != NULL;
    const char *body = fault_get(c, "gateway-body");
    const char *closes = fault_get(c, "gateway-close");
    gboolean unsaid = old || g_strcmp0(closes, "unsaid") == 0;
    GString *answer = g_string_new(NULL);

    c->closes = c->closes || old || closes || g_strcmp0(body, "close") == 0;
    if (fault_get(c, "gateway-continue"))
        g_string_append(answer, "HTTP/1.1 100 Continue\r\nX-Wait: a moment\r\n\r\n");
    g_string_append_printf(answer, "HTTP/1.%d %u %s\r\nServer: Microsoft-IIS/5.0\r\n", old ? 0 : 1,
                           status, http_reason(status));
    if (!unsaid)
        g_string_append_printf(answer, "Connection: %s\r\n", c->closes ? "close" : "Keep-Alive");
    return answer;
}

static void send_status(conn *c, guint status)
{
    GString *answer = begin_answer(c, status);

    send_answer(c, g_string_append(answer, "Content-Length: 0\r\n\r\n"));
}

/* With what the session has at this moment. It is over when all of it was told. */
static void answer_with(conn *c, tunnel *t)
{
    GString *body = take_body(c, t);
    GString *answer;

    renew_id(t);
    t->busy = FALSE;
    answer = begin_answer(c, 200);
    append_session(c, t, answer);
    g_string_append(answer, "Content-Type: " TYPE "\r\n");
    append_body(c, answer, body);
    g_string_free(body, TRUE);
    if (t->fd < 0 && t->out->len == 0)
        g_hash_table_remove(t->svc->tunnels, t->id);
    send_answer(c, answer);
}

/* The response to a request that was obeyed. */
static void answer(conn *c, tunnel *t)
{
    step_result result;

    work(t);
    /* What no client may send ends the session with an error. */
    if (t->conn->refused && !knob_on(c->svc, "gateway-plain")) {
        g_hash_table_remove(t->svc->tunnels, t->id);
        send_status(c, 400);
        return;
    }
    result = !conn_open(c) ? STEP_NOTHING
             : c->faulty   ? step_apply(c, "gateway-answer")
                           : STEP_NORMAL;
    if (result == STEP_NORMAL) {
        answer_with(c, t);
        return;
    }
    /* Whatever the server said is lost with the response. */
    g_byte_array_set_size(t->out, 0);
    renew_id(t);
    t->busy = result == STEP_NOTHING && conn_open(c);
}

typedef struct {
    conn *conn;
    char *id; /* which stays while the request is open */
} waiting;

static void waiting_free(gpointer data)
{
    waiting *w = data;

    conn_unref(w->conn);
    g_free(w->id);
    g_free(w);
}

static void on_waited(gpointer data)
{
    const waiting *w = data;
    tunnel *t = g_hash_table_lookup(w->conn->svc->tunnels, w->id);

    if (t)
        answer(w->conn, t);
}

static void answer_soon(conn *c, tunnel *t)
{
    guint slow = fault_get(c, "gateway-slow") ? knob_number(c->svc, "gateway-slow", 0) : 0;
    waiting *w;

    if (!slow) {
        answer(c, t);
        return;
    }
    w = g_new0(waiting, 1);
    w->conn = conn_ref(c);
    w->id = g_strdup(t->id);
    later(c->svc, slow, on_waited, w, waiting_free);
}

/* Requests */

static const char *check_head(const conn *c, const request *req)
{
    const char *host = request_header(req, "Host", NULL);
    const char *type = request_header(req, "Content-Type", NULL);
    const char *target = req->words[1];
    g_autofree char *ours = g_strconcat("http://", host, "/", NULL);

    if (host && !http_is_our_host(c, host))
        return "the Host header names somebody else";
    if (target[0] != '/' && c->tls)
        return "an absolute URL inside of TLS";
    if (target[0] != '/' && !g_str_has_prefix(target, ours))
        return "the URL is not that of the Host header";
    if (target[0] == '/' && request_header(req, "Proxy-Authorization", NULL))
        return "what is for a proxy was sent to a server";
    if (request_header(req, "Authorization", NULL))
        return "the gateway was sent an Authorization header";
    if (req->payload->len > 0 && (!type || !g_str_equal(type, TYPE)))
        return "the body has another type than " TYPE;
    return NULL;
}

static gboolean is_host(const char *text)
{
    gsize length = strlen(text);

    return g_hostname_is_ip_address(text) ||
           (length > 0 && strspn(text, "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "abcdefghijklmnopqrstuvwxyz") == length);
}

static const char *read_query(const char *query, const request *req, order *o)
{
    static const char open_ns[] = "Action=open&Server=NS&IP=";
    static const char open_sb[] = "Action=open&Server=SB&IP=";
    static const char poll[] = "Action=poll&SessionID=";
    static const char send[] = "SessionID=";
    gsize length = strlen(open_ns);

    if (g_str_has_prefix(query, open_ns) || g_str_has_prefix(query, open_sb)) {
        o->kind = OPEN;
        o->role = g_str_has_prefix(query, open_ns) ? SERVICE_NOTIFICATION : SERVICE_SWITCHBOARD;
        o->text = g_strdup(query + length);
        return is_host(o->text) ? NULL : "IP is no host";
    }
    if (g_str_has_prefix(query, poll)) {
        o->kind = POLL;
        o->text = g_strdup(query + strlen(poll));
        return req->payload->len > 0 ? "a poll has a body" : NULL;
    }
    if (!g_str_has_prefix(query, send))
        return "the query is none of the three that there are";
    o->kind = SEND;
    o->text = g_strdup(query + strlen(send));
    return req->payload->len == 0 ? "a request without a body is no poll" : NULL;
}

static void refuse(conn *c, const char *why)
{
    if (why)
        log_bad(c, why);
    send_status(c, 400);
}

static void obey(conn *c, const order *o, const request *req)
{
    static const char *const kinds[] = {"open", "send", "poll"};
    service *svc = c->svc;
    tunnel *t = o->kind == OPEN ? NULL : g_hash_table_lookup(svc->tunnels, o->text);
    gboolean is_sb = t ? t->conn->role == SERVICE_SWITCHBOARD : o->role == SERVICE_SWITCHBOARD;
    g_autofree char *name = g_strconcat(is_sb ? "SB-" : "NS-", kinds[o->kind], NULL);

    c->faulty = (t || o->kind == OPEN) && is_meant(svc, name);
    if (c->faulty && step_apply(c, "gateway") != STEP_NORMAL)
        return;
    if (o->kind == OPEN) {
        t = tunnel_new(svc, o);
    } else if (!t) {
        refuse(c, g_hash_table_contains(svc->old_tunnels, o->text)
                      ? "the SessionID is not the newest one"
                      : NULL);
        return;
    } else if (t->busy) {
        refuse(c, "a request while another one is open");
        return;
    }
    t->busy = TRUE;
    stay_awake(t);
    feed(t, req->payload->str, req->payload->len);
    answer_soon(c, t);
}

/* The path and query of the request; NULL if that is not the gateway. */
static const char *query_of(const request *req)
{
    const char *target = req->words[1];
    const char *path = target[0] == '/' ? target : strchr(target + strlen("http://"), '/');

    return path && g_str_has_prefix(path, PATH "?") ? path + strlen(PATH "?") : NULL;
}

void gateway_handle(conn *c, const request *req)
{
    const char *query = query_of(req);
    order o = {OPEN, SERVICE_NOTIFICATION, NULL};
    const char *why = check_head(c, req);

    c->closes = asks_to_close(req);
    c->faulty = FALSE;
    if (!why && c->in->len > 0)
        why = "bytes after the request";
    if (!why && !g_str_equal(req->words[0], "POST"))
        why = "the method is not POST";
    if (!why && query)
        why = read_query(query, req, &o);
    if (why)
        refuse(c, why);
    else if (!query)
        send_status(c, 404);
    else
        obey(c, &o, req);
    g_free(o.text);
}
