/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Own presence, and what a server says of itself and of our connection.
 */
#include "codec.h"
#include "ns_priv.h"

#include <string.h>

/*
 * One CHG at a time: who changes status three times before the first is confirmed wants the last
 * one only, and servers refuse to be changed too rapidly.
 */
void ns_change_status(msnp_ns *ns, int64_t now)
{
    /* The 0 is our client id: no capabilities. Servers of today ignore a CHG without one. */
    const char *const args[] = {msnp_status_code(ns->wanted), "0", NULL};
    bool first = ns->step != MSNP_STEP_ONLINE;

    if (ns->changing || (!first && ns->wanted == ns->asked))
        return;
    ns->changing = true;
    ns->asked = ns->wanted;
    ns_ask(ns, "CHG", ns->asked, first ? MSNP_NEVER : now + MSNP_TRANS_TIMEOUT, args);
}

void ns_status_failed(msnp_ns *ns, msnp_status failed, unsigned number, int64_t now)
{
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_STATUS_FAILED, .status_failed = {failed, number}});
    ns->changing = false;
    ns->asked = MSNP_N_STATUSES; /* so that the user may ask for the same again */
    /* Not by ourselves: but what the user wanted meanwhile has its turn now. */
    if (ns->wanted != failed)
        ns_change_status(ns, now);
}

void ns_refused(msnp_ns *ns, const msnp_pending *refused, unsigned number, int64_t now)
{
    if (strcmp(refused->name, "CHG") == 0)
        ns_status_failed(ns, (msnp_status)refused->context, number, now);
    else if (strcmp(refused->name, "XFR") == 0)
        ns_no_switchboard(ns, refused->context, number != 0 ? MSNP_ERR_SERVER : MSNP_ERR_TIMEOUT,
                          number);
    else
        ns_edit_refused(ns, number, now);
}

void ns_got_status(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    msnp_status status;

    if (!ns_answers(ns, cmd, "CHG"))
        return;
    ns->changing = false;
    if (!msnp_status_from_code(cmd->argv[1], &status))
        status = ns->asked;
    if (ns->step == MSNP_STEP_PRESENCE) {
        ns->pipelined = false;
        ns_set_step(ns, MSNP_STEP_ONLINE, now);
        ns_push(ns, (msnp_event){.type = MSNP_EVENT_ONLINE, .status = status});
        ns_sync_settle(ns, now);
    } else {
        ns_push(ns, (msnp_event){.type = MSNP_EVENT_STATUS, .status = status});
    }
    ns_change_status(ns, now);
    ns_edit_run(ns, now);
    ns_run_requests(ns, now);
}

/* CHL 0 text -> QRY id product 32, and the digest. Not every server answers that, so no wait. */
void ns_got_challenge(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    char digest[MSNP_DIGEST_LENGTH + 1];
    const char *const args[] = {msnp_product_id, G_STRINGIFY(MSNP_DIGEST_LENGTH), NULL};

    (void)now;
    msnp_challenge_digest(cmd->argv[1], digest);
    ns_tell(ns, "QRY", true, args, msnp_str_of(digest));
    msnp_wipe(digest, sizeof digest);
}

void ns_got_out(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    (void)now;
    if (cmd->argc > 0 && msnp_str_is(cmd->argv[0], "OTH"))
        ns_fail(ns, MSNP_ERR_ELSEWHERE, 0);
    else if (cmd->argc > 0 && msnp_str_is(cmd->argv[0], "SSD"))
        ns_fail(ns, MSNP_ERR_SHUTDOWN, 0);
    else
        ns_fail(ns, MSNP_ERR_SIGNED_OUT, 0);
}

/* Is this error number about a command that the sign-in waits for? */
static bool is_about_sign_in(const msnp_ns *ns, const msnp_cmd *cmd)
{
    uint32_t id;

    if (ns->step == MSNP_STEP_ONLINE)
        return false;
    return !msnp_cmd_trid(cmd, &id) || ns->trans.pending->len == 0 ||
           msnp_trans_waits(&ns->trans, id);
}

/* Is it refused before its turn? */
static bool is_premature(const msnp_ns *ns, const msnp_cmd *cmd)
{
    uint32_t id;

    return msnp_cmd_trid(cmd, &id) && msnp_trans_waits(&ns->trans, id) &&
           !msnp_trans_is_oldest(&ns->trans, id);
}

/*
 * Before signing in most numbers say what is wrong with the account or the server. One that does
 * not may be what becomes of a command that came too early, and so may any number for a command
 * whose turn has not come.
 */
static void sign_in_refused(msnp_ns *ns, const msnp_cmd *cmd, const msnp_server_error *error,
                            int64_t now)
{
    bool ticket = ns->step == MSNP_STEP_TICKET && error->trouble == MSNP_TROUBLE_TICKET;
    bool meant = error->trouble != MSNP_TROUBLE_OTHER && !is_premature(ns, cmd);

    if (meant || !ns_stop_pipelining(ns, now))
        ns_fail(ns, ticket ? MSNP_ERR_TICKET : MSNP_ERR_SERVER, cmd->number);
}

void ns_got_error(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    const msnp_server_error *error = msnp_server_error_find(cmd->number);
    uint32_t id;
    msnp_pending refused;

    if (ns->step == MSNP_STEP_VERSION && error->number == 0) {
        /* Other protocols greet with three digits, too: "220 mail.example ESMTP". */
        ns_fail(ns, MSNP_ERR_VERSION, 0);
    } else if (error->trouble == MSNP_TROUBLE_CHALLENGE) {
        ns_fail(ns, MSNP_ERR_SERVER, cmd->number);
    } else if (is_about_sign_in(ns, cmd)) {
        sign_in_refused(ns, cmd, error, now);
    } else if (msnp_cmd_trid(cmd, &id) && msnp_trans_end(&ns->trans, id, &refused)) {
        ns_refused(ns, &refused, cmd->number, now);
    }
}
