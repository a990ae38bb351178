/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two people exchange files through a service that loses, repeats and garbles what they say. The
 * first byte: bit 0 says that the service is honest, then every byte that arrives is right. What
 * follows is a program: an operation, and what it needs.
 */
#include "clock.h"
#include "fuzz.h"
#include "mime.h"
#include "p2p.h"
#include "relay.h"

#include <string.h>

#define AROUND    52 /* bytes of header and footer */
#define FILES_MAX 40
#define PIECES    3 /* files have up to so many, or are empty */

typedef struct side side;

typedef struct {
    side *of;
    msnp_way *way; /* NULL once it is over */
    bool sending;
    bool started;
    bool complete;
    bool done;
    uint64_t size;
    uint64_t at; /* received, or where the next `put` begins */
    size_t wanted;
    bool rewound;    /* after `wanted`, which is answered first: */
    uint64_t offset; /* where to go on then */
} file;

typedef struct {
    char *body;
    size_t len;
    unsigned reference;
} letter;

struct side {
    const char *account;
    side *other;
    msnp_relay *relay;
    GQueue letters; /* that it sent: letter * */
    file files[FILES_MAX];
    unsigned n_files;
};

static struct {
    side sides[2];
    int64_t now;
    uint32_t random;
    bool honest;

} w;

static uint32_t draw(void)
{
    return w.random += 7919;
}

static char byte_at(uint64_t at)
{
    return (char)((at * 31 + (at >> 8)) & 0xff);
}

/* --- the owner ------------------------------------------------------------------------------ */

static void on_started(gpointer owner, int64_t now)
{
    file *f = owner;

    (void)now;
    CHECK(f->way != NULL && !f->started);
    f->started = true;
}

static void on_wants(gpointer owner, size_t len, int64_t now)
{
    file *f = owner;

    (void)now;
    CHECK(f->way != NULL && f->sending && f->started && f->wanted == 0);
    CHECK(len > 0 && len <= MSNP_RELAY_WINDOW_MAX * MSNP_P2P_PIECE);
    f->wanted = len;
}

static void on_rewind(gpointer owner, uint64_t offset, int64_t now)
{
    file *f = owner;

    (void)now;
    CHECK(f->way != NULL && f->sending && f->started && offset <= f->size);
    f->rewound = f->wanted > 0;
    *(f->rewound ? &f->offset : &f->at) = offset;
}

static void on_data(gpointer owner, char *bytes, size_t len, int64_t now)
{
    file *f = owner;

    (void)now;
    CHECK(f->way != NULL && !f->sending && f->started && !f->complete);
    CHECK(len > 0 && len <= f->size - f->at);
    for (size_t i = 0; i < len && w.honest; i++)
        CHECK(bytes[i] == byte_at(f->at + i));
    f->at += len;
    g_free(bytes);
}

static void on_complete(gpointer owner, int64_t now)
{
    file *f = owner;

    (void)now;
    CHECK(f->way != NULL && !f->sending && f->started && !f->complete && f->at == f->size);
    f->complete = true;
}

static void on_over(gpointer owner, msnp_file_end end, msnp_cause cause, int64_t now)
{
    file *f = owner;

    (void)cause;
    (void)now;
    CHECK(f->way != NULL && end < MSNP_N_FILE_ENDS);
    CHECK(end != MSNP_FILE_DONE || (f->sending ? f->started : f->complete));
    f->way = NULL;
    f->done = end == MSNP_FILE_DONE;
}

static const msnp_way_reports reports = {
    .started = on_started,
    .wants = on_wants,
    .rewind = on_rewind,
    .data = on_data,
    .complete = on_complete,
    .over = on_over,
};

static file *add(side *s, bool sending, uint64_t size)
{
    if (s->n_files == FILES_MAX)
        return NULL;
    file *f = &s->files[s->n_files++];
    *f = (file){.of = s, .sending = sending, .size = size};
    return f;
}

static void on_send(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                    int64_t now)
{
    side *s = owner;
    letter *l = g_new(letter, 1);

    (void)now;
    CHECK(!strcmp(who, s->other->account));
    msnp_str body = msnp_mime_body(payload);
    CHECK(body.len >= AROUND && body.len <= AROUND + MSNP_P2P_PIECE);
    *l = (letter){msnp_str_dup(body), body.len, reference};
    g_queue_push_tail(&s->letters, l);
    CHECK(s->letters.length < 2000);
}

static void on_answer(gpointer owner, msnp_str payload, int64_t now)
{
    side *s = owner;

    on_send(s, s->other->account, 0, payload, now);
}

static void take(file *f, msnp_way *way)
{
    f->way = way;
    way->reports = &reports;
    way->owner = f;
}

static bool on_offered(gpointer owner, msnp_way *way, const msnp_way_offer *offer, int64_t now)
{
    side *s = owner;
    file *f = add(s, false, offer->size);

    (void)now;
    CHECK(!strcmp(offer->who, s->other->account) && offer->size <= INT64_MAX);
    CHECK(offer->file != NULL && !strchr(offer->file, '/'));
    if (f == NULL)
        return false;
    take(f, way);
    return true;
}

static bool on_client_id(gpointer owner, const char *who, uint32_t *id)
{
    (void)owner;
    (void)who;
    (void)id;
    return false;
}

static const msnp_relay_ops ops = {
    .send = on_send, .answer = on_answer, .offered = on_offered, .client_id = on_client_id};

/* --- what happens --------------------------------------------------------------------------- */

static void letter_free(gpointer data)
{
    letter *l = data;

    g_free(l->body);
    g_free(l);
}

static void arrive(side *to, const char *body, size_t len)
{
    char *copy = msnp_str_dup((msnp_str){body, len});
    msnp_extra extra = MSNP_N_EXTRAS;

    if (msnp_relay_got(to->relay, to->other->account, "", true, (msnp_str){copy, len}, &extra,
                       w.now))
        CHECK(extra < MSNP_N_EXTRAS);
    g_free(copy);
}

/* The service takes it, and passes it on, or not. */
static void carry(side *s, bool arrives, msnp_err err)
{
    letter *l = g_queue_pop_head(&s->letters);

    if (l == NULL)
        return;
    if (l->reference != 0)
        msnp_relay_carried(s->relay, l->reference, 1, (msnp_cause){err, 0}, w.now);
    if (arrives)
        arrive(s->other, l->body, l->len);
    letter_free(l);
}

/* All that is on its way has an unsure fate: some arrived, none is acknowledged. */
static void break_board(side *s, unsigned arrived)
{
    unsigned n = s->letters.length;

    for (unsigned i = 0; i < n; i++)
        carry(s, i < arrived, MSNP_ERR_CLOSED);
}

static void put(file *f)
{
    size_t len = f->wanted;
    char *bytes = g_malloc(len + 1);

    for (size_t i = 0; i < len; i++)
        bytes[i] = byte_at(f->at + i);
    f->wanted = 0;
    f->at = f->rewound ? f->offset : f->at + len;
    f->rewound = false;
    f->way->calls->put(f->way, bytes, len, w.now);
    g_free(bytes);
}

static void stored(file *f)
{
    f->way->calls->stored(f->way, w.now);
    CHECK(f->way == NULL && f->done);
}

static void cancel(file *f, bool declines)
{
    msnp_way *way = f->way;

    f->way = NULL;
    if (declines && !f->sending && !f->started)
        way->calls->decline(way, w.now);
    else
        way->calls->cancel(way, MSNP_FILE_CANCELLED, w.now);
}

static void act(file *f, uint8_t how)
{
    if (f->way == NULL)
        return;
    if (how == 0 || how == 1)
        cancel(f, how == 0);
    else if (f->sending && f->wanted > 0)
        put(f);
    else if (f->complete)
        stored(f);
    else if (!f->sending)
        f->way->calls->accept(f->way, w.now);
}

static void offer(side *s, uint8_t size)
{
    uint64_t bytes = size % (PIECES + 1) * (uint64_t)MSNP_P2P_PIECE + (size >> 4) % 3;
    file *f = add(s, true, bytes);

    if (f == NULL)
        return;
    f->way = msnp_relay_send(s->relay, s->other->account, "name.txt", bytes, w.now);
    if (f->way != NULL)
        take(f, f->way);
    else
        s->n_files--;
}

static void garble(side *s, fuzz_input *input)
{
    letter *l = g_queue_peek_head(&s->letters);
    size_t at = fuzz_byte(input) * (size_t)(fuzz_byte(input) + 1);

    if (l != NULL)
        l->body[at % l->len] ^= (char)fuzz_byte(input);
}

static void repeat(side *s)
{
    const letter *l = g_queue_peek_head(&s->letters);

    if (l != NULL)
        arrive(s->other, l->body, l->len);
}

static void pass_time(int64_t much)
{
    w.now += much;
    for (int i = 0; i < 2; i++)
        if (w.now >= msnp_relay_deadline(w.sides[i].relay))
            msnp_relay_tick(w.sides[i].relay, w.now);
}

static void step(fuzz_input *input)
{
    uint8_t op = fuzz_byte(input);
    side *s = &w.sides[op & 1];

    switch ((op >> 1) % 12) {
    case 0:
        offer(s, fuzz_byte(input));
        break;
    case 1:
    case 2:
        carry(s, true, MSNP_OK);
        break;
    case 3:
        for (int i = 0; i < 8; i++)
            carry(s, true, MSNP_OK);
        break;
    case 4:
        if (s->n_files > 0)
            act(&s->files[fuzz_byte(input) % s->n_files], fuzz_byte(input));
        break;
    case 5:
        for (unsigned i = 0; i < s->n_files; i++)
            act(&s->files[i], 2);
        break;
    case 6:
        break_board(s, fuzz_byte(input));
        break;
    case 7:
        carry(s, false, MSNP_ERR_REFUSED);
        break;
    case 8:
        pass_time(fuzz_byte(input) * (int64_t)400);
        break;
    case 9:
        repeat(s);
        break;
    case 10:
        if (!w.honest)
            garble(s, input);
        break;
    default:
        if (!w.honest) {
            msnp_str body = fuzz_bytes(input, fuzz_byte(input) * (size_t)8);
            arrive(s, body.ptr, body.len);
        }
    }
}

/* Everybody does what is to be done until nothing is left. */
static void settle(void)
{
    bool busy = true;

    for (int rounds = 0; busy; rounds++) {
        CHECK(rounds < 10000);
        busy = false;
        for (int i = 0; i < 2; i++) {
            side *s = &w.sides[i];
            for (unsigned n = 0; n < s->n_files; n++)
                act(&s->files[n], 2);
            busy = busy || s->letters.length > 0;
            carry(s, true, MSNP_OK);
        }
    }
}

/* In the end every deadline passes: each file has its result, and nobody is remembered. */
static void finish(void)
{
    settle();
    for (int i = 0; i < 20; i++) {
        pass_time(MSNP_RELAY_ANSWER + 1);
        settle();
    }
    for (int i = 0; i < 2; i++) {
        side *s = &w.sides[i];
        for (unsigned n = 0; n < s->n_files; n++)
            CHECK(s->files[n].way == NULL);
        CHECK(msnp_relay_deadline(s->relay) == MSNP_NEVER);
        msnp_relay_free(s->relay);
        g_queue_clear_full(&s->letters, letter_free);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const accounts[] = {"alice@example.com", "bob@example.net"};
    fuzz_input input = fuzz_input_of(data, size);
    uint8_t first = fuzz_byte(&input);

    memset(&w, 0, sizeof w);
    w.now = DRIVE_BEGIN;
    w.honest = first & 1;
    for (int i = 0; i < 2; i++) {
        side *s = &w.sides[i];
        s->account = accounts[i];
        s->other = &w.sides[1 - i];
        s->relay = msnp_relay_new(draw, &ops, s);
        msnp_relay_set_account(s->relay, accounts[i]);
        msnp_relay_set_welcome(s->relay, (first & 2) == 0);
    }
    while (input.left > 0)
        step(&input);
    finish();
    return 0;
}
