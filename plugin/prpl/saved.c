/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "saved.h"

#include "account.h"
#include "process.h"
#include "settings.h"

/* For each account of this protocol, whether it is signed in or not. */
static void for_each_account(void (*call)(PurpleAccount *account))
{
    for (GList *l = purple_accounts_get_all(); l != NULL; l = l->next)
        if (prpl_settings_is_ours(l->data))
            call(l->data);
}

static int64_t seconds_now(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

static void load(PurpleAccount *account)
{
    const char *saved = purple_account_get_string(account, PRPL_SETTING_CACHE, "");

    msnp_cache_load(prpl_process_get()->cache, saved, prpl_account_now(), seconds_now());
}

msnp_cache *prpl_saved_cache(void)
{
    prpl_process *process = prpl_process_get();

    if (process->cache == NULL) {
        process->cache = msnp_cache_new();
        for_each_account(load);
    }
    return process->cache;
}

static void store(PurpleAccount *account)
{
    prpl_settings *settings = prpl_settings_read(account);
    char *text = msnp_cache_save(prpl_process_get()->cache, settings->nexus_url, settings->server,
                                 settings->port, prpl_account_now(), seconds_now());

    /* libpurple writes its accounts to disk after each change: avoid needless ones. */
    if (!purple_strequal(text, purple_account_get_string(account, PRPL_SETTING_CACHE, "")))
        purple_account_set_string(account, PRPL_SETTING_CACHE, text);
    g_free(text);
    prpl_settings_free(settings);
}

void prpl_saved_store(void)
{
    for_each_account(store);
}
