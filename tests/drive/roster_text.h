/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edits and the roster as the lines of a transcript write them. The format is described in
 * tests/README.md.
 */
#ifndef ROSTER_TEXT_H
#define ROSTER_TEXT_H

#include "msnp.h"

/* Reads an edit, for msnp_edit_clear() in any case; false if it is none. */
bool roster_text_read_edit(msnp_edit *made, const char *text);
/* The reverse. */
void roster_text_add_edit(GString *out, const msnp_edit *edit);
/* " presence name phones lists": what is new of a contact. */
void roster_text_add_news(GString *out, unsigned news);

/*
 * What a ROSTER line says, with so many edits waiting. NULL if `what` is nothing that it can be
 * about; the caller frees it.
 */
char *roster_text_of(const msnp_roster *roster, size_t edits, const char *what);
/* All of it, to compare one run with another; the caller frees it. */
char *roster_text_all(const msnp_roster *roster, size_t edits);

/*
 * What may never be so in a roster, whatever a server says; NULL if all is well. In that of a
 * session the groups of contacts exist, and belong to the forward list as presence does.
 */
const char *roster_text_fault(const msnp_roster *roster, bool in_session);

#endif
