/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The services that an account can choose by name, with their built-in addresses. Services rename
 * their hosts now and then: so every address can be entered by hand as well.
 */
#ifndef PRPL_SERVICES_H
#define PRPL_SERVICES_H

#include <stddef.h>

typedef struct {
    const char *id;   /* saved with accounts, and typed in some clients; never changes */
    const char *name; /* what the service calls itself */
    const char *server;
    unsigned port;
    const char *nexus_url;   /* NULL: derived from the server */
    const char *gateway_url; /* the same */
} prpl_service;

/* One after the other; NULL after the last one. */
const prpl_service *prpl_services_nth(size_t n);
/* The one with this id, in any letter case; NULL if there is none. */
const prpl_service *prpl_services_find(const char *id);

#endif
