/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cert.h"

#include "process.h"

#include <string.h>
#include <time.h>

static bool client_can_ask(void)
{
    PurpleRequestUiOps *ops = purple_request_get_ui_ops();

    return ops != NULL && ops->request_action != NULL;
}

/*
 * The certificate that the user accepted for this name in Pidgin or Finch; NULL if there is none.
 * The caller destroys it.
 */
static PurpleCertificate *accepted_elsewhere(PurpleCertificateScheme *scheme, const char *name)
{
    char *file = g_build_filename(purple_home_dir(), ".purple", "certificates", "x509", "tls_peers",
                                  purple_escape_filename(name), NULL);
    bool exists = g_file_test(file, G_FILE_TEST_IS_REGULAR);
    PurpleCertificate *found = exists ? purple_certificate_import(scheme, file) : NULL;

    g_free(file);
    return found;
}

/* Is this exactly the certificate that the user accepted for this name before? */
static bool is_remembered(PurpleCertificate *certificate, const char *name)
{
    PurpleCertificatePool *pool = purple_certificate_find_pool("x509", "tls_peers");
    PurpleCertificate *known = pool != NULL ? purple_certificate_pool_retrieve(pool, name) : NULL;

    /* Haze cannot ask, and begins with an empty directory of its own each time. */
    if (known == NULL && !client_can_ask())
        known = accepted_elsewhere(certificate->scheme, name);
    if (known == NULL)
        return false;
    GByteArray *ours = purple_certificate_get_fingerprint_sha256(known, TRUE);
    GByteArray *theirs = purple_certificate_get_fingerprint_sha256(certificate, TRUE);
    bool same = ours != NULL && theirs != NULL && ours->len == theirs->len &&
                memcmp(ours->data, theirs->data, ours->len) == 0;
    if (ours != NULL)
        g_byte_array_free(ours, TRUE);
    if (theirs != NULL)
        g_byte_array_free(theirs, TRUE);
    purple_certificate_destroy(known);
    return same;
}

static PurpleCertificateInvalidityFlags check_dates(PurpleCertificate *certificate)
{
    time_t from, to;
    time_t now = time(NULL);

    if (!purple_certificate_get_times(certificate, &from, &to))
        return PURPLE_CERTIFICATE_INVALID_CHAIN;
    if (now < from)
        return PURPLE_CERTIFICATE_NOT_ACTIVATED;
    return now > to ? PURPLE_CERTIFICATE_EXPIRED : PURPLE_CERTIFICATE_NO_PROBLEMS;
}

/* libpurple loads the trusted certificates at the first lookup. */
static void load_trusted(void)
{
    prpl_process *process = prpl_process_get();
    PurpleCertificatePool *trusted = purple_certificate_find_pool("x509", "ca");

    if (!process->trusted_loaded && trusted != NULL)
        purple_certificate_pool_destroy_idlist(purple_certificate_pool_get_idlist(trusted));
    process->trusted_loaded = true;
}

void prpl_cert_prepare(const char *host)
{
    PurpleCertificatePool *peers = purple_certificate_find_pool("x509", "tls_peers");

    if (peers == NULL || !purple_certificate_pool_contains(peers, host))
        load_trusted();
}

/* Checks name, dates, and the chain up to a trusted certificate authority. */
static PurpleCertificateInvalidityFlags check_chain(PurpleCertificateVerificationRequest *request)
{
    PurpleCertificateInvalidityFlags flaws = PURPLE_CERTIFICATE_NO_PROBLEMS;

    load_trusted();
    request->scheme->verify_cert(request, &flaws);
    return flaws;
}

/* Hands it to libpurple's own verifier, which asks the user and stores an accepted certificate. */
static void ask_person(PurpleCertificateVerificationRequest *request, prpl_cert_check *check,
                       PurpleCertificateVerifier *asking)
{
    check->asking(check);
    asking->start_verification(request);
}

static void start_verification(PurpleCertificateVerificationRequest *request)
{
    PurpleSslConnection *tls = request->cb_data;
    prpl_cert_check *check = tls->connect_cb_data;
    PurpleCertificateVerifier *asking = purple_certificate_find_verifier("x509", "tls_cached");
    PurpleCertificate *leaf = request->cert_chain != NULL ? request->cert_chain->data : NULL;

    if (leaf == NULL)
        check->flaws = PURPLE_CERTIFICATE_INVALID_CHAIN;
    else if (is_remembered(leaf, request->subject_name))
        check->flaws = check_dates(leaf);
    else
        check->flaws = check_chain(request);

    if (check->flaws == PURPLE_CERTIFICATE_NO_PROBLEMS)
        purple_certificate_verify_complete(request, PURPLE_CERTIFICATE_VALID);
    else if ((check->flaws & PURPLE_CERTIFICATE_FATALS_MASK) == 0 && client_can_ask() &&
             asking != NULL)
        ask_person(request, check, asking);
    else
        purple_certificate_verify_complete(request, PURPLE_CERTIFICATE_INVALID);
}

static void destroy_request(PurpleCertificateVerificationRequest *request)
{
    (void)request; /* we attach no data to it */
}

PurpleCertificateVerifier *prpl_cert_verifier(void)
{
    static char scheme[] = "x509";
    static char name[] = "msnp8";
    static PurpleCertificateVerifier verifier = {.scheme_name = scheme,
                                                 .name = name,
                                                 .start_verification = start_verification,
                                                 .destroy_request = destroy_request};

    return &verifier;
}

prpl_problem prpl_cert_problem(PurpleCertificateInvalidityFlags flaws)
{
    /* The most serious first: several flags can be set. */
    static const struct {
        PurpleCertificateInvalidityFlags flaw;
        prpl_problem problem;
    } rows[] = {
        {PURPLE_CERTIFICATE_REVOKED, PRPL_PROBLEM_CERT_REVOKED},
        {PURPLE_CERTIFICATE_INVALID_CHAIN, PRPL_PROBLEM_CERT_OTHER},
        {PURPLE_CERTIFICATE_NAME_MISMATCH, PRPL_PROBLEM_CERT_WRONG_NAME},
        {PURPLE_CERTIFICATE_EXPIRED, PRPL_PROBLEM_CERT_EXPIRED},
        {PURPLE_CERTIFICATE_NOT_ACTIVATED, PRPL_PROBLEM_CERT_NOT_ACTIVATED},
        {PURPLE_CERTIFICATE_SELF_SIGNED, PRPL_PROBLEM_CERT_SELF_SIGNED},
        {PURPLE_CERTIFICATE_CA_UNKNOWN, PRPL_PROBLEM_CERT_UNTRUSTED},
        {PURPLE_CERTIFICATE_NO_CA_POOL, PRPL_PROBLEM_CERT_UNTRUSTED},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if ((flaws & rows[i].flaw) != 0)
            return rows[i].problem;
    return PRPL_PROBLEM_CERT_OTHER;
}
