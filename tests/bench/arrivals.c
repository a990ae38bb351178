/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arrivals.h"

#include "bench.h"

#include <stdio.h>

static struct {
    guint accounts; /* expected */
    guint buddies;
    guint online;
    guint signed_on; /* so far, since they are expected */
    guint known;     /* since libpurple was started */
    guint seen;
    gint64 ended;
} arrivals;

static gboolean complete(void)
{
    return arrivals.signed_on >= arrivals.accounts && arrivals.known >= arrivals.buddies &&
           arrivals.seen >= arrivals.online;
}

static void look(void)
{
    if (arrivals.ended == 0 && complete())
        arrivals.ended = g_get_monotonic_time();
}

static void account_signed_on(PurpleConnection *gc, gpointer data)
{
    (void)gc;
    (void)data;
    arrivals.signed_on++;
    look();
}

static void buddy_added(PurpleBuddy *buddy, gpointer data)
{
    (void)buddy;
    (void)data;
    arrivals.known++;
    look();
}

static void buddy_online(PurpleBuddy *buddy, gpointer data)
{
    (void)buddy;
    (void)data;
    arrivals.seen++;
    look();
}

static void listen_once(void)
{
    static gboolean listening;
    static int handle;

    if (listening)
        return;
    listening = TRUE;
    purple_signal_connect(purple_connections_get_handle(), "signed-on", &handle,
                          PURPLE_CALLBACK(account_signed_on), NULL);
    purple_signal_connect(purple_blist_get_handle(), "buddy-added", &handle,
                          PURPLE_CALLBACK(buddy_added), NULL);
    purple_signal_connect(purple_blist_get_handle(), "buddy-signed-on", &handle,
                          PURPLE_CALLBACK(buddy_online), NULL);
}

void arrivals_expect(guint accounts, guint buddies, guint online)
{
    listen_once();
    arrivals.accounts = accounts;
    arrivals.buddies = buddies;
    arrivals.online = online;
    arrivals.signed_on = 0;
    arrivals.seen = 0;
    arrivals.ended = 0;
}

static const char *find_error(user *const *users)
{
    for (guint i = 0; i < arrivals.accounts; i++)
        if (users[i]->error)
            return users[i]->error;
    return NULL;
}

gboolean arrivals_wait(user *const *users)
{
    gint64 until = client_until(PATIENCE);
    const char *error = NULL;

    while (arrivals.ended == 0 && !error && client_turn(until))
        error = find_error(users);
    if (arrivals.ended != 0)
        return TRUE;
    fprintf(stderr, "%u of %u signed on, %u of %u buddies, %u of %u online: %s\n",
            arrivals.signed_on, arrivals.accounts, arrivals.known, arrivals.buddies, arrivals.seen,
            arrivals.online, error ? error : "not in time");
    return FALSE;
}

gint64 arrivals_ended(void)
{
    return arrivals.ended;
}
