/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One connection of a client: non-blocking input and output, plain or TLS.
 */
#ifndef SERVICE_CONN_H
#define SERVICE_CONN_H

#include <gnutls/gnutls.h>

#include "link.h"
#include "reader.h"
#include "service.h"

typedef enum {
    STAGE_NEW,
    STAGE_VER,        /* VER was answered */
    STAGE_CVR,        /* CVR was answered */
    STAGE_CHALLENGED, /* the challenge was sent */
    STAGE_SIGNED_IN,  /* USR OK was sent */
    STAGE_SYNCED      /* the lists were sent */
} stage;

typedef struct person person;
typedef struct board board;
typedef struct tunnel tunnel;

typedef struct {
    stage stage;
    guint64 last_trid;
    gboolean stalled; /* a command was lost or has failed: those behind it cannot be obeyed */
    char *cvr_account;
    char *challenge;        /* of Passport */
    char *handle;           /* the stored address, once signed in */
    char *spelling;         /* the address as USR OK told it to the client */
    guint64 serial;         /* grows with each sign-in of the service */
    char status[4];         /* of the last CHG, empty before */
    guint64 client_id;      /* of the last CHG */
    char *auth;             /* of the profile, for web pages */
    char *client_challenge; /* the CHL that waits for its QRY */
    person *person;         /* whose session it is, once signed in */
    guint32 version;        /* of the lists, as counted in this session */
    GHashTable *told;       /* address -> what the client was last told of this contact */
    guint n_rea;            /* how many REA there were */
    guint n_xfr;            /* ... and XFR SB */
} msnp_session;

/* Of a connection to a switchboard. */
typedef struct {
    guint64 last_trid;
    char *account; /* as USR or ANS spelled it, once that is accepted */
    person *person;
    board *board;    /* in which it takes part; NULL before and after that */
    guint n_texts;   /* how many text/plain messages it has sent */
    guint n_p2p;     /* ... and messages of MSNP2P */
    gboolean waits;  /* USR or ANS is accepted, the answer to it comes later */
    gboolean parted; /* OUT came */
} sb_session;

typedef struct {
    guint refs;
    service *svc;
    service_role role;
    int fd;       /* -1 once it is gone */
    wire *wire;   /* behind the socket, if there is a delay; else NULL */
    guint16 peer; /* the client's port */
    gnutls_session_t tls;
    gboolean handshaken;
    guint watch;
    guint dribble_timer;
    guint linger_timer;
    guint delay_timer;
    guint idle_timer; /* closes it */
    guint watched;    /* the GIOCondition that `watch` waits for */
    GByteArray *in;
    GQueue out;    /* of chunk * */
    request *held; /* read, waiting for the latency to pass */
    gboolean want_write;
    gboolean finishing; /* closes when the output is out */
    gboolean resetting; /* ... with RST */
    gboolean lingering; /* closed for us; waits for the client to see it */
    gboolean mute;      /* reads on, answers nothing */
    gboolean asked;     /* HTTP: there was a request */
    gboolean logs_in;   /* HTTP: the request at hand is for the login server */
    gboolean closes;    /* gateway: after the answer to the request at hand */
    gboolean faulty;    /* gateway: the faults that are set concern the request at hand */
    gboolean tunnelled; /* behind the gateway */
    gboolean refused;   /* it sent something bad */
    gboolean eof;
    /* of the request at hand, for the answers that knobs set */
    guint64 trid;
    char *account;
    msnp_session msnp;
    sb_session sb;
} conn;

/* Takes an accepted socket; it is on the list of the service from then on. */
void conn_accept(service *svc, service_role role, int fd);

/* Takes one end of a pair of sockets; the other one is the gateway's. Returns a reference. */
conn *conn_tunnel(service *svc, service_role role, int fd);

/* Reads, handles and writes what it can. */
void conn_advance(conn *c);

/* Queues bytes and enters them in the transcript. Does nothing on a closed connection. */
void conn_send(conn *c, const char *bytes, gssize length);
void conn_printf(conn *c, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* As conn_send, in two segments or TLS records of which the first has so many bytes. */
void conn_send_parted(conn *c, const char *bytes, gsize length, gsize first);

/* As conn_send, in segments of one byte. */
void conn_send_dribbled(conn *c, const char *bytes, gssize length);

/* If nothing comes for so long, it is closed. */
void conn_expect(conn *c, guint ms);

/* Closes when all that is queued is out. */
void conn_finish(conn *c);
void conn_reset(conn *c);

/* Closes now; what is queued is lost. */
void conn_shut(conn *c);

/* Enters "bad: why" and closes. */
void conn_bad(conn *c, const char *why);

/* Takes it off at once, socket and all. */
void conn_drop(conn *c);

conn *conn_ref(conn *c);
void conn_unref(conn *c);

/* Neither closed nor about to be. */
gboolean conn_open(const conn *c);

/* The protocols on top. */
void msnp_handle(conn *c, const request *req);
void sb_handle(conn *c, const request *req);
void passport_handle(conn *c, const request *req);
void gateway_handle(conn *c, const request *req);

#endif
