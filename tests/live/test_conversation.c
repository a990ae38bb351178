/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conversations with one person: what is said arrives as it was meant, once and in order, whoever
 * began and whatever the switchboards do meanwhile.
 */
#include "conv_helpers.h"

#include <string.h>

#define TYPING "SB >>> | Content-Type: text/x-msmsgscontrol"

/* Everybody of a test, all of them online. */
static void come_online(user *const *users, guint n)
{
    for (guint i = 0; i < n; i++)
        user_sign_in(users[i]);
    for (guint i = 0; i < n; i++)
        live_wait(users[i]->online, 20);
    live_quiet();
}

/* --- two and three ---------------------------------------------------------------------------- */

/* How a service can behave without doing anything wrong. */
static const char *const manners[] = {"latency=0",          "escargot",  "sb-bad-lines",
                                      "joi-before-ringing", "dribble",   "joi-delay=150",
                                      "ring-delay=150",     "latency=30"};

static void test_both_ways(gconstpointer data)
{
    service *svc = conv_service("joins", NULL);
    user *users[] = {live_user(svc), live_user_named(svc, BOB), live_user_named(svc, CAROL)};
    user *alice = users[0], *bob = users[1], *carol = users[2];

    if (strcmp(data, "escargot") == 0)
        live_set(svc, data);
    come_online(users, 3);
    /* What only takes long is seen in the conversation, too. */
    live_set(svc, data);
    conv_send(alice, BOB, "Hello <b>Bob</b>");
    conv_send(alice, BOB, "are you &lt;there&gt;?");
    conv_saw(alice, BOB, "> Hello <b>Bob</b>\n> are you &lt;there&gt;?");
    conv_saw(bob, ALICE, "< Hello Bob\n< are you &lt;there&gt;?");
    conv_send(bob, ALICE, "I am");
    conv_saw(bob, ALICE, "> I am");
    conv_saw(alice, BOB, "< I am");
    conv_send(carol, ALICE, "And so am I");
    conv_saw(carol, ALICE, "> And so am I");
    conv_saw(alice, CAROL, "< And so am I");
    conv_send(alice, CAROL, "Hello Carol");
    conv_send(alice, BOB, "Carol is here");
    conv_saw(alice, CAROL, "> Hello Carol");
    conv_saw(alice, BOB, "> Carol is here");
    conv_saw(carol, ALICE, "< Hello Carol");
    conv_saw(bob, ALICE, "< Carol is here");
    /* One switchboard for each conversation, whoever began it. */
    live_check_count(svc, "?S >>> XFR *", 2);
    live_check(service_switchboards(svc, NULL) == 2);
    live_check(service_switchboards(svc, ALICE) == 2);
    conv_end_all(svc, users, 3);
}

/* Each has the other's window under another spelling. */
static void test_spelling(void)
{
    service *svc = conv_service("joins", NULL);
    user *users[] = {live_user(svc), live_user_named(svc, BOB)};

    come_online(users, 2);
    conv_open(users[0], " Bob@Example.COM");
    conv_send(users[0], " Bob@Example.COM", "hello");
    conv_saw(users[0], BOB, "> hello");
    conv_saw(users[1], ALICE, "< hello");
    conv_send(users[1], "ALICE@EXAMPLE.COM", "hello, too");
    conv_saw(users[1], ALICE, "> hello, too");
    conv_saw(users[0], BOB, "< hello, too");
    live_check(conv_n_windows(users[0]) == 1);
    live_check(conv_n_windows(users[1]) == 1);
    live_check_count(svc, "?S >>> XFR *", 1);
    conv_end_all(svc, users, 2);
}

/* --- texts ------------------------------------------------------------------------------------ */

static const struct {
    const char *written;
    const char *shown;  /* to who wrote it */
    const char *format; /* header that was sent, NULL for none */
    const char *read;   /* by the other one */
} texts[] = {
    {"plain", "plain", NULL, "plain"},
    {"<b>bold</b>", "<b>bold</b>", "EF=B; CO=0;", "<b>bold</b>"},
    {"<font color=\"#ff8000\"><i>slanted</i></font>",
     "<font color=\"#ff8000\"><i>slanted</i></font>", "EF=I; CO=80ff;",
     "<font color=\"#ff8000\"><i>slanted</i></font>"},
    {"<font face=\"Comic Sans MS\"><u><s>all</s></u></font>",
     "<font face=\"Comic Sans MS\"><u><s>all</s></u></font>",
     "FN=Comic%20Sans%20MS; EF=", "<font face=\"Comic Sans MS\"><u><s>all</s></u></font>"},
    {"<span style=\"direction:rtl;\">\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d</span>",
     "<span style=\"direction:rtl;\">\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d</span>", "RL=1",
     "<span style=\"direction:rtl;text-align:right;\">\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d</span>"},
    {"if (a &lt; b &amp;&amp; b &gt; c) &quot;yes&quot;",
     "if (a &lt; b &amp;&amp; b &gt; c) &quot;yes&quot;", NULL,
     "if (a &lt; b &amp;&amp; b &gt; c) &quot;yes&quot;"},
    {"&amp;lt;b&amp;gt; %s %n 100%", "&amp;lt;b&amp;gt; %s %n 100%", NULL,
     "&amp;lt;b&amp;gt; %s %n 100%"},
    {"one<br>two<br/>\tthree<br><br>five", "one<br>two<br/>\tthree<br><br>five", NULL,
     "one<br>two<br>\tthree<br><br>five"},
    {"see http://example.com/ now",
     "see <A HREF=\"http://example.com/\">http://example.com/</A> now", NULL,
     "see http://example.com/ now"},
    {"<a href=\"http://example.com/\">there</a>", "<a href=\"http://example.com/\">there</a>", NULL,
     "there (http://example.com/)"},
    {"\xe2\x82\xac \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 e\xcc\x81",
     "\xe2\x82\xac \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 e\xcc\x81", NULL,
     "\xe2\x82\xac \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 e\xcc\x81"},
    {" ", " ", NULL, " "},
    {"MSG 1 A 3", "MSG 1 A 3", NULL, "MSG 1 A 3"},
    {"one<br><br>OUT<br>", "one<br><br>OUT<br>", NULL, "one<br><br>OUT<br>"},
};

static void test_texts(void)
{
    service *svc = conv_service("joins", NULL);
    user *users[] = {live_user(svc), live_user_named(svc, BOB)};

    come_online(users, 2);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *format = g_strdup_printf("SB >>> | X-MMS-IM-Format: *%s*",
                                                  texts[i].format ? texts[i].format : "");

        service_forget_transcript(svc);
        conv_send(users[0], BOB, texts[i].written);
        conv_saw(users[0], BOB, "> %s", texts[i].shown);
        conv_saw(users[1], ALICE, "< %s", texts[i].read);
        live_check_count(svc, format, texts[i].format ? 1 : 0);
    }
    /* In which nothing is to be seen: nothing is sent. */
    service_forget_transcript(svc);
    conv_send(users[0], BOB, "<b></b>");
    conv_send(users[0], BOB, "");
    live_quiet();
    live_check_count(svc, "SB >>> *", 0);
    conv_end_all(svc, users, 2);
}

/* The texts in this record, one after the other; the caller frees it. */
static char *joined(const char *record, guint *parts)
{
    g_auto(GStrv) lines = g_strsplit(record, "\n", -1);
    GString *text = g_string_new(NULL);

    for (*parts = 0; lines[*parts]; ++*parts)
        g_string_append(text, lines[*parts] + strlen("< "));
    return g_string_free(text, FALSE);
}

static char *repeated(const char *text, gsize bytes)
{
    GString *all = g_string_new(NULL);

    while (all->len + strlen(text) <= bytes)
        g_string_append(all, text);
    return g_string_free(all, FALSE);
}

/* Split into messages that fit, and whole again behind each other. */
static void check_long(user *alice, user *bob, const char *word, gsize bytes)
{
    g_autofree char *text = repeated(word, bytes);
    g_autofree char *arrived = NULL;
    guint parts = 0;

    conv_send(alice, BOB, text);
    conv_saw(alice, BOB, "> %s", text);
    for (gint64 until = client_until(CONV_PATIENCE);
         (!arrived || strlen(arrived) < strlen(text)) && client_turn(until);) {
        g_free(arrived);
        arrived = joined(conv_unread(bob, ALICE), &parts);
    }
    live_check(strcmp(arrived, text) == 0);
    live_check(parts > bytes / 1664 && parts < bytes / 1000);
    for (const char *line = strchr(conv_unread(bob, ALICE), '\n'); line && strchr(word, ' ');
         line = strchr(line + 1, '\n'))
        live_check(line[-1] == ' ');
    conv_saw(bob, ALICE, "%s", conv_unread(bob, ALICE));
}

static void test_long(void)
{
    service *svc = conv_service("joins", NULL);
    user *users[] = {live_user(svc), live_user_named(svc, BOB)};

    come_online(users, 2);
    check_long(users[0], users[1], "words and words ", 5000);
    check_long(users[0], users[1], "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 65000);
    /* More than is sent at a time. */
    g_autofree char *text = repeated("x", 66000);
    conv_send(users[0], BOB, text);
    conv_saw(users[0], BOB,
             "! The message is too long, or too many messages are already waiting to be sent. "
             "This message was not delivered:<br>%s",
             text);
    conv_end_all(svc, users, 2);
}

#define MANY 300

static void test_order(void)
{
    service *svc = conv_service("answers", BOB, NULL);
    user *u = live_user(svc);
    GString *sent = g_string_new(NULL);

    live_set(svc, "joi-delay=100");
    live_settled(u);
    for (guint i = 0; i < MANY; i++) {
        g_autofree char *text = g_strdup_printf("number %u", i);

        conv_send(u, BOB, text);
        g_string_append_printf(sent, "%s> %s", i > 0 ? "\n" : "", text);
    }
    for (guint i = 0; i < MANY; i++)
        g_string_append_printf(sent, "\n< " ARIAL("You said: number %u"), i);
    conv_saw(u, BOB, "%s", sent->str);
    live_check(service_robot_heard(svc, BOB, "text/plain") == MANY);
    live_check_count(svc, "?S >>> XFR *", 1);
    g_string_free(sent, TRUE);
    conv_end(svc, u);
}

/* --- typing and nudges ------------------------------------------------------------------------ */

static void test_typing(void)
{
    service *svc = conv_service("joins", NULL);
    user *users[] = {live_user(svc), live_user_named(svc, BOB)};
    user *alice = users[0], *bob = users[1];

    come_online(users, 2);
    /* No switchboard is opened for it. */
    conv_open(alice, BOB);
    live_check(conv_type(alice, BOB, PURPLE_TYPING) == 5);
    live_quiet();
    live_check_count(svc, "?S >>> XFR *", 0);
    conv_send(alice, BOB, "one");
    conv_saw(alice, BOB, "> one");
    conv_saw(bob, ALICE, "< one");
    /* And then it is told at once, but not at each key. */
    live_check(conv_type(alice, BOB, PURPLE_TYPING) == 5);
    live_wait(conv_sees_typing(bob, ALICE), CONV_PATIENCE);
    live_check(conv_type(alice, BOB, PURPLE_TYPING) == 5);
    live_check(conv_type(alice, BOB, PURPLE_TYPED) == 0);
    live_check(conv_type(alice, BOB, PURPLE_NOT_TYPING) == 0);
    live_quiet();
    live_check_count(svc, TYPING, 1);
    live_check_count(svc, "SB >>> MSG * U *", 1);
    /* The text ends it, and what is typed next is news. */
    conv_send(alice, BOB, "two");
    conv_saw(alice, BOB, "> two");
    conv_saw(bob, ALICE, "< two");
    live_check(!conv_sees_typing(bob, ALICE));
    conv_type(alice, BOB, PURPLE_TYPING);
    live_wait(conv_sees_typing(bob, ALICE), CONV_PATIENCE);
    live_check_count(svc, TYPING, 2);
    live_check(conv_typing_told() == 2);
    conv_end_all(svc, users, 2);
}

/* Somebody begins to type and says nothing yet: no window opens. */
static void test_typing_first(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_settled(u);
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_check(service_robot_send(
        svc, BOB,
        "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: " BOB
        "\r\n\r\n\r\n",
        -1));
    live_wait(conv_typing_told() == 1, CONV_PATIENCE);
    live_check(conv_n_windows(u) == 0);
    live_check(service_switchboards(svc, ALICE) == 1);
    service_robot_say(svc, BOB, "hello");
    conv_saw(u, BOB, "< " ARIAL("hello"));
    conv_send(u, BOB, "yes?");
    conv_saw(u, BOB, "> yes?");
    live_wait(service_robot_heard(svc, BOB, "text/plain") == 1, CONV_PATIENCE);
    live_check_count(svc, "?S >>> XFR *", 0);
    conv_end(svc, u);
}

static void test_nudge(void)
{
    service *svc = conv_service("joins", NULL);
    user *users[] = {live_user(svc), live_user_named(svc, BOB)};
    user *alice = users[0], *bob = users[1];

    come_online(users, 2);
    conv_nudge(alice, BOB);
    conv_saw(alice, BOB, ">*+ You sent a nudge.");
    conv_saw(bob, ALICE, "<*+ You have been nudged!");
    live_check(conv_command(bob, ALICE, "nudge") == PURPLE_CMD_STATUS_OK);
    conv_saw(bob, ALICE, ">*+ You sent a nudge.");
    conv_saw(alice, BOB, "<*+ You have been nudged!");
    live_check_count(svc, "?S >>> XFR *", 1);
    live_check_count(svc, "SB >>> | ID: 1", 2);
    conv_end_all(svc, users, 2);
}

/* --- windows and switchboards ----------------------------------------------------------------- */

static void test_window_closed(void)
{
    service *svc = conv_service("joins", NULL);
    user *users[] = {live_user(svc), live_user_named(svc, BOB)};
    user *alice = users[0], *bob = users[1];

    come_online(users, 2);
    conv_send(alice, BOB, "one");
    conv_saw(alice, BOB, "> one");
    conv_saw(bob, ALICE, "< one");
    /* Who closes the window leaves; the other's stays, without a word. */
    conv_close(alice, BOB);
    live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
    live_quiet();
    live_check(conv_n_windows(alice) == 0 && conv_n_windows(bob) == 1);
    live_check_count(svc, "SB >>> OUT", 2);
    /* It opens again with the next thing that is said. */
    conv_send(bob, ALICE, "two");
    conv_saw(bob, ALICE, "> two");
    conv_saw(alice, BOB, "< two");
    live_check_count(svc, "?S >>> XFR *", 2);
    /* What was written in the moment before it is closed arrives. */
    conv_send(alice, BOB, "three");
    conv_close(alice, BOB);
    conv_saw(alice, BOB, "> three");
    conv_saw(bob, ALICE, "< three");
    live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
    /* And also when no switchboard was there for it yet. */
    conv_send(alice, BOB, "four");
    conv_close(alice, BOB);
    conv_saw(alice, BOB, "> four");
    conv_saw(bob, ALICE, "< four");
    live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
    live_check_count(svc, "?S >>> XFR *", 3);
    conv_end_all(svc, users, 2);
}

/* A window that was never used, and one that was reopened while the goodbye is on its way. */
static void test_window_reopened(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_settled(u);
    conv_open(u, BOB);
    conv_close(u, BOB);
    live_quiet();
    live_check_count(svc, "?S >>> XFR *", 0);
    for (guint i = 0; i < 4; i++) {
        conv_send(u, BOB, "again");
        conv_close(u, BOB);
    }
    conv_send(u, BOB, "last");
    conv_saw(u, BOB, "> again\n> again\n> again\n> again\n> last");
    live_wait(service_robot_heard(svc, BOB, "text/plain") == 5, CONV_PATIENCE);
    live_quiet();
    live_check(strcmp(service_robot_last(svc, BOB, "text/plain"), "last") == 0);
    live_check(service_switchboards(svc, ALICE) == 1);
    conv_end(svc, u);
}

/* A switchboard that ends is replaced by another one as soon as there is something to say. */
static void test_replaced(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_settled(u);
    for (guint how = 0; how < 4; how++) {
        conv_send(u, BOB, "hello");
        conv_saw(u, BOB, "> hello");
        live_wait(service_robot_heard(svc, BOB, "text/plain") == how + 1, CONV_PATIENCE);
        live_quiet();
        switch (how) {
        case 0:
            live_check(service_robot_leave(svc, BOB, FALSE));
            break;
        case 1:
            live_check(service_robot_leave(svc, BOB, TRUE));
            break;
        case 2:
            live_check(service_drop_switchboards(svc, ALICE) == 1);
            break;
        default:
            live_check(service_send_switchboards(svc, ALICE, "OUT\r\n", -1) == 1);
            break;
        }
        live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
        live_wait(service_connections(svc, SERVICE_SWITCHBOARD) == 0, CONV_PATIENCE);
        live_quiet();
    }
    live_check_count(svc, "?S >>> XFR *", 4);
    conv_end(svc, u);
}

static void test_idle(void)
{
    service *svc = conv_service("joins", NULL);
    user *users[] = {live_user(svc), live_user_named(svc, BOB)};

    live_set(svc, "sb-idle=100");
    come_online(users, 2);
    conv_send(users[0], BOB, "one");
    conv_saw(users[0], BOB, "> one");
    conv_saw(users[1], ALICE, "< one");
    live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
    live_wait(service_connections(svc, SERVICE_SWITCHBOARD) == 0, CONV_PATIENCE);
    live_quiet();
    conv_send(users[1], ALICE, "two");
    conv_saw(users[1], ALICE, "> two");
    conv_saw(users[0], BOB, "< two");
    live_check_count(svc, "?S >>> XFR *", 2);
    conv_end_all(svc, users, 2);
}

/* Both call each other at the same time, and then say more. */
static void test_at_once(gconstpointer data)
{
    service *svc = conv_service("joins", NULL);
    user *users[] = {live_user(svc), live_user_named(svc, BOB)};
    user *alice = users[0], *bob = users[1];

    live_set(svc, data);
    come_online(users, 2);
    conv_send(alice, BOB, "a1");
    conv_send(bob, ALICE, "b1");
    live_wait(strstr(conv_unread(alice, BOB), "b1"), CONV_PATIENCE);
    live_wait(strstr(conv_unread(bob, ALICE), "a1"), CONV_PATIENCE);
    conv_send(alice, BOB, "a2");
    conv_send(bob, ALICE, "b2");
    live_wait(strstr(conv_unread(alice, BOB), "b2"), CONV_PATIENCE);
    live_wait(strstr(conv_unread(bob, ALICE), "a2"), CONV_PATIENCE);
    conv_saw(alice, BOB, "> a1\n< b1\n> a2\n< b2");
    conv_saw(bob, ALICE, "> b1\n< a1\n> b2\n< a2");
    live_check(service_switchboards(svc, NULL) <= 2);
    /* Who closes the window leaves all of them. */
    conv_close(alice, BOB);
    live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
    conv_end_all(svc, users, 2);
}

static const char *const at_once[] = {"joi-delay=0", "ring-delay=100", "joi-delay=100", "escargot"};

/* More is written at each stage of opening: behind it, not past it. */
static void test_while_opening(void)
{
    static const char *const stages[] = {"?S >>> XFR *", "SB open",      "SB >>> USR *",
                                         "SB >>> CAL *", "SB <<< JOI *", "SB >>> MSG *"};
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_set(svc, "latency=30");
    live_set(svc, "joi-delay=50");
    live_settled(u);
    conv_send(u, BOB, "first");
    for (guint i = 0; i < G_N_ELEMENTS(stages); i++) {
        g_autofree char *text = g_strdup_printf("stage %u", i);

        live_wait(service_count(svc, stages[i]) >= 1, CONV_PATIENCE);
        conv_send(u, BOB, text);
    }
    conv_saw(u, BOB, "> first\n> stage 0\n> stage 1\n> stage 2\n> stage 3\n> stage 4\n> stage 5");
    live_wait(service_robot_heard(svc, BOB, "text/plain") == 7, CONV_PATIENCE);
    live_check(live_in_order(svc, (const char *const[]){"SB >>> | first", "SB >>> | stage 0",
                                                        "SB >>> | stage 1", "SB >>> | stage 2",
                                                        "SB >>> | stage 3", "SB >>> | stage 4",
                                                        "SB >>> | stage 5", NULL}));
    live_check_count(svc, "?S >>> XFR *", 1);
    conv_end(svc, u);
}

/* --- addresses of switchboards ---------------------------------------------------------------- */

/* A name instead of numbers, and more in the answer than is known. */
static void test_host_name(void)
{
    service *svc = conv_service("joins", NULL);
    user *users[] = {live_user(svc), live_user_named(svc, BOB)};
    g_autofree char *xfr =
        g_strdup_printf("xfr-sb-address=localhost:%u", service_port(svc, SERVICE_SWITCHBOARD));
    g_autofree char *ring =
        g_strdup_printf("ring-address=LOCALHOST:%u", service_port(svc, SERVICE_SWITCHBOARD));

    live_set(svc, xfr);
    live_set(svc, ring);
    live_set(svc, "xfr-sb-extra");
    come_online(users, 2);
    conv_send(users[0], BOB, "hello");
    conv_saw(users[0], BOB, "> hello");
    conv_saw(users[1], ALICE, "< hello");
    conv_end_all(svc, users, 2);
}

/* What is no address in XFR is told, once, and asked for twice. */
static void test_odd_addresses(void)
{
    static const char *const addresses[] = {"127.0.0.1:0", "127.0.0.1:70000", ":1863",
                                            "127.0.0.1:x", "[::1:1",          "user@host:1",
                                            "a/b:1",       "127.0.0.1:-1"};
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_settled(u);
    for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autofree char *knob =
            g_strdup_printf("ns-xfr-sb.reply=XFR {trid} SB %s CKI 123.456.789\\r\\n", addresses[i]);
        g_autofree char *ring =
            g_strdup_printf("RNG 123%u %s CKI 456.789 " BOB " Bob\r\n", i, addresses[i]);

        service_forget_transcript(svc);
        live_set(svc, knob);
        g_test_message("%s", addresses[i]);
        conv_send(u, BOB, "hello");
        conv_saw(u, BOB,
                 "> hello\n! The service sent an unexpected reply. This message was not "
                 "delivered:<br>hello");
        live_check_count(svc, "?S >>> XFR *", 2);
        /* The same in RNG: as if it had not come. */
        live_check(service_send(svc, ALICE, ring, -1) == 1);
    }
    live_quiet();
    live_check_count(svc, "SB open", 0);
    service_unset(svc, "ns-xfr-sb.reply");
    conv_send(u, BOB, "hello");
    conv_saw(u, BOB, "> hello");
    live_wait(service_robot_heard(svc, BOB, "text/plain") == 1, CONV_PATIENCE);
    conv_end(svc, u);
}

/* --- away ------------------------------------------------------------------------------------- */

/* No client answers by itself; what another plugin says in the user's name arrives as any text. */
static void test_away(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_settled(u);
    user_set_status(u, "away");
    user_set_idle(u, TRUE);
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_check(service_robot_say(svc, BOB, "are you there?"));
    conv_saw(u, BOB, "< " ARIAL("are you there?"));
    live_quiet();
    live_check(service_robot_heard(svc, BOB, "text/plain") == 0);
    conv_send_with(u, BOB, "I am away", PURPLE_MESSAGE_AUTO_RESP);
    conv_saw(u, BOB, ">~ I am away");
    live_wait(service_robot_heard(svc, BOB, "text/plain") == 1, CONV_PATIENCE);
    live_check(strcmp(service_robot_last(svc, BOB, "text/plain"), "I am away") == 0);
    conv_end(svc, u);
}

static void add_tests(void)
{
    for (guint i = 0; i < (conv_is_slow() ? 3 : G_N_ELEMENTS(manners)); i++) {
        g_autofree char *path = g_strdup_printf("/talk/both-ways/%s", manners[i]);
        live_add_data(path, manners[i], test_both_ways, i == 0);
    }
    live_add("/talk/spelling", test_spelling, FALSE);
    live_add("/talk/texts", test_texts, FALSE);
    live_add("/talk/long", test_long, FALSE);
    live_add("/talk/order", test_order, FALSE);
    live_add("/talk/typing", test_typing, FALSE);
    live_add("/talk/typing-first", test_typing_first, FALSE);
    live_add("/talk/nudge", test_nudge, FALSE);
    live_add("/talk/window-closed", test_window_closed, FALSE);
    live_add("/talk/window-reopened", test_window_reopened, FALSE);
    live_add("/talk/replaced", test_replaced, TRUE);
    live_add("/talk/idle", test_idle, FALSE);
    for (guint i = 0; i < (conv_is_slow() ? 1 : G_N_ELEMENTS(at_once)); i++) {
        g_autofree char *path = g_strdup_printf("/talk/at-once/%s", at_once[i]);
        live_add_data(path, at_once[i], test_at_once, FALSE);
    }
    live_add("/talk/while-opening", test_while_opening, FALSE);
    live_add("/talk/host-name", test_host_name, FALSE);
    live_add("/talk/odd-addresses", test_odd_addresses, FALSE);
    live_add("/talk/away", test_away, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
