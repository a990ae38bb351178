/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* A port that the kernel chose for one address is rarely taken on the other one. */
#define TRIES 100

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} address;

static int bind_one(loopback_family family, guint16 port)
{
    address a = {.v4 = {.sin_family = AF_INET, .sin_port = htons(port)}};
    socklen_t length = sizeof a.v4;
    static const int on = 1;
    int fd, saved;

    a.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (family == LOOPBACK_IPV6) {
        a.v6 = (struct sockaddr_in6){
            .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
        length = sizeof a.v6;
    }
    fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        (family == LOOPBACK_IPV4 ||
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
        bind(fd, &a.any, length) == 0)
        return fd;
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

/* FALSE if another port is to be tried, or none can be had. */
static gboolean bind_both(int fds[LOOPBACK_N], guint16 *port)
{
    fds[LOOPBACK_IPV6] = -1;
    fds[LOOPBACK_IPV4] = bind_one(LOOPBACK_IPV4, 0);
    if (fds[LOOPBACK_IPV4] < 0)
        return FALSE;
    *port = loopback_local_port(fds[LOOPBACK_IPV4]);
    fds[LOOPBACK_IPV6] = bind_one(LOOPBACK_IPV6, *port);
    if (fds[LOOPBACK_IPV6] >= 0 || errno != EADDRINUSE)
        return TRUE;
    loopback_close(fds);
    errno = EADDRINUSE;
    return FALSE;
}

gboolean loopback_bind(int fds[LOOPBACK_N], guint16 *port)
{
    for (int i = 0; i < TRIES; i++) {
        if (bind_both(fds, port))
            return TRUE;
        if (errno != EADDRINUSE)
            return FALSE;
    }
    return FALSE;
}

void loopback_close(int fds[LOOPBACK_N])
{
    for (int family = 0; family < LOOPBACK_N; family++) {
        if (fds[family] >= 0)
            close(fds[family]);
        fds[family] = -1;
    }
}

gboolean loopback_has_ipv6(void)
{
    int fd = bind_one(LOOPBACK_IPV6, 0);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static guint16 port_of(const address *a)
{
    if (a->any.sa_family == AF_INET)
        return ntohs(a->v4.sin_port);
    return a->any.sa_family == AF_INET6 ? ntohs(a->v6.sin6_port) : 0;
}

guint16 loopback_local_port(int fd)
{
    address a = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t length = sizeof a;

    return getsockname(fd, &a.any, &length) < 0 ? 0 : port_of(&a);
}

guint16 loopback_peer_port(int fd)
{
    address a = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t length = sizeof a;

    return getpeername(fd, &a.any, &length) < 0 ? 0 : port_of(&a);
}
