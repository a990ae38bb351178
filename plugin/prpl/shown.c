/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shown.h"

#include "process.h"
#include "terminal.h"

#define FINCH_COLUMNS 72 /* of 80: what surrounds a text takes some */

char *prpl_shown_text(const char *text)
{
    return text != NULL && prpl_process_is_finch() ? prpl_terminal_wrap(text, FINCH_COLUMNS)
                                                   : g_strdup(text);
}

char *prpl_shown_label(const char *label)
{
    return prpl_process_is_pidgin() ? g_strdup(label) : prpl_terminal_label(label);
}

char *prpl_shown_setting(const char *label)
{
    return g_strconcat(label, prpl_process_is_finch() ? ": " : NULL, NULL);
}
