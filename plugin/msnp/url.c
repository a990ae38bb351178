/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "url.h"

#include "codec.h"

#include <string.h>

/* Microsoft's own dispatch server of the time, and the nexus that belonged to it. */
static const char microsoft_server[] = "messenger.hotmail.com";
static const char microsoft_nexus[] = "https://nexus.passport.com/rdr/pprdr.asp";

void msnp_url_clear(msnp_url *url)
{
    g_free(url->host);
    g_free(url->target);
    *url = (msnp_url){0};
}

static msnp_str skip(msnp_str text, size_t n)
{
    return (msnp_str){text.ptr + n, text.len - n};
}

/* How many bytes come before the first one of `stops`. */
static size_t span_until(msnp_str text, const char *stops)
{
    size_t n = 0;

    while (n < text.len && strchr(stops, text.ptr[n]) == NULL)
        n++;
    return n;
}

static bool all_in(msnp_str text, const char *more)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\0' ||
            (!g_ascii_isalnum(text.ptr[i]) && strchr(more, text.ptr[i]) == NULL))
            return false;
    return text.len > 0;
}

/* No name ends in a number, only an IPv4 address does. */
static bool ends_in_number(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *last = dot != NULL ? dot + 1 : name;

    return *last != '\0' && last[strspn(last, "0123456789")] == '\0';
}

/* A name, an IPv4 address or (without its brackets) an IPv6 address, in lower case. */
static msnp_err parse_host(msnp_str text, bool v6, char **host)
{
    if (text.len > MSNP_HOST_MAX)
        return MSNP_ERR_URL;
    if (!all_in(text, v6 ? ":." : "-._") || text.ptr[0] == '-' || (!v6 && text.ptr[0] == '.'))
        return MSNP_ERR_URL;

    char *name = g_ascii_strdown(text.ptr, (gssize)text.len);
    bool address = g_hostname_is_ip_address(name);
    if (v6 ? strchr(name, ':') == NULL || !address : ends_in_number(name) && !address) {
        g_free(name);
        return MSNP_ERR_URL;
    }
    *host = name;
    return MSNP_OK;
}

msnp_err msnp_host_port_parse(msnp_str text, uint16_t default_port, char **host, uint16_t *port)
{
    bool v6 = text.len > 0 && text.ptr[0] == '[';
    msnp_str name = v6 ? skip(text, 1) : text;
    size_t end = span_until(name, v6 ? "]" : ":");
    msnp_str rest = skip(name, end);
    uint64_t number = default_port;

    name.len = end;
    if (v6) {
        if (rest.len == 0)
            return MSNP_ERR_URL;
        rest = skip(rest, 1);
    }
    if (rest.len > 0 &&
        (rest.ptr[0] != ':' || !msnp_parse_uint(skip(rest, 1), UINT16_MAX, &number)))
        return MSNP_ERR_URL;
    if (number == 0)
        return MSNP_ERR_URL;
    if (name.len == 0)
        return MSNP_ERR_URL;

    msnp_err err = parse_host(name, v6, host);
    if (err == MSNP_OK)
        *port = (uint16_t)number;
    return err;
}

static char *replaced(const char *text, const char *from, const char *to)
{
    g_auto(GStrv) parts = g_strsplit(text, from, -1);

    return g_strjoinv(to, parts);
}

/*
 * GUri normalizes percent codes whatever its flags are, and decodes them in a host. A request must
 * repeat what the server wrote, so each '%' is escaped before GUri sees it.
 */
static GUri *parse_uri(const char *text, const msnp_url *base)
{
    g_autofree char *hidden = replaced(text, "%", "%25");

    if (base == NULL)
        return g_uri_parse(hidden, G_URI_FLAGS_ENCODED, NULL);
    g_autofree char *base_text = msnp_url_text(base);
    g_autoptr(GUri) base_uri = parse_uri(base_text, NULL);
    return g_uri_parse_relative(base_uri, hidden, G_URI_FLAGS_ENCODED, NULL);
}

static uint16_t default_port(const msnp_url *url)
{
    return url->http ? MSNP_PORT_HTTP : MSNP_PORT_HTTPS;
}

/* GUri accepts nearly everything as a host, and 0 as a port. */
static msnp_err take_uri(msnp_url *url, GUri *uri)
{
    const char *host = g_uri_get_host(uri);
    const char *query = g_uri_get_query(uri);
    int port = g_uri_get_port(uri);

    if (g_uri_get_userinfo(uri) != NULL || host == NULL || port == 0)
        return MSNP_ERR_URL;
    msnp_err err = parse_host(msnp_str_of(host), strchr(host, ':') != NULL, &url->host);
    if (err != MSNP_OK)
        return err;
    url->port = port > 0 ? (uint16_t)port : default_port(url);

    const char *path = g_uri_get_path(uri);
    g_autofree char *hidden =
        g_strconcat(*path == '/' ? "" : "/", path, query != NULL ? "?" : "", query, NULL);
    url->target = replaced(hidden, "%25", "%");
    return strlen(url->target) <= MSNP_TARGET_MAX ? MSNP_OK : MSNP_ERR_URL;
}

static msnp_err parse(msnp_url *url, msnp_str text, const msnp_url *base, bool http_too)
{
    *url = (msnp_url){0};
    if (text.len == 0 || text.len > MSNP_HOST_MAX + MSNP_TARGET_MAX + 64)
        return MSNP_ERR_URL;
    for (size_t i = 0; i < text.len; i++)
        if (!g_ascii_isgraph(text.ptr[i]))
            return MSNP_ERR_URL;

    g_autofree char *copy = msnp_str_dup(text);
    g_autofree char *scheme = g_uri_parse_scheme(copy);
    bool https = scheme != NULL && g_ascii_strcasecmp(scheme, "https") == 0;
    bool http = http_too && scheme != NULL && g_ascii_strcasecmp(scheme, "http") == 0;
    /* Where a host is expected, "name:8443/x" is host and port. */
    bool other = scheme != NULL && !https && !http &&
                 (base != NULL || g_str_has_prefix(copy + strlen(scheme), "://"));
    if (other)
        return MSNP_ERR_INSECURE;

    g_autofree char *whole =
        g_strconcat(https || http || base != NULL ? "" : "https://", copy, NULL);
    g_autoptr(GUri) uri = parse_uri(whole, base);
    url->http = http;
    msnp_err err = uri != NULL ? take_uri(url, uri) : MSNP_ERR_URL;
    if (err != MSNP_OK)
        msnp_url_clear(url);
    return err;
}

msnp_err msnp_url_parse(msnp_url *url, msnp_str text, const msnp_url *base)
{
    return parse(url, text, base, false);
}

msnp_err msnp_url_parse_any(msnp_url *url, msnp_str text)
{
    return parse(url, text, NULL, true);
}

static char *authority_text(const msnp_url *url)
{
    bool v6 = strchr(url->host, ':') != NULL;
    char *host = v6 ? g_strdup_printf("[%s]", url->host) : g_strdup(url->host);

    if (url->port == default_port(url))
        return host;
    char *both = g_strdup_printf("%s:%u", host, url->port);
    g_free(host);
    return both;
}

char *msnp_url_text(const msnp_url *url)
{
    char *authority = authority_text(url);
    char *text = g_strconcat(url->http ? "http://" : "https://", authority, url->target, NULL);

    g_free(authority);
    return text;
}

msnp_err msnp_url_append_authority(msnp_buf *out, const msnp_url *url)
{
    char *authority = authority_text(url);
    msnp_err err = msnp_buf_append_text(out, authority);

    g_free(authority);
    return err;
}

/* In lower case, without brackets and final dot; the caller frees it. */
static char *plain_host(const char *host)
{
    char *plain = g_ascii_strdown(*host == '[' ? host + 1 : host, -1);
    size_t len = strlen(plain);

    if (len > 0 && strchr("].", plain[len - 1]) != NULL)
        plain[len - 1] = '\0';
    return plain;
}

static bool is_below(const char *host, const char *domain)
{
    size_t len = strlen(host);
    size_t domain_len = strlen(domain);

    return len > domain_len && host[len - domain_len - 1] == '.' &&
           strcmp(host + len - domain_len, domain) == 0;
}

/* Does this domain belong to one owner? See msnp_host_is_near(). */
static bool has_owner(const char *domain)
{
    const char *dot = strchr(domain, '.');

    if (dot == NULL)
        return false;
    return strchr(dot + 1, '.') != NULL || strlen(dot + 1) != 2 || dot - domain > 3;
}

bool msnp_host_is_near(const char *host, const char *home)
{
    g_autofree char *there = plain_host(host);
    g_autofree char *here = plain_host(home);
    const char *dot = strchr(here, '.');

    if (strcmp(there, here) == 0)
        return true;
    if (dot == NULL || g_hostname_is_ip_address(there) || g_hostname_is_ip_address(here))
        return false;
    return is_below(there, here) ||
           (has_owner(dot + 1) && (strcmp(there, dot + 1) == 0 || is_below(there, dot + 1)));
}

char *msnp_default_nexus_url(const char *server)
{
    if (g_ascii_strcasecmp(server, microsoft_server) == 0)
        return g_strdup(microsoft_nexus);
    if (strchr(server, ':') != NULL && server[0] != '[')
        return g_strdup_printf("https://[%s]/rdr/pprdr.asp", server);
    return g_strdup_printf("https://%s/rdr/pprdr.asp", server);
}
