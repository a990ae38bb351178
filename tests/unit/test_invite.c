/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Invitations, the answers to them, and the names of offered files. */
#include "expect.h"
#include "guard.h"
#include "invite.h"

#include <string.h>

#define HEAD      "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n"
#define FILE_GUID "{5D3E02AB-6190-11d3-BBBB-00C04F795683}"
#define OFFER     "Invitation-Command: INVITE\r\nInvitation-Cookie: 7\r\n"
#define FILE_BY   OFFER "Application-GUID: " FILE_GUID "\r\n"
#define ACCEPT    "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 7\r\n"
#define CANCEL    "Invitation-Command: CANCEL\r\nInvitation-Cookie: 7\r\n"
#define E_ACUTE   "\xc3\xa9"

static void add_address(GString *text, const char *what, const msnp_address *address)
{
    g_assert_cmpint(address->port == 0, ==, *address->host == '\0');
    if (address->port != 0)
        g_string_append_printf(text, " %s %s %u", what, address->host, address->port);
}

/* A line that says all that was read. */
static char *describe(const msnp_invite *invite)
{
    static const char *const whys[] = {
#define X(symbol, code) [symbol] = (code),
        MSNP_CANCEL_LIST(X)
#undef X
    };
    GString *text = g_string_new(NULL);
    bool offer = invite->command == MSNP_INVITE_OFFER;

    g_assert_cmpint(offer, ==, invite->application != NULL);
    g_assert_cmpint(offer, ==, invite->file_name != NULL);
    if (offer)
        g_string_append_printf(text, "OFFER %u [%s]", invite->cookie, invite->application);
    if (invite->file)
        g_string_append_printf(text, " [%s]", invite->file_name);
    if (invite->sized)
        g_string_append_printf(text, " %" G_GUINT64_FORMAT, invite->file_size);
    if (invite->unreachable)
        g_string_append(text, " unreachable");
    if (invite->command == MSNP_INVITE_ACCEPT)
        g_string_append_printf(text, "ACCEPT %u", invite->cookie);
    add_address(text, "at", &invite->external);
    add_address(text, "or", &invite->internal);
    if (invite->authorized)
        g_string_append_printf(text, " auth %u", invite->auth);
    if (invite->sender_connects)
        g_string_append(text, " sender connects");
    if (invite->command == MSNP_INVITE_CANCEL)
        g_string_append_printf(text, "CANCEL %u %s", invite->cookie, whys[invite->why]);
    return g_string_free(text, FALSE);
}

static void check_read(msnp_str body, void *expected)
{
    msnp_invite invite;

    memset(&invite, 0x55, sizeof invite);
    bool is = msnp_invite_read(&invite, "text/x-msmsgsinvite", body);
    char *got = is ? describe(&invite) : g_strdup("none");
    if (expected != NULL)
        g_assert_cmpstr(got, ==, *(const char **)expected);
    g_free(got);
    msnp_invite_clear(&invite);
    g_assert_null(invite.application);
    g_assert_null(invite.file_name);
}

typedef struct {
    const char *body;
    const char *read;
} row;

static void check_rows(row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        say(rows[i].body);
        guard_both(rows[i].body, strlen(rows[i].body), check_read, &rows[i].read);
        guard_prefixes(rows[i].body, strlen(rows[i].body), check_read, NULL);
    }
}

static void test_read_offers(void)
{
    static row table[] = {
        {OFFER "\r\n", "OFFER 7 []"},
        {"Application-Name: File Transfer\r\nApplication-GUID: " FILE_GUID "\r\n"
         "Invitation-Command: INVITE\r\nInvitation-Cookie: 33267\r\n"
         "Application-File: readme.txt\r\nApplication-FileSize: 60904\r\n\r\n",
         "OFFER 33267 [File Transfer] [readme.txt] 60904"},
        {"connectivity:n\napplication-guid:{5d3e02ab-6190-11D3-bbbb-00c04f795683}\n"
         "invitation-cookie:4294967295\ninvitation-command:invite",
         "OFFER 4294967295 [] [] unreachable"},
        {FILE_BY "Connectivity: Y\r\nApplication-FileSize: 0\r\n\r\n", "OFFER 7 [] [] 0"},
        {FILE_BY "Application-FileSize: 18446744073709551615\r\n\r\n",
         "OFFER 7 [] [] 18446744073709551615"},
        {FILE_BY "Application-FileSize: 18446744073709551616\r\n\r\n", "OFFER 7 [] []"},
        {FILE_BY "Application-FileSize: -1\r\n\r\n", "OFFER 7 [] []"},
        {FILE_BY "Application-File: ../\x01<b>caf\xe9\xe2\x80\xae\r\n\r\n",
         "OFFER 7 [] [../ <b>caf\xc3\xa9\xc3\xa2\xe2\x82\xac\xc2\xae]"},
        {FILE_BY "Application-File: ../\x01 caf\xc3\xa9\xe2\x80\xae\r\n\r\n",
         "OFFER 7 [] [../  caf\xc3\xa9]"},
        /* Others are for no file. */
        {OFFER "Application-GUID: {44BBA842-CC51-11CF-AAFA-00AA00B6015C}\r\nConnectivity: N\r\n"
               "Application-File: a\r\nApplication-FileSize: 5\r\n\r\n",
         "OFFER 7 []"},
        /* Nothing of an answer in them counts. */
        {OFFER "IP-Address: 192.0.2.7\r\nPort: 1\r\nAuthCookie: 1\r\nSender-Connect: TRUE\r\n",
         "OFFER 7 []"},
        /* No invitations. */
        {"", "none"},
        {"Invitation-Command: INVITE\r\n\r\nInvitation-Cookie: 7\r\n", "none"},
        {"Invitation-Command: INVITE\r\nInvitation-Cookie: 4294967296\r\n", "none"},
        {"Invitation-Command: INVITE\r\nInvitation-Cookie: x\r\n", "none"},
        {"Invitation-Command: DANCE\r\nInvitation-Cookie: 7\r\n", "none"},
        {"Invitation-Cookie: 7\r\n", "none"},
    };

    check_rows(table, G_N_ELEMENTS(table));
}

static void test_read_answers(void)
{
    static row table[] = {
        {ACCEPT "Launch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n\r\n", "ACCEPT 7"},
        {ACCEPT "IP-Address: 203.0.113.7\r\nIP-Address-Internal: 192.168.0.5\r\nPort: 6891\r\n"
                "PortX: 11178\r\nPortX-Internal: 11181\r\nAuthCookie: 93301\r\n"
                "Launch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n\r\n",
         "ACCEPT 7 at 203.0.113.7 6891 or 192.168.0.5 6892 auth 93301"},
        {"IP-Address: 198.51.100.9\r\nIP-Address-Internal: 10.0.2.3\r\nPort: 6892\r\n"
         "PortX: 11181\r\nAuthCookie: 1251249521\r\nSender-Connect: true\r\n" ACCEPT "\r\n",
         "ACCEPT 7 at 198.51.100.9 6892 or 10.0.2.3 6892 auth 1251249521 sender connects"},
        /* The port of the internal address, from the best to the worst that there is. */
        {ACCEPT
         "IP-Address: 1.2.3.4\r\nIP-Address-Internal: 10.0.0.1\r\nPort: 5\r\nPortX: 12609\r\n"
         "PortX-Internal: 12609\r\n",
         "ACCEPT 7 at 1.2.3.4 5 or 10.0.0.1 5"},
        {ACCEPT "IP-Address-Internal: 10.0.0.1\r\nPort: 5\r\nPortX: 12610\r\n"
                "PortX-Internal: 12610x\r\n",
         "ACCEPT 7 or 10.0.0.1 3"},
        {ACCEPT "IP-Address-Internal: 10.0.0.1\r\nPortX: 65536\r\nPortX-Internal: 12608\r\n",
         "ACCEPT 7 or 10.0.0.1 1"},
        /* The same address twice is one. */
        {ACCEPT "IP-Address: FE80::A\r\nIP-Address-Internal: fe80::a\r\nPort: 5\r\n",
         "ACCEPT 7 at FE80::A 5"},
        {ACCEPT
         "IP-Address: 1.2.3.4\r\nIP-Address-Internal: 1.2.3.4\r\nPort: 5\r\nPortX: 12610\r\n",
         "ACCEPT 7 at 1.2.3.4 5 or 1.2.3.4 3"},
        /* Ports. */
        {ACCEPT "IP-Address: 1.2.3.4\r\nPort: 0\r\n", "ACCEPT 7"},
        {ACCEPT "IP-Address: 1.2.3.4\r\nPort: 65535\r\n", "ACCEPT 7 at 1.2.3.4 65535"},
        {ACCEPT "IP-Address: 1.2.3.4\r\nPort: 65536\r\n", "ACCEPT 7"},
        {ACCEPT "IP-Address: 1.2.3.4\r\n", "ACCEPT 7"},
        {ACCEPT "Port: 5\r\n", "ACCEPT 7"},
        /* Cookies. */
        {ACCEPT "AuthCookie: 0\r\n", "ACCEPT 7 auth 0"},
        {ACCEPT "AuthCookie: 4294967295\r\n", "ACCEPT 7 auth 4294967295"},
        {ACCEPT "AuthCookie: 4294967296\r\nSender-Connect: FALSE\r\n", "ACCEPT 7"},
        /* Refusals. */
        {CANCEL "Cancel-Code: REJECT\r\n\r\n", "CANCEL 7 REJECT"},
        {CANCEL "Cancel-Code: reject_not_installed\r\n\r\n", "CANCEL 7 REJECT_NOT_INSTALLED"},
        {CANCEL "Cancel-Code: TIMEOUT\r\n\r\n", "CANCEL 7 TIMEOUT"},
        {CANCEL "Cancel-Code: FTTIMEOUT\r\n\r\n", "CANCEL 7 FTTIMEOUT"},
        {CANCEL "Cancel-Code: OUTBANDCANCEL\r\n\r\n", "CANCEL 7 OUTBANDCANCEL"},
        {CANCEL "Cancel-Code: whatever\r\n\r\n", "CANCEL 7 FAIL"},
        {CANCEL "Cancel-Code: FAIL\r\n\r\n", "CANCEL 7 FAIL"},
        {CANCEL, "CANCEL 7 FAIL"},
    };

    check_rows(table, G_N_ELEMENTS(table));
}

static void test_addresses(void)
{
    static const char *const good[] = {
        "1.2.3.4",     "127.0.0.1", "223.255.255.255", "::1",
        "2001:db8::1", "fe80::1",   "::ffff:1.2.3.4",  "1111:2222:3333:4444:5555:6666:7777:8888"};
    static const char *const bad[] = {"",
                                      "example.com",
                                      "localhost",
                                      "1.2.3",
                                      "1.2.3.4.5",
                                      "1.2.3.256",
                                      "1.2.3.4 ",
                                      "0.0.0.0",
                                      "0.1.2.3",
                                      "224.0.0.1",
                                      "239.1.1.1",
                                      "240.0.0.1",
                                      "255.255.255.255",
                                      "::",
                                      "0:0:0:0:0:0:0:0",
                                      "ff02::1",
                                      "FF0E::1",
                                      "::ffff:224.0.0.1",
                                      "::ffff:0.0.0.0",
                                      "::ffff:0:0",
                                      "::ffff:7f00:1",
                                      "::ffff:0:127.0.0.1",
                                      "::127.0.0.1",
                                      "::2",
                                      "::0.0.0.0",
                                      "fe80::1%1",
                                      "fe80::1%lo",
                                      "[::1]",
                                      "::1\t",
                                      "0x7f.0.0.1",
                                      "2130706433",
                                      "1.2.3.4\n",
                                      "0000:0000:0000:0000:0000:0000:255.255.255.255"};

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        say(good[i]);
        g_assert_true(msnp_address_host_valid(good[i]));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        say(bad[i]);
        g_assert_false(msnp_address_host_valid(bad[i]));
    }
}

static void test_loopback(void)
{
    static const char *const yes[] = {"127.0.0.1", "127.255.0.1", "::1", "0:0:0:0:0:0:0:0001",
                                      "::FFFF:127.0.0.1"};
    static const char *const no[] = {"126.0.0.1", "::ffff:126.0.0.1", "2001:db8::1", "1::"};

    for (size_t i = 0; i < G_N_ELEMENTS(yes); i++) {
        say(yes[i]);
        g_assert_true(msnp_address_host_valid(yes[i]) && msnp_address_host_is_loopback(yes[i]));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(no); i++) {
        say(no[i]);
        g_assert_true(msnp_address_host_valid(no[i]) && !msnp_address_host_is_loopback(no[i]));
    }
}

static void expect_payload(msnp_buf *out, const char *body)
{
    char *payload = g_strconcat(HEAD, body, NULL);

    expect_text(msnp_buf_view(out), payload);
    msnp_buf_clear(out);
    g_free(payload);
}

#define APPLICATION "Application-Name: File Transfer\r\nApplication-GUID: " FILE_GUID "\r\n"

static void test_write(void)
{
    msnp_listening where = {{"203.0.113.7", 6891}, {"192.168.0.5", 6892}, 93301};
    msnp_buf out;

    msnp_invite_write_offer(&out, 33267, "readme.txt", 60904, false);
    expect_payload(&out, APPLICATION
                   "Invitation-Command: INVITE\r\nInvitation-Cookie: 33267\r\n"
                   "Application-File: readme.txt\r\nApplication-FileSize: 60904\r\n\r\n");
    msnp_invite_write_offer(&out, UINT32_MAX, " a\r\nb: \x01" E_ACUTE "%s\t", UINT32_MAX, true);
    expect_payload(&out,
                   APPLICATION "Invitation-Command: INVITE\r\nInvitation-Cookie: 4294967295\r\n"
                               "Application-File: a  b:  " E_ACUTE "%s\r\n"
                               "Application-FileSize: 4294967295\r\nConnectivity: N\r\n\r\n");
    msnp_invite_write_offer(&out, 0, "\t", 0, false);
    expect_payload(&out, APPLICATION "Invitation-Command: INVITE\r\nInvitation-Cookie: 0\r\n"
                                     "Application-File: file\r\nApplication-FileSize: 0\r\n\r\n");
    msnp_invite_write_accept(&out, 7);
    expect_payload(&out, ACCEPT "Launch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n\r\n");
    msnp_invite_write_address(&out, 7, &where, false);
    expect_payload(&out, ACCEPT "IP-Address: 203.0.113.7\r\nIP-Address-Internal: 192.168.0.5\r\n"
                                "Port: 6891\r\nPortX: 11178\r\nPortX-Internal: 11181\r\n"
                                "AuthCookie: 93301\r\nLaunch-Application: FALSE\r\n"
                                "Request-Data: IP-Address:\r\n\r\n");
    where.internal = where.external;
    msnp_invite_write_address(&out, 7, &where, true);
    expect_payload(&out, ACCEPT "IP-Address: 203.0.113.7\r\nPort: 6891\r\nAuthCookie: 93301\r\n"
                                "Sender-Connect: TRUE\r\nLaunch-Application: FALSE\r\n"
                                "Request-Data: IP-Address:\r\n\r\n");
    where.internal = (msnp_address){"", 0};
    msnp_invite_write_address(&out, 7, &where, false);
    expect_payload(&out, ACCEPT "IP-Address: 203.0.113.7\r\nPort: 6891\r\nAuthCookie: 93301\r\n"
                                "Launch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n\r\n");
    msnp_invite_write_cancel(&out, 7, MSNP_CANCEL_REJECT);
    expect_payload(&out, CANCEL "Cancel-Code: REJECT\r\n\r\n");
    msnp_invite_write_cancel(&out, 7, MSNP_CANCEL_OUTBAND);
    expect_payload(&out, CANCEL "Cancel-Code: OUTBANDCANCEL\r\n\r\n");
}

static void test_safe_names(void)
{
    static const struct {
        const char *name;
        const char *safe;
    } table[] = {
        {"readme.txt", "readme.txt"},
        {"\xd0\xa4\xd0\xbe\xd1\x82\xd0\xbe \xf0\x9f\x98\x80.png",
         "\xd0\xa4\xd0\xbe\xd1\x82\xd0\xbe \xf0\x9f\x98\x80.png"},
        /* Directories. */
        {"/etc/passwd", "passwd"},
        {"..\\..\\autoexec.bat", "autoexec.bat"},
        {"C:\\a/b", "b"},
        {"C:a", "C_a"},
        {"a/", ""},
        {"a/..", ""},
        /* What nobody can see, or looks like something else. */
        {"", ""},
        {" . .. ", ""},
        {"/\xe2\x80\x8d", ""},
        {".\xe2\x80\x8d", ""},
        {"a\r\n\x01\x7f.txt", "a    .txt"},
        {"photo\xe2\x80\xaegpj.exe", "photogpj.exe"},
        {"a\xff.txt", "a\xef\xbf\xbd.txt"},
        /* Hidden ones, and what Windows drops. */
        {".bashrc", "bashrc"},
        {".\xc2\xa0.CON", "_CON"},
        {"a.txt. .", "a.txt"},
        {"a<b>:\"|?*.txt", "a_b______.txt"},
        /* Devices. */
        {"con", "_con"},
        {"LPT1.txt", "_LPT1.txt"},
        {"Com\xc2\xb9 .tar.gz", "_Com\xc2\xb9 .tar.gz"},
        {"conin$", "_conin$"},
        {"NUL.", "_NUL"},
        {"console", "console"},
        {"com", "com"},
        {"com10", "com10"},
        {"a.con", "a.con"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].name);
        char *safe = msnp_invite_safe_name(table[i].name);
        g_assert_cmpstr(safe, ==, table[i].safe);
        g_free(safe);
    }
}

/* `n` times the text and this end must become so many times the text and this end. */
static void expect_short(const char *text, size_t n, const char *end, size_t less, const char *last)
{
    char *many = repeated(text, n);
    char *few = repeated(text, less);
    char *name = g_strconcat(many, end, NULL);
    char *expected = g_strconcat(few, last, NULL);
    char *safe = msnp_invite_safe_name(name);

    say(end);
    g_assert_cmpstr(safe, ==, expected);
    g_free(safe);
    g_free(expected);
    g_free(name);
    g_free(few);
    g_free(many);
}

static void test_long_names(void)
{
    expect_short("x", 251, ".txt", 251, ".txt");
    expect_short("x", 252, ".txt", 251, ".txt");
    expect_short("x", 5000, ".tar.gz", 255, "");
    expect_short("x", 1000, ".tar.gz", 252, ".gz");
    expect_short(E_ACUTE, 1000, ".txt", 125, ".txt");
    expect_short(E_ACUTE, 1000, "", 127, "");
    expect_short("x", 300, ".a-word-that-is-no-extension-is-cut", 255, "");
    expect_short("con", 1, ".txt", 0, "_con.txt");
    /* What is left ends neither with a blank nor with a dot. */
    expect_short("x. ", 100, "y", 84, "x");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/invite/read-offers", test_read_offers);
    g_test_add_func("/invite/read-answers", test_read_answers);
    g_test_add_func("/invite/addresses", test_addresses);
    g_test_add_func("/invite/loopback", test_loopback);
    g_test_add_func("/invite/write", test_write);
    g_test_add_func("/invite/safe-names", test_safe_names);
    g_test_add_func("/invite/long-names", test_long_names);
    return g_test_run();
}
