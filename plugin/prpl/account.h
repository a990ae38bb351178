/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One object per PurpleConnection: the machines of its session, their links and their timer.
 */
#ifndef PRPL_ACCOUNT_H
#define PRPL_ACCOUNT_H

#include "errors.h"
#include "link.h"

typedef struct prpl_account prpl_account;
struct prpl_blist;     /* blist.c */
struct prpl_authorize; /* authorize.c */
struct prpl_profile;   /* profile.c */
struct prpl_convo;     /* convo.c */
struct prpl_signin;    /* signin.c */

/*
 * A machine's connection. The account has one to the service, one to Passport while signing in, and
 * one to each switchboard.
 */
typedef struct {
    prpl_account *account; /* whose it is */
    const char *name;      /* for the log */
    prpl_link *link;       /* NULL: not connected, nor about to be */
    unsigned number;       /* of a switchboard: the one that the core has for it; else 0 */
    bool asking;           /* a person is being asked about its certificate */
    bool asked;            /* ... or was, since the machine began */
} prpl_wire;

/* Those who stand above this file, which only knows that they are there. */
typedef struct {
    void (*pump)(prpl_account *self); /* the machines may have events */
    /* Passport could not be reached. */
    void (*connect_failed)(prpl_account *self, const prpl_error *error);
    void (*farewell)(prpl_account *self); /* the conversations have their last ones */
    void (*destroy)(prpl_account *self);  /* nothing of the object is in use any more */
} prpl_account_ops;

struct prpl_account {
    PurpleConnection *gc; /* valid until closed */
    PurpleAccount *account;
    unsigned refs;
    bool starting; /* it is told that the account is online: what it asks then is nobody's wish */
    bool closed;   /* libpurple closed the connection: touch nothing of it any more */
    bool finished; /* an error was reported */
    msnp_err over; /* what ends the conversations */

    msnp_ns *ns;
    msnp_passport *passport; /* NULL when no ticket is wanted */
    msnp_talks *talks;
    prpl_wire service;
    prpl_wire login;
    GHashTable *switchboards; /* number -> prpl_wire * */

    /* What those who know more about libpurple remember. */
    struct prpl_blist *blist;
    struct prpl_authorize *authorize;
    struct prpl_profile *profile;
    struct prpl_convo *convo;
    struct prpl_signin *signin;

    GSList *infos;      /* the windows of Get Info that are open; see details.c */
    GPtrArray *reports; /* char *: edits that failed, and why; see edits.c */

    const prpl_account_ops *ops;
    msnp_step progress; /* the furthest step that was shown */
    bool pumping;       /* events are being dispatched */
    bool pausing;       /* some switchboard is not read for a while */
    bool again;         /* and more may have come meanwhile */
    unsigned unsent;    /* the switchboard that was given something to send last, 0 for none */
    guint timer;
    int64_t timer_at; /* when it fires */
    bool late;        /* it came too late, and is waited for once more */
    guint soon;       /* the timer of prpl_account_hang_up() */
    guint backlog;    /* the timer that goes on with what conversations have to tell */
};

/* The object for the connection of this account, which it is hung on. Borrows `ops`. */
prpl_account *prpl_account_new(PurpleAccount *account, const prpl_account_ops *ops);
/* Something on the server is to be changed; its result comes as MSNP_EVENT_EDITED. */
void prpl_account_edit(prpl_account *self, const msnp_edit *edit);
/* To be called after whatever may have given a machine events: they are dispatched. */
void prpl_account_pump(prpl_account *self);
/* Ends the conversation with somebody, on the service though not on the screen, in a moment. */
void prpl_account_hang_up(prpl_account *self, const char *who);
/* prpl: the connection goes away, for whatever reason and at whatever stage. */
void prpl_account_close(PurpleConnection *gc);
/* The object of a connection; NULL if it has none (any more). */
prpl_account *prpl_account_of(PurpleConnection *gc);

/* The clock that the machines are told, in milliseconds. */
int64_t prpl_now(void);

/* A machine asked for a connection (an earlier one is closed), or for its end. */
void prpl_wire_connect(prpl_wire *wire, const char *host, uint16_t port, bool tls);
void prpl_wire_close(prpl_wire *wire);

/* The connection to the switchboard of this number, NULL if it has none (any more). */
prpl_wire *prpl_account_switchboard(const prpl_account *self, unsigned number);
/* Connects to one, and forgets one. */
void prpl_account_open_switchboard(prpl_account *self, unsigned number, const char *host,
                                   uint16_t port);
void prpl_account_close_switchboard(prpl_account *self, unsigned number);
/* Goes on to read from those that were not read, since they said too much (`backlog`). */
void prpl_account_resume_switchboards(prpl_account *self);

/* Passport's machine is not needed any more, whatever it was doing. */
void prpl_account_drop_passport(prpl_account *self);

/*
 * Is the session at its end? To be asked after each call into libpurple: whoever hears its signals
 * can end the session in the middle of whatever we do.
 */
bool prpl_account_is_over(const prpl_account *self);

/* The only way to fail: closes the wires and tells libpurple why. Later calls do nothing. */
void prpl_account_finish(prpl_account *self, const prpl_error *error);

/*
 * Conversations are over: the user is told of each message that did not arrive, as long as windows
 * and chats still take it, which is before close(). Later calls tell what came since then.
 */
void prpl_account_end_talks(prpl_account *self);

/* Keeps the object, though not the connection, valid until the matching unref. */
void prpl_account_ref(prpl_account *self);
void prpl_account_unref(prpl_account *self);

#endif
