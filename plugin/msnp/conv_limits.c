/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often other people may do something that the user is interrupted by. The limits are for each
 * person, and for everybody who is no contact, so that nobody uses up what others need.
 */
#include "conv_priv.h"

#define PEOPLE_MAX  1024 /* remembered at a time; the rest share one entry */
#define SWEEP_EVERY ((int64_t)1000)

/* For each person. */
static const msnp_pace_limit ring_limit = {32, 2000};
static const msnp_pace_limit chat_limit = {8, 15000};
static const msnp_pace_limit nudge_limit = {1, 5000};
static const msnp_pace_limit offer_limit = {100, 10000};
static const msnp_pace_limit file_limit = {3, 30000};  /* MSNP_EXTRA_FILE */
static const msnp_pace_limit extra_limit = {1, 60000}; /* each of the others */
static const msnp_pace_limit page_limit = {16, 5000};
/* For each switchboard: people in a chat can be invented. */
static const msnp_pace_limit board_nudge_limit = {4, 5000};
static const msnp_pace_limit board_extra_limit = {8, 15000};
/* For all strangers, and for all contacts: people who begin to ring, and chats. */
static const msnp_pace_limit caller_limits[] = {{64, 1000}, {256, 250}};
static const msnp_pace_limit crowd_chat_limits[] = {{32, 5000}, {64, 1000}};
static const msnp_pace_limit crowd_page_limits[] = {{32, 5000}, {128, 1000}};

/* What one person did of late. */
typedef struct {
    msnp_pace rings;
    msnp_pace chats; /* begun with a ring */
    msnp_pace nudges;
    msnp_pace offers; /* of files */
    msnp_pace pages;
    msnp_pace extras[MSNP_N_EXTRAS];
} person;

static gboolean is_forgotten(gpointer key, gpointer value, gpointer now)
{
    const person *p = value;
    int64_t then = *(const int64_t *)now;
    bool idle = msnp_pace_is_idle(&p->rings, then) && msnp_pace_is_idle(&p->chats, then) &&
                msnp_pace_is_idle(&p->nudges, then) && msnp_pace_is_idle(&p->offers, then) &&
                msnp_pace_is_idle(&p->pages, then);

    (void)key;
    for (unsigned i = 0; i < MSNP_N_EXTRAS; i++)
        idle = idle && msnp_pace_is_idle(&p->extras[i], then);
    return idle;
}

/* The entry of this person, who has just done something. */
static person *find(msnp_conversations *all, const char *who, int64_t now)
{
    if (all->paces == NULL)
        all->paces = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    char *key = g_ascii_strdown(who, -1);
    person *p = g_hash_table_lookup(all->paces, key);

    if (p == NULL && g_hash_table_size(all->paces) >= PEOPLE_MAX &&
        now >= all->swept_at + SWEEP_EVERY) {
        g_hash_table_foreach_remove(all->paces, is_forgotten, &now);
        all->swept_at = now;
    }
    if (p == NULL && g_hash_table_size(all->paces) >= PEOPLE_MAX) {
        *key = '\0';
        p = g_hash_table_lookup(all->paces, key);
    }
    if (p == NULL) {
        p = g_new0(person, 1);
        g_hash_table_insert(all->paces, g_steal_pointer(&key), p);
    }
    g_free(key);
    return p;
}

bool conv_may_ring(msnp_conversations *all, const msnp_ring *ring, bool known, int64_t now)
{
    conv_crowd *crowd = &all->crowds[ring->contact];
    const msnp_pace_limit *callers = &caller_limits[ring->contact];

    if (!msnp_pace_allows(&crowd->chats, &crowd_chat_limits[ring->contact], now) ||
        (!known && !msnp_pace_allows(&crowd->callers, callers, now)))
        return false;

    person *p = find(all, ring->account, now);
    if (!msnp_pace_allows(&p->chats, &chat_limit, now) ||
        !msnp_pace_take(&p->rings, &ring_limit, now))
        return false;
    if (!known)
        msnp_pace_count(&crowd->callers, callers, now);
    return true;
}

void conv_count_chat(const conv_board *b, int64_t now)
{
    msnp_conversations *all = b->all;

    if (b->ringer == NULL)
        return;
    msnp_pace_count(&find(all, b->ringer, now)->chats, &chat_limit, now);
    msnp_pace_count(&all->crowds[b->contact].chats, &crowd_chat_limits[b->contact], now);
}

/* Counts it for both, if it may happen now. */
static bool take_both(msnp_pace *all, const msnp_pace_limit *all_limit, msnp_pace *one,
                      const msnp_pace_limit *limit, int64_t now)
{
    if (!msnp_pace_allows(all, all_limit, now) || !msnp_pace_take(one, limit, now))
        return false;
    msnp_pace_count(all, all_limit, now);
    return true;
}

bool conv_may_nudge(conv_board *b, const char *who, int64_t now)
{
    return take_both(&b->nudges, &board_nudge_limit, &find(b->all, who, now)->nudges, &nudge_limit,
                     now);
}

bool conv_may_name(conv_board *b, const char *who, msnp_extra extra, int64_t now)
{
    return take_both(&b->extras, &board_extra_limit, &find(b->all, who, now)->extras[extra],
                     extra == MSNP_EXTRA_FILE ? &file_limit : &extra_limit, now);
}

bool conv_may_offer(msnp_conversations *all, const char *who, int64_t now)
{
    return msnp_pace_take(&find(all, who, now)->offers, &offer_limit, now);
}

bool conv_may_page(msnp_conversations *all, const char *who, bool contact, int64_t now)
{
    return take_both(&all->crowds[contact].pages, &crowd_page_limits[contact],
                     &find(all, who, now)->pages, &page_limit, now);
}
