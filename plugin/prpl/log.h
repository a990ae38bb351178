/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug output. Only this file writes to libpurple's debug log, so that one place decides what it
 * may contain: never a password, a ticket, a challenge or a payload.
 */
#ifndef PRPL_LOG_H
#define PRPL_LOG_H

#include "msnp.h"
#include <purple.h>

/* Is anybody reading the debug log? */
bool prpl_log_enabled(void);
/* A line about `account` (may be NULL); the text must be free of secrets. */
void prpl_log(const PurpleAccount *account, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A command on the connection to `server`, as the core's redaction made it. */
void prpl_log_trace(const PurpleAccount *account, const char *server, bool sent, const char *text);

#endif
