/* Values: a table of expressions and what they are. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bed.h"

#define DAY_NS INT64_C(86400000000000)
#define MS     INT64_C(1000000)

static int set_up(void **state)
{
    static struct bed bed;
    bed_begin(&bed);
    *state = &bed;
    return 0;
}

static int tear_down(void **state)
{
    bed_end(*state);
    return 0;
}

struct of_reals {
    const char *text;
    enum mbp_expr_type type;
    double value;
};

struct of_integers {
    const char *text;
    enum mbp_expr_type type;
    int64_t value;
};

static void check_reals(struct bed *bed, const struct of_reals *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum mbp_expr_type type;
        struct mbp_expr_result result = bed_value(bed, cases[i].text, &type);
        if (result.fault != MBP_EXPR_FINE || result.value.r != cases[i].value || type != cases[i].type)
            fail_msg("%s is %.17g %s (fault %d), not %.17g", cases[i].text, result.value.r, mbp_expr_type_name(type),
                     (int)result.fault, cases[i].value);
    }
}

static void check_integers(struct bed *bed, const struct of_integers *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum mbp_expr_type type;
        struct mbp_expr_result result = bed_value(bed, cases[i].text, &type);
        if (result.fault != MBP_EXPR_FINE || result.value.i != cases[i].value || type != cases[i].type)
            fail_msg("%s is %lld %s (fault %d), not %lld", cases[i].text, (long long)result.value.i,
                     mbp_expr_type_name(type), (int)result.fault, (long long)cases[i].value);
    }
}

#define CHECK_REALS(bed, cases)    check_reals(bed, cases, sizeof cases / sizeof cases[0])
#define CHECK_INTEGERS(bed, cases) check_integers(bed, cases, sizeof cases / sizeof cases[0])

static void test_operators_bind_as_in_the_standard(void **state)
{
    static const struct of_integers cases[] = {
        {"2 + 3 * 4", MBP_EXPR_LINT, 14},         {"(2 + 3) * 4", MBP_EXPR_LINT, 20},
        {"s16 - 1 - 1", MBP_EXPR_INT, 998},       {"s16 / 10 * 3", MBP_EXPR_INT, 300},
        {"s16 MOD 7 + 1", MBP_EXPR_INT, 7},       {"-s8 + 1", MBP_EXPR_SINT, 6},
        {"NOT no AND no", MBP_EXPR_BOOL, 0},      {"NOT (no AND no)", MBP_EXPR_BOOL, 1},
        {"yes OR yes AND no", MBP_EXPR_BOOL, 1},  {"yes XOR yes AND no", MBP_EXPR_BOOL, 1},
        {"yes OR yes XOR yes", MBP_EXPR_BOOL, 1}, {"s16 > 5 = yes", MBP_EXPR_BOOL, 1},
        {"1 < 2 = 3 < 4", MBP_EXPR_BOOL, 1},      {"s16 + 1 > 1000 AND s16 < 1001", MBP_EXPR_BOOL, 1},
        {"NOT yes = no", MBP_EXPR_BOOL, 1},       {"yes & no", MBP_EXPR_BOOL, 0},
    };
    CHECK_INTEGERS(*state, cases);
}

static void test_power_binds_more_than_a_product_and_less_than_a_sign(void **state)
{
    static const struct of_reals cases[] = {
        {"2 * 3 ** 2", MBP_EXPR_LREAL, 18},
        {"-2 ** 2", MBP_EXPR_LREAL, 4},
        {"2 ** 3 ** 2", MBP_EXPR_LREAL, 64},
        {"EXPT(10, 3)", MBP_EXPR_LREAL, 1000},
        {"EXPT(10, s8)", MBP_EXPR_LREAL, 1e-5},
        {"f32 ** 2", MBP_EXPR_REAL, 6.25},
        {"s16 ** 0.5", MBP_EXPR_LREAL, 0x1.f9f6e4990f227p+4},
        {"0 ** 0", MBP_EXPR_LREAL, 1},
    };
    CHECK_REALS(*state, cases);
}

static void test_integer_division_goes_towards_zero(void **state)
{
    static const struct of_integers cases[] = {
        {"7 / 2", MBP_EXPR_LINT, 3},      {"-7 / 2", MBP_EXPR_LINT, -3},
        {"7 MOD 2", MBP_EXPR_LINT, 1},    {"-7 MOD 2", MBP_EXPR_LINT, -1},
        {"7 MOD -2", MBP_EXPR_LINT, 1},   {"s8 / 2", MBP_EXPR_SINT, -2},
        {"s8 MOD 3", MBP_EXPR_SINT, -2},  {"u8 / 7", MBP_EXPR_USINT, 28},
        {"s64 MOD -1", MBP_EXPR_LINT, 0}, {"s64 / -1", MBP_EXPR_LINT, -INT64_C(5000000000)},
    };
    CHECK_INTEGERS(*state, cases);
}

static void test_integers_widen_to_what_holds_both(void **state)
{
    static const struct of_integers cases[] = {
        {"s8 + s16", MBP_EXPR_INT, 995},
        {"s8 + u8", MBP_EXPR_INT, 195},
        {"s16 + u16", MBP_EXPR_DINT, 61000},
        {"s8 + u32", MBP_EXPR_LINT, INT64_C(3999999995)},
        {"u8 + u16", MBP_EXPR_UINT, 60200},
        {"u8 + 1", MBP_EXPR_USINT, 201},
        {"s8 + 1000", MBP_EXPR_INT, 995},
        {"u8 - 300 + 200", MBP_EXPR_INT, 100},
        {"u16 > -1", MBP_EXPR_BOOL, 1},
        {"s8 < 300", MBP_EXPR_BOOL, 1},
        {"u16 - 300 + 200", MBP_EXPR_UINT, 59900},
        {"b8 OR b16", MBP_EXPR_WORD, 0xF0AF},
        {"b8 OR 16#F00", MBP_EXPR_WORD, 0xFA5},
    };
    CHECK_INTEGERS(*state, cases);
}

static void test_reals_take_integers_in(void **state)
{
    static const struct of_reals cases[] = {
        {"f64 + s16", MBP_EXPR_LREAL, 1003.25},
        {"f32 + s16", MBP_EXPR_REAL, 1002.5},
        {"f32 + s32", MBP_EXPR_LREAL, 100002.5},
        {"f32 + f64", MBP_EXPR_LREAL, 5.75},
        {"f64 * 2", MBP_EXPR_LREAL, 6.5},
        {"s16 * 0.5", MBP_EXPR_LREAL, 500},
        {"s64 * 0.5", MBP_EXPR_LREAL, 2500000000.0},
        {"f64 / 2", MBP_EXPR_LREAL, 1.625},
        {"f32 * 0.1", MBP_EXPR_REAL, 0x1p-2},
        {"1 / 2 * f64", MBP_EXPR_LREAL, 0},
        {"1 / 2.0 * f64", MBP_EXPR_LREAL, 1.625},
        {"f32 / 3", MBP_EXPR_REAL, (double)(2.5F / 3.0F)},
        {"0.1 + 0.2", MBP_EXPR_LREAL, 0.1 + 0.2},
        {"REAL#0.1", MBP_EXPR_REAL, (double)0.1F},
        {"u64 * 1.0", MBP_EXPR_LREAL, 18e18},
    };
    CHECK_REALS(*state, cases);
}

static void test_functions_of_reals(void **state)
{
    static const struct of_reals cases[] = {
        {"SQRT(2)", MBP_EXPR_LREAL, 1.4142135623730951},
        {"sqrt(f32 * f32)", MBP_EXPR_REAL, 2.5},
        {"LN(1)", MBP_EXPR_LREAL, 0},
        {"LOG(1000)", MBP_EXPR_LREAL, 3},
        {"EXP(0)", MBP_EXPR_LREAL, 1},
        {"EXP(1)", MBP_EXPR_LREAL, 2.718281828459045},
        {"SIN(0)", MBP_EXPR_LREAL, 0},
        {"COS(0)", MBP_EXPR_LREAL, 1},
        {"TAN(0)", MBP_EXPR_LREAL, 0},
        {"ASIN(1)", MBP_EXPR_LREAL, 1.5707963267948966},
        {"ACOS(1)", MBP_EXPR_LREAL, 0},
        {"ATAN(1) * 4", MBP_EXPR_LREAL, 3.141592653589793},
        {"ATAN2(1, -1) * 4", MBP_EXPR_LREAL, 3 * 3.141592653589793},
        {"ABS(-2.5)", MBP_EXPR_LREAL, 2.5},
        {"ABS(f32 - 5)", MBP_EXPR_REAL, 2.5},
        {"-f64", MBP_EXPR_LREAL, -3.25},
        {"MIN(f64, 3, 5)", MBP_EXPR_LREAL, 3},
        {"MAX(f64, f32, 1)", MBP_EXPR_LREAL, 3.25},
        {"LIMIT(0, f64, 2.5)", MBP_EXPR_LREAL, 2.5},
        {"LIMIT(MN := 4, IN := f64, MX := 5)", MBP_EXPR_LREAL, 4},
        {"LIMIT(MX := 5, IN := f64, MN := 4)", MBP_EXPR_LREAL, 4},
        {"LIMIT(5, 0.5, 1)", MBP_EXPR_LREAL, 1},
        {"ADD(f64, 1, 2)", MBP_EXPR_LREAL, 6.25},
        {"SUB(f64, 1)", MBP_EXPR_LREAL, 2.25},
        {"MUL(f64, 2, 2)", MBP_EXPR_LREAL, 13},
        {"DIV(f64, 2)", MBP_EXPR_LREAL, 1.625},
        {"MOVE(f64)", MBP_EXPR_LREAL, 3.25},
        {"LOOKUP(curve, 5)", MBP_EXPR_LREAL, 150},
        {"LOOKUP(curve, -5)", MBP_EXPR_LREAL, 100},
        {"LOOKUP(CURVE, 12.5)", MBP_EXPR_LREAL, 150},
        {"LOOKUP(curve, 99)", MBP_EXPR_LREAL, 0},
        {"LOOKUP(dot, 0)", MBP_EXPR_LREAL, -1},
        {"LOOKUP(curve, 10)", MBP_EXPR_LREAL, 200},
    };
    CHECK_REALS(*state, cases);
}

static void test_functions_of_integers_and_bits(void **state)
{
    static const struct of_integers cases[] = {
        {"ABS(s8)", MBP_EXPR_SINT, 5},
        {"ABS(u8)", MBP_EXPR_USINT, 200},
        {"MIN(s8, s16)", MBP_EXPR_INT, -5},
        {"MAX(u64, 1) = u64", MBP_EXPR_BOOL, 1},
        {"LIMIT(-3, s8, 3)", MBP_EXPR_SINT, -3},
        {"MIN(2, 1)", MBP_EXPR_LINT, 1},
        {"SEL(no, 10, 20)", MBP_EXPR_LINT, 10},
        {"SEL(yes, 10, 20)", MBP_EXPR_LINT, 20},
        {"SEL(1, s8, 20)", MBP_EXPR_SINT, 20},
        {"SEL(G := no, IN1 := 1, IN0 := 0)", MBP_EXPR_LINT, 0},
        {"MUX(2, 10, 20, 30)", MBP_EXPR_LINT, 30},
        {"MUX(0, s8, s16)", MBP_EXPR_INT, -5},
        {"b8 AND 16#0F", MBP_EXPR_BYTE, 0x05},
        {"b8 XOR 2#1111_1111", MBP_EXPR_BYTE, 0x5A},
        {"NOT b8", MBP_EXPR_BYTE, 0x5A},
        {"NOT b64", MBP_EXPR_LWORD, INT64_C(0x7FFFFFFFFFFFFFFE)},
        {"b16 AND NOT 16#F", MBP_EXPR_WORD, 0xF000},
        {"AND(b16, 16#FF, 16#3)", MBP_EXPR_WORD, 3},
        {"SHL(b8, 1)", MBP_EXPR_BYTE, 0x4A},
        {"SHR(b8, 4)", MBP_EXPR_BYTE, 0x0A},
        {"SHL(b8, 8)", MBP_EXPR_BYTE, 0},
        {"ROL(b8, 4)", MBP_EXPR_BYTE, 0x5A},
        {"ROR(b8, 1)", MBP_EXPR_BYTE, 0xD2},
        {"ROL(b64, 1)", MBP_EXPR_LWORD, 3},
        {"ROR(b64, 64)", MBP_EXPR_LWORD, (int64_t)UINT64_C(0x8000000000000001)},
        {"SHL(1, 4)", MBP_EXPR_LWORD, 16},
        {"b16 AND SHL(1, 3)", MBP_EXPR_WORD, 8},
        {"GT(s16, 5)", MBP_EXPR_BOOL, 1},
        {"LE(s16, 5)", MBP_EXPR_BOOL, 0},
        {"NE(yes, no)", MBP_EXPR_BOOL, 1},
        {"b8 > 16#A4", MBP_EXPR_BOOL, 1},
        {"s64 > u8", MBP_EXPR_BOOL, 1},
        {"f64 > s16", MBP_EXPR_BOOL, 0},
        {"f64 >= 3.25", MBP_EXPR_BOOL, 1},
        {"yes = 1", MBP_EXPR_BOOL, 1},
        {"18446744073709551615", MBP_EXPR_ULINT, -1},
        {"u64 = 18000000000000000000", MBP_EXPR_BOOL, 1},
    };
    CHECK_INTEGERS(*state, cases);
}

static void test_names_with_members_quotes_and_any_case(void **state)
{
    static const struct of_integers cases[] = {
        {"TT101.high", MBP_EXPR_BOOL, 1},
        {"tt101.HIGH AND YES", MBP_EXPR_BOOL, 1},
        {"\"TT-101\" > 5", MBP_EXPR_BOOL, 1},
        {"\"TT101\".high", MBP_EXPR_BOOL, 1},
        {"TT101 - 101 < 0", MBP_EXPR_BOOL, 1},
        {"\"NOT\" AND yes", MBP_EXPR_BOOL, 1},
        {"FIC101.setpoint = 40.0", MBP_EXPR_BOOL, 1},
        {"TRUE AND NOT false", MBP_EXPR_BOOL, 1},
        {"(* one (* two *) *) yes // and so on", MBP_EXPR_BOOL, 1},
        {"yes\n  AND\n  yes", MBP_EXPR_BOOL, 1},
    };
    CHECK_INTEGERS(*state, cases);
}

static void test_literals_of_every_kind(void **state)
{
    static const struct of_integers cases[] = {
        {"16#FF", MBP_EXPR_LINT, 255},
        {"2#1010_1010", MBP_EXPR_LINT, 170},
        {"8#17", MBP_EXPR_LINT, 15},
        {"1_000_000", MBP_EXPR_LINT, 1000000},
        {"INT#5", MBP_EXPR_INT, 5},
        {"SINT#-128", MBP_EXPR_SINT, -128},
        {"UINT#16#FFFF", MBP_EXPR_UINT, 65535},
        {"WORD#16#ABCD", MBP_EXPR_WORD, 0xABCD},
        {"BOOL#TRUE", MBP_EXPR_BOOL, 1},
        {"BOOL#0", MBP_EXPR_BOOL, 0},
        {"-9223372036854775808", MBP_EXPR_LINT, INT64_MIN},
        {"T#1s500ms", MBP_EXPR_TIME, 1500 * MS},
        {"t#1.5s", MBP_EXPR_TIME, 1500 * MS},
        {"TIME#1d2h3m4s5ms6us7ns", MBP_EXPR_TIME, INT64_C(93784005006007)},
        {"T#1h_30m", MBP_EXPR_TIME, 5400000 * MS},
        {"T#-2s", MBP_EXPR_TIME, -2000 * MS},
        {"T#90m", MBP_EXPR_TIME, 5400000 * MS},
        {"TOD#08:30:15.25", MBP_EXPR_TOD, INT64_C(30615250) * MS},
        {"TIME_OF_DAY#00:00:00", MBP_EXPR_TOD, 0},
        {"DT#1970-01-02-00:00:01", MBP_EXPR_DT, DAY_NS + 1000 * MS},
        {"DT#2026-06-13-08:00:00", MBP_EXPR_DT, INT64_C(1781337600000) * MS},
        {"DATE_AND_TIME#2000-02-29-23:59:59", MBP_EXPR_DT, INT64_C(951868799000) * MS},
    };
    CHECK_INTEGERS(*state, cases);
    static const struct of_reals reals[] = {
        {"1.5", MBP_EXPR_LREAL, 1.5},       {"1.0e-3", MBP_EXPR_LREAL, 0.001}, {"1E3", MBP_EXPR_LREAL, 1000},
        {"1_0.2_5", MBP_EXPR_LREAL, 10.25}, {"REAL#5", MBP_EXPR_REAL, 5},      {"LREAL#-1.5e2", MBP_EXPR_LREAL, -150},
        {"REAL#16#10", MBP_EXPR_REAL, 16},
    };
    CHECK_REALS(*state, reals);
}

static void test_conversions(void **state)
{
    static const struct of_integers cases[] = {
        {"LREAL_TO_INT(2.5)", MBP_EXPR_INT, 2},
        {"LREAL_TO_INT(3.5)", MBP_EXPR_INT, 4},
        {"LREAL_TO_INT(-2.5)", MBP_EXPR_INT, -2},
        {"LREAL_TO_INT(2.6)", MBP_EXPR_INT, 3},
        {"TRUNC(2.9)", MBP_EXPR_DINT, 2},
        {"TRUNC(-2.9)", MBP_EXPR_DINT, -2},
        {"TRUNC_INT(f32)", MBP_EXPR_INT, 2},
        {"TO_INT(f64)", MBP_EXPR_INT, 3},
        {"BOOL_TO_INT(yes)", MBP_EXPR_INT, 1},
        {"INT_TO_BOOL(s16)", MBP_EXPR_BOOL, 1},
        {"LREAL_TO_BOOL(zero)", MBP_EXPR_BOOL, 0},
        {"INT_TO_WORD(-1)", MBP_EXPR_WORD, 0xFFFF},
        {"INT_TO_DWORD(-1)", MBP_EXPR_DWORD, 0xFFFF},
        {"WORD_TO_INT(16#FFFF)", MBP_EXPR_INT, -1},
        {"WORD_TO_DINT(16#FFFF)", MBP_EXPR_DINT, 65535},
        {"WORD_TO_UINT(b16)", MBP_EXPR_UINT, 0xF00F},
        {"WORD_TO_BYTE(b16)", MBP_EXPR_BYTE, 0x0F},
        {"BYTE_TO_SINT(b8)", MBP_EXPR_SINT, 0xA5 - 256},
        {"BYTE_TO_BOOL(2)", MBP_EXPR_BOOL, 0},
        {"BYTE_TO_BOOL(3)", MBP_EXPR_BOOL, 1},
        {"DINT_TO_INT(s32 / 100)", MBP_EXPR_INT, 1000},
        {"REAL_TO_DWORD(1.5)", MBP_EXPR_DWORD, 0x3FC00000},
        {"LWORD_TO_ULINT(b64) = LWORD_TO_ULINT(b64)", MBP_EXPR_BOOL, 1},
        {"TIME_TO_DINT(t)", MBP_EXPR_DINT, 1500},
        {"DINT_TO_TIME(250)", MBP_EXPR_TIME, 250 * MS},
        {"LREAL_TO_TIME(0.5)", MBP_EXPR_TIME, 500000},
        {"TO_TIME(2)", MBP_EXPR_TIME, 2 * MS},
        {"DT_TO_TOD(dt)", MBP_EXPR_TOD, 8 * 3600000 * MS},
    };
    CHECK_INTEGERS(*state, cases);
    static const struct of_reals reals[] = {
        {"INT_TO_REAL(s16)", MBP_EXPR_REAL, 1000},
        {"DWORD_TO_REAL(b32)", MBP_EXPR_REAL, 1.5},
        {"LWORD_TO_LREAL(16#3FF8000000000000)", MBP_EXPR_LREAL, 1.5},
        {"BOOL_TO_LREAL(yes)", MBP_EXPR_LREAL, 1},
        {"TIME_TO_LREAL(t)", MBP_EXPR_LREAL, 1500},
        {"LREAL_TO_REAL(0.1)", MBP_EXPR_REAL, (double)0.1F},
        {"LINT_TO_REAL(16777217)", MBP_EXPR_REAL, 16777216},
        {"ULINT_TO_LREAL(u64)", MBP_EXPR_LREAL, 18e18},
        {"TOD_TO_LREAL(tod)", MBP_EXPR_LREAL, 3600000},
    };
    CHECK_REALS(*state, reals);
}

static void test_times_are_reckoned_with(void **state)
{
    static const struct of_integers cases[] = {
        {"t + T#500ms", MBP_EXPR_TIME, 2000 * MS},
        {"t - T#2s", MBP_EXPR_TIME, -500 * MS},
        {"t * 2", MBP_EXPR_TIME, 3000 * MS},
        {"2 * t", MBP_EXPR_TIME, 3000 * MS},
        {"t * 0.5", MBP_EXPR_TIME, 750 * MS},
        {"0.5 * t", MBP_EXPR_TIME, 750 * MS},
        {"t / 3", MBP_EXPR_TIME, 500 * MS},
        {"t / 0.5", MBP_EXPR_TIME, 3000 * MS},
        {"-t", MBP_EXPR_TIME, -1500 * MS},
        {"tod + T#24h", MBP_EXPR_TOD, 3600000 * MS},
        {"tod - T#2h", MBP_EXPR_TOD, 23 * 3600000 * MS},
        {"tod - TOD#00:30:00", MBP_EXPR_TIME, 1800000 * MS},
        {"dt - DT#2026-06-12-08:00:00", MBP_EXPR_TIME, DAY_NS},
        {"dt + T#1d > dt", MBP_EXPR_BOOL, 1},
        {"CLOCK.TOD", MBP_EXPR_TOD, 8 * 3600000 * MS + 1500 * MS},
        {"clock.dt > DT#2026-06-13-08:00:00", MBP_EXPR_BOOL, 1},
        {"CLOCK.TOD > TOD#07:00:00 AND CLOCK.TOD < TOD#18:00:00", MBP_EXPR_BOOL, 1},
        {"SEL(yes, t, T#9s)", MBP_EXPR_TIME, 9000 * MS},
        {"MAX(t, T#1s)", MBP_EXPR_TIME, 1500 * MS},
    };
    CHECK_INTEGERS(*state, cases);
}

static void test_random_numbers_are_from_0_to_1_and_others_in_each_scan_and_place(void **state)
{
    struct bed *bed = *state;
    double sum = 0;
    double before = -1;
    assert_true(bed_compile(bed, "RANDOM()", MBP_EXPR_LREAL));
    for (unsigned i = 0; i < 1000; i++) {
        double value = bed_run(bed).value.r;
        assert_true(value >= 0 && value < 1 && value != before);
        before = value;
        sum += value;
    }
    assert_true(sum > 450 && sum < 550);
    double again = mbp_expr_run(bed->expr, &bed->world, bed->cells).value.r;
    assert_true(again == before);
    assert_true(bed_value(bed, "RANDOM() = RANDOM()", NULL).value.u == 0);
}

static void test_want_a_type_gives_it_without_narrowing(void **state)
{
    struct bed *bed = *state;
    assert_true(bed_compile(bed, "s16", MBP_EXPR_LREAL));
    assert_true(bed_run(bed).value.r == 1000);
    assert_true(bed_compile(bed, "7", MBP_EXPR_LREAL));
    assert_true(bed_run(bed).value.r == 7);
    assert_true(bed_compile(bed, "SEL(yes, 3, 4)", MBP_EXPR_UINT));
    assert_int_equal(bed_run(bed).value.u, 4);
    assert_false(bed_compile(bed, "s32", MBP_EXPR_INT));
    assert_false(bed_compile(bed, "f64", MBP_EXPR_REAL));
    assert_false(bed_compile(bed, "f64", MBP_EXPR_BOOL));
    assert_false(bed_compile(bed, "70000", MBP_EXPR_INT));
}

static void test_assignment_takes_the_type_of_its_target(void **state)
{
    struct bed *bed = *state;
    assert_true(bed_compile_assignment(bed, "f64 := s16 + 1;"));
    assert_int_equal(bed->target.slot, bed_find("f64"));
    assert_int_equal(mbp_expr_type_of(bed->expr), MBP_EXPR_LREAL);
    assert_true(bed_run(bed).value.r == 1001);
    assert_true(bed_compile_assignment(bed, "\"TT-101\" := 5"));
    assert_true(bed_run(bed).value.r == 5);
    assert_true(bed_compile_assignment(bed, "in := SR(yes, no)"));
    assert_int_equal(bed_run(bed).value.u, 1);
}

static void test_reads_are_told_once_each(void **state)
{
    struct bed *bed = *state;
    const uint32_t *slots;
    assert_true(bed_compile(bed, "f64 + LEVEL * f64 - SEL(yes, zero, LEVEL)", MBP_EXPR_LREAL));
    assert_int_equal(mbp_expr_reads(bed->expr, &slots), 4);
    assert_int_equal(slots[0], bed_find("f64"));
    assert_int_equal(slots[1], bed_find("LEVEL"));
    assert_int_equal(slots[2], bed_find("yes"));
    assert_int_equal(slots[3], bed_find("zero"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_operators_bind_as_in_the_standard),
        TEST(test_power_binds_more_than_a_product_and_less_than_a_sign),
        TEST(test_integer_division_goes_towards_zero),
        TEST(test_integers_widen_to_what_holds_both),
        TEST(test_reals_take_integers_in),
        TEST(test_functions_of_reals),
        TEST(test_functions_of_integers_and_bits),
        TEST(test_names_with_members_quotes_and_any_case),
        TEST(test_literals_of_every_kind),
        TEST(test_conversions),
        TEST(test_times_are_reckoned_with),
        TEST(test_random_numbers_are_from_0_to_1_and_others_in_each_scan_and_place),
        TEST(test_want_a_type_gives_it_without_narrowing),
        TEST(test_assignment_takes_the_type_of_its_target),
        TEST(test_reads_are_told_once_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
