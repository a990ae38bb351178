/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Real proxy servers, in processes of their own: a test that uses them calls live_use_wall_clock().
 */
#ifndef LIVE_PROXY_HELPERS_H
#define LIVE_PROXY_HELPERS_H

#include "service_helpers.h"

#define PROXY_SECRET "pr0xy-" LIVE_SECRET

/* A proxy server that runs. */
typedef struct {
    GPid pid;
    int port;
    char *log; /* the file it logs to */
    char *config;
} proxy;

/* A SOCKS5 proxy; with `name` it insists on name and PROXY_SECRET. NULL, and the test is skipped,
 * if it is not installed. */
proxy *proxy_socks(const char *name);
/* A HTTP proxy with these further lines in its configuration; likewise. */
proxy *proxy_http(const char *more);
void proxy_free(proxy *p);
/* How often this text is in what it logged. */
guint proxy_logged(const proxy *p, const char *text);

#endif
