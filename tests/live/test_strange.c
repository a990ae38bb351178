/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What others can send: messages of every kind and of none, people who are not welcome, and more
 * than anybody can read.
 */
#include "conv_helpers.h"
#include "fast_clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PLAIN   "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n"
#define TYPE(t) "MIME-Version: 1.0\r\nContent-Type: " t "\r\n\r\n"
#define LOOK(f)                                                                                    \
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: " f "\r\n\r" \
    "\n"
/* A payload that can have NULs in it. */
#define BYTES(text) (text), sizeof(text) - 1

#define INVITE "text/x-msmsgsinvite"

/* ALICE, who is in a switchboard with BOB, and has a window with him. */
static user *begin_talk(service *svc)
{
    user *u = live_user(svc);

    live_settled(u);
    conv_open(u, BOB);
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_wait(service_switchboards(svc, ALICE) == 1, CONV_PATIENCE);
    live_quiet();
    return u;
}

/* Whatever came: he is still heard, and heard. */
static void check_still_there(service *svc, user *u)
{
    guint before = service_robot_heard(svc, BOB, "text/plain");

    live_check(service_robot_say(svc, BOB, "that was all"));
    conv_saw(u, BOB, "< " ARIAL("that was all"));
    conv_send(u, BOB, "good");
    conv_saw(u, BOB, "> good");
    live_wait(service_robot_heard(svc, BOB, "text/plain") == before + 1, CONV_PATIENCE);
}

/* --- texts ------------------------------------------------------------------------------------ */

static const struct {
    const char *payload;
    gssize length;
    const char *shown;
} texts[] = {
    {BYTES(PLAIN "<b>x</b> &amp; <script>\"'"),
     "&lt;b&gt;x&lt;/b&gt; &amp;amp; &lt;script&gt;&quot;'"},
    {BYTES(PLAIN "<a href=\"javascript:x\">y</a><img src='z'>"),
     "&lt;a href=&quot;javascript:x&quot;&gt;y&lt;/a&gt;&lt;img src='z'&gt;"},
    {BYTES(PLAIN "/me waves %s %n \\"), "/me waves %s %n \\"},
    {BYTES(PLAIN "one\r\ntwo\nthree\rfour\r\n\r\n"), "one<br>two<br>three<br>four<br><br>"},
    {BYTES(PLAIN "a\x01\x07"
                 "b\x1b[31m\tc\x7f"),
     "ab[31m\tc"},
    {BYTES(PLAIN "a\0b\0"), "ab"},
    {BYTES(PLAIN "exe.\xe2\x80\xaegpj\xe2\x80\xac \xe2\x81\xa6x\xe2\x81\xa9"), "exe.gpj x"},
    {BYTES(PLAIN "a\xff"
                 "b\xc3(\xed\xa0\x80)"),
     "a\xef\xbf\xbd"
     "b\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd)"},
    {BYTES(PLAIN "\xef\xbf\xbf\xef\xbf\xbe"), "\xef\xbf\xbd\xef\xbf\xbd"},
    {BYTES(PLAIN " "), " "},
    {BYTES(PLAIN "MSG x y 5\r\nhello"), "MSG x y 5<br>hello"},
    /* headers */
    {BYTES("content-type:TEXT/PLAIN;CHARSET=utf-8\nx-mms-im-format:EF=B\n\nlenient"),
     "<b>lenient</b>"},
    {BYTES("Content-Type: text/plain\r\n\r\nno charset \xc3\xa4"), "no charset \xc3\xa4"},
    {BYTES("Content-Type: text/plain\r\nContent-Type: text/x-clientcaps\r\n\r\ndoubled"),
     "doubled"},
    {BYTES("Content-Type: text/plain\r\nno colon here\r\n: x\r\n\r\nbroken"), "broken"},
    {BYTES("Content-Type:\r\n text/plain;\r\n\tcharset=UTF-8\r\n\r\nfolded"), "folded"},
    {BYTES("P4-Context: Somebody else\r\nContent-Type: text/plain\r\n\r\nnot me"),
     "&lt;Somebody else&gt; not me"},
    /* charsets */
    {BYTES(TYPE("text/plain; charset=ISO-8859-1") "\xe4\xf6\xfc"), "\xc3\xa4\xc3\xb6\xc3\xbc"},
    {BYTES(TYPE("text/plain; charset=\"windows-1252\"") "\x80 10"), "\xe2\x82\xac 10"},
    {BYTES(TYPE("text/plain; charset=KOI8-R") "\xf0\xd2"), "\xd0\x9f\xd1\x80"},
    {BYTES(TYPE("text/plain; charset=UTF-16LE") "h\0i\0"), "hi"},
    {BYTES(TYPE("text/plain; charset=x-nonsense") "\xc3\xa4 \xe4"), "\xc3\xa4 \xef\xbf\xbd"},
    {BYTES(TYPE("text/plain; charset=UTF-8//TRANSLIT") "a"), "a"},
    {BYTES(TYPE("text/plain; charset=UTF-7") "+ADw-b+AD4-"), "+ADw-b+AD4-"},
    /* looks */
    {BYTES(LOOK("FN=%22%3E%3Cimg%20src=x%3E; EF=BZ<; CO=ff; CS=0; PF=22") "x"),
     "<font face=\"&quot;&gt;&lt;img src=x&gt;\" color=\"#ff0000\"><b>x</b></font>"},
    {BYTES(LOOK("FN=a; EF=; CO=red\"><b>; CS=0") "x"), "<font face=\"a\">x</font>"},
    {BYTES(LOOK("FN=%ff%00%0a; CO=fffffffff; RL=1") "x"), NULL},
    {BYTES(LOOK("") "x"), "x"},
    {BYTES(LOOK("CO=0; EF=BISU; FN=") "x"), "<b><i><u><s>x</s></u></i></b>"},
};

static void test_texts(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = begin_talk(svc);

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        live_check(service_robot_send(svc, BOB, texts[i].payload, texts[i].length));
        if (texts[i].shown) {
            conv_saw(u, BOB, "< %s", texts[i].shown);
            continue;
        }
        live_wait(*conv_unread(u, BOB), CONV_PATIENCE);
        live_check(strstr(conv_unread(u, BOB), "x"));
        conv_forget(u);
    }
    check_still_there(svc, u);
    conv_end(svc, u);
}

/* --- what is not shown ------------------------------------------------------------------------ */

static const struct {
    const char *payload;
    gssize length;
} nothings[] = {
    {BYTES("")},
    {BYTES("\r\n")},
    {BYTES("\r\n\r\nno header at all")},
    {BYTES("no header at all")},
    {BYTES("MIME-Version: 1.0\r\n\r\nno type")},
    {BYTES("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nno end")},
    {BYTES("Content-Type:\r\n\r\nempty type")},
    {BYTES(PLAIN "")},
    {BYTES(PLAIN "\x01\0\x02")},
    {BYTES(TYPE("text/x-clientcaps") "Client-Name: x\r\n")},
    {BYTES(TYPE("text/x-clientinfo") "x")},
    {BYTES(TYPE("text/x-mms-emoticon") ":) x")},
    {BYTES(TYPE("text/x-mms-animemoticon") ":) x")},
    {BYTES(TYPE("text/x-msnmsgr-datacast") "ID: 4\r\nData: \r\n\r\n")},
    {BYTES(TYPE("text/x-msnmsgr-datacast") "ID: 11\r\n\r\n")},
    {BYTES(TYPE("text/x-msnmsgr-datacast") "")},
    {BYTES(TYPE("text/html") "<b>x</b>")},
    {BYTES(TYPE("text/plainer") "x")},
    {BYTES(TYPE("text/x-ping") "x")},
    {BYTES(TYPE("text/x-keepalive") "")},
    {BYTES(TYPE("image/png") "x")},
    {BYTES(TYPE("application/x-msnmsgrp2p") "\0\0\0\0INVITE MSNMSGR:x MSNSLP/1.0\r\n")},
    {BYTES(TYPE("\x01\x02\xff") "x")},
    /* of which nothing can be done */
    {BYTES(TYPE(INVITE) "Invitation-Command: CANCEL\r\nInvitation-Cookie: 1\r\n\r\n")},
    {BYTES(TYPE(INVITE) "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 1\r\n\r\n")},
    {BYTES(TYPE(INVITE) "Invitation-Command: INVITE\r\nApplication-Name: no cookie\r\n\r\n")},
    {BYTES(TYPE(INVITE) "Invitation-Command: INVITE\r\nInvitation-Cookie: -1\r\n\r\n")},
    {BYTES(TYPE(INVITE) "Invitation-Command: INVITE\r\nInvitation-Cookie: 4294967296\r\n\r\n")},
    {BYTES(TYPE(INVITE) "Invitation-Command: JUMP\r\nInvitation-Cookie: 1\r\n\r\n")},
    {BYTES(TYPE(INVITE) "")},
};

/* No window, no answer, no noise; but the switchboard stays. */
static void test_nothings(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = begin_talk(svc);

    conv_close(u, BOB);
    live_wait(service_switchboards(svc, ALICE) == 0, CONV_PATIENCE);
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_wait(service_switchboards(svc, ALICE) == 1, CONV_PATIENCE);
    for (guint i = 0; i < G_N_ELEMENTS(nothings); i++)
        live_check(service_robot_send(svc, BOB, nothings[i].payload, nothings[i].length));
    live_quiet();
    live_check(conv_n_windows(u) == 0);
    live_check(conv_typing_told() == 0);
    live_check_count(svc, "SB >>> MSG *", 0);
    check_still_there(svc, u);
    live_check_count(svc, "NS >>> XFR *", 0);
    conv_end(svc, u);
}

/* --- invitations ------------------------------------------------------------------------------ */

#define FILE_HEAD                                                  \
    TYPE(INVITE "; charset=UTF-8")                                 \
    "Application-Name: File Transfer\r\n"                          \
    "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n" \
    "Invitation-Command: INVITE\r\n"

#define NO_INVITATIONS "The invitation was declined because it is not supported."

static const struct {
    const char *payload;
    const char *shown;
    const char *cookie;
    const char *code;
} invitations[] = {
    /* Files of no size, or of one that cannot be: nobody need be asked. */
    {FILE_HEAD "Invitation-Cookie: 4294967295\r\nApplication-File: x"
               "\r\nApplication-FileSize: 18446744073709551616\r\n\r\n",
     NULL, "4294967295", "REJECT"},
    {FILE_HEAD "Invitation-Cookie: 0\r\n\r\n", NULL, "0", "REJECT"},
    {TYPE(INVITE) "Application-Name: Net<b>Meeting\r\nApplication-GUID: {x}\r\n"
                  "Invitation-Command: INVITE\r\nInvitation-Cookie: 7\r\n\r\n",
     "Bob (" BOB ") sent you an invitation to &quot;Net&lt;b&gt;Meeting&quot;. " NO_INVITATIONS,
     "7", "REJECT_NOT_INSTALLED"},
    {TYPE(INVITE) "Invitation-Command: INVITE\r\nInvitation-Cookie: 8\r\n\r\n",
     "Bob (" BOB ") sent you an invitation without a name. " NO_INVITATIONS, "8",
     "REJECT_NOT_INSTALLED"},
};

static void test_invitations(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = begin_talk(svc);

    for (guint i = 0; i < G_N_ELEMENTS(invitations); i++) {
        g_autofree char *answer =
            g_strdup_printf("Invitation-Command: CANCEL\r\nInvitation-Cookie: %s\r\n"
                            "Cancel-Code: %s\r\n\r\n",
                            invitations[i].cookie, invitations[i].code);

        live_check(service_robot_send(svc, BOB, invitations[i].payload, -1));
        if (invitations[i].shown)
            conv_saw(u, BOB, "<* %s", invitations[i].shown);
        live_wait(service_robot_heard(svc, BOB, INVITE) == i + 1, CONV_PATIENCE);
        g_assert_cmpstr(service_robot_last(svc, BOB, INVITE), ==, answer);
    }
    check_still_there(svc, u);
    conv_end(svc, u);
}

/* --- what newer clients send ------------------------------------------------------------------ */

static const struct {
    const char *name;
    const char *shown;
} extras[] = {
    {"wink", " sent a wink, which this client cannot show."},
    {"voice-clip", " sent a voice clip, which this client cannot play."},
    {"ink", " sent a handwritten message, which this client cannot show."},
};

#define WEBCAM " wants to show you a webcam, which this client does not support."

/* It is named, once for a time; what can be shown is shown, in a chat as well. */
static void test_extras(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = begin_talk(svc);

    for (guint i = 0; i < G_N_ELEMENTS(extras); i++) {
        for (guint k = 0; k < 3; k++)
            live_check(service_robot_extra(svc, BOB, extras[i].name));
        conv_saw(u, BOB, "<* Bob (" BOB ")%s", extras[i].shown);
    }
    for (guint k = 0; k < 3; k++)
        live_check(service_robot_p2p(svc, BOB, ALICE, "webcam"));
    conv_saw(u, BOB, "<* Bob (" BOB ")" WEBCAM);
    for (guint i = 0; i < 5; i++)
        live_check(service_robot_extra(svc, BOB, "nudge"));
    live_check(service_robot_act(svc, BOB, "waves <b>"));
    live_check(service_robot_say_as(svc, BOB, "Dave", "hello"));
    conv_saw(u, BOB,
             "<*+ You have been nudged!\n< /me waves &lt;b&gt;\n< " ARIAL("&lt;Dave&gt; hello"));
    live_check(service_robot_invite(svc, BOB, CAROL));
    const char *chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    conv_forget(u);
    live_check(service_robot_extra(svc, CAROL, "wink"));
    live_check(service_robot_act(svc, CAROL, "waves"));
    live_check(service_robot_say_as(svc, CAROL, "Dave", "hello"));
    conv_saw(u, chat,
             "<* " CAROL ": Carol (" CAROL ")%s\n< " CAROL ": /me waves\n< " CAROL
             ": " ARIAL("&lt;Dave&gt; hello"),
             extras[0].shown);
    conv_end(svc, u);
}

#define MISSING "Parts of the message above did not arrive. They are marked with […]."

/* A long text is one message; of one that is not complete, what has come is shown in any case. */
static void test_parts(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = begin_talk(svc);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < 1000; i++)
        g_string_append(text, "\xe2\x82\xac"
                              "uro ");
    live_check(service_robot_say(svc, BOB, text->str));
    live_check_count(svc, "SB <<< MSG *", 5);
    conv_saw(u, BOB, "< " ARIAL("%s"), text->str);
    live_check(service_robot_part(svc, BOB, "1", 0, 3, "one "));
    live_check(service_robot_part(svc, BOB, "1", 2, 3, " three"));
    service_robot_say(svc, BOB, "next");
    live_wait(*conv_unread(u, BOB), 2 * CONV_PATIENCE);
    conv_saw(u, BOB, "< " ARIAL("one […] three") "\n<* " MISSING "\n< " ARIAL("next"));
    /* The window that is being closed opens again. */
    live_check(service_robot_part(svc, BOB, "2", 0, 2, "closed"));
    live_quiet();
    conv_close(u, BOB);
    conv_saw(u, BOB, "< " ARIAL("closed[…]") "\n<* " MISSING);
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_wait(service_switchboards(svc, ALICE) == 1, CONV_PATIENCE);
    live_check(service_robot_invite(svc, BOB, CAROL));
    live_wait(service_switchboards(svc, CAROL) == 1, CONV_PATIENCE);
    live_check(service_robot_part(svc, CAROL, "3", 0, 2, "in a "));
    live_check(service_robot_part(svc, BOB, "3", 0, 2, "never "));
    live_check(service_robot_part(svc, CAROL, "3", 1, 2, "chat"));
    const char *chat = conv_new_chat(u);
    conv_saw(u, chat, "< " CAROL ": " ARIAL("in a chat"));
    live_check(service_robot_leave(svc, BOB, FALSE));
    conv_saw(u, chat,
             "< " BOB ": " ARIAL("never […]") "\n<* " BOB ": " MISSING "\n* Bob (" BOB
                                              ") left the room.");
    live_check(service_robot_part(svc, CAROL, "4", 0, 2, "the end"));
    live_quiet();
    user_sign_out(u);
    conv_saw(u, chat,
             "< " CAROL
             ": " ARIAL("the end[…]") "\n<* " CAROL ": " MISSING
                                      "\n* You left the chat because the connection was closed.");
    g_string_free(text, TRUE);
    conv_end(svc, u);
}

/* --- lines that lie --------------------------------------------------------------------------- */

static const struct {
    const char *bytes;
    gboolean ends; /* is it the end of the switchboard? */
} lies[] = {
    {"MSG " BOB " Bob 5\r\nhello and what follows\r\n", TRUE},
    {"MSG nobody Bob 3\r\nabcMSG @ Bob 3\r\nabc", FALSE},
    {"MSG " BOB " Bob 0\r\n", FALSE},
    {"JOI " BOB " Bob\r\nJOI " ALICE " Alice\r\nBYE " ALICE "\r\nBYE nobody\r\n", FALSE},
    {"ACK 4711\r\nNAK 4711\r\n217 4711\r\nCAL 1 RINGING x\r\nUSR 1 OK a b\r\nIRO 1 1 1 x@y.z x\r\n",
     FALSE},
    {"MSG " BOB " Bob -1\r\n", TRUE},
    {"MSG " BOB " Bob 99999999999\r\n", TRUE},
    {"MSG " BOB " Bob 1e3\r\n", TRUE},
};

static void test_lies(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    service *svc = conv_service("joins", BOB, NULL);
    user *u = begin_talk(svc);

    live_check(service_send_switchboards(svc, ALICE, lies[i].bytes, -1) == 1);
    if (lies[i].ends)
        live_wait(service_connections(svc, SERVICE_SWITCHBOARD) == 0, CONV_PATIENCE);
    live_quiet();
    live_check(!*conv_unread(u, BOB));
    live_check(u->online);
    conv_send(u, BOB, "next");
    conv_saw(u, BOB, "> next");
    live_wait(service_robot_heard(svc, BOB, "text/plain") == 1, CONV_PATIENCE);
    live_check_count(svc, "NS >>> XFR *", lies[i].ends ? 1 : 0);
    live_check(conv_n_windows(u) == 1);
    conv_end(svc, u);
}

/* --- who is not welcome ----------------------------------------------------------------------- */

/* Nobody of these people is heard; the service rings for them all the same. */
static void ring_unheard(service *svc, user *u, const char *who)
{
    guint rings = service_count(svc, "NS <<< RNG *");

    live_check(service_robot_ring(svc, who, ALICE));
    service_robot_say(svc, who, "let me in");
    live_wait(service_count(svc, "NS <<< RNG *") == rings + 1, CONV_PATIENCE);
    live_quiet();
    live_check(service_switchboards(svc, ALICE) == 0);
    live_check(conv_n_windows(u) == 0);
}

static void ring_heard(service *svc, user *u, const char *who)
{
    live_check(service_robot_ring(svc, who, ALICE));
    service_robot_say(svc, who, "hello");
    conv_saw(u, who, "< " ARIAL("hello"));
    conv_close(u, who);
    live_wait(service_switchboards(svc, ALICE) == 0, CONV_PATIENCE);
}

#define BLOCKED "You have blocked " BOB ". "
#define UNBLOCK "To unblock this person, type /unblock."

static void test_privacy(gconstpointer data)
{
    gboolean strangers = data != NULL; /* may they write? */
    service *svc = conv_service("joins", BOB, CAROL, DAVE, NULL);
    user *u = live_user(svc);

    live_contact(svc, BOB, NULL);
    service_put(svc, ALICE, CAROL, SERVICE_BL, NULL, NULL);
    service_set_privacy(svc, ALICE, "BLP", strangers ? "AL" : "BL");
    live_settled(u);
    ring_heard(svc, u, BOB);
    ring_unheard(svc, u, CAROL);
    if (strangers)
        ring_heard(svc, u, DAVE);
    else
        ring_unheard(svc, u, DAVE);
    live_check_count(svc, "SB open", strangers ? 2 : 1);
    if (!strangers) {
        conv_send(u, DAVE, "hello");
        conv_saw(u, DAVE,
                 "* Only people on your allow list can send you messages, and " DAVE
                 " is not on it. You will not see the answers. " UNBLOCK "\n> hello");
    }
    conv_end(svc, u);
}

/* Blocked in the middle of a conversation, which that ends. */
static void test_blocked_meanwhile(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = begin_talk(svc);

    service_robot_say(svc, BOB, "one");
    conv_saw(u, BOB, "< " ARIAL("one"));
    user_toggle_block(u, BOB);
    service_robot_say(svc, BOB, "two");
    service_robot_send(svc, BOB, TYPE("text/x-msnmsgr-datacast") "ID: 1\r\n\r\n", -1);
    service_robot_send(svc, BOB, TYPE("text/x-msmsgscontrol") "\r\n", -1);
    live_quiet();
    /* Both were said before the others learned of it, and that is told once. */
    conv_saw(u, BOB, "* " BLOCKED "A message from this person was not shown. " UNBLOCK);
    live_check(conv_typing_told() == 0);
    live_check(service_switchboards(svc, ALICE) == 0);
    conv_send(u, BOB, "do not answer");
    conv_saw(u, BOB, "* " BLOCKED "You will not see the answers. " UNBLOCK "\n> do not answer");
    conv_send(u, BOB, "not at all");
    conv_saw(u, BOB, "> not at all");
    live_check(conv_command(u, BOB, "unblock") == PURPLE_CMD_STATUS_OK);
    conv_saw(u, BOB, "* You have unblocked " BOB ".");
    live_check(conv_command(u, BOB, "unblock") == PURPLE_CMD_STATUS_FAILED);
    g_assert_cmpstr(conv_complaint(), ==, BOB " is not blocked.");
    live_quiet();
    service_robot_say(svc, BOB, "three");
    conv_saw(u, BOB, "< " ARIAL("three"));
    /* As before, but with the menu; no window opens. */
    user_toggle_block(u, BOB);
    live_quiet();
    conv_close(u, BOB);
    ring_unheard(svc, u, BOB);
    user_toggle_block(u, BOB);
    live_quiet();
    ring_heard(svc, u, BOB);
    conv_end(svc, u);
}

/* Who rings again and again and says nothing has a few switchboards, and no window. */
static void test_rings(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);

    live_settled(u);
    ring_heard(svc, u, CAROL);
    live_check(service_robot_ring(svc, CAROL, ALICE));
    for (int i = 0; i < 20; i++)
        live_check(service_robot_ring(svc, BOB, ALICE));
    live_wait(service_count(svc, "NS <<< RNG *") == 22, CONV_PATIENCE);
    live_quiet();
    live_check(service_switchboards(svc, ALICE) == 4 + 1);
    live_check(conv_n_windows(u) == 0);
    service_robot_say(svc, CAROL, "I rang once");
    service_robot_say(svc, BOB, "here I am");
    conv_saw(u, CAROL, "< " ARIAL("I rang once"));
    conv_saw(u, BOB, "< " ARIAL("here I am"));
    conv_end(svc, u);
}

/* --- too much --------------------------------------------------------------------------------- */

#define FLOOD (conv_is_slow() ? 500u : 5000u)

/* Of this thread: how long others kept the processor does not count. */
static gint64 processor_time(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return ts.tv_sec * (gint64)G_USEC_PER_SEC + ts.tv_nsec / 1000;
}

static struct {
    gint64 last;
    gint64 longest; /* pause between two turns of another timer */
} pulse;

static gboolean on_pulse(gpointer data G_GNUC_UNUSED)
{
    gint64 now = processor_time();

    pulse.longest = MAX(pulse.longest, now - pulse.last);
    pulse.last = now;
    return G_SOURCE_CONTINUE;
}

static void flood(service *svc)
{
    for (guint i = 0; i < FLOOD; i++) {
        char text[32];

        snprintf(text, sizeof text, "number %u", i);
        live_check(service_robot_say(svc, BOB, text));
    }
}

/* Each is shown, in order, while everything else goes on. */
static void test_flood(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = begin_talk(svc);
    GString *all = g_string_new(NULL);
    guint timer;

    for (guint i = 0; i < FLOOD; i++)
        g_string_append_printf(all, "%s< " ARIAL("number %u"), i > 0 ? "\n" : "", i);
    flood(svc);
    client_forget_turns();
    pulse.last = processor_time();
    pulse.longest = 0;
    timer = g_timeout_add(5, on_pulse, NULL);
    live_wait(strlen(conv_unread(u, BOB)) >= all->len, 60);
    g_source_remove(timer);
    live_check(strcmp(conv_unread(u, BOB), all->str) == 0);
    conv_forget(u);
    g_test_message("longest turn %.0f ms, longest pause %.0f ms", client_longest_turn() * 1e3,
                   (double)pulse.longest / 1e3);
    live_check(client_longest_turn() < 0.05 * client_scale());
    live_check((double)pulse.longest / G_USEC_PER_SEC < 0.2 * client_scale());
    check_still_there(svc, u);
    g_string_free(all, TRUE);
    conv_end(svc, u);
}

static guint n_shown;
static guint carols_place;

/* A client that takes a millisecond to show a message. */
static void show_slowly(PurpleAccount *account G_GNUC_UNUSED, const char *who,
                        const char *text G_GNUC_UNUSED, PurpleConversation *conv G_GNUC_UNUSED,
                        PurpleMessageFlags flags G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    gint64 until = g_get_monotonic_time() + 1000;

    n_shown++;
    if (strcmp(who, CAROL) == 0)
        carols_place = n_shown;
    while (g_get_monotonic_time() < until)
        ;
}

static void be_slow(void)
{
    n_shown = carols_place = 0;
    purple_signal_connect(purple_conversations_get_handle(), "received-im-msg", &n_shown,
                          PURPLE_CALLBACK(show_slowly), NULL);
}

/* Who says a word while somebody else says thousands is heard soon. */
static void test_fair(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = begin_talk(svc);
    guint then;

    live_check(service_robot_ring(svc, CAROL, ALICE));
    service_robot_say(svc, CAROL, "one");
    conv_saw(u, CAROL, "< " ARIAL("one"));
    be_slow();
    flood(svc);
    live_wait(n_shown >= 100, 20);
    then = n_shown;
    service_robot_say(svc, CAROL, "two");
    live_wait(carols_place > 0, 60);
    g_test_message("at %u, and shown as %u", then, carols_place);
    live_check(carols_place < then + 150);
    purple_signals_disconnect_by_handle(&n_shown);
    conv_saw(u, CAROL, "< " ARIAL("two"));
    live_wait(strstr(conv_unread(u, BOB), "number 499"), 60);
    user_sign_out(u);
    conv_forget(u);
    conv_end(svc, u);
}

/* --- a switchboard of our own ----------------------------------------------------------------- */

#define ENDLESS_BYTES (24 * 1000 * 1000)
#define KERNEL_BYTES  (12 * 1000 * 1000) /* more than a connection holds on its way */

static struct {
    int fd;
    gsize written;
} endless;

/* Reads a line, and forgets it. */
static void take_line(int fd)
{
    char c = 0;

    while (c != '\n' && recv(fd, &c, 1, 0) == 1)
        ;
}

static gpointer conv_endlessly(gpointer data)
{
    static const char welcome[] = "IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\n";
    g_autofree char *text = g_strnfill(1500, 'x');
    g_autofree char *message =
        g_strdup_printf("MSG " BOB " Bob %zu\r\n" PLAIN "%s", strlen(PLAIN) + 1500, text);
    gboolean heard;

    endless.fd = accept(GPOINTER_TO_INT(data), NULL, NULL);
    take_line(endless.fd);
    heard = send(endless.fd, welcome, strlen(welcome), MSG_NOSIGNAL) > 0;
    while (heard && g_atomic_pointer_get(&endless.written) < ENDLESS_BYTES) {
        ssize_t n = send(endless.fd, message, strlen(message), MSG_NOSIGNAL);
        heard = n == (ssize_t)strlen(message);
        g_atomic_pointer_add(&endless.written, heard ? n : 0);
    }
    close(endless.fd);
    return NULL;
}

/* What is not shown yet is not read yet: who says too much has to wait, and memory does not grow.
 */
static void test_endless(void)
{
    fast_clock_set(FALSE);
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    int port = 0;
    int listener = live_mute_listener(&port);
    GThread *thread = g_thread_new("endless", conv_endlessly, GINT_TO_POINTER(listener));
    g_autofree char *ring =
        g_strdup_printf("RNG 4711 127.0.0.1:%d CKI 12.34.56 " BOB " Bob\r\n", port);

    endless.written = 0;
    live_settled(u);
    be_slow();
    live_check(service_send(svc, ALICE, ring, -1) == 1);
    live_wait(n_shown >= 500, 60);
    g_test_message("%u shown of %zu kB", n_shown, g_atomic_pointer_get(&endless.written) / 1000);
    live_check(g_atomic_pointer_get(&endless.written) < KERNEL_BYTES);
    purple_signals_disconnect_by_handle(&n_shown);
    user_sign_out(u);
    g_thread_join(thread);
    close(listener);
    conv_forget(u);
    conv_end(svc, u);
    fast_clock_set(TRUE);
}

/* The user signs out in the middle of it. */
static void test_flood_left(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = begin_talk(svc);
    g_autofree char *last = g_strdup_printf("number %u", FLOOD - 1);

    flood(svc);
    live_wait(strstr(conv_unread(u, BOB), "number 50"), 20);
    live_check(!strstr(conv_unread(u, BOB), last));
    user_sign_out(u);
    live_check(user_is_offline(u));
    live_check(client_plugin_timers() == 0);
    live_check(client_plugin_watches() == 0);
    live_check(!u->error);
    conv_forget(u);
    live_settled(u);
    ring_heard(svc, u, BOB);
    conv_end(svc, u);
}

/* The service ends the session in the middle of it: what has come until then appears, in order. */
static void test_flood_ended(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = begin_talk(svc);
    GString *all = g_string_new(NULL);
    guint at_the_end;

    be_slow();
    flood(svc);
    live_wait(n_shown >= 100, 20);
    live_check(service_kick(svc, ALICE) == 1);
    live_wait(u->error, 20);
    at_the_end = n_shown;
    live_wait(user_is_offline(u), 20);
    live_check(u->n_errors == 1);
    g_test_message("%u shown before the error, %u after it", at_the_end, n_shown - at_the_end);
    for (guint i = 0; i < n_shown; i++)
        g_string_append_printf(all, "%s< " ARIAL("number %u"), i > 0 ? "\n" : "", i);
    live_check(strcmp(conv_unread(u, BOB), all->str) == 0);
    live_check(client_plugin_timers() == 0);
    live_check(client_plugin_watches() == 0);
    purple_signals_disconnect_by_handle(&n_shown);
    g_string_free(all, TRUE);
    conv_forget(u);
    conv_end(svc, u);
}

/* Many people at the same time. */
static void test_crowd(void)
{
    service *svc = conv_service("joins", NULL);
    user *u = live_user(svc);

    live_settled(u);
    for (guint i = 0; i < 60; i++) {
        g_autofree char *who = g_strdup_printf("person%u@example.com", i);

        service_robot(svc, who, "joins");
        live_check(service_robot_ring(svc, who, ALICE));
        for (guint k = 0; k < 5; k++)
            service_robot_say(svc, who, who);
    }
    for (guint i = 0; i < 60; i++) {
        g_autofree char *who = g_strdup_printf("person%u@example.com", i);

        conv_saw(u, who,
                 "< " ARIAL("%s") "\n< " ARIAL("%s") "\n< " ARIAL("%s") "\n< " ARIAL(
                     "%s") "\n< " ARIAL("%s"),
                 who, who, who, who, who);
    }
    live_check(conv_n_windows(u) == 60);
    live_check(service_switchboards(svc, ALICE) == 60);
    conv_end(svc, u);
}

/* --- secrets ---------------------------------------------------------------------------------- */

#define WORD "x" LIVE_SECRET "x" /* for which live_end() looks */

static void check_cookies(service *svc)
{
    g_autofree char *transcript = service_transcript(svc);
    g_auto(GStrv) entries = g_strsplit(transcript, "\n", -1);
    guint n = 0;

    for (guint i = 0; entries[i]; i++) {
        const char *at = strstr(entries[i], " CKI ");

        if (at) {
            g_autofree char *cookie = g_strndup(at + 5, strcspn(at + 5, " "));
            live_check(!client_debug_has(cookie));
            n++;
        }
    }
    live_check(n >= 4);
}

/* Whatever goes wrong: texts, names and cookies stand in no log. */
static void test_log(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);

    service_say_name(svc, BOB, "Bob " WORD);
    service_say_name(svc, CAROL, "Carol " WORD);
    live_settled(u);
    conv_send(u, BOB, "sent " WORD);
    live_wait(service_robot_heard(svc, BOB, "text/plain") == 1, CONV_PATIENCE);
    service_robot_say(svc, BOB, "said " WORD);
    service_robot_send(svc, BOB, TYPE("text/x-" WORD) WORD, -1);
    service_robot_send(svc, BOB, LOOK("FN=" WORD) WORD, -1);
    service_robot_send(svc, BOB,
                       FILE_HEAD "Invitation-Cookie: 1\r\nApplication-File: " WORD "\r\n\r\n", -1);
    live_check(conv_command(u, BOB, "invite " CAROL) == PURPLE_CMD_STATUS_OK);
    const char *chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    conv_send(u, chat, "to all " WORD);
    service_robot_say(svc, CAROL, "in the chat " WORD);
    service_robot_leave(svc, CAROL, FALSE);
    live_check(service_robot_ring(svc, CAROL, ALICE));
    live_wait(service_switchboards(svc, ALICE) == 2, CONV_PATIENCE);
    live_set(svc, "sb-nak-every=1");
    conv_send(u, BOB, "refused " WORD);
    live_wait(strstr(conv_unread(u, BOB), "! The service reported"), CONV_PATIENCE);
    live_set(svc, "sb-usr.reply=911 {trid}\\r\\n");
    conv_send(u, DAVE, "nowhere " WORD);
    live_wait(strstr(conv_unread(u, DAVE), "! The service rejected"), CONV_PATIENCE);
    service_send_switchboards(svc, ALICE, "MSG " BOB " " WORD " 20\r\n" WORD, -1);
    live_quiet();
    check_cookies(svc);
    conv_forget(u);
    live_check(service_robot_leave(svc, CAROL, FALSE));
    live_check(client_debug_has("switchboard <<< MSG " BOB));
    conv_end(svc, u);
}

/* Files are offered and withdrawn again and again, to a user who has no window. */
static void test_offers_withdrawn(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    g_autoptr(GBytes) content = g_bytes_new_static("x", 1);

    live_settled(u);
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_quiet();
    for (guint i = 0; i < 10; i++) {
        live_check(service_robot_offer(svc, BOB, ALICE, "x.txt", content));
        live_check(service_robot_withdraw(svc, BOB, "TIMEOUT"));
    }
    live_quiet();
    live_check(client_dialogs()->len > 10 && live_open_dialogs(DIALOG_QUESTION) == 0);
    g_assert_cmpuint(live_open_dialogs(DIALOG_MESSAGE), ==, 4);
    client_forget_dialogs();
    live_check(service_robot_leave(svc, BOB, FALSE));
    conv_end(svc, u);
}

static void add_tests(void)
{
    live_add("/strange/texts", test_texts, TRUE);
    live_add("/strange/nothings", test_nothings, FALSE);
    live_add("/strange/invitations", test_invitations, FALSE);
    live_add("/strange/extras", test_extras, FALSE);
    live_add("/strange/parts", test_parts, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autofree char *path = g_strdup_printf("/strange/lies/%u", i);
        live_add_data(path, GUINT_TO_POINTER(i), test_lies, FALSE);
    }
    live_add_data("/strange/privacy/all", "", test_privacy, FALSE);
    live_add_data("/strange/privacy/list", NULL, test_privacy, FALSE);
    live_add("/strange/blocked-meanwhile", test_blocked_meanwhile, FALSE);
    live_add("/strange/rings", test_rings, FALSE);
    live_add("/strange/flood", test_flood, FALSE);
    live_add("/strange/flood-left", test_flood_left, FALSE);
    live_add("/strange/flood-ended", test_flood_ended, FALSE);
    live_add("/strange/fair", test_fair, FALSE);
    live_add("/strange/endless", test_endless, FALSE);
    live_add("/strange/crowd", test_crowd, FALSE);
    live_add("/strange/offers-withdrawn", test_offers_withdrawn, FALSE);
    live_add("/strange/log", test_log, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
