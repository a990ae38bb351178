/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lists after SYN, what changes in them by itself, and presence. */
#include "doc.h"
#include "expect.h"
#include "session.h"

#include <string.h>

#define WRITE_CHG "WRITE CHG 6 NLN 0|"
#define WITH      " with messenger.hotmail.com:1863"

static const size_t pieces[] = {0, 1, 2, 7};

/* Two groups, a contact in one of them, one in none, and somebody who has us on the list. */
#define LISTS                                                                        \
    "SYN 5 27 3 3\r\nGTC A\r\nBLP AL\r\nLSG 0 ~ 0\r\nLSG 1 One 0\r\nLSG 2 Two 0\r\n" \
    "LST bob@example.com Bob 11 1\r\nLST carol@example.com Carol 3 0\r\n"            \
    "LST dave@example.com Dave 8\r\n"
#define GROUPS "1 \"One\"", "2 \"Two\""
#define CAROL  "carol@example.com \"Carol\" FA - FLN"
#define DAVE   "dave@example.com \"Dave\" R - FLN"

typedef struct {
    const char *lists; /* from SYN on */
    const char *roster[8];
} row;

/* Complete at their last line, in whatever pieces they come. */
static void check_complete(const row *want)
{
    for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
        drive *d = session_at_lists();
        d->piece = pieces[k];
        drive_feed(d, want->lists);
        expect_events(d, WRITE_CHG, "ROSTER complete");
        drive_expect_roster(G_STRLOC, d, want->roster);
        drive_feed(d, "CHG 6 NLN 0\r\n");
        expect_events(d, "ONLINE NLN");
        drive_sleep(d, MSNP_PING_AFTER);
        expect_events(d, "WRITE PNG|");
        drive_expect_roster(G_STRLOC, d, want->roster);
        drive_done(d);
    }
}

/* As far as they came when nothing came any more: `after` says how long that takes. */
static void check_silence(const row *want, int64_t after, const char *event)
{
    for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
        drive *d = session_at_lists();
        d->piece = pieces[k];
        drive_feed(d, want->lists);
        expect_events(d, WRITE_CHG);
        drive_feed(d, "CHG 6 NLN 0\r\n");
        expect_events(d, "ONLINE NLN");
        expect_roster(d, "A AL"); /* not yet */
        g_assert_cmpint(drive_deadline(d), ==, d->now + MIN(after, MSNP_PING_AFTER));
        drive_wait(d, after - 1);
        drive_feed(d, "QNG\r\n");
        drive_tick(d);
        expect_silence(d);
        drive_sleep(d, 1);
        expect_events(d, event);
        drive_expect_roster(G_STRLOC, d, want->roster);
        drive_sleep(d, MSNP_PING_AFTER - 1);
        expect_events(d, "WRITE PNG|");
        drive_done(d);
    }
}

static void test_complete(void)
{
    static const row table[] = {
        {DOC_LISTS,
         {"A AL PHH \"01 234\"", "1 \"Friends\"",
          "bob@example.com \"Bob\" FAR 1 FLN MOB PHM \"555-1234\"",
          "carol@example.com \"Carol\" FA 1 FLN", DAVE}},
        {LISTS, {"A AL", GROUPS, "bob@example.com \"Bob\" FAR 1 FLN", CAROL, DAVE}},
        /* A group list for everybody, in any order, and nobody but group 0. */
        {"SYN 5 1 4 3\r\nGTC N\r\nBLP BL\r\nPRP MBE N\r\nPRP PHW 7\r\nPRP PHM\r\nLSG 0 ~ 0\r\n"
         "LSG 1 One 0\r\nLSG 2 Two 0\r\nLST a@b a@b 15 2,1\r\nLST b@b B%20B 4 0\r\n"
         "LST c@b c@b 2 1\r\nLST d@b d@b 1 0\r\n",
         {"N BL PHW \"7\"", GROUPS, "a@b \"\" FABR 2,1 FLN", "b@b \"B B\" B - FLN",
          "c@b \"\" A - FLN", "d@b \"\" F - FLN"}},
        {"SYN 5 1 0 1\r\nGTC A\r\nBLP AL\r\nLSG 0 Other%20Contacts 0\r\n", {"A AL"}},
        /* Groups after contacts. */
        {"SYN 5 27 1 1\r\nLST a@b A 3 1\r\nLSG 1 One 0\r\n",
         {"A AL", "1 \"One\"", "a@b \"A\" FA 1 FLN"}},
        /* Groups that do not exist, numbers that are none. */
        {"SYN 5 27 2 2\r\nLSG 0 ~ 0\r\nLSG 1 One 0\r\nLST a@b A 1 1,9,4294967295\r\n"
         "LST b@b B 1 x,-1,,1x,01,4294967297,\r\n",
         {"A AL", "1 \"One\"", "a@b \"A\" F 1 FLN", "b@b \"B\" F 1 FLN"}},
        {"SYN 5 27 1 1\r\nLSG 4294967295 One 0\r\nLST a@b A 1 4294967295\r\n",
         {"A AL", "4294967295 \"One\"", "a@b \"A\" F 4294967295 FLN"}},
        /* Lists of later dialects; a contact on none. */
        {"SYN 5 27 3 0\r\nLST a@b A 27\r\nLST b@b B 4294967280\r\nLST c@b C 0\r\n",
         {"A AL", "a@b \"A\" FAR - FLN", "b@b \"B\" - - FLN", "c@b \"C\" - - FLN"}},
        /* The same contact again: whatever was said of it. */
        {"SYN 5 27 3 3\r\nLSG 0 ~ 0\r\nLSG 1 One 0\r\nLSG 2 Two 0\r\nLST a@b A 1 1\r\n"
         "LST A@B B 10 0\r\nLST a@b C 1 2,1\r\n",
         {"A AL", GROUPS, "a@b \"C\" FAR 1,2 FLN"}},
        {"SYN 5 27 0 3\r\nLSG 1 Uno 0\r\nLSG 1 One 0\r\nLSG 2 Two 0\r\n", {"A AL", GROUPS}},
        /* Names. */
        {"SYN 5 27 5 1\r\nLSG 1 %20%E2%80%AEa%0Ab%FF 0\r\nLST a@b  1\r\nLST b@b B%40b 1\r\n"
         "LST c@b %E2%80%AE%20 1\r\nLST d@b a%0D%0Ab\xff 1\r\nLST e@b gr\xc3\xbc%C3%9F 1\r\n",
         {"A AL", "1 \"a b\xef\xbf\xbd\"", "a@b \"\" F - FLN", "b@b \"\" F - FLN",
          "c@b \"\" F - FLN", "d@b \"a  b\xef\xbf\xbd\" F - FLN",
          "e@b \"gr\xc3\xbc\xc3\x9f\" F - FLN"}},
        /* Settings with values nobody knows: the careful ones. */
        {"SYN 5 27 0 1\r\nGTC X\r\nBLP X\r\nPRP\r\nPRP XXX 1\r\nGTC\r\nBLP\r\nLSG 0 ~ 0\r\n",
         {"A AL"}},
        /* More parameters than we know of. */
        {"SYN 5 27 1 1 x y\r\nGTC N x\r\nBLP BL x\r\nPRP PHH 1 x\r\nLSG 1 One 0 x\r\n"
         "LST a@b A 1 1 x y\r\n",
         {"N BL PHH \"1\"", "1 \"One\"", "a@b \"A\" F 1 FLN"}},
        /* Something else in the middle; no line of it counts. */
        {"SYN 5 27 1 1\r\nQNG\r\nNOT 9\r\nLST x 1 1LSG 1 One 0\r\nZZZ\r\n"
         "MSG Hotmail Hotmail 3\r\nx\r\nXFR 0 SB x CKI y\r\nSYN 5 1 0 0\r\n500 99\r\n"
         "LST a@b A 1 1\r\n",
         {"A AL", "1 \"One\"", "a@b \"A\" F 1 FLN"}},
        /* A version that is no number. */
        {"SYN 5 x 0 1\r\nLSG 0 ~ 0\r\n", {"A AL"}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].lists);
        check_complete(&table[i]);
    }
}

/* Fewer lines than announced, or such that cannot be read. */
static void test_incomplete(void)
{
    static const row table[] = {
        {"SYN 5 27 3 1\r\nLSG 1 One 0\r\nLST a@b A 1 1\r\nLST b@b B 8\r\n",
         {"A AL", "1 \"One\"", "a@b \"A\" F 1 FLN", "b@b \"B\" R - FLN"}},
        {"SYN 5 27 2 0\r\n", {"A AL"}},
        {"SYN 5 27 18446744073709551615 0\r\nLST a@b A 1\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        {"SYN 5 27 18446744073709551616 0\r\nLST a@b A 1\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        {"SYN 5 27 99999999999999999999999 1\r\nLSG 1 One 0\r\n", {"A AL", "1 \"One\""}},
        {"SYN 5 27 x 1\r\nLST a@b A 1\r\nLSG 0 ~ 0\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        {"SYN 5 27 -1 1\r\nLST a@b A 1\r\nLSG 0 ~ 0\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        {"SYN 5 27  \r\nLST a@b A 1\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        /* Lines that are too short do not count. */
        {"SYN 5 27 2 0\r\nLST\r\nLST b@b\r\nLST b@b B\r\nLST a@b A 1\r\n",
         {"A AL", "a@b \"A\" F - FLN"}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].lists);
        check_silence(&table[i], MSNP_LISTS_SILENCE, "ROSTER incomplete");
    }
    /* These count, and tell that something is missing. */
    static const row damaged[] = {
        {"SYN 5 27 2 0\r\nLST b@b B x\r\nLST a@b A 1\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        {"SYN 5 27 2 0\r\nLST b@b B -1\r\nLST a@b A 1\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        {"SYN 5 27 2 0\r\nLST b@b B \r\nLST a@b A 1\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        {"SYN 5 27 2 0\r\nLST b@b B 4294967296\r\nLST a@b A 1\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        {"SYN 5 27 2 0\r\nLST nobody B 1\r\nLST a@b A 1\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        {"SYN 5 27 2 0\r\nLST  B 1\r\nLST a@b A 1\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        {"SYN 5 27 2 0\r\nLST \xc3\xbc@b B 1\r\nLST a@b A 1\r\n", {"A AL", "a@b \"A\" F - FLN"}},
        {"SYN 5 27 0 2\r\nLSG x Two 0\r\nLSG 1 One 0\r\n", {"A AL", "1 \"One\""}},
        {"SYN 5 27 0 2\r\nLSG 4294967296 Two 0\r\nLSG 1 One 0\r\n", {"A AL", "1 \"One\""}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(damaged); i++) {
        drive *d = session_at_lists();
        say(damaged[i].lists);
        drive_feed(d, damaged[i].lists);
        expect_events(d, WRITE_CHG, "ROSTER incomplete");
        drive_expect_roster(G_STRLOC, d, damaged[i].roster);
        drive_done(d);
    }
}

/* Nothing but groups is missing, or nothing at all: then that is it, and soon. */
static void test_few_groups(void)
{
    static const row table[] = {
        {"SYN 5 27 1 3\r\nLSG 1 One 0\r\nLST a@b A 1 1\r\n",
         {"A AL", "1 \"One\"", "a@b \"A\" F 1 FLN"}},
        {"SYN 5 27 1 x\r\nLSG 1 One 0\r\nLST a@b A 1 1\r\n",
         {"A AL", "1 \"One\"", "a@b \"A\" F 1 FLN"}},
        {"SYN 5 27 0 2\r\nLSG 1 One 0\r\nLSG 2\r\n", {"A AL", "1 \"One\""}},
        {"SYN 5 27 0 0\r\nGTC N\r\nBLP BL\r\nPRP PHH 1\r\n", {"N BL PHH \"1\""}},
        {"SYN 5 27 0 0\r\n", {"A AL"}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].lists);
        check_silence(&table[i], MSNP_GROUPS_SILENCE, "ROSTER complete");
    }
    drive *d = session_at_lists();
    drive_feed(d, "SYN 5 27 1 2\r\nLSG x One 0\r\nLST a@b A 1\r\n");
    expect_events(d, WRITE_CHG);
    drive_sleep(d, MSNP_GROUPS_SILENCE);
    expect_events(d, "ROSTER incomplete");
    drive_done(d);
}

/* "Your list is current": we have none, so nothing is believed to be missing. */
static void test_short_answer(void)
{
    static const char *const answers[] = {"SYN 5 27\r\n", "SYN 5 x\r\n", "SYN 5 27 3\r\n",
                                          "SYN 5 \r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        drive *d = session_at_lists();
        say(answers[i]);
        drive_feed(d, answers[i]);
        expect_events(d, "ROSTER incomplete", WRITE_CHG);
        expect_roster(d, "A AL");
        drive_feed(d, "CHG 6 NLN 0\r\nNLN NLN bob@example.com Bob 0\r\n");
        expect_events(d, "ONLINE NLN");
        drive_sleep(d, MSNP_PING_AFTER);
        expect_events(d, "WRITE PNG|");
        drive_done(d);
    }
    drive *d = session_at_lists();
    drive_feed(d, "SYN 5\r\n");
    expect_events(d, "FAILED malformed at LISTS" WITH);
    drive_done(d);

    /* After a move the lists are those of before. */
    d = session_online(LISTS);
    session_move(d);
    drive_feed(d, "SYN 5 27\r\n");
    expect_events(d, "ROSTER incomplete", WRITE_CHG);
    expect_roster(d, "A AL", GROUPS, "bob@example.com \"Bob\" FAR 1 FLN", CAROL, DAVE);
    drive_done(d);
}

/* Lines before the answer to SYN are not for its lists; CHG goes out with the answer. */
static void test_order(void)
{
    drive *d = session_at_lists();
    drive_feed(d, "LST x@b X 1\r\nLSG 0 ~ 0\r\nBPR PHH 1\r\nGTC N\r\nBLP BL\r\nPRP PHH 1\r\n"
                  "CHG 6 NLN 0\r\nNLN NLN x@b X 0\r\nILN 6 NLN x@b X 0\r\nFLN x@b\r\n");
    expect_silence(d);
    g_assert_cmpint(drive_deadline(d), ==, d->now + MSNP_STEP_TIMEOUT);
    drive_feed(d, "SYN 5 27 1 1\r\n");
    expect_events(d, WRITE_CHG);
    expect_steps(d, "PRESENCE");
    drive_feed(d, "LSG 0 ~ 0\r\n");
    /* The answer to CHG need not wait for the lists. */
    drive_feed(d, "CHG 6 NLN 0\r\n");
    expect_events(d, "ONLINE NLN");
    drive_feed(d, "LST a@b A 1\r\n");
    expect_events(d, "ROSTER complete");
    expect_roster(d, "A AL", "a@b \"A\" F - FLN");
    drive_done(d);
}

/* More than any roster holds. */
static void test_too_many(void)
{
    GString *lists = g_string_new(NULL);
    g_string_printf(lists, "SYN 5 27 %d %d\r\n", MSNP_CONTACTS_MAX + 1, 1);
    for (int i = 0; i <= MSNP_CONTACTS_MAX; i++)
        g_string_append_printf(lists, "LST c%d@b C 1\r\n", i);
    drive *d = session_at_lists();
    drive_feed(d, lists->str);
    expect_events(d, WRITE_CHG);
    drive_feed(d, "LSG 0 ~ 0\r\n");
    expect_events(d, "ROSTER incomplete");
    g_assert_cmpuint(msnp_roster_size(msnp_ns_roster(d->ns)), ==, MSNP_CONTACTS_MAX);
    drive_feed(d, "ADD 0 RL 28 more@b x\r\n");
    expect_silence(d);
    drive_done(d);

    g_string_printf(lists, "SYN 5 27 1 %d\r\n", MSNP_GROUPS_MAX + 1);
    for (int i = 1; i <= MSNP_GROUPS_MAX + 1; i++)
        g_string_append_printf(lists, "LSG %d x 0\r\n", i);
    d = session_at_lists();
    drive_feed(d, lists->str);
    drive_feed(d, "LST a@b A 1 257,256\r\n");
    expect_events(d, WRITE_CHG, "ROSTER incomplete");
    const msnp_contact *contact = msnp_roster_at(msnp_ns_roster(d->ns), 0);
    g_assert_cmpuint(msnp_contact_n_groups(contact), ==, 1);
    drive_done(d);
    g_string_free(lists, TRUE);
}

/* More lines than announced: nobody is lost, and no number goes to the wrong one. */
static void test_more_than_announced(void)
{
    drive *d = session_at_lists();
    drive_feed(d, "SYN 5 27 1 1\r\nLSG 1 One 0\r\nLST a@b A 1 1\r\n");
    expect_events(d, WRITE_CHG, "ROSTER complete");
    drive_feed(d, "LST b@b B 11 1,9\r\nBPR PHH 1\r\n");
    expect_events(d, "CONTACT b@b name lists", "CONTACT b@b phones");
    const msnp_roster *roster = msnp_ns_roster(d->ns);
    g_assert_null(msnp_roster_find(roster, msnp_str_of("a@b"))->phones[MSNP_PHONE_HOME]);
    const msnp_contact *late = msnp_roster_find(roster, msnp_str_of("b@b"));
    g_assert_nonnull(late);
    g_assert_cmpuint(late->lists, ==, 11);
    g_assert_cmpstr(late->phones[MSNP_PHONE_HOME], ==, "1");
    drive_done(d);
}

static void test_phones(void)
{
    static const row table[] = {
        {"SYN 5 27 2 1\r\nLSG 0 ~ 0\r\nBPR PHH 0\r\nLST a@b A 1\r\nBPR PHH 1%202\r\nBPR PHW\r\n"
         "BPR PHM 3\r\nBPR MOB Y\r\nBPR MBE Y\r\nBPR XXX\r\nBPR\r\nLST b@b B 1\r\n",
         {"A AL", "a@b \"A\" F - FLN MOB PHH \"1 2\" PHM \"3\"", "b@b \"B\" F - FLN"}},
        /* The last one counts. */
        {"SYN 5 27 2 0\r\nLST a@b A 1\r\nBPR PHH 1\r\nBPR PHH\r\nBPR MOB Y\r\nBPR MOB N\r\n"
         "BPR PHW 1\r\nBPR PHW 2\r\nLST b@b B 1\r\n",
         {"A AL", "a@b \"A\" F - FLN PHW \"2\"", "b@b \"B\" F - FLN"}},
        /* With a name it is about that one. */
        {"SYN 5 27 3 0\r\nLST a@b A 1\r\nLST b@b B 1\r\nBPR 28 A@B PHH 1\r\nBPR 28 c@b PHH 2\r\n"
         "BPR 28 a@b\r\nBPR 28 a@b MOB Y\r\nBPR PHH 3\r\nLST c@b C 1\r\n",
         {"A AL", "a@b \"A\" F - FLN MOB PHH \"1\"", "b@b \"B\" F - FLN PHH \"3\"",
          "c@b \"C\" F - FLN"}},
        /* After a line that could not be read it is about nobody. */
        {"SYN 5 27 3 0\r\nLST a@b A 1\r\nLST b@b B x\r\nBPR PHH 2\r\nLST c@b C 1\r\n",
         {"A AL", "a@b \"A\" F - FLN", "c@b \"C\" F - FLN"}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = session_at_lists();
        say(table[i].lists);
        drive_feed(d, table[i].lists);
        drive_forget(d);
        drive_expect_roster(G_STRLOC, d, table[i].roster);
        drive_done(d);
    }
    /* Of the last contact also after the end; later by name. */
    drive *d = session_online(LISTS);
    drive_feed(d, "BPR PHH 1\r\n");
    expect_events(d, "CONTACT dave@example.com phones");
    drive_feed(d, "BPR MOB Y\r\n");
    expect_events(d, "CONTACT dave@example.com phones");
    drive_feed(d, "BPR XXX 1\r\nBPR 28 x@b PHH 1\r\nBPR 28 bob@example.com XXX 1\r\n"
                  "BPR 28 bob@example.com\r\nBPR 28\r\n");
    expect_silence(d);
    drive_feed(d, "BPR 28 bob@example.com PHW 2\r\nBPR 29 bob@example.com MOB Y\r\n"
                  "BPR 30 dave@example.com PHH\r\n");
    expect_events(d, "CONTACT bob@example.com phones", "CONTACT bob@example.com phones",
                  "CONTACT dave@example.com phones");
    expect_roster(d, "A AL", GROUPS, "bob@example.com \"Bob\" FAR 1 FLN MOB PHW \"2\"", CAROL,
                  DAVE " MOB");
    /* On another server it is not about somebody of this one. */
    session_move(d);
    drive_feed(d, "BPR PHW 1\r\nSYN 5 27 1 0\r\nBPR PHW 2\r\nLST a@b A 1\r\n");
    expect_events(d, WRITE_CHG, "ROSTER complete");
    expect_roster(d, "A AL", "a@b \"A\" F - FLN");
    drive_done(d);
}

/* Own settings are told in the lists only; an id makes an answer of it. */
static void test_settings(void)
{
    drive *d = session_at_lists();
    drive_feed(d, "SYN 5 27 1 0\r\nGTC 7 200 N\r\nBLP 7 200 BL\r\nPRP 7 200 PHH 1\r\n"
                  "ADD PHH 1 2 3\r\nREM PHW 1 2 3\r\nADD N x y z\r\n");
    drive_feed(d, "LST a@b A 1\r\n");
    expect_events(d, WRITE_CHG, "ROSTER complete");
    expect_roster(d, "A AL", "a@b \"A\" F - FLN");
    drive_done(d);
}

/* What is told of them after the end of the lists is news. */
static void test_late_settings(void)
{
    drive *d = session_online("SYN 5 27 0 1\r\nLSG 0 ~ 0\r\n");
    drive_feed(d, "GTC A\r\nBLP AL\r\nPRP PHW\r\nPRP MBE Y\r\n");
    expect_silence(d);
    static const char *const lines[] = {"GTC N\r\n", "BLP BL\r\n", "PRP PHH 1\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        say(lines[i]);
        drive_feed(d, lines[i]);
        expect_events(d, "ROSTER complete");
        drive_feed(d, lines[i]);
        expect_silence(d);
    }
    expect_roster(d, "N BL PHH \"1\"");
    drive_done(d);
}

/* ADD 0 RL and REM 0 RL: told when the lists are there, else part of them. */
static void test_reverse(void)
{
    drive *d = session_online(LISTS);
    drive_feed(d, "ADD 0 RL 28 erin@example.com Erin%20E\r\n");
    expect_events(d, "CONTACT erin@example.com name lists");
    drive_feed(d, "ADD 0 RL 29 Carol@example.com Carol\r\n");
    expect_events(d, "CONTACT carol@example.com lists");
    drive_feed(d, "ADD 0 RL 29 carol@example.com New\r\n");
    expect_events(d, "CONTACT carol@example.com name lists");
    drive_feed(d, "REM 0 RL 30 bob@example.com\r\n");
    expect_events(d, "CONTACT bob@example.com lists");
    drive_feed(d,
               "REM 0 RL 31 nobody@example.com\r\nADD 0 RL 32 nobody x\r\nADD 0 RL\r\n"
               "ADD 0 FL 33 x@b x\r\nREM 0 FL 33 bob@example.com\r\nREM 0 AL 33 bob@example.com\r\n"
               "ADD 9 RL 33 x@b x\r\nREM 9 RL 33 carol@example.com\r\n");
    expect_silence(d);
    drive_feed(d, "ADD 0 RL 34 frank@example.com\r\n");
    expect_events(d, "CONTACT frank@example.com lists");
    drive_feed(d, "NOT 9\r\n<x>\r\n</x>");
    expect_silence(d);
    expect_roster(d, "A AL", GROUPS, "bob@example.com \"Bob\" FA 1 FLN",
                  "carol@example.com \"New\" FAR - FLN", DAVE,
                  "erin@example.com \"Erin E\" R - FLN", "frank@example.com \"\" R - FLN");
    drive_done(d);

    /* In the middle of the lists, before and after the contact's own line. */
    d = session_at_lists();
    drive_feed(d, "SYN 5 27 3 0\r\nADD 0 RL 28 a@b A\r\nADD 0 RL 28 x@b X\r\nLST a@b A 3\r\n"
                  "LST b@b B 11\r\nREM 0 RL 29 b@b\r\nLST c@b C 3\r\nADD 0 RL 30 c@b C\r\n");
    expect_events(d, WRITE_CHG, "ROSTER complete", "CONTACT c@b lists");
    expect_roster(d, "A AL", "a@b \"A\" FAR - FLN", "x@b \"X\" R - FLN", "b@b \"B\" FA - FLN",
                  "c@b \"C\" FAR - FLN");
    drive_done(d);
}

/*
 * A server that counts changes anew in each session says REM 0 RL as well when a contact moved us
 * to another group: it is not believed while the contact is on the forward list.
 */
static void test_reverse_of_renumbering_server(void)
{
    drive *d = session_at_lists();
    drive_feed(d, "SYN 5 1 3 0\r\nLST a@b A 11\r\nLST b@b B 10\r\nREM 0 RL 2 a@b\r\n"
                  "REM 0 RL 2 b@b\r\nLST c@b C 9\r\n");
    expect_events(d, WRITE_CHG, "ROSTER complete");
    drive_feed(d, "REM 0 RL 3 c@b\r\n");
    expect_silence(d);
    drive_feed(d, "REM 0 RL 3 b@b\r\n");
    expect_events(d, "CONTACT b@b lists");
    expect_roster(d, "A AL", "a@b \"A\" FAR - FLN", "b@b \"B\" A - FLN", "c@b \"C\" FR - FLN");
    drive_feed(d, "CHG 6 NLN 0\r\n");
    drive_forget(d);

    /* It belongs to the server, not to the session. */
    session_move(d);
    drive_feed(d, "SYN 5 27 1 0\r\nLST a@b A 11\r\nREM 0 RL 28 a@b\r\n");
    expect_events(d, WRITE_CHG, "ROSTER complete", "CONTACT a@b lists");
    drive_done(d);
}

static void test_presence(void)
{
    static const struct {
        const char *input;
        const char *event; /* NULL: silence */
        const char *shown;
    } table[] = {
        {"ILN 6 AWY bob@example.com Bob 268435492\r\n", "presence", "AWY"},
        {"NLN NLN bob@example.com Bob 0\r\n", "presence", "NLN"},
        {"NLN NLN bob@example.com Bob 0\r\n", NULL, "NLN"},
        {"NLN NLN BOB@example.com Bob%20B 0\r\n", "name", "NLN"},
        {"NLN BSY bob@example.com Bob 0\r\n", "presence name", "BSY"},
        {"NLN IDL bob@example.com\r\n", "presence", "IDL"},
        {"NLN BRB bob@example.com Bob\r\n", "presence", "BRB"},
        {"NLN PHN bob@example.com Bob 0 %3Cmsnobj\r\n", "presence", "PHN"},
        {"NLN LUN bob@example.com Bob -1 x y\r\n", "presence", "LUN"},
        /* States of later dialects. */
        {"NLN XYZ bob@example.com Bob 0\r\n", "presence", "AWY"},
        {"NLN nln bob@example.com Bob 0\r\n", NULL, "AWY"},
        {"NLN  bob@example.com Bob 0\r\n", NULL, "AWY"},
        {"FLN bob@example.com\r\n", "presence", "FLN"},
        {"FLN bob@example.com 0 x\r\n", NULL, "FLN"},
        {"NLN NLN bob@example.com Bob 0\r\n", "presence", "NLN"},
        /* Not seen, however it is said. */
        {"NLN HDN bob@example.com Bob 0\r\n", "presence", "FLN"},
        {"ILN 6 NLN bob@example.com Bob 0\r\n", "presence", "NLN"},
        {"NLN FLN bob@example.com Bob 0\r\n", "presence", "FLN"},
        {"ILN 99 NLN bob@example.com\r\n", "presence", "NLN"},
        {"ILN x BSY bob@example.com\r\n", "presence", "BSY"},
        /* Too short. */
        {"NLN\r\nNLN NLN\r\nILN 6\r\nILN 6 NLN\r\nFLN\r\n", NULL, "BSY"},
        /* Who is not on the forward list, or on none. */
        {"NLN NLN dave@example.com x 0\r\nILN 6 NLN dave@example.com x\r\n", NULL, "BSY"},
        {"NLN NLN x@b x 0\r\nILN 6 NLN x@b x 0\r\nFLN x@b\r\nFLN x\r\nNLN NLN x x\r\n", NULL,
         "BSY"},
    };
    drive *d = session_online(LISTS);
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *event = g_strconcat("CONTACT bob@example.com ", table[i].event, NULL);
        const char *const events[] = {table[i].event != NULL ? event : NULL, NULL};
        const msnp_contact *bob =
            msnp_roster_find(msnp_ns_roster(d->ns), msnp_str_of("bob@example.com"));
        say(table[i].input);
        drive_feed(d, table[i].input);
        drive_expect(G_STRLOC, d, events);
        g_assert_cmpstr(bob->online ? msnp_status_code(bob->status) : "FLN", ==, table[i].shown);
        g_free(event);
    }
    /* Who has no name any more is called by the account. */
    drive_feed(d, "NLN BSY bob@example.com bob%40example.com 0\r\n");
    expect_events(d, "CONTACT bob@example.com name");
    expect_roster(d, "A AL", GROUPS, "bob@example.com \"\" FAR 1 BSY", CAROL, DAVE);
    drive_done(d);
}

/* Presence in the middle of the lists: before and after the contact's own line, and of strangers.
 */
static void test_early_presence(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
        drive *d = session_at_lists();
        d->piece = pieces[k];
        drive_feed(d, "SYN 5 27 4 1\r\nNLN BSY a@b New 0\r\nNLN NLN x@b X 0\r\nNLN NLN r@b R 0\r\n"
                      "LST a@b A 1\r\nLST b@b B 1\r\nILN 6 AWY b@b Newer 0\r\nCHG 6 NLN 0\r\n"
                      "LST c@b C 1\r\nNLN NLN c@b\r\nFLN c@b\r\nLST r@b R 8\r\n");
        expect_events(d, WRITE_CHG, "ONLINE NLN");
        drive_feed(d, "LSG 0 ~ 0\r\n");
        expect_events(d, "ROSTER complete");
        expect_roster(d, "A AL", "a@b \"New\" F - BSY", "x@b \"X\" - - FLN", "r@b \"R\" R - FLN",
                      "b@b \"Newer\" F - AWY", "c@b \"C\" F - FLN");
        drive_done(d);
    }
}

/* Each line gives the next one its time, and nothing else does. */
static void test_silence(void)
{
    drive *d = session_at_lists();
    drive_feed(d, "SYN 5 27 9 9\r\nCHG 6 NLN 0\r\n");
    expect_events(d, WRITE_CHG, "ONLINE NLN");
    static const char *const lines[] = {"LSG 0 ~ 0\r\n",   "LSG x ~ 0\r\n", "LST a@b A 1\r\n",
                                        "BPR PHH 1\r\n",   "BPR MOB N\r\n", "LST b@b B x\r\n",
                                        "LST b@b B 1\r\n", "BPR PHH 2\r\n", "LST c@b C 1\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        drive_wait(d, MSNP_LISTS_SILENCE - 1);
        drive_tick(d);
        drive_feed(d, lines[i]);
        expect_silence(d);
    }
    for (int i = 0; i < 29; i++) {
        drive_wait(d, 1000);
        drive_feed(d, "QNG\r\nNLN NLN a@b A 0\r\nBPR 28 a@b PHH 1\r\nLST\r\nADD 0 RL 28 x@b x\r\n");
        drive_tick(d);
        expect_silence(d);
    }
    drive_sleep(d, 1000);
    expect_events(d, "ROSTER incomplete");
    drive_done(d);

    /* The announced number does not matter any more after that. */
    d = session_at_lists();
    drive_feed(d, "SYN 5 27 3 0\r\nLST a@b A 1\r\nCHG 6 NLN 0\r\n");
    drive_forget(d);
    drive_wait(d, 1000);
    drive_feed(d, "QNG\r\n");
    drive_sleep(d, MSNP_LISTS_SILENCE - 1000);
    expect_events(d, "ROSTER incomplete");
    drive_sleep(d, 1000);
    expect_events(d, "WRITE PNG|");
    drive_done(d);
}

/* A list that takes minutes is no reason to give up; a CHG that is not answered then is. */
static void test_long_list(void)
{
    drive *d = session_at_lists();
    drive_feed(d, "SYN 5 27 5 1\r\n");
    expect_events(d, WRITE_CHG);
    for (int i = 0; i < 4; i++) {
        char *line = g_strdup_printf("LST c%d@b C 1\r\n", i);
        drive_wait(d, 20000);
        drive_feed(d, line);
        drive_tick(d);
        expect_silence(d);
        g_free(line);
    }
    drive_wait(d, 5000);
    drive_feed(d, "LST c4@b C 1\r\nLSG 0 ~ 0\r\n");
    expect_events(d, "ROSTER complete");
    drive_feed(d, "CHG 6 NLN 0\r\n");
    expect_events(d, "ONLINE NLN");
    drive_done(d);

    d = session_at_lists();
    drive_feed(d, "SYN 5 27 2 0\r\n");
    drive_forget(d);
    drive_wait(d, 20000);
    drive_feed(d, "LST a@b A 1\r\n");
    drive_sleep(d, MSNP_STEP_TIMEOUT);
    expect_events(d, "FAILED timeout at PRESENCE" WITH);
    drive_done(d);
    /* Other lines do not prolong it. */
    d = session_at_lists();
    drive_feed(d, "SYN 5 27 1 0\r\nLST a@b A 1\r\n");
    drive_forget(d);
    drive_wait(d, 20000);
    drive_feed(d, "LST b@b B 1\r\nLSG 1 x 0\r\nQNG\r\n");
    drive_forget(d);
    drive_sleep(d, MSNP_STEP_TIMEOUT - 20000);
    expect_events(d, "FAILED timeout at PRESENCE" WITH);
    drive_done(d);
}

/* After a move contacts stay as they were until the new server said how they are. */
static void test_moved(void)
{
    drive *d = session_online("SYN 5 27 5 1\r\nLSG 1 One 0\r\nLST a@b A 1 1\r\nLST b@b B 1\r\n"
                              "LST c@b C 1\r\nLST d@b D 1\r\nLST e@b E 1\r\n");
    drive_feed(d, "NLN BSY a@b New 0\r\nNLN AWY b@b B 0\r\nNLN NLN c@b C 0\r\nNLN NLN d@b D 0\r\n");
    drive_forget(d);
    session_move(d);
    expect_roster(d, "A AL", "1 \"One\"", "a@b \"New\" F 1 BSY?", "b@b \"B\" F - AWY?",
                  "c@b \"C\" F - NLN?", "d@b \"D\" F - NLN?", "e@b \"E\" F - FLN");
    /* C is gone, D is on another list only; others came in. */
    drive_feed(d, "SYN 5 28 5 1\r\nLSG 2 Two 0\r\nLST a@b A 1 2\r\nLST b@b B 1\r\nLST d@b D 2\r\n"
                  "LST e@b E 1\r\nLST f@b F 1\r\n");
    expect_events(d, WRITE_CHG, "ROSTER complete");
    expect_roster(d, "A AL", "2 \"Two\"", "a@b \"New\" F 2 BSY?", "b@b \"B\" F - AWY?",
                  "d@b \"D\" A - FLN", "e@b \"E\" F - FLN", "f@b \"F\" F - FLN");
    drive_feed(d, "CHG 6 NLN 0\r\nILN 6 BSY a@b New 0\r\nILN 6 NLN e@b E 0\r\n");
    expect_events(d, "ONLINE NLN", "CONTACT e@b presence");
    drive_sleep(d, MSNP_SETTLE_TIME);
    expect_events(d, "CONTACT b@b presence");
    expect_roster(d, "A AL", "2 \"Two\"", "a@b \"New\" F 2 BSY", "b@b \"B\" F - FLN",
                  "d@b \"D\" A - FLN", "e@b \"E\" F - NLN", "f@b \"F\" F - FLN");
    drive_sleep(d, MSNP_PING_AFTER - MSNP_SETTLE_TIME);
    expect_events(d, "WRITE PNG|");
    drive_done(d);
}

/* What was said while the lists came in, holds. */
static void test_moved_early(void)
{
    drive *d = session_online("SYN 5 27 3 0\r\nLST a@b A 1\r\nLST b@b B 1\r\nLST c@b C 1\r\n");
    drive_feed(d, "NLN NLN a@b A 0\r\nNLN NLN b@b B 0\r\nNLN NLN c@b C 0\r\n");
    drive_forget(d);
    session_move(d);
    drive_feed(d, "SYN 5 28 3 0\r\nFLN a@b\r\nLST a@b A 1\r\nLST b@b B 1\r\nFLN b@b\r\n"
                  "NLN AWY c@b New 0\r\nLST c@b C 1\r\n");
    expect_events(d, WRITE_CHG, "ROSTER complete");
    expect_roster(d, "A AL", "a@b \"A\" F - FLN", "b@b \"B\" F - FLN", "c@b \"New\" F - AWY");
    drive_feed(d, "CHG 6 NLN 0\r\n");
    expect_events(d, "ONLINE NLN");
    drive_sleep(d, MSNP_PING_AFTER);
    expect_events(d, "WRITE PNG|");
    drive_done(d);
}

/* The lists of the new server take longer than settling: that waits for them. */
static void test_settling_waits(void)
{
    drive *d = session_online("SYN 5 27 2 0\r\nLST a@b A 1\r\nLST b@b B 1\r\n");
    drive_feed(d, "NLN NLN a@b A 0\r\nNLN NLN b@b B 0\r\n");
    drive_forget(d);
    session_move(d);
    drive_feed(d, "SYN 5 28 3 0\r\nLST a@b A 1\r\nCHG 6 NLN 0\r\n");
    expect_events(d, WRITE_CHG, "ONLINE NLN");
    g_assert_cmpint(drive_deadline(d), ==, d->now + MSNP_LISTS_SILENCE);
    drive_wait(d, 2 * MSNP_SETTLE_TIME);
    drive_tick(d);
    expect_silence(d);
    drive_feed(d, "LST b@b B 1\r\nLST c@b C 1\r\n");
    expect_events(d, "ROSTER complete");
    drive_tick(d);
    expect_events(d, "CONTACT a@b presence", "CONTACT b@b presence");
    drive_done(d);

    /* Moved on before it settled: it begins anew. */
    d = session_online("SYN 5 27 1 0\r\nLST a@b A 1\r\n");
    drive_feed(d, "NLN BSY a@b A 0\r\n");
    session_move(d);
    drive_feed(d, "SYN 5 27 1 0\r\nLST a@b A 1\r\nCHG 6 NLN 0\r\n");
    session_move(d);
    drive_wait(d, 2 * MSNP_SETTLE_TIME);
    drive_feed(d, "SYN 5 27 1 0\r\nLST a@b A 1\r\n");
    drive_tick(d);
    expect_events(d, WRITE_CHG, "ROSTER complete");
    drive_feed(d, "CHG 6 NLN 0\r\n");
    expect_events(d, "ONLINE NLN");
    drive_sleep(d, MSNP_SETTLE_TIME);
    expect_events(d, "CONTACT a@b presence");
    drive_done(d);

    /* The same without any list in between. */
    d = session_online("SYN 5 27 1 0\r\nLST a@b A 1\r\n");
    drive_feed(d, "NLN BSY a@b A 0\r\n");
    session_move(d);
    drive_feed(d, "SYN 5 27 1 0\r\n");
    session_move(d);
    drive_feed(d, "SYN 5 27 1 0\r\nLST a@b A 1\r\n");
    expect_events(d, WRITE_CHG, "ROSTER complete");
    expect_roster(d, "A AL", "a@b \"A\" F - BSY?");
    drive_feed(d, "CHG 6 NLN 0\r\n");
    expect_events(d, "ONLINE NLN");
    drive_wait(d, 1000);
    session_move(d);
    drive_feed(d, "SYN 5 27\r\nCHG 6 NLN 0\r\n");
    drive_forget(d);
    drive_sleep(d, MSNP_SETTLE_TIME);
    expect_events(d, "CONTACT a@b presence");
    drive_done(d);
}

/* Everything at once, split at each place. */
static void test_splits(void)
{
    static const char burst[] =
        LISTS "BPR PHH 1\r\nCHG 6 NLN 0\r\nILN 6 NLN bob@example.com B 0\r\n"
              "REM 0 RL 28 dave@example.com\r\nFLN bob@example.com\r\n";
    for (size_t split = 0; split < sizeof(burst); split++) {
        drive *d = session_at_lists();
        drive_feed_bytes(d, burst, split);
        drive_feed_bytes(d, burst + split, sizeof(burst) - 1 - split);
        expect_events(d, WRITE_CHG, "ROSTER complete", "CONTACT dave@example.com phones",
                      "ONLINE NLN", "CONTACT bob@example.com presence name",
                      "CONTACT dave@example.com lists", "CONTACT bob@example.com presence");
        expect_roster(d, "A AL", GROUPS, "bob@example.com \"B\" FAR 1 FLN", CAROL,
                      "dave@example.com \"Dave\" - - FLN PHH \"1\"");
        drive_done(d);
    }
}

/* The connection is lost, or the session ends, while the lists come in. */
static void test_end(void)
{
    drive *d = session_at_lists();
    drive_feed(d, "SYN 5 27 3 0\r\nLST a@b A 1\r\nBPR PHH 1\r\nLST b@");
    expect_events(d, WRITE_CHG);
    drive_closed(d);
    expect_events(d, "FAILED closed at PRESENCE" WITH);
    expect_roster(d, "A AL");
    drive_done(d);

    d = session_at_lists();
    drive_feed(d, "SYN 5 27 3 0\r\nLST a@b A 1\r\n");
    drive_forget(d);
    drive_sign_out(d);
    expect_events(d, "CLOSE");
    drive_done(d);

    /* XFR in the middle of them: they begin anew. */
    d = session_online(LISTS);
    session_move(d);
    drive_feed(d, "SYN 5 27 9 0\r\nLST x@b X 1\r\n");
    session_move(d);
    expect_roster(d, "A AL", GROUPS, "bob@example.com \"Bob\" FAR 1 FLN", CAROL, DAVE);
    drive_feed(d, "SYN 5 27\r\n");
    expect_events(d, "ROSTER incomplete", WRITE_CHG);
    expect_roster(d, "A AL", GROUPS, "bob@example.com \"Bob\" FAR 1 FLN", CAROL, DAVE);
    session_move(d);
    drive_feed(d, "SYN 5 27 1 0\r\nLST y@b Y 1\r\n");
    expect_events(d, WRITE_CHG, "ROSTER complete");
    expect_roster(d, "A AL", "y@b \"Y\" F - FLN");
    drive_done(d);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/complete", test_complete);
    g_test_add_func("/sync/incomplete", test_incomplete);
    g_test_add_func("/sync/few-groups", test_few_groups);
    g_test_add_func("/sync/short-answer", test_short_answer);
    g_test_add_func("/sync/order", test_order);
    g_test_add_func("/sync/too-many", test_too_many);
    g_test_add_func("/sync/more-than-announced", test_more_than_announced);
    g_test_add_func("/sync/phones", test_phones);
    g_test_add_func("/sync/settings", test_settings);
    g_test_add_func("/sync/late-settings", test_late_settings);
    g_test_add_func("/sync/reverse", test_reverse);
    g_test_add_func("/sync/reverse-of-renumbering-server", test_reverse_of_renumbering_server);
    g_test_add_func("/sync/presence", test_presence);
    g_test_add_func("/sync/early-presence", test_early_presence);
    g_test_add_func("/sync/silence", test_silence);
    g_test_add_func("/sync/long-list", test_long_list);
    g_test_add_func("/sync/moved", test_moved);
    g_test_add_func("/sync/moved-early", test_moved_early);
    g_test_add_func("/sync/settling-waits", test_settling_waits);
    g_test_add_func("/sync/splits", test_splits);
    g_test_add_func("/sync/end", test_end);
    return g_test_run();
}
