/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the conversations share: all.c (what the user does), talks_send.c (messages
 * on their way), talks_wire.c (what the switchboards say). Nobody else includes this.
 */
#ifndef MSNP_CONVERSATIONS_PRIV_H
#define MSNP_CONVERSATIONS_PRIV_H

#include "clock.h"
#include "conversations.h"
#include "switchboard.h"

#define ATTEMPTS_MAX 2 /* to open a switchboard for the same messages */

/* A switchboard. It is in `wires` until it is left, or fails. */
typedef struct conv_board conv_board;

/* A conversation. One with a single person is forgotten when nothing of it is under way. */
typedef struct {
    msnp_conversation_id id; /* `who` is owned */
    GQueue waiting;          /* conv_part *, oldest first */
    size_t n_sent;           /* parts that are not answered */
    conv_board *sender;      /* where those were sent */
    unsigned request;        /* the switchboard that was asked for, 0 for none */
    conv_board *opening;     /* the one that we are opening: nobody is there yet */
    conv_board *current;     /* of a chat: where it is held */
    unsigned attempts;
    GPtrArray *to_recall; /* of a chat, char *: who is to be called when a switchboard is there */
    bool inviting;        /* of a chat: it is to be opened although there is nothing to say */
    int64_t gathering; /* of a chat: until when to wait for all whom we called, else MSNP_NEVER */
    int64_t patience;  /* of a chat: when that ends for what waits now, else MSNP_NEVER */
    bool thinned;      /* of a chat: somebody was told to have left */
    bool closed;       /* the user has no window of it any more */
} conv;

/* A part of a message of ours. */
typedef struct {
    conv *of;
    uint32_t tag;
    unsigned message; /* parts of one message have the same number */
    bool nudge;
    char *text;
    msnp_format format;
} conv_part;

struct conv_board {
    unsigned number;
    msnp_switchboard *sb;
    char *session;     /* host, port and id, if we were rung */
    char *ringer;      /* and by whom */
    conv *chat;        /* the chat that is held here; NULL: it is no chat */
    char *who;         /* of no chat: who is there or is being called; NULL before anybody came */
    GQueue sent;       /* conv_part *, oldest first */
    uint64_t used;     /* the greater, the later somebody came in or said something */
    unsigned declined; /* invitations, in the minute that began then */
    int64_t declined_at;
    bool said;     /* something was, by whomever */
    int64_t typed; /* when typing was last told, MSNP_NEVER for not since the last message */
    unsigned id;   /* number of the chat, 0 if it never was one */
    bool dirty;    /* it is in `dirty` */
};

struct msnp_conversations {
    msnp_event_queue events;
    bool trace;
    char *account;
    GPtrArray *boards;  /* conv_board *; owned by it, or by `dirty` when they are over */
    GQueue dirty;       /* conv_board *: their machines may have events */
    GHashTable *people; /* account in lower case -> conv * */
    GHashTable *chats;  /* number -> conv * */
    unsigned last_board;
    unsigned last_chat;
    unsigned last_request;
    unsigned last_message;
    uint32_t last_tag;
    uint64_t last_use;
    bool rerun; /* a switchboard went: all may wait for another one */
};

/* Queues a copy of the event. */
void conv_push(msnp_conversations *all, msnp_event event);

/* talks.c */
/* The talk with this person; made if there is none and `make`. */
conv *conv_with(msnp_conversations *all, const char *who, bool make);
/* A new chat of the user's own, or one that others begin; NULL if there are too many. */
conv *conv_new_chat(msnp_conversations *all, bool own);
/* Remembers whom to call, and forgets it. */
void conv_to_recall_add(conv *t, const char *who);
void conv_to_recall_remove(conv *t, const char *who);
bool conv_to_recall_has(const conv *t, const char *who);

/* talks_send.c */
/* Is there anything for which a switchboard is needed? */
bool conv_wants_board(const conv *t);
/* Goes on: sends what waits, opens a switchboard if there is none, forgets what is finished. */
void conv_run(msnp_conversations *all, conv *t, int64_t now);
/* An attempt to open a switchboard failed: another one, or the end of what waits. */
void conv_not_opened(msnp_conversations *all, conv *t, msnp_err err, unsigned number, int64_t now);
/* No other attempt: what waits is told, and who was to be called. */
void conv_give_up(msnp_conversations *all, conv *t, msnp_err err, unsigned number, int64_t now);
/* A message was answered. */
void conv_board_answered(msnp_conversations *all, conv_board *w, uint32_t tag, msnp_err err,
                         unsigned number, int64_t now);
/* What was sent here and not answered is told: it may have arrived. */
void conv_board_lose_sent(msnp_conversations *all, conv_board *w, msnp_err err, unsigned number);
/* The same, of what was for this person alone, who left. */
void conv_board_lose_sent_to(msnp_conversations *all, conv_board *w, const char *who);
/* Tells of these parts, and frees them; the queue is empty then. */
void conv_report(msnp_conversations *all, GQueue *parts, msnp_err err, unsigned number, bool maybe);
void conv_part_free(gpointer part);
/* Tells of somebody who was invited into a chat and does not come. */
void conv_report_call_failed(msnp_conversations *all, const conv *chat, const char *account,
                             msnp_err err, unsigned number);

/* Calls those who are missing in a chat. */
void conv_call_back(conv *t, conv_board *w, int64_t now);
/* What is to be said waits for them, for a while. */
void conv_gather(conv *t, const conv_board *w, int64_t now);
/* Does not wait any longer if nobody is being called any more. */
void conv_gathered(conv *t, const conv_board *w);
/* Looks whether chats have waited long enough, and when that will be. */
void conv_expire(msnp_conversations *all, int64_t now);
int64_t conv_next_expiry(const msnp_conversations *all);

/* talks_wire.c */
/* Opens a switchboard for what it is to be: a chat, or one person (NULL: whoever is there). */
conv_board *conv_board_open(msnp_conversations *all, const msnp_switchboard_config *config,
                            conv *chat, const char *who, int64_t now);
/* What tells a session that we are rung into from all others; the caller frees it. */
char *conv_board_session(const msnp_switchboard_config *config);
/* The talk that is held here; NULL if nothing of one is under way. */
conv *conv_board_conv(msnp_conversations *all, const conv_board *w);
/* Leaves it, for whatever reason; what is unanswered is told as `err`. */
void conv_board_leave(msnp_conversations *all, conv_board *w, msnp_err err);
/* The open switchboard with this person and nobody else in which something last happened. */
conv_board *conv_board_with(const msnp_conversations *all, const char *who);
/* Is it open, and is this person there, and nobody else? */
bool conv_board_is_with(const conv_board *w, const char *who);
/* The machine may have events. */
void conv_board_touch(msnp_conversations *all, conv_board *w);
/* It becomes this chat: tells of everybody in it. */
void conv_board_become_chat(msnp_conversations *all, conv_board *w, conv *chat, int64_t now);
/* Handles the events of all switchboards that have some. */
void conv_work(msnp_conversations *all, int64_t now);
void conv_board_free(gpointer data);

#endif
