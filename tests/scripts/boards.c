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

static char *do_send(msnp_sb *sb, const words *w, int64_t now)
{
    bool expected = is(w, "send");
    msnp_str payload = msnp_str_of(w->word[2]);
    bool sent = msnp_sb_send(sb, number(w->word[1]), payload, now);

    return differs("sb_send()", expected ? "true" : "false", sent ? "true" : "false");
}

static char *do_for_sb(msnp_sb *sb, const words *w, int64_t now)
{
    if (is(w, "call"))
        msnp_sb_call(sb, w->word[1], now);
    else if (is(w, "send") || is(w, "not-sent"))
        return do_send(sb, w, now);
    else if (is(w, "leave"))
        msnp_sb_leave(sb);
    else
        return g_strdup_printf("cannot do: %s", w->word[0]);
    return NULL;
}

char *boards_do_sb(msnp_sb *sb, const char *what, int64_t now)
{
    words w = words_of(what);
    char *fault = w.good ? do_for_sb(sb, &w, now) : g_strdup_printf("malformed: %s", what);

    words_clear(&w);
    return fault;
}

char *boards_describe_sb(const msnp_sb *sb, const char *what)
{
    GString *out = g_string_new(NULL);

    if (g_str_has_prefix(what, "members")) {
        g_string_append(out, "members");
        for (size_t i = 0; i < msnp_sb_n_members(sb); i++)
            g_string_append_printf(out, " %s", msnp_sb_member(sb, i)->account);
    } else if (g_str_has_prefix(what, "calls")) {
        g_string_append(out, "calls");
        for (size_t i = 0; i < msnp_sb_n_calls(sb); i++)
            g_string_append_printf(out, " %s", msnp_sb_called(sb, i)->account);
    } else if (g_str_has_prefix(what, "unanswered")) {
        g_string_append_printf(out, "unanswered %zu", msnp_sb_unanswered(sb));
    }
    return g_string_free(out, out->len == 0);
}

const char *boards_sb_fault(const msnp_sb *sb)
{
    for (size_t i = 0; i < msnp_sb_n_members(sb); i++) {
        const msnp_sb_person *person = msnp_sb_member(sb, i);
        if (!msnp_account_valid(person->account) || !msnp_sb_has(sb, person->account))
            return "somebody is there who cannot be";
        for (size_t k = 0; k < msnp_sb_n_calls(sb); k++)
            if (!g_ascii_strcasecmp(person->account, msnp_sb_called(sb, k)->account))
                return "somebody is there, and still called";
    }
    return NULL;
}

/* --- conversations -------------------------------------------------------------------------- */

static msnp_place place_of(const char *text)
{
    return *text == '#' ? (msnp_place){.chat = number(text + 1)} : (msnp_place){.who = text};
}

/* say place "text" [format]; refused error place "text" */
static char *do_say(msnp_talks *talks, const words *w, int64_t now, GPtrArray *said)
{
    bool refused = is(w, "refused");
    char *const *args = w->word + (refused ? 2 : 1);
    const char *expected = refused ? w->word[1] : "ok";
    msnp_format format;
    msnp_err err;

    msnp_format_init(&format);
    msnp_format_read(&format, msnp_str_of(args[2]));
    err = msnp_talks_send(talks, place_of(args[0]), args[1], &format, now);
    if (err == MSNP_OK)
        g_ptr_array_add(said, g_strdup(args[1]));
    return differs("talks_send()", expected, msnp_err_name(err));
}

static void do_ring(msnp_talks *talks, const words *w, int64_t now)
{
    uint16_t port;
    char *host = read_address(w->word[2], &port);
    msnp_ring ring = {w->word[1], host, port, w->word[3], w->word[4], w->word[5]};

    msnp_talks_rung(talks, &ring, now);
    g_free(host);
}

static void do_switchboard(msnp_talks *talks, const words *w, int64_t now)
{
    uint16_t port;
    char *host = read_address(w->word[2], &port);

    msnp_talks_switchboard(talks, number(w->word[1]), host, port, w->word[3], now);
    g_free(host);
}

static msnp_err err_of(const char *name)
{
    unsigned err = 0;

    while (err < MSNP_N_ERRS && strcmp(name, msnp_err_name((msnp_err)err)) != 0)
        err++;
    return (msnp_err)err;
}

static char *do_chat(msnp_talks *talks, const words *w, int64_t now)
{
    const char *also = *w->word[2] ? w->word[2] : NULL;

    msnp_talks_chat(talks, w->word[1], also, now);
    return NULL;
}

static char *do_nudge(msnp_talks *talks, const words *w, int64_t now)
{
    const char *expected = *w->word[2] ? w->word[2] : "ok";

    return differs("talks_nudge()", expected,
                   msnp_err_name(msnp_talks_nudge(talks, w->word[1], now)));
}

/* After the end nothing may be left. */
static char *do_end(msnp_talks *talks, const words *w, int64_t now)
{
    msnp_talks_end(talks, err_of(w->word[1]), now);
    if (msnp_talks_pending(talks) > 0 || msnp_talks_wires(talks) > 0)
        return g_strdup("after the end something is left");
    return NULL;
}

static char *do_for_talks(msnp_talks *talks, const words *w, int64_t now, GPtrArray *said)
{
    if (is(w, "say") || is(w, "refused"))
        return do_say(talks, w, now, said);
    if (is(w, "nudge"))
        return do_nudge(talks, w, now);
    if (is(w, "chat"))
        return do_chat(talks, w, now);
    if (is(w, "end"))
        return do_end(talks, w, now);
    if (is(w, "type"))
        msnp_talks_type(talks, w->word[1], now);
    else if (is(w, "invite"))
        msnp_talks_invite(talks, place_of(w->word[1]).chat, w->word[2], now);
    else if (is(w, "leave"))
        msnp_talks_close(talks, place_of(w->word[1]), now);
    else if (is(w, "switchboard"))
        do_switchboard(talks, w, now);
    else if (is(w, "no-switchboard"))
        msnp_talks_no_switchboard(talks, number(w->word[1]), err_of(w->word[2]), number(w->word[3]),
                                  now);
    else if (is(w, "ring"))
        do_ring(talks, w, now);
    else
        return g_strdup_printf("cannot do: %s", w->word[0]);
    return NULL;
}

char *boards_do_talks(msnp_talks *talks, const char *what, int64_t now, GPtrArray *said)
{
    words w = words_of(what);
    char *fault =
        w.good ? do_for_talks(talks, &w, now, said) : g_strdup_printf("malformed: %s", what);

    words_clear(&w);
    return fault;
}

char *boards_describe_talks(const msnp_talks *talks, const char *what)
{
    words w = words_of(what);
    GString *out = g_string_new(NULL);

    if (is(&w, "pending"))
        g_string_append_printf(out, "pending %zu", msnp_talks_pending(talks));
    else if (is(&w, "wires"))
        g_string_append_printf(out, "wires %zu", msnp_talks_wires(talks));
    else if (is(&w, "open"))
        g_string_append_printf(out, "open %s %s", w.word[1],
                               msnp_talks_is_open(talks, w.word[1]) ? "yes" : "no");
    words_clear(&w);
    return g_string_free(out, out->len == 0);
}
