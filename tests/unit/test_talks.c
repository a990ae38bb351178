/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conversations: switchboards that come and go, and messages that do not disappear. */
#include "cmd.h"
#include "drive.h"
#include "expect.h"
#include "watch.h"

#include <string.h>

#define OWN   "example@passport.com"
#define BOB   "bob@example.com"
#define CAROL "carol@example.com"
#define DAVE  "dave@example.com"

static const msnp_format plain = {.font = ""};

static const size_t pieces[] = {0, 1, 2, 7};

/* --- short ways to say things --------------------------------------------------------------- */

static drive *begin(void)
{
    return drive_talks(OWN);
}

static void say_to(drive *d, msnp_place place, const char *text)
{
    g_assert_cmpint(msnp_talks_send(d->talks, place, text, &plain, d->now), ==, MSNP_OK);
    drive_drain(d);
}

static void say_bob(drive *d, const char *text)
{
    say_to(d, (msnp_place){0, BOB}, text);
}

static void say_chat(drive *d, unsigned chat, const char *text)
{
    say_to(d, (msnp_place){chat, NULL}, text);
}

static void nudge(drive *d, const char *who)
{
    g_assert_cmpint(msnp_talks_nudge(d->talks, who, d->now), ==, MSNP_OK);
    drive_drain(d);
}

static void type_to(drive *d, const char *who)
{
    msnp_talks_type(d->talks, who, d->now);
    drive_drain(d);
}

static void close_window(drive *d, msnp_place place)
{
    msnp_talks_close(d->talks, place, d->now);
    drive_drain(d);
}

static void invite(drive *d, unsigned chat, const char *who)
{
    msnp_talks_invite(d->talks, chat, who, d->now);
    drive_drain(d);
}

static unsigned make_chat(drive *d, const char *who, const char *also)
{
    unsigned chat = msnp_talks_chat(d->talks, who, also, d->now);
    drive_drain(d);
    return chat;
}

static void end(drive *d)
{
    msnp_talks_end(d->talks, MSNP_ERR_SIGNED_OUT, d->now);
    drive_drain(d);
    g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 0);
    g_assert_cmpuint(msnp_talks_wires(d->talks), ==, 0);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
}

/* The notification server grants a switchboard, or does not. */
static void grant(drive *d, unsigned request)
{
    msnp_talks_switchboard(d->talks, request, "sb.example.com", 1863, "cookie", d->now);
    drive_drain(d);
}

static void refuse(drive *d, unsigned request, unsigned number)
{
    msnp_talks_no_switchboard(d->talks, request, MSNP_ERR_SERVER, number, d->now);
    drive_drain(d);
}

static void ring(drive *d, const char *session, const char *who)
{
    const msnp_ring event = {.session = session,
                             .host = "ring.example.com",
                             .port = 1864,
                             .cookie = "cookie2",
                             .account = who,
                             .name = "Name"};
    msnp_talks_rung(d->talks, &event, d->now);
    drive_drain(d);
}

/* What comes on the connection of this number. */
static void on(drive *d, unsigned wire, const char *lines)
{
    d->wire = wire;
    drive_feed(d, lines);
}

static void connected(drive *d, unsigned wire)
{
    d->wire = wire;
    drive_connected(d);
}

static void closed(drive *d, unsigned wire)
{
    d->wire = wire;
    drive_closed(d);
}

/* A text message as a switchboard sends it. */
static void told(drive *d, unsigned wire, const char *who, const char *text)
{
    const char *type = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n";
    char *message =
        g_strdup_printf("MSG %s Name %zu\r\n%s%s", who, strlen(type) + strlen(text), type, text);
    on(d, wire, message);
    g_free(message);
}

/* Any message of his. */
static void feed_payload(drive *d, const char *headers, const char *body)
{
    char *message = g_strdup_printf("MSG " BOB " Bob%%20B %zu\r\n%s\r\n%s",
                                    strlen(headers) + 2 + strlen(body), headers, body);
    on(d, 1, message);
    g_free(message);
}

/* Bob is in a switchboard that we opened, connection 1, and has read "Hi". The next id is 4. */
static drive *with_bob(void)
{
    drive *d = begin();
    say_bob(d, "Hi");
    grant(d, 1);
    connected(d, 1);
    on(d, 1, "USR 1 OK " OWN " Me\r\nCAL 2 RINGING 7\r\nJOI " BOB " Bob\r\nACK 3\r\n");
    drive_forget(d);
    g_assert_true(msnp_talks_is_open(d->talks, BOB));
    g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 0);
    return d;
}

/* These people rang us, connection 1. The next id is 2. */
static drive *with_many(const char *lines)
{
    drive *d = begin();
    ring(d, "55", BOB);
    connected(d, 1);
    on(d, 1, lines);
    on(d, 1, "ANS 1 OK\r\n");
    drive_forget(d);
    return d;
}

/* Chat 1 with Carol and Bob, in which Carol has said something, over connection 1; the next id
 * is 2. */
static drive *in_chat(void)
{
    drive *d = with_many("IRO 1 1 2 " CAROL " Carol\r\nIRO 1 2 2 " BOB " Bob\r\n");
    told(d, 1, CAROL, "Hello");
    drive_forget(d);
    return d;
}

#define CHAT ((msnp_place){1, NULL})

static void done(drive *d)
{
    expect_silence(d);
    g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 0);
    end(d);
    drive_forget(d);
    drive_done(d);
}

/* --- one person ----------------------------------------------------------------------------- */

static void test_outgoing(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        drive *d = begin();
        d->piece = pieces[i];
        say_bob(d, "One");
        expect_events(d, "ASK_SWITCHBOARD 1");
        say_bob(d, "Two");
        nudge(d, BOB);
        type_to(d, BOB);
        expect_silence(d);
        g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 3);
        g_assert_cmpuint(msnp_talks_wires(d->talks), ==, 0);
        grant(d, 1);
        expect_events(d, "CONNECT 1 sb.example.com:1863");
        g_assert_cmpuint(msnp_talks_wires(d->talks), ==, 1);
        connected(d, 1);
        expect_events(d, "WRITE 1 USR 1 " OWN " cookie|");
        on(d, 1, "USR 1 OK " OWN " Me\r\n");
        expect_events(d, "WRITE 1 CAL 2 " BOB "|");
        on(d, 1, "CAL 2 RINGING 7\r\n");
        expect_silence(d);
        g_assert_false(msnp_talks_is_open(d->talks, BOB));
        on(d, 1, "JOI " BOB " Bob\r\n");
        expect_events(d, "SAY 1 3 \"One\"", "SAY 1 4 \"Two\"", "NUDGE 1 5");
        g_assert_true(msnp_talks_is_open(d->talks, "BOB@example.com"));
        say_bob(d, "a\nb");
        expect_events(d, "SAY 1 6 \"a|b\"");
        on(d, 1, "ACK 4\r\nACK 3\r\nACK 5\r\nACK 6\r\n");
        expect_silence(d);
        g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 0);
        g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
        told(d, 1, BOB, "Hello");
        expect_events(d, "TALK_MESSAGE " BOB " " BOB " \"Name\" TEXT \"Hello\"");
        on(d, 1, "BYE " BOB "\r\n");
        expect_events(d, "WRITE 1 OUT|", "CLOSE 1");
        g_assert_cmpuint(msnp_talks_wires(d->talks), ==, 0);
        /* The next message has a new switchboard. */
        say_bob(d, "Three");
        expect_events(d, "ASK_SWITCHBOARD 2");
        end(d);
        expect_events(d, "TALK_UNDELIVERED " BOB " \"Three\" signed-out");
        done(d);
    }
}

static void test_incoming(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        drive *d = begin();
        d->piece = pieces[i];
        ring(d, "55", BOB);
        expect_events(d, "CONNECT 1 ring.example.com:1864");
        /* Again, and by somebody else. */
        ring(d, "55", BOB);
        expect_silence(d);
        ring(d, "56", CAROL);
        expect_events(d, "CONNECT 2 ring.example.com:1864");
        connected(d, 1);
        expect_events(d, "WRITE 1 ANS 1 " OWN " cookie2 55|");
        on(d, 1, "IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\n");
        expect_silence(d);
        g_assert_true(msnp_talks_is_open(d->talks, BOB));
        feed_payload(d, "Content-Type: text/x-msmsgscontrol\r\nTypingUser: " BOB "\r\n", "\r\n");
        expect_events(d, "TALK_TYPING " BOB " " BOB);
        say_bob(d, "Hi");
        expect_events(d, "SAY 1 2 \"Hi\"");
        on(d, 1, "ACK 2\r\n");
        closed(d, 1);
        expect_events(d, "CLOSE 1");
        closed(d, 2);
        expect_events(d, "CLOSE 2");
        done(d);
    }
}

#define IRO_CAROL "IRO 1 1 2 " CAROL " Carol\r\n"
#define IRO_BOTH  IRO_CAROL "IRO 1 2 2 " BOB " Bob\r\n"
#define SAID_HI   "MSG " CAROL " Carol 30\r\nContent-Type: text/plain\r\n\r\nHi"

static void test_order_of_lines(void)
{
    static const struct {
        const char *lines;
        const char *events;
    } table[] = {
        /* Gone before we came: never a chat. */
        {"IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\nBYE " BOB "\r\n", "WRITE 1 OUT|\nCLOSE 1"},
        {"IRO 1 1 1 " BOB " Bob\r\nBYE " BOB "\r\nANS 1 OK\r\n", "CLOSE 1"},
        {"ANS 1 OK\r\n", "WRITE 1 OUT|\nCLOSE 1"},
        {"911 1\r\n", "CLOSE 1"},
        /* Left and failed at once. */
        {"IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\nBYE " BOB "\r\nOUT\r\n", "WRITE 1 OUT|\nCLOSE 1"},
        {"IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\nBYE " BOB "\r\nXX\r\n", "WRITE 1 OUT|\nCLOSE 1"},
        {"IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\nOUT\r\n", "CLOSE 1"},
        /* With several people it is a chat as soon as something is said, and not before. */
        {IRO_BOTH "ANS 1 OK\r\n", ""},
        {IRO_CAROL "ANS 1 OK\r\nJOI " BOB " Bob\r\nJOI " DAVE " Dave\r\n", ""},
        {IRO_CAROL "ANS 1 OK\r\nJOI " BOB " Bob\r\nBYE " CAROL "\r\nBYE " BOB " 1\r\n",
         "WRITE 1 OUT|\nCLOSE 1"},
        {IRO_BOTH "ANS 1 OK\r\n" SAID_HI,
         "CHAT_BEGUN #1\nCHAT_JOINED #1 " CAROL " \"Carol\" initial\n"
         "CHAT_JOINED #1 " BOB " \"Bob\" initial\nTALK_MESSAGE #1 " CAROL " \"Carol\" TEXT \"Hi\""},
        {IRO_CAROL "ANS 1 OK\r\n" SAID_HI "JOI " BOB " Bob\r\nJOI " DAVE " Dave\r\n",
         "TALK_MESSAGE " CAROL " " CAROL " \"Carol\" TEXT \"Hi\"\nCHAT_BEGUN #1 from " CAROL
         "\nCHAT_JOINED #1 " CAROL " \"Carol\" initial\nCHAT_JOINED #1 " BOB
         " \"Bob\"\nCHAT_JOINED #1 " DAVE " \"Dave\""},
        {IRO_CAROL "ANS 1 OK\r\n" SAID_HI "JOI " BOB " Bob\r\nBYE " CAROL "\r\nBYE " BOB " 1\r\n",
         "TALK_MESSAGE " CAROL " " CAROL " \"Carol\" TEXT \"Hi\"\nCHAT_BEGUN #1 from " CAROL
         "\nCHAT_JOINED #1 " CAROL " \"Carol\" initial\nCHAT_JOINED #1 " BOB
         " \"Bob\"\nCHAT_LEFT #1 " CAROL "\nCHAT_LEFT #1 " BOB " lost\nWRITE 1 OUT|\nCLOSE 1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].lines);
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            const char *const events[] = {table[i].events, NULL};
            drive *d = begin();
            d->piece = pieces[k];
            ring(d, "55", BOB);
            connected(d, 1);
            drive_forget(d);
            on(d, 1, table[i].lines);
            drive_expect(G_STRLOC, d, *table[i].events != '\0' ? events : events + 1);
            done(d);
        }
    }
}

/* Each way in which a switchboard is not opened: whether there is a second attempt, and the end. */
static void test_not_granted(void)
{
    static const struct {
        unsigned number;
        bool again;
    } table[] = {
        {800, false}, {713, false}, {714, false}, {913, false}, {600, false},
        {910, false}, {201, false}, {217, false}, {280, true},  {281, true},
        {500, true},  {601, true},  {911, true},  {700, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *told_bob =
            g_strdup_printf("TALK_UNDELIVERED " BOB " \"One\" server %u", table[i].number);
        drive *d = begin();
        g_test_message("%u", table[i].number);
        say_bob(d, "One");
        drive_forget(d);
        refuse(d, 1, table[i].number);
        if (table[i].again) {
            expect_events(d, "ASK_SWITCHBOARD 2");
            refuse(d, 1, 217);
            refuse(d, 4711, 217);
            refuse(d, 0, 217);
            expect_silence(d);
            refuse(d, 2, table[i].number);
        }
        expect_events(d, told_bob);
        /* The next message is a new beginning. */
        say_bob(d, "Two");
        expect_events(d, table[i].again ? "ASK_SWITCHBOARD 3" : "ASK_SWITCHBOARD 2");
        grant(d, table[i].again ? 3 : 2);
        expect_events(d, "CONNECT 1 sb.example.com:1863");
        end(d);
        expect_events(d, "TALK_UNDELIVERED " BOB " \"Two\" signed-out", "CLOSE 1");
        g_free(told_bob);
        done(d);
    }
    static const msnp_err errs[] = {MSNP_ERR_TIMEOUT, MSNP_ERR_MALFORMED};
    for (size_t i = 0; i < G_N_ELEMENTS(errs); i++) {
        char *told_bob =
            g_strdup_printf("TALK_UNDELIVERED " BOB " \"One\" %s", msnp_err_name(errs[i]));
        drive *d = begin();
        say_bob(d, "One");
        msnp_talks_no_switchboard(d->talks, 1, errs[i], 0, d->now);
        drive_drain(d);
        expect_events(d, "ASK_SWITCHBOARD 1", "ASK_SWITCHBOARD 2");
        msnp_talks_no_switchboard(d->talks, 2, errs[i], 0, d->now);
        drive_drain(d);
        expect_events(d, told_bob);
        g_free(told_bob);
        done(d);
    }
}

/* A connection that cannot be made, a silent one, a refused cookie: once more, then the end. */
static void test_not_opened(void)
{
    static const struct {
        const char *lines; /* NULL: silence; "": closed */
        const char *why;
    } table[] = {
        {NULL, "timeout"},
        {"", "closed"},
        {"911 1\r\n", "server 911"},
        {"OUT\r\n", "closed"},
        {"USR 1 NO\r\n", "malformed"},
        {"USR 1 OK x y\r\nOUT\r\n", "closed"},
        {"USR 1 OK x y\r\n280 2\r\n", "server 280"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *told_bob = g_strdup_printf("TALK_UNDELIVERED " BOB " \"One\" %s", table[i].why);
        drive *d = begin();
        g_test_message("%s", table[i].why);
        say_bob(d, "One");
        for (unsigned k = 1; k <= 2; k++) {
            grant(d, k);
            connected(d, k);
            drive_forget(d);
            if (table[i].lines == NULL)
                drive_sleep(d, MSNP_STEP_TIMEOUT);
            else if (*table[i].lines == '\0')
                closed(d, k);
            else
                on(d, k, table[i].lines);
            if (k == 1)
                g_assert_true(g_str_has_suffix(d->events->str, "CLOSE 1\nASK_SWITCHBOARD 2\n"));
        }
        g_assert_true(g_str_has_suffix(d->events->str, "\n") &&
                      strstr(d->events->str, told_bob) != NULL);
        g_assert_null(strstr(d->events->str, "maybe"));
        drive_forget(d);
        g_free(told_bob);
        done(d);
    }
    /* And the second attempt can be the good one. */
    drive *d = begin();
    say_bob(d, "One");
    grant(d, 1);
    closed(d, 1);
    expect_events(d, "ASK_SWITCHBOARD 1", "CONNECT 1 sb.example.com:1863", "CLOSE 1",
                  "ASK_SWITCHBOARD 2");
    grant(d, 2);
    connected(d, 2);
    on(d, 2, "USR 1 OK x y\r\nJOI " BOB " Bob\r\n");
    expect_events(d, "CONNECT 2 sb.example.com:1863", "WRITE 2 USR 1 " OWN " cookie|",
                  "WRITE 2 CAL 2 " BOB "|", "SAY 2 3 \"One\"");
    /* Whatever comes for what is over. */
    on(d, 1, "JOI " BOB " Bob\r\n");
    connected(d, 1);
    closed(d, 1);
    on(d, 4711, "JOI " BOB " Bob\r\n");
    grant(d, 1);
    grant(d, 2);
    grant(d, 0);
    on(d, 2, "ACK 3\r\n");
    done(d);
}

/* Nobody comes. */
static void test_not_reached(void)
{
    static const struct {
        const char *line; /* NULL: silence */
        const char *why;
    } table[] = {
        {"217 2\r\n", "server 217"}, {"216 2\r\n", "server 216"}, {"208 2\r\n", "server 208"},
        {"713 2\r\n", "server 713"}, {"800 2\r\n", "server 800"}, {NULL, "timeout"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *told_bob = g_strdup_printf("TALK_UNDELIVERED " BOB " \"One\" %s", table[i].why);
        drive *d = begin();
        say_bob(d, "One");
        grant(d, 1);
        connected(d, 1);
        on(d, 1, "USR 1 OK x y\r\n");
        drive_forget(d);
        if (table[i].line == NULL)
            drive_sleep(d, MSNP_SB_CALL_TIMEOUT);
        else
            on(d, 1, table[i].line);
        expect_events(d, told_bob, "WRITE 1 OUT|", "CLOSE 1");
        g_free(told_bob);
        done(d);
    }
}

/* What becomes of what was sent, and of what waits behind it. */
static void test_answers(void)
{
    static const struct {
        const char *lines; /* "": closed */
        const char *events;
    } table[] = {
        {"NAK 4\r\nACK 5\r\n", "TALK_UNDELIVERED " BOB " \"One\" refused"},
        {"ACK 4\r\n282 5\r\n", "TALK_UNDELIVERED " BOB " nudge server 282"},
        {"", "TALK_UNDELIVERED " BOB " \"One\" closed maybe\n"
             "TALK_UNDELIVERED " BOB " nudge closed maybe\nCLOSE 1"},
        {"ACK 4\r\nOUT\r\n", "TALK_UNDELIVERED " BOB " nudge closed maybe\nCLOSE 1"},
        {"ACK 5\r\nBYE " BOB "\r\n",
         "TALK_UNDELIVERED " BOB " \"One\" nobody maybe\nWRITE 1 OUT|\nCLOSE 1"},
        {"BYE " BOB "\r\nACK 4\r\nACK 5\r\n",
         "TALK_UNDELIVERED " BOB " \"One\" nobody maybe\n"
         "TALK_UNDELIVERED " BOB " nudge nobody maybe\nWRITE 1 OUT|\nCLOSE 1"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = with_bob();
        say(table[i].lines);
        say_bob(d, "One");
        nudge(d, BOB);
        expect_events(d, "SAY 1 4 \"One\"", "NUDGE 1 5");
        if (*table[i].lines == '\0')
            closed(d, 1);
        else
            on(d, 1, table[i].lines);
        expect_events(d, table[i].events);
        done(d);
    }
}

/* An answer that does not come, on a connection that lives and on a dead one. */
static void test_unanswered(void)
{
    drive *d = with_bob();
    drive_wait(d, 1);
    say_bob(d, "One");
    drive_wait(d, 1);
    say_bob(d, "Two");
    on(d, 1, "ZZZ\r\n");
    drive_forget(d);
    drive_sleep(d, MSNP_SB_ACK_TIMEOUT - 1);
    expect_events(d, "TALK_UNDELIVERED " BOB " \"One\" timeout maybe");
    on(d, 1, "ACK 4\r\nACK 5\r\n");
    drive_wait(d, 1);
    say_bob(d, "Three");
    say_bob(d, "Four");
    expect_events(d, "SAY 1 6 \"Three\"", "SAY 1 7 \"Four\"");
    drive_sleep(d, MSNP_SB_ACK_TIMEOUT);
    expect_events(d, "TALK_UNDELIVERED " BOB " \"Three\" timeout maybe",
                  "TALK_UNDELIVERED " BOB " \"Four\" timeout maybe", "CLOSE 1");
    done(d);
}

/* So many may be unanswered; the others wait, and go out in their order. */
static void test_window(void)
{
    drive *d = with_bob();
    for (unsigned i = 0; i < MSNP_TALKS_WINDOW + 3; i++) {
        char *text = g_strdup_printf("%u", i);
        say_bob(d, text);
        g_free(text);
    }
    g_assert_nonnull(strstr(d->events->str, "SAY 1 35 \"31\"\n"));
    g_assert_null(strstr(d->events->str, "\"32\""));
    g_assert_cmpuint(msnp_talks_pending(d->talks), ==, MSNP_TALKS_WINDOW + 3);
    drive_forget(d);
    on(d, 1, "ACK 35\r\n");
    expect_events(d, "SAY 1 36 \"32\"");
    on(d, 1, "NAK 4\r\n");
    expect_events(d, "TALK_UNDELIVERED " BOB " \"0\" refused", "SAY 1 37 \"33\"");
    /* It breaks: what was sent is told, what waited goes elsewhere. */
    closed(d, 1);
    g_assert_true(g_str_has_suffix(d->events->str, "CLOSE 1\nASK_SWITCHBOARD 2\n"));
    g_assert_nonnull(strstr(d->events->str, "\"33\" closed maybe\n"));
    g_assert_null(strstr(d->events->str, "\"34\""));
    g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 1);
    drive_forget(d);
    grant(d, 2);
    connected(d, 2);
    on(d, 2, "USR 1 OK x y\r\nJOI " BOB " Bob\r\n");
    g_assert_true(g_str_has_suffix(d->events->str, "SAY 2 3 \"34\"\n"));
    drive_forget(d);
    on(d, 2, "ACK 3\r\n");
    done(d);
}

/* A long text in parts, which are told as one. */
static void test_long_text(void)
{
    char *text = repeated("word ", 700);
    drive *d = with_bob();
    say_bob(d, text);
    g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 3);
    g_assert_true(g_str_has_prefix(d->events->str, "SAY 1 4 \"word word"));
    g_assert_nonnull(strstr(d->events->str, "SAY 1 6 \"word word"));
    drive_forget(d);
    on(d, 1, "NAK 5\r\n");
    g_assert_true(g_str_has_prefix(d->events->str, "TALK_UNDELIVERED " BOB " \"word"));
    g_assert_true(g_str_has_suffix(d->events->str, "word \" refused\n"));
    drive_forget(d);
    on(d, 1, "ACK 4\r\nACK 6\r\n");
    on(d, 1, "BYE " BOB "\r\n");
    drive_forget(d);
    say_bob(d, text);
    say_bob(d, "short");
    refuse(d, 2, 913);
    char *all = g_strdup_printf("TALK_UNDELIVERED " BOB " \"%s\" server 913", text);
    expect_events(d, "ASK_SWITCHBOARD 2", all, "TALK_UNDELIVERED " BOB " \"short\" server 913");
    g_free(all);
    g_free(text);
    done(d);
}

static void test_not_taken(void)
{
    drive *d = begin();
    char *most = g_strnfill(MSNP_TEXT_MAX, 'x');
    char *more = g_strnfill(MSNP_TEXT_MAX + 1, 'x');
    const struct {
        msnp_place place;
        const char *text;
        msnp_err err;
    } table[] = {
        {{0, BOB}, "", MSNP_OK},
        {{0, BOB}, more, MSNP_ERR_TOO_LONG},
        {{0, OWN}, "x", MSNP_ERR_ACCOUNT},
        {{0, "EXAMPLE@passport.com"}, "x", MSNP_ERR_ACCOUNT},
        {{0, "bob"}, "x", MSNP_ERR_ACCOUNT},
        {{0, "bob @example.com"}, "x", MSNP_ERR_ACCOUNT},
        {{0, ""}, "x", MSNP_ERR_ACCOUNT},
        {{1, NULL}, "x", MSNP_ERR_NOBODY},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_assert_cmpint(msnp_talks_send(d->talks, table[i].place, table[i].text, &plain, d->now),
                        ==, table[i].err);
        drive_drain(d);
        expect_silence(d);
        g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 0);
    }
    g_assert_cmpint(msnp_talks_nudge(d->talks, OWN, d->now), ==, MSNP_ERR_ACCOUNT);
    g_assert_cmpint(msnp_talks_nudge(d->talks, "", d->now), ==, MSNP_ERR_ACCOUNT);

    /* Too much of it: nothing more is taken, and what was taken is told in the end. */
    unsigned taken = 0;
    while (msnp_talks_send(d->talks, (msnp_place){0, BOB}, most, &plain, d->now) == MSNP_OK)
        taken++;
    g_assert_cmpuint(taken, >=, 10);
    g_assert_cmpuint(taken, <, 100);
    g_assert_cmpuint(msnp_talks_pending(d->talks), >=, MSNP_TALKS_WAITING_MAX);
    g_assert_cmpint(msnp_talks_nudge(d->talks, BOB, d->now), ==, MSNP_ERR_TOO_LONG);
    drive_drain(d);
    expect_events(d, "ASK_SWITCHBOARD 1");
    refuse(d, 1, 800);
    unsigned told_of = 0;
    for (const char *at = d->events->str; (at = strstr(at, "TALK_UNDELIVERED")) != NULL; at++)
        told_of++;
    g_assert_cmpuint(told_of, ==, taken);
    drive_forget(d);
    g_free(most);
    g_free(more);
    done(d);
}

/* --- two switchboards with the same person -------------------------------------------------- */

/* Both call at once. */
static void test_both(void)
{
    drive *d = begin();
    say_bob(d, "One");
    grant(d, 1);
    connected(d, 1);
    on(d, 1, "USR 1 OK x y\r\n");
    ring(d, "55", BOB);
    connected(d, 2);
    drive_forget(d);
    on(d, 2, "IRO 1 1 1 " BOB " Bob\r\n");
    expect_silence(d);
    on(d, 2, "ANS 1 OK\r\n");
    expect_events(d, "SAY 2 2 \"One\"");
    /* He comes into ours as well: nothing is said twice, and nothing overtakes. */
    on(d, 1, "JOI " BOB " Bob\r\n");
    say_bob(d, "Two");
    expect_events(d, "SAY 2 3 \"Two\"");
    on(d, 2, "ACK 2\r\nACK 3\r\n");
    expect_silence(d);
    /* Where he came last or spoke last, there we answer. */
    say_bob(d, "Three");
    expect_events(d, "SAY 1 3 \"Three\"");
    on(d, 1, "ACK 3\r\n");
    told(d, 2, BOB, "Here");
    say_bob(d, "Four");
    expect_events(d, "TALK_MESSAGE " BOB " " BOB " \"Name\" TEXT \"Here\"", "SAY 2 4 \"Four\"");
    told(d, 1, BOB, "There");
    say_bob(d, "Five");
    expect_events(d, "TALK_MESSAGE " BOB " " BOB " \"Name\" TEXT \"There\"", "SAY 2 5 \"Five\"");
    /* The sender breaks with something unanswered. */
    closed(d, 2);
    expect_events(d, "TALK_UNDELIVERED " BOB " \"Four\" closed maybe",
                  "TALK_UNDELIVERED " BOB " \"Five\" closed maybe", "CLOSE 2");
    say_bob(d, "Six");
    expect_events(d, "SAY 1 4 \"Six\"");
    on(d, 1, "ACK 4\r\n");
    done(d);
}

/* Waiting behind a window that breaks: another open one will do. */
static void test_other_one(void)
{
    drive *d = with_bob();
    ring(d, "55", BOB);
    connected(d, 2);
    for (unsigned i = 0; i < MSNP_TALKS_WINDOW + 1; i++)
        say_bob(d, "x");
    on(d, 2, "IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\n");
    g_assert_null(strstr(d->events->str, "SAY 2"));
    drive_forget(d);
    closed(d, 1);
    g_assert_true(g_str_has_suffix(d->events->str, "CLOSE 1\nSAY 2 2 \"x\"\n"));
    drive_forget(d);
    on(d, 2, "ACK 2\r\n");
    done(d);
}

/* The other one rings while we are still asking, or opening: ours is not needed any more. */
static void test_not_needed(void)
{
    drive *d = begin();
    say_bob(d, "One");
    ring(d, "55", BOB);
    connected(d, 1);
    on(d, 1, "IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\n");
    drive_forget(d);
    grant(d, 1);
    expect_silence(d);
    on(d, 1, "ACK 2\r\n");
    expect_silence(d);
    /* And refused when nobody needs it. */
    say_bob(d, "Two");
    on(d, 1, "ACK 3\r\nBYE " BOB "\r\n");
    say_bob(d, "Three");
    expect_events(d, "SAY 1 3 \"Two\"", "WRITE 1 OUT|", "CLOSE 1", "ASK_SWITCHBOARD 2");
    ring(d, "56", BOB);
    connected(d, 2);
    on(d, 2, "IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\n");
    drive_forget(d);
    refuse(d, 2, 800);
    expect_silence(d);
    on(d, 2, "ACK 2\r\n");
    done(d);
}

/* What was asked for, or is being opened, is used for what is said next. */
static void test_still_needed(void)
{
    for (int opening = 0; opening < 2; opening++) {
        drive *d = begin();
        say_bob(d, "One");
        if (opening)
            grant(d, 1);
        ring(d, "55", BOB);
        unsigned theirs = opening ? 2 : 1;
        unsigned ours = opening ? 1 : 2;
        connected(d, theirs);
        on(d, theirs, "IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\nACK 2\r\nBYE " BOB "\r\n");
        g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 0);
        drive_forget(d);
        say_bob(d, "Two");
        expect_silence(d);
        if (!opening)
            grant(d, 1);
        connected(d, ours);
        on(d, ours, "USR 1 OK x y\r\nJOI " BOB " Bob\r\n");
        g_assert_nonnull(strstr(d->events->str, " 3 \"Two\"\n"));
        drive_forget(d);
        on(d, ours, "ACK 3\r\n");
        done(d);
    }
}

/* --- typing --------------------------------------------------------------------------------- */

static void test_typing(void)
{
    drive *d = with_bob();
    type_to(d, BOB);
    expect_events(d, "TYPE 1");
    drive_wait(d, MSNP_TYPING_EVERY - 1);
    type_to(d, BOB);
    expect_silence(d);
    drive_wait(d, 1);
    type_to(d, BOB);
    expect_events(d, "TYPE 1");
    type_to(d, CAROL);
    type_to(d, OWN);
    type_to(d, "");
    expect_silence(d);
    /* After a message of ours a new one begins, but an answer to one is no reason. */
    say_bob(d, "One");
    type_to(d, BOB);
    expect_events(d, "SAY 1 6 \"One\"", "TYPE 1");
    on(d, 1, "ACK 6\r\n");
    type_to(d, BOB);
    expect_silence(d);
    g_assert_nonnull(strstr(d->written->str, "TypingUser: " OWN "\r\n"));
    on(d, 1, "BYE " BOB "\r\n");
    drive_forget(d);
    type_to(d, BOB);
    done(d);
}

/* --- what others say ------------------------------------------------------------------------ */

static void test_received(void)
{
    static const struct {
        const char *headers;
        const char *body;
        const char *events; /* "" is silence */
    } table[] = {
        {"Content-Type: text/plain; charset=UTF-8\r\n", "Hi\r\nyou",
         "TALK_MESSAGE " BOB " " BOB " \"Bob B\" TEXT \"Hi\\x0ayou\""},
        {"Content-Type: text/plain\r\n", "", ""},
        {"Content-Type: text/x-msmsgscontrol\r\nTypingUser: " BOB "\r\n", "\r\n",
         "TALK_TYPING " BOB " " BOB},
        {"Content-Type: text/x-msnmsgr-datacast\r\n", "ID: 1\r\n\r\n",
         "TALK_MESSAGE " BOB " " BOB " \"Bob B\" NUDGE"},
        {"Content-Type: text/x-msnmsgr-datacast\r\n", "ID: 2\r\n\r\n", ""},
        {"Content-Type: application/x-msnmsgrp2p\r\n", "x", ""},
        {"", "", ""},
        {"Content-Type: text/x-msmsgsinvite; charset=UTF-8\r\n",
         "Application-Name: File Transfer\r\n"
         "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
         "Invitation-Command: INVITE\r\nInvitation-Cookie: 33267\r\n"
         "Application-File: Autoexec.bat\r\nApplication-FileSize: 187\r\n\r\n",
         "TALK_MESSAGE " BOB " " BOB
         " \"Bob B\" INVITE \"File Transfer\" \"Autoexec.bat\" 187\nDECLINE 1 REJECT"},
        {"Content-Type: text/x-msmsgsinvite; charset=UTF-8\r\n",
         "Application-Name: NetMeeting\r\n"
         "Application-GUID: {44BBA842-CC51-11CF-AAFA-00AA00B6015C}\r\n"
         "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\n\r\n",
         "TALK_MESSAGE " BOB " " BOB
         " \"Bob B\" INVITE \"NetMeeting\"\nDECLINE 1 REJECT_NOT_INSTALLED"},
        {"Content-Type: text/x-msmsgsinvite\r\n",
         "Invitation-Command: CANCEL\r\nInvitation-Cookie: 1\r\n\r\n", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            const char *const events[] = {table[i].events, NULL};
            drive *d = with_bob();
            say(table[i].body);
            d->piece = pieces[k];
            feed_payload(d, table[i].headers, table[i].body);
            drive_expect(G_STRLOC, d, *table[i].events != '\0' ? events : events + 1);
            done(d);
        }
    }
    /* In a chat it is not known who is meant. */
    drive *d = in_chat();
    feed_payload(d, table[7].headers, table[7].body);
    expect_events(d, "TALK_MESSAGE #1 " BOB
                     " \"Bob B\" INVITE \"File Transfer\" \"Autoexec.bat\" 187");
    told(d, 1, CAROL, "Hello all");
    expect_events(d, "TALK_MESSAGE #1 " CAROL " \"Name\" TEXT \"Hello all\"");
    done(d);
}

/* --- windows -------------------------------------------------------------------------------- */

static void test_close(void)
{
    drive *d = with_bob();
    close_window(d, (msnp_place){0, CAROL});
    close_window(d, (msnp_place){7, NULL});
    expect_silence(d);
    close_window(d, (msnp_place){0, BOB});
    expect_events(d, "WRITE 1 OUT|", "CLOSE 1");
    done(d);

    /* What is under way has its time. */
    d = with_bob();
    say_bob(d, "One");
    close_window(d, (msnp_place){0, BOB});
    expect_events(d, "SAY 1 4 \"One\"");
    on(d, 1, "ACK 4\r\n");
    expect_events(d, "WRITE 1 OUT|", "CLOSE 1");
    done(d);

    /* What was read together with the answer is not lost. */
    d = with_bob();
    say_bob(d, "One");
    close_window(d, (msnp_place){0, BOB});
    drive_forget(d);
    on(d, 1, "ACK 4\r\nMSG " BOB " Bob 31\r\nContent-Type: text/plain\r\n\r\nYesBYE " BOB "\r\n");
    expect_events(d, "WRITE 1 OUT|", "CLOSE 1",
                  "TALK_MESSAGE " BOB " " BOB " \"Bob\" TEXT \"Yes\"");
    done(d);

    /* The window opens again, by what is said on either side. */
    for (int theirs = 0; theirs < 2; theirs++) {
        d = with_bob();
        say_bob(d, "One");
        close_window(d, (msnp_place){0, BOB});
        if (theirs)
            told(d, 1, BOB, "Wait");
        else
            say_bob(d, "Two");
        drive_forget(d);
        on(d, 1, "ACK 4\r\nACK 5\r\n");
        expect_silence(d);
        g_assert_true(msnp_talks_is_open(d->talks, BOB));
        done(d);
    }

    /* Closed before there is a switchboard: one is opened nevertheless, then left. */
    d = begin();
    say_bob(d, "One");
    close_window(d, (msnp_place){0, BOB});
    grant(d, 1);
    connected(d, 1);
    on(d, 1, "USR 1 OK x y\r\nJOI " BOB " Bob\r\nACK 3\r\n");
    expect_events(d, "ASK_SWITCHBOARD 1", "CONNECT 1 sb.example.com:1863",
                  "WRITE 1 USR 1 " OWN " cookie|", "WRITE 1 CAL 2 " BOB "|", "SAY 1 3 \"One\"",
                  "WRITE 1 OUT|", "CLOSE 1");
    done(d);

    /* Or the switchboard is lost: told, and over. */
    d = with_bob();
    say_bob(d, "One");
    close_window(d, (msnp_place){0, BOB});
    closed(d, 1);
    expect_events(d, "SAY 1 4 \"One\"", "TALK_UNDELIVERED " BOB " \"One\" closed maybe", "CLOSE 1");
    done(d);

    /* All switchboards with him are left. */
    d = with_bob();
    ring(d, "55", BOB);
    connected(d, 2);
    on(d, 2, "IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\n");
    drive_forget(d);
    close_window(d, (msnp_place){0, BOB});
    g_assert_nonnull(strstr(d->events->str, "CLOSE 1\n"));
    g_assert_nonnull(strstr(d->events->str, "CLOSE 2\n"));
    g_assert_cmpuint(msnp_talks_wires(d->talks), ==, 0);
    drive_forget(d);
    done(d);
}

/* --- chats ---------------------------------------------------------------------------------- */

static void test_chat_rung(void)
{
    drive *d = in_chat();
    say_chat(d, 1, "All");
    expect_events(d, "SAY 1 2 \"All\"");
    /* One of them alone has another switchboard. */
    say_bob(d, "You");
    expect_events(d, "ASK_SWITCHBOARD 1");
    g_assert_false(msnp_talks_is_open(d->talks, BOB));
    refuse(d, 1, 800);
    expect_events(d, "TALK_UNDELIVERED " BOB " \"You\" server 800");
    on(d, 1, "ACK 2\r\nBYE " CAROL "\r\n");
    expect_events(d, "CHAT_LEFT #1 " CAROL);
    /* It stays a chat. */
    say_chat(d, 1, "Still");
    expect_events(d, "SAY 1 3 \"Still\"");
    on(d, 1, "ACK 3\r\nBYE " BOB "\r\n");
    expect_events(d, "CHAT_LEFT #1 " BOB, "WRITE 1 OUT|", "CLOSE 1");
    /* Who went away is not called back. */
    g_assert_cmpint(msnp_talks_send(d->talks, CHAT, "x", &plain, d->now), ==, MSNP_ERR_NOBODY);
    close_window(d, CHAT);
    expect_silence(d);
    done(d);
}

/* What is on the way to one person does not become a part of the chat. */
static void test_widened(void)
{
    drive *d = with_bob();
    for (unsigned i = 0; i < MSNP_TALKS_WINDOW + 1; i++)
        say_bob(d, "x");
    drive_forget(d);
    on(d, 1, "JOI " CAROL " Carol\r\n");
    expect_events(d, "CHAT_BEGUN #1 from " BOB, "CHAT_JOINED #1 " BOB " \"Bob\" initial",
                  "CHAT_JOINED #1 " CAROL " \"Carol\"");
    say_chat(d, 1, "All");
    expect_silence(d);
    /* Room for the chat; the one that waits for Bob needs all answers first. */
    on(d, 1, "ACK 4\r\n");
    expect_events(d, "SAY 1 36 \"All\"");
    for (unsigned i = 5; i < 4 + MSNP_TALKS_WINDOW; i++) {
        char *ack = g_strdup_printf("ACK %u\r\n", i);
        expect_silence(d);
        on(d, 1, ack);
        g_free(ack);
    }
    expect_events(d, "ASK_SWITCHBOARD 2");
    on(d, 1, "ACK 36\r\n");
    refuse(d, 2, 800);
    expect_events(d, "TALK_UNDELIVERED " BOB " \"x\" server 800");
    done(d);
}

/* An answer says nothing about somebody who left meanwhile, whoever else is there. */
static void test_addressee_left(void)
{
    static const char *const answers[] = {"ACK 4\r\n", "NAK 4\r\n", "282 4\r\n", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        char *lines = g_strconcat("JOI " CAROL " Carol\r\nBYE " BOB "\r\n", answers[i], NULL);
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            drive *d = with_bob();
            d->piece = pieces[k];
            say_bob(d, "One");
            drive_forget(d);
            on(d, 1, lines);
            expect_events(d, "CHAT_BEGUN #1 from " BOB, "CHAT_JOINED #1 " BOB " \"Bob\" initial",
                          "CHAT_JOINED #1 " CAROL " \"Carol\"",
                          "TALK_UNDELIVERED " BOB " \"One\" nobody maybe", "CHAT_LEFT #1 " BOB);
            done(d);
        }
        g_free(lines);
    }
}

/* And there is room again, even if nobody waits for these answers any more. */
static void test_addressee_left_full(void)
{
    drive *d = with_bob();
    for (unsigned i = 0; i < MSNP_TALKS_WINDOW; i++)
        say_bob(d, "x");
    on(d, 1, "JOI " CAROL " Carol\r\n");
    drive_forget(d);
    say_chat(d, 1, "All");
    expect_silence(d);
    on(d, 1, "BYE " BOB "\r\n");
    g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 1);
    drive_forget(d);
    for (unsigned i = 4; i < 4 + MSNP_TALKS_WINDOW; i++) {
        char *ack = g_strdup_printf("ACK %u\r\n", i);
        on(d, 1, ack);
        g_free(ack);
    }
    expect_events(d, "SAY 1 36 \"All\"");
    on(d, 1, "ACK 36\r\n");
    done(d);
}

/* The switchboard goes that a chat and one person's messages were on. */
static void test_widened_lost(void)
{
    for (int how = 0; how < 3; how++) {
        drive *d = with_bob();
        for (unsigned i = 0; i < MSNP_TALKS_WINDOW + 1; i++)
            say_bob(d, i < MSNP_TALKS_WINDOW ? "x" : "waits");
        g_assert_cmpuint(make_chat(d, BOB, NULL), ==, 1);
        drive_forget(d);
        if (how == 0) {
            closed(d, 1);
        } else if (how == 1) {
            on(d, 1, "BYE " BOB "\r\n");
        } else {
            /* Closing the window of the chat does not lose what is on the way to Bob. */
            close_window(d, CHAT);
            for (unsigned i = 4; i < 4 + MSNP_TALKS_WINDOW; i++) {
                char *ack = g_strdup_printf("ACK %u\r\n", i);
                expect_silence(d);
                on(d, 1, ack);
                g_free(ack);
            }
            g_assert_nonnull(strstr(d->events->str, "WRITE 1 OUT|\nCLOSE 1\n"));
        }
        g_assert_nonnull(strstr(d->events->str, "ASK_SWITCHBOARD 2\n"));
        g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 1);
        g_assert_cmpuint(msnp_talks_wires(d->talks), ==, 0);
        drive_forget(d);
        refuse(d, 2, 800);
        expect_events(d, "TALK_UNDELIVERED " BOB " \"waits\" server 800");
        done(d);
    }
}

static void test_chat_made(void)
{
    /* Out of a conversation. */
    drive *d = with_bob();
    g_assert_cmpuint(make_chat(d, BOB, CAROL), ==, 1);
    expect_events(d, "CHAT_BEGUN #1 from " BOB, "CHAT_JOINED #1 " BOB " \"Bob\" initial",
                  "WRITE 1 CAL 4 " CAROL "|");
    on(d, 1, "CAL 4 RINGING 7\r\nJOI " CAROL " Carol\r\n");
    expect_events(d, "CHAT_JOINED #1 " CAROL " \"Carol\"");
    invite(d, 1, DAVE);
    invite(d, 2, DAVE);
    on(d, 1, "217 5\r\n");
    expect_events(d, "WRITE 1 CAL 5 " DAVE "|", "CHAT_CALL_FAILED #1 " DAVE " server 217");
    invite(d, 1, "nobody");
    invite(d, 1, OWN);
    expect_events(d, "CHAT_CALL_FAILED #1 nobody account", "CHAT_CALL_FAILED #1 " OWN " account");
    say_chat(d, 1, "All");
    on(d, 1, "ACK 6\r\n");
    expect_events(d, "SAY 1 6 \"All\"");
    close_window(d, CHAT);
    expect_events(d, "WRITE 1 OUT|", "CLOSE 1");
    g_assert_cmpint(msnp_talks_send(d->talks, CHAT, "x", &plain, d->now), ==, MSNP_ERR_NOBODY);
    done(d);

    /* Out of nothing: all are called, and what is said waits for all of them. */
    d = begin();
    g_assert_cmpuint(make_chat(d, BOB, CAROL), ==, 1);
    expect_events(d, "CHAT_BEGUN #1", "ASK_SWITCHBOARD 1");
    invite(d, 1, DAVE);
    say_chat(d, 1, "All");
    grant(d, 1);
    connected(d, 1);
    drive_forget(d);
    on(d, 1, "USR 1 OK x y\r\n");
    expect_events(d, "WRITE 1 CAL 2 " BOB "|", "WRITE 1 CAL 3 " CAROL "|",
                  "WRITE 1 CAL 4 " DAVE "|");
    on(d, 1, "JOI " CAROL " Carol\r\n");
    expect_events(d, "CHAT_JOINED #1 " CAROL " \"Carol\" initial");
    on(d, 1, "JOI " BOB " Bob\r\n");
    expect_events(d, "CHAT_JOINED #1 " BOB " \"Bob\"");
    on(d, 1, "217 4\r\n");
    expect_events(d, "CHAT_CALL_FAILED #1 " DAVE " server 217", "SAY 1 5 \"All\"");
    on(d, 1, "ACK 5\r\n");
    done(d);
}

static void test_chat_not_made(void)
{
    /* Nobody comes. */
    drive *d = begin();
    make_chat(d, BOB, CAROL);
    say_chat(d, 1, "All");
    grant(d, 1);
    connected(d, 1);
    on(d, 1, "USR 1 OK x y\r\n217 2\r\n");
    drive_forget(d);
    on(d, 1, "217 3\r\n");
    expect_events(d, "CHAT_CALL_FAILED #1 " CAROL " server 217",
                  "TALK_UNDELIVERED #1 \"All\" server 217", "WRITE 1 OUT|", "CLOSE 1");
    g_assert_cmpint(msnp_talks_send(d->talks, CHAT, "x", &plain, d->now), ==, MSNP_ERR_NOBODY);
    /* But others can be invited. */
    invite(d, 1, DAVE);
    expect_events(d, "ASK_SWITCHBOARD 2");
    refuse(d, 2, 800);
    expect_events(d, "CHAT_CALL_FAILED #1 " DAVE " server 800");
    done(d);

    /* No switchboard, twice. */
    d = begin();
    make_chat(d, BOB, CAROL);
    drive_forget(d);
    grant(d, 1);
    closed(d, 1);
    expect_events(d, "CONNECT 1 sb.example.com:1863", "CLOSE 1", "ASK_SWITCHBOARD 2");
    grant(d, 2);
    closed(d, 2);
    expect_events(d, "CONNECT 2 sb.example.com:1863", "CLOSE 2",
                  "CHAT_CALL_FAILED #1 " BOB " unreachable",
                  "CHAT_CALL_FAILED #1 " CAROL " unreachable");
    done(d);

    /* Invited and not come while others are there. */
    d = in_chat();
    invite(d, 1, DAVE);
    drive_forget(d);
    drive_sleep(d, MSNP_SB_CALL_TIMEOUT);
    expect_events(d, "CHAT_CALL_FAILED #1 " DAVE " timeout");
    done(d);
}

/* A chat that is lost without anybody's will is called together again. */
static void test_chat_again(void)
{
    for (int idle = 0; idle < 2; idle++) {
        drive *d = in_chat();
        if (idle) {
            on(d, 1, "BYE " CAROL " 1\r\nBYE " BOB " 1\r\n");
            expect_events(d, "CHAT_LEFT #1 " CAROL " lost", "CHAT_LEFT #1 " BOB " lost",
                          "WRITE 1 OUT|", "CLOSE 1");
        } else {
            say_chat(d, 1, "Lost");
            closed(d, 1);
            expect_events(d, "SAY 1 2 \"Lost\"", "TALK_UNDELIVERED #1 \"Lost\" closed maybe",
                          "CHAT_LEFT #1 " CAROL " lost", "CHAT_LEFT #1 " BOB " lost", "CLOSE 1");
        }
        say_chat(d, 1, "Again");
        expect_events(d, "ASK_SWITCHBOARD 1");
        grant(d, 1);
        connected(d, 2);
        on(d, 2, "USR 1 OK x y\r\nJOI " BOB " Bob\r\n");
        expect_events(d, "CONNECT 2 sb.example.com:1863", "WRITE 2 USR 1 " OWN " cookie|",
                      "WRITE 2 CAL 2 " CAROL "|", "WRITE 2 CAL 3 " BOB "|",
                      "CHAT_JOINED #1 " BOB " \"Bob\"");
        /* Who does not come soon does not keep the others waiting. */
        drive_sleep(d, MSNP_TALKS_GATHER);
        expect_events(d, "SAY 2 4 \"Again\"");
        on(d, 2, "ACK 4\r\n");
        drive_sleep(d, MSNP_SB_CALL_TIMEOUT - MSNP_TALKS_GATHER);
        expect_events(d, "CHAT_CALL_FAILED #1 " CAROL " timeout");
        done(d);
    }
}

static void test_chat_end(void)
{
    /* Closed with something under way. */
    drive *d = in_chat();
    say_chat(d, 1, "All");
    close_window(d, CHAT);
    expect_events(d, "SAY 1 2 \"All\"");
    on(d, 1, "ACK 2\r\n");
    expect_events(d, "WRITE 1 OUT|", "CLOSE 1");
    done(d);

    d = in_chat();
    say_chat(d, 1, "All");
    invite(d, 1, DAVE);
    drive_forget(d);
    closed(d, 1);
    expect_events(d, "TALK_UNDELIVERED #1 \"All\" closed maybe", "CHAT_LEFT #1 " CAROL " lost",
                  "CHAT_LEFT #1 " BOB " lost", "CHAT_CALL_FAILED #1 " DAVE " closed", "CLOSE 1");
    done(d);

    d = in_chat();
    say_chat(d, 1, "All");
    drive_forget(d);
    end(d);
    expect_events(d, "TALK_UNDELIVERED #1 \"All\" signed-out maybe", "WRITE 1 OUT|", "CLOSE 1");
    g_assert_cmpint(msnp_talks_send(d->talks, CHAT, "x", &plain, d->now), ==, MSNP_ERR_NOBODY);
    done(d);
}

/* --- limits --------------------------------------------------------------------------------- */

static void test_many_chats(void)
{
    drive *d = begin();
    for (unsigned i = 1; i <= MSNP_TALKS_CHATS_MAX; i++)
        g_assert_cmpuint(make_chat(d, BOB, NULL), ==, i);
    drive_forget(d);
    g_assert_cmpuint(make_chat(d, BOB, NULL), ==, 0);
    expect_silence(d);
    close_window(d, (msnp_place){64, NULL});
    expect_silence(d);
    g_assert_cmpuint(make_chat(d, BOB, NULL), ==, 65);
    drive_forget(d);

    /* There is no room for another chat of others: what was said is shown, and we leave. */
    for (unsigned i = MSNP_TALKS_DRAWN_MAX + 1; i <= 65; i++)
        close_window(d, (msnp_place){i, NULL});
    ring(d, "55", BOB);
    connected(d, 1);
    on(d, 1, IRO_BOTH "ANS 1 OK\r\n");
    drive_forget(d);
    on(d, 1, SAID_HI);
    expect_events(d, "TALK_MESSAGE " CAROL " " CAROL " \"Carol\" TEXT \"Hi\"", "WRITE 1 OUT|",
                  "CLOSE 1");
    /* But for one of ours. */
    g_assert_cmpuint(make_chat(d, BOB, NULL), ==, 66);
    drive_forget(d);
    close_window(d, (msnp_place){66, NULL});
    close_window(d, CHAT);
    ring(d, "56", BOB);
    connected(d, 2);
    on(d, 2, IRO_BOTH "ANS 1 OK\r\n" SAID_HI);
    g_assert_nonnull(strstr(d->events->str, "CHAT_BEGUN #67\n"));
    drive_forget(d);
    done(d);
}

/* A conversation that others want to be a chat for which there is no room: it is told what is lost.
 */
static void test_no_chat(void)
{
    drive *d = with_bob();
    for (unsigned i = 1; i <= MSNP_TALKS_DRAWN_MAX; i++)
        make_chat(d, CAROL, NULL);
    for (unsigned i = 0; i < MSNP_TALKS_WINDOW + 1; i++)
        say_bob(d, i < MSNP_TALKS_WINDOW ? "x" : "waits");
    drive_forget(d);
    on(d, 1, "JOI " CAROL " Carol\r\n");
    g_assert_true(g_str_has_prefix(d->events->str, "TALK_UNDELIVERED " BOB " \"x\" full maybe\n"));
    g_assert_nonnull(strstr(d->events->str, "ASK_SWITCHBOARD 50\n"));
    g_assert_cmpuint(msnp_talks_pending(d->talks), ==, 1);
    drive_forget(d);
    refuse(d, 50, 800);
    expect_events(d, "TALK_UNDELIVERED " BOB " \"waits\" server 800");
    done(d);
}

static void test_count_from(void)
{
    drive *d = begin();
    msnp_talks_count_from(d->talks, 41);
    g_assert_cmpuint(make_chat(d, BOB, NULL), ==, 42);
    end(d);
    g_assert_cmpuint(make_chat(d, BOB, NULL), ==, 43);
    drive_forget(d);
    done(d);
}

static void ring_number(drive *d, unsigned session, unsigned who)
{
    char *id = g_strdup_printf("s%u", session);
    char *account = g_strdup_printf("p%u@example.com", who);
    ring(d, id, account);
    g_free(account);
    g_free(id);
}

/* Who rings again and again has few switchboards; the one in which least goes on is left. */
static void test_ringer(void)
{
    drive *d = begin();
    for (unsigned i = 1; i <= MSNP_TALKS_RINGER_MAX; i++)
        ring_number(d, i, 7);
    drive_forget(d);
    connected(d, 1);
    on(d, 1, "IRO 1 1 1 p7@example.com x\r\nANS 1 OK\r\n");
    drive_forget(d);
    ring(d, "s5", "P7@example.com");
    expect_events(d, "CLOSE 2", "CONNECT 5 ring.example.com:1864");
    /* Somebody else is not concerned. */
    ring_number(d, 6, 8);
    expect_events(d, "CONNECT 6 ring.example.com:1864");
    /* Where something is on the way, or a chat, nothing is left. */
    say_to(d, (msnp_place){0, "p7@example.com"}, "x");
    expect_events(d, "SAY 1 2 \"x\"");
    for (unsigned i = 3; i <= 5; i++) {
        connected(d, i);
        on(d, i, IRO_BOTH "ANS 1 OK\r\n" SAID_HI);
    }
    drive_forget(d);
    ring_number(d, 9, 7);
    expect_silence(d);
    on(d, 1, "ACK 2\r\n");
    ring_number(d, 9, 7);
    expect_events(d, "WRITE 1 OUT|", "CLOSE 1", "CONNECT 7 ring.example.com:1864");
    done(d);
}

static void test_many_wires(void)
{
    drive *d = begin();
    for (unsigned i = 0; i < MSNP_TALKS_RUNG_MAX; i++)
        ring_number(d, i, i / 2);
    g_assert_cmpuint(msnp_talks_wires(d->talks), ==, MSNP_TALKS_RUNG_MAX);
    drive_forget(d);
    ring_number(d, 1000, 1000);
    expect_events(d, "CLOSE 1", "CONNECT 201 ring.example.com:1864");
    for (unsigned i = MSNP_TALKS_RUNG_MAX; i <= MSNP_TALKS_WIRES_MAX; i++) {
        char *who = g_strdup_printf("q%u@example.com", i);
        say_to(d, (msnp_place){0, who}, "One");
        grant(d, i - MSNP_TALKS_RUNG_MAX + 1);
        g_free(who);
    }
    g_assert_cmpuint(msnp_talks_wires(d->talks), ==, MSNP_TALKS_WIRES_MAX);
    g_assert_true(
        g_str_has_suffix(d->events->str, "TALK_UNDELIVERED q256@example.com \"One\" full\n"));
    drive_forget(d);
    end(d);
    drive_forget(d);
    done(d);
}

/* --- the end -------------------------------------------------------------------------------- */

static void test_end(void)
{
    drive *d = with_bob();
    say_bob(d, "Sent");
    say_to(d, (msnp_place){0, CAROL}, "Waits");
    make_chat(d, DAVE, NULL);
    say_chat(d, 1, "Chat");
    ring(d, "55", BOB);
    drive_forget(d);
    end(d);
    g_assert_nonnull(
        strstr(d->events->str, "TALK_UNDELIVERED " BOB " \"Sent\" signed-out maybe\n"));
    g_assert_nonnull(strstr(d->events->str, "TALK_UNDELIVERED " CAROL " \"Waits\" signed-out\n"));
    g_assert_nonnull(strstr(d->events->str, "TALK_UNDELIVERED #1 \"Chat\" signed-out\n"));
    g_assert_nonnull(strstr(d->events->str, "WRITE 1 OUT|\nCLOSE 1\n"));
    g_assert_nonnull(strstr(d->events->str, "CLOSE 2\n"));
    drive_forget(d);
    end(d);
    grant(d, 1);
    grant(d, 2);
    on(d, 1, "ACK 4\r\n");
    connected(d, 2);
    closed(d, 1);
    drive_wait(d, 1000000);
    drive_tick(d);
    expect_silence(d);
    /* A new session with the same conversations. */
    say_bob(d, "New");
    drive_forget(d);
    refuse(d, 4, 800);
    expect_events(d, "TALK_UNDELIVERED " BOB " \"New\" server 800");
    done(d);
    msnp_talks_free(NULL);
}

/* The event that is being handled stays good when that ends the session. */
static void test_end_inside(void)
{
    msnp_talks *talks = msnp_talks_new();
    msnp_event event;
    msnp_event later;
    msnp_talks_set_account(talks, OWN);
    msnp_talks_send(talks, (msnp_place){0, BOB}, "One", &plain, 0);
    msnp_talks_no_switchboard(talks, 1, MSNP_ERR_SERVER, 800, 0);
    while (msnp_talks_next(talks, &event) && event.type != MSNP_EVENT_TALK_UNDELIVERED)
        continue;
    msnp_talks_send(talks, (msnp_place){0, BOB}, "Two", &plain, 0);
    msnp_talks_end(talks, MSNP_ERR_SIGNED_OUT, 0);
    while (msnp_talks_next(talks, &later))
        continue;
    g_assert_cmpstr(event.undelivered.text, ==, "One");
    g_assert_cmpstr(event.undelivered.place.who, ==, BOB);
    msnp_talks_free(talks);
}

/* Freed in the middle of everything. */
static void test_free(void)
{
    drive *d = with_bob();
    say_bob(d, "Sent");
    say_to(d, (msnp_place){0, CAROL}, "Waits");
    make_chat(d, BOB, DAVE);
    say_chat(d, 1, "Chat");
    ring(d, "55", BOB);
    drive_forget(d);
    drive_done(d);
}

static void test_secrets(void)
{
    watch_secret("cookie2");
    drive *d = begin();
    watch_on();
    ring(d, "55", BOB);
    ring(d, "56", CAROL);
    connected(d, 1);
    on(d, 1, "IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\n");
    watch_on();
    say_bob(d, "hush");
    watch_on();
    end(d);
    watch_off();
    g_assert_nonnull(strstr(d->traces->str, ">>> ANS 1 " OWN " *** 55\n"));
    g_assert_null(strstr(d->traces->str, "cookie2"));
    g_assert_null(strstr(d->traces->str, "hush"));
    drive_forget(d);
    drive_done(d);
    watch_reset();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* First: the other tests leave the same texts in memory, which the core gets next. */
    g_test_add_func("/talks/secrets", test_secrets);
    g_test_add_func("/talks/outgoing", test_outgoing);
    g_test_add_func("/talks/incoming", test_incoming);
    g_test_add_func("/talks/order-of-lines", test_order_of_lines);
    g_test_add_func("/talks/not-granted", test_not_granted);
    g_test_add_func("/talks/not-opened", test_not_opened);
    g_test_add_func("/talks/not-reached", test_not_reached);
    g_test_add_func("/talks/answers", test_answers);
    g_test_add_func("/talks/unanswered", test_unanswered);
    g_test_add_func("/talks/window", test_window);
    g_test_add_func("/talks/long-text", test_long_text);
    g_test_add_func("/talks/not-taken", test_not_taken);
    g_test_add_func("/talks/both", test_both);
    g_test_add_func("/talks/other-one", test_other_one);
    g_test_add_func("/talks/not-needed", test_not_needed);
    g_test_add_func("/talks/still-needed", test_still_needed);
    g_test_add_func("/talks/typing", test_typing);
    g_test_add_func("/talks/received", test_received);
    g_test_add_func("/talks/close", test_close);
    g_test_add_func("/talks/chat-rung", test_chat_rung);
    g_test_add_func("/talks/widened", test_widened);
    g_test_add_func("/talks/addressee-left", test_addressee_left);
    g_test_add_func("/talks/addressee-left-full", test_addressee_left_full);
    g_test_add_func("/talks/widened-lost", test_widened_lost);
    g_test_add_func("/talks/chat-made", test_chat_made);
    g_test_add_func("/talks/chat-not-made", test_chat_not_made);
    g_test_add_func("/talks/chat-again", test_chat_again);
    g_test_add_func("/talks/chat-end", test_chat_end);
    g_test_add_func("/talks/many-chats", test_many_chats);
    g_test_add_func("/talks/no-chat", test_no_chat);
    g_test_add_func("/talks/count-from", test_count_from);
    g_test_add_func("/talks/ringer", test_ringer);
    g_test_add_func("/talks/many-wires", test_many_wires);
    g_test_add_func("/talks/end", test_end);
    g_test_add_func("/talks/end-inside", test_end_inside);
    g_test_add_func("/talks/free", test_free);
    return g_test_run();
}
