/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conversations of an account. The input is a program, a row of letters; a person, a chat, a
 * connection or a request is a byte, which is taken modulo how many there are:
 *
 *   s person n   says a text, of n of the bytes that follow, and a number of its own; S chat n
 *   L person     says a very long text             N person     nudges
 *   y person     types                             h a b        begins a chat
 *   i chat p     invites                           w person     closes the window; W chat
 *   b request    there is a switchboard            B request e  there is none
 *   r person n   rings, in session n               t n          n seconds pass
 *   c wire       is connected                      x wire       is closed by the peer
 *   o wire       lets us in                        J wire p     somebody joins
 *   Y wire p     somebody leaves, Z wire p         U wire       nobody comes
 *   A wire       the oldest message is confirmed   K wire       it is refused
 *   M wire p n   somebody says n of the bytes that follow
 *   F wire line  the server sends that line        f wire n     n of the bytes that follow
 *   e            the session with the service ends; E when a switchboard is asked for next
 *
 * Whatever happens: a text is written at most once, and those to one place in order; if it is not
 * written, or what was written is not confirmed, that is told once. After the end nothing waits.
 */
#include "cmd.h"
#include "fuzz.h"
#include "switchboard.h"

#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX    4096
#define REQUESTS_MAX 4096

/* A text that was said. */
typedef struct {
    unsigned conversation; /* of people: which one, of chats: their number behind the people */
    unsigned written;
    unsigned told;
    bool confirmed; /* ACK came for it */
} fuzz_text;

/* A message that was written, and not answered yet. */
typedef struct {
    unsigned wire;
    uint32_t id;
    int text; /* its number, -1 for none */
} fuzz_sent;

typedef struct {
    msnp_net net;
    msnp_conversations *machine;
    fuzz_watch watch;
    int64_t now;
    GArray *texts;    /* fuzz_text; the number of a text is where it stands */
    GArray *sent;     /* fuzz_sent, oldest first */
    GArray *requests; /* unsigned: switchboards asked for and not answered */
    GArray *calls;    /* fuzz_sent: CAL that were written */
    unsigned nudges;  /* told as undelivered: at most as many as were sent */
    unsigned long_texts;
    bool ended;
    bool ends_when_asked;
    bool raw; /* lines of any kind came: what was confirmed is not known any more */
} fuzz_conversations;

static const char cookie[] = "17262740.1050826919.32308";

/* Four that can be written to, of whom two are the same, and two that cannot. */
static const char *const people[] = {"bob@example.com",  "carol@example.com",    "BOB@example.com",
                                     "dave@example.com", "example@passport.com", "nobody"};

static unsigned conversation_number(msnp_conversation_id id)
{
    unsigned i = 0;

    if (id.chat)
        return G_N_ELEMENTS(people) + id.chat;
    while (i < G_N_ELEMENTS(people) && g_ascii_strcasecmp(people[i], id.who) != 0)
        i++;
    CHECK_TEXT(i < G_N_ELEMENTS(people), id.who);
    return i;
}

/* --- what comes out ------------------------------------------------------------------------- */

/* The number in "text #17 "; -1 if there is none. */
static int number_in(msnp_str text)
{
    char *copy = msnp_str_dup(text);
    const char *mark = strrchr(copy, '#');
    int number = mark ? atoi(mark + 1) : -1;

    g_free(copy);
    return number;
}

static fuzz_text *find_text(const fuzz_conversations *fuzz, int number)
{
    CHECK(number >= 0 && (unsigned)number < fuzz->texts->len);
    return &g_array_index(fuzz->texts, fuzz_text, number);
}

/* Never written before, nor any later one to the same place, and not told as lost. */
static void written_text(const fuzz_conversations *fuzz, int number)
{
    fuzz_text *text = find_text(fuzz, number);

    CHECK(text->written == 0 && text->told == 0);
    text->written++;
    for (unsigned i = (unsigned)number + 1; i < fuzz->texts->len; i++) {
        const fuzz_text *later = &g_array_index(fuzz->texts, fuzz_text, i);
        CHECK(later->conversation != text->conversation || later->written == 0);
    }
}

static void written_message(fuzz_conversations *fuzz, unsigned wire, const msnp_cmd *cmd,
                            msnp_str payload)
{
    fuzz_sent sent = {.wire = wire, .text = -1};
    msnp_message message;
    uint64_t length;

    CHECK(cmd->argc == 3 && msnp_parse_uint(cmd->argv[2], MSNP_MESSAGE_MAX, &length));
    CHECK(length == payload.len);
    msnp_message_read(&message, payload);
    CHECK(message.kind != MSNP_MESSAGE_OTHER && message.kind != MSNP_MESSAGE_INVITE);
    CHECK(msnp_str_is(cmd->argv[1], message.kind == MSNP_MESSAGE_TYPING   ? "U"
                                    : message.kind == MSNP_MESSAGE_CANCEL ? "N"
                                                                          : "A"));
    if (message.kind == MSNP_MESSAGE_TEXT && strchr(message.text, '#')) {
        sent.text = number_in(msnp_str_of(message.text));
        written_text(fuzz, sent.text);
    }
    if (msnp_str_is(cmd->argv[1], "A")) {
        CHECK(msnp_cmd_trid(cmd, &sent.id));
        g_array_append_val(fuzz->sent, sent);
    }
    msnp_message_clear(&message);
}

static void check_written(fuzz_conversations *fuzz, unsigned wire, msnp_str bytes)
{
    const char *end = memchr(bytes.ptr, '\r', bytes.len);
    msnp_str line = {bytes.ptr, end ? (size_t)(end - bytes.ptr) : 0};
    msnp_str payload;
    msnp_cmd cmd;

    CHECK(end && end + 1 < bytes.ptr + bytes.len && end[1] == '\n');
    payload = (msnp_str){end + 2, bytes.len - line.len - 2};
    CHECK(msnp_cmd_parse(&cmd, &msnp_switchboard_verbs, line) == MSNP_OK);
    if (!strcmp(cmd.name, "MSG")) {
        written_message(fuzz, wire, &cmd, payload);
        return;
    }
    CHECK(payload.len == 0);
    if (!strcmp(cmd.name, "CAL")) {
        fuzz_sent called = {.wire = wire, .text = -1};
        CHECK(msnp_cmd_trid(&cmd, &called.id));
        g_array_append_val(fuzz->calls, called);
    }
}

static void watch_undelivered(fuzz_conversations *fuzz, const msnp_event *event)
{
    bool refused = event->undelivered.cause.err == MSNP_ERR_REFUSED ||
                   event->undelivered.cause.err == MSNP_ERR_SERVER;
    fuzz_text *text;

    if (!event->undelivered.text) {
        CHECK(fuzz->nudges > 0);
        fuzz->nudges--;
        return;
    }
    if (!strchr(event->undelivered.text, '#')) {
        CHECK(fuzz->long_texts > 0);
        return;
    }
    text = find_text(fuzz, number_in(msnp_str_of(event->undelivered.text)));
    CHECK(conversation_number(event->undelivered.conversation) == text->conversation ||
          !event->undelivered.conversation.chat);
    text->told++;
    CHECK(text->told == 1);
    /* What was written may have arrived, unless the switchboard said that it did not. */
    CHECK(!event->undelivered.maybe || text->written == 1);
    CHECK(event->undelivered.maybe || text->written == 0 || refused);
}

/* A connection that is gone answers no more. */
static void forget_wire(GArray *list, unsigned wire)
{
    for (unsigned i = list->len; i-- > 0;) {
        if (g_array_index(list, fuzz_sent, i).wire == wire)
            g_array_remove_index(list, i);
    }
}

static void end_session(fuzz_conversations *fuzz)
{
    msnp_conversations_end(fuzz->machine, MSNP_ERR_SIGNED_OUT, fuzz->now);
    fuzz->ended = true;
    CHECK(msnp_conversations_pending(fuzz->machine) == 0);
    CHECK(msnp_conversations_n_switchboards(fuzz->machine) == 0);
    CHECK(msnp_conversations_deadline(fuzz->machine) == MSNP_NEVER);
    CHECK(msnp_conversations_nudge(fuzz->machine, people[0], fuzz->now) == MSNP_ERR_SIGNED_OUT);
}

static void ask_switchboard(gpointer owner, unsigned request, int64_t now)
{
    fuzz_conversations *fuzz = owner;

    CHECK(request > 0 && now == fuzz->now && !fuzz->ended);
    g_array_append_val(fuzz->requests, request);
    /* The session may find out just now that it is over. */
    if (fuzz->ends_when_asked)
        end_session(fuzz);
}

static void pump(fuzz_conversations *fuzz)
{
    msnp_event event;

    while (msnp_event_queue_pop(&fuzz->net.events, &event)) {
        fuzz_watch_event(&fuzz->watch, &event);
        if (event.type == MSNP_EVENT_WRITE)
            check_written(fuzz, event.conn, (msnp_str){event.write.data, event.write.len});
        if (event.type == MSNP_EVENT_UNDELIVERED)
            watch_undelivered(fuzz, &event);
        if (event.type == MSNP_EVENT_CLOSE) {
            forget_wire(fuzz->sent, event.conn);
            forget_wire(fuzz->calls, event.conn);
        }
    }
    CHECK(msnp_conversations_n_switchboards(fuzz->machine) == fuzz_watch_wires(&fuzz->watch));
    CHECK(msnp_conversations_n_switchboards(fuzz->machine) <= MSNP_SWITCHBOARDS_MAX);
}

/* --- what goes in --------------------------------------------------------------------------- */

static const char *any_person(fuzz_input *input)
{
    return people[fuzz_byte(input) % G_N_ELEMENTS(people)];
}

/* One of the chats that there were; one that never was if there is none. */
static unsigned any_chat(const fuzz_conversations *fuzz, fuzz_input *input)
{
    return 1 + fuzz_byte(input) % MAX(fuzz->watch.chats, 1);
}

/* One of the connections; 0 if there is none. */
static unsigned any_wire(const fuzz_conversations *fuzz, fuzz_input *input)
{
    uint8_t byte = fuzz_byte(input);

    return fuzz->watch.wires->len ? 1 + byte % fuzz->watch.wires->len : 0;
}

static void say(fuzz_conversations *fuzz, msnp_conversation_id id, fuzz_input *input)
{
    msnp_str words = fuzz_bytes(input, fuzz_byte(input) % 48);
    char *copy = msnp_str_dup(words);
    char *text = g_strdup_printf("%s #%u ", g_strdelimit(copy, "#", '.'), fuzz->texts->len);
    fuzz_text said = {0};
    msnp_format format;

    msnp_format_init(&format);
    /* It can be written before the function returns: it must be known. */
    said.conversation = id.who ? conversation_number(id) : G_N_ELEMENTS(people) + id.chat;
    g_array_append_val(fuzz->texts, said);
    if (msnp_conversations_send(fuzz->machine, id, text, &format, fuzz->now) != MSNP_OK)
        g_array_set_size(fuzz->texts, fuzz->texts->len - 1);
    g_free(text);
    g_free(copy);
}

static void say_at_length(fuzz_conversations *fuzz, const char *who)
{
    char *text = g_strnfill(5000, 'x');
    msnp_format format;

    msnp_format_init(&format);
    if (msnp_conversations_send(fuzz->machine, (msnp_conversation_id){.who = who}, text, &format,
                                fuzz->now) == MSNP_OK)
        fuzz->long_texts++;
    g_free(text);
}

static void answer_request(fuzz_conversations *fuzz, fuzz_input *input, bool good)
{
    static const msnp_cause refusals[] = {{MSNP_ERR_SERVER, 913},
                                          {MSNP_ERR_SERVER, 280},
                                          {MSNP_ERR_SERVER, 800},
                                          {MSNP_ERR_TIMEOUT, 0},
                                          {MSNP_ERR_MALFORMED, 0}};
    uint8_t which = fuzz_byte(input);
    unsigned kind = good ? 0 : fuzz_byte(input) % G_N_ELEMENTS(refusals);
    unsigned request = which;

    if (fuzz->requests->len > 0) {
        unsigned at = which % fuzz->requests->len;
        request = g_array_index(fuzz->requests, unsigned, at);
        g_array_remove_index(fuzz->requests, at);
    }
    if (good)
        msnp_conversations_switchboard(fuzz->machine, request, "207.46.108.37", 1863, cookie,
                                       fuzz->now);
    else
        msnp_conversations_no_switchboard(fuzz->machine, request, refusals[kind], fuzz->now);
}

static void ring(fuzz_conversations *fuzz, fuzz_input *input)
{
    const char *who = people[fuzz_byte(input) % 4];
    char *session = g_strdup_printf("%u", fuzz_byte(input));
    msnp_ring rung = {session, "207.46.108.38", 1863, cookie, who, "Bob B"};

    msnp_conversations_rung(fuzz->machine, &rung, fuzz->now);
    g_free(session);
}

static void feed(fuzz_conversations *fuzz, unsigned wire, const void *data, size_t len)
{
    const uint8_t *state = fuzz_watch_wire(&fuzz->watch, wire);

    /* Without a connection nothing can come but its failure. */
    if (state && (*state == WIRE_OPEN || (*state == WIRE_ASKED && len == 0)))
        msnp_net_received(&fuzz->net, wire, (msnp_str){data, len}, fuzz->now);
}

static G_GNUC_PRINTF(3, 4) void feed_text(fuzz_conversations *fuzz, unsigned wire,
                                          const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    feed(fuzz, wire, text, strlen(text));
    g_free(text);
}

static void connected(fuzz_conversations *fuzz, unsigned wire)
{
    uint8_t *state = fuzz_watch_wire(&fuzz->watch, wire);

    if (state && *state == WIRE_ASKED)
        *state = WIRE_OPEN;
    msnp_net_connected(&fuzz->net, wire, fuzz->now);
}

/* An answer to the oldest command of this list on this wire. */
static void answer(fuzz_conversations *fuzz, GArray *list, unsigned wire, const char *verb)
{
    for (unsigned i = 0; i < list->len; i++) {
        fuzz_sent sent = g_array_index(list, fuzz_sent, i);
        if (sent.wire == wire) {
            g_array_remove_index(list, i);
            if (!strcmp(verb, "ACK") && sent.text >= 0)
                find_text(fuzz, sent.text)->confirmed = true;
            feed_text(fuzz, wire, "%s %u\r\n", verb, sent.id);
            return;
        }
    }
}

static void receive(fuzz_conversations *fuzz, fuzz_input *input)
{
    unsigned wire = any_wire(fuzz, input);
    const char *who = any_person(input);
    msnp_str payload = fuzz_bytes(input, fuzz_byte(input));
    GString *bytes = g_string_new(NULL);

    g_string_printf(bytes, "MSG %s Name %" G_GSIZE_FORMAT "\r\n", who, payload.len);
    g_string_append_len(bytes, payload.ptr, (gssize)payload.len);
    feed(fuzz, wire, bytes->str, bytes->len);
    g_string_free(bytes, TRUE);
}

static void feed_line(fuzz_conversations *fuzz, unsigned wire, msnp_str line)
{
    GString *bytes = g_string_new_len(line.ptr, (gssize)line.len);

    g_string_append(bytes, "\r\n");
    feed(fuzz, wire, bytes->str, bytes->len);
    g_string_free(bytes, TRUE);
}

static void tick(fuzz_conversations *fuzz, int64_t ms)
{
    fuzz->now += ms;
    msnp_conversations_tick(fuzz->machine, fuzz->now);
    pump(fuzz);
    CHECK(msnp_conversations_deadline(fuzz->machine) > fuzz->now);
}

static void user_acts(fuzz_conversations *fuzz, uint8_t letter, fuzz_input *input)
{
    const char *who;
    const char *also;
    unsigned chat;

    switch (letter) {
    case 's':
        say(fuzz, (msnp_conversation_id){.who = any_person(input)}, input);
        break;
    case 'S':
        say(fuzz, (msnp_conversation_id){.chat = any_chat(fuzz, input)}, input);
        break;
    case 'L':
        say_at_length(fuzz, any_person(input));
        break;
    case 'N':
        fuzz->nudges++;
        if (msnp_conversations_nudge(fuzz->machine, any_person(input), fuzz->now) != MSNP_OK)
            fuzz->nudges--;
        break;
    case 'y':
        msnp_conversations_type(fuzz->machine, any_person(input), fuzz->now);
        break;
    case 'h':
        who = any_person(input);
        also = any_person(input);
        msnp_conversations_chat(fuzz->machine, who, also, fuzz->now);
        break;
    case 'i':
        chat = any_chat(fuzz, input);
        msnp_conversations_invite(fuzz->machine, chat, any_person(input), fuzz->now);
        break;
    case 'w':
        msnp_conversations_close(fuzz->machine, (msnp_conversation_id){.who = any_person(input)},
                                 fuzz->now);
        break;
    case 'W':
        msnp_conversations_close(fuzz->machine,
                                 (msnp_conversation_id){.chat = any_chat(fuzz, input)}, fuzz->now);
        break;
    case 'e':
        end_session(fuzz);
        break;
    case 'E':
        fuzz->ends_when_asked = true;
        break;
    default:
        break;
    }
}

static void server_acts(fuzz_conversations *fuzz, uint8_t letter, fuzz_input *input)
{
    unsigned wire = any_wire(fuzz, input);
    msnp_str bytes;

    switch (letter) {
    case 'c':
        connected(fuzz, wire);
        break;
    case 'x':
        feed(fuzz, wire, NULL, 0);
        break;
    case 'o':
        feed_text(fuzz, wire, "USR 1 OK\r\nANS 1 OK\r\n");
        break;
    case 'J':
        feed_text(fuzz, wire, "JOI %s Name\r\n", any_person(input));
        break;
    case 'Y':
        feed_text(fuzz, wire, "BYE %s\r\n", any_person(input));
        break;
    case 'Z':
        feed_text(fuzz, wire, "BYE %s 1\r\n", any_person(input));
        break;
    case 'U':
        answer(fuzz, fuzz->calls, wire, "217");
        break;
    case 'A':
        answer(fuzz, fuzz->sent, wire, "ACK");
        break;
    case 'K':
        answer(fuzz, fuzz->sent, wire, "NAK");
        break;
    case 'F':
        fuzz->raw = true;
        feed_line(fuzz, wire, fuzz_line(input));
        break;
    case 'f':
        fuzz->raw = true;
        bytes = fuzz_bytes(input, fuzz_byte(input));
        if (bytes.len > 0)
            feed(fuzz, wire, bytes.ptr, bytes.len);
        break;
    default:
        break;
    }
}

static void run_step(fuzz_conversations *fuzz, fuzz_input *input)
{
    uint8_t letter = fuzz_byte(input);

    if (letter == 'b' || letter == 'B')
        answer_request(fuzz, input, letter == 'b');
    else if (letter == 'r')
        ring(fuzz, input);
    else if (letter == 't')
        tick(fuzz, 1000 * (int64_t)fuzz_byte(input));
    else if (letter == 'M')
        receive(fuzz, input);
    else if (letter && strchr("sSLNyhiwWeE", letter))
        user_acts(fuzz, letter, input);
    else if (letter && strchr("cxoJYZUAKFf", letter))
        server_acts(fuzz, letter, input);
    pump(fuzz);
}

/* --- the whole ------------------------------------------------------------------------------ */

/* Each text was confirmed, or told of. */
static void check_promise(const fuzz_conversations *fuzz)
{
    for (unsigned i = 0; i < fuzz->texts->len; i++) {
        const fuzz_text *text = &g_array_index(fuzz->texts, fuzz_text, i);
        CHECK(text->written + text->told >= 1);
        CHECK(text->told == 1 || text->confirmed || fuzz->raw);
    }
}

static void begin(fuzz_conversations *fuzz, const fuzz_input *input)
{
    static const msnp_conversations_ops ops = {.ask_switchboard = ask_switchboard};

    *fuzz = (fuzz_conversations){.now = 1000};
    msnp_net_init(&fuzz->net, true);
    fuzz->machine = msnp_conversations_new(&fuzz->net, &ops, fuzz);
    fuzz->texts = g_array_new(FALSE, FALSE, sizeof(fuzz_text));
    fuzz->sent = g_array_new(FALSE, FALSE, sizeof(fuzz_sent));
    fuzz->calls = g_array_new(FALSE, FALSE, sizeof(fuzz_sent));
    fuzz->requests = g_array_new(FALSE, FALSE, sizeof(unsigned));
    fuzz_watch_init(&fuzz->watch, FUZZ_CONVERSATIONS);
    fuzz_watch_secret(&fuzz->watch, cookie, input);
    msnp_conversations_set_account(fuzz->machine, "example@passport.com");
}

static void finish(fuzz_conversations *fuzz)
{
    msnp_conversations_free(fuzz->machine);
    msnp_net_clear(&fuzz->net);
    fuzz_watch_clear(&fuzz->watch);
    g_array_unref(fuzz->texts);
    g_array_unref(fuzz->sent);
    g_array_unref(fuzz->calls);
    g_array_unref(fuzz->requests);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    fuzz_conversations fuzz;

    begin(&fuzz, &input);
    while (input.left > 0 && fuzz.texts->len < TEXTS_MAX && fuzz.requests->len < REQUESTS_MAX)
        run_step(&fuzz, &input);
    /* What is with the switchboards has its time; what waits for a request has until the end. */
    for (unsigned i = 0; i < 4; i++)
        tick(&fuzz, 600 * 1000);
    CHECK(fuzz.requests->len > 0 || msnp_conversations_pending(fuzz.machine) == 0);
    end_session(&fuzz);
    pump(&fuzz);
    check_promise(&fuzz);
    finish(&fuzz);
    return 0;
}
