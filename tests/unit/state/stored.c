/* Stored values: what expressions make of the bits of each type, and back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mbplant/state/stored.h"

static struct mbp_register reg_of(enum mbp_type type, double scale, double offset)
{
    return (struct mbp_register){.type = (uint8_t)type, .scale = scale, .offset = offset, .order = MBP_ABCD};
}

static struct mbp_stored stored_of(enum mbp_type type, bool wraps)
{
    return (struct mbp_stored){.name = "X", .reg = reg_of(type, 1, 0), .wraps = wraps};
}

static void test_bits_are_whole_numbers_where_nothing_is_scaled(void **state)
{
    (void)state;
    static const struct {
        enum mbp_type type;
        uint64_t bits;
        int64_t value;
    } cases[] = {
        {MBP_BOOL, 1, 1},
        {MBP_INT16, 0xFFFF, -1},
        {MBP_UINT16, 0xFFFF, 65535},
        {MBP_INT32, 0x80000000, INT32_MIN},
        {MBP_UINT32, 0x80000000, INT64_C(2147483648)},
        {MBP_INT64, 0x8000000000000001, INT64_MIN + 1},
        {MBP_UINT64, 0x7FFFFFFFFFFFFFFF, INT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mbp_register reg = reg_of(cases[i].type, 1, 0);
        uint64_t back = 7;
        assert_false(mbp_stored_is_real(&reg));
        union mbp_expr_value value = mbp_stored_value(&reg, cases[i].bits);
        assert_int_equal(value.i, cases[i].value);
        assert_true(mbp_stored_assign(&reg, value, &back));
        assert_int_equal(back, cases[i].bits);
    }
}

static void test_scale_or_offset_makes_it_real_and_nan_is_not_taken(void **state)
{
    (void)state;
    const struct mbp_register cases[] = {reg_of(MBP_INT16, 0.1, 0), reg_of(MBP_UINT16, 1, -40), reg_of(MBP_INT32, 2, 0),
                                         reg_of(MBP_FLOAT32, 1, 0), reg_of(MBP_FLOAT64, 1, 0)};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t bits = 0, untouched = 7;
        assert_true(mbp_stored_is_real(&cases[i]));
        assert_true(mbp_stored_assign(&cases[i], (union mbp_expr_value){.r = 20}, &bits));
        double back = mbp_stored_value(&cases[i], bits).r;
        assert_true(back >= 20 && back <= 20);
        assert_false(mbp_stored_assign(&cases[i], (union mbp_expr_value){.r = NAN}, &untouched));
        assert_int_equal(untouched, 7);
    }
}

static void test_result_is_rounded_and_held_at_the_ends_of_its_type(void **state)
{
    (void)state;
    const struct {
        enum mbp_type type;
        enum mbp_expr_type from;
        union mbp_expr_value value;
        uint64_t bits;
    } cases[] = {
        {MBP_BOOL, MBP_EXPR_LREAL, {.r = -0.5}, 1},
        {MBP_BOOL, MBP_EXPR_REAL, {.r = 0.25}, 1},
        {MBP_BOOL, MBP_EXPR_LREAL, {.r = 0}, 0},
        {MBP_BOOL, MBP_EXPR_DINT, {.i = -3}, 1},
        {MBP_BOOL, MBP_EXPR_BOOL, {.u = 0}, 0},
        {MBP_INT16, MBP_EXPR_LREAL, {.r = 2.6}, 3},
        {MBP_INT16, MBP_EXPR_LREAL, {.r = -1e9}, 0x8000},
        {MBP_INT16, MBP_EXPR_SINT, {.i = -5}, 0xFFFB},
        {MBP_INT16, MBP_EXPR_INT, {.i = -32768}, 0x8000},
        {MBP_INT16, MBP_EXPR_DINT, {.i = 40000}, 0x7FFF},
        {MBP_UINT16, MBP_EXPR_LINT, {.i = -1}, 0},
        {MBP_UINT16, MBP_EXPR_ULINT, {.u = UINT64_MAX}, 0xFFFF},
        {MBP_INT64, MBP_EXPR_ULINT, {.u = UINT64_MAX}, INT64_MAX},
        {MBP_UINT64, MBP_EXPR_ULINT, {.u = UINT64_MAX}, UINT64_MAX},
        {MBP_FLOAT64, MBP_EXPR_UDINT, {.u = 3}, 0x4008000000000000},
        {MBP_FLOAT64, MBP_EXPR_DINT, {.i = -3}, 0xC008000000000000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mbp_stored stored = stored_of(cases[i].type, false);
        assert_int_equal(mbp_stored_result(&stored, cases[i].from, cases[i].value), cases[i].bits);
    }
}

static void test_result_that_wraps_begins_again_beyond_the_ends(void **state)
{
    (void)state;
    const struct mbp_stored word = stored_of(MBP_UINT16, true), number = stored_of(MBP_INT16, true);
    assert_int_equal(mbp_stored_result(&word, MBP_EXPR_LREAL, (union mbp_expr_value){.r = 65537}), 1);
    assert_int_equal(mbp_stored_result(&word, MBP_EXPR_DINT, (union mbp_expr_value){.i = -1}), 0xFFFF);
    assert_int_equal(mbp_stored_result(&word, MBP_EXPR_UDINT, (union mbp_expr_value){.u = 65536}), 0);
    assert_int_equal(mbp_stored_result(&number, MBP_EXPR_LREAL, (union mbp_expr_value){.r = 32768}), 0x8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bits_are_whole_numbers_where_nothing_is_scaled),
        cmocka_unit_test(test_scale_or_offset_makes_it_real_and_nan_is_not_taken),
        cmocka_unit_test(test_result_is_rounded_and_held_at_the_ends_of_its_type),
        cmocka_unit_test(test_result_that_wraps_begins_again_beyond_the_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
