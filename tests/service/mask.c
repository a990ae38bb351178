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
    {"*", "pwd=", ","},
    {"*", "from-PP='", "'"},
    {"GATEWAY*", "SessionID=", " ;"},
    {"?S >>> *", " TWN S ", ""},
    {"* <<< *Cookie: *", "Cookie: ", ""},
    {"* <<< *", "MSPAuth: ", ""},
    {"?S <<< XFR *", " CKI ", " "},
    {"?S <<< RNG *", " CKI ", " "},
};

/* The cookie of a switchboard has no name before it, but a place. */
static const char *const joining[] = {"SB >>> USR * * *", "SB >>> ANS * * *"};

#define COOKIE_WORD 5

static void mask_part(GString *text, gsize at, const char *ends)
{
    g_string_erase(text, (gssize)at, (gssize)strcspn(text->str + at, ends));
    g_string_insert(text, (gssize)at, MASK);
}

static void mask_cookie(GString *text)
{
    const char *p = text->str;

    for (guint word = 0; word < COOKIE_WORD; word++)
        p = strchr(p, ' ') + 1;
    mask_part(text, (gsize)(p - text->str), " ");
}

char *mask_entry(const char *entry)
{
    GString *text = g_string_new(entry);

    for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++) {
        const char *found = strstr(text->str, secrets[i].before);

        if (!found || !g_pattern_match_simple(secrets[i].entry, entry))
            continue;
        mask_part(text, (gsize)(found - text->str) + strlen(secrets[i].before), secrets[i].ends);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(joining); i++)
        if (g_pattern_match_simple(joining[i], entry))
            mask_cookie(text);
    return g_string_free(text, FALSE);
}
