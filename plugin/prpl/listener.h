/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TCP port on which others can connect, with libpurple's settings for ports, routers (UPnP,
 * NAT-PMP) and the public address.
 *
 * The ports that the user set in libpurple are tried; without that those that MSN Messenger used,
 * then any. IPv6 and IPv4 where the computer can do both on one port, else IPv4.
 */
#ifndef PRPL_LISTENER_H
#define PRPL_LISTENER_H

#include "msnp.h"
#include <purple.h>
#include <stdbool.h>

typedef struct prpl_listener prpl_listener;

typedef struct {
    /*
     * Others can connect, by IPv4 and perhaps by IPv6. `port` is its number; `external` is the
     * address at which others reach it, borrowed, "" if that is not known.
     */
    void (*listening)(prpl_listener *listener, uint16_t port, bool ipv6, const char *external,
                      gpointer data);
    /* No port could be opened. */
    void (*failed)(prpl_listener *listener, gpointer data);
    /* Somebody connected. `fd` is non-blocking, and belongs to the callee. */
    void (*accepted)(prpl_listener *listener, int fd, gpointer data);
} prpl_listener_ops;

/*
 * Starts to listen. Callbacks come from the main loop, never before this returns. A router may
 * need some seconds. Never NULL. Borrows `ops`. It may be closed in its callbacks.
 */
prpl_listener *prpl_listener_open(const prpl_listener_ops *ops, gpointer data);
/* Pauses and resumes accepting: those who connect meanwhile wait. */
void prpl_listener_pause(prpl_listener *listener, bool pause);
/* Closes and frees it; no callback follows. NULL is fine. */
void prpl_listener_close(prpl_listener *listener);
/* The plugin is unloaded: gives up those that libpurple is still opening. */
void prpl_listener_forget_all(void);

#endif
