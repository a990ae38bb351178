/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mask.h"

#include "codec.h"

#include <string.h>

/* Between the parts of a ticket, a header or a URL, and around quoted words. */
#define SEPARATORS "&=,;:?/'\"()<>[]"
/* Shorter parts of a secret are ordinary words and numbers. */
#define PART_MIN  8
#define PARTS_MAX 8 /* a peer that gives a secret many parts must not displace others */
/* A peer may have coded a word more than once. */
#define DECODINGS_MAX 3

void msnp_mask_init(msnp_mask *mask)
{
    *mask = (msnp_mask){0};
    g_queue_init(&mask->lasting.order);
    g_queue_init(&mask->passing.order);
}

static void prints_clear(msnp_prints *prints)
{
    g_clear_pointer(&prints->known, g_hash_table_destroy);
    g_queue_clear(&prints->order);
}

void msnp_mask_clear(msnp_mask *mask)
{
    prints_clear(&mask->lasting);
    prints_clear(&mask->passing);
}

/* FNV-1a of the lower-case word. */
static gpointer print_of(msnp_str word)
{
    uint32_t print = 2166136261u;

    for (size_t i = 0; i < word.len; i++)
        print = (print ^ (uint8_t)g_ascii_tolower(word.ptr[i])) * 16777619u;
    return GUINT_TO_POINTER(print);
}

static void prints_add(msnp_prints *prints, msnp_str word, unsigned max)
{
    gpointer print = print_of(word);

    if (prints->known == NULL)
        prints->known = g_hash_table_new(NULL, NULL);
    if (!g_hash_table_add(prints->known, print))
        g_queue_remove(&prints->order, print);
    g_queue_push_tail(&prints->order, print);
    if (prints->order.length > max)
        g_hash_table_remove(prints->known, g_queue_pop_head(&prints->order));
}

static bool prints_have(const msnp_prints *prints, msnp_str word)
{
    return prints->known != NULL && g_hash_table_contains(prints->known, print_of(word));
}

/* Takes the next part off a word; false at its end. Points at its end belong to a sentence. */
static bool take_part(msnp_str *word, msnp_str *part)
{
    size_t n = 0;

    if (word->len == 0)
        return false;
    while (n < word->len && strchr(SEPARATORS, word->ptr[n]) == NULL)
        n++;
    *part = (msnp_str){word->ptr, n};
    while (part->len > 0 && strchr(".!", part->ptr[part->len - 1]) != NULL)
        part->len--;
    n += n < word->len;
    *word = (msnp_str){word->ptr + n, word->len - n};
    return true;
}

static void add(msnp_prints *prints, const char *secret, unsigned max)
{
    msnp_str rest = msnp_str_of(secret != NULL ? secret : "");
    msnp_str part;

    if (rest.len == 0)
        return;
    prints_add(prints, rest, max);
    for (unsigned parts = 0; parts < PARTS_MAX && take_part(&rest, &part);) {
        if (part.len < PART_MIN)
            continue;
        prints_add(prints, part, max);
        parts++;
    }
}

void msnp_mask_add_lasting(msnp_mask *mask, const char *secret)
{
    add(&mask->lasting, secret, MSNP_MASK_LASTING);
}

void msnp_mask_add_passing(msnp_mask *mask, const char *secret)
{
    add(&mask->passing, secret, MSNP_MASK_PASSING);
}

static bool is_known(const msnp_mask *mask, msnp_str word)
{
    return word.len > 0 && (prints_have(&mask->lasting, word) || prints_have(&mask->passing, word));
}

static bool hides(const msnp_mask *mask, msnp_str word, int decodings);

/* A secret may have separators in it, coded or not: the word is taken apart before it is decoded,
 * and after that again. */
static bool hides_part(const msnp_mask *mask, msnp_str word, int decodings)
{
    msnp_str rest = word;
    msnp_str part;

    while (take_part(&rest, &part))
        if (part.len < word.len && hides(mask, part, decodings))
            return true;
    return false;
}

static bool hides_decoded(const msnp_mask *mask, msnp_str word, int decodings)
{
    size_t len;
    char *plain;
    bool found;

    if (decodings == 0 || word.len == 0 || memchr(word.ptr, '%', word.len) == NULL)
        return false;
    plain = msnp_percent_decode(word, &len);
    found = len < word.len && hides(mask, (msnp_str){plain, len}, decodings - 1);
    msnp_wipe(plain, len);
    g_free(plain);
    return found;
}

/* Without what quotes it, and the end of the sentence. */
static msnp_str bare(msnp_str word)
{
    while (word.len > 0 && strchr(SEPARATORS, *word.ptr) != NULL)
        word = (msnp_str){word.ptr + 1, word.len - 1};
    while (word.len > 0 && strchr(SEPARATORS ".!", word.ptr[word.len - 1]) != NULL)
        word.len--;
    return word;
}

static bool hides(const msnp_mask *mask, msnp_str word, int decodings)
{
    return is_known(mask, word) || is_known(mask, bare(word)) ||
           hides_part(mask, word, decodings) || hides_decoded(mask, word, decodings);
}

bool msnp_mask_hides(const msnp_mask *mask, msnp_str word)
{
    return hides(mask, word, DECODINGS_MAX);
}

bool msnp_mask_hides_any(const msnp_mask *mask, const char *text)
{
    while (*text != '\0') {
        const char *word = text + strspn(text, " ");
        text = word + strcspn(word, " ");
        if (msnp_mask_hides(mask, (msnp_str){word, (size_t)(text - word)}))
            return true;
    }
    return false;
}
