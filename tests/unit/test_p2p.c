/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MSNP2P: headers, joining pieces, client ids; floods, and many sessions at once. */
#include "clock.h"
#include "expect.h"
#include "guard.h"
#include "p2p.h"
#include "relay.h"
#include "slp.h"

#include <string.h>

#define HEADER 48

/* Bytes of a header from hexadecimal digits, as on the wire; a dot is a field of zeros. */
static void from_hex(const char *text, char bytes[HEADER])
{
    static const unsigned widths[] = {4, 4, 8, 8, 4, 4, 4, 4, 8};
    char **words = g_strsplit(text, " ", 0);

    g_assert_cmpuint(g_strv_length(words), ==, G_N_ELEMENTS(widths));
    memset(bytes, 0, HEADER);
    for (unsigned i = 0; i < G_N_ELEMENTS(widths); bytes += widths[i++])
        for (unsigned k = 0; words[i][0] != '.' && k < widths[i]; k++)
            bytes[k] = (char)(g_ascii_xdigit_value(words[i][2 * k]) << 4 |
                              g_ascii_xdigit_value(words[i][2 * k + 1]));
    g_strfreev(words);
}

static char *describe(const msnp_p2p_header *h)
{
    static const char *const kinds[] = {
        [MSNP_P2P_IS_SLP] = "SLP",     [MSNP_P2P_IS_PREPARATION] = "PREPARATION",
        [MSNP_P2P_IS_DATA] = "DATA",   [MSNP_P2P_IS_ACK] = "ACK",
        [MSNP_P2P_IS_NAK] = "NAK",     [MSNP_P2P_IS_ENDED] = "ENDED",
        [MSNP_P2P_IS_OTHER] = "OTHER",
    };

    return g_strdup_printf("%s %u %x %" G_GUINT64_FORMAT "+%u/%" G_GUINT64_FORMAT
                           " %x %x %x %" G_GUINT64_FORMAT,
                           kinds[msnp_p2p_kind_of(h)], h->session, h->identifier, h->offset,
                           h->length, h->total, h->flags, h->ack_id, h->ack_uid, h->ack_size);
}

typedef struct {
    const char *bytes; /* of the header */
    size_t len;        /* bytes that follow it */
    const char *read;
} row;

static void check_read(msnp_str body, void *user)
{
    const row *expected = user;
    msnp_p2p_header header;
    msnp_str data;
    bool is = msnp_p2p_read(body, &header, &data);
    char *got = is ? describe(&header) : g_strdup("none");

    if (is) {
        g_assert_true(data.ptr == body.ptr + HEADER && data.len == header.length);
        g_assert_cmpuint(data.len, <=, body.len - HEADER);
    }
    if (expected != NULL)
        g_assert_cmpstr(got, ==, expected->read);
    g_free(got);
}

static void test_read(void)
{
    static row table[] = {
        /* An invitation in two pieces, its acknowledgement, data, the end of a session. */
        {". 4774c40a . fe04000000000000 b2040000 . 776ec50a . .", 1206,
         "SLP 0 ac47447 0+1202/1278 0 ac56e77 0 0"},
        {". 4774c40a b204000000000000 fe04000000000000 4c000000 . 776ec50a . .", 80,
         "SLP 0 ac47447 1202+76/1278 0 ac56e77 0 0"},
        {". 10c0205b . fe04000000000000 . 02000000 4774c40a 776ec50a fe04000000000000", 4,
         "ACK 0 5b20c010 0+0/1278 2 ac47447 ac56e77 1278"},
        {"1573c40a 4b74c40a 6409000000000000 c409000000000000 60000000 30000001 02b0c50a . .", 100,
         "DATA 180646677 ac4744b 2404+96/2500 1000030 ac5b002 0 0"},
        {"1573c40a 4d74c40a . . . 40000000 4b74c40a . .", 4,
         "ENDED 180646677 ac4744d 0+0/0 40 ac4744b 0 0"},
        /* Without a footer, and with more than one. */
        {"07000000 . . 0400000000000000 04000000 . . . .", 4, "PREPARATION 7 0 0+4/4 0 0 0 0"},
        {"40000000 . . 0400000000000000 04000000 . . . .", 99, "PREPARATION 64 0 0+4/4 0 0 0 0"},
        /* Flags of all kinds of clients; WLM adds one. */
        {". . . . . 00000001 . . .", 4, "SLP 0 0 0+0/0 1000000 0 0 0"},
        {"07000000 . . . . 00000001 . . .", 4, "PREPARATION 7 0 0+0/0 1000000 0 0 0"},
        {"07000000 . . . . 20000000 . . .", 4, "DATA 7 0 0+0/0 20 0 0 0"},
        {"07000000 . . . . 30000000 . . .", 4, "DATA 7 0 0+0/0 30 0 0 0"},
        {"07000000 . . . . 20000001 . . .", 4, "DATA 7 0 0+0/0 1000020 0 0 0"},
        {". . . . . 02000001 . . .", 4, "ACK 0 0 0+0/0 1000002 0 0 0"},
        {"07000000 . . . . 01000000 . . 0900000000000000", 4, "NAK 7 0 0+0/0 1 0 0 9"},
        {"07000000 . . . . 80000000 . . .", 4, "ENDED 7 0 0+0/0 80 0 0 0"},
        {". . . . . 04000000 . . .", 4, "OTHER 0 0 0+0/0 4 0 0 0"},
        {". . . . . 08000000 . . .", 4, "OTHER 0 0 0+0/0 8 0 0 0"},
        {". . . . . 10000000 . . .", 4, "OTHER 0 0 0+0/0 10 0 0 0"},
        {". . . . . 00010000 . . .", 4, "OTHER 0 0 0+0/0 100 0 0 0"},
        /* Pieces at the very end of the largest message, and outside of theirs. */
        {". . fbffffffffffffff ffffffffffffffff 04000000 . . . .", 8,
         "SLP 0 0 18446744073709551611+4/18446744073709551615 0 0 0 0"},
        {". . fcffffffffffffff ffffffffffffffff 04000000 . . . .", 8, "none"},
        {". . ffffffffffffffff 0400000000000000 04000000 . . . .", 8, "none"},
        {". . fdffffffffffffff 0400000000000000 04000000 . . . .", 8, "none"},
        {". . 0100000000000000 0400000000000000 04000000 . . . .", 8, "none"},
        {". . . 0300000000000000 04000000 . . . .", 8, "none"},
        {". . c409000000000000 . . 30000001 . . .", 4, "none"},
        /* Less than they say. */
        {". . . 0500000000000000 05000000 . . . .", 4, "none"},
        {". . . ffffffffffffffff ffffffff . . . .", 4, "none"},
    };
    char body[HEADER + 1206] = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        say(table[i].bytes);
        from_hex(table[i].bytes, body);
        guard_both(body, HEADER + table[i].len, check_read, &table[i]);
        guard_prefixes(body, HEADER + 4, check_read, NULL);
    }
}

/* The payload to Bob whose header are these bytes. */
static void expect_written(msnp_str payload, const char *bytes, msnp_str data, const char *footer)
{
    GString *expected = g_string_new("MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p"
                                     "\r\nP2P-Dest: bob@example.net\r\n\r\n");
    char header[HEADER];

    from_hex(bytes, header);
    g_string_append_len(expected, header, HEADER);
    g_string_append_len(expected, data.ptr, (gssize)data.len);
    g_string_append_len(expected, footer, 4);
    expect_view(payload, expected->str, expected->len);
    g_string_free(expected, TRUE);
}

static void test_write(void)
{
    msnp_p2p_header invitation = {.identifier = 0x0ac47447,
                                  .offset = 1202,
                                  .total = 1278,
                                  .length = 76,
                                  .ack_id = 0x0ac56e77};
    msnp_p2p_header header = {.session = 180646677,
                              .identifier = 0x0ac4744b,
                              .total = UINT64_C(0x100000009),
                              .length = 3, /* not this */
                              .flags = MSNP_P2P_WLM | MSNP_P2P_FILE | MSNP_P2P_DATA,
                              .ack_id = 0x0ac5b002};
    char *data = g_strnfill(MSNP_P2P_PIECE, 'x');
    msnp_buf out;

    header.offset = UINT64_C(0x100000009) - MSNP_P2P_PIECE;
    msnp_p2p_write(&out, "bob@example.net", &header, msnp_str_of(data), MSNP_P2P_FOOTER_FILE);
    g_assert_cmpuint(msnp_buf_view(&out).len, ==, 1342);
    expect_written(msnp_buf_view(&out),
                   "1573c40a 4b74c40a 57fbffff00000000 0900000001000000 b2040000 30000001 02b0c50a "
                   ". .",
                   msnp_str_of(data), "\0\0\0\2");
    msnp_buf_clear(&out);
    g_free(data);

    header = msnp_p2p_ack_of(&invitation, 0x5b20c010);
    msnp_p2p_write(&out, "bob@example.net", &header, msnp_str_of(""), MSNP_P2P_FOOTER_SLP);
    g_assert_cmpuint(msnp_buf_view(&out).len, ==, 140);
    expect_written(msnp_buf_view(&out),
                   ". 10c0205b . fe04000000000000 . 02000000 4774c40a 776ec50a fe04000000000000",
                   msnp_str_of(""), "\0\0\0\0");
    msnp_buf_clear(&out);
    invitation.session = 7;
    g_assert_cmpuint(msnp_p2p_ack_of(&invitation, 1).session, ==, 7);
}

/*
 * What becomes of pieces: "ID:OFFSET/TOTAL:DATA", or "+MS" when time passes. '.' waits, 'x' is
 * dropped. From 100 on an id is that of a session, too.
 */
static char *join(msnp_p2p_joins *joins, size_t *n_all, const char *pieces)
{
    char **words = g_strsplit(pieces, " ", 0);
    GString *out = g_string_new(NULL);
    int64_t now = 1000;

    for (char **at = words; *at != NULL; at++) {
        if (**at == '+') {
            now += g_ascii_strtoll(*at, NULL, 10);
            msnp_p2p_joins_expire(joins, n_all, now);
            g_assert_cmpint(msnp_p2p_joins_deadline(joins), >, now);
            continue;
        }
        char *rest;
        unsigned id = (unsigned)g_ascii_strtoull(*at, &rest, 10);
        msnp_p2p_header header = {.session = id / 100, .identifier = id % 100};
        header.offset = g_ascii_strtoull(rest + 1, &rest, 10);
        header.total = g_ascii_strtoull(rest + 1, &rest, 10);
        header.length = (uint32_t)strlen(rest + 1);
        guarded data = guard_after(rest + 1, header.length);
        msnp_str text;
        msnp_p2p_joined joined =
            msnp_p2p_join(joins, n_all, &header, guard_view(&data), now, &text);
        guard_free(&data);
        g_assert_cmpuint(joins->open.length, <=, MSNP_P2P_JOINS_PEER);
        if (joined == MSNP_P2P_WHOLE) {
            g_string_append_printf(out, "[%.*s]", (int)text.len, text.ptr);
            g_free((char *)text.ptr);
        } else {
            g_string_append_c(out, joined == MSNP_P2P_WAITS ? '.' : 'x');
        }
    }
    g_strfreev(words);
    return g_string_free(out, FALSE);
}

static void test_join(void)
{
    static const struct {
        const char *pieces;
        const char *joined;
    } table[] = {
        {"7:0/3:abc", "[abc]"},
        {"7:0/0:", "[]"},
        {"7:0/6:abc 7:3/6:def", ".[abcdef]"},
        {"7:0/3:a 7:1/3:b 7:2/3:c", "..[abc]"},
        {"7:0/2:a 8:0/2:x 8:1/2:y 7:1/2:b", "..[xy][ab]"},
        {"7:0/2:a 107:0/2:x 7:1/2:b 107:1/2:y", "..[ab][xy]"},
        /* A gap, an overlap, a repetition, no beginning: nothing of it is left. */
        {"7:0/6:abc 7:4/6:ef 7:3/6:def", ".xx"},
        {"7:0/6:abc 7:2/6:cdef 7:3/6:def", ".xx"},
        {"7:0/6:ab 7:2/6:c 7:2/6:c 7:3/6:def", "..xx"},
        {"7:3/6:def 7:0/6:abc", "x."},
        {"7:0/2:a 7:1/2:b 7:1/2:b", ".[ab]x"},
        /* Another total; more than the total. */
        {"7:0/6:abc 7:3/7:def 7:3/6:def", ".xx"},
        {"7:0/6:abc 7:3/5:de", ".x"},
        {"7:0/6:abc 7:3/6:defg", ".x"},
        {"7:0/2:abc", "x"},
        {"7:0/6:abc 7:18446744073709551613/6:def", ".x"},
        /* The first piece begins it anew. */
        {"7:0/6:abc 7:0/4:wx 7:2/4:yz", "..[wxyz]"},
        {"7:0/6:abc 7:0/1:q 7:3/6:def", ".[q]x"},
        /* Pieces without anything. */
        {"7:0/6: 7:0/6:abc 7:3/6: 7:3/6:def", "x.xx"},
        /* How long and how many. */
        {"7:0/131072:a 8:0/131073:a 9:0/9223372036854775808:a 9:0/4294967296:a", ".xxx"},
        {"1:0/2:a 2:0/2:a 3:0/2:a 4:0/2:a 5:0/2:a 6:0/1:q 4:1/2:b 5:0/2:a", "....x[q][ab]."},
        /* How long they are waited for. */
        {"7:0/6:abc +59999 7:3/6:def", ".[abcdef]"},
        {"7:0/6:abc +60000 7:3/6:def", ".x"},
        {"7:0/6:abc +59999 7:3/6:d +59999 7:4/6:ef", "..[abcdef]"},
        {"7:0/3:a 8:0/3:x +30000 7:1/3:b +30000 8:1/3:y 7:2/3:c", "...x[abc]"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_p2p_joins joins = {0};
        size_t n_all = 0;
        say(table[i].pieces);
        char *got = join(&joins, &n_all, table[i].pieces);
        g_assert_cmpstr(got, ==, table[i].joined);
        g_assert_cmpuint(n_all, ==, joins.open.length);
        msnp_p2p_joins_expire(&joins, &n_all, MSNP_NEVER);
        g_assert_cmpuint(n_all, ==, 0);
        g_assert_cmpint(msnp_p2p_joins_deadline(&joins), ==, MSNP_NEVER);
        g_free(got);
    }
}

static void test_join_of_everybody(void)
{
    msnp_p2p_joins joins = {0};
    size_t n_all = MSNP_P2P_JOINS_MAX - 1;
    char *got = join(&joins, &n_all, "1:0/2:a 2:0/2:a 3:0/1:q 1:1/2:b 2:0/2:a");

    g_assert_cmpstr(got, ==, ".x[q][ab].");
    g_assert_cmpuint(n_all, ==, MSNP_P2P_JOINS_MAX);
    msnp_p2p_joins_expire(&joins, &n_all, MSNP_NEVER);
    g_assert_cmpuint(n_all, ==, MSNP_P2P_JOINS_MAX - 1);
    g_free(got);
}

static void test_client_ids(void)
{
    static const struct {
        uint32_t id;
        bool p2p;
        bool web;
    } table[] = {
        {MSNP_CLIENT_ID_NONE, false, false},
        {MSNP_CLIENT_ID_P2P, true, false},
        {0x0fffffff, false, true},
        {0x200, false, true},
        {1073741824, true, false},
        {0xa0000e24, true, true},
        {0xffffffff, true, true},
        {0xfdff, false, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_assert_cmpint(msnp_client_has_p2p(table[i].id), ==, table[i].p2p);
        g_assert_cmpint(msnp_client_is_web(table[i].id), ==, table[i].web);
    }
}

/* --- a flood -------------------------------------------------------------------------------- */

static unsigned n_answers;

static void count_answer(gpointer owner, msnp_str payload, int64_t now)
{
    (void)owner;
    (void)payload;
    (void)now;
    n_answers++;
}

static bool take_offer(gpointer owner, msnp_way *way, const msnp_way_offer *offer, int64_t now)
{
    (void)owner;
    (void)way;
    (void)offer;
    (void)now;
    return true;
}

static bool know_nothing(gpointer owner, const char *who, uint32_t *id)
{
    (void)owner;
    (void)who;
    (void)id;
    return false;
}

static uint32_t draw(void)
{
    return 7;
}

static void hear_from(msnp_relay *relay, const char *who, bool contact, msnp_p2p_header header,
                      msnp_str data)
{
    msnp_str body;
    msnp_buf payload;
    msnp_extra extra;

    msnp_p2p_write(&payload, "alice@example.com", &header, data, 0);
    body = msnp_buf_view(&payload);
    body.ptr = strstr(body.ptr, "\r\n\r\n") + 4;
    body.len = 48 + data.len + 4;
    (void)msnp_relay_got(relay, who, "Bob", contact, body, &extra, 0);
    msnp_buf_clear(&payload);
}

static void hear(msnp_relay *relay, msnp_p2p_header header, msnp_str data)
{
    hear_from(relay, "bob@example.net", false, header, data);
}

/* Whatever somebody repeats without end, the answers have one. */
static void test_flood(void)
{
    static const msnp_relay_ops ops = {
        .answer = count_answer, .offered = take_offer, .client_id = know_nothing};
    static const msnp_slp_about about = {"alice@example.com", "bob@example.net", "{1}", "{2}", 9};
    msnp_relay *relay = msnp_relay_new(draw, &ops, NULL);
    msnp_buf text;

    msnp_relay_set_account(relay, "alice@example.com");
    msnp_relay_set_welcome(relay, true);
    msnp_slp_write_offer(&text, &about, "a", 1);
    msnp_str offer = msnp_buf_view(&text);
    hear(relay, (msnp_p2p_header){.identifier = 1, .total = offer.len}, offer);
    g_assert_cmpuint(n_answers, ==, 1);
    for (uint32_t i = 0; i < 1000; i++) {
        hear(relay, (msnp_p2p_header){.session = 9, .identifier = i}, (msnp_str){"", 0});
        hear(relay, (msnp_p2p_header){.session = MSNP_P2P_INK_SESSION}, (msnp_str){"", 0});
        hear(relay, (msnp_p2p_header){.identifier = i}, (msnp_str){"", 0});
    }
    g_assert_cmpuint(n_answers, ==, 400);
    msnp_buf_clear(&text);
    msnp_relay_free(relay);
}

/* However many strangers begin a text and do not end it, that of a contact arrives. */
static void test_strangers(void)
{
    static const msnp_relay_ops ops = {.answer = count_answer, .client_id = know_nothing};
    static const char *const people[] = {"a@x.net", "b@x.net", "c@x.net", "d@x.net", "e@x.net"};
    msnp_relay *relay = msnp_relay_new(draw, &ops, NULL);
    msnp_p2p_header part = {.total = 2};

    n_answers = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++)
        for (part.identifier = 1; part.identifier <= MSNP_P2P_JOINS_PEER; part.identifier++)
            hear_from(relay, people[i], false, part, (msnp_str){"x", 1});
    hear_from(relay, "bob@example.net", true, part, (msnp_str){"x", 1});
    part.offset = 1;
    hear_from(relay, "bob@example.net", true, part, (msnp_str){"x", 1});
    g_assert_cmpuint(n_answers, ==, 1);
    msnp_relay_free(relay);
}

static void ignore_payload(gpointer owner, const char *who, unsigned reference, msnp_str payload,
                           int64_t now)
{
    (void)owner;
    (void)who;
    (void)reference;
    (void)payload;
    (void)now;
}

static void count_end(gpointer owner, msnp_file_end end, msnp_cause cause, int64_t now)
{
    (void)cause;
    (void)now;
    g_assert_cmpint(end, ==, MSNP_FILE_NO_P2P);
    ++*(unsigned *)owner;
}

static uint32_t count_up(void)
{
    static uint32_t last;

    return ++last;
}

/* However many end in one tick, the clock goes on. */
static void test_many_end(void)
{
    static const msnp_relay_ops ops = {.send = ignore_payload};
    static const msnp_way_reports reports = {.over = count_end};
    msnp_relay *relay = msnp_relay_new(count_up, &ops, NULL);
    unsigned n_over = 0;

    for (unsigned i = 1; i <= 2 * MSNP_RELAY_ENDED_MAX; i++) {
        msnp_way *way = msnp_relay_send(relay, "bob@example.net", "a", 1, 0);
        way->reports = &reports;
        way->owner = &n_over;
        msnp_relay_carried(relay, i, 1, (msnp_cause){MSNP_OK, 0}, 0);
    }
    msnp_relay_tick(relay, MSNP_RELAY_PROBE);
    g_assert_cmpuint(n_over, ==, 2 * MSNP_RELAY_ENDED_MAX);
    g_assert_cmpint(msnp_relay_deadline(relay), >, MSNP_RELAY_PROBE);
    msnp_relay_free(relay);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/p2p/read", test_read);
    g_test_add_func("/p2p/write", test_write);
    g_test_add_func("/p2p/join", test_join);
    g_test_add_func("/p2p/join-of-everybody", test_join_of_everybody);
    g_test_add_func("/p2p/client-ids", test_client_ids);
    g_test_add_func("/p2p/flood", test_flood);
    g_test_add_func("/p2p/strangers", test_strangers);
    g_test_add_func("/p2p/many-end", test_many_end);
    return g_test_run();
}
