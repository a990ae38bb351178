/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IRC server in a process of its own: just enough for two clients that talk to each other. */
#ifndef BENCH_IRC_H
#define BENCH_IRC_H

/*
 * Before anything else is started. Returns its port on 127.0.0.1; ends the program on an error. It
 * ends when irc_end() is called, or when this program and those that it started have ended.
 */
int irc_start(void);
void irc_end(void);

#endif
