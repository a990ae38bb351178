/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is kept with a buddy in libpurple's list from one sign-in to the next: where the server had
 * it when both lists were last in step, and why the server did not take it.
 *
 * A buddy without a mark was added offline, one that is elsewhere than its mark says was moved
 * offline. A buddy whose mark is right but whom the server does not list (there) any more was
 * removed (moved) from another computer.
 */
#ifndef PRPL_MARKS_H
#define PRPL_MARKS_H

#include "account.h"

/* Where the server has it: in a group that is called like the one that it is in here; or in none.
 */
void prpl_mark_here(PurpleBuddy *buddy, bool in_group);
/* The server does not have it any more; it stays all the same. */
void prpl_mark_kept(PurpleBuddy *buddy);
/* The server did not take it: an error number, 0 for no answer. True if that is news. */
bool prpl_mark_refused(PurpleBuddy *buddy, unsigned number);

/* Has it a mark at all? */
bool prpl_is_marked(PurpleBuddy *buddy);
/* Was it, where it is now, on the server, too? And if so: in no group there? */
bool prpl_was_here(PurpleBuddy *buddy);
bool prpl_was_in_no_group(PurpleBuddy *buddy);
/* The name of the group in which it was then; NULL if it has no such mark. Borrowed. */
const char *prpl_was_in(PurpleBuddy *buddy);

/* Why a buddy is here although the server does not have it as a contact. */
typedef enum {
    PRPL_BUDDY_LISTED, /* it does, or it is not known yet */
    PRPL_BUDDY_KEPT,   /* it had, and has not any more */
    PRPL_BUDDY_REFUSED /* it did not take it: *number, 0 for no answer */
} prpl_buddy_reason;
prpl_buddy_reason prpl_buddy_reason_of(PurpleBuddy *buddy, unsigned *number);

/* Did the user write something about this one that would be lost with it: alias, note, icon? */
bool prpl_has_own_data(PurpleBuddy *buddy);
/* Gives all that to another buddy, where that one has nothing of the kind. */
void prpl_give_own_data(PurpleBuddy *from, PurpleBuddy *to);

#endif
