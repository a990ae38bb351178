/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verification of the certificates of nexus and login server.
 *
 * A certificate that is right in every point is accepted; so is exactly the one that the user
 * accepted before, while its dates are good. Anything else becomes libpurple's question to the
 * user, or an error at once where the client has no way to ask.
 */
#ifndef PRPL_CERT_H
#define PRPL_CERT_H

#include "errors.h"

/*
 * What the verifier needs of a connection and tells about it. Lives inside the object that is the
 * connect_cb_data of the PurpleSslConnection, as its first member.
 */
typedef struct {
    PurpleCertificateInvalidityFlags flaws; /* what was wrong with the certificate */
    /* The user is going to be asked. The connection must not be closed in this call. */
    void (*asking)(gpointer connect_cb_data);
} prpl_cert_check;

/* To be put into PurpleSslConnection.verifier as soon as there is one. Static. */
PurpleCertificateVerifier *prpl_cert_verifier(void);
/*
 * Whom this computer trusts is read from many files when a certificate is verified for the first
 * time in a process. This does it before, unless nothing needs to be verified for this host.
 */
void prpl_cert_prepare(const char *host);
/* Which problem are these flaws? */
prpl_problem prpl_cert_problem(PurpleCertificateInvalidityFlags flaws);

#endif
