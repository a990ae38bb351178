/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to and from mobile phones: the XML that PAG and IPG carry.
 */
#ifndef MSNP_PAGE_H
#define MSNP_PAGE_H

#include "buf.h"

/*
 * Longest text that is sent to a phone, in characters. The protocol names no limit, but a text
 * message has 160 characters, and the service adds who sent it.
 */
#define MSNP_PAGE_CHARS 120
/* Longest payload of IPG that is read, in bytes. */
#define MSNP_PAGE_MAX 8192

typedef struct {
    char *from; /* an account name, or "tel:" and a phone number; printable ASCII */
    char *text; /* clean text with '\n' as line break, in which something can be seen */
} msnp_page;

/*
 * Parses the payload of IPG: the name of the first FROM, and the text of the first TEXT. False, and
 * `page` is empty, if it is too long or not well-formed, or if either is missing or of no use.
 */
bool msnp_page_read(msnp_page *page, msnp_str payload);
/* Frees its contents. */
void msnp_page_clear(msnp_page *page);

/*
 * The payload of PAG for this text. The characters that a server may take for markup become numeric
 * references. The function initialises `out`, and the caller clears it.
 */
void msnp_page_write(msnp_buf *out, const char *text);

#endif
