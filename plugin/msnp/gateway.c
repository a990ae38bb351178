/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway.h"

#include "clock.h"
#include "codec.h"
#include "exchange.h"
#include "mime.h"

#include <string.h>

#define ID_MAX         256 /* bytes in a session id */
#define REQUEST_MAX    (MSNP_HTTP_REQUEST_MAX + MSNP_LINE_MAX + MSNP_PAYLOAD_MAX)
#define AGAIN          1000 /* milliseconds until connecting is tried again, doubled each time */
#define ATTEMPTS_MAX   5    /* connections that fail before one that leads to a response */
#define SETTLED        1000 /* milliseconds after which a connection that is open stays so */
#define REPLY_EXPECTED 2000 /* milliseconds for which a reply to what was sent is likely */

/* Bytes that were written by the owner at once. They may hold a ticket or a cookie. */
typedef struct {
    size_t len;
    char bytes[];
} piece;

/* A connection of the service or a switchboard, as it travels. */
typedef struct {
    msnp_gateway *gateway;
    unsigned conn; /* as its owner knows it; 0: closed, but there are last words */
    msnp_conn_kind kind;
    char *host;   /* what it leads to */
    bool told;    /* its owner knows that it is connected */
    bool heard;   /* something came from its server */
    bool full;    /* more was written than can wait: it is to break */
    bool over;    /* to be freed at the end of the turn */
    msnp_url url; /* whom to ask; the path has no query */
    char *id;     /* of its session; NULL before the first response */
    bool closing; /* the session ends with this response */

    unsigned carrier;    /* the connection to the gateway; 0 for none */
    bool ready;          /* it is connected */
    bool proxied;        /* it leads to a proxy */
    char *authorization; /* for the proxy; secret, or NULL */
    unsigned attempts;   /* connections without a response */
    bool promised;       /* the last response says that the connection stays open */
    int64_t answered;    /* when a response was complete on this connection; 0: none was */
    msnp_exchange exchange;

    GQueue out;        /* piece *, to be sent */
    size_t waiting;    /* their bytes */
    GByteArray *first; /* the first request's body until it is answered; secret, or NULL */
    int64_t sent;      /* when something was last sent, or received */
    int64_t received;
    bool more;        /* the last response had bytes */
    int64_t poll;     /* when to ask next, or to connect again; MSNP_NEVER: not now */
    int64_t deadline; /* of the connection or the response */
    int64_t latest;   /* of the response, however slowly it comes */
} tunnel;

struct msnp_gateway {
    msnp_net *net;
    msnp_url urls[2]; /* where it may be */
    unsigned n_urls;
    unsigned url;       /* the one in use */
    bool found;         /* it is a gateway */
    bool reuses;        /* its connections take a second request, as one did */
    bool stays;         /* where it sends to cannot be reached: all goes to the URL itself */
    GPtrArray *tunnels; /* tunnel * */
};

static const msnp_conn_ops carrier_ops;
static const msnp_connect_error unexplained = {.code = 0};

/* --- tunnels -------------------------------------------------------------------------------- */

static void piece_free(gpointer data)
{
    piece *bytes = data;

    msnp_wipe(bytes->bytes, bytes->len);
    g_free(bytes);
}

static void drop_first(tunnel *self)
{
    if (self->first == NULL)
        return;
    msnp_wipe(self->first->data, self->first->len);
    g_byte_array_unref(self->first);
    self->first = NULL;
}

static void drop_out(tunnel *self)
{
    g_queue_clear_full(&self->out, piece_free);
    self->waiting = 0;
}

static void tunnel_free(gpointer data)
{
    tunnel *self = data;

    drop_out(self);
    drop_first(self);
    msnp_exchange_clear(&self->exchange);
    msnp_url_clear(&self->url);
    msnp_secret_free(self->authorization);
    msnp_secret_free(self->id);
    g_free(self->host);
    g_free(self);
}

static tunnel *find_tunnel(const msnp_gateway *gateway, unsigned conn)
{
    for (guint i = 0; i < gateway->tunnels->len; i++) {
        tunnel *self = g_ptr_array_index(gateway->tunnels, i);
        if (self->conn == conn && !self->over)
            return self;
    }
    return NULL;
}

static bool is_asking(const tunnel *self)
{
    return self->exchange.state != MSNP_EXCHANGE_IDLE;
}

static void hang_up(tunnel *self)
{
    msnp_net_close(self->gateway->net, self->carrier);
    self->carrier = 0;
    self->ready = false;
    self->deadline = MSNP_NEVER;
    msnp_exchange_clear(&self->exchange);
}

/* Its owner hears nothing of it any more. */
static void finish(tunnel *self)
{
    hang_up(self);
    self->conn = 0;
    self->poll = MSNP_NEVER;
    self->over = true;
}

/* The connection ended: in good order, or its end is not known. */
static void end(tunnel *self, bool orderly)
{
    unsigned conn = self->conn;

    finish(self);
    if (orderly)
        msnp_net_received(self->gateway->net, conn, (msnp_str){"", 0});
    else
        msnp_net_broke(self->gateway->net, conn);
}

static void push_piece(tunnel *self, const void *bytes, size_t len, bool front)
{
    piece *copy = g_malloc(sizeof *copy + len);

    copy->len = len;
    memcpy(copy->bytes, bytes, len);
    if (front)
        g_queue_push_head(&self->out, copy);
    else
        g_queue_push_tail(&self->out, copy);
    self->waiting += len;
}

/* --- where it is ---------------------------------------------------------------------------- */

static void copy_url(msnp_url *to, const msnp_url *from)
{
    msnp_url_clear(to);
    *to = (msnp_url){.http = from->http,
                     .host = g_strdup(from->host),
                     .port = from->port,
                     .target = g_strdup(from->target)};
}

static bool has_next_url(const tunnel *self)
{
    const msnp_gateway *gateway = self->gateway;

    return !gateway->found && gateway->url + 1 < gateway->n_urls && self->conn != 0;
}

/* What the owner waits for has to suffice for all URLs. */
static int64_t patience(const tunnel *self, int64_t usual)
{
    return has_next_url(self) ? MSNP_GATEWAY_HURRIED : usual;
}

static void dial(tunnel *self, int64_t now)
{
    self->poll = MSNP_NEVER;
    self->deadline = now + patience(self, MSNP_GATEWAY_CONNECT);
    self->ready = self->proxied = false;
    /* It is for that proxy only: this connection may lead to none, or to another one. */
    g_clear_pointer(&self->authorization, msnp_secret_free);
    self->answered = 0;
    self->carrier = msnp_net_connect_gateway(self->gateway->net, self->kind, self->url.host,
                                             self->url.port, !self->url.http, &carrier_ops, self);
    if (self->conn != 0)
        msnp_net_set_carrier(self->gateway->net, self->conn, self->carrier);
}

/* There was no gateway. What was sent has done nothing, so it can be sent to the next URL. */
static bool try_next_url(tunnel *self, int64_t now)
{
    msnp_gateway *gateway = self->gateway;

    if (!has_next_url(self))
        return false;
    gateway->url++;
    copy_url(&self->url, &gateway->urls[gateway->url]);
    if (self->first != NULL)
        push_piece(self, self->first->data, self->first->len, true);
    drop_first(self);
    hang_up(self);
    dial(self, now);
    return true;
}

/* The session could not be opened; `status` of the response, 0 for none. */
static void fail_to_open(tunnel *self, const msnp_connect_error *why, int64_t now)
{
    unsigned conn = self->conn;
    msnp_gateway *gateway = self->gateway;
    msnp_connect_error really = *why;

    if (!why->certificate && try_next_url(self, now))
        return;
    really.gateway = true;
    really.host = self->url.host;
    really.port = self->url.port;
    finish(self);
    /* The next one begins with the best again. */
    if (!gateway->found)
        gateway->url = 0;
    if (conn != 0)
        msnp_net_failed(gateway->net, conn, &really, now);
}

/* Something came that no gateway would send, or nothing. */
static void fail(tunnel *self, unsigned status, int64_t now)
{
    if (self->id == NULL)
        fail_to_open(self, &(msnp_connect_error){.status = status}, now);
    else
        end(self, false);
}

/* --- requests ------------------------------------------------------------------------------- */

/* Takes as many pieces as make a good request. */
static void collect(tunnel *self, msnp_buf *body)
{
    const piece *next;

    while ((next = g_queue_peek_head(&self->out)) != NULL &&
           (body->len == 0 || body->len + next->len <= MSNP_GATEWAY_BODY)) {
        if (msnp_buf_append(body, next->bytes, next->len) != MSNP_OK)
            return;
        self->waiting -= next->len;
        piece_free(g_queue_pop_head(&self->out));
    }
}

static char *target_of(const tunnel *self, bool poll)
{
    const char *path = self->url.target;

    if (self->id == NULL)
        return g_strdup_printf("%s?Action=open&Server=%s&IP=%s", path,
                               self->kind == MSNP_CONN_SERVICE ? "NS" : "SB", self->host);
    return g_strdup_printf("%s?%sSessionID=%s", path, poll ? "Action=poll&" : "", self->id);
}

static void trace(const tunnel *self, bool sent, const char *text)
{
    msnp_net_trace(self->gateway->net, self->carrier, sent, text);
}

/* Sends what waits, or asks for what the server has to say. */
static void ask(tunnel *self, int64_t now)
{
    bool absolute = self->proxied;
    const char *const headers[] = {"Accept",
                                   "*/*",
                                   "User-Agent",
                                   "MSMSGS",
                                   "Pragma",
                                   "no-cache",
                                   "Content-Type",
                                   "application/x-msn-messenger",
                                   absolute ? "Proxy-Connection" : NULL,
                                   "Keep-Alive",
                                   self->authorization != NULL ? "Proxy-Authorization" : NULL,
                                   self->authorization,
                                   NULL};
    msnp_buf body;
    msnp_buf out;

    msnp_buf_init(&body, REQUEST_MAX, true);
    msnp_buf_init(&out, MSNP_HTTP_REQUEST_MAX + REQUEST_MAX, true);
    collect(self, &body);

    char *target = target_of(self, body.len == 0);
    const msnp_url url = {self->url.http, self->url.host, self->url.port, target};
    const msnp_http_request request = {.method = "POST",
                                       .url = &url,
                                       .minor = 1,
                                       .headers = headers,
                                       .keep = true,
                                       .absolute = absolute,
                                       .body =
                                           body.len > 0 ? msnp_buf_view(&body) : (msnp_str){"", 0}};
    msnp_err err = msnp_exchange_ask(&self->exchange, &request, &out);
    if (err == MSNP_OK) {
        if (self->id == NULL)
            trace(self, true, "POST, to open a session");
        msnp_net_write(self->gateway->net, self->carrier, msnp_buf_view(&out));
        if (self->id == NULL && self->first == NULL)
            self->first = g_byte_array_new();
        if (self->first != NULL)
            g_byte_array_append(self->first, (const guint8 *)msnp_buf_view(&body).ptr,
                                (guint)body.len);
        if (body.len > 0)
            self->sent = now;
        self->poll = MSNP_NEVER;
        self->deadline = now + patience(self, MSNP_GATEWAY_SILENCE);
        self->latest = now + MSNP_GATEWAY_LATEST;
    }
    msnp_buf_clear(&out);
    msnp_buf_clear(&body);
    msnp_secret_free(target);
    if (err != MSNP_OK)
        fail(self, 0, now);
}

/* When to ask again, if there is nothing to send. */
static int64_t poll_after(const tunnel *self, int64_t now)
{
    int64_t since_sent = now - self->sent;
    int64_t quiet = since_sent;

    if (self->more)
        return MSNP_POLL_SOON;
    if (since_sent < REPLY_EXPECTED)
        return MAX(MSNP_POLL_SOON, since_sent / 2);
    /* What comes on a switchboard will go on; the service only reports what others do. */
    if (self->kind == MSNP_CONN_SWITCHBOARD)
        quiet = MIN(quiet, now - self->received);
    return CLAMP(quiet / 8, MSNP_POLL_LIVELY, MSNP_POLL_IDLE);
}

/* --- responses ------------------------------------------------------------------------------ */

/* An id is a part of the next request's target. */
static bool is_id(const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; i++)
        if (!g_ascii_isalnum(text[i]) && strchr("-._~:{}", text[i]) == NULL)
            return false;
    return len > 0 && len <= ID_MAX;
}

/* An address of this computer, or of a network that has no others (RFC 6890). */
static bool is_local(const char *host)
{
    static const char *const prefixes[] = {"0.", "10.", "127.", "169.254.", "192.168.",
                                           "fc", "fd",  "fe",   "::"};

    if (strcmp(host, "localhost") == 0)
        return true;
    if (!g_hostname_is_ip_address(host))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_ascii_strncasecmp(host, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    /* 172.16.0.0/12 */
    uint64_t second = 0;
    return g_str_has_prefix(host, "172.") &&
           msnp_parse_uint((msnp_str){host + 4, strcspn(host + 4, ".")}, 255, &second) &&
           second >= 16 && second <= 31;
}

/*
 * The gateway names the one of its computers that has the session. Escargot repeats what the
 * session leads to instead. It must be an address, not a local one unless that of the gateway is
 * one, too, and over https there is no certificate for it.
 */
static void follow(tunnel *self, const char *host)
{
    if (self->gateway->stays || !self->url.http || strcmp(host, self->host) == 0 ||
        strcmp(host, self->url.host) == 0 || !g_hostname_is_ip_address(host) ||
        (is_local(host) && !is_local(self->url.host)))
        return;
    g_free(self->url.host);
    self->url.host = g_strdup(host);
    /* A proxy connects to it by itself. */
    if (!self->proxied)
        self->exchange.keeps_open = false;
}

/* X-MSN-Messenger: SessionID=...; GW-IP=...; Session=close */
static bool take_header(tunnel *self, const char *value)
{
    g_auto(GStrv) items = g_strsplit(value, ";", 8);
    const char *host = NULL;
    bool valid = false;

    for (char **each = items; *each != NULL; each++) {
        char *item = g_strstrip(*each);
        char *equals = strchr(item, '=');
        if (equals == NULL)
            continue;
        *equals = '\0';
        const char *word = equals + 1;
        if (g_ascii_strcasecmp(item, "SessionID") == 0 && is_id(word)) {
            msnp_secret_free(self->id);
            self->id = g_strdup(word);
            valid = true;
        } else if (g_ascii_strcasecmp(item, "GW-IP") == 0) {
            host = word;
        } else if (g_ascii_strcasecmp(item, "Session") == 0 &&
                   g_ascii_strcasecmp(word, "close") == 0) {
            self->closing = valid = true;
        }
    }
    if (valid && host != NULL)
        follow(self, host);
    return valid;
}

static void got_head(tunnel *self, int64_t now)
{
    const msnp_http_head *head = &self->exchange.head;
    g_autofree char *value = msnp_mime_get(head->headers, "X-MSN-Messenger", 0);

    self->promised = self->exchange.keeps_open;
    self->exchange.keeps_open =
        !msnp_http_closes(head) && (self->exchange.counted || self->exchange.chunked);
    if (head->status == 200 && value != NULL && take_header(self, value)) {
        self->attempts = 0;
        self->gateway->found = true;
        if (self->answered != 0)
            self->gateway->reuses = true;
        drop_first(self);
        return;
    }
    g_autofree char *text = g_strdup_printf("HTTP status %u", head->status);
    trace(self, false, text);
    fail(self, head->status, now);
}

static void got_body(tunnel *self, int64_t now)
{
    self->more = self->heard = true;
    self->received = now;
    msnp_net_received(self->gateway->net, self->conn, self->exchange.piece);
}

/* The response is complete. */
static void got_response(tunnel *self, int64_t now)
{
    self->deadline = MSNP_NEVER;
    if (self->closing) {
        end(self, true);
        return;
    }
    self->poll = now + poll_after(self, now);
    self->answered = now;
    if (!self->exchange.keeps_open)
        hang_up(self);
    /* The last words were said. */
    if (self->conn == 0 && self->out.length == 0)
        finish(self);
}

/* It was sent to another host, which cannot be reached: back to where it came from. */
static bool go_back(tunnel *self, int64_t now)
{
    msnp_gateway *gateway = self->gateway;

    if (strcmp(self->url.host, gateway->urls[gateway->url].host) == 0)
        return false;
    gateway->stays = true;
    hang_up(self);
    copy_url(&self->url, &gateway->urls[gateway->url]);
    dial(self, now);
    return true;
}

/* Nothing was sent, so it can be tried again. */
static void carrier_failed(gpointer part, unsigned carrier, const msnp_connect_error *why,
                           int64_t now)
{
    tunnel *self = part;

    (void)carrier;
    if (self->id == NULL) {
        fail_to_open(self, why, now);
    } else if (go_back(self, now)) {
        return;
    } else if (++self->attempts >= ATTEMPTS_MAX || why->certificate) {
        end(self, false);
    } else {
        hang_up(self);
        self->poll = now + ((int64_t)AGAIN << self->attempts);
    }
}

static void carrier_closed(tunnel *self, int64_t now)
{
    if (!self->ready) {
        carrier_failed(self, self->carrier, &unexplained, now);
    } else if (!is_asking(self)) {
        hang_up(self);
    } else if (msnp_exchange_closed(&self->exchange) == MSNP_EXCHANGE_DONE) {
        self->exchange.keeps_open = false;
        got_response(self, now);
    } else {
        fail(self, 0, now);
    }
}

static void carrier_received(gpointer part, unsigned carrier, msnp_str bytes, int64_t now)
{
    tunnel *self = part;

    if (bytes.len == 0) {
        carrier_closed(self, now);
        return;
    }
    if (is_asking(self))
        self->deadline = MIN(now + MSNP_GATEWAY_SILENCE, self->latest);
    while (!self->over && self->carrier == carrier && is_asking(self)) {
        switch (msnp_exchange_feed(&self->exchange, &bytes)) {
        case MSNP_EXCHANGE_MORE:
            return;
        case MSNP_EXCHANGE_HEAD:
            self->more = false;
            got_head(self, now);
            break;
        case MSNP_EXCHANGE_BODY:
            got_body(self, now);
            break;
        case MSNP_EXCHANGE_DONE:
            got_response(self, now);
            break;
        case MSNP_EXCHANGE_BAD:
            fail(self, 0, now);
            return;
        }
    }
    /* More than was asked for: perhaps that it waited for too long (408). */
    if (!self->over && self->carrier == carrier && bytes.len > 0)
        hang_up(self);
}

static void carrier_connected(gpointer part, unsigned carrier, int64_t now)
{
    tunnel *self = part;

    (void)carrier;
    if (self->ready)
        return;
    self->ready = true;
    self->deadline = MSNP_NEVER;
    self->poll = self->told ? now : MSNP_NEVER;
    if (self->told || self->conn == 0)
        return;
    self->told = true;
    msnp_net_connected(self->gateway->net, self->conn, now);
}

static const msnp_conn_ops carrier_ops = {
    .connected = carrier_connected, .failed = carrier_failed, .received = carrier_received};

/* --- what its owner does -------------------------------------------------------------------- */

static void open_tunnel(gpointer owner, unsigned conn, msnp_conn_kind kind, const char *host)
{
    msnp_gateway *gateway = owner;
    tunnel *self = g_new0(tunnel, 1);

    self->gateway = gateway;
    self->conn = conn;
    self->kind = kind;
    self->host = g_strdup(host);
    self->deadline = MSNP_NEVER;
    self->poll = 0;
    g_queue_init(&self->out);
    msnp_exchange_init(&self->exchange);
    copy_url(&self->url, &gateway->urls[gateway->url]);
    g_ptr_array_add(gateway->tunnels, self);
}

static void write_tunnel(gpointer owner, unsigned conn, msnp_str bytes)
{
    tunnel *self = find_tunnel(owner, conn);

    if (self == NULL || bytes.len == 0)
        return;
    self->full = self->full || self->waiting + bytes.len > MSNP_GATEWAY_WAITING_MAX;
    /* What came before is not sent either: its owner must not take the rest for sent. */
    if (self->full)
        drop_out(self);
    else
        push_piece(self, bytes.ptr, bytes.len, false);
}

static void drop_tunnel_writes(gpointer owner, unsigned conn)
{
    tunnel *self = find_tunnel(owner, conn);

    if (self != NULL)
        drop_out(self);
}

static bool is_settled(gpointer owner, unsigned conn)
{
    const tunnel *self = find_tunnel(owner, conn);

    return self != NULL && self->out.length == 0 && !self->full && !is_asking(self);
}

/*
 * Nothing tells the gateway that a connection was closed: for the server it would be there for
 * another minute, and so would the account for those who write to it.
 */
static void say_goodbye(tunnel *self)
{
    static const char out[] = "OUT\r\n";
    const piece *last = g_queue_peek_tail(&self->out);

    if (last == NULL || last->len != strlen(out) || memcmp(last->bytes, out, strlen(out)) != 0)
        push_piece(self, out, strlen(out), false);
}

static void close_tunnel(gpointer owner, unsigned conn)
{
    tunnel *self = find_tunnel(owner, conn);

    if (self == NULL)
        return;
    self->conn = 0;
    if (self->id == NULL && !is_asking(self)) {
        finish(self);
        return;
    }
    say_goodbye(self);
}

static const msnp_tunnel_ops tunnel_ops = {.open = open_tunnel,
                                           .write = write_tunnel,
                                           .drop_writes = drop_tunnel_writes,
                                           .is_settled = is_settled,
                                           .close = close_tunnel};

/* --- life ----------------------------------------------------------------------------------- */

/* The path alone: what follows is ours. */
static bool take_url(msnp_gateway *gateway, const char *text)
{
    msnp_url *url = &gateway->urls[gateway->n_urls];

    if (msnp_url_parse_any(url, msnp_str_of(text)) != MSNP_OK)
        return false;
    url->target[strcspn(url->target, "?")] = '\0';
    if (strcmp(url->target, "/") == 0) {
        g_free(url->target);
        url->target = g_strdup(MSNP_GATEWAY_PATH);
    }
    gateway->n_urls++;
    return true;
}

static bool take_default(msnp_gateway *gateway, const char *scheme, const char *host)
{
    bool bare_v6 = strchr(host, ':') != NULL && *host != '[';
    g_autofree char *text =
        g_strconcat(scheme, bare_v6 ? "[" : "", host, bare_v6 ? "]" : "", MSNP_GATEWAY_PATH, NULL);

    return take_url(gateway, text);
}

msnp_gateway *msnp_gateway_new(msnp_net *net, const char *url, const char *host)
{
    msnp_gateway *gateway = g_new0(msnp_gateway, 1);
    bool given = url != NULL && *url != '\0';

    gateway->net = net;
    gateway->tunnels = g_ptr_array_new_with_free_func(tunnel_free);
    if (given ? take_url(gateway, url)
              : take_default(gateway, "https://", host) && take_default(gateway, "http://", host))
        return gateway;
    msnp_gateway_free(gateway);
    return NULL;
}

void msnp_gateway_free(msnp_gateway *gateway)
{
    if (gateway == NULL)
        return;
    g_ptr_array_unref(gateway->tunnels);
    for (unsigned i = 0; i < G_N_ELEMENTS(gateway->urls); i++)
        msnp_url_clear(&gateway->urls[i]);
    g_free(gateway);
}

void msnp_gateway_use(msnp_gateway *gateway, bool on)
{
    if (gateway != NULL)
        msnp_net_set_tunnel(gateway->net, on ? &tunnel_ops : NULL, gateway);
}

void msnp_gateway_proxied(msnp_gateway *gateway, unsigned conn, const char *authorization)
{
    for (guint i = 0; gateway != NULL && i < gateway->tunnels->len; i++) {
        tunnel *self = g_ptr_array_index(gateway->tunnels, i);
        if (self->carrier != conn || !self->url.http)
            continue;
        self->proxied = true;
        msnp_secret_free(self->authorization);
        self->authorization = g_strdup(authorization);
        /* The proxy may repeat it; the mask looks at single words: "Basic ...". */
        const char *word = authorization != NULL ? strrchr(authorization, ' ') : NULL;
        msnp_mask_add_lasting(&gateway->net->mask, word != NULL ? word + 1 : authorization);
    }
}

/* Has it something to ask for? */
static bool is_due(const tunnel *self, int64_t now)
{
    return self->out.length > 0 || (self->id != NULL && self->conn != 0 && self->poll <= now);
}

/*
 * May it take another request? Where nobody has said so it may be about to close, as proxies do
 * after each response, and nobody would know what became of the request.
 */
static bool is_trusted(const tunnel *self, int64_t now)
{
    return self->answered == 0 || self->promised || self->gateway->reuses ||
           now - self->answered >= SETTLED;
}

static void run(tunnel *self, int64_t now)
{
    if (self->full && !self->over)
        end(self, false);
    if (self->over || is_asking(self))
        return;
    if (self->ready && is_due(self, now) && !is_trusted(self, now))
        hang_up(self);
    if (self->carrier == 0 && (self->poll <= now || (self->out.length > 0 && self->attempts == 0)))
        dial(self, now);
    else if (self->ready && is_due(self, now))
        ask(self, now);
}

/* Frees what is over. */
static void sweep(msnp_gateway *gateway)
{
    for (guint i = gateway->tunnels->len; i > 0; i--)
        if (((const tunnel *)g_ptr_array_index(gateway->tunnels, i - 1))->over)
            g_ptr_array_remove_index(gateway->tunnels, i - 1);
}

void msnp_gateway_run(msnp_gateway *gateway, int64_t now)
{
    /* A request that cannot be made may fail the session, which begins another connection. */
    for (guint i = 0; gateway != NULL && i < gateway->tunnels->len; i++)
        run(g_ptr_array_index(gateway->tunnels, i), now);
    if (gateway != NULL)
        sweep(gateway);
}

static void expire(tunnel *self, int64_t now)
{
    if (self->over || now < self->deadline)
        return;
    if (!self->ready && msnp_net_is_asking(self->gateway->net))
        self->deadline = now + MSNP_GATEWAY_CONNECT; /* the user is asked about a certificate */
    else if (!self->ready)
        carrier_failed(self, self->carrier, &unexplained, now);
    else
        fail(self, 0, now);
}

void msnp_gateway_tick(msnp_gateway *gateway, int64_t now)
{
    for (guint i = 0; gateway != NULL && i < gateway->tunnels->len; i++)
        expire(g_ptr_array_index(gateway->tunnels, i), now);
}

int64_t msnp_gateway_deadline(const msnp_gateway *gateway)
{
    int64_t next = MSNP_NEVER;

    for (guint i = 0; gateway != NULL && i < gateway->tunnels->len; i++) {
        const tunnel *self = g_ptr_array_index(gateway->tunnels, i);
        next = MIN(next, MIN(self->deadline, self->poll));
    }
    return next;
}

void msnp_gateway_end(msnp_gateway *gateway, int64_t now)
{
    for (guint i = 0; gateway != NULL && i < gateway->tunnels->len; i++) {
        tunnel *self = g_ptr_array_index(gateway->tunnels, i);
        if (!self->over && self->ready && !is_asking(self) && self->out.length > 0)
            ask(self, now);
        if (!self->over)
            finish(self);
    }
}
