/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transcript as it is read from its file. tests/README.md describes the format.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "drive.h"

typedef enum {
    LINE_SERVER, /* S: bytes to feed */
    LINE_CLIENT, /* C: bytes that must come out */
    LINE_EVENT,  /* EV: an event that must come out */
    LINE_TIME,   /* T: the clock */
    LINE_DO,     /* DO: what adapter and user do */
    LINE_AT,     /* AT: the step that the machine must be in */
    LINE_STATE,  /* ROSTER, STATE: what the machine must hold */
    LINE_ON      /* ON: the machine that the following lines are about */
} line_kind;

typedef struct {
    line_kind kind;
    char *file;
    unsigned number;
    unsigned conn;  /* SERVER, CLIENT: S2, C2; 0 for none */
    GString *bytes; /* SERVER, CLIENT: the bytes; else the text as it stands */
    int64_t ms;     /* TIME */
    bool jump;      /* TIME: at once */
} script_line;

typedef struct {
    char *path;
    char *machine; /* what is driven, see drive_part_name() */
    char *status;
    char *method;
    drive_config config; /* its strings are owned */
    bool overlap;        /* Passport begins before there is a challenge */
    GPtrArray *lines;
    GHashTable *cells; /* while it is read: what the columns of tables stand for, */
    GHashTable *said;  /* and what was said in MSNP2P */
} transcript;

/*
 * The transcripts of a file: one, or one for each choice of rows if it has tables; their `path`
 * then ends in the lines of these rows. NULL and a message (the caller frees it) if the file cannot
 * be read or understood.
 */
GPtrArray *script_load(const char *path, char **message);

#endif
