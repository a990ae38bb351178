/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conversations with several people: how they begin, who is in them, who hears what, and how they
 * end.
 */
#include "conv_helpers.h"

#include <string.h>

#define ERIN "erin@example.com"

/* Who is no contact, in a sentence. */
#define THE_BOB   "Bob (" BOB ")"
#define THE_CAROL "Carol (" CAROL ")"
#define THE_DAVE  "Dave (" DAVE ")"

#define LOST " left the room (disconnected or idle; will be invited again when you send a message)."

#define NOW_A_CHAT(title)                                                   \
    "* This conversation is now a group chat; it continues in &quot;" title \
    "&quot;. Messages you write here go only to " BOB "."

#define ENDED "* You left the chat because the connection was closed."

static guint heard(service *svc, const char *who)
{
    return service_robot_heard(svc, who, "text/plain");
}

static void has_heard(service *svc, const char *who, guint n, const char *last)
{
    live_wait(heard(svc, who) == n, CONV_PATIENCE);
    live_check(strcmp(service_robot_last(svc, who, "text/plain"), last) == 0);
}

static void come_online(user *const *users, guint n)
{
    for (guint i = 0; i < n; i++)
        user_sign_in(users[i]);
    for (guint i = 0; i < n; i++)
        live_wait(users[i]->online, 20);
    live_quiet();
}

/* From the menu of a contact, with nobody else. */
static void initiate(user *u, const char *who)
{
    dialog *d;

    live_check(conv_buddy_menu(u, who, "Invite to Group Chat..."));
    d = client_open_dialog(DIALOG_FIELDS);
    live_check(d);
    client_accept(d);
}

/* ALICE, who begins a chat with BOB and CAROL from her window with BOB. */
static const char *begin_chat(user *u)
{
    const char *chat;

    conv_open(u, BOB);
    live_check(conv_command(u, BOB, "invite " CAROL) == PURPLE_CMD_STATUS_OK);
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    conv_forget(u);
    return chat;
}

/* --- beginning -------------------------------------------------------------------------------- */

/* From the buddy's menu; then somebody is invited from the chat's window. */
static void test_initiate(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_contact(svc, BOB, NULL);
    live_settled(u);
    initiate(u, BOB);
    client_forget_dialogs();
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB);
    conv_invite(u, chat, CAROL, NULL);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    conv_saw(u, chat, "* " THE_CAROL " entered the room.");
    conv_send(u, chat, "to <b>all</b>");
    conv_saw(u, chat, "> " ALICE ": to <b>all</b>");
    has_heard(svc, BOB, 1, "to all");
    has_heard(svc, CAROL, 1, "to all");
    /* There is no way to send words along. */
    service_robot(svc, DAVE, "joins");
    conv_invite(u, chat, " " DAVE " ", "do come");
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL ", " DAVE);
    conv_saw(u, chat,
             "* MSN invitations cannot carry a message; yours was not sent.\n* " DAVE
             " entered the room.");
    live_check_count(svc, "NS >>> XFR *", 1);
    live_check(conv_n_windows(u) == 1);
    conv_end(svc, u);
}

/* From the window of a conversation that is open: it goes on for itself. */
static void test_command(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    conv_send(u, BOB, "one");
    conv_saw(u, BOB, "> one");
    has_heard(svc, BOB, 1, "one");
    live_quiet();
    live_check(conv_command(u, BOB, "invite " CAROL) == PURPLE_CMD_STATUS_OK);
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    conv_saw(u, chat, "* " THE_CAROL " entered the room.");
    conv_saw(u, BOB, NOW_A_CHAT(THE_BOB ", " CAROL));
    conv_send(u, chat, "two");
    conv_saw(u, chat, "> " ALICE ": two");
    has_heard(svc, BOB, 2, "two");
    has_heard(svc, CAROL, 1, "two");
    conv_send(u, BOB, "three");
    conv_saw(u, BOB, "> three");
    has_heard(svc, BOB, 3, "three");
    live_check(heard(svc, CAROL) == 1);
    live_check_count(svc, "NS >>> XFR *", 2);
    conv_end(svc, u);
}

static void test_command_refused(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    chat = begin_chat(u);
    for (int i = 0; i < 2; i++) {
        const char *place = i == 0 ? BOB : chat;

        live_check(conv_command(u, place, "invite a<b") == PURPLE_CMD_STATUS_FAILED);
        g_assert_cmpstr(conv_complaint(), ==, "&quot;a&lt;b&quot; is not a valid e-mail address.");
        live_check(conv_command(u, place, "invite Alice@Example.com") == PURPLE_CMD_STATUS_FAILED);
        g_assert_cmpstr(conv_complaint(), ==, "This is your own address.");
        live_check(conv_command(u, place, "invite") == PURPLE_CMD_STATUS_WRONG_ARGS);
    }
    live_check(conv_command(u, chat, "nudge") == PURPLE_CMD_STATUS_WRONG_TYPE);
    live_offline(svc, u);
    conv_saw(u, chat, ENDED);
    live_check(conv_command(u, BOB, "invite " CAROL) == PURPLE_CMD_STATUS_FAILED);
    g_assert_cmpstr(conv_complaint(), ==, "You are not signed in.");
    live_check(conv_command(u, BOB, "nudge") == PURPLE_CMD_STATUS_FAILED);
    g_assert_cmpstr(conv_complaint(), ==, "You are not signed in.");
    live_check(conv_n_windows(u) == 2);
    conv_end(svc, u);
}

static void invite_by_dialog(const char *who)
{
    dialog *d = client_open_dialog(DIALOG_FIELDS);

    live_check(d);
    client_fill_field(d, "who", who);
    client_accept(d);
}

/* From the menu of the conversation's window. */
static void test_menu(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_contact(svc, BOB, NULL);
    live_settled(u);
    conv_open(u, BOB);
    /* Pidgin has the same item in the window of a contact. */
    live_check(conv_buddy_menu(u, BOB, "Invite to Group Chat..."));
    live_check(client_open_dialog(DIALOG_FIELDS));
    client_forget_dialogs();
    live_check(conv_menu(u, BOB, "Invite to Group Chat..."));
    live_check(live_told(DIALOG_FIELDS, ALICE, "Who else do you want to invite", "you and Bob will",
                         NULL));
    invite_by_dialog(" " CAROL "\n");
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    conv_forget(u);
    live_check(!conv_menu(u, chat, "Invite"));
    /* What cannot be invited. */
    conv_menu(u, BOB, "Invite");
    invite_by_dialog("nobody");
    live_check(
        live_told(DIALOG_MESSAGE, "Nobody was invited.", "\"nobody\" is not a valid e-mail", NULL));
    /* Questions that are open when the session ends go with it. */
    conv_menu(u, BOB, "Invite");
    conv_menu(u, BOB, "Invite");
    conv_close(u, BOB);
    live_check(live_open_dialogs(DIALOG_FIELDS) == 2);
    conv_open(u, CAROL);
    live_offline(svc, u);
    conv_saw(u, chat, ENDED);
    live_check(live_open_dialogs(DIALOG_FIELDS) == 0);
    client_forget_dialogs();
    live_check_count(svc, "NS >>> XFR *", 1);
    live_check(!conv_menu(u, CAROL, "Invite"));
    conv_end(svc, u);
}

/* Somebody else invites a third one into a conversation. */
static void test_third(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    live_check(service_robot_ring(svc, BOB, ALICE));
    service_robot_say(svc, BOB, "hello");
    conv_saw(u, BOB, "< " ARIAL("hello"));
    live_check(service_robot_invite(svc, BOB, CAROL));
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    conv_saw(u, chat, "* " THE_CAROL " entered the room.");
    conv_saw(u, BOB, NOW_A_CHAT(THE_BOB ", " THE_CAROL));
    service_robot_say(svc, CAROL, "hello, too");
    service_robot_say(svc, BOB, "both are here");
    conv_saw(u, chat, "< " CAROL ": " ARIAL("hello, too") "\n< " BOB ": " ARIAL("both are here"));
    conv_send(u, BOB, "to you alone");
    conv_saw(u, BOB, "> to you alone");
    has_heard(svc, BOB, 2, "to you alone");
    live_check(heard(svc, CAROL) == 1);
    conv_end(svc, u);
}

/* Called into a chat that is going on already: no other window opens. */
static void test_called_into(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_set(svc, "joi-delay=100");
    live_settled(u);
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_check(service_robot_invite(svc, BOB, CAROL));
    service_robot_say(svc, BOB, "welcome");
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    live_wait(strstr(conv_unread(u, chat), "welcome"), CONV_PATIENCE);
    live_check(conv_n_windows(u) == 1);
    conv_forget(u);
    conv_end(svc, u);
}

/* --- a client that shows no chats --------------------------------------------------------------
 */

static void write_im(PurpleConversation *conv, const char *who, const char *message,
                     PurpleMessageFlags flags, time_t mtime)
{
    purple_conversation_write(conv, who, message, flags, mtime);
}

#define GROUP(who, others)                                                         \
    who " wrote the following in a group chat with " others ". This client cannot" \
        " show group chats: your reply goes only to " who "."

#define ENTERS(who) "* " who " entered the room."
#define LEAVES(who) "* " who " left the room."

/* Everybody is heard, and an answer goes to who said it. */
static void test_not_shown(void)
{
    static PurpleConversationUiOps ops = {.write_im = write_im};
    service *svc = conv_service("joins", BOB, CAROL, DAVE, NULL);
    user *u = live_user(svc);
    const char *chat;

    purple_conversations_set_ui_ops(&ops);
    live_settled(u);
    live_check(service_robot_ring(svc, BOB, ALICE));
    service_robot_say(svc, BOB, "hello");
    conv_saw(u, BOB, "< " ARIAL("hello"));
    live_check(service_robot_invite(svc, BOB, CAROL));
    live_check(service_robot_invite(svc, BOB, DAVE));
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL ", " DAVE);
    conv_saw(u, chat, ENTERS(THE_CAROL) "\n" ENTERS(THE_DAVE));
    service_robot_say(svc, BOB, "both are here");
    service_robot_say(svc, BOB, "again");
    service_robot_say(svc, CAROL, "I am");
    conv_saw(u, BOB,
             "<* " GROUP(BOB, CAROL ", " DAVE) "\n< " ARIAL("both are here") "\n< " ARIAL("again"));
    conv_saw(u, CAROL, "<* " GROUP(CAROL, BOB ", " DAVE) "\n< " ARIAL("I am"));
    conv_send(u, BOB, "to you alone");
    conv_saw(u, BOB, "> to you alone");
    has_heard(svc, BOB, 2, "to you alone");
    live_check(heard(svc, DAVE) == 3);
    /* Nobody else of the chat is a matter of the user's. */
    purple_privacy_deny_add(u->account, CAROL, TRUE);
    service_robot_say(svc, CAROL, "to whom?");
    has_heard(svc, DAVE, 4, "to whom?");
    /* It is left when all others have. */
    conv_close(u, BOB);
    live_wait(service_switchboards(svc, ALICE) == 1, CONV_PATIENCE);
    live_check(service_robot_leave(svc, DAVE, FALSE) && service_robot_leave(svc, CAROL, FALSE));
    service_robot_say(svc, BOB, "two of us");
    conv_saw(u, BOB, "< " ARIAL("two of us"));
    live_check(service_robot_leave(svc, BOB, FALSE));
    live_wait(service_switchboards(svc, ALICE) == 0, CONV_PATIENCE);
    live_check(purple_get_chats() == NULL);
    conv_saw(u, chat, LEAVES(THE_DAVE) "\n" LEAVES(THE_CAROL) "\n" LEAVES(THE_BOB));
    /* One that goes on when the session ends. */
    live_check(service_robot_ring(svc, BOB, ALICE) && service_robot_invite(svc, BOB, DAVE));
    service_robot_say(svc, BOB, "third");
    conv_saw(u, BOB, "<* " GROUP(BOB, DAVE) "\n< " ARIAL("third"));
    live_offline(svc, u);
    live_check(purple_get_chats() == NULL);
    conv_end(svc, u);
    purple_conversations_set_ui_ops(NULL);
}

/* --- three clients ---------------------------------------------------------------------------- */

static void test_real(gconstpointer data)
{
    service *svc = conv_service("joins", NULL);
    user *users[] = {live_user(svc), live_user_named(svc, BOB), live_user_named(svc, CAROL)};
    user *alice = users[0], *bob = users[1], *carol = users[2];
    const char *everybody = ALICE ", " BOB ", " CAROL;
    const char *at_alice, *at_bob, *at_carol;

    live_set(svc, data);
    come_online(users, 3);
    conv_send(alice, BOB, "hello");
    conv_saw(bob, ALICE, "< hello");
    live_quiet();
    live_check(conv_command(alice, BOB, "invite " CAROL) == PURPLE_CMD_STATUS_OK);
    at_alice = conv_new_chat(alice);
    at_bob = conv_new_chat(bob);
    conv_has_members(alice, at_alice, everybody);
    conv_has_members(bob, at_bob, everybody);
    conv_saw(alice, at_alice, "* " THE_CAROL " entered the room.");
    conv_saw(bob, at_bob, "* " THE_CAROL " entered the room.");
    conv_forget(alice);
    conv_forget(bob);

    /* Who is called into it has a window when something is said. */
    live_quiet();
    live_check(conv_n_windows(carol) == 0);
    conv_send(alice, at_alice, "from <i>Alice</i>");
    at_carol = conv_new_chat(carol);
    conv_has_members(carol, at_carol, everybody);
    conv_saw(alice, at_alice, "> " ALICE ": from <i>Alice</i>");
    conv_saw(bob, at_bob, "< " ALICE ": from Alice");
    conv_saw(carol, at_carol, "< " ALICE ": from Alice");
    conv_send(carol, at_carol, "from Carol");
    conv_saw(carol, at_carol, "> " CAROL ": from Carol");
    conv_saw(alice, at_alice, "< " CAROL ": from Carol");
    conv_saw(bob, at_bob, "< " CAROL ": from Carol");

    /* One after the other leaves; who is alone is told so when there is something to say. */
    conv_close(carol, at_carol);
    conv_has_members(alice, at_alice, ALICE ", " BOB);
    conv_saw(alice, at_alice, "* " THE_CAROL " left the room.");
    conv_saw(bob, at_bob, "* " THE_CAROL " left the room.");
    conv_send(bob, at_bob, "two of us");
    conv_saw(bob, at_bob, "> " BOB ": two of us");
    conv_saw(alice, at_alice, "< " BOB ": two of us");
    conv_close(bob, at_bob);
    conv_saw(alice, at_alice, "* " THE_BOB " left the room.");
    conv_send(alice, at_alice, "alone");
    conv_saw(alice, at_alice,
             "! Everyone else has left this chat. This message was not delivered:<br>alone");
    /* Until somebody is invited. */
    conv_invite(alice, at_alice, CAROL, NULL);
    conv_has_members(alice, at_alice, ALICE ", " CAROL);
    conv_forget(alice);
    conv_send(alice, at_alice, "back");
    conv_saw(alice, at_alice, "> " ALICE ": back");
    conv_saw(carol, ALICE, "< back");
    conv_end_all(svc, users, 3);
}

static const char *const manners[] = {"latency=0", "escargot", "joi-before-ringing",
                                      "sb-bad-lines"};

/* --- several ---------------------------------------------------------------------------------- */

static void test_several(void)
{
    service *svc = conv_service("joins", BOB, CAROL, DAVE, NULL);
    user *u = live_user(svc);
    const char *chats[3];

    live_settled(u);
    for (guint i = 0; i < G_N_ELEMENTS(chats); i++)
        chats[i] = begin_chat(u);
    live_check(service_switchboards(svc, ALICE) == 3);
    for (guint i = 0; i < G_N_ELEMENTS(chats); i++) {
        g_autofree char *text = g_strdup_printf("in %u", i);

        conv_send(u, chats[i], text);
        conv_saw(u, chats[i], "> " ALICE ": %s", text);
        has_heard(svc, BOB, 2 * i + 1, text);
        /* It is said in the newest one that the robot is in. */
        service_robot_say(svc, CAROL, text);
        conv_saw(u, chats[2], "< " CAROL ": " ARIAL("%s"), text);
    }
    /* What is closed is left, and nothing else. */
    conv_close(u, chats[2]);
    live_wait(service_switchboards(svc, ALICE) == 2, CONV_PATIENCE);
    service_robot_say(svc, CAROL, "second");
    conv_saw(u, chats[1], "< " CAROL ": " ARIAL("second"));
    conv_invite(u, chats[0], DAVE, NULL);
    conv_has_members(u, chats[0], ALICE ", " BOB ", " CAROL ", " DAVE);
    conv_has_members(u, chats[1], ALICE ", " BOB ", " CAROL);
    conv_saw(u, chats[0], "* " THE_DAVE " entered the room.");
    conv_end(svc, u);
}

/* A chat that the user left, while the others still talk. */
static void test_left(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    chat = begin_chat(u);
    service_robot_say(svc, BOB, "one");
    service_robot_say(svc, CAROL, "two");
    conv_close(u, chat);
    live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
    live_quiet();
    /* What came before the goodbye was read has no window to appear in. */
    live_check(conv_n_windows(u) == 1);
    live_check(!*conv_unread(u, chat) && !*conv_unread(u, CAROL));
    live_check_count(svc, "SB >>> OUT", 1);
    conv_end(svc, u);
}

/* All that there can be. */
static void test_too_many(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_contact(svc, BOB, NULL);
    live_settled(u);
    for (int i = 0; i < 64; i++)
        initiate(u, BOB);
    live_wait(service_switchboards(svc, ALICE) == 64, CONV_PATIENCE);
    live_check(client_count_dialogs(DIALOG_MESSAGE) == 0);
    initiate(u, BOB);
    live_check(live_told(DIALOG_MESSAGE, "Nobody was invited.", "Too many chats", NULL));
    client_forget_dialogs();
    conv_open(u, BOB);
    live_check(conv_command(u, BOB, "invite " CAROL) == PURPLE_CMD_STATUS_FAILED);
    live_check(strstr(conv_complaint(), "Too many chats"));
    conv_end(svc, u);
}

/* --- who cannot come -------------------------------------------------------------------------- */

static const struct {
    const char *name;
    const char *knob;
    const char *told;
} refusals[] = {
    {"offline", "latency=0", DAVE " is offline, or is not accepting messages from you."},
    {"blocked", "sb-cal.reply=216 {trid}\\r\\n",
     DAVE " is offline, or is not accepting messages from you."},
    {"too-fast", "sb-cal-limit=0",
     "Too many conversations or invitations in a short time. Wait a minute, then try again."},
    {"bad-name", "sb-cal.reply=208 {trid}\\r\\n",
     "The service did not accept this address or value."},
};

static void test_refused(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    chat = begin_chat(u);
    live_set(svc, refusals[i].knob);
    conv_invite(u, chat, DAVE, NULL);
    conv_saw(u, chat, "! " DAVE " could not be invited. %s", refusals[i].told);
    /* The others are not concerned, and can be written to. */
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    conv_send(u, chat, "as before");
    conv_saw(u, chat, "> " ALICE ": as before");
    has_heard(svc, BOB, 1, "as before");
    live_check_count(svc, "SB >>> CAL * " DAVE, 1);
    conv_end(svc, u);
}

/* Who is in already, or is called already, is not called again. */
static void test_twice(void)
{
    service *svc = conv_service("joins", BOB, CAROL, DAVE, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    chat = begin_chat(u);
    conv_invite(u, chat, BOB, NULL);
    conv_invite(u, chat, "Bob@Example.com", NULL);
    conv_invite(u, chat, DAVE, NULL);
    conv_invite(u, chat, DAVE, NULL);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL ", " DAVE);
    conv_saw(u, chat, "* " THE_DAVE " entered the room.");
    live_check_count(svc, "SB >>> CAL * " BOB, 1);
    live_check_count(svc, "SB >>> CAL * " DAVE, 1);
    conv_invite(u, chat, ALICE, NULL);
    conv_saw(u, chat, "! " ALICE " could not be invited. This is your own address.");
    conv_end(svc, u);
}

/* The one with whom it begins does not come: the chat is there, and empty. */
static void test_nobody_comes(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_contact(svc, BOB, NULL);
    service_appear(svc, BOB, NULL);
    live_settled(u);
    initiate(u, BOB);
    client_forget_dialogs();
    chat = conv_new_chat(u);
    conv_saw(u, chat,
             "! Bob could not be invited. Bob is offline, or is not accepting messages from you.");
    conv_has_members(u, chat, ALICE);
    live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
    conv_send(u, chat, "hello");
    conv_saw(u, chat,
             "! Everyone else has left this chat. This message was not delivered:<br>hello");
    conv_invite(u, chat, CAROL, NULL);
    conv_has_members(u, chat, ALICE ", " CAROL);
    conv_forget(u);
    conv_send(u, chat, "hello");
    conv_saw(u, chat, "> " ALICE ": hello");
    has_heard(svc, CAROL, 1, "hello");
    live_check(heard(svc, BOB) == 0);
    conv_end(svc, u);
}

/* --- leaving and coming back ------------------------------------------------------------------ */

/* Everybody was put out for idleness: who wrote there calls all of them back, and they hear it. */
static void test_idle(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    chat = begin_chat(u);
    for (guint i = 0; i < 2; i++) {
        service_robot_leave(svc, BOB, TRUE);
        service_robot_leave(svc, CAROL, TRUE);
        live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
        conv_has_members(u, chat, ALICE);
        conv_saw(u, chat, "* " THE_BOB LOST "\n* " THE_CAROL LOST);
        conv_send(u, chat, "still there?");
        conv_send(u, chat, "hello?");
        conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
        has_heard(svc, BOB, 2 * i + 2, "hello?");
        has_heard(svc, CAROL, 2 * i + 2, "hello?");
        live_check(strstr(conv_unread(u, chat), "> " ALICE ": still there?\n> " ALICE ": hello?"));
        conv_forget(u);
    }
    live_check_count(svc, "NS >>> XFR *", 3);
    conv_end(svc, u);
}

/* What is written waits a moment for all who are called back. */
static void test_gathered(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    chat = begin_chat(u);
    service_robot_leave(svc, BOB, TRUE);
    service_robot_leave(svc, CAROL, TRUE);
    conv_has_members(u, chat, ALICE);
    live_quiet();
    service_robot(svc, CAROL, "busy");
    conv_send(u, chat, "to all");
    conv_has_members(u, chat, ALICE ", " BOB);
    live_quiet();
    live_check(heard(svc, BOB) == 0);
    service_robot(svc, CAROL, "joins");
    live_check(service_robot_invite(svc, BOB, CAROL));
    has_heard(svc, BOB, 1, "to all");
    has_heard(svc, CAROL, 1, "to all");
    conv_forget(u);
    conv_end(svc, u);
}

/* The switchboard ends for idleness by itself. */
static void test_idle_switchboard(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_set(svc, "sb-idle=150");
    live_settled(u);
    chat = begin_chat(u);
    conv_has_members(u, chat, ALICE);
    live_wait(service_connections(svc, SERVICE_SWITCHBOARD) == 0, CONV_PATIENCE);
    live_quiet();
    conv_saw(u, chat, "* " THE_BOB LOST "\n* " THE_CAROL LOST);
    service_unset(svc, "sb-idle");
    conv_send(u, chat, "hello?");
    has_heard(svc, BOB, 1, "hello?");
    has_heard(svc, CAROL, 1, "hello?");
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    conv_forget(u);
    conv_end(svc, u);
}

static gboolean shows(const user *u, const char *chat, const char *text)
{
    const char *unread = conv_unread(u, chat);

    return unread && strstr(unread, text);
}

/* The connection breaks, with a message on its way. */
static void test_broken(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_set(svc, "sb-lose-ack");
    live_settled(u);
    chat = begin_chat(u);
    conv_send(u, chat, "one");
    has_heard(svc, BOB, 1, "one");
    live_check(service_drop_switchboards(svc, ALICE) == 1);
    conv_has_members(u, chat, ALICE);
    /* Where everything is slow, the report comes before they are gone. */
    live_wait(shows(u, chat, "> " ALICE ": one\n") && shows(u, chat, "* " THE_BOB LOST) &&
                  shows(u, chat, "* " THE_CAROL LOST) &&
                  shows(u, chat,
                        "! The connection was lost. This message may not have arrived:"
                        "<br>one"),
              CONV_PATIENCE);
    conv_forget(u);
    service_unset(svc, "sb-lose-ack");
    conv_send(u, chat, "two");
    has_heard(svc, BOB, 2, "two");
    has_heard(svc, CAROL, 2, "two");
    /* The acknowledgement comes later, where everything is slow. */
    live_wait(shows(u, chat, "> " ALICE ": two"), CONV_PATIENCE);
    conv_forget(u);
    conv_end(svc, u);
}

/* Everybody leaves, somebody is still being called, and the server acknowledges all the same. */
static void test_void(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    chat = begin_chat(u);
    service_robot(svc, DAVE, "busy");
    conv_invite(u, chat, DAVE, NULL);
    live_wait(service_count(svc, "SB >>> CAL * " DAVE) == 1, CONV_PATIENCE);
    live_set(svc, "sb-msg.reply=BYE " BOB "\\r\\nBYE " CAROL "\\r\\nACK {trid}\\r\\n");
    conv_send(u, chat, "is there anybody?");
    conv_saw(u, chat,
             "> " ALICE ": is there anybody?\n* " THE_BOB " left the room.\n* " THE_CAROL
             " left the room.\n! Everyone else has left this chat. This message may not have "
             "arrived:<br>is there anybody?");
    service_unset(svc, "sb-msg.reply");
    conv_end(svc, u);
}

/* Who went of his own will is not called back; who is offline meanwhile is told. */
static void test_called_back(void)
{
    service *svc = conv_service("joins", BOB, CAROL, DAVE, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    chat = begin_chat(u);
    conv_invite(u, chat, DAVE, NULL);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL ", " DAVE);
    service_robot_leave(svc, BOB, FALSE);
    service_robot_leave(svc, CAROL, TRUE);
    service_robot_leave(svc, DAVE, TRUE);
    conv_has_members(u, chat, ALICE);
    service_appear(svc, DAVE, NULL);
    live_quiet();
    conv_forget(u);
    conv_send(u, chat, "who is there?");
    conv_has_members(u, chat, ALICE ", " CAROL);
    has_heard(svc, CAROL, 1, "who is there?");
    live_check(heard(svc, BOB) == 0 && heard(svc, DAVE) == 0);
    live_check(
        strstr(conv_unread(u, chat), "! " DAVE " could not be invited. " DAVE " is offline"));
    live_check_count(svc, "SB >>> CAL * " BOB, 1);
    conv_forget(u);
    conv_end(svc, u);
}

/* --- what is said ----------------------------------------------------------------------------- */

/* What is no text, and a chat in which a lot is said. */
static void test_other_messages(void)
{
    static const char offer[] =
        "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n"
        "Application-Name: Net <b>Meeting\r\n"
        "Application-GUID: {44BBA842-CC51-11CF-AAFA-00AA00B6015C}\r\n"
        "Invitation-Command: INVITE\r\nInvitation-Cookie: 33267\r\n\r\n";
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    chat = begin_chat(u);
    service_robot_send(svc, BOB,
                       "MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\n"
                       "ID: 1\r\n\r\n",
                       -1);
    conv_saw(u, chat, "<*+ " BOB ": Bob (" BOB ") nudged everyone in this chat.");
    /* It is not known who is meant. */
    service_robot_send(svc, CAROL, offer, -1);
    conv_saw(u, chat,
             "<* " CAROL ": Carol (" CAROL
             ") sent you an invitation to &quot;Net &lt;b&gt;Meeting&quot;. Such invitations are "
             "not supported.");
    service_robot_send(svc, CAROL,
                       "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\n"
                       "TypingUser: " CAROL "\r\n\r\n\r\n",
                       -1);
    live_quiet();
    live_check(conv_typing_told() == 0);
    live_check_count(svc, "SB >>> MSG *", 0);
    for (int i = 0; i < 3; i++)
        conv_send(u, chat, "<font color=\"#0000ff\">blue</font>");
    conv_send_with(u, chat, "away", PURPLE_MESSAGE_AUTO_RESP);
    has_heard(svc, CAROL, 4, "away");
    conv_saw(u, chat,
             "> " ALICE ": <font color=\"#0000ff\">blue</font>\n> " ALICE
             ": <font color=\"#0000ff\">blue</font>\n> " ALICE
             ": <font color=\"#0000ff\">blue</font>\n>~ " ALICE ": away");
    live_check_count(svc, "SB >>> | X-MMS-IM-Format: *CO=ff0000;*", 3);
    conv_end(svc, u);
}

/* Contacts have the user's names, others their own with their address; nothing is markup. */
static void test_names(void)
{
    service *svc = conv_service("joins", BOB, CAROL, DAVE, ERIN, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_contact(svc, BOB, NULL);
    service_say_name(svc, CAROL, "<b>Root</b> & bob@example.com");
    service_say_name(svc, DAVE, DAVE);
    service_say_name(svc, ERIN,
                     "one\ntwo\xe2\x80\xae"
                     "eert");
    live_settled(u);
    user_alias(u, BOB, "My friend");
    chat = begin_chat(u);
    conv_invite(u, chat, DAVE, NULL);
    conv_invite(u, chat, ERIN, NULL);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL ", " DAVE ", " ERIN);

    static const char *const names[][2] = {
        {BOB, "My friend"},
        {CAROL, "<b>Root</b> & bob@example.com (" CAROL ")"},
        {DAVE, DAVE},
        {ERIN, "one twoeert (" ERIN ")"},
        {"nobody@example.com", "nobody@example.com"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = conv_name_in(u, chat, names[i][0]);
        g_assert_cmpstr(name, ==, names[i][1]);
    }
    conv_forget(u);
    service_robot_leave(svc, BOB, FALSE);
    service_robot_leave(svc, CAROL, FALSE);
    conv_saw(u, chat,
             "* My friend left the room.\n* &lt;b&gt;Root&lt;/b&gt; &amp; bob@example.com (" CAROL
             ") left the room.");
    /* Names of people who have left are not kept. */
    g_autofree char *gone = conv_name_in(u, chat, CAROL);
    g_assert_cmpstr(gone, ==, CAROL);
    conv_end(svc, u);
}

/* Somebody whom the user does not know begins one with other strangers. */
static void test_strangers(void)
{
    service *svc = conv_service("joins", DAVE, ERIN, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    live_check(service_robot_ring(svc, DAVE, ALICE));
    live_check(service_robot_invite(svc, DAVE, ERIN));
    live_wait(service_switchboards(svc, ALICE) == 1, CONV_PATIENCE);
    live_quiet();
    /* As long as they say nothing, no window opens. */
    live_check(conv_n_windows(u) == 0);
    service_robot_say(svc, ERIN, "who are you?");
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " DAVE ", " ERIN);
    conv_saw(u, chat, "< " ERIN ": " ARIAL("who are you?"));
    conv_send(u, chat, "me");
    conv_saw(u, chat, "> " ALICE ": me");
    has_heard(svc, DAVE, 2, "me");
    has_heard(svc, ERIN, 1, "me");
    live_check(user_n_buddies(u) == 0);
    conv_end(svc, u);
}

/* --- the end of the session ------------------------------------------------------------------- */

static void test_session_ends(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *old, *chat;
    PurpleConversation *window;

    live_settled(u);
    old = begin_chat(u);
    live_offline(svc, u);
    conv_saw(u, old, ENDED);
    live_check(service_switchboards(svc, NULL) == 0);
    window = conv_window(u, old);
    live_check(window && purple_conv_chat_has_left(PURPLE_CONV_CHAT(window)));
    /* In the next session there is another one, and the old window has nothing to do with it. */
    live_settled(u);
    chat = begin_chat(u);
    live_check(strcmp(old, chat) != 0);
    service_robot_say(svc, BOB, "hello");
    conv_saw(u, chat, "< " BOB ": " ARIAL("hello"));
    live_check(purple_conv_chat_has_left(PURPLE_CONV_CHAT(window)));
    conv_close(u, old);
    live_quiet();
    live_check(service_switchboards(svc, ALICE) == 1);
    conv_end(svc, u);
}

/* --- names and titles of windows -------------------------------------------------------------- */

static void is_titled(user *u, const char *place, const char *title)
{
    live_wait(strcmp(conv_title(u, place), title) == 0, CONV_PATIENCE);
    /* Clients ask for libpurple's title when an account comes or goes, and at other times. */
    purple_conversation_autoset_title(conv_window(u, place));
    g_assert_cmpstr(conv_title(u, place), ==, title);
}

/* A chat is known by who began it, and titled by who is in it. */
static void test_titles(void)
{
    service *svc = conv_service("joins", BOB, CAROL, DAVE, NULL);
    user *u = live_user(svc);
    const char *chat, *second;

    live_contact(svc, BOB, NULL);
    live_settled(u);
    chat = begin_chat(u);
    g_assert_cmpstr(chat, ==, BOB ", " CAROL);
    is_titled(u, chat, "Bob, " THE_CAROL);
    conv_invite(u, chat, DAVE, NULL);
    is_titled(u, chat, "Bob, " THE_CAROL ", " THE_DAVE);
    service_robot_leave(svc, BOB, FALSE);
    is_titled(u, chat, THE_CAROL ", " THE_DAVE);
    service_robot_leave(svc, CAROL, FALSE);
    service_robot_leave(svc, DAVE, FALSE);
    conv_has_members(u, chat, ALICE);
    is_titled(u, chat, THE_DAVE ", …");
    conv_invite(u, chat, CAROL, NULL);
    is_titled(u, chat, THE_CAROL ", …");
    conv_forget(u);
    /* The same people have the same log, but not the same window. */
    second = begin_chat(u);
    g_assert_cmpstr(second, ==, BOB ", " CAROL " (2)");
    is_titled(u, second, "Bob, " THE_CAROL);
    conv_close(u, second);
    second = begin_chat(u);
    g_assert_cmpstr(second, ==, BOB ", " CAROL " (2)");
    conv_close(u, chat);
    live_offline(svc, u);
    conv_saw(u, second, ENDED);
    is_titled(u, second, "Bob, " THE_CAROL);
    conv_end(svc, u);
}

/* A name is not taken for another's address, or for two, nor does it hide one; long ones are cut.
 */
static void test_hostile_titles(void)
{
    static const struct {
        const char *name;
        const char *title;
    } names[] = {
        {"b\xe2\x80\xaeob", "bob (" BOB ")"},
        {CAROL, BOB},
        {"x\xef\xbc\xa0y", BOB},
        {"Carol, Dave", BOB},
        {"a name with one two three four five six seven",
         "a name with one two three four five six… (" BOB ")"},
    };
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);

    live_settled(u);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        service_say_name(svc, BOB, names[i].name);
        live_check(service_robot_ring(svc, BOB, ALICE));
        service_robot_say(svc, BOB, "hello");
        conv_saw(u, BOB, "< " ARIAL("hello"));
        is_titled(u, BOB, names[i].title);
        live_check(g_str_has_suffix(conv_stranger(), BOB ") is not on your contact list."));
        conv_close(u, BOB);
        live_wait(service_switchboards(svc, ALICE) == 0, CONV_PATIENCE);
    }
    conv_end(svc, u);
}

/* Who becomes a contact has the name of one. */
static void test_stranger_added(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_settled(u);
    live_check(service_robot_ring(svc, BOB, ALICE));
    service_robot_say(svc, BOB, "hello");
    conv_saw(u, BOB, "< " ARIAL("hello"));
    is_titled(u, BOB, THE_BOB);
    g_assert_cmpstr(conv_stranger(), ==, THE_BOB " is not on your contact list.");
    user_add(u, BOB, NULL, "Friends");
    live_quiet();
    is_titled(u, BOB, "Bob");
    conv_forget(u);
    conv_end(svc, u);
}

/* More people than a name or a title has room for. */
static void test_crowd(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    live_check(service_robot_ring(svc, BOB, ALICE));
    for (int i = 0; i < 9; i++) {
        /* In the name of a directory such signs take three places each. */
        g_autofree char *who = g_strdup_printf("%d%0*d@example.com", i, 80, 0);

        g_strdelimit(who, "0", '!');

        live_register(svc, who);
        service_robot(svc, who, "joins");
        live_check(service_robot_invite(svc, BOB, who));
    }
    service_robot_say(svc, BOB, "hello, all");
    chat = conv_new_chat(u);
    live_quiet();
    /* libpurple finds it by its normalized name. */
    g_assert_cmpstr(purple_normalize(u->account, chat), ==, chat);
    live_check(strlen(purple_escape_filename(chat)) <= 255 - strlen("%20%28256%29.chat"));
    live_check(g_utf8_strlen(conv_title(u, chat), -1) <= 80 + 3);
    live_check(g_str_has_prefix(conv_title(u, chat), THE_BOB ", "));
    live_check(g_str_has_suffix(conv_title(u, chat), ", …"));
    conv_forget(u);
    conv_end(svc, u);
}

static void add_tests(void)
{
    live_add("/chats/initiate", test_initiate, FALSE);
    live_add("/chats/command", test_command, TRUE);
    live_add("/chats/command-refused", test_command_refused, FALSE);
    live_add("/chats/menu", test_menu, FALSE);
    live_add("/chats/third", test_third, FALSE);
    live_add("/chats/called-into", test_called_into, FALSE);
    live_add("/chats/not-shown", test_not_shown, FALSE);
    for (guint i = 0; i < (conv_is_slow() ? 1 : G_N_ELEMENTS(manners)); i++) {
        g_autofree char *path = g_strdup_printf("/chats/real/%s", manners[i]);
        live_add_data(path, manners[i], test_real, FALSE);
    }
    live_add("/chats/several", test_several, FALSE);
    live_add("/chats/left", test_left, FALSE);
    live_add("/chats/too-many", test_too_many, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *path = g_strdup_printf("/chats/refused/%s", refusals[i].name);
        live_add_data(path, GUINT_TO_POINTER(i), test_refused, FALSE);
    }
    live_add("/chats/twice", test_twice, FALSE);
    live_add("/chats/nobody-comes", test_nobody_comes, FALSE);
    live_add("/chats/idle", test_idle, FALSE);
    live_add("/chats/gathered", test_gathered, FALSE);
    live_add("/chats/idle-switchboard", test_idle_switchboard, FALSE);
    live_add("/chats/broken", test_broken, TRUE);
    live_add("/chats/void", test_void, FALSE);
    live_add("/chats/called-back", test_called_back, FALSE);
    live_add("/chats/other-messages", test_other_messages, FALSE);
    live_add("/chats/names", test_names, FALSE);
    live_add("/chats/strangers", test_strangers, FALSE);
    live_add("/chats/session-ends", test_session_ends, FALSE);
    live_add("/chats/titles", test_titles, FALSE);
    live_add("/chats/hostile-titles", test_hostile_titles, FALSE);
    live_add("/chats/stranger-added", test_stranger_added, FALSE);
    live_add("/chats/crowd", test_crowd, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
