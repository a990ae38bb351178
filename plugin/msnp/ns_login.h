/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dialogue of the sign-in.
 */
#ifndef MSNP_NS_LOGIN_H
#define MSNP_NS_LOGIN_H

#include "ns_base.h"

/* Requests a connection to the current server. */
void ns_login_connect(msnp_ns *ns, int64_t now);
/* In NS_WAIT: the same as soon as it has waited long enough. */
void ns_login_wait(msnp_ns *ns, int64_t now);
/* The connection is open: sends VER and, if pipelining, CVR and USR. */
void ns_login_greet(msnp_ns *ns, int64_t now);
/*
 * The session is about to fail. If pipelining may be the reason, connects again without it and
 * returns true; else false.
 */
bool ns_login_stop_pipelining(msnp_ns *ns, int64_t now);
/* VER, CVR, USR. */
void ns_login_got_version(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_login_got_client(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_login_got_user(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* XFR NS: to another server. */
void ns_login_got_transfer(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* msnp_ns_ticket() without the pipelined CHG. */
void ns_login_ticket(msnp_ns *ns, const char *ticket, int64_t now);

#endif
