/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session through the HTTP gateway. The first line of the input: "a", that is the second choice;
 * "k", it was the way some time ago; "u", its URL is configured; "e", commands are pipelined. Then
 * a program, a row of letters; in lower case on the newest connection of the service, in upper case
 * on that of a switchboard:
 *
 *   c   it stands           x   it cannot be made         v   it is rejected for its certificate
 *   d   it is closed        b   it leads to a proxy
 *   l line, r n             that line is sent to us, n of the bytes that follow
 *   o n line                a response whose header is that line, with n of the bytes that follow
 *   a                       a response, as a gateway and the service would give it
 *   g                       all that, until we are signed in, or nothing happens
 *   p                       Passport does what it is asked for; P, its connection is closed
 *   j                       Bob calls; J, and is there
 *   s n                     says a text of n of the bytes that follow to Bob; S closes the window
 *   t n                     n seconds pass; T n: the computer sleeps as long
 *   z                       the user's status; q, signs out
 */
#include "ns_fuzz.h"

#include <string.h>

#define ROUNDS_MAX 64
#define BOB        "bob@example.com"

typedef struct {
    drive *drive;        /* NULL until it has begun */
    GQueue asked;        /* char *: commands that the service has not answered, oldest first */
    unsigned request[2]; /* responses that are owed: to the service's connection, a switchboard's */
    bool login;          /* Passport is asked for a ticket */
    bool passport;       /* or for anything */
} gateway_fuzz;

/* --- what comes out ------------------------------------------------------------------------- */

static void hear_request(gateway_fuzz *fuzz, const msnp_event *event, drive_part side)
{
    char *text = msnp_str_dup((msnp_str){event->write.data, event->write.len});
    const char *body = strstr(text, "\r\n\r\n");
    char **lines = g_strsplit(body ? body + 4 : "", "\r\n", -1);

    fuzz->request[side == DRIVE_SWITCHBOARD] = 1;
    for (unsigned i = 0; lines[i] && lines[i][0] && side == DRIVE_NS; i++)
        g_queue_push_tail(&fuzz->asked, g_strdup(lines[i]));
    g_strfreev(lines);
    g_free(text);
}

static void hear(gpointer data, const heard *what)
{
    gateway_fuzz *fuzz = data;
    const msnp_event *event = &what->event;

    if (!fuzz->drive || what->kind != HEARD_EVENT || event->type != MSNP_EVENT_WRITE)
        return;

    drive_part side = drive_side_of(fuzz->drive, event->conn);
    if (side != DRIVE_PASSPORT) {
        hear_request(fuzz, event, side);
        return;
    }
    fuzz->passport = true;
    fuzz->login = memmem(event->write.data, event->write.len, "\r\nAuthorization: ", 17) != NULL;
}

/* What came out is forgotten: nobody compares it. */
static void look(gateway_fuzz *fuzz)
{
    fuzz_check_drive(fuzz->drive);
    g_free(drive_take_all(fuzz->drive));
}

/* --- the gateway ---------------------------------------------------------------------------- */

static void respond(gateway_fuzz *fuzz, drive_part side, const char *header, msnp_str body)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text,
                           "HTTP/1.1 200 OK\r\nX-MSN-Messenger: %s\r\n"
                           "Connection: keep-alive\r\nContent-Length: %zu\r\n\r\n",
                           header, body.len);
    g_string_append_len(text, body.ptr, (gssize)body.len);
    fuzz->request[side == DRIVE_SWITCHBOARD] = 0;
    drive_feed(fuzz->drive, side, 0, text->str, text->len);
    g_string_free(text, TRUE);
}

static bool answers(gateway_fuzz *fuzz, drive_part side)
{
    GString *body = g_string_new(NULL);
    bool asked = fuzz->request[side == DRIVE_SWITCHBOARD] > 0;
    char *command;

    while (asked && side == DRIVE_NS && (command = g_queue_pop_head(&fuzz->asked))) {
        char *line = ns_fuzz_answer(command, "7");
        g_string_append(body, line ? line : "");
        g_free(line);
        g_free(command);
    }
    if (asked)
        respond(fuzz, side, "SessionID=1.1", (msnp_str){body->str, body->len});
    g_string_free(body, TRUE);
    return asked;
}

static bool passport_answers(gateway_fuzz *fuzz)
{
    char *text =
        fuzz->login
            ? g_strdup_printf("HTTP/1.1 200 OK\r\nAuthentication-Info: Passport1.4 "
                              "da-status=success,from-PP='%s'\r\nContent-Length: 0\r\n\r\n",
                              ns_fuzz_ticket)
            : g_strdup("HTTP/1.1 200 OK\r\nPassportURLs: DALogin=login.example.com/\r\n\r\n");
    bool asked = fuzz->passport;

    fuzz->passport = false;
    if (asked)
        drive_feed(fuzz->drive, DRIVE_PASSPORT, 0, text, strlen(text));
    g_free(text);
    return asked;
}

/* One thing that somebody waits for. */
static bool do_next(gateway_fuzz *fuzz)
{
    static const drive_part sides[] = {DRIVE_NS, DRIVE_PASSPORT};

    for (unsigned i = 0; i < G_N_ELEMENTS(sides); i++) {
        if (drive_is_asked(fuzz->drive, sides[i], 0)) {
            drive_connected(fuzz->drive, sides[i], 0);
            return true;
        }
    }
    return passport_answers(fuzz) || answers(fuzz, DRIVE_NS);
}

static void respond_with(gateway_fuzz *fuzz, drive_part side, fuzz_input *input)
{
    uint8_t len = fuzz_byte(input);
    char *header = fuzz_line_dup(input);

    respond(fuzz, side, header, fuzz_bytes(input, len));
    g_free(header);
}

static void gateway_acts(gateway_fuzz *fuzz, uint8_t letter, fuzz_input *input)
{
    static const msnp_connect_error certificate = {.certificate = true};
    drive *d = fuzz->drive;
    drive_part side = g_ascii_islower(letter) ? DRIVE_NS : DRIVE_SWITCHBOARD;

    switch (g_ascii_tolower(letter)) {
    case 'c':
        drive_connected(d, side, 0);
        break;
    case 'x':
        drive_connect_failed(d, side, 0);
        break;
    case 'v':
        if (drive_is_asked(d, side, 0))
            drive_connect_failed_by(d, side, 0, &certificate);
        break;
    case 'd':
        drive_closed(d, side, 0);
        break;
    case 'b':
        drive_proxied(d, side, 0, "Basic UHIweHk6UzNjcmV0");
        break;
    case 'l':
        fuzz_feed_line(d, side, 0, input);
        break;
    case 'r':
        fuzz_feed_bytes(d, side, 0, input);
        break;
    case 'o':
        respond_with(fuzz, side, input);
        break;
    default:
        (void)answers(fuzz, side);
        break;
    }
}

/* --- the others ----------------------------------------------------------------------------- */

static void sign_in(gateway_fuzz *fuzz)
{
    for (unsigned i = 0;
         i < ROUNDS_MAX && !msnp_session_is_online(drive_session(fuzz->drive)) && do_next(fuzz);
         i++)
        look(fuzz);
}

static void say(gateway_fuzz *fuzz, fuzz_input *input)
{
    char *text = msnp_str_dup(fuzz_bytes(input, fuzz_byte(input)));
    msnp_format plain;

    msnp_format_init(&plain);
    (void)drive_say(fuzz->drive, (msnp_conversation_id){.who = BOB}, text, &plain);
    g_free(text);
}

static void others_act(gateway_fuzz *fuzz, uint8_t letter, fuzz_input *input)
{
    drive *d = fuzz->drive;

    switch (letter) {
    case 'g':
        sign_in(fuzz);
        break;
    case 'p':
        if (drive_is_asked(d, DRIVE_PASSPORT, 0))
            drive_connected(d, DRIVE_PASSPORT, 0);
        else
            (void)passport_answers(fuzz);
        break;
    case 'P':
        drive_closed(d, DRIVE_PASSPORT, 0);
        break;
    case 'j':
        respond(fuzz, DRIVE_NS, "SessionID=1.2",
                msnp_str_of("RNG 17 sb.example:1863 CKI 1.2 " BOB " Bob\r\n"));
        break;
    case 'J':
        respond(fuzz, DRIVE_SWITCHBOARD, "SessionID=2.1",
                msnp_str_of("IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\n"));
        break;
    case 's':
        say(fuzz, input);
        break;
    case 'S':
        drive_leave(d, (msnp_conversation_id){.who = BOB});
        break;
    case 't':
    case 'T':
        drive_advance(d, 1000 * (int64_t)fuzz_byte(input), letter == 'T');
        break;
    case 'z':
        msnp_session_set_status(drive_session(d), fuzz_byte(input) % MSNP_N_STATUSES, drive_now(d));
        drive_settle(d);
        break;
    case 'q':
        if (!drive_is_over(d))
            drive_do(d, DRIVE_SESSION, "sign-out");
        break;
    default:
        break;
    }
}

static void begin(gateway_fuzz *fuzz, fuzz_input *input)
{
    msnp_str whole = input->whole;
    char *flags = fuzz_line_dup(input);
    const drive_config config = {
        .part = DRIVE_SESSION,
        .account = "example@passport.com",
        .password = "S3cret,Pa55=w%rd'",
        .host = "messenger.example.com",
        .port = MSNP_PORT_MSNP,
        .status = MSNP_STATUS_ONLINE,
        .nexus_url = "https://nexus.example.com/rdr/pprdr.asp",
        .login_url = "https://login.example.com/login2.srf",
        .pipelining = strchr(flags, 'e') != NULL,
        .method = strchr(flags, 'a') ? MSNP_METHOD_AUTOMATIC : MSNP_METHOD_GATEWAY,
        .known_gateway = strchr(flags, 'k') != NULL,
        .gateway_url = strchr(flags, 'u') ? "http://gateway.example.com/x" : NULL,
        .hostile = whole,
        .hear = hear,
        .data = fuzz,
    };

    *fuzz = (gateway_fuzz){0};
    g_queue_init(&fuzz->asked);
    fuzz->drive = drive_new(&config);
    drive_secret(fuzz->drive, ns_fuzz_ticket);
    g_free(flags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    gateway_fuzz fuzz;

    begin(&fuzz, &input);
    while (input.left > 0) {
        uint8_t letter = fuzz_byte(&input);
        if (letter && strchr("cxvdblroaCXVDBLROA", letter))
            gateway_acts(&fuzz, letter, &input);
        else
            others_act(&fuzz, letter, &input);
        look(&fuzz);
    }
    /* A gateway that says nothing more is noticed at its next response. */
    for (unsigned i = 0; i < 4; i++)
        drive_advance(fuzz.drive, 600 * 1000, i % 2);
    look(&fuzz);
    CHECK(drive_is_over(fuzz.drive));
    CHECK(drive_n_conns(fuzz.drive) == 0 && drive_deadline(fuzz.drive) == MSNP_NEVER);
    drive_free(fuzz.drive);
    g_queue_clear_full(&fuzz.asked, g_free);
    return 0;
}
