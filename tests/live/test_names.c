/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Name lookups: each name is asked for once, whoever wants to know; what it stands for is tried
 * address by address; and whoever goes meanwhile leaves nothing behind.
 */
#include "conv_helpers.h"
#include "dns_helpers.h"
#include "service_helpers.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER "service.test"

/* Somebody whose server and port are given by name. */
static user *user_at(service *svc, const char *address, const char *server)
{
    user_config config = live_config(svc);

    service_add_account(svc, address, LIVE_PASSWORD, NULL);
    config.address = address;
    config.server = server;
    config.method = "direct"; /* the gateway's name would be looked up as well */
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

static int listen_at(const char *host, int port, int backlog)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((guint16)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    inet_pton(AF_INET, host, &address.sin_addr);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(fd, backlog) < 0)
        g_error("cannot listen at %s port %d", host, port);
    return fd;
}

/* An address to which nobody can connect: its queue is full, and what else comes is dropped. */
typedef struct {
    int listener;
    int queue[4];
} hole;

static hole hole_at(const char *host, int port)
{
    hole self = {.listener = listen_at(host, port, 0)};
    struct sockaddr_storage address;
    socklen_t length = sizeof address;

    getsockname(self.listener, (struct sockaddr *)&address, &length);
    for (guint i = 0; i < G_N_ELEMENTS(self.queue); i++) {
        self.queue[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(self.queue[i], (struct sockaddr *)&address, length);
    }
    return self;
}

static void hole_fill(const hole *self)
{
    close(self->listener);
    for (guint i = 0; i < G_N_ELEMENTS(self->queue); i++)
        close(self->queue[i]);
}

/* The first three addresses of that kind, at each port of a service. */
static GArray *dig_holes(service *svc)
{
    GArray *holes = g_array_new(FALSE, FALSE, sizeof(hole));

    for (int role = 0; role < SERVICE_N_ROLES; role++)
        for (guint i = 2; i < 5; i++) {
            g_autofree char *host = g_strdup_printf("127.0.0.%u", i);
            hole dug = hole_at(host, service_port(svc, (service_role)role));

            g_array_append_val(holes, dug);
        }
    return holes;
}

static void fill_holes(GArray *holes)
{
    for (guint i = 0; i < holes->len; i++)
        hole_fill(&g_array_index(holes, hole, i));
    g_array_unref(holes);
}

static void set_name(service *svc, const char *knob, const char *host, service_role role)
{
    g_autofree char *text = g_strdup_printf("%s=%s:%u", knob, host, service_port(svc, role));

    live_set(svc, text);
}

static double seconds_to_online(user *u)
{
    gint64 before = g_get_monotonic_time();
    double seconds;

    live_online(u);
    seconds = (double)(g_get_monotonic_time() - before) / G_USEC_PER_SEC;
    g_test_message("%.1f s", seconds);
    return seconds;
}

/*
 * Each server has an address that drops what it is sent, and then one that works: it is tried after
 * two seconds, and the next time it comes first, although the name is asked for again.
 */
static void test_swallowed(gconstpointer addresses)
{
    service *svc;
    user *u;
    GArray *holes;
    double seconds;
    guint sockets;

    if (strchr(addresses, ':') && live_lacks_ipv6())
        return;
    svc = begin();
    u = user_at(svc, LIVE_ADDRESS, SERVER);
    holes = dig_holes(svc);
    dns_set(SERVER, addresses);
    dns_set("localhost", addresses);
    dns_set("ns.test", addresses);
    set_name(svc, "ns-address", "ns.test", SERVICE_NOTIFICATION);
    seconds = seconds_to_online(u);
    live_check(seconds > 3.9 && seconds < 4 + 2 * client_scale());
    live_check_count(svc, "?S open", 2);
    sockets = client_sockets();
    live_offline(svc, u);
    client_idle(61);
    live_check(seconds_to_online(u) < 2 * client_scale());
    g_assert_cmpuint(dns_asked(SERVER), ==, 2);
    g_assert_cmpuint(client_sockets(), ==, sockets);
    fill_holes(holes);
    end(svc, &u, 1);
}

static void test_swallowed_switchboard(void)
{
    service *svc = conv_service("answers", BOB, NULL);
    user *u = live_user(svc);
    GArray *holes = dig_holes(svc);

    dns_begin();
    dns_set("sb.test", "127.0.0.2,127.0.0.1");
    set_name(svc, "xfr-sb-address", "sb.test", SERVICE_SWITCHBOARD);
    live_settled(u);
    conv_send(u, BOB, "hello");
    conv_saw(u, BOB, "> hello\n< " ARIAL("You said: hello"));
    live_check_count(svc, "SB open", 1);
    fill_holes(holes);
    conv_end(svc, u);
    dns_end();
}

/*
 * Who gives up is perhaps in another network the next time. In the meantime all addresses were
 * tried, and nothing is left of that.
 */
static void test_given_up(void)
{
    service *svc = begin();
    user *u = user_at(svc, LIVE_ADDRESS, SERVER);
    GArray *holes = dig_holes(svc);
    guint sockets = client_sockets();

    dns_set(SERVER, "127.0.0.2,127.0.0.3,127.0.0.4");
    dns_set("localhost", "127.0.0.2");
    user_sign_in(u);
    live_wait(client_sockets() == sockets + 4, 10); /* the nexus, too */
    live_check(u->progress->len == 1 && !u->error);
    user_sign_out(u);
    check_nothing_left();
    g_assert_cmpuint(client_sockets(), ==, sockets);
    fill_holes(holes);
    dns_set(SERVER, "127.0.0.1");
    dns_set("localhost", "127.0.0.1");
    live_online(u);
    g_assert_cmpuint(dns_asked(SERVER), ==, 2);
    end(svc, &u, 1);
}

/*
 * Somebody at the first address takes connections and says no word: whoever it is, one server or
 * all, the next sign-in starts with another address. Who is only slow is not passed over.
 */
static void test_mute_address(gconstpointer role)
{
    service *svc = begin();
    user *u = user_at(svc, LIVE_ADDRESS, SERVER);
    int listener = listen_at("127.0.0.2", service_port(svc, GPOINTER_TO_INT(role)), 16);

    dns_set(SERVER, "127.0.0.2,127.0.0.1");
    dns_set("localhost", "127.0.0.2,127.0.0.1");
    user_sign_in(u);
    live_failed(u, 40, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, NULL);
    live_check_count(svc, "LOGIN >>> *", 0);
    live_online(u);
    close(listener);
    end(svc, &u, 1);
}

/* A server that is only slow to speak has no rival at its other address. */
static void test_slow_address(void)
{
    service *svc = begin();
    user *u = user_at(svc, LIVE_ADDRESS, SERVER);
    int listener = listen_at("127.0.0.2", service_port(svc, SERVICE_DISPATCH), 16);

    dns_set(SERVER, "127.0.0.1,127.0.0.2");
    live_set(svc, "ds-ver.silent");
    user_sign_in(u);
    client_idle(10);
    live_check(!u->error);
    live_check_count(svc, "DS open", 1);
    live_check(accept(listener, NULL, NULL) < 0);
    user_sign_out(u);
    close(listener);
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
    live_add_data("/names/swallowed/address", "127.0.0.2,127.0.0.1", test_swallowed, FALSE);
    if (!live_is_known_to_lack("ipv6"))
        live_add_data("/names/swallowed/family", "127.0.0.2,127.0.0.3,127.0.0.4,::1",
                      test_swallowed, FALSE);
    live_add("/names/swallowed/switchboard", test_swallowed_switchboard, FALSE);
    live_add("/names/given-up", test_given_up, TRUE);
    live_add_data("/names/mute/service", GINT_TO_POINTER(SERVICE_DISPATCH), test_mute_address,
                  FALSE);
    live_add_data("/names/mute/nexus", GINT_TO_POINTER(SERVICE_NEXUS), test_mute_address, FALSE);
    live_add("/names/slow", test_slow_address, FALSE);
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
