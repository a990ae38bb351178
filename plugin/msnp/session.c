/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

#include "clock.h"
#include "conversations.h"
#include "ns.h"
#include "passport.h"
#include "url.h"

#include <string.h>

struct msnp_session {
    msnp_net net;
    msnp_cache *cache;
    char *host; /* the settings, as they were at the beginning */
    unsigned port;
    char *nexus;
    char *login;

    msnp_ns *ns;
    msnp_passport *passport; /* NULL: no ticket is wanted */
    msnp_conversations *conversations;
    unsigned service; /* connections, 0 for none */
    unsigned passport_conn;

    GHashTable *held; /* connections about which a person is being asked */
    bool asked;       /* a person was asked about Passport's certificate */
    char *challenge;  /* waits for the password; secret */
    char *ticket;     /* waits for the status that goes out with it; secret */
    bool challenged;  /* the password is needed, or was given */
    bool holds;       /* Passport failed before it was needed: */
    msnp_failure held_back;
    msnp_err over; /* what ended the session, MSNP_OK while it lasts */
};

/* --- life ----------------------------------------------------------------------------------- */

/* May commands be pipelined, as far as is known? */
static bool may_pipeline(const msnp_session_config *config, int64_t now)
{
    return config->cache == NULL || config->host == NULL ||
           !msnp_cache_no_pipelining(config->cache, config->host, config->port, now);
}

static void ask_switchboard(gpointer owner, unsigned request, int64_t now)
{
    const msnp_session *session = owner;

    msnp_ns_ask_switchboard(session->ns, request, now);
}

static const msnp_conversations_ops conversations_ops = {.ask_switchboard = ask_switchboard};

msnp_session *msnp_session_new(const msnp_session_config *config, int64_t now)
{
    msnp_session *session = g_new0(msnp_session, 1);
    const msnp_ns_config ns = {.account = config->account,
                               .host = config->host,
                               .port = config->port,
                               .status = config->status,
                               .pipelining = may_pipeline(config, now)};

    msnp_net_init(&session->net, config->trace);
    session->cache = config->cache;
    session->host = g_strdup(config->host != NULL ? config->host : "");
    session->port = config->port;
    session->nexus = config->nexus_url != NULL && *config->nexus_url != '\0'
                         ? g_strdup(config->nexus_url)
                         : msnp_default_nexus_url(session->host);
    session->login = g_strdup(config->login_url);
    session->ns = msnp_ns_new(&ns);
    session->conversations = msnp_conversations_new(&session->net, &conversations_ops, session);
    msnp_conversations_count_from(session->conversations, config->last_chat);
    msnp_ns_set_trace(session->ns, config->trace);
    session->held = g_hash_table_new(NULL, NULL);
    return session;
}

static void wipe_secrets(msnp_session *session)
{
    g_clear_pointer(&session->challenge, msnp_secret_free);
    g_clear_pointer(&session->ticket, msnp_secret_free);
}

static void drop_passport(msnp_session *session, int64_t now);

void msnp_session_free(msnp_session *session)
{
    if (session == NULL)
        return;
    msnp_ns_free(session->ns);
    msnp_passport_free(session->passport);
    msnp_conversations_free(session->conversations);
    msnp_net_clear(&session->net);
    g_hash_table_destroy(session->held);
    wipe_secrets(session);
    g_free((char *)session->held_back.host);
    g_free((char *)session->held_back.text);
    g_free(session->host);
    g_free(session->nexus);
    g_free(session->login);
    g_free(session);
}

static void push(msnp_session *session, msnp_event event)
{
    msnp_net_push(&session->net, event);
}

/* --- clocks ---------------------------------------------------------------------------------- */

void msnp_session_hold(msnp_session *session, unsigned conn, int64_t now)
{
    if (!msnp_net_has(&session->net, conn) ||
        !g_hash_table_add(session->held, GUINT_TO_POINTER(conn)))
        return;
    session->asked = session->asked || conn == session->passport_conn;
    msnp_ns_hold(session->ns, now);
    if (session->passport != NULL)
        msnp_passport_hold(session->passport, now);
}

void msnp_session_resume(msnp_session *session, unsigned conn, int64_t now)
{
    if (!g_hash_table_remove(session->held, GUINT_TO_POINTER(conn)) ||
        g_hash_table_size(session->held) > 0)
        return;
    msnp_ns_resume(session->ns, now);
    if (session->passport != NULL)
        msnp_passport_resume(session->passport, now);
}

/* --- the end -------------------------------------------------------------------------------- */

static void close_conn(msnp_session *session, unsigned *conn, int64_t now)
{
    /* A question that is open has an end with the connection, and nobody will say so. */
    msnp_session_resume(session, *conn, now);
    msnp_net_close(&session->net, *conn);
    *conn = 0;
}

/* Nothing is wanted of anybody any more. */
static void end(msnp_session *session, msnp_err why, int64_t now)
{
    session->over = why;
    msnp_conversations_end(session->conversations, why, now);
    wipe_secrets(session);
}

/* The connections go last, behind what was written. */
static void close_all(msnp_session *session, int64_t now)
{
    drop_passport(session, now);
    close_conn(session, &session->service, now);
}

/* What the conversations are told about it. */
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
    end(session, cause_of_end(failure), now);
    push(session, (msnp_event){.type = MSNP_EVENT_FAILED, .failure = *failure});
    close_all(session, now);
}

void msnp_session_sign_out(msnp_session *session, int64_t now)
{
    msnp_event event;

    msnp_event_queue_set_aside(&session->net.events);
    if (session->over != MSNP_OK)
        return;
    /* Nobody who has left in the middle of a sign-in is signed in after all. */
    msnp_event_queue_drop_writes(&session->net.events, session->service);
    msnp_event_queue_drop_writes(&session->net.events, session->passport_conn);
    end(session, MSNP_ERR_SIGNED_OUT, now);
    msnp_ns_sign_out(session->ns);
    while (msnp_ns_next(session->ns, &event))
        if (event.type == MSNP_EVENT_WRITE)
            msnp_net_write(&session->net, session->service,
                           (msnp_str){event.write.data, event.write.len});
    close_all(session, now);
}

/* --- Passport ------------------------------------------------------------------------------- */

static void drop_passport(msnp_session *session, int64_t now)
{
    close_conn(session, &session->passport_conn, now);
    g_clear_pointer(&session->passport, msnp_passport_free);
}

/* NULL: that is not to be used any more. */
static void cache_login(msnp_session *session, const char *url, int64_t now)
{
    /* Do not cache a server whose certificate the user had to accept. */
    if (session->cache == NULL || (url != NULL && session->asked))
        return;
    msnp_cache_set_login(session->cache, session->nexus, url, now);
    push(session, (msnp_event){.type = MSNP_EVENT_CACHED});
}

/* The service is being connected to, for the first time or anew: so is Passport. */
static void start_passport(msnp_session *session, int64_t now)
{
    const char *known =
        session->cache != NULL ? msnp_cache_login(session->cache, session->nexus, now) : NULL;
    const msnp_passport_config config = {
        .nexus_url = session->nexus, .login_url = session->login, .known_login = known};

    /* What it was doing was for the challenge of the server that we leave. */
    if (session->challenged)
        drop_passport(session, now);
    session->challenged = false;
    wipe_secrets(session);
    if (session->passport != NULL || session->holds)
        return;
    session->asked = false;
    session->passport = msnp_passport_new(&config);
    msnp_passport_set_trace(session->passport, session->net.trace);
    msnp_passport_start(session->passport, now);
}

static void passport_step(msnp_session *session, msnp_step step, const char *host)
{
    push(session, (msnp_event){.type = MSNP_EVENT_STEP,
                               .step = {step, host, .hidden = !session->challenged}});
}

/* Passport cannot make a ticket. Before the challenge that concerns nobody yet. */
static void passport_failed(msnp_session *session, const msnp_failure *failure, int64_t now)
{
    if (session->challenged) {
        fail(session, failure, now);
        return;
    }
    if (!session->holds) {
        session->held_back = *failure;
        session->held_back.host = g_strdup(failure->host);
        session->held_back.text = g_strdup(failure->text);
        session->holds = true;
    }
    passport_step(session, MSNP_STEP_OFFLINE, failure->host);
    drop_passport(session, now);
}

static void got_challenge(msnp_session *session, const char *challenge, int64_t now)
{
    uint16_t port;

    session->challenged = true;
    if (session->holds) {
        fail(session, &session->held_back, now);
        return;
    }
    session->challenge = g_strdup(challenge);
    push(session, (msnp_event){.type = MSNP_EVENT_PASSWORD});
    if (msnp_passport_step(session->passport) != MSNP_STEP_LOGIN_READY)
        passport_step(session, msnp_passport_step(session->passport),
                      msnp_passport_host(session->passport, &port));
}

static void turn(msnp_session *session, int64_t now);

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

static void passport_connected(gpointer part, unsigned conn, int64_t now)
{
    msnp_session *session = part;

    (void)conn;
    msnp_passport_connected(session->passport, now);
}

static void passport_connect_failed(gpointer part, unsigned conn, const msnp_connect_error *why,
                                    int64_t now)
{
    msnp_session *session = part;
    msnp_failure failure = {.err = MSNP_ERR_UNREACHABLE,
                            .step = msnp_passport_step(session->passport),
                            .code = why->code,
                            .text = why->text};
    /* Passport may go elsewhere; the host is needed for the text even if it does. */
    char *host = g_strdup(msnp_passport_host(session->passport, &failure.port));
    bool refused = why->certificate && session->asked;

    close_conn(session, &session->passport_conn, now);
    (void)conn;
    failure.host = host;
    /* Who has looked at a certificate and refused it would be asked once more. */
    if (refused)
        cache_login(session, NULL, now);
    if (refused || !msnp_passport_connect_failed(session->passport, now))
        passport_failed(session, &failure, now);
    g_free(host);
}

static void passport_received(gpointer part, unsigned conn, msnp_str bytes, int64_t now)
{
    msnp_session *session = part;

    (void)conn;
    (void)msnp_passport_feed(session->passport, bytes.ptr, bytes.len, now);
    if (bytes.len == 0)
        close_conn(session, &session->passport_conn, now);
}

static const msnp_conn_ops passport_ops = {passport_connected, passport_connect_failed,
                                           passport_received};

/* The status goes out with the ticket, and the user may have changed it meanwhile. */
static void got_ticket(msnp_session *session, const char *ticket, int64_t now)
{
    session->ticket = g_strdup(ticket);
    push(session, (msnp_event){.type = MSNP_EVENT_STATUS_WANTED});
    drop_passport(session, now);
}

static void handle_passport(msnp_session *session, const msnp_event *event, int64_t now)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        close_conn(session, &session->passport_conn, now);
        session->passport_conn =
            msnp_net_connect(&session->net, MSNP_CONN_PASSPORT, event->connect.host,
                             event->connect.port, &passport_ops, session);
        break;
    case MSNP_EVENT_WRITE:
        msnp_net_write(&session->net, session->passport_conn,
                       (msnp_str){event->write.data, event->write.len});
        break;
    case MSNP_EVENT_CLOSE:
        close_conn(session, &session->passport_conn, now);
        break;
    case MSNP_EVENT_TRACE:
        msnp_net_trace(&session->net, session->passport_conn, event->trace.sent, event->trace.text);
        break;
    case MSNP_EVENT_STEP:
        passport_step(session, event->step.step, event->step.host);
        break;
    case MSNP_EVENT_LOGIN_SERVER:
        cache_login(session, event->login_server, now);
        break;
    case MSNP_EVENT_TICKET:
        got_ticket(session, event->ticket, now);
        break;
    case MSNP_EVENT_FAILED:
        passport_failed(session, &event->failure, now);
        break;
    default:
        break;
    }
}

/* --- the notification server ---------------------------------------------------------------- */

static void service_connected(gpointer part, unsigned conn, int64_t now)
{
    msnp_session *session = part;

    (void)conn;
    msnp_ns_connected(session->ns, now);
}

static void service_failed(gpointer part, unsigned conn, const msnp_connect_error *why, int64_t now)
{
    msnp_session *session = part;
    msnp_failure failure = {.err = MSNP_ERR_UNREACHABLE,
                            .step = msnp_ns_step(session->ns),
                            .code = why->code,
                            .text = why->text};

    (void)conn;
    failure.host = msnp_ns_host(session->ns, &failure.port);
    fail(session, &failure, now);
}

static void service_received(gpointer part, unsigned conn, msnp_str bytes, int64_t now)
{
    msnp_session *session = part;

    (void)conn;
    (void)msnp_ns_feed(session->ns, bytes.ptr, bytes.len, now);
    if (bytes.len == 0)
        close_conn(session, &session->service, now);
}

static const msnp_conn_ops service_ops = {service_connected, service_failed, service_received};

/*
 * The notification session lets Passport's watch the time, but for the limit of the whole sign-in;
 * who kept it waiting then is whom Passport was talking to.
 */
static void service_gave_up(msnp_session *session, const msnp_failure *failure, int64_t now)
{
    msnp_failure really = *failure;

    if (failure->err == MSNP_ERR_TIMEOUT && failure->step == MSNP_STEP_PASSPORT &&
        session->passport != NULL) {
        really.step = msnp_passport_step(session->passport);
        really.host = msnp_passport_host(session->passport, &really.port);
    }
    /* Tickets of a login server that is not the service's own are refused in one way or another. */
    if (failure->step == MSNP_STEP_TICKET)
        cache_login(session, NULL, now);
    fail(session, &really, now);
}

/* May this one open a conversation with us? */
static bool is_welcome(const msnp_session *session, const char *account)
{
    const msnp_roster *roster = msnp_ns_roster(session->ns);
    const msnp_contact *contact = msnp_roster_find(roster, msnp_str_of(account));
    unsigned lists = contact != NULL ? contact->lists : 0;

    /* The Microsoft service has nobody on both lists, but others have: blocked is what counts. */
    if ((lists & MSNP_LIST_BLOCK) != 0)
        return false;
    return roster->allow_unlisted || (lists & MSNP_LIST_ALLOW) != 0;
}

static void connect_service(msnp_session *session, const msnp_event *event, int64_t now)
{
    close_conn(session, &session->service, now);
    session->service = msnp_net_connect(&session->net, MSNP_CONN_SERVICE, event->connect.host,
                                        event->connect.port, &service_ops, session);
    start_passport(session, now);
}

static void learn_no_pipelining(msnp_session *session, int64_t now)
{
    if (session->cache == NULL)
        return;
    msnp_cache_set_no_pipelining(session->cache, session->host, session->port, now);
    push(session, (msnp_event){.type = MSNP_EVENT_CACHED});
}

static void handle_ns(msnp_session *session, const msnp_event *event, int64_t now)
{
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        connect_service(session, event, now);
        break;
    case MSNP_EVENT_WRITE:
        msnp_net_write(&session->net, session->service,
                       (msnp_str){event->write.data, event->write.len});
        break;
    case MSNP_EVENT_CLOSE:
        close_conn(session, &session->service, now);
        break;
    case MSNP_EVENT_TRACE:
        msnp_net_trace(&session->net, session->service, event->trace.sent, event->trace.text);
        break;
    case MSNP_EVENT_CHALLENGE:
        got_challenge(session, event->challenge, now);
        break;
    case MSNP_EVENT_NO_PIPELINING:
        learn_no_pipelining(session, now);
        break;
    case MSNP_EVENT_SIGNED_IN:
        msnp_conversations_set_account(session->conversations, event->signed_in.handle);
        push(session, *event);
        break;
    case MSNP_EVENT_SWITCHBOARD:
        msnp_conversations_switchboard(session->conversations, event->switchboard.request,
                                       event->switchboard.host, event->switchboard.port,
                                       event->switchboard.cookie, now);
        break;
    case MSNP_EVENT_NO_SWITCHBOARD:
        msnp_conversations_no_switchboard(session->conversations, event->no_switchboard.request,
                                          event->no_switchboard.cause, now);
        break;
    case MSNP_EVENT_RUNG:
        if (is_welcome(session, event->ring.account))
            msnp_conversations_rung(session->conversations, &event->ring, now);
        break;
    case MSNP_EVENT_FAILED:
        service_gave_up(session, &event->failure, now);
        break;
    default:
        push(session, *event);
        break;
    }
}

/* What the parts have for each other, and for outside. */
static void turn(msnp_session *session, int64_t now)
{
    msnp_event event;
    bool more;

    do {
        more = false;
        while (session->over == MSNP_OK && msnp_ns_next(session->ns, &event)) {
            handle_ns(session, &event, now);
            more = true;
        }
        while (session->over == MSNP_OK && session->passport != NULL &&
               msnp_passport_next(session->passport, &event)) {
            handle_passport(session, &event, now);
            more = true;
        }
    } while (more);
}

/* --- from outside --------------------------------------------------------------------------- */

void msnp_session_start(msnp_session *session, int64_t now)
{
    msnp_ns_start(session->ns, now);
    turn(session, now);
}

void msnp_session_connected(msnp_session *session, unsigned conn, int64_t now)
{
    msnp_net_connected(&session->net, conn, now);
    turn(session, now);
}

void msnp_session_connect_failed(msnp_session *session, unsigned conn,
                                 const msnp_connect_error *why, int64_t now)
{
    msnp_net_failed(&session->net, conn, why, now);
    turn(session, now);
}

void msnp_session_feed(msnp_session *session, unsigned conn, const void *data, size_t len,
                       int64_t now)
{
    msnp_net_received(&session->net, conn, (msnp_str){data, len}, now);
    turn(session, now);
}

void msnp_session_tick(msnp_session *session, int64_t now)
{
    if (session->over != MSNP_OK)
        return;
    msnp_ns_tick(session->ns, now);
    if (session->passport != NULL)
        msnp_passport_tick(session->passport, now);
    msnp_conversations_tick(session->conversations, now);
    turn(session, now);
}

int64_t msnp_session_deadline(const msnp_session *session, bool *rough)
{
    int64_t service = MSNP_NEVER;
    int64_t others = MSNP_NEVER;

    if (session->over == MSNP_OK) {
        service = msnp_ns_deadline(session->ns);
        others = msnp_conversations_deadline(session->conversations);
    }
    if (session->passport != NULL)
        others = MIN(others, msnp_passport_deadline(session->passport));
    if (rough != NULL)
        *rough = service < others && msnp_session_is_online(session);
    return MIN(service, others);
}

bool msnp_session_next(msnp_session *session, bool all, msnp_event *event)
{
    if (all)
        return msnp_event_queue_pop(&session->net.events, event);
    return msnp_event_queue_pop_urgent(&session->net.events, event);
}

void msnp_session_set_status(msnp_session *session, msnp_status status, int64_t now)
{
    msnp_ns_set_status(session->ns, status, now);
    if (session->ticket != NULL)
        (void)msnp_ns_ticket(session->ns, session->ticket, now);
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

bool msnp_session_is_online(const msnp_session *session)
{
    return session->over == MSNP_OK && msnp_ns_step(session->ns) == MSNP_STEP_ONLINE;
}

bool msnp_session_is_over(const msnp_session *session)
{
    return session->over != MSNP_OK;
}

msnp_err msnp_session_say(msnp_session *session, msnp_conversation_id id, const char *text,
                          const msnp_format *format, int64_t now)
{
    if (session->over != MSNP_OK)
        return session->over;
    msnp_err err = msnp_conversations_send(session->conversations, id, text, format, now);
    turn(session, now);
    return err;
}

msnp_err msnp_session_nudge(msnp_session *session, const char *who, int64_t now)
{
    if (session->over != MSNP_OK)
        return session->over;
    msnp_err err = msnp_conversations_nudge(session->conversations, who, now);
    turn(session, now);
    return err;
}

void msnp_session_type(msnp_session *session, const char *who, int64_t now)
{
    if (session->over != MSNP_OK)
        return;
    msnp_conversations_type(session->conversations, who, now);
    turn(session, now);
}

unsigned msnp_session_chat(msnp_session *session, const char *who, const char *also, int64_t now)
{
    if (session->over != MSNP_OK)
        return 0;
    unsigned chat = msnp_conversations_chat(session->conversations, who, also, now);
    turn(session, now);
    return chat;
}

void msnp_session_invite(msnp_session *session, unsigned chat, const char *who, int64_t now)
{
    if (session->over != MSNP_OK)
        return;
    msnp_conversations_invite(session->conversations, chat, who, now);
    turn(session, now);
}

void msnp_session_leave(msnp_session *session, msnp_conversation_id id, int64_t now)
{
    if (session->over != MSNP_OK)
        return;
    msnp_conversations_close(session->conversations, id, now);
    turn(session, now);
}
