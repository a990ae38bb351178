/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The bytes of MSNP2P, and what a client may send of it.
 */
#include <string.h>

#include "p2p.h"

/* Numbers. Those of the header are little-endian, the footer is not. */

static guint64 get_number(const char *bytes, guint n)
{
    guint64 number = 0;

    while (n > 0)
        number = number << 8 | (guchar)bytes[--n];
    return number;
}

static void put_number(GString *out, guint64 number, guint n)
{
    for (; n > 0; n--, number >>= 8)
        g_string_append_c(out, (char)(number & 0xff));
}

gboolean p2p_is_type(const char *type)
{
    return g_str_equal(type, "application/x-msnmsgrp2p");
}

gboolean p2p_read(const char *body, gsize length, p2p_header *h)
{
    memset(h, 0, sizeof *h);
    if (length < P2P_HEADER + 4)
        return FALSE;
    h->session = (guint32)get_number(body, 4);
    h->identifier = (guint32)get_number(body + 4, 4);
    h->offset = get_number(body + 8, 8);
    h->total = get_number(body + 16, 8);
    h->length = (guint32)get_number(body + 24, 4);
    h->flags = (guint32)get_number(body + 28, 4);
    h->ack_id = (guint32)get_number(body + 32, 4);
    h->ack_uid = (guint32)get_number(body + 36, 4);
    h->ack_size = get_number(body + 40, 8);
    if (h->length > length - P2P_HEADER - 4)
        return FALSE;
    h->footer = GUINT32_SWAP_LE_BE((guint32)get_number(body + P2P_HEADER + h->length, 4));
    return TRUE;
}

GString *p2p_write(const char *head, const p2p_header *h, const char *data)
{
    GString *out = g_string_new("MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\n");

    g_string_append_printf(out, "%s\r\n", head);
    put_number(out, h->session, 4);
    put_number(out, h->identifier, 4);
    put_number(out, h->offset, 8);
    put_number(out, h->total, 8);
    put_number(out, h->length, 4);
    put_number(out, h->flags, 4);
    put_number(out, h->ack_id, 4);
    put_number(out, h->ack_uid, 4);
    put_number(out, h->ack_size, 8);
    if (h->length)
        g_string_append_len(out, data, h->length);
    put_number(out, GUINT32_SWAP_LE_BE(h->footer), 4);
    return out;
}

char *p2p_describe(const char *body, gsize length)
{
    p2p_header h;

    if (!p2p_read(body, length, &h))
        return g_strdup("p2p that is too short");
    return g_strdup_printf("p2p %u %u %" G_GUINT64_FORMAT "+%u/%" G_GUINT64_FORMAT
                           " 0x%x %u %u %" G_GUINT64_FORMAT " %u",
                           h.session, h.identifier, h.offset, h.length, h.total, h.flags, h.ack_id,
                           h.ack_uid, h.ack_size, h.footer);
}

/* What a client may send: the binary part */

static const char *check_note(const p2p_header *h)
{
    if (h->length || h->offset || h->footer || !h->ack_id)
        return "an acknowledgement of MSNP2P with more in it than that";
    if (h->flags == P2P_ACK)
        return h->total == h->ack_size && h->ack_uid ? NULL : "a P2P-ACK of another size";
    return h->session && h->ack_size < h->total ? NULL : "a NAK that makes no sense";
}

static const char *check_message(const p2p_header *h)
{
    if (!h->ack_id || h->ack_uid || h->ack_size)
        return "fields of an acknowledgement in another message of MSNP2P";
    if (h->length < P2P_PIECE && h->offset + h->length != h->total)
        return "a short piece in the middle of a message of MSNP2P";
    if (h->flags == 0)
        return h->session || h->footer || !h->total ? "SLP in a session" : NULL;
    if (h->flags != P2P_FILE_DATA)
        return "flags of MSNP2P that nobody needs to send";
    if (h->session < 4 || h->session > G_MAXINT32 || h->session == 64 || h->footer != 2)
        return "data of a file without its session or its footer";
    return !h->length && h->total ? "data of a file without data" : NULL;
}

const char *p2p_check(const char *from, const char *to, const char *body, gsize length)
{
    p2p_header h;
    const char *why;

    if (!to || !strchr(to, '@') || strpbrk(to, "; "))
        return "a message of MSNP2P for nobody";
    if (!p2p_read(body, length, &h) || length != P2P_HEADER + 4 + h.length)
        return "a message of MSNP2P has another length than its header says";
    if (!h.identifier)
        return "a message of MSNP2P without an identifier";
    if (h.length > P2P_PIECE || h.length > h.total || h.offset > h.total - h.length)
        return "a piece of MSNP2P that is too long, or beyond the end";
    why = h.flags == P2P_ACK || h.flags == P2P_NAK ? check_note(&h) : check_message(&h);
    if (why || h.flags || h.length != h.total)
        return why;
    return p2p_check_slp(from, to, body + P2P_HEADER, h.length);
}

/* What a client may send: SLP */

char *p2p_field(const char *text, const char *name)
{
    g_autofree char *lead = g_strdup_printf("\r\n%s: ", name);
    const char *found = strstr(text, lead);

    return found ? g_strndup(found + strlen(lead), strcspn(found + strlen(lead), "\r\n"))
                 : g_strdup("");
}

/* Takes this off the front of `*at`; "*" is a value without a blank in it. */
static gboolean take(const char **at, const char *before, const char *value, const char *after)
{
    const char *p = *at;
    gsize length;

    if (!g_str_has_prefix(p, before))
        return FALSE;
    p += strlen(before);
    length = g_str_equal(value, "*") ? strcspn(p, "> \r\n") : strlen(value);
    if (length == 0 || (!g_str_equal(value, "*") && !g_str_has_prefix(p, value)) ||
        !g_str_has_prefix(p + length, after))
        return FALSE;
    *at = p + length + strlen(after);
    return TRUE;
}

static const char *check_context(const char *text)
{
    g_autofree char *context = p2p_field(text, "Context");
    gsize length = 0;
    g_autofree guchar *bytes = *context ? g_base64_decode(context, &length) : NULL;
    const char *raw = (const char *)bytes;

    if (strlen(context) != 768 || length != 574 || get_number(raw, 4) != 574 ||
        get_number(raw + 4, 4) != 2 || get_number(raw + 16, 4) != 1)
        return "the context of a file is not one of version 2";
    for (guint i = 540; i < 574; i++)
        if (bytes[i] != (i < 570 ? 0 : 0xff))
            return "the context of a file has more in it";
    if (!get_number(raw + 20, 2) || get_number(raw + 538, 2))
        return "the name of a file is empty, or has no end";
    return NULL;
}

static const char *check_session_body(const char *text, gboolean is_request, const char *body)
{
    g_autofree char *session = p2p_field(text, "SessionID");
    guint64 number = 0;

    if (!reader_number(session, G_MAXUINT32, &number) || !number)
        return "SLP without its SessionID";
    if (!is_request)
        return take(&body, "SessionID: ", session, "\r\n\r\n") && !*body
                   ? NULL
                   : "an answer of SLP with more in it";
    if (!take(&body, "EUF-GUID: ", P2P_FILE_GUID, "\r\n") ||
        !take(&body, "SessionID: ", session, "\r\n") || !take(&body, "AppID: ", "2", "\r\n") ||
        !take(&body, "Context: ", "*", "\r\n\r\n") || *body)
        return "an invitation to something else than a file";
    if (number < 4 || number > G_MAXINT32 || number == 64)
        return "a SessionID that others cannot read";
    return check_context(text);
}

static const char *check_body(const char *text, gboolean is_request, const char *body)
{
    g_autofree char *type = p2p_field(text, "Content-Type");

    if (g_str_equal(type, "application/x-msnmsgr-sessionreqbody"))
        return check_session_body(text, is_request, body);
    if (is_request)
        return g_str_equal(type, "application/x-msnmsgr-sessionclosebody") &&
                       g_str_has_prefix(text, "BYE ") && g_str_equal(body, "\r\n")
                   ? NULL
                   : "a request of SLP that a client has no need for";
    if (g_str_equal(type, "null"))
        return *body ? "an answer of SLP with a body that is none" : NULL;
    return g_str_equal(type, "application/x-msnmsgr-transrespbody") &&
                   take(&body, "Bridge: ", "TCPv1", "\r\n") &&
                   take(&body, "Listening: ", "false", "\r\n") &&
                   (take(&body, "Nonce: ", "{00000000-0000-0000-0000-000000000000}", "\r\n\r\n") ||
                    take(&body, "Hashed-Nonce: ", "{00000000-0000-0000-0000-000000000000}",
                         "\r\n\r\n")) &&
                   !*body
               ? NULL
               : "an answer of SLP about something else than a session";
}

static gboolean take_start(const char **at, const char *to, gboolean is_request)
{
    return is_request ? take(at, "INVITE MSNMSGR:", to, " MSNSLP/1.0\r\n") ||
                            take(at, "BYE MSNMSGR:", to, " MSNSLP/1.0\r\n")
                      : take(at, "MSNSLP/1.0 ", "200 OK", "\r\n") ||
                            take(at, "MSNSLP/1.0 ", "603 Decline", "\r\n") ||
                            take(at, "MSNSLP/1.0 ", "500 Internal Error", "\r\n");
}

const char *p2p_check_slp(const char *from, const char *to, const char *bytes, gsize length)
{
    g_autofree char *text = g_strndup(bytes, length);
    gboolean is_request = !g_str_has_prefix(text, "MSNSLP/1.0 ");
    g_autofree char *size = p2p_field(text, "Content-Length");
    g_autofree char *type = p2p_field(text, "Content-Type");
    const char *at = text;
    guint64 number = 0;

    if (!length || bytes[length - 1] || strlen(text) != length - 1)
        return "SLP without one NUL at its end";
    if (!take_start(&at, to, is_request))
        return "SLP that begins with another line";
    if (!take(&at, "To: <msnmsgr:", to, ">\r\n") || !take(&at, "From: <msnmsgr:", from, ">\r\n") ||
        !take(&at, "Via: MSNSLP/1.0/TLP ;branch=", "*", "\r\n") ||
        !take(&at, "CSeq: ", is_request ? "0" : "*", " \r\n") ||
        !take(&at, "Call-ID: ", "*", "\r\n") || !take(&at, "Max-Forwards: ", "0", "\r\n") ||
        !take(&at, "Content-Type: ", type, "\r\n") ||
        !take(&at, "Content-Length: ", size, "\r\n\r\n"))
        return "the headers of SLP are not those in their order";
    if (!reader_number(size, G_MAXUINT32, &number) ||
        number != (g_str_equal(type, "null") ? 0 : strlen(at) + 1))
        return "the Content-Length of SLP is another one";
    return check_body(text, is_request, at);
}
