/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "account.h"

#include "listener.h"
#include "log.h"
#include "settings.h"
#include "shown.h"

#include <string.h>
#include <unistd.h>

#define TURN_TIME 10000
/* Bytes read before the user leaves: from all switchboards, if there are few, and from each. */
#define REST_MAX     65536
#define REST_MIN     4096
#define DETAIL_CHARS 300 /* characters of libpurple's message, which may quote a proxy */

#define FILE_NAME "file" /* what the log calls connections that others made to us */

/* A connection that the session requested, or a port. */
typedef struct {
    prpl_account *account; /* its owner */
    unsigned number;       /* the number that the session gave it */
    const char *name;      /* for the log */
    bool switchboard;
    bool service; /* a dispatch or notification server */
    bool http;    /* the HTTP gateway, without TLS */
    prpl_link *link;
    prpl_listener *listener; /* instead of the link */
} prpl_conn;

gint64 prpl_turn_time(bool shared)
{
    return shared ? TURN_TIME / 2 : TURN_TIME;
}

int64_t prpl_account_now(void)
{
    return g_get_monotonic_time() / 1000;
}

prpl_account *prpl_account_of(PurpleConnection *gc)
{
    return gc != NULL ? purple_connection_get_protocol_data(gc) : NULL;
}

void prpl_account_ref(prpl_account *self)
{
    self->refs++;
}

void prpl_account_unref(prpl_account *self)
{
    if (--self->refs > 0)
        return;
    self->ops->destroy(self);
    msnp_session_free(self->session);
    g_hash_table_destroy(self->conns);
    g_free(self->proxy);
    prpl_settings_free(self->settings);
    g_free(self);
}

/* --- connections ---------------------------------------------------------------------------- */

static prpl_conn *find_conn(const prpl_account *self, unsigned number)
{
    return g_hash_table_lookup(self->conns, GUINT_TO_POINTER(number));
}

static void conn_free(gpointer data)
{
    prpl_conn *conn = data;

    prpl_link_close(conn->link);
    prpl_listener_close(conn->listener);
    g_free(conn);
}

static prpl_conn *add_conn(prpl_account *self, unsigned number, const char *name)
{
    prpl_conn *conn = g_new0(prpl_conn, 1);

    conn->account = self;
    conn->number = number;
    conn->name = name;
    g_hash_table_insert(self->conns, GUINT_TO_POINTER(number), conn);
    return conn;
}

static void conn_connected(prpl_link *link, gpointer data)
{
    const prpl_conn *conn = data;
    char *authorization;

    if (conn->http && prpl_link_asks_proxy(link, &authorization)) {
        msnp_session_proxied(conn->account->session, conn->number, authorization);
        msnp_secret_free(authorization);
    }
    msnp_session_connected(conn->account->session, conn->number, prpl_account_now());
    prpl_account_pump(conn->account);
}

static void pause_conns(const prpl_account *self, bool pause)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, self->conns);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const prpl_conn *conn = value;

        if (conn->link != NULL)
            prpl_link_pause(conn->link, pause);
        else
            prpl_listener_pause(conn->listener, pause);
    }
}

/* Handles what has happened. Stops reading until all that was read is handled: it must not grow. */
static void pump_or_pause(prpl_account *self)
{
    prpl_account_ref(self);
    prpl_account_pump(self);
    if (self->busy > 0 || self->backlog != 0) {
        self->pausing = true;
        pause_conns(self, true);
    }
    prpl_account_unref(self);
}

static void conn_received(prpl_link *link, const char *bytes, size_t len, gpointer data)
{
    prpl_conn *conn = data;
    prpl_account *self = conn->account;
    unsigned number = conn->number;

    if (len == 0 && prpl_link_is_broken(link))
        msnp_session_broke(self->session, number);
    else
        msnp_session_feed(self->session, number, bytes, len);
    if (len == 0)
        prpl_account_disconnect(self, number);
    pump_or_pause(self);
}

static void conn_drained(prpl_link *link, gpointer data)
{
    const prpl_conn *conn = data;

    (void)link;
    msnp_session_drained(conn->account->session, conn->number, prpl_account_now());
    prpl_account_pump(conn->account);
}

static void conn_failed(prpl_link *link, prpl_problem problem, const char *text, gpointer data)
{
    prpl_conn *conn = data;
    prpl_account *self = conn->account;
    char *detail = text != NULL ? msnp_text_clean(text, strlen(text), DETAIL_CHARS) : NULL;
    const msnp_connect_error why = {.code = problem,
                                    .text = detail,
                                    .certificate = prpl_errors_blames_certificate(problem),
                                    .hopeless = problem == PRPL_PROBLEM_NAME_NOT_FOUND ||
                                                problem == PRPL_PROBLEM_PROXY_SETTINGS ||
                                                problem == PRPL_PROBLEM_SWITCHED_OFF};

    (void)link;
    prpl_log(self->account, "%s (connection %u): could not connect", conn->name, conn->number);
    msnp_session_connect_failed(self->session, conn->number, &why, prpl_account_now());
    g_free(detail);
    prpl_account_disconnect(self, conn->number);
    prpl_account_pump(self);
}

/* Pauses the session's clock while the user decides. */
static void conn_asking(prpl_link *link, bool asking, gpointer data)
{
    const prpl_conn *conn = data;
    prpl_account *self = conn->account;

    (void)link;
    prpl_log(self->account, asking ? "the user is asked about a certificate"
                                   : "the question about the certificate is over");
    if (asking)
        msnp_session_hold(self->session, conn->number, prpl_account_now());
    else
        msnp_session_resume(self->session, conn->number, prpl_account_now());
    /* Not now: libpurple is in the middle of it, and a handler can close the connection. */
    prpl_account_pump_soon(self);
}

static const prpl_link_ops link_ops = {.connected = conn_connected,
                                       .received = conn_received,
                                       .failed = conn_failed,
                                       .asking = conn_asking,
                                       .drained = conn_drained};

void prpl_account_connect(prpl_account *self, const msnp_event *event)
{
    prpl_log(self->account, "connecting to %s %s port %u", event->connect.name,
             msnp_session_shown(self->session, event->connect.host), event->connect.port);
    prpl_conn *conn = add_conn(self, event->conn, event->connect.name);
    conn->switchboard = event->connect.switchboard;
    conn->service = !conn->switchboard && !event->connect.file && !event->connect.tls;
    conn->http = event->connect.gateway && !event->connect.tls;
    if (conn->http)
        conn->link = prpl_link_open_http(self->account, event->connect.host, event->connect.port,
                                         &link_ops, conn);
    else
        conn->link = prpl_link_open(self->account, event->connect.host, event->connect.port,
                                    event->connect.tls, &link_ops, conn);
    if (event->connect.file)
        prpl_link_set_bulk(conn->link);
    g_free(self->proxy);
    self->proxy = g_strdup(prpl_link_proxy(conn->link));
}

/* --- ports ---------------------------------------------------------------------------------- */

/* The connection to the service; NULL if there is none. */
static const prpl_conn *find_service(const prpl_account *self)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, self->conns);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((const prpl_conn *)value)->service)
            return value;
    return NULL;
}

/* None if it is no address, or one of IPv6 without that. */
static void set_address(msnp_address *address, const char *host, uint16_t port, bool ipv6)
{
    *address = (msnp_address){.host = ""};
    if (!g_hostname_is_ip_address(host) || strlen(host) >= sizeof address->host ||
        (!ipv6 && strchr(host, ':') != NULL))
        return;
    g_strlcpy(address->host, host, sizeof address->host);
    address->port = port;
}

static void port_listening(prpl_listener *listener, uint16_t number, bool ipv6,
                           const char *external, gpointer data)
{
    const prpl_conn *conn = data;
    const prpl_conn *service = find_service(conn->account);
    char local[MSNP_ADDRESS_MAX] = "";
    msnp_port port;

    (void)listener;
    if (service != NULL && !prpl_link_local_address(service->link, local))
        *local = '\0';
    set_address(&port.internal, local, number, ipv6);
    set_address(&port.external, external, number, ipv6);
    prpl_log(conn->account->account, "listening on %s port %u, from outside %s", local, number,
             *port.external.host != '\0' ? port.external.host : "-");
    msnp_session_listening(conn->account->session, conn->number, &port, prpl_account_now());
    prpl_account_pump(conn->account);
}

static void port_failed(prpl_listener *listener, gpointer data)
{
    const prpl_conn *conn = data;
    prpl_account *self = conn->account;

    (void)listener;
    prpl_log(self->account, "no port could be opened");
    msnp_session_connect_failed(self->session, conn->number, &(msnp_connect_error){.code = 0},
                                prpl_account_now());
    prpl_account_disconnect(self, conn->number);
    prpl_account_pump(self);
}

static void port_accepted(prpl_listener *listener, int fd, gpointer data)
{
    const prpl_conn *conn = data;
    prpl_account *self = conn->account;
    unsigned number = msnp_session_accepted(self->session, conn->number, prpl_account_now());

    (void)listener;
    if (number == 0) {
        close(fd);
    } else {
        prpl_conn *made = add_conn(self, number, FILE_NAME);

        made->link = prpl_link_accept(self->account, fd, &link_ops, made);
        prpl_link_set_bulk(made->link);
    }
    pump_or_pause(self);
}

void prpl_account_listen(prpl_account *self, const msnp_event *event)
{
    static const prpl_listener_ops ops = {
        .listening = port_listening, .failed = port_failed, .accepted = port_accepted};

    /* Who wants a proxy does not want to be reached directly. */
    if (self->proxy != NULL) {
        prpl_log(self->account, "no port is opened, because of the proxy");
        msnp_session_connect_failed(self->session, event->conn, &(msnp_connect_error){.code = 0},
                                    prpl_account_now());
        return;
    }
    prpl_conn *conn = add_conn(self, event->conn, "port for files");
    conn->listener = prpl_listener_open(&ops, conn);
}

void prpl_account_disconnect(prpl_account *self, unsigned conn)
{
    g_hash_table_remove(self->conns, GUINT_TO_POINTER(conn));
}

void prpl_account_write(prpl_account *self, unsigned conn, const char *bytes, size_t len)
{
    const prpl_conn *to = find_conn(self, conn);

    if (conn != self->unsent)
        prpl_account_flush(self);
    self->unsent = conn;
    if (to != NULL)
        prpl_link_write(to->link, bytes, len);
}

void prpl_account_flush(prpl_account *self)
{
    const prpl_conn *conn = self->unsent != 0 ? find_conn(self, self->unsent) : NULL;

    if (conn != NULL)
        prpl_link_flush(conn->link);
    self->unsent = 0;
}

const char *prpl_account_conn_name(const prpl_account *self, unsigned conn)
{
    const prpl_conn *found = find_conn(self, conn);

    return found != NULL ? found->name : "closed connection";
}

void prpl_account_resume_reading(prpl_account *self)
{
    if (!self->pausing)
        return;
    self->pausing = false;
    pause_conns(self, false);
}

void prpl_account_read_rest(prpl_account *self)
{
    GList *numbers = g_hash_table_get_keys(self->conns);
    /* Each has its share, so that nobody uses up that of others. */
    size_t share = MAX(REST_MAX / (g_hash_table_size(self->conns) + 1), REST_MIN);

    prpl_account_enter(self);
    for (GList *l = numbers; l != NULL; l = l->next) {
        const prpl_conn *conn = g_hash_table_lookup(self->conns, l->data);
        if (conn != NULL && conn->switchboard)
            prpl_link_read_rest(conn->link, share);
    }
    g_list_free(numbers);
    self->busy--; /* without handling it: the caller is in a function of libpurple */
    prpl_account_unref(self);
}

/* Unpredictable: what it makes keeps others out of a transfer. */
static uint32_t draw_number(void)
{
    uint32_t number;

    if (getentropy(&number, sizeof number) != 0)
        number = g_random_int();
    return number;
}

/* --- life ----------------------------------------------------------------------------------- */

prpl_account *prpl_account_new(PurpleAccount *account, const prpl_account_ops *ops)
{
    PurpleConnection *gc = purple_account_get_connection(account);
    prpl_account *self = g_new0(prpl_account, 1);

    self->gc = gc;
    self->account = account;
    self->settings = prpl_settings_read(account);
    self->refs = 1;
    self->conns = g_hash_table_new_full(NULL, NULL, NULL, conn_free);
    self->ops = ops;
    purple_connection_set_protocol_data(gc, self);
    return self;
}

void prpl_account_sign_in(prpl_account *self, msnp_status status, unsigned last_chat,
                          msnp_cache *cache)
{
    char *name = g_strstrip(g_strdup(purple_account_get_username(self->account)));
    msnp_session_config config = {.account = name,
                                  .status = status,
                                  .last_chat = last_chat,
                                  .trace = prpl_log_enabled(),
                                  .cache = cache,
                                  .draw = draw_number};

    prpl_settings_apply(self->settings, &config);
    self->session = msnp_session_new(&config, prpl_account_now());
    g_free(name);
    msnp_session_start(self->session, prpl_account_now());
    /* Haze dies of an error that is reported inside login(). */
    prpl_account_pump_soon(self);
}

void prpl_account_pump(prpl_account *self)
{
    self->ops->pump(self);
}

void prpl_account_enter(prpl_account *self)
{
    prpl_account_ref(self);
    self->busy++;
}

void prpl_account_leave(prpl_account *self)
{
    if (--self->busy == 0 && self->again)
        prpl_account_pump(self);
    prpl_account_unref(self);
}

static gboolean pump_now(gpointer data)
{
    prpl_account *self = data;

    self->soon = 0;
    prpl_account_pump(self);
    return G_SOURCE_REMOVE;
}

void prpl_account_pump_soon(prpl_account *self)
{
    if (self->soon == 0 && !self->ending && !prpl_account_is_over(self))
        self->soon = purple_timeout_add(0, pump_now, self);
}

void prpl_account_hang_up(prpl_account *self, msnp_conversation_id conversation)
{
    if (prpl_account_is_over(self))
        return;
    if (msnp_session_is_talking(self->session, conversation))
        prpl_account_read_rest(self);
    msnp_session_leave(self->session, conversation, prpl_account_now());
    prpl_account_pump_soon(self);
}

void prpl_account_edit(prpl_account *self, const msnp_edit *edit)
{
    msnp_session_edit(self->session, edit, prpl_account_now());
    prpl_account_pump(self);
}

static void release(prpl_account *self)
{
    g_hash_table_remove_all(self->conns);
    if (self->timer != 0)
        purple_timeout_remove(self->timer);
    if (self->backlog != 0)
        purple_timeout_remove(self->backlog);
    if (self->soon != 0)
        purple_timeout_remove(self->soon);
    self->timer = self->backlog = self->soon = 0;
}

bool prpl_account_is_over(const prpl_account *self)
{
    return self->finished || self->closed;
}

void prpl_account_finish(prpl_account *self, const prpl_error *error)
{
    if (prpl_account_is_over(self))
        return;
    self->finished = true;

    prpl_error shown = *error;
    shown.proxy = self->proxy;
    shown.host = msnp_session_shown(self->session, error->host);
    shown.service = self->settings->server;
    shown.chosen = self->settings->service;
    char *text = prpl_errors_text(&shown);
    PurpleConnectionError reason = prpl_errors_reason(error);
    /* Without this the client would silently retry the same password. */
    if (prpl_errors_blames_password(error) && !purple_account_get_remember_password(self->account))
        purple_account_set_password(self->account, NULL);
    release(self);
    prpl_log(self->account, "over at step %s: %s", msnp_step_name(error->step), text);
    char *lines = prpl_shown_text(text);
    purple_connection_error_reason(self->gc, reason, lines);
    g_free(lines);
    g_free(text);
}

void prpl_account_sign_out(prpl_account *self)
{
    if (self->ending)
        return;
    self->ending = true;
    prpl_account_read_rest(self);
    msnp_session_sign_out(self->session, prpl_account_now());
    self->ops->farewell(self);
}

void prpl_account_close(PurpleConnection *gc)
{
    prpl_account *self = prpl_account_of(gc);

    if (self == NULL)
        return;
    self->closed = true;
    release(self);
    purple_connection_set_protocol_data(gc, NULL);
    prpl_account_unref(self);
}
