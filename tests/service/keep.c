/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file in which the lists are kept: a section for each person; addresses are encoded in the
 * names of sections and keys, which may not have every character.
 */
#include <string.h>

#include "lists.h"
#include "msnp.h"
#include "names.h"

#define KEEP_DELAY_MS  100
#define GROUP_PREFIX   "group "
#define CONTACT_PREFIX "contact "

/* Writing */

static void set_unless_null(GKeyFile *file, const char *section, const char *key, const char *value)
{
    if (value)
        g_key_file_set_string(file, section, key, value);
}

static void write_group(GKeyFile *file, const char *section, const group *g)
{
    g_autofree char *key = g_strdup_printf(GROUP_PREFIX "%u", g->id);

    if (g->id != 0 || !g_str_equal(g->name, GROUP_0_NAME))
        g_key_file_set_string(file, section, key, g->name);
}

/* "LISTS GROUPS [NICKNAME]", with "-" for no groups. */
static void write_contact(GKeyFile *file, const char *section, const contact *ct)
{
    g_autofree char *address = msnp_encode(ct->address);
    g_autofree char *key = g_strconcat(CONTACT_PREFIX, address, NULL);
    g_autofree char *groups = contact_groups(ct);
    g_autofree char *value =
        g_strdup_printf("%u %s%s%s", ct->lists, *groups ? groups : "-", ct->nickname ? " " : "",
                        ct->nickname ? ct->nickname : "");

    g_key_file_set_string(file, section, key, value);
}

static void write_person(GKeyFile *file, const person *p)
{
    g_autofree char *section = msnp_encode(p->address);

    g_key_file_set_uint64(file, section, "version", p->version);
    if (p->known)
        g_key_file_set_boolean(file, section, "known", TRUE);
    set_unless_null(file, section, "state", *p->state ? p->state : NULL);
    set_unless_null(file, section, "name", p->friendly);
    for (int i = 0; i < N_ITEMS; i++)
        set_unless_null(file, section, item_name((item)i), p->items[i]);
    for (guint i = 0; i < p->groups->len; i++)
        write_group(file, section, g_ptr_array_index(p->groups, i));
    for (const GList *l = p->order.head; l; l = l->next)
        write_contact(file, section, l->data);
}

void keep_now(service *self)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    GHashTableIter iter;
    gpointer p;

    if (!self->keep_file)
        return;
    g_hash_table_iter_init(&iter, self->people);
    while (g_hash_table_iter_next(&iter, NULL, &p))
        write_person(file, p);
    text = g_key_file_to_data(file, NULL, NULL);
    /* That writes a new file and moves it into the place of the old one. */
    if (!g_file_set_contents(self->keep_file, text, -1, &error)) {
        g_autofree char *why = g_strconcat("bad: the lists are not kept: ", error->message, NULL);

        log_event(self, SERVICE_NOTIFICATION, why);
    }
}

static gboolean on_keep(gpointer data)
{
    service *self = data;

    self->keep_timer = 0;
    keep_now(self);
    return G_SOURCE_REMOVE;
}

void keep_soon(service *self)
{
    if (self->keep_file && !self->keep_timer)
        self->keep_timer = g_timeout_add(KEEP_DELAY_MS, on_keep, self);
}

/* Reading */

static gboolean read_group(person *p, const char *id, const char *value)
{
    guint64 number = 0;

    if (!reader_number(id, G_MAXUINT, &number))
        return FALSE;
    group_insert(p, (guint)number, value);
    return TRUE;
}

static gboolean read_contact(person *p, const char *encoded, const char *value)
{
    g_autofree char *address = name_decode(encoded);
    g_auto(GStrv) parts = g_strsplit(value, " ", 3);
    guint64 lists = 0;
    contact *ct;

    if (!address || g_strv_length(parts) < 2 || !reader_number(parts[0], 15, &lists) || !lists)
        return FALSE;
    ct = contact_get(p, address);
    contact_set_lists(p, ct, (guint)lists);
    contact_set_nickname(ct, parts[2]);
    return g_str_equal(parts[1], "-") || contact_set_groups(ct, parts[1]);
}

static gboolean read_key(person *p, const char *key, const char *value)
{
    guint64 number = 0;

    if (g_str_has_prefix(key, GROUP_PREFIX))
        return read_group(p, key + strlen(GROUP_PREFIX), value);
    if (g_str_has_prefix(key, CONTACT_PREFIX))
        return read_contact(p, key + strlen(CONTACT_PREFIX), value);
    if (item_from_name(key) != N_ITEMS)
        return person_set_item(p, item_from_name(key), value), TRUE;
    if (g_str_equal(key, "name"))
        return g_free(p->friendly), p->friendly = g_strdup(value), TRUE;
    if (g_str_equal(key, "state"))
        return g_strlcpy(p->state, value, sizeof p->state) < sizeof p->state;
    if (g_str_equal(key, "known"))
        return p->known = g_str_equal(value, "true"), TRUE;
    if (!g_str_equal(key, "version") || !reader_number(value, G_MAXUINT32, &number))
        return FALSE;
    p->version = (guint32)number;
    return TRUE;
}

static gboolean read_section(service *self, GKeyFile *file, const char *section, GError **error)
{
    g_autofree char *address = name_decode(section);
    g_auto(GStrv) keys = g_key_file_get_keys(file, section, NULL, error);
    person *p = address ? person_get(self, address) : NULL;

    if (p)
        person_clear(p);
    for (char **key = keys; key && *key; key++) {
        g_autofree char *value = g_key_file_get_string(file, section, *key, error);

        if (!value)
            return FALSE;
        if (p && read_key(p, *key, value))
            continue;
        g_set_error(error, service_error_quark(), 0, "lists of %s: \"%s\" makes no sense", section,
                    *key);
        return FALSE;
    }
    return keys != NULL;
}

gboolean service_keep_lists(service *self, const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_auto(GStrv) sections = NULL;

    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error))
            return FALSE;
        sections = g_key_file_get_groups(file, NULL);
        for (char **section = sections; *section; section++)
            if (!read_section(self, file, *section, error))
                return FALSE;
    }
    g_free(self->keep_file);
    self->keep_file = g_strdup(path);
    keep_soon(self);
    return TRUE;
}
