/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dns_helpers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <purple.h>
#include <string.h>

typedef struct {
    PurpleDnsQueryData *query;
    PurpleDnsQueryResolvedCallback resolved;
    PurpleDnsQueryFailedCallback failed;
} question;

static struct {
    GHashTable *names;  /* lower case -> addresses, "" for none */
    GHashTable *asked;  /* lower case -> number */
    GPtrArray *waiting; /* question * */
    gboolean holding;
} dns;

/* A socket's address in the form in which libpurple's callbacks take it over. */
static GSList *append_address(GSList *hosts, const char *text, guint16 port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    gboolean is_v6 = inet_pton(AF_INET6, text, &v6.sin6_addr) == 1;
    gsize length = is_v6 ? sizeof v6 : sizeof v4;

    if (!is_v6 && inet_pton(AF_INET, text, &v4.sin_addr) != 1)
        g_error("%s is no address", text);

    gpointer address = g_malloc(length);
    memcpy(address, is_v6 ? (gpointer)&v6 : (gpointer)&v4, length);
    hosts = g_slist_append(hosts, GSIZE_TO_POINTER(length));
    return g_slist_append(hosts, address);
}

static void answer(const question *q)
{
    g_autofree char *key = g_ascii_strdown(purple_dnsquery_get_host(q->query), -1);
    const char *text = g_hash_table_lookup(dns.names, key);
    g_auto(GStrv) addresses = g_strsplit(text ? text : "", ",", -1);
    GSList *hosts = NULL;

    for (guint i = 0; addresses[i]; i++)
        hosts = append_address(hosts, addresses[i], purple_dnsquery_get_port(q->query));
    if (hosts) {
        q->resolved(q->query, hosts);
    } else {
        g_autofree char *error = g_strdup_printf("Error resolving %s:\nName or service not known",
                                                 purple_dnsquery_get_host(q->query));
        q->failed(q->query, error);
    }
}

static gboolean resolve_host(PurpleDnsQueryData *query, PurpleDnsQueryResolvedCallback resolved,
                             PurpleDnsQueryFailedCallback failed)
{
    const char *host = purple_dnsquery_get_host(query);
    question q = {query, resolved, failed};
    struct in_addr any;

    if (inet_pton(AF_INET, host, &any) == 1)
        return FALSE;
    g_hash_table_insert(dns.asked, g_ascii_strdown(host, -1),
                        GUINT_TO_POINTER(dns_asked(host) + 1));
    if (dns.holding) {
        question *later = g_new(question, 1);
        *later = q;
        g_ptr_array_add(dns.waiting, later);
    } else {
        answer(&q);
    }
    return TRUE;
}

/* Nobody wants to know any more, or the answer was given. */
static void forget_query(PurpleDnsQueryData *query)
{
    for (guint i = dns.waiting->len; i-- > 0;)
        if (((const question *)g_ptr_array_index(dns.waiting, i))->query == query)
            g_ptr_array_remove_index(dns.waiting, i);
}

static PurpleDnsQueryUiOps dns_ops = {.resolve_host = resolve_host, .destroy = forget_query};

void dns_begin(void)
{
    dns.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    dns.asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    dns.waiting = g_ptr_array_new_with_free_func(g_free);
    dns_set("localhost", "127.0.0.1");
    purple_dnsquery_set_ui_ops(&dns_ops);
}

void dns_end(void)
{
    g_assert_cmpuint(dns_waiting(), ==, 0);
    purple_dnsquery_set_ui_ops(NULL);
    g_hash_table_unref(dns.names);
    g_hash_table_unref(dns.asked);
    g_ptr_array_unref(dns.waiting);
}

void dns_set(const char *host, const char *addresses)
{
    g_hash_table_insert(dns.names, g_ascii_strdown(host, -1), g_strdup(addresses ? addresses : ""));
}

void dns_hold(void)
{
    dns.holding = TRUE;
}

void dns_release(void)
{
    dns.holding = FALSE;
    while (dns.waiting->len > 0) {
        question q = *(const question *)g_ptr_array_index(dns.waiting, 0);

        g_ptr_array_remove_index(dns.waiting, 0);
        answer(&q);
    }
}

guint dns_asked(const char *host)
{
    g_autofree char *key = g_ascii_strdown(host, -1);

    return GPOINTER_TO_UINT(g_hash_table_lookup(dns.asked, key));
}

guint dns_waiting(void)
{
    return dns.waiting->len;
}
