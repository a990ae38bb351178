/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug output. Only this file writes to libpurple's debug log, so that one place decides what it
 * may contain: never a password, a ticket, a challenge or a payload.
 */
#ifndef PRPL_LOG_H
#define PRPL_LOG_H

#include "msnp.h"
#include <purple.h>

/* Is the debug log enabled? */
bool prpl_log_enabled(void);
/* Logs a line about `account` (may be NULL); the text must not contain secrets. */
void prpl_log(const PurpleAccount *account, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Logs a command on the connection to `server`, as redacted by the core. */
void prpl_log_trace(const PurpleAccount *account, const char *server, bool sent, const char *text);

#endif
