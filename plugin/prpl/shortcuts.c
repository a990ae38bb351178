/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shortcuts.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

const prpl_shortcut prpl_shortcuts[] = {
    {":)", "smile"},
    {":-)", "smile"},
    {":D", "laugh"},
    {":-D", "laugh"},
    {":>", "laugh"},
    {":->", "laugh"},
    {";)", "wink"},
    {";-)", "wink"},
    {":O", "surprise"},
    {":-O", "surprise"},
    {":P", "tongue"},
    {":-P", "tongue"},
    {"(H)", "sunglasses"},
    {":@", "angry"},
    {":-@", "angry"},
    {":S", "confused"},
    {":-S", "confused"},
    {":$", "embarrassed"},
    {":-$", "embarrassed"},
    {":(", "sad"},
    {":-(", "sad"},
    {":<", "sad"},
    {":-<", "sad"},
    {":'(", "crying"},
    {":|", "disappointed"},
    {":-|", "disappointed"},
    {"(6)", "devil"},
    {"(A)", "angel"},
    {"(L)", "heart"},
    {"(U)", "broken-heart"},
    {"(K)", "kiss"},
    {"(G)", "gift"},
    {"(F)", "rose"},
    {"(W)", "wilted-rose"},
    {"(P)", "camera"},
    {"(~)", "film"},
    {"(T)", "telephone"},
    {"(@)", "cat"},
    {"(&)", "dog"},
    {"(C)", "coffee"},
    {"(I)", "light-bulb"},
    {"(S)", "moon"},
    {"(*)", "star"},
    {"(8)", "note"},
    {"(E)", "mail"},
    {"(^)", "cake"},
    {"(O)", "clock"},
    {"(M)", "messenger"},
    {"(Z)", "boy"},
    {"(X)", "girl"},
    {"(Y)", "thumbs-up"},
    {"(N)", "thumbs-down"},
    {"(B)", "beer"},
    {"(D)", "martini"},
    {"({)", "left-hug"},
    {"(})", "right-hug"},
    {":[", "bat"},
    {":-[", "bat"},
    {"(#)", "sun"},
    {"(R)", "rainbow"},
    {"(?)", "age-sex-location"},
    {NULL, NULL},
};

#define ROWS         G_N_ELEMENTS(prpl_shortcuts)
#define SHORTCUT_MAX 3 /* bytes of the longest one */

/* Does the text begin with this shortcut? */
static bool begins(const char *text, const char *shortcut)
{
    bool either_case = *shortcut == '(';

    for (; *shortcut != '\0'; text++, shortcut++)
        if (*text != *shortcut && !(either_case && g_ascii_toupper(*text) == *shortcut))
            return false;
    return true;
}

/* The row of the shortcut that the text begins with; that of NULL if there is none. */
static size_t row_at(const char *text)
{
    size_t row = 0;

    while (row < ROWS - 1 && !begins(text, prpl_shortcuts[row].shortcut))
        row++;
    return row;
}

void prpl_shortcuts_find(const char *text, prpl_shortcut_found found, void *data)
{
    /* Of each row, in upper and in lower case. */
    bool seen[ROWS][2] = {{false}};

    for (const char *s = text; (s = strpbrk(s, ":;(")) != NULL; s++) {
        size_t row = row_at(s);
        bool *before = &seen[row][g_ascii_islower(s[1])];
        char typed[SHORTCUT_MAX + 1];

        if (row == ROWS - 1 || *before)
            continue;
        *before = true;
        g_strlcpy(typed, s, strlen(prpl_shortcuts[row].shortcut) + 1);
        found(typed, prpl_shortcuts[row].picture, data);
    }
}
