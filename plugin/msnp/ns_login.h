/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dialogue of the sign-in.
 */
#ifndef MSNP_NS_LOGIN_H
#define MSNP_NS_LOGIN_H

#include "ns_base.h"

/* Asks for a connection to the server of now. */
void ns_login_connect(msnp_ns *ns, int64_t now);
/* The connection stands: VER, and what may follow it before its turn. */
void ns_login_greet(msnp_ns *ns, int64_t now);
/*
 * The session would fail now. If commands that were sent before their turn can be the reason, it
 * does not, but begins this connection anew without that; else false.
 */
bool ns_login_stop_pipelining(msnp_ns *ns, int64_t now);
/* VER, CVR, USR. */
void ns_login_got_version(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_login_got_client(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_login_got_user(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* XFR NS: to another server. */
void ns_login_got_transfer(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* msnp_ns_ticket(), but for the CHG that may follow before its turn. */
void ns_login_ticket(msnp_ns *ns, const char *ticket, int64_t now);

#endif
