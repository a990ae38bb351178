/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists and edits for which the service leaves a client waiting. All cases run at the same time,
 * each with a service and an account of its own, from the first test on.
 */
#include "blist_helpers.h"

#include <string.h>

#define PATIENCE 30.0 /* seconds that the plugin waits for an answer, or for a line of a list */
#define SLACK    3.0  /* so much later it may be noticed: its timers have whole seconds */

typedef struct {
    service *svc;
    user *u;
    char *address;
} stall;

static gboolean started;
static gint64 begun;
static stall half_moved; /* out of a group without a word */
static stall unrenamed;  /* a group, and what was to come after it */
static stall unlisted;   /* a list whose end never comes */

/* Somebody with two contacts in one of two groups. */
static void begin(stall *c, const char *name)
{
    user_config config;

    c->svc = live_service();
    c->address = g_strdup_printf("%s@example.com", name);
    live_register(c->svc, c->address);
    live_register(c->svc, BOB);
    live_register(c->svc, CAROL);
    live_register(c->svc, DAVE);
    service_add_group(c->svc, c->address, "Near");
    service_add_group(c->svc, c->address, "Far");
    service_put(c->svc, c->address, BOB, SERVICE_FL | SERVICE_AL, "Bob", "1");
    service_put(c->svc, c->address, CAROL, SERVICE_FL | SERVICE_AL, "Carol", "1");
    config = live_config(c->svc);
    config.address = c->address;
    c->u = user_new(&config);
    live_settled(c->u);
}

static void end(stall *c)
{
    live_end_list(c->svc, c->u);
    g_free(c->address);
}

static void start_half_moved(void)
{
    begin(&half_moved, "half-moved");
    live_set(half_moved.svc, "ns-rem.silent");
    user_move(half_moved.u, BOB, "Near", "Far");
    live_wait(service_count(half_moved.svc, "NS >>> REM *") == 1, 5);
    service_unset(half_moved.svc, "ns-rem.silent");
}

static void start_unrenamed(void)
{
    begin(&unrenamed, "unrenamed");
    live_set(unrenamed.svc, "ns-adg.silent");
    user_add(unrenamed.u, DAVE, NULL, "Nowhere");
    user_remove(unrenamed.u, CAROL, "Near");
    user_add(unrenamed.u, "nobody@example.com", NULL, "Far");
}

/* The second sign-in: others have changed something meanwhile, and so has the user. */
static void start_unlisted(void)
{
    begin(&unlisted, "unlisted");
    live_offline(unlisted.svc, unlisted.u);
    live_set(unlisted.svc, "syn-lst-more=1");
    service_put(unlisted.svc, unlisted.address, BOB, SERVICE_AL, NULL, NULL);
    service_put(unlisted.svc, unlisted.address, CAROL, SERVICE_FL | SERVICE_AL, NULL, "2");
    user_add(unlisted.u, DAVE, NULL, "Near");
    live_settled(unlisted.u);
    user_move(unlisted.u, CAROL, "Near", NULL);
}

static void start_all(void)
{
    if (started)
        return;
    started = TRUE;
    start_half_moved();
    start_unrenamed();
    start_unlisted();
    begun = g_get_monotonic_time();
}

static void wait_for_patience(void)
{
    start_all();
    live_wait((double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC > PATIENCE + SLACK, 60);
    live_quiet();
}

/* The message that names this, now or ever. */
static gboolean was_told(const char *word, const char *other)
{
    for (guint i = 0; i < client_dialogs()->len; i++) {
        const dialog *d = g_ptr_array_index(client_dialogs(), i);

        if (strstr(d->text, word) && strstr(d->text, other))
            return TRUE;
    }
    return FALSE;
}

/* Nobody knows whether it is out of its group: it is brought back. */
static void test_half_moved(void)
{
    wait_for_patience();
    live_check(half_moved.u->online);
    live_check(was_told(BOB, "did not respond"));
    live_check(user_has(half_moved.u, BOB, "Near"));
    live_check(service_has(half_moved.svc, half_moved.address, BOB, "Near"));
    /* Two users failed, and each was told once. */
    live_check(client_dialogs()->len == 2);
}

static void test_unrenamed(void)
{
    wait_for_patience();
    live_check(unrenamed.u->online);
    /* What failed with it is in the same message; what did not is done. */
    live_check(was_told(DAVE, "nobody@example.com"));
    /* Only the group was not made. */
    live_check(user_has(unrenamed.u, DAVE, NO_GROUP));
    live_check(service_lists(unrenamed.svc, unrenamed.address, DAVE) & SERVICE_FL);
    live_check(user_has(unrenamed.u, CAROL, ""));
    live_check(!(service_lists(unrenamed.svc, unrenamed.address, CAROL) & SERVICE_FL));
}

static void test_unlisted(void)
{
    wait_for_patience();
    live_check(unlisted.u->online);
    live_check(user_has(unlisted.u, BOB, "Near"));
    live_check(user_has(unlisted.u, DAVE, "Near"));
    live_check_count(unlisted.svc, "NS >>> ADD * DAVE *", 0);
    /* Moved by both: the service wins. */
    live_check(service_has(unlisted.svc, unlisted.address, CAROL, "Far"));
    live_check(user_has(unlisted.u, CAROL, "Far"));
}

static void test_after_it(void)
{
    wait_for_patience();
    client_forget_dialogs();
    service_unset(unrenamed.svc, "ns-adg.silent");
    service_unset(unlisted.svc, "syn-lst-more");
    live_offline(unlisted.svc, unlisted.u);
    live_settled(unlisted.u);
    live_check(user_has(unlisted.u, BOB, ""));
    live_check(user_has(unlisted.u, CAROL, "Far"));
    live_check(service_has(unlisted.svc, unlisted.address, DAVE, "Near"));
    /* All of them, before the groups go. */
    user_sign_out(unlisted.u);
    user_sign_out(unrenamed.u);
    user_sign_out(half_moved.u);
    end(&unlisted);
    end(&unrenamed);
    end(&half_moved);
}

static void add_tests(void)
{
    live_add("/stall/half-moved", test_half_moved, FALSE);
    live_add("/stall/unrenamed", test_unrenamed, FALSE);
    live_add("/stall/unlisted", test_unlisted, FALSE);
    live_add("/stall/after-it", test_after_it, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
