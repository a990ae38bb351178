/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages in parts: the limits, which are too large for a transcript. */
#include "chunks.h"
#include "clock.h"

#include <string.h>

#define TEXT "Content-Type: text/plain\r\n"

typedef struct {
    msnp_chunks chunks;
    GString *out; /* what was given out: "who: text", in lines; long texts by their length */
    int64_t now;
} desk;

static void take_all(desk *d, int64_t now)
{
    msnp_chunks_message m;

    while (msnp_chunks_take(&d->chunks, NULL, now, &m)) {
        size_t len = strlen(m.message.text);
        if (len > 40)
            g_string_append_printf(d->out, "%s: %s %" G_GSIZE_FORMAT, m.who,
                                   g_str_has_suffix(m.message.text, MSNP_TEXT_GAP) ? "cut" : "all",
                                   len);
        else
            g_string_append_printf(d->out, "%s: %s", m.who, m.message.text);
        g_string_append(d->out, m.incomplete ? " ...\n" : "\n");
        msnp_chunks_message_clear(&m);
    }
}

/* Part `number` of `n` (0: of the others) with this body; without an id a text that comes whole. */
static void hear(desk *d, const char *who, const char *id, unsigned number, unsigned n,
                 const char *body)
{
    msnp_message message;
    char *payload =
        id == NULL    ? g_strconcat(TEXT "\r\n", body, NULL)
        : number == 0 ? g_strdup_printf(TEXT "Message-ID: %s\r\nChunks: %u\r\n\r\n%s", id, n, body)
                      : g_strdup_printf("Message-ID: %s\r\nChunk: %u\r\n\r\n%s", id, number, body);

    msnp_message_read(&message, msnp_str_of(payload));
    if (msnp_chunks_keep(&d->chunks, who, "", &message, msnp_str_of(payload), d->now) ==
        MSNP_CHUNKS_WHOLE)
        g_string_append_printf(d->out, "%s: %s at once\n", who, body);
    msnp_message_clear(&message);
    g_free(payload);
    take_all(d, d->now);
}

static void expect(desk *d, const char *text)
{
    g_assert_cmpstr(d->out->str, ==, text);
    g_string_truncate(d->out, 0);
}

static void begin(desk *d)
{
    *d = (desk){.out = g_string_new(NULL), .now = 1000};
}

static void end(desk *d)
{
    take_all(d, MSNP_NEVER);
    expect(d, "");
    g_assert_cmpint(msnp_chunks_deadline(&d->chunks), ==, MSNP_NEVER);
    msnp_chunks_clear(&d->chunks);
    g_string_free(d->out, TRUE);
}

/* What is beyond the greatest number counts as missing. */
static void test_too_many_parts(void)
{
    static const unsigned totals[] = {MSNP_CHUNKS_MAX, MSNP_CHUNKS_MAX + 1, G_MAXUINT32};
    desk d;

    for (size_t i = 0; i < G_N_ELEMENTS(totals); i++) {
        begin(&d);
        hear(&d, "a", "1", 0, totals[i], "x");
        for (unsigned k = 1; k < MSNP_CHUNKS_MAX; k++)
            hear(&d, "a", "1", k, 0, "x");
        expect(&d, i == 0 ? "a: all 128\n" : "a: cut 133 ...\n");
        hear(&d, "a", "1", MSNP_CHUNKS_MAX, 0, "y");
        hear(&d, "a", "2", G_MAXUINT32, 0, "y");
        end(&d);
    }
}

/* One that is too long is given out, with what the same person began before. */
static void test_too_long(void)
{
    char *body = g_strnfill(MSNP_TEXT_MAX / 4, 'x');
    desk d;

    begin(&d);
    hear(&d, "b", "1", 0, 2, "other");
    hear(&d, "a", "0", 0, 2, "first");
    for (unsigned i = 0; i < 4; i++)
        hear(&d, "a", "1", i, 9, body);
    expect(&d, "a: first" MSNP_TEXT_GAP " ...\na: cut 65541 ...\n");
    hear(&d, "b", "1", 1, 0, "s");
    hear(&d, "a", "1", 5, 9, "rest");
    take_all(&d, MSNP_NEVER);
    expect(&d, "b: others\na: " MSNP_TEXT_GAP "rest ...\n");
    end(&d);
    g_free(body);
}

static void test_too_much(void)
{
    char *body = g_strnfill(MSNP_TEXT_MAX / 2, 'x');
    const char *people[] = {"a", "b", "c", "d", "e"};
    desk d;

    begin(&d);
    for (unsigned i = 0; i < 3; i++)
        hear(&d, people[i], "1", 0, 3, body);
    expect(&d, "");
    /* With the headers, four are more than twice the greatest text. */
    hear(&d, "d", "1", 0, 3, body);
    expect(&d, "a: cut 32773 ...\n");
    hear(&d, "e", "1", 0, 3, body);
    expect(&d, "b: cut 32773 ...\n");
    take_all(&d, MSNP_NEVER);
    expect(&d, "c: cut 32773 ...\nd: cut 32773 ...\ne: cut 32773 ...\n");
    end(&d);
    g_free(body);
}

/* Of one person, whose texts wait behind an unfinished one, and of all. */
static void test_too_many_messages(void)
{
    desk d;

    begin(&d);
    hear(&d, "b", "1", 0, 2, "b");
    hear(&d, "a", "1", 0, 2, "x");
    for (unsigned i = 1; i < MSNP_CHUNKS_PERSON_MAX; i++)
        hear(&d, "A", NULL, 0, 0, "y");
    expect(&d, "");
    hear(&d, "a", NULL, 0, 0, "z");
    expect(&d, "a: x" MSNP_TEXT_GAP " ...\nA: y\nA: y\nA: y\nA: y\nA: y\nA: y\nA: y\na: z\n");
    hear(&d, "a", NULL, 0, 0, "now");
    expect(&d, "a: now at once\n");
    for (unsigned i = 1; i <= MSNP_CHUNKS_OPEN_MAX; i++) {
        char *who = g_strdup_printf("p%u", i);
        expect(&d, "");
        hear(&d, who, "1", 0, 2, "c");
        g_free(who);
    }
    expect(&d, "b: b" MSNP_TEXT_GAP " ...\n");
    take_all(&d, MSNP_NEVER);
    g_string_truncate(d.out, 0);
    end(&d);
}

/* What is complete is remembered for some time, and makes room first. */
static void test_remembered(void)
{
    desk d;

    begin(&d);
    hear(&d, "a", "0", 0, 2, "x");
    hear(&d, "a", "0", 1, 0, "y");
    expect(&d, "a: xy\n");
    g_assert_cmpint(msnp_chunks_deadline(&d.chunks), ==, MSNP_NEVER);
    for (unsigned i = 1; i <= MSNP_CHUNKS_PERSON_MAX; i++) {
        char *id = g_strdup_printf("%u", i);
        hear(&d, "a", "0", 1, 0, "y");
        g_assert_cmpuint(d.chunks.messages->len, ==, i);
        hear(&d, "a", id, 0, 2, "x");
        g_free(id);
    }
    expect(&d, "");
    g_assert_cmpuint(d.chunks.messages->len, ==, MSNP_CHUNKS_PERSON_MAX);
    g_assert_cmpint(msnp_chunks_deadline(&d.chunks), ==, d.now + MSNP_CHUNKS_SILENCE);
    d.now += MSNP_CHUNKS_SILENCE;
    take_all(&d, d.now);
    g_string_truncate(d.out, 0);
    hear(&d, "a", "a", 0, 2, "x");
    hear(&d, "a", "a", 1, 0, "y");
    expect(&d, "a: xy\n");
    d.now += MSNP_CHUNKS_SILENCE;
    hear(&d, "a", "b", 0, 2, "x");
    g_assert_cmpuint(d.chunks.messages->len, ==, 1);
    take_all(&d, MSNP_NEVER);
    expect(&d, "a: x" MSNP_TEXT_GAP " ...\n");
    end(&d);
}

/* Of the same person the earlier message is later due: the other one waits, and wakes nobody. */
static void test_deadline(void)
{
    desk d;

    begin(&d);
    g_assert_cmpint(msnp_chunks_deadline(&d.chunks), ==, MSNP_NEVER);
    hear(&d, "a", "1", 0, 3, "x");
    hear(&d, "a", "2", 0, 2, "y");
    d.now += 5;
    hear(&d, "a", "1", 1, 0, "z");
    g_assert_cmpint(msnp_chunks_deadline(&d.chunks), ==, d.now + MSNP_CHUNKS_SILENCE);
    d.now += MSNP_CHUNKS_SILENCE - 1;
    take_all(&d, d.now);
    expect(&d, "");
    d.now += 1;
    take_all(&d, d.now);
    expect(&d, "a: xz" MSNP_TEXT_GAP " ...\na: y" MSNP_TEXT_GAP " ...\n");
    end(&d);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/chunks/too-many-parts", test_too_many_parts);
    g_test_add_func("/chunks/too-long", test_too_long);
    g_test_add_func("/chunks/too-much", test_too_much);
    g_test_add_func("/chunks/too-many-messages", test_too_many_messages);
    g_test_add_func("/chunks/remembered", test_remembered);
    g_test_add_func("/chunks/deadline", test_deadline);
    return g_test_run();
}
