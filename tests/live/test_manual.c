/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The documentation that the service has of itself: nothing is missing in it, and it can be read on
 * a terminal. No client runs here.
 */
#include "manual.h"

#include <string.h>

#include "control.h"
#include "knobs.h"

/* The manual has one row for this term, and the text is a sentence. */
static void assert_described(char **lines, const char *term, const char *text)
{
    g_autofree char *begin = g_strconcat("  ", term, NULL);
    gsize length = strlen(begin);
    guint rows = 0;

    for (guint i = 0; lines[i]; i++)
        if (g_str_has_prefix(lines[i], begin) && strchr("= [", lines[i][length]))
            rows++;
    if (rows != 1)
        g_error("%s has %u rows in the manual", term, rows);
    if (strlen(text) < 4 || g_str_has_prefix(text, " "))
        g_error("%s is described as \"%s\"", term, text);
}

static void test_columns(void)
{
    g_autofree char *text = manual_text();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    g_assert_cmpuint(g_strv_length(lines), >, 100);
    for (guint i = 0; lines[i]; i++) {
        g_assert_cmpuint(strlen(lines[i]), <=, MANUAL_COLUMNS);
        g_assert_false(g_str_has_suffix(lines[i], " "));
    }
}

static void test_knobs(void)
{
    g_autofree char *text = manual_text();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint n = 0;
    const knob_info *knobs = knobs_table(&n);

    g_assert_cmpuint(n, >, 0);
    for (guint i = 0; i < n; i++)
        if (knobs[i].kind != KNOB_SECTION)
            assert_described(lines, knobs[i].name, knobs[i].meaning);
}

static void test_steps(void)
{
    g_autofree char *text = manual_text();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint n = 0;
    const step_info *steps = knobs_steps(&n);

    g_assert_cmpuint(n, >, 0);
    for (guint i = 0; i < n; i++)
        assert_described(lines, steps[i].name, steps[i].meaning);
}

/* So many words of this are in brackets, and so many are not. */
static void count_args(const char *args, guint *needed, guint *all)
{
    g_auto(GStrv) words = g_strsplit(args, " ", -1);

    *needed = 0;
    *all = g_strv_length(words);
    while (words[*needed] && words[*needed][0] != '[')
        ++*needed;
}

static void test_commands(void)
{
    g_autofree char *text = manual_text();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *names = control_obey(NULL, "help");
    guint n = 0;
    const control_command *commands = control_table(&n);

    g_assert_true(g_str_has_prefix(names, "ok "));
    for (guint i = 0; i < n; i++) {
        const control_command *c = &commands[i];
        g_autofree char *term = c->args ? g_strjoin(" ", c->verb, c->args, NULL) : NULL;
        g_autofree char *ask = g_strconcat("help ", c->verb, NULL);
        g_autofree char *answer = term ? control_obey(NULL, ask) : NULL;
        guint needed;
        guint all;

        if (!term)
            continue;
        assert_described(lines, c->verb, c->meaning);
        count_args(c->args, &needed, &all);
        g_assert_cmpuint(c->least, ==, needed);
        g_assert_cmpuint(c->most, ==, all);
        g_assert_nonnull(strstr(names, c->verb));
        g_assert_true(g_str_has_prefix(answer, "ok "));
        g_assert_nonnull(strstr(answer, c->meaning));
    }
}

static void test_help_unknown(void)
{
    g_autofree char *answer = control_obey(NULL, "help me");

    g_assert_cmpstr(answer, ==, "no: no such command");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/manual/columns", test_columns);
    g_test_add_func("/manual/knobs", test_knobs);
    g_test_add_func("/manual/steps", test_steps);
    g_test_add_func("/manual/commands", test_commands);
    g_test_add_func("/manual/help-unknown", test_help_unknown);
    return g_test_run();
}
