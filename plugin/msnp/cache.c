/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache.h"

#include "codec.h"
#include "url.h"

#include <string.h>

/* At most MSNP_CACHE_MAX of each kind: a linear search is enough. */
typedef struct {
    char *key;
    char *value; /* NULL if the key is all there is to know */
    int64_t since;
} fact;

struct msnp_cache {
    GQueue logins;        /* fact *: nexus -> login server, the newest first */
    GQueue no_pipelining; /* fact *: servers, the newest first */
    GQueue gateways;      /* the same */
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
    g_queue_init(&cache->gateways);
    return cache;
}

void msnp_cache_free(msnp_cache *cache)
{
    if (cache == NULL)
        return;
    g_queue_clear_full(&cache->logins, fact_free);
    g_queue_clear_full(&cache->no_pipelining, fact_free);
    g_queue_clear_full(&cache->gateways, fact_free);
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

/* The entry for this key; NULL if there is none, or it is older than `age`. */
static const fact *recall(const GQueue *facts, const char *key, int64_t age, int64_t now)
{
    const GList *link = find(facts, key);
    const fact *known = link != NULL ? link->data : NULL;

    return known != NULL && now - known->since < age ? known : NULL;
}

const char *msnp_cache_login(const msnp_cache *cache, const char *nexus_url, int64_t now)
{
    const fact *known = recall(&cache->logins, nexus_url, MSNP_CACHE_AGE, now);

    return known != NULL ? known->value : NULL;
}

/* Host names are case-insensitive. */
static char *server_key(const char *host, unsigned port)
{
    char *lower = g_ascii_strdown(host, -1);
    char *key = g_strdup_printf("%s:%u", lower, port);

    g_free(lower);
    return key;
}

void msnp_cache_set_no_pipelining(msnp_cache *cache, const char *host, unsigned port, int64_t now)
{
    char *key = server_key(host, port);

    learn(&cache->no_pipelining, key, NULL, now);
    g_free(key);
}

bool msnp_cache_no_pipelining(const msnp_cache *cache, const char *host, unsigned port, int64_t now)
{
    char *key = server_key(host, port);
    bool known = recall(&cache->no_pipelining, key, MSNP_CACHE_AGE, now) != NULL;

    g_free(key);
    return known;
}

void msnp_cache_set_gateway(msnp_cache *cache, const char *host, unsigned port, bool gateway,
                            int64_t now)
{
    char *key = server_key(host, port);

    if (gateway)
        learn(&cache->gateways, key, NULL, now);
    else
        forget(&cache->gateways, key);
    g_free(key);
}

bool msnp_cache_gateway(const msnp_cache *cache, const char *host, unsigned port, int64_t now)
{
    char *key = server_key(host, port);
    bool known = recall(&cache->gateways, key, MSNP_CACHE_WAY_AGE, now) != NULL;

    g_free(key);
    return known;
}

/*
 * --- as text: "login NEXUS URL SECONDS", "no-pipelining SERVER SECONDS" and "gateway SERVER
 * SECONDS", behind each other ---
 */

#define LOGIN         "login"
#define NO_PIPELINING "no-pipelining"
#define GATEWAY       "gateway"

/* When it was learned, in seconds since 1970. */
static int64_t wall_of(const fact *known, int64_t now, int64_t wall)
{
    return wall - (now - known->since) / 1000;
}

/* A key with a space would break the format; it is no valid address either. */
static void save_server(GString *text, const char *word, const char *server, const fact *known,
                        int64_t now, int64_t wall)
{
    if (known != NULL && msnp_is_word(server))
        g_string_append_printf(text, "%s%s %s %" G_GINT64_FORMAT, text->len > 0 ? " " : "", word,
                               server, wall_of(known, now, wall));
}

char *msnp_cache_save(const msnp_cache *cache, const char *nexus_url, const char *host,
                      unsigned port, int64_t now, int64_t wall)
{
    char *server = server_key(host, port);
    const fact *login = recall(&cache->logins, nexus_url, MSNP_CACHE_AGE, now);
    const fact *commands = recall(&cache->no_pipelining, server, MSNP_CACHE_AGE, now);
    const fact *gateway = recall(&cache->gateways, server, MSNP_CACHE_WAY_AGE, now);
    GString *text = g_string_new(NULL);

    if (login != NULL && msnp_is_word(nexus_url))
        g_string_append_printf(text, LOGIN " %s %s %" G_GINT64_FORMAT, nexus_url, login->value,
                               wall_of(login, now, wall));
    save_server(text, NO_PIPELINING, server, commands, now, wall);
    save_server(text, GATEWAY, server, gateway, now, wall);
    g_free(server);
    return g_string_free(text, FALSE);
}

static bool is_https_url(const char *text)
{
    msnp_url url;
    bool usable = msnp_url_parse(&url, msnp_str_of(text), NULL) == MSNP_OK;

    if (usable)
        msnp_url_clear(&url);
    return usable;
}

/* Adds a saved entry, unless it is known already, has expired or is from the future. */
static void load_fact(GQueue *facts, const char *key, const char *value, const char *seconds,
                      int64_t now, int64_t wall)
{
    uint64_t since;

    if (!msnp_parse_uint(msnp_str_of(seconds), INT64_MAX / 1000, &since) || (int64_t)since > wall ||
        wall - (int64_t)since >= MSNP_CACHE_AGE / 1000 || find(facts, key) != NULL)
        return;
    learn(facts, key, value, now - (wall - (int64_t)since) * 1000);
}

void msnp_cache_load(msnp_cache *cache, const char *text, int64_t now, int64_t wall)
{
    char **words = g_strsplit(text, " ", 16);
    size_t n = g_strv_length(words);

    for (size_t i = 0; i < n;) {
        if (strcmp(words[i], LOGIN) == 0 && i + 3 < n) {
            if (is_https_url(words[i + 2]))
                load_fact(&cache->logins, words[i + 1], words[i + 2], words[i + 3], now, wall);
            i += 4;
        } else if (strcmp(words[i], NO_PIPELINING) == 0 && i + 2 < n) {
            load_fact(&cache->no_pipelining, words[i + 1], NULL, words[i + 2], now, wall);
            i += 3;
        } else if (strcmp(words[i], GATEWAY) == 0 && i + 2 < n) {
            load_fact(&cache->gateways, words[i + 1], NULL, words[i + 2], now, wall);
            i += 3;
        } else {
            break;
        }
    }
    g_strfreev(words);
}
