/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Through proxies: the dispatch, notification and Passport servers are all reached through the one
 * that the account has, and never past it.
 */
#include "conv_helpers.h"
#include "dns_helpers.h"
#include "file_helpers.h"
#include "proxy_helpers.h"

#include <signal.h>
#include <string.h>

/* Each of the four servers of a sign-in was reached once, through this proxy. */
static void check_all_proxied(service *svc, const proxy *p, const char *word)
{
    static const char *const hosts[] = {
        [SERVICE_DISPATCH] = "127.0.0.1",
        [SERVICE_NOTIFICATION] = "127.0.0.1",
        [SERVICE_NEXUS] = "localhost",
        [SERVICE_LOGIN] = "localhost",
    };

    for (gsize role = 0; role < G_N_ELEMENTS(hosts); role++) {
        g_autofree char *line =
            g_strdup_printf("%s %s:%u", word, hosts[role], service_port(svc, (service_role)role));

        live_wait(proxy_logged(p, line) == 1, 5);
    }
    live_check_count(svc, "* open", G_N_ELEMENTS(hosts));
}

static void online_through(const proxy *p, PurpleProxyType type, const char *name, const char *word)
{
    service *svc = live_service();
    user *u = live_user(svc);

    dns_begin();
    /* Nobody listens at its first address. */
    dns_set("proxy.test", "127.0.0.2,127.0.0.1");
    user_set_proxy(u, type, "proxy.test", p->port, name, name ? PROXY_SECRET : NULL);
    live_online(u);
    user_set_status(u, "busy");
    live_wait(g_strcmp0(service_state(svc, LIVE_ADDRESS), "BSY") == 0, 5);
    /* Who closes with something unread breaks the connection, and a proxy may drop what it has. */
    live_heard(svc, "NS <<< CHG * BSY *");
    live_offline(svc, u);
    live_check_count(svc, "NS >>> OUT", 1);
    check_all_proxied(svc, p, word);
    /* Names are the proxy's affair: here they may mean something else, or nothing. */
    g_assert_cmpuint(dns_asked("localhost"), ==, 0);
    dns_end();
    live_end(svc, u);
}

static void test_socks(void)
{
    proxy *p = proxy_socks(NULL);

    if (!p)
        return;
    online_through(p, PURPLE_PROXY_SOCKS5, NULL, "connected to");
    proxy_free(p);
}

static void test_socks_password(void)
{
    proxy *p = proxy_socks("someone");

    if (!p)
        return;
    online_through(p, PURPLE_PROXY_SOCKS5, "someone", "connected to");
    proxy_free(p);
}

static void test_http(void)
{
    proxy *p = proxy_http("");

    if (!p)
        return;
    online_through(p, PURPLE_PROXY_HTTP, NULL, "CONNECT");
    proxy_free(p);
}

static void test_http_password(void)
{
    proxy *p = proxy_http("BasicAuth someone " PROXY_SECRET "\n");

    if (!p)
        return;
    online_through(p, PURPLE_PROXY_HTTP, "someone", "CONNECT");
    proxy_free(p);
}

/* What the environment says, if the account is set to take it from there. */
static void test_environment(void)
{
    proxy *p = proxy_http("");
    g_autofree char *url = NULL;

    if (!p)
        return;
    url = g_strdup_printf("http://127.0.0.1:%d", p->port);
    g_setenv("HTTP_PROXY", url, TRUE);
    online_through(p, PURPLE_PROXY_USE_ENVVAR, NULL, "CONNECT");
    g_unsetenv("HTTP_PROXY");
    proxy_free(p);
}

/* The proxy of all accounts. */
static void test_global(void)
{
    proxy *p = proxy_socks(NULL);

    if (!p)
        return;
    purple_prefs_set_string("/purple/proxy/type", "socks5");
    purple_prefs_set_string("/purple/proxy/host", "127.0.0.1");
    purple_prefs_set_int("/purple/proxy/port", p->port);
    online_through(p, PURPLE_PROXY_USE_GLOBAL, NULL, "connected to");
    purple_prefs_set_string("/purple/proxy/type", "none");
    proxy_free(p);
}

/* Certificates are checked through a proxy as they are without one. */
static void test_certificate(void)
{
    proxy *p = proxy_socks(NULL);
    service *svc;
    user *u;

    if (!p)
        return;
    svc = live_service_with("login-cert=wrong-host", NULL);
    u = live_user(svc);
    client_set_manners(CLIENT_CANNOT_ASK);
    user_set_proxy(u, PURPLE_PROXY_SOCKS5, "127.0.0.1", p->port, NULL, NULL);
    live_refused(u, PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH, "localhost", NULL);
    live_check_count(svc, "LOGIN >>> *", 0);
    live_end(svc, u);
    proxy_free(p);
}

/*
 * Files move through it, too: whoever has a proxy is the one that connects, both ways. Of an HTTP
 * proxy libpurple can lose what comes along with its answer: what the receiver says first.
 */
static void files_through(const proxy *p, PurpleProxyType type, const char *word)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    g_autoptr(GBytes) content = files_content("in.bin", 5000);

    user_set_proxy(u, type, "127.0.0.1", p->port, NULL, NULL);
    files_choose(u, FILES_DIRECTLY);
    live_settled(u);
    conv_open(u, BOB);
    files_begin(TRUE, NULL);
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_check(service_robot_offer(svc, BOB, ALICE, "in.bin", content));
    live_wait(files_completed() + files_cancelled() == 1, 20);
    files_send(u, BOB, files_make("out.bin", 5000));
    live_wait(files_completed() + files_cancelled() == 2, 20);
    live_check(files_completed() == 2);
    live_check_count(svc, "SB >>> | Connectivity: N", 1);
    live_check_count(svc, "FILE connect *", 0);
    /* Dispatch and notification server, switchboard, files. */
    live_wait(proxy_logged(p, word) == 3 + 2, 5);
    files_end();
    conv_forget(u);
    conv_end(svc, u);
}

static void test_files(gconstpointer data)
{
    gboolean socks = data != NULL;
    proxy *p = socks ? proxy_socks(NULL) : proxy_http("");

    if (!p)
        return;
    files_through(p, socks ? PURPLE_PROXY_SOCKS5 : PURPLE_PROXY_HTTP,
                  socks ? "connected to 127.0.0.1" : "CONNECT 127.0.0.1");
    proxy_free(p);
}

/* --- the HTTP gateway ------------------------------------------------------------------------- */

/* Requests for whole URLs over http, and tunnels over https and to Passport. */
static void gateway_through(const proxy *p, PurpleProxyType type, gboolean tls, const char *name)
{
    service *svc = conv_service("joins", BOB, NULL);
    user_config config = live_config(svc);
    g_autofree char *asked = g_strdup_printf("POST %s?", service_gateway_url(svc, FALSE));
    g_autofree char *tunnel =
        g_strdup_printf(" localhost:%u", service_port(svc, SERVICE_GATEWAY_TLS));
    g_autofree char *secret =
        g_base64_encode((const guchar *)"someone:" PROXY_SECRET, strlen("someone:" PROXY_SECRET));
    user *u;
    g_autofree char *idle = g_strdup_printf("gateway-idle=%.0f", 4000 * client_scale());

    /* Without a connection at hand there is no way to say goodbye at the end. */
    live_set(svc, idle);
    config.method = "gateway";
    config.gateway_url = service_gateway_url(svc, tls);
    u = user_new(&config);
    user_set_proxy(u, type, "127.0.0.1", p->port, name, name ? PROXY_SECRET : NULL);
    live_settled(u);
    conv_send(u, BOB, "hello");
    conv_saw(u, BOB, "> hello");
    live_wait(service_robot_heard(svc, BOB, "text/plain") == 1, CONV_PATIENCE);
    live_check(service_robot_say(svc, BOB, "hello, too"));
    conv_saw(u, BOB, "< " ARIAL("hello, too"));
    live_check_count(svc, "NS open", 1);
    live_check_count(svc, "SB open", 1);
    live_check((proxy_logged(p, asked) > 2) == (type == PURPLE_PROXY_HTTP && !tls));
    live_check((proxy_logged(p, tunnel) > 0) == tls);
    live_check(!client_debug_has(secret));
    conv_end(svc, u);
}

static void test_gateway(gconstpointer data)
{
    const char *how = data;
    gboolean socks = g_str_has_prefix(how, "socks");
    gboolean named = strstr(how, "password") != NULL;
    proxy *p = socks ? proxy_socks(named ? "someone" : NULL)
                     : proxy_http(named ? "BasicAuth someone " PROXY_SECRET "\n" : "");

    if (!p)
        return;
    gateway_through(p, socks ? PURPLE_PROXY_SOCKS5 : PURPLE_PROXY_HTTP,
                    g_str_has_suffix(how, "https"), named ? "someone" : NULL);
    proxy_free(p);
}

/* --- proxies that do not work ----------------------------------------------------------------- */

/* A network error, without any connection past the proxy. */
static void refused_by(int port, PurpleProxyType type, const char *name, const char *password)
{
    service *svc = live_service();
    user *u = live_user(svc);

    user_set_proxy(u, type, "127.0.0.1", port, name, password);
    live_refused(u, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", NULL);
    live_check(!u->fatal);
    live_check_count(svc, "* open", 0);
    client_forget_dialogs(); /* libpurple may have one of its own */
    live_end(svc, u);
}

static void test_absent(gconstpointer data)
{
    refused_by(live_closed_port(), (PurpleProxyType)GPOINTER_TO_INT(data), NULL, NULL);
}

static void test_socks_unknown_user(void)
{
    proxy *p = proxy_socks("someone");

    if (!p)
        return;
    refused_by(p->port, PURPLE_PROXY_SOCKS5, "someone", "wrong-" LIVE_SECRET);
    refused_by(p->port, PURPLE_PROXY_SOCKS5, NULL, NULL);
    proxy_free(p);
}

/* An http gateway is asked for in another way, and the proxy refuses in another way. */
static void test_http_unknown_user(void)
{
    service *svc = live_service();
    user_config config = live_config(svc);
    proxy *p = proxy_http("BasicAuth someone " PROXY_SECRET "\n");
    user *u;

    config.method = "gateway";
    config.gateway_url = service_gateway_url(svc, FALSE);
    u = user_new(&config);
    if (p) {
        user_set_proxy(u, PURPLE_PROXY_HTTP, "127.0.0.1", p->port, "someone", LIVE_WRONG);
        live_refused(u, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "proxy", NULL);
        live_check_count(svc, "* open", 0);
        client_forget_dialogs();
        proxy_free(p);
    }
    live_end(svc, u);
}

static void test_http_forbids(void)
{
    proxy *p = proxy_http("ConnectPort 443\n");

    if (!p)
        return;
    refused_by(p->port, PURPLE_PROXY_HTTP, NULL, NULL);
    proxy_free(p);
}

/* Settings that libpurple itself refuses: it says so in a dialog, and the sign-in is over. */
static void test_bad_settings(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    user_set_proxy(u, PURPLE_PROXY_SOCKS5, NULL, 0, NULL, NULL);
    user_sign_in(u);
    live_wait(u->error && user_is_offline(u), 5);
    live_check(u->n_errors == 1);
    live_check_count(svc, "* open", 0);
    client_forget_dialogs();
    live_end(svc, u);
}

/* Only Passport is out of reach: the proxy lets the first servers through. */
static void test_http_forbids_passport(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    g_autofree char *ports =
        g_strdup_printf("ConnectPort %u\nConnectPort %u\n", service_port(svc, SERVICE_DISPATCH),
                        service_port(svc, SERVICE_NOTIFICATION));
    g_autofree char *name = NULL;
    proxy *p = proxy_http(ports);

    if (p) {
        user_set_proxy(u, PURPLE_PROXY_HTTP, "127.0.0.1", p->port, NULL, NULL);
        name = g_strdup_printf("through the proxy 127.0.0.1:%d", p->port);
        live_refused(u, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "localhost", name, "forbids", NULL);
        live_check_count(svc, "NEXUS open", 0);
        live_wait(live_connections(svc) == 0, 5);
    }
    live_end(svc, u);
    if (p)
        proxy_free(p);
}

/* Only conversations are: what was written is not lost without a word about the proxy. */
static void test_http_forbids_switchboard(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    GString *ports = g_string_new(NULL);
    proxy *p;

    for (int role = 0; role < SERVICE_SWITCHBOARD; role++)
        g_string_append_printf(ports, "ConnectPort %u\n", service_port(svc, (service_role)role));
    p = proxy_http(ports->str);
    if (p) {
        user_set_proxy(u, PURPLE_PROXY_HTTP, "127.0.0.1", p->port, NULL, NULL);
        live_settled(u);
        conv_send(u, BOB, "hello");
        conv_saw(u, BOB,
                 "> hello\n! Could not connect to the server for this conversation through the "
                 "proxy 127.0.0.1:%d. Check the proxy settings: the proxy may not allow this "
                 "connection, or may require a user name and password. This message was not "
                 "delivered:<br>hello",
                 p->port);
    }
    conv_end(svc, u);
    g_string_free(ports, TRUE);
    if (p)
        proxy_free(p);
}

/* The proxy dies under a session. */
static void test_dies(void)
{
    proxy *p = proxy_socks(NULL);
    service *svc;
    user *u;

    if (!p)
        return;
    svc = live_service();
    u = live_user(svc);
    user_set_proxy(u, PURPLE_PROXY_SOCKS5, "127.0.0.1", p->port, NULL, NULL);
    live_online(u);
    kill(p->pid, SIGKILL);
    live_failed(u, 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", NULL);
    live_check(u->n_errors == 1);
    live_end(svc, u);
    proxy_free(p);
}

static const char *const gateways[] = {"http-http", "http-password-http", "http-https",
                                       "socks-http", "socks-password-https"};

static void add_tests(void)
{
    live_use_wall_clock();
    live_add("/proxy/socks", test_socks, FALSE);
    live_add("/proxy/socks-password", test_socks_password, FALSE);
    live_add("/proxy/http", test_http, FALSE);
    live_add("/proxy/http-password", test_http_password, FALSE);
    live_add("/proxy/environment", test_environment, FALSE);
    live_add("/proxy/global", test_global, FALSE);
    live_add_data("/proxy/files/socks", "", test_files, FALSE);
    live_add_data("/proxy/files/http", NULL, test_files, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(gateways); i++) {
        g_autofree char *path = g_strconcat("/proxy/gateway/", gateways[i], NULL);

        live_add_data(path, gateways[i], test_gateway, FALSE);
    }
    live_add("/proxy/certificate", test_certificate, FALSE);
    live_add_data("/proxy/absent/socks", GINT_TO_POINTER(PURPLE_PROXY_SOCKS5), test_absent, FALSE);
    live_add_data("/proxy/absent/socks4", GINT_TO_POINTER(PURPLE_PROXY_SOCKS4), test_absent, FALSE);
    live_add_data("/proxy/absent/http", GINT_TO_POINTER(PURPLE_PROXY_HTTP), test_absent, FALSE);
    live_add("/proxy/socks-unknown-user", test_socks_unknown_user, FALSE);
    live_add("/proxy/http-unknown-user", test_http_unknown_user, FALSE);
    live_add("/proxy/http-forbids", test_http_forbids, FALSE);
    live_add("/proxy/http-forbids-passport", test_http_forbids_passport, FALSE);
    live_add("/proxy/http-forbids-switchboard", test_http_forbids_switchboard, FALSE);
#ifndef __SANITIZE_ADDRESS__
    /* libpurple loses a piece of memory of its own here. */
    live_add("/proxy/bad-settings", test_bad_settings, FALSE);
#else
    (void)test_bad_settings;
#endif
    live_add("/proxy/dies", test_dies, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
