/* Finding a period among events by their times, while clocks run, jump and stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/base.h"
#include "mbplant/report/period.h"

#define HOUR_MS UINT64_C(3600000)

struct journal {
    uint64_t (*time_of)(uint32_t seq);
    uint32_t probes, rounds, oldest, last;
};

static enum mbp_status probe(void *ctx, const uint32_t *seqs, size_t count, uint64_t *wall_ms)
{
    struct journal *journal = ctx;
    assert_in_range(count, 1, MBP_SEEK_PROBES);
    for (size_t i = 0; i < count; i++) {
        assert_in_range(seqs[i], journal->oldest, journal->last);
        assert_true(i == 0 || seqs[i] > seqs[i - 1]);
        wall_ms[i] = journal->time_of(seqs[i]);
    }
    journal->probes += (uint32_t)count;
    journal->rounds++;
    return MBP_OK;
}

static uint64_t first_of(struct journal *journal, uint64_t at_ms)
{
    struct mbp_seek seek = {journal->oldest, journal->last, probe, journal};
    uint64_t found = 0;
    assert_int_equal(mbp_seek_first(&seek, at_ms, &found), MBP_OK);
    return found;
}

static uint64_t last_of(struct journal *journal, uint64_t at_ms)
{
    struct mbp_seek seek = {journal->oldest, journal->last, probe, journal};
    uint64_t found = 0;
    assert_int_equal(mbp_seek_last(&seek, at_ms, &found), MBP_OK);
    return found;
}

/* A second an event. */
static uint64_t even(uint32_t seq)
{
    return seq * UINT64_C(1000);
}

static void test_steady_clock_gives_exactly_the_period(void **state)
{
    (void)state;
    for (uint32_t last = 1; last < 400; last++) {
        struct journal journal = {.time_of = even, .oldest = 1, .last = last};
        for (uint32_t at = 1; at <= last; at += 7) {
            assert_int_equal(first_of(&journal, at * UINT64_C(1000)), at);
            assert_int_equal(first_of(&journal, at * UINT64_C(1000) + 1), at + 1);
            assert_int_equal(last_of(&journal, at * UINT64_C(1000)), at - 1);
            assert_int_equal(last_of(&journal, at * UINT64_C(1000) + 1), at);
        }
        assert_int_equal(first_of(&journal, 0), 1);
        assert_int_equal(last_of(&journal, UINT64_MAX), last);
    }
}

static void test_ten_million_events_take_few_looks(void **state)
{
    (void)state;
    struct journal journal = {.time_of = even, .oldest = 2500000, .last = 12500000};
    assert_int_equal(first_of(&journal, UINT64_C(9876543) * 1000), 9876543);
    assert_true(journal.rounds <= 16);
    assert_true(journal.probes <= 16 * MBP_SEEK_PROBES);
}

static void test_times_outside_the_journal_give_its_ends(void **state)
{
    (void)state;
    struct journal journal = {.time_of = even, .oldest = 500, .last = 900};
    assert_int_equal(first_of(&journal, 900001), 901);
    assert_int_equal(first_of(&journal, 1), 500);
    assert_int_equal(last_of(&journal, 1), 499);
    assert_int_equal(last_of(&journal, 900001), 900);
}

/* The clock is set back by an hour at event 50,000: every time of that hour stands twice. */
static uint64_t set_back(uint32_t seq)
{
    return seq * UINT64_C(1000) - (seq >= 50000 ? HOUR_MS : 0);
}

static void test_clock_set_back_gives_both_passes(void **state)
{
    (void)state;
    struct journal journal = {.time_of = set_back, .oldest = 1, .last = 1000000};
    uint64_t first = first_of(&journal, UINT64_C(48000) * 1000); /* first pass; again at 51,600 */
    assert_in_range(first, 1, 48000);
    uint64_t last = last_of(&journal, UINT64_C(47000) * 1000); /* second pass: 50,600 */
    assert_in_range(last, 50599, 1000000);
    assert_in_range(last, 50599, 50700); /* not all of it */
}

/* Ahead by two hours between events 30,000 and 32,000. */
static uint64_t ran_ahead(uint32_t seq)
{
    return seq * UINT64_C(1000) + (seq >= 30000 && seq < 32000 ? 2 * HOUR_MS : 0);
}

static void test_clock_that_ran_ahead_for_a_while_is_seen(void **state)
{
    (void)state;
    struct journal journal = {.time_of = ran_ahead, .oldest = 1, .last = 1000000};
    /* 38,000 s stands at 30,800 (7,200 s ahead) and at 38,000 */
    assert_in_range(first_of(&journal, UINT64_C(38000) * 1000), 29900, 30800);
    /* before 31,000 s: the events up to 30,999 but for those ahead; the last of them is 29,999 */
    assert_int_equal(last_of(&journal, UINT64_C(31000) * 1000), 29999);
}

static uint64_t standing(uint32_t seq)
{
    (void)seq;
    return 5000;
}

static void test_clock_that_stands_gives_all_or_nothing(void **state)
{
    (void)state;
    struct journal journal = {.time_of = standing, .oldest = 1, .last = 100000};
    assert_int_equal(first_of(&journal, 5000), 1);
    assert_int_equal(first_of(&journal, 5001), 100001);
    assert_int_equal(last_of(&journal, 5001), 100000);
    assert_int_equal(last_of(&journal, 5000), 0);
}

static enum mbp_status broken(void *ctx, const uint32_t *seqs, size_t count, uint64_t *wall_ms)
{
    (void)ctx;
    (void)seqs;
    (void)count;
    (void)wall_ms;
    return MBP_ERR_IO;
}

static void test_failing_probe_fails_the_search(void **state)
{
    (void)state;
    struct mbp_seek seek = {1, 1000, broken, NULL};
    uint64_t found = 7;
    assert_int_equal(mbp_seek_first(&seek, 5, &found), MBP_ERR_IO);
    assert_int_equal(found, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steady_clock_gives_exactly_the_period),
        cmocka_unit_test(test_ten_million_events_take_few_looks),
        cmocka_unit_test(test_times_outside_the_journal_give_its_ends),
        cmocka_unit_test(test_clock_set_back_gives_both_passes),
        cmocka_unit_test(test_clock_that_ran_ahead_for_a_while_is_seen),
        cmocka_unit_test(test_clock_that_stands_gives_all_or_nothing),
        cmocka_unit_test(test_failing_probe_fails_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
