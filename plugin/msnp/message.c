/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "message.h"

#include "codec.h"
#include "mime.h"

#include <string.h>

#define TYPE_TEXT     "text/plain"
#define TYPE_CONTROL  "text/x-msmsgscontrol"
#define TYPE_DATACAST "text/x-msnmsgr-datacast"
#define TYPE_INVITE   "text/x-msmsgsinvite"

#define FORMAT_HEADER "X-MMS-IM-Format"
#define FILE_TRANSFER "{5D3E02AB-6190-11d3-BBBB-00C04F795683}"

#define WESTERN       "windows-1252"
#define CHARACTER_MAX 64 /* more than the bytes of UTF-8 that one character becomes */

#define TYPE_MAX   64 /* longest content type that is kept, in bytes */
#define NAME_CHARS 64
#define FILE_CHARS 255

/* --- reading ---------------------------------------------------------------------------------- */

/* The bytes after the headers; empty if the headers do not end. */
static msnp_str find_body(msnp_str payload)
{
    msnp_mime mime;
    msnp_str name, value;

    msnp_mime_init(&mime, payload);
    while (msnp_mime_next(&mime, &name, &value))
        continue;
    return mime.rest;
}

/* The content type, normalized for comparing and logging. */
static char *read_type(const char *content_type)
{
    char *type = g_ascii_strdown(content_type, (gssize)strcspn(content_type, ";"));

    g_strstrip(type);
    for (char *p = type; *p != '\0'; p++)
        if (!g_ascii_isprint(*p))
            *p = '?';
    if (strlen(type) > TYPE_MAX)
        type[TYPE_MAX] = '\0';
    return type;
}

/*
 * Is this a charset that clients use? Peers must not choose any converter of iconv: some are old
 * and little tested.
 */
static bool is_common(const char *charset)
{
    static const char *const names[] = {
        "us-ascii",     "utf-8",        "utf-16", "utf-16le",    "utf-16be",       "gb2312",
        "gbk",          "gb18030",      "big5",   "big5-hkscs",  "shift_jis",      "euc-jp",
        "iso-2022-jp",  "euc-kr",       "koi8-r", "koi8-u",      "ks_c_5601-1987", "tis-620",
        "windows-874",  "windows-1250", "cp1252", "iso-8859-1",  "iso-8859-2",     "iso-8859-3",
        "iso-8859-4",   "iso-8859-5",   "cp1251", "iso-8859-6",  "iso-8859-7",     "iso-8859-8",
        "iso-8859-9",   "iso-8859-10",  "cp1250", "iso-8859-13", "iso-8859-14",    "iso-8859-15",
        "windows-1251", "windows-1252", "cp932",  "cp936",       "cp949",          "cp950",
        "windows-1253", "windows-1254", "sjis",   "windows-31j", "windows-1255",   "windows-1256",
        "windows-1257", "windows-1258", "cp1253", "cp1254",      "latin1",         "ascii"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_ascii_strcasecmp(charset, names[i]) == 0)
            return true;
    return false;
}

/* The charset that is named, in lower case and without quotes, or NULL. The caller frees it. */
static char *read_charset(const char *content_type)
{
    msnp_str list = msnp_str_of(content_type);
    msnp_str name, value;

    while (msnp_take_pair(&list, '=', &name, &value)) {
        if (!msnp_str_is_nocase(name, "charset"))
            continue;
        char *charset = g_ascii_strdown(value.ptr, (gssize)value.len);
        return g_strstrip(g_strdelimit(charset, "\"'", ' '));
    }
    return NULL;
}

static bool is_one_of(const char *charset, const char *a, const char *b)
{
    return strcmp(charset, a) == 0 || strcmp(charset, b) == 0;
}

/*
 * The charset to convert from, NULL for UTF-8; static, or `named`. Without a name the text is in
 * the code page of the sender's Windows, of which the Western one is the best guess. That is also
 * what Windows calls ISO 8859-1.
 */
static const char *choose_charset(const char *named, msnp_str body)
{
    bool utf8 = g_utf8_validate_len(body.ptr, body.len, NULL);

    if (named == NULL || *named == '\0' || is_one_of(named, "us-ascii", "ascii"))
        return utf8 ? NULL : WESTERN;
    if (is_one_of(named, "iso-8859-1", "latin1"))
        return WESTERN;
    return is_common(named) && strcmp(named, "utf-8") != 0 ? named : NULL;
}

/*
 * Converts to UTF-8, with U+FFFD for each byte that is invalid; then `whole` becomes false. NULL if
 * this computer does not know the charset.
 */
static GString *convert(msnp_str body, const char *charset, bool *whole)
{
    GIConv converter = g_iconv_open("UTF-8", charset);
    char *from = (char *)body.ptr;
    gsize left = body.len;
    bool flushed = false;

    if (converter == (GIConv)-1)
        return NULL;

    GString *out = g_string_sized_new(body.len);
    while (!flushed) {
        char piece[256];
        char *to = piece;
        gsize room = sizeof piece;
        /* At the end comes what it held back, since another character might combine with it. */
        flushed = left == 0;
        gsize result = flushed ? g_iconv(converter, NULL, NULL, &to, &room)
                               : g_iconv(converter, &from, &left, &to, &room);
        /* It stops at an invalid byte, and where there is no room for another character. */
        bool invalid = !flushed && result == (gsize)-1 && room >= CHARACTER_MAX;
        g_string_append_len(out, piece, to - piece);
        if (invalid) {
            *whole = false;
            g_string_append(out, "\xef\xbf\xbd");
            from++;
            left--;
        }
    }
    g_iconv_close(converter);
    return out;
}

/* As UTF-8, in which bytes can be invalid; NULL if it is that already. The caller frees it. */
static GString *decode(const char *content_type, msnp_str body)
{
    char *named = read_charset(content_type);
    const char *charset = choose_charset(named, body);
    bool whole = true;
    GString *text = charset != NULL ? convert(body, charset, &whole) : NULL;

    /* The name may be wrong. */
    if (text != NULL && !whole && g_utf8_validate_len(body.ptr, body.len, NULL)) {
        g_string_free(text, TRUE);
        text = NULL;
    }
    g_free(named);
    return text;
}

static char *read_text(const char *content_type, msnp_str body)
{
    GString *decoded = decode(content_type, body);
    char *text =
        msnp_text_clean_lines(decoded != NULL ? (msnp_str){decoded->str, decoded->len} : body);

    if (decoded != NULL)
        g_string_free(decoded, TRUE);
    return text;
}

static void read_plain(msnp_message *message, const char *content_type, msnp_str payload)
{
    char *format = msnp_mime_get(payload, FORMAT_HEADER, 0);

    message->kind = MSNP_MESSAGE_TEXT;
    message->text = read_text(content_type, find_body(payload));
    if (format != NULL)
        msnp_format_read(&message->format, msnp_str_of(format));
    g_free(format);
}

static void read_datacast(msnp_message *message, msnp_str block)
{
    char *id = msnp_mime_get(block, "ID", 0);

    if (g_strcmp0(id, "1") == 0)
        message->kind = MSNP_MESSAGE_NUDGE;
    g_free(id);
}

static msnp_message_kind read_command(msnp_str block)
{
    static const struct {
        const char *command;
        msnp_message_kind kind;
    } commands[] = {{"INVITE", MSNP_MESSAGE_INVITE},
                    {"ACCEPT", MSNP_MESSAGE_ACCEPT},
                    {"CANCEL", MSNP_MESSAGE_CANCEL}};
    msnp_message_kind kind = MSNP_MESSAGE_OTHER;
    char *command = msnp_mime_get(block, "Invitation-Command", 0);

    for (size_t i = 0; command != NULL && i < G_N_ELEMENTS(commands); i++)
        if (g_ascii_strcasecmp(command, commands[i].command) == 0)
            kind = commands[i].kind;
    g_free(command);
    return kind;
}

/* A header that is a number up to `max`. If not, returns false and leaves `value` unchanged. */
static bool read_number(msnp_str block, const char *name, uint64_t max, uint64_t *value)
{
    char *text = msnp_mime_get(block, name, 0);
    bool good = text != NULL && msnp_parse_uint(msnp_str_of(text), max, value);

    g_free(text);
    return good;
}

/* A header as clean text of one line; "" if there is none. */
static char *read_name(const char *content_type, msnp_str block, const char *name, size_t max_chars)
{
    char *text = msnp_mime_get(block, name, 0);

    if (text == NULL)
        return g_strdup("");
    GString *decoded = decode(content_type, msnp_str_of(text));
    char *clean = decoded != NULL ? msnp_text_clean(decoded->str, decoded->len, max_chars)
                                  : msnp_text_clean(text, strlen(text), max_chars);
    if (decoded != NULL)
        g_string_free(decoded, TRUE);
    g_free(text);
    return clean;
}

static void read_offer(msnp_message *message, const char *content_type, msnp_str block)
{
    char *guid = msnp_mime_get(block, "Application-GUID", 0);

    message->invite.application = read_name(content_type, block, "Application-Name", NAME_CHARS);
    message->invite.file = guid != NULL && g_ascii_strcasecmp(guid, FILE_TRANSFER) == 0;
    if (message->invite.file) {
        message->invite.file_name = read_name(content_type, block, "Application-File", FILE_CHARS);
        read_number(block, "Application-FileSize", UINT64_MAX, &message->invite.file_size);
    } else {
        message->invite.file_name = g_strdup("");
    }
    g_free(guid);
}

static void read_invitation(msnp_message *message, const char *content_type, msnp_str block)
{
    msnp_message_kind kind = read_command(block);
    uint64_t cookie;

    if (kind == MSNP_MESSAGE_OTHER || !read_number(block, "Invitation-Cookie", UINT32_MAX, &cookie))
        return;
    message->kind = kind;
    message->invite.cookie = (uint32_t)cookie;
    if (kind == MSNP_MESSAGE_INVITE)
        read_offer(message, content_type, block);
}

void msnp_message_read(msnp_message *message, msnp_str payload)
{
    char *content_type = msnp_mime_get(payload, "Content-Type", 0);

    *message = (msnp_message){.kind = MSNP_MESSAGE_OTHER};
    msnp_format_init(&message->format);
    message->type = read_type(content_type != NULL ? content_type : "");
    if (strcmp(message->type, TYPE_TEXT) == 0)
        read_plain(message, content_type, payload);
    else if (strcmp(message->type, TYPE_CONTROL) == 0)
        message->kind = MSNP_MESSAGE_TYPING;
    else if (strcmp(message->type, TYPE_DATACAST) == 0)
        read_datacast(message, find_body(payload));
    else if (strcmp(message->type, TYPE_INVITE) == 0)
        read_invitation(message, content_type, find_body(payload));
    g_free(content_type);
}

void msnp_message_clear(msnp_message *message)
{
    g_free(message->type);
    g_free(message->text);
    g_free(message->invite.application);
    g_free(message->invite.file_name);
    *message = (msnp_message){.kind = MSNP_MESSAGE_OTHER};
}

/* --- splitting -------------------------------------------------------------------------------- */

/* The headers of a text message. */
static char *text_head(const msnp_format *format)
{
    char *value = msnp_format_is_plain(format) ? NULL : msnp_format_write(format);
    char *head = g_strconcat("MIME-Version: 1.0\r\nContent-Type: " TYPE_TEXT "; charset=UTF-8\r\n",
                             value != NULL ? FORMAT_HEADER ": " : "", value != NULL ? value : "",
                             value != NULL ? "\r\n\r\n" : "\r\n", NULL);

    g_free(value);
    return head;
}

/* Encodes a character of msnp_text_take() for a payload. */
static size_t put_char(gunichar c, char bytes[6])
{
    if (c == 0)
        return 0;
    if (c != '\n')
        return (size_t)g_unichar_to_utf8(c, bytes);
    bytes[0] = '\r';
    bytes[1] = '\n';
    return 2;
}

static bool is_regional(gunichar c)
{
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

/* Does this character extend the one before it? */
static bool is_extending(gunichar c)
{
    bool joiner = c == 0x200C || c == 0x200D;
    bool skin = c >= 0x1F3FB && c <= 0x1F3FF;
    bool tag = c >= 0xE0020 && c <= 0xE007F;
    bool jamo = (c >= 0x1160 && c <= 0x11FF) || (c >= 0xD7B0 && c <= 0xD7FB);
    bool spacing = c == 0x0E33 || c == 0x0EB3 || c == 0xFF9E || c == 0xFF9F;

    return g_unichar_ismark(c) || joiner || skin || tag || jamo || spacing;
}

/* White space where a text may be split. */
static bool is_breaking(gunichar c)
{
    return g_unichar_isspace(c) && c != 0x00A0 && c != 0x2007 && c != 0x202F;
}

/* What precedes a position in a text. */
typedef struct {
    gunichar last;
    bool half_flag; /* the first of two letters that make a flag */
} context;

static bool may_split(const context *before, gunichar c)
{
    return before->last != 0 && before->last != 0x200D && !is_extending(c) &&
           !(before->half_flag && is_regional(c));
}

static void go_past(context *before, gunichar c)
{
    before->half_flag = is_regional(c) && !before->half_flag;
    before->last = c;
}

size_t msnp_message_fit(msnp_str text, const msnp_format *format)
{
    char *head = text_head(format);
    size_t room = MSNP_MESSAGE_MAX - strlen(head);
    size_t behind_blank = 0;
    size_t behind_char = 0;
    size_t behind_anything = 0;
    context before = {0};
    char bytes[6];

    g_free(head);
    for (msnp_str rest = text; rest.len > 0;) {
        size_t at = text.len - rest.len;
        gunichar c = msnp_text_take(&rest);
        size_t need = put_char(c, bytes);
        if (need == 0)
            continue;
        if (may_split(&before, c)) {
            behind_char = at;
            behind_blank = is_breaking(before.last) ? at : behind_blank;
        }
        if (need > room) {
            behind_anything = at;
            break;
        }
        room -= need;
        go_past(&before, c);
    }
    if (behind_anything == 0)
        return text.len;
    if (behind_blank > 0)
        return behind_blank;
    return behind_char > 0 ? behind_char : behind_anything;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void start(msnp_buf *out, const char *head)
{
    msnp_buf_init(out, MSNP_MESSAGE_MAX, false);
    msnp_buf_append_text(out, head);
}

void msnp_message_write_text(msnp_buf *out, msnp_str text, const msnp_format *format)
{
    char *head = text_head(format);
    msnp_err err = MSNP_OK;
    char bytes[6];

    start(out, head);
    while (err == MSNP_OK && text.len > 0)
        err = msnp_buf_append(out, bytes, put_char(msnp_text_take(&text), bytes));
    g_free(head);
}

void msnp_message_write_typing(msnp_buf *out, const char *account)
{
    start(out, "MIME-Version: 1.0\r\nContent-Type: " TYPE_CONTROL "\r\nTypingUser: ");
    msnp_buf_append_text(out, account);
    msnp_buf_append_text(out, "\r\n\r\n\r\n");
}

void msnp_message_write_nudge(msnp_buf *out)
{
    start(out, "MIME-Version: 1.0\r\nContent-Type: " TYPE_DATACAST "\r\n\r\nID: 1\r\n\r\n");
}

void msnp_message_write_decline(msnp_buf *out, uint32_t cookie, bool installed)
{
    char *body = g_strdup_printf("Invitation-Command: CANCEL\r\n"
                                 "Invitation-Cookie: %" G_GUINT32_FORMAT "\r\n"
                                 "Cancel-Code: %s\r\n\r\n",
                                 cookie, installed ? "REJECT" : "REJECT_NOT_INSTALLED");

    start(out, "MIME-Version: 1.0\r\nContent-Type: " TYPE_INVITE "; charset=UTF-8\r\n\r\n");
    msnp_buf_append_text(out, body);
    g_free(body);
}
