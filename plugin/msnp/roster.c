/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "roster.h"

#include "codec.h"
#include "p2p.h"

#include <string.h>

#define LOOKED_AT 64 /* entries, in search of one that is not needed any more */

static void phones_clear(char *phones[MSNP_N_PHONES])
{
    for (size_t i = 0; i < MSNP_N_PHONES; i++)
        g_clear_pointer(&phones[i], g_free);
}

static void contact_clear(msnp_contact *contact)
{
    g_free(contact->account);
    g_free(contact->name);
    g_free(contact->listed_name);
    phones_clear(contact->phones);
    if (contact->groups != NULL)
        g_array_free(contact->groups, TRUE);
    *contact = (msnp_contact){0};
}

static void contact_free(gpointer data)
{
    contact_clear(data);
    g_free(data);
}

static void group_clear(gpointer data)
{
    msnp_group *group = data;

    g_free(group->name);
    g_free(group->key);
}

msnp_roster *msnp_roster_new(void)
{
    msnp_roster *roster = g_new0(msnp_roster, 1);

    roster->contacts = g_ptr_array_new_with_free_func(contact_free);
    roster->by_account = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    roster->groups = g_array_new(FALSE, FALSE, sizeof(msnp_group));
    g_array_set_clear_func(roster->groups, group_clear);
    roster->prompt_on_add = true;
    roster->allow_unlisted = true;
    return roster;
}

void msnp_roster_free(msnp_roster *roster)
{
    if (roster == NULL)
        return;
    g_hash_table_destroy(roster->by_account);
    g_ptr_array_free(roster->contacts, TRUE);
    g_array_free(roster->groups, TRUE);
    phones_clear(roster->phones);
    g_free(roster);
}

/* --- contacts ------------------------------------------------------------------------------- */

msnp_contact *msnp_roster_find(const msnp_roster *roster, msnp_str account)
{
    char key[MSNP_ACCOUNT_MAX + 1];

    if (account.len > MSNP_ACCOUNT_MAX)
        return NULL;
    for (size_t i = 0; i < account.len; i++)
        key[i] = g_ascii_tolower(account.ptr[i]);
    key[account.len] = '\0';
    return g_hash_table_lookup(roster->by_account, key);
}

/*
 * The emptied entry of somebody who is on no list any more: people who come and go must not fill
 * the roster. It looks at a few entries only; NULL if none of them is one.
 */
static msnp_contact *reuse_entry(msnp_roster *roster)
{
    for (unsigned i = 0; i < LOOKED_AT; i++) {
        msnp_contact *contact =
            g_ptr_array_index(roster->contacts, roster->next_reused++ % roster->contacts->len);
        if (contact->lists != 0)
            continue;
        char *key = g_ascii_strdown(contact->account, -1);
        g_hash_table_remove(roster->by_account, key);
        g_free(key);
        contact_clear(contact);
        return contact;
    }
    return NULL;
}

static msnp_contact *new_entry(msnp_roster *roster)
{
    msnp_contact *contact;

    if (roster->contacts->len >= MSNP_CONTACTS_MAX)
        return reuse_entry(roster);
    contact = g_new0(msnp_contact, 1);
    g_ptr_array_add(roster->contacts, contact);
    return contact;
}

msnp_contact *msnp_roster_ensure(msnp_roster *roster, msnp_str account)
{
    msnp_contact *contact = msnp_roster_find(roster, account);
    char *text;

    if (contact != NULL)
        return contact;
    text = msnp_str_dup(account);
    if (msnp_account_valid(text))
        contact = new_entry(roster);
    if (contact == NULL) {
        g_free(text);
        return NULL;
    }
    contact->account = text;
    g_hash_table_insert(roster->by_account, g_ascii_strdown(text, -1), contact);
    return contact;
}

bool msnp_roster_client_id(const msnp_roster *roster, const char *account, uint32_t *id)
{
    const msnp_contact *contact = msnp_roster_find(roster, msnp_str_of(account));

    if (contact == NULL || !contact->online || !contact->has_client_id)
        return false;
    *id = contact->client_id;
    return true;
}

bool msnp_roster_is_on_web(const msnp_roster *roster, const char *account)
{
    uint32_t id;

    return msnp_roster_client_id(roster, account, &id) && msnp_client_is_web(id);
}

size_t msnp_roster_size(const msnp_roster *roster)
{
    return roster->contacts->len;
}

const msnp_contact *msnp_roster_at(const msnp_roster *roster, size_t index)
{
    return g_ptr_array_index(roster->contacts, index);
}

/* Takes `by`. True if it is another text than before. */
static bool replace(char **text, char *by)
{
    if (g_strcmp0(*text, by) == 0) {
        g_free(by);
        return false;
    }
    g_free(*text);
    *text = by;
    return true;
}

static char *decode_name(const msnp_contact *contact, msnp_str encoded)
{
    char *name = msnp_text_decode(encoded, MSNP_NAME_CHARS);

    /* Servers use the account name for a contact without a name. */
    if (*name == '\0' || g_ascii_strcasecmp(name, contact->account) == 0)
        g_clear_pointer(&name, g_free);
    return name;
}

bool msnp_contact_set_name(msnp_contact *contact, msnp_str encoded)
{
    return replace(&contact->name, decode_name(contact, encoded));
}

bool msnp_contact_set_listed_name(msnp_contact *contact, msnp_str encoded)
{
    (void)replace(&contact->listed_name, decode_name(contact, encoded));
    return !contact->online && replace(&contact->name, g_strdup(contact->listed_name));
}

void msnp_contact_name_listed(msnp_contact *contact)
{
    (void)replace(&contact->listed_name, g_strdup(contact->name));
}

bool msnp_contact_name_is_current(const msnp_contact *contact)
{
    return contact->online || g_strcmp0(contact->name, contact->listed_name) != 0;
}

void msnp_contact_forget(msnp_contact *contact)
{
    contact->lists &= ~(unsigned)MSNP_LIST_FORWARD;
    contact->online = false;
    contact->unseen = false;
    if (contact->groups != NULL)
        g_array_set_size(contact->groups, 0);
}

bool msnp_contact_is_undecided(const msnp_contact *contact)
{
    return (contact->lists & MSNP_LIST_REVERSE) != 0 &&
           (contact->lists & (MSNP_LIST_ALLOW | MSNP_LIST_BLOCK)) == 0;
}

bool msnp_phones_set(char *phones[MSNP_N_PHONES], msnp_str item, msnp_str encoded)
{
    msnp_phone which;

    if (!msnp_phone_from_code(item, &which))
        return false;

    char *number = msnp_text_decode(encoded, MSNP_PHONE_CHARS);
    if (*number == '\0')
        g_clear_pointer(&number, g_free);
    bool changed = g_strcmp0(phones[which], number) != 0;
    g_free(phones[which]);
    phones[which] = number;
    return changed;
}

bool msnp_roster_can_page(const msnp_roster *roster, const msnp_contact *contact)
{
    return roster->paging && contact->pages && (contact->lists & MSNP_LIST_FORWARD) != 0;
}

bool msnp_roster_set_item(msnp_roster *roster, msnp_str item, msnp_str encoded)
{
    bool mobile = msnp_str_is(item, "MBE");
    bool *flag = mobile ? &roster->mobile : &roster->pages;
    bool before = *flag;

    if (!mobile && !msnp_str_is(item, "MOB"))
        return msnp_phones_set(roster->phones, item, encoded);
    *flag = msnp_str_is(encoded, "Y");
    return *flag != before;
}

/* --- groups --------------------------------------------------------------------------------- */

size_t msnp_contact_n_groups(const msnp_contact *contact)
{
    return contact->groups != NULL ? contact->groups->len : 0;
}

uint32_t msnp_contact_group_at(const msnp_contact *contact, size_t index)
{
    return g_array_index(contact->groups, uint32_t, index);
}

/* Its index among the contact's groups; their number if it is not one of them. */
static size_t group_index(const msnp_contact *contact, uint32_t id)
{
    size_t n = msnp_contact_n_groups(contact);

    for (size_t i = 0; i < n; i++)
        if (msnp_contact_group_at(contact, i) == id)
            return i;
    return n;
}

bool msnp_contact_in_group(const msnp_contact *contact, uint32_t id)
{
    return group_index(contact, id) < msnp_contact_n_groups(contact);
}

void msnp_contact_join(msnp_contact *contact, uint32_t id)
{
    if (id == 0 || msnp_contact_in_group(contact, id) ||
        msnp_contact_n_groups(contact) >= MSNP_CONTACT_GROUPS_MAX)
        return;
    if (contact->groups == NULL)
        contact->groups = g_array_sized_new(FALSE, FALSE, sizeof id, 1);
    g_array_append_val(contact->groups, id);
}

void msnp_contact_leave(msnp_contact *contact, uint32_t id)
{
    size_t index = group_index(contact, id);

    if (index < msnp_contact_n_groups(contact))
        g_array_remove_index(contact->groups, (guint)index);
}

const msnp_group *msnp_roster_group(const msnp_roster *roster, uint32_t id)
{
    for (guint i = 0; i < roster->groups->len; i++) {
        const msnp_group *group = &g_array_index(roster->groups, msnp_group, i);
        if (group->id == id)
            return group;
    }
    return NULL;
}

/* The first group with this name or key, in which the contact is unless that is NULL. */
static const msnp_group *find_group(const msnp_roster *roster, const msnp_contact *contact,
                                    const char *name, const char *key)
{
    for (guint i = 0; i < roster->groups->len; i++) {
        const msnp_group *group = &g_array_index(roster->groups, msnp_group, i);
        if ((contact == NULL || msnp_contact_in_group(contact, group->id)) &&
            (key != NULL ? strcmp(group->key, key) == 0 : strcmp(group->name, name) == 0))
            return group;
    }
    return NULL;
}

const msnp_group *msnp_roster_group_of(const msnp_roster *roster, const msnp_contact *contact,
                                       const char *name)
{
    bool exact = find_group(roster, NULL, name, NULL) != NULL;
    char *key = exact ? NULL : msnp_name_key(name);
    const msnp_group *group = find_group(roster, contact, name, key);

    g_free(key);
    return group;
}

const msnp_group *msnp_roster_group_named(const msnp_roster *roster, const char *name)
{
    return msnp_roster_group_of(roster, NULL, name);
}

bool msnp_roster_set_group(msnp_roster *roster, uint32_t id, const char *name)
{
    msnp_group *known = (msnp_group *)msnp_roster_group(roster, id);

    if (id == 0 || *name == '\0')
        return true;
    if (known == NULL && roster->groups->len >= MSNP_GROUPS_MAX)
        return false;

    if (known == NULL) {
        msnp_group group = {.id = id, .name = g_strdup(name), .key = msnp_name_key(name)};
        g_array_append_val(roster->groups, group);
    } else if (strcmp(known->name, name) != 0) {
        group_clear(known);
        known->name = g_strdup(name);
        known->key = msnp_name_key(name);
    }
    return true;
}

void msnp_roster_remove_group(msnp_roster *roster, uint32_t id)
{
    for (guint i = 0; i < roster->groups->len; i++) {
        if (g_array_index(roster->groups, msnp_group, i).id == id) {
            g_array_remove_index(roster->groups, i);
            break;
        }
    }
    for (guint i = 0; i < roster->contacts->len; i++)
        msnp_contact_leave(g_ptr_array_index(roster->contacts, i), id);
}

bool msnp_roster_group_in_use(const msnp_roster *roster, uint32_t id)
{
    for (guint i = 0; i < roster->contacts->len; i++)
        if (msnp_contact_in_group(g_ptr_array_index(roster->contacts, i), id))
            return true;
    return false;
}

void msnp_roster_prune(msnp_roster *roster)
{
    GHashTable *known = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < roster->groups->len; i++)
        g_hash_table_add(known, GUINT_TO_POINTER(g_array_index(roster->groups, msnp_group, i).id));
    for (guint i = 0; i < roster->contacts->len; i++) {
        msnp_contact *contact = g_ptr_array_index(roster->contacts, i);
        for (size_t n = msnp_contact_n_groups(contact); n-- > 0;) {
            uint32_t id = msnp_contact_group_at(contact, n);
            if (!g_hash_table_contains(known, GUINT_TO_POINTER(id)))
                msnp_contact_leave(contact, id);
        }
    }
    g_hash_table_destroy(known);
}
