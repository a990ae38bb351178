/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said about a buddy: tooltip, second line, emblem and "Get Info".
 */
#include "blist_helpers.h"

#include <string.h>

#define FORWARD  (SERVICE_FL | SERVICE_AL | SERVICE_RL)
#define BLOCKED  "blocked@example.com"
#define WITHOUT  "without@example.com"
#define KEPT     "kept@example.com"
#define REFUSED  "refused@example.com"
#define STRANGER "stranger@example.com"

typedef struct {
    service *svc;
    user *u;
} scene;

/* Somebody of each sort; Bob has all there is to be told. */
static scene begin(void)
{
    scene s = {.svc = live_service()};

    live_set(s.svc, "any-account");
    service_add_group(s.svc, ALICE, "Friends & <Co>");
    service_add_group(s.svc, ALICE, "Work");
    live_contact(s.svc, BOB, "1,2");
    live_contact(s.svc, KEPT, "2");
    service_put(s.svc, ALICE, BLOCKED, SERVICE_FL | SERVICE_BL | SERVICE_RL, "Blocked", NULL);
    service_put(s.svc, ALICE, WITHOUT, SERVICE_FL | SERVICE_AL, "Without", "2");
    service_put(s.svc, ALICE, STRANGER, SERVICE_AL, "Stranger", NULL);
    service_say_name(s.svc, BOB, "Bob <b>&</b> Co");
    service_set_phone(s.svc, BOB, "PHH", "1 & 2");
    service_set_phone(s.svc, BOB, "PHW", "3 < 4");
    service_set_phone(s.svc, BOB, "PHM", "+5");
    service_appear(s.svc, BOB, "PHN");
    s.u = live_user(s.svc);
    live_settled(s.u);
    user_alias(s.u, KEPT, "Keeper");
    live_offline(s.svc, s.u);
    service_put(s.svc, ALICE, KEPT, 0, NULL, NULL);
    service_unset(s.svc, "any-account");
    user_add(s.u, REFUSED, NULL, "Work");
    live_settled(s.u);
    live_check(live_told(DIALOG_MESSAGE, REFUSED, NULL));
    client_forget_dialogs();
    return s;
}

static void end(scene *s)
{
    live_end_list(s->svc, s->u);
}

/* In this text these words are (up to NULL), and after that those are not. */
static void check_words(const char *text, const char *const *words, const char *const *others)
{
    for (; *words; words++)
        if (!strstr(text, *words))
            g_error("no \"%s\" in: %s", *words, text);
    for (; others && *others; others++)
        if (strstr(text, *others))
            g_error("\"%s\" in: %s", *others, text);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void check_tooltip(const scene *s, const char *who, gboolean full, const char *const *words,
                          const char *const *others)
{
    g_autofree char *text = user_tooltip(s->u, who, full);

    check_words(text, words, others);
}

static void check_info(const scene *s, const char *who, const char *const *words,
                       const char *const *others)
{
    serv_get_info(user_connection(s->u), who);
    live_check(live_told(DIALOG_NOTICE, who, NULL));
    check_words(client_open_dialog(DIALOG_NOTICE)->text, words, others);
    client_forget_dialogs();
}

static void check_row(const scene *s, const char *who, const char *emblem, const char *status)
{
    g_autofree char *text = user_status_text(s->u, who);

    g_assert_cmpstr(user_emblem(s->u, who), ==, emblem);
    if (status)
        live_check(text && strstr(text, status));
    else
        live_check(!text);
}

static void test_tooltips(void)
{
    scene s = begin();
    g_autofree char *text = NULL;

    check_tooltip(&s, BOB, TRUE,
                  WORDS("On the Phone", "Friends &amp; &lt;Co&gt;", "Work", "1 &amp; 2", "3 &lt; 4",
                        "+5", "Has you on their list</b>: Yes", "Blocked</b>: No"),
                  WORDS("Note"));
    check_tooltip(&s, BOB, FALSE, WORDS("On the Phone"), WORDS("Work", "+5", "Blocked"));
    /* That somebody is offline clients say themselves. */
    check_tooltip(&s, BLOCKED, TRUE, WORDS("Blocked</b>: Yes", "Groups</b>: None"),
                  WORDS("phone", "Status"));
    check_tooltip(&s, WITHOUT, TRUE, WORDS("Has you on their list</b>: No", "Work"), NULL);
    check_tooltip(&s, KEPT, TRUE, WORDS("no longer on the service"), WORDS("Groups", "Blocked"));
    check_tooltip(&s, REFUSED, FALSE, WORDS("Not on the service", "no account"),
                  WORDS("Status", "Blocked"));
    live_offline(s.svc, s.u);
    check_tooltip(&s, KEPT, TRUE, WORDS("no longer on the service"), WORDS("Groups"));
    text = user_tooltip(s.u, BOB, TRUE);
    g_assert_cmpstr(text, ==, "");
    end(&s);
}

static void test_rows(void)
{
    scene s = begin();

    check_row(&s, BOB, NULL, "On the Phone");
    service_appear(s.svc, BOB, "NLN");
    live_quiet();
    check_row(&s, BOB, NULL, NULL);
    service_appear(s.svc, BOB, NULL);
    live_quiet();
    check_row(&s, BOB, NULL, NULL);
    check_row(&s, BLOCKED, NULL, NULL);
    check_row(&s, WITHOUT, "not-authorized", NULL);
    check_row(&s, KEPT, "unavailable", "Not on the service");
    check_row(&s, REFUSED, "unavailable", "Not on the service");
    live_offline(s.svc, s.u);
    check_row(&s, BOB, NULL, NULL);
    check_row(&s, WITHOUT, NULL, NULL);
    check_row(&s, REFUSED, "unavailable", "Not on the service");
    end(&s);
}

static void test_info(void)
{
    scene s = begin();

    check_info(&s, BOB,
               WORDS("Bob &lt;b&gt;&amp;&lt;/b&gt; Co", BOB, "On the Phone", "1 &amp; 2",
                     "3 &lt; 4", "+5", "Friends &amp; &lt;Co&gt;",
                     "Has you on their list</b>: Yes"),
               WORDS("not on your lists"));
    check_info(&s, BLOCKED, WORDS(BLOCKED, "Blocked</b>: Yes"), NULL);
    check_info(&s, WITHOUT, WORDS("Has you on their list</b>: No"), NULL);
    /* On some list, though no contact: what is known of the presence is nothing. */
    check_info(&s, STRANGER, WORDS("Stranger", "Blocked</b>: No"), WORDS("Status", "Groups"));
    check_info(&s, "nobody@example.com", WORDS("nobody@example.com", "not on your lists"),
               WORDS("Blocked"));
    check_info(&s, KEPT, WORDS(KEPT), WORDS("Status"));
    check_info(&s, REFUSED, WORDS(REFUSED), WORDS("Status"));
    check_info(&s, "<b>not</b> an address & such", WORDS("&lt;b&gt;not", "not on your lists"),
               NULL);
    end(&s);
}

/* As in Finch: what is told of somebody has one window, which closes all that libpurple knows of it
 * when it is closed. */
static gboolean window_open;

static void *one_window(PurpleConnection *gc G_GNUC_UNUSED, const char *who G_GNUC_UNUSED,
                        PurpleNotifyUserInfo *info G_GNUC_UNUSED)
{
    window_open = TRUE;
    return &window_open;
}

static void close_window(PurpleNotifyType type, void *handle)
{
    gboolean was_open = window_open;

    window_open = FALSE;
    if (was_open)
        purple_notify_close(type, handle);
}

static void test_info_left_open(void)
{
    scene s = begin();
    PurpleNotifyUiOps *before = purple_notify_get_ui_ops();
    PurpleNotifyUiOps ops = *before;
    PurpleNotifyUserInfo *info = purple_notify_user_info_new();

    ops.notify_userinfo = one_window;
    ops.close_notify = close_window;
    purple_notify_set_ui_ops(&ops);
    purple_notify_userinfo(user_connection(s.u), BOB, info, NULL, NULL);
    purple_notify_user_info_destroy(info);
    serv_get_info(user_connection(s.u), BOB);
    end(&s);
    live_check(!window_open);
    purple_notify_set_ui_ops(before);
}

/* What changes is drawn anew. */
static void test_redrawn(void)
{
    scene s = begin();
    guint updates = client_blist_updates();

    service_set_phone(s.svc, BOB, "PHM", "+6");
    service_send(s.svc, ALICE, "BPR 99 bob@example.com PHM %2B6\r\n", -1);
    live_quiet();
    live_check(client_blist_updates() > updates);
    check_tooltip(&s, BOB, TRUE, WORDS("+6"), WORDS("+5"));
    updates = client_blist_updates();
    service_act_remove(s.svc, BOB, ALICE);
    live_quiet();
    live_check(client_blist_updates() > updates);
    g_assert_cmpstr(user_emblem(s.u, BOB), ==, "not-authorized");
    updates = client_blist_updates();
    service_act_add(s.svc, BOB, ALICE);
    live_quiet();
    live_check(client_blist_updates() > updates);
    live_check(!user_emblem(s.u, BOB));
    updates = client_blist_updates();
    user_toggle_block(s.u, BOB);
    live_quiet();
    live_check(client_blist_updates() > updates);
    check_tooltip(&s, BOB, TRUE, WORDS("Blocked</b>: Yes"), NULL);
    end(&s);
}

static void add_tests(void)
{
    live_add("/details/tooltips", test_tooltips, FALSE);
    live_add("/details/rows", test_rows, TRUE);
    live_add("/details/info", test_info, FALSE);
    live_add("/details/info-left-open", test_info_left_open, FALSE);
    live_add("/details/redrawn", test_redrawn, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
