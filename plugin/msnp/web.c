/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web.h"

#include <string.h>

#define HEAD                                                                                    \
    "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"                                     \
    "<meta name=\"referrer\" content=\"no-referrer\"><title>MSN Messenger</title></head>\n"     \
    "<body onload=\"document.forms[0].submit()\">\n<form method=\"post\" accept-charset=\"utf-" \
    "8\" action=\""
/* A browser without scripts gets a button. */
#define TAIL "<noscript><input type=\"submit\"></noscript></form></body></html>\n"

static msnp_err append_escaped(msnp_buf *out, const char *text)
{
    msnp_err err = MSNP_OK;

    /* Here rather than by GLib, so that nothing is left in memory. */
    for (; *text != '\0' && err == MSNP_OK; text++) {
        const char *escape = *text == '&'    ? "&amp;"
                             : *text == '<'  ? "&lt;"
                             : *text == '>'  ? "&gt;"
                             : *text == '"'  ? "&quot;"
                             : *text == '\'' ? "&#39;"
                                             : NULL;
        err = escape != NULL ? msnp_buf_append_text(out, escape) : msnp_buf_append(out, text, 1);
    }
    return err;
}

static msnp_err append_field(msnp_buf *out, const char *name, const char *value)
{
    msnp_err err = msnp_buf_append_text(out, "<input type=\"hidden\" name=\"");

    if (err == MSNP_OK)
        err = msnp_buf_append_text(out, name);
    if (err == MSNP_OK)
        err = msnp_buf_append_text(out, "\" value=\"");
    if (err == MSNP_OK)
        err = append_escaped(out, value);
    return err == MSNP_OK ? msnp_buf_append_text(out, "\">\n") : err;
}

/* MD5 of auth, seconds and password, as the login page checks it. */
static void digest(const msnp_web *web, const char *seconds, char creds[33])
{
    static const guchar nothing[64] = {0}; /* as long as a block of MD5 */
    GChecksum *md5 = g_checksum_new(G_CHECKSUM_MD5);

    g_checksum_update(md5, (const guchar *)web->auth, -1);
    g_checksum_update(md5, (const guchar *)seconds, -1);
    g_checksum_update(md5, (const guchar *)web->password, -1);
    g_strlcpy(creds, g_checksum_get_string(md5), 33);
    /* GLib wipes neither the digest nor the last block of what it was made of. */
    msnp_wipe((char *)g_checksum_get_string(md5), 32);
    g_checksum_reset(md5);
    g_checksum_update(md5, nothing, sizeof nothing);
    g_checksum_free(md5);
}

static bool is_full_url(const char *page)
{
    return g_ascii_strncasecmp(page, "http://", strlen("http://")) == 0 ||
           g_ascii_strncasecmp(page, "https://", strlen("https://")) == 0;
}

msnp_err msnp_web_write(msnp_buf *out, const msnp_web *web)
{
    char *seconds = g_strdup_printf("%u", web->seconds);
    char creds[33];
    const struct {
        const char *name;
        const char *value;
    } fields[] = {{"mode", "ttl"},
                  {"login", web->account},
                  {"username", web->account},
                  {"sid", web->sid},
                  {"kv", web->kv},
                  {"id", web->id},
                  {"sl", seconds},
                  {is_full_url(web->page) ? "ru" : "rru", web->page},
                  {"auth", web->auth},
                  {"creds", creds},
                  {"svc", "mail"},
                  {"js", "yes"}};

    msnp_buf_init(out, MSNP_WEB_PAGE_MAX, true);
    digest(web, seconds, creds);
    msnp_err err = msnp_buf_append_text(out, HEAD);
    if (err == MSNP_OK)
        err = append_escaped(out, web->url);
    if (err == MSNP_OK)
        err = msnp_buf_append_text(out, "\">\n");
    for (size_t i = 0; i < G_N_ELEMENTS(fields) && err == MSNP_OK; i++)
        err = append_field(out, fields[i].name, fields[i].value);
    if (err == MSNP_OK)
        err = msnp_buf_append_text(out, TAIL);
    msnp_wipe(creds, sizeof creds);
    g_free(seconds);
    return err;
}
