/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "link.h"

#include "service.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define PIECE_MAX  (64 * 1024)
#define EVENTS_MAX 64
#define NEVER      G_MAXINT64

/* All times are monotonic, in microseconds. */

typedef struct {
    gint64 due;
    guint8 *bytes; /* NULL: the end of the stream */
    gsize length;
    gsize sent;
    gboolean reset; /* ... that was a reset */
} packet;

/* One of the two sockets that a wire is between. */
typedef struct side {
    wire *wire;
    struct side *other;
    int fd;
    gint64 opens;  /* what is read before counts as read then */
    GQueue coming; /* packet *, to be written here; in the order of their time */
    gboolean read_ended;
    gboolean write_ended;
    gboolean blocked; /* takes nothing for now */
} side;

struct wire {
    gint refs;    /* atomic, as are the next two: both threads use them */
    gint resets;  /* the end of the service's stream is to be a reset */
    gint was_one; /* the end of the client's was */
    gint64 delay;
    side client;
    side service;
};

struct links {
    GThread *thread;
    GAsyncQueue *fresh; /* wire *, on their way to the thread */
    GPtrArray *wires;   /* of the thread */
    int poll;
    int timer;
    int wake;
    gint ending; /* atomic */
};

static gint n_wires; /* in all; atomic */

static void packet_free(gpointer data)
{
    packet *p = data;

    g_free(p->bytes);
    g_free(p);
}

void wire_release(wire *self)
{
    if (g_atomic_int_dec_and_test(&self->refs))
        g_free(self);
}

/* Both sockets; with their descriptions shared by a child that has not begun yet, closing alone
 * would not stop them from being reported. */
static void side_close(const links *self, side *s)
{
    g_queue_clear_full(&s->coming, packet_free);
    epoll_ctl(self->poll, EPOLL_CTL_DEL, s->fd, NULL);
    close(s->fd);
}

static void wire_close(const links *self, wire *w)
{
    side_close(self, &w->client);
    side_close(self, &w->service);
    wire_release(w);
    g_atomic_int_add(&n_wires, -1);
}

/* Reading */

static void send_on(side *from, const guint8 *bytes, gsize length, gboolean reset)
{
    packet *p;

    if (from->other->write_ended)
        return;
    p = g_new0(packet, 1);
    p->due = MAX(g_get_monotonic_time(), from->opens) + from->wire->delay;
    p->bytes = length ? g_malloc(length) : NULL;
    if (length)
        memcpy(p->bytes, bytes, length);
    p->length = length;
    p->reset = reset;
    g_queue_push_tail(&from->other->coming, p);
}

/* Nothing can be written there any more. */
static void give_up(side *s)
{
    s->write_ended = TRUE;
    g_queue_clear_full(&s->coming, packet_free);
}

static void end_input(side *s, gboolean failed)
{
    s->read_ended = TRUE;
    send_on(s, NULL, 0, failed);
    if (failed)
        give_up(s);
}

static void read_all(side *s)
{
    guint8 bytes[PIECE_MAX];

    while (!s->read_ended) {
        gssize n = recv(s->fd, bytes, sizeof bytes, MSG_DONTWAIT);

        if (n > 0)
            send_on(s, bytes, (gsize)n, FALSE);
        else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        else if (n == 0 || errno != EINTR)
            end_input(s, n < 0);
    }
}

/* Writing */

/* Only changes are reported, so that an end which was seen does not keep the thread busy. */
static void watch(const links *self, side *s, int operation)
{
    struct epoll_event event = {.events = EPOLLET | EPOLLIN | EPOLLRDHUP, .data.ptr = s};

    if (s->blocked)
        event.events |= EPOLLOUT;
    if (epoll_ctl(self->poll, operation, s->fd, &event) < 0)
        g_error("cannot watch a delayed connection: %s", g_strerror(errno));
}

static void set_blocked(const links *self, side *s, gboolean blocked)
{
    if (s->blocked == blocked)
        return;
    s->blocked = blocked;
    watch(self, s, EPOLL_CTL_MOD);
}

static void reset_client(wire *w)
{
    static const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    setsockopt(w->client.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    /* With both given up it is closed right away. */
    give_up(&w->client);
    give_up(&w->service);
}

/* The end of the stream has come to this side. */
static void end_output(side *s, gboolean reset)
{
    wire *w = s->wire;

    if (s == &w->client && g_atomic_int_get(&w->resets)) {
        reset_client(w);
        return;
    }
    if (s == &w->service && reset)
        g_atomic_int_set(&w->was_one, TRUE);
    s->write_ended = TRUE;
    shutdown(s->fd, SHUT_WR);
}

static void write_piece(const links *self, side *s, packet *p)
{
    gssize n = send(s->fd, p->bytes + p->sent, p->length - p->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n >= 0)
        p->sent += (gsize)n;
    else if (errno == EAGAIN || errno == EWOULDBLOCK)
        set_blocked(self, s, TRUE);
    else if (errno != EINTR)
        give_up(s);
}

/* Writes what is due. Returns when it has to go on. */
static gint64 deliver(const links *self, side *s, gint64 now)
{
    packet *p;

    while (!s->blocked && (p = g_queue_peek_head(&s->coming)) != NULL) {
        if (p->due > now)
            return p->due;
        if (p->bytes) {
            write_piece(self, s, p);
            /* It may have been given up, and all with it. */
            if (s->write_ended || p->sent < p->length)
                continue;
        }
        g_queue_pop_head(&s->coming);
        if (!p->bytes)
            end_output(s, p->reset);
        packet_free(p);
    }
    return NEVER;
}

/* The thread */

/* Relative to now: the clock of a test may be ahead of the kernel's. */
static void set_timer(const links *self, gint64 when)
{
    struct itimerspec at = {.it_value = {0, 0}};

    if (when != NEVER) {
        gint64 wait = MAX(when - g_get_monotonic_time(), 1);

        at.it_value.tv_sec = (time_t)(wait / G_USEC_PER_SEC);
        at.it_value.tv_nsec = (long)(wait % G_USEC_PER_SEC) * 1000;
    }
    timerfd_settime(self->timer, 0, &at, NULL);
}

static void deliver_all(const links *self)
{
    gint64 now = g_get_monotonic_time();
    gint64 next = NEVER;

    for (guint i = self->wires->len; i-- > 0;) {
        wire *w = g_ptr_array_index(self->wires, i);
        gint64 to_client = deliver(self, &w->client, now);
        gint64 to_service = deliver(self, &w->service, now);

        if (w->client.write_ended && w->service.write_ended) {
            g_ptr_array_remove_index_fast(self->wires, i);
            wire_close(self, w);
            continue;
        }
        next = MIN(next, MIN(to_client, to_service));
    }
    set_timer(self, next);
}

static void take_fresh(const links *self)
{
    wire *w;

    while ((w = g_async_queue_try_pop(self->fresh)) != NULL) {
        g_ptr_array_add(self->wires, w);
        watch(self, &w->client, EPOLL_CTL_ADD);
        watch(self, &w->service, EPOLL_CTL_ADD);
    }
}

static void drain(int fd)
{
    guint64 number;

    while (read(fd, &number, sizeof number) > 0)
        ;
}

static void on_event(const links *self, side *s, guint32 events)
{
    if (events & EPOLLOUT)
        set_blocked(self, s, FALSE);
    read_all(s);
    /* Closed altogether, so that nobody is there to read. */
    if (events & (EPOLLHUP | EPOLLERR))
        give_up(s);
}

static gpointer run(gpointer data)
{
    const links *self = data;
    struct epoll_event events[EVENTS_MAX];

    while (!g_atomic_int_get(&self->ending)) {
        int n = epoll_wait(self->poll, events, EVENTS_MAX, -1);

        for (int i = 0; i < n; i++)
            if (events[i].data.ptr)
                on_event(self, events[i].data.ptr, events[i].events);
            else
                drain(self->wake), drain(self->timer);
        take_fresh(self);
        deliver_all(self);
    }
    return NULL;
}

/* The other thread's part */

static void wake_up(const links *self)
{
    static const guint64 one = 1;

    if (write(self->wake, &one, sizeof one) < 0)
        g_error("cannot wake the thread of the delayed connections: %s", g_strerror(errno));
}

static void watch_own(const links *self, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};

    if (fd < 0 || epoll_ctl(self->poll, EPOLL_CTL_ADD, fd, &event) < 0)
        g_error("no delayed connections: %s", g_strerror(errno));
}

links *links_new(void)
{
    links *self = g_new0(links, 1);

    self->fresh = g_async_queue_new();
    self->wires = g_ptr_array_new();
    self->poll = epoll_create1(EPOLL_CLOEXEC);
    self->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    self->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    watch_own(self, self->timer);
    watch_own(self, self->wake);
    self->thread = g_thread_new("links", run, self);
    return self;
}

void links_free(links *self)
{
    if (!self)
        return;
    g_atomic_int_set(&self->ending, TRUE);
    wake_up(self);
    g_thread_join(self->thread);
    take_fresh(self);
    for (guint i = 0; i < self->wires->len; i++)
        wire_close(self, g_ptr_array_index(self->wires, i));
    g_ptr_array_unref(self->wires);
    g_async_queue_unref(self->fresh);
    close(self->poll);
    close(self->timer);
    close(self->wake);
    g_free(self);
}

static void side_begin(side *s, side *other, wire *w, int fd, gint64 opens)
{
    s->wire = w;
    s->other = other;
    s->fd = fd;
    s->opens = opens;
    g_queue_init(&s->coming);
}

wire *wire_new(links *self, int accepted, guint delay, int *end)
{
    gint64 now = g_get_monotonic_time();
    wire *w = g_new0(wire, 1);
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
        g_error("no delayed connection: %s", g_strerror(errno));
    /* One for the caller, one for the thread. */
    w->refs = 2;
    w->delay = (gint64)delay * 1000;
    side_begin(&w->client, &w->service, w, accepted, now + 2 * w->delay);
    side_begin(&w->service, &w->client, w, pair[0], now + 3 * w->delay);
    *end = pair[1];
    g_atomic_int_inc(&n_wires);
    g_async_queue_push(self->fresh, w);
    wake_up(self);
    return w;
}

gboolean service_is_delaying(void)
{
    return g_atomic_int_get(&n_wires) > 0;
}

void wire_reset(wire *self)
{
    g_atomic_int_set(&self->resets, TRUE);
}

gboolean wire_was_reset(const wire *self)
{
    return g_atomic_int_get(&self->was_one);
}

guint wire_delay(const wire *self)
{
    return (guint)(self->delay / 1000);
}
