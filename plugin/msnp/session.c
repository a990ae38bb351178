/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

#include "clock.h"
#include "conversations.h"
#include "gateway.h"
#include "ns.h"
#include "passport.h"
#include "transfers.h"
#include "url.h"

/* A way to the service. */
typedef enum {
    DIRECT,
    DIRECT_HURRIED, /* as long as another way can be tried */
    BY_GATEWAY
} way;

/* A direct connection that is cut off so early was perhaps not wanted by the network. */
#define CUT_OFF_EARLY ((int64_t)2 * 60 * 1000)

struct msnp_session {
    msnp_net net;
    msnp_cache *cache;
    char *host; /* the configuration */
    unsigned port;
    char *nexus;
    char *login;

    msnp_method method;
    bool has_gateway_url;
    msnp_gateway *gateway; /* NULL: there can be none */
    way ways[3];           /* to be tried one after the other */
    unsigned n_ways;
    unsigned way;         /* the one that is tried, or was found */
    msnp_failure first;   /* of the direct way, which is what the user is told; err MSNP_OK: none */
    int64_t connected_at; /* when the last connection to the service was begun */

    msnp_ns *ns;
    msnp_passport *passport; /* NULL: no ticket is needed */
    bool passport_over;      /* to be freed at the end of the turn: it may be on the stack */
    msnp_conversations *conversations;
    msnp_transfers *transfers;

    bool held;       /* clocks are paused: the user is asked about a certificate */
    char *challenge; /* waiting for the password; secret */
    char *ticket;    /* waiting for MSNP_EVENT_STATUS_WANTED; secret */
    bool challenged; /* the challenge arrived */
    bool holds;      /* Passport failed before the challenge: */
    msnp_failure held_back;
    msnp_err over; /* why the session ended, MSNP_OK while it lasts */
};

static void push(msnp_session *session, msnp_event event)
{
    msnp_net_push(&session->net, event);
}

static void wipe_secrets(msnp_session *session)
{
    g_clear_pointer(&session->challenge, msnp_secret_free);
    g_clear_pointer(&session->ticket, msnp_secret_free);
}

/* Passport is not needed any more. */
static void drop_passport(msnp_session *session)
{
    if (session->passport != NULL)
        msnp_passport_stop(session->passport);
    session->passport_over = true;
}

/* Frees what was dropped while it was on the stack. */
static void sweep(msnp_session *session)
{
    if (session->passport_over)
        g_clear_pointer(&session->passport, msnp_passport_free);
    session->passport_over = false;
}

/* --- the end -------------------------------------------------------------------------------- */

/* Ends the session: conversations report undelivered messages. */
static void end(msnp_session *session, msnp_err why, int64_t now)
{
    session->over = why;
    /* First: the peers are told in conversations. */
    msnp_transfers_end(session->transfers, now);
    msnp_conversations_end(session->conversations, why, now);
    msnp_ns_end_pages(session->ns, why);
    wipe_secrets(session);
}

static void failure_clear(msnp_failure *failure)
{
    g_free((char *)failure->host);
    g_free((char *)failure->text);
    *failure = (msnp_failure){0};
}

/* A copy; failure_clear() frees it. */
static msnp_failure failure_dup(const msnp_failure *failure)
{
    msnp_failure copy = *failure;

    copy.host = g_strdup(failure->host);
    copy.text = g_strdup(failure->text);
    return copy;
}

/* The cause for undelivered messages. */
static msnp_err cause_of_end(const msnp_failure *failure)
{
    switch (failure->err) {
    case MSNP_ERR_ELSEWHERE:
    case MSNP_ERR_SHUTDOWN:
        return failure->err;
    default:
        return MSNP_ERR_CLOSED;
    }
}

/* The only way to fail. */
static void fail(msnp_session *session, const msnp_failure *failure, int64_t now)
{
    if (session->over != MSNP_OK)
        return;
    /* What has arrived in conversations was delivered, as its senders see it. */
    msnp_net_serve_switchboards(&session->net, now);
    end(session, cause_of_end(failure), now);
    msnp_gateway_end(session->gateway, now);
    push(session, (msnp_event){.type = MSNP_EVENT_FAILED, .failure = *failure});
    drop_passport(session);
    msnp_ns_stop(session->ns);
}

void msnp_session_sign_out(msnp_session *session, int64_t now)
{
    msnp_event_queue_set_aside(&session->net.events);
    msnp_net_serve_switchboards(&session->net, now);
    if (session->over != MSNP_OK)
        return;
    /* A ticket that is still queued must not sign the user in after all. */
    msnp_net_drop_writes(&session->net, msnp_ns_conn(session->ns));
    if (session->passport != NULL)
        msnp_net_drop_writes(&session->net, msnp_passport_conn(session->passport));
    end(session, MSNP_ERR_SIGNED_OUT, now);
    msnp_ns_sign_out(session->ns);
    msnp_gateway_end(session->gateway, now);
    drop_passport(session);
    sweep(session);
}

/* --- Passport ------------------------------------------------------------------------------- */

static void report_step(msnp_session *session, msnp_step step, const char *host, bool outside)
{
    push(session, (msnp_event){.type = MSNP_EVENT_STEP,
                               .step = {step, host, !session->challenged, outside}});
}

/* Do not show Passport's progress before the challenge arrives. */
static void passport_step(gpointer owner, msnp_step step, const char *host, bool outside)
{
    report_step(owner, step, host, outside);
}

/* NULL: do not use the cached one any more. */
static void cache_login(gpointer owner, const char *url, int64_t now)
{
    msnp_session *session = owner;

    if (session->cache == NULL)
        return;
    msnp_cache_set_login(session->cache, session->nexus, url, now);
    push(session, (msnp_event){.type = MSNP_EVENT_CACHED});
}

/* CHG may leave together with the ticket, and the user may have changed the status meanwhile. */
static void got_ticket(gpointer owner, const char *ticket, int64_t now)
{
    msnp_session *session = owner;

    (void)now;
    session->ticket = g_strdup(ticket);
    push(session, (msnp_event){.type = MSNP_EVENT_STATUS_WANTED});
    drop_passport(session);
}

/* Passport failed. Before the challenge, hold that back. */
static void passport_failed(gpointer owner, const msnp_failure *failure, int64_t now)
{
    msnp_session *session = owner;

    if (session->challenged) {
        fail(session, failure, now);
        return;
    }
    session->held_back = failure_dup(failure);
    session->holds = true;
    report_step(session, MSNP_STEP_OFFLINE, failure->host, false);
    drop_passport(session);
}

static const msnp_passport_ops passport_ops = {passport_step, cache_login, got_ticket,
                                               passport_failed};

static void got_challenge(gpointer owner, const char *challenge, int64_t now)
{
    msnp_session *session = owner;

    session->challenged = true;
    if (session->holds) {
        fail(session, &session->held_back, now);
        return;
    }
    session->challenge = g_strdup(challenge);
    push(session, (msnp_event){.type = MSNP_EVENT_PASSWORD});
    if (msnp_passport_step(session->passport) != MSNP_STEP_LOGIN_READY)
        report_step(session, msnp_passport_step(session->passport),
                    msnp_passport_host(session->passport), false);
}

/* --- the way to the service ----------------------------------------------------------------- */

static void take_way(msnp_session *session)
{
    way now = session->ways[session->way];

    msnp_gateway_use(session->gateway, now == BY_GATEWAY);
    msnp_ns_set_hurried(session->ns, now == DIRECT_HURRIED);
}

/*
 * The direct way first, since it is faster, unless the cache says that it recently did not work.
 * It is not waited for very long, but gets another chance if there is no gateway.
 */
static void plan_ways(msnp_session *session, int64_t now)
{
    bool recent = session->method == MSNP_METHOD_AUTOMATIC && session->cache != NULL &&
                  msnp_cache_gateway(session->cache, session->host, session->port, now);

    if (session->method == MSNP_METHOD_AUTOMATIC && !recent)
        session->ways[session->n_ways++] = DIRECT_HURRIED;
    if (session->method != MSNP_METHOD_DIRECT)
        session->ways[session->n_ways++] = BY_GATEWAY;
    if (session->method != MSNP_METHOD_GATEWAY)
        session->ways[session->n_ways++] = DIRECT;
    take_way(session);
}

static bool another_way(gpointer owner, const msnp_failure *failure, int64_t now)
{
    msnp_session *session = owner;
    bool hopeless = failure->hopeless && !session->has_gateway_url;

    (void)now;
    /* Nobody has asked for a gateway. */
    if (session->first.err == MSNP_OK && session->ways[session->way] != BY_GATEWAY)
        session->first = failure_dup(failure);
    if (session->way + 1 >= session->n_ways || hopeless)
        return false;
    session->way++;
    /* Only silence may have been impatience. */
    if (session->way == 2 && session->first.err != MSNP_ERR_TIMEOUT)
        return false;
    take_way(session);
    return true;
}

/* Remembers for the next session whether the gateway is the way to try first. */
static void cache_way(msnp_session *session, bool gateway, int64_t now)
{
    if (session->cache == NULL || session->method != MSNP_METHOD_AUTOMATIC ||
        gateway == msnp_cache_gateway(session->cache, session->host, session->port, now))
        return;
    msnp_cache_set_gateway(session->cache, session->host, session->port, gateway, now);
    push(session, (msnp_event){.type = MSNP_EVENT_CACHED});
}

/* --- the notification server ---------------------------------------------------------------- */

/* The challenge of the previous server is void, and so is what Passport has made of it. */
static void parted(gpointer owner)
{
    msnp_session *session = owner;

    if (session->challenged)
        drop_passport(session);
    sweep(session);
    session->challenged = false;
    wipe_secrets(session);
}

/* A connection to the service begins, for the first time or again: so does Passport. */
static void connecting(gpointer owner, int64_t now)
{
    msnp_session *session = owner;
    const char *known =
        session->cache != NULL ? msnp_cache_login(session->cache, session->nexus, now) : NULL;
    const msnp_passport_config config = {.service = session->host,
                                         .nexus_url = session->nexus,
                                         .login_url = session->login,
                                         .known_login = known};

    session->connected_at = now;
    parted(session);
    if (session->passport != NULL || session->holds)
        return;
    session->passport = msnp_passport_new(&config, &session->net, &passport_ops, session);
    msnp_passport_start(session->passport, now);
}

static void no_pipelining(gpointer owner, int64_t now)
{
    msnp_session *session = owner;

    if (session->cache == NULL)
        return;
    msnp_cache_set_no_pipelining(session->cache, session->host, session->port, now);
    push(session, (msnp_event){.type = MSNP_EVENT_CACHED});
}

static void signed_in(gpointer owner, const char *handle, int64_t now)
{
    msnp_session *session = owner;

    cache_way(session, session->ways[session->way] == BY_GATEWAY, now);
    failure_clear(&session->first); /* of no interest if it has to move later */
    msnp_conversations_set_account(session->conversations, handle);
    msnp_transfers_set_account(session->transfers, handle);
}

static void got_switchboard(gpointer owner, unsigned request, const char *host, uint16_t port,
                            const char *cookie, int64_t now)
{
    msnp_session *session = owner;

    msnp_conversations_switchboard(session->conversations, request, host, port, cookie, now);
}

static void got_no_switchboard(gpointer owner, unsigned request, msnp_cause cause, int64_t now)
{
    msnp_session *session = owner;

    msnp_conversations_no_switchboard(session->conversations, request, cause, now);
}

static void rung(gpointer owner, const msnp_ring *ring, int64_t now)
{
    msnp_session *session = owner;
    msnp_ring call = *ring;

    call.contact = msnp_ns_is_contact(session->ns, ring->account);
    if (msnp_ns_is_welcome(session->ns, ring->account))
        msnp_conversations_rung(session->conversations, &call, now);
}

static void paged(gpointer owner, const msnp_page *page, int64_t now)
{
    msnp_session *session = owner;

    if (msnp_ns_is_welcome(session->ns, page->from))
        msnp_conversations_paged(session->conversations, page,
                                 msnp_ns_is_contact(session->ns, page->from), now);
}

static bool is_near_url(const char *host, const char *home)
{
    msnp_url url = {0};
    bool near = home != NULL && msnp_url_parse(&url, msnp_str_of(home), NULL) == MSNP_OK &&
                msnp_host_is_near(host, url.host);

    msnp_url_clear(&url);
    return near;
}

static bool is_own(gpointer owner, const char *host)
{
    const msnp_session *session = owner;

    return msnp_host_is_near(host, session->host) || is_near_url(host, session->nexus) ||
           is_near_url(host, session->login);
}

static void got_client_ip(gpointer owner, const char *address)
{
    msnp_session *session = owner;

    msnp_transfers_set_client_ip(session->transfers, address);
}

/*
 * While Passport works, `ns` only watches the limit of the whole sign-in; then Passport's peer is
 * to blame.
 */
static void service_failed(gpointer owner, const msnp_failure *failure, int64_t now)
{
    msnp_session *session = owner;
    msnp_failure really = *failure;

    if (failure->err == MSNP_ERR_TIMEOUT && failure->step == MSNP_STEP_PASSPORT &&
        session->passport != NULL)
        msnp_passport_blame(session->passport, &really);
    /* The cached login server may not belong to this service, and its tickets be rejected. */
    if (failure->step == MSNP_STEP_TICKET)
        cache_login(session, NULL, now);
    if (failure->step <= MSNP_STEP_VERSION && session->first.err != MSNP_OK)
        really = session->first;
    else if (failure->err == MSNP_ERR_CLOSED && session->ways[session->way] != BY_GATEWAY &&
             now - session->connected_at < CUT_OFF_EARLY)
        cache_way(session, true, now);
    fail(session, &really, now);
}

static const msnp_ns_ops ns_ops = {
    .connecting = connecting,
    .parted = parted,
    .challenge = got_challenge,
    .no_pipelining = no_pipelining,
    .signed_in = signed_in,
    .switchboard = got_switchboard,
    .no_switchboard = got_no_switchboard,
    .rung = rung,
    .paged = paged,
    .client_ip = got_client_ip,
    .is_own = is_own,
    .another_way = another_way,
    .failed = service_failed,
};

/* --- conversations -------------------------------------------------------------------------- */

static void ask_switchboard(gpointer owner, unsigned request, int64_t now)
{
    msnp_session *session = owner;

    (void)now;
    msnp_ns_ask_switchboard(session->ns, request);
}

static bool invited(gpointer owner, const char *who, const char *name, const msnp_invite *invite,
                    int64_t now)
{
    msnp_session *session = owner;
    bool contact = msnp_ns_is_contact(session->ns, who);

    return msnp_transfers_invited(session->transfers, who, name, contact, invite, now);
}

static void unsent(gpointer owner, unsigned reference, msnp_cause cause, int64_t now)
{
    msnp_session *session = owner;

    msnp_transfers_unsent(session->transfers, reference, cause, now);
}

static void carried(gpointer owner, unsigned reference, unsigned board, msnp_cause cause,
                    int64_t now)
{
    msnp_session *session = owner;

    msnp_transfers_carried(session->transfers, reference, board, cause, now);
}

static bool p2p(gpointer owner, const char *who, const char *name, msnp_str body, msnp_extra *extra,
                int64_t now)
{
    msnp_session *session = owner;
    bool contact = msnp_ns_is_contact(session->ns, who);

    return msnp_transfers_p2p(session->transfers, who, name, contact, body, extra, now);
}

static const msnp_conversations_ops conversations_ops = {.ask_switchboard = ask_switchboard,
                                                         .invited = invited,
                                                         .unsent = unsent,
                                                         .carried = carried,
                                                         .p2p = p2p};

/* --- files ---------------------------------------------------------------------------------- */

static void pass(gpointer owner, const char *who, unsigned reference, msnp_str payload, int64_t now)
{
    msnp_session *session = owner;

    msnp_conversations_pass(session->conversations, who, reference, payload, now);
}

static void hold(gpointer owner, const char *who, bool keep)
{
    msnp_session *session = owner;

    msnp_conversations_hold(session->conversations, who, keep);
}

static void carry(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                  int64_t now)
{
    msnp_session *session = owner;

    msnp_conversations_carry(session->conversations, who, reference, payload, now);
}

static void answer(gpointer owner, msnp_str payload, int64_t now)
{
    msnp_session *session = owner;

    msnp_conversations_answer(session->conversations, payload, now);
}

static bool may_offer(gpointer owner, const char *who, int64_t now)
{
    msnp_session *session = owner;

    return msnp_conversations_may_offer(session->conversations, who, now);
}

static bool client_id(gpointer owner, const char *who, uint32_t *id)
{
    const msnp_session *session = owner;

    return msnp_roster_client_id(msnp_ns_roster(session->ns), who, id);
}

static const msnp_transfers_ops transfers_ops = {.send = pass,
                                                 .carry = carry,
                                                 .answer = answer,
                                                 .may_offer = may_offer,
                                                 .client_id = client_id,
                                                 .hold = hold};

/* --- life ----------------------------------------------------------------------------------- */

/* May commands be pipelined, according to the cache? */
static bool may_pipeline(const msnp_session_config *config, int64_t now)
{
    return config->cache == NULL || config->host == NULL ||
           !msnp_cache_no_pipelining(config->cache, config->host, config->port, now);
}

msnp_session *msnp_session_new(const msnp_session_config *config, int64_t now)
{
    msnp_session *session = g_new0(msnp_session, 1);
    const msnp_ns_config ns = {.account = config->account,
                               .host = config->host,
                               .port = config->port,
                               .status = config->status,
                               .pipelining = may_pipeline(config, now),
                               .p2p = config->files_through_service};

    msnp_net_init(&session->net, config->trace);
    session->cache = config->cache;
    session->host = g_strdup(config->host != NULL ? config->host : "");
    session->port = config->port;
    session->nexus = config->nexus_url != NULL && *config->nexus_url != '\0'
                         ? g_strdup(config->nexus_url)
                         : msnp_default_nexus_url(session->host);
    session->login = g_strdup(config->login_url);
    session->ns = msnp_ns_new(&ns, &session->net, &ns_ops, session);
    session->has_gateway_url = config->gateway_url != NULL && *config->gateway_url != '\0';
    session->gateway = msnp_gateway_new(&session->net, config->gateway_url, session->host);
    session->method = config->method;
    plan_ways(session, now);
    session->conversations = msnp_conversations_new(&session->net, &conversations_ops, session);
    msnp_conversations_count_from(session->conversations, config->last_chat);
    session->transfers = msnp_transfers_new(&session->net, config->draw, &transfers_ops, session);
    msnp_transfers_set_through_service(session->transfers, config->files_through_service);
    return session;
}

void msnp_session_free(msnp_session *session)
{
    if (session == NULL)
        return;
    msnp_ns_free(session->ns);
    msnp_passport_free(session->passport);
    msnp_transfers_free(session->transfers);
    msnp_conversations_free(session->conversations);
    msnp_net_clear(&session->net);
    wipe_secrets(session);
    msnp_gateway_free(session->gateway);
    failure_clear(&session->held_back);
    failure_clear(&session->first);
    g_free(session->host);
    g_free(session->nexus);
    g_free(session->login);
    g_free(session);
}

/* --- from the adapter ----------------------------------------------------------------------- */

static void set_held(msnp_session *session, bool hold, int64_t now)
{
    session->held = hold;
    if (hold)
        msnp_ns_hold(session->ns, now);
    else
        msnp_ns_resume(session->ns, now);
    if (session->passport != NULL && hold)
        msnp_passport_hold(session->passport, now);
    else if (session->passport != NULL)
        msnp_passport_resume(session->passport, now);
}

/* No question is left: it was answered, or its connection closed without msnp_session_resume(). */
static void forget_questions(msnp_session *session, int64_t now)
{
    if (session->held && !msnp_net_is_asking(&session->net))
        set_held(session, false, now);
}

/* The end of each call: sends waiting requests, and frees what is over. */
static void turn(msnp_session *session, int64_t now)
{
    msnp_conversations_run(session->conversations, now);
    if (session->over == MSNP_OK)
        msnp_ns_run(session->ns, now);
    msnp_transfers_run(session->transfers);
    msnp_gateway_run(session->gateway, now);
    sweep(session);
    forget_questions(session, now);
}

void msnp_session_start(msnp_session *session, int64_t now)
{
    /* Without a URL the host is to blame, which is checked next. */
    if (session->gateway == NULL && session->has_gateway_url &&
        session->method != MSNP_METHOD_DIRECT) {
        fail(session, &(msnp_failure){.err = MSNP_ERR_GATEWAY, .step = MSNP_STEP_IDLE}, now);
        turn(session, now);
        return;
    }
    msnp_ns_start(session->ns, now);
    turn(session, now);
}

void msnp_session_password(msnp_session *session, const char *password, int64_t now)
{
    const msnp_credentials credentials = {.account = msnp_ns_handle(session->ns),
                                          .password = password,
                                          .challenge = session->challenge};

    if (session->challenge == NULL || session->passport == NULL)
        return;
    msnp_passport_sign_in(session->passport, &credentials, now);
    g_clear_pointer(&session->challenge, msnp_secret_free);
    turn(session, now);
}

void msnp_session_hold(msnp_session *session, unsigned conn, int64_t now)
{
    if (!msnp_net_has(&session->net, conn))
        return;
    if (session->passport != NULL && conn == msnp_passport_conn(session->passport))
        msnp_passport_asks(session->passport);
    msnp_net_set_asking(&session->net, conn, true);
    set_held(session, true, now);
}

void msnp_session_resume(msnp_session *session, unsigned conn, int64_t now)
{
    msnp_net_set_asking(&session->net, conn, false);
    forget_questions(session, now);
}

void msnp_session_connected(msnp_session *session, unsigned conn, int64_t now)
{
    msnp_net_connected(&session->net, conn, now);
    turn(session, now);
}

void msnp_session_proxied(msnp_session *session, unsigned conn, const char *authorization)
{
    msnp_gateway_proxied(session->gateway, conn, authorization);
}

void msnp_session_connect_failed(msnp_session *session, unsigned conn,
                                 const msnp_connect_error *why, int64_t now)
{
    msnp_net_failed(&session->net, conn, why, now);
    turn(session, now);
}

void msnp_session_feed(msnp_session *session, unsigned conn, const void *data, size_t len)
{
    msnp_net_received(&session->net, conn, (msnp_str){data, len});
}

void msnp_session_broke(msnp_session *session, unsigned conn)
{
    msnp_net_broke(&session->net, conn);
}

void msnp_session_drained(msnp_session *session, unsigned conn, int64_t now)
{
    msnp_net_drained(&session->net, conn, now);
    turn(session, now);
}

void msnp_session_listening(msnp_session *session, unsigned conn, const msnp_port *port,
                            int64_t now)
{
    msnp_net_listening(&session->net, conn, port, now);
    turn(session, now);
}

unsigned msnp_session_accepted(msnp_session *session, unsigned listener, int64_t now)
{
    unsigned conn = msnp_net_accept(&session->net, listener, now);

    turn(session, now);
    return conn;
}

void msnp_session_tick(msnp_session *session, int64_t now)
{
    if (session->over != MSNP_OK)
        return;
    msnp_gateway_tick(session->gateway, now);
    msnp_ns_tick(session->ns, now);
    if (session->passport != NULL && session->over == MSNP_OK)
        msnp_passport_tick(session->passport, now);
    msnp_conversations_tick(session->conversations, now);
    msnp_transfers_tick(session->transfers, now);
    turn(session, now);
}

int64_t msnp_session_deadline(const msnp_session *session, bool *rough)
{
    int64_t service = MSNP_NEVER;
    int64_t others = MSNP_NEVER;

    if (session->over == MSNP_OK) {
        service = msnp_ns_deadline(session->ns);
        others = MIN(msnp_conversations_deadline(session->conversations),
                     msnp_transfers_deadline(session->transfers));
        others = MIN(others, msnp_gateway_deadline(session->gateway));
    }
    if (session->over == MSNP_OK && session->passport != NULL)
        others = MIN(others, msnp_passport_deadline(session->passport));
    if (rough != NULL)
        *rough = service < others && msnp_session_is_online(session);
    return MIN(service, others);
}

bool msnp_session_next(msnp_session *session, msnp_event *event)
{
    return msnp_event_queue_pop(&session->net.events, event);
}

bool msnp_session_serve(msnp_session *session, int64_t now)
{
    if (session->over != MSNP_OK || !msnp_net_serve(&session->net, now))
        return false;
    turn(session, now);
    return true;
}

/* --- the account ---------------------------------------------------------------------------- */

void msnp_session_set_status(msnp_session *session, msnp_status status, int64_t now)
{
    msnp_ns_set_status(session->ns, status, now);
    if (session->ticket != NULL)
        msnp_ns_ticket(session->ns, session->ticket, now);
    g_clear_pointer(&session->ticket, msnp_secret_free);
    turn(session, now);
}

void msnp_session_edit(msnp_session *session, const msnp_edit *edit, int64_t now)
{
    msnp_ns_edit(session->ns, edit, now);
    turn(session, now);
}

size_t msnp_session_edits_waiting(const msnp_session *session)
{
    return msnp_ns_edits_waiting(session->ns);
}

const msnp_roster *msnp_session_roster(const msnp_session *session)
{
    return msnp_ns_roster(session->ns);
}

const char *msnp_session_handle(const msnp_session *session)
{
    return msnp_ns_handle(session->ns);
}

const char *msnp_session_shown(const msnp_session *session, const char *host)
{
    bool hidden = host != NULL && msnp_mask_hides(&session->net.mask, msnp_str_of(host));

    return hidden ? MSNP_MASKED : host;
}

bool msnp_session_is_online(const msnp_session *session)
{
    return session->over == MSNP_OK && msnp_ns_step(session->ns) == MSNP_STEP_ONLINE;
}

bool msnp_session_is_over(const msnp_session *session)
{
    return session->over != MSNP_OK;
}

/* --- mail ----------------------------------------------------------------------------------- */

bool msnp_session_has_inbox(const msnp_session *session)
{
    return msnp_ns_has_inbox(session->ns);
}

void msnp_session_ask_inbox(msnp_session *session, int64_t now)
{
    msnp_ns_ask_inbox(session->ns, now);
    turn(session, now);
}

msnp_err msnp_session_inbox_page(msnp_session *session, const char *password, msnp_buf *out,
                                 int64_t now)
{
    return msnp_ns_inbox_page(session->ns, password, out, now);
}

/* --- conversations -------------------------------------------------------------------------- */

msnp_err msnp_session_say(msnp_session *session, msnp_conversation_id conversation,
                          const char *text, const msnp_format *format, int64_t now)
{
    msnp_err err = msnp_conversations_send(session->conversations, conversation, text, format, now);

    turn(session, now);
    return err;
}

msnp_err msnp_session_nudge(msnp_session *session, const char *who, int64_t now)
{
    msnp_err err = msnp_conversations_nudge(session->conversations, who, now);

    turn(session, now);
    return err;
}

void msnp_session_type(msnp_session *session, const char *who, int64_t now)
{
    msnp_conversations_type(session->conversations, who, now);
    turn(session, now);
}

unsigned msnp_session_chat(msnp_session *session, const char *who, const char *also, int64_t now)
{
    unsigned chat = msnp_conversations_chat(session->conversations, who, also, now);

    turn(session, now);
    return chat;
}

void msnp_session_invite(msnp_session *session, unsigned chat, const char *who, int64_t now)
{
    msnp_conversations_invite(session->conversations, chat, who, now);
    turn(session, now);
}

GPtrArray *msnp_session_people(const msnp_session *session, unsigned chat)
{
    return msnp_conversations_people(session->conversations, chat);
}

bool msnp_session_is_talking(const msnp_session *session, msnp_conversation_id conversation)
{
    return msnp_conversations_has(session->conversations, conversation);
}

void msnp_session_leave(msnp_session *session, msnp_conversation_id conversation, int64_t now)
{
    /* Whoever sent what has arrived takes it for delivered. */
    msnp_net_serve_switchboards(&session->net, now);
    msnp_conversations_close(session->conversations, conversation, now);
    turn(session, now);
}

msnp_err msnp_session_page(msnp_session *session, const char *who, const char *text, int64_t now)
{
    msnp_err err = session->over;

    if (err == MSNP_OK)
        err = msnp_ns_page(session->ns, who, text, now);
    turn(session, now);
    return err;
}

/* --- files ---------------------------------------------------------------------------------- */

unsigned msnp_session_file_send(msnp_session *session, const char *who, const char *name,
                                uint64_t size, msnp_err *err, int64_t now)
{
    unsigned number = 0;

    *err = session->over;
    if (*err == MSNP_OK)
        number = msnp_transfers_send(session->transfers, who, name, size, err, now);
    turn(session, now);
    return number;
}

void msnp_session_file_accept(msnp_session *session, unsigned number, int64_t now)
{
    msnp_transfers_accept(session->transfers, number, now);
    turn(session, now);
}

void msnp_session_file_decline(msnp_session *session, unsigned number, int64_t now)
{
    msnp_transfers_decline(session->transfers, number, now);
    turn(session, now);
}

void msnp_session_file_put(msnp_session *session, unsigned number, const char *bytes, size_t len,
                           int64_t now)
{
    msnp_transfers_put(session->transfers, number, bytes, len, now);
    turn(session, now);
}

void msnp_session_file_stored(msnp_session *session, unsigned number, int64_t now)
{
    msnp_transfers_stored(session->transfers, number, now);
    turn(session, now);
}

void msnp_session_file_cancel(msnp_session *session, unsigned number, msnp_file_end why,
                              int64_t now)
{
    msnp_transfers_cancel(session->transfers, number, why, now);
    turn(session, now);
}
