/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sending and receiving files: between the session's transfers and libpurple's. The files
 * themselves are opened, and closed, by libpurple.
 */
#ifndef PRPL_TRANSFERS_H
#define PRPL_TRANSFERS_H

#include "account.h"

/*
 * Life cycle: before the sign-in, when the session has ended, when the account is no longer in use.
 */
void prpl_transfers_open(prpl_account *self);
void prpl_transfers_close(prpl_account *self);
void prpl_transfers_free(prpl_account *self);

/* MSNP_EVENT_FILE_... */
void prpl_transfers_offered(prpl_account *self, const msnp_event *event);
void prpl_transfers_started(prpl_account *self, const msnp_event *event);
void prpl_transfers_wanted(prpl_account *self, const msnp_event *event);
void prpl_transfers_rewind(prpl_account *self, const msnp_event *event);
void prpl_transfers_data(prpl_account *self, const msnp_event *event);
void prpl_transfers_complete(prpl_account *self, const msnp_event *event);
void prpl_transfers_other_way(prpl_account *self, const msnp_event *event);
void prpl_transfers_ended(prpl_account *self, const msnp_event *event);

/* prpl: can a file be sent to this person now? */
gboolean prpl_transfers_can_send(PurpleConnection *gc, const char *who);
/* prpl: sends a file, or, with NULL, asks the user which. */
void prpl_transfers_send(PurpleConnection *gc, const char *who, const char *path);
/* prpl: a file is to be sent; the client decides which. NULL if the account is not signed in. */
PurpleXfer *prpl_transfers_new_xfer(PurpleConnection *gc, const char *who);

#endif
