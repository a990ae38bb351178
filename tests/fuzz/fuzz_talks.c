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
 *   e            the session with the service ends
 *
 * Whatever happens: a text is written at most once, and those to one place in order; if it is not
 * written, or what was written is not confirmed, that is told once. After the end nothing waits.
 */
#include "cmd.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX    4096
#define REQUESTS_MAX 4096

/* A text that was said. */
typedef struct {
    unsigned place; /* of people: which one, of chats: their number behind the people */
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
    msnp_talks *machine;
    fuzz_watch watch;
    int64_t now;
    GArray *texts;    /* fuzz_text; the number of a text is where it stands */
    GArray *sent;     /* fuzz_sent, oldest first */
    GArray *requests; /* unsigned: switchboards asked for and not answered */
    GArray *calls;    /* fuzz_sent: CAL that were written */
    unsigned nudges;  /* told as undelivered: at most as many as were sent */
    unsigned long_texts;
    bool raw; /* lines of any kind came: what was confirmed is not known any more */
} fuzz_talks;

static const char cookie[] = "17262740.1050826919.32308";

/* Four that can be written to, of whom two are the same, and two that cannot. */
static const char *const people[] = {"bob@example.com",  "carol@example.com",    "BOB@example.com",
                                     "dave@example.com", "example@passport.com", "nobody"};

static unsigned place_number(msnp_place place)
{
    unsigned i = 0;

    if (place.chat)
        return G_N_ELEMENTS(people) + place.chat;
    while (i < G_N_ELEMENTS(people) && g_ascii_strcasecmp(people[i], place.who) != 0)
        i++;
    CHECK_TEXT(i < G_N_ELEMENTS(people), place.who);
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

static fuzz_text *find_text(const fuzz_talks *talks, int number)
{
    CHECK(number >= 0 && (unsigned)number < talks->texts->len);
    return &g_array_index(talks->texts, fuzz_text, number);
}

/* Never written before, nor any later one to the same place, and not told as lost. */
static void written_text(const fuzz_talks *talks, int number)
{
    fuzz_text *text = find_text(talks, number);

    CHECK(text->written == 0 && text->told == 0);
    text->written++;
    for (unsigned i = (unsigned)number + 1; i < talks->texts->len; i++) {
        const fuzz_text *later = &g_array_index(talks->texts, fuzz_text, i);
        CHECK(later->place != text->place || later->written == 0);
    }
}

static void written_message(fuzz_talks *talks, unsigned wire, const msnp_cmd *cmd, msnp_str payload)
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
        written_text(talks, sent.text);
    }
    if (msnp_str_is(cmd->argv[1], "A")) {
        CHECK(msnp_cmd_trid(cmd, &sent.id));
        g_array_append_val(talks->sent, sent);
    }
    msnp_message_clear(&message);
}

static void check_written(fuzz_talks *talks, unsigned wire, msnp_str bytes)
{
    const char *end = memchr(bytes.ptr, '\r', bytes.len);
    msnp_str line = {bytes.ptr, end ? (size_t)(end - bytes.ptr) : 0};
    msnp_str payload;
    msnp_cmd cmd;

    CHECK(end && end + 1 < bytes.ptr + bytes.len && end[1] == '\n');
    payload = (msnp_str){end + 2, bytes.len - line.len - 2};
    CHECK(msnp_cmd_parse(&cmd, &msnp_sb_verbs, line) == MSNP_OK);
    if (!strcmp(cmd.name, "MSG")) {
        written_message(talks, wire, &cmd, payload);
        return;
    }
    CHECK(payload.len == 0);
    if (!strcmp(cmd.name, "CAL")) {
        fuzz_sent called = {.wire = wire, .text = -1};
        CHECK(msnp_cmd_trid(&cmd, &called.id));
        g_array_append_val(talks->calls, called);
    }
}

static void watch_undelivered(fuzz_talks *talks, const msnp_event *event)
{
    bool refused = event->undelivered.cause.err == MSNP_ERR_REFUSED ||
                   event->undelivered.cause.err == MSNP_ERR_SERVER;
    fuzz_text *text;

    if (!event->undelivered.text) {
        CHECK(talks->nudges > 0);
        talks->nudges--;
        return;
    }
    if (!strchr(event->undelivered.text, '#')) {
        CHECK(talks->long_texts > 0);
        return;
    }
    text = find_text(talks, number_in(msnp_str_of(event->undelivered.text)));
    CHECK(place_number(event->undelivered.place) == text->place || !event->undelivered.place.chat);
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

static void pump(fuzz_talks *talks)
{
    msnp_event event;

    while (msnp_talks_next(talks->machine, &event)) {
        fuzz_watch_event(&talks->watch, &event);
        if (event.type == MSNP_EVENT_WRITE)
            check_written(talks, event.conn, (msnp_str){event.write.data, event.write.len});
        if (event.type == MSNP_EVENT_ASK_SWITCHBOARD)
            g_array_append_val(talks->requests, event.request);
        if (event.type == MSNP_EVENT_TALK_UNDELIVERED)
            watch_undelivered(talks, &event);
        if (event.type == MSNP_EVENT_CLOSE) {
            forget_wire(talks->sent, event.conn);
            forget_wire(talks->calls, event.conn);
        }
    }
    CHECK(msnp_talks_wires(talks->machine) == fuzz_watch_wires(&talks->watch));
    CHECK(msnp_talks_wires(talks->machine) <= MSNP_TALKS_WIRES_MAX);
}

/* --- what goes in --------------------------------------------------------------------------- */

static const char *any_person(fuzz_input *input)
{
    return people[fuzz_byte(input) % G_N_ELEMENTS(people)];
}

/* One of the chats that there were; one that never was if there is none. */
static unsigned any_chat(const fuzz_talks *talks, fuzz_input *input)
{
    return 1 + fuzz_byte(input) % MAX(talks->watch.chats, 1);
}

/* One of the connections; 0 if there is none. */
static unsigned any_wire(const fuzz_talks *talks, fuzz_input *input)
{
    uint8_t byte = fuzz_byte(input);

    return talks->watch.wires->len ? 1 + byte % talks->watch.wires->len : 0;
}

static void say(fuzz_talks *talks, msnp_place place, fuzz_input *input)
{
    msnp_str words = fuzz_bytes(input, fuzz_byte(input) % 48);
    char *copy = msnp_str_dup(words);
    char *text = g_strdup_printf("%s #%u ", g_strdelimit(copy, "#", '.'), talks->texts->len);
    fuzz_text said = {0};
    msnp_format format;

    msnp_format_init(&format);
    /* It can be written before the function returns: it must be known. */
    said.place = place.who ? place_number(place) : G_N_ELEMENTS(people) + place.chat;
    g_array_append_val(talks->texts, said);
    if (msnp_talks_send(talks->machine, place, text, &format, talks->now) != MSNP_OK)
        g_array_set_size(talks->texts, talks->texts->len - 1);
    g_free(text);
    g_free(copy);
}

static void say_at_length(fuzz_talks *talks, const char *who)
{
    char *text = g_strnfill(5000, 'x');
    msnp_format format;

    msnp_format_init(&format);
    if (msnp_talks_send(talks->machine, (msnp_place){.who = who}, text, &format, talks->now) ==
        MSNP_OK)
        talks->long_texts++;
    g_free(text);
}

static void answer_request(fuzz_talks *talks, fuzz_input *input, bool good)
{
    static const struct {
        msnp_err err;
        unsigned number;
    } refusals[] = {{MSNP_ERR_SERVER, 913},
                    {MSNP_ERR_SERVER, 280},
                    {MSNP_ERR_SERVER, 800},
                    {MSNP_ERR_TIMEOUT, 0},
                    {MSNP_ERR_MALFORMED, 0}};
    uint8_t which = fuzz_byte(input);
    unsigned kind = good ? 0 : fuzz_byte(input) % G_N_ELEMENTS(refusals);
    unsigned request = which;

    if (talks->requests->len > 0) {
        unsigned at = which % talks->requests->len;
        request = g_array_index(talks->requests, unsigned, at);
        g_array_remove_index(talks->requests, at);
    }
    if (good)
        msnp_talks_switchboard(talks->machine, request, "207.46.108.37", 1863, cookie, talks->now);
    else
        msnp_talks_no_switchboard(talks->machine, request, refusals[kind].err,
                                  refusals[kind].number, talks->now);
}

static void ring(fuzz_talks *talks, fuzz_input *input)
{
    const char *who = people[fuzz_byte(input) % 4];
    char *session = g_strdup_printf("%u", fuzz_byte(input));
    msnp_ring rung = {session, "207.46.108.38", 1863, cookie, who, "Bob B"};

    msnp_talks_rung(talks->machine, &rung, talks->now);
    g_free(session);
}

static void feed(fuzz_talks *talks, unsigned wire, const void *data, size_t len)
{
    const uint8_t *state = fuzz_watch_wire(&talks->watch, wire);

    /* Without a connection nothing can come but its failure. */
    if (state && (*state == WIRE_OPEN || (*state == WIRE_ASKED && len == 0)))
        msnp_talks_feed(talks->machine, wire, data, len, talks->now);
}

static G_GNUC_PRINTF(3, 4) void feed_text(fuzz_talks *talks, unsigned wire, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    feed(talks, wire, text, strlen(text));
    g_free(text);
}

static void connected(fuzz_talks *talks, unsigned wire)
{
    uint8_t *state = fuzz_watch_wire(&talks->watch, wire);

    if (state && *state == WIRE_ASKED)
        *state = WIRE_OPEN;
    msnp_talks_connected(talks->machine, wire, talks->now);
}

/* An answer to the oldest command of this list on this wire. */
static void answer(fuzz_talks *talks, GArray *list, unsigned wire, const char *verb)
{
    for (unsigned i = 0; i < list->len; i++) {
        fuzz_sent sent = g_array_index(list, fuzz_sent, i);
        if (sent.wire == wire) {
            g_array_remove_index(list, i);
            if (!strcmp(verb, "ACK") && sent.text >= 0)
                find_text(talks, sent.text)->confirmed = true;
            feed_text(talks, wire, "%s %u\r\n", verb, sent.id);
            return;
        }
    }
}

static void receive(fuzz_talks *talks, fuzz_input *input)
{
    unsigned wire = any_wire(talks, input);
    const char *who = any_person(input);
    msnp_str payload = fuzz_bytes(input, fuzz_byte(input));
    GString *bytes = g_string_new(NULL);

    g_string_printf(bytes, "MSG %s Name %" G_GSIZE_FORMAT "\r\n", who, payload.len);
    g_string_append_len(bytes, payload.ptr, (gssize)payload.len);
    feed(talks, wire, bytes->str, bytes->len);
    g_string_free(bytes, TRUE);
}

static void feed_line(fuzz_talks *talks, unsigned wire, msnp_str line)
{
    GString *bytes = g_string_new_len(line.ptr, (gssize)line.len);

    g_string_append(bytes, "\r\n");
    feed(talks, wire, bytes->str, bytes->len);
    g_string_free(bytes, TRUE);
}

static void tick(fuzz_talks *talks, int64_t ms)
{
    talks->now += ms;
    msnp_talks_tick(talks->machine, talks->now);
    pump(talks);
    CHECK(msnp_talks_deadline(talks->machine) > talks->now);
}

static void end_session(fuzz_talks *talks)
{
    msnp_talks_end(talks->machine, MSNP_ERR_SIGNED_OUT, talks->now);
    pump(talks);
    CHECK(msnp_talks_pending(talks->machine) == 0);
    CHECK(msnp_talks_wires(talks->machine) == 0);
    CHECK(msnp_talks_deadline(talks->machine) == MSNP_NEVER);
    g_hash_table_remove_all(talks->watch.members);
}

static void user_acts(fuzz_talks *talks, uint8_t letter, fuzz_input *input)
{
    const char *who;
    const char *also;
    unsigned chat;

    switch (letter) {
    case 's':
        say(talks, (msnp_place){.who = any_person(input)}, input);
        break;
    case 'S':
        say(talks, (msnp_place){.chat = any_chat(talks, input)}, input);
        break;
    case 'L':
        say_at_length(talks, any_person(input));
        break;
    case 'N':
        talks->nudges++;
        if (msnp_talks_nudge(talks->machine, any_person(input), talks->now) != MSNP_OK)
            talks->nudges--;
        break;
    case 'y':
        msnp_talks_type(talks->machine, any_person(input), talks->now);
        break;
    case 'h':
        who = any_person(input);
        also = any_person(input);
        msnp_talks_chat(talks->machine, who, also, talks->now);
        break;
    case 'i':
        chat = any_chat(talks, input);
        msnp_talks_invite(talks->machine, chat, any_person(input), talks->now);
        break;
    case 'w':
        msnp_talks_close(talks->machine, (msnp_place){.who = any_person(input)}, talks->now);
        break;
    case 'W':
        msnp_talks_close(talks->machine, (msnp_place){.chat = any_chat(talks, input)}, talks->now);
        break;
    case 'e':
        end_session(talks);
        break;
    default:
        break;
    }
}

static void server_acts(fuzz_talks *talks, uint8_t letter, fuzz_input *input)
{
    unsigned wire = any_wire(talks, input);
    msnp_str bytes;

    switch (letter) {
    case 'c':
        connected(talks, wire);
        break;
    case 'x':
        feed(talks, wire, NULL, 0);
        break;
    case 'o':
        feed_text(talks, wire, "USR 1 OK\r\nANS 1 OK\r\n");
        break;
    case 'J':
        feed_text(talks, wire, "JOI %s Name\r\n", any_person(input));
        break;
    case 'Y':
        feed_text(talks, wire, "BYE %s\r\n", any_person(input));
        break;
    case 'Z':
        feed_text(talks, wire, "BYE %s 1\r\n", any_person(input));
        break;
    case 'U':
        answer(talks, talks->calls, wire, "217");
        break;
    case 'A':
        answer(talks, talks->sent, wire, "ACK");
        break;
    case 'K':
        answer(talks, talks->sent, wire, "NAK");
        break;
    case 'F':
        talks->raw = true;
        feed_line(talks, wire, fuzz_line(input));
        break;
    case 'f':
        talks->raw = true;
        bytes = fuzz_bytes(input, fuzz_byte(input));
        if (bytes.len > 0)
            feed(talks, wire, bytes.ptr, bytes.len);
        break;
    default:
        break;
    }
}

static void run_step(fuzz_talks *talks, fuzz_input *input)
{
    uint8_t letter = fuzz_byte(input);

    if (letter == 'b' || letter == 'B')
        answer_request(talks, input, letter == 'b');
    else if (letter == 'r')
        ring(talks, input);
    else if (letter == 't')
        tick(talks, 1000 * (int64_t)fuzz_byte(input));
    else if (letter == 'M')
        receive(talks, input);
    else if (letter && strchr("sSLNyhiwWe", letter))
        user_acts(talks, letter, input);
    else if (letter && strchr("cxoJYZUAKFf", letter))
        server_acts(talks, letter, input);
    pump(talks);
}

/* --- the whole ------------------------------------------------------------------------------ */

/* Each text was confirmed, or told of. */
static void check_promise(const fuzz_talks *talks)
{
    for (unsigned i = 0; i < talks->texts->len; i++) {
        const fuzz_text *text = &g_array_index(talks->texts, fuzz_text, i);
        CHECK(text->written + text->told >= 1);
        CHECK(text->told == 1 || text->confirmed || talks->raw);
    }
}

static void begin(fuzz_talks *talks, const fuzz_input *input)
{
    *talks = (fuzz_talks){.now = 1000};
    talks->machine = msnp_talks_new();
    talks->texts = g_array_new(FALSE, FALSE, sizeof(fuzz_text));
    talks->sent = g_array_new(FALSE, FALSE, sizeof(fuzz_sent));
    talks->calls = g_array_new(FALSE, FALSE, sizeof(fuzz_sent));
    talks->requests = g_array_new(FALSE, FALSE, sizeof(unsigned));
    fuzz_watch_init(&talks->watch, FUZZ_TALKS);
    fuzz_watch_secret(&talks->watch, cookie, input);
    msnp_talks_set_account(talks->machine, "example@passport.com");
    msnp_talks_set_trace(talks->machine, true);
}

static void finish(fuzz_talks *talks)
{
    msnp_talks_free(talks->machine);
    fuzz_watch_clear(&talks->watch);
    g_array_unref(talks->texts);
    g_array_unref(talks->sent);
    g_array_unref(talks->calls);
    g_array_unref(talks->requests);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    fuzz_talks talks;

    begin(&talks, &input);
    while (input.left > 0 && talks.texts->len < TEXTS_MAX && talks.requests->len < REQUESTS_MAX)
        run_step(&talks, &input);
    /* What is with the switchboards has its time; what waits for a request has until the end. */
    for (unsigned i = 0; i < 4; i++)
        tick(&talks, 600 * 1000);
    CHECK(talks.requests->len > 0 || msnp_talks_pending(talks.machine) == 0);
    end_session(&talks);
    check_promise(&talks);
    finish(&talks);
    return 0;
}
