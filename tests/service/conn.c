/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "conn.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"
#include "presence.h"
#include "sb.h"

#define INPUT_MAX        (128 * 1024)
#define READ_MAX         (16 * 1024) /* a TLS record is read as a whole */
#define DRIBBLE_PAUSE_MS 0           /* until the loop has looked at all others */
#define LINGER_MS        1000

typedef struct {
    GByteArray *bytes;
    gsize sent;
    gboolean dribble;
} chunk;

static void conn_flush(conn *c);
static void conn_process(conn *c);

static void chunk_free(gpointer data)
{
    chunk *piece = data;

    g_byte_array_unref(piece->bytes);
    g_free(piece);
}

conn *conn_ref(conn *c)
{
    c->refs++;
    return c;
}

void conn_unref(conn *c)
{
    if (--c->refs > 0)
        return;
    g_queue_clear_full(&c->out, chunk_free);
    g_byte_array_unref(c->in);
    request_free(c->held);
    g_free(c->account);
    g_free(c->msnp.cvr_account);
    g_free(c->msnp.challenge);
    g_free(c->msnp.handle);
    g_free(c->msnp.spelling);
    g_free(c->msnp.auth);
    g_free(c->msnp.client_challenge);
    g_clear_pointer(&c->msnp.told, g_hash_table_unref);
    g_free(c->sb.account);
    g_free(c);
}

gboolean conn_open(const conn *c)
{
    return c->fd >= 0 && !c->finishing && !c->lingering;
}

static void clear_source(guint *id)
{
    if (*id)
        g_source_remove(*id);
    *id = 0;
}

/* However it ends: those who see it go are told. The second time is ignored. */
static void session_ended(conn *c)
{
    presence_ended(c);
    sb_ended(c);
}

void conn_drop(conn *c)
{
    if (c->fd < 0)
        return;
    if (!c->lingering)
        log_event(c->svc, c->role, "close");
    clear_source(&c->watch);
    clear_source(&c->dribble_timer);
    clear_source(&c->linger_timer);
    clear_source(&c->delay_timer);
    clear_source(&c->idle_timer);
    if (c->tls)
        gnutls_deinit(c->tls);
    c->tls = NULL;
    close(c->fd);
    c->fd = -1;
    g_clear_pointer(&c->wire, wire_release);
    session_ended(c);
    /* The list's reference is the last one, unless a caller up the stack holds its own. */
    g_ptr_array_remove(c->svc->conns, c);
}

static gboolean on_linger(gpointer data)
{
    conn *c = data;

    c->linger_timer = 0;
    conn_drop(c);
    return G_SOURCE_REMOVE;
}

static gboolean on_io(int fd, GIOCondition condition, gpointer data);

static void update_watch(conn *c)
{
    guint wanted = (c->eof ? 0u : (guint)G_IO_IN) | (c->want_write ? (guint)G_IO_OUT : 0u);

    if (c->fd < 0 || wanted == c->watched)
        return;
    clear_source(&c->watch);
    c->watched = wanted;
    /* Without anything to wait for, even the hang-up of the peer must not wake us for ever. */
    if (wanted)
        c->watch = g_unix_fd_add(c->fd, (GIOCondition)wanted, on_io, c);
}

static guint linger_ms(const conn *c)
{
    return LINGER_MS + (c->wire ? 2 * wire_delay(c->wire) : 0);
}

/*
 * Says goodbye and waits a moment for the client to see it: closing a socket that has unread input
 * resets it, and could take the last answer away from the client.
 */
void conn_shut(conn *c)
{
    static const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    if (c->fd < 0 || c->lingering)
        return;
    if (c->resetting && c->wire)
        wire_reset(c->wire);
    else if (c->resetting)
        setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    else if (c->tls && c->handshaken)
        gnutls_bye(c->tls, GNUTLS_SHUT_WR);
    if (c->resetting || c->eof || shutdown(c->fd, SHUT_WR) < 0) {
        conn_drop(c);
        return;
    }
    log_event(c->svc, c->role, "close");
    c->lingering = TRUE;
    session_ended(c);
    c->want_write = FALSE;
    g_queue_clear_full(&c->out, chunk_free);
    clear_source(&c->dribble_timer);
    clear_source(&c->delay_timer);
    clear_source(&c->idle_timer);
    c->linger_timer = g_timeout_add(linger_ms(c), on_linger, c);
    update_watch(c);
}

void conn_finish(conn *c)
{
    if (!conn_open(c))
        return;
    c->finishing = TRUE;
    session_ended(c);
    conn_flush(c);
}

static gboolean on_idle(gpointer data)
{
    conn *c = conn_ref(data);

    c->idle_timer = 0;
    conn_finish(c);
    conn_unref(c);
    return G_SOURCE_REMOVE;
}

void conn_expect(conn *c, guint ms)
{
    clear_source(&c->idle_timer);
    if (conn_open(c))
        c->idle_timer = g_timeout_add(ms, on_idle, c);
}

void conn_reset(conn *c)
{
    c->resetting = TRUE;
    conn_finish(c);
}

void conn_bad(conn *c, const char *why)
{
    c->refused = TRUE;
    log_bad(c, why);
    conn_finish(c);
}

static gssize tls_result(gssize n)
{
    if (n >= 0)
        return n;
    if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)
        return -EAGAIN;
    if (n == GNUTLS_E_PREMATURE_TERMINATION)
        return 0;
    return -EIO;
}

static gssize raw_write(conn *c, const guint8 *bytes, gsize length)
{
    gssize n;

    if (c->tls)
        return tls_result(gnutls_record_send(c->tls, bytes, length));
    n = send(c->fd, bytes, length, MSG_NOSIGNAL);
    return n < 0 ? (errno == EINTR ? -EAGAIN : -errno) : n;
}

static gssize raw_read(conn *c, guint8 *bytes, gsize length)
{
    gssize n;

    if (c->tls)
        return tls_result(gnutls_record_recv(c->tls, bytes, length));
    n = recv(c->fd, bytes, length, 0);
    return n < 0 ? (errno == EINTR ? -EAGAIN : -errno) : n;
}

static gboolean on_dribble(gpointer data)
{
    conn *c = conn_ref(data);

    c->dribble_timer = 0;
    conn_flush(c);
    conn_unref(c);
    return G_SOURCE_REMOVE;
}

/* Writes some of the first chunk. Returns FALSE when no more can be written for now. */
static gboolean write_some(conn *c)
{
    chunk *piece = g_queue_peek_head(&c->out);
    gsize left = piece->bytes->len - piece->sent;
    gssize n = raw_write(c, piece->bytes->data + piece->sent, piece->dribble ? 1 : left);

    if (n == -EAGAIN || n == -EWOULDBLOCK) {
        c->want_write = TRUE;
        return FALSE;
    }
    if (n <= 0) {
        /* Not at once: who says this may have more to say, or to look up. */
        if (!c->linger_timer)
            c->linger_timer = g_idle_add(on_linger, c);
        return FALSE;
    }
    piece->sent += (gsize)n;
    if (piece->dribble)
        c->dribble_timer = g_timeout_add(DRIBBLE_PAUSE_MS, on_dribble, c);
    if (piece->sent == piece->bytes->len)
        chunk_free(g_queue_pop_head(&c->out));
    return !c->dribble_timer;
}

static void conn_flush(conn *c)
{
    if (c->fd < 0 || c->lingering || c->dribble_timer)
        return;
    c->want_write = FALSE;
    /* Before the handshake is over there is no way to say anything, but closing is possible. */
    if (!c->tls || c->handshaken)
        while (!g_queue_is_empty(&c->out) && write_some(c))
            ;
    else
        c->want_write = gnutls_record_get_direction(c->tls) == 1;
    if (c->fd < 0)
        return;
    if (c->finishing && g_queue_is_empty(&c->out) && !c->dribble_timer)
        conn_shut(c);
    else
        update_watch(c);
}

static void enqueue(conn *c, const char *bytes, gsize length, gboolean dribble)
{
    chunk *piece;

    if (length == 0)
        return;
    piece = g_new0(chunk, 1);
    piece->bytes = g_byte_array_append(g_byte_array_new(), (const guint8 *)bytes, (guint)length);
    piece->dribble = dribble || knob_on(c->svc, "dribble");
    g_queue_push_tail(&c->out, piece);
}

static void send_parts(conn *c, const char *bytes, gsize length, gsize first, gboolean dribble)
{
    if (!conn_open(c) || length == 0)
        return;
    log_sent(c->svc, c->role, bytes, length);
    enqueue(c, bytes, first, dribble);
    enqueue(c, bytes + first, length - first, dribble);
    conn_flush(c);
}

void conn_send(conn *c, const char *bytes, gssize length)
{
    gsize n = length < 0 ? strlen(bytes) : (gsize)length;

    send_parts(c, bytes, n, n, FALSE);
}

void conn_send_parted(conn *c, const char *bytes, gsize length, gsize first)
{
    send_parts(c, bytes, length, first, FALSE);
}

void conn_send_dribbled(conn *c, const char *bytes, gssize length)
{
    gsize n = length < 0 ? strlen(bytes) : (gsize)length;

    send_parts(c, bytes, n, n, TRUE);
}

void conn_printf(conn *c, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    conn_send(c, text, -1);
}

static void handle(conn *c, const request *req)
{
    if (is_gateway(c->role))
        gateway_handle(c, req);
    else if (speaks_http(c->role))
        passport_handle(c, req);
    else if (c->role == SERVICE_SWITCHBOARD)
        sb_handle(c, req);
    else
        msnp_handle(c, req);
}

static gboolean on_delay(gpointer data)
{
    conn *c = conn_ref(data);
    request *req = c->held;

    c->delay_timer = 0;
    c->held = NULL;
    if (conn_open(c))
        handle(c, req);
    request_free(req);
    conn_process(c);
    conn_unref(c);
    return G_SOURCE_REMOVE;
}

static void take_request(conn *c, request *req)
{
    guint latency = knob_number(c->svc, "latency", 0);

    log_request(c->svc, c->role, req);
    if (!c->mute && latency) {
        c->held = req;
        c->delay_timer = g_timeout_add(latency, on_delay, c);
        return;
    }
    if (!c->mute)
        handle(c, req);
    request_free(req);
}

static void refuse_input(conn *c, const char *why)
{
    log_refused(c->svc, c->role, (const char *)c->in->data, c->in->len);
    g_byte_array_set_size(c->in, 0);
    conn_bad(c, why);
}

static read_result next_request(conn *c, request **req, const char **why)
{
    if (is_gateway(c->role))
        return reader_gateway(c->in, req, why);
    return speaks_http(c->role) ? reader_http(c->in, req, why) : reader_msnp(c->in, req, why);
}

/* Hands on all requests that are complete. The caller holds a reference. */
static void conn_process(conn *c)
{
    read_result result = READ_DONE;

    while (result == READ_DONE && conn_open(c) && !c->held) {
        request *req = NULL;
        const char *why = NULL;

        result = next_request(c, &req, &why);
        if (result == READ_DONE)
            take_request(c, req);
        else if (result == READ_BAD)
            refuse_input(c, why);
    }
    if (!c->eof || c->fd < 0)
        return;
    if (conn_open(c) && !c->held && c->in->len > 0)
        refuse_input(c, "closed in the middle of a request");
    else if (!c->held && g_queue_is_empty(&c->out))
        conn_drop(c);
}

static void keep_input(conn *c, const guint8 *bytes, gsize length)
{
    clear_source(&c->idle_timer);
    if (c->sb.parted && !c->mute) {
        c->mute = TRUE;
        log_event(c->svc, c->role, "bad: input after OUT");
    }
    /* What comes instead of a handshake that we do not make is of no interest. */
    if (!conn_open(c) || (speaks_tls(c->role) && !c->tls))
        return;
    g_byte_array_append(c->in, bytes, (guint)length);
    if (c->in->len > INPUT_MAX)
        refuse_input(c, "too much input");
}

static void conn_read(conn *c)
{
    guint8 bytes[READ_MAX];
    gssize n = 0;

    while (c->fd >= 0 && !c->eof && (n = raw_read(c, bytes, sizeof bytes)) > 0) {
        c->svc->reads[c->role]++;
        keep_input(c, bytes, (gsize)n);
        /* Who sends faster than we read is no flood as long as it can be worked at. */
        if (c->in->len > INPUT_MAX / 2)
            conn_process(c);
    }
    if (c->fd < 0)
        return;
    if (n == 0 && c->wire && wire_was_reset(c->wire))
        n = -ECONNRESET;
    if (n < 0 && n != -EAGAIN && n != -EWOULDBLOCK) {
        conn_drop(c);
        return;
    }
    c->eof = c->eof || n == 0;
    if (c->lingering && c->eof)
        conn_drop(c);
    else
        conn_process(c);
    update_watch(c);
}

static void shake_hands(conn *c)
{
    int rc = gnutls_handshake(c->tls);
    g_autofree char *text = NULL;

    if (rc < 0 && !gnutls_error_is_fatal(rc)) {
        c->want_write = gnutls_record_get_direction(c->tls) == 1;
        update_watch(c);
        return;
    }
    text = g_strdup_printf("tls: %s",
                           rc < 0 ? gnutls_strerror(rc)
                                  : gnutls_protocol_get_name(gnutls_protocol_get_version(c->tls)));
    log_event(c->svc, c->role, text);
    if (rc < 0) {
        conn_drop(c);
        return;
    }
    c->handshaken = TRUE;
    c->want_write = FALSE;
    /* The request may have come along with the end of the handshake. */
    conn_read(c);
}

static gboolean on_io(int fd G_GNUC_UNUSED, GIOCondition condition, gpointer data)
{
    conn *c = conn_ref(data);

    if (c->tls && !c->handshaken && !c->lingering) {
        shake_hands(c);
    } else {
        if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR))
            conn_read(c);
        if (c->fd >= 0 && (condition & G_IO_OUT))
            conn_flush(c);
    }
    conn_unref(c);
    return G_SOURCE_CONTINUE;
}

static gboolean begin_tls(conn *c)
{
    service *svc = c->svc;
    static const char *const knobs[SERVICE_N_ROLES] = {
        [SERVICE_NEXUS] = "nexus-cert",
        [SERVICE_LOGIN] = "login-cert",
        [SERVICE_GATEWAY_TLS] = "gateway-cert",
    };
    const char *name = knob_get(svc, knobs[c->role]);
    cert_kind kind = name ? cert_kind_from_name(name) : CERT_GOOD;

    if (!svc->credentials[kind])
        svc->credentials[kind] = certs_load(svc->dir, kind);
    if (!svc->credentials[kind] ||
        gnutls_init(&c->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL) < 0)
        return FALSE;
    gnutls_transport_set_int(c->tls, c->fd);
    return gnutls_priority_set_direct(c->tls, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2", NULL) >=
               0 &&
           gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, svc->credentials[kind]) >= 0;
}

/* What happens on connecting, before a byte was read. */
static void conn_begin(conn *c)
{
    static const char *const steps[SERVICE_N_ROLES] = {
        [SERVICE_DISPATCH] = "ds-connect",         [SERVICE_NOTIFICATION] = "ns-connect",
        [SERVICE_NEXUS] = "nexus-connect",         [SERVICE_LOGIN] = "login-connect",
        [SERVICE_SWITCHBOARD] = "sb-connect",      [SERVICE_GATEWAY] = "gateway-connect",
        [SERVICE_GATEWAY_TLS] = "gateway-connect",
    };
    step_result result = step_apply(c, steps[c->role]);

    if (result == STEP_NOTHING)
        c->mute = TRUE;
    if (c->role == SERVICE_SWITCHBOARD && conn_open(c))
        sb_begin(c);
    if (!speaks_tls(c->role) || !conn_open(c))
        return;
    /* Bytes that are no TLS were sent in place of the handshake, or nothing at all. */
    if (result != STEP_NORMAL)
        c->mute = TRUE;
    else if (!begin_tls(c))
        conn_drop(c);
}

void conn_advance(conn *c)
{
    conn_ref(c);
    conn_read(c);
    conn_flush(c);
    conn_unref(c);
}

static void set_socket(conn *c, int fd)
{
    static const int on = 1;
    guint delay = knob_number(c->svc, "delay", 0);

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->peer = loopback_peer_port(fd);
    c->fd = fd;
    if (!delay)
        return;
    if (!c->svc->links)
        c->svc->links = links_new();
    c->wire = wire_new(c->svc->links, fd, delay, &c->fd);
}

/* On the list of the service; `fd` is for the caller to set. Returns another reference. */
static conn *conn_new(service *svc, service_role role)
{
    conn *c = g_new0(conn, 1);

    c->refs = 1;
    c->svc = svc;
    c->role = role;
    c->in = g_byte_array_new();
    g_queue_init(&c->out);
    g_ptr_array_add(svc->conns, c);
    log_event(svc, role, "open");
    return conn_ref(c);
}

void conn_accept(service *svc, service_role role, int fd)
{
    conn *c = conn_new(svc, role);

    set_socket(c, fd);
    conn_begin(c);
    update_watch(c);
    conn_unref(c);
}

conn *conn_tunnel(service *svc, service_role role, int fd)
{
    conn *c = conn_new(svc, role);

    c->tunnelled = TRUE;
    c->fd = fd;
    if (role == SERVICE_SWITCHBOARD)
        sb_begin(c);
    update_watch(c);
    return c;
}
