/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "people.h"

#include "service.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ADDRESS  "bench@example.com"
#define PASSWORD "bench"
#define TEXT     "So many words are in a line that somebody writes to somebody else, more or less."

struct people {
    GPid process;
    int channel; /* a line of a command each; the answer to "await" is a byte */
    char *nexus_url;
    user_config config;
};

/* --- the other process ---------------------------------------------------------------------- */

typedef struct {
    service *svc;
    int channel;
    guint awaited;
} far_side;

static char *robot_name(guint n)
{
    return g_strdup_printf("robot%u@example.com", n);
}

static void ring(const far_side *far, guint robots)
{
    for (guint i = 0; i < robots; i++) {
        g_autofree char *name = robot_name(i);

        service_robot_ring(far->svc, name, ADDRESS);
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
    far->awaited = command[1];
    if (command[0] == 'a')
        g_timeout_add(1, look, far);
    return G_SOURCE_CONTINUE;
}

static void serve(int channel, const char *dir, guint robots)
{
    g_autoptr(GError) error = NULL;
    far_side far = {.svc = service_new(dir, &error), .channel = channel};
    char hello[200] = "";

    if (!far.svc) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    service_add_account(far.svc, ADDRESS, PASSWORD, NULL);
    for (guint i = 0; i < robots; i++) {
        g_autofree char *name = robot_name(i);

        service_robot(far.svc, name, "joins");
        service_put(far.svc, ADDRESS, name, SERVICE_FL | SERVICE_AL | SERVICE_RL, NULL, NULL);
    }
    g_snprintf(hello, sizeof hello, "%u %s", service_port(far.svc, SERVICE_DISPATCH),
               service_nexus_url(far.svc));
    if (write(channel, hello, sizeof hello) != sizeof hello)
        exit(1);
    g_unix_fd_add(channel, G_IO_IN | G_IO_HUP, on_command, &far);
    g_main_loop_run(g_main_loop_new(NULL, FALSE));
}

/* --- this process --------------------------------------------------------------------------- */

people *people_start(const char *dir, guint robots)
{
    people *self = g_new0(people, 1);
    int ends[2];
    char hello[200];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0 || (self->process = fork()) < 0) {
        perror("bench-client");
        exit(1);
    }
    if (self->process == 0) {
        close(ends[0]);
        serve(ends[1], dir, robots);
    }
    close(ends[1]);
    self->channel = ends[0];
    if (read(self->channel, hello, sizeof hello) != sizeof hello)
        exit(1);
    self->nexus_url = g_strdup(strchr(hello, ' ') + 1);
    self->config = (user_config){.address = ADDRESS,
                                 .password = PASSWORD,
                                 .server = "localhost",
                                 .port = atoi(hello),
                                 .nexus_url = self->nexus_url};
    return self;
}

const user_config *people_config(const people *self)
{
    return &self->config;
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

gboolean people_heard(people *self)
{
    char byte;

    return recv(self->channel, &byte, 1, MSG_DONTWAIT) == 1;
}

void people_end(people *self)
{
    close(self->channel);
    waitpid(self->process, NULL, 0);
    g_free(self->nexus_url);
    g_free(self);
}
