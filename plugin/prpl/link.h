/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One TCP or TLS stream through libpurple: connecting by the account's proxy settings, reading
 * until it would block, writing what the socket takes and queueing the rest. The only caller of
 * purple_proxy_connect(), purple_ssl_connect_with_host_fd() and purple_input_add(). Without a proxy
 * names are looked up by resolve.h, and their addresses tried one after the other.
 *
 * TLS is begun on a connection that is made first, and not by purple_ssl_connect(), which does the
 * same two steps but keeps to itself why a connection failed, and leaves no moment to switch
 * Nagle's algorithm off before the handshake.
 *
 * A link may be closed at any time, also from inside its own callbacks; no callback comes after
 * that. It never closes itself: after failed() or received() of nothing, the owner closes it.
 */
#ifndef PRPL_LINK_H
#define PRPL_LINK_H

#include "errors.h"

typedef struct prpl_link prpl_link;

typedef struct {
    /* It stands; for TLS: certificate and host name are verified (or the user accepted them). */
    void (*connected)(prpl_link *link, gpointer data);
    /* Bytes came, borrowed for the call; `len` 0: the peer closed it, or it broke. */
    void (*received)(prpl_link *link, const char *bytes, size_t len, gpointer data);
    /* It could not be made. `text` is libpurple's own words, borrowed, or NULL. */
    void (*failed)(prpl_link *link, prpl_problem problem, const char *text, gpointer data);
    /* A person is being asked about the certificate (true), or has answered (false). */
    void (*asking)(prpl_link *link, bool asking, gpointer data);
} prpl_link_ops;

/*
 * Begins to connect. `host` and `port` must be usable (the core checks what came from the network).
 * Never NULL; when libpurple refuses at once, failed() is called from the main loop later. `ops` is
 * borrowed for the life of the link.
 */
prpl_link *prpl_link_open(PurpleAccount *account, const char *host, uint16_t port, bool tls,
                          const prpl_link_ops *ops, gpointer data);
/* Queues bytes to be sent: nothing leaves before prpl_link_flush(), unless it is much. They are
 * copied and wiped. */
void prpl_link_write(prpl_link *link, const char *bytes, size_t len);
/*
 * Sends what is queued, in one piece, as far as the socket takes it; the rest follows by itself. To
 * be called when there is nothing more to be written for the moment.
 */
void prpl_link_flush(prpl_link *link);
/*
 * Stops reading, and goes on: for a peer that says more than can be handled at once. What it says
 * meanwhile stays in the socket, so that in the end it has to wait, too. Not for TLS.
 */
void prpl_link_pause(prpl_link *link, bool pause);
/* Closes and forgets it at any stage; what is queued and cannot be sent at once is lost. NULL is
 * fine. */
void prpl_link_close(prpl_link *link);

#endif
