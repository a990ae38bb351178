/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events as the EV: lines of a transcript write them. The format stands at the top of
 * run_scripts.c.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include "msnp.h"

/* The strings of the event are checked by being read. */
GString *events_text(const msnp_event *event);

/* Host and port as a script has them, "-" for none; the caller frees it. */
char *events_address(const char *host, uint16_t port);
/* An account, or #1 for a chat; the caller frees it. */
char *events_conversation(msnp_conversation_id id);

#endif
