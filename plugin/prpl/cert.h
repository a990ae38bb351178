/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verifies the certificates of nexus and login server.
 *
 * A valid certificate is accepted, and so is exactly the one that the user accepted before, while
 * its dates are valid. For any other, libpurple asks the user; if the client cannot ask, it is
 * rejected at once.
 */
#ifndef PRPL_CERT_H
#define PRPL_CERT_H

#include "errors.h"

/*
 * What the verifier shares with a connection. It is the first member of the object that is the
 * connect_cb_data of the PurpleSslConnection.
 */
typedef struct {
    PurpleCertificateInvalidityFlags flaws; /* what was wrong with the certificate */
    /* The user is about to be asked. The connection must not be closed in this call. */
    void (*asking)(gpointer connect_cb_data);
} prpl_cert_check;

/* For PurpleSslConnection.verifier; assign it as soon as there is a connection. Static. */
PurpleCertificateVerifier *prpl_cert_verifier(void);
/*
 * Loads the trusted certificates, unless the user accepted a certificate of this host before.
 * libpurple would otherwise read those many files during the first verification.
 */
void prpl_cert_prepare(const char *host);
/* The problem for these flags. */
prpl_problem prpl_cert_problem(PurpleCertificateInvalidityFlags flaws);

#endif
