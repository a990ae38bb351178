/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each conversation: how it is found, and how it ends.
 */
#include "conv_priv.h"

static conv *new_conv(void)
{
    conv *t = g_new0(conv, 1);

    g_queue_init(&t->waiting);
    g_queue_init(&t->p2p);
    t->gathering = t->patience = MSNP_NEVER;
    return t;
}

void conv_free(gpointer data)
{
    conv *t = data;

    g_free((char *)t->id.who);
    g_queue_clear_full(&t->waiting, conv_part_free);
    g_queue_clear_full(&t->p2p, conv_part_free);
    if (t->to_recall != NULL)
        g_ptr_array_free(t->to_recall, TRUE);
    g_free(t);
}

conv *conv_with(msnp_conversations *all, const char *who, bool make)
{
    char *key = g_ascii_strdown(who, -1);
    conv *t = g_hash_table_lookup(all->people, key);

    if (t == NULL && make) {
        t = new_conv();
        t->id.who = g_strdup(who);
        g_hash_table_insert(all->people, g_steal_pointer(&key), t);
    }
    g_free(key);
    return t;
}

conv *conv_chat(const msnp_conversations *all, unsigned chat)
{
    return g_hash_table_lookup(all->chats, GUINT_TO_POINTER(chat));
}

conv *conv_new_chat(msnp_conversations *all)
{
    conv *t = new_conv();

    t->id.chat = ++all->last_chat;
    t->to_recall = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_insert(all->chats, GUINT_TO_POINTER(t->id.chat), t);
    return t;
}

bool conv_is_dead(const conv *t)
{
    return t->current == NULL && t->opening == NULL && t->request == 0 && t->to_recall->len == 0;
}

conv *conv_take_request(msnp_conversations *all, unsigned request)
{
    conv *t = g_hash_table_lookup(all->requests, GUINT_TO_POINTER(request));

    if (t == NULL)
        return NULL;
    g_hash_table_remove(all->requests, GUINT_TO_POINTER(request));
    t->request = 0;
    return t;
}

void conv_finish(msnp_conversations *all, conv *t)
{
    if (t->over)
        return;
    t->over = true;
    g_ptr_array_add(all->over_convs, t);
    (void)conv_take_request(all, t->request);
    if (t->id.chat != 0) {
        g_hash_table_steal(all->chats, GUINT_TO_POINTER(t->id.chat));
    } else {
        char *key = g_ascii_strdown(t->id.who, -1);
        gpointer stolen;
        if (g_hash_table_steal_extended(all->people, key, &stolen, NULL))
            g_free(stolen);
        g_free(key);
    }
}

void conv_wake(msnp_conversations *all, conv *t)
{
    if (t == NULL || t->woken)
        return;
    t->woken = true;
    g_queue_push_tail(&all->woken, t);
}

/* --- who is to be recalled ------------------------------------------------------------------ */

static guint find_to_recall(const conv *t, const char *who)
{
    guint i = 0;

    while (i < t->to_recall->len &&
           g_ascii_strcasecmp(g_ptr_array_index(t->to_recall, i), who) != 0)
        i++;
    return i;
}

void conv_to_recall_add(conv *t, const char *who)
{
    if (!conv_to_recall_has(t, who) && t->to_recall->len < MSNP_SWITCHBOARD_MEMBERS_MAX)
        g_ptr_array_add(t->to_recall, g_strdup(who));
}

bool conv_to_recall_has(const conv *t, const char *who)
{
    return find_to_recall(t, who) < t->to_recall->len;
}

void conv_to_recall_remove(conv *t, const char *who)
{
    guint at = find_to_recall(t, who);

    if (at < t->to_recall->len)
        g_ptr_array_remove_index(t->to_recall, at);
}
