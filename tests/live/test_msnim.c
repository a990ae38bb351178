/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Links that somebody else has made: what each opens, and for which account. None sends anything.
 */
#include "conv_helpers.h"

/* What the client was last asked to open, as "ACCOUNT chat|add ADDRESS"; "" for nothing. */
static char opened[300];

static void note(PurpleAccount *account, const char *what, const char *who)
{
    g_assert_cmpstr(opened, ==, "");
    g_snprintf(opened, sizeof opened, "%s %s %s", purple_account_get_username(account), what, who);
}

static void present(PurpleConversation *conv)
{
    note(purple_conversation_get_account(conv), "chat", purple_conversation_get_name(conv));
}

static void request_add(PurpleAccount *account, const char *who, const char *group,
                        const char *alias)
{
    live_check(group == NULL && alias == NULL);
    note(account, "add", who);
}

static service *begin(void)
{
    static PurpleConversationUiOps ops = {.present = present};
    service *svc = conv_service("", NULL);

    purple_conversations_set_ui_ops(&ops);
    purple_blist_get_ui_ops()->request_add_buddy = request_add;
    return svc;
}

/* As it comes from the desktop. It opens this, and sends nothing. */
static void follow(service *svc, const char *link, const char *what)
{
    opened[0] = '\0';
    service_forget_transcript(svc);
    purple_got_protocol_handler_uri(link);
    live_quiet();
    if (!g_str_equal(opened, what))
        g_error("%s: \"%s\" and not \"%s\"", link, opened, what);
    live_check_count(svc, "* >>> *", 0);
}

static void test_links(void)
{
    static const struct {
        const char *link;
        const char *what; /* NULL: nothing */
    } rows[] = {
        {"msnim:chat?contact=bob@example.com", ALICE " chat " BOB},
        {"MSNIM:Chat?Contact=bob%40example%2Ecom&x", ALICE " chat " BOB},
        {"msnim://chat/?contact=%20bob@example.com%0A", ALICE " chat " BOB},
        {"msnim:voice?contact=bob@example.com", ALICE " chat " BOB},
        {"msnim:video?x=&contact=bob@example.com", ALICE " chat " BOB},
        {"msnim:add?contact=o'neill+%3Cb%3E@example.com", ALICE " add o'neill+<b>@example.com"},
        {"msnim:chat", NULL},
        {"msnim:chat?", NULL},
        {"msnim:add?contact", NULL},
        {"msnim:add?contact=", NULL},
        {"msnim:add?who=bob@example.com", NULL},
        {"msnim:chat?contact=bob", NULL},
        {"msnim:chat?contact=bob%2540example.com", NULL},
        {"msnim:chat?contact=bob@example.com%00", NULL},
        {"msnim:chat?contact=bob@example.com%0D%0AOUT", NULL},
        {"msnim:chat?contact=bob%20b@example.com", NULL},
        {"msnim:chat?contact=jos\xc3\xa9@example.com", NULL},
        {"msnim:chat?contact=b\xff%FFb@example.com", NULL},
        {"msnim:?contact=bob@example.com", NULL},
        {"msnim:cha?contact=bob@example.com", NULL},
        {"msnim:chats?contact=bob@example.com", NULL},
        {"msnim:chat/add?contact=bob@example.com", NULL},
        {"msnim:signout?contact=bob@example.com", NULL},
        {"aim:chat?contact=bob@example.com", NULL},
        {"msnimx:chat?contact=bob@example.com", NULL},
    };
    service *svc = begin();
    user *u = live_user(svc);
    g_autofree char *local = g_strnfill(200, 'b');
    g_autofree char *longest = g_strdup_printf("msnim:chat?contact=%s@example.com", local);

    live_settled(u);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        follow(svc, rows[i].link, rows[i].what ? rows[i].what : "");
        /* Until all of them are forgotten. */
        if (rows[i].what)
            client_idle(5);
    }
    follow(svc, longest, "");
    live_check(conv_n_windows(u) == 1);
    conv_end(svc, u);
}

static void test_many(void)
{
    service *svc = begin();
    user *u = live_user(svc);

    live_settled(u);
    for (guint i = 0; i < 7; i++)
        follow(svc, "msnim:add?contact=bob@example.com", i < 5 ? ALICE " add " BOB : "");
    live_check(client_debug_has("too many links"));
    client_idle(5);
    follow(svc, "msnim:add?contact=bob@example.com", ALICE " add " BOB);
    conv_end(svc, u);
}

/* Of two accounts: the one that is named, else the one that knows the person, else the first. */
static void test_accounts(void)
{
    service *svc = begin();
    user *users[2];

    live_register(svc, CAROL);
    service_put(svc, BOB, CAROL, SERVICE_FL | SERVICE_AL, "Carol", NULL);
    users[0] = live_user(svc);
    users[1] = live_user_named(svc, BOB);
    live_settled(users[0]);
    live_settled(users[1]);
    follow(svc, "msnim:add?contact=dave@example.com", ALICE " add " DAVE);
    follow(svc, "msnim:add?contact=carol@example.com", BOB " add " CAROL);
    follow(svc, "msnim:add?contact=dave@example.com&account=Bob%40example.com", BOB " add " DAVE);
    follow(svc, "msnim:add?contact=carol@example.com&account=alice@example.com",
           ALICE " add " CAROL);
    conv_end_all(svc, users, G_N_ELEMENTS(users));
}

/* Is it taken for ours? */
static gboolean is_taken(const char *protocol, const char *who)
{
    g_autoptr(GHashTable) parameters = g_hash_table_new(g_str_hash, g_str_equal);

    g_hash_table_insert(parameters, (gpointer) "contact", (gpointer)who);
    return GPOINTER_TO_INT(
        purple_signal_emit_return_1(purple_get_core(), "uri-handler", protocol, "add", parameters));
}

/* Other plugins are asked about links that are none of ours, and where we have no account. */
static void test_others(void)
{
    service *svc = begin();
    user *u = live_user(svc);

    purple_account_set_protocol_id(u->account, "prpl-other");
    live_check(!is_taken("msnim", BOB));
    purple_account_set_protocol_id(u->account, CLIENT_PROTOCOL);
    live_settled(u);
    opened[0] = '\0';
    live_check(!is_taken("aim", BOB) && !is_taken("msnim", "bob") && is_taken("msnim", BOB));
    conv_end(svc, u);
}

static void test_offline(void)
{
    service *svc = begin();
    user *u = live_user(svc);

    follow(svc, "msnim:chat?contact=bob@example.com", "");
    live_check(live_told(DIALOG_MESSAGE, "You are not signed in.", "link to " BOB, NULL));
    client_forget_dialogs();
    live_settled(u);
    follow(svc, "msnim:chat?contact=bob@example.com&account=carol@example.com", "");
    conv_end(svc, u);
}

static void add(void)
{
    live_add("/msnim/links", test_links, TRUE);
    live_add("/msnim/many", test_many, FALSE);
    live_add("/msnim/accounts", test_accounts, FALSE);
    live_add("/msnim/others", test_others, FALSE);
    live_add("/msnim/offline", test_offline, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add);
}
