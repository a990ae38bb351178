/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The tables of the knobs, for listing them; setting them is in service.h, and printing them in
 * manual.h.
 */
#ifndef SERVICE_KNOBS_H
#define SERVICE_KNOBS_H

#include <glib.h>

typedef enum {
    KNOB_SECTION, /* no knob, but the heading of those that follow */
    KNOB_FLAG,
    KNOB_NUMBER,
    KNOB_TEXT,
    KNOB_CHOICE, /* one of the words in `value`, with | between them */
    KNOB_CERT,
    KNOB_DIGITS,
    KNOB_CHALLENGE
} knob_kind;

typedef struct {
    const char *name;
    knob_kind kind;
    const char *value; /* how to write its value, NULL if it takes none */
    guint least;       /* of a number */
    guint most;
    gboolean escargot;   /* whether "escargot" switches it on as well */
    const char *meaning; /* what it does, in whole sentences */
} knob_info;

/* A step that can be made to fail. */
typedef struct {
    const char *name;
    const char *meaning;
} step_info;

/* The whole tables, and how many rows they have. */
const knob_info *knobs_table(guint *n);
const step_info *knobs_steps(guint *n);

/* Resolves \r \n \t \0 \\ and \xNN; NULL if there is another escape. The caller frees it. */
GString *knobs_unescape(const char *text);
/* The same, and "{name}" becomes what `fill` makes of it, unless that is NULL. There must be no bad
 * escape. */
GString *knobs_expand(const char *value, char *(*fill)(gconstpointer data, const char *name),
                      gconstpointer data);

#endif
