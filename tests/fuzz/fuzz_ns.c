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
 * An "e" behind the letter: commands of the sign-in are sent before their turn.
 *
 * A program is a row of letters: c connected, x closed by the peer, k the ticket is there, K and a
 * line: another ticket, s and a byte: the user's status, a: a switchboard is asked for, o the user
 * signs out, t and a byte: that many seconds pass, F and a line: the server sends it (with CR LF),
 * f, a byte and that many bytes: the server sends them, h and u: the clock is held and resumed.
 * Other bytes mean nothing.
 *
 * Streams are delivered in several ways, with the same result.
 */
#include "session.h"

#include <string.h>

static void feed_line(fuzz_session *session, msnp_str bytes)
{
    char *line = g_malloc(bytes.len + 2);

    memcpy(line, bytes.ptr, bytes.len);
    memcpy(line + bytes.len, "\r\n", 2);
    session_feed(session, line, bytes.len + 2);
    g_free(line);
}

static void run_step(fuzz_session *session, fuzz_input *input)
{
    msnp_str bytes;
    char *text;

    switch (fuzz_byte(input)) {
    case 'c':
        session_connected(session);
        break;
    case 'x':
        session_feed(session, NULL, 0);
        break;
    case 'k':
        session_give_ticket(session, session_ticket);
        break;
    case 'K':
        text = fuzz_line_dup(input);
        session_give_ticket(session, text);
        g_free(text);
        break;
    case 's':
        session_set_status(session, fuzz_byte(input) % MSNP_N_STATUSES);
        break;
    case 'a':
        session_ask(session);
        break;
    case 'o':
        session_sign_out(session);
        break;
    case 't':
        session_tick(session, 1000 * (int64_t)fuzz_byte(input));
        break;
    case 'F':
        feed_line(session, fuzz_line(input));
        break;
    case 'f':
        bytes = fuzz_bytes(input, fuzz_byte(input));
        if (bytes.len > 0)
            session_feed(session, bytes.ptr, bytes.len);
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
    fuzz_session session;

    session_begin(&session, config, &input);
    while (input.left > 0)
        run_step(&session, &input);
    /* A server that says nothing more is noticed at the latest by the ping. */
    msnp_ns_resume(session.machine, session.now);
    for (unsigned i = 0; i < 4 && !session.watch.over; i++)
        session_tick(&session, 600 * 1000);
    CHECK(session.watch.over);
    session_end(&session);
}

static GString *run_stream(const msnp_ns_config *config, fuzz_input input, unsigned prefix,
                           bool whole)
{
    fuzz_session session;
    GString *log;
    uint32_t state = (uint32_t)input.left;

    session_begin(&session, config, &input);
    session_dialogue(&session, prefix);
    CHECK(msnp_ns_step(session.machine) == (prefix == 0 ? MSNP_STEP_VERSION
                                            : prefix == SESSION_UP_TO_CHALLENGE
                                                ? MSNP_STEP_TICKET
                                                : MSNP_STEP_ONLINE));
    while (input.left > 0 && !session.watch.moved_on) {
        msnp_str piece = fuzz_bytes(&input, whole ? input.left : fuzz_piece(&state, input.left));

        session_feed(&session, piece.ptr, piece.len);
    }
    log = g_string_new_len(session.watch.log->str, (gssize)session.watch.log->len);
    session_end(&session);
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

    config.pipelining = mode.len > 1 && mode.ptr[1] == 'e';
    switch (mode.len > 0 ? mode.ptr[0] : 'P') {
    case 'S':
        compare_streams(&config, input, 0);
        break;
    case 'U':
        compare_streams(&config, input, SESSION_UP_TO_CHALLENGE);
        break;
    case 'O':
        compare_streams(&config, input, SESSION_SIGN_IN);
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
