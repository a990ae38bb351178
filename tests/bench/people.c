/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "people.h"

#include "heap.h"
#include "service.h"

#include <glib-unix.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSWORD "bench"
#define PACKET   4096
#define HELLO    400
#define TEXT     "So many words are in a line that somebody writes to somebody else, more or less."

struct people {
    GPid process;
    int channel; /* a packet for each command; the answer to "await" is a byte */
    int port;
    char *nexus_url;
    char *gateway_url;    /* NULL: they connect directly */
    GPtrArray *addresses; /* char * */
};

/* --- the other process ---------------------------------------------------------------------- */

typedef struct {
    service *svc;
    int channel;
    guint awaited;
    guint moved;
    gboolean online; /* the first account, when it was looked at last */
} far_side;

static char *address_name(guint n)
{
    return g_strdup_printf("bench%u@example.com", n);
}

static char *robot_name(guint n)
{
    return g_strdup_printf("robot%u@example.com", n);
}

static void ring(const far_side *far, guint robots)
{
    g_autofree char *address = address_name(0);

    for (guint i = 0; i < robots; i++) {
        g_autofree char *name = robot_name(i);

        service_robot_ring(far->svc, name, address);
        service_robot_say(far->svc, name, TEXT);
    }
}

static void say(const far_side *far, guint texts)
{
    for (guint i = 0; i < texts; i++)
        service_robot_say(far->svc, PEOPLE_FIRST, TEXT);
}

static gboolean look(gpointer data)
{
    const far_side *far = data;

    if (service_robot_heard(far->svc, PEOPLE_FIRST, "text/plain") < far->awaited)
        return G_SOURCE_CONTINUE;
    if (write(far->channel, "", 1) != 1)
        exit(1);
    return G_SOURCE_REMOVE;
}

/* The text follows in packets. */
static void send_text(far_side *far, gsize length)
{
    g_autofree char *address = address_name(0);
    g_autoptr(GString) text = g_string_new(NULL);
    char packet[PACKET];

    while (text->len < length) {
        ssize_t n = read(far->channel, packet, sizeof packet);
        if (n <= 0)
            exit(1);
        g_string_append_len(text, packet, n);
    }
    service_send(far->svc, address, text->str, (gssize)text->len);
}

static gboolean move(gpointer data)
{
    far_side *far = data;
    g_autofree char *address = address_name(0);
    g_autofree char *text = g_strdup_printf("XFR 0 NS localhost:%u 0 x\r\n",
                                            service_port(far->svc, SERVICE_NOTIFICATION));

    gboolean online = service_state(far->svc, address) != NULL;

    if (online && !far->online)
        far->moved += service_send(far->svc, address, text, -1);
    far->online = online;
    return G_SOURCE_CONTINUE;
}

static void tell_moved(const far_side *far)
{
    if (write(far->channel, &far->moved, sizeof far->moved) != sizeof far->moved)
        exit(1);
}

/* Where to connect, and what to say there. */
static void tell_entry(const far_side *far, guint account)
{
    g_autofree char *first = address_name(0);
    g_autofree char *address = address_name(account);
    g_autofree char *line = service_entry(far->svc, address, account > 0 ? first : NULL);
    char hello[HELLO] = "";

    g_snprintf(hello, sizeof hello, "%u %s", service_port(far->svc, SERVICE_SWITCHBOARD),
               line ? line : "");
    if (write(far->channel, hello, sizeof hello) != sizeof hello)
        exit(1);
}

/* A command is one packet: a letter and a number. */
static gboolean on_command(int fd, GIOCondition condition, gpointer data)
{
    far_side *far = data;
    guint command[2];

    (void)condition;
    if (read(fd, command, sizeof command) != sizeof command)
        exit(0); /* the measurement is over */
    if (command[0] == 'r')
        ring(far, command[1]);
    else if (command[0] == 's')
        say(far, command[1]);
    else if (command[0] == 't')
        send_text(far, command[1]);
    else if (command[0] == 'm')
        g_timeout_add(1, move, far);
    else if (command[0] == 'c')
        tell_moved(far);
    else if (command[0] == 'e')
        tell_entry(far, command[1]);
    far->awaited = command[1];
    if (command[0] == 'a')
        g_timeout_add(1, look, far);
    return G_SOURCE_CONTINUE;
}

static void turn_knobs(service *svc, const char *const *knobs)
{
    for (guint i = 0; knobs && knobs[i]; i++) {
        g_auto(GStrv) parts = g_strsplit(knobs[i], "=", 2);

        if (!service_set(svc, parts[0], parts[1])) {
            fprintf(stderr, "the service does not take %s\n", knobs[i]);
            exit(1);
        }
    }
}

static void settle(service *svc, const people_plan *plan)
{
    for (guint i = 0; i < plan->accounts; i++) {
        g_autofree char *address = address_name(i);

        service_add_account(svc, address, PASSWORD, NULL);
        service_populate(svc, address, plan->contacts, plan->groups);
    }
    g_autofree char *first = address_name(0);
    g_autofree char *second = address_name(1);
    if (plan->friends) {
        service_put(svc, first, second, SERVICE_FL | SERVICE_AL | SERVICE_RL, NULL, NULL);
        service_put(svc, second, first, SERVICE_FL | SERVICE_AL | SERVICE_RL, NULL, NULL);
    }
    for (guint i = 0; i < plan->robots; i++) {
        g_autofree char *name = robot_name(i);

        service_robot(svc, name, "joins");
        service_put(svc, first, name, SERVICE_FL | SERVICE_AL | SERVICE_RL, NULL, NULL);
    }
}

static void serve(int channel, const char *dir, const people_plan *plan)
{
    g_autoptr(GError) error = NULL;
    far_side far = {.svc = service_new(dir, &error), .channel = channel};
    gboolean tls = g_strcmp0(plan->gateway, "https") == 0;
    char hello[HELLO] = "";

    if (!far.svc) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    service_keep_transcript(far.svc, FALSE);
    turn_knobs(far.svc, plan->knobs);
    settle(far.svc, plan);
    g_snprintf(hello, sizeof hello, "%u %s %s", service_port(far.svc, SERVICE_DISPATCH),
               service_nexus_url(far.svc), service_gateway_url(far.svc, tls));
    if (write(channel, hello, sizeof hello) != sizeof hello)
        exit(1);
    g_unix_fd_add(channel, G_IO_IN | G_IO_HUP, on_command, &far);
    g_main_loop_run(g_main_loop_new(NULL, FALSE));
}

/* --- this process --------------------------------------------------------------------------- */

const char *const *people_knobs(const char *kind, guint round_trip)
{
    static const char *knobs[5];
    static char delay[32];
    guint n = 0;

    if (strcmp(kind, "classical") != 0) {
        knobs[n++] = "no-dispatch";
        knobs[n++] = "one-passport";
        knobs[n++] = "keep-alive";
    }
    if (round_trip > 0) {
        g_snprintf(delay, sizeof delay, "delay=%u", round_trip / 2);
        knobs[n++] = delay;
    }
    knobs[n] = NULL;
    return knobs;
}

const char *people_gateway(const char *kind)
{
    return g_str_has_prefix(kind, "http") ? kind : NULL;
}

people *people_start(const char *dir, const people_plan *plan)
{
    people *self = g_new0(people, 1);
    g_auto(GStrv) words = NULL;
    int ends[2];
    char hello[HELLO];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0 || (self->process = fork()) < 0) {
        perror("bench-client");
        exit(1);
    }
    if (self->process == 0) {
        heap_unwatch();
        close(ends[0]);
        serve(ends[1], dir, plan);
    }
    close(ends[1]);
    self->channel = ends[0];
    if (read(self->channel, hello, sizeof hello) != sizeof hello)
        exit(1); /* the service has said why */
    words = g_strsplit(hello, " ", 3);
    self->port = atoi(words[0]);
    self->nexus_url = g_strdup(words[1]);
    self->gateway_url = plan->gateway ? g_strdup(words[2]) : NULL;
    self->addresses = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < plan->accounts; i++)
        g_ptr_array_add(self->addresses, address_name(i));
    return self;
}

user_config people_config(const people *self, guint account)
{
    return (user_config){.address = g_ptr_array_index(self->addresses, account),
                         .password = PASSWORD,
                         .remember = TRUE, /* to sign in again */
                         .server = "localhost",
                         .port = self->port,
                         .nexus_url = self->nexus_url,
                         .method = self->gateway_url ? "gateway" : NULL,
                         .gateway_url = self->gateway_url};
}

guint people_online(guint contacts)
{
    return (contacts + 2) / 3;
}

static void command(const people *self, guint what, guint number)
{
    const guint packet[2] = {what, number};

    if (write(self->channel, packet, sizeof packet) != sizeof packet)
        exit(1);
}

void people_ring(people *self, guint robots)
{
    command(self, 'r', robots);
}

void people_say(people *self, guint texts)
{
    command(self, 's', texts);
}

void people_await(people *self, guint texts)
{
    command(self, 'a', texts);
}

void people_send(people *self, const char *text)
{
    size_t length = strlen(text);

    command(self, 't', (guint)length);
    for (size_t at = 0; at < length; at += PACKET)
        if (write(self->channel, text + at, MIN(PACKET, length - at)) < 0)
            exit(1);
}

void people_move(people *self)
{
    command(self, 'm', 0);
}

guint people_moved(people *self)
{
    guint moved;

    command(self, 'c', 0);
    if (read(self->channel, &moved, sizeof moved) != sizeof moved)
        exit(1);
    return moved;
}

int people_enter(people *self, guint account)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char hello[HELLO];
    char *line;

    command(self, 'e', account);
    if (read(self->channel, hello, sizeof hello) != sizeof hello)
        exit(1);
    address.sin_port = htons((guint16)strtoul(hello, &line, 10));
    line++;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        write(fd, line, strlen(line)) < 0) {
        perror("switchboard");
        exit(1);
    }
    return fd;
}

gboolean people_heard(people *self)
{
    char byte;

    return recv(self->channel, &byte, 1, MSG_DONTWAIT) == 1;
}

void people_end(people *self)
{
    close(self->channel);
    waitpid(self->process, NULL, 0);
    g_ptr_array_unref(self->addresses);
    g_free(self->nexus_url);
    g_free(self->gateway_url);
    g_free(self);
}
