/* SPDX-License-Identifier: GPL-2.0-or-later */
/* URLs and host:port as they come from the network or from the settings. */
#include "expect.h"
#include "guard.h"
#include "url.h"

#include <string.h>

typedef struct {
    const char *text;
    msnp_err err;
    const char *host;
    uint16_t port;
    const char *target;
} row;

static void check_row(const row *want, const char *text, const msnp_url *base)
{
    for (int after = 0; after < 2; after++) {
        guarded place = after ? guard_after(text, strlen(text)) : guard_before(text, strlen(text));
        msnp_url url = {0};
        say(text);
        g_assert_cmpstr(msnp_err_name(msnp_url_parse(&url, guard_view(&place), base)), ==,
                        msnp_err_name(want->err));
        guard_free(&place);
        if (want->err != MSNP_OK)
            continue;
        g_assert_cmpstr(url.host, ==, want->host);
        g_assert_cmpuint(url.port, ==, want->port);
        g_assert_cmpstr(url.target, ==, want->target);

        /* What it says of itself reads back as the same. */
        char *whole = msnp_url_text(&url);
        msnp_url again = {0};
        g_assert_cmpint(msnp_url_parse(&again, msnp_str_of(whole), NULL), ==, MSNP_OK);
        g_assert_cmpstr(again.host, ==, url.host);
        g_assert_cmpuint(again.port, ==, url.port);
        g_assert_cmpstr(again.target, ==, url.target);
        msnp_url_clear(&again);
        g_free(whole);
        msnp_url_clear(&url);
        g_assert_null(url.host);
        g_assert_null(url.target);
        msnp_url_clear(&url);
    }
}

static void test_absolute(void)
{
    static const row table[] = {
        {"https://login.passport.com/login2.srf", MSNP_OK, "login.passport.com", 443,
         "/login2.srf"},
        {"login.passport.com/login2.srf", MSNP_OK, "login.passport.com", 443, "/login2.srf"},
        {"login.passport.com", MSNP_OK, "login.passport.com", 443, "/"},
        {"https://login.passport.com", MSNP_OK, "login.passport.com", 443, "/"},
        {"https://Login.PASSPORT.com/Path?Query", MSNP_OK, "login.passport.com", 443,
         "/Path?Query"},
        {"HTTPS://host/x", MSNP_OK, "host", 443, "/x"},
        {"hTTpS://host/x", MSNP_OK, "host", 443, "/x"},
        {"https://host:8443/x?y=z&a=b", MSNP_OK, "host", 8443, "/x?y=z&a=b"},
        {"https://host:443/x", MSNP_OK, "host", 443, "/x"},
        {"https://host:1/", MSNP_OK, "host", 1, "/"},
        {"https://host:65535/", MSNP_OK, "host", 65535, "/"},
        {"host:8443/x", MSNP_OK, "host", 8443, "/x"},
        {"localhost:8443", MSNP_OK, "localhost", 8443, "/"},
        {"https://host?lc=1033", MSNP_OK, "host", 443, "/?lc=1033"},
        {"host?lc=1033", MSNP_OK, "host", 443, "/?lc=1033"},
        {"https://host:8443?lc=1033", MSNP_OK, "host", 8443, "/?lc=1033"},
        {"https://host/p#fragment", MSNP_OK, "host", 443, "/p"},
        {"https://host/p?q#fragment?x", MSNP_OK, "host", 443, "/p?q"},
        {"https://host#fragment", MSNP_OK, "host", 443, "/"},
        {"https://host/a@b:c?d=e@f", MSNP_OK, "host", 443, "/a@b:c?d=e@f"},
        {"https://host?a@b", MSNP_OK, "host", 443, "/?a@b"},
        {"https://host/x?ru=http://messenger.msn.com", MSNP_OK, "host", 443,
         "/x?ru=http://messenger.msn.com"},
        {"host/x?ru=http://messenger.msn.com", MSNP_OK, "host", 443,
         "/x?ru=http://messenger.msn.com"},
        {"host?http://other/", MSNP_OK, "host", 443, "/?http://other/"},
        {"host:8443/http://other/", MSNP_OK, "host", 8443, "/http://other/"},
        {"https://host/%41%zz//..", MSNP_OK, "host", 443, "/%41%zz/"},
        {"https://host/a/../b/./c?/..", MSNP_OK, "host", 443, "/b/c?/.."},
        {"https://host/%2e%2E%2f%00%c3%B6?%41=%7e%", MSNP_OK, "host", 443,
         "/%2e%2E%2f%00%c3%B6?%41=%7e%"},
        {"https://host/%25%2525?%2", MSNP_OK, "host", 443, "/%25%2525?%2"},
        {"https://host/<a>\"|^`{}[]\\'*,;?<a>\"|^`{}[]\\/?", MSNP_OK, "host", 443,
         "/<a>\"|^`{}[]\\'*,;?<a>\"|^`{}[]\\/?"},
        {"https://host/?", MSNP_OK, "host", 443, "/?"},
        {"https://host:/x", MSNP_OK, "host", 443, "/x"},
        {"https://127.0.0.1:8443/login", MSNP_OK, "127.0.0.1", 8443, "/login"},
        {"https://[::1]/x", MSNP_OK, "::1", 443, "/x"},
        {"https://[::1]:8443/x", MSNP_OK, "::1", 8443, "/x"},
        {"[2001:DB8::1]:8443", MSNP_OK, "2001:db8::1", 8443, "/"},
        {"https://[::ffff:192.0.2.1]?q", MSNP_OK, "::ffff:192.0.2.1", 443, "/?q"},
        {"xn--bcher-kva.example", MSNP_OK, "xn--bcher-kva.example", 443, "/"},

        {"http://host/x", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"HTTP://host/x", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"http://host:443/x", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"http://", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"ftp://host/x", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"httpss://host/x", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"https+x://host/x", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"file:///etc/passwd", MSNP_ERR_INSECURE, NULL, 0, NULL},

        {"", MSNP_ERR_URL, NULL, 0, NULL},
        {" ", MSNP_ERR_URL, NULL, 0, NULL},
        {"/", MSNP_ERR_URL, NULL, 0, NULL},
        {"/login2.srf", MSNP_ERR_URL, NULL, 0, NULL},
        {"?query", MSNP_ERR_URL, NULL, 0, NULL},
        {"#fragment", MSNP_ERR_URL, NULL, 0, NULL},
        {":", MSNP_ERR_URL, NULL, 0, NULL},
        {"://host/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https:", MSNP_ERR_URL, NULL, 0, NULL},
        {"https:/host/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https:host", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://", MSNP_ERR_URL, NULL, 0, NULL},
        {"https:///path", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://?query", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://:443/", MSNP_ERR_URL, NULL, 0, NULL},
        {"javascript:alert(1)", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://user@host/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://user:pw@host/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://login.passport.com@evil.example/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://login.passport.com:443@evil.example/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://@host/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://good.example\\@evil.example/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://good.example\\evil/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://ho%73t/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://127.0.0%2e1/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host%/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host%2f@x/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host%00/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://h%c3%b6st/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host:%38%34/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host,other/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host;x/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://ho\xc3\xb6st/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://.host/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://-host/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://*/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host:0/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host:65536/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host:-1/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host:+443/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host:0x1bb/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host:443x/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host:99999999999999999999/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host:4294967739/", MSNP_ERR_URL, NULL, 0, NULL}, /* 443 above 2^32 */
        {"https://host:1:2/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://::1/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[::1/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://::1]/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[]/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[host]/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[::1]x/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[::1]443/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[::1]:0/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[::1]:65536/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[::1 ]/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[::1%25eth0]/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[::1%eth0]/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[127.0.0.1]/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://[v1.x]/", MSNP_ERR_URL, NULL, 0, NULL},
        {"[", MSNP_ERR_URL, NULL, 0, NULL},
        {" https://host/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host/ ", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host/a b", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://ho st/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host/a\tb", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host/a\rb", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host/ HTTP/1.1\r\nX: y", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host/\r\nX:y", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host\n/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host/\x7f", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host/\x01", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://host/#\n", MSNP_ERR_URL, NULL, 0, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        check_row(&table[i], table[i].text, NULL);

    msnp_url url = {0};
    static const char nul_in_path[] = "https://host/a\0b";
    static const char nul_in_host[] = "https://good\0.evil/";
    g_assert_cmpint(msnp_url_parse(&url, (msnp_str){nul_in_path, sizeof(nul_in_path) - 1}, NULL),
                    ==, MSNP_ERR_URL);
    g_assert_cmpint(msnp_url_parse(&url, (msnp_str){nul_in_host, sizeof(nul_in_host) - 1}, NULL),
                    ==, MSNP_ERR_URL);
}

static void test_relative(void)
{
    static const row table[] = {
        {"https://other/x", MSNP_OK, "other", 443, "/x"},
        {"HTTPS://other:99/x", MSNP_OK, "other", 99, "/x"},
        {"https://other", MSNP_OK, "other", 443, "/"},
        {"//other/x", MSNP_OK, "other", 443, "/x"},
        {"//other:99?q", MSNP_OK, "other", 99, "/?q"},
        {"/x", MSNP_OK, "login.example", 8443, "/x"},
        {"/", MSNP_OK, "login.example", 8443, "/"},
        {"/x?y=http://z/", MSNP_OK, "login.example", 8443, "/x?y=http://z/"},
        {"/http://z/", MSNP_OK, "login.example", 8443, "/http://z/"},
        {"/x#y", MSNP_OK, "login.example", 8443, "/x"},
        {"x", MSNP_OK, "login.example", 8443, "/a/x"},
        {"x/y.srf?z", MSNP_OK, "login.example", 8443, "/a/x/y.srf?z"},
        {"x?u=http://z", MSNP_OK, "login.example", 8443, "/a/x?u=http://z"},
        {"login2.srf", MSNP_OK, "login.example", 8443, "/a/login2.srf"},
        {"?y=z", MSNP_OK, "login.example", 8443, "/a/b?y=z"},
        {"?u=http://z/", MSNP_OK, "login.example", 8443, "/a/b?u=http://z/"},
        {"#y", MSNP_OK, "login.example", 8443, "/a/b?c=/d/e"},
        {"/%41%zz?%7e", MSNP_OK, "login.example", 8443, "/%41%zz?%7e"},

        {"http://login.example:8443/a/b", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"HTTP://other/", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"http:/x", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"http:x", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"ftp://other/", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"javascript:alert(1)", MSNP_ERR_INSECURE, NULL, 0, NULL},
        {"data:text/plain,x", MSNP_ERR_INSECURE, NULL, 0, NULL},

        {"", MSNP_ERR_URL, NULL, 0, NULL},
        {"//", MSNP_ERR_URL, NULL, 0, NULL},
        {"///x", MSNP_ERR_URL, NULL, 0, NULL},
        {"//user@other/", MSNP_ERR_URL, NULL, 0, NULL},
        {"//login.example@other/", MSNP_ERR_URL, NULL, 0, NULL},
        {"//other:0/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://user@other/", MSNP_ERR_URL, NULL, 0, NULL},
        {"https://", MSNP_ERR_URL, NULL, 0, NULL},
        {"/x y", MSNP_ERR_URL, NULL, 0, NULL},
        {"/x\r\nX-Evil:y", MSNP_ERR_URL, NULL, 0, NULL},
        {"x\ny", MSNP_ERR_URL, NULL, 0, NULL},
        {"?\t", MSNP_ERR_URL, NULL, 0, NULL},
    };
    msnp_url base = {0};
    g_assert_cmpint(
        msnp_url_parse(&base, msnp_str_of("https://login.example:8443/a/b?c=/d/e"), NULL), ==,
        MSNP_OK);
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        check_row(&table[i], table[i].text, &base);
    msnp_url_clear(&base);

    /* Without a directory, and to a base that is an IPv6 address. */
    static const row bare[] = {
        {"x", MSNP_OK, "::1", 443, "/x"},
        {"?x", MSNP_OK, "::1", 443, "/?x"},
        {"/x", MSNP_OK, "::1", 443, "/x"},
    };
    g_assert_cmpint(msnp_url_parse(&base, msnp_str_of("https://[::1]"), NULL), ==, MSNP_OK);
    for (size_t i = 0; i < G_N_ELEMENTS(bare); i++)
        check_row(&bare[i], bare[i].text, &base);
    msnp_url_clear(&base);
}

/* What RFC 3986 has as examples (5.4), and what must stay as it is. */
static void test_dot_segments(void)
{
    static const row table[] = {
        {".", MSNP_OK, "a", 443, "/b/c/"},
        {"./", MSNP_OK, "a", 443, "/b/c/"},
        {"./g", MSNP_OK, "a", 443, "/b/c/g"},
        {"..", MSNP_OK, "a", 443, "/b/"},
        {"../", MSNP_OK, "a", 443, "/b/"},
        {"../g", MSNP_OK, "a", 443, "/b/g"},
        {"../..", MSNP_OK, "a", 443, "/"},
        {"../../g", MSNP_OK, "a", 443, "/g"},
        {"../../../../g", MSNP_OK, "a", 443, "/g"},
        {"/./g", MSNP_OK, "a", 443, "/g"},
        {"/../g", MSNP_OK, "a", 443, "/g"},
        {"/g/h/../../../i", MSNP_OK, "a", 443, "/i"},
        {"g.", MSNP_OK, "a", 443, "/b/c/g."},
        {".g", MSNP_OK, "a", 443, "/b/c/.g"},
        {"g..", MSNP_OK, "a", 443, "/b/c/g.."},
        {"..g", MSNP_OK, "a", 443, "/b/c/..g"},
        {"./../g", MSNP_OK, "a", 443, "/b/g"},
        {"./g/.", MSNP_OK, "a", 443, "/b/c/g/"},
        {"g/./h", MSNP_OK, "a", 443, "/b/c/g/h"},
        {"g/../h", MSNP_OK, "a", 443, "/b/c/h"},
        {"g;x=1/../y", MSNP_OK, "a", 443, "/b/c/y"},
        {"g?y/../x", MSNP_OK, "a", 443, "/b/c/g?y/../x"},
        {"g#s/../x", MSNP_OK, "a", 443, "/b/c/g"},
        {"..//g", MSNP_OK, "a", 443, "/b//g"},
        {"/g/..//h", MSNP_OK, "a", 443, "//h"},
        {"//h/i/../j", MSNP_OK, "h", 443, "/j"},
        {"https://h:8443/i/../j?k", MSNP_OK, "h", 8443, "/j?k"},
        {"https://h/..", MSNP_OK, "h", 443, "/"},
        {"/%2e%2e/%2E/g", MSNP_OK, "a", 443, "/%2e%2e/%2E/g"},
        {"../%41%2f..%zz", MSNP_OK, "a", 443, "/b/%41%2f..%zz"},
        {"?y/../x", MSNP_OK, "a", 443, "/b/c/d;p?y/../x"},
    };
    msnp_url base = {0};
    g_assert_cmpint(msnp_url_parse(&base, msnp_str_of("https://a/b/c/d;p?q"), NULL), ==, MSNP_OK);
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        check_row(&table[i], table[i].text, &base);
    msnp_url_clear(&base);
}

static char *name_of_length(size_t len)
{
    GString *name = g_string_new(NULL);
    while (name->len < len)
        g_string_append(name, "abcdefg.");
    g_string_truncate(name, len);
    name->str[len - 1] = 'x';
    return g_string_free(name, FALSE);
}

static void test_limits(void)
{
    static const struct {
        size_t host;
        size_t target;
        msnp_err err;
    } table[] = {
        {MSNP_HOST_MAX, 1, MSNP_OK},
        {MSNP_HOST_MAX + 1, 1, MSNP_ERR_URL},
        {4, MSNP_TARGET_MAX, MSNP_OK},
        {4, MSNP_TARGET_MAX + 1, MSNP_ERR_URL},
        {MSNP_HOST_MAX, MSNP_TARGET_MAX, MSNP_OK},
        {100000, 1, MSNP_ERR_URL},
        {4, 100000, MSNP_ERR_URL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *host = name_of_length(table[i].host);
        char *path = repeated("p", table[i].target - 1);
        char *target = g_strconcat("/", path, NULL);
        char *text = g_strconcat("https://", host, target, NULL);
        const row want = {text, table[i].err, host, 443, target};
        check_row(&want, text, NULL);
        g_free(text);
        g_free(target);
        g_free(path);
        g_free(host);
    }

    /* Relative to a long base. */
    char *dir = repeated("d", MSNP_TARGET_MAX - 2);
    char *text = g_strconcat("https://host/", dir, "/", NULL);
    msnp_url base = {0};
    msnp_url url = {0};
    g_assert_cmpint(msnp_url_parse(&base, msnp_str_of(text), NULL), ==, MSNP_OK);
    g_assert_cmpint(msnp_url_parse(&url, msnp_str_of("x"), &base), ==, MSNP_ERR_URL);
    msnp_url_clear(&base);
    g_free(text);
    g_free(dir);
}

static void check_no_crash(msnp_str text, void *user)
{
    msnp_url url = {0};
    if (msnp_url_parse(&url, text, user) == MSNP_OK)
        msnp_url_clear(&url);
    char *host = NULL;
    uint16_t port;
    if (msnp_host_port_parse(text, 1, &host, &port) == MSNP_OK)
        g_free(host);
}

static void test_prefixes(void)
{
    static const char *const texts[] = {
        "https://[::1]:8443/x?y#z", "https://host:8443/x?y#z", "//host:8443/x", "[::1]:1863",
        "207.46.106.35:1863",
    };
    msnp_url base = {0};
    g_assert_cmpint(msnp_url_parse(&base, msnp_str_of("https://host/a"), NULL), ==, MSNP_OK);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        guard_prefixes(texts[i], strlen(texts[i]), check_no_crash, NULL);
        guard_prefixes(texts[i], strlen(texts[i]), check_no_crash, &base);
    }
    msnp_url_clear(&base);
}

static void test_text(void)
{
    static const struct {
        const char *text;
        const char *whole;
        const char *authority;
    } table[] = {
        {"host", "https://host/", "host"},
        {"https://host:443/x?y", "https://host/x?y", "host"},
        {"https://host:8443/x", "https://host:8443/x", "host:8443"},
        {"https://[::1]/x", "https://[::1]/x", "[::1]"},
        {"https://[::1]:8443/x", "https://[::1]:8443/x", "[::1]:8443"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_url url = {0};
        g_assert_cmpint(msnp_url_parse(&url, msnp_str_of(table[i].text), NULL), ==, MSNP_OK);
        char *whole = msnp_url_text(&url);
        g_assert_cmpstr(whole, ==, table[i].whole);
        g_free(whole);
        size_t len = strlen(table[i].authority);
        msnp_buf out;
        msnp_buf_init(&out, len, false);
        g_assert_cmpint(msnp_url_append_authority(&out, &url), ==, MSNP_OK);
        expect_text(msnp_buf_view(&out), table[i].authority);
        msnp_buf_clear(&out);
        msnp_buf_init(&out, len - 1, false);
        g_assert_cmpint(msnp_url_append_authority(&out, &url), ==, MSNP_ERR_TOO_LONG);
        msnp_buf_clear(&out);
        msnp_url_clear(&url);
    }
}

static void test_host_port(void)
{
    static const struct {
        const char *text;
        const char *host; /* NULL: refused */
        uint16_t port;
    } table[] = {
        {"207.46.106.35:1863", "207.46.106.35", 1863},
        {"207.46.106.35", "207.46.106.35", 1863},
        {"ns.example.com:1864", "ns.example.com", 1864},
        {"localhost", "localhost", 1863},
        {"host:1", "host", 1},
        {"host:65535", "host", 65535},
        {"1.example", "1.example", 1863},
        /* It would be an address; this could be a cookie. */
        {"17262740.1050826919.32308", NULL, 0},
        {"127.1", NULL, 0},
        {"[::1]:1864", "::1", 1864},
        {"[::1]", "::1", 1863},
        {"[2001:db8::1]:1863", "2001:db8::1", 1863},
        {"", NULL, 0},
        {" ", NULL, 0},
        {":", NULL, 0},
        {":1863", NULL, 0},
        {"host:", NULL, 0},
        {"host:0", NULL, 0},
        {"host:65536", NULL, 0},
        {"host:70000", NULL, 0},
        {"host:-1", NULL, 0},
        {"host:+1", NULL, 0},
        {"host: 1", NULL, 0},
        {"host:1 ", NULL, 0},
        {" host:1", NULL, 0},
        {"host :1", NULL, 0},
        {"ho st:1", NULL, 0},
        {"host:0x10", NULL, 0},
        {"host:1863x", NULL, 0},
        {"host:4294969159", NULL, 0},
        {"host:18446744073709553479", NULL, 0},
        {"host:1:2", NULL, 0},
        {"::1", NULL, 0},
        {"[::1", NULL, 0},
        {"[::1]1863", NULL, 0},
        {"[::1]:", NULL, 0},
        {"[]:1863", NULL, 0},
        {"[host]:1863", NULL, 0},
        {"user@host:1863", NULL, 0},
        {"http://host:1863", NULL, 0},
        {"host/path:1863", NULL, 0},
        {"host%41:1863", NULL, 0},
        {"host\r:1863", NULL, 0},
        {"host\n", NULL, 0},
        {"host:1863\r", NULL, 0},
        {"h\xc3\xb6st:1863", NULL, 0},
        {"-rf:1863", NULL, 0},
        {".:1863", NULL, 0},
        {"$(id):1863", NULL, 0},
        {"../../x:1863", NULL, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i].text, strlen(table[i].text));
        char *host = NULL;
        uint16_t port = 0;
        msnp_err err = msnp_host_port_parse(guard_view(&place), MSNP_PORT_MSNP, &host, &port);
        guard_free(&place);
        say(table[i].text);
        g_assert_cmpint(err, ==, table[i].host != NULL ? MSNP_OK : MSNP_ERR_URL);
        if (err != MSNP_OK)
            continue;
        g_assert_cmpstr(host, ==, table[i].host);
        g_assert_cmpuint(port, ==, table[i].port);
        g_free(host);
    }
    char *host = NULL;
    uint16_t port;
    g_assert_cmpint(msnp_host_port_parse((msnp_str){"host\0:1", 7}, 1863, &host, &port), ==,
                    MSNP_ERR_URL);
    g_assert_cmpint(msnp_host_port_parse((msnp_str){"host\0", 5}, 1863, &host, &port), ==,
                    MSNP_ERR_URL);
    char *longest = name_of_length(MSNP_HOST_MAX);
    g_assert_cmpint(msnp_host_port_parse(msnp_str_of(longest), 1, &host, &port), ==, MSNP_OK);
    g_assert_cmpstr(host, ==, longest);
    g_assert_cmpuint(port, ==, 1);
    g_free(host);
    g_free(longest);
    char *longer = name_of_length(MSNP_HOST_MAX + 1);
    g_assert_cmpint(msnp_host_port_parse(msnp_str_of(longer), 1, &host, &port), ==, MSNP_ERR_URL);
    g_free(longer);
}

static void test_default_nexus(void)
{
    static const struct {
        const char *server;
        const char *url;
    } table[] = {
        {"messenger.hotmail.com", "https://nexus.passport.com/rdr/pprdr.asp"},
        {"Messenger.Hotmail.COM", "https://nexus.passport.com/rdr/pprdr.asp"},
        {"msnmsgr.example.org", "https://msnmsgr.example.org/rdr/pprdr.asp"},
        {"x.messenger.hotmail.com", "https://x.messenger.hotmail.com/rdr/pprdr.asp"},
        {"127.0.0.1", "https://127.0.0.1/rdr/pprdr.asp"},
        {"::1", "https://[::1]/rdr/pprdr.asp"},
        {"[::1]", "https://[::1]/rdr/pprdr.asp"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *url = msnp_default_nexus_url(table[i].server);
        g_assert_cmpstr(url, ==, table[i].url);
        g_free(url);
    }
}

static void test_near(void)
{
    static const struct {
        const char *host, *home;
        bool near;
    } table[] = {
        /* the same */
        {"ns.example.com", "ns.example.com", true},
        {"NS.Example.com.", "ns.example.COM", true},
        {"localhost", "localhost", true},
        /* below */
        {"a.ns.example.com", "ns.example.com", true},
        {"a.b.ns.example.com", "ns.example.com", true},
        {"login.example.com", "example.com", true},
        {"login.localhost", "localhost", false},
        {"example.com", "com", false},
        {"xexample.com", "example.com", false},
        /* beside, and above */
        {"login.example.com", "ns.example.com", true},
        {"a.login.example.com", "ns.example.com", true},
        {"example.com", "ns.example.com", true},
        {"example.com.evil.example", "ns.example.com", false},
        {"evilexample.com", "ns.example.com", false},
        {"ns.example.org", "ns.example.com", false},
        {"evil.com", "example.com", false},
        {"com", "example.com", false},
        {"b.com", "a.b.com", true},
        {"login.example.de", "ns.example.de", true},
        /* what looks like a public suffix */
        {"evil.co.uk", "example.co.uk", false},
        {"login.example.co.uk", "example.co.uk", true},
        {"login.example.co.uk", "ns.example.co.uk", true},
        {"evil.com.au", "example.com.au", false},
        {"login.msn.de", "ns.msn.de", false},
        {"login.msn.com", "ns.msn.com", true},
        {"login.msn.de", "a.ns.msn.de", false},
        /* addresses */
        {"127.0.0.1", "127.0.0.1", true},
        {"127.0.0.2", "127.0.0.1", false},
        {"1.127.0.0.1", "127.0.0.1", false},
        {"localhost", "127.0.0.1", false},
        {"::1", "[::1]", true},
        {"::2", "::1", false},
        {"::ffff:10.0.0.1", "::ffff:11.0.0.1", false},
        {"", "", true},
        {"", "ns.example.com", false},
        {"login.example.com", "", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_test_message("%s %s", table[i].host, table[i].home);
        g_assert_cmpint(msnp_host_is_near(table[i].host, table[i].home), ==, table[i].near);
    }
}

/* Where http is good enough, what has no scheme is https all the same. */
static void test_any(void)
{
    static const struct {
        const char *text;
        const char *whole; /* NULL: it is none */
    } table[] = {
        {"http://host", "http://host/"},
        {"HTTP://Host:80/x?y", "http://host/x?y"},
        {"http://host:443/", "http://host:443/"},
        {"http://host:8080/a/../b#c", "http://host:8080/b"},
        {"http://[::1]:81", "http://[::1]:81/"},
        {"https://host:443/x", "https://host/x"},
        {"https://host:80/x", "https://host:80/x"},
        {"host", "https://host/"},
        {"host:80/x", "https://host:80/x"},
        {"http:80", NULL},
        {"http://", NULL},
        {"http:///x", NULL},
        {"http://user@host/", NULL},
        {"http://host:0/", NULL},
        {"http://host:65536/", NULL},
        {"http://a b/", NULL},
        {"httpx://host/", NULL},
        {"ftp://host/", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        guarded place = guard_after(table[i].text, strlen(table[i].text));
        msnp_url url = {0};
        say(table[i].text);
        msnp_err err = msnp_url_parse_any(&url, guard_view(&place));
        guard_free(&place);
        g_assert_cmpint(err == MSNP_OK, ==, table[i].whole != NULL);
        if (err != MSNP_OK)
            continue;
        g_autofree char *whole = msnp_url_text(&url);
        g_assert_cmpstr(whole, ==, table[i].whole);
        g_assert_cmpint(url.http, ==, g_str_has_prefix(whole, "http:"));
        msnp_url_clear(&url);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/url/absolute", test_absolute);
    g_test_add_func("/url/any", test_any);
    g_test_add_func("/url/relative", test_relative);
    g_test_add_func("/url/dot-segments", test_dot_segments);
    g_test_add_func("/url/limits", test_limits);
    g_test_add_func("/url/prefixes", test_prefixes);
    g_test_add_func("/url/text", test_text);
    g_test_add_func("/url/host-port", test_host_port);
    g_test_add_func("/url/default-nexus", test_default_nexus);
    g_test_add_func("/url/near", test_near);
    return g_test_run();
}
