/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people type for an emoticon, the smiley theme, and the files of the pictures. */
#include "expect.h"
#include "guard.h"
#include "shortcuts.h"

#include <stdbool.h>
#include <string.h>

#define SIZE 19 /* of a picture, in pixels */

static void note(const char *shortcut, const char *picture, void *data)
{
    GString *all = data;

    g_string_append_printf(all, "%s%s %s", all->len > 0 ? ", " : "", shortcut, picture);
}

static void test_find(void)
{
    static const char *const table[][2] = {
        {"", ""},
        {"Hello (there): yes; no (", ""},
        {":)", ":) smile"},
        {"at the end :", ""},
        {"either case (y)(Y) (N)(n)(y)",
         "(y) thumbs-up, (Y) thumbs-up, (N) thumbs-down, (n) thumbs-down"},
        {"without parentheses in one :d :D", ":D laugh"},
        {"once :) :) :)", ":) smile"},
        {"once each :-) :)", ":-) smile, :) smile"},
        {":-> :> :-< :< :-[ :'(", ":-> laugh, :> laugh, :-< sad, :< sad, :-[ bat, :'( crying"},
        {"(&) (@) (^) (~) (*) (#) (?) ({) (})",
         "(&) dog, (@) cat, (^) cake, (~) film, (*) star, (#) sun, (?) age-sex-location, "
         "({) left-hug, (}) right-hug"},
        {"overlapping :(8)", ":( sad, (8) note"},
        {"foo(L)bar", "(L) heart"},
        {"http://example.com/(8)/x", "(8) note"},
        {":/ 8-) :-( )", ":-( sad"},
        {"(é) (\303", ""},
        {"Grüße ☂ ;-)", ";-) wink"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i][0], strlen(table[i][0]) + 1);
        GString *all = g_string_new(NULL);

        prpl_shortcuts_find(place.data, note, all);
        g_assert_cmpstr(all->str, ==, table[i][1]);
        g_string_free(all, TRUE);
        guard_free(&place);
    }
}

/* Pidgin finds the shorter one only, or neither. */
static void test_prefixes(void)
{
    for (const prpl_shortcut *a = prpl_shortcuts; a->shortcut != NULL; a++)
        for (const prpl_shortcut *b = prpl_shortcuts; b->shortcut != NULL; b++)
            g_assert_true(a == b || !g_str_has_prefix(a->shortcut, b->shortcut));
}

/* A line of the theme for each picture: its file, and the shortcuts. */
static void append_lines(GString *theme, bool parentheses)
{
    const char *picture = NULL;

    for (const prpl_shortcut *row = prpl_shortcuts; row->shortcut != NULL; row++) {
        if (*row->shortcut == '(' && !parentheses)
            continue;
        if (g_strcmp0(picture, row->picture) != 0)
            g_string_append_printf(theme, "%s%s.png", picture != NULL ? "\n" : "", row->picture);
        picture = row->picture;
        g_string_append_printf(theme, " %s", row->shortcut);
        if (*row->shortcut == '(' && g_ascii_isalpha(row->shortcut[1]))
            g_string_append_printf(theme, " (%c)", g_ascii_tolower(row->shortcut[1]));
    }
    g_string_append_c(theme, '\n');
}

static void test_theme(void)
{
    GString *theme = g_string_new("[default]\n");
    char *file;

    g_assert_true(g_file_get_contents(TEST_SOURCE_DIR "/icons/emoticons/theme", &file, NULL, NULL));
    append_lines(theme, false);
    g_string_append(theme, "\n[MSN Messenger]\n");
    append_lines(theme, true);
    g_assert_cmpstr(strchr(file, '['), ==, theme->str);
    g_free(file);
    g_string_free(theme, TRUE);
}

static guint32 number_at(const char *bytes)
{
    guint32 n;

    memcpy(&n, bytes, sizeof n);
    return GUINT32_FROM_BE(n);
}

/* Each picture is there, drawn in this size, and no other one is. */
static void test_pictures(void)
{
    GDir *dir = g_dir_open(TEST_SOURCE_DIR "/icons/emoticons", 0, NULL);
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned files = 0;

    for (const prpl_shortcut *row = prpl_shortcuts; row->shortcut != NULL; row++) {
        char *start = g_strconcat(TEST_SOURCE_DIR "/icons/emoticons/", row->picture, NULL);
        char *png = g_strconcat(start, ".png", NULL);
        char *svg = g_strconcat(start, ".svg", NULL);
        char *data;
        gsize size;

        say(row->picture);
        g_assert_true(g_file_test(svg, G_FILE_TEST_EXISTS));
        g_assert_true(g_file_get_contents(png, &data, &size, NULL));
        g_assert_cmpuint(size, >, 24);
        g_assert_cmpuint(number_at(data + 16), ==, SIZE);
        g_assert_cmpuint(number_at(data + 20), ==, SIZE);
        g_hash_table_add(names, (gpointer)row->picture);
        g_free(data);
        g_free(svg);
        g_free(png);
        g_free(start);
    }
    while (g_dir_read_name(dir) != NULL)
        files++;
    /* SVG and PNG of each, and the theme. */
    g_assert_cmpuint(files, ==, 2 * g_hash_table_size(names) + 1);
    g_hash_table_destroy(names);
    g_dir_close(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/shortcuts/find", test_find);
    g_test_add_func("/shortcuts/prefixes", test_prefixes);
    g_test_add_func("/shortcuts/theme", test_theme);
    g_test_add_func("/shortcuts/pictures", test_pictures);
    return g_test_run();
}
