/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verifies the certificates of nexus and login server.
 *
 * A valid certificate is accepted, and so is the very one that the user accepted before, as long as
 * its dates are valid. For any other, libpurple asks the user; if the client cannot ask, it is an
 * error at once.
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
    /* The user is going to be asked. The connection must not be closed in this call. */
    void (*asking)(gpointer connect_cb_data);
} prpl_cert_check;

/* Assign it to PurpleSslConnection.verifier as soon as there is one. Static. */
PurpleCertificateVerifier *prpl_cert_verifier(void);
/*
 * Loads the trusted certificates ahead of time, unless the user accepted a certificate of this host
 * before: libpurple would read them, from many files, when the process first verifies one.
 */
void prpl_cert_prepare(const char *host);
/* Which problem are these flaws? */
prpl_problem prpl_cert_problem(PurpleCertificateInvalidityFlags flaws);

#endif
