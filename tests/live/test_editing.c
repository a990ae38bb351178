/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Editing the list, the own name and numbers while signed in: what the service has afterwards, what
 * others see of it, and what happens when it refuses.
 */
#include "blist_helpers.h"

#include <string.h>

#define NEW     "new@example.com"
#define FORWARD (SERVICE_FL | SERVICE_AL | SERVICE_RL)

typedef struct {
    service *svc;
    user *u;
} scene;

/* Alice is online. Bob is one of her Friends, Carol is also at Work, Dave is in no group. */
static scene begin_with(const char *knob)
{
    scene s = {.svc = live_service()};

    if (knob)
        live_set(s.svc, knob);
    service_add_group(s.svc, ALICE, "Friends");
    service_add_group(s.svc, ALICE, "Work");
    live_contact(s.svc, BOB, "1");
    live_contact(s.svc, CAROL, "1,2");
    live_contact(s.svc, DAVE, NULL);
    live_register(s.svc, NEW);
    s.u = live_user(s.svc);
    live_settled(s.u);
    return s;
}

static scene begin(void)
{
    return begin_with(NULL);
}

/* Both sides have the same after another sign-in, without an edit on the way. */
static void check_stable(scene *s)
{
    g_autofree char *bob = user_groups_of(s->u, BOB);
    g_autofree char *carol = user_groups_of(s->u, CAROL);
    g_autofree char *dave = user_groups_of(s->u, DAVE);
    g_autofree char *new = user_groups_of(s->u, NEW);

    live_offline(s->svc, s->u);
    service_forget_transcript(s->svc);
    live_settled(s->u);
    live_check(user_has(s->u, BOB, bob));
    live_check(user_has(s->u, CAROL, carol));
    live_check(user_has(s->u, DAVE, dave));
    live_check(user_has(s->u, NEW, new));
    live_check_count(s->svc, "?S >>> ADD*", 0);
    live_check_count(s->svc, "?S >>> REM*", 0);
    live_check_count(s->svc, "?S >>> ADG*", 0);
}

static void end(scene *s)
{
    check_stable(s);
    live_end_list(s->svc, s->u);
}

static void check_both(scene *s, const char *who, const char *groups)
{
    g_autofree char *here = g_strdup(*groups ? groups : NO_GROUP);

    live_check(service_has(s->svc, ALICE, who, groups));
    live_check(user_has(s->u, who, here));
}

static gboolean is_unchanged(const scene *s)
{
    return user_has(s->u, BOB, "Friends") && user_has(s->u, CAROL, "Friends, Work") &&
           user_has(s->u, DAVE, NO_GROUP) && user_has(s->u, NEW, "") &&
           service_has(s->svc, ALICE, BOB, "Friends") &&
           service_has(s->svc, ALICE, CAROL, "Friends, Work") &&
           service_has(s->svc, ALICE, DAVE, "") &&
           !(service_lists(s->svc, ALICE, NEW) & SERVICE_FL);
}

/* --- adding ------------------------------------------------------------------------------------
 */

static void test_add(gconstpointer knob)
{
    scene s = begin_with(knob);

    service_appear(s.svc, NEW, "BSY");
    user_add(s.u, NEW, NULL, "Work");
    live_quiet();
    check_both(&s, NEW, "Work");
    live_check(service_lists_are(s.svc, ALICE, NEW, SERVICE_FL | SERVICE_AL));
    live_check(service_lists_are(s.svc, NEW, ALICE, SERVICE_RL));
    live_check(user_permits(s.u, NEW));
    live_check(user_sees(s.u, NEW, "busy"));
    g_assert_cmpstr(user_name_of(s.u, NEW), ==, "New");
    live_check(client_dialogs()->len == 0);
    end(&s);
}

static void test_add_to_new_group(void)
{
    scene s = begin();
    g_autofree char *groups = NULL;

    user_add(s.u, NEW, "Newt",
             "\xc3\x9c"
             "ber & Co");
    live_quiet();
    check_both(&s, NEW,
               "\xc3\x9c"
               "ber & Co");
    groups = service_group_names(s.svc, ALICE);
    g_assert_cmpstr(groups, ==,
                    "Friends, Work, \xc3\x9c"
                    "ber & Co");
    g_assert_cmpstr(user_name_of(s.u, NEW), ==, "Newt");
    end(&s);
}

static void test_add_without_group(void)
{
    scene s = begin();

    user_add(s.u, NEW, NULL, NULL);
    live_quiet();
    check_both(&s, NEW, "");
    end(&s);
}

/* Addresses are the same in whatever letter case, and the blanks round them are none. */
static void test_add_spelling(void)
{
    scene s = begin();

    user_add(s.u, "  NEW@Example.COM ", NULL, "Work");
    live_quiet();
    check_both(&s, NEW, "Work");
    live_check(user_n_buddies(s.u) == 5);
    check_stable(&s);
    user_move(s.u, NEW, "Work", "Friends");
    live_quiet();
    check_both(&s, NEW, "Friends");
    user_remove(s.u, NEW, "Friends");
    live_quiet();
    live_check(service_lists_are(s.svc, ALICE, NEW, SERVICE_AL));
    end(&s);
}

/* Who was blocked and is added is blocked no more. */
static void test_add_blocked(void)
{
    scene s = {.svc = live_service()};

    live_register(s.svc, NEW);
    service_put(s.svc, ALICE, NEW, SERVICE_BL | SERVICE_RL, "Pest", NULL);
    s.u = live_user(s.svc);
    live_settled(s.u);
    live_check(user_denies(s.u, NEW));
    user_add(s.u, NEW, NULL, NULL);
    live_quiet();
    live_check(service_lists_are(s.svc, ALICE, NEW, FORWARD));
    live_check(user_permits(s.u, NEW));
    live_check(!user_denies(s.u, NEW));
    live_end_list(s.svc, s.u);
}

static void test_copy(gconstpointer knob)
{
    scene s = begin_with(knob);

    user_add(s.u, BOB, NULL, "Work");
    live_quiet();
    check_both(&s, BOB, "Friends, Work");
    user_add(s.u, BOB, NULL, "Third");
    live_quiet();
    check_both(&s, BOB, "Friends, Third, Work");
    live_check(service_lists_are(s.svc, BOB, ALICE, FORWARD));
    end(&s);
}

/* --- removing ----------------------------------------------------------------------------------
 */

static void test_remove(gconstpointer knob)
{
    scene s = begin_with(knob);

    user_remove(s.u, BOB, "Friends");
    live_quiet();
    live_check(user_has(s.u, BOB, ""));
    /* Allowed as before, and still on his list. */
    live_check(service_lists_are(s.svc, ALICE, BOB, SERVICE_AL | SERVICE_RL));
    live_check(service_lists_are(s.svc, BOB, ALICE, SERVICE_FL | SERVICE_AL));
    user_remove(s.u, DAVE, NULL);
    live_quiet();
    live_check(user_has(s.u, DAVE, ""));
    live_check(service_lists_are(s.svc, ALICE, DAVE, SERVICE_AL | SERVICE_RL));
    end(&s);
}

static void test_remove_copies(gconstpointer knob)
{
    scene s = begin_with(knob);

    service_appear(s.svc, CAROL, "NLN");
    live_quiet();
    user_remove(s.u, CAROL, "Friends");
    live_quiet();
    check_both(&s, CAROL, "Work");
    /* She was not told that she was removed. */
    live_check(service_lists_are(s.svc, CAROL, ALICE, FORWARD));
    live_check(user_sees(s.u, CAROL, "available"));
    user_remove(s.u, CAROL, "Work");
    live_quiet();
    live_check(user_has(s.u, CAROL, ""));
    live_check(service_lists_are(s.svc, ALICE, CAROL, SERVICE_AL | SERVICE_RL));
    end(&s);
}

/* Both copies at once, as when a client removes a person with all that belongs to it. */
static void test_remove_all_copies(gconstpointer knob)
{
    scene s = begin_with(knob);

    user_remove(s.u, CAROL, "Friends");
    user_remove(s.u, CAROL, "Work");
    live_quiet();
    live_check(user_has(s.u, CAROL, ""));
    live_check(service_lists_are(s.svc, ALICE, CAROL, SERVICE_AL | SERVICE_RL));
    end(&s);
}

static void test_remove_and_add(void)
{
    scene s = begin();

    user_remove(s.u, BOB, "Friends");
    user_add(s.u, BOB, NULL, "Work");
    live_quiet();
    check_both(&s, BOB, "Work");
    end(&s);
}

/* --- moving ------------------------------------------------------------------------------------
 */

static void test_move(gconstpointer knob)
{
    scene s = begin_with(knob);

    service_appear(s.svc, BOB, "NLN");
    live_quiet();
    user_alias(s.u, BOB, "Bobby");
    live_forget_events();
    user_move(s.u, BOB, "Friends", "Work");
    live_quiet();
    check_both(&s, BOB, "Work");
    user_move(s.u, BOB, "Work", "Third");
    live_quiet();
    check_both(&s, BOB, "Third");
    user_move(s.u, BOB, "Third", NULL);
    live_quiet();
    check_both(&s, BOB, "");
    user_move(s.u, BOB, NULL, "Friends");
    live_quiet();
    check_both(&s, BOB, "Friends");
    user_move(s.u, CAROL, "Work", "Third");
    live_quiet();
    check_both(&s, CAROL, "Friends, Third");
    /* Neither of them was told that Alice removed them, nor is anything to be seen of it here. */
    live_check(service_lists_are(s.svc, BOB, ALICE, FORWARD));
    live_check(service_lists_are(s.svc, CAROL, ALICE, FORWARD));
    live_check(service_lists_are(s.svc, ALICE, BOB, FORWARD));
    live_check(user_sees(s.u, BOB, "available"));
    g_assert_cmpstr(live_events(), ==, "");
    g_assert_cmpstr(user_name_of(s.u, BOB), ==, "Bobby");
    live_check(client_dialogs()->len == 0);
    end(&s);
}

/* Into a group where a copy is already. */
static void test_move_onto_copy(gconstpointer knob)
{
    scene s = begin_with(knob);

    user_move(s.u, CAROL, "Friends", "Work");
    live_quiet();
    check_both(&s, CAROL, "Work");
    live_check(service_lists_are(s.svc, CAROL, ALICE, FORWARD));
    end(&s);
}

/* There and back before the service could answer. */
static void test_move_quickly(gconstpointer knob)
{
    scene s = begin_with(knob);

    user_move(s.u, BOB, "Friends", "Work");
    user_move(s.u, BOB, "Work", "Third");
    user_move(s.u, BOB, "Third", "Friends");
    user_move(s.u, DAVE, NULL, "Work");
    user_move(s.u, DAVE, "Work", NULL);
    live_quiet();
    check_both(&s, BOB, "Friends");
    check_both(&s, DAVE, "");
    live_check(service_lists_are(s.svc, BOB, ALICE, FORWARD));
    end(&s);
}

/* --- groups ------------------------------------------------------------------------------------
 */

static void test_rename_group(void)
{
    scene s = begin();
    g_autofree char *groups = NULL;

    list_rename_group("Friends", "Mates & <Co>");
    live_quiet();
    check_both(&s, BOB, "Mates & <Co>");
    check_both(&s, CAROL, "Mates & <Co>, Work");
    groups = service_group_names(s.svc, ALICE);
    g_assert_cmpstr(groups, ==, "Mates & <Co>, Work");
    live_check_count(s.svc, "?S >>> REG *", 1);
    live_check_count(s.svc, "?S >>> ADD *", 0);
    end(&s);
}

/*
 * To the name of another one: they become one. Nobody may be in both: libpurple 2.14 then goes on
 * with a person that it has just freed.
 */
static void test_merge_groups(gconstpointer knob)
{
    scene s = begin_with(knob);
    g_autofree char *groups = NULL;

    user_remove(s.u, CAROL, "Work");
    live_quiet();
    list_rename_group("Friends", "Work");
    live_quiet();
    check_both(&s, BOB, "Work");
    check_both(&s, CAROL, "Work");
    groups = service_group_names(s.svc, ALICE);
    g_assert_cmpstr(groups, ==, "Work");
    live_check(service_lists_are(s.svc, BOB, ALICE, FORWARD));
    live_check(service_lists_are(s.svc, CAROL, ALICE, FORWARD));
    live_check(client_dialogs()->len == 0);
    end(&s);
}

/* "No group" gets a name, and a group becomes "no group". */
static void test_rename_default(gconstpointer knob)
{
    scene s = begin_with(knob);
    g_autofree char *groups = NULL;

    list_rename_group(NO_GROUP, "Named");
    live_quiet();
    check_both(&s, DAVE, "Named");
    list_rename_group("Friends", NO_GROUP);
    live_quiet();
    check_both(&s, BOB, "");
    live_check(service_has(s.svc, ALICE, CAROL, "Work"));
    groups = service_group_names(s.svc, ALICE);
    g_assert_cmpstr(groups, ==, "Named, Work");
    live_check(client_dialogs()->len == 0);
    live_end_list(s.svc, s.u);
}

static void test_delete_group(gconstpointer knob)
{
    scene s = begin_with(knob);
    g_autofree char *groups = NULL;

    list_delete_group("Friends");
    live_quiet();
    live_check(user_has(s.u, BOB, ""));
    live_check(service_lists_are(s.svc, ALICE, BOB, SERVICE_AL | SERVICE_RL));
    check_both(&s, CAROL, "Work");
    live_check(service_lists_are(s.svc, CAROL, ALICE, FORWARD));
    groups = service_group_names(s.svc, ALICE);
    g_assert_cmpstr(groups, ==, "Work");
    live_check(!purple_find_group("Friends"));
    live_check(client_dialogs()->len == 0);
    end(&s);
}

/* One that was removed from another computer meanwhile: it is made again for who is to be in it. */
static void test_vanished_group(void)
{
    scene s = begin();

    service_remove_group(s.svc, ALICE, 2);
    user_move(s.u, BOB, "Friends", "Work");
    live_quiet();
    check_both(&s, BOB, "Work");
    live_check(client_dialogs()->len == 0);
    service_remove_group(s.svc, ALICE, 3);
    user_add(s.u, NEW, NULL, "Work");
    live_quiet();
    check_both(&s, NEW, "Work");
    live_check(client_dialogs()->len == 0);
    end(&s);
}

/* One that the service has never heard of, and one without contacts. */
static void test_delete_empty_groups(void)
{
    scene s = begin();

    purple_blist_add_group(purple_group_new("Mine alone"), NULL);
    list_delete_group("Mine alone");
    service_forget_transcript(s.svc);
    live_quiet();
    live_check_count(s.svc, "?S >>> *", 0);
    user_move(s.u, CAROL, "Work", "Friends");
    live_quiet();
    list_delete_group("Work");
    live_quiet();
    live_check_count(s.svc, "?S >>> RMG *", 1);
    live_check(client_dialogs()->len == 0);
    end(&s);
}

/* Two accounts have contacts in a group: what is done to it is done for both. */
static void test_shared_group(void)
{
    scene s = begin();
    user *bob = live_user_named(s.svc, BOB);
    user *users[] = {s.u, bob};

    service_add_group(s.svc, BOB, "Friends");
    service_put(s.svc, BOB, ALICE, FORWARD, NULL, "1");
    service_put(s.svc, BOB, CAROL, FORWARD, NULL, "1");
    live_settled(bob);
    live_check(user_has(bob, ALICE, "Friends"));
    list_rename_group("Friends", "Mates");
    live_quiet();
    check_both(&s, BOB, "Mates");
    live_check(user_has(bob, ALICE, "Mates"));
    live_check(service_has(s.svc, BOB, ALICE, "Mates"));
    /* Bob has no "Work" yet; for Alice they become one, in which nobody may be twice. */
    user_remove(s.u, CAROL, "Work");
    live_quiet();
    list_rename_group("Mates", "Work");
    live_quiet();
    check_both(&s, BOB, "Work");
    check_both(&s, CAROL, "Work");
    live_check(service_has(s.svc, BOB, ALICE, "Work"));
    live_check(service_has(s.svc, BOB, CAROL, "Work"));
    live_check(user_has(bob, CAROL, "Work"));
    list_delete_group("Work");
    live_quiet();
    live_check(!purple_find_group("Work"));
    live_check(user_has(s.u, CAROL, ""));
    live_check(user_has(bob, CAROL, ""));
    live_check(!(service_lists(s.svc, BOB, CAROL) & SERVICE_FL));
    live_check(!(service_lists(s.svc, ALICE, CAROL) & SERVICE_FL));
    live_check(client_dialogs()->len == 0);
    live_end_lists(s.svc, users, 2);
}

/* What the service does not take is undone for both. */
static void test_shared_group_refused(void)
{
    scene s = begin();
    user *bob = live_user_named(s.svc, BOB);
    user *users[] = {s.u, bob};

    service_add_group(s.svc, BOB, "Friends");
    service_put(s.svc, BOB, ALICE, FORWARD, NULL, "1");
    service_put(s.svc, BOB, CAROL, FORWARD, NULL, "1");
    live_settled(bob);
    live_set(s.svc, "ns-reg.reply=800 {trid}\\r\\n");
    list_rename_group("Friends", "Pals");
    live_quiet();
    live_check(live_open_dialogs(DIALOG_MESSAGE) == 2);
    client_forget_dialogs();
    live_check(user_has(s.u, BOB, "Friends"));
    live_check(user_has(s.u, CAROL, "Friends, Work"));
    live_check(user_has(bob, ALICE, "Friends"));
    live_check(user_has(bob, CAROL, "Friends"));
    live_check(!purple_find_group("Pals"));
    service_unset(s.svc, "ns-reg.reply");
    live_end_lists(s.svc, users, 2);
}

/* --- refusals ----------------------------------------------------------------------------------
 */

static void do_add(scene *s)
{
    user_add(s->u, NEW, NULL, "Friends");
}

static void do_add_to_new(scene *s)
{
    user_add(s->u, NEW, NULL, "Fresh");
}

static void do_remove(scene *s)
{
    user_alias(s->u, BOB, "Bobby");
    user_remove(s->u, BOB, "Friends");
}

static void do_remove_copy(scene *s)
{
    user_remove(s->u, CAROL, "Work");
}

static void do_move(scene *s)
{
    user_move(s->u, BOB, "Friends", "Work");
}

static void do_move_copy(scene *s)
{
    user_move(s->u, CAROL, "Work", "Third");
}

static void do_move_out(scene *s)
{
    user_move(s->u, BOB, "Friends", NULL);
}

static void do_move_in(scene *s)
{
    user_move(s->u, DAVE, NULL, "Work");
}

static void do_move_to_new(scene *s)
{
    user_move(s->u, BOB, "Friends", "Fresh");
}

static void do_copy(scene *s)
{
    user_add(s->u, BOB, NULL, "Work");
}

static void do_rename(scene *s G_GNUC_UNUSED)
{
    list_rename_group("Friends", "Mates");
}

static const struct {
    const char *name;
    void (*act)(scene *s);
    const char *knob;
    const char *about; /* what the message names */
    const char *reason;
} refusals[] = {
    {"add/unknown", do_add, "ns-add.reply=205 {trid}\\r\\n", NEW, "no account"},
    {"add/parameter", do_add, "ns-add.reply=201 {trid}\\r\\n", NEW, "this address"},
    {"add/address", do_add, "ns-add.reply=208 {trid}\\r\\n", NEW, "this address"},
    {"add/full", do_add, "limit-fl=3", NEW, "is full"},
    {"add/allow-full", do_add, "limit-al=3", NEW, "is full"},
    {"add/too-fast", do_add, "ns-add-fl.reply=800 {trid}\\r\\n", NEW, "too many changes"},
    {"add/strange", do_add, "ns-add-fl.reply=999 {trid}\\r\\n", NEW, "999"},
    {"add/too-many-groups", do_add_to_new, "limit-groups=2", NEW, "too many groups"},
    {"add/group-taken", do_add_to_new, "ns-adg.reply=228 {trid}\\r\\n", NEW, "already a group"},
    {"add/group-long", do_add_to_new, "ns-adg.reply=229 {trid}\\r\\n", NEW, "too long"},
    {"remove/busy", do_remove, "ns-rem.reply=600 {trid}\\r\\n", BOB, "again later"},
    {"remove/syntax", do_remove, "ns-rem.reply=200 {trid}\\r\\n", BOB, "200"},
    {"remove-copy/busy", do_remove_copy, "ns-rem.reply=600 {trid}\\r\\n", CAROL, "again later"},
    {"move/out-refused", do_move, "ns-rem.reply=600 {trid}\\r\\n", BOB, "again later"},
    {"move/out-refused-copy", do_move_copy, "ns-rem.reply=600 {trid}\\r\\n", CAROL, "again later"},
    {"move/to-no-group", do_move_out, "ns-rem.reply=600 {trid}\\r\\n", BOB, "again later"},
    {"move/from-no-group", do_move_in, "ns-add.reply=210 {trid}\\r\\n", DAVE, "is full"},
    {"move/too-many-groups", do_move_to_new, "limit-groups=2", BOB, "too many groups"},
    {"copy/too-fast", do_copy, "ns-add.reply=800 {trid}\\r\\n", BOB, "too many changes"},
    {"rename/taken", do_rename, "ns-reg.reply=228 {trid}\\r\\n", "Friends", "already a group"},
    {"rename/long", do_rename, "ns-reg.reply=229 {trid}\\r\\n", "Friends", "too long"},
    {"rename/no-group", do_rename, "ns-reg.reply=224 {trid}\\r\\n", "Friends", "have this group"},
    {"rename/fixed", do_rename, "ns-reg.reply=230 {trid}\\r\\n", "Friends", "have this group"},
    {"rename/too-fast", do_rename, "ns-reg.reply=800 {trid}\\r\\n", "Friends", "too many changes"},
};

/* Undone here, and told in one message. */
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
    /* Who was to be added into a group that the service does not want is added nevertheless. */
    if (refusals[i].act == do_add_to_new) {
        live_check(user_has(s.u, NEW, NO_GROUP));
        live_check(service_lists_are(s.svc, ALICE, NEW, SERVICE_FL | SERVICE_AL));
        user_remove(s.u, NEW, NO_GROUP);
        live_quiet();
    }
    live_check(is_unchanged(&s));
    if (refusals[i].act == do_remove)
        g_assert_cmpstr(user_name_of(s.u, BOB), ==, "Bobby");
    live_check(!purple_find_group("Mates"));
    client_forget_dialogs();
    service_unset(s.svc, knob[0]);
    end(&s);
}

/* Error numbers that say: it is so already. */
static const struct {
    const char *name;
    void (*act)(scene *s);
    const char *knob;
} agreements[] = {
    {"add/215", do_add, "ns-add.reply=215 {trid}\\r\\n"},
    {"remove/205", do_remove, "ns-rem.reply=205 {trid}\\r\\n"},
    {"remove/216", do_remove, "ns-rem.reply=216 {trid}\\r\\n"},
    {"remove/225", do_remove_copy, "ns-rem.reply=225 {trid}\\r\\n"},
};

static void test_agreement(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    scene s = begin();

    live_set(s.svc, agreements[i].knob);
    agreements[i].act(&s);
    live_quiet();
    live_check(client_dialogs()->len == 0);
    live_check(user_has(s.u, NEW, agreements[i].act == do_add ? "Friends" : ""));
    live_check(user_has(s.u, BOB, agreements[i].act == do_remove ? "" : "Friends"));
    live_check(
        user_has(s.u, CAROL, agreements[i].act == do_remove_copy ? "Friends" : "Friends, Work"));
    live_end_list(s.svc, s.u);
}

/* Out of the one group and not into the other: back into the one. */
static void test_move_half_refused(gconstpointer data)
{
    scene s = begin_with(data);

    live_set(s.svc, "ns-add.reply=210 {trid}\\r\\n");
    user_move(s.u, BOB, "Friends", "Work");
    live_wait(service_count(s.svc, "?S <<< 210 *") == 1, 5);
    service_unset(s.svc, "ns-add.reply");
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, BOB, "is full", NULL));
    live_check(client_dialogs()->len == 1);
    live_check(is_unchanged(&s));
    live_check(service_lists_are(s.svc, BOB, ALICE, FORWARD));
    client_forget_dialogs();
    end(&s);
}

/* A group with contacts of which this client knows nothing stays. */
static void test_delete_group_refused(void)
{
    scene s = begin();

    live_set(s.svc, "ns-rmg.reply=227 {trid}\\r\\n");
    list_delete_group("Friends");
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, "Friends", "still contains contacts", NULL));
    live_check(client_dialogs()->len == 1);
    live_check(user_has(s.u, BOB, ""));
    live_check(user_has(s.u, CAROL, "Work"));
    client_forget_dialogs();
    service_unset(s.svc, "ns-rmg.reply");
    end(&s);
}

/* All that is refused in one go is told in one message, be it ever so much. */
static void test_many_refusals(void)
{
    scene s = begin();
    const dialog *d;

    for (int i = 0; i < 25; i++) {
        g_autofree char *who = g_strdup_printf("nobody%d@example.com", i);

        user_add(s.u, who, NULL, i % 2 ? "Friends" : "Work");
    }
    live_quiet();
    live_check(client_dialogs()->len == 1);
    live_check(
        live_told(DIALOG_MESSAGE, "nobody0@example.com", "nobody9@example.com", "15 more", NULL));
    d = client_open_dialog(DIALOG_MESSAGE);
    live_check(!strstr(d->text, "nobody10@example.com"));
    live_check(user_n_buddies(s.u) == 4);
    client_forget_dialogs();
    end(&s);
}

/*
 * A group's name in another script, with marks that nobody sees, as it was typed: here, there, and
 * at the next sign-in. What is too long for a service is for that to say (Escargot: 61 characters).
 */
static void test_group_names(gconstpointer cleans)
{
    const char *hebrew = "\xe2\x80\x8f\xd7\x97\xd7\x91\xd7\xa8\xd7\x99\xd7\x9d\xe2\x80\x8f";
    const char *cleaned = "\xd7\x97\xd7\x91\xd7\xa8\xd7\x99\xd7\x9d";
    const char *school = "\xd0\x94\xd1\x80\xd1\x83\xd0\xb7\xd1\x8c\xd1\x8f "
                         "\xd0\xb8\xd0\xb7 \xd1\x88\xd0\xba\xd0\xbe\xd0\xbb\xd1\x8b";
    scene s = begin_with("escargot");
    GString *longest = g_string_new(NULL);

    for (int i = 0; i < 62; i++)
        g_string_append(longest, "\xe4\xb8\xad");
    user_add(s.u, NEW, NULL, hebrew);
    user_move(s.u, BOB, "Friends", school);
    live_quiet();
    live_check(service_has(s.svc, ALICE, NEW, hebrew));
    live_check(service_has(s.svc, ALICE, BOB, school));
    /* As if by another client, or a service that keeps no marks. */
    if (cleans)
        service_rename_group(s.svc, ALICE, 3, cleaned);
    live_offline(s.svc, s.u);
    live_settled(s.u);
    live_check(user_has(s.u, NEW, hebrew));
    live_check(user_has(s.u, BOB, school));
    live_check(cleans || !purple_find_group(cleaned));
    live_check(!cleans || !purple_find_group(cleaned));
    user_move(s.u, DAVE, NULL, hebrew);
    live_quiet();
    live_check(service_has(s.svc, ALICE, DAVE, cleans ? cleaned : hebrew));
    live_check(user_has(s.u, DAVE, hebrew));
    live_check(client_dialogs()->len == 0);
    user_add(s.u, CAROL, NULL, longest->str);
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, CAROL, longest->str, "too long", NULL));
    live_check(user_has(s.u, CAROL, "Friends, Work"));
    client_forget_dialogs();
    /* A name that nobody sees is none. */
    user_move(s.u, DAVE, hebrew, "\xe2\x80\x8f\xe2\xa0\x80");
    live_quiet();
    live_check(user_has(s.u, DAVE, NO_GROUP));
    live_check(service_has(s.svc, ALICE, DAVE, ""));
    g_string_free(longest, TRUE);
    live_end_list(s.svc, s.u);
}

/*
 * Added while offline into a group that the service does not want. It is so also for a buddy that
 * was rejected before.
 */
static void test_group_refused_offline(void)
{
    scene s = begin();

    live_set(s.svc, "ns-adg.reply=229 {trid}\\r\\n");
    live_set(s.svc, "ns-add-fl.reply=210 {trid}\\r\\n");
    for (int i = 0; i < 2; i++) {
        live_offline(s.svc, s.u);
        if (i == 0)
            user_add(s.u, NEW, "Newt", "Fresh");
        live_settled(s.u);
        live_check(live_told(DIALOG_MESSAGE, NEW, i == 0 ? "is full" : "too long", NULL));
        live_check(client_dialogs()->len == 1);
        live_check(user_has(s.u, NEW, i == 0 ? "Fresh" : NO_GROUP));
        client_forget_dialogs();
        service_unset(s.svc, "ns-add-fl.reply");
    }
    live_check(service_lists_are(s.svc, ALICE, NEW, SERVICE_FL | SERVICE_AL));
    g_assert_cmpstr(user_name_of(s.u, NEW), ==, "Newt");
    service_unset(s.svc, "ns-adg.reply");
    check_stable(&s);
    end(&s);
}

/* What cannot be right is not even sent. */
static void test_never_sent(void)
{
    scene s = begin();
    g_autofree char *too_long = g_strnfill(130, 'g');

    service_forget_transcript(s.svc);
    user_add(s.u, "not an address", NULL, "Friends");
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, "not an address", "e-mail", NULL));
    client_forget_dialogs();
    live_check(user_has(s.u, "not an address", ""));
    user_move(s.u, BOB, "Friends", too_long);
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, BOB, "too long", NULL));
    client_forget_dialogs();
    list_rename_group("Friends", too_long);
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, "Friends", "too long", NULL));
    client_forget_dialogs();
    live_check(is_unchanged(&s));
    live_check_count(s.svc, "?S >>> *", 0);
    end(&s);
}

/* --- connections that do not last --------------------------------------------------------------
 */

/* The connection is lost while edits wait: the user is told, and the next sign-in puts it right. */
static void test_lost(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    static void (*const acts[])(scene *) = {do_add,  do_add_to_new,  do_remove,   do_remove_copy,
                                            do_move, do_move_to_new, do_move_out, do_move_in,
                                            do_copy, do_rename};
    static const char *const knobs[] = {"ns-add.close", "ns-adg.close", "ns-rem.close",
                                        "ns-reg.close"};
    scene s = begin();

    for (guint k = 0; k < G_N_ELEMENTS(knobs); k++)
        live_set(s.svc, knobs[k]);
    acts[i](&s);
    live_failed(s.u, 5, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, NULL);
    live_check(live_told(DIALOG_MESSAGE, "may not have been saved", ALICE, NULL));
    live_check(client_dialogs()->len == 1);
    client_forget_dialogs();
    for (guint k = 0; k < G_N_ELEMENTS(knobs); k++)
        service_unset(s.svc, knobs[k]);
    live_settled(s.u);
    live_check(client_dialogs()->len == 0);
    for (guint k = 0; k < 4; k++) {
        static const char *const all[] = {BOB, CAROL, DAVE, NEW};
        g_autofree char *here = user_groups_of(s.u, all[k]);

        if (service_lists(s.svc, ALICE, all[k]) & SERVICE_FL)
            live_check(service_has(s.svc, ALICE, all[k], strcmp(here, NO_GROUP) ? here : ""));
        else
            live_check(*here == '\0');
    }
    end(&s);
}

/* Each with the answer never given, since the server goes down for another one in the middle. */
static void test_moved_session(gconstpointer data)
{
    guint i = GPOINTER_TO_UINT(data);
    static void (*const acts[])(scene *) = {do_add, do_add_to_new, do_remove, do_move, do_rename};
    scene s = begin();
    g_autofree char *xfr = g_strdup_printf("XFR 0 NS 127.0.0.1:%u 0 127.0.0.1:1863\r\n",
                                           service_port(s.svc, SERVICE_NOTIFICATION));

    service_forget_transcript(s.svc);
    live_set(s.svc, "ns-add.silent");
    live_set(s.svc, "ns-adg.silent");
    live_set(s.svc, "ns-rem.silent");
    live_set(s.svc, "ns-reg.silent");
    acts[i](&s);
    live_quiet();
    service_unset(s.svc, "ns-add.silent");
    service_unset(s.svc, "ns-adg.silent");
    service_unset(s.svc, "ns-rem.silent");
    service_unset(s.svc, "ns-reg.silent");
    live_forget_events();
    service_send(s.svc, ALICE, xfr, -1);
    live_wait(service_count(s.svc, "?S <<< CHG *") == 1, 20);
    live_quiet();
    live_check(s.u->online);
    live_check(s.u->n_connected == 1);
    live_check(client_dialogs()->len == 0);
    switch (i) {
    case 0:
        check_both(&s, NEW, "Friends");
        break;
    case 1:
        check_both(&s, NEW, "Fresh");
        break;
    case 2:
        live_check(user_has(s.u, BOB, ""));
        live_check(!(service_lists(s.svc, ALICE, BOB) & SERVICE_FL));
        break;
    case 3:
        check_both(&s, BOB, "Work");
        break;
    default:
        check_both(&s, BOB, "Mates");
        break;
    }
    end(&s);
}

/* Edits wait for the list, and are done when it is there. */
static void test_while_list_comes(void)
{
    scene s = begin();

    live_offline(s.svc, s.u);
    live_set(s.svc, "syn-lst-more=1");
    live_settled(s.u);
    user_add(s.u, NEW, NULL, "Work");
    user_remove(s.u, BOB, "Friends");
    user_move(s.u, DAVE, NULL, "Work");
    live_quiet();
    live_check_count(s.svc, "?S >>> ADD*", 0);
    live_check_count(s.svc, "?S >>> REM*", 0);
    service_send(s.svc, ALICE, "LST last@example.com Last 11 1\r\n", -1);
    live_quiet();
    check_both(&s, NEW, "Work");
    live_check(user_has(s.u, BOB, ""));
    live_check(!(service_lists(s.svc, ALICE, BOB) & SERVICE_FL));
    check_both(&s, DAVE, "Work");
    live_check(user_has(s.u, "last@example.com", "Friends"));
    service_unset(s.svc, "syn-lst-more");
    end(&s);
}

/* At once after the sign-in, with a long list still being put in step. */
static void test_right_after_sign_in(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    live_register(svc, NEW);
    service_populate(svc, ALICE, 500, 5);
    live_settled(u);
    live_offline(svc, u);
    user_sign_in(u);
    live_wait(u->online, 10);
    user_remove(u, "person499@example.com", "Group 5");
    user_move(u, "person0@example.com", "Group 1", "Group 2");
    user_move(u, "person498@example.com", "Group 4", NULL);
    user_add(u, NEW, NULL, "Group 1");
    live_quiet();
    live_check(!(service_lists(svc, ALICE, "person499@example.com") & SERVICE_FL));
    live_check(user_has(u, "person499@example.com", ""));
    live_check(service_has(svc, ALICE, "person0@example.com", "Group 2"));
    live_check(user_has(u, "person0@example.com", "Group 2"));
    live_check(service_has(svc, ALICE, "person498@example.com", ""));
    live_check(user_has(u, "person498@example.com", NO_GROUP));
    live_check(service_has(svc, ALICE, NEW, "Group 1"));
    live_check(client_dialogs()->len == 0);
    live_end_list(svc, u);
}

/* --- the other side ----------------------------------------------------------------------------
 */

/* Bob's client sees nothing of what Alice does to her groups. */
static void test_other_side(gconstpointer knob)
{
    scene s = begin_with(knob);
    user *bob = live_user_named(s.svc, BOB);
    user *users[] = {s.u, bob};

    live_settled(bob);
    live_quiet();
    live_forget_events();
    user_move(s.u, BOB, "Friends", "Work");
    live_quiet();
    g_assert_cmpstr(live_events(), ==, "");
    user_add(s.u, BOB, NULL, "Friends");
    live_quiet();
    /* The copy is a buddy of its own, and it comes online. */
    live_forget_events();
    user_remove(s.u, BOB, "Work");
    live_quiet();
    user_move(s.u, BOB, "Friends", NULL);
    live_quiet();
    g_assert_cmpstr(live_events(), ==, "");
    live_check(!user_emblem(bob, ALICE));
    live_check(user_sees(bob, ALICE, "available"));
    live_check(user_sees(s.u, BOB, "available"));
    live_check(service_lists_are(s.svc, BOB, ALICE, FORWARD));
    live_check(client_dialogs()->len == 0);

    /* But when she removes him. */
    user_remove(s.u, BOB, NULL);
    live_quiet();
    live_check(service_lists_are(s.svc, BOB, ALICE, SERVICE_FL | SERVICE_AL));
    if (!knob)
        g_assert_cmpstr(user_emblem(bob, ALICE), ==, "not-authorized");
    live_check(client_dialogs()->len == 0);
    live_end_lists(s.svc, users, 2);
}

/* --- the own name, numbers and settings --------------------------------------------------------
 */

static char *told_name;
static char *told_error;

static void name_set(PurpleAccount *account G_GNUC_UNUSED, const char *name)
{
    live_check(!told_name);
    told_name = g_strdup(name);
}

static void name_refused(PurpleAccount *account G_GNUC_UNUSED, const char *error)
{
    live_check(!told_error);
    told_error = g_strdup(error);
}

static void forget_told(void)
{
    g_clear_pointer(&told_name, g_free);
    g_clear_pointer(&told_error, g_free);
}

static void test_name(void)
{
    scene s = begin();
    user *bob = live_user_named(s.svc, BOB);
    user *users[] = {s.u, bob};
    static const char wonderland[] = "Alice <in> W\xc3\xb6nderland & 100%";

    live_settled(bob);
    purple_account_set_public_alias(s.u->account, wonderland, name_set, name_refused);
    live_wait(told_name || told_error, 5);
    g_assert_cmpstr(told_name, ==, wonderland);
    live_quiet();
    g_assert_cmpstr(service_friendly(s.svc, ALICE), ==, wonderland);
    g_assert_cmpstr(purple_connection_get_display_name(user_connection(s.u)), ==, wonderland);
    g_assert_cmpstr(user_name_of(bob, ALICE), ==, wonderland);
    forget_told();

    purple_account_get_public_alias(s.u->account, name_set, name_refused);
    live_check(!told_name);
    live_wait(told_name, 5);
    g_assert_cmpstr(told_name, ==, wonderland);
    forget_told();

    /* Without a name others see the address. */
    purple_account_set_public_alias(s.u->account, "", name_set, name_refused);
    live_wait(told_name, 5);
    live_quiet();
    g_assert_cmpstr(user_name_of(bob, ALICE), ==, ALICE);
    g_assert_cmpstr(purple_connection_get_display_name(user_connection(s.u)), ==, ALICE);
    forget_told();
    purple_account_set_public_alias(s.u->account, "Nobody listens", NULL, NULL);
    live_quiet();
    g_assert_cmpstr(user_name_of(bob, ALICE), ==, "Nobody listens");
    live_end_lists(s.svc, users, 2);
}

static void check_name_refused(scene *s, const char *name, const char *reason)
{
    purple_account_set_public_alias(s->u->account, name, name_set, name_refused);
    live_wait(told_name || told_error, 5);
    live_quiet();
    live_check(told_error && strcasestr(told_error, reason));
    live_check(live_told(DIALOG_MESSAGE, "nickname", reason, NULL));
    live_check(client_dialogs()->len == 1);
    g_assert_cmpstr(service_friendly(s->svc, ALICE), ==, LIVE_FRIENDLY);
    g_assert_cmpstr(purple_connection_get_display_name(user_connection(s->u)), ==, LIVE_FRIENDLY);
    client_forget_dialogs();
    forget_told();
}

static void test_name_refused(void)
{
    scene s = begin();
    g_autofree char *too_long = g_strnfill(130, 'n');

    service_forget_transcript(s.svc);
    check_name_refused(&s, too_long, "too long");
    live_check_count(s.svc, "?S >>> *", 0);
    live_set(s.svc, "rea-limit=0");
    check_name_refused(&s, "Hasty", "too many changes");
    service_unset(s.svc, "rea-limit");
    live_set(s.svc, "ns-rea.reply=209 {trid}\\r\\n");
    check_name_refused(&s, "Rude", "does not allow");
    service_unset(s.svc, "ns-rea.reply");
    /* A server that looks for words before it decodes has its way round. */
    live_set(s.svc, "forbidden-word=rude");
    purple_account_set_public_alias(s.u->account, "Not so rude", name_set, name_refused);
    live_wait(told_name || told_error, 5);
    g_assert_cmpstr(service_friendly(s.svc, ALICE), ==, "Not so rude");
    forget_told();
    end(&s);
}

static void test_name_action(void)
{
    scene s = begin();
    dialog *d;

    live_check(user_action(s.u, "nickname"));
    d = client_open_dialog(DIALOG_INPUT);
    live_check(d != NULL);
    g_assert_cmpstr(d->suggested, ==, LIVE_FRIENDLY);
    client_write(d, "  Alice II  ");
    live_quiet();
    g_assert_cmpstr(service_friendly(s.svc, ALICE), ==, "Alice II");
    client_forget_dialogs();
    /* A dialog that is open when the connection goes goes with it. */
    live_check(user_action(s.u, "nickname"));
    live_check(user_action(s.u, "phone"));
    live_check(user_action(s.u, "people"));
    live_offline(s.svc, s.u);
    live_check(!client_open_dialog(DIALOG_INPUT));
    live_check(!client_open_dialog(DIALOG_FIELDS));
    live_check(!client_open_dialog(DIALOG_CHOICE));
    client_forget_dialogs();
    live_end_list(s.svc, s.u);
}

static const char *field_of(dialog *d, const char *id)
{
    return purple_request_fields_get_string(d->fields, id);
}

static void test_phones(gconstpointer knob)
{
    scene s = {.svc = live_service()};
    user *bob;
    g_autofree char *tip = NULL;
    dialog *d;

    if (knob)
        live_set(s.svc, knob);
    live_contact(s.svc, BOB, NULL);
    service_set_phone(s.svc, ALICE, "PHW", "+1 (206) 555-0100");
    s.u = live_user(s.svc);
    bob = live_user_named(s.svc, BOB);
    user *users[] = {s.u, bob};
    live_settled(s.u);
    live_settled(bob);
    live_check(user_action(s.u, "phone"));
    d = client_open_dialog(DIALOG_FIELDS);
    live_check(d != NULL);
    g_assert_cmpstr(field_of(d, "PHW"), ==, "+1 (206) 555-0100");
    live_check(!field_of(d, "PHH") || *field_of(d, "PHH") == '\0');
    client_fill_field(d, "PHH", " 12 & 34 ");
    client_fill_field(d, "PHW", "");
    client_accept(d);
    live_quiet();
    client_forget_dialogs();
    g_assert_cmpstr(service_item(s.svc, ALICE, "PHH"), ==, "12 & 34");
    live_check(!service_item(s.svc, ALICE, "PHW") || !*service_item(s.svc, ALICE, "PHW"));
    live_check_count(s.svc, "?S >>> PRP *", 2);
    tip = user_tooltip(bob, ALICE, TRUE);
    live_check(strstr(tip, "12 &amp; 34"));
    live_check(!strstr(tip, "555-0100"));

    live_check(user_action(s.u, "phone"));
    d = client_open_dialog(DIALOG_FIELDS);
    g_assert_cmpstr(field_of(d, "PHH"), ==, "12 & 34");
    client_accept(d);
    live_quiet();
    live_check_count(s.svc, "?S >>> PRP *", 2);
    client_forget_dialogs();

    live_check(user_action(s.u, "phone"));
    d = client_open_dialog(DIALOG_FIELDS);
    g_autofree char *too_long = g_strnfill(96, '5');
    client_fill_field(d, "PHM", too_long);
    client_accept(d);
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, "phone", "too long", NULL));
    live_check_count(s.svc, "?S >>> PRP *", 2);
    client_forget_dialogs();
    live_end_lists(s.svc, users, 2);
}

static void test_asking_action(void)
{
    scene s = begin();
    dialog *d;

    live_check(user_action(s.u, "people"));
    d = client_open_dialog(DIALOG_CHOICE);
    live_check(d != NULL);
    live_check(d->chosen == 1);
    live_check(client_choose(d, "allow"));
    live_quiet();
    g_assert_cmpstr(service_item(s.svc, ALICE, "GTC"), ==, "N");
    client_forget_dialogs();
    live_check(user_action(s.u, "people"));
    d = client_open_dialog(DIALOG_CHOICE);
    live_check(d->chosen == 0);
    live_set(s.svc, "ns-gtc.reply=600 {trid}\\r\\n");
    live_check(client_choose(d, "ask"));
    live_quiet();
    live_check(live_told(DIALOG_MESSAGE, "people who add you", "again later", NULL));
    client_forget_dialogs();
    service_unset(s.svc, "ns-gtc.reply");
    live_check(user_action(s.u, "people"));
    live_check(client_open_dialog(DIALOG_CHOICE)->chosen == 0);
    live_check(client_choose(client_open_dialog(DIALOG_CHOICE), "ask"));
    live_quiet();
    g_assert_cmpstr(service_item(s.svc, ALICE, "GTC"), ==, "A");
    client_forget_dialogs();
    end(&s);
}

/* --- all of them -------------------------------------------------------------------------------
 */

/* As servers of the time had it, and as today's do. */
static void add_twice(const char *path, void (*function)(gconstpointer), gboolean subset)
{
    g_autofree char *today = g_strconcat(path, "/escargot", NULL);

    live_add_data(path, NULL, function, subset);
    live_add_data(today, "escargot", function, FALSE);
}

static void add_numbered(const char *path, guint n, void (*function)(gconstpointer))
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("%s/%u", path, i);

        live_add_data(name, GUINT_TO_POINTER(i), function, FALSE);
    }
}

static void add_tests(void)
{
    add_twice("/editing/add/plain", test_add, TRUE);
    live_add("/editing/add/new-group", test_add_to_new_group, FALSE);
    live_add("/editing/add/no-group", test_add_without_group, FALSE);
    live_add("/editing/add/spelling", test_add_spelling, FALSE);
    live_add("/editing/add/blocked", test_add_blocked, FALSE);
    add_twice("/editing/copy", test_copy, FALSE);
    add_twice("/editing/remove/plain", test_remove, TRUE);
    add_twice("/editing/remove/copies", test_remove_copies, FALSE);
    add_twice("/editing/remove/all-copies", test_remove_all_copies, FALSE);
    live_add("/editing/remove/and-add", test_remove_and_add, FALSE);
    add_twice("/editing/move/plain", test_move, TRUE);
    add_twice("/editing/move/onto-copy", test_move_onto_copy, FALSE);
    add_twice("/editing/move/quickly", test_move_quickly, FALSE);
    live_add("/editing/group/rename", test_rename_group, FALSE);
    add_twice("/editing/group/merge", test_merge_groups, FALSE);
    add_twice("/editing/group/rename-default", test_rename_default, FALSE);
    add_twice("/editing/group/delete", test_delete_group, FALSE);
    live_add("/editing/group/shared", test_shared_group, FALSE);
    live_add("/editing/group/shared-refused", test_shared_group_refused, FALSE);
    live_add("/editing/group/vanished", test_vanished_group, FALSE);
    live_add("/editing/group/delete-empty", test_delete_empty_groups, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *path = g_strconcat("/editing/refused/", refusals[i].name, NULL);

        live_add_data(path, GUINT_TO_POINTER(i), test_refusal, FALSE);
    }
    for (guint i = 0; i < G_N_ELEMENTS(agreements); i++) {
        g_autofree char *path = g_strconcat("/editing/so-already/", agreements[i].name, NULL);

        live_add_data(path, GUINT_TO_POINTER(i), test_agreement, FALSE);
    }
    add_twice("/editing/refused/move-half", test_move_half_refused, FALSE);
    live_add("/editing/refused/delete-group", test_delete_group_refused, FALSE);
    live_add("/editing/refused/many", test_many_refusals, TRUE);
    live_add("/editing/refused/offline", test_group_refused_offline, FALSE);
    live_add_data("/editing/group/names", NULL, test_group_names, FALSE);
    live_add_data("/editing/group/cleaned-names", "yes", test_group_names, FALSE);
    live_add("/editing/refused/unsent", test_never_sent, FALSE);
    add_numbered("/editing/lost", 10, test_lost);
    add_numbered("/editing/moved-session", 5, test_moved_session);
    live_add("/editing/while-list-comes", test_while_list_comes, FALSE);
    live_add("/editing/right-after-sign-in", test_right_after_sign_in, FALSE);
    add_twice("/editing/other-side", test_other_side, FALSE);
    live_add("/editing/name/plain", test_name, FALSE);
    live_add("/editing/name/refused", test_name_refused, FALSE);
    live_add("/editing/name/action", test_name_action, TRUE);
    add_twice("/editing/phones", test_phones, FALSE);
    live_add("/editing/people-who-add", test_asking_action, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
