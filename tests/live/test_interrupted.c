/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clients and their plugins that act in the middle of what they are being told: they close the
 * window, sign out, or remove the account. Only where libpurple itself survives it.
 */
#include "conv_helpers.h"

#include <string.h>

typedef enum { CLOSES, SIGNS_OUT, REMOVES, DOOMS } deed;

static struct {
    user *u; /* who acts, NULL when it is done */
    PurpleAccount *account;
    deed deed;
    guint left;              /* signals until then */
    gboolean stop;           /* what a handler answers then: nothing more is to be done with it */
    PurpleMessageFlags only; /* lines with these flags */
} moment;

static int handle;

/* --- acting ----------------------------------------------------------------------------------- */

static void act(PurpleConversation *conv)
{
    user *u = moment.u;

    moment.u = NULL;
    switch (moment.deed) {
    case CLOSES:
        purple_conversation_destroy(conv);
        break;
    case SIGNS_OUT:
        user_sign_out(u);
        break;
    case REMOVES:
        user_free(u);
        break;
    case DOOMS:
        purple_connection_error_reason(user_connection(u), PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                                       "doomed");
        break;
    }
}

/* Is it time? Then it is done. */
static gboolean meet(PurpleAccount *account, PurpleConversation *conv)
{
    if (!moment.u || account != moment.account || --moment.left > 0)
        return FALSE;
    act(conv);
    return moment.stop;
}

static gboolean on_receiving(PurpleAccount *account, char **who G_GNUC_UNUSED,
                             char **text G_GNUC_UNUSED, PurpleConversation *conv,
                             PurpleMessageFlags *flags G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    return meet(account, conv);
}

static gboolean on_writing(PurpleAccount *account, const char *who G_GNUC_UNUSED,
                           char **text G_GNUC_UNUSED, PurpleConversation *conv,
                           PurpleMessageFlags flags, gpointer data G_GNUC_UNUSED)
{
    return (flags & moment.only) == moment.only && meet(account, conv);
}

static void on_text(PurpleAccount *account, const char *who G_GNUC_UNUSED,
                    const char *text G_GNUC_UNUSED, PurpleConversation *conv,
                    PurpleMessageFlags flags, gpointer data G_GNUC_UNUSED)
{
    if ((flags & moment.only) == moment.only)
        meet(account, conv);
}

static void on_conversation(PurpleConversation *conv)
{
    meet(purple_conversation_get_account(conv), conv);
}

static void on_update(PurpleConversation *conv, PurpleConvUpdateType type)
{
    if (type == PURPLE_CONV_UPDATE_TITLE)
        meet(purple_conversation_get_account(conv), conv);
}

static void on_person(PurpleAccount *account, const char *who G_GNUC_UNUSED,
                      gpointer data G_GNUC_UNUSED)
{
    meet(account, NULL);
}

static const struct {
    const char *signal;
    PurpleCallback handler;
} signals[] = {
    {"receiving-im-msg", PURPLE_CALLBACK(on_receiving)},
    {"receiving-chat-msg", PURPLE_CALLBACK(on_receiving)},
    {"writing-im-msg", PURPLE_CALLBACK(on_writing)},
    {"writing-chat-msg", PURPLE_CALLBACK(on_writing)},
    {"received-im-msg", PURPLE_CALLBACK(on_text)},
    {"wrote-im-msg", PURPLE_CALLBACK(on_text)},
    {"wrote-chat-msg", PURPLE_CALLBACK(on_text)},
    {"conversation-created", PURPLE_CALLBACK(on_conversation)},
    {"conversation-updated", PURPLE_CALLBACK(on_update)},
    {"chat-joined", PURPLE_CALLBACK(on_conversation)},
    {"chat-buddy-joined", PURPLE_CALLBACK(on_conversation)},
    {"chat-buddy-left", PURPLE_CALLBACK(on_conversation)},
    {"buddy-typing", PURPLE_CALLBACK(on_person)},
};

static void arm(user *u, const char *signal, guint which, deed what, gboolean stop)
{
    moment.u = u;
    moment.account = u->account;
    moment.deed = what;
    moment.left = which;
    moment.stop = stop;
    moment.only = (PurpleMessageFlags)0;
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
        if (strcmp(signals[i].signal, signal) == 0)
            /* Behind the one that writes down what appears. */
            purple_signal_connect_priority(purple_conversations_get_handle(), signal, &handle,
                                           signals[i].handler, NULL,
                                           PURPLE_SIGNAL_PRIORITY_HIGHEST);
}

/* --- what comes of it ------------------------------------------------------------------------- */

static void check_nothing_left(service *svc)
{
    live_check(client_plugin_timers() == 0);
    live_check(client_plugin_watches() == 0);
    live_wait(live_connections(svc) == 0, CONV_PATIENCE);
}

/* The same user as before, or a new one for the account that was removed. */
static void check_as_good_as_new(service *svc, user *u)
{
    live_settled(u);
    live_check(service_robot_ring(svc, BOB, ALICE));
    service_robot_say(svc, BOB, "again");
    live_wait(strstr(conv_unread(u, BOB), "again"), CONV_PATIENCE);
    conv_forget(u);
    conv_end(svc, u);
}

static void check_after(service *svc, user *u)
{
    live_wait(!moment.u, CONV_PATIENCE);
    purple_signals_disconnect_by_handle(&handle);
    if (moment.deed == CLOSES) {
        live_quiet();
        live_check(u->online);
        conv_forget(u);
        conv_end(svc, u);
        return;
    }
    if (moment.deed == REMOVES) {
        check_nothing_left(svc);
        live_check(!purple_get_conversations());
        u = live_user(svc);
    } else {
        live_wait(user_is_offline(u), CONV_PATIENCE);
        live_check(u->n_errors == (moment.deed == DOOMS));
        check_nothing_left(svc);
    }
    conv_forget(u);
    client_forget_dialogs();
    check_as_good_as_new(svc, u);
}

/* --- while others act ------------------------------------------------------------------------- */

static void others_talk(service *svc, user *u G_GNUC_UNUSED)
{
    live_check(service_robot_ring(svc, BOB, ALICE));
    for (int i = 0; i < 20; i++)
        service_robot_say(svc, BOB, "talk");
}

static void others_talk_to_window(service *svc, user *u)
{
    conv_open(u, BOB);
    others_talk(svc, u);
}

static void others_type(service *svc, user *u)
{
    live_check(service_robot_ring(svc, BOB, ALICE));
    service_robot_send(svc, BOB,
                       "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\n\r\n\r\n", -1);
    others_talk(svc, u);
}

/* They draw the user into a chat, talk, and leave it. */
static void others_chat(service *svc, user *u G_GNUC_UNUSED)
{
    live_check(service_robot_ring(svc, BOB, ALICE));
    live_check(service_robot_invite(svc, BOB, CAROL));
    for (int i = 0; i < 20; i++)
        service_robot_say(svc, i % 2 ? BOB : CAROL, "chat");
    live_wait(service_switchboards(svc, ALICE) == 1 || !moment.u, CONV_PATIENCE);
    service_robot_invite(svc, BOB, DAVE);
    service_robot_leave(svc, CAROL, FALSE);
    service_robot_leave(svc, BOB, TRUE);
}

/* --- while the user acts ---------------------------------------------------------------------- */

static void user_begins_chat(service *svc G_GNUC_UNUSED, user *u)
{
    conv_open(u, BOB);
    conv_command(u, BOB, "invite " CAROL);
}

static void fill_in_invitation(void)
{
    dialog *d = client_open_dialog(DIALOG_FIELDS);

    live_check(d);
    client_fill_field(d, "who", CAROL);
    client_accept(d);
}

/* In the dialog that asks whom. */
static void user_invites(service *svc G_GNUC_UNUSED, user *u)
{
    conv_open(u, BOB);
    live_check(conv_menu(u, BOB, "Invite"));
    fill_in_invitation();
    client_forget_dialogs();
}

static void user_chats(service *svc, user *u)
{
    const char *chat;
    user *acts = moment.u;

    moment.u = NULL;
    user_begins_chat(svc, u);
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    moment.u = acts;
    conv_send(u, chat, "to all");
}

static void user_conversations(service *svc G_GNUC_UNUSED, user *u)
{
    conv_send(u, BOB, "hello");
}

static void user_talks_to_blocked(service *svc G_GNUC_UNUSED, user *u)
{
    purple_privacy_deny_add(u->account, CAROL, FALSE);
    moment.only = PURPLE_MESSAGE_SYSTEM;
    conv_send(u, CAROL, "hello");
    live_check(strstr(conv_unread(u, CAROL), "hello"));
}

static void user_talks_to_nobody(service *svc G_GNUC_UNUSED, user *u)
{
    conv_send(u, "nobody", "hello");
}

/* What fails is told in three windows. */
static void user_fails(service *svc, user *u)
{
    moment.only = PURPLE_MESSAGE_ERROR;
    live_set(svc, "sb-cal.reply=217 {trid}\\r\\n");
    conv_send(u, BOB, "one");
    conv_send(u, CAROL, "two");
    conv_send(u, DAVE, "three");
    live_wait(!moment.u, CONV_PATIENCE);
    service_unset(svc, "sb-cal.reply");
}

/* And so is what waits when the session ends. */
static void user_goes(service *svc, user *u)
{
    moment.only = PURPLE_MESSAGE_ERROR;
    live_set(svc, "sb-usr.silent");
    conv_send(u, BOB, "one");
    conv_send(u, CAROL, "two");
    conv_send(u, DAVE, "three");
    user_sign_out(u);
    live_check(!moment.u);
    service_unset(svc, "sb-usr.silent");
    live_check(strstr(conv_unread(u, BOB), "one") && strstr(conv_unread(u, CAROL), "two"));
    live_settled(u);
}

static const struct {
    const char *name;
    const char *signal;
    guint which;
    deed deed;
    gboolean stop;
    void (*happen)(service *svc, user *u);
    gboolean subset;
} rows[] = {
    {"receiving/sign-out", "receiving-im-msg", 2, SIGNS_OUT, TRUE, others_talk, FALSE},
    {"receiving/remove", "receiving-im-msg", 2, REMOVES, TRUE, others_talk, TRUE},
    {"receiving/close", "receiving-im-msg", 2, CLOSES, TRUE, others_talk, FALSE},
    {"receiving/doom", "receiving-im-msg", 2, DOOMS, FALSE, others_talk, FALSE},
    {"received/sign-out", "received-im-msg", 2, SIGNS_OUT, FALSE, others_talk_to_window, FALSE},
    {"created/sign-out", "conversation-created", 1, SIGNS_OUT, FALSE, others_talk, FALSE},
    {"created/doom", "conversation-created", 1, DOOMS, FALSE, others_talk, FALSE},
    {"writing/sign-out", "writing-im-msg", 1, SIGNS_OUT, FALSE, others_talk, FALSE},
    {"writing/close", "writing-im-msg", 2, CLOSES, TRUE, others_talk, FALSE},
    {"wrote/close", "wrote-im-msg", 2, CLOSES, FALSE, others_talk, FALSE},
    {"titled/close", "conversation-updated", 2, CLOSES, FALSE, others_talk, FALSE},
    {"titled/sign-out", "conversation-updated", 2, SIGNS_OUT, FALSE, others_talk, FALSE},
    {"typing/sign-out", "buddy-typing", 1, SIGNS_OUT, FALSE, others_type, FALSE},
    {"typing/remove", "buddy-typing", 1, REMOVES, FALSE, others_type, FALSE},
    {"drawn/sign-out", "chat-joined", 1, SIGNS_OUT, FALSE, others_chat, FALSE},
    {"drawn/remove", "chat-joined", 1, REMOVES, FALSE, others_chat, TRUE},
    {"drawn/close", "chat-joined", 1, CLOSES, FALSE, others_chat, FALSE},
    {"enter/sign-out", "chat-buddy-joined", 1, SIGNS_OUT, FALSE, others_chat, FALSE},
    {"enter/remove", "chat-buddy-joined", 1, REMOVES, FALSE, others_chat, FALSE},
    {"enter/close", "chat-buddy-joined", 1, CLOSES, FALSE, others_chat, FALSE},
    {"joined/sign-out", "chat-buddy-joined", 2, SIGNS_OUT, FALSE, others_chat, FALSE},
    {"joined/close", "chat-buddy-joined", 3, CLOSES, FALSE, others_chat, FALSE},
    {"left/sign-out", "chat-buddy-left", 1, SIGNS_OUT, FALSE, others_chat, FALSE},
    {"left/close", "chat-buddy-left", 1, CLOSES, FALSE, others_chat, FALSE},
    {"left/remove", "chat-buddy-left", 2, REMOVES, FALSE, others_chat, FALSE},
    {"chat-receiving/remove", "receiving-chat-msg", 2, REMOVES, TRUE, others_chat, FALSE},
    {"chat-receiving/close", "receiving-chat-msg", 2, CLOSES, TRUE, others_chat, FALSE},
    {"chat-wrote/close", "wrote-chat-msg", 2, CLOSES, FALSE, others_chat, FALSE},
    {"begun/sign-out", "chat-joined", 1, SIGNS_OUT, FALSE, user_begins_chat, FALSE},
    {"begun/close", "chat-joined", 1, CLOSES, FALSE, user_begins_chat, FALSE},
    {"begun/remove", "chat-joined", 1, REMOVES, FALSE, user_begins_chat, FALSE},
    {"invites/sign-out", "chat-joined", 1, SIGNS_OUT, FALSE, user_invites, TRUE},
    {"invites/remove", "chat-joined", 1, REMOVES, FALSE, user_invites, FALSE},
    {"invites/close", "chat-joined", 1, CLOSES, FALSE, user_invites, FALSE},
    {"chats/sign-out", "wrote-chat-msg", 1, SIGNS_OUT, FALSE, user_chats, TRUE},
    {"chats/doom", "receiving-chat-msg", 1, DOOMS, FALSE, user_chats, FALSE},
    {"conversation/sign-out", "wrote-im-msg", 1, SIGNS_OUT, FALSE, user_conversations, FALSE},
    {"blocked/sign-out", "wrote-im-msg", 1, SIGNS_OUT, FALSE, user_talks_to_blocked, FALSE},
    {"nobody/sign-out", "wrote-im-msg", 1, SIGNS_OUT, FALSE, user_talks_to_nobody, FALSE},
    {"nobody/doom", "wrote-im-msg", 1, DOOMS, FALSE, user_talks_to_nobody, FALSE},
    {"fails/close", "wrote-im-msg", 1, CLOSES, FALSE, user_fails, FALSE},
    {"fails/sign-out", "wrote-im-msg", 1, SIGNS_OUT, FALSE, user_fails, FALSE},
    {"fails/remove", "wrote-im-msg", 1, REMOVES, FALSE, user_fails, FALSE},
    {"goes/close", "wrote-im-msg", 2, CLOSES, FALSE, user_goes, FALSE},
};

static void test_moment(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    service *svc = conv_service("joins", BOB, CAROL, DAVE, NULL);
    user *u = live_user(svc);

    live_settled(u);
    arm(u, rows[i].signal, rows[i].which, rows[i].deed, rows[i].stop);
    rows[i].happen(svc, u);
    check_after(svc, u);
}

/* --- the end of the account, and of the program ----------------------------------------------- */

/* Windows of all kinds, texts that wait and that are not answered, a question. */
static user *be_busy(service *svc)
{
    user *u = live_user(svc);
    const char *chat;

    live_settled(u);
    conv_open(u, BOB);
    conv_command(u, BOB, "invite " CAROL);
    chat = conv_new_chat(u);
    conv_has_members(u, chat, ALICE ", " BOB ", " CAROL);
    live_set(svc, "sb-lose-ack");
    conv_send(u, chat, "to all");
    conv_send(u, BOB, "to one");
    conv_menu(u, BOB, "Invite");
    conv_type(u, BOB, PURPLE_TYPING);
    live_wait(service_robot_heard(svc, BOB, "text/plain") == 2, CONV_PATIENCE);
    live_set(svc, "sb-usr.silent");
    conv_send(u, DAVE, "waits");
    conv_send(u, "erin@example.com", "lost");
    conv_close(u, "erin@example.com");
    return u;
}

static void test_removed(void)
{
    service *svc = conv_service("joins", BOB, CAROL, DAVE, NULL);
    user *u = be_busy(svc);

    user_free(u);
    check_nothing_left(svc);
    live_check(!purple_get_conversations());
    live_check(live_told(DIALOG_MESSAGE, "erin@example.com", "lost", NULL));
    client_forget_dialogs();
    service_unset(svc, "sb-usr.silent");
    service_unset(svc, "sb-lose-ack");
    u = live_user(svc);
    conv_forget(u);
    check_as_good_as_new(svc, u);
}

typedef enum { SIGNED_OUT, KICKED, IS_REMOVED } ending;

static void end_session(service *svc, user *u, ending how)
{
    switch (how) {
    case SIGNED_OUT:
        user_sign_out(u);
        break;
    case KICKED:
        live_check(service_kick(svc, ALICE) == 1);
        live_wait(u->error && user_is_offline(u), CONV_PATIENCE);
        break;
    case IS_REMOVED:
        user_free(u);
        break;
    }
}

/* A question is open, which the client answers with "cancel" when it is closed with the session. */
static void test_cancelled(gconstpointer data)
{
    ending how = (ending)GPOINTER_TO_INT(data);
    service *svc = conv_service("joins", BOB, CAROL, NULL);
    user *u = live_user(svc);

    client_set_manners(CLIENT_CANCELS);
    live_settled(u);
    conv_open(u, BOB);
    conv_menu(u, BOB, "Invite");
    conv_menu(u, BOB, "Invite");
    fill_in_invitation();
    live_check(live_open_dialogs(DIALOG_FIELDS) == 1);
    conv_new_chat(u);
    end_session(svc, u, how);
    live_check(live_open_dialogs(DIALOG_FIELDS) == 0);
    client_forget_dialogs();
    u = how == IS_REMOVED ? live_user(svc) : u;
    conv_forget(u);
    check_as_good_as_new(svc, u);
}

/* In a process of its own, which ends in the middle of all that. */
static void test_quit(void)
{
    if (g_test_subprocess()) {
        be_busy(conv_service("joins", BOB, CAROL, DAVE, NULL));
        return;
    }
    g_test_trap_subprocess(NULL, 0, (GTestSubprocessFlags)0);
    g_test_trap_assert_passed();
}

static void add_tests(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        /* Who removes the account signs out, too. */
        if (conv_is_slow() && !rows[i].subset &&
            (rows[i].deed == SIGNS_OUT || rows[i].deed == DOOMS))
            continue;
        g_autofree char *path = g_strdup_printf("/interrupted/%s", rows[i].name);
        live_add_data(path, GUINT_TO_POINTER(i), test_moment, rows[i].subset);
    }
    live_add("/interrupted/removed", test_removed, TRUE);
    live_add_data("/interrupted/cancelled/sign-out", GINT_TO_POINTER(SIGNED_OUT), test_cancelled,
                  TRUE);
    live_add_data("/interrupted/cancelled/kick", GINT_TO_POINTER(KICKED), test_cancelled, FALSE);
    live_add_data("/interrupted/cancelled/remove", GINT_TO_POINTER(IS_REMOVED), test_cancelled,
                  FALSE);
    live_add("/interrupted/quit", test_quit, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
