/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How transcripts write bytes: \r \n \t \\ \xNN.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <glib.h>
#include <stdbool.h>

/* Bytes as they would be written, in quotes or not; the caller frees the result. */
char *escape_bytes(const char *bytes, size_t len, bool quotes);
/* The reverse, without quotes, with \*N{text} for the text N times; false if it is malformed. */
bool escape_read(GString *out, const char *text);
/*
 * The text in quotes that `at` points to; `at` then points behind it and the blank that follows.
 * NULL if it is malformed; the caller frees it.
 */
char *escape_unquote(const char **at);

#endif
