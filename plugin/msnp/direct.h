/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files over connections of their own (MSNFTP): one way that a file can take (way.h). It is known
 * to the peer by (account, cookie). What leads to the connection is said in the conversation.
 *
 *   sending    ask for a port (LISTEN) -> INVITE -> ACCEPT -> our address, or connect to theirs
 *   receiving  INVITE -> the user accepts -> ACCEPT -> their address; or (Connectivity: N) ask for
 *              a port -> our address
 *   both       MSNFTP on the first connection that proves to be the right one (ftp.h)
 */
#ifndef MSNP_DIRECT_H
#define MSNP_DIRECT_H

#include "invite.h"
#include "net.h"
#include "way.h"

#define MSNP_DIRECT_ANSWER  ((int64_t)5 * 60 * 1000) /* from an invitation to its answer */
#define MSNP_DIRECT_CONNECT ((int64_t)30 * 1000)     /* from an answer to the right connection */
/* Connections to one port that have not proved who they are; a further one ends the oldest. */
#define MSNP_DIRECT_KNOCKING_MAX 8

typedef struct msnp_direct msnp_direct;

typedef struct {
    /*
     * Sends this payload to `who`. If it is not delivered, msnp_direct_unsent() must follow, later,
     * with this reference, unless it is 0.
     */
    void (*send)(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                 int64_t now);
    /*
     * Somebody offers a file. True: it is taken, and `way` has its `reports` and `owner`. False:
     * there is no room for it; `way` is not valid any more.
     */
    bool (*offered)(gpointer owner, msnp_way *way, const msnp_way_offer *offer, int64_t now);
} msnp_direct_ops;

/* No files. Borrows `net` and `ops`; `draw` as in session.h. Never NULL. */
msnp_direct *msnp_direct_new(msnp_net *net, uint32_t (*draw)(void), const msnp_direct_ops *ops,
                             gpointer owner);
/* Closes the connections, and reports nothing. NULL is fine. */
void msnp_direct_free(msnp_direct *all);
/* Our own account, as the server spells it, and our address as the server sees it ("" or NULL). */
void msnp_direct_set_account(msnp_direct *all, const char *account);
void msnp_direct_set_client_ip(msnp_direct *all, const char *address);

/*
 * Begins to send a file to `who`, a valid account that is not our own. `name` is UTF-8, without
 * directories. The caller sets `reports` and `owner` of the result, which is never NULL; nothing is
 * reported from within this call.
 */
msnp_way *msnp_direct_send(msnp_direct *all, const char *who, const char *name, uint32_t size,
                           int64_t now);

/* --- from conversations --------------------------------------------------------------------- */

/*
 * `who` invites, answers or cancels. `contact`: a contact of the user. False for an INVITE that is
 * for no file, or was not taken by `offered`: the caller declines it.
 */
bool msnp_direct_invited(msnp_direct *all, const char *who, const char *name, bool contact,
                         const msnp_invite *invite, int64_t now);
/* A payload with this reference was not, or perhaps not, delivered. */
void msnp_direct_unsent(msnp_direct *all, unsigned reference, msnp_cause cause, int64_t now);

/* --- time, end ------------------------------------------------------------------------------ */

/* Frees what is over: at the end of each call from outside. */
void msnp_direct_run(msnp_direct *all);
void msnp_direct_tick(msnp_direct *all, int64_t now);
/*
 * When the next tick is due, MSNP_NEVER for none. It costs the same for any number of files, but
 * can be early: a deadline that has gone, or moved, counts until then.
 */
int64_t msnp_direct_deadline(const msnp_direct *all);
/* The session ends, and all files have: connections do not wait for the peer to close. */
void msnp_direct_end(msnp_direct *all);

#endif
