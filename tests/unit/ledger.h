/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The books of the delivery test: each word of each message, when it was written to a switchboard,
 * who received it, and whether the sender was told that it did not arrive. What breaks the promise
 * ends the program, with the history of the run.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define LEDGER_PEOPLE 6
#define LEDGER_WORDS  2000 /* words in a message, at most */

/* A conversation of somebody. */
typedef struct {
    unsigned owner;
    unsigned epoch; /* in which session of the owner; a chat ends with it */
    unsigned chat;  /* 0: with one person */
    unsigned who;   /* which */
} ledger_conversation;

typedef struct {
    unsigned written; /* words, as the rest */
    unsigned received;
    unsigned strays; /* received by somebody whom the sender could not know to be there */
    unsigned told;
    unsigned maybe;
    unsigned nudges;
} ledger_sums;

typedef struct ledger ledger;

ledger *ledger_new(const char *title);
void ledger_free(ledger *book);

/* A line of the history. */
void ledger_note(ledger *book, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Something is wrong. */
void ledger_broken(ledger *book, const char *format, ...) G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN;

/* A new message: its text, borrowed. It is forgotten again by ledger_not_taken(). */
const char *ledger_compose(ledger *book, ledger_conversation conversation, unsigned words);
void ledger_not_taken(ledger *book);
void ledger_nudge(ledger *book, ledger_conversation conversation);

/*
 * It (a part of it; NULL: a nudge) is written to a switchboard; returns to whom it is. `present`
 * has the people of whom the owner knows that they are there, as bits: one of these sets must be
 * the audience.
 */
ledger_conversation ledger_written(ledger *book, unsigned owner, const char *text,
                                   const uint32_t *present, unsigned n);
/* Somebody received what ledger_written() was called with. */
void ledger_received(ledger *book, ledger_conversation conversation, const char *text, unsigned by);
/* The owner was told that it did not arrive, or may not have. */
void ledger_told(ledger *book, ledger_conversation conversation, const char *text, bool maybe);

/* Who is in a chat, as the owner was told. */
void ledger_chat(ledger *book, ledger_conversation conversation);
void ledger_joined(ledger *book, ledger_conversation conversation, unsigned who);
void ledger_left(ledger *book, ledger_conversation conversation, unsigned who);

/* At the end: nothing disappeared. */
void ledger_check(ledger *book);
const ledger_sums *ledger_sum(const ledger *book);

#endif
