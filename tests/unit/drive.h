/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine with its events as text. After each call all events are taken out of it and checked
 * for what holds always: the step that was announced is the one that it is in, nothing follows the
 * end, a line of the trace is printable, and the machine does not ask to be woken in the past.
 *
 *   CONNECT host:port              CONNECT tls host:port
 *   WRITE bytes                    CR LF is shown as |
 *   CLOSE
 *   CHALLENGE text                 TICKET text
 *   LOGIN_SERVER url               LOGIN_SERVER none
 *   NO_PIPELINING
 *   SIGNED_IN handle "friendly"
 *   ONLINE NLN                     STATUS NLN
 *   STATUS_FAILED NLN 800
 *   ROSTER complete                ROSTER incomplete
 *   CONTACT account news...
 *   EDITED MOVE account One>Two server 224
 *   MOVED
 *   FAILED error at STEP with host:port 911 "text"
 *   SWITCHBOARD 7 host:port cookie
 *   NO_SWITCHBOARD 7 server 800
 *   RUNG session host:port cookie account "name"
 *
 * of a switchboard
 *
 *   SB_OPEN
 *   SB_JOINED account "name"
 *   SB_LEFT account                SB_LEFT account idle
 *   SB_CALL_FAILED account server 217
 *   SB_ANSWERED 7 ok
 *   SB_RECEIVED account "name" payload
 *
 * of conversations, where CONNECT, WRITE and CLOSE are followed by the number of the connection,
 * and a message of ours is shown as SAY 1 3 "text" (connection, transaction), NUDGE 1 3, TYPE 1,
 * DECLINE 1 why; a conversation is an account or #1:
 *
 *   ASK_SWITCHBOARD 1
 *   MESSAGE #1 account "name" TEXT "text"
 *   TYPING account account
 *   UNDELIVERED account "text" closed maybe
 *   CHAT_BEGUN #1 from account
 *   CHAT_JOINED #1 account "name" initial
 *   CHAT_LEFT #1 account lost
 *   CHAT_CALL_FAILED #1 account server 217
 *
 * A number is shown where the error has one, "-" for no group. Steps and trace are kept apart.
 */
#ifndef DRIVE_H
#define DRIVE_H

#include "conversations.h"
#include "msnp.h"
#include "ns.h"
#include "passport.h"
#include "switchboard.h"

/* When each test begins; any number will do. */
#define DRIVE_BEGIN ((int64_t)1000000)

typedef struct {
    msnp_ns *ns;
    msnp_passport *passport;
    msnp_net net; /* of these two */
    msnp_switchboard *sb;
    msnp_conversations *conversations; /* one of these */
    unsigned wire;                     /* of conversations: the connection that is spoken of */
    bool leaves;                       /* a switchboard is left when it reports a message */
    bool ends;                         /* conversations end when they ask for a switchboard */
    int64_t now;
    size_t piece;     /* how many bytes to feed at a time, 0 for all at once */
    bool over;        /* the last event that there may ever be was seen */
    msnp_err fed;     /* what feeding returned at last */
    GString *events;  /* since the last comparison */
    GString *steps;   /* the same */
    GString *written; /* all bytes, as they are */
    GString *traces;  /* all lines */
    GString *texts;   /* all texts of failures */
    msnp_step announced;
} drive;

drive *drive_ns(const msnp_ns_config *config);
/* The credentials are there before the start, or (NULL) come with drive_sign_in(). */
drive *drive_passport(const msnp_passport_config *config, const msnp_credentials *credentials);
drive *drive_sb(const msnp_switchboard_config *config);
drive *drive_conversations(const char *account);
/* Asserts silence, also after the end, and that no watched secret was left behind; frees it. */
void drive_done(drive *d);

void drive_start(drive *d);
void drive_connected(drive *d);
void drive_feed(drive *d, const char *text);
void drive_feed_bytes(drive *d, const void *data, size_t len);
void drive_closed(drive *d);
void drive_ticket(drive *d, const char *ticket);
void drive_sign_in(drive *d, const msnp_credentials *credentials);
/* The connection could not be made; does Passport have somewhere else to go? */
bool drive_connect_failed(drive *d);
void drive_set_status(drive *d, msnp_status status);
void drive_edit(drive *d, const msnp_edit *edit);
void drive_sign_out(drive *d);
void drive_ask(drive *d, unsigned request);
void drive_call(drive *d, const char *account);
bool drive_send(drive *d, uint32_t tag, const char *payload);
void drive_leave(drive *d);
/* What was done to the machine itself: takes its events. */
void drive_drain(drive *d);
/* Sets the time; the machine is not told. */
void drive_wait(drive *d, int64_t ms);
void drive_tick(drive *d);
/*
 * Lets time pass until the machine wants to be woken: `ms` from now, and not a moment earlier. It
 * must have something to do then.
 */
void drive_sleep(drive *d, int64_t ms);
int64_t drive_deadline(const drive *d);
msnp_step drive_step(const drive *d);

/* The events since the last comparison, all of them. */
#define expect_events(d, ...) drive_expect(G_STRLOC, d, (const char *const[]){__VA_ARGS__, NULL})
#define expect_silence(d)     drive_expect(G_STRLOC, d, (const char *const[]){NULL})
void drive_expect(const char *where, drive *d, const char *const *events);
/* The steps that were announced since the last comparison. */
#define expect_steps(d, text) drive_expect_steps(G_STRLOC, d, text)
void drive_expect_steps(const char *where, drive *d, const char *steps);
/*
 * The lists of a session, line by line:
 *
 *   A AL PHH "01 20234"            GTC, BLP, own phone numbers
 *   1 "Friends"                    a group
 *   bob@example.com "Bob" FAR 1,3 NLN MOB PHH "23 456"
 *
 * of a contact the name, the lists (of forward, allow, block, reverse), the groups, the presence
 * (with "?" if it was not mentioned since a move), whether it takes messages on a phone, numbers.
 */
#define expect_roster(d, ...) \
    drive_expect_roster(G_STRLOC, d, (const char *const[]){__VA_ARGS__, NULL})
void drive_expect_roster(const char *where, drive *d, const char *const *lines);
/* The line of one contact. */
#define expect_contact(d, account, line) drive_expect_contact(G_STRLOC, d, account, line)
void drive_expect_contact(const char *where, drive *d, const char *account, const char *line);
/* Forgets what there is to compare. */
void drive_forget(drive *d);

#endif
