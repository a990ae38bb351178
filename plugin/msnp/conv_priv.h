/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the conversations share: conversations.c (what comes from outside, the turn),
 * conv.c (each conversation), conv_send.c (messages on their way), conv_board.c (what the
 * switchboards say). Nobody else includes this.
 *
 * Lifetimes: a conversation or a switchboard that is over is marked (`over`) and cannot be found
 * any more, but it is valid until the end of the turn. There conv_turn() frees it, and nobody else
 * does. A turn is what one call from outside leads to: of an intent, of the clock, or of all that
 * came at once on a connection.
 */
#ifndef MSNP_CONV_PRIV_H
#define MSNP_CONV_PRIV_H

#include "clock.h"
#include "conversations.h"
#include "switchboard.h"

#define ATTEMPTS_MAX 2 /* to open a switchboard for the same messages */

typedef struct conv_board conv_board;

/* A conversation. One with a single person is over when nothing of it is under way. */
typedef struct {
    msnp_conversation_id id; /* `who` is owned */
    GQueue waiting;          /* conv_part *, oldest first */
    size_t n_sent;           /* parts that are not answered */
    conv_board *sender;      /* where those were sent; NULL if there are none */
    unsigned request;        /* the switchboard that was asked for, 0 for none */
    conv_board *opening;     /* the one that we are opening: nobody is there yet */
    conv_board *current;     /* of a chat: where it is held */
    unsigned attempts;
    GPtrArray *to_recall; /* of a chat, char *: who is to be called when a switchboard is there */
    bool inviting;        /* of a chat: it is to be opened although there is nothing to say */
    int64_t gathering;    /* of a chat: until when to wait for all whom we called, or MSNP_NEVER */
    int64_t patience;     /* of a chat: when that ends for what waits now, else MSNP_NEVER */
    bool thinned;         /* of a chat: somebody was reported to have left */
    bool closed;          /* the user has no window of it any more */
    bool woken;           /* it is in `woken` */
    bool over;
} conv;

/* A part of a message of ours. It is in `waiting` of its conversation, or in `sent` of a board. */
typedef struct {
    conv *of;
    uint32_t tag;
    unsigned message; /* parts of one message have the same number */
    bool nudge;
    char *text;
    msnp_format format;
} conv_part;

/* A switchboard. It is in `boards` until it is over: left, or failed. */
struct conv_board {
    msnp_conversations *all;
    msnp_switchboard *sb;
    char *session;     /* host, port and id, if we were rung */
    char *ringer;      /* and by whom */
    conv *chat;        /* the chat that is held here; NULL: it is no chat */
    conv *opener;      /* of whom it is the `opening` */
    char *who;         /* of no chat: who is there or is being called; NULL before anybody came */
    GQueue sent;       /* conv_part *, oldest first */
    uint64_t used;     /* the greater, the later somebody came in or said something */
    unsigned declined; /* invitations, in the minute that began then */
    int64_t declined_at;
    bool said;          /* something was, by whomever */
    int64_t typed;      /* when typing was last sent, MSNP_NEVER for not since the last message */
    unsigned chat_once; /* number of the chat, also after the end; 0 if it never was one */
    msnp_cause failed;  /* why; MSNP_OK if it did not fail */
    bool over;
};

struct msnp_conversations {
    msnp_net *net;
    const msnp_conversations_ops *ops;
    gpointer owner;
    char *account;
    GPtrArray *boards;    /* conv_board *, open or being opened */
    GHashTable *people;   /* account in lower case -> conv * */
    GHashTable *chats;    /* number -> conv * */
    GHashTable *requests; /* number -> conv * that waits for the answer */
    unsigned last_chat;
    unsigned last_request;
    unsigned last_message;
    uint32_t last_tag;
    uint64_t last_use;
    msnp_err ended; /* why; MSNP_OK before the end */

    /* What the turn is to do. */
    bool turning;
    GQueue failed; /* conv_board *: the end of these is to be handled */
    GQueue woken;  /* conv *: something went that they may have waited for */
    GQueue asking; /* requests that the owner did not hear of yet */
    GQueue left;   /* conv_board *, over, whose connection is to be closed */
    GPtrArray *over_boards;
    GPtrArray *over_convs;
};

/* conversations.c */
/*
 * The end of everything that comes from outside: does what may go on now, until nothing may, then
 * frees what is over. In the middle of a turn it does nothing.
 */
void conv_turn(msnp_conversations *all, int64_t now);

/* conv.c */
/* The conversation with this person; made if there is none and `make`. */
conv *conv_with(msnp_conversations *all, const char *who, bool make);
conv *conv_chat(const msnp_conversations *all, unsigned chat);
/* A new chat of the user's own, or one that others begin; NULL if there are too many. */
conv *conv_new_chat(msnp_conversations *all, bool own);
/* The conversation that waits for the answer to this request, which is over now; NULL for none. */
conv *conv_take_request(msnp_conversations *all, unsigned request);
/* Nobody finds it any more; the turn frees it. */
void conv_finish(msnp_conversations *all, conv *t);
/* It may go on: the turn will see. NULL is fine. */
void conv_wake(msnp_conversations *all, conv *t);
/* Of a GHashTable or an array of those that are over. */
void conv_free(gpointer data);
/* Who is to be called back into a chat. */
void conv_to_recall_add(conv *t, const char *who);
void conv_to_recall_remove(conv *t, const char *who);
bool conv_to_recall_has(const conv *t, const char *who);

/* conv_send.c */
/* Is there anything for which a switchboard is needed? */
bool conv_wants_board(const conv *t);
/* Goes on: sends what waits, asks for a switchboard if there is none, ends what is finished. */
void conv_run(msnp_conversations *all, conv *t, int64_t now);
/* An attempt to open a switchboard failed: another one, or the end of what waits. */
void conv_not_opened(msnp_conversations *all, conv *t, msnp_cause cause, int64_t now);
/* No other attempt: what waits is reported, and who was to be called. */
void conv_give_up(msnp_conversations *all, conv *t, msnp_cause cause, int64_t now);
/* A message was answered. */
void conv_answered(conv_board *b, uint32_t tag, msnp_cause cause, int64_t now);
/* Reports what was sent here and not answered: it may have arrived. */
void conv_lose_sent(conv_board *b, msnp_cause cause);
/* The same, of what was for this person alone, who left. */
void conv_lose_sent_to(conv_board *b, const char *who);
/* Reports these parts, and frees them; the queue is empty then. */
void conv_report(msnp_conversations *all, GQueue *parts, msnp_cause cause, bool maybe);
void conv_part_free(gpointer part);
/* Reports somebody who was invited into a chat and does not come. */
void conv_report_call_failed(msnp_conversations *all, const conv *chat, const char *account,
                             msnp_cause cause);

/* Calls those who are missing in a chat. */
void conv_call_back(conv *t, conv_board *b, int64_t now);
/* What is to be said waits for them, for a while. */
void conv_gather(conv *t, const conv_board *b, int64_t now);
/* Does not wait any longer if nobody is being called any more. */
void conv_gathered(conv *t, const conv_board *b);
/* Looks whether chats have waited long enough, and when that will be. */
void conv_expire(msnp_conversations *all, int64_t now);
int64_t conv_next_expiry(const msnp_conversations *all);

/* conv_board.c */
/* Opens a switchboard for this conversation (NULL: for whoever is there). */
conv_board *conv_board_open(msnp_conversations *all, const msnp_switchboard_config *config,
                            conv *opener, int64_t now);
/* What tells a session that we are rung into from all others; the caller frees it. */
char *conv_board_session(const msnp_switchboard_config *config);
/* The conversation that is held here; NULL if nothing of one is under way. */
conv *conv_board_conv(const conv_board *b);
/* Is it open, with somebody in it? */
bool conv_board_is_usable(const conv_board *b);
/* Leaves it, for whatever reason: it is over. What is unanswered is reported as `err`. */
void conv_board_leave(conv_board *b, msnp_err err);
/* The end of one that failed. */
void conv_board_failed(conv_board *b, int64_t now);
/* The open switchboard with this person and nobody else in which something last happened. */
conv_board *conv_board_with(const msnp_conversations *all, const char *who);
/* Is it open, and is this person there, and nobody else? */
bool conv_board_is_with(const conv_board *b, const char *who);
/* It becomes this chat: reports everybody in it. */
void conv_board_become_chat(conv_board *b, conv *chat, int64_t now);
/* Says goodbye to those that were left. */
void conv_board_close_left(msnp_conversations *all);
void conv_board_free(gpointer data);

#endif
