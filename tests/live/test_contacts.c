/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The buddy list at sign-in: as the server has it, but for what the user did while offline.
 */
#include "blist_helpers.h"

#include <string.h>

#define FORWARD (SERVICE_FL | SERVICE_AL | SERVICE_RL)

/* Alice's list: three groups, and a contact of each sort. */
static service *service_with_lists(void)
{
    service *svc = live_service();

    live_set(svc, "any-account");
    g_assert_cmpuint(service_add_group(svc, ALICE, "Zoo"), ==, 1);
    g_assert_cmpuint(service_add_group(svc, ALICE, "Friends"), ==, 2);
    g_assert_cmpuint(service_add_group(svc, ALICE, "Empty"), ==, 3);
    live_contact(svc, BOB, "2");
    live_contact(svc, CAROL, "1,2");
    live_contact(svc, DAVE, NULL);
    return svc;
}

static void test_lists(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);
    g_autofree char *groups = NULL;

    service_put(svc, ALICE, "allowed@example.com", SERVICE_AL, "Allowed", NULL);
    service_put(svc, ALICE, "blocked@example.com", SERVICE_BL, "Blocked", NULL);
    service_put(svc, ALICE, "reverse@example.com", SERVICE_AL | SERVICE_RL, "Reverse", NULL);
    live_settled(u);

    live_check(user_has(u, BOB, "Friends"));
    live_check(user_has(u, CAROL, "Friends, Zoo"));
    live_check(user_has(u, DAVE, NO_GROUP));
    live_check(user_n_buddies(u) == 4);
    groups = list_groups();
    g_assert_cmpstr(groups, ==, "Zoo, Friends, Empty, " NO_GROUP);
    g_assert_cmpstr(user_name_of(u, BOB), ==, "Bob");
    live_check(!purple_buddy_get_local_buddy_alias(user_buddy(u, BOB, NULL)));
    live_check(user_permits(u, "allowed@example.com"));
    live_check(user_permits(u, BOB));
    live_check(user_denies(u, "blocked@example.com"));
    live_check(!user_permits(u, "blocked@example.com"));
    live_check(!user_denies(u, BOB));
    /* All that was asked for is the list. */
    live_check_count(svc, "?S >>> ADD*", 0);
    live_check_count(svc, "?S >>> REM*", 0);
    live_check_count(svc, "?S >>> ADG*", 0);
    live_end_list(svc, u);
}

static void test_nothing_changed(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);
    guint32 version;
    guint saves;

    live_settled(u);
    user_alias(u, BOB, "Bobby");
    live_offline(svc, u);
    live_quiet();
    saves = client_blist_saves();
    version = service_version(svc, ALICE);
    live_settled(u);
    g_assert_cmpuint(client_blist_saves(), ==, saves);
    g_assert_cmpuint(service_version(svc, ALICE), ==, version);
    live_check(user_n_buddies(u) == 4);
    live_check_count(svc, "?S >>> ADD*", 0);
    live_check_count(svc, "?S >>> REM*", 0);
    g_assert_cmpstr(user_name_of(u, BOB), ==, "Bobby");
    live_end_list(svc, u);
}

/* What other computers changed meanwhile is so here, too; what the user wrote here is kept. */
/* What a client saw when it was last told to redraw the first buddy there is of an address. */
static struct {
    const user *u;
    const char *who;
    const char *emblem;
    void (*update)(PurpleBuddyList *list, PurpleBlistNode *node);
} row;

static void redraw(PurpleBuddyList *list, PurpleBlistNode *node)
{
    if (node == (gpointer)user_buddy(row.u, row.who, NULL))
        row.emblem = user_emblem(row.u, row.who);
    row.update(list, node);
}

static void test_changed_elsewhere(void)
{
    PurpleBlistUiOps *ops = purple_blist_get_ui_ops();
    service *svc = service_with_lists();
    user *u = live_user(svc);
    g_autofree char *text = NULL;

    live_contact(svc, "erin@example.com", "2");
    live_contact(svc, "frank@example.com", "2");
    live_contact(svc, "gina@example.com", "2");
    live_settled(u);
    user_alias(u, CAROL, "Caro");
    user_alias(u, "erin@example.com", "Ern");
    user_note(u, "frank@example.com", "owes me a book");
    live_offline(svc, u);

    service_put(svc, ALICE, BOB, SERVICE_AL, NULL, NULL);
    service_put(svc, ALICE, CAROL, FORWARD, NULL, "3");
    service_put(svc, ALICE, "erin@example.com", SERVICE_AL | SERVICE_RL, NULL, NULL);
    service_put(svc, ALICE, "frank@example.com", 0, NULL, NULL);
    service_put(svc, ALICE, "new@example.com", FORWARD, "New", "1");
    service_rename_group(svc, ALICE, 2, "Mates");
    row.u = u;
    row.who = "erin@example.com";
    row.update = ops->update;
    ops->update = redraw;
    live_settled(u);

    g_assert_cmpstr(row.emblem, ==, "unavailable");
    live_check(user_has(u, BOB, ""));
    live_check(user_has(u, CAROL, "Empty"));
    g_assert_cmpstr(user_name_of(u, CAROL), ==, "Caro");
    live_check(user_has(u, "gina@example.com", "Mates"));
    live_check(user_has(u, "new@example.com", "Zoo"));
    live_check(user_has(u, "erin@example.com", "Friends"));
    live_check(user_has(u, "frank@example.com", "Friends"));
    text = user_status_text(u, "erin@example.com");
    live_check(text && strstr(text, "Not on the service"));
    g_clear_pointer(&text, g_free);
    text = user_tooltip(u, "frank@example.com", FALSE);
    live_check(strstr(text, "no longer"));
    /* Not offered to the service, neither now nor later. */
    live_offline(svc, u);
    live_settled(u);
    live_check(user_has(u, "erin@example.com", "Friends"));
    live_check_count(svc, "?S >>> ADD*", 0);
    live_check_count(svc, "?S >>> REM*", 0);

    /* And back again, when it is back there. */
    live_offline(svc, u);
    service_put(svc, ALICE, "erin@example.com", FORWARD, NULL, "1");
    live_settled(u);
    live_check(user_has(u, "erin@example.com", "Zoo"));
    g_assert_cmpstr(user_name_of(u, "erin@example.com"), ==, "Ern");
    live_check(!user_status_text(u, "erin@example.com"));
    live_check(!row.emblem);
    ops->update = row.update;
    live_check_count(svc, "?S >>> ADD*", 0);
    live_end_list(svc, u);
}

/* What the user calls somebody is not lost with one of several copies. */
static void test_alias_of_copy(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);

    live_settled(u);
    purple_blist_alias_buddy(user_buddy(u, CAROL, "Zoo"), "Caro");
    live_offline(svc, u);
    service_put(svc, ALICE, CAROL, FORWARD, NULL, "2");
    live_settled(u);
    live_check(user_has(u, CAROL, "Friends"));
    g_assert_cmpstr(user_name_of(u, CAROL), ==, "Caro");
    live_end_list(svc, u);
}

#define MANY 10

static void check_crowd(service *svc, user *u, gboolean kept)
{
    live_check(user_n_buddies(u) == MANY);
    for (int i = 0; i < MANY; i++) {
        g_autofree char *who = g_strdup_printf("person%d@example.com", i);
        g_autofree char *text = user_status_text(u, who);

        live_check(user_buddy(u, who, NULL) != NULL);
        live_check(!text == !kept);
        live_check(user_sees(u, who, !kept && i % 3 == 0 ? "available" : "offline"));
    }
    live_check_count(svc, "?S >>> ADD*", 0);
    live_check(client_dialogs()->len == 0);
}

/* A service that lost its data is no reason to lose it here, too. */
static void test_emptied_list(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    service_populate(svc, ALICE, MANY, 2);
    live_settled(u);
    check_crowd(svc, u, FALSE);
    live_offline(svc, u);
    for (int i = 0; i < MANY; i++) {
        g_autofree char *who = g_strdup_printf("person%d@example.com", i);

        service_put(svc, ALICE, who, 0, NULL, NULL);
    }
    for (int i = 0; i < 2; i++) {
        live_settled(u);
        check_crowd(svc, u, TRUE);
        live_offline(svc, u);
    }
    service_populate(svc, ALICE, MANY, 2);
    live_settled(u);
    check_crowd(svc, u, FALSE);
    live_end_list(svc, u);
}

/* Neither is another service, which has never had them. */
static void test_other_service(void)
{
    service *svc = live_service();
    service *other = live_service();
    user *u = live_user(svc);

    service_populate(svc, ALICE, MANY, 2);
    live_contact(other, BOB, NULL);
    service_put(other, ALICE, "person1@example.com", FORWARD, NULL, NULL);
    live_settled(u);
    live_offline(svc, u);
    purple_account_set_string(u->account, "server", "localhost");
    purple_account_set_int(u->account, "port", service_port(other, SERVICE_DISPATCH));
    purple_account_set_string(u->account, "nexus_url", service_nexus_url(other));
    live_settled(u);
    live_check(user_has(u, BOB, NO_GROUP));
    live_check(user_n_buddies(u) == MANY + 1);
    live_check_count(other, "?S >>> ADD*", 0);
    live_check(client_dialogs()->len == 0);
    live_offline(other, u);
    live_end(other, NULL);
    live_end_list(svc, u);
}

/* Whom this service has lost meanwhile is removed, however the account's settings have its name. */
static void bob_is_removed(service *svc, user *u)
{
    service_put(svc, ALICE, BOB, 0, NULL, NULL);
    live_settled(u);
    live_check(user_has(u, BOB, ""));
    live_check(user_n_buddies(u) == 1);
    live_offline(svc, u);
    live_contact(svc, BOB, NULL);
    live_settled(u);
    live_check(user_has(u, BOB, NO_GROUP));
    live_offline(svc, u);
}

/* Blanks around its name, which pasting brings along, do not make a service another one. */
static void test_same_service(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    g_autofree char *server = g_strdup(purple_account_get_string(u->account, "server", ""));
    g_autofree char *blanks = g_strconcat(" ", server, "\t ", NULL);

    live_contact(svc, BOB, NULL);
    live_contact(svc, CAROL, NULL);
    live_settled(u);
    live_offline(svc, u);
    purple_account_set_string(u->account, "server", blanks);
    bob_is_removed(svc, u);
    purple_account_set_string(u->account, "server", server);
    bob_is_removed(svc, u);
    /* As releases before saved it. */
    purple_account_set_string(u->account, "listed_on", blanks);
    bob_is_removed(svc, u);
    live_end_list(svc, u);
}

/* A kept one that the user deletes is gone for good, without a word to the service. */
static void test_kept_is_deleted(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);

    live_settled(u);
    user_alias(u, BOB, "Bobby");
    live_offline(svc, u);
    service_put(svc, ALICE, BOB, SERVICE_AL | SERVICE_RL, NULL, NULL);
    live_settled(u);
    live_check(user_has(u, BOB, "Friends"));
    user_remove(u, BOB, "Friends");
    live_quiet();
    live_check(user_has(u, BOB, ""));
    live_check_count(svc, "?S >>> REM*", 0);
    live_check(service_lists_are(svc, ALICE, BOB, SERVICE_AL | SERVICE_RL));
    live_end_list(svc, u);
}

/* What the user does while offline is done on the server at the next sign-in. */
static void test_offline_edits(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);

    live_settled(u);
    live_offline(svc, u);
    user_add(u, "new@example.com", NULL, "Zoo");
    user_add(u, "newer@example.com", NULL, NULL);
    user_add(u, "newest@example.com", "Nest", "Offline");
    user_move(u, BOB, "Friends", "Zoo");
    user_move(u, DAVE, NULL, "Elsewhere");
    user_move(u, CAROL, "Zoo", NULL);
    live_settled(u);

    live_check(service_has(svc, ALICE, "new@example.com", "Zoo"));
    live_check(service_has(svc, ALICE, "newer@example.com", ""));
    live_check(service_has(svc, ALICE, "newest@example.com", "Offline"));
    live_check(service_lists_are(svc, ALICE, "newest@example.com", SERVICE_FL | SERVICE_AL));
    live_check(service_has(svc, ALICE, BOB, "Zoo"));
    live_check(service_has(svc, ALICE, DAVE, "Elsewhere"));
    live_check(service_has(svc, ALICE, CAROL, "Friends"));
    live_check(user_has(u, "new@example.com", "Zoo"));
    live_check(user_has(u, "newer@example.com", NO_GROUP));
    live_check(user_has(u, BOB, "Zoo"));
    live_check(user_has(u, DAVE, "Elsewhere"));
    /* "No group" is what a contact without any other is in. */
    live_check(user_has(u, CAROL, "Friends"));
    live_check(client_dialogs()->len == 0);
    live_end_list(svc, u);
}

/* A copy into another group while offline; and the contact in both is in both at the next look. */
static void test_offline_copy(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);

    live_settled(u);
    live_offline(svc, u);
    user_add(u, BOB, NULL, "Zoo");
    live_settled(u);
    live_check(service_has(svc, ALICE, BOB, "Friends, Zoo"));
    live_check(user_has(u, BOB, "Friends, Zoo"));
    live_end_list(svc, u);
}

/* Renamed here while offline: the buddies were moved, and that is what the service is told. */
static void test_offline_group_renamed(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);

    live_settled(u);
    live_offline(svc, u);
    list_rename_group("Friends", "Mates");
    live_settled(u);
    live_check(service_has(svc, ALICE, BOB, "Mates"));
    live_check(service_has(svc, ALICE, CAROL, "Mates, Zoo"));
    live_check(user_has(u, BOB, "Mates"));
    live_check(user_has(u, CAROL, "Mates, Zoo"));
    live_end_list(svc, u);
}

/* Removed here while offline: libpurple tells nobody, and the service's list is what counts. */
static void test_offline_removal(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);

    live_settled(u);
    live_offline(svc, u);
    purple_blist_remove_buddy(user_buddy(u, BOB, "Friends"));
    live_settled(u);
    live_check(user_has(u, BOB, "Friends"));
    live_check(service_has(svc, ALICE, BOB, "Friends"));
    live_end_list(svc, u);
}

/* Whom the service does not take stays, says why, and is mentioned once. */
static void test_cannot_be_added(void)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);
    g_autofree char *text = NULL;
    g_autofree char *tip = NULL;

    service_unset(svc, "any-account");
    live_settled(u);
    live_offline(svc, u);
    user_add(u, "not-one", NULL, "Friends");
    user_add(u, "nobody@example.com", "Some Body", "Friends");
    user_add(u, "no-address", NULL, "Friends");
    live_settled(u);

    live_check(live_open_dialogs(DIALOG_MESSAGE) == 1);
    live_check(live_told(DIALOG_MESSAGE, "nobody@example.com", "no account", "no-address", NULL));
    live_check(user_has(u, "nobody@example.com", "Friends"));
    live_check(user_has(u, "no-address", "Friends"));
    text = user_status_text(u, "nobody@example.com");
    live_check(text && strstr(text, "Not on the service"));
    tip = user_tooltip(u, "nobody@example.com", TRUE);
    live_check(strstr(tip, "no account"));
    g_assert_cmpstr(user_emblem(u, "nobody@example.com"), ==, "unavailable");
    g_clear_pointer(&tip, g_free);
    tip = user_tooltip(u, "no-address", TRUE);
    live_check(strstr(tip, "this address or value"));
    client_forget_dialogs();

    live_offline(svc, u);
    live_settled(u);
    live_check(client_dialogs()->len == 0);
    live_check(user_has(u, "nobody@example.com", "Friends"));
    live_check_count(svc, "?S >>> ADD * AL nobody@example.com *", 2);

    /* Once there is such an account, it is added after all. */
    live_offline(svc, u);
    live_register(svc, "nobody@example.com");
    live_settled(u);
    live_check(service_has(svc, ALICE, "nobody@example.com", "Friends"));
    live_check(!user_emblem(u, "nobody@example.com") ||
               strcmp(user_emblem(u, "nobody@example.com"), "unavailable") != 0);
    live_check(!user_status_text(u, "nobody@example.com"));
    live_check(client_dialogs()->len == 0);
    live_end_list(svc, u);
}

/*
 * A list of which something is missing is no reason to think that anybody is gone, nor to offer
 * anything.
 */
static void test_incomplete(gconstpointer data)
{
    g_auto(GStrv) knob = g_strsplit(data, "=", 2);
    service *svc = service_with_lists();
    user *u = live_user(svc);

    live_settled(u);
    live_offline(svc, u);
    service_put(svc, ALICE, BOB, SERVICE_AL, NULL, NULL);
    user_add(u, "new@example.com", NULL, "Zoo");
    user_move(u, DAVE, NULL, "Zoo");
    user_move(u, CAROL, "Friends", "Elsewhere");
    live_set(svc, data);
    live_settled(u);
    live_check(user_has(u, BOB, "Friends"));
    live_check(user_has(u, CAROL, "Elsewhere, Zoo"));
    live_check(user_has(u, DAVE, "Zoo"));
    live_check(user_has(u, "new@example.com", "Zoo"));
    live_check(user_n_buddies(u) == 5);
    live_check_count(svc, "?S >>> ADD*", 0);

    live_offline(svc, u);
    service_unset(svc, knob[0]);
    live_settled(u);
    live_check(user_has(u, BOB, ""));
    live_check(user_has(u, CAROL, "Elsewhere, Zoo"));
    live_check(user_has(u, DAVE, "Zoo"));
    live_check(service_has(svc, ALICE, DAVE, "Zoo"));
    live_check(service_has(svc, ALICE, CAROL, "Elsewhere, Zoo"));
    live_check(service_has(svc, ALICE, "new@example.com", "Zoo"));
    live_end_list(svc, u);
}

/* The list in other orders, other counts, with lines in it that mean nothing. */
static void test_odd_list(gconstpointer data)
{
    service *svc = service_with_lists();
    user *u = live_user(svc);

    live_set(svc, data);
    for (int i = 0; i < 2; i++) {
        live_settled(u);
        live_check(user_has(u, BOB, "Friends"));
        live_check(user_has(u, CAROL, "Friends, Zoo"));
        live_check(user_has(u, DAVE, NO_GROUP));
        live_check(user_n_buddies(u) == 4);
        live_offline(svc, u);
    }
    live_check_count(svc, "?S >>> ADD*", 0);
    live_check_count(svc, "?S >>> REM*", 0);
    live_end_list(svc, u);
}

/* Thousands of contacts: nobody notices that they come in. */
static void test_many(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    service_populate(svc, ALICE, 3000, 20);
    for (int i = 0; i < 2; i++) {
        client_forget_turns();
        live_settled(u);
        g_test_message("the longest turn took %.0f of %.0f ms", 1000 * client_longest_turn(),
                       1000 * client_busy_time());
        /* However slow the machine is: the work is divided. */
        live_check(client_longest_turn() < MAX(0.05, client_busy_time() / 2));
        live_check(user_n_buddies(u) == 3000);
        for (int k = 0; k < 3000; k++) {
            g_autofree char *who = g_strdup_printf("person%d@example.com", k);

            live_check(user_sees(u, who, k % 3 == 0 ? "available" : "offline"));
        }
        live_check(user_has(u, "person7@example.com", "Group 8"));
        live_offline(svc, u);
    }
    live_end_list(svc, u);
}

/* Names of strangers in all places where there are names. */
static const char *const hostile_names[] = {
    "<b>bold</b>",
    "& &amp; < > \" '",
    ("\xe2\x80\xae"
     "desrever"),
    "%",
    "%s%n%d",
    "new\nline\ttab\x01\x7f",
    "bro\xffken \xc3",
    " ",
    "0",
};

static void test_hostile_names(void)
{
    service *svc = live_service();
    user *u = live_user(svc);
    guint n = G_N_ELEMENTS(hostile_names);
    g_autofree char *longest = g_strnfill(387, 'w');

    for (guint i = 0; i <= n; i++) {
        g_autofree char *who = g_strdup_printf("person%u@example.com", i);
        const char *name = i < n ? hostile_names[i] : longest;
        g_autofree char *group_name = g_strndup(name, 61);
        g_autofree char *group = g_strdup_printf("%u", service_add_group(svc, ALICE, group_name));

        service_put(svc, ALICE, who, FORWARD, name, group);
        service_set_phone(svc, who, "PHH", name);
        service_set_phone(svc, who, "PHM", name);
        service_say_name(svc, who, name);
        service_appear(svc, who, "AWY");
    }
    for (int k = 0; k < 2; k++) {
        live_settled(u);
        live_check(user_n_buddies(u) == n + 1);
        for (guint i = 0; i <= n; i++) {
            g_autofree char *who = g_strdup_printf("person%u@example.com", i);
            g_autofree char *status = user_status_text(u, who);
            g_autofree char *tip = user_tooltip(u, who, TRUE);
            PurpleGroup *group = purple_buddy_get_group(user_buddy(u, who, NULL));

            live_check(status && strstr(status, "Away"));
            live_check(g_utf8_validate(user_name_of(u, who), -1, NULL));
            live_check(!strpbrk(user_name_of(u, who), "\n\t\x01\x7f"));
            live_check(!strstr(user_name_of(u, who), "\xe2\x80\xae"));
            live_check(g_utf8_validate(purple_group_get_name(group), -1, NULL));
            live_check(*purple_group_get_name(group) != '\0');
            live_check(!strstr(tip, "<b>bold"));
            serv_get_info(user_connection(u), who);
            live_check(live_told(DIALOG_NOTICE, who, NULL));
        }
        client_forget_dialogs();
        live_offline(svc, u);
    }
    live_check_count(svc, "?S >>> ADD*", 0);
    live_check_count(svc, "?S >>> REM*", 0);
    live_end_list(svc, u);
}

/* Signs in, as the first time in a process if `anew`. What BOB is called then. */
static const char *name_at_sign_in(user *u, gboolean anew)
{
    if (anew)
        purple_blist_server_alias_buddy(user_buddy(u, BOB, NULL), NULL);
    live_settled(u);
    return user_name_of(u, BOB);
}

/*
 * The list has the name from the time when he was added, or none at all. The last name that he had
 * is shown when he is offline, and no window says that he has changed it.
 */
static void test_last_name(gconstpointer listed)
{
    service *svc = live_service();
    user *u = live_user(svc);
    PurpleConversation *conv;

    live_contact(svc, BOB, NULL);
    service_put(svc, ALICE, BOB, FORWARD, listed, NULL);
    service_say_name(svc, BOB, "New");
    service_appear(svc, BOB, "NLN");
    live_settled(u);
    g_assert_cmpstr(user_name_of(u, BOB), ==, "New");
    service_appear(svc, BOB, NULL);
    live_quiet();
    conv = purple_conversation_new(PURPLE_CONV_TYPE_IM, u->account, BOB);
    live_offline(svc, u);
    g_assert_cmpstr(name_at_sign_in(u, FALSE), ==, "New");
    live_check(!purple_conversation_get_message_history(conv));
    purple_conversation_destroy(conv);
    live_offline(svc, u);
    g_assert_cmpstr(name_at_sign_in(u, TRUE), ==, "New");
    serv_get_info(user_connection(u), BOB);
    live_check(live_told(DIALOG_NOTICE, "New", NULL));
    client_forget_dialogs();

    /* Another client has put a newer one on the list. */
    live_offline(svc, u);
    service_put(svc, ALICE, BOB, FORWARD, "Newer", NULL);
    g_assert_cmpstr(name_at_sign_in(u, FALSE), ==, "Newer");

    /* He takes the one on the list: no other is kept. */
    live_offline(svc, u);
    service_put(svc, ALICE, BOB, FORWARD, listed, NULL);
    service_say_name(svc, BOB, listed);
    service_appear(svc, BOB, "NLN");
    live_settled(u);
    service_appear(svc, BOB, NULL);
    live_quiet();
    live_offline(svc, u);
    g_assert_cmpstr(name_at_sign_in(u, TRUE), ==, listed);
    live_check_count(svc, "?S >>> REA*", 0);
    live_end_list(svc, u);
}

static void add_tests(void)
{
    static const char *const incomplete[] = {
        "ns-syn.reply=SYN {trid} 5\\r\\n",
        "syn-bad-lines",
        "ns-syn.reply=SYN {trid} 9 3 4\\r\\nGTC A\\r\\nBLP AL\\r\\nLSG 0 None 0\\r\\nLSG 1 Zoo "
        "0\\r\\n"
        "LSG 2 Friends 0\\r\\nLSG 3 Empty 0\\r\\nLST nobody Nobody 3 0\\r\\n"
        "LST carol@example.com Carol 11 1,2\\r\\nLST dave@example.com Dave 11 0\\r\\n",
    };
    static const char *const odd[] = {
        "syn-lst-less=2", "syn-lsg-more=0",  "syn-twice",  "syn-unknown-group", "syn-late",
        "syn-dribble",    "syn-groups-last", "lst-groups", "session-versions",  "escargot"};

    live_add("/contacts/lists", test_lists, TRUE);
    live_add_data("/contacts/last-name", "Old", test_last_name, TRUE);
    live_add_data("/contacts/last-name-nameless", BOB, test_last_name, FALSE);
    live_add("/contacts/nothing-changed", test_nothing_changed, FALSE);
    live_add("/contacts/changed-elsewhere", test_changed_elsewhere, TRUE);
    live_add("/contacts/alias-of-copy", test_alias_of_copy, FALSE);
    live_add("/contacts/emptied-list", test_emptied_list, FALSE);
    live_add("/contacts/other-service", test_other_service, FALSE);
    live_add("/contacts/same-service", test_same_service, FALSE);
    live_add("/contacts/kept-is-deleted", test_kept_is_deleted, FALSE);
    live_add("/contacts/offline/edits", test_offline_edits, TRUE);
    live_add("/contacts/offline/copy", test_offline_copy, FALSE);
    live_add("/contacts/offline/group-renamed", test_offline_group_renamed, FALSE);
    live_add("/contacts/offline/removal", test_offline_removal, FALSE);
    live_add("/contacts/offline/cannot-be-added", test_cannot_be_added, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(incomplete); i++) {
        g_autofree char *path = g_strdup_printf("/contacts/incomplete/%u", i);

        live_add_data(path, incomplete[i], test_incomplete, FALSE);
    }
    for (guint i = 0; i < G_N_ELEMENTS(odd); i++) {
        g_autofree char *path = g_strdup_printf("/contacts/odd/%s", odd[i]);

        live_add_data(path, odd[i], test_odd_list, FALSE);
    }
    live_add("/contacts/many", test_many, FALSE);
    live_add("/contacts/hostile-names", test_hostile_names, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
