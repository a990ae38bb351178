/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "process.h"

static prpl_process process;

prpl_process *prpl_process_get(void)
{
    return &process;
}

bool prpl_process_is_bitlbee(void)
{
    return purple_strequal(purple_core_get_ui(), "BitlBee");
}

bool prpl_process_is_finch(void)
{
    return purple_strequal(purple_core_get_ui(), "gnt-purple");
}

bool prpl_process_is_pidgin(void)
{
    return purple_strequal(purple_core_get_ui(), "gtk-gaim");
}

void prpl_process_free(void)
{
    g_list_free_full(process.attention_types, g_free);
    msnp_cache_free(process.cache);
    g_clear_pointer(&process.names, g_hash_table_destroy);
    g_clear_pointer(&process.first_addresses, g_hash_table_destroy);
    g_clear_pointer(&process.name_keys, g_hash_table_destroy);
    g_clear_pointer(&process.dialogs, g_hash_table_destroy);
    g_clear_pointer(&process.pictures, g_hash_table_destroy);
    /* The plugin may be loaded again while windows are still open, or somebody still has the number
     * of a dialog. */
    process = (prpl_process){.last_chat = process.last_chat,
                             .last_dialog = process.last_dialog,
                             .smiley_themes = process.smiley_themes};
}
