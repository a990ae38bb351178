/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of the lists and what the user changes in them what no transcript can hold: limits. */
#include "doc.h"
#include "driven.h"
#include "expect.h"

static void feed(drive *d, const char *text)
{
    driven_feed(d, DRIVE_NS, text);
}

/* Up to SYN, whose id is 5. */
static drive *at_lists(void)
{
    static const drive_config config = {.part = DRIVE_NS,
                                        .account = DOC_ACCOUNT,
                                        .host = DOC_DISPATCH,
                                        .port = 1863,
                                        .status = MSNP_STATUS_ONLINE};
    drive *d = drive_new(&config);

    drive_do(d, DRIVE_NS, "connected");
    feed(d, DOC_VER DOC_CVR_ANSWER DOC_USR_CHALLENGE);
    drive_do(d, DRIVE_NS, "ticket t=1");
    feed(d, DOC_USR_OK);
    g_assert_cmpstr(drive_step(d, DRIVE_NS), ==, "LISTS");
    driven_forget(d);
    return d;
}

/* SYN and so many contacts; the caller frees it. */
static GString *contacts(int count)
{
    GString *lists = g_string_new(NULL);

    g_string_printf(lists, "SYN 5 27 %d 1\r\n", count);
    for (int i = 0; i < count; i++)
        g_string_append_printf(lists, "LST c%d@b C 1\r\n", i);
    return lists;
}

static void test_too_many_contacts(void)
{
    GString *lists = contacts(MSNP_CONTACTS_MAX + 1);
    drive *d = at_lists();

    feed(d, lists->str);
    expect_out(d, "C CHG 6 NLN 0\\r\\n");
    feed(d, "LSG 0 ~ 0\r\n");
    expect_out(d, "EV ROSTER incomplete");
    g_assert_cmpuint(msnp_roster_size(msnp_ns_roster(drive_ns(d))), ==, MSNP_CONTACTS_MAX);
    feed(d, "ADD 0 RL 28 more@b x\r\n");
    driven_done(d);
    g_string_free(lists, TRUE);
}

static void test_too_many_groups(void)
{
    GString *lists = g_string_new(NULL);

    g_string_printf(lists, "SYN 5 27 1 %d\r\n", MSNP_GROUPS_MAX + 1);
    for (int i = 1; i <= MSNP_GROUPS_MAX + 1; i++)
        g_string_append_printf(lists, "LSG %d x 0\r\n", i);
    drive *d = at_lists();
    feed(d, lists->str);
    feed(d, "LST a@b A 1 257,256\r\n");
    expect_out(d, "C CHG 6 NLN 0\\r\\n", "EV ROSTER incomplete");
    const msnp_contact *contact = msnp_roster_at(msnp_ns_roster(drive_ns(d)), 0);
    g_assert_cmpuint(msnp_contact_n_groups(contact), ==, 1);
    driven_done(d);
    g_string_free(lists, TRUE);
}

/* The roster is full, so what the server did is not seen: it is not asked for ever. */
static void test_add_to_full_roster(void)
{
    GString *lists = contacts(MSNP_CONTACTS_MAX);
    drive *d = at_lists();
    unsigned id = 7;

    feed(d, lists->str);
    feed(d, "LSG 0 ~ 0\r\nCHG 6 NLN 0\r\n");
    drive_do(d, DRIVE_NS, "edit ADD new@x");
    for (; id < 100 && msnp_ns_edits_waiting(drive_ns(d)) > 0; id++) {
        char *answer = g_strdup_printf("ADD %u AL 28 new@x new@x\r\n", id);
        feed(d, answer);
        g_free(answer);
    }
    g_assert_cmpuint(id, <=, 17);
    expect_last(d, "EV EDITED ADD new@x malformed 0");
    driven_done(d);
    g_string_free(lists, TRUE);
}

/* There is an end to what is kept. */
static void test_too_many_edits(void)
{
    const msnp_edit edit = {.kind = MSNP_EDIT_PROMPT_ON_ADD};
    drive *d = at_lists();

    for (int i = 0; i < MSNP_EDITS_MAX; i++)
        drive_edit(d, &edit);
    expect_silence(d);
    g_assert_cmpuint(msnp_ns_edits_waiting(drive_ns(d)), ==, MSNP_EDITS_MAX);
    drive_edit(d, &edit);
    expect_out(d, "EV EDITED PROMPT_ON_ADD off too-long 0");
    g_assert_cmpuint(msnp_ns_edits_waiting(drive_ns(d)), ==, MSNP_EDITS_MAX);
    driven_done(d);
}

/* A lot at once, more than any buffer holds, is no error. */
static void test_long(void)
{
    char *lists = repeated("LST somebody@example.com Somebody 11 0\r\n", 20000);
    drive *d = at_lists();

    feed(d, "SYN 5 1 20000 0\r\n");
    feed(d, lists);
    expect_out(d, "C CHG 6 NLN 0\\r\\n", "EV ROSTER complete");
    driven_done(d);
    g_free(lists);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lists/too-many-contacts", test_too_many_contacts);
    g_test_add_func("/lists/too-many-groups", test_too_many_groups);
    g_test_add_func("/lists/add-to-full-roster", test_add_to_full_roster);
    g_test_add_func("/lists/too-many-edits", test_too_many_edits);
    g_test_add_func("/lists/long", test_long);
    return g_test_run();
}
