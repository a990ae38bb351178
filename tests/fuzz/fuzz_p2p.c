/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binary layer of MSNP2P. The input is the body of a message; and a program of pieces that
 * some people send, which are written, read again and joined.
 */
#include "clock.h"
#include "fuzz.h"
#include "mime.h"
#include "p2p.h"

#include <string.h>

#define PEOPLE 5 /* one more than can fill all places */
#define IDS    8

static bool is_same(const msnp_p2p_header *a, const msnp_p2p_header *b)
{
    return a->session == b->session && a->identifier == b->identifier && a->offset == b->offset &&
           a->total == b->total && a->length == b->length && a->flags == b->flags &&
           a->ack_id == b->ack_id && a->ack_uid == b->ack_uid && a->ack_size == b->ack_size;
}

/* What is written is read as it was, if it is inside of its message. */
static bool write_and_read(const msnp_p2p_header *header, msnp_str data, msnp_buf *out,
                           msnp_p2p_header *again, msnp_str *data_again)
{
    msnp_p2p_write(out, "bob@example.net", header, data, header->flags);
    msnp_str payload = msnp_buf_view(out);
    CHECK(payload.len == 88 + 48 + data.len + 4);
    CHECK(msnp_mime_is(payload, "P2P-Dest", "bob@example.net"));
    if (!msnp_p2p_read(msnp_mime_body(payload), again, data_again))
        return false;
    CHECK(is_same(header, again));
    CHECK(data_again->len == data.len && memcmp(data_again->ptr, data.ptr, data.len) == 0);
    return true;
}

static void check_body(msnp_str body)
{
    msnp_p2p_header header, again;
    msnp_str data, data_again;
    msnp_buf out;

    if (!msnp_p2p_read(body, &header, &data))
        return;
    CHECK(data.ptr == body.ptr + 48 && data.len == header.length && data.len <= body.len - 48);
    CHECK(data.len <= header.total && header.offset <= header.total - data.len);
    CHECK(msnp_p2p_kind_of(&header) <= MSNP_P2P_IS_OTHER);
    if (data.len <= MSNP_P2P_PIECE) {
        CHECK(write_and_read(&header, data, &out, &again, &data_again));
        msnp_buf_clear(&out);
    }
    again = msnp_p2p_ack_of(&header, 7);
    CHECK(msnp_p2p_kind_of(&again) == MSNP_P2P_IS_ACK);
    CHECK(write_and_read(&again, (msnp_str){"", 0}, &out, &header, &data_again));
    msnp_buf_clear(&out);
}

/* --- joining -------------------------------------------------------------------------------- */

/* What somebody sent of a message, as long as it could become whole. */
typedef struct {
    GString *sent; /* NULL: cannot */
    uint64_t total;
} message;

typedef struct {
    msnp_p2p_joins joins[PEOPLE];
    message messages[PEOPLE][IDS];
    size_t n_all;
    int64_t now;
} world;

static void forget(message *m)
{
    if (m->sent != NULL)
        g_string_free(m->sent, TRUE);
    *m = (message){0};
}

static void remember(message *m, const msnp_p2p_header *header, msnp_str data)
{
    if (header->offset == 0) {
        forget(m);
        *m = (message){g_string_new(NULL), header->total};
    }
    if (m->sent != NULL && m->sent->len == header->offset && m->total == header->total)
        g_string_append_len(m->sent, data.ptr, (gssize)data.len);
    else
        forget(m);
}

static void check_counts(const world *w)
{
    size_t n = 0;

    for (size_t i = 0; i < PEOPLE; i++) {
        CHECK(w->joins[i].open.length <= MSNP_P2P_JOINS_PEER);
        CHECK((w->joins[i].open.length == 0) ==
              (msnp_p2p_joins_deadline(&w->joins[i]) == MSNP_NEVER));
        n += w->joins[i].open.length;
    }
    CHECK(n == w->n_all && n <= MSNP_P2P_JOINS_MAX);
}

static void hear(world *w, unsigned who, const msnp_p2p_header *header, msnp_str data)
{
    message *m = &w->messages[who][header->identifier];
    bool full = w->joins[who].open.length == MSNP_P2P_JOINS_PEER || w->n_all == MSNP_P2P_JOINS_MAX;
    msnp_str text;

    remember(m, header, data);
    switch (msnp_p2p_join(&w->joins[who], &w->n_all, header, data, w->now, &text)) {
    case MSNP_P2P_WHOLE:
        CHECK(m->sent != NULL && text.len == m->total && text.len == m->sent->len);
        CHECK(memcmp(text.ptr, m->sent->str, text.len) == 0 && text.len <= MSNP_P2P_SLP_MAX);
        g_free((char *)text.ptr);
        forget(m);
        break;
    case MSNP_P2P_WAITS:
        CHECK(m->sent != NULL && m->sent->len < m->total && m->total <= MSNP_P2P_SLP_MAX);
        CHECK(data.len > 0 && msnp_p2p_joins_deadline(&w->joins[who]) > w->now);
        break;
    case MSNP_P2P_DROPPED:
        /* Whoever begins one that is not too long is refused for want of a place only. */
        CHECK(header->offset != 0 || header->total > MSNP_P2P_SLP_MAX || data.len == 0 || full);
        forget(m);
        break;
    }
    check_counts(w);
}

static uint64_t take_number(fuzz_input *input, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)fuzz_byte(input) << 8 * i;
    return value;
}

/* Who, what kind of step, which message; then what this kind needs. */
static void step(world *w, fuzz_input *input)
{
    unsigned kind = fuzz_byte(input);
    unsigned who = kind / 8 % PEOPLE;
    unsigned id = fuzz_byte(input) % IDS;
    const message *m = &w->messages[who][id];
    msnp_p2p_header header = {.identifier = id}, again;
    msnp_str data_again;
    msnp_buf out;

    switch (kind % 8) {
    case 0: /* time passes */
        w->now += (int64_t)take_number(input, 1) * 1000;
        for (size_t i = 0; i < PEOPLE; i++)
            msnp_p2p_joins_expire(&w->joins[i], &w->n_all, w->now);
        check_counts(w);
        return;
    case 1: /* any piece */
        header.offset = take_number(input, 8);
        header.total = take_number(input, 8);
        break;
    case 2: /* the first one of a message, which can be too long */
    case 3:
        header.total = take_number(input, 1) << kind % 3 * 8 << 2;
        break;
    default: /* the next one, or one near it */
        header.offset = m->sent != NULL ? m->sent->len : 0;
        header.total = m->total;
        header.offset += kind % 8 == 4 ? take_number(input, 1) - 1 : 0;
        break;
    }
    msnp_str data = fuzz_bytes(input, (size_t)take_number(input, 1) * 5);
    /* The rest, as far as there is one. */
    if (kind % 8 == 7 && header.total - header.offset < data.len)
        data.len = (size_t)(header.total - header.offset);
    header.length = (uint32_t)data.len;
    if (data.len <= MSNP_P2P_PIECE && write_and_read(&header, data, &out, &again, &data_again)) {
        hear(w, who, &again, data_again);
    }
    msnp_buf_clear(&out);
}

static void run(fuzz_input *input)
{
    world *w = g_new0(world, 1);

    while (input->left > 0)
        step(w, input);
    for (size_t i = 0; i < PEOPLE; i++) {
        msnp_p2p_joins_expire(&w->joins[i], &w->n_all, MSNP_NEVER);
        for (size_t k = 0; k < IDS; k++)
            forget(&w->messages[i][k]);
    }
    CHECK(w->n_all == 0);
    g_free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);

    check_body(input.whole);
    run(&input);
    return 0;
}
