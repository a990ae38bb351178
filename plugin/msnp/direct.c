/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "direct.h"

#include "clock.h"
#include "codec.h"
#include "ftp.h"

#include <string.h>

typedef enum {
    OFFERED,  /* receiving: the owner is asked */
    PORT,     /* we asked for a port */
    INVITED,  /* sending: the peer is asked */
    ANSWERED, /* receiving: we accepted, and wait for the peer's address */
    CONNECTING,
    RUNNING,
    COMPLETE, /* receiving: all of it was handed out, and is to be saved */
    OVER      /* its owner has the result; it waits for its connections to close */
} state;

typedef struct {
    msnp_way way; /* the first member: see file_of() */
    msnp_direct *all;
    unsigned reference; /* of its messages */
    char *who;          /* the peer, as the server spells it or the user typed it */
    char *key;          /* in `by_cookie` */
    uint32_t cookie;
    bool sending;
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
} file;

struct msnp_direct {
    msnp_net *net;
    uint32_t (*draw)(void);
    const msnp_direct_ops *ops;
    gpointer owner;
    char *account;
    char *client_ip; /* "" if it is not known */
    GHashTable *by_reference;
    GHashTable *by_cookie; /* "account cookie" -> file * */
    GPtrArray *over;       /* file *: those that still have connections */
    GPtrArray *closed;     /* msnp_ftp *, to be freed */
    unsigned last;
    int64_t next; /* nothing is due before, see msnp_direct_deadline() */
};

static const msnp_conn_ops port_ops;
static const msnp_ftp_ops ftp_ops;
static const msnp_way_calls calls;

/* --- life ----------------------------------------------------------------------------------- */

static void file_free(gpointer data)
{
    file *f = data;

    for (guint i = 0; i < f->ftps->len; i++)
        msnp_ftp_free(g_ptr_array_index(f->ftps, i));
    g_ptr_array_free(f->ftps, TRUE);
    msnp_net_close(f->all->net, f->listener);
    g_free(f->who);
    g_free(f->key);
    g_free(f->name);
    g_free(f);
}

msnp_direct *msnp_direct_new(msnp_net *net, uint32_t (*draw)(void), const msnp_direct_ops *ops,
                             gpointer owner)
{
    msnp_direct *all = g_new0(msnp_direct, 1);

    all->net = net;
    all->draw = draw;
    all->ops = ops;
    all->owner = owner;
    all->account = g_strdup("");
    all->client_ip = g_strdup("");
    all->by_reference = g_hash_table_new(NULL, NULL);
    all->by_cookie = g_hash_table_new(g_str_hash, g_str_equal);
    all->over = g_ptr_array_new_with_free_func(file_free);
    all->closed = g_ptr_array_new();
    all->next = MSNP_NEVER;
    return all;
}

/* Frees the connections that have closed. */
static void sweep(msnp_direct *all)
{
    for (guint i = 0; i < all->closed->len; i++)
        msnp_ftp_free(g_ptr_array_index(all->closed, i));
    g_ptr_array_set_size(all->closed, 0);
}

void msnp_direct_free(msnp_direct *all)
{
    GHashTableIter iter;
    gpointer value;

    if (all == NULL)
        return;
    sweep(all);
    g_hash_table_iter_init(&iter, all->by_reference);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        file_free(value);
    g_ptr_array_free(all->over, TRUE);
    g_ptr_array_free(all->closed, TRUE);
    g_hash_table_destroy(all->by_reference);
    g_hash_table_destroy(all->by_cookie);
    g_free(all->account);
    g_free(all->client_ip);
    g_free(all);
}

void msnp_direct_run(msnp_direct *all)
{
    sweep(all);
    for (guint i = all->over->len; i > 0; i--) {
        const file *f = g_ptr_array_index(all->over, i - 1);
        if (f->ftps->len == 0)
            g_ptr_array_remove_index_fast(all->over, i - 1);
    }
    if (all->over->len == 0 && g_hash_table_size(all->by_reference) == 0)
        all->next = MSNP_NEVER;
}

void msnp_direct_set_account(msnp_direct *all, const char *account)
{
    g_free(all->account);
    all->account = g_strdup(account);
}

void msnp_direct_set_client_ip(msnp_direct *all, const char *address)
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
static file *file_new(msnp_direct *all, const char *who, char *key, uint32_t cookie)
{
    file *f = g_new0(file, 1);

    do
        all->last++;
    while (all->last == 0 || g_hash_table_contains(all->by_reference, GUINT_TO_POINTER(all->last)));
    f->all = all;
    f->reference = all->last;
    f->who = g_strdup(who);
    f->way.calls = &calls;
    f->key = key;
    f->cookie = cookie;
    f->deadline = MSNP_NEVER;
    f->ftps = g_ptr_array_new();
    f->why = MSNP_FILE_NO_CONNECTION;
    g_hash_table_insert(all->by_reference, GUINT_TO_POINTER(f->reference), f);
    g_hash_table_insert(all->by_cookie, f->key, f);
    return f;
}

static file *file_of(msnp_way *way)
{
    return (file *)way;
}

/* A deadline may have become earlier. */
static void expect(msnp_direct *all, int64_t deadline)
{
    all->next = MIN(all->next, deadline);
}

/* The only setter of the state. */
static void set_state(file *f, state to, int64_t deadline)
{
    f->state = to;
    f->deadline = deadline;
    expect(f->all, deadline);
}

/* --- messages ------------------------------------------------------------------------------- */

/* Only what must arrive has a reference. */
static void send(file *f, msnp_buf *payload, bool important, int64_t now)
{
    f->all->ops->send(f->all->owner, f->who, important ? f->reference : 0, msnp_buf_view(payload),
                      now);
    msnp_buf_clear(payload);
}

/* How the peer is told, if no connection tells it. */
static msnp_cancel code_of(const file *f, msnp_file_end end)
{
    switch (end) {
    case MSNP_FILE_DECLINED:
        return MSNP_CANCEL_REJECT;
    case MSNP_FILE_CANCELLED:
        return f->sending ? MSNP_CANCEL_TIMEOUT : MSNP_CANCEL_REJECT;
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
static void tell_peer(file *f, msnp_file_end end, int64_t now)
{
    /* Without a port the peer has not heard of it. */
    bool heard = f->state < CONNECTING && (f->state != PORT || !f->sending);
    bool waits = f->state == CONNECTING && f->current == NULL;
    msnp_buf payload;

    if (!heard && !waits)
        return;
    msnp_invite_write_cancel(&payload, f->cookie, code_of(f, end));
    send(f, &payload, false, now);
}

/* --- the end -------------------------------------------------------------------------------- */

static void stop_listening(file *f)
{
    msnp_net_close(f->all->net, f->listener);
    f->listener = 0;
    f->listening = false;
}

/* Closes the connections, but for this one (NULL for all). */
static void drop_others(file *f, const msnp_ftp *but)
{
    for (guint i = f->ftps->len; i > 0; i--) {
        msnp_ftp *ftp = g_ptr_array_index(f->ftps, i - 1);
        if (ftp == but)
            continue;
        if (ftp == f->current)
            f->current = NULL;
        g_ptr_array_remove_index_fast(f->ftps, i - 1);
        msnp_ftp_free(ftp);
    }
}

/* It is over: nobody finds it any more. Its connections may be closing for a while. */
static void bury(file *f)
{
    msnp_direct *all = f->all;

    set_state(f, OVER, MSNP_NEVER);
    g_hash_table_remove(all->by_reference, GUINT_TO_POINTER(f->reference));
    g_hash_table_remove(all->by_cookie, f->key);
    g_ptr_array_add(all->over, f);
}

/* The only end but for that by its owner. */
static void finish(file *f, msnp_file_end end, msnp_cause cause, int64_t now)
{
    if (f->state == OVER)
        return;
    bury(f);
    f->way.reports->over(f->way.owner, end, cause, now);
    stop_listening(f);
}

/* Ends it, and the peer hears of it in the conversation, if not on a connection. */
static void give_up(file *f, msnp_file_end end, int64_t now)
{
    tell_peer(f, end, now);
    finish(f, end, (msnp_cause){MSNP_OK, 0}, now);
}

/* Ends its connections from outside of them. */
static void hang_up(file *f, msnp_file_end end, int64_t now)
{
    stop_listening(f);
    drop_others(f, f->current);
    if (f->current != NULL)
        msnp_ftp_stop(f->current, end, now);
}

static void stop(file *f, msnp_file_end end, int64_t now)
{
    give_up(f, end, now);
    hang_up(f, end, now);
}

/* --- connections ---------------------------------------------------------------------------- */

static msnp_ftp_config config_of(const file *f)
{
    return (msnp_ftp_config){.sending = f->sending,
                             .account = f->sending ? f->who : f->all->account,
                             .auth = f->auth,
                             .size = f->size};
}

/* Another computer cannot mean ours, unless the service is on it. */
static bool is_usable(const file *f, const msnp_address *where)
{
    const char *own = f->all->client_ip;

    if (*where->host == '\0')
        return false;
    return !msnp_address_host_is_loopback(where->host) || *own == '\0' ||
           msnp_address_host_is_loopback(own);
}

static void call(file *f, const msnp_address *where, int64_t now)
{
    msnp_ftp_config config = config_of(f);

    if (!is_usable(f, where))
        return;
    g_ptr_array_add(f->ftps, msnp_ftp_connect(f->all->net, where, &config, &ftp_ops, f, now));
    f->calling++;
}

/* Connects to the peer, by both addresses at once. */
static void call_peer(file *f, const msnp_invite *invite, int64_t now)
{
    stop_listening(f);
    f->auth = invite->auth;
    set_state(f, CONNECTING, now + MSNP_DIRECT_CONNECT);
    call(f, &invite->external, now);
    call(f, &invite->internal, now);
    if (f->calling == 0 || !invite->authorized)
        stop(f, MSNP_FILE_NO_ADDRESS, now);
}

static void ftp_ready(gpointer owner, msnp_ftp *ftp, int64_t now)
{
    file *f = owner;

    if (f->state != CONNECTING)
        return;
    f->current = ftp;
    set_state(f, RUNNING, MSNP_NEVER);
    stop_listening(f);
    drop_others(f, ftp);
    f->way.reports->started(f->way.owner, now);
    msnp_ftp_start(ftp, now);
}

static void ftp_wants(gpointer owner, msnp_ftp *ftp, size_t most, int64_t now)
{
    const file *f = owner;

    (void)ftp;
    if (f->state == RUNNING)
        f->way.reports->wants(f->way.owner, most, now);
}

static void ftp_data(gpointer owner, msnp_ftp *ftp, char *bytes, size_t len, int64_t now)
{
    const file *f = owner;

    (void)ftp;
    if (f->state == RUNNING)
        f->way.reports->data(f->way.owner, bytes, len, now);
    else
        g_free(bytes);
}

static void ftp_complete(gpointer owner, msnp_ftp *ftp, int64_t now)
{
    file *f = owner;

    (void)ftp;
    if (f->state != RUNNING)
        return;
    set_state(f, COMPLETE, MSNP_NEVER);
    f->way.reports->complete(f->way.owner, now);
}

/* A connection that did not prove to be the right one ended. Others may come. */
static void attempt_over(file *f, const msnp_ftp *ftp, msnp_file_end end, int64_t now)
{
    /* Who connects and says nothing is not there, whichever deadline passes first. */
    if (end == MSNP_FILE_SILENT)
        end = MSNP_FILE_NO_CONNECTION;
    if (f->listening || f->calling == 0 || --f->calling > 0) {
        f->why = end;
        return;
    }
    /* All attempts failed. That of one to speak says more than that of one to connect. */
    if (end == MSNP_FILE_NO_CONNECTION)
        end = f->why;
    give_up(f, end, now);
    drop_others(f, ftp);
}

static void ftp_over(gpointer owner, msnp_ftp *ftp, msnp_file_end end, int64_t now)
{
    file *f = owner;

    if (ftp == f->current)
        finish(f, end, (msnp_cause){MSNP_OK, 0}, now);
    else if (f->state == CONNECTING)
        attempt_over(f, ftp, end, now);
}

static void ftp_closed(gpointer owner, msnp_ftp *ftp, int64_t now)
{
    file *f = owner;

    (void)now;
    if (f->current == ftp)
        f->current = NULL;
    if (g_ptr_array_remove(f->ftps, ftp))
        g_ptr_array_add(f->all->closed, ftp);
}

static void ftp_due(gpointer owner, int64_t deadline)
{
    const file *f = owner;

    expect(f->all, deadline);
}

static const msnp_ftp_ops ftp_ops = {.ready = ftp_ready,
                                     .wants = ftp_wants,
                                     .data = ftp_data,
                                     .complete = ftp_complete,
                                     .over = ftp_over,
                                     .closed = ftp_closed,
                                     .due = ftp_due};

/* --- our port ------------------------------------------------------------------------------- */

/* Can others reach it, as far as we know? */
static bool is_reachable(const file *f)
{
    const char *seen = f->all->client_ip;

    return f->listening && (*f->port.external.host != '\0' || *seen == '\0' ||
                            strcmp(seen, f->port.internal.host) == 0);
}

static void send_address(file *f, int64_t now)
{
    msnp_listening where = {
        .external = f->port.external, .internal = f->port.internal, .auth = f->auth};
    msnp_buf payload;

    if (*where.external.host == '\0') {
        where.external = f->port.internal;
        if (*f->all->client_ip != '\0')
            g_strlcpy(where.external.host, f->all->client_ip, sizeof where.external.host);
    }
    set_state(f, CONNECTING, now + MSNP_DIRECT_CONNECT);
    msnp_invite_write_address(&payload, f->cookie, &where, !f->sending);
    send(f, &payload, true, now);
}

static void invite(file *f, int64_t now)
{
    msnp_buf payload;

    f->we_closed = !is_reachable(f);
    set_state(f, INVITED, now + MSNP_DIRECT_ANSWER);
    msnp_invite_write_offer(&payload, f->cookie, f->name, f->size, f->we_closed);
    send(f, &payload, true, now);
}

static void ask_port(file *f, int64_t now)
{
    set_state(f, PORT, now + MSNP_DIRECT_CONNECT);
    f->auth = f->all->draw();
    f->listener = msnp_net_listen(f->all->net, &port_ops, f);
}

static void no_port(file *f, int64_t now)
{
    stop_listening(f);
    if (f->state != PORT)
        return;
    if (f->sending)
        invite(f, now);
    else
        stop(f, MSNP_FILE_BOTH_CLOSED, now);
}

static void port_ready(gpointer part, unsigned conn, const msnp_port *port, int64_t now)
{
    file *f = part;

    (void)conn;
    if (f->state != PORT)
        return;
    /* Nobody can be told of it. */
    if (*port->internal.host == '\0' && *port->external.host == '\0') {
        no_port(f, now);
        return;
    }
    f->listening = true;
    f->port = *port;
    if (f->sending)
        invite(f, now);
    else
        send_address(f, now);
}

static void port_failed(gpointer part, unsigned conn, const msnp_connect_error *why, int64_t now)
{
    (void)conn;
    (void)why;
    no_port(part, now);
}

static void port_accepted(gpointer part, unsigned conn, unsigned fresh, int64_t now)
{
    file *f = part;
    msnp_ftp_config config = config_of(f);

    (void)conn;
    /* Before our answer nobody knows the port. */
    if (f->state != CONNECTING)
        return;
    /* Whoever just stands there keeps nobody out: the right one proves at once who it is. */
    if (f->ftps->len >= MSNP_DIRECT_KNOCKING_MAX)
        msnp_ftp_free(g_ptr_array_remove_index(f->ftps, 0));
    g_ptr_array_add(f->ftps, msnp_ftp_accept(f->all->net, fresh, &config, &ftp_ops, f, now));
}

static const msnp_conn_ops port_ops = {
    .failed = port_failed, .listening = port_ready, .accepted = port_accepted};

/* --- from conversations --------------------------------------------------------------------- */

static bool got_offer(msnp_direct *all, const char *who, const char *name, bool contact,
                      const msnp_invite *invite, int64_t now)
{
    char *key = key_of(who, invite->cookie);
    bool known = g_hash_table_contains(all->by_cookie, key);

    if (known || !invite->file || !invite->sized || invite->file_size > MSNP_FILE_SIZE_MAX) {
        g_free(key);
        return known;
    }
    file *f = file_new(all, who, key, invite->cookie);
    f->size = (uint32_t)invite->file_size;
    f->peer_closed = invite->unreachable;
    set_state(f, OFFERED, now + MSNP_DIRECT_ANSWER);
    char *safe = msnp_invite_safe_name(invite->file_name);
    const msnp_way_offer offer = {
        .who = who, .name = name, .contact = contact, .file = safe, .size = f->size};
    bool taken = all->ops->offered(all->owner, &f->way, &offer, now);
    if (!taken)
        bury(f);
    g_free(safe);
    return taken;
}

static void got_accept(file *f, const msnp_invite *invite, int64_t now)
{
    bool invited = f->sending && f->state == INVITED;
    bool they_listen = f->sending ? invite->sender_connects : f->state == ANSWERED;

    if (they_listen && (invited || !f->sending))
        call_peer(f, invite, now);
    else if (invited && f->listening)
        send_address(f, now);
    else if (invited)
        stop(f, MSNP_FILE_BOTH_CLOSED, now);
}

static msnp_file_end end_of(const file *f, msnp_cancel why)
{
    switch (why) {
    case MSNP_CANCEL_REJECT:
        return f->sending && f->state == INVITED ? MSNP_FILE_DECLINED_THERE
                                                 : MSNP_FILE_CANCELLED_THERE;
    case MSNP_CANCEL_NOT_INSTALLED:
        return MSNP_FILE_UNSUPPORTED;
    case MSNP_CANCEL_FTTIMEOUT:
    case MSNP_CANCEL_FAIL:
        /* Neither could we be reached: that is why. */
        if (f->we_closed && f->state == INVITED)
            return MSNP_FILE_BOTH_CLOSED;
        if (why == MSNP_CANCEL_FTTIMEOUT && f->state == CONNECTING)
            return f->listening ? MSNP_FILE_NOBODY_CAME : MSNP_FILE_NO_CONNECTION;
        return MSNP_FILE_FAILED_THERE;
    default:
        return MSNP_FILE_CANCELLED_THERE;
    }
}

static void got_cancel(file *f, msnp_cancel why, int64_t now)
{
    msnp_file_end end = end_of(f, why);

    /* All of it has arrived. */
    if (f->state == COMPLETE)
        return;
    finish(f, end, (msnp_cause){MSNP_OK, 0}, now);
    drop_others(f, NULL);
}

bool msnp_direct_invited(msnp_direct *all, const char *who, const char *name, bool contact,
                         const msnp_invite *invite, int64_t now)
{
    char *key;
    file *f;

    if (invite->command == MSNP_INVITE_OFFER)
        return got_offer(all, who, name, contact, invite, now);
    key = key_of(who, invite->cookie);
    f = g_hash_table_lookup(all->by_cookie, key);
    g_free(key);
    if (f != NULL && invite->command == MSNP_INVITE_ACCEPT)
        got_accept(f, invite, now);
    else if (f != NULL)
        got_cancel(f, invite->why, now);
    return true;
}

void msnp_direct_unsent(msnp_direct *all, unsigned reference, msnp_cause cause, int64_t now)
{
    file *f = g_hash_table_lookup(all->by_reference, GUINT_TO_POINTER(reference));

    /* It did arrive, if a connection came of it. */
    if (f == NULL || f->state >= RUNNING)
        return;
    finish(f, MSNP_FILE_UNSENT, cause, now);
    drop_others(f, NULL);
}

/* --- time ----------------------------------------------------------------------------------- */

static void expire(file *f, int64_t now)
{
    switch (f->state) {
    case PORT:
        no_port(f, now);
        break;
    case ANSWERED:
        stop(f, MSNP_FILE_NO_ADDRESS, now);
        break;
    case CONNECTING:
        stop(f, f->listening ? MSNP_FILE_NOBODY_CAME : f->why, now);
        break;
    default:
        stop(f, MSNP_FILE_EXPIRED, now);
        break;
    }
}

static void tick_one(file *f, int64_t now)
{
    /* A tick may remove some. */
    for (guint i = f->ftps->len; i > 0; i--)
        if (i <= f->ftps->len)
            msnp_ftp_tick(g_ptr_array_index(f->ftps, i - 1), now);
    if (now >= f->deadline)
        expire(f, now);
}

static int64_t deadline_of(const file *f)
{
    int64_t next = f->deadline;

    for (guint i = 0; i < f->ftps->len; i++)
        next = MIN(next, msnp_ftp_deadline(g_ptr_array_index(f->ftps, i)));
    return next;
}

/* Those that are not over, and those that are. The caller frees it, but not what is in it. */
static GPtrArray *everything(const msnp_direct *all)
{
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, all->by_reference);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_ptr_array_add(list, value);
    g_ptr_array_extend(list, all->over, NULL, NULL);
    return list;
}

/* Looks for the next deadline. */
static void plan(msnp_direct *all)
{
    GPtrArray *list = everything(all);

    all->next = MSNP_NEVER;
    for (guint i = 0; i < list->len; i++)
        expect(all, deadline_of(g_ptr_array_index(list, i)));
    g_ptr_array_free(list, TRUE);
}

void msnp_direct_tick(msnp_direct *all, int64_t now)
{
    if (now < all->next)
        return;
    GPtrArray *list = everything(all);
    for (guint i = 0; i < list->len; i++)
        tick_one(g_ptr_array_index(list, i), now);
    g_ptr_array_free(list, TRUE);
    plan(all);
}

int64_t msnp_direct_deadline(const msnp_direct *all)
{
    return all->next;
}

void msnp_direct_end(msnp_direct *all)
{
    for (guint i = 0; i < all->over->len; i++)
        drop_others(g_ptr_array_index(all->over, i), NULL);
    plan(all);
}

/* --- the owner ------------------------------------------------------------------------------ */

msnp_way *msnp_direct_send(msnp_direct *all, const char *who, const char *name, uint32_t size,
                           int64_t now)
{
    char *key = NULL;
    uint32_t cookie;

    do {
        g_free(key);
        cookie = all->draw();
        key = key_of(who, cookie);
    } while (g_hash_table_contains(all->by_cookie, key));

    file *f = file_new(all, who, key, cookie);
    f->sending = true;
    f->name = g_strdup(name);
    f->size = size;
    ask_port(f, now);
    return &f->way;
}

static void way_accept(msnp_way *way, int64_t now)
{
    file *f = file_of(way);
    msnp_buf payload;

    if (f->peer_closed) {
        ask_port(f, now);
        return;
    }
    set_state(f, ANSWERED, now + MSNP_DIRECT_CONNECT);
    msnp_invite_write_accept(&payload, f->cookie);
    send(f, &payload, true, now);
}

static void way_put(msnp_way *way, const char *bytes, size_t len, int64_t now)
{
    msnp_ftp_put(file_of(way)->current, bytes, len, now);
}

static void way_stored(msnp_way *way, int64_t now)
{
    msnp_ftp_stored(file_of(way)->current, now);
}

static void way_cancel(msnp_way *way, msnp_file_end why, int64_t now)
{
    file *f = file_of(way);

    tell_peer(f, why, now);
    bury(f);
    hang_up(f, why, now);
}

static void way_decline(msnp_way *way, int64_t now)
{
    way_cancel(way, MSNP_FILE_DECLINED, now);
}

static const msnp_way_calls calls = {.accept = way_accept,
                                     .decline = way_decline,
                                     .put = way_put,
                                     .stored = way_stored,
                                     .cancel = way_cancel};
