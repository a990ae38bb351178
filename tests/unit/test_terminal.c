/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts and labels for clients in a terminal. */
#include "expect.h"
#include "guard.h"
#include "terminal.h"

#include <string.h>

static void expect(char *got, const char *wanted)
{
    g_assert_true(g_utf8_validate(got, -1, NULL));
    g_assert_cmpstr(got, ==, wanted);
    g_free(got);
}

/* Ten columns each. */
static void test_wrap(void)
{
    static const char *const table[][2] = {
        {"", ""},
        {"short", "short"},
        {"ten column", "ten column"},
        {"eleven colu", "eleven\ncolu"},
        {"one two three four", "one two\nthree four"},
        {"one two   three", "one two\nthree"},
        {"  indented, and on", "  indented,\nand on"},
        {"kept\n\nlines\nare kept as is", "kept\n\nlines\nare kept\nas is"},
        {"a-very-long-word is whole", "a-very-long-word\nis whole"},
        {"a a-very-long-word", "a\na-very-long-word"},
        {"at the end  ", "at the end"},
        {"Fünfzehn Größen", "Fünfzehn\nGrößen"},
        /* Not broken at: no-break spaces. */
        {"une «\302\240mot\302\240»", "une\n«\302\240mot\302\240»"},
        /* Wide characters take two columns; nothing is drawn for a combining one. */
        {"日本語の文章です", "日本語の文\n章です"},
        {"日本語と abc", "日本語と\nabc"},
        {"abcと日本語です", "abcと日本\n語です"},
        {"e\314\201e\314\201e\314\201e\314\201e\314\201e\314\201e\314\201 ab",
         "e\314\201e\314\201e\314\201e\314\201e\314\201e\314\201e\314\201 ab"},
        /* Punctuation stays with its word. */
        {"日本語の文。次", "日本語の\n文。次"},
        {"日本語、「文」", "日本語、\n「文」"},
        {"日本語のデー", "日本語の\nデー"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i][0], strlen(table[i][0]) + 1);
        expect(prpl_terminal_wrap(place.data, 10), table[i][1]);
        guard_free(&place);
    }
}

static void test_label(void)
{
    static const char *const table[][2] = {
        {"", ""},
        {"Invite...", "Invite..."},
        {"Initiate _Chat", "Initiate Chat"},
        {"_Chat beginnen", "Chat beginnen"},
        {"snake__case", "snake_case"},
        {"at the end_", "at the end"},
        {"招待(_V)...", "招待..."},
        {"チャットを開始(_C)", "チャットを開始"},
        {"(_é)", ""},
        {"(_", "("},
        {"(_ab)", "(ab)"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i][0], strlen(table[i][0]) + 1);
        expect(prpl_terminal_label(place.data), table[i][1]);
        guard_free(&place);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/terminal/wrap", test_wrap);
    g_test_add_func("/terminal/label", test_label);
    return g_test_run();
}
