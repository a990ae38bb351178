/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proxy_helpers.h"

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

void proxy_free(proxy *p)
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

/* The test is skipped if the proxy is not there. */
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

proxy *proxy_socks(const char *name)
{
    proxy *p = proxy_new();
    g_autofree char *port = g_strdup_printf("%d", p->port);
    /* Without a name the arguments end before it. */
    const char *const argv[] = {"microsocks",       "-i", "127.0.0.1", "-p",         port,
                                name ? "-u" : NULL, name, "-P",        PROXY_SECRET, NULL};

    return or_skip(p, proxy_spawn(p, argv), "microsocks");
}

proxy *proxy_http(const char *more)
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

guint proxy_logged(const proxy *p, const char *text)
{
    g_autofree char *log = NULL;
    guint n = 0;

    g_file_get_contents(p->log, &log, NULL, NULL);
    for (const char *at = log; at && (at = strstr(at, text)); at++)
        n++;
    return n;
}
