/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user wants to be changed on the server. */
#include "doc.h"
#include "expect.h"
#include "session.h"
#include "slow.h"
#include "trans.h"

#include <string.h>

/* Groups One to Three, and contacts on all kinds of lists. */
#define LISTS_AFTER(version)                                                                  \
    "SYN 5 " version " 6 4\r\nGTC A\r\nBLP AL\r\nLSG 0 ~ 0\r\nLSG 1 One 0\r\nLSG 2 Two 0\r\n" \
    "LSG 3 Three 0\r\nLST bob@x Bob 11 1\r\nLST carol@x Carol 3 0\r\n"                        \
    "LST dave@x Dave%20D 8\r\nLST eve@x Eve 4\r\nLST frank@x Frank 5 1,2\r\n"                 \
    "LST gina@x gina@x 2\r\n"
#define LISTS      LISTS_AFTER("27")
#define LISTS_ANEW LISTS_AFTER("1") /* of a server that counts anew in each session */

#define ADD(who, group)                                 \
    {                                                   \
        MSNP_EDIT_ADD, who, NULL, group, NULL, 0, false \
    }
#define REMOVE(who, group)                                 \
    {                                                      \
        MSNP_EDIT_REMOVE, who, group, NULL, NULL, 0, false \
    }
#define MOVE(who, before, after)                           \
    {                                                      \
        MSNP_EDIT_MOVE, who, before, after, NULL, 0, false \
    }
#define ALLOW(who)                                       \
    {                                                    \
        MSNP_EDIT_ALLOW, who, NULL, NULL, NULL, 0, false \
    }
#define BLOCK(who)                                       \
    {                                                    \
        MSNP_EDIT_BLOCK, who, NULL, NULL, NULL, 0, false \
    }
#define RENAME(before, after)                                       \
    {                                                               \
        MSNP_EDIT_RENAME_GROUP, NULL, before, after, NULL, 0, false \
    }
#define REMOVE_GROUP(group)                                       \
    {                                                             \
        MSNP_EDIT_REMOVE_GROUP, NULL, group, NULL, NULL, 0, false \
    }
#define NAME(text)                                       \
    {                                                    \
        MSNP_EDIT_NAME, NULL, NULL, NULL, text, 0, false \
    }
#define PHONE(which, text)                                    \
    {                                                         \
        MSNP_EDIT_PHONE, NULL, NULL, NULL, text, which, false \
    }
#define ALLOW_UNLISTED(on)                                      \
    {                                                           \
        MSNP_EDIT_ALLOW_UNLISTED, NULL, NULL, NULL, NULL, 0, on \
    }
#define PROMPT_ON_ADD(on)                                      \
    {                                                          \
        MSNP_EDIT_PROMPT_ON_ADD, NULL, NULL, NULL, NULL, 0, on \
    }

static const size_t pieces[] = {0, 1, 5};

/* What the server says, and what comes of it. The first: what comes of the edit. */
typedef struct {
    const char *input;
    const char *events; /* "" is silence */
} turn;

typedef struct {
    msnp_edit edit;
    turn turns[8];
    const char *account; /* whose line this is in the end; NULL: nobody's */
    const char *line;
} row;

static void expect_lines(drive *d, const char *events)
{
    const char *const lines[] = {events, NULL};
    drive_expect(G_STRLOC, d, *events != '\0' ? lines : lines + 1);
}

/* Nothing is left over: no edit, and no command that waits for an answer. */
static void check_idle(drive *d)
{
    g_assert_cmpuint(msnp_ns_edits_waiting(d->ns), ==, 0);
    drive_feed(d, "QNG\r\n");
    drive_sleep(d, MSNP_PING_AFTER);
    expect_events(d, "WRITE PNG|");
}

static void check_row(const char *lists, const row *want, size_t piece)
{
    drive *d = session_online(lists);
    d->piece = piece;
    drive_edit(d, &want->edit);
    expect_lines(d, want->turns[0].events);
    for (size_t i = 1; i < G_N_ELEMENTS(want->turns) && want->turns[i].input != NULL; i++) {
        say(want->turns[i].input);
        drive_feed(d, want->turns[i].input);
        expect_lines(d, want->turns[i].events);
    }
    if (want->account != NULL)
        drive_expect_contact(G_STRLOC, d, want->account, want->line);
    check_idle(d);
    drive_done(d);
}

static void check_rows(const char *lists, const row *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        say(msnp_edit_name(table[i].edit.kind));
        say(table[i].turns[0].events);
        for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++)
            check_row(lists, &table[i], pieces[k]);
    }
}
#define CHECK_ROWS(lists, table) check_rows(lists, table, G_N_ELEMENTS(table))

static void test_add(void)
{
    static const row table[] = {
        {ADD("new@x", NULL),
         {{NULL, "WRITE ADD 7 AL new@x new@x|"},
          {"ADD 7 AL 28 new@x new@x\r\n", "CONTACT new@x lists\nWRITE ADD 8 FL new@x new@x|"},
          {"ADD 8 FL 29 new@x new@x\r\n", "CONTACT new@x lists\nEDITED ADD new@x ok"},
          {"BPR 29 new@x PHH\r\nBPR 29 new@x MOB Y\r\nILN 8 AWY new@x Newt 0\r\n",
           "CONTACT new@x phones\nCONTACT new@x presence name"}},
         "new@x",
         "new@x \"Newt\" FA - AWY MOB"},
        {ADD("new@x", "Two"),
         {{NULL, "WRITE ADD 7 AL new@x new@x|"},
          {"ADD 7 AL 28 new@x new@x\r\n", "CONTACT new@x lists\nWRITE ADD 8 FL new@x new@x 2|"},
          {"ADD 8 FL 29 new@x new@x 2\r\n", "CONTACT new@x lists\nEDITED ADD new@x ->Two ok"}},
         "new@x",
         "new@x \"\" FA 2 FLN"},
        /* The group is made last, and so not in vain where there is no such account. */
        {ADD("new@x", "Caf\xc3\xa9 1"),
         {{NULL, "WRITE ADD 7 AL new@x new@x|"},
          {"ADD 7 AL 28 new@x new@x\r\n", "CONTACT new@x lists\nWRITE ADG 8 Caf%C3%A9%201 0|"},
          {"ADG 8 29 Caf%C3%A9%201 4 0\r\n", "WRITE ADD 9 FL new@x new@x 4|"},
          {"ADD 9 FL 30 new@x new@x 4\r\n",
           "CONTACT new@x lists\nEDITED ADD new@x ->Caf\xc3\xa9 1 ok"}},
         "new@x",
         "new@x \"\" FA 4 FLN"},
        /* Only what is missing. */
        {ADD("dave@x", NULL),
         {{NULL, "WRITE ADD 7 AL dave@x Dave%20D|"},
          {"ADD 7 AL 28 dave@x Dave%20D\r\n",
           "CONTACT dave@x lists\nWRITE ADD 8 FL dave@x Dave%20D|"},
          {"ADD 8 FL 29 dave@x x 0\r\n", "CONTACT dave@x lists\nEDITED ADD dave@x ok"}},
         "dave@x",
         "dave@x \"Dave D\" FAR - FLN"},
        {ADD("gina@x", NULL),
         {{NULL, "WRITE ADD 7 FL gina@x gina@x|"},
          {"ADD 7 FL 28 gina@x gina@x\r\n", "CONTACT gina@x lists\nEDITED ADD gina@x ok"}},
         "gina@x",
         "gina@x \"\" FA - FLN"},
        {ADD("eve@x", "One"),
         {{NULL, "WRITE REM 7 BL eve@x|"},
          {"REM 7 BL 28 eve@x\r\n", "CONTACT eve@x lists\nWRITE ADD 8 AL eve@x Eve|"},
          {"ADD 8 AL 29 eve@x Eve\r\n", "CONTACT eve@x lists\nWRITE ADD 9 FL eve@x Eve 1|"},
          {"ADD 9 FL 30 eve@x Eve 1\r\n", "CONTACT eve@x lists\nEDITED ADD eve@x ->One ok"}},
         "eve@x",
         "eve@x \"Eve\" FA 1 FLN"},
        {ADD("BOB@X", "Two"),
         {{NULL, "WRITE ADD 7 FL bob@x Bob 2|"},
          {"ADD 7 FL 28 bob@x Bob 2\r\n", "CONTACT bob@x lists\nEDITED ADD BOB@X ->Two ok"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1,2 FLN"},
        /* Who is on the list and blocked stays blocked. */
        {ADD("frank@x", "Three"),
         {{NULL, "WRITE ADD 7 FL frank@x Frank 3|"},
          {"ADD 7 FL 28 frank@x Frank 3\r\n",
           "CONTACT frank@x lists\nEDITED ADD frank@x ->Three ok"}},
         "frank@x",
         "frank@x \"Frank\" FB 1,2,3 FLN"},
        {ADD("frank@x", "Two"), {{NULL, "EDITED ADD frank@x ->Two ok"}}, NULL, NULL},
        {ADD("bob@x", NULL), {{NULL, "EDITED ADD bob@x ok"}}, NULL, NULL},
        /* The group is gone meanwhile: made anew. */
        {ADD("bob@x", "Three"),
         {{NULL, "WRITE ADD 7 FL bob@x Bob 3|"},
          {"224 7\r\n", "WRITE ADG 8 Three 0|"},
          {"ADG 8 28 Three 9 0\r\n", "WRITE ADD 9 FL bob@x Bob 9|"},
          {"ADD 9 FL 29 bob@x Bob 9\r\n", "CONTACT bob@x lists\nEDITED ADD bob@x ->Three ok"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1,9 FLN"},
        /* On the opposite list, which nobody had told: once. */
        {ADD("dave@x", NULL),
         {{NULL, "WRITE ADD 7 AL dave@x Dave%20D|"},
          {"219 7\r\n", "WRITE REM 8 BL dave@x|"},
          {"REM 8 BL 28 dave@x\r\n", "CONTACT dave@x lists\nWRITE ADD 9 AL dave@x Dave%20D|"},
          {"ADD 9 AL 29 dave@x x\r\n", "CONTACT dave@x lists\nWRITE ADD 10 FL dave@x Dave%20D|"},
          {"215 10\r\n", "CONTACT dave@x lists\nEDITED ADD dave@x ok"}},
         "dave@x",
         "dave@x \"Dave D\" FAR - FLN"},
        {ADD("dave@x", NULL),
         {{NULL, "WRITE ADD 7 AL dave@x Dave%20D|"},
          {"219 7\r\n", "WRITE REM 8 BL dave@x|"},
          {"216 8\r\n", "CONTACT dave@x lists\nWRITE ADD 9 AL dave@x Dave%20D|"},
          {"219 9\r\n", "EDITED ADD dave@x server 219"}},
         "dave@x",
         "dave@x \"Dave D\" R - FLN"},
    };
    CHECK_ROWS(LISTS, table);
    CHECK_ROWS(LISTS_ANEW, table);
}

static void test_remove(void)
{
    static const row table[] = {
        {REMOVE("bob@x", "One"),
         {{NULL, "WRITE REM 7 FL bob@x|"},
          {"REM 7 FL 28 bob@x\r\n", "CONTACT bob@x lists\nEDITED REMOVE bob@x One>- ok"}},
         "bob@x",
         "bob@x \"Bob\" AR - FLN"},
        {REMOVE("CAROL@x", NULL),
         {{NULL, "WRITE REM 7 FL carol@x|"},
          {"REM 7 FL 28 carol@x\r\n", "CONTACT carol@x lists\nEDITED REMOVE CAROL@x ok"}},
         "carol@x",
         "carol@x \"Carol\" A - FLN"},
        /* Not in that group, not on the list. */
        {REMOVE("bob@x", "Two"),
         {{NULL, "EDITED REMOVE bob@x Two>- ok"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1 FLN"},
        {REMOVE("bob@x", NULL),
         {{NULL, "EDITED REMOVE bob@x ok"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1 FLN"},
        /* In no group: whatever group it was shown in. */
        {REMOVE("carol@x", "One"),
         {{NULL, "WRITE REM 7 FL carol@x|"},
          {"REM 7 FL 28 carol@x\r\n", "CONTACT carol@x lists\nEDITED REMOVE carol@x One>- ok"}},
         "carol@x",
         "carol@x \"Carol\" A - FLN"},
        {REMOVE("dave@x", NULL), {{NULL, "EDITED REMOVE dave@x ok"}}, NULL, NULL},
        {REMOVE("nobody@x", "One"), {{NULL, "EDITED REMOVE nobody@x One>- ok"}}, "nobody@x", NULL},
    };
    CHECK_ROWS(LISTS, table);
    CHECK_ROWS(LISTS_ANEW, table);

    /* Out of one of several groups. */
    static const row classical[] = {
        {REMOVE("frank@x", "One"),
         {{NULL, "WRITE REM 7 FL frank@x 1|"},
          {"REM 7 FL 28 frank@x 1\r\n", "CONTACT frank@x lists\nEDITED REMOVE frank@x One>- ok"}},
         "frank@x",
         "frank@x \"Frank\" FB 2 FLN"},
    };
    CHECK_ROWS(LISTS, classical);
    static const row anew[] = {
        {REMOVE("frank@x", "One"),
         {{NULL, "WRITE REM 7 FL frank@x 1|"},
          {"REM 7 FL 28 frank@x 1\r\n", "CONTACT frank@x lists\nWRITE REM 8 FL frank@x 2|"},
          {"REM 8 FL 29 frank@x 2\r\n", "CONTACT frank@x lists\nWRITE ADD 9 FL frank@x Frank 2|"},
          {"ADD 9 FL 30 frank@x Frank 2\r\n",
           "CONTACT frank@x lists\nEDITED REMOVE frank@x One>- ok"}},
         "frank@x",
         "frank@x \"Frank\" FB 2 FLN"},
        /* It was in neither of them any more. */
        {REMOVE("frank@x", "One"),
         {{NULL, "WRITE REM 7 FL frank@x 1|"},
          {"225 7\r\n", "CONTACT frank@x lists\nWRITE REM 8 FL frank@x 2|"},
          {"225 8\r\n", "CONTACT frank@x lists\nWRITE ADD 9 FL frank@x Frank 2|"},
          {"215 9\r\n", "CONTACT frank@x lists\nEDITED REMOVE frank@x One>- ok"}},
         "frank@x",
         "frank@x \"Frank\" FB 2 FLN"},
    };
    CHECK_ROWS(LISTS_ANEW, anew);
    /* The group is gone: then nobody is in it. */
    for (int kind = 0; kind < 2; kind++) {
        drive *d = session_online(kind == 0 ? LISTS : LISTS_ANEW);
        drive_edit(d, &(msnp_edit)REMOVE("frank@x", "One"));
        expect_events(d, "WRITE REM 7 FL frank@x 1|");
        drive_feed(d, "224 7\r\n");
        g_assert_nonnull(strstr(d->events->str, "EDITED REMOVE frank@x One>- ok\n"));
        g_assert_nonnull(strstr(d->events->str, "CONTACT bob@x lists\n"));
        g_assert_nonnull(strstr(d->events->str, "CONTACT frank@x lists\n"));
        g_assert_null(strstr(d->events->str, "WRITE"));
        drive_forget(d);
        g_assert_null(msnp_roster_group(msnp_ns_roster(d->ns), 1));
        expect_contact(d, "frank@x", "frank@x \"Frank\" FB 2 FLN");
        check_idle(d);
        drive_done(d);
    }
    /* Who is removed is offline at once. */
    drive *d = session_online(LISTS "BPR MOB N\r\n");
    drive_feed(d, "NLN NLN bob@x Bob 0\r\n");
    drive_forget(d);
    drive_edit(d, &(msnp_edit)REMOVE("bob@x", "One"));
    expect_events(d, "WRITE REM 7 FL bob@x|");
    drive_feed(d, "REM 7 FL 28 bob@x\r\n");
    expect_events(d, "CONTACT bob@x presence lists", "EDITED REMOVE bob@x One>- ok");
    drive_feed(d, "NLN AWY bob@x Bob 0\r\nFLN bob@x\r\n");
    expect_silence(d);
    drive_done(d);
}

static void test_move(void)
{
    static const row table[] = {
        {MOVE("bob@x", "One", "Two"),
         {{NULL, "WRITE REM 7 FL bob@x 1|"},
          {"REM 7 FL 28 bob@x 1\r\n", "CONTACT bob@x lists\nWRITE ADD 8 FL bob@x Bob 2|"},
          {"ADD 8 FL 29 bob@x Bob 2\r\n", "CONTACT bob@x lists\nEDITED MOVE bob@x One>Two ok"}},
         "bob@x",
         "bob@x \"Bob\" FAR 2 FLN"},
        /* Group 0 is left without a word, and entered by ADD alone. */
        {MOVE("carol@x", NULL, "One"),
         {{NULL, "WRITE ADD 7 FL carol@x Carol 1|"},
          {"ADD 7 FL 28 carol@x Carol 1\r\n",
           "CONTACT carol@x lists\nEDITED MOVE carol@x ->One ok"}},
         "carol@x",
         "carol@x \"Carol\" FA 1 FLN"},
        {MOVE("bob@x", "One", NULL),
         {{NULL, "WRITE REM 7 FL bob@x 1|"},
          {"REM 7 FL 28 bob@x 1\r\n", "CONTACT bob@x lists\nWRITE ADD 8 FL bob@x Bob|"},
          {"ADD 8 FL 29 bob@x Bob\r\n", "CONTACT bob@x lists\nEDITED MOVE bob@x One>- ok"}},
         "bob@x",
         "bob@x \"Bob\" FAR - FLN"},
        {MOVE("bob@x", "One", NULL),
         {{NULL, "WRITE REM 7 FL bob@x 1|"},
          {"REM 7 FL 28 bob@x 1\r\n", "CONTACT bob@x lists\nWRITE ADD 8 FL bob@x Bob|"},
          {"215 8\r\n", "CONTACT bob@x lists\nEDITED MOVE bob@x One>- ok"}},
         "bob@x",
         "bob@x \"Bob\" FAR - FLN"},
        /* Into a new group, which is made before the old one is left. */
        {MOVE("bob@x", "One", "New"),
         {{NULL, "WRITE ADG 7 New 0|"},
          {"ADG 7 28 New 4 0\r\n", "WRITE REM 8 FL bob@x 1|"},
          {"REM 8 FL 29 bob@x 1\r\n", "CONTACT bob@x lists\nWRITE ADD 9 FL bob@x Bob 4|"},
          {"ADD 9 FL 30 bob@x Bob 4\r\n", "CONTACT bob@x lists\nEDITED MOVE bob@x One>New ok"}},
         "bob@x",
         "bob@x \"Bob\" FAR 4 FLN"},
        {MOVE("bob@x", "One", "New"),
         {{NULL, "WRITE ADG 7 New 0|"}, {"223 7\r\n", "EDITED MOVE bob@x One>New server 223"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1 FLN"},
        /* One of several; and where it is not where it should be. */
        {MOVE("frank@x", "One", "Three"),
         {{NULL, "WRITE REM 7 FL frank@x 1|"},
          {"REM 7 FL 28 frank@x 1\r\n", "CONTACT frank@x lists\nWRITE ADD 8 FL frank@x Frank 3|"},
          {"ADD 8 FL 29 frank@x Frank 3\r\n",
           "CONTACT frank@x lists\nEDITED MOVE frank@x One>Three ok"}},
         "frank@x",
         "frank@x \"Frank\" FB 2,3 FLN"},
        {MOVE("bob@x", "Two", "Three"),
         {{NULL, "WRITE ADD 7 FL bob@x Bob 3|"},
          {"ADD 7 FL 28 bob@x Bob 3\r\n", "CONTACT bob@x lists\nEDITED MOVE bob@x Two>Three ok"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1,3 FLN"},
        /* Who is not on the list is not put there by a move. */
        {MOVE("dave@x", "One", "Two"),
         {{NULL, "EDITED MOVE dave@x One>Two ok"}},
         "dave@x",
         "dave@x \"Dave D\" R - FLN"},
        {MOVE("new@x", "One", "New"), {{NULL, "EDITED MOVE new@x One>New ok"}}, NULL, NULL},
        /* Nothing to do. */
        {MOVE("bob@x", "One", "One"), {{NULL, "EDITED MOVE bob@x One>One ok"}}, NULL, NULL},
        {MOVE("bob@x", "Two", "One"), {{NULL, "EDITED MOVE bob@x Two>One ok"}}, NULL, NULL},
        {MOVE("carol@x", NULL, NULL), {{NULL, "EDITED MOVE carol@x ok"}}, NULL, NULL},
        {MOVE("carol@x", "One", NULL), {{NULL, "EDITED MOVE carol@x One>- ok"}}, NULL, NULL},
        /* Not in the old one any more: on to the new one. */
        {MOVE("bob@x", "One", "Two"),
         {{NULL, "WRITE REM 7 FL bob@x 1|"},
          {"225 7\r\n", "CONTACT bob@x lists\nWRITE ADD 8 FL bob@x Bob 2|"},
          {"215 8\r\n", "CONTACT bob@x lists\nEDITED MOVE bob@x One>Two ok"}},
         "bob@x",
         "bob@x \"Bob\" FAR 2 FLN"},
        {MOVE("bob@x", "One", "Two"),
         {{NULL, "WRITE REM 7 FL bob@x 1|"}, {"500 7\r\n", "EDITED MOVE bob@x One>Two server 500"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1 FLN"},
    };
    CHECK_ROWS(LISTS, table);
    CHECK_ROWS(LISTS_ANEW, table);

    /* Into a group that it is in already. */
    static const row classical[] = {
        {MOVE("frank@x", "One", "Two"),
         {{NULL, "WRITE REM 7 FL frank@x 1|"},
          {"REM 7 FL 28 frank@x 1\r\n", "CONTACT frank@x lists\nEDITED MOVE frank@x One>Two ok"}},
         "frank@x",
         "frank@x \"Frank\" FB 2 FLN"},
    };
    CHECK_ROWS(LISTS, classical);
    static const row anew[] = {
        {MOVE("frank@x", "One", "Two"),
         {{NULL, "WRITE REM 7 FL frank@x 1|"},
          {"REM 7 FL 28 frank@x 1\r\n", "CONTACT frank@x lists\nWRITE REM 8 FL frank@x 2|"},
          {"REM 8 FL 29 frank@x 2\r\n", "CONTACT frank@x lists\nWRITE ADD 9 FL frank@x Frank 2|"},
          {"ADD 9 FL 30 frank@x Frank 2\r\n",
           "CONTACT frank@x lists\nEDITED MOVE frank@x One>Two ok"}},
         "frank@x",
         "frank@x \"Frank\" FB 2 FLN"},
    };
    CHECK_ROWS(LISTS_ANEW, anew);
}

#define LEFT_ONE                                                                      \
    {NULL, "WRITE REM 7 FL bob@x 1|"},                                                \
    {                                                                                 \
        "REM 7 FL 28 bob@x 1\r\n", "CONTACT bob@x lists\nWRITE ADD 8 FL bob@x Bob 2|" \
    }

/* Out of the old group and not taken by the new one: back, so that nobody is lost. */
static void test_undo(void)
{
    static const row table[] = {
        {MOVE("bob@x", "One", "Two"),
         {LEFT_ONE,
          {"210 8\r\n", "WRITE ADD 9 FL bob@x Bob 1|"},
          {"ADD 9 FL 29 bob@x Bob 1\r\n",
           "CONTACT bob@x lists\nEDITED MOVE bob@x One>Two server 210"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1 FLN"},
        {MOVE("bob@x", "One", "Two"),
         {LEFT_ONE,
          {"500 8\r\n", "WRITE ADD 9 FL bob@x Bob 1|"},
          {"215 9\r\n", "CONTACT bob@x lists\nEDITED MOVE bob@x One>Two server 500"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1 FLN"},
        {MOVE("bob@x", "One", "Two"),
         {LEFT_ONE,
          {"210 8\r\n", "WRITE ADD 9 FL bob@x Bob 1|"},
          {"500 9\r\n", "EDITED MOVE bob@x One>Two server 210"}},
         NULL,
         NULL},
        {MOVE("bob@x", "One", NULL),
         {{NULL, "WRITE REM 7 FL bob@x 1|"},
          {"REM 7 FL 28 bob@x 1\r\n", "CONTACT bob@x lists\nWRITE ADD 8 FL bob@x Bob|"},
          {"210 8\r\n", "WRITE ADD 9 FL bob@x Bob 1|"},
          {"ADD 9 FL 29 bob@x Bob 1\r\n",
           "CONTACT bob@x lists\nEDITED MOVE bob@x One>- server 210"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1 FLN"},
        /* The new group is gone: made anew. */
        {MOVE("bob@x", "One", "Three"),
         {{NULL, "WRITE REM 7 FL bob@x 1|"},
          {"REM 7 FL 28 bob@x 1\r\n", "CONTACT bob@x lists\nWRITE ADD 8 FL bob@x Bob 3|"},
          {"231 8\r\n", "WRITE ADG 9 Three 0|"},
          {"ADG 9 29 Three 7 0\r\n", "WRITE ADD 10 FL bob@x Bob 7|"},
          {"ADD 10 FL 30 bob@x Bob 7\r\n", "CONTACT bob@x lists\nEDITED MOVE bob@x One>Three ok"}},
         "bob@x",
         "bob@x \"Bob\" FAR 7 FLN"},
    };
    CHECK_ROWS(LISTS, table);
    CHECK_ROWS(LISTS_ANEW, table);

    /* The old one is gone, too: into none. */
    drive *d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)MOVE("bob@x", "One", "Two"));
    drive_feed(d, "REM 7 FL 28 bob@x 1\r\n210 8\r\n");
    drive_forget(d);
    drive_feed(d, "224 9\r\n");
    g_assert_nonnull(strstr(d->events->str, "WRITE ADD 10 FL bob@x Bob|\n"));
    drive_forget(d);
    drive_feed(d, "ADD 10 FL 29 bob@x Bob 0\r\n");
    expect_events(d, "CONTACT bob@x lists", "EDITED MOVE bob@x One>Two server 210");
    expect_contact(d, "bob@x", "bob@x \"Bob\" FAR - FLN");
    check_idle(d);
    drive_done(d);

    /* The old one was gone when it was left: then it is left. */
    static const struct {
        const char *to;
        const char *write;
        const char *event;
    } gone[] = {
        {"Two", "WRITE ADD 8 FL bob@x Bob 2|\n", "EDITED MOVE bob@x One>Two ok"},
        {NULL, "WRITE ADD 8 FL bob@x Bob|\n", "EDITED MOVE bob@x One>- ok"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(gone); i++) {
        d = session_online(LISTS);
        drive_edit(d, &(msnp_edit)MOVE("bob@x", "One", gone[i].to));
        drive_forget(d);
        drive_feed(d, "224 7\r\n");
        g_assert_nonnull(strstr(d->events->str, gone[i].write));
        drive_forget(d);
        drive_feed(d, "215 8\r\n");
        expect_events(d, "CONTACT bob@x lists", gone[i].event);
        drive_done(d);
    }
}

/* How many commands there are in what was sent. */
static size_t lines_sent(const drive *d, const char *verb)
{
    size_t count = 0;
    for (const char *at = d->written->str; (at = strstr(at, verb)) != NULL; at++)
        count++;
    return count;
}

/* Lets the command that waits now run out of time. */
static void run_out(drive *d)
{
    drive_wait(d, MSNP_TRANS_TIMEOUT - 5000);
    drive_feed(d, "QNG\r\n");
    expect_silence(d);
    drive_sleep(d, 5000);
}

/* Nobody knows whether an unanswered command was done: the contact is put back. */
static void test_undo_unanswered(void)
{
    drive *d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)MOVE("bob@x", "One", "Two"));
    drive_feed(d, "REM 7 FL 28 bob@x 1\r\n");
    drive_forget(d);
    run_out(d);
    expect_events(d, "WRITE ADD 9 FL bob@x Bob 1|");
    drive_feed(d, "ADD 8 FL 29 bob@x Bob 2\r\n");
    expect_silence(d);
    drive_feed(d, "ADD 9 FL 30 bob@x Bob 1\r\n");
    expect_events(d, "CONTACT bob@x lists", "EDITED MOVE bob@x One>Two timeout");
    expect_contact(d, "bob@x", "bob@x \"Bob\" FAR 1 FLN");
    check_idle(d);
    drive_done(d);

    d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)MOVE("bob@x", "One", "Two"));
    drive_forget(d);
    run_out(d);
    expect_events(d, "WRITE ADD 8 FL bob@x Bob 1|");
    run_out(d);
    expect_events(d, "EDITED MOVE bob@x One>Two timeout");
    check_idle(d);
    drive_done(d);
}

static void test_allow_and_block(void)
{
    static const row table[] = {
        {ALLOW("dave@x"),
         {{NULL, "WRITE ADD 7 AL dave@x Dave%20D|"},
          {"ADD 7 AL 28 dave@x Dave%20D\r\n", "CONTACT dave@x lists\nEDITED ALLOW dave@x ok"}},
         "dave@x",
         "dave@x \"Dave D\" AR - FLN"},
        {ALLOW("eve@x"),
         {{NULL, "WRITE REM 7 BL eve@x|"},
          {"REM 7 BL 28 eve@x\r\n", "CONTACT eve@x lists\nWRITE ADD 8 AL eve@x Eve|"},
          {"ADD 8 AL 29 eve@x Eve\r\n", "CONTACT eve@x lists\nEDITED ALLOW eve@x ok"}},
         "eve@x",
         "eve@x \"Eve\" A - FLN"},
        {ALLOW("bob@x"), {{NULL, "EDITED ALLOW bob@x ok"}}, NULL, NULL},
        {ALLOW("new@x"),
         {{NULL, "WRITE ADD 7 AL new@x new@x|"},
          {"ADD 7 AL 28 new@x new@x\r\n", "CONTACT new@x lists\nEDITED ALLOW new@x ok"}},
         "new@x",
         "new@x \"\" A - FLN"},
        {BLOCK("bob@x"),
         {{NULL, "WRITE REM 7 AL bob@x|"},
          {"REM 7 AL 28 bob@x\r\n", "CONTACT bob@x lists\nWRITE ADD 8 BL bob@x Bob|"},
          {"ADD 8 BL 29 bob@x Bob\r\n", "CONTACT bob@x lists\nEDITED BLOCK bob@x ok"}},
         "bob@x",
         "bob@x \"Bob\" FBR 1 FLN"},
        {BLOCK("eve@x"), {{NULL, "EDITED BLOCK eve@x ok"}}, NULL, NULL},
        {BLOCK("dave@x"),
         {{NULL, "WRITE ADD 7 BL dave@x Dave%20D|"},
          {"ADD 7 BL 28 dave@x x\r\n", "CONTACT dave@x lists\nEDITED BLOCK dave@x ok"}},
         "dave@x",
         "dave@x \"Dave D\" BR - FLN"},
        /* On the opposite list, which nobody had told: once. */
        {BLOCK("dave@x"),
         {{NULL, "WRITE ADD 7 BL dave@x Dave%20D|"},
          {"219 7\r\n", "WRITE REM 8 AL dave@x|"},
          {"REM 8 AL 28 dave@x\r\n", "CONTACT dave@x lists\nWRITE ADD 9 BL dave@x Dave%20D|"},
          {"ADD 9 BL 29 dave@x x\r\n", "CONTACT dave@x lists\nEDITED BLOCK dave@x ok"}},
         "dave@x",
         "dave@x \"Dave D\" BR - FLN"},
        {BLOCK("bob@x"),
         {{NULL, "WRITE REM 7 AL bob@x|"},
          {"REM 7 AL 28 bob@x\r\n", "CONTACT bob@x lists\nWRITE ADD 8 BL bob@x Bob|"},
          {"219 8\r\n", "WRITE REM 9 AL bob@x|"},
          {"216 9\r\n", "CONTACT bob@x lists\nWRITE ADD 10 BL bob@x Bob|"},
          {"219 10\r\n", "WRITE ADD 11 AL bob@x Bob|"},
          {"ADD 11 AL 29 bob@x Bob\r\n", "CONTACT bob@x lists\nEDITED BLOCK bob@x server 219"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1 FLN"},
        /* Half done and no further: taken back. */
        {ALLOW("eve@x"),
         {{NULL, "WRITE REM 7 BL eve@x|"},
          {"REM 7 BL 28 eve@x\r\n", "CONTACT eve@x lists\nWRITE ADD 8 AL eve@x Eve|"},
          {"210 8\r\n", "WRITE ADD 9 BL eve@x Eve|"},
          {"ADD 9 BL 29 eve@x Eve\r\n", "CONTACT eve@x lists\nEDITED ALLOW eve@x server 210"}},
         "eve@x",
         "eve@x \"Eve\" B - FLN"},
        {ALLOW("eve@x"),
         {{NULL, "WRITE REM 7 BL eve@x|"},
          {"REM 7 BL 28 eve@x\r\n", "CONTACT eve@x lists\nWRITE ADD 8 AL eve@x Eve|"},
          {"210 8\r\n", "WRITE ADD 9 BL eve@x Eve|"},
          {"500 9\r\n", "EDITED ALLOW eve@x server 210"}},
         "eve@x",
         "eve@x \"Eve\" - - FLN"},
        {ADD("eve@x", NULL),
         {{NULL, "WRITE REM 7 BL eve@x|"},
          {"REM 7 BL 28 eve@x\r\n", "CONTACT eve@x lists\nWRITE ADD 8 AL eve@x Eve|"},
          {"ADD 8 AL 29 eve@x Eve\r\n", "CONTACT eve@x lists\nWRITE ADD 9 FL eve@x Eve|"},
          {"210 9\r\n", "WRITE REM 10 AL eve@x|"},
          {"REM 10 AL 30 eve@x\r\n", "CONTACT eve@x lists\nWRITE ADD 11 BL eve@x Eve|"},
          {"215 11\r\n", "CONTACT eve@x lists\nEDITED ADD eve@x server 210"}},
         "eve@x",
         "eve@x \"Eve\" B - FLN"},
        {BLOCK("bob@x"),
         {{NULL, "WRITE REM 7 AL bob@x|"},
          {"REM 7 AL 28 bob@x\r\n", "CONTACT bob@x lists\nWRITE ADD 8 BL bob@x Bob|"},
          {"500 8\r\n", "WRITE ADD 9 AL bob@x Bob|"},
          {"219 9\r\n", "WRITE REM 10 BL bob@x|"},
          {"REM 10 BL 30 bob@x\r\n", "CONTACT bob@x lists\nWRITE ADD 11 AL bob@x Bob|"},
          {"ADD 11 AL 31 bob@x Bob\r\n", "CONTACT bob@x lists\nEDITED BLOCK bob@x server 500"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1 FLN"},
        /* Not what was not done. */
        {BLOCK("bob@x"),
         {{NULL, "WRITE REM 7 AL bob@x|"},
          {"216 7\r\n", "CONTACT bob@x lists\nWRITE ADD 8 BL bob@x Bob|"},
          {"210 8\r\n", "EDITED BLOCK bob@x server 210"}},
         "bob@x",
         "bob@x \"Bob\" FR 1 FLN"},
    };
    CHECK_ROWS(LISTS, table);
}

static void test_groups(void)
{
    static const row table[] = {
        {RENAME("One", "Uno 1"),
         {{NULL, "WRITE REG 7 1 Uno%201 0|"},
          {"REG 7 28 1 Uno%201 0\r\n", "EDITED RENAME_GROUP One>Uno 1 ok"}},
         NULL,
         NULL},
        {RENAME("One", "One"), {{NULL, "EDITED RENAME_GROUP One>One ok"}}, NULL, NULL},
        {RENAME("None", "Uno"), {{NULL, "EDITED RENAME_GROUP None>Uno ok"}}, NULL, NULL},
        {RENAME("None", "Two"), {{NULL, "EDITED RENAME_GROUP None>Two ok"}}, NULL, NULL},
        {REMOVE_GROUP("Three"),
         {{NULL, "WRITE RMG 7 3|"}, {"RMG 7 28 3\r\n", "EDITED REMOVE_GROUP Three>- ok"}},
         NULL,
         NULL},
        {REMOVE_GROUP("None"), {{NULL, "EDITED REMOVE_GROUP None>- ok"}}, NULL, NULL},
        /* Some servers would remove its contacts with it. */
        {REMOVE_GROUP("One"), {{NULL, "EDITED REMOVE_GROUP One>- server 227"}}, NULL, NULL},
        {REMOVE_GROUP("Two"), {{NULL, "EDITED REMOVE_GROUP Two>- server 227"}}, NULL, NULL},
    };
    CHECK_ROWS(LISTS, table);

    drive *d = session_online(LISTS);
    const msnp_roster *roster = msnp_ns_roster(d->ns);
    drive_edit(d, &(msnp_edit)RENAME("One", " Uno "));
    expect_events(d, "WRITE REG 7 1 Uno 0|");
    g_assert_nonnull(msnp_roster_group_named(roster, "One"));
    drive_feed(d, "REG 7 28 1 other 0\r\n");
    expect_events(d, "EDITED RENAME_GROUP One>Uno ok");
    g_assert_cmpstr(msnp_roster_group(roster, 1)->name, ==, "Uno");
    drive_edit(d, &(msnp_edit)REMOVE_GROUP("Three"));
    g_assert_nonnull(msnp_roster_group(roster, 3));
    drive_feed(d, "RMG 8 29 3\r\n");
    g_assert_null(msnp_roster_group(roster, 3));
    drive_forget(d);
    drive_done(d);

    /* Where somebody is missing in the lists, who knows who is in a group. */
    for (int moved = 0; moved < 2; moved++) {
        d = session_online(moved ? LISTS : "SYN 5 27 1 1\r\nLSG 3 Three 0\r\nLST nobody x 1 3\r\n");
        if (moved) {
            session_move(d);
            drive_feed(d, "SYN 5 27\r\nCHG 6 NLN 0\r\n");
            drive_forget(d);
        }
        drive_edit(d, &(msnp_edit)REMOVE_GROUP("Three"));
        expect_events(d, "EDITED REMOVE_GROUP Three>- incomplete");
        drive_done(d);
    }
}

/* A group that was made for an edit that then failed is taken back. */
static void test_take_back(void)
{
#define MADE_NEW                                                                           \
    {NULL, "WRITE ADG 7 New 0|"}, {"ADG 7 28 New 4 0\r\n", "WRITE ADD 8 FL bob@x Bob 4|"}, \
    {                                                                                      \
        "210 8\r\n", "WRITE RMG 9 4|"                                                      \
    }
    static const row table[] = {
        {ADD("bob@x", "New"),
         {MADE_NEW, {"RMG 9 29 4\r\n", "EDITED ADD bob@x ->New server 210"}},
         NULL,
         NULL},
        {ADD("bob@x", "New"),
         {MADE_NEW, {"224 9\r\n", "EDITED ADD bob@x ->New server 210"}},
         NULL,
         NULL},
        {ADD("bob@x", "New"),
         {MADE_NEW, {"227 9\r\n", "EDITED ADD bob@x ->New server 210"}},
         NULL,
         NULL},
        {MOVE("bob@x", "One", "New"),
         {{NULL, "WRITE ADG 7 New 0|"},
          {"ADG 7 28 New 4 0\r\n", "WRITE REM 8 FL bob@x 1|"},
          {"REM 8 FL 29 bob@x 1\r\n", "CONTACT bob@x lists\nWRITE ADD 9 FL bob@x Bob 4|"},
          {"210 9\r\n", "WRITE ADD 10 FL bob@x Bob 1|"},
          {"ADD 10 FL 30 bob@x Bob 1\r\n", "CONTACT bob@x lists\nWRITE RMG 11 4|"},
          {"RMG 11 31 4\r\n", "EDITED MOVE bob@x One>New server 210"}},
         "bob@x",
         "bob@x \"Bob\" FAR 1 FLN"},
        /* Perhaps the contact is in it. */
        {MOVE("bob@x", "One", "New"),
         {{NULL, "WRITE ADG 7 New 0|"},
          {"ADG 7 28 New 4 0\r\n", "WRITE REM 8 FL bob@x 1|"},
          {"REM 8 FL 29 bob@x 1\r\n", "CONTACT bob@x lists\nWRITE ADD 9 FL bob@x Bob 4|"},
          {"210 9\r\n", "WRITE ADD 10 FL bob@x Bob 1|"},
          {"500 10\r\n", "EDITED MOVE bob@x One>New server 210"}},
         NULL,
         NULL},
    };
    CHECK_ROWS(LISTS, table);
    CHECK_ROWS(LISTS_ANEW, table);

    /* So is the permission to see us, if it was given for it. */
    static const row given[] = {
        {ADD("new@x", NULL),
         {{NULL, "WRITE ADD 7 AL new@x new@x|"},
          {"ADD 7 AL 28 new@x new@x\r\n", "CONTACT new@x lists\nWRITE ADD 8 FL new@x new@x|"},
          {"210 8\r\n", "WRITE REM 9 AL new@x|"},
          {"REM 9 AL 29 new@x\r\n", "CONTACT new@x lists\nEDITED ADD new@x server 210"}},
         "new@x",
         "new@x \"\" - - FLN"},
        {ADD("gina@x", NULL),
         {{NULL, "WRITE ADD 7 FL gina@x gina@x|"}, {"210 7\r\n", "EDITED ADD gina@x server 210"}},
         "gina@x",
         "gina@x \"\" A - FLN"},
    };
    CHECK_ROWS(LISTS, given);

    /* Not what others are in, or might be in. */
    static const char *const lists[] = {
        "SYN 5 30 2 1\r\nLSG 4 New 0\r\nLST bob@x Bob 3\r\nLST carol@x Carol 3 4\r\n",
        "SYN 5 30 2 1\r\nLSG 4 New 0\r\nLST bob@x Bob 3\r\nLST nobody x 3 4\r\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        drive *d = session_online(LISTS);
        drive_edit(d, &(msnp_edit)ADD("bob@x", "New"));
        drive_feed(d, "ADG 7 28 New 4 0\r\n");
        session_move(d);
        drive_feed(d, lists[i]);
        drive_feed(d, "CHG 6 NLN 0\r\n");
        drive_forget(d);
        drive_feed(d, "210 7\r\n");
        expect_events(d, "EDITED ADD bob@x ->New server 210");
        drive_done(d);
    }
}

/* Two groups that are called the same: meant is the one that the contact is in. */
static void test_namesakes(void)
{
    static const char lists[] = "SYN 5 27 2 3\r\nLSG 1 One 0\r\nLSG 2 One%20 0\r\nLSG 3 Two 0\r\n"
                                "LST bob@x Bob 3 2,3\r\nLST carol@x Carol 3 2\r\n";
    static const row table[] = {
        {REMOVE("bob@x", "One"),
         {{NULL, "WRITE REM 7 FL bob@x 2|"},
          {"REM 7 FL 28 bob@x 2\r\n", "CONTACT bob@x lists\nEDITED REMOVE bob@x One>- ok"}},
         "bob@x",
         "bob@x \"Bob\" FA 3 FLN"},
        {MOVE("carol@x", "One", "Two"),
         {{NULL, "WRITE REM 7 FL carol@x 2|"},
          {"REM 7 FL 28 carol@x 2\r\n", "CONTACT carol@x lists\nWRITE ADD 8 FL carol@x Carol 3|"},
          {"ADD 8 FL 29 carol@x Carol 3\r\n",
           "CONTACT carol@x lists\nEDITED MOVE carol@x One>Two ok"}},
         "carol@x",
         "carol@x \"Carol\" FA 3 FLN"},
    };
    CHECK_ROWS(lists, table);
}

/* A group that gets another one's name: its contacts go there one by one, then it is removed. */
static void test_merge(void)
{
    drive *d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)RENAME("One", "Two"));
    drive_edit(d, &(msnp_edit)NAME("later"));
    expect_events(d, "EDITED RENAME_GROUP One>Two ok", "WRITE REM 7 FL bob@x 1|");
    g_assert_cmpuint(msnp_ns_edits_waiting(d->ns), ==, 4);
    drive_feed(d, "REM 7 FL 28 bob@x 1\r\n");
    expect_events(d, "CONTACT bob@x lists", "WRITE ADD 8 FL bob@x Bob 2|");
    drive_feed(d, "ADD 8 FL 29 bob@x Bob 2\r\n");
    expect_events(d, "CONTACT bob@x lists", "EDITED MOVE bob@x One>Two ok",
                  "WRITE REM 9 FL frank@x 1|");
    drive_feed(d, "REM 9 FL 30 frank@x 1\r\n");
    expect_events(d, "CONTACT frank@x lists", "EDITED MOVE frank@x One>Two ok", "WRITE RMG 10 1|");
    drive_feed(d, "RMG 10 31 1\r\n");
    expect_events(d, "EDITED REMOVE_GROUP One>- ok", "WRITE REA 11 " DOC_ACCOUNT " later|");
    drive_feed(d, "REA 11 32 " DOC_ACCOUNT " later\r\n");
    expect_events(d, "EDITED NAME \"later\" ok");
    expect_contact(d, "bob@x", "bob@x \"Bob\" FAR 2 FLN");
    expect_contact(d, "frank@x", "frank@x \"Frank\" FB 2 FLN");
    g_assert_null(msnp_roster_group(msnp_ns_roster(d->ns), 1));
    check_idle(d);
    drive_done(d);

    /* Somebody stays behind: so does the group. */
    d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)RENAME("One", "Three"));
    drive_feed(d, "500 7\r\nREM 8 FL 28 frank@x 1\r\nADD 9 FL 29 frank@x Frank 3\r\n");
    expect_events(d, "EDITED RENAME_GROUP One>Three ok", "WRITE REM 7 FL bob@x 1|",
                  "EDITED MOVE bob@x One>Three server 500", "WRITE REM 8 FL frank@x 1|",
                  "CONTACT frank@x lists", "WRITE ADD 9 FL frank@x Frank 3|",
                  "CONTACT frank@x lists", "EDITED MOVE frank@x One>Three ok",
                  "EDITED REMOVE_GROUP One>- server 227");
    expect_contact(d, "bob@x", "bob@x \"Bob\" FAR 1 FLN");
    check_idle(d);
    drive_done(d);

    /* An empty one. */
    d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)RENAME("Three", "Two"));
    expect_events(d, "EDITED RENAME_GROUP Three>Two ok", "WRITE RMG 7 3|");
    drive_feed(d, "RMG 7 28 3\r\n");
    expect_events(d, "EDITED REMOVE_GROUP Three>- ok");
    drive_done(d);
}

static void test_settings(void)
{
    static const row table[] = {
        {NAME("New Name"),
         {{NULL, "WRITE REA 7 " DOC_ACCOUNT " New%20Name|"},
          {"REA 7 28 " DOC_ACCOUNT " New%20Name\r\n", "EDITED NAME \"New Name\" ok"}},
         NULL,
         NULL},
        {NAME("gr\xc3\xbc\xc3\x9f & 100%"),
         {{NULL, "WRITE REA 7 " DOC_ACCOUNT " gr%C3%BC%C3%9F%20%26%20100%25|"},
          {"REA 7 28 x x\r\n", "EDITED NAME \"gr\xc3\xbc\xc3\x9f & 100%\" ok"}},
         NULL,
         NULL},
        {NAME(""),
         {{NULL, "WRITE REA 7 " DOC_ACCOUNT " " DOC_ACCOUNT "|"},
          {"REA 7 28 " DOC_ACCOUNT " " DOC_ACCOUNT "\r\n", "EDITED NAME \"\" ok"}},
         NULL,
         NULL},
        /* Refused: every byte escaped, once. */
        {NAME("Bob-1"),
         {{NULL, "WRITE REA 7 " DOC_ACCOUNT " Bob-1|"},
          {"209 7\r\n", "WRITE REA 8 " DOC_ACCOUNT " %42%6F%62%2D%31|"},
          {"REA 8 28 " DOC_ACCOUNT " Bob-1\r\n", "EDITED NAME \"Bob-1\" ok"}},
         NULL,
         NULL},
        {NAME("Bob-1"),
         {{NULL, "WRITE REA 7 " DOC_ACCOUNT " Bob-1|"},
          {"209 7\r\n", "WRITE REA 8 " DOC_ACCOUNT " %42%6F%62%2D%31|"},
          {"209 8\r\n", "EDITED NAME \"Bob-1\" server 209"}},
         NULL,
         NULL},
        {NAME(""),
         {{NULL, "WRITE REA 7 " DOC_ACCOUNT " " DOC_ACCOUNT "|"},
          {"209 7\r\n", "EDITED NAME \"\" server 209"}},
         NULL,
         NULL},
        {PHONE(MSNP_PHONE_HOME, "+1 (206) 555"),
         {{NULL, "WRITE PRP 7 PHH %2B1%20%28206%29%20555|"},
          {"PRP 7 28 PHH x\r\n", "EDITED PHONE PHH \"+1 (206) 555\" ok"}},
         NULL,
         NULL},
        {PHONE(MSNP_PHONE_MOBILE, ""),
         {{NULL, "WRITE PRP 7 PHM|"}, {"PRP 7 28 PHM\r\n", "EDITED PHONE PHM \"\" ok"}},
         NULL,
         NULL},
        {ALLOW_UNLISTED(false),
         {{NULL, "WRITE BLP 7 BL|"}, {"BLP 7 28 BL\r\n", "EDITED ALLOW_UNLISTED off ok"}},
         NULL,
         NULL},
        {ALLOW_UNLISTED(true), {{NULL, "EDITED ALLOW_UNLISTED on ok"}}, NULL, NULL},
        {PROMPT_ON_ADD(false),
         {{NULL, "WRITE GTC 7 N|"}, {"GTC 7 28 N\r\n", "EDITED PROMPT_ON_ADD off ok"}},
         NULL,
         NULL},
        {PROMPT_ON_ADD(true), {{NULL, "EDITED PROMPT_ON_ADD on ok"}}, NULL, NULL},
    };
    CHECK_ROWS(LISTS, table);

    drive *d = session_online("SYN 5 27 0 1\r\nGTC N\r\nBLP BL\r\nPRP PHH 1\r\nLSG 0 ~ 0\r\n");
    expect_roster(d, "N BL PHH \"1\"");
    drive_edit(d, &(msnp_edit)ALLOW_UNLISTED(true));
    drive_feed(d, "BLP 7 28 AL\r\n");
    drive_edit(d, &(msnp_edit)PROMPT_ON_ADD(true));
    drive_feed(d, "218 8\r\n");
    drive_edit(d, &(msnp_edit)PHONE(MSNP_PHONE_HOME, ""));
    drive_feed(d, "PRP 9 29 PHH\r\n");
    drive_edit(d, &(msnp_edit)PHONE(MSNP_PHONE_WORK, " 7\n8 "));
    drive_feed(d, "PRP 10 30 PHW x\r\n");
    expect_events(d, "WRITE BLP 7 AL|", "EDITED ALLOW_UNLISTED on ok", "WRITE GTC 8 A|",
                  "EDITED PROMPT_ON_ADD on ok", "WRITE PRP 9 PHH|", "EDITED PHONE PHH \"\" ok",
                  "WRITE PRP 10 PHW 7%208|", "EDITED PHONE PHW \"7 8\" ok");
    expect_roster(d, "A AL PHW \"7 8\"");
    drive_done(d);
}

/* A command of an edit, the answer to it, and what comes of that. */
typedef struct {
    msnp_edit edit;
    const char *path; /* what the server says first; ids from 7 on */
    unsigned id;      /* of the command */
    const char *verb;
    const char *answer; /* without verb and id */
    const char *events;
    const char *failed;  /* the event but for the error */
    const char *success; /* error numbers that are as good as the answer, */
    const char *others;  /* and those that are handled in another way */
} stage;

static const stage stages[] = {
    {ADD("new@x", NULL), "", 7, "ADD", "AL 28 new@x new@x",
     "CONTACT new@x lists\nWRITE ADD 8 FL new@x new@x|", "ADD new@x", "215", "219"},
    {ADD("new@x", NULL), "215 7\r\n", 8, "ADD", "FL 28 new@x new@x",
     "CONTACT new@x lists\nEDITED ADD new@x ok", "ADD new@x", "215", ""},
    {ADD("bob@x", "Two"), "", 7, "ADD", "FL 28 bob@x Bob 2",
     "CONTACT bob@x lists\nEDITED ADD bob@x ->Two ok", "ADD bob@x ->Two", "215", "224 231"},
    {ADD("new@x", "New"), "215 7\r\n", 8, "ADG", "28 New 4 0", "WRITE ADD 9 FL new@x new@x 4|",
     "ADD new@x ->New", "", ""},
    {ADD("eve@x", NULL), "", 7, "REM", "BL 28 eve@x",
     "CONTACT eve@x lists\nWRITE ADD 8 AL eve@x Eve|", "ADD eve@x", "205 216 225", ""},
    {REMOVE("bob@x", "One"), "", 7, "REM", "FL 28 bob@x",
     "CONTACT bob@x lists\nEDITED REMOVE bob@x One>- ok", "REMOVE bob@x One>-", "205 216 225", ""},
    {REMOVE("frank@x", "One"), "", 7, "REM", "FL 28 frank@x 1",
     "CONTACT frank@x lists\nEDITED REMOVE frank@x One>- ok", "REMOVE frank@x One>-", "205 216 225",
     "224 231"},
    {MOVE("bob@x", "One", "New"), "", 7, "ADG", "28 New 4 0", "WRITE REM 8 FL bob@x 1|",
     "MOVE bob@x One>New", "", ""},
    {MOVE("carol@x", NULL, "One"), "", 7, "ADD", "FL 28 carol@x Carol 1",
     "CONTACT carol@x lists\nEDITED MOVE carol@x ->One ok", "MOVE carol@x ->One", "215", "224 231"},
    {ALLOW("dave@x"), "", 7, "ADD", "AL 28 dave@x x",
     "CONTACT dave@x lists\nEDITED ALLOW dave@x ok", "ALLOW dave@x", "215", "219"},
    {ALLOW("eve@x"), "", 7, "REM", "BL 28 eve@x", "CONTACT eve@x lists\nWRITE ADD 8 AL eve@x Eve|",
     "ALLOW eve@x", "205 216 225", ""},
    {BLOCK("bob@x"), "", 7, "REM", "AL 28 bob@x", "CONTACT bob@x lists\nWRITE ADD 8 BL bob@x Bob|",
     "BLOCK bob@x", "205 216 225", ""},
    {BLOCK("bob@x"), "216 7\r\n", 8, "ADD", "BL 28 bob@x Bob",
     "CONTACT bob@x lists\nEDITED BLOCK bob@x ok", "BLOCK bob@x", "215", "219"},
    {RENAME("One", "Uno"), "", 7, "REG", "28 1 Uno 0", "EDITED RENAME_GROUP One>Uno ok",
     "RENAME_GROUP One>Uno", "", ""},
    {REMOVE_GROUP("Three"), "", 7, "RMG", "28 3", "EDITED REMOVE_GROUP Three>- ok",
     "REMOVE_GROUP Three>-", "224 231", ""},
    {NAME("New"), "", 7, "REA", "28 " DOC_ACCOUNT " New", "EDITED NAME \"New\" ok", "NAME \"New\"",
     "", "209"},
    {NAME("New"), "209 7\r\n", 8, "REA", "28 " DOC_ACCOUNT " New", "EDITED NAME \"New\" ok",
     "NAME \"New\"", "", ""},
    {PHONE(MSNP_PHONE_WORK, "1"), "", 7, "PRP", "28 PHW 1", "EDITED PHONE PHW \"1\" ok",
     "PHONE PHW \"1\"", "218", ""},
    {ALLOW_UNLISTED(false), "", 7, "BLP", "28 BL", "EDITED ALLOW_UNLISTED off ok",
     "ALLOW_UNLISTED off", "218", ""},
    {PROMPT_ON_ADD(false), "", 7, "GTC", "28 N", "EDITED PROMPT_ON_ADD off ok", "PROMPT_ON_ADD off",
     "218", ""},
};

/* The command was sent, and waits. */
static drive *at_stage(const stage *at)
{
    drive *d = session_online(LISTS);
    drive_edit(d, &at->edit);
    drive_feed(d, at->path);
    char *write = g_strdup_printf("WRITE %s %u", at->verb, at->id);
    g_assert_nonnull(strstr(d->events->str, write));
    g_free(write);
    drive_forget(d);
    say(at->failed);
    return d;
}

static void expect_failed(drive *d, const stage *at, const char *err)
{
    char *event = g_strdup_printf("EDITED %s %s", at->failed, err);
    expect_events(d, event);
    g_free(event);
}

static bool is_listed(const char *numbers, unsigned number)
{
    char *text = g_strdup_printf("%03u", number);
    bool found = strstr(numbers, text) != NULL;
    g_free(text);
    return found;
}

/* Every number that a server knows, as the answer to every command. */
static void test_refused(void)
{
    static const unsigned numbers[] = {
        200, 201, 204, 205, 206, 207, 208, 209, 210, 213, 215, 216, 217, 218, 219, 223,
        224, 225, 227, 228, 229, 230, 231, 240, 241, 280, 281, 282, 300, 301, 302, 402,
        403, 500, 501, 502, 509, 510, 511, 520, 600, 601, 602, 603, 604, 605, 700, 707,
        710, 711, 712, 713, 714, 715, 717, 731, 800, 910, 911, 912, 913, 914, 915, 916,
        917, 918, 919, 920, 921, 922, 923, 924, 927, 928, 931, 933, 1,   999,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(stages); i++) {
        const stage *at = &stages[i];
        for (size_t k = i % slow_step(); k < G_N_ELEMENTS(numbers); k += slow_step()) {
            if (is_listed(at->others, numbers[k]))
                continue;
            drive *d = at_stage(at);
            char *answer = g_strdup_printf("%03u %u\r\n", numbers[k], at->id);
            char *err = g_strdup_printf("server %u", numbers[k]);
            g_test_message("%u", numbers[k]);
            drive_feed(d, answer);
            if (is_listed(at->success, numbers[k])) {
                expect_lines(d, at->events);
            } else {
                expect_failed(d, at, err);
                check_idle(d);
            }
            drive_done(d);
            g_free(err);
            g_free(answer);
        }
    }
}

static void test_unanswered(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(stages); i++) {
        const stage *at = &stages[i];
        if (strstr(at->answer, "L 28 eve@x") != NULL || strstr(at->answer, "AL 28 bob@x") != NULL)
            continue; /* test_put_back() */
        drive *d = at_stage(at);
        char *answer = g_strdup_printf("%s %u %s\r\n", at->verb, at->id, at->answer);
        g_assert_cmpint(drive_deadline(d), <=, d->now + MSNP_TRANS_TIMEOUT);
        run_out(d);
        expect_failed(d, at, "timeout");
        /* Too late. */
        drive_feed(d, answer);
        expect_silence(d);
        check_idle(d);
        drive_done(d);
        g_free(answer);
    }
}

/* Perhaps the contact was taken off a list, perhaps not: put back. */
static void test_put_back(void)
{
    static const struct {
        msnp_edit edit;
        const char *write;
        const char *result;
        const char *account;
        const char *line;
    } table[] = {
        {ALLOW("eve@x"), "WRITE ADD 8 BL eve@x Eve|", "EDITED ALLOW eve@x timeout", "eve@x",
         "eve@x \"Eve\" B - FLN"},
        {ADD("eve@x", "New"), "WRITE ADD 8 BL eve@x Eve|", "EDITED ADD eve@x ->New timeout",
         "eve@x", "eve@x \"Eve\" B - FLN"},
        {BLOCK("bob@x"), "WRITE ADD 8 AL bob@x Bob|", "EDITED BLOCK bob@x timeout", "bob@x",
         "bob@x \"Bob\" FAR 1 FLN"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *contact = g_strdup_printf("CONTACT %s lists", table[i].account);
        drive *d = session_online(LISTS);
        drive_edit(d, &table[i].edit);
        drive_forget(d);
        run_out(d);
        expect_events(d, contact, table[i].write);
        drive_feed(d, "215 8\r\n");
        expect_events(d, contact, table[i].result);
        drive_expect_contact(G_STRLOC, d, table[i].account, table[i].line);
        check_idle(d);
        drive_done(d);
        g_free(contact);
    }
}

/* Who may be blocked by now is not allowed again. */
static void test_block_unanswered(void)
{
    drive *d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)BLOCK("bob@x"));
    drive_feed(d, "REM 7 AL 28 bob@x\r\n");
    expect_events(d, "WRITE REM 7 AL bob@x|", "CONTACT bob@x lists", "WRITE ADD 8 BL bob@x Bob|");
    run_out(d);
    expect_events(d, "EDITED BLOCK bob@x timeout");
    g_assert_cmpuint(lines_sent(d, " AL "), ==, 1);
    check_idle(d);
    drive_done(d);
}

/* Answers to something else, or none that one can read, are no answers. */
static void test_wrong_answers(void)
{
    static const char *const verbs[] = {"ADD", "REM", "ADG", "REG", "RMG", "REA", "BLP", "GTC",
                                        "PRP", "CHG", "SYN", "USR", "XFR", "QRY", "ZZZ"};
    for (size_t i = 0; i < G_N_ELEMENTS(stages); i++) {
        const stage *at = &stages[i];
        drive *d = at_stage(at);
        GString *noise = g_string_new(NULL);
        static const char *const ids[] = {"0", "6", "99", "x", "", "-1", "4294967303", "07x"};
        for (size_t k = 0; k < G_N_ELEMENTS(ids); k++)
            g_string_append_printf(noise, "%s %s %s\r\n", at->verb, ids[k], at->answer);
        for (size_t k = 0; k < G_N_ELEMENTS(verbs); k++)
            if (strcmp(verbs[k], at->verb) != 0)
                g_string_append_printf(noise, "%s %u FL 28 bob@x 1\r\n", verbs[k], at->id);
        g_string_append_printf(noise, "%s\r\n500 99\r\n500 0\r\n500\r\n500 x\r\n", at->verb);
        drive_feed(d, noise->str);
        /* Settings without an id are something else: they just change. */
        expect_silence(d);
        g_string_printf(noise, "%s %u %s\r\n", at->verb, at->id, at->answer);
        drive_feed(d, noise->str);
        expect_lines(d, at->events);
        /* Once. */
        drive_feed(d, noise->str);
        expect_silence(d);
        g_string_free(noise, TRUE);
        drive_done(d);
    }
}

/* Lines that are too short to be an answer. */
static void test_short_answers(void)
{
    static const struct {
        size_t stage;
        const char *answer;
    } table[] = {
        {0, "ADD 7\r\nADD 7 AL\r\nADD 7 AL 28\r\n"},
        {3, "ADG 8\r\nADG 8 28\r\nADG 8 28 New\r\n"},
        {4, "REM 7\r\nREM 7 BL\r\nREM 7 BL 28\r\n"},
        {13, "REG 7\r\nREG 7 28\r\n"},
        {14, "RMG 7\r\nRMG 7 28\r\n"},
        {15, "REA 7\r\nREA 7 28\r\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = at_stage(&stages[table[i].stage]);
        drive_feed(d, table[i].answer);
        expect_silence(d);
        drive_done(d);
    }
    /* The number of a new group must be one. */
    static const char *const answers[] = {
        "ADG 8 28 New x 0\r\n",          "ADG 8 28 New  0\r\n",  "ADG 8 28 New -1 0\r\n",
        "ADG 8 28 New 4294967296 0\r\n", "ADG 8 28 New 0 0\r\n", "ADG 8 28 New 4x 0\r\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        drive *d = at_stage(&stages[3]);
        drive_edit(d, &(msnp_edit)NAME("next"));
        expect_silence(d);
        say(answers[i]);
        drive_feed(d, answers[i]);
        expect_events(d, "EDITED ADD new@x ->New malformed", "WRITE REA 9 " DOC_ACCOUNT " next|");
        drive_done(d);
    }
}

/* What can be seen to be wrong is refused at once, and nothing is sent. */
static void test_unsendable(void)
{
    static const struct {
        msnp_edit edit;
        const char *event;
    } table[] = {
        {ADD("nobody", NULL), "EDITED ADD nobody account"},
        {ADD("", NULL), "EDITED ADD  account"},
        {ADD("a b@x", NULL), "EDITED ADD a b@x account"},
        {REMOVE("bob@x\r\nOUT", NULL), "EDITED REMOVE bob@x\r\nOUT account"},
        {BLOCK("\xc3\xbc@x"), "EDITED BLOCK \xc3\xbc@x account"},
        {ADD("bob@x", ""), "EDITED ADD bob@x -> malformed"},
        {ADD("bob@x", " \n"), "EDITED ADD bob@x -> malformed"},
        {MOVE("bob@x", "One", "\xe2\x80\x8b"), "EDITED MOVE bob@x One> malformed"},
        {RENAME("One", ""), "EDITED RENAME_GROUP One> malformed"},
        {RENAME("One", " "), "EDITED RENAME_GROUP One> malformed"},
        {RENAME("One", NULL), "EDITED RENAME_GROUP One>- malformed"},
        {RENAME(NULL, "Two"), "EDITED RENAME_GROUP ->Two malformed"},
        {REMOVE_GROUP(NULL), "EDITED REMOVE_GROUP malformed"},
        {ADD(NULL, NULL), "EDITED ADD malformed"},
        {NAME(NULL), "EDITED NAME malformed"},
        {PHONE(MSNP_PHONE_HOME, NULL), "EDITED PHONE PHH malformed"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = session_online(LISTS);
        drive_edit(d, &table[i].edit);
        expect_events(d, table[i].event);
        check_idle(d);
        drive_done(d);
        /* Also before anything can be sent, and while something else waits. */
        d = session_at_lists();
        drive_edit(d, &(msnp_edit)NAME("first"));
        drive_edit(d, &table[i].edit);
        expect_events(d, table[i].event);
        g_assert_cmpuint(msnp_ns_edits_waiting(d->ns), ==, 1);
        drive_done(d);
    }
}

/* As long as the server takes it, and one byte more. */
static void test_limits(void)
{
    static const struct {
        msnp_edit edit;
        bool group;
        const char *unit;
        size_t units;
        const char *write;
    } table[] = {
        {NAME(NULL), false, "x", MSNP_NAME_BYTES, "WRITE REA 7 "},
        {NAME(NULL), false, "\xe2\x82\xac", MSNP_NAME_BYTES / 9, "WRITE REA 7 "},
        {PHONE(MSNP_PHONE_HOME, NULL), false, "1", MSNP_PHONE_BYTES, "WRITE PRP 7 PHH "},
        {ADD("bob@x", NULL), true, "x", MSNP_GROUP_BYTES, "WRITE ADG 7 "},
        {MOVE("bob@x", "One", NULL), true, "x", MSNP_GROUP_BYTES, "WRITE ADG 7 "},
        {RENAME("One", NULL), true, "x", MSNP_GROUP_BYTES, "WRITE REG 7 1 "},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        char *most = repeated(table[i].unit, table[i].units);
        for (int more = 0; more < 2; more++) {
            char *text = g_strconcat(most, more ? "x" : "", NULL);
            msnp_edit edit = table[i].edit;
            drive *d = session_online(LISTS);
            *(table[i].group ? &edit.to : &edit.text) = text;
            drive_edit(d, &edit);
            say(d->events->str);
            if (more) {
                g_assert_true(g_str_has_prefix(d->events->str, "EDITED "));
                g_assert_true(g_str_has_suffix(d->events->str, " too-long\n"));
                g_assert_null(strchr(d->events->str, '|'));
                drive_forget(d);
                check_idle(d);
            } else {
                g_assert_true(g_str_has_prefix(d->events->str, table[i].write));
                drive_forget(d);
            }
            drive_done(d);
            g_free(text);
        }
        g_free(most);
    }
    /* A name whose escapes would be too long is not tried that way, let alone without it. */
    char *name = repeated("x", MSNP_NAME_BYTES / 3 + 1);
    char *event = g_strdup_printf("EDITED NAME \"%s\" server 209", name);
    drive *d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)NAME(name));
    drive_forget(d);
    drive_feed(d, "209 7\r\n");
    expect_events(d, event);
    drive_done(d);
    g_free(event);
    g_free(name);
    /* Nothing is begun for a contact whose group cannot be made. */
    char *too_long = repeated("x", MSNP_GROUP_BYTES + 1);
    event = g_strdup_printf("EDITED ADD new@x ->%s too-long", too_long);
    d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)ADD("new@x", too_long));
    expect_events(d, event);
    drive_done(d);
    g_free(event);
    g_free(too_long);
    /* A group that is there can have a longer name: it is known by its number. */
    char *group = repeated("\xc3\xbc", 30);
    char *lists = g_strdup_printf("SYN 5 27 1 1\r\nLSG 9 %s 0\r\nLST bob@x Bob 3 0\r\n", group);
    d = session_online(lists);
    drive_edit(d, &(msnp_edit)ADD("bob@x", group));
    expect_events(d, "WRITE ADD 7 FL bob@x Bob 9|");
    drive_done(d);
    g_free(lists);
    g_free(group);
    /* A contact's name that came over the wire, but does not fit on the way back. */
    char *long_name = repeated("\xe2\x82\xac", MSNP_NAME_CHARS);
    lists = g_strdup_printf("SYN 5 27 1 0\r\nLST bob@x %s 2\r\n", long_name);
    d = session_online(lists);
    drive_edit(d, &(msnp_edit)ADD("bob@x", NULL));
    expect_events(d, "WRITE ADD 7 FL bob@x bob@x|");
    drive_done(d);
    g_free(lists);
    g_free(long_name);
}

/* One after the other, each with its own result. */
static void test_queue(void)
{
    for (size_t k = 0; k < G_N_ELEMENTS(pieces); k++) {
        drive *d = session_online(LISTS);
        d->piece = pieces[k];
        drive_edit(d, &(msnp_edit)ADD("new@x", "Two"));
        drive_edit(d, &(msnp_edit)ADD("new@x", "Two"));
        drive_edit(d, &(msnp_edit)ALLOW_UNLISTED(true));
        drive_edit(d, &(msnp_edit)BLOCK("new@x"));
        drive_edit(d, &(msnp_edit)REMOVE("new@x", "Two"));
        expect_events(d, "WRITE ADD 7 AL new@x new@x|");
        g_assert_cmpuint(msnp_ns_edits_waiting(d->ns), ==, 5);
        drive_feed(d, "ADD 7 AL 28 new@x new@x\r\n");
        expect_events(d, "CONTACT new@x lists", "WRITE ADD 8 FL new@x new@x 2|");
        /* In between, something else waits as well. */
        drive_set_status(d, MSNP_STATUS_AWAY);
        expect_events(d, "WRITE CHG 9 AWY 0|");
        drive_feed(d, "ADD 8 FL 29 new@x new@x 2\r\n");
        expect_events(d, "CONTACT new@x lists", "EDITED ADD new@x ->Two ok",
                      "EDITED ADD new@x ->Two ok", "EDITED ALLOW_UNLISTED on ok",
                      "WRITE REM 10 AL new@x|");
        drive_feed(d, "CHG 9 AWY 0\r\n");
        expect_events(d, "STATUS AWY");
        drive_feed(d, "REM 10 AL 30 new@x\r\n");
        expect_events(d, "CONTACT new@x lists", "WRITE ADD 11 BL new@x new@x|");
        drive_feed(d, "210 11\r\n");
        expect_events(d, "WRITE ADD 12 AL new@x new@x|");
        drive_feed(d, "ADD 12 AL 31 new@x new@x\r\n");
        expect_events(d, "CONTACT new@x lists", "EDITED BLOCK new@x server 210",
                      "WRITE REM 13 FL new@x|");
        drive_feed(d, "REM 13 FL 32 new@x\r\n");
        expect_events(d, "CONTACT new@x lists", "EDITED REMOVE new@x Two>- ok");
        expect_contact(d, "new@x", "new@x \"\" A - FLN");
        check_idle(d);
        drive_done(d);
    }
    /* Each of them has its own time. */
    drive *d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)NAME("one"));
    drive_edit(d, &(msnp_edit)NAME("two"));
    drive_forget(d);
    run_out(d);
    expect_events(d, "EDITED NAME \"one\" timeout", "WRITE REA 8 " DOC_ACCOUNT " two|");
    run_out(d);
    expect_events(d, "EDITED NAME \"two\" timeout");
    check_idle(d);
    drive_done(d);

    /* There is an end to what is kept. */
    d = session_at_lists();
    for (int i = 0; i < MSNP_EDITS_MAX; i++)
        msnp_ns_edit(d->ns, &(msnp_edit)PROMPT_ON_ADD(false), d->now);
    g_assert_cmpuint(msnp_ns_edits_waiting(d->ns), ==, MSNP_EDITS_MAX);
    drive_edit(d, &(msnp_edit)PROMPT_ON_ADD(true));
    expect_events(d, "EDITED PROMPT_ON_ADD on too-long");
    g_assert_cmpuint(msnp_ns_edits_waiting(d->ns), ==, MSNP_EDITS_MAX);
    drive_done(d);
}

/* Until the lists are complete and the session is online, edits wait. */
static void test_early(void)
{
    for (int step = 0; step < 4; step++) {
        const msnp_ns_config config = {DOC_ACCOUNT, DOC_DISPATCH, 1863, MSNP_STATUS_ONLINE, false};
        drive *d = step == 0 ? drive_ns(&config) : session_at_lists();
        if (step == 0) {
            drive_edit(d, &(msnp_edit)REMOVE("carol@x", NULL));
            expect_silence(d);
            drive_start(d);
            drive_connected(d);
            drive_feed(d, DOC_VER DOC_CVR_ANSWER "USR 3 TWN S ct=1\r\n");
            drive_ticket(d, "t=1");
            drive_feed(d, DOC_USR_OK);
            drive_forget(d);
        }
        if (step == 1)
            drive_edit(d, &(msnp_edit)REMOVE("carol@x", NULL));
        expect_silence(d);
        drive_feed(d, "SYN 5 27 2 1\r\nLSG 0 ~ 0\r\nLST carol@x Carol 3 0\r\n");
        expect_events(d, "WRITE CHG 6 NLN 0|");
        if (step == 2)
            drive_edit(d, &(msnp_edit)REMOVE("carol@x", NULL));
        expect_silence(d);
        drive_feed(d, "CHG 6 NLN 0\r\n");
        expect_events(d, "ONLINE NLN");
        if (step == 3)
            drive_edit(d, &(msnp_edit)REMOVE("carol@x", NULL));
        expect_silence(d);
        drive_feed(d, "LST bob@x Bob 3 0\r\n");
        expect_events(d, "ROSTER complete", "WRITE REM 7 FL carol@x|");
        drive_done(d);
    }
    /* The other way round: first the lists, then the answer to CHG. */
    drive *d = session_at_lists();
    drive_feed(d, LISTS);
    drive_edit(d, &(msnp_edit)REMOVE("carol@x", NULL));
    expect_events(d, "WRITE CHG 6 NLN 0|", "ROSTER complete");
    drive_feed(d, "CHG 6 NLN 0\r\n");
    expect_events(d, "ONLINE NLN", "WRITE REM 7 FL carol@x|");
    drive_done(d);
    /* Or what there is after some silence. */
    d = session_at_lists();
    drive_feed(d, "SYN 5 27 9 0\r\nLST carol@x Carol 3\r\nCHG 6 NLN 0\r\n");
    drive_edit(d, &(msnp_edit)REMOVE("carol@x", NULL));
    drive_forget(d);
    drive_wait(d, 1000);
    drive_feed(d, "QNG\r\n");
    drive_sleep(d, MSNP_LISTS_SILENCE - 1000);
    expect_events(d, "ROSTER incomplete", "WRITE REM 7 FL carol@x|");
    drive_done(d);
}

/* The server sends us away while an edit is under way: it goes on with what is so there. */
static void test_moved(void)
{
    drive *d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)ADD("new@x", "Two"));
    drive_edit(d, &(msnp_edit)PROMPT_ON_ADD(false));
    drive_forget(d);
    session_move(d);
    g_assert_cmpuint(msnp_ns_edits_waiting(d->ns), ==, 2);
    drive_wait(d, MSNP_TRANS_TIMEOUT - 1);
    drive_tick(d);
    /* The first part was done, and the group has another number. */
    drive_feed(d, "SYN 5 30 1 1\r\nLSG 5 Two 0\r\nLST new@x new@x 2\r\nCHG 6 NLN 0\r\n");
    expect_events(d, "WRITE CHG 6 NLN 0|", "ROSTER complete", "ONLINE NLN",
                  "WRITE ADD 7 FL new@x new@x 5|");
    drive_feed(d, "ADD 7 FL 31 new@x new@x 5\r\n");
    expect_events(d, "CONTACT new@x lists", "EDITED ADD new@x ->Two ok", "WRITE GTC 8 N|");
    drive_feed(d, "GTC 8 32 N\r\n");
    expect_events(d, "EDITED PROMPT_ON_ADD off ok");
    check_idle(d);
    drive_done(d);

    /* Not before the lists of the new server are there, online or not. */
    d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)REMOVE("carol@x", NULL));
    session_move(d);
    drive_feed(d, "SYN 5 30 1 1\r\nLST carol@x Carol 3\r\nCHG 6 NLN 0\r\n");
    expect_events(d, "WRITE CHG 6 NLN 0|", "ONLINE NLN");
    drive_feed(d, "LSG 0 ~ 0\r\n");
    expect_events(d, "ROSTER complete", "WRITE REM 7 FL carol@x|");
    drive_done(d);

    /* All of it was done. */
    d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)REMOVE("carol@x", NULL));
    drive_forget(d);
    session_move(d);
    drive_feed(d, "SYN 5 30 1 0\r\nLST carol@x Carol 2\r\nCHG 6 NLN 0\r\n");
    expect_events(d, "WRITE CHG 6 NLN 0|", "ROSTER complete", "ONLINE NLN",
                  "EDITED REMOVE carol@x ok");
    drive_done(d);

    /* Between two groups: gone from the list, on it without a group, and not moved at all. */
    static const struct {
        const char *lists;
        const char *write;
    } table[] = {
        {"SYN 5 30 1 2\r\nLSG 1 One 0\r\nLSG 2 Two 0\r\nLST bob@x Bob 10\r\n",
         "WRITE ADD 7 FL bob@x Bob 2|"},
        {"SYN 5 30 1 2\r\nLSG 1 One 0\r\nLSG 2 Two 0\r\nLST bob@x Bob 11 0\r\n",
         "WRITE ADD 7 FL bob@x Bob 2|"},
        {"SYN 5 30 1 2\r\nLSG 1 One 0\r\nLSG 2 Two 0\r\nLST bob@x Bob 11 1\r\n",
         "WRITE REM 7 FL bob@x 1|"},
        {"SYN 5 30 1 2\r\nLSG 1 One 0\r\nLSG 2 Two 0\r\nLST bob@x Bob 11 2\r\n",
         "EDITED MOVE bob@x One>Two ok"},
        {"SYN 5 30 1 1\r\nLSG 1 One 0\r\nLST bob@x Bob 11 1\r\n", "WRITE ADG 7 Two 0|"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        d = session_online(LISTS);
        drive_edit(d, &(msnp_edit)MOVE("bob@x", "One", "Two"));
        drive_feed(d, "REM 7 FL 28 bob@x 1\r\n");
        session_move(d);
        drive_feed(d, table[i].lists);
        drive_forget(d);
        drive_feed(d, "CHG 6 NLN 0\r\n");
        expect_events(d, "ONLINE NLN", table[i].write);
        drive_done(d);
    }
}

/* With the session its edits end, without a word; their number is known. */
static void test_end(void)
{
    for (int how = 0; how < 3; how++) {
        drive *d = session_online(LISTS);
        drive_edit(d, &(msnp_edit)MOVE("bob@x", "One", "Two"));
        drive_edit(d, &(msnp_edit)NAME("later"));
        drive_forget(d);
        if (how == 0) {
            drive_feed(d, "OUT OTH\r\nREM 7 FL 28 bob@x 1\r\n");
            expect_events(d, "FAILED elsewhere at ONLINE with messenger.hotmail.com:1863");
        } else if (how == 1) {
            drive_closed(d);
            expect_events(d, "FAILED closed at ONLINE with messenger.hotmail.com:1863");
        } else {
            drive_sign_out(d);
            expect_events(d, "WRITE OUT|", "CLOSE");
        }
        g_assert_cmpuint(msnp_ns_edits_waiting(d->ns), ==, 2);
        drive_done(d);
    }
}

/* Plays a server on which no group exists, whatever is made, until the edit ends. */
static void play_groupless(drive *d)
{
    for (unsigned id = 7; id < 100 && msnp_ns_edits_waiting(d->ns) > 0; id++) {
        const char *answer = "224 %u";
        if (strstr(d->events->str, "WRITE ADG") != NULL)
            answer = "ADG %u 28 x 9 0";
        else if (strstr(d->events->str, " AL ") != NULL)
            answer = strstr(d->events->str, "WRITE ADD") != NULL ? "ADD %u AL 28 x@x x"
                                                                 : "REM %u AL 28 x@x";
        else if (strstr(d->events->str, "WRITE RMG") != NULL)
            answer = "RMG %u 28 9";
        GString *line = g_string_new(NULL);
        g_string_append_len(line, answer, strcspn(answer, "%"));
        g_string_append_printf(line, "%u%s\r\n", id, strchr(answer, '%') + 2);
        drive_forget(d);
        drive_feed(d, line->str);
        g_string_free(line, TRUE);
    }
}

/* A server whose answers have no effect is not asked for ever. */
static void test_endless(void)
{
    /* Whatever group is made, it does not exist. */
    drive *d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)ADD("bob@x", "Two"));
    play_groupless(d);
    expect_events(d, "EDITED ADD bob@x ->Two malformed");
    g_assert_cmpuint(lines_sent(d, "ADG ") + lines_sent(d, " FL "), ==, 10);
    drive_forget(d);
    check_idle(d);
    drive_done(d);

    /* Also then what was begun is taken back. */
    d = session_online(LISTS);
    drive_edit(d, &(msnp_edit)ADD("dave@x", "New"));
    play_groupless(d);
    expect_events(d, "EDITED ADD dave@x ->New malformed");
    expect_contact(d, "dave@x", "dave@x \"Dave D\" R - FLN");
    drive_done(d);

    /* The group in which a contact was to stay goes as well. */
    d = session_online(LISTS_ANEW);
    drive_edit(d, &(msnp_edit)REMOVE("frank@x", "One"));
    drive_feed(d, "REM 7 FL 2 frank@x 1\r\n");
    for (unsigned id = 8; id < 100 && msnp_ns_edits_waiting(d->ns) > 0; id++) {
        char *answer = g_strdup_printf("224 %u\r\n", id);
        drive_feed(d, answer);
        g_free(answer);
    }
    drive_forget(d);
    g_assert_cmpuint(lines_sent(d, " FL "), <=, 4);
    g_assert_cmpuint(
        msnp_contact_n_groups(msnp_roster_find(msnp_ns_roster(d->ns), msnp_str_of("frank@x"))), ==,
        0);
    check_idle(d);
    drive_done(d);

    /* The roster is full: what the server did is not seen. */
    GString *lists = g_string_new(NULL);
    g_string_printf(lists, "SYN 5 27 %d 0\r\n", MSNP_CONTACTS_MAX);
    for (int i = 0; i < MSNP_CONTACTS_MAX; i++)
        g_string_append_printf(lists, "LST c%d@x C 1\r\n", i);
    d = session_online(lists->str);
    drive_edit(d, &(msnp_edit)ADD("new@x", NULL));
    for (unsigned id = 7; id < 100 && msnp_ns_edits_waiting(d->ns) > 0; id++) {
        char *answer = g_strdup_printf("ADD %u AL 28 new@x new@x\r\n", id);
        drive_feed(d, answer);
        g_free(answer);
    }
    g_assert_true(g_str_has_suffix(d->events->str, "EDITED ADD new@x malformed\n"));
    drive_forget(d);
    g_assert_cmpuint(lines_sent(d, "ADD "), <=, 10);
    drive_done(d);
    g_string_free(lists, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/edit/add", test_add);
    g_test_add_func("/edit/remove", test_remove);
    g_test_add_func("/edit/move", test_move);
    g_test_add_func("/edit/undo", test_undo);
    g_test_add_func("/edit/undo-unanswered", test_undo_unanswered);
    g_test_add_func("/edit/allow-and-block", test_allow_and_block);
    g_test_add_func("/edit/groups", test_groups);
    g_test_add_func("/edit/take-back", test_take_back);
    g_test_add_func("/edit/namesakes", test_namesakes);
    g_test_add_func("/edit/merge", test_merge);
    g_test_add_func("/edit/settings", test_settings);
    g_test_add_func("/edit/refused", test_refused);
    g_test_add_func("/edit/unanswered", test_unanswered);
    g_test_add_func("/edit/put-back", test_put_back);
    g_test_add_func("/edit/block-unanswered", test_block_unanswered);
    g_test_add_func("/edit/wrong-answers", test_wrong_answers);
    g_test_add_func("/edit/short-answers", test_short_answers);
    g_test_add_func("/edit/unsendable", test_unsendable);
    g_test_add_func("/edit/limits", test_limits);
    g_test_add_func("/edit/queue", test_queue);
    g_test_add_func("/edit/early", test_early);
    g_test_add_func("/edit/moved", test_moved);
    g_test_add_func("/edit/end", test_end);
    g_test_add_func("/edit/endless", test_endless);
    return g_test_run();
}
