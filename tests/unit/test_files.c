/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two people send files to each other, and anything happens: they cancel, sign out, connections and
 * messages are slow, break or get lost, strangers knock. Each transfer ends once on each side, no
 * byte is wrong, and none is taken for whole that is not. In every third run files go through the
 * service as well. TRANSFERS_SEED repeats a run.
 */
#include "direct.h"
#include "ftp.h"
#include "message.h"
#include "mime.h"
#include "p2p.h"
#include "relay.h"
#include "slow.h"
#include "slp.h"
#include "transfers.h"

#include <stdlib.h>
#include <string.h>

#define RUNS  3000
#define STEPS 400

typedef struct side side;

typedef struct {
    unsigned number;
    bool sending;
    bool ended;
    bool complete;
    bool stored;
    msnp_file_end end;
    uint32_t size;
    uint32_t seed; /* of the bytes: known from the name, which has it and the size */
    uint32_t moved;
    uint32_t farthest; /* the most that `moved` has been */
    size_t wanted;
    bool offered;   /* the user has not answered */
    bool rewound;   /* what is wanted is not used, and then comes */
    uint32_t again; /* this byte */
    bool other_way;
    char *name; /* with the way it goes: each file has another one */
} file;

/* One direction of a connection. */
typedef struct {
    GString *bytes;
    bool ended;
    bool broken;
} stream;

typedef struct {
    side *at[2];      /* [1] NULL: a stranger */
    unsigned conn[2]; /* 0: not connected yet, or closed */
    stream to[2];
    unsigned port; /* that of the listener, until it is connected */
    bool over;
} wire;

typedef struct {
    char *payload;
    size_t len;
    unsigned reference;
    bool p2p;
} letter;

/* What the service says, some time later, of a letter of MSNP2P. */
typedef struct {
    unsigned reference;
    msnp_cause cause;
} receipt;

struct side {
    const char *account;
    side *other;
    msnp_net net;
    msnp_transfers *transfers;
    GHashTable *files;
    GArray *ports;   /* unsigned: listeners that are open */
    GQueue letters;  /* to this side */
    GQueue receipts; /* of its own */
    bool known;      /* the other one knows its client: */
    uint32_t client;
};

static struct {
    GRand *rand;
    int64_t now;
    side sides[2];
    GPtrArray *wires;
    unsigned sent;
    bool settling;
    bool relays;      /* files may go through the service */
    unsigned done[2]; /* sent, received */
    unsigned relayed; /* of these, in runs in which they may */
    unsigned ended;
    uint64_t seed;
} w;

static const msnp_transfers_ops ops;

static unsigned any(unsigned n)
{
    return g_rand_int(w.rand) % n;
}

static uint32_t number(void)
{
    return g_rand_int(w.rand);
}

static char byte_at(uint32_t seed, uint32_t at)
{
    return (char)((at * 31 + (at >> 8) + seed) & 0xff);
}

/* --- what comes out ------------------------------------------------------------------------- */

static file *find(const side *s, unsigned n)
{
    file *f = g_hash_table_lookup(s->files, GUINT_TO_POINTER(n));

    g_assert_nonnull(f);
    g_assert_false(f->ended);
    return f;
}

static file *add(side *s, unsigned n, bool sending, const char *name, uint32_t size)
{
    file *f = g_new0(file, 1);
    uint32_t seed = (uint32_t)strtoul(name, NULL, 10);

    *f =
        (file){.number = n, .sending = sending, .size = size, .seed = seed, .name = g_strdup(name)};
    g_assert_true(g_hash_table_insert(s->files, GUINT_TO_POINTER(n), f));
    return f;
}

static void file_free(gpointer data)
{
    file *f = data;

    g_free(f->name);
    g_free(f);
}

static wire *wire_of(const side *s, unsigned conn, unsigned *end)
{
    for (guint i = 0; i < w.wires->len; i++) {
        wire *x = g_ptr_array_index(w.wires, i);
        for (*end = 0; *end < 2; ++*end)
            if (x->at[*end] == s && x->conn[*end] == conn && !x->over)
                return x;
    }
    return NULL;
}

static wire *add_wire(side *s, unsigned conn, unsigned port)
{
    wire *x = g_new0(wire, 1);

    x->at[0] = s;
    x->conn[0] = conn;
    x->port = port;
    x->to[0].bytes = g_string_new(NULL);
    x->to[1].bytes = g_string_new(NULL);
    g_ptr_array_add(w.wires, x);
    return x;
}

static void close_end(side *s, unsigned conn)
{
    unsigned end;
    wire *x = wire_of(s, conn, &end);

    for (guint i = 0; i < s->ports->len; i++)
        if (g_array_index(s->ports, unsigned, i) == conn)
            g_array_remove_index_fast(s->ports, i--);
    if (x == NULL)
        return;
    x->conn[end] = 0;
    x->to[!end].ended = true;
    /* Whoever closes with bytes unread resets the connection. */
    x->to[!end].broken = x->to[!end].broken || x->to[end].bytes->len > 0;
}

static void ended(file *f, msnp_file_end end)
{
    f->ended = true;
    f->end = end;
    w.ended++;
    if (end != MSNP_FILE_DONE)
        return;
    g_assert_cmpuint(f->farthest, ==, f->size);
    g_assert_true(f->sending || f->stored);
    w.done[!f->sending]++;
    w.relayed += w.relays;
}

static void got_data(file *f, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        g_assert_cmpint(bytes[i], ==, byte_at(f->seed, f->moved + (uint32_t)i));
    f->moved += (uint32_t)len;
    f->farthest = f->moved;
    g_assert_cmpuint(f->moved, <=, f->size);
}

/* The sender goes back to an earlier byte: of what is wanted already nothing is used. */
static void rewound(file *f, uint64_t offset)
{
    g_assert_cmpuint(offset, <=, f->moved);
    f->rewound = f->wanted > 0;
    *(f->rewound ? &f->again : &f->moved) = (uint32_t)offset;
}

static void went_other_way(file *f)
{
    g_assert_false(f->other_way);
    g_assert_cmpuint(f->moved, ==, 0);
    f->other_way = true;
}

static void handle(side *s, const msnp_event *event)
{
    unsigned end;
    wire *x = event->conn != 0 ? wire_of(s, event->conn, &end) : NULL;

    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        add_wire(s, event->conn, event->connect.port);
        break;
    case MSNP_EVENT_WRITE:
        if (x != NULL && !x->to[!end].broken)
            g_string_append_len(x->to[!end].bytes, event->write.data, (gssize)event->write.len);
        break;
    case MSNP_EVENT_CLOSE:
        close_end(s, event->conn);
        break;
    case MSNP_EVENT_LISTEN:
        g_array_append_val(s->ports, event->conn);
        break;
    case MSNP_EVENT_FILE_OFFERED:
        add(s, event->file.number, false, event->file.file, (uint32_t)event->file.size)->offered =
            true;
        break;
    case MSNP_EVENT_FILE_REWIND:
        rewound(find(s, event->file.number), event->file.offset);
        break;
    case MSNP_EVENT_FILE_OTHER_WAY:
        went_other_way(find(s, event->file.number));
        break;
    case MSNP_EVENT_FILE_WANTED:
        find(s, event->file.number)->wanted = event->file.len;
        break;
    case MSNP_EVENT_FILE_DATA:
        got_data(find(s, event->file.number), event->file.data, event->file.len);
        break;
    case MSNP_EVENT_FILE_COMPLETE:
        find(s, event->file.number)->complete = true;
        break;
    case MSNP_EVENT_FILE_ENDED:
        ended(find(s, event->file.number), event->file.end);
        break;
    default:
        break;
    }
}

static void settle(side *s)
{
    msnp_event event;

    do {
        msnp_transfers_run(s->transfers);
        while (msnp_event_queue_pop(&s->net.events, &event))
            handle(s, &event);
    } while (msnp_net_serve(&s->net, w.now));
}

/* --- what happens --------------------------------------------------------------------------- */

static void post(side *s, unsigned reference, msnp_str payload, bool p2p)
{
    letter *l = g_new(letter, 1);

    g_assert_cmpuint(payload.len, <=, MSNP_MESSAGE_MAX);
    *l = (letter){msnp_str_dup(payload), payload.len, reference, p2p};
    g_queue_push_tail(&s->other->letters, l);
}

static void send_payload(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                         int64_t now)
{
    side *s = owner;

    g_assert_cmpstr(who, ==, s->other->account);
    g_assert_cmpint(now, ==, w.now);
    post(s, reference, payload, false);
}

static void carry(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                  int64_t now)
{
    side *s = owner;

    g_assert_cmpstr(who, ==, s->other->account);
    g_assert_cmpint(now, ==, w.now);
    post(s, reference, payload, true);
}

static void answer(gpointer owner, msnp_str payload, int64_t now)
{
    g_assert_cmpint(now, ==, w.now);
    post(owner, 0, payload, true);
}

static bool may_offer(gpointer owner, const char *who, int64_t now)
{
    (void)owner;
    (void)who;
    (void)now;
    return any(40) > 0;
}

static void hold(gpointer owner, const char *who, bool keep)
{
    (void)owner;
    (void)who;
    (void)keep;
}

static bool client_id(gpointer owner, const char *who, uint32_t *id)
{
    const side *s = owner;

    (void)who;
    if (s == NULL || !s->other->known)
        return false;
    *id = s->other->client;
    return true;
}

static const msnp_transfers_ops ops = {.send = send_payload,
                                       .carry = carry,
                                       .answer = answer,
                                       .may_offer = may_offer,
                                       .client_id = client_id,
                                       .hold = hold};

static void send_nothing(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                         int64_t now)
{
    (void)owner;
    (void)who;
    (void)reference;
    (void)payload;
    (void)now;
}

static const msnp_transfers_ops quiet_ops = {
    .send = send_nothing, .client_id = client_id, .hold = hold};

static const msnp_cause delivered = {MSNP_OK, 0};
static const msnp_cause refused = {MSNP_ERR_REFUSED, 0};
static const msnp_cause closed = {MSNP_ERR_CLOSED, 0};

/* The service says what became of a letter, which is freed. */
static void account_for(side *sender, letter *l, msnp_cause cause)
{
    receipt *r = g_new(receipt, 1);

    *r = (receipt){l->reference, cause};
    if (l->p2p && l->reference != 0)
        g_queue_push_tail(&sender->receipts, r);
    else
        g_free(r);
    if (!l->p2p && cause.err != MSNP_OK)
        msnp_transfers_unsent(sender->transfers, l->reference, cause, w.now);
    g_free(l->payload);
    g_free(l);
    settle(sender);
}

static void deliver(side *s, const letter *l)
{
    msnp_message message;
    msnp_extra extra;

    msnp_message_read(&message, (msnp_str){l->payload, l->len});
    if (l->p2p)
        (void)msnp_transfers_p2p(s->transfers, s->other->account, "", true, message.body, &extra,
                                 w.now);
    else
        (void)msnp_transfers_invited(s->transfers, s->other->account, "", true, &message.invite,
                                     w.now);
    msnp_message_clear(&message);
    settle(s);
}

static void read_letter(side *s)
{
    letter *l = g_queue_pop_head(&s->letters);

    if (l == NULL)
        return;
    if (!w.settling && any(60) == 0) {
        account_for(s->other, l, refused);
    } else {
        deliver(s, l);
        account_for(s->other, l, delivered);
    }
}

static void read_receipt(side *s)
{
    receipt *r = g_queue_pop_head(&s->receipts);

    if (r == NULL)
        return;
    msnp_transfers_carried(s->transfers, r->reference, 1, r->cause, w.now);
    g_free(r);
    settle(s);
}

/*
 * The switchboard is lost. Of what was sent on it some has arrived, but nobody says so any more;
 * what has not been sent yet waits for the next one.
 */
static void lose_letters(side *s)
{
    unsigned sent = any(s->letters.length + 1);
    unsigned arrives = any(sent + 1);

    for (GList *l = s->other->receipts.head; l != NULL; l = l->next)
        ((receipt *)l->data)->cause = closed;
    for (unsigned i = 0; i < sent; i++) {
        letter *l = g_queue_pop_head(&s->letters);
        if (i < arrives)
            deliver(s, l);
        account_for(s->other, l, closed);
    }
}

static void begin(side *s)
{
    static const uint32_t sizes[] = {0, 1, 2044, 2045, 2046, 4090, 63395, 63396, 200000};
    static const uint32_t pieces[] = {0, 1, 1201, 1202, 1203, 2404, 5000, 19232, 30000};
    unsigned n_size = any(G_N_ELEMENTS(sizes));
    uint32_t size = w.relays ? pieces[n_size] : sizes[n_size];
    char *name = g_strdup_printf("%u.%u", any(250), w.sent);
    msnp_err err;
    unsigned n = msnp_transfers_send(s->transfers, s->other->account, name, size, &err, w.now);

    g_assert_cmpuint(n, !=, 0);
    add(s, n, true, name, size);
    w.sent++;
    g_free(name);
    settle(s);
}

/* A port is there, or not. */
static void give_port(side *s)
{
    msnp_port port = {.internal = {.host = "192.168.0.5"}};

    if (s->ports->len == 0)
        return;
    unsigned n = g_array_index(s->ports, unsigned, any(s->ports->len));
    port.internal.port = (uint16_t)n;
    if (any(4) == 0)
        msnp_net_failed(&s->net, n, &(msnp_connect_error){.code = 1}, w.now);
    else
        msnp_net_listening(&s->net, n, &port, w.now);
    settle(s);
}

static file *pick(const side *s)
{
    GList *all = g_hash_table_get_values(s->files);
    file *f = all != NULL ? g_list_nth_data(all, any(g_list_length(all))) : NULL;

    g_list_free(all);
    return f != NULL && !f->ended ? f : NULL;
}

/* What the user, and the disk, do about a file. */
static void go_on(side *s, file *f)
{
    if (f == NULL)
        return;
    if (f->offered) {
        f->offered = false;
        if (any(8) == 0)
            msnp_transfers_decline(s->transfers, f->number, w.now);
        else
            msnp_transfers_accept(s->transfers, f->number, w.now);
    } else if (f->wanted > 0) {
        size_t len = f->wanted;
        char *bytes = g_malloc(len);
        if (len > MSNP_FTP_BLOCK && any(2) == 0)
            len = MSNP_FTP_BLOCK;
        for (size_t i = 0; i < len; i++)
            bytes[i] = byte_at(f->seed, f->moved + (uint32_t)i);
        f->wanted = 0;
        f->moved = f->rewound ? f->again : f->moved + (uint32_t)len;
        f->farthest = MAX(f->farthest, f->moved);
        f->rewound = false;
        msnp_transfers_put(s->transfers, f->number, bytes, len, w.now);
        g_free(bytes);
    } else if (f->complete && !f->stored && (w.settling || any(10) > 0)) {
        f->stored = true;
        msnp_transfers_stored(s->transfers, f->number, w.now);
    }
    settle(s);
}

static void cancel(side *s, const file *f)
{
    static const msnp_file_end ends[] = {MSNP_FILE_CANCELLED, MSNP_FILE_CANCELLED,
                                         MSNP_FILE_UNWRITABLE, MSNP_FILE_CHANGED};

    if (f != NULL)
        msnp_transfers_cancel(s->transfers, f->number, ends[any(4)], w.now);
    settle(s);
}

static void connect_wire(wire *x)
{
    side *s = x->at[0];

    x->at[1] = s->other;
    if (x->conn[0] == 0) {
        x->over = true;
        return;
    }
    x->conn[1] = any(10) > 0 ? msnp_net_accept(&s->other->net, x->port, w.now) : 0;
    if (x->conn[1] == 0) {
        x->over = true;
        msnp_net_failed(&s->net, x->conn[0], &(msnp_connect_error){.code = 1}, w.now);
    } else {
        settle(s->other);
        msnp_net_connected(&s->net, x->conn[0], w.now);
    }
    settle(s);
}

/* Some bytes arrive at one end; or its end does. */
static void move(wire *x, unsigned end)
{
    stream *in = &x->to[end];
    side *s = x->at[end];
    unsigned conn = x->conn[end];

    if (in->bytes->len > 0) {
        size_t most = 1 + any(any(4) == 0 ? 5 : 70000);
        size_t n = MIN(in->bytes->len, most);
        if (conn != 0)
            msnp_net_received(&s->net, conn, (msnp_str){in->bytes->str, n});
        g_string_erase(in->bytes, 0, (gssize)n);
    } else if (in->ended && conn != 0) {
        if (in->broken)
            msnp_net_broke(&s->net, conn);
        else
            msnp_net_received(&s->net, conn, (msnp_str){"", 0});
    }
    if (s != NULL)
        settle(s);
    if (in->bytes->len == 0 && x->at[!end] != NULL && x->conn[!end] != 0) {
        msnp_net_drained(&x->at[!end]->net, x->conn[!end], w.now);
        settle(x->at[!end]);
    }
}

static void break_wire(wire *x)
{
    for (unsigned end = 0; end < 2; end++) {
        g_string_truncate(x->to[end].bytes, 0);
        x->to[end].ended = x->to[end].broken = true;
    }
}

static void touch(wire *x)
{
    if (x->over)
        return;
    if (x->at[1] == NULL && x->port != 0)
        connect_wire(x);
    else if (!w.settling && any(300) == 0)
        break_wire(x);
    else
        move(x, any(2));
    if (x->conn[0] == 0 && x->conn[1] == 0)
        x->over = true;
}

/* Somebody who has nothing to do with it. */
static void knock(side *s)
{
    static const char *const words[] = {"VER MSNFTP\r\nUSR a@b.c 1\r\n", "GET / HTTP/1.0\r\n\r\n",
                                        "VER MSNFTP\r\nFIL 3\r\n", "\r\n\r\n", "VER"};

    if (s->ports->len == 0)
        return;
    unsigned conn =
        msnp_net_accept(&s->net, g_array_index(s->ports, unsigned, any(s->ports->len)), w.now);
    if (conn == 0)
        return;
    wire *x = add_wire(s, conn, 0);
    g_string_append(x->to[0].bytes, words[any(G_N_ELEMENTS(words))]);
    x->to[0].ended = any(2) == 0;
    settle(s);
}

static void pass_time(int64_t ms)
{
    w.now += ms;
    for (unsigned i = 0; i < 2; i++) {
        if (msnp_transfers_deadline(w.sides[i].transfers) <= w.now)
            msnp_transfers_tick(w.sides[i].transfers, w.now);
        settle(&w.sides[i]);
    }
}

static void happen(void)
{
    side *s = &w.sides[any(2)];

    switch (any(w.settling ? 10 : 15)) {
    case 0:
    case 1:
        for (unsigned i = w.relays ? any(8) : 0; i > 0; i--)
            read_receipt(s);
        for (unsigned i = w.relays ? any(8) : 1; i > 0; i--)
            read_letter(s);
        break;
    case 2:
        give_port(s);
        break;
    case 3:
    case 4:
    case 5:
        go_on(s, pick(s));
        break;
    case 10:
        if (w.sent < 6)
            begin(s);
        break;
    case 11:
        if (any(12) == 0)
            cancel(s, pick(s));
        break;
    case 12:
        knock(s);
        break;
    case 13:
        pass_time(any(25) == 0 ? 1 + any(40000) : any(500));
        break;
    case 14:
        if (w.relays && any(12) == 0)
            lose_letters(s);
        break;
    default:
        if (w.wires->len > 0)
            touch(g_ptr_array_index(w.wires, any(w.wires->len)));
        break;
    }
}

/* --- a run ---------------------------------------------------------------------------------- */

static void wire_free(gpointer data)
{
    wire *x = data;

    g_string_free(x->to[0].bytes, TRUE);
    g_string_free(x->to[1].bytes, TRUE);
    g_free(x);
}

/*
 * Whoever sent a file has it from the receiver that it is there. Only what the user there cancels
 * when all of it is on the way can be taken for whole: BYE is how it usually ends.
 */
static bool may_be_done(msnp_file_end there)
{
    return there == MSNP_FILE_DONE ||
           (w.relays && (there == MSNP_FILE_CANCELLED || there == MSNP_FILE_UNWRITABLE ||
                         there == MSNP_FILE_CHANGED || there == MSNP_FILE_OVER));
}

static void check_done(const file *f, const side *receiver)
{
    GHashTableIter iter;
    gpointer value;
    const char *there = "not offered";

    if (!f->sending || f->end != MSNP_FILE_DONE)
        return;
    g_hash_table_iter_init(&iter, receiver->files);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const file *other = value;
        if (other->sending || strcmp(other->name, f->name) != 0)
            continue;
        if (may_be_done(other->end))
            return;
        there = msnp_file_end_name(other->end);
    }
    g_error("seed %" G_GUINT64_FORMAT ": %s of %u bytes is done, and there %s", w.seed, f->name,
            f->size, there);
}

static void check(const side *s)
{
    GHashTableIter iter;
    gpointer value;

    g_assert_cmpuint(msnp_transfers_pending(s->transfers), ==, 0);
    g_assert_cmpuint(s->letters.length + s->receipts.length, ==, 0);
    g_assert_cmpint(msnp_transfers_deadline(s->transfers), ==, INT64_MAX);
    g_assert_cmpuint(s->net.conns->len, ==, 0);
    g_hash_table_iter_init(&iter, s->files);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        g_assert_true(((const file *)value)->ended);
        check_done(value, s->other);
    }
}

/* What is on its way arrives. */
static void read_all(void)
{
    while (w.relays && w.sides[0].letters.length + w.sides[1].letters.length +
                               w.sides[0].receipts.length + w.sides[1].receipts.length >
                           0)
        for (unsigned i = 0; i < 2; i++) {
            read_letter(&w.sides[i]);
            read_receipt(&w.sides[i]);
        }
}

/* What is complete is saved at once, if it was not left for later. */
static void save_all(side *s)
{
    GList *all = g_hash_table_get_values(s->files);

    for (GList *l = all; l != NULL; l = l->next) {
        file *f = l->data;
        if (f->complete && !f->ended)
            go_on(s, f);
    }
    g_list_free(all);
}

static void run(uint64_t seed)
{
    w.seed = seed;
    w.rand = g_rand_new_with_seed((guint32)seed);
    w.now = 1000;
    w.sent = 0;
    w.settling = false;
    w.relays = seed % 3 == 0;
    w.wires = g_ptr_array_new_with_free_func(wire_free);
    for (unsigned i = 0; i < 2; i++) {
        side *s = &w.sides[i];
        *s = (side){.account = i == 0 ? "alice@example.com" : "bob@example.com",
                    .other = &w.sides[!i]};
        msnp_net_init(&s->net, true);
        s->transfers = msnp_transfers_new(&s->net, number, &ops, s);
        msnp_transfers_set_account(s->transfers, s->account);
        msnp_transfers_set_through_service(s->transfers, w.relays);
        s->known = any(2) == 0;
        s->client = any(3) > 0 ? MSNP_CLIENT_ID_P2P : MSNP_CLIENT_ID_NONE;
        s->files = g_hash_table_new_full(NULL, NULL, NULL, file_free);
        s->ports = g_array_new(FALSE, FALSE, sizeof(unsigned));
        g_queue_init(&s->letters);
        g_queue_init(&s->receipts);
    }
    for (unsigned i = 0; i < STEPS; i++)
        happen();
    w.settling = true;
    if (any(6) == 0) {
        msnp_transfers_end(w.sides[0].transfers, w.now);
        settle(&w.sides[0]);
    }
    for (unsigned i = 0; i < 4 * STEPS; i++)
        happen();
    for (unsigned i = 0; i < 8; i++) {
        save_all(&w.sides[0]);
        save_all(&w.sides[1]);
        read_all();
        pass_time(MSNP_DIRECT_ANSWER);
        read_all();
    }
    pass_time(MSNP_RELAY_REMEMBER);
    while (w.sides[0].letters.length + w.sides[1].letters.length > 0) {
        read_letter(&w.sides[0]);
        read_letter(&w.sides[1]);
    }
    for (unsigned i = 0; i < 2; i++)
        check(&w.sides[i]);
    for (unsigned i = 0; i < 2; i++) {
        side *s = &w.sides[i];
        msnp_transfers_free(s->transfers);
        msnp_net_clear(&s->net);
        g_hash_table_destroy(s->files);
        g_array_free(s->ports, TRUE);
    }
    g_ptr_array_free(w.wires, TRUE);
    g_rand_free(w.rand);
}

static void test_random(void)
{
    const char *one = g_getenv("TRANSFERS_SEED");
    unsigned runs = slow_choice(RUNS, RUNS / 5, RUNS / 50);

    if (one != NULL) {
        run(g_ascii_strtoull(one, NULL, 10));
        return;
    }
    for (unsigned i = 1; i <= runs; i++)
        run(i);
    g_test_message("%u ended, %u sent, %u received whole, %u of them perhaps through the service",
                   w.ended, w.done[0], w.done[1], w.relayed);
    g_assert_cmpuint(w.done[1], >, w.ended / 10);
}

/* --- limits --------------------------------------------------------------------------------- */

/* How many of these offers are taken, of 300 from this person, or of as many people. */
static unsigned offers_taken(msnp_transfers *all, const char *person, bool many, bool contact)
{
    msnp_invite offer = {.command = MSNP_INVITE_OFFER,
                         .file = true,
                         .file_name = (char *)"x",
                         .sized = true,
                         .file_size = 1};
    unsigned taken = 0;

    for (unsigned i = 0; i < 300; i++) {
        char *name = g_strdup_printf("%s%u@example.com", person, many ? i : 0);
        offer.cookie = i;
        taken += msnp_transfers_invited(all, name, "", contact, &offer, 0);
        g_free(name);
    }
    return taken;
}

static void accept_all(msnp_transfers *all)
{
    for (unsigned i = 1; i <= 2 * MSNP_FILES_MAX; i++)
        msnp_transfers_accept(all, i, 0);
}

/* Nobody takes the room of others. */
static void test_limits(void)
{
    msnp_net net;
    msnp_err err = MSNP_OK;
    unsigned sent = 0;

    msnp_net_init(&net, false);
    w.rand = g_rand_new_with_seed(1);
    msnp_transfers *all = msnp_transfers_new(&net, number, &quiet_ops, NULL);
    while (msnp_transfers_send(all, "bob@example.com", "x", 1, &err, 0) != 0)
        sent++;
    g_assert_cmpint(err, ==, MSNP_ERR_FULL);
    g_assert_cmpuint(sent, ==, MSNP_FILES_MAX);
    g_assert_cmpuint(offers_taken(all, "stranger", false, false), ==, MSNP_FILES_STRANGERS_MAX);
    g_assert_cmpuint(offers_taken(all, "other", true, false), ==, 0);
    /* An offer that was refused is not known. */
    g_assert_cmpuint(offers_taken(all, "stranger", false, false), ==, MSNP_FILES_STRANGERS_MAX);
    g_assert_cmpuint(offers_taken(all, "bob", false, true), ==, MSNP_FILES_FROM_MAX);
    g_assert_cmpuint(offers_taken(all, "carol", true, true), ==,
                     MSNP_FILES_OFFERED_MAX - MSNP_FILES_FROM_MAX - MSNP_FILES_STRANGERS_MAX);
    /* Those that the user has accepted take no room, but there is an end to them, too. */
    accept_all(all);
    g_assert_cmpuint(offers_taken(all, "dave", false, true), ==, MSNP_FILES_FROM_MAX);
    for (char person[] = "a"; *person <= 'f'; ++*person) {
        accept_all(all);
        (void)offers_taken(all, person, true, true);
    }
    g_assert_cmpuint(msnp_transfers_pending(all), ==, 2 * MSNP_FILES_MAX);
    msnp_transfers_free(all);
    msnp_net_clear(&net);
    g_rand_free(w.rand);
}

static unsigned n_answers;

static void count_answer(gpointer owner, msnp_str payload, int64_t now)
{
    (void)owner;
    (void)payload;
    (void)now;
    n_answers++;
}

static bool always(gpointer owner, const char *who, int64_t now)
{
    (void)owner;
    (void)who;
    (void)now;
    return true;
}

static const msnp_transfers_ops counting_ops = {.send = send_nothing,
                                                .carry = send_nothing,
                                                .answer = count_answer,
                                                .may_offer = always,
                                                .client_id = client_id,
                                                .hold = hold};

/* Offers a file by MSNP2P, the n-th one. */
static void offer_by_p2p(msnp_transfers *all, const char *who, bool contact, unsigned n)
{
    const uint32_t random[] = {n, n, n, n};
    char guid[MSNP_GUID_LENGTH + 1];
    msnp_buf text, payload;
    msnp_extra extra;

    msnp_slp_guid(guid, random);
    msnp_slp_about about = {
        .to = "me@example.com", .from = who, .branch = guid, .call = guid, .session = n};
    msnp_slp_write_offer(&text, &about, "x", 1);
    msnp_str whole = msnp_buf_view(&text);
    msnp_p2p_header header = {.identifier = n, .total = whole.len, .ack_id = n};
    msnp_p2p_write(&payload, about.to, &header, whole, MSNP_P2P_FOOTER_SLP);
    (void)msnp_transfers_p2p(all, who, "", contact, msnp_mime_body(msnp_buf_view(&payload)), &extra,
                             0);
    msnp_buf_clear(&payload);
    msnp_buf_clear(&text);
}

/* The same for what comes through the service; too many texts are not even answered. */
static void test_relayed_limits(void)
{
    static const struct {
        const char *who;
        unsigned taken, answers;
    } people[] = {{"stranger@example.com", MSNP_FILES_STRANGERS_MAX, 400 + 8},
                  {"other@example.com", 0, 400 + 8},
                  {"bob@example.com", MSNP_FILES_FROM_MAX, 400 + 8}};
    msnp_net net;

    msnp_net_init(&net, false);
    w.rand = g_rand_new_with_seed(1);
    msnp_transfers *all = msnp_transfers_new(&net, number, &counting_ops, NULL);
    msnp_transfers_set_account(all, "me@example.com");
    msnp_transfers_set_through_service(all, true);
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        size_t before = msnp_transfers_pending(all);
        n_answers = 0;
        for (unsigned n = 0; n < 500; n++)
            offer_by_p2p(all, people[i].who, people[i].who[0] == 'b', 1000 + n);
        g_assert_cmpuint(msnp_transfers_pending(all) - before, ==, people[i].taken);
        g_assert_cmpuint(n_answers, ==, people[i].answers);
    }
    msnp_transfers_free(all);
    msnp_net_clear(&net);
    g_rand_free(w.rand);
}

/* What was waited for, and is not any more, wakes nobody up. */
static void test_idle(void)
{
    msnp_net net;
    msnp_err err;

    msnp_net_init(&net, false);
    w.rand = g_rand_new_with_seed(1);
    msnp_transfers *all = msnp_transfers_new(&net, number, &quiet_ops, NULL);
    unsigned sent = msnp_transfers_send(all, "bob@example.com", "x", 1, &err, 0);
    g_assert_cmpint(msnp_transfers_deadline(all), ==, MSNP_DIRECT_CONNECT);
    msnp_transfers_cancel(all, sent, MSNP_FILE_CANCELLED, 0);
    msnp_transfers_run(all);
    g_assert_cmpint(msnp_transfers_deadline(all), ==, INT64_MAX);
    msnp_transfers_free(all);
    msnp_net_clear(&net);
    g_rand_free(w.rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/files/random", test_random);
    g_test_add_func("/files/limits", test_limits);
    g_test_add_func("/files/relayed-limits", test_relayed_limits);
    g_test_add_func("/files/idle", test_idle);
    return g_test_run();
}
