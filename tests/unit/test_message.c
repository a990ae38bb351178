/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in messages, where a long text is split, and the messages that we send. */
#include "expect.h"
#include "guard.h"
#include "looks.h"
#include "message.h"

#include <string.h>

#define HEAD        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
#define TEXT        HEAD "\r\n"
#define DATACAST    "Content-Type: text/x-msnmsgr-datacast\r\n\r\n"
#define INVITE_TYPE "Content-Type: text/x-msmsgsinvite; charset=UTF-8\r\n"
#define INVITE_HEAD "MIME-Version: 1.0\r\n" INVITE_TYPE "\r\n"
#define FILE_GUID   "{5D3E02AB-6190-11d3-BBBB-00C04F795683}"
#define TEXT_ROOM   (MSNP_MESSAGE_MAX - (sizeof(TEXT) - 1)) /* bytes of text without a format */

/* A line that says all that was read. */
static char *describe(const msnp_message *message)
{
    static const char *const kinds[] = {"TEXT",   "TYPING", "NUDGE", "ACTION", "INVITE", "ACCEPT",
                                        "CANCEL", "EXTRA",  "P2P",   "PAGE",   "OTHER"};
    GString *text = g_string_new(kinds[message->kind]);
    bool is_text = message->kind == MSNP_MESSAGE_TEXT;
    bool is_action = message->kind == MSNP_MESSAGE_ACTION;
    bool is_invite = message->kind == MSNP_MESSAGE_INVITE;
    char *format = looks(&message->format);

    g_assert_cmpint(message->text != NULL, ==, is_text || is_action);
    g_assert_cmpint(message->invite.application != NULL, ==, is_invite);
    g_assert_cmpint(message->invite.file_name != NULL, ==, is_invite);
    g_assert_true(is_text || msnp_format_is_plain(&message->format));
    g_assert_true(is_invite || !message->invite.file);
    if (message->kind == MSNP_MESSAGE_OTHER)
        g_string_append_printf(text, " %s", message->type);
    if (message->kind == MSNP_MESSAGE_P2P)
        g_string_append_printf(text, " [%s] %.*s", message->dest != NULL ? message->dest : "-",
                               (int)message->body.len, message->body.ptr);
    if (is_text)
        g_string_append_printf(text, " [%s] %s", format, message->text);
    if (message->speaker != NULL)
        g_string_append_printf(text, " (by %s)", message->speaker);
    if (is_action)
        g_string_append_printf(text, " %s", message->text);
    if (message->kind == MSNP_MESSAGE_EXTRA)
        g_string_append_printf(text, " %s", msnp_extra_name(message->extra));
    if (is_invite)
        g_string_append_printf(text, " [%s]", message->invite.application);
    if (is_invite && message->invite.file)
        g_string_append_printf(text, " [%s] %" G_GUINT64_FORMAT, message->invite.file_name,
                               message->invite.file_size);
    if (is_invite || message->kind == MSNP_MESSAGE_ACCEPT || message->kind == MSNP_MESSAGE_CANCEL)
        g_string_append_printf(text, " %u", message->invite.cookie);
    g_free(format);
    return g_string_free(text, FALSE);
}

static void expect_read(msnp_str payload, const char *expected)
{
    msnp_message message;

    memset(&message, 0x55, sizeof(message));
    msnp_message_read(&message, payload);
    char *got = describe(&message);
    expect_text(msnp_str_of(got), expected);
    g_free(got);
    msnp_message_clear(&message);
    g_assert_null(message.type);
    g_assert_null(message.text);
}

static void check_read(msnp_str payload, void *expected)
{
    expect_read(payload, *(const char **)expected);
}

typedef struct {
    const char *payload;
    const char *message;
} row;

static void check_rows(row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        say(rows[i].payload);
        guard_both(rows[i].payload, strlen(rows[i].payload), check_read, &rows[i].message);
    }
}

static void test_read_text(void)
{
    static row table[] = {
        {HEAD "X-MMS-IM-Format: FN=Arial; EF=I; CO=0; CS=0; PF=22\r\n\r\nHello! How are you?",
         "TEXT [Arial I 000000] Hello! How are you?"},
        {TEXT "Hi", "TEXT [- - 000000] Hi"},
        {TEXT, "TEXT [- - 000000] "},
        {TEXT "  a\r\nb\nc\rd\t\r\n", "TEXT [- - 000000]   a\nb\nc\nd\t\n"},
        {TEXT "\r\n\r\na", "TEXT [- - 000000] \n\na"},
        {TEXT "A: b\r\n\r\nc", "TEXT [- - 000000] A: b\n\nc"},
        {TEXT "a<b>&amp;%41", "TEXT [- - 000000] a<b>&amp;%41"},
        {TEXT "\xef\xbb\xbf"
              "a\x01\xe2\x80\xae"
              "b\xe2\x80\x8f\x7f",
         "TEXT [- - 000000] ab\xe2\x80\x8f"},
        {TEXT "\xff\xe9"
              "a",
         "TEXT [- - 000000] \xef\xbf\xbd\xef\xbf\xbd"
         "a"},
        /* Letter case, blanks, line ends, folding, order, doubled. */
        {"content-type:TEXT/PLAIN\n\na", "TEXT [- - 000000] a"},
        {"Content-Type:  text/plain  ;charset=UTF-8\r\n\r\na", "TEXT [- - 000000] a"},
        {"Content-Type: text/plain\r\rb\rc", "TEXT [- - 000000] b\nc"},
        {"Content-Type: text/plain;\r\n\tcharset=iso-8859-1\r\n\r\n\xe9",
         "TEXT [- - 000000] \xc3\xa9"},
        {"X-MMS-IM-Format: EF=B;\r\n CO=ff\r\nContent-Type: text/plain\r\n\r\na",
         "TEXT [- B ff0000] a"},
        {"Content-Type: text/plain\r\nContent-Type: image/gif\r\nx-mms-im-format: EF=B\r\n"
         "X-MMS-IM-Format: EF=I\r\n\r\na",
         "TEXT [- B 000000] a"},
        {HEAD "X-MMS-IM-Format: nonsense\r\n\r\na", "TEXT [- - 000000] a"},
        {HEAD "garbage\r\nChunks: 2\r\n\r\na", "TEXT [- - 000000] a"},
        /* Who speaks. */
        {HEAD "P4-Context:  Al\x01<b>\xe2\x80\xae\xff \r\nP4-Context: no\r\n\r\na",
         "TEXT [- - 000000] a (by Al <b>\xef\xbf\xbd)"},
        {HEAD "p4-context: 0123456789012345678901234567890123456789012345678901234567890123456789"
              "\r\n\r\na",
         "TEXT [- - 000000] a (by "
         "0123456789012345678901234567890123456789012345678901234567890123)"},
        {HEAD "P4-Context: \x01\r\n\r\na", "TEXT [- - 000000] a"},
        /* No empty line, no body. */
        {HEAD, "TEXT [- - 000000] "},
        {"Content-Type: text/plain", "TEXT [- - 000000] "},
        /* The body's headers are none. */
        {"Content-Type: text/plain\r\n\r\nX-MMS-IM-Format: EF=B\r\n\r\na",
         "TEXT [- - 000000] X-MMS-IM-Format: EF=B\n\na"},
    };
    check_rows(table, G_N_ELEMENTS(table));
}

static void test_charsets(void)
{
#define CHARSET(parameter, body) "Content-Type: text/plain; " parameter "\r\n\r\n" body
    static row table[] = {
        {CHARSET("charset=iso-8859-1", "gr\xfc\xdf"), "TEXT [- - 000000] gr\xc3\xbc\xc3\x9f"},
        {CHARSET("charset=\"ISO-8859-1\"", "\xfc"), "TEXT [- - 000000] \xc3\xbc"},
        {CHARSET("charset='ISO-8859-1'", "\xfc"), "TEXT [- - 000000] \xc3\xbc"},
        {CHARSET("CharSet = windows-1252 ; x=y", "\x80"), "TEXT [- - 000000] \xe2\x82\xac"},
        {CHARSET("format=flowed; charset=koi8-r", "\xc1"), "TEXT [- - 000000] \xd0\xb0"},
        {CHARSET("charset=shift_jis", "\x82\xa0"), "TEXT [- - 000000] \xe3\x81\x82"},
        {CHARSET("charset=iso-8859-1; charset=koi8-r", "\xfc"), "TEXT [- - 000000] \xc3\xbc"},
        {CHARSET("charset=iso-8859-1", ""), "TEXT [- - 000000] "},
        /* Not one that people write; and its text is ASCII. */
        {CHARSET("charset=UTF-7", "a+IKw-b"), "TEXT [- - 000000] a+IKw-b"},
        {CHARSET("charset=utf-8", "\xe2\x82\xac"), "TEXT [- - 000000] \xe2\x82\xac"},
        /* Without one what is no UTF-8 is Western, and Windows calls that ISO 8859-1, too. */
        {CHARSET("", "caf\xe9 \x80 5"), "TEXT [- - 000000] caf\xc3\xa9 \xe2\x82\xac 5"},
        {CHARSET("charset", "\xe9"), "TEXT [- - 000000] \xc3\xa9"},
        {CHARSET("", "a\x81\xe9\x8d"), "TEXT [- - 000000] a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd"},
        {CHARSET("charset=us-ascii", "\xe9"), "TEXT [- - 000000] \xc3\xa9"},
        {CHARSET("charset=latin1", "\x93"), "TEXT [- - 000000] \xe2\x80\x9c"},
        {CHARSET("charset=UTF-8", "\xc3\xbc\xe9"), "TEXT [- - 000000] \xc3\xbc\xef\xbf\xbd"},
        /* One bad byte does not spoil the rest, and what is held back for combining comes out. */
        {CHARSET("charset=euc-kr", "\xb0\xa1\xff\xb0\xa1"),
         "TEXT [- - 000000] \xea\xb0\x80\xef\xbf\xbd\xea\xb0\x80"},
        {CHARSET("charset=windows-1258", "\xe1\x41"), "TEXT [- - 000000] \xc3\xa1\x41"},
        /* What is not known, or is not in it, or is none: UTF-8. */
        {CHARSET("charset=no-such-charset", "\xc3\xbc\xff"),
         "TEXT [- - 000000] \xc3\xbc\xef\xbf\xbd"},
        {CHARSET("charset=us-ascii", "\xc3\xbc"), "TEXT [- - 000000] \xc3\xbc"},
        {CHARSET("charset=shift_jis", "a\x82"), "TEXT [- - 000000] a\xef\xbf\xbd"},
        {CHARSET("charset=UTF-16", "abc"), "TEXT [- - 000000] abc"},
        {CHARSET("charset=", "\xc3\xbc"), "TEXT [- - 000000] \xc3\xbc"},
        {CHARSET("charset", "\xc3\xbc"), "TEXT [- - 000000] \xc3\xbc"},
        {CHARSET("xcharset=iso-8859-1", "\xc3\xbc"), "TEXT [- - 000000] \xc3\xbc"},
        {CHARSET("charset=/etc/passwd", "\xc3\xbc"), "TEXT [- - 000000] \xc3\xbc"},
        {CHARSET("charset=iso-8859-1//TRANSLIT", "\xc3\xbc"), "TEXT [- - 000000] \xc3\xbc"},
        {CHARSET("charset=iso-8859-1,UTF-8", "\xc3\xbc"), "TEXT [- - 000000] \xc3\xbc"},
        {CHARSET("charset=iso 8859-1", "\xc3\xbc"), "TEXT [- - 000000] \xc3\xbc"},
    };
    check_rows(table, G_N_ELEMENTS(table));

    /* Longer than what is converted at a time, with a bad byte wherever that ends. */
    for (size_t n = 100; n < 300; n++) {
        char *text = g_strnfill(n, '\xe9');
        char *payload = g_strdup_printf(CHARSET("charset=windows-1252", "%s\x81%s"), text, text);
        char *all = g_convert(text, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
        char *expected = g_strdup_printf("TEXT [- - 000000] %s\xef\xbf\xbd%s", all, all);
        expect_read(msnp_str_of(payload), expected);
        g_free(text);
        g_free(payload);
        g_free(all);
        g_free(expected);
    }

    /* NUL bytes of wide characters, in what comes and in what it becomes. */
    static const char wide[] = CHARSET("charset=UTF-16BE", "\0a\0\0\x20\xac\0\r\0\n\0b");
    expect_read((msnp_str){wide, sizeof(wide) - 1}, "TEXT [- - 000000] a\xe2\x82\xac\nb");
    static const char nul[] = CHARSET("charset=iso-8859-1", "a\0\xfc");
    expect_read((msnp_str){nul, sizeof(nul) - 1}, "TEXT [- - 000000] a\xc3\xbc");
#undef CHARSET
}

static void test_read_kinds(void)
{
    static row table[] = {
        {"MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: a@b.c\r\n\r\n\r\n",
         "TYPING"},
        {"Content-Type: Text/X-MSMSGSControl; x=y", "TYPING"},
        {"Content-Type: text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n\r\n", "NUDGE"},
        {"Content-Type: text/x-msnmsgr-datacast\r\n\r\nid:1", "NUDGE"},
        {DATACAST "ID: 2\r\nID: 1\r\n\r\n", "EXTRA WINK"},
        {DATACAST "ID: 3\r\nData: <msnobj/>\r\n\r\n", "EXTRA VOICE_CLIP"},
        {DATACAST "ID: 4\r\nData:  waves\t\x07<b>\xe2\x80\xae\r\n at you \r\n\r\n",
         "ACTION waves <b> at you"},
        {"Content-Type: text/x-msnmsgr-datacast; charset=iso-8859-1\r\n\r\nID: 4\r\nData: "
         "gr\xfc\xdft",
         "ACTION gr\xc3\xbc\xc3\x9ft"},
        {DATACAST "ID: 4\r\nData: \r\n\r\n", "ACTION "},
        {DATACAST "ID: 4\r\n\r\n", "OTHER text/x-msnmsgr-datacast"},
        {DATACAST "ID: 5\r\nData: x\r\n\r\n", "OTHER text/x-msnmsgr-datacast"},
        {"Content-Type: image/gif\r\n\r\nbase64:R0lG", "EXTRA INK"},
        {"Content-Type: APPLICATION/x-ms-ink; x=y\r\n\r\nbase64:AA", "EXTRA INK"},
        {"Content-Type: text/x-mms-emoticon\r\n\r\n:)\t<msnobj/>\t", "OTHER text/x-mms-emoticon"},
        {"Content-Type: text/x-mms-animemoticon\r\n\r\nx", "OTHER text/x-mms-animemoticon"},
        {"Content-Type: text/x-msnmsgr-datacast\r\n\r\nID: 11\r\n",
         "OTHER text/x-msnmsgr-datacast"},
        {"Content-Type: text/x-msnmsgr-datacast\r\n\r\nID:\r\n", "OTHER text/x-msnmsgr-datacast"},
        {"Content-Type: text/x-msnmsgr-datacast\r\n\r\n", "OTHER text/x-msnmsgr-datacast"},
        {"Content-Type: text/x-msnmsgr-datacast\r\nID: 1\r\n\r\n", "OTHER text/x-msnmsgr-datacast"},
        {"Content-Type: text/x-msnmsgr-datacast\r\nID: 1\r\n", "OTHER text/x-msnmsgr-datacast"},
        {"Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: a@b\r\n\r\nx\r\n\r\n",
         "P2P [a@b] x\r\n\r\n"},
        {"content-type:APPLICATION/X-MSNMSGRP2P;x=y\n\n", "P2P [-] "},
        {"Content-Type: application/x-msnmsgrp2p", "P2P [-] "},
        {"p2p-DEST:\r\nContent-Type: application/x-msnmsgrp2p\r\n\r\nP2P-Src: a@b",
         "P2P [] P2P-Src: a@b"},
        {"Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: a@b;{0}\r\n\r\nx",
         "OTHER application/x-msnmsgrp2p"},
        {"Content-Type: application/x-msnmsgrp2p\r\nP2P-Src: a@b\r\n\r\nx",
         "OTHER application/x-msnmsgrp2p"},
        {"Content-Type: text/x-clientcaps\r\n\r\nClient-Name: x", "OTHER text/x-clientcaps"},
        {"Content-Type: TEXT/html ; charset=UTF-8\r\n\r\nx", "OTHER text/html"},
        {"Content-Type: text/plainx\r\n\r\nx", "OTHER text/plainx"},
        {"Content-Type: text\r\n\r\nx", "OTHER text"},
        {"Content-Type: a\xff\x01\tb\r\n\r\nx", "OTHER a???b"},
        {"Content-Type: 0123456789012345678901234567890123456789012345678901234567890123456789",
         "OTHER 0123456789012345678901234567890123456789012345678901234567890123"},
        {"Content-Type: ;text/plain\r\n\r\nx", "OTHER "},
        {"Content-Type:\r\nContent-Type: text/plain\r\n\r\nx", "OTHER "},
        {"Chunk: 1\r\n\r\nmore", "OTHER "},
        {"\r\nContent-Type: text/plain\r\n\r\nx", "OTHER "},
        {"\r\n\r\n", "OTHER "},
        {"\r\n", "OTHER "},
        {"no headers", "OTHER "},
        {"", "OTHER "},
    };
    check_rows(table, G_N_ELEMENTS(table));
    expect_read((msnp_str){NULL, 0}, "OTHER ");
}

static void test_read_invitations(void)
{
    static row table[] = {
        {INVITE_HEAD "Application-Name: File Transfer\r\nApplication-GUID: " FILE_GUID "\r\n"
                     "Invitation-Command: INVITE\r\nInvitation-Cookie: 33267\r\n"
                     "Application-File: readme.txt\r\nApplication-FileSize: 60904\r\n\r\n",
         "INVITE [File Transfer] [readme.txt] 60904 33267"},
        {INVITE_HEAD "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 33267\r\n"
                     "Launch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n\r\n",
         "ACCEPT 33267"},
        {INVITE_HEAD "Invitation-Command: CANCEL\r\nInvitation-Cookie: 33267\r\n"
                     "Cancel-Code: REJECT\r\n\r\n",
         "CANCEL 33267"},
        /* Any order, any letter case, no end. */
        {INVITE_HEAD "application-filesize:1\ninvitation-cookie:2\napplication-guid:"
                     "{5d3e02ab-6190-11D3-bbbb-00c04f795683}\ninvitation-command:invite",
         "INVITE [] [] 1 2"},
        {INVITE_HEAD "Application-Name: NetMeeting\r\nApplication-File: x\r\n"
                     "Application-GUID: {44BBA842-CC51-11CF-AAFA-00AA00B6015C}\r\n"
                     "Invitation-Command: INVITE\r\nInvitation-Cookie: 7\r\n\r\n",
         "INVITE [NetMeeting] 7"},
        {INVITE_HEAD "Invitation-Command: INVITE\r\nInvitation-Cookie: 7\r\n\r\n", "INVITE [] 7"},
        {INVITE_HEAD "Invitation-Command: INVITE\r\nInvitation-Command: CANCEL\r\n"
                     "Invitation-Cookie: 7\r\nInvitation-Cookie: 8\r\n\r\n",
         "INVITE [] 7"},
        /* Names of strangers. */
        {INVITE_HEAD
         "Application-Name:  a\x01<b>\xe2\x80\xae\xff \r\nInvitation-Command: INVITE\r\n"
         "Invitation-Cookie: 7\r\n\r\n",
         "INVITE [a <b>\xef\xbf\xbd] 7"},
        {"Content-Type: text/x-msmsgsinvite\r\n\r\nApplication-Name: caf\xe9\r\n"
         "Invitation-Command: INVITE\r\nInvitation-Cookie: 7\r\n\r\n",
         "INVITE [caf\xc3\xa9] 7"},
        {INVITE_HEAD "Application-GUID: " FILE_GUID "\r\nApplication-File: a\r\n b\t.txt\r\n"
                     "Application-FileSize: -1\r\nInvitation-Command: INVITE\r\n"
                     "Invitation-Cookie: 7\r\n\r\n",
         "INVITE [] [a b .txt] 0 7"},
        {INVITE_HEAD "Application-GUID: " FILE_GUID "\r\nInvitation-Command: INVITE\r\n"
                     "Application-FileSize: 18446744073709551615\r\nInvitation-Cookie: 7\r\n\r\n",
         "INVITE [] [] 18446744073709551615 7"},
        {INVITE_HEAD "Application-GUID: " FILE_GUID "\r\nInvitation-Command: INVITE\r\n"
                     "Application-FileSize: 18446744073709551616\r\nInvitation-Cookie: 7\r\n\r\n",
         "INVITE [] [] 0 7"},
        /* Cookies. */
        {INVITE_HEAD "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 0\r\n\r\n", "ACCEPT 0"},
        {INVITE_HEAD "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 4294967295\r\n\r\n",
         "ACCEPT 4294967295"},
        {INVITE_HEAD "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 4294967296\r\n\r\n",
         "OTHER text/x-msmsgsinvite"},
        {INVITE_HEAD "Invitation-Command: INVITE\r\nInvitation-Cookie: -1\r\n\r\n",
         "OTHER text/x-msmsgsinvite"},
        {INVITE_HEAD "Invitation-Command: INVITE\r\nInvitation-Cookie: 1x\r\n\r\n",
         "OTHER text/x-msmsgsinvite"},
        {INVITE_HEAD "Invitation-Command: INVITE\r\nInvitation-Cookie:\r\n\r\n",
         "OTHER text/x-msmsgsinvite"},
        {INVITE_HEAD "Invitation-Command: INVITE\r\n\r\n", "OTHER text/x-msmsgsinvite"},
        /* Not in the right block, or nothing at all. */
        {INVITE_HEAD "Invitation-Command: INVITE\r\n\r\nInvitation-Cookie: 1\r\n\r\n",
         "OTHER text/x-msmsgsinvite"},
        {INVITE_TYPE "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\n\r\n",
         "OTHER text/x-msmsgsinvite"},
        {INVITE_HEAD "Invitation-Command: DANCE\r\nInvitation-Cookie: 1\r\n\r\n",
         "OTHER text/x-msmsgsinvite"},
        {INVITE_HEAD "Invitation-Cookie: 1\r\n\r\n", "OTHER text/x-msmsgsinvite"},
        {INVITE_HEAD "\r\n", "OTHER text/x-msmsgsinvite"},
        {INVITE_HEAD, "OTHER text/x-msmsgsinvite"},
    };
    check_rows(table, G_N_ELEMENTS(table));
}

/* Names are cut: to what can be shown of an application, and to the bytes of a file's name. */
static void test_long_names(void)
{
    char *name = repeated("\xc3\xa9", 300);
    char *payload =
        g_strconcat(INVITE_HEAD "Application-Name: ", name, "\r\nApplication-File: ", name,
                    "\r\nApplication-GUID: " FILE_GUID "\r\nInvitation-Command: INVITE"
                    "\r\nInvitation-Cookie: 5\r\n\r\n",
                    NULL);
    msnp_message message;

    msnp_message_read(&message, msnp_str_of(payload));
    g_assert_cmpint(message.kind, ==, MSNP_MESSAGE_INVITE);
    g_assert_cmpint(g_utf8_strlen(message.invite.application, -1), ==, 64);
    g_assert_cmpuint(strlen(message.invite.file_name), ==, 254);
    g_assert_true(g_str_has_prefix(name, message.invite.file_name));
    msnp_message_clear(&message);
    g_free(payload);
    g_free(name);
}

static void expect_payload(msnp_buf *out, const char *payload)
{
    expect_text(msnp_buf_view(out), payload);
    msnp_buf_clear(out);
}

static void test_write(void)
{
    msnp_format plain = looking("- - 000000");
    msnp_format italic = looking("Arial I 000000");
    msnp_buf out;

    msnp_message_write_text(&out, msnp_str_of("Hello! How are you?"), &italic);
    expect_payload(&out, HEAD "X-MMS-IM-Format: FN=Arial; EF=I; CO=0; CS=0; PF=22\r\n\r\n"
                              "Hello! How are you?");
    msnp_message_write_text(&out, msnp_str_of("\na\nb\t<&>%\n"), &plain);
    expect_payload(&out, TEXT "\r\na\r\nb\t<&>%\r\n");
    msnp_message_write_text(&out, msnp_str_of("a\r\nb\rc"), &plain);
    expect_payload(&out, TEXT "a\r\nb\r\nc");
    msnp_message_write_text(&out, msnp_str_of("a\x01\x7f\xff\xe2\x80\xae\xc2\x85"), &plain);
    expect_payload(&out, TEXT "a\xef\xbf\xbd");
    msnp_message_write_text(&out, (msnp_str){"a\0b", 3}, &plain);
    expect_payload(&out, TEXT "ab");
    msnp_message_write_text(&out, (msnp_str){NULL, 0}, &plain);
    expect_payload(&out, TEXT);

    msnp_message_write_typing(&out, "example@passport.com");
    g_assert_cmpuint(out.len, ==, 93);
    expect_payload(&out, "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\n"
                         "TypingUser: example@passport.com\r\n\r\n\r\n");
    msnp_message_write_nudge(&out);
    expect_payload(&out, "MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\n"
                         "ID: 1\r\n\r\n");
}

/* Whoever does not ask what fits gets a payload all the same, and no half characters. */
static void test_write_too_long(void)
{
    msnp_format plain = looking("- - 000000");
    char *text = repeated("\xe2\x82\xac", 1000);
    msnp_buf out;

    msnp_message_write_text(&out, msnp_str_of(text), &plain);
    g_assert_cmpuint(out.len, <=, MSNP_MESSAGE_MAX);
    g_assert_cmpuint(out.len, >, MSNP_MESSAGE_MAX - 3);
    msnp_str view = msnp_buf_view(&out);
    g_assert_true(g_utf8_validate(view.ptr, (gssize)view.len, NULL));
    msnp_buf_clear(&out);
    g_free(text);
}

/* Where a text is split that begins with `fill` times 'x': behind this many bytes more. */
static void expect_fit(size_t fill, const char *rest, size_t more)
{
    msnp_format plain = looking("- - 000000");
    char *begin = repeated("x", fill);
    char *text = g_strconcat(begin, rest, NULL);
    guarded place = guard_after(text, strlen(text));

    say(rest);
    g_assert_cmpuint(msnp_message_fit(guard_view(&place), &plain), ==, fill + more);
    guard_free(&place);
    g_free(text);
    g_free(begin);
}

static void test_fit(void)
{
    static const struct {
        size_t left; /* room in bytes behind what begins the text */
        const char *rest;
        size_t more; /* of the rest fits */
    } table[] = {
        {0, "", 0},
        {0, "x", 0},
        {1, "x", 1},
        {1, "xx", 1},
        /* Characters. */
        {1, "\xc3\xa9", 0},
        {2, "\xc3\xa9", 2},
        {3, "\xf0\x9f\x98\x80", 0},
        {2, "\xe2\x82\xac", 0},
        {4, "\xe2\x82\xac\xe2\x82\xac", 3},
        /* Line breaks need two bytes; those of two are one. */
        {1, "\n", 0},
        {2, "\n", 1},
        {2, "\nx", 1},
        {3, "\n\n", 1},
        {2, "\r\n", 2},
        {1, "\r\n", 0},
        {2, "\r\nx", 2},
        {2, "\r", 1},
        /* What is left out needs no room. */
        {0, "\x01\x02\xe2\x80\xae", 5},
        {1, "\x01\x02x\x03", 4},
        {1, "\x01\x02x\x03y", 4},
        /* What is no UTF-8 becomes U+FFFD. */
        {2, "\xff", 0},
        {3, "\xff", 1},
        {5, "\xff\xff", 1},
        /* White space. */
        {5, "a bcde", 2},
        {5, "a b cde", 4},
        {5, "a   bcd", 4},
        {5, "a     b", 5},
        {5, "a\tbcde", 2},
        {5, "a\nbcde", 2},
        {5,
         "a\xe3\x80\x80"
         "bcde",
         4},
        {4,
         "a \xcc\x81"
         "bc",
         4},
        {5,
         "a\xc2\xa0"
         "bcd",
         5},
        {1, " x", 1},
        {3, "abc def", 3},
        {4, "abc def", 4},
        {5, " abcd e", 1},
        {3,
         "ab\x01 \x02"
         "c",
         5},
        /* Combining marks, joiners, selectors, skin, flags, jamo. */
        {1, "e\xcc\x81", 0},
        {2, "ae\xcc\x81", 1},
        {4, "ae\xcc\x81\xcc\x82", 1},
        {5, "a\xe0\xa4\x95\xe0\xa4\xbe", 1},
        {8, "a\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", 1},
        {11, "a\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", 1},
        {12, "a\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", 12},
        {4, "a\xe2\x9d\xa4\xef\xb8\x8f", 1},
        {5, "a\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", 1},
        {5, "a\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", 1},
        {9, "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\xf0\x9f\x87\xab\xf0\x9f\x87\xb7", 8},
        {13, "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\xf0\x9f\x87\xab\xf0\x9f\x87\xb7", 8},
        {5, "a\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7", 1},
        {4, "a\xe1\x84\x92\xe1\x85\xa1", 1},
        {4, "a\xe0\xb8\x99\xe0\xb8\xb3", 1},
        {2, "a\x01\xcc\x81\xcc\x82", 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_test_message("row %zu", i);
        expect_fit(TEXT_ROOM - table[i].left, table[i].rest, table[i].more);
    }
}

static void expect_first(const char *text, const msnp_format *format, size_t fits)
{
    g_assert_cmpuint(msnp_message_fit(msnp_str_of(text), format), ==, fits);
}

static void test_fit_extremes(void)
{
    msnp_format plain = looking("- - 000000");
    msnp_format full = looking("x BIUS ffffff rtl");
    char *wide = repeated("\xf0\x9d\x94\xb8", MSNP_FONT_CHARS);
    char *marks = repeated("\xcc\x81", 2000);
    char *breaks = repeated("\n", 3000);
    char *nothing = repeated("\x01", 5000);
    char *x = repeated("x", 5000);

    /* Even the longest header leaves room. */
    msnp_format_set_font(&full, wide);
    size_t fits = msnp_message_fit(msnp_str_of(x), &full);
    g_assert_cmpuint(fits, >, 1000);
    msnp_buf out;
    msnp_message_write_text(&out, (msnp_str){x, fits}, &full);
    g_assert_cmpuint(out.len, ==, MSNP_MESSAGE_MAX);
    msnp_buf_clear(&out);

    expect_first("", &plain, 0);
    expect_first(nothing, &plain, 5000);
    expect_first(breaks, &plain, TEXT_ROOM / 2);
    /* A character that is too long to the reader is split at one of its parts. */
    expect_first(marks, &plain, TEXT_ROOM / 2 * 2);
    char *marked = g_strconcat("a b", marks, NULL);
    expect_first(marked, &plain, 2);
    g_assert_cmpuint(msnp_message_fit((msnp_str){NULL, 0}, &plain), ==, 0);
    g_free(marked);
    g_free(x);
    g_free(nothing);
    g_free(breaks);
    g_free(marks);
    g_free(wide);
}

static void check_sane(msnp_str payload, void *user)
{
    msnp_message message;
    (void)user;
    msnp_message_read(&message, payload);
    g_free(describe(&message));
    g_assert_true(message.text == NULL || g_utf8_validate(message.text, -1, NULL));
    msnp_message_clear(&message);
}

static void test_anything(void)
{
    static const char text[] = "Content-Type: text/plain; charset=\"x\"\r\n"
                               "X-MMS-IM-Format: EF=B; CO=ff\r\n\r\na\0b\xff\r\n";
    static const char invite[] = INVITE_HEAD "Application-GUID: " FILE_GUID "\r\n"
                                             "Application-File: x\r\nInvitation-Cookie: 12\r\n"
                                             "Invitation-Command: INVITE\r\n\r\n";
    static const char *const pieces[] = {"Content-Type: ",
                                         "text/plain",
                                         "; charset=",
                                         "UTF-8",
                                         "utf-16",
                                         "\"",
                                         "\r\n",
                                         "\r",
                                         "\n",
                                         " ",
                                         "X-MMS-IM-Format: ",
                                         "EF=B;",
                                         "text/x-msmsgsinvite",
                                         "Invitation-Command: INVITE",
                                         "Invitation-Cookie: ",
                                         "1",
                                         "text/x-msnmsgr-datacast",
                                         "ID: 1",
                                         "\xff",
                                         "x"};

    guard_prefixes(text, sizeof(text) - 1, check_sane, NULL);
    guard_prefixes(invite, sizeof(invite) - 1, check_sane, NULL);
    for (int round = 0; round < 10000; round++) {
        GString *random = g_string_new(NULL);
        for (int i = g_test_rand_int_range(0, 16); i > 0; i--)
            g_string_append(random, pieces[g_test_rand_int_range(0, (gint32)G_N_ELEMENTS(pieces))]);
        guarded place = guard_after(random->str, random->len);
        check_sane(guard_view(&place), NULL);
        guard_free(&place);
        g_string_free(random, TRUE);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/message/read-text", test_read_text);
    g_test_add_func("/message/charsets", test_charsets);
    g_test_add_func("/message/read-kinds", test_read_kinds);
    g_test_add_func("/message/read-invitations", test_read_invitations);
    g_test_add_func("/message/long-names", test_long_names);
    g_test_add_func("/message/write", test_write);
    g_test_add_func("/message/write-too-long", test_write_too_long);
    g_test_add_func("/message/fit", test_fit);
    g_test_add_func("/message/fit-extremes", test_fit_extremes);
    g_test_add_func("/message/anything", test_anything);
    return g_test_run();
}
