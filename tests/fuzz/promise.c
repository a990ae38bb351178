/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "promise.h"

#include "written.h"

#include <stdlib.h>
#include <string.h>

/* Messages of MSNP2P: their conversations and references are so many above the others. */
#define P2P 1000000000u

typedef struct {
    unsigned conversation; /* of people: which one, of chats: their number behind the people */
    unsigned written;
    unsigned reported;
    bool confirmed; /* ACK came for it */
} promise_text;

typedef struct {
    unsigned conn;
    uint32_t id;
    int text; /* its number, -1 for none */
} promise_sent;

const char *const promise_people[PROMISE_PEOPLE] = {"bob@example.com",      "carol@example.com",
                                                    "BOB@example.com",      "dave@example.com",
                                                    "example@passport.com", "nobody"};

void promise_init(promise *p)
{
    *p = (promise){.texts = g_array_new(FALSE, FALSE, sizeof(promise_text)),
                   .sent = g_array_new(FALSE, FALSE, sizeof(promise_sent)),
                   .calls = g_array_new(FALSE, FALSE, sizeof(promise_sent))};
}

void promise_clear(promise *p)
{
    g_array_unref(p->texts);
    g_array_unref(p->sent);
    g_array_unref(p->calls);
}

static unsigned conversation_number(msnp_conversation_id id)
{
    unsigned i = 0;

    if (id.chat)
        return PROMISE_PEOPLE + id.chat;
    while (i < PROMISE_PEOPLE && g_ascii_strcasecmp(promise_people[i], id.who) != 0)
        i++;
    CHECK_TEXT(i < PROMISE_PEOPLE, id.who);
    return i;
}

/* --- what comes out ------------------------------------------------------------------------- */

/* The text that has this mark in it: "hello #17 ". */
static promise_text *find_text(const promise *p, const char *text, int *number)
{
    const char *mark = strrchr(text, '#');

    *number = mark ? atoi(mark + 1) : -1;
    CHECK(*number >= 0 && (unsigned)*number < p->texts->len);
    return &g_array_index(p->texts, promise_text, *number);
}

/* Never written before, nor any later one of the same conversation, and not reported as lost. */
static int hear_text(const promise *p, const char *words)
{
    int number;
    promise_text *text = find_text(p, words, &number);

    CHECK(text->written == 0 && text->reported == 0);
    text->written++;
    for (unsigned i = (unsigned)number + 1; i < p->texts->len; i++) {
        const promise_text *later = &g_array_index(p->texts, promise_text, i);
        CHECK(later->conversation != text->conversation || later->written == 0);
    }
    return number;
}

static int hear_p2p(const promise *p, msnp_str body)
{
    char *words = msnp_str_dup(body);
    int number = hear_text(p, words);

    g_free(words);
    return number;
}

static const char *letter_of(msnp_message_kind kind)
{
    switch (kind) {
    case MSNP_MESSAGE_TYPING:
        return "U";
    case MSNP_MESSAGE_P2P:
        return "D";
    default:
        return "A";
    }
}

static void hear_message(promise *p, unsigned conn, const msnp_cmd *cmd)
{
    promise_sent sent = {.conn = conn, .text = -1};
    msnp_message message;

    CHECK(cmd->argc == 3 && cmd->payload.len <= MSNP_MESSAGE_MAX);
    msnp_message_read(&message, cmd->payload);
    bool declines = message.kind == MSNP_MESSAGE_CANCEL && msnp_str_is(cmd->argv[1], "N");
    CHECK(message.kind != MSNP_MESSAGE_OTHER);
    CHECK(declines || msnp_str_is(cmd->argv[1], letter_of(message.kind)));
    if (message.kind == MSNP_MESSAGE_TEXT && strchr(message.text, '#'))
        sent.text = hear_text(p, message.text);
    /* Shorter than any that transfers of files send. */
    if (message.kind == MSNP_MESSAGE_P2P && message.body.len < 48)
        sent.text = hear_p2p(p, message.body);
    if (msnp_str_is(cmd->argv[1], "A") || msnp_str_is(cmd->argv[1], "D")) {
        CHECK(msnp_cmd_trid(cmd, &sent.id));
        g_array_append_val(p->sent, sent);
    }
    msnp_message_clear(&message);
}

static void hear_written(promise *p, unsigned conn, msnp_str bytes)
{
    promise_sent called = {.conn = conn, .text = -1};
    msnp_cmd cmd;

    CHECK(written_read(&cmd, &msnp_switchboard_verbs, bytes));
    if (!strcmp(cmd.name, "MSG")) {
        hear_message(p, conn, &cmd);
    } else if (!strcmp(cmd.name, "CAL")) {
        CHECK(msnp_cmd_trid(&cmd, &called.id));
        g_array_append_val(p->calls, called);
    }
}

static void hear_undelivered(promise *p, const msnp_event *event)
{
    bool refused = event->undelivered.cause.err == MSNP_ERR_REFUSED ||
                   event->undelivered.cause.err == MSNP_ERR_SERVER;
    promise_text *text;
    int number;

    if (!event->undelivered.text) {
        CHECK(p->nudges > 0);
        p->nudges--;
        return;
    }
    if (!strchr(event->undelivered.text, '#')) {
        CHECK(p->long_texts > 0);
        return;
    }
    text = find_text(p, event->undelivered.text, &number);
    CHECK(conversation_number(event->undelivered.conversation) == text->conversation ||
          !event->undelivered.conversation.chat);
    text->reported++;
    CHECK(text->reported == 1);
    /* What was written may have arrived, unless the switchboard said that it did not. */
    CHECK(!event->undelivered.maybe || text->written == 1);
    CHECK(event->undelivered.maybe || text->written == 0 || refused);
}

static void hear_carried(promise *p, unsigned reference, msnp_cause cause)
{
    CHECK(reference >= P2P && reference - P2P < p->texts->len);

    promise_text *text = &g_array_index(p->texts, promise_text, reference - P2P);
    CHECK(text->conversation >= P2P && text->reported == 0);
    CHECK(cause.err != MSNP_OK || (text->written == 1 && (text->confirmed || p->raw)));
    text->reported++;
}

/* A connection that is gone answers no more. */
static void forget_conn(GArray *list, unsigned conn)
{
    for (unsigned i = list->len; i-- > 0;) {
        if (g_array_index(list, promise_sent, i).conn == conn)
            g_array_remove_index(list, i);
    }
}

void promise_hear(promise *p, const drive *d, const heard *what)
{
    const msnp_event *event = &what->event;

    if (what->kind == HEARD_CARRIED)
        hear_carried(p, what->request, what->cause);
    if (what->kind != HEARD_EVENT)
        return;
    if (event->type == MSNP_EVENT_WRITE && drive_side_of(d, event->conn) == DRIVE_SWITCHBOARD)
        hear_written(p, event->conn, (msnp_str){event->write.data, event->write.len});
    if (event->type == MSNP_EVENT_UNDELIVERED)
        hear_undelivered(p, event);
    if (event->type == MSNP_EVENT_CHAT_BEGUN)
        p->chats = event->begun.chat;
    if (event->type == MSNP_EVENT_CLOSE) {
        forget_conn(p->sent, event->conn);
        forget_conn(p->calls, event->conn);
    }
}

/* --- what goes in --------------------------------------------------------------------------- */

const char *promise_person(fuzz_input *input)
{
    return promise_people[fuzz_byte(input) % PROMISE_PEOPLE];
}

static unsigned chat_of(const promise *p, fuzz_input *input)
{
    return 1 + fuzz_byte(input) % MAX(p->chats, 1);
}

static void say(promise *p, drive *d, msnp_conversation_id where, msnp_str words)
{
    char *copy = msnp_str_dup(words);
    char *text = g_strdup_printf("%s #%u ", g_strdelimit(copy, "#", '.'), p->texts->len);
    promise_text said = {.conversation = conversation_number(where)};
    msnp_format format;

    msnp_format_init(&format);
    /* It can be written before the function returns: it must be known. */
    g_array_append_val(p->texts, said);
    if (drive_say(d, where, text, &format) != MSNP_OK)
        g_array_set_size(p->texts, p->texts->len - 1);
    g_free(text);
    g_free(copy);
}

static void carry(promise *p, drive *d, const char *who)
{
    unsigned number = p->texts->len;
    promise_text carried = {.conversation =
                                P2P + conversation_number((msnp_conversation_id){.who = who})};
    char *payload = g_strdup_printf("Content-Type: application/x-msnmsgrp2p\r\n\r\n#%u", number);

    g_array_append_val(p->texts, carried);
    drive_carry(d, who, P2P + number, msnp_str_of(payload));
    g_free(payload);
}

static void say_at_length(promise *p, drive *d, const char *who)
{
    char *text = g_strnfill(5000, 'x');
    msnp_format format;

    msnp_format_init(&format);
    p->long_texts++;
    if (drive_say(d, (msnp_conversation_id){.who = who}, text, &format) != MSNP_OK)
        p->long_texts--;
    g_free(text);
}

static void nudge(promise *p, drive *d, const char *who)
{
    p->nudges++;
    if (drive_nudge(d, who) != MSNP_OK)
        p->nudges--;
}

void promise_act(promise *p, drive *d, uint8_t letter, fuzz_input *input)
{
    bool in_chat = letter == 'S' || letter == 'W' || letter == 'i';
    unsigned chat = in_chat ? chat_of(p, input) : 0;
    const char *who = in_chat ? NULL : promise_person(input);

    switch (letter) {
    case 's':
    case 'S':
        say(p, d, (msnp_conversation_id){chat, who}, fuzz_bytes(input, fuzz_byte(input) % 48));
        break;
    case 'L':
        say_at_length(p, d, who);
        break;
    case 'N':
        nudge(p, d, who);
        break;
    case 'y':
        drive_type(d, who);
        break;
    case 'C':
        carry(p, d, who);
        break;
    case 'h':
        drive_chat(d, who, promise_person(input));
        break;
    case 'i':
        drive_invite(d, chat, promise_person(input));
        break;
    case 'w':
    case 'W':
        drive_leave(d, (msnp_conversation_id){chat, who});
        break;
    default:
        break;
    }
}

static void answer(promise *p, drive *d, GArray *list, unsigned conn, const char *verb)
{
    promise_sent sent;
    unsigned i = 0;
    char *line;

    while (i < list->len && g_array_index(list, promise_sent, i).conn != conn)
        i++;
    if (i == list->len)
        return;
    sent = g_array_index(list, promise_sent, i);
    g_array_remove_index(list, i);
    if (!strcmp(verb, "ACK") && sent.text >= 0)
        g_array_index(p->texts, promise_text, sent.text).confirmed = true;
    line = g_strdup_printf("%s %u\r\n", verb, sent.id);
    drive_feed(d, DRIVE_SWITCHBOARD, conn, line, strlen(line));
    g_free(line);
}

void promise_answer(promise *p, drive *d, unsigned conn, const char *verb)
{
    answer(p, d, p->sent, conn, verb);
}

void promise_answer_call(promise *p, drive *d, unsigned conn, const char *error)
{
    answer(p, d, p->calls, conn, error);
}

void promise_check(const promise *p)
{
    for (unsigned i = 0; i < p->texts->len; i++) {
        const promise_text *text = &g_array_index(p->texts, promise_text, i);
        CHECK(text->written + text->reported >= 1);
        CHECK(text->reported == 1 || text->confirmed || p->raw);
    }
}
