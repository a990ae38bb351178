/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How robots offer files and answer offers: text/x-msmsgsinvite.
 */
#include "files.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

#include "knobs.h"
#include "p2p.h"
#include "robots.h"

#define FILE_GUID "{5D3E02AB-6190-11d3-BBBB-00C04F795683}"
#define DISGUISE  0x3141u /* PortX is the port XOR this */

/* The object */

static void close_door(file *f)
{
    for (int family = 0; family < LOOPBACK_N && f->listens; family++)
        if (f->door.watches[family])
            g_source_remove(f->door.watches[family]);
    if (f->listens)
        loopback_close(f->door.fds);
    f->listens = FALSE;
}

void file_free(gpointer data)
{
    file *f = data;

    close_door(f);
    g_ptr_array_unref(f->peers);
    g_queue_clear_full(&f->addresses, g_free);
    board_unref(f->board);
    g_clear_pointer(&f->content, g_bytes_unref);
    g_clear_pointer(&f->sum, g_checksum_free);
    g_free(f->shown.name);
    g_free(f->shown.why);
    g_free(f->shown.sha256);
    g_free(f->cookie);
    g_free(f->auth);
    p2p_file_free(f->p2p);
    g_free(f);
}

file *file_new(board *b, const person *speaker, const person *client, const char *name)
{
    file *f = g_new0(file, 1);

    f->svc = b->svc;
    f->board = board_ref(b);
    f->robot = speaker;
    f->client = client;
    f->shown.name = g_strdup(name);
    f->peers = g_ptr_array_new_with_free_func(peer_free);
    g_queue_init(&f->addresses);
    g_ptr_array_add(b->svc->files, f);
    return f;
}

void file_log(const file *f, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    log_event(f->svc, SERVICE_N_ROLES, text);
}

void file_ended(file *f, service_file_state state, const char *why)
{
    if (f->shown.state >= SERVICE_FILE_DONE)
        return;
    f->shown.state = state;
    f->shown.why = g_strdup(why);
    if (f->sum)
        f->shown.sha256 = g_strdup(g_checksum_get_string(f->sum));
    file_log(f, "end: %s", why);
    close_door(f);
    robot_speak_of(robot_find(f->svc, f->robot), f->board, &f->shown);
}

const char *file_step(const file *f, const char *step, const char *action)
{
    g_autofree char *name = g_strconcat(step, ".", action, NULL);

    return knob_get(f->svc, name);
}

static char *placeholder(gconstpointer data, const char *name)
{
    const file *f = data;

    if (g_str_equal(name, "cookie"))
        return g_strdup(f->cookie);
    if (g_str_equal(name, "auth"))
        return g_strdup(f->auth);
    return g_str_equal(name, "account") ? g_strdup(person_address(f->svc, f->robot)) : NULL;
}

GString *file_expand(const file *f, const char *text)
{
    return knobs_expand(text, placeholder, f);
}

/* Saying */

/* Says this body in the board of the file, or in a new one to which the client is called. */
static void say_there(file *f, const char *body, gsize length)
{
    GString *payload = g_string_new("MIME-Version: 1.0\r\n"
                                    "Content-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n");

    g_string_append_len(payload, body, (gssize)length);
    if (knob_on(f->svc, "file-elsewhere") || !board_has(f->board, f->robot)) {
        board_unref(f->board);
        f->board = board_new(f->svc);
        board_join(f->board, (person *)f->robot, NULL);
        invite(f->board, (person *)f->robot, (person *)f->client, NULL, 0);
    }
    board_say(f->board, f->robot, payload->str, payload->len);
    g_string_free(payload, TRUE);
}

static void say_cancel(file *f, const char *code)
{
    g_autofree char *body =
        g_strdup_printf("Invitation-Command: CANCEL\r\nInvitation-Cookie: %s\r\n"
                        "Cancel-Code: %s\r\n\r\n",
                        f->cookie, code);

    say_there(f, body, strlen(body));
}

void file_cancel(file *f, const char *code)
{
    if (f->shown.state >= SERVICE_FILE_DONE)
        return;
    say_cancel(f, code);
    file_ended(f, SERVICE_FILE_FAILED, code);
}

/* Says this at a step, or does what is set for it. FALSE if nothing is to follow. */
static gboolean say_step(file *f, const char *step, const GString *body)
{
    const char *reply = file_step(f, step, "reply");
    const char *code = file_step(f, step, "cancel");

    if (code)
        file_cancel(f, code);
    if (file_step(f, step, "close"))
        board_leave(f->board, f->robot, NULL, FALSE);
    if (reply) {
        GString *other = file_expand(f, reply);

        say_there(f, other->str, other->len);
        g_string_free(other, TRUE);
        return TRUE;
    }
    if (code || file_step(f, step, "close") || file_step(f, step, "silent"))
        return FALSE;
    say_there(f, body->str, body->len);
    return TRUE;
}

/* Listening */

static gboolean on_incoming(int fd, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
    file *f = data;
    int client;

    while (f->listens && (client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
        peer_accept(f, client);
    return G_SOURCE_CONTINUE;
}

static void begin_listening(file *f)
{
    if (f->listens)
        return;
    if (!loopback_bind(f->door.fds, &f->door.port))
        g_error("no port for a file");
    f->listens = TRUE;
    for (int family = 0; family < LOOPBACK_N; family++)
        if (f->door.fds[family] >= 0 && listen(f->door.fds[family], SOMAXCONN) == 0 &&
            !file_step(f, "file-connect", "silent"))
            f->door.watches[family] = g_unix_fd_add(f->door.fds[family], G_IO_IN, on_incoming, f);
}

/* A knob's HOST:PORT; port 0 is that on which the file is served. */
static char *address_of(const file *f, const char *knob, const char *otherwise, guint *port)
{
    const char *value = knob_get(f->svc, knob);
    const char *colon = value ? strrchr(value, ':') : NULL;

    *port = colon ? (guint)g_ascii_strtoull(colon + 1, NULL, 10) : 0;
    if (!*port)
        *port = f->door.port;
    return colon ? g_strndup(value, (gsize)(colon - value)) : g_strdup(otherwise);
}

static void append_address(const file *f, GString *body)
{
    guint port = 0;
    guint inner_port = 0;
    g_autofree char *host = address_of(f, "file-address", "127.0.0.1", &port);
    g_autofree char *inner = address_of(f, "file-internal", NULL, &inner_port);

    g_string_append_printf(body, "IP-Address: %s\r\n", host);
    if (inner)
        g_string_append_printf(body, "IP-Address-Internal: %s\r\n", inner);
    g_string_append_printf(body, "Port: %u\r\n", port);
    if (inner)
        g_string_append_printf(body, "PortX: %u\r\nPortX-Internal: %u\r\n", port ^ DISGUISE,
                               inner_port ^ DISGUISE);
    g_string_append_printf(body, "AuthCookie: %s\r\n", f->auth);
}

static GString *make_accept(const file *f, gboolean with_address)
{
    GString *body = g_string_new(NULL);

    if (with_address)
        append_address(f, body);
    if (with_address && !f->shown.sending)
        g_string_append(body, "Sender-Connect: TRUE\r\n");
    g_string_append_printf(body,
                           "Invitation-Command: ACCEPT\r\nInvitation-Cookie: %s\r\n"
                           "Launch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n\r\n",
                           f->cookie);
    return body;
}

/* Says where it listens. */
static void say_address(file *f, const char *step)
{
    GString *body;

    f->auth = random_text("123456789", 8);
    begin_listening(f);
    body = make_accept(f, TRUE);
    say_step(f, step, body);
    g_string_free(body, TRUE);
}

/* Offering */

void files_offer(board *b, const person *speaker, const person *client, const char *name,
                 GBytes *content)
{
    const char *size = knob_get(b->svc, "file-size");
    file *f;
    GString *body;

    if (p2p_speaks(b->svc, speaker)) {
        p2p_offer(b, speaker, client, name, content);
        return;
    }
    f = file_new(b, speaker, client, name);
    f->cookie = random_text("123456789", 9);
    f->content = g_bytes_ref(content);
    f->shown.sending = TRUE;
    f->shown.size = g_bytes_get_size(content);
    body = g_string_new("Application-Name: File Transfer\r\nApplication-GUID: " FILE_GUID "\r\n"
                        "Invitation-Command: INVITE\r\n");
    g_string_append_printf(body, "Invitation-Cookie: %s\r\nApplication-File: %s\r\n", f->cookie,
                           name);
    if (size)
        g_string_append_printf(body, "Application-FileSize: %s\r\n", size);
    else
        g_string_append_printf(body, "Application-FileSize: %" G_GUINT64_FORMAT "\r\n",
                               f->shown.size);
    g_string_append(body, knob_on(b->svc, "file-nat") ? "Connectivity: N\r\n\r\n" : "\r\n");
    say_step(f, "file-offer", body);
    g_string_free(body, TRUE);
}

/* Hearing */

/* The value of a field of an invitation, "" if there is none; the caller frees it. */
static char *field(const char *body, const char *name)
{
    g_autofree char *lead = g_strdup_printf("%s: ", name);
    gsize length = strlen(lead);

    for (const char *at = body; at; at = strstr(at, "\r\n") ? strstr(at, "\r\n") + 2 : NULL)
        if (g_ascii_strncasecmp(at, lead, length) == 0)
            return g_strndup(at + length, strcspn(at + length, "\r\n"));
    return g_strdup("");
}

static file *find_file(const board *b, const person *speaker, const char *cookie)
{
    for (guint i = 0; i < b->svc->files->len; i++) {
        file *f = g_ptr_array_index(b->svc->files, i);

        if (f->robot == speaker && g_str_equal(f->cookie, cookie) && board_has(b, f->client))
            return f;
    }
    return NULL;
}

static void on_offer(board *b, const person *speaker, const person *client, const char *body)
{
    g_autofree char *name = field(body, "Application-File");
    g_autofree char *size = field(body, "Application-FileSize");
    g_autofree char *connectivity = field(body, "Connectivity");
    gboolean listens = *connectivity || knob_on(b->svc, "file-listen");
    file *f = file_new(b, speaker, client, name);
    GString *accept;

    f->cookie = field(body, "Invitation-Cookie");
    f->shown.size = g_ascii_strtoull(size, NULL, 10);
    f->sum = g_checksum_new(G_CHECKSUM_SHA256);
    if (listens && !knob_on(b->svc, "file-nat")) {
        say_address(f, "file-accept");
        return;
    }
    accept = make_accept(f, FALSE);
    say_step(f, "file-accept", accept);
    g_string_free(accept, TRUE);
}

static void add_address(file *f, const char *body, const char *host, const char *port,
                        const char *other)
{
    g_autofree char *address = field(body, host);
    g_autofree char *number = field(body, port);
    g_autofree char *disguised = field(body, other);
    guint plain = (guint)g_ascii_strtoull(number, NULL, 10);
    guint hidden = (guint)g_ascii_strtoull(disguised, NULL, 10) ^ DISGUISE;

    if (*address)
        g_queue_push_tail(&f->addresses,
                          g_strdup_printf("%s %u", address, *number ? plain : hidden));
}

static void connect_there(file *f, const char *body)
{
    const char *stranger = knob_get(f->svc, "file-stranger");

    f->auth = field(body, "AuthCookie");
    add_address(f, body, "IP-Address", "Port", "PortX");
    add_address(f, body, "IP-Address-Internal", "", "PortX-Internal");
    f->shown.state = SERVICE_FILE_ACCEPTED;
    if (!file_step(f, "file-connect", "silent"))
        peer_connect(f, g_strcmp0(stranger, "again") == 0 ? NULL : stranger);
}

static void on_accept(file *f, const char *body)
{
    g_autofree char *address = field(body, "IP-Address");

    if (f->shown.state != SERVICE_FILE_OFFERED)
        return;
    f->shown.state = SERVICE_FILE_ACCEPTED;
    if (*address)
        connect_there(f, body);
    else if (!f->shown.sending)
        file_log(f, "bad: the sender has no address");
    else if (knob_on(f->svc, "file-nat"))
        file_cancel(f, "FTTIMEOUT");
    else
        say_address(f, "file-where");
}

static void on_cancel(file *f, const char *body)
{
    g_autofree char *code = field(body, "Cancel-Code");
    g_autofree char *why = g_strconcat("CANCEL ", code, NULL);

    file_ended(f, SERVICE_FILE_FAILED, why);
}

void files_hear(board *b, const person *speaker, const person *client, const char *body)
{
    g_autofree char *command = field(body, "Invitation-Command");
    g_autofree char *cookie = field(body, "Invitation-Cookie");
    file *f = find_file(b, speaker, cookie);

    if (g_str_equal(command, "INVITE"))
        on_offer(b, speaker, client, body);
    else if (f && g_str_equal(command, "ACCEPT"))
        on_accept(f, body);
    else if (f && g_str_equal(command, "CANCEL"))
        on_cancel(f, body);
}

/* What the test sees and does */

gboolean service_robot_offer(service *self, const char *address, const char *who, const char *name,
                             GBytes *content)
{
    const person *p = person_find(self, address);
    const person *client = person_find(self, who);
    board *b = robot_find(self, p) && client ? board_newest(self, address) : NULL;

    if (b)
        files_offer(b, p, client, name, content);
    return b != NULL;
}

gboolean service_robot_withdraw(service *self, const char *address, const char *code)
{
    const service_file *shown = service_robot_file(self, address);

    if (!shown || shown->state >= SERVICE_FILE_DONE)
        return FALSE;
    if (((const file *)shown)->p2p)
        p2p_cancel((file *)shown);
    else
        file_cancel((file *)shown, code);
    return TRUE;
}

const service_file *service_robot_file(const service *self, const char *address)
{
    const person *p = person_find(self, address);

    for (guint i = self->files->len; i > 0; i--) {
        const file *f = g_ptr_array_index(self->files, i - 1);

        if (f->robot == p)
            return &f->shown;
    }
    return NULL;
}

guint service_robot_files(const service *self, const char *address, service_file_state state)
{
    const person *p = person_find(self, address);
    guint n = 0;

    for (guint i = 0; i < self->files->len; i++) {
        const file *f = g_ptr_array_index(self->files, i);

        n += f->robot == p && f->shown.state == state;
    }
    return n;
}
