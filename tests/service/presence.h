/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Who is told what about whom: presence, being added and removed, phone numbers.
 */
#ifndef SERVICE_PRESENCE_H
#define SERVICE_PRESENCE_H

#include "lists.h"

/* One of the states that a client can be in; FLN is none. */
gboolean presence_is_state(const char *word);

/* A session begins, and ends (however: finished, shut or dropped; the second time is ignored). */
void presence_began(conn *c, person *p);
void presence_ended(conn *c);

/* The state in which others see it (NULL: offline), and the session that hears of what others do:
 * it has its lists (NULL: none). */
const char *presence_outward(const person *p);
conn *presence_listener(const person *p);

/* Whether `p` lets `watcher` see it. */
gboolean presence_allows(const person *p, const char *watcher);

/* The ILN lines of all contacts that this session can see and was not told of. */
void presence_batch(conn *c, GString *lines);

/* The ILN of one contact, if this session can see it. */
void presence_initial(conn *c, const char *address);

/* Something about `p` may have changed: tells those who see it otherwise than they did. */
void presence_update(service *self, const person *p);

/* This contact is on the list no more. */
void presence_forget(conn *c, const char *address);

/* `owner` has put `who` on its forward list, or taken it off. */
void reverse_added(service *self, const person *owner, const char *who);
void reverse_removed(service *self, const person *owner, const char *who);

/* A phone item of `p` has changed. */
void reverse_phone(service *self, const person *p, item which);

/* `owner` has put `who` on its block list. */
void reverse_blocked(service *self, const person *owner, const char *who);

#endif
