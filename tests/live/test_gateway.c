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

/*
 * Who has no connection at hand when the account closes, or waits for an answer, cannot say
 * goodbye: then the gateway has to forget the session by itself.
 */
static void forget_soon(service *svc)
{
    g_autofree char *idle = g_strdup_printf("gateway-idle=%.0f", 4000 * client_scale());

    live_set(svc, idle);
}

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

/* Lets so many seconds pass, in steps as long as nothing happens. */
static void stay_silent(double seconds)
{
    gint64 until = client_until(seconds);

    for (gint64 now; (now = g_get_monotonic_time()) < until;)
        client_wait((guint)((until - now) / 1000 + 1));
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
    forget_soon(svc);
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
    stay_silent(15 * 60);
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
    "http-idle", /* not before a late machine has sent the request for which it was opened */
    "gateway-header=x-msn-messenger:\\x20GW-IP=127.0.0.2;\\x20SessionID={session}",
};

static void test_manners(gconstpointer data)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = user_through(svc, ALICE, "gateway", FALSE);
    g_autofree char *idle = g_strdup_printf("http-idle=%.0f", 700 * client_scale());

    live_set(svc, g_str_equal(data, "http-idle") ? idle : data);
    forget_soon(svc);
    live_settled(u);
    conv_send(u, BOB, "one");
    conv_saw(u, BOB, "> one");
    live_wait(heard(svc) == 1, 30);
    stay_silent(3);
    live_check(service_robot_say(svc, BOB, "two"));
    live_wait(*conv_unread(u, BOB), 30);
    conv_saw(u, BOB, "< " ARIAL("two"));
    live_check_count(svc, "NS open", 1);
    live_check_count(svc, "SB open", 1);
    service_unset(svc, "gateway-slow");
    conv_end(svc, u);
}

/* --- what goes wrong -------------------------------------------------------------------------- */

#define MAYBE         " This message may not have arrived:"
#define PAGE          "HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n<html></html>"
#define REPLY(status) "HTTP/1.1 " status " X\\r\\nContent-Length: 0\\r\\n\\r\\n"
#define HEADER        "gateway-header=X-MSN-Messenger:\\x20"
#define X50           "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* What happens to one request: before the gateway obeyed it, or after that. */
static const struct {
    const char *knob;
    gboolean obeyed;
} faults[] = {
    {"gateway.close", FALSE},
    {"gateway.reset", FALSE},
    {"gateway.silent", FALSE},
    {"gateway.reply=" REPLY("400"), FALSE},
    {"gateway.reply=" REPLY("403"), FALSE},
    {"gateway.reply=" REPLY("404"), FALSE},
    {"gateway.reply=" REPLY("407"), FALSE},
    {"gateway.reply=" REPLY("500"), FALSE},
    {"gateway.reply=" REPLY("502"), FALSE},
    {"gateway.reply=" REPLY("503"), FALSE},
    {"gateway.reply=" PAGE, FALSE},
    {"gateway.reply=ICY 200 OK\\r\\n\\r\\n", FALSE},
    {"gateway.reply=HTTP/1.1 302 Found\\r\\nLocation: http://localhost/\\r\\n\\r\\n", FALSE},
    {"gateway-answer.close", TRUE},
    {"gateway-answer.reset", TRUE},
    {"gateway-answer.silent", TRUE},
    {"gateway-answer.reply=" REPLY("502"), TRUE},
    {"gateway-answer.reply=" PAGE, TRUE},
    {"gateway-cut=1", TRUE},
    {"gateway-cut=100", TRUE},
    {"gateway-header=X-Other:\\x20SessionID={session}", TRUE},
    {HEADER "SessionID=", TRUE},
    {HEADER "SessionID=a/b?c&d", TRUE},
    {HEADER "SessionID=" X50 X50 X50 X50 X50 X50, TRUE},
    {HEADER "GW-IP=127.0.0.1", TRUE},
};

static void break_once(service *svc, const char *at, const char *knob)
{
    g_autofree char *where = g_strconcat("gateway-at=", at, NULL);

    g_test_message("%s: %s", at, knob);
    live_set(svc, "gateway-once");
    live_set(svc, where);
    live_set(svc, knob);
}

static void mend(service *svc, const char *knob)
{
    g_autofree char *name = g_strndup(knob, strcspn(knob, "="));

    service_unset(svc, name);
    service_unset(svc, "gateway-once");
    service_unset(svc, "gateway-at");
}

/* Arrives once, and nothing is said of it. */
static void say(service *svc, user *u, const char *text)
{
    guint before = heard(svc);

    conv_send(u, BOB, text);
    conv_saw(u, BOB, "> %s", text);
    live_wait(heard(svc) == before + 1, CONV_PATIENCE);
    live_check(strcmp(service_robot_last(svc, BOB, "text/plain"), text) == 0);
    stay_silent(3);
}

/* The request that carries a text: it is never sent again, and who wrote it is told. */
static void test_texts(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = user_through(svc, ALICE, "gateway", FALSE);

    live_settled(u);
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        gboolean silent = strstr(faults[i].knob, "silent") != NULL;
        guint before;

        say(svc, u, "one");
        before = heard(svc);
        break_once(svc, "SB-send", faults[i].knob);
        conv_send(u, BOB, "two");
        live_wait(strchr(conv_unread(u, BOB), '!'), 45);
        conv_saw(u, BOB, "> two\n! %s" MAYBE "<br>two",
                 silent ? "There was no response in time." : "The connection was lost.");
        mend(svc, faults[i].knob);
        live_check(heard(svc) == before + (faults[i].obeyed ? 1 : 0));
        say(svc, u, "three");
    }
    /* What the gateway has of the sessions that broke. */
    stay_silent(60);
    conv_end(svc, u);
}

/* The last words of a server come with the end of the session; ours end it. */
static void test_closed(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = user_through(svc, ALICE, "gateway", FALSE);

    live_settled(u);
    say(svc, u, "one");
    live_check(service_drop_switchboards(svc, ALICE) == 1);
    stay_silent(15);
    say(svc, u, "two");
    live_check_count(svc, "GATEWAY <<< X-MSN-Messenger: *; Session=close", 1);
    live_check_count(svc, "SB open", 2);
    live_check(service_drop_switchboards(svc, ALICE) == 1);
    stay_silent(15);
    live_set(svc, "sb-usr.reply=USR {trid} NO\\r\\n");
    conv_send(u, BOB, "three");
    live_wait(strchr(conv_unread(u, BOB), '!'), CONV_PATIENCE);
    live_wait(service_connections(svc, SERVICE_SWITCHBOARD) == 0, 5);
    conv_forget(u);
    conv_end(svc, u);
}

/* A switchboard that cannot be opened once is tried again, before anything was sent. */
static void test_opened(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = user_through(svc, ALICE, "gateway", FALSE);

    live_settled(u);
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        break_once(svc, "SB-open", faults[i].knob);
        conv_send(u, BOB, "one");
        conv_saw(u, BOB, "> one");
        live_wait(heard(svc) == i + 1, 45);
        mend(svc, faults[i].knob);
        /* The next one begins without a switchboard. */
        live_check(service_robot_leave(svc, BOB, FALSE));
        stay_silent(61);
        live_check(service_switchboards(svc, NULL) == 0);
    }
    conv_end(svc, u);
}

/* A request of the session itself: it ends, and can begin again. */
static void test_sessions(gconstpointer data)
{
    const char *at = data;
    service *svc = conv_service("joins", BOB, NULL);
    user *u = user_through(svc, ALICE, "gateway", FALSE);

    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        if (strcmp(at, "NS-open") == 0) {
            break_once(svc, at, faults[i].knob);
            user_sign_in(u);
            live_failed(u, 45, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "gateway", NULL);
        } else {
            live_online(u);
            break_once(svc, at, faults[i].knob);
            user_set_status(u, i % 2 ? "busy" : "away");
            live_failed(u, 45, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "localhost", NULL);
        }
        live_check(!u->fatal);
        mend(svc, faults[i].knob);
    }
    client_forget_dialogs(); /* of statuses that nobody confirmed */
    live_settled(u);
    say(svc, u, "one");
    stay_silent(60);
    conv_end(svc, u);
}

/* --- the automatic choice --------------------------------------------------------------------- */

/* What a network can do to direct connections. */
static const char *const obstacles[] = {
    "refused",           "ds-connect.close", "ds-connect.reset",
    "ds-connect.silent", "ds-ver.reset",     "ds-ver.reply=HTTP/1.1 403 Forbidden\\r\\n\\r\\n",
};

static user *user_behind(service *svc, const char *obstacle)
{
    user_config config = live_config(svc);

    config.method = "automatic";
    config.gateway_url = service_gateway_url(svc, TRUE);
    if (strcmp(obstacle, "refused") == 0)
        config.port = live_closed_port();
    else
        live_set(svc, obstacle);
    live_set(svc, "direct-only");
    return user_new(&config);
}

static void test_automatic(gconstpointer data)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = user_behind(svc, data);

    live_settled(u);
    say(svc, u, "hello");
    live_check_count(svc, "SB open", 1);
    live_check_count(svc, "SB tls: *", 0);
    live_check(service_count(svc, "GATEWAY-TLS open") >= 2);
    live_offline(svc, u);
    service_forget_transcript(svc);
    /* Now it is known. */
    live_settled(u);
    live_check_count(svc, "DS open", 0);
    conv_forget(u);
    conv_end(svc, u);
}

/* Where direct connections are possible nothing else is tried. */
static void test_direct(gconstpointer method)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = user_through(svc, ALICE, method, FALSE);

    live_settled(u);
    say(svc, u, "hello");
    live_check_count(svc, "GATEWAY* open", 0);
    conv_end(svc, u);
}

/* The direct connection is cut off soon: the next sign-in goes through the gateway. */
static void test_cut_off(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = user_through(svc, ALICE, "automatic", FALSE);

    live_settled(u);
    live_check_count(svc, "GATEWAY* open", 0);
    live_check(live_hang_up(svc, SERVICE_NOTIFICATION) == 1);
    live_failed(u, 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "localhost", NULL);
    service_forget_transcript(svc);
    live_settled(u);
    live_check_count(svc, "DS open", 0);
    say(svc, u, "hello");
    conv_end(svc, u);
}

/* Neither way leads anywhere: what is told is about the first one. */
static void test_no_way(gconstpointer method)
{
    service *svc = live_service();
    user_config config = live_config(svc);
    g_autofree char *url =
        g_strdup_printf("http://localhost:%d/gateway/gateway.dll", live_closed_port());
    gboolean gateway = strcmp(method, "gateway") == 0;
    user *u;

    config.port = live_closed_port();
    config.method = method;
    config.gateway_url = url;
    u = user_new(&config);
    live_refused(u, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, gateway ? "gateway" : "refused", NULL);
    live_check(!u->fatal);
    live_check_count(svc, "?S open", 0);
    live_check_count(svc, "GATEWAY* open", 0);
    live_end(svc, u);
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
    live_add("/gateway/faults/texts", test_texts, FALSE);
    live_add("/gateway/faults/opened", test_opened, FALSE);
    live_add("/gateway/faults/closed", test_closed, FALSE);
    live_add_data("/gateway/faults/session-opened", "NS-open", test_sessions, FALSE);
    live_add_data("/gateway/faults/session-sends", "NS-send", test_sessions, FALSE);
    live_add_data("/gateway/faults/session-polls", "NS-poll", test_sessions, FALSE);
    add_each("automatic", obstacles, G_N_ELEMENTS(obstacles), test_automatic);
    live_add("/gateway/automatic/cut-off", test_cut_off, FALSE);
    live_add_data("/gateway/direct/automatic", "automatic", test_direct, FALSE);
    live_add_data("/gateway/direct/direct", "direct", test_direct, FALSE);
    live_add_data("/gateway/no-way/automatic", "automatic", test_no_way, FALSE);
    live_add_data("/gateway/no-way/direct", "direct", test_no_way, FALSE);
    live_add_data("/gateway/no-way/gateway", "gateway", test_no_way, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
