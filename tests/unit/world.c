/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world.h"

#include "drive.h"

#include <string.h>

#define USERS  2 /* the first of the people have a client of ours */
#define PEOPLE LEDGER_PEOPLE
/* Milliseconds after which nothing is under way any more, where a gateway is asked for ever. */
#define SETTLING ((int64_t)10 * 60 * 1000)

typedef struct user user;
typedef struct conn conn;

/* A switchboard. Who is in it has a connection, or is simulated. */
typedef struct {
    unsigned id;
    bool over;
    conn *at[PEOPLE];
    bool robot[PEOPLE];
} board;

/* A right to enter a switchboard, of one person. */
typedef struct {
    unsigned id;
    board *to;
    unsigned who;
    unsigned by;
    bool rung;
    bool used;
} ticket;

/* Somebody simulated who was called and did not decide yet. */
typedef struct {
    board *to;
    unsigned who;
} invitation;

/* A switchboard that a client asked for. */
typedef struct {
    unsigned number;
    int64_t due; /* when its session gives up */
    bool ignored;
} request;

/* A command that a client wrote. */
typedef struct {
    char **args;
    gsize len;
    char *payload;                    /* of MSG: the text, NULL if it is none */
    bool nudge;                       /* of MSG */
    ledger_conversation conversation; /* of a text or a nudge */
} command;

/* When this many bytes were fed, something is known. */
typedef struct {
    uint64_t at;
    enum { MARK_JOINED, MARK_LEFT, MARK_SAID, MARK_HALF, MARK_REST } kind;
    unsigned who;
    char *text;
} mark;

/* A connection of a client. */
struct conn {
    user *owner;
    unsigned wire;
    enum { CONN_ASKED, CONN_UP, CONN_CLOSED } state; /* as the client sees it */
    bool dead;                                       /* its host does not answer */
    bool mute;                                       /* what is written is not read any more */
    bool ended;                                      /* closed by the server */
    board *in;
    GString *written; /* not a whole command yet */
    /* Through the gateway: */
    char *host;
    unsigned id;        /* of the session, with those before; 0: none yet */
    bool gone;          /* the gateway has forgotten it, or it it broke */
    struct carrier *by; /* where it is asked for, or NULL */
    GQueue transit;     /* command *, not carried yet */
    GString *uncarried; /* their bytes */
    int64_t asked;      /* when it was last heard of */
    GQueue commands;    /* command *, not read yet */
    GString *answers;   /* not fed yet */
    GString *held;      /* answers that come later */
    GQueue marks;       /* mark * */
    uint64_t queued;    /* bytes that ever were in answers */
    uint64_t fed;
    GArray *present; /* uint32_t: who is known to be there; several while bytes are being fed */
};

/* A connection to the gateway. */
typedef struct carrier {
    user *owner;
    unsigned wire;
    enum { CARRIER_ASKED, CARRIER_UP, CARRIER_CLOSED } state;
    enum { ASKED_NOTHING, ASKED_SESSION, ASKED_IN_VAIN, ASKED_LOST, ANSWERING } asked;
    conn *of;    /* whose request it is */
    gsize left;  /* bytes of the body that are to come */
    bool chunks; /* and how */
} carrier;

struct user {
    world *w;
    unsigned person;
    drive *d;
    unsigned epoch;
    GArray *requests;  /* request */
    GQueue rings;      /* ticket * */
    GQueue expected;   /* mark *: texts that were fed and are to be shown */
    GPtrArray *halves; /* char *: texts of which a half was fed, as they are to be shown without the
                          other */
    GPtrArray *conns;  /* conn * */
    GPtrArray *carriers;
    unsigned chats;
};

struct world {
    ledger *book;
    uint64_t state; /* of the generator */
    int64_t now;
    bool settling;
    bool confirms_anything; /* ACK even if nobody is there */
    bool nudging;           /* nudges are sent in this run */
    bool gateway;           /* the switchboards are behind one in this run */
    unsigned fault_rate;
    bool faults[N_FAULTS]; /* those that happen in this run */
    unsigned counts[N_FAULTS];
    user users[USERS];
    GPtrArray *boards;      /* board * */
    GPtrArray *tickets;     /* ticket * */
    GPtrArray *invitations; /* invitation * */
    unsigned said;
};

/* --- chance --------------------------------------------------------------------------------- */

static uint64_t random_next(world *w)
{
    w->state ^= w->state >> 12;
    w->state ^= w->state << 25;
    w->state ^= w->state >> 27;
    return w->state * UINT64_C(0x2545f4914f6cdd1d);
}

/* 0 to n - 1. */
static unsigned any(world *w, unsigned n)
{
    return (unsigned)((random_next(w) >> 32) % n);
}

static bool chance(world *w, unsigned percent)
{
    return any(w, 100) < percent;
}

static bool goes_wrong(world *w, fault kind)
{
    static const char *const names[] = {
#define X(symbol, name) name,
        FAULT_LIST(X)
#undef X
    };
    if (!w->faults[kind] || !chance(w, w->fault_rate))
        return false;
    w->counts[kind]++;
    ledger_note(w->book, "  fault: %s", names[kind]);
    return true;
}

/* --- names ---------------------------------------------------------------------------------- */

static const char *account_of(unsigned who)
{
    static const char *const accounts[PEOPLE] = {"p0@example.com", "p1@example.com",
                                                 "p2@example.com", "p3@example.com",
                                                 "p4@example.com", "p5@example.com"};
    return accounts[who];
}

static unsigned person_of(world *w, const char *account)
{
    for (unsigned i = 0; i < PEOPLE; i++)
        if (g_ascii_strcasecmp(account, account_of(i)) == 0)
            return i;
    ledger_broken(w->book, "nobody is called \"%s\"", account);
}

/* As a server may spell it. */
static char *spelled(world *w, unsigned who)
{
    char *account = g_strdup(account_of(who));
    if (chance(w, 10))
        *account = 'P';
    return account;
}

static ledger_conversation conversation_of(const user *u, msnp_conversation_id conversation)
{
    ledger_conversation p = {u->person, u->epoch, conversation.chat, 0};
    if (conversation.chat == 0)
        p.who = person_of(u->w, conversation.who);
    return p;
}

/* --- what goes to a client ------------------------------------------------------------------ */

static void mark_free(gpointer data)
{
    mark *m = data;
    g_free(m->text);
    g_free(m);
}

static void add_mark(conn *c, int kind, unsigned who, const char *text)
{
    mark *m = g_new0(mark, 1);
    m->at = c->queued;
    m->kind = kind;
    m->who = who;
    m->text = g_strdup(text);
    g_queue_push_tail(&c->marks, m);
}

static void answer(conn *c, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void answer(conn *c, const char *format, ...)
{
    va_list args;
    gsize before = c->answers->len;
    if (c->ended)
        return;
    if (goes_wrong(c->owner->w, FAULT_GARBAGE))
        g_string_append(c->answers, "JOI\r\nBYE\r\nZZZ 1\r\nACK x\r\nNAK\r\nCAL\r\n");
    va_start(args, format);
    g_string_append_vprintf(c->answers, format, args);
    va_end(args);
    c->queued += c->answers->len - before;
}

/* The server closes; what was answered before still comes, or not all of it. */
static void end_conn(conn *c)
{
    world *w = c->owner->w;
    if (chance(w, 50)) {
        gsize keep = any(w, (unsigned)c->answers->len + 1);
        /* The gateway has promised so many. */
        keep = MAX(keep, c->by != NULL ? c->by->left : 0);
        c->queued -= c->answers->len - keep;
        g_string_truncate(c->answers, keep);
    }
    c->ended = true;
}

static bool is_there(const board *b, unsigned who)
{
    return b->at[who] != NULL || b->robot[who];
}

static unsigned n_there(const board *b)
{
    unsigned n = 0;
    for (unsigned i = 0; i < PEOPLE; i++)
        n += is_there(b, i) ? 1 : 0;
    return n;
}

static void tell_others(board *b, unsigned who, bool joined, bool idle)
{
    for (unsigned i = 0; i < PEOPLE; i++) {
        conn *c = b->at[i];
        if (c == NULL || i == who)
            continue;
        char *account = spelled(c->owner->w, who);
        if (joined)
            answer(c, "JOI %s Name%%20%u\r\n", account, who);
        else
            answer(c, "BYE %s%s\r\n", account, idle ? " 1" : "");
        if (!c->ended)
            add_mark(c, joined ? MARK_JOINED : MARK_LEFT, who, NULL);
        g_free(account);
    }
}

static void go_out(board *b, unsigned who, bool idle)
{
    bool any_conn = false;
    if (!is_there(b, who))
        return;
    b->at[who] = NULL;
    b->robot[who] = false;
    tell_others(b, who, false, idle);
    for (unsigned i = 0; i < PEOPLE; i++)
        any_conn = any_conn || b->at[i] != NULL;
    b->over = !any_conn;
}

static void all_go(board *b, unsigned but, bool idle)
{
    for (unsigned i = 0; i < PEOPLE; i++) {
        conn *c = b->at[i];
        if (i == but)
            continue;
        go_out(b, i, idle);
        if (c != NULL)
            end_conn(c);
    }
}

static void close_conn(conn *c)
{
    end_conn(c);
    if (c->in != NULL && c->in->at[c->owner->person] == c)
        go_out(c->in, c->owner->person, false);
}

/* --- the switchboards ----------------------------------------------------------------------- */

static board *new_board(world *w)
{
    board *b = g_new0(board, 1);
    b->id = w->boards->len + 1;
    g_ptr_array_add(w->boards, b);
    return b;
}

static ticket *new_ticket(world *w, board *to, unsigned who, unsigned by, bool rung)
{
    ticket *t = g_new0(ticket, 1);
    t->id = w->tickets->len;
    t->to = to;
    t->who = who;
    t->by = by;
    t->rung = rung;
    g_ptr_array_add(w->tickets, t);
    return t;
}

static void ring_user(world *w, board *b, unsigned who, unsigned by)
{
    if (!goes_wrong(w, FAULT_RING_LOST))
        g_queue_push_tail(&w->users[who].rings, new_ticket(w, b, who, by, true));
    if (goes_wrong(w, FAULT_RUNG_TWICE))
        g_queue_push_tail(&w->users[who].rings, new_ticket(w, b, who, by, true));
}

static void enter(conn *c, board *b)
{
    unsigned who = c->owner->person;
    if (b->at[who] != NULL)
        close_conn(b->at[who]);
    go_out(b, who, false);
    b->over = false;
    b->at[who] = c;
    c->in = b;
    tell_others(b, who, true, false);
}

static void introduce(conn *c, const command *cmd)
{
    world *w = c->owner->w;
    bool rung = strcmp(cmd->args[0], "ANS") == 0;
    guint64 id = g_ascii_strtoull(cmd->args[3] + 1, NULL, 10);
    ticket *t = id < w->tickets->len ? g_ptr_array_index(w->tickets, id) : NULL;
    if (t == NULL || t->used || t->rung != rung || t->who != c->owner->person ||
        person_of(w, cmd->args[2]) != t->who)
        ledger_broken(w->book, "a cookie that was not given to this client, or is used up");
    if (rung && g_ascii_strtoull(cmd->args[4] + 1, NULL, 10) != t->to->id)
        ledger_broken(w->book, "another session than the one of the ring");
    t->used = true;
    if (goes_wrong(w, FAULT_COOKIE)) {
        answer(c, "911 %s\r\n", cmd->args[1]);
        close_conn(c);
        return;
    }
    enter(c, t->to);
    if (!rung) {
        answer(c, "USR %s OK %s Me\r\n", cmd->args[1], cmd->args[2]);
        return;
    }
    for (unsigned i = 0, n = 0; i < PEOPLE; i++) {
        if (i == t->who || !is_there(t->to, i))
            continue;
        answer(c, "IRO %s %u %u %s Name\r\n", cmd->args[1], ++n, n_there(t->to) - 1, account_of(i));
        add_mark(c, MARK_JOINED, i, NULL);
    }
    answer(c, "ANS %s OK\r\n", cmd->args[1]);
}

static void call(conn *c, const command *cmd)
{
    static const unsigned refusals[] = {217, 216, 208, 713, 800};
    static const unsigned fatal[] = {280, 500, 600, 712, 911};
    world *w = c->owner->w;
    unsigned who = person_of(w, cmd->args[2]);
    const char *id = cmd->args[1];
    if (who == c->owner->person)
        ledger_broken(w->book, "it calls itself");
    if (is_there(c->in, who)) {
        answer(c, "215 %s\r\n", id);
    } else if (goes_wrong(w, FAULT_CALL_REFUSED)) {
        answer(c, "%u %s\r\n", refusals[any(w, G_N_ELEMENTS(refusals))], id);
    } else if (goes_wrong(w, FAULT_CALL_FATAL)) {
        answer(c, "%u %s\r\n", fatal[any(w, G_N_ELEMENTS(fatal))], id);
        close_conn(c);
    } else {
        bool early = who >= USERS && goes_wrong(w, FAULT_EARLY_JOIN);
        if (early) {
            c->in->robot[who] = true;
            tell_others(c->in, who, true, false);
        }
        if (!goes_wrong(w, FAULT_CALL_SILENT))
            answer(c, "CAL %s RINGING %u\r\n", id, c->in->id);
        if (who < USERS) {
            ring_user(w, c->in, who, c->owner->person);
        } else if (!early && !goes_wrong(w, FAULT_NOBODY_COMES)) {
            invitation *i = g_new0(invitation, 1);
            *i = (invitation){c->in, who};
            g_ptr_array_add(w->invitations, i);
        }
    }
}

/* A text of somebody's goes to a client. */
static void say_to(conn *c, unsigned from, const char *text)
{
    static const char head[] = "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n";
    char *account = spelled(c->owner->w, from);
    answer(c, "MSG %s Name %zu\r\n%s%s", account, strlen(head) + strlen(text), head, text);
    if (!c->ended)
        add_mark(c, MARK_SAID, from, text);
    g_free(account);
}

/* The same in two parts. The number in the text says what belongs together. */
static void say_in_parts(conn *c, unsigned from, const char *text)
{
    char *account = spelled(c->owner->w, from);
    char *first = g_strdup_printf(
        "Content-Type: text/plain\r\nMessage-ID: %s\r\nChunks: 2\r\n\r\n%s", text, text);
    char *rest = g_strdup_printf("Message-ID: %s\r\nChunk: 1\r\n\r\n and %s", text, text);
    answer(c, "MSG %s Name %zu\r\n%s", account, strlen(first), first);
    if (!c->ended)
        add_mark(c, MARK_HALF, from, text);
    answer(c, "MSG %s Name %zu\r\n%s", account, strlen(rest), rest);
    if (!c->ended)
        add_mark(c, MARK_REST, from, text);
    g_free(first);
    g_free(rest);
    g_free(account);
}

static void relay(conn *c, const command *cmd)
{
    world *w = c->owner->w;
    unsigned from = c->owner->person;
    for (unsigned i = 0; i < PEOPLE; i++) {
        if (i == from || !is_there(c->in, i))
            continue;
        ledger_note(w->book, "  to %u: %.40s", i, cmd->nudge ? "nudge" : cmd->payload);
        ledger_received(w->book, cmd->conversation, cmd->payload, i);
        if (c->in->at[i] != NULL && cmd->payload != NULL)
            say_to(c->in->at[i], from, cmd->payload);
    }
}

/* ACK or NAK, at once or after what happens next. */
static void confirm(conn *c, const command *cmd, bool relayed)
{
    world *w = c->owner->w;
    const char *word = relayed || w->confirms_anything ? "ACK" : "NAK";
    if (relayed && !w->confirms_anything && goes_wrong(w, FAULT_ACK_LATE))
        g_string_append_printf(c->held, "%s %s\r\n", word, cmd->args[1]);
    else
        answer(c, "%s %s\r\n", word, cmd->args[1]);
}

static void take_message(conn *c, const command *cmd)
{
    world *w = c->owner->w;
    unsigned own = c->owner->person;
    if (cmd->payload == NULL && !cmd->nudge)
        return;
    if (goes_wrong(w, FAULT_CLOSED_BEFORE)) {
        close_conn(c);
        return;
    }
    if (goes_wrong(w, FAULT_NAK)) {
        answer(c, "NAK %s\r\n", cmd->args[1]);
        return;
    }
    if (goes_wrong(w, FAULT_ERROR)) {
        answer(c, "%u %s\r\n", chance(w, 50) ? 282U : 500U, cmd->args[1]);
        return;
    }
    if (goes_wrong(w, FAULT_DROPPED))
        return;
    if (goes_wrong(w, FAULT_LEFT_BEFORE))
        all_go(c->in, own, chance(w, 50));
    bool relayed = n_there(c->in) > 1;
    relay(c, cmd);
    if (goes_wrong(w, FAULT_CLOSED_AFTER)) {
        close_conn(c);
        return;
    }
    if (goes_wrong(w, FAULT_LEFT_AFTER))
        all_go(c->in, own, chance(w, 50));
    if (!goes_wrong(w, FAULT_ACK_LOST))
        confirm(c, cmd, relayed);
}

static void command_free(gpointer data)
{
    command *cmd = data;
    g_strfreev(cmd->args);
    g_free(cmd->payload);
    g_free(cmd);
}

/* The server reads a command that was written. */
static void read_command(conn *c)
{
    command *cmd = g_queue_pop_head(&c->commands);
    const char *name = cmd->args[0];
    ledger_note(c->owner->w->book, " server reads %u.%u: %s %s", c->owner->person, c->wire, name,
                cmd->args[1] != NULL ? cmd->args[1] : "");
    if (c->ended || c->mute || goes_wrong(c->owner->w, FAULT_MUTE))
        c->mute = true;
    else if (strcmp(name, "USR") == 0 || strcmp(name, "ANS") == 0)
        introduce(c, cmd);
    else if (strcmp(name, "CAL") == 0)
        call(c, cmd);
    else if (strcmp(name, "MSG") == 0)
        take_message(c, cmd);
    else
        close_conn(c);
    command_free(cmd);
}

/* --- the reader of what a client writes ----------------------------------------------------- */

/* Parameters of each command, its name included. */
static void check_command(conn *c, const command *cmd)
{
    static const struct {
        const char *name;
        guint n;
        bool first;
    } table[] = {{"USR", 4, true},
                 {"ANS", 5, true},
                 {"CAL", 3, false},
                 {"MSG", 4, false},
                 {"OUT", 1, false}};
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        if (strcmp(table[i].name, cmd->args[0]) == 0 && table[i].n == g_strv_length(cmd->args) &&
            (!table[i].first || g_queue_is_empty(&c->commands)))
            return;
    }
    ledger_broken(c->owner->w->book, "a client writes \"%s\"", cmd->args[0]);
}

/* What a payload says: a text without the line ends of the wire, a nudge, or nothing of interest.
 */
static void read_payload(conn *c, command *cmd, const char *payload, gsize len)
{
    char *text = g_strndup(payload, len);
    char *body = strstr(text, "\r\n\r\n");
    if (len > MSNP_MESSAGE_MAX || body == NULL || strlen(text) != len)
        ledger_broken(c->owner->w->book, "a payload that no server takes, %zu bytes", (size_t)len);
    cmd->nudge = strstr(text, "Content-Type: text/x-msnmsgr-datacast") != NULL;
    if (strstr(text, "Content-Type: text/plain") != NULL) {
        char **lines = g_strsplit(body + 4, "\r\n", -1);
        cmd->payload = g_strjoinv("\n", lines);
        g_strfreev(lines);
    }
    if ((cmd->payload != NULL || cmd->nudge) != (strcmp(cmd->args[2], "A") == 0))
        ledger_broken(c->owner->w->book, "%s is the wrong acknowledgement", cmd->args[2]);
    if (cmd->payload != NULL || cmd->nudge)
        cmd->conversation =
            ledger_written(c->owner->w->book, c->owner->person, cmd->payload,
                           (const uint32_t *)(const void *)c->present->data, c->present->len);
    g_free(text);
}

static void wrote(conn *c, const char *bytes, size_t len)
{
    const char *end;
    g_string_append_len(c->written, bytes, (gssize)len);
    while ((end = strstr(c->written->str, "\r\n")) != NULL) {
        gsize used = (gsize)(end - c->written->str) + 2;
        command *cmd = g_new0(command, 1);
        char *line = g_strndup(c->written->str, used - 2);
        cmd->args = g_strsplit(line, " ", -1);
        ledger_note(c->owner->w->book, "  %u.%u writes %s", c->owner->person, c->wire, line);
        g_free(line);
        check_command(c, cmd);
        if (strcmp(cmd->args[0], "MSG") == 0) {
            gsize payload = (gsize)g_ascii_strtoull(cmd->args[3], NULL, 10);
            if (c->written->len - used < payload)
                ledger_broken(c->owner->w->book, "half a message is written");
            read_payload(c, cmd, c->written->str + used, payload);
            used += payload;
        }
        cmd->len = used;
        if (c->owner->w->gateway)
            g_string_append_len(c->uncarried, c->written->str, (gssize)used);
        g_string_erase(c->written, 0, (gssize)used);
        g_queue_push_tail(c->owner->w->gateway ? &c->transit : &c->commands, cmd);
    }
}

/* --- what a client does --------------------------------------------------------------------- */

static conn *find_conn(user *u, unsigned wire)
{
    for (guint i = 0; i < u->conns->len; i++) {
        conn *c = g_ptr_array_index(u->conns, i);
        if (c->wire == wire)
            return c;
    }
    ledger_broken(u->w->book, "a connection %u that does not exist", wire);
}

/* --- the HTTP gateway ----------------------------------------------------------------------- */

static carrier *find_carrier(user *u, unsigned wire)
{
    for (guint i = 0; i < u->carriers->len; i++) {
        carrier *k = g_ptr_array_index(u->carriers, i);
        if (k->wire == wire)
            return k;
    }
    return NULL;
}

static void carrier_asked_for(user *u, unsigned wire)
{
    carrier *k = g_new0(carrier, 1);
    k->owner = u;
    k->wire = wire;
    g_ptr_array_add(u->carriers, k);
}

/* Nothing comes of what was asked on it, or the rest of it does not come. */
static void forget(carrier *k)
{
    if (k->of != NULL) {
        k->of->by = NULL;
        k->of->gone = k->of->gone || k->left > 0;
    }
    k->of = NULL;
    k->asked = ASKED_NOTHING;
    k->left = 0;
}

static void carrier_closed(carrier *k)
{
    forget(k);
    k->state = CARRIER_CLOSED;
}

/* An id is the connection's number and how many ids it has had. */
static conn *find_session(user *u, const char *target)
{
    const char *id = strstr(target, "SessionID=");
    const char *host = strstr(target, "&IP=");
    for (guint i = 0; i < u->conns->len; i++) {
        conn *c = g_ptr_array_index(u->conns, i);
        g_autofree char *this = g_strdup_printf("SessionID=%u.%u", c->wire, c->id);
        if (c->gone)
            continue;
        if (id != NULL ? c->id != 0 && strcmp(id, this) == 0
                       : c->id == 0 && strcmp(host + 4, c->host) == 0)
            return c;
    }
    return NULL;
}

/* The commands in the next bytes arrive, or are lost. */
static void move_commands(conn *c, gsize len, bool lost)
{
    g_string_erase(c->uncarried, 0, (gssize)len);
    while (len > 0) {
        command *cmd = g_queue_pop_head(&c->transit);
        len -= cmd->len;
        if (lost)
            command_free(cmd);
        else
            g_queue_push_tail(&c->commands, cmd);
    }
}

/* A request: its body is what was written next, no byte less, more, or again. */
static void carry(carrier *k, const char *bytes, size_t len)
{
    user *u = k->owner;
    const char *body = strstr(bytes, "\r\n\r\n") + 4;
    gsize size = len - (gsize)(body - bytes);
    g_auto(GStrv) words = g_strsplit(bytes, " ", 3);
    conn *c = find_session(u, words[1]);
    ledger_note(u->w->book, "  %u.%u asks %s", u->person, k->wire, words[1]);
    if (k->state != CARRIER_UP || k->asked != ASKED_NOTHING)
        ledger_broken(u->w->book, "a request on a connection that takes none");
    k->asked = ASKED_IN_VAIN;
    if (c == NULL || c->dead || goes_wrong(u->w, FAULT_GATEWAY))
        return;
    if (c->by != NULL)
        ledger_broken(u->w->book, "two requests at a time");
    /* The gateway is told by this alone that the client has closed. */
    if (c->state == CONN_CLOSED && size == c->uncarried->len + strlen("OUT\r\n") &&
        g_str_has_suffix(body, "OUT\r\n"))
        wrote(c, "OUT\r\n", strlen("OUT\r\n"));
    if (size > c->uncarried->len || memcmp(body, c->uncarried->str, size) != 0)
        ledger_broken(u->w->book, "what is carried is not what was written");
    c->by = k;
    c->asked = u->w->now;
    k->of = c;
    k->asked = ASKED_SESSION;
    bool lost = goes_wrong(u->w, FAULT_REQUEST_LOST);
    if (lost || goes_wrong(u->w, FAULT_RESPONSE_LOST))
        k->asked = ASKED_LOST;
    move_commands(c, size, lost);
}

static void asked_for(user *u, unsigned wire, const char *host)
{
    const uint32_t nobody = 0;
    conn *c = g_new0(conn, 1);
    for (guint i = 0; i < u->conns->len; i++)
        if (((conn *)g_ptr_array_index(u->conns, i))->wire == wire)
            ledger_broken(u->w->book, "connection %u is asked for again", wire);
    c->owner = u;
    c->wire = wire;
    c->dead = g_str_has_prefix(host, "dead");
    c->host = g_strdup(host);
    c->uncarried = g_string_new(NULL);
    c->asked = u->w->now;
    c->written = g_string_new(NULL);
    c->answers = g_string_new(NULL);
    c->held = g_string_new(NULL);
    c->present = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(c->present, nobody);
    g_ptr_array_add(u->conns, c);
}

static void conn_free(gpointer data)
{
    conn *c = data;
    g_queue_clear_full(&c->commands, command_free);
    g_queue_clear_full(&c->transit, command_free);
    g_queue_clear_full(&c->marks, mark_free);
    g_free(c->host);
    g_string_free(c->uncarried, TRUE);
    g_string_free(c->written, TRUE);
    g_string_free(c->answers, TRUE);
    g_string_free(c->held, TRUE);
    g_array_free(c->present, TRUE);
    g_free(c);
}

static void closed_by_client(conn *c)
{
    world *w = c->owner->w;
    if (c->state == CONN_CLOSED)
        ledger_broken(w->book, "connection %u is closed a second time", c->wire);
    c->state = CONN_CLOSED;
    if (!w->gateway && goes_wrong(w, FAULT_UNREAD))
        g_queue_clear_full(&c->commands, command_free);
}

static bool forget_half(user *u, const char *text)
{
    guint at;
    bool is_there = g_ptr_array_find_with_equal_func(u->halves, text, g_str_equal, &at);
    if (is_there)
        g_ptr_array_remove_index_fast(u->halves, at);
    return is_there;
}

/* Half of a text was fed, or the other one as well: it is expected at once, unless too late. */
static void pass_part(user *u, mark *m)
{
    char *half = g_strconcat(m->text, MSNP_TEXT_GAP, NULL);
    if (m->kind == MARK_HALF) {
        g_ptr_array_add(u->halves, g_steal_pointer(&half));
    } else if (forget_half(u, half)) {
        mark *whole = g_new0(mark, 1);
        whole->who = m->who;
        whole->text = g_strdup_printf("%s and %s", m->text, m->text);
        g_queue_push_tail(&u->expected, whole);
    } else {
        g_ptr_array_add(u->halves, g_strdup_printf(MSNP_TEXT_GAP " and %s", m->text));
    }
    g_free(half);
    mark_free(m);
}

static void shown(user *u, const msnp_event *event)
{
    if (event->message.incomplete) {
        if (!forget_half(u, event->message.text))
            ledger_broken(u->w->book, "\"%s\" is no half of a text", event->message.text);
        return;
    }
    unsigned who = person_of(u->w, event->message.who);
    GList *l = u->expected.head;
    while (l != NULL && ((const mark *)l->data)->who != who)
        l = l->next;
    mark *m = l != NULL ? l->data : NULL;
    if (m == NULL || event->message.kind != MSNP_MESSAGE_TEXT ||
        strcmp(event->message.text, m->text) != 0)
        ledger_broken(u->w->book, "\"%s\" is shown, but that was not said", event->message.text);
    g_queue_delete_link(&u->expected, l);
    mark_free(m);
}

static void asks(user *u, unsigned number)
{
    request r = {number, u->w->now + 30000, false};
    ledger_note(u->w->book, "  %u: asks %u", u->person, number);
    r.ignored = goes_wrong(u->w, FAULT_NOT_GRANTED);
    g_array_append_val(u->requests, r);
}

static void happens_in_chat(user *u, const msnp_event *event)
{
    ledger_conversation conversation = {u->person, u->epoch, 0, 0};
    if (event->type == MSNP_EVENT_CHAT_BEGUN) {
        conversation.chat = event->begun.chat;
        u->chats = MAX(u->chats, conversation.chat);
        ledger_chat(u->w->book, conversation);
        return;
    }
    conversation.chat = event->chat_member.chat;
    unsigned who = person_of(u->w, event->chat_member.account);
    if (event->type == MSNP_EVENT_CHAT_JOINED)
        ledger_joined(u->w->book, conversation, who);
    else
        ledger_left(u->w->book, conversation, who);
}

static void take(user *u, const msnp_event *event)
{
    world *w = u->w;
    ledger_note(w->book, "  %u: %s %u %.100s", u->person, msnp_event_name(event->type), event->conn,
                event->type == MSNP_EVENT_UNDELIVERED && event->undelivered.text != NULL
                    ? event->undelivered.text
                    : "");
    switch (event->type) {
    case MSNP_EVENT_CONNECT:
        if (event->connect.gateway)
            carrier_asked_for(u, event->conn);
        else
            asked_for(u, event->conn, event->connect.host);
        break;
    case MSNP_EVENT_WRITE:
        if (find_carrier(u, event->conn) != NULL) {
            carry(find_carrier(u, event->conn), event->write.data, event->write.len);
            break;
        }
        if (w->gateway && find_conn(u, event->conn)->state == CONN_ASKED)
            find_conn(u, event->conn)->state = CONN_UP;
        if (find_conn(u, event->conn)->state != CONN_UP)
            ledger_broken(w->book, "written on a connection that does not stand");
        wrote(find_conn(u, event->conn), event->write.data, event->write.len);
        break;
    case MSNP_EVENT_CLOSE:
        if (find_carrier(u, event->conn) != NULL)
            carrier_closed(find_carrier(u, event->conn));
        else
            closed_by_client(find_conn(u, event->conn));
        break;
    case MSNP_EVENT_UNDELIVERED:
        ledger_told(w->book, conversation_of(u, event->undelivered.conversation),
                    event->undelivered.text, event->undelivered.maybe);
        break;
    case MSNP_EVENT_MESSAGE:
        shown(u, event);
        break;
    case MSNP_EVENT_CHAT_BEGUN:
    case MSNP_EVENT_CHAT_JOINED:
    case MSNP_EVENT_CHAT_LEFT:
        happens_in_chat(u, event);
        break;
    case MSNP_EVENT_CHAT_CALL_FAILED:
    case MSNP_EVENT_TRACE:
        break;
    default:
        ledger_broken(w->book, "%s does not belong here", msnp_event_name(event->type));
    }
}

static void hear(gpointer data, const heard *what)
{
    user *u = data;
    if (what->kind == HEARD_ASK)
        asks(u, what->request);
    else
        take(u, &what->event);
}

static msnp_conversations *conversations(user *u)
{
    return drive_conversations(u->d);
}

/* What is always wrong, in whatever world. */
static void check(user *u)
{
    drive_output *out;
    if (drive_fault(u->d) != NULL)
        ledger_broken(u->w->book, "%s", drive_fault(u->d));
    while ((out = drive_output_first(u->d)) != NULL)
        drive_output_drop(u->d, out);
}

/* After a call of the conversations. */
static void settle_user(user *u)
{
    drive_settle(u->d);
    check(u);
}

/* --- what happens to a client --------------------------------------------------------------- */

/* So many bytes are about to be fed: what the client will know then. */
static void pass_marks(conn *c, uint64_t until)
{
    const mark *next;
    while ((next = g_queue_peek_head(&c->marks)) != NULL && next->at <= until) {
        mark *m = g_queue_pop_head(&c->marks);
        uint32_t present = g_array_index(c->present, uint32_t, c->present->len - 1);
        if (m->kind == MARK_SAID) {
            g_queue_push_tail(&c->owner->expected, m);
            continue;
        }
        if (m->kind == MARK_HALF || m->kind == MARK_REST) {
            pass_part(c->owner, m);
            continue;
        }
        present = m->kind == MARK_JOINED ? present | 1U << m->who : present & ~(1U << m->who);
        g_array_append_val(c->present, present);
        mark_free(m);
    }
}

/* On its own connection, or that of the gateway. */
static void feed(conn *c, unsigned wire, gsize len)
{
    user *u = c->owner;
    char *piece = g_strndup(c->answers->str, len);
    g_string_erase(c->answers, 0, (gssize)len);
    c->fed += len;
    /* The gateway still answers when the client has left. */
    if (c->state == CONN_UP)
        pass_marks(c, c->fed);
    ledger_note(u->w->book, " fed %u.%u %.200s", u->person, c->wire, piece);
    drive_feed(u->d, DRIVE_SWITCHBOARD, wire, piece, len);
    check(u);
    g_free(piece);
    g_array_remove_range(c->present, 0, c->present->len - 1);
    /* Behind half of a text others may wait. */
    if (!g_queue_is_empty(&u->expected) && u->halves->len == 0)
        ledger_broken(u->w->book, "a text was read and not shown");
}

static void feed_end(conn *c)
{
    user *u = c->owner;
    ledger_note(u->w->book, " end of %u.%u", u->person, c->wire);
    drive_closed(u->d, DRIVE_SWITCHBOARD, c->wire);
    check(u);
    if (c->state != CONN_CLOSED)
        ledger_broken(u->w->book, "connection %u has ended and is not closed", c->wire);
}

/* One nudge looks like the other: then only one comes or goes at a time. */
static unsigned limit(conn *c, unsigned len)
{
    for (const GList *l = c->owner->w->nudging ? c->marks.head : NULL; l != NULL; l = l->next) {
        const mark *m = l->data;
        if ((m->kind == MARK_JOINED || m->kind == MARK_LEFT) && m->at > c->fed)
            return (unsigned)MIN(len, m->at - c->fed);
    }
    return len;
}

static void deliver(conn *c)
{
    world *w = c->owner->w;
    if (c->answers->len == 0) {
        if (c->ended)
            feed_end(c);
        return;
    }
    unsigned all = (unsigned)c->answers->len;
    unsigned some = chance(w, 30) ? 8 : all;
    feed(c, c->wire, limit(c, chance(w, 50) ? all : 1 + any(w, MIN(all, some))));
}

static void connect_conn(conn *c)
{
    user *u = c->owner;
    if (c->dead || goes_wrong(u->w, FAULT_NO_CONNECTION)) {
        /* A host that does not answer may as well be silent for ever. */
        if (!c->dead || chance(u->w, 10))
            feed_end(c);
        return;
    }
    c->state = CONN_UP;
    ledger_note(u->w->book, " connected %u.%u", u->person, c->wire);
    drive_connected(u->d, DRIVE_SWITCHBOARD, c->wire);
    check(u);
}

/* Bytes of a response that are none of the switchboard, perhaps in two pieces. */
static void feed_http(carrier *k, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void feed_http(carrier *k, const char *format, ...)
{
    user *u = k->owner;
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    unsigned len = (unsigned)strlen(text);
    unsigned first = chance(u->w, 50) ? len : 1 + any(u->w, len);
    drive_feed(u->d, DRIVE_SWITCHBOARD, k->wire, text, first);
    if (k->state == CARRIER_UP && first < len)
        drive_feed(u->d, DRIVE_SWITCHBOARD, k->wire, text + first, len - first);
    check(u);
}

static void close_carrier(carrier *k)
{
    user *u = k->owner;
    forget(k);
    drive_closed(u->d, DRIVE_SWITCHBOARD, k->wire);
    check(u);
    if (k->state != CARRIER_CLOSED)
        ledger_broken(u->w->book, "connection %u is lost and not closed", k->wire);
}

/* The next request may come. */
static void answered(carrier *k)
{
    k->of->by = NULL;
    k->of = NULL;
    k->asked = ASKED_NOTHING;
}

static void end_chunks(carrier *k)
{
    answered(k);
    feed_http(k, "0\r\n\r\n");
}

static void begin_response(carrier *k)
{
    world *w = k->owner->w;
    conn *c = k->of;
    unsigned all = (unsigned)c->answers->len;
    k->left = limit(c, chance(w, 80) ? all : any(w, all + 1));
    bool last = c->ended && k->left == all;
    k->chunks = chance(w, 20);
    c->id += c->id == 0 || chance(w, 70);
    k->asked = ANSWERING;
    g_autofree char *length = g_strdup_printf("Content-Length: %zu", k->left);
    bool none = k->left == 0;
    if (none && !k->chunks)
        answered(k);
    c->gone = last;
    feed_http(k, "HTTP/1.1 200 OK\r\nX-MSN-Messenger: SessionID=%u.%u%s\r\n%s%s\r\n\r\n", c->wire,
              c->id, last ? "; Session=close" : "",
              k->chunks ? "Transfer-Encoding: chunked" : length,
              chance(w, 20)   ? "\r\nConnection: close"
              : chance(w, 80) ? "\r\nConnection: keep-alive"
                              : "");
    if (none && k->chunks && k->state == CARRIER_UP)
        end_chunks(k);
}

/* A part of the body. */
static void go_on(carrier *k)
{
    world *w = k->owner->w;
    conn *c = k->of;
    gsize len = chance(w, 50) ? k->left : 1 + any(w, (unsigned)k->left);
    if (k->chunks)
        feed_http(k, "%zx\r\n", len);
    k->left -= len;
    if (k->left == 0 && !k->chunks)
        answered(k);
    feed(c, k->wire, len);
    if (k->chunks && k->state == CARRIER_UP)
        feed_http(k, "\r\n");
    if (k->left == 0 && k->chunks && k->state == CARRIER_UP)
        end_chunks(k);
}

/* The gateway does something; false if there is nothing to do. */
static bool work_at_carrier(carrier *k)
{
    user *u = k->owner;
    world *w = u->w;
    if (k->state == CARRIER_CLOSED)
        return false;
    if (k->state == CARRIER_ASKED && goes_wrong(w, FAULT_NO_CONNECTION)) {
        drive_connect_failed(u->d, DRIVE_SWITCHBOARD, k->wire);
        check(u);
    } else if (k->state == CARRIER_ASKED) {
        k->state = CARRIER_UP;
        drive_connected(u->d, DRIVE_SWITCHBOARD, k->wire);
        check(u);
    } else if (k->asked == ASKED_NOTHING) {
        if (!goes_wrong(w, FAULT_CARRIER))
            return false;
        close_carrier(k);
    } else if (k->asked == ASKED_LOST) {
        close_carrier(k);
    } else if (k->asked == ASKED_IN_VAIN) {
        k->asked = ASKED_NOTHING;
        feed_http(k, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n",
                  chance(w, 50) ? "400 Bad Request" : "503 Service Unavailable");
    } else if (k->asked == ASKED_SESSION) {
        begin_response(k);
    } else if (goes_wrong(w, FAULT_RESPONSE_CUT)) {
        close_carrier(k);
    } else {
        go_on(k);
    }
    return true;
}

static carrier *any_carrier(user *u)
{
    return u->carriers->len > 0 ? g_ptr_array_index(u->carriers, any(u->w, u->carriers->len))
                                : NULL;
}

/* What nobody asks for is forgotten after a minute, and what was not carried until then never is.
 */
static void expire_session(conn *c)
{
    if (!c->owner->w->gateway || c->by != NULL || c->owner->w->now - c->asked < 60000)
        return;
    c->gone = true;
    move_commands(c, c->uncarried->len, true);
    if (!c->ended)
        close_conn(c);
}

/* What was held back comes now. */
static void release(conn *c)
{
    if (c->held->len > 0)
        answer(c, "%s", c->held->str);
    g_string_truncate(c->held, 0);
}

static bool work_at(conn *c)
{
    if (c->state == CONN_ASKED && !c->owner->w->gateway && !(c->dead && c->owner->w->settling)) {
        connect_conn(c);
        return true;
    }
    if (!g_queue_is_empty(&c->commands)) {
        read_command(c);
        return true;
    }
    /* The end of the client's side is read after all that it wrote. */
    if (c->state == CONN_CLOSED && !c->ended && c->transit.length == 0) {
        close_conn(c);
        return true;
    }
    if (c->state == CONN_UP && c->held->len > 0) {
        release(c);
        return true;
    }
    return false;
}

static bool receive_at(conn *c)
{
    if (c->owner->w->gateway || c->state != CONN_UP || (c->answers->len == 0 && !c->ended))
        return false;
    deliver(c);
    return true;
}

static void sweep(user *u)
{
    for (guint i = u->conns->len; i-- > 0;) {
        const conn *c = g_ptr_array_index(u->conns, i);
        if (c->state == CONN_CLOSED && c->ended && c->commands.length == 0 && c->by == NULL)
            g_ptr_array_remove_index(u->conns, i);
    }
    for (guint i = u->carriers->len; i-- > 0;)
        if (((const carrier *)g_ptr_array_index(u->carriers, i))->state == CARRIER_CLOSED)
            g_ptr_array_remove_index(u->carriers, i);
}

static conn *any_conn(user *u)
{
    return u->conns->len > 0 ? g_ptr_array_index(u->conns, any(u->w, u->conns->len)) : NULL;
}

/* --- the notification server ---------------------------------------------------------------- */

static char *host_of(world *w, const ticket *t)
{
    return g_strdup_printf("%s%u", goes_wrong(w, FAULT_DEAD_HOST) ? "dead" : "sb", t->id);
}

static void answer_request(user *u, guint index)
{
    static const unsigned refusals[] = {800, 913, 280, 281, 500, 600, 714, 201, 911};
    world *w = u->w;
    request r = g_array_index(u->requests, request, index);
    g_array_remove_index(u->requests, index);
    if (r.ignored) {
        msnp_conversations_no_switchboard(conversations(u), r.number,
                                          (msnp_cause){MSNP_ERR_TIMEOUT, 0}, w->now);
    } else if (goes_wrong(w, FAULT_REFUSED)) {
        unsigned number = refusals[any(w, G_N_ELEMENTS(refusals))];
        msnp_conversations_no_switchboard(conversations(u), r.number,
                                          (msnp_cause){MSNP_ERR_SERVER, number}, w->now);
    } else {
        const ticket *t = new_ticket(w, new_board(w), u->person, u->person, false);
        char *cookie = g_strdup_printf("c%u", t->id);
        char *host = host_of(w, t);
        msnp_conversations_switchboard(conversations(u), r.number, host, 1863, cookie, w->now);
        g_free(host);
        g_free(cookie);
    }
    settle_user(u);
}

static bool answer_any_request(user *u)
{
    if (u->requests->len == 0)
        return false;
    guint index = any(u->w, u->requests->len);
    if (g_array_index(u->requests, request, index).ignored)
        return false;
    answer_request(u, index);
    return true;
}

static bool ring(user *u)
{
    world *w = u->w;
    const ticket *t = g_queue_pop_head(&u->rings);
    if (t == NULL)
        return false;
    char *cookie = g_strdup_printf("c%u", t->id);
    char *session = g_strdup_printf("s%u", t->to->id);
    char *host = host_of(w, t);
    const msnp_ring event = {.session = session,
                             .host = host,
                             .port = 1863,
                             .cookie = cookie,
                             .account = account_of(t->by),
                             .name = ""};
    ledger_note(w->book, " rung %u by %u, %s", u->person, t->by, session);
    msnp_conversations_rung(conversations(u), &event, w->now);
    settle_user(u);
    g_free(cookie);
    g_free(session);
    g_free(host);
    return true;
}

/* --- the others ----------------------------------------------------------------------------- */

static void come(world *w)
{
    if (w->invitations->len == 0)
        return;
    guint index = any(w, w->invitations->len);
    const invitation *i = g_ptr_array_index(w->invitations, index);
    if (!i->to->over && !is_there(i->to, i->who)) {
        ledger_note(w->book, " %u comes", i->who);
        i->to->robot[i->who] = true;
        tell_others(i->to, i->who, true, false);
    }
    g_ptr_array_remove_index(w->invitations, index);
}

static board *any_board(world *w)
{
    board *b = w->boards->len > 0 ? g_ptr_array_index(w->boards, any(w, w->boards->len)) : NULL;
    return b != NULL && !b->over ? b : NULL;
}

static void robot_says(world *w, board *b, unsigned who)
{
    char *text = g_strdup_printf("said %u", ++w->said);
    ledger_note(w->book, " %u says \"%s\"", who, text);
    for (unsigned i = 0; i < PEOPLE; i++)
        if (b->at[i] != NULL)
            (chance(w, 30) ? say_in_parts : say_to)(b->at[i], who, text);
    g_free(text);
}

static void robot_brings(world *w, board *b)
{
    unsigned who = any(w, PEOPLE);
    if (is_there(b, who))
        return;
    ledger_note(w->book, " %u is brought along", who);
    if (who < USERS) {
        ring_user(w, b, who, PEOPLE - 1);
        return;
    }
    b->robot[who] = true;
    tell_others(b, who, true, false);
}

static void robot_rings(world *w)
{
    unsigned who = USERS + any(w, PEOPLE - USERS);
    board *b = new_board(w);
    b->robot[who] = true;
    if (chance(w, 20))
        b->robot[USERS + any(w, PEOPLE - USERS)] = true;
    ledger_note(w->book, " %u rings", who);
    ring_user(w, b, any(w, USERS), who);
}

static void others_act(world *w)
{
    unsigned what = any(w, 100);
    board *b = any_board(w);
    unsigned who = USERS + any(w, PEOPLE - USERS);
    if (what < 45) {
        come(w);
    } else if (what < 55) {
        robot_rings(w);
    } else if (b != NULL && is_there(b, who)) {
        if (what < 75)
            robot_says(w, b, who);
        else if (what < 83)
            robot_brings(w, b);
        else
            go_out(b, who, false);
    }
}

/* --- what users do -------------------------------------------------------------------------- */

static msnp_conversation_id any_place(user *u)
{
    world *w = u->w;
    if (u->chats > 0 && chance(w, 30))
        return (msnp_conversation_id){1 + any(w, u->chats), NULL};
    return (msnp_conversation_id){0, account_of((u->person + 1 + any(w, PEOPLE - 1)) % PEOPLE)};
}

static void writes(user *u, msnp_conversation_id conversation, unsigned words)
{
    static const msnp_format plain = {.font = ""};
    world *w = u->w;
    const char *text = ledger_compose(w->book, conversation_of(u, conversation), words);
    ledger_note(w->book, " %u to %s #%u: %.10s, %u words", u->person,
                conversation.who != NULL ? conversation.who : "", conversation.chat, text, words);
    msnp_err err = drive_say(u->d, conversation, text, &plain);
    if (err != MSNP_OK && (conversation.chat == 0 || err != MSNP_ERR_NOBODY))
        ledger_broken(w->book, "a text was not taken: %s", msnp_err_name(err));
    if (err != MSNP_OK)
        ledger_not_taken(w->book);
    settle_user(u);
}

static void nudges(user *u, msnp_conversation_id conversation)
{
    if (conversation.chat != 0 || !u->w->nudging)
        return;
    ledger_note(u->w->book, " %u nudges %s", u->person, conversation.who);
    ledger_nudge(u->w->book, conversation_of(u, conversation));
    msnp_conversations_nudge(conversations(u), conversation.who, u->w->now);
    settle_user(u);
}

static void begins_chat(user *u)
{
    world *w = u->w;
    const char *who = account_of((u->person + 1 + any(w, PEOPLE - 1)) % PEOPLE);
    const char *also = chance(w, 70) ? account_of(any(w, PEOPLE)) : NULL;
    ledger_note(w->book, " %u makes a chat with %s, %s", u->person, who, also);
    msnp_conversations_chat(conversations(u), who, also, w->now);
    settle_user(u);
}

static void invites(user *u)
{
    if (u->chats == 0)
        return;
    unsigned chat = 1 + any(u->w, u->chats);
    const char *who = account_of(any(u->w, PEOPLE));
    ledger_note(u->w->book, " %u invites %s into #%u", u->person, who, chat);
    msnp_conversations_invite(conversations(u), chat, who, u->w->now);
    settle_user(u);
}

static void closes(user *u, msnp_conversation_id conversation)
{
    ledger_note(u->w->book, " %u closes %s #%u", u->person,
                conversation.who != NULL ? conversation.who : "", conversation.chat);
    msnp_conversations_close(conversations(u), conversation, u->w->now);
    settle_user(u);
}

static void check_nothing_left(user *u)
{
    world *w = u->w;
    if (msnp_conversations_pending(conversations(u)) != 0)
        ledger_broken(w->book, "%zu parts are still pending",
                      msnp_conversations_pending(conversations(u)));
    /* Through the gateway a switchboard is asked as long as it stands. */
    if (!w->gateway && msnp_conversations_deadline(conversations(u)) != INT64_MAX)
        ledger_broken(w->book, "there is a deadline for nothing");
}

static void signs_out(user *u)
{
    world *w = u->w;
    ledger_note(w->book, " %u signs out", u->person);
    drive_do(u->d, DRIVE_CONVERSATIONS, "end signed-out");
    check(u);
    check_nothing_left(u);
    for (guint i = 0; i < u->conns->len; i++)
        if (((conn *)g_ptr_array_index(u->conns, i))->state != CONN_CLOSED)
            ledger_broken(w->book, "a connection that was never closed");
    for (guint i = 0; i < u->carriers->len; i++)
        if (((carrier *)g_ptr_array_index(u->carriers, i))->state != CARRIER_CLOSED)
            ledger_broken(w->book, "a connection to the gateway that was never closed");
    if (u->halves->len > 0 || !g_queue_is_empty(&u->expected))
        ledger_broken(w->book, "a text was read and not shown, or half of it");
    g_array_set_size(u->requests, 0);
    g_queue_clear(&u->rings);
    u->epoch++;
    u->chats = 0;
}

static void signs_in(user *u)
{
    const drive_config config = {.part = DRIVE_CONVERSATIONS,
                                 .account = account_of(u->person),
                                 .method = u->w->gateway ? MSNP_METHOD_GATEWAY : MSNP_METHOD_DIRECT,
                                 .gateway_url = "http://gateway.example",
                                 .hear = hear,
                                 .data = u};
    drive_free(u->d);
    u->d = drive_new(&config);
    drive_advance(u->d, u->w->now - drive_now(u->d), true);
}

/* The switchboards do not hear of the end of a client before their connections end. */
static void signs_out_and_in(user *u)
{
    signs_out(u);
    for (guint i = 0; i < u->conns->len; i++) {
        conn *c = g_ptr_array_index(u->conns, i);
        move_commands(c, c->uncarried->len, true);
        while (work_at(c))
            continue;
    }
    sweep(u);
    signs_in(u);
}

/* More than may be unanswered at a time. */
static void writes_much(user *u, msnp_conversation_id conversation)
{
    for (unsigned n = 30 + any(u->w, 20); n > 0; n--)
        writes(u, conversation, 1);
}

/* Much is said to one person, who then is to be in a chat, and there is said more. */
static void widens(user *u, const char *who)
{
    world *w = u->w;
    const char *also = account_of(any(w, PEOPLE));
    ledger_note(w->book, " %u widens the talk with %s, %s", u->person, who, also);
    writes_much(u, (msnp_conversation_id){0, who});
    unsigned chat = msnp_conversations_chat(conversations(u), who, also, w->now);
    settle_user(u);
    writes(u, (msnp_conversation_id){chat, NULL}, 2);
}

/* Somebody with whom we are in a switchboard now, if there is anybody. */
static const char *partner_of(user *u)
{
    for (unsigned i = 0; i < PEOPLE; i++)
        if (i != u->person && msnp_conversations_is_open(conversations(u), account_of(i)))
            return account_of(i);
    return account_of((u->person + 1) % PEOPLE);
}

static void user_acts(user *u)
{
    world *w = u->w;
    unsigned what = any(w, 100);
    msnp_conversation_id conversation = any_place(u);
    if (what < 55) {
        writes(u, conversation, 1 + any(w, 4));
    } else if (what < 60) {
        writes(u, conversation, 100 + any(w, 500));
    } else if (what < 64) {
        writes_much(u, conversation);
    } else if (what < 66) {
        widens(u, partner_of(u));
    } else if (what < 71) {
        nudges(u, conversation);
    } else if (what < 76) {
        msnp_conversations_type(conversations(u), account_of(any(w, PEOPLE)), w->now);
        settle_user(u);
    } else if (what < 83) {
        begins_chat(u);
    } else if (what < 90) {
        invites(u);
    } else if (what < 99) {
        closes(u, conversation);
    } else {
        signs_out_and_in(u);
    }
}

/* --- time ----------------------------------------------------------------------------------- */

static int64_t next_deadline(world *w)
{
    int64_t next = INT64_MAX;
    for (unsigned i = 0; i < USERS; i++) {
        user *u = &w->users[i];
        next = MIN(next, drive_deadline(u->d));
        for (guint k = 0; k < u->requests->len; k++)
            next = MIN(next, g_array_index(u->requests, request, k).due);
    }
    return next;
}

static void expire_requests(user *u)
{
    for (guint i = u->requests->len; i-- > 0;) {
        request *r = &g_array_index(u->requests, request, i);
        if (u->w->now < r->due)
            continue;
        r->ignored = true;
        answer_request(u, i);
    }
}

/* It is now as late as the world says. */
static void pass_time(world *w, bool jump)
{
    for (unsigned i = 0; i < USERS; i++) {
        user *u = &w->users[i];
        drive_advance(u->d, w->now - drive_now(u->d), jump);
        expire_requests(u);
        for (guint k = 0; k < u->conns->len; k++)
            expire_session(g_ptr_array_index(u->conns, k));
        check(u);
    }
}

static void advance(world *w, int64_t ms)
{
    int64_t until = w->now + ms;
    int64_t next;
    while ((next = next_deadline(w)) <= until) {
        w->now = MAX(next, w->now);
        ledger_note(w->book, " time %" G_GINT64_FORMAT, w->now);
        pass_time(w, false);
    }
    w->now = until;
    pass_time(w, false);
}

static void jump(world *w)
{
    w->now += 1000 + any(w, 100000);
    ledger_note(w->book, " the clock jumps to %" G_GINT64_FORMAT, w->now);
    pass_time(w, true);
}

/* --- a run ---------------------------------------------------------------------------------- */

static void disturb(world *w)
{
    conn *c = any_conn(&w->users[any(w, USERS)]);
    board *b = any_board(w);
    bool up = c != NULL && c->state == CONN_UP && !c->ended;
    if (up && goes_wrong(w, FAULT_OUT)) {
        answer(c, "OUT\r\n");
        close_conn(c);
    } else if (up && goes_wrong(w, FAULT_CLOSED)) {
        close_conn(c);
    }
    if (b != NULL && goes_wrong(w, FAULT_IDLE))
        all_go(b, any(w, USERS), true);
    else if (goes_wrong(w, FAULT_JUMP))
        jump(w);
}

static void step(world *w)
{
    user *u = &w->users[any(w, USERS)];
    conn *c = any_conn(u);
    carrier *k = any_carrier(u);
    unsigned what = any(w, 100);
    if (k != NULL && chance(w, 60)) {
        work_at_carrier(k);
        sweep(u);
        return;
    }
    if (what < 12)
        user_acts(u);
    else if (what < 22)
        answer_any_request(u);
    else if (what < 28)
        ring(u);
    else if (what < 55 && c != NULL)
        work_at(c);
    else if (what < 78 && c != NULL)
        receive_at(c);
    else if (what < 90)
        others_act(w);
    else if (what < 95)
        advance(w, any(w, chance(w, 10) ? 40000 : 2000));
    else
        disturb(w);
    sweep(u);
}

/* Goes on until nobody has anything to do; false if nobody had. */
static bool work_off(world *w)
{
    bool busy = false;
    for (unsigned i = 0; i < USERS; i++) {
        user *u = &w->users[i];
        busy = ring(u) || busy;
        busy = answer_any_request(u) || busy;
        for (guint k = 0; k < u->conns->len; k++) {
            conn *c = g_ptr_array_index(u->conns, k);
            busy = work_at(c) || busy;
            busy = receive_at(c) || busy;
        }
        for (guint k = 0; k < u->carriers->len; k++)
            busy = work_at_carrier(g_ptr_array_index(u->carriers, k)) || busy;
        sweep(u);
    }
    while (w->invitations->len > 0) {
        come(w);
        busy = true;
    }
    return busy;
}

/* Nobody begins anything new; what is under way has its time. */
static void settle(world *w)
{
    unsigned rounds = 0;
    ledger_note(w->book, "--- it settles");
    w->settling = true;
    int64_t until = w->gateway ? w->now + SETTLING : INT64_MAX;
    do {
        while (work_off(w))
            if (++rounds > 20000)
                ledger_broken(w->book, "it does not come to rest");
        if (next_deadline(w) != INT64_MAX)
            advance(w, MAX(next_deadline(w) - w->now, 0));
    } while (w->now < until && (next_deadline(w) != INT64_MAX || work_off(w)));
}

void world_live(world *w)
{
    for (unsigned n = 30 + any(w, 300); n > 0; n--)
        step(w);
    settle(w);
    for (unsigned i = 0; i < USERS; i++)
        check_nothing_left(&w->users[i]);
    ledger_check(w->book);
}

void world_end(world *w)
{
    for (unsigned i = 0; i < USERS; i++)
        signs_out(&w->users[i]);
    ledger_check(w->book);
}

static void user_init(world *w, unsigned person)
{
    user *u = &w->users[person];
    u->w = w;
    u->person = person;
    u->requests = g_array_new(FALSE, FALSE, sizeof(request));
    u->halves = g_ptr_array_new_with_free_func(g_free);
    u->conns = g_ptr_array_new_with_free_func(conn_free);
    u->carriers = g_ptr_array_new_with_free_func(g_free);
    signs_in(u);
}

world *world_new(uint64_t seed, unsigned run)
{
    static const unsigned rates[] = {0, 3, 10, 30};
    world *w = g_new0(world, 1);
    char *title = g_strdup_printf("DELIVERY_SEED=%" G_GUINT64_FORMAT " run %u", seed, run);
    w->book = ledger_new(title);
    g_free(title);
    w->state = (seed + run) * UINT64_C(0x9e3779b97f4a7c15) | 1;
    w->now = DRIVE_BEGIN;
    w->boards = g_ptr_array_new_with_free_func(g_free);
    w->tickets = g_ptr_array_new_with_free_func(g_free);
    w->invitations = g_ptr_array_new_with_free_func(g_free);
    any(w, 2);
    w->fault_rate = rates[any(w, G_N_ELEMENTS(rates))];
    for (unsigned i = 0; i < N_FAULTS; i++)
        w->faults[i] = chance(w, 40);
    w->confirms_anything = chance(w, 50);
    w->nudging = chance(w, 30);
    w->gateway = chance(w, 30);
    for (unsigned i = 0; i < USERS; i++)
        user_init(w, i);
    return w;
}

void world_free(world *w)
{
    for (unsigned i = 0; i < USERS; i++) {
        user *u = &w->users[i];
        drive_free(u->d);
        g_array_free(u->requests, TRUE);
        g_queue_clear(&u->rings);
        g_queue_clear_full(&u->expected, mark_free);
        g_ptr_array_free(u->halves, TRUE);
        g_ptr_array_free(u->conns, TRUE);
        g_ptr_array_free(u->carriers, TRUE);
    }
    g_ptr_array_free(w->boards, TRUE);
    g_ptr_array_free(w->tickets, TRUE);
    g_ptr_array_free(w->invitations, TRUE);
    ledger_free(w->book);
    g_free(w);
}

const ledger_sums *world_sums(const world *w)
{
    return ledger_sum(w->book);
}

unsigned world_faults(const world *w, fault kind)
{
    return w->counts[kind];
}
