/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is remembered of services from one sign-in to the next. */
#include "cache.h"

#include <glib.h>

#define NEXUS "https://nexus.example.com/rdr"
#define LOGIN "https://login.example.com/login2.srf"

static void test_login(void)
{
    msnp_cache *cache = msnp_cache_new();
    g_assert_null(msnp_cache_login(cache, NEXUS, 0));
    msnp_cache_set_login(cache, NEXUS, LOGIN, 1000);
    g_assert_cmpstr(msnp_cache_login(cache, NEXUS, 1000), ==, LOGIN);
    g_assert_null(msnp_cache_login(cache, NEXUS "x", 1000));
    g_assert_null(msnp_cache_login(cache, LOGIN, 1000));
    g_assert_null(msnp_cache_login(cache, "", 1000));

    /* Paths are not the same in another letter case. */
    g_assert_null(msnp_cache_login(cache, "https://nexus.example.com/RDR", 1000));

    /* The last word counts, and another nexus has its own. */
    msnp_cache_set_login(cache, "other", "https://other/", 1000);
    msnp_cache_set_login(cache, NEXUS, "https://new/", 1000);
    g_assert_cmpstr(msnp_cache_login(cache, NEXUS, 1000), ==, "https://new/");
    g_assert_cmpstr(msnp_cache_login(cache, "other", 1000), ==, "https://other/");

    msnp_cache_set_login(cache, NEXUS, NULL, 1000);
    g_assert_null(msnp_cache_login(cache, NEXUS, 1000));
    g_assert_cmpstr(msnp_cache_login(cache, "other", 1000), ==, "https://other/");
    msnp_cache_set_login(cache, NEXUS, NULL, 1000);
    g_assert_null(msnp_cache_login(cache, NEXUS, 1000));
    msnp_cache_free(cache);
}

/* After a day it is asked again; being told again makes it young again. */
static void test_age(void)
{
    static const int64_t begin = 123456;
    msnp_cache *cache = msnp_cache_new();
    g_assert_cmpint(MSNP_CACHE_AGE, ==, 86400000);
    msnp_cache_set_login(cache, NEXUS, LOGIN, begin);
    g_assert_cmpstr(msnp_cache_login(cache, NEXUS, begin + MSNP_CACHE_AGE - 1), ==, LOGIN);
    g_assert_null(msnp_cache_login(cache, NEXUS, begin + MSNP_CACHE_AGE));
    g_assert_null(msnp_cache_login(cache, NEXUS, begin + 10 * MSNP_CACHE_AGE));
    msnp_cache_set_login(cache, NEXUS, LOGIN, begin + MSNP_CACHE_AGE);
    g_assert_cmpstr(msnp_cache_login(cache, NEXUS, begin + 2 * MSNP_CACHE_AGE - 1), ==, LOGIN);
    g_assert_null(msnp_cache_login(cache, NEXUS, begin + 2 * MSNP_CACHE_AGE));
    msnp_cache_free(cache);
}

/* It keeps copies, also of what it gave out itself. */
static void test_copies(void)
{
    msnp_cache *cache = msnp_cache_new();
    char nexus[] = "nexus";
    char login[] = "login";
    char host[] = "host";
    msnp_cache_set_login(cache, nexus, login, 0);
    msnp_cache_set_no_pipelining(cache, host, 1863, 0);
    nexus[0] = login[0] = host[0] = 'x';
    g_assert_cmpstr(msnp_cache_login(cache, "nexus", 0), ==, "login");
    g_assert_true(msnp_cache_no_pipelining(cache, "host", 1863, 0));
    msnp_cache_set_login(cache, "nexus", msnp_cache_login(cache, "nexus", 0), 5);
    g_assert_cmpstr(msnp_cache_login(cache, "nexus", 5), ==, "login");
    msnp_cache_free(cache);
    msnp_cache_free(NULL);
}

static void test_no_pipelining(void)
{
    msnp_cache *cache = msnp_cache_new();
    g_assert_false(msnp_cache_no_pipelining(cache, "host", 1863, 0));
    msnp_cache_set_no_pipelining(cache, "host", 1863, 0);
    g_assert_true(msnp_cache_no_pipelining(cache, "host", 1863, 0));
    g_assert_true(msnp_cache_no_pipelining(cache, "HoST", 1863, 0));
    g_assert_false(msnp_cache_no_pipelining(cache, "host", 1864, 0));
    g_assert_false(msnp_cache_no_pipelining(cache, "host", 186, 0));
    g_assert_false(msnp_cache_no_pipelining(cache, "hos", 1863, 0));
    g_assert_false(msnp_cache_no_pipelining(cache, "host.example.com", 1863, 0));
    msnp_cache_set_no_pipelining(cache, "HOST", 1863, 0);
    msnp_cache_set_no_pipelining(cache, "::1", 1, 0);
    g_assert_true(msnp_cache_no_pipelining(cache, "host", 1863, 0));
    g_assert_true(msnp_cache_no_pipelining(cache, "::1", 1, 0));
    g_assert_false(msnp_cache_no_pipelining(cache, "::", 11, 0));
    /* The two kinds know nothing of each other. */
    msnp_cache_set_login(cache, "login 1", LOGIN, 0);
    g_assert_false(msnp_cache_no_pipelining(cache, "login", 1, 0));
    g_assert_null(msnp_cache_login(cache, "host 1863", 0));
    msnp_cache_free(cache);
}

/* For a shorter time: networks change. */
static void test_gateway(void)
{
    msnp_cache *cache = msnp_cache_new();
    g_assert_false(msnp_cache_gateway(cache, "host", 1863, 0));
    msnp_cache_set_gateway(cache, "host", 1863, false, 0);
    msnp_cache_set_gateway(cache, "Host", 1863, true, 5);
    g_assert_true(msnp_cache_gateway(cache, "hOST", 1863, 5 + MSNP_CACHE_WAY_AGE - 1));
    g_assert_false(msnp_cache_gateway(cache, "host", 1863, 5 + MSNP_CACHE_WAY_AGE));
    g_assert_false(msnp_cache_gateway(cache, "host", 1864, 5));
    g_assert_false(msnp_cache_no_pipelining(cache, "host", 1863, 5));
    msnp_cache_set_gateway(cache, "host", 1863, false, 6);
    g_assert_false(msnp_cache_gateway(cache, "host", 1863, 6));
    msnp_cache_free(cache);
}

static void know(msnp_cache *cache, unsigned number)
{
    char *name = g_strdup_printf("name%u", number);
    msnp_cache_set_login(cache, name, name, 0);
    msnp_cache_set_no_pipelining(cache, name, number, 0);
    g_free(name);
}

static void expect_known(const msnp_cache *cache, unsigned number, bool known)
{
    char *name = g_strdup_printf("name%u", number);
    g_test_message("%s", name);
    g_assert_cmpstr(msnp_cache_login(cache, name, 0), ==, known ? name : NULL);
    g_assert_cmpint(msnp_cache_no_pipelining(cache, name, number, 0), ==, known);
    g_free(name);
}

/* As many as it keeps, and not one more: what was told longest ago goes. */
static void test_limit(void)
{
    msnp_cache *cache = msnp_cache_new();
    for (unsigned i = 1; i <= MSNP_CACHE_MAX; i++)
        know(cache, i);
    for (unsigned i = 1; i <= MSNP_CACHE_MAX; i++)
        expect_known(cache, i, true);

    /* Told again it is the newest, and takes no place of another. */
    know(cache, 1);
    expect_known(cache, 2, true);
    /* To forget what nobody knows takes none either. */
    msnp_cache_set_login(cache, "unknown", NULL, 0);
    expect_known(cache, 2, true);
    know(cache, MSNP_CACHE_MAX + 1);
    expect_known(cache, 1, true);
    expect_known(cache, 2, false);
    expect_known(cache, 3, true);
    expect_known(cache, MSNP_CACHE_MAX + 1, true);
    for (unsigned i = 1000; i < 1000 + MSNP_CACHE_MAX - 1; i++)
        know(cache, i);
    expect_known(cache, 1, false);
    expect_known(cache, MSNP_CACHE_MAX, false);
    expect_known(cache, MSNP_CACHE_MAX + 1, true);
    for (unsigned i = 1000; i < 1000 + MSNP_CACHE_MAX - 1; i++)
        expect_known(cache, i, true);
    msnp_cache_free(cache);
}

/* What one process saves is known in the next one, as long as it would have been in the first. */
static void test_saved(void)
{
    static const int64_t wall = 1764460000;
    msnp_cache *cache = msnp_cache_new();
    msnp_cache_set_login(cache, NEXUS, LOGIN, 5000);
    msnp_cache_set_no_pipelining(cache, "Host", 1863, 7000);
    g_autofree char *both = msnp_cache_save(cache, NEXUS, "host", 1863, 9000, wall);
    g_autofree char *one = msnp_cache_save(cache, "other", "host", 1863, 9000, wall);
    g_autofree char *none = msnp_cache_save(cache, "other", "host", 1864, 9000, wall);
    msnp_cache_set_gateway(cache, "host", 1863, true, 8000);
    g_autofree char *all = msnp_cache_save(cache, NEXUS, "HOST", 1863, 9000, wall);
    g_autofree char *old = msnp_cache_save(cache, NEXUS, "host", 1, 5000 + MSNP_CACHE_AGE, wall);
    g_assert_cmpstr(both, ==,
                    "login " NEXUS " " LOGIN " 1764459996 no-pipelining host:1863 1764459998");
    g_assert_cmpstr(one, ==, "no-pipelining host:1863 1764459998");
    g_assert_cmpstr(all, ==,
                    "login " NEXUS " " LOGIN " 1764459996 no-pipelining host:1863 1764459998 "
                    "gateway host:1863 1764459999");
    g_assert_cmpstr(none, ==, "");
    g_assert_cmpstr(old, ==, "");
    msnp_cache_free(cache);

    cache = msnp_cache_new();
    msnp_cache_load(cache, all, 100, wall + 10);
    g_assert_cmpstr(msnp_cache_login(cache, NEXUS, 100), ==, LOGIN);
    g_assert_true(msnp_cache_no_pipelining(cache, "host", 1863, 100));
    g_assert_true(msnp_cache_gateway(cache, "host", 1863, 100 + MSNP_CACHE_WAY_AGE - 11001));
    g_assert_false(msnp_cache_gateway(cache, "host", 1863, 100 + MSNP_CACHE_WAY_AGE - 11000));
    /* It was four seconds old then, and is fourteen now. */
    g_assert_nonnull(msnp_cache_login(cache, NEXUS, 100 + MSNP_CACHE_AGE - 14001));
    g_assert_null(msnp_cache_login(cache, NEXUS, 100 + MSNP_CACHE_AGE - 14000));
    /* What is known here is not replaced by what was known then. */
    msnp_cache_set_login(cache, NEXUS, "https://new/", 100);
    msnp_cache_load(cache, both, 100, wall + 10);
    g_assert_cmpstr(msnp_cache_login(cache, NEXUS, 100), ==, "https://new/");
    msnp_cache_free(cache);
}

static void test_not_saved(void)
{
    static const char *const texts[] = {
        "",
        "login",
        "login " NEXUS " " LOGIN,
        "login " NEXUS " " LOGIN " -5",
        "login " NEXUS " " LOGIN " 913600",
        "login " NEXUS " " LOGIN " 1000001",
        "login " NEXUS " " LOGIN " 99999999999999999999",
        "login " NEXUS " http://login.example.com/ 999999",
        "login  " NEXUS " " LOGIN " 999999",
        "x login " NEXUS " " LOGIN " 999999",
        "no-pipelining host:1863",
        "no-pipelining host:1863 x",
        "gateway host:1863",
        "gateway host:1863 x",
        "gateway host:1863 1000001",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        msnp_cache *cache = msnp_cache_new();
        msnp_cache_load(cache, texts[i], 0, 1000000);
        g_assert_null(msnp_cache_login(cache, NEXUS, 0));
        g_assert_false(msnp_cache_no_pipelining(cache, "host", 1863, 0));
        g_assert_false(msnp_cache_gateway(cache, "host", 1863, 0));
        msnp_cache_free(cache);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cache/login", test_login);
    g_test_add_func("/cache/age", test_age);
    g_test_add_func("/cache/copies", test_copies);
    g_test_add_func("/cache/no-pipelining", test_no_pipelining);
    g_test_add_func("/cache/gateway", test_gateway);
    g_test_add_func("/cache/limit", test_limit);
    g_test_add_func("/cache/saved", test_saved);
    g_test_add_func("/cache/not-saved", test_not_saved);
    return g_test_run();
}
