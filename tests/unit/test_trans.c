/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transaction ids, and that each transaction ends exactly once. */
#include "trans.h"

static void test_ids(void)
{
    msnp_trans trans;
    msnp_trans_init(&trans);
    g_assert_cmpuint(msnp_trans_id(&trans), ==, 1);
    g_assert_cmpuint(msnp_trans_begin(&trans, "VER", 0, 100), ==, 2);
    g_assert_cmpuint(msnp_trans_id(&trans), ==, 3);
    msnp_trans_restart(&trans);
    g_assert_cmpint(msnp_trans_next(&trans), ==, MSNP_NEVER);
    msnp_pending ended;
    g_assert_false(msnp_trans_end(&trans, 2, &ended));
    g_assert_cmpuint(msnp_trans_begin(&trans, "VER", 0, 100), ==, 1);
    msnp_trans_clear(&trans);
}

/* Zero means "not asked for" on the wire, and too many as a result. */
static void test_wrap(void)
{
    msnp_trans trans;
    msnp_trans_init(&trans);
    trans.last = UINT32_MAX - 1;
    g_assert_cmpuint(msnp_trans_id(&trans), ==, UINT32_MAX);
    g_assert_cmpuint(msnp_trans_id(&trans), !=, 0);
    trans.last = UINT32_MAX;
    g_assert_cmpuint(msnp_trans_begin(&trans, "CHG", 0, 1), !=, 0);
    msnp_trans_clear(&trans);
}

static void test_end(void)
{
    msnp_trans trans;
    msnp_trans_init(&trans);
    uint32_t a = msnp_trans_begin(&trans, "CHG", 7, 100);
    uint32_t b = msnp_trans_begin(&trans, "SYN", 8, 50);
    uint32_t c = msnp_trans_begin(&trans, "CHG", 9, MSNP_NEVER);
    g_assert_cmpint(msnp_trans_next(&trans), ==, 50);

    msnp_pending ended = {.id = 99};
    g_assert_false(msnp_trans_end(&trans, 0, &ended));
    g_assert_false(msnp_trans_end(&trans, c + 1, &ended));
    g_assert_cmpuint(ended.id, ==, 99);
    g_assert_true(msnp_trans_end(&trans, b, &ended));
    g_assert_cmpuint(ended.id, ==, b);
    g_assert_cmpstr(ended.name, ==, "SYN");
    g_assert_cmpuint(ended.context, ==, 8);
    g_assert_cmpint(ended.deadline, ==, 50);
    g_assert_false(msnp_trans_end(&trans, b, &ended));
    g_assert_cmpint(msnp_trans_next(&trans), ==, 100);
    g_assert_true(msnp_trans_end(&trans, a, &ended));
    g_assert_cmpuint(ended.context, ==, 7);
    g_assert_cmpint(msnp_trans_next(&trans), ==, MSNP_NEVER);
    g_assert_true(msnp_trans_end(&trans, c, &ended));
    g_assert_cmpuint(ended.context, ==, 9);
    g_assert_false(msnp_trans_end(&trans, c, &ended));
    msnp_trans_clear(&trans);
}

static void test_end_named(void)
{
    msnp_trans trans;
    msnp_pending ended = {.id = 99};
    msnp_trans_init(&trans);
    uint32_t a = msnp_trans_begin(&trans, "CHG", 7, 100);
    uint32_t b = msnp_trans_begin(&trans, "SYN", 8, 100);
    g_assert_false(msnp_trans_end_named(&trans, a, "SYN", &ended));
    g_assert_false(msnp_trans_end_named(&trans, b, "CHG", &ended));
    g_assert_false(msnp_trans_end_named(&trans, b + 1, "SYN", &ended));
    g_assert_cmpuint(ended.id, ==, 99);
    g_assert_true(msnp_trans_end_named(&trans, b, "SYN", &ended));
    g_assert_cmpuint(ended.context, ==, 8);
    g_assert_false(msnp_trans_end_named(&trans, b, "SYN", &ended));
    g_assert_true(msnp_trans_end_named(&trans, a, NULL, &ended));
    g_assert_cmpuint(ended.context, ==, 7);
    g_assert_cmpint(msnp_trans_next(&trans), ==, MSNP_NEVER);
    msnp_trans_clear(&trans);
}

/* Every one that was begun and has not ended, whatever its place. */
static void test_waits(void)
{
    msnp_trans trans;
    msnp_pending ended;
    msnp_trans_init(&trans);
    g_assert_false(msnp_trans_waits(&trans, 0));
    g_assert_false(msnp_trans_waits(&trans, 1));
    uint32_t a = msnp_trans_begin(&trans, "USR", 0, MSNP_NEVER);
    uint32_t b = msnp_trans_begin(&trans, "SYN", 0, 100);
    uint32_t c = msnp_trans_begin(&trans, "CHG", 0, MSNP_NEVER);
    g_assert_true(msnp_trans_waits(&trans, a));
    g_assert_true(msnp_trans_waits(&trans, b));
    g_assert_true(msnp_trans_waits(&trans, c));
    g_assert_false(msnp_trans_waits(&trans, 0));
    g_assert_false(msnp_trans_waits(&trans, c + 1));
    g_assert_true(msnp_trans_is_oldest(&trans, a));
    g_assert_false(msnp_trans_is_oldest(&trans, b));
    g_assert_false(msnp_trans_is_oldest(&trans, 0));
    /* An id that needs no answer waits for none. */
    g_assert_false(msnp_trans_waits(&trans, msnp_trans_id(&trans)));
    g_assert_true(msnp_trans_expire(&trans, 100, &ended));
    g_assert_false(msnp_trans_waits(&trans, b));
    g_assert_true(msnp_trans_end(&trans, a, &ended));
    g_assert_false(msnp_trans_waits(&trans, a));
    g_assert_true(msnp_trans_waits(&trans, c));
    g_assert_true(msnp_trans_is_oldest(&trans, c));
    msnp_trans_restart(&trans);
    g_assert_false(msnp_trans_waits(&trans, c));
    g_assert_false(msnp_trans_is_oldest(&trans, c));
    msnp_trans_clear(&trans);
}

static void test_expire(void)
{
    msnp_trans trans;
    msnp_trans_init(&trans);
    msnp_pending ended = {.id = 99};
    g_assert_false(msnp_trans_expire(&trans, 1000, &ended));
    uint32_t late = msnp_trans_begin(&trans, "CHG", 1, 200);
    uint32_t soon = msnp_trans_begin(&trans, "CHG", 2, 100);
    uint32_t same = msnp_trans_begin(&trans, "CHG", 3, 100);
    msnp_trans_begin(&trans, "CHG", 4, MSNP_NEVER);
    g_assert_false(msnp_trans_expire(&trans, 99, &ended));
    g_assert_cmpuint(ended.id, ==, 99);
    g_assert_true(msnp_trans_expire(&trans, 100, &ended));
    g_assert_cmpuint(ended.id, ==, soon);
    g_assert_true(msnp_trans_expire(&trans, 100, &ended));
    g_assert_cmpuint(ended.id, ==, same);
    g_assert_false(msnp_trans_expire(&trans, 100, &ended));
    g_assert_cmpint(msnp_trans_next(&trans), ==, 200);
    g_assert_true(msnp_trans_expire(&trans, 5000, &ended));
    g_assert_cmpuint(ended.id, ==, late);
    g_assert_false(msnp_trans_end(&trans, late, &ended));
    g_assert_false(msnp_trans_expire(&trans, MSNP_NEVER - 1, &ended));
    msnp_trans_clear(&trans);
}

static void test_limit(void)
{
    msnp_trans trans;
    msnp_trans_init(&trans);
    for (uint32_t i = 1; i <= MSNP_TRANS_MAX; i++)
        g_assert_cmpuint(msnp_trans_begin(&trans, "CHG", i, 100), ==, i);
    g_assert_cmpuint(msnp_trans_begin(&trans, "CHG", 0, 100), ==, 0);
    g_assert_cmpuint(trans.pending->len, ==, MSNP_TRANS_MAX);
    msnp_pending ended;
    g_assert_true(msnp_trans_end(&trans, 17, &ended));
    g_assert_cmpuint(msnp_trans_begin(&trans, "CHG", 0, 100), >, MSNP_TRANS_MAX);
    g_assert_cmpuint(msnp_trans_begin(&trans, "CHG", 0, 100), ==, 0);
    unsigned n = 0;
    while (msnp_trans_expire(&trans, 100, &ended))
        n++;
    g_assert_cmpuint(n, ==, MSNP_TRANS_MAX);
    msnp_trans_clear(&trans);
}

/* What is behind an answer in the queue has more time, to a limit; what was passed over has not. */
static void test_extend(void)
{
    static const struct {
        uint32_t last;     /* id before the first of the three */
        unsigned answered; /* the index of the one that is answered; 3: none, all are meant */
        int64_t until;
        int64_t deadlines[3];
    } table[] = {
        {0, 0, 150, {0, 150, 150}},
        {0, 1, 150, {100, 0, 150}},
        {0, 2, 150, {100, 100, 0}},
        {0, 3, 150, {150, 150, 150}},
        {0, 0, 50, {0, 100, 100}},
        {0, 0, INT64_MAX - 1, {0, 100 + MSNP_TRANS_PATIENCE, 100 + MSNP_TRANS_PATIENCE}},
        {UINT32_MAX - 1, 0, 150, {0, 150, 150}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        msnp_trans trans;
        msnp_pending ended;
        uint32_t ids[3];
        uint32_t id = 0;
        msnp_trans_init(&trans);
        trans.last = table[i].last;
        for (size_t k = 0; k < 3; k++)
            ids[k] = msnp_trans_begin(&trans, "MSG", 0, 100);
        uint32_t patient = msnp_trans_begin(&trans, "SYN", 0, MSNP_NEVER);
        if (table[i].answered < 3) {
            id = ids[table[i].answered];
            g_assert_true(msnp_trans_end(&trans, id, &ended));
        }
        msnp_trans_extend(&trans, id, table[i].until);
        for (size_t k = 0; k < 3; k++) {
            if (k == table[i].answered)
                continue;
            g_assert_true(msnp_trans_end(&trans, ids[k], &ended));
            g_assert_cmpint(ended.deadline, ==, table[i].deadlines[k]);
            g_assert_cmpint(ended.first, ==, 100);
        }
        g_assert_true(msnp_trans_end(&trans, patient, &ended));
        g_assert_cmpint(ended.deadline, ==, MSNP_NEVER);
        msnp_trans_clear(&trans);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trans/ids", test_ids);
    g_test_add_func("/trans/wrap", test_wrap);
    g_test_add_func("/trans/end", test_end);
    g_test_add_func("/trans/end-named", test_end_named);
    g_test_add_func("/trans/waits", test_waits);
    g_test_add_func("/trans/expire", test_expire);
    g_test_add_func("/trans/limit", test_limit);
    g_test_add_func("/trans/extend", test_extend);
    return g_test_run();
}
