/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the measurements share. Each takes its words from the command line, prints lines of
 * "WHAT NAME=VALUE...", and returns what main() returns.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <glib.h>

#define PATIENCE 120 /* seconds, for whatever is measured */

/* Of this process: time of its processors, bytes in use from malloc(). */
double cpu_ms(void);
size_t heap_bytes(void);
/* The most memory that it had since forget_peak(), in KiB; 0 if that is not known. */
long peak_kib(void);
void forget_peak(void);
/* A line of /proc/self/status in KiB. */
long memory_kib(const char *name);
/* Says why there will be no figure; what main() returns then. */
int skip(const char *why);
guint number_of(const char *word);
/* libpurple, with the plugin, trusting these certificates; or ends the program. */
void start_client(const char *ca_dir);

int bench_framer(char **words);
int bench_parse(char **words);
int bench_roster(char **words);
int bench_presence(char **words);
int bench_read(char **words);
int bench_open(char **words);
int bench_signin(char **words);
int bench_profile(char **words);
int bench_accounts(char **words);
int bench_sites(char **words);
int bench_in(char **words);
int bench_out(char **words);
int bench_many(char **words);
int bench_latency(char **words);
int bench_silence(char **words);
int bench_hostile(char **words);
int bench_moves(char **words);
int bench_files(char **words);
int bench_raw(char **words);

#endif
