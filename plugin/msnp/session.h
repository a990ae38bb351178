/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole account, from the first connection to the last message: the only object that the
 * adapter drives. Connections are numbered: MSNP_EVENT_CONNECT, _WRITE and _CLOSE request them, the
 * functions below report what happened on them.
 *
 * After each call, take out all events with msnp_session_next(), and call msnp_session_serve();
 * msnp_session_deadline() returns when the next tick is due. Times are milliseconds of a monotonic
 * clock.
 *
 * The service and Passport are contacted in parallel. Passport gets as far as a verified connection
 * to the login server; the password is requested (MSNP_EVENT_PASSWORD) when the challenge arrives.
 * Passport errors before the challenge are held back until then, so that if two servers fail, the
 * user always hears of the same one.
 */
#ifndef MSNP_SESSION_H
#define MSNP_SESSION_H

#include "cache.h"
#include "net.h"
#include "roster.h"

typedef struct msnp_session msnp_session;

/* How the connections of the service and the switchboards travel. */
typedef enum {
    MSNP_METHOD_DIRECT,
    MSNP_METHOD_GATEWAY,  /* in HTTP requests, see gateway.h */
    MSNP_METHOD_AUTOMATIC /* directly, or if that is not possible through the gateway */
} msnp_method;

typedef struct {
    const char *account; /* as the user typed it; sent as it is */
    const char *host;    /* dispatch or notification server */
    unsigned port;
    const char *nexus_url; /* NULL or empty: msnp_default_nexus_url() */
    const char *login_url; /* NULL or empty: the nexus is asked */
    msnp_method method;
    const char *gateway_url;    /* NULL or empty: MSNP_GATEWAY_PATH on `host` */
    msnp_status status;         /* for the first CHG */
    unsigned last_chat;         /* chats are numbered from last_chat + 1 */
    bool trace;                 /* emit MSNP_EVENT_TRACE? */
    msnp_cache *cache;          /* borrowed for the life of the session; NULL for none */
    uint32_t (*draw)(void);     /* unpredictable numbers, for cookies of files; not NULL */
    bool files_through_service; /* others are told that it can, and it does: see p2p.h */
} msnp_session_config;

/* Copies what it keeps. Never NULL: msnp_session_start() reports a bad configuration. */
msnp_session *msnp_session_new(const msnp_session_config *config, int64_t now);
/*
 * Wipes secrets. Messages without a result are lost unless msnp_session_sign_out() was called. NULL
 * is fine.
 */
void msnp_session_free(msnp_session *session);

/* Starts to sign in. */
void msnp_session_start(msnp_session *session, int64_t now);
/*
 * The reply to MSNP_EVENT_PASSWORD: UTF-8; copied, and wiped when the ticket arrives. NULL for
 * none.
 */
void msnp_session_password(msnp_session *session, const char *password, int64_t now);
/*
 * The user signs out: handles what has arrived on switchboards, reports undelivered messages, sends
 * OUT if the sign-in is complete, and closes all connections. After these events, and those that
 * were queued before, none follow. The event returned last stays valid until msnp_session_free(),
 * since this may be called while it is being handled. No effect if the session is over already.
 */
void msnp_session_sign_out(msnp_session *session, int64_t now);

/* --- connections ---------------------------------------------------------------------------- */

/* The connection is open; over TLS: certificate and host name are verified. */
void msnp_session_connected(msnp_session *session, unsigned conn, int64_t now);
/*
 * This connection (connect.gateway, without TLS) leads to an HTTP proxy, which wants requests with
 * whole URLs, and perhaps a Proxy-Authorization; copied, NULL for none. Before
 * msnp_session_connected().
 */
void msnp_session_proxied(msnp_session *session, unsigned conn, const char *authorization);
/* The connection failed. MSNP_EVENT_FAILED returns `why`, if this ends the session. */
void msnp_session_connect_failed(msnp_session *session, unsigned conn,
                                 const msnp_connect_error *why, int64_t now);
/*
 * Bytes arrived; none: the peer closed the connection. They are only kept: msnp_session_serve()
 * handles them. Do not read on before it has returned false.
 */
void msnp_session_feed(msnp_session *session, unsigned conn, const void *data, size_t len);
/* The same for the end of a connection that broke, other than by an orderly close. */
void msnp_session_broke(msnp_session *session, unsigned conn);
/* A connection for files (connect.file, or accepted): everything written so far was sent. */
void msnp_session_drained(msnp_session *session, unsigned conn, int64_t now);
/*
 * The result of MSNP_EVENT_LISTEN, unless it failed (msnp_session_connect_failed()). It lasts until
 * MSNP_EVENT_CLOSE.
 */
void msnp_session_listening(msnp_session *session, unsigned conn, const msnp_port *port,
                            int64_t now);
/*
 * Somebody connected to this port: returns the number of that connection, which is for files; 0 if
 * it is to be closed.
 */
unsigned msnp_session_accepted(msnp_session *session, unsigned listener, int64_t now);
/*
 * The user is asked about the certificate of this connection: pauses the deadlines of the sign-in,
 * until msnp_session_resume() or the end of the connection.
 */
void msnp_session_hold(msnp_session *session, unsigned conn, int64_t now);
void msnp_session_resume(msnp_session *session, unsigned conn, int64_t now);

/* --- time and events ------------------------------------------------------------------------ */

/* Checks deadlines, and sends the keep-alive. */
void msnp_session_tick(msnp_session *session, int64_t now);
/*
 * When the next tick is due; MSNP_NEVER for none. `rough` (may be NULL): it is for a keep-alive,
 * which may be two seconds late.
 */
int64_t msnp_session_deadline(const msnp_session *session, bool *rough);
/* The oldest event, borrowed until the next call of this function; false if there is none. */
bool msnp_session_next(msnp_session *session, msnp_event *event);
/*
 * Handles the next few received bytes (msnp_net_serve()); false if there are none. To be called
 * when there is no event, until there is none and this returns false. So the caller decides how
 * long it goes on at a time, and memory stays bounded whatever peers send.
 */
bool msnp_session_serve(msnp_session *session, int64_t now);

/* --- the account ---------------------------------------------------------------------------- */

/*
 * The user changed status (or became idle): CHG, at once or as soon as the sign-in is complete.
 * Also the reply to MSNP_EVENT_STATUS_WANTED.
 */
void msnp_session_set_status(msnp_session *session, msnp_status status, int64_t now);
/*
 * The user changes something on the server. Edits wait for MSNP_EVENT_ROSTER and for each other,
 * and survive a move to another server. Each ends in MSNP_EVENT_EDITED; those that still wait when
 * the session ends are dropped without an event: msnp_session_edits_waiting() returns how many.
 */
void msnp_session_edit(msnp_session *session, const msnp_edit *edit, int64_t now);
size_t msnp_session_edits_waiting(const msnp_session *session);
/*
 * The lists: empty before the first MSNP_EVENT_ROSTER, then as last reported, kept up to date.
 * Owned by the session. Entries are valid, and do not change, until the next call of
 * msnp_session_serve() or msnp_session_tick(): no other call changes the lists.
 */
const msnp_roster *msnp_session_roster(const msnp_session *session);
/* The account as the server spells it (before MSNP_EVENT_SIGNED_IN: as configured); borrowed. */
const char *msnp_session_handle(const msnp_session *session);
/*
 * A host name as the debug log may show it: MSNP_MASKED for one that is a secret, since a peer can
 * name any host. Borrowed, NULL is fine.
 */
const char *msnp_session_shown(const msnp_session *session, const char *host);
/* Is the sign-in complete, and the session not over? */
bool msnp_session_is_online(const msnp_session *session);
/* Is it over: failed, or signed out? */
bool msnp_session_is_over(const msnp_session *session);

/* --- mail ----------------------------------------------------------------------------------- */

/* Has the account a mailbox, as the service said? */
bool msnp_session_has_inbox(const msnp_session *session);
/*
 * The user wants to see the inbox in a browser. MSNP_EVENT_INBOX follows, or the session ends; one
 * at a time.
 */
void msnp_session_ask_inbox(msnp_session *session, int64_t now);
/*
 * Once after MSNP_EVENT_INBOX without an error: a page that signs a browser in to the inbox,
 * with a digest of the password (UTF-8). Initialises `out`, which is secret; the caller clears it.
 * MSNP_ERR_URL if there is none.
 */
msnp_err msnp_session_inbox_page(msnp_session *session, const char *password, msnp_buf *out,
                                 int64_t now);

/* --- conversations -------------------------------------------------------------------------- */

/*
 * Sends a text (UTF-8, '\n' as line break). It is split if it is too long for one message. MSNP_OK:
 * it will be delivered or reported by MSNP_EVENT_UNDELIVERED (MSNP_ERR_ONE_PIECE: it is too long,
 * and must not be split). Otherwise nothing is sent and no event follows: MSNP_ERR_ACCOUNT (no
 * valid account, or our own), MSNP_ERR_TOO_LONG (the text is too long, or too much is waiting),
 * MSNP_ERR_NOBODY (there is no such chat, or nobody in it who could be recalled), or why the
 * session ended.
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
 * Turns the conversation with `who` into a chat (on the same switchboard, if one is open), or
 * begins one, and invites `also` (may be NULL). Returns its number, as in MSNP_EVENT_CHAT_BEGUN; 0
 * if there are too many.
 */
unsigned msnp_session_chat(msnp_session *session, const char *who, const char *also, int64_t now);
/*
 * Invites somebody into a chat. MSNP_EVENT_CHAT_JOINED or MSNP_EVENT_CHAT_CALL_FAILED follows,
 * unless there is no such chat, or that person is in it or being called already.
 */
void msnp_session_invite(msnp_session *session, unsigned chat, const char *who, int64_t now);
/*
 * Those who are in this chat, are being called into it, or will be: msnp_person *, freed with the
 * array, which the caller frees. Empty if there is no such chat.
 */
GPtrArray *msnp_session_people(const msnp_session *session, unsigned chat);
/*
 * Is there such a conversation, or an open switchboard with this person, so that something may have
 * been said in it?
 */
bool msnp_session_is_talking(const msnp_session *session, msnp_conversation_id id);
/*
 * The user closed the window. What has arrived on switchboards is handled first. The switchboard is
 * left when waiting and unacknowledged messages have been delivered or reported.
 */
void msnp_session_leave(msnp_session *session, msnp_conversation_id id, int64_t now);

/*
 * Sends a text to the mobile phone of a contact, like msnp_ns_page(); after the end it returns why
 * the session ended. MSNP_EVENT_PAGED follows for each that was accepted, exactly once.
 */
msnp_err msnp_session_page(msnp_session *session, const char *who, const char *text, int64_t now);

/* --- files ---------------------------------------------------------------------------------- */

/*
 * Offers a file of so many bytes to this person; `name` is UTF-8, without directories. Returns the
 * number of the transfer, or 0 and the reason: MSNP_ERR_ACCOUNT (no valid account, or our own),
 * MSNP_ERR_TOO_LONG (more than MSNP_FILE_SIZE_MAX bytes), MSNP_ERR_FULL (too many transfers), or
 * why the session ended. MSNP_EVENT_FILE_ENDED follows for each number, also for those offered to
 * us, exactly once; no event of that transfer follows it, and calls with its number have no effect.
 */
unsigned msnp_session_file_send(msnp_session *session, const char *who, const char *name,
                                uint64_t size, msnp_err *err, int64_t now);
/* The user accepts or declines a file that was offered. */
void msnp_session_file_accept(msnp_session *session, unsigned number, int64_t now);
void msnp_session_file_decline(msnp_session *session, unsigned number, int64_t now);
/* The bytes that MSNP_EVENT_FILE_WANTED asked for, all of them; borrowed for the call. */
void msnp_session_file_put(msnp_session *session, unsigned number, const char *bytes, size_t len,
                           int64_t now);
/* The file of MSNP_EVENT_FILE_COMPLETE is saved: MSNP_EVENT_FILE_ENDED follows. */
void msnp_session_file_stored(msnp_session *session, unsigned number, int64_t now);
/*
 * Ends a transfer from here, at any time, and tells the peer: MSNP_FILE_CANCELLED (the user),
 * _CHANGED, _UNREADABLE, _UNWRITABLE. MSNP_EVENT_FILE_ENDED follows with this result.
 */
void msnp_session_file_cancel(msnp_session *session, unsigned number, msnp_file_end why,
                              int64_t now);

#endif
