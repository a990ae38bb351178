/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IRC server in a process of its own: just enough for two clients that talk to each other. */
#ifndef BENCH_IRC_H
#define BENCH_IRC_H

#include <glib.h>

/* Before anything else is started; its port on 127.0.0.1. Ends the program on an error. */
GPid irc_start(int *port);
void irc_end(GPid server);

#endif
