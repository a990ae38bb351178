/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Edits and the roster as the lines of a transcript write them. The format stands at the top of
 * run_scripts.c.
 */
#ifndef LISTS_H
#define LISTS_H

#include "msnp.h"
#include "ns.h"

/* An edit with strings of its own. */
typedef struct {
    msnp_edit edit;
    char *account;
    char *from;
    char *to;
    char *text;
} lists_edit;

/* Reads an edit; false if it is none. To be cleared in any case. */
bool lists_edit_read(lists_edit *made, const char *text);
void lists_edit_clear(lists_edit *made);

/* The reverse of lists_edit_read(). */
void lists_edit_write(GString *out, const msnp_edit *edit);

/* " presence name phones lists": what is new of a contact. */
void lists_news_write(GString *out, unsigned news);

/* What a ROSTER line says. NULL if `what` is nothing that it can be about; the caller frees it. */
char *lists_describe(const msnp_ns *ns, const char *what);
/* All of it, to compare one run with another; the caller frees it. */
char *lists_describe_all(const msnp_ns *ns);

/* What may never be so in a roster, whatever a server says; NULL if all is well. */
const char *lists_fault(const msnp_roster *roster);

#endif
