/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ns.h"

#include "codec.h"
#include "ns_edit.h"
#include "ns_login.h"
#include "ns_notice.h"
#include "ns_page.h"
#include "ns_presence.h"
#include "ns_sb.h"
#include "ns_sync.h"
#include "url.h"

#include <string.h>

/* --- commands ------------------------------------------------------------------------------- */

/* Continues what may have waited for this. */
static void run(msnp_ns *ns, int64_t now)
{
    ns_presence_run(ns, now);
    ns_edit_run(ns, now);
    ns_sb_run(ns, now);
    ns_notice_run(ns, now);
}

/* XFR id NS..., XFR id SB... */
static void got_transfer(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    if (msnp_str_is(cmd->argv[1], "NS"))
        ns_login_got_transfer(ns, cmd, now);
    else if (msnp_str_is(cmd->argv[1], "SB"))
        ns_sb_got_switchboard(ns, cmd);
}

static void got_status(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    bool signing_in = ns->state == NS_PRESENCE;

    ns_presence_got_status(ns, cmd, now);
    if (signing_in && ns->state == NS_ONLINE)
        ns_sync_settle(ns, now);
}

/* GTC, BLP, PRP: a reply has an id, an unsolicited one has none. */
static void got_setting(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    uint32_t id;

    if (msnp_cmd_trid(cmd, &id))
        ns_edit_got_answer(ns, cmd, now);
    else
        ns_sync_got_setting(ns, cmd);
}

/* ADD, REM: a reply, or with id 0 a change by somebody else. */
static void got_list_change(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    uint32_t id;

    if (msnp_cmd_trid(cmd, &id) && id == 0 && msnp_str_is(cmd->argv[1], "RL"))
        ns_sync_got_reverse(ns, cmd);
    else
        ns_edit_got_answer(ns, cmd, now);
}

/* CHL 0 text -> QRY id product 32, and the digest. No waiting for the reply (deviation 13). */
static void got_challenge(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    char digest[MSNP_DIGEST_LENGTH + 1];
    const char *const args[] = {msnp_product_id, G_STRINGIFY(MSNP_DIGEST_LENGTH), NULL};

    (void)now;
    msnp_challenge_digest(cmd->argv[1], digest);
    ns_notify(ns, "QRY", true, args, msnp_str_of(digest));
    msnp_wipe(digest, sizeof digest);
}

static void got_out(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    (void)now;
    if (cmd->argc > 0 && msnp_str_is(cmd->argv[0], "OTH"))
        ns_fail(ns, MSNP_ERR_ELSEWHERE, 0);
    else if (cmd->argc > 0 && msnp_str_is(cmd->argv[0], "SSD"))
        ns_fail(ns, MSNP_ERR_SHUTDOWN, 0);
    else
        ns_fail(ns, MSNP_ERR_SIGNED_OUT, 0);
}

/* --- errors --------------------------------------------------------------------------------- */

/* A command was rejected, or got no reply (number 0), while signed in. */
static void end_refused(msnp_ns *ns, const msnp_pending *refused, unsigned number)
{
    const msnp_cause cause = {number != 0 ? MSNP_ERR_SERVER : MSNP_ERR_TIMEOUT, number};

    if (strcmp(refused->name, "CHG") == 0)
        ns_presence_refused(ns, (msnp_status)refused->context, number);
    else if (strcmp(refused->name, "XFR") == 0)
        ns_sb_refused(ns, refused->context, cause);
    else if (strcmp(refused->name, "URL") == 0)
        ns_notice_refused(ns, cause);
    else if (strcmp(refused->name, "PAG") == 0)
        ns_page_refused(ns, refused->context, number);
    else
        ns_edit_refused(ns, number);
}

/* Is this error about a command of the sign-in? */
static bool is_about_sign_in(const msnp_ns *ns, const msnp_cmd *cmd)
{
    uint32_t id;

    if (ns->state == NS_ONLINE)
        return false;
    return !msnp_cmd_trid(cmd, &id) || ns->trans.pending->len == 0 ||
           msnp_trans_waits(&ns->trans, id);
}

/* Was a pipelined command rejected before its turn? */
static bool is_premature(const msnp_ns *ns, const msnp_cmd *cmd)
{
    uint32_t id;

    return msnp_cmd_trid(cmd, &id) && msnp_trans_waits(&ns->trans, id) &&
           !msnp_trans_is_oldest(&ns->trans, id);
}

/*
 * During the sign-in most numbers mean a problem of the account or the server. Any other, and any
 * number for a command before its turn, may mean that the server does not tolerate pipelining.
 */
static void sign_in_refused(msnp_ns *ns, const msnp_cmd *cmd, const msnp_server_error *error,
                            int64_t now)
{
    bool ticket = ns->state == NS_TICKET && error->trouble == MSNP_TROUBLE_TICKET;
    bool meant = error->trouble != MSNP_TROUBLE_OTHER && !is_premature(ns, cmd);

    if (meant || !ns_login_stop_pipelining(ns, now))
        ns_fail(ns, ticket ? MSNP_ERR_TICKET : MSNP_ERR_SERVER, cmd->number);
}

/* The connection leads nowhere: fails, unless there is another way. */
static void give_up(msnp_ns *ns, const msnp_failure *failure, int64_t now)
{
    msnp_failure really = *failure;

    ns_fill_in(ns, &really);
    if (ns->state <= NS_VERSION && ns->ops->another_way != NULL &&
        ns->ops->another_way(ns->owner, &really, now))
        ns_login_connect(ns, now);
    else
        ns_fail_with(ns, really);
}

static void got_error(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    const msnp_server_error *error = msnp_server_error_find(cmd->number);
    uint32_t id;
    msnp_pending refused;

    if (ns->state == NS_VERSION && error->number == 0) {
        /* Servers of other protocols also greet with three digits: "220 mail.example ESMTP". */
        give_up(ns, &(msnp_failure){.err = MSNP_ERR_VERSION}, now);
    } else if (error->trouble == MSNP_TROUBLE_CHALLENGE) {
        ns_fail(ns, MSNP_ERR_SERVER, cmd->number);
    } else if (is_about_sign_in(ns, cmd)) {
        sign_in_refused(ns, cmd, error, now);
    } else if (msnp_cmd_trid(cmd, &id) && msnp_trans_end(&ns->trans, id, &refused)) {
        msnp_trans_extend(&ns->trans, id, now + MSNP_TRANS_TIMEOUT);
        end_refused(ns, &refused, cmd->number);
    }
}

/* --- reading -------------------------------------------------------------------------------- */

/* All states from USR OK on. */
#define SIGNED_IN (MSNP_IN(NS_LISTS) | MSNP_IN(NS_PRESENCE) | MSNP_IN(NS_ONLINE))
/* All states from the reply to SYN on. */
#define AFTER_SYN (MSNP_IN(NS_PRESENCE) | MSNP_IN(NS_ONLINE))
/* All states with an open connection. */
#define TALKING                                                                   \
    (SIGNED_IN | MSNP_IN(NS_VERSION) | MSNP_IN(NS_CLIENT) | MSNP_IN(NS_ACCOUNT) | \
     MSNP_IN(NS_PASSPORT) | MSNP_IN(NS_TICKET))

/*
 * Names and phone numbers are masked for privacy. More than the cookie is masked: in a malformed
 * line it may be elsewhere (the log shows the server when we connect to it). The same goes for
 * names, in which a server may have left spaces.
 *
 * Rows without steps are here for framing (their payload must be skipped) or for what we send; rows
 * without a handler, for the log. UBX and below belong to later dialects: no server should send
 * them.
 *
 * A handler is called only in the steps of its row, and with at least the parameters it requires.
 */
static const struct row {
    msnp_verb verb;
    void (*handle)(msnp_ns *ns, const msnp_cmd *cmd, int64_t now);
} rows[] = {
    /* name, least parameters, payload, secret, steps; handler */
    {{"VER", 1, false, 0, MSNP_IN(NS_VERSION)}, ns_login_got_version},
    {{"CVR", 1, false, 0, MSNP_IN(NS_CLIENT)}, ns_login_got_client},
    {{"USR", 3, false, MSNP_SECRET_FROM(3), MSNP_IN(NS_ACCOUNT) | MSNP_IN(NS_TICKET)},
     ns_login_got_user},
    {{"XFR", 3, false, MSNP_SECRET_FROM(2), TALKING}, got_transfer},
    {{"SYN", 2, false, 0, MSNP_IN(NS_LISTS)}, ns_sync_got_lists},
    {{"CHG", 2, false, 0, MSNP_IN(NS_PRESENCE) | MSNP_IN(NS_ONLINE)}, got_status},
    {{"CHL", 2, false, MSNP_SECRET(1), SIGNED_IN}, got_challenge},
    {{"OUT", 0, false, 0, TALKING}, got_out},
    {{"GTC", 1, false, 0, AFTER_SYN}, got_setting},
    {{"BLP", 1, false, 0, AFTER_SYN}, got_setting},
    {{"PRP", 1, false, MSNP_SECRET_FROM(1), AFTER_SYN}, got_setting},
    {{"LSG", 2, false, 0, AFTER_SYN}, ns_sync_got_group},
    {{"LST", 3, false, MSNP_SECRET(1), AFTER_SYN}, ns_sync_got_contact},
    {{"BPR", 1, false, MSNP_SECRET_FROM(1), AFTER_SYN}, ns_sync_got_phone},
    {{"ILN", 3, false, MSNP_SECRET(3), SIGNED_IN}, ns_sync_got_initial},
    {{"NLN", 2, false, MSNP_SECRET(2), SIGNED_IN}, ns_sync_got_online},
    {{"FLN", 1, false, 0, SIGNED_IN}, ns_sync_got_offline},
    {{"ADD", 4, false, MSNP_SECRET(4), AFTER_SYN}, got_list_change},
    {{"REM", 4, false, 0, AFTER_SYN}, got_list_change},
    {{"ADG", 4, false, 0, MSNP_IN(NS_ONLINE)}, ns_edit_got_answer},
    {{"REG", 3, false, 0, MSNP_IN(NS_ONLINE)}, ns_edit_got_answer},
    {{"RMG", 3, false, 0, MSNP_IN(NS_ONLINE)}, ns_edit_got_answer},
    {{"REA", 3, false, MSNP_SECRET_FROM(2), MSNP_IN(NS_ONLINE)}, ns_edit_got_answer},
    {{"QRY", 1, false, 0, SIGNED_IN}, NULL},
    {{"PNG", 0, false, 0, 0}, NULL},
    {{"QNG", 0, false, 0, MSNP_IN(NS_ONLINE)}, NULL},
    {{"RNG", 5, false, MSNP_SECRET_FROM(0), MSNP_IN(NS_ONLINE)}, ns_sb_got_ring},
    {{"MSG", 3, true, 0, SIGNED_IN}, ns_notice_got_message},
    {{"URL", 4, false, MSNP_SECRET_FROM(1), MSNP_IN(NS_ONLINE)}, ns_notice_got_url},
    {{"NOT", 1, true, 0, 0}, NULL},
    {{"PAG", 2, true, 0, 0}, NULL},
    {{"IPG", 1, true, 0, MSNP_IN(NS_ONLINE)}, ns_page_got},
    {{"UBX", 1, true, 0, 0}, NULL},
    {{"GCF", 1, true, 0, 0}, NULL},
    {{"UBN", 1, true, 0, 0}, NULL},
    {{"UBM", 1, true, 0, 0}, NULL},
    {{"NFY", 1, true, 0, 0}, NULL},
};

const msnp_verbs msnp_ns_verbs = {&rows[0].verb, G_N_ELEMENTS(rows), sizeof rows[0]};

/* Is this the verb of the reply that the sign-in waits for? */
static bool is_awaited(const msnp_ns *ns, const msnp_cmd *cmd)
{
    return (ns->state == NS_LISTS && strcmp(cmd->name, "SYN") == 0) ||
           (ns->state == NS_PRESENCE && strcmp(cmd->name, "CHG") == 0);
}

static void dispatch(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    if (cmd->number != 0) {
        got_error(ns, cmd, now);
        return;
    }
    if (cmd->verb == NULL || (cmd->verb->steps & MSNP_IN(ns->state)) == 0)
        return; /* unknown, or not now: the trace says so */
    if (!msnp_cmd_complete(cmd)) {
        /* Fail if the awaited reply of the sign-in is malformed; skip other malformed lines. */
        if (ns->state < NS_LISTS || is_awaited(ns, cmd))
            ns_fail(ns, MSNP_ERR_MALFORMED, 0);
        return;
    }
    const struct row *row = (const struct row *)cmd->verb;
    if (row->handle != NULL)
        row->handle(ns, cmd, now);
}

static bool is_listening(const msnp_ns *ns)
{
    return ns->state > NS_CONNECT && ns->state != NS_OFFLINE;
}

/* If the first bytes are not MSNP, it is some other kind of server. */
static void broken(msnp_ns *ns, msnp_err err, int64_t now)
{
    give_up(ns, &(msnp_failure){.err = ns->state == NS_VERSION ? MSNP_ERR_VERSION : err}, now);
}

/* What is served at once is fed at once. */
G_STATIC_ASSERT(MSNP_SERVE_MAX <= MSNP_FEED_MAX);

static void read_bytes(msnp_ns *ns, msnp_str bytes, int64_t now)
{
    msnp_cmd cmd;
    msnp_str line;
    msnp_result result = MSNP_MORE;
    msnp_err err = msnp_framer_feed(&ns->framer, bytes.ptr, bytes.len);

    if (err != MSNP_OK) {
        broken(ns, err, now);
        return;
    }
    while (is_listening(ns) && (result = msnp_framer_next(&ns->framer, &cmd, &line)) == MSNP_DONE) {
        msnp_net_trace_line(ns->net, ns->conn, &msnp_ns_verbs, line, cmd.payload.len, ns->state);
        ns_command_arrived(ns, now);
        dispatch(ns, &cmd, now);
        run(ns, now);
    }
    if (result == MSNP_BAD)
        broken(ns, ns->framer.err, now);
}

static void received(gpointer part, unsigned conn, msnp_str bytes, int64_t now)
{
    msnp_ns *ns = part;

    ns->now = now;
    if (!is_listening(ns) && ns->state != NS_CONNECT)
        return;
    if (bytes.len == 0 && !ns_login_stop_pipelining(ns, now))
        give_up(ns, &(msnp_failure){.err = MSNP_ERR_CLOSED}, now);
    ns->heard = now;
    ns->pinged = MSNP_NEVER;
    /* After a transfer, ignore the rest: it is from the old server. */
    if (bytes.len > 0 && ns->conn == conn && is_listening(ns))
        read_bytes(ns, bytes, now);
    ns_page_run(ns);
}

static void connected(gpointer part, unsigned conn, int64_t now)
{
    msnp_ns *ns = part;

    (void)conn;
    ns->now = now;
    if (ns->state != NS_CONNECT)
        return;
    msnp_framer_clear(&ns->framer);
    ns_sb_restart(ns);
    msnp_trans_restart(&ns->trans);
    ns_sync_restart(ns);
    ns_edit_restart(ns);
    ns_notice_restart(ns);
    ns_page_restart(ns);
    ns->changing = false;
    ns->outlived = false;
    ns->heard = now;
    ns->pinged = MSNP_NEVER;
    ns_login_greet(ns, now);
}

static void connect_failed(gpointer part, unsigned conn, const msnp_connect_error *why, int64_t now)
{
    msnp_ns *ns = part;

    (void)conn;
    ns->now = now;
    const msnp_failure failure = {.err = why->gateway ? MSNP_ERR_GATEWAY : MSNP_ERR_UNREACHABLE,
                                  .host = why->host,
                                  .port = why->port,
                                  .number = why->status,
                                  .code = why->code,
                                  .text = why->text,
                                  .hopeless = why->hopeless};
    give_up(ns, &failure, now);
}

static const msnp_conn_ops conn_ops = {
    .connected = connected, .failed = connect_failed, .received = received};

/* --- life ----------------------------------------------------------------------------------- */

msnp_ns *msnp_ns_new(const msnp_ns_config *config, msnp_net *net, const msnp_ns_ops *ops,
                     gpointer owner)
{
    msnp_ns *ns = g_new0(msnp_ns, 1);
    const char *host = config->host != NULL ? config->host : "";
    bool bare_v6 = strchr(host, ':') != NULL && *host != '[';
    char *text = bare_v6 ? g_strdup_printf("[%s]", host) : g_strdup(host);
    uint16_t in_host = 0;

    ns->net = net;
    ns->ops = ops;
    ns->owner = owner;
    ns->conn_ops = &conn_ops;
    msnp_clock_init(&ns->clock);
    ns->state = NS_IDLE;
    msnp_framer_init(&ns->framer, &msnp_ns_verbs);
    msnp_trans_init(&ns->trans);
    ns->handle = g_strdup(config->account != NULL ? config->account : "");
    ns->roster = msnp_roster_new();
    ns->sync_until = MSNP_NEVER;
    ns->settle_until = MSNP_NEVER;
    g_queue_init(&ns->edits);
    g_queue_init(&ns->pages);
    ns->requests = g_array_new(FALSE, FALSE, sizeof(unsigned));
    ns->wanted = config->status;
    ns->pipelining = config->pipelining;
    ns->p2p = config->p2p;
    ns->failed = MSNP_N_STATUSES;
    ns->blamed = NS_IDLE;
    ns->pinged = MSNP_NEVER;

    /* Only validates the name. Port 1 is a dummy: ports in the host setting are not supported. */
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
    msnp_framer_clear(&ns->framer);
    msnp_trans_clear(&ns->trans);
    msnp_roster_free(ns->roster);
    msnp_roster_free(ns->incoming);
    ns_edit_clear(ns);
    ns_notice_clear(ns);
    ns_page_clear(ns);
    g_array_free(ns->requests, TRUE);
    g_free(ns->handle);
    g_free(ns->host);
    g_free(ns);
}

void msnp_ns_start(msnp_ns *ns, int64_t now)
{
    ns->now = now;
    if (ns->state != NS_IDLE)
        return;
    if (ns->config_err != MSNP_OK) {
        ns_fail(ns, ns->config_err, 0);
        return;
    }
    ns->clock.total = now + MSNP_SIGN_IN_TIMEOUT;
    ns_login_connect(ns, now);
}

void msnp_ns_ticket(msnp_ns *ns, const char *ticket, int64_t now)
{
    ns->now = now;
    ns_login_ticket(ns, ticket, now);
    run(ns, now);
}

void msnp_ns_run(msnp_ns *ns, int64_t now)
{
    ns->now = now;
    run(ns, now);
    ns_page_run(ns);
}

void msnp_ns_sign_out(msnp_ns *ns)
{
    const char *const none[] = {NULL};

    ns_notice_clear(ns);
    if (ns->state == NS_OFFLINE)
        return;
    if (ns->state == NS_ONLINE)
        ns_notify(ns, "OUT", false, none, (msnp_str){"", 0});
    ns_set_state(ns, NS_OFFLINE, ns->now);
    ns_close(ns);
}

void msnp_ns_stop(msnp_ns *ns)
{
    ns_notice_clear(ns);
    ns_set_state(ns, NS_OFFLINE, ns->now);
    ns_close(ns);
}

/* When the next PNG is due, or the pending one times out. */
static int64_t next_ping(const msnp_ns *ns)
{
    /* Gateways poll instead; Microsoft's closes the connection on PNG. */
    if (ns->state != NS_ONLINE || msnp_net_is_tunnelled(ns->net, ns->conn))
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
    ns_notify(ns, "PNG", false, none, (msnp_str){"", 0});
}

/*
 * Is the time of the sign-in over, or of its step? A slow reply has more time, but not if giving up
 * only means to go on without pipelining.
 */
static bool has_timed_out(msnp_ns *ns, int64_t now)
{
    bool hurried = ns->pipelined && (ns->state == NS_CLIENT || ns->state == NS_ACCOUNT);

    if (!msnp_clock_expired(&ns->clock, now))
        return false;
    return hurried || ns->state <= NS_CONNECT ||
           !ns_is_arriving(ns, &ns->clock.step, MSNP_STEP_TIMEOUT, ns->clock.total, now);
}

static void expire(msnp_ns *ns, int64_t now)
{
    msnp_pending late;
    int64_t later;

    if (now >= msnp_trans_next(&ns->trans) &&
        ns_is_arriving(ns, &later, MSNP_TRANS_TIMEOUT, MSNP_NEVER, now))
        msnp_trans_extend(&ns->trans, 0, later);
    while (ns->state == NS_ONLINE && msnp_trans_expire(&ns->trans, now, &late)) {
        end_refused(ns, &late, 0);
        run(ns, now);
    }
}

/* Can the lists be arriving, or have arrived? */
static bool has_lists(const msnp_ns *ns)
{
    return ns->state == NS_PRESENCE || ns->state == NS_ONLINE;
}

void msnp_ns_tick(msnp_ns *ns, int64_t now)
{
    ns->now = now;
    if (ns->state == NS_WAIT) {
        ns_login_wait(ns, now);
        return;
    }
    if (has_timed_out(ns, now)) {
        /* If not even VER got a reply, pipelining is not the reason. */
        bool hopeless = now >= ns->clock.total || ns->state == NS_VERSION;
        if (hopeless || !ns_login_stop_pipelining(ns, now))
            give_up(ns,
                    &(msnp_failure){.err = MSNP_ERR_TIMEOUT, .hopeless = now >= ns->clock.total},
                    now);
        return;
    }
    expire(ns, now);
    ns_page_tick(ns, now);
    if (has_lists(ns))
        ns_sync_tick(ns, now);
    run(ns, now);
    ns_page_run(ns);
    keep_alive(ns, now);
}

int64_t msnp_ns_deadline(const msnp_ns *ns)
{
    int64_t next = MIN(msnp_clock_next(&ns->clock), next_ping(ns));

    if (ns->state == NS_ONLINE)
        next = MIN(next, MIN(msnp_trans_next(&ns->trans), ns_notice_deadline(ns)));
    if (ns->state == NS_ONLINE)
        next = MIN(next, ns_page_deadline(ns));
    if (has_lists(ns))
        next = MIN(next, ns_sync_deadline(ns));
    return next;
}

void msnp_ns_set_hurried(msnp_ns *ns, bool hurried)
{
    ns->hurried = hurried;
}

void msnp_ns_hold(msnp_ns *ns, int64_t now)
{
    msnp_clock_hold(&ns->clock, now);
}

void msnp_ns_resume(msnp_ns *ns, int64_t now)
{
    msnp_clock_resume(&ns->clock, now);
}

msnp_step msnp_ns_step(const msnp_ns *ns)
{
    return ns_shown_step(ns->state);
}

const msnp_roster *msnp_ns_roster(const msnp_ns *ns)
{
    return ns->roster;
}

bool msnp_ns_is_welcome(const msnp_ns *ns, const char *account)
{
    bool allow_unlisted;
    unsigned lists = ns_sync_lists_of(ns, account, &allow_unlisted);

    ns_edit_foresee(ns, account, &lists, &allow_unlisted);
    /* The block list wins over the allow list (deviation 4). */
    if ((lists & MSNP_LIST_BLOCK) != 0)
        return false;
    return allow_unlisted || (lists & MSNP_LIST_ALLOW) != 0;
}

bool msnp_ns_is_contact(const msnp_ns *ns, const char *account)
{
    bool allow_unlisted;

    return (ns_sync_lists_of(ns, account, &allow_unlisted) & MSNP_LIST_FORWARD) != 0;
}

const char *msnp_ns_handle(const msnp_ns *ns)
{
    return ns->handle;
}

unsigned msnp_ns_conn(const msnp_ns *ns)
{
    return ns->conn;
}
