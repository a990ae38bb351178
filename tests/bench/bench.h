/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the measurements share. Each prints its line and gives what main() returns. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <glib.h>

/* Of this process: time of its processors, bytes in use from malloc(). */
double cpu_ms(void);
size_t heap_bytes(void);
/* A line of /proc/self/status in KiB: VmRSS (now) or VmHWM (the most so far). */
long memory_kib(const char *name);
/* libpurple, with the plugin, trusting these certificates; or ends the program. */
void start_client(const char *ca_dir);

int bench_read(guint messages);
int bench_open(guint conversations);
int bench_in(guint messages, const char *dir);
int bench_out(guint messages, const char *dir);
int bench_many(guint conversations, const char *dir);

#endif
