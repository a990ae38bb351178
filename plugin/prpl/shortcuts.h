/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What people type for an emoticon: the shortcuts of MSN Messenger 5. Needs no libpurple.
 */
#ifndef PRPL_SHORTCUTS_H
#define PRPL_SHORTCUTS_H

typedef struct {
    const char *shortcut; /* a letter in parentheses is meant in either case */
    const char *picture;  /* the name of its file, without .png */
} prpl_shortcut;

/*
 * All of them, in the order in which clients offer them, those for one picture in a row; the last
 * one is {NULL, NULL}. None begins with another one. The smiley theme lists the same.
 */
extern const prpl_shortcut prpl_shortcuts[];

/* A shortcut as it is typed in a text, with the picture for it. */
typedef void (*prpl_shortcut_found)(const char *shortcut, const char *picture, void *data);
/*
 * Calls `found` for each shortcut that occurs in a plain text, once. Whether it is meant as one (in
 * a word, in a link, where two overlap) is not asked. Takes linear time.
 */
void prpl_shortcuts_find(const char *text, prpl_shortcut_found found, void *data);

#endif
