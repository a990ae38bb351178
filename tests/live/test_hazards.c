/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can go wrong with a buddy list although everybody does what is allowed: callbacks that act
 * in the middle of ours, lists that are not all there, services that are not the one of yesterday.
 */
#include "blist_helpers.h"

#include <string.h>

#define ERIN    "erin@example.com"
#define FORWARD (SERVICE_FL | SERVICE_AL | SERVICE_RL)

/* The same word with its accent composed and decomposed: for libpurple they are one group. */
#define CAFE_NFC "Caf\xc3\xa9"
#define CAFE_NFD "Cafe\xcc\x81"

/* --- plugins that answer or act at once --------------------------------------------------------
 */

static int handle;

static int answer(PurpleAccount *account G_GNUC_UNUSED, const char *who G_GNUC_UNUSED,
                  gpointer data)
{
    return GPOINTER_TO_INT(data);
}

static void test_answered_by_plugin(gconstpointer data)
{
    int accept = GPOINTER_TO_INT(data);
    guint lists = SERVICE_RL | (accept > 0 ? SERVICE_AL : SERVICE_BL);
    service *svc = live_service();
    user *u = live_user(svc);

    live_register(svc, ERIN);
    live_register(svc, DAVE);
    purple_signal_connect(purple_accounts_get_handle(), "account-authorization-requested", &handle,
                          PURPLE_CALLBACK(answer), GINT_TO_POINTER(accept));
    service_act_add(svc, ERIN, ALICE);
    live_settled(u);
    live_check(service_lists_are(svc, ALICE, ERIN, lists));
    service_act_add(svc, DAVE, ALICE);
    live_quiet();
    live_check(service_lists_are(svc, ALICE, DAVE, lists));
    live_check(user_permits(u, ERIN) == (accept > 0) && user_denies(u, ERIN) == (accept < 0));
    live_check(user_permits(u, DAVE) == (accept > 0) && user_denies(u, DAVE) == (accept < 0));
    live_check(client_dialogs()->len == 0);
    purple_signals_disconnect_by_handle(&handle);
    live_end_list(svc, u);
}

#define CROWD 6

static char *person(int i)
{
    return g_strdup_printf("person%d@example.com", i);
}

static const char *place_of(int i)
{
    return i % 2 ? "Friends" : "Zoo";
}

static void put_crowd(service *svc)
{
    for (int i = 0; i < CROWD; i++) {
        g_autofree char *who = person(i);

        service_put(svc, ALICE, who, FORWARD, NULL, i % 2 ? "2" : "1");
        service_appear(svc, who, "BSY");
    }
}

/* Alice's list: a crowd in two groups, everybody online. */
static service *service_with_crowd(void)
{
    service *svc = live_service();

    g_assert_cmpuint(service_add_group(svc, ALICE, "Zoo"), ==, 1);
    g_assert_cmpuint(service_add_group(svc, ALICE, "Friends"), ==, 2);
    put_crowd(svc);
    return svc;
}

static struct {
    user *u;
    guint left; /* signals until the user signs out */
} leaving;

static void leave(PurpleBuddy *buddy G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    if (leaving.left > 0 && --leaving.left == 0)
        user_sign_out(leaving.u);
}

/* Signs out with the second of these signals, while the list comes in. */
static void test_leaves(gconstpointer data)
{
    service *svc = service_with_crowd();
    user *u = live_user(svc);
    gboolean removes = strcmp(data, "buddy-removed") == 0;

    if (removes) {
        live_settled(u);
        live_offline(svc, u);
        for (int i = 0; i < CROWD / 2; i++) {
            g_autofree char *who = person(i);

            service_put(svc, ALICE, who, 0, NULL, NULL);
        }
    }
    leaving.u = u;
    leaving.left = 2;
    purple_signal_connect(purple_blist_get_handle(), data, &handle, PURPLE_CALLBACK(leave), NULL);
    user_sign_in(u);
    live_wait(leaving.left == 0 && user_is_offline(u), 20);
    purple_signals_disconnect_by_handle(&handle);
    live_wait(live_connections(svc) == 0, 5);
    live_check(!u->error);
    live_check(client_plugin_timers() == 0);
    live_check(client_plugin_watches() == 0);

    live_settled(u);
    for (int i = 0; i < CROWD; i++) {
        g_autofree char *who = person(i);

        live_check(user_has(u, who, removes && i < CROWD / 2 ? "" : place_of(i)));
    }
    live_check_count(svc, "?S >>> ADD*", 0);
    live_end_list(svc, u);
}

/* --- a service that has not got them -----------------------------------------------------------
 */

static void move_to(user *u, service *svc, const char *server)
{
    purple_account_set_string(u->account, "server", server);
    purple_account_set_int(u->account, "port", service_port(svc, SERVICE_DISPATCH));
    purple_account_set_string(u->account, "nexus_url", service_nexus_url(svc));
}

/* The crowd is here; those from `first` on are kept, that is, not on the service's list. */
static void check_crowd(user *u, int first)
{
    for (int i = 0; i < CROWD; i++) {
        g_autofree char *who = person(i);
        const char *emblem;
        g_autofree char *tip = NULL;

        live_check(user_has(u, who, place_of(i)));
        emblem = user_emblem(u, who);
        tip = user_tooltip(u, who, FALSE);
        live_check((g_strcmp0(emblem, "unavailable") == 0) == (i >= first));
        live_check((strstr(tip, "no longer") != NULL) == (i >= first));
        live_check(user_sees(u, who, i >= first ? "offline" : "busy"));
    }
    live_check(user_n_buddies(u) == CROWD);
}

/* A session that ends before the list could be brought in step: an edit is never answered. */
static void break_off(service *svc, user *u)
{
    live_register(svc, ERIN);
    live_set(svc, "ns-add.silent");
    live_online(u);
    purple_privacy_permit_add(u->account, ERIN, FALSE);
    live_wait(service_count(svc, "NS >>> ADD * AL " ERIN " *") == 1, 20);
    live_quiet();
    live_offline(svc, u);
    live_check(live_told(DIALOG_MESSAGE, "not confirmed", NULL));
    client_forget_dialogs();
    service_unset(svc, "ns-add.silent");
    service_forget_transcript(svc);
}

typedef enum { PLAIN, BROKEN_OFF, LATE } course;

/* A first session at a service that does not have the crowd from `first` on, and one more. */
static void check_kept(service *svc, user *u, int first, course how)
{
    if (how == BROKEN_OFF)
        break_off(svc, u);
    /* A setting that comes after the lists, in the middle of what they cause. */
    if (how == LATE)
        live_set(svc, "ns-chg.reply=CHG {trid} NLN\\r\\nILN {trid} BSY person0@example.com 0\\r\\n"
                      "BLP BL\\r\\n");
    for (int i = 0; i < 2; i++) {
        live_settled(u);
        live_check(purple_account_get_privacy_type(u->account) ==
                   (how == LATE ? PURPLE_PRIVACY_ALLOW_USERS : PURPLE_PRIVACY_DENY_USERS));
        check_crowd(u, first);
        live_offline(svc, u);
    }
    live_check_count(svc, "?S >>> ADD*", 0);
    live_check_count(svc, "?S >>> ADG*", 0);
    live_check(client_dialogs()->len == 0);
}

static void check_back(service *svc, user *u)
{
    service_forget_transcript(svc);
    live_settled(u);
    check_crowd(u, CROWD);
    live_check_count(svc, "?S >>> ADD*", 0);
    live_check_count(svc, "?S >>> REM*", 0);
    live_check(client_dialogs()->len == 0);
}

/* Another service, which has one of them only. */
static void test_elsewhere(gconstpointer data)
{
    service *svc = service_with_crowd();
    service *other = live_service();
    user *u = live_user(svc);

    service_add_group(other, ALICE, "Zoo");
    service_put(other, ALICE, "person0@example.com", FORWARD, NULL, "1");
    service_appear(other, "person0@example.com", "BSY");
    live_settled(u);
    live_offline(svc, u);
    move_to(u, other, "localhost");
    check_kept(other, u, 1, (course)GPOINTER_TO_INT(data));
    move_to(u, svc, "127.0.0.1");
    check_back(svc, u);
    live_offline(svc, u);
    live_end(other, NULL);
    live_end_list(svc, u);
}

/* The same service, which has none of them any more. */
static void test_lost(gconstpointer data)
{
    course how = (course)GPOINTER_TO_INT(data);
    service *svc = service_with_crowd();
    user *u = live_user(svc);

    live_settled(u);
    live_offline(svc, u);
    for (int i = 0; i < CROWD; i++) {
        g_autofree char *who = person(i);

        service_put(svc, ALICE, who, 0, NULL, NULL);
    }
    check_kept(svc, u, 0, how);
    service_unset(svc, "ns-chg.reply");
    put_crowd(svc);
    check_back(svc, u);
    live_end_list(svc, u);
}

/* --- a list of which something is missing ------------------------------------------------------
 */

/* Alice's list: two groups, and a contact of each sort. */
static service *service_with_lists(void)
{
    service *svc = live_service();

    g_assert_cmpuint(service_add_group(svc, ALICE, "Zoo"), ==, 1);
    g_assert_cmpuint(service_add_group(svc, ALICE, "Friends"), ==, 2);
    live_contact(svc, BOB, "2");
    live_contact(svc, CAROL, "1,2");
    live_contact(svc, DAVE, NULL);
    return svc;
}

static void do_block(service *svc G_GNUC_UNUSED, user *u)
{
    user_toggle_block(u, BOB);
}

static void do_move(service *svc G_GNUC_UNUSED, user *u)
{
    user_move(u, BOB, "Friends", "Zoo");
}

/* Bob and Carol take Alice off their lists, and put her on again. */
static void do_reverse(service *svc, user *u G_GNUC_UNUSED)
{
    service_act_remove(svc, BOB, ALICE);
    service_act_remove(svc, CAROL, ALICE);
    live_quiet();
    service_act_add(svc, BOB, ALICE);
    service_act_add(svc, CAROL, ALICE);
}

static const struct {
    const char *name;
    void (*act)(service *svc, user *u);
    const char *place; /* of Bob, afterwards */
    guint lists;
} hazards[] = {
    {"block", do_block, "Friends", SERVICE_FL | SERVICE_BL | SERVICE_RL},
    {"move", do_move, "Zoo", FORWARD},
    {"reverse", do_reverse, "Friends", FORWARD},
};

/* Bob's line got lost. Whatever is new of him, he stays, and so does what was moved offline. */
static void test_incomplete(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    service *svc = service_with_lists();
    user *u = live_user(svc);

    live_settled(u);
    live_offline(svc, u);
    user_move(u, CAROL, "Friends", "Elsewhere");
    live_set(svc, "ns-syn.reply=SYN {trid} 9 3 3\\r\\nGTC A\\r\\nBLP AL\\r\\nLSG 0 None 0\\r\\n"
                  "LSG 1 Zoo 0\\r\\nLSG 2 Friends 0\\r\\nLST bob Bob 11 2\\r\\n"
                  "LST carol@example.com Carol 11 1,2\\r\\nLST dave@example.com Dave 11 0\\r\\n");
    live_settled(u);
    live_check(user_has(u, BOB, "Friends"));
    hazards[i].act(svc, u);
    live_quiet();
    live_check(user_has(u, BOB, hazards[i].place));
    live_check(user_has(u, CAROL, "Elsewhere, Zoo"));
    live_check(user_has(u, DAVE, NO_GROUP));
    live_check(service_lists_are(svc, ALICE, BOB, hazards[i].lists));
    client_forget_dialogs();

    /* When the whole list comes, everything is in step again. */
    live_offline(svc, u);
    service_unset(svc, "ns-syn.reply");
    live_settled(u);
    live_check(user_has(u, BOB, hazards[i].place));
    live_check(service_has(svc, ALICE, BOB, hazards[i].place));
    live_check(user_has(u, CAROL, "Elsewhere, Zoo"));
    live_check(service_has(svc, ALICE, CAROL, "Elsewhere, Zoo"));
    live_check(service_lists_are(svc, ALICE, BOB, hazards[i].lists));
    live_check(client_dialogs()->len == 0);
    live_end_list(svc, u);
}

/* Who was asked about is known although the session saw no list, or not the whole of it. */
static void test_asked_once(gconstpointer data)
{
    g_auto(GStrv) knob = g_strsplit(data, "=", 2);
    service *svc = service_with_lists();
    user *u = live_user(svc);

    live_register(svc, ERIN);
    service_act_add(svc, ERIN, ALICE);
    live_settled(u);
    live_check(live_asked(u, ERIN) != NULL);
    /* Who signs out without an answer has given one. */
    live_offline(svc, u);
    client_forget_dialogs();
    live_set(svc, data);
    live_online(u);
    live_quiet();
    live_offline(svc, u);
    service_unset(svc, knob[0]);
    live_settled(u);
    live_check(client_dialogs()->len == 0);
    live_check(service_lists_are(svc, ALICE, ERIN, SERVICE_RL));
    live_end_list(svc, u);
}

/* --- floods of dialogs -------------------------------------------------------------------------
 */

/* One person, or always another one, adds Alice and takes it back, again and again. */
static void test_come_and_go(gconstpointer data)
{
    guint people = GPOINTER_TO_UINT(data);
    service *svc = live_service();
    user *u = live_user(svc);

    live_settled(u);
    for (guint i = 0; i < 60; i++) {
        g_autofree char *who = g_strdup_printf("%u@z.zz", i % people);
        g_autofree char *added = g_strdup_printf("ADD 0 RL 9 %s z\r\n", who);
        g_autofree char *removed = g_strdup_printf("REM 0 RL 9 %s\r\n", who);

        live_check(live_say(svc, SERVICE_NOTIFICATION, added) == 1);
        client_idle(0.1);
        live_check(live_open_dialogs(DIALOG_AUTHORIZE) == (i < MIN(people, 20)));
        live_say(svc, SERVICE_NOTIFICATION, removed);
        client_idle(0.1);
        live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 0);
    }
    live_check(client_count_dialogs(DIALOG_AUTHORIZE) == MIN(people, 20));
    client_forget_dialogs();

    /* Who stays is asked about later, and so is somebody else. */
    live_say(svc, SERVICE_NOTIFICATION, "ADD 0 RL 9 0@z.zz z\r\nADD 0 RL 9 friend@z.zz f\r\n");
    live_wait(live_asked(u, "0@z.zz") && live_asked(u, "friend@z.zz"), 400);
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 2);
    client_forget_dialogs();
    live_end_list(svc, u);
}

/* "Do not ask", but the service does not let them be allowed: that is nothing to tell. */
static void test_crowd_not_allowed(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    service_set_privacy(svc, ALICE, "GTC", "N");
    live_settled(u);
    live_set(svc, "ns-add.reply=600 {trid}\\r\\n");
    for (guint i = 0; i < 30; i++) {
        g_autofree char *who = g_strdup_printf("%u@z.zz", i);
        g_autofree char *added = g_strdup_printf("ADD 0 RL 9 %s z\r\n", who);
        g_autofree char *tried = g_strdup_printf("NS >>> ADD * AL %s *", who);

        live_say(svc, SERVICE_NOTIFICATION, added);
        live_wait(service_count(svc, tried) == 1, 10);
        live_quiet();
    }
    live_check(client_debug_has("edit allow failed"));
    live_check(client_dialogs()->len == 0);
    /* The same for what the user does is told. */
    purple_privacy_permit_add(u->account, "0@z.zz", FALSE);
    live_quiet();
    live_check(client_count_dialogs(DIALOG_MESSAGE) == 1);
    client_forget_dialogs();
    live_end_list(svc, u);
}

/* Edit after edit is refused: soon they become one message. */
static void test_refusals(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_settled(u);
    live_set(svc, "ns-add.reply=600 {trid}\\r\\n");
    for (guint i = 0; i < 30; i++) {
        g_autofree char *who = g_strdup_printf("%u@z.zz", i);
        g_autofree char *tried = g_strdup_printf("NS >>> ADD * BL %s *", who);

        purple_privacy_deny_add(u->account, who, FALSE);
        live_wait(service_count(svc, tried) == 1, 10);
        client_idle(0.1);
    }
    live_check(client_count_dialogs(DIALOG_MESSAGE) == 5);
    live_wait(client_count_dialogs(DIALOG_MESSAGE) == 6, 100);
    live_check(live_told(DIALOG_MESSAGE, "5@z.zz", "And 15 more.", NULL));
    client_forget_dialogs();
    live_end_list(svc, u);
}

/* The connection breaks again and again over an edit: one message says of how many. */
static void test_unconfirmed(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_set(svc, "ns-add.silent");
    for (guint i = 0; i < 3; i++) {
        live_online(u);
        live_quiet();
        purple_privacy_deny_add(u->account, ERIN, FALSE);
        live_wait(service_count(svc, "NS >>> ADD * BL " ERIN " *") == i + 1, 20);
        service_kick(svc, ALICE);
        live_failed(u, 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, NULL);
    }
    live_check(live_open_dialogs(DIALOG_MESSAGE) == 1);
    live_check(live_told(DIALOG_MESSAGE, "3 changes", NULL));
    client_forget_dialogs();
    /* That one has been read; and what the user did not do is none of their business. */
    service_set_privacy(svc, ALICE, "GTC", "N");
    service_put(svc, ALICE, DAVE, SERVICE_RL, NULL, NULL);
    live_online(u);
    live_wait(service_count(svc, "NS >>> ADD * AL " DAVE " *") == 1, 20);
    service_kick(svc, ALICE);
    live_failed(u, 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, NULL);
    service_unset(svc, "ns-add.silent");
    live_settled(u);
    live_check(client_dialogs()->len == 0);
    live_end_list(svc, u);
}

/* Somebody changes the name all the time: the window says so once in a while. */
static void test_names(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    PurpleConversation *conv;

    live_contact(svc, BOB, NULL);
    service_appear(svc, BOB, "NLN");
    live_settled(u);
    conv = purple_conversation_new(PURPLE_CONV_TYPE_IM, u->account, BOB);
    for (guint i = 0; i < 50; i++) {
        g_autofree char *name = g_strdup_printf("Bob%u", i);

        service_say_name(svc, BOB, name);
        live_wait(strcmp(user_name_of(u, BOB), name) == 0, 10);
    }
    live_check(g_list_length(purple_conversation_get_message_history(conv)) == 1);
    client_idle(70);
    service_say_name(svc, BOB, "Bob");
    live_wait(strcmp(user_name_of(u, BOB), "Bob") == 0, 10);
    live_check(g_list_length(purple_conversation_get_message_history(conv)) == 2);
    purple_conversation_destroy(conv);
    live_end_list(svc, u);
}

/* --- what is local -----------------------------------------------------------------------------
 */

static const guchar icon[] = "\x89PNG\r\n\x1a\n, or what passes for one";

static void set_icon(PurpleBlistNode *node)
{
    gpointer copy = g_malloc(sizeof icon);

    memcpy(copy, icon, sizeof icon);
    purple_buddy_icons_node_set_custom_icon(node, copy, sizeof icon);
}

static gboolean has_icon(PurpleBlistNode *node)
{
    PurpleStoredImage *image = purple_buddy_icons_node_find_custom_icon(node);
    gboolean same = image && purple_imgstore_get_size(image) == sizeof icon &&
                    memcmp(purple_imgstore_get_data(image), icon, sizeof icon) == 0;

    if (image)
        purple_imgstore_unref(image);
    return same;
}

/* Is it with the buddy, or with the person that the buddy is? */
static gboolean has_note(PurpleBuddy *buddy, const char *text)
{
    PurpleBlistNode *node = PURPLE_BLIST_NODE(buddy);

    return g_strcmp0(purple_blist_node_get_string(node, "notes"), text) == 0 ||
           g_strcmp0(purple_blist_node_get_string(node->parent, "notes"), text) == 0;
}

/* A copy that goes leaves what the user wrote and drew to the one that stays. */
static void test_copy_goes(gconstpointer data)
{
    gboolean of_person = data != NULL;
    service *svc = service_with_lists();
    user *u = live_user(svc);
    PurpleBuddy *buddy;
    PurpleBlistNode *node;

    live_settled(u);
    node = PURPLE_BLIST_NODE(user_buddy(u, CAROL, "Zoo"));
    purple_blist_node_set_string(of_person ? node->parent : node, "notes", "owes me a book");
    /* Pictures of one's own choice are of persons only. */
    set_icon(node->parent);
    live_offline(svc, u);
    service_put(svc, ALICE, CAROL, FORWARD, NULL, "2");
    live_settled(u);
    live_check(user_has(u, CAROL, "Friends"));
    buddy = user_buddy(u, CAROL, "Friends");
    live_check(has_note(buddy, "owes me a book"));
    live_check(has_icon(PURPLE_BLIST_NODE(purple_buddy_get_contact(buddy))));
    live_end_list(svc, u);
}

/* libpurple tells everybody that a buddy goes, and somebody removes the other copies of it, too. */
static void remove_others(PurpleBuddy *buddy, gpointer data)
{
    user *u = data;
    GSList *others;

    if (strcmp(purple_buddy_get_name(buddy), CAROL) != 0)
        return;
    others = purple_find_buddies(u->account, CAROL);
    for (GSList *l = others; l; l = l->next)
        if (l->data != buddy)
            purple_blist_remove_buddy(l->data);
    g_slist_free(others);
}

static void test_copies_go_at_once(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);

    live_settled(u);
    live_offline(svc, u);
    service_put(svc, ALICE, CAROL, 0, NULL, NULL);
    purple_signal_connect(purple_blist_get_handle(), "buddy-removed", &handle,
                          PURPLE_CALLBACK(remove_others), u);
    live_settled(u);
    purple_signals_disconnect_by_handle(&handle);
    live_check(user_has(u, CAROL, ""));
    live_end_list(svc, u);
}

static void check_person(user *u, const char *group)
{
    PurpleContact *twins = purple_buddy_get_contact(user_buddy(u, BOB, NULL));

    live_check(user_has(u, BOB, group));
    g_assert_cmpstr(twins->alias, ==, "The Twins");
    g_assert_cmpstr(purple_blist_node_get_string(PURPLE_BLIST_NODE(twins), "notes"), ==,
                    "owe me a book");
    live_check(has_icon(PURPLE_BLIST_NODE(twins)));
}

/* What the user knows of a person goes along: another computer moves it, and back with a rename. */
static void test_person_moves(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);
    PurpleContact *twins;

    live_settled(u);
    twins = purple_buddy_get_contact(user_buddy(u, BOB, NULL));
    purple_blist_alias_contact(twins, "The Twins");
    purple_blist_node_set_string(PURPLE_BLIST_NODE(twins), "notes", "owe me a book");
    set_icon(PURPLE_BLIST_NODE(twins));
    live_offline(svc, u);
    service_put(svc, ALICE, BOB, FORWARD, NULL, "1");
    live_settled(u);
    check_person(u, "Zoo");

    /* Into no group, and into one that is new here. */
    live_offline(svc, u);
    g_assert_cmpuint(service_add_group(svc, ALICE, "New"), ==, 3);
    service_put(svc, ALICE, BOB, FORWARD, NULL, "3");
    live_settled(u);
    check_person(u, "New");
    live_offline(svc, u);
    service_put(svc, ALICE, BOB, FORWARD, NULL, NULL);
    live_settled(u);
    check_person(u, NO_GROUP);
    live_check_count(svc, "?S >>> ADD*", 0);
    live_check_count(svc, "?S >>> REM*", 0);
    live_end_list(svc, u);
}

/* --- groups ------------------------------------------------------------------------------------
 */

/* Two people who are one for the user stay it, and each group gets its own name back. */
static void test_two_renames(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    PurpleContact *one;

    live_settled(u);
    one = purple_buddy_get_contact(user_buddy(u, BOB, NULL));
    purple_blist_merge_contact(purple_buddy_get_contact(user_buddy(u, CAROL, "Friends")),
                               PURPLE_BLIST_NODE(one));
    live_quiet();
    before = list_groups();
    live_set(svc, "ns-reg.reply=228 {trid}\\r\\n");
    list_rename_group("Zoo", "Aviary");
    list_rename_group("Friends", "Mates");
    live_quiet();
    after = list_groups();
    g_assert_cmpstr(after, ==, before);
    live_check(user_has(u, BOB, "Friends"));
    live_check(user_has(u, CAROL, "Friends, Zoo"));
    live_check(purple_buddy_get_contact(user_buddy(u, BOB, "Friends")) ==
               purple_buddy_get_contact(user_buddy(u, CAROL, "Friends")));
    live_check_count(svc, "NS >>> REG *", 2);
    live_check(live_told(DIALOG_MESSAGE, "Zoo", "Friends", NULL));
    client_forget_dialogs();
    live_end_list(svc, u);
}

/* The one is too long for the service, the other is not. */
static void test_one_rename(gconstpointer data)
{
    gboolean refused_first = data != NULL;
    g_autofree char *longest = g_strnfill(62, 'w');
    service *svc = service_with_lists();
    user *u = live_user(svc);
    g_autofree char *here = NULL;
    g_autofree char *there = NULL;

    live_settled(u);
    if (refused_first)
        list_rename_group("Zoo", longest);
    list_rename_group("Friends", "Mates");
    if (!refused_first)
        list_rename_group("Zoo", longest);
    live_quiet();
    here = list_groups();
    g_assert_cmpstr(here, ==, "Zoo, Mates, " NO_GROUP);
    there = service_group_names(svc, ALICE);
    g_assert_cmpstr(there, ==, "Mates, Zoo");
    live_check(user_has(u, BOB, "Mates"));
    live_check(user_has(u, CAROL, "Mates, Zoo"));
    live_check(service_has(svc, ALICE, CAROL, "Mates, Zoo"));
    live_check(live_told(DIALOG_MESSAGE, "Zoo", NULL));
    client_forget_dialogs();
    live_end_list(svc, u);
}

/* The group is called in the one form here, and in the other there. */
static void test_forms(gconstpointer data)
{
    const char *here = data;
    const char *there = strcmp(here, CAFE_NFC) == 0 ? CAFE_NFD : CAFE_NFC;
    g_autofree char *names = g_strdup_printf("%s, Work", there);
    g_autofree char *groups = NULL;
    g_autofree char *shown = NULL;
    service *svc = live_service();
    user *u = live_user(svc);

    purple_blist_add_group(purple_group_new(here), NULL);
    service_add_group(svc, ALICE, there);
    service_add_group(svc, ALICE, "Work");
    live_contact(svc, BOB, "1");
    live_contact(svc, CAROL, "1");
    live_contact(svc, DAVE, "2");
    live_register(svc, ERIN);
    live_settled(u);
    live_check(user_has(u, BOB, here));
    user_remove(u, BOB, here);
    user_move(u, CAROL, here, "Work");
    user_move(u, DAVE, "Work", here);
    user_add(u, ERIN, NULL, here);
    live_quiet();
    for (int i = 0; i < 2; i++) {
        live_check(user_has(u, BOB, ""));
        live_check(user_has(u, CAROL, "Work"));
        live_check(user_has(u, DAVE, here));
        live_check(user_has(u, ERIN, here));
        live_offline(svc, u);
        live_settled(u);
    }
    live_check(service_lists_are(svc, ALICE, BOB, SERVICE_AL | SERVICE_RL));
    live_check(service_has(svc, ALICE, CAROL, "Work"));
    live_check(service_has(svc, ALICE, DAVE, there));
    live_check(service_has(svc, ALICE, ERIN, there));
    groups = service_group_names(svc, ALICE);
    g_assert_cmpstr(groups, ==, names);
    shown = list_groups();
    live_check(strstr(shown, here) && !strstr(shown, there));
    live_check_count(svc, "NS >>> ADG *", 0);
    live_check(client_dialogs()->len == 0);
    live_end_list(svc, u);
}

/* --- signing out in the middle of a dialog ------------------------------------------------------
 */

static PurpleRequestUiOps real_request;
static PurpleNotifyUiOps real_notify;

/* Once. */
static int leave_now(void)
{
    user *u = leaving.u;

    leaving.u = NULL;
    if (u)
        user_sign_out(u);
    return 0;
}

static void *input_and_leave(const char *title, const char *primary, const char *secondary,
                             const char *value, gboolean multiline, gboolean masked, gchar *hint,
                             const char *ok_text, GCallback ok, const char *cancel_text,
                             GCallback cancel, PurpleAccount *account, const char *who,
                             PurpleConversation *conv, void *data)
{
    void *opened =
        real_request.request_input(title, primary, secondary, value, multiline, masked, hint,
                                   ok_text, ok, cancel_text, cancel, account, who, conv, data);

    leave_now();
    return opened;
}

static void *message_and_leave(PurpleNotifyMsgType type, const char *title, const char *primary,
                               const char *secondary)
{
    void *opened = real_notify.notify_message(type, title, primary, secondary);

    leave_now();
    return opened;
}

static void be_added(service *svc, user *u G_GNUC_UNUSED)
{
    service_act_add(svc, ERIN, ALICE);
}

static void name_oneself(service *svc G_GNUC_UNUSED, user *u)
{
    dialog *d;

    user_action(u, "Nickname");
    d = g_ptr_array_index(client_dialogs(), 0);
    live_check(!d->open);
    /* Some clients answer one that has been closed. */
    ((PurpleRequestInputCb)d->ok)(d->user_data, "Al");
}

static void enter_phones(service *svc, user *u)
{
    dialog *d;

    live_set(svc, "ns-prp.reply=600 {trid}\\r\\n");
    user_action(u, "Phone");
    d = client_open_dialog(DIALOG_FIELDS);
    client_fill_field(d, "PHH",
                      "far too long for the number of a telephone, whatever its country "
                      "is, since nobody could remember all of it at once");
    client_fill_field(d, "PHW", "1234");
    client_fill_field(d, "PHM", "5678");
    client_accept(d);
}

/* What Finch leaves where no alias was entered goes with the next sign-in. */
static void drop_alias(service *svc, user *u)
{
    leaving.u = NULL;
    live_offline(svc, u);
    leaving.u = u;
    g_free(u->account->alias);
    u->account->alias = g_strdup("");
    purple_signal_disconnect(purple_connections_get_handle(), "signing-on", &handle,
                             PURPLE_CALLBACK(leave_now));
    purple_signal_connect(purple_accounts_get_handle(), "account-alias-changed", &handle,
                          PURPLE_CALLBACK(leave_now), NULL);
    user_sign_in(u);
}

static const struct {
    const char *name;
    void (*happen)(service *svc, user *u); /* when online; NULL: it happens before */
} departures[] = {
    {"signing-on", NULL},      {"authorization", be_added}, {"input", name_oneself},
    {"refusal", enter_phones}, {"alias", drop_alias},
};

static void test_departure(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    service *svc = service_with_crowd();
    user *u = live_user(svc);
    PurpleRequestUiOps *request = purple_request_get_ui_ops();
    PurpleNotifyUiOps *notify = purple_notify_get_ui_ops();

    live_register(svc, ERIN);
    if (departures[i].happen)
        live_settled(u);
    leaving.u = u;
    real_request = *request;
    real_notify = *notify;
    request->request_input = input_and_leave;
    notify->notify_message = message_and_leave;
    purple_signal_connect(purple_accounts_get_handle(), "account-authorization-requested", &handle,
                          PURPLE_CALLBACK(leave_now), NULL);
    purple_signal_connect(purple_connections_get_handle(), "signing-on", &handle,
                          PURPLE_CALLBACK(leave_now), NULL);
    if (departures[i].happen)
        departures[i].happen(svc, u);
    else
        user_sign_in(u);
    live_wait(!leaving.u && user_is_offline(u), 20);
    purple_signals_disconnect_by_handle(&handle);
    *request = real_request;
    *notify = real_notify;
    service_unset(svc, "ns-prp.reply");
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 0 && live_open_dialogs(DIALOG_INPUT) == 0 &&
               live_open_dialogs(DIALOG_FIELDS) == 0);
    live_wait(live_connections(svc) == 0, 5);
    live_check(client_plugin_timers() == 0 && client_plugin_watches() == 0);
    client_forget_dialogs();
    live_settled(u);
    client_forget_dialogs();
    live_end_list(svc, u);
}

static void remove_account(PurpleBlistNode *node G_GNUC_UNUSED, const char *old G_GNUC_UNUSED,
                           gpointer data G_GNUC_UNUSED)
{
    user *u = leaving.u;

    leaving.u = NULL;
    user_free(u);
}

/* The alias that clients propose gives way to the person's own name. */
static void test_removed_adding(void)
{
    service *svc = service_with_crowd();
    user *u = live_user(svc);

    live_register(svc, ERIN);
    live_settled(u);
    service_act_add(svc, ERIN, ALICE);
    live_quiet();
    leaving.u = u;
    purple_signal_connect(purple_blist_get_handle(), "blist-node-aliased", &handle,
                          PURPLE_CALLBACK(remove_account), NULL);
    user_add(u, ERIN, "Erin", "Friends");
    purple_signals_disconnect_by_handle(&handle);
    live_check(!leaving.u && client_plugin_timers() == 0 && client_plugin_watches() == 0);
    client_forget_dialogs();
    u = live_user(svc);
    live_settled(u);
    client_forget_dialogs();
    live_end_list(svc, u);
}

/* --- unloading ---------------------------------------------------------------------------------
 */

/* Opens a window of each kind that calls the plugin back. */
static void open_dialogs(service *svc, user *u)
{
    static const char *const words[] = {"Nickname", "Phone", "People"};

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        live_check(user_action(u, words[i]));
    serv_get_info(user_connection(u), BOB);
    service_act_add(svc, ERIN, ALICE);
    live_quiet();
    live_set(svc, "ns-add.silent");
    purple_privacy_deny_add(u->account, DAVE, FALSE);
    live_wait(service_count(svc, "NS >>> ADD * BL *") == 1, 10);
    live_check(live_open_dialogs(DIALOG_INPUT) == 1 && live_open_dialogs(DIALOG_FIELDS) == 1);
    live_check(live_open_dialogs(DIALOG_CHOICE) == 1 && live_open_dialogs(DIALOG_NOTICE) == 1);
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 1);
}

static void unload(service *svc)
{
    PurplePlugin *plugin = purple_find_prpl(CLIENT_PROTOCOL);
    user *u = live_user(svc);

    /* Refused at each step of a sign-in, and as long as it lasts. */
    user_sign_in(u);
    for (gint64 until = client_until(20); !u->online && client_turn(until);)
        live_check(!purple_plugin_unload(plugin));
    live_quiet();
    open_dialogs(svc, u);
    live_check(!purple_plugin_unload(plugin));
    live_check(u->online && purple_find_prpl(CLIENT_PROTOCOL) == plugin);
    user_sign_out(u);
    live_check(live_open_dialogs(DIALOG_MESSAGE) == 1);
    live_check(purple_plugin_unload(plugin));
    /* Nothing is left that would call it. */
    for (guint i = 0; i < client_dialogs()->len; i++)
        live_check(!((dialog *)g_ptr_array_index(client_dialogs(), i))->open);
    live_check(client_plugin_timers() == 0 && client_plugin_watches() == 0);
    client_idle(1);
    live_check(purple_plugin_load(plugin));
    live_check(g_list_length(PURPLE_PLUGIN_PROTOCOL_INFO(plugin)->protocol_options) == 8);
}

/* In a process of its own: libpurple does not find the protocol again. */
static void test_unload(void)
{
    if (g_test_subprocess()) {
        service *svc = service_with_lists();

        live_register(svc, ERIN);
        unload(svc);
        return;
    }
    g_test_trap_subprocess(NULL, 0, (GTestSubprocessFlags)0);
    g_test_trap_assert_passed();
}

/* --- privacy -----------------------------------------------------------------------------------
 */

/* Chosen while thousands of contacts come in: it is not forgotten over that. */
static void test_mode_meanwhile(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    service_populate(svc, ALICE, 3000, 3);
    live_online(u);
    live_wait(user_n_buddies(u) > 0, 20);
    live_check(user_n_buddies(u) < 3000);
    user_set_privacy(u, PURPLE_PRIVACY_ALLOW_USERS);
    live_quiet();
    live_check(user_n_buddies(u) == 3000);
    g_assert_cmpstr(service_item(svc, ALICE, "BLP"), ==, "BL");
    live_check(purple_account_get_privacy_type(u->account) == PURPLE_PRIVACY_ALLOW_USERS);
    live_check(client_dialogs()->len == 0);
    live_end_list(svc, u);
}

static void add_tests(void)
{
    static const char *const signals[] = {"buddy-added", "buddy-signed-on", "buddy-removed"};
    static const char *const courses[] = {"plain", "broken-off", "late-setting"};

    live_add_data("/hazards/answered/allowed", GINT_TO_POINTER(1), test_answered_by_plugin, TRUE);
    live_add_data("/hazards/answered/denied", GINT_TO_POINTER(-1), test_answered_by_plugin, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
        g_autofree char *path = g_strconcat("/hazards/leaves/", signals[i], NULL);

        live_add_data(path, signals[i], test_leaves, TRUE);
    }
    for (int i = 0; i < (int)G_N_ELEMENTS(courses); i++) {
        g_autofree char *elsewhere = g_strconcat("/hazards/elsewhere/", courses[i], NULL);
        g_autofree char *lost = g_strconcat("/hazards/lost/", courses[i], NULL);

        live_add_data(elsewhere, GINT_TO_POINTER(i), test_elsewhere, FALSE);
        live_add_data(lost, GINT_TO_POINTER(i), test_lost, FALSE);
    }
    for (guint i = 0; i < G_N_ELEMENTS(hazards); i++) {
        g_autofree char *path = g_strconcat("/hazards/incomplete/", hazards[i].name, NULL);

        live_add_data(path, GUINT_TO_POINTER(i), test_incomplete, FALSE);
    }
    live_add_data("/hazards/asked-once/no-list", "syn-lst-more=3", test_asked_once, FALSE);
    live_add_data("/hazards/asked-once/incomplete", "ns-syn.reply=SYN {trid} 5\\r\\n",
                  test_asked_once, FALSE);
    live_add_data("/hazards/flood/one", GUINT_TO_POINTER(1), test_come_and_go, FALSE);
    live_add_data("/hazards/flood/many", GUINT_TO_POINTER(60), test_come_and_go, FALSE);
    live_add("/hazards/flood/not-allowed", test_crowd_not_allowed, FALSE);
    live_add("/hazards/flood/refusals", test_refusals, FALSE);
    live_add("/hazards/flood/names", test_names, FALSE);
    live_add("/hazards/flood/unconfirmed", test_unconfirmed, FALSE);
    live_add_data("/hazards/copy-goes/buddy", NULL, test_copy_goes, FALSE);
    live_add_data("/hazards/copy-goes/person", "person", test_copy_goes, FALSE);
    live_add("/hazards/copies-go-at-once", test_copies_go_at_once, TRUE);
    live_add("/hazards/person-moves", test_person_moves, FALSE);
    live_add("/hazards/renames/both-refused", test_two_renames, FALSE);
    live_add_data("/hazards/renames/first-refused", "first", test_one_rename, FALSE);
    live_add_data("/hazards/renames/second-refused", NULL, test_one_rename, FALSE);
    live_add_data("/hazards/forms/decomposed-here", CAFE_NFD, test_forms, FALSE);
    live_add_data("/hazards/forms/composed-here", CAFE_NFC, test_forms, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(departures); i++) {
        g_autofree char *path = g_strconcat("/hazards/departure/", departures[i].name, NULL);

        live_add_data(path, GUINT_TO_POINTER(i), test_departure, TRUE);
    }
    live_add("/hazards/departure/adding", test_removed_adding, FALSE);
    live_add("/hazards/unload", test_unload, FALSE);
    live_add("/hazards/mode-meanwhile", test_mode_meanwhile, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
