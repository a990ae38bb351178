/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Not a test: a client without a user interface that signs in, shows the contact list, talks to
 * somebody, changes its status and signs out, and says what it does. "make demo UI=headless" runs
 * it against the service on loopback.
 */
#include "harness.h"

#include <stdio.h>

static struct {
    char *server;
    int port;
    char *nexus_url;
    char *ca_dir;
    char *user_dir;
    char *plugin_dir;
    char *account;
    char *password;
    char *partner;
} options;

static const GOptionEntry entries[] = {
    {"server", 0, 0, G_OPTION_ARG_STRING, &options.server, "dispatch server", "HOST"},
    {"port", 0, 0, G_OPTION_ARG_INT, &options.port, "its port", "N"},
    {"nexus-url", 0, 0, G_OPTION_ARG_STRING, &options.nexus_url, "Passport nexus", "URL"},
    {"ca-dir", 0, 0, G_OPTION_ARG_FILENAME, &options.ca_dir, "certificates to trust", "DIR"},
    {"user-dir", 0, 0, G_OPTION_ARG_FILENAME, &options.user_dir,
     "libpurple's directory (a scratch one by default)", "DIR"},
    {"plugin-dir", 0, 0, G_OPTION_ARG_FILENAME, &options.plugin_dir, "where libmsnp8.so is", "DIR"},
    {"account", 0, 0, G_OPTION_ARG_STRING, &options.account, "address of the account", "A"},
    {"password", 0, 0, G_OPTION_ARG_STRING, &options.password, "its password", "P"},
    {"talk-to", 0, 0, G_OPTION_ARG_STRING, &options.partner, "somebody who will answer", "A"},
    {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
};

static guint printed;

static void print_progress(user *u)
{
    for (; printed < u->progress->len; printed++)
        puts(g_ptr_array_index(u->progress, printed));
    fflush(stdout);
}

/* Nobody is there to answer questions: what is asked is shown, and that is an error. */
static gboolean was_asked(void)
{
    const GPtrArray *dialogs = client_dialogs();

    if (dialogs->len == 0)
        return FALSE;
    fprintf(stderr, "%s\n", ((const dialog *)g_ptr_array_index(dialogs, 0))->text);
    return TRUE;
}

static gboolean sign_in(user *u)
{
    gint64 until = client_until(120);

    user_sign_in(u);
    while (!u->online && !u->error && !was_asked() && client_turn(until))
        print_progress(u);
    print_progress(u);
    if (u->online)
        printf("signed in as %s (%s)\n", purple_account_get_username(u->account),
               purple_connection_get_display_name(user_connection(u)));
    return u->online;
}

static void print_buddy(PurpleBuddy *buddy)
{
    PurplePresence *presence = purple_buddy_get_presence(buddy);
    const char *status = purple_status_get_name(purple_presence_get_active_status(presence));
    gboolean blocked =
        !purple_privacy_check(purple_buddy_get_account(buddy), purple_buddy_get_name(buddy));

    printf("    %s <%s>: %s%s\n", purple_buddy_get_alias(buddy), purple_buddy_get_name(buddy),
           purple_presence_is_idle(presence) ? "Idle" : status, blocked ? ", blocked" : "");
}

static void print_group(PurpleBlistNode *group)
{
    printf("%s\n", purple_group_get_name((PurpleGroup *)group));
    for (PurpleBlistNode *node = purple_blist_node_get_first_child(group);
         node && node != purple_blist_node_get_sibling_next(group);
         node = purple_blist_node_next(node, TRUE))
        if (PURPLE_BLIST_NODE_IS_BUDDY(node))
            print_buddy((PurpleBuddy *)node);
}

/* Who has added the account, and waits for an answer: nobody is there to give one. */
static void print_questions(void)
{
    const GPtrArray *dialogs = client_dialogs();

    for (guint i = 0; i < dialogs->len; i++) {
        const dialog *d = g_ptr_array_index(dialogs, i);

        if (d->kind == DIALOG_AUTHORIZE && d->open)
            printf("%s has added this account and waits for an answer\n", d->who);
    }
}

/* Waits until the buddy list is in step with the server's, and prints it. */
static gboolean show_contacts(user *u)
{
    gint64 until = client_until(10);
    gboolean settled = FALSE;

    while (!settled && u->online && client_turn(until))
        settled = client_debug_has("the buddy list is in step");
    puts("the contact list:");
    for (PurpleBlistNode *group = purple_blist_get_root(); group;
         group = purple_blist_node_get_sibling_next(group))
        print_group(group);
    print_questions();
    fflush(stdout);
    return settled;
}

static guint answers;

static void print_line(PurpleAccount *account, const char *who, const char *html)
{
    PurpleBuddy *buddy = purple_find_buddy(account, who);
    g_autofree char *text = purple_markup_strip_html(html);

    printf("    %s: %s\n", buddy ? purple_buddy_get_alias(buddy) : who, text);
    fflush(stdout);
}

static void was_told(PurpleAccount *account, const char *who, const char *html,
                     PurpleConversation *conv, PurpleMessageFlags flags, gpointer data)
{
    (void)conv;
    (void)flags;
    (void)data;
    print_line(account, who, html);
    answers++;
}

/* Says something and waits for the answer; FALSE if there is none. */
static gboolean say(user *u, const char *html)
{
    gint64 until = client_until(10);
    guint before = answers;
    PurpleConversation *conv =
        purple_conversation_new(PURPLE_CONV_TYPE_IM, u->account, options.partner);

    print_line(u->account, purple_account_get_username(u->account), html);
    purple_conv_im_send(PURPLE_CONV_IM(conv), html);
    while (answers == before && u->online && client_turn(until))
        ;
    return answers > before;
}

static gboolean talk(user *u)
{
    static int handle;
    gboolean answered;

    if (!options.partner)
        return TRUE;
    purple_signal_connect(purple_conversations_get_handle(), "received-im-msg", &handle,
                          PURPLE_CALLBACK(was_told), NULL);
    puts("a conversation:");
    answered = say(u, "Hello, is anybody there?") &&
               say(u, "<b>Good.</b> Then I say &lt;b&gt;good bye&lt;/b&gt; &amp; go.");
    purple_signals_disconnect_by_handle(&handle);
    return answered;
}

/* Gives the server a moment to confirm it; FALSE if the session ended. */
static gboolean change_status(user *u, const char *id)
{
    printf("changing the status to %s\n", id);
    fflush(stdout);
    user_set_status(u, id);
    client_idle(0.5);
    return u->online && !u->error;
}

static gboolean sign_out(user *u)
{
    gint64 until = client_until(10);

    user_sign_out(u);
    while (!user_is_offline(u) && client_turn(until))
        ;
    /* What was written last goes out. */
    client_idle(0.2);
    puts("signed out");
    return user_is_offline(u);
}

static gboolean run(void)
{
    const user_config config = {
        .address = options.account,
        .password = options.password,
        .server = options.server,
        .port = options.port,
        .nexus_url = options.nexus_url,
    };
    user *u = user_new(&config);
    gboolean done = sign_in(u) && show_contacts(u) && talk(u) && change_status(u, "busy") &&
                    change_status(u, "available") && sign_out(u);

    if (u->error)
        fprintf(stderr, "error: %s\n", u->error);
    else if (!done)
        fputs("error: no answer\n", stderr);
    user_free(u);
    return done;
}

int main(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    client_options client = {0};
    gboolean done;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 2;
    }
    if (!options.account || !options.password) {
        fputs("--account and --password are needed\n", stderr);
        return 2;
    }
    client.plugin_dir = options.plugin_dir ? options.plugin_dir : TEST_BUILD_DIR;
    client.user_dir = options.user_dir;
    client.ca_dir = options.ca_dir;
    if (!client_start(&client, &text)) {
        fprintf(stderr, "error: %s\n", text);
        return 1;
    }
    done = run();
    client_stop();
    return done ? 0 : 1;
}
