/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host names to addresses, for connections without a proxy. A sign-in connects to the same few
 * names several times, also in parallel, and so do several accounts of one service: concurrent
 * lookups of a name share one query, and its answer is kept for a minute. Which address to start
 * with is known for longer. The only caller of purple_dnsquery_a_account().
 */
#ifndef PRPL_RESOLVE_H
#define PRPL_RESOLVE_H

#include <purple.h>
#include <stdbool.h>

/* A pending lookup. */
typedef struct prpl_lookup prpl_lookup;

/*
 * The answer: addresses as text, in the order to try them (IPv6 and IPv4 alternate), borrowed for
 * the call; or NULL, with libpurple's message (borrowed, may be NULL). The prpl_lookup is freed
 * after the call: do not cancel it.
 */
typedef void (*prpl_lookup_func)(GPtrArray *addresses, const char *error, gpointer data);

/*
 * Looks up the addresses of `host`. `func` is called once from the main loop, never before this
 * returns, unless it is cancelled.
 */
prpl_lookup *prpl_resolve(PurpleAccount *account, const char *host, prpl_lookup_func func,
                          gpointer data);
/* Cancels and frees it. NULL is fine. */
void prpl_resolve_cancel(prpl_lookup *lookup);
/* No address of `host` could be reached: the next lookup queries again. */
void prpl_resolve_forget(const char *host);
/*
 * The following lookups of `host` start with this address, as long as it is one of its addresses:
 * the first one was of no use. The others follow in their order. This outlives the answer.
 */
void prpl_resolve_start_with(const char *host, const char *address);
/* Is this an IP address already, so that no lookup is needed? */
bool prpl_resolve_is_address(const char *host);

#endif
