/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The strict reader: what a client may send, to the byte. It is written from the protocol alone
 * and forgives nothing that a real server might have forgiven.
 */
#ifndef SERVICE_READER_H
#define SERVICE_READER_H

#include <glib.h>

typedef enum { READ_MORE, READ_DONE, READ_BAD } read_result;

/* A command with its payload, or the head of a HTTP request. */
typedef struct {
    GPtrArray *lines; /* without line ends: the command, or the request line and the headers */
    char **words;     /* the first line split at its spaces */
    guint n_words;
    GString *payload; /* NULL if the command has none */
} request;

/*
 * Takes one command or request head off the front of `in`. On READ_DONE the caller owns `*req`; on
 * READ_BAD `*why` says (in static text) what is wrong and `in` is as it was.
 */
read_result reader_msnp(GByteArray *in, request **req, const char **why);
read_result reader_http(GByteArray *in, request **req, const char **why);
/* A request with its body, to a server or, as an absolute URL, to a proxy. */
read_result reader_gateway(GByteArray *in, request **req, const char **why);

void request_free(request *req);

/* The value of a header, NULL if it is not there; `times` (may be NULL) gets how often it is. */
const char *request_header(const request *req, const char *name, guint *times);

/* Digits only, no leading zero, at most `most`. */
gboolean reader_number(const char *text, guint64 most, guint64 *number);

#endif
