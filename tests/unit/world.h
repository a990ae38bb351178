/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A world in which people talk to each other: a notification server, switchboards, two people who
 * use the conversations of the core, and others who are simulated. There is no I/O and no time but
 * its own; what happens, and what goes wrong, is decided by a generator with a seed. It reads what
 * is written to it with a reader of its own.
 */
#ifndef WORLD_H
#define WORLD_H

#include "ledger.h"

/* What can go wrong; X(symbol, name). */
#define FAULT_LIST(X)                                                              \
    X(FAULT_REFUSED, "XFR SB refused")                                             \
    X(FAULT_NOT_GRANTED, "XFR SB not answered")                                    \
    X(FAULT_DEAD_HOST, "a host that does not answer")                              \
    X(FAULT_NO_CONNECTION, "connection refused")                                   \
    X(FAULT_COOKIE, "911 at USR or ANS")                                           \
    X(FAULT_MUTE, "a switchboard that says nothing any more")                      \
    X(FAULT_CALL_REFUSED, "CAL refused")                                           \
    X(FAULT_CALL_FATAL, "CAL refused with the end of the switchboard")             \
    X(FAULT_CALL_SILENT, "CAL not answered")                                       \
    X(FAULT_NOBODY_COMES, "nobody joins")                                          \
    X(FAULT_EARLY_JOIN, "JOI before RINGING")                                      \
    X(FAULT_NAK, "NAK")                                                            \
    X(FAULT_ERROR, "MSG answered with an error")                                   \
    X(FAULT_DROPPED, "MSG dropped without an answer")                              \
    X(FAULT_ACK_LOST, "MSG relayed and not answered")                              \
    X(FAULT_ACK_LATE, "ACK after what happens next")                               \
    X(FAULT_CLOSED_BEFORE, "closed instead of relaying")                           \
    X(FAULT_CLOSED_AFTER, "closed after relaying")                                 \
    X(FAULT_CLOSED, "closed in the middle of anything")                            \
    X(FAULT_LEFT_BEFORE, "everybody leaves, then the message is read")             \
    X(FAULT_LEFT_AFTER, "the message is relayed, then everybody leaves, then ACK") \
    X(FAULT_IDLE, "all are sent away for idleness")                                \
    X(FAULT_OUT, "the switchboard says OUT")                                       \
    X(FAULT_GARBAGE, "lines that mean nothing")                                    \
    X(FAULT_RUNG_TWICE, "rung twice")                                              \
    X(FAULT_RING_LOST, "a ring that is lost")                                      \
    X(FAULT_UNREAD, "what was written before the client closed is lost")           \
    X(FAULT_JUMP, "the clock jumps")                                               \
    X(FAULT_GATEWAY, "no gateway")                                                 \
    X(FAULT_REQUEST_LOST, "a request to the gateway that is lost")                 \
    X(FAULT_RESPONSE_LOST, "its response is lost")                                 \
    X(FAULT_RESPONSE_CUT, "its response is cut off")                               \
    X(FAULT_CARRIER, "the connection to the gateway is lost")

typedef enum {
#define X(symbol, name) symbol,
    FAULT_LIST(X)
#undef X
        N_FAULTS
} fault;

typedef struct world world;

/* Run number `run` of the series that begins with `seed`. */
world *world_new(uint64_t seed, unsigned run);
/* Lets things happen for a while, then waits until nothing is under way any more. */
void world_live(world *w);
/* Everybody signs out; nothing may be left over. */
void world_end(world *w);
void world_free(world *w);

const ledger_sums *world_sums(const world *w);
/* How often that went wrong. */
unsigned world_faults(const world *w, fault kind);

#endif
