/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The base of the notification session's parts: state, events, commands. The parts (ns_login,
 * ns_sync, ns_presence, ns_edit, ns_sb) do not know each other; ns.c knows them all. Nobody else
 * includes this.
 */
#ifndef MSNP_NS_BASE_H
#define MSNP_NS_BASE_H

#include "clock.h"
#include "framer.h"
#include "ns.h"
#include "pace.h"
#include "trans.h"

/* Its states, in the order in which a sign-in passes them. */
typedef enum {
    NS_IDLE,     /* not started */
    NS_WAIT,     /* moved too often: connects to the next server when the deadline has passed */
    NS_CONNECT,  /* connecting to a server */
    NS_VERSION,  /* VER sent */
    NS_CLIENT,   /* CVR sent */
    NS_ACCOUNT,  /* USR TWN I sent */
    NS_PASSPORT, /* challenge received, waiting for the ticket */
    NS_TICKET,   /* USR TWN S sent */
    NS_LISTS,    /* SYN sent */
    NS_PRESENCE, /* first CHG sent */
    NS_ONLINE,
    NS_OFFLINE /* over: failed or signed out */
} ns_state;

/* What the service itself said; see ns_notice.c. */
typedef struct {
    bool announced; /* a shutdown, */
    unsigned minutes;
    int64_t shutdown_at;
    msnp_pace shutdowns;
    int unread; /* mails in the inbox, and what the user was told of them */
    int told;
    msnp_pace mails;
    char *auth; /* of the profile, for web pages; secret; NULL: there is no mail */
    char *sid;
    char *kv;
    int64_t profile_at; /* when it came */
    bool profiled;      /* this server has sent one */
    bool page_wanted;   /* the user wants to see the inbox */
    bool page_asked;    /* URL is pending */
    char *login_url;    /* of the reply; NULL: there is none */
    char *page;
    char *page_id;
} ns_notices;

/* Signs of the Microsoft service, see ns_page.c. */
enum {
    NS_SIGN_CVR0 = 1,
    NS_SIGN_VERSION = 2,
    NS_SIGN_KEY = 4,
    NS_SIGNS_ALL = NS_SIGN_CVR0 | NS_SIGN_VERSION | NS_SIGN_KEY
};

struct msnp_ns {
    msnp_net *net;
    const msnp_ns_ops *ops;
    gpointer owner;
    const msnp_conn_ops *conn_ops; /* those of ns.c */
    unsigned conn;                 /* 0 for none */
    msnp_clock clock;
    int64_t now; /* the time of the current call */
    ns_state state;
    msnp_err config_err; /* the configuration is bad: reported by msnp_ns_start() */

    char *handle; /* the account as the server spells it; before USR OK as configured */
    char *host;   /* the current server */
    uint16_t port;
    unsigned transfers;            /* XFR NS since the sign-in began */
    int64_t moves[MSNP_MOVES_MAX]; /* when the moves within MSNP_MOVES_TIME came, oldest first */
    unsigned n_moves;

    msnp_framer framer;
    msnp_trans trans;

    bool hurried;    /* there is another way: it need not be waited for as long */
    bool pipelining; /* commands of the sign-in may be pipelined */
    bool pipelined;  /* pipelined commands are pending */
    ns_state blamed; /* where a server seemed not to tolerate pipelining; NS_IDLE: nowhere */

    msnp_status wanted; /* the status that the user wants */
    msnp_status asked;  /* the status in the last CHG; MSNP_N_STATUSES if it does not count */
    msnp_status failed; /* a rejected status, not sent again until the user chooses it again */
    bool changing;      /* a CHG is pending */
    bool p2p;           /* each CHG announces MSNP2P */

    msnp_roster *roster;   /* never NULL: the lists, kept up to date */
    msnp_roster *incoming; /* the lists that arrive after SYN, else NULL */
    uint64_t lst_left;     /* LST and LSG lines still to come */
    uint64_t lsg_left;
    bool damaged;         /* some lines were malformed, or there were too many */
    bool synced;          /* the lists of this connection have arrived */
    bool complete;        /* all of their lines arrived */
    bool renumbers;       /* deviation 2: list versions restart in each session */
    msnp_contact *last;   /* the contact of BPR lines without an account */
    int64_t sync_until;   /* until when to wait for more of the lists */
    int64_t sync_limit;   /* the latest time for that */
    int64_t settle_until; /* until when presence from before a move is kept */
    GQueue edits;         /* ns_job *, of which the first is in progress; see ns_edit.c */
    unsigned signs;       /* NS_SIGN_... that this server gave */
    GQueue pages;         /* PAG without a result, oldest first; see ns_page.c */
    unsigned last_page;   /* number of the last one */
    GArray *requests;     /* unsigned: switchboard requests to be sent, oldest first */
    ns_notices notices;

    int64_t heard;  /* when bytes last came */
    bool outlived;  /* the command that is arriving has outlived a deadline */
    int64_t pinged; /* when the unanswered PNG was sent; MSNP_NEVER for none */
};

/* Queues a copy of the event. */
void ns_push(msnp_ns *ns, msnp_event event);
/*
 * A deadline has passed. If a command is arriving meanwhile, however slowly, sets `deadline` to the
 * end of a silence of `silence` (at most to `limit`) and returns true: it may be what is awaited,
 * or before that. ns_command_arrived() has to be called for each command.
 */
bool ns_is_arriving(msnp_ns *ns, int64_t *deadline, int64_t silence, int64_t limit, int64_t now);
/* If that was such a command, what comes next has all of its time. */
void ns_command_arrived(msnp_ns *ns, int64_t now);
/* How long nothing of the lists may come until they end. */
int64_t ns_lists_silence(const msnp_ns *ns);
/* The only way to change the state; starts its deadline. */
void ns_set_state(msnp_ns *ns, ns_state state, int64_t now);
/* Closes the connection, if there is one. */
void ns_close(msnp_ns *ns);
/* The only way to fail. */
void ns_fail(msnp_ns *ns, msnp_err err, unsigned number);
/* Sets the step, and the peer if there is none. */
void ns_fill_in(const msnp_ns *ns, msnp_failure *failure);
/* The same with more details; ns_fill_in() does the rest. */
void ns_fail_with(msnp_ns *ns, msnp_failure failure);
/*
 * Sends a command and waits for its reply. Fails the session if an argument cannot be sent. `args`
 * ends with NULL.
 */
void ns_ask(msnp_ns *ns, const char *name, unsigned context, int64_t deadline,
            const char *const *args);
/* The same with a payload. */
void ns_ask_with(msnp_ns *ns, const char *name, unsigned context, int64_t deadline,
                 const char *const *args, msnp_str payload);
/*
 * Sends a command without awaiting a reply; with an id if `with_id`, with a payload if not empty.
 */
void ns_notify(msnp_ns *ns, const char *name, bool with_id, const char *const *args,
               msnp_str payload);
/*
 * Ends the transaction to which `cmd` is the reply; false if there is none that began with `name`.
 */
bool ns_answers(msnp_ns *ns, const msnp_cmd *cmd, const char *name);
/* The same; `ended` is the transaction. */
bool ns_answers_to(msnp_ns *ns, const msnp_cmd *cmd, const char *name, msnp_pending *ended);
/* The step to show to the user. */
msnp_step ns_shown_step(ns_state state);
/* Reports a contact, unless MSNP_EVENT_ROSTER is going to report all of them. */
void ns_report_contact(msnp_ns *ns, const msnp_contact *contact, unsigned news);

#endif
