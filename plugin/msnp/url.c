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

/* A name, an IPv4 address or (without its brackets) an IPv6 address, in lower case. */
static msnp_err parse_host(msnp_str text, bool v6, char **host)
{
    if (text.len > MSNP_HOST_MAX)
        return MSNP_ERR_URL;
    if (!all_in(text, v6 ? ":." : "-._") || text.ptr[0] == '-' || (!v6 && text.ptr[0] == '.'))
        return MSNP_ERR_URL;

    char *name = g_ascii_strdown(text.ptr, (gssize)text.len);
    if (v6 && (strchr(name, ':') == NULL || !g_hostname_is_ip_address(name))) {
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

/* Length of "scheme" in "scheme:...", 0 if the text does not begin with a scheme. */
static size_t scheme_length(msnp_str text, bool relative)
{
    size_t n = 0;

    if (text.len == 0 || !g_ascii_isalpha(text.ptr[0]))
        return 0;
    while (n < text.len && (g_ascii_isalnum(text.ptr[n]) || strchr("+-.", text.ptr[n]) != NULL))
        n++;
    if (n == text.len || text.ptr[n] != ':')
        return 0;
    if (text.len - n >= 3 && text.ptr[n + 1] == '/' && text.ptr[n + 2] == '/')
        return n;
    /* Without the slashes, "name:8443/x" is host and port where a host may stand. */
    return relative ? n : 0;
}

static msnp_err set_target(msnp_url *url, msnp_str text)
{
    size_t len = span_until(text, "#");
    const char *slash = len > 0 && text.ptr[0] == '/' ? "" : "/";

    if (strlen(slash) + len > MSNP_TARGET_MAX)
        return MSNP_ERR_URL;
    url->target = g_strdup_printf("%s%.*s", slash, (int)len, text.ptr);
    return MSNP_OK;
}

static msnp_err parse_absolute(msnp_url *url, msnp_str text)
{
    msnp_str authority = {text.ptr, span_until(text, "/?#")};
    msnp_err err = msnp_host_port_parse(authority, MSNP_PORT_HTTPS, &url->host, &url->port);

    if (err != MSNP_OK)
        return err;
    return set_target(url, skip(text, authority.len));
}

static msnp_err parse_relative(msnp_url *url, msnp_str text, const msnp_url *base)
{
    if (text.len >= 2 && text.ptr[0] == '/' && text.ptr[1] == '/')
        return parse_absolute(url, skip(text, 2));

    url->host = g_strdup(base->host);
    url->port = base->port;
    if (text.len > 0 && text.ptr[0] == '/')
        return set_target(url, text);

    /* Relative to the base's path; a query alone keeps all of the path. */
    msnp_str path = {base->target, strcspn(base->target, "?")};
    if (text.len == 0 || text.ptr[0] != '?')
        while (path.len > 0 && path.ptr[path.len - 1] != '/')
            path.len--;
    char *joined = g_strdup_printf("%.*s%.*s", (int)path.len, path.ptr, (int)text.len, text.ptr);
    msnp_err err = set_target(url, msnp_str_of(joined));
    g_free(joined);
    return err;
}

msnp_err msnp_url_parse(msnp_url *url, msnp_str text, const msnp_url *base)
{
    *url = (msnp_url){0};
    if (text.len == 0 || text.len > MSNP_HOST_MAX + MSNP_TARGET_MAX + 64)
        return MSNP_ERR_URL;
    for (size_t i = 0; i < text.len; i++)
        if (!g_ascii_isgraph(text.ptr[i]))
            return MSNP_ERR_URL;

    size_t scheme = scheme_length(text, base != NULL);
    msnp_err err;
    if (scheme > 0) {
        if (!msnp_str_is_nocase((msnp_str){text.ptr, scheme}, "https"))
            return MSNP_ERR_INSECURE;
        msnp_str rest = skip(text, scheme + 1);
        if (rest.len < 2 || rest.ptr[0] != '/' || rest.ptr[1] != '/')
            return MSNP_ERR_URL;
        err = parse_absolute(url, skip(rest, 2));
    } else if (base != NULL) {
        err = parse_relative(url, text, base);
    } else {
        err = parse_absolute(url, text);
    }
    if (err != MSNP_OK)
        msnp_url_clear(url);
    return err;
}

static char *authority_text(const msnp_url *url)
{
    bool v6 = strchr(url->host, ':') != NULL;
    char *host = v6 ? g_strdup_printf("[%s]", url->host) : g_strdup(url->host);

    if (url->port == MSNP_PORT_HTTPS)
        return host;
    char *both = g_strdup_printf("%s:%u", host, url->port);
    g_free(host);
    return both;
}

char *msnp_url_text(const msnp_url *url)
{
    char *authority = authority_text(url);
    char *text = g_strconcat("https://", authority, url->target, NULL);

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

char *msnp_default_nexus_url(const char *server)
{
    if (g_ascii_strcasecmp(server, microsoft_server) == 0)
        return g_strdup(microsoft_nexus);
    if (strchr(server, ':') != NULL && server[0] != '[')
        return g_strdup_printf("https://[%s]/rdr/pprdr.asp", server);
    return g_strdup_printf("https://%s/rdr/pprdr.asp", server);
}
