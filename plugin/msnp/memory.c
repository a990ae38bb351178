/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory.h"

#include <glib.h>

/* So few that they are looked through one by one. */
typedef struct {
    char *key;
    char *value; /* NULL if there is nothing but the key to know */
    int64_t since;
} fact;

struct msnp_memory {
    GQueue logins;   /* fact *: nexus -> login server, the newest first */
    GQueue stepwise; /* fact *: servers, the newest first */
};

static void fact_free(gpointer data)
{
    fact *known = data;

    g_free(known->key);
    g_free(known->value);
    g_free(known);
}

msnp_memory *msnp_memory_new(void)
{
    msnp_memory *memory = g_new0(msnp_memory, 1);

    g_queue_init(&memory->logins);
    g_queue_init(&memory->stepwise);
    return memory;
}

void msnp_memory_free(msnp_memory *memory)
{
    if (memory == NULL)
        return;
    g_queue_clear_full(&memory->logins, fact_free);
    g_queue_clear_full(&memory->stepwise, fact_free);
    g_free(memory);
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
    if (facts->length > MSNP_MEMORY_MAX)
        fact_free(g_queue_pop_tail(facts));
}

void msnp_memory_set_login(msnp_memory *memory, const char *nexus_url, const char *login_url,
                           int64_t now)
{
    if (login_url != NULL)
        learn(&memory->logins, nexus_url, login_url, now);
    else
        forget(&memory->logins, nexus_url);
}

const char *msnp_memory_login(const msnp_memory *memory, const char *nexus_url, int64_t now)
{
    const GList *link = find(&memory->logins, nexus_url);
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

void msnp_memory_set_stepwise(msnp_memory *memory, const char *host, unsigned port)
{
    char *key = server_key(host, port);

    learn(&memory->stepwise, key, NULL, 0);
    g_free(key);
}

bool msnp_memory_is_stepwise(const msnp_memory *memory, const char *host, unsigned port)
{
    char *key = server_key(host, port);
    bool stepwise = find(&memory->stepwise, key) != NULL;

    g_free(key);
    return stepwise;
}
