/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Switchboards. A board is one conversation; its members are connections of clients (sb.c) and
 * robots (robots.c), and it is there as long as somebody is in it. Invitations (invite.c) are the
 * ways into one.
 */
#ifndef SERVICE_SB_H
#define SERVICE_SB_H

#include "lists.h"

typedef struct {
    person *person;
    conn *conn; /* NULL: a robot; no reference */
} member;

struct board {
    guint refs;
    service *svc;
    char *id;           /* of the session */
    GPtrArray *members; /* member *, in the order of joining */
    GQueue unsaid;      /* of saying *: what robots say before a client is there */
    guint n_cals;
    gint64 last_said; /* monotonic, microseconds */
    gboolean watched; /* for idleness */
};

/* A cookie, and what it is good for. */
typedef struct {
    char *cookie;
    char *spelling; /* of the account, as the client has to write it */
    person *person; /* whom it was given to */
    board *board;   /* to answer a call to it; NULL: to begin one */
    conn *caller;   /* waits for RINGING until the person has joined, or NULL */
    guint64 trid;   /* ... of its CAL */
    gint64 issued;  /* monotonic, microseconds */
    gboolean is_used;
} invitation;

/* board.c */

board *board_new(service *svc);
board *board_ref(board *b);
void board_unref(gpointer b);
/* A board without members comes to life again when somebody joins. Those who are there are told. */
void board_join(board *b, person *p, conn *c);
/* The others are told: "BYE", for idleness with a 1. */
void board_leave(board *b, const person *p, const conn *c, gboolean idle);
gboolean board_has(const board *b, const person *p);
/* The server ends it: all connections to it close. */
void board_close(board *b);
/* The newest one in which it takes part; NULL if there is none. */
board *board_newest(const service *svc, const char *address);
/* Everybody in it but this connection gets these bytes. */
void board_send(board *b, const conn *but, const char *bytes, gsize length);
/* Everybody in it but the sender gets this as its message. */
void board_relay(board *b, const person *from, const conn *c, const char *payload, gsize length);
/* The IRO lines for somebody who joins; the caller frees it. */
GString *board_roll(const board *b, guint64 trid);
/* "ADDRESS NAME", as the lines about a person end; the caller frees it. */
char *board_card(const board *b, const person *p);
/* Lines that make no sense, if they are wanted. */
void board_send_rubbish(conn *c);
/* A robot says something, as soon as a client is there to hear it. */
void board_say(board *b, const person *from, const char *payload, gsize length);
/* Lets go of all that are left, at the end of the service. */
void boards_end(service *svc);

/* invite.c */

void invitation_free(gpointer data);
/* The invitation that this USR or ANS may use, once; else NULL, and `why` says what is wrong with
 * it (NULL: it is only too old). */
invitation *invitation_take(const service *svc, const request *req, const char **why);
/* Rings: a client with RNG, a robot in its own way. `waiting` is NULL, or gets the RINGING of its
 * CAL at the right moment. */
void invite(board *b, person *caller, person *callee, conn *waiting, guint64 trid);
/* "CAL TrID RINGING id". */
void invite_ringing(const board *b, conn *c, guint64 trid);

/* sb.c: a connection begins, and ends, however. */
void sb_begin(conn *c);
void sb_ended(conn *c);

/* message.c */

typedef enum { MESSAGE_TEXT, MESSAGE_TYPING, MESSAGE_P2P, MESSAGE_ELSE } message_kind;

/* Why a client may not send this payload, NULL if it may. `kind` is set then. */
const char *message_check(const char *address, char letter, const GString *payload,
                          message_kind *kind);
/* The content type in lower case and without parameters, "" if there is none; the caller frees it.
 * `body` gets where the body begins. */
char *message_type(const char *payload, gsize length, gsize *body);
/* A text message with these words; the caller frees it. */
GString *message_text(const char *text, const char *speaker);
/* Part `number` (from 0) of `n` of a text. */
GString *message_part(const char *id, guint number, guint n, const char *bytes, gsize length);
/* GString *: a text in as many parts as it needs; the caller frees all of it. */
GPtrArray *message_parts(const char *text);
GString *message_datacast(guint id, const char *data);
/* "wink", "voice-clip", "ink" or "webcam"; NULL for another name. */
GString *message_extra(const char *name);
GString *message_typing(const char *address);

#endif
