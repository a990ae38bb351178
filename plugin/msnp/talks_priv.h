/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the conversations share: talks.c (what the user does), talks_send.c (messages
 * on their way), talks_wire.c (what the switchboards say). Nobody else includes this.
 */
#ifndef MSNP_TALKS_PRIV_H
#define MSNP_TALKS_PRIV_H

#include "clock.h"
#include "sb.h"
#include "talks.h"

#define ATTEMPTS_MAX 2 /* to open a switchboard for the same messages */

/* A switchboard. It is in `wires` until it is left, or fails. */
typedef struct wire wire;

/* A conversation. One with a single person is forgotten when nothing of it is under way. */
typedef struct {
    msnp_place place; /* `who` is owned */
    GQueue waiting;   /* talk_part *, oldest first */
    size_t n_sent;    /* parts that are not answered */
    wire *sender;     /* where those were sent */
    unsigned request; /* the switchboard that was asked for, 0 for none */
    wire *opening;    /* the one that we are opening: nobody is there yet */
    wire *current;    /* of a chat: where it is held */
    unsigned attempts;
    GPtrArray *absent; /* of a chat, char *: who is to be called when a switchboard is there */
    bool inviting;     /* of a chat: it is to be opened although there is nothing to say */
    int64_t gathering; /* of a chat: until when to wait for all whom we called, else MSNP_NEVER */
    int64_t patience;  /* of a chat: when that ends for what waits now, else MSNP_NEVER */
    bool thinned;      /* of a chat: somebody was told to have left */
    bool closed;       /* the user has no window of it any more */
} talk;

/* A part of a message of ours. */
typedef struct {
    talk *of;
    uint32_t tag;
    unsigned message; /* parts of one message have the same number */
    bool nudge;
    char *text;
    msnp_format format;
} talk_part;

struct wire {
    unsigned number;
    msnp_sb *sb;
    char *session;     /* host, port and id, if we were rung */
    char *ringer;      /* and by whom */
    talk *chat;        /* the chat that is held here; NULL: it is no chat */
    char *who;         /* of no chat: who is there or is being called; NULL before anybody came */
    GQueue sent;       /* talk_part *, oldest first */
    uint64_t used;     /* the greater, the later somebody came in or said something */
    unsigned declined; /* invitations, in the minute that began then */
    int64_t declined_at;
    bool said;      /* something was, by whomever */
    int64_t typed;  /* when typing was last told, MSNP_NEVER for not since the last message */
    unsigned place; /* number of the chat, 0 if it never was one */
    bool dirty;     /* it is in `dirty` */
};

struct msnp_talks {
    msnp_event_queue events;
    bool trace;
    char *account;
    GPtrArray *wires;   /* wire *; owned by it, or by `dirty` when they are over */
    GQueue dirty;       /* wire *: their machines may have events */
    GHashTable *people; /* account in lower case -> talk * */
    GHashTable *chats;  /* number -> talk * */
    unsigned last_wire;
    unsigned last_chat;
    unsigned last_request;
    unsigned last_message;
    uint32_t last_tag;
    uint64_t last_use;
    bool rerun; /* a switchboard went: talks may wait for another one */
};

/* Queues a copy of the event. */
void talks_push(msnp_talks *talks, msnp_event event);

/* talks.c */
/* The talk with this person; made if there is none and `make`. */
talk *talks_with(msnp_talks *talks, const char *who, bool make);
/* A new chat of the user's own, or one that others begin; NULL if there are too many. */
talk *talks_new_chat(msnp_talks *talks, bool own);
/* Remembers whom to call, and forgets it. */
void talk_miss(talk *t, const char *who);
void talk_found(talk *t, const char *who);
bool talk_misses(const talk *t, const char *who);

/* talks_send.c */
/* Is there anything for which a switchboard is needed? */
bool talk_wants_wire(const talk *t);
/* Goes on: sends what waits, opens a switchboard if there is none, forgets what is finished. */
void talk_run(msnp_talks *talks, talk *t, int64_t now);
/* An attempt to open a switchboard failed: another one, or the end of what waits. */
void talk_not_opened(msnp_talks *talks, talk *t, msnp_err err, unsigned number, int64_t now);
/* No other attempt: what waits is told, and who was to be called. */
void talk_give_up(msnp_talks *talks, talk *t, msnp_err err, unsigned number, int64_t now);
/* A message was answered. */
void wire_answered(msnp_talks *talks, wire *w, uint32_t tag, msnp_err err, unsigned number,
                   int64_t now);
/* What was sent here and not answered is told: it may have arrived. */
void wire_lose_sent(msnp_talks *talks, wire *w, msnp_err err, unsigned number);
/* The same, of what was for this person alone, who left. */
void wire_lose_sent_to(msnp_talks *talks, wire *w, const char *who);
/* Tells of these parts, and frees them; the queue is empty then. */
void talks_tell(msnp_talks *talks, GQueue *parts, msnp_err err, unsigned number, bool maybe);
void talk_part_free(gpointer part);
/* Tells of somebody who was invited into a chat and does not come. */
void talk_tell_call_failed(msnp_talks *talks, const talk *chat, const char *account, msnp_err err,
                           unsigned number);

/* Calls those who are missing in a chat. */
void talk_call_back(talk *t, wire *w, int64_t now);
/* What is to be said waits for them, for a while. */
void talk_gather(talk *t, const wire *w, int64_t now);
/* Does not wait any longer if nobody is being called any more. */
void talk_gathered(talk *t, const wire *w);
/* Looks whether chats have waited long enough, and when that will be. */
void talks_expire(msnp_talks *talks, int64_t now);
int64_t talks_next_expiry(const msnp_talks *talks);

/* talks_wire.c */
/* Opens a switchboard for what it is to be: a chat, or one person (NULL: whoever is there). */
wire *wire_open(msnp_talks *talks, const msnp_sb_config *config, talk *chat, const char *who,
                int64_t now);
/* What tells a session that we are rung into from all others; the caller frees it. */
char *wire_session(const msnp_sb_config *config);
/* The talk that is held here; NULL if nothing of one is under way. */
talk *wire_talk(msnp_talks *talks, const wire *w);
/* Leaves it, for whatever reason; what is unanswered is told as `err`. */
void wire_leave(msnp_talks *talks, wire *w, msnp_err err);
/* The open switchboard with this person and nobody else in which something last happened. */
wire *wire_with(const msnp_talks *talks, const char *who);
/* Is it open, and is this person there, and nobody else? */
bool wire_is_with(const wire *w, const char *who);
/* The machine may have events. */
void wire_touch(msnp_talks *talks, wire *w);
/* It becomes this chat: tells of everybody in it. */
void wire_become_chat(msnp_talks *talks, wire *w, talk *chat, int64_t now);
/* Handles the events of all switchboards that have some. */
void talks_work(msnp_talks *talks, int64_t now);
void wire_free(gpointer data);

#endif
