/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is stored with a buddy in libpurple's list between sign-ins: where the server had it when
 * both lists last agreed, why the server rejected it, and the last name that the person had.
 *
 * A buddy without a sync state was added offline; one that is not where its state says was moved
 * offline. If it is where its state says, but the server does not list it (there) any more, it was
 * removed (moved) on another computer.
 */
#ifndef PRPL_SYNC_STATE_H
#define PRPL_SYNC_STATE_H

#include "account.h"
#include <stdbool.h>

/* The server has it in a group of the same name as here, or (`in_group` false) in no group. */
void prpl_sync_state_set_here(const prpl_account *self, PurpleBuddy *buddy, bool in_group);
/* The server does not have it any more, but it stays here. */
void prpl_sync_state_set_kept(const prpl_account *self, PurpleBuddy *buddy);
/* The server rejected it: an error number, 0 for no reply. True if that is new. */
bool prpl_sync_state_set_refused(PurpleBuddy *buddy, unsigned number);
/* The server has accepted it, though not in this group. */
void prpl_sync_state_forget_refused(PurpleBuddy *buddy);

/* Does it have a state at all? */
bool prpl_sync_state_is_set(PurpleBuddy *buddy);
/* Did the server have it where it is now? If so: in no group there? */
bool prpl_sync_state_is_here(PurpleBuddy *buddy);
bool prpl_sync_state_in_no_group(PurpleBuddy *buddy);
/* The name of the group in its state; NULL if there is none. Borrowed. */
const char *prpl_sync_state_group(PurpleBuddy *buddy);

/* Why a buddy is here although the server does not list it. */
typedef enum {
    PRPL_SYNC_LISTED, /* the server lists it, or that is not known yet */
    PRPL_SYNC_KEPT,   /* the server does not list it any more */
    PRPL_SYNC_REFUSED /* the server rejected it: *number, 0 for no reply */
} prpl_sync_reason;
prpl_sync_reason prpl_sync_state_reason(PurpleBuddy *buddy, unsigned *number);

/*
 * What the person calls himself or herself. Servers keep the name from the time when somebody was
 * added, and tell the present one only of people who are online: the last one is stored if it is
 * another one. It counts only while the server's list has the same name as then.
 */
void prpl_sync_state_keep_name(PurpleBuddy *buddy, const msnp_contact *contact);
/* The name, of a contact with these buddies; NULL if there is none. Borrowed. */
const char *prpl_sync_state_name(GSList *buddies, const msnp_contact *contact);

#endif
