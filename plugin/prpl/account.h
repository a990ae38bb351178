/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One object per PurpleConnection: its session, the links that the session requested, its timers.
 */
#ifndef PRPL_ACCOUNT_H
#define PRPL_ACCOUNT_H

#include "errors.h"
#include "link.h"
#include "settings.h"

/*
 * Events, and the buddy list, may each keep the main loop busy for at most ten milliseconds at a
 * time, and half of that if there is work for both. Then comes a pause (milliseconds), in which a
 * graphical client can redraw. Connections that send data during the pause are not read until the
 * events are handled.
 */
#define PRPL_TURN_PAUSE 1
/* How long a turn may take (microseconds), if there is other work as well or not. */
gint64 prpl_turn_time(bool shared);

typedef struct prpl_account prpl_account;
struct prpl_authorize;   /* authorize.c */
struct prpl_blist;       /* blist.c */
struct prpl_chats;       /* chats.c */
struct prpl_edits;       /* edits.c */
struct prpl_mail;        /* mail.c */
struct prpl_privacy;     /* privacy.c */
struct prpl_profile;     /* profile.c */
struct prpl_transfers;   /* transfers.c */
struct prpl_undelivered; /* undelivered.c */

/* Callbacks into the layers above, so that this file need not include them. */
typedef struct {
    void (*pump)(prpl_account *self);     /* the session may have events */
    void (*farewell)(prpl_account *self); /* the session is over: handle its last events */
    void (*destroy)(prpl_account *self);  /* the object is no longer in use */
} prpl_account_ops;

struct prpl_account {
    PurpleConnection *gc; /* valid until closed */
    PurpleAccount *account;
    prpl_settings *settings;
    unsigned refs;
    bool starting; /* libpurple is restoring state; its calls are not user actions */
    bool closed;   /* libpurple closed the connection: do not touch `gc` */
    bool finished; /* an error was reported */
    bool ending;   /* the user signs out, or the connection closes: send nothing more */

    msnp_session *session;
    GHashTable *conns; /* number -> prpl_conn *: connections and ports that the session wants */
    char *proxy;       /* that of the latest one, see prpl_link_proxy(); NULL: none */

    /* Per-feature state. */
    struct prpl_blist *blist;
    struct prpl_authorize *authorize;
    struct prpl_mail *mail;
    struct prpl_privacy *privacy;
    struct prpl_profile *profile;
    struct prpl_chats *chats;
    struct prpl_edits *edits;
    struct prpl_transfers *transfers;
    struct prpl_undelivered *undelivered;

    const prpl_account_ops *ops;
    msnp_step progress; /* the furthest step told */
    unsigned busy;      /* see prpl_account_enter() */
    bool pausing;       /* reading from some connection is paused */
    bool again;         /* more events may have arrived meanwhile */
    bool due;           /* a tick is due */
    unsigned unsent;    /* the connection with unflushed bytes, 0 for none */
    guint timer;
    int64_t timer_at; /* when it fires */
    bool late;        /* it fired too late, and was started once more */
    guint soon;       /* the timer of prpl_account_pump_soon() */
    guint backlog;    /* the timer that continues with the events */
};

/* Creates the object and attaches it to the connection of this account. Borrows `ops`. */
prpl_account *prpl_account_new(PurpleAccount *account, const prpl_account_ops *ops);
/* The object of a connection; NULL if it has none, or no longer. */
prpl_account *prpl_account_of(PurpleConnection *gc);
/* Starts to sign in, from a timer. Borrows `cache`; chats are numbered from `last_chat` + 1. */
void prpl_account_sign_in(prpl_account *self, msnp_status status, unsigned last_chat,
                          msnp_cache *cache);
/*
 * Ends the session and handles its last events, so that undelivered messages are reported while
 * their windows are still usable. Only the first call has an effect. Messages that the user sends
 * afterwards are rejected and reported at once.
 */
void prpl_account_sign_out(prpl_account *self);
/* prpl: the connection closes, for any reason and at any stage. */
void prpl_account_close(PurpleConnection *gc);

/* Changes something on the server; MSNP_EVENT_EDITED has the result. */
void prpl_account_edit(prpl_account *self, const msnp_edit *edit);
/* Dispatches the session's events. Call it after anything that may have produced some. */
void prpl_account_pump(prpl_account *self);
/*
 * Between these, the session stays as it is: no event is handled, no received byte, no deadline,
 * even if a function of libpurple runs a main loop of its own. So what the session lends, such as
 * entries of its lists, can be used across calls into libpurple. Calls can be nested. The object
 * stays valid, even if the connection closes meanwhile. prpl_account_leave() handles what has
 * arrived.
 */
void prpl_account_enter(prpl_account *self);
void prpl_account_leave(prpl_account *self);
/* The same from a timer, for callers that may be inside a function of libpurple. */
void prpl_account_pump_soon(prpl_account *self);
/*
 * Ends a conversation on the service, not its window, after all that has arrived. Dispatches from a
 * timer.
 */
void prpl_account_hang_up(prpl_account *self, msnp_conversation_id conversation);

/* The monotonic clock of the session, in milliseconds. */
int64_t prpl_account_now(void);

/* MSNP_EVENT_CONNECT, _LISTEN, _CLOSE and _WRITE; and sends what was written, at once. */
void prpl_account_connect(prpl_account *self, const msnp_event *event);
void prpl_account_listen(prpl_account *self, const msnp_event *event);
void prpl_account_disconnect(prpl_account *self, unsigned conn);
void prpl_account_write(prpl_account *self, unsigned conn, const char *bytes, size_t len);
void prpl_account_flush(prpl_account *self);
/* The purpose of a connection, for the log; static. */
const char *prpl_account_conn_name(const prpl_account *self, unsigned conn);
/* Resumes reading from all paused connections. */
void prpl_account_resume_reading(prpl_account *self);
/*
 * Reads what has arrived on the switchboards, up to a limit, without handling it: before the user
 * leaves one, since whoever sent it takes it for delivered.
 */
void prpl_account_read_rest(prpl_account *self);

/*
 * Is the session over? Check it after each call into libpurple: handlers of its signals can end the
 * session at any time.
 */
bool prpl_account_is_over(const prpl_account *self);
/*
 * The only way to fail: closes all links and reports the error to libpurple. Later calls do
 * nothing.
 */
void prpl_account_finish(prpl_account *self, const prpl_error *error);

/* Keeps the object, though not the connection, valid until the matching unref. */
void prpl_account_ref(prpl_account *self);
void prpl_account_unref(prpl_account *self);

#endif
