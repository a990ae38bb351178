/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the service itself says, and the page that signs a browser in. */
#include "expect.h"
#include "guard.h"
#include "notice.h"
#include "watch.h"
#include "web.h"

#include <string.h>

/* A line that says all that was read. */
static char *describe(const msnp_notice *notice)
{
    static const char *const kinds[] = {"PROFILE", "SHUTDOWN", "MAILBOX", "MAIL", "MOVED", "OTHER"};
    GString *text = g_string_new(kinds[notice->kind]);

    if (notice->kind == MSNP_NOTICE_PROFILE)
        g_string_append_printf(text, " %s %d [%s] [%s] [%s]",
                               notice->client_ip ? notice->client_ip : "-", notice->has_mail,
                               notice->auth ? notice->auth : "-", notice->sid, notice->kv);
    if (notice->kind == MSNP_NOTICE_SHUTDOWN)
        g_string_append_printf(text, " %u", notice->minutes);
    if (notice->kind >= MSNP_NOTICE_MAILBOX && notice->kind <= MSNP_NOTICE_MOVED)
        g_string_append_printf(text, " %d", notice->mails);
    if (notice->kind == MSNP_NOTICE_MAIL)
        g_string_append_printf(text, " [%s] [%s] [%s] %s", notice->from, notice->address,
                               notice->subject, notice->url ? notice->url : "-");
    return g_string_free(text, FALSE);
}

static void expect_read(msnp_str payload, void *expected)
{
    msnp_notice notice;

    memset(&notice, 0x55, sizeof notice);
    msnp_notice_read(&notice, payload);
    char *got = describe(&notice);
    if (expected)
        expect_bytes("notice", msnp_str_of(got), msnp_str_of(expected));
    g_free(got);
    msnp_notice_clear(&notice);
    g_assert_null(notice.auth);
}

static void test_kinds(void)
{
    static const struct {
        const char *payload;
        const char *expected;
    } table[] = {
        {"", "OTHER"},
        {"Content-Type: text/plain\r\n\r\n", "OTHER"},
        {"Content-Type: text/x-msmsgsprofile\r\nsid: 507\r\nkv: 5\r\nMSPAuth: a!b$$\r\n"
         "EmailEnabled: 1\r\nClientIP: 203.0.113.7\r\n\r\n",
         "PROFILE 203.0.113.7 1 [a!b$$] [507] [5]"},
        {"Content-Type: TEXT/X-MSMSGSPROFILE; charset=UTF-8\r\nMSPAuth: a b\r\nEmailEnabled: 0\r\n"
         "ClientIP: example\r\nkv:\r\n\r\n",
         "PROFILE - 0 [-] [] []"},
        {"Content-Type: application/x-msmsgssystemmessage\r\n\r\nType: 1\r\nArg1: 5\r\n",
         "SHUTDOWN 5"},
        {"Content-Type: application/x-msmsgssystemmessage\r\nType: 1\r\nArg1: 5\r\n\r\n",
         "SHUTDOWN 5"},
        {"Content-Type: application/x-msmsgssystemmessage\r\n\r\nType: 1\r\n", "SHUTDOWN 0"},
        {"Content-Type: application/x-msmsgssystemmessage\r\n\r\nType: 1\r\nArg1: 1441\r\n",
         "SHUTDOWN 0"},
        {"Content-Type: application/x-msmsgssystemmessage\r\n\r\nType: 1\r\nArg1: -5\r\n",
         "SHUTDOWN 0"},
        {"Content-Type: application/x-msmsgssystemmessage\r\n\r\nType: 2\r\nArg1: 5\r\n", "OTHER"},
        {"Content-Type: text/x-msmsgsinitialemailnotification; charset=UTF-8\r\n\r\n"
         "Inbox-Unread: 3\r\nFolders-Unread: 1\r\n",
         "MAILBOX 3"},
        {"Content-Type: text/x-msmsgsinitialemailnotification\r\n\r\nInbox-Unread: 1000001\r\n",
         "OTHER"},
        {"Content-Type: text/x-msmsgsinitialemailnotification\r\n\r\n", "OTHER"},
        {"Content-Type: text/x-msmsgsemailnotification; charset=UTF-8\r\n\r\n"
         "From: Example User\r\nMessage-URL: /cgi-bin/getmsg?msg=1\r\n"
         "Subject: =?us-ascii?Q?Lunch=3F?=\r\nDest-Folder: ACTIVE\r\n"
         "From-Addr: user@example.com\r\nid: 2\r\n",
         "MAIL 1 [Example User] [user@example.com] [Lunch?] -"},
        {"Content-Type: text/x-msmsgsemailnotification\r\n\r\nDest-Folder: Junk\r\n"
         "Message-URL: https://mail.example/m?1#x\r\n",
         "MAIL 0 [] [] [] https://mail.example/m?1"},
        {"Content-Type: text/x-msmsgsemailnotification\r\n\r\nDest-Folder: ACTIVE\r\n"
         "Message-URL: http://mail.example/m?1\r\n",
         "MAIL 1 [] [] [] -"},
        {"Content-Type: text/x-msmsgsactivemailnotification\r\n\r\nSrc-Folder: ACTIVE\r\n"
         "Dest-Folder: trAsH\r\nMessage-Delta: 2\r\n",
         "MOVED -2"},
        {"Content-Type: text/x-msmsgsactivemailnotification\r\n\r\nSrc-Folder: ACTIVE\r\n"
         "Dest-Folder: ACTIVE\r\nMessage-Delta: 1\r\n",
         "MOVED -1"},
        {"Content-Type: text/x-msmsgsactivemailnotification\r\n\r\nSrc-Folder: trAsH\r\n"
         "Dest-Folder: ACTIVE\r\nMessage-Delta: 1\r\n",
         "MOVED 1"},
        {"Content-Type: text/x-msmsgsactivemailnotification\r\n\r\nSrc-Folder: a\r\n"
         "Dest-Folder: b\r\nMessage-Delta: 1\r\n",
         "MOVED 0"},
        {"Content-Type: text/x-msmsgsactivemailnotification\r\n\r\nSrc-Folder: ACTIVE\r\n",
         "OTHER"},
        {"Content-Type: text/x-msmsgsoldemailnotification\r\n\r\nInbox-Unread: 3\r\n", "OTHER"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].payload);
        guard_both(table[i].payload, strlen(table[i].payload), expect_read,
                   (void *)table[i].expected);
        guard_prefixes(table[i].payload, strlen(table[i].payload), expect_read, NULL);
    }
}

static void test_words(void)
{
    static const struct {
        const char *written;
        const char *read;
    } table[] = {
        {"plain", "plain"},
        {"=?us-ascii?Q?Lunch=3F?=", "Lunch?"},
        {"=?utf-8?q?caf=C3=A9_au_lait?=", "café au lait"},
        {"=?UTF-8?B?Y2Fmw6k=?=", "café"},
        {"=?UTF-8?b?Y2Fmw6k?=", "café"}, /* without its padding */
        {"=?UTF-8?b?Y2Fm?=", "caf"},
        {"=?iso-8859-1?Q?caf=E9?=", "café"},
        {"=?windows-1251?B?z/Do4uXy?=", "Привет"},
        {"=?koi8-r?Q?=F0=D2=C9=D7=C5=D4?=", "Привет"},
        {"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"},
        {"=?utf-8*en?Q?colour?=", "colour"},
        {"Re: =?utf-8?Q?caf=C3=A9?= now", "Re: café now"},
        {"=?utf-8?Q?"
         "?=",
         ""},
        /* Blanks between words mean nothing, also of different charsets; others do. */
        {"=?utf-8?Q?a?=  =?UTF-8?B?Yg==?= =?iso-8859-1?Q?=E9?= c", "abé c"},
        {"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"},
        {"=?utf-8?Q?a?= =?utf-8?Q?b", "a =?utf-8?Q?b"},
        /* A character in two words. */
        {"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"},
        {"=?gb2312?Q?=D6?= =?GB2312?Q?=D0?=", "中"},
        {"=?utf-8?Q?caf=C3?= =?koi8-r?Q?=F0?=", "caf\xef\xbf\xbdП"},
        /* Malformed ones stay. */
        {"=?utf-8?Q?a=C?=", "=?utf-8?Q?a=C?="},
        {"=?utf-8?Q?a=XY?=", "=?utf-8?Q?a=XY?="},
        {"=?utf-8?Q?a b?=", "=?utf-8?Q?a b?="},
        {"=?utf-8?B?Y2F!?=", "=?utf-8?B?Y2F!?="},
        {"=?utf-8?B?Y2Fmw?=", "=?utf-8?B?Y2Fmw?="},
        {"=?utf-8?X?abc?=", "=?utf-8?X?abc?="},
        {"=?utf-8?Q?abc", "=?utf-8?Q?abc"},
        {"=?utf-8?Q?abc?", "=?utf-8?Q?abc?"},
        {"=?utf-8?", "=?utf-8?"},
        {"=?", "=?"},
        {"=", "="},
        /* Unknown charsets are read as UTF-8. */
        {"=?x-none?Q?caf=C3=A9?=", "café"},
        {"=?x-none?Q?caf=E9?=", "caf\xef\xbf\xbd"},
        {"=?a;charset=koi8-r?Q?=C3=A9?=", "é"},
        /* Nothing in them can turn or break the line. */
        {"=?utf-8?Q?a=0D=0Ab=E2=80=AEc=00d?=", "a  bc d"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *payload = g_strdup_printf("Content-Type: text/x-msmsgsemailnotification\r\n\r\n"
                                        "From: %s\r\nSubject: %s\r\n",
                                        table[i].written, table[i].written);
        char *expected = g_strdup_printf("MAIL 0 [%s] [] [%s] -", table[i].read, table[i].read);
        say(table[i].written);
        guard_both(payload, strlen(payload), expect_read, expected);
        g_free(expected);
        g_free(payload);
    }
}

/* The vector of the protocol's documentation, and values that would end an attribute. */
static void test_page(void)
{
    msnp_web web = {.url = "https://login.example/md5auth.srf?lc=1033&x=1",
                    .page = "/cgi-bin/HoTMaiL",
                    .id = "2",
                    .account = "example@passport.com",
                    .password = "password",
                    .auth = "4sCuECZ4UsAaBIy0AIsk!c9bWcuATTmuQ$$",
                    .sid = "507",
                    .kv = "\"'<>&",
                    .seconds = 60};
    msnp_buf page;

    g_assert_cmpint(msnp_web_write(&page, &web), ==, MSNP_OK);
    char *text = msnp_str_dup(msnp_buf_view(&page));
    msnp_buf_clear(&page);
    static const char *const parts[] = {
        " method=\"post\"",
        " action=\"https://login.example/md5auth.srf?lc=1033&amp;x=1\">",
        "name=\"mode\" value=\"ttl\"",
        "name=\"login\" value=\"example@passport.com\"",
        "name=\"username\" value=\"example@passport.com\"",
        "name=\"sid\" value=\"507\"",
        "name=\"kv\" value=\"&quot;&#39;&lt;&gt;&amp;\"",
        "name=\"id\" value=\"2\"",
        "name=\"sl\" value=\"60\"",
        "name=\"rru\" value=\"/cgi-bin/HoTMaiL\"",
        "name=\"auth\" value=\"4sCuECZ4UsAaBIy0AIsk!c9bWcuATTmuQ$$\"",
        "name=\"creds\" value=\"3fc45cfbb44b052e4aeb70d61305734d\"",
        "name=\"svc\" value=\"mail\"",
        "name=\"js\" value=\"yes\""};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        say(parts[i]);
        g_assert_nonnull(strstr(text, parts[i]));
    }
    g_assert_null(strstr(text, "password\""));
    g_free(text);

    web.page = "HTTP://mail.example/inbox";
    g_assert_cmpint(msnp_web_write(&page, &web), ==, MSNP_OK);
    text = msnp_str_dup(msnp_buf_view(&page));
    g_assert_nonnull(strstr(text, "name=\"ru\" value=\"HTTP://mail.example/inbox\""));
    g_free(text);
    msnp_buf_clear(&page);

    char *endless = repeated("&", MSNP_WEB_PAGE_MAX / 4);
    web.page = endless;
    g_assert_cmpint(msnp_web_write(&page, &web), ==, MSNP_ERR_TOO_LONG);
    msnp_buf_clear(&page);
    g_free(endless);
}

/* Nothing of what is secret stays in memory that was given back. */
static void test_wiped(void)
{
    static const char payload[] =
        "Content-Type: text/x-msmsgsprofile\r\nMSPAuth: 4sCuECZ4UsAaBI\r\n"
        "\r\n";
    static const char password[] = "correct-horse-battery";
    msnp_notice notice;
    msnp_buf page;

    watch_secret("4sCuECZ4UsAaBI");
    watch_secret(password);
    watch_secret("3c907c2d97e142ac8229f190036f504d");
    watch_on();
    msnp_notice_read(&notice, msnp_str_of(payload));
    const msnp_web web = {"https://a.example/", "/", "1",        "a@b.c", password,
                          notice.auth,          "1", notice.sid, 60};
    g_assert_cmpint(msnp_web_write(&page, &web), ==, MSNP_OK);
    msnp_buf_clear(&page);
    msnp_notice_clear(&notice);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    watch_reset();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/notice/kinds", test_kinds);
    g_test_add_func("/notice/words", test_words);
    g_test_add_func("/notice/page", test_page);
    g_test_add_func("/notice/wiped", test_wiped);
    return g_test_run();
}
