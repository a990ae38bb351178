/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Through the HTTP gateway: whatever is possible directly is possible there, and whatever goes
 * wrong there ends as it would have ended directly. No message is delivered twice, and none is lost
 * without a word.
 */
#include "conv_helpers.h"

#include <string.h>

/* How clients connect, and to what kind of gateway. */
static const struct {
    const char *name;
    gboolean tls;
    const char *knob; /* NULL for none */
} ways[] = {
    {"http", FALSE, NULL},
    {"https", TRUE, NULL},
    {"http-escargot", FALSE, "escargot"},
    {"https-escargot", TRUE, "escargot"},
    {"moved", FALSE, "gateway-dispatch=localhost"},
};

static user *user_through(service *svc, const char *address, const char *method, gboolean tls)
{
    user_config config = live_config(svc);

    if (strcmp(address, ALICE) != 0)
        live_register(svc, address);
    config.address = address;
    /* XFR leads to the same computer under another name. */
    config.server = "localhost";
    config.method = method;
    config.gateway_url = service_gateway_url(svc, tls);
    return user_new(&config);
}

static guint heard(service *svc)
{
    return service_robot_heard(svc, BOB, "text/plain");
}

/* --- what works ------------------------------------------------------------------------------- */

static void edit(service *svc, user *u)
{
    user_add(u, DAVE, "Dave", "Friends");
    live_wait(service_has(svc, ALICE, DAVE, "Friends"), CONV_PATIENCE);
    user_move(u, CAROL, "Family", "Friends");
    live_wait(service_has(svc, ALICE, CAROL, "Friends"), CONV_PATIENCE);
    user_toggle_block(u, DAVE);
    live_wait(service_lists_are(svc, ALICE, DAVE, SERVICE_FL | SERVICE_BL), CONV_PATIENCE);
    user_set_status(u, "busy");
    live_wait(g_strcmp0(service_state(svc, ALICE), "BSY") == 0, CONV_PATIENCE);
}

static void talk(service *svc, user *alice, user *bob)
{
    conv_send(alice, BOB, "Hello <b>Bob</b>");
    conv_send(alice, BOB, "are you there?");
    conv_saw(alice, BOB, "> Hello <b>Bob</b>\n> are you there?");
    conv_saw(bob, ALICE, "< Hello Bob\n< are you there?");
    conv_send(bob, ALICE, "I am");
    conv_saw(bob, ALICE, "> I am");
    conv_saw(alice, BOB, "< I am");
    live_check(service_switchboards(svc, ALICE) == 1);
}

static void chat(user *alice, user *bob)
{
    const char *room, *other;

    live_check(conv_command(alice, BOB, "invite " CAROL) == PURPLE_CMD_STATUS_OK);
    room = conv_new_chat(alice);
    other = conv_new_chat(bob);
    conv_has_members(alice, room, ALICE ", " BOB ", " CAROL);
    conv_has_members(bob, other, ALICE ", " BOB ", " CAROL);
    conv_forget(alice);
    conv_forget(bob);
    conv_send(bob, other, "to all");
    conv_saw(bob, other, "> " BOB ": to all");
    conv_saw(alice, room, "< " BOB ": to all");
}

static void test_session(gconstpointer data)
{
    guint way = GPOINTER_TO_UINT(data);
    service *svc = conv_service("joins", CAROL, NULL);
    user *users[2];

    if (ways[way].knob)
        live_set(svc, ways[way].knob);
    service_add_group(svc, ALICE, "Friends");
    service_add_group(svc, ALICE, "Family");
    live_contact(svc, CAROL, "2");
    users[0] = user_through(svc, ALICE, "gateway", ways[way].tls);
    users[1] = user_through(svc, BOB, "gateway", ways[way].tls);
    live_contact(svc, BOB, "1");
    live_register(svc, DAVE);
    live_settled(users[0]);
    live_settled(users[1]);
    live_check(user_has(users[0], BOB, "Friends"));
    live_wait(user_sees(users[0], BOB, "available"), CONV_PATIENCE);
    edit(svc, users[0]);
    live_wait(user_sees(users[1], ALICE, "busy"), CONV_PATIENCE);
    talk(svc, users[0], users[1]);
    chat(users[0], users[1]);
    live_check_count(svc, ways[way].tls ? "GATEWAY open" : "GATEWAY-TLS open", 0);
    live_check_count(svc, "DS open", ways[way].knob && way == G_N_ELEMENTS(ways) - 1 ? 2 : 0);
    live_check_count(svc, "NS open", 2);
    live_check_count(svc, "?S >>> PNG", 0);
    conv_end_all(svc, users, 2);
}

/* An hour in which nothing is said: the gateway forgets sessions that are silent for a minute. */
static void test_idle(gconstpointer data)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u;

    if (data)
        live_set(svc, data);
    u = user_through(svc, ALICE, "gateway", FALSE);
    live_settled(u);
    conv_send(u, BOB, "one");
    conv_saw(u, BOB, "> one");
    client_idle(15 * 60);
    live_check(u->online);
    live_check(service_switchboards(svc, ALICE) == 1);
    live_check(service_robot_say(svc, BOB, "two"));
    conv_saw(u, BOB, "< " ARIAL("two"));
    live_check_count(svc, "NS open", 1);
    conv_end(svc, u);
}

/* What gateways and proxies may do: nobody notices. */
static const char *const manners[] = {
    "gateway-body=chunked",
    "gateway-body=close",
    "gateway-close=said",
    "gateway-close=unsaid",
    "gateway-http10",
    "gateway-continue",
    "gateway-piece=50",
    "gateway-slow=700",
    "dribble",
    "latency=50",
    "http-idle=500",
    "gateway-header=x-msn-messenger:\\x20GW-IP=127.0.0.2;\\x20SessionID={session}",
};

static void test_manners(gconstpointer data)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = user_through(svc, ALICE, "gateway", FALSE);

    live_set(svc, data);
    /* Without a connection at hand there is no way to say goodbye when the account closes. */
    live_set(svc, "gateway-idle=4000");
    live_settled(u);
    conv_send(u, BOB, "one");
    conv_saw(u, BOB, "> one");
    live_wait(heard(svc) == 1, 30);
    client_idle(3);
    live_check(service_robot_say(svc, BOB, "two"));
    live_wait(*conv_unread(u, BOB), 30);
    conv_saw(u, BOB, "< " ARIAL("two"));
    live_check_count(svc, "NS open", 1);
    live_check_count(svc, "SB open", 1);
    service_unset(svc, "gateway-slow");
    conv_end(svc, u);
}

static void add_each(const char *what, const char *const *values, guint n,
                     void (*test)(gconstpointer data))
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/gateway/%s/%s", what, values[i]);

        live_add_data(path, values[i], test, i == 0);
    }
}

static void add_tests(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *path = g_strconcat("/gateway/session/", ways[i].name, NULL);

        live_add_data(path, GUINT_TO_POINTER(i), test_session, i == 0);
    }
    live_add_data("/gateway/idle/microsoft", NULL, test_idle, FALSE);
    live_add_data("/gateway/idle/escargot", "escargot", test_idle, FALSE);
    add_each("manners", manners, G_N_ELEMENTS(manners), test_manners);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
