/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the service itself tells its clients: mail, and that it shuts down.
 */
#ifndef SERVICE_MAIL_H
#define SERVICE_MAIL_H

#include "internal.h"

/* After the first CHG: what is in the mailbox, and whether the service is about to shut down. */
void mail_greet(conn *c);

/* URL */
void mail_url(conn *c, const request *req);

void mail_free(gpointer data);

#endif
