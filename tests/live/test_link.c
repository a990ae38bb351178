/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stream below everything: what is written arrives complete and in order although the socket
 * takes only part of it, what is written at once is sent at once, and a peer that never reads
 * cannot make a heap of it.
 */
#include "link.h"
#include "service_helpers.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 16384
#define EXTRA 32 /* chunks: half of what a link keeps */

/* A peer on a thread of its own, which reads when it is told to. */
typedef struct {
    GThread *thread;
    int listener;
    int port;
    gboolean tls;
    const char *cert_dir;
    int reading;     /* atomic */
    int done;        /* atomic: it read as much as was to come, or the end */
    size_t expected; /* bytes */
    size_t got;
    gboolean in_order;
} peer;

static char pattern(size_t at)
{
    return (char)('a' + at % 23);
}

static gnutls_session_t peer_handshake(const peer *self, int fd, gnutls_certificate_credentials_t c)
{
    g_autofree char *cert = g_build_filename(self->cert_dir, "good.pem", NULL);
    g_autofree char *key = g_build_filename(self->cert_dir, "good.key", NULL);
    gnutls_session_t session;

    if (gnutls_certificate_set_x509_key_file(c, cert, key, GNUTLS_X509_FMT_PEM) < 0)
        g_error("no certificate");
    gnutls_init(&session, GNUTLS_SERVER);
    gnutls_set_default_priority(session);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, c);
    gnutls_transport_set_int(session, fd);
    if (gnutls_handshake(session) < 0)
        g_error("no handshake");
    return session;
}

static gpointer peer_run(gpointer data)
{
    peer *self = data;
    int fd = accept(self->listener, NULL, NULL);
    gnutls_certificate_credentials_t credentials;
    gnutls_session_t session = NULL;
    char bytes[4096];

    gnutls_certificate_allocate_credentials(&credentials);
    if (self->tls)
        session = peer_handshake(self, fd, credentials);
    while (!g_atomic_int_get(&self->reading))
        g_usleep(1000);
    while (self->got < self->expected) {
        ssize_t n = session ? gnutls_record_recv(session, bytes, sizeof bytes)
                            : recv(fd, bytes, sizeof bytes, 0);
        if (n <= 0)
            break;
        for (ssize_t i = 0; i < n; i++)
            self->in_order = self->in_order && bytes[i] == pattern(self->got++);
    }
    if (session)
        gnutls_deinit(session);
    gnutls_certificate_free_credentials(credentials);
    close(fd);
    g_atomic_int_set(&self->done, 1);
    return NULL;
}

/* How many chunks a connection to a peer takes that does not read. */
static size_t capacity(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    static const char chunk[CHUNK];
    size_t bytes = 0;
    int quiet = 0;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        g_error("cannot connect");
    /* Until nothing has moved for a while: the buffers grow at first. */
    while (quiet < 20) {
        ssize_t n = send(fd, chunk, sizeof chunk, MSG_DONTWAIT | MSG_NOSIGNAL);
        quiet = n > 0 ? 0 : quiet + 1;
        bytes += n > 0 ? (size_t)n : 0;
        if (n <= 0)
            g_usleep(5000);
    }
    close(fd);
    return bytes / CHUNK;
}

static peer *peer_new(gboolean tls, service *svc)
{
    peer *self = g_new0(peer, 1);
    int small = 4096;

    self->listener = live_mute_listener(&self->port);
    /* Inherited by what is accepted: little fits, so that the writer has to wait. */
    setsockopt(self->listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    self->tls = tls;
    self->cert_dir = g_path_get_dirname(service_ca_file(svc));
    self->in_order = TRUE;
    /* This connection is the first one that waits to be accepted, and it is over already. */
    self->expected = (capacity(self->port) + EXTRA) * CHUNK;
    close(accept(self->listener, NULL, NULL));
    self->thread = g_thread_new("peer", peer_run, self);
    return self;
}

static void peer_free(peer *self)
{
    g_atomic_int_set(&self->reading, 1);
    g_thread_join(self->thread);
    close(self->listener);
    g_free((char *)self->cert_dir);
    g_free(self);
}

/* What the owner of a link is told. */
typedef struct {
    gboolean connected;
    gboolean ended;
    gboolean broken; /* not by an orderly close */
    gboolean failed;
    guint drained;
    size_t got;
    gboolean close_in_connected;
    gboolean close_in_received;
} owner;

static void owner_connected(prpl_link *link, gpointer data)
{
    owner *self = data;

    self->connected = TRUE;
    if (self->close_in_connected)
        prpl_link_close(link);
}

static void owner_received(prpl_link *link, const char *bytes, size_t len, gpointer data)
{
    owner *self = data;

    (void)bytes;
    self->got += len;
    self->ended = len == 0;
    self->broken = self->ended && prpl_link_is_broken(link);
    if (self->ended || self->close_in_received)
        prpl_link_close(link);
}

static void owner_failed(prpl_link *link, prpl_problem problem, const char *text, gpointer data)
{
    owner *self = data;

    g_test_message("failed: problem %d, %s", (int)problem, text ? text : "-");
    self->failed = TRUE;
    prpl_link_close(link);
}

static void owner_asking(prpl_link *link, bool asking, gpointer data)
{
    (void)link;
    (void)asking;
    (void)data;
}

static void owner_drained(prpl_link *link, gpointer data)
{
    owner *self = data;

    (void)link;
    self->drained++;
}

static const prpl_link_ops owner_ops = {owner_connected, owner_received, owner_failed, owner_asking,
                                        owner_drained};

static void write_chunks(prpl_link *link, size_t n, size_t *at)
{
    g_autofree char *chunk = g_malloc(CHUNK);

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < CHUNK; k++)
            chunk[k] = pattern((*at)++);
        prpl_link_write(link, chunk, CHUNK);
    }
}

typedef enum { TCP, TLS, BULK } link_kind;

/* A reader that comes late gets every byte, in order. */
static void test_partial(gconstpointer data)
{
    link_kind kind = GPOINTER_TO_UINT(data);
    gboolean tls = kind == TLS;
    service *svc = live_service();
    user *u = live_user(svc);
    peer *p = peer_new(tls, svc);
    owner o = {0};
    size_t at = 0;
    prpl_link *link = prpl_link_open(u->account, tls ? "localhost" : "127.0.0.1", (uint16_t)p->port,
                                     tls, &owner_ops, &o);

    live_wait(o.connected || o.failed, 10);
    live_check(o.connected);
    if (kind == BULK) {
        prpl_link_set_bulk(link);
        /* The system takes less of it at a time. */
        p->expected = (EXTRA + EXTRA / 2) * CHUNK;
    }
    /* In two parts, between which the socket takes what it can. */
    write_chunks(link, EXTRA, &at);
    while (at < p->expected) {
        client_idle(0.01);
        write_chunks(link, 1, &at);
    }
    live_check(!g_atomic_int_get(&p->done));
    o.drained = 0;
    client_idle(0.05);
    live_check(o.drained == 0);
    g_atomic_int_set(&p->reading, 1);
    live_wait(g_atomic_int_get(&p->done), 20);
    g_assert_cmpuint(p->got, ==, p->expected);
    live_check(p->in_order);
    live_wait(o.ended, 10);
    live_check(!o.broken && o.drained == (kind == BULK));
    peer_free(p);
    live_end(svc, u);
}

/* A peer that never reads: the link ends instead of keeping more and more. */
static void test_never_reads(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    peer *p = peer_new(FALSE, svc);
    owner o = {0};
    size_t at = 0;
    prpl_link *link =
        prpl_link_open(u->account, "127.0.0.1", (uint16_t)p->port, FALSE, &owner_ops, &o);

    live_wait(o.connected || o.failed, 10);
    for (int i = 0; i < 100 && !o.ended; i++) {
        write_chunks(link, 16, &at);
        client_idle(0.01);
    }
    live_check(o.ended && o.broken);
    peer_free(p);
    live_end(svc, u);
}

/* Closing it in its own callbacks, and before anything happened. */
static void test_close(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    peer *p = peer_new(FALSE, svc);
    owner o = {.close_in_connected = TRUE};

    prpl_link_close(NULL);
    prpl_link_close(
        prpl_link_open(u->account, "127.0.0.1", (uint16_t)p->port, FALSE, &owner_ops, &o));
    client_idle(0.05);
    live_check(!o.connected && !o.failed && !o.ended);
    (void)prpl_link_open(u->account, "127.0.0.1", (uint16_t)p->port, FALSE, &owner_ops, &o);
    live_wait(o.connected || o.failed, 10);
    client_idle(0.05);
    live_check(o.connected && !o.failed && !o.ended);
    peer_free(p);
    live_end(svc, u);
}

/* What is written in one moment stays here until it is all there, and leaves in one piece. */
static void test_queued(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    owner o = {0};
    char bytes[64];
    int port;
    int listener = live_mute_listener(&port);
    prpl_link *link =
        prpl_link_open(u->account, "127.0.0.1", (uint16_t)port, FALSE, &owner_ops, &o);
    int fd;

    live_wait(o.connected || o.failed, 10);
    fd = accept(listener, NULL, NULL);
    prpl_link_flush(link); /* of nothing */
    prpl_link_write(link, "one ", 4);
    prpl_link_write(link, "two ", 4);
    client_idle(0.05);
    live_check(recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) < 0);
    prpl_link_write(link, "three", 5);
    prpl_link_flush(link);
    g_assert_cmpint(recv(fd, bytes, sizeof bytes, 0), ==, 13);
    g_assert_cmpmem(bytes, 13, "one two three", 13);
    /* The end does not wait for anybody. */
    prpl_link_write(link, "four", 4);
    prpl_link_close(link);
    g_assert_cmpint(recv(fd, bytes, sizeof bytes, 0), ==, 4);
    g_assert_cmpint(recv(fd, bytes, sizeof bytes, 0), ==, 0);
    close(fd);
    close(listener);
    live_end(svc, u);
}

/*
 * Both ends are links; much is written at once, without a flush. One that ends before it has read
 * everything breaks the other.
 */
static void test_bulk(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    owner near = {0}, far = {.close_in_received = TRUE};
    char address[MSNP_ADDRESS_MAX];
    int port;
    int listener = live_mute_listener(&port);
    prpl_link *link =
        prpl_link_open(u->account, "127.0.0.1", (uint16_t)port, FALSE, &owner_ops, &near);
    size_t at = 0;
    int fd;

    live_check(!prpl_link_local_address(link, address));
    live_wait(near.connected || near.failed, 10);
    live_check(prpl_link_local_address(link, address));
    g_assert_cmpstr(address, ==, "127.0.0.1");
    prpl_link_set_bulk(link);
    prpl_link_write(link, "x", 1);
    live_check(near.drained == 0); /* not yet: the caller is in the middle of something */
    live_wait(near.drained == 1, 10);
    write_chunks(link, EXTRA, &at);
    fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    prpl_link_set_bulk(prpl_link_accept(u->account, fd, &owner_ops, &far));
    live_wait(near.ended, 10);
    live_check(near.broken && !far.ended && !far.connected);
    /* The one who writes is told of it first, and the reader only of the end. */
    near = (owner){0};
    link = prpl_link_open(u->account, "127.0.0.1", (uint16_t)port, FALSE, &owner_ops, &near);
    live_wait(near.connected, 10);
    prpl_link_set_bulk(link);
    prpl_link_write(link, "x", 1);
    close(accept(listener, NULL, NULL));
    prpl_link_write(link, "y", 1);
    live_wait(near.ended, 10);
    live_check(near.broken && near.drained == 0);
    close(listener);
    live_end(svc, u);
}

static gboolean note(gpointer done)
{
    *(gboolean *)done = TRUE;
    return G_SOURCE_REMOVE;
}

/* FAST: a link that is not bulk, but as fast. */
typedef enum { READING, WRITING, FAST } yielding;

/* Although something can be read, or written, all the time, the client gets to what can wait. */
static void test_yield(gconstpointer data)
{
    yielding what = (yielding)GPOINTER_TO_UINT(data);
    gboolean writing = what == WRITING;
    static char bytes[CHUNK];
    service *svc = live_service();
    user *u = live_user(svc);
    owner o = {.drained = 1};
    gboolean redrawn = FALSE;
    gint64 until = client_until(10);
    int ends[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), ==, 0);
    prpl_link *link = prpl_link_accept(u->account, ends[0], &owner_ops, &o);
    if (what != FAST)
        prpl_link_set_bulk(link);
    g_idle_add(note, &redrawn);
    while (!redrawn && g_get_monotonic_time() < until) {
        if (writing && o.drained > 0)
            prpl_link_write(link, bytes, sizeof bytes);
        o.drained = 0;
        while ((writing ? read(ends[1], bytes, sizeof bytes)
                        : write(ends[1], bytes, sizeof bytes)) > 0)
            ;
        g_main_context_iteration(NULL, FALSE);
    }
    live_check(redrawn);
    close(ends[1]);
    live_wait(o.ended, 10);
    live_end(svc, u);
}

/* drained() comes when the last byte has left, in however many steps. */
static void test_drained(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    owner near = {0}, far = {0};
    size_t at = 0;
    int small = 4096;
    int port;
    int listener = live_mute_listener(&port);
    prpl_link *reader =
        prpl_link_open(u->account, "127.0.0.1", (uint16_t)port, FALSE, &owner_ops, &near);

    live_wait(near.connected, 10);
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    prpl_link *writer = prpl_link_accept(u->account, fd, &owner_ops, &far);
    prpl_link_set_bulk(writer);
    write_chunks(writer, EXTRA, &at);
    live_wait(near.got == EXTRA * CHUNK, 10);
    live_wait(far.drained == 1, 10);
    prpl_link_close(reader);
    live_wait(far.ended, 10);
    live_check(!far.broken);
    close(listener);
    live_end(svc, u);
}

static void add_tests(void)
{
    live_use_wall_clock();
    live_add_data("/link/partial/tcp", GUINT_TO_POINTER(TCP), test_partial, TRUE);
    live_add_data("/link/partial/tls", GUINT_TO_POINTER(TLS), test_partial, TRUE);
    live_add_data("/link/partial/bulk", GUINT_TO_POINTER(BULK), test_partial, TRUE);
    live_add("/link/drained", test_drained, TRUE);
    live_add("/link/bulk", test_bulk, TRUE);
    live_add_data("/link/yield/reading", GUINT_TO_POINTER(READING), test_yield, TRUE);
    live_add_data("/link/yield/writing", GUINT_TO_POINTER(WRITING), test_yield, TRUE);
    live_add_data("/link/yield/fast", GUINT_TO_POINTER(FAST), test_yield, TRUE);
    live_add("/link/never-reads", test_never_reads, TRUE);
    live_add("/link/close", test_close, TRUE);
    live_add("/link/queued", test_queued, TRUE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
