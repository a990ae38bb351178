/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The robots' side of one connection of MSNFTP, in either role, and what can be wrong with it.
 */
#include "files.h"

#include <errno.h>
#include <glib-unix.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "knobs.h"

#define BLOCK       2045
#define OUTPUT      65536
#define LINE_MAX_   1024
#define BYE_GOT_ALL "BYE 16777989\r\n"
#define BYE_SENDER  "BYE 2164261683\r\n"

typedef enum {
    HEAR_VER,    /* next the other one's VER */
    HEAR_SECOND, /* USR or FIL */
    HEAR_TFR,
    HEAR_BLOCKS,
    HEAR_BYE,
    HEAR_NOTHING /* reads on, and does not care */
} hearing;

struct peer {
    file *file;
    char *strange;
    int fd; /* -1 once it is closed */
    guint watch;
    guint watched;
    guint timer; /* a pause */
    gboolean connecting;
    gboolean finishing; /* says goodbye when all is out */
    gboolean parted;    /* has said it */
    hearing next;
    gboolean sends; /* blocks */
    guint n_blocks;
    guint64 passed; /* bytes on the connection, both ways */
    GString *in;
    GString *out;
};

static void update(peer *p);

static const char *knob(const peer *p, const char *name)
{
    return knob_get(p->file->svc, name);
}

static guint number(const peer *p, const char *name, guint otherwise)
{
    return knob_number(p->file->svc, name, otherwise);
}

/* Ending */

static void clear_source(guint *id)
{
    if (*id)
        g_source_remove(*id);
    *id = 0;
}

void peer_drop(peer *p)
{
    if (p->fd < 0)
        return;
    clear_source(&p->watch);
    clear_source(&p->timer);
    close(p->fd);
    p->fd = -1;
    file_log(p->file, "close");
}

static void peer_reset(peer *p)
{
    static const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    if (p->fd >= 0)
        setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    peer_drop(p);
}

void peer_free(gpointer data)
{
    peer *p = data;

    peer_drop(p);
    g_string_free(p->in, TRUE);
    g_string_free(p->out, TRUE);
    g_free(p->strange);
    g_free(p);
}

static void ended(peer *p, service_file_state state, const char *why)
{
    if (!p->strange)
        file_ended(p->file, state, why);
}

/* Says what is left to be said, then goodbye; the other one closes. */
static void finish(peer *p)
{
    p->next = HEAR_NOTHING;
    p->sends = FALSE;
    p->finishing = TRUE;
}

static void bad(peer *p, const char *why)
{
    /* Nobody needs to be polite to a stranger. */
    if (!p->strange)
        file_log(p->file, "bad: %s", why);
    ended(p, SERVICE_FILE_FAILED, why);
    finish(p);
}

/* Saying */

static void say(peer *p, const char *bytes, gsize length)
{
    g_string_append_len(p->out, bytes, (gssize)length);
    file_log(p->file, "<<< %.*s", (int)strcspn(bytes, "\r\n\1"), bytes);
}

static gboolean step_is_set(const peer *p, const char *step)
{
    static const char *const actions[] = {"silent", "close", "reset", "reply", "cancel"};

    for (guint i = 0; i < G_N_ELEMENTS(actions); i++)
        if (file_step(p->file, step, actions[i]))
            return TRUE;
    return FALSE;
}

/* Says this (NULL: nothing), or does what is set for the step. Returns FALSE if nothing follows. */
static gboolean take_step(peer *p, const char *step, const char *text)
{
    const char *reply = file_step(p->file, step, "reply");
    const char *code = file_step(p->file, step, "cancel");

    if (p->strange || !step_is_set(p, step)) {
        if (text)
            say(p, text, strlen(text));
        return TRUE;
    }
    if (reply) {
        GString *bytes = file_expand(p->file, reply);

        say(p, bytes->str, bytes->len);
        g_string_free(bytes, TRUE);
    }
    if (code)
        file_cancel(p->file, code);
    if (file_step(p->file, step, "reset"))
        peer_reset(p);
    else if (file_step(p->file, step, "close"))
        finish(p);
    else if (reply && text)
        return TRUE;
    p->next = HEAR_NOTHING;
    p->sends = FALSE;
    return FALSE;
}

/* Sending blocks */

static guint block_length(const peer *p)
{
    const char *list = knob(p, "file-blocks");
    g_auto(GStrv) words = g_strsplit(list ? list : "2045", ",", -1);

    return (guint)g_ascii_strtoull(words[p->n_blocks % g_strv_length(words)], NULL, 10);
}

static void add_block(peer *p, guint length)
{
    service_file *shown = &p->file->shown;
    const char *bytes = g_bytes_get_data(p->file->content, NULL);
    const char head[] = {0, (char)(length & 0xff), (char)(length >> 8)};

    g_string_append_len(p->out, head, sizeof head);
    if (length)
        g_string_append_len(p->out, bytes + shown->moved, (gssize)length);
    shown->moved += length;
    p->n_blocks++;
}

/* Where file-block counts; the end of the file if it is not set. */
static guint64 next_stop(const peer *p)
{
    return step_is_set(p, "file-block") && !p->strange
               ? MIN(number(p, "file-at", 0), p->file->shown.size)
               : p->file->shown.size;
}

static void fill(peer *p)
{
    service_file *shown = &p->file->shown;
    guint64 stop = next_stop(p);
    gsize most = number(p, "file-slow", 0) ? 1 : OUTPUT;

    while (p->out->len < most && shown->moved < stop)
        add_block(p, (guint)MIN(block_length(p), stop - shown->moved));
    if (shown->moved < stop)
        return;
    p->sends = FALSE;
    if (step_is_set(p, "file-block") && !take_step(p, "file-block", NULL))
        return;
    if (knob(p, "file-end-block"))
        g_string_append_len(p->out, "\1\0\0", 3);
}

/* Receiving blocks */

static void got_all(peer *p)
{
    ended(p, SERVICE_FILE_DONE, "all of it arrived");
    if (take_step(p, "file-bye", BYE_GOT_ALL))
        finish(p);
}

static const char *check_block(const peer *p, guint type, guint length)
{
    guint64 left = p->file->shown.size - p->file->shown.moved;

    if (type > 1)
        return "a block of no known type";
    if (type == 1)
        return length ? "an end block with data" : NULL;
    return length == MIN(left, BLOCK) ? NULL : "a block of the wrong length";
}

/* FALSE if it is not complete. */
static gboolean take_block(peer *p)
{
    service_file *shown = &p->file->shown;
    const guchar *head = (const guchar *)p->in->str;
    guint length = p->in->len < 3 ? 0 : head[1] + head[2] * 256u;
    const char *why;

    if (p->in->len < 3 + length)
        return FALSE;
    why = check_block(p, head[0], length);
    if (why) {
        bad(p, why);
        return TRUE;
    }
    if (head[0] == 1) {
        file_log(p->file, ">>> end block");
        ended(p, SERVICE_FILE_FAILED, "the sender cancelled");
        say(p, BYE_SENDER, strlen(BYE_SENDER));
        finish(p);
        return TRUE;
    }
    g_checksum_update(p->file->sum, head + 3, length);
    shown->moved += length;
    g_string_erase(p->in, 0, 3 + (gssize)length);
    if (step_is_set(p, "file-block") && shown->moved >= next_stop(p))
        take_step(p, "file-block", NULL);
    else if (shown->moved == shown->size)
        got_all(p);
    return TRUE;
}

/* Hearing lines */

static void say_again(peer *p)
{
    if (!p->strange && !p->file->listens && g_strcmp0(knob(p, "file-stranger"), "again") == 0)
        peer_connect(p->file, "again");
}

static char *usr_line(const peer *p)
{
    const file *f = p->file;
    const char *auth = g_strcmp0(p->strange, "cookie") == 0 ? "17" : f->auth;
    const char *name = g_strcmp0(p->strange, "account") == 0 ? "mallory@example.com"
                                                             : person_address(f->svc, f->robot);

    return g_strdup_printf("USR %s %s\r\n", name, auth);
}

static void receiver_hears(peer *p, const char *line)
{
    file *f = p->file;
    g_autofree char *fil = g_strdup_printf("FIL %" G_GUINT64_FORMAT, f->shown.size);
    g_autofree char *usr = usr_line(p);

    if (p->next == HEAR_VER && g_str_equal(line, "VER MSNFTP")) {
        p->next = HEAR_SECOND;
        take_step(p, "file-usr", usr);
    } else if (p->next == HEAR_SECOND && g_str_equal(line, fil)) {
        /* There may be a connection to each of two addresses: one is enough. */
        p->next = f->shown.state == SERVICE_FILE_MOVING && !p->strange ? HEAR_NOTHING : HEAR_BLOCKS;
        if (p->next == HEAR_NOTHING)
            return;
        f->shown.state = SERVICE_FILE_MOVING;
        if (take_step(p, "file-tfr", "TFR\r\n") && f->shown.size == 0)
            got_all(p);
        say_again(p);
    } else {
        bad(p, "not the line that a sender says");
    }
}

static void sender_hears_bye(peer *p, const char *line)
{
    gboolean got = g_str_equal(line, "BYE 16777989");

    if (got && p->file->shown.moved < p->file->shown.size)
        bad(p, "BYE before the end");
    ended(p, got ? SERVICE_FILE_DONE : SERVICE_FILE_FAILED, line);
    finish(p);
}

static void sender_hears(peer *p, const char *line)
{
    file *f = p->file;
    g_autofree char *usr = g_strdup_printf("USR %s %s", person_address(f->svc, f->client), f->auth);
    g_autofree char *fil = g_strdup_printf("FIL %" G_GUINT64_FORMAT "\r\n", f->shown.size);

    if (p->next == HEAR_VER && g_str_equal(line, "VER MSNFTP")) {
        p->next = HEAR_SECOND;
        take_step(p, "file-ver", "VER MSNFTP\r\n");
    } else if (p->next == HEAR_SECOND && g_str_equal(line, usr)) {
        p->next = HEAR_TFR;
        take_step(p, "file-fil", fil);
    } else if (p->next == HEAR_TFR && g_str_equal(line, "TFR")) {
        p->next = HEAR_BYE;
        p->sends = TRUE;
        f->shown.state = SERVICE_FILE_MOVING;
        say_again(p);
    } else if (g_str_equal(line, "CCL")) {
        g_string_append_len(p->out, "\1\0\0", 3);
        ended(p, SERVICE_FILE_FAILED, line);
        finish(p);
    } else if (g_str_has_prefix(line, "BYE ")) {
        sender_hears_bye(p, line);
    } else {
        bad(p, "not the line that a receiver says");
    }
}

/* FALSE if none is complete. */
static gboolean take_line(peer *p)
{
    const char *end = memchr(p->in->str, '\n', p->in->len);
    gsize length = end ? (gsize)(end - p->in->str) + 1 : 0;
    g_autofree char *line = NULL;

    if (!end && p->in->len > LINE_MAX_)
        bad(p, "a line without an end");
    if (!end)
        return FALSE;
    if (length < 2 || end[-1] != '\r') {
        bad(p, "a line ends in a bare LF");
        return TRUE;
    }
    line = g_strndup(p->in->str, length - 2);
    g_string_erase(p->in, 0, (gssize)length);
    file_log(p->file, ">>> %s", line);
    if (p->file->shown.sending)
        sender_hears(p, line);
    else
        receiver_hears(p, line);
    return TRUE;
}

static void hear(peer *p)
{
    while (p->fd >= 0 && p->next != HEAR_NOTHING &&
           (p->next == HEAR_BLOCKS ? take_block(p) : take_line(p)))
        ;
    if (p->next == HEAR_NOTHING)
        g_string_truncate(p->in, 0);
}

/* Bytes */

/* How many more bytes may pass. */
static gsize allowance(const peer *p)
{
    const char *cut = knob(p, "file-cut") ? "file-cut" : "file-break";

    return p->strange || !knob(p, cut) ? OUTPUT : (gsize)MIN(OUTPUT, number(p, cut, 0) - p->passed);
}

static void cut_off(peer *p)
{
    if (p->fd < 0 || allowance(p) > 0)
        return;
    ended(p, SERVICE_FILE_FAILED, "the robot breaks off");
    if (knob(p, "file-cut"))
        peer_drop(p);
    else
        peer_reset(p);
}

static gboolean on_pause(gpointer data)
{
    peer *p = data;

    p->timer = 0;
    update(p);
    return G_SOURCE_REMOVE;
}

static void pause_for_a_while(peer *p)
{
    guint ms = p->next >= HEAR_BLOCKS ? number(p, "file-slow", 0) : 0;

    if (p->fd >= 0 && ms && !p->timer)
        p->timer = g_timeout_add(ms, on_pause, p);
}

static void closed(peer *p, const char *why)
{
    file_log(p->file, "%s", why);
    ended(p, SERVICE_FILE_FAILED, why);
    peer_drop(p);
}

static void read_some(peer *p)
{
    char bytes[OUTPUT];
    gssize n = recv(p->fd, bytes, allowance(p), 0);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        closed(p, n < 0 ? "broken by the client" : "closed by the client");
        return;
    }
    p->passed += (gsize)n;
    if (p->next != HEAR_NOTHING)
        g_string_append_len(p->in, bytes, n);
    hear(p);
    pause_for_a_while(p);
}

static void write_some(peer *p)
{
    gssize n;

    if (p->sends && p->out->len == 0)
        fill(p);
    if (p->fd < 0)
        return;
    n = send(p->fd, p->out->str, MIN(p->out->len, allowance(p)), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        closed(p, "broken by the client");
        return;
    }
    if (n > 0) {
        p->passed += (gsize)n;
        g_string_erase(p->out, 0, n);
    }
    if (p->out->len == 0)
        pause_for_a_while(p);
    p->parted = p->finishing && p->out->len == 0;
    if (p->parted)
        shutdown(p->fd, SHUT_WR);
}

/* Connecting */

static void begin(peer *p)
{
    static const char garbage[] = "GET / HTTP/1.1\r\n\r\n\0\xff\xfe\n\n\n";

    file_log(p->file, "open");
    if (g_strcmp0(p->strange, "garbage") == 0)
        say(p, garbage, sizeof garbage - 1);
    else if (g_strcmp0(p->strange, "silent") == 0)
        p->next = HEAR_NOTHING;
    else if (!p->file->shown.sending)
        take_step(p, "file-ver", "VER MSNFTP\r\n");
    /* Whoever belongs here comes when the stranger was there. */
    if (p->strange && !g_str_equal(p->strange, "again"))
        peer_connect(p->file, NULL);
}

static void on_connected(peer *p)
{
    int error = 0;
    socklen_t length = sizeof error;

    getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    p->connecting = FALSE;
    if (!error) {
        begin(p);
        return;
    }
    file_log(p->file, "cannot connect: %s", g_strerror(error));
    peer_drop(p);
    if (g_strcmp0(p->strange, "again") == 0)
        return;
    g_free(g_queue_pop_head(&p->file->addresses));
    peer_connect(p->file, p->strange);
}

static gboolean has_output(const peer *p)
{
    return p->out->len > 0 || p->sends || (p->finishing && !p->parted);
}

static gboolean on_io(int fd G_GNUC_UNUSED, GIOCondition condition, gpointer data)
{
    peer *p = data;

    if (p->connecting)
        on_connected(p);
    else if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR))
        read_some(p);
    if (p->fd >= 0 && has_output(p))
        write_some(p);
    cut_off(p);
    update(p);
    return G_SOURCE_CONTINUE;
}

static void update(peer *p)
{
    gboolean writes = p->connecting || has_output(p);
    guint wanted = p->timer ? 0u : (guint)G_IO_IN | (writes ? (guint)G_IO_OUT : 0u);

    if (p->fd < 0 || (p->watch && wanted == p->watched))
        return;
    clear_source(&p->watch);
    p->watched = wanted;
    if (wanted)
        p->watch = g_unix_fd_add(p->fd, (GIOCondition)wanted, on_io, p);
}

static peer *peer_new(file *f, int fd, const char *strange)
{
    peer *p = g_new0(peer, 1);

    p->file = f;
    p->fd = fd;
    p->strange = g_strdup(strange);
    p->in = g_string_new(NULL);
    p->out = g_string_new(NULL);
    g_ptr_array_add(f->peers, p);
    return p;
}

void peer_accept(file *f, int fd)
{
    peer *p = peer_new(f, fd, NULL);

    begin(p);
    cut_off(p);
    update(p);
}

/* A socket that begins to connect there; -1 and an entry if there is nothing to wait for. */
static int dial(const file *f, const char *address)
{
    static const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                          .ai_socktype = SOCK_STREAM};
    g_auto(GStrv) words = g_strsplit(address, " ", 2);
    struct addrinfo *info = NULL;
    int fd = -1;

    file_log(f, "connect %s", address);
    if (words[1] && getaddrinfo(words[0], words[1], &hints, &info) == 0)
        fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, info->ai_addr, info->ai_addrlen) < 0 && errno != EINPROGRESS) {
        close(fd);
        fd = -1;
    }
    if (info)
        freeaddrinfo(info);
    if (fd < 0)
        file_log(f, "cannot connect: that is no address");
    return fd;
}

void peer_connect(file *f, const char *strange)
{
    const char *address = g_queue_peek_head(&f->addresses);
    int fd;
    peer *p;

    if (f->shown.state >= SERVICE_FILE_DONE || !address) {
        file_cancel(f, "FTTIMEOUT");
        file_ended(f, SERVICE_FILE_FAILED, "no address works");
        return;
    }
    fd = dial(f, address);
    if (fd < 0) {
        g_free(g_queue_pop_head(&f->addresses));
        peer_connect(f, strange);
        return;
    }
    p = peer_new(f, fd, strange);
    p->connecting = TRUE;
    update(p);
}
