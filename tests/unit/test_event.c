/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, status codes, and the queue that owns what it holds. */
#include "event.h"
#include "expect.h"
#include "guard.h"
#include "heard.h"
#include "watch.h"

#include <string.h>

static void test_names(void)
{
#define X(symbol, name) g_assert_cmpstr(msnp_step_name(symbol), ==, name);
    MSNP_STEP_LIST(X)
#undef X
    g_assert_nonnull(msnp_step_name(MSNP_N_STEPS));
    for (int a = 0; a < MSNP_N_EVENTS; a++) {
        for (int b = a + 1; b < MSNP_N_EVENTS; b++)
            g_assert_cmpstr(msnp_event_name((msnp_event_type)a), !=,
                            msnp_event_name((msnp_event_type)b));
    }
    g_assert_nonnull(msnp_event_name(MSNP_N_EVENTS));
}

static void test_status(void)
{
#define X(symbol, code)                                                    \
    {                                                                      \
        guarded place = guard_after(code, strlen(code));                   \
        msnp_status status = MSNP_N_STATUSES;                              \
        g_assert_cmpstr(msnp_status_code(symbol), ==, code);               \
        g_assert_true(msnp_status_from_code(guard_view(&place), &status)); \
        g_assert_cmpint(status, ==, symbol);                               \
        guard_free(&place);                                                \
    }
    MSNP_STATUS_LIST(X)
#undef X
    g_assert_cmpint(MSNP_N_STATUSES, ==, 8);
    static const char *const unknown[] = {"", "N", "NL", "NLNX", "nln", "FLN", "XXX", " NLN"};
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        guarded place = guard_after(unknown[i], strlen(unknown[i]));
        msnp_status status = MSNP_STATUS_LUNCH;
        g_assert_false(msnp_status_from_code(guard_view(&place), &status));
        guard_free(&place);
    }
}

static void test_phones(void)
{
#define X(symbol, code)                                                  \
    {                                                                    \
        guarded place = guard_after(code, strlen(code));                 \
        msnp_phone phone = MSNP_N_PHONES;                                \
        g_assert_cmpstr(msnp_phone_code(symbol), ==, code);              \
        g_assert_true(msnp_phone_from_code(guard_view(&place), &phone)); \
        g_assert_cmpint(phone, ==, symbol);                              \
        guard_free(&place);                                              \
    }
    MSNP_PHONE_LIST(X)
#undef X
    static const char *const unknown[] = {"", "P", "PH", "PHHX", "phh", "MOB", "MBE", " PHH"};
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        guarded place = guard_after(unknown[i], strlen(unknown[i]));
        msnp_phone phone;
        g_assert_false(msnp_phone_from_code(guard_view(&place), &phone));
        guard_free(&place);
    }
}

static void test_edits(void)
{
#define X(symbol, name) g_assert_cmpstr(msnp_edit_name(symbol), ==, name);
    MSNP_EDIT_LIST(X)
#undef X
    g_assert_nonnull(msnp_edit_name(MSNP_N_EDITS));
}

/* --- the queue ------------------------------------------------------------------------------ */

#define SECRET "hunter2"

/* What the strings of the samples are: all different, and changed when they were copied. */
static const char words[5][12] = {SECRET " a", SECRET " b", SECRET " c", SECRET " d", SECRET " e"};
static char text[5][12];

/* The events with strings, all of which are set, and some without. */
static const msnp_event samples[] = {
    {.type = MSNP_EVENT_CONNECT,
     .conn = 7,
     .connect = {text[0], 1863, true, true, false, false, "static"}},
    {.type = MSNP_EVENT_CLOSE, .conn = 7},
    {.type = MSNP_EVENT_STEP, .step = {MSNP_STEP_VERSION, text[0], true, true}},
    {.type = MSNP_EVENT_SIGNED_IN, .signed_in = {text[0], text[1]}},
    {.type = MSNP_EVENT_STATUS, .status = MSNP_STATUS_AWAY},
    {.type = MSNP_EVENT_STATUS_FAILED, .status_failed = {MSNP_STATUS_BRB, 800}},
    {.type = MSNP_EVENT_ROSTER, .complete = true},
    {.type = MSNP_EVENT_CONTACT, .contact = {text[0], MSNP_NEW_LISTS}},
    {.type = MSNP_EVENT_EDITED,
     .edited = {{MSNP_EDIT_MOVE, text[0], text[1], text[2], NULL, MSNP_PHONE_HOME, false},
                {MSNP_ERR_SERVER, 224}}},
    {.type = MSNP_EVENT_EDITED,
     .edited = {{MSNP_EDIT_PHONE, NULL, NULL, NULL, text[0], MSNP_PHONE_MOBILE, false},
                {MSNP_OK, 0}}},
    {.type = MSNP_EVENT_EDITED,
     .edited = {{MSNP_EDIT_PROMPT_ON_ADD, NULL, NULL, NULL, NULL, MSNP_PHONE_HOME, true},
                {MSNP_OK, 0}}},
    {.type = MSNP_EVENT_FAILED,
     .failure = {MSNP_ERR_HTTP_STATUS, MSNP_STEP_LOGIN, text[0], 443, 500, 3, text[1], true}},
    {.type = MSNP_EVENT_TRACE, .conn = 7, .trace = {true, text[0]}},
    {.type = MSNP_EVENT_MESSAGE,
     .message = {.conversation = {0, text[0]},
                 .who = text[1],
                 .name = text[2],
                 .kind = MSNP_MESSAGE_TEXT,
                 .text = text[3],
                 .format = {.font = "x"}}},
    {.type = MSNP_EVENT_MESSAGE,
     .message = {.conversation = {0, text[0]},
                 .who = text[1],
                 .name = text[2],
                 .kind = MSNP_MESSAGE_INVITE,
                 .text = text[3]}},
    {.type = MSNP_EVENT_TYPING,
     .message = {.conversation = {3, NULL}, .who = text[1], .name = text[2]}},
    {.type = MSNP_EVENT_UNDELIVERED,
     .undelivered = {{0, text[0]}, text[1], {MSNP_ERR_SERVER, 800}, true}},
    {.type = MSNP_EVENT_CHAT_BEGUN, .begun = {3, text[0], 2}},
    {.type = MSNP_EVENT_CHAT_JOINED, .chat_member = {3, text[0], text[1], true, false}},
    {.type = MSNP_EVENT_CHAT_LEFT, .chat_member = {3, text[0], text[1], false, true}},
    {.type = MSNP_EVENT_CHAT_CALL_FAILED, .chat_call_failed = {3, text[0], {MSNP_ERR_SERVER, 217}}},
    {.type = MSNP_EVENT_FILE_OFFERED,
     .file = {.number = 3, .who = text[0], .name = text[1], .file = text[2], .size = 9}},
};

static char *written(const msnp_event *event)
{
    heard what = {.kind = HEARD_EVENT, .event = *event};

    return g_string_free(heard_write(&what), FALSE);
}

/* The strings of a sample, which are found by where they point to, are missing. */
static msnp_event without_strings(const msnp_event *sample)
{
    msnp_event event = *sample;
    uintptr_t word;

    for (size_t at = 0; at + sizeof word <= sizeof event; at += sizeof word) {
        memcpy(&word, (char *)&event + at, sizeof word);
        if (word >= (uintptr_t)text && word < (uintptr_t)text + sizeof text)
            memset((char *)&event + at, 0, sizeof word);
    }
    return event;
}

/* It comes out as it went in, though all that it pointed to is something else by then. */
static void check_copy(const msnp_event *sample)
{
    msnp_event_queue queue;
    msnp_event event;

    memcpy(text, words, sizeof text);
    char *before = written(sample);
    say(before);
    /* What the user wanted to be changed is no secret. */
    bool wiped = sample->type != MSNP_EVENT_EDITED;
    if (wiped)
        watch_on();
    msnp_event_queue_init(&queue);
    msnp_event_queue_push(&queue, sample);
    memset(text, 'x', sizeof text - 1);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    watch_off();
    char *after = written(&event);
    g_assert_cmpstr(after, ==, before);
    g_assert_cmpuint(event.conn, ==, sample->conn);
    if (wiped)
        watch_on();
    msnp_event_queue_push(&queue, &event);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_false(msnp_event_queue_pop(&queue, &event));
    msnp_event_queue_clear(&queue);
    watch_off();
    g_free(before);
    g_free(after);
}

/* All is copied when it is pushed, and wiped when it is not needed any more; it may be missing. */
static void test_copies(void)
{
    watch_secret(SECRET);
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        const msnp_event bare = without_strings(&samples[i]);
        check_copy(&samples[i]);
        check_copy(&bare);
    }
    g_assert_cmpuint(watch_found(), ==, 0);
    watch_reset();
}

static void push_bytes(msnp_event_queue *queue, const char *bytes, size_t len)
{
    msnp_event_queue_push(
        queue, &(msnp_event){.type = MSNP_EVENT_WRITE,
                             .conn = 7,
                             .write = {msnp_str_dup((msnp_str){bytes, len}), len, false}});
}

static void push_trace(msnp_event_queue *queue, const char *line)
{
    msnp_event_queue_push(queue, &(msnp_event){.type = MSNP_EVENT_TRACE, .trace = {true, line}});
}

/* What is written is bytes of any kind, and wiped, whether it was taken out or not. */
static void test_bytes(void)
{
    msnp_event_queue queue;
    msnp_event event;
    char bytes[] = "x\0y " SECRET;

    watch_secret(SECRET);
    watch_on();
    msnp_event_queue_init(&queue);
    for (int i = 0; i < 3; i++)
        push_bytes(&queue, bytes, sizeof bytes - 1);
    memset(bytes, 'z', sizeof bytes - 1);
    for (int i = 0; i < 2; i++) {
        g_assert_true(msnp_event_queue_pop(&queue, &event));
        expect_view(((msnp_str){event.write.data, event.write.len}), "x\0y " SECRET, 11);
    }
    msnp_event_queue_clear(&queue);
    msnp_event_queue_clear(&queue);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    watch_reset();
}

/* In the order in which they came, also those that come in the middle. */
static void test_order(void)
{
    msnp_event_queue queue;
    msnp_event event;

    msnp_event_queue_init(&queue);
    g_assert_false(msnp_event_queue_pop(&queue, &event));
    push_trace(&queue, "one");
    push_trace(&queue, "two");
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    push_trace(&queue, "three");
    g_assert_cmpstr(event.trace.text, ==, "one");
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpstr(event.trace.text, ==, "two");
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpstr(event.trace.text, ==, "three");
    g_assert_false(msnp_event_queue_pop(&queue, &event));
    g_assert_false(msnp_event_queue_pop(&queue, &event));
    msnp_event_queue_clear(&queue);
}

/* What is given out stays good when it is set aside, whatever is taken out afterwards. */
static void test_aside(void)
{
    msnp_event_queue queue;
    msnp_event first;
    msnp_event other;

    msnp_event_queue_init(&queue);
    msnp_event_queue_set_aside(&queue);
    for (int i = 0; i < 3; i++)
        push_trace(&queue, "one");
    g_assert_true(msnp_event_queue_pop(&queue, &first));
    msnp_event_queue_set_aside(&queue);
    while (msnp_event_queue_pop(&queue, &other))
        continue;
    g_assert_cmpstr(first.trace.text, ==, "one");
    msnp_event_queue_drop(&queue);
    g_assert_cmpstr(first.trace.text, ==, "one");
    msnp_event_queue_set_aside(&queue);
    msnp_event_queue_clear(&queue);
}

/* What waits is dropped; what was given out last is still good. */
static void test_drop(void)
{
    msnp_event_queue queue;
    msnp_event event;

    watch_secret(SECRET);
    watch_on();
    msnp_event_queue_init(&queue);
    msnp_event_queue_drop(&queue);
    push_trace(&queue, "first");
    push_trace(&queue, SECRET);
    push_bytes(&queue, SECRET, strlen(SECRET));
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_TYPING, .message.who = SECRET});
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    msnp_event_queue_drop(&queue);
    g_assert_cmpstr(event.trace.text, ==, "first");
    g_assert_false(msnp_event_queue_pop(&queue, &event));
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_MOVED});
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_MOVED);
    msnp_event_queue_clear(&queue);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    watch_reset();
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/event/names", test_names);
    g_test_add_func("/event/status", test_status);
    g_test_add_func("/event/phones", test_phones);
    g_test_add_func("/event/edits", test_edits);
    g_test_add_func("/event/copies", test_copies);
    g_test_add_func("/event/bytes", test_bytes);
    g_test_add_func("/event/order", test_order);
    g_test_add_func("/event/aside", test_aside);
    g_test_add_func("/event/drop", test_drop);
    return g_test_run();
}
