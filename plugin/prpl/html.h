/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages as libpurple has them, a simple HTML, to and from plain text with one format. Nothing
 * here needs libpurple: the build keeps its headers out.
 */
#ifndef PRPL_HTML_H
#define PRPL_HTML_H

#include "msnp.h"

/*
 * The text of an HTML message: tags taken off, entities replaced, <br>, line breaks and the ends of
 * paragraphs as '\n'; a link keeps its address ("label (address)", unless the label says it
 * already), an image its description. The format is that of the first character that is seen; none
 * if there is no such character. Whatever is no proper tag or entity is text, which becomes what
 * msnp_text_take() says. It takes time in proportion to the length, whatever the HTML is. The
 * caller frees the result.
 */
char *prpl_html_read(const char *html, msnp_format *format);
/*
 * The HTML of a text in this format: every character of the text is shown as it is, '\n' is <br>,
 * and nothing of the text or the font's name can become markup. The text is cleaned as by
 * msnp_text_clean_lines(). The caller frees it. prpl_html_read() gives back text and format.
 */
char *prpl_html_write(const char *text, const msnp_format *format);

#endif
