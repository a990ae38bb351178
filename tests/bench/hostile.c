/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A service that means harm: how long it keeps the main loop busy, and what else it costs. */
#include "arrivals.h"
#include "bench.h"
#include "people.h"
#include "profile.h"

#include <stdio.h>
#include <string.h>

#define LINES  4000
#define GROUPS 30
#define QUIET  0.3 /* what is done after the last line counts as well (seconds) */

/* The text of the lines; %u is their number. */
static const struct {
    const char *name;
    const char *lines[2]; /* in turns */
} floods[] = {
    {"prompt", {"GTC N\r\n", "GTC A\r\n"}},
    {"mode", {"BLP BL\r\n", "BLP AL\r\n"}},
    {"presence", {"NLN BSY bob%u@example.com Bob\r\n", "NLN AWY " PEOPLE_FIRST " Robot%20%u\r\n"}},
    {"contacts", {"LST p%u@example.com P 3\r\n", "LST p%u@example.com P 5\r\n"}},
    {"adding", {"ADD 0 RL %u z@example.com Z\r\n", "REM 0 RL %u z@example.com\r\n"}},
    {"strangers", {"ADD 0 RL %u p%u@example.com P\r\n", "ADD 0 RL %u q%u@example.com Q\r\n"}},
    {"allowed", {"ADD 0 RL %u p%u@example.com P\r\n", "GTC N\r\n"}},
    {"rings",
     {"RNG %u 127.0.0.1:9 CKI 9.9 p%u@example.com P\r\n",
      "RNG %u 127.0.0.1:9 CKI 9.9 " PEOPLE_FIRST " P\r\n"}},
};

static void add_line(GString *text, const char *format, guint number)
{
    g_auto(GStrv) parts = g_strsplit(format, "%u", -1);
    g_autofree char *word = g_strdup_printf("%u", number);
    g_autofree char *line = g_strjoinv(word, parts);

    g_string_append(text, line);
}

/* All lines of a flood, and one that shows that they have been read. */
static GString *make_flood(guint kind)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < LINES; i++)
        add_line(text, floods[kind].lines[i % 2], i);
    return g_string_append(text, "NLN LUN " PEOPLE_FIRST " Robot\r\n");
}

static gboolean is_over(const user *u)
{
    const PurpleBuddy *first = purple_find_buddy(u->account, PEOPLE_FIRST);
    PurpleStatus *status =
        first ? purple_presence_get_active_status(purple_buddy_get_presence(first)) : NULL;

    return status && strcmp(purple_status_get_id(status), "lunch") == 0;
}

/* Returns how long it took, in milliseconds; -1 if the session ended. */
static double wait_until_over(const user *u, gint64 until)
{
    gint64 started = g_get_monotonic_time();
    double ms;

    while (!is_over(u) && u->online && client_turn(until))
        ;
    ms = (double)(g_get_monotonic_time() - started) / 1e3;
    client_idle(QUIET);
    return is_over(u) ? ms : -1;
}

static guint find_flood(const char *name)
{
    guint kind = 0;

    while (kind < G_N_ELEMENTS(floods) && strcmp(floods[kind].name, name) != 0)
        kind++;
    return kind;
}

static void print_shares(void)
{
    guint counts[MODULE_N];

    profile_count(counts);
    printf(" plugin_share=%u purple_share=%u other_share=%u", counts[MODULE_PLUGIN],
           counts[MODULE_PURPLE], counts[MODULE_GLIB] + counts[MODULE_LIBC] + counts[MODULE_REST]);
}

int bench_hostile(char **words)
{
    guint kind = find_flood(words[0]);
    guint contacts = number_of(words[1]);
    const people_plan plan = {.knobs = people_knobs("one", 0),
                              .accounts = 1,
                              .contacts = contacts,
                              .groups = MIN(contacts, GROUPS),
                              .robots = 1};
    gint64 until = client_until(PATIENCE);
    gboolean watched = strcmp(words[2], "watched") == 0 && profile_prepare();

    if (kind == G_N_ELEMENTS(floods))
        return skip("there is no such flood");
    people *others = people_start(words[3], &plan);
    start_client(words[3]);
    const user_config config = people_config(others, 0);
    user *u = user_new(&config);
    arrivals_expect(1, contacts + plan.robots, people_online(contacts));
    user_sign_in(u);
    gboolean done = arrivals_wait(&u);
    client_idle(QUIET);
    client_forget_turns();
    long memory = memory_kib("VmRSS:");
    guint dialogs = client_dialogs()->len;
    g_autoptr(GString) text = make_flood(kind);
    double ms = -1;
    if (watched)
        profile_go_on();
    people_send(others, text->str);
    if (done)
        ms = wait_until_over(u, until);
    done = ms >= 0;
    if (watched)
        profile_pause();
    if (done && watched)
        printf("hostile flood=%s contacts=%u", words[0], contacts);
    else if (done)
        printf("hostile flood=%s contacts=%u ms=%.1f longest=%.1f memory=%ld dialogs=%u", words[0],
               contacts, ms, client_longest_turn() * 1e3, memory_kib("VmRSS:") - memory,
               client_dialogs()->len - dialogs);
    if (done && watched)
        print_shares();
    putchar('\n');
    user_free(u);
    client_stop();
    people_end(others);
    return done ? 0 : 1;
}

/* It is sent to another server each time it has signed in: how often does it give its password? */
int bench_moves(char **words)
{
    const people_plan plan = {.knobs = people_knobs("one", 0), .accounts = 1};
    people *others = people_start(words[1], &plan);

    start_client(words[1]);
    const user_config config = people_config(others, 0);
    user *u = user_new(&config);
    people_move(others);
    user_sign_in(u);
    client_idle(number_of(words[0]));
    printf("moves seconds=%s sign_ins=%u\n", words[0], people_moved(others));
    user_free(u);
    client_stop();
    people_end(others);
    return 0;
}
