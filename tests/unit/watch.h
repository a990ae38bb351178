/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secrets that are left behind in memory. While the watch is on, each block that the code under
 * test gives back to the heap is searched for them first.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>

/* Looks for this text from now on; at most WATCH_MAX texts of at least four bytes. */
#define WATCH_MAX 16
void watch_secret(const char *secret);
/* Searching costs time and sees the tests' own memory as well: on around calls of the core only. */
void watch_on(void);
void watch_off(void);
/* How many blocks were given back with a secret in them. */
unsigned watch_found(void);
/* Forgets all secrets and finds. */
void watch_reset(void);

#endif
