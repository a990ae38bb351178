/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A service in a process of its own, with robots that talk to the account that is measured. What it
 * costs does not count for this process.
 */
#ifndef BENCH_PEOPLE_H
#define BENCH_PEOPLE_H

#include "harness.h"

#define PEOPLE_FIRST "robot0@example.com"

typedef struct people people;

/* Before anything else is started. Certificates are made in `dir`. Ends the program on an error. */
people *people_start(const char *dir, guint robots);
/* How the account signs in. */
const user_config *people_config(const people *self);
/* The first `robots` of them each ring the account and say something. */
void people_ring(people *self, guint robots);
/* The first one says so many texts at once. */
void people_say(people *self, guint texts);
/* people_heard() becomes true when the first one has heard so many texts in all. */
void people_await(people *self, guint texts);
gboolean people_heard(people *self);
void people_end(people *self);

#endif
