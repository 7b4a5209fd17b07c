/* Alarms that trip their machine, and which of them came first. */
#include "bench.h"

static void test_trip_follows_the_limits_that_the_sensor_names(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, T1, 90); /* high does not trip */
    assert_false(bench->state->machine[M1].trip);
    assert_int_equal(bench->state->machine[M1].first_out, UINT32_MAX);
    bench_show(bench, T1, 96); /* high_high does */
    assert_true(bench->state->machine[M1].trip);
    assert_int_equal(bench->state->machine[M1].first_out, T1);
    assert_false(bench->state->machine[M2].trip);
    bench_show(bench, T1, 93); /* high_high cleared by its deadband, high stays */
    assert_false(bench->state->machine[M1].trip);
    assert_int_equal(bench->state->active[T1], 1u << MBP_HIGH);
}

static void test_trip_by_the_short_form_is_of_both_limits(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, P1, 0.5);
    assert_true(bench->state->machine[M1].trip);
    bench_show(bench, P1, 5);
    assert_false(bench->state->machine[M1].trip);
    bench_show(bench, P1, 9.5);
    assert_true(bench->state->machine[M1].trip);
}

static void test_trip_of_a_sensor_of_the_unit_itself_touches_no_machine(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, U1, 9);
    assert_false(bench->state->machine[M1].trip);
    assert_false(bench->state->machine[M2].trip);
    assert_int_equal(bench->state->active_alarms, 1);
}

static void test_first_out_stays_when_another_trip_follows_and_the_first_clears(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, P1, 9.5);
    bench->state->machine[M1].state = MBP_EN_PANNE;
    bench_show(bench, T1, 96);
    assert_int_equal(bench->state->machine[M1].first_out, P1);
    bench_show(bench, P1, 5);
    assert_true(bench->state->machine[M1].trip);
    assert_int_equal(bench->state->machine[M1].first_out, P1);
    bench_show(bench, T1, 50);
    assert_false(bench->state->machine[M1].trip);
    assert_int_equal(bench->state->machine[M1].first_out, P1); /* told until the machine works again */
}

static void test_first_out_of_a_machine_that_works_again_is_the_next_trips(void **state)
{
    struct bench *bench = *state;
    bench_show(bench, P1, 9.5);
    bench->state->machine[M1].state = MBP_EN_PANNE;
    bench_show(bench, P1, 5);
    bench->state->machine[M1].state = MBP_EN_SERVICE;
    bench_show(bench, T1, 96); /* in the very next scan */
    assert_true(bench->state->machine[M1].trip);
    assert_int_equal(bench->state->machine[M1].first_out, T1);
}

static void test_first_out_of_two_trips_in_one_scan_is_the_first_sensor(void **state)
{
    struct bench *bench = *state;
    bench->state->value[P1] = 9.5;
    bench_show(bench, T1, 96);
    assert_int_equal(bench->state->machine[M1].first_out, T1);
}

static void test_first_out_of_a_machine_that_stood_already_is_none(void **state)
{
    struct bench *bench = *state;
    for (int stood = MBP_EN_PANNE; stood <= MBP_MAINTENANCE; stood++) {
        bench->state->machine[M1].state = (uint8_t)stood;
        bench_show(bench, T1, 96);
        assert_true(bench->state->machine[M1].trip);
        assert_int_equal(bench->state->machine[M1].first_out, UINT32_MAX);
        bench_show(bench, T1, 50);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_trip_follows_the_limits_that_the_sensor_names),
        TEST(test_trip_by_the_short_form_is_of_both_limits),
        TEST(test_trip_of_a_sensor_of_the_unit_itself_touches_no_machine),
        TEST(test_first_out_stays_when_another_trip_follows_and_the_first_clears),
        TEST(test_first_out_of_a_machine_that_works_again_is_the_next_trips),
        TEST(test_first_out_of_two_trips_in_one_scan_is_the_first_sensor),
        TEST(test_first_out_of_a_machine_that_stood_already_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
