/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ftp.h"

#include "clock.h"
#include "cmd.h"
#include "codec.h"

#include <string.h>

#define LINES_MAX 2048 /* bytes of all lines together: an honest peer needs some hundred */
#define HEAD      3    /* bytes before the data of a block */
#define DATA      0    /* types of blocks */
#define END       1

#define PROTOCOL "MSNFTP"

/* Windows calls the last but one "access denied". */
#define BYE_RECEIVED         UINT32_C(16777989)
#define BYE_SENT             UINT32_C(16777987)
#define BYE_UNWRITABLE       UINT32_C(2147942405)
#define BYE_RECEIVER_CANCELS UINT32_C(2164261682)
#define BYE_SENDER_CANCELS   UINT32_C(2164261683)

/* How long a sender that connects waits to be spoken to, see speak_first(). */
#define PROMPT ((int64_t)3 * 1000)

#define BRISK    ((int64_t)1000) /* what is sent within this time could have been more */
#define SLUGGISH ((int64_t)10 * 1000)

typedef enum {
    CONNECTING,
    HELLO,    /* VER is awaited */
    ASKED,    /* sending: USR is awaited; receiving: FIL */
    READY,    /* the owner may start it */
    OFFERED,  /* sending: TFR is awaited */
    MOVING,   /* the file moves; sending: until BYE */
    COMPLETE, /* receiving: the owner saves it */
    ENDING,   /* there is a result; the peer may still read */
    CLOSED
} ftp_state;

struct msnp_ftp {
    msnp_net *net;
    unsigned conn;
    msnp_ftp_config config; /* `account` is owned */
    const msnp_ftp_ops *ops;
    gpointer owner;
    ftp_state state;
    int64_t until;    /* the deadline of the state */
    int64_t greeting; /* until then it must be ready */
    bool caller;      /* we connected */
    bool late;        /* speak_first(): VER of the peer may still come */

    msnp_buf line;   /* the beginning of one */
    size_t in_lines; /* bytes of lines so far */

    uint64_t moved; /* bytes of data, put or received */

    /* Sending. */
    size_t wanted;  /* at most so many bytes may be put now */
    bool unsent;    /* what was put has not left yet */
    int64_t put_at; /* since then */
    size_t batch;   /* blocks that are wanted at a time */

    /* Receiving. */
    uint8_t head[HEAD]; /* the beginning of a block's */
    size_t in_head;     /* bytes of it */
    size_t in_block;    /* bytes of data that are left in the block */
    bool deserted;      /* COMPLETE: the peer closed the connection */
};

/* The only way to change the state. */
static void set_state(msnp_ftp *ftp, ftp_state state, int64_t until)
{
    ftp->state = state;
    ftp->until = until;
    if (ftp->ops->due != NULL)
        ftp->ops->due(ftp->owner, until);
}

/* --- the end -------------------------------------------------------------------------------- */

static const msnp_verbs *verbs_for(bool sending);

/* `args` ends with NULL. */
static void send_args(msnp_ftp *ftp, const char *name, const char *const *args)
{
    (void)msnp_net_send(ftp->net, ftp->conn, verbs_for(!ftp->config.sending), name, 0, args,
                        (msnp_str){"", 0});
}

/* A line with one parameter, NULL for none. */
static void send_line(msnp_ftp *ftp, const char *name, const char *arg)
{
    send_args(ftp, name, (const char *const[]){arg, NULL});
}

static void send_number(msnp_ftp *ftp, const char *name, uint32_t number)
{
    char text[16];

    g_snprintf(text, sizeof text, "%" G_GUINT32_FORMAT, number);
    send_line(ftp, name, text);
}

static void send_end_block(msnp_ftp *ftp)
{
    static const char end[HEAD] = {END, 0, 0};

    msnp_net_write(ftp->net, ftp->conn, (msnp_str){end, sizeof end});
}

/* The code of BYE for this end; 0 if the receiver has another word for it (CCL). */
static uint32_t bye_code(const msnp_ftp *ftp, msnp_file_end end)
{
    if (end == MSNP_FILE_DONE)
        return BYE_RECEIVED;
    if (end == MSNP_FILE_UNWRITABLE)
        return BYE_UNWRITABLE;
    if (end == MSNP_FILE_CANCELLED_THERE)
        return BYE_SENDER_CANCELS;
    return ftp->state == COMPLETE ? BYE_RECEIVER_CANCELS : 0;
}

/* Tells the peer; false if there is nothing to say, so that it has nothing to read. */
static bool say_end(msnp_ftp *ftp, msnp_file_end end)
{
    bool offered = ftp->state == OFFERED || ftp->state == MOVING;

    if (ftp->state == CONNECTING || ftp->deserted || (ftp->config.sending && !offered))
        return false;
    if (ftp->config.sending) {
        /* What has not left need not: blocks are written whole. */
        if (ftp->state == MOVING && ftp->config.size > 0)
            msnp_net_drop_writes(ftp->net, ftp->conn);
        /* A file without bytes has ended like that already. */
        if (ftp->state == OFFERED || ftp->config.size > 0)
            send_end_block(ftp);
    } else if (bye_code(ftp, end) != 0) {
        send_number(ftp, "BYE", bye_code(ftp, end));
    } else {
        send_line(ftp, "CCL", NULL);
    }
    return true;
}

static void close_now(msnp_ftp *ftp, int64_t now)
{
    set_state(ftp, CLOSED, MSNP_NEVER);
    msnp_net_close(ftp->net, ftp->conn);
    ftp->ops->closed(ftp->owner, ftp, now);
}

/*
 * Closes it, at once or, if the peer still has something to read, when the peer has: whoever closes
 * while bytes arrive resets the connection, and then the last words can be lost.
 */
static void leave(msnp_ftp *ftp, bool linger, int64_t now)
{
    set_state(ftp, ENDING, now + MSNP_FTP_LINGER);
    if (!linger)
        close_now(ftp, now);
}

/* The only way to a result. `tell`: the peer does not know it yet. */
static void finish(msnp_ftp *ftp, msnp_file_end end, bool tell, int64_t now)
{
    bool linger = tell && say_end(ftp, end);

    set_state(ftp, ENDING, MSNP_NEVER);
    ftp->ops->over(ftp->owner, ftp, end, now);
    leave(ftp, linger, now);
}

void msnp_ftp_stop(msnp_ftp *ftp, msnp_file_end why, int64_t now)
{
    if (ftp->state < ENDING)
        leave(ftp, say_end(ftp, why), now);
}

void msnp_ftp_stored(msnp_ftp *ftp, int64_t now)
{
    if (ftp->state == COMPLETE)
        finish(ftp, MSNP_FILE_DONE, true, now);
}

/* The peer closed the connection, or it broke. */
static void got_closed(msnp_ftp *ftp, bool broken, int64_t now)
{
    bool all = ftp->config.sending && ftp->state == MOVING && ftp->moved == ftp->config.size;

    if (ftp->state == COMPLETE)
        ftp->deserted = true;
    else if (ftp->state == ENDING)
        close_now(ftp, now);
    else
        finish(ftp, all && !ftp->unsent && !broken ? MSNP_FILE_DONE : MSNP_FILE_BROKEN, false, now);
}

/* --- sending -------------------------------------------------------------------------------- */

static void want(msnp_ftp *ftp, int64_t now)
{
    ftp->wanted = (size_t)MIN(ftp->batch * MSNP_FTP_BLOCK, ftp->config.size - ftp->moved);
    ftp->ops->wants(ftp->owner, ftp, ftp->wanted, now);
}

/* Writes data as blocks; `to` has room for their heads. */
static void frame(char *to, const char *bytes, size_t len)
{
    while (len > 0) {
        size_t part = MIN(len, MSNP_FTP_BLOCK);
        to[0] = DATA;
        to[1] = (char)(part & 0xff);
        to[2] = (char)(part >> 8);
        memcpy(to + HEAD, bytes, part);
        to += HEAD + part;
        bytes += part;
        len -= part;
    }
}

void msnp_ftp_put(msnp_ftp *ftp, const char *bytes, size_t len, int64_t now)
{
    size_t blocks = (len + MSNP_FTP_BLOCK - 1) / MSNP_FTP_BLOCK;
    size_t size = len + blocks * HEAD;
    bool fits = len <= ftp->wanted && (len == ftp->wanted || len % MSNP_FTP_BLOCK == 0);

    if (ftp->state != MOVING || len == 0)
        return;
    g_return_if_fail(ftp->config.sending && fits);

    char *out = g_malloc(size);
    frame(out, bytes, len);
    ftp->moved += len;
    ftp->wanted = 0;
    ftp->unsent = true;
    ftp->put_at = now;
    ftp->until = now + MSNP_FTP_SILENCE;
    msnp_net_write_taken(ftp->net, ftp->conn, out, size);
}

/* On a slow connection less is put at a time: it is not silent as long as some of it leaves. */
static void adapt(msnp_ftp *ftp, int64_t took)
{
    if (took < BRISK)
        ftp->batch = MIN(ftp->batch * 2, MSNP_FTP_PUT_MAX / MSNP_FTP_BLOCK);
    else if (took > SLUGGISH)
        ftp->batch = MAX(ftp->batch / 2, 1);
}

static void drained(gpointer part, unsigned conn, int64_t now)
{
    msnp_ftp *ftp = part;

    (void)conn;
    if (ftp->state != MOVING || !ftp->unsent)
        return;
    ftp->unsent = false;
    ftp->until = now + MSNP_FTP_SILENCE;
    adapt(ftp, now - ftp->put_at);
    if (ftp->moved < ftp->config.size)
        want(ftp, now);
}

/* --- receiving ------------------------------------------------------------------------------ */

static void check_complete(msnp_ftp *ftp, int64_t now)
{
    if (ftp->moved < ftp->config.size)
        return;
    set_state(ftp, COMPLETE, MSNP_NEVER);
    ftp->ops->complete(ftp->owner, ftp, now);
}

/* The next byte of a block's head. Returns what that ends, MSNP_FILE_DONE for nothing. */
static msnp_file_end take_head(msnp_ftp *ftp, uint8_t byte)
{
    ftp->head[ftp->in_head++] = byte;
    if (ftp->head[0] != DATA)
        return ftp->head[0] == END ? MSNP_FILE_CANCELLED_THERE : MSNP_FILE_CONFUSED;
    if (ftp->in_head < HEAD)
        return MSNP_FILE_DONE;
    ftp->in_head = 0;
    ftp->in_block = ftp->head[1] | (size_t)ftp->head[2] << 8;
    return ftp->in_block <= ftp->config.size - ftp->moved ? MSNP_FILE_DONE : MSNP_FILE_CONFUSED;
}

/*
 * Takes blocks apart, as far as the file reaches, and copies their data to `data`. Returns what
 * that ends, MSNP_FILE_DONE for nothing.
 */
static msnp_file_end unframe(msnp_ftp *ftp, msnp_str bytes, char *data, size_t *len)
{
    msnp_file_end end = MSNP_FILE_DONE;

    while (bytes.len > 0 && end == MSNP_FILE_DONE && ftp->moved < ftp->config.size) {
        size_t part = MIN(ftp->in_block, bytes.len);
        if (part == 0) {
            end = take_head(ftp, (uint8_t)bytes.ptr[0]);
            part = 1;
        } else {
            memcpy(data + *len, bytes.ptr, part);
            *len += part;
            ftp->in_block -= part;
            ftp->moved += part;
        }
        bytes = (msnp_str){bytes.ptr + part, bytes.len - part};
    }
    return end;
}

static void take_blocks(msnp_ftp *ftp, msnp_str bytes, int64_t now)
{
    char *data = g_malloc(bytes.len);
    size_t len = 0;
    msnp_file_end end = unframe(ftp, bytes, data, &len);

    /* Empty blocks keep nothing alive. */
    if (len > 0) {
        ftp->until = now + MSNP_FTP_SILENCE;
        ftp->ops->data(ftp->owner, ftp, data, len, now);
    } else {
        g_free(data);
    }
    if (ftp->state != MOVING)
        return;
    if (end != MSNP_FILE_DONE)
        finish(ftp, end, true, now);
    else
        check_complete(ftp, now);
}

/* --- lines ---------------------------------------------------------------------------------- */

/* VER MSNFTP; others have other protocols beside it, or a number. */
static void got_version(msnp_ftp *ftp, const msnp_cmd *cmd, int64_t now)
{
    /* Once is enough, unless it was only late. */
    bool expected = ftp->state == HELLO || ftp->late;
    bool known = false;

    for (size_t i = 0; i < cmd->argc; i++)
        known = known || msnp_str_is_nocase(cmd->argv[i], PROTOCOL);
    if (!known || !expected) {
        finish(ftp, MSNP_FILE_CONFUSED, true, now);
        return;
    }
    if (ftp->state == ASKED) {
        ftp->late = false;
        return;
    }
    set_state(ftp, ASKED, ftp->greeting);
    if (ftp->config.sending) {
        send_line(ftp, "VER", PROTOCOL);
    } else {
        char auth[16];
        const char *const args[] = {ftp->config.account, auth, NULL};
        g_snprintf(auth, sizeof auth, "%" G_GUINT32_FORMAT, ftp->config.auth);
        send_args(ftp, "USR", args);
    }
    if (ftp->ops->greeted != NULL)
        ftp->ops->greeted(ftp->owner, ftp, now);
}

static void become_ready(msnp_ftp *ftp, int64_t now)
{
    set_state(ftp, READY, ftp->until);
    ftp->ops->ready(ftp->owner, ftp, now);
}

/* USR account cookie */
static void got_user(msnp_ftp *ftp, const msnp_cmd *cmd, int64_t now)
{
    uint64_t auth;
    bool right = msnp_str_is_nocase(cmd->argv[0], ftp->config.account) &&
                 msnp_parse_uint(cmd->argv[1], UINT32_MAX, &auth) && auth == ftp->config.auth;

    if (right)
        become_ready(ftp, now);
    else
        finish(ftp, MSNP_FILE_CONFUSED, false, now);
}

/* FIL size */
static void got_file(msnp_ftp *ftp, const msnp_cmd *cmd, int64_t now)
{
    uint64_t size;

    if (!msnp_parse_uint(cmd->argv[0], UINT64_MAX, &size))
        finish(ftp, MSNP_FILE_CONFUSED, true, now);
    else if (size != ftp->config.size)
        finish(ftp, MSNP_FILE_WRONG_SIZE, true, now);
    else
        become_ready(ftp, now);
}

/* TFR */
static void got_go(msnp_ftp *ftp, const msnp_cmd *cmd, int64_t now)
{
    (void)cmd;
    set_state(ftp, MOVING, now + MSNP_FTP_SILENCE);
    if (ftp->config.size > 0)
        want(ftp, now);
    else
        send_end_block(ftp);
}

/* CCL */
static void got_cancel(msnp_ftp *ftp, const msnp_cmd *cmd, int64_t now)
{
    (void)cmd;
    finish(ftp, MSNP_FILE_CANCELLED_THERE, ftp->config.sending, now);
}

/* What BYE with this code means in the middle of it. */
static msnp_file_end end_of_code(uint64_t code)
{
    if (code == BYE_UNWRITABLE)
        return MSNP_FILE_UNWRITABLE_THERE;
    if (code == BYE_RECEIVER_CANCELS || code == BYE_SENDER_CANCELS)
        return MSNP_FILE_CANCELLED_THERE;
    return MSNP_FILE_FAILED_THERE;
}

/* BYE code */
static void got_bye(msnp_ftp *ftp, const msnp_cmd *cmd, int64_t now)
{
    bool all = ftp->config.sending && ftp->state == MOVING && ftp->moved == ftp->config.size;
    uint64_t code = 0;

    if (cmd->argc > 0)
        (void)msnp_parse_uint(cmd->argv[0], UINT32_MAX, &code);
    if (ftp->state == ENDING)
        close_now(ftp, now);
    else if (code != BYE_RECEIVED && code != BYE_SENT)
        finish(ftp, end_of_code(code), false, now);
    else
        finish(ftp, all ? MSNP_FILE_DONE : MSNP_FILE_CONFUSED, false, now);
}

#define EARLY (MSNP_IN(HELLO) | MSNP_IN(ASKED) | MSNP_IN(READY))
#define LATE  (MSNP_IN(OFFERED) | MSNP_IN(MOVING))

typedef struct {
    msnp_verb verb;
    void (*handle)(msnp_ftp *ftp, const msnp_cmd *cmd, int64_t now);
} row;

/* What the sender hears. name, least parameters, payload, secret, states; handler */
static const row sender_rows[] = {
    {{"VER", 1, false, 0, MSNP_IN(HELLO) | MSNP_IN(ASKED)}, got_version},
    {{"USR", 2, false, MSNP_SECRET_FROM(1), MSNP_IN(ASKED)}, got_user},
    {{"TFR", 0, false, 0, MSNP_IN(OFFERED)}, got_go},
    {{"CCL", 0, false, 0, EARLY | LATE}, got_cancel},
    {{"BYE", 0, false, 0, EARLY | LATE | MSNP_IN(ENDING)}, got_bye},
};

/* What the receiver hears. */
static const row receiver_rows[] = {
    {{"VER", 1, false, 0, MSNP_IN(HELLO)}, got_version},
    {{"FIL", 1, false, 0, MSNP_IN(ASKED)}, got_file},
    {{"CCL", 0, false, 0, EARLY}, got_cancel},
    {{"BYE", 0, false, 0, EARLY}, got_bye},
};

static const msnp_verbs sender_verbs = {&sender_rows[0].verb, G_N_ELEMENTS(sender_rows),
                                        sizeof sender_rows[0]};
static const msnp_verbs receiver_verbs = {&receiver_rows[0].verb, G_N_ELEMENTS(receiver_rows),
                                          sizeof receiver_rows[0]};

/* What this side hears. */
static const msnp_verbs *verbs_for(bool sending)
{
    return sending ? &sender_verbs : &receiver_verbs;
}

/* A line without its LF. Each has to make sense: nobody has to say anything else. */
static void handle_line(msnp_ftp *ftp, msnp_str line, int64_t now)
{
    const msnp_verbs *verbs = verbs_for(ftp->config.sending);
    msnp_cmd cmd;

    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    if (line.len == 0)
        return;
    msnp_net_trace_line(ftp->net, ftp->conn, verbs, line, 0, ftp->state);
    bool known = msnp_cmd_parse(&cmd, verbs, line) == MSNP_OK && cmd.verb != NULL &&
                 (cmd.verb->steps & MSNP_IN(ftp->state)) != 0 && msnp_cmd_complete(&cmd);
    if (known)
        ((const row *)cmd.verb)->handle(ftp, &cmd, now);
    else if (ftp->state < ENDING)
        finish(ftp, MSNP_FILE_CONFUSED, true, now);
}

/* Takes a line, or its beginning, off the bytes. */
static void take_line(msnp_ftp *ftp, msnp_str *bytes, int64_t now)
{
    const char *lf = memchr(bytes->ptr, '\n', bytes->len);
    size_t len = lf != NULL ? (size_t)(lf - bytes->ptr) + 1 : bytes->len;

    if (len > LINES_MAX - ftp->in_lines) {
        *bytes = (msnp_str){"", 0};
        if (ftp->state == ENDING)
            close_now(ftp, now);
        else
            finish(ftp, MSNP_FILE_CONFUSED, true, now);
        return;
    }
    (void)msnp_buf_append(&ftp->line, bytes->ptr, len);
    ftp->in_lines += len;
    *bytes = (msnp_str){bytes->ptr + len, bytes->len - len};
    if (lf == NULL)
        return;
    msnp_buf whole = ftp->line;
    msnp_buf_init(&ftp->line, LINES_MAX, true);
    msnp_str line = msnp_buf_view(&whole);
    handle_line(ftp, (msnp_str){line.ptr, line.len - 1}, now);
    msnp_buf_clear(&whole);
}

/* Nothing but data comes from the sender once TFR was sent, which it must wait for. */
static void take(msnp_ftp *ftp, msnp_str bytes, int64_t now)
{
    while (bytes.len > 0 && ftp->state < CLOSED) {
        if (ftp->config.sending || ftp->state < READY) {
            take_line(ftp, &bytes, now);
        } else if (ftp->state == READY) {
            finish(ftp, bytes.ptr[0] == END ? MSNP_FILE_CANCELLED_THERE : MSNP_FILE_CONFUSED, true,
                   now);
        } else {
            if (ftp->state == MOVING)
                take_blocks(ftp, bytes, now);
            break;
        }
    }
}

/* --- the connection ------------------------------------------------------------------------- */

static void connected(gpointer part, unsigned conn, int64_t now)
{
    msnp_ftp *ftp = part;

    (void)conn;
    ftp->greeting = now + MSNP_FTP_GREETING;
    set_state(ftp, HELLO, ftp->caller && ftp->config.sending ? now + PROMPT : ftp->greeting);
    if (!ftp->config.sending)
        send_line(ftp, "VER", PROTOCOL);
}

/*
 * We are to be spoken to, but connected through a proxy: libpurple can lose what comes together
 * with the proxy's answer. A peer that has said VER goes on when it hears ours.
 */
static void speak_first(msnp_ftp *ftp)
{
    ftp->late = true;
    set_state(ftp, ASKED, ftp->greeting);
    send_line(ftp, "VER", PROTOCOL);
}

static void connect_failed(gpointer part, unsigned conn, const msnp_connect_error *why, int64_t now)
{
    (void)conn;
    (void)why;
    finish(part, MSNP_FILE_NO_CONNECTION, false, now);
}

static void received(gpointer part, unsigned conn, msnp_str bytes, int64_t now)
{
    msnp_ftp *ftp = part;

    if (bytes.len > 0)
        take(ftp, bytes, now);
    else
        got_closed(ftp, msnp_net_is_broken(ftp->net, conn), now);
}

static const msnp_conn_ops conn_ops = {
    .connected = connected, .failed = connect_failed, .received = received, .drained = drained};

static msnp_ftp *new_ftp(msnp_net *net, const msnp_ftp_config *config, const msnp_ftp_ops *ops,
                         gpointer owner)
{
    msnp_ftp *ftp = g_new0(msnp_ftp, 1);

    ftp->net = net;
    ftp->config = *config;
    ftp->config.account = g_strdup(config->account);
    ftp->ops = ops;
    ftp->owner = owner;
    ftp->batch = MSNP_FTP_PUT_MAX / MSNP_FTP_BLOCK;
    msnp_buf_init(&ftp->line, LINES_MAX, true);
    set_state(ftp, CONNECTING, MSNP_NEVER);
    return ftp;
}

msnp_ftp *msnp_ftp_connect(msnp_net *net, const msnp_address *where, const msnp_ftp_config *config,
                           const msnp_ftp_ops *ops, gpointer owner, int64_t now)
{
    msnp_ftp *ftp = new_ftp(net, config, ops, owner);

    (void)now;
    ftp->caller = true;
    ftp->conn = msnp_net_connect(net, MSNP_CONN_FILE, where->host, where->port, &conn_ops, ftp);
    return ftp;
}

msnp_ftp *msnp_ftp_accept(msnp_net *net, unsigned conn, const msnp_ftp_config *config,
                          const msnp_ftp_ops *ops, gpointer owner, int64_t now)
{
    msnp_ftp *ftp = new_ftp(net, config, ops, owner);

    ftp->conn = conn;
    msnp_net_adopt(net, conn, &conn_ops, ftp);
    connected(ftp, conn, now);
    return ftp;
}

void msnp_ftp_free(msnp_ftp *ftp)
{
    if (ftp == NULL)
        return;
    if (ftp->state != CLOSED)
        msnp_net_close(ftp->net, ftp->conn);
    msnp_buf_clear(&ftp->line);
    g_free((char *)ftp->config.account);
    g_free(ftp);
}

void msnp_ftp_start(msnp_ftp *ftp, int64_t now)
{
    if (ftp->state != READY)
        return;
    if (ftp->config.sending) {
        set_state(ftp, OFFERED, ftp->until);
        send_number(ftp, "FIL", ftp->config.size);
        return;
    }
    /* The deadline of the greeting is that of the first byte. */
    set_state(ftp, MOVING, ftp->until);
    send_line(ftp, "TFR", NULL);
    check_complete(ftp, now);
}

void msnp_ftp_tick(msnp_ftp *ftp, int64_t now)
{
    if (now < ftp->until)
        return;
    if (ftp->state == ENDING)
        close_now(ftp, now);
    else if (ftp->state == HELLO && ftp->until < ftp->greeting)
        speak_first(ftp);
    else
        finish(ftp, MSNP_FILE_SILENT, true, now);
}

int64_t msnp_ftp_deadline(const msnp_ftp *ftp)
{
    return ftp->until;
}
