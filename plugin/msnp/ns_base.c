/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ns_base.h"

#include "speak.h"

void ns_push(msnp_ns *ns, msnp_event event)
{
    msnp_event_queue_push(&ns->events, &event);
}

/* While Passport works its own machine watches its steps; online, keep-alive watches. */
static bool has_deadline(msnp_step step)
{
    return step != MSNP_STEP_PASSPORT && step != MSNP_STEP_ONLINE && step != MSNP_STEP_OFFLINE;
}

/*
 * A server that answered VER and then nothing may have thrown away what came with it, which is
 * noticed earlier.
 */
static int64_t step_timeout(const msnp_ns *ns, msnp_step step)
{
    bool pipelined = ns->pipelined && (step == MSNP_STEP_CLIENT || step == MSNP_STEP_ACCOUNT);

    return pipelined ? MSNP_PIPELINED_TIMEOUT : MSNP_STEP_TIMEOUT;
}

/* It got further with one command at a time: so that was it. */
static void notice_no_pipelining(msnp_ns *ns, msnp_step step)
{
    if (ns->blamed == MSNP_STEP_IDLE || step <= ns->blamed || step == MSNP_STEP_OFFLINE)
        return;
    ns->blamed = MSNP_STEP_IDLE;
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_NO_PIPELINING});
}

void ns_set_step(msnp_ns *ns, msnp_step step, int64_t now)
{
    ns->step = step;
    ns->clock.step =
        has_deadline(step) ? msnp_clock_time(&ns->clock, now) + step_timeout(ns, step) : MSNP_NEVER;
    if (step == MSNP_STEP_ONLINE || step == MSNP_STEP_OFFLINE)
        ns->clock.total = MSNP_NEVER;
    if (step != MSNP_STEP_OFFLINE)
        ns_push(ns, (msnp_event){.type = MSNP_EVENT_STEP, .step = {step, ns->host}});
    notice_no_pipelining(ns, step);
}

void ns_fail(msnp_ns *ns, msnp_err err, unsigned number)
{
    ns->err = err;
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_FAILED,
                             .failure = {.err = err,
                                         .step = ns->step,
                                         .host = ns->host,
                                         .port = ns->host != NULL ? ns->port : 0,
                                         .number = number}});
    ns_set_step(ns, MSNP_STEP_OFFLINE, 0);
}

static void send_command(msnp_ns *ns, const char *name, uint32_t id, const char *const *args,
                         msnp_str payload)
{
    msnp_err err = msnp_speak(&ns->events, ns->framer.verbs, ns->trace, name, id, args, payload);

    if (err != MSNP_OK)
        ns_fail(ns, err, 0);
}

void ns_ask(msnp_ns *ns, const char *name, unsigned context, int64_t deadline,
            const char *const *args)
{
    /* What was to be sent before it may have failed already. */
    if (ns->step == MSNP_STEP_OFFLINE)
        return;

    uint32_t id = msnp_trans_begin(&ns->trans, name, context, deadline);
    if (id == 0)
        ns_fail(ns, MSNP_ERR_TOO_LONG, 0);
    else
        send_command(ns, name, id, args, (msnp_str){"", 0});
}

void ns_tell(msnp_ns *ns, const char *name, bool with_id, const char *const *args, msnp_str payload)
{
    send_command(ns, name, with_id ? msnp_trans_id(&ns->trans) : 0, args, payload);
}

bool ns_answers(msnp_ns *ns, const msnp_cmd *cmd, const char *name)
{
    msnp_pending ended;

    return ns_answers_to(ns, cmd, name, &ended);
}

/* In a sign-in answers come in the order of the commands. */
static bool is_its_turn(const msnp_ns *ns, uint32_t id)
{
    return ns->step == MSNP_STEP_ONLINE || msnp_trans_is_oldest(&ns->trans, id);
}

bool ns_answers_to(msnp_ns *ns, const msnp_cmd *cmd, const char *name, msnp_pending *ended)
{
    uint32_t id;

    return msnp_cmd_trid(cmd, &id) && is_its_turn(ns, id) &&
           msnp_trans_end_named(&ns->trans, id, name, ended);
}

void ns_report_contact(msnp_ns *ns, const msnp_contact *contact, unsigned news)
{
    if (news == 0 || ns->incoming != NULL)
        return; /* MSNP_EVENT_ROSTER will tell all of it */
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_CONTACT, .contact = {contact->account, news}});
}
