/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was learned of services and makes the next sign-in quicker: which login server a nexus
 * names, and which service must be sent one command at a time. One object for all accounts of a
 * process, never stored. The machines do not know it: who drives them asks it, and tells it.
 */
#ifndef MSNP_CACHE_H
#define MSNP_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#define MSNP_CACHE_MAX 64                             /* of each kind; the oldest gives way */
#define MSNP_LOGIN_AGE ((int64_t)24 * 60 * 60 * 1000) /* how long a nexus is not asked again */

typedef struct msnp_cache msnp_cache;

/* An empty one. */
msnp_cache *msnp_cache_new(void);
/* NULL is fine. */
void msnp_cache_free(msnp_cache *cache);

/*
 * The login server (MSNP_EVENT_LOGIN_SERVER) that this nexus named at `now` (milliseconds); NULL
 * forgets it.
 */
void msnp_cache_set_login(msnp_cache *cache, const char *nexus_url, const char *login_url,
                          int64_t now);
/* What it named within the last MSNP_LOGIN_AGE, or NULL. Valid until the next change. */
const char *msnp_cache_login(const msnp_cache *cache, const char *nexus_url, int64_t now);

/* An account whose server this is had to be sent one command at a time (MSNP_EVENT_NO_PIPELINING).
 */
void msnp_cache_set_no_pipelining(msnp_cache *cache, const char *host, unsigned port);
/* Is it known that this is so? */
bool msnp_cache_no_pipelining(const msnp_cache *cache, const char *host, unsigned port);

#endif
