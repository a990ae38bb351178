/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a test carries as MSNP2P, and what must always be so: each message with a reference has one
 * result, and not before the call is over.
 */
#include "drive_priv.h"

void drive_p2p_new(drive *d)
{
    d->carried = g_hash_table_new(NULL, NULL);
}

void drive_p2p_free(drive *d)
{
    g_hash_table_destroy(d->carried);
    g_free(d->p2p_answer);
}

void drive_p2p_arrived(drive *d, const char *who, const char *name, msnp_str body, int64_t now)
{
    drive_hear_call(d, now,
                    &(heard){.kind = HEARD_P2P, .account = who, .text = name, .payload = body});
    if (d->p2p_answer)
        msnp_conversations_answer(d->conversations, msnp_str_of(d->p2p_answer), now);
}

bool drive_p2p_result(drive *d, unsigned reference, msnp_cause cause, int64_t now)
{
    if (reference == 0)
        drive_found(d, "a result that nobody wanted");
    if (!g_hash_table_remove(d->carried, GUINT_TO_POINTER(reference)))
        return false;
    if (d->carrying)
        drive_found(d, "a result comes while something is carried");
    drive_hear_call(d, now, &(heard){.kind = HEARD_CARRIED, .request = reference, .cause = cause});
    return true;
}

void drive_p2p_look(drive *d)
{
    if (g_hash_table_size(d->carried) > 0)
        drive_found(d, "%u carried messages have no result", g_hash_table_size(d->carried));
}

void drive_carry(drive *d, const char *who, unsigned reference, msnp_str payload)
{
    if (reference != 0 && !g_hash_table_add(d->carried, GUINT_TO_POINTER(reference)))
        drive_found(d, "the reference %u is used twice", reference);
    d->carrying = true;
    msnp_conversations_carry(d->conversations, who, reference, payload, d->now);
    d->carrying = false;
    drive_settle(d);
}

void drive_answer_p2p(drive *d, const char *payload)
{
    g_free(d->p2p_answer);
    d->p2p_answer = g_strdup(payload);
}
