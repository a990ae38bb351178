/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Ports of this machine alone. What "localhost" means differs: 127.0.0.1, ::1 or both, in either
 * order. So a port here is one of both addresses.
 */
#ifndef SERVICE_LOOPBACK_H
#define SERVICE_LOOPBACK_H

#include <glib.h>

typedef enum {
    LOOPBACK_IPV4, /* 127.0.0.1 */
    LOOPBACK_IPV6, /* ::1 */
    LOOPBACK_N
} loopback_family;

/*
 * Takes a port that is free on both addresses and binds a socket to each; `fds` of an address that
 * this machine does not have is -1. As long as nobody listens on them connections are refused, and
 * the kernel gives the port to nobody else; another program can still listen there if it is told
 * the number and sets SO_REUSEADDR. FALSE, with errno set, when there is no such port.
 */
gboolean loopback_bind(int fds[LOOPBACK_N], guint16 *port);
/* Closes those that are open. */
void loopback_close(int fds[LOOPBACK_N]);

/* Has this machine the address ::1? */
gboolean loopback_has_ipv6(void);

/* The port of this end of a TCP socket over either family, 0 if it is something else; and of the
 * other end. */
guint16 loopback_local_port(int fd);
guint16 loopback_peer_port(int fd);

#endif
