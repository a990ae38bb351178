/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a part writes on its connections, read as strictly as the other side may.
 */
#ifndef WRITTEN_H
#define WRITTEN_H

#include "cmd.h"

/*
 * One whole command with its payload, and nothing behind it; false if it is not that. Borrows.
 */
bool written_read(msnp_cmd *cmd, const msnp_verbs *verbs, msnp_str bytes);

/*
 * What is wrong with this write; NULL for nothing. On the connection with a notification server or
 * a switchboard it is a command, with Passport a request to `host`.
 */
const char *written_ns_fault(msnp_str bytes);
const char *written_switchboard_fault(msnp_str bytes);
const char *written_request_fault(msnp_str bytes, const char *host);
/*
 * The same on a connection with an HTTP gateway: a request to `host` (NULL: through a proxy) whose
 * body are whole commands.
 */
const char *written_gateway_fault(msnp_str bytes, const char *host, bool service);

#endif
