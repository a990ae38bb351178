/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passport 1.4: from the notification server's challenge to the ticket. Asks the nexus which login
 * server to use (unless that is known), sends the login server address, password and challenge, and
 * follows its redirects. Only this file keeps the password: it is wiped when the ticket arrives, on
 * failure, and when this is freed.
 *
 * It can start before the challenge arrives: it then connects to the login server and waits. If the
 * server closes that connection meanwhile, it connects again afterwards.
 *
 * A part of msnp_session. Requests are made only on verified connections. If nexus and login server
 * are the same server, and it keeps the connection open, both requests use it. It ends with a call
 * of msnp_passport_ops.ticket or .failed.
 */
#ifndef MSNP_PASSPORT_H
#define MSNP_PASSPORT_H

#include "net.h"

#define MSNP_REDIRECTS_MAX 5
#define MSNP_PASSWORD_MAX  1024 /* bytes */

typedef struct msnp_passport msnp_passport;

/* Callbacks to the session; all strings are borrowed for the call. They must not free this part. */
typedef struct {
    /*
     * It reached another step; `host` is the peer. MSNP_STEP_LOGIN: that gets the password now;
     * `outside`: and is not in the domain of a server that the user chose (msnp_host_is_near()).
     */
    void (*step)(gpointer owner, msnp_step step, const char *host, bool outside);
    /* The login server that the nexus named (an https URL); NULL: do not use the cached one any
     * more. */
    void (*login_server)(gpointer owner, const char *url, int64_t now);
    /* The ticket (secret). */
    void (*ticket)(gpointer owner, const char *ticket, int64_t now);
    void (*failed)(gpointer owner, const msnp_failure *failure, int64_t now);
} msnp_passport_ops;

typedef struct {
    const char *service;   /* the host of the service, in whose domain a login server may be */
    const char *nexus_url; /* needed unless login_url is set */
    const char *login_url; /* NULL or empty: ask the nexus */
    /* The cached login server, or NULL. If the login there fails, the nexus is asked; if only the
     * password was rejected, the next sign-in asks it. */
    const char *known_login;
} msnp_passport_config;

typedef struct {
    const char *account;   /* as the server spells it, or else as the user typed it */
    const char *password;  /* UTF-8 */
    const char *challenge; /* the parameter of USR TWN S, used byte for byte */
} msnp_credentials;

/*
 * Copies what it keeps of `config`, borrows the rest. Never NULL: msnp_passport_start() reports a
 * bad configuration.
 */
msnp_passport *msnp_passport_new(const msnp_passport_config *config, msnp_net *net,
                                 const msnp_passport_ops *ops, gpointer owner);
/* Wipes all secrets; does not close the connection. NULL is fine. */
void msnp_passport_free(msnp_passport *passport);

/* Starts. Deadlines count from `now` (milliseconds). */
void msnp_passport_start(msnp_passport *passport, int64_t now);
/*
 * The challenge arrived. To be called once, before msnp_passport_start() or at any time after it.
 * Copies what it keeps.
 */
void msnp_passport_sign_in(msnp_passport *passport, const msnp_credentials *credentials,
                           int64_t now);
/* Wipes its secrets, closes its connection, and makes no more callbacks. */
void msnp_passport_stop(msnp_passport *passport);
/* Checks the deadlines. */
void msnp_passport_tick(msnp_passport *passport, int64_t now);
/* When the next tick is due; MSNP_NEVER for none. */
int64_t msnp_passport_deadline(const msnp_passport *passport);
/* Pause and resume its clock while the user is asked about a certificate. */
void msnp_passport_hold(msnp_passport *passport, int64_t now);
void msnp_passport_resume(msnp_passport *passport, int64_t now);
/*
 * The user is asked about the certificate of its server. From now on no login server is reported,
 * since acceptance counts only for this sign-in, and a rejected certificate is final.
 */
void msnp_passport_asks(msnp_passport *passport);
/* The step to show to the user; ONLINE: the ticket was delivered. */
msnp_step msnp_passport_step(const msnp_passport *passport);
/* The peer; borrowed, NULL if there is none. */
const char *msnp_passport_host(const msnp_passport *passport);
/* It is the reason for a time-out: fills in its step and peer (borrowed). */
void msnp_passport_blame(const msnp_passport *passport, msnp_failure *failure);
/* Its connection, 0 for none. */
unsigned msnp_passport_conn(const msnp_passport *passport);

#endif
