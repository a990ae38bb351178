/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "p2p_text.h"

#include "escape.h"

#include <string.h>

#define HEADER    48
#define PIECE     1202
#define GUID_STEP 1001u /* from a random number of drive_random() to the next one */
#define WORDS_MAX 24

/* The numbers of the header, in their order, and what follows it. */
typedef enum {
    SESSION,
    IDENTIFIER,
    OFFSET,
    TOTAL,
    LENGTH,
    FLAGS,
    ACK,
    UID,
    SIZE,
    FOOTER,
    N_NUMBERS
} number;

static const struct {
    const char *name;
    unsigned bytes;
} numbers[N_NUMBERS] = {
    [SESSION] = {"session", 4}, [IDENTIFIER] = {"id", 4}, [OFFSET] = {"offset", 8},
    [TOTAL] = {"total", 8},     [LENGTH] = {"length", 4}, [FLAGS] = {"flags", 4},
    [ACK] = {"ack", 4},         [UID] = {"uid", 4},       [SIZE] = {"size", 8},
    [FOOTER] = {"footer", 4},
};

typedef struct {
    const char *account;
    bool ours;
    const char *who;
    char *words[WORDS_MAX]; /* those that mean something by their place */
    unsigned n_words;
    char *changes[WORDS_MAX]; /* lines of a text that are otherwise */
    unsigned n_changes;
    const char *dest; /* P2P-Dest, if it is not who it is for */
    guint64 values[N_NUMBERS];
    bool set[N_NUMBERS]; /* by hand */
    GString *data;       /* of the whole message */
} message;

/* --- reading words -------------------------------------------------------------------------- */

static const char *word(const message *m, unsigned n)
{
    return n < m->n_words ? m->words[n] : "";
}

static guint64 value(const char *text)
{
    return g_ascii_strtoull(text, NULL, 0);
}

/* "name=value": a number of the header, or whom it is for. */
static bool read_option(message *m, const char *text)
{
    for (unsigned i = 0; i < N_NUMBERS; i++) {
        size_t len = strlen(numbers[i].name);
        if (!strncmp(text, numbers[i].name, len) && text[len] == '=') {
            m->values[i] = value(text + len + 1);
            m->set[i] = true;
            return true;
        }
    }
    if (!g_str_has_prefix(text, "dest="))
        return false;
    m->dest = text + strlen("dest=");
    return true;
}

/* Texts in quotes change lines, and so does "-Name". They are freed with the others. */
static bool read_words(message *m, const char *text, GPtrArray *owned)
{
    while (*text) {
        bool quoted = *text == '"';
        size_t len = strcspn(text, " ");
        char *taken = quoted ? escape_unquote(&text) : g_strndup(text, len);

        if (!taken)
            return false;
        g_ptr_array_add(owned, taken);
        if (m->n_words == WORDS_MAX || m->n_changes == WORDS_MAX)
            return false;
        if (quoted || (*taken == '-' && taken[1]))
            m->changes[m->n_changes++] = taken;
        else if (!strchr(taken, '=') || !read_option(m, taken))
            m->words[m->n_words++] = taken;
        if (!quoted)
            text += len + (text[len] == ' ');
    }
    return true;
}

/* --- texts of MSNSLP ------------------------------------------------------------------------ */

/* The GUID that is made of four random numbers, the first of which is this. */
static char *guid(const char *text)
{
    guint32 first = (guint32)value(text);
    guint32 n[] = {first, first + GUID_STEP, first + 2 * GUID_STEP, first + 3 * GUID_STEP};

    return g_strdup_printf("{%08X-%04X-4%03X-%04X-%04X%08X}", n[0], n[1] >> 16, n[1] & 0xfff,
                           0x8000 | (n[2] >> 16 & 0x3fff), n[2] & 0xffff, n[3]);
}

static char *offer_body(const char *session, const char *name, const char *size)
{
    guchar context[574] = {0x3e, 0x02, 0, 0, 2};
    guint64 bytes = GUINT64_TO_LE(value(size));

    memcpy(context + 8, &bytes, 8);
    context[16] = 1;
    for (size_t i = 0; name[i] && i < 260; i++)
        context[20 + 2 * i] = (guchar)name[i];
    memset(context + 570, 0xff, 4);
    char *coded = g_base64_encode(context, sizeof context);
    char *body = g_strdup_printf("EUF-GUID: {5D3E02AB-6190-11D3-BBBB-00C04F795683}\r\n"
                                 "SessionID: %s\r\nAppID: 2\r\nContext: %s\r\n\r\n",
                                 session, coded);

    g_free(coded);
    return body;
}

/* The line "Name: ..." is otherwise, or is not ("-Name"). A new one stands before its body's end.
 */
static void change_line(GString *text, const char *change)
{
    bool gone = *change == '-';
    const char *name = change + gone;
    size_t len = strcspn(name, ":");
    char *start = g_strdup_printf("\r\n%.*s:", (int)len, name);
    const char *at = strstr(text->str, start);
    gssize from = at ? at + 2 - text->str : (gssize)text->len - 2;

    if (at)
        g_string_erase(text, from, strcspn(at + 2, "\n") + 1);
    if (!gone) {
        g_string_insert(text, from, "\r\n");
        g_string_insert(text, from, name);
    }
    g_free(start);
}

/* KIND CALL BRANCH ...; false if there is no such kind. */
static bool write_slp(message *m)
{
    static const char session[] = "application/x-msnmsgr-sessionreqbody";
    static const char listening[] = "Bridge: TCPv1\r\nListening: false\r\n%s: "
                                    "{00000000-0000-0000-0000-000000000000}\r\n\r\n";
    const char *kind = word(m, 1);
    const char *from = m->ours ? m->account : m->who;
    const char *to = m->ours ? m->who : m->account;
    const char *type = session;
    const char *nonce = !strcmp(word(m, 4), "hashed") ? "Hashed-Nonce" : "Nonce";
    const char *method = "INVITE";
    const char *phrase = NULL;
    char *body;

    if (!strcmp(kind, "offer")) {
        body = offer_body(word(m, 4), word(m, 5), word(m, 6));
    } else if (!strcmp(kind, "200") || !strcmp(kind, "603") || !strcmp(kind, "500")) {
        phrase = *kind == '2' ? "OK" : *kind == '6' ? "Decline" : "Internal Error";
        body = *word(m, 4) ? g_strdup_printf("SessionID: %s\r\n\r\n", word(m, 4)) : g_strdup("");
        type = *word(m, 4) ? session : "null";
    } else if (!strcmp(kind, "transport")) {
        type = "application/x-msnmsgr-transreqbody";
        body = g_strdup_printf("Bridges: TRUDPv1 TCPv1\r\nNetID: 0\r\nConn-Type: Firewall\r\n"
                               "UPnPNat: false\r\nICF: false\r\n%s: %s\r\n\r\n",
                               nonce, "{0C7E2A41-93D6-4F5B-8A1C-2E3D4C5B6A79}");
    } else if (!strcmp(kind, "no-transport")) {
        kind = "200";
        phrase = "OK";
        type = "application/x-msnmsgr-transrespbody";
        body = g_strdup_printf(listening, nonce);
    } else if (!strcmp(kind, "listening")) {
        type = "application/x-msnmsgr-transrespbody";
        body = g_strdup("Bridge: TCPv1\r\nListening: true\r\n"
                        "IPv4External-Addrs: 127.0.0.1\r\nIPv4External-Port: 6891\r\n\r\n");
    } else if (!strcmp(kind, "switch")) {
        method = "ACK";
        type = "application/x-msnmsgr-transudpswitch";
        body = g_strdup("\r\n");
    } else if (!strcmp(kind, "bye")) {
        method = "BYE";
        type = "application/x-msnmsgr-sessionclosebody";
        body = g_strdup("\r\n");
    } else {
        return false;
    }
    char *start = phrase ? g_strdup_printf("MSNSLP/1.0 %s %s", kind, phrase)
                         : g_strdup_printf("%s MSNMSGR:%s MSNSLP/1.0", method, to);
    char *call = guid(word(m, 2));
    char *branch = guid(word(m, 3));
    g_string_printf(m->data,
                    "%s\r\nTo: <msnmsgr:%s>\r\nFrom: <msnmsgr:%s>\r\n"
                    "Via: MSNSLP/1.0/TLP ;branch=%s\r\nCSeq: %u \r\nCall-ID: %s\r\n"
                    "Max-Forwards: 0\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                    start, to, from, branch, phrase != NULL, call, type,
                    *body ? strlen(body) + 1 : 0, body);
    for (unsigned i = 0; i < m->n_changes; i++)
        change_line(m->data, m->changes[i]);
    g_string_append_c(m->data, '\0');
    g_free(branch);
    g_free(call);
    g_free(start);
    g_free(body);
    return true;
}

/* --- writing ------------------------------------------------------------------------------ */

static void append_number(GString *out, guint64 n, unsigned bytes, bool big)
{
    for (unsigned i = 0; i < bytes; i++)
        g_string_append_c(out, (char)(n >> 8 * (big ? bytes - 1 - i : i)));
}

static void write_message(GString *out, const message *m, unsigned trid, const char *piece,
                          size_t len)
{
    GString *payload = g_string_new(NULL);

    g_string_append(payload, "MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\n");
    if (!m->dest || strcmp(m->dest, "-") != 0)
        g_string_append_printf(payload, "P2P-Dest: %s\r\n",
                               m->dest   ? m->dest
                               : m->ours ? m->who
                                         : m->account);
    g_string_append(payload, "\r\n");
    for (unsigned i = 0; i < FOOTER; i++)
        append_number(payload, m->values[i], numbers[i].bytes, false);
    g_string_append_len(payload, piece, (gssize)len);
    append_number(payload, m->values[FOOTER], numbers[FOOTER].bytes, true);
    if (m->ours) {
        g_string_append_printf(out, "MSG %u D %zu\r\n", trid, payload->len);
    } else {
        char *name = g_strndup(m->who, strcspn(m->who, "@"));
        *name = g_ascii_toupper(*name);
        g_string_append_printf(out, "MSG %s %s %zu\r\n", m->who, name, payload->len);
        g_free(name);
    }
    g_string_append_len(out, payload->str, (gssize)payload->len);
    g_string_free(payload, TRUE);
}

static void preset(message *m, number which, guint64 to)
{
    if (!m->set[which])
        m->values[which] = to;
}

/* The whole message in as many pieces as it needs, or "OFFSET+LENGTH" of it. */
static bool write_pieces(GString *out, message *m, unsigned trid, const char *part)
{
    char *end = NULL;
    gsize from = part ? (gsize)g_ascii_strtoull(part, &end, 10) : 0;
    gsize to = part ? from + (gsize)value(end + 1) : m->data->len;

    if (to > m->data->len)
        return false;
    preset(m, TOTAL, m->data->len);
    do {
        gsize len = MIN(to - from, part ? to - from : PIECE);
        preset(m, OFFSET, from);
        preset(m, LENGTH, len);
        write_message(out, m, trid++, m->data->str + from, len);
        from += len;
    } while (from < to);
    return true;
}

/* "10/11": an identifier, and the AckID that goes with it; else that is ten times as much. */
static void read_identifier(message *m)
{
    const char *text = word(m, 0);
    const char *slash = strchr(text, '/');

    preset(m, IDENTIFIER, value(text));
    preset(m, ACK, slash ? value(slash + 1) : 10 * value(text));
}

static void remember(p2p_said **said, const message *m)
{
    guint64 *values = g_new(guint64, N_NUMBERS);

    if (!*said)
        *said = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    memcpy(values, m->values, sizeof m->values);
    g_hash_table_insert(*said, GUINT_TO_POINTER((guint)m->values[IDENTIFIER]), values);
}

/* "ID of OTHER", and for a NAK "at OFFSET". */
static bool write_about(GString *out, message *m, p2p_said *said, unsigned trid, bool nak)
{
    guint id = (guint)value(word(m, 2));
    const guint64 *about = said ? g_hash_table_lookup(said, GUINT_TO_POINTER(id)) : NULL;

    if (strcmp(word(m, 1), "of") != 0 || !about)
        return false;
    preset(m, IDENTIFIER, value(word(m, 0)));
    preset(m, SESSION, about[SESSION]);
    preset(m, TOTAL, about[TOTAL]);
    preset(m, FLAGS, nak ? 1 : 2);
    preset(m, ACK, id);
    preset(m, UID, about[ACK]);
    preset(m, SIZE, nak ? value(word(m, 4)) : about[TOTAL]);
    write_message(out, m, trid, "", 0);
    return true;
}

/* "ID SESSION OFFSET+LENGTH TOTAL": the bytes count from 0 to 250, again and again. */
static void write_data(GString *out, message *m, unsigned trid)
{
    char *end;
    guint64 offset = g_ascii_strtoull(word(m, 2), &end, 10);
    gsize len = *end ? (gsize)value(end + 1) : 0;

    read_identifier(m);
    preset(m, SESSION, value(word(m, 1)));
    preset(m, OFFSET, offset);
    preset(m, LENGTH, len);
    preset(m, TOTAL, value(word(m, 3)));
    preset(m, FLAGS, 0x01000030);
    preset(m, FOOTER, 2);
    for (gsize i = 0; i < len; i++)
        g_string_append_c(m->data, (char)((offset + i) % 251));
    write_message(out, m, trid, m->data->str, len);
}

static bool write_kind(GString *out, message *m, p2p_said **said, unsigned trid, const char *kind)
{
    const char *part = NULL;

    if (!strcmp(kind, "ack") || !strcmp(kind, "nak"))
        return write_about(out, m, *said, trid, *kind == 'n');
    if (!strcmp(kind, "data")) {
        write_data(out, m, trid);
    } else if (!strcmp(kind, "slp")) {
        read_identifier(m);
        if (m->n_words > 2 && !strcmp(word(m, m->n_words - 2), "part"))
            part = word(m, m->n_words - 1);
        if (!write_slp(m) || !write_pieces(out, m, trid, part))
            return false;
    } else if (!strcmp(kind, "bytes")) {
        read_identifier(m);
        g_string_append(m->data, m->n_changes ? m->changes[0] : "");
        (void)write_pieces(out, m, trid, NULL);
    } else {
        return false;
    }
    remember(said, m);
    return true;
}

bool p2p_text_read(GString *out, p2p_said **said, const char *account, bool ours, const char *text)
{
    message m = {.account = account, .ours = ours, .data = g_string_new(NULL)};
    GPtrArray *owned = g_ptr_array_new_with_free_func(g_free);
    char *end = NULL;
    unsigned trid = ours ? (unsigned)g_ascii_strtoull(text, &end, 10) : 0;
    char **head = g_strsplit(ours ? end + (*end == ' ') : text, " ", 3);
    bool good = g_strv_length(head) == 3 && read_words(&m, head[2], owned);

    if (good) {
        m.who = head[0];
        good = write_kind(out, &m, said, trid, head[1]);
    }
    g_strfreev(head);
    g_ptr_array_unref(owned);
    g_string_free(m.data, TRUE);
    return good;
}
