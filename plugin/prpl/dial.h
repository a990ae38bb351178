/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes one TCP connection, with the account's proxy settings. The only caller of
 * purple_proxy_connect().
 *
 * Without a proxy, resolve.h resolves the name. If an address does not answer within two seconds,
 * the next one is tried as well, while the first may still answer; if it fails, at once. The first
 * connection wins (RFC 8305). libpurple alone waits minutes for an address that drops packets. A
 * proxy resolves names itself; libpurple resolves the name of the proxy, and tries its addresses
 * one after the other.
 */
#ifndef PRPL_DIAL_H
#define PRPL_DIAL_H

#include "errors.h"

typedef struct prpl_dial prpl_dial;

/*
 * Connected: `fd` is the socket, non-blocking, and belongs to the receiver. Or it failed: `fd` is
 * -1, and `text` is libpurple's own message, borrowed, or NULL. The dial may be freed in this call.
 */
typedef void (*prpl_dial_func)(int fd, prpl_problem problem, const char *text, gpointer data);

/*
 * Starts to connect. `http`: HTTP requests without TLS will be sent; an HTTP proxy then gets the
 * connection for itself, see prpl_dial_asks_proxy(). `host` and `port` must be valid. `func` is
 * called once from the main loop, never before this returns, unless the dial is freed.
 */
prpl_dial *prpl_dial_new(PurpleAccount *account, const char *host, uint16_t port, bool http,
                         prpl_dial_func func, gpointer data);
/*
 * The connection was of no use, or there is none yet: the next one to this host starts with
 * another address.
 */
void prpl_dial_turn(const prpl_dial *dial);
/* The proxy, as host:port without name and password, to show to the user; NULL without one. */
const char *prpl_dial_proxy(const prpl_dial *dial);
/*
 * Does the connection lead to an HTTP proxy, which expects requests with whole URLs? Sets the value
 * of Proxy-Authorization, NULL for none; secret, the caller frees it.
 */
bool prpl_dial_asks_proxy(const prpl_dial *dial, char **authorization);
/* Stops connecting, and frees it. NULL is fine. */
void prpl_dial_free(prpl_dial *dial);

#endif
