/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "switchboard.h"

#include "clock.h"
#include "codec.h"
#include "framer.h"
#include "roster.h"
#include "speak.h"
#include "trans.h"

#include <string.h>

/* Somebody who is called and did not come yet. */
typedef struct {
    msnp_switchboard_person person;
    unsigned number; /* what the transaction remembers of it */
    uint32_t id;     /* of the transaction, 0 before it is sent */
    int64_t until;
} sb_call;

struct msnp_switchboard {
    msnp_event_queue events;
    msnp_clock clock;
    msnp_step step;
    bool trace;
    bool ended; /* the peer closed the connection, behind what is in the framer */
    bool left;  /* by us: what was said before still counts */

    char *account;
    char *host;
    uint16_t port;
    char *cookie;  /* NULL as soon as it is sent */
    char *session; /* NULL: we asked for this switchboard */

    msnp_framer framer;
    msnp_trans trans;
    GPtrArray *members; /* msnp_switchboard_person *, without ourselves */
    GPtrArray *calls;   /* sb_call * */
    unsigned called;    /* calls so far */
    size_t unanswered;
    int64_t heard;  /* when bytes last came */
    int64_t ticked; /* the time by the last tick */
};

/* Of a call as well, which begins with its person. */
static void person_free(gpointer data)
{
    msnp_switchboard_person *person = data;

    g_free(person->account);
    g_free(person->name);
    g_free(person);
}

msnp_switchboard *msnp_switchboard_new(const msnp_switchboard_config *config)
{
    msnp_switchboard *sb = g_new0(msnp_switchboard, 1);

    msnp_event_queue_init(&sb->events);
    msnp_clock_init(&sb->clock);
    sb->step = MSNP_STEP_IDLE;
    sb->account = g_strdup(config->account);
    sb->host = g_strdup(config->host);
    sb->port = config->port;
    sb->cookie = g_strdup(config->cookie);
    sb->session = g_strdup(config->session);
    msnp_framer_init(&sb->framer, &msnp_switchboard_verbs);
    msnp_trans_init(&sb->trans);
    sb->members = g_ptr_array_new_with_free_func(person_free);
    sb->calls = g_ptr_array_new_with_free_func(person_free);
    sb->ticked = INT64_MIN;
    return sb;
}

void msnp_switchboard_free(msnp_switchboard *sb)
{
    if (sb == NULL)
        return;
    msnp_event_queue_clear(&sb->events);
    msnp_framer_clear(&sb->framer);
    msnp_trans_clear(&sb->trans);
    g_ptr_array_free(sb->members, TRUE);
    g_ptr_array_free(sb->calls, TRUE);
    g_free(sb->account);
    g_free(sb->host);
    msnp_secret_free(sb->cookie);
    g_free(sb->session);
    g_free(sb);
}

static void push(msnp_switchboard *sb, msnp_event event)
{
    msnp_event_queue_push(&sb->events, &event);
}

/* The only way to change the step. */
static void set_step(msnp_switchboard *sb, msnp_step step, int64_t now)
{
    bool waits = step == MSNP_STEP_CONNECT || step == MSNP_STEP_ACCOUNT;

    sb->step = step;
    sb->clock.step = waits ? now + MSNP_STEP_TIMEOUT : MSNP_NEVER;
}

/* The only way to fail. */
static void fail(msnp_switchboard *sb, msnp_err err, unsigned number)
{
    push(sb, (msnp_event){.type = MSNP_EVENT_FAILED,
                          .failure = {.err = err,
                                      .step = sb->step,
                                      .host = sb->host,
                                      .port = sb->port,
                                      .number = number}});
    set_step(sb, MSNP_STEP_OFFLINE, 0);
}

/* --- sending -------------------------------------------------------------------------------- */

/* `id` 0: without one. `args` ends with NULL. */
static void send_command(msnp_switchboard *sb, const char *name, uint32_t id,
                         const char *const *args, msnp_str payload)
{
    msnp_err err =
        msnp_speak(&sb->events, &msnp_switchboard_verbs, sb->trace, name, id, args, payload);

    if (err != MSNP_OK)
        fail(sb, err, 0);
}

static void send_call(msnp_switchboard *sb, sb_call *call, int64_t now)
{
    const char *const args[] = {call->person.account, NULL};

    call->id = msnp_trans_begin(&sb->trans, "CAL", call->number, MSNP_NEVER);
    call->until = now + MSNP_SWITCHBOARD_CALL_TIMEOUT;
    /* Without an id it runs into its deadline: so many commands wait that nothing is answered. */
    if (call->id != 0)
        send_command(sb, "CAL", call->id, args, (msnp_str){"", 0});
}

static sb_call *find_call(const msnp_switchboard *sb, const char *account, unsigned number)
{
    for (guint i = 0; i < sb->calls->len; i++) {
        sb_call *call = g_ptr_array_index(sb->calls, i);
        if (account != NULL ? g_ascii_strcasecmp(call->person.account, account) == 0
                            : call->number == number)
            return call;
    }
    return NULL;
}

void msnp_switchboard_call(msnp_switchboard *sb, const char *account, int64_t now)
{
    if (sb->step == MSNP_STEP_OFFLINE || msnp_switchboard_has(sb, account) ||
        find_call(sb, account, 0) != NULL)
        return;

    sb_call *call = g_new0(sb_call, 1);
    call->person.account = g_strdup(account);
    call->number = ++sb->called;
    call->until = MSNP_NEVER;
    g_ptr_array_add(sb->calls, call);
    if (sb->step == MSNP_STEP_ONLINE)
        send_call(sb, call, now);
}

static void send_message(msnp_switchboard *sb, uint32_t id, const char *letter, msnp_str payload)
{
    char length[24];
    const char *const args[] = {letter, length, NULL};

    g_snprintf(length, sizeof length, "%" G_GSIZE_FORMAT, payload.len);
    send_command(sb, "MSG", id, args, payload);
}

bool msnp_switchboard_send(msnp_switchboard *sb, uint32_t tag, msnp_str payload, int64_t now)
{
    bool asks = tag != 0;
    uint32_t id;

    if (sb->step != MSNP_STEP_ONLINE)
        return false;
    id = asks ? msnp_trans_begin(&sb->trans, "MSG", tag, now + MSNP_SWITCHBOARD_ACK_TIMEOUT)
              : msnp_trans_id(&sb->trans);
    if (id == 0)
        return false;
    sb->unanswered += asks;
    send_message(sb, id, asks ? "A" : "U", payload);
    return true;
}

bool msnp_switchboard_reply(msnp_switchboard *sb, msnp_str payload)
{
    if (sb->step != MSNP_STEP_ONLINE)
        return false;
    send_message(sb, msnp_trans_id(&sb->trans), "N", payload);
    return true;
}

void msnp_switchboard_leave(msnp_switchboard *sb)
{
    const char *const none[] = {NULL};

    if (sb->step == MSNP_STEP_OFFLINE)
        return;
    if (sb->step == MSNP_STEP_ONLINE)
        send_command(sb, "OUT", 0, none, (msnp_str){"", 0});
    sb->left = sb->step == MSNP_STEP_ONLINE;
    push(sb, (msnp_event){.type = MSNP_EVENT_CLOSE});
    set_step(sb, MSNP_STEP_OFFLINE, 0);
}

/* --- beginning ------------------------------------------------------------------------------ */

void msnp_switchboard_start(msnp_switchboard *sb, int64_t now)
{
    if (sb->step != MSNP_STEP_IDLE)
        return;
    set_step(sb, MSNP_STEP_CONNECT, now);
    push(sb, (msnp_event){.type = MSNP_EVENT_CONNECT, .connect = {sb->host, sb->port, false}});
}

void msnp_switchboard_connected(msnp_switchboard *sb, int64_t now)
{
    const char *const args[] = {sb->account, sb->cookie, sb->session, NULL};
    const char *name = sb->session != NULL ? "ANS" : "USR";

    if (sb->step != MSNP_STEP_CONNECT)
        return;
    sb->heard = now;
    set_step(sb, MSNP_STEP_ACCOUNT, now);
    send_command(sb, name, msnp_trans_begin(&sb->trans, name, 0, MSNP_NEVER), args,
                 (msnp_str){"", 0});
    g_clear_pointer(&sb->cookie, msnp_secret_free);
}

static void open_up(msnp_switchboard *sb, int64_t now)
{
    set_step(sb, MSNP_STEP_ONLINE, now);
    push(sb, (msnp_event){.type = MSNP_EVENT_SB_OPEN});
    for (guint i = 0; i < sb->calls->len && sb->step == MSNP_STEP_ONLINE; i++)
        send_call(sb, g_ptr_array_index(sb->calls, i), now);
}

/* USR id OK account name, ANS id OK */
static void got_welcome(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    uint32_t id;
    msnp_pending asked;

    if (!msnp_cmd_trid(cmd, &id) || !msnp_trans_end_named(&sb->trans, id, cmd->name, &asked))
        return;
    if (msnp_str_is(cmd->argv[1], "OK"))
        open_up(sb, now);
    else
        fail(sb, MSNP_ERR_MALFORMED, 0);
}

/* --- who is there --------------------------------------------------------------------------- */

/* Forgets a call; its answer, if it did not come yet, is of no interest. */
static void end_call(msnp_switchboard *sb, sb_call *call)
{
    msnp_pending asked;

    (void)msnp_trans_end_named(&sb->trans, call->id, "CAL", &asked);
    g_ptr_array_remove(sb->calls, call);
}

/* Where a member stands, the number of members if it is none. */
static guint find_member(const msnp_switchboard *sb, const char *account)
{
    guint i = 0;

    while (i < sb->members->len &&
           g_ascii_strcasecmp(msnp_switchboard_member(sb, i)->account, account) != 0)
        i++;
    return i;
}

/* Not ourselves, seen from another place, nor somebody who cannot be. */
static bool is_other(const msnp_switchboard *sb, const char *account)
{
    return msnp_account_valid(account) && g_ascii_strcasecmp(account, sb->account) != 0;
}

static void add_member(msnp_switchboard *sb, msnp_str account, msnp_str name)
{
    char *who = msnp_str_dup(account);
    char *friendly = msnp_text_decode(name, MSNP_NAME_CHARS);
    sb_call *call = find_call(sb, who, 0);

    if (is_other(sb, who) && !msnp_switchboard_has(sb, who) &&
        sb->members->len < MSNP_SWITCHBOARD_MEMBERS_MAX) {
        msnp_switchboard_person *person = g_new(msnp_switchboard_person, 1);
        *person = (msnp_switchboard_person){g_strdup(who), g_strdup(friendly)};
        g_ptr_array_add(sb->members, person);
        if (call != NULL)
            end_call(sb, call);
        push(sb, (msnp_event){.type = MSNP_EVENT_SB_JOINED, .member = {who, friendly, false}});
    }
    g_free(who);
    g_free(friendly);
}

/* JOI account name */
static void got_join(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    (void)now;
    add_member(sb, cmd->argv[0], cmd->argc > 1 ? cmd->argv[1] : (msnp_str){"", 0});
}

/* IRO id index total account name */
static void got_present(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    (void)now;
    add_member(sb, cmd->argv[3], cmd->argc > 4 ? cmd->argv[4] : (msnp_str){"", 0});
}

/* BYE account [1]: the switchboard is closed for idleness */
static void got_bye(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    char *who = msnp_str_dup(cmd->argv[0]);
    guint at = find_member(sb, who);
    bool idle = cmd->argc > 1 && msnp_str_is(cmd->argv[1], "1");

    (void)now;
    if (at < sb->members->len) {
        g_ptr_array_remove_index(sb->members, at);
        push(sb, (msnp_event){.type = MSNP_EVENT_SB_LEFT, .member = {who, NULL, idle}});
    }
    g_free(who);
}

static void got_ringing(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    uint32_t id;
    msnp_pending asked;

    (void)now;
    /* The invitation went out; that somebody comes only JOI says. */
    if (msnp_cmd_trid(cmd, &id))
        (void)msnp_trans_end_named(&sb->trans, id, "CAL", &asked);
}

static void call_failed(msnp_switchboard *sb, sb_call *call, msnp_err err, unsigned number)
{
    push(sb, (msnp_event){.type = MSNP_EVENT_SB_CALL_FAILED,
                          .call_failed = {call->person.account, {err, number}}});
    end_call(sb, call);
}

/* --- messages ------------------------------------------------------------------------------- */

static void answer(msnp_switchboard *sb, uint32_t tag, msnp_err err, unsigned number)
{
    sb->unanswered--;
    push(sb, (msnp_event){.type = MSNP_EVENT_SB_ANSWERED, .answered = {tag, {err, number}}});
}

/* ACK id, NAK id */
static void got_answer(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    uint32_t id;
    msnp_pending sent;
    bool delivered = strcmp(cmd->name, "ACK") == 0;

    (void)now;
    if (!msnp_cmd_trid(cmd, &id) || !msnp_trans_end_named(&sb->trans, id, "MSG", &sent))
        return;
    /* Servers of today confirm what nobody was there to hear. */
    if (delivered && sb->members->len == 0)
        answer(sb, sent.context, MSNP_ERR_NOBODY, 0);
    else
        answer(sb, sent.context, delivered ? MSNP_OK : MSNP_ERR_REFUSED, 0);
}

/* MSG account name length */
static void got_message(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    char *who = msnp_str_dup(cmd->argv[0]);
    char *name = msnp_text_decode(cmd->argv[1], MSNP_NAME_CHARS);

    (void)now;
    if (is_other(sb, who))
        push(sb, (msnp_event){.type = MSNP_EVENT_SB_RECEIVED,
                              .received = {who, name, cmd->payload.ptr, cmd->payload.len}});
    g_free(who);
    g_free(name);
}

/* --- reading -------------------------------------------------------------------------------- */

static void got_out(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    (void)cmd;
    (void)now;
    fail(sb, MSNP_ERR_CLOSED, 0);
}

/* Is an error of this number, in answer to CAL, about more than this one call? */
static bool ends_session(unsigned number)
{
    return number == MSNP_NUMBER_NO_SWITCHBOARD || number == MSNP_NUMBER_NO_TRANSFER ||
           (number >= MSNP_NUMBER_INTERNAL && number != MSNP_NUMBER_CALLS_TOO_FAST &&
            number != MSNP_NUMBER_TOO_FAST);
}

static void got_call_error(msnp_switchboard *sb, sb_call *call, unsigned number)
{
    bool self = g_ascii_strcasecmp(call->person.account, sb->account) == 0;

    /* There already: or called by somebody else; then JOI comes, or the deadline. */
    if (ends_session(number))
        fail(sb, MSNP_ERR_SERVER, number);
    else if (number != MSNP_NUMBER_THERE_ALREADY || self)
        call_failed(sb, call, MSNP_ERR_SERVER, number);
}

static void got_error(msnp_switchboard *sb, const msnp_cmd *cmd)
{
    uint32_t id;
    msnp_pending refused;

    if (sb->step == MSNP_STEP_ACCOUNT) {
        fail(sb, MSNP_ERR_SERVER, cmd->number);
    } else if (msnp_cmd_trid(cmd, &id) && msnp_trans_end(&sb->trans, id, &refused)) {
        sb_call *call = find_call(sb, NULL, refused.context);
        if (strcmp(refused.name, "MSG") == 0)
            answer(sb, refused.context, MSNP_ERR_SERVER, cmd->number);
        else if (call != NULL)
            got_call_error(sb, call, cmd->number);
    }
}

#define GREETING MSNP_IN(MSNP_STEP_ACCOUNT)
#define OPEN     MSNP_IN(MSNP_STEP_ONLINE)

/* A handler is called only in the steps of its row, and with the parameters that it asks for. */
static const struct row {
    msnp_verb verb;
    void (*handle)(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now);
} rows[] = {
    /* name, least parameters, payload, secret, steps; handler */
    {{"USR", 2, false, MSNP_SECRET_FROM(2), GREETING}, got_welcome},
    {{"ANS", 2, false, MSNP_SECRET(2), GREETING}, got_welcome},
    {{"IRO", 4, false, MSNP_SECRET_FROM(4), GREETING}, got_present},
    {{"CAL", 2, false, 0, OPEN}, got_ringing},
    {{"JOI", 1, false, MSNP_SECRET_FROM(1), GREETING | OPEN}, got_join},
    {{"BYE", 1, false, 0, GREETING | OPEN}, got_bye},
    {{"MSG", 3, true, MSNP_SECRET_FROM(1), GREETING | OPEN}, got_message},
    {{"ACK", 1, false, 0, OPEN}, got_answer},
    {{"NAK", 1, false, 0, OPEN}, got_answer},
    {{"OUT", 0, false, 0, GREETING | OPEN}, got_out},
};

const msnp_verbs msnp_switchboard_verbs = {&rows[0].verb, G_N_ELEMENTS(rows), sizeof rows[0]};

/* Is it the answer to how we introduced ourselves? */
static bool is_welcome(const msnp_cmd *cmd)
{
    return strcmp(cmd->name, "USR") == 0 || strcmp(cmd->name, "ANS") == 0;
}

static void dispatch(msnp_switchboard *sb, const msnp_cmd *cmd)
{
    msnp_step step = sb->left ? MSNP_STEP_ONLINE : sb->step;
    bool known = cmd->verb != NULL && (cmd->verb->steps & MSNP_IN(step)) != 0;

    if (sb->left && strcmp(cmd->name, "MSG") != 0)
        return;
    if (cmd->number != 0)
        got_error(sb, cmd);
    else if (known && msnp_cmd_complete(cmd))
        ((const struct row *)cmd->verb)->handle(sb, cmd, sb->heard);
    /* One broken line among others is no reason to hang up, but the answer we wait for is. */
    else if (known && is_welcome(cmd))
        fail(sb, MSNP_ERR_MALFORMED, 0);
}

static bool is_listening(const msnp_switchboard *sb)
{
    return sb->step == MSNP_STEP_ACCOUNT || sb->step == MSNP_STEP_ONLINE || sb->left;
}

static void stop(msnp_switchboard *sb, msnp_err err)
{
    if (sb->left)
        sb->left = false;
    else
        fail(sb, err, 0);
}

void msnp_switchboard_feed(msnp_switchboard *sb, const void *data, size_t len, int64_t now)
{
    if (sb->step == MSNP_STEP_OFFLINE || sb->step == MSNP_STEP_IDLE)
        return;
    sb->heard = now;
    if (len > 0 && is_listening(sb) && msnp_framer_feed(&sb->framer, data, len) != MSNP_OK)
        fail(sb, MSNP_ERR_TOO_LONG, 0);
    else if (len == 0 && !is_listening(sb))
        fail(sb, MSNP_ERR_UNREACHABLE, 0);
    else if (len == 0)
        sb->ended = true;
}

/* Handles one line, or the end; false if there is nothing. */
static bool read_line(msnp_switchboard *sb)
{
    msnp_cmd cmd;
    msnp_str line;

    if (!is_listening(sb))
        return false;
    switch (msnp_framer_next(&sb->framer, &cmd, &line)) {
    case MSNP_DONE:
        if (sb->trace)
            msnp_speak_trace(&sb->events, &msnp_switchboard_verbs, false, line, cmd.payload.len);
        dispatch(sb, &cmd);
        return true;
    case MSNP_BAD:
        stop(sb, sb->framer.err);
        return true;
    case MSNP_MORE:
        break;
    }
    if (sb->ended)
        stop(sb, MSNP_ERR_CLOSED);
    return sb->ended;
}

/* Ends one call that was in vain, if there is one; false if there is none. */
static bool expire_call(msnp_switchboard *sb)
{
    for (guint i = 0; sb->step == MSNP_STEP_ONLINE && i < sb->calls->len; i++) {
        sb_call *call = g_ptr_array_index(sb->calls, i);
        if (sb->ticked >= call->until) {
            call_failed(sb, call, MSNP_ERR_TIMEOUT, 0);
            return true;
        }
    }
    return false;
}

/* One after the other: what the functions tell is never ahead of the events. */
bool msnp_switchboard_next(msnp_switchboard *sb, msnp_event *event)
{
    while (!msnp_event_queue_pop(&sb->events, event))
        if (!read_line(sb) && !expire_call(sb))
            return false;
    return true;
}

/* --- time ----------------------------------------------------------------------------------- */

static void expire_messages(msnp_switchboard *sb, int64_t now)
{
    msnp_pending late;

    while (sb->step == MSNP_STEP_ONLINE && msnp_trans_expire(&sb->trans, now, &late)) {
        bool silent = sb->heard <= late.deadline - MSNP_SWITCHBOARD_ACK_TIMEOUT;
        answer(sb, late.context, MSNP_ERR_TIMEOUT, 0);
        /* Not a byte since it was sent: nothing that is sent here will arrive. */
        if (silent)
            fail(sb, MSNP_ERR_TIMEOUT, 0);
    }
}

void msnp_switchboard_tick(msnp_switchboard *sb, int64_t now)
{
    if (msnp_clock_expired(&sb->clock, now))
        fail(sb, MSNP_ERR_TIMEOUT, 0);
    expire_messages(sb, now);
    sb->ticked = now;
}

int64_t msnp_switchboard_deadline(const msnp_switchboard *sb)
{
    int64_t next = msnp_clock_next(&sb->clock);

    if (sb->step != MSNP_STEP_ONLINE)
        return next;
    next = MIN(next, msnp_trans_next(&sb->trans));
    for (guint i = 0; i < sb->calls->len; i++)
        next = MIN(next, ((const sb_call *)g_ptr_array_index(sb->calls, i))->until);
    return next;
}

/* --- the rest ------------------------------------------------------------------------------- */

msnp_step msnp_switchboard_step(const msnp_switchboard *sb)
{
    return sb->step;
}

size_t msnp_switchboard_n_members(const msnp_switchboard *sb)
{
    return sb->members->len;
}

const msnp_switchboard_person *msnp_switchboard_member(const msnp_switchboard *sb, size_t index)
{
    return g_ptr_array_index(sb->members, index);
}

bool msnp_switchboard_has(const msnp_switchboard *sb, const char *account)
{
    return find_member(sb, account) < sb->members->len;
}

size_t msnp_switchboard_n_calls(const msnp_switchboard *sb)
{
    return sb->calls->len;
}

const msnp_switchboard_person *msnp_switchboard_called(const msnp_switchboard *sb, size_t index)
{
    const sb_call *call = g_ptr_array_index(sb->calls, index);

    return &call->person;
}

size_t msnp_switchboard_unanswered(const msnp_switchboard *sb)
{
    return sb->unanswered;
}

void msnp_switchboard_set_trace(msnp_switchboard *sb, bool on)
{
    sb->trace = on;
}
