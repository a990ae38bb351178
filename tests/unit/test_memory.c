/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of services from one sign-in to the next. */
#include "memory.h"

#include <glib.h>

#define NEXUS "https://nexus.example.com/rdr"
#define LOGIN "https://login.example.com/login2.srf"

static void test_login(void)
{
    msnp_memory *memory = msnp_memory_new();
    g_assert_null(msnp_memory_login(memory, NEXUS, 0));
    msnp_memory_set_login(memory, NEXUS, LOGIN, 1000);
    g_assert_cmpstr(msnp_memory_login(memory, NEXUS, 1000), ==, LOGIN);
    g_assert_null(msnp_memory_login(memory, NEXUS "x", 1000));
    g_assert_null(msnp_memory_login(memory, LOGIN, 1000));
    g_assert_null(msnp_memory_login(memory, "", 1000));

    /* Paths are not the same in another letter case. */
    g_assert_null(msnp_memory_login(memory, "https://nexus.example.com/RDR", 1000));

    /* The last word counts, and another nexus has its own. */
    msnp_memory_set_login(memory, "other", "https://other/", 1000);
    msnp_memory_set_login(memory, NEXUS, "https://new/", 1000);
    g_assert_cmpstr(msnp_memory_login(memory, NEXUS, 1000), ==, "https://new/");
    g_assert_cmpstr(msnp_memory_login(memory, "other", 1000), ==, "https://other/");

    msnp_memory_set_login(memory, NEXUS, NULL, 1000);
    g_assert_null(msnp_memory_login(memory, NEXUS, 1000));
    g_assert_cmpstr(msnp_memory_login(memory, "other", 1000), ==, "https://other/");
    msnp_memory_set_login(memory, NEXUS, NULL, 1000);
    g_assert_null(msnp_memory_login(memory, NEXUS, 1000));
    msnp_memory_free(memory);
}

/* After a day it is asked again; being told again makes it young again. */
static void test_age(void)
{
    static const int64_t begin = 123456;
    msnp_memory *memory = msnp_memory_new();
    g_assert_cmpint(MSNP_LOGIN_AGE, ==, 86400000);
    msnp_memory_set_login(memory, NEXUS, LOGIN, begin);
    g_assert_cmpstr(msnp_memory_login(memory, NEXUS, begin + MSNP_LOGIN_AGE - 1), ==, LOGIN);
    g_assert_null(msnp_memory_login(memory, NEXUS, begin + MSNP_LOGIN_AGE));
    g_assert_null(msnp_memory_login(memory, NEXUS, begin + 10 * MSNP_LOGIN_AGE));
    msnp_memory_set_login(memory, NEXUS, LOGIN, begin + MSNP_LOGIN_AGE);
    g_assert_cmpstr(msnp_memory_login(memory, NEXUS, begin + 2 * MSNP_LOGIN_AGE - 1), ==, LOGIN);
    g_assert_null(msnp_memory_login(memory, NEXUS, begin + 2 * MSNP_LOGIN_AGE));
    msnp_memory_free(memory);
}

/* It keeps copies, also of what it gave out itself. */
static void test_copies(void)
{
    msnp_memory *memory = msnp_memory_new();
    char nexus[] = "nexus";
    char login[] = "login";
    char host[] = "host";
    msnp_memory_set_login(memory, nexus, login, 0);
    msnp_memory_set_stepwise(memory, host, 1863);
    nexus[0] = login[0] = host[0] = 'x';
    g_assert_cmpstr(msnp_memory_login(memory, "nexus", 0), ==, "login");
    g_assert_true(msnp_memory_is_stepwise(memory, "host", 1863));
    msnp_memory_set_login(memory, "nexus", msnp_memory_login(memory, "nexus", 0), 5);
    g_assert_cmpstr(msnp_memory_login(memory, "nexus", 5), ==, "login");
    msnp_memory_free(memory);
    msnp_memory_free(NULL);
}

static void test_stepwise(void)
{
    msnp_memory *memory = msnp_memory_new();
    g_assert_false(msnp_memory_is_stepwise(memory, "host", 1863));
    msnp_memory_set_stepwise(memory, "host", 1863);
    g_assert_true(msnp_memory_is_stepwise(memory, "host", 1863));
    g_assert_true(msnp_memory_is_stepwise(memory, "HoST", 1863));
    g_assert_false(msnp_memory_is_stepwise(memory, "host", 1864));
    g_assert_false(msnp_memory_is_stepwise(memory, "host", 186));
    g_assert_false(msnp_memory_is_stepwise(memory, "hos", 1863));
    g_assert_false(msnp_memory_is_stepwise(memory, "host.example.com", 1863));
    msnp_memory_set_stepwise(memory, "HOST", 1863);
    msnp_memory_set_stepwise(memory, "::1", 1);
    g_assert_true(msnp_memory_is_stepwise(memory, "host", 1863));
    g_assert_true(msnp_memory_is_stepwise(memory, "::1", 1));
    g_assert_false(msnp_memory_is_stepwise(memory, "::", 11));
    /* The two kinds know nothing of each other. */
    msnp_memory_set_login(memory, "login 1", LOGIN, 0);
    g_assert_false(msnp_memory_is_stepwise(memory, "login", 1));
    g_assert_null(msnp_memory_login(memory, "host 1863", 0));
    msnp_memory_free(memory);
}

static void know(msnp_memory *memory, unsigned number)
{
    char *name = g_strdup_printf("name%u", number);
    msnp_memory_set_login(memory, name, name, 0);
    msnp_memory_set_stepwise(memory, name, number);
    g_free(name);
}

static void expect_known(const msnp_memory *memory, unsigned number, bool known)
{
    char *name = g_strdup_printf("name%u", number);
    g_test_message("%s", name);
    g_assert_cmpstr(msnp_memory_login(memory, name, 0), ==, known ? name : NULL);
    g_assert_cmpint(msnp_memory_is_stepwise(memory, name, number), ==, known);
    g_free(name);
}

/* As many as it keeps, and not one more: what was told longest ago goes. */
static void test_limit(void)
{
    msnp_memory *memory = msnp_memory_new();
    for (unsigned i = 1; i <= MSNP_MEMORY_MAX; i++)
        know(memory, i);
    for (unsigned i = 1; i <= MSNP_MEMORY_MAX; i++)
        expect_known(memory, i, true);

    /* Told again it is the newest, and takes no place of another. */
    know(memory, 1);
    expect_known(memory, 2, true);
    /* To forget what nobody knows takes none either. */
    msnp_memory_set_login(memory, "unknown", NULL, 0);
    expect_known(memory, 2, true);
    know(memory, MSNP_MEMORY_MAX + 1);
    expect_known(memory, 1, true);
    expect_known(memory, 2, false);
    expect_known(memory, 3, true);
    expect_known(memory, MSNP_MEMORY_MAX + 1, true);
    for (unsigned i = 1000; i < 1000 + MSNP_MEMORY_MAX - 1; i++)
        know(memory, i);
    expect_known(memory, 1, false);
    expect_known(memory, MSNP_MEMORY_MAX, false);
    expect_known(memory, MSNP_MEMORY_MAX + 1, true);
    for (unsigned i = 1000; i < 1000 + MSNP_MEMORY_MAX - 1; i++)
        expect_known(memory, i, true);
    msnp_memory_free(memory);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory/login", test_login);
    g_test_add_func("/memory/age", test_age);
    g_test_add_func("/memory/copies", test_copies);
    g_test_add_func("/memory/stepwise", test_stepwise);
    g_test_add_func("/memory/limit", test_limit);
    return g_test_run();
}
