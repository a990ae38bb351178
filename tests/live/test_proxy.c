/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Through proxies: the dispatch, notification and Passport servers are all reached through the one
 * that the account has, and never past it.
 */
#include "conv_helpers.h"
#include "dns_helpers.h"
#include "file_helpers.h"
#include "service_helpers.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROXY_SECRET "pr0xy-" LIVE_SECRET

/* A proxy server that runs. */
typedef struct {
    GPid pid;
    int port;
    char *log; /* the file it logs to */
    char *config;
} proxy;

/* Nobody else can: the port is kept for the proxy. */
static gboolean is_listening(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((guint16)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean there;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    there = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return there;
}

static void proxy_free(proxy *p)
{
    if (p->pid) {
        kill(p->pid, SIGTERM);
        waitpid(p->pid, NULL, 0);
    }
    g_unlink(p->log);
    g_unlink(p->config);
    g_free(p->log);
    g_free(p->config);
    g_free(p);
}

/* A test that fails aborts: its proxy is not to live on. */
static void die_with_parent(gpointer data G_GNUC_UNUSED)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static gboolean has_ended(proxy *p)
{
    if (p->pid && waitpid(p->pid, NULL, WNOHANG) != 0)
        p->pid = 0;
    return !p->pid;
}

static gboolean proxy_spawn(proxy *p, const char *const *argv)
{
    int fd = g_open(p->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    gboolean spawned = g_spawn_async_with_fds(NULL, (char **)argv, NULL,
                                              G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                                              die_with_parent, NULL, &p->pid, -1, fd, fd, NULL);

    close(fd);
    if (!spawned)
        p->pid = 0;
    else
        live_wait(is_listening(p->port) || has_ended(p), 10);
    return p->pid && is_listening(p->port);
}

static proxy *proxy_new(void)
{
    proxy *p = g_new0(proxy, 1);

    p->port = live_closed_port();
    p->log = g_strdup_printf("%s/proxy-%d.log", client_user_dir(), p->port);
    p->config = g_strdup_printf("%s/proxy-%d.conf", client_user_dir(), p->port);
    return p;
}

/* The function of a test that cannot run without its proxy. */
static proxy *or_skip(proxy *p, gboolean runs, const char *name)
{
    g_autofree char *path = g_find_program_in_path(name);

    if (runs)
        return p;
    proxy_free(p);
    if (path)
        g_error("%s does not start", name);
    g_test_skip("the proxy server is not installed");
    return NULL;
}

/* A SOCKS5 proxy; with `name` it insists on name and PROXY_SECRET. */
static proxy *socks_new(const char *name)
{
    proxy *p = proxy_new();
    g_autofree char *port = g_strdup_printf("%d", p->port);
    /* Without a name the arguments end before it. */
    const char *const argv[] = {"microsocks",       "-i", "127.0.0.1", "-p",         port,
                                name ? "-u" : NULL, name, "-P",        PROXY_SECRET, NULL};

    return or_skip(p, proxy_spawn(p, argv), "microsocks");
}

/* A HTTP proxy with these further lines in its configuration. */
static proxy *http_new(const char *more)
{
    proxy *p = proxy_new();
    g_autofree char *text = g_strdup_printf("Port %d\nListen 127.0.0.1\nTimeout 600\n"
                                            "MaxClients 50\nLogLevel Connect\nAllow 127.0.0.1\n%s",
                                            p->port, more);
    const char *const argv[] = {"tinyproxy", "-d", "-c", p->config, NULL};

    if (!g_file_set_contents(p->config, text, -1, NULL))
        g_error("cannot write %s", p->config);
    return or_skip(p, proxy_spawn(p, argv), "tinyproxy");
}

static guint count_in_log(const proxy *p, const char *text)
{
    g_autofree char *log = NULL;
    guint n = 0;

    g_file_get_contents(p->log, &log, NULL, NULL);
    for (const char *at = log; at && (at = strstr(at, text)); at++)
        n++;
    return n;
}

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

        live_wait(count_in_log(p, line) == 1, 5);
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
    live_heard(svc, "NS <<< CHG * BSY 0");
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
    proxy *p = socks_new(NULL);

    if (!p)
        return;
    online_through(p, PURPLE_PROXY_SOCKS5, NULL, "connected to");
    proxy_free(p);
}

static void test_socks_password(void)
{
    proxy *p = socks_new("someone");

    if (!p)
        return;
    online_through(p, PURPLE_PROXY_SOCKS5, "someone", "connected to");
    proxy_free(p);
}

static void test_http(void)
{
    proxy *p = http_new("");

    if (!p)
        return;
    online_through(p, PURPLE_PROXY_HTTP, NULL, "CONNECT");
    proxy_free(p);
}

static void test_http_password(void)
{
    proxy *p = http_new("BasicAuth someone " PROXY_SECRET "\n");

    if (!p)
        return;
    online_through(p, PURPLE_PROXY_HTTP, "someone", "CONNECT");
    proxy_free(p);
}

/* What the environment says, if the account is set to take it from there. */
static void test_environment(void)
{
    proxy *p = http_new("");
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
    proxy *p = socks_new(NULL);

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
    proxy *p = socks_new(NULL);
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
    live_wait(count_in_log(p, word) == 3 + 2, 5);
    files_end();
    conv_forget(u);
    conv_end(svc, u);
}

static void test_files(gconstpointer data)
{
    gboolean socks = data != NULL;
    proxy *p = socks ? socks_new(NULL) : http_new("");

    if (!p)
        return;
    files_through(p, socks ? PURPLE_PROXY_SOCKS5 : PURPLE_PROXY_HTTP,
                  socks ? "connected to 127.0.0.1" : "CONNECT 127.0.0.1");
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
    proxy *p = socks_new("someone");

    if (!p)
        return;
    refused_by(p->port, PURPLE_PROXY_SOCKS5, "someone", "wrong-" LIVE_SECRET);
    refused_by(p->port, PURPLE_PROXY_SOCKS5, NULL, NULL);
    proxy_free(p);
}

static void test_http_forbids(void)
{
    proxy *p = http_new("ConnectPort 443\n");

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
    proxy *p = http_new(ports);

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
    p = http_new(ports->str);
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
    proxy *p = socks_new(NULL);
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
    live_add("/proxy/certificate", test_certificate, FALSE);
    live_add_data("/proxy/absent/socks", GINT_TO_POINTER(PURPLE_PROXY_SOCKS5), test_absent, FALSE);
    live_add_data("/proxy/absent/socks4", GINT_TO_POINTER(PURPLE_PROXY_SOCKS4), test_absent, FALSE);
    live_add_data("/proxy/absent/http", GINT_TO_POINTER(PURPLE_PROXY_HTTP), test_absent, FALSE);
    live_add("/proxy/socks-unknown-user", test_socks_unknown_user, FALSE);
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
