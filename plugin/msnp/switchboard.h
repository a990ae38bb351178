/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The session with a switchboard: one connection, in which one conversation with one or more people
 * is held. It reports what happens there; what a conversation is to the user, talks.h decides.
 *
 * It is begun in one of two ways: with a cookie that the notification server gave us (USR), then we
 * call people (CAL, JOI); or with one that came with a ring (ANS), then those who are there already
 * are told (IRO).
 */
#ifndef MSNP_SWITCHBOARD_H
#define MSNP_SWITCHBOARD_H

#include "cmd.h"

#define MSNP_SWITCHBOARD_MEMBERS_MAX  100 /* people in a switchboard; more are not seen */
#define MSNP_SWITCHBOARD_CALL_TIMEOUT ((int64_t)60 * 1000) /* from CAL to JOI */
#define MSNP_SWITCHBOARD_ACK_TIMEOUT  ((int64_t)30 * 1000) /* from MSG to ACK or NAK */

typedef struct msnp_switchboard msnp_switchboard;

/* What switchboards may send. */
extern const msnp_verbs msnp_switchboard_verbs;

typedef struct {
    const char *account; /* our own, as the notification server spells it */
    const char *host;    /* checked already */
    uint16_t port;
    const char *cookie;  /* secret */
    const char *session; /* id of the session that we were rung for; NULL: we asked for it */
} msnp_switchboard_config;

/* Copies what it keeps. Never NULL. */
msnp_switchboard *msnp_switchboard_new(const msnp_switchboard_config *config);
/* NULL is fine; wipes secrets. */
void msnp_switchboard_free(msnp_switchboard *sb);

/* Begins: asks for the connection. Deadlines count from `now` (milliseconds). */
void msnp_switchboard_start(msnp_switchboard *sb, int64_t now);
/* The connection that MSNP_EVENT_CONNECT asked for stands: USR or ANS is sent. */
void msnp_switchboard_connected(msnp_switchboard *sb, int64_t now);
/*
 * Bytes from it, at most MSNP_SWITCHBOARD_FEED_MAX; `len` 0 means that the peer closed it, or that
 * it could not be made. msnp_switchboard_next() is to be called until it has no more, before more
 * is fed: it reads a line only when the events of the one before are taken, so that events and what
 * the functions below tell always fit together.
 */
#define MSNP_SWITCHBOARD_FEED_MAX 16384
void msnp_switchboard_feed(msnp_switchboard *sb, const void *data, size_t len, int64_t now);
/*
 * Invites somebody, as soon as the switchboard has taken us in (CAL). Ends in
 * MSNP_EVENT_SB_JOINED, MSNP_EVENT_SB_CALL_FAILED, or with the session. Who is in, or is being
 * called already, is not called again.
 */
void msnp_switchboard_call(msnp_switchboard *sb, const char *account, int64_t now);
/*
 * Sends a payload to all who are there (MSG). With a `tag` (not 0) it is to be acknowledged, and
 * ends in MSNP_EVENT_SB_ANSWERED, or with the session; with 0 nobody will hear what became of it.
 * False, and nothing is sent, if the switchboard is not open or too much is unanswered.
 */
bool msnp_switchboard_send(msnp_switchboard *sb, uint32_t tag, msnp_str payload, int64_t now);
/*
 * Sends the answer to an invitation, which is to be refused (NAK) if it cannot be delivered; nobody
 * hears of that either. False if the switchboard is not open.
 */
bool msnp_switchboard_reply(msnp_switchboard *sb, msnp_str payload);
/*
 * Leaves: OUT if the switchboard is open, then MSNP_EVENT_CLOSE. Events that waited still come, and
 * so do messages that were fed already; nothing else.
 */
void msnp_switchboard_leave(msnp_switchboard *sb);
/* Looks at the deadlines. */
void msnp_switchboard_tick(msnp_switchboard *sb, int64_t now);
/* When it wants the next tick, MSNP_NEVER for not at all. */
int64_t msnp_switchboard_deadline(const msnp_switchboard *sb);
/* The next event, borrowed until the next call of this function; false if there is none. */
bool msnp_switchboard_next(msnp_switchboard *sb, msnp_event *event);
/* IDLE, CONNECT, ACCOUNT (USR or ANS is not answered), ONLINE (taken in), OFFLINE. */
msnp_step msnp_switchboard_step(const msnp_switchboard *sb);

/* Somebody in a switchboard, or on the way there. */
typedef struct {
    char *account; /* as the server spells it, or as it was called */
    char *name;    /* clean text, may be empty; of somebody who is being called: NULL */
} msnp_switchboard_person;

/* How many others are there, and who; borrowed until the next call. */
size_t msnp_switchboard_n_members(const msnp_switchboard *sb);
const msnp_switchboard_person *msnp_switchboard_member(const msnp_switchboard *sb, size_t index);
/* Is this one there, in whatever letter case? */
bool msnp_switchboard_has(const msnp_switchboard *sb, const char *account);
/* How many are being called, and not there yet, and who. */
size_t msnp_switchboard_n_calls(const msnp_switchboard *sb);
const msnp_switchboard_person *msnp_switchboard_called(const msnp_switchboard *sb, size_t index);
/* How many messages with a tag have no answer yet. */
size_t msnp_switchboard_unanswered(const msnp_switchboard *sb);
/* Emit MSNP_EVENT_TRACE from now on? */
void msnp_switchboard_set_trace(msnp_switchboard *sb, bool trace);

#endif
