/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "process.h"

static prpl_process process;

prpl_process *prpl_process_get(void)
{
    return &process;
}

void prpl_process_free(void)
{
    g_list_free_full(process.attention_types, g_free);
    msnp_cache_free(process.cache);
    if (process.names != NULL)
        g_hash_table_destroy(process.names);
    if (process.first_addresses != NULL)
        g_hash_table_destroy(process.first_addresses);
    if (process.name_keys != NULL)
        g_hash_table_destroy(process.name_keys);
    if (process.dialogs != NULL)
        g_hash_table_destroy(process.dialogs);
    /* The plugin may be loaded again while windows of chats are still open, or somebody still has
     * the number of a dialog. */
    process = (prpl_process){.last_chat = process.last_chat, .last_dialog = process.last_dialog};
}
