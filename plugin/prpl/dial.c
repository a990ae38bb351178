/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dial.h"

#include "resolve.h"

#include <string.h>

/*
 * Milliseconds until the next address is tried, too: the longest that RFC 8305 recommends. A
 * distant server whose first reply takes a second, or needs a second SYN, gets no other connection.
 */
#define NEXT_ADDRESS_AFTER 2000

/* A connection to one address that is being made. */
typedef struct {
    prpl_dial *dial;
    guint index; /* of the address */
    PurpleProxyConnectData *connecting;
} attempt;

struct prpl_dial {
    PurpleAccount *account;
    char *host;
    uint16_t port;
    char *proxy; /* NULL: none */
    bool asks_proxy;
    prpl_dial_func func;
    gpointer data;

    prpl_lookup *lookup;  /* while the name is looked up */
    bool resolved;        /* the addresses are those of a name */
    GPtrArray *addresses; /* char *, or just the host */
    guint tried;          /* how many of them */
    guint turn_to;        /* the one to start with if this leads nowhere */
    GQueue attempts;      /* attempt * */
    guint next;           /* the timer that tries the next one */
    guint refusal;        /* the timer that reports an immediate failure */
};

static void stop_timer(guint *timer)
{
    if (*timer != 0)
        purple_timeout_remove(*timer);
    *timer = 0;
}

static void stop_attempts(prpl_dial *dial)
{
    attempt *each;

    stop_timer(&dial->next);
    while ((each = g_queue_pop_head(&dial->attempts)) != NULL) {
        purple_proxy_connect_cancel(each->connecting);
        g_free(each);
    }
}

/* --- the proxy ------------------------------------------------------------------------------ */

static PurpleProxyInfo *proxy_of(PurpleAccount *account)
{
    PurpleProxyInfo *proxy = purple_proxy_get_setup(account);

    return proxy != NULL && purple_proxy_info_get_type(proxy) != PURPLE_PROXY_NONE ? proxy : NULL;
}

/* Where the host begins in what is set as the host: people write user:password@host there. */
static size_t skip_secret(const char *host)
{
    const char *at = strrchr(host, '@');

    return at != NULL ? (size_t)(at + 1 - host) : 0;
}

static char *proxy_name(const PurpleProxyInfo *proxy)
{
    const char *set = purple_proxy_info_get_host(proxy);
    const char *host = set != NULL ? set + skip_secret(set) : "?";
    char *clean = msnp_text_clean(host, strlen(host), MSNP_HOST_MAX);
    char *name = g_strdup_printf("%s:%d", clean, purple_proxy_info_get_port(proxy));

    g_free(clean);
    return name;
}

/* "name:password", and its base64 text; the caller frees both with msnp_secret_free(). */
static char *login_text(const PurpleProxyInfo *proxy, char **both)
{
    const char *name = purple_proxy_info_get_username(proxy);
    const char *password = purple_proxy_info_get_password(proxy);

    *both = g_strconcat(name != NULL ? name : "", ":", password != NULL ? password : "", NULL);
    return g_base64_encode((const guchar *)*both, strlen(*both));
}

/* libpurple may quote the host as it is set, or a reply of the proxy, which may repeat it all. */
static bool tells_secret(const char *text, const PurpleProxyInfo *proxy)
{
    if (proxy == NULL) /* not any more */
        return true;
    const char *host = purple_proxy_info_get_host(proxy);
    const char *password = purple_proxy_info_get_password(proxy);

    if (host != NULL && skip_secret(host) > 0 && strstr(text, host) != NULL)
        return true;
    if (password == NULL || *password == '\0')
        return false;
    char *both;
    char *encoded = login_text(proxy, &both);
    bool tells = strstr(text, password) != NULL || strstr(text, encoded) != NULL;
    msnp_secret_free(both);
    msnp_secret_free(encoded);
    return tells;
}

/* --- one address after the other ------------------------------------------------------------ */

static bool try_next(prpl_dial *dial);

static void failed(prpl_dial *dial, const char *error)
{
    if (try_next(dial) || !g_queue_is_empty(&dial->attempts))
        return;
    if (dial->resolved)
        prpl_resolve_forget(dial->host);
    if (dial->proxy != NULL && error != NULL && tells_secret(error, proxy_of(dial->account)))
        error = NULL;
    dial->func(-1, prpl_errors_problem_of_connect(dial->host, error, dial->proxy != NULL), error,
               dial->data);
}

static const char *address_at(const prpl_dial *dial, guint index)
{
    return g_ptr_array_index(dial->addresses, index % dial->addresses->len);
}

static void start_with(const prpl_dial *dial, guint index)
{
    if (dial->addresses != NULL && dial->addresses->len > 1)
        prpl_resolve_start_with(dial->host, address_at(dial, index));
}

static void connected(prpl_dial *dial, int fd, guint index)
{
    stop_attempts(dial);
    dial->turn_to = index + 1;
    if (index > 0)
        start_with(dial, index);
    dial->func(fd, PRPL_N_PROBLEMS, NULL, dial->data);
}

static void attempt_over(gpointer data, gint fd, const gchar *error)
{
    attempt *self = data;
    prpl_dial *dial = self->dial;
    guint index = self->index;

    g_queue_remove(&dial->attempts, self);
    g_free(self);
    if (fd < 0)
        failed(dial, error);
    else
        connected(dial, fd, index);
}

static gboolean report_refusal(gpointer data)
{
    prpl_dial *dial = data;

    dial->refusal = 0;
    dial->func(-1, PRPL_PROBLEM_PROXY_SETTINGS, NULL, dial->data);
    return G_SOURCE_REMOVE;
}

static gboolean address_is_slow(gpointer data)
{
    prpl_dial *dial = data;

    dial->next = 0;
    (void)try_next(dial);
    return G_SOURCE_REMOVE;
}

/* Tries the next address; false if there is none. */
static bool try_next(prpl_dial *dial)
{
    stop_timer(&dial->next);
    if (dial->tried == dial->addresses->len)
        return false;

    attempt *self = g_new(attempt, 1);
    *self = (attempt){.dial = dial, .index = dial->tried++};
    dial->turn_to = dial->tried;
    /* With this port libpurple asks the proxy for no tunnel, which many allow for port 443 only. */
    self->connecting =
        purple_proxy_connect(dial, dial->account, address_at(dial, self->index),
                             dial->asks_proxy ? MSNP_PORT_HTTP : dial->port, attempt_over, self);
    if (self->connecting == NULL) {
        /* Only for proxy settings that libpurple cannot use. */
        g_free(self);
        stop_attempts(dial);
        dial->refusal = purple_timeout_add(0, report_refusal, dial);
        return true;
    }
    g_queue_push_tail(&dial->attempts, self);
    if (dial->tried < dial->addresses->len)
        dial->next = purple_timeout_add(NEXT_ADDRESS_AFTER, address_is_slow, dial);
    return true;
}

static void host_found(GPtrArray *addresses, const char *error, gpointer data)
{
    prpl_dial *dial = data;

    dial->lookup = NULL;
    if (addresses != NULL) {
        dial->resolved = true;
        dial->addresses = g_ptr_array_ref(addresses);
        (void)try_next(dial);
        return;
    }
    prpl_problem problem = prpl_errors_problem_of_connect(dial->host, error, false);
    dial->func(-1, problem == PRPL_PROBLEM_SWITCHED_OFF ? problem : PRPL_PROBLEM_NAME_NOT_FOUND,
               error, dial->data);
}

/* --- from outside --------------------------------------------------------------------------- */

prpl_dial *prpl_dial_new(PurpleAccount *account, const char *host, uint16_t port, bool http,
                         prpl_dial_func func, gpointer data)
{
    prpl_dial *dial = g_new0(prpl_dial, 1);
    const PurpleProxyInfo *proxy = proxy_of(account);

    dial->account = account;
    dial->host = g_strdup(host);
    dial->port = port;
    dial->proxy = proxy != NULL ? proxy_name(proxy) : NULL;
    dial->asks_proxy =
        http && proxy != NULL && purple_proxy_info_get_type(proxy) == PURPLE_PROXY_HTTP;
    dial->func = func;
    dial->data = data;
    g_queue_init(&dial->attempts);
    if (proxy != NULL || prpl_resolve_is_address(host)) {
        dial->addresses = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(dial->addresses, g_strdup(host));
        (void)try_next(dial);
    } else {
        dial->lookup = prpl_resolve(account, host, host_found, dial);
    }
    return dial;
}

void prpl_dial_turn(const prpl_dial *dial)
{
    start_with(dial, dial->turn_to);
}

const char *prpl_dial_proxy(const prpl_dial *dial)
{
    return dial->proxy;
}

bool prpl_dial_asks_proxy(const prpl_dial *dial, char **authorization)
{
    const PurpleProxyInfo *proxy = dial->asks_proxy ? proxy_of(dial->account) : NULL;
    const char *name = proxy != NULL ? purple_proxy_info_get_username(proxy) : NULL;
    char *both;

    *authorization = NULL;
    if (name != NULL && *name != '\0') {
        char *encoded = login_text(proxy, &both);
        *authorization = g_strconcat("Basic ", encoded, NULL);
        msnp_secret_free(encoded);
        msnp_secret_free(both);
    }
    return dial->asks_proxy;
}

void prpl_dial_free(prpl_dial *dial)
{
    if (dial == NULL)
        return;
    prpl_resolve_cancel(dial->lookup);
    /* No address answered in time; the next lookup may return others. */
    if (dial->resolved && !g_queue_is_empty(&dial->attempts))
        prpl_resolve_forget(dial->host);
    stop_attempts(dial);
    stop_timer(&dial->refusal);
    if (dial->addresses != NULL)
        g_ptr_array_unref(dial->addresses);
    g_free(dial->host);
    g_free(dial->proxy);
    g_free(dial);
}
