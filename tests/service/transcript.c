/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The transcript: what was said, an entry a line.
 */
#include <string.h>

#include "p2p.h"

/* Tests count the same again and again while they wait: only what is new is looked at. */
typedef struct {
    GPatternSpec *spec;
    guint seen; /* how many entries of the transcript */
    guint n;
} tally;

static void tally_free(gpointer data)
{
    tally *t = data;

    g_pattern_spec_free(t->spec);
    g_free(t);
}

void transcript_begin(service *self)
{
    self->transcript = g_ptr_array_new_with_free_func(g_free);
    self->tallies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, tally_free);
}

void transcript_end(service *self)
{
    g_ptr_array_unref(self->transcript);
    g_hash_table_unref(self->tallies);
}

gboolean speaks_tls(service_role role)
{
    return role == SERVICE_NEXUS || role == SERVICE_LOGIN || role == SERVICE_GATEWAY_TLS;
}

gboolean is_gateway(service_role role)
{
    return role == SERVICE_GATEWAY || role == SERVICE_GATEWAY_TLS;
}

gboolean speaks_http(service_role role)
{
    return speaks_tls(role) || is_gateway(role);
}

static const char *role_name(service_role role)
{
    static const char *const names[SERVICE_N_ROLES + 1] = {
        [SERVICE_DISPATCH] = "DS",
        [SERVICE_NOTIFICATION] = "NS",
        [SERVICE_NEXUS] = "NEXUS",
        [SERVICE_LOGIN] = "LOGIN",
        [SERVICE_SWITCHBOARD] = "SB",
        [SERVICE_GATEWAY] = "GATEWAY",
        [SERVICE_GATEWAY_TLS] = "GATEWAY-TLS",
        [SERVICE_N_ROLES] = "FILE",
    };

    return names[role];
}

static gboolean is_wanted(const service *self)
{
    return !self->forgetful || self->log;
}

static void log_entry(service *self, char *entry)
{
    if (!self->forgetful)
        g_ptr_array_add(self->transcript, entry);
    if (self->log)
        self->log(entry, self->log_data);
    if (self->forgetful)
        g_free(entry);
}

void log_event(service *self, service_role role, const char *text)
{
    if (is_wanted(self))
        log_entry(self, g_strdup_printf("%s %s", role_name(role), text));
}

void log_bad(const conn *c, const char *why)
{
    g_autofree char *text = g_strconcat("bad: ", why, NULL);

    log_event(c->svc, c->role, text);
}

/* One entry of what may be any bytes: the line end goes, the unprintable becomes \xNN. */
static void log_bytes(service *self, service_role role, const char *lead, const char *text,
                      gsize length)
{
    GString *entry = g_string_new(NULL);

    g_string_printf(entry, "%s %s ", role_name(role), lead);
    if (length > 0 && text[length - 1] == '\n')
        length--;
    if (length > 0 && text[length - 1] == '\r')
        length--;
    for (gsize i = 0; i < length; i++)
        if ((guchar)text[i] < 0x20 || text[i] == 0x7f)
            g_string_append_printf(entry, "\\x%02x", (guchar)text[i]);
        else
            g_string_append_c(entry, text[i]);
    if (!g_utf8_validate(entry->str, (gssize)entry->len, NULL)) {
        g_autofree char *valid = g_utf8_make_valid(entry->str, (gssize)entry->len);

        g_string_assign(entry, valid);
    }
    log_entry(self, g_string_free(entry, FALSE));
}

static void log_line(service *self, service_role role, const char *direction, const char *text,
                     gssize length)
{
    log_bytes(self, role, direction, text, length < 0 ? strlen(text) : (gsize)length);
}

static const char *line_end(const char *p, const char *end)
{
    const char *lf = memchr(p, '\n', (gsize)(end - p));

    return lf ? lf + 1 : end;
}

/* Its header in numbers, and the text of SLP. */
static void log_p2p(service *self, service_role role, const char *lead, const char *body,
                    gsize length)
{
    g_autofree char *header = p2p_describe(body, length);
    p2p_header h;

    log_bytes(self, role, lead, header, strlen(header));
    if (!p2p_read(body, length, &h) || h.session || !h.length)
        return;
    for (const char *at = body + P2P_HEADER; at < body + P2P_HEADER + h.length;) {
        const char *next = line_end(at, body + P2P_HEADER + h.length);

        log_bytes(self, role, lead, at, (gsize)(next - at));
        at = next;
    }
}

static void log_payload(service *self, service_role role, const char *direction, const char *text,
                        gssize length)
{
    g_autofree char *lead = g_strconcat(direction, " |", NULL);
    const char *end = text + length;
    gsize body = 0;
    g_autofree char *type = message_type(text, (gsize)length, &body);

    if (p2p_is_type(type))
        end = text + body;

    while (text < end) {
        const char *next = line_end(text, end);

        log_bytes(self, role, lead, text, (gsize)(next - text));
        text = next;
    }
    if (p2p_is_type(type))
        log_p2p(self, role, lead, end, (gsize)length - body);
}

/* The length of the payload that follows an outgoing command line, 0 for none. */
static gsize payload_after(const char *line, gsize length)
{
    g_autofree char *text = g_strchomp(g_strndup(line, length));
    const char *last = strrchr(text, ' ');
    guint64 number = 0;

    if (!g_str_has_prefix(text, "MSG ") && !g_str_has_prefix(text, "NOT ") &&
        !g_str_has_prefix(text, "IPG "))
        return 0;
    return last && reader_number(last + 1, G_MAXUINT32, &number) ? (gsize)number : 0;
}

void log_sent(service *self, service_role role, const char *bytes, gsize length)
{
    const char *p = bytes;
    const char *end = bytes + length;

    while (p < end && is_wanted(self)) {
        const char *next = line_end(p, end);
        gboolean blank = next - p <= 2 && (*p == '\r' || *p == '\n');
        gsize payload = 0;

        if (speaks_http(role) && blank)
            payload = (gsize)(end - next);
        else
            log_line(self, role, "<<<", p, next - p);
        if (!speaks_http(role))
            payload = MIN(payload_after(p, (gsize)(next - p)), (gsize)(end - next));
        if (payload && !is_gateway(role))
            log_payload(self, role, "<<<", next, (gssize)payload);
        p = next + payload;
    }
}

void log_request(service *self, service_role role, const request *req)
{
    if (!is_wanted(self))
        return;
    for (guint i = 0; i < req->lines->len; i++)
        log_line(self, role, ">>>", g_ptr_array_index(req->lines, i), -1);
    if (req->payload && !is_gateway(role))
        log_payload(self, role, ">>>", req->payload->str, (gssize)req->payload->len);
}

void log_refused(service *self, service_role role, const char *bytes, gsize length)
{
    if (length > 0 && is_wanted(self))
        log_line(self, role, ">>>", bytes, line_end(bytes, bytes + length) - bytes);
}

guint service_count(const service *self, const char *pattern)
{
    tally *t = g_hash_table_lookup(self->tallies, pattern);

    if (!t) {
        t = g_new0(tally, 1);
        t->spec = g_pattern_spec_new(pattern);
        g_hash_table_insert(self->tallies, g_strdup(pattern), t);
    }
    for (; t->seen < self->transcript->len; t->seen++)
        if (g_pattern_match_string(t->spec, g_ptr_array_index(self->transcript, t->seen)))
            t->n++;
    return t->n;
}

char *service_transcript(const service *self)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < self->transcript->len; i++) {
        g_string_append(all, g_ptr_array_index(self->transcript, i));
        g_string_append_c(all, '\n');
    }
    return g_string_free(all, FALSE);
}

void service_forget_transcript(service *self)
{
    g_ptr_array_set_size(self->transcript, 0);
    g_hash_table_remove_all(self->tallies);
    memset(self->reads, 0, sizeof self->reads);
}

void service_keep_transcript(service *self, gboolean keep)
{
    self->forgetful = !keep;
}

void service_set_log(service *self, service_log_func func, gpointer data)
{
    self->log = func;
    self->log_data = data;
}
