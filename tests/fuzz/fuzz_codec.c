/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small codings. The first byte of the input is a limit, the rest the text.
 */
#include "fuzz.h"

#include <string.h>

static void check_percent(msnp_str text)
{
    char *string = msnp_str_dup(text);
    size_t plain = strlen(string);
    size_t len;
    char *decoded = msnp_percent_decode(text, &len);
    msnp_buf out;
    msnp_str coded;

    CHECK(len <= text.len && decoded[len] == 0);
    if (!text.len || !memchr(text.ptr, '%', text.len))
        CHECK(len == text.len && !memcmp(decoded, string, len));
    g_free(decoded);

    msnp_buf_init(&out, 3 * plain + 1, true);
    CHECK(msnp_percent_encode(&out, string) == MSNP_OK);
    coded = msnp_buf_view(&out);
    for (size_t i = 0; i < coded.len; i++)
        CHECK(g_ascii_isalnum(coded.ptr[i]) || strchr("-._~%", coded.ptr[i]));
    decoded = msnp_percent_decode(coded, &len);
    CHECK(len == plain && !strcmp(decoded, string));
    g_free(decoded);
    msnp_buf_clear(&out);

    /* One byte too few: an error, and nothing beyond the end. */
    msnp_buf_init(&out, plain / 2, true);
    CHECK(msnp_percent_encode(&out, string) == (plain ? MSNP_ERR_TOO_LONG : MSNP_OK));
    CHECK(out.len <= plain / 2);
    msnp_buf_clear(&out);
    g_free(string);
}

static void check_clean(msnp_str text, size_t max_chars)
{
    char *once = msnp_text_clean(text.ptr, text.len, max_chars);
    char *twice = msnp_text_clean(once, strlen(once), max_chars);
    char *decoded = msnp_text_decode(text, max_chars);

    CHECK_TEXT(heard_is_clean(once, max_chars), once);
    CHECK_TEXT(!strcmp(once, twice), once);
    CHECK_TEXT(heard_is_clean(decoded, max_chars), decoded);
    g_free(once);
    g_free(twice);
    g_free(decoded);
}

/* What two names that look the same have in common is there if there is something to be seen. */
static void check_name(msnp_str text)
{
    char *clean = msnp_text_clean(text.ptr, text.len, SIZE_MAX);
    char *coded = msnp_name_encode(clean, false);
    char *decoded = msnp_percent_decode(msnp_str_of(coded), NULL);
    char *key = msnp_name_key(clean);
    char *string = msnp_str_dup(text);
    char folded[MSNP_ACCOUNT_MAX + 1];

    CHECK_TEXT(!strcmp(clean, decoded), clean);
    CHECK_TEXT(!strpbrk(coded, " \t\r\n"), coded);
    CHECK_TEXT(g_utf8_validate(key, -1, NULL) && !*key == !*clean, clean);
    msnp_account_fold(string, folded);
    CHECK(g_utf8_validate(folded, -1, NULL));
    g_free(string);
    g_free(key);
    g_free(decoded);
    g_free(coded);
    g_free(clean);
}

static void check_number(msnp_str text)
{
    static const uint64_t limits[] = {0, 9, 65535, UINT32_MAX, UINT64_MAX};
    char *string = msnp_str_dup(text);

    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        uint64_t value = 12345;
        guint64 expected = 12345;
        bool good = text.len > 0 && strspn(string, "0123456789") == text.len &&
                    g_ascii_string_to_unsigned(string, 10, 0, limits[i], &expected, NULL);

        CHECK(msnp_parse_uint(text, limits[i], &value) == good);
        CHECK(value == (good ? expected : 12345));
    }
    g_free(string);
}

static void check_digest(msnp_str challenge)
{
    char digest[MSNP_DIGEST_LENGTH + 1];
    GString *both = g_string_new_len(challenge.ptr, (gssize)challenge.len);
    char *expected;

    g_string_append(both, "Q1P7W2E4J9R8U3S5");
    expected = g_compute_checksum_for_data(G_CHECKSUM_MD5, (guchar *)both->str, both->len);
    msnp_challenge_digest(challenge, digest);
    CHECK(!strcmp(digest, expected));
    g_free(expected);
    g_string_free(both, TRUE);
}

static void check_account(msnp_str text)
{
    char *account = msnp_str_dup(text);

    if (msnp_account_valid(account)) {
        size_t len = strlen(account);

        CHECK(len >= 3 && len <= MSNP_ACCOUNT_MAX);
        CHECK(fuzz_is_graph(msnp_str_of(account)));
        CHECK(account[0] != '@' && strchr(account, '@') && strchr(account, '@')[1]);
    }
    g_free(account);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = fuzz_input_of(data, size);
    size_t max_chars = fuzz_byte(&input);
    msnp_str text = fuzz_bytes(&input, input.left);

    check_percent(text);
    check_clean(text, max_chars);
    check_name(text);
    check_number(text);
    check_digest(text);
    check_account(text);
    return 0;
}
