/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "slp.h"

#include "codec.h"
#include "invite.h"
#include "mime.h"

#include <string.h>

#define VERSION         "MSNSLP/1.0"
#define TYPE            "application/x-msnmsgr-"
#define TYPE_SESSION    TYPE "sessionreqbody"
#define TYPE_TRANSPORT  TYPE "transreqbody"
#define TYPE_TRANSPORTS TYPE "transrespbody"
#define TYPE_CLOSE      TYPE "sessionclosebody"
#define TYPE_NONE       "null"

#define FILE_GUID   "{5D3E02AB-6190-11D3-BBBB-00C04F795683}"
#define OBJECT_GUID "{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}" /* picture, emoticon, sound */
#define NO_NONCE    "{00000000-0000-0000-0000-000000000000}"

#define CODE_MAX 999
#define CSEQ_MAX (UINT32_MAX - 1) /* an answer has the next number */

#define WRITTEN_MAX 4096 /* more than is ever written */

/*
 * The context of a file: where its fields are. Version 3 has 64 more bytes, all zero; then a
 * preview can follow.
 */
#define CONTEXT_LENGTH  0 /* without the preview */
#define CONTEXT_VERSION 4
#define CONTEXT_SIZE    8
#define CONTEXT_TYPE    16
#define CONTEXT_NAME    20
#define CONTEXT_MARK    570
#define CONTEXT_BYTES   574
#define NAME_UNITS      260 /* of UTF-16 */

#define TYPE_NO_PREVIEW 1
#define MARK_FILE       UINT32_MAX
#define MARK_BACKGROUND (UINT32_MAX - 1)

#define NO_NAME       "file"
#define EXTENSION_MAX 32 /* units: what is longer is part of the name */

/* --- the context of a file ------------------------------------------------------------------ */

/* Its bytes; NULL if it is no base64. Some clients leave out the signs at the end. */
static uint8_t *decode(const char *coded, gsize *len)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789+/";
    size_t letters = strspn(coded, alphabet);
    size_t last = letters % 4;

    if (coded[letters + strspn(coded + letters, "=")] != '\0' || last == 1)
        return NULL;
    char *whole = g_strdup_printf("%.*s%s", (int)letters, coded,
                                  last == 2   ? "=="
                                  : last == 3 ? "="
                                              : "");
    uint8_t *bytes = g_base64_decode(whole, len);
    g_free(whole);
    return bytes;
}

static bool is_high(unsigned unit)
{
    return unit >> 10 == 0xd800 >> 10;
}

static bool is_low(unsigned unit)
{
    return unit >> 10 == 0xdc00 >> 10;
}

/*
 * The name in the context, up to its end or that of its field; surrogates without the other half
 * become '_'.
 */
static char *read_name(const uint8_t *context)
{
    uint16_t units[NAME_UNITS + 1] = {0};
    GString *name = g_string_new(NULL);

    for (size_t i = 0; i < NAME_UNITS; i++)
        units[i] = msnp_get_u16(context + CONTEXT_NAME + 2 * i);
    for (const uint16_t *at = units; *at != 0; at++) {
        if (is_high(at[0]) && is_low(at[1])) {
            gunichar high = at[0] & 0x3ffu;
            g_string_append_unichar(name, 0x10000 + (high << 10 | (at[1] & 0x3ffu)));
            at++;
        } else {
            g_string_append_unichar(name, is_high(at[0]) || is_low(at[0]) ? '_' : at[0]);
        }
    }
    char *safe = msnp_invite_safe_name(name->str);
    g_string_free(name, TRUE);
    return safe;
}

/* A picture for the background of both windows is offered like a file. */
static bool is_background(const uint8_t *context, size_t len)
{
    uint32_t type = len >= CONTEXT_TYPE + 4 ? msnp_get_u32(context + CONTEXT_TYPE) : 0;
    uint32_t mark = len >= CONTEXT_BYTES ? msnp_get_u32(context + CONTEXT_MARK) : 0;

    return type == 2 || type == 4 || mark == MARK_BACKGROUND;
}

/* Clients disagree about the length that it names: it counts only if the version is unknown. */
static bool is_file(const uint8_t *context, size_t len)
{
    if (len < CONTEXT_BYTES || msnp_get_u64(context + CONTEXT_SIZE) > INT64_MAX)
        return false;
    uint32_t version = msnp_get_u32(context + CONTEXT_VERSION);
    uint32_t length = msnp_get_u32(context + CONTEXT_LENGTH);
    return version == 2 || version == 3 || (length >= CONTEXT_BYTES && length <= len);
}

static void read_context(msnp_slp *slp, const char *coded)
{
    gsize len = 0;
    uint8_t *context = decode(coded, &len);

    slp->offer = MSNP_SLP_FILE_BAD;
    if (context != NULL && is_background(context, len)) {
        slp->offer = MSNP_SLP_EXTRA;
        slp->extra = MSNP_EXTRA_INVITATION;
    } else if (context != NULL && is_file(context, len)) {
        slp->offer = MSNP_SLP_FILE;
        slp->size = msnp_get_u64(context + CONTEXT_SIZE);
        slp->file = read_name(context);
    }
    g_free(context);
}

/* --- reading -------------------------------------------------------------------------------- */

enum { FROM, TO, VIA, CSEQ, CALL_ID, CONTENT_TYPE, N_HEAD_FIELDS };
enum { EUF_GUID, SESSION_ID, CONTEXT, HASHED_NONCE, N_BODY_FIELDS };

static const char *const head_fields[] = {
    [FROM] = "From", [TO] = "To",           [VIA] = "Via",
    [CSEQ] = "CSeq", [CALL_ID] = "Call-ID", [CONTENT_TYPE] = "Content-Type"};
static const char *const body_fields[] = {[EUF_GUID] = "EUF-GUID",
                                          [SESSION_ID] = "SessionID",
                                          [CONTEXT] = "Context",
                                          [HASHED_NONCE] = "Hashed-Nonce"};

/*
 * The first value of each of these fields, NULL if there is none; owned by the caller. All in one
 * pass, because a text can be long. Returns what follows the block.
 */
static msnp_str read_fields(msnp_str block, const char *const *names, size_t n, char **values)
{
    msnp_mime mime;
    msnp_str name, value;

    msnp_mime_init(&mime, block);
    while (msnp_mime_next(&mime, &name, &value))
        for (size_t i = 0; i < n; i++)
            if (values[i] == NULL && msnp_str_is_nocase(name, names[i]))
                values[i] = msnp_mime_unfold(value);
    return mime.rest;
}

static void free_fields(char **values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        g_free(values[i]);
}

/* A number up to `max`; 0 if it is none. */
static uint32_t read_number(const char *text, uint32_t max)
{
    uint64_t value = 0;

    if (text != NULL)
        (void)msnp_parse_uint(msnp_str_of(text), max, &value);
    return (uint32_t)value;
}

/* What can be echoed: it breaks no line, and is not too long. */
static char *read_id(msnp_str text)
{
    char *id = msnp_str_dup(text);

    if (text.len <= MSNP_SLP_ID_MAX && msnp_is_word(id))
        return id;
    g_free(id);
    return NULL;
}

/* "<msnmsgr:alice@example.net>"; NULL if it names no account. */
static char *read_account(const char *text)
{
    static const char scheme[] = "msnmsgr:";
    const char *start = text != NULL ? text : "";

    start += *start == '<';
    if (g_ascii_strncasecmp(start, scheme, strlen(scheme)) == 0)
        start += strlen(scheme);
    char *account = g_strndup(start, strcspn(start, ">"));
    if (msnp_account_valid(account))
        return account;
    g_free(account);
    return NULL;
}

/* "MSNSLP/1.0/TLP ;branch={...}" */
static char *read_branch(const char *via)
{
    msnp_str list = msnp_str_of(via != NULL ? via : "");
    msnp_str name, value;

    while (msnp_take_pair(&list, '=', &name, &value))
        if (msnp_str_is_nocase(name, "branch"))
            return read_id(value);
    return NULL;
}

static msnp_slp_subject read_subject(const char *type)
{
    static const struct {
        const char *type;
        msnp_slp_subject subject;
    } rows[] = {{TYPE_SESSION, MSNP_SLP_SESSION},
                {TYPE_TRANSPORT, MSNP_SLP_TRANSPORT},
                {TYPE_TRANSPORTS, MSNP_SLP_TRANSPORT_ANSWER},
                {TYPE_CLOSE, MSNP_SLP_CLOSE}};

    for (size_t i = 0; type != NULL && i < G_N_ELEMENTS(rows); i++)
        if (g_ascii_strcasecmp(type, rows[i].type) == 0)
            return rows[i].subject;
    return MSNP_SLP_UNKNOWN;
}

static msnp_extra extra_of(const char *guid)
{
    static const struct {
        const char *guid;
        msnp_extra extra;
    } rows[] = {{"{E073B06B-636E-45B7-ACA4-6D4B5978C93C}", MSNP_EXTRA_WINK},
                {"{4BD96FC0-AB17-4425-A14A-439185962DC8}", MSNP_EXTRA_WEBCAM},
                {"{1C9AA97E-9C05-4583-A3BD-908A196F1E92}", MSNP_EXTRA_WEBCAM_ASKED},
                {"{6A13AF9C-5308-4F35-923A-67E8DDA40C2F}", MSNP_EXTRA_GAME}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (g_ascii_strcasecmp(guid, rows[i].guid) == 0)
            return rows[i].extra;
    return MSNP_EXTRA_INVITATION;
}

static void read_offer(msnp_slp *slp, char *const *fields)
{
    const char *guid = fields[EUF_GUID];

    if (guid == NULL) {
        slp->offer = MSNP_SLP_INCOMPLETE;
    } else if (g_ascii_strcasecmp(guid, FILE_GUID) == 0) {
        read_context(slp, fields[CONTEXT] != NULL ? fields[CONTEXT] : "");
    } else if (g_ascii_strcasecmp(guid, OBJECT_GUID) == 0) {
        slp->offer = MSNP_SLP_OBJECT;
    } else {
        slp->offer = MSNP_SLP_EXTRA;
        slp->extra = extra_of(guid);
    }
}

/* Takes off the next word of a line, and the blanks before it; empty at the end. */
static msnp_str take_word(msnp_str *line)
{
    const char *at = line->ptr;
    const char *end = line->ptr + line->len;

    while (at < end && *at == ' ')
        at++;
    const char *start = at;
    while (at < end && *at != ' ')
        at++;
    *line = (msnp_str){at, (size_t)(end - at)};
    return (msnp_str){start, (size_t)(at - start)};
}

/*
 * "INVITE MSNMSGR:alice@example.net MSNSLP/1.0" or "MSNSLP/1.0 200 OK". The address is not looked
 * at: some clients name themselves there.
 */
static bool read_start(msnp_slp *slp, msnp_str line)
{
    msnp_str first = take_word(&line);
    msnp_str second = take_word(&line);
    uint64_t code = 0;

    if (msnp_str_is_nocase(first, VERSION)) {
        slp->kind = MSNP_SLP_ANSWER;
        (void)msnp_parse_uint(second, CODE_MAX, &code);
        slp->code = (unsigned)code;
        return true;
    }
    slp->kind = msnp_str_is_nocase(first, "INVITE") ? MSNP_SLP_INVITE
                : msnp_str_is_nocase(first, "BYE")  ? MSNP_SLP_BYE
                                                    : MSNP_SLP_OTHER;
    return msnp_str_is_nocase(take_word(&line), VERSION);
}

/* Takes off the first line, which ends with CR LF or LF. */
static msnp_str take_line(msnp_str *text)
{
    const char *end = text->len > 0 ? memchr(text->ptr, '\n', text->len) : NULL;
    msnp_str line = {text->ptr, end != NULL ? (size_t)(end - text->ptr) : text->len};
    size_t taken = line.len + (end != NULL);

    *text = (msnp_str){text->ptr + taken, text->len - taken};
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* Reads the headers; returns the body. */
static msnp_str read_head(msnp_slp *slp, msnp_str text)
{
    char *fields[N_HEAD_FIELDS] = {NULL};
    msnp_str body = read_fields(text, head_fields, N_HEAD_FIELDS, fields);

    slp->from = read_account(fields[FROM]);
    slp->to = read_account(fields[TO]);
    slp->branch = read_branch(fields[VIA]);
    slp->call = fields[CALL_ID] != NULL ? read_id(msnp_str_of(fields[CALL_ID])) : NULL;
    slp->cseq = read_number(fields[CSEQ], CSEQ_MAX);
    slp->subject = read_subject(fields[CONTENT_TYPE]);
    free_fields(fields, N_HEAD_FIELDS);
    return body;
}

static void read_body(msnp_slp *slp, msnp_str body)
{
    char *fields[N_BODY_FIELDS] = {NULL};

    (void)read_fields(body, body_fields, N_BODY_FIELDS, fields);
    slp->session = read_number(fields[SESSION_ID], UINT32_MAX);
    slp->hashed = slp->subject == MSNP_SLP_TRANSPORT && fields[HASHED_NONCE] != NULL;
    if (slp->kind == MSNP_SLP_INVITE && slp->subject == MSNP_SLP_SESSION)
        read_offer(slp, fields);
    free_fields(fields, N_BODY_FIELDS);
}

bool msnp_slp_read(msnp_slp *slp, msnp_str text)
{
    const char *end = text.len > 0 ? memchr(text.ptr, '\0', text.len) : NULL;

    *slp = (msnp_slp){.offer = MSNP_SLP_INCOMPLETE};
    if (end != NULL)
        text.len = (size_t)(end - text.ptr);
    if (!read_start(slp, take_line(&text)))
        return false;
    read_body(slp, read_head(slp, text));
    return true;
}

void msnp_slp_clear(msnp_slp *slp)
{
    g_free(slp->from);
    g_free(slp->to);
    g_free(slp->branch);
    g_free(slp->call);
    g_free(slp->file);
    *slp = (msnp_slp){.offer = MSNP_SLP_INCOMPLETE};
}

/* --- writing -------------------------------------------------------------------------------- */

void msnp_slp_guid(char guid[MSNP_GUID_LENGTH + 1], const uint32_t random[4])
{
    /* Version 4 of the GUIDs: random ones. */
    (void)g_snprintf(guid, MSNP_GUID_LENGTH + 1, "{%08X-%04X-%04X-%04X-%04X%08X}", random[0],
                     random[1] >> 16, (random[1] & 0x0fff) | 0x4000,
                     (random[2] >> 16 & 0x3fff) | 0x8000, random[2] & 0xffff, random[3]);
}

/*
 * The whole text. Content-Length counts the body, with the empty line at its end, and the NUL; only
 * a text without a body does not count its own. The blanks behind CSeq and before the branch are
 * those of the official clients.
 */
static void write_text(msnp_buf *out, const char *start, const msnp_slp_about *about, unsigned cseq,
                       const char *type, const char *body)
{
    char *text = g_strdup_printf(
        "%s\r\nTo: <msnmsgr:%s>\r\nFrom: <msnmsgr:%s>\r\n"
        "Via: " VERSION "/TLP ;branch=%s\r\nCSeq: %u \r\nCall-ID: %s\r\n"
        "Max-Forwards: 0\r\nContent-Type: %s\r\n"
        "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
        start, about->to, about->from, about->branch != NULL ? about->branch : "", cseq,
        about->call != NULL ? about->call : "", type, *body != '\0' ? strlen(body) + 1 : 0, body);

    msnp_buf_init(out, WRITTEN_MAX, false);
    (void)msnp_buf_append(out, text, strlen(text) + 1);
    g_free(text);
}

static void write_request(msnp_buf *out, const char *method, const msnp_slp_about *about,
                          const char *type, const char *body)
{
    char *start = g_strconcat(method, " MSNMSGR:", about->to, " " VERSION, NULL);

    write_text(out, start, about, 0, type, body);
    g_free(start);
}

/* Where the extension of a name begins, with its dot; `len` if it has none. */
static size_t find_extension(const gunichar2 *name, size_t len)
{
    for (size_t i = len; i-- > 0 && len - i <= EXTENSION_MAX && name[i] != ' ';)
        if (name[i] == '.')
            return i;
    return len;
}

/* Writes a name, shortened before its extension and between characters, so that a zero follows. */
static void put_name(uint8_t *at, const char *name)
{
    char *clean = msnp_text_clean(name, strlen(name), SIZE_MAX);
    glong n = 0;
    gunichar2 *units = g_utf8_to_utf16(*clean != '\0' ? clean : NO_NAME, -1, NULL, &n, NULL);
    size_t len = (size_t)n;
    size_t extension = find_extension(units, len);
    size_t keep = MIN(extension, NAME_UNITS - 1 - (len - extension));

    if (keep < extension && is_high(units[keep - 1]))
        keep--;
    memmove(units + keep, units + extension, (len - extension) * sizeof *units);
    for (size_t i = 0; i < keep + len - extension; i++) {
        uint16_t unit = GUINT16_TO_LE(units[i]);
        memcpy(at + 2 * i, &unit, sizeof unit);
    }
    g_free(units);
    g_free(clean);
}

/* Version 2, which all clients understand; some reject the other. */
static char *encode_context(const char *name, uint64_t size)
{
    uint8_t context[CONTEXT_BYTES] = {0};

    msnp_put_u32(context + CONTEXT_LENGTH, CONTEXT_BYTES);
    msnp_put_u32(context + CONTEXT_VERSION, 2);
    msnp_put_u64(context + CONTEXT_SIZE, size);
    msnp_put_u32(context + CONTEXT_TYPE, TYPE_NO_PREVIEW);
    put_name(context + CONTEXT_NAME, name);
    msnp_put_u32(context + CONTEXT_MARK, MARK_FILE);
    return g_base64_encode(context, sizeof context);
}

void msnp_slp_write_offer(msnp_buf *out, const msnp_slp_about *about, const char *name,
                          uint64_t size)
{
    char *context = encode_context(name, size);
    char *body = g_strdup_printf("EUF-GUID: " FILE_GUID "\r\nSessionID: %" G_GUINT32_FORMAT
                                 "\r\nAppID: 2\r\nContext: %s\r\n\r\n",
                                 about->session, context);

    write_request(out, "INVITE", about, TYPE_SESSION, body);
    g_free(body);
    g_free(context);
}

void msnp_slp_write_answer(msnp_buf *out, const msnp_slp_about *about, unsigned code, unsigned cseq)
{
    const char *start = code == 200   ? VERSION " 200 OK"
                        : code == 603 ? VERSION " 603 Decline"
                                      : VERSION " 500 Internal Error";
    char *body = g_strdup_printf("SessionID: %" G_GUINT32_FORMAT "\r\n\r\n", about->session);

    if (about->session != 0)
        write_text(out, start, about, cseq + 1, TYPE_SESSION, body);
    else
        write_text(out, start, about, cseq + 1, TYPE_NONE, "");
    g_free(body);
}

void msnp_slp_write_no_transport(msnp_buf *out, const msnp_slp_about *about, unsigned cseq,
                                 bool hashed)
{
    write_text(out, VERSION " 200 OK", about, cseq + 1, TYPE_TRANSPORTS,
               hashed ? "Bridge: TCPv1\r\nListening: false\r\nHashed-Nonce: " NO_NONCE "\r\n\r\n"
                      : "Bridge: TCPv1\r\nListening: false\r\nNonce: " NO_NONCE "\r\n\r\n");
}

void msnp_slp_write_bye(msnp_buf *out, const msnp_slp_about *about)
{
    write_request(out, "BYE", about, TYPE_CLOSE, "\r\n");
}
