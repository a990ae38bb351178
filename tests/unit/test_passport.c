/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Of Passport what no transcript can hold: every byte of a password, what depends on how bytes
 * arrive. */
#include "doc.h"
#include "driven.h"
#include "expect.h"

#include <string.h>

#define LOGIN_URL "https://login.passport.com/login2.srf"

/* The nexus names itself, and its connection can be used again. */
#define SELF                                                             \
    "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n" \
    "PassportURLs: DALogin=nexus.passport.com/login\r\n\r\n"
#define NAMED "EV LOGIN_SERVER https://nexus.passport.com/login"
#define NEXUS "EV CONNECT nexus.passport.com:443 tls"

/* At the connection that the first CONNECT was for; the login server is known if there is no nexus.
 */
static drive *at(const char *password, const char *nexus_url, const char *challenge)
{
    const drive_config config = {.part = DRIVE_PASSPORT,
                                 .account = DOC_ACCOUNT,
                                 .password = password,
                                 .nexus_url = nexus_url,
                                 .login_url = nexus_url == NULL ? LOGIN_URL : NULL,
                                 .challenge = challenge};
    drive *d = drive_new(&config);

    driven_forget(d);
    drive_do(d, DRIVE_PASSPORT, "connected");
    return d;
}

static void feed(drive *d, const char *text)
{
    driven_feed(d, DRIVE_PASSPORT, text);
}

/* Every byte that a password can hold arrives as it is, and none splits the header. */
static void test_password_bytes(void)
{
    char password[256];

    for (int byte = 1; byte < 256; byte++)
        password[byte - 1] = (char)byte;
    password[255] = '\0';
    drive *d = at(password, NULL, DOC_CHALLENGE);
    char *written = drive_take_all(d);
    const char *begin = strstr(written, ",pwd=");
    g_assert_nonnull(begin);
    begin += strlen(",pwd=");
    const char *end = strchr(begin, ',');
    g_assert_nonnull(end);
    g_assert_true(g_str_has_prefix(end, "," DOC_CHALLENGE "\\r\\nHost:"));
    for (const char *p = begin; p < end; p++)
        g_assert_true(g_ascii_isalnum(*p) || strchr("%-._~", *p) != NULL);
    size_t len;
    char *decoded = msnp_percent_decode((msnp_str){begin, (size_t)(end - begin)}, &len);
    expect_view(((msnp_str){decoded, len}), password, 255);
    g_free(decoded);
    g_free(written);
    driven_done(d);
}

/*
 * More than was announced, which came before the connection was used again: nobody knows what that
 * would be the answer to, so nothing is asked there.
 */
static void test_longer_page(void)
{
    static const char *const pages[][2] = {{SELF "1234", ""}, {SELF "1", "234"}};

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(pages); i++) {
        const char *const *page = pages[i / 2];
        drive *d = at("password", DOC_NEXUS_URL, i % 2 == 0 ? DOC_CHALLENGE : NULL);
        driven_forget(d);
        feed(d, page[0]);
        feed(d, page[1]);
        expect_out(d, NAMED, NEXUS);
        drive_do(d, DRIVE_PASSPORT, "connected");
        if (i % 2 != 0)
            drive_do(d, DRIVE_PASSPORT, "challenge " DOC_CHALLENGE);
        char *written = drive_take_all(d);
        g_assert_nonnull(strstr(written, ",pwd="));
        g_free(written);
        driven_done(d);
    }
    msnp_passport_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/passport/password-bytes", test_password_bytes);
    g_test_add_func("/passport/longer-page", test_longer_page);
    return g_test_run();
}
