/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Own presence: CHG.
 */
#include "ns_presence.h"

/*
 * One CHG at a time: of several changes before the first reply only the last counts, and servers
 * reject rapid changes.
 */
void ns_presence_run(msnp_ns *ns, int64_t now)
{
    /* The 0 is our client id: no capabilities. It is required (deviation 6). */
    const char *const args[] = {msnp_status_code(ns->wanted), "0", NULL};
    bool first = ns->state == NS_PRESENCE || (ns->state == NS_TICKET && ns->pipelined);
    bool again = ns->state == NS_ONLINE && ns->wanted != ns->asked && ns->wanted != ns->failed;

    if (ns->changing || (!first && !again))
        return;
    ns->changing = true;
    ns->asked = ns->wanted;
    ns_ask(ns, "CHG", ns->asked, first ? MSNP_NEVER : now + MSNP_TRANS_TIMEOUT, args);
}

void msnp_ns_set_status(msnp_ns *ns, msnp_status status, int64_t now)
{
    ns->now = now;
    ns->wanted = status;
    ns->failed = MSNP_N_STATUSES;
    if (ns->state == NS_ONLINE)
        ns_presence_run(ns, now);
}

void ns_presence_refused(msnp_ns *ns, msnp_status failed, unsigned number)
{
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_STATUS_FAILED, .status_failed = {failed, number}});
    ns->changing = false;
    ns->asked = MSNP_N_STATUSES;
    ns->failed = failed;
}

void ns_presence_got_status(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    msnp_status status;

    if (!ns_answers(ns, cmd, "CHG"))
        return;
    ns->changing = false;
    if (!msnp_status_from_code(cmd->argv[1], &status))
        status = ns->asked;
    if (ns->state == NS_PRESENCE) {
        ns->pipelined = false;
        ns_set_state(ns, NS_ONLINE, now);
        ns_push(ns, (msnp_event){.type = MSNP_EVENT_ONLINE, .status = status});
    } else {
        ns_push(ns, (msnp_event){.type = MSNP_EVENT_STATUS, .status = status});
    }
}
