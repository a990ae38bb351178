/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses as text: https URLs of nexus and login server, the URL of an HTTP gateway, host:port of
 * XFR and RNG. Checked here once; all other code relies on valid host names.
 */
#ifndef MSNP_URL_H
#define MSNP_URL_H

#include "buf.h"

#define MSNP_HOST_MAX   253  /* bytes in a host name */
#define MSNP_TARGET_MAX 2048 /* bytes in path and query */
#define MSNP_PORT_MSNP  1863
#define MSNP_PORT_HTTP  80
#define MSNP_PORT_HTTPS 443

/* An https URL; only msnp_url_parse_any() makes others. */
typedef struct {
    bool http;  /* plain http */
    char *host; /* lower case, IPv6 without brackets */
    uint16_t port;
    char *target; /* path and query, begins with a slash */
} msnp_url;

/*
 * Parses a URL. Without `base` a missing scheme means https ("login.example/path", as nexus servers
 * write it); with `base` a text without scheme is relative to it (as in Location headers). Dot
 * segments are resolved (RFC 3986, 5.2.4), a fragment is dropped, and all else of path and query
 * stays byte for byte as it is. Returns MSNP_ERR_INSECURE for every other scheme, MSNP_ERR_URL for
 * what is no URL, has a user name in it or exceeds a limit. On success the caller clears `url`.
 */
msnp_err msnp_url_parse(msnp_url *url, msnp_str text, const msnp_url *base);
/*
 * The same without a base; the scheme can be http. Only for what may travel in the clear: the
 * connections of the service (RFC 9110, 4.2), never Passport.
 */
msnp_err msnp_url_parse_any(msnp_url *url, msnp_str text);
/* Frees the parts; the struct is empty afterwards. An empty one is fine. */
void msnp_url_clear(msnp_url *url);
/* The whole URL as text, with the port if it is not that of the scheme; the caller frees it. */
char *msnp_url_text(const msnp_url *url);
/* Appends host, or host:port where that is not the scheme's port: the value of a Host header. */
msnp_err msnp_url_append_authority(msnp_buf *out, const msnp_url *url);

/*
 * Parses "host", "host:port" or "[v6]:port". The caller frees `host`. MSNP_ERR_URL for anything
 * that is no host name or address, or has a port outside 1..65535.
 */
msnp_err msnp_host_port_parse(msnp_str text, uint16_t default_port, char **host, uint16_t *port);

/*
 * Is this host in the domain of `home`? There is no list of public suffixes here, so this is a
 * guess, which rather says no. It is `home` itself; or a host below it (a.example.com for
 * example.com), if `home` has at least two labels; or the domain above `home`, or a host below that
 * (login.example.com and example.com for ns.example.com), if that domain has at least two labels
 * and does not look like a public suffix, as "co.uk" does: two labels, of which the last has two
 * letters and the other at most three. An address is near only to itself. Ignores case, a final dot
 * and brackets.
 */
bool msnp_host_is_near(const char *host, const char *home);

/*
 * The default nexus URL: Microsoft's own for Microsoft's dispatch server, /rdr/pprdr.asp on the
 * same host for any other. The caller frees it.
 */
char *msnp_default_nexus_url(const char *server);

#endif
