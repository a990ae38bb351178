/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comparisons that show what differs in readable form.
 */
#ifndef EXPECT_H
#define EXPECT_H

#include "buf.h"

/* The view holds exactly these bytes. */
#define expect_view(view, data, len) expect_bytes(G_STRLOC, (view), (msnp_str){(data), (len)})
#define expect_text(view, text)      expect_bytes(G_STRLOC, (view), msnp_str_of(text))
void expect_bytes(const char *where, msnp_str got, msnp_str want);

/* Bytes in the escapes of C, CR LF as \r\n; the caller frees it. */
char *escaped(msnp_str bytes);

/* Says which row of a table is tested, so that a failure can be told from others. */
void say(const char *text);

/* `count` times the same text; the caller frees it. */
char *repeated(const char *text, size_t count);

#endif
