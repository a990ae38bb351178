/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A notification session as the fuzz entries drive it: whatever goes in, all events are taken out
 * at once and looked at, and so is the roster.
 */
#ifndef SESSION_H
#define SESSION_H

#include "fuzz.h"

/* A ticket, which no trace may show. */
extern const char session_ticket[];

/* What a server says in a sign-in; the answers of the client are in between. */
#define SESSION_SIGN_IN 6
extern const char *const session_sign_in[SESSION_SIGN_IN];
#define SESSION_UP_TO_CHALLENGE 3
#define SESSION_UP_TO_LISTS     4

typedef struct {
    msnp_ns *machine;
    fuzz_watch watch;
    int64_t now;
    size_t edits;         /* that have no result yet */
    GHashTable *requests; /* numbers of switchboards that were asked for, and not answered yet */
    unsigned last_request;
    GString *asked;  /* the last command that waits for an answer, without its CR LF */
    bool pipelining; /* commands of a sign-in may be sent before their turn */
    unsigned begun;  /* how many of them were sent on this connection */
    uint32_t last;   /* id of the last command there */
    unsigned again;  /* how often a server was connected to anew without having said anything */
} fuzz_session;

/* Makes the machine and starts it. */
void session_begin(fuzz_session *session, const msnp_ns_config *config, const fuzz_input *input);
void session_end(fuzz_session *session);

void session_connected(fuzz_session *session);
/* `len` 0 means that the peer closes. */
void session_feed(fuzz_session *session, const void *data, size_t len);
void session_give_ticket(fuzz_session *session, const char *text);
void session_set_status(fuzz_session *session, msnp_status status);
/* Asks for a switchboard. */
void session_ask(fuzz_session *session);
void session_edit(fuzz_session *session, const msnp_edit *edit);
void session_tick(fuzz_session *session, int64_t ms);
void session_sign_out(fuzz_session *session);

/* The peer's side of a new connection: the first `lines` of the sign-in, and the ticket. */
void session_dialogue(fuzz_session *session, unsigned lines);

#endif
