/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Switchboard requests (XFR SB) and incoming calls (RNG).
 */
#ifndef MSNP_NS_SB_H
#define MSNP_NS_SB_H

#include "ns_base.h"

/* Sends waiting requests. */
void ns_sb_run(msnp_ns *ns, int64_t now);
/* A new connection: pending requests are sent again. */
void ns_sb_restart(msnp_ns *ns);
/* XFR id SB */
void ns_sb_got_switchboard(msnp_ns *ns, const msnp_cmd *cmd);
/* A request was rejected, or got no reply. */
void ns_sb_refused(msnp_ns *ns, unsigned request, msnp_cause cause);
/* RNG */
void ns_sb_got_ring(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);

#endif
