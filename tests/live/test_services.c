/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Services that are chosen by name. Their names stand for this computer here, and their ports for
 * those of the service.
 */
#include "dns_helpers.h"
#include "msnp.h"
#include "service_helpers.h"
#include "services.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define HTTPS 443

static const struct {
    guint16 port;
    service_role role;
} roles[] = {{1863, SERVICE_DISPATCH}, {HTTPS, SERVICE_NEXUS}};

static service *current; /* whose ports they are; NULL: nobody listens there */

/* In place of that of the C library, for the plugin and all it calls. */
__attribute__((visibility("default"))) int connect(int fd, const struct sockaddr *to,
                                                   socklen_t length)
{
    static int (*real)(int, const struct sockaddr *, socklen_t);
    struct sockaddr_in there;

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "connect");
    if (to->sa_family != AF_INET || length < sizeof there)
        return real(fd, to, length);
    memcpy(&there, to, sizeof there);
    for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
        if (there.sin_port == htons(roles[i].port))
            there.sin_port =
                htons(current ? service_port(current, roles[i].role) : (guint16)live_closed_port());
    return real(fd, (const struct sockaddr *)&there, sizeof there);
}

static char *nexus_host(const prpl_service *row)
{
    g_autofree char *url = msnp_default_nexus_url(row->server);
    g_autoptr(GUri) uri =
        g_uri_parse(row->nexus_url ? row->nexus_url : url, G_URI_FLAGS_NONE, NULL);

    return g_strdup(g_uri_get_host(uri));
}

static service *begin(const prpl_service *row)
{
    g_autofree char *nexus = nexus_host(row);

    dns_begin();
    dns_set(row->server, "127.0.0.1");
    dns_set(nexus, "127.0.0.1");
    current = live_service();
    g_assert_true(service_set(current, "nexus-name", nexus));
    return current;
}

static void end(service *svc, user *u)
{
    live_end(svc, u);
    current = NULL;
    dns_end();
}

/* Somebody who chose it, and has settings that lead nowhere, but do not count. */
static user *chooser(service *svc, const char *id)
{
    user_config config = live_config(svc);
    user *u;

    config.server = "entered.test";
    config.port = 1;
    config.nexus_url = "https://entered.test/";
    config.login_url = "https://entered.test/";
    u = user_new(&config);
    purple_account_set_string(u->account, "service", id);
    return u;
}

static void accept_certificate(user *u)
{
    live_wait(client_open_dialog(DIALOG_QUESTION) || u->error, 10);
    live_check(!u->error);
    live_check(client_press_named(client_open_dialog(DIALOG_QUESTION), "Accept"));
    client_forget_dialogs();
}

/* In any letter case, with blanks around: BitlBee and Haze take what was typed. */
static void test_chosen(gconstpointer id)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(id));
    const prpl_service *row = prpl_services_find(trimmed);
    g_autofree char *nexus = nexus_host(row);
    service *svc = begin(row);
    user *u = chooser(svc, id);

    user_sign_in(u);
    accept_certificate(u);
    live_wait(u->online || u->error, 10);
    live_check(u->online);
    live_check(dns_asked(row->server) == 1 && dns_asked(nexus) == 1);
    live_check(dns_asked("entered.test") == 0);
    /* The lists are those of this service, whatever is entered. */
    live_wait(
        purple_strequal(purple_account_get_string(u->account, "listed_on", NULL), row->server), 5);
    end(svc, u);
}

/* What is no service of the table is none. */
static void test_unknown(gconstpointer id)
{
    service *svc = live_service();
    user *u = live_user(svc);

    client_forget_debug_log();
    purple_account_set_string(u->account, "service", id);
    live_online(u);
    live_check(client_debug_has("unknown service") == (*(const char *)id == 'n'));
    live_end(svc, u);
}

static void check_outdated(user *u, const char *words)
{
    live_failed(u, 10, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, words,
                "addresses of Escargot may be outdated", "\"Another service\"", NULL);
}

static void test_outdated_name(void)
{
    const prpl_service *row = prpl_services_find("escargot");
    service *svc = begin(row);
    user *u = chooser(svc, row->id);

    dns_set(row->server, NULL);
    user_sign_in(u);
    check_outdated(u, "was not found");
    end(svc, u);
}

static void test_outdated_port(void)
{
    const prpl_service *row = prpl_services_find("escargot");
    service *svc = begin(row);
    user *u = chooser(svc, row->id);

    current = NULL;
    user_sign_in(u);
    check_outdated(u, "refused the connection");
    end(svc, u);
}

/* A nexus of somebody else. */
static void test_outdated_nexus(void)
{
    const prpl_service *row = prpl_services_find("escargot");
    service *svc = begin(row);
    user *u = chooser(svc, row->id);

    live_set(svc, "nexus-status=404");
    user_sign_in(u);
    accept_certificate(u);
    live_failed(u, 10, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS, "404",
                "addresses of Escargot may be outdated", NULL);
    end(svc, u);
}

static void add(void)
{
    live_add_data("/services/escargot", "escargot", test_chosen, TRUE);
    live_add_data("/services/crosstalk", " CrossTalk\n", test_chosen, FALSE);
    live_add_data("/services/other", "Other", test_unknown, FALSE);
    live_add_data("/services/empty", "", test_unknown, FALSE);
    live_add_data("/services/unknown", "nowhere", test_unknown, FALSE);
    live_add("/services/outdated-name", test_outdated_name, FALSE);
    live_add("/services/outdated-port", test_outdated_port, FALSE);
    live_add("/services/outdated-nexus", test_outdated_nexus, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add);
}
