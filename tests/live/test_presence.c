/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is online: clients that have each other on the list, and what a server may say of it.
 */
#include "blist_helpers.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

#define N_USERS 3

typedef struct {
    service *svc;
    user *users[N_USERS]; /* Alice, Bob, Carol; who is not there is last */
    guint n;
} scene;

static const char *const addresses[] = {ALICE, BOB, CAROL};

/* They all have each other. */
static scene begin_with(guint n, const char *knob)
{
    scene s = {.svc = live_service(), .n = n};

    if (knob)
        live_set(s.svc, knob);
    for (guint i = 0; i < n; i++) {
        if (i > 0)
            live_register(s.svc, addresses[i]);
        for (guint k = 0; k < n; k++)
            if (k != i)
                service_put(s.svc, addresses[i], addresses[k], SERVICE_FL | SERVICE_AL | SERVICE_RL,
                            NULL, NULL);
        service_set_privacy(s.svc, addresses[i], "BLP", "BL");
    }
    s.users[0] = live_user(s.svc);
    for (guint i = 1; i < n; i++)
        s.users[i] = live_user_named(s.svc, addresses[i]);
    live_forget_events();
    return s;
}

static scene begin(guint n)
{
    return begin_with(n, NULL);
}

static void sign_in_all(scene *s)
{
    for (guint i = 0; i < s->n; i++)
        live_settled(s->users[i]);
    live_quiet();
}

static void end(scene *s)
{
    live_end_lists(s->svc, s->users, s->n);
}

static gboolean is_idle(const user *u, const char *who)
{
    return purple_presence_is_idle(purple_buddy_get_presence(user_buddy(u, who, NULL)));
}

/* --- statuses ----------------------------------------------------------------------------------
 */

static void test_all_states(gconstpointer knob)
{
    static const char *const states[] = {"busy", "away", "brb", "phone", "lunch", "available"};
    scene s = begin_with(2, knob);
    user *alice = s.users[0];
    user *bob = s.users[1];

    live_settled(alice);
    live_check(user_sees(alice, BOB, "offline"));
    live_settled(bob);
    live_quiet();
    live_check(user_sees(alice, BOB, "available"));
    live_check(user_sees(bob, ALICE, "available"));
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        user_set_status(alice, states[i]);
        live_quiet();
        live_check(user_sees(bob, ALICE, states[i]));
        user_set_status(bob, states[i]);
        live_quiet();
        live_check(user_sees(alice, BOB, states[i]));
    }
    user_set_status(alice, "invisible");
    live_quiet();
    live_check(user_sees(bob, ALICE, "offline"));
    live_check(user_sees(alice, BOB, "available"));
    user_set_status(alice, "lunch");
    live_quiet();
    live_check(user_sees(bob, ALICE, "lunch"));
    end(&s);
}

static void test_idle(void)
{
    scene s = begin(2);
    user *alice = s.users[0];
    user *bob = s.users[1];

    sign_in_all(&s);
    live_forget_events();
    user_set_idle(alice, TRUE);
    live_quiet();
    live_check(user_sees(bob, ALICE, "available"));
    live_check(is_idle(bob, ALICE));
    user_set_idle(alice, FALSE);
    live_quiet();
    live_check(!is_idle(bob, ALICE));
    /* Away says more than idle. */
    user_set_status(alice, "away");
    user_set_idle(alice, TRUE);
    live_quiet();
    live_check(user_sees(bob, ALICE, "away"));
    live_check(!is_idle(bob, ALICE));
    user_set_status(alice, "available");
    live_quiet();
    live_check(is_idle(bob, ALICE));
    user_sign_out(alice);
    live_quiet();
    live_check(user_sees(bob, ALICE, "offline"));
    live_check(!is_idle(bob, ALICE));
    user_set_idle(alice, FALSE);
    g_assert_cmpstr(live_events(), ==,
                    "bob@example.com: alice@example.com idle\n"
                    "bob@example.com: alice@example.com back\n"
                    "bob@example.com: alice@example.com status away\n"
                    "bob@example.com: alice@example.com status available\n"
                    "bob@example.com: alice@example.com idle\n"
                    "bob@example.com: alice@example.com signed off\n");
    end(&s);
}

static void test_coming_and_going(void)
{
    scene s = begin(3);
    user *alice = s.users[0];
    user *bob = s.users[1];
    user *carol = s.users[2];

    sign_in_all(&s);
    live_check(user_sees(alice, CAROL, "available"));
    live_check(user_sees(bob, CAROL, "available"));
    user_sign_out(carol);
    live_quiet();
    live_check(user_sees(alice, CAROL, "offline"));
    live_check(user_sees(bob, CAROL, "offline"));
    live_check(user_sees(alice, BOB, "available"));
    user_set_status(carol, "invisible");
    live_settled(carol);
    live_check(user_sees(alice, CAROL, "offline"));
    live_check(user_sees(carol, ALICE, "available"));
    user_set_status(carol, "brb");
    live_quiet();
    live_check(user_sees(alice, CAROL, "brb"));
    live_check(user_sees(bob, CAROL, "brb"));
    /* A connection that breaks. */
    service_kick(s.svc, CAROL);
    live_wait(carol->error && user_is_offline(carol), 5);
    live_quiet();
    live_check(user_sees(alice, CAROL, "offline"));
    live_settled(carol);
    live_quiet();
    live_check(user_sees(alice, CAROL, "brb"));
    live_check(user_sees(carol, ALICE, "available"));
    end(&s);
}

static void test_names(void)
{
    scene s = begin(2);
    user *alice = s.users[0];
    user *bob = s.users[1];
    g_autofree char *longest = g_strnfill(387, 'w');
    guint saves;

    sign_in_all(&s);
    g_assert_cmpstr(user_name_of(alice, BOB), ==, "Bob");
    g_assert_cmpstr(user_name_of(bob, ALICE), ==, LIVE_FRIENDLY);
    service_say_name(s.svc, BOB, "Robert & <i>Sons</i>");
    live_quiet();
    g_assert_cmpstr(user_name_of(alice, BOB), ==, "Robert & <i>Sons</i>");
    /* The same again is no news. */
    saves = client_blist_saves();
    service_send(s.svc, ALICE, "NLN NLN bob@example.com Robert%20%26%20<i>Sons</i> 0\r\n", -1);
    live_quiet();
    g_assert_cmpuint(client_blist_saves(), ==, saves);
    service_say_name(s.svc, BOB, longest);
    live_quiet();
    live_check(g_utf8_strlen(user_name_of(alice, BOB), -1) >= 100);
    /* Whoever has no name is called by the address. */
    service_say_name(s.svc, BOB, BOB);
    live_quiet();
    g_assert_cmpstr(user_name_of(alice, BOB), ==, BOB);
    user_alias(alice, BOB, "Bobby");
    service_say_name(s.svc, BOB, "Roberto");
    live_quiet();
    g_assert_cmpstr(user_name_of(alice, BOB), ==, "Bobby");
    g_assert_cmpstr(purple_buddy_get_server_alias(user_buddy(alice, BOB, NULL)), ==, "Roberto");
    end(&s);
}

/* A buddy in several groups is online in all of them. */
static void test_copies(void)
{
    scene s = begin(2);
    user *alice = s.users[0];
    static const char *const groups[] = {"One", "Two", "Three"};

    for (guint i = 0; i < G_N_ELEMENTS(groups); i++)
        service_add_group(s.svc, ALICE, groups[i]);
    service_put(s.svc, ALICE, BOB, SERVICE_FL | SERVICE_AL | SERVICE_RL, NULL, "1,2,3");
    sign_in_all(&s);
    user_set_status(s.users[1], "phone");
    user_set_idle(s.users[1], TRUE);
    live_quiet();
    for (guint i = 0; i < G_N_ELEMENTS(groups); i++) {
        PurpleBuddy *buddy = user_buddy(alice, BOB, groups[i]);
        PurpleStatus *status = purple_presence_get_active_status(purple_buddy_get_presence(buddy));

        g_assert_cmpstr(purple_status_get_id(status), ==, "phone");
        g_assert_cmpstr(purple_buddy_get_alias(buddy), ==, "Bob");
    }
    user_set_idle(s.users[1], FALSE);
    end(&s);
}

static gboolean can_be_sent_a_file(const user *u, const char *who)
{
    PurpleConnection *gc = user_connection(u);

    return PURPLE_PLUGIN_PROTOCOL_INFO(purple_connection_get_prpl(gc))->can_receive_file(gc, who);
}

/* Who uses a web page cannot be sent a file, as the last client id says. */
static void test_web(void)
{
    scene s = begin(2);
    const user *alice = s.users[0];

    sign_in_all(&s);
    live_check(can_be_sent_a_file(alice, BOB));
    service_send(s.svc, ALICE, "NLN NLN bob@example.com Bob 1342177792\r\n", -1);
    live_quiet();
    live_check(!can_be_sent_a_file(alice, BOB));
    live_check(can_be_sent_a_file(alice, CAROL));
    service_send(s.svc, ALICE, "NLN BSY bob@example.com Bob 268435456\r\n", -1);
    live_quiet();
    live_check(can_be_sent_a_file(alice, BOB));
    end(&s);
}

/* --- another server in the middle --------------------------------------------------------------
 */

/* Sends Alice to another server, which is the same one, and waits until she is there. */
static void move_session(scene *s)
{
    g_autofree char *xfr = g_strdup_printf("XFR 0 NS 127.0.0.1:%u 0 127.0.0.1:1863\r\n",
                                           service_port(s->svc, SERVICE_NOTIFICATION));

    service_forget_transcript(s->svc);
    live_forget_events();
    service_send(s->svc, ALICE, xfr, -1);
    live_wait(service_count(s->svc, "NS <<< CHG *") >= 1, 20);
}

static void test_moved(void)
{
    scene s = begin(3);
    user *alice = s.users[0];
    g_autofree char *events = NULL;

    user_set_status(s.users[2], "busy");
    sign_in_all(&s);
    user_set_idle(s.users[1], TRUE);
    live_quiet();
    move_session(&s);
    live_quiet();
    live_check(user_sees(alice, BOB, "available"));
    live_check(is_idle(alice, BOB));
    live_check(user_sees(alice, CAROL, "busy"));
    /* Of Alice the others may have seen something; she of the others nothing. */
    events = live_events_of(alice);
    g_assert_cmpstr(events, ==, "");
    live_check(alice->n_connected == 1);
    user_set_idle(s.users[1], FALSE);
    live_quiet();
    live_check(!is_idle(alice, BOB));
    end(&s);
}

/* Who left while nobody was looking is offline, some seconds later. */
static void test_moved_and_gone(void)
{
    scene s = begin(3);
    user *alice = s.users[0];
    g_autofree char *events = NULL;
    g_autofree char *xfr = g_strdup_printf("XFR 0 NS 127.0.0.1:%u 0 127.0.0.1:1863\r\n",
                                           service_port(s.svc, SERVICE_NOTIFICATION));

    sign_in_all(&s);
    live_set(s.svc, "ns-usr-s.silent");
    service_forget_transcript(s.svc);
    service_send(s.svc, ALICE, xfr, -1);
    live_wait(service_count(s.svc, "NS >>> USR * TWN S *") == 1, 20);
    user_sign_out(s.users[1]);
    user_set_status(s.users[2], "away");
    live_wait(user_is_offline(s.users[1]), 5);
    live_forget_events();
    service_unset(s.svc, "ns-usr-s.silent");
    service_forget_transcript(s.svc);
    live_check(live_say(s.svc, SERVICE_NOTIFICATION, xfr) >= 1);
    live_wait(service_count(s.svc, "NS <<< CHG *") >= 1, 20);
    live_wait(user_sees(alice, CAROL, "away"), 5);
    live_wait(user_sees(alice, BOB, "offline"), 10);
    events = live_events_of(alice);
    g_assert_cmpstr(events, ==,
                    "alice@example.com: carol@example.com status away\n"
                    "alice@example.com: bob@example.com signed off\n");
    end(&s);
}

/* --- rubbish -----------------------------------------------------------------------------------
 */

/* What concerns nobody here, or makes no sense, has no effect. */
static void test_rubbish(void)
{
    static const char *const lines[] = {
        "NOT 7\r\nOUT OTH",
        "NOT 0\r\n",
        "XYZ 1 2 3\r\n",
        "XYZ\r\n",
        "215 4711\r\n",
        "999\r\n",
        "600 0\r\n",
        "NLN NLN stranger@example.com Stranger 0\r\n",
        "ILN 0 NLN stranger@example.com Stranger 0\r\n",
        "FLN stranger@example.com\r\n",
        "NLN\r\n",
        "NLN NLN\r\n",
        "FLN\r\n",
        "NLN NLN bob\r\n",
        "NLN BSY bob@example.com.\r\n",
        "BPR\r\n",
        "BPR 9 stranger@example.com PHH 5\r\n",
        "BPR 9 bob@example.com\r\n",
        "BPR 9 bob@example.com XYZ 5\r\n",
        "ADD 0 FL 9 stranger@example.com Stranger\r\n",
        "ADD 0 RL\r\n",
        "ADD 0 RL 9 nobody Nobody\r\n",
        "ADD 4711 FL 9 stranger@example.com Stranger 0\r\n",
        "REM 0 FL 9 bob@example.com\r\n",
        "REM 0 RL 9 stranger@example.com\r\n",
        "REM 4711 FL 9 bob@example.com\r\n",
        "ADG 4711 9 Group 7 0\r\n",
        "REG 4711 9 1 Renamed 0\r\n",
        "RMG 4711 9 1\r\n",
        "REA 4711 9 bob@example.com Mallory\r\n",
        "REA 4711 9 alice@example.com Mallory\r\n",
        "LST\r\n",
        "LSG\r\n",
        "LSG 0\r\n",
        "SYN 4711 1 1 1\r\n",
        "SYN 4711 1\r\n",
        "BLP 4711 9 BL\r\n",
        "GTC 4711 9 N\r\n",
        "CHG 4711 AWY 0\r\n",
        "QNG 50\r\n",
        "PRP 4711 9 PHH 5\r\n",
    };
    scene s = begin(2);
    user *alice = s.users[0];
    guint saves;

    service_add_group(s.svc, ALICE, "Friends");
    service_put(s.svc, ALICE, BOB, SERVICE_FL | SERVICE_AL | SERVICE_RL, NULL, "1");
    sign_in_all(&s);
    live_forget_events();
    saves = client_blist_saves();
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_test_message("%s", lines[i]);
        live_check(service_send(s.svc, ALICE, lines[i], -1) == 1);
        live_quiet();
        live_check(alice->online && alice->n_errors == 0);
        g_assert_cmpuint(user_n_buddies(alice), ==, 1);
        live_check(user_has(alice, BOB, "Friends"));
        g_assert_cmpstr(live_events(), ==, "");
    }
    g_assert_cmpstr(user_name_of(alice, BOB), ==, "Bob");
    g_assert_cmpstr(purple_connection_get_display_name(user_connection(alice)), ==, LIVE_FRIENDLY);
    g_assert_cmpuint(client_blist_saves(), ==, saves);
    live_check(client_dialogs()->len == 0);
    /* And it still understands what makes sense. */
    service_send(s.svc, ALICE, "NLN XXX BOB@example.com Bob\r\n", -1);
    live_quiet();
    live_check(user_sees(alice, BOB, "away"));
    service_send(s.svc, ALICE, "FLN bob@EXAMPLE.com 0 more\r\n", -1);
    live_quiet();
    live_check(user_sees(alice, BOB, "offline"));
    end(&s);
}

/* After the own sign-out nobody is online; and at the next one those are who are. */
static void test_own_sign_out(void)
{
    scene s = begin(2);
    user *alice = s.users[0];

    sign_in_all(&s);
    user_set_idle(s.users[1], TRUE);
    live_quiet();
    live_check(is_idle(alice, BOB));
    user_sign_out(alice);
    live_wait(user_is_offline(alice), 5);
    live_check(user_sees(alice, BOB, "offline"));
    user_set_idle(s.users[1], FALSE);
    user_set_status(s.users[1], "invisible");
    live_quiet();
    live_settled(alice);
    live_check(user_sees(alice, BOB, "offline"));
    live_check(!is_idle(alice, BOB));
    user_set_status(s.users[1], "available");
    live_quiet();
    live_check(user_sees(alice, BOB, "available"));
    live_check(!is_idle(alice, BOB));
    end(&s);
}

/* A language of libpurple's that is none of ours. */
static void test_other_language(void)
{
    const char *away;

    setlocale(LC_ALL, "C.UTF-8");
    g_setenv("LANGUAGE", "sv", TRUE);
    away = dgettext("pidgin", "Away");
    if (strcmp(away, "Away") != 0) {
        scene s = begin(1);
        PurpleStatusType *type = purple_account_get_status_type(s.users[0]->account, "away");

        g_assert_cmpstr(purple_status_type_get_name(type), ==, away);
        end(&s);
    } else {
        g_test_skip("libpurple's translations are not installed");
    }
    g_unsetenv("LANGUAGE");
    setlocale(LC_ALL, "C");
}

static void add_tests(void)
{
    live_add_data("/presence/states", NULL, test_all_states, TRUE);
    live_add_data("/presence/states-escargot", "escargot", test_all_states, FALSE);
    live_add("/presence/other-language", test_other_language, FALSE);
    live_add("/presence/idle", test_idle, FALSE);
    live_add("/presence/coming-and-going", test_coming_and_going, FALSE);
    live_add("/presence/names", test_names, FALSE);
    live_add("/presence/copies", test_copies, FALSE);
    live_add("/presence/web", test_web, FALSE);
    live_add("/presence/moved/stay", test_moved, TRUE);
    live_add("/presence/moved/gone", test_moved_and_gone, FALSE);
    live_add("/presence/rubbish", test_rubbish, FALSE);
    live_add("/presence/own-sign-out", test_own_sign_out, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
