/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the service itself says: mail, the page with the inbox, and that it shuts down.
 */
#include "conv_helpers.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define SENDER "bob@example.com"

static service *mail_service(void)
{
    service *svc = live_service_with("mailbox", NULL);

    service_say_name(svc, SENDER, "Bob & <b>Co</b>");
    return svc;
}

/* Notices that were read, and are still open. */
static guint n_read;

/* Is this what the others say, each in one line? */
static gboolean told(const char *expected)
{
    GString *text = g_string_new(NULL);
    const GPtrArray *dialogs = client_dialogs();
    gboolean same;

    for (guint i = n_read; i < dialogs->len; i++) {
        g_autofree char *line = g_strdup(((dialog *)dialogs->pdata[i])->text);
        g_string_append_printf(text, "%s;", g_strstrip(g_strdelimit(line, "\n", ' ')));
    }
    same = strcmp(text->str, expected) == 0;
    g_string_free(text, TRUE);
    return same;
}

#define TOLD(expected)                            \
    G_STMT_START                                  \
    {                                             \
        live_wait(told(expected), CONV_PATIENCE); \
        n_read = client_dialogs()->len;           \
    }                                             \
    G_STMT_END

static void close_notices(void)
{
    client_forget_dialogs();
    n_read = 0;
}

static void test_told(void)
{
    service *svc = mail_service();
    user *u = live_user(svc);

    service_mail(svc, LIVE_ADDRESS, SENDER, "Early");
    service_mail(svc, LIVE_ADDRESS, SENDER, "Early too");
    purple_account_set_check_mail(u->account, TRUE);
    live_online(u);
    TOLD("mails 0;mails 2;");
    service_mail(svc, LIVE_ADDRESS, SENDER,
                 "Gr\xc3\xbc\xc3\x9f"
                 "e <i>from</i> Bob");
    TOLD("mail Gr\xc3\xbc\xc3\x9f"
         "e <i>from</i> Bob Bob & <b>Co</b> (" SENDER ");");
    live_check(service_read_mail(svc, LIVE_ADDRESS, 1));
    TOLD("mails 0;mails 2;");
    live_check(service_move_mail(svc, LIVE_ADDRESS, 2, "trAsH"));
    TOLD("mails 0;mail;");
    live_check(service_move_mail(svc, LIVE_ADDRESS, 3, "trAsH"));
    TOLD("mails 0;");

    /* Who has closed the notice is not told that there is less. */
    service_mail(svc, LIVE_ADDRESS, SENDER, "Closed");
    client_idle(60);
    close_notices();
    live_check(service_move_mail(svc, LIVE_ADDRESS, 4, "trAsH"));
    live_heard(svc, "NS <<< MSG*");
    live_quiet();

    /* The setting counts at once. Mail that comes too fast would only be counted. */
    purple_account_set_check_mail(u->account, FALSE);
    service_mail(svc, LIVE_ADDRESS, SENDER, "Unwanted");
    live_heard(svc, "NS <<< MSG*");
    live_quiet();
    purple_account_set_check_mail(u->account, TRUE);
    service_mail(svc, LIVE_ADDRESS, SENDER, "Wanted");
    TOLD("mail Wanted Bob & <b>Co</b> (" SENDER ");");
    close_notices();
    live_end(svc, u);
}

/* --- the inbox --- */

/* The file of the page that was opened last; the caller frees it. */
static char *opened_page(void)
{
    const dialog *d;
    char *path;

    live_wait((d = client_open_dialog(DIALOG_NOTICE)) && g_str_has_prefix(d->text, "uri\n"),
              CONV_PATIENCE);
    g_autofree char *uri = g_strstrip(g_strdup(d->text + strlen("uri\n")));
    path = g_filename_from_uri(uri, NULL, NULL);
    live_check(path);
    client_forget_dialogs();
    return path;
}

/* Only the user can read it, and it has in it what the login page asks for. */
static void check_page(service *svc, const char *path)
{
    g_autofree char *text = NULL;
    g_autofree char *seconds = NULL;
    g_autofree char *digest = NULL;
    g_autofree char *creds = NULL;
    g_autofree char *secret = NULL;
    GStatBuf info;
    const char *sl;

    live_check(g_stat(path, &info) == 0 && (info.st_mode & 0777) == 0600);
    live_check(g_file_get_contents(path, &text, NULL, NULL));
    live_check(strstr(text, "action=\"https://localhost/ppsecure/md5auth.srf?lc=1033\""));
    sl = strstr(text, "name=\"sl\" value=\"");
    live_check(sl);
    sl += strlen("name=\"sl\" value=\"");
    seconds = g_strndup(sl, strcspn(sl, "\""));
    secret = g_strconcat(service_web_auth(svc, LIVE_ADDRESS), seconds, LIVE_PASSWORD, NULL);
    digest = g_compute_checksum_for_string(G_CHECKSUM_MD5, secret, -1);
    creds = g_strdup_printf("name=\"creds\" value=\"%s\"", digest);
    live_check(strstr(text, creds));
    live_check(!strstr(text, LIVE_SECRET));
}

static void test_inbox(void)
{
    service *svc = mail_service();
    user *u = live_user(svc);

    live_online(u);
    live_check(user_action(u, "Inbox"));
    g_autofree char *first = opened_page();
    check_page(svc, first);
    /* Another one takes its place. */
    live_check(user_action(u, "Inbox"));
    g_autofree char *second = opened_page();
    live_check(!g_file_test(first, G_FILE_TEST_EXISTS));
    check_page(svc, second);
    /* It stays only until a browser can have read it, */
    live_wait(!g_file_test(second, G_FILE_TEST_EXISTS), 70);
    /* and not beyond the end of the session. */
    live_check(user_action(u, "Inbox"));
    g_autofree char *third = opened_page();
    check_page(svc, third);
    user_sign_out(u);
    live_check(!g_file_test(third, G_FILE_TEST_EXISTS));
    live_check(!client_debug_has(service_web_auth(svc, LIVE_ADDRESS) ?: "MSPAuth: "));
    live_end(svc, u);
}

static const struct {
    const char *knob;
    const char *reason;
} refusals[] = {
    {"ns-url.silent", "did not respond"},
    {"ns-url.reply=URL {trid} /unused1 /unused2 1\\r\\n", "does not offer"},
    {"ns-url.reply=URL {trid} / http://login.example/ 2\\r\\n", "unencrypted address"},
    {"ns-url.reply=URL {trid} / https://login.example/ 2\\r\\n", "does not offer access"},
    {"ns-url.reply=999 {trid}\\r\\n", "999"}};

static void test_refused(void)
{
    service *svc = mail_service();
    user *u = live_user(svc);

    live_online(u);
    for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
        dialog *d;

        live_set(svc, refusals[i].knob);
        live_check(user_action(u, "Inbox"));
        live_wait((d = client_open_dialog(DIALOG_MESSAGE)), 40);
        live_check(strstr(d->text, "could not be opened") && strstr(d->text, refusals[i].reason));
        client_forget_dialogs();
        service_unset(svc, "ns-url.reply");
        service_unset(svc, "ns-url.silent");
    }
    live_end(svc, u);
}

/* Where there is no mail, nothing of it is in the menu. */
static void test_none(void)
{
    service *svc = live_service_with("escargot", NULL);
    user *u = live_user(svc);

    live_online(u);
    live_check(!user_action(u, "Inbox"));
    live_end(svc, u);
}

/* --- shutting down --- */

#define SOON "The service will shut down for maintenance in 2 minutes."

static void test_shutdown(void)
{
    service *svc = conv_service("joins", BOB, NULL);
    user *u = live_user(svc);
    dialog *d;

    live_settled(u);
    service_announce_shutdown(svc, 120);
    live_wait((d = client_open_dialog(DIALOG_MESSAGE)), CONV_PATIENCE);
    live_check(strstr(d->text, SOON));
    client_forget_dialogs();
    live_failed(u, 130, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "maintenance", NULL);
    live_check(!u->fatal);

    /* Those who sign in later hear of it, in the windows that they have. */
    service_announce_shutdown(svc, 120);
    user_sign_in(u);
    live_wait(u->online, CONV_PATIENCE);
    live_wait(client_open_dialog(DIALOG_MESSAGE), CONV_PATIENCE);
    client_forget_dialogs();
    conv_open(u, BOB);
    service_announce_shutdown(svc, 300);
    conv_saw(u, BOB, "* The service will shut down for maintenance in 5 minutes.");
    service_announce_shutdown(svc, 290);
    live_quiet();
    live_failed(u, 310, PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "maintenance", NULL);
    conv_end(svc, u);
}

static void add(void)
{
    live_add("/mail/told", test_told, TRUE);
    live_add("/mail/inbox", test_inbox, TRUE);
    live_add("/mail/refused", test_refused, FALSE);
    live_add("/mail/none", test_none, FALSE);
    live_add("/mail/shutdown", test_shutdown, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add);
}
