/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names on the wire: percent-encoded UTF-8 in one word.
 */
#ifndef SERVICE_NAMES_H
#define SERVICE_NAMES_H

#include "service.h"

/* In characters of the text, as Escargot counts, which has no limit for the names of people. */
#define NAME_MAX_LENGTH       129
#define GROUP_NAME_MAX_LENGTH 61
#define PHONE_MAX_LENGTH      95
#define ADDRESS_MAX_LENGTH    129

/* Why a client may not send this word as a name, NULL if it may. */
const char *name_check(const char *word);

/* The text of a word that name_check() has passed; the caller frees it. */
char *name_decode(const char *word);

/* The word for a text, as far encoded as the knobs say; the caller frees it. */
char *name_encode(const service *self, const char *text);

/* local@domain in printable ASCII. */
gboolean address_valid(const char *address);

#endif
