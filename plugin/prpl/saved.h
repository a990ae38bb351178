/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of the process (cache.h), and how it outlives the process: with each account is saved
 * what it needs of it, so that the first sign-in after a restart is as fast as later ones. Never a
 * password, never a ticket.
 */
#ifndef PRPL_SAVED_H
#define PRPL_SAVED_H

#include "msnp.h"

/* The cache for all accounts, with all that was saved. */
msnp_cache *prpl_saved_cache(void);
/* It has changed: saves it with each account that is concerned. */
void prpl_saved_store(void);

#endif
