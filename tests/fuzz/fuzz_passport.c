/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passport. The first byte of the input says what the rest is, up to a line end:
 *
 *   N  a program, nexus to be asked          S  what the nexus answers
 *   L  a program, login server configured    T  what the login server answers
 *   R  what it answers on the connection that the nexus has left open
 *   C  account, password, challenge and nexus URL, each on its line, then a program
 *
 * Behind the letter: "w", it is started before there is a challenge; "k", a login server
 * is known, and asked first.
 *
 * A program is a row of letters: g the challenge comes, c connected, v the connection cannot be
 * made, x closed by the peer, t and a byte: that many seconds pass, F and a line: the peer sends it
 * (with CR LF), f, a byte and that many bytes: the peer sends them, h and u: the clock is held and
 * resumed. Other bytes mean nothing.
 *
 * Answers are delivered in several ways, with the same result.
 */
#include "fuzz.h"
#include "http1.h"

#include <string.h>

static const char password[] = "S3cret,Pa55=w%rd'";
static const char challenge[] = "lc=1033,id=507,tw=40,ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,kv=5";

/* Of a nexus that is the login server as well. */
static const char kept_open[] = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
                                "Connection: keep-alive\r\nContent-Length: 4\r\n"
                                "PassportURLs: DALogin=nexus.example.com/login\r\n\r\npage";

typedef struct {
    drive *drive; /* NULL until it has begun */
    const drive_config *config;
    const char *challenge; /* for later, if it waits */
    bool given;            /* it has credentials */
    bool stale;            /* the known login server was of no use */
    bool at_nexus;         /* what it did last was for the nexus */
    unsigned nexus;        /* how often a nexus was connected to */
    unsigned logins;       /* how often a login server was */
    unsigned servers;      /* how often the nexus named one */
    size_t events;         /* since the last look */
} passport_fuzz;

/* What is known can turn out to be wrong once; after that, and without it, the nexus says it. */
static void hear_login_server(passport_fuzz *fuzz, const char *login)
{
    CHECK(fuzz->servers == 0);
    CHECK(login || (fuzz->config->known_login && !fuzz->stale));
    fuzz->stale = fuzz->stale || !login;
    fuzz->servers += login != NULL;
}

static void hear(gpointer data, const heard *what)
{
    passport_fuzz *fuzz = data;

    fuzz->events++;
    if (what->kind == HEARD_LOGIN_SERVER)
        hear_login_server(fuzz, what->text);
    if (what->kind != HEARD_EVENT)
        return;
    if (what->event.type == MSNP_EVENT_STEP)
        fuzz->at_nexus = what->event.step.step == MSNP_STEP_NEXUS_CONNECT;
    if (what->event.type == MSNP_EVENT_CONNECT) {
        fuzz->nexus += fuzz->at_nexus;
        fuzz->logins += !fuzz->at_nexus;
    }
}

/* In which states it can be now, after so many bytes. */
static void look(passport_fuzz *fuzz, size_t bytes)
{
    const msnp_passport *passport = drive_passport(fuzz->drive);
    msnp_step step = msnp_passport_step(passport);

    fuzz_check_drive(fuzz->drive);
    CHECK(fuzz->events <= 8 + bytes);
    fuzz->events = 0;
    /* Each way to a login server, known or named: a connection anew, and the redirects. */
    CHECK(fuzz->nexus <= 1 + MSNP_REDIRECTS_MAX);
    CHECK(fuzz->logins <= 2 * (2 + MSNP_REDIRECTS_MAX));
    CHECK(!fuzz->given || step != MSNP_STEP_LOGIN_READY);
    CHECK(fuzz->given || (step != MSNP_STEP_LOGIN && step != MSNP_STEP_ONLINE));
    if (step == MSNP_STEP_LOGIN_READY)
        CHECK(msnp_passport_deadline(passport) == MSNP_NEVER);
    else if (!drive_is_over(fuzz->drive))
        CHECK(drive_n_conns(fuzz->drive) == 1);
}

static void tick(passport_fuzz *fuzz, int64_t ms)
{
    drive_advance(fuzz->drive, ms, true);
    look(fuzz, 0);
}

static void feed(passport_fuzz *fuzz, msnp_str bytes)
{
    drive_feed(fuzz->drive, DRIVE_PASSPORT, 0, bytes.ptr, bytes.len);
    look(fuzz, bytes.len);
}

static void sign_in(passport_fuzz *fuzz)
{
    fuzz->given = true;
    drive_sign_in(fuzz->drive, fuzz->config->account, fuzz->challenge);
    look(fuzz, 0);
}

/* `config` is without the challenge if it waits for that. */
static void begin(passport_fuzz *fuzz, const drive_config *config, const char *later,
                  const fuzz_input *input)
{
    drive_config heard_by = *config;

    *fuzz = (passport_fuzz){.config = config, .challenge = later};
    fuzz->given = config->challenge != NULL;
    heard_by.hear = hear;
    heard_by.data = fuzz;
    heard_by.hostile = input->whole;
    fuzz->drive = drive_new(&heard_by);
    look(fuzz, 0);
}

static void run_step(passport_fuzz *fuzz, fuzz_input *input)
{
    GString *line;

    switch (fuzz_byte(input)) {
    case 'c':
        drive_connected(fuzz->drive, DRIVE_PASSPORT, 0);
        break;
    case 'g':
        sign_in(fuzz);
        break;
    case 'v':
        drive_connect_failed(fuzz->drive, DRIVE_PASSPORT, 0);
        break;
    case 'x':
        drive_closed(fuzz->drive, DRIVE_PASSPORT, 0);
        break;
    case 't':
        tick(fuzz, 1000 * (int64_t)fuzz_byte(input));
        break;
    case 'F':
        line = fuzz_line_crlf(input);
        feed(fuzz, (msnp_str){line->str, line->len});
        g_string_free(line, TRUE);
        break;
    case 'f':
        feed(fuzz, fuzz_bytes(input, fuzz_byte(input)));
        break;
    case 'h':
        drive_do(fuzz->drive, DRIVE_PASSPORT, "hold");
        CHECK(drive_deadline(fuzz->drive) == MSNP_NEVER);
        break;
    case 'u':
        drive_do(fuzz->drive, DRIVE_PASSPORT, "resume");
        break;
    default:
        break;
    }
    look(fuzz, 0);
}

static void run_program(const drive_config *config, const char *later, fuzz_input input)
{
    passport_fuzz fuzz;

    begin(&fuzz, config, later, &input);
    while (input.left > 0)
        run_step(&fuzz, &input);
    /* At the latest when all deadlines have passed it is over; the nexus has its own. */
    drive_do(fuzz.drive, DRIVE_PASSPORT, "resume");
    sign_in(&fuzz);
    tick(&fuzz, 3600 * 1000);
    tick(&fuzz, 3600 * 1000);
    CHECK(drive_is_over(fuzz.drive));
    drive_free(fuzz.drive);
}

/* Divided as what follows is not: what one answer leaves behind may spoil the next one. */
static void feed_nexus(passport_fuzz *fuzz, bool whole)
{
    size_t len = strlen(kept_open);

    for (size_t at = 0; at < len; at += whole ? len : 1)
        feed(fuzz, (msnp_str){kept_open + at, whole ? len : 1});
}

/*
 * The answer in pieces, as far as anybody reads it. If it waits for a challenge that comes in the
 * end. With `reuse` the nexus has answered already, and leaves its connection open.
 */
static GString *run_answer(const drive_config *config, const char *later, bool reuse,
                           fuzz_input input, bool whole)
{
    passport_fuzz fuzz;
    GString *log = g_string_new(NULL);
    uint32_t state = (uint32_t)input.left;

    begin(&fuzz, config, later, &input);
    drive_connected(fuzz.drive, DRIVE_PASSPORT, 0);
    if (reuse)
        feed_nexus(&fuzz, !whole);
    while (input.left > 0)
        feed(&fuzz, fuzz_bytes(&input, whole ? input.left : fuzz_piece(&state, input.left)));
    sign_in(&fuzz);
    fuzz_log(log, fuzz.drive);
    drive_free(fuzz.drive);
    return log;
}

/*
 * The input up to the end of the answer's body, if that has one: what comes afterwards comes in
 * time, or too late.
 */
static fuzz_input one_answer(fuzz_input input)
{
    msnp_str rest = {(const char *)input.at, input.left};
    msnp_http_head head;
    size_t body;

    while (msnp_http_head_parse(&head, rest) == MSNP_DONE) {
        rest.ptr += head.len;
        rest.len -= head.len;
        if (head.status < 200)
            continue;
        if (msnp_http_keeps_open(&head, &body) && rest.len > body)
            input.left -= rest.len - body;
        break;
    }
    return input;
}

static bool has_flag(msnp_str mode, char flag)
{
    return mode.len > 1 && memchr(mode.ptr + 1, flag, mode.len - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    msnp_str mode = fuzz_line(&input);
    char letter = mode.len > 0 ? mode.ptr[0] : 'N';
    bool login = letter == 'L' || letter == 'T';
    const char *later = challenge;
    drive_config config = {
        .part = DRIVE_PASSPORT,
        .account = "example@passport.com",
        .password = password,
        .nexus_url = "https://nexus.example.com/rdr/pprdr.asp",
        .login_url = login ? "https://login.example.com/login2.srf" : NULL,
        .known_login = has_flag(mode, 'k') ? "https://known.example.com/login" : NULL,
        .traces = true,
    };
    char *texts[4] = {NULL};

    for (size_t i = 0; letter == 'C' && i < G_N_ELEMENTS(texts); i++)
        texts[i] = fuzz_line_dup(&input);
    if (letter == 'C') {
        config.account = texts[0];
        config.password = texts[1];
        later = texts[2];
        config.nexus_url = texts[3];
    }
    if (!has_flag(mode, 'w'))
        config.challenge = later;
    if (letter == 'S')
        input = one_answer(input);
    if (letter == 'S' || letter == 'T' || letter == 'R')
        fuzz_compare(run_answer(&config, later, letter == 'R', input, true),
                     run_answer(&config, later, letter == 'R', input, false));
    else
        run_program(&config, later, input);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    return 0;
}
