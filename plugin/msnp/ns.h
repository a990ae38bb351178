/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The session with a dispatch or notification server: sign-in, keep-alive, own presence, the lists
 * and the presence of the contacts. One machine for both kinds of server, since which one it is
 * talking to shows only in the answer to USR TWN I.
 */
#ifndef MSNP_NS_H
#define MSNP_NS_H

#include "cmd.h"
#include "roster.h"

#define MSNP_TRANSFERS_MAX     5                    /* XFR NS in one sign-in */
#define MSNP_PING_AFTER        ((int64_t)30 * 1000) /* silence after which PNG is sent */
#define MSNP_PING_TIMEOUT      ((int64_t)25 * 1000) /* further silence after which it is dead */
#define MSNP_LISTS_SILENCE     ((int64_t)30 * 1000) /* silence that ends the lists */
#define MSNP_GROUPS_SILENCE    ((int64_t)2 * 1000) /* the same when nothing but groups is missing */
#define MSNP_SETTLE_TIME       ((int64_t)5 * 1000) /* after a move: for the presence of contacts */
#define MSNP_EDITS_MAX         16384               /* edits waiting */
#define MSNP_REQUESTS_MAX      200                 /* switchboards asked for at a time */
#define MSNP_PIPELINED_TIMEOUT ((int64_t)10 * 1000) /* the same when commands were pipelined */

typedef struct msnp_ns msnp_ns;

/* What dispatch and notification servers may send. */
extern const msnp_verbs msnp_ns_verbs;

typedef struct {
    const char *account; /* as the user typed it; sent as it is */
    const char *host;    /* dispatch or notification server */
    unsigned port;
    msnp_status status; /* of the first CHG */
    /*
     * Send commands of the sign-in before their turn, which spares waiting for answers: VER, CVR
     * and USR TWN I at once, and if the server has borne that, SYN and CHG with USR TWN S. Answers
     * are read as strictly as otherwise. A server that does not bear it (it closes the connection,
     * refuses a command as unexpected or before its turn, or stops answering after VER) gets one
     * command at a time on a new connection; if that is what helps, MSNP_EVENT_NO_PIPELINING says
     * so.
     */
    bool pipelining;
} msnp_ns_config;

/* Copies what it keeps. Never NULL: a bad configuration is reported by msnp_ns_start(). */
msnp_ns *msnp_ns_new(const msnp_ns_config *config);
/* NULL is fine; wipes secrets. */
void msnp_ns_free(msnp_ns *ns);

/* Begins: asks for the first connection. Deadlines count from `now` (milliseconds). */
void msnp_ns_start(msnp_ns *ns, int64_t now);
/* The connection that MSNP_EVENT_CONNECT asked for stands. */
void msnp_ns_connected(msnp_ns *ns, int64_t now);
/* Bytes from it; `len` 0 means that the peer closed it. Returns why it failed, if it did now. */
msnp_err msnp_ns_feed(msnp_ns *ns, const void *data, size_t len, int64_t now);
/* Passport's answer to MSNP_EVENT_CHALLENGE. MSNP_ERR_NO_TICKET if it cannot be sent. */
msnp_err msnp_ns_ticket(msnp_ns *ns, const char *ticket, int64_t now);
/* The user changed status (or became idle): CHG, at once or as soon as the sign-in is complete. */
void msnp_ns_set_status(msnp_ns *ns, msnp_status status, int64_t now);
/*
 * The user wants something to be changed on the server. Edits wait for MSNP_EVENT_ROSTER and for
 * each other, survive a move to another server, and each ends in MSNP_EVENT_EDITED, without
 * anything being sent if it cannot be (MSNP_ERR_TOO_LONG: a name over its limit, or too many edits;
 * MSNP_ERR_ACCOUNT: no account name; MSNP_ERR_MALFORMED: something is missing, a name is blank;
 * MSNP_ERR_INCOMPLETE: a group cannot be removed while not all contacts are known).
 * Those that wait when the session ends are dropped without an event: msnp_ns_edits_waiting() tells
 * how many. What the server has already is not sent again. ADD REM ADG REG RMG REA BLP GTC PRP.
 */
void msnp_ns_edit(msnp_ns *ns, const msnp_edit *edit, int64_t now);
/*
 * A switchboard is wanted (XFR SB): asked for as soon as the session is complete, and again when it
 * moved meanwhile. Each request, of whatever number, ends in MSNP_EVENT_SWITCHBOARD or
 * MSNP_EVENT_NO_SWITCHBOARD (MSNP_ERR_SERVER, _TIMEOUT, _MALFORMED, or _FULL if too many wait),
 * or with the session.
 */
void msnp_ns_ask_switchboard(msnp_ns *ns, unsigned request, int64_t now);
/* How many edits have no result yet. */
size_t msnp_ns_edits_waiting(const msnp_ns *ns);
/*
 * The lists: empty before the first MSNP_EVENT_ROSTER, then as last told completely, with what
 * changed since. Owned by the machine; entries are valid until the next MSNP_EVENT_ROSTER.
 */
const msnp_roster *msnp_ns_roster(const msnp_ns *ns);
/*
 * The user signs out: OUT if the sign-in is complete (else nothing more is sent), then
 * MSNP_EVENT_CLOSE; nothing comes after it, and events that waited are dropped.
 */
void msnp_ns_sign_out(msnp_ns *ns);
/* Looks at the deadlines, sends the keep-alive. */
void msnp_ns_tick(msnp_ns *ns, int64_t now);
/* When it wants the next tick, MSNP_NEVER for not at all. */
int64_t msnp_ns_deadline(const msnp_ns *ns);
/* Stops and restarts its clock, while a person is asked about a certificate. */
void msnp_ns_hold(msnp_ns *ns, int64_t now);
void msnp_ns_resume(msnp_ns *ns, int64_t now);
/* The next event, borrowed until the next call of this function; false if there is none. */
bool msnp_ns_next(msnp_ns *ns, msnp_event *event);
/* Where it is. */
msnp_step msnp_ns_step(const msnp_ns *ns);
/* With whom it is talking now; owned by the machine, NULL and 0 if with nobody. */
const char *msnp_ns_host(const msnp_ns *ns, uint16_t *port);
/* The account's name as the server spells it (before USR OK: as configured); owned by the machine.
 */
const char *msnp_ns_handle(const msnp_ns *ns);
/* Emit MSNP_EVENT_TRACE from now on? */
void msnp_ns_set_trace(msnp_ns *ns, bool trace);

#endif
