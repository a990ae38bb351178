/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "takeover.h"

#include "log.h"
#include "msnp.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <sys/stat.h>

static const char *const older_plugins[] = {"prpl-msn", "prpl-msn-pecan"};

static const char *const dead_settings[] = {"http_method",    "http_method_server",
                                            "direct_connect", "custom_smileys",
                                            "mpop",           "use_server_alias"};

static bool has_older_account(const PurpleAccount *account)
{
    const char *name = purple_account_get_username(account);

    for (size_t i = 0; i < G_N_ELEMENTS(older_plugins); i++)
        if (purple_accounts_find(name, older_plugins[i]) != NULL)
            return true;
    return false;
}

/* The logs of the account, in the directory of a protocol. The caller frees it. */
static char *logs_of(const PurpleAccount *account, const char *protocol)
{
    const char *name = purple_normalize(account, purple_account_get_username(account));

    return g_build_filename(purple_user_dir(), "logs", protocol, purple_escape_filename(name),
                            NULL);
}

/* What is there itself: what a link leads to is somewhere else, or nowhere, or the way back. */
static bool is_there(const char *path)
{
    GStatBuf file;

    return g_lstat(path, &file) == 0;
}

static bool is_directory(const char *path)
{
    GStatBuf file;

    return g_lstat(path, &file) == 0 && S_ISDIR(file.st_mode);
}

/* Moves a file or directory, or what is in it if there is one already. Nothing is overwritten. */
static void move(const char *from, const char *to)
{
    const char *name;

    if (!is_there(to)) {
        if (g_rename(from, to) != 0)
            prpl_log(NULL, "logs not moved: %s", g_strerror(errno));
        return;
    }
    GDir *dir = is_directory(from) && is_directory(to) ? g_dir_open(from, 0, NULL) : NULL;
    if (dir == NULL)
        return;
    while ((name = g_dir_read_name(dir)) != NULL) {
        char *entry = g_build_filename(from, name, NULL);
        char *target = g_build_filename(to, name, NULL);

        move(entry, target);
        g_free(entry);
        g_free(target);
    }
    g_dir_close(dir);
    (void)g_rmdir(from);
}

static void move_logs(const PurpleAccount *account)
{
    char *from = logs_of(account, "msn");
    char *to = logs_of(account, "msnp8");
    char *parent = g_path_get_dirname(to);

    if (g_file_test(from, G_FILE_TEST_IS_DIR) && purple_build_dir(parent, 0700) == 0)
        move(from, to);
    g_free(from);
    g_free(to);
    g_free(parent);
}

void prpl_takeover(PurpleAccount *account)
{
    for (size_t i = 0; i < G_N_ELEMENTS(dead_settings); i++)
        if (g_hash_table_contains(account->settings, dead_settings[i]))
            purple_account_remove_setting(account, dead_settings[i]);
    /* What is no address could be the name of another directory. */
    const char *address = purple_normalize(account, purple_account_get_username(account));
    if (msnp_account_valid(address) && !has_older_account(account))
        move_logs(account);
}
