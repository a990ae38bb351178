/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The session with a switchboard. The first line of the input says what the rest is:
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
#include "cmd.h"
#include "fuzz.h"
#include "switchboard.h"

#include <string.h>

#define TAGS 256

typedef struct {
    msnp_net net;
    msnp_switchboard *machine;
    fuzz_watch watch;
    int64_t now;
    char *account;
    GHashTable *members; /* account in lower case: who is there, as it was reported */
    unsigned sent[TAGS]; /* messages of this tag that are not answered */
    size_t unanswered;
} fuzz_switchboard;

static const char *const people[] = {"bob@example.com", "Carol@Example.com", "dave@example.com",
                                     "example@passport.com"};

/* What is written is one command, complete with its payload. */
static void check_written(msnp_str bytes)
{
    const char *end = memchr(bytes.ptr, '\r', bytes.len);
    msnp_str line = {bytes.ptr, end ? (size_t)(end - bytes.ptr) : 0};
    uint64_t length = 0;
    msnp_cmd cmd;

    CHECK(end && end + 1 < bytes.ptr + bytes.len && end[1] == '\n');
    CHECK(msnp_cmd_parse(&cmd, &msnp_switchboard_verbs, line) == MSNP_OK);
    for (size_t i = 0; i < cmd.argc; i++)
        CHECK(cmd.argv[i].len > 0 && !memchr(cmd.argv[i].ptr, '\n', cmd.argv[i].len));
    if (!strcmp(cmd.name, "MSG"))
        CHECK(cmd.argc == 3 && msnp_parse_uint(cmd.argv[2], MSNP_PAYLOAD_MAX, &length));
    CHECK(bytes.len == line.len + 2 + length);
}

/* What it wants to be done to its connection. */
static void drain(fuzz_switchboard *sb)
{
    msnp_event event;

    while (msnp_event_queue_pop(&sb->net.events, &event)) {
        event.conn = 0;
        /* The connection of one that failed is closed, too. */
        if (sb->watch.over && event.type == MSNP_EVENT_CLOSE)
            continue;
        fuzz_watch_event(&sb->watch, &event);
        if (event.type == MSNP_EVENT_WRITE)
            check_written((msnp_str){event.write.data, event.write.len});
        if (event.type == MSNP_EVENT_CLOSE)
            sb->watch.over = true;
    }
}

/* Each report comes behind all that was queued before it, and nothing is reported after the end. */
static fuzz_switchboard *reported(gpointer owner, const char *what, const char *who, size_t number)
{
    fuzz_switchboard *sb = owner;

    drain(sb);
    CHECK_TEXT(!sb->watch.over, what);
    sb->watch.events++;
    fuzz_watch_note(&sb->watch, what, number);
    fuzz_watch_note(&sb->watch, who, 0);
    return sb;
}

static void opened(gpointer owner, int64_t now)
{
    const fuzz_switchboard *sb = reported(owner, "opened", NULL, 0);

    CHECK(now == sb->now);
    CHECK(msnp_switchboard_get_state(sb->machine) == MSNP_SWITCHBOARD_OPEN);
}

/* What can be asked of it fits what it reports. */
static void joined(gpointer owner, const char *account, const char *name, int64_t now)
{
    fuzz_switchboard *sb = reported(owner, "joined", account, 0);
    char *key = g_ascii_strdown(account, -1);

    CHECK(now == sb->now);
    fuzz_check_person(account, name);
    fuzz_watch_note(&sb->watch, name, 0);
    CHECK(msnp_switchboard_has(sb->machine, account));
    CHECK(g_ascii_strcasecmp(account, sb->account) != 0);
    CHECK(g_hash_table_add(sb->members, key));
}

static void left(gpointer owner, const char *account, bool idle, int64_t now)
{
    fuzz_switchboard *sb = reported(owner, "left", account, idle);
    char *key = g_ascii_strdown(account, -1);

    CHECK(now == sb->now);
    fuzz_check_person(account, NULL);
    CHECK(!msnp_switchboard_has(sb->machine, account));
    CHECK(g_hash_table_remove(sb->members, key));
    g_free(key);
}

static void call_failed(gpointer owner, const char *account, msnp_cause cause, int64_t now)
{
    const fuzz_switchboard *sb = reported(owner, "call_failed", account, cause.number);

    CHECK(now == sb->now);
    CHECK(cause.err != MSNP_OK);
    fuzz_check_error(cause.err, cause.number);
}

static void answered(gpointer owner, uint32_t tag, msnp_cause cause, int64_t now)
{
    fuzz_switchboard *sb = reported(owner, "answered", msnp_err_name(cause.err), tag);

    CHECK(now == sb->now);
    fuzz_check_error(cause.err, cause.number);
    CHECK(tag > 0 && tag < TAGS && sb->sent[tag] > 0);
    sb->sent[tag]--;
    sb->unanswered--;
}

static void received(gpointer owner, const char *account, const char *name, msnp_str payload,
                     int64_t now)
{
    fuzz_switchboard *sb = reported(owner, "received", account, payload.len);

    CHECK(now == sb->now);
    fuzz_check_person(account, name);
    CHECK(payload.len <= MSNP_PAYLOAD_MAX);
    fuzz_watch_note(&sb->watch, name, 0);
    g_string_append_len(sb->watch.log, payload.ptr, (gssize)payload.len);
}

static void failed(gpointer owner, msnp_cause cause)
{
    fuzz_switchboard *sb = reported(owner, "failed", msnp_err_name(cause.err), cause.number);

    CHECK(cause.err != MSNP_OK);
    fuzz_check_error(cause.err, cause.number);
    sb->watch.over = true;
    sb->watch.connected = false;
}

static void handled(gpointer owner, int64_t now)
{
    const fuzz_switchboard *sb = owner;

    CHECK(now == sb->now);
}

static void check_people(const fuzz_switchboard *sb)
{
    CHECK(msnp_switchboard_n_members(sb->machine) <= MSNP_SWITCHBOARD_MEMBERS_MAX);
    CHECK(msnp_switchboard_n_members(sb->machine) == g_hash_table_size(sb->members));
    for (size_t i = 0; i < msnp_switchboard_n_members(sb->machine); i++)
        CHECK(heard_is_clean(msnp_switchboard_member(sb->machine, i)->name, MSNP_NAME_CHARS));
    for (size_t i = 0; i < msnp_switchboard_n_calls(sb->machine); i++)
        CHECK(!msnp_switchboard_has(sb->machine, msnp_switchboard_called(sb->machine, i)->account));
}

static void check_state(const fuzz_switchboard *sb)
{
    bool over = msnp_switchboard_get_state(sb->machine) == MSNP_SWITCHBOARD_OVER;

    CHECK(over == sb->watch.over);
    CHECK(!over || msnp_switchboard_deadline(sb->machine) == MSNP_NEVER);
    CHECK(msnp_switchboard_unanswered(sb->machine) == sb->unanswered);
    check_people(sb);
}

/* One that failed is closed by its owner. */
static void pump(fuzz_switchboard *sb)
{
    drain(sb);
    check_state(sb);
    if (!sb->watch.over)
        return;
    msnp_switchboard_leave(sb->machine);
    drain(sb);
    CHECK(!msnp_net_has(&sb->net, sb->net.last));
}

static void feed(fuzz_switchboard *sb, const void *data, size_t len)
{
    msnp_net_received(&sb->net, sb->net.last, (msnp_str){data, len}, sb->now);
    pump(sb);
}

static void tick(fuzz_switchboard *sb, int64_t ms)
{
    sb->now += ms;
    msnp_switchboard_tick(sb->machine, sb->now);
    pump(sb);
    CHECK(msnp_switchboard_deadline(sb->machine) > sb->now);
}

static void connected(fuzz_switchboard *sb)
{
    sb->watch.connected = !sb->watch.over;
    msnp_net_connected(&sb->net, sb->net.last, sb->now);
    pump(sb);
}

static void call(fuzz_switchboard *sb, const char *account)
{
    msnp_switchboard_call(sb->machine, account, sb->now);
    pump(sb);
}

static void send_message(fuzz_switchboard *sb, uint8_t tag, msnp_str payload)
{
    bool online = msnp_switchboard_get_state(sb->machine) == MSNP_SWITCHBOARD_OPEN;
    bool sent = msnp_switchboard_send(sb->machine, tag, payload, sb->now);

    CHECK(online || !sent);
    if (sent && tag != 0) {
        sb->sent[tag]++;
        sb->unanswered++;
    }
    pump(sb);
}

static void begin(fuzz_switchboard *sb, const msnp_switchboard_config *config,
                  const fuzz_input *input)
{
    static const msnp_switchboard_ops ops = {.opened = opened,
                                             .joined = joined,
                                             .left = left,
                                             .call_failed = call_failed,
                                             .answered = answered,
                                             .received = received,
                                             .failed = failed,
                                             .handled = handled};

    memset(sb, 0, sizeof *sb);
    sb->now = 1000;
    sb->account = g_strdup(config->account);
    sb->members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    msnp_net_init(&sb->net, true);
    fuzz_watch_init(&sb->watch, FUZZ_SWITCHBOARD);
    if (strlen(config->cookie) > 8)
        fuzz_watch_secret(&sb->watch, config->cookie, input);
    sb->machine = msnp_switchboard_new(&sb->net, config, &ops, sb, sb->now);
    pump(sb);
}

static void end(fuzz_switchboard *sb)
{
    msnp_switchboard_free(sb->machine);
    msnp_net_clear(&sb->net);
    fuzz_watch_clear(&sb->watch);
    g_hash_table_destroy(sb->members);
    g_free(sb->account);
}

/* --- programs ------------------------------------------------------------------------------- */

static void feed_line(fuzz_switchboard *sb, msnp_str bytes)
{
    char *line = g_malloc(bytes.len + 2);

    memcpy(line, bytes.ptr, bytes.len);
    memcpy(line + bytes.len, "\r\n", 2);
    feed(sb, line, bytes.len + 2);
    g_free(line);
}

static void run_step(fuzz_switchboard *sb, fuzz_input *input)
{
    msnp_str bytes;
    uint8_t tag;
    char *text;

    switch (fuzz_byte(input)) {
    case 'c':
        connected(sb);
        break;
    case 'x':
        feed(sb, NULL, 0);
        break;
    case 'k':
        call(sb, people[fuzz_byte(input) % G_N_ELEMENTS(people)]);
        break;
    case 'K':
        text = fuzz_line_dup(input);
        call(sb, text);
        g_free(text);
        break;
    case 'm':
        tag = fuzz_byte(input);
        send_message(sb, tag, fuzz_line(input));
        break;
    case 'r':
        (void)msnp_switchboard_reply(sb->machine, fuzz_line(input));
        pump(sb);
        break;
    case 'l':
        msnp_switchboard_leave(sb->machine);
        pump(sb);
        CHECK(sb->watch.over);
        break;
    case 't':
        tick(sb, 1000 * (int64_t)fuzz_byte(input));
        break;
    case 'F':
        feed_line(sb, fuzz_line(input));
        break;
    case 'f':
        bytes = fuzz_bytes(input, fuzz_byte(input));
        if (bytes.len > 0)
            feed(sb, bytes.ptr, bytes.len);
        break;
    default:
        break;
    }
}

static void run_program(const msnp_switchboard_config *config, fuzz_input input)
{
    fuzz_switchboard sb;

    begin(&sb, config, &input);
    while (input.left > 0)
        run_step(&sb, &input);
    /* Everything that waits has its time, and no more. */
    for (unsigned i = 0; i < 3; i++)
        tick(&sb, 600 * 1000);
    CHECK(sb.watch.over || (sb.unanswered == 0 && msnp_switchboard_n_calls(sb.machine) == 0));
    CHECK(msnp_switchboard_deadline(sb.machine) == MSNP_NEVER);
    msnp_switchboard_leave(sb.machine);
    pump(&sb);
    CHECK(sb.watch.over);
    end(&sb);
}

/* --- streams -------------------------------------------------------------------------------- */

static void prepare(fuzz_switchboard *sb, char mode)
{
    static const char welcome[] = "USR 1 OK\r\n";

    if (mode != 'A')
        call(sb, people[0]);
    connected(sb);
    CHECK(msnp_switchboard_get_state(sb->machine) == MSNP_SWITCHBOARD_GREETING);
    if (mode != 'O')
        return;
    feed(sb, welcome, strlen(welcome));
    send_message(sb, 1, msnp_str_of("hello"));
    CHECK(sb->unanswered == 1);
}

static GString *run_stream(const msnp_switchboard_config *config, fuzz_input input, char mode,
                           bool whole)
{
    fuzz_switchboard sb;
    GString *log;
    uint32_t state = (uint32_t)input.left;

    begin(&sb, config, &input);
    prepare(&sb, mode);
    while (input.left > 0 && !sb.watch.over) {
        size_t most = input.left;
        msnp_str piece = fuzz_bytes(&input, whole ? most : fuzz_piece(&state, most));

        feed(&sb, piece.ptr, piece.len);
    }
    log = g_string_new_len(sb.watch.log->str, (gssize)sb.watch.log->len);
    end(&sb);
    return log;
}

static void compare_streams(const msnp_switchboard_config *config, fuzz_input input, char mode)
{
    GString *whole = run_stream(config, input, mode, true);
    GString *pieces = run_stream(config, input, mode, false);

    CHECK_TEXT(g_string_equal(whole, pieces), whole->str);
    g_string_free(whole, TRUE);
    g_string_free(pieces, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    msnp_str line = fuzz_line(&input);
    char mode = line.len > 0 ? line.ptr[0] : 'P';
    msnp_switchboard_config config = {
        .account = "example@passport.com",
        .host = "207.46.108.37",
        .port = MSNP_PORT_MSNP,
        .cookie = "17262740.1050826919.32308",
        .session = mode == 'A' ? "11752013" : NULL,
    };
    char *texts[3];

    switch (mode) {
    case 'S':
    case 'A':
    case 'O':
        compare_streams(&config, input, mode);
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
