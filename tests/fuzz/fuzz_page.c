/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of mobile phones. The input is the payload of an IPG.
 */
#include "fuzz.h"
#include "page.h"

#include <string.h>

#define HEAD "<FROM name=\"tel:1\"/>"

/* What is written is read as it was. */
static void check_again(const char *text)
{
    glong chars = MIN(g_utf8_strlen(text, -1), MSNP_PAGE_CHARS);
    char *start = g_utf8_substring(text, 0, chars);
    msnp_buf xml;
    msnp_page page;

    msnp_page_write(&xml, start);
    char *written = msnp_str_dup(msnp_buf_view(&xml));
    char *whole = g_strconcat(HEAD, written, NULL);
    if (msnp_page_read(&page, msnp_str_of(whole)))
        CHECK_TEXT(!strcmp(page.text, start), whole);
    else
        CHECK_TEXT(!heard_is_clean_text(start) || !*g_strstrip(start), whole);
    msnp_page_clear(&page);
    msnp_buf_clear(&xml);
    g_free(whole);
    g_free(written);
    g_free(start);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    msnp_page page;
    bool good = msnp_page_read(&page, (msnp_str){(const char *)data, size});

    CHECK(good == (page.from != NULL) && good == (page.text != NULL));
    if (good) {
        CHECK_TEXT(msnp_account_valid(page.from) || !g_ascii_strncasecmp(page.from, "tel:", 4),
                   page.from);
        CHECK_TEXT(fuzz_is_graph(msnp_str_of(page.from)), page.from);
        CHECK_TEXT(*page.text && heard_is_clean_text(page.text), page.text);
        check_again(page.text);
    }
    msnp_page_clear(&page);
    return 0;
}
