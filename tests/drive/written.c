/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "written.h"

#include "codec.h"
#include "heard.h"

#include <string.h>

/* Which commands have a payload of how many bytes. */
static bool payload_length(const msnp_cmd *cmd, uint64_t *len)
{
    *len = 0;
    if (!strcmp(cmd->name, "QRY") || !strcmp(cmd->name, "MSG") || !strcmp(cmd->name, "PAG"))
        return cmd->argc > 0 && msnp_parse_uint(cmd->argv[cmd->argc - 1], MSNP_PAYLOAD_MAX, len);
    return true;
}

static bool has_words_only(const msnp_cmd *cmd)
{
    for (size_t i = 0; i < cmd->argc; i++) {
        if (cmd->argv[i].len == 0)
            return false;
        for (size_t k = 0; k < cmd->argv[i].len; k++)
            if ((unsigned char)cmd->argv[i].ptr[k] <= ' ' || cmd->argv[i].ptr[k] == 0x7f)
                return false;
    }
    return true;
}

bool written_read(msnp_cmd *cmd, const msnp_verbs *verbs, msnp_str bytes)
{
    const char *end = memchr(bytes.ptr, '\r', bytes.len);
    msnp_str line = {bytes.ptr, end ? (size_t)(end - bytes.ptr) : 0};
    uint64_t len;

    if (!end || line.len + 2 > bytes.len || end[1] != '\n' ||
        msnp_cmd_parse(cmd, verbs, line) != MSNP_OK)
        return false;
    cmd->payload = (msnp_str){end + 2, bytes.len - line.len - 2};
    return has_words_only(cmd) && payload_length(cmd, &len) && cmd->payload.len == len;
}

/* There are servers that split lines at any white space of Unicode. */
static bool is_one_word(msnp_str text)
{
    if (!g_utf8_validate(text.ptr, (gssize)text.len, NULL))
        return false;
    for (const char *at = text.ptr; at < text.ptr + text.len; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (g_unichar_isspace(c) || g_unichar_iscntrl(c))
            return false;
    }
    return true;
}

/* One TEXT, in which nothing else can be taken for markup. */
static bool is_page(msnp_str xml)
{
    static const char start[] = "<TEXT xml:space=\"preserve\">";
    static const char end[] = "</TEXT>";
    char *text = msnp_str_dup(xml);
    bool good =
        xml.len <= MSNP_PAGE_MAX && g_str_has_prefix(text, start) && g_str_has_suffix(text, end);
    size_t inner = good ? xml.len - strlen(end) : 0;

    text[inner] = '\0';
    for (const char *at = text + strlen(start); good && *at; at++)
        good = !strchr("<>^", *at);
    g_free(text);
    return good;
}

const char *written_ns_fault(msnp_str bytes)
{
    msnp_cmd cmd;
    bool page;

    if (!written_read(&cmd, &msnp_ns_verbs, bytes))
        return "does not write a command";
    for (size_t i = 0; i < cmd.argc; i++)
        if (!is_one_word(cmd.argv[i]))
            return "writes a parameter that is not UTF-8, or that some servers would split";
    page = !strcmp(cmd.name, "PAG");
    if (page ? !is_page(cmd.payload)
             : cmd.payload.len != (strcmp(cmd.name, "QRY") ? 0 : MSNP_DIGEST_LENGTH))
        return "writes a payload that there cannot be";
    return NULL;
}

const char *written_switchboard_fault(msnp_str bytes)
{
    msnp_cmd cmd;

    if (!written_read(&cmd, &msnp_switchboard_verbs, bytes))
        return "does not write a command";
    return NULL;
}

static const char *lines_fault(char **lines, const char *host)
{
    unsigned n = g_strv_length(lines);
    bool login = n == 6;
    const char *to = n >= 5 ? lines[n - 4] : "";

    if (n != 5 && !login)
        return "a request has too few or too many headers";
    for (unsigned i = 0; i < n; i++)
        if (!heard_is_printable(lines[i]))
            return "a request has what is not printable";
    if (!g_str_has_prefix(lines[0], "GET /") ||
        !g_str_has_suffix(lines[0], login ? " HTTP/1.1" : " HTTP/1.0"))
        return "a request asks for nothing";
    if (login && !g_str_has_prefix(lines[1], "Authorization: Passport1.4 OrgVerb=GET,OrgURL="))
        return "a request to a login server has no credentials";
    if (!g_str_has_prefix(to, "Host: "))
        return "a request does not say to whom it goes";
    to += strlen("Host: ");
    to += *to == '[';
    if (!g_str_has_prefix(to, host))
        return "a request goes to somebody else";
    if (strcmp(lines[n - 3], login ? "Connection: close" : "Connection: keep-alive") != 0 ||
        *lines[n - 2] || *lines[n - 1])
        return "a request has no end";
    return NULL;
}

const char *written_request_fault(msnp_str bytes, const char *host)
{
    char *text = msnp_str_dup(bytes);
    char **lines = g_strsplit(text, "\r\n", -1);
    const char *fault =
        strlen(text) == bytes.len ? lines_fault(lines, host) : "a request has a NUL in it";

    g_strfreev(lines);
    g_free(text);
    return fault;
}

/* Whole commands, one after the other. */
static const char *commands_fault(msnp_str bytes, bool service)
{
    const msnp_verbs *verbs = service ? &msnp_ns_verbs : &msnp_switchboard_verbs;

    while (bytes.len > 0) {
        const char *end = memchr(bytes.ptr, '\n', bytes.len);
        size_t line = end ? (size_t)(end + 1 - bytes.ptr) : 0;
        uint64_t payload;
        msnp_cmd cmd;

        if (line < 2 || msnp_cmd_parse(&cmd, verbs, (msnp_str){bytes.ptr, line - 2}) != MSNP_OK ||
            !payload_length(&cmd, &payload) || payload > bytes.len - line)
            return "a request has half a command in it";
        msnp_str whole = {bytes.ptr, line + payload};
        const char *fault = service ? written_ns_fault(whole) : written_switchboard_fault(whole);
        if (fault)
            return fault;
        bytes = (msnp_str){bytes.ptr + whole.len, bytes.len - whole.len};
    }
    return NULL;
}

static const char *gateway_head_fault(char *const *lines, const char *host, size_t body)
{
    unsigned n = g_strv_length((char **)lines);
    char *length = g_strdup_printf("Content-Length: %zu", body);
    bool counts = n > 0 && !strcmp(lines[n - 1], length);
    bool to = false;

    g_free(length);
    for (unsigned i = 0; i < n; i++) {
        if (!heard_is_printable(lines[i]))
            return "a request has what is not printable";
        to = to || (g_str_has_prefix(lines[i], "Host: ") &&
                    (!host || g_str_has_prefix(lines[i] + 6 + (lines[i][6] == '['), host)));
    }
    if (!counts || !to)
        return "a request does not say to whom it goes, or how long it is";
    if (!g_str_has_prefix(lines[0], host ? "POST /" : "POST http://") ||
        !g_str_has_suffix(lines[0], " HTTP/1.1") || !strchr(lines[0], '?'))
        return "a request is none to a gateway";
    if ((strstr(lines[0], "?Action=poll&SessionID=") != NULL) !=
        (body == 0 && !strstr(lines[0], "?Action=open&")))
        return "a request has a body and is a poll, or has none and is not";
    return NULL;
}

const char *written_gateway_fault(msnp_str bytes, const char *host, bool service)
{
    const char *end = memmem(bytes.ptr, bytes.len, "\r\n\r\n", 4);
    size_t head = end ? (size_t)(end - bytes.ptr) : bytes.len;

    if (!end)
        return "a request has no end";

    msnp_str body = {end + 4, bytes.len - head - 4};
    char *text = msnp_str_dup((msnp_str){bytes.ptr, head});
    char **lines = g_strsplit(text, "\r\n", -1);
    const char *fault = strlen(text) == head ? gateway_head_fault(lines, host, body.len)
                                             : "a request has a NUL in it";

    g_strfreev(lines);
    g_free(text);
    return fault ? fault : commands_fault(body, service);
}
