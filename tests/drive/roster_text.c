/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "roster_text.h"

#include "escape.h"
#include "heard.h"
#include "p2p.h"

#include <string.h>

static void append_quoted(GString *out, const char *before, const char *text)
{
    char *quoted = escape_bytes(text, strlen(text), true);

    g_string_append_printf(out, "%s%s", before, quoted);
    g_free(quoted);
}

/* --- edits ---------------------------------------------------------------------------------- */

static bool read_kind(const char *word, msnp_edit_kind *kind)
{
    for (int i = 0; i < MSNP_N_EDITS; i++) {
        if (!strcmp(word, msnp_edit_name((msnp_edit_kind)i))) {
            *kind = (msnp_edit_kind)i;
            return true;
        }
    }
    return false;
}

/* "on", "off", a phone, or (only once) an account. */
static bool read_word(msnp_edit *made, const char *word)
{
    if (!strcmp(word, "on") || !strcmp(word, "off")) {
        made->on = !strcmp(word, "on");
        return true;
    }
    if (msnp_phone_from_code(msnp_str_of(word), &made->phone))
        return true;
    if (made->account)
        return false;
    made->account = g_strdup(word);
    return true;
}

static bool read_quoted(msnp_edit *made, const char *key, const char **at)
{
    const char **target = !strcmp(key, "from") ? &made->from
                          : !strcmp(key, "to") ? &made->to
                                               : &made->text;

    g_free((char *)*target);
    *target = escape_unquote(at);
    return *target != NULL;
}

bool roster_text_read_edit(msnp_edit *made, const char *text)
{
    bool good = true;
    bool first = true;

    memset(made, 0, sizeof *made);
    for (const char *at = text; *at && good; first = false) {
        size_t length = strcspn(at, " ");
        char *word = g_strndup(at, length);
        at += length;
        at += *at == ' ';
        if (first)
            good = read_kind(word, &made->kind);
        else if (*at == '"' &&
                 (!strcmp(word, "from") || !strcmp(word, "to") || !strcmp(word, "text")))
            good = read_quoted(made, word, &at);
        else
            good = read_word(made, word);
        g_free(word);
    }
    return good && !first;
}

void roster_text_add_edit(GString *out, const msnp_edit *edit)
{
    g_string_append(out, msnp_edit_name(edit->kind));
    if (edit->account)
        g_string_append_printf(out, " %s", edit->account);
    if (edit->kind == MSNP_EDIT_PHONE)
        g_string_append_printf(out, " %s", msnp_phone_code(edit->phone));
    if (edit->from)
        append_quoted(out, " from ", edit->from);
    if (edit->to)
        append_quoted(out, " to ", edit->to);
    if (edit->text)
        append_quoted(out, " text ", edit->text);
    if (edit->kind == MSNP_EDIT_ALLOW_UNLISTED || edit->kind == MSNP_EDIT_PROMPT_ON_ADD ||
        edit->kind == MSNP_EDIT_PAGES)
        g_string_append(out, edit->on ? " on" : " off");
}

void roster_text_add_news(GString *out, unsigned news)
{
    static const char *const names[] = {"presence", "name", "phones", "lists", "privacy"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (news >> i & 1)
            g_string_append_printf(out, " %s", names[i]);
    }
    if (news >> G_N_ELEMENTS(names))
        g_string_append_printf(out, " %u", news);
}

/* --- the roster ----------------------------------------------------------------------------- */

static void write_phones(GString *out, char *const phones[MSNP_N_PHONES])
{
    for (int i = 0; i < MSNP_N_PHONES; i++) {
        if (phones[i]) {
            g_string_append_printf(out, " %s", msnp_phone_code((msnp_phone)i));
            append_quoted(out, " ", phones[i]);
        }
    }
}

static void write_lists(GString *out, unsigned lists)
{
    static const char *const names[] = {"FL", "AL", "BL", "RL"};
    const char *before = " ";

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (lists >> i & 1) {
            g_string_append_printf(out, "%s%s", before, names[i]);
            before = ",";
        }
    }
    if (!lists)
        g_string_append(out, " none");
}

static void write_contact_groups(GString *out, const msnp_roster *roster,
                                 const msnp_contact *contact)
{
    for (size_t i = 0; i < msnp_contact_n_groups(contact); i++) {
        const msnp_group *group = msnp_roster_group(roster, msnp_contact_group_at(contact, i));

        append_quoted(out, i ? "," : " in ", group ? group->name : "(no such group)");
    }
}

static void write_contact(GString *out, const msnp_roster *roster, const msnp_contact *contact)
{
    g_string_append(out, contact->account);
    if (contact->name)
        append_quoted(out, " ", contact->name);
    else
        g_string_append(out, " -");
    write_lists(out, contact->lists);
    write_contact_groups(out, roster, contact);
    if (contact->online)
        g_string_append_printf(out, " %s", msnp_status_code(contact->status));
    if (contact->pages)
        g_string_append(out, " MOB");
    write_phones(out, contact->phones);
}

static void write_groups(GString *out, const msnp_roster *roster)
{
    g_string_append(out, "groups");
    for (unsigned i = 0; i < roster->groups->len; i++) {
        const msnp_group *group = &g_array_index(roster->groups, msnp_group, i);

        g_string_append_printf(out, " %u", group->id);
        append_quoted(out, " ", group->name);
    }
}

static void write_own(GString *out, const msnp_roster *roster)
{
    g_string_append_printf(out, "own GTC %s BLP %s", roster->prompt_on_add ? "A" : "N",
                           roster->allow_unlisted ? "AL" : "BL");
    if (roster->mobile)
        g_string_append(out, " MBE");
    if (roster->pages)
        g_string_append(out, " MOB");
    if (roster->paging)
        g_string_append(out, " paging");
    write_phones(out, roster->phones);
}

/* `what`: "client", an account, and perhaps more. */
static void write_client(GString *out, const msnp_roster *roster, const char *what)
{
    g_auto(GStrv) words = g_strsplit(what, " ", 3);
    const char *account = words[1] ? words[1] : "";
    uint32_t id;

    g_string_append_printf(out, "client %s ", account);
    if (msnp_roster_client_id(roster, account, &id))
        g_string_append_printf(out, "%u%s%s", id, msnp_client_has_p2p(id) ? " p2p" : "",
                               msnp_roster_is_on_web(roster, account) ? " web" : "");
    else
        g_string_append(out, "unknown");
}

char *roster_text_of(const msnp_roster *roster, size_t edits, const char *what)
{
    size_t length = strcspn(what, " ");
    char *word = g_strndup(what, length);
    const msnp_contact *contact = msnp_roster_find(roster, msnp_str_of(word));
    GString *out = g_string_new(NULL);

    if (contact)
        write_contact(out, roster, contact);
    else if (strchr(word, '@'))
        g_string_append_printf(out, "%s nobody", word);
    else if (!strcmp(word, "groups"))
        write_groups(out, roster);
    else if (!strcmp(word, "own"))
        write_own(out, roster);
    else if (!strcmp(word, "client"))
        write_client(out, roster, what);
    else if (!strcmp(word, "contacts"))
        g_string_append_printf(out, "contacts %zu", msnp_roster_size(roster));
    else if (!strcmp(word, "edits"))
        g_string_append_printf(out, "edits %zu", edits);
    g_free(word);
    return g_string_free(out, out->len == 0);
}

char *roster_text_all(const msnp_roster *roster, size_t edits)
{
    GString *out = g_string_new(NULL);

    write_own(out, roster);
    g_string_append(out, "; ");
    write_groups(out, roster);
    for (size_t i = 0; i < msnp_roster_size(roster); i++) {
        g_string_append(out, "; ");
        write_contact(out, roster, msnp_roster_at(roster, i));
    }
    g_string_append_printf(out, "; edits %zu", edits);
    return g_string_free(out, FALSE);
}

/* --- looking -------------------------------------------------------------------------------- */

static const char *phones_fault(char *const phones[MSNP_N_PHONES])
{
    for (size_t i = 0; i < MSNP_N_PHONES; i++)
        if (phones[i] && (!*phones[i] || !heard_is_clean(phones[i], MSNP_PHONE_CHARS)))
            return "a phone number is empty, or not fit to be shown";
    return NULL;
}

static const char *contact_groups_fault(const msnp_roster *roster, const msnp_contact *contact,
                                        bool in_session)
{
    size_t n = msnp_contact_n_groups(contact);

    if (n > MSNP_CONTACT_GROUPS_MAX)
        return "a contact is in too many groups";
    for (size_t i = 0; i < n; i++) {
        uint32_t id = msnp_contact_group_at(contact, i);

        if (id == 0 || (in_session && !msnp_roster_group(roster, id)))
            return "a contact is in a group that does not exist";
        for (size_t k = 0; k < i; k++)
            if (msnp_contact_group_at(contact, k) == id)
                return "a contact is in a group twice";
    }
    return NULL;
}

static const char *contact_fault(const msnp_roster *roster, const msnp_contact *contact,
                                 bool in_session)
{
    bool listed = !in_session || (contact->lists & MSNP_LIST_FORWARD) != 0;
    const char *name = contact->name;

    if (!msnp_account_valid(contact->account))
        return "a contact has no account name";
    if (msnp_roster_find(roster, msnp_str_of(contact->account)) != contact)
        return "a contact is not found by its account name";
    if (name && (!*name || !heard_is_clean(name, MSNP_NAME_CHARS) ||
                 !g_ascii_strcasecmp(name, contact->account)))
        return "the name of a contact is empty, its account, or not fit to be shown";
    if (contact->lists & ~(unsigned)MSNP_LIST_ALL)
        return "a contact is on an unknown list";
    if (!listed && (contact->online || msnp_contact_n_groups(contact) > 0))
        return "a contact that is not on the forward list is online, or in a group";
    if (contact->unseen && !contact->online)
        return "a contact is waited for that is offline";
    if (contact->status >= MSNP_N_STATUSES)
        return "a contact has an unknown status";
    const char *fault = contact_groups_fault(roster, contact, in_session);
    return fault ? fault : phones_fault(contact->phones);
}

static const char *group_fault(const msnp_roster *roster, const msnp_group *group)
{
    if (group->id == 0 || msnp_roster_group(roster, group->id) != group)
        return "a group has no number of its own";
    if (!*group->name || !heard_is_clean(group->name, MSNP_NAME_CHARS))
        return "the name of a group is empty, or not fit to be shown";
    if (!msnp_roster_group_named(roster, group->name))
        return "a group is not found by its name";
    return NULL;
}

const char *roster_text_fault(const msnp_roster *roster, bool in_session)
{
    const char *fault = phones_fault(roster->phones);

    if (msnp_roster_size(roster) > MSNP_CONTACTS_MAX || roster->groups->len > MSNP_GROUPS_MAX)
        fault = "there are too many contacts, or groups";
    if (msnp_roster_size(roster) != g_hash_table_size(roster->by_account))
        fault = "contacts are lost, or there twice";
    for (size_t i = 0; i < msnp_roster_size(roster) && !fault; i++)
        fault = contact_fault(roster, msnp_roster_at(roster, i), in_session);
    for (unsigned i = 0; i < roster->groups->len && !fault; i++)
        fault = group_fault(roster, &g_array_index(roster->groups, msnp_group, i));
    return fault;
}
