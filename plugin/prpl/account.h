/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One object per PurpleConnection: its session, the links that the session asked for, its timers.
 */
#ifndef PRPL_ACCOUNT_H
#define PRPL_ACCOUNT_H

#include "errors.h"
#include "link.h"
#include "settings.h"

typedef struct prpl_account prpl_account;
struct prpl_authorize;   /* authorize.c */
struct prpl_blist;       /* blist.c */
struct prpl_chats;       /* chats.c */
struct prpl_commands;    /* commands.c */
struct prpl_details;     /* details.c */
struct prpl_edits;       /* edits.c */
struct prpl_profile;     /* profile.c */
struct prpl_undelivered; /* undelivered.c */

/* Callbacks into the layers above, so that this file need not include them. */
typedef struct {
    void (*pump)(prpl_account *self);     /* the session may have events */
    void (*farewell)(prpl_account *self); /* the session is over: it has its last ones */
    void (*destroy)(prpl_account *self);  /* nothing of the object is in use any more */
} prpl_account_ops;

struct prpl_account {
    PurpleConnection *gc; /* valid until closed */
    PurpleAccount *account;
    prpl_settings *settings;
    unsigned refs;
    bool starting; /* libpurple is restoring state; its calls are not user actions */
    bool closed;   /* libpurple closed the connection: touch nothing of it any more */
    bool finished; /* an error was reported */
    bool ending;   /* the user signs out, or the connection goes: nothing more is sent */

    msnp_session *session;
    GHashTable *conns; /* number -> prpl_conn *: the connections that the session asked for */

    /* Per-feature state. */
    struct prpl_blist *blist;
    struct prpl_authorize *authorize;
    struct prpl_profile *profile;
    struct prpl_chats *chats;
    struct prpl_details *details;
    struct prpl_edits *edits;
    struct prpl_undelivered *undelivered;
    struct prpl_commands *commands;

    const prpl_account_ops *ops;
    msnp_step progress; /* the furthest step that was shown */
    bool pumping;       /* events are being dispatched */
    bool pausing;       /* some connection is not read for a while */
    bool again;         /* and more may have come meanwhile */
    unsigned unsent;    /* the connection that was given something to send last, 0 for none */
    guint timer;
    int64_t timer_at; /* when it fires */
    bool late;        /* it came too late, and is waited for once more */
    guint soon;       /* the timer of prpl_account_pump_soon() */
    guint backlog;    /* the timer that goes on with what conversations report */
};

/* The object for the connection of this account, which it is hung on. Borrows `ops`. */
prpl_account *prpl_account_new(PurpleAccount *account, const prpl_account_ops *ops);
/* The object of a connection; NULL if it has none (any more). */
prpl_account *prpl_account_of(PurpleConnection *gc);
/* Begins to sign in. Borrows `cache`; chats are numbered from the one after `last_chat`. */
void prpl_account_sign_in(prpl_account *self, msnp_status status, unsigned last_chat,
                          msnp_cache *cache);
/*
 * The session ends, if it has not ended yet, and its last events are handled: each message that
 * did not arrive is reported, as long as windows and chats still take it. Only the first call has
 * an effect: what the user writes after that is refused, and reported, at once.
 */
void prpl_account_sign_out(prpl_account *self);
/* prpl: the connection goes away, for whatever reason and at whatever stage. */
void prpl_account_close(PurpleConnection *gc);

/* Something on the server is to be changed; its result comes as MSNP_EVENT_EDITED. */
void prpl_account_edit(prpl_account *self, const msnp_edit *edit);
/* To be called after whatever may have given the session events: they are dispatched. */
void prpl_account_pump(prpl_account *self);
/* The same in a moment, where the caller may be in the middle of something of libpurple's. */
void prpl_account_pump_soon(prpl_account *self);
/* Ends the conversation with somebody, on the service though not on the screen, in a moment. */
void prpl_account_hang_up(prpl_account *self, const char *who);

/* The clock that the session is told, in milliseconds. */
int64_t prpl_now(void);

/* The session asks for a connection, for its end, for bytes to be sent on it, at once. */
void prpl_account_connect(prpl_account *self, const msnp_event *event);
void prpl_account_disconnect(prpl_account *self, unsigned conn);
void prpl_account_write(prpl_account *self, unsigned conn, const char *bytes, size_t len);
void prpl_account_flush(prpl_account *self);
/* What a connection is for, for the log; static. */
const char *prpl_account_conn_name(const prpl_account *self, unsigned conn);
/* Goes on to read from those that were not read, since they said too much (`backlog`). */
void prpl_account_resume_reading(prpl_account *self);

/*
 * Is the session at its end? To be asked after each call into libpurple: whoever hears its signals
 * can end the session in the middle of whatever we do.
 */
bool prpl_account_is_over(const prpl_account *self);
/* The only way to fail: closes all links and tells libpurple why. Later calls do nothing. */
void prpl_account_finish(prpl_account *self, const prpl_error *error);

/* Keeps the object, though not the connection, valid until the matching unref. */
void prpl_account_ref(prpl_account *self);
void prpl_account_unref(prpl_account *self);

#endif
