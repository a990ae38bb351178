/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The format of a message: the header X-MMS-IM-Format to and from a plain struct. In MSNP8 a
 * message has one format.
 */
#ifndef MSNP_FORMAT_H
#define MSNP_FORMAT_H

#include "buf.h"

#define MSNP_FONT_CHARS 31                            /* longest font name, in characters */
#define MSNP_FONT_BYTES ((size_t)4 * MSNP_FONT_CHARS) /* and in bytes of UTF-8 */

typedef struct {
    char font[MSNP_FONT_BYTES + 1]; /* clean text; "" if there is none */
    bool bold;
    bool italic;
    bool underline;
    bool strike;
    uint32_t colour; /* 0xRRGGBB; 0 is black, or the reader's default colour */
    bool rtl;        /* right to left */
} msnp_format;

/* No font, no effects, no colour. */
void msnp_format_init(msnp_format *format);
/* Sets the font (the first of a list with commas), sanitized and cut to the limit. */
void msnp_format_set_font(msnp_format *format, const char *font);
/*
 * Parses the header's value ("FN=Arial; EF=BI; CO=ff; CS=0; PF=22; RL=1") leniently: any order, any
 * blanks; keys may be missing, unknown or duplicate (the first counts); invalid values count as
 * missing.
 */
void msnp_format_read(msnp_format *format, msnp_str value);
/* Is it the default format? */
bool msnp_format_is_plain(const msnp_format *format);
/* The header's value: FN EF CO CS PF, and RL for right to left. The caller frees it. */
char *msnp_format_write(const msnp_format *format);

#endif
