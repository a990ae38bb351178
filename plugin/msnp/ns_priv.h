/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the notification session share. Nobody else includes this.
 */
#ifndef MSNP_NS_PRIV_H
#define MSNP_NS_PRIV_H

#include "clock.h"
#include "framer.h"
#include "ns.h"
#include "trans.h"

struct msnp_ns {
    msnp_event_queue events;
    msnp_clock clock;
    msnp_step step;
    bool trace;
    msnp_err config_err; /* what is wrong with the configuration */
    msnp_err err;        /* why it failed */

    char *handle; /* the account as last told by a server; before that as configured */
    char *host;   /* the server of now */
    uint16_t port;
    unsigned transfers; /* XFR NS since the sign-in began */

    msnp_framer framer;
    msnp_trans trans;

    bool pipelining;  /* commands of the sign-in may be sent before their turn */
    bool pipelined;   /* that was done, and the last of them has no answer yet */
    msnp_step blamed; /* where a server seemed not to bear it; MSNP_STEP_IDLE for none did */

    msnp_status wanted; /* what the user wants to be */
    msnp_status asked;  /* what the last CHG said, MSNP_N_STATUSES for nothing that holds */
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

/* ns.c */
void ns_push(msnp_ns *ns, msnp_event event);
/* The only way to change the step; starts its deadline. */
void ns_set_step(msnp_ns *ns, msnp_step step, int64_t now);
/* The only way to fail. */
void ns_fail(msnp_ns *ns, msnp_err err, unsigned number);
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

/* ns_login.c: the dialogue of the sign-in, in its order. */
void ns_connect(msnp_ns *ns, int64_t now);
/* The connection stands: VER, and what may follow it before its turn. */
void ns_greet(msnp_ns *ns, int64_t now);
/*
 * The session would fail now. If commands that were sent before their turn can be the reason, it
 * does not, but begins this connection anew without that; else false.
 */
bool ns_stop_pipelining(msnp_ns *ns, int64_t now);
void ns_got_version(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_client(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_user(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_transfer(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);

/* ns_sync.c: the lists as the server tells them, and who of the contacts is online. */
void ns_got_lists(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_group(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_contact(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_phone(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_initial(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_online(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_offline(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* ADD 0 RL, REM 0 RL: somebody else put this account on the list, or took it off. */
void ns_got_reverse(msnp_ns *ns, const msnp_cmd *cmd, bool added);
/* GTC, BLP and PRP between SYN and the end of its lists. */
void ns_got_setting(msnp_ns *ns, const msnp_cmd *cmd);
/* The connection is lost, or left for another: what it told is not to be continued. */
void ns_sync_restart(msnp_ns *ns);
/* The first CHG of a connection was confirmed: presence comes in from now on. */
void ns_sync_settle(msnp_ns *ns, int64_t now);
/* Looks at its deadlines, and when it wants to do so next. */
void ns_sync_tick(msnp_ns *ns, int64_t now);
int64_t ns_sync_deadline(const msnp_ns *ns);
/* Tells of a contact in the complete lists. */
void ns_tell_contact(msnp_ns *ns, const msnp_contact *contact, unsigned news);

/* ns_edit.c: what the user wants to be changed. */
/* Goes on with the edits, as far as that is possible now. */
void ns_edit_run(msnp_ns *ns, int64_t now);
/* ADD REM ADG REG RMG REA BLP GTC PRP: an answer, or something that comes by itself. */
void ns_got_edit(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* The command that the first edit waits for was refused, or not answered (number 0). */
void ns_edit_refused(msnp_ns *ns, unsigned number, int64_t now);
/* A new connection: what was asked on the old one will not be answered. */
void ns_edit_restart(msnp_ns *ns);
void ns_edit_clear(msnp_ns *ns);

/* ns_sb.c: switchboards, which are asked for here and rung from here. */
/* Asks for those that wait. */
void ns_run_requests(msnp_ns *ns, int64_t now);
/* A new connection: what was asked on the old one is asked again. */
void ns_sb_restart(msnp_ns *ns);
/* XFR id SB */
void ns_got_switchboard(msnp_ns *ns, const msnp_cmd *cmd);
/* A request was refused, or not answered (number 0). */
void ns_no_switchboard(msnp_ns *ns, unsigned request, msnp_err err, unsigned number);
void ns_got_ring(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);

/* ns_msg.c: own presence, and what a server says of itself. */
void ns_change_status(msnp_ns *ns, int64_t now);
/* The CHG to `failed` was refused, or not answered (number 0). */
void ns_status_failed(msnp_ns *ns, msnp_status failed, unsigned number, int64_t now);
/* Whatever it was that was refused, or not answered (number 0), while signed in. */
void ns_refused(msnp_ns *ns, const msnp_pending *refused, unsigned number, int64_t now);
void ns_got_status(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_challenge(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_out(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_error(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);

#endif
