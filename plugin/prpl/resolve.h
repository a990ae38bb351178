/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host names to addresses, for connections without a proxy. A sign-in connects to the same few
 * names several times, also at the same time, and so do the accounts of one service: each name is
 * asked for once, whoever else wants it meanwhile gets the same answer, and the answer is good for
 * a minute. The only caller of purple_dnsquery_a_account().
 */
#ifndef PRPL_RESOLVE_H
#define PRPL_RESOLVE_H

#include <purple.h>
#include <stdbool.h>

/* Somebody who waits for an answer. */
typedef struct prpl_lookup prpl_lookup;

/*
 * The answer: addresses as text, in the order in which they are to be tried, borrowed for the call;
 * or NULL, with libpurple's own words (borrowed, may be NULL). The prpl_lookup is over: it must not
 * be cancelled any more.
 */
typedef void (*prpl_lookup_func)(GPtrArray *addresses, const char *error, gpointer data);

/*
 * Asks for the addresses of `host`. `func` is called once from the main loop, never before this
 * returns, unless it is cancelled.
 */
prpl_lookup *prpl_resolve(PurpleAccount *account, const char *host, prpl_lookup_func func,
                          gpointer data);
/* Forgets about it; NULL is fine. */
void prpl_resolve_cancel(prpl_lookup *lookup);
/* None of the addresses of `host` could be reached: the next one asks anew. */
void prpl_resolve_forget(const char *host);
/* Is this an address already, so that there is nothing to ask? */
bool prpl_resolve_is_address(const char *host);

#endif
