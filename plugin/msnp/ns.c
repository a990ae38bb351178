/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ns.h"

#include "codec.h"
#include "ns_priv.h"
#include "speak.h"
#include "url.h"

#include <string.h>

msnp_ns *msnp_ns_new(const msnp_ns_config *config)
{
    msnp_ns *ns = g_new0(msnp_ns, 1);
    const char *host = config->host != NULL ? config->host : "";
    bool bare_v6 = strchr(host, ':') != NULL && *host != '[';
    char *text = bare_v6 ? g_strdup_printf("[%s]", host) : g_strdup(host);
    uint16_t in_host = 0;

    msnp_event_queue_init(&ns->events);
    msnp_clock_init(&ns->clock);
    ns->step = MSNP_STEP_IDLE;
    msnp_framer_init(&ns->framer, &msnp_ns_verbs);
    msnp_trans_init(&ns->trans);
    ns->handle = g_strdup(config->account != NULL ? config->account : "");
    ns->roster = msnp_roster_new();
    ns->sync_until = MSNP_NEVER;
    ns->settle_until = MSNP_NEVER;
    g_queue_init(&ns->edits);
    ns->requests = g_array_new(FALSE, FALSE, sizeof(unsigned));
    ns->wanted = config->status;
    ns->pipelining = config->pipelining;
    ns->blamed = MSNP_STEP_IDLE;
    ns->pinged = MSNP_NEVER;

    /* The default port 1 only makes the call succeed: a port in the name is nothing we promise. */
    if (!msnp_account_valid(ns->handle))
        ns->config_err = MSNP_ERR_ACCOUNT;
    else if (config->port < 1 || config->port > UINT16_MAX ||
             msnp_host_port_parse(msnp_str_of(text), 1, &ns->host, &in_host) != MSNP_OK ||
             in_host != 1)
        ns->config_err = MSNP_ERR_SERVER_NAME;
    ns->port = (uint16_t)config->port;
    g_free(text);
    return ns;
}

void msnp_ns_free(msnp_ns *ns)
{
    if (ns == NULL)
        return;
    msnp_event_queue_clear(&ns->events);
    msnp_framer_clear(&ns->framer);
    msnp_trans_clear(&ns->trans);
    msnp_roster_free(ns->roster);
    msnp_roster_free(ns->incoming);
    ns_edit_clear(ns);
    g_array_free(ns->requests, TRUE);
    g_free(ns->handle);
    g_free(ns->host);
    g_free(ns);
}

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
    msnp_err err = msnp_speak(&ns->events, &msnp_ns_verbs, ns->trace, name, id, args, payload);

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

/* All steps from USR OK on. */
#define SIGNED_IN \
    (MSNP_IN(MSNP_STEP_LISTS) | MSNP_IN(MSNP_STEP_PRESENCE) | MSNP_IN(MSNP_STEP_ONLINE))
/* All steps from the answer to SYN on. */
#define AFTER_SYN (MSNP_IN(MSNP_STEP_PRESENCE) | MSNP_IN(MSNP_STEP_ONLINE))
/* All steps in which a server was spoken to. */
#define TALKING                                                           \
    (SIGNED_IN | MSNP_IN(MSNP_STEP_VERSION) | MSNP_IN(MSNP_STEP_CLIENT) | \
     MSNP_IN(MSNP_STEP_ACCOUNT) | MSNP_IN(MSNP_STEP_PASSPORT) | MSNP_IN(MSNP_STEP_TICKET))

/*
 * People's names and phone numbers are no secrets of the protocol, but nothing for a log either.
 * Around a cookie more is masked than the cookie: in a broken line it stands somewhere else. So it
 * is with names in which a server left blanks.
 *
 * The rows without steps are here for their framing (a payload must be skipped as one) or for the
 * log. UBX and below belong to later dialects: no server should send them to us.
 *
 * A handler is called only in the steps of its row, and with the parameters that it asks for.
 */
static const struct row {
    msnp_verb verb;
    void (*handle)(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
} rows[] = {
    /* name, least parameters, payload, secret, steps; handler */
    {{"VER", 1, false, 0, MSNP_IN(MSNP_STEP_VERSION)}, ns_got_version},
    {{"CVR", 1, false, 0, MSNP_IN(MSNP_STEP_CLIENT)}, ns_got_client},
    {{"USR", 3, false, MSNP_SECRET_FROM(3), MSNP_IN(MSNP_STEP_ACCOUNT) | MSNP_IN(MSNP_STEP_TICKET)},
     ns_got_user},
    {{"XFR", 3, false, MSNP_SECRET_FROM(3), TALKING}, ns_got_transfer},
    {{"SYN", 2, false, 0, MSNP_IN(MSNP_STEP_LISTS)}, ns_got_lists},
    {{"CHG", 2, false, 0, MSNP_IN(MSNP_STEP_PRESENCE) | MSNP_IN(MSNP_STEP_ONLINE)}, ns_got_status},
    {{"CHL", 2, false, MSNP_SECRET(1), SIGNED_IN}, ns_got_challenge},
    {{"OUT", 0, false, 0, TALKING}, ns_got_out},
    {{"GTC", 1, false, 0, AFTER_SYN}, ns_got_edit},
    {{"BLP", 1, false, 0, AFTER_SYN}, ns_got_edit},
    {{"PRP", 1, false, MSNP_SECRET_FROM(1), AFTER_SYN}, ns_got_edit},
    {{"LSG", 2, false, 0, AFTER_SYN}, ns_got_group},
    {{"LST", 3, false, MSNP_SECRET(1), AFTER_SYN}, ns_got_contact},
    {{"BPR", 1, false, MSNP_SECRET_FROM(1), AFTER_SYN}, ns_got_phone},
    {{"ILN", 3, false, MSNP_SECRET(3), SIGNED_IN}, ns_got_initial},
    {{"NLN", 2, false, MSNP_SECRET(2), SIGNED_IN}, ns_got_online},
    {{"FLN", 1, false, 0, SIGNED_IN}, ns_got_offline},
    {{"ADD", 4, false, MSNP_SECRET(4), AFTER_SYN}, ns_got_edit},
    {{"REM", 4, false, 0, AFTER_SYN}, ns_got_edit},
    {{"ADG", 4, false, 0, MSNP_IN(MSNP_STEP_ONLINE)}, ns_got_edit},
    {{"REG", 3, false, 0, MSNP_IN(MSNP_STEP_ONLINE)}, ns_got_edit},
    {{"RMG", 3, false, 0, MSNP_IN(MSNP_STEP_ONLINE)}, ns_got_edit},
    {{"REA", 3, false, MSNP_SECRET_FROM(2), MSNP_IN(MSNP_STEP_ONLINE)}, ns_got_edit},
    {{"QRY", 1, false, 0, 0}, NULL},
    {{"PNG", 0, false, 0, 0}, NULL},
    {{"QNG", 0, false, 0, 0}, NULL},
    {{"RNG", 5, false, MSNP_SECRET_FROM(2), MSNP_IN(MSNP_STEP_ONLINE)}, ns_got_ring},
    {{"MSG", 3, true, 0, 0}, NULL},
    {{"NOT", 1, true, 0, 0}, NULL},
    {{"IPG", 1, true, 0, 0}, NULL},
    {{"UBX", 1, true, 0, 0}, NULL},
    {{"GCF", 1, true, 0, 0}, NULL},
    {{"UBN", 1, true, 0, 0}, NULL},
    {{"UBM", 1, true, 0, 0}, NULL},
    {{"NFY", 1, true, 0, 0}, NULL},
};

const msnp_verbs msnp_ns_verbs = {&rows[0].verb, G_N_ELEMENTS(rows), sizeof rows[0]};

/* Is this the verb of the answer without which a sign-in cannot go on? */
static bool is_awaited(const msnp_ns *ns, const msnp_cmd *cmd)
{
    return (ns->step == MSNP_STEP_LISTS && strcmp(cmd->name, "SYN") == 0) ||
           (ns->step == MSNP_STEP_PRESENCE && strcmp(cmd->name, "CHG") == 0);
}

static void dispatch(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    if (cmd->number != 0) {
        ns_got_error(ns, cmd, now);
        return;
    }
    if (cmd->verb == NULL || (cmd->verb->steps & MSNP_IN(ns->step)) == 0)
        return; /* not for us, or not now: the trace has it */
    if (!msnp_cmd_complete(cmd)) {
        /* In a sign-in the answer we wait for is broken; else one broken line is no reason. */
        if (ns->step < MSNP_STEP_LISTS || is_awaited(ns, cmd))
            ns_fail(ns, MSNP_ERR_MALFORMED, 0);
        return;
    }
    ((const struct row *)cmd->verb)->handle(ns, cmd, now);
}

static bool is_listening(const msnp_ns *ns)
{
    return ns->step != MSNP_STEP_IDLE && ns->step != MSNP_STEP_CONNECT &&
           ns->step != MSNP_STEP_OFFLINE;
}

/* What does not even look like MSNP before the first answer is some other kind of server. */
static void broken(msnp_ns *ns, msnp_err err)
{
    ns_fail(ns, ns->step == MSNP_STEP_VERSION ? MSNP_ERR_VERSION : err, 0);
}

/* At most MSNP_FEED_MAX bytes. */
static void feed_part(msnp_ns *ns, const char *bytes, size_t len, int64_t now)
{
    msnp_cmd cmd;
    msnp_str line;
    msnp_result result = MSNP_MORE;
    msnp_err err = msnp_framer_feed(&ns->framer, bytes, len);

    if (err != MSNP_OK) {
        broken(ns, err);
        return;
    }
    while (is_listening(ns) && (result = msnp_framer_next(&ns->framer, &cmd, &line)) == MSNP_DONE) {
        if (ns->trace)
            msnp_speak_trace(&ns->events, &msnp_ns_verbs, false, line, cmd.payload.len);
        dispatch(ns, &cmd, now);
    }
    if (result == MSNP_BAD)
        broken(ns, ns->framer.err);
}

msnp_err msnp_ns_feed(msnp_ns *ns, const void *data, size_t len, int64_t now)
{
    const char *bytes = data;

    if (!is_listening(ns) && ns->step != MSNP_STEP_CONNECT)
        return MSNP_OK;
    if (len == 0 && !ns_stop_pipelining(ns, now))
        ns_fail(ns, MSNP_ERR_CLOSED, 0);
    ns->heard = now;
    ns->pinged = MSNP_NEVER;
    /* After a transfer the rest comes from a server that we have left. */
    while (len > 0 && is_listening(ns)) {
        size_t part = MIN(len, MSNP_FEED_MAX);
        feed_part(ns, bytes, part, now);
        bytes += part;
        len -= part;
    }
    return ns->err;
}

void msnp_ns_start(msnp_ns *ns, int64_t now)
{
    if (ns->step != MSNP_STEP_IDLE)
        return;
    if (ns->config_err != MSNP_OK) {
        ns_fail(ns, ns->config_err, 0);
        return;
    }
    ns->clock.total = now + MSNP_SIGN_IN_TIMEOUT;
    ns_connect(ns, now);
}

void msnp_ns_connected(msnp_ns *ns, int64_t now)
{
    if (ns->step != MSNP_STEP_CONNECT)
        return;
    msnp_framer_clear(&ns->framer);
    ns_sb_restart(ns);
    msnp_trans_restart(&ns->trans);
    ns_edit_restart(ns);
    ns->changing = false;
    ns->heard = now;
    ns->pinged = MSNP_NEVER;
    ns_greet(ns, now);
}

void msnp_ns_set_status(msnp_ns *ns, msnp_status status, int64_t now)
{
    ns->wanted = status;
    if (ns->step == MSNP_STEP_ONLINE)
        ns_change_status(ns, now);
}

void msnp_ns_sign_out(msnp_ns *ns)
{
    const char *const none[] = {NULL};

    if (ns->step == MSNP_STEP_OFFLINE)
        return;
    msnp_event_queue_drop(&ns->events);
    if (ns->step == MSNP_STEP_ONLINE)
        ns_tell(ns, "OUT", false, none, (msnp_str){"", 0});
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_CLOSE});
    ns_set_step(ns, MSNP_STEP_OFFLINE, 0);
}

/* When silence becomes a ping, or an unanswered ping the end. */
static int64_t next_ping(const msnp_ns *ns)
{
    if (ns->step != MSNP_STEP_ONLINE)
        return MSNP_NEVER;
    return ns->pinged == MSNP_NEVER ? ns->heard + MSNP_PING_AFTER : ns->pinged + MSNP_PING_TIMEOUT;
}

static void keep_alive(msnp_ns *ns, int64_t now)
{
    const char *const none[] = {NULL};

    if (now < next_ping(ns))
        return;
    if (ns->pinged != MSNP_NEVER) {
        ns_fail(ns, MSNP_ERR_DEAD, 0);
        return;
    }
    ns->pinged = now;
    ns_tell(ns, "PNG", false, none, (msnp_str){"", 0});
}

static void expire(msnp_ns *ns, int64_t now)
{
    msnp_pending late;

    while (ns->step == MSNP_STEP_ONLINE && msnp_trans_expire(&ns->trans, now, &late))
        ns_refused(ns, &late, 0, now);
}

/* Has the server told who we are, and are its lists what it may be telling now? */
static bool has_lists(const msnp_ns *ns)
{
    return ns->step == MSNP_STEP_PRESENCE || ns->step == MSNP_STEP_ONLINE;
}

void msnp_ns_tick(msnp_ns *ns, int64_t now)
{
    if (msnp_clock_expired(&ns->clock, now)) {
        /* A server that has not said a word yet has not been misunderstood either. */
        bool hopeless = now >= ns->clock.total || ns->step == MSNP_STEP_VERSION;
        if (hopeless || !ns_stop_pipelining(ns, now))
            ns_fail(ns, MSNP_ERR_TIMEOUT, 0);
        return;
    }
    expire(ns, now);
    if (has_lists(ns))
        ns_sync_tick(ns, now);
    keep_alive(ns, now);
}

int64_t msnp_ns_deadline(const msnp_ns *ns)
{
    int64_t next = MIN(msnp_clock_next(&ns->clock), next_ping(ns));

    if (ns->step == MSNP_STEP_ONLINE)
        next = MIN(next, msnp_trans_next(&ns->trans));
    if (has_lists(ns))
        next = MIN(next, ns_sync_deadline(ns));
    return next;
}

void msnp_ns_hold(msnp_ns *ns, int64_t now)
{
    msnp_clock_hold(&ns->clock, now);
}

void msnp_ns_resume(msnp_ns *ns, int64_t now)
{
    msnp_clock_resume(&ns->clock, now);
}

bool msnp_ns_next(msnp_ns *ns, msnp_event *event)
{
    return msnp_event_queue_pop(&ns->events, event);
}

msnp_step msnp_ns_step(const msnp_ns *ns)
{
    return ns->step;
}

const msnp_roster *msnp_ns_roster(const msnp_ns *ns)
{
    return ns->roster;
}

const char *msnp_ns_host(const msnp_ns *ns, uint16_t *port)
{
    *port = ns->host != NULL ? ns->port : 0;
    return ns->host;
}

const char *msnp_ns_handle(const msnp_ns *ns)
{
    return ns->handle;
}

void msnp_ns_set_trace(msnp_ns *ns, bool on)
{
    ns->trace = on;
}
