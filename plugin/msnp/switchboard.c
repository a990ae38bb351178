/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "switchboard.h"

#include "clock.h"
#include "codec.h"
#include "framer.h"
#include "roster.h"
#include "trans.h"

#include <string.h>

/* A pending call. */
typedef struct {
    msnp_switchboard_person person;
    unsigned number; /* the context of its transaction */
    uint32_t id;     /* of its transaction; 0 before CAL is sent */
    int64_t until;
} sb_call;

struct msnp_switchboard {
    msnp_net *net;
    unsigned conn;
    const msnp_switchboard_ops *ops;
    gpointer owner;
    msnp_switchboard_state state;
    int64_t until; /* the deadline of the state */
    int64_t limit; /* GREETING: the latest deadline */
    bool left;     /* by us: lines that were already read still count */

    char *account;
    char *cookie;  /* NULL once it was sent */
    char *session; /* NULL: from XFR SB */

    msnp_framer framer;
    msnp_trans trans;
    GPtrArray *members; /* msnp_switchboard_person *, without ourselves */
    GPtrArray *calls;   /* sb_call * */
    uint64_t announced; /* how many people IRO said are there */
    unsigned called;    /* number of the last call */
    size_t unanswered;
    int64_t heard; /* when bytes last came */
    bool outlived; /* the command that is arriving has outlived a deadline */
};

/* Also frees a call, which begins with its person. */
static void person_free(gpointer data)
{
    msnp_switchboard_person *person = data;

    g_free(person->account);
    g_free(person->name);
    g_free(person);
}

/* The only way to change the state. */
static void set_state(msnp_switchboard *sb, msnp_switchboard_state state, int64_t until)
{
    sb->state = state;
    sb->until = until;
}

/* The only way to fail. */
static void fail(msnp_switchboard *sb, msnp_err err, unsigned number)
{
    set_state(sb, MSNP_SWITCHBOARD_OVER, MSNP_NEVER);
    sb->ops->failed(sb->owner, (msnp_cause){err, number});
}

/* --- sending -------------------------------------------------------------------------------- */

/* `id` 0: without one. `args` ends with NULL. */
static void send_command(msnp_switchboard *sb, const char *name, uint32_t id,
                         const char *const *args, msnp_str payload)
{
    msnp_err err =
        msnp_net_send(sb->net, sb->conn, &msnp_switchboard_verbs, name, id, args, payload);

    if (err != MSNP_OK)
        fail(sb, err, 0);
}

static void send_call(msnp_switchboard *sb, sb_call *call, int64_t now)
{
    const char *const args[] = {call->person.account, NULL};

    call->id = msnp_trans_begin(&sb->trans, "CAL", call->number, MSNP_NEVER);
    call->until = now + MSNP_SWITCHBOARD_CALL_TIMEOUT;
    /* Without an id (too many pending commands) nothing is sent, and the call times out. */
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
    if (sb->state == MSNP_SWITCHBOARD_OVER || msnp_switchboard_has(sb, account) ||
        find_call(sb, account, 0) != NULL)
        return;

    sb_call *call = g_new0(sb_call, 1);
    call->person.account = g_strdup(account);
    call->number = ++sb->called;
    call->until = MSNP_NEVER;
    g_ptr_array_add(sb->calls, call);
    if (sb->state == MSNP_SWITCHBOARD_OPEN)
        send_call(sb, call, now);
}

static void send_message(msnp_switchboard *sb, uint32_t id, const char *letter, msnp_str payload)
{
    char length[24];
    const char *const args[] = {letter, length, NULL};

    g_snprintf(length, sizeof length, "%" G_GSIZE_FORMAT, payload.len);
    send_command(sb, "MSG", id, args, payload);
}

bool msnp_switchboard_send(msnp_switchboard *sb, msnp_letter letter, uint32_t tag, msnp_str payload,
                           int64_t now)
{
    static const char *const names[] = {
        [MSNP_LETTER_U] = "U", [MSNP_LETTER_A] = "A", [MSNP_LETTER_D] = "D"};
    bool asks = tag != 0;
    uint32_t id;

    if (sb->state != MSNP_SWITCHBOARD_OPEN)
        return false;
    id = asks ? msnp_trans_begin(&sb->trans, "MSG", tag, now + MSNP_SWITCHBOARD_ACK_TIMEOUT)
              : msnp_trans_id(&sb->trans);
    if (id == 0)
        return false;
    sb->unanswered += asks;
    send_message(sb, id, names[letter], payload);
    return true;
}

bool msnp_switchboard_reply(msnp_switchboard *sb, msnp_str payload)
{
    if (sb->state != MSNP_SWITCHBOARD_OPEN)
        return false;
    send_message(sb, msnp_trans_id(&sb->trans), "N", payload);
    return true;
}

void msnp_switchboard_leave(msnp_switchboard *sb)
{
    const char *const none[] = {NULL};
    bool open = sb->state == MSNP_SWITCHBOARD_OPEN;

    sb->left = sb->left || open;
    set_state(sb, MSNP_SWITCHBOARD_OVER, MSNP_NEVER);
    if (open)
        send_command(sb, "OUT", 0, none, (msnp_str){"", 0});
    msnp_net_close(sb->net, sb->conn);
}

/* --- sign-in -------------------------------------------------------------------------------- */

static void greet(msnp_switchboard *sb, int64_t now)
{
    const char *const args[] = {sb->account, sb->cookie, sb->session, NULL};
    const char *name = sb->session != NULL ? "ANS" : "USR";

    sb->limit = now + MSNP_SWITCHBOARD_GREETING_MAX;
    set_state(sb, MSNP_SWITCHBOARD_GREETING, now + MSNP_STEP_TIMEOUT);
    send_command(sb, name, msnp_trans_begin(&sb->trans, name, 0, MSNP_NEVER), args,
                 (msnp_str){"", 0});
    g_clear_pointer(&sb->cookie, msnp_secret_free);
}

static void open_up(msnp_switchboard *sb, int64_t now)
{
    set_state(sb, MSNP_SWITCHBOARD_OPEN, MSNP_NEVER);
    sb->ops->opened(sb->owner, now);
    for (guint i = 0; i < sb->calls->len && sb->state == MSNP_SWITCHBOARD_OPEN; i++) {
        sb_call *call = g_ptr_array_index(sb->calls, i);
        /* Otherwise a callback has just sent it. */
        if (call->until == MSNP_NEVER)
            send_call(sb, call, now);
    }
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

/* --- participants --------------------------------------------------------------------------- */

/* Removes a call, and ignores its pending reply. The caller frees it. */
static sb_call *end_call(msnp_switchboard *sb, sb_call *call)
{
    msnp_pending asked;
    guint at;

    (void)msnp_trans_end_named(&sb->trans, call->id, "CAL", &asked);
    if (g_ptr_array_find(sb->calls, call, &at))
        g_ptr_array_steal_index(sb->calls, at);
    return call;
}

/* The index of a member; the number of members if there is no such member. */
static guint find_member(const msnp_switchboard *sb, const char *account)
{
    guint i = 0;

    while (i < sb->members->len &&
           g_ascii_strcasecmp(msnp_switchboard_member(sb, i)->account, account) != 0)
        i++;
    return i;
}

/* Is it a valid account other than our own? */
static bool is_other(const msnp_switchboard *sb, const char *account)
{
    return msnp_account_valid(account) && g_ascii_strcasecmp(account, sb->account) != 0;
}

static void add_member(msnp_switchboard *sb, msnp_str account, msnp_str name, int64_t now)
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
            person_free(end_call(sb, call));
        if (!sb->left)
            sb->ops->joined(sb->owner, who, friendly, now);
    }
    g_free(who);
    g_free(friendly);
}

/* JOI account name */
static void got_join(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    add_member(sb, cmd->argv[0], cmd->argc > 1 ? cmd->argv[1] : (msnp_str){"", 0}, now);
}

/* IRO id index total account name */
static void got_present(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    (void)msnp_parse_uint(cmd->argv[2], UINT32_MAX, &sb->announced);
    /* Those who are there may be announced slowly. */
    sb->until = MIN(now + MSNP_STEP_TIMEOUT, sb->limit);
    add_member(sb, cmd->argv[3], cmd->argc > 4 ? cmd->argv[4] : (msnp_str){"", 0}, now);
}

/* BYE account [1]; the 1 means that the switchboard is closed for idleness */
static void got_bye(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    char *who = msnp_str_dup(cmd->argv[0]);
    guint at = find_member(sb, who);
    bool idle = cmd->argc > 1 && msnp_str_is(cmd->argv[1], "1");

    if (at < sb->members->len) {
        g_ptr_array_remove_index(sb->members, at);
        sb->ops->left(sb->owner, who, idle, now);
    }
    g_free(who);
}

static void got_ringing(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    uint32_t id;
    msnp_pending asked;

    (void)now;
    /* The invitation was sent; only JOI means that somebody joined. */
    if (msnp_cmd_trid(cmd, &id))
        (void)msnp_trans_end_named(&sb->trans, id, "CAL", &asked);
}

static void call_failed(msnp_switchboard *sb, sb_call *call, msnp_cause cause, int64_t now)
{
    end_call(sb, call);
    sb->ops->call_failed(sb->owner, call->person.account, cause, now);
    person_free(call);
}

/* --- messages ------------------------------------------------------------------------------- */

/* A command was answered: messages behind it have as long again. */
static void note_answer(msnp_switchboard *sb, uint32_t id, int64_t now)
{
    msnp_trans_extend(&sb->trans, id, now + MSNP_SWITCHBOARD_ACK_TIMEOUT);
}

static void answered(msnp_switchboard *sb, uint32_t tag, msnp_cause cause, int64_t now)
{
    sb->unanswered--;
    sb->ops->answered(sb->owner, tag, cause, now);
}

/* ACK id, NAK id */
static void got_answer(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    uint32_t id;
    msnp_pending sent;
    msnp_err err = strcmp(cmd->name, "ACK") == 0 ? MSNP_OK : MSNP_ERR_REFUSED;

    if (!msnp_cmd_trid(cmd, &id) || !msnp_trans_end_named(&sb->trans, id, "MSG", &sent))
        return;
    note_answer(sb, id, now);
    /* An ACK proves nothing if nobody was there (deviation 5). */
    if (err == MSNP_OK && sb->members->len == 0)
        err = MSNP_ERR_NOBODY;
    answered(sb, sent.context, (msnp_cause){err, 0}, now);
}

/* MSG account name length */
static void got_message(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    char *who = msnp_str_dup(cmd->argv[0]);
    char *name = msnp_text_decode(cmd->argv[1], MSNP_NAME_CHARS);

    if (is_other(sb, who))
        sb->ops->received(sb->owner, who, name, cmd->payload, now);
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

/* Does this error in reply to CAL concern more than this call? */
static bool ends_session(unsigned number)
{
    return number == MSNP_NUMBER_NO_SWITCHBOARD || number == MSNP_NUMBER_NO_TRANSFER ||
           (number >= MSNP_NUMBER_INTERNAL && number != MSNP_NUMBER_CALLS_TOO_FAST &&
            number != MSNP_NUMBER_TOO_FAST);
}

static void got_call_error(msnp_switchboard *sb, sb_call *call, unsigned number, int64_t now)
{
    bool self = g_ascii_strcasecmp(call->person.account, sb->account) == 0;

    /* 215: there already, or called by somebody else. Then JOI follows, or the call times out. */
    if (ends_session(number))
        fail(sb, MSNP_ERR_SERVER, number);
    else if (number != MSNP_NUMBER_THERE_ALREADY || self)
        call_failed(sb, call, (msnp_cause){MSNP_ERR_SERVER, number}, now);
}

static void got_error(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    uint32_t id;
    msnp_pending refused;

    if (sb->state == MSNP_SWITCHBOARD_GREETING) {
        fail(sb, MSNP_ERR_SERVER, cmd->number);
    } else if (msnp_cmd_trid(cmd, &id) && msnp_trans_end(&sb->trans, id, &refused)) {
        sb_call *call = find_call(sb, NULL, refused.context);
        note_answer(sb, id, now);
        if (strcmp(refused.name, "MSG") == 0)
            answered(sb, refused.context, (msnp_cause){MSNP_ERR_SERVER, cmd->number}, now);
        else if (call != NULL)
            got_call_error(sb, call, cmd->number, now);
    }
}

#define GREETING MSNP_IN(MSNP_SWITCHBOARD_GREETING)
#define OPEN     MSNP_IN(MSNP_SWITCHBOARD_OPEN)

/*
 * A handler is called only in the steps of its row, and with at least the parameters it requires.
 */
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

/* Is it the reply to USR or ANS? */
static bool is_welcome(const msnp_cmd *cmd)
{
    return strcmp(cmd->name, "USR") == 0 || strcmp(cmd->name, "ANS") == 0;
}

/* The state in which lines are read. */
static msnp_switchboard_state step_of(const msnp_switchboard *sb)
{
    return sb->left ? MSNP_SWITCHBOARD_OPEN : sb->state;
}

static void dispatch(msnp_switchboard *sb, const msnp_cmd *cmd, int64_t now)
{
    bool known = cmd->verb != NULL && (cmd->verb->steps & MSNP_IN(step_of(sb))) != 0;

    /* JOI decides whether a message is for several people. */
    if (sb->left && strcmp(cmd->name, "MSG") != 0 && strcmp(cmd->name, "JOI") != 0)
        return;
    if (cmd->number != 0)
        got_error(sb, cmd, now);
    else if (known && msnp_cmd_complete(cmd))
        ((const struct row *)cmd->verb)->handle(sb, cmd, now);
    /* Fail if the awaited reply is malformed; skip other malformed lines. */
    else if (known && is_welcome(cmd))
        fail(sb, MSNP_ERR_MALFORMED, 0);
}

static bool is_listening(const msnp_switchboard *sb)
{
    return sb->state == MSNP_SWITCHBOARD_GREETING || sb->state == MSNP_SWITCHBOARD_OPEN || sb->left;
}

static void stop(msnp_switchboard *sb, msnp_err err)
{
    if (sb->left)
        sb->left = false;
    else if (sb->state != MSNP_SWITCHBOARD_OVER)
        fail(sb, err, 0);
}

/* Gives what is awaited time to come, from this moment on. */
static void give_time(msnp_switchboard *sb, int64_t from)
{
    msnp_trans_extend(&sb->trans, 0, from + MSNP_SWITCHBOARD_ACK_TIMEOUT);
    if (sb->state == MSNP_SWITCHBOARD_GREETING)
        sb->until = MIN(from + MSNP_STEP_TIMEOUT, sb->limit);
}

/* Handles one line; false if there is none, or the switchboard is over. */
static bool read_line(msnp_switchboard *sb, int64_t now)
{
    msnp_cmd cmd;
    msnp_str line;

    if (!is_listening(sb))
        return false;
    switch (msnp_framer_next(&sb->framer, &cmd, &line)) {
    case MSNP_DONE:
        msnp_net_trace_line(sb->net, sb->conn, &msnp_switchboard_verbs, line, cmd.payload.len,
                            step_of(sb));
        if (sb->outlived)
            give_time(sb, now);
        sb->outlived = false;
        dispatch(sb, &cmd, now);
        return true;
    case MSNP_BAD:
        stop(sb, sb->framer.err);
        return false;
    case MSNP_MORE:
        break;
    }
    return false;
}

/* What is served at once is fed at once. */
G_STATIC_ASSERT(MSNP_SERVE_MAX <= MSNP_FEED_MAX);

static void read_bytes(msnp_switchboard *sb, msnp_str bytes, int64_t now)
{
    if (!is_listening(sb))
        return;
    if (msnp_framer_feed(&sb->framer, bytes.ptr, bytes.len) != MSNP_OK)
        stop(sb, MSNP_ERR_TOO_LONG);
    while (read_line(sb, now))
        continue;
}

/* --- the connection ------------------------------------------------------------------------- */

static void connected(gpointer part, unsigned conn, int64_t now)
{
    msnp_switchboard *sb = part;

    (void)conn;
    sb->heard = now;
    if (sb->state == MSNP_SWITCHBOARD_CONNECTING)
        greet(sb, now);
    sb->ops->handled(sb->owner, now);
}

static void connect_failed(gpointer part, unsigned conn, const msnp_connect_error *why, int64_t now)
{
    msnp_switchboard *sb = part;

    (void)conn;
    (void)why;
    stop(sb, MSNP_ERR_UNREACHABLE);
    sb->ops->handled(sb->owner, now);
}

static void received(gpointer part, unsigned conn, msnp_str bytes, int64_t now)
{
    msnp_switchboard *sb = part;

    (void)conn;
    sb->heard = now;
    if (bytes.len > 0)
        read_bytes(sb, bytes, now);
    else
        stop(sb, is_listening(sb) ? MSNP_ERR_CLOSED : MSNP_ERR_UNREACHABLE);
    sb->ops->handled(sb->owner, now);
}

static const msnp_conn_ops conn_ops = {
    .connected = connected, .failed = connect_failed, .received = received};

msnp_switchboard *msnp_switchboard_new(msnp_net *net, const msnp_switchboard_config *config,
                                       const msnp_switchboard_ops *ops, gpointer owner, int64_t now)
{
    msnp_switchboard *sb = g_new0(msnp_switchboard, 1);

    sb->net = net;
    sb->ops = ops;
    sb->owner = owner;
    sb->account = g_strdup(config->account);
    sb->cookie = g_strdup(config->cookie);
    sb->session = g_strdup(config->session);
    msnp_mask_add_passing(&net->mask, config->cookie);
    msnp_framer_init(&sb->framer, &msnp_switchboard_verbs);
    msnp_trans_init(&sb->trans);
    sb->members = g_ptr_array_new_with_free_func(person_free);
    sb->calls = g_ptr_array_new_with_free_func(person_free);
    set_state(sb, MSNP_SWITCHBOARD_CONNECTING, now + MSNP_STEP_TIMEOUT);
    sb->conn =
        msnp_net_connect(net, MSNP_CONN_SWITCHBOARD, config->host, config->port, &conn_ops, sb);
    return sb;
}

void msnp_switchboard_free(msnp_switchboard *sb)
{
    if (sb == NULL)
        return;
    msnp_net_close(sb->net, sb->conn);
    msnp_framer_clear(&sb->framer);
    msnp_trans_clear(&sb->trans);
    g_ptr_array_free(sb->members, TRUE);
    g_ptr_array_free(sb->calls, TRUE);
    g_free(sb->account);
    msnp_secret_free(sb->cookie);
    g_free(sb->session);
    g_free(sb);
}

/* --- time ----------------------------------------------------------------------------------- */

/* The first call that timed out, or NULL. */
static sb_call *find_late_call(const msnp_switchboard *sb, int64_t now)
{
    for (guint i = 0; i < sb->calls->len; i++) {
        sb_call *call = g_ptr_array_index(sb->calls, i);
        if (now >= call->until)
            return call;
    }
    return NULL;
}

/*
 * Ends all late messages before reporting any. If no byte has arrived since one was sent, the
 * switchboard is dead: set it OVER first, so that the owner does not send more on it.
 */
static void expire_messages(msnp_switchboard *sb, int64_t now)
{
    GArray *late = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    bool silent = false;
    msnp_pending sent;

    while (!silent && msnp_trans_expire(&sb->trans, now, &sent)) {
        uint32_t tag = sent.context;
        g_array_append_val(late, tag);
        silent = sb->heard <= sent.first - MSNP_SWITCHBOARD_ACK_TIMEOUT;
    }
    sb->unanswered -= late->len;
    if (silent)
        set_state(sb, MSNP_SWITCHBOARD_OVER, MSNP_NEVER);
    for (guint i = 0; i < late->len && msnp_net_has(sb->net, sb->conn); i++)
        sb->ops->answered(sb->owner, g_array_index(late, uint32_t, i),
                          (msnp_cause){MSNP_ERR_TIMEOUT, 0}, now);
    if (silent && msnp_net_has(sb->net, sb->conn))
        fail(sb, MSNP_ERR_TIMEOUT, 0);
    g_array_free(late, TRUE);
}

/* A command is arriving, however slowly: it may be an answer, or answers may be behind it. */
static void be_patient(msnp_switchboard *sb, int64_t now)
{
    sb->outlived =
        msnp_framer_is_amid(&sb->framer) && now < sb->heard + MSNP_SWITCHBOARD_ACK_TIMEOUT;
    if (sb->outlived)
        give_time(sb, sb->heard);
}

void msnp_switchboard_tick(msnp_switchboard *sb, int64_t now)
{
    sb_call *call;

    if (now >= sb->until || now >= msnp_trans_next(&sb->trans))
        be_patient(sb, now);
    if (now >= sb->until)
        fail(sb, sb->state == MSNP_SWITCHBOARD_CONNECTING ? MSNP_ERR_UNREACHABLE : MSNP_ERR_TIMEOUT,
             0);
    if (sb->state == MSNP_SWITCHBOARD_OPEN && now >= msnp_trans_next(&sb->trans))
        expire_messages(sb, now);
    while (sb->state == MSNP_SWITCHBOARD_OPEN && (call = find_late_call(sb, now)) != NULL)
        call_failed(sb, call, (msnp_cause){MSNP_ERR_TIMEOUT, 0}, now);
}

int64_t msnp_switchboard_deadline(const msnp_switchboard *sb)
{
    int64_t next = sb->until;

    if (sb->state != MSNP_SWITCHBOARD_OPEN)
        return next;
    next = MIN(next, msnp_trans_next(&sb->trans));
    for (guint i = 0; i < sb->calls->len; i++)
        next = MIN(next, ((const sb_call *)g_ptr_array_index(sb->calls, i))->until);
    return next;
}

/* --- queries -------------------------------------------------------------------------------- */

void msnp_switchboard_note(const msnp_switchboard *sb, const char *text)
{
    msnp_net_trace(sb->net, sb->conn, false, text);
}

msnp_switchboard_state msnp_switchboard_get_state(const msnp_switchboard *sb)
{
    return sb->state;
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

bool msnp_switchboard_is_group(const msnp_switchboard *sb)
{
    bool greeting = sb->state == MSNP_SWITCHBOARD_GREETING;

    return sb->members->len > 1 || (greeting && sb->announced > 1);
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
