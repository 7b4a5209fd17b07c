/* Faults at run time: which, where, and what does not matter because it was not chosen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bed.h"

static struct bed bed;

static int set_up(void **state)
{
    (void)state;
    bed_begin(&bed);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bed_end(&bed);
    return 0;
}

static void check(const char *text, enum mbp_expr_fault fault, uint32_t column)
{
    struct mbp_expr_result result = bed_value(&bed, text, NULL);
    if (result.fault != fault || (fault != MBP_EXPR_FINE && result.offset + 1 != column))
        fail_msg("%s: fault %d at %u", text, (int)result.fault, result.offset + 1);
    if (fault != MBP_EXPR_FINE)
        assert_int_equal(result.value.u, 0);
}

static void test_fault_of_each_kind_tells_its_place(void **state)
{
    (void)state;
    check("1 + f64 / zero", MBP_EXPR_DIVISION_BY_ZERO, 9);
    check("s16 / (s16 - s16)", MBP_EXPR_DIVISION_BY_ZERO, 5);
    check("u16 MOD (u16 - u16)", MBP_EXPR_DIVISION_BY_ZERO, 5);
    check("zero ** -1", MBP_EXPR_DIVISION_BY_ZERO, 6);
    check("s16 * 100", MBP_EXPR_OUT_OF_RANGE, 5);
    check("u8 + 100", MBP_EXPR_OUT_OF_RANGE, 4);
    check("u8 - u16", MBP_EXPR_OUT_OF_RANGE, 4);
    check("s64 * s64", MBP_EXPR_OUT_OF_RANGE, 5);
    check("u64 + u64", MBP_EXPR_OUT_OF_RANGE, 5);
    check("f64 ** 1e9", MBP_EXPR_OUT_OF_RANGE, 5);
    check("EXP(1000)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("f32 * 3e38", MBP_EXPR_OUT_OF_RANGE, 5);
    check("DINT_TO_INT(s32)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("DINT_TO_UINT(s8)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("LREAL_TO_SINT(127.5)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("LREAL_TO_LINT(1e19)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("LREAL_TO_ULINT(-1)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("ULINT_TO_LINT(u64)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("t * 1e18", MBP_EXPR_OUT_OF_RANGE, 3);
    check("MUX(3, 1, 2)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("MUX(s8, 1, 2)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("SHL(b8, s8)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("HYSTERESIS(5, f64, zero)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("PULSE(t - t)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("TON(yes, T#-1s)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("SQRT(-f64)", MBP_EXPR_UNDEFINED, 1);
    check("1 - LN(zero)", MBP_EXPR_UNDEFINED, 5);
    check("LOG(zero - 1)", MBP_EXPR_UNDEFINED, 1);
    check("ASIN(f64)", MBP_EXPR_UNDEFINED, 1);
    check("ACOS(-f64)", MBP_EXPR_UNDEFINED, 1);
    check("(-f64) ** 0.5", MBP_EXPR_UNDEFINED, 8);
    check("DWORD_TO_REAL(16#7F800000)", MBP_EXPR_UNDEFINED, 1);
    check("1 + none", MBP_EXPR_NO_VALUE, 5);
}

static void test_fault_is_the_first_of_several(void **state)
{
    (void)state;
    check("none + f64 / zero", MBP_EXPR_NO_VALUE, 1);
    check("SQRT(-1) + none", MBP_EXPR_UNDEFINED, 1);
    check("ABS(f64 / zero) > SQRT(none)", MBP_EXPR_DIVISION_BY_ZERO, 9);
}

static void test_what_is_not_chosen_cannot_fault(void **state)
{
    (void)state;
    check("SEL(yes, f64 / zero, 1)", MBP_EXPR_FINE, 0);
    check("SEL(no, 1, SQRT(-1))", MBP_EXPR_FINE, 0);
    check("SEL(zero = 0, f64 / zero, 0)", MBP_EXPR_FINE, 0);
    check("SEL(no, f64 / zero, 1)", MBP_EXPR_DIVISION_BY_ZERO, 13);
    check("SEL(none > 1, 1, 2)", MBP_EXPR_NO_VALUE, 5);
    check("MUX(1, f64 / zero, 5, none)", MBP_EXPR_FINE, 0);
    check("MUX(2, f64 / zero, 5, none)", MBP_EXPR_NO_VALUE, 23);
    check("MUX(7, f64 / zero, 5, none)", MBP_EXPR_OUT_OF_RANGE, 1);
    check("1 + SEL(yes, SEL(yes, none, none), 4) * 2", MBP_EXPR_FINE, 0);
    assert_true(bed_value(&bed, "1 + SEL(yes, SEL(yes, none, none), 4.0) * 2", NULL).value.r == 9);
}

static void test_what_the_left_decides_cannot_fault_on_the_right(void **state)
{
    (void)state;
    check("zero <> 0 AND f64 / zero > 1", MBP_EXPR_FINE, 0);
    check("zero = 0 OR f64 / zero > 1", MBP_EXPR_FINE, 0);
    check("zero = 0 AND f64 / zero > 1", MBP_EXPR_DIVISION_BY_ZERO, 18);
    check("f64 / zero > 1 AND no", MBP_EXPR_DIVISION_BY_ZERO, 5);
    check("no AND none > 1 OR yes", MBP_EXPR_FINE, 0);
    check("no XOR none > 1", MBP_EXPR_NO_VALUE, 8);
    assert_int_equal(bed_value(&bed, "zero = 0 OR f64 / zero > 1", NULL).value.u, 1);
}

static void test_stateful_function_keeps_its_state_over_a_fault(void **state)
{
    (void)state;
    assert_true(bed_compile(&bed, "SR(f64 > 1, f64 / zero > 1)", MBP_EXPR_BOOL));
    bed.values[bed_find("zero")].r = 100;
    assert_int_equal(bed_run(&bed).value.u, 1);
    bed.values[bed_find("f64")].r = 0;
    bed.values[bed_find("zero")].r = 0;
    assert_int_equal(bed_run(&bed).fault, MBP_EXPR_DIVISION_BY_ZERO);
    bed.values[bed_find("zero")].r = 100;
    assert_int_equal(bed_run(&bed).value.u, 1);
}

static void test_stateful_function_beside_a_fault_runs(void **state)
{
    (void)state;
    assert_true(bed_compile(&bed, "f64 / zero > 1 OR TON(yes, T#300ms)", MBP_EXPR_BOOL));
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(bed_run(&bed).fault, MBP_EXPR_DIVISION_BY_ZERO);
    bed.values[bed_find("zero")].r = 100;
    struct mbp_expr_result result = bed_run(&bed);
    assert_int_equal(result.fault, MBP_EXPR_FINE);
    assert_int_equal(result.value.u, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_fault_of_each_kind_tells_its_place),
        TEST(test_fault_is_the_first_of_several),
        TEST(test_what_is_not_chosen_cannot_fault),
        TEST(test_what_the_left_decides_cannot_fault_on_the_right),
        TEST(test_stateful_function_keeps_its_state_over_a_fault),
        TEST(test_stateful_function_beside_a_fault_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
