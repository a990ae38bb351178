/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passport 1.4: from the notification server's challenge to the ticket. Asks the nexus which login
 * server to use (unless one is configured), sends it address, password and challenge, follows its
 * redirects. The only keeper of the password: it is wiped when the ticket is there, when the
 * machine fails, and when it is freed.
 *
 * The machine asks for connections with MSNP_EVENT_CONNECT (tls is always true: the adapter must
 * verify certificate and host name before it calls msnp_passport_connected()); a request is made
 * only then. It ends with MSNP_EVENT_TICKET or MSNP_EVENT_FAILED.
 */
#ifndef MSNP_PASSPORT_H
#define MSNP_PASSPORT_H

#include "event.h"

#define MSNP_REDIRECTS_MAX 5
#define MSNP_PASSWORD_MAX  1024 /* bytes */

typedef struct msnp_passport msnp_passport;

typedef struct {
    const char *account;   /* as the user or, better, the server spells it */
    const char *password;  /* UTF-8 */
    const char *challenge; /* the parameter of USR TWN S, used byte for byte */
    const char *nexus_url; /* needed unless login_url is set */
    const char *login_url; /* NULL or empty: ask the nexus */
} msnp_passport_config;

/* Copies what it keeps. Never NULL: a bad configuration is reported by msnp_passport_start(). */
msnp_passport *msnp_passport_new(const msnp_passport_config *config);
/* NULL is fine; wipes all secrets. */
void msnp_passport_free(msnp_passport *passport);

/* Begins; deadlines count from `now` (milliseconds). */
void msnp_passport_start(msnp_passport *passport, int64_t now);
/* The connection that MSNP_EVENT_CONNECT asked for stands and is verified. */
void msnp_passport_connected(msnp_passport *passport, int64_t now);
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
