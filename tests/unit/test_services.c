/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of services: what a sign-in needs is in each row, and README.md has the same rows.
 */
#include "msnp.h"
#include "services.h"

#include <string.h>

static void test_rows(void)
{
    const prpl_service *service;

    for (size_t i = 0; (service = prpl_services_nth(i)) != NULL; i++) {
        g_autofree char *upper = g_ascii_strup(service->id, -1);

        g_assert_true(prpl_services_find(service->id) == service);
        g_assert_true(prpl_services_find(upper) == service);
        g_assert_cmpuint(strspn(service->id, "abcdefghijklmnopqrstuvwxyz_"), ==,
                         strlen(service->id));
        g_assert_cmpstr(service->id, !=, "other");
    }
}

static void test_unknown(void)
{
    static const char *const ids[] = {"", "other", "escargo", "escargott", "Microsoft"};

    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
        g_assert_null(prpl_services_find(ids[i]));
}

/* The row of README.md for a service. The caller frees it. */
static char *row_of(const prpl_service *service)
{
    g_autofree char *nexus =
        service->nexus_url ? g_strdup_printf("`%s`", service->nexus_url) : g_strdup("(empty)");

    return g_strdup_printf("| %s | `%s` | `%s` | %u | %s |\n", service->name, service->id,
                           service->server, service->port, nexus);
}

/* One after the other, in the same order. */
static void test_readme(void)
{
    g_autofree char *readme = NULL;
    g_autoptr(GString) rows = g_string_new(NULL);
    const prpl_service *service;

    g_assert_true(g_file_get_contents(TEST_SOURCE_DIR "/README.md", &readme, NULL, NULL));
    for (size_t i = 0; (service = prpl_services_nth(i)) != NULL; i++) {
        g_autofree char *row = row_of(service);
        g_string_append(rows, row);
    }
    const char *found = strstr(readme, rows->str);
    if (found == NULL)
        g_error("README.md does not have these rows:\n%s", rows->str);
    g_assert_true(g_str_has_prefix(found + rows->len, "| another one | `other` |"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/services/rows", test_rows);
    g_test_add_func("/services/unknown", test_unknown);
    g_test_add_func("/services/readme", test_readme);
    return g_test_run();
}
