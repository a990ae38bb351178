/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transfers.h"

#include "clock.h"
#include "codec.h"
#include "ftp.h"

#include <string.h>

typedef enum {
    OFFERED,  /* receiving: the user is asked */
    PORT,     /* we asked for a port */
    INVITED,  /* sending: the peer is asked */
    ANSWERED, /* receiving: we accepted, and wait for the peer's address */
    CONNECTING,
    RUNNING,
    COMPLETE, /* receiving: all of it was handed out, and is to be saved */
    OVER      /* its result was reported; it waits for its connections to close */
} state;

typedef struct {
    msnp_transfers *all;
    unsigned number;
    char *who; /* the peer, as the server spells it or the user typed it */
    char *key; /* in `by_cookie` */
    uint32_t cookie;
    bool sending;
    bool contact;     /* receiving: the peer is a contact */
    bool peer_closed; /* receiving: Connectivity: N, so we listen */
    bool we_closed;   /* sending: we said Connectivity: N */
    char *name;       /* sending: of the file */
    uint32_t size;
    state state;
    int64_t deadline;  /* of its state, MSNP_NEVER for none */
    unsigned listener; /* 0: we do not listen */
    bool listening;    /* it can be connected to: */
    msnp_port port;
    uint32_t auth;     /* AuthCookie */
    GPtrArray *ftps;   /* msnp_ftp *: connections, of which one becomes `current`; oldest first */
    msnp_ftp *current; /* NULL before RUNNING */
    unsigned calling;  /* of `ftps`, those that we began */
    msnp_file_end why; /* what went wrong on the connections so far */
} transfer;

struct msnp_transfers {
    msnp_net *net;
    uint32_t (*draw)(void);
    const msnp_transfers_ops *ops;
    gpointer owner;
    char *account;
    char *client_ip; /* "" if it is not known */
    GHashTable *by_number;
    GHashTable *by_cookie; /* "account cookie" -> transfer * */
    GPtrArray *over;       /* transfer *: those that still have connections */
    GPtrArray *closed;     /* msnp_ftp *, to be freed */
    unsigned last;
    bool ended;
};

static const msnp_conn_ops port_ops;
static const msnp_ftp_ops ftp_ops;

/* --- life ----------------------------------------------------------------------------------- */

static void transfer_free(gpointer data)
{
    transfer *t = data;

    for (guint i = 0; i < t->ftps->len; i++)
        msnp_ftp_free(g_ptr_array_index(t->ftps, i));
    g_ptr_array_free(t->ftps, TRUE);
    msnp_net_close(t->all->net, t->listener);
    g_free(t->who);
    g_free(t->key);
    g_free(t->name);
    g_free(t);
}

msnp_transfers *msnp_transfers_new(msnp_net *net, uint32_t (*draw)(void),
                                   const msnp_transfers_ops *ops, gpointer owner)
{
    msnp_transfers *all = g_new0(msnp_transfers, 1);

    all->net = net;
    all->draw = draw;
    all->ops = ops;
    all->owner = owner;
    all->account = g_strdup("");
    all->client_ip = g_strdup("");
    all->by_number = g_hash_table_new(NULL, NULL);
    all->by_cookie = g_hash_table_new(g_str_hash, g_str_equal);
    all->over = g_ptr_array_new_with_free_func(transfer_free);
    all->closed = g_ptr_array_new();
    return all;
}

/* Frees the connections that have closed. */
static void sweep(msnp_transfers *all)
{
    for (guint i = 0; i < all->closed->len; i++)
        msnp_ftp_free(g_ptr_array_index(all->closed, i));
    g_ptr_array_set_size(all->closed, 0);
}

void msnp_transfers_free(msnp_transfers *all)
{
    GHashTableIter iter;
    gpointer value;

    if (all == NULL)
        return;
    sweep(all);
    g_hash_table_iter_init(&iter, all->by_number);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        transfer_free(value);
    g_ptr_array_free(all->over, TRUE);
    g_ptr_array_free(all->closed, TRUE);
    g_hash_table_destroy(all->by_number);
    g_hash_table_destroy(all->by_cookie);
    g_free(all->account);
    g_free(all->client_ip);
    g_free(all);
}

void msnp_transfers_run(msnp_transfers *all)
{
    sweep(all);
    for (guint i = all->over->len; i > 0; i--) {
        const transfer *t = g_ptr_array_index(all->over, i - 1);
        if (t->ftps->len == 0)
            g_ptr_array_remove_index_fast(all->over, i - 1);
    }
}

void msnp_transfers_set_account(msnp_transfers *all, const char *account)
{
    g_free(all->account);
    all->account = g_strdup(account);
}

void msnp_transfers_set_client_ip(msnp_transfers *all, const char *address)
{
    g_free(all->client_ip);
    all->client_ip = g_strdup(address != NULL ? address : "");
}

static char *key_of(const char *who, uint32_t cookie)
{
    char folded[MSNP_ACCOUNT_MAX + 1];

    msnp_account_fold(who, folded);
    return g_strdup_printf("%s %" G_GUINT32_FORMAT, folded, cookie);
}

/* It takes over `key`. */
static transfer *transfer_new(msnp_transfers *all, const char *who, char *key, uint32_t cookie)
{
    transfer *t = g_new0(transfer, 1);

    do
        all->last++;
    while (all->last == 0 || g_hash_table_contains(all->by_number, GUINT_TO_POINTER(all->last)));
    t->all = all;
    t->number = all->last;
    t->who = g_strdup(who);
    t->key = key;
    t->cookie = cookie;
    t->deadline = MSNP_NEVER;
    t->ftps = g_ptr_array_new();
    t->why = MSNP_FILE_NO_CONNECTION;
    g_hash_table_insert(all->by_number, GUINT_TO_POINTER(t->number), t);
    g_hash_table_insert(all->by_cookie, t->key, t);
    all->ops->hold(all->owner, t->who, true);
    return t;
}

static transfer *find(const msnp_transfers *all, unsigned number)
{
    return g_hash_table_lookup(all->by_number, GUINT_TO_POINTER(number));
}

/* The only setter of the state. */
static void set_state(transfer *t, state to, int64_t deadline)
{
    t->state = to;
    t->deadline = deadline;
}

/* --- messages ------------------------------------------------------------------------------- */

/* Only what must arrive has a reference. */
static void send(transfer *t, msnp_buf *payload, bool important, int64_t now)
{
    t->all->ops->send(t->all->owner, t->who, important ? t->number : 0, msnp_buf_view(payload),
                      now);
    msnp_buf_clear(payload);
}

/* How the peer is told, if no connection tells it. */
static msnp_cancel code_of(const transfer *t, msnp_file_end end)
{
    switch (end) {
    case MSNP_FILE_DECLINED:
        return MSNP_CANCEL_REJECT;
    case MSNP_FILE_CANCELLED:
        return t->sending ? MSNP_CANCEL_TIMEOUT : MSNP_CANCEL_REJECT;
    case MSNP_FILE_EXPIRED:
        return MSNP_CANCEL_TIMEOUT;
    case MSNP_FILE_NO_ADDRESS:
    case MSNP_FILE_NO_CONNECTION:
    case MSNP_FILE_NOBODY_CAME:
    case MSNP_FILE_BOTH_CLOSED:
        return MSNP_CANCEL_FTTIMEOUT;
    case MSNP_FILE_OVER:
        return MSNP_CANCEL_OUTBAND;
    default:
        return MSNP_CANCEL_FAIL;
    }
}

/* Unless a connection tells it. */
static void tell_peer(transfer *t, msnp_file_end end, int64_t now)
{
    /* Without a port the peer has not heard of it. */
    bool heard = t->state < CONNECTING && (t->state != PORT || !t->sending);
    bool waits = t->state == CONNECTING && t->current == NULL;
    msnp_buf payload;

    if (!heard && !waits)
        return;
    msnp_invite_write_cancel(&payload, t->cookie, code_of(t, end));
    send(t, &payload, false, now);
}

/* --- the end -------------------------------------------------------------------------------- */

static void stop_listening(transfer *t)
{
    msnp_net_close(t->all->net, t->listener);
    t->listener = 0;
    t->listening = false;
}

/* Closes the connections, but for this one (NULL for all). */
static void drop_others(transfer *t, const msnp_ftp *but)
{
    for (guint i = t->ftps->len; i > 0; i--) {
        msnp_ftp *ftp = g_ptr_array_index(t->ftps, i - 1);
        if (ftp == but)
            continue;
        if (ftp == t->current)
            t->current = NULL;
        g_ptr_array_remove_index_fast(t->ftps, i - 1);
        msnp_ftp_free(ftp);
    }
}

/* The only end of a transfer. Its connection may be closing for a while. */
static void finish(transfer *t, msnp_file_end end, msnp_cause cause)
{
    msnp_transfers *all = t->all;

    if (t->state == OVER)
        return;
    set_state(t, OVER, MSNP_NEVER);
    g_hash_table_remove(all->by_number, GUINT_TO_POINTER(t->number));
    g_hash_table_remove(all->by_cookie, t->key);
    g_ptr_array_add(all->over, t);
    msnp_net_push(all->net,
                  (msnp_event){.type = MSNP_EVENT_FILE_ENDED,
                               .file = {.number = t->number, .end = end, .cause = cause}});
    stop_listening(t);
    all->ops->hold(all->owner, t->who, false);
}

/* Ends it, and the peer hears of it in the conversation, if not on a connection. */
static void give_up(transfer *t, msnp_file_end end, int64_t now)
{
    tell_peer(t, end, now);
    finish(t, end, (msnp_cause){MSNP_OK, 0});
}

/* From outside of its connections: ends them, too. */
static void stop(transfer *t, msnp_file_end end, int64_t now)
{
    give_up(t, end, now);
    drop_others(t, t->current);
    if (t->current != NULL)
        msnp_ftp_stop(t->current, end, now);
}

void msnp_transfers_end(msnp_transfers *all, int64_t now)
{
    GList *list = g_hash_table_get_values(all->by_number);

    all->ended = true;
    for (GList *l = list; l != NULL; l = l->next)
        stop(l->data, MSNP_FILE_OVER, now);
    g_list_free(list);
    /* Nobody waits for the other side to close. */
    for (guint i = 0; i < all->over->len; i++)
        drop_others(g_ptr_array_index(all->over, i), NULL);
}

size_t msnp_transfers_pending(const msnp_transfers *all)
{
    return g_hash_table_size(all->by_number);
}

/* --- connections ---------------------------------------------------------------------------- */

static msnp_ftp_config config_of(const transfer *t)
{
    return (msnp_ftp_config){.sending = t->sending,
                             .account = t->sending ? t->who : t->all->account,
                             .auth = t->auth,
                             .size = t->size};
}

/* Another computer cannot mean ours, unless the service is on it. */
static bool is_usable(const transfer *t, const msnp_address *where)
{
    const char *own = t->all->client_ip;

    if (*where->host == '\0')
        return false;
    return !msnp_address_host_is_loopback(where->host) || *own == '\0' ||
           msnp_address_host_is_loopback(own);
}

static void call(transfer *t, const msnp_address *where, int64_t now)
{
    msnp_ftp_config config = config_of(t);

    if (!is_usable(t, where))
        return;
    g_ptr_array_add(t->ftps, msnp_ftp_connect(t->all->net, where, &config, &ftp_ops, t, now));
    t->calling++;
}

/* Connects to the peer, by both addresses at once. */
static void call_peer(transfer *t, const msnp_invite *invite, int64_t now)
{
    stop_listening(t);
    t->auth = invite->auth;
    set_state(t, CONNECTING, now + MSNP_FILE_CONNECT);
    call(t, &invite->external, now);
    call(t, &invite->internal, now);
    if (t->calling == 0 || !invite->authorized)
        stop(t, MSNP_FILE_NO_ADDRESS, now);
}

static void ftp_ready(gpointer owner, msnp_ftp *ftp, int64_t now)
{
    transfer *t = owner;

    if (t->state != CONNECTING)
        return;
    t->current = ftp;
    set_state(t, RUNNING, MSNP_NEVER);
    stop_listening(t);
    drop_others(t, ftp);
    msnp_net_push(t->all->net,
                  (msnp_event){.type = MSNP_EVENT_FILE_STARTED, .file = {.number = t->number}});
    msnp_ftp_start(ftp, now);
}

static void ftp_wants(gpointer owner, msnp_ftp *ftp, size_t most, int64_t now)
{
    const transfer *t = owner;

    (void)ftp;
    (void)now;
    if (t->state == RUNNING)
        msnp_net_push(t->all->net, (msnp_event){.type = MSNP_EVENT_FILE_WANTED,
                                                .file = {.number = t->number, .len = most}});
}

static void ftp_data(gpointer owner, msnp_ftp *ftp, char *bytes, size_t len, int64_t now)
{
    const transfer *t = owner;

    (void)ftp;
    (void)now;
    if (t->state == RUNNING)
        msnp_net_push(t->all->net,
                      (msnp_event){.type = MSNP_EVENT_FILE_DATA,
                                   .file = {.number = t->number, .data = bytes, .len = len}});
    else
        g_free(bytes);
}

static void ftp_complete(gpointer owner, msnp_ftp *ftp, int64_t now)
{
    transfer *t = owner;

    (void)ftp;
    (void)now;
    if (t->state != RUNNING)
        return;
    set_state(t, COMPLETE, MSNP_NEVER);
    msnp_net_push(t->all->net,
                  (msnp_event){.type = MSNP_EVENT_FILE_COMPLETE, .file = {.number = t->number}});
}

/* A connection that did not prove to be the right one ended. Others may come. */
static void attempt_over(transfer *t, const msnp_ftp *ftp, msnp_file_end end, int64_t now)
{
    /* Who connects and says nothing is not there, whichever deadline passes first. */
    if (end == MSNP_FILE_SILENT)
        end = MSNP_FILE_NO_CONNECTION;
    if (t->listening || t->calling == 0 || --t->calling > 0) {
        t->why = end;
        return;
    }
    /* All attempts failed. That of one to speak says more than that of one to connect. */
    if (end == MSNP_FILE_NO_CONNECTION)
        end = t->why;
    give_up(t, end, now);
    drop_others(t, ftp);
}

static void ftp_over(gpointer owner, msnp_ftp *ftp, msnp_file_end end, int64_t now)
{
    transfer *t = owner;

    if (ftp == t->current)
        finish(t, end, (msnp_cause){MSNP_OK, 0});
    else if (t->state == CONNECTING)
        attempt_over(t, ftp, end, now);
}

static void ftp_closed(gpointer owner, msnp_ftp *ftp, int64_t now)
{
    transfer *t = owner;

    (void)now;
    if (t->current == ftp)
        t->current = NULL;
    if (g_ptr_array_remove(t->ftps, ftp))
        g_ptr_array_add(t->all->closed, ftp);
}

static const msnp_ftp_ops ftp_ops = {.ready = ftp_ready,
                                     .wants = ftp_wants,
                                     .data = ftp_data,
                                     .complete = ftp_complete,
                                     .over = ftp_over,
                                     .closed = ftp_closed};

/* --- our port ------------------------------------------------------------------------------- */

/* Can others reach it, as far as we know? */
static bool is_reachable(const transfer *t)
{
    const char *seen = t->all->client_ip;

    return t->listening && (*t->port.external.host != '\0' || *seen == '\0' ||
                            strcmp(seen, t->port.internal.host) == 0);
}

static void send_address(transfer *t, int64_t now)
{
    msnp_listening where = {
        .external = t->port.external, .internal = t->port.internal, .auth = t->auth};
    msnp_buf payload;

    if (*where.external.host == '\0') {
        where.external = t->port.internal;
        if (*t->all->client_ip != '\0')
            g_strlcpy(where.external.host, t->all->client_ip, sizeof where.external.host);
    }
    set_state(t, CONNECTING, now + MSNP_FILE_CONNECT);
    msnp_invite_write_address(&payload, t->cookie, &where, !t->sending);
    send(t, &payload, true, now);
}

static void invite(transfer *t, int64_t now)
{
    msnp_buf payload;

    t->we_closed = !is_reachable(t);
    set_state(t, INVITED, now + MSNP_FILE_ANSWER);
    msnp_invite_write_offer(&payload, t->cookie, t->name, t->size, t->we_closed);
    send(t, &payload, true, now);
}

static void ask_port(transfer *t, int64_t now)
{
    set_state(t, PORT, now + MSNP_FILE_CONNECT);
    t->auth = t->all->draw();
    t->listener = msnp_net_listen(t->all->net, &port_ops, t);
}

static void no_port(transfer *t, int64_t now)
{
    stop_listening(t);
    if (t->state != PORT)
        return;
    if (t->sending)
        invite(t, now);
    else
        stop(t, MSNP_FILE_BOTH_CLOSED, now);
}

static void port_ready(gpointer part, unsigned conn, const msnp_port *port, int64_t now)
{
    transfer *t = part;

    (void)conn;
    if (t->state != PORT)
        return;
    /* Nobody can be told of it. */
    if (*port->internal.host == '\0' && *port->external.host == '\0') {
        no_port(t, now);
        return;
    }
    t->listening = true;
    t->port = *port;
    if (t->sending)
        invite(t, now);
    else
        send_address(t, now);
}

static void port_failed(gpointer part, unsigned conn, const msnp_connect_error *why, int64_t now)
{
    (void)conn;
    (void)why;
    no_port(part, now);
}

static void port_accepted(gpointer part, unsigned conn, unsigned fresh, int64_t now)
{
    transfer *t = part;
    msnp_ftp_config config = config_of(t);

    (void)conn;
    /* Before our answer nobody knows the port. */
    if (t->state != CONNECTING)
        return;
    /* Whoever just stands there keeps nobody out: the right one proves at once who it is. */
    if (t->ftps->len >= MSNP_FILES_KNOCKING_MAX)
        msnp_ftp_free(g_ptr_array_remove_index(t->ftps, 0));
    g_ptr_array_add(t->ftps, msnp_ftp_accept(t->all->net, fresh, &config, &ftp_ops, t, now));
}

static const msnp_conn_ops port_ops = {
    .failed = port_failed, .listening = port_ready, .accepted = port_accepted};

/* --- from conversations --------------------------------------------------------------------- */

/* Is there room for one more offer? */
static bool has_room(const msnp_transfers *all, const char *who, bool contact)
{
    GHashTableIter iter;
    gpointer value;
    unsigned received = 0, offered = 0, of_person = 0, of_strangers = 0;

    g_hash_table_iter_init(&iter, all->by_number);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const transfer *t = value;
        received += !t->sending;
        if (t->state != OFFERED)
            continue;
        offered++;
        of_strangers += !t->contact;
        of_person += g_ascii_strcasecmp(t->who, who) == 0;
    }
    return received < MSNP_FILES_MAX && offered < MSNP_FILES_OFFERED_MAX &&
           of_person < MSNP_FILES_FROM_MAX && (contact || of_strangers < MSNP_FILES_STRANGERS_MAX);
}

static bool got_offer(msnp_transfers *all, const char *who, const char *name, bool contact,
                      const msnp_invite *invite, int64_t now)
{
    char *key = key_of(who, invite->cookie);
    bool known = g_hash_table_contains(all->by_cookie, key);

    if (known || all->ended || !invite->file || !invite->sized ||
        invite->file_size > MSNP_FILE_SIZE_MAX || !has_room(all, who, contact)) {
        g_free(key);
        return known;
    }
    transfer *t = transfer_new(all, who, key, invite->cookie);
    char *safe = msnp_invite_safe_name(invite->file_name);
    t->contact = contact;
    t->size = (uint32_t)invite->file_size;
    t->peer_closed = invite->unreachable;
    set_state(t, OFFERED, now + MSNP_FILE_ANSWER);
    msnp_net_push(
        all->net,
        (msnp_event){
            .type = MSNP_EVENT_FILE_OFFERED,
            .file = {
                .number = t->number, .who = who, .name = name, .file = safe, .size = t->size}});
    g_free(safe);
    return true;
}

static void got_accept(transfer *t, const msnp_invite *invite, int64_t now)
{
    bool invited = t->sending && t->state == INVITED;
    bool they_listen = t->sending ? invite->sender_connects : t->state == ANSWERED;

    if (they_listen && (invited || !t->sending))
        call_peer(t, invite, now);
    else if (invited && t->listening)
        send_address(t, now);
    else if (invited)
        stop(t, MSNP_FILE_BOTH_CLOSED, now);
}

static msnp_file_end end_of(const transfer *t, msnp_cancel why)
{
    switch (why) {
    case MSNP_CANCEL_REJECT:
        return t->sending && t->state == INVITED ? MSNP_FILE_DECLINED_THERE
                                                 : MSNP_FILE_CANCELLED_THERE;
    case MSNP_CANCEL_NOT_INSTALLED:
        return MSNP_FILE_UNSUPPORTED;
    case MSNP_CANCEL_FTTIMEOUT:
    case MSNP_CANCEL_FAIL:
        /* Neither could we be reached: that is why. */
        if (t->we_closed && t->state == INVITED)
            return MSNP_FILE_BOTH_CLOSED;
        if (why == MSNP_CANCEL_FTTIMEOUT && t->state == CONNECTING)
            return t->listening ? MSNP_FILE_NOBODY_CAME : MSNP_FILE_NO_CONNECTION;
        return MSNP_FILE_FAILED_THERE;
    default:
        return MSNP_FILE_CANCELLED_THERE;
    }
}

static void got_cancel(transfer *t, msnp_cancel why)
{
    msnp_file_end end = end_of(t, why);

    /* All of it has arrived. */
    if (t->state == COMPLETE)
        return;
    finish(t, end, (msnp_cause){MSNP_OK, 0});
    drop_others(t, NULL);
}

bool msnp_transfers_invited(msnp_transfers *all, const char *who, const char *name, bool contact,
                            const msnp_invite *invite, int64_t now)
{
    char *key;
    transfer *t;

    if (invite->command == MSNP_INVITE_OFFER)
        return got_offer(all, who, name, contact, invite, now);
    key = key_of(who, invite->cookie);
    t = g_hash_table_lookup(all->by_cookie, key);
    g_free(key);
    if (t != NULL && invite->command == MSNP_INVITE_ACCEPT)
        got_accept(t, invite, now);
    else if (t != NULL)
        got_cancel(t, invite->why);
    return true;
}

void msnp_transfers_unsent(msnp_transfers *all, unsigned reference, msnp_cause cause)
{
    transfer *t = find(all, reference);

    /* It did arrive, if a connection came of it. */
    if (t == NULL || t->state >= RUNNING)
        return;
    finish(t, MSNP_FILE_UNSENT, cause);
    drop_others(t, NULL);
}

/* --- time ----------------------------------------------------------------------------------- */

static void expire(transfer *t, int64_t now)
{
    switch (t->state) {
    case PORT:
        no_port(t, now);
        break;
    case ANSWERED:
        stop(t, MSNP_FILE_NO_ADDRESS, now);
        break;
    case CONNECTING:
        stop(t, t->listening ? MSNP_FILE_NOBODY_CAME : t->why, now);
        break;
    default:
        stop(t, MSNP_FILE_EXPIRED, now);
        break;
    }
}

static void tick_one(transfer *t, int64_t now)
{
    /* A tick may remove some. */
    for (guint i = t->ftps->len; i > 0; i--)
        if (i <= t->ftps->len)
            msnp_ftp_tick(g_ptr_array_index(t->ftps, i - 1), now);
    if (now >= t->deadline)
        expire(t, now);
}

static void tick_all(GList *list, int64_t now)
{
    for (GList *l = list; l != NULL; l = l->next)
        tick_one(l->data, now);
    g_list_free(list);
}

void msnp_transfers_tick(msnp_transfers *all, int64_t now)
{
    GPtrArray *closing = g_ptr_array_new();

    g_ptr_array_extend(closing, all->over, NULL, NULL);
    tick_all(g_hash_table_get_values(all->by_number), now);
    for (guint i = 0; i < closing->len; i++)
        tick_one(g_ptr_array_index(closing, i), now);
    g_ptr_array_free(closing, TRUE);
}

static int64_t deadline_of(const transfer *t)
{
    int64_t next = t->deadline;

    for (guint i = 0; i < t->ftps->len; i++)
        next = MIN(next, msnp_ftp_deadline(g_ptr_array_index(t->ftps, i)));
    return next;
}

int64_t msnp_transfers_deadline(const msnp_transfers *all)
{
    GHashTableIter iter;
    gpointer value;
    int64_t next = MSNP_NEVER;

    g_hash_table_iter_init(&iter, all->by_number);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        next = MIN(next, deadline_of(value));
    for (guint i = 0; i < all->over->len; i++)
        next = MIN(next, deadline_of(g_ptr_array_index(all->over, i)));
    return next;
}

/* --- the user ------------------------------------------------------------------------------- */

static unsigned count_sent(const msnp_transfers *all)
{
    GHashTableIter iter;
    gpointer value;
    unsigned n = 0;

    g_hash_table_iter_init(&iter, all->by_number);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        n += ((const transfer *)value)->sending;
    return n;
}

unsigned msnp_transfers_send(msnp_transfers *all, const char *who, const char *name, uint64_t size,
                             msnp_err *err, int64_t now)
{
    char *key = NULL;
    uint32_t cookie;

    *err = MSNP_OK;
    if (!msnp_account_valid(who) || g_ascii_strcasecmp(who, all->account) == 0)
        *err = MSNP_ERR_ACCOUNT;
    else if (size > MSNP_FILE_SIZE_MAX)
        *err = MSNP_ERR_TOO_LONG;
    else if (count_sent(all) >= MSNP_FILES_MAX)
        *err = MSNP_ERR_FULL;
    if (*err != MSNP_OK)
        return 0;
    do {
        g_free(key);
        cookie = all->draw();
        key = key_of(who, cookie);
    } while (g_hash_table_contains(all->by_cookie, key));

    transfer *t = transfer_new(all, who, key, cookie);
    t->sending = true;
    t->name = g_strdup(name);
    t->size = (uint32_t)size;
    ask_port(t, now);
    return t->number;
}

void msnp_transfers_accept(msnp_transfers *all, unsigned number, int64_t now)
{
    transfer *t = find(all, number);
    msnp_buf payload;

    if (t == NULL || t->state != OFFERED)
        return;
    if (t->peer_closed) {
        ask_port(t, now);
        return;
    }
    set_state(t, ANSWERED, now + MSNP_FILE_CONNECT);
    msnp_invite_write_accept(&payload, t->cookie);
    send(t, &payload, true, now);
}

void msnp_transfers_decline(msnp_transfers *all, unsigned number, int64_t now)
{
    transfer *t = find(all, number);

    if (t != NULL && t->state == OFFERED)
        stop(t, MSNP_FILE_DECLINED, now);
}

void msnp_transfers_put(msnp_transfers *all, unsigned number, const char *bytes, size_t len,
                        int64_t now)
{
    transfer *t = find(all, number);

    if (t != NULL && t->state == RUNNING && t->sending)
        msnp_ftp_put(t->current, bytes, len, now);
}

void msnp_transfers_stored(msnp_transfers *all, unsigned number, int64_t now)
{
    transfer *t = find(all, number);

    if (t != NULL && t->state == COMPLETE)
        msnp_ftp_stored(t->current, now);
}

void msnp_transfers_cancel(msnp_transfers *all, unsigned number, msnp_file_end why, int64_t now)
{
    transfer *t = find(all, number);

    if (t != NULL)
        stop(t, why, now);
}
