/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signing a browser in to the service's web pages: a small page with a form that sends itself.
 */
#ifndef MSNP_WEB_H
#define MSNP_WEB_H

#include "buf.h"

#define MSNP_WEB_PAGE_MAX 65536 /* bytes */

/* All strings are borrowed, and not NULL. */
typedef struct {
    const char *url;      /* https: where the form goes */
    const char *page;     /* where the browser shall be led then */
    const char *id;       /* of the reply that named them */
    const char *account;  /* as the server spells it */
    const char *password; /* secret */
    const char *auth;     /* as in the profile of the session; secret */
    const char *sid;
    const char *kv;
    unsigned seconds; /* since the profile came */
} msnp_web;

/*
 * Writes the page. It holds `auth` and a digest of the password: `out`, which this function
 * initialises, is secret, and the caller clears it. MSNP_ERR_TOO_LONG if it is.
 */
msnp_err msnp_web_write(msnp_buf *out, const msnp_web *web);

#endif
