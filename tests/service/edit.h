/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the handlers of the editing commands share (edit.c and groups.c).
 */
#ifndef SERVICE_EDIT_H
#define SERVICE_EDIT_H

#include "lists.h"
#include "msnp.h"

/*
 * Does what is set for "ns-VERB-LIST" (`list` may be NULL) or "ns-VERB". Returns whether anything
 * was: then the command is over, and nothing changes.
 */
gboolean edit_fails(conn *c, const char *verb, const char *list);

/* Takes a contact off the forward list; afterwards the entry may be gone. */
void edit_drop_forward(conn *c, contact *ct);

#endif
