/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd.h"

#include "codec.h"

#include <string.h>

static const msnp_verb *find_verb(const msnp_verbs *verbs, const char *name)
{
    const void *row = verbs->first;

    for (size_t i = 0; i < verbs->n; i++) {
        const msnp_verb *verb = row;
        if (strcmp(verb->name, name) == 0)
            return verb;
        row = (const char *)row + verbs->row_size;
    }
    return NULL;
}

/* Three letters or digits, then the end or a space. */
static bool parse_name(msnp_cmd *cmd, const msnp_verbs *verbs, msnp_str line)
{
    uint64_t number;

    if (line.len < 3 || (line.len > 3 && line.ptr[3] != ' '))
        return false;
    for (size_t i = 0; i < 3; i++) {
        if (!g_ascii_isalnum(line.ptr[i]))
            return false;
        cmd->name[i] = line.ptr[i];
    }
    cmd->name[3] = '\0';
    cmd->number = msnp_parse_uint((msnp_str){line.ptr, 3}, 999, &number) ? (unsigned)number : 0;
    cmd->verb = cmd->number == 0 ? find_verb(verbs, cmd->name) : NULL;
    return true;
}

msnp_err msnp_cmd_parse(msnp_cmd *cmd, const msnp_verbs *verbs, msnp_str line)
{
    cmd->argc = 0;
    cmd->payload = (msnp_str){"", 0};
    if (line.len > 0 && memchr(line.ptr, '\0', line.len) != NULL)
        return MSNP_ERR_MALFORMED;
    if (!parse_name(cmd, verbs, line))
        return MSNP_ERR_MALFORMED;

    /* Each parameter follows one space; two in a row have an empty parameter between them. */
    const char *end = line.ptr + line.len;
    for (const char *at = line.ptr + 3; at < end;) {
        const char *arg = at + 1;
        const char *space = memchr(arg, ' ', (size_t)(end - arg));
        const char *stop = space != NULL ? space : end;
        if (cmd->argc == MSNP_ARGS_MAX)
            return MSNP_ERR_MALFORMED;
        cmd->argv[cmd->argc++] = (msnp_str){arg, (size_t)(stop - arg)};
        at = stop;
    }
    return MSNP_OK;
}

bool msnp_cmd_complete(const msnp_cmd *cmd)
{
    return cmd->verb == NULL || cmd->argc >= cmd->verb->min_args;
}

bool msnp_cmd_trid(const msnp_cmd *cmd, uint32_t *trid)
{
    uint64_t value;

    if (cmd->argc == 0 || !msnp_parse_uint(cmd->argv[0], UINT32_MAX, &value))
        return false;
    *trid = (uint32_t)value;
    return true;
}

static bool is_sendable(const char *arg)
{
    if (*arg == '\0')
        return false;
    for (const char *p = arg; *p != '\0'; p++)
        if (*p == ' ' || g_ascii_iscntrl(*p))
            return false;
    return true;
}

msnp_err msnp_cmd_write(msnp_buf *out, const char *name, uint32_t trid, const char *const *args)
{
    char id[16];
    size_t len = strlen(name) + 2;

    g_snprintf(id, sizeof id, " %u", trid);
    if (trid != 0)
        len += strlen(id);
    for (size_t i = 0; args[i] != NULL; i++) {
        if (!is_sendable(args[i]))
            return MSNP_ERR_MALFORMED;
        len += 1 + strlen(args[i]);
    }
    if (len > out->cap - out->len)
        return MSNP_ERR_TOO_LONG;

    /* The length was checked: none of these can fail. */
    msnp_buf_append_text(out, name);
    if (trid != 0)
        msnp_buf_append_text(out, id);
    for (size_t i = 0; args[i] != NULL; i++) {
        msnp_buf_append_text(out, " ");
        msnp_buf_append_text(out, args[i]);
    }
    msnp_buf_append_text(out, "\r\n");
    return MSNP_OK;
}

static void append_printable(GString *out, msnp_str text)
{
    for (size_t i = 0; i < text.len; i++)
        g_string_append_c(out, g_ascii_isprint(text.ptr[i]) ? text.ptr[i] : '?');
}

static void append_count(GString *out, const char *what, size_t n)
{
    g_string_append_printf(out, " (%s%" G_GSIZE_FORMAT " parameter%s)", what, n, n == 1 ? "" : "s");
}

/* Is each parameter what its row says? `steps` as in msnp_cmd_redact(). */
static bool is_in_order(const msnp_cmd *cmd, uint32_t steps)
{
    uint32_t id;

    /* Of an error log only the id: a server might repeat what it rejects. */
    if (cmd->number != 0)
        return cmd->argc == 0 || msnp_cmd_trid(cmd, &id);
    return steps == 0 || ((cmd->verb->steps & steps) != 0 && msnp_cmd_complete(cmd));
}

static void append_args(GString *out, const msnp_cmd *cmd, const msnp_mask *mask)
{
    uint64_t secret = cmd->verb != NULL ? cmd->verb->secret : MSNP_SECRET_FROM(1);

    for (size_t i = 0; i < cmd->argc; i++) {
        bool masked = (secret >> i & 1) != 0 || msnp_mask_hides(mask, cmd->argv[i]);
        g_string_append_c(out, ' ');
        append_printable(out, masked ? msnp_str_of(MSNP_MASKED) : cmd->argv[i]);
    }
}

char *msnp_cmd_redact(const msnp_verbs *verbs, msnp_str line, size_t payload_len, uint32_t steps,
                      const msnp_mask *mask)
{
    msnp_cmd cmd;

    if (msnp_cmd_parse(&cmd, verbs, line) != MSNP_OK)
        return g_strdup_printf("(not a command, %" G_GSIZE_FORMAT " bytes)", line.len);

    GString *out = g_string_new(NULL);
    msnp_str name = msnp_str_of(cmd.name);
    append_printable(out, msnp_mask_hides(mask, name) ? msnp_str_of(MSNP_MASKED) : name);
    if (cmd.verb == NULL && cmd.number == 0)
        append_count(out, "unknown, ", cmd.argc);
    else if (cmd.argc > 0 && !is_in_order(&cmd, steps))
        append_count(out, "", cmd.argc);
    else
        append_args(out, &cmd, mask);
    if (payload_len > 0)
        g_string_append_printf(out, " (%" G_GSIZE_FORMAT " bytes of payload)", payload_len);
    return g_string_free(out, FALSE);
}
