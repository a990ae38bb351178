/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "link.h"

#include "cert.h"
#include "dial.h"
#include "process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE     16384
#define READ_SIZE_MAX 65536 /* bulk */
#define READS_AT_ONCE 2     /* reads per turn of the main loop */
#define QUEUE_LIMIT   ((size_t)1024 * 1024)
#define FLUSH_AT      16384 /* bytes queued before an early flush */
/*
 * Bulk: bytes that the system takes before it sends them. More would be minutes on a slow line, in
 * which nobody knows whether anything moves.
 */
#define UNSENT_MAX 131072

#define YIELD_EVERY 8000  /* microseconds */
#define YIELD_TIME  1     /* millisecond */
#define MUCH        16384 /* bytes read in YIELD_EVERY: so fast, any link is like bulk */

#define KEEPALIVE_AFTER 60 /* seconds */
#define KEEPALIVE_EVERY 20

struct prpl_link {
    prpl_cert_check check; /* first: the verifier casts the link to it */
    unsigned refs;         /* the owner's, and one for each running callback */
    bool closed;           /* by the owner: no more callbacks */
    bool secure;           /* TLS is wanted */
    bool tls_over;         /* TLS failed; libpurple frees its connection */
    bool alive;            /* the peer has replied */
    bool paused;
    bool bulk;
    bool busy;      /* as much comes as if it were bulk: a file through the service */
    size_t moved;   /* bytes read since: */
    gint64 since;   /* microseconds */
    bool broken;    /* see prpl_link_is_broken() */
    bool undrained; /* bulk: something was written, and drained() has not been called */
    bool asked;     /* asking(true) was called, asking(false) was not */
    char *host;
    PurpleAccount *account;

    const prpl_link_ops *ops;
    gpointer data;

    prpl_dial *dial; /* NULL without TLS support */
    int fd;          /* -1 until TCP is connected, and once TLS owns it */
    PurpleSslConnection *tls;
    guint read_watch; /* for TCP; libpurple has that of TLS */
    guint write_watch;
    guint refusal; /* the timer that reports that there is no TLS support */
    guint rest;    /* the timer that continues reading */
    guint trust;   /* the timer that loads trusted certificates */
    msnp_buf queue;
};

static void link_unref(prpl_link *link)
{
    if (--link->refs > 0)
        return;
    msnp_buf_clear(&link->queue);
    g_free(link->host);
    g_free(link);
}

/*
 * Each callback runs with its own reference, so that the owner may close the link in it; check
 * `closed` afterwards.
 */
static bool link_enter(prpl_link *link)
{
    link->refs++;
    return !link->closed;
}

static void report_failure(prpl_link *link, prpl_problem problem, const char *text)
{
    if (link_enter(link))
        link->ops->failed(link, problem, text, link->data);
    link_unref(link);
}

static void say_received(prpl_link *link, const char *bytes, size_t len)
{
    link->alive = link->alive || len > 0;
    if (link_enter(link))
        link->ops->received(link, bytes, len, link->data);
    link_unref(link);
}

static void say_connected(prpl_link *link)
{
    if (link_enter(link))
        link->ops->connected(link, link->data);
    link_unref(link);
}

static void say_asking(prpl_link *link, bool asking)
{
    if (link->asked == asking)
        return;
    link->asked = asking;
    if (link_enter(link))
        link->ops->asking(link, asking, link->data);
    link_unref(link);
}

/*
 * Disables Nagle's algorithm, and enables TCP keep-alive: switchboards have no keep-alive of their
 * own, and routers forget idle connections.
 */
static void set_options(int fd)
{
    int on = 1;
    int idle = KEEPALIVE_AFTER;
    int interval = KEEPALIVE_EVERY;

    /* Ignore errors: it may not be a TCP socket. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

/* Like read(): -1 with errno, 0 at the end, else the number of bytes. */
static ssize_t read_some(prpl_link *link, char *bytes, size_t size)
{
    if (link->tls != NULL)
        return (ssize_t)purple_ssl_read(link->tls, bytes, size);
    return recv(link->fd, bytes, size, 0);
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static gboolean go_on(gpointer data);

/*
 * The peer closed the connection. Bytes that it has not acknowledged were on the way when it did,
 * and are lost.
 */
static bool has_lost_bytes(const prpl_link *link)
{
    int left = 0;

    return link->queue.len > 0 ||
           (link->fd >= 0 && ioctl(link->fd, TIOCOUTQ, &left) == 0 && left > 0);
}

/* Reads once, at most so much, and hands on what came; returns how many bytes. */
static ssize_t read_once(prpl_link *link, size_t limit)
{
    char bytes[READ_SIZE_MAX];
    ssize_t n = read_some(link, bytes, MIN(link->bulk ? READ_SIZE_MAX : READ_SIZE, limit));

    if (n > 0) {
        link->moved += (size_t)n;
        say_received(link, bytes, (size_t)n);
    } else if (n == 0 || !would_block()) {
        link->broken = link->broken || n < 0 || has_lost_bytes(link);
        say_received(link, "", 0);
    }
    if (!link->bulk)
        msnp_wipe(bytes, n > 0 ? (size_t)n : 0);
    return n;
}

static void stop_reading(prpl_link *link)
{
    if (link->read_watch != 0)
        purple_input_remove(link->read_watch);
    link->read_watch = 0;
}

static void stop_writing(prpl_link *link)
{
    if (link->write_watch != 0)
        purple_input_remove(link->write_watch);
    link->write_watch = 0;
}

/* Is it bulk, or as fast of late? libpurple has the watch of TLS: that cannot be told to wait. */
static bool is_fast(prpl_link *link, gint64 now)
{
    if (now >= link->since + YIELD_EVERY) {
        link->busy = link->moved >= MUCH;
        link->moved = 0;
        link->since = now;
    }
    return link->bulk || (link->busy && link->tls == NULL);
}

/*
 * If much data moves fast, something can be read or written all the time, and a client does not get
 * to what is less important to its main loop: to redrawing. So all such links do nothing for a
 * moment now and then, at the same time. True if that is now.
 */
static bool yield(prpl_link *link)
{
    gint64 *until = &prpl_process_get()->bulk_yield;
    gint64 now = g_get_monotonic_time();

    if (!is_fast(link, now))
        return false;
    if (now >= *until + YIELD_EVERY)
        *until = now + (gint64)YIELD_TIME * 1000;
    if (now >= *until)
        return false;
    stop_reading(link);
    if (link->bulk)
        stop_writing(link);
    if (link->rest == 0)
        link->rest = purple_timeout_add(YIELD_TIME, go_on, link);
    return true;
}

/*
 * Reads until it would block: the TLS library may hold decrypted bytes that no event announces. A
 * peer that sends faster than we read must not keep us here: after some reads a timer continues, so
 * that other timers run, too. A read error is reported as the end of the stream: the consequences
 * are the same.
 */
static void drain(prpl_link *link)
{
    bool more = true;

    if (yield(link))
        return;
    link->refs++;
    for (int i = 0; i < READS_AT_ONCE && !link->closed && !link->paused && more; i++) {
        ssize_t n = read_once(link, READ_SIZE_MAX);
        more = link->bulk ? n == READ_SIZE_MAX : n > 0;
    }
    /* The watch of a bulk link does it, too. */
    if (more && !link->bulk && !link->closed && !link->paused && link->rest == 0)
        link->rest = purple_timeout_add(0, go_on, link);
    link_unref(link);
}

static void tcp_readable(gpointer data, gint fd, PurpleInputCondition condition)
{
    (void)fd;
    (void)condition;
    drain(data);
}

static void tls_readable(gpointer data, PurpleSslConnection *tls, PurpleInputCondition condition)
{
    (void)tls;
    (void)condition;
    drain(data);
}

static ssize_t write_some(prpl_link *link, msnp_str bytes)
{
    if (link->tls != NULL)
        return (ssize_t)purple_ssl_write(link->tls, bytes.ptr, bytes.len);
    return send(link->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
}

static void writable(gpointer data, gint fd, PurpleInputCondition condition);

static void start_writing(prpl_link *link)
{
    int fd = link->tls != NULL ? link->tls->fd : link->fd;

    if (link->write_watch == 0)
        link->write_watch = purple_input_add(fd, PURPLE_INPUT_WRITE, writable, link);
}

/* Sends as much as the socket accepts; returns how much that was, all of it after an error. */
static size_t send_some(prpl_link *link, msnp_str bytes)
{
    size_t sent = 0;

    while (sent < bytes.len) {
        ssize_t n = write_some(link, (msnp_str){bytes.ptr + sent, bytes.len - sent});

        if (n < 0 && would_block())
            return sent;
        if (n <= 0) {
            /* The reader notices it after the peer's last bytes. */
            link->broken = true;
            return bytes.len;
        }
        sent += (size_t)n;
    }
    return sent;
}

static void flush_queue(prpl_link *link)
{
    msnp_buf_consume(&link->queue, send_some(link, msnp_buf_view(&link->queue)));
    if (link->queue.len > 0)
        start_writing(link);
    else if (!link->undrained)
        stop_writing(link);
}

/* The socket accepts more. */
static void say_drained(prpl_link *link)
{
    link->undrained = false;
    if (link_enter(link) && !link->broken)
        link->ops->drained(link, link->data);
    /* The watch goes on if something was written. */
    if (!link->closed && !link->undrained)
        stop_writing(link);
    link_unref(link);
}

static void writable(gpointer data, gint fd, PurpleInputCondition condition)
{
    prpl_link *link = data;

    (void)fd;
    (void)condition;
    if (link->bulk && yield(link))
        return;
    flush_queue(link);
    if (link->queue.len == 0 && link->undrained)
        say_drained(link);
}

static void start_reading(prpl_link *link)
{
    if (link->read_watch == 0 && link->fd >= 0 && !link->paused)
        link->read_watch = purple_input_add(link->fd, PURPLE_INPUT_READ, tcp_readable, link);
}

static gboolean go_on(gpointer data)
{
    prpl_link *link = data;

    link->rest = 0;
    start_reading(link);
    if (link->undrained)
        start_writing(link);
    drain(link);
    return G_SOURCE_REMOVE;
}

void prpl_link_write(prpl_link *link, const char *bytes, size_t len)
{
    if (link->fd < 0 && link->tls == NULL)
        return;
    if (link->bulk) {
        size_t sent = link->queue.len == 0 ? send_some(link, (msnp_str){bytes, len}) : 0;

        bytes += sent;
        len -= sent;
        link->undrained = true;
        start_writing(link);
    }
    /* We never get near the limit unless the peer does not read at all. The sent bytes end in the
     * middle of a command, so nothing may follow them. */
    if (msnp_buf_append(&link->queue, bytes, len) != MSNP_OK) {
        msnp_buf_clear(&link->queue);
        (void)shutdown(link->tls != NULL ? link->tls->fd : link->fd, SHUT_RDWR);
    }
    if (link->queue.len >= FLUSH_AT)
        prpl_link_flush(link);
}

void prpl_link_flush(prpl_link *link)
{
    /* If a watch is waiting for the socket already, that one continues. */
    if (link->queue.len > 0 && link->write_watch == 0)
        flush_queue(link);
}

static void pause_tls(prpl_link *link, bool pause)
{
    if (pause) {
        /* libpurple removes it when the connection closes, unless it is 0. */
        purple_input_remove(link->tls->inpa);
        link->tls->inpa = 0;
        return;
    }
    purple_ssl_input_add(link->tls, tls_readable, link);
    /* It may hold decrypted bytes. */
    if (link->rest == 0)
        link->rest = purple_timeout_add(0, go_on, link);
}

void prpl_link_pause(prpl_link *link, bool pause)
{
    /* In a handshake libpurple reads, and no bytes are reported. */
    if (link->paused == pause || (link->secure && !link->alive))
        return;
    link->paused = pause;
    if (link->tls != NULL) {
        pause_tls(link, pause);
    } else if (pause) {
        stop_reading(link);
    } else {
        start_reading(link);
    }
}

void prpl_link_read_rest(prpl_link *link, size_t limit)
{
    ssize_t n = 1;

    link->refs++;
    while (!link->closed && link->fd >= 0 && n > 0 && limit > 0) {
        n = read_once(link, limit);
        limit -= n > 0 ? (size_t)n : 0;
    }
    link_unref(link);
}

static void tls_connected(gpointer data, PurpleSslConnection *tls, PurpleInputCondition condition)
{
    prpl_link *link = data;

    (void)condition;
    link->alive = true;
    purple_ssl_input_add(tls, tls_readable, link);
    link->refs++;
    say_asking(link, false);
    if (!link->closed)
        say_connected(link);
    link_unref(link);
}

static void tls_failed(PurpleSslConnection *tls, PurpleSslErrorType error, gpointer data)
{
    prpl_link *link = data;
    prpl_problem problem = error == PURPLE_SSL_CERTIFICATE_INVALID
                               ? prpl_cert_problem(link->check.flaws)
                               : PRPL_PROBLEM_HANDSHAKE;

    (void)tls;
    link->tls = NULL; /* libpurple frees it after this callback */
    link->tls_over = true;
    link->refs++;
    say_asking(link, false);
    report_failure(link, problem, purple_ssl_strerror(error));
    link_unref(link);
}

static void certificate_asked(gpointer check)
{
    say_asking(check, true);
}

static gboolean prepare_trust(gpointer data)
{
    prpl_link *link = data;

    link->trust = 0;
    prpl_cert_prepare(link->host);
    return G_SOURCE_REMOVE;
}

static void start_tls(prpl_link *link, int fd)
{
    link->refs++;
    PurpleSslConnection *tls = purple_ssl_connect_with_host_fd(link->account, fd, tls_connected,
                                                               tls_failed, link->host, link);
    /* If the handshake fails at once, the callback runs and libpurple frees it before this
     * returns. */
    if (!link->tls_over && tls != NULL) {
        tls->verifier = prpl_cert_verifier();
        link->tls = tls;
        /* While the server prepares its reply, and after other pending work. */
        link->trust = purple_timeout_add(0, prepare_trust, link);
    }
    link_unref(link);
}

static void limit_unsent(const prpl_link *link)
{
    int most = UNSENT_MAX;

    if (link->bulk && link->fd >= 0)
        (void)setsockopt(link->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most, sizeof most);
}

static void dialed(int fd, prpl_problem problem, const char *text, gpointer data)
{
    prpl_link *link = data;

    if (fd < 0) {
        report_failure(link, problem, text);
        return;
    }
    set_options(fd);
    if (link->secure) {
        start_tls(link, fd);
        return;
    }
    link->fd = fd;
    limit_unsent(link);
    start_reading(link);
    say_connected(link);
}

static gboolean report_refusal(gpointer data)
{
    prpl_link *link = data;

    link->refusal = 0;
    report_failure(link, PRPL_PROBLEM_NO_TLS, NULL);
    return G_SOURCE_REMOVE;
}

static prpl_link *link_new(PurpleAccount *account, const prpl_link_ops *ops, gpointer data)
{
    prpl_link *link = g_new0(prpl_link, 1);

    link->refs = 1;
    link->fd = -1;
    link->account = account;
    link->ops = ops;
    link->data = data;
    link->check.asking = certificate_asked;
    msnp_buf_init(&link->queue, QUEUE_LIMIT, true);
    return link;
}

static prpl_link *open_link(PurpleAccount *account, const char *host, uint16_t port, bool tls,
                            bool http, const prpl_link_ops *ops, gpointer data)
{
    prpl_link *link = link_new(account, ops, data);

    link->secure = tls;
    link->host = g_strdup(host);
    if (tls && !purple_ssl_is_supported())
        link->refusal = purple_timeout_add(0, report_refusal, link);
    else
        link->dial = prpl_dial_new(account, host, port, http, dialed, link);
    return link;
}

prpl_link *prpl_link_open(PurpleAccount *account, const char *host, uint16_t port, bool tls,
                          const prpl_link_ops *ops, gpointer data)
{
    return open_link(account, host, port, tls, false, ops, data);
}

prpl_link *prpl_link_open_http(PurpleAccount *account, const char *host, uint16_t port,
                               const prpl_link_ops *ops, gpointer data)
{
    return open_link(account, host, port, false, true, ops, data);
}

bool prpl_link_asks_proxy(const prpl_link *link, char **authorization)
{
    return prpl_dial_asks_proxy(link->dial, authorization);
}

prpl_link *prpl_link_accept(PurpleAccount *account, int fd, const prpl_link_ops *ops, gpointer data)
{
    prpl_link *link = link_new(account, ops, data);

    set_options(fd);
    link->fd = fd;
    start_reading(link);
    return link;
}

void prpl_link_set_bulk(prpl_link *link)
{
    link->bulk = true;
    limit_unsent(link);
    link->queue.secret = false;
}

bool prpl_link_is_broken(const prpl_link *link)
{
    return link->broken;
}

bool prpl_link_local_address(const prpl_link *link, char address[MSNP_ADDRESS_MAX])
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } end;
    socklen_t size = sizeof end;

    if (link->fd < 0 || getsockname(link->fd, &end.any, &size) != 0)
        return false;
    if (end.any.sa_family == AF_INET)
        return inet_ntop(AF_INET, &end.v4.sin_addr, address, MSNP_ADDRESS_MAX) != NULL;
    if (end.any.sa_family != AF_INET6)
        return false;
    if (IN6_IS_ADDR_V4MAPPED(&end.v6.sin6_addr))
        return inet_ntop(AF_INET, &end.v6.sin6_addr.s6_addr[12], address, MSNP_ADDRESS_MAX) != NULL;
    return inet_ntop(AF_INET6, &end.v6.sin6_addr, address, MSNP_ADDRESS_MAX) != NULL;
}

const char *prpl_link_proxy(const prpl_link *link)
{
    return link->dial != NULL ? prpl_dial_proxy(link->dial) : NULL;
}

void prpl_link_close(prpl_link *link)
{
    if (link == NULL || link->closed)
        return;
    link->closed = true;
    if (link->refusal != 0)
        purple_timeout_remove(link->refusal);
    if (link->rest != 0)
        purple_timeout_remove(link->rest);
    if (link->trust != 0)
        purple_timeout_remove(link->trust);
    if (link->dial != NULL && !link->alive)
        prpl_dial_turn(link->dial);
    prpl_dial_free(link->dial);
    /* Send what was written just before. */
    if (link->queue.len > 0)
        flush_queue(link);
    /* Remove watches before closing their descriptors. */
    stop_writing(link);
    stop_reading(link);
    if (link->tls != NULL)
        purple_ssl_close(link->tls);
    if (link->fd >= 0) {
        /* libpurple forks to resolve names, and the child keeps the socket open for a while: the
         * peer would not notice close() alone. */
        (void)shutdown(link->fd, SHUT_RDWR);
        close(link->fd);
    }
    link->refusal = link->rest = link->trust = 0;
    link->dial = NULL;
    link->tls = NULL;
    link->fd = -1;
    link_unref(link);
}
