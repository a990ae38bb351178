/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A switchboard: one connection for one conversation with one or more people. It reports events to
 * its owner, which decides what a conversation is to the user.
 *
 * It begins in one of two ways: with a cookie from XFR SB (USR), then we call people (CAL, JOI); or
 * with a cookie from RNG (ANS), then those who are there already are announced (IRO).
 */
#ifndef MSNP_SWITCHBOARD_H
#define MSNP_SWITCHBOARD_H

#include "net.h"

#define MSNP_SWITCHBOARD_MEMBERS_MAX  100                  /* people; of more only messages count */
#define MSNP_SWITCHBOARD_CALL_TIMEOUT ((int64_t)60 * 1000) /* from CAL to JOI */
/* From MSG, or the answer to what was sent before it, to ACK or NAK. */
#define MSNP_SWITCHBOARD_ACK_TIMEOUT ((int64_t)30 * 1000)
/* From USR or ANS to its reply, if those who are there are announced slowly. */
#define MSNP_SWITCHBOARD_GREETING_MAX ((int64_t)2 * 60 * 1000)

/* The verb table of switchboards. */
extern const msnp_verbs msnp_switchboard_verbs;

typedef struct msnp_switchboard msnp_switchboard;

typedef enum {
    MSNP_SWITCHBOARD_CONNECTING,
    MSNP_SWITCHBOARD_GREETING, /* USR or ANS is pending */
    MSNP_SWITCHBOARD_OPEN,     /* USR or ANS succeeded */
    MSNP_SWITCHBOARD_OVER      /* failed, or left */
} msnp_switchboard_state;

/* What the service is asked to report about a message: the letter in MSG. */
typedef enum {
    MSNP_LETTER_U, /* nothing */
    MSNP_LETTER_A, /* ACK or NAK */
    MSNP_LETTER_D  /* the same. For messages of MSNP2P, and only for these */
} msnp_letter;

typedef struct {
    const char *account; /* our own, as the notification server spells it */
    const char *host;    /* valid */
    uint16_t port;
    const char *cookie;  /* secret */
    const char *session; /* session id from RNG; NULL: from XFR SB */
} msnp_switchboard_config;

/*
 * Callbacks to the owner, each right after the line that it reports. They may call all functions
 * here, but only `handled` may free the switchboard. After msnp_switchboard_leave() only messages
 * that were already read are reported, and `handled`. Strings are borrowed for the call.
 */
typedef struct {
    /* USR or ANS succeeded; those who are there already were reported before. */
    void (*opened)(gpointer owner, int64_t now);
    /* Somebody joined, or is there. `name` is clean text, may be empty. */
    void (*joined)(gpointer owner, const char *account, const char *name, int64_t now);
    /* Somebody left. `idle`: the switchboard was closed for idleness. */
    void (*left)(gpointer owner, const char *account, bool idle, int64_t now);
    /* Somebody whom we called did not join. MSNP_ERR_SERVER: rejected; _TIMEOUT. */
    void (*call_failed)(gpointer owner, const char *account, msnp_cause cause, int64_t now);
    /*
     * The result of a message with a tag: MSNP_OK: delivered; _REFUSED: NAK; _NOBODY: nobody was
     * there (deviation 5); _SERVER; _TIMEOUT.
     */
    void (*answered)(gpointer owner, uint32_t tag, msnp_cause cause, int64_t now);
    /* A message, unparsed, of anybody: also of people who are not there. */
    void (*received)(gpointer owner, const char *account, const char *name, msnp_str payload,
                     int64_t now);
    /*
     * It is over; only msnp_switchboard_leave(), which closes the connection, and _free() have an
     * effect. May be called from within a function that sends.
     */
    void (*failed)(gpointer owner, msnp_cause cause);
    /* The bytes of one read were handled. */
    void (*handled)(gpointer owner, int64_t now);
} msnp_switchboard_ops;

/*
 * Requests a connection. Copies what it keeps of `config`, borrows the rest until it is freed.
 * Deadlines count from `now` (milliseconds). Never NULL.
 */
msnp_switchboard *msnp_switchboard_new(msnp_net *net, const msnp_switchboard_config *config,
                                       const msnp_switchboard_ops *ops, gpointer owner,
                                       int64_t now);
/* Wipes secrets, and closes the connection. NULL is fine. */
void msnp_switchboard_free(msnp_switchboard *sb);

/*
 * Invites somebody (CAL), as soon as the switchboard is open. Ends in `joined`, `call_failed`, or
 * with the switchboard. No effect for people who are there or being called already.
 */
void msnp_switchboard_call(msnp_switchboard *sb, const char *account, int64_t now);
/*
 * Sends a payload to all who are there (MSG). With a `tag` other than 0 (A, D) it ends in
 * `answered`, or with the switchboard; with 0 no result is reported. Returns false, and sends
 * nothing, if the switchboard is not open or too many commands are pending.
 */
bool msnp_switchboard_send(msnp_switchboard *sb, msnp_letter letter, uint32_t tag, msnp_str payload,
                           int64_t now);
/*
 * Sends the reply to an invitation, requesting a NAK on failure (N); no result is reported. False
 * if the switchboard is not open.
 */
bool msnp_switchboard_reply(msnp_switchboard *sb, msnp_str payload);
/* Leaves: sends OUT if it is open, and closes the connection. */
void msnp_switchboard_leave(msnp_switchboard *sb);
/* Checks the deadlines. */
void msnp_switchboard_tick(msnp_switchboard *sb, int64_t now);
/* When the next tick is due; MSNP_NEVER for none. */
int64_t msnp_switchboard_deadline(const msnp_switchboard *sb);

/* A line for the debug log about what was received last; `text` is our own. */
void msnp_switchboard_note(const msnp_switchboard *sb, const char *text);

/* Its state. */
msnp_switchboard_state msnp_switchboard_get_state(const msnp_switchboard *sb);

/* Somebody who is in a switchboard, or being called. */
typedef struct {
    char *account; /* as the server spells it, or as it was called */
    char *name;    /* clean text, may be empty; NULL while being called */
} msnp_switchboard_person;

/* The number of other participants, and each by its index; borrowed until the next call. */
size_t msnp_switchboard_n_members(const msnp_switchboard *sb);
const msnp_switchboard_person *msnp_switchboard_member(const msnp_switchboard *sb, size_t index);
/* Is this person there? Ignores case. */
bool msnp_switchboard_has(const msnp_switchboard *sb, const char *account);
/* Are there several others, or will be when those who are there already have been reported? */
bool msnp_switchboard_is_group(const msnp_switchboard *sb);
/* The number of pending calls, and each by its index; borrowed likewise. */
size_t msnp_switchboard_n_calls(const msnp_switchboard *sb);
const msnp_switchboard_person *msnp_switchboard_called(const msnp_switchboard *sb, size_t index);
/* The number of messages with a tag that have no result yet. */
size_t msnp_switchboard_unanswered(const msnp_switchboard *sb);

#endif
