/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text from the network in all usual charsets.
 */
#ifndef MSNP_CHARSET_H
#define MSNP_CHARSET_H

#include "buf.h"

/*
 * Converts a text in the charset that this content type names to UTF-8, with U+FFFD for each byte
 * that is invalid; without a name from Windows-1252, unless it is UTF-8. NULL if it is to be read
 * as UTF-8 as it is, in which bytes can be invalid: so is one in an unknown charset. The caller
 * frees it.
 */
GString *msnp_charset_decode(const char *content_type, msnp_str body);

#endif
