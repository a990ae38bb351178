/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "file_helpers.h"

#include <glib/gstdio.h>
#include <string.h>

static struct {
    GPtrArray *all;   /* transfer * */
    GPtrArray *paths; /* char *, of the files that were made */
    char *dir;        /* for what is received */
    gboolean takes;
    files_hook hook;
} files;

static int handle;

/* --- the record ------------------------------------------------------------------------------- */

static transfer *find(const PurpleXfer *xfer)
{
    for (guint i = 0; i < files.all->len; i++) {
        transfer *t = g_ptr_array_index(files.all, i);

        if (t->xfer == xfer)
            return t;
    }
    g_error("a transfer that the client was not told of");
}

static void happened(const char *where, PurpleXfer *xfer)
{
    if (files.hook)
        files.hook(where, xfer);
}

static void new_xfer(PurpleXfer *xfer)
{
    transfer *t = g_new0(transfer, 1);

    t->xfer = xfer;
    purple_xfer_ref(xfer);
    t->account = purple_xfer_get_account(xfer);
    t->sending = purple_xfer_get_type(xfer) == PURPLE_XFER_SEND;
    g_ptr_array_add(files.all, t);
    happened("new_xfer", xfer);
}

static void add_xfer(PurpleXfer *xfer)
{
    find(xfer)->is_known = TRUE;
    happened("add_xfer", xfer);
}

static void update_progress(PurpleXfer *xfer, double percent G_GNUC_UNUSED)
{
    happened("update_progress", xfer);
}

static void cancel_local(PurpleXfer *xfer)
{
    happened("cancel_local", xfer);
}

static void cancel_remote(PurpleXfer *xfer)
{
    happened("cancel_remote", xfer);
}

static PurpleXferUiOps ops = {
    .new_xfer = new_xfer,
    .add_xfer = add_xfer,
    .update_progress = update_progress,
    .cancel_local = cancel_local,
    .cancel_remote = cancel_remote,
};

/* The name of the signal is what it was connected with. */
static void on_signal(PurpleXfer *xfer, gpointer name)
{
    transfer *t = find(xfer);

    t->is_known = TRUE;
    if (g_str_has_suffix(name, "-complete"))
        t->n_completed++;
    if (g_str_has_suffix(name, "-cancel"))
        t->n_cancelled++;
    happened(name, xfer);
    if (files.takes && strcmp(name, "file-recv-request") == 0 && !purple_xfer_is_canceled(xfer))
        files_accept(xfer);
}

/* --- ways ------------------------------------------------------------------------------------- */

typedef struct {
    files_way way;
    void (*function)(gconstpointer);
    gconstpointer data;
} test;

static files_way way_now = FILES_DIRECTLY;

static void run_test(gconstpointer data)
{
    const test *t = data;

    way_now = t->way;
    t->function(t->data);
    way_now = FILES_DIRECTLY;
}

static void add_test(const char *path, files_way way, void (*function)(gconstpointer),
                     gconstpointer data, gboolean subset)
{
    static test tests[200];
    static guint n;

    g_assert_cmpuint(n, <, G_N_ELEMENTS(tests));
    tests[n] = (test){way, function, data};
    live_add_data(path, &tests[n++], run_test, subset);
}

void files_add(const char *path, gconstpointer data, void (*function)(gconstpointer),
               gboolean subset)
{
    add_test(path, FILES_DIRECTLY, function, data, subset);
    files_add_through_service(path, data, function, subset);
}

void files_add_through_service(const char *path, gconstpointer data,
                               void (*function)(gconstpointer), gboolean subset)
{
    const char *rest = strchr(path + 1, '/');
    g_autofree char *other =
        g_strdup_printf("%.*s/through-service%s", (int)(rest - path), path, rest);

    add_test(other, FILES_THROUGH_SERVICE, function, data, subset);
}

files_way files_way_now(void)
{
    return way_now;
}

void files_check_way(service *svc)
{
    live_check_count(
        svc, way_now == FILES_DIRECTLY ? "SB >>> | P2P-Dest: *" : "SB >>> | Application-File: *",
        0);
}

void files_choose(user *self, files_way way)
{
    purple_account_set_bool(self->account, "files_through_service", way == FILES_THROUGH_SERVICE);
}

/* --- the beginning and the end ---------------------------------------------------------------- */

static const char *const signals[] = {
    "file-recv-request", "file-recv-accept",   "file-recv-start",
    "file-recv-cancel",  "file-recv-complete", "file-send-accept",
    "file-send-start",   "file-send-cancel",   "file-send-complete",
};

void files_begin(gboolean takes, files_hook hook)
{
    files.all = g_ptr_array_new_with_free_func(g_free);
    files.paths = g_ptr_array_new_with_free_func(g_free);
    files.dir = g_build_filename(client_user_dir(), "received", NULL);
    files.takes = takes;
    files.hook = hook;
    g_mkdir(files.dir, 0700);
    /* No router is to be looked for. */
    purple_prefs_set_bool("/purple/network/map_ports", FALSE);
    purple_xfers_set_ui_ops(&ops);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
        purple_signal_connect(purple_xfers_get_handle(), signals[i], &handle,
                              PURPLE_CALLBACK(on_signal), (gpointer)signals[i]);
}

/* Takes away what a transfer has received. */
static void take_received(const transfer *t)
{
    const char *path = purple_xfer_get_local_filename(t->xfer);
    GStatBuf info;

    if (t->sending || !t->n_completed)
        return;
    live_check(g_stat(path, &info) == 0);
    live_check((gsize)info.st_size == purple_xfer_get_size(t->xfer));
    g_unlink(path);
}

gboolean files_all_ended(void)
{
    for (guint i = 0; i < files.all->len; i++) {
        const transfer *t = g_ptr_array_index(files.all, i);

        if (t->n_completed + t->n_cancelled != (t->is_known ? 1 : 0))
            return FALSE;
    }
    return TRUE;
}

void files_end(void)
{
    files.hook = NULL;
    live_check(files_all_ended());
    for (guint i = 0; i < files.all->len; i++) {
        const transfer *t = g_ptr_array_index(files.all, i);

        take_received(t);
        /* libpurple does not release its own if nobody answers its question. */
        live_check(t->xfer->ref == 1 || (t->xfer->ref == 2 && !t->sending));
        if (t->xfer->ref == 2)
            purple_xfer_unref(t->xfer);
        purple_xfer_unref(t->xfer);
    }
    live_check(!purple_xfers_get_all());
    live_check(g_rmdir(files.dir) == 0);
    for (guint i = 0; i < files.paths->len; i++)
        g_unlink(g_ptr_array_index(files.paths, i));
    purple_signals_disconnect_by_handle(&handle);
    purple_xfers_set_ui_ops(NULL);
    g_ptr_array_unref(files.all);
    g_ptr_array_unref(files.paths);
    g_free(files.dir);
    memset(&files, 0, sizeof files);
}

const GPtrArray *files_all(void)
{
    return files.all;
}

const transfer *files_newest(const user *self, gboolean sending)
{
    for (guint i = files.all->len; i > 0; i--) {
        const transfer *t = g_ptr_array_index(files.all, i - 1);

        if (t->account == self->account && t->sending == sending)
            return t;
    }
    return NULL;
}

guint files_completed(void)
{
    guint n = 0;

    for (guint i = 0; i < files.all->len; i++)
        n += ((transfer *)g_ptr_array_index(files.all, i))->n_completed;
    return n;
}

guint files_cancelled(void)
{
    guint n = 0;

    for (guint i = 0; i < files.all->len; i++)
        n += ((transfer *)g_ptr_array_index(files.all, i))->n_cancelled;
    return n;
}

/* --- files ------------------------------------------------------------------------------------ */

GBytes *files_content(const char *name, gsize size)
{
    guint32 *words = g_malloc((size / 4 + 1) * 4);
    guint32 word = g_str_hash(name);

    for (gsize i = 0; i <= size / 4; i++) {
        word = word * 1664525u + 1013904223u;
        words[i] = word ^ word >> 16;
    }
    return g_bytes_new_take(words, size);
}

const char *files_make(const char *name, gsize size)
{
    g_autoptr(GBytes) content = files_content(name, size);
    char *path = g_build_filename(client_user_dir(), name, NULL);

    if (!g_file_test(path, G_FILE_TEST_EXISTS) &&
        !g_file_set_contents(path, g_bytes_get_data(content, NULL) ?: "", (gssize)size, NULL))
        g_error("cannot write %s", path);
    g_ptr_array_add(files.paths, path);
    return path;
}

char *files_sum(const char *path)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);

    if (!file)
        return NULL;
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256,
                                       (const guchar *)g_mapped_file_get_contents(file),
                                       g_mapped_file_get_length(file));
}

void files_send(user *self, const char *who, const char *path)
{
    serv_send_file(user_connection(self), who, path);
}

void files_accept(PurpleXfer *xfer)
{
    g_autofree char *name =
        g_strdup_printf("%u %s", files.all->len, purple_xfer_get_filename(xfer));
    g_autofree char *target = g_build_filename(files.dir, name, NULL);

    purple_xfer_request_accepted(xfer, target);
}
