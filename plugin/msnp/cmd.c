/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd.h"

#include "codec.h"

#include <string.h>

/* All steps from USR OK on. */
#define SIGNED_IN \
    (MSNP_IN(MSNP_STEP_LISTS) | MSNP_IN(MSNP_STEP_PRESENCE) | MSNP_IN(MSNP_STEP_ONLINE))
/* All steps from the answer to SYN on. */
#define AFTER_SYN (MSNP_IN(MSNP_STEP_PRESENCE) | MSNP_IN(MSNP_STEP_ONLINE))
/* All steps in which a server was spoken to. */
#define TALKING                                                           \
    (SIGNED_IN | MSNP_IN(MSNP_STEP_VERSION) | MSNP_IN(MSNP_STEP_CLIENT) | \
     MSNP_IN(MSNP_STEP_ACCOUNT) | MSNP_IN(MSNP_STEP_PASSPORT) | MSNP_IN(MSNP_STEP_TICKET))
#define FROM(n) (~UINT64_C(0) << (n))
#define ONLY(n) (UINT64_C(1) << (n))

/*
 * People's names and phone numbers are no secrets of the protocol, but nothing for a log either.
 * Around a cookie more is masked than the cookie: in a broken line it stands somewhere else. So it
 * is with names in which a server left blanks.
 *
 * The rows without steps are here for their framing (a payload must be skipped as one) or for the
 * log. UBX and below belong to later dialects: no server should send them to us.
 */
static const msnp_verb ns_verbs[] = {
    /* name, least parameters, payload, secret, steps */
    {"VER", 1, false, 0, MSNP_IN(MSNP_STEP_VERSION)},
    {"CVR", 1, false, 0, MSNP_IN(MSNP_STEP_CLIENT)},
    {"USR", 3, false, FROM(3), MSNP_IN(MSNP_STEP_ACCOUNT) | MSNP_IN(MSNP_STEP_TICKET)},
    {"XFR", 3, false, FROM(3), TALKING},
    {"SYN", 2, false, 0, MSNP_IN(MSNP_STEP_LISTS)},
    {"CHG", 2, false, 0, MSNP_IN(MSNP_STEP_PRESENCE) | MSNP_IN(MSNP_STEP_ONLINE)},
    {"CHL", 2, false, ONLY(1), SIGNED_IN},
    {"OUT", 0, false, 0, TALKING},
    {"GTC", 1, false, 0, AFTER_SYN},
    {"BLP", 1, false, 0, AFTER_SYN},
    {"PRP", 1, false, FROM(1), AFTER_SYN},
    {"LSG", 2, false, 0, AFTER_SYN},
    {"LST", 3, false, ONLY(1), AFTER_SYN},
    {"BPR", 1, false, FROM(1), AFTER_SYN},
    {"ILN", 3, false, ONLY(3), SIGNED_IN},
    {"NLN", 2, false, ONLY(2), SIGNED_IN},
    {"FLN", 1, false, 0, SIGNED_IN},
    {"ADD", 4, false, ONLY(4), AFTER_SYN},
    {"REM", 4, false, 0, AFTER_SYN},
    {"ADG", 4, false, 0, MSNP_IN(MSNP_STEP_ONLINE)},
    {"REG", 3, false, 0, MSNP_IN(MSNP_STEP_ONLINE)},
    {"RMG", 3, false, 0, MSNP_IN(MSNP_STEP_ONLINE)},
    {"REA", 3, false, FROM(2), MSNP_IN(MSNP_STEP_ONLINE)},
    {"QRY", 1, false, 0, 0},
    {"PNG", 0, false, 0, 0},
    {"QNG", 0, false, 0, 0},
    {"RNG", 5, false, FROM(2), MSNP_IN(MSNP_STEP_ONLINE)},
    {"MSG", 3, true, 0, 0},
    {"NOT", 1, true, 0, 0},
    {"IPG", 1, true, 0, 0},
    {"UBX", 1, true, 0, 0},
    {"GCF", 1, true, 0, 0},
    {"UBN", 1, true, 0, 0},
    {"UBM", 1, true, 0, 0},
    {"NFY", 1, true, 0, 0},
};

const msnp_verbs msnp_ns_verbs = {ns_verbs, G_N_ELEMENTS(ns_verbs)};

#define GREETING MSNP_IN(MSNP_STEP_ACCOUNT)
#define OPEN     MSNP_IN(MSNP_STEP_ONLINE)

/* The rows without steps are what we send ourselves: they are here for the log. */
static const msnp_verb sb_verbs[] = {
    /* name, least parameters, payload, secret, steps */
    {"USR", 2, false, FROM(2), GREETING},
    {"ANS", 2, false, ONLY(2), GREETING},
    {"IRO", 4, false, FROM(4), GREETING},
    {"CAL", 2, false, 0, OPEN},
    {"JOI", 1, false, FROM(1), GREETING | OPEN},
    {"BYE", 1, false, 0, GREETING | OPEN},
    {"MSG", 3, true, FROM(1), GREETING | OPEN},
    {"ACK", 1, false, 0, OPEN},
    {"NAK", 1, false, 0, OPEN},
    {"OUT", 0, false, 0, GREETING | OPEN},
};

const msnp_verbs msnp_sb_verbs = {sb_verbs, G_N_ELEMENTS(sb_verbs)};

static const msnp_verb *find_verb(const msnp_verbs *verbs, const char *name)
{
    for (size_t i = 0; i < verbs->n; i++)
        if (strcmp(verbs->rows[i].name, name) == 0)
            return &verbs->rows[i];
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

    /* It fits, so that none of these can fail half way. */
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

char *msnp_cmd_redact(const msnp_verbs *verbs, msnp_str line, size_t payload_len)
{
    msnp_cmd cmd;

    if (msnp_cmd_parse(&cmd, verbs, line) != MSNP_OK)
        return g_strdup_printf("(not a command, %" G_GSIZE_FORMAT " bytes)", line.len);

    GString *out = g_string_new(NULL);
    append_printable(out, msnp_str_of(cmd.name));
    if (cmd.verb == NULL && cmd.number == 0) {
        g_string_append_printf(out, " (unknown, %" G_GSIZE_FORMAT " parameters)", cmd.argc);
    } else {
        for (size_t i = 0; i < cmd.argc; i++) {
            /* Of an error only the id: a server might repeat what it refuses. */
            uint64_t secret = cmd.verb != NULL ? cmd.verb->secret : FROM(1);
            bool masked = (secret >> i & 1) != 0;
            g_string_append_c(out, ' ');
            append_printable(out, masked ? msnp_str_of("***") : cmd.argv[i]);
        }
    }
    if (payload_len > 0)
        g_string_append_printf(out, " (%" G_GSIZE_FORMAT " bytes of payload)", payload_len);
    return g_string_free(out, FALSE);
}
