/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole session. The first line of the input: "e", commands of the sign-in are pipelined; "l",
 * a login server is configured; "k", one is known. Then a program, a row of letters; a person, a
 * chat or a switchboard is a byte, which is taken modulo how many there are:
 *
 *   g            the service and Passport do what they are asked for, until we are signed in
 *   n, p         the connection to the service stands, that to Passport
 *   N, P         it is closed by the peer, or could not be made
 *   a, H         the service answers the oldest command, Passport its request
 *   F line, f n  the service sends that line, n of the bytes that follow
 *   X line, x n  Passport does
 *   c sb         a switchboard is connected           C sb     is closed, or not reached
 *   o sb         lets us in                           J sb p   somebody joins
 *   Y sb p       somebody leaves, Z sb p              U sb     nobody comes
 *   A sb         the oldest message is confirmed      K sb     it is refused
 *   M sb p n     somebody says n of the bytes that follow
 *   L sb line    sends that line                      l sb n   n of the bytes that follow
 *   r p n        somebody rings, in session n
 *   t n          n seconds pass; T n: the computer sleeps as long
 *   h, u         a person is asked about the newest connection, and answers
 *   e kind p n   an edit; n chooses the groups, the phone, "on" or "off"
 *   s p n        says a text, of n of the bytes that follow; S chat n
 *   B p          says a very long one                 d p      nudges
 *   y p          types                                b p p    begins a chat
 *   i chat p     invites                              w p      closes the window; W chat
 *   z n          the user's status
 *   q            signs out; Q, while the next event is handled
 *
 * Whatever happens, conversations keep what they promise (promise.h), and after the end no
 * connection and no deadline is left.
 */
#include "ns_fuzz.h"
#include "promise.h"
#include "written.h"

#include <string.h>

#define ROUNDS_MAX 64

typedef struct {
    drive *drive; /* NULL until it has begun */
    promise promise;
    GArray *boards;   /* unsigned: the numbers of all switchboards that there ever were */
    GQueue asked;     /* char *: commands that the service has not answered, oldest first */
    GString *request; /* what Passport has not answered */
    bool leaves;      /* signs out while the next event is handled */
} session_fuzz;

static const char password[] = "S3cret,Pa55=w%rd'";

static const char nexus_answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                                   "PassportURLs: DALogin=login.example.com/login2.srf\r\n\r\n";
static const char login_answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                                   "Authentication-Info: Passport1.4 da-status=success,from-PP='%s'"
                                   ",ru=http://messenger.example.com\r\n\r\n";

/* --- what comes out ------------------------------------------------------------------------- */

static void hear_written(session_fuzz *fuzz, const msnp_event *event)
{
    msnp_str bytes = {event->write.data, event->write.len};
    msnp_cmd cmd;

    switch (drive_side_of(fuzz->drive, event->conn)) {
    case DRIVE_NS:
        CHECK(written_read(&cmd, &msnp_ns_verbs, bytes));
        bytes.len -= cmd.payload.len + 2;
        g_queue_push_tail(&fuzz->asked, msnp_str_dup(bytes));
        break;
    case DRIVE_PASSPORT:
        g_string_truncate(fuzz->request, 0);
        g_string_append_len(fuzz->request, bytes.ptr, (gssize)bytes.len);
        break;
    default:
        break;
    }
}

static void hear_connect(session_fuzz *fuzz, const msnp_event *event)
{
    if (event->connect.switchboard)
        g_array_append_val(fuzz->boards, event->conn);
    else if (event->connect.tls)
        g_string_truncate(fuzz->request, 0);
    else
        g_queue_clear_full(&fuzz->asked, g_free);
}

static void hear(gpointer data, const heard *what)
{
    session_fuzz *fuzz = data;
    const msnp_event *event = &what->event;

    promise_hear(&fuzz->promise, fuzz->drive, what);
    if (what->kind != HEARD_EVENT)
        return;
    if (event->type == MSNP_EVENT_CONNECT)
        hear_connect(fuzz, event);
    if (event->type == MSNP_EVENT_WRITE)
        hear_written(fuzz, event);
    if (fuzz->leaves && fuzz->drive) {
        fuzz->leaves = false;
        drive_do(fuzz->drive, DRIVE_SESSION, "sign-out");
    }
}

/* What came out is forgotten: nobody compares it. */
static void look(session_fuzz *fuzz)
{
    fuzz_check_drive(fuzz->drive);
    g_free(drive_take_all(fuzz->drive));
}

/* --- the service and Passport --------------------------------------------------------------- */

static bool service_answers(session_fuzz *fuzz)
{
    char *command = g_queue_pop_head(&fuzz->asked);
    char *line = command ? ns_fuzz_answer(command, "7") : NULL;

    if (line)
        drive_feed(fuzz->drive, DRIVE_NS, 0, line, strlen(line));
    g_free(line);
    g_free(command);
    return command != NULL;
}

static bool passport_answers(session_fuzz *fuzz)
{
    bool asked = fuzz->request->len > 0;
    bool login = strstr(fuzz->request->str, "\r\nAuthorization: ") != NULL;
    char *text = g_strdup_printf(login_answer, ns_fuzz_ticket);
    const char *answer = login ? text : nexus_answer;

    g_string_truncate(fuzz->request, 0);
    if (asked)
        drive_feed(fuzz->drive, DRIVE_PASSPORT, 0, answer, strlen(answer));
    g_free(text);
    return asked;
}

static bool is_asked(const session_fuzz *fuzz, drive_part side)
{
    return drive_is_asked(fuzz->drive, side, 0);
}

/* One thing that somebody waits for. */
static bool do_next(session_fuzz *fuzz)
{
    if (is_asked(fuzz, DRIVE_NS))
        drive_connected(fuzz->drive, DRIVE_NS, 0);
    else if (is_asked(fuzz, DRIVE_PASSPORT))
        drive_connected(fuzz->drive, DRIVE_PASSPORT, 0);
    else
        return passport_answers(fuzz) || service_answers(fuzz);
    return true;
}

static void ring(session_fuzz *fuzz, fuzz_input *input)
{
    const char *who = promise_person(input);
    char *line = g_strdup_printf("RNG %u 207.46.108.38:1863 CKI 849102291.520491932 %s Bob\r\n",
                                 fuzz_byte(input), who);

    drive_feed(fuzz->drive, DRIVE_NS, 0, line, strlen(line));
    g_free(line);
}

static void servers_act(session_fuzz *fuzz, uint8_t letter, fuzz_input *input)
{
    drive *d = fuzz->drive;
    drive_part side = strchr("nNaFf", letter) ? DRIVE_NS : DRIVE_PASSPORT;

    switch (letter) {
    case 'g':
        for (unsigned i = 0;
             i < ROUNDS_MAX && !msnp_session_is_online(drive_session(d)) && do_next(fuzz); i++)
            look(fuzz);
        break;
    case 'n':
    case 'p':
        drive_connected(d, side, 0);
        break;
    case 'N':
    case 'P':
        drive_closed(d, side, 0);
        break;
    case 'a':
        service_answers(fuzz);
        break;
    case 'H':
        passport_answers(fuzz);
        break;
    case 'F':
    case 'X':
        fuzz_feed_line(d, side, 0, input);
        break;
    case 'f':
    case 'x':
        fuzz_feed_bytes(d, side, 0, input);
        break;
    case 'r':
        ring(fuzz, input);
        break;
    default:
        break;
    }
}

/* --- switchboards --------------------------------------------------------------------------- */

/* One of the switchboards; the number of a connection that never was if there is none. */
static unsigned any_board(const session_fuzz *fuzz, fuzz_input *input)
{
    uint8_t byte = fuzz_byte(input);

    return fuzz->boards->len ? g_array_index(fuzz->boards, unsigned, byte % fuzz->boards->len)
                             : G_MAXUINT;
}

static void board_acts(session_fuzz *fuzz, uint8_t letter, fuzz_input *input)
{
    drive *d = fuzz->drive;
    unsigned conn = any_board(fuzz, input);
    const char *who = strchr("JYZM", letter) ? promise_person(input) : NULL;

    switch (letter) {
    case 'c':
        drive_connected(d, DRIVE_SWITCHBOARD, conn);
        break;
    case 'C':
        drive_closed(d, DRIVE_SWITCHBOARD, conn);
        break;
    case 'o':
        fuzz_feed_text(d, conn, "USR 1 OK\r\nANS 1 OK\r\n");
        break;
    case 'J':
        fuzz_feed_text(d, conn, "JOI %s Name\r\n", who);
        break;
    case 'Y':
        fuzz_feed_text(d, conn, "BYE %s\r\n", who);
        break;
    case 'Z':
        fuzz_feed_text(d, conn, "BYE %s 1\r\n", who);
        break;
    case 'U':
        promise_answer_call(&fuzz->promise, d, conn, "217");
        break;
    case 'A':
        promise_answer(&fuzz->promise, d, conn, "ACK");
        break;
    case 'K':
        promise_answer(&fuzz->promise, d, conn, "NAK");
        break;
    case 'M':
        fuzz_feed_message(d, conn, who, fuzz_bytes(input, fuzz_byte(input)));
        break;
    case 'L':
        fuzz->promise.raw = true;
        fuzz_feed_line(d, DRIVE_SWITCHBOARD, conn, input);
        break;
    case 'l':
        fuzz->promise.raw = true;
        fuzz_feed_bytes(d, DRIVE_SWITCHBOARD, conn, input);
        break;
    default:
        break;
    }
}

/* --- the user ------------------------------------------------------------------------------- */

static void edit(session_fuzz *fuzz, fuzz_input *input)
{
    static const char *const groups[] = {NULL, "Friends", "Other Contacts", "", "Fr\xc3\xbc"};
    msnp_edit made = {.kind = (msnp_edit_kind)(fuzz_byte(input) % MSNP_N_EDITS)};
    const char *who = promise_person(input);
    uint8_t n = fuzz_byte(input);
    bool group = made.kind == MSNP_EDIT_RENAME_GROUP || made.kind == MSNP_EDIT_REMOVE_GROUP;

    if (made.kind <= MSNP_EDIT_BLOCK)
        made.account = who;
    if (made.kind == MSNP_EDIT_REMOVE || made.kind == MSNP_EDIT_MOVE || group)
        made.from = groups[group ? 1 + n % 4 : n % 5];
    if (made.kind == MSNP_EDIT_ADD || made.kind == MSNP_EDIT_MOVE)
        made.to = groups[n / 5 % 5];
    if (made.kind == MSNP_EDIT_RENAME_GROUP)
        made.to = groups[1 + n / 5 % 4];
    if (made.kind == MSNP_EDIT_NAME || made.kind == MSNP_EDIT_PHONE)
        made.text = n & 1 ? "555" : "";
    made.phone = (msnp_phone)(n % MSNP_N_PHONES);
    made.on = n & 1;
    drive_edit(fuzz->drive, &made);
}

/* Three of the letters of promise_act() mean something else here. */
static uint8_t letter_of_promise(uint8_t letter)
{
    return letter == 'B' ? 'L' : letter == 'd' ? 'N' : letter == 'b' ? 'h' : letter;
}

static void user_acts(session_fuzz *fuzz, uint8_t letter, fuzz_input *input)
{
    drive *d = fuzz->drive;

    switch (letter) {
    case 't':
    case 'T':
        drive_advance(d, 1000 * (int64_t)fuzz_byte(input), letter == 'T');
        break;
    case 'h':
        drive_do(d, DRIVE_SESSION, "hold");
        break;
    case 'u':
        drive_do(d, DRIVE_SESSION, "resume");
        break;
    case 'e':
        edit(fuzz, input);
        break;
    case 'z':
        msnp_session_set_status(drive_session(d), fuzz_byte(input) % MSNP_N_STATUSES, drive_now(d));
        drive_settle(d);
        break;
    case 'q':
        drive_do(d, DRIVE_SESSION, "sign-out");
        break;
    case 'Q':
        fuzz->leaves = true;
        break;
    default:
        break;
    }
}

static void run_step(session_fuzz *fuzz, fuzz_input *input)
{
    uint8_t letter = fuzz_byte(input);

    if (letter && strchr("gnpNPaHFfXxr", letter))
        servers_act(fuzz, letter, input);
    else if (letter && strchr("cCoJYZUAKMLl", letter))
        board_acts(fuzz, letter, input);
    else if (letter && strchr("sSBdybiwW", letter))
        promise_act(&fuzz->promise, fuzz->drive, letter_of_promise(letter), input);
    else if (letter)
        user_acts(fuzz, letter, input);
    look(fuzz);
}

/* --- the whole ------------------------------------------------------------------------------ */

static void begin(session_fuzz *fuzz, fuzz_input *input)
{
    msnp_str whole = input->whole;
    char *flags = fuzz_line_dup(input);
    const drive_config config = {
        .part = DRIVE_SESSION,
        .account = "example@passport.com",
        .password = password,
        .host = "messenger.example.com",
        .port = MSNP_PORT_MSNP,
        .status = MSNP_STATUS_ONLINE,
        .nexus_url = "https://nexus.example.com/rdr/pprdr.asp",
        .login_url = strchr(flags, 'l') ? "https://login.example.com/login2.srf" : NULL,
        .known_login = strchr(flags, 'k') ? "https://known.example.com/login" : NULL,
        .pipelining = strchr(flags, 'e') != NULL,
        .hostile = whole,
        .hear = hear,
        .data = fuzz,
    };

    *fuzz = (session_fuzz){.boards = g_array_new(FALSE, FALSE, sizeof(unsigned)),
                           .request = g_string_new(NULL)};
    g_queue_init(&fuzz->asked);
    promise_init(&fuzz->promise);
    fuzz->drive = drive_new(&config);
    drive_secret(fuzz->drive, ns_fuzz_ticket);
    g_free(flags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    session_fuzz fuzz;

    begin(&fuzz, &input);
    while (input.left > 0 && fuzz.promise.texts->len < PROMISE_TEXTS_MAX)
        run_step(&fuzz, &input);
    /* A service that says nothing more is noticed at the latest by the ping. */
    fuzz.leaves = false;
    drive_do(fuzz.drive, DRIVE_SESSION, "resume");
    for (unsigned i = 0; i < 4; i++)
        drive_advance(fuzz.drive, 600 * 1000, i % 2);
    look(&fuzz);
    CHECK(drive_is_over(fuzz.drive));
    CHECK(drive_n_conns(fuzz.drive) == 0 && drive_deadline(fuzz.drive) == MSNP_NEVER);
    promise_check(&fuzz.promise);
    drive_free(fuzz.drive);
    promise_clear(&fuzz.promise);
    g_array_unref(fuzz.boards);
    g_queue_clear_full(&fuzz.asked, g_free);
    g_string_free(fuzz.request, TRUE);
    return 0;
}
