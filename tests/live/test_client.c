/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client that does anything in the middle of everything: in each of libpurple's signals and in
 * each function of the user interface it may run the main loop, sign out, close windows, answer
 * dialogs, change the list, write. Meanwhile others do what they like. Whatever comes of it, the
 * plugin survives, leaves nothing behind, and is as good as new afterwards.
 *
 * Each run has a process of its own, and its seed for a name. CLIENT_SEED=N does only this one, in
 * the process itself; CLIENT_RUNS=N does another number of them. CLIENT_TRACE=1 prints what the
 * client does, and where.
 *
 * Only with AddressSanitizer, which finds where the plugin uses what is gone. libpurple itself does
 * so, too, when it is treated like that: it is helped (see "libpurple's own faults"), and what it
 * cannot survive even then is left out, see `may`. Where it still falls, which no seed repeats for
 * sure, the run is done again: what is the plugin's doing happens each time.
 */
#include "conv_helpers.h"
#include "dns_helpers.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <glib/gstdio.h>
#include <link.h>
#include <malloc.h>
#include <string.h>
#include <sys/wait.h>

#define RUNS  12
#define STEPS 40 /* of others, or of the user, in a run */
#define TRIES 3  /* of a run, when libpurple itself falls */

/* How a process ends: libpurple's own code has used what is no memory. */
#define PURPLE_FELL 99

#define ERIN  "erin@example.com"
#define FRANK "frank@example.com"

/* What may be done in a certain place, beyond what may be done in all of them. */
typedef enum {
    NOTHING = 0,
    LOOPS = 1,    /* runs the main loop */
    ENDS = 2,     /* signs out, or fails */
    CLOSES = 4,   /* closes a window */
    LISTS = 8,    /* removes or moves buddies and groups, or renames them */
    DIALOGS = 16, /* answers or closes dialogs */
    FILES = 32,   /* cancels transfers */
    ANYTHING = LOOPS | ENDS | CLOSES | LISTS | DIALOGS | FILES
} freedom;

static struct {
    service *svc;
    user *u;
    GRand *chance;
    gboolean armed;
    guint depth;
    freedom may; /* of those above */
    guint trace;
    char *dir;             /* with files to send, and received ones */
    GHashTable *graveyard; /* a set: what libpurple has freed since the last step */
} wild;

static int handle;

static guint below(guint n)
{
    return (guint)g_rand_int_range(wild.chance, 0, (gint)n);
}

static const char *any(const char *const *names)
{
    return names[below(g_strv_length((char **)names))];
}

static const char *anybody(void)
{
    static const char *const people[] = {BOB, CAROL, DAVE, ERIN, FRANK, "nobody", NULL};

    return any(people);
}

static const char *any_group(void)
{
    static const char *const groups[] = {"Friends", "Zoo", NO_GROUP, "New", NULL};

    return any(groups);
}

static PurpleConnection *connection(void)
{
    return purple_account_get_connection(wild.u->account);
}

static gboolean is_online(void)
{
    return purple_account_is_connected(wild.u->account);
}

/* --- libpurple's own faults ------------------------------------------------------------------ */

/* They are there if the program was built with AddressSanitizer. */
extern void __lsan_disable(void) __attribute__((weak));
extern void __asan_poison_memory_region(const volatile void *, size_t) __attribute__((weak));
extern void __asan_unpoison_memory_region(const volatile void *, size_t) __attribute__((weak));
extern void __asan_set_error_report_callback(void (*)(const char *)) __attribute__((weak));
const char *__asan_default_options(void);

/* Goes on after what C's own functions on strings read, whose caller has to be looked at. */
__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
    return "halt_on_error=0:suppress_equal_pcs=0:exitcode=" G_STRINGIFY(PURPLE_FELL);
}

static gboolean is_in(const void *code, const char *library)
{
    Dl_info info;

    return dladdr(code, &info) && info.dli_fname && strstr(info.dli_fname, library);
}

static struct {
    const char *start, *end;
} purple;

static int find_purple(struct dl_phdr_info *info, size_t size G_GNUC_UNUSED,
                       void *data G_GNUC_UNUSED)
{
    const char *base = (const char *)info->dlpi_addr;

    for (int i = 0; strstr(info->dlpi_name, "libpurple") && i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X)) {
            purple.start = base + info->dlpi_phdr[i].p_vaddr;
            purple.end = purple.start + info->dlpi_phdr[i].p_memsz;
        }
    return 0;
}

static gboolean is_function(const void *code, const char *name)
{
    Dl_info info;

    return dladdr(code, &info) && purple_strequal(info.dli_sname, name);
}

/*
 * Whose code has called C's library or GLib, and so come here? What the plugin does to normalize a
 * name is done for the caller of purple_normalize().
 */
static gboolean is_called_by(const char *library)
{
    static const char *const between[] = {"libc.so", "libasan", "libglib", "libubsan",
                                          "test_client"};
    void *frames[32];
    int n = backtrace(frames, G_N_ELEMENTS(frames));
    int first = 0;

    for (int i = 0; i < n; i++)
        if (is_function(frames[i], "purple_normalize"))
            first = i + 1;
    for (int i = first; i < n; i++) {
        gboolean skip = FALSE;

        for (guint k = 0; k < G_N_ELEMENTS(between); k++)
            skip = skip || is_in(frames[i], between[k]);
        if (!skip)
            return is_in(frames[i], library);
    }
    return FALSE;
}

/* Something has used what is gone: is it libpurple, or one of C's functions on strings for it? */
static void on_report(const char *report G_GNUC_UNUSED)
{
    if (!is_called_by("libpurple"))
        abort();
}

/*
 * What libpurple frees stays as it is until it has found out of what it is doing; but the plugin
 * may not touch it any more.
 */
#undef g_free
__attribute__((visibility("default"))) void g_free(gpointer block)
{
    static void (*real)(gpointer);

    if (!real) {
        void *address = dlsym(RTLD_NEXT, "g_free");

        memcpy(&real, &address, sizeof real);
    }
    const char *caller = __builtin_return_address(0);
    if (block && wild.armed && caller >= purple.start && caller < purple.end) {
        /* It may do so twice. */
        g_hash_table_add(wild.graveyard, block);
        __asan_poison_memory_region(block, malloc_usable_size(block));
    } else {
        real(block);
    }
}

static void empty_graveyard(void)
{
    gboolean armed = wild.armed;
    GHashTableIter iter;
    gpointer block;

    wild.armed = FALSE;
    g_hash_table_iter_init(&iter, wild.graveyard);
    while (g_hash_table_iter_next(&iter, &block, NULL)) {
        __asan_unpoison_memory_region(block, malloc_usable_size(block));
        g_free(block);
    }
    g_hash_table_remove_all(wild.graveyard);
    wild.armed = armed;
}

/* libpurple complains of itself, when an account or connection has gone; never of the plugin. */
static void on_log(const char *domain G_GNUC_UNUSED, GLogLevelFlags level, const char *text,
                   gpointer data G_GNUC_UNUSED)
{
    void *frames[16];
    int n = backtrace(frames, G_N_ELEMENTS(frames));
    int i = 0;
    Dl_info info;

    if (!(level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)))
        return;
    if (wild.trace)
        g_printerr("# %s\n", text);
    while (i < n && !is_in(frames[i], "libpurple") && !is_in(frames[i], "libmsnp8"))
        i++;
    /* The function that complains may have no frame any more. */
    if (i + 1 < n && dladdr(frames[i], &info) && info.dli_sname &&
        g_str_has_prefix(text, info.dli_sname))
        i++;
    if (i < n && is_in(frames[i], "libmsnp8")) {
        g_printerr("# the plugin calls libpurple so that it says: %s\n", text);
        abort();
    }
}

/* --- deeds ----------------------------------------------------------------------------------- */

static void run_loop(void)
{
    for (guint n = 1 + below(6); n > 0; n--)
        client_wait(1 + below(20));
}

static void sign_out(void)
{
    user_sign_out(wild.u);
}

static void sign_in(void)
{
    if (user_is_offline(wild.u) && !wild.u->account->disconnecting)
        user_sign_in(wild.u);
}

static void fail(void)
{
    if (connection())
        purple_connection_error_reason(connection(), PURPLE_CONNECTION_ERROR_NETWORK_ERROR, "");
}

static PurpleConversation *any_window(void)
{
    GList *windows = purple_get_conversations();

    return windows ? g_list_nth_data(windows, below(g_list_length(windows))) : NULL;
}

static void open_window(void)
{
    if (is_online())
        conv_open(wild.u, anybody());
}

static void close_window(void)
{
    PurpleConversation *conv = any_window();

    if (conv)
        purple_conversation_destroy(conv);
}

static void write_line(void)
{
    PurpleConversation *conv = any_window();

    if (!is_online())
        return;
    if (conv && purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_IM)
        purple_conv_im_send(PURPLE_CONV_IM(conv), "hello");
    else if (conv && !purple_conv_chat_has_left(PURPLE_CONV_CHAT(conv)))
        purple_conv_chat_send(PURPLE_CONV_CHAT(conv), "to all");
}

static void command(void)
{
    static const char *const commands[] = {"nudge", "invite " CAROL, "invite " DAVE, "invite x",
                                           NULL};
    PurpleConversation *conv = any_window();
    g_autofree char *complaint = NULL;

    if (conv)
        purple_cmd_do_command(conv, any(commands), "", &complaint);
}

/* An item of the menu of a window. */
static void menu(void)
{
    PurpleConversation *conv = any_window();

    if (conv && purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_IM)
        conv_menu(wild.u, purple_conversation_get_name(conv), "Invite");
}

static void action(void)
{
    static const char *const words[] = {"Nickname", "Phone", "People", "Inbox", NULL};

    if (is_online())
        user_action(wild.u, any(words));
}

static void look_up(void)
{
    if (is_online())
        serv_get_info(connection(), anybody());
}

/* libpurple itself finds nothing wrong with one of those in dialogs. */
static char *any_path(gboolean exists)
{
    static const char *const names[] = {"small", "large", "empty", "none", ".", NULL};

    return g_build_filename(wild.dir, exists ? names[below(3)] : any(names), NULL);
}

static void send_file(void)
{
    g_autofree char *path = any_path(FALSE);

    if (is_online())
        serv_send_file(connection(), anybody(), below(4) ? path : NULL);
}

static void cancel_file(void)
{
    GList *all = purple_xfers_get_all();
    PurpleXfer *xfer = all ? g_list_nth_data(all, below(g_list_length(all))) : NULL;

    if (xfer && xfer->data && !purple_xfer_is_canceled(xfer) && !purple_xfer_is_completed(xfer))
        purple_xfer_cancel_local(xfer);
}

static dialog *any_dialog(void)
{
    const GPtrArray *dialogs = client_dialogs();

    for (guint i = 0, from = below(dialogs->len + 1); i < dialogs->len; i++) {
        dialog *d = g_ptr_array_index(dialogs, (from + i) % dialogs->len);
        if (d->open)
            return d;
    }
    return NULL;
}

/* Whom to invite, or phone numbers. */
static void fill_in(dialog *d)
{
    if (purple_request_fields_exists(d->fields, "who")) {
        client_fill_field(d, "who", below(4) ? anybody() : "");
        return;
    }
    client_fill_field(d, "PHH", below(2) ? "1234" : "a number that is much too long for that");
    client_fill_field(d, "PHW", below(2) ? "" : "5678");
}

static void answer(void)
{
    static const char *const texts[] = {"", "Al", BOB, "x", NULL};
    dialog *d = any_dialog();
    g_autofree char *path = any_path(TRUE);

    if (!d)
        return;
    switch (d->kind) {
    case DIALOG_AUTHORIZE:
        client_authorize(d, below(2) != 0);
        break;
    case DIALOG_INPUT:
        client_write(d, any(texts));
        break;
    case DIALOG_CHOICE:
        client_choose(d, below(2) ? "Ask" : "Allow");
        break;
    case DIALOG_FILE:
        client_choose_file(d, below(4) ? path : NULL);
        break;
    case DIALOG_FIELDS:
        fill_in(d);
        client_accept(d);
        break;
    case DIALOG_QUESTION:
        client_press(d, below(d->buttons->len));
        break;
    case DIALOG_MESSAGE:
    case DIALOG_NOTICE:
        purple_notify_close(PURPLE_NOTIFY_MESSAGE, d);
        break;
    }
}

static void close_dialog(void)
{
    dialog *d = any_dialog();

    if (d && d->kind != DIALOG_AUTHORIZE && d->kind != DIALOG_MESSAGE && d->kind != DIALOG_NOTICE)
        purple_request_close(d->request_type, d);
}

static void add_buddy(void)
{
    const char *who = anybody();
    const char *name = any_group();
    PurpleBuddy *buddy = purple_buddy_new(wild.u->account, who, NULL);
    PurpleGroup *group = purple_find_group(name);

    if (!group || !is_online() || user_buddy(wild.u, who, name)) {
        purple_buddy_destroy(buddy);
        return;
    }
    purple_blist_add_buddy(buddy, NULL, group, NULL);
    /* Whoever heard of it may have removed it. */
    if (g_slist_find(purple_find_buddies(wild.u->account, NULL), buddy) && is_online())
        purple_account_add_buddy(wild.u->account, buddy);
}

static PurpleBuddy *any_buddy(void)
{
    g_autoptr(GSList) buddies = purple_find_buddies(wild.u->account, NULL);

    return buddies ? g_slist_nth_data(buddies, below(g_slist_length(buddies))) : NULL;
}

static gboolean is_buddy(const PurpleBuddy *buddy)
{
    g_autoptr(GSList) buddies = purple_find_buddies(wild.u->account, NULL);

    return g_slist_find(buddies, buddy) != NULL;
}

static void remove_buddy(void)
{
    PurpleBuddy *buddy = any_buddy();

    if (!buddy)
        return;
    if (is_online())
        purple_account_remove_buddy(wild.u->account, buddy, purple_buddy_get_group(buddy));
    if (is_buddy(buddy))
        purple_blist_remove_buddy(buddy);
}

static void move_buddy(void)
{
    PurpleBuddy *buddy = any_buddy();
    PurpleGroup *group = purple_find_group(any_group());

    if (buddy && group)
        purple_blist_add_contact(purple_buddy_get_contact(buddy), group, NULL);
}

static void name_buddy(void)
{
    PurpleBuddy *buddy = any_buddy();

    if (buddy)
        purple_blist_alias_buddy(buddy, below(2) ? "Pal" : NULL);
}

static void rename_group(void)
{
    PurpleGroup *group = purple_find_group(any_group());

    if (group)
        purple_blist_rename_group(group, any_group());
}

static void remove_group(void)
{
    const char *name = any_group();
    PurpleGroup *group = purple_find_group(name);

    if (!group || PURPLE_BLIST_NODE(group)->child)
        return;
    if (is_online())
        purple_account_remove_group(wild.u->account, group);
    if (purple_find_group(name) == group && !PURPLE_BLIST_NODE(group)->child)
        purple_blist_remove_group(group);
}

static void add_group(void)
{
    const char *name = any_group();

    if (!purple_find_group(name))
        purple_blist_add_group(purple_group_new(name), NULL);
}

/* libpurple goes on with the name that it has put on a list, even if it was taken off meanwhile. */
static void block(void)
{
    static gboolean blocking;

    if (!is_online() || blocking)
        return;
    blocking = TRUE;
    user_toggle_block(wild.u, anybody());
    blocking = FALSE;
}

static void choose_privacy(void)
{
    if (is_online())
        user_set_privacy(wild.u, (PurplePrivacyType)(1 + below(5)));
}

static void choose_status(void)
{
    static const char *const ids[] = {"available", "busy", "away", "invisible", NULL};

    /* It may connect. */
    if (wild.u->account->disconnecting)
        return;
    user_set_status(wild.u, any(ids));
    user_set_idle(wild.u, below(2) != 0);
}

static void moment(const char *place, freedom may);

static void on_alias(PurpleAccount *account, const char *alias)
{
    moment("public alias", ANYTHING);
    /* It is ours for the call, whatever happened. */
    live_check(account == wild.u->account && g_utf8_validate(alias, -1, NULL));
}

static void ask_alias(void)
{
    if (!is_online())
        return;
    if (below(2))
        purple_account_get_public_alias(wild.u->account, on_alias, NULL);
    else
        purple_account_set_public_alias(wild.u->account, below(4) ? "Al" : "\xff", on_alias,
                                        on_alias);
}

/* It refuses, since it is in use. */
static void unload(void)
{
    if (g_list_find(purple_connections_get_all(), connection()))
        live_check(!purple_plugin_unload(purple_find_prpl(CLIENT_PROTOCOL)));
}

static const struct {
    const char *name;
    freedom kind;
    void (*act)(void);
} deeds[] = {
    {"run the main loop", LOOPS, run_loop},
    {"run the main loop", LOOPS, run_loop},
    {"run the main loop", LOOPS, run_loop},
    {"sign out", ENDS, sign_out},
    {"sign in", NOTHING, sign_in},
    {"fail", ENDS, fail},
    {"open a window", NOTHING, open_window},
    {"close a window", CLOSES, close_window},
    {"write a line", NOTHING, write_line},
    {"say a command", NOTHING, command},
    {"open a window's menu", NOTHING, menu},
    {"open an account's dialog", NOTHING, action},
    {"get info", NOTHING, look_up},
    {"answer a dialog", DIALOGS, answer},
    {"answer a dialog", DIALOGS, answer},
    {"close a dialog", DIALOGS, close_dialog},
    {"add a buddy", LISTS, add_buddy},
    {"remove a buddy", LISTS, remove_buddy},
    {"move a buddy", LISTS, move_buddy},
    {"give a buddy a name", NOTHING, name_buddy},
    {"rename a group", LISTS, rename_group},
    {"remove a group", LISTS, remove_group},
    {"add a group", NOTHING, add_group},
    {"block or unblock", NOTHING, block},
    {"choose a privacy mode", NOTHING, choose_privacy},
    {"choose a status", NOTHING, choose_status},
    {"send a file", NOTHING, send_file},
    {"cancel a file", FILES, cancel_file},
    {"ask for the public alias", NOTHING, ask_alias},
    {"unload the plugin", NOTHING, unload},
};

/* What libpurple survives in the middle of that. */
static freedom may_within(freedom kind)
{
    if (kind & LISTS)
        return (freedom)(CLOSES | DIALOGS);
    if (kind & ENDS)
        return (freedom)(LOOPS | CLOSES);
    return (freedom)(ANYTHING & ~(guint)(kind & CLOSES));
}

/* What of that may be done now. */
static guint may_now(guint may)
{
    /* libpurple would destroy the connection twice; and it walks through the dialogs that are to be
     * closed, and through the buddy list. */
    if (wild.u->account->disconnecting)
        may &= LOOPS | CLOSES;
    /* The main loop would end it. */
    if (!(may & ENDS) && connection() && connection()->disconnect_timeout > 0)
        may &= ~(guint)LOOPS;
    return may;
}

static void do_something(const char *place, freedom may)
{
    guint i = below(G_N_ELEMENTS(deeds));

    freedom before = wild.may;

    if ((deeds[i].kind & ~may_now(may & before)) != 0)
        return;
    if (wild.trace)
        g_printerr("# %*s%s: %s\n", (int)(2 * wild.depth), "", place, deeds[i].name);
    wild.depth++;
    wild.may = (freedom)(may & before & may_within(deeds[i].kind));
    deeds[i].act();
    wild.may = before;
    wild.depth--;
}

/* The plugin has made libpurple call us. */
static void moment(const char *place, freedom may)
{
    if (!wild.armed || wild.depth > 3 || below(4) > 0)
        return;
    do_something(place, may);
}

/* --- libpurple's signals --------------------------------------------------------------------- */

static const struct {
    void *(*handle)(void);
    guint may;         /* freedom */
    const char *names; /* of signals, with blanks between them */
} signals[] = {
    {purple_accounts_get_handle, ANYTHING,
     "account-enabled account-status-changed account-connecting account-signed-on "
     "account-authorization-requested account-authorization-requested-with-message "
     "account-error-changed"},
    {purple_connections_get_handle, ANYTHING,
     "signing-on signed-on signing-off signed-off connection-error"},
    /* Statuses and the connection are in use. */
    {purple_blist_get_handle, ANYTHING & ~(LISTS | ENDS),
     "buddy-status-changed buddy-idle-changed buddy-signed-off"},
    {purple_blist_get_handle, ANYTHING & ~LISTS, "buddy-signed-on"},
    {purple_blist_get_handle, ANYTHING,
     "buddy-added buddy-removed buddy-removed-from-group buddy-privacy-changed blist-node-added "
     "blist-node-removed blist-node-aliased"},
    {purple_conversations_get_handle, ANYTHING,
     "receiving-im-msg received-im-msg writing-im-msg wrote-im-msg sending-im-msg sent-im-msg "
     "receiving-chat-msg received-chat-msg writing-chat-msg wrote-chat-msg sending-chat-msg "
     "sent-chat-msg conversation-created conversation-updated deleting-conversation buddy-typing "
     "buddy-typing-stopped chat-buddy-joining chat-buddy-joined chat-buddy-leaving "
     "chat-buddy-left chat-joined chat-left got-attention sent-attention"},
    {purple_xfers_get_handle, ANYTHING,
     "file-recv-request file-recv-start file-recv-complete file-recv-cancel file-send-start "
     "file-send-complete file-send-cancel"},
    /* It is the menu's. */
    {purple_conversations_get_handle, ANYTHING & ~CLOSES, "conversation-extended-menu"},
    /* The connection is the window's. */
    {purple_notify_get_handle, CLOSES | LISTS, "displaying-userinfo"},
};

typedef struct {
    char *name;
    guint may;
} signal_place;

static void *on_signal(va_list args G_GNUC_UNUSED, void *data)
{
    const signal_place *place = data;

    moment(place->name, (freedom)place->may);
    return NULL;
}

/* Like a plugin that accepts files. */
static void on_offer(PurpleXfer *xfer, gpointer data G_GNUC_UNUSED)
{
    g_autofree char *path = g_build_filename(wild.dir, below(2) ? "one" : "two", NULL);

    if (wild.armed && below(2))
        purple_xfer_request_accepted(xfer, path);
}

/* They last as long as the program does. */
static void listen_to_signals(void)
{
    purple_signal_connect(purple_xfers_get_handle(), "file-recv-request", &handle,
                          PURPLE_CALLBACK(on_offer), NULL);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
        char **names = g_strsplit(signals[i].names, " ", -1);

        for (guint k = 0; names[k]; k++) {
            signal_place *place = g_new(signal_place, 1);

            *place = (signal_place){names[k], signals[i].may};
            purple_signal_connect_vargs(signals[i].handle(), place->name, &handle,
                                        PURPLE_CALLBACK(on_signal), place);
        }
        g_free(names);
    }
}

/* --- the user interface ---------------------------------------------------------------------- */

/*
 * Functions that libpurple calls: first what the harness does, then whatever. `may` is what
 * libpurple survives there.
 */
#define PROCEDURE(ops, name, may, parameters, arguments) \
    static void ops##_##name parameters                  \
    {                                                    \
        if (ops##_real.name)                             \
            ops##_real.name arguments;                   \
        moment(#ops "." #name, may);                     \
    }
#define FUNCTION(ops, name, may, parameters, arguments)                    \
    static void *ops##_##name parameters                                   \
    {                                                                      \
        void *result = ops##_real.name ? ops##_real.name arguments : NULL; \
                                                                           \
        moment(#ops "." #name, may);                                       \
        return result;                                                     \
    }

static PurpleAccountUiOps account_real;
FUNCTION(account, request_authorize, ANYTHING,
         (PurpleAccount * account, const char *who, const char *id, const char *alias,
          const char *message, gboolean on_list, PurpleAccountRequestAuthorizationCb allow,
          PurpleAccountRequestAuthorizationCb deny, void *data),
         (account, who, id, alias, message, on_list, allow, deny, data))
PROCEDURE(account, close_account_request, ANYTHING, (void *ui), (ui))
PROCEDURE(account, status_changed, ANYTHING, (PurpleAccount * account, PurpleStatus *status),
          (account, status))

static PurpleConnectionUiOps connection_real;
PROCEDURE(connection, connect_progress, ANYTHING,
          (PurpleConnection * gc, const char *text, size_t step, size_t count),
          (gc, text, step, count))
PROCEDURE(connection, connected, ANYTHING, (PurpleConnection * gc), (gc))
PROCEDURE(connection, disconnected, ANYTHING, (PurpleConnection * gc), (gc))
PROCEDURE(connection, report_disconnect_reason, ANYTHING,
          (PurpleConnection * gc, PurpleConnectionError reason, const char *text),
          (gc, reason, text))

static PurpleRequestUiOps request_real;
FUNCTION(request, request_input, ANYTHING,
         (const char *title, const char *primary, const char *secondary, const char *value,
          gboolean multiline, gboolean masked, gchar *hint, const char *ok_text, GCallback ok,
          const char *cancel_text, GCallback cancel, PurpleAccount *account, const char *who,
          PurpleConversation *conv, void *data),
         (title, primary, secondary, value, multiline, masked, hint, ok_text, ok, cancel_text,
          cancel, account, who, conv, data))
FUNCTION(request, request_choice, ANYTHING,
         (const char *title, const char *primary, const char *secondary, int value,
          const char *ok_text, GCallback ok, const char *cancel_text, GCallback cancel,
          PurpleAccount *account, const char *who, PurpleConversation *conv, void *data,
          va_list choices),
         (title, primary, secondary, value, ok_text, ok, cancel_text, cancel, account, who, conv,
          data, choices))
FUNCTION(request, request_fields, ANYTHING,
         (const char *title, const char *primary, const char *secondary,
          PurpleRequestFields *fields, const char *ok_text, GCallback ok, const char *cancel_text,
          GCallback cancel, PurpleAccount *account, const char *who, PurpleConversation *conv,
          void *data),
         (title, primary, secondary, fields, ok_text, ok, cancel_text, cancel, account, who, conv,
          data))
FUNCTION(request, request_action, ANYTHING,
         (const char *title, const char *primary, const char *secondary, int default_action,
          PurpleAccount *account, const char *who, PurpleConversation *conv, void *data,
          size_t count, va_list actions),
         (title, primary, secondary, default_action, account, who, conv, data, count, actions))
FUNCTION(request, request_file, ANYTHING,
         (const char *title, const char *filename, gboolean savedialog, GCallback ok,
          GCallback cancel, PurpleAccount *account, const char *who, PurpleConversation *conv,
          void *data),
         (title, filename, savedialog, ok, cancel, account, who, conv, data))
PROCEDURE(request, close_request, ANYTHING, (PurpleRequestType type, void *ui), (type, ui))

static PurpleNotifyUiOps notify_real;
/* libpurple complains about files without naming the account. */
static void *notify_notify_message(PurpleNotifyMsgType type, const char *title, const char *primary,
                                   const char *secondary)
{
    void *result = title ? notify_real.notify_message(type, title, primary, secondary) : NULL;

    moment("notify.notify_message", ANYTHING);
    return result;
}

FUNCTION(notify, notify_email, ANYTHING,
         (PurpleConnection * gc, const char *subject, const char *from, const char *to,
          const char *url),
         (gc, subject, from, to, url))
FUNCTION(notify, notify_emails, ANYTHING,
         (PurpleConnection * gc, size_t count, gboolean detailed, const char **subjects,
          const char **froms, const char **tos, const char **urls),
         (gc, count, detailed, subjects, froms, tos, urls))
FUNCTION(notify, notify_uri, ANYTHING, (const char *uri), (uri))
FUNCTION(notify, notify_userinfo, ANYTHING,
         (PurpleConnection * gc, const char *who, PurpleNotifyUserInfo *info), (gc, who, info))
PROCEDURE(notify, close_notify, ANYTHING, (PurpleNotifyType type, void *ui), (type, ui))

static PurpleBlistUiOps blist_real;
PROCEDURE(blist, new_node, ANYTHING, (PurpleBlistNode * node), (node))
/* Statuses of buddies, and the connection, are in use. */
PROCEDURE(blist, update, (freedom)(ANYTHING & ~(LISTS | ENDS)),
          (PurpleBuddyList * list, PurpleBlistNode *node), (list, node))
/* It may be about to go on with those whom it moves. */
PROCEDURE(blist, remove, (freedom)(ANYTHING & ~LISTS),
          (PurpleBuddyList * list, PurpleBlistNode *node), (list, node))
PROCEDURE(blist, save_node, ANYTHING, (PurpleBlistNode * node), (node))
PROCEDURE(blist, remove_node, (freedom)(ANYTHING & ~LISTS), (PurpleBlistNode * node), (node))
PROCEDURE(blist, save_account, ANYTHING, (PurpleAccount * account), (account))

static PurplePrivacyUiOps privacy_real;
PROCEDURE(privacy, permit_added, ANYTHING, (PurpleAccount * account, const char *who),
          (account, who))
PROCEDURE(privacy, permit_removed, ANYTHING, (PurpleAccount * account, const char *who),
          (account, who))
PROCEDURE(privacy, deny_added, ANYTHING, (PurpleAccount * account, const char *who), (account, who))
PROCEDURE(privacy, deny_removed, ANYTHING, (PurpleAccount * account, const char *who),
          (account, who))

static PurpleConversationUiOps conv_real;
PROCEDURE(conv, create_conversation, ANYTHING, (PurpleConversation * conv), (conv))
PROCEDURE(conv, destroy_conversation, ANYTHING, (PurpleConversation * conv), (conv))
PROCEDURE(conv, write_conv, ANYTHING,
          (PurpleConversation * conv, const char *name, const char *alias, const char *text,
           PurpleMessageFlags flags, time_t mtime),
          (conv, name, alias, text, flags, mtime))
PROCEDURE(conv, chat_add_users, ANYTHING,
          (PurpleConversation * conv, GList *users, gboolean new_arrivals),
          (conv, users, new_arrivals))
PROCEDURE(conv, chat_remove_users, ANYTHING, (PurpleConversation * conv, GList *users),
          (conv, users))
PROCEDURE(conv, chat_update_user, ANYTHING, (PurpleConversation * conv, const char *who),
          (conv, who))
PROCEDURE(conv, present, ANYTHING, (PurpleConversation * conv), (conv))

static PurpleXferUiOps xfer_real;
PROCEDURE(xfer, new_xfer, ANYTHING, (PurpleXfer * xfer), (xfer))
PROCEDURE(xfer, add_xfer, ANYTHING, (PurpleXfer * xfer), (xfer))
PROCEDURE(xfer, update_progress, ANYTHING, (PurpleXfer * xfer, double percent), (xfer, percent))
PROCEDURE(xfer, cancel_local, ANYTHING, (PurpleXfer * xfer), (xfer))
PROCEDURE(xfer, cancel_remote, ANYTHING, (PurpleXfer * xfer), (xfer))

static void replace_interface(void)
{
    static PurpleAccountUiOps account;
    static PurpleConnectionUiOps connections;
    static PurpleRequestUiOps request;
    static PurpleNotifyUiOps notify;
    static PurpleBlistUiOps blist;
    static PurplePrivacyUiOps privacy = {privacy_permit_added,
                                         privacy_permit_removed,
                                         privacy_deny_added,
                                         privacy_deny_removed,
                                         NULL,
                                         NULL,
                                         NULL,
                                         NULL};
    static PurpleConversationUiOps conv = {.create_conversation = conv_create_conversation,
                                           .destroy_conversation = conv_destroy_conversation,
                                           .write_conv = conv_write_conv,
                                           .chat_add_users = conv_chat_add_users,
                                           .chat_remove_users = conv_chat_remove_users,
                                           .chat_update_user = conv_chat_update_user,
                                           .present = conv_present};

    static PurpleXferUiOps xfer = {.new_xfer = xfer_new_xfer,
                                   .add_xfer = xfer_add_xfer,
                                   .update_progress = xfer_update_progress,
                                   .cancel_local = xfer_cancel_local,
                                   .cancel_remote = xfer_cancel_remote};

    purple_xfers_set_ui_ops(&xfer);
    if (!account_real.request_authorize)
        account_real = *purple_accounts_get_ui_ops();
    account = account_real;
    account.request_authorize = account_request_authorize;
    account.close_account_request = account_close_account_request;
    account.status_changed = account_status_changed;
    purple_accounts_set_ui_ops(&account);
    if (!connection_real.connected)
        connection_real = *purple_connections_get_ui_ops();
    connections = connection_real;
    connections.connect_progress = connection_connect_progress;
    connections.connected = connection_connected;
    connections.disconnected = connection_disconnected;
    connections.report_disconnect_reason = connection_report_disconnect_reason;
    purple_connections_set_ui_ops(&connections);
    if (!request_real.request_input)
        request_real = *purple_request_get_ui_ops();
    request = request_real;
    request.request_input = request_request_input;
    request.request_choice = request_request_choice;
    request.request_fields = request_request_fields;
    request.request_action = request_request_action;
    request.request_file = request_request_file;
    request.close_request = request_close_request;
    purple_request_set_ui_ops(&request);
    if (!notify_real.notify_message)
        notify_real = *purple_notify_get_ui_ops();
    notify = notify_real;
    notify.notify_message = notify_notify_message;
    notify.notify_email = notify_notify_email;
    notify.notify_emails = notify_notify_emails;
    notify.notify_uri = notify_notify_uri;
    notify.notify_userinfo = notify_notify_userinfo;
    notify.close_notify = notify_close_notify;
    purple_notify_set_ui_ops(&notify);
    if (!blist_real.save_node)
        blist_real = *purple_blist_get_ui_ops();
    blist = blist_real;
    blist.new_node = blist_new_node;
    blist.update = blist_update;
    blist.remove = blist_remove;
    blist.save_node = blist_save_node;
    blist.remove_node = blist_remove_node;
    blist.save_account = blist_save_account;
    purple_blist_set_ui_ops(&blist);
    purple_privacy_set_ui_ops(&privacy);
    purple_conversations_set_ui_ops(&conv);
}

/* --- what others do -------------------------------------------------------------------------- */

static const char *any_robot(void)
{
    static const char *const robots[] = {BOB, CAROL, DAVE, NULL};

    return any(robots);
}

static void others_ring(void)
{
    const char *robot = any_robot();

    if (service_robot_ring(wild.svc, robot, ALICE))
        service_robot_say(wild.svc, robot, "ring");
}

static void others_talk(void)
{
    static const char nudge[] = "MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\n"
                                "ID: 1\r\n\r\n";
    static const char typing[] =
        "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\n\r\n\r\n";
    const char *robot = any_robot();

    service_robot_say(wild.svc, robot, "talk");
    service_robot_send(wild.svc, robot, below(2) ? nudge : typing, -1);
}

static void others_offer(void)
{
    static const gsize sizes[] = {0, 1, 5000, 500000};
    gsize size = sizes[below(G_N_ELEMENTS(sizes))];
    g_autoptr(GBytes) content = g_bytes_new_take(g_malloc0(size), size);

    const char *robot = any_robot();
    const char *name = below(2) ? "../new" : "";

    if (!service_robot_offer(wild.svc, robot, ALICE, name, content) &&
        service_robot_ring(wild.svc, robot, ALICE))
        service_robot_offer(wild.svc, robot, ALICE, name, content);
}

static void others_withdraw(void)
{
    static const char *const codes[] = {"TIMEOUT", "REJECT", "FTTIMEOUT", "?", NULL};

    service_robot_withdraw(wild.svc, any_robot(), any(codes));
}

static void others_chat(void)
{
    service_robot_invite(wild.svc, any_robot(), any_robot());
}

static void others_leave(void)
{
    service_robot_leave(wild.svc, any_robot(), below(2) != 0);
}

static void others_add(void)
{
    service_act_add(wild.svc, anybody(), ALICE);
}

static void others_remove(void)
{
    service_act_remove(wild.svc, anybody(), ALICE);
}

static void others_appear(void)
{
    static const char *const states[] = {"NLN", "BSY", "IDL", "", NULL};
    const char *state = any(states);

    service_appear(wild.svc, anybody(), *state ? state : NULL);
}

static void others_rename(void)
{
    service_say_name(wild.svc, anybody(), below(2) ? "One" : "Another");
}

/* Another computer of the user's. */
static void others_edit(void)
{
    static const char *const lines[] = {"ADD 0 RL 9 new@z.zz New\r\n",
                                        "REM 0 RL 9 new@z.zz\r\n",
                                        "ADD 0 AL 9 erin@example.com Erin\r\n",
                                        "REM 0 AL 9 erin@example.com\r\n",
                                        "ADD 0 FL 9 bob@example.com Bob 2\r\n",
                                        "REM 0 FL 9 bob@example.com 2\r\n",
                                        "REM 0 FL 9 carol@example.com\r\n",
                                        "REG 0 9 1 Zoo2 0\r\n",
                                        "BLP 0 9 BL\r\n",
                                        "GTC 0 9 N\r\n",
                                        "BPR 9 bob@example.com PHH 123\r\n",
                                        NULL};

    service_send(wild.svc, ALICE, any(lines), -1);
}

static void others_kick(void)
{
    if (below(4) == 0)
        service_kick(wild.svc, ALICE);
}

static void others_refuse(void)
{
    static const char *const knobs[] = {"ns-add.reply=600 {trid}\\r\\n",
                                        "ns-rem.reply=201 {trid}\\r\\n",
                                        "sb-cal.reply=217 {trid}\\r\\n",
                                        "file-nat=",
                                        "file-listen=",
                                        "file-stranger=silent",
                                        "file-cut=3000",
                                        "file-break=3000",
                                        "file-accept.cancel=REJECT",
                                        "file-elsewhere=",
                                        "file-slow=2",
                                        NULL};
    g_auto(GStrv) parts = g_strsplit(any(knobs), "=", 2);

    if (below(2))
        service_set(wild.svc, parts[0], parts[1]);
    else
        service_unset(wild.svc, parts[0]);
}

static void others_mail(void)
{
    guint id = service_mail(wild.svc, ALICE, any_robot(), "mail");

    if (below(2))
        service_read_mail(wild.svc, ALICE, id);
}

static void others_shut_down(void)
{
    service_announce_shutdown(wild.svc, 600 * below(100));
}

static void (*const others[])(void) = {
    others_ring,   others_talk,   others_talk,   others_chat,   others_leave,     others_add,
    others_add,    others_kick,   others_remove, others_appear, others_edit,      others_edit,
    others_rename, others_refuse, others_ring,   others_offer,  others_offer,     others_withdraw,
    others_refuse, others_mail,   others_mail,   others_mail,   others_shut_down,
};

/* --- runs ------------------------------------------------------------------------------------ */

static void prepare(void)
{
    wild.svc = conv_service("answers", BOB, CAROL, DAVE, NULL);
    service_add_group(wild.svc, ALICE, "Friends");
    service_add_group(wild.svc, ALICE, "Zoo");
    live_register(wild.svc, ERIN);
    live_register(wild.svc, FRANK);
    live_contact(wild.svc, BOB, "1");
    live_contact(wild.svc, CAROL, "1,2");
    live_contact(wild.svc, FRANK, NULL);
    service_set(wild.svc, "mailbox", NULL);
    wild.u = live_user(wild.svc);
    purple_account_set_check_mail(wild.u->account, TRUE);
    replace_interface();
}

static void step(void)
{
    if (below(3) == 0)
        do_something("user", ANYTHING);
    else
        others[below(G_N_ELEMENTS(others))]();
    for (guint n = below(8); n > 0; n--)
        client_wait(1 + below(30));
    empty_graveyard();
    if (below(4) == 0)
        sign_in();
}

/* After all that a session is as it should be. */
static void check_as_good_as_new(void)
{
    static const char *const knobs[] = {"ns-add.reply",   "ns-rem.reply", "sb-cal.reply",
                                        "file-nat",       "file-listen",  "file-stranger",
                                        "file-cut",       "file-break",   "file-accept.cancel",
                                        "file-elsewhere", "file-slow"};

    for (guint i = 0; i < G_N_ELEMENTS(knobs); i++)
        service_unset(wild.svc, knobs[i]);
    user_sign_out(wild.u);
    live_wait(user_is_offline(wild.u) && live_connections(wild.svc) == 0, 20);
    live_check(client_plugin_timers() == 0);
    live_check(client_plugin_watches() == 0);
    for (GList *l = purple_xfers_get_all(); l; l = l->next)
        live_check(((PurpleXfer *)l->data)->data == NULL);
    live_check(live_open_dialogs(DIALOG_AUTHORIZE) == 0 && live_open_dialogs(DIALOG_INPUT) == 0 &&
               live_open_dialogs(DIALOG_CHOICE) == 0 && live_open_dialogs(DIALOG_FIELDS) == 0);
    client_forget_dialogs();
    user_set_status(wild.u, "available");
    user_set_idle(wild.u, FALSE);
    live_settled(wild.u);
    live_check(service_robot_ring(wild.svc, BOB, ALICE));
    service_robot_say(wild.svc, BOB, "again");
    live_quiet();
}

static void run(guint seed)
{
    g_test_message("run %u", seed);
    if (wild.trace)
        g_printerr("# run %u\n", seed);
    wild.chance = g_rand_new_with_seed(seed);
    prepare();
    wild.armed = TRUE;
    user_sign_in(wild.u);
    for (guint i = 0; i < STEPS; i++)
        step();
    wild.armed = FALSE;
    empty_graveyard();
    check_as_good_as_new();
    while (purple_get_conversations())
        purple_conversation_destroy(purple_get_conversations()->data);
    live_quiet();
    client_forget_dialogs();
    conv_forget(wild.u);
    live_end_list(wild.svc, wild.u);
    g_rand_free(wild.chance);
}

static void make_files(void)
{
    g_autofree char *bytes = g_malloc0(500000);
    g_autofree char *small = NULL, *large = NULL, *empty = NULL;

    purple_prefs_set_bool("/purple/network/map_ports", FALSE);
    wild.dir = g_dir_make_tmp("msnp8-client-XXXXXX", NULL);
    small = g_build_filename(wild.dir, "small", NULL);
    large = g_build_filename(wild.dir, "large", NULL);
    empty = g_build_filename(wild.dir, "empty", NULL);
    live_check(g_file_set_contents(small, bytes, 5000, NULL) &&
               g_file_set_contents(large, bytes, 500000, NULL) &&
               g_file_set_contents(empty, bytes, 0, NULL));
}

static void remove_files(void)
{
    static const char *const names[] = {"small", "large", "empty", "one", "two"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(wild.dir, names[i], NULL);
        (void)g_unlink(path);
    }
    g_assert_cmpint(g_rmdir(wild.dir), ==, 0); /* nothing else was written */
    g_free(wild.dir);
}

static guint number_from(const char *name, guint otherwise)
{
    const char *text = g_getenv(name);

    return text ? (guint)g_ascii_strtoull(text, NULL, 10) : otherwise;
}

static void run_here(guint seed)
{
    /* libpurple loses what it was in the middle of. */
    __lsan_disable();
    __asan_set_error_report_callback(on_report);
    dl_iterate_phdr(find_purple, NULL);
    g_log_set_always_fatal(G_LOG_FATAL_MASK);
    GLogFunc log = g_log_set_default_handler(on_log, NULL);
    wild.trace = number_from("CLIENT_TRACE", 0);
    wild.graveyard = g_hash_table_new(NULL, NULL);
    make_files();
    wild.may = ANYTHING;
    listen_to_signals();
    /* libpurple would wait for a process of its own. */
    dns_begin();
    run(seed);
    dns_end();
    remove_files();
    purple_signals_disconnect_by_handle(&handle);
    g_log_set_default_handler(log, NULL);
    g_hash_table_unref(wild.graveyard);
}

/* How the run has ended. Its lines of TAP are left out: they would count for this process. */
static int run_alone(guint seed)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    const char *const argv[] = {self, "-p", "/client/anything", NULL};
    g_autofree char *name = g_strdup_printf("%u", seed);
    g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "CLIENT_SEED", name, TRUE);
    int status;

    live_check(g_spawn_sync(NULL, (char **)argv, env, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                            NULL, &status, NULL));
    if (status != 0)
        g_printerr("# run %u ended with status %d\n", seed, status);
    return status;
}

static gboolean purple_fell(int status)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == PURPLE_FELL;
}

static void test_anything(void)
{
    guint runs = number_from("CLIENT_RUNS", RUNS);

    if (!__asan_poison_memory_region) {
        g_test_skip("only with AddressSanitizer");
        return;
    }
    if (g_getenv("CLIENT_SEED")) {
        run_here(number_from("CLIENT_SEED", 0));
        return;
    }
    for (guint seed = 1; seed <= runs; seed++) {
        int status = run_alone(seed);

        for (guint i = 1; i < TRIES && purple_fell(status); i++)
            status = run_alone(seed);
        g_assert_cmpint(status, ==, 0);
    }
}

static void add_tests(void)
{
    live_add("/client/anything", test_anything, FALSE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
