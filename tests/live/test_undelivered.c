/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages that did not arrive, or may not have: each fault of a service, and what the user sees of
 * it, to the word, where the text was written, once. And whatever happens, nothing arrives twice.
 *
 * The first test begins what takes half a minute and more, and the last one looks what came of it;
 * meanwhile the others run, and there are two services.
 */
#include "conv_helpers.h"

#include <string.h>
#include <unistd.h>

#define LOST     "This message was not delivered:"
#define MAYBE    "This message may not have arrived:"
#define AWAY     BOB " is offline, or is not accepting messages from you. "
#define BROKEN   "The connection was lost. "
#define LATE     "There was no response in time. "
#define TROUBLE  "The service is temporarily unavailable. Try again later. "
#define NONSENSE "The service sent an unexpected reply. "

static guint heard(service *svc)
{
    return service_robot_heard(svc, BOB, "text/plain");
}

/* Once nothing is wrong any more the same window can be used as if nothing had been. */
static void check_recovered(service *svc, user *u)
{
    guint before = heard(svc);

    conv_send(u, BOB, "now?");
    conv_saw(u, BOB, "> now?");
    live_wait(heard(svc) == before + 1, CONV_PATIENCE);
    live_check(strcmp(service_robot_last(svc, BOB, "text/plain"), "now?") == 0);
    live_quiet();
}

/* --- one fault each --------------------------------------------------------------------------- */

typedef struct {
    const char *knob;
    const char *told;
    guint asked; /* for a switchboard, how often */
} fault;

static const fault faults[] = {
    {"sb-nak-every=1", "The service reported that delivery failed. " LOST, 1},
    {"sb-msg.reply=NAK {trid}\\r\\n", "The service reported that delivery failed. " LOST, 1},
    {"sb-close-every=1", BROKEN MAYBE, 1},
    {"sb-msg.close", BROKEN MAYBE, 1},
    {"sb-msg.reset", BROKEN MAYBE, 1},
    {"sb-msg.reply=282 {trid}\\r\\n", "The service rejected the request (error 282). " LOST, 1},
    {"sb-msg.reply=OUT\\r\\n", BROKEN MAYBE, 1},
    {"sb-msg.reply=MSG a@b.c N 99999999\\r\\n", NONSENSE MAYBE, 1},
    {"sb-cal-limit=0",
     "Too many conversations or invitations in a short time. Wait a minute, then try again. " LOST,
     1},
    {"sb-xfr-limit=0",
     "Too many conversations or invitations in a short time. Wait a minute, then try again. " LOST,
     1},
    {"sb-cal.reply=217 {trid}\\r\\n", AWAY LOST, 1},
    {"sb-cal.reply=216 {trid}\\r\\n", AWAY LOST, 1},
    {"sb-cal.reply=500 {trid}\\r\\n", TROUBLE LOST, 2},
    {"sb-cal.close", BROKEN LOST, 2},
    {"sb-cal.reset", BROKEN LOST, 2},
    {"sb-usr.reply=911 {trid}\\r\\n", "The service rejected the request (error 911). " LOST, 2},
    {"sb-usr.reply=USR {trid} NO\\r\\n", NONSENSE LOST, 2},
    {"sb-usr.close", BROKEN LOST, 2},
    {"sb-connect.close", BROKEN LOST, 2},
    {"ns-xfr-sb.reply=280 {trid}\\r\\n", TROUBLE LOST, 2},
    {"ns-xfr-sb.reply=910 {trid}\\r\\n", TROUBLE LOST, 1},
    {"ns-xfr-sb.reply=XFR {trid} SB 127.0.0.1:1\\r\\n", NONSENSE LOST, 2},
};

static void check_fault(service *svc, user *u, const fault *f)
{
    g_autofree char *name = g_strndup(f->knob, strcspn(f->knob, "="));
    guint before = heard(svc);

    g_test_message("%s", f->knob);
    service_forget_transcript(svc);
    live_set(svc, f->knob);
    conv_send(u, BOB, "a &lt; <b>b</b>");
    conv_saw(u, BOB, "> a &lt; <b>b</b>\n! %s<br>a &lt; b", f->told);
    live_quiet();
    live_check_count(svc, "NS >>> XFR *", f->asked);
    live_check(heard(svc) == before);
    service_unset(svc, name);
    check_recovered(svc, u);
    /* The next one is to begin without a switchboard. */
    live_check(service_robot_leave(svc, BOB, FALSE));
    live_quiet();
    live_check_count(svc, "* bad: *", 0);
}

static void test_faults(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_settled(u);
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++)
        check_fault(svc, u, &faults[i]);
    conv_end(svc, u);
}

/* An address where nobody listens, and one that is there again at the second attempt. */
static void test_refused(gconstpointer data)
{
    gboolean again = data != NULL;
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    g_autofree char *knob = g_strdup_printf("xfr-sb-address=127.0.0.1:%d", live_closed_port());

    live_set(svc, knob);
    live_settled(u);
    conv_send(u, BOB, "hello");
    if (again) {
        live_wait(service_count(svc, "NS >>> XFR *") == 1, CONV_PATIENCE);
        service_unset(svc, "xfr-sb-address");
        conv_saw(u, BOB, "> hello");
        live_wait(heard(svc) == 1, CONV_PATIENCE);
    } else {
        conv_saw(u, BOB,
                 "> hello\n! Could not connect to the server for this conversation. " LOST
                 "<br>hello");
        service_unset(svc, "xfr-sb-address");
    }
    live_check_count(svc, "NS >>> XFR *", 2);
    check_recovered(svc, u);
    conv_end(svc, u);
}

/* What goes wrong once is tried again, once: the text arrives, and nothing is told. */
static void test_once(gconstpointer data)
{
    const char *knob = data;
    g_autofree char *name = g_strndup(knob, strcspn(knob, "="));
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_set(svc, knob);
    live_settled(u);
    conv_send(u, BOB, "one");
    conv_send(u, BOB, "two");
    /* The second attempt is not asked for before the first one has failed. */
    if (g_str_has_prefix(knob, "ns-"))
        live_wait(service_count(svc, "NS >>> XFR *") == 1, CONV_PATIENCE);
    else
        live_wait(service_count(svc, "SB open") == 1, CONV_PATIENCE);
    if (g_str_has_prefix(knob, "sb-cal"))
        live_wait(service_count(svc, "SB >>> CAL *") == 1, CONV_PATIENCE);
    if (g_str_has_prefix(knob, "sb-usr"))
        live_wait(service_count(svc, "SB >>> USR *") == 1, CONV_PATIENCE);
    service_unset(svc, name);
    conv_saw(u, BOB, "> one\n> two");
    live_wait(heard(svc) == 2, CONV_PATIENCE);
    live_quiet();
    live_check_count(svc, "NS >>> XFR *", 2);
    live_check_count(svc, "SB >>> | one", 1);
    conv_end(svc, u);
}

static const char *const once[] = {"ns-xfr-sb.reply=280 {trid}\\r\\n", "sb-connect.close",
                                   "sb-usr.reply=911 {trid}\\r\\n", "sb-cal.close"};

/* --- who cannot be reached -------------------------------------------------------------------- */

static void test_offline(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    service_appear(svc, BOB, NULL);
    live_settled(u);
    for (int i = 0; i < 2; i++) {
        conv_send(u, BOB, "hello");
        conv_saw(u, BOB, "> hello\n! " AWAY LOST "<br>hello");
    }
    service_appear(svc, BOB, "NLN");
    check_recovered(svc, u);
    conv_end(svc, u);
}

/* Contacts are called by their names. */
static void test_alias(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_contact(svc, BOB, NULL);
    service_appear(svc, BOB, NULL);
    live_settled(u);
    user_alias(u, BOB, "Bob <3 & Co");
    conv_send(u, BOB, "hello");
    conv_saw(
        u, BOB,
        "> hello\n! Bob &lt;3 &amp; Co is offline, or is not accepting messages from you. " LOST
        "<br>hello");
    conv_close(u, BOB);
    conv_send(u, BOB, "goodbye");
    conv_close(u, BOB);
    conv_saw(u, BOB, "> goodbye");
    live_wait(live_told(DIALOG_MESSAGE, "Your conversation with Bob <3 & Co", "goodbye", NULL),
              CONV_PATIENCE);
    client_forget_dialogs();
    conv_end(svc, u);
}

static void test_invisible(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_settled(u);
    user_set_status(u, "invisible");
    live_wait(g_strcmp0(service_state(svc, ALICE), "HDN") == 0, CONV_PATIENCE);
    conv_send(u, BOB, "hello");
    conv_saw(u, BOB,
             "> hello\n! You cannot send messages while you are invisible. Choose another status "
             "first. " LOST "<br>hello");
    live_check_count(svc, "NS >>> XFR *", 1);
    /* Whom somebody else called can be answered all the same. */
    live_check(service_robot_ring(svc, BOB, ALICE));
    service_robot_say(svc, BOB, "where are you?");
    conv_saw(u, BOB, "< " ARIAL("where are you?"));
    conv_send(u, BOB, "here");
    conv_saw(u, BOB, "> here");
    live_wait(heard(svc) == 1, CONV_PATIENCE);
    user_set_status(u, "available");
    live_wait(g_strcmp0(service_state(svc, ALICE), "NLN") == 0, CONV_PATIENCE);
    check_recovered(svc, u);
    conv_end(svc, u);
}

static void test_no_address(void)
{
    static const char *const addresses[] = {"nobody", "two words@example.com", "@"};
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_settled(u);
    for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
        conv_send(u, addresses[i], "hello");
        conv_saw(u, addresses[i], "! %s is not a valid e-mail address. " LOST "<br>hello",
                 addresses[i]);
        conv_nudge(u, addresses[i]);
        conv_saw(u, addresses[i],
                 "! %s is not a valid e-mail address. Your nudge was not delivered.", addresses[i]);
    }
    conv_send(u, ALICE, "hello");
    conv_saw(u, ALICE, "! This is your own address. " LOST "<br>hello");
    conv_nudge(u, "Alice@Example.com");
    conv_saw(u, ALICE, "! This is your own address. Your nudge was not delivered.");
    live_quiet();
    live_check_count(svc, "NS >>> XFR *", 0);
    conv_end(svc, u);
}

/* --- more than one text ----------------------------------------------------------------------- */

/* Of a text in parts, and of texts behind each other, one message is made. */
static void test_many(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    GString *text = g_string_new(NULL);

    while (text->len < 4000)
        g_string_append(text, "words and words ");
    live_set(svc, "sb-cal.reply=217 {trid}\\r\\n");
    live_settled(u);
    conv_send(u, BOB, "one");
    conv_send(u, BOB, text->str);
    conv_nudge(u, BOB);
    conv_send(u, BOB, "three<br>four");
    conv_saw(u, BOB,
             "> one\n> %s\n>*+ You sent a nudge.\n> three<br>four\n"
             "! " AWAY LOST "<br>one<br>%s\n! " AWAY "Your nudge was not delivered.\n"
             "! " AWAY LOST "<br>three<br>four",
             text->str, text->str);
    g_string_free(text, TRUE);
    service_unset(svc, "sb-cal.reply");
    check_recovered(svc, u);
    conv_end(svc, u);
}

/* Of a text in three parts the second is refused: it is told alone, and the order is kept. */
static void test_part(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    GString *text = g_string_new(NULL);

    for (int i = 0; text->len < 4000; i++)
        g_string_append_printf(text, "%04d ", i);
    live_set(svc, "sb-nak-every=2");
    live_settled(u);
    conv_send(u, BOB, text->str);
    live_wait(heard(svc) == 2, CONV_PATIENCE);
    live_wait(strstr(conv_unread(u, BOB), "! "), CONV_PATIENCE);
    const char *told = strstr(conv_unread(u, BOB), "\n! ") + 3;
    const char *middle = told + strlen("The service reported that delivery failed. " LOST "<br>");
    live_check(g_str_has_prefix(told, "The service reported that delivery failed. " LOST "<br>"));
    live_check(strstr(text->str, middle) > text->str && strlen(middle) > 1000);
    live_check(strlen(middle) < 1700);
    conv_saw(u, BOB, "> %s\n! %s", text->str, told);
    g_string_free(text, TRUE);
    conv_end(svc, u);
}

/* The window is open, but more waits than is kept. */
static void test_too_much(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_set(svc, "ns-xfr-sb.silent");
    live_settled(u);
    for (int i = 0; i < 1000; i++)
        conv_send(u, BOB, "x");
    conv_forget(u);
    conv_send(u, BOB, "y");
    conv_saw(u, BOB,
             "! The message is too long, or too many messages are already waiting to be sent. " LOST
             "<br>y");
    conv_close(u, BOB);
    live_offline(svc, u);
    live_check(live_told(DIALOG_MESSAGE, "Your conversation with " BOB,
                         "You have signed out. " LOST, "x\nx\nx", "\xe2\x80\xa6", NULL));
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    live_check(service_robot_heard(svc, BOB, "text/plain") == 0);
    conv_end(svc, u);
}

/* --- who leaves ------------------------------------------------------------------------------- */

/* The other one leaves before the message was acknowledged; it may have heard it. */
static void test_left(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_set(svc, "sb-lose-ack");
    live_settled(u);
    conv_send(u, BOB, "hello");
    live_wait(heard(svc) == 1, CONV_PATIENCE);
    live_check(service_robot_leave(svc, BOB, FALSE));
    conv_saw(u, BOB, "> hello\n! " BOB " is no longer in the conversation. " MAYBE "<br>hello");
    service_unset(svc, "sb-lose-ack");
    check_recovered(svc, u);
    live_check(heard(svc) == 2);
    conv_end(svc, u);
}

/* A server that acknowledges although nobody is there. */
static void test_void(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_set(svc, "sb-msg.reply=BYE " BOB "\\r\\nACK {trid}\\r\\n");
    live_settled(u);
    conv_send(u, BOB, "hello");
    conv_saw(u, BOB, "> hello\n! " BOB " is no longer in the conversation. " MAYBE "<br>hello");
    service_unset(svc, "sb-msg.reply");
    check_recovered(svc, u);
    conv_end(svc, u);
}

/* --- the session ends ------------------------------------------------------------------------- */

typedef enum { SIGNS_OUT, LOSES_IT, ELSEWHERE, SHUTDOWN } ending;

static void end_session(service *svc, user *u, ending how)
{
    switch (how) {
    case SIGNS_OUT:
        user_sign_out(u);
        live_check(user_is_offline(u));
        return;
    case LOSES_IT:
        live_check(service_kick(svc, ALICE) == 1);
        break;
    case ELSEWHERE:
        live_check(service_send(svc, ALICE, "OUT OTH\r\n", -1) == 1);
        break;
    case SHUTDOWN:
        live_check(service_send(svc, ALICE, "OUT SSD\r\n", -1) == 1);
        break;
    }
    live_wait(u->error && user_is_offline(u), 10);
}

/* One text waits for a switchboard, one was sent and not answered, one is in a chat. */
static void test_session_ends(gconstpointer data)
{
    ending how = (ending)GPOINTER_TO_INT(data);
    static const char *const reasons[] = {
        [SIGNS_OUT] = "You have signed out. ",
        [LOSES_IT] = BROKEN,
        [ELSEWHERE] = "You have signed in from another location. ",
        [SHUTDOWN] = "The service is shutting down. ",
    };
    const char *why = reasons[how];
    service *svc = conv_service("joins", BOB, CAROL, DAVE, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    conv_open(u, CAROL);
    live_check(conv_command(u, CAROL, "invite " DAVE) == PURPLE_CMD_STATUS_OK);
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " CAROL ", " DAVE);
    live_set(svc, "sb-lose-ack");
    conv_forget(u);
    conv_send(u, chat, "to all");
    conv_send(u, BOB, "sent");
    live_wait(heard(svc) == 1, CONV_PATIENCE);
    live_wait(service_robot_heard(svc, DAVE, "text/plain") == 1, CONV_PATIENCE);
    service_robot(svc, "erin@example.com", "busy");
    conv_send(u, "erin@example.com", "waits");
    conv_send(u, "erin@example.com", "waits, too");
    conv_nudge(u, "erin@example.com");
    live_wait(service_count(svc, "SB >>> CAL * erin@example.com") == 1, CONV_PATIENCE);
    conv_send(u, "frank@example.com", "closed");
    conv_close(u, "frank@example.com");
    end_session(svc, u, how);
    conv_saw(u, chat,
             "> " ALICE ": to all\n! %s" MAYBE
             "<br>to all\n* You left the chat because the connection was closed.",
             why);
    conv_saw(u, BOB, "> sent\n! %s" MAYBE "<br>sent", why);
    conv_saw(u, "erin@example.com",
             "> waits\n> waits, too\n>*+ You sent a nudge.\n! %s" LOST
             "<br>waits<br>waits, too\n! %sYour nudge was not delivered.",
             why, why);
    conv_saw(u, "frank@example.com", "> closed");
    live_check(live_told(DIALOG_MESSAGE, "Your conversation with frank@example.com", why, LOST,
                         "closed", NULL));
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
    live_check(heard(svc) == 1 && service_robot_heard(svc, CAROL, "text/plain") == 1);
    /* Nothing is sent behind the user's back at the next sign-in. */
    service_unset(svc, "sb-lose-ack");
    service_forget_transcript(svc);
    live_settled(u);
    live_check_count(svc, "NS >>> XFR *", 0);
    check_recovered(svc, u);
    conv_end(svc, u);
}

static PurpleDebugUiOps *fast_log;

static void print_slowly(PurpleDebugLevel level, const char *category, const char *text)
{
    gint64 until = g_get_monotonic_time() + 20000;

    while (strstr(text, "switchboard >>> OUT") && g_get_monotonic_time() < until)
        ;
    fast_log->print(level, category, text);
}

/* The report is shown before the end of the session is handled, and does not go with it. */
static void test_ends_slowly(void)
{
    PurpleDebugUiOps slow_log = {.print = print_slowly};
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_settled(u);
    live_set(svc, "sb-lose-ack");
    conv_send(u, BOB, "sent");
    live_wait(heard(svc) == 1, CONV_PATIENCE);
    conv_close(u, BOB);
    conv_forget(u);
    fast_log = purple_debug_get_ui_ops();
    slow_log.is_enabled = fast_log->is_enabled;
    purple_debug_set_ui_ops(&slow_log);
    end_session(svc, u, ELSEWHERE);
    purple_debug_set_ui_ops(fast_log);
    live_check(live_told(DIALOG_MESSAGE, "Your conversation with " BOB,
                         "You have signed in from another location. " MAYBE, "sent", NULL));
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    live_settled(u);
    conv_end(svc, u);
}

/* A plugin that says goodbye when it hears that the connection goes, and nudges. */
static void say_goodbye(PurpleConnection *gc, gpointer conv)
{
    purple_conv_im_send(PURPLE_CONV_IM((PurpleConversation *)conv), "goodbye");
    purple_prpl_send_attention(gc, BOB, 0);
}

/* It is too late then: the session has ended before anybody heard of it, and it ends once. */
static void test_goodbye(gconstpointer data)
{
    ending how = (ending)GPOINTER_TO_INT(data);
    const char *why = how == SIGNS_OUT ? "You have signed out. " : "The service is shutting down. ";
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    int handle;

    live_settled(u);
    conv_send(u, BOB, "one");
    conv_saw(u, BOB, "> one");
    live_wait(heard(svc) == 1, CONV_PATIENCE);
    live_quiet();
    purple_signal_connect(
        purple_connections_get_handle(), "signing-off", &handle, PURPLE_CALLBACK(say_goodbye),
        purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, BOB, u->account));
    end_session(svc, u, how);
    purple_signals_disconnect_by_handle(&handle);
    conv_saw(u, BOB, "! %s" LOST "<br>goodbye\n! %sYour nudge was not delivered.", why, why);
    live_check(heard(svc) == 1);
    live_settled(u);
    check_recovered(svc, u);
    conv_end(svc, u);
}

/* Written after the end: nothing is lost without a word either. */
static void test_written_offline(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);

    live_settled(u);
    conv_send(u, BOB, "one");
    conv_saw(u, BOB, "> one");
    live_wait(heard(svc) == 1, CONV_PATIENCE);
    /* The session is doomed, and libpurple ends it in its own time. */
    purple_connection_error_reason(user_connection(u), PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "x");
    live_wait(user_is_offline(u), CONV_PATIENCE);
    live_settled(u);
    check_recovered(svc, u);
    conv_end(svc, u);
}

/* --- no window -------------------------------------------------------------------------------- */

/* The window was closed before it was known: a dialog, with the text, and no new window. */
static void test_window_gone(void)
{
    service *svc = conv_service("busy", BOB, NULL);
    user *u = live_user(svc);

    live_set(svc, "latency=50");
    live_set(svc, "sb-cal.reply=217 {trid}\\r\\n");
    live_settled(u);
    conv_send(u, BOB, "is &lt;b&gt; lost");
    conv_saw(u, BOB, "> is &lt;b&gt; lost");
    conv_close(u, BOB);
    live_wait(client_dialogs()->len > 0, CONV_PATIENCE);
    live_check(live_told(DIALOG_MESSAGE,
                         "Your conversation with " BOB "\n" AWAY LOST "\nis <b> lost", NULL));
    live_quiet();
    live_check(client_dialogs()->len == 1 && conv_n_windows(u) == 0);
    client_forget_dialogs();
    conv_end(svc, u);
}

static void test_chat_window_gone(void)
{
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    conv_open(u, BOB);
    live_check(conv_command(u, BOB, "invite " CAROL) == PURPLE_CMD_STATUS_OK);
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    conv_forget(u);
    live_set(svc, "sb-nak-every=1");
    live_set(svc, "latency=50");
    conv_send(u, chat, "to all");
    conv_saw(u, chat, "> " ALICE ": to all");
    conv_close(u, chat);
    live_wait(client_dialogs()->len > 0, CONV_PATIENCE);
    live_check(live_told(DIALOG_MESSAGE,
                         "Your group chat\n"
                         "The service reported that delivery failed. " LOST "\nto all",
                         NULL));
    live_quiet();
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    live_wait(service_switchboards(svc, NULL) == 0, CONV_PATIENCE);
    conv_end(svc, u);
}

/* --- faults at random ------------------------------------------------------------------------- */

#define LETTERS 60

/* Each text arrives once or is told once, and what may not have arrived never arrives twice. */
static void test_mixed(gconstpointer data)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    guint told = 0;

    live_set(svc, data);
    live_settled(u);
    for (guint i = 0; i < LETTERS; i++) {
        g_autofree char *text = g_strdup_printf("text %u.", i);

        conv_send(u, BOB, text);
        if (i % 4 == 0)
            live_quiet();
    }
    live_quiet();
    for (guint i = 0; i < LETTERS; i++) {
        g_autofree char *sent = g_strdup_printf("SB >>> | text %u.", i);
        g_autofree char *shown = g_strdup_printf("> text %u.", i);
        g_autofree char *text = g_strdup_printf("<br>text %u.", i);
        const char *unread = conv_unread(u, BOB);
        const char *first = strstr(unread, text);

        live_check(service_count(svc, sent) <= 1);
        live_check(strstr(unread, shown));
        live_check(!first || !strstr(first + 1, text));
        told += first != NULL;
    }
    g_test_message("%u were told", told);
    live_check(told > 0 && heard(svc) + told >= LETTERS && heard(svc) < LETTERS);
    conv_forget(u);
    conv_end(svc, u);
}

static const char *const mixed[] = {"sb-nak-every=3", "sb-close-every=5"};

/* --- long deadlines --------------------------------------------------------------------------- */

#define PATIENCE 60.0 /* seconds: twice half a minute, or one for somebody to come */

typedef struct {
    const char *name; /* of the account */
    const char *manners;
    const char *knob;
    const char *told;
    guint heard;
    service *svc;
    user *u;
} stall;

static stall stalls[] = {
    {"dropped", "joins", "sb-drop-every=1", LATE MAYBE, 0, NULL, NULL},
    {"unacknowledged", "joins", "sb-lose-ack", LATE MAYBE, 1, NULL, NULL},
    {"uncalled", "joins", "sb-cal.silent", LATE LOST, 0, NULL, NULL},
    {"nobody-comes", "busy", "latency=1", LATE LOST, 0, NULL, NULL},
    {"not-taken-in", "joins", "sb-usr.silent", LATE LOST, 0, NULL, NULL},
    {"mute", "joins", "sb-connect.silent", LATE LOST, 0, NULL, NULL},
    {"no-switchboard", "joins", "ns-xfr-sb.silent", LATE LOST, 0, NULL, NULL},
};

static gint64 begun;     /* the first of them */
static gint64 all_begun; /* the last */

static void begin_stall(stall *s)
{
    g_autofree char *address = g_strdup_printf("%s@example.com", s->name);

    s->svc = conv_service(s->manners, BOB, NULL);
    s->u = live_user_named(s->svc, address);
    live_set(s->svc, s->knob);
    live_settled(s->u);
    conv_send(s->u, BOB, "hello");
    conv_saw(s->u, BOB, "> hello");
}

/* One of two who are called back into a chat does not come: the other one hears it after a while.
 */
static struct {
    service *svc;
    user *u;
    const char *chat;
} half;

static void begin_half(void)
{
    half.svc = conv_service("joins", BOB, CAROL, NULL);
    half.u = live_user_named(half.svc, "half@example.com");
    live_settled(half.u);
    conv_open(half.u, BOB);
    conv_command(half.u, BOB, "invite " CAROL);
    half.chat = conv_new_chat(half.u);
    conv_has_members(half.u, half.chat, BOB ", " CAROL ", half@example.com");
    service_robot_leave(half.svc, BOB, TRUE);
    service_robot_leave(half.svc, CAROL, TRUE);
    conv_has_members(half.u, half.chat, "half@example.com");
    live_quiet();
    service_robot(half.svc, CAROL, "busy");
    conv_send(half.u, half.chat, "to all");
    conv_has_members(half.u, half.chat, BOB ", half@example.com");
    live_quiet();
    live_check(heard(half.svc) == 0);
    conv_forget(half.u);
}

static void end_half(void)
{
    live_check(heard(half.svc) == 1);
    conv_saw(half.u, half.chat, "! " CAROL " could not be invited. There was no response in time.");
    live_check(service_robot_heard(half.svc, CAROL, "text/plain") == 0);
}

static void begin_stalls(void)
{
    begin_half();
    begun = g_get_monotonic_time();
    for (guint i = 0; i < G_N_ELEMENTS(stalls); i++)
        begin_stall(&stalls[i]);
    all_begun = g_get_monotonic_time();
}

static void end_stall(stall *s)
{
    g_autofree char *knob = g_strndup(s->knob, strcspn(s->knob, "="));

    g_test_message("%s", s->name);
    conv_saw(s->u, BOB, "! %s<br>hello", s->told);
    live_check(heard(s->svc) == s->heard);
    service_unset(s->svc, knob);
    service_robot(s->svc, BOB, "joins");
    check_recovered(s->svc, s->u);
}

static gboolean has_passed(gint64 since, double seconds)
{
    return (double)(g_get_monotonic_time() - since) / G_USEC_PER_SEC > seconds;
}

static void test_stalls(void)
{
    begin_stalls();
    live_wait(has_passed(begun, 25), 70);
    /* On a machine that takes so long to begin it is too late for that. */
    for (guint i = 0; i < G_N_ELEMENTS(stalls) && !has_passed(begun, 29); i++)
        live_check(!*conv_unread(stalls[i].u, BOB));
    live_wait(has_passed(all_begun, PATIENCE + 1), 70);
    end_half();
    for (guint i = 0; i < G_N_ELEMENTS(stalls); i++)
        end_stall(&stalls[i]);
    conv_forget(half.u);
    user_sign_out(half.u);
    for (guint i = 0; i < G_N_ELEMENTS(stalls); i++)
        user_sign_out(stalls[i].u);
    conv_forget(half.u); /* that the chat is over */
    conv_end(half.svc, half.u);
    for (guint i = 0; i < G_N_ELEMENTS(stalls); i++)
        conv_end(stalls[i].svc, stalls[i].u);
}

/* Of a text that nobody can read, the user sees the readable one already. */
static void test_encrypted(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    g_autofree char *rest = g_strnfill(2000, 'x');
    g_autofree char *text = g_strconcat("?OTR:", rest, NULL);

    live_settled(u);
    conv_send(u, BOB, text);
    conv_saw(u, BOB,
             "> %s\n! Your encrypted message is too long for one message of the service. Shorten "
             "it, or set up the encryption plugin to send it in pieces. It was not delivered.",
             text);
    live_check(heard(svc) == 0);
    check_recovered(svc, u);
    conv_end(svc, u);
}

static void add_tests(void)
{
    live_add("/undelivered/faults", test_faults, FALSE);
    live_add_data("/undelivered/refused", NULL, test_refused, FALSE);
    live_add_data("/undelivered/refused-once", "", test_refused, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(once); i++) {
        g_autofree char *path = g_strdup_printf("/undelivered/once/%u", i);
        live_add_data(path, once[i], test_once, i == 0);
    }
    live_add("/undelivered/offline", test_offline, FALSE);
    live_add("/undelivered/alias", test_alias, FALSE);
    live_add("/undelivered/invisible", test_invisible, FALSE);
    live_add("/undelivered/no-address", test_no_address, FALSE);
    live_add("/undelivered/encrypted", test_encrypted, FALSE);
    live_add("/undelivered/many", test_many, FALSE);
    live_add("/undelivered/part", test_part, FALSE);
    live_add("/undelivered/too-much", test_too_much, FALSE);
    live_add("/undelivered/left", test_left, FALSE);
    live_add("/undelivered/void", test_void, FALSE);
    live_add_data("/undelivered/signs-out", GINT_TO_POINTER(SIGNS_OUT), test_session_ends, TRUE);
    live_add("/undelivered/ends-slowly", test_ends_slowly, FALSE);
    live_add_data("/undelivered/loses-it", GINT_TO_POINTER(LOSES_IT), test_session_ends, FALSE);
    live_add_data("/undelivered/elsewhere", GINT_TO_POINTER(ELSEWHERE), test_session_ends, FALSE);
    live_add_data("/undelivered/shutdown", GINT_TO_POINTER(SHUTDOWN), test_session_ends, FALSE);
    live_add_data("/undelivered/goodbye", GINT_TO_POINTER(SIGNS_OUT), test_goodbye, FALSE);
    live_add_data("/undelivered/goodbye-shutdown", GINT_TO_POINTER(SHUTDOWN), test_goodbye, FALSE);
    live_add("/undelivered/written-offline", test_written_offline, FALSE);
    live_add("/undelivered/window-gone", test_window_gone, TRUE);
    live_add("/undelivered/chat-window-gone", test_chat_window_gone, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(mixed); i++) {
        g_autofree char *path = g_strdup_printf("/undelivered/mixed/%s", mixed[i]);
        live_add_data(path, mixed[i], test_mixed, FALSE);
    }
    live_add("/undelivered/stalls", test_stalls, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
