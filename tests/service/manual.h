/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The documentation that the service has of itself, made from the tables of knobs and commands.
 */
#ifndef SERVICE_MANUAL_H
#define SERVICE_MANUAL_H

#include <glib.h>

#define MANUAL_COLUMNS 100

/* All of it, in lines of at most MANUAL_COLUMNS columns; the caller frees it. */
char *manual_text(void);

#endif
