/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the conversations share: conversations.c (input and the turn), conv.c (each
 * conversation), conv_send.c (messages in transit), conv_board.c (events of switchboards),
 * conv_limits.c (how often others may do something). Nobody else includes this.
 *
 * Lifetimes: a conversation or switchboard that is over is marked (`over`) and can no longer be
 * found, but stays valid until the end of the turn, when conv_turn() frees it. Nobody else frees
 * one. A turn is everything that one call from outside causes: a user action, a tick, or the bytes
 * of one read.
 */
#ifndef MSNP_CONV_PRIV_H
#define MSNP_CONV_PRIV_H

#include "chunks.h"
#include "clock.h"
#include "conversations.h"
#include "pace.h"
#include "switchboard.h"

#define ATTEMPTS_MAX 2 /* to open a switchboard for the same messages */

typedef struct conv_board conv_board;

/* A conversation. One with a single person is over as soon as it has nothing to send. */
typedef struct {
    msnp_conversation_id id; /* `who` is owned */
    GQueue waiting;          /* conv_part *, oldest first */
    GQueue p2p;              /* the same, of MSNP2P: they let those pass */
    size_t n_sent;           /* parts not acknowledged yet */
    conv_board *sender;      /* the switchboard they were sent on; NULL if there are none */
    unsigned request;        /* the pending switchboard request, 0 for none */
    conv_board *opening;     /* being opened: nobody has joined yet */
    conv_board *current;     /* chat: its switchboard */
    unsigned attempts;
    GPtrArray *to_recall; /* chat: char *, who is to be called once there is a switchboard */
    bool inviting;        /* chat: open a switchboard although nothing is to be sent */
    int64_t gathering;    /* chat: until when to wait for calls, or MSNP_NEVER */
    int64_t patience;     /* chat: the latest time for messages waiting now, else MSNP_NEVER */
    bool thinned;         /* chat: somebody was reported to have left */
    bool own;             /* chat: the user began it */
    bool closed;          /* the user closed its window */
    bool woken;           /* it is queued in `woken` */
    bool over;
} conv;

/*
 * A part of an outgoing message: in `waiting` or `p2p` of its conversation, or in `sent` of a
 * switchboard.
 */
typedef struct {
    conv *of;
    uint32_t tag;
    unsigned message; /* parts of one message have the same number */
    bool nudge;
    char *text;
    msnp_format format;
    msnp_str payload;   /* of another part of the session, owned: then the text is "" */
    unsigned reference; /* the same */
    bool p2p;           /* the same: msnp_conversations_carry() */
    unsigned board;     /* the number of the switchboard on which it was sent */
} conv_part;

/* What became of something that another part of the session sent. */
typedef struct {
    bool p2p; /* for `carried`, else for `unsent` */
    unsigned reference;
    unsigned board;
    msnp_cause cause;
} conv_result;

/* Why switchboards with somebody stay open. */
typedef struct {
    unsigned n;  /* transfers */
    bool closed; /* the user closed the window: leave them afterwards */
} conv_hold;

/* A switchboard. It is in `boards` until it is over (left or failed). */
struct conv_board {
    msnp_conversations *all;
    unsigned number;
    msnp_switchboard *sb;
    char *session;      /* host, port and session id, if it came with RNG; else NULL */
    char *ringer;       /* who rang */
    bool contact;       /* who rang is a contact */
    conv *chat;         /* the chat on it; NULL if it is no chat */
    conv *opener;       /* the conversation whose `opening` it is */
    char *who;          /* if no chat: who is there or being called; NULL before anybody joined */
    char *speaker;      /* if no chat: who spoke first; NULL before that */
    GQueue sent;        /* conv_part *, oldest first */
    size_t window[2];   /* unanswered messages, also reported ones: of MSNP2P [1], all others [0] */
    msnp_chunks chunks; /* of messages that come in parts */
    uint64_t used;      /* grows whenever somebody joins or sends something */
    msnp_pace declines; /* of invitations */
    msnp_pace nudges;   /* that were shown */
    msnp_pace extras;   /* that were named */
    bool had_message;   /* a message was sent or received, not counting MSNP2P */
    int64_t typed; /* when we last sent a typing notice; MSNP_NEVER: not since our last message */
    unsigned chat_once; /* number of the chat, even after its end; 0 if it never was one */
    msnp_cause failed;  /* why it failed, or MSNP_OK */
    bool over;
};

/* What strangers, or all contacts, did of late. */
typedef struct {
    msnp_pace callers; /* people who began to ring */
    msnp_pace chats;
    msnp_pace pages; /* messages from mobile phones */
} conv_crowd;

struct msnp_conversations {
    msnp_net *net;
    const msnp_conversations_ops *ops;
    gpointer owner;
    char *account;
    GPtrArray *boards;    /* conv_board *, open or being opened */
    conv_board *latest;   /* of these, where somebody last joined or sent something, or NULL */
    conv_board *answers;  /* on which msnp_conversations_answer() sends; NULL outside of `p2p` */
    GHashTable *people;   /* account in lower case -> conv * */
    GHashTable *chats;    /* number -> conv * */
    GHashTable *requests; /* number -> conv * that waits for the reply */
    GHashTable *holds;    /* account in lower case -> conv_hold *; NULL at first */
    conv_crowd crowds[2]; /* strangers, contacts */
    GHashTable *paces;    /* conv_limits.c: what each person did of late; NULL at first */
    int64_t swept_at;     /* when it was last swept */
    unsigned last_chat;
    unsigned last_request;
    unsigned last_board;
    unsigned last_message;
    uint32_t last_tag;
    uint64_t last_use;
    msnp_err ended; /* why the session ended, or MSNP_OK */

    /* Work for the end of the turn. */
    bool turning;
    GQueue failed;  /* conv_board *, whose failure is to be handled */
    GQueue woken;   /* conv *, which may be able to go on */
    GQueue asking;  /* requests not passed to the owner yet */
    GQueue results; /* conv_result *, not reported to the owner yet */
    GQueue left;    /* conv_board *, over, to be closed */
    GPtrArray *over_boards;
    GPtrArray *over_convs;
};

/* conversations.c */
/*
 * Ends each call from outside: does the pending work until there is none, then frees what is over.
 * Does nothing in the middle of a turn.
 */
void conv_turn(msnp_conversations *all, int64_t now);
/* Reports the oldest result of what was passed or carried; false if there is none. */
bool conv_tell_result(msnp_conversations *all, int64_t now);
/* Lets the turn report a result to the owner, unless `reference` is 0. */
void conv_add_result(msnp_conversations *all, const conv_result *result);
/* What keeps the switchboards with this person open; NULL for nothing. */
conv_hold *conv_hold_of(const msnp_conversations *all, const char *who);
/* Something was said in it: its window is open, or opens again. */
void conv_reopen(msnp_conversations *all, msnp_conversation_id id);

/* conv.c */
/* The conversation with this person; if there is none, creates one if `make`, else NULL. */
conv *conv_with(msnp_conversations *all, const char *who, bool make);
conv *conv_chat(const msnp_conversations *all, unsigned chat);
/* A new chat. */
conv *conv_new_chat(msnp_conversations *all);
/* Is it a chat in which nobody is, nor comes? The user can still invite somebody. */
bool conv_is_dead(const conv *t);
/* Ends this request: the conversation that waited for its reply, or NULL. */
conv *conv_take_request(msnp_conversations *all, unsigned request);
/* Marks it as over: it can no longer be found, and the turn frees it. */
void conv_finish(msnp_conversations *all, conv *t);
/* Lets the turn run it again. NULL is fine. */
void conv_wake(msnp_conversations *all, conv *t);
/* A GDestroyNotify. */
void conv_free(gpointer data);
/* The people who are to be recalled into a chat. */
void conv_to_recall_add(conv *t, const char *who);
void conv_to_recall_remove(conv *t, const char *who);
bool conv_to_recall_has(const conv *t, const char *who);

/* conv_send.c */
/* Does anything wait to be sent? */
bool conv_is_waiting(const conv *t);
/* Does it need a switchboard? */
bool conv_wants_board(const conv *t);
/*
 * Sends waiting parts, requests a switchboard if there is none, ends it if nothing is left to do.
 */
void conv_run(msnp_conversations *all, conv *t, int64_t now);
/* An attempt to open a switchboard failed: tries once more, or gives up. */
void conv_not_opened(msnp_conversations *all, conv *t, msnp_cause cause, int64_t now);
/* Reports waiting parts as undelivered, and the people who were to be called. */
void conv_give_up(msnp_conversations *all, conv *t, msnp_cause cause, int64_t now);
/* A message was acknowledged, or failed. */
void conv_answered(conv_board *b, uint32_t tag, msnp_cause cause, int64_t now);
/* Reports what was sent on it and not acknowledged: it may have arrived. */
void conv_lose_sent(conv_board *b, msnp_cause cause);
/* The same for messages to this person alone, who has left. */
void conv_lose_sent_to(conv_board *b, const char *who);
/* Reports these parts as undelivered and frees them; empties the queue. */
void conv_report(msnp_conversations *all, GQueue *parts, msnp_cause cause, bool maybe);
void conv_part_free(gpointer part);
/* Reports that somebody who was invited into a chat did not join. */
void conv_report_call_failed(msnp_conversations *all, const conv *chat, const char *account,
                             msnp_cause cause);

/* Calls the people who are to be recalled into a chat. */
void conv_call_back(conv *t, conv_board *b, int64_t now);
/* Holds messages back until they have joined, for at most MSNP_CHAT_GATHER. */
void conv_gather(conv *t, const conv_board *b, int64_t now);
/* Stops waiting if no call is pending. */
void conv_gathered(conv *t, const conv_board *b);
/* Ends the waiting of chats whose time is up; the earliest such time, MSNP_NEVER for none. */
void conv_expire(msnp_conversations *all, int64_t now);
int64_t conv_next_expiry(const msnp_conversations *all);

/* conv_board.c */
/* Opens a switchboard for this conversation, or answers a call (NULL). */
conv_board *conv_board_open(msnp_conversations *all, const msnp_switchboard_config *config,
                            conv *opener, int64_t now);
/*
 * Identifies a switchboard session that RNG invites us into (host, port, id); the caller frees it.
 */
char *conv_board_session(const msnp_switchboard_config *config);
/* The conversation on it; NULL if there is none at the moment. */
conv *conv_board_conv(const conv_board *b);
/* Is it open, and is somebody in it? */
bool conv_board_is_usable(const conv_board *b);
/* Leaves it: it is over. Unacknowledged messages are reported with `err`. */
void conv_board_leave(conv_board *b, msnp_err err);
/* Handles the end of a switchboard that failed. */
void conv_board_failed(conv_board *b, int64_t now);
/* The most recently used open switchboard with only this person in it, or NULL. */
conv_board *conv_board_with(const msnp_conversations *all, const char *who);
/* Is it open, and is this person there, and nobody else? */
bool conv_board_is_with(const conv_board *b, const char *who);
/* Turns it into this chat, and reports everybody in it. */
void conv_board_become_chat(conv_board *b, conv *chat, int64_t now);
/* Closes the switchboards that were left. */
void conv_board_close_left(msnp_conversations *all);
/*
 * Reports the messages that are due, of this person or (NULL) of anybody; with MSNP_NEVER, those
 * that are not complete as well.
 */
void conv_board_hear(conv_board *b, const char *who, int64_t now);
void conv_board_free(gpointer data);

/* conv_limits.c */
/* May this call be answered? Then it is counted. `known`: this person does not begin to ring. */
bool conv_may_ring(msnp_conversations *all, const msnp_ring *ring, bool known, int64_t now);
/* This switchboard became a chat: whoever rang has begun one more. */
void conv_count_chat(const conv_board *b, int64_t now);
/* May a nudge of this person be shown? Then it is counted. */
bool conv_may_nudge(conv_board *b, const char *who, int64_t now);
/* The same for what is only named (MSNP_MESSAGE_EXTRA). */
bool conv_may_name(conv_board *b, const char *who, msnp_extra extra, int64_t now);
/* May the user be asked about a file that this person offers? Then it is counted. */
bool conv_may_offer(msnp_conversations *all, const char *who, int64_t now);
/* The same for a message from a mobile phone, of a contact or a stranger. */
bool conv_may_page(msnp_conversations *all, const char *who, bool contact, int64_t now);

#endif
