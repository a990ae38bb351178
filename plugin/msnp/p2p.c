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

/* The text in the first part of an SLP message; empty in all others. */
static msnp_str slp_of(msnp_str body)
{
    msnp_str none = {"", 0};

    if (body.len < HEADER)
        return none;
    uint32_t length = read_u32(body.ptr + LENGTH);
    /* The session and the offset, which has 64 bits, are 0. */
    if (read_u32(body.ptr) != 0 || read_u32(body.ptr + OFFSET) != 0 ||
        read_u32(body.ptr + OFFSET + 4) != 0 || length > body.len - HEADER ||
        (read_u32(body.ptr + FLAGS) & KIND_FLAGS) != 0)
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

bool msnp_p2p_offers_file(msnp_str body)
{
    static const char verb[] = "INVITE MSNMSGR:";
    msnp_str slp = slp_of(body);

    if (slp.len < strlen(verb) || g_ascii_strncasecmp(slp.ptr, verb, strlen(verb)) != 0 ||
        !msnp_mime_is(slp, "Content-Type", SESSION_BODY))
        return false;

    msnp_str block = msnp_mime_body(slp);
    return msnp_mime_is(block, "EUF-GUID", FILE_GUID) && is_real_file(block);
}
