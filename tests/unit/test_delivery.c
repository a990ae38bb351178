/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The promise that no message disappears without a word, in thousands of short lives of a world in
 * which things go wrong (world.h, ledger.h).
 *
 * DELIVERY_SEED=N begins with another run, DELIVERY_RUNS=N does another number of them: what has
 * failed in run R of seed S is run 0 of seed S + R.
 */
#include "slow.h"
#include "world.h"

#include <stdlib.h>
#define SEED UINT64_C(19990722)
#define MANY 500

static uint64_t number_from(const char *variable, uint64_t otherwise)
{
    const char *value = getenv(variable);
    return value != NULL ? g_ascii_strtoull(value, NULL, 10) : otherwise;
}

static void test_delivery(void)
{
    static const char *const names[] = {
#define X(symbol, name) name,
        FAULT_LIST(X)
#undef X
    };
    uint64_t seed = number_from("DELIVERY_SEED", SEED);
    unsigned runs = (unsigned)number_from("DELIVERY_RUNS", slow_choice(4000, 1000, 100));
    unsigned faults[N_FAULTS] = {0};
    ledger_sums all = {0};
    g_test_message("seed %" G_GUINT64_FORMAT ", %u runs", seed, runs);
    for (unsigned run = 0; run < runs; run++) {
        world *w = world_new(seed, run);
        world_live(w);
        world_end(w);
        for (unsigned i = 0; i < N_FAULTS; i++)
            faults[i] += world_faults(w, (fault)i);
        const ledger_sums *sums = world_sums(w);
        all.written += sums->written;
        all.received += sums->received;
        all.strays += sums->strays;
        all.told += sums->told;
        all.maybe += sums->maybe;
        all.nudges += sums->nudges;
        world_free(w);
    }
    g_test_message("words: %u written, %u received, %u by others, %u told of, %u of them maybe; "
                   "%u nudges",
                   all.written, all.received, all.strays, all.told, all.maybe, all.nudges);
    for (unsigned i = 0; i < N_FAULTS; i++)
        g_test_message("%6u %s", faults[i], names[i]);
    /* A world in which nothing happens would prove nothing; in a few runs little does. */
    if (runs < MANY)
        return;
    for (unsigned i = 0; i < N_FAULTS; i++)
        g_assert_cmpuint(faults[i], >, runs / 100);
    g_assert_cmpuint(all.received, >, runs * 20);
    g_assert_cmpuint(all.maybe, >, runs);
    g_assert_cmpuint(all.told - all.maybe, >, runs);
    g_assert_cmpuint(all.nudges, >, runs / 20);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/delivery/no-message-disappears", test_delivery);
    return g_test_run();
}
