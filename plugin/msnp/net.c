/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net.h"

#include <string.h>

typedef struct {
    unsigned number;
    msnp_conn_kind kind;
    bool asking;                   /* the user about its certificate */
    bool broken;                   /* its end, which is being served, was no orderly close */
    const msnp_tunnel_ops *tunnel; /* NULL: the adapter knows it */
    gpointer tunnel_owner;
    unsigned carrier; /* for the log */
    const msnp_conn_ops *ops;
    gpointer part;
    GQueue *in; /* chunk *: what arrived and was not served yet, oldest first; NULL for nothing */
} conn_entry;

/* Received bytes; none: the end. */
typedef struct {
    size_t len;
    bool broken; /* the end: it was no orderly close */
    char bytes[];
} chunk;

/* Small ones may hold tickets and cookies. */
static void chunk_free(gpointer data)
{
    chunk *bytes = data;

    if (bytes->len <= MSNP_SERVE_MAX)
        msnp_wipe(bytes->bytes, bytes->len);
    g_free(bytes);
}

static void entry_clear(gpointer data)
{
    conn_entry *entry = data;

    if (entry->in != NULL)
        g_queue_free_full(entry->in, chunk_free);
}

void msnp_net_init(msnp_net *net, bool trace)
{
    msnp_event_queue_init(&net->events);
    net->conns = g_array_new(FALSE, FALSE, sizeof(conn_entry));
    g_array_set_clear_func(net->conns, entry_clear);
    net->last = 0;
    net->waiting = 0;
    memset(net->served, 0, sizeof net->served);
    net->switchboards_turn = false;
    net->trace = trace;
    msnp_mask_init(&net->mask);
    msnp_net_set_tunnel(net, NULL, NULL);
}

void msnp_net_clear(msnp_net *net)
{
    msnp_event_queue_clear(&net->events);
    g_clear_pointer(&net->conns, g_array_unref);
    msnp_mask_clear(&net->mask);
}

void msnp_net_push(msnp_net *net, msnp_event event)
{
    msnp_event_queue_push(&net->events, &event);
}

/* The index of a connection plus one; 0 if there is none. The youngest ones first. */
static guint place_of(const msnp_net *net, unsigned conn)
{
    guint place = net->conns->len;

    while (place > 0 && g_array_index(net->conns, conn_entry, place - 1).number != conn)
        place--;
    return place;
}

static conn_entry *find_conn(const msnp_net *net, unsigned conn)
{
    guint place = place_of(net, conn);

    return place > 0 ? &g_array_index(net->conns, conn_entry, place - 1) : NULL;
}

bool msnp_net_has(const msnp_net *net, unsigned conn)
{
    return place_of(net, conn) > 0;
}

/* Gives it a number, net->last. The result is valid until the next one is added. */
static conn_entry *add(msnp_net *net, msnp_conn_kind kind, const msnp_conn_ops *ops, gpointer part)
{
    do
        net->last++;
    while (net->last == 0 || msnp_net_has(net, net->last));
    g_array_append_val(net->conns,
                       ((conn_entry){.number = net->last, .kind = kind, .ops = ops, .part = part}));
    return &g_array_index(net->conns, conn_entry, net->conns->len - 1);
}

void msnp_net_set_tunnel(msnp_net *net, const msnp_tunnel_ops *tunnel, gpointer owner)
{
    net->tunnel = tunnel;
    net->tunnel_owner = owner;
}

bool msnp_net_is_tunnelled(const msnp_net *net, unsigned conn)
{
    const conn_entry *entry = find_conn(net, conn);

    return entry != NULL && entry->tunnel != NULL;
}

bool msnp_net_is_settled(const msnp_net *net, unsigned conn)
{
    const conn_entry *entry = find_conn(net, conn);

    return entry == NULL || entry->tunnel == NULL ||
           (entry->in == NULL && entry->tunnel->is_settled(entry->tunnel_owner, conn));
}

void msnp_net_set_carrier(msnp_net *net, unsigned conn, unsigned carrier)
{
    conn_entry *entry = find_conn(net, conn);

    if (entry != NULL)
        entry->carrier = carrier;
}

static void request(msnp_net *net, msnp_conn_kind kind, const char *host, uint16_t port, bool tls,
                    bool gateway)
{
    static const char *const names[] = {[MSNP_CONN_SERVICE] = "service",
                                        [MSNP_CONN_PASSPORT] = "Passport",
                                        [MSNP_CONN_SWITCHBOARD] = "switchboard",
                                        [MSNP_CONN_FILE] = "file transfer"};

    msnp_net_push(net, (msnp_event){.type = MSNP_EVENT_CONNECT,
                                    .conn = net->last,
                                    .connect = {.host = host,
                                                .port = port,
                                                .tls = tls,
                                                .gateway = gateway,
                                                .switchboard = kind == MSNP_CONN_SWITCHBOARD,
                                                .file = kind == MSNP_CONN_FILE,
                                                .name = gateway ? "HTTP gateway" : names[kind]}});
}

unsigned msnp_net_connect(msnp_net *net, msnp_conn_kind kind, const char *host, uint16_t port,
                          const msnp_conn_ops *ops, gpointer part)
{
    conn_entry *entry = add(net, kind, ops, part);
    unsigned number = entry->number;

    if (net->tunnel == NULL || (kind != MSNP_CONN_SERVICE && kind != MSNP_CONN_SWITCHBOARD)) {
        request(net, kind, host, port, kind == MSNP_CONN_PASSPORT, false);
        return number;
    }
    entry->tunnel = net->tunnel;
    entry->tunnel_owner = net->tunnel_owner;
    net->tunnel->open(net->tunnel_owner, number, kind, host);
    return number;
}

unsigned msnp_net_connect_gateway(msnp_net *net, msnp_conn_kind kind, const char *host,
                                  uint16_t port, bool tls, const msnp_conn_ops *ops, gpointer part)
{
    (void)add(net, kind, ops, part);
    request(net, kind, host, port, tls, true);
    return net->last;
}

unsigned msnp_net_listen(msnp_net *net, const msnp_conn_ops *ops, gpointer part)
{
    (void)add(net, MSNP_CONN_LISTENER, ops, part);
    msnp_net_push(net, (msnp_event){.type = MSNP_EVENT_LISTEN, .conn = net->last});
    return net->last;
}

void msnp_net_adopt(msnp_net *net, unsigned conn, const msnp_conn_ops *ops, gpointer part)
{
    conn_entry *entry = find_conn(net, conn);

    if (entry == NULL)
        return;
    entry->ops = ops;
    entry->part = part;
}

void msnp_net_write(msnp_net *net, unsigned conn, msnp_str bytes)
{
    const conn_entry *entry = find_conn(net, conn);

    if (entry != NULL && entry->tunnel != NULL)
        entry->tunnel->write(entry->tunnel_owner, conn, bytes);
    else if (entry != NULL)
        msnp_net_push(net, (msnp_event){.type = MSNP_EVENT_WRITE,
                                        .conn = conn,
                                        .write = {msnp_str_dup(bytes), bytes.len, false}});
}

void msnp_net_write_taken(msnp_net *net, unsigned conn, char *bytes, size_t len)
{
    if (msnp_net_has(net, conn))
        msnp_net_push(
            net, (msnp_event){.type = MSNP_EVENT_WRITE, .conn = conn, .write = {bytes, len, true}});
    else
        g_free(bytes);
}

void msnp_net_drop_writes(msnp_net *net, unsigned conn)
{
    const conn_entry *entry = find_conn(net, conn);

    if (entry != NULL && entry->tunnel != NULL)
        entry->tunnel->drop_writes(entry->tunnel_owner, conn);
    else
        msnp_event_queue_drop_writes(&net->events, conn);
}

void msnp_net_close(msnp_net *net, unsigned conn)
{
    guint place = place_of(net, conn);

    if (place == 0)
        return;
    const conn_entry closed = g_array_index(net->conns, conn_entry, place - 1);
    net->waiting -= closed.in != NULL;
    g_array_remove_index(net->conns, place - 1);
    if (closed.tunnel != NULL)
        closed.tunnel->close(closed.tunnel_owner, conn);
    else if (msnp_event_queue_take_back(&net->events, conn))
        msnp_net_drop_writes(net, conn);
    else
        msnp_net_push(net, (msnp_event){.type = MSNP_EVENT_CLOSE, .conn = conn});
}

void msnp_net_set_asking(msnp_net *net, unsigned conn, bool asking)
{
    guint place = place_of(net, conn);

    if (place > 0)
        g_array_index(net->conns, conn_entry, place - 1).asking = asking;
}

bool msnp_net_is_asking(const msnp_net *net)
{
    for (guint i = 0; i < net->conns->len; i++)
        if (g_array_index(net->conns, conn_entry, i).asking)
            return true;
    return false;
}

void msnp_net_trace(msnp_net *net, unsigned conn, bool sent, const char *text)
{
    const conn_entry *entry = net->trace ? find_conn(net, conn) : NULL;

    if (entry != NULL && entry->tunnel != NULL)
        conn = entry->carrier;
    if (net->trace)
        msnp_net_push(net,
                      (msnp_event){.type = MSNP_EVENT_TRACE, .conn = conn, .trace = {sent, text}});
}

/* `steps` as in msnp_cmd_redact(); 0 means that it is sent. */
static void trace_line(msnp_net *net, unsigned conn, const msnp_verbs *verbs, msnp_str line,
                       size_t payload_len, uint32_t steps)
{
    char *text;

    if (!net->trace)
        return;
    text = msnp_cmd_redact(verbs, line, payload_len, steps, &net->mask);
    msnp_net_trace(net, conn, steps == 0, text);
    g_free(text);
}

void msnp_net_trace_line(msnp_net *net, unsigned conn, const msnp_verbs *verbs, msnp_str line,
                         size_t payload_len, unsigned step)
{
    trace_line(net, conn, verbs, line, payload_len, MSNP_IN(step));
}

msnp_err msnp_net_send(msnp_net *net, unsigned conn, const msnp_verbs *verbs, const char *name,
                       uint32_t id, const char *const *args, msnp_str payload)
{
    msnp_buf out;

    /* Tickets and cookies pass through here. */
    msnp_buf_init(&out, MSNP_LINE_MAX + MSNP_PAYLOAD_MAX, true);
    msnp_err err = msnp_cmd_write(&out, name, id, args);
    size_t line = out.len;
    if (err == MSNP_OK)
        err = msnp_buf_append(&out, payload.ptr, payload.len);
    if (err == MSNP_OK) {
        msnp_str bytes = msnp_buf_view(&out);
        trace_line(net, conn, verbs, (msnp_str){bytes.ptr, line - 2}, payload.len, 0);
        msnp_net_write(net, conn, bytes);
    }
    msnp_buf_clear(&out);
    return err;
}

void msnp_net_connected(msnp_net *net, unsigned conn, int64_t now)
{
    const conn_entry *entry = find_conn(net, conn);

    if (entry != NULL)
        entry->ops->connected(entry->part, conn, now);
}

void msnp_net_failed(msnp_net *net, unsigned conn, const msnp_connect_error *why, int64_t now)
{
    const conn_entry *entry = find_conn(net, conn);

    if (entry != NULL)
        entry->ops->failed(entry->part, conn, why, now);
}

static void keep(msnp_net *net, conn_entry *entry, msnp_str bytes, bool broken)
{
    chunk *kept = g_malloc(sizeof *kept + bytes.len);

    kept->len = bytes.len;
    kept->broken = broken;
    if (bytes.len > 0)
        memcpy(kept->bytes, bytes.ptr, bytes.len);
    if (entry->in == NULL) {
        entry->in = g_queue_new();
        net->waiting++;
    }
    g_queue_push_tail(entry->in, kept);
}

void msnp_net_drained(msnp_net *net, unsigned conn, int64_t now)
{
    const conn_entry *entry = find_conn(net, conn);

    if (entry != NULL && entry->kind == MSNP_CONN_FILE)
        entry->ops->drained(entry->part, conn, now);
}

void msnp_net_listening(msnp_net *net, unsigned conn, const msnp_port *port, int64_t now)
{
    const conn_entry *entry = find_conn(net, conn);

    if (entry != NULL && entry->kind == MSNP_CONN_LISTENER)
        entry->ops->listening(entry->part, conn, port, now);
}

unsigned msnp_net_accept(msnp_net *net, unsigned listener, int64_t now)
{
    const conn_entry *entry = find_conn(net, listener);
    unsigned fresh;

    if (entry == NULL || entry->kind != MSNP_CONN_LISTENER)
        return 0;

    const conn_entry waiting = *entry;
    (void)add(net, MSNP_CONN_FILE, NULL, NULL);
    fresh = net->last;
    waiting.ops->accepted(waiting.part, listener, fresh, now);
    entry = find_conn(net, fresh);
    if (entry != NULL && entry->ops != NULL)
        return fresh;
    /* The adapter does not know its number yet: nothing is to be said. */
    if (entry != NULL)
        g_array_remove_index(net->conns, place_of(net, fresh) - 1);
    return 0;
}

void msnp_net_broke(msnp_net *net, unsigned conn)
{
    conn_entry *entry = find_conn(net, conn);

    if (entry != NULL)
        keep(net, entry, (msnp_str){"", 0}, true);
}

bool msnp_net_is_broken(const msnp_net *net, unsigned conn)
{
    guint place = place_of(net, conn);

    return place > 0 && g_array_index(net->conns, conn_entry, place - 1).broken;
}

void msnp_net_received(msnp_net *net, unsigned conn, msnp_str bytes)
{
    conn_entry *entry = find_conn(net, conn);

    if (entry == NULL)
        return;
    do {
        size_t most = entry->kind == MSNP_CONN_FILE ? MSNP_SERVE_FILE_MAX : MSNP_SERVE_MAX;
        size_t len = MIN(bytes.len, most);
        keep(net, entry, (msnp_str){bytes.ptr, len}, false);
        bytes = (msnp_str){bytes.ptr + len, bytes.len - len};
    } while (bytes.len > 0);
}

/* Connections of the same turn follow each other. */
typedef enum { OF_SERVICE, OF_SWITCHBOARDS, OF_FILES } turn;

static turn turn_of(msnp_conn_kind kind)
{
    switch (kind) {
    case MSNP_CONN_SWITCHBOARD:
        return OF_SWITCHBOARDS;
    case MSNP_CONN_FILE:
        return OF_FILES;
    default:
        return OF_SERVICE;
    }
}

/* Hands on the first bytes of a connection that has some. */
static void serve(msnp_net *net, conn_entry *entry, int64_t now)
{
    const conn_entry served = *entry;
    chunk *first = g_queue_pop_head(entry->in);

    entry->broken = first->broken;
    if (entry->in->length == 0) {
        g_clear_pointer(&entry->in, g_queue_free);
        net->waiting--;
    }
    net->switchboards_turn = served.kind != MSNP_CONN_SWITCHBOARD;
    net->served[turn_of(served.kind)] = served.number;
    /* The part may close any connection. */
    served.ops->received(served.part, served.number, (msnp_str){first->bytes, first->len}, now);
    chunk_free(first);
}

/* The next one that has bytes: the first after the one that was served last. NULL if none has. */
static conn_entry *next_of(const msnp_net *net, turn of)
{
    conn_entry *first = NULL;

    for (guint i = 0; i < net->conns->len; i++) {
        conn_entry *entry = &g_array_index(net->conns, conn_entry, i);
        if (entry->in == NULL || turn_of(entry->kind) != of)
            continue;
        if (entry->number > net->served[of])
            return entry;
        if (first == NULL)
            first = entry;
    }
    return first;
}

bool msnp_net_serve(msnp_net *net, int64_t now)
{
    conn_entry *next = NULL;

    if (net->waiting == 0)
        return false;
    next = next_of(net, net->switchboards_turn ? OF_SWITCHBOARDS : OF_SERVICE);
    if (next == NULL)
        next = next_of(net, net->switchboards_turn ? OF_SERVICE : OF_SWITCHBOARDS);
    if (next == NULL)
        next = next_of(net, OF_FILES);
    if (next != NULL)
        serve(net, next, now);
    return next != NULL;
}

void msnp_net_serve_switchboards(msnp_net *net, int64_t now)
{
    conn_entry *next;

    while (net->waiting > 0 && (next = next_of(net, OF_SWITCHBOARDS)) != NULL)
        serve(net, next, now);
}
