/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#define CATEGORY "msnp8"

bool prpl_log_enabled(void)
{
    PurpleDebugUiOps *ops = purple_debug_get_ui_ops();

    if (purple_debug_is_enabled())
        return true;
    return ops != NULL && ops->print != NULL &&
           (ops->is_enabled == NULL || ops->is_enabled(PURPLE_DEBUG_MISC, CATEGORY));
}

static const char *name_of(const PurpleAccount *account)
{
    return account != NULL ? purple_account_get_username(account) : "-";
}

void prpl_log(const PurpleAccount *account, const char *format, ...)
{
    va_list args;

    if (!prpl_log_enabled())
        return;
    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    purple_debug_info(CATEGORY, "%s: %s\n", name_of(account), text);
    g_free(text);
}

void prpl_log_trace(const PurpleAccount *account, const char *server, bool sent, const char *text)
{
    purple_debug_misc(CATEGORY, "%s: %s %s %s\n", name_of(account), server, sent ? ">>>" : "<<<",
                      text);
}
