/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "irc.h"

#include <glib.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLIENTS 2

typedef struct {
    int fd; /* -1: not there yet */
    char *nick;
    GString *in; /* what of a line has come */
} irc_client;

static irc_client clients[CLIENTS] = {{.fd = -1}, {.fd = -1}};
static GPid process;
static int channel; /* open as long as the server is wanted */

static void die(const char *what)
{
    perror(what);
    exit(1);
}

G_GNUC_PRINTF(2, 3) static void say(const irc_client *to, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (vdprintf(to->fd, format, args) < 0)
        die("irc");
    va_end(args);
}

static void pass_on(const irc_client *from, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 3);

    for (int i = 0; i < CLIENTS; i++)
        if (clients[i].nick && g_strcmp0(clients[i].nick, words[1]) == 0)
            say(&clients[i], ":%s!%s@localhost %s\r\n", from->nick, from->nick, line);
}

static void on_line(irc_client *from, const char *line)
{
    if (g_str_has_prefix(line, "NICK ") && !from->nick) {
        from->nick = g_strdup(line + strlen("NICK "));
        say(from, ":irc 001 %s :Welcome\r\n:irc 376 %s :That was all\r\n", from->nick, from->nick);
    } else if (g_str_has_prefix(line, "PING ")) {
        say(from, ":irc PONG irc %s\r\n", line + strlen("PING "));
    } else if (g_str_has_prefix(line, "PRIVMSG ")) {
        pass_on(from, line);
    }
}

static void on_input(irc_client *from)
{
    char bytes[4096];
    ssize_t n = read(from->fd, bytes, sizeof bytes);
    const char *end;

    if (n <= 0)
        exit(0); /* the measurement is over */
    g_string_append_len(from->in, bytes, n);
    while ((end = strchr(from->in->str, '\n'))) {
        g_autofree char *line = g_strndup(from->in->str, (gsize)(end - from->in->str));

        g_string_erase(from->in, 0, end + 1 - from->in->str);
        on_line(from, g_strchomp(line));
    }
}

static void serve(int listener, int wanted)
{
    for (;;) {
        struct pollfd fds[CLIENTS + 2] = {{.fd = listener, .events = POLLIN},
                                          [CLIENTS + 1] = {.fd = wanted, .events = POLLIN}};

        for (int i = 0; i < CLIENTS; i++)
            fds[i + 1] = (struct pollfd){.fd = clients[i].fd, .events = POLLIN};
        if (poll(fds, CLIENTS + 2, -1) < 0)
            die("irc");
        if (fds[CLIENTS + 1].revents)
            exit(0);
        for (int i = 0; i < CLIENTS; i++)
            if (fds[i + 1].revents)
                on_input(&clients[i]);
        int free_one = clients[0].fd < 0 ? 0 : 1;
        if (fds[0].revents)
            clients[free_one] =
                (irc_client){.fd = accept(listener, NULL, NULL), .in = g_string_new(NULL)};
    }
}

int irc_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int ends[2];

    if (pipe(ends) != 0 || bind(listener, (struct sockaddr *)&address, length) != 0 ||
        listen(listener, CLIENTS) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0 || (process = fork()) < 0)
        die("irc");
    channel = ends[1];
    if (process == 0) {
        close(channel);
        serve(listener, ends[0]);
    }
    close(listener);
    return ntohs(address.sin_port);
}

void irc_end(void)
{
    close(channel);
    waitpid(process, NULL, 0);
}
