/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boards.h"

#include "events.h"
#include "script.h"

#include <string.h>

#define WORDS_MAX 6

/* What a line is made of; missing words are empty. */
typedef struct {
    char *word[WORDS_MAX];
    bool good; /* all quotes were closed, and there were not too many words */
} words;

static void words_clear(words *w)
{
    for (size_t i = 0; i < WORDS_MAX; i++)
        g_free(w->word[i]);
}

static char *take_word(const char **at)
{
    if (**at == '"')
        return script_unquote(at);

    size_t length = strcspn(*at, " ");
    char *word = g_strndup(*at, length);
    *at += length;
    *at += **at == ' ';
    return word;
}

static words words_of(const char *text)
{
    words made = {.good = true};

    for (size_t i = 0; i < WORDS_MAX; i++) {
        made.word[i] = take_word(&text);
        if (!made.word[i]) {
            made.good = false;
            made.word[i] = g_strdup("");
        }
    }
    made.good = made.good && !*text;
    return made;
}

static bool is(const words *w, const char *intent)
{
    return !strcmp(w->word[0], intent);
}

static unsigned number(const char *text)
{
    return (unsigned)g_ascii_strtoull(text, NULL, 10);
}

static char *differs(const char *what, const char *expected, const char *got)
{
    if (!strcmp(expected, got))
        return NULL;
    return g_strdup_printf("%s says \"%s\", not \"%s\"", what, got, expected);
}

/* host:port; the caller frees the host. */
static char *read_address(const char *text, uint16_t *port)
{
    const char *colon = strrchr(text, ':');

    *port = colon ? (uint16_t)number(colon + 1) : 0;
    return g_strndup(text, colon ? (size_t)(colon - text) : strlen(text));
}

/* --- a switchboard -------------------------------------------------------------------------- */

const char *boards_switchboard_step(const boards_switchboard *board)
{
    static const char *const steps[] = {[MSNP_SWITCHBOARD_CONNECTING] = "CONNECT",
                                        [MSNP_SWITCHBOARD_GREETING] = "ACCOUNT",
                                        [MSNP_SWITCHBOARD_OPEN] = "ONLINE",
                                        [MSNP_SWITCHBOARD_OVER] = "OFFLINE"};

    return steps[msnp_switchboard_get_state(board->machine)];
}

static G_GNUC_PRINTF(2, 3) void report(boards_switchboard *board, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    board->report(board->data, text);
    g_free(text);
}

static char *quoted(const char *text)
{
    return script_escape(text, strlen(text), true);
}

static void board_opened(gpointer owner, int64_t now)
{
    boards_switchboard *board = owner;

    (void)now;
    board->step = boards_switchboard_step(board);
    report(board, "SB_OPEN");
}

static void board_joined(gpointer owner, const char *account, const char *name, int64_t now)
{
    char *text = quoted(name);

    (void)now;
    report(owner, "SB_JOINED %s %s", account, text);
    g_free(text);
}

static void board_left(gpointer owner, const char *account, bool idle, int64_t now)
{
    (void)now;
    report(owner, "SB_LEFT %s%s", account, idle ? " idle" : "");
}

static void board_call_failed(gpointer owner, const char *account, msnp_cause cause, int64_t now)
{
    (void)now;
    report(owner, "SB_CALL_FAILED %s %s %u", account, msnp_err_name(cause.err), cause.number);
}

static void board_answered(gpointer owner, uint32_t tag, msnp_cause cause, int64_t now)
{
    (void)now;
    report(owner, "SB_ANSWERED %u %s %u", tag, msnp_err_name(cause.err), cause.number);
}

static void board_received(gpointer owner, const char *account, const char *name, msnp_str payload,
                           int64_t now)
{
    char *text = quoted(name);
    char *bytes = script_escape(payload.ptr, payload.len, true);

    (void)now;
    report(owner, "SB_RECEIVED %s %s %s", account, text, bytes);
    g_free(bytes);
    g_free(text);
}

static void board_failed(gpointer owner, msnp_cause cause)
{
    boards_switchboard *board = owner;
    char *address = events_address(board->config.host, board->config.port);

    report(board, "FAILED %s %s %s %u -", msnp_err_name(cause.err), board->step, address,
           cause.number);
    g_free(address);
}

static void board_handled(gpointer owner, int64_t now)
{
    boards_switchboard *board = owner;

    (void)now;
    board->step = boards_switchboard_step(board);
}

void boards_begin_switchboard(boards_switchboard *board, msnp_net *net, int64_t now)
{
    static const msnp_switchboard_ops ops = {.opened = board_opened,
                                             .joined = board_joined,
                                             .left = board_left,
                                             .call_failed = board_call_failed,
                                             .answered = board_answered,
                                             .received = board_received,
                                             .failed = board_failed,
                                             .handled = board_handled};

    board->machine = msnp_switchboard_new(net, &board->config, &ops, board, now);
    board->step = boards_switchboard_step(board);
}

static char *do_send(msnp_switchboard *switchboard, const words *w, int64_t now)
{
    bool expected = is(w, "send");
    msnp_str payload = msnp_str_of(w->word[2]);
    bool sent = msnp_switchboard_send(switchboard, number(w->word[1]), payload, now);

    return differs("sb_send()", expected ? "true" : "false", sent ? "true" : "false");
}

static char *do_for_switchboard(msnp_switchboard *switchboard, const words *w, int64_t now)
{
    if (is(w, "call"))
        msnp_switchboard_call(switchboard, w->word[1], now);
    else if (is(w, "send") || is(w, "not-sent"))
        return do_send(switchboard, w, now);
    else if (is(w, "leave"))
        msnp_switchboard_leave(switchboard);
    else
        return g_strdup_printf("cannot do: %s", w->word[0]);
    return NULL;
}

char *boards_do_switchboard(msnp_switchboard *switchboard, const char *what, int64_t now)
{
    words w = words_of(what);
    char *fault =
        w.good ? do_for_switchboard(switchboard, &w, now) : g_strdup_printf("malformed: %s", what);

    words_clear(&w);
    return fault;
}

char *boards_describe_switchboard(const msnp_switchboard *switchboard, const char *what)
{
    GString *out = g_string_new(NULL);

    if (g_str_has_prefix(what, "members")) {
        g_string_append(out, "members");
        for (size_t i = 0; i < msnp_switchboard_n_members(switchboard); i++)
            g_string_append_printf(out, " %s", msnp_switchboard_member(switchboard, i)->account);
    } else if (g_str_has_prefix(what, "calls")) {
        g_string_append(out, "calls");
        for (size_t i = 0; i < msnp_switchboard_n_calls(switchboard); i++)
            g_string_append_printf(out, " %s", msnp_switchboard_called(switchboard, i)->account);
    } else if (g_str_has_prefix(what, "unanswered")) {
        g_string_append_printf(out, "unanswered %zu", msnp_switchboard_unanswered(switchboard));
    }
    return g_string_free(out, out->len == 0);
}

const char *boards_switchboard_fault(const msnp_switchboard *switchboard)
{
    for (size_t i = 0; i < msnp_switchboard_n_members(switchboard); i++) {
        const msnp_switchboard_person *person = msnp_switchboard_member(switchboard, i);
        if (!msnp_account_valid(person->account) ||
            !msnp_switchboard_has(switchboard, person->account))
            return "somebody is there who cannot be";
        for (size_t k = 0; k < msnp_switchboard_n_calls(switchboard); k++)
            if (!g_ascii_strcasecmp(person->account,
                                    msnp_switchboard_called(switchboard, k)->account))
                return "somebody is there, and still called";
    }
    return NULL;
}

/* --- conversations -------------------------------------------------------------------------- */

static msnp_conversation_id id_of(const char *text)
{
    return *text == '#' ? (msnp_conversation_id){.chat = number(text + 1)}
                        : (msnp_conversation_id){.who = text};
}

/* say place "text" [format]; refused error place "text" */
static char *do_say(msnp_conversations *conversations, const words *w, int64_t now, GPtrArray *said)
{
    bool refused = is(w, "refused");
    char *const *args = w->word + (refused ? 2 : 1);
    const char *expected = refused ? w->word[1] : "ok";
    msnp_format format;
    msnp_err err;

    msnp_format_init(&format);
    msnp_format_read(&format, msnp_str_of(args[2]));
    err = msnp_conversations_send(conversations, id_of(args[0]), args[1], &format, now);
    if (err == MSNP_OK)
        g_ptr_array_add(said, g_strdup(args[1]));
    return differs("talks_send()", expected, msnp_err_name(err));
}

static void do_ring(msnp_conversations *conversations, const words *w, int64_t now)
{
    uint16_t port;
    char *host = read_address(w->word[2], &port);
    msnp_ring ring = {w->word[1], host, port, w->word[3], w->word[4], w->word[5]};

    msnp_conversations_rung(conversations, &ring, now);
    g_free(host);
}

static void do_switchboard(msnp_conversations *conversations, const words *w, int64_t now)
{
    uint16_t port;
    char *host = read_address(w->word[2], &port);

    msnp_conversations_switchboard(conversations, number(w->word[1]), host, port, w->word[3], now);
    g_free(host);
}

static msnp_err err_of(const char *name)
{
    unsigned err = 0;

    while (err < MSNP_N_ERRS && strcmp(name, msnp_err_name((msnp_err)err)) != 0)
        err++;
    return (msnp_err)err;
}

static char *do_chat(msnp_conversations *conversations, const words *w, int64_t now)
{
    const char *also = *w->word[2] ? w->word[2] : NULL;

    msnp_conversations_chat(conversations, w->word[1], also, now);
    return NULL;
}

static char *do_nudge(msnp_conversations *conversations, const words *w, int64_t now)
{
    const char *expected = *w->word[2] ? w->word[2] : "ok";

    return differs("talks_nudge()", expected,
                   msnp_err_name(msnp_conversations_nudge(conversations, w->word[1], now)));
}

/* After the end nothing may be left. */
static char *do_end(msnp_conversations *conversations, const words *w, int64_t now)
{
    msnp_conversations_end(conversations, err_of(w->word[1]), now);
    if (msnp_conversations_pending(conversations) > 0 ||
        msnp_conversations_n_switchboards(conversations) > 0)
        return g_strdup("after the end something is left");
    return NULL;
}

static char *do_for_conversations(msnp_conversations *conversations, const words *w, int64_t now,
                                  GPtrArray *said)
{
    if (is(w, "say") || is(w, "refused"))
        return do_say(conversations, w, now, said);
    if (is(w, "nudge"))
        return do_nudge(conversations, w, now);
    if (is(w, "chat"))
        return do_chat(conversations, w, now);
    if (is(w, "end"))
        return do_end(conversations, w, now);
    if (is(w, "type"))
        msnp_conversations_type(conversations, w->word[1], now);
    else if (is(w, "invite"))
        msnp_conversations_invite(conversations, id_of(w->word[1]).chat, w->word[2], now);
    else if (is(w, "leave"))
        msnp_conversations_close(conversations, id_of(w->word[1]), now);
    else if (is(w, "switchboard"))
        do_switchboard(conversations, w, now);
    else if (is(w, "no-switchboard"))
        msnp_conversations_no_switchboard(conversations, number(w->word[1]),
                                          (msnp_cause){err_of(w->word[2]), number(w->word[3])},
                                          now);
    else if (is(w, "ring"))
        do_ring(conversations, w, now);
    else
        return g_strdup_printf("cannot do: %s", w->word[0]);
    return NULL;
}

char *boards_do_conversations(msnp_conversations *conversations, const char *what, int64_t now,
                              GPtrArray *said)
{
    words w = words_of(what);
    char *fault = w.good ? do_for_conversations(conversations, &w, now, said)
                         : g_strdup_printf("malformed: %s", what);

    words_clear(&w);
    return fault;
}

char *boards_describe_conversations(const msnp_conversations *conversations, const char *what)
{
    words w = words_of(what);
    GString *out = g_string_new(NULL);

    if (is(&w, "pending"))
        g_string_append_printf(out, "pending %zu", msnp_conversations_pending(conversations));
    else if (is(&w, "switchboards"))
        g_string_append_printf(out, "switchboards %zu",
                               msnp_conversations_n_switchboards(conversations));
    else if (is(&w, "open"))
        g_string_append_printf(out, "open %s %s", w.word[1],
                               msnp_conversations_is_open(conversations, w.word[1]) ? "yes" : "no");
    words_clear(&w);
    return g_string_free(out, out->len == 0);
}
