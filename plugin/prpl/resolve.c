/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "resolve.h"

#include "process.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_AGE ((gint64)60 * G_USEC_PER_SEC)
#define FIRST_MAX  100 /* hosts with an address to start with */

/* A name that is being resolved, or was. */
typedef struct {
    char *host; /* the key, lower case */
    PurpleDnsQueryData *query;
    PurpleAccount *asker; /* the account of the query; NULL without one */
    GQueue waiting;       /* prpl_lookup *, oldest first */
    GPtrArray *addresses; /* char *; NULL until there is an answer */
    gint64 since;         /* when the answer arrived */
} name;

struct prpl_lookup {
    name *about; /* NULL once there is an answer */
    PurpleAccount *account;
    prpl_lookup_func func;
    gpointer data;
    GPtrArray *addresses; /* the answer, NULL for none */
    char *error;
    guint soon; /* the timer that calls back */
};

bool prpl_resolve_is_address(const char *host)
{
    struct in6_addr any;

    return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

static void name_free(gpointer data)
{
    name *self = data;

    if (self->query != NULL)
        purple_dnsquery_destroy(self->query);
    g_queue_clear(&self->waiting);
    if (self->addresses != NULL)
        g_ptr_array_unref(self->addresses);
    g_free(self->host);
    g_free(self);
}

static void lookup_free(prpl_lookup *lookup)
{
    if (lookup->soon != 0)
        purple_timeout_remove(lookup->soon);
    if (lookup->addresses != NULL)
        g_ptr_array_unref(lookup->addresses);
    g_free(lookup->error);
    g_free(lookup);
}

static gboolean report(gpointer data)
{
    prpl_lookup *lookup = data;

    lookup->soon = 0;
    lookup->func(lookup->addresses, lookup->error, lookup->data);
    lookup_free(lookup);
    return G_SOURCE_REMOVE;
}

/* --- the order of addresses ----------------------------------------------------------------- */

static bool is_v6(const char *address)
{
    return strchr(address, ':') != NULL;
}

/* Moves them to a new list in which the families alternate: often one of them is broken as such. */
static GPtrArray *interleave(GPtrArray *addresses)
{
    GPtrArray *mixed = g_ptr_array_new_full(addresses->len, g_free);
    bool v6 = addresses->len > 0 && is_v6(g_ptr_array_index(addresses, 0));
    guint at[2] = {0, 0}; /* of each family: how far the list was searched */

    while (mixed->len < addresses->len) {
        guint *i = &at[v6];
        while (*i < addresses->len && is_v6(g_ptr_array_index(addresses, *i)) != v6)
            ++*i;
        if (*i < addresses->len)
            g_ptr_array_add(mixed, g_ptr_array_index(addresses, (*i)++));
        v6 = !v6;
    }
    g_ptr_array_set_free_func(addresses, NULL);
    g_ptr_array_unref(addresses);
    return mixed;
}

/* The same list, turned so that the address to start with comes first. */
static GPtrArray *turned(const char *host, GPtrArray *addresses)
{
    GHashTable *first = prpl_process_get()->first_addresses;
    const char *wanted = first != NULL ? g_hash_table_lookup(first, host) : NULL;
    guint start = 0;

    while (wanted != NULL && start < addresses->len &&
           strcmp(g_ptr_array_index(addresses, start), wanted) != 0)
        start++;
    if (start % addresses->len == 0)
        return g_ptr_array_ref(addresses);
    GPtrArray *copy = g_ptr_array_new_full(addresses->len, g_free);
    for (guint i = 0; i < addresses->len; i++)
        g_ptr_array_add(copy, g_strdup(g_ptr_array_index(addresses, (start + i) % addresses->len)));
    return copy;
}

void prpl_resolve_start_with(const char *host, const char *address)
{
    prpl_process *process = prpl_process_get();

    if (process->first_addresses == NULL)
        process->first_addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    /* Servers can name any number of hosts. */
    if (g_hash_table_size(process->first_addresses) >= FIRST_MAX)
        g_hash_table_remove_all(process->first_addresses);
    g_hash_table_insert(process->first_addresses, g_ascii_strdown(host, -1), g_strdup(address));
}

/* --- lookups -------------------------------------------------------------------------------- */

/* Ends a lookup. Each calls back from its own timer, since a callback may cancel others. */
static void settle(prpl_lookup *lookup, const name *self, GPtrArray *addresses, const char *error)
{
    lookup->about = NULL;
    lookup->addresses = addresses != NULL ? turned(self->host, addresses) : NULL;
    lookup->error = g_strdup(error);
    lookup->soon = purple_timeout_add(0, report, lookup);
}

static void settle_all(name *self, GPtrArray *addresses, const char *error)
{
    prpl_lookup *lookup;

    while ((lookup = g_queue_pop_head(&self->waiting)) != NULL)
        settle(lookup, self, addresses, error);
}

/* libpurple's list has lengths and addresses alternating; we free it. */
static GPtrArray *take_addresses(GSList *hosts)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);

    while (hosts != NULL && hosts->next != NULL) {
        socklen_t len = (socklen_t)GPOINTER_TO_SIZE(hosts->data);
        char text[NI_MAXHOST];

        hosts = g_slist_delete_link(hosts, hosts);
        if (getnameinfo(hosts->data, len, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
            g_ptr_array_add(addresses, g_strdup(text));
        g_free(hosts->data);
        hosts = g_slist_delete_link(hosts, hosts);
    }
    g_slist_free(hosts);
    return interleave(addresses);
}

static void answered(GSList *hosts, gpointer data, const char *error)
{
    name *self = data;
    GPtrArray *addresses = take_addresses(hosts);

    self->query = NULL; /* libpurple frees it */
    self->asker = NULL;
    if (addresses->len > 0) {
        settle_all(self, addresses, NULL);
        self->addresses = addresses;
        self->since = g_get_monotonic_time();
        return;
    }
    settle_all(self, NULL, error);
    g_ptr_array_unref(addresses);
    g_hash_table_remove(prpl_process_get()->names, self->host);
}

/* Queries on behalf of the first waiting lookup. */
static void ask(name *self)
{
    const prpl_lookup *first = g_queue_peek_head(&self->waiting);

    self->asker = first->account;
    /* The port is only stored in the answer, where it is not used. */
    self->query = purple_dnsquery_a_account(first->account, self->host, 1, answered, self);
    if (self->query == NULL)
        answered(NULL, self, NULL);
}

static gboolean is_old(gpointer key, gpointer value, gpointer now)
{
    const name *self = value;

    (void)key;
    return self->addresses != NULL && *(const gint64 *)now - self->since > ANSWER_AGE;
}

/* The entry for a host, without an expired answer. */
static name *find_name(const char *host)
{
    prpl_process *process = prpl_process_get();
    gint64 now = g_get_monotonic_time();
    char *key = g_ascii_strdown(host, -1);

    if (process->names == NULL)
        process->names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, name_free);
    g_hash_table_foreach_remove(process->names, is_old, &now);

    name *self = g_hash_table_lookup(process->names, key);
    if (self != NULL) {
        g_free(key);
        return self;
    }
    self = g_new0(name, 1);
    self->host = key;
    g_queue_init(&self->waiting);
    g_hash_table_insert(process->names, key, self);
    return self;
}

prpl_lookup *prpl_resolve(PurpleAccount *account, const char *host, prpl_lookup_func func,
                          gpointer data)
{
    name *self = find_name(host);
    prpl_lookup *lookup = g_new0(prpl_lookup, 1);

    lookup->account = account;
    lookup->func = func;
    lookup->data = data;
    if (self->addresses != NULL) {
        settle(lookup, self, self->addresses, NULL);
        return lookup;
    }
    lookup->about = self;
    g_queue_push_tail(&self->waiting, lookup);
    if (self->query == NULL)
        ask(self);
    return lookup;
}

static bool waits_for_account(const name *self, const PurpleAccount *account)
{
    for (const GList *l = self->waiting.head; l != NULL; l = l->next)
        if (((const prpl_lookup *)l->data)->account == account)
            return true;
    return false;
}

void prpl_resolve_cancel(prpl_lookup *lookup)
{
    if (lookup == NULL)
        return;

    name *self = lookup->about;
    if (self != NULL) {
        g_queue_remove(&self->waiting, lookup);
        if (g_queue_is_empty(&self->waiting)) {
            g_hash_table_remove(prpl_process_get()->names, self->host);
        } else if (!waits_for_account(self, self->asker)) {
            /* The account of the query may be about to be deleted. */
            purple_dnsquery_destroy(self->query);
            ask(self);
        }
    }
    lookup_free(lookup);
}

void prpl_resolve_forget(const char *host)
{
    char *key = g_ascii_strdown(host, -1);
    GHashTable *names = prpl_process_get()->names;
    const name *self = names != NULL ? g_hash_table_lookup(names, key) : NULL;

    if (self != NULL && self->addresses != NULL)
        g_hash_table_remove(names, key);
    g_free(key);
}
