/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passport 1.4: from the notification server's challenge to the ticket. Asks the nexus which login
 * server to use (unless that is known), sends it address, password and challenge, follows its
 * redirects. The only keeper of the password: it is wiped when the ticket is there, when it fails,
 * and when it is freed.
 *
 * It can begin before there is a challenge: it then gets as far as a connection to the login server
 * and waits there. If that server closes it meanwhile, another one is made afterwards.
 *
 * A part of msnp_session. A request is made only when its connection stands and is verified. If
 * nexus and login server are one, and the nexus leaves the connection open, it is used for both.
 * It ends with a call of msnp_passport_ops.ticket or .failed.
 */
#ifndef MSNP_PASSPORT_H
#define MSNP_PASSPORT_H

#include "net.h"

#define MSNP_REDIRECTS_MAX 5
#define MSNP_PASSWORD_MAX  1024 /* bytes */

typedef struct msnp_passport msnp_passport;

/* What the session is told; all strings are borrowed for the call. It must not be freed in it. */
typedef struct {
    /* What it does now, and with whom. */
    void (*step)(gpointer owner, msnp_step step, const char *host);
    /* What the nexus said (an https URL); NULL: that is not to be used any more. */
    void (*login_server)(gpointer owner, const char *url, int64_t now);
    /* Here it is (secret). */
    void (*ticket)(gpointer owner, const char *ticket, int64_t now);
    void (*failed)(gpointer owner, const msnp_failure *failure, int64_t now);
} msnp_passport_ops;

typedef struct {
    const char *nexus_url; /* needed unless login_url is set */
    const char *login_url; /* NULL or empty: ask the nexus */
    /* What the nexus said some time ago, or NULL. It is asked again only if the login fails there;
     * if that is for the password, in the next sign-in. */
    const char *known_login;
} msnp_passport_config;

typedef struct {
    const char *account;   /* as the user or, better, the server spells it */
    const char *password;  /* UTF-8 */
    const char *challenge; /* the parameter of USR TWN S, used byte for byte */
} msnp_credentials;

/*
 * Copies what it keeps of `config`, borrows the rest. Never NULL: a bad configuration is reported
 * by msnp_passport_start().
 */
msnp_passport *msnp_passport_new(const msnp_passport_config *config, msnp_net *net,
                                 const msnp_passport_ops *ops, gpointer owner);
/* NULL is fine; wipes all secrets, closes nothing. */
void msnp_passport_free(msnp_passport *passport);

/* Begins; deadlines count from `now` (milliseconds). */
void msnp_passport_start(msnp_passport *passport, int64_t now);
/*
 * The challenge is there: may be called once, before msnp_passport_start() or at any time after it.
 * Copies what it keeps.
 */
void msnp_passport_sign_in(msnp_passport *passport, const msnp_credentials *credentials,
                           int64_t now);
/* Nothing is wanted of it any more: wipes its secrets, closes its connection, calls nobody. */
void msnp_passport_stop(msnp_passport *passport);
/* Looks at the deadlines. */
void msnp_passport_tick(msnp_passport *passport, int64_t now);
/* When it wants the next tick, MSNP_NEVER for not at all. */
int64_t msnp_passport_deadline(const msnp_passport *passport);
/* Stops and restarts its clock, while a person is asked about a certificate. */
void msnp_passport_hold(msnp_passport *passport, int64_t now);
void msnp_passport_resume(msnp_passport *passport, int64_t now);
/*
 * A person is asked about the certificate of its server: what it learns from now on is not
 * reported, since it is good for this once, and a refusal is final.
 */
void msnp_passport_asks(msnp_passport *passport);
/* Where it is, for the user: ONLINE means that the ticket was given out. */
msnp_step msnp_passport_step(const msnp_passport *passport);
/* With whom it is talking now; borrowed, NULL if with nobody. */
const char *msnp_passport_host(const msnp_passport *passport);
/* It kept the sign-in waiting for too long: says where it is, and with whom (borrowed). */
void msnp_passport_blame(const msnp_passport *passport, msnp_failure *failure);
/* Its connection, 0 for none. */
unsigned msnp_passport_conn(const msnp_passport *passport);

#endif
