/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Payloads of messages. The input is read as one, and sent as text in the format that it says.
 */
#include "fuzz.h"

#include <string.h>

static void check_strings(const msnp_message *message)
{
    bool invited = message->kind == MSNP_MESSAGE_INVITE;

    CHECK(message->type && strlen(message->type) <= 64 && heard_is_printable(message->type));
    CHECK((message->text != NULL) ==
          (message->kind == MSNP_MESSAGE_TEXT || message->kind == MSNP_MESSAGE_ACTION));
    CHECK(!message->text || heard_is_clean_text(message->text));
    CHECK(message->kind != MSNP_MESSAGE_ACTION || heard_is_clean(message->text, MSNP_ACTION_CHARS));
    CHECK(!message->speaker || (message->kind == MSNP_MESSAGE_TEXT && *message->speaker &&
                                heard_is_clean(message->speaker, MSNP_SPEAKER_CHARS)));
    CHECK((message->invite.application != NULL) == invited);
    CHECK((message->invite.file_name != NULL) == invited);
    CHECK(!invited || heard_is_clean(message->invite.application, 64));
    CHECK(!invited || heard_is_clean(message->invite.file_name, 255));
    CHECK(!message->invite.file || invited);
    CHECK(message->kind != MSNP_MESSAGE_EXTRA || message->extra < MSNP_N_EXTRAS);
    CHECK(message->kind == MSNP_MESSAGE_P2P || (!message->dest && message->body.len == 0));
    CHECK(!message->dest || !strchr(message->dest, ';'));
    CHECK(message->kind == MSNP_MESSAGE_TEXT || msnp_format_is_plain(&message->format));
    fuzz_check_format(&message->format);
}

/* A payload is a header block with a body, and holds this text in this format. */
static void check_payload(msnp_str payload, const char *text, const msnp_format *format)
{
    msnp_message message;

    CHECK(payload.len <= MSNP_MESSAGE_MAX);
    CHECK(g_utf8_validate(payload.ptr, (gssize)payload.len, NULL));
    msnp_message_read(&message, payload);
    CHECK(message.kind == MSNP_MESSAGE_TEXT);
    CHECK_TEXT(!strcmp(message.text, text), message.text);
    CHECK(heard_same_format(&message.format, format));
    msnp_message_clear(&message);
}

/* All parts of the text together are the text, whatever it is. */
static void check_parts(msnp_str text, const msnp_format *format)
{
    GString *joined = g_string_new(NULL);
    char *clean = msnp_text_clean_lines(text);

    while (text.len > 0) {
        size_t len = msnp_message_fit(text, format);
        msnp_str part = {text.ptr, len};
        msnp_buf payload;
        char *expected;

        CHECK(len > 0 && len <= text.len);
        expected = msnp_text_clean_lines(part);
        msnp_message_write_text(&payload, part, format);
        check_payload(msnp_buf_view(&payload), expected, format);
        g_string_append(joined, expected);
        /* Either nothing is left, or there was no need for many parts. */
        CHECK(len == text.len || strlen(expected) > 0);
        msnp_buf_clear(&payload);
        g_free(expected);
        text = (msnp_str){text.ptr + len, text.len - len};
    }
    CHECK_TEXT(!strcmp(joined->str, clean), joined->str);
    g_string_free(joined, TRUE);
    g_free(clean);
}

/* A text that is as long as several messages. */
static void check_long(msnp_str text, const msnp_format *format)
{
    GString *many = g_string_new(NULL);

    while (text.len > 0 && many->len < (size_t)3 * MSNP_MESSAGE_MAX)
        g_string_append_len(many, text.ptr, (gssize)text.len);
    check_parts((msnp_str){many->str, many->len}, format);
    g_string_free(many, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msnp_str payload = {(const char *)data, size};
    msnp_message message;

    msnp_message_read(&message, payload);
    check_strings(&message);
    check_parts(payload, &message.format);
    check_long(message.text ? msnp_str_of(message.text) : payload, &message.format);
    msnp_message_clear(&message);
    return 0;
}
