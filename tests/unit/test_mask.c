/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mask.h"

#include "codec.h"

#define PASSWORD "Correct horse"
#define TICKET   "t=53aBcDeFgH==&p=5eKBxYz12"
#define COOKIE   "17262740.1050826919.32308"

static void test_words(void)
{
    static const struct {
        const char *text;
        bool hidden;
    } table[] = {
        {"", false},
        {" two  words ", false},
        {TICKET, true},
        {"from-PP='" TICKET "'", true},
        {"t=53aBcDeFgH", true},
        {"53aBcDeFgH", true},
        {"T=53ABCDEFGH", true},
        {"/login/5eKBxYz12/x.srf", true},
        {"t%3D53aBcDeFgH%3D%3D%26p%3D5eKBxYz12", true},
        {"t%253D53aBcDeFgH%253D%253D", true},
        /* Neither a part that is short, nor one that is not whole. */
        {"t p =", false},
        {"53aBcDeFg 53aBcDeFgHi", false},
        {"say \"" COOKIE "\".", true},
        {"(" COOKIE ")!", true},
        {"17262740 32308", false},
        {"\"two;halves\"!", true},
        {"/two%3Bhalves/x", true},
        {"/two;halves/x", false}, /* a known limit: a secret with separators among others */
        {"pwd=Correct%20horse,x", true},
        {"% %4 %zz", false},
    };
    msnp_mask mask;

    msnp_mask_init(&mask);
    msnp_mask_add_lasting(&mask, NULL);
    msnp_mask_add_lasting(&mask, "");
    msnp_mask_add_lasting(&mask, PASSWORD);
    msnp_mask_add_lasting(&mask, TICKET);
    msnp_mask_add_lasting(&mask, "two;halves");
    msnp_mask_add_passing(&mask, COOKIE);
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_test_message("%s", table[i].text);
        g_assert_cmpint(msnp_mask_hides_any(&mask, table[i].text), ==, table[i].hidden);
    }
    msnp_mask_clear(&mask);
}

static bool hides(const msnp_mask *mask, const char *word)
{
    return msnp_mask_hides(mask, msnp_str_of(word));
}

/* A peer that gives many secrets, or one of many parts, makes none of another kind known. */
static void test_many(void)
{
    GString *parts = g_string_new(NULL);
    msnp_mask mask;

    for (unsigned i = 0; i < 1000; i++)
        g_string_append_printf(parts, "challenge%u,", i);
    msnp_mask_init(&mask);
    g_assert_false(hides(&mask, "word"));
    msnp_mask_add_lasting(&mask, "password");
    msnp_mask_add_lasting(&mask, parts->str);
    for (unsigned i = 0; i < MSNP_MASK_PASSING + 10; i++) {
        char *cookie = g_strdup_printf("cookie%u", i);
        msnp_mask_add_passing(&mask, cookie);
        g_assert_true(hides(&mask, cookie));
        g_free(cookie);
    }
    g_assert_true(hides(&mask, "password"));
    g_assert_true(hides(&mask, parts->str));
    g_assert_true(hides(&mask, "challenge0"));
    g_assert_false(hides(&mask, "challenge900"));
    g_assert_false(hides(&mask, "cookie9"));
    g_assert_true(hides(&mask, "cookie10"));

    /* The oldest goes; what is used again is not the oldest. */
    for (unsigned i = 0; i < MSNP_MASK_LASTING; i++) {
        char *other = g_strdup_printf("ticket%u", i);
        msnp_mask_add_lasting(&mask, other);
        msnp_mask_add_lasting(&mask, "password");
        g_free(other);
    }
    g_assert_true(hides(&mask, "password"));
    g_assert_false(hides(&mask, "challenge0"));
    msnp_mask_clear(&mask);
    g_string_free(parts, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mask/words", test_words);
    g_test_add_func("/mask/many", test_many);
    return g_test_run();
}
