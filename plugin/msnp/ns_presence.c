/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Own presence: CHG.
 */
#include "ns_presence.h"

#include "p2p.h"

/*
 * One CHG at a time: of several changes before the first reply only the last counts, and servers
 * reject rapid changes.
 */
void ns_presence_run(msnp_ns *ns, int64_t now)
{
    char client_id[sizeof "4294967295"]; /* it is required (deviation 6) */
    const char *const args[] = {msnp_status_code(ns->wanted), client_id, NULL};
    bool first = ns->state == NS_PRESENCE || (ns->state == NS_TICKET && ns->pipelined);
    bool again = ns->state == NS_ONLINE && ns->wanted != ns->asked && ns->wanted != ns->failed;

    if (ns->changing || (!first && !again))
        return;
    g_snprintf(client_id, sizeof client_id, "%u",
               ns->p2p ? MSNP_CLIENT_ID_P2P : MSNP_CLIENT_ID_NONE);
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
