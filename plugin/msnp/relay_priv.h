/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What relay.c (people and their messages), relay_session.c (invitations, answers and ends) and
 * relay_file.c (the data of a file) share. Nobody else includes this.
 */
#ifndef MSNP_RELAY_PRIV_H
#define MSNP_RELAY_PRIV_H

#include "clock.h"
#include "p2p.h"
#include "pace.h"
#include "relay.h"
#include "slp.h"

typedef enum {
    RELAY_INVITED,   /* sending: INVITE is on its way */
    RELAY_ASKED,     /* sending: the user there is asked */
    RELAY_SENDING,   /* sending: bytes flow */
    RELAY_SENT,      /* sending: the service has all of it */
    RELAY_OFFERED,   /* receiving: the user is asked */
    RELAY_ACCEPTED,  /* receiving: no byte yet */
    RELAY_RECEIVING, /* receiving: bytes flow */
    RELAY_COMPLETE,  /* receiving: all of it was handed out, and is to be saved */
    RELAY_OVER       /* its result was reported; it is remembered for a while */
} relay_state;

/* Somebody who sent MSNP2P, or to whom we do. */
typedef struct {
    msnp_relay *relay;
    char *who;           /* as the server spells it, or the user typed it */
    uint32_t identifier; /* of the last message of ours */
    bool speaks;         /* has sent a message */
    bool has_id;         /* `id` was known then */
    uint32_t id;         /* what the client announced that has sent it */
    msnp_p2p_joins joins;
    GPtrArray *files; /* relay_file *, in the order in which they take turns */
    msnp_pace texts;
    msnp_pace refusals;
    unsigned outstanding; /* pieces of files without an ACK */
    unsigned window;      /* how many there may be */
    int64_t least;        /* the shortest time from a piece to its ACK of late, milliseconds */
} relay_peer;

/* A session of a file. Its way comes first. */
typedef struct {
    msnp_way way;
    relay_peer *peer;
    unsigned number; /* in `files` of the relay */
    bool sending;
    relay_state state;
    int64_t deadline; /* of its state, MSNP_NEVER for none */
    uint32_t session; /* SessionID */
    char *call;       /* Call-ID */
    char *branch;     /* of the invitation */
    unsigned cseq;    /* of the invitation */
    bool accepted;    /* the invitation was answered with 200 */
    uint32_t invite;  /* sending: the identifier of INVITE */
    uint64_t size;

    /* Receiving. */
    uint64_t received;
    msnp_p2p_header last; /* of the last piece */
    bool asked;           /* NAK was sent for what comes at `received` */

    /* Sending. */
    uint32_t data;        /* the identifier of the file's data */
    uint64_t acked;       /* bytes that the service has acknowledged, from the beginning on */
    unsigned outstanding; /* pieces since the last rewind without an ACK */
    uint64_t sent;        /* where the next piece begins */
    char *ahead;          /* bytes of the file from `sent` on; NULL for none */
    size_t ahead_at;      /* where they begin in it */
    size_t ahead_len;     /* how many are left */
    bool whole;           /* the last piece has been sent, perhaps before a rewind */
    bool wanting;         /* `put` is to come */
    bool stale;           /* what it brings is from before a rewind */
    unsigned generation;  /* grows with each rewind */
    unsigned rewinds;     /* since one went to `rewound` */
    uint64_t rewound;     /* where the count began: the offset, or the beginning */
    unsigned losses;      /* in a row, without an ACK between them; of answers, too */
    unsigned board;       /* on which the last piece was sent that has arrived; 0: none has */
    bool parting;         /* the peer has said BYE, without P2P-ACK */
    bool broken;          /* it was interrupted: only the peer knows whether all of it arrived */
} relay_file;

/* A payload whose fate will be reported. */
typedef struct {
    unsigned file;    /* its number; it may be gone */
    relay_peer *peer; /* PIECE: whose window it takes room in; it stays while that is so */
    enum { OF_INVITE, OF_ANSWER, OF_BYE, OF_PIECE } what;
    bool last;           /* INVITE: the last part of it */
    unsigned generation; /* PIECE */
    uint64_t start;      /* PIECE: where it is in the file */
    uint64_t end;
    int64_t at;     /* PIECE: when it was sent */
    unsigned board; /* PIECE: on which switchboard */
} relay_carry;

struct msnp_relay {
    uint32_t (*draw)(void);
    const msnp_relay_ops *ops;
    gpointer owner;
    char *account;
    bool welcome;
    bool ended;          /* the session is over */
    bool proved;         /* the service has carried MSNP2P */
    bool failed;         /* the first that we sent got no answer, or ended its switchboard */
    bool refused;        /* so did the next, or the service said that it carries none */
    GHashTable *peers;   /* account in lower case -> relay_peer * */
    GHashTable *files;   /* number -> relay_file * */
    GHashTable *carries; /* reference -> relay_carry * */
    size_t n_joins;      /* incomplete SLP messages of everybody */
    unsigned last_file;
    unsigned last_carry;
    int64_t due;      /* not later than the earliest deadline */
    int64_t swept_at; /* when people were last forgotten because there were too many */
};

/* relay.c */
/* Something is to be looked at then. */
void relay_due(msnp_relay *relay, int64_t when);
/* This person, made if need be; NULL if there are too many. */
relay_peer *relay_peer_of(msnp_relay *relay, const char *who, int64_t now);
/* The only setter of the state. */
void relay_set_state(relay_file *f, relay_state to, int64_t deadline);
/* The identifier of the next message to this person. */
uint32_t relay_identifier(relay_peer *peer);
/* The next random number that is not 0. */
uint32_t relay_random(msnp_relay *relay);
/* Sends one message. `carry` is copied; NULL: nobody asks what becomes of it. */
void relay_send(relay_peer *peer, const relay_carry *carry, const msnp_p2p_header *header,
                msnp_str data, uint32_t footer, int64_t now);
/* Within msnp_relay_got(): sends one to where the message came from. */
void relay_answer(const relay_peer *peer, const msnp_p2p_header *header, msnp_str data,
                  int64_t now);
/* Acknowledges a complete message: where it came from, or on any switchboard (`later`). */
void relay_ack(relay_peer *peer, const msnp_p2p_header *header, bool later, int64_t now);
/*
 * The same for a text, or for what can be repeated without end. False: that were too many, and this
 * one is dropped.
 */
bool relay_ack_text(relay_peer *peer, const msnp_p2p_header *header, int64_t now);

/* relay_session.c */
/* A GDestroyNotify: also of one that has not ended. */
void relay_file_free(gpointer data);
/* The session with this SessionID, or NULL. */
relay_file *relay_find(const relay_peer *peer, uint32_t session);
/* A text: acknowledges it, then answers. True: the user can be told of `extra`. */
bool relay_got_text(relay_peer *peer, const msnp_p2p_header *header, const msnp_slp *slp,
                    const char *name, bool contact, msnp_extra *extra, int64_t now);
/* The peer has ended it: that is its success if it is here. */
void relay_ended_there(relay_file *f, int64_t now);
/* What became of an invitation or answer. */
void relay_text_carried(relay_file *f, const relay_carry *carry, msnp_cause cause, int64_t now);
/* Its deadline has passed. */
void relay_expire(relay_file *f, int64_t now);
/* BYE: to tell the peer that it is over. */
void relay_bye(relay_file *f, int64_t now);
/* The end of a session; the owner hears of it. */
void relay_finish(relay_file *f, msnp_file_end end, msnp_cause cause, int64_t now);
/* The same, with BYE. */
void relay_fail(relay_file *f, msnp_file_end end, int64_t now);

/* relay_file.c */
/* Sending: the peer has accepted. */
void relay_file_start(relay_file *f, int64_t now);
/* Sending: the bytes that were wanted. */
void relay_file_put(relay_file *f, const char *bytes, size_t len, int64_t now);
/* Sending: sends what the window allows, of all files to this person in turns. */
void relay_file_pump(relay_peer *peer, int64_t now);
/* Sending: what became of a piece. `f`: NULL if its session is gone. */
void relay_file_carried(relay_file *f, const relay_carry *carry, msnp_cause cause, int64_t now);
/* Sending: P2P-ACK or NAK of the data. */
void relay_file_acked(relay_file *f, int64_t now);
void relay_file_nak(relay_file *f, uint64_t offset, int64_t now);
/* Receiving: a piece. */
void relay_file_data(relay_file *f, const msnp_p2p_header *header, msnp_str data, int64_t now);
/* Receiving: begins, with the first byte, or with the answer if there is none. */
void relay_file_begin(relay_file *f, int64_t now);

#endif
