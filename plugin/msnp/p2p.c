/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "p2p.h"

#include "mime.h"

#include <string.h>

/* The header; its numbers are little-endian. */
#define HEADER 48
#define OFFSET 8
#define LENGTH 24 /* of the part that follows */
#define FLAGS  28

#define KIND_FLAGS UINT32_C(0xffff) /* none of them: SLP */

#define FILE_GUID    "{5D3E02AB-6190-11D3-BBBB-00C04F795683}"
#define PICTURE_GUID "{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}" /* or emoticon, or sound */
#define SESSION_BODY "application/x-msnmsgr-sessionreqbody"

#define CONTEXT_TYPE 16 /* where the context of a file says what it is */
#define CONTEXT_CODE 28 /* letters of base64 that hold it */
#define TYPE_FILE    1  /* at most: with or without a preview; others are no files */

static uint32_t read_u32(const void *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return GUINT32_FROM_LE(value);
}

/* Is it the first part of what it is of? The offset, which has 64 bits, and the flags are 0. */
static bool is_beginning(msnp_str body)
{
    return read_u32(body.ptr + OFFSET) == 0 && read_u32(body.ptr + OFFSET + 4) == 0 &&
           (read_u32(body.ptr + FLAGS) & KIND_FLAGS) == 0;
}

/* The text in the first part of an SLP message; empty in all others. */
static msnp_str slp_of(msnp_str body)
{
    msnp_str none = {"", 0};

    if (body.len < HEADER)
        return none;
    uint32_t length = read_u32(body.ptr + LENGTH);
    if (read_u32(body.ptr) != 0 || !is_beginning(body) || length > body.len - HEADER)
        return none;

    msnp_str text = {body.ptr + HEADER, length};
    const char *end = memchr(text.ptr, '\0', text.len);
    return end != NULL ? (msnp_str){text.ptr, (size_t)(end - text.ptr)} : text;
}

/* Is it more than a picture for the background, which is offered like a file? */
static bool is_real_file(msnp_str block)
{
    char *context = msnp_mime_get(block, "Context", 0);
    bool real = true;

    if (context != NULL && strlen(context) >= CONTEXT_CODE) {
        gsize len = 0;
        context[CONTEXT_CODE] = '\0';
        guchar *bytes = g_base64_decode(context, &len);
        real = len < CONTEXT_TYPE + 4 || read_u32(bytes + CONTEXT_TYPE) <= TYPE_FILE;
        g_free(bytes);
    }
    g_free(context);
    return real;
}

static msnp_extra extra_of(msnp_str block, const char *guid)
{
    static const struct {
        const char *guid;
        msnp_extra extra;
    } rows[] = {{"{E073B06B-636E-45B7-ACA4-6D4B5978C93C}", MSNP_EXTRA_WINK},
                {"{4BD96FC0-AB17-4425-A14A-439185962DC8}", MSNP_EXTRA_WEBCAM},
                {"{1C9AA97E-9C05-4583-A3BD-908A196F1E92}", MSNP_EXTRA_WEBCAM_ASKED},
                {"{6A13AF9C-5308-4F35-923A-67E8DDA40C2F}", MSNP_EXTRA_GAME}};

    if (g_ascii_strcasecmp(guid, FILE_GUID) == 0 && is_real_file(block))
        return MSNP_EXTRA_FILE;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (g_ascii_strcasecmp(guid, rows[i].guid) == 0)
            return rows[i].extra;
    return MSNP_EXTRA_INVITATION;
}

/* Is it data of the session that newer clients use for ink, without any invitation? */
static bool is_ink(msnp_str body)
{
    return body.len >= HEADER && read_u32(body.ptr) == MSNP_P2P_INK_SESSION && is_beginning(body) &&
           read_u32(body.ptr + LENGTH) > 0;
}

bool msnp_p2p_names(msnp_str body, msnp_extra *extra)
{
    static const char verb[] = "INVITE MSNMSGR:";
    msnp_str slp = slp_of(body);

    if (is_ink(body)) {
        *extra = MSNP_EXTRA_INK;
        return true;
    }
    if (slp.len < strlen(verb) || g_ascii_strncasecmp(slp.ptr, verb, strlen(verb)) != 0 ||
        !msnp_mime_is(slp, "Content-Type", SESSION_BODY))
        return false;

    msnp_str block = msnp_mime_body(slp);
    char *guid = msnp_mime_get(block, "EUF-GUID", 0);
    bool told = guid != NULL && g_ascii_strcasecmp(guid, PICTURE_GUID) != 0;
    if (told)
        *extra = extra_of(block, guid);
    g_free(guid);
    return told;
}
