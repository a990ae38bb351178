/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives a session, or one of its parts, as an adapter does, for unit tests, transcripts and
 * fuzzers: whatever goes in, all that is said is heard at once, looked at and written down. What
 * none of them may ever do, whoever drives them, is checked here; drive_fault() then says what it
 * was.
 */
#ifndef DRIVE_H
#define DRIVE_H

#include "conversations.h"
#include "heard.h"
#include "passport.h"

/* When it begins; not 0, so that a forgotten `now` shows. */
#define DRIVE_BEGIN ((int64_t)100000)

/* What is driven, and who of a session said something. */
typedef enum {
    DRIVE_NS,
    DRIVE_PASSPORT,
    DRIVE_SWITCHBOARD,
    DRIVE_CONVERSATIONS, /* with the transfers of files */
    DRIVE_FILES,         /* connections of these, and ports; never driven alone */
    DRIVE_SESSION,
    DRIVE_N_PARTS
} drive_part;

/* "ns", "passport", "switchboard", "conversations", "session". */
const char *drive_part_name(drive_part part);
/* The part of this name, DRIVE_N_PARTS if there is none. */
drive_part drive_part_of(const char *name);

/* Everything is borrowed for the life of the drive. */
typedef struct {
    drive_part part;
    const char *account;
    const char *password;
    const char *host;
    unsigned port;
    msnp_status status;
    const char *challenge; /* of Passport: there from the beginning; NULL: not yet */
    const char *nexus_url;
    const char *login_url;
    const char *known_login; /* what the nexus named some time ago, or NULL */
    /*
     * Of a session; and of conversations, whose switchboards then are heard of twice: as if they
     * were connected directly, and in the requests to the gateway.
     */
    msnp_method method;
    const char *gateway_url;
    bool known_gateway; /* it was the way some time ago */
    const char *cookie;
    const char *session; /* a switchboard that we were rung for; else NULL */
    bool pipelining;
    bool files_through_service; /* default: not, so that CHG announces nothing */
    bool p2p;    /* of conversations: what comes by MSNP2P is heard as it is, and nothing is done */
    bool steps;  /* STEP events are written down */
    bool traces; /* and so are TRACE events */
    /*
     * All that hostile peers may say, and settings; then `ptr` is not NULL. What is in it is no
     * secret: they may repeat it wherever they like. Nor is what they say later.
     */
    msnp_str hostile;
    /* Is told what is heard, before it is written down; NULL for nobody. */
    void (*hear)(gpointer data, const heard *what);
    gpointer data;
} drive_config;

/* Something that came out. */
typedef struct {
    drive_part side; /* whose connection it is about; DRIVE_SESSION: of none in particular */
    unsigned conn;   /* bytes of a part with several connections: which; else 0 */
    bool bytes;      /* bytes for the connection, else something that was said */
    GString *text;
} drive_output;

typedef struct drive drive;

/* Makes it, and starts it. Never NULL. */
drive *drive_new(const drive_config *config);
void drive_free(drive *d);

/* The machines, for those who call them directly and then drive_settle(); NULL for those not there.
 */
msnp_ns *drive_ns(drive *d);
msnp_passport *drive_passport(drive *d);
msnp_switchboard *drive_switchboard(drive *d);
msnp_conversations *drive_conversations(drive *d);
msnp_session *drive_session(drive *d);
int64_t drive_now(const drive *d);
/* Hears all that was said since, and looks at what is so now. */
void drive_settle(drive *d);

/*
 * What happens on connections. `conn` 0: the one that this side opened last. Bytes for one that is
 * not open are dropped.
 */
void drive_connected(drive *d, drive_part side, unsigned conn);
void drive_connect_failed(drive *d, drive_part side, unsigned conn);
/* The same, for a reason. */
void drive_connect_failed_by(drive *d, drive_part side, unsigned conn,
                             const msnp_connect_error *why);
/* What was asked for leads to an HTTP proxy. */
void drive_proxied(drive *d, drive_part side, unsigned conn, const char *authorization);
void drive_feed(drive *d, drive_part side, unsigned conn, const void *data, size_t len);
void drive_closed(drive *d, drive_part side, unsigned conn);
bool drive_is_open(const drive *d, drive_part side, unsigned conn);
/* Is it asked for, and does not stand yet? */
bool drive_is_asked(const drive *d, drive_part side, unsigned conn);
/* Who is at the other end; DRIVE_SESSION if there never was such a connection. */
drive_part drive_side_of(const drive *d, unsigned conn);
/* How many connections are open, or being opened. */
size_t drive_n_conns(const drive *d);

/*
 * The clock advances. Ticks come whenever they were asked for; if it jumps, as when the computer
 * slept, only at the end.
 */
void drive_advance(drive *d, int64_t ms, bool jump);
int64_t drive_deadline(const drive *d);

/* The text of a DO: line. */
void drive_do(drive *d, drive_part side, const char *what);
/* An edit is asked for. */
void drive_edit(drive *d, const msnp_edit *edit);
/* A text is said: what is not delivered of it is reported with a part of it. */
msnp_err drive_say(drive *d, msnp_conversation_id where, const char *text,
                   const msnp_format *format);
/* The same for a nudge. */
msnp_err drive_nudge(drive *d, const char *who);
/* The user sends a text to somebody's mobile phone. */
msnp_err drive_page(drive *d, const char *who, const char *text);
/* The user types, begins a chat with one person (and `also`, if not NULL), invites, or leaves. */
void drive_type(drive *d, const char *who);
void drive_chat(drive *d, const char *who, const char *also);
void drive_invite(drive *d, unsigned chat, const char *who);
void drive_leave(drive *d, msnp_conversation_id where);
/*
 * Conversations carry a message of MSNP2P, and its result is heard, unless `reference` is 0. What
 * each one that comes is answered with, if such are heard; NULL for nothing.
 */
void drive_carry(drive *d, const char *who, unsigned reference, msnp_str payload);
void drive_answer_p2p(drive *d, const char *payload);
/* The session that the conversations, and transfers, belong to ends. */
void drive_end_conversations(drive *d, msnp_err err);
/* Files: as the functions of session.h. `put` makes up the bytes. */
unsigned drive_file_send(drive *d, const char *who, const char *name, uint64_t size, msnp_err *err);
void drive_file_accept(drive *d, unsigned number);
void drive_file_decline(drive *d, unsigned number);
void drive_file_put(drive *d, unsigned number, size_t len);
void drive_file_stored(drive *d, unsigned number);
void drive_file_cancel(drive *d, unsigned number, msnp_file_end why);
/* The bytes that it waits for. */
size_t drive_file_wanted(const drive *d, unsigned number);
/* How many transfers have no result. */
size_t drive_files_pending(const drive *d);
/* The end of this name, MSNP_N_FILE_ENDS if there is none. */
msnp_file_end drive_file_end_of(const char *name);
/* What happens on ports, and connections of files. */
void drive_listening(drive *d, unsigned conn, const msnp_port *port);
/* Somebody connects; returns the number, 0 if that is not wanted. */
unsigned drive_knock(drive *d, unsigned listener);
void drive_drained(drive *d, unsigned conn);
void drive_broke(drive *d, unsigned conn);
/* Passport is given what it needs for a ticket. */
void drive_sign_in(drive *d, const char *account, const char *challenge);

/*
 * What is so now of that which the text of a ROSTER: or STATE: line begins with; NULL if that is
 * nothing. The caller frees it.
 */
char *drive_state(const drive *d, const char *what);
/* All of the roster, to compare one run with another; the caller frees it. */
char *drive_whole_state(const drive *d);
/* The name of the state that this side is in; "" if it does not exist. */
const char *drive_step(const drive *d, drive_part side);
/* Did it fail, was it left or signed out? */
bool drive_is_over(const drive *d);

/* The oldest output that is not dropped yet, NULL if there is none. */
drive_output *drive_output_first(const drive *d);
/* The output that must come now if it is to be from there; NULL if there is none. */
drive_output *drive_output_from(const drive *d, drive_part side, unsigned conn, bool bytes);
void drive_output_drop(drive *d, drive_output *out);
/*
 * All of it as text, one below the other, and forgotten: "C <bytes>" ("C2 <bytes>" on the second of
 * several connections) or "EV <event>". The caller frees it.
 */
char *drive_take_all(drive *d);

/* No trace may show this any more, nor may one have shown it before. */
void drive_secret(drive *d, const char *text);
/* What went wrong whatever was done, NULL for nothing. */
const char *drive_fault(const drive *d);

#endif
