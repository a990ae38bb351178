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
 * An "e" behind the letter: commands of the sign-in are pipelined.
 *
 * A program is a row of letters: c connected, x closed by the peer (or
 * not reached), k the ticket is there, K and a
 * line: another ticket, s and a byte: the user's status, a: a switchboard is asked for, o the user
 * signs out, t and a byte: that many seconds pass, F and a line: the server sends it (with CR LF),
 * f, a byte and that many bytes: the server sends them, h and u: the clock is held and resumed.
 * Other bytes mean nothing.
 *
 * Streams are delivered in several ways, with the same result.
 */
#include "ns_fuzz.h"

#include <string.h>

static void run_step(ns_fuzz *fuzz, fuzz_input *input)
{
    GString *line;
    char *text;

    switch (fuzz_byte(input)) {
    case 'c':
        ns_fuzz_connected(fuzz);
        break;
    case 'x':
        ns_fuzz_closed(fuzz);
        break;
    case 'k':
        ns_fuzz_give_ticket(fuzz, ns_fuzz_ticket);
        break;
    case 'K':
        text = fuzz_line_dup(input);
        ns_fuzz_give_ticket(fuzz, text);
        g_free(text);
        break;
    case 's':
        ns_fuzz_set_status(fuzz, fuzz_byte(input) % MSNP_N_STATUSES);
        break;
    case 'a':
        ns_fuzz_ask(fuzz);
        break;
    case 'o':
        drive_do(fuzz->drive, DRIVE_NS, "sign-out");
        break;
    case 't':
        ns_fuzz_tick(fuzz, 1000 * (int64_t)fuzz_byte(input));
        break;
    case 'F':
        line = fuzz_line_crlf(input);
        ns_fuzz_feed(fuzz, (msnp_str){line->str, line->len});
        g_string_free(line, TRUE);
        break;
    case 'f':
        ns_fuzz_feed(fuzz, fuzz_bytes(input, fuzz_byte(input)));
        break;
    case 'h':
        drive_do(fuzz->drive, DRIVE_NS, "hold");
        break;
    case 'u':
        drive_do(fuzz->drive, DRIVE_NS, "resume");
        break;
    default:
        break;
    }
}

static void run_program(const drive_config *config, fuzz_input input)
{
    ns_fuzz fuzz;

    ns_fuzz_begin(&fuzz, config, &input);
    while (input.left > 0)
        run_step(&fuzz, &input);
    drive_do(fuzz.drive, DRIVE_NS, "resume");
    ns_fuzz_run_out(&fuzz);
    ns_fuzz_end(&fuzz);
}

static GString *run_stream(const drive_config *config, fuzz_input input, unsigned prefix,
                           bool whole)
{
    ns_fuzz fuzz;
    GString *log = g_string_new(NULL);
    uint32_t state = (uint32_t)input.left;

    ns_fuzz_begin(&fuzz, config, &input);
    ns_fuzz_dialogue(&fuzz, prefix);
    CHECK(msnp_ns_step(drive_ns(fuzz.drive)) == (prefix == 0 ? MSNP_STEP_VERSION
                                                 : prefix == NS_FUZZ_UP_TO_CHALLENGE
                                                     ? MSNP_STEP_TICKET
                                                     : MSNP_STEP_ONLINE));
    while (input.left > 0)
        ns_fuzz_feed(&fuzz,
                     fuzz_bytes(&input, whole ? input.left : fuzz_piece(&state, input.left)));
    fuzz_log(log, fuzz.drive);
    ns_fuzz_end(&fuzz);
    return log;
}

static void compare_streams(const drive_config *config, fuzz_input input, unsigned prefix)
{
    fuzz_compare(run_stream(config, input, prefix, true), run_stream(config, input, prefix, false));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    msnp_str mode = fuzz_line(&input);
    drive_config config = ns_fuzz_config;
    char *texts[3];

    config.pipelining = mode.len > 1 && mode.ptr[1] == 'e';
    switch (mode.len > 0 ? mode.ptr[0] : 'P') {
    case 'S':
        compare_streams(&config, input, 0);
        break;
    case 'U':
        compare_streams(&config, input, NS_FUZZ_UP_TO_CHALLENGE);
        break;
    case 'O':
        compare_streams(&config, input, NS_FUZZ_SIGN_IN);
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
