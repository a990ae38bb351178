/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "manual.h"

#include <string.h>

#include "control.h"
#include "knobs.h"

/* Where the texts of a list begin; longer terms have a line of their own. */
#define TEXT_COLUMN 28

/* Words from the column `at` on, in lines that begin in the column `indent`. */
static void put_words(GString *out, gsize at, gsize indent, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    const char *gap = "";

    for (char **word = words; *word; word++) {
        if (at + strlen(gap) + strlen(*word) > MANUAL_COLUMNS) {
            g_string_append_printf(out, "\n%*s", (int)indent, "");
            at = indent;
            gap = "";
        }
        g_string_append_printf(out, "%s%s", gap, *word);
        at += strlen(gap) + strlen(*word);
        gap = " ";
    }
    g_string_append_c(out, '\n');
}

static void put_paragraph(GString *out, const char *text)
{
    put_words(out, 0, 0, text);
}

static void put_heading(GString *out, const char *text)
{
    g_string_append_printf(out, "\n%s\n", text);
}

/* "  term    text" */
static void put_row(GString *out, const char *term, const char *text)
{
    gsize at = 2 + strlen(term);

    g_string_append_printf(out, "  %s", term);
    if (at + 2 > TEXT_COLUMN) {
        g_string_append_c(out, '\n');
        at = 0;
    }
    g_string_append_printf(out, "%*s", (int)(TEXT_COLUMN - at), "");
    put_words(out, TEXT_COLUMN, TEXT_COLUMN, text);
}

/* NAME=VALUE, NAME[=VALUE] where it can be left out, and a star for what "escargot" sets. */
static char *knob_term(const knob_info *k)
{
    const char *star = k->escargot ? " *" : "";

    if (!k->value)
        return g_strconcat(k->name, star, NULL);
    if (k->value[0] == '[')
        return g_strconcat(k->name, "[=", k->value + 1, star, NULL);
    return g_strconcat(k->name, "=", k->value, star, NULL);
}

static void put_knobs(GString *out)
{
    guint n = 0;
    const knob_info *knobs = knobs_table(&n);

    put_paragraph(out, "Knobs make the service behave in another way: --set KNOB[=VALUE], or with "
                       "--control the line \"set KNOB[=VALUE]\". The knob escargot sets all that "
                       "are marked *.");
    for (guint i = 0; i < n; i++)
        if (knobs[i].kind == KNOB_SECTION) {
            put_heading(out, knobs[i].name);
        } else {
            g_autofree char *term = knob_term(&knobs[i]);

            put_row(out, term, knobs[i].meaning);
        }
}

static void put_steps(GString *out)
{
    guint n = 0;
    const step_info *steps = knobs_steps(&n);

    put_heading(out, "Faults of one step, such as ns-syn.silent");
    put_row(out, "STEP.silent", "Takes the request (or connection) and never answers.");
    put_row(out, "STEP.close", "Closes instead of answering; with .reply: sends, then closes.");
    put_row(out, "STEP.reset", "The same with a reset.");
    put_row(out, "STEP.cancel=CODE", "Of files: cancels in the switchboard instead.");
    put_row(out, "STEP.reply=BYTES",
            "Sends these bytes instead. \\r \\n \\t \\0 \\\\ and \\xNN are escapes; {trid}, "
            "{account}, {ds}, {ns}, {sb}, {nexus} and {login} are filled in.");
    put_heading(out, "STEP is one of");
    for (guint i = 0; i < n; i++)
        put_row(out, steps[i].name, steps[i].meaning);
}

static void put_commands(GString *out)
{
    guint n = 0;
    const control_command *commands = control_table(&n);

    put_paragraph(out, "With --control the service takes commands, one a line of its standard "
                       "input, and answers each with one line, \"control: ok ...\" or \"control: "
                       "no: ...\". The last argument of a command may have spaces.");
    for (guint i = 0; i < n; i++)
        if (!commands[i].args) {
            put_heading(out, commands[i].verb);
        } else {
            g_autofree char *term =
                g_strconcat(commands[i].verb, *commands[i].args ? " " : "", commands[i].args, NULL);

            put_row(out, term, commands[i].meaning);
        }
}

char *manual_text(void)
{
    GString *out = g_string_new(NULL);

    put_knobs(out);
    put_steps(out);
    g_string_append(out, "\n\n");
    put_commands(out);
    return g_string_free(out, FALSE);
}
