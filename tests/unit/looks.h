/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats of messages as text, to compare them and to see what differs.
 */
#ifndef LOOKS_H
#define LOOKS_H

#include "format.h"

/*
 * "font BIUS rrggbb rtl", with "-" for no font and no effects and without "rtl" if it is none; the
 * caller frees it.
 */
char *looks(const msnp_format *format);

/* The format that looks() describes so. */
msnp_format looking(const char *text);

#endif
