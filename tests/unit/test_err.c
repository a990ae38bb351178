/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of errors, and the table of the server's error numbers. */
#include "err.h"

#include <string.h>

static void test_names(void)
{
#define X(symbol, name) g_assert_cmpstr(msnp_err_name(symbol), ==, name);
    MSNP_ERR_LIST(X)
#undef X
    for (int a = 0; a < MSNP_N_ERRS; a++) {
        for (int b = a + 1; b < MSNP_N_ERRS; b++)
            g_assert_cmpstr(msnp_err_name((msnp_err)a), !=, msnp_err_name((msnp_err)b));
    }
    g_assert_nonnull(msnp_err_name(MSNP_N_ERRS));
}

/* What can come: what a person is told, and whether trying again can help. */
static void test_numbers(void)
{
    static const struct {
        unsigned number;
        msnp_trouble trouble;
        bool retry;
    } table[] = {
        {911, MSNP_TROUBLE_TICKET, false},
        {917, MSNP_TROUBLE_TICKET, false},
        {923, MSNP_TROUBLE_CONSENT, false},
        {924, MSNP_TROUBLE_UNVERIFIED, false},
        {927, MSNP_TROUBLE_BANNED, false},
        {511, MSNP_TROUBLE_BANNED, false},
        {600, MSNP_TROUBLE_BUSY, true},
        {910, MSNP_TROUBLE_BUSY, true},
        {912, MSNP_TROUBLE_BUSY, true},
        {918, MSNP_TROUBLE_BUSY, true},
        {919, MSNP_TROUBLE_BUSY, true},
        {921, MSNP_TROUBLE_BUSY, true},
        {922, MSNP_TROUBLE_BUSY, true},
        {500, MSNP_TROUBLE_DOWN, true},
        {501, MSNP_TROUBLE_DOWN, true},
        {601, MSNP_TROUBLE_DOWN, true},
        {602, MSNP_TROUBLE_DOWN, true},
        {603, MSNP_TROUBLE_DOWN, true},
        {604, MSNP_TROUBLE_DOWN, true},
        {605, MSNP_TROUBLE_DOWN, true},
        {914, MSNP_TROUBLE_DOWN, true},
        {915, MSNP_TROUBLE_DOWN, true},
        {916, MSNP_TROUBLE_DOWN, true},
        {800, MSNP_TROUBLE_TOO_FAST, true},
        {540, MSNP_TROUBLE_CHALLENGE, true},
        /* About changes to the lists. */
        {200, MSNP_TROUBLE_OTHER, true},
        {201, MSNP_TROUBLE_BAD_NAME, true},
        {205, MSNP_TROUBLE_NO_ACCOUNT, true},
        {206, MSNP_TROUBLE_BAD_NAME, true},
        {208, MSNP_TROUBLE_BAD_NAME, true},
        {209, MSNP_TROUBLE_FORBIDDEN, true},
        {210, MSNP_TROUBLE_FULL, true},
        {215, MSNP_TROUBLE_OTHER, true},
        {216, MSNP_TROUBLE_OTHER, true},
        {218, MSNP_TROUBLE_OTHER, true},
        {219, MSNP_TROUBLE_OTHER, true},
        {223, MSNP_TROUBLE_GROUPS, true},
        {224, MSNP_TROUBLE_NO_GROUP, true},
        {225, MSNP_TROUBLE_OTHER, true},
        {227, MSNP_TROUBLE_NOT_EMPTY, true},
        {228, MSNP_TROUBLE_TAKEN, true},
        {229, MSNP_TROUBLE_LONG, true},
        {230, MSNP_TROUBLE_NO_GROUP, true},
        {231, MSNP_TROUBLE_NO_GROUP, true},
        {715, MSNP_TROUBLE_OTHER, true},
        /* About switchboards. */
        {217, MSNP_TROUBLE_OFFLINE, true},
        {280, MSNP_TROUBLE_DOWN, true},
        {281, MSNP_TROUBLE_DOWN, true},
        {700, MSNP_TROUBLE_DOWN, true},
        {707, MSNP_TROUBLE_DOWN, true},
        {712, MSNP_TROUBLE_BUSY, true},
        {713, MSNP_TROUBLE_TOO_FAST, true},
        {714, MSNP_TROUBLE_BUSY, true},
        {913, MSNP_TROUBLE_HIDDEN, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        const msnp_server_error *row = msnp_server_error_find(table[i].number);
        g_test_message("%u", table[i].number);
        g_assert_cmpuint(row->number, ==, table[i].number);
        g_assert_cmpint(row->trouble, ==, table[i].trouble);
        g_assert_cmpint(row->retry, ==, table[i].retry);
    }
    g_assert_cmpint(msnp_server_error_find(928)->trouble, ==, MSNP_TROUBLE_TICKET);
    g_assert_true(msnp_server_error_find(920)->retry);
    g_assert_true(msnp_server_error_find(931)->retry);
    g_assert_false(msnp_server_error_find(710)->retry);
}

static void test_every_number(void)
{
    for (unsigned number = 0; number < 1100; number++) {
        const msnp_server_error *row = msnp_server_error_find(number);
        g_assert_nonnull(row);
        g_assert_nonnull(row->symbol);
        g_assert_true(row->number == number || row->number == 0);
    }
    static const unsigned unknown[] = {0, 1, 199, 999, 1000, 9110, G_MAXUINT};
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        const msnp_server_error *row = msnp_server_error_find(unknown[i]);
        g_assert_cmpuint(row->number, ==, 0);
        g_assert_cmpint(row->trouble, ==, MSNP_TROUBLE_OTHER);
        g_assert_true(row->retry);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/err/names", test_names);
    g_test_add_func("/err/numbers", test_numbers);
    g_test_add_func("/err/every-number", test_every_number);
    return g_test_run();
}
