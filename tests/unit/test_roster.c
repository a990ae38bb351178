/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model of the lists. */
#include "codec.h"
#include "expect.h"
#include "guard.h"
#include "roster.h"

#include <string.h>

static msnp_contact *ensure(msnp_roster *roster, const char *account)
{
    guarded place = guard_after(account, strlen(account));
    msnp_contact *contact = msnp_roster_ensure(roster, guard_view(&place));
    guard_free(&place);
    return contact;
}

static msnp_contact *find(const msnp_roster *roster, const char *account)
{
    guarded place = guard_before(account, strlen(account));
    msnp_contact *contact = msnp_roster_find(roster, guard_view(&place));
    guard_free(&place);
    return contact;
}

static bool set_name(msnp_contact *contact, const char *encoded)
{
    guarded place = guard_after(encoded, strlen(encoded));
    bool other = msnp_contact_set_name(contact, guard_view(&place));
    guard_free(&place);
    return other;
}

static void test_new(void)
{
    msnp_roster *roster = msnp_roster_new();
    g_assert_cmpuint(msnp_roster_size(roster), ==, 0);
    g_assert_null(find(roster, "bob@example.com"));
    g_assert_null(msnp_roster_group(roster, 0));
    g_assert_null(msnp_roster_group(roster, 1));
    g_assert_null(msnp_roster_group_named(roster, ""));
    g_assert_true(roster->prompt_on_add);
    g_assert_true(roster->allow_unlisted);
    for (size_t i = 0; i < MSNP_N_PHONES; i++)
        g_assert_null(roster->phones[i]);
    msnp_roster_prune(roster);
    msnp_roster_remove_group(roster, 1);
    g_assert_false(msnp_roster_group_in_use(roster, 1));
    msnp_roster_free(roster);
    msnp_roster_free(NULL);
}

static void test_find(void)
{
    msnp_roster *roster = msnp_roster_new();
    msnp_contact *bob = ensure(roster, "Bob@Example.COM");
    g_assert_cmpstr(bob->account, ==, "Bob@Example.COM");
    g_assert_null(bob->name);
    g_assert_cmpuint(bob->lists, ==, 0);
    g_assert_false(bob->online);
    g_assert_false(bob->pages);
    g_assert_cmpuint(msnp_contact_n_groups(bob), ==, 0);
    g_assert_true(find(roster, "bob@example.com") == bob);
    g_assert_true(find(roster, "BOB@EXAMPLE.COM") == bob);
    g_assert_true(ensure(roster, "boB@example.com") == bob);
    g_assert_cmpstr(bob->account, ==, "Bob@Example.COM");
    g_assert_cmpuint(msnp_roster_size(roster), ==, 1);
    msnp_contact *carol = ensure(roster, "carol@example.com");
    g_assert_true(carol != bob);
    g_assert_true(msnp_roster_at(roster, 0) == bob);
    g_assert_true(msnp_roster_at(roster, 1) == carol);
    static const char *const others[] = {
        "", "b", "bob@example.co", "bob@example.comm", "bob@example.com ", "ob@example.com"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_null(find(roster, others[i]));
    msnp_roster_free(roster);
}

/* What is no account name does not become an entry, whatever its length. */
static void test_accounts(void)
{
    static const char *const bad[] = {"",     "bob",     "@b",         "a@",      "a b@c",
                                      "a@b ", "a@b\r\n", "\xc3\xbc@b", "a@b\x7f", "a\t@b"};
    msnp_roster *roster = msnp_roster_new();
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        say(bad[i]);
        g_assert_null(ensure(roster, bad[i]));
        g_assert_null(find(roster, bad[i]));
    }
    char *longest = repeated("x", MSNP_ACCOUNT_MAX + 1);
    longest[1] = '@';
    g_assert_null(ensure(roster, longest));
    g_assert_null(find(roster, longest));
    g_assert_cmpuint(msnp_roster_size(roster), ==, 0);
    longest[MSNP_ACCOUNT_MAX] = '\0';
    msnp_contact *contact = ensure(roster, longest);
    g_assert_nonnull(contact);
    g_assert_true(find(roster, longest) == contact);
    char *huge = repeated("x@", 100000);
    g_assert_null(find(roster, huge));
    g_assert_null(ensure(roster, huge));
    g_free(huge);
    g_free(longest);
    msnp_roster_free(roster);
}

static void test_full(void)
{
    msnp_roster *roster = msnp_roster_new();
    for (unsigned i = 0; i < MSNP_CONTACTS_MAX; i++) {
        char *account = g_strdup_printf("c%u@example.com", i);
        msnp_contact *contact = msnp_roster_ensure(roster, msnp_str_of(account));
        g_assert_nonnull(contact);
        contact->lists = MSNP_LIST_REVERSE;
        g_free(account);
    }
    g_assert_null(ensure(roster, "more@example.com"));
    g_assert_null(find(roster, "more@example.com"));
    g_assert_cmpuint(msnp_roster_size(roster), ==, MSNP_CONTACTS_MAX);
    g_assert_nonnull(ensure(roster, "C7@example.com"));
    g_assert_cmpstr(msnp_roster_at(roster, MSNP_CONTACTS_MAX - 1)->account, ==,
                    "c19999@example.com");
    /* Who is on no list any more makes room: soon, for the search is a short one each time. */
    msnp_contact *gone = find(roster, "c1000@example.com");
    gone->lists = 0;
    g_assert_true(msnp_contact_set_name(gone, msnp_str_of("Gone")));
    unsigned tries = 1;
    while (ensure(roster, "more@example.com") == NULL)
        tries++;
    g_assert_cmpuint(tries, <, 50);
    g_assert_true(find(roster, "MORE@example.com") == gone);
    g_assert_true(msnp_roster_at(roster, 1000) == gone);
    g_assert_cmpstr(gone->account, ==, "more@example.com");
    g_assert_null(gone->name);
    g_assert_null(find(roster, "c1000@example.com"));
    msnp_roster_free(roster);
}

static void test_names(void)
{
    static const struct {
        const char *encoded;
        const char *name; /* NULL: none */
    } table[] = {
        {"Bob", "Bob"},
        {"Bob%20B", "Bob B"},
        {"gr\xc3\xbc%C3%9F", "gr\xc3\xbc\xc3\x9f"},
        {"%20%20Bob%0A", "Bob"},
        {"a%0D%0Ab", "a  b"},
        {"a%00b", "a b"},
        {"%E2%80%AEBob", "Bob"},
        {"Bob%FF", "Bob\xef\xbf\xbd"},
        {"100%", "100%"},
        {"%3Cb%3E", "<b>"},
        {"bob@example.com.", "bob@example.com."},
        /* Who is called by the account has no name. */
        {"", NULL},
        {"%20", NULL},
        {"%E2%80%8B%E2%80%AE", NULL},
        {"bob@example.com", NULL},
        {"BOB@example.com", NULL},
        {"bob%40example.com", NULL},
        {"%20Bob@Example.COM%20", NULL},
    };
    msnp_roster *roster = msnp_roster_new();
    msnp_contact *bob = ensure(roster, "Bob@example.com");
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].encoded);
        set_name(bob, "before");
        g_assert_true(set_name(bob, table[i].encoded));
        g_assert_cmpstr(bob->name, ==, table[i].name);
        g_assert_false(set_name(bob, table[i].encoded));
        g_assert_cmpstr(bob->name, ==, table[i].name);
    }
    char *name = repeated("%C3%BC", MSNP_NAME_CHARS + 1);
    char *cut = repeated("\xc3\xbc", MSNP_NAME_CHARS);
    g_assert_true(set_name(bob, name));
    g_assert_cmpstr(bob->name, ==, cut);
    g_free(cut);
    g_free(name);
    msnp_roster_free(roster);
}

static void test_groups(void)
{
    msnp_roster *roster = msnp_roster_new();
    g_assert_true(msnp_roster_set_group(roster, 1, "One"));
    g_assert_true(msnp_roster_set_group(roster, UINT32_MAX, "Max"));
    g_assert_cmpstr(msnp_roster_group(roster, 1)->name, ==, "One");
    g_assert_cmpstr(msnp_roster_group(roster, UINT32_MAX)->name, ==, "Max");
    g_assert_cmpuint(msnp_roster_group_named(roster, "Max")->id, ==, UINT32_MAX);
    g_assert_null(msnp_roster_group_named(roster, "max"));
    g_assert_null(msnp_roster_group_named(roster, "Ma"));
    g_assert_null(msnp_roster_group_named(roster, ""));
    g_assert_null(msnp_roster_group(roster, 2));
    /* Again: another name, or the same. */
    g_assert_true(msnp_roster_set_group(roster, 1, "Uno"));
    g_assert_true(msnp_roster_set_group(roster, 1, msnp_roster_group(roster, 1)->name));
    g_assert_cmpuint(roster->groups->len, ==, 2);
    g_assert_null(msnp_roster_group_named(roster, "One"));
    g_assert_cmpuint(msnp_roster_group_named(roster, "Uno")->id, ==, 1);
    /* What has no name is ignored, and the old one stays. */
    g_assert_true(msnp_roster_set_group(roster, 1, ""));
    g_assert_true(msnp_roster_set_group(roster, 2, ""));
    g_assert_null(msnp_roster_group(roster, 2));
    g_assert_cmpstr(msnp_roster_group(roster, 1)->name, ==, "Uno");
    /* "No group" is none, whatever it is called. */
    g_assert_true(msnp_roster_set_group(roster, 0, "Other Contacts"));
    g_assert_true(msnp_roster_set_group(roster, 0, ""));
    g_assert_null(msnp_roster_group(roster, 0));
    g_assert_null(msnp_roster_group_named(roster, "Other Contacts"));
    /* The first of two that are called the same. */
    g_assert_true(msnp_roster_set_group(roster, 3, "Max"));
    g_assert_cmpuint(msnp_roster_group_named(roster, "Max")->id, ==, UINT32_MAX);
    msnp_roster_remove_group(roster, UINT32_MAX);
    g_assert_cmpuint(msnp_roster_group_named(roster, "Max")->id, ==, 3);
    msnp_roster_remove_group(roster, 7);
    g_assert_cmpuint(roster->groups->len, ==, 2);

    for (uint32_t id = 10; roster->groups->len < MSNP_GROUPS_MAX; id++)
        g_assert_true(msnp_roster_set_group(roster, id, "x"));
    g_assert_false(msnp_roster_set_group(roster, 9999, "x"));
    g_assert_true(msnp_roster_set_group(roster, 3, "renamed"));
    g_assert_true(msnp_roster_set_group(roster, 0, "x"));
    g_assert_cmpuint(roster->groups->len, ==, MSNP_GROUPS_MAX);
    msnp_roster_free(roster);
}

static void test_members(void)
{
    msnp_roster *roster = msnp_roster_new();
    msnp_contact *bob = ensure(roster, "bob@example.com");
    msnp_contact *carol = ensure(roster, "carol@example.com");
    for (uint32_t id = 1; id <= 3; id++)
        msnp_roster_set_group(roster, id, "x");
    msnp_contact_leave(bob, 1);
    msnp_contact_join(bob, 0);
    g_assert_cmpuint(msnp_contact_n_groups(bob), ==, 0);
    g_assert_false(msnp_contact_in_group(bob, 0));
    msnp_contact_join(bob, 3);
    msnp_contact_join(bob, 1);
    msnp_contact_join(bob, 3);
    msnp_contact_join(carol, 1);
    g_assert_cmpuint(msnp_contact_n_groups(bob), ==, 2);
    g_assert_cmpuint(msnp_contact_group_at(bob, 0), ==, 3);
    g_assert_cmpuint(msnp_contact_group_at(bob, 1), ==, 1);
    g_assert_true(msnp_contact_in_group(bob, 1));
    g_assert_true(msnp_contact_in_group(bob, 3));
    g_assert_false(msnp_contact_in_group(bob, 2));
    g_assert_true(msnp_roster_group_in_use(roster, 1));
    g_assert_true(msnp_roster_group_in_use(roster, 3));
    g_assert_false(msnp_roster_group_in_use(roster, 2));
    g_assert_false(msnp_roster_group_in_use(roster, 0));

    msnp_contact_leave(bob, 3);
    msnp_contact_leave(bob, 3);
    g_assert_cmpuint(msnp_contact_n_groups(bob), ==, 1);
    g_assert_true(msnp_contact_in_group(bob, 1));
    /* With the group all its members leave it. */
    msnp_contact_join(bob, 2);
    msnp_roster_remove_group(roster, 1);
    g_assert_cmpuint(msnp_contact_n_groups(bob), ==, 1);
    g_assert_true(msnp_contact_in_group(bob, 2));
    g_assert_cmpuint(msnp_contact_n_groups(carol), ==, 0);
    g_assert_null(msnp_roster_group(roster, 1));

    for (uint32_t id = 100; id < 300; id++)
        msnp_contact_join(carol, id);
    g_assert_cmpuint(msnp_contact_n_groups(carol), ==, MSNP_CONTACT_GROUPS_MAX);
    g_assert_false(msnp_contact_in_group(carol, 299));
    msnp_roster_free(roster);
}

static void test_prune(void)
{
    msnp_roster *roster = msnp_roster_new();
    msnp_contact *bob = ensure(roster, "bob@example.com");
    msnp_contact *carol = ensure(roster, "carol@example.com");
    msnp_roster_set_group(roster, 2, "Two");
    msnp_roster_set_group(roster, UINT32_MAX, "Max");
    static const uint32_t ids[] = {1, 2, 3, 4, UINT32_MAX, UINT32_MAX - 1};
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
        msnp_contact_join(bob, ids[i]);
    msnp_contact_join(carol, 9);
    msnp_roster_prune(roster);
    g_assert_cmpuint(msnp_contact_n_groups(bob), ==, 2);
    g_assert_cmpuint(msnp_contact_group_at(bob, 0), ==, 2);
    g_assert_cmpuint(msnp_contact_group_at(bob, 1), ==, UINT32_MAX);
    g_assert_cmpuint(msnp_contact_n_groups(carol), ==, 0);
    msnp_roster_free(roster);
}

static void test_forget(void)
{
    msnp_roster *roster = msnp_roster_new();
    msnp_contact *bob = ensure(roster, "bob@example.com");
    msnp_contact_forget(bob);
    bob->lists = MSNP_LIST_ALL;
    bob->online = bob->unseen = true;
    set_name(bob, "Bob");
    msnp_contact_join(bob, 1);
    msnp_contact_join(bob, 2);
    msnp_contact_forget(bob);
    g_assert_cmpuint(bob->lists, ==, MSNP_LIST_ALLOW | MSNP_LIST_BLOCK | MSNP_LIST_REVERSE);
    g_assert_false(bob->online);
    g_assert_false(bob->unseen);
    g_assert_cmpuint(msnp_contact_n_groups(bob), ==, 0);
    g_assert_cmpstr(bob->name, ==, "Bob");
    g_assert_true(find(roster, "bob@example.com") == bob);
    msnp_contact_join(bob, 1);
    g_assert_cmpuint(msnp_contact_n_groups(bob), ==, 1);
    msnp_roster_free(roster);
}

static void test_undecided(void)
{
    for (unsigned lists = 0; lists <= MSNP_LIST_ALL; lists++) {
        const msnp_contact contact = {.lists = lists};
        /* On their list, with or without being on ours. */
        bool undecided = lists == 8 || lists == 9;
        g_assert_cmpint(msnp_contact_is_undecided(&contact), ==, undecided);
    }
}

static void test_phones(void)
{
    char *phones[MSNP_N_PHONES] = {NULL};
    g_assert_true(msnp_phones_set(phones, msnp_str_of("PHH"), msnp_str_of("01%2020")));
    g_assert_false(msnp_phones_set(phones, msnp_str_of("PHW"), msnp_str_of("")));
    g_assert_false(msnp_phones_set(phones, msnp_str_of("PHH"), msnp_str_of("01 20")));
    g_assert_true(msnp_phones_set(phones, msnp_str_of("PHM"), msnp_str_of("1%20(206)")));
    g_assert_cmpstr(phones[MSNP_PHONE_HOME], ==, "01 20");
    g_assert_null(phones[MSNP_PHONE_WORK]);
    g_assert_cmpstr(phones[MSNP_PHONE_MOBILE], ==, "1 (206)");
    static const char *const others[] = {"", "PH", "phh", "PHX", "MOB", "MBE", "PHHH"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_false(msnp_phones_set(phones, msnp_str_of(others[i]), msnp_str_of("9")));
    g_assert_cmpstr(phones[MSNP_PHONE_HOME], ==, "01 20");
    /* Another number, none, and a hostile one. */
    g_assert_true(msnp_phones_set(phones, msnp_str_of("PHH"), msnp_str_of("02")));
    g_assert_cmpstr(phones[MSNP_PHONE_HOME], ==, "02");
    g_assert_true(msnp_phones_set(phones, msnp_str_of("PHH"), msnp_str_of("%20%0A")));
    g_assert_null(phones[MSNP_PHONE_HOME]);
    char *number = repeated("1", MSNP_PHONE_CHARS + 1);
    g_assert_true(msnp_phones_set(phones, msnp_str_of("PHW"), msnp_str_of(number)));
    g_assert_cmpstr(phones[MSNP_PHONE_WORK], ==, number + 1);
    g_free(number);
    for (size_t i = 0; i < MSNP_N_PHONES; i++)
        g_free(phones[i]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/roster/new", test_new);
    g_test_add_func("/roster/find", test_find);
    g_test_add_func("/roster/accounts", test_accounts);
    g_test_add_func("/roster/full", test_full);
    g_test_add_func("/roster/names", test_names);
    g_test_add_func("/roster/groups", test_groups);
    g_test_add_func("/roster/members", test_members);
    g_test_add_func("/roster/prune", test_prune);
    g_test_add_func("/roster/forget", test_forget);
    g_test_add_func("/roster/undecided", test_undecided);
    g_test_add_func("/roster/phones", test_phones);
    return g_test_run();
}
