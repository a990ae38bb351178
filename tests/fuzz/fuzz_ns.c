/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The session with a dispatch or notification server. The first line of the input says what the
 * rest is:
 *
 *   P          a program
 *   C          account, host and port, each on its line, then a program
 *   S          what the server sends after the connection stands
 *   U          ... after the challenge (the ticket is there, USR is sent)
 *   O          ... after the sign-in is complete
 *
 * A program is a row of letters: c connected, x closed by the peer, k the ticket is there, K and a
 * line: another ticket, s and a byte: the user's status, o the user signs out, t and a byte: that
 * many seconds pass, F and a line: the server sends it (with CR LF), f, a byte and that many bytes:
 * the server sends them, h and u: the clock is held and resumed. Other bytes mean nothing.
 *
 * Streams are delivered in several ways, with the same result.
 */
#include "cmd.h"
#include "fuzz.h"

#include <string.h>

static const char ticket[] = "t=53*1hAu8ADuD3TEwdXoOMi08sD&p=5eKBBC!yBH6ex5mftp";

/* What a server says in a sign-in; the answers of the client are in between. */
static const char *const sign_in[] = {
    "VER 1 MSNP8 CVR0\r\n",
    "CVR 2 6.0.0602 6.0.0602 1.0.0000 http://example.com/a http://example.com/\r\n",
    "USR 3 TWN S lc=1033,id=507,kpp=1,kv=5\r\n",
    "USR 4 OK example@passport.com example%20friendlyname 1 0\r\n",
    "SYN 5 0 0 0\r\n",
    "CHG 6 NLN 0\r\n",
};
#define UP_TO_CHALLENGE 3

typedef struct {
    msnp_ns *machine;
    fuzz_watch watch;
    int64_t now;
} session_state;

/* What is written is lines, each one a command; only QRY has a payload. */
static void check_written(msnp_str bytes)
{
    const char *end = memchr(bytes.ptr, '\r', bytes.len);
    msnp_cmd cmd;
    size_t rest;

    CHECK(end && end + 1 < bytes.ptr + bytes.len && end[1] == '\n');
    rest = bytes.len - (size_t)(end + 2 - bytes.ptr);
    CHECK(msnp_cmd_parse(&cmd, (msnp_str){bytes.ptr, bytes.len - rest - 2}) == MSNP_OK);
    CHECK(rest == (strcmp(cmd.name, "QRY") ? 0 : MSNP_DIGEST_LENGTH));
    for (size_t i = 0; i < cmd.argc; i++)
        CHECK(cmd.argv[i].len > 0 && !memchr(cmd.argv[i].ptr, '\n', cmd.argv[i].len));
}

static void pump(session_state *session, size_t bytes)
{
    msnp_event event;
    uint16_t port;
    const char *host;

    session->watch.events = 0;
    while (msnp_ns_next(session->machine, &event)) {
        fuzz_watch_event(&session->watch, &event);
        if (event.type == MSNP_EVENT_WRITE)
            check_written((msnp_str){event.write.data, event.write.len});
    }
    CHECK(session->watch.events <= 16 + bytes);
    host = msnp_ns_host(session->machine, &port);
    CHECK(host ? fuzz_is_host(host) && port : !port);
    CHECK(msnp_ns_handle(session->machine));
    if (session->watch.over) {
        CHECK(msnp_ns_step(session->machine) == MSNP_STEP_OFFLINE);
        CHECK(msnp_ns_deadline(session->machine) == MSNP_NEVER);
    }
}

static void tick(session_state *session, int64_t ms)
{
    session->now += ms;
    msnp_ns_tick(session->machine, session->now);
    pump(session, 0);
    CHECK(msnp_ns_deadline(session->machine) > session->now);
}

static void feed(session_state *session, const void *data, size_t len)
{
    bool was_over = session->watch.over;
    msnp_err err = msnp_ns_feed(session->machine, data, len, session->now);

    pump(session, len);
    CHECK(err == MSNP_OK || (!was_over && session->watch.over));
}

static void connected(session_state *session)
{
    session->watch.connected = session->watch.connects > 0 && !session->watch.over;
    session->watch.moved_on = false;
    msnp_ns_connected(session->machine, session->now);
    pump(session, 0);
}

static void give_ticket(session_state *session, const char *text)
{
    msnp_err err = msnp_ns_ticket(session->machine, text, session->now);

    CHECK(err == MSNP_OK || err == MSNP_ERR_NO_TICKET);
    pump(session, strlen(text));
}

static void sign_out(session_state *session)
{
    bool was_over = session->watch.over;

    msnp_ns_sign_out(session->machine);
    pump(session, 0);
    CHECK(was_over || session->watch.moved_on);
    session->watch.over = true;
    pump(session, 0);
}

static void begin(session_state *session, const msnp_ns_config *config, const fuzz_input *input)
{
    *session = (session_state){.now = 1000};
    session->machine = msnp_ns_new(config);
    fuzz_watch_init(&session->watch, false);
    fuzz_watch_secret(&session->watch, ticket, input);
    msnp_ns_set_trace(session->machine, true);
    msnp_ns_start(session->machine, session->now);
    pump(session, 0);
}

static void end(session_state *session)
{
    msnp_ns_free(session->machine);
    fuzz_watch_clear(&session->watch);
}

static void feed_line(session_state *session, msnp_str bytes)
{
    char *line = g_malloc(bytes.len + 2);

    memcpy(line, bytes.ptr, bytes.len);
    memcpy(line + bytes.len, "\r\n", 2);
    feed(session, line, bytes.len + 2);
    g_free(line);
}

static void run_step(session_state *session, fuzz_input *input)
{
    msnp_str bytes;
    char *text;

    switch (fuzz_byte(input)) {
    case 'c':
        connected(session);
        break;
    case 'x':
        feed(session, NULL, 0);
        break;
    case 'k':
        give_ticket(session, ticket);
        break;
    case 'K':
        text = fuzz_line_dup(input);
        give_ticket(session, text);
        g_free(text);
        break;
    case 's':
        msnp_ns_set_status(session->machine, fuzz_byte(input) % MSNP_N_STATUSES, session->now);
        pump(session, 0);
        break;
    case 'o':
        sign_out(session);
        break;
    case 't':
        tick(session, 1000 * (int64_t)fuzz_byte(input));
        break;
    case 'F':
        feed_line(session, fuzz_line(input));
        break;
    case 'f':
        bytes = fuzz_bytes(input, fuzz_byte(input));
        if (bytes.len > 0)
            feed(session, bytes.ptr, bytes.len);
        break;
    case 'h':
        msnp_ns_hold(session->machine, session->now);
        break;
    case 'u':
        msnp_ns_resume(session->machine, session->now);
        break;
    default:
        break;
    }
}

static void run_program(const msnp_ns_config *config, fuzz_input input)
{
    session_state session;

    begin(&session, config, &input);
    while (input.left > 0)
        run_step(&session, &input);
    /* A server that says nothing more is noticed at the latest by the ping. */
    msnp_ns_resume(session.machine, session.now);
    for (unsigned i = 0; i < 4 && !session.watch.over; i++)
        tick(&session, 600 * 1000);
    CHECK(session.watch.over);
    end(&session);
}

static GString *run_stream(const msnp_ns_config *config, fuzz_input input, unsigned prefix,
                           bool whole)
{
    session_state session;
    GString *log;
    uint32_t state = (uint32_t)input.left;

    begin(&session, config, &input);
    connected(&session);
    for (unsigned i = 0; i < prefix; i++) {
        feed(&session, sign_in[i], strlen(sign_in[i]));
        if (i + 1 == UP_TO_CHALLENGE)
            give_ticket(&session, ticket);
    }
    CHECK(msnp_ns_step(session.machine) == (prefix == 0                 ? MSNP_STEP_VERSION
                                            : prefix == UP_TO_CHALLENGE ? MSNP_STEP_TICKET
                                                                        : MSNP_STEP_ONLINE));
    while (input.left > 0 && !session.watch.moved_on) {
        msnp_str piece = fuzz_bytes(&input, whole ? input.left : fuzz_piece(&state, input.left));

        feed(&session, piece.ptr, piece.len);
    }
    log = g_string_new_len(session.watch.log->str, (gssize)session.watch.log->len);
    end(&session);
    return log;
}

static void compare_streams(const msnp_ns_config *config, fuzz_input input, unsigned prefix)
{
    GString *whole = run_stream(config, input, prefix, true);
    GString *pieces = run_stream(config, input, prefix, false);

    CHECK_TEXT(g_string_equal(whole, pieces), whole->str);
    g_string_free(whole, TRUE);
    g_string_free(pieces, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    msnp_str mode = fuzz_line(&input);
    msnp_ns_config config = {
        .account = "example@passport.com",
        .host = "messenger.example.com",
        .port = MSNP_PORT_MSNP,
        .status = MSNP_STATUS_ONLINE,
    };
    char *texts[3];

    switch (mode.len > 0 ? mode.ptr[0] : 'P') {
    case 'S':
        compare_streams(&config, input, 0);
        break;
    case 'U':
        compare_streams(&config, input, UP_TO_CHALLENGE);
        break;
    case 'O':
        compare_streams(&config, input, G_N_ELEMENTS(sign_in));
        break;
    case 'C':
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
            texts[i] = fuzz_line_dup(&input);
        config.account = texts[0];
        config.host = texts[1];
        config.port = (unsigned)g_ascii_strtoull(texts[2], NULL, 10);
        run_program(&config, input);
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
            g_free(texts[i]);
        break;
    default:
        run_program(&config, input);
        break;
    }
    return 0;
}
