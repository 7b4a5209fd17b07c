/* Limits in order, and how exactly a range's end is meant. */
#include "fixture.h"

#include <math.h>

#include "mbplant/codec.h"
#include "mbplant/state.h"

static bool in_order(double low_low, double low, double high, double high_high)
{
    static const double range[] = {0, 150};
    static const struct mbp_sensor sensor = {.range = range, .reg = {.type = MBP_INT16, .scale = 0.1}};
    const double limits[MBP_LIMIT_COUNT] = {low_low, low, high, high_high};
    return mbp_limits_in_order(&sensor, limits);
}

static void test_limits_that_rise_within_the_range_are_in_order(void **state)
{
    (void)state;
    assert_true(in_order(5, 10, 85, 95));
    assert_true(in_order(0, 0, 150, 150)); /* the ends belong to the range; two limits may coincide */
}

static void test_limits_that_fall_anywhere_are_not_in_order(void **state)
{
    (void)state;
    assert_false(in_order(11, 10, 85, 95));
    assert_false(in_order(5, 86, 85, 95));
    assert_false(in_order(5, 10, 96, 95));
    assert_false(in_order(96, 10, 85, 95));
}

static void test_limits_beyond_the_range_are_not_in_order(void **state)
{
    (void)state;
    assert_false(in_order(-0.1, 10, 85, 95));
    assert_false(in_order(5, 10, 85, 150.1));
    assert_false(in_order(5, 10, INFINITY, NAN));
    assert_false(in_order(NAN, -1, NAN, NAN));
}

static void test_limits_unused_count_nothing(void **state)
{
    (void)state;
    assert_true(in_order(NAN, NAN, NAN, NAN));
    assert_true(in_order(NAN, 10, NAN, 95));
    assert_true(in_order(5, NAN, NAN, NAN));
    assert_false(in_order(20, NAN, NAN, 10)); /* those that are used are compared across the gap */
}

/* Ranges that end between two steps of the register: the nearest step still belongs to them. */
static void test_limits_within_half_a_step_of_the_ranges_end_are_in_order(void **state)
{
    (void)state;
    assert_true(in_order(NAN, -0.04, 150.04, NAN));
    assert_false(in_order(NAN, NAN, 150.06, NAN));
    assert_false(in_order(NAN, -0.06, NAN, NAN));
}

static void test_numbers_within_a_range_are_those_that_its_register_shows_within_it(void **state)
{
    (void)state;
    const double range[] = {-16, 8.3};
    const struct mbp_register halves = {.type = MBP_INT16, .scale = 0.5};
    const struct mbp_register as_float = {.type = MBP_FLOAT32, .scale = 1};
    assert_true(mbp_grid_within(&halves, range, 8.5)); /* the end itself shows 8.5 */
    assert_false(mbp_grid_within(&halves, range, 9));
    assert_false(mbp_grid_within(&halves, range, -16.5));
    assert_true(mbp_grid_within(&as_float, range, (double)8.3f)); /* a little above 8.3 */
    assert_false(mbp_grid_within(&as_float, range, (double)nextafterf(8.3f, 9)));
    assert_false(mbp_grid_within(&as_float, range, NAN));
    assert_false(mbp_grid_within(&as_float, (const double[]){-1e39, 1e39}, INFINITY));
}

static void test_numbers_beyond_what_the_type_holds_are_not_within_its_range(void **state)
{
    (void)state;
    const struct mbp_register reg = {.type = MBP_INT16, .scale = 0.1};
    double range[2];
    mbp_type_range(MBP_INT16, 0.1, &range[0], &range[1]);
    assert_true(mbp_grid_within(&reg, range, 3276.7));
    assert_false(mbp_grid_within(&reg, range, 1e6));
    assert_false(mbp_grid_within(&reg, range, -1e6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_that_rise_within_the_range_are_in_order),
        cmocka_unit_test(test_limits_that_fall_anywhere_are_not_in_order),
        cmocka_unit_test(test_limits_beyond_the_range_are_not_in_order),
        cmocka_unit_test(test_limits_unused_count_nothing),
        cmocka_unit_test(test_limits_within_half_a_step_of_the_ranges_end_are_in_order),
        cmocka_unit_test(test_numbers_within_a_range_are_those_that_its_register_shows_within_it),
        cmocka_unit_test(test_numbers_beyond_what_the_type_holds_are_not_within_its_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
