/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transcript as it is read from its file. The format stands at the top of run_scripts.c.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

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
    unsigned wire;  /* SERVER, CLIENT: S2, C2; 0 for none */
    GString *bytes; /* SERVER, CLIENT: the bytes; else the text as it stands */
    int64_t ms;     /* TIME */
    bool jump;      /* TIME: at once */
} script_line;

typedef struct {
    char *path;
    char *machine; /* "ns", "passport", "both", "switchboard" or "conversations" */
    char *account;
    char *password;
    char *host;
    unsigned port;
    char *status;
    char *challenge;
    char *nexus_url;
    char *login_url;   /* NULL if there is none */
    char *known_login; /* NULL if there is none */
    char *cookie;
    char *session;   /* NULL if there is none */
    bool pipelining; /* commands of the sign-in may be sent before their turn */
    bool overlap;    /* Passport begins before there is a challenge */
    bool steps;      /* STEP events are part of the transcript */
    bool traces;     /* TRACE events are part of the transcript */
    GPtrArray *lines;
    GHashTable *cells; /* while it is read: what the columns of tables stand for */
} transcript;

/*
 * The transcripts of a file: one, or one for each choice of rows if it has tables; their `path`
 * then ends in the lines of these rows. NULL and a message (the caller frees it) if the file cannot
 * be read or understood.
 */
GPtrArray *script_load(const char *path, char **message);

/* Bytes as they would be written in a script, in quotes or not; the caller frees the result. */
char *script_escape(const char *bytes, size_t len, bool quotes);
/*
 * The text in quotes that `at` points to; `at` then points behind it and the blank that follows.
 * NULL if it is malformed; the caller frees it.
 */
char *script_unquote(const char **at);

#endif
