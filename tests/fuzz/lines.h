/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What holds for the text of messages, and for how it looks.
 */
#ifndef LINES_H
#define LINES_H

#include "format.h"

/* UTF-8 without control characters but tabs and '\n', and nothing that turns the direction? */
bool lines_are_clean(const char *text);
/* Aborts if the format could not come from a message, or is another after it was written. */
void lines_check_format(const msnp_format *format);
bool lines_same_format(const msnp_format *a, const msnp_format *b);

#endif
