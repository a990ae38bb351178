/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mobile phones: who has one, messages to them and from them, and servers that know nothing of it.
 */
#include "conv_helpers.h"

#include <string.h>

#define SENT(text)   "> To the mobile phone: " text
#define PASSED       "* Your message was sent to the mobile phone of Bob."
#define TO_BOB       "mobile phone of Bob"
#define NOT_SENT     "This message was not sent to the mobile phone:<br>"
#define NOT_SURE     "This message may not have reached the mobile phone:<br>"
#define TOO_MUCH     "0123456789012345678901234567890123456789"
#define NO_LONGER    "BPR 40 bob@example.com MOB N\r\n"
#define HAS_ONE_MORE "BPR 41 bob@example.com MOB Y\r\n"

/* ALICE and BOB, a robot, have mobile phones. */
static service *begin(const char *knob)
{
    service *svc = conv_service("answers", BOB, NULL);

    if (knob)
        live_set(svc, knob);
    live_contact(svc, BOB, NULL);
    service_set_phone(svc, ALICE, "MBE", "Y");
    service_set_phone(svc, ALICE, "MOB", "Y");
    service_set_phone(svc, BOB, "MOB", "Y");
    return svc;
}

static gboolean shows_phone(const user *u)
{
    PurplePresence *presence = purple_buddy_get_presence(user_buddy(u, BOB, NULL));
    g_autofree char *tip = user_tooltip(u, BOB, TRUE);
    gboolean told = strstr(tip, "Accepts mobile messages</b>: Yes") != NULL;

    g_assert_cmpint(told, ==,
                    purple_presence_is_status_primitive_active(presence, PURPLE_STATUS_MOBILE));
    return told;
}

/* Chooses the item, and writes this into the dialog. */
static void send_page(user *u, const char *text)
{
    live_check(conv_buddy_menu(u, BOB, "Send to Mobile"));
    live_check(live_told(DIALOG_INPUT, ALICE, TO_BOB, "at most 120 characters", NULL));
    client_write(client_open_dialog(DIALOG_INPUT), text);
    client_forget_dialogs();
}

/* Nothing was said against it for ten seconds. */
static void check_passed(user *u)
{
    live_wait(*conv_unread(u, BOB), 2 * CONV_PATIENCE);
    conv_saw(u, BOB, PASSED);
}

static void test_send(void)
{
    service *svc = begin(NULL);
    user *u = live_user(svc);

    live_settled(u);
    live_check(shows_phone(u));
    send_page(u, " \n ");
    live_quiet();
    g_assert_cmpuint(conv_n_windows(u), ==, 0);
    live_check_count(svc, "?S >>> PAG *", 0);
    send_page(u, " a <b> & c;\nd ");
    conv_saw(u, BOB,
             SENT("a &lt;b&gt; &amp; c;<br>d") "\n< From a mobile phone: You wrote: a &lt;b&gt; "
                                               "&amp; c;<br>d");
    g_assert_cmpstr(service_robot_last(svc, BOB, "page"), ==, "a <b> & c;\nd");
    check_passed(u);
    conv_end(svc, u);
}

static void test_too_long(void)
{
    service *svc = begin(NULL);
    user *u = live_user(svc);
    dialog *d;

    service_robot(svc, BOB, "joins");
    live_settled(u);
    live_check(conv_buddy_menu(u, BOB, "Send to Mobile"));
    client_write(client_open_dialog(DIALOG_INPUT), TOO_MUCH TOO_MUCH TOO_MUCH "ab");
    live_check(live_told(DIALOG_INPUT, TO_BOB, "too long by 2 characters", NULL));
    d = client_open_dialog(DIALOG_INPUT);
    g_assert_cmpstr(d->suggested, ==, TOO_MUCH TOO_MUCH TOO_MUCH "ab");
    client_write(d, TOO_MUCH TOO_MUCH TOO_MUCH);
    client_forget_dialogs();
    conv_saw(u, BOB, SENT(TOO_MUCH TOO_MUCH TOO_MUCH));
    check_passed(u);
    /* One that is still open goes with the connection, and is not answered afterwards. */
    live_check(conv_buddy_menu(u, BOB, "Send to Mobile"));
    live_offline(svc, u);
    live_check(!client_open_dialog(DIALOG_INPUT));
    client_forget_dialogs();
    conv_end(svc, u);
}

/* What goes wrong, and what the user is told. */
static const struct {
    const char *knob;
    const char *shown;
} failures[] = {
    {"pag-error=509", "The service could not send a message to the mobile phone of Bob "
                      "(error 509). " NOT_SENT},
    {"pag-error=800",
     "Too many messages in a short time. Wait a minute, then try again. " NOT_SENT},
    {"pag-error=600", "The service is temporarily unavailable. Try again later. " NOT_SENT},
    {"ns-pag.close", "The connection was lost. " NOT_SURE},
};

static void test_fails(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(failures); i++) {
        service *svc = begin(failures[i].knob);
        user *u = live_user(svc);

        live_settled(u);
        send_page(u, "hello &");
        conv_saw(u, BOB, SENT("hello &amp;") "\n! %shello &amp;", failures[i].shown);
        client_forget_dialogs();
        conv_end(svc, u);
    }
}

/* The phone goes while the dialog is open. */
static void test_gone(void)
{
    service *svc = begin(NULL);
    user *u = live_user(svc);

    live_settled(u);
    live_check(conv_buddy_menu(u, BOB, "Send to Mobile"));
    service_send(svc, ALICE, NO_LONGER, -1);
    live_quiet();
    live_check(!shows_phone(u));
    live_check(!conv_buddy_menu(u, BOB, "Send to Mobile"));
    client_write(client_open_dialog(DIALOG_INPUT), "too late");
    live_quiet();
    live_check(
        live_told(DIALOG_MESSAGE, "cannot receive messages on a mobile phone", "too late", NULL));
    client_forget_dialogs();
    live_check_count(svc, "?S >>> PAG *", 0);
    service_send(svc, ALICE, HAS_ONE_MORE, -1);
    live_quiet();
    live_check(shows_phone(u));
    conv_end(svc, u);
}

static void test_signed_out(void)
{
    service *svc = begin("ns-pag.silent");
    user *u = live_user(svc);

    live_settled(u);
    send_page(u, "hello");
    conv_saw(u, BOB, SENT("hello"));
    user_sign_out(u);
    conv_saw(u, BOB, "! You have signed out. " NOT_SURE "hello");
    conv_end(svc, u);
}

/* Its clients can set MBE and MOB, too, but PAG would swallow what follows. */
static void test_escargot(void)
{
    service *svc = begin("escargot");
    user *u = live_user(svc);

    live_settled(u);
    live_check(!shows_phone(u));
    live_check(!conv_buddy_menu(u, BOB, "Send to Mobile"));
    live_check(!user_action(u, "Mobile"));
    live_check_count(svc, "?S >>> PAG *", 0);
    conv_end(svc, u);
}

static void test_received(void)
{
    service *svc = begin(NULL);
    user *u = live_user(svc);

    live_settled(u);
    service_page(svc, "tel:+1(206)555-0100", ALICE, "on <my> way");
    conv_saw(u, "tel:+1(206)555-0100", "< From a mobile phone: on &lt;my&gt; way");
    conv_send(u, "tel:+1(206)555-0100", "ok");
    conv_saw(u, "tel:+1(206)555-0100",
             "! tel:+1(206)555-0100 is not a valid e-mail address. This message was not "
             "delivered:<br>ok");
    user_toggle_block(u, BOB);
    live_quiet();
    service_page(svc, BOB, ALICE, "you cannot hear me");
    live_quiet();
    g_assert_cmpuint(conv_n_windows(u), ==, 1);
    client_forget_debug_log();
    service_send(svc, ALICE, "IPG 3\r\n<x>", -1);
    live_quiet();
    live_check(client_debug_has("IPG is not understood"));
    conv_end(svc, u);
}

static void test_setting(void)
{
    service *svc = begin(NULL);
    user *u = live_user(svc);

    live_settled(u);
    live_check(user_action(u, "Mobile"));
    live_check(client_open_dialog(DIALOG_CHOICE)->chosen == 1);
    live_check(client_choose(client_open_dialog(DIALOG_CHOICE), "Do not allow"));
    live_quiet();
    g_assert_cmpstr(service_item(svc, ALICE, "MOB"), ==, "N");
    client_forget_dialogs();
    live_check(user_action(u, "Mobile"));
    live_check(client_open_dialog(DIALOG_CHOICE)->chosen == 0);
    /* The phone is not set up any more. */
    service_set_phone(svc, ALICE, "MBE", "N");
    live_check(client_choose(client_open_dialog(DIALOG_CHOICE), "Allow"));
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, "messages to your mobile phone", NULL));
    client_forget_dialogs();
    live_offline(svc, u);
    live_settled(u);
    live_check(!user_action(u, "Mobile"));
    conv_end(svc, u);
}

static void add_all(void)
{
    live_add("/mobile/send", test_send, TRUE);
    live_add("/mobile/too-long", test_too_long, TRUE);
    live_add("/mobile/fails", test_fails, FALSE);
    live_add("/mobile/gone", test_gone, FALSE);
    live_add("/mobile/signed-out", test_signed_out, TRUE);
    live_add("/mobile/escargot", test_escargot, FALSE);
    live_add("/mobile/received", test_received, TRUE);
    live_add("/mobile/setting", test_setting, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_all);
}
