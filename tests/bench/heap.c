/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "heap.h"

#include "modules.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unwind.h>

/* Sanitizers have a malloc() of their own, and other libraries than glibc lack what is used here.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(SANITIZED)
#define CAN_WATCH 1
#endif

#define FRAMES 20
/* How many callers within the plugin tell one place from another. */
#define DEPTH 3
/* What libc keeps beside each block. */
#define OVERHEAD sizeof(size_t)

typedef struct {
    guintptr address; /* 0: empty */
    guint32 size;
    guint32 owner;
    guint32 callers[DEPTH]; /* in the plugin's file, the nearest first */
} block;

static struct {
    gboolean watching;
    gboolean places; /* notes callers within the plugin, too */
    block *blocks;   /* a hash table, probed one by one */
    size_t size;     /* a power of two */
    size_t used;
    heap_share shares[HEAP_N];
} heap;

/* What counting itself allocates does not count. */
static __thread gboolean inside;

#ifdef CAN_WATCH

/* --- the table of blocks -------------------------------------------------------------------- */

static size_t place(guintptr address)
{
    return (size_t)((address >> 4) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) >> 20) &
           (heap.size - 1);
}

static block *find(guintptr address)
{
    size_t at = place(address);

    while (heap.blocks[at].address != 0 && heap.blocks[at].address != address)
        at = (at + 1) & (heap.size - 1);
    return &heap.blocks[at];
}

static void resize(size_t size)
{
    block *old = heap.blocks;
    size_t old_size = heap.size;
    void *fresh = mmap(NULL, size * sizeof(block), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (fresh == MAP_FAILED)
        abort();
    heap.blocks = fresh;
    heap.size = size;
    for (size_t i = 0; i < old_size; i++)
        if (old[i].address != 0)
            *find(old[i].address) = old[i];
    if (old)
        munmap(old, old_size * sizeof(block));
}

/* Closes the gap: what was pushed on by the removed one moves back. */
static void empty(size_t at)
{
    for (size_t next = (at + 1) & (heap.size - 1); heap.blocks[next].address != 0;
         next = (next + 1) & (heap.size - 1)) {
        size_t home = place(heap.blocks[next].address);

        if (((next - home) & (heap.size - 1)) >= ((next - at) & (heap.size - 1))) {
            heap.blocks[at] = heap.blocks[next];
            at = next;
        }
    }
    heap.blocks[at].address = 0;
}

/* --- who it is ------------------------------------------------------------------------------ */

typedef struct {
    block *b;
    gconstpointer caller; /* of our malloc(); what is further in is ourselves */
    gboolean reached;
    gboolean known; /* the owner */
    int frames;
    int depth; /* callers in the plugin so far */
} walk;

static heap_owner owner_of(module code)
{
    switch (code) {
    case MODULE_PLUGIN:
        return HEAP_PLUGIN;
    case MODULE_PURPLE:
        return HEAP_PURPLE;
    case MODULE_TLS:
        return HEAP_TLS;
    default:
        return HEAP_REST;
    }
}

static void note_caller(walk *w, gconstpointer code)
{
    /* The address is that of what follows the call. */
    w->b->callers[w->depth++] = module_offset(code) - 1;
}

/* One frame further out; anything but _URC_NO_REASON ends the walk. */
static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *data)
{
    walk *w = data;
    gconstpointer code = (gconstpointer)_Unwind_GetIP(context);

    w->reached = w->reached || code == w->caller;
    if (!w->reached)
        return _URC_NO_REASON;
    module whose = module_of(code);
    if (!w->known && whose != MODULE_LIBC && whose != MODULE_GLIB) {
        w->known = TRUE;
        w->b->owner = owner_of(whose);
    }
    gboolean wanted = heap.places && (!w->known || w->b->owner == HEAP_PLUGIN);
    if (wanted && whose == MODULE_PLUGIN)
        note_caller(w, code);
    gboolean over = w->known && (!wanted || w->depth == DEPTH);
    return over || ++w->frames == FRAMES ? _URC_END_OF_STACK : _URC_NO_REASON;
}

static void find_owner(block *b, gconstpointer caller)
{
    walk w = {.b = b, .caller = caller};

    b->owner = HEAP_REST;
    _Unwind_Backtrace(step, &w);
}

static void made(void *memory, gconstpointer caller)
{
    if (!heap.watching || inside || !memory)
        return;
    inside = TRUE;
    if (heap.used * 2 >= heap.size)
        resize(heap.size * 2);
    block b = {.address = (guintptr)memory,
               .size = (guint32)(malloc_usable_size(memory) + OVERHEAD)};
    find_owner(&b, caller);
    *find(b.address) = b;
    heap.used++;
    heap.shares[b.owner].bytes += b.size;
    heap.shares[b.owner].made++;
    inside = FALSE;
}

static void gone(const void *memory)
{
    if (!heap.watching || inside || !memory)
        return;
    block *b = find((guintptr)memory);
    if (b->address == 0)
        return;
    heap.shares[b->owner].bytes -= b->size;
    heap.used--;
    empty((size_t)(b - heap.blocks));
}

/* --- instead of libc's ---------------------------------------------------------------------- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

#define INSTEAD __attribute__((visibility("default"), noinline))
#define CALLER  __builtin_return_address(0)

INSTEAD void *malloc(size_t size)
{
    void *memory = __libc_malloc(size);

    made(memory, CALLER);
    return memory;
}

INSTEAD void *calloc(size_t n, size_t size)
{
    void *memory = __libc_calloc(n, size);

    made(memory, CALLER);
    return memory;
}

INSTEAD void *realloc(void *old, size_t size)
{
    gone(old);
    void *memory = __libc_realloc(old, size);

    /* Without memory the old block stays where it is. */
    made(memory || size == 0 ? memory : old, CALLER);
    return memory;
}

INSTEAD void free(void *memory)
{
    gone(memory);
    __libc_free(memory);
}

INSTEAD void *memalign(size_t alignment, size_t size)
{
    void *memory = __libc_memalign(alignment, size);

    made(memory, CALLER);
    return memory;
}

INSTEAD void *aligned_alloc(size_t alignment, size_t size)
{
    void *memory = __libc_memalign(alignment, size);

    made(memory, CALLER);
    return memory;
}

INSTEAD int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = __libc_memalign(alignment, size);
    made(*memory, CALLER);
    return *memory ? 0 : ENOMEM;
}

gboolean heap_watch(gboolean places)
{
    resize(1 << 16);
    heap.places = places;
    heap.watching = TRUE;
    return TRUE;
}

#else

gboolean heap_watch(gboolean places)
{
    (void)places;
    return FALSE;
}

#endif

/* --- asking --------------------------------------------------------------------------------- */

gboolean heap_watching(void)
{
    return heap.watching;
}

void heap_unwatch(void)
{
    heap.watching = FALSE;
}

heap_share heap_of(heap_owner owner)
{
    return heap.shares[owner];
}

heap_share heap_of_all(void)
{
    heap_share all = {0};

    for (int i = 0; i < HEAP_N; i++) {
        all.bytes += heap.shares[i].bytes;
        all.made += heap.shares[i].made;
    }
    return all;
}

/* --- places --------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const block *one = a;
    const block *other = b;

    return memcmp(one->callers, other->callers, sizeof one->callers);
}

static int by_size(const void *a, const void *b)
{
    const block *one = a;
    const block *other = b;

    return one->size < other->size ? 1 : one->size > other->size ? -1 : 0;
}

/* "inner < outer < outermost", with the lines where they call. */
static char *describe(const char *plugin_file, const block *site)
{
    g_autofree char *command =
        g_strdup_printf("addr2line -s -f -e '%s' %#x %#x %#x", plugin_file, site->callers[0],
                        site->callers[1], site->callers[2]);
    g_autofree char *answer = NULL;
    GString *text = g_string_new(NULL);

    if (!g_spawn_command_line_sync(command, &answer, NULL, NULL, NULL))
        return g_string_free(text, FALSE);
    g_auto(GStrv) lines = g_strsplit(answer, "\n", -1);
    for (guint i = 0; i < DEPTH && site->callers[i] != 0 && g_strv_length(lines) > 2 * i + 1; i++)
        g_string_append_printf(text, "%s%s (%s)", i ? " < " : "", lines[2 * i],
                               strtok(lines[2 * i + 1], " "));
    return g_string_free(text, FALSE);
}

/* The plugin's blocks, those of a place made one; `owner` becomes their number. */
static GArray *collect(void)
{
    GArray *sites = g_array_new(FALSE, FALSE, sizeof(block));
    guint n = 0;

    for (size_t i = 0; i < heap.size; i++)
        if (heap.blocks[i].address != 0 && heap.blocks[i].owner == HEAP_PLUGIN)
            g_array_append_val(sites, heap.blocks[i]);
    g_array_sort(sites, by_place);
    for (guint i = 0; i < sites->len; i++) {
        block *all = (block *)(void *)sites->data;

        if (n > 0 && by_place(&all[n - 1], &all[i]) == 0) {
            all[n - 1].size += all[i].size;
            all[n - 1].owner++;
        } else {
            all[n] = all[i];
            all[n++].owner = 1;
        }
    }
    g_array_set_size(sites, n);
    g_array_sort(sites, by_size);
    return sites;
}

void heap_print_sites(const char *plugin_file, guint limit)
{
    inside = TRUE;
    GArray *sites = collect();

    printf("the plugin has %" G_GINT64_FORMAT " bytes at %u places\n", heap_of(HEAP_PLUGIN).bytes,
           sites->len);
    for (guint i = 0; i < MIN(limit, sites->len); i++) {
        const block *site = &g_array_index(sites, block, i);
        g_autofree char *text = describe(plugin_file, site);

        printf("%8u bytes in %5u blocks: %s\n", site->size, site->owner, text);
    }
    g_array_unref(sites);
    inside = FALSE;
}
