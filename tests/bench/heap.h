/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who allocates memory: the program has its own malloc(), which counts if it is asked to. A block
 * is owned by whom the nearest caller belongs to that is neither libc nor GLib. Its size is what
 * libc really takes for it.
 */
#ifndef BENCH_HEAP_H
#define BENCH_HEAP_H

#include <glib.h>

typedef enum { HEAP_PLUGIN, HEAP_PURPLE, HEAP_TLS, HEAP_REST, HEAP_N } heap_owner;

typedef struct {
    gint64 bytes; /* in use */
    gint64 made;  /* blocks allocated so far, be they freed again or not */
} heap_share;

/*
 * Counts from now on, and notes where in the plugin each block was wanted if `places`; FALSE where
 * that is impossible.
 */
gboolean heap_watch(gboolean places);
/* Is it counting? */
gboolean heap_watching(void);
/* No more: in a process that was forked. */
void heap_unwatch(void);

heap_share heap_of(heap_owner owner);
heap_share heap_of_all(void);
/* After heap_watch(TRUE): prints the places in the plugin that own most bytes now; needs addr2line.
 */
void heap_print_sites(const char *plugin_file, guint limit);

#endif
