/* Repeatable random numbers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mbplant/base.h"

#define DRAWS 200000

/* Worked out beside the code from the published constants: a change would change every plant's journal. */
static void test_random_bits_of_known_inputs_are_the_published_ones(void **state)
{
    (void)state;
    assert_int_equal(mbp_rng_bits(0, 0, 0), UINT64_C(0x568A9B0B1A2C05EC));
    assert_int_equal(mbp_rng_bits(42, 7, 0), UINT64_C(0xB22D9C4F9568F550));
    assert_int_equal(mbp_rng_bits(42, 7, 1), UINT64_C(0xFC7C6183E6AD2519));
    assert_int_equal(mbp_rng_bits(UINT64_MAX, UINT64_MAX, UINT64_MAX), UINT64_C(0x8DB4C6095B35A8AE));
}

static void test_random_bits_drawn_in_another_order_are_the_same(void **state)
{
    (void)state;
    uint64_t forwards[100];
    for (uint64_t i = 0; i < 100; i++)
        forwards[i] = mbp_rng_bits(42, i % 3, i);
    for (uint64_t i = 100; i-- > 0;)
        assert_int_equal(mbp_rng_bits(42, i % 3, i), forwards[i]);
}

static void test_random_bits_of_another_seed_stream_or_counter_differ_in_half_of_the_bits(void **state)
{
    (void)state;
    uint64_t differing[3] = {0};
    for (uint64_t i = 0; i < 1000; i++) {
        uint64_t bits = mbp_rng_bits(i, i, i);
        differing[0] += (uint64_t)__builtin_popcountll(bits ^ mbp_rng_bits(i + 1, i, i));
        differing[1] += (uint64_t)__builtin_popcountll(bits ^ mbp_rng_bits(i, i + 1, i));
        differing[2] += (uint64_t)__builtin_popcountll(bits ^ mbp_rng_bits(i, i, i + 1));
    }
    for (int k = 0; k < 3; k++)
        assert_in_range(differing[k], 31500, 32500); /* of 64,000: half, give or take four deviations */
}

static void test_uniform_of_extreme_bits_stays_below_one(void **state)
{
    (void)state;
    assert_true(mbp_rng_uniform(0) >= 0.0 && mbp_rng_uniform(0) <= 0.0);
    assert_true(mbp_rng_uniform(UINT64_MAX) < 1.0);
    assert_true(mbp_rng_uniform(UINT64_MAX) > 1.0 - 1e-15);
}

static void test_uniform_of_many_draws_is_flat(void **state)
{
    (void)state;
    unsigned tenth[10] = {0};
    for (uint64_t i = 0; i < DRAWS; i++)
        tenth[(int)(10 * mbp_rng_uniform(mbp_rng_bits(3, 4, i)))]++;
    for (int k = 0; k < 10; k++)
        assert_in_range(tenth[k], DRAWS / 10 - 600, DRAWS / 10 + 600); /* 4.5 deviations */
}

static double normal(uint64_t i)
{
    return mbp_rng_normal(mbp_rng_bits(5, 6, 2 * i), mbp_rng_bits(5, 6, 2 * i + 1));
}

static void test_normal_of_many_draws_has_mean_0_and_variance_1(void **state)
{
    (void)state;
    double sum = 0;
    double squares = 0;
    double neighbours = 0;
    double before = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        double x = normal(i);
        sum += x;
        squares += x * x;
        neighbours += x * before;
        before = x;
    }
    assert_true(fabs(sum / DRAWS) < 0.01);
    assert_true(fabs(squares / DRAWS - 1.0) < 0.015);
    assert_true(fabs(neighbours / DRAWS) < 0.01); /* one draw tells nothing of the next */
}

static void test_normal_of_extreme_bits_is_within_4_9(void **state)
{
    (void)state;
    double low = mbp_rng_normal(0, 0);
    double high = mbp_rng_normal(UINT64_MAX, UINT64_MAX);
    assert_true(low > -4.9 && low < -4.89);
    assert_true(high < 4.9 && high > 4.89);
}

/* Vectors of the FNV authors. */
static void test_name_hash_of_known_names_is_fnv_1a(void **state)
{
    (void)state;
    assert_int_equal(mbp_name_hash(""), UINT64_C(0xCBF29CE484222325));
    assert_int_equal(mbp_name_hash("a"), UINT64_C(0xAF63DC4C8601EC8C));
    assert_int_equal(mbp_name_hash("foobar"), UINT64_C(0x85944171F73967E8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_bits_of_known_inputs_are_the_published_ones),
        cmocka_unit_test(test_random_bits_drawn_in_another_order_are_the_same),
        cmocka_unit_test(test_random_bits_of_another_seed_stream_or_counter_differ_in_half_of_the_bits),
        cmocka_unit_test(test_uniform_of_extreme_bits_stays_below_one),
        cmocka_unit_test(test_uniform_of_many_draws_is_flat),
        cmocka_unit_test(test_normal_of_many_draws_has_mean_0_and_variance_1),
        cmocka_unit_test(test_normal_of_extreme_bits_is_within_4_9),
        cmocka_unit_test(test_name_hash_of_known_names_is_fnv_1a),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
