/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A switchboard. The first line of the input says what the rest is:
 *
 *   P          a program
 *   C          account, cookie and session (none if empty), each on its line, then a program
 *   S          what the server sends after USR, while bob@example.com is to be called
 *   A          ... after ANS
 *   O          ... when we are in, CAL 2 called bob@example.com and MSG 3 is not answered
 *
 * A program is a row of letters: c connected, x closed by the peer, k and a byte: one of some
 * people is called, K and a line: that one is called, m, a byte and a line: the line is sent with
 * that tag, r and a line: it is sent as a reply, l we leave, t and a byte: that many seconds pass,
 * F and a line: the server sends it (with CR LF), f, a byte and that many bytes: the server sends
 * them. Other bytes mean nothing.
 *
 * Streams are delivered in several ways, with the same result.
 */
#include "fuzz.h"

#include <string.h>

#define TAGS 256

typedef struct {
    drive *drive;
    unsigned sent[TAGS]; /* messages of this tag that are not answered */
    size_t unanswered;
} switchboard_fuzz;

static const char *const people[] = {"bob@example.com", "Carol@Example.com", "dave@example.com",
                                     "example@passport.com"};

/* Each message is answered once. */
static void hear(gpointer data, const heard *what)
{
    switchboard_fuzz *fuzz = data;

    if (what->kind != HEARD_ANSWERED)
        return;
    CHECK(what->request > 0 && what->request < TAGS && fuzz->sent[what->request] > 0);
    fuzz->sent[what->request]--;
    fuzz->unanswered--;
}

static void look(const switchboard_fuzz *fuzz)
{
    const msnp_switchboard *sb = drive_switchboard(fuzz->drive);

    fuzz_check_drive(fuzz->drive);
    CHECK((msnp_switchboard_get_state(sb) == MSNP_SWITCHBOARD_OVER) == drive_is_over(fuzz->drive));
    CHECK(msnp_switchboard_unanswered(sb) == fuzz->unanswered);
}

static void call(switchboard_fuzz *fuzz, const char *account)
{
    msnp_switchboard_call(drive_switchboard(fuzz->drive), account, drive_now(fuzz->drive));
    drive_settle(fuzz->drive);
}

static void send_message(switchboard_fuzz *fuzz, uint8_t tag, msnp_str payload)
{
    msnp_switchboard *sb = drive_switchboard(fuzz->drive);
    bool open = msnp_switchboard_get_state(sb) == MSNP_SWITCHBOARD_OPEN;
    msnp_letter letter = payload.len % 2 == 1 ? MSNP_LETTER_D
                         : tag != 0           ? MSNP_LETTER_A
                                              : MSNP_LETTER_U;
    bool sent = msnp_switchboard_send(sb, letter, tag, payload, drive_now(fuzz->drive));

    CHECK(open || !sent);
    if (sent && tag != 0) {
        fuzz->sent[tag]++;
        fuzz->unanswered++;
    }
    drive_settle(fuzz->drive);
}

static void begin(switchboard_fuzz *fuzz, const drive_config *config, const fuzz_input *input)
{
    drive_config heard_by = *config;

    memset(fuzz, 0, sizeof *fuzz);
    heard_by.hear = hear;
    heard_by.data = fuzz;
    heard_by.hostile = input->whole;
    fuzz->drive = drive_new(&heard_by);
    look(fuzz);
}

/* --- programs ------------------------------------------------------------------------------- */

static void run_step(switchboard_fuzz *fuzz, fuzz_input *input)
{
    drive *d = fuzz->drive;
    uint8_t tag;
    char *text;

    switch (fuzz_byte(input)) {
    case 'c':
        drive_connected(d, DRIVE_SWITCHBOARD, 0);
        break;
    case 'x':
        drive_closed(d, DRIVE_SWITCHBOARD, 0);
        break;
    case 'k':
        call(fuzz, people[fuzz_byte(input) % G_N_ELEMENTS(people)]);
        break;
    case 'K':
        text = fuzz_line_dup(input);
        call(fuzz, text);
        g_free(text);
        break;
    case 'm':
        tag = fuzz_byte(input);
        send_message(fuzz, tag, fuzz_line(input));
        break;
    case 'r':
        (void)msnp_switchboard_reply(drive_switchboard(d), fuzz_line(input));
        drive_settle(d);
        break;
    case 'l':
        drive_do(d, DRIVE_SWITCHBOARD, "leave");
        break;
    case 't':
        drive_advance(d, 1000 * (int64_t)fuzz_byte(input), true);
        break;
    case 'F':
        fuzz_feed_line(d, DRIVE_SWITCHBOARD, 0, input);
        break;
    case 'f':
        fuzz_feed_bytes(d, DRIVE_SWITCHBOARD, 0, input);
        break;
    default:
        break;
    }
    look(fuzz);
}

static void run_program(const drive_config *config, fuzz_input input)
{
    switchboard_fuzz fuzz;

    begin(&fuzz, config, &input);
    while (input.left > 0)
        run_step(&fuzz, &input);
    /* Everything that waits has its time, and no more. */
    for (unsigned i = 0; i < 3; i++)
        drive_advance(fuzz.drive, 600 * 1000, true);
    look(&fuzz);
    CHECK(drive_is_over(fuzz.drive) ||
          (fuzz.unanswered == 0 && msnp_switchboard_n_calls(drive_switchboard(fuzz.drive)) == 0));
    CHECK(drive_deadline(fuzz.drive) == MSNP_NEVER);
    drive_do(fuzz.drive, DRIVE_SWITCHBOARD, "leave");
    fuzz_check_drive(fuzz.drive);
    drive_free(fuzz.drive);
}

/* --- streams -------------------------------------------------------------------------------- */

static void prepare(switchboard_fuzz *fuzz, char mode)
{
    static const char welcome[] = "USR 1 OK\r\n";
    const msnp_switchboard *sb = drive_switchboard(fuzz->drive);

    if (mode != 'A')
        call(fuzz, people[0]);
    drive_connected(fuzz->drive, DRIVE_SWITCHBOARD, 0);
    CHECK(msnp_switchboard_get_state(sb) == MSNP_SWITCHBOARD_GREETING);
    if (mode != 'O')
        return;
    drive_feed(fuzz->drive, DRIVE_SWITCHBOARD, 0, welcome, strlen(welcome));
    send_message(fuzz, 1, msnp_str_of("hello"));
    CHECK(fuzz->unanswered == 1);
}

static GString *run_stream(const drive_config *config, fuzz_input input, char mode, bool whole)
{
    switchboard_fuzz fuzz;
    GString *log = g_string_new(NULL);
    uint32_t state = (uint32_t)input.left;

    begin(&fuzz, config, &input);
    prepare(&fuzz, mode);
    while (input.left > 0) {
        size_t most = input.left;
        msnp_str piece = fuzz_bytes(&input, whole ? most : fuzz_piece(&state, most));

        drive_feed(fuzz.drive, DRIVE_SWITCHBOARD, 0, piece.ptr, piece.len);
        look(&fuzz);
    }
    fuzz_log(log, fuzz.drive);
    drive_free(fuzz.drive);
    return log;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    msnp_str line = fuzz_line(&input);
    char mode = line.len > 0 ? line.ptr[0] : 'P';
    drive_config config = {
        .part = DRIVE_SWITCHBOARD,
        .account = "example@passport.com",
        .host = "207.46.108.37",
        .port = MSNP_PORT_MSNP,
        .cookie = "17262740.1050826919.32308",
        .session = mode == 'A' ? "11752013" : NULL,
        .traces = true,
    };
    char *texts[3];

    switch (mode) {
    case 'S':
    case 'A':
    case 'O':
        fuzz_compare(run_stream(&config, input, mode, true),
                     run_stream(&config, input, mode, false));
        break;
    case 'C':
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
            texts[i] = fuzz_line_dup(&input);
        config.account = texts[0];
        config.cookie = texts[1];
        config.session = *texts[2] ? texts[2] : NULL;
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
