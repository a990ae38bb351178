/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The session with a switchboard. */
#include "cmd.h"
#include "drive.h"
#include "expect.h"
#include "watch.h"

#include <string.h>

#define OWN "example@passport.com"

static const msnp_sb_config asked = {
    .account = OWN, .host = "207.46.108.37", .port = 1863, .cookie = "17262740.1050826919"};
static const msnp_sb_config rung = {.account = OWN,
                                    .host = "207.46.108.38",
                                    .port = 1864,
                                    .cookie = "849102291.520491932",
                                    .session = "11752013"};

static const size_t pieces[] = {0, 1, 2, 3, 7, 100};

#define WITH     " with 207.46.108.37:1863"
#define USR      "WRITE USR 1 example@passport.com 17262740.1050826919|"
#define USR_OK   "USR 1 OK example@passport.com example%20friendlyname\r\n"
#define JOI_BOB  "JOI bob@example.com Bob%20B\r\n"
#define GOT_BOB  "SB_JOINED bob@example.com \"Bob B\""
#define TEXT_MSG "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHi"

/* Up to the connection: USR or ANS was sent. */
static drive *greeting(const msnp_sb_config *config)
{
    drive *d = drive_sb(config);
    drive_start(d);
    drive_connected(d);
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_ACCOUNT);
    drive_forget(d);
    return d;
}

/* Taken in, with nobody there. The next id is 2. */
static drive *opened(void)
{
    drive *d = greeting(&asked);
    drive_feed(d, USR_OK);
    expect_events(d, "SB_OPEN");
    return d;
}

/* Bob is there. The next id is 3. */
static drive *with_bob(void)
{
    drive *d = opened();
    drive_call(d, "bob@example.com");
    drive_feed(d, "CAL 2 RINGING 11752014\r\n" JOI_BOB);
    expect_events(d, "WRITE CAL 2 bob@example.com|", GOT_BOB);
    return d;
}

/* --- whole conversations -------------------------------------------------------------------- */

static void test_outgoing(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        drive *d = drive_sb(&asked);
        d->piece = pieces[i];
        g_assert_cmpint(drive_step(d), ==, MSNP_STEP_IDLE);
        drive_call(d, "bob@example.com");
        expect_silence(d);
        drive_start(d);
        expect_events(d, "CONNECT 207.46.108.37:1863");
        g_assert_cmpint(drive_step(d), ==, MSNP_STEP_CONNECT);
        drive_connected(d);
        expect_events(d, USR);
        drive_feed(d, USR_OK);
        expect_events(d, "SB_OPEN", "WRITE CAL 2 bob@example.com|");
        g_assert_cmpint(drive_step(d), ==, MSNP_STEP_ONLINE);
        g_assert_cmpuint(msnp_sb_n_calls(d->sb), ==, 1);
        drive_feed(d, "CAL 2 RINGING 11752014\r\n");
        expect_silence(d);
        drive_feed(d, JOI_BOB);
        expect_events(d, GOT_BOB);
        g_assert_cmpuint(msnp_sb_n_calls(d->sb), ==, 0);
        g_assert_true(drive_send(d, 7, TEXT_MSG));
        expect_events(d, "WRITE MSG 3 A 49|MIME-Version: 1.0|Content-Type: text/plain||Hi");
        g_assert_cmpuint(msnp_sb_unanswered(d->sb), ==, 1);
        drive_feed(d, "ACK 3\r\n");
        expect_events(d, "SB_ANSWERED 7 ok");
        g_assert_cmpuint(msnp_sb_unanswered(d->sb), ==, 0);
        g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
        drive_feed(d, "MSG bob@example.com Bob%20B 5\r\na\r\nb\nBYE bob@example.com\r\n");
        expect_events(d, "SB_RECEIVED bob@example.com \"Bob B\" a|b\\x0a",
                      "SB_LEFT bob@example.com");
        drive_leave(d);
        expect_events(d, "WRITE OUT|", "CLOSE");
        drive_done(d);
    }
}

static void test_incoming(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        drive *d = drive_sb(&rung);
        d->piece = pieces[i];
        drive_start(d);
        expect_events(d, "CONNECT 207.46.108.38:1864");
        drive_connected(d);
        expect_events(d, "WRITE ANS 1 example@passport.com 849102291.520491932 11752013|");
        drive_feed(d, "IRO 1 1 2 carol@example.com Carol\r\nIRO 1 2 2 bob@example.com Bob%20B\r\n");
        expect_events(d, "SB_JOINED carol@example.com \"Carol\"", GOT_BOB);
        g_assert_cmpint(drive_step(d), ==, MSNP_STEP_ACCOUNT);
        drive_feed(d, "ANS 1 OK\r\n");
        expect_events(d, "SB_OPEN");
        g_assert_cmpuint(msnp_sb_n_members(d->sb), ==, 2);
        g_assert_cmpstr(msnp_sb_member(d->sb, 0)->account, ==, "carol@example.com");
        g_assert_cmpstr(msnp_sb_member(d->sb, 1)->name, ==, "Bob B");
        g_assert_true(msnp_sb_has(d->sb, "BOB@example.COM"));
        g_assert_false(msnp_sb_has(d->sb, "dave@example.com"));
        g_assert_true(drive_send(d, 1, "x"));
        expect_events(d, "WRITE MSG 2 A 1|x");
        drive_feed(d, "ACK 2\r\nBYE carol@example.com 1\r\nBYE bob@example.com 1\r\n");
        expect_events(d, "SB_ANSWERED 1 ok", "SB_LEFT carol@example.com idle",
                      "SB_LEFT bob@example.com idle");
        drive_closed(d);
        expect_events(d, "FAILED closed at ONLINE with 207.46.108.38:1864");
        drive_done(d);
    }
}

/* A burst of everything, split anywhere. */
static void test_splits(void)
{
    static const char burst[] =
        USR_OK JOI_BOB "MSG bob@example.com Bob 6\r\nJOI x\nJOI carol@example.com\r\n"
                       "217 2\r\nCAL 3 RINGING 1\r\nZZZ 1\r\nMSG bob@example.com Bob 0\r\n"
                       "BYE bob@example.com\r\nOUT\r\nBYE carol@example.com\r\n";
    for (size_t split = 0; split < sizeof burst; split++) {
        drive *d = greeting(&asked);
        drive_call(d, "dave@example.com");
        drive_call(d, "erin@example.com");
        drive_feed_bytes(d, burst, split);
        drive_feed_bytes(d, burst + split, sizeof burst - 1 - split);
        expect_events(
            d, "SB_OPEN", "WRITE CAL 2 dave@example.com|", "WRITE CAL 3 erin@example.com|", GOT_BOB,
            "SB_RECEIVED bob@example.com \"Bob\" JOI x\\x0a", "SB_JOINED carol@example.com \"\"",
            "SB_CALL_FAILED dave@example.com server 217", "SB_RECEIVED bob@example.com \"Bob\" ",
            "SB_LEFT bob@example.com", "FAILED closed at ONLINE" WITH);
        drive_done(d);
    }
}

/* --- beginning ------------------------------------------------------------------------------ */

typedef struct {
    const char *input;
    const char *events; /* "" is silence */
} row;

static void check_rows(drive *(*begin)(void), const row *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        say(table[i].input);
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            const char *const events[] = {table[i].events, NULL};
            drive *d = begin();
            d->piece = pieces[k];
            drive_feed(d, table[i].input);
            drive_expect(G_STRLOC, d, *table[i].events != '\0' ? events : events + 1);
            drive_done(d);
        }
    }
}
#define CHECK_ROWS(begin, table) check_rows(begin, table, G_N_ELEMENTS(table))

static drive *begin_usr(void)
{
    return greeting(&asked);
}

static drive *begin_ans(void)
{
    return greeting(&rung);
}

static void test_welcome(void)
{
    static const row table[] = {
        {USR_OK, "SB_OPEN"},
        {"USR 1 OK\r\n", "SB_OPEN"},
        {"USR 1 OK a b c d\r\n", "SB_OPEN"},
        {"USR 1 OK  \n", "SB_OPEN"},
        {"\r\n\r\nUSR 1 OK\r\n", "SB_OPEN"},
        {"ZZZ 1 2\r\nCAL 1 RINGING 5\r\nACK 1\r\nNAK 1\r\n" USR_OK, "SB_OPEN"},
        /* Not the answer. */
        {"USR 2 OK\r\n", ""},
        {"USR 0 OK\r\n", ""},
        {"USR x OK\r\n", ""},
        {"USR -1 OK\r\n", ""},
        {"USR 4294967297 OK\r\n", ""},
        {"ANS 1 OK\r\n", ""},
        {"CAL 1 OK\r\n", ""},
        {"ZZZ\r\n", ""},
        /* Short lines of others. */
        {"JOI\r\nBYE\r\nIRO 1 1 1\r\n" USR_OK, "SB_OPEN"},
        /* No welcome. */
        {"USR 1 NO\r\n", "FAILED malformed at ACCOUNT" WITH},
        {"USR 1 ok\r\n", "FAILED malformed at ACCOUNT" WITH},
        {"USR 1  OK\r\n", "FAILED malformed at ACCOUNT" WITH},
        {"USR 1\r\n", "FAILED malformed at ACCOUNT" WITH},
        {"USR\r\n", "FAILED malformed at ACCOUNT" WITH},
        {"911 1\r\n", "FAILED server at ACCOUNT" WITH " 911"},
        {"911\r\n", "FAILED server at ACCOUNT" WITH " 911"},
        {"500 7 x\r\n", "FAILED server at ACCOUNT" WITH " 500"},
        {"217 1\r\n", "FAILED server at ACCOUNT" WITH " 217"},
        {"OUT\r\n", "FAILED closed at ACCOUNT" WITH},
        {"OUT OTH\r\n", "FAILED closed at ACCOUNT" WITH},
        /* No switchboard at all. */
        {"HTTP/1.1 400 Bad Request\r\n", "FAILED malformed at ACCOUNT" WITH},
        {"USR 1 OK\r\nJO\r\n", "SB_OPEN\nFAILED malformed at ONLINE" WITH},
    };
    CHECK_ROWS(begin_usr, table);
}

static void test_answer(void)
{
#undef WITH
#define WITH " with 207.46.108.38:1864"
    static const row table[] = {
        {"ANS 1 OK\r\n", "SB_OPEN"},
        {"ANS 1 OK x\r\n", "SB_OPEN"},
        {"ANS 2 OK\r\n", ""},
        {"USR 1 OK\r\n", ""},
        {"ANS 1 NO\r\n", "FAILED malformed at ACCOUNT" WITH},
        {"ANS 1\r\n", "FAILED malformed at ACCOUNT" WITH},
        {"911 1\r\n", "FAILED server at ACCOUNT" WITH " 911"},
        {"IRO 1 1 1 bob@example.com\r\n", "SB_JOINED bob@example.com \"\""},
        {"IRO 1 1 1 bob@example.com Bob%20B 0 x\r\n", GOT_BOB},
        {"IRO x y z bob@example.com Bob%20B\r\n", GOT_BOB},
        {"IRO 1 1 2 bob@example.com Bob%20B\r\nIRO 1 2 2 BOB@example.com Bob\r\n", GOT_BOB},
        {"IRO 1 1 1 bob Bob\r\nANS 1 OK\r\n", "SB_OPEN"},
        {"IRO 1 1 1  Bob\r\nANS 1 OK\r\n", "SB_OPEN"},
        {"IRO 1 1 1 Example@Passport.com Me\r\nANS 1 OK\r\n", "SB_OPEN"},
        {JOI_BOB "ANS 1 OK\r\n", GOT_BOB "\nSB_OPEN"},
        {JOI_BOB "BYE bob@example.com\r\nANS 1 OK\r\n",
         GOT_BOB "\nSB_LEFT bob@example.com\nSB_OPEN"},
        {JOI_BOB "MSG bob@example.com Bob 1\r\nxANS 1 OK\r\n",
         GOT_BOB "\nSB_RECEIVED bob@example.com \"Bob\" x\nSB_OPEN"},
        {"ANS 1 OK\r\nANS 1 NO\r\nUSR 1 OK\r\nIRO 1 1 1 bob@example.com Bob\r\n", "SB_OPEN"},
    };
    CHECK_ROWS(begin_ans, table);
#undef WITH
#define WITH " with 207.46.108.37:1863"
}

static void test_no_connection(void)
{
    drive *d = drive_sb(&asked);
    /* Before it is wanted nothing happens. */
    drive_connected(d);
    drive_feed(d, USR_OK);
    drive_closed(d);
    expect_silence(d);
    drive_start(d);
    drive_start(d);
    expect_events(d, "CONNECT 207.46.108.37:1863");
    drive_feed(d, USR_OK);
    expect_silence(d);
    drive_closed(d);
    expect_events(d, "FAILED unreachable at CONNECT" WITH);
    drive_done(d);
}

static void test_deadlines(void)
{
    drive *d = drive_sb(&asked);
    drive_start(d);
    drive_forget(d);
    drive_sleep(d, MSNP_STEP_TIMEOUT);
    expect_events(d, "FAILED timeout at CONNECT" WITH);
    drive_done(d);

    d = drive_sb(&asked);
    drive_start(d);
    drive_wait(d, MSNP_STEP_TIMEOUT - 1);
    drive_connected(d);
    drive_connected(d);
    expect_events(d, "CONNECT 207.46.108.37:1863", USR);
    drive_wait(d, 5);
    drive_feed(d, JOI_BOB "ZZZ\r\n");
    drive_forget(d);
    drive_sleep(d, MSNP_STEP_TIMEOUT - 5);
    expect_events(d, "FAILED timeout at ACCOUNT" WITH);
    drive_done(d);

    /* Open, with nothing under way: it may be idle for ever. */
    d = with_bob();
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    drive_wait(d, 1000000000);
    drive_tick(d);
    expect_silence(d);
    drive_done(d);
}

/* --- who is there --------------------------------------------------------------------------- */

static drive *begin_open(void)
{
    return opened();
}

static drive *begin_bob(void)
{
    return with_bob();
}

static void test_members(void)
{
    static const row nobody[] = {
        {JOI_BOB, GOT_BOB},
        {"JOI bob@example.com\n", "SB_JOINED bob@example.com \"\""},
        {"JOI bob@example.com \r\n", "SB_JOINED bob@example.com \"\""},
        {"JOI bob@example.com B%c3%bcb%0d%0a%07 0 x\r\n",
         "SB_JOINED bob@example.com \"B\\xc3\\xbcb\""},
        {"JOI Bob@Example.COM Bob\r\n", "SB_JOINED Bob@Example.COM \"Bob\""},
        {"JOI  Bob\r\n", ""},
        {"JOI\r\n", ""},
        {"JOI bob Bob\r\n", ""},
        {"JOI example@passport.com Me\r\n", ""},
        {"JOI EXAMPLE@passport.com Me\r\n", ""},
        {"BYE bob@example.com\r\n", ""},
        {"IRO 1 1 1 bob@example.com Bob\r\n", ""},
    };
    CHECK_ROWS(begin_open, nobody);
    static const row bob[] = {
        {JOI_BOB, ""},
        {"JOI BOB@EXAMPLE.com Bob\r\n", ""},
        {"JOI bob@example.com.org Bob\r\n", "SB_JOINED bob@example.com.org \"Bob\""},
        {"BYE bob@example.com\r\n", "SB_LEFT bob@example.com"},
        {"BYE bob@example.com 1\r\n", "SB_LEFT bob@example.com idle"},
        {"BYE bob@example.com 0\r\n", "SB_LEFT bob@example.com"},
        {"BYE bob@example.com 11 1\r\n", "SB_LEFT bob@example.com"},
        {"BYE bob@example.com 1 x\r\n", "SB_LEFT bob@example.com idle"},
        {"BYE BOB@example.com\r\n", "SB_LEFT BOB@example.com"},
        {"BYE\r\n", ""},
        {"BYE \r\n", ""},
        {"BYE bob@example.co\r\n", ""},
        {"BYE example@passport.com\r\n", ""},
        {"BYE bob@example.com\r\n" JOI_BOB, "SB_LEFT bob@example.com\n" GOT_BOB},
        {"BYE bob@example.com\r\nBYE bob@example.com\r\n", "SB_LEFT bob@example.com"},
        {"OUT\r\n", "FAILED closed at ONLINE" WITH},
        {"911 1\r\n", ""},
        {"500 99\r\n", ""},
        {"217\r\n", ""},
        {"CAL 9 RINGING 1\r\n", ""},
        {"CAL 9\r\n", ""},
    };
    CHECK_ROWS(begin_bob, bob);
}

/* More than a switchboard can hold are not taken for members. */
static void test_crowd(void)
{
    drive *d = opened();
    for (unsigned i = 0; i < MSNP_SB_MEMBERS_MAX + 5; i++) {
        char *line = g_strdup_printf("JOI p%u@example.com x\r\n", i);
        drive_feed(d, line);
        g_free(line);
    }
    g_assert_cmpuint(msnp_sb_n_members(d->sb), ==, MSNP_SB_MEMBERS_MAX);
    g_assert_true(msnp_sb_has(d->sb, "p99@example.com"));
    g_assert_false(msnp_sb_has(d->sb, "p100@example.com"));
    drive_forget(d);
    drive_feed(d, "BYE p0@example.com\r\nJOI p100@example.com x\r\n");
    expect_events(d, "SB_LEFT p0@example.com", "SB_JOINED p100@example.com \"x\"");
    drive_done(d);
}

/* --- calling -------------------------------------------------------------------------------- */

static void test_call(void)
{
    drive *d = opened();
    drive_call(d, "bob@example.com");
    expect_events(d, "WRITE CAL 2 bob@example.com|");
    drive_call(d, "bob@example.com");
    drive_call(d, "BOB@example.com");
    expect_silence(d);
    drive_call(d, "carol@example.com");
    expect_events(d, "WRITE CAL 3 carol@example.com|");
    g_assert_cmpuint(msnp_sb_n_calls(d->sb), ==, 2);
    g_assert_cmpstr(msnp_sb_called(d->sb, 0)->account, ==, "bob@example.com");
    g_assert_null(msnp_sb_called(d->sb, 0)->name);
    g_assert_cmpstr(msnp_sb_called(d->sb, 1)->account, ==, "carol@example.com");
    /* In the other order, and in other spelling. */
    drive_feed(d, "JOI Carol@Example.com Carol\r\nCAL 3 RINGING 5\r\n");
    expect_events(d, "SB_JOINED Carol@Example.com \"Carol\"");
    g_assert_cmpuint(msnp_sb_n_calls(d->sb), ==, 1);
    g_assert_cmpstr(msnp_sb_called(d->sb, 0)->account, ==, "bob@example.com");
    drive_call(d, "carol@example.com");
    expect_silence(d);
    drive_feed(d, "217 2\r\n217 2\r\n217 3\r\n");
    expect_events(d, "SB_CALL_FAILED bob@example.com server 217");
    g_assert_cmpuint(msnp_sb_n_calls(d->sb), ==, 0);
    /* Who left can be called again. */
    drive_feed(d, "BYE carol@example.com\r\n");
    drive_forget(d);
    drive_call(d, "carol@example.com");
    expect_events(d, "WRITE CAL 4 carol@example.com|");
    drive_feed(d, "CAL 4 RINGING 5\r\n");
    drive_sleep(d, MSNP_SB_CALL_TIMEOUT);
    expect_events(d, "SB_CALL_FAILED carol@example.com timeout");
    /* Too late is better than never. */
    drive_feed(d, "JOI carol@example.com Carol\r\n");
    expect_events(d, "SB_JOINED carol@example.com \"Carol\"");
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    drive_leave(d);
    drive_forget(d);
    drive_done(d);
}

static void test_call_errors(void)
{
    static const struct {
        const char *line;
        const char *events;
    } table[] = {
        {"217 2\r\n", "SB_CALL_FAILED bob@example.com server 217"},
        {"216 2\r\n", "SB_CALL_FAILED bob@example.com server 216"},
        {"208 2\r\n", "SB_CALL_FAILED bob@example.com server 208"},
        {"713 2\r\n", "SB_CALL_FAILED bob@example.com server 713"},
        {"800 2\r\n", "SB_CALL_FAILED bob@example.com server 800"},
        {"201 2\r\n", "SB_CALL_FAILED bob@example.com server 201"},
        {"217 2 bob@example.com\r\n", "SB_CALL_FAILED bob@example.com server 217"},
        {"280 2\r\n", "FAILED server at ONLINE" WITH " 280"},
        {"281 2\r\n", "FAILED server at ONLINE" WITH " 281"},
        {"500 2\r\n", "FAILED server at ONLINE" WITH " 500"},
        {"600 2\r\n", "FAILED server at ONLINE" WITH " 600"},
        {"712 2\r\n", "FAILED server at ONLINE" WITH " 712"},
        {"911 2\r\n", "FAILED server at ONLINE" WITH " 911"},
        {"217 3\r\n", ""},
        {"217 1\r\n", ""},
        {"217\r\n", ""},
        {"217 x\r\n", ""},
        {"500\r\n", ""},
        {"215 2\r\n", ""},
        {"JOI bob@example.com Bob%20B\r\n215 2\r\n", GOT_BOB},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        const char *const events[] = {table[i].events, NULL};
        drive *d = opened();
        say(table[i].line);
        drive_call(d, "bob@example.com");
        drive_forget(d);
        drive_feed(d, table[i].line);
        drive_expect(G_STRLOC, d, *table[i].events != '\0' ? events : events + 1);
        drive_done(d);
    }
    /* Called already by somebody else: nobody but the deadline says that nobody comes. */
    drive *d = opened();
    drive_call(d, "bob@example.com");
    drive_feed(d, "215 2\r\n");
    drive_forget(d);
    drive_sleep(d, MSNP_SB_CALL_TIMEOUT);
    expect_events(d, "SB_CALL_FAILED bob@example.com timeout");
    /* Ourselves. */
    drive_call(d, "EXAMPLE@passport.com");
    drive_feed(d, "215 3\r\n");
    expect_events(d, "WRITE CAL 3 EXAMPLE@passport.com|",
                  "SB_CALL_FAILED EXAMPLE@passport.com server 215");
    /* Refused when nobody waits for it any more. */
    drive_feed(d, "217 2\r\n");
    expect_silence(d);
    drive_done(d);
}

/* Calls that waited have their whole time, each its own. */
static void test_call_deadlines(void)
{
    drive *d = greeting(&asked);
    drive_call(d, "bob@example.com");
    drive_call(d, "carol@example.com");
    drive_wait(d, 20000);
    drive_feed(d, USR_OK);
    expect_events(d, "SB_OPEN", "WRITE CAL 2 bob@example.com|", "WRITE CAL 3 carol@example.com|");
    drive_wait(d, 10000);
    drive_call(d, "dave@example.com");
    drive_feed(d, "JOI carol@example.com\r\n");
    drive_forget(d);
    drive_sleep(d, MSNP_SB_CALL_TIMEOUT - 10000);
    expect_events(d, "SB_CALL_FAILED bob@example.com timeout");
    drive_sleep(d, 10000);
    expect_events(d, "SB_CALL_FAILED dave@example.com timeout");
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    drive_done(d);

    /* They end with the session, without a word of their own. */
    d = opened();
    drive_call(d, "bob@example.com");
    drive_forget(d);
    drive_closed(d);
    expect_events(d, "FAILED closed at ONLINE" WITH);
    drive_done(d);
}

/* --- messages ------------------------------------------------------------------------------- */

static void test_answers(void)
{
    static const struct {
        const char *line;
        const char *events;
    } table[] = {
        {"ACK 3\r\n", "SB_ANSWERED 7 ok"},
        {"ACK 3 x\r\n", "SB_ANSWERED 7 ok"},
        {"NAK 3\r\n", "SB_ANSWERED 7 refused"},
        {"282 3\r\n", "SB_ANSWERED 7 server 282"},
        {"500 3\r\n", "SB_ANSWERED 7 server 500"},
        {"ACK 3\r\nNAK 3\r\nACK 3\r\n282 3\r\n", "SB_ANSWERED 7 ok"},
        {"BYE bob@example.com\r\nACK 3\r\n", "SB_LEFT bob@example.com\nSB_ANSWERED 7 nobody"},
        {"BYE bob@example.com\r\nNAK 3\r\n", "SB_LEFT bob@example.com\nSB_ANSWERED 7 refused"},
        {"ACK 3\r\nBYE bob@example.com\r\n", "SB_ANSWERED 7 ok\nSB_LEFT bob@example.com"},
        {"ACK 4\r\n", ""},
        {"ACK 2\r\n", ""},
        {"ACK 0\r\n", ""},
        {"ACK\r\n", ""},
        {"ACK x\r\n", ""},
        {"ACK 4294967299\r\n", ""},
        {"MSG 3\r\n", ""},
        {"MSG bob@example.com Bob -1\r\n", "FAILED malformed at ONLINE" WITH},
        {"MSG bob@example.com Bob 65537\r\n", "FAILED malformed at ONLINE" WITH},
        {"OUT\r\n", "FAILED closed at ONLINE" WITH},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            const char *const events[] = {table[i].events, NULL};
            drive *d = with_bob();
            d->piece = pieces[k];
            say(table[i].line);
            g_assert_true(drive_send(d, 7, "x"));
            expect_events(d, "WRITE MSG 3 A 1|x");
            drive_feed(d, table[i].line);
            drive_expect(G_STRLOC, d, *table[i].events != '\0' ? events : events + 1);
            bool answered = strstr(table[i].events, "ANSWERED") != NULL;
            g_assert_cmpuint(msnp_sb_unanswered(d->sb), ==, answered ? 0 : 1);
            drive_done(d);
        }
    }
}

static void test_answer_order(void)
{
    drive *d = with_bob();
    g_assert_true(drive_send(d, 10, "a"));
    g_assert_true(drive_send(d, 0, "b"));
    g_assert_true(drive_send(d, 11, "c"));
    g_assert_true(drive_send(d, UINT32_MAX, ""));
    expect_events(d, "WRITE MSG 3 A 1|a", "WRITE MSG 4 U 1|b", "WRITE MSG 5 A 1|c",
                  "WRITE MSG 6 A 0|");
    g_assert_cmpuint(msnp_sb_unanswered(d->sb), ==, 3);
    drive_feed(d, "ACK 4\r\nNAK 4\r\nACK 6\r\nNAK 3\r\n");
    expect_events(d, "SB_ANSWERED 4294967295 ok", "SB_ANSWERED 10 refused");
    g_assert_cmpuint(msnp_sb_unanswered(d->sb), ==, 1);
    drive_feed(d, "ACK 5\r\n");
    expect_events(d, "SB_ANSWERED 11 ok");
    drive_done(d);
}

/* An answer that does not come. Other bytes prove that the connection lives. */
static void test_unanswered(void)
{
    drive *d = with_bob();
    drive_wait(d, 5);
    g_assert_true(drive_send(d, 7, "x"));
    drive_wait(d, 1000);
    g_assert_true(drive_send(d, 8, "y"));
    drive_feed(d, "ZZZ\r\n");
    drive_forget(d);
    drive_sleep(d, MSNP_SB_ACK_TIMEOUT - 1000);
    expect_events(d, "SB_ANSWERED 7 timeout");
    drive_feed(d, "ACK 3\r\n");
    expect_silence(d);
    drive_feed(d, "ACK 4\r\n");
    expect_events(d, "SB_ANSWERED 8 ok");
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_ONLINE);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);

    /* Not a byte more: it is dead. What else was sent ends with the session. */
    drive_wait(d, 1);
    g_assert_true(drive_send(d, 9, "x"));
    g_assert_true(drive_send(d, 10, "x"));
    drive_forget(d);
    drive_sleep(d, MSNP_SB_ACK_TIMEOUT);
    expect_events(d, "SB_ANSWERED 9 timeout", "FAILED timeout at ONLINE" WITH);
    drive_done(d);
}

static void test_not_sent(void)
{
    drive *d = drive_sb(&asked);
    g_assert_false(drive_send(d, 1, "x"));
    drive_start(d);
    g_assert_false(drive_send(d, 1, "x"));
    drive_connected(d);
    g_assert_false(drive_send(d, 1, "x"));
    g_assert_false(drive_send(d, 0, "x"));
    expect_events(d, "CONNECT 207.46.108.37:1863", USR);
    g_assert_cmpuint(msnp_sb_unanswered(d->sb), ==, 0);
    drive_done(d);

    /* Too many without an answer. */
    d = with_bob();
    for (unsigned i = 0; i < 256; i++)
        g_assert_true(drive_send(d, i + 1, "x"));
    drive_forget(d);
    g_assert_false(drive_send(d, 1000, "x"));
    expect_silence(d);
    g_assert_cmpuint(msnp_sb_unanswered(d->sb), ==, 256);
    g_assert_true(drive_send(d, 0, "x"));
    drive_call(d, "carol@example.com");
    expect_events(d, "WRITE MSG 259 U 1|x");
    drive_wait(d, 1);
    drive_feed(d, "ACK 3\r\n");
    expect_events(d, "SB_ANSWERED 1 ok");
    g_assert_true(drive_send(d, 1000, "x"));
    drive_forget(d);
    drive_wait(d, 1);
    drive_feed(d, "ZZZ\r\n");
    /* Of the call nobody knows, but it has its end as well. */
    drive_wait(d, MSNP_SB_CALL_TIMEOUT);
    drive_tick(d);
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_ONLINE);
    g_assert_nonnull(strstr(d->events->str, "SB_CALL_FAILED carol@example.com timeout\n"));
    drive_forget(d);
    drive_done(d);
}

static void test_received(void)
{
    static const row table[] = {
        {"MSG bob@example.com Bob%20B 2\r\nhi", "SB_RECEIVED bob@example.com \"Bob B\" hi"},
        {"MSG bob@example.com  2\r\nhi", "SB_RECEIVED bob@example.com \"\" hi"},
        {"MSG bob@example.com Bob 0\r\n", "SB_RECEIVED bob@example.com \"Bob\" "},
        {"MSG bob@example.com Bob 3\r\na\r\n", "SB_RECEIVED bob@example.com \"Bob\" a|"},
        {"MSG bob@example.com Bob x y 1\r\nz", "SB_RECEIVED bob@example.com \"Bob\" z"},
        /* Of somebody who is not there: a server that says so will know. */
        {"MSG dave@example.com Dave 1\r\nx", "SB_RECEIVED dave@example.com \"Dave\" x"},
        {"MSG Hotmail Hotmail 1\r\nx", ""},
        {"MSG  x 1\r\nx", ""},
        {"MSG bob@example.com Bob 4\r\nOUT\nBYE bob@example.com\r\n",
         "SB_RECEIVED bob@example.com \"Bob\" OUT\\x0a\nSB_LEFT bob@example.com"},
    };
    CHECK_ROWS(begin_bob, table);

    drive *d = with_bob();
    char *body = g_strnfill(MSNP_PAYLOAD_MAX, 'x');
    char *message = g_strdup_printf("MSG bob@example.com B %d\r\n%s", MSNP_PAYLOAD_MAX, body);
    drive_feed(d, message);
    g_assert_cmpuint(d->events->len, >, MSNP_PAYLOAD_MAX);
    g_assert_true(g_str_has_prefix(d->events->str, "SB_RECEIVED bob@example.com \"B\" xxx"));
    drive_forget(d);
    g_free(message);
    g_free(body);
    drive_done(d);
}

/* --- the end -------------------------------------------------------------------------------- */

static void test_leave(void)
{
    for (int steps = 0; steps < 4; steps++) {
        drive *d = drive_sb(&asked);
        drive_call(d, "bob@example.com");
        if (steps > 0)
            drive_start(d);
        if (steps > 1)
            drive_connected(d);
        if (steps > 2)
            drive_feed(d, USR_OK);
        drive_forget(d);
        drive_leave(d);
        if (steps > 2)
            expect_events(d, "WRITE OUT|", "CLOSE");
        else
            expect_events(d, "CLOSE");
        drive_done(d);
    }
    /* What people said before is told nevertheless, of the rest nothing. */
    static const char late[] = "MSG bob@example.com B 1\r\nxBYE bob@example.com\r\n" JOI_BOB
                               "ACK 3\r\nMSG bob@example.com B 2\r\nyz911 1\r\nOUT\r\nMSG x\r\nA";
    drive *d = with_bob();
    g_assert_true(drive_send(d, 1, "x"));
    drive_forget(d);
    msnp_sb_feed(d->sb, late, sizeof late - 1, d->now);
    drive_leave(d);
    expect_events(d, "WRITE OUT|", "CLOSE", "SB_RECEIVED bob@example.com \"B\" x",
                  "SB_RECEIVED bob@example.com \"B\" yz");
    drive_done(d);

    d = with_bob();
    msnp_sb_feed(d->sb, "MSG bob@example.com B 1\r\nxZZ\r\nMSG bob@example.com B 1\r\nx", 56,
                 d->now);
    drive_leave(d);
    expect_events(d, "WRITE OUT|", "CLOSE", "SB_RECEIVED bob@example.com \"B\" x");
    drive_done(d);
    msnp_sb_free(NULL);
}

static void test_broken(void)
{
    char *line = repeated("x", MSNP_LINE_MAX + 1);
    drive *d = with_bob();
    memcpy(line, "JOI ", 4);
    drive_feed(d, line);
    expect_events(d, "FAILED too-long at ONLINE" WITH);
    g_free(line);
    drive_done(d);

    d = with_bob();
    drive_feed_bytes(d, "JOI a\0b\r\n" JOI_BOB, 9);
    expect_events(d, "FAILED malformed at ONLINE" WITH);
    drive_done(d);
}

/* --- secrets -------------------------------------------------------------------------------- */

/* No cookie, no text and no name in the traces, no cookie left in memory. */
static void test_secrets(void)
{
    static const char *const secrets[] = {"849102291.520491932", "17262740.1050826919"};
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++)
        watch_secret(secrets[i]);
    for (size_t i = 0; i < 4; i++) {
        drive *d = drive_sb(i % 2 == 0 ? &asked : &rung);
        d->piece = i < 2 ? 0 : 1;
        drive_start(d);
        if (i > 0) {
            drive_connected(d);
            drive_feed(d, "IRO 1 1 1 carol@example.com Caroline\r\nUSR 1 OK " OWN
                          " MyName\r\nANS 1 OK\r\n");
            drive_call(d, "bob@example.com");
            drive_feed(d, "CAL 2 RINGING 5\r\nJOI bob@example.com Robert\r\n");
            drive_feed(d, "MSG bob@example.com Robert 8\r\nTop hushUSR 5 " OWN
                          " 849102291.520491932\r\n");
            drive_send(d, 1, "Top hush");
            drive_send(d, 0, "Top hush");
            drive_feed(d, "ACK 3\r\nBYE bob@example.com\r\n217 9 hush\r\nZZZ hush\r\n");
            g_assert_nonnull(strstr(d->traces->str, i % 2 == 0 ? ">>> USR 1 " OWN : ">>> ANS 1"));
            g_assert_nonnull(strstr(d->traces->str, ">>> CAL 2 bob@example.com\n"));
            g_assert_nonnull(strstr(d->traces->str, ">>> MSG 3 *** *** (8 bytes of payload)\n"));
            g_assert_nonnull(strstr(d->traces->str, ">>> MSG 4 *** *** (8 bytes of payload)\n"));
            g_assert_nonnull(strstr(d->traces->str, "<<< JOI bob@example.com ***\n"));
            g_assert_nonnull(strstr(d->traces->str, "<<< MSG bob@example.com *** *** (8 bytes"));
            g_assert_nonnull(strstr(d->traces->str, "<<< ACK 3\n"));
        }
        drive_leave(d);
        for (size_t k = 0; k < G_N_ELEMENTS(secrets); k++)
            g_assert_null(strstr(d->traces->str, secrets[k]));
        g_assert_null(strstr(d->traces->str, "hush"));
        g_assert_null(strstr(d->traces->str, "Caroline"));
        g_assert_null(strstr(d->traces->str, "Robert"));
        g_assert_null(strstr(d->traces->str, "MyName"));
        drive_forget(d);
        drive_done(d);
    }
    watch_reset();
}

static void test_trace(void)
{
    for (int on = 0; on < 2; on++) {
        msnp_sb *sb = msnp_sb_new(&asked);
        msnp_event event;
        unsigned traces = 0;
        if (on) {
            msnp_sb_set_trace(sb, false);
            msnp_sb_set_trace(sb, true);
        }
        msnp_sb_start(sb, 0);
        msnp_sb_connected(sb, 0);
        msnp_sb_feed(sb, "ZZZ\r\n", 5, 0);
        while (msnp_sb_next(sb, &event))
            traces += event.type == MSNP_EVENT_TRACE;
        g_assert_cmpuint(traces, ==, on ? 2 : 0);
        msnp_sb_free(sb);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* First: the other tests leave the same texts in memory, which the core gets next. */
    g_test_add_func("/sb/secrets", test_secrets);
    g_test_add_func("/sb/outgoing", test_outgoing);
    g_test_add_func("/sb/incoming", test_incoming);
    g_test_add_func("/sb/splits", test_splits);
    g_test_add_func("/sb/welcome", test_welcome);
    g_test_add_func("/sb/answer", test_answer);
    g_test_add_func("/sb/no-connection", test_no_connection);
    g_test_add_func("/sb/deadlines", test_deadlines);
    g_test_add_func("/sb/members", test_members);
    g_test_add_func("/sb/crowd", test_crowd);
    g_test_add_func("/sb/call", test_call);
    g_test_add_func("/sb/call-errors", test_call_errors);
    g_test_add_func("/sb/call-deadlines", test_call_deadlines);
    g_test_add_func("/sb/answers", test_answers);
    g_test_add_func("/sb/answer-order", test_answer_order);
    g_test_add_func("/sb/unanswered", test_unanswered);
    g_test_add_func("/sb/not-sent", test_not_sent);
    g_test_add_func("/sb/received", test_received);
    g_test_add_func("/sb/leave", test_leave);
    g_test_add_func("/sb/broken", test_broken);
    g_test_add_func("/sb/trace", test_trace);
    return g_test_run();
}
