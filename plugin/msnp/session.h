/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole account, from the first connection to the last message: the one machine that is driven
 * from outside. Connections are numbered: MSNP_EVENT_CONNECT, _WRITE and _CLOSE ask for them, the
 * functions below tell what happened on them. What the numbers are for is the session's business.
 *
 * After each call all events are to be taken out with msnp_session_next(), and
 * msnp_session_deadline() says when the next tick is wanted. Time is milliseconds of a clock that
 * never jumps.
 *
 * The service and Passport are asked at the same time. Passport goes as far as a verified
 * connection to the login server; only when the notification server has sent its challenge is the
 * password asked for (MSNP_EVENT_PASSWORD). What fails before that is reported then, and not at all
 * if there is never a challenge: of two servers that fail the user hears of one, always the same.
 */
#ifndef MSNP_SESSION_H
#define MSNP_SESSION_H

#include "cache.h"
#include "net.h"
#include "roster.h"

typedef struct msnp_session msnp_session;

typedef struct {
    const char *account; /* as the user typed it; sent as it is */
    const char *host;    /* dispatch or notification server */
    unsigned port;
    const char *nexus_url; /* NULL or empty: where the server's own nexus usually is */
    const char *login_url; /* NULL or empty: the nexus is asked */
    msnp_status status;    /* to sign in with */
    unsigned last_chat;    /* chats are numbered upwards from the one after this */
    bool trace;            /* emit MSNP_EVENT_TRACE? */
    msnp_cache *cache;     /* borrowed for the life of the session; NULL: nothing is kept */
} msnp_session_config;

/* Copies what it keeps. Never NULL: a bad configuration is reported by msnp_session_start(). */
msnp_session *msnp_session_new(const msnp_session_config *config, int64_t now);
/* NULL is fine; wipes secrets. What has no result yet is lost: msnp_session_sign_out() comes first.
 */
void msnp_session_free(msnp_session *session);

/* Begins to sign in. */
void msnp_session_start(msnp_session *session, int64_t now);
/*
 * The answer to MSNP_EVENT_PASSWORD: UTF-8, copied, and wiped when there is a ticket. NULL if there
 * is none.
 */
void msnp_session_password(msnp_session *session, const char *password, int64_t now);
/*
 * The user signs out: conversations end (what was not delivered is reported), OUT is sent if the
 * sign-in is complete, all connections are closed. Nothing comes after that. The event given out
 * last stays valid until msnp_session_free(): this can happen while it is being handled. Has no
 * effect when the session is over already.
 */
void msnp_session_sign_out(msnp_session *session, int64_t now);

/* --- connections ---------------------------------------------------------------------------- */

/* The connection stands; over TLS: certificate and host name are verified. */
void msnp_session_connected(msnp_session *session, unsigned conn, int64_t now);
/* It could not be made. `why` comes back with the failure, if this is what ends the session. */
void msnp_session_connect_failed(msnp_session *session, unsigned conn,
                                 const msnp_connect_error *why, int64_t now);
/* Bytes came; none: the peer closed it. */
void msnp_session_feed(msnp_session *session, unsigned conn, const void *data, size_t len,
                       int64_t now);
/*
 * A person is being asked about the certificate of this connection: deadlines of the sign-in stand
 * still. That has an end with msnp_session_resume() or with the connection.
 */
void msnp_session_hold(msnp_session *session, unsigned conn, int64_t now);
void msnp_session_resume(msnp_session *session, unsigned conn, int64_t now);

/* --- time and events ------------------------------------------------------------------------ */

/* Looks at the deadlines, sends the keep-alive. */
void msnp_session_tick(msnp_session *session, int64_t now);
/*
 * When it wants the next tick, MSNP_NEVER for not at all. `rough` (may be NULL): that is a
 * keep-alive, which may as well come two seconds later.
 */
int64_t msnp_session_deadline(const msnp_session *session, bool *rough);
/*
 * The oldest event, borrowed until the next call of this function; false if there is none. Unless
 * `all`, what conversations report waits: connections, presence and lists do not wait for somebody
 * who says too much.
 */
bool msnp_session_next(msnp_session *session, bool all, msnp_event *event);

/* --- the account ---------------------------------------------------------------------------- */

/*
 * The user changed status (or became idle): CHG, at once or as soon as the sign-in is complete.
 * Also the answer to MSNP_EVENT_STATUS_WANTED.
 */
void msnp_session_set_status(msnp_session *session, msnp_status status, int64_t now);
/*
 * The user wants something to be changed on the server. Edits wait for MSNP_EVENT_ROSTER and for
 * each other, survive a move to another server, and each ends in MSNP_EVENT_EDITED; those that wait
 * when the session ends are dropped without an event: msnp_session_edits_waiting() says how many.
 */
void msnp_session_edit(msnp_session *session, const msnp_edit *edit, int64_t now);
size_t msnp_session_edits_waiting(const msnp_session *session);
/*
 * The lists: empty before the first MSNP_EVENT_ROSTER, then as last reported completely, with what
 * changed since. Owned by the session; entries are valid until the next MSNP_EVENT_ROSTER.
 */
const msnp_roster *msnp_session_roster(const msnp_session *session);
/* The account as the server spells it (before MSNP_EVENT_SIGNED_IN: as configured); borrowed. */
const char *msnp_session_handle(const msnp_session *session);
/* Has the sign-in been completed, and did nothing end the session since? */
bool msnp_session_is_online(const msnp_session *session);
/* Is it over: failed, or signed out? */
bool msnp_session_is_over(const msnp_session *session);

/* --- conversations -------------------------------------------------------------------------- */

/*
 * Sends a text (UTF-8, '\n' as line break). It is split if it is too long for one message. MSNP_OK:
 * it will be delivered, or MSNP_EVENT_UNDELIVERED comes. Else nothing was sent and nothing
 * will come: MSNP_ERR_ACCOUNT (that is no account, or our own), MSNP_ERR_TOO_LONG (the text, or too
 * much waits already), MSNP_ERR_NOBODY (there is no such chat, or nobody in it who could be called
 * back), or what ended the session.
 */
msnp_err msnp_session_say(msnp_session *session, msnp_conversation_id id, const char *text,
                          const msnp_format *format, int64_t now);
/* Sends a nudge, in the same way; when it fails, the event has no text. */
msnp_err msnp_session_nudge(msnp_session *session, const char *who, int64_t now);
/*
 * The user is typing to this person. Sent over a switchboard that is open already, and at most
 * every MSNP_TYPING_EVERY; otherwise nothing happens.
 */
void msnp_session_type(msnp_session *session, const char *who, int64_t now);
/*
 * Turns the conversation with `who` into a chat (over the same switchboard, if one is open), or
 * begins one, and calls `also` (NULL: nobody). Its number, which MSNP_EVENT_CHAT_BEGUN has as
 * well; 0 if there are too many.
 */
unsigned msnp_session_chat(msnp_session *session, const char *who, const char *also, int64_t now);
/*
 * Invites somebody into a chat. MSNP_EVENT_CHAT_JOINED or MSNP_EVENT_CHAT_CALL_FAILED follows,
 * unless the chat does not exist or that person is in it, or being called, already.
 */
void msnp_session_invite(msnp_session *session, unsigned chat, const char *who, int64_t now);
/*
 * The user closed the window. What waits or is not acknowledged still has its time; then the
 * switchboard is left.
 */
void msnp_session_leave(msnp_session *session, msnp_conversation_id id, int64_t now);

#endif
