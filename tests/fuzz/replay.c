/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz entry without a fuzzer: replay-program FILE|DIRECTORY... Output is TAP. An input that
 * aborts ends the program; the line "# file" before tells which one it was.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find_files(GPtrArray *paths, const char *argument)
{
    GDir *dir = g_dir_open(argument, 0, NULL);
    unsigned before = paths->len;
    const char *name;

    if (!dir) {
        g_ptr_array_add(paths, g_strdup(argument));
        return;
    }
    while ((name = g_dir_read_name(dir)))
        g_ptr_array_add(paths, g_build_filename(argument, name, NULL));
    g_dir_close(dir);
    qsort(paths->pdata + before, paths->len - before, sizeof(char *), compare_names);
}

static bool replay(const char *path)
{
    char *text;
    size_t size;
    uint8_t *exact;

    if (!g_file_get_contents(path, &text, &size, NULL))
        return false;
    /* A copy of exactly this size: a sanitizer sees who reads beyond it. */
    exact = malloc(size ? size : 1);
    if (size)
        memcpy(exact, text, size);
    g_free(text);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return true;
}

int main(int argc, char **argv)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    unsigned failures = 0;

    for (int i = 1; i < argc; i++)
        find_files(paths, argv[i]);
    if (paths->len == 0) {
        fprintf(stderr, "usage: %s FILE|DIRECTORY...\n", argv[0]);
        return 2;
    }
    printf("1..%u\n", paths->len);
    for (unsigned i = 0; i < paths->len; i++) {
        const char *path = paths->pdata[i];
        bool good;

        printf("# %s\n", path);
        fflush(stdout);
        good = replay(path);
        printf("%sok %u - %s%s\n", good ? "" : "not ", i + 1, path, good ? "" : " (unreadable)");
        failures += !good;
    }
    g_ptr_array_unref(paths);
    return failures ? 1 : 0;
}
