/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The numbered connections of a session, and its one event queue. Each part of a session opens
 * connections here, and is called when something happens on them; what it wants to be done comes
 * out as events. How the bytes travel is the business of this file alone.
 *
 * A part knows a connection by its number only. What is done to one that is closed has no effect,
 * and nothing is heard of it any more.
 */
#ifndef MSNP_NET_H
#define MSNP_NET_H

#include "cmd.h"
#include "event.h"

/* Why a connection could not be made. The core does not look at `code` and `text`: whoever made the
 * attempt gets them back with the failure that follows from it. */
typedef struct {
    unsigned code;
    const char *text; /* clean plain text, or NULL */
    bool certificate; /* the peer's certificate was refused */
} msnp_connect_error;

/* What a part hears of its connections. It may close any of them meanwhile. */
typedef struct {
    void (*connected)(gpointer part, unsigned conn, int64_t now);
    void (*failed)(gpointer part, unsigned conn, const msnp_connect_error *why, int64_t now);
    /* Bytes, borrowed for the call; none: the peer closed it. */
    void (*received)(gpointer part, unsigned conn, msnp_str bytes, int64_t now);
} msnp_conn_ops;

typedef struct {
    msnp_event_queue events;
    GHashTable *conns; /* number -> msnp_conn * */
    unsigned last;     /* the number given out last */
    bool trace;        /* are MSNP_EVENT_TRACE wanted? */
} msnp_net;

/* No connections and no events. */
void msnp_net_init(msnp_net *net, bool trace);
/* Frees and wipes all of it; no event comes. */
void msnp_net_clear(msnp_net *net);

/* Queues a copy of the event. */
void msnp_net_push(msnp_net *net, msnp_event event);

/* What a connection is for. */
typedef enum {
    MSNP_CONN_SERVICE,     /* a dispatch or notification server */
    MSNP_CONN_PASSPORT,    /* over TLS: connected only when certificate and name are verified */
    MSNP_CONN_SWITCHBOARD, /* may be left unread for a while */
} msnp_conn_kind;

/*
 * Asks for a connection (MSNP_EVENT_CONNECT): its number, never 0. `ops` and `part` are borrowed
 * until it is closed.
 */
unsigned msnp_net_connect(msnp_net *net, msnp_conn_kind kind, const char *host, uint16_t port,
                          const msnp_conn_ops *ops, gpointer part);
/* Sends bytes on it (MSNP_EVENT_WRITE). */
void msnp_net_write(msnp_net *net, unsigned conn, msnp_str bytes);
/* Closes it, behind what was written (MSNP_EVENT_CLOSE). 0 is fine. */
void msnp_net_close(msnp_net *net, unsigned conn);
/* Forgets what was to be written and has not been taken out as an event yet. */
void msnp_net_drop_writes(msnp_net *net, unsigned conn);
/* A line for the debug log, if that is wanted: secrets are masked by the caller. */
void msnp_net_trace(msnp_net *net, unsigned conn, bool sent, const char *text);

/*
 * Sends "NAME id args..." and the payload, if it is not empty, traced. `id` 0 leaves it out; `args`
 * ends with NULL. An error of msnp_cmd_write(), or MSNP_ERR_TOO_LONG for the payload; then nothing
 * is sent.
 */
msnp_err msnp_net_send(msnp_net *net, unsigned conn, const msnp_verbs *verbs, const char *name,
                       uint32_t id, const char *const *args, msnp_str payload);
/* Traces a line that was received (without its end), with its secrets masked. */
void msnp_net_trace_line(msnp_net *net, unsigned conn, const msnp_verbs *verbs, msnp_str line,
                         size_t payload_len);

/* From outside: what happened on a connection. A number that is not known (any more) is ignored. */
void msnp_net_connected(msnp_net *net, unsigned conn, int64_t now);
void msnp_net_failed(msnp_net *net, unsigned conn, const msnp_connect_error *why, int64_t now);
/* No bytes: the peer closed it. */
void msnp_net_received(msnp_net *net, unsigned conn, msnp_str bytes, int64_t now);
/* Is there such a connection? */
bool msnp_net_has(const msnp_net *net, unsigned conn);

#endif
