/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "message.h"

#include "charset.h"
#include "codec.h"
#include "mime.h"

#include <string.h>

#define TYPE_TEXT     "text/plain"
#define TYPE_CONTROL  "text/x-msmsgscontrol"
#define TYPE_DATACAST "text/x-msnmsgr-datacast"
#define TYPE_INVITE   "text/x-msmsgsinvite"
#define TYPE_P2P      "application/x-msnmsgrp2p"

#define FORMAT_HEADER "X-MMS-IM-Format"

#define TYPE_MAX 64 /* longest content type that is kept, in bytes */

/* --- reading ---------------------------------------------------------------------------------- */

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

/* A text in the charset of this content type. The caller frees it. */
static char *read_text(const char *content_type, msnp_str body)
{
    GString *decoded = msnp_charset_decode(content_type, body);
    char *text =
        msnp_text_clean_lines(decoded != NULL ? (msnp_str){decoded->str, decoded->len} : body);

    if (decoded != NULL)
        g_string_free(decoded, TRUE);
    return text;
}

/* The name in a header, in one line; NULL if it says nothing. The caller frees it. */
static char *read_speaker(msnp_str payload)
{
    char *value = msnp_mime_get(payload, "P4-Context", 0);
    char *name = value != NULL ? msnp_text_clean(value, strlen(value), MSNP_SPEAKER_CHARS) : NULL;

    g_free(value);
    if (name != NULL && *name == '\0')
        g_clear_pointer(&name, g_free);
    return name;
}

static void read_plain(msnp_message *message, const char *content_type, msnp_str payload)
{
    char *format = msnp_mime_get(payload, FORMAT_HEADER, 0);

    message->kind = MSNP_MESSAGE_TEXT;
    message->text = read_text(content_type, msnp_mime_body(payload));
    message->speaker = read_speaker(payload);
    if (format != NULL)
        msnp_format_read(&message->format, msnp_str_of(format));
    g_free(format);
}

static void become_extra(msnp_message *message, msnp_extra extra)
{
    message->kind = MSNP_MESSAGE_EXTRA;
    message->extra = extra;
}

static void read_action(msnp_message *message, const char *content_type, msnp_str block)
{
    char *data = msnp_mime_get(block, "Data", 0);

    if (data == NULL)
        return;
    char *text = read_text(content_type, msnp_str_of(data));
    message->kind = MSNP_MESSAGE_ACTION;
    message->text = msnp_text_clean(text, strlen(text), MSNP_ACTION_CHARS);
    g_free(text);
    g_free(data);
}

static void read_datacast(msnp_message *message, const char *content_type, msnp_str block)
{
    char *id = msnp_mime_get(block, "ID", 0);

    if (g_strcmp0(id, "1") == 0)
        message->kind = MSNP_MESSAGE_NUDGE;
    else if (g_strcmp0(id, "2") == 0)
        become_extra(message, MSNP_EXTRA_WINK);
    else if (g_strcmp0(id, "3") == 0)
        become_extra(message, MSNP_EXTRA_VOICE_CLIP);
    else if (g_strcmp0(id, "4") == 0)
        read_action(message, content_type, block);
    g_free(id);
}

static void read_invitation(msnp_message *message, const char *content_type, msnp_str block)
{
    static const msnp_message_kind kinds[] = {[MSNP_INVITE_OFFER] = MSNP_MESSAGE_INVITE,
                                              [MSNP_INVITE_ACCEPT] = MSNP_MESSAGE_ACCEPT,
                                              [MSNP_INVITE_CANCEL] = MSNP_MESSAGE_CANCEL};

    if (msnp_invite_read(&message->invite, content_type, block))
        message->kind = kinds[message->invite.command];
    else
        msnp_invite_clear(&message->invite);
}

/* Version 2, which names the computers of both sides, is for those who announced it. */
static void read_p2p(msnp_message *message, msnp_str payload)
{
    char *source = msnp_mime_get(payload, "P2P-Src", 0);
    char *dest = msnp_mime_get(payload, "P2P-Dest", 0);

    if (source == NULL && (dest == NULL || strchr(dest, ';') == NULL)) {
        message->kind = MSNP_MESSAGE_P2P;
        message->body = msnp_mime_body(payload);
        message->dest = g_steal_pointer(&dest);
    }
    g_free(source);
    g_free(dest);
}

/* A picture in a message, or strokes of a pen: all that the user wrote. */
static bool is_ink(const char *type)
{
    return strcmp(type, "image/gif") == 0 || strcmp(type, "application/x-ms-ink") == 0;
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
        read_datacast(message, content_type, msnp_mime_body(payload));
    else if (strcmp(message->type, TYPE_INVITE) == 0)
        read_invitation(message, content_type, msnp_mime_body(payload));
    else if (strcmp(message->type, TYPE_P2P) == 0)
        read_p2p(message, payload);
    else if (is_ink(message->type))
        become_extra(message, MSNP_EXTRA_INK);
    g_free(content_type);
}

void msnp_message_clear(msnp_message *message)
{
    g_free(message->type);
    g_free(message->text);
    g_free(message->speaker);
    g_free(message->dest);
    msnp_invite_clear(&message->invite);
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

bool msnp_message_is_one_piece(msnp_str text)
{
    static const char otr[] = "?OTR";

    return text.len >= strlen(otr) && memcmp(text.ptr, otr, strlen(otr)) == 0;
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
