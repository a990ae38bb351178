/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harness.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <unistd.h>

#define UI_ID "msnp8-live"

static struct {
    char *user_dir;
    char *plugin_file;
    gboolean scratch;
    gboolean all_plugins;
    gboolean print_debug;
    double scale;
    client_manners manners;
    GString *debug;
    GPtrArray *dialogs;  /* dialog * */
    GHashTable *users;   /* PurpleAccount * -> user * */
    GHashTable *timers;  /* source id -> timer *, the plugin's only */
    GHashTable *watches; /* source id -> itself, the plugin's only */
    guint blist_saves;
    guint blist_updates;
    gint64 longest; /* turn of the plugin's, in microseconds */
    gint64 busy;    /* all of them together */
    guint plugin_calls;
    guint calls;
} client;

/* --- event loop ------------------------------------------------------------------------------- */

typedef struct {
    guint id;
    GSourceFunc function;
    gpointer data;
    gboolean plugins;
} timer;

typedef struct {
    PurpleInputFunction function;
    gpointer data;
    gboolean plugins;
} watch;

/* Is this function in the plugin's file? */
static gboolean is_plugins(void (*function)(void))
{
    Dl_info info;
    void *address;

    memcpy(&address, &function, sizeof address);
    if (!client.plugin_file || !dladdr(address, &info) || !info.dli_fname)
        return FALSE;
    return g_str_has_suffix(info.dli_fname, "/libmsnp8.so");
}

static void count_turn(gboolean plugins, gint64 began)
{
    gint64 taken = g_get_monotonic_time() - began;

    client.calls++;
    if (!plugins)
        return;
    client.plugin_calls++;
    client.longest = MAX(client.longest, taken);
    client.busy += taken;
}

static gboolean on_timer(gpointer data)
{
    timer *t = data;
    guint id = t->id;
    gboolean plugins = t->plugins;
    gint64 began = g_get_monotonic_time();
    gboolean again = t->function(t->data);

    count_turn(plugins, began);
    /* The function may have removed its own timer, and `t` is gone then. */
    if (!again)
        g_hash_table_remove(client.timers, GUINT_TO_POINTER(id));
    return again;
}

static guint add_timer(guint interval, gboolean seconds, GSourceFunc function, gpointer data)
{
    timer *t = g_new0(timer, 1);

    t->function = function;
    t->data = data;
    t->plugins = is_plugins(G_CALLBACK(function));
    if (seconds)
        t->id = g_timeout_add_seconds_full(G_PRIORITY_DEFAULT, interval, on_timer, t, g_free);
    else
        t->id = g_timeout_add_full(G_PRIORITY_DEFAULT, interval, on_timer, t, g_free);
    if (t->plugins)
        g_hash_table_add(client.timers, GUINT_TO_POINTER(t->id));
    return t->id;
}

static guint timeout_add(guint interval, GSourceFunc function, gpointer data)
{
    return add_timer(interval, FALSE, function, data);
}

static guint timeout_add_seconds(guint interval, GSourceFunc function, gpointer data)
{
    return add_timer(interval, TRUE, function, data);
}

static gboolean timeout_remove(guint id)
{
    g_hash_table_remove(client.timers, GUINT_TO_POINTER(id));
    return g_source_remove(id);
}

static gboolean on_input(GIOChannel *channel, GIOCondition condition, gpointer data)
{
    watch *w = data;
    gboolean plugins = w->plugins; /* it may be gone afterwards */
    gint64 began = g_get_monotonic_time();
    guint purple = 0;

    if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR))
        purple |= PURPLE_INPUT_READ;
    if (condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL))
        purple |= PURPLE_INPUT_WRITE;
    w->function(w->data, g_io_channel_unix_get_fd(channel), (PurpleInputCondition)purple);
    count_turn(plugins, began);
    return TRUE;
}

static guint input_add(int fd, PurpleInputCondition condition, PurpleInputFunction function,
                       gpointer data)
{
    watch *w = g_new0(watch, 1);
    guint wanted = 0;
    GIOChannel *channel = g_io_channel_unix_new(fd);
    guint id;

    w->function = function;
    w->data = data;
    w->plugins = is_plugins(G_CALLBACK(function));
    if (condition & PURPLE_INPUT_READ)
        wanted |= G_IO_IN | G_IO_HUP | G_IO_ERR;
    if (condition & PURPLE_INPUT_WRITE)
        wanted |= G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL;
    id =
        g_io_add_watch_full(channel, G_PRIORITY_DEFAULT, (GIOCondition)wanted, on_input, w, g_free);
    g_io_channel_unref(channel);
    if (w->plugins)
        g_hash_table_add(client.watches, GUINT_TO_POINTER(id));
    return id;
}

static gboolean input_remove(guint id)
{
    g_hash_table_remove(client.watches, GUINT_TO_POINTER(id));
    return g_source_remove(id);
}

static PurpleEventLoopUiOps event_loop_ops = {
    .timeout_add = timeout_add,
    .timeout_remove = timeout_remove,
    .input_add = input_add,
    .input_remove = input_remove,
    .timeout_add_seconds = timeout_add_seconds,
};

/* --- waiting ---------------------------------------------------------------------------------- */

double client_scale(void)
{
    if (client.scale == 0.0) {
        const char *text = g_getenv("LIVE_SCALE");
        double scale = text ? g_ascii_strtod(text, NULL) : 1.0;

        client.scale = scale >= 1.0 ? scale : 1.0;
    }
    return client.scale;
}

gint64 client_until(double seconds)
{
    return g_get_monotonic_time() + (gint64)(seconds * client_scale() * G_USEC_PER_SEC);
}

static gboolean on_wake(gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_REMOVE;
}

gboolean client_wait(guint milliseconds)
{
    gboolean woken = FALSE;
    guint wake = g_timeout_add(milliseconds, on_wake, &woken);

    g_main_context_iteration(NULL, TRUE);
    if (!woken)
        g_source_remove(wake);
    return !woken;
}

gboolean client_turn(gint64 until)
{
    gint64 left = until - g_get_monotonic_time();

    if (left <= 0)
        return FALSE;
    /* Never blocks for long: what is waited for need not be an event of the main context. */
    client_wait((guint)CLAMP(left / 1000, 1, 50));
    return TRUE;
}

void client_idle(double seconds)
{
    gint64 until = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);

    while (client_turn(until))
        ;
}

/* --- debug log -------------------------------------------------------------------------------- */

static void debug_print(PurpleDebugLevel level, const char *category, const char *text)
{
    g_string_append_printf(client.debug, "%d %s: %s", (int)level, category ? category : "", text);
    if (!g_str_has_suffix(text, "\n"))
        g_string_append_c(client.debug, '\n');
    if (client.print_debug)
        g_printerr("# %s: %s%s", category ? category : "", text,
                   g_str_has_suffix(text, "\n") ? "" : "\n");
}

static gboolean debug_is_enabled(PurpleDebugLevel level G_GNUC_UNUSED,
                                 const char *category G_GNUC_UNUSED)
{
    return TRUE;
}

static PurpleDebugUiOps debug_ops = {
    .print = debug_print,
    .is_enabled = debug_is_enabled,
};

const char *client_debug_log(void)
{
    return client.debug->str;
}

gsize client_debug_length(void)
{
    return client.debug->len;
}

void client_forget_debug_log(void)
{
    g_string_truncate(client.debug, 0);
}

gboolean client_debug_has(const char *text)
{
    return strcasestr(client.debug->str, text) != NULL;
}

void client_print_debug(gboolean print)
{
    client.print_debug = print;
}

guint client_plugin_timers(void)
{
    return g_hash_table_size(client.timers);
}

guint client_plugin_watches(void)
{
    return g_hash_table_size(client.watches);
}

guint client_sockets(void)
{
    DIR *dir = opendir("/proc/self/fd");
    guint n = 0;

    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir)) {
        g_autofree char *path = g_build_filename("/proc/self/fd", entry->d_name, NULL);
        g_autofree char *target = g_file_read_link(path, NULL);

        if (target && g_str_has_prefix(target, "socket:"))
            n++;
    }
    if (dir)
        closedir(dir);
    return n;
}

double client_longest_turn(void)
{
    return (double)client.longest / G_USEC_PER_SEC;
}

double client_busy_time(void)
{
    return (double)client.busy / G_USEC_PER_SEC;
}

guint client_plugin_calls(void)
{
    return client.plugin_calls;
}

guint client_calls(void)
{
    return client.calls;
}

void client_forget_turns(void)
{
    client.longest = 0;
    client.busy = 0;
    client.plugin_calls = 0;
    client.calls = 0;
}

/* --- buddy list ------------------------------------------------------------------------------- */

static void on_blist_change(PurpleBlistNode *node G_GNUC_UNUSED)
{
    client.blist_saves++;
    purple_blist_schedule_save();
}

static void on_blist_update(PurpleBuddyList *list G_GNUC_UNUSED,
                            PurpleBlistNode *node G_GNUC_UNUSED)
{
    client.blist_updates++;
}

static PurpleBlistUiOps blist_ops = {
    .update = on_blist_update,
    .save_node = on_blist_change,
    .remove_node = on_blist_change,
};

guint client_blist_saves(void)
{
    return client.blist_saves;
}

guint client_blist_updates(void)
{
    return client.blist_updates;
}

/* --- dialogs ---------------------------------------------------------------------------------- */

static void dialog_free(gpointer data)
{
    dialog *d = data;

    if (d->fields)
        purple_request_fields_destroy(d->fields);
    if (d->buttons)
        g_ptr_array_unref(d->buttons);
    if (d->callbacks)
        g_array_unref(d->callbacks);
    if (d->values)
        g_array_unref(d->values);
    g_free(d->suggested);
    g_free(d->who);
    g_free(d->text);
    g_free(d);
}

static dialog *dialog_new(dialog_kind kind, PurpleAccount *account, const char *title,
                          const char *primary, const char *secondary)
{
    dialog *d = g_new0(dialog, 1);

    d->kind = kind;
    d->account = account;
    d->open = TRUE;
    d->text = g_strdup_printf("%s\n%s\n%s", title ? title : "", primary ? primary : "",
                              secondary ? secondary : "");
    if (client.print_debug)
        g_printerr("# dialog: %s\n", d->text);
    g_ptr_array_add(client.dialogs, d);
    return d;
}

static void *request_action(const char *title, const char *primary, const char *secondary,
                            int default_action G_GNUC_UNUSED, PurpleAccount *account,
                            const char *who G_GNUC_UNUSED, PurpleConversation *conv G_GNUC_UNUSED,
                            void *user_data, size_t action_count, va_list actions)
{
    dialog *d = dialog_new(DIALOG_QUESTION, account, title, primary, secondary);

    d->request_type = PURPLE_REQUEST_ACTION;
    d->user_data = user_data;
    d->buttons = g_ptr_array_new_with_free_func(g_free);
    d->callbacks = g_array_new(FALSE, FALSE, sizeof(GCallback));
    for (size_t i = 0; i < action_count; i++) {
        g_ptr_array_add(d->buttons, g_strdup(va_arg(actions, char *)));
        GCallback callback = va_arg(actions, GCallback);
        g_array_append_val(d->callbacks, callback);
    }
    return d;
}

static void *request_action_with_icon(const char *title, const char *primary, const char *secondary,
                                      int default_action, PurpleAccount *account, const char *who,
                                      PurpleConversation *conv,
                                      gconstpointer icon_data G_GNUC_UNUSED,
                                      gsize icon_size G_GNUC_UNUSED, void *user_data,
                                      size_t action_count, va_list actions)
{
    return request_action(title, primary, secondary, default_action, account, who, conv, user_data,
                          action_count, actions);
}

static void *request_fields(const char *title, const char *primary, const char *secondary,
                            PurpleRequestFields *fields, const char *ok_text G_GNUC_UNUSED,
                            GCallback ok, const char *cancel_text G_GNUC_UNUSED,
                            GCallback cancel G_GNUC_UNUSED, PurpleAccount *account,
                            const char *who G_GNUC_UNUSED, PurpleConversation *conv G_GNUC_UNUSED,
                            void *user_data)
{
    dialog *d = dialog_new(DIALOG_FIELDS, account, title, primary, secondary);

    d->request_type = PURPLE_REQUEST_FIELDS;
    d->fields = fields;
    d->ok = ok;
    d->user_data = user_data;
    return d;
}

static void *request_input(const char *title, const char *primary, const char *secondary,
                           const char *default_value, gboolean multiline G_GNUC_UNUSED,
                           gboolean masked G_GNUC_UNUSED, gchar *hint G_GNUC_UNUSED,
                           const char *ok_text G_GNUC_UNUSED, GCallback ok,
                           const char *cancel_text G_GNUC_UNUSED, GCallback cancel,
                           PurpleAccount *account, const char *who G_GNUC_UNUSED,
                           PurpleConversation *conv G_GNUC_UNUSED, void *user_data)
{
    g_assert_nonnull(title); /* some clients show it, and "(null)" */
    dialog *d = dialog_new(DIALOG_INPUT, account, title, primary, secondary);

    d->request_type = PURPLE_REQUEST_INPUT;
    d->suggested = g_strdup(default_value);
    d->ok = ok;
    d->cancel = cancel;
    d->user_data = user_data;
    return d;
}

static void *request_choice(const char *title, const char *primary, const char *secondary,
                            int default_value, const char *ok_text G_GNUC_UNUSED, GCallback ok,
                            const char *cancel_text G_GNUC_UNUSED, GCallback cancel G_GNUC_UNUSED,
                            PurpleAccount *account, const char *who G_GNUC_UNUSED,
                            PurpleConversation *conv G_GNUC_UNUSED, void *user_data,
                            va_list choices)
{
    g_assert_nonnull(title); /* some clients show it, and "(null)" */
    dialog *d = dialog_new(DIALOG_CHOICE, account, title, primary, secondary);

    d->request_type = PURPLE_REQUEST_CHOICE;
    d->chosen = default_value;
    d->ok = ok;
    d->user_data = user_data;
    d->buttons = g_ptr_array_new_with_free_func(g_free);
    d->values = g_array_new(FALSE, FALSE, sizeof(int));
    for (const char *label = va_arg(choices, char *); label; label = va_arg(choices, char *)) {
        int value = va_arg(choices, int);

        g_ptr_array_add(d->buttons, g_strdup(label));
        g_array_append_val(d->values, value);
    }
    return d;
}

static void *request_file(const char *title, const char *name, gboolean saving G_GNUC_UNUSED,
                          GCallback ok, GCallback cancel, PurpleAccount *account,
                          const char *who G_GNUC_UNUSED, PurpleConversation *conv G_GNUC_UNUSED,
                          void *user_data)
{
    dialog *d = dialog_new(DIALOG_FILE, account, title, name, NULL);

    d->request_type = PURPLE_REQUEST_FILE;
    d->suggested = g_strdup(name);
    d->ok = ok;
    d->cancel = cancel;
    d->user_data = user_data;
    return d;
}

static void *request_authorize(PurpleAccount *account, const char *who,
                               const char *id G_GNUC_UNUSED, const char *alias, const char *message,
                               gboolean on_list, PurpleAccountRequestAuthorizationCb allow,
                               PurpleAccountRequestAuthorizationCb deny, void *user_data)
{
    dialog *d = dialog_new(DIALOG_AUTHORIZE, account, who, alias, message);

    d->who = g_strdup(who);
    d->on_list = on_list;
    d->allow = allow;
    d->deny = deny;
    d->user_data = user_data;
    return d;
}

static void close_authorize(void *handle)
{
    ((dialog *)handle)->open = FALSE;
}

static void close_request(PurpleRequestType type G_GNUC_UNUSED, void *handle)
{
    dialog *d = handle;
    gboolean answered = !d->open;

    d->open = FALSE;
    if (d->fields)
        purple_request_fields_destroy(d->fields);
    d->fields = NULL;
    if (client.manners == CLIENT_CANCELS && d->cancel && !answered)
        ((PurpleRequestInputCb)d->cancel)(d->user_data, "");
}

static PurpleRequestUiOps asking_ops = {
    .request_input = request_input,
    .request_choice = request_choice,
    .request_action = request_action,
    .request_action_with_icon = request_action_with_icon,
    .request_fields = request_fields,
    .request_file = request_file,
    .close_request = close_request,
};

static PurpleRequestUiOps half_asking_ops = {
    .request_input = request_input,
    .request_fields = request_fields,
    .close_request = close_request,
};

void client_set_manners(client_manners manners)
{
    client.manners = manners;
    switch (manners) {
    case CLIENT_ASKS:
    case CLIENT_CANCELS:
        purple_request_set_ui_ops(&asking_ops);
        break;
    case CLIENT_CANNOT_ASK:
        purple_request_set_ui_ops(NULL);
        break;
    case CLIENT_CANNOT_QUESTION:
        purple_request_set_ui_ops(&half_asking_ops);
        break;
    }
}

static void *notify_message(PurpleNotifyMsgType type G_GNUC_UNUSED, const char *title,
                            const char *primary, const char *secondary)
{
    /* Which of the user's accounts it is about. libpurple's own message has no title. */
    if (!primary || strcmp(primary, g_dgettext("pidgin", "Invalid proxy settings")) != 0)
        g_assert_nonnull(title != NULL ? strchr(title, '@') : NULL);
    return dialog_new(DIALOG_MESSAGE, NULL, title, primary, secondary);
}

static void *notify_email(PurpleConnection *gc, const char *subject, const char *from,
                          const char *to, const char *url G_GNUC_UNUSED)
{
    g_assert_nonnull(to);
    return dialog_new(DIALOG_NOTICE, gc->account, "mail", subject, from);
}

/* Without details: how many there are. 0 takes away what was shown, as in Pidgin. */
static void *notify_emails(PurpleConnection *gc, size_t count, gboolean detailed,
                           const char **subjects G_GNUC_UNUSED, const char **froms G_GNUC_UNUSED,
                           const char **tos, const char **urls G_GNUC_UNUSED)
{
    g_autofree char *number = g_strdup_printf("%zu", count);

    g_assert_true(!detailed && (tos || count == 0));
    return dialog_new(DIALOG_NOTICE, gc->account, "mails", number, NULL);
}

static void *notify_formatted(const char *title, const char *primary, const char *secondary,
                              const char *text G_GNUC_UNUSED)
{
    return dialog_new(DIALOG_NOTICE, NULL, title, primary, secondary);
}

static void *notify_userinfo(PurpleConnection *gc, const char *who, PurpleNotifyUserInfo *info)
{
    g_autofree char *text = purple_notify_user_info_get_text_with_newline(info, "\n");

    return dialog_new(DIALOG_NOTICE, gc ? gc->account : NULL, "info", who, text);
}

static void *notify_uri(const char *uri)
{
    return dialog_new(DIALOG_NOTICE, NULL, "uri", uri, NULL);
}

static void close_notify(PurpleNotifyType type G_GNUC_UNUSED, void *handle)
{
    ((dialog *)handle)->open = FALSE;
}

static PurpleNotifyUiOps notify_ops = {
    .notify_message = notify_message,
    .notify_email = notify_email,
    .notify_emails = notify_emails,
    .notify_formatted = notify_formatted,
    .notify_userinfo = notify_userinfo,
    .notify_uri = notify_uri,
    .close_notify = close_notify,
};

const GPtrArray *client_dialogs(void)
{
    return client.dialogs;
}

dialog *client_open_dialog(dialog_kind kind)
{
    for (guint i = client.dialogs->len; i-- > 0;) {
        dialog *d = g_ptr_array_index(client.dialogs, i);

        if (d->open && d->kind == kind)
            return d;
    }
    return NULL;
}

guint client_count_dialogs(dialog_kind kind)
{
    guint n = 0;

    for (guint i = 0; i < client.dialogs->len; i++)
        if (((dialog *)g_ptr_array_index(client.dialogs, i))->kind == kind)
            n++;
    return n;
}

void client_press(dialog *d, guint button)
{
    PurpleRequestActionCb callback =
        (PurpleRequestActionCb)g_array_index(d->callbacks, GCallback, button);

    if (callback)
        callback(d->user_data, (int)button);
    purple_request_close(d->request_type, d);
}

gboolean client_press_named(dialog *d, const char *word)
{
    for (guint i = 0; i < d->buttons->len; i++)
        if (strcasestr(g_ptr_array_index(d->buttons, i), word)) {
            client_press(d, i);
            return TRUE;
        }
    return FALSE;
}

void client_fill_field(dialog *d, const char *id, const char *text)
{
    PurpleRequestField *field = purple_request_fields_get_field(d->fields, id);

    purple_request_field_string_set_value(field, text);
}

void client_accept(dialog *d)
{
    ((PurpleRequestFieldsCb)d->ok)(d->user_data, d->fields);
    purple_request_close(d->request_type, d);
}

void client_fill_password(dialog *d, const char *password)
{
    client_fill_field(d, "password", password);
    client_accept(d);
}

void client_choose_file(dialog *d, const char *path)
{
    GCallback answer = path ? d->ok : d->cancel;

    g_assert_true(d->open && d->kind == DIALOG_FILE);
    d->open = FALSE;
    ((PurpleRequestFileCb)answer)(d->user_data, path);
    purple_request_close(d->request_type, d);
}

void client_write(dialog *d, const char *text)
{
    d->open = FALSE;
    ((PurpleRequestInputCb)d->ok)(d->user_data, text);
    purple_request_close(d->request_type, d);
}

gboolean client_choose(dialog *d, const char *word)
{
    for (guint i = 0; i < d->buttons->len; i++)
        if (strcasestr(g_ptr_array_index(d->buttons, i), word)) {
            ((PurpleRequestChoiceCb)d->ok)(d->user_data, g_array_index(d->values, int, i));
            purple_request_close(d->request_type, d);
            return TRUE;
        }
    return FALSE;
}

void client_authorize(dialog *d, gboolean allow)
{
    d->open = FALSE;
    (allow ? d->allow : d->deny)(d->user_data);
}

void client_forget_dialogs(void)
{
    for (guint i = 0; i < client.dialogs->len; i++) {
        dialog *d = g_ptr_array_index(client.dialogs, i);

        if (d->open && (d->kind == DIALOG_MESSAGE || d->kind == DIALOG_NOTICE))
            purple_notify_close(PURPLE_NOTIFY_MESSAGE, d);
        else if (d->open && d->kind == DIALOG_AUTHORIZE)
            purple_account_request_close(d);
        else if (d->open)
            purple_request_close(d->request_type, d);
    }
    g_ptr_array_set_size(client.dialogs, 0);
}

/* --- accounts --------------------------------------------------------------------------------- */

static user *user_of(PurpleConnection *gc)
{
    return g_hash_table_lookup(client.users, purple_connection_get_account(gc));
}

static void on_progress(PurpleConnection *gc, const char *text, size_t step, size_t count)
{
    user *self = user_of(gc);

    if (!self)
        return;
    g_ptr_array_add(self->progress, g_strdup_printf("[%zu/%zu] %s", step, count, text));
    if (self->hook)
        self->hook(self);
}

static void on_connected(PurpleConnection *gc)
{
    user *self = user_of(gc);

    if (!self)
        return;
    self->online = TRUE;
    self->n_connected++;
}

static void on_disconnected(PurpleConnection *gc)
{
    user *self = user_of(gc);

    if (!self)
        return;
    self->online = FALSE;
    self->n_disconnected++;
}

/* As the usual clients do it: an account is disabled when its error asks for that. */
static void on_error(PurpleConnection *gc, PurpleConnectionError reason, const char *text)
{
    user *self = user_of(gc);

    if (!self)
        return;
    self->n_errors++;
    self->reason = reason;
    self->fatal = purple_connection_error_is_fatal(reason);
    self->failed = g_get_monotonic_time();
    g_free(self->error);
    self->error = g_strdup(text);
    if (self->fatal)
        purple_account_set_enabled(self->account, UI_ID, FALSE);
    if (client.print_debug)
        g_printerr("# error %d: %s\n", (int)reason, text);
    if (self->hook)
        self->hook(self);
}

static PurpleConnectionUiOps connection_ops = {
    .connect_progress = on_progress,
    .connected = on_connected,
    .disconnected = on_disconnected,
    .report_disconnect_reason = on_error,
};

static PurpleAccountUiOps account_ops = {
    .request_authorize = request_authorize,
    .close_account_request = close_authorize,
};

static void user_destroy(gpointer data)
{
    user *self = data;

    g_ptr_array_unref(self->progress);
    g_free(self->error);
    g_free(self);
}

user *user_new(const user_config *config)
{
    user *self = g_new0(user, 1);
    const char *protocol = config->protocol ? config->protocol : CLIENT_PROTOCOL;
    PurpleAccount *account = purple_account_new(config->address, protocol);

    self->account = account;
    self->progress = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(client.users, account, self);
    purple_accounts_add(account);
    purple_account_set_remember_password(account, config->remember);
    if (config->password)
        purple_account_set_password(account, config->password);
    if (config->server)
        purple_account_set_string(account, "server", config->server);
    if (config->port)
        purple_account_set_int(account, "port", config->port);
    if (config->nexus_url)
        purple_account_set_string(account, "nexus_url", config->nexus_url);
    if (config->login_url)
        purple_account_set_string(account, "login_url", config->login_url);
    if (config->method)
        purple_account_set_string(account, "connection_method", config->method);
    if (config->gateway_url)
        purple_account_set_string(account, "gateway_url", config->gateway_url);
    user_set_status(self, config->status ? config->status : "available");
    return self;
}

void user_free(user *self)
{
    PurpleAccount *account;

    if (!self)
        return;
    account = self->account;
    user_sign_out(self);
    /* A doomed connection goes in its own time. */
    for (gint64 until = client_until(5); !user_is_offline(self) && client_turn(until);)
        ;
    purple_accounts_delete(account);
    g_hash_table_remove(client.users, account);
}

void user_sign_in(user *self)
{
    g_ptr_array_set_size(self->progress, 0);
    g_clear_pointer(&self->error, g_free);
    self->fatal = FALSE;
    self->failed = 0;
    self->started = g_get_monotonic_time();
    purple_account_set_enabled(self->account, UI_ID, TRUE);
}

void user_sign_out(user *self)
{
    purple_account_set_enabled(self->account, UI_ID, FALSE);
}

void user_set_status(user *self, const char *id)
{
    purple_account_set_status(self->account, id, TRUE, NULL);
}

void user_set_idle(user *self, gboolean idle)
{
    purple_presence_set_idle(purple_account_get_presence(self->account), idle,
                             idle ? time(NULL) - 600 : 0);
}

void user_set_proxy(user *self, PurpleProxyType type, const char *host, int port, const char *name,
                    const char *password)
{
    PurpleProxyInfo *info = purple_proxy_info_new();

    purple_proxy_info_set_type(info, type);
    purple_proxy_info_set_host(info, host);
    purple_proxy_info_set_port(info, port);
    if (name)
        purple_proxy_info_set_username(info, name);
    if (password)
        purple_proxy_info_set_password(info, password);
    purple_account_set_proxy_info(self->account, info);
}

gboolean user_is_offline(const user *self)
{
    return user_connection(self) == NULL;
}

PurpleConnection *user_connection(const user *self)
{
    return purple_account_get_connection(self->account);
}

/* --- life ------------------------------------------------------------------------------------- */

static void ui_init(void)
{
    purple_accounts_set_ui_ops(&account_ops);
    purple_connections_set_ui_ops(&connection_ops);
    purple_request_set_ui_ops(&asking_ops);
    purple_notify_set_ui_ops(&notify_ops);
    purple_blist_set_ui_ops(&blist_ops);
}

static GHashTable *ui_info(void)
{
    static GHashTable *info;

    if (!info) {
        info = g_hash_table_new(g_str_hash, g_str_equal);
        g_hash_table_insert(info, (gpointer) "name", (gpointer) "MSNP8 live tests");
    }
    return info;
}

static PurpleCoreUiOps core_ops = {
    .ui_init = ui_init,
    .get_ui_info = ui_info,
};

/* What a desktop session would have libpurple find out about proxies, buses and the like. */
static void clean_environment(void)
{
    static const char *const names[] = {
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
        "DBUS_SESSION_BUS_ADDRESS",
        "DISPLAY",
        "GNOME_DESKTOP_SESSION_ID",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        g_unsetenv(names[i]);
}

/*
 * libpurple looks for plugins in the directory of the system, and loads each that it finds there:
 * its XMPP starts GStreamer and a sound server, and others bring what some other package put there.
 * A test that needs none of it has a directory with links to those without which there is no TLS.
 */
static char *only_needed(const char *system_dir)
{
    static const char *const names[] = {"ssl.so", "ssl-nss.so", "ssl-gnutls.so"};
    char *dir = g_build_filename(client.user_dir, "plugins-needed", NULL);

    g_mkdir_with_parents(dir, 0700);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *from = g_build_filename(system_dir, names[i], NULL);
        g_autofree char *to = g_build_filename(dir, names[i], NULL);

        if (g_file_test(from, G_FILE_TEST_EXISTS) && symlink(from, to) != 0 && errno != EEXIST)
            g_warning("cannot make %s", to);
    }
    return dir;
}

/* Before libpurple's own, which it replaces for all callers. */
__attribute__((visibility("default"))) void purple_plugins_add_search_path(const char *path)
{
    static void (*add)(const char *);
    g_autofree char *needed = NULL;
    g_autofree char *file = g_build_filename(path, "ssl.so", NULL);

    if (!add) {
        void *address = dlsym(RTLD_NEXT, "purple_plugins_add_search_path");

        memcpy(&add, &address, sizeof add);
    }
    if (!client.all_plugins && g_file_test(file, G_FILE_TEST_EXISTS))
        needed = only_needed(path);
    add(needed ? needed : path);
}

/* They are there if the program was built with AddressSanitizer. */
extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

/* What libpurple allocates when it starts it keeps, or loses, until it ends: no leaks of ours. */
static gboolean start_core(void)
{
    gboolean started;

    if (__lsan_disable)
        __lsan_disable();
    started = purple_core_init(UI_ID);
    if (__lsan_enable)
        __lsan_enable();
    return started;
}

static gboolean fail(char **error, const char *text)
{
    *error = g_strdup(text);
    return FALSE;
}

gboolean client_start(const client_options *options, char **error)
{
    clean_environment();
    client.debug = g_string_new(NULL);
    client.dialogs = g_ptr_array_new_with_free_func(dialog_free);
    client.users = g_hash_table_new_full(NULL, NULL, NULL, user_destroy);
    client.timers = g_hash_table_new(NULL, NULL);
    client.watches = g_hash_table_new(NULL, NULL);
    if (options->fatal_logs)
        g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);

    client.all_plugins = options->all_plugins;
    client.scratch = !options->user_dir;
    if (client.scratch)
        client.user_dir = g_dir_make_tmp("msnp8-live-XXXXXX", NULL);
    else
        client.user_dir = g_strdup(options->user_dir);
    if (!client.user_dir)
        return fail(error, "cannot make a scratch directory");

    /*
     * Keeps the code in memory after libpurple has unloaded it: reports of leaks can name it, and
     * what a library holds on to until the program ends does not look lost.
     */
    dlopen("libssl3.so", RTLD_LAZY | RTLD_NODELETE);
    client.plugin_file = g_build_filename(options->plugin_dir, "libmsnp8.so", NULL);
    if (!dlopen(client.plugin_file, RTLD_NOW | RTLD_NODELETE))
        return fail(error, dlerror());

    /* Certificates that this person accepted in Pidgin have no say. */
    if (client.scratch)
        g_setenv("HOME", client.user_dir, TRUE);
    /* Pages that are opened in a browser are there then. */
    g_unsetenv("XDG_RUNTIME_DIR");
    g_unsetenv("XDG_CACHE_HOME");
    purple_util_set_user_dir(client.user_dir);
    purple_debug_set_enabled(FALSE);
    purple_debug_set_ui_ops(&debug_ops);
    purple_core_set_ui_ops(&core_ops);
    purple_eventloop_set_ui_ops(&event_loop_ops);
    purple_plugins_add_search_path(options->plugin_dir);
    if (!start_core())
        return fail(error, "libpurple does not start");
    purple_debug_set_unsafe(TRUE);
    purple_debug_set_verbose(TRUE);
    purple_set_blist(purple_blist_new());
    purple_blist_load();
    purple_prefs_load();
    /* Nobody ever touches a keyboard here: libpurple would make every account "away" by itself. */
    purple_prefs_set_string("/purple/away/idle_reporting", "none");
    purple_prefs_set_bool("/purple/away/away_when_idle", FALSE);
    /* No router is looked for. */
    purple_prefs_set_bool("/purple/network/map_ports", FALSE);
    purple_savedstatus_set_idleaway(FALSE);
    if (options->ca_dir)
        client_trust(options->ca_dir);
    if (!purple_find_prpl(CLIENT_PROTOCOL))
        return fail(error, "libpurple did not load the plugin");
    return TRUE;
}

gboolean client_reload_plugin(void)
{
    PurplePlugin *plugin = purple_find_prpl(CLIENT_PROTOCOL);

    /* libpurple itself does not find a protocol again that it has unloaded. */
    return plugin->info->unload(plugin) && plugin->info->load(plugin);
}

static int remove_entry(const char *path, const struct stat *info G_GNUC_UNUSED,
                        int type G_GNUC_UNUSED, struct FTW *place G_GNUC_UNUSED)
{
    return remove(path);
}

void client_stop(void)
{
    client_forget_dialogs();
    purple_core_quit();
    if (client.scratch)
        nftw(client.user_dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    g_hash_table_unref(client.users);
    g_hash_table_unref(client.timers);
    g_hash_table_unref(client.watches);
    g_ptr_array_unref(client.dialogs);
    g_string_free(client.debug, TRUE);
    g_free(client.plugin_file);
    g_free(client.user_dir);
    memset(&client, 0, sizeof client);
}

void client_trust(const char *ca_dir)
{
    purple_certificate_add_ca_search_path(ca_dir);
}

void client_forget_certificates(void)
{
    PurpleCertificatePool *pool = purple_certificate_find_pool("x509", "tls_peers");
    GList *names = pool ? purple_certificate_pool_get_idlist(pool) : NULL;

    for (GList *name = names; name; name = name->next)
        purple_certificate_pool_delete(pool, name->data);
    purple_certificate_pool_destroy_idlist(names);
}

const char *client_user_dir(void)
{
    return client.user_dir;
}
