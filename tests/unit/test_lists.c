/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of the lists and what the user changes in them what no transcript can hold: limits. */
#include "doc.h"
#include "drive.h"
#include "expect.h"

#include <string.h>

/* Up to SYN, whose id is 5. */
static drive *at_lists(void)
{
    const msnp_ns_config config = {
        .account = DOC_ACCOUNT,
        .host = DOC_DISPATCH,
        .port = 1863,
        .status = MSNP_STATUS_ONLINE,
    };
    drive *d = drive_ns(&config);
    drive_start(d);
    drive_connected(d);
    drive_feed(d, DOC_VER DOC_CVR_ANSWER "USR 3 TWN S ct=1\r\n");
    drive_ticket(d, "t=1");
    drive_feed(d, DOC_USR_OK);
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_LISTS);
    drive_forget(d);
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
    drive_feed(d, lists->str);
    expect_events(d, "WRITE CHG 6 NLN 0|");
    drive_feed(d, "LSG 0 ~ 0\r\n");
    expect_events(d, "ROSTER incomplete");
    g_assert_cmpuint(msnp_roster_size(msnp_ns_roster(d->ns)), ==, MSNP_CONTACTS_MAX);
    drive_feed(d, "ADD 0 RL 28 more@b x\r\n");
    expect_silence(d);
    drive_done(d);
    g_string_free(lists, TRUE);
}

static void test_too_many_groups(void)
{
    GString *lists = g_string_new(NULL);
    g_string_printf(lists, "SYN 5 27 1 %d\r\n", MSNP_GROUPS_MAX + 1);
    for (int i = 1; i <= MSNP_GROUPS_MAX + 1; i++)
        g_string_append_printf(lists, "LSG %d x 0\r\n", i);
    drive *d = at_lists();
    drive_feed(d, lists->str);
    drive_feed(d, "LST a@b A 1 257,256\r\n");
    expect_events(d, "WRITE CHG 6 NLN 0|", "ROSTER incomplete");
    const msnp_contact *contact = msnp_roster_at(msnp_ns_roster(d->ns), 0);
    g_assert_cmpuint(msnp_contact_n_groups(contact), ==, 1);
    drive_done(d);
    g_string_free(lists, TRUE);
}

/* The roster is full, so what the server did is not seen: it is not asked for ever. */
static void test_add_to_full_roster(void)
{
    const msnp_edit add = {.kind = MSNP_EDIT_ADD, .account = "new@x"};
    GString *lists = contacts(MSNP_CONTACTS_MAX);
    drive *d = at_lists();
    drive_feed(d, lists->str);
    drive_feed(d, "LSG 0 ~ 0\r\nCHG 6 NLN 0\r\n");
    drive_forget(d);
    drive_edit(d, &add);
    unsigned id = 7;
    for (; id < 100 && msnp_ns_edits_waiting(d->ns) > 0; id++) {
        char *answer = g_strdup_printf("ADD %u AL 28 new@x new@x\r\n", id);
        drive_feed(d, answer);
        g_free(answer);
    }
    g_assert_cmpuint(id, <=, 17);
    g_assert_true(g_str_has_suffix(d->events->str, "EDITED ADD new@x malformed\n"));
    drive_forget(d);
    drive_done(d);
    g_string_free(lists, TRUE);
}

/* There is an end to what is kept. */
static void test_too_many_edits(void)
{
    const msnp_edit edit = {.kind = MSNP_EDIT_PROMPT_ON_ADD};
    drive *d = at_lists();
    for (int i = 0; i < MSNP_EDITS_MAX; i++)
        msnp_ns_edit(d->ns, &edit, d->now);
    g_assert_cmpuint(msnp_ns_edits_waiting(d->ns), ==, MSNP_EDITS_MAX);
    drive_edit(d, &edit);
    expect_events(d, "EDITED PROMPT_ON_ADD off too-long");
    g_assert_cmpuint(msnp_ns_edits_waiting(d->ns), ==, MSNP_EDITS_MAX);
    drive_done(d);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lists/too-many-contacts", test_too_many_contacts);
    g_test_add_func("/lists/too-many-groups", test_too_many_groups);
    g_test_add_func("/lists/add-to-full-roster", test_add_to_full_roster);
    g_test_add_func("/lists/too-many-edits", test_too_many_edits);
    return g_test_run();
}
