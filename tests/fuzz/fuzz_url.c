/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses. The first line of the input is a text to read as URL, the second (if there is one) the
 * base that it is relative to.
 */
#include "fuzz.h"
#include "http1.h"

#include <string.h>

static void check_request(const msnp_url *url)
{
    msnp_buf out;
    char *head = g_strdup_printf("GET %s HTTP/1.1\r\nAuthorization: x\r\nHost: ", url->target);
    static const char *const headers[] = {"Authorization", "x", NULL};
    msnp_http_request request = {.method = "GET", .url = url, .minor = 1, .headers = headers};
    char *text;

    msnp_buf_init(&out, MSNP_HTTP_REQUEST_MAX, true);
    CHECK(msnp_http_write(&out, &request) == MSNP_OK);
    text = msnp_str_dup(msnp_buf_view(&out));
    CHECK_TEXT(g_str_has_prefix(text, head), text);
    CHECK_TEXT(g_str_has_suffix(text, "\r\nConnection: close\r\n\r\n"), text);
    CHECK(strchr(text, 0) == text + out.len);
    for (char *at = text + strlen(head); *at != '\r'; at++)
        CHECK_TEXT(*at > ' ' && *at <= '~', text);
    g_free(text);
    g_free(head);
    msnp_buf_clear(&out);
}

static void check_url(const msnp_url *url)
{
    char *text = msnp_url_text(url);
    msnp_url again;

    CHECK(heard_is_host(url->host));
    CHECK(url->port > 0);
    CHECK(url->target && url->target[0] == '/');
    CHECK_TEXT(strlen(url->target) <= MSNP_TARGET_MAX, url->target);
    CHECK_TEXT(fuzz_is_graph(msnp_str_of(url->target)), url->target);
    CHECK(!strchr(url->target, '#'));

    CHECK(g_str_has_prefix(text, "https://"));
    CHECK_TEXT(msnp_url_parse(&again, msnp_str_of(text), NULL) == MSNP_OK, text);
    CHECK(!strcmp(again.host, url->host) && again.port == url->port);
    CHECK_TEXT(!strcmp(again.target, url->target), text);
    msnp_url_clear(&again);
    CHECK(!again.host && !again.target);
    g_free(text);
    check_request(url);
}

static bool parse(msnp_url *url, msnp_str text, const msnp_url *base)
{
    msnp_err err = msnp_url_parse(url, text, base);

    CHECK(err == MSNP_OK || err == MSNP_ERR_URL || err == MSNP_ERR_INSECURE);
    CHECK(err != MSNP_OK || text.len < 7 || g_ascii_strncasecmp(text.ptr, "http://", 7) != 0);
    if (err == MSNP_OK)
        check_url(url);
    return err == MSNP_OK;
}

static void check_host_port(msnp_str text)
{
    char *host = NULL;
    uint16_t port = 0;
    char *again = NULL;
    uint16_t again_port = 0;
    char *joined;

    if (msnp_host_port_parse(text, MSNP_PORT_MSNP, &host, &port) != MSNP_OK) {
        CHECK(!host);
        return;
    }
    CHECK(heard_is_host(host));
    CHECK(port > 0);
    joined = g_strdup_printf(strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
    CHECK(msnp_host_port_parse(msnp_str_of(joined), 1, &again, &again_port) == MSNP_OK);
    CHECK(!strcmp(again, host) && again_port == port);
    g_free(joined);
    g_free(again);

    /* The nexus of any server that can be connected to has a usable address. */
    joined = msnp_default_nexus_url(host);
    msnp_url url;
    CHECK_TEXT(parse(&url, msnp_str_of(joined), NULL), joined);
    msnp_url_clear(&url);
    g_free(joined);
    g_free(host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    msnp_str text = fuzz_line(&input);
    msnp_str base_text = fuzz_line(&input);
    msnp_url base;
    msnp_url url;

    if (parse(&url, text, NULL))
        msnp_url_clear(&url);
    if (parse(&base, base_text, NULL)) {
        if (parse(&url, text, &base))
            msnp_url_clear(&url);
        msnp_url_clear(&base);
    }
    check_host_port(text);
    return 0;
}
