/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose code is at an address: the plugin's, libpurple's, ... */
#ifndef BENCH_MODULES_H
#define BENCH_MODULES_H

#include <glib.h>

typedef enum {
    MODULE_PLUGIN,
    MODULE_PURPLE, /* with its own plugins */
    MODULE_GLIB,
    MODULE_TLS,  /* NSS and NSPR */
    MODULE_LIBC, /* what it asks the kernel for looks like this, too */
    MODULE_REST, /* the client itself among them */
    MODULE_N
} module;

/* Allocates nothing, but takes the loader's lock: not for signal handlers. */
module module_of(gconstpointer code);
/* Where the code lies in the plugin's file. */
guint32 module_offset(gconstpointer code);

#endif
