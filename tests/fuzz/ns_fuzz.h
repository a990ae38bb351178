/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A notification session as the fuzz entries drive it: what holds of its sign-in, its requests for
 * switchboards, and of how much it says.
 */
#ifndef NS_FUZZ_H
#define NS_FUZZ_H

#include "fuzz.h"

/* What a server says in a sign-in; the answers of the client are in between. */
#define NS_FUZZ_SIGN_IN         6
#define NS_FUZZ_UP_TO_CHALLENGE 3
#define NS_FUZZ_UP_TO_LISTS     4

/* Settings that work. */
extern const drive_config ns_fuzz_config;
/* A ticket, which no trace may show. */
extern const char ns_fuzz_ticket[];

typedef struct {
    drive *drive;         /* NULL until it has begun */
    size_t events;        /* since the last look */
    size_t edited;        /* of these, the ends of edits */
    GHashTable *requests; /* numbers of switchboards that were asked for, and not answered yet */
    unsigned last_request;
    GString *asked;  /* the last command that waits for an answer, without its CR LF */
    bool pipelining; /* commands of a sign-in may be sent before their turn */
    unsigned begun;  /* how many of them were sent on this connection */
    uint32_t last;   /* id of the last command there */
    unsigned connects;
    unsigned again; /* how often a server was connected to anew without having said anything */
} ns_fuzz;

/* Makes the machine and starts it. The fuzz stays where it is. */
void ns_fuzz_begin(ns_fuzz *fuzz, const drive_config *config, const fuzz_input *input);
void ns_fuzz_end(ns_fuzz *fuzz);

void ns_fuzz_connected(ns_fuzz *fuzz);
void ns_fuzz_feed(ns_fuzz *fuzz, msnp_str bytes);
/* The peer closes, or could not be reached. */
void ns_fuzz_closed(ns_fuzz *fuzz);
void ns_fuzz_give_ticket(ns_fuzz *fuzz, const char *text);
void ns_fuzz_set_status(ns_fuzz *fuzz, msnp_status status);
/* Asks for a switchboard. */
void ns_fuzz_ask(ns_fuzz *fuzz);
void ns_fuzz_edit(ns_fuzz *fuzz, const msnp_edit *edit);
void ns_fuzz_tick(ns_fuzz *fuzz, int64_t ms);
/* Does it wait before it connects to the next server? */
bool ns_fuzz_waits(const ns_fuzz *fuzz);
/* A server that says nothing more is noticed at the latest by the ping. */
void ns_fuzz_run_out(ns_fuzz *fuzz);

/* The peer's side of a new connection: the first `lines` of the sign-in, and the ticket. */
void ns_fuzz_dialogue(ns_fuzz *fuzz, unsigned lines);

/*
 * What a server says that does what this command asks for, with the line end; NULL for nothing.
 * `number` is that of a new group. The caller frees it.
 */
char *ns_fuzz_answer(const char *command, const char *number);

#endif
