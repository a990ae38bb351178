/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpurple's messages (a simple HTML) to and from plain text with one format. Does not need
 * libpurple: it is built without its headers.
 */
#ifndef PRPL_HTML_H
#define PRPL_HTML_H

#include "msnp.h"

/*
 * The text of an HTML message: without tags, entities decoded, with '\n' for <br>, line breaks and
 * the ends of paragraphs. A link keeps its address ("label (address)", unless the label contains
 * it), an image its description; a rule is a line of dashes. The format is that of the first
 * visible character; the default if there is none. The control characters with which one formats on
 * IRC count like tags. Invalid tags, those that HTML does not have, and
 * invalid entities are text, sanitized as by msnp_text_take(). Takes linear time for any input. The
 * caller frees the result.
 */
char *prpl_html_read(const char *html, msnp_format *format);
/*
 * The HTML of a text in this format: text and font name are escaped, '\n' becomes <br>. The text is
 * sanitized as by msnp_text_clean_lines(). prpl_html_read() restores text and format. The caller
 * frees it.
 */
char *prpl_html_write(const char *text, const msnp_format *format);

#endif
