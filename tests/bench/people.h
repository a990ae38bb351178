/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A service in a process of its own, with accounts to sign in to and with robots that talk to the
 * first of them. What it costs does not count for this process.
 */
#ifndef BENCH_PEOPLE_H
#define BENCH_PEOPLE_H

#include "harness.h"

#define PEOPLE_FIRST "robot0@example.com"

typedef struct people people;

typedef struct {
    const char *const *knobs; /* "name" or "name=value" of the service, ended by NULL */
    guint accounts;
    guint contacts;      /* of each account; every third is online */
    guint groups;        /* in which they are */
    guint robots;        /* contacts of the first account, beside the others */
    const char *gateway; /* "http" or "https": that is how they connect; else directly */
    gboolean friends;    /* are the first two accounts contacts of each other? */
} people_plan;

/*
 * Knobs of the service. Of services of today one server does all ("one", and through its gateway
 * "http" and "https"); those of the time were several, and ended each connection of Passport after
 * its answer ("classical"). Milliseconds of a
 * round trip are made by the service, too. Valid until the next call.
 */
const char *const *people_knobs(const char *kind, guint round_trip);
/* The gateway of a plan for this kind of service, NULL if it has none. */
const char *people_gateway(const char *kind);
/*
 * Before anything else is started. Certificates are made in `dir`. Ends the program on an error.
 */
people *people_start(const char *dir, const people_plan *plan);
/* How an account signs in, by its number; what it points to lives as long as the people. */
user_config people_config(const people *self, guint account);
/* How many contacts of an account are online in all, if it has so many from the plan. */
guint people_online(guint contacts);
/* The first `robots` of them each ring the account and say something. */
void people_ring(people *self, guint robots);
/* The first one says so many texts at once. */
void people_say(people *self, guint texts);
/* people_heard() becomes true when the first one has heard so many texts in all. */
void people_await(people *self, guint texts);
gboolean people_heard(people *self);
/* The notification server says this to the first account. */
void people_send(people *self, const char *text);
/*
 * From now on the first account is sent to another server, which is the same one, as soon as it is
 * signed in; people_moved() returns how often that was.
 */
void people_move(people *self);
guint people_moved(people *self);
/*
 * A socket on which this account, which is signed in, enters a switchboard: the first one a new
 * switchboard, all others that one. What the service answers is not read yet.
 */
int people_enter(people *self, guint account);
void people_end(people *self);

#endif
