/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proxies that do not let a sign-in through: whatever they say, or do not say, the proxy is blamed
 * by its name, and not the service; and its password is told to nobody.
 */
#include "dns_helpers.h"
#include "service_helpers.h"

#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME   "someone"
#define SECRET "pr0xy-" LIVE_SECRET
#define ECHO   "echo" /* a reply: what was received */

/* A proxy whose reply to whatever it receives is always the same; then it keeps quiet. */
typedef struct {
    int listener;
    int port;
    guint watch;
    const char *reply;
    gsize length;
    GArray *peers; /* int: what it accepted */
    GArray *hears; /* guint: the watches on them */
} proxy;

static gboolean hear(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
    const proxy *p = data;
    char bytes[2048];
    ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    gboolean echo = p->reply && g_str_equal(p->reply, ECHO);

    if (n > 0 && p->reply)
        (void)send(fd, echo ? bytes : p->reply, echo ? (gsize)n : p->length, MSG_NOSIGNAL);
    return FALSE;
}

static gboolean take(gint fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
    proxy *p = data;
    int peer = accept(fd, NULL, NULL);
    guint watch = g_unix_fd_add(peer, G_IO_IN, hear, p);

    g_array_append_val(p->peers, peer);
    g_array_append_val(p->hears, watch);
    return TRUE;
}

#define BYTES(text) (text), sizeof(text) - 1
#define REJECTED    "HTTP/1.1 407 Authentication Required\r\n"

/* It lets the connection through, but nothing comes. */
static const char through[] = "did not respond in time";

static const struct row {
    const char *name;
    PurpleProxyType type;
    const char *words; /* what the user is told besides */
    const char *reply; /* NULL: none */
    gsize length;
    const char *user; /* with this name and SECRET, or without any */
} rows[] = {
    {"http/silent", PURPLE_PROXY_HTTP, "timed out", NULL, 0, NULL},
    {"http/silent/password", PURPLE_PROXY_HTTP, "timed out", NULL, 0, NAME},
    /* libpurple waits for a reply to a request that it does not end. */
    {"http/407", PURPLE_PROXY_HTTP, "timed out",
     BYTES(REJECTED "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"), NULL},
    {"http/407/password", PURPLE_PROXY_HTTP, "timed out",
     BYTES(REJECTED "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"), NAME},
    {"http/407/other", PURPLE_PROXY_HTTP, "407",
     BYTES(REJECTED "Proxy-Authenticate: NTLM\r\nContent-Length: 9\r\n\r\nnobody"), NAME},
    {"http/502", PURPLE_PROXY_HTTP, "502", BYTES("HTTP/1.0 502 Gateway\r\n\r\n"), NULL},
    {"http/no-http", PURPLE_PROXY_HTTP, "SSH-2.0", BYTES("SSH-2.0-OpenSSH\r\n\r\n"), NULL},
    {"http/through", PURPLE_PROXY_HTTP, through, BYTES("HTTP/1.1 200 OK\r\n\r\n"), NULL},
    {"http/echo", PURPLE_PROXY_HTTP, "Could not", BYTES(ECHO), NAME},
    {"socks4/silent", PURPLE_PROXY_SOCKS4, "timed out", NULL, 0, NAME},
    {"socks4/rejected", PURPLE_PROXY_SOCKS4, "Could not", BYTES("\0\x5b\0\0\0\0\0\0"), NAME},
    {"socks5/silent", PURPLE_PROXY_SOCKS5, "timed out", NULL, 0, NULL},
    {"socks5/silent/password", PURPLE_PROXY_SOCKS5, "timed out", BYTES("\5\2"), NAME},
    {"socks5/rejected", PURPLE_PROXY_SOCKS5, "Could not", BYTES("\5\xff"), NULL},
    {"socks5/echo", PURPLE_PROXY_SOCKS5, "Could not", BYTES(ECHO), NAME},
    {"tor/silent", PURPLE_PROXY_TOR, "timed out", NULL, 0, NULL},
    {"environment", PURPLE_PROXY_USE_ENVVAR, "timed out", NULL, 0, NAME},
    {"global", PURPLE_PROXY_USE_GLOBAL, "timed out", NULL, 0, NAME},
};

static proxy *proxy_new(const struct row *r)
{
    proxy *p = g_new0(proxy, 1);

    p->reply = r->reply;
    p->length = r->length;
    p->peers = g_array_new(FALSE, FALSE, sizeof(int));
    p->hears = g_array_new(FALSE, FALSE, sizeof(guint));
    p->listener = live_mute_listener(&p->port);
    p->watch = g_unix_fd_add(p->listener, G_IO_IN, take, p);
    return p;
}

static void proxy_free(proxy *p)
{
    g_source_remove(p->watch);
    for (guint i = 0; i < p->peers->len; i++) {
        GSource *hears = g_main_context_find_source_by_id(NULL, g_array_index(p->hears, guint, i));

        if (hears)
            g_source_destroy(hears);
        close(g_array_index(p->peers, int, i));
    }
    g_array_unref(p->peers);
    g_array_unref(p->hears);
    close(p->listener);
    g_free(p);
}

/* Where a person can set the proxy of a row. */
static void set_proxy(user *u, const struct row *r, int port)
{
    g_autofree char *url = g_strdup_printf("http://" NAME ":" SECRET "@127.0.0.1:%d", port);

    if (r->type == PURPLE_PROXY_USE_ENVVAR)
        g_setenv("HTTP_PROXY", url, TRUE);
    if (r->type == PURPLE_PROXY_USE_GLOBAL) {
        purple_prefs_set_string("/purple/proxy/type", "socks5");
        purple_prefs_set_string("/purple/proxy/host", "127.0.0.1");
        purple_prefs_set_int("/purple/proxy/port", port);
        purple_prefs_set_string("/purple/proxy/username", NAME);
        purple_prefs_set_string("/purple/proxy/password", SECRET);
    }
    user_set_proxy(u, r->type, "127.0.0.1", port, r->user, r->user ? SECRET : NULL);
}

/* All at the same time: most of them take as long as a step of a sign-in may. */
static void test_rows(void)
{
    service *svc = live_service();
    user *users[G_N_ELEMENTS(rows)];
    proxy *proxies[G_N_ELEMENTS(rows)];
    g_autofree char *encoded = g_base64_encode((const guchar *)NAME ":" SECRET, sizeof NAME SECRET);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *address = g_strdup_printf("user%u@example.com", i);
        user_config config = live_config(svc);

        config.address = address;
        config.method = "direct";
        users[i] = user_new(&config);
        proxies[i] = proxy_new(&rows[i]);
        set_proxy(users[i], &rows[i], proxies[i]->port);
        user_sign_in(users[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("the proxy 127.0.0.1:%d", proxies[i]->port);

        g_test_message("%s", rows[i].name);
        live_failed(users[i], 40, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", name,
                    rows[i].words, rows[i].words == through ? NULL : "user name and password",
                    NULL);
        live_check(!users[i]->fatal && users[i]->n_errors == 1);
        live_check(!strstr(users[i]->error, SECRET) && !strstr(users[i]->error, encoded));
    }
    live_check_count(svc, "* open", 0);
    g_unsetenv("HTTP_PROXY");
    purple_prefs_set_string("/purple/proxy/type", "none");
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        proxy_free(proxies[i]);
    live_end_all(svc, users, G_N_ELEMENTS(users));
}

/* Name and password written where only the host belongs: libpurple looks for such a host. */
static void test_password_in_host(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    user_set_proxy(u, PURPLE_PROXY_HTTP, NAME ":unsaid@proxy.invalid", 3128, NULL, NULL);
    dns_begin();
    live_refused(u, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "the proxy proxy.invalid:3128", NULL);
    live_check(!strstr(u->error, "unsaid"));
    dns_end();
    live_end(svc, u);
}

static void add_tests(void)
{
    live_add("/proxy-fails/rows", test_rows, FALSE);
    live_add("/proxy-fails/password-in-host", test_password_in_host, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
