/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "certs.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define DAY ((time_t)(24 * 60 * 60))

typedef struct {
    gnutls_x509_crt_t crt;
    gnutls_x509_privkey_t key;
} pair;

static const char *const kind_names[CERT_N_KINDS] = {
    [CERT_GOOD] = "good",
    [CERT_EXPIRED] = "expired",
    [CERT_WRONG_HOST] = "wrong-host",
    [CERT_UNKNOWN_CA] = "unknown-ca",
    [CERT_SELF_SIGNED] = "self-signed",
};

GQuark service_error_quark(void)
{
    return g_quark_from_static_string("service-error");
}

const char *cert_kind_name(cert_kind kind)
{
    return kind_names[kind];
}

cert_kind cert_kind_from_name(const char *name)
{
    for (int i = 0; i < CERT_N_KINDS; i++)
        if (g_str_equal(kind_names[i], name))
            return (cert_kind)i;
    return CERT_N_KINDS;
}

static char *certs_path(const char *dir, const char *name, const char *suffix)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);

    return g_build_filename(dir, file, NULL);
}

static void pair_clear(pair *p)
{
    if (p->crt)
        gnutls_x509_crt_deinit(p->crt);
    if (p->key)
        gnutls_x509_privkey_deinit(p->key);
    p->crt = NULL;
    p->key = NULL;
}

/* A key, and a certificate of it with all that each kind has in common, not yet signed. */
static int pair_begin(pair *p, const char *common_name, time_t from, time_t to)
{
    unsigned char serial[16];
    unsigned char id[64];
    size_t id_length = sizeof id;
    int rc;

    /* Random, since clients remember serial numbers of an issuer across test services. */
    rc = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    if (rc < 0)
        return rc;
    serial[0] = (unsigned char)((serial[0] & 0x3f) | 0x40);
    if ((rc = gnutls_x509_privkey_init(&p->key)) < 0 || (rc = gnutls_x509_crt_init(&p->crt)) < 0)
        return rc;
    rc = gnutls_x509_privkey_generate(p->key, GNUTLS_PK_ECDSA,
                                      GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (rc < 0)
        return rc;
    if ((rc = gnutls_x509_crt_set_version(p->crt, 3)) < 0 ||
        (rc = gnutls_x509_crt_set_serial(p->crt, serial, sizeof serial)) < 0 ||
        (rc = gnutls_x509_crt_set_activation_time(p->crt, from)) < 0 ||
        (rc = gnutls_x509_crt_set_expiration_time(p->crt, to)) < 0 ||
        (rc = gnutls_x509_crt_set_key(p->crt, p->key)) < 0)
        return rc;
    rc = gnutls_x509_crt_set_dn_by_oid(p->crt, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                       (unsigned)strlen(common_name));
    if (rc < 0 || (rc = gnutls_x509_crt_get_key_id(p->crt, 0, id, &id_length)) < 0)
        return rc;
    return gnutls_x509_crt_set_subject_key_id(p->crt, id, id_length);
}

static int pair_sign(pair *p, pair *issuer)
{
    unsigned char id[64];
    size_t id_length = sizeof id;
    int rc = gnutls_x509_crt_get_key_id(issuer->crt, 0, id, &id_length);

    if (rc < 0 || (rc = gnutls_x509_crt_set_authority_key_id(p->crt, id, id_length)) < 0)
        return rc;
    return gnutls_x509_crt_sign2(p->crt, issuer->crt, issuer->key, GNUTLS_DIG_SHA256, 0);
}

static int make_ca(pair *p, const char *what, time_t now)
{
    unsigned char random[4];
    g_autofree char *name = NULL;
    int rc = gnutls_rnd(GNUTLS_RND_NONCE, random, sizeof random);

    if (rc < 0)
        return rc;
    name = g_strdup_printf("%s %02x%02x%02x%02x", what, random[0], random[1], random[2], random[3]);
    if ((rc = pair_begin(p, name, now - 1000 * DAY, now + 1000 * DAY)) < 0 ||
        (rc = gnutls_x509_crt_set_basic_constraints(p->crt, 1, -1)) < 0 ||
        (rc = gnutls_x509_crt_set_key_usage(p->crt,
                                            GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN)) < 0)
        return rc;
    return pair_sign(p, p);
}

static int add_names(gnutls_x509_crt_t crt, const char *host)
{
    static const unsigned char v4[4] = {127, 0, 0, 1};
    static const unsigned char v6[16] = {[15] = 1};
    int rc = gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, host,
                                                  (unsigned)strlen(host), GNUTLS_FSAN_SET);

    if (rc < 0 || !g_str_equal(host, "localhost"))
        return rc;
    rc = gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, v4, sizeof v4,
                                              GNUTLS_FSAN_APPEND);
    return rc < 0 ? rc
                  : gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, v6, sizeof v6,
                                                         GNUTLS_FSAN_APPEND);
}

static int make_leaf(pair *p, cert_kind kind, pair *ca, pair *other_ca, time_t now)
{
    const char *host = kind == CERT_WRONG_HOST ? "elsewhere.example" : "localhost";
    time_t from = kind == CERT_EXPIRED ? now - 30 * DAY : now - DAY;
    time_t to = kind == CERT_EXPIRED ? now - DAY : now + 800 * DAY;
    int rc;

    if ((rc = pair_begin(p, host, from, to)) < 0 || (rc = add_names(p->crt, host)) < 0)
        return rc;
    /* The self-signed one is as bare as those that people make by hand. */
    if (kind == CERT_SELF_SIGNED)
        return pair_sign(p, p);
    if ((rc = gnutls_x509_crt_set_basic_constraints(p->crt, 0, -1)) < 0 ||
        (rc = gnutls_x509_crt_set_key_usage(p->crt, GNUTLS_KEY_DIGITAL_SIGNATURE)) < 0 ||
        (rc = gnutls_x509_crt_set_key_purpose_oid(p->crt, GNUTLS_KP_TLS_WWW_SERVER, 0)) < 0)
        return rc;
    return pair_sign(p, kind == CERT_UNKNOWN_CA ? other_ca : ca);
}

static gboolean save(const char *dir, const char *name, const char *suffix, gnutls_datum_t *pem,
                     GError **error)
{
    g_autofree char *path = certs_path(dir, name, suffix);
    int mode = g_str_equal(suffix, ".key") ? 0600 : 0644;
    gboolean ok = g_file_set_contents_full(path, (const char *)pem->data, (gssize)pem->size,
                                           G_FILE_SET_CONTENTS_CONSISTENT, mode, error);

    gnutls_free(pem->data);
    pem->data = NULL;
    return ok;
}

static gboolean fail(GError **error, int rc)
{
    g_set_error(error, service_error_quark(), 0, "cannot make certificates: %s",
                gnutls_strerror(rc));
    return FALSE;
}

static gboolean save_pair(const char *dir, const char *name, pair *p, gboolean with_key,
                          GError **error)
{
    gnutls_datum_t pem = {NULL, 0};
    int rc;

    if (with_key) {
        rc = gnutls_x509_privkey_export2_pkcs8(p->key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                               &pem);
        if (rc < 0)
            return fail(error, rc);
        if (!save(dir, name, ".key", &pem, error))
            return FALSE;
    }
    rc = gnutls_x509_crt_export2(p->crt, GNUTLS_X509_FMT_PEM, &pem);
    return rc < 0 ? fail(error, rc) : save(dir, name, ".pem", &pem, error);
}

static gboolean make_leaves(const char *dir, pair *ca, pair *other_ca, time_t now, GError **error)
{
    for (int kind = 0; kind < CERT_N_KINDS; kind++) {
        pair leaf = {NULL, NULL};
        int rc = make_leaf(&leaf, (cert_kind)kind, ca, other_ca, now);
        gboolean ok =
            rc < 0 ? fail(error, rc) : save_pair(dir, kind_names[kind], &leaf, TRUE, error);

        pair_clear(&leaf);
        if (!ok)
            return FALSE;
    }
    return TRUE;
}

static gboolean make_all(const char *dir, GError **error)
{
    pair ca = {NULL, NULL};
    pair other_ca = {NULL, NULL};
    time_t now = time(NULL);
    gboolean ok;
    int rc;

    if ((rc = make_ca(&ca, "MSNP8 test CA", now)) < 0 ||
        (rc = make_ca(&other_ca, "Somebody else's CA", now)) < 0)
        ok = fail(error, rc);
    else
        ok =
            make_leaves(dir, &ca, &other_ca, now, error) && save_pair(dir, "ca", &ca, FALSE, error);
    pair_clear(&ca);
    pair_clear(&other_ca);
    return ok;
}

static gboolean file_there(const char *dir, const char *name, const char *suffix)
{
    g_autofree char *path = certs_path(dir, name, suffix);

    return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

/* Whether the good certificate is going to live through the tests. */
static gboolean still_valid(const char *dir)
{
    g_autofree char *path = certs_path(dir, kind_names[CERT_GOOD], ".pem");
    g_autofree char *text = NULL;
    gsize length = 0;
    gnutls_x509_crt_t crt = NULL;
    gboolean valid = FALSE;

    if (!g_file_get_contents(path, &text, &length, NULL) || gnutls_x509_crt_init(&crt) < 0)
        return FALSE;
    gnutls_datum_t pem = {(unsigned char *)text, (unsigned)length};
    if (gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM) >= 0)
        valid = gnutls_x509_crt_get_expiration_time(crt) > time(NULL) + DAY;
    gnutls_x509_crt_deinit(crt);
    return valid;
}

static gboolean usable(const char *dir)
{
    if (!file_there(dir, "ca", ".pem"))
        return FALSE;
    for (int kind = 0; kind < CERT_N_KINDS; kind++)
        if (!file_there(dir, kind_names[kind], ".pem") ||
            !file_there(dir, kind_names[kind], ".key"))
            return FALSE;
    return still_valid(dir);
}

gboolean certs_prepare(const char *dir, GError **error)
{
    g_autofree char *lock = g_build_filename(dir, "certs.lock", NULL);
    gboolean ok;
    int fd = g_open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    /* Two services that start at once in one directory must not mix their sets. */
    if (fd < 0 || flock(fd, LOCK_EX) < 0) {
        g_set_error(error, service_error_quark(), 0, "%s: %s", lock, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    ok = usable(dir) || make_all(dir, error);
    close(fd);
    return ok;
}

gnutls_certificate_credentials_t certs_load(const char *dir, cert_kind kind)
{
    g_autofree char *pem = certs_path(dir, kind_names[kind], ".pem");
    g_autofree char *key = certs_path(dir, kind_names[kind], ".key");
    gnutls_certificate_credentials_t credentials = NULL;

    if (gnutls_certificate_allocate_credentials(&credentials) < 0)
        return NULL;
    if (gnutls_certificate_set_x509_key_file(credentials, pem, key, GNUTLS_X509_FMT_PEM) < 0) {
        gnutls_certificate_free_credentials(credentials);
        return NULL;
    }
    return credentials;
}
