/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is kept with a buddy in libpurple's list from one sign-in to the next: where the server had
 * it when both lists were last in step, and why the server did not take it.
 *
 * A buddy without a sync state was added offline, one that is elsewhere than its state says was
 * moved offline. A buddy that is where its state says, but that the server does not list (there)
 * any more, was removed (moved) from another computer.
 */
#ifndef PRPL_SYNC_STATE_H
#define PRPL_SYNC_STATE_H

#include <purple.h>
#include <stdbool.h>

/* The server has it in a group with the name of the one that it is in here; or in no group. */
void prpl_sync_state_set_here(PurpleBuddy *buddy, bool in_group);
/* The server does not have it any more; it stays all the same. */
void prpl_sync_state_set_kept(PurpleBuddy *buddy);
/* The server did not take it: an error number, 0 for no answer. True if that is news. */
bool prpl_sync_state_set_refused(PurpleBuddy *buddy, unsigned number);

/* Has it a state at all? */
bool prpl_sync_state_is_set(PurpleBuddy *buddy);
/* Was it, where it is now, on the server, too? And if so: in no group there? */
bool prpl_sync_state_is_here(PurpleBuddy *buddy);
bool prpl_sync_state_in_no_group(PurpleBuddy *buddy);
/* The name of the group in which it was then; NULL if there is none. Borrowed. */
const char *prpl_sync_state_group(PurpleBuddy *buddy);

/* Why a buddy is here although the server does not have it as a contact. */
typedef enum {
    PRPL_SYNC_LISTED, /* it does, or it is not known yet */
    PRPL_SYNC_KEPT,   /* it had, and has not any more */
    PRPL_SYNC_REFUSED /* it did not take it: *number, 0 for no answer */
} prpl_sync_reason;
prpl_sync_reason prpl_sync_state_reason(PurpleBuddy *buddy, unsigned *number);

#endif
