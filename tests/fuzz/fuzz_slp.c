/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts of MSNSLP. The input is one; it is also the name of a file that is offered.
 */
#include "codec.h"
#include "fuzz.h"
#include "invite.h"
#include "mime.h"
#include "slp.h"

#include <string.h>

static bool is_id(const char *text)
{
    return text == NULL || (msnp_is_word(text) && strlen(text) <= MSNP_SLP_ID_MAX);
}

static void check_read(const msnp_slp *slp)
{
    bool offers = slp->kind == MSNP_SLP_INVITE && slp->subject == MSNP_SLP_SESSION;

    CHECK(slp->kind <= MSNP_SLP_ANSWER && slp->subject <= MSNP_SLP_UNKNOWN);
    CHECK(slp->kind == MSNP_SLP_ANSWER || slp->code == 0);
    CHECK(slp->from == NULL || msnp_account_valid(slp->from));
    CHECK(slp->to == NULL || msnp_account_valid(slp->to));
    CHECK(is_id(slp->branch) && is_id(slp->call));
    CHECK(offers || slp->offer == MSNP_SLP_INCOMPLETE);
    CHECK((slp->offer == MSNP_SLP_FILE) == (slp->file != NULL));
    CHECK(slp->offer != MSNP_SLP_EXTRA || slp->extra < MSNP_N_EXTRAS);
    CHECK(slp->cseq < UINT32_MAX && slp->size <= INT64_MAX);
    if (slp->file != NULL) {
        char *safe = msnp_invite_safe_name(slp->file);
        CHECK_TEXT(!strcmp(safe, slp->file) && heard_is_clean(safe, SIZE_MAX), slp->file);
        CHECK(strlen(safe) <= MSNP_FILE_NAME_BYTES);
        g_free(safe);
    }
}

/* What is written is read as it was meant, and its length is true. Clears it. */
static msnp_slp reread(msnp_buf *out, const msnp_slp_about *about, const char *call,
                       unsigned answered)
{
    msnp_str text = msnp_buf_view(out);
    msnp_slp slp;

    CHECK(text.len > 0 && memchr(text.ptr, '\0', text.len) == text.ptr + text.len - 1);
    text.len--;
    CHECK(g_utf8_validate(text.ptr, (gssize)text.len, NULL));
    char *length = msnp_mime_get(text, "Content-Length", 0);
    size_t body = msnp_mime_body(text).len;
    CHECK(strtoul(length, NULL, 10) == (body > 0 ? body + 1 : 0));
    g_free(length);
    CHECK(msnp_slp_read(&slp, msnp_buf_view(out)));
    check_read(&slp);
    CHECK(!strcmp(slp.from, about->from) && !strcmp(slp.to, about->to));
    CHECK(!g_strcmp0(slp.branch, about->branch) && !g_strcmp0(slp.call, call));
    CHECK(slp.kind == MSNP_SLP_ANSWER ? slp.cseq == answered + 1 : slp.cseq == 0);
    msnp_buf_clear(out);
    return slp;
}

static void check_answers(const msnp_slp *read, const msnp_slp_about *about)
{
    static const unsigned codes[] = {200, 603, 500};
    msnp_buf out;
    msnp_slp again;

    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++) {
        msnp_slp_write_answer(&out, about, codes[i], read->cseq);
        again = reread(&out, about, read->call, read->cseq);
        CHECK(again.kind == MSNP_SLP_ANSWER && again.code == codes[i]);
        CHECK(again.session == about->session);
        msnp_slp_clear(&again);
    }
    msnp_slp_write_no_transport(&out, about, read->cseq, read->hashed);
    again = reread(&out, about, read->call, read->cseq);
    CHECK(again.code == 200 && again.subject == MSNP_SLP_TRANSPORT_ANSWER);
    msnp_slp_clear(&again);
    msnp_slp_write_bye(&out, about);
    again = reread(&out, about, read->call, 0);
    CHECK(again.kind == MSNP_SLP_BYE && again.subject == MSNP_SLP_CLOSE);
    msnp_slp_clear(&again);
}

/* An offer of a file of this name. */
static void check_offer(const msnp_slp_about *about, const char *call, const char *name)
{
    char *clean = msnp_text_clean(name, strlen(name), SIZE_MAX);
    char *safe = msnp_invite_safe_name(*clean != '\0' ? clean : "file");
    glong units = 0;
    msnp_buf out;

    msnp_slp_write_offer(&out, about, name, INT64_MAX);
    msnp_slp again = reread(&out, about, call, 0);
    CHECK(again.kind == MSNP_SLP_INVITE && again.offer == MSNP_SLP_FILE);
    CHECK(again.session == about->session && again.size == INT64_MAX);
    g_free(g_utf8_to_utf16(clean, -1, NULL, &units, NULL));
    CHECK_TEXT(units > 259 || !strcmp(again.file, safe), again.file);
    /* Half a character would be read as '_'. That of a device's name gets one in front. */
    CHECK_TEXT(strpbrk(name, "_<>:\"|?*") || !strchr(again.file + (*again.file == '_'), '_'),
               again.file);
    msnp_slp_clear(&again);
    g_free(safe);
    g_free(clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msnp_str text = {(const char *)data, size};
    msnp_slp slp;
    bool is = msnp_slp_read(&slp, text);
    msnp_slp_about about = {.to = is && slp.from ? slp.from : "bob@example.net",
                            .from = is && slp.to ? slp.to : "alice@example.com",
                            .branch = slp.branch,
                            .call = slp.call,
                            .session = slp.session};
    char *name = msnp_str_dup(text);

    if (is) {
        check_read(&slp);
        check_answers(&slp, &about);
    }
    check_offer(&about, slp.call, name);
    g_free(name);
    msnp_slp_clear(&slp);
    return 0;
}
