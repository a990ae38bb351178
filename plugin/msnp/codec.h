/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small codings of the protocol: percent coding, numbers, the challenge digest, and what makes
 * a stranger's text fit to be shown.
 */
#ifndef MSNP_CODEC_H
#define MSNP_CODEC_H

#include "buf.h"

/* Length of the digest of msnp_challenge_digest() without its NUL. */
#define MSNP_DIGEST_LENGTH 32

/* Longest account name that the protocol allows, in bytes. */
#define MSNP_ACCOUNT_MAX 129

/* Longest ticket that is taken and sent, in bytes. */
#define MSNP_TICKET_MAX 4096

/*
 * Reads an unsigned decimal number that fills `text` completely: digits only, no sign, no blanks,
 * at most `max`. False (and `value` untouched) for everything else.
 */
bool msnp_parse_uint(msnp_str text, uint64_t max, uint64_t *value);

/* The same for hexadecimal digits. */
bool msnp_parse_hex(msnp_str text, uint64_t max, uint64_t *value);

/*
 * Takes the next pair off a list like "a=1; b=2", in which ';' separates and `sign` stands between
 * name and value. Both are views into the list, without the blanks and line breaks around them; the
 * value is empty if there is no sign. False at the end.
 */
bool msnp_take_pair(msnp_str *list, char sign, msnp_str *name, msnp_str *value);

/*
 * Percent-encodes for the Passport header and for names: letters, digits and - . _ ~ stay, every
 * other byte becomes %XX in upper case. MSNP_ERR_TOO_LONG when `out` is full.
 */
msnp_err msnp_percent_encode(msnp_buf *out, const char *text);

/* The same with every byte as %XX: some servers look for forbidden words before they decode. */
msnp_err msnp_percent_encode_all(msnp_buf *out, const char *text);

/*
 * Decodes %XX; a % without two hexadecimal digits stays as it is, and + stays a plus sign. The
 * result ends in a NUL that `len` (may be NULL) does not count; it can hold any byte. The caller
 * frees it.
 */
char *msnp_percent_decode(msnp_str text, size_t *len);

/*
 * Makes text of a stranger fit to be shown as plain text: what is no UTF-8, or no character,
 * becomes U+FFFD, control characters become spaces, marks that turn the direction of writing or are
 * invisible are dropped (but for the two joiners that some scripts need), white space is trimmed at
 * both ends, and what exceeds `max_chars` characters is cut. The caller frees the result.
 */
char *msnp_text_clean(const char *text, size_t len, size_t max_chars);

/*
 * Takes the next character off a text of several lines, which is not empty, and says what it is to
 * be: '\n' for a line break of any kind (CR LF is one), U+FFFD for what is no UTF-8 or no
 * character, 0 if it is to be dropped: control characters but for tabs, marks that force a
 * direction of writing, and what is invisible. All other characters stay as they are, with those
 * that shape the text around them: joiners, marks of direction, tags of emoji, characters for
 * private use.
 */
gunichar msnp_text_take(msnp_str *text);

/* All of the text as msnp_text_take() has it; blanks stay where they are. The caller frees it. */
char *msnp_text_clean_lines(msnp_str text);

/* msnp_percent_decode(), then msnp_text_clean(). */
char *msnp_text_decode(msnp_str text, size_t max_chars);

/* Not empty, and all of it printable ASCII without space: fits a header or a parameter as it is. */
bool msnp_is_word(const char *text);

/*
 * Can this be sent as an account name? It has the shape local@domain, 3..MSNP_ACCOUNT_MAX bytes,
 * all of them printable ASCII without space.
 */
bool msnp_account_valid(const char *account);

/* The answer to CHL: MD5 of the challenge and the product key, in lower-case hexadecimal, and NUL.
 */
void msnp_challenge_digest(msnp_str challenge, char digest[MSNP_DIGEST_LENGTH + 1]);

/* The product id that goes with the key of msnp_challenge_digest(). */
extern const char msnp_product_id[];

#endif
