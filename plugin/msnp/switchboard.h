/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A switchboard: one connection, on which one conversation with one or more people is held. It
 * reports what happens there to its owner; what a conversation is to the user, the owner decides.
 *
 * It is begun in one of two ways: with a cookie that the notification server gave us (USR), then we
 * call people (CAL, JOI); or with one that came with a ring (ANS), then those who are there already
 * are announced (IRO).
 */
#ifndef MSNP_SWITCHBOARD_H
#define MSNP_SWITCHBOARD_H

#include "net.h"

#define MSNP_SWITCHBOARD_MEMBERS_MAX  100                  /* people; more are not seen */
#define MSNP_SWITCHBOARD_CALL_TIMEOUT ((int64_t)60 * 1000) /* from CAL to JOI */
#define MSNP_SWITCHBOARD_ACK_TIMEOUT  ((int64_t)30 * 1000) /* from MSG to ACK or NAK */

/* What a switchboard may send. */
extern const msnp_verbs msnp_switchboard_verbs;

typedef struct msnp_switchboard msnp_switchboard;

typedef enum {
    MSNP_SWITCHBOARD_CONNECTING,
    MSNP_SWITCHBOARD_GREETING, /* USR or ANS is not answered */
    MSNP_SWITCHBOARD_OPEN,     /* it took us in */
    MSNP_SWITCHBOARD_OVER      /* failed, or left */
} msnp_switchboard_state;

typedef struct {
    const char *account; /* our own, as the notification server spells it */
    const char *host;    /* checked already */
    uint16_t port;
    const char *cookie;  /* secret */
    const char *session; /* id of the session that we were rung for; NULL: we asked for it */
} msnp_switchboard_config;

/*
 * What the owner hears. Each call sees the switchboard as it is after that very line, and may use
 * all of it, but only from `handled` may it be freed. After msnp_switchboard_leave() nothing comes
 * but messages that were read before, and `handled`. Strings are borrowed for the call.
 */
typedef struct {
    /* It took us in; those who were there came before. */
    void (*opened)(gpointer owner, int64_t now);
    /* Somebody is there. `name` is clean text, may be empty. */
    void (*joined)(gpointer owner, const char *account, const char *name, int64_t now);
    /* And is not any more. `idle`: because nobody said anything for long. */
    void (*left)(gpointer owner, const char *account, bool idle, int64_t now);
    /* Somebody whom we called does not come. _SERVER: refused; _TIMEOUT. */
    void (*call_failed)(gpointer owner, const char *account, msnp_cause cause, int64_t now);
    /*
     * What became of a message with a tag: MSNP_OK: delivered; _REFUSED: NAK; _NOBODY: nobody was
     * there; _SERVER; _TIMEOUT.
     */
    void (*answered)(gpointer owner, uint32_t tag, msnp_cause cause, int64_t now);
    /* A message, as it is. */
    void (*received)(gpointer owner, const char *account, const char *name, msnp_str payload,
                     int64_t now);
    /*
     * It is over, and only msnp_switchboard_leave(), which closes the connection, and _free() have
     * an effect. This can come from within a function that sends.
     */
    void (*failed)(gpointer owner, msnp_cause cause);
    /* All that came at once on the connection was reported. */
    void (*handled)(gpointer owner, int64_t now);
} msnp_switchboard_ops;

/*
 * Asks for the connection. Copies what it keeps of `config`, borrows the rest until it is freed.
 * Deadlines count from `now` (milliseconds). Never NULL.
 */
msnp_switchboard *msnp_switchboard_new(msnp_net *net, const msnp_switchboard_config *config,
                                       const msnp_switchboard_ops *ops, gpointer owner,
                                       int64_t now);
/* NULL is fine; wipes secrets, and closes the connection. */
void msnp_switchboard_free(msnp_switchboard *sb);

/*
 * Invites somebody, as soon as the switchboard has taken us in (CAL). Ends in `joined`,
 * `call_failed`, or with the switchboard. Who is in, or is being called already, is not called
 * again.
 */
void msnp_switchboard_call(msnp_switchboard *sb, const char *account, int64_t now);
/*
 * Sends a payload to all who are there (MSG). With a `tag` (not 0) it is to be acknowledged, and
 * ends in `answered`, or with the switchboard; with 0 nobody will hear what became of it. False,
 * and nothing is sent, if the switchboard is not open or too much is unanswered.
 */
bool msnp_switchboard_send(msnp_switchboard *sb, uint32_t tag, msnp_str payload, int64_t now);
/*
 * Sends the answer to an invitation, which is to be refused (NAK) if it cannot be delivered; nobody
 * hears of that either. False if the switchboard is not open.
 */
bool msnp_switchboard_reply(msnp_switchboard *sb, msnp_str payload);
/* Leaves: OUT if it is open, then the connection is closed. */
void msnp_switchboard_leave(msnp_switchboard *sb);
/* Looks at the deadlines. */
void msnp_switchboard_tick(msnp_switchboard *sb, int64_t now);
/* When it wants the next tick, MSNP_NEVER for not at all. */
int64_t msnp_switchboard_deadline(const msnp_switchboard *sb);

/* Where it is. */
msnp_switchboard_state msnp_switchboard_get_state(const msnp_switchboard *sb);

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

#endif
