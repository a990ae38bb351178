/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * foreground COMMAND...: runs a command in a process group of its own, which has the terminal until
 * the command ends. So Ctrl-C reaches the command and what it started, but not the make that waits
 * for it, which would answer with an error of its own. Without a terminal, or in the background, it
 * simply becomes the command.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t child;

static void pass_on(int number)
{
    kill(child, number);
}

static bool has_terminal(int terminal)
{
    return terminal >= 0 && tcgetpgrp(terminal) == getpgrp();
}

static int become(char **command)
{
    execvp(command[0], command);
    fprintf(stderr, "%s: %s\n", command[0], strerror(errno));
    return 127;
}

/* Ctrl-Z: all that wait for the command stop as well, until the shell continues them. */
static void stop_and_continue(int terminal)
{
    tcsetpgrp(terminal, getpgrp());
    kill(0, SIGTSTP);
    if (has_terminal(terminal))
        tcsetpgrp(terminal, child);
    kill(-child, SIGCONT);
}

int main(int argc, char **argv)
{
    const int passed_on[] = {SIGHUP, SIGINT, SIGTERM};
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    sigset_t signals, before;
    int status;

    if (argc < 2) {
        fprintf(stderr, "usage: foreground COMMAND...\n");
        return 2;
    }
    if (!has_terminal(terminal))
        return become(argv + 1);

    /* A signal that comes before there is anybody to pass it on to waits. */
    sigemptyset(&signals);
    for (size_t i = 0; i < sizeof passed_on / sizeof passed_on[0]; i++)
        sigaddset(&signals, passed_on[i]);
    sigaddset(&signals, SIGTTOU);
    sigprocmask(SIG_BLOCK, &signals, &before);

    child = fork();
    if (child < 0) {
        perror("fork");
        return 1;
    }
    if (child == 0) {
        setpgid(0, 0);
        tcsetpgrp(terminal, getpgrp());
        sigprocmask(SIG_SETMASK, &before, NULL);
        return become(argv + 1);
    }
    setpgid(child, child);

    /* Whoever gives the terminal away in the background is stopped, unless this is ignored. */
    signal(SIGTTOU, SIG_IGN);
    for (size_t i = 0; i < sizeof passed_on / sizeof passed_on[0]; i++)
        signal(passed_on[i], pass_on);
    sigprocmask(SIG_SETMASK, &before, NULL);

    for (;;) {
        if (waitpid(child, &status, WUNTRACED) < 0) {
            if (errno != EINTR)
                return 1;
        } else if (WIFSTOPPED(status)) {
            stop_and_continue(terminal);
        } else {
            break;
        }
    }
    tcsetpgrp(terminal, getpgrp());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
