/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notice.h"

#include "charset.h"
#include "codec.h"
#include "invite.h"
#include "mime.h"
#include "url.h"

#include <string.h>

#define INBOX "ACTIVE" /* what servers call this folder */

/* --- encoded words ---------------------------------------------------------------------------- */

/* =?charset?Q?data?= */
typedef struct {
    msnp_str charset; /* may name a language as well: "utf-8*en" */
    char encoding;    /* 'b' or 'q' */
    msnp_str data;
    size_t len; /* of the whole word */
} encoded_word;

/* What `text` begins with up to the next '?'; false if there is none before a blank. */
static bool take_part(msnp_str *text, msnp_str *part)
{
    size_t n = 0;

    while (n < text->len && text->ptr[n] > ' ' && text->ptr[n] < 0x7f && text->ptr[n] != '?')
        n++;
    if (n == text->len || text->ptr[n] != '?')
        return false;
    *part = (msnp_str){text->ptr, n};
    *text = (msnp_str){text->ptr + n + 1, text->len - n - 1};
    return true;
}

static bool find_word(msnp_str text, encoded_word *word)
{
    msnp_str rest = {text.ptr + 2, text.len - 2};
    msnp_str encoding;

    if (text.len < 2 || text.ptr[0] != '=' || text.ptr[1] != '?' ||
        !take_part(&rest, &word->charset) || !take_part(&rest, &encoding) || encoding.len != 1 ||
        !take_part(&rest, &word->data) || rest.len == 0 || rest.ptr[0] != '=')
        return false;
    word->encoding = g_ascii_tolower(encoding.ptr[0]);
    word->len = (size_t)(rest.ptr + 1 - text.ptr);
    return word->encoding == 'b' || word->encoding == 'q';
}

static bool append_base64(GString *out, msnp_str data)
{
    while (data.len > 0 && data.ptr[data.len - 1] == '=')
        data.len--;
    for (size_t i = 0; i < data.len; i++)
        if (!g_ascii_isalnum(data.ptr[i]) && data.ptr[i] != '+' && data.ptr[i] != '/')
            return false;
    if (data.len % 4 == 1)
        return false;

    int state = 0;
    guint save = 0;
    guchar *decoded = g_malloc(data.len + 3);
    gsize len = g_base64_decode_step(data.ptr, data.len, decoded, &state, &save);
    /* The padding that may be missing. */
    len += g_base64_decode_step("==", (4 - data.len % 4) % 4, decoded + len, &state, &save);
    g_string_append_len(out, (char *)decoded, (gssize)len);
    g_free(decoded);
    return true;
}

static bool append_quoted(GString *out, msnp_str data)
{
    for (size_t i = 0; i < data.len; i++) {
        uint64_t byte = data.ptr[i] == '_' ? ' ' : (uint8_t)data.ptr[i];

        if (data.ptr[i] == '=') {
            if (data.len - i < 3 ||
                !msnp_parse_hex((msnp_str){data.ptr + i + 1, 2}, UINT8_MAX, &byte))
                return false;
            i += 2;
        }
        g_string_append_c(out, (char)byte);
    }
    return true;
}

/* Appends the bytes that the word stands for; false if it is malformed. */
static bool read_word(GString *bytes, const encoded_word *word)
{
    return word->encoding == 'b' ? append_base64(bytes, word->data)
                                 : append_quoted(bytes, word->data);
}

/* Appends the bytes of words in this charset, as UTF-8 if they can be converted. */
static void append_decoded(GString *out, GString *bytes, msnp_str charset)
{
    char *type = g_strdup_printf("; charset=%.*s", (int)MIN(charset.len, 64), charset.ptr);
    msnp_str body = {bytes->str, bytes->len};

    type[strcspn(type, "*")] = '\0';
    GString *text = msnp_charset_decode(type, body);
    g_string_append_len(out, text != NULL ? text->str : body.ptr,
                        (gssize)(text != NULL ? text->len : body.len));
    if (text != NULL)
        g_string_free(text, TRUE);
    g_free(type);
}

static bool is_same_charset(msnp_str a, msnp_str b)
{
    return a.len == b.len && g_ascii_strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

/*
 * A character may be in two adjacent words of the same charset, so that these are put together
 * first; blanks between words mean nothing.
 */
static GString *decode_words(msnp_str text)
{
    GString *out = g_string_sized_new(text.len);
    GString *run = g_string_new(NULL); /* the bytes of such words */
    GString *bytes = g_string_new(NULL);
    msnp_str charset = {NULL, 0}; /* of the run; NULL: there is none */

    while (text.len > 0) {
        size_t gap = 0;
        while (charset.ptr != NULL && gap < text.len && text.ptr[gap] == ' ')
            gap++;

        encoded_word word;
        bool found = find_word((msnp_str){text.ptr + gap, text.len - gap}, &word) &&
                     read_word(g_string_truncate(bytes, 0), &word);
        if (charset.ptr != NULL && !(found && is_same_charset(word.charset, charset))) {
            append_decoded(out, run, charset);
            charset.ptr = NULL;
            g_string_truncate(run, 0);
        }
        size_t taken = 1;
        if (found) {
            g_string_append_len(run, bytes->str, (gssize)bytes->len);
            charset = word.charset;
            taken = gap + word.len;
        } else {
            g_string_append_c(out, text.ptr[0]);
        }
        text = (msnp_str){text.ptr + taken, text.len - taken};
    }
    if (charset.ptr != NULL)
        append_decoded(out, run, charset);
    g_string_free(bytes, TRUE);
    g_string_free(run, TRUE);
    return out;
}

/* --- fields ----------------------------------------------------------------------------------- */

/* The caller frees it; NULL if there is none. */
static char *find_field(msnp_str payload, const char *name)
{
    char *value = msnp_mime_get(payload, name, 0);

    return value != NULL ? value : msnp_mime_get(msnp_mime_body(payload), name, 0);
}

static bool field_is(msnp_str payload, const char *name, const char *expected)
{
    char *value = find_field(payload, name);
    bool is = value != NULL && g_ascii_strcasecmp(value, expected) == 0;

    g_free(value);
    return is;
}

/* False if it is no number up to `max`. */
static bool read_number(msnp_str payload, const char *name, uint64_t max, uint64_t *number)
{
    char *value = find_field(payload, name);
    bool good = value != NULL && msnp_parse_uint(msnp_str_of(value), max, number);

    g_free(value);
    return good;
}

/* Clean text, empty if there is none. */
static char *read_text(msnp_str payload, const char *name)
{
    char *value = find_field(payload, name);
    GString *decoded = decode_words(msnp_str_of(value != NULL ? value : ""));
    char *text = msnp_text_clean(decoded->str, decoded->len, MSNP_MAIL_CHARS);

    g_string_free(decoded, TRUE);
    g_free(value);
    return text;
}

/* A field of the profile, of which only words of a sane length are of use; else NULL. */
static char *read_word_field(msnp_str payload, const char *name)
{
    char *value = find_field(payload, name);

    if (value != NULL && (!msnp_is_word(value) || strlen(value) > MSNP_PROFILE_FIELD_MAX))
        g_clear_pointer(&value, msnp_secret_free);
    return value;
}

/* --- kinds of notices ------------------------------------------------------------------------- */

static void read_profile(msnp_notice *notice, msnp_str payload)
{
    char *address = find_field(payload, "ClientIP");
    char *sid = read_word_field(payload, "sid");
    char *kv = read_word_field(payload, "kv");

    notice->kind = MSNP_NOTICE_PROFILE;
    if (address != NULL && msnp_address_host_valid(address))
        notice->client_ip = g_steal_pointer(&address);
    notice->has_mail = field_is(payload, "EmailEnabled", "1");
    notice->auth = read_word_field(payload, "MSPAuth");
    notice->sid = sid != NULL ? sid : g_strdup("");
    notice->kv = kv != NULL ? kv : g_strdup("");
    g_free(address);
}

static void read_system(msnp_notice *notice, msnp_str payload)
{
    uint64_t minutes = 0;

    if (!field_is(payload, "Type", "1"))
        return;
    notice->kind = MSNP_NOTICE_SHUTDOWN;
    (void)read_number(payload, "Arg1", MSNP_SHUTDOWN_MAX, &minutes);
    notice->minutes = (unsigned)minutes;
}

static void read_mailbox(msnp_notice *notice, msnp_str payload)
{
    uint64_t mails;

    if (!read_number(payload, "Inbox-Unread", MSNP_MAILS_MAX, &mails))
        return;
    notice->kind = MSNP_NOTICE_MAILBOX;
    notice->mails = (int)mails;
}

static void read_mail(msnp_notice *notice, msnp_str payload)
{
    char *url = find_field(payload, "Message-URL");
    msnp_url page = {0};

    notice->kind = MSNP_NOTICE_MAIL;
    notice->mails = field_is(payload, "Dest-Folder", INBOX) ? 1 : 0;
    notice->from = read_text(payload, "From");
    notice->address = read_text(payload, "From-Addr");
    notice->subject = read_text(payload, "Subject");
    /* Most servers name a path that only signing in leads to. */
    if (url != NULL && g_ascii_strncasecmp(url, "https://", strlen("https://")) == 0 &&
        msnp_is_word(url) && msnp_url_parse(&page, msnp_str_of(url), NULL) == MSNP_OK)
        notice->url = msnp_url_text(&page);
    msnp_url_clear(&page);
    g_free(url);
}

/* One that leaves the inbox for the inbox was read. */
static void read_moved(msnp_notice *notice, msnp_str payload)
{
    uint64_t mails;

    if (!read_number(payload, "Message-Delta", MSNP_MAILS_MAX, &mails))
        return;
    notice->kind = MSNP_NOTICE_MOVED;
    if (field_is(payload, "Src-Folder", INBOX))
        notice->mails = -(int)mails;
    else if (field_is(payload, "Dest-Folder", INBOX))
        notice->mails = (int)mails;
}

void msnp_notice_read(msnp_notice *notice, msnp_str payload)
{
    static const struct {
        const char *type;
        void (*read)(msnp_notice *notice, msnp_str payload);
    } kinds[] = {{"text/x-msmsgsprofile", read_profile},
                 {"application/x-msmsgssystemmessage", read_system},
                 {"text/x-msmsgsinitialemailnotification", read_mailbox},
                 {"text/x-msmsgsemailnotification", read_mail},
                 {"text/x-msmsgsactivemailnotification", read_moved}};
    char *type = msnp_mime_get(payload, "Content-Type", 0);
    msnp_str name = msnp_str_of(type != NULL ? type : "");

    *notice = (msnp_notice){.kind = MSNP_NOTICE_OTHER};
    name.len = strcspn(name.ptr, "; ");
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (msnp_str_is_nocase(name, kinds[i].type))
            kinds[i].read(notice, payload);
    g_free(type);
}

void msnp_notice_clear(msnp_notice *notice)
{
    g_free(notice->client_ip);
    msnp_secret_free(notice->auth);
    g_free(notice->sid);
    g_free(notice->kv);
    g_free(notice->from);
    g_free(notice->address);
    g_free(notice->subject);
    g_free(notice->url);
    *notice = (msnp_notice){.kind = MSNP_NOTICE_OTHER};
}
