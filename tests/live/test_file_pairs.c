/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two clients with the plugin that send files to each other, in all four roles and through the
 * service: what arrives is what was sent, under its name.
 */
#include "file_helpers.h"

#include <glib/gstdio.h>
#include <string.h>

#define BIG      (100 * 1024 * 1024)
#define TEXTS    8  /* that each of them says while files move */
#define MANY_MAX 16 /* files that go through the service between two people at a time */

static struct {
    service *svc;
    user *users[2]; /* Alice and Bob */
} pair;

/* `hidden`: nobody can connect to Alice, as the service sees her. */
static void begin_pair(gboolean hidden)
{
    pair.svc = conv_service("joins", NULL);
    live_contact(pair.svc, BOB, NULL);
    pair.users[0] = live_user(pair.svc);
    pair.users[1] = live_user_named(pair.svc, BOB);
    files_choose(pair.users[0], files_way_now());
    files_choose(pair.users[1], files_way_now());
    if (hidden)
        live_set(pair.svc, "client-ip=127.0.0.9");
    live_settled(pair.users[0]);
    service_unset(pair.svc, "client-ip");
    live_settled(pair.users[1]);
    conv_open(pair.users[0], BOB);
    conv_open(pair.users[1], ALICE);
    files_begin(TRUE, NULL);
}

static void end_pair(void)
{
    live_quiet();
    files_check_way(pair.svc);
    conv_forget(pair.users[0]);
    conv_forget(pair.users[1]);
    files_end();
    conv_end_all(pair.svc, pair.users, 2);
}

static user *partner_of(const user *u)
{
    return u == pair.users[0] ? pair.users[1] : pair.users[0];
}

static const char *address_of(const user *u)
{
    return purple_account_get_username(u->account);
}

static void send_to_partner(user *from, const char *name, gsize size)
{
    files_send(from, address_of(partner_of(from)), files_make(name, size));
}

/* `as`: the name of what was received. */
static void check_arrived(const char *name, const char *as)
{
    g_autofree char *path = g_build_filename(client_user_dir(), name, NULL);
    g_autofree char *sent = files_sum(path);
    guint n = 0;

    for (guint i = 0; i < files_all()->len; i++) {
        const transfer *t = g_ptr_array_index(files_all(), i);

        if (!t->sending && strcmp(purple_xfer_get_filename(t->xfer), as) == 0) {
            g_autofree char *received = files_sum(purple_xfer_get_local_filename(t->xfer));

            g_assert_cmpstr(received, ==, sent);
            n++;
        }
    }
    live_check(n > 0);
}

static void sends(user *from, const char *name, const char *as, gsize size)
{
    guint before = files_completed();

    send_to_partner(from, name, size);
    live_wait(files_completed() == before + 2 || files_cancelled() > 0, 60);
    live_check(files_cancelled() == 0);
    check_arrived(name, as ? as : name);
}

static const struct {
    const char *name;
    const char *as; /* NULL: the same */
    gsize size;
} some[] = {
    {"empty", NULL, 0},
    {"one byte.bin", NULL, 1},
    {"a piece.bin", NULL, 1202},
    {"more than a piece.bin", NULL, 1203},
    {"a block.bin", NULL, 2045},
    {"more than a block.bin", NULL, 2046},
    {"Gr\xc3\xbc\xc3\x9f"
     "e.txt",
     NULL, 10},
    {"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82.txt", NULL, 20},
    {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.txt", NULL, 30},
    {"\xd9\x85\xd9\x84\xd9\x81.txt", NULL, 40},
    {"\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\xa8\xe0\xa5\x8d\xe0\xa4\xa6\xe0\xa5\x80.txt", NULL, 50},
    {"100% of \"it\" & <b>.txt", "100% of _it_ & _b_.txt", 60},
    {"several pieces.bin", NULL, 300000},
};

static guint n_some(void)
{
    return conv_is_slow() ? 5 : G_N_ELEMENTS(some);
}

/* Which side listens is not the user's affair: the one that can. */
static void test_roles(gconstpointer hidden)
{
    guint n = n_some();

    begin_pair(hidden != NULL);
    for (guint i = 0; i < n; i++)
        sends(pair.users[0], some[i].name, some[i].as, some[i].size);
    live_check_count(pair.svc, "SB >>> | Connectivity: N", hidden ? n : 0);
    live_check_count(pair.svc, "SB >>> | Sender-Connect: TRUE", hidden ? n : 0);
    end_pair();
    begin_pair(hidden != NULL);
    for (guint i = 0; i < n; i++)
        sends(pair.users[1], some[i].name, some[i].as, some[i].size);
    live_check_count(pair.svc, "SB >>> | Sender-Connect: TRUE", 0);
    end_pair();
}

static void test_through_service(gconstpointer data G_GNUC_UNUSED)
{
    begin_pair(FALSE);
    for (guint i = 0; i < n_some(); i++)
        for (guint k = 0; k < 2; k++)
            sends(pair.users[k], some[i].name, some[i].as, some[i].size);
    live_check_count(pair.svc, "SB >>> | INVITE MSNMSGR:*", 2 * n_some());
    end_pair();
}

/* Many at once, both ways: files 0 to n - 1. */
static void send_many(guint n, gsize step)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("%u.bin", i);

        send_to_partner(pair.users[i % 2], name, i * step);
    }
}

static void check_many(guint n)
{
    live_wait(files_completed() == 2 * n || files_cancelled() > 0, 60);
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("%u.bin", i);

        check_arrived(name, name);
    }
}

static void test_many(gconstpointer data G_GNUC_UNUSED)
{
    guint n = files_way_now() == FILES_THROUGH_SERVICE ? MANY_MAX : 40;

    begin_pair(FALSE);
    send_many(n, 7777);
    check_many(n);
    end_pair();
}

static char *text_of(const user *from, guint n)
{
    return g_strdup_printf("%s: %u.", address_of(from), n);
}

/* Says something, and waits until the other one sees it; how long that took, in seconds. */
static double say(user *from, guint n)
{
    user *to = partner_of(from);
    g_autofree char *text = text_of(from, n);
    gint64 start = g_get_monotonic_time();

    conv_send(from, address_of(to), text);
    live_wait(strstr(conv_unread(to, address_of(from)), text), 20);
    return (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

/* All that the other one said, once and in order. */
static void check_texts(const user *to)
{
    const user *from = partner_of(to);
    const char *at = conv_unread(to, address_of(from));

    for (guint i = 0; i < TEXTS; i++) {
        g_autofree char *text = text_of(from, i);
        const char *found = strstr(at, text);

        live_check(found && !strstr(found + 1, text));
        at = found;
    }
}

/* What people write meanwhile arrives in order, and is never a second late. */
static void test_talking(gconstpointer data)
{
    double latest = 0;

    begin_pair(FALSE);
    live_set(pair.svc, data);
    say(pair.users[0], 0);
    send_many(6, 40000);
    for (guint i = 1; i < 2 * TEXTS; i++) {
        double took = say(pair.users[i % 2], i / 2);

        latest = MAX(latest, took);
    }
    g_test_message("the latest text needed %.0f ms, when %u files had arrived", latest * 1e3,
                   files_completed() / 2);
    live_check(files_completed() < 12);
    live_check(latest < 1 * client_scale());
    check_many(6);
    check_texts(pair.users[0]);
    check_texts(pair.users[1]);
    end_pair();
}

static void test_big(gconstpointer data G_GNUC_UNUSED)
{
    if (conv_is_slow()) {
        g_test_skip("takes too long here");
        return;
    }
    begin_pair(FALSE);
    service_keep_transcript(pair.svc, FALSE);
    client_forget_turns();
    sends(pair.users[0], "big.bin", NULL, BIG);
    g_test_message("longest turn %.1f ms", client_longest_turn() * 1e3);
    live_check(client_longest_turn() < 0.05 * client_scale());
    end_pair();
}

static void add_tests(void)
{
    live_add_data("/file-pairs/open", NULL, test_roles, TRUE);
    live_add_data("/file-pairs/hidden", "", test_roles, FALSE);
    files_add_through_service("/file-pairs/sizes-and-names", NULL, test_through_service, TRUE);
    files_add_through_service("/file-pairs/talking", "latency=10", test_talking, FALSE);
    files_add_through_service("/file-pairs/talking/far", "delay=100", test_talking, FALSE);
    files_add("/file-pairs/many", NULL, test_many, FALSE);
    files_add("/file-pairs/big", NULL, test_big, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
