/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expectations about what is driven by tests/drive: all that came out is text, as a transcript
 * writes it.
 */
#ifndef DRIVEN_H
#define DRIVEN_H

#include "drive.h"

/* All that came out since the last comparison, one argument for each line; a NULL ends them. */
#define expect_out(d, ...) driven_expect(G_STRLOC, d, (const char *const[]){__VA_ARGS__, NULL})
#define expect_silence(d)  driven_expect(G_STRLOC, d, (const char *const[]){NULL})
void driven_expect(const char *where, drive *d, const char *const *lines);
/* What came out ends in this line; all of it is forgotten. */
#define expect_last(d, line) driven_expect_last(G_STRLOC, d, line)
void driven_expect_last(const char *where, drive *d, const char *line);
/* Forgets what there is to compare. */
void driven_forget(drive *d);
/* Asserts silence, and frees it. */
void driven_done(drive *d);

/* The same as drive_do(), with a text like that of printf(). */
void driven_do(drive *d, drive_part side, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Something is received on the connection that this side opened last. */
void driven_feed(drive *d, drive_part side, const char *text);

#endif
