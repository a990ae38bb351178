/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Long messages that newer clients send in parts. The first part has the headers of the message,
 * "Message-ID" and "Chunks: n"; each of the others has the same "Message-ID" and "Chunk: i" (from
 * 1). Only texts are joined; of any other message the first part says what it is, and the rest is
 * skipped.
 *
 * A text is given out when all of it is there, or when no part has come for MSNP_CHUNKS_SILENCE:
 * then with MSNP_TEXT_GAP where parts are missing. What one person writes keeps its order: until
 * then, what this person writes next waits behind it. Times are milliseconds of a monotonic clock.
 */
#ifndef MSNP_CHUNKS_H
#define MSNP_CHUNKS_H

#include "message.h"

#define MSNP_CHUNKS_MAX        128 /* parts of a message; what follows counts as missing */
#define MSNP_CHUNKS_PERSON_MAX 8   /* messages of one person that are kept at a time */
#define MSNP_CHUNKS_OPEN_MAX   32  /* of all people; beyond a limit the oldest is given out */
#define MSNP_CHUNKS_BYTES_MAX \
    ((size_t)2 * MSNP_TEXT_MAX) /* of all of them; MSNP_TEXT_MAX of each */
#define MSNP_CHUNKS_SILENCE ((int64_t)15 * 1000)
#define MSNP_CHUNKS_LATEST  ((int64_t)60 * 1000) /* even if a part comes now and then */

/* What is kept of one switchboard; all zero: nothing. */
typedef struct {
    GPtrArray *messages; /* the oldest first; NULL at first */
} msnp_chunks;

/* A message that is given out. */
typedef struct {
    char *who;
    char *name;
    msnp_message message;
    bool incomplete;
} msnp_chunks_message;

/* Frees all that is kept. */
void msnp_chunks_clear(msnp_chunks *chunks);
typedef enum {
    MSNP_CHUNKS_KEPT,    /* a part of a text, or a text that has to wait */
    MSNP_CHUNKS_DROPPED, /* a part that comes twice, is beyond the limit, or of what is no text */
    MSNP_CHUNKS_WHOLE    /* neither: it is to be handled at once */
} msnp_chunks_result;

/*
 * Keeps this payload if need be; `message` is what msnp_message_read() says of it. After each call,
 * all that msnp_chunks_take() gives out has to be taken, or memory is not limited.
 */
msnp_chunks_result msnp_chunks_keep(msnp_chunks *chunks, const char *who, const char *name,
                                    const msnp_message *message, msnp_str payload, int64_t now);
/*
 * Takes out the next message that is due, of this person or (NULL) of anybody; with MSNP_NEVER as
 * time even if it is not. False if there is none. The caller clears it.
 */
bool msnp_chunks_take(msnp_chunks *chunks, const char *who, int64_t now, msnp_chunks_message *out);
void msnp_chunks_message_clear(msnp_chunks_message *message);
/* When the next one is due although it is not complete; MSNP_NEVER: nothing is kept. */
int64_t msnp_chunks_deadline(const msnp_chunks *chunks);

#endif
