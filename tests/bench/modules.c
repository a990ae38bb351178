/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modules.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENTS_MAX 512

typedef struct {
    guintptr start;
    guintptr end;
    guintptr base; /* of its file */
    module owner;
} segment;

static segment segments[SEGMENTS_MAX]; /* by address */
static guint n_segments;

/* --- reading them --------------------------------------------------------------------------- */

/* How the names of files begin. */
static const struct {
    const char *name;
    module owner;
} names[] = {
    {"libmsnp8.", MODULE_PLUGIN}, {"libpurple.", MODULE_PURPLE}, {"libglib-", MODULE_GLIB},
    {"libgobject-", MODULE_GLIB}, {"libgio-", MODULE_GLIB},      {"libgmodule-", MODULE_GLIB},
    {"libnss3.", MODULE_TLS},     {"libnssutil", MODULE_TLS},    {"libssl3.", MODULE_TLS},
    {"libsmime3.", MODULE_TLS},   {"libsoftokn", MODULE_TLS},    {"libfreebl", MODULE_TLS},
    {"libnspr4.", MODULE_TLS},    {"libplc4.", MODULE_TLS},      {"libplds4.", MODULE_TLS},
    {"libnssckbi.", MODULE_TLS},  {"libc.", MODULE_LIBC},        {"libm.", MODULE_LIBC},
    {"ld-linux", MODULE_LIBC},    {"linux-vdso", MODULE_LIBC},
};

static module owner_of(const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash ? slash + 1 : file;

    if (strstr(file, "/purple-2/"))
        return MODULE_PURPLE;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_has_prefix(name, names[i].name))
            return names[i].owner;
    return MODULE_REST;
}

static int add_file(struct dl_phdr_info *info, size_t size, void *data)
{
    module owner = owner_of(info->dlpi_name);

    (void)size;
    (void)data;
    for (int i = 0; i < info->dlpi_phnum && n_segments < SEGMENTS_MAX; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        guintptr start = info->dlpi_addr + header->p_vaddr;

        if (header->p_type == PT_LOAD && (header->p_flags & PF_X))
            segments[n_segments++] =
                (segment){start, start + header->p_memsz, info->dlpi_addr, owner};
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    const segment *one = a;
    const segment *other = b;

    return one->start < other->start ? -1 : one->start > other->start;
}

static void read_all(void)
{
    n_segments = 0;
    dl_iterate_phdr(add_file, NULL);
    qsort(segments, n_segments, sizeof *segments, compare);
}

/* --- looking them up ------------------------------------------------------------------------ */

static const segment *look_up(guintptr address)
{
    guint low = 0;
    guint high = n_segments;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (address < segments[middle].start)
            high = middle;
        else if (address >= segments[middle].end)
            low = middle + 1;
        else
            return &segments[middle];
    }
    return NULL;
}

static const segment *find(gconstpointer code)
{
    const segment *found = look_up((guintptr)code);

    if (!found) {
        /* It may have been loaded meanwhile. */
        read_all();
        found = look_up((guintptr)code);
    }
    return found;
}

module module_of(gconstpointer code)
{
    const segment *found = find(code);

    return found ? found->owner : MODULE_REST;
}

guint32 module_offset(gconstpointer code)
{
    const segment *found = find(code);

    return found ? (guint32)((guintptr)code - found->base) : 0;
}
