/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session with a notification server, beyond what every sign-in has in common.
 */
#ifndef SESSION_H
#define SESSION_H

#include "drive.h"

/* All of these forget the events that led there. Up to SYN, whose id is 5. */
drive *session_at_lists(void);
/* The answer to SYN and what follows it, then the answer to CHG 6. The next id is 7. */
drive *session_online(const char *lists);
/* The server sends it to another one: up to the SYN there, whose id is 5 as well. */
void session_move(drive *d);

#endif
