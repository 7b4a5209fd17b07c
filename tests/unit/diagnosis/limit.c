/* Masters' changes of limits. */
#include "bench.h"

#include <math.h>
#include <string.h>

/* Sets one limit, the others as they hold. */
static void set(struct bench *bench, uint32_t sensor, enum mbp_limit limit, double value)
{
    double asked[MBP_LIMIT_COUNT];
    memcpy(asked, bench_limit(bench, sensor, MBP_LOW_LOW), sizeof asked);
    asked[limit] = value;
    bench_forget(bench);
    mbp_diagnosis_set_limit(bench->plant, bench->state, sensor, limit, asked, BENCH_PEER, &bench->events);
}

static void test_limit_set_holds_and_is_told_with_old_new_and_peer(void **state)
{
    struct bench *bench = *state;
    uint32_t version = bench->state->limits_version;
    set(bench, T1, MBP_HIGH, 60);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_LIMIT_CHANGED);
    assert_int_equal(event->machine, M1);
    assert_int_equal(event->sensor, T1);
    fixture_assert_number(event->value, 60);
    fixture_assert_number(event->limit, 85);
    assert_int_equal(event->detail, MBP_HIGH);
    assert_int_equal(event->actor, BENCH_PEER);
    fixture_assert_number(*bench_limit(bench, T1, MBP_HIGH), 60);
    assert_int_not_equal(bench->state->limits_version, version);
    bench_show(bench, T1, 61);
    fixture_only(&bench->events, MBP_EV_ALARM_RAISED);
}

static void test_limit_set_to_unused_and_back_is_told_both_times(void **state)
{
    struct bench *bench = *state;
    set(bench, T1, MBP_HIGH, NAN);
    const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_LIMIT_CHANGED);
    assert_true(isnan(event->value));
    fixture_assert_number(event->limit, 85);
    bench_show(bench, T1, 90);
    assert_int_equal(bench->events.count, 0);
    set(bench, T1, MBP_HIGH, 85);
    event = fixture_only(&bench->events, MBP_EV_LIMIT_CHANGED);
    assert_true(isnan(event->limit));
}

static void test_limit_set_to_what_it_is_does_nothing(void **state)
{
    struct bench *bench = *state;
    set(bench, T1, MBP_HIGH, 85);
    assert_int_equal(bench->events.count, 0);
    set(bench, U1, MBP_LOW, NAN);
    assert_int_equal(bench->events.count, 0);
}

static void test_limit_out_of_order_or_range_stays_and_is_told_as_refused(void **state)
{
    struct bench *bench = *state;
    static const struct {
        enum mbp_limit limit;
        double value;
    } cases[] = {{MBP_HIGH, 9}, {MBP_HIGH, 95.1}, {MBP_LOW_LOW, -1}, {MBP_HIGH_HIGH, 151}, {MBP_LOW, 86}};
    double before[MBP_LIMIT_COUNT];
    memcpy(before, bench_limit(bench, T1, MBP_LOW_LOW), sizeof before);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t version = bench->state->limits_version;
        set(bench, T1, cases[i].limit, cases[i].value);
        const struct mbp_event *event = fixture_only(&bench->events, MBP_EV_WRITE_REFUSED);
        const struct mbp_register *reg = &bench->plant->sensors[T1].reg;
        assert_int_equal(event->sensor, T1);
        fixture_assert_number(event->value, (float)cases[i].value);
        assert_int_equal(event->detail,
                         mbp_event_write_detail(MBP_HOLDING_REGISTERS, reg->limits_addr + 2 * cases[i].limit,
                                                MBP_EX_SERVER_DEVICE_FAILURE, 0));
        assert_int_equal(event->actor, BENCH_PEER);
        assert_memory_equal(before, bench_limit(bench, T1, MBP_LOW_LOW), sizeof before);
        assert_int_not_equal(bench->state->limits_version, version); /* its registers are put right again */
    }
}

/* 5, 10, 85, 95 -> 100, 110, 120, 130: each alone would pass a neighbour that has yet to move. */
static void test_limits_moved_together_are_taken_one_by_one_in_any_order(void **state)
{
    struct bench *bench = *state;
    static const double up[MBP_LIMIT_COUNT] = {100, 110, 120, 130};
    static const double down[MBP_LIMIT_COUNT] = {1, 2, 3, 4};
    static const enum mbp_limit orders[][MBP_LIMIT_COUNT] = {{MBP_LOW_LOW, MBP_LOW, MBP_HIGH, MBP_HIGH_HIGH},
                                                             {MBP_HIGH_HIGH, MBP_HIGH, MBP_LOW, MBP_LOW_LOW},
                                                             {MBP_LOW, MBP_HIGH_HIGH, MBP_LOW_LOW, MBP_HIGH}};
    for (size_t o = 0; o < sizeof orders / sizeof orders[0]; o++) {
        const double *const targets[] = {up, down};
        for (size_t t = 0; t < 2; t++) {
            bench_forget(bench);
            for (int i = 0; i < MBP_LIMIT_COUNT; i++)
                mbp_diagnosis_set_limit(bench->plant, bench->state, T1, orders[o][i], targets[t], BENCH_PEER,
                                        &bench->events);
            assert_int_equal(fixture_count(&bench->events, MBP_EV_LIMIT_CHANGED), MBP_LIMIT_COUNT);
            assert_memory_equal(bench_limit(bench, T1, MBP_LOW_LOW), targets[t], sizeof up);
        }
    }
}

/* A limit of several words may be half written: that must not spoil its neighbours' writes. */
static void test_limit_in_order_alone_is_taken_though_another_asked_is_not(void **state)
{
    struct bench *bench = *state;
    static const double asked[MBP_LIMIT_COUNT] = {5, 20, 85, -1e30};
    mbp_diagnosis_set_limit(bench->plant, bench->state, T1, MBP_LOW, asked, BENCH_PEER, &bench->events);
    fixture_only(&bench->events, MBP_EV_LIMIT_CHANGED);
    mbp_diagnosis_set_limit(bench->plant, bench->state, T1, MBP_HIGH_HIGH, asked, BENCH_PEER, &bench->events);
    fixture_only(&bench->events, MBP_EV_WRITE_REFUSED);
    fixture_assert_number(*bench_limit(bench, T1, MBP_LOW), 20);
    fixture_assert_number(*bench_limit(bench, T1, MBP_HIGH_HIGH), 95);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_limit_set_holds_and_is_told_with_old_new_and_peer),
        TEST(test_limit_set_to_unused_and_back_is_told_both_times),
        TEST(test_limit_set_to_what_it_is_does_nothing),
        TEST(test_limit_out_of_order_or_range_stays_and_is_told_as_refused),
        TEST(test_limits_moved_together_are_taken_one_by_one_in_any_order),
        TEST(test_limit_in_order_alone_is_taken_though_another_asked_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
