/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many accounts in one client at the same time.
 */
#include "dns_helpers.h"
#include "service_helpers.h"

#define MOST 100

static char *addresses[MOST];
static user *users[MOST];
static guint n_users;

static guint count_online(void)
{
    guint n = 0;

    for (guint i = 0; i < n_users; i++)
        n += users[i]->online;
    return n;
}

static guint count_errors(void)
{
    guint n = 0;

    for (guint i = 0; i < n_users; i++)
        n += users[i]->n_errors;
    return n;
}

static guint count_state(service *svc, const char *code)
{
    guint n = 0;

    for (guint i = 0; i < n_users; i++)
        n += g_strcmp0(service_state(svc, addresses[i]), code) == 0;
    return n;
}

static void make_users(service *svc)
{
    n_users = g_getenv("LIVE_SUBSET") ? MOST / 5 : MOST;
    for (guint i = 0; i < n_users; i++) {
        g_autofree char *password = g_strdup_printf(LIVE_SECRET "-%u", i);
        user_config config = live_config(svc);

        addresses[i] = g_strdup_printf("user%u@example.com", i);
        service_add_account(svc, addresses[i], password, addresses[i]);
        config.address = addresses[i];
        config.password = password;
        users[i] = user_new(&config);
    }
}

static void end_users(service *svc)
{
    live_end_all(svc, users, n_users);
    for (guint i = 0; i < n_users; i++)
        g_free(addresses[i]);
}

static void test_many(void)
{
    service *svc = live_service();

    dns_begin();
    make_users(svc);
    for (guint i = 0; i < n_users; i++)
        user_sign_in(users[i]);
    live_wait(count_online() == n_users || count_errors() > 0, 30);
    live_check(count_errors() == 0);
    live_check(count_online() == n_users);
    live_check(service_connections(svc, SERVICE_NOTIFICATION) == n_users);
    for (guint i = 0; i < n_users; i++) {
        PurpleConnection *gc = user_connection(users[i]);

        g_assert_cmpstr(purple_connection_get_display_name(gc), ==, addresses[i]);
        live_check(service_sessions(svc, addresses[i]) == 1);
    }

    for (guint i = 0; i < n_users; i++)
        user_set_status(users[i], i % 2 ? "busy" : "away");
    live_wait(count_state(svc, "BSY") == n_users / 2 && count_state(svc, "AWY") == n_users / 2, 10);

    for (guint i = 0; i < n_users; i++)
        user_sign_out(users[i]);
    live_wait(live_connections(svc) == 0, 10);
    live_check_count(svc, "NS >>> OUT", n_users);
    live_check(client_plugin_timers() == 0);
    live_check(client_plugin_watches() == 0);
    live_check(count_errors() == 0);
    /* They all wanted to know the same. */
    g_assert_cmpuint(dns_asked("localhost"), ==, 1);
    end_users(svc);
    dns_end();
}

/* Some of them sign out while the others sign in. */
static void test_coming_and_going(void)
{
    service *svc = live_service_with("latency=20", NULL);

    make_users(svc);
    for (guint i = 0; i < n_users; i += 2)
        user_sign_in(users[i]);
    client_idle(0.15);
    for (guint i = 0; i < n_users; i++)
        if (i % 2)
            user_sign_in(users[i]);
        else if (i % 4)
            user_sign_out(users[i]);
    live_wait(count_online() == n_users * 3 / 4 || count_errors() > 0, 30);
    live_check(count_errors() == 0);
    live_check(service_connections(svc, SERVICE_NOTIFICATION) == n_users * 3 / 4);
    end_users(svc);
}

/* The server goes down under all of them, and each is told once. */
static void test_all_thrown_out(void)
{
    service *svc = live_service();

    make_users(svc);
    for (guint i = 0; i < n_users; i++)
        user_sign_in(users[i]);
    live_wait(count_online() == n_users || count_errors() > 0, 30);
    live_check(count_errors() == 0);
    for (guint i = 0; i < n_users; i++)
        live_check(service_kick(svc, addresses[i]) == 1);
    live_wait(count_errors() == n_users && count_online() == 0, 10);
    client_idle(0.1);
    live_check(count_errors() == n_users);
    live_check(client_plugin_timers() == 0);
    end_users(svc);
}

static void add_tests(void)
{
    live_add("/many/online", test_many, TRUE);
    live_add("/many/coming-and-going", test_coming_and_going, FALSE);
    live_add("/many/thrown-out", test_all_thrown_out, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
