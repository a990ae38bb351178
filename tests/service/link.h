/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Connections that behave as if they went over a link with a delay. What is accepted goes on behind
 * a socket pair, and a thread passes the bytes between the two at their time: the main loop cannot,
 * since it waits in whole milliseconds and does other work meanwhile.
 */
#ifndef SERVICE_LINK_H
#define SERVICE_LINK_H

#include <glib.h>

/* The thread and all connections that it serves. */
typedef struct links links;

/* One connection. */
typedef struct wire wire;

/* The delay in one direction, in milliseconds. */
#define LINK_DELAY_MAX 10000

links *links_new(void);

/* Closes what is still open; what is on the way then is lost. NULL is fine. */
void links_free(links *self);

/*
 * Takes an accepted socket; `*end` gets the one to use instead of it, which the caller closes. The
 * handshake of TCP is counted as if it went over the link, too: for the client the connection has
 * begun two delays from now, for us three.
 */
wire *wire_new(links *self, int accepted, guint delay, int *end);

/* The caller lets go of it, after its end is closed. The other end comes to its end by itself. */
void wire_release(wire *self);

/* Closing our end will be a reset to the client, after what was written before. */
void wire_reset(wire *self);

/* Whether the end of our input was a reset. */
gboolean wire_was_reset(const wire *self);

guint wire_delay(const wire *self);

#endif
