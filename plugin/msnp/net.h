/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The numbered connections of a session, and its one event queue. Each part opens its connections
 * here and gets callbacks about them; requests to the adapter come out as events. Only this file
 * decides how bytes travel.
 *
 * Received bytes wait until the events so far have been taken out (msnp_net_serve()). So the queue
 * is short whatever a peer sends, and what parts lend does not change under an event's handler.
 *
 * Parts know a connection by its number only. Calls for a closed one have no effect, and no
 * callback follows.
 */
#ifndef MSNP_NET_H
#define MSNP_NET_H

#include "cmd.h"
#include "event.h"
#include "invite.h"

/*
 * Why a connection failed. The core passes `code` and `text` through to the msnp_failure that
 * results.
 */
typedef struct {
    unsigned code;
    const char *text; /* clean plain text, or NULL */
    bool certificate; /* the certificate was rejected */
    bool hopeless;    /* no other way to this host can be better */
    bool gateway;     /* it was the HTTP gateway, which is: */
    const char *host;
    uint16_t port;
    unsigned status; /* its HTTP status, if it is none of a gateway; else 0 */
} msnp_connect_error;

#define MSNP_SERVE_MAX      4096  /* bytes */
#define MSNP_SERVE_FILE_MAX 65536 /* the same for MSNP_CONN_FILE */

/* What the adapter knows about a port on which we listen. */
typedef struct {
    msnp_address internal; /* the address of this computer, and the port */
    /*
     * Where others reach it: the user configured this address, or a router forwards this port. ""
     * if neither is known.
     */
    msnp_address external;
} msnp_port;

/*
 * Callbacks to the part that owns the connection. It may close any connection in them. Those that
 * cannot come may be NULL.
 */
typedef struct {
    void (*connected)(gpointer part, unsigned conn, int64_t now);
    void (*failed)(gpointer part, unsigned conn, const msnp_connect_error *why, int64_t now);
    /*
     * At most MSNP_SERVE_MAX (MSNP_SERVE_FILE_MAX) bytes, borrowed for the call; none if the peer
     * closed it.
     */
    void (*received)(gpointer part, unsigned conn, msnp_str bytes, int64_t now);
    /* MSNP_CONN_FILE: everything written so far was sent. */
    void (*drained)(gpointer part, unsigned conn, int64_t now);
    /* MSNP_CONN_LISTENER: somebody can connect now. */
    void (*listening)(gpointer part, unsigned conn, const msnp_port *port, int64_t now);
    /* The same: somebody connected. `fresh` closes unless msnp_net_adopt() takes it now. */
    void (*accepted)(gpointer part, unsigned conn, unsigned fresh, int64_t now);
} msnp_conn_ops;

/* The purpose of a connection. */
typedef enum {
    MSNP_CONN_SERVICE,  /* a dispatch or notification server */
    MSNP_CONN_PASSPORT, /* over TLS: connected after certificate and host name were verified */
    MSNP_CONN_SWITCHBOARD,
    MSNP_CONN_FILE,    /* to or from somebody who sends or receives a file */
    MSNP_CONN_LISTENER /* no connection, but waits for some: msnp_net_listen() */
} msnp_conn_kind;

/*
 * Another way for the connections of the service and the switchboards: they have a number, but the
 * adapter never hears of them. What happens on one is reported with msnp_net_connected() and so on,
 * as if by the adapter, but never from within these callbacks. After close() nothing is.
 */
typedef struct {
    void (*open)(gpointer owner, unsigned conn, msnp_conn_kind kind, const char *host);
    void (*write)(gpointer owner, unsigned conn, msnp_str bytes);
    void (*drop_writes)(gpointer owner, unsigned conn);
    /* Was everything that was written taken on the other side? */
    bool (*is_settled)(gpointer owner, unsigned conn);
    /* After everything written so far. */
    void (*close)(gpointer owner, unsigned conn);
} msnp_tunnel_ops;

typedef struct {
    msnp_event_queue events;
    GArray *conns;      /* those that have not ended, oldest first; see net.c */
    unsigned last;      /* the last number used */
    size_t waiting;     /* connections with bytes that wait */
    unsigned served[3]; /* the connections whose bytes were served last, see net.c */
    bool switchboards_turn;
    bool trace;                    /* push MSNP_EVENT_TRACE? */
    msnp_mask mask;                /* what no trace may show; its owners add their secrets */
    const msnp_tunnel_ops *tunnel; /* how new connections travel; NULL: directly */
    gpointer tunnel_owner;
} msnp_net;

/* No connections and no events. */
void msnp_net_init(msnp_net *net, bool trace);
/* Frees and wipes everything; pushes no events. */
void msnp_net_clear(msnp_net *net);

/* Queues a copy of the event. */
void msnp_net_push(msnp_net *net, msnp_event event);

/*
 * From now on connections to the service and to switchboards travel this way; NULL: directly, as
 * all others do. Those that are there do not change. Borrowed.
 */
void msnp_net_set_tunnel(msnp_net *net, const msnp_tunnel_ops *tunnel, gpointer owner);
/* Does this connection travel through a tunnel? */
bool msnp_net_is_tunnelled(const msnp_net *net, unsigned conn);
/*
 * Nothing that was written waits in a tunnel, or for its answer, nor do bytes that came wait to be
 * served? True for other connections: nobody knows.
 */
bool msnp_net_is_settled(const msnp_net *net, unsigned conn);
/*
 * For a tunnel: requests a connection to the gateway, with the purpose of what it carries. Plain
 * HTTP without `tls`.
 */
unsigned msnp_net_connect_gateway(msnp_net *net, msnp_conn_kind kind, const char *host,
                                  uint16_t port, bool tls, const msnp_conn_ops *ops, gpointer part);
/* For a tunnel: the log names what is said on `conn` by this connection to the gateway. */
void msnp_net_set_carrier(msnp_net *net, unsigned conn, unsigned carrier);

/*
 * Requests a connection (MSNP_EVENT_CONNECT, or a tunnel). Returns its number, never 0. Borrows
 * `ops` and `part` until it is closed.
 */
unsigned msnp_net_connect(msnp_net *net, msnp_conn_kind kind, const char *host, uint16_t port,
                          const msnp_conn_ops *ops, gpointer part);
/*
 * Requests a port on which others can connect (MSNP_EVENT_LISTEN). `listening` or `failed` follows.
 * Numbered, owned and closed like a connection.
 */
unsigned msnp_net_listen(msnp_net *net, const msnp_conn_ops *ops, gpointer part);
/* Takes over a connection from `accepted`; it is connected. */
void msnp_net_adopt(msnp_net *net, unsigned conn, const msnp_conn_ops *ops, gpointer part);
/* Sends bytes on it (MSNP_EVENT_WRITE). */
void msnp_net_write(msnp_net *net, unsigned conn, msnp_str bytes);
/* The same with bytes from g_malloc(), which it takes over: nothing is copied. */
void msnp_net_write_taken(msnp_net *net, unsigned conn, char *bytes, size_t len);
/*
 * Closes it after everything written so far (MSNP_EVENT_CLOSE), and drops waiting bytes. If its
 * MSNP_EVENT_CONNECT has not been taken out yet, that goes, too, and nothing is said at all. 0 is
 * fine.
 */
void msnp_net_close(msnp_net *net, unsigned conn);
/* Drops bytes that have not left as MSNP_EVENT_WRITE yet. */
void msnp_net_drop_writes(msnp_net *net, unsigned conn);
/* The user is asked about its certificate, or no longer; that ends with the connection, too. */
void msnp_net_set_asking(msnp_net *net, unsigned conn, bool asking);
/* Is the user asked about a certificate? */
bool msnp_net_is_asking(const msnp_net *net);
/* Pushes a line for the debug log, if tracing is on. The caller masks secrets. */
void msnp_net_trace(msnp_net *net, unsigned conn, bool sent, const char *text);

/*
 * Sends "NAME id args..." and the payload, if it is not empty, traced. `id` 0 leaves it out; `args`
 * ends with NULL. Returns an error of msnp_cmd_write(), or MSNP_ERR_TOO_LONG for the payload, and
 * then sends nothing.
 */
msnp_err msnp_net_send(msnp_net *net, unsigned conn, const msnp_verbs *verbs, const char *name,
                       uint32_t id, const char *const *args, msnp_str payload);
/*
 * Traces a received line (without its line end), with its secrets masked. `step` is that of the
 * part that received it, as in its verb table.
 */
void msnp_net_trace_line(msnp_net *net, unsigned conn, const msnp_verbs *verbs, msnp_str line,
                         size_t payload_len, unsigned step);

/* From the adapter: what happened on a connection. Unknown and closed numbers are ignored. */
void msnp_net_connected(msnp_net *net, unsigned conn, int64_t now);
void msnp_net_failed(msnp_net *net, unsigned conn, const msnp_connect_error *why, int64_t now);
/*
 * Keeps a copy of the bytes until they are served. No bytes: the peer closed the connection. There
 * is no limit: do not read on while events or bytes wait.
 */
void msnp_net_received(msnp_net *net, unsigned conn, msnp_str bytes);
/* The connection broke, other than by an orderly close: comes after the bytes that wait. */
void msnp_net_broke(msnp_net *net, unsigned conn);
/* In `received` without bytes: did it break? */
bool msnp_net_is_broken(const msnp_net *net, unsigned conn);
void msnp_net_drained(msnp_net *net, unsigned conn, int64_t now);
void msnp_net_listening(msnp_net *net, unsigned conn, const msnp_port *port, int64_t now);
/* Somebody connected to this listener: the number of the connection, 0 if it is to be closed. */
unsigned msnp_net_accept(msnp_net *net, unsigned listener, int64_t now);
/*
 * Hands the next waiting bytes to the part that they are for: at most MSNP_SERVE_MAX (or
 * MSNP_SERVE_FILE_MAX), of one connection. False if none wait. The connections take turns, and
 * every second turn is for the switchboards: they do not delay the service much, nor it them. Files
 * come when nothing else waits.
 */
bool msnp_net_serve(msnp_net *net, int64_t now);
/* Hands out all that waits of the switchboards. */
void msnp_net_serve_switchboards(msnp_net *net, int64_t now);
/* Is there such a connection? */
bool msnp_net_has(const msnp_net *net, unsigned conn);

#endif
