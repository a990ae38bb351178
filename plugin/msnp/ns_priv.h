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

    msnp_status wanted; /* what the user wants to be */
    msnp_status asked;  /* what the last CHG said, MSNP_N_STATUSES for nothing that holds */
    bool changing;      /* a CHG has no answer yet */

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

/* ns_login.c: the dialogue of the sign-in, in its order. */
void ns_connect(msnp_ns *ns, int64_t now);
void ns_send_version(msnp_ns *ns, int64_t now);
void ns_got_version(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_client(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_user(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_transfer(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_lists(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);

/* ns_msg.c: own presence, and what a server says of itself. */
void ns_change_status(msnp_ns *ns, int64_t now);
/* The CHG to `failed` was refused, or not answered (number 0). */
void ns_status_failed(msnp_ns *ns, msnp_status failed, unsigned number, int64_t now);
void ns_got_status(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_challenge(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_out(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_got_error(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);

#endif
