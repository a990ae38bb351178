/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mail.h"

#include "dialogs.h"
#include "edits.h"
#include "log.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define PAGE_TIME 60 /* seconds that a browser has for reading the page */

struct prpl_mail {
    char *page;  /* the file of a page that is being opened; NULL: there is none */
    guint timer; /* which removes it */
};

void prpl_mail_open(prpl_account *self)
{
    self->mail = g_new0(struct prpl_mail, 1);
}

void prpl_mail_close(prpl_account *self)
{
    struct prpl_mail *mail = self->mail;

    if (mail->timer != 0)
        purple_timeout_remove(mail->timer);
    mail->timer = 0;
    if (mail->page != NULL)
        (void)g_unlink(mail->page);
    g_clear_pointer(&mail->page, g_free);
}

void prpl_mail_free(prpl_account *self)
{
    g_clear_pointer(&self->mail, g_free);
}

/* --- telling the user ------------------------------------------------------------------------- */

/* The client's own setting "New mail notifications"; libpurple does not look at it. */
static bool is_wanted(const prpl_account *self)
{
    return purple_account_get_check_mail(self->account);
}

/* For clients that can be told only of single mails. */
static void say_count(prpl_account *self, unsigned unread)
{
    char *text = g_strdup_printf(g_dngettext(GETTEXT_PACKAGE, "You have %u unread e-mail.",
                                             "You have %u unread e-mails.", unread),
                                 unread);

    prpl_dialogs_tell(self, self->gc, PURPLE_NOTIFY_MSG_INFO, text, NULL);
    g_free(text);
}

void prpl_mail_count(prpl_account *self, unsigned unread, bool risen)
{
    const PurpleNotifyUiOps *ops = purple_notify_get_ui_ops();
    char *account = g_strdup(purple_account_get_username(self->account));
    const char *to = account;
    bool counts = ops != NULL && ops->notify_emails != NULL;
    /* Who has closed the notice knows. Finch would open a window each time that mail is read. */
    bool fallen = counts && prpl_dialogs_has(self, PRPL_DIALOG_MAIL) && !prpl_process_is_finch();

    if (is_wanted(self) && risen && !counts) {
        say_count(self, unread);
    } else if (is_wanted(self) && (risen || fallen)) {
        /* Pidgin adds what it is told: 0 takes away what it shows of this account. */
        purple_notify_emails(self->gc, 0, FALSE, NULL, NULL, NULL, NULL, NULL, NULL);
        if (!prpl_account_is_over(self) && unread > 0) {
            gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_MAIL, self, NULL);
            prpl_dialogs_opened(dialog,
                                purple_notify_emails(self->gc, unread, FALSE, NULL, NULL, &to, NULL,
                                                     prpl_dialogs_dismissed, dialog));
        }
    }
    g_free(account);
}

/* BitlBee takes what it is told of a mail for HTML; others do not. The caller frees it. */
static char *show(const char *text)
{
    return prpl_process_is_bitlbee() ? g_markup_escape_text(text, -1) : g_strdup(text);
}

/* The sender as name and address, of which either may be missing. The caller frees it. */
static char *describe_sender(const char *name, const char *address)
{
    if (*name == '\0' || g_ascii_strcasecmp(name, address) == 0)
        return g_strdup(address);
    return *address != '\0' ? g_strdup_printf("%s (%s)", name, address) : g_strdup(name);
}

void prpl_mail_new(prpl_account *self, const msnp_event *event)
{
    if (!is_wanted(self))
        return;
    char *account = g_strdup(purple_account_get_username(self->account));
    char *sender = describe_sender(event->mail.from, event->mail.address);
    char *from = show(sender);
    char *subject = show(event->mail.subject);
    /* BitlBee would write "(null)" for what is missing. */
    const char *url = event->mail.url == NULL && prpl_process_is_bitlbee() ? "" : event->mail.url;

    gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_MAIL, self, NULL);
    prpl_dialogs_opened(dialog, purple_notify_email(self->gc, subject, from, account, url,
                                                    prpl_dialogs_dismissed, dialog));
    g_free(subject);
    g_free(from);
    g_free(sender);
    g_free(account);
}

/* --- the inbox in a browser ------------------------------------------------------------------- */

bool prpl_mail_has_inbox(const prpl_account *self)
{
    return msnp_session_has_inbox(self->session);
}

void prpl_mail_open_inbox(PurplePluginAction *action)
{
    prpl_account *self = prpl_account_of(action->context);

    if (self == NULL || prpl_account_is_over(self))
        return;
    msnp_session_ask_inbox(self->session, prpl_account_now());
    prpl_account_pump(self);
}

static void report(prpl_account *self, const char *reason)
{
    prpl_dialogs_tell(self, self->gc, PURPLE_NOTIFY_MSG_ERROR,
                      _("Your Hotmail inbox could not be opened."), reason);
}

static gboolean page_expired(gpointer data)
{
    prpl_account *self = data;

    self->mail->timer = 0;
    prpl_mail_close(self);
    return G_SOURCE_REMOVE;
}

static bool write_all(int fd, msnp_str bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            bytes = (msnp_str){bytes.ptr + n, bytes.len - (size_t)n};
    }
    return true;
}

/* Saves the page for a short time, where only the user can read it; false, with errno, if not. */
static bool save_page(prpl_account *self, msnp_str page)
{
    struct prpl_mail *mail = self->mail;
    char *path = g_build_filename(g_get_user_runtime_dir(), "msnp8-XXXXXX.html", NULL);
    int fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0) {
        g_free(path);
        return false;
    }
    prpl_mail_close(self); /* the one before */
    mail->page = path;
    mail->timer = purple_timeout_add_seconds(PAGE_TIME, page_expired, self);
    bool written = write_all(fd, page);
    int error = errno;
    if (close(fd) != 0 && written) {
        error = errno;
        written = false;
    }
    if (!written)
        prpl_mail_close(self);
    errno = error;
    return written;
}

static void open_page(prpl_account *self, const char *password)
{
    msnp_buf page;
    msnp_err err = msnp_session_inbox_page(self->session, password, &page, prpl_account_now());
    bool saved = err == MSNP_OK && save_page(self, msnp_buf_view(&page));
    char *why = g_strdup(g_strerror(errno));

    msnp_buf_clear(&page);
    if (saved) {
        char *uri = g_filename_to_uri(self->mail->page, NULL, NULL);
        purple_notify_uri(self->gc, uri);
        g_free(uri);
    } else if (err == MSNP_OK) {
        report(self, why);
    } else {
        prpl_mail_inbox(self, (msnp_cause){err, 0});
    }
    g_free(why);
}

void prpl_mail_inbox(prpl_account *self, msnp_cause cause)
{
    const char *password = purple_connection_get_password(self->gc);
    char *reason = NULL;

    prpl_log(self->account, "the page with the inbox: %s", msnp_err_name(cause.err));
    if (cause.err == MSNP_ERR_URL)
        report(self, _("The service does not offer access to an inbox."));
    else if (cause.err == MSNP_ERR_INSECURE)
        report(
            self,
            _("The service named an unencrypted address, where your password would not be safe."));
    else if (cause.err != MSNP_OK)
        report(self, reason = prpl_edits_reason(cause));
    else if (password == NULL || *password == '\0')
        report(self, _("The account has no saved password, which is needed to sign in there."));
    else
        open_page(self, password);
    g_free(reason);
}
