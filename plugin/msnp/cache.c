/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache.h"

#include <glib.h>

/* So few that they are looked through one by one. */
typedef struct {
    char *key;
    char *value; /* NULL if there is nothing but the key to know */
    int64_t since;
} fact;

struct msnp_cache {
    GQueue logins;        /* fact *: nexus -> login server, the newest first */
    GQueue no_pipelining; /* fact *: servers, the newest first */
};

static void fact_free(gpointer data)
{
    fact *known = data;

    g_free(known->key);
    g_free(known->value);
    g_free(known);
}

msnp_cache *msnp_cache_new(void)
{
    msnp_cache *cache = g_new0(msnp_cache, 1);

    g_queue_init(&cache->logins);
    g_queue_init(&cache->no_pipelining);
    return cache;
}

void msnp_cache_free(msnp_cache *cache)
{
    if (cache == NULL)
        return;
    g_queue_clear_full(&cache->logins, fact_free);
    g_queue_clear_full(&cache->no_pipelining, fact_free);
    g_free(cache);
}

static GList *find(const GQueue *facts, const char *key)
{
    for (GList *l = facts->head; l != NULL; l = l->next) {
        const fact *known = l->data;
        if (g_str_equal(known->key, key))
            return l;
    }
    return NULL;
}

static void forget(GQueue *facts, const char *key)
{
    GList *link = find(facts, key);

    if (link == NULL)
        return;
    fact_free(link->data);
    g_queue_delete_link(facts, link);
}

static void learn(GQueue *facts, const char *key, const char *value, int64_t now)
{
    fact *known = g_new(fact, 1);

    *known = (fact){g_strdup(key), g_strdup(value), now};
    forget(facts, key);
    g_queue_push_head(facts, known);
    if (facts->length > MSNP_CACHE_MAX)
        fact_free(g_queue_pop_tail(facts));
}

void msnp_cache_set_login(msnp_cache *cache, const char *nexus_url, const char *login_url,
                          int64_t now)
{
    if (login_url != NULL)
        learn(&cache->logins, nexus_url, login_url, now);
    else
        forget(&cache->logins, nexus_url);
}

const char *msnp_cache_login(const msnp_cache *cache, const char *nexus_url, int64_t now)
{
    const GList *link = find(&cache->logins, nexus_url);
    const fact *known = link != NULL ? link->data : NULL;

    return known != NULL && now - known->since < MSNP_LOGIN_AGE ? known->value : NULL;
}

/* Host names are the same in any letter case. */
static char *server_key(const char *host, unsigned port)
{
    char *lower = g_ascii_strdown(host, -1);
    char *key = g_strdup_printf("%s %u", lower, port);

    g_free(lower);
    return key;
}

void msnp_cache_set_no_pipelining(msnp_cache *cache, const char *host, unsigned port)
{
    char *key = server_key(host, port);

    learn(&cache->no_pipelining, key, NULL, 0);
    g_free(key);
}

bool msnp_cache_no_pipelining(const msnp_cache *cache, const char *host, unsigned port)
{
    char *key = server_key(host, port);
    bool known = find(&cache->no_pipelining, key) != NULL;

    g_free(key);
    return known;
}
