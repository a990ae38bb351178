/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core frees with g_free() and g_realloc(). Functions of the program take precedence over those
 * of a shared library, so these here are the ones that the core finds.
 */
#include "watch.h"

#include <glib.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#endif
#endif

static char *secrets[WATCH_MAX];
static unsigned n_secrets;
static unsigned found;
static bool watching;

void watch_secret(const char *secret)
{
    g_assert_cmpuint(n_secrets, <, WATCH_MAX);
    g_assert_cmpuint(strlen(secret), >=, 4);
    secrets[n_secrets++] = strdup(secret);
}

void watch_on(void)
{
    watching = n_secrets > 0;
}

void watch_off(void)
{
    watching = false;
}

unsigned watch_found(void)
{
    return found;
}

void watch_reset(void)
{
    while (n_secrets > 0)
        free(secrets[--n_secrets]);
    found = 0;
    watching = false;
}

static void search(const void *block)
{
    if (!watching || block == NULL)
        return;
    size_t size = malloc_usable_size((void *)block);
#ifdef VALGRIND_MAKE_MEM_DEFINED
    /* To look at what was never written is the point here. */
    VALGRIND_MAKE_MEM_DEFINED(block, size);
#endif
    for (unsigned i = 0; i < n_secrets; i++) {
        if (memmem(block, size, secrets[i], strlen(secrets[i])) != NULL) {
            found++;
            g_test_message("a block of %zu bytes was freed with \"%s\" in it", size, secrets[i]);
            return;
        }
    }
}

void(g_free)(gpointer mem)
{
    search(mem);
    free(mem);
}

#if GLIB_CHECK_VERSION(2, 76, 0)
void(g_free_sized)(gpointer mem, size_t size)
{
    (void)size;
    search(mem);
    free(mem);
}
#endif

/* Growing in place leaves nothing behind, but whether it was in place cannot be chosen. */
gpointer(g_realloc)(gpointer mem, gsize size)
{
    search(mem);
    if (size == 0) {
        free(mem);
        return NULL;
    }
    void *grown = realloc(mem, size);
    if (grown == NULL)
        g_error("out of memory");
    return grown;
}
