/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trans.h"

#include <string.h>

void msnp_trans_init(msnp_trans *trans)
{
    trans->last = 0;
    trans->pending = g_array_new(FALSE, FALSE, sizeof(msnp_pending));
}

void msnp_trans_clear(msnp_trans *trans)
{
    g_array_free(trans->pending, TRUE);
    trans->pending = NULL;
}

void msnp_trans_restart(msnp_trans *trans)
{
    trans->last = 0;
    g_array_set_size(trans->pending, 0);
}

uint32_t msnp_trans_id(msnp_trans *trans)
{
    /* 0 means "no transaction" and is never used. */
    if (++trans->last == 0)
        trans->last = 1;
    return trans->last;
}

uint32_t msnp_trans_begin(msnp_trans *trans, const char *name, unsigned context, int64_t deadline)
{
    if (trans->pending->len >= MSNP_TRANS_MAX)
        return 0;

    msnp_pending entry = {
        .id = msnp_trans_id(trans), .context = context, .deadline = deadline, .first = deadline};
    g_strlcpy(entry.name, name, sizeof entry.name);
    g_array_append_val(trans->pending, entry);
    return entry.id;
}

static void take(msnp_trans *trans, guint index, msnp_pending *ended)
{
    *ended = g_array_index(trans->pending, msnp_pending, index);
    g_array_remove_index(trans->pending, index);
}

/* Its index, or the number of pending ones if it is not pending. `name` NULL: any. */
static guint find_pending(const msnp_trans *trans, uint32_t id, const char *name)
{
    guint i = 0;

    for (; i < trans->pending->len; i++) {
        const msnp_pending *entry = &g_array_index(trans->pending, msnp_pending, i);
        if (entry->id == id && (name == NULL || strcmp(entry->name, name) == 0))
            break;
    }
    return i;
}

bool msnp_trans_end_named(msnp_trans *trans, uint32_t id, const char *name, msnp_pending *ended)
{
    guint index = find_pending(trans, id, name);

    if (index == trans->pending->len)
        return false;
    take(trans, index, ended);
    return true;
}

/* Did `id` begin after `other` (0: before all)? Ids start again after the last one. */
static bool is_younger(uint32_t id, uint32_t other)
{
    return other == 0 || (id != other && id - other < UINT32_MAX / 2);
}

void msnp_trans_extend(msnp_trans *trans, uint32_t id, int64_t deadline)
{
    for (guint i = trans->pending->len; i > 0; i--) {
        msnp_pending *entry = &g_array_index(trans->pending, msnp_pending, i - 1);
        if (!is_younger(entry->id, id))
            return;
        if (entry->first != MSNP_NEVER)
            entry->deadline =
                MAX(entry->deadline, MIN(deadline, entry->first + MSNP_TRANS_PATIENCE));
    }
}

bool msnp_trans_waits(const msnp_trans *trans, uint32_t id)
{
    return find_pending(trans, id, NULL) < trans->pending->len;
}

bool msnp_trans_is_oldest(const msnp_trans *trans, uint32_t id)
{
    return trans->pending->len > 0 && find_pending(trans, id, NULL) == 0;
}

bool msnp_trans_end(msnp_trans *trans, uint32_t id, msnp_pending *ended)
{
    return msnp_trans_end_named(trans, id, NULL, ended);
}

bool msnp_trans_expire(msnp_trans *trans, int64_t now, msnp_pending *ended)
{
    for (guint i = 0; i < trans->pending->len; i++) {
        if (now >= g_array_index(trans->pending, msnp_pending, i).deadline) {
            take(trans, i, ended);
            return true;
        }
    }
    return false;
}

int64_t msnp_trans_next(const msnp_trans *trans)
{
    int64_t next = MSNP_NEVER;

    for (guint i = 0; i < trans->pending->len; i++)
        next = MIN(next, g_array_index(trans->pending, msnp_pending, i).deadline);
    return next;
}
