/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_failed(const char *file, int line, const char *condition, const char *text)
{
    fprintf(stderr, "%s:%d: must be true: %s %s\n", file, line, condition, text);
    abort();
}

fuzz_input fuzz_input_of(const uint8_t *data, size_t size)
{
    return (fuzz_input){data, size, {(const char *)data, size}};
}

uint8_t fuzz_byte(fuzz_input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

msnp_str fuzz_bytes(fuzz_input *input, size_t len)
{
    msnp_str view = {(const char *)input->at, MIN(len, input->left)};

    input->at += view.len;
    input->left -= view.len;
    return view;
}

msnp_str fuzz_line(fuzz_input *input)
{
    const uint8_t *end = input->left ? memchr(input->at, '\n', input->left) : NULL;
    msnp_str line = fuzz_bytes(input, end ? (size_t)(end - input->at) : input->left);

    if (end)
        fuzz_byte(input);
    return line;
}

char *fuzz_line_dup(fuzz_input *input)
{
    msnp_str line = fuzz_line(input);

    return g_strndup(line.ptr, line.len);
}

bool fuzz_is_inside(msnp_str view, const void *start, size_t len)
{
    uintptr_t from = (uintptr_t)start;
    uintptr_t at = (uintptr_t)view.ptr;

    return view.len == 0 || (at >= from && at - from <= len && view.len <= len - (at - from));
}

bool fuzz_is_graph(msnp_str view)
{
    for (size_t i = 0; i < view.len; i++) {
        if (view.ptr[i] < '!' || view.ptr[i] > '~')
            return false;
    }
    return true;
}

bool fuzz_is_printable(const char *text)
{
    for (; *text; text++) {
        if (*text < ' ' || *text > '~')
            return false;
    }
    return true;
}

bool fuzz_is_clean(const char *text, size_t max_chars)
{
    /* What turns the direction of writing, is invisible, or ends a line. */
    static const struct {
        gunichar first;
        gunichar last;
    } marks[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
                 {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x2064},
                 {0x2066, 0x206f}, {0xfeff, 0xfeff}};
    size_t len = strlen(text);

    if (!g_utf8_validate(text, (gssize)len, NULL) || g_utf8_strlen(text, -1) > (glong)max_chars)
        return false;
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
            if (c >= marks[i].first && c <= marks[i].last)
                return false;
        }
    }
    return len == 0 || (text[0] != ' ' && text[len - 1] != ' ');
}

bool fuzz_is_host(const char *host)
{
    size_t len = host ? strlen(host) : 0;

    if (len == 0 || len > MSNP_HOST_MAX || host[0] == '-' || host[0] == '.')
        return false;
    for (; *host; host++) {
        if (!g_ascii_isdigit(*host) && !g_ascii_islower(*host) && !strchr("-._:", *host))
            return false;
    }
    return true;
}

static void check_phones(char *const phones[MSNP_N_PHONES])
{
    for (size_t i = 0; i < MSNP_N_PHONES; i++)
        CHECK(!phones[i] || (*phones[i] && fuzz_is_clean(phones[i], MSNP_PHONE_BYTES)));
}

static void check_contact(const msnp_roster *roster, const msnp_contact *contact, bool in_session)
{
    bool listed = !in_session || (contact->lists & MSNP_LIST_FORWARD) != 0;
    size_t n = msnp_contact_n_groups(contact);

    CHECK_TEXT(msnp_account_valid(contact->account), contact->account);
    CHECK(msnp_roster_find(roster, msnp_str_of(contact->account)) == contact);
    CHECK(!contact->name || (*contact->name && fuzz_is_clean(contact->name, MSNP_NAME_CHARS) &&
                             g_ascii_strcasecmp(contact->name, contact->account)));
    CHECK(contact->lists <= MSNP_LIST_ALL);
    CHECK(listed || (!contact->online && n == 0));
    CHECK(contact->online || !contact->unseen);
    CHECK(contact->status < MSNP_N_STATUSES);
    CHECK(n <= MSNP_CONTACT_GROUPS_MAX);
    for (size_t i = 0; i < n; i++) {
        uint32_t id = msnp_contact_group_at(contact, i);

        CHECK(id != 0 && (!in_session || msnp_roster_group(roster, id)));
        for (size_t k = 0; k < i; k++)
            CHECK(msnp_contact_group_at(contact, k) != id);
    }
    check_phones(contact->phones);
}

static void check_group(const msnp_roster *roster, const msnp_group *group)
{
    CHECK(group->id != 0 && msnp_roster_group(roster, group->id) == group);
    CHECK_TEXT(*group->name && fuzz_is_clean(group->name, MSNP_GROUP_BYTES), group->name);
    CHECK(msnp_roster_group_named(roster, group->name));
}

void fuzz_check_roster(const msnp_roster *roster, bool in_session)
{
    CHECK(msnp_roster_size(roster) <= MSNP_CONTACTS_MAX);
    CHECK(msnp_roster_size(roster) == g_hash_table_size(roster->by_account));
    for (size_t i = 0; i < msnp_roster_size(roster); i++)
        check_contact(roster, msnp_roster_at(roster, i), in_session);
    CHECK(roster->groups->len <= MSNP_GROUPS_MAX);
    for (unsigned i = 0; i < roster->groups->len; i++)
        check_group(roster, &g_array_index(roster->groups, msnp_group, i));
    check_phones(roster->phones);
}

size_t fuzz_piece(uint32_t *state, size_t left)
{
    *state = *state * 1664525u + 1013904223u;
    /* Mostly a few bytes, now and then very many. */
    return MIN(left, 1 + ((*state >> 24) < 16 ? (*state >> 8) % 5000 : (*state >> 16) % 9));
}
