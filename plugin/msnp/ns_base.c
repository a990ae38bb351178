/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ns_base.h"

void ns_push(msnp_ns *ns, msnp_event event)
{
    msnp_net_push(ns->net, event);
}

msnp_step ns_shown_step(ns_state state)
{
    static const msnp_step steps[] = {
        [NS_IDLE] = MSNP_STEP_IDLE,         [NS_WAIT] = MSNP_STEP_CONNECT,
        [NS_CONNECT] = MSNP_STEP_CONNECT,   [NS_VERSION] = MSNP_STEP_VERSION,
        [NS_CLIENT] = MSNP_STEP_CLIENT,     [NS_ACCOUNT] = MSNP_STEP_ACCOUNT,
        [NS_PASSPORT] = MSNP_STEP_PASSPORT, [NS_TICKET] = MSNP_STEP_TICKET,
        [NS_LISTS] = MSNP_STEP_LISTS,       [NS_PRESENCE] = MSNP_STEP_PRESENCE,
        [NS_ONLINE] = MSNP_STEP_ONLINE,     [NS_OFFLINE] = MSNP_STEP_OFFLINE,
    };

    return steps[state];
}

/* Passport has its own clock for its steps; once online, keep-alive takes over. */
static bool has_deadline(ns_state state)
{
    return state != NS_PASSPORT && state != NS_ONLINE && state != NS_OFFLINE;
}

/* A server that replied to VER only may have dropped the pipelined commands: a shorter time-out. */
static int64_t state_timeout(const msnp_ns *ns, ns_state state)
{
    bool pipelined = ns->pipelined && (state == NS_CLIENT || state == NS_ACCOUNT);

    if (ns->hurried && (state == NS_CONNECT || state == NS_VERSION))
        return MSNP_HURRIED_TIMEOUT;
    return pipelined ? MSNP_PIPELINED_TIMEOUT : MSNP_STEP_TIMEOUT;
}

int64_t ns_lists_silence(const msnp_ns *ns)
{
    return ns->lst_left > 0 ? MSNP_LISTS_SILENCE : MSNP_GROUPS_SILENCE;
}

bool ns_is_arriving(msnp_ns *ns, int64_t *deadline, int64_t silence, int64_t limit, int64_t now)
{
    int64_t end = MIN(ns->heard + silence, limit);

    if (!msnp_framer_is_amid(&ns->framer) || now >= end)
        return false;
    *deadline = end;
    ns->outlived = true;
    return true;
}

void ns_command_arrived(msnp_ns *ns, int64_t now)
{
    if (!ns->outlived)
        return;
    ns->outlived = false;
    if (has_deadline(ns->state))
        ns->clock.step = msnp_clock_time(&ns->clock, now) + state_timeout(ns, ns->state);
    if (ns->incoming != NULL)
        ns->sync_until = MIN(MAX(ns->sync_until, now + ns_lists_silence(ns)), ns->sync_limit);
    msnp_trans_extend(&ns->trans, 0, now + MSNP_TRANS_TIMEOUT);
}

/* Without pipelining the sign-in got further: that was the reason. */
static void notice_no_pipelining(msnp_ns *ns, ns_state state, int64_t now)
{
    if (ns->blamed == NS_IDLE || state <= ns->blamed || state == NS_OFFLINE)
        return;
    ns->blamed = NS_IDLE;
    ns->ops->no_pipelining(ns->owner, now);
}

void ns_set_state(msnp_ns *ns, ns_state state, int64_t now)
{
    ns->state = state;
    ns->clock.step = has_deadline(state)
                         ? msnp_clock_time(&ns->clock, now) + state_timeout(ns, state)
                         : MSNP_NEVER;
    if (state == NS_ONLINE || state == NS_OFFLINE)
        ns->clock.total = MSNP_NEVER;
    if (state != NS_OFFLINE)
        ns_push(ns, (msnp_event){.type = MSNP_EVENT_STEP,
                                 .step = {.step = ns_shown_step(state), .host = ns->host}});
    notice_no_pipelining(ns, state, now);
}

void ns_close(msnp_ns *ns)
{
    msnp_net_close(ns->net, ns->conn);
    ns->conn = 0;
}

void ns_fill_in(const msnp_ns *ns, msnp_failure *failure)
{
    failure->step = ns_shown_step(ns->state);
    if (failure->host != NULL)
        return;
    failure->host = ns->host;
    failure->port = ns->host != NULL ? ns->port : 0;
}

void ns_fail_with(msnp_ns *ns, msnp_failure failure)
{
    if (ns->state == NS_OFFLINE)
        return;
    ns_fill_in(ns, &failure);
    ns_set_state(ns, NS_OFFLINE, ns->now);
    ns->ops->failed(ns->owner, &failure, ns->now);
    ns_close(ns);
}

void ns_fail(msnp_ns *ns, msnp_err err, unsigned number)
{
    ns_fail_with(ns, (msnp_failure){.err = err, .number = number});
}

static void send_command(msnp_ns *ns, const char *name, uint32_t id, const char *const *args,
                         msnp_str payload)
{
    msnp_err err = msnp_net_send(ns->net, ns->conn, ns->framer.verbs, name, id, args, payload);

    if (err != MSNP_OK)
        ns_fail(ns, err, 0);
}

void ns_ask_with(msnp_ns *ns, const char *name, unsigned context, int64_t deadline,
                 const char *const *args, msnp_str payload)
{
    /* Sending an earlier command may have failed already. */
    if (ns->state == NS_OFFLINE)
        return;

    uint32_t id = msnp_trans_begin(&ns->trans, name, context, deadline);
    if (id == 0)
        ns_fail(ns, MSNP_ERR_TOO_LONG, 0);
    else
        send_command(ns, name, id, args, payload);
}

void ns_ask(msnp_ns *ns, const char *name, unsigned context, int64_t deadline,
            const char *const *args)
{
    ns_ask_with(ns, name, context, deadline, args, (msnp_str){"", 0});
}

void ns_notify(msnp_ns *ns, const char *name, bool with_id, const char *const *args,
               msnp_str payload)
{
    send_command(ns, name, with_id ? msnp_trans_id(&ns->trans) : 0, args, payload);
}

bool ns_answers(msnp_ns *ns, const msnp_cmd *cmd, const char *name)
{
    msnp_pending ended;

    return ns_answers_to(ns, cmd, name, &ended);
}

/* During the sign-in, replies arrive in the order of the commands. */
static bool is_its_turn(const msnp_ns *ns, uint32_t id)
{
    return ns->state == NS_ONLINE || msnp_trans_is_oldest(&ns->trans, id);
}

bool ns_answers_to(msnp_ns *ns, const msnp_cmd *cmd, const char *name, msnp_pending *ended)
{
    uint32_t id;

    if (!msnp_cmd_trid(cmd, &id) || !is_its_turn(ns, id) ||
        !msnp_trans_end_named(&ns->trans, id, name, ended))
        return false;
    msnp_trans_extend(&ns->trans, id, ns->now + MSNP_TRANS_TIMEOUT);
    return true;
}

void ns_report_contact(msnp_ns *ns, const msnp_contact *contact, unsigned news)
{
    if (news == 0 || ns->incoming != NULL)
        return; /* MSNP_EVENT_ROSTER will report it */
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_CONTACT, .contact = {contact->account, news}});
}
