/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

#include "escape.h"
#include "p2p_text.h"

#include <string.h>

#define INCLUDES_MAX 10
#define BYTES_MAX    (1u << 20)

static void line_free(void *data)
{
    script_line *line = data;

    g_free(line->file);
    g_string_free(line->bytes, TRUE);
    g_free(line);
}

static void script_free(void *data)
{
    transcript *script = data;

    g_hash_table_unref(script->cells);
    g_clear_pointer(&script->said, g_hash_table_unref);
    g_free(script->path);
    g_free(script->machine);
    g_free(script->status);
    g_free(script->method);
    g_free((char *)script->config.account);
    g_free((char *)script->config.password);
    g_free((char *)script->config.host);
    g_free((char *)script->config.challenge);
    g_free((char *)script->config.nexus_url);
    g_free((char *)script->config.login_url);
    g_free((char *)script->config.known_login);
    g_free((char *)script->config.gateway_url);
    g_free((char *)script->config.cookie);
    g_free((char *)script->config.session);
    g_ptr_array_unref(script->lines);
    g_free(script);
}

static bool read_bool(const char *value, bool *target)
{
    *target = !strcmp(value, "yes");
    return *target || !strcmp(value, "no");
}

static bool read_text(const char *value, char **target)
{
    GString *text = g_string_new(NULL);
    bool good = escape_read(text, value);

    g_free(*target);
    *target = g_string_free(text, FALSE);
    return good;
}

/* A line of the header; false if it is none. */
static bool read_setting(transcript *script, const char *key, const char *value)
{
    drive_config *config = &script->config;
    struct {
        const char *key;
        char **target;
    } texts[] = {
        {"machine", &script->machine},
        {"status", &script->status},
        {"account", (char **)&config->account},
        {"password", (char **)&config->password},
        {"host", (char **)&config->host},
        {"challenge", (char **)&config->challenge},
        {"nexus_url", (char **)&config->nexus_url},
        {"login_url", (char **)&config->login_url},
        {"known_login", (char **)&config->known_login},
        {"cookie", (char **)&config->cookie},
        {"method", &script->method},
        {"gateway_url", (char **)&config->gateway_url},
        {"session", (char **)&config->session},
    };
    struct {
        const char *key;
        bool *target;
    } flags[] = {
        {"pipelining", &config->pipelining},
        {"overlap", &script->overlap},
        {"known_gateway", &config->known_gateway},
        {"files_through_service", &config->files_through_service},
        {"p2p", &config->p2p},
        {"steps", &config->steps},
        {"traces", &config->traces},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (!strcmp(key, texts[i].key))
            return read_text(value, texts[i].target);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
        if (!strcmp(key, flags[i].key))
            return read_bool(value, flags[i].target);
    }
    if (!strcmp(key, "port")) {
        guint64 port;
        bool good = g_ascii_string_to_unsigned(value, 10, 0, 99999, &port, NULL);

        config->port = (unsigned)port;
        return good;
    }
    return false;
}

/* "+ms" or "jump +ms" */
static bool read_time(script_line *line)
{
    const char *text = line->bytes->str;
    gint64 ms = 0;
    bool good;

    line->jump = g_str_has_prefix(text, "jump ");
    if (line->jump)
        text += strlen("jump ");
    good = *text == '+' && g_ascii_string_to_signed(text + 1, 10, 0, G_MAXINT32, &ms, NULL);
    line->ms = ms;
    return good;
}

/* "S2", "C2": about the second connection. The digits are cut off. */
static unsigned take_conn(char *key)
{
    unsigned conn = (unsigned)g_ascii_strtoull(key + (*key != 0), NULL, 10);

    if (conn > 0 && (*key == 'S' || *key == 'C'))
        key[1] = 0;
    return conn;
}

/* Has this intent texts in quotes? They are read when the line is done. */
static bool has_quotes(const char *intent)
{
    static const char *const intents[] = {"edit ",     "say ",  "send ",
                                          "not-sent ", "ring ", "refused "};

    for (size_t i = 0; i < G_N_ELEMENTS(intents); i++) {
        if (g_str_has_prefix(intent, intents[i]))
            return true;
    }
    return false;
}

/*
 * "query body" or "header body": a request to the gateway at gateway_url, or one of its answers,
 * around the body. The blank in "GW-IP=...; SessionID=..." does not end the header.
 */
static void wrap(const transcript *script, GString *bytes, bool request)
{
    const char *url = script->config.gateway_url;
    char *gateway = url ? g_strdup(strstr(url, "://") + 3)
                        : g_strdup_printf("%s/gateway/gateway.dll", script->config.host);
    size_t len = strcspn(gateway, "/");
    const char *end = bytes->str;

    do
        end += strcspn(end, " \r");
    while (end > bytes->str && end[-1] == ';' && *end++ == ' ');
    char *word = g_strndup(bytes->str, (size_t)(end - bytes->str));
    g_string_erase(bytes, 0, end - bytes->str + (*end == ' '));
    /* Nothing but the end of a line that there is not. */
    if (*end == '\r')
        g_string_truncate(bytes, 0);
    char *head =
        request
            ? g_strdup_printf("POST %s?%s HTTP/1.1\r\nAccept: */*\r\nUser-Agent: MSMSGS\r\n"
                              "Pragma: no-cache\r\nContent-Type: application/x-msn-messenger\r\n"
                              "Host: %.*s\r\nConnection: keep-alive\r\n"
                              "Content-Length: %zu\r\n\r\n",
                              gateway + len, word, (int)len, gateway, bytes->len)
            : g_strdup_printf("HTTP/1.1 200 OK\r\nX-MSN-Messenger: %s\r\n"
                              "Connection: keep-alive\r\nContent-Length: %zu\r\n\r\n",
                              word, bytes->len);
    g_string_prepend(bytes, head);
    g_free(head);
    g_free(word);
    g_free(gateway);
}

/* What a line sends or expects; false if it cannot be understood. */
static bool read_bytes(transcript *script, script_line *line, const char *key, char mark,
                       const char *value)
{
    if (g_str_has_prefix(value, "P2P "))
        return p2p_text_read(line->bytes, &script->said, script->config.account, *key == 'C',
                             value + strlen("P2P "));
    bool good = escape_read(line->bytes, value);
    if (mark == ':')
        g_string_append(line->bytes, "\r\n");
    if (good && key[1])
        wrap(script, line->bytes, line->kind == LINE_CLIENT);
    return good;
}

/* A line of the transcript; NULL if it is none. */
static script_line *read_line(transcript *script, char *key, char mark, const char *value)
{
    static const struct {
        const char *key;
        line_kind kind;
    } kinds[] = {
        {"S", LINE_SERVER},    {"C", LINE_CLIENT},      {"EV", LINE_EVENT},
        {"T", LINE_TIME},      {"DO", LINE_DO},         {"AT", LINE_AT},
        {"ON", LINE_ON},       {"ROSTER", LINE_STATE},  {"STATE", LINE_STATE},
        {"POST", LINE_CLIENT}, {"ANSWER", LINE_SERVER},
    };
    script_line *line = g_new0(script_line, 1);
    bool bytes;
    bool good = false;

    line->bytes = g_string_new(NULL);
    line->conn = take_conn(key);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!strcmp(key, kinds[i].key)) {
            line->kind = kinds[i].kind;
            good = true;
        }
    }
    bytes = good && (line->kind == LINE_SERVER || line->kind == LINE_CLIENT);
    if (mark == '=' && !bytes)
        good = false;
    if (good && bytes) {
        good = read_bytes(script, line, key, mark, value);
    } else if (good && line->kind == LINE_DO && !has_quotes(value)) {
        good = escape_read(line->bytes, value);
    } else if (good) {
        g_string_append(line->bytes, value);
    }
    if (good && line->kind == LINE_TIME)
        good = read_time(line);
    if (good)
        return line;
    line_free(line);
    return NULL;
}

/* --- tables --------------------------------------------------------------------------------- */

/* "each: NAME | NAME", and the rows that follow it. */
typedef struct {
    char **names;
    GPtrArray *rows; /* char **, as many cells as there are names */
    GArray *numbers; /* of their lines */
} table;

static void table_free(void *data)
{
    table *each = data;

    g_strfreev(each->names);
    g_ptr_array_unref(each->rows);
    g_array_unref(each->numbers);
    g_free(each);
}

static void free_cells(void *cells)
{
    g_strfreev(cells);
}

static char **split_cells(const char *text)
{
    /* "" would have no cell. */
    char **cells = g_strsplit(*text ? text : " ", "|", -1);

    for (unsigned i = 0; cells[i]; i++)
        g_strstrip(cells[i]);
    return cells;
}

/* Takes the tables out of the lines of a file. False if a row does not fit, or has no table. */
static bool take_tables(char **lines, GPtrArray *tables, unsigned *number)
{
    for (unsigned i = 0; lines[i]; i++) {
        table *each = tables->len ? tables->pdata[tables->len - 1] : NULL;

        *number = i + 1;
        if (g_str_has_prefix(lines[i], "each: ")) {
            each = g_new0(table, 1);
            each->names = split_cells(lines[i] + strlen("each: "));
            each->rows = g_ptr_array_new_with_free_func(free_cells);
            each->numbers = g_array_new(FALSE, FALSE, sizeof(unsigned));
            g_ptr_array_add(tables, each);
        } else if (lines[i][0] == '|') {
            char **cells = split_cells(lines[i] + 1);

            if (!each || g_strv_length(cells) != g_strv_length(each->names)) {
                g_strfreev(cells);
                return false;
            }
            g_ptr_array_add(each->rows, cells);
            g_array_append_val(each->numbers, *number);
        }
    }
    return true;
}

/* Is the brace that of \*N{text}? */
static bool is_repeated(const char *text, const char *brace)
{
    const char *at = brace;

    while (at > text && g_ascii_isdigit(at[-1]))
        at--;
    return at < brace && at > text + 1 && at[-1] == '*' && at[-2] == '\\';
}

/*
 * The line with what its columns stand for, which may name others: nothing of it if one is empty,
 * NULL if there is no such column.
 */
static char *fill_in(const transcript *script, const char *text, unsigned depth)
{
    GString *out = g_string_new(NULL);

    for (const char *at = text; *at; at++) {
        size_t length = *at == '{' ? strspn(at + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") : 0;
        bool column = length && at[length + 1] == '}' && !is_repeated(text, at);
        char *name = column ? g_strndup(at + 1, length) : NULL;
        const char *cell = name ? g_hash_table_lookup(script->cells, name) : NULL;
        char *filled = cell && depth < INCLUDES_MAX ? fill_in(script, cell, depth + 1) : NULL;

        g_free(name);
        if (column && (!filled || !*filled)) {
            g_string_free(out, TRUE);
            return filled;
        }
        if (column) {
            g_string_append(out, filled);
            at += length + 1;
        } else {
            g_string_append_c(out, *at);
        }
        g_free(filled);
    }
    return g_string_free(out, FALSE);
}

/* --- files ---------------------------------------------------------------------------------- */

static bool read_file(transcript *script, const char *path, unsigned depth, char **message);

static bool read_text_line(transcript *script, const char *path, unsigned number, char *text,
                           unsigned depth, char **message)
{
    size_t length = strcspn(text, ":=");
    char mark = text[length];
    char *value = text + length + (mark != 0);
    script_line *line;

    text[length] = 0;
    if (*value == ' ')
        value++;
    if (mark == ':' && !strcmp(text, "include")) {
        char *dir = g_path_get_dirname(path);
        char *included = g_build_filename(dir, value, NULL);
        bool good = read_file(script, included, depth + 1, message);

        g_free(included);
        g_free(dir);
        return good;
    }
    line = mark ? read_line(script, text, mark, value) : NULL;
    if (line) {
        line->file = g_strdup(path);
        line->number = number;
        g_ptr_array_add(script->lines, line);
        return true;
    }
    if (mark == ':' && script->lines->len == 0 && read_setting(script, text, value))
        return true;
    *message = g_strdup_printf("%s:%u: cannot be understood", path, number);
    return false;
}

static bool read_filled_line(transcript *script, const char *path, unsigned number,
                             const char *text, unsigned depth, char **message)
{
    char *filled = fill_in(script, text, 0);
    bool good =
        filled && (!*filled || read_text_line(script, path, number, filled, depth, message));

    if (!filled)
        *message = g_strdup_printf("%s:%u: there is no such column", path, number);
    g_free(filled);
    return good;
}

static bool read_file(transcript *script, const char *path, unsigned depth, char **message)
{
    char *text = NULL;
    char **lines;
    GError *error = NULL;
    bool good = true;

    if (depth > INCLUDES_MAX) {
        *message = g_strdup_printf("%s: included too deeply", path);
        return false;
    }
    if (!g_file_get_contents(path, &text, NULL, &error)) {
        *message = g_strdup_printf("%s: %s", path, error->message);
        g_error_free(error);
        return false;
    }
    lines = g_strsplit(text, "\n", -1);
    g_free(text);
    for (unsigned i = 0; lines[i] && good; i++) {
        if (lines[i][0] && !strchr("#|", lines[i][0]) && !g_str_has_prefix(lines[i], "each: "))
            good = read_filled_line(script, path, i + 1, lines[i], depth, message);
    }
    g_strfreev(lines);
    return good;
}

static bool method_of(const char *name, msnp_method *method)
{
    static const char *const names[] = {[MSNP_METHOD_DIRECT] = "direct",
                                        [MSNP_METHOD_GATEWAY] = "gateway",
                                        [MSNP_METHOD_AUTOMATIC] = "automatic"};

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!strcmp(name, names[i])) {
            *method = (msnp_method)i;
            return true;
        }
    }
    return false;
}

/* What the settings mean together; false if they name no machine, no status or no method. */
static bool settle_config(transcript *script)
{
    drive_config *config = &script->config;

    config->part = drive_part_of(script->machine);
    if (script->overlap)
        g_clear_pointer((char **)&config->challenge, g_free);
    return config->part < DRIVE_N_PARTS && method_of(script->method, &config->method) &&
           msnp_status_from_code(msnp_str_of(script->status), &config->status);
}

static transcript *script_new(const char *path)
{
    transcript *made = g_new0(transcript, 1);

    made->path = g_strdup(path);
    made->machine = g_strdup("");
    made->config.account = g_strdup("example@passport.com");
    made->config.password = g_strdup("password");
    made->config.host = g_strdup("messenger.hotmail.com");
    made->config.port = 1863;
    made->status = g_strdup("NLN");
    made->config.challenge = g_strdup("");
    made->method = g_strdup("direct");
    made->config.nexus_url = g_strdup("https://nexus.passport.com/rdr/pprdr.asp");
    made->config.cookie = g_strdup("17262740.1050826919.32308");
    made->lines = g_ptr_array_new_with_free_func(line_free);
    made->cells = g_hash_table_new(g_str_hash, g_str_equal);
    return made;
}

/* One of each table's rows is for this transcript: they are counted like the wheels of a clock. */
static void choose_rows(transcript *script, const GPtrArray *tables, unsigned turn)
{
    for (unsigned i = 0; i < tables->len; i++) {
        const table *each = tables->pdata[i];
        unsigned row = turn % each->rows->len;
        char **cells = each->rows->pdata[row];
        char *path =
            g_strdup_printf("%s:%u", script->path, g_array_index(each->numbers, unsigned, row));

        for (unsigned n = 0; each->names[n]; n++)
            g_hash_table_insert(script->cells, each->names[n], cells[n]);
        g_free(script->path);
        script->path = path;
        turn /= each->rows->len;
    }
}

static bool load_each(GPtrArray *scripts, const char *path, const GPtrArray *tables, char **message)
{
    unsigned count = 1;

    for (unsigned i = 0; i < tables->len; i++)
        count *= ((table *)tables->pdata[i])->rows->len;
    for (unsigned turn = 0; turn < count; turn++) {
        transcript *script = script_new(path);

        g_ptr_array_add(scripts, script);
        choose_rows(script, tables, turn);
        if (!read_file(script, path, 0, message))
            return false;
        g_hash_table_remove_all(script->cells);
        if (!settle_config(script)) {
            *message =
                g_strdup_printf("%s: the header names no machine, no status or no method", path);
            return false;
        }
    }
    return count > 0;
}

GPtrArray *script_load(const char *path, char **message)
{
    GPtrArray *scripts = g_ptr_array_new_with_free_func(script_free);
    GPtrArray *tables = g_ptr_array_new_with_free_func(table_free);
    char *text = NULL;
    unsigned number = 0;
    bool good = g_file_get_contents(path, &text, NULL, NULL);
    char **lines = good ? g_strsplit(text, "\n", -1) : NULL;

    *message = NULL;
    good = good && take_tables(lines, tables, &number) && load_each(scripts, path, tables, message);
    if (!good && !*message)
        *message = g_strdup_printf("%s:%u: cannot be read", path, number);
    if (!good)
        g_clear_pointer(&scripts, g_ptr_array_unref);
    g_strfreev(lines);
    g_free(text);
    g_ptr_array_unref(tables);
    return scripts;
}
