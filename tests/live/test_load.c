/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin file itself: what a client learns from it before anybody signs in. Names and defaults
 * are in people's saved accounts and must stay.
 */
#include "service_helpers.h"

#include <string.h>

static PurplePlugin *plugin(void)
{
    return purple_find_prpl(CLIENT_PROTOCOL);
}

static PurplePluginProtocolInfo *protocol(void)
{
    return PURPLE_PLUGIN_PROTOCOL_INFO(plugin());
}

/* What the compiler's own instruments export is not ours. */
static gboolean is_instrument(const char *symbol)
{
    static const char *const prefixes[] = {"__asan", "__odr_asan",  "__ubsan", "__gcov",
                                           "__llvm", "mangle_path", "_init",   "_fini"};

    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(symbol, prefixes[i]))
            return TRUE;
    return FALSE;
}

static void test_symbols(void)
{
    const char *const argv[] = {"nm", "-D", "--defined-only", "-f", "posix", plugin()->path, NULL};
    g_autofree char *output = NULL;
    g_auto(GStrv) lines = NULL;
    g_autoptr(GString) symbols = g_string_new(NULL);

    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL,
                      NULL, NULL)) {
        g_test_skip("nm is not there");
        return;
    }
    lines = g_strsplit(output, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_autofree char *symbol = g_strndup(lines[i], strcspn(lines[i], " "));

        if (*symbol && !is_instrument(symbol))
            g_string_append_printf(symbols, "%s ", symbol);
    }
    g_assert_cmpstr(symbols->str, ==, "purple_init_plugin ");
}

static void test_info(void)
{
    const PurplePluginInfo *info = plugin()->info;

    live_check(g_str_has_suffix(plugin()->path, "/libmsnp8.so"));
    g_assert_cmpstr(info->id, ==, "prpl-msnp8");
    g_assert_cmpstr(info->name, ==, "MSN Messenger");
    g_assert_cmpuint(info->magic, ==, PURPLE_PLUGIN_MAGIC);
    g_assert_cmpuint(info->major_version, ==, PURPLE_MAJOR_VERSION);
    g_assert_cmpint(info->type, ==, PURPLE_PLUGIN_PROTOCOL);
    live_check(info->version && *info->version);
    live_check(info->summary && *info->summary);
    live_check(info->description && *info->description);
    live_check(info->author && *info->author);
    g_assert_cmpuint(protocol()->struct_size, ==, sizeof(PurplePluginProtocolInfo));
    g_assert_cmpstr(protocol()->list_icon(NULL, NULL), ==, "msnp8");
    live_check(protocol()->login && protocol()->close && protocol()->status_types);
    live_check(!(protocol()->options & OPT_PROTO_NO_PASSWORD));
    live_check(!(protocol()->options & OPT_PROTO_PASSWORD_OPTIONAL));
    live_check(protocol()->user_splits == NULL);
}

static PurpleAccountOption *find_option(const char *setting)
{
    for (GList *l = protocol()->protocol_options; l; l = l->next)
        if (g_strcmp0(purple_account_option_get_setting(l->data), setting) == 0)
            return l->data;
    return NULL;
}

static void check_string_option(const char *setting, const char *value)
{
    const PurpleAccountOption *option = find_option(setting);
    const char *actual;

    live_check(option != NULL);
    g_assert_cmpint(purple_account_option_get_type(option), ==, PURPLE_PREF_STRING);
    actual = purple_account_option_get_default_string(option);
    g_assert_cmpstr(actual ? actual : "", ==, value);
    live_check(!purple_account_option_get_masked(option));
}

static void test_options(void)
{
    check_string_option("server", "messenger.hotmail.com");
    check_string_option("nexus_url", "");
    check_string_option("login_url", "");
    live_check(find_option("port") != NULL);
    g_assert_cmpint(purple_account_option_get_type(find_option("port")), ==, PURPLE_PREF_INT);
    g_assert_cmpint(purple_account_option_get_default_int(find_option("port")), ==, 1863);
    /* The last one: BitlBee and Telepathy know it by this name. */
    const PurpleAccountOption *files = g_list_last(protocol()->protocol_options)->data;
    g_assert_cmpstr(purple_account_option_get_setting(files), ==, "files_through_service");
    g_assert_cmpstr(purple_account_option_get_text(files), ==,
                    "Exchange files through the service");
    live_check(purple_account_option_get_default_bool(files));
    for (GList *l = protocol()->protocol_options; l; l = l->next) {
        const char *label = purple_account_option_get_text(l->data);

        live_check(label && *label && g_utf8_validate(label, -1, NULL));
    }
}

static void test_statuses(void)
{
    static const struct {
        const char *id;
        PurpleStatusPrimitive primitive;
    } expected[] = {
        {"available", PURPLE_STATUS_AVAILABLE},
        {"busy", PURPLE_STATUS_UNAVAILABLE},
        {"brb", PURPLE_STATUS_AWAY},
        {"away", PURPLE_STATUS_AWAY},
        {"phone", PURPLE_STATUS_UNAVAILABLE},
        {"lunch", PURPLE_STATUS_AWAY},
        {"invisible", PURPLE_STATUS_INVISIBLE},
        {"offline", PURPLE_STATUS_OFFLINE},
    };
    PurpleAccount *account = purple_account_new("somebody@example.com", CLIENT_PROTOCOL);
    guint settable = 0;

    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        PurpleStatusType *type = purple_account_get_status_type(account, expected[i].id);

        live_check(type != NULL);
        g_assert_cmpint(purple_status_type_get_primitive(type), ==, expected[i].primitive);
        live_check(purple_status_type_is_user_settable(type));
        live_check(purple_status_type_get_name(type) && *purple_status_type_get_name(type));
        /* The protocol has no texts with a status. */
        live_check(!purple_status_type_get_attr(type, "message"));
    }
    for (GList *l = purple_account_get_status_types(account); l; l = l->next)
        settable += purple_status_type_is_user_settable(l->data);
    g_assert_cmpuint(settable, ==, G_N_ELEMENTS(expected));
    live_check(purple_account_get_status_type_with_primitive(account, PURPLE_STATUS_OFFLINE));
    purple_account_destroy(account);
}

/* The hint in the dialog for a new account. */
static void test_label(void)
{
    GHashTable *table = protocol()->get_account_text_table(NULL);

    g_assert_cmpstr(g_hash_table_lookup(table, "login_label"), ==, "E-mail address");
    g_hash_table_destroy(table);
}

/* libpurple compares names as the core does (test_codec). */
static void test_normalize(void)
{
    PurpleAccount *account = purple_account_new("Somebody@Example.com", CLIENT_PROTOCOL);

    g_assert_cmpstr(purple_normalize(account, " Bob@EXAMPLE.com\n"), ==, "bob@example.com");
    purple_account_destroy(account);
    g_assert_null(protocol()->normalize(NULL, NULL));
}

static void add_tests(void)
{
    live_load_all_plugins();
    live_add("/load/label", test_label, TRUE);
    live_add("/load/symbols", test_symbols, FALSE);
    live_add("/load/info", test_info, TRUE);
    live_add("/load/options", test_options, TRUE);
    live_add("/load/statuses", test_statuses, TRUE);
    live_add("/load/normalize", test_normalize, TRUE);
}

int main(int argc, char **argv)
{
    return live_main(argc, argv, add_tests);
}
