/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * MSNP2P, version 1. p2p_wire.c is about the bytes and what a client may send, p2p.c about what
 * robots say and hear, p2p_files.c about files, p2p_kinds.c about all else that robots can send.
 */
#ifndef SERVICE_P2P_H
#define SERVICE_P2P_H

#include "files.h"

#define P2P_HEADER 48
#define P2P_PIECE  1202 /* most bytes of data in a message */

#define P2P_FILE_GUID "{5D3E02AB-6190-11D3-BBBB-00C04F795683}"

enum {
    P2P_NAK = 0x01,
    P2P_ACK = 0x02,
    P2P_DATA = 0x20,
    P2P_ENDED = 0x40,
    P2P_RESET = 0x80,
    P2P_FILE_DATA = 0x01000030
};

typedef struct {
    guint32 session;
    guint32 identifier;
    guint64 offset;
    guint64 total;
    guint32 length;
    guint32 flags;
    guint32 ack_id;
    guint32 ack_uid;
    guint64 ack_size;
    guint32 footer;
} p2p_header;

/* p2p_wire.c */

gboolean p2p_is_type(const char *type);
/* The header and, behind it, the data and the footer. FALSE if it is too short for what it says. */
gboolean p2p_read(const char *body, gsize length, p2p_header *h);
/* A payload of MSG; `head` are the lines after the Content-Type. The caller frees it. */
GString *p2p_write(const char *head, const p2p_header *h, const char *data);
/* For the transcript: "p2p SESSION IDENTIFIER OFFSET+LENGTH/TOTAL FLAGS ACKID ACKUID ACKSIZE
 * FOOTER", numbers decimal but for the flags. The caller frees it. */
char *p2p_describe(const char *body, gsize length);
/* Why a client may not send this, NULL if it may. */
const char *p2p_check(const char *from, const char *to, const char *body, gsize length);
/* The same for an SLP message that is whole. */
const char *p2p_check_slp(const char *from, const char *to, const char *text, gsize length);
/* The value of a field of an SLP text, "" if there is none; the caller frees it. */
char *p2p_field(const char *text, const char *name);

/* p2p.c */

/* What a robot has with a client. */
typedef struct {
    service *svc;
    const person *robot;
    const person *client;
    board *board;       /* where they spoke last, or NULL */
    guint32 identifier; /* of the robot's last message */
    guint n_said;
    GHashTable *owed;  /* identifier -> owing *: messages that wait for their P2P-ACK */
    GHashTable *asked; /* Call-ID -> question *: requests that wait for their answer */
    GHashTable *open;  /* identifier -> GString *: SLP of the client that is not whole */
} p2p_peer;

typedef enum { OWES_NOTHING, OWES_ACK, MAY_ACK } p2p_debt;

void p2p_peer_free(gpointer data);
p2p_peer *p2p_peer_get(service *svc, const person *speaker, const person *client);
G_GNUC_PRINTF(2, 3) void p2p_bad(const p2p_peer *p, const char *format, ...);
gboolean p2p_knob_is(const service *svc, const char *name, const char *value);
/* A new one with braces; the caller frees it. */
char *p2p_guid(void);

/* The board for what the robot says: a new one if it is not where the client is. */
board *p2p_place(p2p_peer *p);
gboolean p2p_has_place(const p2p_peer *p);
void p2p_move_to(p2p_peer *p, board *b);

guint32 p2p_next(p2p_peer *p);
/* Sends one message as it is. */
void p2p_put(p2p_peer *p, const p2p_header *h, const char *data);
/* Sends a whole message, in pieces; returns its identifier. */
guint32 p2p_say(p2p_peer *p, guint32 session, guint32 flags, const char *bytes, gsize length,
                p2p_debt debt);
/* This one waits for its P2P-ACK. */
void p2p_owe(p2p_peer *p, const p2p_header *h, p2p_debt debt);
/* `what` as the knob p2p-no-ack names it. */
void p2p_acknowledge(p2p_peer *p, const p2p_header *of, const char *what);

/* An SLP text in the spelling that is set; `start` is "METHOD " or "CODE PHRASE". */
GString *p2p_slp(const p2p_peer *p, const char *start, const char *branch, guint cseq,
                 const char *call, const char *type, const char *body);
/* Takes the text. */
guint32 p2p_say_slp(p2p_peer *p, GString *slp, p2p_debt debt);
/* An answer with this code has to come; 0: with any, or none. */
void p2p_ask(p2p_peer *p, const char *call, const char *branch, guint code);

/* A message for the robot comes from the client, or another robot. */
void p2p_hear(board *b, const person *speaker, const person *client, const char *payload,
              gsize length);

/* p2p_files.c */

/* What a file waits for. */
typedef enum {
    WAITS_ANSWER,    /* of the client, or of the robot */
    WAITS_TRANSPORT, /* the answer to the request for a direct connection */
    WAITS_SECOND,    /* the P2P-ACK of the second one */
    MOVES,
    WAITS_END, /* the P2P-ACK of the data */
    WAITS_NOTHING
} waiting;

typedef struct p2p_file {
    waiting next;
    guint32 session;
    guint32 data;      /* identifier of the data; 0 before the first */
    guint32 second;    /* ... and of the second request for a direct connection */
    char *branch;      /* of the newest request about it */
    gboolean pumping;  /* a turn of the sender is due */
    gboolean acted;    /* what p2p-then says is done */
    gboolean discards; /* data, until what a NAK asked for comes */
    gboolean deaf;     /* has lost all interest */
    p2p_header last;   /* the newest piece that was received */
} p2p_file;

void p2p_file_free(p2p_file *pf);
/* Whether this robot knows MSNP2P. */
gboolean p2p_speaks(const service *svc, const person *speaker);
/* The context of a file; `kind` as the knob p2p-context names it. The caller frees it. */
char *p2p_context(const char *kind, const char *name, guint64 size);
void p2p_offer(board *b, const person *speaker, const person *client, const char *name,
               GBytes *content);
void p2p_cancel(file *f);
/* The newest file with this Call-ID, or (NULL) SessionID; NULL if there is none. */
file *p2p_file_find(const p2p_peer *p, const char *call, guint32 session);
/* What concerns a file is heard. */
void p2p_file_invited(p2p_peer *p, const char *text);
void p2p_file_answered(file *f, guint code, const char *text);
void p2p_file_acked(file *f, guint32 identifier);
void p2p_file_data(p2p_peer *p, const p2p_header *h, const char *data);
void p2p_file_nak(p2p_peer *p, const p2p_header *h);

#endif
