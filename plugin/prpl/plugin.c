/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin as libpurple sees it.
 */
#include "account.h"
#include "authorize.h"
#include "blist_edit.h"
#include "chats.h"
#include "commands.h"
#include "convo.h"
#include "details.h"
#include "dialogs.h"
#include "edits.h"
#include "emoticons.h"
#include "listener.h"
#include "log.h"
#include "msnim.h"
#include "parts.h"
#include "presence.h"
#include "privacy.h"
#include "process.h"
#include "profile.h"
#include "pump.h"
#include "saved.h"
#include "settings.h"
#include "shown.h"
#include "takeover.h"
#include "transfers.h"
#include "windows.h"

#include <glib/gi18n-lib.h>

#if !PURPLE_VERSION_CHECK(2, 14, 0)
#error "libpurple 2.14 or later is needed, for get_cb_alias"
#endif

static const char *list_icon(PurpleAccount *account, PurpleBuddy *buddy)
{
    (void)account;
    (void)buddy;
    return "msnp8";
}

/* libpurple copies the result at once. */
static const char *normalize(const PurpleAccount *account, const char *who)
{
    char *result = prpl_process_get()->normalized;

    (void)account;
    if (who == NULL)
        return NULL;
    msnp_account_fold(who, result);
    return result;
}

static void signing_off(PurpleConnection *gc)
{
    if (prpl_settings_is_ours(purple_connection_get_account(gc)) && prpl_account_of(gc) != NULL)
        prpl_parts_sign_off(prpl_account_of(gc));
}

/*
 * Finch sets an empty alias where the user entered none; libpurple would show it as the user's name
 * until accounts are read in again.
 */
static void drop_empty_alias(PurpleAccount *account)
{
    const char *alias = purple_account_get_alias(account);

    if (prpl_settings_is_ours(account) && alias != NULL && *alias == '\0')
        purple_account_set_alias(account, NULL);
}

/* With the first account: libpurple loads plugins before it registers these signals. */
static void listen_to_signals(PurplePlugin *plugin)
{
    prpl_process *process = prpl_process_get();

    if (process->listening)
        return;
    process->listening = true;
    prpl_windows_listen(plugin);
    prpl_commands_listen(plugin);
    prpl_emoticons_listen(plugin);
    /* Before Pidgin, which announces that it will rejoin chats that were not left. */
    purple_signal_connect_priority(purple_connections_get_handle(), "signing-off", plugin,
                                   PURPLE_CALLBACK(signing_off), NULL,
                                   PURPLE_SIGNAL_PRIORITY_LOWEST);
    purple_signal_connect(purple_accounts_get_handle(), "account-alias-changed", plugin,
                          PURPLE_CALLBACK(drop_empty_alias), NULL);
}

static void sign_in(PurpleAccount *account)
{
    static const prpl_account_ops ops = {
        .pump = prpl_pump, .farewell = prpl_pump_farewell, .destroy = prpl_parts_free};
    PurpleConnection *gc = purple_account_get_connection(account);

    /* Handlers of "signing-on" can sign out, and in again. */
    if (gc == NULL || prpl_account_of(gc) != NULL)
        return;
    prpl_account *self = prpl_account_new(account, &ops);

    listen_to_signals(purple_connection_get_prpl(self->gc));
    prpl_takeover(account);
    prpl_parts_open(self);
    /* Windows of chats from an earlier session may still be open. */
    prpl_account_sign_in(self, prpl_presence_wanted(self), prpl_process_get()->last_chat,
                         prpl_saved_cache());
    /* Last: handlers can end the account. */
    drop_empty_alias(account);
}

static void sign_out(PurpleConnection *gc)
{
    prpl_account *self = prpl_account_of(gc);

    if (self == NULL)
        return;
    prpl_account_ref(self);
    prpl_parts_sign_off(self);
    prpl_parts_close(self);
    prpl_account_close(gc);
    /* The client can do anything meanwhile, but nothing of it reaches this account. */
    prpl_edits_warn(self, prpl_authorize_n_automatic(self));
    prpl_account_unref(self);
}

/* Hints in the dialog for a new account. */
static GHashTable *get_account_text_table(PurpleAccount *account)
{
    GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);

    (void)account;
    g_hash_table_insert(table, (gpointer) "login_label", (gpointer)_("E-mail address"));
    return table;
}

/* The service stores no aliases: libpurple does. */
static void keep_alias_here(PurpleConnection *gc, const char *who, const char *alias)
{
    (void)gc;
    (void)who;
    (void)alias;
}

static PurplePluginProtocolInfo protocol = {
    .struct_size = sizeof(PurplePluginProtocolInfo),
    .options = OPT_PROTO_MAIL_CHECK,
    .icon_spec = NO_BUDDY_ICONS,
    .list_icon = list_icon,
    .list_emblem = prpl_details_emblem,
    .status_text = prpl_details_status_text,
    .tooltip_text = prpl_details_tooltip,
    .status_types = prpl_presence_types,
    .blist_node_menu = prpl_commands_menu,
    /* No chat_info and join_chat: chats have no names, and cannot be joined. */
    .chat_invite = prpl_chats_invite,
    .chat_leave = prpl_chats_leave,
    .chat_send = prpl_chats_send,
    .login = sign_in,
    .close = sign_out,
    .send_im = prpl_convo_send_im,
    .send_typing = prpl_convo_send_typing,
    .set_status = prpl_presence_set_status,
    .set_idle = prpl_presence_set_idle,
    .get_info = prpl_details_get_info,
    /* Pidgin's dialog needs the first, and uses the second. */
    .add_buddy = prpl_blist_edit_add_buddy,
    .add_buddy_with_invite = prpl_blist_edit_add_buddy_with_invite,
    .remove_buddy = prpl_blist_edit_remove_buddy,
    .group_buddy = prpl_blist_edit_move_buddy,
    /* Without it Haze refuses to give a contact an alias. */
    .alias_buddy = keep_alias_here,
    .rename_group = prpl_blist_edit_rename_group,
    .remove_group = prpl_blist_edit_remove_group,
    .add_permit = prpl_privacy_add_permit,
    .add_deny = prpl_privacy_add_deny,
    .rem_permit = prpl_privacy_rem_permit,
    .rem_deny = prpl_privacy_rem_deny,
    .set_permit_deny = prpl_privacy_set_permit_deny,
    .set_public_alias = prpl_profile_set_alias,
    .get_public_alias = prpl_profile_get_alias,
    .convo_closed = prpl_convo_closed,
    .normalize = normalize,
    .send_attention = prpl_convo_send_attention,
    .get_attention_types = prpl_convo_attention_types,
    .get_account_text_table = get_account_text_table,
    .get_cb_alias = prpl_chats_alias,
    .can_receive_file = prpl_transfers_can_send,
    .send_file = prpl_transfers_send,
    .new_xfer = prpl_transfers_new_xfer,
};

static void add_option(PurpleAccountOption *option)
{
    protocol.protocol_options = g_list_append(protocol.protocol_options, option);
}

static void add_text(const char *name, const char *label, const char *value)
{
    char *shown = prpl_shown_setting(label);

    add_option(purple_account_option_string_new(shown, name, value));
    g_free(shown);
}

static void add_number(const char *name, const char *label, int value)
{
    char *shown = prpl_shown_setting(label);

    add_option(purple_account_option_int_new(shown, name, value));
    g_free(shown);
}

/* Every client puts the label of one beside its box. */
static void add_flag(const char *name, const char *label, bool value)
{
    add_option(purple_account_option_bool_new(label, name, value));
}

static GList *append_choice(GList *choices, const char *label, const char *value)
{
    PurpleKeyValuePair *choice = g_new0(PurpleKeyValuePair, 1);

    choice->key = g_strdup(label);
    choice->value = g_strdup(value);
    return g_list_append(choices, choice);
}

static void add_choice(const char *name, const char *label, GList *choices)
{
    char *shown = prpl_shown_setting(label);

    add_option(purple_account_option_list_new(shown, name, choices));
    g_free(shown);
}

/* The first choice is what an account has that has made none. */
static GList *services(void)
{
    GList *choices =
        append_choice(NULL, _("Another service: see Server below"), PRPL_SERVICE_OTHER);
    const prpl_service *service;

    for (size_t i = 0; (service = prpl_services_nth(i)) != NULL; i++)
        choices = append_choice(choices, service->name, service->id);
    return choices;
}

static GList *methods(void)
{
    GList *choices = append_choice(NULL, _("Automatic"), PRPL_METHOD_AUTOMATIC);

    choices = append_choice(choices, _("Direct connection"), PRPL_METHOD_DIRECT);
    return append_choice(choices, _("HTTP gateway"), PRPL_METHOD_GATEWAY);
}

/*
 * The labels begin with what texts call the settings, PRPL_LABEL_... libpurple frees the options
 * when it unloads the plugin, which may be loaded again.
 */
static void make_options(void)
{
    if (protocol.protocol_options != NULL)
        return;
    add_choice(PRPL_SETTING_SERVICE, _(PRPL_LABEL_SERVICE), services());
    add_text(PRPL_SETTING_SERVER, _("Server of your service"), PRPL_DEFAULT_SERVER);
    add_number(PRPL_SETTING_PORT, _(PRPL_LABEL_PORT), MSNP_PORT_MSNP);
    add_text(PRPL_SETTING_NEXUS, _("Passport nexus URL (optional)"), "");
    add_text(PRPL_SETTING_LOGIN, _("Passport login URL (optional)"), "");
    add_choice(PRPL_SETTING_METHOD, _(PRPL_LABEL_METHOD), methods());
    add_text(PRPL_SETTING_GATEWAY, _("HTTP gateway URL (optional)"), "");
    add_flag(PRPL_SETTING_FILES, _(PRPL_LABEL_FILES), PRPL_DEFAULT_FILES);
}

static gboolean load(PurplePlugin *plugin)
{
    make_options();
    prpl_commands_load();
    prpl_msnim_load(plugin);
    return TRUE;
}

/* Is an account of this protocol signed in, or about to be? */
static bool is_in_use(void)
{
    for (GList *l = purple_connections_get_all(); l != NULL; l = l->next) {
        if (prpl_settings_is_ours(purple_connection_get_account(l->data)))
            return true;
    }
    return false;
}

static gboolean unload(PurplePlugin *plugin)
{
    if (is_in_use()) {
        prpl_log(NULL, "not unloaded: an account is signed in");
        return FALSE;
    }
    prpl_dialogs_close_all(NULL);
    purple_signals_disconnect_by_handle(plugin);
    prpl_commands_unload();
    prpl_windows_forget();
    prpl_emoticons_forget(plugin);
    prpl_listener_forget_all();
    prpl_process_free();
    return TRUE;
}

static void destroy(PurplePlugin *plugin)
{
    (void)plugin;
    g_list_free_full(protocol.protocol_options, (GDestroyNotify)purple_account_option_destroy);
    protocol.protocol_options = NULL;
}

static char id[] = PRPL_PROTOCOL_ID;
static char name[] = "MSN Messenger";
static char version[] = MSNP8_VERSION;
static char author[] = "The purple-msnp8 developers";
static char homepage[] = "";

static PurplePluginInfo info = {
    .magic = PURPLE_PLUGIN_MAGIC,
    .major_version = PURPLE_MAJOR_VERSION,
    .minor_version = PURPLE_MINOR_VERSION,
    .type = PURPLE_PLUGIN_PROTOCOL,
    .priority = PURPLE_PRIORITY_DEFAULT,
    .id = id,
    .name = name,
    .version = version,
    .author = author,
    .homepage = homepage,
    .load = load,
    .unload = unload,
    .destroy = destroy,
    .actions = prpl_profile_actions,
    .extra_info = &protocol,
};

/*
 * Where the translations are: in "locale" beside the plugin if there is such a directory, as after
 * "make install-user", otherwise in that of the system.
 */
static void bind_translations(const PurplePlugin *plugin)
{
    char *dir = plugin->path ? g_path_get_dirname(plugin->path) : g_strdup("");
    char *beside = g_build_filename(dir, "locale", NULL);
    bool own = g_path_is_absolute(beside) && g_file_test(beside, G_FILE_TEST_IS_DIR);

    bindtextdomain(GETTEXT_PACKAGE, own ? beside : LOCALEDIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    g_free(beside);
    g_free(dir);
}

static void init_plugin(PurplePlugin *plugin)
{
    /* First: the labels below are translated when they are created. */
    bind_translations(plugin);
    info.summary = _("MSN Messenger Protocol Plugin (MSNP8)");
    info.description = _(
        "Connects to MSN Messenger revival services using MSNP8, the protocol of MSN Messenger 5.");

    make_options();
}

PURPLE_INIT_PLUGIN(msnp8, init_plugin, info)
