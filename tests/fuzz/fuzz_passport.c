/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Passport machine. The first byte of the input says what the rest is, up to a line end:
 *
 *   N  a program, nexus to be asked          S  what the nexus answers
 *   L  a program, login server configured    T  what the login server answers
 *   C  account, password, challenge and nexus URL, each on its line, then a program
 *
 * A program is a row of letters: c connected, x closed by the peer, t and a byte: that many seconds
 * pass, F and a line: the peer sends it (with CR LF), f, a byte and that many bytes: the peer sends
 * them, h and u: the clock is held and resumed. Other bytes mean nothing.
 *
 * Answers are delivered in several ways, with the same result.
 */
#include "fuzz.h"

#include <string.h>

static const char password[] = "S3cret,Pa55=w%rd'";
static const char password_encoded[] = "S3cret%2CPa55%3Dw%25rd%27";
static const char challenge[] = "lc=1033,id=507,tw=40,ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,kv=5";

typedef struct {
    msnp_passport *machine;
    fuzz_watch watch;
    int64_t now;
    bool ticket;     /* it came */
    unsigned nexus;  /* how often a nexus was connected to */
    unsigned logins; /* how often a login server was */
} session_state;

static void check_request(const session_state *session, msnp_str request)
{
    bool login = msnp_passport_step(session->machine) == MSNP_STEP_LOGIN;
    char *text = msnp_str_dup(request);
    char **lines = g_strsplit(text, "\r\n", -1);
    unsigned n = g_strv_length(lines);
    const char *host = lines[n - 4];

    CHECK(strlen(text) == request.len);
    CHECK(n == (login ? 6 : 5));
    for (unsigned i = 0; i < n; i++)
        CHECK_TEXT(fuzz_is_printable(lines[i]), lines[i]);
    CHECK(g_str_has_prefix(lines[0], "GET /"));
    CHECK(g_str_has_suffix(lines[0], login ? " HTTP/1.1" : " HTTP/1.0"));
    CHECK(!login || g_str_has_prefix(lines[1], "Authorization: Passport1.4 OrgVerb=GET,OrgURL="));
    CHECK(g_str_has_prefix(host, "Host: "));
    host += strlen("Host: ") + (host[strlen("Host: ")] == '[');
    CHECK(g_str_has_prefix(host, session->watch.host));
    CHECK(!strcmp(lines[n - 3], "Connection: close") && !*lines[n - 2] && !*lines[n - 1]);
    /* The nexus must not learn anything. */
    for (unsigned i = 0; i < session->watch.secrets->len && !login; i++)
        CHECK_TEXT(!strstr(text, session->watch.secrets->pdata[i]), text);
    g_strfreev(lines);
    g_free(text);
}

static void pump(session_state *session, size_t bytes)
{
    msnp_passport *machine = session->machine;
    msnp_event event;

    session->watch.events = 0;
    while (msnp_passport_next(machine, &event)) {
        CHECK_TEXT(!session->ticket || event.type == MSNP_EVENT_STEP, msnp_event_name(event.type));
        fuzz_watch_event(&session->watch, &event);
        if (event.type == MSNP_EVENT_WRITE)
            check_request(session, (msnp_str){event.write.data, event.write.len});
        if (event.type == MSNP_EVENT_CONNECT) {
            bool nexus = msnp_passport_step(machine) == MSNP_STEP_NEXUS_CONNECT;

            session->nexus += nexus;
            session->logins += !nexus;
        }
        session->ticket = session->ticket || event.type == MSNP_EVENT_TICKET;
    }
    CHECK(session->watch.events <= 8 + bytes);
    CHECK(session->nexus <= 1 + MSNP_REDIRECTS_MAX && session->logins <= 1 + MSNP_REDIRECTS_MAX);
    if (session->watch.over) {
        CHECK(msnp_passport_step(machine) == MSNP_STEP_OFFLINE);
        CHECK(msnp_passport_deadline(machine) == MSNP_NEVER);
    }
    if (session->ticket)
        CHECK(msnp_passport_step(machine) == MSNP_STEP_ONLINE);
}

static void tick(session_state *session, int64_t ms)
{
    session->now += ms;
    msnp_passport_tick(session->machine, session->now);
    pump(session, 0);
    CHECK(msnp_passport_deadline(session->machine) > session->now);
}

static void feed(session_state *session, const void *data, size_t len)
{
    bool was_over = session->watch.over;
    msnp_err err = msnp_passport_feed(session->machine, data, len, session->now);

    pump(session, len);
    CHECK(err == MSNP_OK || (!was_over && session->watch.over));
}

static void connected(session_state *session)
{
    session->watch.connected = session->watch.connects > 0 && !session->watch.over;
    session->watch.moved_on = false;
    msnp_passport_connected(session->machine, session->now);
    pump(session, 0);
}

static void begin(session_state *session, const msnp_passport_config *config,
                  const fuzz_input *input)
{
    *session = (session_state){.now = 1000};
    session->machine = msnp_passport_new(config);
    fuzz_watch_init(&session->watch, FUZZ_PASSPORT);
    fuzz_watch_secret(&session->watch, password, input);
    fuzz_watch_secret(&session->watch, password_encoded, input);
    fuzz_watch_secret(&session->watch, challenge, input);
    msnp_passport_set_trace(session->machine, true);
    msnp_passport_start(session->machine, session->now);
    pump(session, 0);
}

static void end(session_state *session)
{
    msnp_passport_free(session->machine);
    fuzz_watch_clear(&session->watch);
}

static void run_program(const msnp_passport_config *config, fuzz_input input)
{
    session_state session;

    begin(&session, config, &input);
    while (input.left > 0) {
        msnp_str bytes;
        char *line;

        switch (fuzz_byte(&input)) {
        case 'c':
            connected(&session);
            break;
        case 'x':
            feed(&session, NULL, 0);
            break;
        case 't':
            tick(&session, 1000 * (int64_t)fuzz_byte(&input));
            break;
        case 'F':
            bytes = fuzz_line(&input);
            line = g_malloc(bytes.len + 2);
            memcpy(line, bytes.ptr, bytes.len);
            memcpy(line + bytes.len, "\r\n", 2);
            feed(&session, line, bytes.len + 2);
            g_free(line);
            break;
        case 'f':
            bytes = fuzz_bytes(&input, fuzz_byte(&input));
            if (bytes.len > 0)
                feed(&session, bytes.ptr, bytes.len);
            break;
        case 'h':
            msnp_passport_hold(session.machine, session.now);
            CHECK(msnp_passport_deadline(session.machine) == MSNP_NEVER);
            break;
        case 'u':
            msnp_passport_resume(session.machine, session.now);
            break;
        default:
            break;
        }
    }
    /* At the latest when all deadlines have passed it is over. */
    msnp_passport_resume(session.machine, session.now);
    tick(&session, 3600 * 1000);
    CHECK(session.watch.over || session.ticket);
    end(&session);
}

/* The answer in pieces; up to the event with which the machine is through with it. */
static GString *run_answer(const msnp_passport_config *config, fuzz_input input, bool whole)
{
    session_state session;
    GString *log;
    uint32_t state = (uint32_t)input.left;

    begin(&session, config, &input);
    connected(&session);
    while (input.left > 0 && !session.watch.moved_on) {
        msnp_str piece = fuzz_bytes(&input, whole ? input.left : fuzz_piece(&state, input.left));

        feed(&session, piece.ptr, piece.len);
    }
    log = g_string_new(session.watch.log->str);
    end(&session);
    return log;
}

static void compare_answers(const msnp_passport_config *config, fuzz_input input)
{
    GString *whole = run_answer(config, input, true);
    GString *pieces = run_answer(config, input, false);

    CHECK_TEXT(g_string_equal(whole, pieces), whole->str);
    g_string_free(whole, TRUE);
    g_string_free(pieces, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    msnp_str mode = fuzz_line(&input);
    char letter = mode.len > 0 ? mode.ptr[0] : 'N';
    bool login = letter == 'L' || letter == 'T';
    msnp_passport_config config = {
        .account = "example@passport.com",
        .password = password,
        .challenge = challenge,
        .nexus_url = "https://nexus.example.com/rdr/pprdr.asp",
        .login_url = login ? "https://login.example.com/login2.srf" : NULL,
    };
    char *texts[4];

    if (letter == 'S' || letter == 'T') {
        compare_answers(&config, input);
    } else if (letter == 'C') {
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
            texts[i] = fuzz_line_dup(&input);
        config.account = texts[0];
        config.password = texts[1];
        config.challenge = texts[2];
        config.nexus_url = texts[3];
        run_program(&config, input);
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
            g_free(texts[i]);
    } else {
        run_program(&config, input);
    }
    return 0;
}
