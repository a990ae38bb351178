/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was learned of services and makes the next sign-in faster: which login server a nexus names,
 * and which server takes no pipelined commands. One object for all accounts of a process, which
 * outlives it as text.
 */
#ifndef MSNP_CACHE_H
#define MSNP_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#define MSNP_CACHE_MAX 64                             /* of each kind; the oldest gives way */
#define MSNP_CACHE_AGE ((int64_t)24 * 60 * 60 * 1000) /* how long something counts as known */

typedef struct msnp_cache msnp_cache;

/* An empty one. */
msnp_cache *msnp_cache_new(void);
/* NULL is fine. */
void msnp_cache_free(msnp_cache *cache);

/*
 * The login server that this nexus named at `now` (milliseconds); NULL
 * forgets it.
 */
void msnp_cache_set_login(msnp_cache *cache, const char *nexus_url, const char *login_url,
                          int64_t now);
/* What it named within the last MSNP_CACHE_AGE, or NULL. Valid until the next change. */
const char *msnp_cache_login(const msnp_cache *cache, const char *nexus_url, int64_t now);

/* It turned out at `now` that this server takes no pipelined commands. */
void msnp_cache_set_no_pipelining(msnp_cache *cache, const char *host, unsigned port, int64_t now);
/* Did that turn out within the last MSNP_CACHE_AGE? */
bool msnp_cache_no_pipelining(const msnp_cache *cache, const char *host, unsigned port,
                              int64_t now);

/*
 * What is known of this nexus and this server as one line of text, for msnp_cache_load() in another
 * process; "" for nothing. `now` is the clock of the other functions, `wall` the seconds since
 * 1970: the age of what a nexus named counts on while nobody runs. The caller frees it.
 */
char *msnp_cache_save(const msnp_cache *cache, const char *nexus_url, const char *host,
                      unsigned port, int64_t now, int64_t wall);
/*
 * Adds what was saved, except what is too old or comes from the future, and what is known already.
 * Text that nobody saved is ignored.
 */
void msnp_cache_load(msnp_cache *cache, const char *text, int64_t now, int64_t wall);

#endif
