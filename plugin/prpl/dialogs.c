/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogs.h"

#include "process.h"
#include "shown.h"

typedef struct {
    prpl_dialog_kind kind;
    prpl_account *account; /* NULL: none */
    char *who;             /* NULL: nobody in particular */
    guint count;           /* for its owner */
    void *handle;          /* libpurple's; NULL while it is being opened, or if there is none */
    bool opening;          /* libpurple is still opening it */
    bool over;             /* answered or closed while opening */
    bool unwanted;         /* to be closed as soon as it is open */
} dialog;

static void dialog_free(gpointer value)
{
    dialog *self = value;

    g_free(self->who);
    g_free(self);
}

static dialog *find(gpointer data)
{
    GHashTable *dialogs = prpl_process_get()->dialogs;

    return dialogs != NULL ? g_hash_table_lookup(dialogs, data) : NULL;
}

gpointer prpl_dialogs_new(prpl_dialog_kind kind, prpl_account *self, const char *who)
{
    prpl_process *process = prpl_process_get();
    dialog *made = g_new(dialog, 1);

    if (process->dialogs == NULL)
        process->dialogs = g_hash_table_new_full(NULL, NULL, NULL, dialog_free);
    *made = (dialog){.kind = kind, .account = self, .who = g_strdup(who), .opening = true};
    gpointer data = GUINT_TO_POINTER(++process->last_dialog);
    g_hash_table_insert(process->dialogs, data, made);
    return data;
}

/* One that libpurple is still opening stays known until that is done. */
static void forget(gpointer data, dialog *self)
{
    self->over = true;
    if (!self->opening)
        g_hash_table_remove(prpl_process_get()->dialogs, data);
}

static void close_window(prpl_dialog_kind kind, void *handle)
{
    switch (kind) {
    case PRPL_DIALOG_AUTHORIZATION:
        purple_account_request_close(handle);
        break;
    case PRPL_DIALOG_INPUT:
        purple_request_close(PURPLE_REQUEST_INPUT, handle);
        break;
    case PRPL_DIALOG_CHOICE:
        purple_request_close(PURPLE_REQUEST_CHOICE, handle);
        break;
    case PRPL_DIALOG_FIELDS:
        purple_request_close(PURPLE_REQUEST_FIELDS, handle);
        break;
    case PRPL_DIALOG_INFO:
        /* libpurple would close them itself. But Finch has two entries for one window, and closing
         * it removes both from the list that libpurple iterates over: Finch crashed when it quit
         * during an authorization request, whose dialog shows such a window. */
        purple_notify_close(PURPLE_NOTIFY_USERINFO, handle);
        break;
    case PRPL_DIALOG_MESSAGE:
        purple_notify_close(PURPLE_NOTIFY_MESSAGE, handle);
        break;
    case PRPL_DIALOG_MAIL:
        purple_notify_close(PURPLE_NOTIFY_EMAILS, handle);
        break;
    }
}

void prpl_dialogs_opened(gpointer data, void *handle)
{
    dialog *self = find(data);

    if (self == NULL)
        return;
    self->opening = false;
    self->handle = handle;
    if (self->unwanted) {
        self->over = false;
        prpl_dialogs_close(data);
    } else if (self->over || (handle == NULL && self->kind >= PRPL_DIALOG_INFO)) {
        /* Who cannot close information does not say when it is closed either. */
        forget(data, self);
    }
}

prpl_account *prpl_dialogs_answered(gpointer data, char **who)
{
    dialog *self = find(data);

    if (who != NULL)
        *who = NULL;
    if (self == NULL || self->over)
        return NULL;
    prpl_account *account = self->account;
    if (who != NULL)
        *who = g_steal_pointer(&self->who);
    forget(data, self);
    return account;
}

void prpl_dialogs_dismissed(gpointer data)
{
    (void)prpl_dialogs_answered(data, NULL);
}

void prpl_dialogs_close(gpointer data)
{
    dialog *self = find(data);

    if (self == NULL || self->over)
        return;
    prpl_dialog_kind kind = self->kind;
    void *handle = self->handle;
    /* libpurple does not know any more whose mail it is that was shown too late. */
    bool ours = kind != PRPL_DIALOG_MAIL || self->unwanted;
    self->unwanted = self->opening;
    forget(data, self);
    if (handle != NULL && ours)
        close_window(kind, handle);
}

void prpl_dialogs_set_count(gpointer data, guint count)
{
    dialog *self = find(data);

    if (self != NULL)
        self->count = count;
}

guint prpl_dialogs_count(gpointer data)
{
    const dialog *self = find(data);

    return self != NULL ? self->count : 0;
}

/* The first that is open and that `fits`; NULL if there is none. */
static gpointer find_first(bool (*fits)(const dialog *self, gconstpointer like), gconstpointer like)
{
    GHashTable *dialogs = prpl_process_get()->dialogs;
    GHashTableIter iter;
    gpointer data, value;

    if (dialogs == NULL)
        return NULL;
    g_hash_table_iter_init(&iter, dialogs);
    while (g_hash_table_iter_next(&iter, &data, &value))
        if (!((const dialog *)value)->over && fits(value, like))
            return data;
    return NULL;
}

static bool belongs_to(const dialog *self, gconstpointer account)
{
    return account == NULL || self->account == account;
}

void prpl_dialogs_close_all(prpl_account *self)
{
    gpointer data;

    /* Each time from the start: closing one can close others. */
    while ((data = find_first(belongs_to, self)) != NULL)
        prpl_dialogs_close(data);
}

static bool is_of(const dialog *self, gconstpointer like)
{
    const dialog *wanted = like;

    return self->account == wanted->account && self->kind == wanted->kind;
}

bool prpl_dialogs_has(const prpl_account *self, prpl_dialog_kind kind)
{
    const dialog like = {.kind = kind, .account = (prpl_account *)self};

    return find_first(is_of, &like) != NULL;
}

static bool is_like(const dialog *self, gconstpointer like)
{
    const dialog *wanted = like;

    return self->account == NULL && self->kind == wanted->kind &&
           purple_strequal(self->who, wanted->who);
}

gpointer prpl_dialogs_find(prpl_dialog_kind kind, const char *who)
{
    const dialog like = {.kind = kind, .who = (char *)who};

    return find_first(is_like, &like);
}

void prpl_dialogs_tell_offline(PurpleAccount *account, void *handle, PurpleNotifyMsgType type,
                               const char *primary, const char *secondary)
{
    char *title = g_strdup(purple_account_get_username(account));
    char *shown_primary = prpl_shown_text(primary);
    char *shown_secondary = prpl_shown_text(secondary);

    purple_notify_message(handle, type, title, shown_primary, shown_secondary, NULL, NULL);
    g_free(title);
    g_free(shown_primary);
    g_free(shown_secondary);
}

void prpl_dialogs_tell(const prpl_account *self, void *handle, PurpleNotifyMsgType type,
                       const char *primary, const char *secondary)
{
    prpl_dialogs_tell_offline(self->account, handle, type, primary, secondary);
}
