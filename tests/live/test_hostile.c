/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Peers that mean harm, and users who act in the worst moment.
 */
#include "dns_helpers.h"
#include "fast_clock.h"
#include "service_helpers.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- a server that talks without an end ---------------------------------------------------------
 */

#define FLOOD_LOG ((gsize)100 * 1000) /* bytes of the log that it fills for a start */

static int flood_gave_up; /* atomic: nobody stopped it in time */

static gpointer flood(gpointer data)
{
    int listener = GPOINTER_TO_INT(data);
    int fd = accept(listener, NULL, NULL);
    gint64 until = client_until(20);
    GString *noise = g_string_new(NULL);
    gboolean heard = fd >= 0;

    while (noise->len < 65536)
        g_string_append(noise, "AAA\n");
    while (heard && g_get_monotonic_time() < until)
        heard = send(fd, noise->str, noise->len, MSG_NOSIGNAL) > 0;
    if (heard)
        g_atomic_int_set(&flood_gave_up, 1);
    if (fd >= 0)
        close(fd);
    g_string_free(noise, TRUE);
    return NULL;
}

static gboolean count_turn(gpointer data)
{
    ++*(guint *)data;
    return G_SOURCE_CONTINUE;
}

/*
 * However fast it is: the client's other business has its turn, and the user can sign out. Without
 * a child that looks up a name: it would hold the connection open after us.
 */
static void test_flood(void)
{
    fast_clock_set(FALSE);
    dns_begin();
    service *svc = live_service();
    user_config config = live_config(svc);
    int listener = live_mute_listener(&config.port);
    GThread *thread = g_thread_new("flood", flood, GINT_TO_POINTER(listener));
    user *u = user_new(&config);
    guint turns = 0;
    guint timer = g_timeout_add(1, count_turn, &turns);

    user_sign_in(u);
    /* Each of its commands is a line there: to look for one again and again would take too long. */
    live_wait(client_debug_length() > FLOOD_LOG || g_atomic_int_get(&flood_gave_up), 40);
    live_check(client_debug_has("AAA"));
    turns = 0;
    live_wait(turns >= 10 || g_atomic_int_get(&flood_gave_up), 40);
    live_check(!g_atomic_int_get(&flood_gave_up));
    /* Where others have the processor, the sign-in's own deadline may have come first. */
    live_check(!u->online);
    live_check(!u->error || g_get_monotonic_time() - u->started > 25 * G_USEC_PER_SEC);
    user_sign_out(u);
    live_wait(user_is_offline(u), 5);
    client_forget_debug_log(); /* a line for each of very many commands */
    g_source_remove(timer);
    g_thread_join(thread);
    close(listener);
    live_end(svc, u);
    dns_end();
    fast_clock_set(TRUE);
}

/* --- words that must not do harm where libpurple keeps them -------------------------------------
 */

/* U+FFFF is valid in UTF-8 but not in XML: the accounts of all protocols would be lost. */
static void test_accounts_file(void)
{
    service *svc = live_service_with("cbtxt=before%EF%BF%BFafter%EF%BF%BE%01.", NULL);
    user_config config = live_config(svc);
    config.password = LIVE_WRONG;
    user *u = user_new(&config);

    live_refused(u, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED, "before", "after", NULL);
    live_check(!strstr(u->error, "\xef\xbf\xbf") && !strstr(u->error, "\xef\xbf\xbe"));
    /* As libpurple writes it. */
    char *xml = g_markup_escape_text(u->error, -1);
    char *document = g_strdup_printf("<account><text>%s</text></account>", xml);
    xmlnode *node = xmlnode_from_str(document, -1);
    live_check(node);
    xmlnode_free(node);
    g_free(document);
    g_free(xml);
    live_end(svc, u);
}

/* The debug log and the error show no password, whatever a server repeats: live_end() looks. */
static void test_secrets_repeated(void)
{
    service *svc = live_service_with("cbtxt=not%20" LIVE_WRONG, NULL);
    user_config config = live_config(svc);
    user *u = live_user(svc);
    g_autofree char *coded = g_uri_escape_string(LIVE_PASSWORD, NULL, FALSE);
    g_autofree char *lines = g_strdup_printf(
        "CHG 99 %s\r\nUSR 4 %s\r\nLSG %s\r\n911 %s\r\nZZZ 1\r\n", coded, coded, coded, coded);

    live_online(u);
    live_check(live_say(svc, SERVICE_NOTIFICATION, lines) == 1);
    live_wait(client_debug_has("ZZZ (unknown"), 5);
    live_check(client_debug_has("CHG 99 ***"));
    live_offline(svc, u);
    user_free(u);
    config.password = LIVE_WRONG;
    u = user_new(&config);
    live_refused(u, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED, "password is wrong", NULL);
    live_end(svc, u);
}

/* --- users who act while the sign-in goes on
 * ------------------------------------------------------ */

static const char *moment; /* the progress text at which the hook acts */

static void become_invisible(user *u)
{
    const char *text = u->progress->len > 0 ? u->progress->pdata[u->progress->len - 1] : "";

    if (moment && strstr(text, moment)) {
        moment = NULL;
        user_set_status(u, "invisible");
    }
}

/* Who wants to be invisible must not be seen for a moment. */
static void test_invisible_meanwhile(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    moment = "Checking the password";
    u->hook = become_invisible;
    live_online(u);
    live_check(!moment);
    live_check_count(svc, "NS >>> CHG * HDN *", 1);
    live_check_count(svc, "NS >>> CHG *", 1);
    live_end(svc, u);
}

static void leave(user *u)
{
    const char *text = u->progress->len > 0 ? u->progress->pdata[u->progress->len - 1] : "";

    if (moment && strstr(text, moment)) {
        moment = NULL;
        user_sign_out(u);
    }
}

typedef struct {
    const char *text;  /* of the progress at which the user leaves */
    const char *never; /* what must not be sent any more, */
    const char *early; /* and what not where it was sent before its turn; NULL: no matter */
} leaving;

static const leaving moments[] = {
    {"Connecting to the server", "* >>> VER *", "* >>> VER *"},
    {"Waiting for Passport", "NS >>> USR * TWN S *", "NS >>> USR * TWN S *"},
    {"Checking the password", "NS >>> USR * TWN S *", "NS >>> USR * TWN S *"},
    {"Fetching the contact list", "NS >>> SYN *", NULL},
};

static void leave_in_progress(service *svc, user *u, const char *text, const char *never)
{
    moment = text;
    u->hook = leave;
    user_sign_in(u);
    live_wait(!moment && user_is_offline(u), 10);
    client_idle(0.2);
    if (never)
        live_check_count(svc, never, 0);
    /* All the answers may have come at once: then there is a session to leave. */
    live_check(service_count(svc, "* >>> OUT") <= (never ? 0 : 1));
    live_end(svc, u);
}

/* A client that disconnects in the middle of being told the progress: nothing follows. */
static void test_leave_in_progress(gconstpointer data)
{
    const leaving *l = data;
    service *svc = live_service();

    leave_in_progress(svc, live_user(svc), l->text, l->early);
}

/* The same where each command waits for the answer to the one before. */
static void test_leave_stepwise(gconstpointer data)
{
    const leaving *l = data;
    service *svc = live_service_with("no-pipelining=close", NULL);
    user *u = live_user(svc);

    live_online(u); /* now that is known */
    live_offline(svc, u);
    service_forget_transcript(svc);
    leave_in_progress(svc, u, l->text, l->never);
}

/* --- a server that changes its mind
 * --------------------------------------------------------------- */

/* A transfer while a person is asked about Passport's certificate: the question is void. */
static void test_transfer_while_asking(void)
{
    service *svc = live_service_with("nexus-cert=self-signed", NULL);
    user *u = live_user(svc);

    client_set_manners(CLIENT_ASKS);
    user_sign_in(u);
    live_wait(client_open_dialog(DIALOG_QUESTION), 10);
    /* Then the server speaks, although nobody asked it. */
    live_set(svc, "nexus-cert=good");
    client_forget_certificates();
    g_assert_cmpuint(live_say(svc, SERVICE_NOTIFICATION, "XFR 0 NS 127.0.0.1:1\r\n"), ==, 1);
    live_failed(u, 10, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "127.0.0.1", "refused", NULL);
    live_check(!client_open_dialog(DIALOG_QUESTION));
    live_check_count(svc, "LOGIN *", 0);
    client_forget_dialogs();
    live_end(svc, u);
}

/* A good login server sends us on to one that cannot prove who it is: that one hears nothing. */
static void test_redirect_to_stranger(void)
{
    service *good = live_service();
    service *stranger = live_service_with("login-cert=expired", NULL);
    user *u = live_user(good);

    g_assert_true(service_set(good, "login-redirect-to", service_login_url(stranger)));
    client_set_manners(CLIENT_CANNOT_ASK);
    live_refused(u, PURPLE_CONNECTION_ERROR_CERT_EXPIRED, "localhost",
                 "password was not sent to this server", NULL);
    live_check_count(good, "LOGIN >>> Authorization:*", 1);
    live_check_count(stranger, "LOGIN >>> *", 0);
    live_end(good, u);
    live_end(stranger, NULL);
}

/* A setting that is there but has no text. */
static void test_null_settings(void)
{
    service *svc = live_service();
    user *u = live_user(svc);

    purple_account_set_string(u->account, "login_url", NULL);
    live_online(u);
    live_end(svc, u);
}

static void add_tests(void)
{
    live_add("/hostile/flood", test_flood, FALSE);
    live_add("/hostile/accounts-file", test_accounts_file, TRUE);
    live_add("/hostile/secrets-repeated", test_secrets_repeated, TRUE);
    live_add("/hostile/invisible-meanwhile", test_invisible_meanwhile, TRUE);
    for (guint i = 0; i < G_N_ELEMENTS(moments); i++) {
        g_autofree char *early = g_strdup_printf("/hostile/leave/%u", i);
        g_autofree char *stepwise = g_strdup_printf("/hostile/leave-stepwise/%u", i);

        live_add_data(early, &moments[i], test_leave_in_progress, TRUE);
        live_add_data(stepwise, &moments[i], test_leave_stepwise, FALSE);
    }
    live_add("/hostile/transfer-while-asking", test_transfer_while_asking, TRUE);
    live_add("/hostile/redirect-to-stranger", test_redirect_to_stranger, TRUE);
    live_add("/hostile/null-settings", test_null_settings, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
