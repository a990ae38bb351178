/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An MSNP8 service on loopback: dispatch server, notification server, Passport nexus and Passport
 * login server (both over real TLS), for tests and for trying the plugin without any network.
 *
 * It shares no code with the plugin and reads what clients send with a strict reader of its own, so
 * that a misreading in the plugin is not shared by its test. Everything runs in the default
 * GMainContext; ports are chosen by the kernel; it listens on 127.0.0.1 only.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <glib.h>

typedef struct service service;

typedef enum {
    SERVICE_DISPATCH,     /* MSNP8, answers USR TWN I with XFR NS */
    SERVICE_NOTIFICATION, /* MSNP8 */
    SERVICE_NEXUS,        /* TLS; GET /rdr/pprdr.asp */
    SERVICE_LOGIN,        /* TLS; GET /login2.srf */
    SERVICE_N_ROLES
} service_role;

/*
 * Starts a service: makes its certificates in `dir` (which must exist) and listens on four ports.
 * Certificates: ca.pem (the test CA), and for each kind in {good, expired, wrong-host, unknown-ca,
 * self-signed} a KIND.pem with the leaf. "good" is for localhost and 127.0.0.1 under ca.pem.
 * A directory that already holds them is reused (making keys costs time), so that several services
 * can share one. Returns NULL and sets `error` when it cannot.
 */
service *service_new(const char *dir, GError **error);

/* Closes every connection and port and frees it all. NULL is fine. */
void service_free(service *self);

/* Registers an account. `friendly` may be NULL (then the address is the friendly name). */
void service_add_account(service *self, const char *address, const char *password,
                         const char *friendly);

/*
 * Sets a knob (see tests/README.md for the list); `value` NULL or "" means "on" for knobs that take
 * no value. Returns FALSE for an unknown name or a value that makes no sense.
 */
gboolean service_set(service *self, const char *knob, const char *value);

/* Takes a knob back to its default. */
void service_unset(service *self, const char *knob);

guint16 service_port(const service *self, service_role role);

/* "https://localhost:PORT/rdr/pprdr.asp" and "https://localhost:PORT/login2.srf"; owned by the
 * service. */
const char *service_nexus_url(const service *self);
const char *service_login_url(const service *self);

/* Path of ca.pem; owned by the service. */
const char *service_ca_file(const service *self);

/*
 * How often a line was seen: counts the entries of the transcript that match the shell-style
 * `pattern` (as g_pattern_match_simple does). A transcript entry is
 *   "ROLE >>> text"   what a client sent: a command line without CR LF, or of a HTTP request its
 *                     request line and each header line, one entry each; payloads follow their
 *                     command line as "ROLE >>> | text"
 *   "ROLE <<< text"   what the service sent, likewise
 *   "ROLE open"       a client connected
 *   "ROLE tls: text"  a TLS handshake ended: the version of TLS, or why it failed
 *   "ROLE close"      a client closed (or was closed)
 *   "ROLE bad: why"   the strict reader refused what a client sent (tests assert there is none)
 * with ROLE one of DS, NS, NEXUS, LOGIN. Passwords and tickets stand in it in clear: it is a
 * test's.
 */
guint service_count(const service *self, const char *pattern);

/* The whole transcript, one entry a line; the caller frees it with g_free(). */
char *service_transcript(const service *self);
void service_forget_transcript(service *self);

/* A function called for each transcript entry as it is made (for printing); NULL for none. */
typedef void (*service_log_func)(const char *entry, gpointer data);
void service_set_log(service *self, service_log_func func, gpointer data);

/* How many connections are open in this role now. */
guint service_connections(const service *self, service_role role);

/* How many notification sessions are signed in (USR OK sent, still open) as `address`. */
guint service_sessions(const service *self, const char *address);

/* The state word ("NLN", "BSY", ...) of the last CHG of the newest session of `address`, or NULL.
 */
const char *service_state(const service *self, const char *address);

/* Sends raw bytes to each signed-in notification session of `address`; returns to how many. */
guint service_send(service *self, const char *address, const char *bytes, gssize length);

/* Closes each signed-in notification session of `address` at once. */
guint service_kick(service *self, const char *address);

#endif
