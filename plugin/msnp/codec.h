/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small encodings of the protocol: percent encoding, numbers, the challenge digest, and the
 * sanitizing of text from the network.
 */
#ifndef MSNP_CODEC_H
#define MSNP_CODEC_H

#include "buf.h"

/* Length of the digest of msnp_challenge_digest() without its NUL. */
#define MSNP_DIGEST_LENGTH 32

/* Longest account name that the protocol allows, in bytes. */
#define MSNP_ACCOUNT_MAX 129

/* Longest ticket that is accepted and sent, in bytes. */
#define MSNP_TICKET_MAX 4096

/* Little-endian numbers in a row of bytes, wherever it begins. */
uint16_t msnp_get_u16(const void *at);
uint32_t msnp_get_u32(const void *at);
uint64_t msnp_get_u64(const void *at);
void msnp_put_u32(void *at, uint32_t value);
void msnp_put_u64(void *at, uint64_t value);

/*
 * Parses all of `text` as an unsigned decimal number: digits only, no sign, no blanks, at most
 * `max`. Otherwise returns false and leaves `value` unchanged.
 */
bool msnp_parse_uint(msnp_str text, uint64_t max, uint64_t *value);

/* The same for hexadecimal digits. */
bool msnp_parse_hex(msnp_str text, uint64_t max, uint64_t *value);

/*
 * Takes the next pair off a list like "a=1; b=2", in which ';' separates pairs and `sign` separates
 * name and value. Both are views into the list, without surrounding blanks and line breaks; the
 * value is empty if there is no sign. False at the end.
 */
bool msnp_take_pair(msnp_str *list, char sign, msnp_str *name, msnp_str *value);

/*
 * Percent-encodes for the Passport header and for fonts: letters, digits and - . _ ~ stay, all
 * other bytes become %XX in upper case. MSNP_ERR_TOO_LONG if `out` is full.
 */
msnp_err msnp_percent_encode(msnp_buf *out, const char *text);

/*
 * Encodes a name, which is UTF-8, as a parameter: white space of any script, control characters and
 * % become %XX, all else stays as it is. So a name takes no more of what servers count (bytes, or
 * characters) than it has to. With `all` every byte is encoded, for servers that check for
 * forbidden words before decoding. The caller frees it.
 */
char *msnp_name_encode(const char *name, bool all);

/*
 * Decodes %XX; a % without two hexadecimal digits stays as it is, and so does +. The result is
 * NUL-terminated, can hold any byte, and is freed by the caller; `len` (may be NULL) does not count
 * the terminator.
 */
char *msnp_percent_decode(msnp_str text, size_t *len);

/*
 * Sanitizes text for display in one line: invalid UTF-8 and noncharacters become U+FFFD, control
 * characters become spaces, white space is trimmed at both ends, and the result is cut to
 * `max_chars` characters. What nobody sees is dropped, unless it shapes what people see: joiners,
 * directional marks and the tags of flags stay; what turns the direction of the text around it does
 * not. The result is empty if nothing in it can be seen. The caller frees it.
 */
char *msnp_text_clean(const char *text, size_t len, size_t max_chars);

/*
 * What two names that look the same have in common: the name, sanitized, without anything that is
 * not seen, and in one Unicode normalization (NFKC, as libpurple compares groups). Empty if nothing
 * can be seen. The caller frees it.
 */
char *msnp_name_key(const char *name);

/*
 * Takes the next character off a nonempty text of several lines, and returns its sanitized form:
 * '\n' for any line break (CR LF is one), U+FFFD for invalid UTF-8 and noncharacters, and 0 for
 * characters to drop: control characters except tabs, marks that override the writing direction,
 * and invisible characters. All others stay, including those that shape the text around them:
 * joiners, directional marks, emoji tags and private-use characters.
 */
gunichar msnp_text_take(msnp_str *text);

/* The whole text through msnp_text_take(); blanks are kept. The caller frees it. */
char *msnp_text_clean_lines(msnp_str text);

/* msnp_percent_decode(), then msnp_text_clean(). */
char *msnp_text_decode(msnp_str text, size_t max_chars);

/* Nonempty printable ASCII without spaces: can be sent unencoded in a header or parameter. */
bool msnp_is_word(const char *text);

/*
 * Is this a valid account name: local@domain, 3..MSNP_ACCOUNT_MAX bytes, all of them printable
 * ASCII without spaces?
 */
bool msnp_account_valid(const char *account);

/*
 * The form in which account names are compared, of any text: without surrounding blanks, and with
 * ASCII letters in lower case, whatever the language of the computer is (in Turkish, the lower case
 * of I is another letter). Invalid UTF-8 becomes U+FFFD. A longer text, which is no account name,
 * is cut between characters.
 */
void msnp_account_fold(const char *account, char folded[MSNP_ACCOUNT_MAX + 1]);

/* The reply to CHL: MD5 of challenge and product key, in lower-case hexadecimal, and NUL. */
void msnp_challenge_digest(msnp_str challenge, char digest[MSNP_DIGEST_LENGTH + 1]);

/* The product id that goes with the key of msnp_challenge_digest(). */
extern const char msnp_product_id[];

#endif
