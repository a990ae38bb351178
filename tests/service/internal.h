/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the files of the service share among themselves. Users include service.h only.
 */
#ifndef SERVICE_INTERNAL_H
#define SERVICE_INTERNAL_H

#include <gnutls/gnutls.h>

#include "certs.h"
#include "conn.h"
#include "loopback.h"
#include "service.h"

typedef struct {
    char *address; /* the stored spelling */
    char *password;
    char *friendly;
} account;

typedef struct {
    char *address;   /* the account it was issued for, in its stored spelling */
    char *challenge; /* the challenge it was issued on */
    gint64 issued;   /* monotonic, microseconds */
} ticket;

typedef struct {
    int fds[LOOPBACK_N];
    guint watches[LOOPBACK_N];
    guint16 port; /* of both */
} listener;

struct service {
    listener listeners[SERVICE_N_ROLES];
    GPtrArray *conns;        /* conn *, oldest first; each entry holds a reference */
    links *links;            /* NULL as long as there was no connection with a delay */
    GHashTable *knobs;       /* full name -> value, "" for a plain "on" */
    GHashTable *accounts;    /* lower-case address -> account * */
    GHashTable *people;      /* lower-case address -> person *; these have lists */
    GHashTable *challenges;  /* set of the challenges issued so far */
    GHashTable *tickets;     /* text -> ticket *; a used one is taken out */
    GHashTable *invitations; /* cookie -> invitation *; the used ones stay */
    GPtrArray *boards;       /* board *, oldest first; those in which somebody is */
    GHashTable *robots;      /* lower-case address -> robot * */
    GPtrArray *files;        /* file *, oldest first; all there ever were */
    GPtrArray *p2p_peers;    /* p2p_peer *, of robots */
    guint n_p2p;             /* messages of MSNP2P that clients have sent */
    GPtrArray *mails;        /* mail *, oldest first; all there ever were */
    GHashTable *timers;      /* ids of the sources of later() */
    GPtrArray *transcript;   /* char * */
    gboolean forgetful;      /* keeps no transcript */
    GHashTable *tunnels;     /* id -> tunnel *, of the gateway */
    GHashTable *old_tunnels; /* set of the ids that were valid once */
    guint reads[SERVICE_N_ROLES];
    GHashTable *tallies; /* pattern -> tally *, of service_count() */
    service_log_func log;
    gpointer log_data;
    gint64 shutdown_at;   /* announced for then, monotonic, microseconds; 0: none is */
    guint64 last_sign_in; /* serial number of the newest session */
    gboolean ending;      /* nobody is told of anything any more */
    char *keep_file;      /* of the lists, or NULL */
    guint keep_timer;
    char *dir;
    char *ca_file;
    char *nexus_url;
    char *login_url;
    char *gateway_urls[2]; /* plain, TLS */
    char *one_login_url;   /* where the nexus is the login server as well */
    gnutls_certificate_credentials_t credentials[CERT_N_KINDS]; /* loaded when first used */
};

/* transcript.c: what a role is like. */
gboolean speaks_http(service_role role);
gboolean speaks_tls(service_role role);
gboolean is_gateway(service_role role);

/* Its parts of the service. */
void transcript_begin(service *self);
void transcript_end(service *self);

/* Entries: an event, a request that was read, bytes that were sent, the first line of bytes that
 * were refused. */
void log_event(service *self, service_role role, const char *text);
void log_bad(const conn *c, const char *why);
void log_request(service *self, service_role role, const request *req);
void log_sent(service *self, service_role role, const char *bytes, gsize length);
void log_refused(service *self, service_role role, const char *bytes, gsize length);

/* service.c: where requests to the login server go. */
guint16 login_port(const service *self);

/* passport.c: the text after a status, and whether a Host header is that of this connection. */
const char *http_reason(guint status);
gboolean http_is_our_host(const conn *c, const char *host);

/* gateway.c: its part of the service. */
void gateway_begin(service *self);
void gateway_end(service *self);

/* NULL if there is none. The letter case of the address does not matter. */
account *find_account(const service *self, const char *address);

/* The signed-in sessions of an address (NULL: all), each with a reference; the caller frees the
 * array. */
GPtrArray *find_sessions(const service *self, const char *address);

/* knobs.c: a knob's value, "" if it is plainly on, NULL if it is off. */
const char *knob_get(const service *self, const char *name);
gboolean knob_on(const service *self, const char *name);
guint knob_number(const service *self, const char *name, guint otherwise);

typedef enum {
    STEP_NORMAL,  /* no fault is set: go on as usual */
    STEP_REPLIED, /* other bytes were sent instead of the answer: go on, but say nothing */
    STEP_NOTHING  /* silent or closed: as if the request had not been handled */
} step_result;

/* Does what is set for a step, if anything. */
step_result step_apply(conn *c, const char *step);

/* The word behind `before` in the bytes that are set for this step; NULL if there are none, or not
 * with this. The caller frees it. */
char *step_replied_word(const conn *c, const char *step, const char *before);

/* later.c: calls `func` after so many milliseconds, unless the service ends before; frees `data`
 * with `destroy` in any case. */
void later(service *self, guint ms, void (*func)(gpointer data), gpointer data,
           GDestroyNotify destroy);
/* Frees the rest of them. */
void later_end(service *self);

/* Random text for tickets and challenges; the caller frees it. */
char *random_text(const char *alphabet, gsize length);

#endif
