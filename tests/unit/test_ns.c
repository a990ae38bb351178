/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The session with dispatch and notification servers. */
#include "cmd.h"
#include "doc.h"
#include "drive.h"
#include "expect.h"
#include "slow.h"
#include "watch.h"

#include <string.h>

static const msnp_ns_config documented = {
    .account = DOC_ACCOUNT,
    .host = DOC_DISPATCH,
    .port = 1863,
    .status = MSNP_STATUS_ONLINE,
};

static const size_t pieces[] = {0, 1, 2, 3, 7, 100};

#define WITH " with messenger.hotmail.com:1863"

#define WRITE_VER    "WRITE VER 1 MSNP8 CVR0|"
#define WRITE_CVR    "WRITE CVR 2 0x0409 win 4.10 i386 MSNMSGR 5.0.0544 MSMSGS " DOC_ACCOUNT "|"
#define WRITE_USR    "WRITE USR 3 TWN I example@passport.com|"
#define WRITE_TICKET "WRITE USR 4 TWN S " DOC_TICKET "|"
#define SIGNED_IN    "SIGNED_IN example@passport.com \"example friendlyname\""
#define WRITE_SYN    "WRITE SYN 5 0|"
#define WRITE_CHG    "WRITE CHG 6 NLN 0|"

/* What brings the machine into each step, and what it does then. */
static const struct {
    msnp_step step;
    const char *input; /* NULL: connected, or the ticket */
    const char *events;
} path[] = {
    {MSNP_STEP_CONNECT, NULL, "CONNECT messenger.hotmail.com:1863"},
    {MSNP_STEP_VERSION, NULL, WRITE_VER},
    {MSNP_STEP_CLIENT, DOC_VER, WRITE_CVR},
    {MSNP_STEP_ACCOUNT, DOC_CVR_ANSWER, WRITE_USR},
    {MSNP_STEP_PASSPORT, DOC_USR_CHALLENGE, "CHALLENGE " DOC_CHALLENGE},
    {MSNP_STEP_TICKET, NULL, WRITE_TICKET},
    {MSNP_STEP_LISTS, DOC_USR_OK, SIGNED_IN "\n" WRITE_SYN},
    {MSNP_STEP_PRESENCE, "SYN 5 27 0 1\r\nLSG 0 Other%20Contacts 0\r\n",
     WRITE_CHG "\nROSTER complete"},
    {MSNP_STEP_ONLINE, "CHG 6 NLN 0\r\n", "ONLINE NLN"},
};

/* One step further on the path. */
static void go_on(drive *d)
{
    msnp_step before = drive_step(d);
    for (size_t i = 0; i < G_N_ELEMENTS(path); i++) {
        if (i > 0 ? path[i - 1].step != before : before != MSNP_STEP_IDLE)
            continue;
        if (path[i].input != NULL)
            drive_feed(d, path[i].input);
        else if (path[i].step == MSNP_STEP_CONNECT)
            drive_start(d);
        else if (path[i].step == MSNP_STEP_VERSION)
            drive_connected(d);
        else
            drive_ticket(d, DOC_TICKET);
        expect_events(d, path[i].events);
        g_assert_cmpint(drive_step(d), ==, path[i].step);
        g_assert_cmpint(d->fed, ==, MSNP_OK);
        return;
    }
    g_assert_not_reached();
}

static drive *at_with(const msnp_ns_config *config, msnp_step step)
{
    drive *d = drive_ns(config);
    while (drive_step(d) != step)
        go_on(d);
    drive_forget(d);
    return d;
}

static drive *at(msnp_step step)
{
    return at_with(&documented, step);
}

static const msnp_step all_steps[] = {
    MSNP_STEP_IDLE,     MSNP_STEP_CONNECT, MSNP_STEP_VERSION, MSNP_STEP_CLIENT,   MSNP_STEP_ACCOUNT,
    MSNP_STEP_PASSPORT, MSNP_STEP_TICKET,  MSNP_STEP_LISTS,   MSNP_STEP_PRESENCE, MSNP_STEP_ONLINE,
};

/* Tables of what comes in a step and what comes of it; "" is silence. */
typedef struct {
    msnp_step step;
    const char *input;
    const char *events;
} row;

static void check_row(const row *want, size_t piece)
{
    drive *d = at(want->step);
    const char *const events[] = {want->events, NULL};
    d->piece = piece;
    drive_feed(d, want->input);
    drive_expect(G_STRLOC, d, *want->events != '\0' ? events : events + 1);
    drive_done(d);
}

static void check_rows(const row *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_test_message("at %s", msnp_step_name(table[i].step));
        say(table[i].input);
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++)
            check_row(&table[i], pieces[k]);
    }
}
#define CHECK_ROWS(table) check_rows(table, G_N_ELEMENTS(table))

static void test_document(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        drive *d = drive_ns(&documented);
        d->piece = pieces[i];
        expect_silence(d);
        drive_start(d);
        expect_events(d, "CONNECT messenger.hotmail.com:1863");
        drive_connected(d);
        expect_events(d, WRITE_VER);
        drive_feed(d, DOC_VER);
        expect_events(d, WRITE_CVR);
        drive_feed(d, DOC_CVR_ANSWER);
        expect_events(d, WRITE_USR);
        drive_feed(d, DOC_XFR);
        expect_events(d, "CONNECT 207.46.106.35:1863");
        drive_connected(d);
        expect_events(d, WRITE_VER);
        drive_feed(d, DOC_VER);
        expect_events(d, WRITE_CVR);
        drive_feed(d, DOC_CVR_ANSWER);
        expect_events(d, WRITE_USR);
        drive_feed(d, DOC_USR_CHALLENGE);
        expect_events(d, "CHALLENGE " DOC_CHALLENGE);
        drive_ticket(d, DOC_TICKET);
        expect_events(d, WRITE_TICKET);
        drive_feed(d, DOC_USR_OK);
        expect_events(d, SIGNED_IN, WRITE_SYN);
        drive_feed(d, DOC_PROFILE);
        expect_silence(d);
        drive_feed(d, DOC_LISTS);
        expect_events(d, WRITE_CHG, "ROSTER complete");
        drive_feed(d, "CHG 6 NLN 0\r\nILN 6 AWY bob@example.com Bob%20B 0\r\n");
        expect_events(d, "ONLINE NLN", "CONTACT bob@example.com presence name");
        drive_feed(d, DOC_CHL);
        expect_events(d, "WRITE QRY 7 msmsgs@msnmsgr.com 32|" DOC_DIGEST);
        drive_feed(d, "QRY 7\r\nQNG\r\nNLN NLN bob@example.com Bob%20B 0\r\n");
        expect_events(d, "CONTACT bob@example.com presence");
        expect_steps(d, "CONNECT VERSION CLIENT ACCOUNT CONNECT VERSION CLIENT ACCOUNT PASSPORT "
                        "TICKET LISTS PRESENCE ONLINE");
        g_assert_cmpstr(d->written->str, ==,
                        DOC_VER DOC_CVR DOC_USR DOC_VER DOC_CVR DOC_USR DOC_USR_TICKET
                        "SYN 5 0\r\nCHG 6 NLN 0\r\n"
                        "QRY 7 msmsgs@msnmsgr.com 32\r\n" DOC_DIGEST);
        uint16_t port;
        g_assert_cmpstr(msnp_ns_host(d->ns, &port), ==, "207.46.106.35");
        g_assert_cmpuint(port, ==, 1863);
        drive_sign_out(d);
        expect_events(d, "WRITE OUT|", "CLOSE");
        drive_done(d);
    }
}

/* All that the server may send at a time at once, and split anywhere. */
static void test_splits(void)
{
    static const char burst[] = DOC_USR_OK DOC_PROFILE "NOT 10\r\nOUT OTH\r\n\r"
                                                       "UBX a@b 4\r\nOUT\nSYN 5 27 0 0\r\n"
                                                       "CHG 6 NLN 0\r\n" DOC_CHL "QNG\r\n";
    for (size_t split = 0; split < sizeof(burst); split += slow_step()) {
        drive *d = at(MSNP_STEP_TICKET);
        drive_feed_bytes(d, burst, split);
        drive_feed_bytes(d, burst + split, sizeof(burst) - 1 - split);
        expect_events(d, SIGNED_IN, WRITE_SYN, WRITE_CHG, "ONLINE NLN",
                      "WRITE QRY 7 msmsgs@msnmsgr.com 32|" DOC_DIGEST);
        expect_steps(d, "LISTS PRESENCE ONLINE");
        drive_done(d);
    }
}

static void test_version(void)
{
    static const row table[] = {
        {MSNP_STEP_VERSION, "VER 1 MSNP8 CVR0\r\n", WRITE_CVR},
        {MSNP_STEP_VERSION, "VER 1 MSNP8\r\n", WRITE_CVR},
        {MSNP_STEP_VERSION, "VER 1 MSNP8\n", WRITE_CVR},
        {MSNP_STEP_VERSION, "VER 1 CVR0 MSNP8\r\n", WRITE_CVR},
        {MSNP_STEP_VERSION, "\r\nVER 1 MSNP8\r\n", WRITE_CVR},
        {MSNP_STEP_VERSION, "VER 1 0\r\n", "FAILED version at VERSION" WITH},
        {MSNP_STEP_VERSION, "VER 0 0\r\n", "FAILED version at VERSION" WITH},
        {MSNP_STEP_VERSION, "VER 1\r\n", "FAILED version at VERSION" WITH},
        {MSNP_STEP_VERSION, "VER 1 CVR0\r\n", "FAILED version at VERSION" WITH},
        {MSNP_STEP_VERSION, "VER 1 MSNP9 CVR0\r\n", "FAILED version at VERSION" WITH},
        {MSNP_STEP_VERSION, "VER 1 MSNP80\r\n", "FAILED version at VERSION" WITH},
        {MSNP_STEP_VERSION, "VER 1 MSNP\r\n", "FAILED version at VERSION" WITH},
        {MSNP_STEP_VERSION, "VER 1 \r\n", "FAILED version at VERSION" WITH},
        /* Other kinds of servers. */
        {MSNP_STEP_VERSION, "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n",
         "FAILED version at VERSION" WITH},
        {MSNP_STEP_VERSION, "SSH-2.0-OpenSSH_9.2\r\n", "FAILED version at VERSION" WITH},
        {MSNP_STEP_VERSION, "* OK IMAP4 ready\r\n", "FAILED version at VERSION" WITH},
        {MSNP_STEP_VERSION, "<html>\n", "FAILED version at VERSION" WITH},
        {MSNP_STEP_VERSION, "\x15\x03\x01\x02\x02\n", "FAILED version at VERSION" WITH},
        {MSNP_STEP_CLIENT, "HTTP/1.1 400 Bad Request\r\n", "FAILED malformed at CLIENT" WITH},
    };
    CHECK_ROWS(table);
}

static void test_client_and_account(void)
{
    static const row table[] = {
        {MSNP_STEP_CLIENT, "CVR 2 5.0.0544 5.0.0544 5.0.0544 x x\r\n", WRITE_USR},
        {MSNP_STEP_CLIENT, "CVR 2\r\n", WRITE_USR},
        {MSNP_STEP_CLIENT, "CVR\r\n", "FAILED malformed at CLIENT" WITH},
        {MSNP_STEP_CLIENT, "CVR 1 x\r\n", ""},
        {MSNP_STEP_ACCOUNT, "USR 3 TWN S ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1\r\n",
         "CHALLENGE ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1"},
        {MSNP_STEP_ACCOUNT, "USR 3 TWN S %zz+\xc3\xa9'\r\n", "CHALLENGE %zz+\xc3\xa9'"},
        {MSNP_STEP_ACCOUNT, "USR 3 TWN S\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "USR 3 TWN S \r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "USR 3 TWN\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "USR 3\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "USR\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "USR 3 MD5 S 1234\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "USR 3 TWN I x\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "USR 3 OK example@passport.com x 1 0\r\n",
         "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "USR 2 TWN S x\r\n", ""},
        {MSNP_STEP_ACCOUNT, "USR 4 TWN S x\r\n", ""},
        {MSNP_STEP_ACCOUNT, "USR 0 TWN S x\r\n", ""},
        {MSNP_STEP_ACCOUNT, "USR x TWN S x\r\n", ""},
    };
    CHECK_ROWS(table);
}

static void test_transfer(void)
{
    static const row table[] = {
        {MSNP_STEP_ACCOUNT, DOC_XFR, "CONNECT 207.46.106.35:1863"},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS ns.example.com:1864\r\n", "CONNECT ns.example.com:1864"},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS ns.example.com\r\n", "CONNECT ns.example.com:1863"},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS [::1]:1863 0 [::2]:1863\r\n", "CONNECT ::1:1863"},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS messenger.hotmail.com:1863\r\n",
         "CONNECT messenger.hotmail.com:1863"},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS host:1 x y z\r\n", "CONNECT host:1"},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS host:65535\r\nOUT OTH\r\n500 3\r\nXFR 3 NS other\r\n",
         "CONNECT host:65535"},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS host:0\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS host:70000\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS host:-1\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS host:\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS :1863\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS \r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS  host:1863\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS http://host/\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS user@host:1863\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS ho\tst:1863\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 3 NS h\xc3\xb6st:1863\r\n", "FAILED malformed at ACCOUNT" WITH},
        {MSNP_STEP_ACCOUNT, "XFR 2 NS host:1863\r\n", ""},
        {MSNP_STEP_ACCOUNT, "XFR x NS host:1863\r\n", ""},
        {MSNP_STEP_ONLINE, "XFR 7 NS host:1863\r\n", ""},
        {MSNP_STEP_ONLINE, "XFR 7 SB host:1863 CKI 1.2\r\n", ""},
        {MSNP_STEP_ONLINE, "XFR 0 SB host:1863 CKI 1.2\r\n", ""},
    };
    CHECK_ROWS(table);

    /* From server to server: five times, and not once more. */
    drive *d = at(MSNP_STEP_ACCOUNT);
    for (unsigned n = 1; n <= MSNP_TRANSFERS_MAX; n++) {
        char *answer = g_strdup_printf("XFR 3 NS hop%u:%u\r\n", n, n);
        char *event = g_strdup_printf("CONNECT hop%u:%u", n, n);
        drive_feed(d, answer);
        expect_events(d, event);
        uint16_t port;
        char *host = g_strdup_printf("hop%u", n);
        g_assert_cmpstr(msnp_ns_host(d->ns, &port), ==, host);
        g_assert_cmpuint(port, ==, n);
        drive_connected(d);
        expect_events(d, WRITE_VER);
        drive_feed(d, DOC_VER DOC_CVR_ANSWER);
        expect_events(d, WRITE_CVR, WRITE_USR);
        g_free(host);
        g_free(event);
        g_free(answer);
    }
    drive_feed(d, "XFR 3 NS hop6:6\r\n");
    expect_events(d, "FAILED transfers at ACCOUNT with hop5:5");
    drive_done(d);

    /* What the old server still says is not for the new one. */
    d = at(MSNP_STEP_ACCOUNT);
    drive_feed(d, "XFR 3 NS host:1863\r\nVER 1 MSN");
    expect_events(d, "CONNECT host:1863");
    drive_feed(d, "P8\r\nVER 1 MSNP8\r\n");
    expect_silence(d);
    drive_connected(d);
    expect_events(d, WRITE_VER);
    drive_feed(d, "VER 1 MSNP8\r\n");
    expect_events(d, WRITE_CVR);
    drive_done(d);
}

static void test_user_ok(void)
{
    static const row table[] = {
        {MSNP_STEP_TICKET, DOC_USR_OK, SIGNED_IN "\n" WRITE_SYN},
        {MSNP_STEP_TICKET, "USR 4 OK Example@Passport.COM x 1 0\r\n",
         "SIGNED_IN Example@Passport.COM \"x\"\n" WRITE_SYN},
        {MSNP_STEP_TICKET, "USR 4 OK example@passport.com x 0 1\r\n",
         "SIGNED_IN example@passport.com \"x\"\n" WRITE_SYN},
        {MSNP_STEP_TICKET, "USR 4 OK example@passport.com x 1\r\n",
         "SIGNED_IN example@passport.com \"x\"\n" WRITE_SYN},
        {MSNP_STEP_TICKET, "USR 4 OK example@passport.com x\r\n",
         "SIGNED_IN example@passport.com \"x\"\n" WRITE_SYN},
        {MSNP_STEP_TICKET, "USR 4 OK example@passport.com\r\n",
         "SIGNED_IN example@passport.com \"\"\n" WRITE_SYN},
        {MSNP_STEP_TICKET, "USR 4 OK example@passport.com a name with spaces 1 0\r\n",
         "SIGNED_IN example@passport.com \"\"\n" WRITE_SYN},
        {MSNP_STEP_TICKET, "USR 4 OK example@passport.com  1 0\r\n",
         "SIGNED_IN example@passport.com \"\"\n" WRITE_SYN},
        {MSNP_STEP_TICKET,
         "USR 4 OK example@passport.com gr\xc3\xbc%C3%9F%E2%80%AEx%0Ay%FF 1 0\r\n",
         "SIGNED_IN example@passport.com \"gr\xc3\xbc\xc3\x9fx y\xef\xbf\xbd\"\n" WRITE_SYN},
        {MSNP_STEP_TICKET, "USR 4 OK\r\n", "FAILED malformed at TICKET" WITH},
        {MSNP_STEP_TICKET, "USR 4\r\n", "FAILED malformed at TICKET" WITH},
        {MSNP_STEP_TICKET, "USR 4 ok example@passport.com x 1 0\r\n",
         "FAILED malformed at TICKET" WITH},
        {MSNP_STEP_TICKET, "USR 4 TWN S x\r\n", "FAILED malformed at TICKET" WITH},
        /* Answers to something else, however good they look. */
        {MSNP_STEP_TICKET, "USR 3 OK example@passport.com x 1 0\r\n", ""},
        {MSNP_STEP_TICKET, "USR 5 OK example@passport.com x 1 0\r\n", ""},
        {MSNP_STEP_TICKET, "USR 0 OK example@passport.com x 1 0\r\n", ""},
        {MSNP_STEP_TICKET, "USR OK example@passport.com x 1 0\r\n", ""},
        {MSNP_STEP_TICKET, "USR 4294967300 OK example@passport.com x 1 0\r\n", ""},
        {MSNP_STEP_TICKET, "VER 4 MSNP8\r\nCVR 4 x\r\nSYN 4 1 0 0\r\nCHG 4 NLN 0\r\n", ""},
    };
    CHECK_ROWS(table);

    char *name = repeated("%C3%BC", MSNP_NAME_CHARS + 5);
    char *shown = repeated("\xc3\xbc", MSNP_NAME_CHARS);
    char *answer = g_strdup_printf("USR 4 OK example@passport.com %s 1 0\r\n", name);
    char *event = g_strdup_printf("SIGNED_IN example@passport.com \"%s\"", shown);
    drive *d = at(MSNP_STEP_TICKET);
    drive_feed(d, answer);
    expect_events(d, event, WRITE_SYN);
    drive_done(d);
    g_free(event);
    g_free(answer);
    g_free(shown);
    g_free(name);
}

/* The name as the server spells it is the one that is used from then on. */
static void test_handle(void)
{
    drive *d = at(MSNP_STEP_TICKET);
    g_assert_cmpstr(msnp_ns_handle(d->ns), ==, "example@passport.com");
    drive_feed(d, "USR 4 OK Example@passport.com x 1 0\r\n");
    g_assert_cmpstr(msnp_ns_handle(d->ns), ==, "Example@passport.com");
    drive_feed(d, "SYN 5 1 0 0\r\nCHG 6 NLN 0\r\nXFR 0 NS host:1863\r\n");
    drive_connected(d);
    drive_forget(d);
    drive_feed(d, DOC_VER DOC_CVR_ANSWER);
    expect_events(d,
                  "WRITE CVR 2 0x0409 win 4.10 i386 MSNMSGR 5.0.0544 MSMSGS Example@passport.com|",
                  "WRITE USR 3 TWN I Example@passport.com|");
    drive_done(d);

    /* As it was typed it is sent. */
    msnp_ns_config config = documented;
    config.account = "EXAMPLE@Passport.com";
    d = drive_ns(&config);
    g_assert_cmpstr(msnp_ns_handle(d->ns), ==, "EXAMPLE@Passport.com");
    drive_start(d);
    drive_connected(d);
    drive_feed(d, DOC_VER);
    drive_forget(d);
    drive_feed(d, DOC_CVR_ANSWER);
    expect_events(d, "WRITE USR 3 TWN I EXAMPLE@Passport.com|");
    drive_done(d);
}

static void test_ticket_refused(void)
{
    static const struct {
        unsigned number;
        bool ticket;
    } table[] = {
        {911, true},  {917, true},  {928, true},  {924, false}, {923, false}, {927, false},
        {910, false}, {912, false}, {918, false}, {919, false}, {921, false}, {922, false},
        {600, false}, {500, false}, {501, false}, {601, false}, {602, false}, {603, false},
        {604, false}, {605, false}, {914, false}, {915, false}, {916, false}, {920, false},
        {931, false}, {207, false}, {205, false}, {511, false}, {540, false}, {800, false},
        {715, false}, {100, false}, {999, false}, {1, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        for (int more = 0; more < 2; more++) {
            char *answer =
                g_strdup_printf("%03u 4%s\r\n", table[i].number, more ? " and more" : "");
            char *event = g_strdup_printf("FAILED %s at TICKET" WITH " %u",
                                          table[i].ticket ? "ticket" : "server", table[i].number);
            drive *d = at(MSNP_STEP_TICKET);
            drive_feed(d, answer);
            expect_events(d, event);
            drive_done(d);
            g_free(event);
            g_free(answer);
        }
    }
}

static void test_errors(void)
{
    static const row table[] = {
        {MSNP_STEP_VERSION, "500 1\r\n", "FAILED server at VERSION" WITH " 500"},
        {MSNP_STEP_CLIENT, "731 2\r\n", "FAILED server at CLIENT" WITH " 731"},
        {MSNP_STEP_CLIENT, "710 2\r\n", "FAILED server at CLIENT" WITH " 710"},
        {MSNP_STEP_ACCOUNT, "911 3\r\n", "FAILED server at ACCOUNT" WITH " 911"},
        {MSNP_STEP_ACCOUNT, "500 3\r\n", "FAILED server at ACCOUNT" WITH " 500"},
        {MSNP_STEP_LISTS, "500 5\r\n", "FAILED server at LISTS" WITH " 500"},
        {MSNP_STEP_PRESENCE, "800 6\r\n", "FAILED server at PRESENCE" WITH " 800"},
        {MSNP_STEP_LISTS, "540 7\r\n", "FAILED server at LISTS" WITH " 540"},
        {MSNP_STEP_ONLINE, "540 7\r\n", "FAILED server at ONLINE" WITH " 540"},
        /* About something else: not the end of it. */
        {MSNP_STEP_VERSION, "500 7\r\n", ""},
        {MSNP_STEP_CLIENT, "731 1\r\n", ""},
        {MSNP_STEP_ACCOUNT, "500 2\r\n", ""},
        {MSNP_STEP_TICKET, "911 3\r\n", ""},
        {MSNP_STEP_TICKET, "911 5\r\n", ""},
        {MSNP_STEP_LISTS, "500 4\r\n", ""},
        {MSNP_STEP_PRESENCE, "800 5\r\n", ""},
        {MSNP_STEP_ONLINE, "500 99\r\n", ""},
        {MSNP_STEP_ONLINE, "500 6\r\n", ""},
        {MSNP_STEP_ONLINE, "500\r\n", ""},
        {MSNP_STEP_ONLINE, "911 4\r\n800 0\r\n", ""},
    };
    CHECK_ROWS(table);
}

/* What nobody knows, or nobody asked for, changes nothing in any step. */
static void test_skipped(void)
{
    static const char *const inputs[] = {
        "ZZZ\r\n",
        "ZZZ 1 2 3 4 5 6 7\r\n",
        "QNG\r\nQNG 50\r\nPNG\r\n",
        "NLN NLN bob@example.com Bob 0\r\nFLN bob@example.com\r\nILN 6 NLN a b 0\r\n",
        "RNG\r\nRNG 1 host:1863 CKI 1.2\r\n",
        "ADD 0 RL 28\r\nREM 0 RL 28\r\nREM 0 RL 28 a@b\r\nBPR 1 a PHH\r\n",
        "ADD 7 FL 28 a@b a\r\nREM 8 FL 28 a@b\r\nADG 9 28 x 1 0\r\nREG 9 28 1 x 0\r\nRMG 9 28 "
        "1\r\n",
        "REA 9 28 a@b x\r\nGTC 9 28 N\r\nBLP 9 28 BL\r\nPRP 9 28 PHH 1\r\n",
        DOC_PROFILE,
        "MSG Hotmail Hotmail 0\r\n",
        "MSG a@b c 2\r\n\r\n",
        "MSG Hotmail Hotmail 4\r\n\r\n\r\n",
        "NOT 10\r\nOUT OTH\r\n\r",
        "UBX a@b 11\r\nXFR 0 NS x\r\n",
        "GCF x 7\r\n540 1\r\nIPG 5\r\nOUT\r\nUBN a 0\r\nUBM b 1\r\nxNFY PUT 2\r\n\r\n",
        "LST a@b c\r\nLSG 0\r\nLSG 0 x 0\r\nGTC A\r\nBLP AL\r\n",
        "QRY 7\r\n",
        "\r\n\r\n\n",
        "usr 4 OK example@passport.com x 1 0\r\nout OTH\r\n",
        "000 1\r\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        say(inputs[i]);
        for (size_t s = 0; s < G_N_ELEMENTS(all_steps); s++) {
            for (size_t k = 0; k < 3; k++) {
                const row want = {all_steps[s], inputs[i], ""};
                check_row(&want, pieces[k]);
            }
        }
    }
    /* And what is known, at the wrong time. */
    static const row table[] = {
        {MSNP_STEP_VERSION, DOC_CVR_ANSWER, ""},
        {MSNP_STEP_VERSION, "USR 1 TWN S x\r\nUSR 1 OK example@passport.com x 1 0\r\n", ""},
        {MSNP_STEP_VERSION, "SYN 1 1 0 0\r\nCHG 1 NLN 0\r\nCHL 0 1\r\n", ""},
        {MSNP_STEP_CLIENT, "VER 2 MSNP8\r\nUSR 2 TWN S x\r\n", ""},
        {MSNP_STEP_CLIENT, "USR 2 OK example@passport.com x 1 0\r\n", ""},
        {MSNP_STEP_ACCOUNT, "VER 3 0\r\nCVR 3 x\r\nSYN 3 1\r\nCHG 3 NLN 0\r\n", ""},
        {MSNP_STEP_PASSPORT, "USR 3 OK example@passport.com x 1 0\r\n", ""},
        {MSNP_STEP_PASSPORT, "USR 4 OK example@passport.com x 1 0\r\n", ""},
        {MSNP_STEP_PASSPORT, "USR 3 TWN S other\r\nCHL 0 1\r\n", ""},
        {MSNP_STEP_LISTS, "USR 4 OK example@passport.com x 1 0\r\n", ""},
        {MSNP_STEP_LISTS, "SYN 4 1 0 0\r\nSYN 6 1 0 0\r\nSYN 0 1 0 0\r\nCHG 5 NLN 0\r\n", ""},
        {MSNP_STEP_PRESENCE, "SYN 5 1 0 0\r\nSYN 6 1 0 0\r\nCHG 5 NLN 0\r\nCHG 7 NLN 0\r\n", ""},
        {MSNP_STEP_ONLINE, "CHG 6 AWY 0\r\nCHG 99 AWY 0\r\nSYN 5 1 0 0\r\nVER 1 0\r\n", ""},
        {MSNP_STEP_ONLINE, "USR 4 OK other@passport.com x 1 0\r\nUSR 3 TWN S x\r\n", ""},
    };
    CHECK_ROWS(table);
}

static void test_broken(void)
{
    static const char *const inputs[] = {
        "MSG Hotmail Hotmail -1\r\n",
        "MSG Hotmail Hotmail 65537\r\n",
        "MSG Hotmail Hotmail x\r\n",
        "MSG Hotmail Hotmail \r\n",
        "MSG Hotmail\r\n",
        "NOT 99999999999999999999\r\n",
        "UBX a@b +1\r\n",
        "VERY 1\r\n",
        " \r\n",
        "<xml>\r\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        say(inputs[i]);
        for (size_t s = 2; s < G_N_ELEMENTS(all_steps); s++) {
            bool version = all_steps[s] == MSNP_STEP_VERSION;
            char *event = g_strdup_printf("FAILED %s at %s" WITH, version ? "version" : "malformed",
                                          msnp_step_name(all_steps[s]));
            const row want = {all_steps[s], inputs[i], event};
            check_row(&want, 0);
            check_row(&want, 1);
            g_free(event);
        }
    }
    char *line = repeated("x", MSNP_LINE_MAX);
    memcpy(line, "ZZZ ", 4);
    drive *d = at(MSNP_STEP_ONLINE);
    drive_feed(d, line);
    expect_events(d, "FAILED too-long at ONLINE" WITH);
    g_assert_cmpint(d->fed, ==, MSNP_ERR_TOO_LONG);
    drive_done(d);
    g_free(line);

    d = at(MSNP_STEP_ONLINE);
    drive_feed_bytes(d, "QNG\0\r\n", 6);
    expect_events(d, "FAILED malformed at ONLINE" WITH);
    drive_done(d);

    /* A lot at once, more than any buffer holds, is no error. */
    char *lists = repeated("LST somebody@example.com Somebody 11 0\r\n", 20000);
    d = at(MSNP_STEP_LISTS);
    drive_feed(d, "SYN 5 1 20000 0\r\n");
    drive_feed(d, lists);
    expect_events(d, WRITE_CHG, "ROSTER complete");
    drive_done(d);
    g_free(lists);
}

static void test_challenge(void)
{
    static const row table[] = {
        {MSNP_STEP_LISTS, DOC_CHL, "WRITE QRY 6 msmsgs@msnmsgr.com 32|" DOC_DIGEST},
        {MSNP_STEP_PRESENCE, DOC_CHL, "WRITE QRY 7 msmsgs@msnmsgr.com 32|" DOC_DIGEST},
        {MSNP_STEP_ONLINE, DOC_CHL, "WRITE QRY 7 msmsgs@msnmsgr.com 32|" DOC_DIGEST},
        {MSNP_STEP_ONLINE, "CHL 0 12345678901234567890\r\n",
         "WRITE QRY 7 msmsgs@msnmsgr.com 32|8ba1bb9d6dbf624fee31a2053af5fdd0"},
        {MSNP_STEP_ONLINE, DOC_CHL "QRY 7\r\n" DOC_CHL "540x\r\n",
         "WRITE QRY 7 msmsgs@msnmsgr.com 32|" DOC_DIGEST
         "\nWRITE QRY 8 msmsgs@msnmsgr.com 32|" DOC_DIGEST "\nFAILED malformed at ONLINE" WITH},
        {MSNP_STEP_ONLINE, "CHL 0\r\n", ""},
        {MSNP_STEP_ONLINE, "CHL\r\n", ""},
        {MSNP_STEP_ONLINE, DOC_CHL "540 7\r\n",
         "WRITE QRY 7 msmsgs@msnmsgr.com 32|" DOC_DIGEST "\nFAILED server at ONLINE" WITH " 540"},
        {MSNP_STEP_VERSION, DOC_CHL, ""},
        {MSNP_STEP_CLIENT, DOC_CHL, ""},
        {MSNP_STEP_ACCOUNT, DOC_CHL, ""},
        {MSNP_STEP_PASSPORT, DOC_CHL, ""},
        {MSNP_STEP_TICKET, DOC_CHL, ""},
    };
    CHECK_ROWS(table);
    /* It uses up an id, and the sign-in goes on. */
    drive *d = at(MSNP_STEP_LISTS);
    drive_feed(d, DOC_CHL "SYN 5 1 0 0\r\nCHG 7 NLN 0\r\n");
    expect_events(d, "WRITE QRY 6 msmsgs@msnmsgr.com 32|" DOC_DIGEST, "WRITE CHG 7 NLN 0|",
                  "ONLINE NLN");
    drive_done(d);
}

static void test_out(void)
{
    static const struct {
        const char *input;
        const char *err;
    } table[] = {
        {"OUT OTH\r\n", "elsewhere"},   {"OUT SSD\r\n", "shutdown"},
        {"OUT\r\n", "signed-out"},      {"OUT ZZZ\r\n", "signed-out"},
        {"OUT \r\n", "signed-out"},     {"OUT OTHER\r\n", "signed-out"},
        {"OUT OTH x\r\n", "elsewhere"}, {"OUT MIG\r\n", "signed-out"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].input);
        for (size_t s = 2; s < G_N_ELEMENTS(all_steps); s++) {
            char *event =
                g_strdup_printf("FAILED %s at %s" WITH, table[i].err, msnp_step_name(all_steps[s]));
            const row want = {all_steps[s], table[i].input, event};
            check_row(&want, 0);
            g_free(event);
        }
    }
}

static void test_closed(void)
{
    for (size_t s = 1; s < G_N_ELEMENTS(all_steps); s++) {
        drive *d = at(all_steps[s]);
        char *event = g_strdup_printf("FAILED closed at %s" WITH, msnp_step_name(all_steps[s]));
        drive_closed(d);
        expect_events(d, event);
        g_assert_cmpint(d->fed, ==, MSNP_ERR_CLOSED);
        drive_done(d);
        g_free(event);
    }
    /* In the middle of a line or a payload it is the same. */
    static const char *const halves[] = {"MSG Hotmail Hotmail 430\r\nMIME", "CHG 7 AW", "\r"};
    for (size_t i = 0; i < G_N_ELEMENTS(halves); i++) {
        drive *d = at(MSNP_STEP_ONLINE);
        drive_feed(d, halves[i]);
        drive_closed(d);
        expect_events(d, "FAILED closed at ONLINE" WITH);
        drive_done(d);
    }
    drive *d = drive_ns(&documented);
    drive_closed(d);
    expect_silence(d);
    drive_done(d);
}

/* A machine that was not started does nothing, one that was started does so once. */
static void test_order(void)
{
    drive *d = drive_ns(&documented);
    drive_connected(d);
    drive_feed(d, DOC_VER);
    drive_tick(d);
    expect_silence(d);
    drive_start(d);
    expect_events(d, "CONNECT messenger.hotmail.com:1863");
    drive_start(d);
    drive_feed(d, DOC_VER "OUT OTH\r\n");
    expect_silence(d);
    drive_connected(d);
    drive_connected(d);
    expect_events(d, WRITE_VER);
    drive_ticket(d, "pipelining");
    expect_silence(d);
    drive_done(d);

    /* A ticket is wanted once, and when it is wanted. */
    for (size_t s = 0; s < G_N_ELEMENTS(all_steps); s++) {
        if (all_steps[s] == MSNP_STEP_PASSPORT)
            continue;
        d = at(all_steps[s]);
        drive_ticket(d, "ticket");
        expect_silence(d);
        drive_done(d);
    }
}

static void test_bad_ticket(void)
{
    static const char *const tickets[] = {"", " ", "a b", "a\r\nOUT", "a\n", "\x01", "a\x7f"};
    for (size_t i = 0; i < G_N_ELEMENTS(tickets); i++) {
        drive *d = at(MSNP_STEP_PASSPORT);
        drive_ticket(d, tickets[i]);
        say(tickets[i]);
        g_assert_cmpint(d->fed, ==, MSNP_ERR_NO_TICKET);
        expect_events(d, "FAILED no-ticket at PASSPORT" WITH);
        drive_done(d);
    }
    char *ticket = repeated("t", MSNP_TICKET_MAX + 1);
    drive *d = at(MSNP_STEP_PASSPORT);
    drive_ticket(d, ticket);
    expect_events(d, "FAILED no-ticket at PASSPORT" WITH);
    drive_done(d);
    char *event = g_strconcat("WRITE USR 4 TWN S ", ticket + 1, "|", NULL);
    d = at(MSNP_STEP_PASSPORT);
    drive_ticket(d, ticket + 1);
    expect_events(d, event);
    drive_done(d);
    g_free(event);
    g_free(ticket);
}

static void test_config(void)
{
    static const struct {
        msnp_ns_config config;
        const char *events;
    } table[] = {
        {{"example", "host", 1863, MSNP_STATUS_ONLINE, false}, "FAILED account at IDLE"},
        {{"", "host", 1863, MSNP_STATUS_ONLINE, false}, "FAILED account at IDLE"},
        {{NULL, "host", 1863, MSNP_STATUS_ONLINE, false}, "FAILED account at IDLE"},
        {{"a b@c", "host", 1863, MSNP_STATUS_ONLINE, false}, "FAILED account at IDLE"},
        {{"a@b\r\nOUT", "host", 1863, MSNP_STATUS_ONLINE, false}, "FAILED account at IDLE"},
        {{"a@b", "", 1863, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
        {{"a@b", NULL, 1863, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
        {{"a@b", "ho st", 1863, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
        {{"a@b", "host/", 1863, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
        {{"a@b", "http://host", 1863, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
        {{"a@b", "host\n", 1863, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
        {{"a@b", "host", 0, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
        {{"a@b", "host", 65536, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
        {{"a@b", "host", G_MAXUINT, MSNP_STATUS_ONLINE, false}, "FAILED server-name at IDLE"},
        {{"a@b", "host", 65535, MSNP_STATUS_ONLINE, false}, "CONNECT host:65535"},
        {{"a@b", "127.0.0.1", 1, MSNP_STATUS_ONLINE, false}, "CONNECT 127.0.0.1:1"},
        {{"a@b", "::1", 1863, MSNP_STATUS_ONLINE, false}, "CONNECT ::1:1863"},
        {{"a@b", "[::1]", 1863, MSNP_STATUS_ONLINE, false}, "CONNECT ::1:1863"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = drive_ns(&table[i].config);
        g_test_message("row %zu", i);
        drive_start(d);
        expect_events(d, table[i].events);
        drive_done(d);
    }
    msnp_ns_free(NULL);
}

static void test_online_status(void)
{
    for (int status = 0; status < MSNP_N_STATUSES; status++) {
        const char *code = msnp_status_code((msnp_status)status);
        msnp_ns_config config = documented;
        config.status = (msnp_status)status;
        drive *d = at_with(&config, MSNP_STEP_LISTS);
        char *write = g_strdup_printf("WRITE CHG 6 %s 0|", code);
        char *answer = g_strdup_printf("CHG 6 %s 0\r\n", code);
        char *event = g_strdup_printf("ONLINE %s", code);
        drive_feed(d, "SYN 5 1\r\n");
        expect_events(d, "ROSTER incomplete", write);
        drive_feed(d, answer);
        expect_events(d, event);
        drive_done(d);
        g_free(event);
        g_free(answer);
        g_free(write);
    }
}

static void test_set_status(void)
{
    drive *d = at(MSNP_STEP_ONLINE);
    drive_set_status(d, MSNP_STATUS_AWAY);
    expect_events(d, "WRITE CHG 7 AWY 0|");
    drive_feed(d, "CHG 7 AWY 0\r\n");
    expect_events(d, "STATUS AWY");
    drive_set_status(d, MSNP_STATUS_HIDDEN);
    expect_events(d, "WRITE CHG 8 HDN 0|");
    drive_feed(d, "CHG 8 HDN 0\r\nCHG 8 NLN 0\r\n");
    expect_events(d, "STATUS HDN");
    drive_done(d);

    /* Before the sign-in is complete: the first CHG says it, if it was not sent yet. */
    for (size_t s = 0; s < G_N_ELEMENTS(all_steps) - 2; s++) {
        d = at(all_steps[s]);
        drive_set_status(d, MSNP_STATUS_BUSY);
        expect_silence(d);
        drive_set_status(d, MSNP_STATUS_PHONE);
        expect_silence(d);
        while (drive_step(d) != MSNP_STEP_LISTS)
            go_on(d);
        drive_feed(d, "SYN 5 1 0 0\r\n");
        expect_events(d, "WRITE CHG 6 PHN 0|");
        drive_feed(d, "CHG 6 PHN 0\r\n");
        expect_events(d, "ONLINE PHN");
        drive_done(d);
    }
    /* While the first CHG is under way: afterwards. */
    d = at(MSNP_STEP_PRESENCE);
    drive_set_status(d, MSNP_STATUS_BUSY);
    drive_set_status(d, MSNP_STATUS_LUNCH);
    expect_silence(d);
    drive_feed(d, "CHG 6 NLN 0\r\n");
    expect_events(d, "ONLINE NLN", "WRITE CHG 7 LUN 0|");
    drive_feed(d, "CHG 7 LUN 0\r\n");
    expect_events(d, "STATUS LUN");
    drive_done(d);
}

/* One CHG at a time: who changes his mind meanwhile gets what he wanted last. */
static void test_status_end(void)
{
    drive *d = at(MSNP_STEP_ONLINE);
    drive_set_status(d, MSNP_STATUS_AWAY);
    expect_events(d, "WRITE CHG 7 AWY 0|");
    drive_set_status(d, MSNP_STATUS_BUSY);
    drive_set_status(d, MSNP_STATUS_BRB);
    expect_silence(d);
    drive_feed(d, "CHG 7 AWY 0\r\n");
    expect_events(d, "STATUS AWY", "WRITE CHG 8 BRB 0|");
    /* Back to what is under way already. */
    drive_set_status(d, MSNP_STATUS_LUNCH);
    drive_set_status(d, MSNP_STATUS_BRB);
    drive_feed(d, "CHG 8 BRB 0\r\n");
    expect_events(d, "STATUS BRB");
    drive_done(d);
}

static void test_status_refused(void)
{
    drive *d = at(MSNP_STEP_ONLINE);
    drive_set_status(d, MSNP_STATUS_AWAY);
    expect_events(d, "WRITE CHG 7 AWY 0|");
    drive_feed(d, "800 7\r\n");
    expect_events(d, "STATUS_FAILED AWY 800");
    drive_feed(d, "CHG 7 AWY 0\r\n800 7\r\n");
    expect_silence(d);
    /* Somebody who tries it again later means it. */
    drive_set_status(d, MSNP_STATUS_AWAY);
    expect_events(d, "WRITE CHG 8 AWY 0|");
    drive_feed(d, "CHG 8 AWY 0\r\n");
    expect_events(d, "STATUS AWY");
    drive_done(d);

    /* Wanted meanwhile: tried next. */
    d = at(MSNP_STEP_ONLINE);
    drive_set_status(d, MSNP_STATUS_AWAY);
    drive_set_status(d, MSNP_STATUS_BUSY);
    drive_forget(d);
    drive_feed(d, "800 7\r\n");
    g_assert_nonnull(strstr(d->events->str, "STATUS_FAILED AWY 800\n"));
    g_assert_nonnull(strstr(d->events->str, "CHG 8 BSY 0"));
    drive_forget(d);
    drive_feed(d, "CHG 8 BSY 0\r\n");
    expect_events(d, "STATUS BSY");
    drive_done(d);
}

static void test_status_unanswered(void)
{
    drive *d = at(MSNP_STEP_ONLINE);
    drive_set_status(d, MSNP_STATUS_AWAY);
    expect_events(d, "WRITE CHG 7 AWY 0|");
    drive_wait(d, 20000);
    drive_feed(d, "QNG\r\n");
    drive_sleep(d, 10000);
    expect_events(d, "STATUS_FAILED AWY 0");
    drive_set_status(d, MSNP_STATUS_AWAY);
    expect_events(d, "WRITE CHG 8 AWY 0|");
    drive_feed(d, "CHG 8 AWY 0\r\n");
    expect_events(d, "STATUS AWY");
    drive_done(d);

    d = at(MSNP_STEP_ONLINE);
    drive_set_status(d, MSNP_STATUS_AWAY);
    drive_set_status(d, MSNP_STATUS_BUSY);
    drive_forget(d);
    drive_wait(d, 20000);
    drive_feed(d, "QNG\r\n");
    drive_sleep(d, 10000);
    expect_events(d, "STATUS_FAILED AWY 0", "WRITE CHG 8 BSY 0|");
    drive_feed(d, "CHG 8 BSY 0\r\n");
    expect_events(d, "STATUS BSY");
    drive_done(d);
}

static void test_keep_alive(void)
{
    drive *d = at(MSNP_STEP_ONLINE);
    for (int n = 0; n < 3; n++) {
        drive_sleep(d, MSNP_PING_AFTER);
        expect_events(d, "WRITE PNG|");
        drive_wait(d, 1000);
        drive_tick(d);
        expect_silence(d);
        drive_feed(d, n == 0 ? "QNG\r\n" : n == 1 ? "QNG 50\r\n" : "NL");
        expect_silence(d);
    }
    drive_sleep(d, MSNP_PING_AFTER);
    expect_events(d, "WRITE PNG|");
    drive_sleep(d, MSNP_PING_TIMEOUT);
    expect_events(d, "FAILED dead at ONLINE" WITH);
    drive_done(d);

    /* Who talks needs no ping. */
    d = at(MSNP_STEP_ONLINE);
    for (int n = 0; n < 10; n++) {
        drive_wait(d, MSNP_PING_AFTER - 1);
        drive_tick(d);
        drive_feed(d, "FLN bob@example.com\r\n");
        expect_silence(d);
    }
    drive_sleep(d, MSNP_PING_AFTER);
    expect_events(d, "WRITE PNG|");
    drive_done(d);

    /* After a long sleep of the computer there is a ping first, and time for its answer. */
    d = at(MSNP_STEP_ONLINE);
    drive_wait(d, 100 * MSNP_PING_AFTER);
    drive_tick(d);
    expect_events(d, "WRITE PNG|");
    drive_sleep(d, MSNP_PING_TIMEOUT);
    expect_events(d, "FAILED dead at ONLINE" WITH);
    drive_done(d);
}

/* No ping before ONLINE; nothing wakes the machine that has no reason to. */
static void test_deadlines(void)
{
    for (size_t s = 1; s < G_N_ELEMENTS(all_steps) - 1; s++) {
        drive *d = at(all_steps[s]);
        bool passport = all_steps[s] == MSNP_STEP_PASSPORT;
        char *event = g_strdup_printf("FAILED timeout at %s" WITH, msnp_step_name(all_steps[s]));
        drive_sleep(d, passport ? MSNP_SIGN_IN_TIMEOUT : MSNP_STEP_TIMEOUT);
        expect_events(d, event);
        drive_done(d);
        g_free(event);
    }
    /* Noise does not prolong a step. */
    drive *d = at(MSNP_STEP_ACCOUNT);
    for (int n = 0; n < 29; n++) {
        drive_wait(d, 1000);
        drive_feed(d, "QNG\r\nNL");
        drive_feed(d, "N a\r\n");
        drive_tick(d);
    }
    drive_sleep(d, 1000);
    expect_events(d, "FAILED timeout at ACCOUNT" WITH);
    drive_done(d);

    /* Each step quick enough, all of them too slow; also by way of other servers. */
    d = at(MSNP_STEP_CONNECT);
    for (int n = 0; n < 3; n++) {
        drive_wait(d, 20000);
        go_on(d);
    }
    drive_wait(d, 20000);
    drive_feed(d, "XFR 3 NS other:1863\r\n");
    drive_forget(d);
    drive_sleep(d, MSNP_SIGN_IN_TIMEOUT - 80000);
    expect_events(d, "FAILED timeout at CONNECT with other:1863");
    drive_done(d);

    /* Online, the time of the sign-in counts no more. */
    d = at(MSNP_STEP_CONNECT);
    while (drive_step(d) != MSNP_STEP_ONLINE) {
        drive_wait(d, 10000);
        go_on(d);
    }
    drive_sleep(d, MSNP_PING_AFTER);
    expect_events(d, "WRITE PNG|");
    drive_done(d);
}

static void test_hold(void)
{
    drive *d = at(MSNP_STEP_PASSPORT);
    drive_wait(d, 10000);
    msnp_ns_hold(d->ns, d->now);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    drive_wait(d, 10 * MSNP_SIGN_IN_TIMEOUT);
    drive_tick(d);
    expect_silence(d);
    msnp_ns_resume(d->ns, d->now);
    drive_sleep(d, MSNP_SIGN_IN_TIMEOUT - 10000);
    expect_events(d, "FAILED timeout at PASSPORT" WITH);
    drive_done(d);

    d = at(MSNP_STEP_PASSPORT);
    msnp_ns_hold(d->ns, d->now);
    drive_wait(d, 1000000);
    msnp_ns_resume(d->ns, d->now);
    drive_ticket(d, DOC_TICKET);
    expect_events(d, WRITE_TICKET);
    drive_sleep(d, MSNP_STEP_TIMEOUT);
    expect_events(d, "FAILED timeout at TICKET" WITH);
    drive_done(d);
}

static void test_moved(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        drive *d = at(MSNP_STEP_ONLINE);
        d->piece = pieces[i];
        drive_set_status(d, MSNP_STATUS_AWAY);
        expect_events(d, "WRITE CHG 7 AWY 0|");
        drive_feed(d, "CHG 7 AWY 0\r\n");
        expect_events(d, "STATUS AWY");
        drive_wait(d, 10 * MSNP_SIGN_IN_TIMEOUT);
        drive_feed(d, "XFR 0 NS other:1864 0 messenger.hotmail.com:1863\r\nOUT\r\n");
        expect_events(d, "MOVED", "CONNECT other:1864");
        drive_connected(d);
        expect_events(d, WRITE_VER);
        drive_feed(d, DOC_VER);
        expect_events(d, WRITE_CVR);
        drive_feed(d, DOC_CVR_ANSWER);
        expect_events(d, WRITE_USR);
        drive_feed(d, "USR 3 TWN S ct=2\r\n");
        expect_events(d, "CHALLENGE ct=2");
        drive_ticket(d, "t=2");
        expect_events(d, "WRITE USR 4 TWN S t=2|");
        drive_feed(d, DOC_USR_OK);
        expect_events(d, SIGNED_IN, WRITE_SYN);
        drive_feed(d, "SYN 5 27 0 1\r\nLSG 0 x 0\r\n");
        expect_events(d, "WRITE CHG 6 AWY 0|", "ROSTER complete");
        drive_feed(d, "CHG 6 AWY 0\r\n");
        expect_events(d, "ONLINE AWY");
        expect_steps(d, "CONNECT VERSION CLIENT ACCOUNT PASSPORT TICKET LISTS PRESENCE ONLINE");
        drive_sleep(d, MSNP_PING_AFTER);
        expect_events(d, "WRITE PNG|");
        drive_done(d);
    }
    /* With a CHG and a ping under way. */
    drive *d = at(MSNP_STEP_ONLINE);
    drive_sleep(d, MSNP_PING_AFTER);
    drive_set_status(d, MSNP_STATUS_BUSY);
    drive_forget(d);
    drive_feed(d, "XFR 0 NS messenger.hotmail.com:1863\r\n");
    expect_events(d, "MOVED", "CONNECT messenger.hotmail.com:1863");
    while (drive_step(d) != MSNP_STEP_LISTS)
        go_on(d);
    drive_feed(d, "SYN 5 27 0 1\r\nLSG 0 x 0\r\n");
    expect_events(d, "WRITE CHG 6 BSY 0|", "ROSTER complete");
    drive_feed(d, "CHG 6 BSY 0\r\n");
    expect_events(d, "ONLINE BSY");
    drive_sleep(d, MSNP_PING_AFTER);
    expect_events(d, "WRITE PNG|");
    drive_done(d);

    /* The new sign-in has its own time, and its own count of transfers. */
    d = at(MSNP_STEP_ONLINE);
    for (int n = 0; n < 3 * MSNP_TRANSFERS_MAX; n++) {
        drive_feed(d, "XFR 0 NS messenger.hotmail.com:1863\r\n");
        expect_events(d, "MOVED", "CONNECT messenger.hotmail.com:1863");
        drive_connected(d);
        drive_feed(d, DOC_VER DOC_CVR_ANSWER DOC_USR_CHALLENGE);
        drive_forget(d);
        go_on(d);
        go_on(d);
        go_on(d);
        go_on(d);
    }
    drive_feed(d, "XFR 0 NS messenger.hotmail.com:1863\r\n");
    drive_connected(d);
    drive_feed(d, DOC_VER DOC_CVR_ANSWER DOC_USR_CHALLENGE);
    drive_forget(d);
    drive_sleep(d, MSNP_SIGN_IN_TIMEOUT);
    expect_events(d, "FAILED timeout at PASSPORT" WITH);
    drive_done(d);

    static const row table[] = {
        {MSNP_STEP_ONLINE, "XFR 0 NS host:0\r\n", "FAILED malformed at ONLINE" WITH},
        {MSNP_STEP_ONLINE, "XFR 0 NS\r\n", ""},
        {MSNP_STEP_ONLINE, "XFR 0\r\nXFR\r\n", ""},
    };
    CHECK_ROWS(table);
}

static void test_sign_out(void)
{
    for (size_t s = 0; s < G_N_ELEMENTS(all_steps); s++) {
        drive *d = at(all_steps[s]);
        g_test_message("at %s", msnp_step_name(all_steps[s]));
        drive_sign_out(d);
        switch (all_steps[s]) {
        case MSNP_STEP_IDLE:
            drive_forget(d); /* nothing to close, but closing it does no harm */
            break;
        case MSNP_STEP_ONLINE:
            expect_events(d, "WRITE OUT|", "CLOSE");
            break;
        default:
            expect_events(d, "CLOSE");
            break;
        }
        drive_done(d);
    }
    /* What was not taken yet is not sent any more. */
    msnp_ns *ns = msnp_ns_new(&documented);
    msnp_event event;
    msnp_ns_start(ns, 0);
    msnp_ns_connected(ns, 0);
    msnp_ns_sign_out(ns);
    g_assert_true(msnp_ns_next(ns, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_CLOSE);
    g_assert_false(msnp_ns_next(ns, &event));
    msnp_ns_free(ns);

    drive *d = at(MSNP_STEP_ONLINE);
    drive_feed(d, "OUT OTH\r\n");
    expect_events(d, "FAILED elsewhere at ONLINE" WITH);
    drive_sign_out(d);
    expect_silence(d);
    drive_done(d);
}

/* Feeding says why it failed, in agreement with the event. */
static void test_feed_result(void)
{
    static const struct {
        msnp_step step;
        const char *input;
        msnp_err err;
    } table[] = {
        {MSNP_STEP_VERSION, DOC_VER, MSNP_OK},
        {MSNP_STEP_VERSION, "VER 1 0\r\n", MSNP_ERR_VERSION},
        {MSNP_STEP_VERSION, "SSH-2.0\r\n", MSNP_ERR_VERSION},
        {MSNP_STEP_ACCOUNT, DOC_XFR, MSNP_OK},
        {MSNP_STEP_TICKET, "911 4\r\n", MSNP_ERR_TICKET},
        {MSNP_STEP_TICKET, "600 4\r\n", MSNP_ERR_SERVER},
        {MSNP_STEP_ONLINE, "OUT OTH\r\n", MSNP_ERR_ELSEWHERE},
        {MSNP_STEP_ONLINE, "OUT OTH\r\nOUT SSD\r\n", MSNP_ERR_ELSEWHERE},
        {MSNP_STEP_ONLINE, "MSG x\r\n", MSNP_ERR_MALFORMED},
        {MSNP_STEP_ONLINE, "QNG\r\n", MSNP_OK},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = at(table[i].step);
        drive_feed(d, table[i].input);
        say(table[i].input);
        g_assert_cmpstr(msnp_err_name(d->fed), ==, msnp_err_name(table[i].err));
        drive_forget(d);
        drive_done(d);
    }
}

/* A whole session with the trace on, Passport included: what is secret stays out of it. */
static void test_secrets(void)
{
    static const char *const secrets[] = {
        "hunter2&more", "hunter2%26more", "53*1hAu8ADuD3TEwdXoOMi08sD",
        DOC_TPF,        DOC_MSPAUTH,      DOC_DIGEST,
        "sid: 507",     "203.0.113.7",    "lc=1033",
    };
    static const size_t wiped = 4; /* those of the list that are to be wiped, too */
    for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
        for (size_t n = 0; n < wiped; n++)
            watch_secret(secrets[n]);
        drive *d = drive_ns(&documented);
        d->piece = pieces[k];
        drive_start(d);
        drive_connected(d);
        drive_feed(d, DOC_VER DOC_CVR_ANSWER DOC_USR_CHALLENGE);
        g_assert_cmpint(drive_step(d), ==, MSNP_STEP_PASSPORT);

        const msnp_passport_config config = {.nexus_url = DOC_NEXUS_URL};
        const msnp_credentials credentials = {msnp_ns_handle(d->ns), "hunter2&more", DOC_CHALLENGE};
        drive *p = drive_passport(&config, &credentials);
        p->piece = pieces[k];
        drive_start(p);
        drive_connected(p);
        drive_feed(p, DOC_NEXUS_ANSWER);
        drive_connected(p);
        drive_feed(p, DOC_LOGIN_REDIRECT);
        drive_connected(p);
        drive_feed(p, DOC_LOGIN_ANSWER);
        g_assert_cmpint(drive_step(p), ==, MSNP_STEP_ONLINE);

        drive_ticket(d, DOC_TICKET);
        drive_feed(d, DOC_USR_OK DOC_PROFILE DOC_LISTS "CHG 6 NLN 0\r\n" DOC_CHL "QRY 7\r\n");
        g_assert_cmpint(drive_step(d), ==, MSNP_STEP_ONLINE);
        /* Lines that do not look as they should. */
        drive_feed(d, "USR 4 TWN S " DOC_TICKET "\r\nUSR  4 TWN S " DOC_TICKET "\r\n"
                      "ZZZ " DOC_TICKET "\r\nNOT 26\r\n53*1hAu8ADuD3TEwdXoOMi08sD");
        drive_forget(d);
        drive_sleep(d, MSNP_PING_AFTER);
        drive_feed(d, "911 4\r\nOUT SSD\r\n");
        drive_forget(d);
        drive_forget(p);

        g_assert_cmpuint(d->traces->len, >, 100);
        g_assert_nonnull(strstr(d->traces->str, ">>> VER 1 MSNP8 CVR0\n"));
        g_assert_nonnull(strstr(d->traces->str, "<<< USR 3 TWN S"));
        g_assert_nonnull(strstr(d->traces->str, ">>> USR 4 TWN S"));
        g_assert_nonnull(strstr(d->traces->str, "<<< MSG Hotmail Hotmail 430"));
        g_assert_nonnull(strstr(d->traces->str, "<<< OUT SSD\n"));
        for (size_t n = 0; n < G_N_ELEMENTS(secrets); n++) {
            g_assert_null(strstr(d->traces->str, secrets[n]));
            g_assert_null(strstr(p->traces->str, secrets[n]));
            g_assert_null(strstr(d->texts->str, secrets[n]));
            g_assert_null(strstr(p->texts->str, secrets[n]));
        }
        drive_done(p);
        drive_done(d);
        watch_reset();
    }
}

static void test_trace(void)
{
    for (int on = 0; on < 2; on++) {
        msnp_ns *ns = msnp_ns_new(&documented);
        msnp_event event;
        unsigned traces = 0;
        if (on) {
            msnp_ns_set_trace(ns, false);
            msnp_ns_set_trace(ns, true);
        }
        msnp_ns_start(ns, 0);
        msnp_ns_connected(ns, 0);
        msnp_ns_feed(ns, "QNG\r\n", 5, 0);
        while (msnp_ns_next(ns, &event))
            traces += event.type == MSNP_EVENT_TRACE;
        g_assert_cmpuint(traces, ==, on ? 2 : 0);
        msnp_ns_free(ns);
    }
}

/* --- switchboards --------------------------------------------------------------------------- */

#define ASK_7 "WRITE XFR 7 SB|"

/* The answer to XFR 7, which was for request 40. */
static void test_switchboard(void)
{
    static const struct {
        const char *input;
        const char *events; /* "" is silence */
    } table[] = {
        {"XFR 7 SB 207.46.108.37:1863 CKI 17262740.1050826919\r\n",
         "SWITCHBOARD 40 207.46.108.37:1863 17262740.1050826919"},
        {"XFR 7 SB sb.example.com CKI abc\r\n", "SWITCHBOARD 40 sb.example.com:1863 abc"},
        {"XFR 7 SB sb:1864 CKI abc U messenger.msn.com 0\r\n", "SWITCHBOARD 40 sb:1864 abc"},
        {"XFR 7 SB sb:1864 XXX abc\r\n", "SWITCHBOARD 40 sb:1864 abc"},
        {"XFR 7 SB [::1]:9 CKI abc\r\n", "SWITCHBOARD 40 ::1:9 abc"},
        {"XFR 7 SB sb:1864 CKI\r\n", "NO_SWITCHBOARD 40 malformed"},
        {"XFR 7 SB sb:1864 CKI \r\n", "NO_SWITCHBOARD 40 malformed"},
        {"XFR 7 SB sb:1864 CKI a\x01z\r\n", "NO_SWITCHBOARD 40 malformed"},
        {"XFR 7 SB sb:0 CKI abc\r\n", "NO_SWITCHBOARD 40 malformed"},
        {"XFR 7 SB sb:65536 CKI abc\r\n", "NO_SWITCHBOARD 40 malformed"},
        {"XFR 7 SB  CKI abc\r\n", "NO_SWITCHBOARD 40 malformed"},
        {"XFR 7 SB s/b:1 CKI abc\r\n", "NO_SWITCHBOARD 40 malformed"},
        {"XFR 7 SB sb\r\n", "NO_SWITCHBOARD 40 malformed"},
        {"913 7\r\n", "NO_SWITCHBOARD 40 server 913"},
        {"800 7\r\n", "NO_SWITCHBOARD 40 server 800"},
        {"280 7 x\r\n", "NO_SWITCHBOARD 40 server 280"},
        {"XFR 7 SB a:1 CKI b\r\nXFR 7 SB c:2 CKI d\r\n800 7\r\n", "SWITCHBOARD 40 a:1 b"},
        {"XFR 8 SB sb:1864 CKI abc\r\n", ""},
        {"XFR 0 SB sb:1864 CKI abc\r\n", ""},
        {"XFR x SB sb:1864 CKI abc\r\n", ""},
        {"XFR 7 XX sb:1864 CKI abc\r\n", ""},
        {"XFR 7 SB\r\n", ""},
        {"CHG 7 NLN 0\r\n", ""},
        {"800 6\r\n", ""},
        {"800\r\n", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].input);
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            const char *const events[] = {table[i].events, NULL};
            drive *d = at(MSNP_STEP_ONLINE);
            d->piece = pieces[k];
            drive_ask(d, 40);
            expect_events(d, ASK_7);
            drive_feed(d, table[i].input);
            drive_expect(G_STRLOC, d, *table[i].events != '\0' ? events : events + 1);
            drive_done(d);
        }
    }
}

/* The id tells which request is answered; one that is not answered has its deadline. */
static void test_switchboards(void)
{
    drive *d = at(MSNP_STEP_ONLINE);
    drive_ask(d, 1);
    drive_ask(d, 0);
    drive_wait(d, 1000);
    drive_ask(d, 1);
    expect_events(d, ASK_7, "WRITE XFR 8 SB|", "WRITE XFR 9 SB|");
    drive_feed(d, "XFR 8 SB b:2 CKI y\r\n");
    expect_events(d, "SWITCHBOARD 0 b:2 y");
    drive_sleep(d, 29000);
    expect_events(d, "NO_SWITCHBOARD 1 timeout");
    drive_feed(d, "XFR 7 SB late:2 CKI y\r\nXFR 9 SB c:3 CKI z\r\n");
    expect_events(d, "SWITCHBOARD 1 c:3 z");
    drive_done(d);
}

/* Asked too early: it waits for the end of the sign-in. */
static void test_switchboard_early(void)
{
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(all_steps); i++) {
        g_test_message("%s", msnp_step_name(all_steps[i]));
        drive *d = at(all_steps[i]);
        drive_ask(d, 5);
        drive_ask(d, 6);
        expect_silence(d);
        while (drive_step(d) != MSNP_STEP_PRESENCE)
            go_on(d);
        drive_feed(d, "XFR 7 SB a:1 CKI b\r\nRNG 1 h:1 CKI c bob@example.com\r\n");
        expect_silence(d);
        drive_feed(d, "CHG 6 NLN 0\r\n");
        expect_events(d, "ONLINE NLN", ASK_7, "WRITE XFR 8 SB|");
        drive_feed(d, "XFR 7 SB a:1 CKI b\r\n");
        expect_events(d, "SWITCHBOARD 5 a:1 b");
        drive_done(d);
    }
}

/* What was asked on the old connection is asked again on the new one, once. */
static void test_switchboard_moved(void)
{
    drive *d = at(MSNP_STEP_ONLINE);
    drive_ask(d, 5);
    drive_ask(d, 6);
    drive_feed(d, "XFR 8 SB a:1 CKI b\r\nXFR 0 NS other:1863\r\n");
    expect_events(d, ASK_7, "WRITE XFR 8 SB|", "SWITCHBOARD 6 a:1 b", "MOVED",
                  "CONNECT other:1863");
    drive_ask(d, 7);
    drive_connected(d);
    drive_ask(d, 8);
    drive_feed(d, DOC_VER DOC_CVR_ANSWER "USR 3 TWN S ct=1\r\n");
    drive_ticket(d, "t=1");
    drive_feed(d, DOC_USR_OK "XFR 7 SB a:1 CKI b\r\nSYN 5 27 0 0\r\n");
    drive_forget(d);
    drive_feed(d, "CHG 6 NLN 0\r\n");
    expect_events(d, "ONLINE NLN", ASK_7, "WRITE XFR 8 SB|", "WRITE XFR 9 SB|");
    drive_feed(d, "XFR 7 SB a:1 CKI x\r\nXFR 8 SB a:1 CKI y\r\nXFR 9 SB a:1 CKI z\r\n");
    char *got = g_strdup(d->events->str);
    drive_forget(d);
    static const char *const answers[] = {"SWITCHBOARD 5 a:1 ", "SWITCHBOARD 7 a:1 ",
                                          "SWITCHBOARD 8 a:1 "};
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
        g_assert_nonnull(strstr(got, answers[i]));
    g_assert_cmpuint(strlen(got), ==, 3 * strlen("SWITCHBOARD 5 a:1 x\n"));
    g_free(got);
    drive_done(d);
}

static void test_switchboard_limit(void)
{
    for (int early = 0; early < 2; early++) {
        drive *d = at(early ? MSNP_STEP_LISTS : MSNP_STEP_ONLINE);
        for (unsigned i = 1; i <= MSNP_REQUESTS_MAX - 1; i++)
            drive_ask(d, i);
        drive_forget(d);
        drive_ask(d, 1000);
        drive_ask(d, 1001);
        g_assert_true(g_str_has_suffix(d->events->str, "NO_SWITCHBOARD 1001 full\n"));
        drive_forget(d);
        if (!early) {
            drive_feed(d, "XFR 7 SB a:1 CKI b\r\n");
            expect_events(d, "SWITCHBOARD 1 a:1 b");
            drive_ask(d, 1002);
            expect_events(d, "WRITE XFR 207 SB|");
        }
        /* With the session they end, without a word. */
        drive_closed(d);
        drive_forget(d);
        drive_done(d);
    }
}

static void test_ring(void)
{
    static const row table[] = {
        {MSNP_STEP_ONLINE,
         "RNG 11752013 207.46.108.38:1863 CKI 849102291.520491932 bob@example.com Bob%20B\r\n",
         "RUNG 11752013 207.46.108.38:1863 849102291.520491932 bob@example.com \"Bob B\""},
        {MSNP_STEP_ONLINE, "RNG 6a1b2c3d sb CKI abc Bob@Example.com Bob U x 0\r\n",
         "RUNG 6a1b2c3d sb:1863 abc Bob@Example.com \"Bob\""},
        {MSNP_STEP_ONLINE, "RNG 1 sb:2 CKI abc bob@example.com\r\n",
         "RUNG 1 sb:2 abc bob@example.com \"\""},
        {MSNP_STEP_ONLINE, "RNG 1 sb:2 CKI abc bob@example.com %0d%07\r\n",
         "RUNG 1 sb:2 abc bob@example.com \"\""},
        {MSNP_STEP_ONLINE, "RNG\r\n", ""},
        {MSNP_STEP_ONLINE, "RNG 1 sb:2 CKI abc\r\n", ""},
        {MSNP_STEP_ONLINE, "RNG  sb:2 CKI abc bob@example.com\r\n", ""},
        {MSNP_STEP_ONLINE, "RNG 1 sb:0 CKI abc bob@example.com\r\n", ""},
        {MSNP_STEP_ONLINE, "RNG 1  CKI abc bob@example.com\r\n", ""},
        {MSNP_STEP_ONLINE, "RNG 1 sb:2 CKI  bob@example.com\r\n", ""},
        {MSNP_STEP_ONLINE, "RNG 1 sb:2 CKI a\x02z bob@example.com\r\n", ""},
        {MSNP_STEP_ONLINE, "RNG 1\x02 sb:2 CKI abc bob@example.com\r\n", ""},
        {MSNP_STEP_ONLINE, "RNG 1 sb:2 CKI abc bob\r\n", ""},
        {MSNP_STEP_ONLINE, "RNG 1 sb:2 CKI abc  Bob\r\n", ""},
    };
    CHECK_ROWS(table);
}

/* No cookie stays in memory or comes into a trace. */
static void test_switchboard_secrets(void)
{
    for (size_t k = 0; k < 2; k++) {
        drive *d = at(MSNP_STEP_ONLINE);
        watch_secret("17262740.1050826919");
        watch_secret("849102291.520491932");
        d->piece = k;
        drive_ask(d, 1);
        drive_ask(d, 2);
        drive_feed(d, "XFR 7 SB a:1 CKI 17262740.1050826919\r\n"
                      "XFR 8 SB a:0 CKI 17262740.1050826919\r\n"
                      "XFR 9 SB a:1 17262740.1050826919\r\n"
                      "RNG 1 b:2 CKI 849102291.520491932 bob@example.com Bob\r\n"
                      "RNG 1 b:2 849102291.520491932 bob@example.com Bob\r\n"
                      "RNG 1 b:2 CKI 849102291.520491932\r\n");
        g_assert_null(strstr(d->traces->str, "17262740"));
        g_assert_null(strstr(d->traces->str, "849102291"));
        g_assert_nonnull(strstr(d->traces->str, "<<< XFR 7 SB"));
        drive_forget(d);
        drive_done(d);
        watch_reset();
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* First: the other tests leave the same texts in memory, which the core gets next. */
    g_test_add_func("/ns/secrets", test_secrets);
    g_test_add_func("/ns/switchboard-secrets", test_switchboard_secrets);
    g_test_add_func("/ns/document", test_document);
    g_test_add_func("/ns/splits", test_splits);
    g_test_add_func("/ns/version", test_version);
    g_test_add_func("/ns/client-and-account", test_client_and_account);
    g_test_add_func("/ns/transfer", test_transfer);
    g_test_add_func("/ns/user-ok", test_user_ok);
    g_test_add_func("/ns/handle", test_handle);
    g_test_add_func("/ns/ticket-refused", test_ticket_refused);
    g_test_add_func("/ns/errors", test_errors);
    g_test_add_func("/ns/skipped", test_skipped);
    g_test_add_func("/ns/broken", test_broken);
    g_test_add_func("/ns/challenge", test_challenge);
    g_test_add_func("/ns/out", test_out);
    g_test_add_func("/ns/closed", test_closed);
    g_test_add_func("/ns/order", test_order);
    g_test_add_func("/ns/bad-ticket", test_bad_ticket);
    g_test_add_func("/ns/config", test_config);
    g_test_add_func("/ns/online-status", test_online_status);
    g_test_add_func("/ns/set-status", test_set_status);
    g_test_add_func("/ns/status-end", test_status_end);
    g_test_add_func("/ns/status-refused", test_status_refused);
    g_test_add_func("/ns/status-unanswered", test_status_unanswered);
    g_test_add_func("/ns/keep-alive", test_keep_alive);
    g_test_add_func("/ns/deadlines", test_deadlines);
    g_test_add_func("/ns/hold", test_hold);
    g_test_add_func("/ns/moved", test_moved);
    g_test_add_func("/ns/sign-out", test_sign_out);
    g_test_add_func("/ns/feed-result", test_feed_result);
    g_test_add_func("/ns/trace", test_trace);
    g_test_add_func("/ns/switchboard", test_switchboard);
    g_test_add_func("/ns/switchboards", test_switchboards);
    g_test_add_func("/ns/switchboard-early", test_switchboard_early);
    g_test_add_func("/ns/switchboard-moved", test_switchboard_moved);
    g_test_add_func("/ns/switchboard-limit", test_switchboard_limit);
    g_test_add_func("/ns/ring", test_ring);
    return g_test_run();
}
