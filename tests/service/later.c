/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is to happen later, and must not happen any more when the service has ended.
 */
#include "internal.h"

typedef struct {
    service *svc;
    guint id;
    void (*func)(gpointer data);
    gpointer data;
    GDestroyNotify destroy;
} event;

static gboolean on_time(gpointer data)
{
    const event *e = data;

    g_hash_table_remove(e->svc->timers, GUINT_TO_POINTER(e->id));
    e->func(e->data);
    return G_SOURCE_REMOVE;
}

static void event_free(gpointer data)
{
    event *e = data;

    if (e->destroy)
        e->destroy(e->data);
    g_free(e);
}

void later(service *self, guint ms, void (*func)(gpointer data), gpointer data,
           GDestroyNotify destroy)
{
    event *e = g_new0(event, 1);

    e->svc = self;
    e->func = func;
    e->data = data;
    e->destroy = destroy;
    e->id = g_timeout_add_full(G_PRIORITY_DEFAULT, ms, on_time, e, event_free);
    g_hash_table_add(self->timers, GUINT_TO_POINTER(e->id));
}

void later_end(service *self)
{
    g_autoptr(GList) ids = g_hash_table_get_keys(self->timers);

    for (const GList *l = ids; l; l = l->next)
        g_source_remove(GPOINTER_TO_UINT(l->data));
    g_hash_table_unref(self->timers);
}
