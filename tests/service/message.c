/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Payloads of MSG: what a client may send to the byte, and what robots say.
 */
#include <arpa/inet.h>
#include <string.h>

#include "p2p.h"

#define FONT_MAX_CHARS 31

typedef struct {
    char letter;
    const char *account;
    GPtrArray *lines; /* of the header block */
    const char *body;
    gsize length; /* of the body */
} message;

/* The header block */

static const char *header(const message *m, const char *name)
{
    gsize length = strlen(name);

    for (guint i = 0; i < m->lines->len; i++) {
        const char *line = g_ptr_array_index(m->lines, i);

        if (g_ascii_strncasecmp(line, name, length) == 0 && g_str_has_prefix(line + length, ": "))
            return line + length + 2;
    }
    return NULL;
}

static const char *check_header_line(const message *m, const char *line)
{
    gsize length = strcspn(line, ":");
    g_autofree char *name = g_strndup(line, length);

    for (const char *p = line; *p; p++)
        if (*p < 0x20 || *p > 0x7e)
            return "a header of a message is not plain ASCII";
    for (const char *p = name; *p; p++)
        if (!g_ascii_isalnum(*p) && *p != '-')
            return "a header of a message has no proper name";
    if (length == 0 || !g_str_has_prefix(line + length, ": ") || !line[length + 2])
        return "a header of a message is not 'Name: value'";
    return header(m, name) ? "a header of a message comes twice" : NULL;
}

/* Splits the payload; the lines of the header block are checked on the way. */
static const char *take_head(message *m, const GString *payload)
{
    const char *at = payload->str;
    const char *end = g_strstr_len(at, (gssize)payload->len, "\r\n\r\n");

    if (!end || strlen(at) < (gsize)(end - at))
        return "a message without a header block";
    while (at < end + 2) {
        const char *next = strstr(at, "\r\n");
        char *line = g_strndup(at, (gsize)(next - at));
        const char *why = check_header_line(m, line);

        g_ptr_array_add(m->lines, line);
        if (why)
            return why;
        at = next + 2;
    }
    m->body = end + 4;
    m->length = payload->len - (gsize)(m->body - payload->str);
    return NULL;
}

/* text/plain */

static gboolean font_is_fine(const char *value)
{
    g_autofree char *name = g_uri_unescape_string(value, NULL);

    for (const char *p = value; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("-_.~!*'()%", *p))
            return FALSE;
    return name && g_utf8_validate(name, -1, NULL) && g_utf8_strlen(name, -1) <= FONT_MAX_CHARS;
}

static gboolean effects_are_fine(const char *value)
{
    for (const char *p = value; *p; p++)
        if (!strchr("BISU", *p) || strchr(p + 1, *p))
            return FALSE;
    return TRUE;
}

static gboolean is_hex(const char *value, gsize most)
{
    gsize length = strspn(value, "0123456789abcdefABCDEF");

    return length > 0 && length <= most && !value[length];
}

static gboolean colour_is_fine(const char *value)
{
    return is_hex(value, 6) && (value[0] != '0' || !value[1]);
}

static gboolean two_hex_are_fine(const char *value)
{
    return is_hex(value, 2);
}

static gboolean rtl_is_fine(const char *value)
{
    return g_str_equal(value, "1");
}

static const char *check_format(const char *value)
{
    static const struct {
        const char *key;
        gboolean (*is_fine)(const char *value);
    } keys[] = {{"FN=", font_is_fine},     {"EF=", effects_are_fine}, {"CO=", colour_is_fine},
                {"CS=", two_hex_are_fine}, {"PF=", two_hex_are_fine}, {"RL=", rtl_is_fine}};
    g_auto(GStrv) parts = g_strsplit(value, "; ", -1);
    guint n = g_strv_length(parts);

    if (n < 5 || n > G_N_ELEMENTS(keys))
        return "X-MMS-IM-Format does not have its five or six parts";
    for (guint i = 0; i < n; i++)
        if (!g_str_has_prefix(parts[i], keys[i].key) || !keys[i].is_fine(parts[i] + 3))
            return "X-MMS-IM-Format is ill-formed";
    return NULL;
}

/* The text ends at `length`, and in a NUL. */
static const char *check_body(const char *body, gsize length)
{
    if (!g_utf8_validate(body, (gssize)length, NULL))
        return "a message is not UTF-8";
    for (const char *p = body; *p; p++)
        if (*p == '\r' ? p[1] != '\n' : *p == '\n' ? p == body || p[-1] != '\r' : FALSE)
            return "a lone CR or LF in a message";
        else if (*p != '\r' && *p != '\n' && *p != '\t' && g_ascii_iscntrl(*p))
            return "a control character in a message";
    return NULL;
}

static const char *check_text(const message *m)
{
    const char *format = header(m, "X-MMS-IM-Format");
    const char *why = format ? check_format(format) : NULL;

    if (g_ascii_strcasecmp(header(m, "Content-Type"), "text/plain; charset=UTF-8") != 0)
        return "text/plain without charset=UTF-8";
    return why ? why : check_body(m->body, m->length);
}

/* The others */

static const char *check_typing(const message *m)
{
    if (m->letter != 'U')
        return "a typing notice that wants an answer";
    if (g_strcmp0(header(m, "TypingUser"), m->account) != 0)
        return "a typing notice of somebody else";
    return m->length == 2 && g_str_equal(m->body, "\r\n") ? NULL
                                                          : "a typing notice with another body";
}

static const char *check_datacast(const message *m)
{
    g_autofree char *id = g_str_has_prefix(m->body, "ID: ")
                              ? g_strndup(m->body + 4, strspn(m->body + 4, "0123456789"))
                              : NULL;

    return id && *id && g_str_has_prefix(m->body + 4 + strlen(id), "\r\n")
               ? NULL
               : "a datacast without the line of its ID";
}

static char *field(char **lines, const char *name)
{
    gsize length = strlen(name);

    for (; *lines; lines++)
        if (g_ascii_strncasecmp(*lines, name, length) == 0)
            return *lines + length;
    return NULL;
}

/* Is it there and one of these, with | between them? */
static gboolean has(char **lines, const char *name, const char *values)
{
    const char *value = field(lines, name);
    g_auto(GStrv) words = g_strsplit(values, "|", -1);

    return value && g_strv_contains((const char *const *)words, value);
}

/* Is it there and a number of at most so much? */
static gboolean has_number(char **lines, const char *name, guint64 most, guint64 *number)
{
    const char *value = field(lines, name);

    return value && reader_number(value, most, number);
}

static const char *check_offer(char **lines)
{
    const char *name = field(lines, "Application-File: ");
    guint64 number = 0;

    if (!has(lines, "Application-GUID: ", "{5D3E02AB-6190-11d3-BBBB-00C04F795683}") ||
        !has(lines, "Application-Name: ", "File Transfer"))
        return "an invitation to something else than a file";
    if (!name || !*name || strpbrk(name, "/\\"))
        return "a file without a name, or with directories in it";
    if (!has_number(lines, "Application-FileSize: ", G_MAXUINT32, &number))
        return "a file without a size";
    if (field(lines, "Connectivity: ") && !has(lines, "Connectivity: ", "N"))
        return "Connectivity is not N";
    return NULL;
}

static gboolean has_address(char **lines, const char *name)
{
    const char *value = field(lines, name);
    struct in6_addr address;

    return value &&
           (inet_pton(AF_INET, value, &address) == 1 || inet_pton(AF_INET6, value, &address) == 1);
}

/* The port, and the same in disguise where it is. */
static gboolean ports_are_fine(char **lines)
{
    guint64 port = 0;
    guint64 hidden = 0;

    if (!has_number(lines, "Port: ", G_MAXUINT16, &port) || !port)
        return FALSE;
    if (field(lines, "PortX: ") &&
        (!has_number(lines, "PortX: ", G_MAXUINT16, &hidden) || (hidden ^ 0x3141) != port))
        return FALSE;
    return !field(lines, "IP-Address-Internal: ") ||
           (has_address(lines, "IP-Address-Internal: ") &&
            has_number(lines, "PortX-Internal: ", G_MAXUINT16, &hidden) && hidden != 0x3141);
}

static const char *check_accept(char **lines)
{
    guint64 number = 0;

    if (!has(lines, "Launch-Application: ", "FALSE") ||
        !has(lines, "Request-Data: ", "IP-Address:"))
        return "an invitation is accepted in another way";
    if (field(lines, "Sender-Connect: ") &&
        (!has(lines, "Sender-Connect: ", "TRUE") || !field(lines, "IP-Address: ")))
        return "Sender-Connect is not TRUE, or there is no address to connect to";
    if (field(lines, "IP-Address: ") &&
        (!has_address(lines, "IP-Address: ") || !ports_are_fine(lines) ||
         !has_number(lines, "AuthCookie: ", G_MAXUINT32, &number)))
        return "an address of a file is not complete";
    return NULL;
}

static const char *check_fields(char **lines)
{
    guint64 number = 0;

    if (!has_number(lines, "Invitation-Cookie: ", G_MAXUINT32, &number))
        return "an invitation without its cookie";
    if (has(lines, "Invitation-Command: ", "CANCEL"))
        return has(lines, "Cancel-Code: ",
                   "REJECT|REJECT_NOT_INSTALLED|TIMEOUT|FTTIMEOUT|FAIL|OUTBANDCANCEL")
                   ? NULL
                   : "a cancelled invitation does not say why";
    if (has(lines, "Invitation-Command: ", "INVITE"))
        return check_offer(lines);
    return has(lines, "Invitation-Command: ", "ACCEPT") ? check_accept(lines)
                                                        : "an invitation without a command";
}

static const char *check_invitation(const message *m)
{
    g_auto(GStrv) lines = g_strsplit(m->body, "\r\n", -1);
    guint n = g_strv_length(lines);
    const char *why = check_body(m->body, m->length);

    if (why)
        return why;
    if (m->letter == 'U')
        return "an invitation that wants no answer";
    if (n < 3 || *lines[n - 1] || *lines[n - 2])
        return "an invitation does not end in an empty line";
    for (guint i = 0; i < n - 2; i++)
        if (!strstr(lines[i], ": "))
            return "a line of an invitation is not 'Name: value'";
    return check_fields(lines);
}

static const char *check_by_type(const message *m, const char *type, message_kind *kind)
{
    *kind = MESSAGE_ELSE;
    if (g_str_equal(type, "text/plain")) {
        *kind = MESSAGE_TEXT;
        return check_text(m);
    }
    if (g_str_equal(type, "text/x-msmsgscontrol")) {
        *kind = MESSAGE_TYPING;
        return check_typing(m);
    }
    if (g_str_equal(type, "text/x-msnmsgr-datacast"))
        return check_datacast(m);
    if (g_str_equal(type, "text/x-msmsgsinvite"))
        return check_invitation(m);
    return NULL;
}

static const char *check_p2p(const message *m, message_kind *kind)
{
    *kind = MESSAGE_P2P;
    return m->letter == 'D' ? p2p_check(m->account, header(m, "P2P-Dest"), m->body, m->length)
                            : "MSNP2P with another letter than D";
}

const char *message_check(const char *address, char letter, const GString *payload,
                          message_kind *kind)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    message m = {letter, address, lines, NULL, 0};
    const char *why = take_head(&m, payload);
    g_autofree char *type = NULL;

    if (why)
        return why;
    if (g_strcmp0(header(&m, "MIME-Version"), "1.0") != 0)
        return "a message without MIME-Version: 1.0";
    if (!header(&m, "Content-Type"))
        return "a message without a Content-Type";
    type = message_type(payload->str, payload->len, NULL);
    if (p2p_is_type(type))
        return check_p2p(&m, kind);
    if (letter == 'D')
        return "the letter D with something else than MSNP2P";
    return check_by_type(&m, type, kind);
}

/* What robots hear and say */

char *message_type(const char *payload, gsize length, gsize *body)
{
    g_autofree char *text = g_strndup(payload, length);
    char *end = strstr(text, "\r\n\r\n");
    char *type = NULL;

    if (end)
        end[2] = '\0';
    if (body)
        *body = end ? (gsize)(end - text) + 4 : length;
    for (char *line = text, *next; line && end && !type; line = next) {
        next = strstr(line, "\r\n");
        next = next ? next + 2 : NULL;
        if (g_ascii_strncasecmp(line, "Content-Type:", 13) == 0)
            type = g_strndup(line + 13, strcspn(line + 13, ";\r"));
    }
    for (char *p = type; p && *p; p++)
        *p = g_ascii_tolower(*p);
    return type ? g_strstrip(type) : g_strdup("");
}

#define TEXT_HEAD                                 \
    "MIME-Version: 1.0\r\n"                       \
    "Content-Type: text/plain; charset=UTF-8\r\n" \
    "X-MMS-IM-Format: FN=Arial; EF=; CO=0; CS=0; PF=22\r\n"
#define PART_MAX 1400 /* bytes, as in MSNPSharp and DotMSN, which cut within characters, too */

GString *message_text(const char *text, const char *speaker)
{
    GString *payload = g_string_new(TEXT_HEAD);

    if (speaker)
        g_string_append_printf(payload, "P4-Context: %s\r\n", speaker);
    return g_string_append(g_string_append(payload, "\r\n"), text);
}

GString *message_part(const char *id, guint number, guint n, const char *bytes, gsize length)
{
    GString *payload = g_string_new(number == 0 ? TEXT_HEAD : "");

    g_string_append_printf(payload, "Message-ID: {%s}\r\n", id);
    if (number == 0)
        g_string_append_printf(payload, "Chunks: %u\r\n\r\n", n);
    else
        g_string_append_printf(payload, "Chunk: %u\r\n\r\n", number);
    return g_string_append_len(payload, bytes, (gssize)length);
}

GPtrArray *message_parts(const char *text)
{
    GPtrArray *parts = g_ptr_array_new();
    g_autofree char *id = g_uuid_string_random();
    gsize length = strlen(text);
    guint n = (guint)((length + PART_MAX - 1) / PART_MAX);

    if (n <= 1)
        g_ptr_array_add(parts, message_text(text, NULL));
    for (guint i = 0; n > 1 && i < n; i++) {
        const char *from = text + (gsize)i * PART_MAX;
        g_ptr_array_add(parts, message_part(id, i, n, from, MIN(strlen(from), PART_MAX)));
    }
    return parts;
}

GString *message_datacast(guint id, const char *data)
{
    GString *payload = g_string_new(NULL);

    g_string_printf(payload,
                    "MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\nID: %u\r\n",
                    id);
    if (data)
        g_string_append_printf(payload, "Data: %s\r\n", data);
    return g_string_append(payload, "\r\n");
}

GString *message_extra(const char *name)
{
    if (g_str_equal(name, "wink"))
        return message_datacast(2, "<msnobj Creator=\"somebody\" Type=\"8\"/>");
    if (g_str_equal(name, "voice-clip"))
        return message_datacast(3, "<msnobj Creator=\"somebody\" Type=\"11\"/>");
    return g_str_equal(name, "ink")
               ? g_string_new("MIME-Version: 1.0\r\nContent-Type: image/gif\r\n\r\n"
                              "base64:R0lGODlhAQABAAAAACwAAAAAAQABAAA=")
               : NULL;
}

GString *message_typing(const char *address)
{
    GString *payload = g_string_new(NULL);

    g_string_printf(payload,
                    "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\n"
                    "TypingUser: %s\r\n\r\n\r\n",
                    address);
    return payload;
}
