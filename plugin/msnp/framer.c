/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "framer.h"

#include "codec.h"

#include <string.h>

void msnp_framer_init(msnp_framer *framer, const msnp_verbs *verbs)
{
    *framer = (msnp_framer){.verbs = verbs, .err = MSNP_OK};
    /* Challenges and cookies pass through here: wipe what was read. */
    msnp_buf_init(&framer->in, MSNP_LINE_MAX + MSNP_PAYLOAD_MAX + MSNP_FEED_MAX, true);
}

void msnp_framer_clear(msnp_framer *framer)
{
    msnp_buf_clear(&framer->in);
    framer->scanned = framer->needed = framer->used = 0;
    framer->err = MSNP_OK;
}

static void drop(msnp_framer *framer, size_t len)
{
    msnp_buf_consume(&framer->in, len);
    framer->scanned = framer->needed = framer->used = 0;
}

msnp_err msnp_framer_feed(msnp_framer *framer, const void *data, size_t len)
{
    if (framer->used > 0)
        drop(framer, framer->used);
    return msnp_buf_append(&framer->in, data, len);
}

static msnp_result bad(msnp_framer *framer, msnp_err err)
{
    framer->err = err;
    return MSNP_BAD;
}

/* Finds the next line that is not empty, and drops empty ones. `total` includes the line end. */
static msnp_result find_line(msnp_framer *framer, msnp_str *line, size_t *total)
{
    for (;;) {
        msnp_str in = msnp_buf_view(&framer->in);
        const char *from = in.ptr + framer->scanned;
        const char *end = memchr(from, '\n', in.len - framer->scanned);

        if (end == NULL ? in.len >= MSNP_LINE_MAX : (size_t)(end - in.ptr) >= MSNP_LINE_MAX)
            return bad(framer, MSNP_ERR_TOO_LONG);
        if (end == NULL) {
            framer->scanned = in.len;
            return MSNP_MORE;
        }
        framer->scanned = (size_t)(end - in.ptr);
        *total = framer->scanned + 1;
        *line = (msnp_str){in.ptr, framer->scanned};
        if (line->len > 0 && line->ptr[line->len - 1] == '\r')
            line->len--;
        if (line->len > 0)
            return MSNP_DONE;
        drop(framer, *total);
    }
}

msnp_result msnp_framer_next(msnp_framer *framer, msnp_cmd *cmd, msnp_str *line)
{
    msnp_str text;
    size_t total;

    if (framer->err != MSNP_OK)
        return MSNP_BAD;
    if (framer->used > 0)
        drop(framer, framer->used);
    if (framer->in.len < framer->needed)
        return MSNP_MORE;
    msnp_result found = find_line(framer, &text, &total);
    if (found != MSNP_DONE)
        return found;
    msnp_err err = msnp_cmd_parse(cmd, framer->verbs, text);
    if (err != MSNP_OK)
        return bad(framer, err);

    if (cmd->verb != NULL && cmd->verb->payload) {
        uint64_t len;
        if (cmd->argc == 0 || !msnp_parse_uint(cmd->argv[cmd->argc - 1], MSNP_PAYLOAD_MAX, &len))
            return bad(framer, MSNP_ERR_MALFORMED);
        if (framer->in.len - total < len) {
            framer->needed = total + (size_t)len;
            return MSNP_MORE;
        }
        cmd->payload = (msnp_str){msnp_buf_view(&framer->in).ptr + total, (size_t)len};
        total += (size_t)len;
    }
    framer->used = total;
    if (line != NULL)
        *line = text;
    return MSNP_DONE;
}

bool msnp_framer_is_amid(const msnp_framer *framer)
{
    return framer->in.len > framer->used;
}
