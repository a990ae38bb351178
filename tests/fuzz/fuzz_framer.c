/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The framer, for each kind of server. The input is a stream; it must give the same frames however
 * it is divided, and the same as a reader that sees all of it at once.
 */
#include "framer.h"
#include "fuzz.h"
#include "switchboard.h"

#include <string.h>

typedef enum { WHOLE, BYTES, PIECES } division;

static void note(GString *frames, msnp_str text)
{
    g_string_append_printf(frames, "[%" G_GSIZE_FORMAT "]", text.len);
    g_string_append_len(frames, text.ptr, (gssize)text.len);
}

static void check_frame(const msnp_framer *framer, const msnp_cmd *cmd, msnp_str line)
{
    const uint8_t *data = framer->in.data;
    size_t size = framer->in.size;

    CHECK(line.len > 0 && line.len <= MSNP_LINE_MAX);
    CHECK(fuzz_is_inside(line, data, size));
    CHECK(!memchr(line.ptr, '\n', line.len) && !memchr(line.ptr, 0, line.len));
    CHECK(strlen(cmd->name) == 3 && cmd->argc <= MSNP_ARGS_MAX);
    for (size_t i = 0; i < cmd->argc; i++)
        CHECK(fuzz_is_inside(cmd->argv[i], line.ptr, line.len));
    CHECK(cmd->payload.len <= MSNP_PAYLOAD_MAX);
    CHECK(fuzz_is_inside(cmd->payload, data, size));
    if (cmd->verb && cmd->verb->payload) {
        uint64_t length;

        CHECK(cmd->argc > 0);
        CHECK(msnp_parse_uint(cmd->argv[cmd->argc - 1], MSNP_PAYLOAD_MAX, &length));
        CHECK(length == cmd->payload.len);
    } else {
        CHECK(cmd->payload.len == 0);
    }
}

/* Takes out all frames. False when the stream is broken. */
static bool take_frames(msnp_framer *framer, GString *frames)
{
    msnp_cmd cmd;
    msnp_str line;
    msnp_result result;

    while ((result = msnp_framer_next(framer, &cmd, &line)) == MSNP_DONE) {
        check_frame(framer, &cmd, line);
        note(frames, line);
        note(frames, cmd.payload);
    }
    if (result == MSNP_MORE) {
        CHECK(framer->in.len < MSNP_LINE_MAX + MSNP_PAYLOAD_MAX);
        return true;
    }
    CHECK(framer->err == MSNP_ERR_MALFORMED || framer->err == MSNP_ERR_TOO_LONG);
    CHECK(msnp_framer_next(framer, &cmd, &line) == MSNP_BAD);
    g_string_append_printf(frames, "bad: %s", msnp_err_name(framer->err));
    return false;
}

static GString *frames_of(const msnp_verbs *verbs, const uint8_t *data, size_t size, division kind)
{
    GString *frames = g_string_new(NULL);
    msnp_framer framer;
    uint32_t state = (uint32_t)size;
    bool good = true;

    msnp_framer_init(&framer, verbs);
    for (size_t at = 0; at < size && good;) {
        size_t piece = MIN(size - at, MSNP_FEED_MAX);

        if (kind == BYTES)
            piece = 1;
        else if (kind == PIECES)
            piece = fuzz_piece(&state, piece);
        CHECK(msnp_framer_feed(&framer, data + at, piece) == MSNP_OK);
        good = take_frames(&framer, frames);
        at += piece;
    }
    msnp_framer_clear(&framer);
    return frames;
}

static GString *broken(GString *frames, msnp_err err)
{
    g_string_append_printf(frames, "bad: %s", msnp_err_name(err));
    return frames;
}

/* The frames as a simple reader finds them. */
static GString *expected_frames(const msnp_verbs *verbs, const char *data, size_t size)
{
    GString *frames = g_string_new(NULL);

    while (size > 0) {
        const char *end = memchr(data, '\n', size);
        size_t total = end ? (size_t)(end - data) + 1 : size;
        msnp_str line = {data, end ? total - 1 : 0};
        uint64_t length = 0;
        msnp_cmd cmd;

        if (total > MSNP_LINE_MAX || (!end && total == MSNP_LINE_MAX))
            return broken(frames, MSNP_ERR_TOO_LONG);
        if (!end)
            break;
        data += total;
        size -= total;
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (line.len == 0)
            continue;
        if (msnp_cmd_parse(&cmd, verbs, line) != MSNP_OK)
            return broken(frames, MSNP_ERR_MALFORMED);
        if (cmd.verb && cmd.verb->payload) {
            if (cmd.argc == 0 ||
                !msnp_parse_uint(cmd.argv[cmd.argc - 1], MSNP_PAYLOAD_MAX, &length))
                return broken(frames, MSNP_ERR_MALFORMED);
            if (length > size)
                break;
        }
        note(frames, line);
        note(frames, (msnp_str){data, (size_t)length});
        data += length;
        size -= (size_t)length;
    }
    return frames;
}

static void check_stream(const msnp_verbs *verbs, const uint8_t *data, size_t size)
{
    GString *whole = frames_of(verbs, data, size, WHOLE);
    GString *bytes = frames_of(verbs, data, size, BYTES);
    GString *pieces = frames_of(verbs, data, size, PIECES);
    GString *expected = expected_frames(verbs, (const char *)data, size);

    CHECK(g_string_equal(whole, expected));
    CHECK(g_string_equal(whole, bytes));
    CHECK(g_string_equal(whole, pieces));
    g_string_free(whole, TRUE);
    g_string_free(bytes, TRUE);
    g_string_free(pieces, TRUE);
    g_string_free(expected, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_stream(&msnp_ns_verbs, data, size);
    check_stream(&msnp_switchboard_verbs, data, size);
    return 0;
}
