/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Passport machine. The first byte of the input says what the rest is, up to a line end:
 *
 *   N  a program, nexus to be asked          S  what the nexus answers
 *   L  a program, login server configured    T  what the login server answers
 *   R  what it answers on the connection that the nexus has left open
 *   C  account, password, challenge and nexus URL, each on its line, then a program
 *
 * Behind the letter: "w", the machine is started before there is a challenge; "k", a login server
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
static const char password_encoded[] = "S3cret%2CPa55%3Dw%25rd%27";
static const char challenge[] = "lc=1033,id=507,tw=40,ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,kv=5";

/* Of a nexus that is the login server as well. */
static const char kept_open[] = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
                                "Connection: keep-alive\r\nContent-Length: 4\r\n"
                                "PassportURLs: DALogin=nexus.example.com/login\r\n\r\npage";

/* What an input chooses for its machine. */
typedef struct {
    msnp_passport_config config;
    msnp_credentials credentials;
    bool waits;    /* started before there is a challenge */
    bool one_host; /* the nexus has answered already, and leaves its connection open */
} setup;

typedef struct {
    msnp_passport *machine;
    const setup *chosen;
    fuzz_watch watch;
    int64_t now;
    bool given;       /* it has credentials */
    bool asked;       /* it waits for a connection */
    bool ticket;      /* it came */
    bool stale;       /* the known login server was of no use */
    unsigned nexus;   /* how often a nexus was connected to */
    unsigned logins;  /* how often a login server was */
    unsigned servers; /* how often the nexus named one */
} session_state;

static void check_request(const session_state *session, msnp_str request)
{
    char *text = msnp_str_dup(request);
    bool login = strstr(text, "\r\nAuthorization: ") != NULL;
    char **lines = g_strsplit(text, "\r\n", -1);
    unsigned n = g_strv_length(lines);
    const char *host = lines[n - 4];

    CHECK(strlen(text) == request.len);
    CHECK(n == (login ? 6 : 5));
    for (unsigned i = 0; i < n; i++)
        CHECK_TEXT(heard_is_printable(lines[i]), lines[i]);
    CHECK(g_str_has_prefix(lines[0], "GET /"));
    CHECK(g_str_has_suffix(lines[0], login ? " HTTP/1.1" : " HTTP/1.0"));
    CHECK(!login || g_str_has_prefix(lines[1], "Authorization: Passport1.4 OrgVerb=GET,OrgURL="));
    CHECK(g_str_has_prefix(host, "Host: "));
    host += strlen("Host: ") + (host[strlen("Host: ")] == '[');
    CHECK(g_str_has_prefix(host, session->watch.host));
    CHECK(!strcmp(lines[n - 3], login ? "Connection: close" : "Connection: keep-alive"));
    CHECK(!*lines[n - 2] && !*lines[n - 1]);
    CHECK(session->given || !login);
    /* The nexus must not learn anything, nor anybody before there is a challenge. */
    for (unsigned i = 0; i < session->watch.secrets->len && !login; i++)
        CHECK_TEXT(!strstr(text, session->watch.secrets->pdata[i]), text);
    g_strfreev(lines);
    g_free(text);
}

static void note_connect(session_state *session)
{
    bool nexus = msnp_passport_step(session->machine) == MSNP_STEP_NEXUS_CONNECT;

    session->nexus += nexus;
    session->logins += !nexus;
    session->asked = true;
}

/* What is known can turn out to be wrong once; after that, and without it, the nexus says it. */
static void note_login_server(session_state *session, const char *login)
{
    CHECK(session->servers == 0);
    CHECK(login || (session->chosen->config.known_login && !session->stale));
    session->stale = session->stale || !login;
    session->servers += login != NULL;
}

/* In which states it can be now. */
static void check_state(const session_state *session)
{
    msnp_step step = msnp_passport_step(session->machine);

    /* Each way to a login server, known or named: a connection anew, and the redirects. */
    CHECK(session->nexus <= 1 + MSNP_REDIRECTS_MAX);
    CHECK(session->logins <= 2 * (2 + MSNP_REDIRECTS_MAX));
    CHECK(!session->given || step != MSNP_STEP_LOGIN_READY);
    CHECK(session->given || (step != MSNP_STEP_LOGIN && step != MSNP_STEP_ONLINE));
    if (step == MSNP_STEP_LOGIN_READY)
        CHECK(msnp_passport_deadline(session->machine) == MSNP_NEVER);
    if (session->watch.over) {
        CHECK(step == MSNP_STEP_OFFLINE);
        CHECK(msnp_passport_deadline(session->machine) == MSNP_NEVER);
    }
    if (session->ticket)
        CHECK(step == MSNP_STEP_ONLINE);
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
        if (event.type == MSNP_EVENT_CONNECT)
            note_connect(session);
        if (event.type == MSNP_EVENT_LOGIN_SERVER)
            note_login_server(session, event.login_server);
        session->ticket = session->ticket || event.type == MSNP_EVENT_TICKET;
    }
    CHECK(session->watch.events <= 8 + bytes);
    check_state(session);
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

    if (len == 0)
        session->watch.connected = session->asked = false;
    pump(session, len);
    CHECK(err == MSNP_OK || (!was_over && session->watch.over));
}

static void connected(session_state *session)
{
    if (!session->asked)
        return;
    session->asked = false;
    session->watch.connected = !session->watch.over;
    session->watch.moved_on = false;
    msnp_passport_connected(session->machine, session->now);
    pump(session, 0);
}

/* Goes on elsewhere, or is over without a word. If nothing was asked for, nothing happens. */
static void unreached(session_state *session)
{
    unsigned connects = session->watch.connects;
    bool asked = session->asked && !session->watch.over;
    bool goes_on;

    if (session->watch.connected)
        return;
    session->asked = false;
    goes_on = msnp_passport_connect_failed(session->machine, session->now);
    pump(session, 0);
    CHECK(asked || !goes_on);
    if (goes_on) {
        CHECK(session->watch.over || session->watch.connects == connects + 1);
    } else {
        CHECK(session->watch.events == 0);
        session->watch.over = session->watch.over || asked;
        pump(session, 0);
    }
}

static void sign_in(session_state *session)
{
    session->given = true;
    msnp_passport_sign_in(session->machine, &session->chosen->credentials, session->now);
    pump(session, 0);
}

static void begin(session_state *session, const setup *chosen, const fuzz_input *input)
{
    *session = (session_state){.now = 1000, .chosen = chosen};
    session->machine = msnp_passport_new(&chosen->config);
    fuzz_watch_init(&session->watch, FUZZ_PASSPORT);
    fuzz_watch_secret(&session->watch, password, input);
    fuzz_watch_secret(&session->watch, password_encoded, input);
    fuzz_watch_secret(&session->watch, challenge, input);
    msnp_passport_set_trace(session->machine, true);
    if (!chosen->waits)
        sign_in(session);
    msnp_passport_start(session->machine, session->now);
    pump(session, 0);
}

static void end(session_state *session)
{
    msnp_passport_free(session->machine);
    fuzz_watch_clear(&session->watch);
}

static void run_program(const setup *chosen, fuzz_input input)
{
    session_state session;

    begin(&session, chosen, &input);
    while (input.left > 0) {
        msnp_str bytes;
        char *line;

        switch (fuzz_byte(&input)) {
        case 'c':
            connected(&session);
            break;
        case 'g':
            sign_in(&session);
            break;
        case 'v':
            unreached(&session);
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
    /* At the latest when all deadlines have passed it is over; the nexus has its own. */
    msnp_passport_resume(session.machine, session.now);
    sign_in(&session);
    tick(&session, 3600 * 1000);
    tick(&session, 3600 * 1000);
    CHECK(session.watch.over || session.ticket);
    end(&session);
}

/* Divided as what follows is not: what one answer leaves behind may spoil the next one. */
static void feed_nexus(session_state *session, bool whole)
{
    size_t len = strlen(kept_open);

    for (size_t at = 0; at < len; at += whole ? len : 1)
        feed(session, kept_open + at, whole ? len : 1);
}

/*
 * The answer in pieces; up to the event with which the machine is through with it. If it waits for
 * a challenge that comes in the end.
 */
static GString *run_answer(const setup *chosen, fuzz_input input, bool whole)
{
    session_state session;
    GString *log;
    uint32_t state = (uint32_t)input.left;

    begin(&session, chosen, &input);
    session.watch.stepless = true;
    connected(&session);
    if (chosen->one_host)
        feed_nexus(&session, !whole);
    while (input.left > 0 && !session.watch.moved_on) {
        msnp_str piece = fuzz_bytes(&input, whole ? input.left : fuzz_piece(&state, input.left));

        feed(&session, piece.ptr, piece.len);
    }
    sign_in(&session);
    log = g_string_new(session.watch.log->str);
    end(&session);
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

static void compare_answers(const setup *chosen, fuzz_input input)
{
    GString *whole = run_answer(chosen, input, true);
    GString *pieces = run_answer(chosen, input, false);

    CHECK_TEXT(g_string_equal(whole, pieces), whole->str);
    g_string_free(whole, TRUE);
    g_string_free(pieces, TRUE);
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
    setup chosen = {
        .config = {.nexus_url = "https://nexus.example.com/rdr/pprdr.asp",
                   .login_url = login ? "https://login.example.com/login2.srf" : NULL,
                   .known_login = has_flag(mode, 'k') ? "https://known.example.com/login" : NULL},
        .credentials = {"example@passport.com", password, challenge},
        .waits = has_flag(mode, 'w'),
        .one_host = letter == 'R',
    };
    char *texts[4];

    if (letter == 'S' || letter == 'T' || letter == 'R') {
        compare_answers(&chosen, letter == 'S' ? one_answer(input) : input);
    } else if (letter == 'C') {
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
            texts[i] = fuzz_line_dup(&input);
        chosen.credentials = (msnp_credentials){texts[0], texts[1], texts[2]};
        chosen.config.nexus_url = texts[3];
        run_program(&chosen, input);
        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
            g_free(texts[i]);
    } else {
        run_program(&chosen, input);
    }
    return 0;
}
