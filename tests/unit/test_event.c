/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, status codes, and the queue that owns what it holds. */
#include "event.h"
#include "expect.h"
#include "guard.h"
#include "watch.h"

#include <stddef.h>
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

/* An edit's strings are copied, each of them may be missing. */
static void test_queue_edits(void)
{
    msnp_event_queue queue;
    msnp_event event;
    msnp_event_queue_init(&queue);
    for (int n = 0; n < 2; n++) {
        char text[4][8] = {"account", "from", "to", "text"};
        msnp_edit edit = {.kind = MSNP_EDIT_MOVE, .phone = MSNP_PHONE_MOBILE, .on = true};
        if (n == 0) {
            edit.account = text[0];
            edit.from = text[1];
            edit.to = text[2];
            edit.text = text[3];
        }
        msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_EDITED,
                                                    .edited = {edit, {MSNP_ERR_SERVER, 224}}});
        msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_CONTACT,
                                                    .contact = {text[0], MSNP_NEW_LISTS}});
        memset(text, 'x', sizeof text);
    }
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_ROSTER, .complete = true});

    for (int n = 0; n < 2; n++) {
        g_assert_true(msnp_event_queue_pop(&queue, &event));
        g_assert_cmpint(event.type, ==, MSNP_EVENT_EDITED);
        g_assert_cmpint(event.edited.edit.kind, ==, MSNP_EDIT_MOVE);
        g_assert_cmpstr(event.edited.edit.account, ==, n == 0 ? "account" : NULL);
        g_assert_cmpstr(event.edited.edit.from, ==, n == 0 ? "from" : NULL);
        g_assert_cmpstr(event.edited.edit.to, ==, n == 0 ? "to" : NULL);
        g_assert_cmpstr(event.edited.edit.text, ==, n == 0 ? "text" : NULL);
        g_assert_cmpint(event.edited.edit.phone, ==, MSNP_PHONE_MOBILE);
        g_assert_true(event.edited.edit.on);
        g_assert_cmpint(event.edited.cause.err, ==, MSNP_ERR_SERVER);
        g_assert_cmpuint(event.edited.cause.number, ==, 224);
        g_assert_true(msnp_event_queue_pop(&queue, &event));
        g_assert_cmpint(event.type, ==, MSNP_EVENT_CONTACT);
        g_assert_cmpstr(event.contact.account, ==, "account");
        g_assert_cmpuint(event.contact.news, ==, MSNP_NEW_LISTS);
    }
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_ROSTER);
    g_assert_true(event.complete);
    g_assert_false(msnp_event_queue_pop(&queue, &event));
    msnp_event_queue_clear(&queue);
}

/* Where an event about conversations has strings. */
#define AT(member) offsetof(msnp_event, member)
static const struct {
    msnp_event_type type;
    size_t at[6]; /* 0 ends them */
} talk_events[] = {
    {MSNP_EVENT_SWITCHBOARD, {AT(switchboard.host), AT(switchboard.cookie)}},
    {MSNP_EVENT_RUNG,
     {AT(ring.session), AT(ring.host), AT(ring.cookie), AT(ring.account), AT(ring.name)}},
    {MSNP_EVENT_MESSAGE,
     {AT(said.conversation.who), AT(said.who), AT(said.name), AT(said.text), AT(said.file)}},
    {MSNP_EVENT_TYPING, {AT(said.conversation.who), AT(said.who), AT(said.name)}},
    {MSNP_EVENT_UNDELIVERED, {AT(undelivered.conversation.who), AT(undelivered.text)}},
    {MSNP_EVENT_CHAT_BEGUN, {AT(begun.from)}},
    {MSNP_EVENT_CHAT_JOINED, {AT(chat_member.account), AT(chat_member.name)}},
    {MSNP_EVENT_CHAT_LEFT, {AT(chat_member.account), AT(chat_member.name)}},
    {MSNP_EVENT_CHAT_CALL_FAILED, {AT(chat_call_failed.account)}},
};
#undef AT

static const char **string_at(msnp_event *event, size_t offset)
{
    return (const char **)(void *)((char *)event + offset);
}

/* Copied when they are pushed, wiped when they are not needed any more; each may be missing. */
static void test_queue_conversations(void)
{
    msnp_event_queue queue;
    watch_secret("hunter2");
    watch_on();
    msnp_event_queue_init(&queue);
    for (size_t i = 0; i < G_N_ELEMENTS(talk_events); i++) {
        for (unsigned missing = 0; missing < 2; missing++) {
            char text[5][10];
            msnp_event event = {.type = talk_events[i].type, .conn = 7};
            for (size_t k = 0; talk_events[i].at[k] != 0; k++) {
                g_snprintf(text[k], sizeof text[k], "hunter2 %c", (char)('a' + (int)k));
                *string_at(&event, talk_events[i].at[k]) = missing ? NULL : text[k];
            }
            msnp_event_queue_push(&queue, &event);
            memset(text, 'x', sizeof text);
            g_assert_true(msnp_event_queue_pop(&queue, &event));
            g_assert_cmpint(event.type, ==, talk_events[i].type);
            g_assert_cmpuint(event.conn, ==, 7);
            for (size_t k = 0; talk_events[i].at[k] != 0; k++) {
                const char *got = *string_at(&event, talk_events[i].at[k]);
                g_assert_cmpint(got == NULL, ==, missing != 0);
                g_assert_true(missing || (g_str_has_prefix(got, "hunter2 ") &&
                                          (size_t)(got[8] - 'a') == k && got[9] == '\0'));
            }
        }
    }
    msnp_event_queue_clear(&queue);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    watch_reset();
}

/* What is no string comes through as it was; what is written is bytes of any kind. */
static void test_queue_values(void)
{
    msnp_event_queue queue;
    msnp_event event;
    char bytes[] = "a\0b";
    msnp_event_queue_init(&queue);
    msnp_event_queue_push(&queue,
                          &(msnp_event){.type = MSNP_EVENT_WRITE, .conn = 7, .write = {bytes, 3}});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_NO_SWITCHBOARD,
                                                .no_switchboard = {8, {MSNP_ERR_SERVER, 913}}});
    memset(bytes, 'x', sizeof bytes);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpuint(event.conn, ==, 7);
    expect_view(((msnp_str){event.write.data, event.write.len}), "a\0b", 3);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpuint(event.no_switchboard.request, ==, 8);
    g_assert_cmpuint(event.no_switchboard.cause.number, ==, 913);
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
        msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_TICKET, .ticket = "one"});
    g_assert_true(msnp_event_queue_pop(&queue, &first));
    msnp_event_queue_set_aside(&queue);
    while (msnp_event_queue_pop(&queue, &other))
        continue;
    g_assert_cmpstr(first.ticket, ==, "one");
    msnp_event_queue_drop(&queue);
    g_assert_cmpstr(first.ticket, ==, "one");
    msnp_event_queue_set_aside(&queue);
    msnp_event_queue_clear(&queue);
}

static void test_queue(void)
{
    msnp_event_queue queue;
    msnp_event event;
    msnp_event_queue_init(&queue);
    g_assert_false(msnp_event_queue_pop(&queue, &event));

    /* What it was given may change afterwards. */
    char text[] = "host";
    char bytes[] = "a\0b";
    msnp_event_queue_push(&queue,
                          &(msnp_event){.type = MSNP_EVENT_CONNECT, .connect = {text, 1863, true}});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_WRITE, .write = {bytes, 3}});
    msnp_event_queue_push(
        &queue, &(msnp_event){.type = MSNP_EVENT_STEP, .step = {MSNP_STEP_VERSION, text}});
    msnp_event_queue_push(&queue,
                          &(msnp_event){.type = MSNP_EVENT_STEP, .step = {MSNP_STEP_IDLE, NULL}});
    msnp_event_queue_push(&queue,
                          &(msnp_event){.type = MSNP_EVENT_SIGNED_IN, .signed_in = {text, text}});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_CHALLENGE, .challenge = text});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_TICKET, .ticket = text});
    msnp_event_queue_push(&queue,
                          &(msnp_event){.type = MSNP_EVENT_LOGIN_SERVER, .login_server = text});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_LOGIN_SERVER});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_NO_PIPELINING});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_TRACE, .trace = {true, text}});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_FAILED,
                                                .failure = {.err = MSNP_ERR_CLOSED,
                                                            .step = MSNP_STEP_LISTS,
                                                            .host = text,
                                                            .port = 7,
                                                            .number = 9,
                                                            .text = text}});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_STATUS_FAILED,
                                                .status_failed = {MSNP_STATUS_BRB, 800}});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_MOVED});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_CLOSE});
    memset(text, 'x', 4);
    memset(bytes, 'x', 3);

    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_CONNECT);
    g_assert_cmpstr(event.connect.host, ==, "host");
    g_assert_cmpuint(event.connect.port, ==, 1863);
    g_assert_true(event.connect.tls);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_WRITE);
    expect_view(((msnp_str){event.write.data, event.write.len}), "a\0b", 3);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.step.step, ==, MSNP_STEP_VERSION);
    g_assert_cmpstr(event.step.host, ==, "host");
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_null(event.step.host);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpstr(event.signed_in.handle, ==, "host");
    g_assert_cmpstr(event.signed_in.friendly, ==, "host");
    /* In the middle, something comes in; it goes to the end. */
    msnp_event_queue_push(&queue,
                          &(msnp_event){.type = MSNP_EVENT_ONLINE, .status = MSNP_STATUS_AWAY});
    g_assert_cmpstr(event.signed_in.handle, ==, "host");
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpstr(event.challenge, ==, "host");
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpstr(event.ticket, ==, "host");
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_LOGIN_SERVER);
    g_assert_cmpstr(event.login_server, ==, "host");
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_LOGIN_SERVER);
    g_assert_null(event.login_server);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_NO_PIPELINING);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_true(event.trace.sent);
    g_assert_cmpstr(event.trace.text, ==, "host");
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.failure.err, ==, MSNP_ERR_CLOSED);
    g_assert_cmpint(event.failure.step, ==, MSNP_STEP_LISTS);
    g_assert_cmpstr(event.failure.host, ==, "host");
    g_assert_cmpuint(event.failure.port, ==, 7);
    g_assert_cmpuint(event.failure.number, ==, 9);
    g_assert_cmpstr(event.failure.text, ==, "host");
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.status_failed.wanted, ==, MSNP_STATUS_BRB);
    g_assert_cmpuint(event.status_failed.number, ==, 800);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_MOVED);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_CLOSE);
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_ONLINE);
    g_assert_cmpint(event.status, ==, MSNP_STATUS_AWAY);
    g_assert_false(msnp_event_queue_pop(&queue, &event));
    g_assert_false(msnp_event_queue_pop(&queue, &event));
    msnp_event_queue_clear(&queue);
}

/* What waits is dropped; what was given out last is still good. */
static void test_drop(void)
{
    msnp_event_queue queue;
    msnp_event event;
    watch_secret("hunter2");
    watch_on();
    msnp_event_queue_init(&queue);
    msnp_event_queue_drop(&queue);
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_TICKET, .ticket = "first"});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_TICKET, .ticket = "hunter2"});
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_CLOSE});
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    msnp_event_queue_drop(&queue);
    g_assert_cmpstr(event.ticket, ==, "first");
    g_assert_false(msnp_event_queue_pop(&queue, &event));
    msnp_event_queue_push(&queue, &(msnp_event){.type = MSNP_EVENT_MOVED});
    g_assert_true(msnp_event_queue_pop(&queue, &event));
    g_assert_cmpint(event.type, ==, MSNP_EVENT_MOVED);
    msnp_event_queue_clear(&queue);
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    watch_reset();
}

/* Read or not, what was in the queue is wiped. */
static void test_wipe(void)
{
    msnp_event_queue queue;
    msnp_event event;
    watch_secret("hunter2");
    watch_on();
    msnp_event_queue_init(&queue);
    for (int i = 0; i < 2; i++) {
        msnp_event_queue_push(
            &queue, &(msnp_event){.type = MSNP_EVENT_WRITE, .write = {"x\0y hunter2", 11}});
        msnp_event_queue_push(&queue,
                              &(msnp_event){.type = MSNP_EVENT_TICKET, .ticket = "hunter2"});
        msnp_event_queue_push(&queue,
                              &(msnp_event){.type = MSNP_EVENT_CHALLENGE, .challenge = "hunter2"});
    }
    for (int i = 0; i < 4; i++)
        g_assert_true(msnp_event_queue_pop(&queue, &event));
    msnp_event_queue_clear(&queue);
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
    g_test_add_func("/event/queue", test_queue);
    g_test_add_func("/event/queue-edits", test_queue_edits);
    g_test_add_func("/event/queue-conversations", test_queue_conversations);
    g_test_add_func("/event/queue-values", test_queue_values);
    g_test_add_func("/event/aside", test_aside);
    g_test_add_func("/event/drop", test_drop);
    g_test_add_func("/event/wipe", test_wipe);
    return g_test_run();
}
