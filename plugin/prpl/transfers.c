/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transfers.h"

#include "buddies.h"
#include "dialogs.h"
#include "finch.h"
#include "log.h"
#include "process.h"
#include "shown.h"
#include "undelivered.h"
#include "windows.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define PROGRESS_EVERY 100 /* milliseconds */

/* Else fstat() fails with files of more than 2 GB, and with inode numbers that are as large. */
G_STATIC_ASSERT(sizeof(off_t) == sizeof(guint64));

/* Messages about offers that ended before the user answered: others decide how many there are. */
static const msnp_pace_limit unanswered_limit = {4, 60000};

/*
 * One transfer of a file. It exists until the session has reported its end; the client can be done
 * with it before. Its xfer stays valid as long, since calls into libpurple may be running.
 */
typedef struct {
    prpl_account *account;
    unsigned number;  /* the session's; 0: the user is still choosing the file */
    PurpleXfer *xfer; /* its `data` points back here until `gone` */
    bool sending;
    bool accepted;         /* receiving: by the user */
    bool replaces;         /* receiving: the user was asked about a file that is there */
    bool taken;            /* receiving: another file has got the name since then */
    bool started;          /* libpurple has opened the file */
    bool gone;             /* libpurple's transfer is over */
    bool ending;           /* we end it, not the user */
    bool said;             /* the user need not be told why it ended */
    msnp_file_end failure; /* what it is if libpurple cancels it now: CANCELLED is the user's */
    char *hidden;          /* xfer->who while that is hidden, see hide() */
    char *name;            /* of the file, to show */
    guint64 size;          /* bytes */
    guint64 moved;         /* bytes that were read or saved */
    int64_t shown;         /* when the progress was last shown; 0: never */
} transfer;

struct prpl_transfers {
    GHashTable *numbered; /* number -> transfer * */
    GQueue choosing;      /* transfer *: they have no number yet */
    GQueue over;          /* transfer *: they ended while they were on the stack */
    msnp_pace unanswered; /* dialogs about them that were shown */
};

static transfer *find(const prpl_account *self, unsigned number)
{
    return g_hash_table_lookup(self->transfers->numbered, GUINT_TO_POINTER(number));
}

/* One that libpurple has not finished; NULL if there is none. */
static transfer *find_running(const prpl_account *self, const msnp_event *event)
{
    transfer *t = find(self, event->file.number);

    return t != NULL && !t->gone ? t : NULL;
}

/*
 * When libpurple cancels a transfer that is not the peer's fault, it writes into the window that
 * the user did. It finds no window while nobody is at the other end.
 */
static void hide(transfer *t)
{
    if (t->hidden == NULL) {
        t->hidden = t->xfer->who;
        t->xfer->who = g_strdup("");
    }
}

static void unhide(transfer *t)
{
    if (t->hidden != NULL) {
        g_free(t->xfer->who);
        t->xfer->who = g_steal_pointer(&t->hidden);
    }
}

/* The client is done with it. */
static void detach(transfer *t)
{
    t->gone = true;
    t->xfer->data = NULL;
}

static void transfer_free(gpointer data)
{
    transfer *t = data;

    unhide(t);
    if (!t->gone)
        detach(t);
    purple_xfer_unref(t->xfer);
    g_free(t->name);
    g_free(t);
}

/* --- texts ---------------------------------------------------------------------------------- */

static char *reason_of_address(const prpl_account *self, msnp_file_end end)
{
    if (self->proxy != NULL && end == MSNP_FILE_NO_CONNECTION)
        return g_strdup_printf(_("Could not connect to the other computer through the proxy %s. "
                                 "The proxy may not allow this connection."),
                               self->proxy);
    if (end == MSNP_FILE_NO_CONNECTION)
        return g_strdup(_("Could not connect to the other computer. A firewall or router may be "
                          "blocking the connection."));
    if (end == MSNP_FILE_NOBODY_CAME)
        return g_strdup(_("The other computer could not connect to this one. If there is a "
                          "firewall or router, allow and forward the ports 6891 to 6900, or those "
                          "that are set in your client."));
    if (self->proxy != NULL)
        return g_strdup_printf(_("Neither computer can be reached by the other: this one uses the "
                                 "proxy %s. One of you has to allow connections from outside."),
                               self->proxy);
    return g_strdup(_("Neither computer can be reached by the other. One of you has to allow "
                      "connections from outside: forward the ports 6891 to 6900, or those that are "
                      "set in your client, in the firewall or router."));
}

/* Why it ended: translated sentences, which the caller frees. */
static char *reason_of(const prpl_account *self, const transfer *t, const char *person,
                       msnp_file_end end, msnp_cause cause)
{
    switch (end) {
    case MSNP_FILE_DECLINED_THERE:
        return g_strdup_printf(_("%s declined the file."), person);
    case MSNP_FILE_CANCELLED_THERE:
        return g_strdup_printf(_("%s cancelled the transfer."), person);
    case MSNP_FILE_EXPIRED:
        return t->sending ? g_strdup_printf(_("%s did not answer in time."), person)
                          : g_strdup(_("You did not answer in time."));
    case MSNP_FILE_UNSUPPORTED:
        return g_strdup_printf(_("The program that %s uses cannot receive files."), person);
    case MSNP_FILE_UNSENT:
        return prpl_undelivered_reason(self, purple_xfer_get_remote_user(t->xfer), person, cause);
    case MSNP_FILE_NO_ADDRESS:
        return g_strdup(_("The other program did not say where it can be reached."));
    case MSNP_FILE_NO_CONNECTION:
    case MSNP_FILE_NOBODY_CAME:
    case MSNP_FILE_BOTH_CLOSED:
        return reason_of_address(self, end);
    case MSNP_FILE_NO_P2P:
        return g_strdup_printf(_("The program that %s uses did not respond. It may not be able to "
                                 "receive files through the service."),
                               person);
    case MSNP_FILE_SILENT:
        return g_strdup(_("Nothing was transferred for one minute."));
    case MSNP_FILE_BROKEN:
        return g_strdup(_("The connection was lost."));
    case MSNP_FILE_UNCONFIRMED:
        return g_strdup(_("The other program did not confirm that it received the whole file."));
    case MSNP_FILE_CONFUSED:
        return g_strdup(_("The other program sent something unexpected."));
    case MSNP_FILE_WRONG_SIZE:
        return g_strdup(_("The file does not have the size that was announced."));
    case MSNP_FILE_CHANGED:
        return g_strdup(_("The file was changed or removed during the transfer."));
    case MSNP_FILE_UNREADABLE:
        return g_strdup(_("The file could not be read."));
    case MSNP_FILE_UNWRITABLE:
        return t->taken ? g_strdup(_("There is another file with this name now."))
                        : g_strdup(_("The file could not be saved. The disk may be full."));
    case MSNP_FILE_UNWRITABLE_THERE:
        return g_strdup(_("The other computer could not save the file. Its disk may be full."));
    case MSNP_FILE_OVER:
        return g_strdup(_("The connection to the service has ended."));
    default:
        return g_strdup(_("The other program reported an error."));
    }
}

static char *not_sent(const char *name, const char *person)
{
    /* Translators: the name of a file, and a person */
    return g_strdup_printf(_("The file \"%s\" was not sent to %s."), name, person);
}

/* What follows from it. The caller frees it. */
static char *consequence(const transfer *t, const char *person, msnp_file_end end)
{
    if (!t->sending)
        /* Translators: the name of a file, and a person */
        return g_strdup_printf(_("The file \"%s\" from %s was not received."), t->name, person);
    if (end == MSNP_FILE_UNCONFIRMED)
        /* Translators: the name of a file, and a person */
        return g_strdup_printf(_("The file \"%s\" may not have reached %s."), t->name, person);
    return not_sent(t->name, person);
}

/* It is offered again, which the other person may notice. The caller frees it. */
static char *other_way(const char *name, bool through_service)
{
    if (through_service)
        /* Translators: the name of a file */
        return g_strdup_printf(_("The file \"%s\" could not be sent directly. It is now offered "
                                 "again, through the service."),
                               name);
    /* Translators: the name of a file */
    return g_strdup_printf(_("The file \"%s\" could not be sent through the service. It is now "
                             "offered again, over a direct connection."),
                           name);
}

/* Where lines about this person are written; NULL if there is no such window. */
static PurpleConversation *find_window(const prpl_account *self, const char *who)
{
    return prpl_windows_find(self, (msnp_conversation_id){.who = who});
}

/* In the window of the conversation, or in a dialog if there is none. */
static void show(prpl_account *self, const char *who, const char *primary, const char *secondary)
{
    PurpleConversation *conv = find_window(self, who);
    bool over = self->ending || prpl_account_is_over(self) || msnp_session_is_over(self->session);

    if (conv != NULL) {
        char *line = g_strdup_printf("%s %s", primary, secondary);

        prpl_windows_write(conv, PURPLE_MESSAGE_ERROR, line);
        g_free(line);
    } else {
        /* With the handle of a closing connection, the message would be closed with it. */
        prpl_dialogs_tell(self, over ? NULL : self->gc, PURPLE_NOTIFY_MSG_ERROR, primary,
                          secondary);
    }
}

/* Both are translated, and taken over. */
static void complain(prpl_account *self, const char *who, char *primary, char *why)
{
    show(self, who, primary, why);
    g_free(primary);
    g_free(why);
}

/* `why` is translated, and taken over. */
static void say_not_sent(prpl_account *self, const char *who, const char *name, char *why)
{
    char *person = prpl_windows_person(self, who, NULL);

    complain(self, who, not_sent(name, person), why);
    g_free(person);
}

static void say_why(prpl_account *self, const transfer *t, msnp_file_end end, msnp_cause cause)
{
    const char *who = purple_xfer_get_remote_user(t->xfer);
    char *person = prpl_windows_person(self, who, NULL);

    complain(self, who, consequence(t, person, end), reason_of(self, t, person, end, cause));
    g_free(person);
}

/* --- ending --------------------------------------------------------------------------------- */

/* Is the file at this path still the one that libpurple has opened? */
static bool is_same_file(FILE *file, const char *path)
{
    struct stat opened, there;

    return file != NULL && fstat(fileno(file), &opened) == 0 && stat(path, &there) == 0 &&
           opened.st_dev == there.st_dev && opened.st_ino == there.st_ino &&
           S_ISREG(opened.st_mode);
}

/* No part of a file may be taken for the whole. */
static void remove_part(const transfer *t)
{
    const char *path = purple_xfer_get_local_filename(t->xfer);

    if (!t->sending && t->started && path != NULL && is_same_file(t->xfer->dest_fp, path))
        (void)g_unlink(path);
}

/* Is the user to be told? A question that is gone may not leave a message each time. */
static bool is_worth_telling(prpl_account *self, const transfer *t, msnp_file_end end)
{
    const char *who = purple_xfer_get_remote_user(t->xfer);

    if (end == MSNP_FILE_DONE || t->said || self->closed)
        return false;
    return t->sending || t->accepted || find_window(self, who) != NULL ||
           msnp_pace_take(&self->transfers->unanswered, &unanswered_limit, prpl_account_now());
}

/* Reports what the user, or libpurple, did. */
static void report_end(const transfer *t)
{
    prpl_account *self = t->account;

    if (t->number == 0)
        return;
    if (!t->sending && !t->accepted)
        msnp_session_file_decline(self->session, t->number, prpl_account_now());
    else
        msnp_session_file_cancel(self->session, t->number, t->failure, prpl_account_now());
    prpl_account_pump_soon(self);
}

/* It was not the user who cancelled it: clients distinguish that. */
static void blame_others(PurpleXfer *xfer)
{
    const PurpleXferUiOps *ui = purple_xfer_get_ui_ops(xfer);

    if (xfer->status == PURPLE_XFER_STATUS_CANCEL_REMOTE)
        return;
    xfer->status = PURPLE_XFER_STATUS_CANCEL_REMOTE;
    /* BitlBee expects that only its user cancels one here. */
    if (ui != NULL && ui->cancel_local == NULL && ui->cancel_remote != NULL)
        ui->cancel_remote(xfer);
}

/* xfer: it is cancelled, or the user declines it. The file is still open. */
static void xfer_cancelled(PurpleXfer *xfer)
{
    transfer *t = xfer->data;

    if (t == NULL)
        return;
    unhide(t);
    remove_part(t);
    detach(t);
    if (t->ending || t->failure != MSNP_FILE_CANCELLED)
        blame_others(xfer);
    else
        t->said = true;
    if (!t->ending)
        report_end(t);
}

static void xfer_ended(PurpleXfer *xfer)
{
    transfer *t = xfer->data;

    if (t != NULL)
        detach(t);
}

/* Ends libpurple's transfer. */
static void end_xfer(transfer *t, msnp_file_end end)
{
    t->ending = true;
    if (t->gone)
        return;
    /* Finch takes this for an answer. */
    purple_request_close_with_handle(t->xfer);
    if (t->gone)
        return;
    if (end != MSNP_FILE_DONE) {
        /* purple_xfer_cancel_remote() would say, whatever happened, that the peer cancelled it. */
        hide(t);
        purple_xfer_cancel_local(t->xfer);
    } else {
        purple_xfer_set_bytes_sent(t->xfer, (size_t)t->size);
        purple_xfer_set_completed(t->xfer, TRUE);
        if (!t->gone)
            purple_xfer_end(t->xfer);
    }
}

/* A line says it where the user may be looking; nothing is lost. */
void prpl_transfers_other_way(prpl_account *self, const msnp_event *event)
{
    bool through_service = event->file.through_service;
    const transfer *t = find_running(self, event);

    prpl_log(self->account, "file %u: %s %s; now %s", event->file.number,
             through_service ? "directly" : "through the service",
             msnp_file_end_name(event->file.end),
             through_service ? "through the service" : "directly");
    PurpleConversation *conv =
        t != NULL && t->sending ? find_window(self, purple_xfer_get_remote_user(t->xfer)) : NULL;
    if (conv == NULL)
        return;
    char *line = other_way(t->name, through_service);
    prpl_windows_write(conv, PURPLE_MESSAGE_SYSTEM, line);
    g_free(line);
}

void prpl_transfers_ended(prpl_account *self, const msnp_event *event)
{
    gpointer number = GUINT_TO_POINTER(event->file.number);
    msnp_file_end end = event->file.end;
    msnp_cause cause = event->file.cause;
    transfer *t = find(self, event->file.number);

    prpl_log(self->account, "file %u: %s", event->file.number, msnp_file_end_name(end));
    if (t == NULL)
        return;
    (void)g_hash_table_steal(self->transfers->numbered, number);
    end_xfer(t, end);
    if (is_worth_telling(self, t, end))
        say_why(self, t, end, cause);
    /* When the user signs out inside a handler, that goes on with it. */
    if (self->busy > 1)
        g_queue_push_tail(&self->transfers->over, t);
    else
        transfer_free(t);
}

/* --- files ---------------------------------------------------------------------------------- */

/* Why this file cannot be sent, translated, or NULL. The caller frees it. */
static char *flaw_of(const char *path, guint64 *size)
{
    struct stat file;

    *size = 0;
    /* Opening anything else may wait for ever. */
    if (path == NULL || stat(path, &file) != 0 ||
        (S_ISREG(file.st_mode) && access(path, R_OK) != 0))
        /* Translators: "it" is a file, here and below; what is wrong with it */
        return g_strdup_printf(_("It could not be read: %s."), g_strerror(errno));
    if (S_ISDIR(file.st_mode))
        return g_strdup(
            _("It is a folder. Put its contents into an archive and send that instead."));
    if (!S_ISREG(file.st_mode))
        return g_strdup(_("It is not a regular file."));
    if ((guint64)file.st_size > MSNP_FILE_SIZE_MAX)
        return g_strdup(_("It is too large: MSN Messenger can send at most 4 GB."));
    *size = (guint64)file.st_size;
    return NULL;
}

/* Is the file that is being sent as it was? BitlBee removes it as soon as libpurple has opened it.
 */
static bool is_unchanged(const transfer *t)
{
    struct stat file;

    /* The client reads it. */
    if (t->xfer->dest_fp == NULL)
        return true;
    return fstat(fileno(t->xfer->dest_fp), &file) == 0 && (guint64)file.st_size == t->size &&
           (file.st_nlink > 0 || prpl_process_is_bitlbee());
}

/* Can a file be saved there? Opening anything but a regular file may wait for ever. */
static bool is_writable(const char *path)
{
    struct stat file;

    if (path == NULL)
        return false;
    if (stat(path, &file) == 0)
        return S_ISREG(file.st_mode) && access(path, W_OK) == 0;
    char *directory = g_path_get_dirname(path);
    bool writable = access(directory, W_OK) == 0;
    g_free(directory);
    return writable;
}

static void fail(const transfer *t, msnp_file_end why)
{
    msnp_session_file_cancel(t->account->session, t->number, why, prpl_account_now());
}

/* The client itself reads and writes the file. */
static bool is_clients(const transfer *t)
{
    const PurpleXferUiOps *ui = purple_xfer_get_ui_ops(t->xfer);

    return ui != NULL && (ui->ui_read != NULL || ui->ui_write != NULL);
}

/* Is there anything at this path? */
static bool is_there(const char *path)
{
    GStatBuf file;

    return path != NULL && g_lstat(path, &file) == 0;
}

/* What is wrong with the file, before libpurple opens it; MSNP_FILE_DONE for nothing. */
static msnp_file_end check_file(transfer *t)
{
    const char *path = purple_xfer_get_local_filename(t->xfer);
    guint64 size;

    if (is_clients(t))
        return MSNP_FILE_DONE;
    if (!t->sending) {
        /* Two files of one name are accepted before the first is written. */
        t->taken = !t->replaces && is_there(path);
        return !t->taken && is_writable(path) ? MSNP_FILE_DONE : MSNP_FILE_UNWRITABLE;
    }
    char *flaw = flaw_of(path, &size);
    bool readable = flaw == NULL;
    g_free(flaw);
    if (!readable)
        return MSNP_FILE_UNREADABLE;
    return size == t->size ? MSNP_FILE_DONE : MSNP_FILE_CHANGED;
}

/* libpurple opens the file even if the client cancels the transfer meanwhile. */
static void close_unwanted(transfer *t)
{
    remove_part(t);
    if (t->xfer->dest_fp != NULL)
        (void)fclose(t->xfer->dest_fp);
    t->xfer->dest_fp = NULL;
}

/* libpurple opens the file, and tells the user if it cannot. */
static void start(transfer *t)
{
    t->failure = t->sending ? MSNP_FILE_UNREADABLE : MSNP_FILE_UNWRITABLE;
    purple_xfer_start(t->xfer, -1, NULL, 0);
    t->failure = MSNP_FILE_CANCELLED;
    t->started = true;
    if (t->gone) {
        t->said = t->said || !t->ending;
        close_unwanted(t);
    } else if (t->xfer->dest_fp != NULL) {
        /* So errors show at once, and nothing is copied. */
        (void)setvbuf(t->xfer->dest_fp, NULL, _IONBF, 0);
    }
}

void prpl_transfers_started(prpl_account *self, const msnp_event *event)
{
    transfer *t = find_running(self, event);

    if (t == NULL)
        return;
    msnp_file_end flaw = check_file(t);
    if (flaw != MSNP_FILE_DONE)
        fail(t, flaw);
    else
        start(t);
}

/* The first time at once, then not more often than somebody can see. */
static void show_progress(transfer *t, size_t len)
{
    int64_t now = prpl_account_now();

    t->moved += len;
    purple_xfer_set_bytes_sent(t->xfer, (size_t)t->moved);
    if (t->shown != 0 && now < t->shown + PROGRESS_EVERY)
        return;
    t->shown = now;
    purple_xfer_update_progress(t->xfer);
}

void prpl_transfers_wanted(prpl_account *self, const msnp_event *event)
{
    transfer *t = find_running(self, event);
    size_t len = event->file.len;

    if (t == NULL || !t->started)
        return;
    char *bytes = g_malloc(len);
    /* If it cannot be read, libpurple cancels it. */
    t->failure = MSNP_FILE_UNREADABLE;
    hide(t);
    gssize got = purple_xfer_read_file(t->xfer, (guchar *)bytes, len);
    unhide(t);
    t->failure = MSNP_FILE_CANCELLED;
    if (!t->gone) {
        if (got != (gssize)len || (t->moved + len >= t->size && !is_unchanged(t))) {
            fail(t, MSNP_FILE_CHANGED);
        } else {
            msnp_session_file_put(self->session, t->number, bytes, len, prpl_account_now());
            show_progress(t, len);
        }
    }
    g_free(bytes);
}

void prpl_transfers_rewind(prpl_account *self, const msnp_event *event)
{
    transfer *t = find_running(self, event);
    FILE *file = t != NULL ? t->xfer->dest_fp : NULL;

    if (t == NULL || !t->started)
        return;
    /* A client that reads the file itself cannot go back. */
    if (file == NULL || fseeko(file, (off_t)event->file.offset, SEEK_SET) != 0)
        fail(t, MSNP_FILE_UNREADABLE);
    else
        t->moved = event->file.offset;
}

void prpl_transfers_data(prpl_account *self, const msnp_event *event)
{
    transfer *t = find_running(self, event);
    size_t len = event->file.len;

    if (t == NULL || !t->started)
        return;
    t->failure = MSNP_FILE_UNWRITABLE;
    hide(t);
    (void)purple_xfer_write_file(t->xfer, (const guchar *)event->file.data, len);
    unhide(t);
    t->failure = MSNP_FILE_CANCELLED;
    if (!t->gone)
        show_progress(t, len);
}

void prpl_transfers_complete(prpl_account *self, const msnp_event *event)
{
    const transfer *t = find_running(self, event);

    if (t == NULL || !t->started)
        return;
    if (t->xfer->dest_fp != NULL && fflush(t->xfer->dest_fp) != 0)
        fail(t, MSNP_FILE_UNWRITABLE);
    else
        msnp_session_file_stored(self->session, t->number, prpl_account_now());
}

/* --- beginning ------------------------------------------------------------------------------ */

/* The name of a file as text; the caller frees it. */
static char *name_of(const char *path)
{
    return path != NULL ? g_filename_display_basename(path) : g_strdup("");
}

/* Invites that person. Why not, translated, or NULL; the caller frees it. */
static char *invite(transfer *t, const char *who)
{
    prpl_account *self = t->account;
    msnp_err err = MSNP_OK;

    t->number =
        msnp_session_file_send(self->session, who, t->name, t->size, &err, prpl_account_now());
    if (t->number != 0)
        return NULL;
    if (err == MSNP_ERR_FULL)
        return g_strdup(_("Too many transfers are running."));
    return prpl_undelivered_reason(self, who, who, (msnp_cause){err, 0});
}

/* The user has chosen the file. */
static void offer(transfer *t)
{
    prpl_account *self = t->account;
    const char *path = purple_xfer_get_local_filename(t->xfer);
    char *who = prpl_buddies_address(purple_xfer_get_remote_user(t->xfer));
    char *name = name_of(path);
    char *flaw = flaw_of(path, &t->size);

    g_free(t->name);
    t->name = g_strdup(name);
    if (flaw == NULL)
        flaw = invite(t, who);
    if (flaw != NULL) {
        end_xfer(t, MSNP_FILE_UNREADABLE);
        say_not_sent(self, who, name, flaw);
    } else {
        (void)g_queue_remove(&self->transfers->choosing, t);
        g_hash_table_insert(self->transfers->numbered, GUINT_TO_POINTER(t->number), t);
        prpl_account_pump_soon(self);
    }
    g_free(who);
    g_free(name);
}

/* xfer: the file is chosen. */
static void xfer_chosen(PurpleXfer *xfer)
{
    transfer *t = xfer->data;

    if (t == NULL)
        return;
    prpl_account *self = t->account;
    prpl_account_ref(self);
    if (t->sending) {
        offer(t);
    } else {
        t->accepted = true;
        t->replaces = is_there(purple_xfer_get_local_filename(xfer));
        msnp_session_file_accept(self->session, t->number, prpl_account_now());
        prpl_account_pump_soon(self);
    }
    prpl_account_unref(self);
}

/*
 * Begins a transfer of libpurple. NULL if the client has signed out when it heard of it; hold
 * `self`.
 */
static transfer *transfer_new(prpl_account *self, bool sending, const char *who)
{
    transfer *t = g_new0(transfer, 1);

    t->account = self;
    t->sending = sending;
    t->failure = MSNP_FILE_CANCELLED;
    t->xfer = purple_xfer_new(self->account, sending ? PURPLE_XFER_SEND : PURPLE_XFER_RECEIVE, who);
    purple_xfer_ref(t->xfer);
    t->xfer->data = t;
    purple_xfer_set_init_fnc(t->xfer, xfer_chosen);
    purple_xfer_set_request_denied_fnc(t->xfer, xfer_cancelled);
    purple_xfer_set_cancel_send_fnc(t->xfer, xfer_cancelled);
    purple_xfer_set_cancel_recv_fnc(t->xfer, xfer_cancelled);
    purple_xfer_set_end_fnc(t->xfer, xfer_ended);
    if (prpl_account_is_over(self)) {
        purple_xfer_unref(t->xfer);
        transfer_free(t);
        return NULL;
    }
    return t;
}

/* --- in Finch ------------------------------------------------------------------------------- */

/* That of a dialog, which is answered; NULL if it has ended meanwhile. */
static transfer *answered(gpointer dialog)
{
    guint number = prpl_dialogs_count(dialog);
    const prpl_account *self = prpl_dialogs_answered(dialog, NULL);
    transfer *t = self != NULL ? find(self, number) : NULL;

    return t != NULL && !t->gone ? t : NULL;
}

static void place_refused(gpointer dialog, const char *entered)
{
    transfer *t = answered(dialog);

    (void)entered;
    if (t == NULL)
        return;
    t->xfer->status = PURPLE_XFER_STATUS_CANCEL_LOCAL;
    purple_xfer_request_denied(t->xfer);
}

static void place_entered(gpointer dialog, const char *entered);

static void ask_where(const transfer *t, const char *secondary)
{
    prpl_account *self = t->account;
    const char *who = purple_xfer_get_remote_user(t->xfer);
    char *person = prpl_windows_person(self, who, NULL);
    char *size = purple_str_size_to_units((size_t)t->size);
    char *primary =
        /* Translators: a person, the name of a file, and its size with its unit */
        g_strdup_printf(_("%s wants to send you the file \"%s\" (%s)."), person, t->name, size);
    char *path = prpl_finch_new_path(t->name);
    gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_INPUT, self, who);

    prpl_dialogs_set_count(dialog, t->number);
    prpl_finch_ask(self, dialog,
                   &(prpl_finch_question){t->xfer, who, primary, secondary, path, _("Accept"),
                                          _("Decline"), place_entered, place_refused});
    g_free(person);
    g_free(size);
    g_free(primary);
    g_free(path);
}

static void place_entered(gpointer dialog, const char *entered)
{
    transfer *t = answered(dialog);
    char *path = prpl_finch_path(entered);

    if (t != NULL && path == NULL)
        ask_where(t, _("Save it as:"));
    else if (t != NULL && g_file_test(path, G_FILE_TEST_EXISTS))
        ask_where(t, _("This file already exists. Save it under another name:"));
    else if (t != NULL)
        purple_xfer_request_accepted(t->xfer, path);
    g_free(path);
}

/* libpurple asks for nothing if it knows a path. The caller holds `xfer`. */
static void request_in_finch(PurpleXfer *xfer)
{
    char *path = prpl_finch_new_path(purple_xfer_get_filename(xfer));

    purple_xfer_set_local_filename(xfer, path);
    g_free(path);
    purple_xfer_request(xfer);
    const transfer *t = xfer->data;
    /* It can have ended, and a plugin can have answered already. */
    if (t == NULL || t->accepted)
        return;
    /* That of the question which libpurple did not ask. */
    purple_xfer_unref(xfer);
    ask_where(t, _("Save it as:"));
}

static void file_entered(gpointer dialog, const char *entered)
{
    char *who;
    const prpl_account *self = prpl_dialogs_answered(dialog, &who);
    char *path = prpl_finch_path(entered);

    if (self != NULL && path != NULL && !prpl_account_is_over(self))
        prpl_transfers_send(self->gc, who, path);
    g_free(path);
    g_free(who);
}

static void file_refused(gpointer dialog, const char *entered)
{
    (void)entered;
    prpl_dialogs_dismissed(dialog);
}

static void ask_which(prpl_account *self, const char *who)
{
    char *person = prpl_windows_person(self, who, NULL);
    char *primary = g_strdup_printf(_("Which file do you want to send to %s?"), person);
    char *home = g_strconcat(purple_home_dir(), G_DIR_SEPARATOR_S, NULL);
    gpointer dialog = prpl_dialogs_new(PRPL_DIALOG_INPUT, self, who);

    prpl_finch_ask(self, dialog,
                   &(prpl_finch_question){self->gc, who, primary, NULL, home, _("Send"),
                                          _("Cancel"), file_entered, file_refused});
    g_free(person);
    g_free(primary);
    g_free(home);
}

void prpl_transfers_offered(prpl_account *self, const msnp_event *event)
{
    /* Copies: the client can sign out during these calls. */
    char *who = g_strdup(event->file.who);
    const char *file = event->file.file;

    if (self->ending || !purple_privacy_check(self->account, who)) {
        prpl_log(self->account, "a file of %s is declined", who);
        msnp_session_file_decline(self->session, event->file.number, prpl_account_now());
        g_free(who);
        return;
    }
    unsigned number = event->file.number;
    guint64 size = event->file.size;
    /* Translators: for a file that has no name */
    char *name = prpl_shown_file_name(*file != '\0' ? file : _("file"));
    transfer *t = transfer_new(self, false, who);
    g_free(who);
    if (t == NULL) {
        g_free(name);
        return;
    }
    t->number = number;
    t->size = size;
    t->name = name;
    g_hash_table_insert(self->transfers->numbered, GUINT_TO_POINTER(number), t);
    purple_xfer_set_filename(t->xfer, name);
    purple_xfer_set_size(t->xfer, (size_t)size);
    PurpleXfer *xfer = t->xfer;
    purple_xfer_ref(xfer);
    if (prpl_process_is_finch())
        request_in_finch(xfer);
    else
        purple_xfer_request(xfer);
    /* libpurple asks about one that has ended meanwhile, too. */
    if (purple_xfer_is_canceled(xfer))
        purple_request_close_with_handle(xfer);
    purple_xfer_unref(xfer);
}

/* --- prpl ----------------------------------------------------------------------------------- */

/* The account, or NULL if nothing can be sent. */
static prpl_account *active(PurpleConnection *gc)
{
    prpl_account *self = prpl_account_of(gc);

    return self != NULL && !self->ending && !prpl_account_is_over(self) ? self : NULL;
}

gboolean prpl_transfers_can_send(PurpleConnection *gc, const char *who)
{
    prpl_account *self = active(gc);

    if (self == NULL || who == NULL || !msnp_session_is_online(self->session))
        return FALSE;
    char *address = prpl_buddies_address(who);
    PurpleBuddy *buddy = purple_find_buddy(self->account, address);
    bool can = msnp_account_valid(address) &&
               g_ascii_strcasecmp(address, msnp_session_handle(self->session)) != 0 &&
               (buddy == NULL || PURPLE_BUDDY_IS_ONLINE(buddy)) &&
               !msnp_roster_is_on_web(msnp_session_roster(self->session), address);
    g_free(address);
    return can;
}

/*
 * Frees those that were cancelled. libpurple drops one without a word if its file cannot be used:
 * then nobody else refers to it.
 */
static void sweep(prpl_account *self)
{
    GList *next;

    for (GList *l = self->transfers->choosing.head; l != NULL; l = next) {
        transfer *t = l->data;

        next = l->next;
        if (!t->gone && t->xfer->ref > 1)
            continue;
        g_queue_delete_link(&self->transfers->choosing, l);
        transfer_free(t);
    }
}

PurpleXfer *prpl_transfers_new_xfer(PurpleConnection *gc, const char *who)
{
    prpl_account *self = active(gc);

    if (self == NULL)
        return NULL;
    sweep(self);
    prpl_account_ref(self);
    transfer *t = transfer_new(self, true, who);
    if (t != NULL) {
        t->name = g_strdup("");
        g_queue_push_tail(&self->transfers->choosing, t);
    }
    prpl_account_unref(self);
    return t != NULL ? t->xfer : NULL;
}

void prpl_transfers_send(PurpleConnection *gc, const char *who, const char *path)
{
    prpl_account *self = active(gc);
    guint64 size;

    if (self == NULL)
        return;
    prpl_account_ref(self);
    char *full = path != NULL ? g_canonicalize_filename(path, NULL) : NULL;
    char *flaw = full != NULL ? flaw_of(full, &size) : NULL;
    if (flaw != NULL) {
        char *name = name_of(full);

        say_not_sent(self, who, name, flaw);
        g_free(name);
    } else if (full != NULL) {
        PurpleXfer *xfer = prpl_transfers_new_xfer(gc, who);
        if (xfer != NULL)
            purple_xfer_request_accepted(xfer, full);
    } else if (prpl_process_is_finch()) {
        ask_which(self, who);
    } else {
        PurpleXfer *xfer = prpl_transfers_new_xfer(gc, who);
        if (xfer != NULL)
            purple_xfer_request(xfer);
    }
    g_free(full);
    prpl_account_unref(self);
}

/* --- life ----------------------------------------------------------------------------------- */

void prpl_transfers_open(prpl_account *self)
{
    self->transfers = g_new0(struct prpl_transfers, 1);
    self->transfers->numbered = g_hash_table_new_full(NULL, NULL, NULL, transfer_free);
    g_queue_init(&self->transfers->choosing);
    g_queue_init(&self->transfers->over);
}

void prpl_transfers_close(prpl_account *self)
{
    GQueue *choosing = &self->transfers->choosing;
    GHashTableIter iter;
    gpointer value;
    transfer *t;

    /* They remain until nobody is in the middle of one. */
    while ((t = g_queue_pop_head(choosing)) != NULL) {
        g_queue_push_tail(&self->transfers->over, t);
        if (t->xfer->ref > 1)
            end_xfer(t, MSNP_FILE_OVER);
    }
    /* The session has ended the others. */
    g_hash_table_iter_init(&iter, self->transfers->numbered);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        g_hash_table_iter_steal(&iter);
        g_queue_push_tail(&self->transfers->over, value);
        end_xfer(value, MSNP_FILE_OVER);
        g_hash_table_iter_init(&iter, self->transfers->numbered);
    }
}

void prpl_transfers_free(prpl_account *self)
{
    g_hash_table_destroy(self->transfers->numbered);
    g_queue_clear_full(&self->transfers->choosing, transfer_free);
    g_queue_clear_full(&self->transfers->over, transfer_free);
    g_clear_pointer(&self->transfers, g_free);
}
