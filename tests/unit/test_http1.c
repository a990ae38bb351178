/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The request writer, and response heads whole, in parts, and broken. */
#include "expect.h"
#include "guard.h"
#include "http1.h"
#include "mime.h"

#include <string.h>

static const char *const authorization[] = {"Authorization", "Passport1.4 x", NULL};
static const char *const two_headers[] = {"Authorization", "Passport1.4 x", "Pragma", "", NULL};
static const char *const no_headers[] = {NULL};

#define BODY(text)             \
    {                          \
        text, sizeof(text) - 1 \
    }

static void test_request(void)
{
    static const struct {
        const char *url;
        msnp_http_request request;
        const char *text;
    } table[] = {
        {"nexus.passport.com/rdr/pprdr.asp",
         {.method = "GET"},
         "GET /rdr/pprdr.asp HTTP/1.0\r\nHost: nexus.passport.com\r\nConnection: close\r\n\r\n"},
        {"https://login.passport.com/login2.srf?lc=1033",
         {.method = "GET", .minor = 1, .headers = authorization},
         "GET /login2.srf?lc=1033 HTTP/1.1\r\nAuthorization: Passport1.4 x\r\n"
         "Host: login.passport.com\r\nConnection: close\r\n\r\n"},
        {"https://host:8443",
         {.method = "GET", .minor = 1, .headers = no_headers},
         "GET / HTTP/1.1\r\nHost: host:8443\r\nConnection: close\r\n\r\n"},
        {"https://[::1]:8443/x",
         {.method = "GET", .minor = 1},
         "GET /x HTTP/1.1\r\nHost: [::1]:8443\r\nConnection: close\r\n\r\n"},
        {"nexus.passport.com/rdr/pprdr.asp",
         {.method = "GET", .keep = true},
         "GET /rdr/pprdr.asp HTTP/1.0\r\nHost: nexus.passport.com\r\n"
         "Connection: keep-alive\r\n\r\n"},
        {"https://host:8443/x?y",
         {.method = "GET", .minor = 1, .headers = authorization, .keep = true},
         "GET /x?y HTTP/1.1\r\nAuthorization: Passport1.4 x\r\nHost: host:8443\r\n"
         "Connection: keep-alive\r\n\r\n"},
        {"host/x",
         {.method = "POST",
          .minor = 1,
          .headers = two_headers,
          .keep = true,
          .body = BODY("a\r\n")},
         "POST /x HTTP/1.1\r\nAuthorization: Passport1.4 x\r\nPragma: \r\nHost: host\r\n"
         "Connection: keep-alive\r\nContent-Length: 3\r\n\r\na\r\n"},
        {"host/x",
         {.method = "POST", .body = BODY("")},
         "POST /x HTTP/1.0\r\nHost: host\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"},
        {"http://host/x?y",
         {.method = "POST", .minor = 1, .keep = true, .absolute = true, .body = BODY("a")},
         "POST http://host/x?y HTTP/1.1\r\nHost: host\r\nConnection: keep-alive\r\n"
         "Content-Length: 1\r\n\r\na"},
        {"http://[::1]:8080/",
         {.method = "GET", .absolute = true},
         "GET http://[::1]:8080/ HTTP/1.0\r\nHost: [::1]:8080\r\nConnection: close\r\n\r\n"},
        {"https://host/",
         {.method = "GET", .absolute = true},
         "GET https://host/ HTTP/1.0\r\nHost: host\r\nConnection: close\r\n\r\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_url url = {0};
        msnp_http_request request = table[i].request;
        g_assert_cmpint(msnp_url_parse_any(&url, msnp_str_of(table[i].url)), ==, MSNP_OK);
        request.url = &url;
        size_t len = strlen(table[i].text);
        for (size_t cap = 0; cap <= len; cap++) {
            msnp_buf out;
            msnp_buf_init(&out, cap, true);
            msnp_err err = msnp_http_write(&out, &request);
            g_assert_cmpint(err, ==, cap == len ? MSNP_OK : MSNP_ERR_TOO_LONG);
            if (err == MSNP_OK)
                expect_text(msnp_buf_view(&out), table[i].text);
            msnp_buf_clear(&out);
        }
        msnp_url_clear(&url);
    }
}

/* Complete heads. Every shorter beginning is incomplete, everything behind is left alone. */
static void test_heads(void)
{
    static const struct {
        const char *head;
        unsigned status;
        const char *headers;
    } table[] = {
        {"HTTP/1.1 200 OK\r\n\r\n", 200, "\r\n"},
        {"HTTP/1.0 200 OK\r\n\r\n", 200, "\r\n"},
        {"HTTP/1.1 200 \r\n\r\n", 200, "\r\n"},
        {"HTTP/1.1 200\r\n\r\n", 200, "\r\n"},
        {"HTTP/1.1 100 Continue\r\n\r\n", 100, "\r\n"},
        {"HTTP/1.1 599 x\r\n\r\n", 599, "\r\n"},
        {"HTTP/1.1 302 Found\r\nLocation: x\r\n\r\n", 302, "Location: x\r\n\r\n"},
        {"HTTP/1.1 401 Not  so: fast\r\nA: b\r\nC: d\r\n\r\n", 401, "A: b\r\nC: d\r\n\r\n"},
        {"HTTP/1.1 200 OK\nA: b\n\n", 200, "A: b\n\n"},
        {"HTTP/1.1 200 OK\r\nA: b\n\r\n", 200, "A: b\n\r\n"},
        {"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n", 200, "A: b\r\n folded\r\n\r\n"},
        {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", 200, "no colon\r\n\r\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        size_t len = strlen(table[i].head);
        say(table[i].head);
        for (size_t n = 0; n < len; n++) {
            msnp_http_head head;
            guarded place = guard_after(table[i].head, n);
            g_assert_cmpint(msnp_http_head_parse(&head, guard_view(&place)), ==, MSNP_MORE);
            guard_free(&place);
        }
        static const char *const bodies[] = {"", "x", "\r\n", "HTTP/1.1 200 OK\r\n\r\n"};
        for (size_t k = 0; k < G_N_ELEMENTS(bodies); k++) {
            char *whole = g_strconcat(table[i].head, bodies[k], NULL);
            guarded place = guard_after(whole, strlen(whole));
            msnp_http_head head;
            g_assert_cmpint(msnp_http_head_parse(&head, guard_view(&place)), ==, MSNP_DONE);
            g_assert_cmpuint(head.status, ==, table[i].status);
            g_assert_cmpuint(head.len, ==, len);
            expect_text(head.headers, table[i].headers);
            msnp_mime mime;
            msnp_str name, value;
            msnp_mime_init(&mime, head.headers);
            while (msnp_mime_next(&mime, &name, &value))
                ;
            g_assert_true(mime.ended);
            guard_free(&place);
            g_free(whole);
        }
    }
    msnp_http_head head;
    static const char body[] = "HTTP/1.1 200 OK\r\n\r\n\0\0";
    g_assert_cmpint(msnp_http_head_parse(&head, (msnp_str){body, sizeof(body) - 1}), ==, MSNP_DONE);
    g_assert_cmpuint(head.len, ==, 19);
}

static void test_bad(void)
{
    static const struct {
        const char *data;
        size_t len;
    } table[] = {
#define ROW(text) {text, sizeof(text) - 1}
        ROW("\r\n\r\n"),
        ROW("\n"),
        ROW(" HTTP/1.1 200 OK\r\n\r\n"),
        ROW("\r\nHTTP/1.1 200 OK\r\n\r\n"),
        ROW("HTTP/2 200 OK\r\n\r\n"),
        ROW("HTTP/2.0 200 OK\r\n\r\n"),
        ROW("HTTP/0.9 200 OK\r\n\r\n"),
        ROW("HTTP/1. 200 OK\r\n\r\n"),
        ROW("HTTP/1.x 200 OK\r\n\r\n"),
        ROW("HTTP 200 OK\r\n\r\n"),
        ROW("http/1.1 200 OK\r\n\r\n"),
        ROW("HTTPS/1.1 200 OK\r\n\r\n"),
        ROW("ICY 200 OK\r\n\r\n"),
        ROW("HTTP/1.1\r\n\r\n"),
        ROW("HTTP/1.1 \r\n\r\n"),
        ROW("HTTP/1.1 OK\r\n\r\n"),
        ROW("HTTP/1.1 2\r\n\r\n"),
        ROW("HTTP/1.1 20\r\n\r\n"),
        ROW("HTTP/1.1 20x\r\n\r\n"),
        ROW("HTTP/1.1 2000\r\n\r\n"),
        ROW("HTTP/1.1 200OK\r\n\r\n"),
        ROW("HTTP/1.1 099 x\r\n\r\n"),
        ROW("HTTP/1.1 000 x\r\n\r\n"),
        ROW("HTTP/1.1 600 x\r\n\r\n"),
        ROW("HTTP/1.1 999 x\r\n\r\n"),
        ROW("HTTP/1.1 -20 x\r\n\r\n"),
        ROW("HTTP/1.1 +20 x\r\n\r\n"),
        ROW("HTTP/1.1 0x2 x\r\n\r\n"),
        ROW("HTTP/1.1\t200 OK\r\n\r\n"),
        ROW("HTTP/1.1 200 O\0K\r\n\r\n"),
        ROW("HTTP/1.1 200 OK\r\nA: \0\r\n\r\n"),
        ROW("HTTP/1.1 200 OK\r\n\0\r\n\r\n"),
        ROW("\0\r\n\r\n"),
        ROW("SSH-2.0-OpenSSH_9.2\r\n"),
        ROW("VER 1 MSNP8\r\n"),
        ROW("<html>\n"),
        ROW("\x15\x03\x01\n"),
#undef ROW
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_http_head head;
        char *text = escaped((msnp_str){table[i].data, table[i].len});
        say(text);
        g_free(text);
        guarded place = guard_after(table[i].data, table[i].len);
        g_assert_cmpint(msnp_http_head_parse(&head, guard_view(&place)), ==, MSNP_BAD);
        guard_free(&place);
        for (size_t n = 0; n < table[i].len; n++) {
            place = guard_after(table[i].data, n);
            g_assert_cmpint(msnp_http_head_parse(&head, guard_view(&place)), !=, MSNP_DONE);
            guard_free(&place);
        }
    }
}

/* Byte by byte and in two parts, with what was scanned before kept: the same as all at once. */
static void test_resume(void)
{
    static const char *const texts[] = {
        "HTTP/1.1 200 OK\r\n\r\nbody",
        "HTTP/1.1 200\n\nbody",
        "HTTP/1.1 200 OK\r\nA: b\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\nA: b\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\r\nC: d\r\n\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        size_t len = strlen(texts[i]);
        say(texts[i]);
        for (size_t split = 0; split <= len; split++) {
            for (size_t size = 1; size <= len; size += len - 1) {
                msnp_http_head head = {0};
                msnp_http_head whole = {0};
                msnp_result result = MSNP_MORE;
                size_t scanned = 0;
                size_t at = split;
                for (;; at = MIN(len, at + size)) {
                    /* The data moves when its buffer grows: each time another place. */
                    guarded place = guard_after(texts[i], at);
                    result = msnp_http_head_resume(&head, guard_view(&place), &scanned);
                    g_assert_cmpuint(scanned, <=, at);
                    guard_free(&place);
                    if (result != MSNP_MORE || at == len)
                        break;
                }
                msnp_result want = msnp_http_head_parse(&whole, msnp_str_of(texts[i]));
                g_assert_cmpint(result, ==, want);
                if (want != MSNP_DONE)
                    continue;
                g_assert_cmpuint(head.status, ==, whole.status);
                g_assert_cmpuint(head.len, ==, whole.len);
                g_assert_cmpuint(head.headers.len, ==, whole.headers.len);
            }
        }
    }
}

static void test_limit(void)
{
    static const char before[] = "HTTP/1.1 200 OK\r\nA: ";
    static const char after[] = "\r\n\r\n";
    size_t room = MSNP_HTTP_HEAD_MAX - (sizeof(before) - 1) - (sizeof(after) - 1);
    for (size_t over = 0; over < 2; over++) {
        char *value = repeated("x", room + over);
        char *text = g_strconcat(before, value, after, NULL);
        msnp_http_head head;
        g_assert_cmpint(msnp_http_head_parse(&head, msnp_str_of(text)), ==,
                        over ? MSNP_BAD : MSNP_DONE);
        g_free(text);
        g_free(value);
    }
    char *value = repeated("x", 2 * MSNP_HTTP_HEAD_MAX);
    char *text = g_strconcat(before, value, NULL);
    msnp_http_head head;
    g_assert_cmpint(msnp_http_head_parse(&head, msnp_str_of(text)), ==, MSNP_BAD);
    g_assert_cmpint(msnp_http_head_parse(&head, (msnp_str){text, MSNP_HTTP_HEAD_MAX - 1}), ==,
                    MSNP_MORE);
    g_assert_cmpint(msnp_http_head_parse(&head, (msnp_str){text, MSNP_HTTP_HEAD_MAX}), ==,
                    MSNP_BAD);
    g_free(text);
    g_free(value);
    /* A long body is no long head. */
    value = repeated("x", 2 * MSNP_HTTP_HEAD_MAX);
    text = g_strconcat("HTTP/1.1 200 OK\r\n\r\n", value, NULL);
    g_assert_cmpint(msnp_http_head_parse(&head, msnp_str_of(text)), ==, MSNP_DONE);
    g_assert_cmpuint(head.len, ==, 19);
    g_free(text);
    g_free(value);
}

#define OPEN(headers) headers "Content-Length: 5\r\n\r\n"
#define LONG(headers) "Connection: keep-alive\r\n" headers "\r\n"

/* Another request may follow only where nothing can be read in two ways. */
static void test_keeps_open(void)
{
    static const struct {
        const char *headers;
        int64_t body; /* -1 if the connection is not to be used again */
    } table[] = {
        {OPEN("Connection: keep-alive\r\n"), 5},
        {OPEN("Connection: Keep-Alive\r\n"), 5},
        {OPEN("CONNECTION:KEEP-ALIVE\r\n"), 5},
        {OPEN("Connection: x, keep-alive\r\n"), 5},
        {OPEN("Connection: x,keep-alive,y\r\n"), 5},
        {OPEN("Connection: ,, keep-alive ,\r\n"), 5},
        {OPEN("Connection: x,\r\n keep-alive\r\n"), 5},
        {OPEN("Connection:\r\n\tkeep-alive\r\n"), 5},
        {OPEN("Connection: keep-alive, keep-alive\r\nKeep-Alive: timeout=5\r\n"), 5},
        {"content-length: 5\r\nconnection: keep-alive\r\n\r\n", 5},
        {"Content-Length: 5\nConnection: keep-alive\n\n", 5},
        {OPEN(""), -1},
        {OPEN("Connection:\r\n"), -1},
        {OPEN("Connection: ,\r\n"), -1},
        {OPEN("Connection: close\r\n"), -1},
        {OPEN("Connection: Upgrade\r\n"), -1},
        {OPEN("Connection: keep\r\n"), -1},
        {OPEN("Connection: keep-alive-not\r\n"), -1},
        {OPEN("Connection: xkeep-alive\r\n"), -1},
        {OPEN("Connection: keep-alive;x\r\n"), -1},
        {OPEN("Connection: keep-alive, close\r\n"), -1},
        {OPEN("Connection: Close ,keep-alive\r\n"), -1},
        {OPEN("Connection: keep-alive,\r\n close\r\n"), -1},
        {OPEN("Connection: keep-alive\r\nConnection: close\r\n"), -1},
        {OPEN("Connection: keep-alive\r\nX: y\r\nconnection: keep-alive\r\n"), -1},
        {OPEN("Connection: keep-alive\r\nConnection:\r\n"), -1},
        {OPEN("Keep-Alive: timeout=5\r\n"), -1},
        {OPEN("X-Connection: keep-alive\r\n"), -1},
        {OPEN("Proxy-Connection: keep-alive\r\n"), -1},
        {"Content-Length: 5\r\n\r\nConnection: keep-alive\r\n\r\n", -1},

        {LONG("Content-Length: 0\r\n"), 0},
        {LONG("Content-Length:7\r\n"), 7},
        {LONG("Content-Length:  007 \r\n"), 7},
        {LONG("Content-Length:\r\n 7\r\n"), 7},
        {LONG("Content-Length: 65536\r\n"), 65536},
        {LONG("X-Content-Length: 9\r\nContent-Length: 7\r\n"), 7},
        {LONG(""), -1},
        {LONG("Content-Length:\r\n"), -1},
        {LONG("Content-Length: 65537\r\n"), -1},
        {LONG("Content-Length: 4294967296\r\n"), -1},
        {LONG("Content-Length: 18446744073709551616\r\n"), -1},
        {LONG("Content-Length: 18446744073709551621\r\n"), -1},
        {LONG("Content-Length: -1\r\n"), -1},
        {LONG("Content-Length: +5\r\n"), -1},
        {LONG("Content-Length: 0x5\r\n"), -1},
        {LONG("Content-Length: 5.0\r\n"), -1},
        {LONG("Content-Length: 5 5\r\n"), -1},
        {LONG("Content-Length: 5, 5\r\n"), -1},
        {LONG("Content-Length: x\r\n"), -1},
        {LONG("Content-Length: 5\r\n 6\r\n"), -1},
        {LONG("Content-Length: 5\r\nContent-Length: 6\r\n"), -1},
        {LONG("Content-Length: 5\r\nContent-Length: 5\r\n"), -1},
        {LONG("Content-Length: 5\r\nX: y\r\ncontent-length:\r\n"), -1},
        {LONG("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), -1},
        {LONG("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"), -1},
        {LONG("Content-Length: 5\r\ntransfer-encoding:\r\n"), -1},
        {LONG("Transfer-Encoding: chunked\r\n"), -1},
        {LONG("\r\nContent-Length: 5\r\n"), -1},
    };
    g_assert_cmpuint(MSNP_HTTP_HEAD_MAX, ==, 65536);
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        for (unsigned minor = 0; minor < 2; minor++) {
            char *text = g_strdup_printf("HTTP/1.%u 200 OK\r\n%s", minor, table[i].headers);
            guarded place = guard_after(text, strlen(text));
            msnp_http_head head;
            size_t body = 0;
            say(text);
            g_assert_cmpint(msnp_http_head_parse(&head, guard_view(&place)), ==, MSNP_DONE);
            g_assert_cmpint(msnp_http_keeps_open(&head, &body), ==, table[i].body >= 0);
            if (table[i].body >= 0) {
                g_assert_cmpuint(body, ==, (size_t)table[i].body);
                g_assert_true(msnp_http_counts_body(&head, &body));
                g_assert_cmpuint(body, ==, (size_t)table[i].body);
            }
            guard_free(&place);
            g_free(text);
        }
    }
}

/* Does the connection end, and does the body come in chunks? */
static void test_framing(void)
{
    static const struct {
        const char *head;
        bool closes;
        bool chunked;
    } table[] = {
        {"HTTP/1.1 200\n\n", false, false},
        {"HTTP/1.0 200\n\n", true, false},
        {"HTTP/1.0 200\nConnection: Keep-Alive\n\n", false, false},
        {"HTTP/1.0 200\nConnection: x, keep-alive\n\n", false, false},
        {"HTTP/1.0 200\nConnection: keep-alive, close\n\n", true, false},
        {"HTTP/1.1 200\nConnection: keep-alive\n\n", false, false},
        {"HTTP/1.1 200\nConnection: Upgrade\n\n", false, false},
        {"HTTP/1.1 200\nconnection: CLOSE\n\n", true, false},
        {"HTTP/1.1 200\nConnection: closed\n\n", false, false},
        {"HTTP/1.1 200\nTransfer-Encoding: Chunked\n\n", false, true},
        {"HTTP/1.1 200\nTransfer-Encoding: gzip, chunked\n\n", false, false},
        {"HTTP/1.1 200\nTransfer-Encoding: identity\n\n", false, false},
        {"HTTP/1.1 200\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n", false, false},
        {"HTTP/1.1 200\nTransfer-Encoding: chunked\nContent-Length: 5\n\n", false, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_http_head head;
        say(table[i].head);
        g_assert_cmpint(msnp_http_head_parse(&head, msnp_str_of(table[i].head)), ==, MSNP_DONE);
        g_assert_cmpint(msnp_http_closes(&head), ==, table[i].closes);
        g_assert_cmpint(msnp_http_is_chunked(&head), ==, table[i].chunked);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http1/request", test_request);
    g_test_add_func("/http1/framing", test_framing);
    g_test_add_func("/http1/heads", test_heads);
    g_test_add_func("/http1/bad", test_bad);
    g_test_add_func("/http1/resume", test_resume);
    g_test_add_func("/http1/limit", test_limit);
    g_test_add_func("/http1/keeps-open", test_keeps_open);
    return g_test_run();
}
