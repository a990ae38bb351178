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
