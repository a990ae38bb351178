/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The commands that the service as a program takes while it runs.
 */
#ifndef SERVICE_CONTROL_H
#define SERVICE_CONTROL_H

#include "service.h"

typedef struct {
    const char *verb; /* of a heading its text */
    const char *args; /* how to write them, "" if it takes none; NULL in a heading */
    guint least;      /* so many of them */
    guint most;
    char *(*act)(service *svc, char **args); /* what is missing at the end of `args` is NULL */
    const char *meaning;                     /* what it does, in whole sentences */
} control_command;

/* The whole table, with the headings that divide it, and how many rows it has. */
const control_command *control_table(guint *n);

/* Obeys a line. "quit" is for the caller to obey, too. Returns the answer, "ok ..." or "no: ...";
 * the caller frees it. */
char *control_obey(service *svc, const char *line);

/* Acts on "KNOB[=VALUE]", and on "ADDRESS:PASSWORD[:FRIENDLY]"; FALSE if that makes no sense. */
gboolean control_set(service *svc, const char *text);
gboolean control_register(service *svc, const char *text);

#endif
