/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The certificates of the TLS servers, made on the spot.
 */
#ifndef SERVICE_CERTS_H
#define SERVICE_CERTS_H

#include <glib.h>
#include <gnutls/gnutls.h>

typedef enum {
    CERT_GOOD,
    CERT_EXPIRED,
    CERT_WRONG_HOST,
    CERT_UNKNOWN_CA,
    CERT_SELF_SIGNED,
    CERT_N_KINDS
} cert_kind;

/* "good", "expired", ... */
const char *cert_kind_name(cert_kind kind);

/* Returns CERT_N_KINDS for a name that is none. */
cert_kind cert_kind_from_name(const char *name);

/* Makes the certificates in `dir`, unless a usable set is there already. */
gboolean certs_prepare(const char *dir, GError **error);

/* Loads one of them; NULL when it cannot. The caller frees it. */
gnutls_certificate_credentials_t certs_load(const char *dir, cert_kind kind);

GQuark service_error_quark(void);

#endif
