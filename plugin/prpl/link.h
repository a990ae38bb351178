/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One TCP or TLS stream through libpurple: connects with dial.h, reads until it would block, writes
 * what the socket accepts and queues the rest. The only caller of purple_ssl_connect_with_host_fd()
 * and purple_input_add().
 *
 * TLS starts on an existing connection. purple_ssl_connect() does the same two steps, but hides why
 * a connection failed, and leaves no opportunity to disable Nagle's algorithm before the handshake.
 *
 * A link may be closed at any time, even inside its own callbacks; no callback follows. It never
 * closes itself: after failed(), or received() with no bytes, the owner closes it.
 */
#ifndef PRPL_LINK_H
#define PRPL_LINK_H

#include "errors.h"

typedef struct prpl_link prpl_link;

typedef struct {
    /* Connected; for TLS: certificate and host name are verified, or the user accepted them. */
    void (*connected)(prpl_link *link, gpointer data);
    /*
     * Received bytes, borrowed for the call; `len` 0: the connection was closed, or broke
     * (prpl_link_is_broken()).
     */
    void (*received)(prpl_link *link, const char *bytes, size_t len, gpointer data);
    /* The connection failed. `text` is libpurple's own message, borrowed, or NULL. */
    void (*failed)(prpl_link *link, prpl_problem problem, const char *text, gpointer data);
    /* The user is being asked about the certificate (true), or has answered (false). */
    void (*asking)(prpl_link *link, bool asking, gpointer data);
    /* Bulk: everything written was sent. From the main loop; NULL if no link is one. */
    void (*drained)(prpl_link *link, gpointer data);
} prpl_link_ops;

/*
 * Starts to connect. `host` and `port` must be valid (the core checks those from the network).
 * Never NULL; if libpurple fails at once, failed() is called later from the main loop. `ops` is
 * borrowed for the life of the link.
 */
prpl_link *prpl_link_open(PurpleAccount *account, const char *host, uint16_t port, bool tls,
                          const prpl_link_ops *ops, gpointer data);
/* The same for HTTP requests without TLS, see prpl_dial_new(). */
prpl_link *prpl_link_open_http(PurpleAccount *account, const char *host, uint16_t port,
                               const prpl_link_ops *ops, gpointer data);
/* See prpl_dial_asks_proxy(). */
bool prpl_link_asks_proxy(const prpl_link *link, char **authorization);
/*
 * The same for a socket that is connected already, which it takes over. connected() is not called.
 * `ops` as above.
 */
prpl_link *prpl_link_accept(PurpleAccount *account, int fd, const prpl_link_ops *ops,
                            gpointer data);
/*
 * Much will be moved on it, none of it secret: it reads more at a time, sends at once without a
 * copy what the socket accepts, and calls drained(). Not for TLS. Call it before anything is
 * written.
 */
void prpl_link_set_bulk(prpl_link *link);
/* Did it end other than by an orderly close after everything that was written was received? */
bool prpl_link_is_broken(const prpl_link *link);
/* The address of this end (not a TLS link's); false if it is not connected. */
bool prpl_link_local_address(const prpl_link *link, char address[MSNP_ADDRESS_MAX]);
/*
 * Queues bytes until prpl_link_flush(), or until there are many. Copies them, and wipes the copy
 * when they are sent.
 */
void prpl_link_write(prpl_link *link, const char *bytes, size_t len);
/*
 * Sends the queue in one piece, as far as the socket accepts it; the rest follows automatically.
 * Call it when there is nothing more to write for now.
 */
void prpl_link_flush(prpl_link *link);
/*
 * Pauses and resumes reading from a peer that sends more than can be handled: TCP then slows the
 * peer down.
 */
void prpl_link_pause(prpl_link *link, bool pause);
/* Reads what has arrived (not for TLS), paused or not, at most `limit` bytes. */
void prpl_link_read_rest(prpl_link *link, size_t limit);
/* The proxy that it connects through, to show to the user; NULL without one. Lives as it does. */
const char *prpl_link_proxy(const prpl_link *link);
/*
 * Closes and frees it at any stage. Queued bytes that cannot be sent at once are lost. NULL is
 * fine.
 */
void prpl_link_close(prpl_link *link);

#endif
