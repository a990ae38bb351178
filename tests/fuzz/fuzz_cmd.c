/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line to a command, to a line again, and to the log, with the verbs of each kind of server. The
 * input is a line without its end.
 */
#include "cmd.h"
#include "fuzz.h"
#include "ns_base.h"
#include "switchboard.h"

#include <string.h>

#define SECRET_MIN 8 /* shorter ones can be elsewhere by accident */

/* The parts are all of the line, in order. */
static void check_parts(const msnp_cmd *cmd, msnp_str line)
{
    const char *at = line.ptr + 3;

    CHECK(cmd->argc <= MSNP_ARGS_MAX);
    CHECK(strlen(cmd->name) == 3 && !memcmp(cmd->name, line.ptr, 3));
    CHECK(cmd->payload.len == 0);
    for (size_t i = 0; i < cmd->argc; i++) {
        CHECK(fuzz_is_inside(cmd->argv[i], line.ptr, line.len));
        CHECK(*at == ' ' && cmd->argv[i].ptr == at + 1);
        CHECK(!memchr(cmd->argv[i].ptr, ' ', cmd->argv[i].len));
        at = cmd->argv[i].ptr + cmd->argv[i].len;
    }
    CHECK(at == line.ptr + line.len);
    CHECK(cmd->number <= 999);
    CHECK(!cmd->number || !cmd->verb);
    CHECK(!cmd->verb || !strcmp(cmd->verb->name, cmd->name));
    CHECK(!msnp_cmd_complete(cmd) || !cmd->verb || cmd->argc >= cmd->verb->min_args);
}

static unsigned occurrences(msnp_str line, msnp_str text)
{
    unsigned n = 0;

    for (size_t i = 0; i + text.len <= line.len; i++)
        n += !memcmp(line.ptr + i, text.ptr, text.len);
    return n;
}

/* Must this parameter not be seen by who receives the command in these steps (0: sends it)? */
static bool is_hidden(const msnp_cmd *cmd, size_t i, uint32_t steps)
{
    if (!cmd->verb)
        return cmd->number == 0 || i > 0;
    if (steps && (!(cmd->verb->steps & steps) || !msnp_cmd_complete(cmd)))
        return true;
    return i < 64 && cmd->verb->secret >> i & 1;
}

static void check_redacted(const msnp_verbs *verbs, const msnp_cmd *cmd, msnp_str line,
                           uint32_t steps)
{
    msnp_mask mask;
    char *known = cmd && cmd->argc ? msnp_str_dup(cmd->argv[cmd->argc - 1]) : NULL;
    char *text;
    char *with_payload;

    msnp_mask_init(&mask);
    msnp_mask_add_lasting(&mask, known);
    text = msnp_cmd_redact(verbs, line, 0, steps, &mask);
    with_payload = msnp_cmd_redact(verbs, line, 17, steps, &mask);
    CHECK(heard_is_printable(text));
    CHECK(heard_is_printable(with_payload));
    for (size_t i = 0; cmd && i < cmd->argc; i++) {
        msnp_str arg = cmd->argv[i];
        bool secret = i + 1 == cmd->argc || is_hidden(cmd, i, steps);

        if (secret && arg.len >= SECRET_MIN && g_ascii_isalnum(arg.ptr[0]) &&
            occurrences(line, arg) == 1) {
            char *copy = msnp_str_dup(arg);

            CHECK_TEXT(!strstr(text, copy), text);
            CHECK_TEXT(!strstr(with_payload, copy), with_payload);
            g_free(copy);
        }
    }
    g_free(text);
    g_free(with_payload);
    g_free(known);
    msnp_mask_clear(&mask);
}

/* What was written parses to what was to be written. */
static void check_written(const msnp_verbs *verbs, const msnp_cmd *cmd, msnp_str written,
                          uint32_t trid, char **args)
{
    msnp_cmd again;
    uint32_t id = 0;
    size_t first = trid ? 1 : 0;

    CHECK(written.len >= 5);
    CHECK(!memcmp(written.ptr + written.len - 2, "\r\n", 2));
    written.len -= 2;
    CHECK(!memchr(written.ptr, '\r', written.len) && !memchr(written.ptr, '\n', written.len));
    CHECK(msnp_cmd_parse(&again, verbs, written) == MSNP_OK ||
          g_strv_length(args) >= MSNP_ARGS_MAX);
    CHECK(!strcmp(again.name, cmd->name));
    if (g_strv_length(args) >= MSNP_ARGS_MAX)
        return;
    CHECK(again.argc == g_strv_length(args) + first);
    CHECK(!trid || (msnp_cmd_trid(&again, &id) && id == trid));
    for (size_t i = first; i < again.argc; i++)
        CHECK(msnp_str_is(again.argv[i], args[i - first]));
}

static void check_writer(const msnp_verbs *verbs, const msnp_cmd *cmd, uint32_t trid)
{
    char **args = g_new0(char *, cmd->argc + 1);
    bool must = true; /* nothing speaks against it */
    bool must_not = false;
    msnp_buf out;
    msnp_err err;

    for (size_t i = 0; i < cmd->argc; i++) {
        args[i] = msnp_str_dup(cmd->argv[i]);
        must = must && cmd->argv[i].len > 0 && fuzz_is_graph(cmd->argv[i]);
        must_not = must_not || cmd->argv[i].len == 0 || strpbrk(args[i], " \r\n\t");
    }
    msnp_buf_init(&out, MSNP_LINE_MAX, false);
    CHECK(msnp_buf_append_text(&out, "before") == MSNP_OK);
    err = msnp_cmd_write(&out, cmd->name, trid, (const char *const *)args);
    CHECK(err == MSNP_OK || err == MSNP_ERR_MALFORMED || err == MSNP_ERR_TOO_LONG);
    CHECK(err != MSNP_OK || !must_not);
    CHECK(err != MSNP_ERR_MALFORMED || !must);
    if (err != MSNP_OK)
        CHECK(msnp_str_is(msnp_buf_view(&out), "before"));
    msnp_buf_consume(&out, strlen("before"));
    if (err == MSNP_OK)
        check_written(verbs, cmd, msnp_buf_view(&out), trid, args);
    msnp_buf_clear(&out);
    g_strfreev(args);
}

static void check_line(const msnp_verbs *verbs, msnp_str line)
{
    msnp_cmd cmd;
    msnp_err err = msnp_cmd_parse(&cmd, verbs, line);
    uint32_t trid = 0;

    if (err != MSNP_OK) {
        CHECK(err == MSNP_ERR_MALFORMED);
        check_redacted(verbs, NULL, line, 0);
        return;
    }
    CHECK(!memchr(line.ptr, 0, line.len));
    check_parts(&cmd, line);
    check_redacted(verbs, &cmd, line, 0);
    for (unsigned step = 0; step <= NS_OFFLINE; step++)
        check_redacted(verbs, &cmd, line, MSNP_IN(step));
    msnp_cmd_trid(&cmd, &trid);
    check_writer(verbs, &cmd, 0);
    check_writer(verbs, &cmd, trid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msnp_str line = {(const char *)data, size};

    check_line(&msnp_ns_verbs, line);
    check_line(&msnp_switchboard_verbs, line);
    return 0;
}
