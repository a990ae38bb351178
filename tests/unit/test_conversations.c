/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of conversations what no transcript can hold: limits, the calls. */
#include "driven.h"

#include <string.h>

#define OWN   "example@passport.com"
#define BOB   "bob@example.com"
#define CAROL "carol@example.com"

typedef struct {
    drive *d;
    bool ends; /* when a switchboard is asked for */
} listener;

static void hear(gpointer data, const heard *what)
{
    const listener *o = data;

    if (o->ends && what->kind == HEARD_ASK)
        msnp_conversations_end(drive_conversations(o->d), MSNP_ERR_ELSEWHERE, drive_now(o->d));
}

static drive *begin(listener *o)
{
    const drive_config config = {
        .part = DRIVE_CONVERSATIONS, .account = OWN, .hear = o != NULL ? hear : NULL, .data = o};

    return drive_new(&config);
}

#define does(d, ...) driven_do(d, DRIVE_CONVERSATIONS, __VA_ARGS__)

static void feed(drive *d, unsigned conn, const char *text)
{
    drive_feed(d, DRIVE_CONVERSATIONS, conn, text, strlen(text));
}

static unsigned make_chat(drive *d, const char *who)
{
    unsigned chat = msnp_conversations_chat(drive_conversations(d), who, NULL, drive_now(d));

    drive_settle(d);
    return chat;
}

static size_t n_switchboards(drive *d)
{
    return msnp_conversations_n_switchboards(drive_conversations(d));
}

static void done(drive *d)
{
    expect_silence(d);
    does(d, "end signed-out");
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    driven_forget(d);
    driven_done(d);
}

/* The notification server grants a switchboard. */
static void grant(drive *d, unsigned request)
{
    does(d, "switchboard %u sb.example.com:1863 cookie1", request);
}

static void ring(drive *d, unsigned session, const char *who)
{
    does(d, "ring %u ring.example.com:1864 cookie2 %s \"Name\"", session, who);
}

/* What comes on the connection of this number, which is made first. */
static void let_in(drive *d, unsigned conn, const char *lines)
{
    does(d, "connected %u", conn);
    feed(d, conn, lines);
}

/* Bob is in a switchboard that we opened, connection 1. The next id is 4. */
static drive *with_bob(listener *o)
{
    drive *d = begin(o);

    does(d, "say " BOB " Hi");
    grant(d, 1);
    let_in(d, 1, "USR 1 OK " OWN " Me\r\nJOI " BOB " Bob\r\nACK 3\r\n");
    driven_forget(d);
    return d;
}

/* Several who rang, and one of them says something. */
#define SAID_TO_ALL                                                                \
    "IRO 1 1 2 " CAROL " Carol\r\nIRO 1 2 2 " BOB " Bob\r\nANS 1 OK\r\nMSG " CAROL \
    " Carol 30\r\nContent-Type: text/plain\r\n\r\nHi"

/* So many that the user began; those in which nobody is do not count. */
static void test_many_chats(void)
{
    drive *d = begin(NULL);

    for (unsigned i = 1; i <= MSNP_CHATS_MAX; i++)
        g_assert_cmpuint(make_chat(d, BOB), ==, i);
    driven_forget(d);
    g_assert_cmpuint(make_chat(d, BOB), ==, 0);
    does(d, "leave #64");
    expect_silence(d);
    g_assert_cmpuint(make_chat(d, BOB), ==, 65);
    does(d, "no-switchboard 1 server 800");
    does(d, "leave #65");
    driven_forget(d);
    g_assert_cmpuint(make_chat(d, BOB), ==, 66);
    g_assert_cmpuint(make_chat(d, BOB), ==, 67);
    g_assert_cmpuint(make_chat(d, BOB), ==, 0);
    ring(d, 55, BOB);
    driven_forget(d);
    let_in(d, 1, SAID_TO_ALL);
    expect_out(d, "C ANS 1 " OWN " cookie2 55\\r\\n", "EV CHAT_BEGUN #68 -",
               "EV CHAT_JOINED #68 " CAROL " \"Carol\" initial",
               "EV CHAT_JOINED #68 " BOB " \"Bob\" initial",
               "EV MESSAGE #68 " CAROL " \"Carol\" TEXT \"Hi\"");
    does(d, "leave #67");
    g_assert_cmpuint(make_chat(d, CAROL), ==, 69);
    driven_forget(d);
    done(d);
}

/* Is a call answered? */
static bool answers(drive *d, unsigned session, const char *who)
{
    driven_forget(d);
    ring(d, session, who);
    char *all = drive_take_all(d);
    bool connects = strstr(all, "EV CONNECT") != NULL;
    g_free(all);
    return connects;
}

/* Who begins chat after chat is not answered any more for a while; others are. */
static void test_chats_of_one(void)
{
    drive *d = begin(NULL);
    unsigned n = 0;

    while (answers(d, n, "mallory@example.com") && n < 100)
        let_in(d, ++n, SAID_TO_ALL "BYE " CAROL "\r\nBYE " BOB "\r\n");
    g_assert_cmpuint(n, ==, 8);
    g_assert_false(answers(d, 100, "Mallory@example.com"));
    g_assert_true(answers(d, 101, CAROL));
    driven_forget(d);
    let_in(d, ++n, SAID_TO_ALL);
    expect_last(d, "EV MESSAGE #9 " CAROL " \"Carol\" TEXT \"Hi\"");
    drive_advance(d, 15000, true);
    g_assert_true(answers(d, 102, "mallory@example.com"));
    driven_forget(d);
    done(d);
}

/* The same for rings alone. A switchboard is left for each. */
static void test_rings_of_one(void)
{
    drive *d = begin(NULL);
    unsigned n = 0;

    while (answers(d, n, "mallory@example.com") && n < 100)
        n++;
    g_assert_cmpuint(n, ==, 32);
    g_assert_cmpuint(n_switchboards(d), ==, MSNP_SWITCHBOARDS_RINGER_MAX);
    g_assert_true(answers(d, 100, CAROL));
    drive_advance(d, 2000, true);
    g_assert_true(answers(d, 101, "mallory@example.com"));
    g_assert_false(answers(d, 102, "mallory@example.com"));
    driven_forget(d);
    done(d);
}

/* Rings of `n` people who were not heard of before; how many were answered. */
static unsigned many_ring(drive *d, unsigned n, const char *kind)
{
    static unsigned person;
    unsigned answered = 0;

    for (unsigned i = 0; i < n; i++) {
        driven_forget(d);
        does(d, "ring %u ring.example.com:1864 cookie2 p%u@example.com \"\" %s", person, person,
             kind);
        person++;
        char *all = drive_take_all(d);
        answered += strstr(all, "EV CONNECT") != NULL;
        g_free(all);
    }
    return answered;
}

/* Invented people: so many at once, and one a second; contacts and those who are there can ring. */
static void test_strangers(void)
{
    drive *d = begin(NULL);

    g_assert_true(answers(d, 2000, BOB));
    does(d, "say " CAROL " Hi");
    g_assert_cmpuint(many_ring(d, 3000, ""), ==, 63);
    g_assert_true(answers(d, 2001, BOB));
    g_assert_true(answers(d, 2002, CAROL));
    g_assert_cmpuint(many_ring(d, 10, "contact"), ==, 10);
    drive_advance(d, 1000, true);
    g_assert_cmpuint(many_ring(d, 10, ""), ==, 1);
    does(d, "no-switchboard 1 server 800");
    driven_forget(d);
    done(d);
}

/*
 * So many that others open, and no more: the one in which nothing happened for longest is left, of
 * strangers first. The rest is for those that we open.
 */
static void test_many_switchboards(void)
{
    drive *d = begin(NULL);

    g_assert_cmpuint(many_ring(d, 50, "contact"), ==, 50);
    for (unsigned i = 0; i < MSNP_SWITCHBOARDS_STRANGERS_MAX + 2; i++)
        does(d, "ring %u ring.example.com:1864 cookie2 s%u@example.com \"\"", 5000 + i, i / 4);
    g_assert_cmpuint(n_switchboards(d), ==, 50 + MSNP_SWITCHBOARDS_STRANGERS_MAX);
    expect_last(d, "EV CONNECT ring.example.com:1864 on 152");
    g_assert_cmpuint(many_ring(d, 50, "contact"), ==, 50);
    g_assert_cmpuint(n_switchboards(d), ==, MSNP_SWITCHBOARDS_RUNG_MAX);
    driven_forget(d);
    does(d, "ring 9000 ring.example.com:1864 cookie2 " BOB " \"\" contact");
    expect_out(d, "EV CLOSE on 53", "EV CONNECT ring.example.com:1864 on 203");
    for (unsigned i = MSNP_SWITCHBOARDS_RUNG_MAX; i <= MSNP_SWITCHBOARDS_MAX; i++) {
        does(d, "say q%u@example.com One", i);
        grant(d, i - MSNP_SWITCHBOARDS_RUNG_MAX + 1);
    }
    g_assert_cmpuint(n_switchboards(d), ==, MSNP_SWITCHBOARDS_MAX);
    expect_last(d, "EV UNDELIVERED q256@example.com \"One\" full 0");
    done(d);
}

/*
 * More are in a chat than we remember: they are heard all the same. Those who were lost are as
 * many, whoever else comes and goes.
 */
static void test_crowd(void)
{
    drive *d = begin(NULL);
    char *line;

    ring(d, 55, BOB);
    does(d, "connected 1");
    for (unsigned i = 0; i < MSNP_SWITCHBOARD_MEMBERS_MAX; i++) {
        line = g_strdup_printf("IRO 1 1 2 p%u@example.com p\r\n", i);
        feed(d, 1, line);
        g_free(line);
    }
    feed(d, 1, "IRO 1 1 2 " CAROL " Carol\r\nANS 1 OK\r\n");
    driven_forget(d);
    feed(d, 1, "MSG " CAROL " Carol 30\r\nContent-Type: text/plain\r\n\r\nHi");
    expect_last(d, "EV MESSAGE #1 " CAROL " \"Carol\" TEXT \"Hi\"");
    for (unsigned i = 1; i < MSNP_SWITCHBOARD_MEMBERS_MAX; i++) {
        line = g_strdup_printf("BYE p%u@example.com 1\r\nJOI q%u@example.com q\r\n", i, i);
        feed(d, 1, line);
        g_free(line);
    }
    feed(d, 1, "BYE q1@example.com 1\r\n");
    expect_last(d, "EV CHAT_LEFT #1 q1@example.com lost");
    feed(d, 1, "BYE q2@example.com 1\r\n");
    expect_last(d, "EV CHAT_LEFT #1 q2@example.com");
    driven_forget(d);
    does(d, "leave #1");
    driven_forget(d);
    done(d);
}

static void nobody_asks(gpointer owner, unsigned request, int64_t now)
{
    (void)owner;
    (void)request;
    (void)now;
}

/* A chat's number is not that of one of an earlier session. */
static void test_count_from(void)
{
    static const msnp_conversations_ops ops = {.ask_switchboard = nobody_asks};
    msnp_net net;
    msnp_conversations *all;

    msnp_net_init(&net, false);
    all = msnp_conversations_new(&net, &ops, NULL);
    msnp_conversations_count_from(all, 41);
    g_assert_cmpuint(msnp_conversations_chat(all, BOB, NULL, 0), ==, 42);
    g_assert_cmpuint(msnp_conversations_chat(all, BOB, NULL, 0), ==, 43);
    msnp_conversations_free(all);
    msnp_net_clear(&net);
}

/* The window is closed: what was read together with the last answer is not lost. */
static void test_closed_before_read(void)
{
    drive *d = with_bob(NULL);

    does(d, "say " BOB " One");
    does(d, "leave " BOB);
    driven_forget(d);
    feed(d, 1, "ACK 4\r\nMSG " BOB " Bob 31\r\nContent-Type: text/plain\r\n\r\nYesBYE " BOB "\r\n");
    expect_out(d, "C OUT\\r\\n", "EV CLOSE on 1",
               "EV MESSAGE " BOB " " BOB " \"Bob\" TEXT \"Yes\"");
    done(d);
}

/* The same if somebody joined before: it was not said to us alone. Who is asked in returns. */
static void test_closed_before_joined(void)
{
    drive *d = with_bob(NULL);

    does(d, "say " BOB " One");
    does(d, "leave " BOB);
    driven_forget(d);
    feed(d, 1,
         "ACK 4\r\nJOI " CAROL " Carol\r\nMSG " BOB
         " Bob 31\r\nContent-Type: text/plain\r\n\r\nYesMSG " CAROL
         " Carol 30\r\nContent-Type: text/plain\r\n\r\nNo");
    expect_out(d, "C OUT\\r\\n", "EV CLOSE on 1", "EV CHAT_BEGUN #1 " BOB,
               "EV CHAT_JOINED #1 " BOB " \"Bob\" initial", "EV CHAT_JOINED #1 " CAROL " \"Carol\"",
               "EV CHAT_LEFT #1 " BOB " lost", "EV CHAT_LEFT #1 " CAROL " lost",
               "EV MESSAGE #1 " BOB " \"Bob\" TEXT \"Yes\"",
               "EV MESSAGE #1 " CAROL " \"Carol\" TEXT \"No\"");
    does(d, "say #1 \"Who is there?\"");
    expect_out(d, "EV ASK_SWITCHBOARD 2");
    does(d, "no-switchboard 2 server 800");
    driven_forget(d);
    done(d);
}

/* It ends in the middle of a turn; nothing begins after that. */
static void test_end_inside(void)
{
    static const char *const intents[] = {"refused elsewhere #1 x",
                                          "refused elsewhere " BOB " x",
                                          "nudge " BOB " elsewhere",
                                          "type " BOB,
                                          "invite #1 " CAROL,
                                          "leave " BOB,
                                          "leave #1",
                                          "switchboard 2 sb.example.com:1863 cookie1",
                                          "no-switchboard 2 server 800",
                                          "ring 55 ring.example.com:1864 cookie2 " BOB " \"\""};
    listener o = {0};
    drive *d = o.d = with_bob(&o);

    does(d, "say " BOB " Sent");
    make_chat(d, BOB);
    driven_forget(d);
    o.ends = true;
    does(d, "say " CAROL " Asks");
    expect_out(d, "EV ASK_SWITCHBOARD 2", "EV UNDELIVERED " BOB " \"Sent\" elsewhere 0 maybe",
               "EV UNDELIVERED " CAROL " \"Asks\" elsewhere 0", "C OUT\\r\\n", "EV CLOSE on 1");
    for (size_t i = 0; i < G_N_ELEMENTS(intents); i++) {
        does(d, "%s", intents[i]);
        expect_silence(d);
    }
    g_assert_cmpuint(make_chat(d, BOB), ==, 0);
    drive_advance(d, 100000, false);
    done(d);
}

/* What is said and MSNP2P have room for as many each, whatever waits of the other. */
static void test_windows(void)
{
    drive *d = with_bob(NULL);

    for (unsigned i = 1; i <= MSNP_CONVERSATION_WINDOW; i++)
        does(d, "carry " BOB " %u x", i);
    driven_forget(d);
    does(d, "carry " BOB " 33 y");
    expect_silence(d);
    for (unsigned i = 1; i < MSNP_CONVERSATION_WINDOW; i++)
        does(d, "nudge " BOB);
    driven_forget(d);
    does(d, "say " BOB " Hi");
    expect_out(d,
               "C MSG 67 A 64\\r\\nMIME-Version: 1.0\\r\\nContent-Type: text/plain; charset=UTF-8"
               "\\r\\n\\r\\nHi");
    does(d, "nudge " BOB);
    expect_silence(d);
    feed(d, 1, "ACK 4\r\n");
    expect_out(d, "C MSG 68 D 1\\r\\ny", "EV CARRIED 1 ok 0");
    does(d, "carry " BOB " 34 z");
    expect_silence(d);
    feed(d, 1, "ACK 36\r\n");
    expect_out(d, "C MSG 69 A 69\\r\\nMIME-Version: 1.0\\r\\nContent-Type: text/x-msnmsgr-datacast"
                  "\\r\\n\\r\\nID: 1\\r\\n\\r\\n");
    driven_forget(d);
    done(d);
}

/* More wait than can be; texts are not kept out by that, nor keep it out. */
static void test_many_carried(void)
{
    drive *d = begin(NULL);

    for (unsigned i = 1; i <= MSNP_CONVERSATION_WAITING_MAX; i++)
        does(d, "carry " BOB " %u x", i);
    driven_forget(d);
    does(d, "carry " BOB " 1001 x");
    expect_out(d, "EV CARRIED 1001 too-long 0");
    does(d, "say " BOB " Hi");
    expect_silence(d);
    done(d);
}

/* So many offers of files at once, of each person. */
static void test_many_offers(void)
{
    drive *d = begin(NULL);
    msnp_conversations *all = drive_conversations(d);

    for (unsigned i = 0; i < 100; i++)
        g_assert_true(msnp_conversations_may_offer(all, BOB, drive_now(d)));
    g_assert_false(msnp_conversations_may_offer(all, BOB, drive_now(d)));
    g_assert_true(msnp_conversations_may_offer(all, CAROL, drive_now(d)));
    done(d);
}

/* Freed in the middle of everything. */
static void test_free(void)
{
    drive *d = with_bob(NULL);

    does(d, "say " BOB " Sent");
    does(d, "say " CAROL " Waits");
    does(d, "carry " BOB " 1 Sent");
    does(d, "carry " CAROL " 2 Waits");
    does(d, "chat " BOB " " CAROL);
    does(d, "say #1 Chat");
    ring(d, 55, BOB);
    driven_forget(d);
    driven_done(d);
    msnp_conversations_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/conversations/many-chats", test_many_chats);
    g_test_add_func("/conversations/chats-of-one", test_chats_of_one);
    g_test_add_func("/conversations/rings-of-one", test_rings_of_one);
    g_test_add_func("/conversations/strangers", test_strangers);
    g_test_add_func("/conversations/many-switchboards", test_many_switchboards);
    g_test_add_func("/conversations/crowd", test_crowd);
    g_test_add_func("/conversations/count-from", test_count_from);
    g_test_add_func("/conversations/closed-before-read", test_closed_before_read);
    g_test_add_func("/conversations/closed-before-joined", test_closed_before_joined);
    g_test_add_func("/conversations/end-inside", test_end_inside);
    g_test_add_func("/conversations/windows", test_windows);
    g_test_add_func("/conversations/many-carried", test_many_carried);
    g_test_add_func("/conversations/many-offers", test_many_offers);
    g_test_add_func("/conversations/free", test_free);
    return g_test_run();
}
