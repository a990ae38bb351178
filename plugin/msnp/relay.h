/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files through the service: all that other clients send as MSNP2P (p2p.h, slp.h), answered as they
 * expect, so that none of them waits; and the sessions in which files are exchanged.
 *
 *     sender               receiver
 *     INVITE          ->              an offer, with a context that names the file
 *                     <-   P2P-ACK    at once: it can do MSNP2P at all
 *                     <-   200 OK     its user accepts (603: declines)
 *     P2P-ACK         ->
 *     data            ->              pieces of one message, paced by the service's ACKs
 *                     <-   P2P-ACK    it has all of it
 *     BYE             ->              (BYE before that P2P-ACK cancels)
 *
 * "P2P-ACK" is a message of the peer's, "ACK" is a line of the service. The people are known by
 * their accounts, never by a switchboard: what begins on one can go on on another. One that ends in
 * the middle ends no session: the sender goes on, on the next one, with the first byte that was not
 * acknowledged; the receiver skips what it has, and asks (NAK) for what it misses.
 *
 * No direct connection is ever offered or taken: requests for one get an answer that keeps the
 * sender here. Everything but files is declined.
 */
#ifndef MSNP_RELAY_H
#define MSNP_RELAY_H

#include "buf.h"
#include "way.h"

#define MSNP_RELAY_PROBE    ((int64_t)20 * 1000)     /* from an ACK of INVITE to its P2P-ACK */
#define MSNP_RELAY_ANSWER   ((int64_t)5 * 60 * 1000) /* from an invitation to its answer */
#define MSNP_RELAY_SILENCE  ((int64_t)60 * 1000)     /* without data, after the answer too */
#define MSNP_RELAY_GAP      ((int64_t)30 * 1000)     /* until what is missing comes again */
#define MSNP_RELAY_CONFIRM  ((int64_t)30 * 1000)     /* from the last ACK to the P2P-ACK of all */
#define MSNP_RELAY_PARTING  ((int64_t)5 * 1000)      /* from BYE to a P2P-ACK behind it */
#define MSNP_RELAY_REMEMBER ((int64_t)60 * 1000)     /* how long a session is known after its end */

#define MSNP_RELAY_WINDOW_MAX 16  /* pieces to one person without an ACK */
#define MSNP_RELAY_PEERS_MAX  500 /* people who are remembered */
#define MSNP_RELAY_FILES_MAX  100 /* sessions with one person at a time, in each direction */
#define MSNP_RELAY_ENDED_MAX  16  /* that have ended, and are remembered, of one person */

typedef struct msnp_relay msnp_relay;

typedef struct {
    /*
     * Sends this payload to `who`, opening a switchboard if there is none. If `reference` is not 0,
     * msnp_relay_carried() must follow exactly once, later.
     */
    void (*send)(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                 int64_t now);
    /* Inside of msnp_relay_got(): sends it to where that message came from. */
    void (*answer)(gpointer owner, msnp_str payload, int64_t now);
    /* A file is offered: sets `reports` and `owner` of the way. False: it is declined. */
    bool (*offered)(gpointer owner, msnp_way *way, const msnp_way_offer *offer, int64_t now);
    /* The client id that `who` announces now; false if it is not known. */
    bool (*client_id)(gpointer owner, const char *who, uint32_t *id);
} msnp_relay_ops;

/* `draw` as in session.h; borrows `ops`. Never NULL. */
msnp_relay *msnp_relay_new(uint32_t (*draw)(void), const msnp_relay_ops *ops, gpointer owner);
/* NULL is fine. No callback follows. */
void msnp_relay_free(msnp_relay *relay);
/* Our own account, as the server spells it. */
void msnp_relay_set_account(msnp_relay *relay, const char *account);
/* Are files welcome (default: no)? If not, offers are declined. */
void msnp_relay_set_welcome(msnp_relay *relay, bool welcome);

/*
 * A message from `who`: the body of a MSG. True: the user can be told of `extra`, which was
 * declined all the same.
 */
bool msnp_relay_got(msnp_relay *relay, const char *who, const char *name, bool contact,
                    msnp_str body, msnp_extra *extra, int64_t now);
/*
 * What became of a payload with this reference: MSNP_OK: the service has it. `board` tells the
 * switchboards apart on which payloads were sent.
 */
void msnp_relay_carried(msnp_relay *relay, unsigned reference, unsigned board, msnp_cause cause,
                        int64_t now);

/*
 * Offers a file of so many bytes; `name` is UTF-8, without directories. The caller sets `reports`
 * and `owner` of the result; nothing is reported from within this call. NULL if there are too many
 * with this person already.
 */
msnp_way *msnp_relay_send(msnp_relay *relay, const char *who, const char *name, uint64_t size,
                          int64_t now);
/*
 * Has this person sent MSNP2P, whatever the client announces? One that announces something else now
 * is another one, or its user has turned that off.
 */
bool msnp_relay_knows(const msnp_relay *relay, const char *who);
/* Does the service seem not to carry MSNP2P at all? */
bool msnp_relay_is_refused(const msnp_relay *relay);

/* Looks at the deadlines. */
void msnp_relay_tick(msnp_relay *relay, int64_t now);
/*
 * When the next tick is due, MSNP_NEVER for none. It can be early: a deadline that has moved counts
 * until then.
 */
int64_t msnp_relay_deadline(const msnp_relay *relay);
/* The session ends, and so has each file: forgets everybody, and hears nobody any more. */
void msnp_relay_end(msnp_relay *relay);

#endif
