/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes the next sign-in faster: which login server a nexus named, which servers do not
 * tolerate pipelined commands, and which only an HTTP gateway leads to. One object for all accounts
 * of a process; it is saved as text.
 */
#ifndef MSNP_CACHE_H
#define MSNP_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#define MSNP_CACHE_MAX 64 /* entries of each kind; the oldest is dropped */
#define MSNP_CACHE_AGE ((int64_t)24 * 60 * 60 * 1000) /* lifetime of an entry (ms) */
/* The same for what depends on the network that the computer is in. */
#define MSNP_CACHE_WAY_AGE ((int64_t)60 * 60 * 1000)

typedef struct msnp_cache msnp_cache;

/* An empty cache; free it with msnp_cache_free(). */
msnp_cache *msnp_cache_new(void);
/* NULL is fine. */
void msnp_cache_free(msnp_cache *cache);

/* Stores the login server that this nexus named at `now` (milliseconds); NULL removes the entry. */
void msnp_cache_set_login(msnp_cache *cache, const char *nexus_url, const char *login_url,
                          int64_t now);
/*
 * The login server that it named within the last MSNP_CACHE_AGE, or NULL. Borrowed until the next
 * change.
 */
const char *msnp_cache_login(const msnp_cache *cache, const char *nexus_url, int64_t now);

/* Records that at `now` this server did not tolerate pipelined commands. */
void msnp_cache_set_no_pipelining(msnp_cache *cache, const char *host, unsigned port, int64_t now);
/* Was that recorded within the last MSNP_CACHE_AGE? */
bool msnp_cache_no_pipelining(const msnp_cache *cache, const char *host, unsigned port,
                              int64_t now);

/* Records whether at `now` the way to this server was an HTTP gateway, since no other was open. */
void msnp_cache_set_gateway(msnp_cache *cache, const char *host, unsigned port, bool gateway,
                            int64_t now);
/* Was that so within the last MSNP_CACHE_WAY_AGE? */
bool msnp_cache_gateway(const msnp_cache *cache, const char *host, unsigned port, int64_t now);

/*
 * The entries of this nexus and this server as one line of text for msnp_cache_load(); "" if there
 * are none. `now` is the clock of the other functions, `wall` is in seconds since 1970: entries
 * also age while the program is not running. The caller frees it.
 */
char *msnp_cache_save(const msnp_cache *cache, const char *nexus_url, const char *host,
                      unsigned port, int64_t now, int64_t wall);
/*
 * Adds saved entries, except those that have expired, are from the future or are known already.
 * Malformed text is ignored.
 */
void msnp_cache_load(msnp_cache *cache, const char *text, int64_t now, int64_t wall);

#endif
