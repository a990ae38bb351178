/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sync state of each buddy in libpurple's list, kept between sign-ins: where the server had the
 * buddy when both lists last agreed, or why the server rejected it.
 *
 * A buddy without a sync state was added offline; one that is not where its state says was moved
 * offline. A buddy whose state is right, but whom the server no longer lists (there), was removed
 * (moved) on another computer.
 */
#ifndef PRPL_MARKS_H
#define PRPL_MARKS_H

#include "account.h"

/* The server has it in a group of the same name as here, or in none. */
void prpl_mark_here(PurpleBuddy *buddy, bool in_group);
/* The server no longer has it, but it stays. */
void prpl_mark_kept(PurpleBuddy *buddy);
/* The server rejected it: an error number, 0 for no reply. True if that is news. */
bool prpl_mark_refused(PurpleBuddy *buddy, unsigned number);

/* Does it have a sync state? */
bool prpl_is_marked(PurpleBuddy *buddy);
/* Did the server have it where it is now? And if so, in no group? */
bool prpl_was_here(PurpleBuddy *buddy);
bool prpl_was_in_no_group(PurpleBuddy *buddy);
/* The name of the group in which the server had it; NULL if unknown. Borrowed. */
const char *prpl_was_in(PurpleBuddy *buddy);

/* Why a buddy is here although the server does not have it as a contact. */
typedef enum {
    PRPL_BUDDY_LISTED, /* the server has it, or that is not known yet */
    PRPL_BUDDY_KEPT,   /* the server no longer has it */
    PRPL_BUDDY_REFUSED /* the server rejected it: *number, 0 for no reply */
} prpl_buddy_reason;
prpl_buddy_reason prpl_buddy_reason_of(PurpleBuddy *buddy, unsigned *number);

/* Does it have data of the user that would be lost with it: alias, note, icon? */
bool prpl_has_own_data(PurpleBuddy *buddy);
/* Copies that to another buddy, where that one has none. */
void prpl_give_own_data(PurpleBuddy *from, PurpleBuddy *to);

#endif
