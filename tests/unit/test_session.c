/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of a session what no transcript can hold: secrets in memory, calls out of turn, the end while an
 * event is being handled.
 */
#include "doc.h"
#include "driven.h"
#include "expect.h"
#include "session.h"
#include "watch.h"

#include <string.h>

#define NOW      DRIVE_BEGIN
#define BOB      "bob@example.com"
#define PASSWORD "hunter2&more"
#define WRITTEN  "hunter2%26more" /* as it stands in a request */
#define TICKET   "secret-ticket"
#define COOKIE   "17262740.1050826919"
#define RUNG     "849102291.520491932"

/* --- the life of a session ------------------------------------------------------------------ */

/* What happens to it, in order: bytes for the connection of this kind, or NULL: it stands. */
typedef struct {
    msnp_conn_kind kind;
    const char *bytes;
} step;

/* The nexus names itself, and its connection can be used again. */
#define NAMED                                                            \
    "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n" \
    "PassportURLs: DALogin=nexus.passport.com/login\r\n\r\nabc"
#define SUCCESS "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP='" TICKET "'\r\n\r\n"
#define MESSAGE "MSG " BOB " Bob 34\r\nContent-Type: text/plain\r\n\r\nhushed"

static const step life[] = {
    {MSNP_CONN_SERVICE, NULL},
    {MSNP_CONN_PASSPORT, NULL},
    {MSNP_CONN_SERVICE, DOC_VER},
    {MSNP_CONN_SERVICE, DOC_CVR_ANSWER},
    {MSNP_CONN_SERVICE, DOC_USR_CHALLENGE},
    {MSNP_CONN_PASSPORT, NAMED},
    {MSNP_CONN_PASSPORT, DOC_LOGIN_REDIRECT},
    {MSNP_CONN_PASSPORT, NULL},
    {MSNP_CONN_PASSPORT, SUCCESS},
    {MSNP_CONN_SERVICE, DOC_USR_OK DOC_PROFILE},
    {MSNP_CONN_SERVICE, DOC_LISTS},
    {MSNP_CONN_SERVICE, "CHG 6 NLN 0\r\nILN 6 AWY " BOB " Bob\r\n"},
    /* The user writes; Bob is called, and rings. */
    {MSNP_CONN_SERVICE, "XFR 7 SB a:1 CKI " COOKIE "\r\n"},
    {MSNP_CONN_SWITCHBOARD, NULL},
    {MSNP_CONN_SWITCHBOARD, "USR 1 OK " DOC_ACCOUNT " Me\r\nJOI " BOB " Bob\r\n"},
    {MSNP_CONN_SWITCHBOARD, MESSAGE "USR 1 " DOC_ACCOUNT " " COOKIE "\r\n"},
    {MSNP_CONN_SERVICE, "RNG 1 b:2 CKI " RUNG " bob@example.com Bob\r\n"},
    {MSNP_CONN_SWITCHBOARD, NULL},
    {MSNP_CONN_SWITCHBOARD, "IRO 1 1 1 " BOB " Bob\r\nANS 1 OK\r\n" MESSAGE},
    /* Lines that do not look as they should. */
    {MSNP_CONN_SERVICE,
     DOC_CHL "USR 4 TWN S " TICKET "\r\nUSR  4 TWN S " TICKET "\r\n"
             "ZZZ " TICKET "\r\nXFR 8 SB a:0 CKI " COOKIE "\r\n"
             "XFR 9 SB a:1 " COOKIE "\r\nRNG 1 b:2 CKI " RUNG "\r\n"
             "RNG 1 b:2 " RUNG " " BOB " Bob\r\nNOT 13\r\n" TICKET "911 4\r\nOUT SSD\r\n"},
};
#define ONLINE 12 /* so many of them */

static const char *const secrets[] = {PASSWORD, WRITTEN, DOC_TPF, TICKET, COOKIE, RUNG};
/* Neither does a trace show these. */
static const char *const hidden[] = {"hushed", "Hi there", DOC_MSPAUTH, DOC_DIGEST, "203.0.113.7"};

/* Somebody who drives a session without leaving anything in memory himself. */
typedef struct {
    msnp_session *session;
    msnp_cache *cache; /* NULL: it has none */
    unsigned conns[3]; /* by msnp_conn_kind; 0: none */
    bool stands[3];
    unsigned seen[MSNP_N_EVENTS];
    msnp_event_type stop_at; /* signs out when it hears of this; MSNP_N_EVENTS: never */
    char *stopped;           /* what that was */
    bool wrote_password;
} player;

static void begin_cached(player *p, msnp_cache *cache)
{
    *p = (player){.cache = cache, .stop_at = MSNP_N_EVENTS};
    p->session = msnp_session_new(&(msnp_session_config){.account = DOC_ACCOUNT,
                                                         .host = DOC_DISPATCH,
                                                         .port = 1863,
                                                         .nexus_url = DOC_NEXUS_URL,
                                                         .trace = true,
                                                         .cache = cache},
                                  NOW);
}

static void begin(player *p)
{
    begin_cached(p, NULL);
}

static void check_trace(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++)
        g_assert_null(strstr(text, secrets[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++)
        g_assert_null(strstr(text, hidden[i]));
}

static msnp_conn_kind kind_of(const msnp_event *event)
{
    if (event->connect.tls)
        return MSNP_CONN_PASSPORT;
    return event->connect.switchboard ? MSNP_CONN_SWITCHBOARD : MSNP_CONN_SERVICE;
}

static char *written(const msnp_event *event)
{
    return g_string_free(heard_write(&(heard){.kind = HEARD_EVENT, .event = *event}), FALSE);
}

static bool next_event(msnp_session *session, msnp_event *event)
{
    while (!msnp_session_next(session, event))
        if (!msnp_session_serve(session, NOW))
            return false;
    return true;
}

/* What had been said already comes, but of what was to be sent only the farewell. */
static void check_rest(const msnp_event *event)
{
    g_assert_cmpint(event->type, !=, MSNP_EVENT_FAILED);
    if (event->type == MSNP_EVENT_WRITE)
        expect_text(((msnp_str){event->write.data, event->write.len}), "OUT\r\n");
}

/* The user signs out while this event is being handled, and then it is looked at again. */
static void stop(player *p, const msnp_event *event)
{
    char *before = written(event);
    msnp_event rest;

    p->stop_at = MSNP_N_EVENTS;
    msnp_session_sign_out(p->session, NOW);
    while (next_event(p->session, &rest))
        check_rest(&rest);
    p->stopped = written(event);
    g_assert_cmpstr(p->stopped, ==, before);
    g_free(before);
}

static void handle(player *p, const msnp_event *event)
{
    p->seen[event->type]++;
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        p->conns[kind_of(event)] = event->conn;
        p->stands[kind_of(event)] = false;
        break;
    case MSNP_EVENT_CLOSE:
        for (size_t i = 0; i < G_N_ELEMENTS(p->conns); i++)
            p->stands[i] = p->stands[i] && p->conns[i] != event->conn;
        break;
    case MSNP_EVENT_WRITE:
        p->wrote_password = p->wrote_password || memmem(event->write.data, event->write.len,
                                                        WRITTEN, strlen(WRITTEN)) != NULL;
        break;
    case MSNP_EVENT_TRACE:
        check_trace(event->trace.text);
        break;
    default:
        break;
    }
    if (event->type == p->stop_at)
        stop(p, event);
    /* These may come too late: that has no effect. */
    if (event->type == MSNP_EVENT_PASSWORD)
        msnp_session_password(p->session, PASSWORD, NOW);
    else if (event->type == MSNP_EVENT_STATUS_WANTED)
        msnp_session_set_status(p->session, MSNP_STATUS_ONLINE, NOW);
    else if (event->type == MSNP_EVENT_ONLINE)
        msnp_session_say(p->session, (msnp_conversation_id){.who = BOB}, "Hi there",
                         &(msnp_format){.font = ""}, NOW);
}

static void drain(player *p)
{
    msnp_event event;

    while (next_event(p->session, &event))
        handle(p, &event);
}

/* In pieces of so many bytes, 0 for all at once. What comes of it is not looked at yet. */
static void take_step(player *p, const step *what, size_t piece)
{
    unsigned conn = p->conns[what->kind];
    size_t len = what->bytes != NULL ? strlen(what->bytes) : 0;

    if (what->bytes == NULL) {
        p->stands[what->kind] = true;
        msnp_session_connected(p->session, conn, NOW);
    }
    for (size_t at = 0; at < len && p->stands[what->kind]; at += piece > 0 ? piece : len)
        msnp_session_feed(p->session, conn, what->bytes + at,
                          MIN(piece > 0 ? piece : len, len - at));
}

static void live(player *p, size_t n_steps, size_t piece)
{
    msnp_session_start(p->session, NOW);
    for (size_t i = 0; i < n_steps; i++) {
        drain(p);
        take_step(p, &life[i], piece);
    }
}

/* --- secrets: first of all, for what other tests leave in memory the core gets next --------- */

static const size_t pieces[] = {0, 1, 7};

static void end_of_watch(void)
{
    watch_off();
    g_assert_cmpuint(watch_found(), ==, 0);
    watch_reset();
}

static void begin_watch(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++)
        watch_secret(secrets[i]);
    watch_on();
}

typedef enum { JUST_FREED, DRAINED, SIGNED_OUT, LOST, N_ENDINGS } ending;

/* It ends after so many steps, whatever waits then. */
static void live_and_end(player *p, size_t n_steps, size_t piece, ending how)
{
    live(p, n_steps, piece);
    if (how != JUST_FREED)
        drain(p);
    if (how == SIGNED_OUT)
        msnp_session_sign_out(p->session, NOW);
    /* In the middle of a sign-in it is tried again, without pipelining. */
    if (how == LOST && p->stands[MSNP_CONN_SERVICE]) {
        msnp_session_feed(p->session, p->conns[MSNP_CONN_SERVICE], NULL, 0);
        live(p, G_N_ELEMENTS(life), piece);
    }
    if (how == SIGNED_OUT || how == LOST)
        drain(p);
    msnp_session_free(p->session);
}

/* Wherever a session ends, and however: nothing that is secret stays in memory. */
static void test_secrets(void)
{
    for (size_t n = 0; n <= G_N_ELEMENTS(life); n++) {
        for (size_t i = 0; i < N_ENDINGS * G_N_ELEMENTS(pieces); i++) {
            player p;
            g_test_message("%zu steps, ending %zu in pieces of %zu", n, i % N_ENDINGS,
                           pieces[i / N_ENDINGS]);
            begin_watch();
            begin(&p);
            live_and_end(&p, n, pieces[i / N_ENDINGS], (ending)(i % N_ENDINGS));
            end_of_watch();
            if (n == G_N_ELEMENTS(life) && i % N_ENDINGS == DRAINED) {
                g_assert_true(p.wrote_password);
                g_assert_cmpuint(p.seen[MSNP_EVENT_MESSAGE], ==, 2);
                g_assert_cmpuint(p.seen[MSNP_EVENT_TRACE], >, 20);
                g_assert_cmpuint(p.seen[MSNP_EVENT_FAILED], ==, 1);
            }
        }
    }
}

/* Whatever a login server says, the one that the nexus named, or one that it named long ago. */
static void test_login_answers(void)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP='a b" TICKET "'\r\n\r\n",
        "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP='" TICKET "\r\n\r\n",
        "HTTP/1.1 200 x\r\nAuthentication-Info: Passport1.4 from-PP='" TICKET "'\r\n",
        "HTTP/1.1 401 x\r\nAuthentication-Info: Passport1.4 from-PP='" TICKET "'\r\n\r\n",
        "HTTP/1.1 500 x\r\nAuthentication-Info: Passport1.4 from-PP='" TICKET "'\r\n\r\n",
        "HTTP/1.1 302 x\r\nLocation: http://host/\r\n\r\n",
        "garbage\r\n",
        SUCCESS,
    };

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(answers) * G_N_ELEMENTS(pieces); i++) {
        const step answer = {MSNP_CONN_PASSPORT, answers[i / 2 % G_N_ELEMENTS(answers)]};
        const step more[] = {
            answer, {MSNP_CONN_PASSPORT, NULL}, {MSNP_CONN_PASSPORT, NAMED}, answer};
        size_t piece = pieces[i / 2 / G_N_ELEMENTS(answers)];
        bool known = i % 2 != 0;
        msnp_cache *cache = known ? msnp_cache_new() : NULL;
        player p;
        if (known)
            msnp_cache_set_login(cache, DOC_NEXUS_URL, "https://old.example.com/login", NOW);
        begin_watch();
        begin_cached(&p, cache);
        live(&p, known ? 5 : 6, piece);
        for (size_t k = 0; k < G_N_ELEMENTS(more); k++) {
            drain(&p);
            take_step(&p, &more[k], piece);
        }
        drain(&p);
        msnp_session_free(p.session);
        end_of_watch();
        g_assert_true(p.wrote_password);
        msnp_cache_free(cache);
    }
}

/* --- calls ---------------------------------------------------------------------------------- */

static void end(player *p)
{
    msnp_session_free(p->session);
    g_free(p->stopped);
}

/* It works without a cache, and with one that knows what was learned. */
static void test_cache(void)
{
    for (int cached = 0; cached < 2; cached++) {
        msnp_cache *cache = cached ? msnp_cache_new() : NULL;
        player p;
        begin_cached(&p, cache);
        g_assert_cmpstr(msnp_session_handle(p.session), ==, DOC_ACCOUNT);
        live(&p, ONLINE, 0);
        g_assert_false(msnp_session_is_over(p.session));
        drain(&p);
        g_assert_true(msnp_session_is_online(p.session));
        g_assert_cmpuint(p.seen[MSNP_EVENT_CACHED], ==, cached);
        g_assert_cmpstr(cached ? msnp_cache_login(cache, DOC_NEXUS_URL, NOW) : NULL, ==,
                        cached ? "https://nexus.passport.com/login" : NULL);
        end(&p);
        msnp_cache_free(cache);
    }
    msnp_session_free(NULL);
}

static void test_config(void)
{
    static const struct {
        const char *account;
        const char *host;
        unsigned port;
        const char *fails;
    } table[] = {
        {NULL, "host", 1863, "FAILED account IDLE - 0 -"},
        {"a@b", NULL, 1863, "FAILED server-name IDLE - 0 -"},
        {"a@b", "host", 65536, "FAILED server-name IDLE - 0 -"},
        {"a@b", "host", G_MAXUINT, "FAILED server-name IDLE - 0 -"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_session *session = msnp_session_new(&(msnp_session_config){.account = table[i].account,
                                                                        .host = table[i].host,
                                                                        .port = table[i].port},
                                                 NOW);
        msnp_event event;
        unsigned failures = 0;
        msnp_session_start(session, NOW);
        while (next_event(session, &event)) {
            if (event.type != MSNP_EVENT_FAILED)
                continue;
            char *text = written(&event);
            g_assert_cmpstr(text, ==, table[i].fails);
            g_free(text);
            failures++;
        }
        g_assert_cmpuint(failures, ==, 1);
        g_assert_true(msnp_session_is_over(session));
        msnp_session_free(session);
    }
}

/* A session that was not started, or has no such connection, does nothing. */
static void test_not_started(void)
{
    msnp_event event;
    player p;

    begin(&p);
    for (unsigned conn = 0; conn < 3; conn++) {
        msnp_session_connected(p.session, conn, NOW);
        msnp_session_connect_failed(p.session, conn, &(msnp_connect_error){.code = 1}, NOW);
        msnp_session_feed(p.session, conn, DOC_VER, strlen(DOC_VER));
        msnp_session_hold(p.session, conn, NOW);
        msnp_session_resume(p.session, conn, NOW);
    }
    msnp_session_password(p.session, PASSWORD, NOW);
    msnp_session_tick(p.session, NOW);
    g_assert_cmpint(msnp_session_deadline(p.session, NULL), ==, MSNP_NEVER);
    g_assert_false(next_event(p.session, &event));
    end(&p);
}

/* A password that nobody asked for is not used, before it is asked for or after. */
static void test_password_unasked(void)
{
    player p;

    begin(&p);
    msnp_session_start(p.session, NOW);
    for (size_t i = 0; i < ONLINE; i++) {
        drain(&p);
        msnp_session_password(p.session, "another", NOW);
        take_step(&p, &life[i], 0);
    }
    drain(&p);
    g_assert_true(msnp_session_is_online(p.session));
    end(&p);
}

/*
 * The user signs out while an event is handled, whichever that is: it stays as it is, and nothing
 * begins after that.
 */
static void test_stop(void)
{
    unsigned stopped = 0;

    for (int type = 0; type < MSNP_N_EVENTS; type++) {
        player p;
        begin(&p);
        p.stop_at = (msnp_event_type)type;
        live(&p, G_N_ELEMENTS(life) - 1, 0);
        drain(&p);
        if (p.stopped != NULL) {
            g_test_message("%s", p.stopped);
            stopped++;
            g_assert_true(msnp_session_is_over(p.session));
            g_assert_cmpint(msnp_session_deadline(p.session, NULL), ==, MSNP_NEVER);
        }
        end(&p);
    }
    g_assert_cmpuint(stopped, >=, 12);
}

/*
 * Bytes only wait until the events have been taken out: what the session lent is as it was until
 * then, and a peer that sends a lot, to which little is listened, has little effect.
 */
static void test_bytes_wait(void)
{
    static const step news[] = {{MSNP_CONN_SERVICE, "NLN BSY " BOB " Robert\r\n"},
                                {MSNP_CONN_SERVICE, "XFR 0 NS other.example.com:1863 0 x\r\n"}};
    player p;
    msnp_event event;

    begin(&p);
    live(&p, ONLINE, 0);
    drain(&p);
    const msnp_contact *bob = msnp_roster_find(msnp_session_roster(p.session), msnp_str_of(BOB));
    const char *name = bob->name;
    char *before = g_strdup(name);
    for (size_t i = 0; i < G_N_ELEMENTS(news); i++)
        take_step(&p, &news[i], 0);
    g_assert_true(bob->name == name);
    g_assert_cmpstr(name, ==, before);
    g_assert_true(next_event(p.session, &event));
    g_assert_cmpstr(bob->name, ==, "Robert");
    drain(&p);
    g_free(before);
    end(&p);
}

/* What had arrived in a conversation when the session failed is shown all the same. */
static void test_message_before_end(void)
{
    static const step end_of_service = {MSNP_CONN_SERVICE, "OUT SSD\r\n"};
    player p;

    begin(&p);
    live(&p, 15, 0);
    drain(&p);
    take_step(&p, &end_of_service, 0);
    take_step(&p, &life[15], 0);
    drain(&p);
    g_assert_cmpuint(p.seen[MSNP_EVENT_MESSAGE], ==, 1);
    g_assert_cmpuint(p.seen[MSNP_EVENT_FAILED], ==, 1);
    end(&p);
}

/* Is a call of this person answered? */
static bool is_answered(player *p, const char *who)
{
    unsigned before = p->seen[MSNP_EVENT_CONNECT];
    char *ring = g_strdup_printf("RNG %s b:2 CKI " RUNG " %s x\r\n", who, who);
    const step rings = {MSNP_CONN_SERVICE, ring};

    take_step(p, &rings, 0);
    drain(p);
    g_free(ring);
    return p->seen[MSNP_EVENT_CONNECT] > before;
}

/* However many strangers ring, contacts are answered; to be on the reverse list is not enough. */
static void test_strangers(void)
{
    player p;

    begin(&p);
    live(&p, ONLINE, 0);
    for (unsigned i = 0; i < 100; i++) {
        char *who = g_strdup_printf("p%u@example.com", i);
        (void)is_answered(&p, who);
        g_free(who);
    }
    g_assert_false(is_answered(&p, "dave@example.com"));
    g_assert_true(is_answered(&p, BOB));
    end(&p);
}

/* A person is asked about several connections: time stands still until each has its answer. */
static void test_hold(void)
{
    static const struct {
        const char
            *holds; /* the numbers of connections: +1 hold, -1 resume, x2 could not be made */
        bool still;
    } table[] = {
        {"", false},      {"+1", true},      {"+2", true},        {"+1-1", false},
        {"+1+2-1", true}, {"+1+2-2", true},  {"+1+2-1-2", false}, {"+1+1-1", false},
        {"+1-2", true},   {"-1", false},     {"+9", false},       {"+2x2", false},
        {"+1+2x2", true}, {"+2x2-2", false}, {"+1+9-9", true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        player p;
        begin(&p);
        live(&p, 1, 0);
        drain(&p);
        for (const char *at = table[i].holds; *at != '\0'; at += 2) {
            unsigned conn = (unsigned)(at[1] - '0');
            if (*at == '+')
                msnp_session_hold(p.session, conn, NOW);
            else if (*at == '-')
                msnp_session_resume(p.session, conn, NOW);
            else
                msnp_session_connect_failed(p.session, conn, &(msnp_connect_error){0}, NOW);
        }
        g_test_message("%s", table[i].holds);
        g_assert_cmpint(msnp_session_deadline(p.session, NULL) == MSNP_NEVER, ==, table[i].still);
        end(&p);
    }
}

/* --- after the end -------------------------------------------------------------------------- */

/* Whatever is wanted then has no effect, and what needs an answer says what ended the session. */
static void test_after_end(void)
{
    static const struct {
        const char *bytes; /* of the service; NULL: we sign out; "": it closes the connection */
        const char *why;
    } table[] = {
        {NULL, "signed-out"},
        {"OUT OTH\r\n", "elsewhere"},
        {"OUT SSD\r\n", "shutdown"},
        {"OUT\r\n", "closed"},
        {"", "closed"},
    };
    static const char *const intents[] = {"type " BOB,       "chat " BOB " carol@example.com",
                                          "invite #1 " BOB,  "leave " BOB,
                                          "leave #1",        "status AWY",
                                          "edit ALLOW " BOB, "hold",
                                          "resume",          "sign-out"};
    static const drive_config config = {.part = DRIVE_SESSION,
                                        .account = DOC_ACCOUNT,
                                        .password = PASSWORD,
                                        .host = DOC_DISPATCH,
                                        .port = 1863,
                                        .nexus_url = DOC_NEXUS_URL};
    static const drive_part sides[] = {[MSNP_CONN_SERVICE] = DRIVE_NS,
                                       [MSNP_CONN_PASSPORT] = DRIVE_PASSPORT,
                                       [MSNP_CONN_SWITCHBOARD] = DRIVE_SWITCHBOARD};

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        drive *d = drive_new(&config);
        for (size_t k = 0; k < ONLINE; k++) {
            if (life[k].bytes == NULL)
                drive_connected(d, sides[life[k].kind], 0);
            else
                driven_feed(d, sides[life[k].kind], life[k].bytes);
        }
        g_assert_true(msnp_session_is_online(drive_session(d)));
        if (table[i].bytes == NULL)
            drive_do(d, DRIVE_NS, "sign-out");
        else if (*table[i].bytes == '\0')
            drive_closed(d, DRIVE_NS, 0);
        else
            driven_feed(d, DRIVE_NS, table[i].bytes);
        driven_forget(d);
        g_assert_true(msnp_session_is_over(drive_session(d)));
        driven_do(d, DRIVE_SESSION, "refused %s " BOB " Hi", table[i].why);
        driven_do(d, DRIVE_SESSION, "nudge " BOB " %s", table[i].why);
        for (size_t k = 0; k < G_N_ELEMENTS(intents); k++) {
            drive_do(d, DRIVE_SESSION, intents[k]);
            expect_silence(d);
        }
        g_assert_cmpuint(msnp_session_chat(drive_session(d), BOB, NULL, NOW), ==, 0);
        driven_feed(d, DRIVE_NS, "QNG\r\n");
        drive_advance(d, 1000000, false);
        driven_done(d);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/session/secrets", test_secrets);
    g_test_add_func("/session/login-answers", test_login_answers);
    g_test_add_func("/session/cache", test_cache);
    g_test_add_func("/session/config", test_config);
    g_test_add_func("/session/not-started", test_not_started);
    g_test_add_func("/session/password-unasked", test_password_unasked);
    g_test_add_func("/session/stop", test_stop);
    g_test_add_func("/session/bytes-wait", test_bytes_wait);
    g_test_add_func("/session/message-before-end", test_message_before_end);
    g_test_add_func("/session/strangers", test_strangers);
    g_test_add_func("/session/hold", test_hold);
    g_test_add_func("/session/after-end", test_after_end);
    return g_test_run();
}
