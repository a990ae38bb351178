/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conversations of an account. A talk is what a user sees as one: with one person, for as long
 * as the window is open, or a chat with several. Switchboards come and go underneath: one is opened
 * when there is something to say, the other side opens one by ringing, each can break.
 *
 * What is kept here is the promise that no message disappears without a word. Each part of each
 * message is in one of these places:
 *   waiting  not sent yet. If a switchboard cannot be opened, or breaks first, another one is
 *            tried once; then the user is told (MSNP_EVENT_UNDELIVERED).
 *   sent     written to a switchboard and not answered. ACK with somebody there ends it. Anything
 *            else, be it NAK, an error, silence, the end of the switchboard, or everybody leaving,
 *            is told. It is never sent again: it may have arrived (`maybe`).
 * What is sent keeps its order: a talk changes to another switchboard only when the one before has
 * answered everything.
 *
 * This is the one place that drives other machines (sb.h): so that the promise can be tested
 * without any I/O. Connections are numbered: the events CONNECT, WRITE, CLOSE and TRACE say in
 * `wire` which one they are about.
 */
#ifndef MSNP_CONVERSATIONS_H
#define MSNP_CONVERSATIONS_H

#include "event.h"

#define MSNP_SWITCHBOARDS_MAX         256  /* switchboards at a time */
#define MSNP_SWITCHBOARDS_RUNG_MAX    200  /* of these, how many can others have opened */
#define MSNP_SWITCHBOARDS_RINGER_MAX  4    /* and how many of these one person */
#define MSNP_CHATS_MAX                64   /* chats at a time */
#define MSNP_CHATS_OF_OTHERS_MAX      48   /* of these, how many can others have begun */
#define MSNP_CONVERSATION_WAITING_MAX 1000 /* parts of messages that wait in a talk */
#define MSNP_CONVERSATION_WINDOW      32   /* messages sent and not answered, in a switchboard */
#define MSNP_CHAT_GATHER              ((int64_t)10 * 1000) /* to wait for those who are called back */
#define MSNP_CONVERSATIONS_TYPING     ((int64_t)5 * 1000)

typedef struct msnp_conversations msnp_conversations;

/* No talks yet. Never NULL. */
msnp_conversations *msnp_conversations_new(void);
/* NULL is fine; wipes secrets. What has no result yet is lost: msnp_conversations_end() comes
 * first. */
void msnp_conversations_free(msnp_conversations *conversations);
/* Our own account, as the notification server spells it: to be told before anything else. */
void msnp_conversations_set_account(msnp_conversations *conversations, const char *account);

/*
 * Chats are numbered upwards from the one after this (else from 1): a client may still have windows
 * of those of an earlier session.
 */
void msnp_conversations_count_from(msnp_conversations *conversations, unsigned last);

/* --- what the notification server says ------------------------------------------------------ */

/* The answers to MSNP_EVENT_ASK_SWITCHBOARD. A request that nobody waits for any more is ignored.
 */
void msnp_conversations_switchboard(msnp_conversations *conversations, unsigned request,
                                    const char *host, uint16_t port, const char *cookie,
                                    int64_t now);
void msnp_conversations_no_switchboard(msnp_conversations *conversations, unsigned request,
                                       msnp_err err, unsigned number, int64_t now);
/*
 * Somebody rings (and is welcome: who is not is simply not answered). Who rings more often than
 * makes sense loses a switchboard in which nothing is going on, or is not answered. With several
 * people in it, it is a chat as soon as something is said there; the same chat as before, if its
 * switchboard was closed or broke, and these are its people.
 */
void msnp_conversations_rung(msnp_conversations *conversations, const msnp_ring *ring, int64_t now);

/* --- what the switchboards say -------------------------------------------------------------- */

/* As with every machine; for a wire that is closed already they do nothing. */
void msnp_conversations_connected(msnp_conversations *conversations, unsigned wire, int64_t now);
/* `len` 0: the peer closed it, or it could not be made. */
void msnp_conversations_feed(msnp_conversations *conversations, unsigned wire, const void *data,
                             size_t len, int64_t now);
void msnp_conversations_tick(msnp_conversations *conversations, int64_t now);
int64_t msnp_conversations_deadline(const msnp_conversations *conversations);
bool msnp_conversations_next(msnp_conversations *conversations, msnp_event *event);
void msnp_conversations_set_trace(msnp_conversations *conversations, bool trace);

/* --- what the user does --------------------------------------------------------------------- */

/*
 * Sends a text (UTF-8, '\n' as line break) to the place. It is split if it is too long for one
 * message. MSNP_OK: it will be delivered, or MSNP_EVENT_UNDELIVERED comes. Else nothing was
 * sent and nothing will come: MSNP_ERR_ACCOUNT (that is no account, or our own), MSNP_ERR_TOO_LONG
 * (the text, or too much waits already), MSNP_ERR_NOBODY (there is no such chat, or nobody in it
 * who could be called back).
 */
msnp_err msnp_conversations_send(msnp_conversations *conversations, msnp_conversation_id id,
                                 const char *text, const msnp_format *format, int64_t now);
/* Sends a nudge, in the same way; when it fails, the event has no text. */
msnp_err msnp_conversations_nudge(msnp_conversations *conversations, const char *who, int64_t now);
/*
 * The user is typing to this person. Told over a switchboard that is open already, and at most
 * every MSNP_CONVERSATIONS_TYPING; otherwise nothing happens.
 */
void msnp_conversations_type(msnp_conversations *conversations, const char *who, int64_t now);
/*
 * Turns the conversation with `who` into a chat (over the same switchboard, if one is open), or
 * begins one, and calls `also` (NULL: nobody). Its number, which MSNP_EVENT_CHAT_BEGUN tells as
 * well; 0 if there are too many.
 */
unsigned msnp_conversations_chat(msnp_conversations *conversations, const char *who,
                                 const char *also, int64_t now);
/*
 * Invites somebody into a chat. MSNP_EVENT_CHAT_JOINED or MSNP_EVENT_CHAT_CALL_FAILED follows,
 * unless the chat does not exist or that person is in it, or being called, already.
 */
void msnp_conversations_invite(msnp_conversations *conversations, unsigned chat, const char *who,
                               int64_t now);
/*
 * The user closed the window. What waits or is not answered still has its time; then the
 * switchboard is left.
 */
void msnp_conversations_close(msnp_conversations *conversations, msnp_conversation_id id,
                              int64_t now);
/*
 * The session with the service is over (`err` says why): everything that waits or is not answered
 * ends in MSNP_EVENT_UNDELIVERED, all switchboards are left, and all chats are forgotten. The
 * event given out last stays valid until msnp_conversations_free(), since this can happen while it
 * is being handled.
 */
void msnp_conversations_end(msnp_conversations *conversations, msnp_err err, int64_t now);

/* How many parts of messages have no result yet. */
size_t msnp_conversations_pending(const msnp_conversations *conversations);
/* How many switchboards are open or being opened. */
size_t msnp_conversations_n_switchboards(const msnp_conversations *conversations);
/* Is there an open switchboard with this person in it, and nobody else? */
bool msnp_conversations_is_open(const msnp_conversations *conversations, const char *who);

#endif
