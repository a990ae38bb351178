/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug output. The only file that writes to libpurple's debug log, so that what may stand there is
 * decided in one place: never a password, a ticket, a challenge or a payload.
 */
#ifndef PRPL_LOG_H
#define PRPL_LOG_H

#include "msnp.h"
#include <purple.h>

/* Is anybody reading the debug log? */
bool prpl_log_enabled(void);
/* A line about `account` (may be NULL); the text must be free of secrets. */
void prpl_log(const PurpleAccount *account, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A line of the wire, as the core's redaction made it. `server` says which connection it was. */
void prpl_log_wire(const PurpleAccount *account, const char *server, bool sent, const char *text);

#endif
