/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model of the lists: a program of operations, each a letter and what it needs.
 *
 *   c and a line        that contact is there, and the one that the next letters are about
 *   #, a byte           the contact of that index
 *   M, a byte           so many contacts more
 *   L, a byte           the lists that it is on
 *   j, l, a byte        it joins the group of that number, leaves it
 *   J, a byte           it joins so many groups, from a hundred on
 *   f                   it is taken off the forward list
 *   o                   it comes online
 *   n and a line        its name
 *   p, a byte, a line   one of its numbers, or (from 128 on) of the own ones
 *   g, a byte, a line   the group of that number is there, and is called so
 *   G, a byte           it is not there any more
 *   N, a byte           twice as many groups more
 *   P                   groups that are not there are taken away
 *
 * Other bytes mean nothing. After each operation the roster must not contradict itself, and what
 * was asked for must be so.
 */
#include "codec.h"
#include "fuzz.h"
#include "roster_text.h"

#include <string.h>

/* Rosters above this size are looked at only in the end. */
#define CHECKED_MAX 64

typedef struct {
    msnp_roster *roster;
    msnp_contact *contact; /* NULL before the first one */
    fuzz_input input;
} run_state;

static void check_all(const msnp_roster *roster)
{
    CHECK_TEXT(!roster_text_fault(roster, false), roster_text_fault(roster, false));
    for (size_t i = 0; i < msnp_roster_size(roster); i++) {
        const msnp_contact *contact = msnp_roster_at(roster, i);

        for (size_t k = 0; k < msnp_contact_n_groups(contact); k++) {
            uint32_t id = msnp_contact_group_at(contact, k);

            CHECK(msnp_contact_in_group(contact, id));
            CHECK(msnp_roster_group_in_use(roster, id));
        }
        CHECK(msnp_contact_is_undecided(contact) ==
              ((contact->lists & MSNP_LIST_REVERSE) && !(contact->lists & MSNP_LIST_ALLOW) &&
               !(contact->lists & MSNP_LIST_BLOCK)));
    }
}

/* Whatever the letter case, it is the same contact. */
static void check_found(const msnp_roster *roster, const char *account, const msnp_contact *contact)
{
    char *upper = g_ascii_strup(account, -1);
    char *lower = g_ascii_strdown(account, -1);

    CHECK(msnp_roster_find(roster, msnp_str_of(account)) == contact);
    CHECK(msnp_roster_find(roster, msnp_str_of(upper)) == contact);
    CHECK(msnp_roster_find(roster, msnp_str_of(lower)) == contact);
    g_free(upper);
    g_free(lower);
}

static msnp_contact *ensure(msnp_roster *roster, const char *account)
{
    size_t before = msnp_roster_size(roster);
    msnp_contact *known = msnp_roster_find(roster, msnp_str_of(account));
    msnp_contact *contact = msnp_roster_ensure(roster, msnp_str_of(account));
    bool valid = msnp_account_valid(account);

    CHECK(!known || contact == known);
    CHECK(!contact == (!known && (!valid || before == MSNP_CONTACTS_MAX)));
    CHECK(msnp_roster_size(roster) == before + (contact && !known));
    CHECK(!contact || known || msnp_roster_at(roster, before) == contact);
    check_found(roster, account, contact);
    return contact;
}

static void ensure_many(run_state *run, unsigned n)
{
    char name[32];

    for (unsigned i = 0; i < n; i++) {
        g_snprintf(name, sizeof name, "u%u@x", i);
        run->contact = ensure(run->roster, name);
    }
}

static void join(msnp_contact *contact, uint32_t id)
{
    size_t before = msnp_contact_n_groups(contact);
    bool was = msnp_contact_in_group(contact, id);
    bool can = id != 0 && before < MSNP_CONTACT_GROUPS_MAX;

    msnp_contact_join(contact, id);
    CHECK(msnp_contact_in_group(contact, id) == (was || can));
    CHECK(msnp_contact_n_groups(contact) == before + (!was && can));
}

static void leave(msnp_contact *contact, uint32_t id)
{
    size_t before = msnp_contact_n_groups(contact);
    bool was = msnp_contact_in_group(contact, id);

    msnp_contact_leave(contact, id);
    CHECK(!msnp_contact_in_group(contact, id));
    CHECK(msnp_contact_n_groups(contact) == before - was);
}

static void forget(msnp_contact *contact)
{
    unsigned lists = contact->lists;

    msnp_contact_forget(contact);
    CHECK(contact->lists == (lists & ~(unsigned)MSNP_LIST_FORWARD));
    CHECK(!contact->online && msnp_contact_n_groups(contact) == 0);
}

static void set_name(msnp_contact *contact, msnp_str name)
{
    char *before = g_strdup(contact->name);
    bool changed = msnp_contact_set_name(contact, name);

    CHECK(changed == (g_strcmp0(before, contact->name) != 0));
    CHECK(!msnp_contact_set_name(contact, name));
    g_free(before);
}

static void set_phone(char *phones[MSNP_N_PHONES], unsigned which, msnp_str number)
{
    const char *code = msnp_phone_code((msnp_phone)(which % MSNP_N_PHONES));
    char *before = g_strdup(phones[which % MSNP_N_PHONES]);
    bool changed = msnp_phones_set(phones, msnp_str_of(code), number);

    CHECK(changed == (g_strcmp0(before, phones[which % MSNP_N_PHONES]) != 0));
    CHECK(!msnp_phones_set(phones, msnp_str_of("MOB"), number));
    g_free(before);
}

/* The name as it would come from a server. */
static void set_group(msnp_roster *roster, uint32_t id, msnp_str encoded)
{
    char *name = msnp_text_decode(encoded, MSNP_NAME_CHARS);
    size_t before = roster->groups->len;
    bool known = msnp_roster_group(roster, id) != NULL;
    bool done = msnp_roster_set_group(roster, id, name);
    const msnp_group *group = msnp_roster_group(roster, id);

    bool ignored = id == 0 || !*name;

    CHECK(done == (ignored || known || before < MSNP_GROUPS_MAX));
    CHECK(roster->groups->len == before + (done && !ignored && !known));
    CHECK(!done || ignored || (group && !strcmp(group->name, name)));
    CHECK(!done || ignored || msnp_roster_group_named(roster, name));
    g_free(name);
}

static void remove_group(msnp_roster *roster, uint32_t id)
{
    msnp_roster_remove_group(roster, id);
    CHECK(!msnp_roster_group(roster, id));
    CHECK(!msnp_roster_group_in_use(roster, id));
}

static void prune(msnp_roster *roster)
{
    msnp_roster_prune(roster);
    for (size_t i = 0; i < msnp_roster_size(roster); i++) {
        const msnp_contact *contact = msnp_roster_at(roster, i);

        for (size_t k = 0; k < msnp_contact_n_groups(contact); k++)
            CHECK(msnp_roster_group(roster, msnp_contact_group_at(contact, k)));
    }
}

/* What is about the contact chosen last. */
static void change_contact(run_state *run, uint8_t what)
{
    unsigned n;

    switch (what) {
    case 'L':
        run->contact->lists = fuzz_byte(&run->input) & MSNP_LIST_ALL;
        break;
    case 'j':
        join(run->contact, fuzz_byte(&run->input));
        break;
    case 'l':
        leave(run->contact, fuzz_byte(&run->input));
        break;
    case 'J':
        n = fuzz_byte(&run->input);
        for (unsigned i = 0; i < n; i++)
            join(run->contact, 100 + i);
        break;
    case 'f':
        forget(run->contact);
        break;
    case 'o':
        run->contact->online = true;
        break;
    case 'n':
        set_name(run->contact, fuzz_line(&run->input));
        break;
    case 'p':
        n = fuzz_byte(&run->input);
        set_phone(n < 128 ? run->contact->phones : run->roster->phones, n, fuzz_line(&run->input));
        break;
    default:
        break;
    }
}

static void run_step(run_state *run)
{
    uint8_t what = fuzz_byte(&run->input);
    msnp_contact *contact;
    char *account;
    unsigned n;

    switch (what) {
    case 'c':
        /* No line of a server has a NUL in it. */
        account = fuzz_line_dup(&run->input);
        contact = ensure(run->roster, account);
        run->contact = contact ? contact : run->contact;
        g_free(account);
        break;
    case '#':
        n = fuzz_byte(&run->input);
        if (n < msnp_roster_size(run->roster))
            run->contact = g_ptr_array_index(run->roster->contacts, n);
        break;
    case 'M':
        ensure_many(run, fuzz_byte(&run->input));
        break;
    case 'g':
        n = fuzz_byte(&run->input);
        set_group(run->roster, n, fuzz_line(&run->input));
        break;
    case 'G':
        remove_group(run->roster, fuzz_byte(&run->input));
        break;
    case 'N':
        n = fuzz_byte(&run->input);
        for (unsigned i = 0; i < 2 * n; i++)
            set_group(run->roster, 200 + i, msnp_str_of("x"));
        break;
    case 'P':
        prune(run->roster);
        break;
    default:
        if (run->contact)
            change_contact(run, what);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_state run = {.input = fuzz_input_of(data, size)};

    run.roster = msnp_roster_new();
    while (run.input.left > 0) {
        run_step(&run);
        if (msnp_roster_size(run.roster) + run.roster->groups->len <= CHECKED_MAX)
            check_all(run.roster);
    }
    check_all(run.roster);
    prune(run.roster);
    msnp_roster_free(run.roster);
    return 0;
}
