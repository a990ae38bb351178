/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts and labels for clients in a terminal. Needs no libpurple.
 */
#ifndef PRPL_TERMINAL_H
#define PRPL_TERMINAL_H

/*
 * The text with line breaks, so that no line takes more than so many columns: between words and,
 * where scripts have no spaces, between characters. A longer word stays whole. `text` is valid
 * UTF-8; the caller frees the result.
 */
char *prpl_terminal_wrap(const char *text, unsigned columns);
/*
 * A label without the underscore that marks the key for it, and without the whole mark if it was
 * added to the label, "(_C)"; two underscores are one that is meant. The caller frees it.
 */
char *prpl_terminal_label(const char *label);

#endif
