/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The HTTP gateway: carries the connections of the service and the switchboards in HTTP requests,
 * as Messenger 4.6 and later did where port 1863 was blocked. Their owners notice nothing.
 *
 *   POST {url}?Action=open&Server=NS&IP={host}    what is written first
 *   POST {url}?SessionID={id}                     what is written then
 *   POST {url}?Action=poll&SessionID={id}         nothing: what has the server to say?
 *
 * Each response has the next id in X-MSN-Messenger, and the bytes of the server as its body. One
 * request at a time: each connection has its own session at the gateway, and its own connection to
 * it, which stays open between requests if the gateway lets it.
 *
 * A request may have been carried out although its response did not come. So it is never repeated:
 * the connection breaks, as it would have over TCP, and its owner reports what is not acknowledged.
 * Only what was not sent yet is tried again.
 *
 * Without a URL the gateway is asked for on the host of the service, over https, and if there is
 * none over http: the connections of the service are not encrypted otherwise, either.
 */
#ifndef MSNP_GATEWAY_H
#define MSNP_GATEWAY_H

#include "net.h"

#define MSNP_GATEWAY_PATH    "/gateway/gateway.dll"
#define MSNP_GATEWAY_CONNECT ((int64_t)15 * 1000)     /* time to connect to it */
#define MSNP_GATEWAY_SILENCE ((int64_t)30 * 1000)     /* silence that ends a response */
#define MSNP_GATEWAY_HURRIED ((int64_t)8 * 1000)      /* either of them, if there is another URL */
#define MSNP_GATEWAY_LATEST  ((int64_t)5 * 60 * 1000) /* a response takes no longer than that */
/* Bytes that wait for the next request; with more than that the connection breaks. */
#define MSNP_GATEWAY_WAITING_MAX ((size_t)1024 * 1024)
#define MSNP_GATEWAY_BODY        8192 /* bytes after which nothing more joins a request */
/*
 * Milliseconds between polls. Messenger asked every two seconds; Escargot forgets a session that is
 * silent for a minute.
 */
#define MSNP_POLL_SOON   100  /* when something is likely to come */
#define MSNP_POLL_LIVELY 1000 /* while somebody is busy */
#define MSNP_POLL_IDLE   9000 /* at the latest; many servers close an idle connection after ten */

typedef struct msnp_gateway msnp_gateway;

/*
 * `url`: http or https, NULL or empty for the default; `host`: that of the service. Borrows `net`.
 * NULL if the URL is not valid.
 */
msnp_gateway *msnp_gateway_new(msnp_net *net, const char *url, const char *host);
/* Pushes no events. NULL is fine, here and below. */
void msnp_gateway_free(msnp_gateway *gateway);
/* Connections that begin from now on take this way (`on`), or the direct one. */
void msnp_gateway_use(msnp_gateway *gateway, bool on);
/*
 * This connection to the gateway leads to an HTTP proxy, which wants whole URLs and perhaps a
 * Proxy-Authorization; copied, NULL for none. Before msnp_net_connected().
 */
void msnp_gateway_proxied(msnp_gateway *gateway, unsigned conn, const char *authorization);
/* Sends what was written since, and polls where that is due. At the end of each turn. */
void msnp_gateway_run(msnp_gateway *gateway, int64_t now);
void msnp_gateway_tick(msnp_gateway *gateway, int64_t now);
/* When the next tick is due. */
int64_t msnp_gateway_deadline(const msnp_gateway *gateway);
/* The session is over: sends what can be sent at once, and closes all connections to the gateway.
 */
void msnp_gateway_end(msnp_gateway *gateway, int64_t now);

#endif
