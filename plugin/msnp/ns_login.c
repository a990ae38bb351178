/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sign-in, from top to bottom in the order in which it happens:
 *
 *   connect, VER, CVR, USR TWN I  ->  XFR NS: the same again with another server
 *                                 ->  USR TWN S challenge: Passport makes a ticket of it
 *   USR TWN S ticket              ->  USR OK
 *   SYN, CHG                      ->  online
 *
 * Each command waits for the reply to the previous one, unless the server tolerates pipelining:
 * VER, CVR and USR TWN I at once, and SYN and CHG with USR TWN S.
 */
#include "ns_login.h"

#include "codec.h"
#include "url.h"

#include <string.h>

/* CVR of Messenger 5.0 on Windows 98; servers expect something like it. */
#define CLIENT_LOCALE  "0x0409"
#define CLIENT_VERSION "5.0.0544"

void ns_login_connect(msnp_ns *ns, int64_t now)
{
    ns->pipelined = false;
    ns_set_state(ns, NS_CONNECT, now);
    ns_close(ns);
    ns->conn = msnp_net_connect(ns->net, MSNP_CONN_SERVICE, ns->host, ns->port, ns->conn_ops, ns);
    ns->ops->connecting(ns->owner, now);
}

static void send_version(msnp_ns *ns)
{
    const char *const args[] = {"MSNP8", "CVR0", NULL};

    ns_ask(ns, "VER", 0, MSNP_NEVER, args);
}

static void send_client(msnp_ns *ns)
{
    const char *const args[] = {CLIENT_LOCALE,  "win",    "4.10",     "i386", "MSNMSGR",
                                CLIENT_VERSION, "MSMSGS", ns->handle, NULL};

    ns_ask(ns, "CVR", 0, MSNP_NEVER, args);
}

static void send_account(msnp_ns *ns)
{
    const char *const args[] = {"TWN", "I", ns->handle, NULL};

    ns_ask(ns, "USR", 0, MSNP_NEVER, args);
}

static void send_ticket(msnp_ns *ns, const char *ticket)
{
    const char *const args[] = {"TWN", "S", ticket, NULL};

    ns_ask(ns, "USR", 0, MSNP_NEVER, args);
}

static void send_sync(msnp_ns *ns)
{
    const char *const args[] = {"0", NULL};

    ns_ask(ns, "SYN", 0, MSNP_NEVER, args);
}

void ns_login_greet(msnp_ns *ns, int64_t now)
{
    ns_set_state(ns, NS_VERSION, now);
    send_version(ns);
    ns->pipelined = ns->pipelining;
    if (!ns->pipelined)
        return;
    send_client(ns);
    send_account(ns);
}

bool ns_login_stop_pipelining(msnp_ns *ns, int64_t now)
{
    if (!ns->pipelined)
        return false;
    ns->pipelining = false;
    ns->blamed = ns->state;
    ns_login_connect(ns, now);
    return true;
}

void ns_login_got_version(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    bool agreed = false;

    /* Not every server repeats CVR0 (deviation 7). */
    for (size_t i = 1; i < cmd->argc; i++) {
        agreed = agreed || msnp_str_is(cmd->argv[i], "MSNP8");
        if (msnp_str_is(cmd->argv[i], "CVR0"))
            ns->signs |= NS_SIGN_CVR0;
    }
    if (!agreed) {
        /* With any id: a rejection can be "VER 0 0" (deviation 11). */
        ns_fail(ns, MSNP_ERR_VERSION, 0);
        return;
    }
    if (!ns_answers(ns, cmd, "VER"))
        return;
    ns_set_state(ns, NS_CLIENT, now);
    if (!ns->pipelined)
        send_client(ns);
}

void ns_login_got_client(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    if (!ns_answers(ns, cmd, "CVR"))
        return;
    /* Which version the server recommends does not matter, only that it has one. */
    if (cmd->argc > 1 && !msnp_str_is(cmd->argv[1], CLIENT_VERSION))
        ns->signs |= NS_SIGN_VERSION;
    ns_set_state(ns, NS_ACCOUNT, now);
    if (!ns->pipelined)
        send_account(ns);
}

static void got_tweener_challenge(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    if (cmd->argc < 4 || cmd->argv[3].len == 0) {
        ns_fail(ns, MSNP_ERR_MALFORMED, 0);
        return;
    }

    char *challenge = msnp_str_dup(cmd->argv[3]);
    msnp_mask_add_lasting(&ns->net->mask, challenge);
    ns->pipelined = false;
    ns_set_state(ns, NS_PASSPORT, now);
    ns->ops->challenge(ns->owner, challenge, now);
    msnp_secret_free(challenge);
}

void ns_login_ticket(msnp_ns *ns, const char *ticket, int64_t now)
{
    if (ns->state != NS_PASSPORT)
        return; /* too late: transferred to another server meanwhile */
    if (!msnp_is_word(ticket) || strlen(ticket) > MSNP_TICKET_MAX) {
        ns_fail(ns, MSNP_ERR_NO_TICKET, 0);
        return;
    }
    msnp_mask_add_lasting(&ns->net->mask, ticket);
    ns_set_state(ns, NS_TICKET, now);
    send_ticket(ns, ticket);
    ns->pipelined = ns->pipelining; /* this server has just tolerated it */
    if (ns->pipelined)
        send_sync(ns);
}

/* Takes over the server's spelling of the account (deviation 8); ignores a different account. */
static void take_handle(msnp_ns *ns, msnp_str spelled)
{
    if (!msnp_str_is_nocase(spelled, ns->handle))
        return;
    g_free(ns->handle);
    ns->handle = msnp_str_dup(spelled);
}

static void got_user_ok(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    /* USR id OK handle friendly verified restricted. More would mean a name with spaces in it,
     * which cannot be separated from the rest. */
    bool named = cmd->argc >= 4 && cmd->argc <= 6;
    char *friendly = named ? msnp_text_decode(cmd->argv[3], MSNP_NAME_CHARS) : g_strdup("");

    take_handle(ns, cmd->argv[2]);
    ns->ops->signed_in(ns->owner, ns->handle, now);
    ns_push(ns, (msnp_event){.type = MSNP_EVENT_SIGNED_IN, .signed_in = {ns->handle, friendly}});
    g_free(friendly);
    ns_set_state(ns, NS_LISTS, now);
    if (!ns->pipelined)
        send_sync(ns);
}

void ns_login_got_user(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    bool challenge = msnp_str_is(cmd->argv[1], "TWN") && msnp_str_is(cmd->argv[2], "S");

    if (!ns_answers(ns, cmd, "USR"))
        return;
    if (ns->state == NS_ACCOUNT && challenge)
        got_tweener_challenge(ns, cmd, now);
    else if (ns->state == NS_TICKET && msnp_str_is(cmd->argv[1], "OK"))
        got_user_ok(ns, cmd, now);
    else
        ns_fail(ns, MSNP_ERR_MALFORMED, 0);
}

/*
 * A move is a transfer after the challenge: the next server costs the password once more. However
 * far a sign-in gets in between, moves count for MSNP_MOVES_TIME. Returns how long to wait before
 * this one, or MSNP_NEVER if there are too many.
 */
static int64_t count_move(msnp_ns *ns, int64_t now)
{
    unsigned old = 0;

    while (old < ns->n_moves && now - ns->moves[old] >= MSNP_MOVES_TIME)
        old++;
    ns->n_moves -= old;
    memmove(ns->moves, ns->moves + old, ns->n_moves * sizeof ns->moves[0]);
    if (ns->n_moves == MSNP_MOVES_MAX)
        return MSNP_NEVER;
    ns->moves[ns->n_moves++] = now;
    return ns->n_moves <= MSNP_MOVES_FREE ? 0
                                          : MSNP_MOVE_WAIT << (ns->n_moves - MSNP_MOVES_FREE - 1);
}

static void begin_to_wait(msnp_ns *ns, int64_t wait, int64_t now)
{
    ns_set_state(ns, NS_WAIT, now);
    ns_close(ns);
    ns->clock.step = msnp_clock_time(&ns->clock, now) + wait;
    ns->clock.total += wait;
    ns->ops->parted(ns->owner);
}

void ns_login_wait(msnp_ns *ns, int64_t now)
{
    int64_t late = msnp_clock_time(&ns->clock, now) - ns->clock.step;

    if (late < 0)
        return;
    /* The total time of the sign-in does not run meanwhile, even if the computer slept. */
    ns->clock.total += late;
    ns_login_connect(ns, now);
}

/* XFR id NS host:port [0 this-server]. Id 0: mid-session. */
void ns_login_got_transfer(msnp_ns *ns, const msnp_cmd *cmd, int64_t now)
{
    int64_t wait = 0;
    char *host;
    uint16_t port;

    if (!msnp_str_is(cmd->argv[0], "0") && !ns_answers(ns, cmd, "USR"))
        return;
    if (msnp_host_port_parse(cmd->argv[2], MSNP_PORT_MSNP, &host, &port) != MSNP_OK) {
        ns_fail(ns, MSNP_ERR_MALFORMED, 0);
        return;
    }
    if (ns->state == NS_ONLINE) {
        ns->transfers = 0;
        ns->clock.total = msnp_clock_time(&ns->clock, now) + MSNP_SIGN_IN_TIMEOUT;
        ns_push(ns, (msnp_event){.type = MSNP_EVENT_MOVED});
    }
    if (ns->state >= NS_PASSPORT)
        wait = count_move(ns, now);
    if (++ns->transfers > MSNP_TRANSFERS_MAX || wait == MSNP_NEVER) {
        g_free(host);
        ns_fail(ns, MSNP_ERR_TRANSFERS, 0);
        return;
    }
    g_free(ns->host);
    ns->host = host;
    ns->port = port;
    if (wait > 0)
        begin_to_wait(ns, wait, now);
    else
        ns_login_connect(ns, now);
}
