/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of the process (cache.h). Each account saves the entries that it needs, so that the
 * first sign-in after a restart is as fast as later ones. Never a password, never a ticket.
 */
#ifndef PRPL_SAVED_H
#define PRPL_SAVED_H

#include "msnp.h"

/* The cache for all accounts, including saved entries. Borrowed. */
msnp_cache *prpl_saved_cache(void);
/* The cache changed: saves it with each account that uses the entries. */
void prpl_saved_store(void);

#endif
