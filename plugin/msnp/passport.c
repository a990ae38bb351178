/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "passport.h"

#include "clock.h"
#include "codec.h"
#include "exchange.h"
#include "mime.h"

#include <string.h>

#define TEXT_CHARS 400 /* longest message of a login server that is shown */
/* For connecting, or for a response that arrives slowly, in milliseconds. */
#define EXCHANGE_TIMEOUT ((int64_t)2 * 60 * 1000)
/* For the rest of a body after its head: then another connection is made, which costs little. */
#define BODY_TIMEOUT ((int64_t)3 * 1000)

typedef enum {
    PASSPORT_IDLE,          /* not started */
    PASSPORT_NEXUS_CONNECT, /* connecting to the nexus */
    PASSPORT_NEXUS,         /* request sent to the nexus */
    PASSPORT_LOGIN_CONNECT, /* connecting to a login server */
    PASSPORT_LOGIN_READY,   /* connected to a login server, no challenge yet */
    PASSPORT_LOGIN,         /* request sent to a login server */
    PASSPORT_DONE,          /* the ticket was delivered */
    PASSPORT_OVER           /* failed, or stopped */
} passport_state;

struct msnp_passport {
    msnp_net *net;
    const msnp_passport_ops *ops;
    gpointer owner;
    unsigned conn; /* its connection, 0 for none */
    msnp_clock clock;
    passport_state state;
    bool asked; /* the user was asked about a certificate */

    char *account; /* these three are NULL before the challenge */
    char *password;
    char *challenge;
    char *service;
    char *nexus_url;
    char *login_url;
    char *known_login;

    msnp_url url;       /* the current request */
    GPtrArray *visited; /* the URLs of this phase as text, to detect circles */
    bool known;         /* using the cached login server; the nexus was not asked */
    bool open;          /* there is a reusable connection to `url` */
    bool waited;        /* it was idle before the request: the server may have closed it */
    msnp_exchange exchange;
};

static void wipe_secrets(msnp_passport *passport)
{
    g_clear_pointer(&passport->password, msnp_secret_free);
    g_clear_pointer(&passport->challenge, msnp_secret_free);
    msnp_exchange_clear(&passport->exchange);
}

static void G_GNUC_PRINTF(3, 4) trace(msnp_passport *passport, bool sent, const char *format, ...)
{
    va_list args;

    if (!passport->net->trace)
        return;
    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    msnp_net_trace(passport->net, passport->conn, sent, text);
    g_free(text);
}

msnp_step msnp_passport_step(const msnp_passport *passport)
{
    static const msnp_step steps[] = {
        [PASSPORT_IDLE] = MSNP_STEP_IDLE,
        [PASSPORT_NEXUS_CONNECT] = MSNP_STEP_NEXUS_CONNECT,
        [PASSPORT_NEXUS] = MSNP_STEP_NEXUS,
        [PASSPORT_LOGIN_CONNECT] = MSNP_STEP_LOGIN_CONNECT,
        [PASSPORT_LOGIN_READY] = MSNP_STEP_LOGIN_READY,
        [PASSPORT_LOGIN] = MSNP_STEP_LOGIN,
        [PASSPORT_DONE] = MSNP_STEP_ONLINE,
        [PASSPORT_OVER] = MSNP_STEP_OFFLINE,
    };

    return steps[passport->state];
}

static bool is_near_url(const char *host, const char *text)
{
    msnp_url url;
    bool near;

    if (text == NULL || msnp_url_parse(&url, msnp_str_of(text), NULL) != MSNP_OK)
        return false;
    near = msnp_host_is_near(host, url.host);
    msnp_url_clear(&url);
    return near;
}

/* Is the peer outside the domains of all servers that the user chose? */
static bool is_outside(const msnp_passport *passport)
{
    const char *host = passport->url.host;

    return !msnp_host_is_near(host, passport->service) && !is_near_url(host, passport->nexus_url) &&
           !is_near_url(host, passport->login_url);
}

/* The only way to change the state. */
static void set_state(msnp_passport *passport, passport_state state, int64_t now)
{
    passport->state = state;
    passport->clock.step = passport->clock.total = MSNP_NEVER;
    if (state == PASSPORT_DONE || state == PASSPORT_OVER)
        return;
    if (state != PASSPORT_LOGIN_READY) {
        passport->clock.step = msnp_clock_time(&passport->clock, now) + MSNP_STEP_TIMEOUT;
        passport->clock.total = msnp_clock_time(&passport->clock, now) + EXCHANGE_TIMEOUT;
    }
    passport->ops->step(passport->owner, msnp_passport_step(passport), passport->url.host,
                        state == PASSPORT_LOGIN && is_outside(passport));
}

static void close_conn(msnp_passport *passport)
{
    msnp_net_close(passport->net, passport->conn);
    passport->conn = 0;
    passport->open = false;
}

/* NULL: do not use the cached one any more. */
static void report_login_server(msnp_passport *passport, const char *url, int64_t now)
{
    /* Do not cache a server whose certificate the user had to accept. */
    if (url == NULL || !passport->asked)
        passport->ops->login_server(passport->owner, url, now);
}

static void ask_nexus(msnp_passport *passport, int64_t now);

/*
 * Was the cached login server the reason? Then asks the nexus and returns true. A rejected password
 * is final for this sign-in; the next one asks the nexus.
 */
static bool was_stale(msnp_passport *passport, msnp_err err, int64_t now)
{
    if (!passport->known)
        return false;
    report_login_server(passport, NULL, now);
    if (err == MSNP_ERR_PASSWORD)
        return false;
    ask_nexus(passport, now);
    return true;
}

/* The only way to fail; the peer and the step are filled in. */
static void fail_with(msnp_passport *passport, msnp_failure failure, int64_t now)
{
    if (was_stale(passport, failure.err, now))
        return;
    failure.step = msnp_passport_step(passport);
    failure.host = passport->url.host;
    failure.port = passport->url.port;
    set_state(passport, PASSPORT_OVER, now);
    wipe_secrets(passport);
    passport->ops->failed(passport->owner, &failure, now);
    close_conn(passport);
}

/* Is it a single word, so that its letters inside of other words are not the password? */
static bool is_plain(const char *password)
{
    while (g_ascii_isalnum(*password))
        password++;
    return *password == '\0';
}

/*
 * Does a message of the server repeat a secret? Clients keep error messages in their logs. The word
 * "password" is in most of these messages.
 */
static bool has_secret(const msnp_passport *passport, const char *text)
{
    const char *password = passport->password != NULL ? passport->password : "";

    if (g_ascii_strcasecmp(password, "password") == 0)
        return false;
    return msnp_mask_hides_any(&passport->net->mask, text) ||
           (!is_plain(password) && strstr(text, password) != NULL);
}

static void fail_with_text(msnp_passport *passport, msnp_err err, unsigned number, const char *text,
                           int64_t now)
{
    bool shown = text != NULL && !has_secret(passport, text);

    fail_with(passport, (msnp_failure){.err = err, .number = number, .text = shown ? text : NULL},
              now);
}

static void fail(msnp_passport *passport, msnp_err err, int64_t now)
{
    fail_with_text(passport, err, 0, NULL, now);
}

static void connect_to(msnp_passport *passport, passport_state state, int64_t now);

static bool is_same_server(const msnp_url *a, const msnp_url *b)
{
    return a->host != NULL && a->port == b->port && strcmp(a->host, b->host) == 0;
}

static void use_login(msnp_passport *passport, int64_t now);

/* Goes to the (checked) URL, which it takes over. Reuses an open connection to the same server. */
static void go_to(msnp_passport *passport, msnp_url url, passport_state state, int64_t now)
{
    char *text = msnp_url_text(&url);
    bool circle = passport->visited->len > MSNP_REDIRECTS_MAX ||
                  g_ptr_array_find_with_equal_func(passport->visited, text, g_str_equal, NULL);

    g_ptr_array_add(passport->visited, text);
    if (circle) {
        msnp_url_clear(&url);
        fail(passport, MSNP_ERR_REDIRECTS, now);
        return;
    }
    bool there = passport->open && is_same_server(&passport->url, &url);
    msnp_url_clear(&passport->url);
    passport->url = url;
    passport->waited = there;
    if (!there) {
        connect_to(passport, state, now);
        return;
    }
    set_state(passport, state, now);
    if (passport->exchange.state == MSNP_EXCHANGE_IDLE)
        use_login(passport, now);
    else
        passport->clock.step = msnp_clock_time(&passport->clock, now) + BODY_TIMEOUT;
}

/* Parses a URL and goes there. */
static void go_to_text(msnp_passport *passport, msnp_str text, const msnp_url *base,
                       passport_state state, int64_t now)
{
    msnp_url url;
    msnp_err err = msnp_url_parse(&url, text, base);

    if (err == MSNP_OK)
        go_to(passport, url, state, now);
    else
        fail(passport, err, now);
}

/* Starts, or starts over: forgets the URLs tried before. */
static void begin_at(msnp_passport *passport, const char *url, passport_state state, int64_t now)
{
    g_ptr_array_set_size(passport->visited, 0);
    if (url != NULL)
        go_to_text(passport, msnp_str_of(url), NULL, state, now);
    else
        fail(passport, MSNP_ERR_URL, now);
}

static void ask_nexus(msnp_passport *passport, int64_t now)
{
    passport->known = passport->open = false;
    begin_at(passport, passport->nexus_url, PASSPORT_NEXUS_CONNECT, now);
}

void msnp_passport_start(msnp_passport *passport, int64_t now)
{
    if (passport->state != PASSPORT_IDLE)
        return;
    if (passport->login_url != NULL && *passport->login_url != '\0') {
        begin_at(passport, passport->login_url, PASSPORT_LOGIN_CONNECT, now);
    } else if (passport->known_login != NULL) {
        passport->known = true;
        begin_at(passport, passport->known_login, PASSPORT_LOGIN_CONNECT, now);
    } else {
        ask_nexus(passport, now);
    }
}

/* The credentials cannot be used; asking the nexus would not help. */
static void refuse(msnp_passport *passport, msnp_err err, int64_t now)
{
    passport->known = false;
    fail(passport, err, now);
}

void msnp_passport_sign_in(msnp_passport *passport, const msnp_credentials *credentials,
                           int64_t now)
{
    const char *password = credentials->password;

    if (passport->challenge != NULL || passport->state == PASSPORT_DONE ||
        passport->state == PASSPORT_OVER)
        return;
    if (credentials->account == NULL || !msnp_account_valid(credentials->account)) {
        refuse(passport, MSNP_ERR_ACCOUNT, now);
    } else if (password == NULL || strlen(password) > MSNP_PASSWORD_MAX) {
        refuse(passport, MSNP_ERR_PASSWORD, now);
    } else if (credentials->challenge == NULL || !msnp_is_word(credentials->challenge)) {
        refuse(passport, MSNP_ERR_MALFORMED, now);
    } else {
        passport->account = g_strdup(credentials->account);
        passport->password = g_strdup(password);
        passport->challenge = g_strdup(credentials->challenge);
        msnp_mask_add_lasting(&passport->net->mask, password);
        msnp_mask_add_lasting(&passport->net->mask, credentials->challenge);
        if (passport->state == PASSPORT_LOGIN_READY)
            use_login(passport, now);
    }
}

/* The value of the Authorization header. The challenge is copied byte for byte. */
static msnp_err write_authorization(const msnp_passport *passport, msnp_buf *out)
{
    msnp_err err = msnp_buf_append_text(
        out, "Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,sign-in=");

    if (err == MSNP_OK)
        err = msnp_percent_encode(out, passport->account);
    if (err == MSNP_OK)
        err = msnp_buf_append_text(out, ",pwd=");
    if (err == MSNP_OK)
        err = msnp_percent_encode(out, passport->password);
    if (err == MSNP_OK)
        err = msnp_buf_append_text(out, ",");
    if (err == MSNP_OK)
        err = msnp_buf_append_text(out, passport->challenge);
    if (err == MSNP_OK)
        err = msnp_buf_append(out, "", 1);
    return err;
}

static msnp_err ask(msnp_passport *passport, bool login, msnp_buf *out)
{
    msnp_http_request request = {
        .method = "GET", .url = &passport->url, .minor = login ? 1 : 0, .keep = !login};
    msnp_buf authorization;
    msnp_err err = MSNP_OK;

    msnp_buf_init(&authorization, MSNP_HTTP_REQUEST_MAX, true);
    if (login)
        err = write_authorization(passport, &authorization);
    const char *headers[] = {"Authorization", msnp_buf_view(&authorization).ptr, NULL};
    if (login)
        request.headers = headers;
    if (err == MSNP_OK)
        err = msnp_exchange_ask(&passport->exchange, &request, out);
    msnp_buf_clear(&authorization);
    return err;
}

/* The current path for the log, without the query: a server chose it, and may have hidden a secret
 * in it. */
static msnp_str shown_path(const msnp_passport *passport)
{
    msnp_str path = {passport->url.target, strcspn(passport->url.target, "?")};

    return msnp_mask_hides(&passport->net->mask, path) ? msnp_str_of(MSNP_MASKED) : path;
}

static void send_request(msnp_passport *passport, bool login, int64_t now)
{
    msnp_buf request;

    msnp_buf_init(&request, MSNP_HTTP_REQUEST_MAX, true);
    msnp_err err = ask(passport, login, &request);
    if (err == MSNP_OK) {
        msnp_str bytes = msnp_buf_view(&request);
        msnp_str path = shown_path(passport);
        trace(passport, true, "GET %.*s%s", (int)path.len, path.ptr,
              login ? " (with address and password)" : "");
        /* Before it is sent, since it says to whom. */
        set_state(passport, login ? PASSPORT_LOGIN : PASSPORT_NEXUS, now);
        msnp_net_write(passport->net, passport->conn, bytes);
    } else {
        fail(passport, err, now);
    }
    msnp_buf_clear(&request);
}

/* Sends the login request, or waits for the challenge, or connects again if the server hung up. */
static void use_login(msnp_passport *passport, int64_t now)
{
    if (passport->challenge == NULL) {
        passport->waited = true;
        set_state(passport, PASSPORT_LOGIN_READY, now);
    } else if (passport->open) {
        passport->open = false; /* no request follows on it */
        send_request(passport, true, now);
    } else {
        connect_to(passport, PASSPORT_LOGIN_CONNECT, now);
    }
}

/*
 * Finds "key=value" in a header value such as "Passport1.4 a=b,key='x,y',c": commas separate items,
 * a value in single quotes may contain commas.
 */
static bool find_param(const char *text, const char *key, msnp_str *value)
{
    const char *p = text;

    while (*p != '\0') {
        p += strspn(p, ", ");
        msnp_str name = {p, strcspn(p, "=,")};
        p += name.len;
        if (*p != '=')
            continue;
        p++;
        bool quoted = *p == '\'';
        if (quoted)
            p++;
        *value = (msnp_str){p, strcspn(p, quoted ? "'" : ",")};
        p += value->len;
        if (quoted && *p == '\0')
            return false; /* truncated: do not use it */
        p += strcspn(p, ",");
        while (!quoted && value->len > 0 && value->ptr[value->len - 1] == ' ')
            value->len--;
        if (msnp_str_is_nocase(name, key))
            return true;
    }
    return false;
}

/*
 * The same in the header of this name that begins with "Passport1.4". Returns a copy (wipe it: it
 * may be the ticket) or NULL.
 */
static char *passport_param(msnp_str headers, const char *header, const char *key)
{
    static const char scheme[] = "Passport1.4 ";
    msnp_mime mime;
    msnp_str name, folded, value;
    char *found = NULL;

    msnp_mime_init(&mime, headers);
    while (found == NULL && msnp_mime_next(&mime, &name, &folded)) {
        if (!msnp_str_is_nocase(name, header))
            continue;
        char *text = msnp_mime_unfold(folded);
        if (g_ascii_strncasecmp(text, scheme, strlen(scheme)) == 0 &&
            find_param(text + strlen(scheme), key, &value))
            found = msnp_str_dup(value);
        msnp_secret_free(text);
    }
    return found;
}

/* The login server's message for the user as clean plain text, or NULL. */
static char *user_text(msnp_str headers)
{
    char *coded = passport_param(headers, "WWW-Authenticate", "cbtxt");

    if (coded == NULL)
        coded = passport_param(headers, "Authentication-Info", "cbtxt");
    if (coded == NULL)
        return NULL;

    char *text = msnp_text_decode(msnp_str_of(coded), TEXT_CHARS);
    msnp_secret_free(coded);
    if (*text == '\0')
        g_clear_pointer(&text, g_free);
    return text;
}

static void go_to_login(msnp_passport *passport, msnp_str text, int64_t now)
{
    msnp_url url;
    msnp_err err = msnp_url_parse(&url, text, NULL);

    if (err != MSNP_OK) {
        fail(passport, err, now);
        return;
    }
    char *clean = msnp_url_text(&url);
    report_login_server(passport, clean, now);
    g_free(clean);
    /* A new phase: a URL of the nexus phase is no circle here. */
    g_ptr_array_set_size(passport->visited, 0);
    go_to(passport, url, PASSPORT_LOGIN_CONNECT, now);
}

static void take_nexus_answer(msnp_passport *passport, const msnp_http_head *head, int64_t now)
{
    char *urls = msnp_mime_get(head->headers, "PassportURLs", 0);
    msnp_str login;

    if (urls == NULL || !find_param(urls, "DALogin", &login) || login.len == 0)
        fail(passport, MSNP_ERR_NO_LOGIN, now);
    else
        go_to_login(passport, login, now);
    g_free(urls);
}

static void take_ticket(msnp_passport *passport, const msnp_http_head *head, int64_t now)
{
    char *ticket = passport_param(head->headers, "Authentication-Info", "from-PP");
    char *text = user_text(head->headers);

    msnp_mask_add_lasting(&passport->net->mask, ticket);
    if (ticket != NULL && msnp_is_word(ticket) && strlen(ticket) <= MSNP_TICKET_MAX) {
        close_conn(passport);
        set_state(passport, PASSPORT_DONE, now);
        wipe_secrets(passport);
        passport->ops->ticket(passport->owner, ticket, now);
    } else {
        fail_with_text(passport, text != NULL ? MSNP_ERR_PASSWORD : MSNP_ERR_NO_TICKET, 0, text,
                       now);
    }
    msnp_secret_free(ticket);
    g_free(text);
}

static void take_refusal(msnp_passport *passport, const msnp_http_head *head, int64_t now)
{
    char *text = user_text(head->headers);
    bool password = head->status == 401 && passport->state == PASSPORT_LOGIN;

    if (password)
        fail_with_text(passport, MSNP_ERR_PASSWORD, 0, text, now);
    else
        fail_with_text(passport, MSNP_ERR_HTTP_STATUS, head->status, text, now);
    g_free(text);
}

static bool is_redirect(unsigned status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void take_answer(msnp_passport *passport, const msnp_http_head *head, int64_t now)
{
    bool login = passport->state == PASSPORT_LOGIN;
    char *location = is_redirect(head->status) ? msnp_mime_get(head->headers, "Location", 0) : NULL;

    trace(passport, false, "HTTP status %u", head->status);
    if (location != NULL) {
        msnp_url base = passport->url;
        go_to_text(passport, msnp_str_of(location), &base,
                   login ? PASSPORT_LOGIN_CONNECT : PASSPORT_NEXUS_CONNECT, now);
    } else if (head->status != 200) {
        take_refusal(passport, head, now);
    } else if (login) {
        take_ticket(passport, head, now);
    } else {
        take_nexus_answer(passport, head, now);
    }
    g_free(location);
}

static bool is_asking(const msnp_passport *passport)
{
    return passport->state == PASSPORT_NEXUS || passport->state == PASSPORT_LOGIN;
}

/*
 * The request was sent on a reused connection. The server may have closed it, or still be sending
 * an earlier response: try again on a new one.
 */
static bool can_ask_again(const msnp_passport *passport)
{
    return passport->state == PASSPORT_LOGIN && passport->waited;
}

/* Bodies do not matter. */
static void skip_body(msnp_passport *passport, msnp_str *data)
{
    while (msnp_exchange_feed(&passport->exchange, data) == MSNP_EXCHANGE_BODY)
        ;
}

/* Feeds the response; only its head matters. */
static void read_answer(msnp_passport *passport, msnp_str *data, int64_t now)
{
    msnp_exchange *exchange = &passport->exchange;

    switch (msnp_exchange_feed(exchange, data)) {
    case MSNP_EXCHANGE_HEAD:
        if (passport->state == PASSPORT_NEXUS && exchange->head.status == 200) {
            skip_body(passport, data);
            passport->open = exchange->keeps_open && data->len == 0;
        }
        take_answer(passport, &exchange->head, now);
        break;
    case MSNP_EXCHANGE_BAD:
        if (exchange->err == MSNP_ERR_MALFORMED && can_ask_again(passport))
            connect_to(passport, PASSPORT_LOGIN_CONNECT, now);
        else
            fail(passport, exchange->err, now);
        break;
    case MSNP_EXCHANGE_MORE:
    case MSNP_EXCHANGE_BODY:
    case MSNP_EXCHANGE_DONE:
        break;
    }
}

/*
 * On an idle connection only the rest of the nexus's response may arrive. If there is more, do not
 * reuse it.
 */
static void take_rest(msnp_passport *passport, msnp_str data, int64_t now)
{
    if (passport->state == PASSPORT_LOGIN_READY) {
        close_conn(passport);
        return;
    }
    skip_body(passport, &data);
    if (data.len > 0)
        connect_to(passport, PASSPORT_LOGIN_CONNECT, now);
    else if (passport->exchange.state == MSNP_EXCHANGE_IDLE)
        use_login(passport, now);
}

/*
 * Is the rest of the nexus's response still to come, on the connection to be reused for the login?
 */
static bool is_skipping(const msnp_passport *passport)
{
    return passport->state == PASSPORT_LOGIN_CONNECT && passport->open;
}

/* The peer closed the connection. That is no failure for an idle one. */
static void lose_connection(msnp_passport *passport, int64_t now)
{
    bool unanswered = can_ask_again(passport) && passport->exchange.state == MSNP_EXCHANGE_ASKED;

    if (passport->state == PASSPORT_LOGIN_READY)
        close_conn(passport);
    else if (unanswered || is_skipping(passport))
        connect_to(passport, PASSPORT_LOGIN_CONNECT, now);
    else
        fail(passport, MSNP_ERR_CLOSED, now);
}

/* --- connections ---------------------------------------------------------------------------- */

static void received(gpointer part, unsigned conn, msnp_str bytes, int64_t now)
{
    msnp_passport *passport = part;

    (void)conn;
    if (bytes.len == 0)
        lose_connection(passport, now);
    else if (is_asking(passport))
        passport->clock.step = msnp_clock_time(&passport->clock, now) + MSNP_STEP_TIMEOUT;
    while (bytes.len > 0 && is_asking(passport))
        read_answer(passport, &bytes, now);
    if (bytes.len > 0 && passport->open)
        take_rest(passport, bytes, now);
}

static void connected(gpointer part, unsigned conn, int64_t now)
{
    msnp_passport *passport = part;

    (void)conn;
    if (passport->state == PASSPORT_NEXUS_CONNECT) {
        send_request(passport, false, now);
    } else if (passport->state == PASSPORT_LOGIN_CONNECT && !passport->open) {
        passport->open = true;
        passport->waited = false;
        use_login(passport, now);
    }
}

static void connect_failed(gpointer part, unsigned conn, const msnp_connect_error *why, int64_t now)
{
    msnp_passport *passport = part;
    bool refused = why->certificate && passport->asked;

    (void)conn;
    close_conn(passport);
    /* Do not ask the nexus: the user would be asked about the same certificate again. */
    if (refused) {
        report_login_server(passport, NULL, now);
        passport->known = false;
    }
    fail_with(passport,
              (msnp_failure){.err = MSNP_ERR_UNREACHABLE, .code = why->code, .text = why->text},
              now);
}

static void connect_to(msnp_passport *passport, passport_state state, int64_t now)
{
    static const msnp_conn_ops ops = {
        .connected = connected, .failed = connect_failed, .received = received};

    set_state(passport, state, now);
    close_conn(passport);
    passport->conn = msnp_net_connect(passport->net, MSNP_CONN_PASSPORT, passport->url.host,
                                      passport->url.port, &ops, passport);
}

/* --- from outside --------------------------------------------------------------------------- */

msnp_passport *msnp_passport_new(const msnp_passport_config *config, msnp_net *net,
                                 const msnp_passport_ops *ops, gpointer owner)
{
    msnp_passport *passport = g_new0(msnp_passport, 1);

    passport->net = net;
    passport->ops = ops;
    passport->owner = owner;
    msnp_clock_init(&passport->clock);
    passport->service = g_strdup(config->service != NULL ? config->service : "");
    passport->nexus_url = g_strdup(config->nexus_url);
    passport->login_url = g_strdup(config->login_url);
    passport->known_login = g_strdup(config->known_login);
    passport->visited = g_ptr_array_new_with_free_func(g_free);
    msnp_exchange_init(&passport->exchange);
    return passport;
}

void msnp_passport_free(msnp_passport *passport)
{
    if (passport == NULL)
        return;
    wipe_secrets(passport);
    msnp_url_clear(&passport->url);
    g_ptr_array_free(passport->visited, TRUE);
    g_free(passport->account);
    g_free(passport->service);
    g_free(passport->nexus_url);
    g_free(passport->login_url);
    g_free(passport->known_login);
    g_free(passport);
}

void msnp_passport_stop(msnp_passport *passport)
{
    if (passport->state != PASSPORT_DONE)
        set_state(passport, PASSPORT_OVER, 0);
    wipe_secrets(passport);
    close_conn(passport);
}

void msnp_passport_blame(const msnp_passport *passport, msnp_failure *failure)
{
    failure->step = msnp_passport_step(passport);
    failure->host = passport->url.host;
    failure->port = passport->url.port;
}

void msnp_passport_tick(msnp_passport *passport, int64_t now)
{
    if (!msnp_clock_expired(&passport->clock, now))
        return;
    if (is_skipping(passport))
        connect_to(passport, PASSPORT_LOGIN_CONNECT, now);
    else
        fail(passport, MSNP_ERR_TIMEOUT, now);
}

int64_t msnp_passport_deadline(const msnp_passport *passport)
{
    return msnp_clock_next(&passport->clock);
}

void msnp_passport_hold(msnp_passport *passport, int64_t now)
{
    msnp_clock_hold(&passport->clock, now);
}

void msnp_passport_resume(msnp_passport *passport, int64_t now)
{
    msnp_clock_resume(&passport->clock, now);
}

void msnp_passport_asks(msnp_passport *passport)
{
    passport->asked = true;
}

const char *msnp_passport_host(const msnp_passport *passport)
{
    return passport->url.host;
}

unsigned msnp_passport_conn(const msnp_passport *passport)
{
    return passport->conn;
}
