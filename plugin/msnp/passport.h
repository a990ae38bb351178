/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passport 1.4: from the notification server's challenge to the ticket. Asks the nexus which login
 * server to use (unless that is known), sends it address, password and challenge, follows its
 * redirects. The only keeper of the password: it is wiped when the ticket is there, when the
 * machine fails, and when it is freed.
 *
 * It can begin before there is a challenge: it then gets as far as a connection to the login server
 * and waits there. If that server closes it meanwhile, another one is made afterwards.
 *
 * The machine asks for connections with MSNP_EVENT_CONNECT (tls is always true: the adapter must
 * verify certificate and host name before it calls msnp_passport_connected()); a request is made
 * only then. If nexus and login server are one, and the nexus leaves the connection open, it is
 * used for both. It ends with MSNP_EVENT_TICKET or MSNP_EVENT_FAILED.
 */
#ifndef MSNP_PASSPORT_H
#define MSNP_PASSPORT_H

#include "event.h"

#define MSNP_REDIRECTS_MAX 5
#define MSNP_PASSWORD_MAX  1024 /* bytes */

typedef struct msnp_passport msnp_passport;

typedef struct {
    const char *nexus_url; /* needed unless login_url is set */
    const char *login_url; /* NULL or empty: ask the nexus */
    /* What the nexus said some time ago (MSNP_EVENT_LOGIN_SERVER), or NULL. It is asked again only
     * if the login fails there; if that is for the password, in the next sign-in. */
    const char *known_login;
} msnp_passport_config;

typedef struct {
    const char *account;   /* as the user or, better, the server spells it */
    const char *password;  /* UTF-8 */
    const char *challenge; /* the parameter of USR TWN S, used byte for byte */
} msnp_credentials;

/* Copies what it keeps. Never NULL: a bad configuration is reported by msnp_passport_start(). */
msnp_passport *msnp_passport_new(const msnp_passport_config *config);
/* NULL is fine; wipes all secrets. */
void msnp_passport_free(msnp_passport *passport);

/* Begins; deadlines count from `now` (milliseconds). */
void msnp_passport_start(msnp_passport *passport, int64_t now);
/*
 * The challenge is there: may be called once, before msnp_passport_start() or at any time after it.
 * Copies what it keeps.
 */
void msnp_passport_sign_in(msnp_passport *passport, const msnp_credentials *credentials,
                           int64_t now);
/* The connection that MSNP_EVENT_CONNECT asked for stands and is verified. */
void msnp_passport_connected(msnp_passport *passport, int64_t now);
/*
 * It could not be made. True if the machine has somewhere else to go; else it is over, without an
 * event: who knows why it could not is the one to tell.
 */
bool msnp_passport_connect_failed(msnp_passport *passport, int64_t now);
/* Bytes from it; `len` 0 means that the peer closed it. Returns why it failed, if it did now. */
msnp_err msnp_passport_feed(msnp_passport *passport, const void *data, size_t len, int64_t now);
/* Looks at the deadlines. */
void msnp_passport_tick(msnp_passport *passport, int64_t now);
/* When it wants the next tick, MSNP_NEVER for not at all. */
int64_t msnp_passport_deadline(const msnp_passport *passport);
/* Stops and restarts its clock, while a person is asked about a certificate. */
void msnp_passport_hold(msnp_passport *passport, int64_t now);
void msnp_passport_resume(msnp_passport *passport, int64_t now);
/* The next event, borrowed until the next call of this function; false if there is none. */
bool msnp_passport_next(msnp_passport *passport, msnp_event *event);
/* Where it is; ONLINE means that the ticket was given out. */
msnp_step msnp_passport_step(const msnp_passport *passport);
/* With whom it is talking now; owned by the machine, NULL and 0 if with nobody. */
const char *msnp_passport_host(const msnp_passport *passport, uint16_t *port);
/* Emit MSNP_EVENT_TRACE from now on? */
void msnp_passport_set_trace(msnp_passport *passport, bool trace);

#endif
