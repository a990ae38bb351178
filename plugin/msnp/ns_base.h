/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the notification session stand on: its state, its events, its commands. The
 * parts (ns_login, ns_sync, ns_presence, ns_edit, ns_sb) do not know each other; ns.c knows them
 * all. Nobody else includes this.
 */
#ifndef MSNP_NS_BASE_H
#define MSNP_NS_BASE_H

#include "clock.h"
#include "framer.h"
#include "ns.h"
#include "trans.h"

/* Its states, in the order in which a sign-in passes them. */
typedef enum {
    NS_IDLE,     /* not started */
    NS_CONNECT,  /* reaching a server */
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

struct msnp_ns {
    msnp_net *net;
    const msnp_ns_ops *ops;
    gpointer owner;
    const msnp_conn_ops *conn_ops; /* those of ns.c */
    unsigned conn;                 /* its connection, 0 for none */
    msnp_clock clock;
    int64_t now; /* the time of the call that is running */
    ns_state state;
    msnp_err config_err; /* what is wrong with the configuration */

    char *handle; /* the account as last told by a server; before that as configured */
    char *host;   /* the server of now */
    uint16_t port;
    unsigned transfers; /* XFR NS since the sign-in began */

    msnp_framer framer;
    msnp_trans trans;

    bool pipelining; /* commands of the sign-in may be sent before their turn */
    bool pipelined;  /* that was done, and the last of them has no answer yet */
    ns_state blamed; /* where a server seemed not to tolerate it; NS_IDLE for none did */

    msnp_status wanted; /* what the user wants to be */
    msnp_status asked;  /* what the last CHG said, MSNP_N_STATUSES for nothing that holds */
    msnp_status failed; /* what is not asked again before the user wants it, or the same */
    bool changing;      /* a CHG has no answer yet */

    msnp_roster *roster;   /* never NULL: the lists as last told completely */
    msnp_roster *incoming; /* the lists as they come in after SYN, else NULL */
    uint64_t lst_left;     /* LST and LSG lines that were announced and did not come yet */
    uint64_t lsg_left;
    bool damaged;         /* some of them could not be read, or are too many */
    bool synced;          /* the lists of this connection are there */
    bool complete;        /* all of them */
    bool renumbers;       /* this server counts changes anew in each session: see ns_sync.c */
    msnp_contact *last;   /* whom BPR lines without an account are about */
    int64_t sync_until;   /* when waiting for more of the lists ends */
    int64_t settle_until; /* when who was not mentioned after a move is offline */
    GQueue edits;         /* ns_job *, the first one is being worked at; see ns_edit.c */
    GArray *requests;     /* unsigned: switchboards to be asked for, oldest first */

    int64_t heard;  /* when bytes last came */
    int64_t pinged; /* when PNG was sent that nothing came after; MSNP_NEVER for not */
};

/* Queues a copy of the event. */
void ns_push(msnp_ns *ns, msnp_event event);
/* The only way to change the state; starts its deadline. */
void ns_set_state(msnp_ns *ns, ns_state state, int64_t now);
/* Closes the connection, if there is one. */
void ns_close(msnp_ns *ns);
/* The only way to fail. */
void ns_fail(msnp_ns *ns, msnp_err err, unsigned number);
/* The same with more to say; who was spoken to, and when, is filled in. */
void ns_fail_with(msnp_ns *ns, msnp_failure failure);
/*
 * Sends a command that waits for an answer. Fails the session if an argument cannot be sent. `args`
 * ends with NULL.
 */
void ns_ask(msnp_ns *ns, const char *name, unsigned context, int64_t deadline,
            const char *const *args);
/* Sends a command that nobody answers, with an id if `with_id`, with a payload if not empty. */
void ns_tell(msnp_ns *ns, const char *name, bool with_id, const char *const *args,
             msnp_str payload);
/* Ends the transaction that `cmd` answers; false if it answers none that `name` began. */
bool ns_answers(msnp_ns *ns, const msnp_cmd *cmd, const char *name);
/* The same, with what was remembered of it. */
bool ns_answers_to(msnp_ns *ns, const msnp_cmd *cmd, const char *name, msnp_pending *ended);
/* Where the sign-in is, for the user. */
msnp_step ns_shown_step(ns_state state);
/* Reports a contact, unless the lists as they come in will report all of them. */
void ns_report_contact(msnp_ns *ns, const msnp_contact *contact, unsigned news);

#endif
