/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Own presence.
 */
#ifndef MSNP_NS_PRESENCE_H
#define MSNP_NS_PRESENCE_H

#include "ns_base.h"

/* Sends CHG if it is needed and possible now. */
void ns_presence_run(msnp_ns *ns, int64_t now);
/* CHG */
void ns_presence_got_status(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
/* The CHG to `failed` was rejected, or got no reply (number 0). */
void ns_presence_refused(msnp_ns *ns, msnp_status failed, unsigned number);

#endif
