/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conversations of an account. A conversation is what the user sees as one: with one person,
 * while its window is open, or a chat with several. Switchboards come and go underneath: we open
 * one when there is something to send, the other side opens one by calling us, and each can break.
 *
 * No message is lost silently. Each part of each message is in one of these states:
 *   waiting  not sent yet. If a switchboard cannot be opened, or breaks first, another one is
 *            tried once; then the part is reported (MSNP_EVENT_UNDELIVERED).
 *   sent     written to a switchboard, not acknowledged yet. An ACK while somebody is there ends
 *            it. Anything else (NAK, an error, silence, the end of the switchboard, everybody
 *            leaving) is reported. Never sent again: it may have arrived (`maybe`).
 * Messages keep their order: a conversation changes to another switchboard only when everything
 * sent on the previous one was acknowledged or reported.
 *
 * The switchboards belong to this, so that all of it can be tested without I/O. Their connections
 * are in the net, and so is the queue of events for the user.
 */
#ifndef MSNP_CONVERSATIONS_H
#define MSNP_CONVERSATIONS_H

#include "net.h"
#include "page.h"

#define MSNP_SWITCHBOARDS_MAX           256  /* at a time */
#define MSNP_SWITCHBOARDS_RUNG_MAX      200  /* of these, opened by others */
#define MSNP_SWITCHBOARDS_STRANGERS_MAX 100  /* of these, opened by people who are no contacts */
#define MSNP_SWITCHBOARDS_RINGER_MAX    4    /* of these, opened by one person */
#define MSNP_CHATS_MAX                  64   /* begun by the user, with people in them */
#define MSNP_CONVERSATION_WAITING_MAX   1000 /* parts of messages that wait in a conversation */
#define MSNP_CONVERSATION_WINDOW        32   /* unacknowledged messages on a switchboard */
#define MSNP_CHAT_GATHER                ((int64_t)10 * 1000) /* wait for people who are recalled */
#define MSNP_CONVERSATIONS_TYPING       ((int64_t)5 * 1000)

typedef struct msnp_conversations msnp_conversations;

typedef struct {
    /*
     * Requests a switchboard from the notification server. The reply comes later, never from within
     * this call: msnp_conversations_switchboard() or _no_switchboard().
     */
    void (*ask_switchboard)(gpointer owner, unsigned request, int64_t now);
    /*
     * Somebody sent an invitation to a file transfer, or what follows one. False for an invitation
     * that is to be declined. May call all functions here.
     */
    bool (*invited)(gpointer owner, const char *who, const char *name, const msnp_invite *invite,
                    int64_t now);
    /* What msnp_conversations_pass() was given was not, or perhaps not, delivered. */
    void (*unsent)(gpointer owner, unsigned reference, msnp_cause cause, int64_t now);
    /*
     * The result of msnp_conversations_carry(). MSNP_OK: the service has passed it on. Otherwise it
     * was not, or perhaps not, delivered. `board` tells switchboards apart; 0 if it was not sent.
     * Results come before what arrives after them; so this, and `unsent`, may call only what `p2p`
     * may.
     */
    void (*carried)(gpointer owner, unsigned reference, unsigned board, msnp_cause cause,
                    int64_t now);
    /*
     * A message of MSNP2P for us arrived; `body` is what follows its headers. True: the user is to
     * hear of `*extra`, which this person wants to send. May call msnp_conversations_answer(), and
     * what leaves the rest to msnp_conversations_run(). Not after msnp_conversations_end(). NULL:
     * they are ignored.
     */
    bool (*p2p)(gpointer owner, const char *who, const char *name, msnp_str body, msnp_extra *extra,
                int64_t now);
} msnp_conversations_ops;

/* No conversations yet. Borrows all three until it is freed. Never NULL. */
msnp_conversations *msnp_conversations_new(msnp_net *net, const msnp_conversations_ops *ops,
                                           gpointer owner);
/*
 * Closes the connections. Messages without a result are lost unless msnp_conversations_end() was
 * called. Must not be called from within `ask_switchboard`. NULL is fine.
 */
void msnp_conversations_free(msnp_conversations *all);
/* Our own account, as the notification server spells it: call this before anything else. */
void msnp_conversations_set_account(msnp_conversations *all, const char *account);

/* Numbers chats from `last` + 1 (default 1): windows of an earlier session may still be open. */
void msnp_conversations_count_from(msnp_conversations *all, unsigned last);

/* --- from the notification server ----------------------------------------------------------- */

/* The replies to `ask_switchboard`. Ignored if no conversation waits for the request any more. */
void msnp_conversations_switchboard(msnp_conversations *all, unsigned request, const char *host,
                                    uint16_t port, const char *cookie, int64_t now);
void msnp_conversations_no_switchboard(msnp_conversations *all, unsigned request, msnp_cause cause,
                                       int64_t now);
/*
 * Somebody calls us (RNG). The caller has checked that this person may. Above the limits, an idle
 * switchboard is left, or else the call is not answered: the other side learns that nobody comes.
 * It is not answered either if this person, or strangers altogether, rang or began chats too often
 * of late. With several people in it, it becomes a chat with the first message: the same chat as
 * before if that one lost its switchboard and these are its people.
 */
void msnp_conversations_rung(msnp_conversations *all, const msnp_ring *ring, int64_t now);

/* --- time ----------------------------------------------------------------------------------- */

/* Does what was left for later. */
void msnp_conversations_run(msnp_conversations *all, int64_t now);
/* Looks at the deadlines. */
void msnp_conversations_tick(msnp_conversations *all, int64_t now);
/* When it wants the next tick, MSNP_NEVER for not at all. */
int64_t msnp_conversations_deadline(const msnp_conversations *all);

/* --- user actions --------------------------------------------------------------------------- */

/*
 * Sends a text (UTF-8, '\n' as line break). It is split if it is too long for one message. MSNP_OK:
 * it will be delivered or reported by MSNP_EVENT_UNDELIVERED (MSNP_ERR_ONE_PIECE: it is too long,
 * and must not be split). Otherwise nothing is sent and no event follows: MSNP_ERR_ACCOUNT (no
 * valid account, or our own), MSNP_ERR_TOO_LONG (the text is too long, or too much is waiting),
 * MSNP_ERR_NOBODY (there is no such chat, or nobody in it who could be recalled), or the error
 * given to msnp_conversations_end().
 */
msnp_err msnp_conversations_send(msnp_conversations *all, msnp_conversation_id id, const char *text,
                                 const msnp_format *format, int64_t now);
/* Sends a nudge in the same way; the event has no text if it fails. */
msnp_err msnp_conversations_nudge(msnp_conversations *all, const char *who, int64_t now);
/* A message from the phone of a contact, or of a stranger, who is welcome. */
void msnp_conversations_paged(msnp_conversations *all, const msnp_page *page, bool contact,
                              int64_t now);
/*
 * Sends an answer or invitation of another part, in its turn among the messages to this person.
 * `unsent` follows if it is not delivered, unless `reference` is 0; never from within this call.
 * The payload is borrowed for the call. This and what follows up to msnp_conversations_hold()
 * leaves the rest to msnp_conversations_run().
 */
void msnp_conversations_pass(msnp_conversations *all, const char *who, unsigned reference,
                             msnp_str payload, int64_t now);
/*
 * Sends a message of MSNP2P (letter D) to this person, in the order of these calls; what the user
 * says overtakes those that are not written yet. To the user nothing is said by it: a window that
 * is closed stays closed, and somebody who joins makes no chat of it. MSNP_CONVERSATION_WINDOW of
 * them can be unacknowledged on a switchboard, besides as many other messages. Unless `reference`
 * is 0, `carried` follows exactly once, also because of msnp_conversations_end(); never from within
 * this call. The payload is borrowed for the call.
 */
void msnp_conversations_carry(msnp_conversations *all, const char *who, unsigned reference,
                              msnp_str payload, int64_t now);
/*
 * Only from within `p2p`: sends a message of MSNP2P on the switchboard from which that one came. No
 * result is reported.
 */
void msnp_conversations_answer(msnp_conversations *all, msnp_str payload, int64_t now);
/* May the user be asked about a file that this person offers? Then it is counted. */
bool msnp_conversations_may_offer(msnp_conversations *all, const char *who, int64_t now);
/*
 * Keeps the switchboards with this person open although the user closes the window, since their
 * end would end a transfer of files; until as many calls with false.
 */
void msnp_conversations_hold(msnp_conversations *all, const char *who, bool hold);
/*
 * The user is typing to this person. Sent only on an open switchboard, and at most every
 * MSNP_CONVERSATIONS_TYPING.
 */
void msnp_conversations_type(msnp_conversations *all, const char *who, int64_t now);
/*
 * Turns the conversation with `who` into a chat (on the same switchboard, if one is open), or
 * begins one, and invites `also` (may be NULL). Returns its number, as in MSNP_EVENT_CHAT_BEGUN; 0
 * if the user has too many, or after the end.
 */
unsigned msnp_conversations_chat(msnp_conversations *all, const char *who, const char *also,
                                 int64_t now);
/*
 * Invites somebody into a chat. MSNP_EVENT_CHAT_JOINED or MSNP_EVENT_CHAT_CALL_FAILED follows,
 * unless there is no such chat, or that person is in it or being called already.
 */
void msnp_conversations_invite(msnp_conversations *all, unsigned chat, const char *who,
                               int64_t now);
/*
 * Those who are in this chat, are being called into it, or will be: msnp_person *, freed with the
 * array, which the caller frees. Empty if there is no such chat.
 */
GPtrArray *msnp_conversations_people(const msnp_conversations *all, unsigned chat);
/* Is there such a conversation, or a switchboard with this person? */
bool msnp_conversations_has(msnp_conversations *all, msnp_conversation_id id);
/*
 * The user closed the window. The switchboard is left when waiting and unacknowledged messages have
 * been delivered or reported.
 */
void msnp_conversations_close(msnp_conversations *all, msnp_conversation_id id, int64_t now);
/*
 * The session with the service ended because of `err`: reports all waiting and unacknowledged
 * messages (MSNP_EVENT_UNDELIVERED), leaves all switchboards and forgets all chats. May be called
 * at any time, also from within `ask_switchboard`. Nothing begins afterwards.
 */
void msnp_conversations_end(msnp_conversations *all, msnp_err err, int64_t now);

/* How many parts of messages have no result yet. */
size_t msnp_conversations_pending(const msnp_conversations *all);
/* How many switchboards are open or being opened. */
size_t msnp_conversations_n_switchboards(const msnp_conversations *all);
/* Is there an open switchboard with only this person in it? */
bool msnp_conversations_is_open(const msnp_conversations *all, const char *who);

#endif
