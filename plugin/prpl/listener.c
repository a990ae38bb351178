/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "listener.h"

#include "process.h"

#include <errno.h>
#include <nat-pmp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <upnp.h>

/* The ports of MSN Messenger. */
#define PORT_FIRST 6891
#define PORT_LAST  6900

#define PREF "/purple/network/"

#define ACCEPTS_AT_ONCE 8    /* per turn of the main loop */
#define RETRY_AFTER     1000 /* milliseconds: no descriptor was free for somebody who connects */

struct prpl_listener {
    const prpl_listener_ops *ops;
    gpointer data;
    unsigned refs; /* the owner's, and that of a running callback */
    bool closed;   /* by the owner: no more callbacks */
    bool paused;

    PurpleNetworkListenData *opening; /* by libpurple */
    int fd;                           /* -1 until it is open */
    guint watch;
    guint timer; /* reports a failure, or retries */
};

static void listener_unref(prpl_listener *listener)
{
    if (--listener->refs == 0)
        g_free(listener);
}

/* --- accepting ------------------------------------------------------------------------------ */

static void readable(gpointer data, gint fd, PurpleInputCondition condition);

static void start_watch(prpl_listener *listener)
{
    if (listener->watch == 0 && listener->fd >= 0 && !listener->paused && listener->timer == 0)
        listener->watch = purple_input_add(listener->fd, PURPLE_INPUT_READ, readable, listener);
}

static void stop_watch(prpl_listener *listener)
{
    if (listener->watch != 0)
        purple_input_remove(listener->watch);
    listener->watch = 0;
}

static gboolean retry(gpointer data)
{
    prpl_listener *listener = data;

    listener->timer = 0;
    start_watch(listener);
    return G_SOURCE_REMOVE;
}

/* Too many open files, or the like: it would be readable all the time. */
static void rest(prpl_listener *listener)
{
    stop_watch(listener);
    if (listener->timer == 0)
        listener->timer = purple_timeout_add(RETRY_AFTER, retry, listener);
}

static bool accept_one(prpl_listener *listener)
{
    int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0)
        listener->ops->accepted(listener, fd, listener->data);
    else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ECONNABORTED)
        rest(listener);
    return fd >= 0;
}

static void readable(gpointer data, gint fd, PurpleInputCondition condition)
{
    prpl_listener *listener = data;

    (void)fd;
    (void)condition;
    listener->refs++;
    for (int i = 0; i < ACCEPTS_AT_ONCE && !listener->closed && !listener->paused; i++)
        if (!accept_one(listener))
            break;
    listener_unref(listener);
}

void prpl_listener_pause(prpl_listener *listener, bool pause)
{
    listener->paused = pause;
    if (pause)
        stop_watch(listener);
    else
        start_watch(listener);
}

/* --- opening -------------------------------------------------------------------------------- */

static void opened(int fd, gpointer data);

/*
 * Tries the ports one by one: purple_network_listen_range_family() takes no notice of the family
 * (libpurple 2.14.12).
 */
static bool open_range(prpl_listener *listener, int family)
{
    bool set = purple_prefs_get_bool(PREF "ports_range_use");
    int first = set ? purple_prefs_get_int(PREF "ports_range_start") : PORT_FIRST;
    int last = set ? purple_prefs_get_int(PREF "ports_range_end") : PORT_LAST;

    for (int port = MAX(first, 1); port <= MIN(last, UINT16_MAX) && listener->opening == NULL;
         port++)
        listener->opening = purple_network_listen_family((unsigned short)port, family, SOCK_STREAM,
                                                         opened, listener);
    return listener->opening != NULL;
}

/* Any port, unless the user set some. libpurple chooses the family, too. */
static bool open_any(prpl_listener *listener)
{
    if (purple_prefs_get_bool(PREF "ports_range_use"))
        return false;
    listener->opening = purple_network_listen_range(0, 0, SOCK_STREAM, opened, listener);
    return listener->opening != NULL;
}

/* Without IPv6 in the kernel a long range need not be tried for it. */
static bool has_ipv6(void)
{
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* Where others reach this computer, if the user or a router says so; else NULL. */
static const char *external_address(void)
{
    const char *address = NULL;

    if (!purple_prefs_get_bool(PREF "auto_ip")) {
        address = purple_network_get_public_ip();
        return address != NULL && *address != '\0' ? address : NULL;
    }
    if (purple_prefs_get_bool(PREF "map_ports"))
        address = purple_upnp_get_public_ip();
    if (address == NULL && purple_prefs_get_bool(PREF "map_ports"))
        address = purple_pmp_get_public_ip();
    return address;
}

static void close_port(int fd)
{
    /* libpurple remembers each port that it opened. */
    purple_network_remove_port_mapping(fd);
    close(fd);
}

static gboolean report_failure(gpointer data)
{
    prpl_listener *listener = data;

    listener->timer = 0;
    listener->ops->failed(listener, listener->data);
    return G_SOURCE_REMOVE;
}

static void fail_soon(prpl_listener *listener)
{
    listener->timer = purple_timeout_add(0, report_failure, listener);
}

static void say_listening(prpl_listener *listener)
{
    const char *external = external_address();
    char *copy = g_strdup(external != NULL ? external : "");

    start_watch(listener);
    listener->ops->listening(listener, purple_network_get_port_from_fd(listener->fd),
                             purple_socket_get_family(listener->fd) == AF_INET6, copy,
                             listener->data);
    g_free(copy);
}

static void opened(int fd, gpointer data)
{
    prpl_listener *listener = data;

    listener->opening = NULL;
    if (listener->closed) {
        if (fd >= 0)
            close_port(fd);
        prpl_process_get()->listeners = g_list_remove(prpl_process_get()->listeners, listener);
        listener_unref(listener);
        return;
    }
    if (fd >= 0 && !purple_socket_speaks_ipv4(fd)) {
        close_port(fd);
        if (!open_range(listener, AF_INET))
            fail_soon(listener);
        return;
    }
    listener->fd = fd;
    if (fd < 0)
        fail_soon(listener);
    else
        say_listening(listener);
}

prpl_listener *prpl_listener_open(const prpl_listener_ops *ops, gpointer data)
{
    prpl_listener *listener = g_new0(prpl_listener, 1);

    listener->ops = ops;
    listener->data = data;
    listener->refs = 1;
    listener->fd = -1;
    if (!(has_ipv6() && open_range(listener, AF_INET6)) && !open_range(listener, AF_INET) &&
        !open_any(listener))
        fail_soon(listener);
    return listener;
}

void prpl_listener_close(prpl_listener *listener)
{
    if (listener == NULL || listener->closed)
        return;
    listener->closed = true;
    stop_watch(listener);
    if (listener->timer != 0)
        purple_timeout_remove(listener->timer);
    listener->timer = 0;
    /* To cancel would leave its socket open: only the callback knows it. */
    if (listener->opening != NULL) {
        prpl_process *process = prpl_process_get();

        process->listeners = g_list_prepend(process->listeners, listener);
        return;
    }
    if (listener->fd >= 0)
        close_port(listener->fd);
    listener->fd = -1;
    listener_unref(listener);
}

void prpl_listener_forget_all(void)
{
    prpl_process *process = prpl_process_get();

    for (GList *l = process->listeners; l != NULL; l = l->next) {
        prpl_listener *listener = l->data;

        purple_network_listen_cancel(listener->opening);
        listener_unref(listener);
    }
    g_list_free(process->listeners);
    process->listeners = NULL;
}
