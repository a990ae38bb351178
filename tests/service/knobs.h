/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The tables of the knobs, for listing them; setting them is in service.h.
 */
#ifndef SERVICE_KNOBS_H
#define SERVICE_KNOBS_H

#include <glib.h>

typedef enum {
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
    gboolean escargot; /* whether "escargot" switches it on as well */
    const char *meaning;
} knob_info;

/* Ends with an entry without a name. */
const knob_info *knobs_table(void);

/* The steps that can be made to fail; ends with NULL. */
const char *const *knobs_steps(void);

/* Resolves \r \n \t \0 \\ and \xNN; NULL if there is another escape. The caller frees it. */
GString *knobs_unescape(const char *text);

#endif
