/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts and labels of ours as the client can show them: dialogs get theirs through this.
 */
#ifndef PRPL_SHOWN_H
#define PRPL_SHOWN_H

/*
 * A plain text for a dialog. Finch breaks texts that are wider than the terminal in the middle of
 * words: for it there are lines. NULL if `text` is. The caller frees it.
 */
char *prpl_shown_text(const char *text);
/*
 * The name of a file that somebody offers, for the client's question. Pidgin breaks lines between
 * words only, and would make a window wider than the screen, whose buttons nobody sees: of a word
 * of more than 70 characters the middle is left out. The caller frees it.
 */
char *prpl_shown_file_name(const char *name);
/*
 * The label of an item or a button, in which an underscore marks the key for it ("_Chat", "(_C)"):
 * only Pidgin understands that, others get none. The caller frees it.
 */
char *prpl_shown_label(const char *label);
/*
 * The label of an account's setting. Others put a colon after it; Finch puts the field right there.
 * The caller frees it.
 */
char *prpl_shown_setting(const char *label);

#endif
