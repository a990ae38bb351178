/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may see the account: blocking and allowing, the modes, and the question that comes up when
 * somebody puts the account on the list.
 */
#include "blist_helpers.h"

#include <string.h>

#define ERIN    "erin@example.com"
#define FORWARD (SERVICE_FL | SERVICE_AL | SERVICE_RL)

typedef struct {
    service *svc;
    user *u;
} scene;

/* Alice's service: Bob is a contact, Erin is somebody. */
static scene prepare(void)
{
    scene s = {.svc = live_service()};

    live_contact(s.svc, BOB, NULL);
    live_register(s.svc, ERIN);
    s.u = live_user(s.svc);
    return s;
}

static scene begin(void)
{
    scene s = prepare();

    live_settled(s.u);
    return s;
}

static void end(scene *s)
{
    live_end_list(s->svc, s->u);
}

/* Who is on one of the lists there is on the same here. */
static void check_in_step(const scene *s, const char *who, guint lists)
{
    live_check(service_lists_are(s->svc, ALICE, who, lists));
    live_check(user_permits(s->u, who) == !!(lists & SERVICE_AL));
    live_check(user_denies(s->u, who) == !!(lists & SERVICE_BL));
}

static PurplePrivacyType mode(const scene *s)
{
    return purple_account_get_privacy_type(s->u->account);
}

/* --- blocking ----------------------------------------------------------------------------------
 */

static void test_block(gconstpointer data)
{
    scene s = prepare();
    user *bob = live_user_named(s.svc, BOB);
    user *users[] = {s.u, bob};

    service_set_privacy(s.svc, ALICE, "BLP", data);
    live_settled(s.u);
    live_settled(bob);
    live_quiet();
    live_check(mode(&s) ==
               (strcmp(data, "AL") == 0 ? PURPLE_PRIVACY_DENY_USERS : PURPLE_PRIVACY_ALLOW_USERS));
    live_check(user_sees(bob, ALICE, "available"));
    live_check(purple_privacy_check(s.u->account, BOB));
    user_toggle_block(s.u, BOB);
    live_quiet();
    check_in_step(&s, BOB, SERVICE_FL | SERVICE_BL | SERVICE_RL);
    live_check(user_sees(bob, ALICE, "offline"));
    live_check(user_sees(s.u, BOB, "available"));
    live_check(!purple_privacy_check(s.u->account, BOB));
    /* It is so at the next sign-in, too. */
    user_sign_out(s.u);
    live_wait(user_is_offline(s.u), 5);
    live_settled(s.u);
    check_in_step(&s, BOB, SERVICE_FL | SERVICE_BL | SERVICE_RL);
    live_check(user_sees(bob, ALICE, "offline"));
    live_check(!purple_privacy_check(s.u->account, BOB));
    user_toggle_block(s.u, BOB);
    live_quiet();
    check_in_step(&s, BOB, FORWARD);
    live_check(user_sees(bob, ALICE, "available"));
    live_check(purple_privacy_check(s.u->account, BOB));
    live_end_lists(s.svc, users, 2);
}

/* Each way of the privacy dialog: on and off either list. */
static void test_lists_of_dialog(void)
{
    scene s = begin();

    purple_privacy_permit_add(s.u->account, ERIN, FALSE);
    live_quiet();
    check_in_step(&s, ERIN, SERVICE_AL);
    purple_privacy_permit_remove(s.u->account, ERIN, FALSE);
    live_quiet();
    check_in_step(&s, ERIN, SERVICE_BL);
    purple_privacy_deny_remove(s.u->account, ERIN, FALSE);
    live_quiet();
    check_in_step(&s, ERIN, SERVICE_AL);
    purple_privacy_deny_add(s.u->account, ERIN, FALSE);
    live_quiet();
    check_in_step(&s, ERIN, SERVICE_BL);
    purple_privacy_permit_add(s.u->account, ERIN, FALSE);
    live_quiet();
    check_in_step(&s, ERIN, SERVICE_AL);
    live_check(client_dialogs()->len == 0);
    end(&s);
}

/* On and off again before the service could answer. */
static void test_block_quickly(void)
{
    scene s = begin();

    for (int i = 0; i < 3; i++)
        user_toggle_block(s.u, BOB);
    live_quiet();
    check_in_step(&s, BOB, SERVICE_FL | SERVICE_BL | SERVICE_RL);
    user_toggle_block(s.u, BOB);
    live_quiet();
    check_in_step(&s, BOB, FORWARD);
    live_check(client_dialogs()->len == 0);
    end(&s);
}

/* A client with lists of its own, as BitlBee has them. */
static GString *told; /* of what it was told */

static void permit_added(PurpleAccount *account G_GNUC_UNUSED, const char *who)
{
    g_string_append_printf(told, "+AL %s ", who);
}

static void permit_removed(PurpleAccount *account G_GNUC_UNUSED, const char *who)
{
    g_string_append_printf(told, "-AL %s ", who);
}

static void deny_added(PurpleAccount *account G_GNUC_UNUSED, const char *who)
{
    g_string_append_printf(told, "+BL %s ", who);
}

static void deny_removed(PurpleAccount *account G_GNUC_UNUSED, const char *who)
{
    g_string_append_printf(told, "-BL %s ", who);
}

static PurplePrivacyUiOps own_lists = {.permit_added = permit_added,
                                       .permit_removed = permit_removed,
                                       .deny_added = deny_added,
                                       .deny_removed = deny_removed};

static void check_told(const char *expected)
{
    g_assert_cmpstr(told->str, ==, expected);
    g_string_truncate(told, 0);
}

/* What was decided on another computer counts, and the client hears of it. */
static void test_blocked_elsewhere(void)
{
    told = g_string_new(NULL);
    purple_privacy_set_ui_ops(&own_lists);
    scene s = begin();

    check_told("+AL " BOB " ");
    service_put(s.svc, ALICE, ERIN, SERVICE_AL, NULL, NULL);
    live_offline(s.svc, s.u);
    service_put(s.svc, ALICE, BOB, SERVICE_FL | SERVICE_BL | SERVICE_RL, NULL, NULL);
    service_put(s.svc, ALICE, ERIN, SERVICE_BL, NULL, NULL);
    service_set_privacy(s.svc, ALICE, "BLP", "BL");
    live_settled(s.u);
    check_in_step(&s, BOB, SERVICE_FL | SERVICE_BL | SERVICE_RL);
    check_in_step(&s, ERIN, SERVICE_BL);
    check_told("-AL " BOB " +BL " BOB " +BL " ERIN " ");
    live_check(mode(&s) == PURPLE_PRIVACY_ALLOW_USERS);
    live_offline(s.svc, s.u);
    service_put(s.svc, ALICE, ERIN, 0, NULL, NULL);
    service_set_privacy(s.svc, ALICE, "BLP", "AL");
    live_settled(s.u);
    check_in_step(&s, ERIN, 0);
    check_told("-BL " ERIN " ");
    live_check(mode(&s) == PURPLE_PRIVACY_DENY_USERS);
    live_check_count(s.svc, "NS >>> ADD *", 0);
    live_check_count(s.svc, "NS >>> BLP *", 0);
    end(&s);
    purple_privacy_set_ui_ops(NULL);
    g_string_free(told, TRUE);
}

/*
 * Whom another plugin or service knew as blocked stays blocked, or the user is told; also if the
 * connection breaks meanwhile.
 */
static void test_blocked_before(void)
{
    scene s = prepare();

    purple_privacy_deny_add(s.u->account, BOB, TRUE);
    purple_privacy_deny_add(s.u->account, ERIN, TRUE);
    purple_privacy_deny_add(s.u->account, "nobody@example.com", TRUE);
    live_set(s.svc, "ns-rem.close");
    user_sign_in(s.u);
    live_wait(user_is_offline(s.u), 5);
    client_forget_dialogs();
    live_check(user_denies(s.u, BOB));
    service_unset(s.svc, "ns-rem.close");
    live_settled(s.u);
    live_quiet();
    check_in_step(&s, BOB, SERVICE_FL | SERVICE_BL | SERVICE_RL);
    check_in_step(&s, ERIN, SERVICE_BL);
    check_in_step(&s, "nobody@example.com", 0);
    live_check(
        live_told(DIALOG_MESSAGE, "nobody@example.com could not be blocked", "no account", NULL));
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    end(&s);
}

static void do_block(scene *s)
{
    user_toggle_block(s->u, BOB);
}

static void do_permit(scene *s)
{
    purple_privacy_permit_add(s->u->account, ERIN, FALSE);
}

static void do_mode(scene *s)
{
    user_set_privacy(s->u, PURPLE_PRIVACY_ALLOW_USERS);
}

static const struct {
    const char *name;
    void (*act)(scene *s);
    const char *knob;
    const char *about;
    const char *reason;
} refusals[] = {
    {"block/rem", do_block, "ns-rem.reply=600 {trid}\\r\\n", "could not be blocked", "later"},
    {"permit/unknown", do_permit, "ns-add.reply=205 {trid}\\r\\n", ERIN, "no account"},
    {"permit/full", do_permit, "limit-al=1", ERIN, "is full"},
    {"permit/too-fast", do_permit, "ns-add.reply=800 {trid}\\r\\n", ERIN, "too many changes"},
    {"mode/busy", do_mode, "ns-blp.reply=600 {trid}\\r\\n", "privacy setting", "later"},
};

static void test_refusal(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    g_auto(GStrv) knob = g_strsplit(refusals[i].knob, "=", 2);
    scene s = begin();

    live_set(s.svc, refusals[i].knob);
    refusals[i].act(&s);
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, refusals[i].about, refusals[i].reason, NULL));
    live_check(client_dialogs()->len == 1);
    check_in_step(&s, BOB, FORWARD);
    check_in_step(&s, ERIN, 0);
    live_check(mode(&s) == PURPLE_PRIVACY_DENY_USERS);
    g_assert_cmpstr(service_item(s.svc, ALICE, "BLP"), ==, "AL");
    client_forget_dialogs();
    service_unset(s.svc, knob[0]);
    refusals[i].act(&s);
    live_quiet();
    live_check(client_dialogs()->len == 0);
    end(&s);
}

/* Off the one list, and not taken by the other: back onto the one. */
static void test_half_refused(void)
{
    scene s = begin();

    live_set(s.svc, "limit-bl=0");
    user_toggle_block(s.u, BOB);
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, BOB, "blocked", "is full", NULL));
    live_check(client_dialogs()->len == 1);
    check_in_step(&s, BOB, FORWARD);
    client_forget_dialogs();
    end(&s);
}

/* --- modes -------------------------------------------------------------------------------------
 */

static void test_modes(void)
{
    static const struct {
        PurplePrivacyType chosen;
        const char *blp;
        PurplePrivacyType shown;
        const char *notice;
    } modes[] = {
        {PURPLE_PRIVACY_ALLOW_USERS, "BL", PURPLE_PRIVACY_ALLOW_USERS, NULL},
        {PURPLE_PRIVACY_DENY_USERS, "AL", PURPLE_PRIVACY_DENY_USERS, NULL},
        {PURPLE_PRIVACY_DENY_ALL, "BL", PURPLE_PRIVACY_ALLOW_USERS, "allow list"},
        {PURPLE_PRIVACY_ALLOW_ALL, "AL", PURPLE_PRIVACY_DENY_USERS, "stay blocked"},
        {PURPLE_PRIVACY_ALLOW_BUDDYLIST, "BL", PURPLE_PRIVACY_ALLOW_USERS, "allow list"},
        {PURPLE_PRIVACY_DENY_ALL, "BL", PURPLE_PRIVACY_ALLOW_USERS, "allow list"},
    };
    scene s = prepare();
    user *bob = live_user_named(s.svc, BOB);
    user *erin = live_user_named(s.svc, ERIN);
    user *users[] = {s.u, bob, erin};

    /* Erin has Alice on her list, and Alice has decided nothing and is not asked either. */
    service_put(s.svc, ERIN, ALICE, SERVICE_FL | SERVICE_AL, NULL, NULL);
    live_settled(s.u);
    live_settled(bob);
    live_settled(erin);
    live_check(user_sees(erin, ALICE, "available"));
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        user_set_privacy(s.u, modes[i].chosen);
        live_quiet();
        g_assert_cmpstr(service_item(s.svc, ALICE, "BLP"), ==, modes[i].blp);
        g_assert_cmpint((int)mode(&s), ==, (int)modes[i].shown);
        live_check(user_sees(bob, ALICE, "available"));
        live_check(
            user_sees(erin, ALICE, strcmp(modes[i].blp, "AL") == 0 ? "available" : "offline"));
        live_check(client_dialogs()->len == (modes[i].notice ? 1 : 0));
        live_check(!modes[i].notice || live_told(DIALOG_MESSAGE, modes[i].notice, NULL));
        client_forget_dialogs();
    }
    live_end_lists(s.svc, users, 3);
}

/* --- being added -------------------------------------------------------------------------------
 */

static void test_asked_live(gconstpointer data)
{
    gboolean allow = data != NULL;
    scene s = begin();
    dialog *d;

    service_act_add(s.svc, ERIN, ALICE);
    live_quiet();
    d = live_asked(s.u, ERIN);
    live_check(d != NULL);
    live_check(strstr(d->text, "Erin"));
    live_check(!d->on_list);
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 1);
    client_authorize(d, allow);
    live_quiet();
    check_in_step(&s, ERIN, SERVICE_RL | (allow ? SERVICE_AL : SERVICE_BL));
    live_check(user_n_buddies(s.u) == 1);
    client_forget_dialogs();
    live_offline(s.svc, s.u);
    live_settled(s.u);
    live_check(client_dialogs()->len == 0);
    /* Away and back again: that was decided. */
    service_act_remove(s.svc, ERIN, ALICE);
    service_act_add(s.svc, ERIN, ALICE);
    live_quiet();
    live_check(client_dialogs()->len == 0);
    end(&s);
}

/* Allowed, and added as well: what clients offer with the question. */
static void test_asked_and_added(void)
{
    scene s = begin();

    service_act_add(s.svc, ERIN, ALICE);
    live_quiet();
    client_authorize(live_asked(s.u, ERIN), TRUE);
    /* Clients propose the name as an alias. It is the person's own, and follows it. */
    user_add(s.u, ERIN, "Erin", "Friends");
    g_assert_cmpstr(user_name_of(s.u, ERIN), ==, "Erin");
    live_quiet();
    check_in_step(&s, ERIN, FORWARD);
    live_check(user_has(s.u, ERIN, "Friends"));
    live_check(service_has(s.svc, ALICE, ERIN, "Friends"));
    service_say_name(s.svc, ERIN, "Erin II");
    service_appear(s.svc, ERIN, "NLN");
    live_quiet();
    g_assert_cmpstr(user_name_of(s.u, ERIN), ==, "Erin II");
    /* The list has the name from the time of the addition. */
    service_appear(s.svc, ERIN, NULL);
    live_quiet();
    live_offline(s.svc, s.u);
    purple_blist_server_alias_buddy(user_buddy(s.u, ERIN, NULL), NULL);
    live_settled(s.u);
    g_assert_cmpstr(user_name_of(s.u, ERIN), ==, "Erin II");
    client_forget_dialogs();
    end(&s);
}

/* Not answered but added: then nothing is left to be asked. */
static void test_added_instead(void)
{
    scene s = begin();

    service_act_add(s.svc, ERIN, ALICE);
    live_quiet();
    live_check(live_asked(s.u, ERIN) != NULL);
    user_add(s.u, ERIN, NULL, NULL);
    live_quiet();
    live_check(!live_asked(s.u, ERIN));
    check_in_step(&s, ERIN, FORWARD);
    client_forget_dialogs();
    end(&s);
}

/* Decided in the privacy dialog, or taken back by the other: the question closes. */
static void test_question_closes(void)
{
    scene s = begin();

    service_act_add(s.svc, ERIN, ALICE);
    live_quiet();
    live_check(live_asked(s.u, ERIN) != NULL);
    purple_privacy_deny_add(s.u->account, ERIN, FALSE);
    live_quiet();
    live_check(!live_asked(s.u, ERIN));
    check_in_step(&s, ERIN, SERVICE_BL | SERVICE_RL);

    live_register(s.svc, CAROL);
    service_act_add(s.svc, CAROL, ALICE);
    live_quiet();
    live_check(live_asked(s.u, CAROL) != NULL);
    service_act_remove(s.svc, CAROL, ALICE);
    live_quiet();
    live_check(!live_asked(s.u, CAROL));
    /* Asked again, but not at once. */
    service_act_add(s.svc, CAROL, ALICE);
    client_idle(60);
    live_check(!live_asked(s.u, CAROL));
    live_wait(live_asked(s.u, CAROL), 300);
    client_authorize(live_asked(s.u, CAROL), TRUE);
    live_quiet();
    client_forget_dialogs();
    end(&s);
}

/* Added while away: asked at the sign-in, and once only. */
static void test_asked_at_sign_in(void)
{
    scene s = prepare();

    service_act_add(s.svc, ERIN, ALICE);
    service_put(s.svc, ALICE, CAROL, SERVICE_FL | SERVICE_RL, "Carol", NULL);
    live_settled(s.u);
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 2);
    live_check(live_asked(s.u, ERIN) && !live_asked(s.u, ERIN)->on_list);
    live_check(live_asked(s.u, CAROL) && live_asked(s.u, CAROL)->on_list);
    /* Who signs out without an answer has given one. */
    live_offline(s.svc, s.u);
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 0);
    live_settled(s.u);
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 0);
    live_check(service_lists_are(s.svc, ALICE, ERIN, SERVICE_RL));
    client_forget_dialogs();

    /* When they take us off and on again, it is another question. */
    live_offline(s.svc, s.u);
    service_act_remove(s.svc, ERIN, ALICE);
    live_settled(s.u);
    live_offline(s.svc, s.u);
    service_act_add(s.svc, ERIN, ALICE);
    live_settled(s.u);
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 1);
    client_authorize(live_asked(s.u, ERIN), FALSE);
    live_quiet();
    check_in_step(&s, ERIN, SERVICE_BL | SERVICE_RL);
    client_forget_dialogs();
    end(&s);
}

/* A question that the connection took along comes up again. */
static void test_asked_again(void)
{
    scene s = begin();

    service_act_add(s.svc, ERIN, ALICE);
    live_quiet();
    live_check(live_asked(s.u, ERIN) != NULL);
    service_kick(s.svc, ALICE);
    live_wait(s.u->error && user_is_offline(s.u), 5);
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 0);
    live_settled(s.u);
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 1);
    client_authorize(live_asked(s.u, ERIN), TRUE);
    live_quiet();
    check_in_step(&s, ERIN, SERVICE_AL | SERVICE_RL);
    client_forget_dialogs();
    end(&s);
}

/* The answer to a question of a session that moved meanwhile. */
static void test_asked_and_moved(void)
{
    scene s = begin();
    g_autofree char *xfr = g_strdup_printf("XFR 0 NS 127.0.0.1:%u 0 127.0.0.1:1863\r\n",
                                           service_port(s.svc, SERVICE_NOTIFICATION));

    service_act_add(s.svc, ERIN, ALICE);
    live_quiet();
    service_forget_transcript(s.svc);
    service_send(s.svc, ALICE, xfr, -1);
    live_wait(service_count(s.svc, "NS <<< CHG *") >= 1, 20);
    live_quiet();
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 1);
    client_authorize(live_asked(s.u, ERIN), TRUE);
    live_quiet();
    check_in_step(&s, ERIN, SERVICE_AL | SERVICE_RL);
    client_forget_dialogs();
    end(&s);
}

/* An answer that is refused is told, and the question is not lost for ever. */
static void test_answer_refused(void)
{
    scene s = begin();

    service_act_add(s.svc, ERIN, ALICE);
    live_quiet();
    live_set(s.svc, "ns-add.reply=600 {trid}\\r\\n");
    client_authorize(live_asked(s.u, ERIN), TRUE);
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, ERIN, "later", NULL));
    service_unset(s.svc, "ns-add.reply");
    client_forget_dialogs();
    live_offline(s.svc, s.u);
    live_settled(s.u);
    live_check(live_asked(s.u, ERIN) != NULL);
    client_authorize(live_asked(s.u, ERIN), TRUE);
    live_quiet();
    check_in_step(&s, ERIN, SERVICE_AL | SERVICE_RL);
    client_forget_dialogs();
    end(&s);
}

/* "Do not ask" means that everybody is welcome. */
static void test_not_asked(void)
{
    scene s = prepare();

    service_set_privacy(s.svc, ALICE, "GTC", "N");
    service_act_add(s.svc, ERIN, ALICE);
    live_settled(s.u);
    check_in_step(&s, ERIN, SERVICE_AL | SERVICE_RL);
    service_act_add(s.svc, CAROL, ALICE);
    live_register(s.svc, CAROL);
    live_quiet();
    check_in_step(&s, CAROL, SERVICE_AL | SERVICE_RL);
    live_check(client_dialogs()->len == 0);
    live_check(user_n_buddies(s.u) == 1);
    end(&s);
}

/* A crowd does not fill the screen. */
static void test_crowd(void)
{
    scene s = prepare();
    guint asked = 0;

    for (guint i = 0; i < 50; i++) {
        g_autofree char *who = g_strdup_printf("fan%u@example.com", i);

        live_register(s.svc, who);
        service_act_add(s.svc, who, ALICE);
    }
    live_settled(s.u);
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 20);
    for (;;) {
        dialog *d = client_open_dialog(DIALOG_AUTHORIZE);

        if (!d)
            break;
        client_authorize(d, asked++ % 2);
        live_quiet();
        live_check(live_open_dialogs(DIALOG_AUTHORIZE) == MIN(20, 50 - asked));
    }
    g_assert_cmpuint(asked, ==, 50);
    for (guint i = 0; i < 50; i++) {
        g_autofree char *who = g_strdup_printf("fan%u@example.com", i);

        live_check(service_lists(s.svc, ALICE, who) & (SERVICE_AL | SERVICE_BL));
    }
    client_forget_dialogs();
    end(&s);
}

/* A client that has no such dialogs. */
static void test_cannot_be_asked(void)
{
    static PurpleAccountUiOps none;
    PurpleAccountUiOps *ops = purple_accounts_get_ui_ops();
    scene s = prepare();

    service_act_add(s.svc, ERIN, ALICE);
    purple_accounts_set_ui_ops(&none);
    live_settled(s.u);
    service_act_remove(s.svc, ERIN, ALICE);
    live_quiet();
    service_act_add(s.svc, ERIN, ALICE);
    client_idle(400);
    live_quiet();
    live_check(client_dialogs()->len == 0);
    live_check(service_lists_are(s.svc, ALICE, ERIN, SERVICE_RL));
    live_offline(s.svc, s.u);
    purple_accounts_set_ui_ops(ops);
    end(&s);
}

/* Addresses with an I, whose lower case some languages write in another way (see turkish.sh). */
static void test_capital_i(void)
{
    scene s = prepare();
    const char *irmak = "Irmak@Example.com";
    const char *iris = "IRIS@EXAMPLE.COM";

    live_contact(s.svc, irmak, NULL);
    live_register(s.svc, iris);
    live_settled(s.u);
    live_offline(s.svc, s.u);
    live_settled(s.u);
    live_check(user_has(s.u, irmak, NO_GROUP));
    live_check(user_n_buddies(s.u) == 2);
    for (int i = 0; i < 2; i++) {
        user_toggle_block(s.u, irmak);
        live_quiet();
        check_in_step(&s, irmak, i == 0 ? SERVICE_FL | SERVICE_BL | SERVICE_RL : FORWARD);
    }
    service_act_add(s.svc, iris, ALICE);
    live_quiet();
    live_check(live_asked(s.u, iris) != NULL);
    client_authorize(live_asked(s.u, iris), TRUE);
    live_quiet();
    check_in_step(&s, iris, SERVICE_AL | SERVICE_RL);
    client_forget_dialogs();
    end(&s);
}

static void add_tests(void)
{
    live_add("/privacy/capital-i", test_capital_i, FALSE);
    live_add_data("/privacy/block/open", "AL", test_block, TRUE);
    live_add_data("/privacy/block/closed", "BL", test_block, FALSE);
    live_add("/privacy/block/quickly", test_block_quickly, FALSE);
    live_add("/privacy/block/elsewhere", test_blocked_elsewhere, FALSE);
    live_add("/privacy/block/before", test_blocked_before, FALSE);
    live_add("/privacy/dialog", test_lists_of_dialog, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *path = g_strconcat("/privacy/refused/", refusals[i].name, NULL);

        live_add_data(path, GUINT_TO_POINTER(i), test_refusal, FALSE);
    }
    live_add("/privacy/refused/half", test_half_refused, FALSE);
    live_add("/privacy/modes", test_modes, FALSE);
    live_add_data("/privacy/added/allowed", "yes", test_asked_live, TRUE);
    live_add_data("/privacy/added/denied", NULL, test_asked_live, FALSE);
    live_add("/privacy/added/and-added", test_asked_and_added, FALSE);
    live_add("/privacy/added/added-instead", test_added_instead, FALSE);
    live_add("/privacy/added/question-closes", test_question_closes, FALSE);
    live_add("/privacy/added/at-sign-in", test_asked_at_sign_in, FALSE);
    live_add("/privacy/added/asked-again", test_asked_again, TRUE);
    live_add("/privacy/added/moved", test_asked_and_moved, FALSE);
    live_add("/privacy/added/answer-refused", test_answer_refused, FALSE);
    live_add("/privacy/added/not-asked", test_not_asked, FALSE);
    live_add("/privacy/added/crowd", test_crowd, FALSE);
    live_add("/privacy/added/cannot-be-asked", test_cannot_be_asked, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
