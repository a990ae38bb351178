/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mask.h"

#include <glib.h>
#include <string.h>

#define MASK "\xe2\x80\xa6"

/*
 * What comes before a secret, and the bytes that end it. `entry` is a pattern for the entries in
 * which to look, so that a ticket is not mistaken for the challenge that the server sends.
 */
static const struct {
    const char *entry;
    const char *before;
    const char *ends;
} secrets[] = {
    {"*", "pwd=", ","},           {"*", "from-PP='", "'"},
    {"?S >>> *", " TWN S ", ""},  {"* <<< *Cookie: *", "Cookie: ", ""},
    {"* <<< *", "MSPAuth: ", ""},
};

char *mask_entry(const char *entry)
{
    GString *text = g_string_new(entry);

    for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++) {
        const char *found = strstr(text->str, secrets[i].before);
        gsize at;

        if (!found || !g_pattern_match_simple(secrets[i].entry, entry))
            continue;
        at = (gsize)(found - text->str) + strlen(secrets[i].before);
        g_string_erase(text, (gssize)at, (gssize)strcspn(text->str + at, secrets[i].ends));
        g_string_insert(text, (gssize)at, MASK);
    }
    return g_string_free(text, FALSE);
}
