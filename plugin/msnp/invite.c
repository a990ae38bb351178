/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "invite.h"

#include "charset.h"
#include "codec.h"
#include "mime.h"

#include <string.h>

#define HEADERS             \
    "MIME-Version: 1.0\r\n" \
    "Content-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n"
#define FILE_TRANSFER "{5D3E02AB-6190-11d3-BBBB-00C04F795683}"
#define NO_NAME       "file"

#define PORT_KEY        0x3141 /* PortX is the port XOR this */
#define APPLICATION_MAX 64     /* characters */
#define NAME_MAX_CHARS  2048   /* more than a payload has */
#define EXTENSION_MAX   32     /* bytes: what is longer is part of the name */
#define WRITTEN_MAX     2048   /* more than is ever written */

/* --- names of files ------------------------------------------------------------------------- */

/* Where the extension begins, with its dot; the end of the name if it has none. */
static size_t find_extension(const char *name)
{
    const char *dot = strrchr(name, '.');
    bool is = dot != NULL && dot != name && strlen(dot) <= EXTENSION_MAX && !strchr(dot, ' ');

    return is ? (size_t)(dot - name) : strlen(name);
}

/*
 * A clean name of at most MSNP_FILE_NAME_BYTES: shortened before its extension and between
 * characters. Takes over the name; the caller frees the result.
 */
static char *shorten(char *name)
{
    size_t len = strlen(name);
    size_t extension = find_extension(name);
    size_t keep;

    if (len <= MSNP_FILE_NAME_BYTES)
        return name;
    keep = MSNP_FILE_NAME_BYTES - (len - extension);
    while (keep > 0 && ((unsigned char)name[keep] & 0xc0) == 0x80)
        keep--;
    memmove(name + keep, name + extension, len - extension + 1);
    /* It may end with a blank now. */
    char *clean = msnp_text_clean(name, strlen(name), NAME_MAX_CHARS);
    g_free(name);
    return clean;
}

/* The part of the name that Windows compares with those of devices. */
static bool is_device(const char *name)
{
    static const char *const devices[] = {"CON",    "PRN",     "AUX", "NUL",
                                          "CONIN$", "CONOUT$", "COM", "LPT"};
    static const char *const numbers[] = {"0", "1", "2", "3",        "4",        "5",       "6",
                                          "7", "8", "9", "\xc2\xb9", "\xc2\xb2", "\xc2\xb3"};
    char *base = g_strchomp(g_strndup(name, strcspn(name, ".")));
    bool found = false;

    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++) {
        size_t len = strlen(devices[i]);
        if (g_ascii_strncasecmp(base, devices[i], len) != 0)
            continue;
        if (strcmp(devices[i], "COM") != 0 && strcmp(devices[i], "LPT") != 0)
            found = found || base[len] == '\0';
        else
            for (size_t n = 0; n < G_N_ELEMENTS(numbers); n++)
                found = found || strcmp(base + len, numbers[n]) == 0;
    }
    g_free(base);
    return found;
}

static bool is_bare(gunichar c)
{
    return c == '.' || g_unichar_isspace(c);
}

/* Without dots and blanks at its ends: they hide it, or Windows drops them. */
static char *strip(char *name)
{
    const char *first = name;
    char *end = name + strlen(name);

    while (*first != '\0' && is_bare(g_utf8_get_char(first)))
        first = g_utf8_next_char(first);
    while (end > first && is_bare(g_utf8_get_char(g_utf8_prev_char(end))))
        end = g_utf8_prev_char(end);
    *end = '\0';
    memmove(name, first, (size_t)(end - first) + 1);
    return name;
}

char *msnp_invite_safe_name(const char *name)
{
    size_t len = strlen(name);

    while (len > 0 && strchr("/\\", name[len - 1]) == NULL)
        len--;
    char *shown = msnp_text_clean(name + len, strlen(name + len), NAME_MAX_CHARS);
    strip(g_strdelimit(shown, "<>:\"|?*", '_'));
    /* Something of it must be seen without that, too. */
    char *safe = msnp_text_clean(shown, strlen(shown), NAME_MAX_CHARS);
    g_free(shown);
    if (is_device(safe)) {
        shown = safe;
        safe = g_strconcat("_", shown, NULL);
        g_free(shown);
    }
    return strip(shorten(safe));
}

/* --- reading -------------------------------------------------------------------------------- */

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
    GString *decoded = msnp_charset_decode(content_type, msnp_str_of(text));
    char *clean = decoded != NULL ? msnp_text_clean(decoded->str, decoded->len, max_chars)
                                  : msnp_text_clean(text, strlen(text), max_chars);
    if (decoded != NULL)
        g_string_free(decoded, TRUE);
    g_free(text);
    return clean;
}

static void read_offer(msnp_invite *invite, const char *content_type, msnp_str block)
{
    invite->application = read_name(content_type, block, "Application-Name", APPLICATION_MAX);
    invite->file = msnp_mime_is(block, "Application-GUID", FILE_TRANSFER);
    if (!invite->file) {
        invite->file_name = g_strdup("");
        return;
    }
    invite->file_name = shorten(read_name(content_type, block, "Application-File", NAME_MAX_CHARS));
    invite->sized = read_number(block, "Application-FileSize", UINT64_MAX, &invite->file_size);
    invite->unreachable = msnp_mime_is(block, "Connectivity", "N");
}

/* Can somebody have this IPv4 address? Neither "this network", nor multicast, nor broadcast. */
static bool is_somebodys_v4(const char *host)
{
    guint64 first = g_ascii_strtoull(host, NULL, 10);

    return first > 0 && first < 224;
}

/* What follows the zeros at the beginning of an IPv6 address. */
static const char *skip_zeros(const char *host)
{
    return host + strspn(host, "0:");
}

/* The IPv4 address in an IPv6 address like ::ffff:1.2.3.4, NULL if there is none. */
static const char *mapped_v4(const char *host)
{
    const char *rest = skip_zeros(host);

    if (g_ascii_strncasecmp(rest, "ffff:", 5) != 0)
        return NULL;
    return strchr(rest + 5, ':') == NULL && strchr(rest, '.') != NULL ? rest + 5 : NULL;
}

/* The same for IPv6. Of addresses that begin with 0: only ::1 and IPv4 addresses are in use. */
static bool is_somebodys_v6(const char *host)
{
    const char *rest = skip_zeros(host);
    const char *v4 = mapped_v4(host);

    if (memchr(host, ':', (size_t)(rest - host)) != NULL)
        return strcmp(rest, "1") == 0 || (v4 != NULL && is_somebodys_v4(v4));
    return strcspn(host, ":") != 4 || g_ascii_strncasecmp(host, "ff", 2) != 0;
}

bool msnp_address_host_valid(const char *host)
{
    if (strlen(host) >= MSNP_ADDRESS_MAX || strchr(host, '%') != NULL ||
        !g_hostname_is_ip_address(host))
        return false;
    return strchr(host, ':') != NULL ? is_somebodys_v6(host) : is_somebodys_v4(host);
}

bool msnp_address_host_is_loopback(const char *host)
{
    const char *v4 = strchr(host, ':') != NULL ? mapped_v4(host) : host;

    return v4 != NULL ? g_str_has_prefix(v4, "127.") : strcmp(skip_zeros(host), "1") == 0;
}

static uint16_t read_port(msnp_str block, const char *name, uint64_t key)
{
    uint64_t port = 0;

    return read_number(block, name, UINT16_MAX, &port) ? (uint16_t)(port ^ key) : 0;
}

static void read_address(msnp_address *address, msnp_str block, const char *name, uint16_t port)
{
    char *host = msnp_mime_get(block, name, 0);

    if (host != NULL && port != 0 && msnp_address_host_valid(host)) {
        g_strlcpy(address->host, host, sizeof address->host);
        address->port = port;
    }
    g_free(host);
}

static bool is_same(const msnp_address *a, const msnp_address *b)
{
    return a->port == b->port && g_ascii_strcasecmp(a->host, b->host) == 0;
}

static void read_accept(msnp_invite *invite, msnp_str block)
{
    uint16_t port = read_port(block, "Port", 0);
    uint16_t internal = read_port(block, "PortX-Internal", PORT_KEY);
    uint64_t auth = 0;

    if (internal == 0)
        internal = read_port(block, "PortX", PORT_KEY);
    read_address(&invite->external, block, "IP-Address", port);
    read_address(&invite->internal, block, "IP-Address-Internal", internal != 0 ? internal : port);
    if (is_same(&invite->external, &invite->internal))
        invite->internal = (msnp_address){"", 0};
    invite->authorized = read_number(block, "AuthCookie", UINT32_MAX, &auth);
    invite->auth = (uint32_t)auth;
    invite->sender_connects = msnp_mime_is(block, "Sender-Connect", "TRUE");
}

static const char *const cancel_codes[] = {
#define X(symbol, code) [symbol] = (code),
    MSNP_CANCEL_LIST(X)
#undef X
};

static void read_cancel(msnp_invite *invite, msnp_str block)
{
    invite->why = MSNP_CANCEL_FAIL;
    for (unsigned i = 0; i < MSNP_N_CANCELS; i++)
        if (msnp_mime_is(block, "Cancel-Code", cancel_codes[i]))
            invite->why = (msnp_cancel)i;
}

static bool read_command(msnp_str block, msnp_invite_command *command)
{
    static const char *const names[] = {[MSNP_INVITE_OFFER] = "INVITE",
                                        [MSNP_INVITE_ACCEPT] = "ACCEPT",
                                        [MSNP_INVITE_CANCEL] = "CANCEL"};

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (msnp_mime_is(block, "Invitation-Command", names[i])) {
            *command = (msnp_invite_command)i;
            return true;
        }
    }
    return false;
}

bool msnp_invite_read(msnp_invite *invite, const char *content_type, msnp_str body)
{
    uint64_t cookie;

    *invite = (msnp_invite){0};
    if (!read_command(body, &invite->command) ||
        !read_number(body, "Invitation-Cookie", UINT32_MAX, &cookie))
        return false;
    invite->cookie = (uint32_t)cookie;
    switch (invite->command) {
    case MSNP_INVITE_OFFER:
        read_offer(invite, content_type, body);
        break;
    case MSNP_INVITE_ACCEPT:
        read_accept(invite, body);
        break;
    case MSNP_INVITE_CANCEL:
        read_cancel(invite, body);
        break;
    }
    return true;
}

void msnp_invite_clear(msnp_invite *invite)
{
    g_free(invite->application);
    g_free(invite->file_name);
    *invite = (msnp_invite){0};
}

/* --- writing -------------------------------------------------------------------------------- */

static void put(msnp_buf *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void put(msnp_buf *out, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    (void)msnp_buf_append_text(out, text);
    g_free(text);
}

static void put_command(msnp_buf *out, const char *command, uint32_t cookie)
{
    put(out, "Invitation-Command: %s\r\nInvitation-Cookie: %" G_GUINT32_FORMAT "\r\n", command,
        cookie);
}

static void begin(msnp_buf *out, const char *command, uint32_t cookie)
{
    msnp_buf_init(out, WRITTEN_MAX, true);
    put(out, HEADERS);
    put_command(out, command, cookie);
}

static void end_accept(msnp_buf *out)
{
    put(out, "Launch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n\r\n");
}

void msnp_invite_write_offer(msnp_buf *out, uint32_t cookie, const char *name, uint32_t size,
                             bool unreachable)
{
    char *clean = shorten(msnp_text_clean(name, strlen(name), SIZE_MAX));

    msnp_buf_init(out, WRITTEN_MAX, true);
    put(out, HEADERS "Application-Name: File Transfer\r\nApplication-GUID: " FILE_TRANSFER "\r\n");
    put_command(out, "INVITE", cookie);
    put(out, "Application-File: %s\r\nApplication-FileSize: %" G_GUINT32_FORMAT "\r\n%s\r\n",
        *clean != '\0' ? clean : NO_NAME, size, unreachable ? "Connectivity: N\r\n" : "");
    g_free(clean);
}

void msnp_invite_write_accept(msnp_buf *out, uint32_t cookie)
{
    begin(out, "ACCEPT", cookie);
    end_accept(out);
}

void msnp_invite_write_address(msnp_buf *out, uint32_t cookie, const msnp_listening *where,
                               bool sender_connects)
{
    bool two = *where->internal.host != '\0' && !is_same(&where->external, &where->internal);

    begin(out, "ACCEPT", cookie);
    put(out, "IP-Address: %s\r\n", where->external.host);
    if (two)
        put(out, "IP-Address-Internal: %s\r\n", where->internal.host);
    put(out, "Port: %u\r\n", where->external.port);
    if (two)
        put(out, "PortX: %u\r\nPortX-Internal: %u\r\n", where->external.port ^ PORT_KEY,
            where->internal.port ^ PORT_KEY);
    put(out, "AuthCookie: %" G_GUINT32_FORMAT "\r\n%s", where->auth,
        sender_connects ? "Sender-Connect: TRUE\r\n" : "");
    end_accept(out);
}

void msnp_invite_write_cancel(msnp_buf *out, uint32_t cookie, msnp_cancel why)
{
    begin(out, "CANCEL", cookie);
    put(out, "Cancel-Code: %s\r\n\r\n", cancel_codes[why]);
}
