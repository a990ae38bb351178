/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a message looks: the value of the header X-MMS-IM-Format, to and from a plain struct. There
 * is one format for a whole message; MSNP8 knows no other.
 */
#ifndef MSNP_FORMAT_H
#define MSNP_FORMAT_H

#include "buf.h"

#define MSNP_FONT_CHARS 31                            /* longest font name, in characters */
#define MSNP_FONT_BYTES ((size_t)4 * MSNP_FONT_CHARS) /* and in bytes of UTF-8 */

typedef struct {
    char font[MSNP_FONT_BYTES + 1]; /* clean text; "" if none is said */
    bool bold;
    bool italic;
    bool underline;
    bool strike;
    uint32_t colour; /* 0xRRGGBB; 0 is black, or whatever the reader's colour of text is */
    bool rtl;        /* written from right to left */
} msnp_format;

/* No font, no effects, no colour. */
void msnp_format_init(msnp_format *format);
/* Takes a font's name (the first, if it is a list with commas), clean and cut to its limit. */
void msnp_format_set_font(msnp_format *format, const char *font);
/*
 * Reads a header's value ("FN=Arial; EF=BI; CO=ff; CS=0; PF=22; RL=1"), leniently: any order, any
 * blanks, keys that are missing, not known or doubled (the first counts), values that make no sense
 * (as if they were missing).
 */
void msnp_format_read(msnp_format *format, msnp_str value);
/* Is there nothing in it that would have to be told? */
bool msnp_format_is_plain(const msnp_format *format);
/* The header's value, with FN EF CO CS PF, and RL if it is right to left; the caller frees it. */
char *msnp_format_write(const msnp_format *format);

#endif
