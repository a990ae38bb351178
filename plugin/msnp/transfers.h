/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The transfers of files of an account, each from its offer to its result, which is reported
 * exactly once (MSNP_EVENT_FILE_ENDED). The adapter knows a transfer by its number. How the bytes
 * travel is the matter of its way (way.h).
 */
#ifndef MSNP_TRANSFERS_H
#define MSNP_TRANSFERS_H

#include "invite.h"
#include "net.h"
#include "types.h"

#define MSNP_FILES_MAX 1000 /* transfers at a time in each direction */
/* Offers at a time that the user has not answered. */
#define MSNP_FILES_FROM_MAX      100 /* of one person */
#define MSNP_FILES_STRANGERS_MAX 20  /* of people who are no contacts */
#define MSNP_FILES_OFFERED_MAX   200 /* of everybody */

typedef struct msnp_transfers msnp_transfers;

typedef struct {
    /*
     * Sends this payload to `who`. If it is not delivered, msnp_transfers_unsent() must follow,
     * later, with this reference, unless it is 0.
     */
    void (*send)(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                 int64_t now);
    /*
     * The same for a message of MSNP2P, on whichever switchboard: msnp_transfers_carried() must
     * follow exactly once, later, with this reference, unless it is 0.
     */
    void (*carry)(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                  int64_t now);
    /* Within msnp_transfers_p2p(): sends one to where that message came from. */
    void (*answer)(gpointer owner, msnp_str payload, int64_t now);
    /* May the user be asked about a file that `who` offers by MSNP2P? Then it is counted. */
    bool (*may_offer)(gpointer owner, const char *who, int64_t now);
    /* What the client of `who` announces (p2p.h); false if that is not known. */
    bool (*client_id)(gpointer owner, const char *who, uint32_t *id);
    /* The switchboard with `who` must stay open (true), or need not any more. */
    void (*hold)(gpointer owner, const char *who, bool hold);
} msnp_transfers_ops;

/* None yet. Borrows `net` and `ops`; `draw` as in session.h. Never NULL. */
msnp_transfers *msnp_transfers_new(msnp_net *net, uint32_t (*draw)(void),
                                   const msnp_transfers_ops *ops, gpointer owner);
/* Closes the connections. NULL is fine. */
void msnp_transfers_free(msnp_transfers *all);
/* Our own account, as the server spells it, and our address as the server sees it ("" or NULL). */
void msnp_transfers_set_account(msnp_transfers *all, const char *account);
void msnp_transfers_set_client_ip(msnp_transfers *all, const char *address);
/* May files go through the service (default: no)? If not, such offers are declined. */
void msnp_transfers_set_through_service(msnp_transfers *all, bool may);

/* --- from conversations --------------------------------------------------------------------- */

/*
 * `who` invites, answers or cancels. `contact`: a contact of the user. False for an INVITE that is
 * for no file, or for which there is no room: the caller declines it.
 */
bool msnp_transfers_invited(msnp_transfers *all, const char *who, const char *name, bool contact,
                            const msnp_invite *invite, int64_t now);
/* A payload with this reference was not, or perhaps not, delivered. */
void msnp_transfers_unsent(msnp_transfers *all, unsigned reference, msnp_cause cause, int64_t now);
/*
 * A message of MSNP2P, the body of a MSG. True: the user can be told of `extra`, which was declined
 * all the same.
 */
bool msnp_transfers_p2p(msnp_transfers *all, const char *who, const char *name, bool contact,
                        msnp_str body, msnp_extra *extra, int64_t now);
/*
 * What became of such a message of ours: MSNP_OK: the service has it. `board` tells the
 * switchboards apart on which they were sent.
 */
void msnp_transfers_carried(msnp_transfers *all, unsigned reference, unsigned board,
                            msnp_cause cause, int64_t now);

/* --- time, end ------------------------------------------------------------------------------ */

/* Frees what is over: at the end of each call from outside. */
void msnp_transfers_run(msnp_transfers *all);
void msnp_transfers_tick(msnp_transfers *all, int64_t now);
int64_t msnp_transfers_deadline(const msnp_transfers *all);
/* The session ends: so do all transfers. */
void msnp_transfers_end(msnp_transfers *all, int64_t now);
/* How many have no result yet. */
size_t msnp_transfers_pending(const msnp_transfers *all);

/* --- the user: as the functions of session.h ------------------------------------------------ */

/* See msnp_session_file_send(). */
unsigned msnp_transfers_send(msnp_transfers *all, const char *who, const char *name, uint64_t size,
                             msnp_err *err, int64_t now);
/* The answers to an offer. */
void msnp_transfers_accept(msnp_transfers *all, unsigned number, int64_t now);
void msnp_transfers_decline(msnp_transfers *all, unsigned number, int64_t now);
/* The bytes that were wanted; borrowed for the call. */
void msnp_transfers_put(msnp_transfers *all, unsigned number, const char *bytes, size_t len,
                        int64_t now);
/* All of it is saved. */
void msnp_transfers_stored(msnp_transfers *all, unsigned number, int64_t now);
/* Ends it from here; any result that begins here. */
void msnp_transfers_cancel(msnp_transfers *all, unsigned number, msnp_file_end why, int64_t now);

#endif
