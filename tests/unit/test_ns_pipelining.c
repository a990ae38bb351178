/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sign-ins whose commands are sent before their turn: what is written when, that answers count in
 * their turn only, and servers that do not bear it.
 */
#include "doc.h"
#include "drive.h"
#include "expect.h"
#include "slow.h"
#include "watch.h"

#include <string.h>

static const msnp_ns_config early = {
    .account = DOC_ACCOUNT,
    .host = DOC_DISPATCH,
    .port = 1863,
    .status = MSNP_STATUS_ONLINE,
    .pipelining = true,
};

static const size_t pieces[] = {0, 1, 2, 3, 7, 100};

#define WITH " with messenger.hotmail.com:1863"

#define CONNECT      "CONNECT messenger.hotmail.com:1863"
#define WRITE_VER    "WRITE VER 1 MSNP8 CVR0|"
#define WRITE_CVR    "WRITE CVR 2 0x0409 win 4.10 i386 MSNMSGR 5.0.0544 MSMSGS " DOC_ACCOUNT "|"
#define WRITE_USR    "WRITE USR 3 TWN I example@passport.com|"
#define WRITE_TICKET "WRITE USR 4 TWN S " DOC_TICKET "|"
#define SIGNED_IN    "SIGNED_IN example@passport.com \"example friendlyname\""
#define WRITE_SYN    "WRITE SYN 5 0|"
#define WRITE_CHG    "WRITE CHG 6 NLN 0|"
#define LISTS        "SYN 5 27 0 1\r\nLSG 0 Other%20Contacts 0\r\n"
#define CHG_ANSWER   "CHG 6 NLN 0\r\n"

/*
 * What brings the machine into each step, and what it does then: before its turn, and one command
 * at a time.
 */
static const struct {
    msnp_step step;
    const char *input; /* NULL: start, connected, or the ticket */
    const char *events;
    const char *before; /* one at a time: before and after it is told that this server needs that */
    const char *after;
} path[] = {
    {MSNP_STEP_CONNECT, NULL, CONNECT "\n", "", CONNECT "\n"},
    {MSNP_STEP_VERSION, NULL, WRITE_VER "\n" WRITE_CVR "\n" WRITE_USR "\n", "", WRITE_VER "\n"},
    {MSNP_STEP_CLIENT, DOC_VER, "", "", WRITE_CVR "\n"},
    {MSNP_STEP_ACCOUNT, DOC_CVR_ANSWER, "", "", WRITE_USR "\n"},
    {MSNP_STEP_PASSPORT, DOC_USR_CHALLENGE, "CHALLENGE " DOC_CHALLENGE "\n", "",
     "CHALLENGE " DOC_CHALLENGE "\n"},
    {MSNP_STEP_TICKET, NULL, WRITE_TICKET "\n" WRITE_SYN "\n" WRITE_CHG "\n", "",
     WRITE_TICKET "\n"},
    {MSNP_STEP_LISTS, DOC_USR_OK, SIGNED_IN "\n", SIGNED_IN "\n", WRITE_SYN "\n"},
    {MSNP_STEP_PRESENCE, LISTS, "ROSTER complete\n", "", WRITE_CHG "\nROSTER complete\n"},
    {MSNP_STEP_ONLINE, CHG_ANSWER, "ONLINE NLN\n", "", "ONLINE NLN\n"},
};

/* Never in the past, and none where nothing can happen. */
static void check_deadline(const drive *d)
{
    g_assert_cmpint(drive_deadline(d), >, d->now);
    g_assert_true(drive_step(d) != MSNP_STEP_OFFLINE || drive_deadline(d) == MSNP_NEVER);
}

/* These parts and nothing else; they are not copied, for they can be secret. */
static void expect_parts(drive *d, const char *const *parts)
{
    const char *rest = d->events->str;
    for (; *parts != NULL; parts++) {
        if (!g_str_has_prefix(rest, *parts))
            g_error("got these events:\n%swithout these:\n%s", d->events->str, *parts);
        rest += strlen(*parts);
    }
    if (*rest != '\0')
        g_error("got these events, too:\n%s", rest);
    g_string_truncate(d->events, 0);
    check_deadline(d);
}

/* The place of the step in the path. */
static size_t place_of(msnp_step step)
{
    for (size_t i = 0; i < G_N_ELEMENTS(path); i++)
        if (path[i].step == step)
            return i;
    g_assert_not_reached();
}

/* Does what leads to that place of the path. */
static void enter(drive *d, size_t place)
{
    if (path[place].input != NULL)
        drive_feed(d, path[place].input);
    else if (path[place].step == MSNP_STEP_CONNECT)
        drive_start(d);
    else if (path[place].step == MSNP_STEP_VERSION)
        drive_connected(d);
    else
        drive_ticket(d, DOC_TICKET);
    g_assert_cmpint(drive_step(d), ==, path[place].step);
    g_assert_cmpint(d->fed, ==, MSNP_OK);
}

static size_t next_place(const drive *d)
{
    return drive_step(d) == MSNP_STEP_IDLE ? 0 : place_of(drive_step(d)) + 1;
}

/* One step further on the path, before its turn. */
static void go_on(drive *d)
{
    size_t place = next_place(d);
    const char *const want[] = {path[place].events, NULL};
    enter(d, place);
    expect_parts(d, want);
}

/*
 * The same with one command at a time. `suspect` is the step in which it failed before, which is
 * told of as soon as this try gets further, MSNP_STEP_IDLE for none.
 */
static void go_on_stepwise(drive *d, msnp_step suspect)
{
    size_t place = next_place(d);
    bool tell = suspect != MSNP_STEP_IDLE && place > 0 && path[place - 1].step == suspect;
    const char *const want[] = {path[place].before, tell ? "NO_PIPELINING\n" : "",
                                path[place].after, NULL};
    enter(d, place);
    expect_parts(d, want);
}

static void go_to_stepwise(drive *d, msnp_step step, msnp_step suspect)
{
    while (drive_step(d) != step)
        go_on_stepwise(d, suspect);
}

static void go_to(drive *d, msnp_step step)
{
    while (drive_step(d) != step)
        go_on(d);
}

static drive *at(msnp_step step)
{
    drive *d = drive_ns(&early);
    go_to(d, step);
    drive_forget(d);
    return d;
}

/* The steps in which commands that were sent before their turn have no answer, and their ids. */
static const struct {
    msnp_step step;
    unsigned first, last;
} ahead[] = {
    {MSNP_STEP_VERSION, 1, 3}, {MSNP_STEP_CLIENT, 2, 3}, {MSNP_STEP_ACCOUNT, 3, 3},
    {MSNP_STEP_TICKET, 4, 6},  {MSNP_STEP_LISTS, 5, 6},  {MSNP_STEP_PRESENCE, 6, 6},
};

static int64_t patience(msnp_step step)
{
    bool greeting = step == MSNP_STEP_CLIENT || step == MSNP_STEP_ACCOUNT;
    return greeting ? 10000 : 30000;
}

/* --- servers that bear it --------------------------------------------------------------------- */

static void test_document(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        drive *d = drive_ns(&early);
        d->piece = pieces[i];
        drive_start(d);
        expect_events(d, CONNECT);
        drive_connected(d);
        expect_events(d, WRITE_VER, WRITE_CVR, WRITE_USR);
        drive_feed(d, DOC_VER);
        drive_feed(d, DOC_CVR_ANSWER);
        expect_silence(d);
        drive_feed(d, DOC_XFR);
        expect_events(d, "CONNECT 207.46.106.35:1863");
        drive_connected(d);
        expect_events(d, WRITE_VER, WRITE_CVR, WRITE_USR);
        drive_feed(d, DOC_VER DOC_CVR_ANSWER);
        expect_silence(d);
        drive_feed(d, DOC_USR_CHALLENGE);
        expect_events(d, "CHALLENGE " DOC_CHALLENGE);
        drive_ticket(d, DOC_TICKET);
        expect_events(d, WRITE_TICKET, WRITE_SYN, WRITE_CHG);
        drive_feed(d, DOC_USR_OK);
        expect_events(d, SIGNED_IN);
        drive_feed(d, DOC_PROFILE);
        expect_silence(d);
        drive_feed(d, DOC_LISTS);
        expect_events(d, "ROSTER complete");
        drive_feed(d, CHG_ANSWER "ILN 6 AWY bob@example.com Bob%20B 0\r\n");
        expect_events(d, "ONLINE NLN", "CONTACT bob@example.com presence name");
        drive_feed(d, DOC_CHL);
        expect_events(d, "WRITE QRY 7 msmsgs@msnmsgr.com 32|" DOC_DIGEST);
        expect_steps(d, "CONNECT VERSION CLIENT ACCOUNT CONNECT VERSION CLIENT ACCOUNT PASSPORT "
                        "TICKET LISTS PRESENCE ONLINE");
        g_assert_cmpstr(d->written->str, ==,
                        DOC_VER DOC_CVR DOC_USR DOC_VER DOC_CVR DOC_USR DOC_USR_TICKET
                        "SYN 5 0\r\nCHG 6 NLN 0\r\n"
                        "QRY 7 msmsgs@msnmsgr.com 32\r\n" DOC_DIGEST);
        drive_sleep(d, MSNP_PING_AFTER);
        expect_events(d, "WRITE PNG|");
        drive_sign_out(d);
        expect_events(d, "WRITE OUT|", "CLOSE");
        drive_done(d);
    }
}

/* All the answers at once, and split anywhere. */
static void test_splits(void)
{
    static const char greeting[] = DOC_VER DOC_CVR_ANSWER DOC_USR_CHALLENGE;
    static const char rest[] = DOC_USR_OK DOC_PROFILE LISTS CHG_ANSWER DOC_CHL "QNG\r\n";
    for (size_t split = 0; split < sizeof(greeting); split += slow_step()) {
        drive *d = at(MSNP_STEP_VERSION);
        drive_feed_bytes(d, greeting, split);
        drive_feed_bytes(d, greeting + split, sizeof(greeting) - 1 - split);
        expect_events(d, "CHALLENGE " DOC_CHALLENGE);
        expect_steps(d, "CLIENT ACCOUNT PASSPORT");
        drive_done(d);
    }
    for (size_t split = 0; split < sizeof(rest); split += slow_step()) {
        drive *d = at(MSNP_STEP_TICKET);
        drive_feed_bytes(d, rest, split);
        drive_feed_bytes(d, rest + split, sizeof(rest) - 1 - split);
        expect_events(d, SIGNED_IN, "ROSTER complete", "ONLINE NLN",
                      "WRITE QRY 7 msmsgs@msnmsgr.com 32|" DOC_DIGEST);
        expect_steps(d, "LISTS PRESENCE ONLINE");
        drive_done(d);
    }
}

/* A digest in the middle uses up an id; what was sent before keeps its own. */
static void test_challenge(void)
{
    drive *d = at(MSNP_STEP_LISTS);
    drive_feed(d, DOC_CHL LISTS);
    expect_events(d, "WRITE QRY 7 msmsgs@msnmsgr.com 32|" DOC_DIGEST, "ROSTER complete");
    drive_feed(d, CHG_ANSWER);
    expect_events(d, "ONLINE NLN");
    drive_set_status(d, MSNP_STATUS_AWAY);
    expect_events(d, "WRITE CHG 8 AWY 0|");
    drive_done(d);
}

/* Whatever answers something else than the command that waits longest is no answer. */
static void test_out_of_turn(void)
{
    static const struct {
        const char *name, *rest;
        msnp_step first, second; /* where it has its turn */
        unsigned first_id, second_id;
    } answers[] = {
        {"VER", "MSNP8 CVR0", MSNP_STEP_VERSION, MSNP_STEP_IDLE, 1, 0},
        {"CVR", "1 1 1 x x", MSNP_STEP_CLIENT, MSNP_STEP_IDLE, 2, 0},
        {"USR", "TWN S ct=1", MSNP_STEP_ACCOUNT, MSNP_STEP_TICKET, 3, 4},
        {"USR", "OK example@passport.com x 1 0", MSNP_STEP_ACCOUNT, MSNP_STEP_TICKET, 3, 4},
        {"XFR", "NS other:1863", MSNP_STEP_ACCOUNT, MSNP_STEP_TICKET, 3, 4},
        {"XFR", "SB other:1863 CKI 1.2", MSNP_STEP_IDLE, MSNP_STEP_IDLE, 0, 0},
        {"SYN", "1 0 0", MSNP_STEP_LISTS, MSNP_STEP_IDLE, 5, 0},
        {"SYN", "1", MSNP_STEP_LISTS, MSNP_STEP_IDLE, 5, 0},
        {"CHG", "AWY 0", MSNP_STEP_PRESENCE, MSNP_STEP_IDLE, 6, 0},
        {"ADD", "FL 1 bob@example.com bob 0", MSNP_STEP_IDLE, MSNP_STEP_IDLE, 0, 0},
        {"REM", "FL 1 bob@example.com", MSNP_STEP_IDLE, MSNP_STEP_IDLE, 0, 0},
        {"PRP", "1 PHH 1", MSNP_STEP_IDLE, MSNP_STEP_IDLE, 0, 0},
    };
    for (size_t place = 1; place < G_N_ELEMENTS(path); place++) {
        msnp_step step = path[place].step;
        for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
            /* Online, PRP without an id of ours is told, not answered. */
            if (step == MSNP_STEP_PRESENCE || step == MSNP_STEP_ONLINE)
                if (strcmp(answers[i].name, "PRP") == 0)
                    continue;
            for (unsigned id = 1; id <= 8; id++) {
                if ((step == answers[i].first && id == answers[i].first_id) ||
                    (step == answers[i].second && id == answers[i].second_id))
                    continue;
                char *line = g_strdup_printf("%s %u %s\r\n", answers[i].name, id, answers[i].rest);
                g_test_message("at %s", msnp_step_name(step));
                say(line);
                drive *d = at(step);
                drive_feed(d, line);
                expect_silence(d);
                expect_steps(d, "");
                go_to(d, MSNP_STEP_ONLINE);
                drive_done(d);
                g_free(line);
            }
        }
    }
}

/* What the answers say is read as ever. */
static void test_answers(void)
{
    static const struct {
        msnp_step step;
        const char *input;
        const char *events;
    } table[] = {
        {MSNP_STEP_VERSION, "VER 1 MSNP8\r\n", ""},
        {MSNP_STEP_VERSION, "VER 1 0\r\n", "FAILED version at VERSION" WITH "\n"},
        {MSNP_STEP_VERSION, "VER 0 0\r\n", "FAILED version at VERSION" WITH "\n"},
        {MSNP_STEP_VERSION, "VER 2 CVR0\r\n", "FAILED version at VERSION" WITH "\n"},
        {MSNP_STEP_VERSION, "SSH-2.0-OpenSSH_9.2\r\n", "FAILED version at VERSION" WITH "\n"},
        {MSNP_STEP_VERSION, "220 mail.example ESMTP\r\n", "FAILED version at VERSION" WITH "\n"},
        {MSNP_STEP_VERSION, "999 1\r\n", "FAILED version at VERSION" WITH "\n"},
        {MSNP_STEP_VERSION, "MSG x -1\r\n", "FAILED version at VERSION" WITH "\n"},
        {MSNP_STEP_VERSION, "OUT OTH\r\n", "FAILED elsewhere at VERSION" WITH "\n"},
        {MSNP_STEP_VERSION, DOC_VER "CVR\r\n", "FAILED malformed at CLIENT" WITH "\n"},
        {MSNP_STEP_CLIENT, "<html>\n", "FAILED malformed at CLIENT" WITH "\n"},
        {MSNP_STEP_CLIENT, "OUT SSD\r\n", "FAILED shutdown at CLIENT" WITH "\n"},
        {MSNP_STEP_ACCOUNT, "USR 3 MD5 S 1\r\n", "FAILED malformed at ACCOUNT" WITH "\n"},
        {MSNP_STEP_ACCOUNT, "USR 3 TWN S\r\n", "FAILED malformed at ACCOUNT" WITH "\n"},
        {MSNP_STEP_ACCOUNT, "USR 3 OK example@passport.com x\r\n",
         "FAILED malformed at ACCOUNT" WITH "\n"},
        {MSNP_STEP_ACCOUNT, "USR\r\n", "FAILED malformed at ACCOUNT" WITH "\n"},
        {MSNP_STEP_TICKET, "USR 4 TWN S x\r\n", "FAILED malformed at TICKET" WITH "\n"},
        {MSNP_STEP_TICKET, "USR 4 OK Example@Passport.com x\r\n",
         "SIGNED_IN Example@Passport.com \"x\"\n"},
        {MSNP_STEP_TICKET, "OUT\r\n", "FAILED signed-out at TICKET" WITH "\n"},
        {MSNP_STEP_LISTS, "SYN 5\r\n", "FAILED malformed at LISTS" WITH "\n"},
        {MSNP_STEP_LISTS, "SYN 5 1\r\n", "ROSTER incomplete\n"},
        {MSNP_STEP_PRESENCE, "CHG 6\r\n", "FAILED malformed at PRESENCE" WITH "\n"},
        {MSNP_STEP_PRESENCE, "CHG 6 AWY\r\n", "ONLINE AWY\n"},
        {MSNP_STEP_PRESENCE, "OUT OTH\r\n", "FAILED elsewhere at PRESENCE" WITH "\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].input);
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            drive *d = at(table[i].step);
            d->piece = pieces[k];
            drive_feed(d, table[i].input);
            g_assert_cmpstr(d->events->str, ==, table[i].events);
            drive_forget(d);
            drive_done(d);
        }
    }
}

/* --- servers that do not ---------------------------------------------------------------------- */

typedef struct {
    unsigned number; /* refuses so, if not 0 */
    bool silent;     /* says nothing; else it closes */
} way;

static const way ways[] = {{0, false},   {0, true},    {200, false}, {207, false},
                           {302, false}, {710, false}, {715, false}, {731, false}};

/* The server goes that way. `id` is the command that it refuses, 0 for none in particular. */
static void go_wrong(drive *d, const way *how, unsigned id, int64_t silence)
{
    char *line = id != 0 ? g_strdup_printf("%u %u\r\n", how->number, id)
                         : g_strdup_printf("%u\r\n", how->number);
    if (how->number != 0)
        drive_feed(d, line);
    else if (how->silent)
        drive_sleep(d, silence);
    else
        drive_closed(d);
    g_free(line);
}

/* Is it certain that such a server has not even been spoken to? */
static bool is_hopeless(msnp_step step, const way *how)
{
    return step == MSNP_STEP_VERSION && how->silent;
}

/* Calls `check` for each step, for each way, and for each command that can be refused. */
static void in_each_way(void (*check)(msnp_step step, const way *how, unsigned id))
{
    for (size_t s = 0; s < G_N_ELEMENTS(ahead); s++) {
        for (size_t w = 0; w < G_N_ELEMENTS(ways); w++) {
            unsigned last = ways[w].number != 0 ? ahead[s].last : ahead[s].first;
            if (is_hopeless(ahead[s].step, &ways[w]))
                continue;
            for (unsigned id = ahead[s].first; id <= last; id++) {
                g_test_message("%s: %u%s for %u", msnp_step_name(ahead[s].step), ways[w].number,
                               ways[w].silent ? " silent" : "", id);
                check(ahead[s].step, &ways[w], id);
            }
            if (ways[w].number != 0)
                check(ahead[s].step, &ways[w], 0);
        }
    }
}

/* One command at a time helps, and is what this server gets from then on. */
static void check_stepwise(msnp_step step, const way *how, unsigned id)
{
    drive *d = at(step);
    go_wrong(d, how, id, patience(step));
    g_assert_cmpint(d->fed, ==, MSNP_OK);
    expect_events(d, CONNECT);
    expect_steps(d, "CONNECT");
    check_deadline(d);
    go_to_stepwise(d, MSNP_STEP_ONLINE, step);
    drive_sleep(d, MSNP_PING_AFTER);
    expect_events(d, "WRITE PNG|");
    drive_feed(d, "QNG\r\n");

    drive_feed(d, "XFR 0 NS messenger.hotmail.com:1863\r\n");
    expect_events(d, "MOVED", CONNECT);
    go_to_stepwise(d, MSNP_STEP_ONLINE, MSNP_STEP_IDLE);
    drive_done(d);
}

static void test_no_pipelining(void)
{
    in_each_way(check_stepwise);
}

/* What ends the session of a client that does not hurry. */
static char *failure_of(msnp_step step, const way *how)
{
    const char *name = msnp_step_name(step);
    if (how->number != 0)
        return g_strdup_printf("FAILED server at %s" WITH " %u", name, how->number);
    return g_strdup_printf("FAILED %s at %s" WITH, how->silent ? "timeout" : "closed", name);
}

/* It does not help: the usual failure, and nothing is said of the server. */
static void check_same_again(msnp_step step, const way *how, unsigned id)
{
    char *failure = failure_of(step, how);
    size_t s = 0;
    while (ahead[s].step != step)
        s++;
    drive *d = at(step);
    go_wrong(d, how, id, patience(step));
    expect_events(d, CONNECT);
    go_to_stepwise(d, step, MSNP_STEP_IDLE);
    /* As ever, what is about another command is nothing to go by. */
    if (how->number != 0 && id != 0 && id != ahead[s].first) {
        go_wrong(d, how, id, 0);
        expect_silence(d);
    }
    go_wrong(d, how, ahead[s].first, 30000);
    expect_events(d, failure);
    drive_done(d);
    g_free(failure);
}

static void test_same_again(void)
{
    in_each_way(check_same_again);
}

/* The second try does not even get as far: that says nothing of the server either. */
static void test_worse(void)
{
    for (size_t s = 0; s < G_N_ELEMENTS(ahead); s++) {
        for (size_t place = 0; place <= place_of(ahead[s].step); place++) {
            const way closing = {0, false};
            char *failure = failure_of(path[place].step, &closing);
            drive *d = at(ahead[s].step);
            drive_closed(d);
            expect_events(d, CONNECT);
            go_to_stepwise(d, path[place].step, MSNP_STEP_IDLE);
            drive_closed(d);
            expect_events(d, failure);
            g_assert_cmpint(d->fed, ==, MSNP_ERR_CLOSED);
            drive_done(d);
            g_free(failure);
        }
    }
}

/* Who has not said a word has not misunderstood one either. */
static void test_never_spoken(void)
{
    drive *d = at(MSNP_STEP_VERSION);
    drive_sleep(d, 30000);
    expect_events(d, "FAILED timeout at VERSION" WITH);
    drive_done(d);
    d = at(MSNP_STEP_CONNECT);
    drive_sleep(d, 30000);
    expect_events(d, "FAILED timeout at CONNECT" WITH);
    drive_done(d);
    d = at(MSNP_STEP_CONNECT);
    drive_closed(d);
    expect_events(d, "FAILED closed at CONNECT" WITH);
    drive_done(d);
}

/* Between the two batches, and after them, nothing was sent before its turn. */
static void test_nothing_ahead(void)
{
    static const msnp_step steps[] = {MSNP_STEP_PASSPORT, MSNP_STEP_ONLINE};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        char *failure = g_strdup_printf("FAILED closed at %s" WITH, msnp_step_name(steps[i]));
        drive *d = at(steps[i]);
        drive_closed(d);
        expect_events(d, failure);
        drive_done(d);
        g_free(failure);
    }
    drive *d = at(MSNP_STEP_PASSPORT);
    drive_feed(d, "715 3\r\n");
    expect_events(d, "FAILED server at PASSPORT" WITH " 715");
    drive_done(d);
    d = at(MSNP_STEP_PASSPORT);
    drive_sleep(d, MSNP_SIGN_IN_TIMEOUT);
    expect_events(d, "FAILED timeout at PASSPORT" WITH);
    drive_done(d);
    d = at(MSNP_STEP_ONLINE);
    drive_feed(d, "715 6\r\n302\r\n731 5\r\n");
    expect_silence(d);
    drive_done(d);
    d = at(MSNP_STEP_ONLINE);
    drive_sleep(d, MSNP_PING_AFTER);
    expect_events(d, "WRITE PNG|");
    drive_sleep(d, MSNP_PING_TIMEOUT);
    expect_events(d, "FAILED dead at ONLINE" WITH);
    drive_done(d);
    d = at(MSNP_STEP_PASSPORT);
    drive_ticket(d, "no ticket");
    expect_events(d, "FAILED no-ticket at PASSPORT" WITH);
    drive_done(d);
}

/* Numbers that only say that something did not work; and what is in no table. */
static bool says_nothing(unsigned number)
{
    static const unsigned numbers[] = {200, 207, 215, 216, 218, 219, 225, 302, 710, 715, 731};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (numbers[i] == number)
            return true;
    return msnp_server_error_find(number)->number == 0;
}

/* `waits`: the command that is refused is the one whose turn it is. */
static void check_number(msnp_step step, unsigned id, bool waits, unsigned number)
{
    bool premature = !waits && number != 540;
    bool version = step == MSNP_STEP_VERSION && msnp_server_error_find(number)->number == 0;
    bool ticket = step == MSNP_STEP_TICKET && (number == 911 || number == 917 || number == 928);
    char *line = g_strdup_printf("%03u %u\r\n", number, id);
    char *failure = g_strdup_printf("FAILED %s at %s" WITH " %u", ticket ? "ticket" : "server",
                                    msnp_step_name(step), number);
    drive *d = at(step);
    drive_feed(d, line);
    if (version)
        expect_events(d, "FAILED version at VERSION" WITH);
    else if (says_nothing(number) || premature)
        expect_events(d, CONNECT);
    else
        expect_events(d, failure);
    drive_done(d);
    g_free(failure);
    g_free(line);
}

/* What a server says of the account or of itself is no misunderstanding, if it waited for it. */
static void test_numbers(void)
{
    static const unsigned telling[] = {500, 540, 600, 601, 800, 911, 917, 924, 928, 931, 999};
    for (size_t s = 0; s < G_N_ELEMENTS(ahead); s++) {
        for (unsigned number = 1; number < 1000; number += slow_choice(1, 3, 97))
            check_number(ahead[s].step, ahead[s].first, true, number);
        for (unsigned id = ahead[s].first; id <= ahead[s].last; id++)
            for (size_t i = id % slow_step(); i < G_N_ELEMENTS(telling); i += slow_step())
                check_number(ahead[s].step, id, id == ahead[s].first, telling[i]);
    }
    /* About what is answered, or was never sent. */
    for (size_t s = 0; s < G_N_ELEMENTS(ahead); s++) {
        for (unsigned id = 0; id <= 8; id++) {
            if (id >= ahead[s].first && id <= ahead[s].last)
                continue;
            char *lines = g_strdup_printf("715 %u\r\n600 %u\r\n911 %u\r\n", id, id, id);
            drive *d = at(ahead[s].step);
            drive_feed(d, lines);
            expect_silence(d);
            go_to(d, MSNP_STEP_ONLINE);
            drive_done(d);
            g_free(lines);
        }
    }
}

/* What comes behind the refusal is from a connection that was left. */
static void test_left_behind(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
        drive *d = at(MSNP_STEP_CLIENT);
        d->piece = pieces[k];
        drive_feed(d, "715 3\r\nOUT OTH\r\nCVR 2 x\r\n<html>\r\n731 2\r\nVER 1 MS");
        expect_events(d, CONNECT);
        drive_feed(d, "NP8\r\nVER 1 MSNP8\r\n");
        expect_silence(d);
        go_to_stepwise(d, MSNP_STEP_ONLINE, MSNP_STEP_CLIENT);
        drive_done(d);
    }
}

/* Lists that had begun to come are told anew, all of them. */
static void test_lists_again(void)
{
    drive *d = at(MSNP_STEP_LISTS);
    drive_feed(d, "SYN 5 27 3 1\r\nGTC A\r\nBLP AL\r\nLSG 0 Other%20Contacts 0\r\n"
                  "LST bob@example.com Bob 3 0\r\n");
    expect_silence(d);
    drive_closed(d);
    expect_events(d, CONNECT);
    /* Nobody waits for the rest of them. */
    g_assert_cmpint(drive_deadline(d), ==, d->now + MSNP_STEP_TIMEOUT);
    go_to_stepwise(d, MSNP_STEP_LISTS, MSNP_STEP_PRESENCE);
    drive_feed(d, "SYN 5 27 1 1\r\nGTC A\r\nBLP AL\r\nLSG 0 Other%20Contacts 0\r\n"
                  "LST carol@example.com Carol 3 0\r\n");
    expect_events(d, WRITE_CHG, "ROSTER complete");
    drive_feed(d, CHG_ANSWER);
    expect_events(d, "NO_PIPELINING", "ONLINE NLN");
    expect_roster(d, "A AL", "carol@example.com \"Carol\" FA - FLN");
    drive_done(d);
}

/* An edit and a request for a switchboard wait for the end of it, and are done once. */
static void test_waiting(void)
{
    drive *d = at(MSNP_STEP_TICKET);
    const msnp_edit strangers = {.kind = MSNP_EDIT_ALLOW_UNLISTED, .on = false};
    drive_edit(d, &strangers);
    drive_ask(d, 9);
    expect_silence(d);
    drive_closed(d);
    expect_events(d, CONNECT);
    go_to_stepwise(d, MSNP_STEP_PRESENCE, MSNP_STEP_TICKET);
    drive_feed(d, CHG_ANSWER);
    expect_events(d, "ONLINE NLN", "WRITE BLP 7 BL|", "WRITE XFR 8 SB|");
    drive_feed(d, "XFR 8 SB a:1 CKI b\r\nBLP 7 1 BL\r\n");
    expect_events(d, "SWITCHBOARD 9 a:1 b", "EDITED ALLOW_UNLISTED off ok");
    drive_forget(d);
    drive_done(d);
}

/* --- other servers ---------------------------------------------------------------------------- */

/* Each server is spoken to in the same way, and the one that failed is the one to be tried again.
 */
static void test_transfer(void)
{
    static const struct {
        msnp_step step;
        const char *input;
    } table[] = {
        {MSNP_STEP_VERSION, "XFR 0 NS other:7\r\n"},  {MSNP_STEP_CLIENT, "XFR 0 NS other:7\r\n"},
        {MSNP_STEP_ACCOUNT, "XFR 0 NS other:7\r\n"},  {MSNP_STEP_ACCOUNT, "XFR 3 NS other:7\r\n"},
        {MSNP_STEP_PASSPORT, "XFR 0 NS other:7\r\n"}, {MSNP_STEP_TICKET, "XFR 0 NS other:7\r\n"},
        {MSNP_STEP_TICKET, "XFR 4 NS other:7\r\n"},   {MSNP_STEP_LISTS, "XFR 0 NS other:7\r\n"},
        {MSNP_STEP_PRESENCE, "XFR 0 NS other:7\r\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        for (int closed = 0; closed < 2; closed++) {
            drive *d = at(table[i].step);
            drive_feed(d, table[i].input);
            expect_events(d, "CONNECT other:7");
            check_deadline(d);
            if (closed) {
                /* On its way to another server nothing is open. */
                drive_closed(d);
                expect_events(d, "FAILED closed at CONNECT with other:7");
                drive_done(d);
                continue;
            }
            go_to(d, MSNP_STEP_CLIENT);
            drive_feed(d, "715 3\r\n");
            expect_events(d, "CONNECT other:7");
            go_to_stepwise(d, MSNP_STEP_ONLINE, MSNP_STEP_CLIENT);
            drive_done(d);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = at(table[i].step);
        drive_feed(d, table[i].input);
        expect_events(d, "CONNECT other:7");
        go_to(d, MSNP_STEP_ONLINE);
        drive_done(d);
    }
}

/* To ask a server once more is no transfer. */
static void test_transfer_limit(void)
{
    drive *d = at(MSNP_STEP_ACCOUNT);
    for (unsigned n = 1; n <= MSNP_TRANSFERS_MAX; n++) {
        char *answer = g_strdup_printf("XFR 3 NS hop%u:%u\r\n", n, n);
        char *event = g_strdup_printf("CONNECT hop%u:%u", n, n);
        drive_feed(d, answer);
        expect_events(d, event);
        if (n == 1) {
            go_to(d, MSNP_STEP_ACCOUNT);
            drive_closed(d);
            expect_events(d, event);
        }
        go_to_stepwise(d, MSNP_STEP_ACCOUNT, MSNP_STEP_IDLE);
        g_free(event);
        g_free(answer);
    }
    /* So far nobody got further than where the first one failed. */
    drive_feed(d, "XFR 3 NS hop6:6\r\n");
    expect_events(d, "FAILED transfers at ACCOUNT with hop5:5");
    drive_done(d);

    d = at(MSNP_STEP_ACCOUNT);
    drive_closed(d);
    expect_events(d, CONNECT);
    go_to_stepwise(d, MSNP_STEP_ACCOUNT, MSNP_STEP_IDLE);
    drive_feed(d, "XFR 3 NS other:7\r\n");
    expect_events(d, "CONNECT other:7");
    go_to_stepwise(d, MSNP_STEP_ONLINE, MSNP_STEP_ACCOUNT);
    drive_done(d);
}

static void test_moved(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
        drive *d = at(MSNP_STEP_ONLINE);
        d->piece = pieces[k];
        drive_set_status(d, MSNP_STATUS_AWAY);
        expect_events(d, "WRITE CHG 7 AWY 0|");
        drive_feed(d, "CHG 7 AWY 0\r\n");
        expect_events(d, "STATUS AWY");
        drive_wait(d, 10 * MSNP_SIGN_IN_TIMEOUT);
        drive_feed(d, "XFR 0 NS other:7 0 messenger.hotmail.com:1863\r\nOUT\r\n");
        expect_events(d, "MOVED", "CONNECT other:7");
        go_to(d, MSNP_STEP_PASSPORT);
        drive_ticket(d, DOC_TICKET);
        expect_events(d, WRITE_TICKET, WRITE_SYN, "WRITE CHG 6 AWY 0|");
        drive_feed(d, DOC_USR_OK LISTS);
        expect_events(d, SIGNED_IN, "ROSTER complete");
        drive_feed(d, "CHG 6 AWY 0\r\n");
        expect_events(d, "ONLINE AWY");
        drive_sleep(d, MSNP_PING_AFTER);
        expect_events(d, "WRITE PNG|");
        drive_done(d);
    }
    /* The other server does not bear it. */
    for (size_t s = 0; s < G_N_ELEMENTS(ahead); s++) {
        drive *d = at(MSNP_STEP_ONLINE);
        drive_wait(d, 10 * MSNP_SIGN_IN_TIMEOUT);
        drive_feed(d, "XFR 0 NS other:7\r\n");
        expect_events(d, "MOVED", "CONNECT other:7");
        go_to(d, ahead[s].step);
        drive_closed(d);
        expect_events(d, "CONNECT other:7");
        go_to_stepwise(d, MSNP_STEP_ONLINE, ahead[s].step);
        drive_done(d);
    }
}

/* --- the user --------------------------------------------------------------------------------- */

/* The status that is wanted when CHG is sent stands in it; a later one gets one more CHG. */
static void test_status(void)
{
    for (size_t place = 0; place + 1 < G_N_ELEMENTS(path); place++) {
        bool sent = path[place].step >= MSNP_STEP_TICKET;
        drive *d = at(path[place].step);
        g_test_message("at %s", msnp_step_name(path[place].step));
        drive_set_status(d, MSNP_STATUS_BUSY);
        drive_set_status(d, MSNP_STATUS_LUNCH);
        expect_silence(d);
        if (!sent) {
            go_to(d, MSNP_STEP_PASSPORT);
            drive_ticket(d, DOC_TICKET);
            expect_events(d, WRITE_TICKET, WRITE_SYN, "WRITE CHG 6 LUN 0|");
            drive_feed(d, DOC_USR_OK LISTS);
            expect_events(d, SIGNED_IN, "ROSTER complete");
            drive_feed(d, "CHG 6 LUN 0\r\n");
            expect_events(d, "ONLINE LUN");
        } else {
            go_to(d, MSNP_STEP_PRESENCE);
            drive_feed(d, CHG_ANSWER);
            expect_events(d, "ONLINE NLN", "WRITE CHG 7 LUN 0|");
            drive_feed(d, "CHG 7 LUN 0\r\n");
            expect_events(d, "STATUS LUN");
        }
        drive_done(d);
    }
    /* Back to what CHG says already: no other one. */
    drive *d = at(MSNP_STEP_TICKET);
    drive_set_status(d, MSNP_STATUS_BUSY);
    drive_set_status(d, MSNP_STATUS_ONLINE);
    go_to(d, MSNP_STEP_ONLINE);
    drive_done(d);

    /* On the second connection the first CHG says it. */
    for (size_t s = 0; s < G_N_ELEMENTS(ahead); s++) {
        d = at(ahead[s].step);
        drive_set_status(d, MSNP_STATUS_PHONE);
        drive_closed(d);
        expect_events(d, CONNECT);
        go_to_stepwise(d, MSNP_STEP_TICKET, ahead[s].step);
        drive_feed(d, DOC_USR_OK);
        drive_forget(d);
        drive_feed(d, LISTS);
        g_assert_nonnull(strstr(d->events->str, "WRITE CHG 6 PHN 0|\n"));
        drive_forget(d);
        drive_feed(d, "CHG 6 PHN 0\r\n");
        g_assert_true(g_str_has_suffix(d->events->str, "ONLINE PHN\n"));
        g_assert_null(strstr(d->events->str, "WRITE"));
        drive_forget(d);
        drive_done(d);
    }
}

static void test_sign_out(void)
{
    for (size_t place = 0; place < G_N_ELEMENTS(path); place++) {
        drive *d = at(path[place].step);
        drive_sign_out(d);
        if (path[place].step == MSNP_STEP_ONLINE)
            expect_events(d, "WRITE OUT|", "CLOSE");
        else
            expect_events(d, "CLOSE");
        drive_done(d);
    }
    /* On the second connection. */
    for (size_t place = 0; place < place_of(MSNP_STEP_ONLINE); place++) {
        drive *d = at(MSNP_STEP_PRESENCE);
        drive_closed(d);
        expect_events(d, CONNECT);
        go_to_stepwise(d, path[place].step, MSNP_STEP_IDLE);
        drive_sign_out(d);
        expect_events(d, "CLOSE");
        drive_done(d);
    }
    /* What was not taken yet is not sent any more. */
    msnp_ns *ns = msnp_ns_new(&early);
    msnp_event event;
    msnp_ns_start(ns, 0);
    msnp_ns_connected(ns, 0);
    msnp_ns_feed(ns, "715 3\r\n", 7, 0);
    msnp_ns_sign_out(ns);
    g_assert_true(msnp_ns_next(ns, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_CLOSE);
    g_assert_false(msnp_ns_next(ns, &event));
    msnp_ns_free(ns);
}

/* --- time ------------------------------------------------------------------------------------- */

static void test_deadlines(void)
{
    /* Noise does not prolong it. */
    drive *d = at(MSNP_STEP_CLIENT);
    for (int n = 0; n < 9; n++) {
        drive_wait(d, 1000);
        drive_feed(d, "QNG\r\nNLN NLN a b 0\r\nCVR 3 x\r\n");
        drive_tick(d);
        expect_silence(d);
    }
    drive_sleep(d, 1000);
    expect_events(d, CONNECT);
    /* The second time each step has all of its time. */
    go_to_stepwise(d, MSNP_STEP_CLIENT, MSNP_STEP_CLIENT);
    drive_sleep(d, 30000);
    expect_events(d, "FAILED timeout at CLIENT" WITH);
    drive_done(d);

    /* Each answer starts the time anew. */
    d = at(MSNP_STEP_CLIENT);
    drive_wait(d, 9999);
    drive_tick(d);
    go_on(d);
    g_assert_cmpint(drive_step(d), ==, MSNP_STEP_ACCOUNT);
    drive_sleep(d, 10000);
    expect_events(d, CONNECT);
    drive_done(d);

    /* The whole of it takes no longer than ever: 30 + 30 + 10 seconds, and 20 more. */
    d = at(MSNP_STEP_TICKET);
    drive_sleep(d, 30000);
    expect_events(d, CONNECT);
    drive_wait(d, 29999);
    go_on_stepwise(d, MSNP_STEP_TICKET);
    drive_wait(d, 10001);
    go_on_stepwise(d, MSNP_STEP_TICKET);
    drive_sleep(d, 20000);
    expect_events(d, "FAILED timeout at CLIENT" WITH);
    drive_done(d);
}

/* When all of it takes too long, another try does not help. */
static void test_too_late(void)
{
    for (int later = 0; later < 2; later++) {
        drive *d = at(MSNP_STEP_VERSION);
        drive_wait(d, 29000);
        go_to(d, MSNP_STEP_PASSPORT);
        drive_wait(d, 31000 + later);
        go_to(d, MSNP_STEP_LISTS);
        drive_sleep(d, 30000 - later);
        expect_events(d, "FAILED timeout at LISTS" WITH);
        drive_done(d);
    }
    /* A moment sooner it does. */
    drive *d = at(MSNP_STEP_VERSION);
    drive_wait(d, 29000);
    go_to(d, MSNP_STEP_PASSPORT);
    drive_wait(d, 30999);
    go_to(d, MSNP_STEP_LISTS);
    drive_sleep(d, 30000);
    expect_events(d, CONNECT);
    drive_sleep(d, 1);
    expect_events(d, "FAILED timeout at CONNECT" WITH);
    drive_done(d);
}

/* While a person is asked something no time passes. */
static void test_hold(void)
{
    for (size_t s = 0; s < G_N_ELEMENTS(ahead); s++) {
        msnp_step step = ahead[s].step;
        drive *d = at(step);
        drive_wait(d, 4000);
        msnp_ns_hold(d->ns, d->now);
        g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
        drive_wait(d, 10 * MSNP_SIGN_IN_TIMEOUT);
        drive_tick(d);
        expect_silence(d);
        msnp_ns_resume(d->ns, d->now);
        drive_sleep(d, patience(step) - 4000);
        if (step == MSNP_STEP_VERSION)
            expect_events(d, "FAILED timeout at VERSION" WITH);
        else
            expect_events(d, CONNECT);
        drive_done(d);
    }
    /* Closed meanwhile: the next try begins when time does. */
    drive *d = at(MSNP_STEP_TICKET);
    msnp_ns_hold(d->ns, d->now);
    drive_wait(d, 10 * MSNP_SIGN_IN_TIMEOUT);
    drive_closed(d);
    expect_events(d, CONNECT);
    g_assert_cmpint(drive_deadline(d), ==, MSNP_NEVER);
    drive_wait(d, 5000);
    msnp_ns_resume(d->ns, d->now);
    drive_sleep(d, 30000);
    expect_events(d, "FAILED timeout at CONNECT" WITH);
    drive_done(d);
}

/* --- traces ----------------------------------------------------------------------------------- */

static unsigned count(const char *text, const char *part)
{
    unsigned n = 0;
    for (const char *at_part = text; (at_part = strstr(at_part, part)) != NULL; at_part++)
        n++;
    return n;
}

/* Each command once for each connection, without what is secret, which stays nowhere in memory. */
static void test_secrets(void)
{
    static const char *const lines[] = {">>> VER 1", ">>> CVR 2", ">>> USR 3 TWN I", ">>> USR 4",
                                        ">>> SYN 5", ">>> CHG 6", "<<< VER 1",       "<<< CVR 2",
                                        "<<< USR 3", "<<< USR 4", "<<< SYN 5",       "<<< CHG 6"};
    for (unsigned tries = 1; tries <= 2; tries++) {
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
            watch_secret("53*1hAu8ADuD3TEwdXoOMi08sD");
            watch_secret(DOC_TPF);
            drive *d = drive_ns(&early);
            d->piece = pieces[k];
            go_to(d, MSNP_STEP_PRESENCE);
            if (tries == 2) {
                drive_feed(d, "715 6\r\n");
                expect_events(d, CONNECT);
                go_to_stepwise(d, MSNP_STEP_ONLINE, MSNP_STEP_PRESENCE);
            } else {
                go_to(d, MSNP_STEP_ONLINE);
            }
            for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
                bool last = strcmp(lines[i], "<<< CHG 6") == 0;
                g_test_message("%s", lines[i]);
                g_assert_cmpuint(count(d->traces->str, lines[i]), ==, last ? 1 : tries);
            }
            g_assert_null(strstr(d->traces->str, "53*1hAu8ADuD3TEwdXoOMi08sD"));
            g_assert_null(strstr(d->traces->str, DOC_TPF));
            drive_forget(d);
            drive_done(d);
            watch_reset();
        }
    }
    /* Events that nobody took are wiped as well. */
    msnp_ns *ns = msnp_ns_new(&early);
    static const char answers[] = DOC_VER DOC_CVR_ANSWER "USR 3 TWN S secret-challenge\r\n";
    watch_secret("secret-challenge");
    watch_secret("secret-ticket");
    watch_on();
    msnp_ns_start(ns, 0);
    msnp_ns_connected(ns, 0);
    msnp_ns_feed(ns, answers, strlen(answers), 0);
    msnp_ns_ticket(ns, "secret-ticket", 0);
    msnp_ns_feed(ns, "", 0, 0);
    msnp_ns_free(ns);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    watch_reset();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    /* First: the other tests leave the same texts in memory, which the core gets next. */
    g_test_add_func("/ns-early/secrets", test_secrets);
    g_test_add_func("/ns-early/document", test_document);
    g_test_add_func("/ns-early/splits", test_splits);
    g_test_add_func("/ns-early/challenge", test_challenge);
    g_test_add_func("/ns-early/out-of-turn", test_out_of_turn);
    g_test_add_func("/ns-early/answers", test_answers);
    g_test_add_func("/ns-early/stepwise", test_no_pipelining);
    g_test_add_func("/ns-early/same-again", test_same_again);
    g_test_add_func("/ns-early/worse", test_worse);
    g_test_add_func("/ns-early/never-spoken", test_never_spoken);
    g_test_add_func("/ns-early/nothing-ahead", test_nothing_ahead);
    g_test_add_func("/ns-early/numbers", test_numbers);
    g_test_add_func("/ns-early/left-behind", test_left_behind);
    g_test_add_func("/ns-early/lists-again", test_lists_again);
    g_test_add_func("/ns-early/waiting", test_waiting);
    g_test_add_func("/ns-early/transfer", test_transfer);
    g_test_add_func("/ns-early/transfer-limit", test_transfer_limit);
    g_test_add_func("/ns-early/moved", test_moved);
    g_test_add_func("/ns-early/status", test_status);
    g_test_add_func("/ns-early/sign-out", test_sign_out);
    g_test_add_func("/ns-early/deadlines", test_deadlines);
    g_test_add_func("/ns-early/too-late", test_too_late);
    g_test_add_func("/ns-early/hold", test_hold);
    return g_test_run();
}
