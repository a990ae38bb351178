/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lists after SYN, and the presence of contacts.
 */
#ifndef MSNP_NS_SYNC_H
#define MSNP_NS_SYNC_H

#include "ns_base.h"

/* SYN, LSG, LST, BPR: the lists. */
void ns_sync_got_lists(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_sync_got_group(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_sync_got_contact(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_sync_got_phone(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* ILN, NLN, FLN: presence. */
void ns_sync_got_initial(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_sync_got_online(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
void ns_sync_got_offline(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* ADD 0 RL, REM 0 RL: somebody added or removed this account. */
void ns_sync_got_reverse(msnp_ns *ns, const msnp_cmd *cmd);
/* GTC, BLP and PRP without a transaction id: in the lists, or later changes. */
void ns_sync_got_setting(msnp_ns *ns, const msnp_cmd *cmd);
/*
 * The MSNP_LIST_ flags of somebody, and BLP. Lists count as far as they have arrived; before that,
 * as they were.
 */
unsigned ns_sync_lists_of(const msnp_ns *ns, const char *account, bool *allow_unlisted);
/* A new connection: drops incomplete lists. */
void ns_sync_restart(msnp_ns *ns);
/* The first CHG of a connection was confirmed: presence follows. */
void ns_sync_settle(msnp_ns *ns, int64_t now);
/* Checks its deadlines; when the next tick is due, MSNP_NEVER for none. */
void ns_sync_tick(msnp_ns *ns, int64_t now);
int64_t ns_sync_deadline(const msnp_ns *ns);

#endif
