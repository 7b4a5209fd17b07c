/* Where a period lies in a journal, by its events' own times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/report/period.h"

#define OLDEST 7u
#define EVENTS 150000u /* more than are looked at one by one */
#define MINUTE UINT64_C(60000)

static uint64_t wall_ms[EVENTS];
static uint32_t handed_over;

static enum mbp_status read_events(void *ctx, uint64_t first, uint64_t last,
                                   bool (*got)(void *got_ctx, const struct mbp_event *event), void *got_ctx)
{
    (void)ctx;
    for (uint64_t seq = first; seq <= last; seq++) {
        struct mbp_event event = {.seq = (uint32_t)seq, .wall_ms = wall_ms[seq - OLDEST]};
        handed_over++;
        if (!got(got_ctx, &event))
            break;
    }
    return MBP_OK;
}

static enum mbp_status times_of(void *ctx, const uint32_t *seqs, size_t count, uint64_t *times)
{
    (void)ctx;
    for (size_t i = 0; i < count; i++)
        times[i] = wall_ms[seqs[i] - OLDEST];
    return MBP_OK;
}

/* The range that a search finds, which must be that of looking at all. */
static struct mbp_event_range find(uint32_t count, uint64_t since_ms, uint64_t until_ms)
{
    struct mbp_event_source source = {
        .oldest = OLDEST, .last = OLDEST + count - 1, .read = read_events, .times = times_of};
    const struct mbp_moment since = {.kind = MBP_MOMENT_TIME, .ms = since_ms};
    const struct mbp_moment until = {.kind = until_ms != 0 ? MBP_MOMENT_TIME : MBP_MOMENT_NONE, .ms = until_ms};
    struct mbp_event_range found;
    struct mbp_event_range wanted;
    handed_over = 0;
    assert_int_equal(mbp_event_source_range(&source, &since, &until, &found), MBP_OK);
    uint32_t needed = handed_over;
    source.times = NULL;
    assert_int_equal(mbp_event_source_range(&source, &since, &until, &wanted), MBP_OK);
    assert_int_equal(found.first, wanted.first);
    assert_int_equal(found.end, wanted.end);
    handed_over = needed;
    return found;
}

static void test_period_of_a_long_journal_is_found_by_looking_at_few_of_its_events(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < EVENTS; i++)
        wall_ms[i] = (i + 1) * MINUTE;
    struct mbp_event_range range = find(EVENTS, 1000 * MINUTE, 2000 * MINUTE);
    assert_int_equal(range.first, OLDEST + 999);
    assert_int_equal(range.end, OLDEST + 1999);
    assert_true(handed_over < 1000);
    range = find(EVENTS, 1000 * MINUTE, 0);
    assert_int_equal(range.end, OLDEST + EVENTS);
    range = find(EVENTS, 1000 * MINUTE + 1, 1000 * MINUTE + 2); /* nothing happened */
    assert_int_equal(range.first, OLDEST + 1000);
    assert_int_equal(range.end, OLDEST + 1000);
    range = find(EVENTS, (EVENTS + 5) * MINUTE, 0);
    assert_int_equal(range.first, OLDEST + EVENTS);
}

/* Fast-forwarded for a long time, then begun anew at the time when that began. */
static void test_period_before_the_clock_went_back_leaves_out_what_came_after(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < EVENTS; i++)
        wall_ms[i] = i < EVENTS - 100 ? (i + 1) * MINUTE : (i - (EVENTS - 100) + 1) * 1000;
    struct mbp_event_range range = find(EVENTS, 1000 * MINUTE, 2000 * MINUTE);
    assert_int_equal(range.first, OLDEST + 999);
    assert_int_equal(range.end, OLDEST + 1999);
    range = find(EVENTS, 1000 * MINUTE, 0); /* ends with the last event that is later */
    assert_int_equal(range.end, OLDEST + EVENTS - 100);
}

static void test_short_journal_with_small_steps_of_the_clock_is_looked_at_whole(void **state)
{
    (void)state;
    const uint32_t count = 3000;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        uint64_t wall = 1000 * MINUTE;
        for (uint32_t i = 0; i < count; i++) {
            wall += mbp_rng_bits(seed, 1, i) % 9000;
            wall -= mbp_rng_bits(seed, 2, i) % 200 == 0 ? mbp_rng_bits(seed, 3, i) % (20 * MINUTE) : 0;
            wall_ms[i] = wall;
        }
        uint64_t since = wall_ms[mbp_rng_bits(seed, 4, 0) % count];
        find(count, since, since + mbp_rng_bits(seed, 5, 0) % (60 * MINUTE) + 1);
    }
}

static void test_empty_journal_has_no_period(void **state)
{
    (void)state;
    const struct mbp_event_source source = {.read = read_events, .times = times_of};
    const struct mbp_moment since = {.kind = MBP_MOMENT_TIME, .ms = 1};
    const struct mbp_moment until = {0};
    struct mbp_event_range range = {9, 9};
    assert_int_equal(mbp_event_source_range(&source, &since, &until, &range), MBP_OK);
    assert_int_equal(range.first, 0);
    assert_int_equal(range.end, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_period_of_a_long_journal_is_found_by_looking_at_few_of_its_events),
        cmocka_unit_test(test_period_before_the_clock_went_back_leaves_out_what_came_after),
        cmocka_unit_test(test_short_journal_with_small_steps_of_the_clock_is_looked_at_whole),
        cmocka_unit_test(test_empty_journal_has_no_period),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
