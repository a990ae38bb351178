/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What conversations promise: a text is written at most once, and those of one conversation in
 * order; if it is not written, or what was written is not confirmed, that is reported once. The
 * same is true of messages of MSNP2P, which texts overtake.
 *
 * Each text has a number of its own in it, by which it is known again.
 */
#ifndef PROMISE_H
#define PROMISE_H

#include "fuzz.h"

#define PROMISE_TEXTS_MAX 4096
#define PROMISE_PEOPLE    6

/* Four that can be written to, of whom two are the same, and two that cannot. */
extern const char *const promise_people[PROMISE_PEOPLE];

typedef struct {
    GArray *texts;   /* promise_text; the number of a text is where it stands */
    GArray *sent;    /* promise_sent: messages that were written and not answered, oldest first */
    GArray *calls;   /* promise_sent: CAL that were written */
    unsigned nudges; /* at most so many can be reported */
    unsigned long_texts;
    unsigned chats; /* number of the last one */
    bool raw;       /* lines of any kind came: what was confirmed is not known any more */
} promise;

void promise_init(promise *p);
void promise_clear(promise *p);

/* Hears what is written on switchboards, and what is reported. */
void promise_hear(promise *p, const drive *d, const heard *what);

/*
 * What a user does in conversations: `s` says something to somebody, `S` in a chat, `L` something
 * very long, `N` nudges, `y` types, `C` carries a message of MSNP2P, `h` begins a chat, `i` invites
 * to one, `w` and `W` leave.
 */
void promise_act(promise *p, drive *d, uint8_t letter, fuzz_input *input);
/* A switchboard answers the oldest message (ACK, NAK), or call. */
void promise_answer(promise *p, drive *d, unsigned conn, const char *verb);
void promise_answer_call(promise *p, drive *d, unsigned conn, const char *error);

/* One of the people. */
const char *promise_person(fuzz_input *input);

/* When all is over: each text was confirmed, or reported. */
void promise_check(const promise *p);

#endif
