/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two clients with the plugin that send files to each other, in all four roles: what arrives is
 * what was sent, under its name.
 */
#include "file_helpers.h"

#include <glib/gstdio.h>
#include <string.h>

#define BIG (100 * 1024 * 1024)

static struct {
    service *svc;
    user *users[2]; /* Alice and Bob */
} pair;

/* `hidden`: nobody can connect to Alice, as the service sees her. */
static void begin_pair(gboolean hidden)
{
    pair.svc = conv_service("joins", NULL);
    pair.users[0] = live_user(pair.svc);
    pair.users[1] = live_user_named(pair.svc, BOB);
    files_choose(pair.users[0], FILES_DIRECTLY);
    files_choose(pair.users[1], FILES_DIRECTLY);
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
    conv_forget(pair.users[0]);
    conv_forget(pair.users[1]);
    files_end();
    conv_end_all(pair.svc, pair.users, 2);
}

static user *partner_of(const user *u)
{
    return u == pair.users[0] ? pair.users[1] : pair.users[0];
}

static void send_to_partner(user *from, const char *name, gsize size)
{
    files_send(from, purple_account_get_username(partner_of(from)->account),
               files_make(name, size));
}

/* `as`: the name of what was received. */
static void check_arrived(const char *name, const char *as)
{
    g_autofree char *path = g_build_filename(client_user_dir(), name, NULL);
    g_autofree char *sent = files_sum(path);
    g_autofree char *received = NULL;

    for (guint i = 0; i < files_all()->len; i++) {
        const transfer *t = g_ptr_array_index(files_all(), i);

        if (!t->sending && strcmp(purple_xfer_get_filename(t->xfer), as) == 0)
            received = files_sum(purple_xfer_get_local_filename(t->xfer));
    }
    g_assert_cmpstr(received, ==, sent);
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

/* Which side listens is not the user's affair: the one that can. */
static void test_roles(gconstpointer hidden)
{
    guint n = conv_is_slow() ? 5 : G_N_ELEMENTS(some);

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

/* Many at once, both ways. */
static void test_many(void)
{
    begin_pair(FALSE);
    for (guint i = 0; i < 40; i++) {
        g_autofree char *name = g_strdup_printf("%u.bin", i);

        send_to_partner(pair.users[i % 2], name, i * 7777);
    }
    live_wait(files_completed() == 80 || files_cancelled() > 0, 60);
    for (guint i = 0; i < 40; i++) {
        g_autofree char *name = g_strdup_printf("%u.bin", i);

        check_arrived(name, name);
    }
    end_pair();
}

static void test_big(void)
{
    if (conv_is_slow()) {
        g_test_skip("takes too long here");
        return;
    }
    begin_pair(FALSE);
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
    live_add("/file-pairs/many", test_many, FALSE);
    live_add("/file-pairs/big", test_big, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
