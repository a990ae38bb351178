/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages and conversations. */
#include "conversations.h"
#include "bench.h"
#include "fast_clock.h"
#include "msnp.h"
#include "people.h"
#include "service.h"

#include <stdio.h>
#include <string.h>

#define OWN "me@example.com"
/* What one read from a socket gives at most. */
#define PIECE 16384
/* So many messages the user writes in a row; the core takes no more than 1000. */
#define BURST 500
#define TEXT  "So many words are in a line that somebody writes to somebody else, more or less."

/* --- the core ------------------------------------------------------------------------------- */

typedef struct {
    msnp_net net;
    msnp_conversations *conversations;
    unsigned wire; /* that was connected last */
    guint texts;
    guint sessions;
} core;

static void drain(core *c)
{
    msnp_event event;

    do {
        while (msnp_event_queue_pop(&c->net.events, &event)) {
            if (event.type == MSNP_EVENT_CONNECT)
                c->wire = event.conn;
            else if (event.type == MSNP_EVENT_MESSAGE)
                c->texts++;
        }
    } while (msnp_net_serve(&c->net, 0));
}

static void feed(core *c, const char *data, size_t len)
{
    for (size_t at = 0; at < len; at += PIECE) {
        msnp_net_received(&c->net, c->wire, (msnp_str){data + at, MIN(PIECE, len - at)});
        drain(c);
    }
}

/* Somebody calls, and is in the switchboard. */
static void be_called(core *c, const char *who)
{
    /* Each time another session: who rings twice for the same one is answered once. */
    g_autofree char *session = g_strdup_printf("1%07u", ++c->sessions);
    const msnp_ring ring = {.session = session,
                            .host = "sb.example.com",
                            .port = 1863,
                            .cookie = "849102291.520491932",
                            .account = who,
                            .name = "Somebody",
                            .contact = true};
    g_autofree char *lines = g_strdup_printf("IRO 1 1 1 %s Somebody\r\nANS 1 OK\r\n", who);

    msnp_conversations_rung(c->conversations, &ring, 0);
    drain(c);
    msnp_net_connected(&c->net, c->wire, 0);
    drain(c);
    feed(c, lines, strlen(lines));
}

static void nobody_asks(gpointer owner, unsigned request, int64_t now)
{
    (void)owner;
    (void)request;
    (void)now;
}

static void core_init(core *c)
{
    static const msnp_conversations_ops ops = {.ask_switchboard = nobody_asks};

    *c = (core){0};
    msnp_net_init(&c->net, false);
    c->conversations = msnp_conversations_new(&c->net, &ops, NULL);
    msnp_conversations_set_account(c->conversations, OWN);
}

static GString *make_messages(const char *who, guint messages)
{
    static const char payload[] = "MIME-Version: 1.0\r\n"
                                  "Content-Type: text/plain; charset=UTF-8\r\n"
                                  "X-MMS-IM-Format: FN=Arial; EF=; CO=0; CS=0; PF=22\r\n"
                                  "\r\n" TEXT;
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < messages; i++)
        g_string_append_printf(out, "MSG %s Somebody %u\r\n%s", who, (guint)strlen(payload),
                               payload);
    return out;
}

int bench_read(char **words)
{
    guint messages = number_of(words[0]);
    GString *bytes = make_messages(PEOPLE_FIRST, messages);
    core c;

    core_init(&c);
    be_called(&c, PEOPLE_FIRST);
    double before = cpu_ms();
    feed(&c, bytes->str, bytes->len);
    printf("read messages=%u ms=%.3f\n", c.texts, cpu_ms() - before);
    msnp_conversations_free(c.conversations);
    msnp_net_clear(&c.net);
    g_string_free(bytes, TRUE);
    return c.texts == messages ? 0 : 1;
}

int bench_open(char **words)
{
    guint conversations = number_of(words[0]);
    core c;

    core_init(&c);
    size_t heap = heap_bytes();

    for (guint i = 0; i < conversations; i++) {
        g_autofree char *who = g_strdup_printf("robot%u@example.com", i);
        GString *message = make_messages(who, 1);

        be_called(&c, who);
        feed(&c, message->str, message->len);
        g_string_free(message, TRUE);
    }
    gboolean done = c.texts == conversations &&
                    msnp_conversations_n_switchboards(c.conversations) == conversations;
    printf("open conversations=%u heap=%" G_GSIZE_FORMAT "\n", conversations, heap_bytes() - heap);
    msnp_conversations_free(c.conversations);
    msnp_net_clear(&c.net);
    return done ? 0 : 1;
}

/* --- libpurple ------------------------------------------------------------------------------ */

static struct {
    guint texts; /* that came */
    gint64 first;
    gint64 last;
    double last_cpu;
} seen;

static void was_told(PurpleAccount *account, const char *who, const char *html,
                     PurpleConversation *conv, PurpleMessageFlags flags, gpointer data)
{
    (void)account;
    (void)who;
    (void)html;
    (void)conv;
    (void)flags;
    (void)data;
    seen.last = g_get_monotonic_time();
    seen.last_cpu = cpu_ms();
    if (seen.texts++ == 0)
        seen.first = seen.last;
}

/* Waits until so many texts have come. */
static gboolean wait_for_texts(const user *u, guint texts)
{
    gint64 until = client_until(PATIENCE);

    while (seen.texts < texts && u->online && client_turn(until))
        ;
    return seen.texts >= texts;
}

static void forget(void)
{
    memset(&seen, 0, sizeof seen);
    client_forget_turns();
}

static people *gather(guint robots, const char *dir)
{
    const people_plan plan = {.accounts = 1, .robots = robots};

    return people_start(dir, &plan);
}

/* Signed in, with the complete list; or there is an error. */
static user *sign_in(const user_config *config, const char *dir)
{
    static int handle;
    gint64 until = client_until(PATIENCE);

    start_client(dir);
    purple_signal_connect(purple_conversations_get_handle(), "received-im-msg", &handle,
                          PURPLE_CALLBACK(was_told), NULL);
    user *u = user_new(config);
    user_sign_in(u);
    while (!u->online && !u->error && client_turn(until))
        ;
    client_idle(0.3);
    return u;
}

static user *begin(const people *others, const char *dir)
{
    const user_config config = people_config(others, 0);

    return sign_in(&config, dir);
}

static int end(people *others, user *u, gboolean done)
{
    if (!done)
        fprintf(stderr, "not all came: %s\n", u->error ? u->error : "not in time");
    user_free(u);
    client_stop();
    people_end(others);
    return done ? 0 : 1;
}

static void print_messages(const char *way, guint messages, double ms, double cpu)
{
    printf("%s messages=%u ms=%.1f cpu=%.1f longest=%.1f peak=%ld\n", way, messages, ms, cpu,
           client_longest_turn() * 1e3, peak_kib());
}

int bench_in(char **words)
{
    guint messages = number_of(words[0]);
    people *others = gather(1, words[1]);
    user *u = begin(others, words[1]);

    /* The conversation is there already. */
    people_ring(others, 1);
    gboolean done = wait_for_texts(u, 1);
    forget();
    double before = cpu_ms();
    people_say(others, messages);
    done = done && wait_for_texts(u, messages);
    if (done)
        print_messages("in", messages, (double)(seen.last - seen.first) / 1e3,
                       seen.last_cpu - before);
    return end(others, u, done);
}

/* Writes so many messages, in bursts: each when the one before has been heard. */
static gboolean write_all(people *others, const user *u, guint messages)
{
    PurpleConversation *conv =
        purple_conversation_new(PURPLE_CONV_TYPE_IM, u->account, PEOPLE_FIRST);
    gint64 until = client_until(PATIENCE);
    guint written = 0;

    while (written < messages && u->online) {
        for (guint i = 0; i < BURST && written < messages; i++, written++)
            purple_conv_im_send(PURPLE_CONV_IM(conv), TEXT);
        people_await(others, written);
        while (!people_heard(others))
            if (!client_turn(until))
                return FALSE;
    }
    return u->online;
}

int bench_out(char **words)
{
    guint messages = number_of(words[0]);
    people *others = gather(1, words[1]);
    user *u = begin(others, words[1]);

    people_ring(others, 1);
    gboolean done = wait_for_texts(u, 1);
    forget();
    gint64 started = g_get_monotonic_time();
    double before = cpu_ms();
    done = done && write_all(others, u, messages);
    if (done)
        print_messages("out", messages, (double)(g_get_monotonic_time() - started) / 1e3,
                       cpu_ms() - before);
    return end(others, u, done);
}

/* What libpurple needs for as many conversations with one message, without us: with the contacts
 * who have not said anything. */
static size_t windows_alone(const user *u, guint conversations)
{
    size_t heap = heap_bytes();

    for (guint i = 0; i < conversations; i++) {
        g_autofree char *who = g_strdup_printf("robot%u@example.com", conversations + i);
        PurpleConversation *conv = purple_conversation_new(PURPLE_CONV_TYPE_IM, u->account, who);

        purple_conv_im_write(PURPLE_CONV_IM(conv), who, TEXT, PURPLE_MESSAGE_RECV, time(NULL));
    }
    return heap_bytes() - heap;
}

int bench_many(char **words)
{
    guint conversations = number_of(words[0]);
    people *others = gather(2 * conversations, words[1]);
    user *u = begin(others, words[1]);
    size_t heap = heap_bytes();
    long memory = memory_kib("VmRSS:");

    people_ring(others, conversations);
    gboolean done = wait_for_texts(u, conversations);
    /* What was needed on the way is given back. */
    client_idle(0.3);
    heap = heap_bytes() - heap;
    memory = memory_kib("VmRSS:") - memory;
    if (done)
        printf("many conversations=%u heap=%" G_GSIZE_FORMAT " rss=%ld windows=%" G_GSIZE_FORMAT
               "\n",
               conversations, heap, memory, windows_alone(u, conversations));
    return end(others, u, done);
}

/* --- how long one message takes ------------------------------------------------------------- */

/* Somebody thinks for a moment, not always as long. */
static void think(void)
{
    client_idle(g_random_double_range(0, 1));
}

static gboolean heard_in_time(people *others)
{
    gint64 until = client_until(PATIENCE);

    /* It is not the main loop that hears of it. */
    while (!people_heard(others) && g_get_monotonic_time() < until)
        client_wait(1);
    return g_get_monotonic_time() < until;
}

/* A conversation in which both write now and then. */
int bench_latency(char **words)
{
    const people_plan plan = {.knobs = people_knobs(words[0], number_of(words[1])),
                              .gateway = people_gateway(words[0]),
                              .accounts = 1,
                              .robots = 1};
    guint texts = number_of(words[2]);
    people *others = people_start(words[3], &plan);
    user *u = begin(others, words[3]);

    people_ring(others, 1);
    gboolean done = wait_for_texts(u, 1);
    for (guint i = 0; i < texts && done; i++) {
        think();
        gint64 began = g_get_monotonic_time();
        purple_conv_im_send(
            PURPLE_CONV_IM(purple_conversation_new(PURPLE_CONV_TYPE_IM, u->account, PEOPLE_FIRST)),
            TEXT);
        people_await(others, i + 1);
        done = heard_in_time(others);
        gint64 heard = g_get_monotonic_time();
        think();
        gint64 said = g_get_monotonic_time();
        people_say(others, 1);
        done = done && wait_for_texts(u, i + 2);
        if (done)
            printf("latency service=%s rtt=%s out=%.1f in=%.1f\n", words[0], words[1],
                   (double)(heard - began) / 1e3, (double)(seen.last - said) / 1e3);
    }
    return end(others, u, done);
}

/* --- accounts to which nothing happens ------------------------------------------------------ */

/* In long steps, with a clock that does not wait where nothing happens. */
static void stay_silent(double seconds)
{
    gint64 until = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);

    for (gint64 now; (now = g_get_monotonic_time()) < until;)
        client_wait((guint)((until - now) / 1000 + 1));
}

/* How often something is sent in an hour, and how long it takes until the user sees it when
 * somebody begins to write. The service is in this process, so that nobody has to wait. */
int bench_silence(char **words)
{
    const char *gateway = people_gateway(words[0]);
    service *svc = service_new(words[2], NULL);
    guint minutes = number_of(words[1]);

    service_add_account(svc, "bench0@example.com", "bench", NULL);
    service_robot(svc, PEOPLE_FIRST, "joins");
    const user_config config = {.address = "bench0@example.com",
                                .password = "bench",
                                .server = "localhost",
                                .port = service_port(svc, SERVICE_DISPATCH),
                                .nexus_url = service_nexus_url(svc),
                                .method = gateway ? "gateway" : NULL,
                                .gateway_url = service_gateway_url(svc, words[0][4] == 's')};
    user *u = sign_in(&config, words[2]);
    gboolean done = u->online;

    fast_clock_set(TRUE);
    /* What belongs to the sign-in is over. */
    stay_silent(600);
    service_forget_transcript(svc);
    stay_silent(minutes * 60.0);
    if (done)
        printf("silence service=%s requests=%.1f\n", words[0],
               60.0 / minutes * service_count(svc, gateway ? "GATEWAY* >>> POST *" : "NS >>> *"));
    for (guint i = 0; i < 10 && done; i++) {
        stay_silent(g_random_double_range(600, 900));
        gint64 began = g_get_monotonic_time();
        service_robot_ring(svc, PEOPLE_FIRST, config.address);
        service_robot_say(svc, PEOPLE_FIRST, TEXT);
        done = wait_for_texts(u, i + 1);
        if (done)
            printf("silence service=%s first=%.3f\n", words[0], (double)(seen.last - began) / 1e6);
        service_robot_leave(svc, PEOPLE_FIRST, FALSE);
    }
    fast_clock_set(FALSE);
    user_free(u);
    client_stop();
    service_free(svc);
    return done ? 0 : 1;
}
