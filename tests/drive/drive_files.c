/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transfers of files: how they are joined with the conversations, as a session does; what users and
 * peers do; and what must always be so: each ends once, and none is done before all of it moved.
 */
#include "drive_priv.h"

#include "p2p.h"

#include <string.h>

/* What is known of a transfer. */
typedef struct {
    bool sending;
    bool started;
    bool complete;
    bool stored;
    bool ended;
    bool other_way;
    uint64_t size;
    uint64_t moved;
    uint64_t farthest; /* the most that `moved` has been */
    size_t wanted;     /* sending: bytes that it waits for */
    bool rewound;      /* they are not used: what comes after them */
    uint64_t then;     /* begins here */
} file;

static const char *const end_names[] = {
#define X(symbol, name) name,
    MSNP_FILE_END_LIST(X)
#undef X
};

/* Unpredictable enough for tests, and the same each time. */
static uint32_t last_random;

uint32_t drive_random(void)
{
    return last_random += 1001;
}

static file *find(const drive *d, unsigned number)
{
    return g_hash_table_lookup(d->files, GUINT_TO_POINTER(number));
}

static file *add(drive *d, unsigned number, bool sending, uint64_t size)
{
    file *made = g_new0(file, 1);

    if (find(d, number))
        drive_found(d, "the number of a transfer is used twice");
    made->sending = sending;
    made->size = size;
    g_hash_table_insert(d->files, GUINT_TO_POINTER(number), made);
    return made;
}

/* --- joining -------------------------------------------------------------------------------- */

static void ask_switchboard(gpointer owner, unsigned request, int64_t now)
{
    drive_hear_call(owner, now, &(heard){.kind = HEARD_ASK, .request = request});
}

/* Whoever is called "stranger..." is no contact. */
static bool invited(gpointer owner, const char *who, const char *name, const msnp_invite *invite,
                    int64_t now)
{
    drive *d = owner;
    bool contact = !g_str_has_prefix(who, "stranger");

    return msnp_transfers_invited(d->transfers, who, name, contact, invite, now);
}

static void unsent(gpointer owner, unsigned reference, msnp_cause cause, int64_t now)
{
    drive *d = owner;

    msnp_transfers_unsent(d->transfers, reference, cause, now);
}

static void carried(gpointer owner, unsigned reference, unsigned board, msnp_cause cause,
                    int64_t now)
{
    drive *d = owner;

    if (!drive_p2p_result(d, reference, cause, now))
        msnp_transfers_carried(d->transfers, reference, board, cause, now);
}

static bool p2p(gpointer owner, const char *who, const char *name, msnp_str body, msnp_extra *extra,
                int64_t now)
{
    drive *d = owner;
    bool contact = !g_str_has_prefix(who, "stranger");

    if (!d->config.p2p)
        return msnp_transfers_p2p(d->transfers, who, name, contact, body, extra, now);
    drive_p2p_arrived(d, who, name, body, now);
    return false;
}

static const msnp_conversations_ops conversations_ops = {.ask_switchboard = ask_switchboard,
                                                         .invited = invited,
                                                         .unsent = unsent,
                                                         .carried = carried,
                                                         .p2p = p2p};

static void pass(gpointer owner, const char *who, unsigned reference, msnp_str payload, int64_t now)
{
    drive *d = owner;

    msnp_conversations_pass(d->conversations, who, reference, payload, now);
}

static void hold(gpointer owner, const char *who, bool keep)
{
    drive *d = owner;

    msnp_conversations_hold(d->conversations, who, keep);
}

static void carry(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                  int64_t now)
{
    drive *d = owner;

    msnp_conversations_carry(d->conversations, who, reference, payload, now);
}

static void answer(gpointer owner, msnp_str payload, int64_t now)
{
    drive *d = owner;

    msnp_conversations_answer(d->conversations, payload, now);
}

static bool may_offer(gpointer owner, const char *who, int64_t now)
{
    drive *d = owner;

    return msnp_conversations_may_offer(d->conversations, who, now);
}

/* What clients announce, by who they are of; no others are known. */
static bool client_id(gpointer owner, const char *who, uint32_t *id)
{
    static const struct {
        const char *prefix;
        uint32_t id;
    } known[] = {{"new", MSNP_CLIENT_ID_P2P}, {"old", MSNP_CLIENT_ID_NONE}, {"web", 0x200}};

    (void)owner;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_str_has_prefix(who, known[i].prefix)) {
            *id = known[i].id;
            return true;
        }
    }
    return false;
}

static const msnp_transfers_ops transfers_ops = {pass, carry, answer, may_offer, client_id, hold};

/* --- switchboards that travel through a gateway --------------------------------------------- */

static void spy_open(gpointer owner, unsigned conn, msnp_conn_kind kind, const char *host)
{
    drive *d = owner;

    msnp_net_push(&d->net, (msnp_event){.type = MSNP_EVENT_CONNECT,
                                        .conn = conn,
                                        .connect = {.host = host,
                                                    .port = 1863,
                                                    .switchboard = kind == MSNP_CONN_SWITCHBOARD,
                                                    .name = "tunnel"}});
    d->tunnel->open(d->gateway, conn, kind, host);
}

static void spy_write(gpointer owner, unsigned conn, msnp_str bytes)
{
    drive *d = owner;

    msnp_net_push(&d->net, (msnp_event){.type = MSNP_EVENT_WRITE,
                                        .conn = conn,
                                        .write = {msnp_str_dup(bytes), bytes.len, false}});
    d->tunnel->write(d->gateway, conn, bytes);
}

static void spy_drop_writes(gpointer owner, unsigned conn)
{
    drive *d = owner;

    d->tunnel->drop_writes(d->gateway, conn);
}

static bool spy_is_settled(gpointer owner, unsigned conn)
{
    const drive *d = owner;

    return d->tunnel->is_settled(d->gateway, conn);
}

static void spy_close(gpointer owner, unsigned conn)
{
    drive *d = owner;

    msnp_net_push(&d->net, (msnp_event){.type = MSNP_EVENT_CLOSE, .conn = conn});
    d->tunnel->close(d->gateway, conn);
}

static const msnp_tunnel_ops spy_ops = {spy_open, spy_write, spy_drop_writes, spy_is_settled,
                                        spy_close};

static void start_gateway(drive *d)
{
    d->gateway = msnp_gateway_new(&d->net, d->config.gateway_url, "host");
    msnp_gateway_use(d->gateway, true);
    d->tunnel = d->net.tunnel;
    msnp_net_set_tunnel(&d->net, &spy_ops, d);
}

void drive_files_start(drive *d)
{
    if (d->config.method == MSNP_METHOD_GATEWAY)
        start_gateway(d);
    d->conversations = msnp_conversations_new(&d->net, &conversations_ops, d);
    msnp_conversations_set_account(d->conversations, d->config.account);
    d->transfers = msnp_transfers_new(&d->net, drive_random, &transfers_ops, d);
    msnp_transfers_set_account(d->transfers, d->config.account);
    msnp_transfers_set_through_service(d->transfers, d->config.files_through_service);
}

void drive_files_new(drive *d)
{
    last_random = 0;
    d->files = g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

void drive_files_turn(drive *d)
{
    if (!d->transfers)
        return;
    msnp_conversations_run(d->conversations, d->now);
    if (d->session_over)
        drive_p2p_look(d);
    msnp_transfers_run(d->transfers);
    msnp_gateway_run(d->gateway, d->now);
}

/* --- what must be so ------------------------------------------------------------------------ */

/* What comes of a transfer comes in order, and only while it lasts. */
static const char *fault_of(file *f, const msnp_event *event)
{
    if (!f || f->ended)
        return "it is no transfer, or was over";
    switch (event->type) {
    case MSNP_EVENT_FILE_STARTED:
        if (f->started)
            return "it had started";
        f->started = true;
        return NULL;
    case MSNP_EVENT_FILE_WANTED:
        if (!f->started || !f->sending || f->wanted || event->file.len == 0 ||
            event->file.len > f->size - f->moved)
            return "it wants what it cannot have";
        f->wanted = event->file.len;
        return NULL;
    case MSNP_EVENT_FILE_REWIND:
        if (!f->started || !f->sending || event->file.offset > f->moved)
            return "it goes back to where it never was";
        f->rewound = f->wanted > 0;
        *(f->rewound ? &f->then : &f->moved) = event->file.offset;
        return NULL;
    case MSNP_EVENT_FILE_DATA:
        f->moved += event->file.len;
        f->farthest = f->moved;
        return !f->started || f->sending || event->file.len == 0 || f->moved > f->size
                   ? "these bytes are not of it"
                   : NULL;
    case MSNP_EVENT_FILE_COMPLETE:
        f->complete = true;
        return !f->started || f->sending || f->moved != f->size ? "it is not complete" : NULL;
    case MSNP_EVENT_FILE_OTHER_WAY:
        if (f->other_way || f->moved > 0)
            return "no other way is left";
        f->other_way = true;
        return NULL;
    default:
        f->ended = true;
        return event->file.end == MSNP_FILE_DONE &&
                       (f->farthest != f->size || (!f->sending && !f->stored))
                   ? "it is not done"
                   : NULL;
    }
}

void drive_files_follow(drive *d, const msnp_event *event)
{
    if (event->type < MSNP_EVENT_FILE_OFFERED || event->type > MSNP_EVENT_FILE_ENDED)
        return;
    if (event->type == MSNP_EVENT_FILE_OFFERED) {
        (void)add(d, event->file.number, false, event->file.size);
        return;
    }
    const char *fault = fault_of(find(d, event->file.number), event);
    if (fault)
        drive_found(d, "%s %u: %s", msnp_event_name(event->type), event->file.number, fault);
}

size_t drive_files_pending(const drive *d)
{
    GHashTableIter iter;
    gpointer value;
    size_t n = 0;

    g_hash_table_iter_init(&iter, d->files);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        n += !((const file *)value)->ended;
    return n;
}

size_t drive_file_wanted(const drive *d, unsigned number)
{
    const file *f = find(d, number);

    return f && !f->ended ? f->wanted : 0;
}

/* --- what users do -------------------------------------------------------------------------- */

unsigned drive_file_send(drive *d, const char *who, const char *name, uint64_t size, msnp_err *err)
{
    unsigned number = d->session ? msnp_session_file_send(d->session, who, name, size, err, d->now)
                                 : msnp_transfers_send(d->transfers, who, name, size, err, d->now);

    if ((number == 0) != (*err != MSNP_OK))
        drive_found(d, "a transfer without a number, or with an error");
    if (number)
        (void)add(d, number, true, size);
    drive_settle(d);
    return number;
}

#define CALL(d, function, ...)                                                        \
    ((d)->session ? msnp_session_file_##function((d)->session, __VA_ARGS__, (d)->now) \
                  : msnp_transfers_##function((d)->transfers, __VA_ARGS__, (d)->now))

void drive_file_accept(drive *d, unsigned number)
{
    CALL(d, accept, number);
    drive_settle(d);
}

void drive_file_decline(drive *d, unsigned number)
{
    CALL(d, decline, number);
    drive_settle(d);
}

/* The bytes count from 0 to 250, again and again. */
void drive_file_put(drive *d, unsigned number, size_t len)
{
    file *f = find(d, number);
    char *bytes = g_malloc(len + 1);

    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)(((f ? f->moved : 0) + i) % 251);
    if (f && f->wanted == len && !f->ended) {
        f->wanted = 0;
        f->moved = f->rewound ? f->then : f->moved + len;
        f->farthest = MAX(f->farthest, f->moved);
        f->rewound = false;
    }
    CALL(d, put, number, bytes, len);
    g_free(bytes);
    drive_settle(d);
}

void drive_file_stored(drive *d, unsigned number)
{
    file *f = find(d, number);

    if (f && f->complete)
        f->stored = true;
    CALL(d, stored, number);
    drive_settle(d);
}

void drive_file_cancel(drive *d, unsigned number, msnp_file_end why)
{
    CALL(d, cancel, number, why);
    drive_settle(d);
}

msnp_file_end drive_file_end_of(const char *name)
{
    unsigned end = 0;

    while (end < MSNP_N_FILE_ENDS && strcmp(name, end_names[end]) != 0)
        end++;
    return (msnp_file_end)end;
}

void drive_end_conversations(drive *d, msnp_err err)
{
    msnp_transfers_end(d->transfers, d->now);
    msnp_conversations_end(d->conversations, err, d->now);
    d->session_over = true;
    if (msnp_conversations_pending(d->conversations) > 0 ||
        msnp_transfers_pending(d->transfers) > 0 ||
        msnp_transfers_deadline(d->transfers) != MSNP_NEVER ||
        msnp_conversations_n_switchboards(d->conversations) > 0)
        drive_found(d, "after the end something is left");
    msnp_gateway_end(d->gateway, d->now);
}

/* --- what happens on ports and connections -------------------------------------------------- */

void drive_listening(drive *d, unsigned conn, const msnp_port *port)
{
    drive_conn *found = drive_find_conn(d, conn);

    if (!found || found->state != CONN_ASKED || !found->port)
        return;
    found->state = CONN_OPEN;
    if (d->session)
        msnp_session_listening(d->session, conn, port, d->now);
    else
        msnp_net_listening(&d->net, conn, port, d->now);
    drive_settle(d);
}

unsigned drive_knock(drive *d, unsigned listener)
{
    const drive_conn *found = drive_find_conn(d, listener);
    drive_conn made = {.side = DRIVE_FILES, .state = CONN_OPEN, .host = g_strdup("peer")};
    unsigned conn;

    if (!found || found->state != CONN_OPEN || !found->port) {
        g_free(made.host);
        return 0;
    }
    /* Before it is asked for: what comes of it is about this connection already. */
    g_array_append_val(d->conns, made);
    conn = d->session ? msnp_session_accepted(d->session, listener, d->now)
                      : msnp_net_accept(&d->net, listener, d->now);
    if (conn && conn != d->conns->len)
        drive_found(d, "connection %u comes after %u", conn, d->conns->len - 1);
    if (!conn)
        drive_find_conn(d, d->conns->len)->state = CONN_CLOSED;
    drive_settle(d);
    return conn;
}

void drive_drained(drive *d, unsigned conn)
{
    const drive_conn *found = drive_find_conn(d, conn);

    if (!found || found->side != DRIVE_FILES || found->state != CONN_OPEN || found->port)
        return;
    if (d->session)
        msnp_session_drained(d->session, conn, d->now);
    else
        msnp_net_drained(&d->net, conn, d->now);
    drive_settle(d);
}

void drive_broke(drive *d, unsigned conn)
{
    drive_conn *found = drive_find_conn(d, conn);

    if (!found || found->state != CONN_OPEN || found->port)
        return;
    found->lost = true;
    if (d->session)
        msnp_session_broke(d->session, conn);
    else
        msnp_net_broke(&d->net, conn);
    drive_settle(d);
    if (drive_find_conn(d, conn)->state != CONN_CLOSED)
        drive_found(d, "keeps connection %u, which broke", conn);
}
