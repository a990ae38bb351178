/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz entries share. An entry takes any bytes, feeds them to one part of the core, and
 * aborts when something is true that must not be, whatever the bytes are.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "drive.h"

#include <stdint.h>

/* Both libFuzzer and replay.c call it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts, and says why, unless `condition` holds. */
#define CHECK(condition)                                     \
    do {                                                     \
        if (!(condition))                                    \
            fuzz_failed(__FILE__, __LINE__, #condition, ""); \
    } while (0)
/* The same with a text that helps to understand. */
#define CHECK_TEXT(condition, text)                            \
    do {                                                       \
        if (!(condition))                                      \
            fuzz_failed(__FILE__, __LINE__, #condition, text); \
    } while (0)

_Noreturn void fuzz_failed(const char *file, int line, const char *condition, const char *text);

/* The input, read from its beginning. Reading beyond the end gives zeros and empty views. */
typedef struct {
    const uint8_t *at;
    size_t left;
    msnp_str whole; /* from the beginning */
} fuzz_input;

fuzz_input fuzz_input_of(const uint8_t *data, size_t size);

uint8_t fuzz_byte(fuzz_input *input);
/* At most `len` bytes; borrows. */
msnp_str fuzz_bytes(fuzz_input *input, size_t len);
/* Up to the next LF, which is dropped; borrows. */
msnp_str fuzz_line(fuzz_input *input);
/* The same as a C string, which ends at a NUL if there is one; the caller frees it. */
char *fuzz_line_dup(fuzz_input *input);
/* The same with CR LF behind it; the caller frees it. */
GString *fuzz_line_crlf(fuzz_input *input);

/* Is the view inside of the `len` bytes at `start`? */
bool fuzz_is_inside(msnp_str view, const void *start, size_t len);
/* Only bytes from ! to ~? */
bool fuzz_is_graph(msnp_str view);
/* Aborts unless this format is sound. */
void fuzz_check_format(const msnp_format *format);

/* How long is the piece of a delivery that comes next? Any row of lengths, the same each time. */
size_t fuzz_piece(uint32_t *state, size_t left);

/* Aborts if the drive found something that may never be so. */
void fuzz_check_drive(const drive *d);
/* The other side sends the next line of the input, with CR LF; or some of its bytes. */
void fuzz_feed_line(drive *d, drive_part side, unsigned conn, fuzz_input *input);
void fuzz_feed_bytes(drive *d, drive_part side, unsigned conn, fuzz_input *input);
/* A switchboard sends this; a message of these bytes. */
void fuzz_feed_text(drive *d, unsigned conn, const char *format, ...) G_GNUC_PRINTF(3, 4);
void fuzz_feed_message(drive *d, unsigned conn, const char *who, msnp_str payload);
/* All that came out since, appended to the log. */
void fuzz_log(GString *log, drive *d);
/* Aborts unless both logs say the same; frees them. */
void fuzz_compare(GString *one, GString *other);

#endif
