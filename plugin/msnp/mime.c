/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mime.h"

#include <string.h>

void msnp_mime_init(msnp_mime *mime, msnp_str block)
{
    mime->rest = block;
    mime->ended = false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Takes off one line; it ends with CR LF, LF, CR or the end of the block. */
static msnp_str take_line(msnp_str *rest)
{
    msnp_str line = *rest;
    size_t n = 0;

    while (n < rest->len && rest->ptr[n] != '\r' && rest->ptr[n] != '\n')
        n++;
    line.len = n;
    if (n < rest->len && rest->ptr[n] == '\r')
        n++;
    if (n < rest->len && rest->ptr[n] == '\n' && (n == line.len || rest->ptr[n - 1] == '\r'))
        n++;
    *rest = (msnp_str){rest->ptr + n, rest->len - n};
    return line;
}

static msnp_str trim(msnp_str text)
{
    while (text.len > 0 && (is_blank(text.ptr[0]) || strchr("\r\n", text.ptr[0]) != NULL))
        text = (msnp_str){text.ptr + 1, text.len - 1};
    while (text.len > 0 &&
           (is_blank(text.ptr[text.len - 1]) || strchr("\r\n", text.ptr[text.len - 1]) != NULL))
        text.len--;
    return text;
}

bool msnp_mime_next(msnp_mime *mime, msnp_str *name, msnp_str *value)
{
    while (!mime->ended && mime->rest.len > 0) {
        msnp_str line = take_line(&mime->rest);
        if (line.len == 0) {
            mime->ended = true;
            return false;
        }
        /* Lines that begin with a blank continue this one: extend the view. */
        while (mime->rest.len > 0 && is_blank(mime->rest.ptr[0])) {
            msnp_str more = take_line(&mime->rest);
            line.len = (size_t)(more.ptr + more.len - line.ptr);
        }
        const char *colon = memchr(line.ptr, ':', line.len);
        if (colon == NULL || colon == line.ptr || is_blank(line.ptr[0]))
            continue;
        *name = trim((msnp_str){line.ptr, (size_t)(colon - line.ptr)});
        *value = trim((msnp_str){colon + 1, (size_t)(line.ptr + line.len - colon - 1)});
        return true;
    }
    return false;
}

msnp_str msnp_mime_body(msnp_str block)
{
    msnp_mime mime;
    msnp_str name, value;

    msnp_mime_init(&mime, block);
    while (msnp_mime_next(&mime, &name, &value))
        continue;
    return mime.rest;
}

char *msnp_mime_unfold(msnp_str value)
{
    GString *out = g_string_sized_new(value.len);

    while (value.len > 0) {
        msnp_str line = trim(take_line(&value));
        if (out->len > 0 && line.len > 0)
            g_string_append_c(out, ' ');
        g_string_append_len(out, line.ptr, (gssize)line.len);
    }
    return g_string_free(out, FALSE);
}

char *msnp_mime_get(msnp_str block, const char *name, unsigned nth)
{
    msnp_mime mime;
    msnp_str key, value;

    msnp_mime_init(&mime, block);
    while (msnp_mime_next(&mime, &key, &value))
        if (msnp_str_is_nocase(key, name) && nth-- == 0)
            return msnp_mime_unfold(value);
    return NULL;
}

bool msnp_mime_is(msnp_str block, const char *name, const char *value)
{
    char *text = msnp_mime_get(block, name, 0);
    bool is = text != NULL && g_ascii_strcasecmp(text, value) == 0;

    g_free(text);
    return is;
}
