/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A byte buffer with a fixed maximum size, and the wiping of secrets.
 */
#ifndef MSNP_BUF_H
#define MSNP_BUF_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

/* A view of bytes owned elsewhere. Not NUL-terminated. */
typedef struct {
    const char *ptr;
    size_t len;
} msnp_str;

/* A view of a C string, without its NUL; borrows. */
msnp_str msnp_str_of(const char *text);
/* Are the bytes equal? */
bool msnp_str_is(msnp_str view, const char *text);
/* Are they equal, ignoring the case of ASCII letters? */
bool msnp_str_is_nocase(msnp_str view, const char *text);
/* A NUL-terminated copy; the caller frees it. */
char *msnp_str_dup(msnp_str view);

typedef struct {
    uint8_t *data; /* the unread bytes start at data + start */
    size_t start;
    size_t len; /* unread bytes */
    size_t size;
    size_t cap; /* len never exceeds it */
    bool secret;
} msnp_buf;

/* An empty buffer of at most `cap` bytes. A secret one is wiped when it grows or is cleared. */
void msnp_buf_init(msnp_buf *buf, size_t cap, bool secret);
/* Frees (and wipes) its contents; the empty buffer can be used again. */
void msnp_buf_clear(msnp_buf *buf);
/* Appends bytes, or returns MSNP_ERR_TOO_LONG and appends nothing if they exceed the cap. */
msnp_err msnp_buf_append(msnp_buf *buf, const void *data, size_t len);
/* The same for a C string. */
msnp_err msnp_buf_append_text(msnp_buf *buf, const char *text);
/* The unread bytes; borrowed until the buffer is next changed. */
msnp_str msnp_buf_view(const msnp_buf *buf);
/* Drops the first `len` unread bytes (at most all). */
void msnp_buf_consume(msnp_buf *buf, size_t len);

/* Overwrites memory in a way that the compiler cannot optimize away. NULL is fine. */
void msnp_wipe(void *data, size_t len);
/* Wipes and frees a C string. NULL is fine. */
void msnp_secret_free(char *text);

#endif
