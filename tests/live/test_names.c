/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Name lookups: each name is asked for once, whoever wants to know; what it stands for is tried
 * address by address; and whoever goes meanwhile leaves nothing behind.
 */
#include "dns_helpers.h"
#include "service_helpers.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER "service.test"
#define BOB    "bob@example.com"

/* Somebody whose server and port are given by name. */
static user *user_at(service *svc, const char *address, const char *server)
{
    user_config config = live_config(svc);

    service_add_account(svc, address, LIVE_PASSWORD, NULL);
    config.address = address;
    config.server = server;
    return user_new(&config);
}

static service *begin(void)
{
    dns_begin();
    dns_set(SERVER, "127.0.0.1");
    return live_service();
}

static void end(service *svc, user *const *users, guint n)
{
    live_end_all(svc, users, n);
    dns_end();
}

/* --- how often ---------------------------------------------------------------------------------
 */

/* Dispatch server, nexus and login server have one name, which any sign-in may know already. */
static void test_once(void)
{
    service *svc = begin();
    user *u = user_at(svc, LIVE_ADDRESS, "LocalHost");

    live_online(u);
    g_assert_cmpuint(dns_asked("localhost"), ==, 1);
    live_offline(svc, u);
    live_online(u);
    g_assert_cmpuint(dns_asked("localhost"), ==, 1);
    end(svc, &u, 1);
}

static void sign_in_both(user *const *users)
{
    user_sign_in(users[0]);
    user_sign_in(users[1]);
    live_wait(users[0]->online && users[1]->online, 20);
}

static void test_together(void)
{
    service *svc = begin();
    user *users[] = {user_at(svc, LIVE_ADDRESS, SERVER), user_at(svc, BOB, SERVER)};

    dns_hold();
    user_sign_in(users[0]);
    live_wait(dns_waiting() == 2, 5);
    user_sign_in(users[1]);
    client_idle(0.05);
    dns_release();
    live_wait(users[0]->online && users[1]->online, 20);
    g_assert_cmpuint(dns_asked(SERVER), ==, 1);
    g_assert_cmpuint(dns_asked("localhost"), ==, 1);
    end(svc, users, 2);
}

/* There may be one the next time. */
static void test_unknown(void)
{
    service *svc = begin();
    user *users[] = {user_at(svc, LIVE_ADDRESS, SERVER), user_at(svc, BOB, SERVER)};

    dns_set(SERVER, NULL);
    user_sign_in(users[0]);
    user_sign_in(users[1]);
    for (guint i = 0; i < 2; i++)
        live_failed(users[i], 10, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, SERVER, "not found", NULL);
    g_assert_cmpuint(dns_asked(SERVER), ==, 1);
    live_check_count(svc, "?S open", 0);
    dns_set(SERVER, "127.0.0.1");
    sign_in_both(users);
    g_assert_cmpuint(dns_asked(SERVER), ==, 2);
    end(svc, users, 2);
}

/* A nexus without an address is told of when it is needed. */
static void test_unknown_nexus(void)
{
    service *svc = begin();
    user_config config = live_config(svc);
    user *u;

    config.nexus_url = "https://nexus.test/rdr/pprdr.asp";
    u = user_new(&config);
    live_refused(u, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "nexus.test", "not found", NULL);
    live_check_count(svc, "NS <<< USR * TWN S *", 1);
    g_assert_cmpuint(dns_asked("nexus.test"), ==, 1);
    end(svc, &u, 1);
}

/* --- several addresses ------------------------------------------------------------------------ */

static void test_second_address(gconstpointer addresses)
{
    service *svc = begin();
    user *u = user_at(svc, LIVE_ADDRESS, SERVER);

    dns_set(SERVER, addresses);
    dns_set("localhost", addresses);
    live_online(u);
    live_offline(svc, u);
    live_online(u);
    g_assert_cmpuint(dns_asked(SERVER), ==, 1);
    g_assert_cmpuint(dns_asked("localhost"), ==, 1);
    end(svc, &u, 1);
}

/* Of the two families that a name may have, one leads nowhere. */
static void test_second_family(gconstpointer addresses)
{
    service *svc = begin();
    user *u = user_at(svc, LIVE_ADDRESS, SERVER);

    service_leave_ipv6(svc);
    dns_set(SERVER, addresses);
    dns_set("localhost", addresses);
    live_online(u);
    end(svc, &u, 1);
}

/* Nothing of a sign-in is on 127.0.0.1: neither what has a name nor what is an address. */
static void test_ipv6(gconstpointer server)
{
    service *svc;
    user_config config;
    user *u;
    g_autofree char *url = NULL;
    g_autofree char *knob = NULL;

    if (live_lacks_ipv6())
        return;
    svc = begin();
    url = g_strdup_printf("https://[::1]:%u/rdr/pprdr.asp", service_port(svc, SERVICE_NEXUS));
    knob = g_strdup_printf("ns-address=[::1]:%u", service_port(svc, SERVICE_NOTIFICATION));
    live_set(svc, knob);
    dns_set(SERVER, "::1");
    dns_set("localhost", "::1");
    config = live_config(svc);
    config.server = server;
    config.nexus_url = url;
    u = user_new(&config);
    live_online(u);
    live_check(!client_debug_has("127.0.0.1"));
    live_offline(svc, u);
    live_check_count(svc, "NEXUS <<< HTTP/1.1 200 *", 1);
    end(svc, &u, 1);
}

/* What leads nowhere is not believed the next time. */
static void test_no_address_answers(void)
{
    service *svc = begin();
    user *u = user_at(svc, LIVE_ADDRESS, SERVER);

    dns_set(SERVER, "127.0.0.2,127.0.0.3");
    live_refused(u, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, SERVER, "refused", NULL);
    live_check_count(svc, "?S open", 0);
    dns_set(SERVER, "127.0.0.3,127.0.0.1");
    live_online(u);
    g_assert_cmpuint(dns_asked(SERVER), ==, 2);
    end(svc, &u, 1);
}

static void check_nothing_left(void)
{
    live_check(client_plugin_timers() == 0);
    live_check(client_plugin_watches() == 0);
    g_assert_cmpuint(dns_waiting(), ==, 0);
}

/* --- addresses that say nothing --------------------------------------------------------------- */

/* A socket on 127.0.0.1 to which nobody can connect any more: its queue is full of `fds`. */
static int full_listener(int *fds, guint n, int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int listener = live_mute_listener(port);

    if (listen(listener, 0) < 0)
        g_error("cannot listen");
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((guint16)*port);
    for (guint i = 0; i < n; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(fds[i], (struct sockaddr *)&address, sizeof address);
    }
    return listener;
}

/* Who gives up is perhaps in another network the next time. */
static void test_given_up(void)
{
    service *svc = begin();
    user *u = user_at(svc, LIVE_ADDRESS, SERVER);
    int fds[4], port;
    int listener = full_listener(fds, G_N_ELEMENTS(fds), &port);
    g_autofree char *connecting = g_strdup_printf("Connecting to 127.0.0.1:%d", port);

    purple_account_set_int(u->account, "port", port);
    user_sign_in(u);
    live_wait(dns_asked(SERVER) == 1, 5);
    live_wait(client_debug_has(connecting), 5);
    client_idle(0.1);
    live_check(u->progress->len == 1 && !u->error);
    user_sign_out(u);
    check_nothing_left();
    close(listener);
    for (guint i = 0; i < G_N_ELEMENTS(fds); i++)
        close(fds[i]);
    purple_account_set_int(u->account, "port", service_port(svc, SERVICE_DISPATCH));
    live_online(u);
    g_assert_cmpuint(dns_asked(SERVER), ==, 2);
    end(svc, &u, 1);
}

/* --- who goes meanwhile ----------------------------------------------------------------------- */

static void test_sign_out(void)
{
    service *svc = begin();
    user *u = user_at(svc, LIVE_ADDRESS, SERVER);

    dns_hold();
    user_sign_in(u);
    live_wait(dns_waiting() == 2, 5);
    user_sign_out(u);
    live_check(user_is_offline(u));
    check_nothing_left();
    /* When the answer is there, and nobody was told yet. */
    user_sign_in(u);
    live_wait(dns_waiting() == 2, 5);
    dns_release();
    user_sign_out(u);
    check_nothing_left();
    client_idle(0.05);
    live_check_count(svc, "* open", 0);
    live_check(u->n_errors == 0);
    live_online(u);
    end(svc, &u, 1);
}

/* Two wait for one name, and one of them goes: first or last, for now or for good. */
typedef struct {
    const char *name;
    guint who;
    gboolean removed;
    guint asked; /* how often that makes it */
} leaving;

static const leaving leavings[] = {
    {"asker-signs-out", 0, FALSE, 2},
    {"asker-is-removed", 0, TRUE, 2},
    {"other-signs-out", 1, FALSE, 1},
    {"other-is-removed", 1, TRUE, 1},
};

static void test_one_leaves(gconstpointer data)
{
    const leaving *l = data;
    service *svc = begin();
    user *users[] = {user_at(svc, LIVE_ADDRESS, SERVER), user_at(svc, BOB, SERVER)};
    user *stays = users[1 - l->who];

    dns_hold();
    user_sign_in(users[0]);
    user_sign_in(users[1]);
    live_wait(dns_waiting() == 2, 5);
    client_idle(0.05);
    if (l->removed)
        user_free(users[l->who]);
    else
        user_sign_out(users[l->who]);
    live_wait(dns_asked(SERVER) == l->asked, 5);
    live_wait(dns_waiting() == 2, 5);
    dns_release();
    live_wait(stays->online || stays->error, 10);
    live_check(stays->online);
    g_assert_cmpuint(dns_asked(SERVER), ==, l->asked);
    live_check_count(svc, "DS open", 1);
    if (l->removed)
        end(svc, &stays, 1);
    else
        end(svc, users, 2);
}

static void test_both_leave(void)
{
    service *svc = begin();
    user *users[] = {user_at(svc, LIVE_ADDRESS, SERVER), user_at(svc, BOB, SERVER)};

    dns_hold();
    user_sign_in(users[0]);
    user_sign_in(users[1]);
    live_wait(dns_waiting() == 2, 5);
    user_sign_out(users[0]);
    user_sign_out(users[1]);
    check_nothing_left();
    dns_release();
    sign_in_both(users);
    end(svc, users, 2);
}

/* The one is told first that there is no such name, and the other leaves because of it. */
static user *other;

static void send_away(user *u)
{
    if (u->error)
        user_sign_out(other);
}

static void test_leaves_when_told(void)
{
    service *svc = begin();
    user *users[] = {user_at(svc, LIVE_ADDRESS, SERVER), user_at(svc, BOB, SERVER)};

    dns_set(SERVER, NULL);
    dns_hold();
    other = users[1];
    users[0]->hook = send_away;
    user_sign_in(users[0]);
    user_sign_in(users[1]);
    live_wait(dns_waiting() == 2, 5);
    dns_release();
    live_failed(users[0], 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, SERVER, NULL);
    client_idle(0.05);
    live_check(users[1]->n_errors == 0);
    check_nothing_left();
    end(svc, users, 2);
}

static void add_tests(void)
{
    live_add("/names/once", test_once, TRUE);
    live_add("/names/together", test_together, TRUE);
    live_add("/names/unknown", test_unknown, TRUE);
    live_add("/names/unknown-nexus", test_unknown_nexus, FALSE);
    live_add_data("/names/second-address", "127.0.0.2,127.0.0.1", test_second_address, TRUE);
    live_add_data("/names/second-family", "::1,127.0.0.1", test_second_family, FALSE);
    if (!live_is_known_to_lack("ipv6")) {
        live_add_data("/names/ipv6/name", SERVER, test_ipv6, FALSE);
        live_add_data("/names/ipv6/address", "[::1]", test_ipv6, FALSE);
    }
    live_add("/names/no-address-answers", test_no_address_answers, FALSE);
    live_add("/names/given-up", test_given_up, FALSE);
    live_add("/names/sign-out", test_sign_out, TRUE);
    for (guint i = 0; i < G_N_ELEMENTS(leavings); i++) {
        g_autofree char *path = g_strdup_printf("/names/one-leaves/%s", leavings[i].name);

        live_add_data(path, &leavings[i], test_one_leaves, TRUE);
    }
    live_add("/names/both-leave", test_both_leave, FALSE);
    live_add("/names/leaves-when-told", test_leaves_when_told, TRUE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
