/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The session with a dispatch or notification server: sign-in, keep-alive, own presence, the lists
 * and the presence of the contacts. One machine for both kinds of server, since which one it is
 * talking to shows only in the answer to USR TWN I.
 *
 * A part of msnp_session. It pushes what the user is told (STEP, SIGNED_IN, ONLINE, STATUS,
 * STATUS_FAILED, ROSTER, CONTACT, EDITED, MOVED), and calls msnp_ns_ops about the rest.
 */
#ifndef MSNP_NS_H
#define MSNP_NS_H

#include "net.h"
#include "roster.h"

#define MSNP_TRANSFERS_MAX     5                    /* XFR NS in one sign-in */
#define MSNP_PING_AFTER        ((int64_t)30 * 1000) /* silence after which PNG is sent */
#define MSNP_PING_TIMEOUT      ((int64_t)25 * 1000) /* further silence after which it is dead */
#define MSNP_LISTS_SILENCE     ((int64_t)30 * 1000) /* silence after which no more lists come */
#define MSNP_GROUPS_SILENCE    ((int64_t)2 * 1000)  /* the same when only groups are missing */
#define MSNP_SETTLE_TIME       ((int64_t)5 * 1000)  /* after a move: for contacts' presence */
#define MSNP_EDITS_MAX         16384                /* edits waiting */
#define MSNP_REQUESTS_MAX      200                  /* switchboards requested at a time */
#define MSNP_PIPELINED_TIMEOUT ((int64_t)10 * 1000) /* for the answers to pipelined commands */

typedef struct msnp_ns msnp_ns;

/*
 * What the other parts are told; all strings are borrowed for the call. The session may be given
 * intents meanwhile, but is not freed.
 */
typedef struct {
    /* A server is being connected to, for the first time or anew. */
    void (*connecting)(gpointer owner, int64_t now);
    /* Passport is to turn this (secret) into a ticket: msnp_ns_ticket(). */
    void (*challenge)(gpointer owner, const char *challenge, int64_t now);
    /* This server takes no pipelined commands: without them it got further. */
    void (*no_pipelining)(gpointer owner, int64_t now);
    /* The ticket was accepted: the account as the server spells it. */
    void (*signed_in)(gpointer owner, const char *handle);
    /* The answers to msnp_ns_ask_switchboard(). */
    void (*switchboard)(gpointer owner, unsigned request, const char *host, uint16_t port,
                        const char *cookie, int64_t now);
    void (*no_switchboard)(gpointer owner, unsigned request, msnp_cause cause, int64_t now);
    void (*rung)(gpointer owner, const msnp_ring *ring, int64_t now);
    /* It is over; nothing is called after this. */
    void (*failed)(gpointer owner, const msnp_failure *failure, int64_t now);
} msnp_ns_ops;

typedef struct {
    const char *account; /* as the user typed it; sent as it is */
    const char *host;    /* dispatch or notification server */
    unsigned port;
    msnp_status status; /* of the first CHG */
    /*
     * Pipeline commands of the sign-in, which saves round trips: VER, CVR and USR TWN I at once,
     * and if the server tolerates that, SYN and CHG with USR TWN S. Answers are read as strictly as
     * otherwise. A server that does not (it closes the connection, refuses a command as unexpected
     * or before its turn, or stops answering after VER) gets one command at a time on a new
     * connection; if that is what helps, msnp_ns_ops.no_pipelining reports it.
     */
    bool pipelining;
} msnp_ns_config;

/*
 * Copies the configuration; borrows the rest. Never NULL: a bad configuration is reported by
 * msnp_ns_start().
 */
msnp_ns *msnp_ns_new(const msnp_ns_config *config, msnp_net *net, const msnp_ns_ops *ops,
                     gpointer owner);
/* NULL is fine; wipes secrets, closes nothing. */
void msnp_ns_free(msnp_ns *ns);

/* Begins: asks for the first connection. Deadlines count from `now` (milliseconds). */
void msnp_ns_start(msnp_ns *ns, int64_t now);
/* Passport's answer to msnp_ns_ops.challenge. One that cannot be sent ends the session. */
void msnp_ns_ticket(msnp_ns *ns, const char *ticket, int64_t now);
/* The user changed status (or became idle): CHG, at once or as soon as the sign-in is complete. */
void msnp_ns_set_status(msnp_ns *ns, msnp_status status, int64_t now);
/*
 * The user wants something to be changed on the server. Edits wait for MSNP_EVENT_ROSTER and for
 * each other, survive a move to another server, and each ends in MSNP_EVENT_EDITED, without
 * anything being sent if it cannot be (MSNP_ERR_TOO_LONG: a name over its limit, or too many edits;
 * MSNP_ERR_ACCOUNT: no account name; MSNP_ERR_MALFORMED: something is missing, a name is blank;
 * MSNP_ERR_INCOMPLETE: a group cannot be removed while not all contacts are known).
 * Those that wait when the session ends are dropped without an event: msnp_ns_edits_waiting() says
 * how many. What the server has already is not sent again. ADD REM ADG REG RMG REA BLP GTC PRP.
 */
void msnp_ns_edit(msnp_ns *ns, const msnp_edit *edit, int64_t now);
/*
 * A switchboard is wanted (XFR SB): requested by msnp_ns_run() as soon as the session is complete,
 * and again when it moved meanwhile. Each request, of whatever number, ends in a call of
 * msnp_ns_ops.switchboard or .no_switchboard (MSNP_ERR_SERVER, _TIMEOUT, _MALFORMED, or _FULL if
 * too many wait), never from inside of this function, or with the session.
 */
void msnp_ns_ask_switchboard(msnp_ns *ns, unsigned request);
/* Lets go on what waits. */
void msnp_ns_run(msnp_ns *ns, int64_t now);
/* How many edits have no result yet. */
size_t msnp_ns_edits_waiting(const msnp_ns *ns);
/*
 * The lists: empty before the first MSNP_EVENT_ROSTER, then as last reported completely, with what
 * changed since. Owned by the session; entries are valid until the next MSNP_EVENT_ROSTER.
 */
const msnp_roster *msnp_ns_roster(const msnp_ns *ns);
/*
 * The user signs out: OUT if the sign-in is complete (else nothing more is sent), then the
 * connection is closed; nothing comes after that.
 */
void msnp_ns_sign_out(msnp_ns *ns);
/* Nothing is wanted of it any more: closes its connection, sends and calls nothing. */
void msnp_ns_stop(msnp_ns *ns);
/* Looks at the deadlines, sends the keep-alive. */
void msnp_ns_tick(msnp_ns *ns, int64_t now);
/* When it wants the next tick, MSNP_NEVER for not at all. */
int64_t msnp_ns_deadline(const msnp_ns *ns);
/* Stops and restarts its clock, while a person is asked about a certificate. */
void msnp_ns_hold(msnp_ns *ns, int64_t now);
void msnp_ns_resume(msnp_ns *ns, int64_t now);
/* Where the sign-in is. */
msnp_step msnp_ns_step(const msnp_ns *ns);
/* The account's name as the server spells it (before USR OK: as configured); borrowed. */
const char *msnp_ns_handle(const msnp_ns *ns);
/* Its connection, 0 for none. */
unsigned msnp_ns_conn(const msnp_ns *ns);

/* The table of what dispatch and notification servers send and are sent. */
extern const msnp_verbs msnp_ns_verbs;

#endif
