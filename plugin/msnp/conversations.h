/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conversations of an account. A conversation is what a user sees as one: with one person, for
 * as long as the window is open, or a chat with several. Switchboards come and go underneath: one
 * is opened when there is something to say, the other side opens one by ringing, each can break.
 *
 * What is kept here is the promise that no message disappears silently. Each part of each message
 * is in one of these places:
 *   waiting  not sent yet. If a switchboard cannot be opened, or breaks first, another one is
 *            tried once; then that is reported (MSNP_EVENT_UNDELIVERED).
 *   sent     written to a switchboard and not answered. ACK with somebody there ends it. Anything
 *            else, be it NAK, an error, silence, the end of the switchboard, or everybody leaving,
 *            is reported. It is never sent again: it may have arrived (`maybe`).
 * What is sent keeps its order: a conversation changes to another switchboard only when the one
 * before has answered everything.
 *
 * The switchboards are a part of this: so the promise can be tested without any I/O. They open
 * their connections in the net, which hands on what happens there; and what the user is to be told
 * is queued there.
 */
#ifndef MSNP_CONVERSATIONS_H
#define MSNP_CONVERSATIONS_H

#include "net.h"

#define MSNP_SWITCHBOARDS_MAX         256  /* at a time */
#define MSNP_SWITCHBOARDS_RUNG_MAX    200  /* of these, how many can others have opened */
#define MSNP_SWITCHBOARDS_RINGER_MAX  4    /* and how many of these one person */
#define MSNP_CHATS_MAX                64   /* at a time */
#define MSNP_CHATS_OF_OTHERS_MAX      48   /* of these, how many can others have begun */
#define MSNP_CONVERSATION_WAITING_MAX 1000 /* parts of messages that wait in a conversation */
#define MSNP_CONVERSATION_WINDOW      32   /* messages sent and not answered, in a switchboard */
#define MSNP_CHAT_GATHER              ((int64_t)10 * 1000) /* to wait for who is called back */
#define MSNP_CONVERSATIONS_TYPING     ((int64_t)5 * 1000)

typedef struct msnp_conversations msnp_conversations;

typedef struct {
    /*
     * The notification server is to be asked for a switchboard. The answer to this request comes
     * later, not from within this call: msnp_conversations_switchboard() or _no_switchboard().
     */
    void (*ask_switchboard)(gpointer owner, unsigned request, int64_t now);
} msnp_conversations_ops;

/* No conversations yet. Borrows all three until it is freed. Never NULL. */
msnp_conversations *msnp_conversations_new(msnp_net *net, const msnp_conversations_ops *ops,
                                           gpointer owner);
/*
 * NULL is fine; closes the connections. What has no result yet is lost: msnp_conversations_end()
 * comes first. Not from within `ask_switchboard`.
 */
void msnp_conversations_free(msnp_conversations *all);
/* Our own account, as the notification server spells it: to be told before anything else. */
void msnp_conversations_set_account(msnp_conversations *all, const char *account);

/*
 * Chats are numbered upwards from the one after this (else from 1): a client may still have windows
 * of those of an earlier session.
 */
void msnp_conversations_count_from(msnp_conversations *all, unsigned last);

/* --- what the notification server says ------------------------------------------------------ */

/* The answers to `ask_switchboard`. A request that nobody waits for any more is ignored. */
void msnp_conversations_switchboard(msnp_conversations *all, unsigned request, const char *host,
                                    uint16_t port, const char *cookie, int64_t now);
void msnp_conversations_no_switchboard(msnp_conversations *all, unsigned request, msnp_cause cause,
                                       int64_t now);
/*
 * Somebody rings (and is welcome: who is not is simply not answered). Who rings more often than
 * makes sense loses a switchboard in which nothing is going on, or is not answered. With several
 * people in it, it is a chat as soon as something is said there; the same chat as before, if its
 * switchboard was closed or broke, and these are its people.
 */
void msnp_conversations_rung(msnp_conversations *all, const msnp_ring *ring, int64_t now);

/* --- time ----------------------------------------------------------------------------------- */

/* Looks at the deadlines. */
void msnp_conversations_tick(msnp_conversations *all, int64_t now);
/* When it wants the next tick, MSNP_NEVER for not at all. */
int64_t msnp_conversations_deadline(const msnp_conversations *all);

/* --- what the user does --------------------------------------------------------------------- */

/*
 * Sends a text (UTF-8, '\n' as line break). It is split if it is too long for one message. MSNP_OK:
 * it will be delivered, or MSNP_EVENT_UNDELIVERED comes. Else nothing was sent and nothing will
 * come: MSNP_ERR_ACCOUNT (that is no account, or our own), MSNP_ERR_TOO_LONG (the text, or too much
 * waits already), MSNP_ERR_NOBODY (there is no such chat, or nobody in it who could be called
 * back), or what msnp_conversations_end() was called with.
 */
msnp_err msnp_conversations_send(msnp_conversations *all, msnp_conversation_id id, const char *text,
                                 const msnp_format *format, int64_t now);
/* Sends a nudge, in the same way; when it fails, the event has no text. */
msnp_err msnp_conversations_nudge(msnp_conversations *all, const char *who, int64_t now);
/*
 * The user is typing to this person. That is sent over a switchboard that is open already, and at
 * most every MSNP_CONVERSATIONS_TYPING; otherwise nothing happens.
 */
void msnp_conversations_type(msnp_conversations *all, const char *who, int64_t now);
/*
 * Turns the conversation with `who` into a chat (over the same switchboard, if one is open), or
 * begins one, and calls `also` (NULL: nobody). Its number, which MSNP_EVENT_CHAT_BEGUN has as well;
 * 0 if there are too many, or after the end.
 */
unsigned msnp_conversations_chat(msnp_conversations *all, const char *who, const char *also,
                                 int64_t now);
/*
 * Invites somebody into a chat. MSNP_EVENT_CHAT_JOINED or MSNP_EVENT_CHAT_CALL_FAILED follows,
 * unless the chat does not exist or that person is in it, or being called, already.
 */
void msnp_conversations_invite(msnp_conversations *all, unsigned chat, const char *who,
                               int64_t now);
/*
 * The user closed the window. What waits or is not answered still has its time; then the
 * switchboard is left.
 */
void msnp_conversations_close(msnp_conversations *all, msnp_conversation_id id, int64_t now);
/*
 * The session with the service is over, `err` says why: everything that waits or is not answered
 * ends in MSNP_EVENT_UNDELIVERED, all switchboards are left, and all chats are forgotten. This may
 * be called in the middle of anything, from `ask_switchboard` as well. Nothing begins after it.
 */
void msnp_conversations_end(msnp_conversations *all, msnp_err err, int64_t now);

/* How many parts of messages have no result yet. */
size_t msnp_conversations_pending(const msnp_conversations *all);
/* How many switchboards are open or being opened. */
size_t msnp_conversations_n_switchboards(const msnp_conversations *all);
/* Is there an open switchboard with this person in it, and nobody else? */
bool msnp_conversations_is_open(const msnp_conversations *all, const char *who);

#endif
