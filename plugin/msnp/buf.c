/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buf.h"

#include <string.h>

/* A larger buffer is freed when empty: most connections are idle most of the time. */
#define IDLE_SIZE 256

msnp_str msnp_str_of(const char *text)
{
    return (msnp_str){text, strlen(text)};
}

bool msnp_str_is(msnp_str view, const char *text)
{
    size_t len = strlen(text);

    return view.len == len && (len == 0 || memcmp(view.ptr, text, len) == 0);
}

bool msnp_str_is_nocase(msnp_str view, const char *text)
{
    size_t len = strlen(text);

    return view.len == len && (len == 0 || g_ascii_strncasecmp(view.ptr, text, len) == 0);
}

char *msnp_str_dup(msnp_str view)
{
    char *copy = g_malloc(view.len + 1);

    if (view.len > 0)
        memcpy(copy, view.ptr, view.len);
    copy[view.len] = '\0';
    return copy;
}

void msnp_buf_init(msnp_buf *buf, size_t cap, bool secret)
{
    *buf = (msnp_buf){.cap = cap, .secret = secret};
}

static void release(msnp_buf *buf, uint8_t *data, size_t size)
{
    if (buf->secret)
        msnp_wipe(data, size);
    g_free(data);
}

void msnp_buf_clear(msnp_buf *buf)
{
    release(buf, buf->data, buf->size);
    buf->data = NULL;
    buf->start = buf->len = buf->size = 0;
}

/* Makes room for `len` more bytes after the unread ones, which may move to the front. */
static void make_room(msnp_buf *buf, size_t len)
{
    size_t needed = buf->len + len;

    if (buf->start + needed <= buf->size)
        return;
    /* Move only if much is free, or each byte could be moved again and again. */
    if (needed <= buf->size / 2) {
        memmove(buf->data, buf->data + buf->start, buf->len);
        buf->start = 0;
        return;
    }

    size_t size = MAX(needed, MIN(2 * buf->size, buf->cap));
    size = MAX(size, 64);
    uint8_t *data = g_malloc(size);
    if (buf->len > 0)
        memcpy(data, buf->data + buf->start, buf->len);
    release(buf, buf->data, buf->size);
    buf->data = data;
    buf->size = size;
    buf->start = 0;
}

msnp_err msnp_buf_append(msnp_buf *buf, const void *data, size_t len)
{
    if (len > buf->cap - buf->len)
        return MSNP_ERR_TOO_LONG;
    if (len == 0)
        return MSNP_OK;
    make_room(buf, len);
    memcpy(buf->data + buf->start + buf->len, data, len);
    buf->len += len;
    return MSNP_OK;
}

msnp_err msnp_buf_append_text(msnp_buf *buf, const char *text)
{
    return msnp_buf_append(buf, text, strlen(text));
}

msnp_str msnp_buf_view(const msnp_buf *buf)
{
    if (buf->len == 0)
        return (msnp_str){"", 0};
    return (msnp_str){(const char *)buf->data + buf->start, buf->len};
}

void msnp_buf_consume(msnp_buf *buf, size_t len)
{
    len = MIN(len, buf->len);
    if (buf->secret && len > 0)
        msnp_wipe(buf->data + buf->start, len);
    buf->start += len;
    buf->len -= len;
    if (buf->len > 0)
        return;
    buf->start = 0;
    if (buf->size > IDLE_SIZE)
        msnp_buf_clear(buf);
}

void msnp_wipe(void *data, size_t len)
{
    if (len == 0)
        return;
    memset(data, 0, len);
    /* Keeps the compiler from dropping the memset because the memory is freed next. */
    __asm__ __volatile__("" : : "r"(data) : "memory");
}

void msnp_secret_free(char *text)
{
    if (text != NULL)
        msnp_wipe(text, strlen(text));
    g_free(text);
}
