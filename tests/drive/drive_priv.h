/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What drive.c, which hears and looks, and drive_do.c, which begins and does what a transcript
 * says, share. Nobody else includes this.
 */
#ifndef DRIVE_PRIV_H
#define DRIVE_PRIV_H

#include "drive.h"
#include "exchange.h"
#include "gateway.h"
#include "transfers.h"

typedef enum { CONN_ASKED, CONN_OPEN, CONN_CLOSED } drive_conn_state;

typedef struct {
    drive_part side;
    drive_conn_state state;
    bool lost;              /* the peer closed it, or it could not be made */
    bool port;              /* it is none, but waits for some */
    char *host;             /* whom it is to */
    bool gateway;           /* it is to an HTTP gateway, */
    bool tls;               /* over TLS, or */
    bool proxied;           /* by way of a proxy */
    msnp_exchange exchange; /* what is asked there */
    char *asked;            /* the id of the session that this is about, NULL for none */
} drive_conn;

struct drive {
    drive_config config;
    msnp_net net; /* of the parts; a session has its own */
    msnp_ns *ns;
    msnp_passport *passport;
    msnp_switchboard *switchboard;
    msnp_conversations *conversations;
    msnp_transfers *transfers;     /* with the conversations */
    msnp_gateway *gateway;         /* of the conversations; NULL: none */
    const msnp_tunnel_ops *tunnel; /* its own */
    msnp_session *session;
    msnp_cache *cache;
    int64_t now;
    msnp_status status;

    GArray *conns;    /* drive_conn, by number - 1 */
    GQueue outputs;   /* drive_output * */
    GString *closing; /* a CLOSE that may be followed by the connection that takes its place */
    drive_part closing_side;
    GPtrArray *secrets;  /* texts that no trace may show */
    GPtrArray *traces;   /* all of them */
    GPtrArray *said;     /* texts that the user wanted to be sent */
    GHashTable *members; /* "chat account": who is in which chat; of a switchboard: chat 0 */
    unsigned chats;      /* number of the last one */
    bool no_pipelining;  /* NO_PIPELINING came */
    bool by_gateway;     /* what WAY said last */
    GPtrArray *doubtful; /* ids of sessions with a request that was never answered */
    GHashTable *files;   /* number -> what is known of a transfer */
    GHashTable *carried; /* references of messages of MSNP2P that have no result yet */
    char *p2p_answer;    /* to each that comes, NULL for none */
    bool carrying;       /* one is on the stack */
    bool session_over;   /* that of conversations */
    size_t pages;        /* messages to phones that have no result yet */
    size_t edits;        /* that have no result yet */
    size_t edited;       /* that got one since the last look */
    bool merged;         /* an edit was divided into others meanwhile */
    bool challenged;     /* Passport has credentials */
    msnp_step steps[DRIVE_N_PARTS]; /* of a session: what its parts were at last */
    bool wants_password;
    bool wants_status;
    bool failed;
    bool over; /* failed, left, signed out, or its ticket is there: nothing may follow */
    char *fault;
};

G_GNUC_PRINTF(2, 3) void drive_found(drive *d, const char *format, ...);
drive_conn *drive_find_conn(const drive *d, unsigned conn);
/* A part called its owner, and says what time it is (0: it says nothing of that). */
void drive_hear_call(drive *d, int64_t now, const heard *what);

/* The user ended it: after what was said until now nothing may follow. */
void drive_end(drive *d);
/* drive_do.c: makes what is driven, and starts it. */
void drive_start(drive *d);
/* A STATE: line of a switchboard, or of conversations; NULL if it is nothing. */
char *drive_describe(const drive *d, const char *what);

/* drive_files.c */
/* Before anything is begun. */
void drive_files_new(drive *d);
/* Makes conversations, and the transfers that go with them. */
void drive_files_start(drive *d);
/* What a session does at the end of each call. */
void drive_files_turn(drive *d);
/* Looks at an event that is about files. */
void drive_files_follow(drive *d, const msnp_event *event);
/* Cookies of files. */
uint32_t drive_random(void);

/* drive_p2p.c */
void drive_p2p_new(drive *d);
void drive_p2p_free(drive *d);
/* A message of MSNP2P came. */
void drive_p2p_arrived(drive *d, const char *who, const char *name, msnp_str body, int64_t now);
/* One has a result; false if the test did not send it. */
bool drive_p2p_result(drive *d, unsigned reference, msnp_cause cause, int64_t now);
/* The session with the service is over: now all must have one. */
void drive_p2p_look(drive *d);

#endif
