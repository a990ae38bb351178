/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the parts are begun, with the calls by which they report; and what the DO: lines of a
 * transcript do, and STATE: lines say.
 */
#include "drive_priv.h"
#include "escape.h"
#include "roster_text.h"

#include <string.h>

/* --- calls ---------------------------------------------------------------------------------- */

static void ns_connecting(gpointer owner, int64_t now)
{
    (void)owner;
    (void)now;
}

static void ns_parted(gpointer owner)
{
    (void)owner;
}

static void ns_challenge(gpointer owner, const char *challenge, int64_t now)
{
    drive_hear_call(owner, now, &(heard){.kind = HEARD_CHALLENGE, .text = challenge});
}

static void ns_no_pipelining(gpointer owner, int64_t now)
{
    drive_hear_call(owner, now, &(heard){.kind = HEARD_NO_PIPELINING});
}

static void ns_signed_in(gpointer owner, const char *handle, int64_t now)
{
    (void)owner;
    (void)handle;
    (void)now;
}

static void ns_switchboard(gpointer owner, unsigned request, const char *host, uint16_t port,
                           const char *cookie, int64_t now)
{
    drive_hear_call(owner, now,
                    &(heard){.kind = HEARD_SWITCHBOARD,
                             .request = request,
                             .host = host,
                             .port = port,
                             .text = cookie});
}

static void ns_no_switchboard(gpointer owner, unsigned request, msnp_cause cause, int64_t now)
{
    drive_hear_call(owner, now,
                    &(heard){.kind = HEARD_NO_SWITCHBOARD, .request = request, .cause = cause});
}

static void ns_rung(gpointer owner, const msnp_ring *ring, int64_t now)
{
    drive_hear_call(owner, now, &(heard){.kind = HEARD_RUNG, .ring = ring});
}

static void ns_paged(gpointer owner, const msnp_page *page, int64_t now)
{
    drive_hear_call(owner, now,
                    &(heard){.kind = HEARD_PHONE, .account = page->from, .text = page->text});
}

static void ns_client_ip(gpointer owner, const char *address)
{
    drive_hear_call(owner, 0, &(heard){.kind = HEARD_CLIENT_IP, .host = address});
}

static void part_failed(gpointer owner, const msnp_failure *failure, int64_t now)
{
    drive_hear_call(
        owner, now,
        &(heard){.kind = HEARD_EVENT, .event = {.type = MSNP_EVENT_FAILED, .failure = *failure}});
}

static const msnp_ns_ops ns_ops = {.connecting = ns_connecting,
                                   .parted = ns_parted,
                                   .challenge = ns_challenge,
                                   .no_pipelining = ns_no_pipelining,
                                   .signed_in = ns_signed_in,
                                   .switchboard = ns_switchboard,
                                   .no_switchboard = ns_no_switchboard,
                                   .rung = ns_rung,
                                   .paged = ns_paged,
                                   .client_ip = ns_client_ip,
                                   .failed = part_failed};

static void passport_step(gpointer owner, msnp_step step, const char *host, bool outside)
{
    drive_hear_call(owner, 0,
                    &(heard){.kind = HEARD_EVENT,
                             .event = {.type = MSNP_EVENT_STEP,
                                       .step = {.step = step, .host = host, .outside = outside}}});
}

static void passport_login_server(gpointer owner, const char *url, int64_t now)
{
    drive_hear_call(owner, now, &(heard){.kind = HEARD_LOGIN_SERVER, .text = url});
}

static void passport_ticket(gpointer owner, const char *ticket, int64_t now)
{
    drive_hear_call(owner, now, &(heard){.kind = HEARD_TICKET, .text = ticket});
}

static const msnp_passport_ops passport_ops = {passport_step, passport_login_server,
                                               passport_ticket, part_failed};

static void sb_opened(gpointer owner, int64_t now)
{
    drive_hear_call(owner, now, &(heard){.kind = HEARD_OPENED});
}

static void sb_joined(gpointer owner, const char *account, const char *name, int64_t now)
{
    drive_hear_call(owner, now, &(heard){.kind = HEARD_JOINED, .account = account, .text = name});
}

static void sb_left(gpointer owner, const char *account, bool idle, int64_t now)
{
    drive_hear_call(owner, now, &(heard){.kind = HEARD_LEFT, .account = account, .idle = idle});
}

static void sb_call_failed(gpointer owner, const char *account, msnp_cause cause, int64_t now)
{
    drive_hear_call(owner, now,
                    &(heard){.kind = HEARD_CALL_FAILED, .account = account, .cause = cause});
}

static void sb_answered(gpointer owner, uint32_t tag, msnp_cause cause, int64_t now)
{
    drive_hear_call(owner, now, &(heard){.kind = HEARD_ANSWERED, .request = tag, .cause = cause});
}

static void sb_received(gpointer owner, const char *account, const char *name, msnp_str payload,
                        int64_t now)
{
    drive_hear_call(
        owner, now,
        &(heard){.kind = HEARD_RECEIVED, .account = account, .text = name, .payload = payload});
}

static void sb_failed(gpointer owner, msnp_cause cause)
{
    drive_hear_call(owner, 0, &(heard){.kind = HEARD_BROKE, .cause = cause});
}

static void sb_handled(gpointer owner, int64_t now)
{
    (void)owner;
    (void)now;
}

static const msnp_switchboard_ops switchboard_ops = {
    sb_opened, sb_joined, sb_left, sb_call_failed, sb_answered, sb_received, sb_failed, sb_handled};

/* --- beginning ------------------------------------------------------------------------------ */

static void start_ns(drive *d)
{
    const msnp_ns_config config = {.account = d->config.account,
                                   .host = d->config.host,
                                   .port = d->config.port,
                                   .status = d->config.status,
                                   .pipelining = d->config.pipelining,
                                   .p2p = d->config.files_through_service};

    d->ns = msnp_ns_new(&config, &d->net, &ns_ops, d);
    msnp_ns_start(d->ns, d->now);
}

static void start_passport(drive *d)
{
    const msnp_passport_config config = {
        .service = d->config.host,
        .nexus_url = d->config.nexus_url,
        .login_url = d->config.login_url,
        .known_login = msnp_cache_login(d->cache, d->config.nexus_url, d->now)};

    d->passport = msnp_passport_new(&config, &d->net, &passport_ops, d);
    if (d->config.challenge)
        drive_sign_in(d, d->config.account, d->config.challenge);
    msnp_passport_start(d->passport, d->now);
}

static void start_switchboard(drive *d)
{
    const msnp_switchboard_config config = {.account = d->config.account,
                                            .host = d->config.host,
                                            .port = (uint16_t)d->config.port,
                                            .cookie = d->config.cookie,
                                            .session = d->config.session};

    d->switchboard = msnp_switchboard_new(&d->net, &config, &switchboard_ops, d, d->now);
}

static void start_session(drive *d)
{
    const msnp_session_config config = {.account = d->config.account,
                                        .host = d->config.host,
                                        .port = d->config.port,
                                        .nexus_url = d->config.nexus_url,
                                        .login_url = d->config.login_url,
                                        .method = d->config.method,
                                        .gateway_url = d->config.gateway_url,
                                        .status = d->config.status,
                                        .trace = true,
                                        .cache = d->cache,
                                        .draw = drive_random,
                                        .files_through_service = d->config.files_through_service};

    if (!d->config.pipelining)
        msnp_cache_set_no_pipelining(d->cache, config.host, config.port, d->now);
    d->session = msnp_session_new(&config, d->now);
    msnp_session_start(d->session, d->now);
}

void drive_start(drive *d)
{
    static void (*const starts[])(drive *) = {
        [DRIVE_NS] = start_ns,
        [DRIVE_PASSPORT] = start_passport,
        [DRIVE_SWITCHBOARD] = start_switchboard,
        [DRIVE_CONVERSATIONS] = drive_files_start,
        [DRIVE_SESSION] = start_session,
    };

    starts[d->config.part](d);
}

/* --- the words of a line -------------------------------------------------------------------- */

#define WORDS_MAX 7

/* What a line is made of; missing words are empty. */
typedef struct {
    char *word[WORDS_MAX];
    const char *rest; /* all behind the first word */
    bool good;        /* all quotes were closed, and there were not too many words */
} words;

static void words_clear(words *w)
{
    for (size_t i = 0; i < WORDS_MAX; i++)
        g_free(w->word[i]);
}

static char *take_word(const char **at)
{
    if (**at == '"')
        return escape_unquote(at);

    size_t length = strcspn(*at, " ");
    char *word = g_strndup(*at, length);
    *at += length;
    *at += **at == ' ';
    return word;
}

static words words_of(const char *text)
{
    size_t first = strcspn(text, " ");
    words made = {.rest = text + first + (text[first] == ' '), .good = true};

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

static unsigned number(const char *text)
{
    return (unsigned)g_ascii_strtoull(text, NULL, 10);
}

static msnp_err err_of(const char *name)
{
    unsigned err = 0;

    while (err < MSNP_N_ERRS && strcmp(name, msnp_err_name((msnp_err)err)) != 0)
        err++;
    return (msnp_err)err;
}

static msnp_conversation_id conversation_of(const char *text)
{
    return *text == '#' ? (msnp_conversation_id){.chat = number(text + 1)}
                        : (msnp_conversation_id){.who = text};
}

/* host:port; the caller frees the host. */
static char *read_address(const char *text, uint16_t *port)
{
    const char *colon = strrchr(text, ':');

    *port = colon ? (uint16_t)number(colon + 1) : 0;
    return g_strndup(text, colon ? (size_t)(colon - text) : strlen(text));
}

static void expect_word(drive *d, const char *what, const char *expected, const char *got)
{
    if (strcmp(expected, got) != 0)
        drive_found(d, "%s says \"%s\", not \"%s\"", what, got, expected);
}

/* --- intents -------------------------------------------------------------------------------- */

/* What a kind of line does; `w->word[0]` is its name. */
typedef void (*intent)(drive *d, const words *w);

static void do_ticket(drive *d, const words *w)
{
    drive_secret(d, w->rest);
    msnp_ns_ticket(d->ns, w->rest, d->now);
}

static void do_status(drive *d, const words *w)
{
    if (!msnp_status_from_code(msnp_str_of(w->word[1]), &d->status))
        drive_found(d, "no status: %s", w->word[1]);
    else if (d->session)
        msnp_session_set_status(d->session, d->status, d->now);
    else
        msnp_ns_set_status(d->ns, d->status, d->now);
}

static void do_sign_out(drive *d, const words *w)
{
    (void)w;
    if (d->session)
        msnp_session_sign_out(d->session, d->now);
    else
        msnp_ns_sign_out(d->ns);
    drive_end(d);
}

/* Of a session: a person is asked about the newest connection, or has answered about all. */
static void do_hold(drive *d, const words *w)
{
    bool hold = !strcmp(w->word[0], "hold");
    unsigned conn = d->conns->len;

    if (d->session && hold)
        msnp_session_hold(d->session, conn, d->now);
    for (; d->session && !hold && conn > 0; conn--)
        msnp_session_resume(d->session, conn, d->now);
    if (d->ns)
        (hold ? msnp_ns_hold : msnp_ns_resume)(d->ns, d->now);
    if (d->passport)
        (hold ? msnp_passport_hold : msnp_passport_resume)(d->passport, d->now);
}

static void do_ask_switchboard(drive *d, const words *w)
{
    msnp_ns_ask_switchboard(d->ns, number(w->word[1]));
    msnp_ns_run(d->ns, d->now);
}

static void do_challenge(drive *d, const words *w)
{
    drive_sign_in(d, d->config.account, w->rest);
}

static void do_call(drive *d, const words *w)
{
    msnp_switchboard_call(d->switchboard, w->word[1], d->now);
}

/* send tag "text"; send-p2p tag "text"; not-sent tag "text" */
static void do_send(drive *d, const words *w)
{
    unsigned tag = number(w->word[1]);
    bool p2p = !strcmp(w->word[0], "send-p2p");
    msnp_letter letter = p2p ? MSNP_LETTER_D : tag != 0 ? MSNP_LETTER_A : MSNP_LETTER_U;
    bool sent = msnp_switchboard_send(d->switchboard, letter, tag, msnp_str_of(w->word[2]), d->now);

    expect_word(d, "switchboard_send()", w->word[0],
                !sent ? "not-sent"
                : p2p ? "send-p2p"
                      : "send");
}

static void do_leave(drive *d, const words *w)
{
    if (d->switchboard) {
        msnp_switchboard_leave(d->switchboard);
        drive_end(d);
    } else {
        drive_leave(d, conversation_of(w->word[1]));
    }
}

/* say place "text" [format]; refused error place "text" */
static void do_say(drive *d, const words *w)
{
    bool refused = !strcmp(w->word[0], "refused");
    char *const *args = w->word + (refused ? 2 : 1);
    const char *expected = refused ? w->word[1] : "ok";
    msnp_format format;

    msnp_format_init(&format);
    msnp_format_read(&format, msnp_str_of(args[2]));
    msnp_err err = drive_say(d, conversation_of(args[0]), args[1], &format);
    expect_word(d, "say", expected, msnp_err_name(err));
}

static void do_nudge(drive *d, const words *w)
{
    msnp_err err = drive_nudge(d, w->word[1]);

    expect_word(d, "nudge", *w->word[2] ? w->word[2] : "ok", msnp_err_name(err));
}

/* page account "text" [error] */
static void do_page(drive *d, const words *w)
{
    msnp_err err = drive_page(d, w->word[1], w->word[2]);

    expect_word(d, "page", *w->word[3] ? w->word[3] : "ok", msnp_err_name(err));
}

static void do_type(drive *d, const words *w)
{
    drive_type(d, w->word[1]);
}

static void do_chat(drive *d, const words *w)
{
    drive_chat(d, w->word[1], *w->word[2] ? w->word[2] : NULL);
}

static void do_invite(drive *d, const words *w)
{
    drive_invite(d, conversation_of(w->word[1]).chat, w->word[2]);
}

static void do_switchboard(drive *d, const words *w)
{
    uint16_t port;
    char *host = read_address(w->word[2], &port);

    msnp_conversations_switchboard(d->conversations, number(w->word[1]), host, port, w->word[3],
                                   d->now);
    g_free(host);
}

static void do_no_switchboard(drive *d, const words *w)
{
    const msnp_cause cause = {err_of(w->word[2]), number(w->word[3])};

    msnp_conversations_no_switchboard(d->conversations, number(w->word[1]), cause, d->now);
}

static void do_ring(drive *d, const words *w)
{
    uint16_t port;
    char *host = read_address(w->word[2], &port);
    const msnp_ring ring = {.session = w->word[1],
                            .host = host,
                            .port = port,
                            .cookie = w->word[3],
                            .account = w->word[4],
                            .name = w->word[5],
                            .contact = strcmp(w->word[6], "contact") == 0};

    msnp_conversations_rung(d->conversations, &ring, d->now);
    g_free(host);
}

/* carry who reference "payload" */
static void do_carry(drive *d, const words *w)
{
    drive_carry(d, w->word[1], number(w->word[2]), msnp_str_of(w->word[3]));
}

/* answer-p2p ["payload"] */
static void do_answer_p2p(drive *d, const words *w)
{
    drive_answer_p2p(d, *w->word[1] ? w->word[1] : NULL);
}

/* After the end nothing may be left. */
static void do_end(drive *d, const words *w)
{
    drive_end_conversations(d, err_of(w->word[1]));
}

/* file-send who "name" size [error] */
static void do_file_send(drive *d, const words *w)
{
    msnp_err err;

    (void)drive_file_send(d, w->word[1], w->word[2], g_ascii_strtoull(w->word[3], NULL, 10), &err);
    expect_word(d, "file-send", *w->word[4] ? w->word[4] : "ok", msnp_err_name(err));
}

static void do_file_accept(drive *d, const words *w)
{
    drive_file_accept(d, number(w->word[1]));
}

static void do_file_decline(drive *d, const words *w)
{
    drive_file_decline(d, number(w->word[1]));
}

static void do_file_put(drive *d, const words *w)
{
    drive_file_put(d, number(w->word[1]), number(w->word[2]));
}

static void do_file_stored(drive *d, const words *w)
{
    drive_file_stored(d, number(w->word[1]));
}

/* file-cancel number [why] */
static void do_file_cancel(drive *d, const words *w)
{
    const char *why = *w->word[2] ? w->word[2] : "CANCELLED";

    drive_file_cancel(d, number(w->word[1]), drive_file_end_of(why));
}

static void read_where(msnp_address *where, const char *text)
{
    char *host = read_address(text, &where->port);

    g_strlcpy(where->host, host, sizeof where->host);
    g_free(host);
}

/* listening number internal [external] */
static void do_listening(drive *d, const words *w)
{
    msnp_port port = {0};

    read_where(&port.internal, w->word[2]);
    read_where(&port.external, w->word[3]);
    drive_listening(d, number(w->word[1]), &port);
}

/* knock port [refused] */
static void do_knock(drive *d, const words *w)
{
    unsigned conn = drive_knock(d, number(w->word[1]));

    expect_word(d, "knock", w->word[2], conn ? "" : "refused");
}

static void do_drained(drive *d, const words *w)
{
    drive_drained(d, number(w->word[1]));
}

static void do_broke(drive *d, const words *w)
{
    drive_broke(d, number(w->word[1]));
}

static void do_client_ip(drive *d, const words *w)
{
    msnp_transfers_set_client_ip(d->transfers, w->word[1]);
}

static void do_ask_inbox(drive *d, const words *w)
{
    (void)w;
    msnp_ns_ask_inbox(d->ns, d->now);
    msnp_ns_run(d->ns, d->now);
}

static void do_inbox_page(drive *d, const words *w)
{
    msnp_buf page;
    bool good = msnp_ns_inbox_page(d->ns, w->word[1], &page, d->now) == MSNP_OK;
    char *text = msnp_str_dup(msnp_buf_view(&page));

    drive_hear_call(d, d->now, &(heard){.kind = HEARD_PAGE, .text = good ? text : NULL});
    msnp_buf_clear(&page);
    g_free(text);
}

#define OF(part) (1u << (part))

/* A row for each: for whom, by what name, what it does. */
static const struct {
    unsigned parts;
    const char *name;
    intent does;
} intents[] = {
    {OF(DRIVE_NS), "ticket", do_ticket},
    {OF(DRIVE_NS) | OF(DRIVE_SESSION), "status", do_status},
    {OF(DRIVE_NS) | OF(DRIVE_SESSION), "sign-out", do_sign_out},
    {OF(DRIVE_NS) | OF(DRIVE_PASSPORT) | OF(DRIVE_SESSION), "hold", do_hold},
    {OF(DRIVE_NS) | OF(DRIVE_PASSPORT) | OF(DRIVE_SESSION), "resume", do_hold},
    {OF(DRIVE_NS) | OF(DRIVE_SESSION), "page", do_page},
    {OF(DRIVE_NS), "ask-switchboard", do_ask_switchboard},
    {OF(DRIVE_NS), "ask-inbox", do_ask_inbox},
    {OF(DRIVE_NS), "inbox-page", do_inbox_page},
    {OF(DRIVE_PASSPORT), "challenge", do_challenge},
    {OF(DRIVE_SWITCHBOARD), "call", do_call},
    {OF(DRIVE_SWITCHBOARD), "send", do_send},
    {OF(DRIVE_SWITCHBOARD), "not-sent", do_send},
    {OF(DRIVE_SWITCHBOARD), "send-p2p", do_send},
    {OF(DRIVE_SWITCHBOARD) | OF(DRIVE_CONVERSATIONS) | OF(DRIVE_SESSION), "leave", do_leave},
    {OF(DRIVE_CONVERSATIONS) | OF(DRIVE_SESSION), "say", do_say},
    {OF(DRIVE_CONVERSATIONS) | OF(DRIVE_SESSION), "refused", do_say},
    {OF(DRIVE_CONVERSATIONS) | OF(DRIVE_SESSION), "nudge", do_nudge},
    {OF(DRIVE_CONVERSATIONS) | OF(DRIVE_SESSION), "type", do_type},
    {OF(DRIVE_CONVERSATIONS) | OF(DRIVE_SESSION), "chat", do_chat},
    {OF(DRIVE_CONVERSATIONS) | OF(DRIVE_SESSION), "invite", do_invite},
    {OF(DRIVE_CONVERSATIONS), "switchboard", do_switchboard},
    {OF(DRIVE_CONVERSATIONS), "no-switchboard", do_no_switchboard},
    {OF(DRIVE_CONVERSATIONS), "ring", do_ring},
    {OF(DRIVE_CONVERSATIONS), "carry", do_carry},
    {OF(DRIVE_CONVERSATIONS), "answer-p2p", do_answer_p2p},
    {OF(DRIVE_CONVERSATIONS), "end", do_end},
    {OF(DRIVE_CONVERSATIONS), "file-send", do_file_send},
    {OF(DRIVE_CONVERSATIONS), "file-accept", do_file_accept},
    {OF(DRIVE_CONVERSATIONS), "file-decline", do_file_decline},
    {OF(DRIVE_CONVERSATIONS), "file-put", do_file_put},
    {OF(DRIVE_CONVERSATIONS), "file-stored", do_file_stored},
    {OF(DRIVE_CONVERSATIONS), "file-cancel", do_file_cancel},
    {OF(DRIVE_CONVERSATIONS), "listening", do_listening},
    {OF(DRIVE_CONVERSATIONS), "knock", do_knock},
    {OF(DRIVE_CONVERSATIONS), "drained", do_drained},
    {OF(DRIVE_CONVERSATIONS), "broke", do_broke},
    {OF(DRIVE_CONVERSATIONS), "client-ip", do_client_ip},
};

static intent find_intent(const drive *d, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(intents); i++)
        if (!strcmp(intents[i].name, name) && (intents[i].parts & OF(d->config.part)) != 0)
            return intents[i].does;
    return NULL;
}

static void do_edit(drive *d, const char *text)
{
    msnp_edit edit;

    if (roster_text_read_edit(&edit, text))
        drive_edit(d, &edit);
    else
        drive_found(d, "not an edit: %s", text);
    msnp_edit_clear(&edit);
}

/* connect-failed [number|certificate|hopeless] */
static void do_connect_failed(drive *d, drive_part side, const char *how)
{
    msnp_connect_error why = {.code = 7, .text = "no route"};

    why.certificate = !strcmp(how, "certificate");
    why.hopeless = !strcmp(how, "hopeless");
    drive_connect_failed_by(d, side, number(how), &why);
}

/*
 * What happens on connections, with a number where there are several. proxied [authorization]: what
 * was asked for last leads to a proxy.
 */
static bool do_conn(drive *d, drive_part side, const words *w)
{
    unsigned conn = number(w->word[1]);

    if (!strcmp(w->word[0], "connected"))
        drive_connected(d, side, conn);
    else if (!strcmp(w->word[0], "close"))
        drive_closed(d, side, conn);
    else if (!strcmp(w->word[0], "connect-failed"))
        do_connect_failed(d, side, w->word[1]);
    else if (!strcmp(w->word[0], "proxied"))
        drive_proxied(d, side, 0, *w->word[1] ? w->word[1] : NULL);
    else
        return false;
    return true;
}

void drive_do(drive *d, drive_part side, const char *what)
{
    words w = words_of(what);
    intent does = find_intent(d, w.word[0]);

    if (g_str_has_prefix(what, "edit "))
        do_edit(d, what + strlen("edit "));
    else if (!w.good && does != do_ticket && does != do_challenge)
        drive_found(d, "malformed: %s", what);
    else if (does)
        does(d, &w);
    else if (!do_conn(d, side, &w))
        drive_found(d, "cannot do: %s", what);
    words_clear(&w);
    drive_settle(d);
}

/* --- states --------------------------------------------------------------------------------- */

static void describe_switchboard(GString *out, const msnp_switchboard *sb, const char *what)
{
    if (!strcmp(what, "members")) {
        g_string_append(out, "members");
        for (size_t i = 0; i < msnp_switchboard_n_members(sb); i++)
            g_string_append_printf(out, " %s", msnp_switchboard_member(sb, i)->account);
    } else if (!strcmp(what, "calls")) {
        g_string_append(out, "calls");
        for (size_t i = 0; i < msnp_switchboard_n_calls(sb); i++)
            g_string_append_printf(out, " %s", msnp_switchboard_called(sb, i)->account);
    } else if (!strcmp(what, "unanswered")) {
        g_string_append_printf(out, "unanswered %zu", msnp_switchboard_unanswered(sb));
    }
}

static void describe_conversations(GString *out, const msnp_conversations *all, const words *w)
{
    if (!strcmp(w->word[0], "pending"))
        g_string_append_printf(out, "pending %zu", msnp_conversations_pending(all));
    else if (!strcmp(w->word[0], "switchboards"))
        g_string_append_printf(out, "switchboards %zu", msnp_conversations_n_switchboards(all));
    else if (!strcmp(w->word[0], "open"))
        g_string_append_printf(out, "open %s %s", w->word[1],
                               msnp_conversations_is_open(all, w->word[1]) ? "yes" : "no");
}

char *drive_describe(const drive *d, const char *what)
{
    words w = words_of(what);
    GString *out = g_string_new(NULL);

    if (d->switchboard)
        describe_switchboard(out, d->switchboard, w.word[0]);
    else if (d->conversations)
        describe_conversations(out, d->conversations, &w);
    words_clear(&w);
    return g_string_free(out, out->len == 0);
}
